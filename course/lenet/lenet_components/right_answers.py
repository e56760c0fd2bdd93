"""Right answers of lenet-components in other ways."""

ANSWERS = {
    "lists-by-hand": '''
lenet_components = {"total": 61706, "output": [[10], 850], "F6": [[84], 10164], "C5": [[120], 48120],
                    "S4": [[5, 5, 16], 0], "C3": [[10, 10, 16], 2416], "S2": [[14, 14, 6], 0],
                    "C1": [[28, 28, 6], 156], "C3_paper": 1516}
''',
}
