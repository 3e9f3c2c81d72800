"""What is refused, in PyTorch's words, and the notes under them."""

from . import notes as notes  # signs up what it can explain
