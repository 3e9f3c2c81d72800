"""What a module refuses to register, in PyTorch's words."""

import math
import warnings

from .._core.dtype import type_name
from .._core.type_info import typename
from .operands import refuse_kinds
from .shape import expanded_sizes

_HOME = __name__.split(".")[0]
_WANTED = {
    "parameters": f"parameter '{{}}' ({_HOME}.nn.Parameter or None expected)",
    "module": f"child module '{{}}' ({_HOME}.nn.Module or None expected)",
    "buffer": f"buffer '{{}}' ({_HOME}.nn.Buffer, {_HOME}.Tensor or None expected)",
}


def refusal(value, kind, name):
    """The error for a value that may not take the place of what is registered as `name`."""
    return TypeError(f"cannot assign '{typename(value)}' as {_WANTED[kind].format(name)}")


def check_ready(module, kind, room):
    """AttributeError unless `Module.__init__` has made the room to register things in."""
    if room not in module.__dict__:
        raise AttributeError(f"cannot assign {kind} before Module.__init__() call")


def check_arguments(module, args, kwargs):
    """TypeError for arguments of `Module.__init__`, which takes none."""
    name = f"{type(module).__name__}.__init__()"
    if kwargs:
        raise TypeError(f"{name} got an unexpected keyword argument '{next(iter(kwargs))}'")
    if args:
        raise TypeError(f"{name} takes 1 positional argument but {len(args) + 1} were given")


def check_name(module, name, kind, room):
    """The errors of a name that nothing can be registered under."""
    if kind != "module":
        check_ready(module, kind, room)
    if not isinstance(name, str):
        raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
    if "." in name:
        got = f", got: {name}" if kind == "module" else ""
        raise KeyError(f'{kind} name can\'t contain "."{got}')
    if name == "":
        raise KeyError(f'{kind} name can\'t be empty string ""')
    if hasattr(module, name) and name not in getattr(module, room):
        raise KeyError(f"attribute '{name}' already exists")


def check_value(value, wanted, kind, name):
    """TypeError unless `value` is None or of the class `wanted`."""
    if value is not None and not isinstance(value, wanted):
        if kind == "module":
            raise TypeError(f"{typename(value)} is not a Module subclass")
        needed = f"{_HOME}.nn.Parameter" if kind == "parameter" else "torch Tensor"
        raise TypeError(
            f"cannot assign '{typename(value)}' object to {kind} '{name}' "
            f"({needed} or None required)"
        )


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
