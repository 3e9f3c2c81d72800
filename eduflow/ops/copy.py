"""Copies and copying into: clone, deepcopy and pickle, `copy_`, `fill_`, `zero_`, and `out=`."""

import copy as _copy
import functools
import warnings

import numpy as np

from .._core import dtype as dtypes
from .._core.arguments import through_int64
from .._core.dispatch import finish, gradient_edge, no_slope, pointwise, recording
from .._core.layout import format_strides, keeps_order, kept_strides, rearranged
from .._core.numpy_warnings import quiet
from .._core.storage import owner_of
from .._core.tensor import Tensor, element_strides, method, wrap
from .._kernels import at_home, switch
from .._words.inference import must_be_changeable
from .._words.inplace import (
    check_fits,
    check_overlap,
    no_graph_with_out,
    number_to_fill,
    repeats,
    source_of,
)
from ..autograd.inplace import check_write
from .conversion import CLONE
from .inplace import check_result, modify, write
from .resize import resize


# %% lesson 18 clone
@method("clone")
def clone(input, *, memory_format=None):
    """A copy with memory of its own; gradients flow back to the original. Mirrors torch.clone."""
    array = input._array
    strides = kept_strides(array)
    if not keeps_order(memory_format):
        strides = format_strides(array.shape, memory_format)
    return finish(CLONE, (rearranged(array, strides), lambda grad: grad), (input,))


# %% end


@method("__deepcopy__")
def _deepcopy(tensor, memo):
    if id(tensor) in memo:
        return memo[id(tensor)]
    if not tensor.is_leaf:
        raise RuntimeError(
            "Only Tensors created explicitly by the user (graph leaves) support the deepcopy "
            "protocol at the moment.  If you were attempting to deepcopy a module, this may be "
            "because of a torch.nn.utils.weight_norm usage, see "
            "https://github.com/pytorch/pytorch/pull/103001"
        )
    twin = memo[id(tensor)] = wrap(_copied_window(tensor._array, memo))
    twin.__class__ = tensor.__class__
    twin.__dict__.update(_copy.deepcopy(_kept(tensor), memo))
    return twin.requires_grad_(tensor.requires_grad)


def _copied_window(array, memo):
    """The same window over a copy of the memory; tensors that share memory share its copy."""
    owner = owner_of(array)
    memory = memo.setdefault(
        ("memory", id(owner.base if owner.base is not None else owner)), owner.copy()
    )
    offset = array.__array_interface__["data"][0] - owner.__array_interface__["data"][0]
    return np.ndarray(array.shape, array.dtype, memory, offset, array.strides)


def _kept(tensor):
    """What a tensor carries besides its numbers: its gradient, and what users hung on it."""
    return {
        name: value
        for name, value in tensor.__dict__.items()
        if name not in ("_view", "retains_grad", "_collector")
    }


@method("__reduce_ex__")
def _reduce(tensor, protocol):
    kept = {} if not tensor.is_leaf else {k: v for k, v in _kept(tensor).items() if k != "_grad"}
    return _rebuild, (type(tensor), tensor._array, tensor.requires_grad, kept)


def _rebuild(kind, array, requires_grad, kept):
    """What unpickling calls: a leaf with this memory."""
    tensor = wrap(array.view(np.dtype(array.dtype.str)))  # NumPy's own dtype, not an equal one
    tensor.__class__ = kind
    tensor.__dict__.update(kept)
    return tensor.requires_grad_(requires_grad)


@method("__copy__")
def _shallow_copy(tensor):
    """Another tensor over the same memory, as copy.copy makes it."""
    twin = wrap(tensor._array)
    twin._counter = tensor._counter
    twin.__class__ = tensor.__class__
    twin.__dict__.update(tensor.__dict__)
    return twin.requires_grad_() if gradient_edge(tensor) is not None else twin


def _copied_quickly(tensor, src):
    """Whether numbers of one dtype and shape were copied at once, as nothing is to be recorded."""
    if type(src) is not Tensor or type(tensor._counter) is not list:
        return False
    target, source = tensor._array, src._array
    if target.dtype is not source.dtype or target.shape != source.shape or repeats(target):
        return False
    if recording.enabled and (tensor.requires_grad or src.requires_grad):
        return False
    check_overlap(target, source)
    np.copyto(target, source)
    tensor._counter[0] += 1
    return True


def shortened(copy):
    """Decorator for `copy_`: what can be copied at once is, unless the function is a learner's."""

    @functools.wraps(copy)
    def copy_at_once(tensor, src, non_blocking=False):
        return tensor if not switch.plain and _copied_quickly(tensor, src) else copy(tensor, src)

    return copy_at_once if at_home(copy) else copy


# %% lesson 20 copy
def covered(input, value):
    """`value` in place of all that was in `input`: a gradient goes to it, and none to the old."""
    same = value.shape == input.shape
    result = value.view() if same else np.broadcast_to(value, input.shape)
    return result, no_slope, lambda grad: grad


copied = pointwise(node="CopyBackwards")(covered)
filled, filled_by_number = (pointwise(node=f"FillBackward{n}")(covered) for n in (3, 2))


@method("copy_")
@quiet
@shortened
def copy_(tensor, src, non_blocking=False):
    """Write the numbers of `src`, which may broadcast, into the tensor; any dtype will do."""
    src = source_of(src)
    recorded = tensor._array.dtype.kind in "fc"  # else no history is looked at
    if recorded and recording.enabled and (tensor.requires_grad or src.requires_grad):
        check_write(tensor)
    check_fits(tensor, src)
    src = src if recorded else wrap(through_int64(src._array, tensor._array.dtype))
    return modify(tensor, copied, src, checked=False, recorded=recorded)


@method("fill_")
@quiet
def fill_(tensor, value):
    """Write one number, or a tensor without dims, into every place."""
    value = number_to_fill(tensor, value)
    fill = filled if isinstance(value, Tensor) else filled_by_number
    return modify(tensor, fill, value, checked=False)


# %% end


@pointwise(node="ZeroBackward0")
def _zeroed(input):
    return np.zeros_like(input), no_slope


@method("zero_")
def _zero_(tensor):
    """Write zeros into every place."""
    return modify(tensor, _zeroed, checked=False)


@method("_receive")
@quiet
def _receive(out, result, name, inputs=()):
    """Write a result into the tensor given as `out=`, which takes on its shape.

    RuntimeError if it overlaps one of `inputs`. The very same window is fine, unless elements are
    read in another order than written.
    """
    no_graph_with_out(name, result, out)
    must_be_changeable(out._counter)
    _check_out(name, result.dtype, out.dtype)
    before, shape = list(out._array.shape), result._array.shape
    if tuple(before) != shape:
        if out._array.size:
            warnings.warn(_RESIZED.format(before, list(shape)), stacklevel=4)
        resize(out, shape, element_strides(result._array) if result._array.size else None)
    check_result(out, result)
    for i, x in enumerate(inputs):
        check_overlap(out._array, x._array, not (name in _TURNING or (i and name in _SPREADING)))
    write(out, result._array)
    return out


_TURNING = ("gather", "index_select", "cross")
# What these read after the first tensor is spread out over the result.
_SPREADING = (
    *("index_add", "index_copy", "index_reduce"),
    *("scatter", "scatter_add", "scatter_reduce"),
)

_RESIZED = (
    "An output with one or more elements was resized since it had shape {}, which does not match "
    "the required output shape {}. This behavior is deprecated, and in a future PyTorch release "
    "outputs will not be resized unless they have zero elements. You can explicitly reuse an out "
    "tensor t by resizing it, inplace, to zero elements with t.resize_(0)."
)


_EXACT = "Expected out tensor to have dtype {0}, but got {1} instead"
_SCALAR = "expected scalar_type {2} but found {3}"
_TRUTH = "{4} only supports bool tensor for result, got: {3}"
_MATCH = (
    "Expected the dtype for input and out to match, but got {2} for input's dtype and {3} for "
    "out's dtype."
)
_SAME = "{4}(): self and result must have the same scalar type"
_FOUND = "Found dtype {3} but expected {2}"
_BOOLS = "{4} does not support non-boolean outputs."
_SUMS = (
    "tensordot: Expected the output tensor to have dtype {2}, but got an output tensor with dtype "
    "{3}"
)
_PLACES = (
    "torch.searchsorted(): output tensor's dtype is wrong, it can only be Int(int32) or "
    "Long(int64) depending on whether out_int32 flag is True, but we got output tensor's dtype {3} "
    "and out_int32 flag is False"
)
_WORDS = {"amax": _MATCH, "amin": _MATCH, "all": _TRUTH, "any": _TRUTH}
_WORDS |= {"inner": _SUMS, "tensordot": _SUMS, "isin": _EXACT}
_WORDS |= dict.fromkeys(("cummax", "cummin", "logcumsumexp"), _SCALAR)
_WORDS |= dict.fromkeys(("index_select", "masked_select"), _SAME)
_EXACTLY = """
addbmm addmm addmv aminmax argmax argmin baddbmm bmm cross diag frobenius_norm gather index_add
index_copy index_reduce kthvalue log_softmax matmul max median min mm mode msort mv nanmedian norm
renorm scatter scatter_add scatter_reduce softmax sort topk tril triu
"""
_WORDS |= dict.fromkeys(_EXACTLY.split(), _EXACT)
_ALIKE = "abs bitwise_not ceil clamp clamp_max clamp_min floor frac lerp neg round sgn sign trunc"
_WORDS |= dict.fromkeys(_ALIKE.split(), _FOUND)
_WORDS |= dict.fromkeys(("isneginf", "isposinf", "signbit"), _BOOLS)
_WORDS |= {
    **dict.fromkeys(
        ("quantile", "nanquantile"), "quantile() out tensor must be same dtype as the input tensor"
    ),
    "nonzero": "nonzero: Expected out tensor to have scalar type {2} but got scalar type{3}",
    "chain_matmul": "multi_dot(): expected out tensor to have dtype {0} but got {1}",
    "heaviside": "heaviside is not yet implemented for tensors with different dtypes.",
    "histc": "torch.histogram: input tensor and hist tensor should have the same dtype, but got "
    "input {0} and hist {1}",
    "nan_to_num": "nan_to_num: dtype of out: {3} should be same as input: {2}",
    "nuclear_norm": "linalg.matrix_norm expected out tensor dtype {2} but got: {3}",
    "searchsorted": _PLACES,
    "bucketize": _PLACES,
    "where": "Expected out type to be {2} but got {3}",
    "take": "take(): self and out expected to have the same dtype, but got self.dtype = {2} and "
    "out.dtype = {3}",
}
_IN_C = {
    "float16": "c10::Half", "float32": "float", "float64": "double", "complex64":
    "c10::complex<float>", "complex128": "c10::complex<double>", "int8": "signed char",
    "int16": "short int", "int32": "int", "int64": "long int", "uint8": "unsigned char",
}  # fmt: skip


_PUBLIC = {
    **dict.fromkeys(("lerp_number", "lerp_tensor"), "lerp"),
    **{f"clamp_{which}_number": f"clamp_{which}" for which in ("min", "max")},
    **dict.fromkeys(("clamp_numbers", "clamp_tensors"), "clamp"),
    "diagonal_backward0_copy": "diag",
    "linalg_vector_norm": "norm",
    "linalg_matrix_norm": "nuclear_norm",
}  # what users call the operations whose result is to be written


def _check_out(name, found, given):
    """RuntimeError where an operation takes no tensor of this dtype as `out`, in its own words."""
    name = _PUBLIC.get(name, name)
    if name in ("all", "any") and given is dtypes.uint8:
        return  # as before there were bools
    if name in _WORDS and found is not given:
        names = [_IN_C.get(d.name, d.name) for d in (found, given)]
        names += [d.legacy_name.removesuffix("Tensor") for d in (found, given)]
        raise RuntimeError(_WORDS[name].format(*names, name))
