"""The untrusted side: where student code runs. Imports nothing of the other rooms."""
