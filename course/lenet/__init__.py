"""Assignment 04: LeNet-5, its training and its evaluation, and a network of one's own."""
