"""Windows for signals: bartlett_window, blackman_window, hamming_window, hann_window, kaiser."""

import numpy as np

from .._core.arguments import dtype_argument, int_argument
from .._core.calls import answering
from .._core.dtype import get_default_dtype, old_name
from .._core.numpy_warnings import quietly
from .._core.tensor import created


def _window(name, shape, window_length, periodic, dtype, layout, device, requires_grad):
    """A window: `shape` of the places 0 to 1, of which a periodic one does not reach the last."""
    length = int_argument(name, "window_length", 1, window_length)
    target = dtype_argument(name, dtype, get_default_dtype())
    if target.kind not in "f":
        raise RuntimeError(f"{name} expects floating point dtypes, got: {old_name(target)}")
    if length < 0:
        raise RuntimeError(
            f"{name} requires non-negative window_length, got window_length={length}"
        )
    if length < 2:
        return created(np.ones(length, target), device, requires_grad, layout)
    count = length + bool(periodic)
    values = quietly(shape, np.arange(count) / (count - 1))
    return created(values[:length].astype(target), device, requires_grad, layout)


@answering
def hann_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, requires_grad=False
):
    """The square of a sine's first half. Mirrors torch.hann_window."""
    return _window(
        "hann_window",
        lambda t: np.sin(np.pi * t) ** 2,
        window_length,
        periodic,
        dtype,
        layout,
        device,
        requires_grad,
    )


@answering
def hamming_window(
    window_length,
    periodic=True,
    alpha=0.54,
    beta=0.46,
    *,
    dtype=None,
    layout=None,
    device=None,
    requires_grad=False,
):
    """alpha - beta cos(2 pi t): Hann's window, that does not fall to 0. Mirrors
    torch.hamming_window.
    """

    def shape(t):
        return alpha - beta * np.cos(2 * np.pi * t)

    return _window(
        "hamming_window", shape, window_length, periodic, dtype, layout, device, requires_grad
    )


@answering
def bartlett_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, requires_grad=False
):
    """Up to 1 and down again in straight lines. Mirrors torch.bartlett_window."""

    def shape(t):
        return 1 - np.abs(2 * t - 1)

    return _window(
        "bartlett_window", shape, window_length, periodic, dtype, layout, device, requires_grad
    )


@answering
def blackman_window(
    window_length, periodic=True, *, dtype=None, layout=None, device=None, requires_grad=False
):
    """0.42 - 0.5 cos(2 pi t) + 0.08 cos(4 pi t). Mirrors torch.blackman_window."""

    def shape(t):
        return 0.42 - 0.5 * np.cos(2 * np.pi * t) + 0.08 * np.cos(4 * np.pi * t)

    return _window(
        "blackman_window", shape, window_length, periodic, dtype, layout, device, requires_grad
    )


@answering
def kaiser_window(
    window_length,
    periodic=True,
    beta=12.0,
    *,
    dtype=None,
    layout=None,
    device=None,
    requires_grad=False,
):
    """I0(beta sqrt(1 - (2 t - 1)^2)) / I0(beta), with Bessel's function I0.

    Mirrors torch.kaiser_window.
    """

    def shape(t):
        return np.i0(beta * np.sqrt(np.maximum(1 - (2 * t - 1) ** 2, 0))) / np.i0(beta)

    return _window(
        "kaiser_window", shape, window_length, periodic, dtype, layout, device, requires_grad
    )
