"""The accelerator, as a PyTorch without one answers: everything runs on the CPU."""


def is_available():
    """Whether there is an accelerator: no."""
    return False


def device_count():
    """The number of accelerators: none."""
    return 0


def current_accelerator(check_available=False):
    """The device of the accelerator: None, as there is none."""


def current_device_index():
    """Raises RuntimeError: there is no accelerator."""
    raise RuntimeError("Cannot access accelerator device when none is available.")


def synchronize(device=None):
    """Raises RuntimeError: there is no accelerator to wait for."""
    raise RuntimeError("Cannot access accelerator device when none is available.")
