# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% layer-refusals
"""What layers refuse, in PyTorch's words."""

import math
import warnings

from .broadcasting import expanded_sizes
from .refusals import refuse_kinds, type_name


def check_linear(x, w, b):
    """RuntimeError unless the sizes and dtypes of rows, weight and bias go together."""
    if w.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {w.ndim}-D tensor")
    if x.shape[-1] != w.shape[1]:
        rows = math.prod(x.shape[:-1])
        raise RuntimeError(
            f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and "
            f"{w.shape[1]}x{w.shape[0]})"
        )
    for name, array in (("mat1", x), ("self", b)):
        if array.dtype != w.dtype:
            raise RuntimeError(
                f"{name} and mat2 must have the same dtype, but got {type_name(array.dtype)} and "
                f"{type_name(w.dtype)}"
            )
    refuse_kinds("addmm_impl_cpu_", w, "b")
    if b.shape != w.shape[:1]:
        expanded_sizes(b, (math.prod(x.shape[:-1]), w.shape[0]))


def check_dims(x, w):
    """RuntimeError unless both have a dim at least."""
    if not (x.ndim and w.ndim):
        raise RuntimeError(
            f"both arguments to linear need to be at least 1D, but they are {x.ndim}D and {w.ndim}D"
        )


# %% implicit-dim
def check_probability(p):
    """ValueError unless p is a probability."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")


def implicit_dim(name, input, stacklevel):
    """The dim that old code left out of softmax, with PyTorch's warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1


# %% public names
__all__ = ["check_dims", "check_linear", "check_probability", "implicit_dim"]
