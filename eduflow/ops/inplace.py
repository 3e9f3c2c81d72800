"""In-place operations: every `name_` that PyTorch has, made from the operation `name`."""

import functools
import inspect
import warnings

import numpy as np

from .._core.arguments import NUMBERS, computed
from .._core.calls import answering, as_method
from .._core.dispatch import gradient_edge, is_usual, recording
from .._core.numpy_warnings import SILENT, restore, silence
from .._core.signature import signature_of, takes_several, without
from .._core.tensor import Tensor, method
from .._core.view import are_ours
from .._kernels import switch
from .._kernels.pointwise import BODIES
from .._words.autograd import without_backward
from .._words.inference import must_be_changeable
from .._words.inplace import check_overlap, check_result, check_room, check_target, repeats
from ..autograd.graph import AccumulateGrad
from ..autograd.hooks import follow
from ..autograd.inplace import adopt, check_write, constant, stand_in
from .aliases import (
    absolute,
    arccos,
    arccosh,
    arcsin,
    arcsinh,
    arctan,
    arctan2,
    arctanh,
    divide,
    fix,
    multiply,
    negative,
    subtract,
    true_divide,
)
from .bessel import i0
from .binary import (
    add,
    atan2,
    bitwise_left_shift,
    bitwise_right_shift,
    copysign,
    div,
    divided,
    float_power,
    floor_divide,
    fmod,
    gcd,
    heaviside,
    hypot,
    lcm,
    ldexp,
    mul,
    neg,
    nextafter,
    pow,
    reciprocal,
    remainder,
    sub,
    xlogy,
)
from .choose import clamp, clamp_max, clamp_min, clip
from .compare import (
    bitwise_and,
    bitwise_not,
    bitwise_or,
    bitwise_xor,
    eq,
    ge,
    greater,
    greater_equal,
    gt,
    le,
    less,
    less_equal,
    logical_and,
    logical_not,
    logical_or,
    logical_xor,
    lt,
    ne,
    not_equal,
)
from .complex import conj_physical
from .cumulative import cumprod, cumsum
from .diagonal import tril, triu
from .gamma import digamma, lgamma, mvlgamma, polygamma_of
from .index_write import index_add, index_copy, index_fill, index_put, index_reduce, put
from .linalg import addbmm, addmm, addmv, addr, baddbmm
from .masked import masked_fill, masked_scatter
from .norm import renorm
from .scatter import scatter, scatter_add, scatter_reduce
from .special import erf, erfc, erfinv
from .ternary import addcdiv, addcmul, lerp
from .unary import (
    abs,
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atanh,
    ceil,
    cos,
    cosh,
    deg2rad,
    exp,
    exp2,
    expm1,
    floor,
    frac,
    log,
    log1p,
    log2,
    log10,
    logit,
    nan_to_num,
    rad2deg,
    round,
    rsqrt,
    sgn,
    sigmoid,
    sign,
    sin,
    sinc,
    sinh,
    sqrt,
    square,
    tan,
    tanh,
    trunc,
)


# %% lesson 04 write
def write(tensor, array):
    """Put the numbers of `array`, of the same shape, where those of `tensor` are.

    The memory stays where it is, and its version counter goes up by one. Any dtype will do.
    """
    np.copyto(tensor._array, array, casting="unsafe")
    tensor._counter[0] += 1


# %% end


def check_inputs(tensor, others, recorded):
    """RuntimeError where `tensor` may not be changed, or another input would change with it."""
    must_be_changeable(tensor._counter)
    if recorded:
        check_write(tensor)
        gradient_edge(tensor)  # a view without a place in the graph is refused before all else
    for x in others:
        check_overlap(tensor._array, x._array)


# %% lesson 04 modify
def modify(tensor, operation, *rest, checked=True, recorded=True, **options):
    """Write `operation(tensor, *rest, **options)` into `tensor` itself, which is returned.

    Its version goes up by one. Where gradients are asked for, its history is from now on that of
    the result. With `checked` or `recorded` False, dtype and shape, or the history, are not looked
    after. RuntimeError where the change is not allowed.
    """
    others = [x for x in (*rest, *options.values()) if isinstance(x, Tensor)]
    recorded = recorded and recording.enabled and any(x.requires_grad for x in (tensor, *others))
    check_inputs(tensor, others, recorded)
    before = stand_in(tensor) if recorded else tensor
    result = operation(before, *rest, **options)
    if checked:
        check_result(tensor, result)
    if recorded and result._node is None:
        constant(result, operation.__name__, before)  # `eq`, say, has no slope
    write(tensor, result._array)
    if recorded:
        adopt(tensor, result)
    return tensor


# %% end


def modify_apart(tensor, name, operation, *rest, checked=True, **options):
    """`modify` for writes to single places, which may also go to a tensor that repeats elements.

    Of such a tensor only the places that change are written. As in PyTorch there is a warning, and
    no way back through the change for a gradient of the tensor as it was before.
    """
    if not repeats(tensor._array):
        return modify(tensor, operation, *rest, checked=checked, **options)
    others = [x for x in (*rest, *options.values()) if isinstance(x, Tensor)]
    recorded = recording.enabled and any(x.requires_grad for x in (tensor, *others))
    check_inputs(tensor, others, recorded)
    warnings.warn(
        f"Use of {name} on expanded tensors is deprecated. Please clone() the tensor before "
        "performing this operation. This also applies to advanced indexing e.g. "
        f"tensor[{'indices] = tensor' if name == 'index_put_' else 'mask] = scalar'}",
        stacklevel=4,
    )
    before = stand_in(tensor) if recorded else tensor
    result = operation(before, *rest, **options)
    if tensor._array.shape != result._array.shape:
        check_target(tensor._array, result._array.shape)
    if recorded and result._node is None:
        constant(result, operation.__name__, before)
    changed = tensor._array != result._array
    tensor._array[changed] = result._array[changed]
    tensor._counter[0] += 1
    if recorded:
        adopt(tensor, result)
    return tensor


# What does the work of the commonest: NumPy's function, and the operation that has derivatives.
_ARITHMETIC = {
    add: (np.add, add),
    sub: (np.subtract, sub),
    mul: (np.multiply, mul),
    div: (np.divide, divided),
}


def finished(function, name, operation):
    """The method `name`, made of `function`: its name, text and signature, and the short cut."""
    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"`{operation.__name__}`, in place: written into the tensor, and returned."
    function.__signature__ = without(signature_of(operation), "out")
    if takes_several(operation) and operation not in _OF_OTHER_SHAPES:
        function = _room_first(function, operation in _COMPARISONS)
    function = answering(function, name)
    if operation not in _ARITHMETIC:
        return function
    ours = are_ours(modify, write, adopt, *_ARITHMETIC[operation][1:])
    return _short_cut(as_method(function, name), *_ARITHMETIC[operation]) if ours else function


def _room_first(function, compares=False):
    """An elementwise in-place method that looks whether there is room before it refuses dtypes."""

    @functools.wraps(function)
    def asked(tensor, *rest, **options):
        try:
            return function(tensor, *rest, **options)
        except NotImplementedError:
            check_room(tensor, (*rest, *options.values()), compares)
            raise

    return asked


_OF_OTHER_SHAPES = {
    *(addbmm, addmm, addmv, addr, baddbmm, cumprod, cumsum, index_add, index_copy, index_fill),
    *(index_put, index_reduce, masked_scatter, put, renorm, scatter, scatter_add, scatter_reduce),
}  # apart from these, in-place methods broadcast what they are given
_COMPARISONS = {ge, greater, greater_equal, gt, le, less, less_equal, lt}


def _partner(array, other):
    """What `array` of floats meets if `other` fits: a number, or floats of its dtype and shape.

    None for anything else, where the two may lie in the same memory, and for inference tensors.
    """
    if type(other) is float or is_usual(other):
        return np.array(other, array.dtype)
    if type(other) is not Tensor or type(other._counter) is not list:
        return None
    numbers = other._array
    if numbers.dtype is not array.dtype or numbers.shape != array.shape:
        return None
    if array.base is None and numbers.base is None and array is not numbers:
        return numbers
    return None if np.may_share_memory(array, numbers) else numbers


def _is_alpha(options, other):
    """Whether the options are `alpha`, a real number that a tensor is multiplied with."""
    one = len(options) == 1 and type(options.get("alpha")) in (float, int)
    return one and type(other) is Tensor


def _short_cut(function, ufunc, operation):
    """Plain arithmetic of floats, with a number or floats of the same shape; else `function`.

    While nothing is recorded NumPy does it in place. Else it is done on a copy of the old numbers,
    which derivatives keep, and recorded: all that `modify` does for what is no view and no leaf.
    """
    kind, body = operation.kind, BODIES.get(operation.__name__) or inspect.unwrap(operation)
    name, scaled = without_backward(kind.name), operation in (add, sub)

    @functools.wraps(function)
    def quick(tensor, *rest, **options):
        if len(rest) != 1 or switch.plain or type(tensor._counter) is not list:
            return function(tensor, *rest, **options)
        array, counter, node = tensor._array, tensor._counter, tensor._node
        if options and not (scaled and _is_alpha(options, rest[0])):
            return function(tensor, *rest, **options)
        (other,), edge, ready = rest, None, array.flags.c_contiguous and array.dtype.char in "fd"
        if ready and recording.enabled:
            edge = None if type(other) is float else gradient_edge(other)
            ready = tensor._view is None and not isinstance(node, AccumulateGrad)
            ready = ready and (edge is None or edge.leads_on)
        elif not recording.enabled:
            node = None
        before = silence(SILENT)
        try:
            numbers = _partner(array, other) if ready else None
            recorded = node is not None or edge is not None
            if numbers is None or (recorded and options):
                return function(tensor, other, **options)
            if not recorded:
                numbers = np.multiply(numbers, options["alpha"]) if options else numbers
                ufunc(array, numbers, array)
                counter[0] += 1
                return tensor
            old = array.copy()
            returned = body(old, numbers)
        finally:
            restore(before)
        array[...] = returned[0]
        counter[0] += 1
        kind.record(tensor, returned, (None, other), (node, edge), None, (old, numbers))
        counter[1:] = [name]
        if tensor.retains_grad:
            follow(tensor)
        return tensor

    quick.__method__ = True
    return quick


# %% lesson 04 in-place
def in_place(name, operation, *operators):
    """Make the Tensor method `name`, and `operators`: `operation`, written into the tensor."""

    def function(tensor, *rest, **options):
        return modify(tensor, operation, *rest, **options)

    method(name, *operators)(finished(function, name, operation))


in_place("add_", add, "__iadd__")
in_place("sub_", sub, "__isub__")
in_place("mul_", mul, "__imul__")
in_place("div_", div, "__itruediv__", "__idiv__")


# %% end


def first_asking(check, operation):
    """`operation`, which in place is refused where `check` raises."""

    @functools.wraps(operation)
    def asked(tensor, *rest, **options):
        check(tensor, *rest)
        return operation(tensor, *rest, **options)

    return asked


def _no_complex(tensor):
    if tensor.is_complex():
        raise RuntimeError("In-place abs is not supported for complex tensors.")


def _room_for_fractions(tensor, other=None):
    if not (tensor.is_floating_point() or tensor.is_complex()):
        found = tensor.dtype.legacy_name.removesuffix("Tensor")
        raise RuntimeError(f"ldexp can't be cast to the desired output type {found}")


def _wide_enough(tensor, exponent=None):
    kinds = [x._array.dtype.kind for x in (tensor, exponent) if isinstance(x, Tensor)]
    wanted = "ComplexDouble" if "c" in kinds or isinstance(exponent, complex) else "Double"
    found = tensor.dtype.legacy_name.removesuffix("Tensor")
    if found != wanted:
        raise RuntimeError(
            f"the base given to float_power_ has dtype {found} but the operation's result requires "
            f"dtype {wanted}"
        )


def in_place_apart(name, operation):
    """`in_place`, for an operation that writes to single places."""

    def function(tensor, *rest, **options):
        return modify_apart(tensor, name, operation, *rest, **options)

    method(name)(finished(function, name, operation))


def in_place_alone(name, operation):
    """`in_place`, for one that first of all refuses a tensor that repeats elements."""

    def function(tensor, *rest, **options):
        check_target(tensor._array, tensor._array.shape)
        return modify(tensor, operation, *rest, **options)

    method(name)(finished(function, name, operation))


in_place("abs_", first_asking(_no_complex, abs))
in_place("absolute_", absolute)
in_place("acos_", acos)
in_place("acosh_", acosh)
in_place("addbmm_", addbmm)
in_place("addcdiv_", addcdiv)
in_place("addcmul_", addcmul)
in_place("addmm_", addmm)
in_place("addmv_", addmv)
in_place("addr_", addr)
in_place("arccos_", arccos)
in_place("arccosh_", arccosh)
in_place("arcsin_", arcsin)
in_place("arcsinh_", arcsinh)
in_place("arctan_", arctan)
in_place("arctan2_", arctan2)
in_place("arctanh_", arctanh)
in_place("asin_", asin)
in_place("asinh_", asinh)
in_place("atan_", atan)
in_place("atan2_", atan2)
in_place("atanh_", atanh)
in_place("baddbmm_", baddbmm)
in_place("bitwise_and_", bitwise_and)
in_place("bitwise_left_shift_", bitwise_left_shift)
in_place("bitwise_not_", bitwise_not)
in_place("bitwise_or_", bitwise_or)
in_place("bitwise_right_shift_", bitwise_right_shift)
in_place("bitwise_xor_", bitwise_xor)
in_place("ceil_", ceil)
in_place("clamp_", clamp)
in_place("clamp_max_", clamp_max)
in_place("clamp_min_", clamp_min)
in_place("clip_", clip)
in_place("conj_physical_", conj_physical)
in_place("copysign_", copysign)
in_place("cos_", cos)
in_place("cosh_", cosh)
in_place("cumprod_", cumprod)
in_place("cumsum_", cumsum)
in_place("deg2rad_", deg2rad)
in_place("digamma_", digamma)
in_place("divide_", divide)
in_place("eq_", eq)
in_place("erf_", erf)
in_place("erfc_", erfc)
in_place("erfinv_", erfinv)
in_place("exp_", exp)
in_place("exp2_", exp2)
in_place("expm1_", expm1)
in_place("fix_", fix)
in_place("float_power_", first_asking(_wide_enough, float_power))
in_place("floor_", floor)
in_place("floor_divide_", floor_divide)
in_place("fmod_", fmod)
in_place("frac_", frac)
in_place("gcd_", gcd)
in_place("ge_", ge)
in_place("greater_", greater)
in_place("greater_equal_", greater_equal)
in_place("gt_", gt)
in_place("heaviside_", heaviside)
in_place("hypot_", hypot)
in_place("i0_", i0)
in_place("index_add_", index_add)
in_place_alone("index_copy_", index_copy)
in_place_apart("index_fill_", index_fill)
in_place_apart("index_put_", index_put)
in_place("index_reduce_", index_reduce)
in_place("lcm_", lcm)
in_place("ldexp_", first_asking(_room_for_fractions, ldexp))
in_place("le_", le)
in_place("lerp_", lerp)
in_place("less_", less)
in_place("less_equal_", less_equal)
in_place("lgamma_", lgamma)
in_place("log_", log)
in_place("log10_", log10)
in_place("log1p_", log1p)
in_place("log2_", log2)
in_place("logical_and_", logical_and)
in_place("logical_not_", logical_not)
in_place("logical_or_", logical_or)
in_place("logical_xor_", logical_xor)
in_place("logit_", logit)
in_place("lt_", lt)
in_place_apart("masked_fill_", masked_fill)
in_place("masked_scatter_", masked_scatter)
in_place("multiply_", multiply)
in_place("mvlgamma_", mvlgamma)
in_place("nan_to_num_", nan_to_num)
in_place("ne_", ne)
in_place("neg_", neg)
in_place("negative_", negative)
in_place("nextafter_", nextafter)
in_place("not_equal_", not_equal)
in_place("polygamma_", polygamma_of)
in_place("pow_", pow)
in_place("put_", put)
in_place("rad2deg_", rad2deg)
in_place("reciprocal_", reciprocal)
in_place("remainder_", remainder)
in_place("renorm_", renorm)
in_place("round_", round)
in_place("rsqrt_", rsqrt)
in_place("scatter_", scatter)
in_place("scatter_add_", scatter_add)
in_place("scatter_reduce_", scatter_reduce)
in_place("sgn_", sgn)
in_place("sigmoid_", sigmoid)
in_place("sign_", sign)
in_place("sin_", sin)
in_place("sinc_", sinc)
in_place("sinh_", sinh)
in_place("sqrt_", sqrt)
in_place("square_", square)
in_place("subtract_", subtract)
in_place("tan_", tan)
in_place("tanh_", tanh)
in_place("tril_", tril)
in_place("triu_", triu)
in_place("true_divide_", true_divide)
in_place("trunc_", trunc)
in_place("xlogy_", xlogy)


def in_place_operator(name, operation):
    """Make the Python operator `name`, `__ipow__` say, write what `operation` computes."""

    def operator(tensor, other):
        if not isinstance(other, (Tensor, *NUMBERS)):
            return NotImplemented
        return modify(tensor, operation, other)

    operator.__name__ = operator.__qualname__ = name
    method(name)(_room_first(operator))


in_place_operator("__ifloordiv__", floor_divide)
in_place_operator("__imod__", remainder)
in_place_operator("__ipow__", pow)
in_place_operator("__iand__", bitwise_and)
in_place_operator("__ior__", bitwise_or)
in_place_operator("__ixor__", bitwise_xor)
in_place_operator("__ilshift__", bitwise_left_shift)
in_place_operator("__irshift__", bitwise_right_shift)


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
    fill_value = computed(fill_value, tensor._array.dtype).item()
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
