"""What a tensor is."""
