# reason: memory|disk|none|died|timeout
"""Two bytes of every second page of a file are sent into sockets, which keep the pages when the file is gone."""
import os, socket

kept = []

def output_size(*a, **k):
    for _ in range(20):
        with open("x", "wb") as file:
            file.write(bytes(600 * 4096))
        source = os.open("x", os.O_RDONLY)
        os.unlink("x")
        kept.append(socket.socketpair())
        kept[-1][0].setblocking(False)
        try:
            for at in range(4095, 500 * 4096, 8192):
                os.sendfile(kept[-1][0].fileno(), source, at, 2)
                print("CANARY_PAGES")
        except OSError:
            pass
        os.close(source)
    return 1
