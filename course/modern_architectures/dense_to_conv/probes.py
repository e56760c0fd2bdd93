"""Code that hidden checks of dense-to-conv send to the kernel."""

# Types are left out: the source runs in the student's kernel, where nothing of this package need be.


def converted_with_a_wrong_height(convert):
    import torch

    return convert(torch.nn.Linear(12, 3), 2, 3, 3) is None
