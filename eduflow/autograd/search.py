# Built by lessons/02_autograd_annex.ipynb. Edit it there, or here and `make scatter`.
# %% search
"""Gradients of chosen tensors only: `autograd.grad`, and `backward` with `inputs`."""

import numpy as np

from ..operations import gradient_edge
from ..tensors import Tensor, wrap
from . import calls
from .calls import start
from .engine import run_backward


class _Search:
    """The nodes whose gradients are wanted, and all nodes that lie on the way to them."""

    def __init__(self, roots, inputs):
        self.found = {gradient_edge(tensor): None for tensor in inputs}
        self.needed = _on_the_way([node for node, _ in roots], self.found)

    def __contains__(self, number):
        return number in self.needed

    def ends_at(self, node, grad):
        """Take the gradient if it is wanted; whether nobody below this node wants one."""
        if node not in self.found:
            return False
        self.found[node] = grad
        return not any(edge is not None and edge.number in self.needed for edge in node.edges)


# %% on-the-way
def _on_the_way(roots, wanted):
    """The numbers of all nodes through which a gradient can get from `roots` to `wanted`."""
    needed, stack, seen = set(), [(node, False) for node in roots], set()
    while stack:
        node, done = stack.pop()
        edges = [edge for edge in node.edges if edge is not None]
        if done:
            if node in wanted or any(edge.number in needed for edge in edges):
                needed.add(node.number)
        elif node.number not in seen:
            seen.add(node.number)
            stack.append((node, True))
            stack += [(edge, False) for edge in edges]
    return needed


# %% collect
def _collect(roots, inputs, keep, create_graph):
    """The gradient that arrives at each of `inputs`, or None where none does."""
    search = _Search(roots, inputs)
    run_backward(roots, keep, create_graph, search)
    found = [search.found[gradient_edge(tensor)] for tensor in inputs]
    return [g if g is None or isinstance(g, Tensor) else wrap(np.array(g)) for g in found]


def _roots(outputs, grads, create_graph):
    """Pairs (node, gradient) to start from."""
    grads = (None,) * len(outputs) if grads is None else _as_tuple(grads)
    return [start(i, *pair, create_graph) for i, pair in enumerate(zip(outputs, grads))]


def _as_tuple(x):
    return (x,) if isinstance(x, Tensor) else tuple(x)


# %% backward-into
def backward_into(inputs, roots, keep, create_graph):
    """Add gradients to the `.grad` of `inputs`, and of no other tensor."""
    inputs = _as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor, g in zip(inputs, _collect(roots, inputs, keep, create_graph)):
        if g is not None:
            tensor._grad = g if tensor._grad is None else tensor._grad + g


calls.backward_into = backward_into  # the room that the lesson left empty


# %% backward
def backward(tensors, grad_tensors=None, retain_graph=None, create_graph=False, inputs=None):
    """Compute the gradients of `tensors` with respect to all leaves, and add them to `.grad`.

    `grad_tensors` holds one gradient for each of `tensors`, None for scalars. The rest is as in
    Tensor.backward. Mirrors torch.autograd.backward.
    """
    roots = _roots(_as_tuple(tensors), grad_tensors, create_graph)
    keep = create_graph if retain_graph is None else retain_graph
    if inputs is None:
        run_backward(roots, keep, create_graph)
    else:
        backward_into(inputs, roots, keep, create_graph)


# %% grad
def grad(
    outputs,
    inputs,
    grad_outputs=None,
    retain_graph=None,
    create_graph=False,
    allow_unused=None,
    materialize_grads=False,
):
    """The gradients of `outputs` with respect to `inputs`, as a tuple; `.grad` is left alone.

    Raises RuntimeError for an input the outputs do not depend on, unless `allow_unused`, which
    gives None for it, or `materialize_grads`, which gives zeros. Mirrors torch.autograd.grad.
    """
    if materialize_grads and allow_unused is False:
        raise ValueError(
            "Expected allow_unused to be True or not passed when materialize_grads=True, but got: "
            "allow_unused=False."
        )
    outputs, inputs = _as_tuple(outputs), _as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `grad()` cannot be empty.")
    for tensor in inputs:
        if not tensor.requires_grad:
            raise RuntimeError("One of the differentiated Tensors does not require grad")
    roots = _roots(outputs, grad_outputs, create_graph)
    found = _collect(
        roots, inputs, create_graph if retain_graph is None else retain_graph, create_graph
    )
    if materialize_grads:
        found = [wrap(np.zeros_like(x._array)) if g is None else g for g, x in zip(found, inputs)]
    return _all_used(found, allow_unused)


def _all_used(found, allow_unused):
    for index, gradient in enumerate(found):
        if gradient is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {index} appears to not have been used in the "
                "graph. Set allow_unused=True if this is the desired behavior."
            )
    return tuple(found)


# %% public names
__all__ = ["backward", "backward_into", "grad"]
