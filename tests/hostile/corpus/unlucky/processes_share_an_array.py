# score: full
"""Processes fill a shared array, count with a lock, and send results through a queue."""
import multiprocessing as mp, signal

def fill(shared, counter, queue, number):
    shared[number] = number * number
    with counter.get_lock():
        counter.value += 1
    queue.put(number)

context = mp.get_context("fork")
shared, counter, queue = context.Array("d", 4), context.Value("i", 0), context.Queue()
signal.signal(signal.SIGCHLD, signal.SIG_DFL)
workers = [context.Process(target=fill, args=(shared, counter, queue, n)) for n in range(4)]
for worker in workers: worker.start()
assert sorted(queue.get(timeout=20) for _ in workers) == [0, 1, 2, 3]
for worker in workers: worker.join(20)
assert list(shared) == [0, 1, 4, 9] and counter.value == 4 and all(w.exitcode == 0 for w in workers)
#: right
