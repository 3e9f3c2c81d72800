"""Fourier transforms: fft, rfft, irfft and kin, over one dim, two or several.

All stand on three transforms without a choice: of complex numbers, from real ones to half of the
complex ones (the others are their conjugates), and back. Each is linear, so its derivative is
another of its kind.
"""

import math

import numpy as np

from .._core.arguments import check_dim, dtype_argument
from .._core.calls import answering
from .._core.dispatch import must_be_tensor, takes_out, two_way
from .._core.dtype import get_default_dtype, type_name
from .._core.keeping import relying
from .._core.signature import passes_on
from .._core.tensor import created
from .complex import conj
from .flip import roll
from .join import cat


def _transformed(array, axes, forward):
    """The plain sums over `axes`: of array * exp(-2 pi i k n / N), or with + where not forward."""
    if forward:
        return np.fft.fftn(array, axes=axes, norm="backward")
    return np.fft.ifftn(array, axes=axes, norm="forward")


@two_way(node="FftC2CBackward0", holomorphic=False)
def complex_transform(input, *, axes, scale, forward):
    """`scale` times the transform of complex numbers over `axes`, forward or back."""
    result = _transformed(input, axes, forward) * input.real.dtype.type(scale)
    return result, lambda grad: complex_transform(grad, axes=axes, scale=scale, forward=not forward)


@two_way(node="FftR2CBackward0", holomorphic=False)
def real_transform(input, *, axes, scale, half):
    """`scale` times the transform of real numbers, of the last axis only the first `half`."""
    whole = np.fft.rfftn if half else np.fft.fftn
    result = whole(input, axes=axes) * input.dtype.type(scale)
    size = input.shape[axes[-1]]
    return result, lambda grad: _real_back(grad, axes=axes, scale=scale, half=half, size=size)


@two_way(node="FftC2CBackward0", holomorphic=False)
def _real_back(grad, *, axes, scale, half, size):
    """The way back from `real_transform`: what is missing of the last axis counts as zero."""
    wide = [(0, 0)] * grad.ndim
    wide[axes[-1]] = (0, size - grad.shape[axes[-1]])
    result = _transformed(np.pad(grad, wide), axes, False).real * grad.real.dtype.type(scale)
    return result, lambda g: real_transform(g, axes=axes, scale=scale, half=half)


@two_way(node="FftC2RBackward0", holomorphic=False)
def half_transform(input, *, axes, scale, size):
    """`scale` times the real numbers whose transform's half is `input`, `size` along the last."""
    sizes = [input.shape[axis] for axis in axes[:-1]] + [size]
    result = np.fft.irfftn(input, sizes, axes, norm="forward") * input.real.dtype.type(scale)
    return result, lambda grad: _half_back(grad, axes=axes, scale=scale, size=size)


@two_way(node="FftR2CBackward0", holomorphic=False)
def _half_back(grad, *, axes, scale, size):
    """The way back from `half_transform`: what stands for two numbers counts twice."""
    result = np.fft.rfftn(grad, axes=axes) * grad.dtype.type(scale)
    twice = [slice(None)] * grad.ndim
    twice[axes[-1]] = slice(1, (size + 1) // 2)
    result[tuple(twice)] *= 2
    return result, lambda g: half_transform(g, axes=axes, scale=scale, size=size)


def _scale(name, norm, count, forward):
    """What the sums over `count` numbers are multiplied by; RuntimeError for another `norm`."""
    if norm not in (None, "backward", "forward", "ortho"):
        raise RuntimeError(f'Invalid normalization mode: "{norm}"')
    if norm == "ortho":
        return 1 / math.sqrt(count)
    return 1 / count if (norm == "forward") == forward else 1.0


def _floats(name, input, real=False):
    """`input` with integers in the default dtype; RuntimeError for halves, or complex ones."""
    must_be_tensor(name, ("input",), (input,))
    if real and input.is_complex():
        kind = type_name(input._array.dtype)
        raise RuntimeError(f"{name.split('_')[1]} expects a real input tensor, but got {kind}")
    if input._array.dtype == np.float16:
        raise RuntimeError("Unsupported dtype Half")
    if input._array.dtype.kind in "iub":
        return input.to(get_default_dtype())
    return input


def _complexes(input):
    """`input` as complex numbers of its own width."""
    return input if input.is_complex() else input + input.new_zeros(()) * 1j


def _resized(input, axes, sizes):
    """`input` cut, or filled up with zeros, to these sizes; -1 leaves a dim as it is."""
    for axis, size in zip(axes, sizes):
        have = input.shape[axis]
        if size < have and size != -1:
            input = input.narrow(axis, 0, size)
        elif size > have:
            shape = list(input.shape)
            shape[axis] = size - have
            input = cat([input, input.new_zeros(shape)], axis)
    return input


def _one(input, n, dim):
    """The axes and the sizes of a transform over one dim."""
    axis = check_dim(dim, input.ndim)
    if not input.ndim:
        raise IndexError(f"Dimension specified as {dim} but tensor has no dimensions")
    return (axis,), (input.shape[axis] if n is None else n,)


def _several(input, s, dim):
    """The axes and the sizes of a transform over several dims."""
    if s is not None and dim is not None and len(s) != len(_listed(dim)):
        raise RuntimeError("When given, dim and shape arguments must have the same length")
    if s is not None and len(s) > input.ndim:
        raise RuntimeError(
            f"Got shape with {len(s)} values but input tensor only has {input.ndim} dimensions."
        )
    if dim is None:
        count = input.ndim if s is None else len(s)
        dim = range(input.ndim - count, input.ndim)
    axes = tuple([check_dim(d, input.ndim) for d in _listed(dim)])
    if len(set(axes)) < len(axes):
        raise RuntimeError("FFT dims must be unique")
    sizes = [-1] * len(axes) if s is None else s
    return axes, tuple([input.shape[a] if n == -1 else n for a, n in zip(axes, sizes)])


def _listed(dim):
    return (dim,) if isinstance(dim, int) else tuple(dim)


def _check_sizes(sizes):
    for size in sizes:
        if size < 1:
            raise RuntimeError(f"Invalid number of data points ({size}) specified")


def _to_complex(name, input, axes, sizes, norm, forward):
    """The transform of all numbers, from real or complex ones."""
    _check_sizes(sizes)
    scale = _scale(name, norm, math.prod(sizes), forward)
    input = _resized(input, axes, sizes)
    if not axes:
        return _complexes(input)
    if forward and not input.is_complex():
        return real_transform(input, axes=axes, scale=scale, half=False)
    return complex_transform(_complexes(input), axes=axes, scale=scale, forward=forward)


def _to_half(name, input, axes, sizes, norm, forward):
    """Half of the transform of real numbers; back from them it is the conjugate."""
    if not axes:
        raise RuntimeError(f"{name.split('_')[1]} must transform at least one axis")
    _check_sizes(sizes)
    scale = _scale(name, norm, math.prod(sizes), forward)
    whole = _resized(input, axes, sizes)
    found = relying(real_transform(whole, axes=axes, scale=scale, half=True), whole)
    return found if forward else conj(found)


def _to_real(name, input, axes, sizes, given, norm, forward):
    """Real numbers from half of a transform; `given` is the last size that was asked for."""
    if not axes:
        raise RuntimeError(f"{name.split('_')[1]} must transform at least one axis")
    last = 2 * (sizes[-1] - 1) if given in (None, -1) else given
    _check_sizes((*sizes[:-1], last))
    scale = _scale(name, norm, math.prod(sizes[:-1]) * last, forward)
    input = _resized(_complexes(input), axes, (*sizes[:-1], last // 2 + 1))
    return half_transform(conj(input) if forward else input, axes=axes, scale=scale, size=last)


@takes_out
def fft_fft(input, n=None, dim=-1, norm=None):
    """The discrete Fourier transform along `dim`, of `n` numbers. Mirrors torch.fft.fft.

    `norm` says what is divided by n: "backward" (the default) the inverse, "forward" this one,
    "ortho" both by its root.
    """
    input = _floats("fft_fft", input)
    return _to_complex("fft_fft", input, *_one(input, n, dim), norm, True)


@takes_out
def fft_ifft(input, n=None, dim=-1, norm=None):
    """The inverse of fft along `dim`. Mirrors torch.fft.ifft."""
    input = _floats("fft_ifft", input)
    return _to_complex("fft_ifft", input, *_one(input, n, dim), norm, False)


@takes_out
def fft_rfft(input, n=None, dim=-1, norm=None):
    """The first half, n // 2 + 1, of the transform of real numbers. Mirrors torch.fft.rfft."""
    input = _floats("fft_rfft", input, real=True)
    return _to_half("fft_rfft", input, *_one(input, n, dim), norm, True)


@takes_out
def fft_irfft(input, n=None, dim=-1, norm=None):
    """The inverse of rfft: `n` real numbers. Mirrors torch.fft.irfft."""
    input = _floats("fft_irfft", input)
    return _to_real("fft_irfft", input, *_one(input, None, dim), n, norm, False)


@takes_out
def fft_hfft(input, n=None, dim=-1, norm=None):
    """The transform, `n` real numbers, of what is half given: Mirrors torch.fft.hfft."""
    input = _floats("fft_hfft", input)
    return _to_real("fft_hfft", input, *_one(input, None, dim), n, norm, True)


@takes_out
def fft_ihfft(input, n=None, dim=-1, norm=None):
    """The inverse of hfft. Mirrors torch.fft.ihfft."""
    input = _floats("fft_ihfft", input, real=True)
    return _to_half("fft_ihfft", input, *_one(input, n, dim), norm, False)


@takes_out
def fft_fftn(input, s=None, dim=None, norm=None):
    """fft over several dims, all unless given, of `s` numbers each. Mirrors torch.fft.fftn."""
    input = _floats("fft_fftn", input)
    return _to_complex("fft_fftn", input, *_several(input, s, dim), norm, True)


@takes_out
def fft_ifftn(input, s=None, dim=None, norm=None):
    """The inverse of fftn. Mirrors torch.fft.ifftn."""
    input = _floats("fft_ifftn", input)
    return _to_complex("fft_ifftn", input, *_several(input, s, dim), norm, False)


@takes_out
def fft_rfftn(input, s=None, dim=None, norm=None):
    """rfft along the last of several dims, fft along the others. Mirrors torch.fft.rfftn."""
    input = _floats("fft_rfftn", input, real=True)
    return _to_half("fft_rfftn", input, *_several(input, s, dim), norm, True)


@takes_out
def fft_irfftn(input, s=None, dim=None, norm=None):
    """The inverse of rfftn. Mirrors torch.fft.irfftn."""
    input, last = _floats("fft_irfftn", input), s[-1] if s else None
    return _to_real("fft_irfftn", input, *_several(input, s, dim), last, norm, False)


@takes_out
def fft_hfftn(input, s=None, dim=None, norm=None):
    """hfft along the last of several dims, fft along the others. Mirrors torch.fft.hfftn."""
    input, last = _floats("fft_hfftn", input), s[-1] if s else None
    return _to_real("fft_hfftn", input, *_several(input, s, dim), last, norm, True)


@takes_out
def fft_ihfftn(input, s=None, dim=None, norm=None):
    """The inverse of hfftn. Mirrors torch.fft.ihfftn."""
    input = _floats("fft_ihfftn", input, real=True)
    return _to_half("fft_ihfftn", input, *_several(input, s, dim), norm, False)


@takes_out
def fft_fft2(input, s=None, dim=(-2, -1), norm=None):
    """fft over two dims. Mirrors torch.fft.fft2."""
    return fft_fftn(input, s, dim, norm)


@takes_out
def fft_ifft2(input, s=None, dim=(-2, -1), norm=None):
    """The inverse of fft2. Mirrors torch.fft.ifft2."""
    return fft_ifftn(input, s, dim, norm)


@takes_out
def fft_rfft2(input, s=None, dim=(-2, -1), norm=None):
    """rfft over two dims. Mirrors torch.fft.rfft2."""
    return fft_rfftn(input, s, dim, norm)


@takes_out
def fft_irfft2(input, s=None, dim=(-2, -1), norm=None):
    """The inverse of rfft2. Mirrors torch.fft.irfft2."""
    return fft_irfftn(input, s, dim, norm)


@takes_out
def fft_hfft2(input, s=None, dim=(-2, -1), norm=None):
    """hfft over two dims. Mirrors torch.fft.hfft2."""
    return fft_hfftn(input, s, dim, norm)


@takes_out
def fft_ihfft2(input, s=None, dim=(-2, -1), norm=None):
    """The inverse of hfft2. Mirrors torch.fft.ihfft2."""
    return fft_ihfftn(input, s, dim, norm)


def _frequencies(name, places, n, d, dtype, options):
    target = dtype_argument(name, dtype, get_default_dtype())
    return created((places * (1.0 / (n * d))).astype(target), **options)


@answering
def fft_fftfreq(n, d=1.0, *, dtype=None, **options):
    """The frequencies of fft's `n` numbers, `d` apart: from 0 up, then the negative ones.

    Mirrors torch.fft.fftfreq.
    """
    places = np.concatenate([np.arange((n + 1) // 2), np.arange(-(n // 2), 0)])
    return _frequencies("fft_fftfreq", places, n, d, dtype, options)


@answering
def fft_rfftfreq(n, d=1.0, *, dtype=None, **options):
    """The frequencies of rfft's n // 2 + 1 numbers. Mirrors torch.fft.rfftfreq."""
    return _frequencies("fft_rfftfreq", np.arange(n // 2 + 1), n, d, dtype, options)


def _shifted(input, dim, by):
    dims = range(input.ndim) if dim is None else _listed(dim)
    return roll(input, tuple([by(input.shape[d]) for d in dims]), tuple(dims))


@answering
def fft_fftshift(input, dim=None):
    """The frequency 0 moved to the middle. Mirrors torch.fft.fftshift."""
    return _shifted(input, dim, lambda size: size // 2)


@answering
def fft_ifftshift(input, dim=None):
    """The inverse of fftshift. Mirrors torch.fft.ifftshift."""
    return _shifted(input, dim, lambda size: (size + 1) // 2)


passes_on(fft_fftfreq, created)
passes_on(fft_rfftfreq, created)
