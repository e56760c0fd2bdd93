"""Assignment 01: convolution.

Each hidden test asks for one ability, and so that one mistake costs its points once, keeps the others out: where
neither channels nor the kernel's orientation matter, there is one channel, and the kernel looks the same upside down.
"""
