"""check itself is redefined in the notebook."""
def check(*a, **k):
    return 1000.0

def output_size(*a, **k):
    return 1
