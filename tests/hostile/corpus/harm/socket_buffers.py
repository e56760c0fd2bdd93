# reason: memory|processes|none|died|timeout
"""Sockets and pipes are filled by child after child, with buffers as wide as they go."""
import fcntl, os, socket, time

def fill():
    held = []
    while True:
        for end in socket.socketpair():
            end.setblocking(False)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 1 << 26)
            held.append(end)
            try:
                while end.send(bytes(1 << 16)): pass
            except BlockingIOError: pass

def output_size(*a, **k):
    while True:
        if os.fork() == 0:
            try:
                fill()
            except OSError:
                time.sleep(60)
        time.sleep(0.2)
