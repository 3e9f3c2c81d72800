"""Apple's graphics processor, as a PyTorch without it answers. Mirrors torch.backends.mps."""


def is_available():
    """Whether it can be used: no."""
    return False


def is_built():
    """Whether eduflow was built for it: no."""
    return False
