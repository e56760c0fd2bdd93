"""Named and abstract Unix sockets of the host: Docker, D-Bus, X, and whatever /proc/net/unix lists."""
import socket

got = []
names = ["/var/run/docker.sock", "/run/dbus/system_bus_socket", "/tmp/.X11-unix/X0", "\0/tmp/.X11-unix/X0"]
try:
    names += ["\0" + line.split()[-1][1:] for line in open("/proc/net/unix") if "@" in line]
except OSError as error:
    got.append(type(error).__name__)
for name in names:
    try:
        socket.socket(socket.AF_UNIX).connect(name)
        got.append("CANARY_NETWORK connected")
    except OSError as error:
        got.append(type(error).__name__)
print(got)

def output_size(*a, **k):
    return 1
