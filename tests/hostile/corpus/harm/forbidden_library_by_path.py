"""The library's folder is put on the path, opened by hand, or loaded as a shared object."""
import ctypes, glob, importlib.util, os, sys

for root in list(sys.path):
    for name in ("torch/__init__.py", "scipy/__init__.py", "tensorflow/__init__.py"):
        path = os.path.join(root, name)
        try:
            spec = importlib.util.spec_from_file_location(name.split("/")[0], path)
            module = importlib.util.module_from_spec(spec)
            spec.loader.exec_module(module)
            print("CANARY_LIBRARY", name)
        except BaseException as error:
            print(type(error).__name__)
    for path in glob.glob(os.path.join(root, "torch/lib/libtorch_cpu.so")):
        try:
            ctypes.CDLL(path)
            print("CANARY_LIBRARY", path)
        except OSError as error:
            print(type(error).__name__)

def output_size(*a, **k):
    return 1
