"""A kernel for `autograd.engine.walk_back`: what ordinary nodes do is written out in the loop."""

from heapq import heappop, heappush


class _Ordinary(dict):
    """For each type of node, whether it has one derivative for each input, and nothing besides."""

    def __missing__(self, kind):
        self[kind] = kind.gradients is kind.one_by_one
        return self[kind]


_ordinary = _Ordinary()


def walk_back(roots, keep_graph=False, visit=None):
    """See autograd.engine.walk_back."""
    numbers, waiting = [], {}
    _send(numbers, waiting, roots)
    while numbers:
        node, grad, ours = waiting.pop(-heappop(numbers))  # is that memory ours alone?
        if node.hooks:
            grad, ours = node.receive(grad), False
        if visit is not None:
            sender, edges = visit(node, grad)
            if edges is None:
                continue
        else:
            sender, edges = node, node.edges
            if ours and not edges and node.take_over(grad):
                continue
        if node.saved or node.derivatives is None:
            node.check()
        if sender is node and _ordinary[type(node)]:
            fits, i = node.fits, -1
            for edge in edges:
                i += 1
                if edge is not None:
                    g = node.derivatives[i](grad)
                    if fits is not None and fits[i] is not None:
                        g = node.fit_to(g, *fits[i])
                    number = edge.number
                    if number in waiting:
                        waiting[number] = edge, waiting[number][1] + g, True
                    else:
                        heappush(numbers, -number)
                        waiting[number] = edge, g, g is not grad
        else:
            _send(numbers, waiting, sender.gradients(grad, edges))
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
