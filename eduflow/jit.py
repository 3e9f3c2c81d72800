"""TorchScript, as a pass: what is given comes back as it is, and runs in Python."""


def script(obj, *, optimize=None, example_inputs=None):
    """`obj` itself; TypeError unless it can be called. Mirrors torch.jit.script."""
    if not callable(obj):
        raise TypeError(f"{type(obj)} is a built-in class")
    return obj


def trace(func, example_inputs=None, optimize=None, check_trace=True):
    """`func` itself: nothing is recorded, so that branches stay. Mirrors torch.jit.trace."""
    return func


def ignore(drop=False):
    """A decorator that changes nothing. Mirrors torch.jit.ignore."""
    return drop if callable(drop) else ignore


def is_scripting():
    """Whether TorchScript runs this: never. Mirrors torch.jit.is_scripting."""
    return False


def is_tracing():
    """Whether this is being traced: never. Mirrors torch.jit.is_tracing."""
    return False
