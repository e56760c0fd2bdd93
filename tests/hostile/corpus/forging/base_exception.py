"""An exception that is no Exception is raised."""
class Out(BaseException):
    pass

def output_size(*a, **k):
    raise Out("passed")
