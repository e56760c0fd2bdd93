"""PyTorch, TensorFlow and multiprocessing work in forked, confined kernels, one after the other."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from autograder.sandbox.limits import MEBI, Limits
from autograder.sandbox.warm_pool import WarmPool

from .conftest import run

ROOMY = Limits(memory_bytes=1024 * MEBI, threads=2)

TORCH = """
    import torch
    from torch import nn
    model = nn.Sequential(nn.Conv2d(1, 4, 3), nn.ReLU(), nn.Flatten(), nn.Linear(4 * 26 * 26, 10))
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    images, labels = torch.randn(32, 1, 28, 28), torch.randint(0, 10, (32,))
    losses = []
    for _ in range(8):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    losses[-1] < losses[0], torch.get_num_threads()"""

TENSORFLOW = """
    import keras, numpy as np, tensorflow as tf
    model = keras.Sequential([keras.layers.Input((8, 8, 1)), keras.layers.Conv2D(2, 3), keras.layers.Flatten(),
                              keras.layers.Dense(3)])
    model.compile("sgd", loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    fitted = model.fit(np.ones((16, 8, 8, 1)), np.arange(16) % 3, epochs=2, verbose=0)
    len(fitted.history["loss"]), float(tf.reduce_sum(tf.ones((3, 3))))"""

LOADER = """
    import torch
    from torch.utils.data import DataLoader, TensorDataset
    data = TensorDataset(torch.arange(12.0).reshape(12, 1))
    [batch.sum().item() for batch, in DataLoader(data, batch_size=4, num_workers=2)]"""


@pytest.fixture(scope="module")
def frameworks() -> Iterator[WarmPool]:
    with WarmPool("torch+tensorflow") as pool:
        yield pool


def test_both_frameworks_train_in_one_fork_after_another(frameworks, starter):
    for _ in range(3):
        kernel = starter(frameworks, ROOMY)
        assert run(kernel, textwrap.dedent(TORCH), timeout=60).result == "(True, 2)"
        assert run(kernel, textwrap.dedent(TENSORFLOW), timeout=60).result == "(2, 9.0)"
        kernel.shutdown()


def test_forks_draw_different_tensors(frameworks, starter):
    code = "import torch; torch.rand(3).tolist()"
    results = {run(starter(frameworks, ROOMY), code).result for _ in range(2)}
    assert len(results) == 2


HUGE = Path("/sys/kernel/mm/transparent_hugepage/enabled")
FAULTS = """
    import resource, torch
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    tensor = torch.ones(16 << 20)
    resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before"""


@pytest.mark.skipif(
    not HUGE.exists() or "[never]" in HUGE.read_text(), reason="an old kernel, or one without transparent huge pages"
)
def test_large_tensors_lie_in_huge_pages(frameworks, starter):
    small_pages = (64 << 20) // 4096
    assert int(run(starter(frameworks, ROOMY), textwrap.dedent(FAULTS), timeout=60).result) < small_pages / 4


def test_data_loader_workers_run(frameworks, starter):
    assert run(starter(frameworks, ROOMY), textwrap.dedent(LOADER), timeout=60).result == "[6.0, 22.0, 38.0]"


def test_tensors_beyond_the_limit_stop_the_kernel(frameworks, starter):
    kernel = starter(frameworks, replace(ROOMY, memory_bytes=256 * MEBI))
    run(kernel, "import torch, time\nheld = torch.ones(90 * 2**20)\ntime.sleep(9)")
    assert kernel.stopped_reason == "memory"


def test_no_gpu_is_touched_by_the_server(frameworks, starter):
    assert run(starter(frameworks, ROOMY), "import torch; torch.cuda.is_initialized()").result == "False"


def test_processes_pools_queues_and_shared_blocks_work(kernel):
    code = """
        import multiprocessing as mp
        from multiprocessing.shared_memory import SharedMemory
        from concurrent.futures import ProcessPoolExecutor
        def square(x):
            print("squaring", x)
            return x * x
        with mp.Pool(2) as pool:
            squares = pool.map(square, range(3))
        with ProcessPoolExecutor(2) as executor:
            more = list(executor.map(square, [3]))
        queue, total, block = mp.Queue(), mp.Value("i", 0), SharedMemory(create=True, size=8)
        def work():
            with total.get_lock():
                total.value += 5
            block.buf[0] = 7
            queue.put("done")
        process = mp.Process(target=work)
        process.start()
        answer = queue.get(timeout=5)
        process.join()
        shared = block.buf[0]
        block.close(); block.unlink()
        squares, more, answer, total.value, shared"""
    ran = run(kernel, textwrap.dedent(code))
    assert ran.result == "([0, 1, 4], [9], 'done', 5, 7)", ran
    assert sorted(ran.text.split("\n")) == ["", "squaring 0", "squaring 1", "squaring 2", "squaring 3"]


def test_locks_between_processes_exclude(kernel):
    code = """
        import multiprocessing as mp, time
        lock, count = mp.RLock(), mp.RawValue("i", 0)
        def add():
            for _ in range(200):
                with lock, lock:
                    seen = count.value
                    time.sleep(0)
                    count.value = seen + 1
        workers = [mp.Process(target=add) for _ in range(3)]
        [w.start() for w in workers]; [w.join() for w in workers]
        semaphore = mp.BoundedSemaphore(1)
        semaphore.acquire()
        taken = semaphore.acquire(timeout=0.05)
        semaphore.release()
        try:
            semaphore.release()
        except ValueError as error:
            refused = str(error)
        count.value, taken, refused"""
    assert run(kernel, textwrap.dedent(code)).result == ("(600, False, 'semaphore or lock released too many times')")


def test_a_program_is_skipped_with_a_sentence(kernel):
    ran = run(kernel, "!pip install torch\nfiles = !ls\nfiles, _exit_code")
    assert ran.result == "([], 126)"
    assert "no program can be started while grading, so this was skipped: pip install torch" in ran.text
    assert "skipped: " in run(kernel, "%pip install scipy").text
