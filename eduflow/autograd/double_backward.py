"""Second derivatives: the same closures, with tensors in the place of the arrays they saved."""

import copy
import types

import numpy as np

from .._core.dispatch import Holomorphic
from .._core.extend_class import grows
from .._core.tensor import Tensor, wrap
from .graph import AccumulateGrad, Node
from .record import JointNode, held_by


@grows(Node)
class _Node:
    def on_tensors(self, edges):
        """This node with derivatives for tensors, where `edges` ask for any: they are recorded."""
        if not self.derivatives:
            return self
        pairs = zip(self.derivatives, edges)
        return changed(
            self, [d if d is None or e is None else on_tensors(self, d) for d, e in pairs]
        )

    def above_all(self, pairs):
        """Pairs (edge, gradient that goes there), the gradients recorded as PyTorch records them.

        Where it computes those of several inputs by one operation, each hangs on all of these
        inputs: it needs a gradient if they do, though none may ever come back.
        """
        inputs, gradients = _BY_ONE.get(self.name(), ((), ()))
        asking = [edge for edge in (self.edges[i] for i in inputs) if edge is not None]
        its = [self.edges[i] for i in gradients]
        if not asking:
            return pairs
        return [(e, _recorded(g) if any(e is one for one in its) else g) for e, g in pairs]


@grows(JointNode)
class _JointNode:
    def on_tensors(self, edges):
        """This node with its derivative for tensors."""
        return changed(self, [on_tensors(self, self.derivatives[0])])


# For these nodes: the inputs that their one derivative reads, and whose gradients it computes.
_BY_ONE = {
    "NativeBatchNormBackward0": ((0, 1), (0, 1, 2)),
    "NativeLayerNormBackward0": ((0, 1, 2), (0, 1, 2)),
    "NativeGroupNormBackward0": ((0, 1, 2), (1,)),
    "ConvolutionBackward0": ((0, 1), (0, 1, 2)),
    "PreluKernelBackward0": ((0, 1), (0, 1)),
}


def _recorded(grad):
    """A gradient that needs gradients: if it hangs on nothing, one whose way back ends at once."""
    if grad is None or not isinstance(grad, Tensor) or grad.requires_grad:
        return grad
    copy = wrap(grad._array.view())
    copy._node = _Ended([None], [None])
    return copy


class _Ended(Node):
    """An operation from which no gradient goes on."""

    def name(self):
        """What is differentiated here has no name of its own in PyTorch, either."""
        return "Error"


def changed(node, derivatives):
    """A stand-in for a node, with other derivatives."""
    other = copy.copy(node)
    other.derivatives = derivatives
    return other


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
        return type(value)([tensor_if_saved(node, x) for x in value])
    if not isinstance(value, np.ndarray | np.generic):
        return value
    tensor = tensor_if_saved(node, value)
    if tensor is value and value.dtype.kind in "fc" and not name.startswith("fixed"):
        raise RuntimeError(
            f"the derivative of {node.name()} cannot be differentiated again: it keeps {name!r}, "
            "which was computed from its inputs. Call backward() without create_graph=True."
        )
    return wrap(np.asarray(value)) if tensor is value else tensor


def asking(edge):
    """The node of a saved tensor; None if it is a leaf that has stopped asking for gradients."""
    leaf = edge.leaf() if isinstance(edge, AccumulateGrad) else None
    return edge if leaf is None or leaf._node is not None else None


def tensor_if_saved(node, value, saved=None):
    """An input or the result as a tensor: value, counter, place in the graph. Else the value.

    What is `saved` are entries as in Node.saved, unless given those of the node.
    """
    entries = node.saved if saved is None else saved
    found = [(place, counter) for array, place, counter, _ in entries if array is value]
    if not found:
        return value
    position, counter = found[0]
    tensor = wrap(np.asarray(value))
    tensor._counter = counter
    if not isinstance(position, int):  # it is only relied upon, and came from there
        tensor._node = asking(position)
        return tensor
    edge = node if position < 0 else asking(node.edges[position])
    fit = node.fits[position] if position >= 0 and node.fits else None
    if edge is not None and fit is not None:  # broadcast or promoted: its gradient must be fitted
        edge = Node([lambda grad: grad], [edge], (), [fit])
    tensor._node = edge
    return tensor
