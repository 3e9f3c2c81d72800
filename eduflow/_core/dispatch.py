"""`pointwise` and `op` make operations on tensors out of functions on arrays."""

from __future__ import annotations

import functools
import re
import threading
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .._kernels import at_home, switch
from .._kernels.pointwise import BODIES, VALUES
from .arguments import (
    NOT_GIVEN,
    NUMBERS,
    check_broadcast,
    must_be_tensor,
    operands,
    with_options,
)
from .calls import answered, answering
from .dtype import dtype as dtype_class
from .dtype import promoted, result_dtype
from .kinds import checks_of, first_place, look_at
from .layout import laid_out
from .numpy_warnings import SILENT, quiet, restore, silence
from .signature import parameters_of, signature_of, takes, with_out
from .tensor import Tensor, method, wrap


class Kind:
    """What there is to know of an operation: its name on the tape, the names of its inputs.

    `once` says that it goes backward only once, because it saves more than its inputs and result;
    `looks` lists the inputs that in PyTorch another operation makes a view of at first.
    """

    __slots__ = ("name", "parameters", "holomorphic", "operation", "once", "looks", "node")

    def __init__(
        self,
        name: str,
        parameters: Sequence[str],
        holomorphic: bool = True,
        operation: str | None = None,
        once: bool = False,
        looks: Sequence[int] = (),
    ) -> None:
        self.name, self.parameters, self.holomorphic = name, tuple(parameters), holomorphic
        self.once, self.looks = once, looks
        self.operation = operation or _function_name(name)  # for error texts
        self.node = None  # the type of its nodes on the tape, once there is one

    def record(
        self,
        out: Tensor,
        returned: tuple,
        inputs: Sequence[Any],
        edges: Any,
        fits: Any = None,
        arrays: Any = None,
    ) -> None:
        """An empty room: lesson 02_autograd builds it, and nobody calls it before."""
        raise NotImplementedError("recording operations is built in lesson 02_autograd")


def _function_name(node: str) -> str:
    """The function that makes nodes of this name: index_select for IndexSelectBackward0."""
    words = re.sub(r"Backward\d*$", "", node)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", words).lower()


class _Mode(threading.local):
    enabled = True  # whether operations are recorded, in this thread
    wished = True  # the same, were it not for inference mode


recording = _Mode()


_LOOK = {
    *("addbmm", "addmm", "addmv", "addr", "baddbmm", "cat", "column_stack", "cross", "cumprod"),
    *("cumsum", "dstack", "gather", "hstack", "index_add", "index_copy", "index_reduce"),
    *("index_select", "kron", "logcumsumexp", "masked_select", "max", "min", "msort", "renorm"),
    *("scatter", "scatter_add", "scatter_reduce", "stack", "take", "take_along_dim", "vstack"),
    "where",
}  # apart from elementwise ones, functions that look whether `out` overlaps what they read
_LOOK_AT_FIRST = {"addbmm", "addmm", "addmv", "baddbmm"}  # those of which only what is added is


_NO_OUT = {"isfinite", "isinf", "isnan", "isreal", "relu", "rsub"}  # apart from these, all do
_ONLY_ALONG = {"median", "nanmedian", "prod"}  # of all elements, these take none


def place_into(
    out: Any, result: Tensor, name: str, inputs: Sequence[Any] = (), look: bool = False
) -> Tensor:
    """Write a result into the tensor given as `out=`; TypeError if that is none.

    RuntimeError if it overlaps an input, for functions that `look`.
    """
    if name in _NO_OUT:
        raise TypeError(f"{name}() got an unexpected keyword argument 'out'")
    must_be_out(name, out)
    read = [x for x in _listed(inputs) if isinstance(x, Tensor)] if look or name in _LOOK else []
    read = read[:1] if name in _LOOK_AT_FIRST else read
    return out._receive(result, name, read)  # lesson 04 builds it


def must_be_out(name: str, out: Any) -> None:
    """TypeError unless what is given as `out=` is a tensor."""
    if not isinstance(out, Tensor):
        raise TypeError(f"{name}(): argument 'out' must be Tensor, not {type(out).__name__}")


def _listed(inputs: Sequence[Any]) -> list[Any]:
    """The inputs, those in lists among them."""
    return [x for i in inputs for x in (i if isinstance(i, (tuple, list)) else (i,))]


def refuse_gradients(kind: Kind, result: Tensor, inputs: Sequence[Any], edges: Any) -> None:
    """Record an operation without a derivative: it refuses all gradients."""

    def refuse(grad: Any) -> None:
        raise RuntimeError(f"derivative for aten::{kind.operation} is not implemented")

    refusing = Kind("NotImplemented", kind.parameters, operation=kind.operation)
    refusing.record(result, (result, *[refuse] * len(inputs)), inputs, edges)


class Holomorphic:
    """The derivative of a complex function: conjugate, multiply as for real numbers, conjugate.

    PyTorch's convention: the gradient points where a real loss rises fastest, and that needs the
    conjugate of the ordinary derivative.
    """

    __slots__ = ("derivative",)

    def __init__(self, derivative: Callable[..., Any]) -> None:
        self.derivative = derivative

    def __call__(self, grad: Any) -> Any:
        return self.derivative(grad.conj()).conj()

    @property
    def __closure__(self) -> Any:
        """What the derivative holds on to."""
        return self.derivative.__closure__


def conjugated(kind: Kind, result: Tensor, returned: Any, edges: Sequence[Any] = ()) -> Any:
    """What a body returned, its derivatives made fit for `result`, a tensor, if it is complex.

    And for their `edges`, if given, where these lead nowhere.
    """
    if any(edge is not None and not edge.leads_on for edge in edges):
        returned = ended(returned, edges, kind.looks)
    return returned if result._array.dtype.kind != "c" else _with_conjugates(kind, *returned)


def ended(returned: Any, edges: Sequence[Any], but: Sequence[int] = ()) -> Any:
    """What a body returned, without what a derivative holds whose edge leads nowhere.

    Those of the inputs with the numbers in `but` stay as they are.
    """
    for i, edge in enumerate(edges):
        if edge is not None and not edge.leads_on and i not in but:
            returned = edge.ending(returned, i)
    return returned


def _with_conjugates(kind: Kind, result: Any, *derivatives: Any) -> Any:
    if not kind.holomorphic:
        return result, *derivatives
    return result, *[d if d is None else Holomorphic(d) for d in derivatives]


def unsupported(kind: Kind, dtype: np.dtype, error: Exception) -> Exception:
    """PyTorch's error where NumPy has no way to compute an operation on this dtype."""
    if not (isinstance(error, TypeError) and "ufunc" in str(error)):
        return error
    legacy = dtype_class.by_numpy[dtype].legacy_name.removesuffix("Tensor")
    return NotImplementedError(f"\"{kind.operation}_cpu\" not implemented for '{legacy}'")


# %% lesson 17 finish
def gradient_edge(x):
    """The node that a gradient of `x` goes to; None for a number, or a tensor that needs none."""
    if not isinstance(x, Tensor):
        return None
    return x._node if x._view is None else x._view.node(x)


def keep_history(kind, result, returned, inputs, edges, fits=None, arrays=None):
    """Record an operation on its result; one that brings no derivatives refuses gradients."""
    if type(returned) is not tuple:
        refuse_gradients(kind, result, inputs, edges)
    else:
        kind.record(result, conjugated(kind, result, returned, edges), inputs, edges, fits, arrays)


def finish(kind, returned, inputs, fits=None, out=None, arrays=None, layout=None):
    """The tensor for what a body returned, recorded if need be, and written into `out` if given."""
    array = np.asarray(returned[0] if type(returned) is tuple else returned)
    result = wrap(array if layout is None else laid_out(array, *layout))
    if recording.enabled and (type(returned) is tuple or array.dtype.kind in "fc"):
        edges = [gradient_edge(x) for x in inputs]
        if any(edge is not None for edge in edges):
            keep_history(kind, result, returned, inputs, edges, fits, arrays)
    return result if out is None else place_into(out, result, kind.operation, inputs)


# %% end


# %% lesson 17 elementwise
def pointwise_fits(inputs, result):
    """For each input its (shape, dtype) if the result's is another, else None; None if all are."""
    fits = []
    for x in inputs:
        own = (x._array.shape, x._array.dtype) if isinstance(x, Tensor) else None
        fits.append(None if own == (result.shape, result.dtype) else own)
    return fits if any(fits) else None


def elementwise(kind, body, inputs, floats=False, out=None, **options):
    """Carry out `body`, a function of arrays, on tensors and numbers; the result is a tensor."""
    arrays = told_apart(inputs, promoted(inputs, floats))
    returned = body(*arrays, **options)
    result = returned[0] if type(returned) is tuple else returned
    fits, layout = pointwise_fits(inputs, result), unusual_layout(inputs, arrays)
    return finish(kind, returned, inputs, fits, out, arrays, layout)


# %% end


def told_apart(inputs: Sequence[Any], arrays: list[np.ndarray]) -> list[np.ndarray]:
    """The arrays, a view of one that several inputs share: a derivative tells x from x.detach()."""
    shared = len(arrays) == 2 and arrays[0] is arrays[1]
    return arrays if not shared or inputs[0] is inputs[1] else [arrays[0], arrays[1].view()]


def unusual_layout(inputs: Sequence[Any], arrays: list[np.ndarray]) -> list[np.ndarray] | None:
    """The arrays of all inputs, if the result's order in memory is to be made after theirs."""
    sources = [getattr(x, "_array", array) for x, array in zip(inputs, arrays)]
    odd = any(not x.flags.c_contiguous or 1 in x.shape or not x.size for x in sources)
    return sources if odd else None


_IN_HALF = {"logit"}  # PyTorch itself rounds on the way


def rounded_once(body: Callable[..., Any]) -> Callable[..., Any]:
    """A pointwise body that, given halves, has its result computed in float32 and rounded once.

    The result stays the same object: derivatives may hold on to it.
    """

    def computed(*arrays: np.ndarray, **options: Any) -> Any:
        returned = body(*arrays, **options)
        result = returned[0] if type(returned) is tuple else returned
        fresh = type(result) is np.ndarray and result.base is None and result.flags.writeable
        if fresh and result.dtype == np.float16 and not any(result is a for a in arrays):
            wide = body(*[a.astype(np.float32) for a in arrays], **options)
            wide = wide[0] if type(wide) is tuple else wide
            np.copyto(result, wide, casting="unsafe")
        return returned

    return computed


def _are_halves(inputs: Sequence[Any]) -> bool:
    """Whether the result may be in half precision: that of a tensor, or the default dtype."""
    halves = [x.dtype.numpy == np.float16 for x in inputs if isinstance(x, Tensor)]
    return any(halves) or dtype_class._default.numpy == np.float16


def _general(
    body: Callable[..., Any],
    kind: Kind,
    is_operator: bool,
    floats: bool,
    numbers: bool,
    check: Callable[..., None] | None,
) -> Callable[..., Any]:
    """A pointwise operation in full: numbers, promotion, broadcasting, `out`, options, bad input.

    Arrays may be given by name; a `body` that is given stands in for the usual one, for options.
    """

    @quiet
    def general(
        *inputs: Any, out: Any = None, body: Callable[..., Any] = body, **named: Any
    ) -> Any:
        if not is_operator and kind.operation in _OF_NUMBERS and _are_numbers(inputs, named):
            inputs = wrap(np.array(inputs[0], result_dtype(inputs[:1]).numpy)), *inputs[1:]
        given = operands(kind, inputs, named, is_operator, numbers, check)
        if given is None:
            return _beside_an_array(general, kind, inputs)
        try:
            wide = _are_halves(given) and kind.operation not in _IN_HALF
            made = elementwise(kind, rounded_once(body) if wide else body, given, floats, **named)
        except NotImplementedError:
            check_broadcast(*promoted(given, floats))  # PyTorch says this first
            raise
        except (ValueError, TypeError) as error:
            arrays = promoted(given, floats)
            check_broadcast(*arrays)
            raise unsupported(kind, arrays[0].dtype, error) from error
        return made if out is None else place_into(out, made, kind.operation, given, look=True)

    return general


# These take two numbers as well.
_OF_NUMBERS = {"add", "sub", "mul", "div", "div_rounded", "floor_divide"}


def _are_numbers(inputs: tuple, named: dict[str, Any]) -> bool:
    """Whether nothing but numbers was given: the first of them then becomes a tensor."""
    return bool(inputs) and all(isinstance(x, NUMBERS) for x in (*inputs, *named.values()))


def _beside_an_array(general: Callable[..., Any], kind: Kind, inputs: tuple) -> Any:
    """What an operator makes of a tensor and what is no operand: only == looks into an array."""
    other = inputs[-1]
    if kind.operation == "eq" and isinstance(other, np.ndarray) and other.dtype in _KNOWN:
        return general(inputs[0], wrap(other))
    return NotImplemented


_KNOWN = dtype_class.by_numpy


def _respelled(input: Any, other: Any, named: dict[str, Any]) -> tuple[Any, Any, dict[str, Any]]:
    """Both inputs, found under NumPy's names where they were not given, and the names left over."""
    named = {name: value for name, value in named.items() if value is not NOT_GIVEN}
    for name in ("x", "x1"):
        if input is NOT_GIVEN and name in named:
            input = named.pop(name)
    if other is NOT_GIVEN:
        other = named.pop("x2", NOT_GIVEN)
    return input, other, named


_QUICK = {"f", "d"}  # halves take the longer way


def _short_forms(body: Callable[..., Any]) -> tuple[Callable[..., Any], Callable[..., Any]]:
    """What is quicker than `body`, or that itself: for its values alone, and with derivatives."""
    name = body.__name__
    if name not in VALUES or not at_home(body):
        return body, body
    return VALUES[name], BODIES.get(name, body)


def _quick_unary(
    general: Callable[..., Any], body: Callable[..., Any], kind: Kind
) -> Callable[..., Any]:
    """`general` for one tensor; where that is in order and of a float dtype, by a shorter way."""
    usual, (values, short) = body, _short_forms(body)
    closed = kind.operation in _NO_OUT
    absent = NOT_GIVEN if closed else None

    def unary(
        input: Any = NOT_GIVEN, *, out: Any = absent, body: Any = body, x: Any = NOT_GIVEN
    ) -> Any:
        if closed and out is not absent:
            raise TypeError(f"{kind.operation}() got an unexpected keyword argument 'out'")
        if switch.plain or out is not absent or not isinstance(input, Tensor) or x is not NOT_GIVEN:
            out = None if out is absent else out
            return general(input, out=out, body=body, **({} if x is NOT_GIVEN else {"x": x}))
        array = input._array
        if array.dtype.char not in _QUICK:
            return general(input, body=body)
        edge, quick, recorded = None, body is usual and values is not body, recording.enabled
        if quick and recorded:
            edge = input._node if input._view is None else input._view.node(input)
            recorded = edge is not None
        before = silence(SILENT)
        try:
            returned = body(array) if not quick else short(array) if recorded else values(array)
        except TypeError as error:
            raise unsupported(kind, array.dtype, error) from error
        finally:
            restore(before)
        layout = None if array.flags.c_contiguous else (array,)
        if recorded and type(returned) is not tuple:
            return finish(kind, returned, (input,), None, None, (array,), layout)
        result = returned[0] if type(returned) is tuple else returned
        result = result if type(result) is np.ndarray else np.asarray(result)
        out = wrap(result if layout is None else laid_out(result, array))
        if recorded and not quick:
            edge = input._node if input._view is None else input._view.node(input)
        if edge is not None:
            kind.record(out, returned, (input,), (edge,), None, (array,))
        return out

    return unary


def _quick_binary(
    general: Callable[..., Any], body: Callable[..., Any], kind: Kind, floats: bool, numbers: bool
) -> Callable[..., Any]:
    """`general` for two; where they are alike, which is nearly always, by a shorter way."""
    usual, (values, short) = body, _short_forms(body)

    def binary(
        input: Any = NOT_GIVEN,
        other: Any = NOT_GIVEN,
        *,
        out: Any = None,
        body: Any = body,
        x: Any = NOT_GIVEN,
        x1: Any = NOT_GIVEN,
        x2: Any = NOT_GIVEN,
    ) -> Any:
        if not x is x1 is x2 is NOT_GIVEN:
            input, other, named = _respelled(input, other, {"x": x, "x1": x1, "x2": x2})
            return general(input, other, out=out, body=body, **named)
        if switch.plain or out is not None or not isinstance(input, Tensor):
            return general(input, other, out=out, body=body)
        a = input._array
        if isinstance(other, Tensor):
            b, scalar = other._array, False
            if a is b and input is not other:
                b = b.view()  # so that a derivative tells x from x.detach()
            if a.dtype is not b.dtype or (floats and a.dtype.kind != "f"):
                return general(input, other, body=body)
        elif numbers and a.dtype.kind == "f" and (type(other) is float or is_usual(other)):
            b, scalar = np.array(other, a.dtype), True
        else:
            return general(input, other, body=body)
        quick, recorded = body is usual and values is not body, recording.enabled
        if quick and recorded:
            left, right = input._node if input._view is None else input._view.node(input), None
            if not scalar:
                right = other._node if other._view is None else other._view.node(other)
            recorded = left is not None or right is not None
        before = silence(SILENT)
        try:
            returned = body(a, b) if not quick else short(a, b) if recorded else values(a, b)
        except (TypeError, ValueError):
            returned = None
        finally:
            restore(before)
        if returned is None:
            return general(input, other, body=body)  # which says what is wrong
        fits = layout = None
        if a.ndim == 1 and (scalar or (b.ndim == 1 and a.size == b.size)):
            pass  # there is one order only
        elif not (
            a.flags.c_contiguous
            and (scalar or a.shape == b.shape)
            and ((b.flags.c_contiguous and not scalar) or (1 not in a.shape and a.size))
        ):  # the result may lie in another order, or a gradient has to be fitted
            fits = _fits(a, b, scalar, returned)
            layout = (a, b) if a.ndim > 1 or b.ndim > 1 else None
        if recorded and (type(returned) is not tuple or a.dtype.kind == "c"):
            return finish(kind, returned, (input, other), fits, None, (a, b), layout)
        result = returned[0] if type(returned) is tuple else returned
        result = result if type(result) is np.ndarray else np.asarray(result)
        out = wrap(result if layout is None else laid_out(result, a, b))
        if recorded:
            if not quick:
                left, right = _edges(input, None if scalar else other)
            if left is not None or right is not None:
                if input._view is not None or (not scalar and other._view is not None):
                    returned = ended(returned, (left, right))
                kind.record(out, returned, (input, other), (left, right), fits, (a, b))
        return out

    return binary


def _edges(input: Tensor, other: Tensor | None) -> tuple:
    """`gradient_edge` of two, the second of which may be none."""
    left = input._node if input._view is None else input._view.node(input)
    if other is None:
        return left, None
    return left, other._node if other._view is None else other._view.node(other)


_FAR = 2**63  # ints from here on are no numbers to PyTorch, or unsigned ones


def is_usual(number: Any) -> bool:
    """Whether this is a Python float, or an int of 64 bits."""
    return type(number) is float or (type(number) is int and -_FAR <= number < _FAR)


def _fits(a: np.ndarray, b: np.ndarray, scalar: bool, returned: Any) -> list | None:
    """`pointwise_fits` of arrays, of which `b` may be a number's."""
    result = returned[0] if type(returned) is tuple else returned
    shape, dtype = result.shape, result.dtype
    first = None if a.shape == shape and a.dtype is dtype else (a.shape, a.dtype)
    same = scalar or (b.shape == shape and b.dtype is dtype)
    return None if first is None and same else [first, None if same else (b.shape, b.dtype)]


def _operation(
    body: Callable[..., Any],
    kind: Kind,
    is_operator: bool,
    options: dict[str, Any],
    names: Sequence[str],
) -> Callable[..., Any]:
    """The function on tensors for a pointwise `body`: quick where it can be, in full elsewhere."""
    general, floats = _general(body, kind, is_operator, **options), options["floats"]
    if len(names) == 1:
        return _quick_unary(general, body, kind)
    if len(names) == 2:
        return _quick_binary(general, body, kind, floats, options["numbers"])
    return general


def pointwise(
    *operators: str,
    floats: bool = False,
    node: str | None = None,
    holomorphic: bool = True,
    numbers: bool = True,
    check: Callable[..., None] | None = None,
) -> Callable[..., Any]:
    """Decorator: make an elementwise function of arrays an operation on tensors.

    The function takes its arrays by position and options by keyword, and returns its result,
    followed by one derivative for each array: what turns the gradient of the result into that of
    the array. Where it returns only a result, no gradient can pass (comparisons, rounding).
    It becomes a function and the Python `operators` named; `method` makes it a method besides.
    Inputs are brought to one dtype first; with `floats`, integers become the default dtype.
    Unless `numbers` is False, numbers may stand for all inputs but one. `check(input, other)`
    may raise for inputs of two dtypes that do not go together.
    """

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        name, (names, has_options) = body.__name__, parameters_of(body)
        kind = Kind(node or node_name(body), names, holomorphic, _SPOKEN.get(name, name.strip("_")))
        options = {"floats": floats, "numbers": numbers, "check": check}
        function = _operation(body, kind, False, options, names)
        if has_options:
            function = with_options(function, body, names, rounded_once)
        functools.update_wrapper(function, body)
        takes(function, (signature_of if name in _NO_OUT else _and_out)(body))
        if has_options or len(names) > 2:  # the others are quick, and see to it themselves
            function = answering(function)
        if name in _NO_OUT and name != "relu":
            function = _closed(function, name)
        function.__answers__ = True  # type: ignore[attr-defined]
        function.kind = kind  # type: ignore[attr-defined]
        if operators:
            operator = _operation(body, kind, True, options, names)
            method(*operators)(operator if len(names) == 2 else function)
        return function

    return decorate


_SPOKEN = {"divided": "div"}  # what users call it


def _closed(function: Callable[..., Any], name: str) -> Callable[..., Any]:
    """`function`, which takes no `out`, not even None."""

    @functools.wraps(function)
    def closed(*inputs: Any, **named: Any) -> Any:
        if "out" in named:
            raise TypeError(f"{name}() got an unexpected keyword argument 'out'")
        return function(*inputs, **named)

    return closed


def _and_out(function: Callable[..., Any]) -> Any:
    """What `function` takes, and `out`."""
    return with_out(signature_of(function))


def node_name(body: Callable[..., Any]) -> str:
    """What PyTorch would call the node of an operation: MulBackward0 for mul."""
    return "".join(part.capitalize() for part in body.__name__.split("_")) + "Backward0"


def finish_quickly(kind: Kind, returned: tuple, inputs: Sequence[Tensor]) -> Tensor:
    """`finish` for a result with its derivatives, which lies in memory as it should."""
    result = wrap(returned[0] if type(returned[0]) is np.ndarray else np.asarray(returned[0]))
    if recording.enabled:
        edges = [x._node if x._view is None else x._view.node(x) for x in inputs]
        if edges.count(None) < len(edges):
            kind.record(result, conjugated(kind, result, returned, edges), inputs, edges)
    return result


def op(*, node: str | None = None, holomorphic: bool = True) -> Callable[..., Any]:
    """Decorator: make a function of arrays an operation on tensors, as it is: no promotion.

    Its leading arguments that are tensors are unwrapped, everything else is passed on. It returns
    its result and one derivative for each tensor. It becomes a function.

    What a derivative saves is found by identity: an array in its closure that is one of the inputs,
    the result, or looks into the memory of one of them must not change until backward, whatever it
    is called. That holds for arrays in a list or a tuple there, and in functions it calls. Anything
    else it holds (what was computed from the inputs) is taken for a constant, and there a second
    derivative is refused.
    """

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        parameters, _ = parameters_of(body)
        kind = Kind(node or node_name(body), parameters, holomorphic, body.__name__)

        @functools.wraps(body)
        def function(input: Any, *rest: Any, out: Any = None, **options: Any) -> Any:
            if not isinstance(input, Tensor):
                must_be_tensor(body.__name__, parameters, (input,))
            inputs = (input, *[x for x in rest if isinstance(x, Tensor)])
            arrays = [x._array if isinstance(x, Tensor) else x for x in rest]
            before = silence(SILENT)
            try:
                returned = body(input._array, *arrays, **options)
            except Exception as error:
                return answered(function, error, (input, *rest), options, kind.operation)
            finally:
                restore(before)
            if switch.plain or out is not None or type(returned) is not tuple:
                return finish(kind, returned, inputs, None, out)
            return finish_quickly(kind, returned, inputs)

        takes(function, with_out(signature_of(body)))
        function.__answers__ = True  # type: ignore[attr-defined]
        function.kind = kind  # type: ignore[attr-defined]
        return function

    return decorate


def takes_out(function: Callable[..., Any]) -> Callable[..., Any]:
    """Decorator: let a function write its result, or results, into tensors given as `out=`.

    Its Tensor method, if it has one, takes none. Lesson 04 builds the writing.
    """
    name = function.__name__
    checks = checks_of(function, name)
    least = first_place(checks)
    own_dtype = name in ("cumsum", "cumprod", "prod")  # these compute in the dtype of `out`
    absent = NOT_GIVEN if name in _ONLY_ALONG else None

    @functools.wraps(function)
    def receiving(*args: Any, out: Any = absent, **options: Any) -> Any:
        if out is absent:
            try:
                if options or len(args) > least:
                    look_at(checks, args, options)
                return function(*args, **options)
            except Exception as error:
                return answered(receiving, error, args, options)
        if name in _ONLY_ALONG and len(args) < 2 and not {"dim", "axis"} & options.keys():
            raise TypeError(f'{name}() missing 1 required positional arguments: "dim"')
        if out is None:
            return receiving(*args, **options)
        if own_dtype and isinstance(out, Tensor):
            options = {"dtype": out.dtype} | options
        try:
            look_at(checks, args, options)
            results = function(*args, **options)
        except Exception as error:
            return answered(receiving, error, args, options | {"out": out})
        if isinstance(results, Tensor):
            return place_into(out, results, name, args)
        if isinstance(out, Tensor):
            raise TypeError(f"{name}(): argument 'out' must be tuple of Tensors, not Tensor")
        return type(results)(*[place_into(p, x, name, args) for p, x in zip(out, results)])

    takes(receiving, with_out(signature_of(function)))
    coat: Any = receiving
    coat.__inside__ = receiving, function, checks, ""
    coat.__answers__ = coat.__strict__ = True
    return receiving


def two_way(
    body: Callable[..., Any] | None = None,
    *,
    node: str | None = None,
    once: bool = False,
    holomorphic: bool = True,
) -> Any:
    """Decorator: on arrays the bare function, on tensors an operation that is recorded.

    The body is like that of `op`: arrays by position, options by keyword, and it returns its
    result and one derivative for each array that can have a gradient. `node` is the name of its
    node, if another than that of the function; `once` and `holomorphic` are those of Kind.
    """
    if body is None:
        return functools.partial(two_way, node=node, once=once, holomorphic=holomorphic)
    parameters, _ = parameters_of(body)
    kind = Kind(node or node_name(body), parameters, holomorphic, body.__name__, once)

    @functools.wraps(body)
    @quiet
    def step(*inputs: Any, **options: Any) -> Any:
        if not any(isinstance(x, Tensor) for x in inputs):
            return body(*inputs, **options)[0]
        return finish(kind, body(*[raw(x) for x in inputs], **options), inputs)

    return step


def raw(x: Any) -> Any:
    """The array in a tensor; anything else as it is."""
    return x._array if isinstance(x, Tensor) else x


def like(grad: Any, array: Any) -> Any:
    """`array`, a constant, as a tensor if `grad` is one."""
    return wrap(np.asarray(array)) if isinstance(grad, Tensor) else array


def no_slope(grad: Any) -> Any:
    """Zeros like a gradient, array or tensor: for what is flat nearly everywhere or overwritten."""
    return wrap(np.zeros_like(grad._array)) if isinstance(grad, Tensor) else np.zeros_like(grad)


def meeting(tensor: Tensor, *numbers: Any) -> Tensor:
    """`tensor` in the dtype that comes out when it meets these numbers; None counts for nothing."""
    if tensor._array.dtype.kind == "f" and not any(isinstance(n, complex) for n in numbers):
        return tensor
    return tensor.to(  # type: ignore[attr-defined]  # a method that `ops` add
        result_dtype((tensor, *[n for n in numbers if n is not None]))
    )
