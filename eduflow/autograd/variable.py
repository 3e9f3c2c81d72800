"""What a tensor knows of its gradient: requires_grad, grad, grad_fn, data. And Variable."""

import warnings
import weakref

from .._core.dispatch import gradient_edge
from .._core.inference import may_require_grad
from .._core.tensor import Tensor, alias, method, wrap
from .._words.operands import check_requires_grad
from .graph import AccumulateGrad, collector, is_leaf
from .watchers import Watcher, watchers


class _AnyTensor(type):
    def __instancecheck__(cls, x):
        return isinstance(x, Tensor)


class Variable(metaclass=_AnyTensor):
    """`Variable(x)` gives a tensor over the same memory. Kept for old code; use tensors themselves.

    Raises TypeError for anything but a tensor. Mirrors torch.autograd.Variable.
    """

    def __new__(cls, data, requires_grad=False, volatile=None):
        if not isinstance(data, Tensor):
            raise TypeError(f"Variable data has to be a tensor, but got {type(data).__name__}")
        return alias(data, data._array).requires_grad_(requires_grad)


# %% lesson 17 requires-grad
def asks_for_gradients(tensor):
    """Whether gradients are computed for this tensor: a leaf that asks, or a result of one."""
    view = tensor._view
    return tensor._node is not None or (view is not None and view.base.requires_grad)


def ask_for_gradients(tensor, wanted):
    """Give a leaf the node that will collect its gradient, or take it away."""
    check_requires_grad(is_leaf(tensor), tensor.dtype, wanted)
    if not wanted:
        tensor._node = None
    elif tensor._node is None:
        may_require_grad(tensor._counter)
        tensor._node = collector(tensor)


method("requires_grad")(property(asks_for_gradients, ask_for_gradients))
# %% end


@method("requires_grad_")
def _requires_grad_(tensor, requires_grad=True):
    """Ask for gradients of this leaf (or stop asking); returns the tensor itself."""
    if requires_grad and tensor._node is not None:
        return tensor
    check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")
    tensor.requires_grad = requires_grad
    return tensor


def _grad_fn(tensor):
    """The node of the operation that made this tensor; None for a leaf."""
    node = gradient_edge(tensor)
    return None if node is None or isinstance(node, AccumulateGrad) else node.place()[0]


Tensor._grad, Tensor.retains_grad = None, False
method("grad_fn")(property(_grad_fn))
method("is_leaf")(property(lambda tensor: _grad_fn(tensor) is None))


def _output_nr(tensor):
    """Which output of its grad_fn this tensor is."""
    node = gradient_edge(tensor)
    return 0 if node is None else node.place()[1]


method("output_nr")(property(_output_nr))


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
        _cut_off.add(tensor._node)
        if _watchman not in watchers:
            watchers.append(_watchman)
    tensor._node = None
    return tensor


_cut_off = weakref.WeakSet()  # the nodes of tensors that detach_() cut off


class _Watchman(Watcher):
    """Looks out for operations that saved an input which has been cut off in place since."""

    def before(self, node, grad):
        """RuntimeError where this node is one."""
        if not _cut_off:
            watchers.remove(self)
        elif any(p >= 0 and node.edges[p] in _cut_off for _, p, _, _ in node.saved or ()):
            raise RuntimeError(
                "Trying to use a saved tensor that has been detached in-place, i.e. with "
                ".detach_().This is not supported, please use out-of-place `.detach()` instead"
            )


_watchman = _Watchman()


def _get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    if type(tensor._counter) is not list:
        return alias(tensor, tensor._array)  # an inference tensor's are not counted anyway
    return wrap(tensor._array.view())


def _set_data(tensor, source):
    if not isinstance(source, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(source).__name__}")
    if tensor._node is not None and source._array.dtype.kind not in "fc":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    tensor._array = source._array


method("data")(property(_get_data, _set_data))
