"""What is refused, in PyTorch's words."""
