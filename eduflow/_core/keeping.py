"""What PyTorch saves for backward although nothing is read from it there."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .dispatch import Kind, finish, gradient_edge, like, recording
from .tensor import Tensor


def keeping(derivative: Callable[..., Any], *kept: np.ndarray, flat: bool = False) -> Any:
    """`derivative`, which from now on relies on the arrays `kept` as well, and reads none of them.

    PyTorch's derivative saves them. So backward refuses where one was changed in place since, and
    a second backward over the same graph is refused, there as here. Some of PyTorch's derivatives
    are functions of them that are `flat`: then a second derivative is zeros, and not none at all.
    """

    return lambda *grads: _above(derivative(*grads), kept, flat)


def relying(result: Tensor, *tensors: Any) -> Tensor:
    """`result`, whose node from now on relies on these tensors, too, and reads none of them.

    That is for results of several operations where PyTorch has one, which saves them; `result` may
    be among them. What is no tensor is left aside.
    """
    node = result._node
    if node is not None and recording.enabled:
        entries = [_entry(x, result) for x in tensors if isinstance(x, Tensor)]
        node.saved = [*(node.saved or ()), *entries]
    return result


def _entry(x: Tensor, result: Tensor) -> tuple:
    """A tensor as Node.saved lists it; its place is the node that it came from."""
    place = -1 if x is result else gradient_edge(x)
    return x._array, place, x._counter, x._counter[0]


_FLAT = Kind("FlatBackward0", ("input", "kept"))


def _above(result: Any, kept: Any, flat: bool) -> Any:
    """A gradient, with a place in the graph above what is `kept` if it is a `flat` function."""
    return _joined(result, kept) if flat and isinstance(result, Tensor) else result


def _joined(result: Tensor, kept: Any) -> Tensor:
    """`result`, with a place in the graph above the first of `kept`, from which it gets zeros."""
    shape, dtype = kept[0].shape, result._array.dtype

    def zeros(grad: Any) -> Any:
        return like(grad, np.zeros(shape, dtype))

    return finish(_FLAT, (result._array.view(), lambda grad: grad, zeros), (result, kept[0]))
