"""The lessons under test: their shape, their floors, their outputs and PyTorch's word for them."""
