"""Recording: a note on each result of how it was made, and of what its derivatives rely on."""

import functools
import types

import numpy as np

from .._core import dispatch as operations
from .._core.dispatch import (
    Holomorphic,
    Kind,
    gradient_edge,
    must_be_tensor,
    node_name,
    parameters_of,
    recording,
)
from .._core.tensor import Tensor, method, wrap
from .graph import Node

# %% lesson 02 record
_plans = {}  # code of a derivative -> positions of the inputs it holds on to; -1 is the result
NEVER = [0]  # the version counter of a Python number: it never changes


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
            counter = holder._counter if isinstance(holder, Tensor) else NEVER
            saved += ((counter, counter[0], position),)
    if kind.holomorphic and out._array.dtype.kind == "c":
        wanted = [None if d is None else operations.Holomorphic(d) for d in wanted]
    node = kind.node or node_type(kind)
    out._node = node(wanted, edges, saved, fits)


def _plan(kind, code):
    """Which inputs a derivative saved: nothing is declared by hand, its free variables tell."""
    names = ("result", *kind.parameters)
    plan = _plans[code] = tuple([names.index(n) - 1 for n in code.co_freevars if n in names])
    return plan


def node_type(kind, base=Node):
    """A type of Node for each kind of operation, so that a node can be called by its name."""
    facts = {"__slots__": (), "parameters": kind.parameters, "once": base.once or kind.once}
    kind.node = type(kind.name, (base,), facts)
    return kind.node


operations.record = record  # the room that floor 1 left empty


# %% end


class JointNode(Node):
    """A node with one derivative for all inputs: `derivative(grad, needs)` returns a sequence.

    `needs[i]` says whether anybody asked for gradient i; the others may be None.
    """

    __slots__ = ()
    joint = True

    def pass_down(self, grad, owned, create_graph, search):
        """The pairs (node of an input, its gradient)."""
        (derivative,) = self.derivatives
        if create_graph:
            derivative = self.on_tensors(derivative)
        grads = derivative(grad, tuple(edge is not None for edge in self.edges))
        return [(e, g) for e, g in zip(self.edges, grads) if e is not None and g is not None]


def record_joint(kind, out, derivative, inputs):
    """Remember on `out` how it was made from `inputs`, if any of them needs a gradient."""
    edges = [gradient_edge(x) for x in inputs]
    if not recording.enabled or all(edge is None for edge in edges):
        return
    names, saved = derivative.__code__.co_freevars, []
    for position, x in enumerate(inputs):
        name = kind.parameters[position] if "tensors" not in kind.parameters else "tensors"
        if name in names:
            counter = x._counter if isinstance(x, Tensor) else NEVER
            saved.append((counter, counter[0], position))
    if "result" in names:
        saved.append((out._counter, out._counter[0], -1))
    out._node = kind.node([derivative], edges, tuple(saved))


def joint_op(*names, node=None):
    """Decorator like `op`, for a body that returns its result and one derivative for all inputs.

    The body's arrays come first; a first parameter called `tensors` takes a sequence of them.
    """

    def decorate(body):
        parameters, _ = parameters_of(body)
        kind = Kind(node or node_name(body), parameters, operation=body.__name__.strip("_"))
        node_type(kind, JointNode)

        @functools.wraps(body)
        def function(input, *rest, out=None, **options):
            if parameters[0] == "tensors":
                inputs = tuple(input)
                arrays = [[x._array for x in inputs], *rest]
            else:
                must_be_tensor(body.__name__, parameters, (input,))
                inputs = (input, *[x for x in rest if isinstance(x, Tensor)])
                arrays = [x._array if isinstance(x, Tensor) else x for x in (input, *rest)]
            result, derivative = body(*arrays, **options)
            result = wrap(np.asarray(result))
            record_joint(kind, result, derivative, inputs)
            return result if out is None else out._receive(result, kind.operation)

        method(*names)(function)
        return function

    return decorate


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
