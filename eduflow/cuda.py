"""CUDA, as a PyTorch without it answers: there is none."""


def is_available():
    """Whether there is a CUDA device: no."""
    return False


def device_count():
    """The number of CUDA devices: none."""
    return 0


def is_initialized():
    """Whether CUDA is in use: no."""
    return False


def is_bf16_supported(including_emulation=True):
    """Whether CUDA can compute in bfloat16: no."""
    return False


def manual_seed(seed):
    """Nothing: there is no CUDA device to seed."""


def manual_seed_all(seed):
    """Nothing: there is no CUDA device to seed."""


def empty_cache():
    """Nothing: there is no CUDA memory to give back."""


def memory_allocated(device=None):
    """Bytes in use on the CUDA device: none."""
    return 0


max_memory_allocated = memory_reserved = max_memory_reserved = memory_allocated


def synchronize(device=None):
    """Raises AssertionError: there is no CUDA device to wait for."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def current_device():
    """Raises AssertionError: there is no CUDA device."""
    raise AssertionError("Torch not compiled with CUDA enabled")


def get_device_name(device=None):
    """Raises AssertionError: there is no CUDA device."""
    raise AssertionError("Torch not compiled with CUDA enabled")
