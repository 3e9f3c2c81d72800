"""Factories write their numbers into a tensor that is given as `out=`."""

import functools
import warnings

from .._core.calls import answering
from .._core.signature import signature_of, takes, with_out
from .._words.factories import out_argument
from .._words.inplace import no_graph_with_out

# These keep the shape of an `out` that has as many elements as they have numbers.
_KEEP_SHAPE = ("arange", "linspace", "logspace")
_RESIZED = (
    "The number of elements in the out tensor of shape {} is {} which does not match the computed "
    "number of elements {}. Note that this may occur as a result of rounding error. The out tensor "
    "will be resized to a tensor of shape ({},)."
)


def filled(name, out, shape, write, *, dtype=None, device=None, requires_grad=False, **options):
    """`out` in this shape, written by `write(out)`: the end of a factory that is given one.

    RuntimeError if it has another dtype than the one asked for, or belongs to a graph.
    """
    out_argument(name, out, dtype, device, **options)
    return _refilled(name, out, shape, write, requires_grad)


def _refilled(name, out, shape, write, requires_grad):
    if name not in ("empty", "randn"):  # whose refusal is that of resize_
        no_graph_with_out(f"aten::{name}", out)
    out.resize_(shape)
    write(out)
    return out.requires_grad_(True) if requires_grad else out


def fills_out(function):
    """Decorator: let a factory write what it makes into the tensor given as `out=`."""
    name = function.__name__

    @functools.wraps(function)
    def filling(*args, out=None, **options):
        if out is None:
            return function(*args, **options)
        requires_grad = options.pop("requires_grad", False)
        out_argument(name, out, **{key: options.pop(key) for key in _OPTIONS if key in options})
        made = function(*args, dtype=out.dtype, **options)
        shape = made.shape
        if name in _KEEP_SHAPE and out.numel() == made.numel():
            shape = out.shape
        elif name == "arange":
            given = list(out.shape), out.numel(), made.numel(), made.numel()
            warnings.warn(_RESIZED.format(*given), stacklevel=3)
        return _refilled(name, out, shape, lambda out: out.copy_(made.view(shape)), requires_grad)

    takes(filling, with_out(signature_of(function)))
    return answering(filling)


_OPTIONS = ("dtype", "device", "layout", "pin_memory")
