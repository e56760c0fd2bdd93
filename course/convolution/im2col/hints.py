"""Hints of im2col: a question, a worked case, the shape of the idea."""

HINTS = (
    """AlexNet's first layer has 3,025 windows, and a window has 11 x 11 = 121 taps. Which pixels lie under the tap
in the top left corner, for all windows at once?""",
    """A 3x3 image with one channel, windows of 2x2. Each tap sees a shifted piece of the image, and a piece
written in one line is a row of the matrix:

```text
image      top left    top right    below left   below right
1 2 3      1 2         2 3          4 5          5 6
4 5 6      4 5         5 6          7 8          8 9
7 8 9
                       matrix   1 2 4 5
                                2 3 5 6
                                4 5 7 8
                                5 6 8 9
```""",
    """A loop over the taps is short. The piece under a tap begins at the tap (times the dilation) and goes on in
steps of the stride, as many as there are windows. With several channels each tap gives as many rows. Make
the matrix first and copy every row into its place: rows that are joined at the end are copied twice. For
the convolution, write the kernels as a matrix with one row per filter; the product has the filters in
front, and the result wants them at the end.""",
)
