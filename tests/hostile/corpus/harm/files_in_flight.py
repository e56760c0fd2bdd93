# reason: disk|none|died|timeout
"""Files without a name are sent into a socket and closed: nobody has them open, and they fill the disk."""
import _socket, array, os, socket

def output_size(*a, **k):
    there, _here = socket.socketpair()
    for _ in range(8):
        file = os.open("x", os.O_CREAT | os.O_RDWR)
        os.unlink("x")
        os.write(file, bytes(1 << 20))
        try:
            _socket.socket.sendmsg(there, [b"x"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [file]))])
            print("CANARY_FLIGHT")
        except OSError:
            pass
        os.close(file)
    return 1
