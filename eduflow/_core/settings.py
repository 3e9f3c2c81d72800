"""Settings of the whole process that PyTorch has, as far as they mean something to NumPy."""

from __future__ import annotations

import os
import warnings
from numbers import Integral

from .device import CPU, device, require_cpu

_threads = os.cpu_count() or 1
_deterministic = {"mode": False, "warn_only": False}
_precision = "highest"


def get_num_threads() -> int:
    """The number that `set_num_threads` was given; at first that of the processors."""
    return _threads


def set_num_threads(int: int) -> None:
    """Remember a number of threads. How many NumPy takes, its BLAS decides when it is loaded.

    RuntimeError unless it is a positive int. Mirrors torch.set_num_threads.
    """
    global _threads
    if not isinstance(int, Integral) or isinstance(int, bool):
        raise RuntimeError(f"set_num_threads expects an int, but got {type(int).__name__}")
    if int <= 0:
        raise RuntimeError("set_num_threads expects a positive integer")
    _threads = int


def use_deterministic_algorithms(mode: bool, *, warn_only: bool = False) -> None:
    """Remember the wish: everything here is deterministic anyway.

    TypeError unless `mode` is a bool. Mirrors torch.use_deterministic_algorithms.
    """
    if not isinstance(mode, bool):
        raise TypeError(
            "_set_deterministic_algorithms(): argument 'mode' (position 1) must be bool, "
            f"not {type(mode).__name__}"
        )
    _deterministic.update(mode=mode, warn_only=bool(warn_only))


def are_deterministic_algorithms_enabled() -> bool:
    """What `use_deterministic_algorithms` was told."""
    return _deterministic["mode"]


def is_deterministic_algorithms_warn_only_enabled() -> bool:
    """Whether `use_deterministic_algorithms` was told to warn only."""
    return _deterministic["warn_only"]


def get_float32_matmul_precision() -> str:
    """What `set_float32_matmul_precision` was told; float32 is always multiplied in float32."""
    return _precision


def set_float32_matmul_precision(precision: str) -> None:
    """Remember "highest", "high" or "medium"; another word is a warning. It changes no product.

    Mirrors torch.set_float32_matmul_precision.
    """
    global _precision
    if not isinstance(precision, str):
        raise RuntimeError(
            f"set_float32_matmul_precision expects a str, but got {type(precision).__name__}"
        )
    if precision not in ("highest", "high", "medium"):
        warnings.warn(
            f"{precision} is not one of 'highest', 'high', or 'medium'; the current"
            "setFloat32MatmulPrecision call has no effect.",
            stacklevel=2,
        )
        return
    _precision = precision


def get_default_device() -> device:
    """Where tensors are made: the CPU. Mirrors torch.get_default_device."""
    return CPU


def set_default_device(device: device | str | None) -> None:
    """Take the CPU, or None. Another device is an error at once, as nothing could be made there.

    Mirrors torch.set_default_device.
    """
    require_cpu(device)
