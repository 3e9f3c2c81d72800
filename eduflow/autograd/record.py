"""Recording: a note on each result of how it was made, and of what its derivatives rely on."""

import functools

import numpy as np

from .._core.dispatch import (
    Kind,
    gradient_edge,
    must_be_tensor,
    node_name,
    place_into,
    recording,
)
from .._core.numpy_warnings import quiet
from .._core.signature import parameters_of, signature_of, with_out
from .._core.tensor import Tensor, method, wrap
from .._kernels import kernel
from .._kernels.record import NEVER
from .graph import Node

ONCE = (None, 0, NEVER, 0)  # saved by what must go backward only once, whatever else it saves


# %% lesson 17 held-by
@kernel
def held_by(thing, depth=3):
    """The arrays that something holds on to: itself, in a list, in the closure of a function."""
    if isinstance(thing, (np.ndarray, np.generic)):
        return [thing]
    inside = [cell.cell_contents for cell in getattr(thing, "__closure__", None) or ()]
    inside += thing if isinstance(thing, list | tuple) else ()
    return [array for part in inside if depth for array in held_by(part, depth - 1)]


def known_to(out, result, inputs, arrays=None):
    """The arrays that an operation knows and their version counters: of its inputs, and its result.

    `arrays` is what the derivatives may know the inputs by, if not their own arrays.
    """
    arrays = [getattr(x, "_array", x) for x in inputs] if arrays is None else arrays
    counters = [getattr(x, "_counter", NEVER) for x in inputs]
    return [*arrays, result], [*counters, out._counter]


# %% end


# %% lesson 02 saved
def place_of(held, known):
    """Which of `known` an array is, or looks into: its place, or None if it has none.

    `known` holds the arrays of an operation's inputs, in places 0, 1, ..., and last its result,
    whose place is -1. An array is itself before it is a view of another one.
    """
    places = [*range(len(known) - 1), -1]
    for place in places:
        if held is known[place]:
            return place
    for place in places:
        if np.may_share_memory(held, known[place]):
            return place
    return None


def saved_by(derivative, known, counters):
    """What must not change until `derivative` is called: entries as in Node.saved.

    That is all it holds which has a place in `known`, whatever it is called in the code.
    `counters[place]` is the version counter of `known[place]`: a list of one number.
    """
    saved = []
    for held in held_by(derivative):
        place = place_of(held, known)
        if place is not None:
            counter = counters[place]
            saved.append((known[place], place, counter, counter[0]))
    return saved


# %% end


# %% lesson 02 record
@method("record", of=Kind)
@kernel
def record(kind, out, returned, inputs, edges, fits=None, arrays=None):
    """Remember on `out`, a result, how it was made; `edges[i]` is where gradient i goes, or None.

    `returned` is what the operation gave back: an array, then one derivative for each input.
    Derivatives that nobody asked for are dropped, and with them what they hold.
    """
    result, *derivatives = returned
    known, counters = known_to(out, result, inputs, arrays)
    wanted, saved = [], []
    for derivative, edge in zip(derivatives, edges):
        if edge is None:
            wanted.append(None)
        else:
            wanted.append(derivative)
            saved += saved_by(derivative, known, counters)
    out._node = node_type(kind)(wanted, edges, saved, fits)


# %% end


@method("node_type", of=Kind)
def node_type(kind, base=Node):
    """A type of Node for each kind of operation, so that a node can be called by its name."""
    if kind.node is None or not issubclass(kind.node, base):
        kind.node = type(
            kind.name, (_Once, base) if kind.once else (base,), {"parameters": kind.parameters}
        )
    return kind.node


class _Once(Node):
    """A node of an operation that goes backward only once, whatever it has saved."""

    def __init__(self, derivatives, edges, saved=(), fits=None):
        super().__init__(derivatives, edges, (*saved, ONCE), fits)


class JointNode(Node):
    """A node with one derivative for all inputs: `derivative(grad, needs)` returns a sequence.

    `needs[i]` says whether anybody asked for gradient i; the others may be None.
    """

    def gradients(self, grad, edges):
        """Pairs (edge, gradient that goes there)."""
        grads = self.derivatives[0](grad, tuple(edge is not None for edge in edges))
        return [(e, g) for e, g in zip(edges, grads) if e is not None and g is not None]


def record_joint(kind, out, derivative, inputs, result=None):
    """Remember on `out` how it was made from `inputs`, if any of them needs a gradient."""
    edges = [gradient_edge(x) for x in inputs]
    if not recording.enabled or all(edge is None for edge in edges):
        return
    saved = saved_by(derivative, *known_to(out, result, inputs))
    out._node = kind.node([derivative], edges, saved)


def joint_op(*, node=None):
    """Decorator like `op`, for a body that returns its result and one derivative for all inputs.

    The body's arrays come first; a first parameter called `tensors` takes a sequence of them.
    What the derivative saves is found as `op` finds it.
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
            return result if out is None else place_into(out, result, kind.operation, inputs)

        function.__signature__ = with_out(signature_of(body))
        return function

    return decorate
