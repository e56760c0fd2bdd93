# reason: malformed|timeout|none
"""A dict whose keys all have the same hash comes back, which takes minutes to build anew."""
def output_size(*a, **k):
    step = ((1 << 61) - 1) << 40
    return dict.fromkeys(step * number for number in range(1, 3)) | {step * n: None for n in range(1, 9_000)}
