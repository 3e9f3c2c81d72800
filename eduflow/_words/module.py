"""What a module refuses to register, in PyTorch's words."""

import math
import warnings
from collections.abc import Mapping

from .._core.dispatch import must_be_tensor
from .._core.dtype import type_name
from .._core.explain import noted
from .._core.tensor import Tensor
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
    _check_word(name, kind)
    if hasattr(module, name) and name not in getattr(module, room):
        raise KeyError(f"attribute '{name}' already exists")


def _check_word(name, kind):
    """The errors of what can be no name of a parameter, buffer or module."""
    if not isinstance(name, str):
        raise TypeError(f"{kind} name should be a string. Got {typename(name)}")
    if "." in name:
        got = f", got: {name}" if kind == "module" else ""
        raise KeyError(f'{kind} name can\'t contain "."{got}')
    if name == "":
        raise KeyError(f'{kind} name can\'t be empty string ""')


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


def check_parameter(data, requires_grad):
    """RuntimeError if gradients are asked for where there are none."""
    if requires_grad and not (data.is_floating_point() or data.is_complex()):
        raise RuntimeError("Only Tensors of floating point and complex dtype can require gradients")


_WORDS = {"_parameters": "parameters", "_modules": "module", "_buffers": "buffer"}
_BEFORE_INIT = {"_hooks": "_backward_hooks"}  # which of its attributes PyTorch misses first


def check_in(module, drawer, name, value):
    """The errors of a value that wants to get into a drawer; buffers say if they are saved."""
    check_ready(module, _WORDS[drawer], drawer)
    if drawer == "_modules" and name in module._parameters:
        raise refusal(value, "parameters", name)
    if drawer == "_parameters":
        _check_word(name, "parameter")
        if hasattr(type(module), name) and name not in module._parameters:
            raise KeyError(f"attribute '{name}' already exists")
    module._non_persistent_buffers_set.discard(name)
    if drawer == "_buffers" and not value.persistent:
        module._non_persistent_buffers_set.add(name)


def check_swap(drawer, name, value):
    """TypeError for what may not take the place of something in a drawer: all but None."""
    if value is not None and not (drawer == "_buffers" and isinstance(value, Tensor)):
        raise refusal(value, _WORDS[drawer], name)


def no_attribute(module, name):
    """The error for a name that a module does not know."""
    name = _BEFORE_INIT.get(name, name)
    return AttributeError(f"'{type(module).__name__}' object has no attribute '{name}'")


def no_forward(module):
    """The error of a module that does not say what it computes."""
    name = type(module).__name__
    return NotImplementedError(f'Module [{name}] is missing the required "forward" function')


def check_mode(mode):
    """ValueError unless it is a bool."""
    if not isinstance(mode, bool):
        raise ValueError("training mode is expected to be boolean")


def check_state_dict(state_dict):
    """TypeError unless it is some kind of dict."""
    if not isinstance(state_dict, Mapping):
        raise TypeError(f"Expected state_dict to be dict-like, got {type(state_dict)}.")


def check_loaded(name, problems, missing, extra):
    """RuntimeError with a list of all that is wrong, if anything is."""
    lines = [f"Error(s) in loading state_dict for {name}:"]
    for word, names in ("Missing", missing), ("Unexpected", extra):
        if names:
            listed = ", ".join(f'"{path}"' for path in names)
            lines.append(f"{word} key(s) in state_dict: {listed}. ")
    lines += problems
    if len(lines) > 1:
        raise RuntimeError("\n\t".join(lines))


def size_mismatch(path, value, member):
    """What is wrong with a tensor of another shape."""
    return (
        f"size mismatch for {path}: copying a param with shape {value.shape} from checkpoint, "
        f"the shape in current model is {member.shape}."
    )


def _not_a_tensor(path, value):
    """What is wrong with a value that is no tensor."""
    wanted = f"expected {_HOME}.Tensor or Tensor-like object"
    start = f'While copying the parameter named "{path}", '
    return f"{start}{wanted} from checkpoint but received {type(value)}"


def readable(mine, state, prefix, problems):
    """`state`, where a number may come as (1,), and what is no tensor is noted and left as is."""
    changed = {}
    for name, member in mine.items():
        value = state.get(prefix + name, member)
        if not isinstance(value, Tensor):
            problems.append(_not_a_tensor(prefix + name, value))
            changed[prefix + name] = member
        elif member.shape == () and value.shape == (1,):
            changed[prefix + name] = value[0]
    return {**state, **changed} if changed else state


def could_not_copy(path, member, value, error):
    """What is wrong if copying raises."""
    return (
        f'While copying the parameter named "{path}", whose dimensions in the model are '
        f"{member.shape} and whose dimensions in the checkpoint are {value.shape}, an exception "
        f"occurred : {error.args}."
    )


def must_fit_linear(input, weight, bias):
    """The errors of an input, a weight and a bias (or None) that do not go together."""
    given = (input, weight) if bias is None else (input, weight, bias)
    must_be_tensor("linear", ("input", "weight", "bias"), given, numbers=False)
    check_dims(input._array, weight._array)
    if bias is not None:
        check_linear(input._array, weight._array, bias._array)


def check_linear(x, w, b):
    """RuntimeError unless the sizes and dtypes of rows, weight and bias go together."""
    if w.ndim != 2:
        raise RuntimeError(f"mat2 must be a matrix, got {w.ndim}-D tensor")
    if x.shape[-1] != w.shape[1]:
        rows = math.prod(x.shape[:-1])
        raise noted(
            RuntimeError(
                f"mat1 and mat2 shapes cannot be multiplied ({rows}x{x.shape[-1]} and "
                f"{w.shape[1]}x{w.shape[0]})"
            ),
            "linear",
            x.shape,
            w.shape,
        )
    for name, array in (("mat1", x), ("self", b)):
        if array.dtype != w.dtype:
            raise noted(
                RuntimeError(
                    f"{name} and mat2 must have the same dtype, but got {type_name(array.dtype)} "
                    f"and {type_name(w.dtype)}"
                ),
                "dtypes",
                ("x", x.dtype),
                ("weight", w.dtype),
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


def refuse_relu(array):
    """The errors of bools and complex numbers."""
    if array.dtype.kind == "b":
        raise RuntimeError("Boolean inputs not supported for relu")
    if array.dtype.kind == "c":
        raise NotImplementedError("clamp is not supported for complex types")


def probability(p):
    """p as a Python number, which a tensor may hold; ValueError unless it is a probability."""
    if p < 0 or p > 1:
        raise ValueError(f"dropout probability has to be between 0 and 1, but got {p}")
    return float(p)


def implicit_dim(name, input, stacklevel):
    """The dim that old code left out of softmax, with PyTorch's warning."""
    warnings.warn(
        f"Implicit dimension choice for {name} has been deprecated. "
        "Change the call to include dim=X as an argument.",
        stacklevel=stacklevel,
    )
    return 0 if input.dim() in (0, 1, 3) else 1
