"""oneDNN, which is not used here. Mirrors torch.backends.mkldnn."""

enabled = True


def is_available():
    """Whether there is oneDNN: no."""
    return False
