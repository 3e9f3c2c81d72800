"""Second names of operations, and what NumPy calls when it meets a tensor."""

import numpy as np

from .._core.tensor import Tensor, method, wrap
from .binary import atan2, div, mul, neg, sub
from .unary import abs, acos, acosh, asin, asinh, atan, atanh, trunc


@method("subtract")
def subtract(input, other, *, alpha=1, out=None):
    """The longer name of sub, which has no old order of arguments. Mirrors torch.subtract."""
    return sub(input, other, alpha=alpha, out=out)


multiply = method("multiply")(mul)
divide = method("divide")(div)


@method("true_divide")
def true_divide(input, other, *, out=None):
    """`div` that never rounds. Mirrors torch.true_divide."""
    return div(input, other, out=out)


negative = method("negative")(neg)
absolute = method("absolute")(abs)
fix = method("fix")(trunc)
arcsin = method("arcsin")(asin)
arccos = method("arccos")(acos)
arctan = method("arctan")(atan)
arctan2 = method("arctan2")(atan2)
arcsinh = method("arcsinh")(asinh)
arccosh = method("arccosh")(acosh)
arctanh = method("arctanh")(atanh)


# What NumPy calls otherwise than PyTorch does.
_NUMPY_NAMES = {
    "multiply": "mul", "subtract": "sub", "divide": "div", "negative": "neg", "power": "pow",
    "absolute": "abs", "sign": "sgn", "conjugate": "conj", "equal": "eq", "not_equal": "ne",
    "less": "lt", "less_equal": "le", "greater": "gt", "greater_equal": "ge",
    "invert": "bitwise_not", "left_shift": "bitwise_left_shift",
    "right_shift": "bitwise_right_shift", "rint": "round", "arcsin": "asin", "arccos": "acos",
    "arctan": "atan", "arctan2": "atan2", "arcsinh": "asinh", "arccosh": "acosh",
    "arctanh": "atanh",
}  # fmt: skip


@method("__array_ufunc__")
def _array_ufunc(tensor, ufunc, way, *inputs, **options):
    """What NumPy calls for `np.exp(tensor)` or `array * tensor`: our own, recorded, operation."""
    name = _NUMPY_NAMES.get(ufunc.__name__, ufunc.__name__)
    operation = getattr(Tensor, name, None)
    if way == "__call__" and operation is not None and not options:
        first, *rest = [
            wrap(np.asarray(x)) if isinstance(x, (np.ndarray, np.generic)) else x for x in inputs
        ]
        if not isinstance(first, Tensor):
            first = wrap(np.asarray(first))
        return operation(first, *rest)
    arrays = [x.numpy() if isinstance(x, Tensor) else x for x in inputs]
    result = getattr(ufunc, way)(*arrays, **options)
    return wrap(result) if isinstance(result, np.ndarray) and "out" not in options else result
