"""Backward: walk the graph from the newest node to the oldest, and pass gradients down."""

import functools
from heapq import heappop, heappush

import numpy as np

from .._core.dispatch import gradient_edge, recording
from .._core.layout import like_input
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap
from .._kernels import kernel
from .._words.operands import first_gradient, must_lead_back
from .graph import AccumulateGrad, like_its_tensor
from .watchers import watchers


# %% lesson 02 walk-back
@kernel
def walk_back(roots, keep_graph=False, visit=None):
    """Send gradients from `roots`, pairs (node, gradient of its result), down to the leaves.

    A node was made after its inputs and is numbered higher. So the highest number that waits comes
    next: all of its gradient has arrived. No recursion, and no sorting beforehand.
    `visit(node, grad)` says who sends the gradients on from a node, and along which edges; None
    in place of the edges if the way ends there.
    """
    numbers, waiting = [], {}  # a heap of negative numbers; number -> (node, gradient so far)
    pairs = roots
    while True:
        for node, grad in pairs:
            if node.number in waiting:
                grad = waiting[node.number][1] + grad
            else:
                heappush(numbers, -node.number)
            waiting[node.number] = node, grad
        if not numbers:
            return
        node, grad = waiting.pop(-heappop(numbers))
        if node.hooks:
            grad = node.receive(grad)  # as the hooks leave it
        sender, edges = (node, node.edges) if visit is None else visit(node, grad)
        pairs = ()
        if edges is not None:
            node.check()
            pairs = sender.gradients(grad, edges)
            if node.saved and not keep_graph:
                node.derivatives = node.saved = None  # and with them all that they held


# %% end


# %% lesson 17 run-backward
def start(index, tensor, grad, create_graph):
    """Where backward starts from `tensor`: its node, and a gradient, 1 unless one is given."""
    node = gradient_edge(tensor)
    must_lead_back(index, node)
    grad = first_gradient(index, tensor, grad)
    return node, grad if create_graph else grad._array


@quiet
def run_backward(roots, keep_graph=False, create_graph=False, inputs=None, collects=False):
    """Send gradients down from `roots`, pairs (node, gradient of its result), to the leaves.

    With `create_graph` gradients are tensors, and recorded. With `inputs` only these get one each,
    which is returned, and if it `collects` will be added to their `.grad`.
    """
    search = None if inputs is None else Search(roots, inputs, collects)
    before, recording.enabled = recording.enabled, create_graph
    try:
        walk_back(roots, keep_graph, visitor(search, create_graph))
    except Exception as error:
        watchers.failed(error)
        raise
    finally:
        recording.enabled = before
    return search and search.gradients()


# %% end


def watched_visit(search, create_graph, node, grad):
    """What a walk does at a node if it is recorded, or somebody looks on."""
    watchers.before(node, grad)
    edges = node.edges if search is None else search(node, grad)[1]
    return Sender(node, create_graph), edges


class Sender:
    """Sends the gradients of a node on: recorded, if that is wished, and for watchers to see."""

    def __init__(self, node, create_graph):
        self.node, self.create_graph = node, create_graph

    def gradients(self, grad, edges):
        """Pairs (edge, gradient that goes there)."""
        node = self.node.on_tensors(edges) if self.create_graph else self.node
        pairs = node.gradients(grad, edges)
        pairs = self.node.above_all(pairs) if self.create_graph else pairs
        watchers.after(self.node, pairs)
        return pairs


# %% lesson 20 backward
def visitor(search, create_graph):
    """Who says on a walk where a node sends its gradients; None if it is just along its edges."""
    watched = create_graph or watchers
    return functools.partial(watched_visit, search, create_graph) if watched else search


@method("backward")
def backward_from(tensor, gradient=None, retain_graph=None, create_graph=False, inputs=None):
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


# %% end


def _roots(outputs, grads, create_graph):
    """Pairs (node, gradient) to start from."""
    grads = (None,) * len(outputs) if grads is None else _as_tuple(grads)
    return [start(i, *pair, create_graph) for i, pair in enumerate(zip(outputs, grads))]


def _as_tuple(x):
    return (x,) if isinstance(x, Tensor) else tuple(x)


def backward_into(inputs, roots, keep, create_graph):
    """Add gradients to the `.grad` of `inputs`, and of no other tensor."""
    inputs = _as_tuple(inputs)
    if not inputs:
        raise RuntimeError("`inputs` argument to `backward()` cannot be empty.")
    for tensor in inputs:
        tensor.retain_grad()  # for good, as PyTorch does
    for tensor, g in zip(inputs, run_backward(roots, keep, create_graph, inputs, True)):
        if g is None or tensor.retains_grad:  # what retains its gradient has it already
            continue
        tensor._node.collect(tensor, g if create_graph else g._array)


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
    keep = create_graph if retain_graph is None else retain_graph
    found = run_backward(roots, keep, create_graph, inputs)
    if materialize_grads:
        found = [_zeros(x, create_graph) if g is None else g for g, x in zip(found, inputs)]
    return _all_used(found, allow_unused)


def _zeros(tensor, requires_grad):
    array = tensor._array
    zeros = like_input(np.zeros(array.shape, array.dtype), array)
    return wrap(zeros).requires_grad_(requires_grad)


def _all_used(found, allow_unused):
    for index, gradient in enumerate(found):
        if gradient is None and not allow_unused:
            raise RuntimeError(
                f"The differentiated Tensor at index {index} appears to not have been used in the "
                "graph. Set allow_unused=True if this is the desired behavior."
            )
    return tuple(found)


class Search:
    """Lets a walk go only where it may find the gradients of `inputs`, and takes them."""

    def __init__(self, roots, inputs, collects=False):
        self.inputs = inputs
        self.nodes = [gradient_edge(tensor) for tensor in inputs]
        # Where `.grad` collects, an input's own operation works too, and frees what it saved.
        inner = [n for n in self.nodes if collects and not isinstance(n, AccumulateGrad)]
        inner += [node.place()[0] for node in inner]
        self.run = {node.number for node in inner}
        makers = {node.place()[0] for node in self.nodes}
        self.found = dict.fromkeys(self.nodes)
        self.needed = _on_the_way([node for node, _ in roots], {*self.found, *inner}, makers)

    def __call__(self, node, grad):
        """Take the gradient if it is wanted; the node and its edges that lead to an input.

        None in place of the edges if none does.
        """
        edges = [edge if edge and edge.number in self.needed else None for edge in node.edges]
        if node in self.found:
            self.found[node] = grad
        return node, edges if any(edges) or node.number in self.run else None

    def gradients(self):
        """The gradient of each input, or None where none arrived."""
        found = [self.found[node] for node in self.nodes]
        found = [g if g is None else like_its_tensor(x, g) for x, g in zip(self.inputs, found)]
        return [g if g is None or isinstance(g, Tensor) else _copied(g) for g in found]


def _copied(grad):
    """A gradient, a number or an array, as a tensor in memory of its own."""
    array = np.asarray(grad)
    return wrap(like_input(array.copy(), array))


def _on_the_way(roots, wanted, makers):
    """The numbers of all nodes through which a gradient can get from `roots` to `wanted`.

    Also of the other results of their `makers`: as in PyTorch gradients get as far as there.
    """
    needed, stack, seen = set(), [(node, False) for node in roots], set()
    while stack:
        node, done = stack.pop()
        edges = [edge for edge in node.edges if edge is not None]
        if done:
            beside = node.place()[0] is not node and node.place()[0] in makers
            if beside or node in wanted or any(edge.number in needed for edge in edges):
                needed.add(node.number)
        elif node.number not in seen:
            seen.add(node.number)
            stack.append((node, True))
            stack += [(edge, False) for edge in edges]
    return needed
