"""Backward: walk the tape from the newest node to the oldest, and pass gradients down."""

from heapq import heappop, heappush

import numpy as np

from .._core.dispatch import gradient_edge, recording
from .._core.tensor import Tensor, method, wrap
from .._words.operands import FREED, first_gradient
from . import graph as tape


# %% lesson 02 walk
def _walk(roots, keep_graph, create_graph, search):
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
            grad, owned = node.run_hooks(grad), False
        if search is not None and search.ends_at(node, grad):
            continue
        if node.derivatives is None:
            raise RuntimeError(FREED)
        for counter, version, position in node.saved:
            if counter[0] != version:
                raise node.modified(position, counter[0], version)
        if tape.detached and node.saved:
            node.check_detached()
        if node.joint:
            for edge, g in node.pass_down(grad, owned, create_graph, search):
                if search is None or edge.number in search:
                    _arrive(heap, waiting, edge, g, False)
        else:
            _separate(heap, waiting, node, grad, create_graph, search)
        if not keep_graph and (node.saved or node.once):
            node.derivatives = None  # and with it everything that was saved


# %% end


# %% lesson 02 separate
def _separate(heap, waiting, node, grad, create_graph, search):
    """Pass the gradient of a node's result on to its inputs, each by a derivative of its own."""
    fits, i = node.fits, -1
    for derivative in node.derivatives:
        i += 1
        if derivative is not None:
            edge = node.edges[i]
            if search is None or edge.number in search:
                if create_graph:
                    derivative = node.on_tensors(derivative)
                g = derivative(grad)
                if fits is not None and fits[i] is not None:
                    g = tape.fit_to(g, *fits[i])
                _arrive(heap, waiting, edge, g, g is not grad)


def run_backward(roots, keep_graph=False, create_graph=False, search=None):
    """Send gradients down the graph: `roots` are pairs (node, gradient of its result).

    Gradients are arrays; with `create_graph` they are tensors, and what happens to them is
    recorded. Leaves collect theirs in `.grad`, unless a `search` takes what it wants on the way.
    """
    before, recording.enabled = recording.enabled, create_graph
    try:
        _walk(roots, keep_graph, create_graph, search)
    finally:
        recording.enabled = before


# %% end


# %% lesson 02 arrive
def _arrive(heap, waiting, node, grad, owned):
    """Add `grad` to what waits for `node`; a node that is new here goes into the heap."""
    number = node.number
    if number in waiting:
        waiting[number] = [node, waiting[number][1] + grad, True]
    else:
        waiting[number] = [node, grad, owned]
        heappush(heap, -number)


# %% end


# %% lesson 02 backward
def start(index, tensor, grad, create_graph):
    """Where backward starts from `tensor`: its node, and a gradient, 1 unless one is given."""
    node = gradient_edge(tensor)
    if getattr(node, "variable", node) is None:  # no node, or one whose leaf nobody holds
        raise RuntimeError(
            f"element {index} of tensors does not require grad and does not have a grad_fn"
        )
    grad = first_gradient(index, tensor, grad)
    return node, grad if create_graph else grad._array


@method("backward")
def _backward(tensor, gradient=None, retain_graph=None, create_graph=False, inputs=None):
    """Compute the gradients of this tensor by all leaves, and add them to their `.grad`.

    A tensor of several elements needs a `gradient` of its own shape to start from. The graph is
    freed unless `retain_graph`; `create_graph` records the gradients, for derivatives of
    derivatives. With `inputs`, only these tensors collect. Mirrors torch.Tensor.backward.
    """
    keep = create_graph if retain_graph is None else retain_graph
    roots = [start(0, tensor, gradient, create_graph)]
    if inputs is None:
        run_backward(roots, keep, create_graph)
    else:
        backward_into(inputs, roots, keep, create_graph)


def backward_into(inputs, roots, keep, create_graph):
    """An empty room, for `inputs`: the annex builds it, and fills it in here."""
    raise NotImplementedError("backward(inputs=...) is built in 02_autograd_annex")


# %% end


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


def backward_into_search(inputs, roots, keep, create_graph):
    """Add gradients to the `.grad` of `inputs`, and of no other tensor."""
    inputs = _as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor, g in zip(inputs, _collect(roots, inputs, keep, create_graph)):
        if g is not None:
            tensor._grad = g if tensor._grad is None else tensor._grad + g


backward_into = backward_into_search  # the room that the lesson left empty


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
        backward_into_search(inputs, roots, keep, create_graph)


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
