# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% node-type
"""`pointwise` and `op` make operations on tensors out of functions on arrays."""

import functools
import inspect
import os

import numpy as np

from ..dtypes import get_default_dtype, result_dtype
from ..grad_mode import mode
from ..tensors import Tensor, method, wrap
from .node import Node

if not os.environ.get("EDUFLOW_NUMPY_WARNINGS"):
    # As in PyTorch, log(-1) is nan and 1/0 is inf without a word; NumPy would warn.
    np.seterr(all="ignore")


def node_type(name, parameters=(), holomorphic=True):
    """A Node class for one operation: its name, and what the operation's inputs are called."""
    body = {"__slots__": (), "parameters": tuple(parameters), "holomorphic": holomorphic}
    return type(name, (Node,), body)


# %% saved-plan
_plans = {}  # code of a derivative -> positions of the inputs it holds on to; -1 is the result
_NEVER = [0]  # the version counter of a Python number: it never changes


def _plan(kind, code):
    """Which inputs a derivative saved: nothing is declared by hand, its free variables tell."""
    names = ("result", *kind.parameters)
    plan = _plans[code] = tuple([names.index(n) - 1 for n in code.co_freevars if n in names])
    return plan


# %% record
def gradient_edge(x):
    """The node that a gradient of `x` goes to; None for a number, or a tensor that needs none."""
    if not isinstance(x, Tensor):
        return None
    return x._node if x._view is None else x._view.node(x)


def record(kind, out, returned, inputs, edges, fits=None):
    """Remember on `out` how it was made: `returned` is the result, then one derivative an input.

    Derivatives that nobody asked for are dropped, and with them what they would have saved.
    """
    wanted, saved, i = [], (), 0
    for edge in edges:
        i += 1
        if edge is None:
            wanted.append(None)
            continue
        derivative = returned[i]
        wanted.append(derivative)
        code = derivative.__code__
        for position in _plans[code] if code in _plans else _plan(kind, code):
            holder = out if position < 0 else inputs[position]
            counter = holder._version if isinstance(holder, Tensor) else _NEVER
            saved += ((counter, counter[0], position),)
    if kind.holomorphic and out._array.dtype.kind == "c":
        wanted = [None if d is None else Holomorphic(d) for d in wanted]
    out._node = kind(wanted, edges, saved, fits)


# %% holomorphic
class Holomorphic:
    """The derivative of a complex function: conjugate, multiply as for real numbers, conjugate.

    PyTorch's convention: the gradient points where a real loss rises fastest, and that needs the
    conjugate of the ordinary derivative.
    """

    __slots__ = ("derivative",)

    def __init__(self, derivative):
        self.derivative = derivative

    def __call__(self, grad):
        return self.derivative(grad.conj()).conj()


# %% must-be-tensor
NUMBERS = (int, float, complex)  # bool is an int


def must_be_tensor(name, parameters, inputs):
    """Raise PyTorch's TypeError for the first of `inputs` that is neither tensor nor number.

    The first one must be a tensor.
    """
    for position, (parameter, x) in enumerate(zip(parameters, inputs)):
        if not isinstance(x, Tensor) and (position == 0 or not isinstance(x, NUMBERS)):
            raise TypeError(
                f"{name}(): argument '{parameter}' (position {position + 1}) must be Tensor, "
                f"not {type(x).__name__}"
            )


# %% promoted
def promoted(inputs, floats=False):
    """The arrays of `inputs` in their common dtype; with `floats`, at least the default dtype."""
    target = result_dtype(inputs)
    if floats and not (target.is_floating_point or target.is_complex):
        target = get_default_dtype()
    target = target.numpy
    return [
        x._array.astype(target, copy=False) if isinstance(x, Tensor) else _number(x, target)
        for x in inputs
    ]


def _number(x, target):
    """A Python number as an array without dims; integers wrap around as they do in PyTorch."""
    if target.kind in "iu":
        return np.array(int(x)).astype(target)
    return np.array(x, dtype=target)


# %% check-broadcast
def check_broadcast(*arrays):
    """RuntimeError, in PyTorch's words, where the shapes cannot be broadcast together."""
    so_far = ()
    for shape in (np.shape(array) for array in arrays):
        dims = max(len(so_far), len(shape))
        left = (1,) * (dims - len(so_far)) + so_far
        right = (1,) * (dims - len(shape)) + shape
        for dim in reversed(range(dims)):
            if left[dim] != right[dim] and 1 not in (left[dim], right[dim]):
                raise RuntimeError(
                    f"The size of tensor a ({left[dim]}) must match the size of tensor b "
                    f"({right[dim]}) at non-singleton dimension {dim}"
                )
        so_far = tuple(b if a == 1 else a for a, b in zip(left, right))


# %% finish
def finish(kind, returned, inputs, fits=None, out=None):
    """The tensor for what a body returned, recorded if need be, and written into `out` if given."""
    differentiable = type(returned) is tuple
    result = returned[0] if differentiable else returned
    result = wrap(result if type(result) is np.ndarray else np.asarray(result))
    if mode.enabled:
        edges = [gradient_edge(x) for x in inputs]
        if any(edge is not None for edge in edges):
            if differentiable:
                record(kind, result, returned, inputs, edges, fits)
            elif result.is_floating_point() or result.is_complex():
                raise RuntimeError(f"derivative for {kind.__name__[:-9]} is not implemented")
    return result if out is None else out._receive(result)


def pointwise_fits(inputs, result):
    """Where broadcasting or promotion changed an input: the (shape, dtype) to go back to."""
    fits = [None] * len(inputs)
    for i, x in enumerate(inputs):
        if isinstance(x, Tensor) and (x._array.shape != result.shape or x._array.dtype != result.dtype):
            fits[i] = (x._array.shape, x._array.dtype)
    return fits if fits != [None] * len(inputs) else None


# %% unary
def _unary(body, kind, floats):
    def unary(input, out=None, body=body):
        if not isinstance(input, Tensor):
            must_be_tensor(body.__name__, kind.parameters, (input,))
        array = input._array
        if floats and array.dtype.kind not in "fc":
            array = array.astype(get_default_dtype().numpy)
        returned = body(array)
        if type(returned) is not tuple or out is not None or array.dtype.kind == "c":
            return finish(kind, returned, (input,), None, out)
        result = returned[0]
        out = wrap(result if type(result) is np.ndarray else np.asarray(result))
        if mode.enabled:
            edge = input._node if input._view is None else input._view.node(input)
            if edge is not None:
                record(kind, out, returned, (input,), (edge,))
        return out

    return unary


# %% binary
def _binary(body, kind, floats, is_operator=False):
    def binary(input, other, out=None, body=body):
        if type(input) is not Tensor or out is not None:
            return general(input, other, out, body)
        a = input._array
        if type(other) is Tensor:
            b, scalar = other._array, False
            if a.dtype is not b.dtype or a.shape != b.shape or (floats and a.dtype.kind != "f"):
                return general(input, other, out, body)
        elif (type(other) is float or type(other) is int) and a.dtype.kind == "f":
            b, scalar = np.array(other, a.dtype), True
        else:
            return general(input, other, out, body)
        returned = body(a, b)
        if type(returned) is not tuple:
            return finish(kind, returned, (input, other))
        result = returned[0]
        out = wrap(result if type(result) is np.ndarray else np.asarray(result))
        if mode.enabled:
            left = input._node if input._view is None else input._view.node(input)
            right = None if scalar else other._node if other._view is None else other._view.node(other)
            if left is not None or right is not None:
                record(kind, out, returned, (input, other), (left, right))
        return out

    general = _general_binary(body, kind, floats, is_operator)
    return binary


# %% general-binary
def _general_binary(body, kind, floats, is_operator):
    """A binary operation in full: numbers, promotion, broadcasting, `out`, bad input.

    `binary` has the short way for two tensors that are alike, which is nearly always.
    """

    def general(input, other, out, body):
        if is_operator and not isinstance(other, (Tensor, *NUMBERS)):
            return NotImplemented
        must_be_tensor(body.__name__, kind.parameters, (input, other))
        a, b = promoted((input, other), floats)
        try:
            returned = body(a, b)
        except ValueError:
            check_broadcast(a, b)
            raise
        result = returned[0] if type(returned) is tuple else returned
        fits = pointwise_fits((input, other), result)
        return finish(kind, returned, (input, other), fits, out)

    return general


# %% nary
def _nary(body, kind, floats):
    def nary(*inputs, out=None, body=body, **named):
        rest = kind.parameters[len(inputs) :]
        inputs += tuple(named.pop(parameter) for parameter in rest)
        must_be_tensor(body.__name__, kind.parameters, inputs)
        arrays = promoted(inputs, floats)
        try:
            returned = body(*arrays, **named)
        except ValueError:
            check_broadcast(*arrays)
            raise
        result = returned[0] if type(returned) is tuple else returned
        return finish(kind, returned, inputs, pointwise_fits(inputs, result), out)

    return nary


# %% pointwise
def pointwise(*operators, floats=False, node=None, holomorphic=True):
    """Decorator: make an elementwise function of arrays an operation on tensors.

    The function takes its arrays by position and options by keyword, and returns its result,
    followed by one derivative for each array: what turns the gradient of the result into that of
    the array. Where it returns only a result, no gradient can pass (comparisons, rounding).
    It becomes a function, a Tensor method of the same name, and the Python `operators` named.
    Inputs are brought to one dtype first; with `floats`, integers become the default dtype.
    """

    def decorate(body):
        names, has_options = _parameters(body)
        kind = node_type(node or f"{_camel(body.__name__)}Backward0", names, holomorphic)
        make = {1: _unary, 2: _binary}.get(len(names), _nary)
        function = _with_options(make(body, kind, floats), body) if has_options else make(body, kind, floats)
        functools.update_wrapper(function, body)
        method(body.__name__)(function)
        method(*operators)(_binary(body, kind, floats, is_operator=True) if len(names) == 2 else function)
        return function

    return decorate


# %% options
def _parameters(body):
    """The names of the arrays a body takes, and whether it has options besides."""
    parameters = inspect.signature(body).parameters.values()
    arrays = [p.name for p in parameters if p.kind is p.POSITIONAL_OR_KEYWORD]
    return arrays, len(arrays) < len(parameters)


def _with_options(operation, body):
    """`operation` with the keyword options of its body."""

    def function(*inputs, out=None, **options):
        if not options:
            return operation(*inputs, out=out)
        bound = functools.update_wrapper(functools.partial(body, **options), body)
        return operation(*inputs, out=out, body=bound)

    return function


def _camel(name):
    return "".join(part.capitalize() for part in name.split("_"))


# %% op
def op(*names, node=None, holomorphic=True):
    """Decorator: make a function of arrays an operation on tensors, as it is: no promotion.

    Its leading arguments that are tensors are unwrapped, everything else is passed on. It returns
    its result and one derivative for each tensor. It becomes a function, and a Tensor method of its
    own name and of the further `names`.
    """

    def decorate(body):
        parameters, _ = _parameters(body)
        kind = node_type(node or f"{_camel(body.__name__)}Backward0", parameters, holomorphic)

        @functools.wraps(body)
        def function(input, *rest, out=None, **options):
            if not isinstance(input, Tensor):
                must_be_tensor(body.__name__, parameters, (input,))
            inputs = (input, *[x for x in rest if isinstance(x, Tensor)])
            arrays = [x._array if isinstance(x, Tensor) else x for x in rest]
            return finish(kind, body(input._array, *arrays, **options), inputs, None, out)

        method(body.__name__, *names)(function)
        return function

    return decorate
