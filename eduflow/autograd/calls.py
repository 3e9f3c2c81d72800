# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% roots
"""`backward` and `grad`: where users set backward going."""

import numpy as np

from ..tensors import Tensor, method, wrap
from .engine import run_backward
from .op import gradient_edge


def _roots(outputs, grads, create_graph):
    """Pairs (node, gradient) to start from; a scalar's gradient is 1 unless one is given."""
    roots = []
    for i, (tensor, grad) in enumerate(zip(outputs, grads)):
        node = gradient_edge(tensor)
        if node is None:
            raise RuntimeError(
                f"element {i} of tensors does not require grad and does not have a grad_fn"
            )
        grad = _first_gradient(tensor) if grad is None else _given_gradient(i, tensor, grad)
        roots.append((node, grad if create_graph else grad._array))
    return roots


# %% first-gradient
def _first_gradient(tensor):
    if tensor._array.size != 1:
        raise RuntimeError("grad can be implicitly created only for scalar outputs")
    if not tensor.is_floating_point():
        raise RuntimeError(
            f"grad can be implicitly created only for real scalar outputs but got {tensor.dtype}"
        )
    return wrap(np.ones_like(tensor._array))


def _given_gradient(i, tensor, grad):
    if not isinstance(grad, Tensor):
        raise TypeError("gradients can be either Tensors or None, but got " + type(grad).__name__)
    if grad.shape != tensor.shape:
        raise RuntimeError(
            f"Mismatch in shape: grad_output[{i}] has a shape of {grad.shape} and output[{i}] has a "
            f"shape of {tensor.shape}."
        )
    return grad


def _as_tuple(x):
    return (x,) if isinstance(x, Tensor) else tuple(x)


# %% backward
def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Compute the gradients of `tensors` with respect to all leaves, and add them to `.grad`.

    `grad_tensors` holds one gradient for each of `tensors`, None for scalars. The graph is freed
    unless `retain_graph`; `create_graph` records the gradients, for derivatives of derivatives.
    With `inputs`, only these tensors collect. Mirrors torch.autograd.backward.
    """
    tensors = _as_tuple(tensors)
    grads = (None,) * len(tensors) if grad_tensors is None else _as_tuple(grad_tensors)
    roots = _roots(tensors, grads, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        run_backward(roots, keep, create_graph)
        return
    inputs = _as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor, grad in zip(inputs, _collect(roots, inputs, keep, create_graph)):
        if grad is not None:
            tensor.grad = grad if tensor.grad is None else tensor.grad + grad


@method("backward")
def _backward(tensor, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Compute the gradients of this tensor; see eduflow.autograd.backward."""
    backward(tensor, None if gradient is None else (gradient,), retain_graph, create_graph, inputs)


# %% grad
def grad(
    outputs, inputs, grad_outputs=None, retain_graph=None, create_graph=False, allow_unused=None
):
    """The gradients of `outputs` with respect to `inputs`, as a tuple; `.grad` is left alone.

    Raises RuntimeError for an input the outputs do not depend on, unless `allow_unused`, which
    gives None for it. Mirrors torch.autograd.grad.
    """
    outputs, inputs = _as_tuple(outputs), _as_tuple(inputs)
    grads = (None,) * len(outputs) if grad_outputs is None else _as_tuple(grad_outputs)
    for tensor in inputs:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    roots = _roots(outputs, grads, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    found = _collect(roots, inputs, keep, create_graph)
    if not allow_unused and None in [None if g is None else 0 for g in found]:
        index = [g is None for g in found].index(True)
        raise RuntimeError(
            f"The differentiated Tensor at index {index} appears to not have been used in the "
            "graph. Set allow_unused=True if this is the desired behavior."
        )
    return tuple(found)


# %% collect
def _collect(roots, inputs, keep, create_graph):
    """The gradient that arrives at each of `inputs`, or None where none does."""
    wanted = {gradient_edge(tensor): None for tensor in inputs}
    run_backward(roots, keep, create_graph, wanted)
    found = [wanted[gradient_edge(tensor)] for tensor in inputs]
    return [g if g is None or isinstance(g, Tensor) else wrap(np.array(g)) for g in found]
