"""Public checks of imagenet-history: the form."""

from autograder.checks.api import example, expect, expect_entries, read_entry, read_number, read_word, reference

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


@example('{"error_ratio": ..., "parameter_ratio": ..., "saved_per_million": ..., "recipe_share": ...}')
def test_example(student):
    """In AlexNet's place a network of 64 % top-1 accuracy and 20 million parameters; in that of EfficientNet-B7, and of
    VGG-16, one of 82 % and 50 million; in that of ResNet-50 one of 70 % and 40 million, which comes to 76 % by a newer
    recipe."""
    expect_entries(student.imagenet_history, reference.history_of_three(), rtol=0.01)
