# score: full
"""Honest neighbours of what is refused: socket pairs, pipes, asyncio's streams, posix_fallocate, copied files, mmap."""
import asyncio, mmap, os, shutil, socket, threading

near, far = socket.socketpair()
near.sendall(b"x" * 100_000)
assert far.recv(100_000, socket.MSG_WAITALL) == b"x" * 100_000

async def talk():
    reader, writer = await asyncio.open_connection(sock=near)
    other, answer = await asyncio.open_connection(sock=far)
    writer.writelines([b"one ", b"two\n"])
    await writer.drain()
    return await other.readline()

worker = []
thread = threading.Thread(target=lambda: worker.append(asyncio.run(talk())))
thread.start(); thread.join()
assert worker == [b"one two\n"], worker

end, start = os.pipe()
os.write(start, b"y")
assert os.read(end, 1) == b"y"
with open("a", "wb") as file:
    os.posix_fallocate(file.fileno(), 0, 10_000)
shutil.copy("a", "b")
assert os.path.getsize("b") == 10_000
with mmap.mmap(-1, 8_000_000) as held:
    held.write(b"z" * 8_000_000)
#: right
