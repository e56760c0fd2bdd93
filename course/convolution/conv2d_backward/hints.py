"""Hints of conv2d-backward: a question, a worked case, the shape of the idea."""

HINTS = (
    """Take a single number of the result, with its gradient g. Which pixels, which weights and which bias were in
its sum, and what was each of them multiplied by?""",
    """An image of one row, 1 2 3, a kernel 10 20, two windows, and `grad_output` 1 100. The pixel in the middle
met the weight 20 in the first window and 10 in the second, so it gets 1 x 20 + 100 x 10 = 1020. All pixels
get 10, 1020 and 2000; the weights get 1 x 1 + 100 x 2 = 201 and 1 x 2 + 100 x 3 = 302; the bias gets 101.""",
    """Take the loops of `forward`, and turn the direction round: where they *read* a piece of the padded image,
*add* to the same piece of zeros that are as large. One pass over the windows (or the taps) fills both
`grad_x` and `grad_kernels`; `grad_bias` needs no loop. The frame of zeros is cut off at the end.""",
)
