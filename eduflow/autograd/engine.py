# Built by lessons/02_autograd.ipynb. Change it there, or here and run `make scatter`.
# %% engine
"""Backward: walk the tape from the newest node to the oldest, and pass gradients down."""

from heapq import heappop, heappush

import numpy as np

from ..grad_mode import set_grad_enabled
from ..tensors import Tensor, wrap
from .double import tensor_derivative
from .node import FREED, Part, fit_to, modified


def run_backward(roots, keep_graph=False, create_graph=False, wanted=None):
    """Send gradients down the graph: `roots` are pairs (node, gradient of its result).

    Gradients are arrays; with `create_graph` they are tensors, and what happens to them is
    recorded. Leaves collect theirs in `.grad`. With `wanted`, a dict whose keys are nodes,
    gradients are collected there instead, and only nodes on the way there are visited.
    """
    needed = None if wanted is None else _on_the_way([node for node, _ in roots], wanted)
    with set_grad_enabled(create_graph):
        _walk(roots, keep_graph, create_graph, wanted, needed)


# %% walk
def _walk(roots, keep_graph, create_graph, wanted, needed):
    """Take the node with the highest number, again and again.

    A node was made after its inputs and is numbered higher, so all of its gradient has arrived
    when its turn comes: no recursion, and no sorting beforehand.
    """
    heap, waiting = [], {}  # numbers; number -> [node, gradient, is that memory ours alone]
    for node, grad in roots:
        _arrive(heap, waiting, node, grad, False)
    while heap:
        node, grad, owned = waiting.pop(-heappop(heap))
        if node.hooks:
            grad, owned = _run_hooks(node, grad), False
        if wanted is not None and node in wanted:
            wanted[node] = grad
        if node.derivatives is None:
            raise RuntimeError(FREED)
        for counter, version, position in node.saved:
            if counter[0] != version:
                raise modified(node, position, counter[0], version)
        if node.joint:
            for edge, g in node.pass_down(grad, owned, create_graph, wanted):
                if needed is None or edge.number in needed:
                    _arrive(heap, waiting, edge, g, False)
        else:
            _separate(heap, waiting, node, grad, create_graph, needed)
        if not keep_graph and node.saved:
            node.derivatives = None  # and with it everything that was saved


def _separate(heap, waiting, node, grad, create_graph, needed):
    """Pass the gradient of a node's result on to its inputs, each by a derivative of its own."""
    fits, i = node.fits, 0
    for derivative in node.derivatives:
        if derivative is not None:
            edge = node.edges[i]
            if needed is None or edge.number in needed:
                if create_graph:
                    derivative = tensor_derivative(node, derivative)
                g = derivative(grad)
                if fits is not None and fits[i] is not None:
                    g = fit_to(g, *fits[i])
                _arrive(heap, waiting, edge, g, g is not grad)
        i += 1


# %% arrive
def _arrive(heap, waiting, node, grad, owned):
    """Add a gradient to what waits for `node`."""
    number = node.number
    if number in waiting:
        entry = waiting[number]
        entry[1], entry[2] = entry[1] + grad, True
    else:
        waiting[number] = [node, grad, owned]
        heappush(heap, -number)


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


# %% run-hooks
def _run_hooks(node, grad):
    """Show a gradient to the hooks of its tensor; a hook may hand back another one."""
    tensor = grad if isinstance(grad, Tensor) else wrap(np.asarray(grad))
    for hook in list(node.hooks.values()):
        changed = hook(tensor)
        tensor = tensor if changed is None else changed
    return tensor if isinstance(grad, Tensor) else tensor._array
