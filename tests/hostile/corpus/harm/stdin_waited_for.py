"""input() where nobody answers."""
def output_size(*a, **k):
    return int(input("size? "))
