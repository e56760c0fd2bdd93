"""Connections to the world, names looked up, the cloud's metadata address."""
import socket, urllib.request

got = []
for attempt in (
    lambda: socket.create_connection(("127.0.0.1", 80), 1),
    lambda: socket.create_connection(("169.254.169.254", 80), 1),
    lambda: socket.getaddrinfo("example.org", 80),
    lambda: urllib.request.urlopen("http://169.254.169.254/latest/meta-data/", timeout=1),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", 53)),
    lambda: socket.socket(socket.AF_INET6, socket.SOCK_STREAM),
    lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP),
    lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
):
    try:
        attempt()
        got.append("CANARY_NETWORK reached")
    except Exception as error:
        got.append(type(error).__name__)
print(got)

def output_size(*a, **k):
    return 1
