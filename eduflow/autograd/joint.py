# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% joint-node
"""Operations whose gradients are best computed together: concatenation, convolution, ..."""

import functools

import numpy as np

from ..operations import Kind, gradient_edge, must_be_tensor, node_name, parameters_of, recording
from ..tensors import Tensor, method, wrap
from .node import Node
from .record import NEVER, node_type


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


# %% record-joint
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


# %% joint-op
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


# %% public names
__all__ = ["JointNode", "joint_op", "record_joint"]
