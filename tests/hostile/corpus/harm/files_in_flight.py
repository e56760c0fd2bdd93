# reason: disk|none|died|timeout
"""Files without a name are sent into a socket and closed: nobody has them open, and they fill the disk."""
import os, socket

def output_size(*a, **k):
    there, _here = socket.socketpair()
    for _ in range(8):
        file = os.open("x", os.O_CREAT | os.O_RDWR)
        os.unlink("x")
        os.write(file, bytes(1 << 20))
        try:
            socket.send_fds(there, [b"x"], [file])
            print("CANARY_FLIGHT")
        except OSError:
            pass
        os.close(file)
    return 1
