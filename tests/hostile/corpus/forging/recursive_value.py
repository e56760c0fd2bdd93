"""A list that contains itself."""
loop = []
loop.append(loop)

def output_size(*a, **k):
    return loop
