"""Public checks of imagenet-history: the form."""

from autograder.checks.api import expect, read_entry, read_number, read_word

RATIOS = ("error_ratio", "parameter_ratio", "saved_per_million", "recipe_share")
LATER = ("VGG-16", "ResNet-50", "EfficientNet-B7")


def test_numbers_of_the_history(student):
    """Four numbers above 0: two ratios, points of error per million parameters, and a share."""
    for key in RATIOS:
        value = read_number(read_entry(student.imagenet_history, key), f'the entry "{key}"')
        expect(value > 0, f'The entry "{key}" must be above 0.')
    expect(value <= 1, 'The entry "recipe_share" is a share: between 0 and 1.')


def test_network_of_the_history(student):
    """One of the three later networks is named."""
    key = "most_saved_per_multiply_add"
    word = read_word(read_entry(student.imagenet_history, key), f'the entry "{key}"')
    expect(word in [name.casefold() for name in LATER], f'"{key}" must be one of {", ".join(LATER)}.')
