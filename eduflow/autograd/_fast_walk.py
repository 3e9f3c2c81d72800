"""A kernel: `engine.walk`, with what ordinary nodes do written out in the loop."""

from heapq import heappop, heappush

import numpy as np

from .._core.tensor import wrap
from .graph import AccumulateGrad, Node, fit_to
from .watch import watchers


class _Ordinary(dict):
    """For each type of node, whether it computes gradients as Node does."""

    def __missing__(self, kind):
        self[kind] = kind.gradients is Node.gradients
        return self[kind]


_ordinary = _Ordinary()


def walk(roots, keep_graph=False, prepare=None, search=None):
    """See engine.walk."""
    if prepare is not None or watchers:
        from .engine import plain_walk

        return plain_walk(roots, keep_graph, prepare, search)
    numbers, waiting = [], {}
    _send(numbers, waiting, roots)
    while numbers:
        node, grad, ours = waiting.pop(-heappop(numbers))  # is that memory ours alone?
        if node.hooks:
            grad, ours = node.receive(grad), False
        if ours and type(node) is AccumulateGrad and search is None and _given(node, grad):
            continue
        edges = node.edges if search is None else search(node, grad)
        if edges is None:
            continue
        if node.saved or node.derivatives is None:
            node.check()
        if _ordinary[type(node)]:
            fits, i = node.fits, -1
            for edge in edges:
                i += 1
                if edge is not None:
                    g = node.derivatives[i](grad)
                    if fits is not None and fits[i] is not None:
                        g = fit_to(g, *fits[i])
                    number = edge.number
                    if number in waiting:
                        waiting[number] = edge, waiting[number][1] + g, True
                    else:
                        heappush(numbers, -number)
                        waiting[number] = edge, g, g is not grad
        else:
            _send(numbers, waiting, node.gradients(grad, edges))
        if node.saved and not keep_graph:
            node.derivatives = node.saved = None


def _send(numbers, waiting, pairs):
    for edge, grad in pairs:
        number = edge.number
        if number in waiting:
            waiting[number] = edge, waiting[number][1] + grad, True
        else:
            heappush(numbers, -number)
            waiting[number] = edge, grad, False


def _given(node, grad):
    """Give a leaf its first gradient without a copy, if it is an array of its own."""
    leaf = node.leaf()
    if leaf is None or leaf._grad is not None or leaf._node is not node or node.after:
        return False
    if type(grad) is not np.ndarray or grad.base is not None:
        return False
    leaf._grad = wrap(grad)
    return True
