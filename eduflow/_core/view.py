"""Views: tensors that look at the memory of another one, their base."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import numpy as np

from .._kernels import at_home, switch
from .calls import answered
from .dispatch import Kind, conjugated, gradient_edge, must_be_tensor, node_name, recording
from .inference import inference
from .signature import parameters_of
from .storage import restride
from .tensor import Tensor, alias, attribute, element_strides, is_inference, method


class View:
    """How a view hangs on its base, the tensor whose memory it looks at.

    `seen` is the version of that memory when the view's place in the graph was last settled.
    `origin` says how the view came about: "" as usual, "no_grad" while nothing was recorded,
    "inference" in inference mode, "several" by an operation that returns several views at once,
    "function" by an operation of a user's own.
    """

    __slots__ = ("base", "seen", "origin")

    def __init__(self, base: Tensor, seen: int, origin: str) -> None:
        self.base, self.seen, self.origin = base, seen, origin

    def node(self, tensor: Tensor) -> Any:
        """The node that a gradient of `tensor`, the view, goes to. Lesson 04 builds on this."""
        return tensor._node


# %% lesson 18 view-of
def view_of(tensor, array, origin=""):
    """A new tensor that looks at the memory of `tensor` through `array`; not yet recorded."""
    view = alias(tensor, array)
    if is_inference(tensor):
        return view
    base = tensor
    if tensor._view is not None:
        base, origin = tensor._view.base, origin or tensor._view.origin
    if not recording.enabled:
        origin = "inference" if inference.on else "no_grad"
    view._view = View(base, tensor._counter[0], origin)
    return view


def record_view(kind, input, returned, origin=""):
    """The view of `input` that a body returned, a pair (window, derivative), and its record."""
    view = view_of(input, returned[0], origin)
    edge = gradient_edge(input) if recording.enabled else None
    if edge is not None:
        kind.record(view, conjugated(kind, view, returned), (input,), (edge,))
    return view


def look(kind, body, input, args, options, origin):
    """The view that `body` finds in `input`; a tensor without a place in the graph is refused."""
    if recording.enabled:
        gradient_edge(input)
    returned = body(with_strides(input._array), *args, **options)
    return record_view(kind, input, returned, origin)


# %% end


@method("_is_view")
def _is_view(tensor: Tensor) -> bool:
    """Whether the tensor was made as a view of another one."""
    return tensor._view is not None


@attribute("_base")
def _base(tensor: Tensor) -> Tensor | None:
    """The tensor whose memory a view looks at; None for a tensor with memory of its own."""
    return tensor._view and tensor._view.base


def with_strides(array: np.ndarray) -> np.ndarray:
    """`array`; where it has no elements, with the strides that PyTorch would give it, not zeros."""
    return array if array.size else restride(array, array.shape, element_strides(array))


def _look_quickly(
    kind: Kind, body: Callable[..., Any], input: Tensor, args: tuple, options: dict, origin: str
) -> Tensor:
    """`look` with its steps in one, for what is no inference tensor."""
    array, counter, above, edge = input._array, input._counter, input._view, None
    if recording.enabled:
        edge = input._node if above is None else above.node(input)
    returned = body(array if array.size else with_strides(array), *args, **options)
    window = returned[0]
    view = object.__new__(Tensor)
    view._array = window.view() if window is array else window  # one object, one tensor
    view._counter, view._node = counter, None
    base = input
    if above is not None:
        base, origin = above.base, origin or above.origin
    if not recording.enabled:
        origin = "inference" if inference.on else "no_grad"
    view._view = View(base, counter[0], origin)  # type: ignore[assignment]
    if edge is not None:
        kind.record(view, returned, (input,), (edge,))
    return view


def seen(kind: Kind, input: Tensor, window: np.ndarray, derivative: Callable[..., Any]) -> Tensor:
    """A view of `input` that was found already, with its place in the graph."""
    counter, above, origin, edge = input._counter, input._view, "", None
    if recording.enabled:
        edge = input._node if above is None else above.node(input)
    else:
        origin = "inference" if inference.on else "no_grad"
    view = object.__new__(Tensor)
    view._array, view._counter, view._node = window, counter, None
    if above is None:
        view._view = View(input, counter[0], origin)  # type: ignore[assignment]
    else:
        view._view = View(above.base, counter[0], origin or above.origin)
    if edge is not None:
        kind.record(view, (window, derivative), (input,), (edge,), None, (input._array,))
    return view


def are_ours(*functions: Callable[..., Any]) -> bool:
    """Whether all these functions, and what was decorated to make them, are this package's own."""
    return at_home(*map(inspect.unwrap, functions))


def quickly(
    operation: Callable[..., Any], short: Callable[..., Any], *taught: Callable[..., Any]
) -> Callable[..., Any]:
    """Decorator for a function of a tensor that ends in the view `operation`: a short cut to it.

    `short(array, arguments)` finds the window and the way back, or returns None: then the function
    itself is called. So it is in plain mode, and where one of the `taught` functions, whose work
    `short` does, is a learner's.
    """

    def decorate(function: Callable[..., Any]) -> Callable[..., Any]:
        if not are_ours(*taught):
            return function
        kind: Kind = operation.kind  # type: ignore[attr-defined]

        @functools.wraps(function)
        def quick(input: Any, *args: Any, **options: Any) -> Any:
            if options or switch.plain or not isinstance(input, Tensor):
                return function(input, *args, **options)
            found = short(input._array, args) if type(input._counter) is list else None
            if found is None:
                return function(input, *args, **options)
            return seen(kind, input, *found)

        return quick

    return decorate


def view_op(
    *, node: str | None = None, origin: str = "", two_way: bool = False
) -> Callable[..., Any]:
    """Decorator: make a function of an array an operation that returns a view.

    The body returns a window over the memory of its array, and its derivative. With `two_way`
    the operation takes arrays as well, and gives back the bare window.
    """

    def decorate(body: Callable[..., Any]) -> Callable[..., Any]:
        name, parameters = body.__name__, parameters_of(body)[0][:1]
        kind = Kind(node or node_name(body), parameters, False, name.strip("_"))

        @functools.wraps(body)
        def function(input: Any = None, *args: Any, **options: Any) -> Any:
            if not isinstance(input, Tensor):
                return of_another_kind(input, args, options)
            try:
                if switch.plain or type(input._counter) is not list:
                    return look(kind, body, input, args, options, origin)
                return _look_quickly(kind, body, input, args, options, origin)
            except Exception as error:
                return answered(function, error, (input, *args), options, kind.operation)

        def of_another_kind(input: Any, args: tuple, options: dict[str, Any]) -> Any:
            if two_way and not (input is None and "x" in options):
                return body(input, *args, **options)[0]
            if input is None and "x" in options:
                return function(options.pop("x"), *args, **options)
            return must_be_tensor(kind.operation, parameters, (input,))

        function.__answers__ = True  # type: ignore[attr-defined]
        function.kind = kind  # type: ignore[attr-defined]
        return function

    return decorate
