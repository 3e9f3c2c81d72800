# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% double
"""Derivatives of derivatives: run a derivative on tensors, so that it is recorded itself."""

import types

import numpy as np

from ..operations import Holomorphic
from ..tensors import method, wrap
from .node import Node


@method("on_tensors", of=Node)
def tensor_derivative(node, derivative):
    """`derivative` with the arrays it saved replaced by tensors that know where they came from.

    A derivative is a closure: its code works on whatever its free variables hold. So the same
    line that computed with arrays computes, and is recorded, with tensors.
    """
    if isinstance(derivative, Holomorphic):
        return Holomorphic(tensor_derivative(node, derivative.derivative))
    code = derivative.__code__
    cells = [
        types.CellType(_with_history(node, name, cell.cell_contents))
        for name, cell in zip(code.co_freevars, derivative.__closure__ or ())
    ]
    return types.FunctionType(
        code, derivative.__globals__, derivative.__name__, derivative.__defaults__, tuple(cells)
    )


# %% with-history
def _with_history(node, name, value):
    """What a derivative saved under `name`, as a tensor with its place in the graph."""
    if name == "tensors":  # the one list of inputs that operations like cat take
        return [_tensor(node, x, position) for position, x in enumerate(value)]
    if not isinstance(value, (np.ndarray, np.generic)):
        return value
    if name == "result":
        return _tensor(node, value, -1)
    if name in node.parameters:
        return _tensor(node, value, node.parameters.index(name))
    if value.dtype.kind in "fc" and not name.startswith("fixed"):
        raise RuntimeError(
            f"the derivative of {node.name()} cannot be differentiated again: it keeps {name!r}, "
            "which was computed from its inputs. Call backward() without create_graph=True."
        )
    return wrap(np.asarray(value))


def _tensor(node, value, position):
    """Input `position` of a node, or its result (-1): value, counter, place in the graph."""
    tensor = wrap(np.asarray(value))
    for counter, _, where in node.saved:
        if where == position:
            tensor._counter = counter
    edge = node if position < 0 else node.edges[position]
    fit = node.fits[position] if position >= 0 and node.fits else None
    if edge is not None and fit is not None:  # broadcast or promoted: its gradient must be fitted
        edge = Node([lambda grad: grad], [edge], (), [fit])
    tensor._node = edge
    return tensor


# %% public names
__all__ = ["tensor_derivative"]
