"""What the checks of assignment 07 ask and how they judge it, shared by the public and the hidden ones."""
