"""Public checks of imagenet-history: the form."""

from autograder.checks.api import CheckFailure, expect


def test_form_of_the_history(student):
    """Four networks, each with top-1 and top-5 accuracy in percent and its parameters in millions."""
    answer = student.imagenet_history
    if not isinstance(answer, dict):
        raise CheckFailure("This task is answered with a dict.")
    for name in ("AlexNet", "VGG-16", "ResNet-50", "EfficientNet-B7"):
        entry = answer.get(name)
        if not isinstance(entry, (tuple, list)) or len(entry) != 3:
            raise CheckFailure(f'"{name}" is to have three numbers.')
        if not all(isinstance(value, (int, float)) for value in entry):
            raise CheckFailure(f'"{name}" is to have three numbers.')
        top1, top5, millions = entry
        expect(1 < top1 < top5 <= 100, f'The accuracies of "{name}" are to be percent, top-1 below top-5.')
        expect(1 < millions < 1000, f'The parameters of "{name}" are to be in millions.')
