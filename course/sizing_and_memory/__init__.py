"""Assignment 03: what a network costs, in parameters, multiply-adds and bytes of memory."""
