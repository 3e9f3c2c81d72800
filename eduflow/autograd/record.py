# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% record
"""Recording: a note on each result of how it was made, and of what its derivatives rely on."""

from .. import operations
from ..tensors import Tensor
from .node import Node

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


# %% public names
__all__ = ["NEVER", "node_type", "record"]
