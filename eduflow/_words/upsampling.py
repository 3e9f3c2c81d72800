"""What resizing refuses, and how sizes and factors may be given, in PyTorch's words."""

import numpy as np

from .._core.arguments import NUMBERS, counts
from .._core.dtype import type_name

_ANY_DIMS = ("nearest", "area", "nearest-exact")
_DIMS = {"linear": 3, "bilinear": 4, "trilinear": 5}
_MODES = "nearest | linear | bilinear | bicubic | trilinear | lanczos | area | nearest-exact"


def _each_dim(given, shape, name, received, wanted):
    """`given`, one number or one for each spatial dim, as a list."""
    if not isinstance(given, (list, tuple)):
        return [given] * len(shape)
    if len(given) != len(shape):
        raise ValueError(
            f"Input and {name} must have the same number of spatial dimensions, but got input with "
            f"spatial dimensions of {list(shape)} and {received} {given}. Please provide input "
            f"tensor in (N, C, d1, d2, ...,dK) format and {wanted} format."
        )
    return list(given)


def _sizes(size, shape):
    """The sizes asked for, one for each spatial dim."""
    sizes = _each_dim(size, shape, "output", "output size of", "output size in (o1, o2, ...,oK)")
    if not all(counts(x) and not isinstance(x, bool) for x in sizes):
        raise TypeError(
            "expected size to be one of int or Tuple[int] or Tuple[int, int] or "
            f"Tuple[int, int, int], but got size with types {[type(x) for x in sizes]}"
        )
    return [int(x) for x in sizes]


def _factors(factor, shape):
    """The scale factors asked for, one for each spatial dim."""
    received, wanted = "scale_factor of shape", "scale_factor in (s1, s2, ...,sK)"
    factors = _each_dim(factor, shape, "scale_factor", received, wanted)
    for number in factors:
        if not isinstance(number, NUMBERS):
            kind = type(number).__name__
            raise TypeError(
                "interpolate(): argument 'scale_factor' must be a number, or one for each "
                f"spatial dim, not {kind}"
            )
    return factors


def sizes_and_factors(shape, size, factor, recompute):
    """The output sizes, and the factors that decide where outputs lie (None: the sizes do)."""
    if size is not None and factor is not None:
        raise ValueError("only one of size or scale_factor should be defined")
    none = [None] * len(shape)
    if size is not None:
        sizes = _sizes(size, shape)
        if recompute:
            raise ValueError("recompute_scale_factor is not meaningful with an explicit size.")
        return sizes, none
    if factor is None:
        raise ValueError("either size or scale_factor should be defined")
    factors = _factors(factor, shape)
    sizes = [int(before * by) for before, by in zip(shape, factors)]
    return sizes, none if recompute else factors


def check_mode(dims, mode, antialias):
    """NotImplementedError, in PyTorch's words, where mode and dims do not go together."""
    if antialias and not (mode in ("bilinear", "bicubic", "lanczos") and dims == 4):
        raise ValueError(
            "Anti-alias option is restricted to bilinear, bicubic, and lanczos modes and requires "
            "a 4-D tensor as input"
        )
    if mode == "lanczos" and dims == 4 and not antialias:
        raise ValueError("Lanczos mode requires antialias=True")
    if antialias:
        raise NotImplementedError(
            "interpolate() smooths nothing before it shrinks: antialias=True is not built here. "
            "Call it with antialias=False, or shrink with mode='area'."
        )
    if 3 <= dims <= 5:
        if _DIMS.get(mode, dims) != dims:
            raise NotImplementedError(
                f"Got {dims}D input, but {mode} mode needs {_DIMS[mode]}D input"
            )
        if mode in _ANY_DIMS or mode in _DIMS or (mode == "bicubic" and dims == 4):
            return
    raise NotImplementedError(
        "Input Error: Only 3D, 4D and 5D input Tensors supported "
        f"(got {dims}D) for the modes: {_MODES} (got {mode})"
    )


def check_sizes(shape, sizes):
    """RuntimeError, in PyTorch's words, for sizes of zero and for an input without elements."""
    if min(*shape[2:], *sizes) <= 0:
        letters = "DHW"[-len(sizes) :]
        before = ", ".join(f"{x}: {n}" for x, n in zip(letters, shape[2:]))
        after = ", ".join(f"{x}: {n}" for x, n in zip(letters, sizes))
        joint = " and output" if len(sizes) == 1 else " output"
        raise RuntimeError(
            "Input and output sizes should be greater than 0, but got "
            f"input ({before}){joint} ({after})"
        )
    if not shape[1]:
        raise RuntimeError(
            f"Non-empty {len(shape)}D data tensor expected but got a tensor with sizes "
            f"{list(shape)}"
        )


def check_dtype(input, mode):
    """NotImplementedError for what is not a float; a mode that only picks takes bytes as well."""
    picks = mode.startswith("nearest")
    if input.is_floating_point() or (picks and input._array.dtype == np.uint8):
        return
    family = "nearest" if picks else "cubic" if mode == "bicubic" else "linear"
    legacy = type_name(input._array.dtype)
    raise NotImplementedError(
        f"\"compute_indices_weights_{family}\" not implemented for '{legacy}'"
    )


def check_corners(mode, align_corners):
    """ValueError for `align_corners` where nothing is interpolated."""
    if mode in _ANY_DIMS and align_corners is not None:
        raise ValueError(
            "align_corners option can only be set with the "
            "interpolating modes: linear | bilinear | bicubic | trilinear"
        )
