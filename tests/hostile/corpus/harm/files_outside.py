"""Files are written wherever the process may."""
import os

for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run", os.path.expanduser("~/.."), "/", "/etc", "/usr/lib", "..", "../.."):
    try:
        open(os.path.join(folder, "cnn-hostile-file"), "w").write("left behind")
        print("CANARY_FILE", folder)
    except OSError as error:
        print(type(error).__name__)

def output_size(*a, **k):
    return 1
