# reason: died
"""abort()"""
import os

def output_size(*a, **k):
    os.abort()
