# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% node-facts
"""What nodes and tensors can tell of their place in the graph, and careful access to `.grad`."""

import warnings
import weakref

from ..operations import gradient_edge
from ..tensors import Tensor, method, wrap
from .leaf import is_leaf
from .node import AccumulateGrad, Node, detached


@method("__repr__", of=Node)
def _repr(node):
    return f"<{node.name()} object at {id(node):#x}>"


def _next_functions(node):
    """For each input: the node its gradient goes to, and which output of that node it was.

    An index or a condition, which never has a gradient, is not listed.
    """
    unasked = [i for i, name in enumerate(node.parameters) if name in ("condition", "index")]
    edges = [edge for i, edge in enumerate(node.edges) if i not in unasked]
    return tuple((None, 0) if edge is None else edge.place() for edge in edges)


def _output_nr(tensor):
    """Which output of its grad_fn this tensor is."""
    node = gradient_edge(tensor)
    return 0 if node is None else node.place()[1]


method("next_functions", of=Node)(property(_next_functions))
method("variable", of=AccumulateGrad)(property(lambda node: node.leaf()))
method("output_nr")(property(_output_nr))


# %% careful-grad
def _get_grad(tensor):
    """The gradient that backward() has left here; None before, and for what is no leaf."""
    if tensor._grad is None and not (is_leaf(tensor) or tensor.retains_grad):
        warnings.warn(
            "The .grad attribute of a Tensor that is not a leaf Tensor is being accessed. Its "
            ".grad attribute won't be populated during autograd.backward(). If you indeed want the "
            ".grad field to be populated for a non-leaf Tensor, use .retain_grad() on the non-leaf "
            "Tensor.",
            stacklevel=2,
        )
    return tensor._grad


def _set_grad(tensor, grad):
    if grad is not None:
        _check_grad(tensor, grad)
    tensor._grad = grad


method("grad")(property(_get_grad, _set_grad, lambda tensor: _set_grad(tensor, None)))


# %% check-grad
def _check_grad(tensor, grad):
    """A gradient must be a tensor like the one it belongs to."""
    if not isinstance(grad, Tensor):
        raise TypeError(
            "assigned grad expected to be a Tensor or None but got grad of type "
            f"{type(grad).__name__}"
        )
    if grad is tensor:
        raise RuntimeError("can't assign Variable as its own grad")
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"attempting to assign a gradient of size '{list(grad.shape)}' to a tensor of size "
            f"'{list(tensor.shape)}'. Please ensure that the gradient and the tensor are the "
            "same size"
        )
    if grad.dtype is not tensor.dtype:
        raise RuntimeError(
            f"attempting to assign a gradient with dtype '{grad.dtype.ctype_name}' to a tensor "
            f"with dtype '{tensor.dtype.ctype_name}'. The gradient must have the tensor's dtype."
        )


# %% detach-in-place
@method("detach_")
def _detach_(tensor):
    """Cut this tensor itself off from its history: from now on it is a leaf."""
    if tensor._view is not None:
        raise RuntimeError(
            "Can't detach views in-place. Use detach() instead. If you are using "
            "DistributedDataParallel (DDP) for training, and gradient_as_bucket_view is set as "
            "True, gradients are views of DDP buckets, and hence detach_() cannot be called on "
            "these gradients. To fix this error, please refer to the Optimizer.zero_grad() "
            "function in torch/optim/optimizer.py as the solution."
        )
    if tensor._node is not None and not is_leaf(tensor):
        detached.append(weakref.ref(tensor._node, detached.remove))
    tensor._node = None
    return tensor


@method("check_detached", of=Node)
def _check_detached(node):
    """RuntimeError where this node saved an input that has been cut off in place since."""
    saved = [node.edges[position] for _, _, position in node.saved if position >= 0]
    if any(reference() is edge for reference in detached for edge in saved):
        raise RuntimeError(
            "Trying to use a saved tensor that has been detached in-place, i.e. with .detach_()."
            "This is not supported, please use out-of-place `.detach()` instead"
        )


# %% data
def _get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    return wrap(tensor._array)


def _set_data(tensor, source):
    if not isinstance(source, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(source).__name__}")
    if tensor._node is not None and source._array.dtype.kind not in "fc":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    tensor._array = source._array


method("data")(property(_get_data, _set_data))


# %% public names
__all__ = []
