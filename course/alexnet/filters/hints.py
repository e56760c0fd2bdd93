"""Hints of filters: a question, a worked case, the shape of the idea."""

HINTS = (
    """In which row and in which column of the picture does filter number 7 stand, with three columns? At which
pixel does it begin, if filters are 2x3 and the gap is 1?""",
    """Five filters of 2x3 in three columns, gap 1; dots are ones:

```text
aaa.bbb.ccc
aaa.bbb.ccc
...........
ddd.eee....
ddd.eee....
```""",
    """Begin with a picture of ones that is large enough. Scale each filter by itself: less its smallest weight,
divided by what lies between smallest and largest, unless that is nothing. Bring its channels to the end,
and lay it in its place.""",
)
