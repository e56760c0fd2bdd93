"""Assignment 05: AlexNet."""
