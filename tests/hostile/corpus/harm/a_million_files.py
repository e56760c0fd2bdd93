# reason: disk|timeout|none
"""Small files without end."""
def output_size(*a, **k):
    for number in range(10**6):
        open(f"f{number}", "w").close()
    return 1
