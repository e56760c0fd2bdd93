"""Public checks of lrn-frameworks."""

from autograder.checks.api import expect, expect_entry, misconceptions, reference


def test_entries_of_both(student):
    """Both functions give a dict with the entries that the framework has arguments for."""
    for name, keys in (("lrn_as_torch", {"size", "alpha", "beta", "k"}),
                       ("lrn_as_tensorflow", {"depth_radius", "bias", "alpha", "beta"})):
        answer = getattr(student, name)(size=5, k=2.0, alpha=1e-4, beta=0.75)
        expect(isinstance(answer, dict) and set(answer) == keys, f"{name} gives a dict with other entries.")


def test_two_sizes(student):
    """Windows of 7 and of 3 channels, in PyTorch's words and in TensorFlow's."""
    for size in (7, 3):
        options = {"size": size, "k": 1.0, "alpha": 0.5, "beta": 0.75}
        answer = student.lrn_as_torch(**options)
        for key in ("size", "k", "beta", "alpha"):
            expect_entry(answer, key, reference.lrn_as_torch(**options), like=misconceptions.LRN_AS_TORCH)
        answer = student.lrn_as_tensorflow(**options)
        for key in ("bias", "beta", "depth_radius", "alpha"):
            expect_entry(answer, key, reference.lrn_as_tensorflow(**options), like=misconceptions.LRN_AS_TENSORFLOW)
