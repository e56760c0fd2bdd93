"""Assignment 07: transfer learning, from class folders to a fine-tuned network."""
