"""What a tensor knows of its gradient: requires_grad, grad, grad_fn, data. And Variable."""

import weakref

from .._core.dispatch import gradient_edge
from .._core.tensor import Tensor, alias, method, wrap
from .._words.autograd import must_be_a_gradient, warn_of_no_grad
from .._words.inference import may_require_grad
from .._words.operands import check_requires_grad
from .graph import AccumulateGrad, collector, is_leaf, next_number
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


def _grad_fn(tensor):
    """The node of the operation that made this tensor; None for a leaf."""
    node = gradient_edge(tensor)
    return None if node is None or isinstance(node, AccumulateGrad) else node.place()[0]


Tensor._grad, Tensor.retains_grad = None, False
Tensor._collector = None  # the node of a leaf that hooks hang on
method("grad_fn")(property(_grad_fn))
method("is_leaf")(property(lambda tensor: _grad_fn(tensor) is None))


def _output_nr(tensor):
    """Which output of its grad_fn this tensor is."""
    node = gradient_edge(tensor)
    return 0 if node is None else node.place()[1]


method("output_nr")(property(_output_nr))


# %% lesson 20 grad
@method("requires_grad_")
def requires_grad_(tensor, requires_grad=True):
    """Ask for gradients of this leaf (or stop asking); returns the tensor itself."""
    if not (requires_grad and tensor._node is not None):
        check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")
        tensor.requires_grad = requires_grad
    return tensor


def look_at_grad(tensor):
    """The gradient that backward() has left here; None before, and for what is no leaf."""
    if tensor._grad is None and not (is_leaf(tensor) or tensor.retains_grad):
        warn_of_no_grad()
    return tensor._grad


def put_grad(tensor, grad):
    """Put a gradient here, a tensor like this one; None takes it away, as `del` does."""
    must_be_a_gradient(grad, tensor)
    tensor._grad = grad


method("grad")(property(look_at_grad, put_grad, lambda tensor: put_grad(tensor, None)))
# %% end


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
        _cut_off[tensor._node] = next_number()
        if _watchman not in watchers:
            watchers.append(_watchman)
    tensor._node = None
    return tensor


# The nodes of tensors that detach_() cut off, and when: what is made of their saved results later,
# in a derivative, has never met such a tensor.
_cut_off = weakref.WeakKeyDictionary()


def _is_cut_off(node, place):
    """Whether what `node` saved at this place of Node.saved has been cut off since."""
    edge = place if not isinstance(place, int) else node.edges[place] if place >= 0 else None
    return edge in _cut_off and node.number < _cut_off[edge]


class _Watchman(Watcher):
    """Looks out for operations that saved an input which has been cut off in place since."""

    def before(self, node, grad):
        """RuntimeError where this node is one."""
        if not _cut_off:
            watchers.remove(self)
        elif any(_is_cut_off(node, place) for _, place, _, _ in node.saved or ()):
            raise RuntimeError(
                "Trying to use a saved tensor that has been detached in-place, i.e. with "
                ".detach_().This is not supported, please use out-of-place `.detach()` instead"
            )


_watchman = _Watchman()


# %% lesson 20 detach
@method("detach")
def detach(tensor):
    """The same memory and version counter, without a history: gradients stop here."""
    return alias(tensor, tensor._array)


def get_data(tensor):
    """The same memory without a history, and changes to it are not counted: prefer detach()."""
    if tensor.is_inference():
        return detach(tensor)  # changes of an inference tensor are not counted anyway
    return wrap(tensor._array.view())


# %% end


def _set_data(tensor, source):
    if not isinstance(source, Tensor):
        raise TypeError(f"Variable data has to be a tensor, but got {type(source).__name__}")
    if tensor._node is not None and source._array.dtype.kind not in "fc":
        raise RuntimeError(
            "data set to a tensor that requires gradients must be floating point or complex dtype"
        )
    tensor._array = source._array


method("data")(property(get_data, _set_data))
