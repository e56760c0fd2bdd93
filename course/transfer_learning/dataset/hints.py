"""Hints of dataset: a question, a worked case, the shape of the idea."""

HINTS = (
    """What in `folder` is a class, and what in a class's folder is an image? Think of files beside the folders, of
folders in the folders, and of endings in capital letters.""",
    """`sorted` puts 1.PNG before 10.png before 9.png. Of a file that was cut short, `Image.open` reads the header
and is content; the error comes when the pixels are decoded. Warn, leave it out, and go on with the next
one.""",
    """Two loops: over the classes in order, and in each over its files in order. An image is tried out by decoding
all of it. Count the readable ones of each class before you go on to the next, because too few of them are
an error that names the class.""",
)
