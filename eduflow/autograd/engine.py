# Built by lessons/02_autograd.ipynb. Edit it there, or here and `make scatter`.
# %% walk
"""Backward: walk the tape from the newest node to the oldest, and pass gradients down."""

from heapq import heappop, heappush

from ..operations import recording
from ..refusals import FREED
from . import node as tape


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


# %% separate
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


# %% arrive
def _arrive(heap, waiting, node, grad, owned):
    """Add `grad` to what waits for `node`; a node that is new here goes into the heap."""
    number = node.number
    if number in waiting:
        waiting[number] = [node, waiting[number][1] + grad, True]
    else:
        waiting[number] = [node, grad, owned]
        heappush(heap, -number)


# %% public names
__all__ = ["run_backward"]
