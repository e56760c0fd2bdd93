"""A server that listens."""
import socket

got = []
for family, address in ((socket.AF_INET, ("127.0.0.1", 0)), (socket.AF_UNIX, "server.sock"), (socket.AF_UNIX, "\0cnn")):
    try:
        server = socket.socket(family, socket.SOCK_STREAM)
        server.bind(address)
        server.listen()
        got.append("CANARY_NETWORK listens")
    except OSError as error:
        got.append(type(error).__name__)
print(got)

def output_size(*a, **k):
    return 1
