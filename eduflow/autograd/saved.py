"""What a node saved: shown as tensors, and handed to hooks that keep it in another form."""

import types

from .._core.dispatch import Holomorphic
from .._core.extend_class import grows
from .._core.tensor import Tensor, wrap
from .._kernels.record import NEVER
from .._words.operands import FREED
from .double_backward import tensor_if_saved
from .graph import AccumulateGrad, Node
from .record import ONCE


def _names(node, place):
    """What PyTorch calls a saved tensor: `result`, or by the input it was, or the inputs."""
    if not isinstance(place, int):  # what is only relied upon
        return set()
    if place < 0:
        return {"result"}
    edges = zip(node.parameters, node.edges)
    names = {n for n, edge in edges if edge is not None and edge is node.edges[place]}
    names |= {*node.parameters[place : place + 1]}
    names = {"self" if name == "input" else name for name in names}
    if type(node).__name__ in ("MmBackward0", "BmmBackward0"):
        names = {"mat2" if name == "other" else name for name in names}
    return names


def _shown(node, array, place):
    """A saved tensor: a leaf itself, anything else with its place in the graph."""
    edge = node.edges[place] if place >= 0 else None
    leaf = edge.variable if isinstance(edge, AccumulateGrad) else None
    return leaf if leaf is not None and leaf._array is array else tensor_if_saved(node, array)


@grows(Node)
class _Node:
    def __getattr__(self, name):
        """`_saved_self`, `_saved_result`: the tensor that derivatives rely on, named as in PyTorch.

        RuntimeError once it has been freed.
        """
        if name.startswith("_saved_"):
            if self.derivatives is None:
                raise RuntimeError(FREED)
            for array, place, *_ in self.saved or ():
                if array is not None and name.removeprefix("_saved_") in _names(self, place):
                    return _shown(self, array, place)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __dir__(self):
        saved = [_names(self, entry[1]) for entry in self.saved or () if entry[0] is not None]
        return [*super(Node, self).__dir__(), *{f"_saved_{n}" for names in saved for n in names}]

    def pack(self, pack_hook, unpack_hook):
        """Keep what `pack_hook` makes of each saved tensor, until `unpack_hook` gives it back."""
        found = [e for e in self.saved or () if e[0] is not None and e[2] is not NEVER]
        if not found or not self.derivatives:
            return
        boxes = {}
        for array, place, *_ in found:
            if id(array) not in boxes:
                boxes[id(array)] = _Box(self, place, pack_hook(wrap(array)), unpack_hook)
        self.derivatives = [d and _packed(d, boxes) for d in self.derivatives]
        self.saved = (ONCE,)


class _Box:
    """What a hook made of a saved tensor, and how to get that back."""

    def __init__(self, node, place, packed, unpack_hook):
        self.node, self.place, self.packed, self.unpack = node, place, packed, unpack_hook

    def open(self, recorded):
        """The array; or `recorded`, the tensor with its place in the graph."""
        tensor = self.unpack(self.packed)
        if not isinstance(tensor, Tensor):
            raise TypeError(
                f"Output of saved tensor unpack_hook expected to be a Tensor but got "
                f"result of type {type(tensor).__name__}"
            )
        array = tensor._array
        if not recorded:
            return array
        entry = array, self.place, tensor._counter, tensor._counter[0]
        return tensor_if_saved(self.node, array, [entry])


def _packed(derivative, boxes):
    """`derivative` with boxes in the place of arrays, which are opened when it is called."""
    if isinstance(derivative, Holomorphic):
        return Holomorphic(_packed(derivative.derivative, boxes))
    template = _with_cells(derivative, lambda value: boxes.get(id(value), value))

    def unpacking(grad, *more):
        recorded = isinstance(grad, Tensor)

        def opened(value):
            return value.open(recorded) if isinstance(value, _Box) else value

        return _with_cells(template, opened)(grad, *more)

    return unpacking


def _with_cells(function, change):
    """A function with the same code, each value that it holds changed, those further in, too."""
    cells = [types.CellType(_changed(cell.cell_contents, change)) for cell in _cells(function)]
    return types.FunctionType(
        function.__code__, function.__globals__, function.__name__, function.__defaults__,
        tuple(cells),
    )  # fmt: skip


def _changed(value, change):
    if type(value) in (list, tuple):
        return type(value)([_changed(x, change) for x in value])
    is_inner = isinstance(value, types.FunctionType) and _cells(value)
    return _with_cells(value, change) if is_inner else change(value)


def _cells(function):
    return function.__closure__ or ()
