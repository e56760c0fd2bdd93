"""Assignment 02: pooling, local response normalisation, and what stands beside them in AlexNet.

Most hidden tests draw square windows with one stride, so that a mix-up of height and width costs its own test alone; in
the same way "same" padding, batches, dtypes and wrong arguments each have theirs. A test of a wrong argument asks for a
right result beside, so that a layer which refuses everything earns nothing.
"""
