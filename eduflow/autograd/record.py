"""Recording: a note on each result of how it was made, and of what its derivatives rely on."""

import functools
import types
from types import FunctionType

import numpy as np

from .._core import dispatch as operations
from .._core.dispatch import (
    Holomorphic,
    Kind,
    gradient_edge,
    must_be_tensor,
    node_name,
    recording,
)
from .._core.quiet import quiet
from .._core.signature import parameters_of, signature_of, with_out
from .._core.tensor import Tensor, wrap
from .graph import Node

NEVER = [0]  # the version counter of a Python number: it never changes
ONCE = (None, 0, NEVER, 0)  # saved by what must go backward only once, whatever else it saves


def record(kind, out, returned, inputs, edges, fits=None, arrays=None):
    """Remember on `out` how it was made: `returned` is the result, then one derivative an input.

    Derivatives that nobody asked for are dropped, and with them what they would have saved.
    `arrays` is what the derivatives may know the inputs by, if not their own arrays.
    """
    wanted, cells, i = [], (), 0
    for edge in edges:
        i += 1
        derivative = None if edge is None else returned[i]
        wanted.append(derivative)
        if derivative is not None:
            cells += derivative.__closure__ or ()
    saved = saved_by(cells, inputs, out, arrays, returned[0]) if cells else ()
    if kind.once:
        saved += (ONCE,)
    if kind.holomorphic and out._array.dtype.kind == "c":
        wanted = [None if d is None else operations.Holomorphic(d) for d in wanted]
    node = kind.node or node_type(kind)
    out._node = node(wanted, edges, saved, fits)


def saved_by(cells, inputs, out, arrays=None, result=None):
    """What derivatives saved: all they hold that is an input or the result, or looks at its memory.

    Nothing is declared, no name counts. Entries (array, position, version counter, version).
    """
    if arrays is None:
        arrays = [x._array if isinstance(x, Tensor) else x for x in inputs]
    saved = ()
    for cell in cells:
        held = cell.cell_contents
        for array in (held,) if type(held) is np.ndarray else held_by(held):
            position = place_of(array, arrays, result)
            if position is not None:
                owner = out if position < 0 else inputs[position]
                known = result if position < 0 else arrays[position]
                counter = owner._counter if isinstance(owner, Tensor) else NEVER
                saved += ((known, position, counter, counter[0]),)
    return saved


def place_of(held, arrays, result):
    """Which input `held` is, -1 for the result; else, which it shares memory with. Or None."""
    if held is result:
        return -1
    position = 0
    for array in arrays:
        if held is array:
            return position
        position += 1
    if held.base is None:
        return None
    for position, array in enumerate((*arrays, result)):
        if share_memory(held, array):
            return position if position < len(arrays) else -1
    return None


def held_by(thing, depth=3):
    """The arrays that something holds on to: itself, in a list, in the closure of a function."""
    if isinstance(thing, np.ndarray | np.generic):
        return [thing]
    if isinstance(thing, FunctionType) and depth:
        thing = [cell.cell_contents for cell in thing.__closure__ or ()]
    if isinstance(thing, list | tuple) and depth:
        return [array for part in thing for array in held_by(part, depth - 1)]
    return []


def share_memory(a, b):
    """Whether two arrays are windows onto one memory."""
    base = getattr(b, "base", None)
    return a.base is not None and (a.base is b or a.base is base) or base is a


def node_type(kind, base=Node):
    """A type of Node for each kind of operation, so that a node can be called by its name."""
    kind.node = type(kind.name, (base,), {"parameters": kind.parameters})
    return kind.node


operations.record = record  # the room that floor 1 left empty


class JointNode(Node):
    """A node with one derivative for all inputs: `derivative(grad, needs)` returns a sequence.

    `needs[i]` says whether anybody asked for gradient i; the others may be None.
    """

    def gradients(self, grad, edges, prepare=None):
        """Pairs (edge, gradient that goes there)."""
        (derivative,) = self.derivatives if prepare is None else prepare(self, [self])
        grads = derivative(grad, tuple(edge is not None for edge in edges))
        return [(e, g) for e, g in zip(edges, grads) if e is not None and g is not None]


def record_joint(kind, out, derivative, inputs, result=None):
    """Remember on `out` how it was made from `inputs`, if any of them needs a gradient."""
    edges = [gradient_edge(x) for x in inputs]
    if not recording.enabled or all(edge is None for edge in edges):
        return
    saved = saved_by(derivative.__closure__ or (), inputs, out, None, result)
    out._node = kind.node([derivative], edges, saved)


def joint_op(*, node=None):
    """Decorator like `op`, for a body that returns its result and one derivative for all inputs.

    The body's arrays come first; a first parameter called `tensors` takes a sequence of them.
    """

    def decorate(body):
        parameters, _ = parameters_of(body)
        kind = Kind(node or node_name(body), parameters, operation=body.__name__.strip("_"))
        node_type(kind, JointNode)

        @functools.wraps(body)
        @quiet
        def function(input, *rest, out=None, **options):
            if parameters[0] == "tensors":
                inputs = tuple(input)
                arrays = [[x._array for x in inputs], *rest]
            else:
                must_be_tensor(body.__name__, parameters, (input,))
                inputs = (input, *[x for x in rest if isinstance(x, Tensor)])
                arrays = [x._array if isinstance(x, Tensor) else x for x in (input, *rest)]
            made, derivative = body(*arrays, **options)
            result = wrap(np.asarray(made))
            record_joint(kind, result, derivative, inputs, made)
            return result if out is None else out._receive(result, kind.operation)

        function.__signature__ = with_out(signature_of(body))
        return function

    return decorate


def prepare(node, edges):
    """The derivatives of a node, ready for tensors, where gradients are wanted."""
    pairs = zip(node.derivatives, edges)
    return [d if d is None or edge is None else on_tensors(node, d) for d, edge in pairs]


def on_tensors(node, derivative):
    """`derivative` with the arrays it saved replaced by tensors that know where they came from.

    A derivative is a closure: its code works on whatever its free variables hold. So the same
    line that computed with arrays computes, and is recorded, with tensors.
    """
    if isinstance(derivative, Holomorphic):
        return Holomorphic(on_tensors(node, derivative.derivative))
    code = derivative.__code__
    cells = [
        types.CellType(_with_history(node, name, cell.cell_contents))
        for name, cell in zip(code.co_freevars, derivative.__closure__ or ())
    ]
    return types.FunctionType(
        code, derivative.__globals__, derivative.__name__, derivative.__defaults__, tuple(cells)
    )


def _with_history(node, name, value):
    """What a derivative holds, arrays that it saved replaced by tensors with a place in the graph.

    What else was computed in numbers that matter would be a constant to the second derivative:
    that is refused, unless its name says that it is `fixed`, or it lies in a tuple.
    """
    if isinstance(value, types.FunctionType):  # a function inside, with arrays of its own
        saved = [array for array, *_ in node.saved]
        inside = any(any(x is array for array in saved) for x in held_by(value, 2))
        return on_tensors(node, value) if inside else value
    if type(value) in (list, tuple):
        return type(value)([_tensor_if_saved(node, x) for x in value])
    if not isinstance(value, np.ndarray | np.generic):
        return value
    tensor = _tensor_if_saved(node, value)
    if tensor is value and value.dtype.kind in "fc" and not name.startswith("fixed"):
        raise RuntimeError(
            f"the derivative of {node.name()} cannot be differentiated again: it keeps {name!r}, "
            "which was computed from its inputs. Call backward() without create_graph=True."
        )
    return wrap(np.asarray(value)) if tensor is value else tensor


def _tensor_if_saved(node, value):
    """An input or the result as a tensor: value, counter, place in the graph. Else the value."""
    for array, position, counter, _ in node.saved:
        if array is value:
            break
    else:
        return value
    tensor = wrap(np.asarray(value))
    tensor._counter = counter
    edge = node if position < 0 else node.edges[position]
    fit = node.fits[position] if position >= 0 and node.fits else None
    if edge is not None and fit is not None:  # broadcast or promoted: its gradient must be fitted
        edge = Node([lambda grad: grad], [edge], (), [fit])
    tensor._node = edge
    return tensor
