# Built by lessons/04_in_place.ipynb. Edit it there, or here and `make scatter`.
# %% write
"""In-place operations: every `name_` that PyTorch has, made from the operation `name`."""

import numpy as np

from .autograd.rewrite import adopt, check_write, constant, stand_in
from .operations import gradient_edge, recording
from .tensors import Tensor, method
from .write_checks import check_cast, check_overlap, check_target


def write(tensor, array, checked=True):
    """Put the numbers of `array` where those of `tensor` are, and count the change."""
    if checked:
        check_cast(array.dtype, tensor._array.dtype)
        check_target(tensor._array, array.shape)
    np.copyto(tensor._array, array, casting="unsafe")
    tensor._counter[0] += 1


def modify(tensor, operation, *rest, checked=True, recorded=True, **options):
    """Write `operation(tensor, *rest)` into `tensor` itself, which is returned.

    The version goes up by one, and the tensor's history is that of the result from now on. Unless
    `checked`, dtype and target are the caller's business.
    """
    inputs = (tensor, *[x for x in (*rest, *options.values()) if isinstance(x, Tensor)])
    recorded = recorded and recording.enabled and any(x.requires_grad for x in inputs)
    if recorded:
        check_write(tensor)
        gradient_edge(tensor)  # a view without a place in the graph is refused before all else
    for x in inputs[1:]:
        check_overlap(tensor._array, x._array)
    before = stand_in(tensor) if recorded else tensor
    result = operation(before, *rest, **options)
    write(tensor, result._array, checked)
    if recorded:
        if result._node is None:
            constant(result, operation.__name__, before)
        adopt(tensor, result)
    return tensor


# %% in-place-method
def in_place(name, operation):
    """Make `name_`, the in-place form of `operation`, a Tensor method."""

    def function(tensor, *rest, **options):
        return modify(tensor, operation, *rest, **options)

    function.__name__ = function.__qualname__ = f"{name}_"
    function.__doc__ = f"`{name}`, in place: the result is written into the tensor, and returned."
    method(f"{name}_")(function)


# %% in-place-arithmetic
def _in_place_ufunc(name, ufunc, operation):
    """The same for plain arithmetic, which NumPy can do in place while nothing is recorded."""

    def function(tensor, other, *, alpha=None, **options):
        array, numbers = tensor._array, getattr(other, "_array", other)
        plain = not options and array.dtype.kind == "f" and type(other) in (Tensor, float, int)
        if type(other) is Tensor:
            plain = plain and numbers.dtype is array.dtype and numbers.shape == array.shape
        asked = tensor.requires_grad or gradient_edge(other) is not None
        if not plain or (recording.enabled and asked):
            options |= {} if alpha is None else {"alpha": alpha}
            return modify(tensor, operation, other, **options)
        check_target(array, array.shape)
        if type(other) is Tensor:
            check_overlap(array, numbers)
        ufunc(array, numbers if alpha is None else numbers * alpha, out=array)
        tensor._counter[0] += 1
        return tensor

    function.__name__ = function.__qualname__ = f"{name}_"
    function.__doc__ = f"`{name}`, in place: the result is written into the tensor, and returned."
    method(f"{name}_", f"__i{name}__")(function)


_UFUNCS = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide}
for _name, _ufunc in _UFUNCS.items():
    _in_place_ufunc(_name, _ufunc, getattr(Tensor, _name))

method("__itruediv__")(Tensor.div_)

for _name in ("clamp", "exp", "neg", "scatter", "sigmoid"):  # the annex has all the others
    in_place(_name, getattr(Tensor, _name))


# %% public names
__all__ = ["in_place", "modify", "write"]
