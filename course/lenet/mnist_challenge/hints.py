"""Hints of mnist-challenge: a question, a worked case, the shape of the idea."""

HINTS = (
    """How long does one epoch of your network take on all images, and how many epochs fit into the budget? What
would you rather have: a larger network, or more epochs of a small one?""",
    """Shifting by one pixel to the right turns a row 0 7 9 0 into 0 0 7 9. A network that has never seen shifted
digits loses on the grader's images what it seems to gain on yours: keep some images aside, shift and turn
those as well, and judge by them.""",
    """Begin with an object whose `predict` prepares raw images, asks a small network and returns whole numbers;
see that it passes the check. Then make the network better, one idea at a time, each measured on images that
you keep aside. The preparation stands in one function, which training and `predict` both call. Offer the
object after every epoch, and leave some of the time unused.""",
)
