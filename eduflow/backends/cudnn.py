"""cuDNN's switches, which nothing looks at. Mirrors torch.backends.cudnn."""

enabled = True
benchmark = False
deterministic = False
allow_tf32 = True


def is_available():
    """Whether there is cuDNN: no."""
    return False


def version():
    """The version of cuDNN: None, as there is none."""
