"""Convolutions with random sizes, compared with PyTorch; see `compare.py`."""
