"""In-place operations: every `name_` that PyTorch has, made from the operation `name`."""

import numpy as np

from .._core.dispatch import NUMBERS, gradient_edge, recording
from .._core.tensor import Tensor, method
from .._words.inplace import check_cast, check_overlap, check_target
from ..autograd.views import adopt, check_write, constant, stand_in


# %% lesson 04 write
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


# %% end


# %% lesson 04 in-place-method
def in_place(name, operation):
    """Make `name_`, the in-place form of `operation`, a Tensor method."""

    def function(tensor, *rest, **options):
        return modify(tensor, operation, *rest, **options)

    function.__name__ = function.__qualname__ = f"{name}_"
    function.__doc__ = f"`{name}`, in place: the result is written into the tensor, and returned."
    method(f"{name}_")(function)


# %% end


# %% lesson 04 in-place-arithmetic
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


# %% end


_NAMES = """
abs absolute acos acosh addcdiv addcmul arccos arccosh arcsin arcsinh arctan arctan2 arctanh
asin asinh atan atan2 atanh bitwise_and bitwise_left_shift bitwise_not bitwise_or
bitwise_right_shift bitwise_xor ceil clamp_max clamp_min clip copysign cos cosh cumprod
cumsum deg2rad divide eq erf erfc erfinv exp2 expm1 fix float_power floor floor_divide fmod
frac gcd ge greater greater_equal gt heaviside hypot lcm le lerp less less_equal log
log10 log1p log2 logical_and logical_not logical_or logical_xor logit lt multiply nan_to_num ne
negative not_equal pow rad2deg reciprocal remainder round rsqrt sgn sign sin sinc
sinh sqrt square subtract tan tanh tril triu true_divide trunc xlogy addmm addmv addbmm baddbmm
masked_fill masked_scatter scatter_add scatter_reduce index_add index_copy index_fill
index_put index_reduce put addr conj_physical
"""

for _name in _NAMES.split():
    if hasattr(Tensor, _name):
        in_place(_name, getattr(Tensor, _name))


_OPERATORS = {
    "__ifloordiv__": "floor_divide",
    "__imod__": "remainder",
    "__ipow__": "pow",
    "__iand__": "bitwise_and",
    "__ior__": "bitwise_or",
    "__ixor__": "bitwise_xor",
    "__ilshift__": "bitwise_left_shift",
    "__irshift__": "bitwise_right_shift",
}


def _in_place_operator(dunder, name):
    def operator(tensor, other):
        if not isinstance(other, (Tensor, *NUMBERS)):
            return NotImplemented
        return modify(tensor, getattr(Tensor, name), other)

    method(dunder)(operator)


for _dunder, _name in _OPERATORS.items():
    _in_place_operator(_dunder, _name)


@method("fill_diagonal_")
def _fill_diagonal_(tensor, fill_value, wrap=False):
    """Write one number on the diagonal; with `wrap`, a tall matrix begins a new one below.

    Of more than two dims, which must be equal, it is the places with equal indices. Mirrors
    torch.Tensor.fill_diagonal_.
    """
    shape = tensor._array.shape
    if isinstance(fill_value, Tensor) and not fill_value.ndim:
        fill_value = fill_value.item()
    if not isinstance(fill_value, NUMBERS):
        raise TypeError(
            "fill_diagonal_(): argument 'fill_value' (position 1) must be Number, not "
            f"{type(fill_value).__name__}"
        )
    if len(shape) < 2:
        raise RuntimeError("dimensions must larger than 1")
    if len(shape) > 2 and len(set(shape)) > 1:
        raise RuntimeError("all dimensions of input must be of equal length")
    step, start, strides = sum(tensor.stride()), tensor.storage_offset(), tensor.stride()
    tensor.as_strided((min(shape),), (step,), start).fill_(fill_value)
    width = shape[1]
    if wrap and len(shape) == 2 and shape[0] > width + 1:  # it goes on one row below its end
        count = -(-tensor.numel() // (width + 1)) - min(shape)
        below = tensor.as_strided((count,), (step,), start + (width + 1) * strides[0])
        below.fill_(fill_value)
    return tensor


def _refuse_grad(name, tensor):
    if tensor.requires_grad:
        raise RuntimeError(
            f"Can't call {name}() on Variable that requires grad. Use var.detach().{name}() "
            "instead."
        )


@method("apply_")
def _apply_(tensor, callable):
    """Call a Python function on every element, and write down what it returns. It is slow."""
    _refuse_grad("apply_", tensor)
    array = tensor._array
    for place in np.ndindex(array.shape):
        array[place] = callable(array[place].item())
    return tensor


@method("map_")
def _map_(tensor, other, callable):
    """The same for a function of two: an element of this tensor and one of `other`."""
    _refuse_grad("map_", tensor)
    array, second = tensor._array, other.expand(tensor._array.shape)._array
    for place in np.ndindex(array.shape):
        array[place] = callable(array[place].item(), second[place].item())
    return tensor
