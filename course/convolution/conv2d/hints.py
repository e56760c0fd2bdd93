"""Hints of conv2d: a question, a worked case, the shape of the idea."""

HINTS = (
    """Which numbers of the image does one number of the result read? Say it in words for a stride of 2 before you
write it: in which row does window number i begin, and how many rows does it cover?""",
    """An image of 5x6x3 and 4 kernels of 2x2x3 give 4x5x4. The piece of the image under a window and one kernel
have the same shape, 2x2x3: multiply them number by number, and add up everything that comes out. With a
batch of 7 images in front, the piece is 7x2x2x3, and the sum runs over its last three axes alone.""",
    """Three jobs, one after the other. First bring the input to one form: a batch of floats, with a frame of zeros
where padding asks for it. Then loop over the rows and columns of the result; a dilation makes the piece
take every d-th pixel. At the end give back the rank that came in. Kernels and bias are looked at when
`forward` begins, because somebody may have set them since the last call.""",
)
