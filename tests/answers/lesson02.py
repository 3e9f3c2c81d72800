"""Answers to the exercises of lesson 02."""

from __future__ import annotations


def _mul(input: str, other: str, result: str = "input * other") -> str:
    return f"""
def mul(input, other):
    result = {result}
    return result, {input}, {other}
"""


def _exp(derivative: str) -> str:
    return f"""
def exp(input):
    result = np.exp(input)
    return result, {derivative}
"""


def _matrices(input: str, other: str) -> str:
    return f"""
def matrix_product(input, other):
    result = input @ other
    return result, lambda grad: {input}, lambda grad: {other}
"""


_CHECK = """
        if self.derivatives is None:
            raise RuntimeError(FREED)
        for _, place, counter, version in self.saved:
            if counter[0] != version:
                raise modified(self, place, counter[0], version)
"""
_GRADIENTS = """
        pairs = []
        for i, edge in enumerate(edges):
            if edge is not None:
                pairs.append((edge, self.fitted(i, self.derivatives[i](grad))))
        return pairs
"""


def _node(check: str = _CHECK, gradients: str = _GRADIENTS) -> str:
    return f"""
class Node:
    def __init__(self, derivatives, edges, saved=(), fits=None):
        self.number = next_number()
        self.derivatives, self.edges = derivatives, edges
        self.saved, self.fits = saved, fits
        self.hooks = None

    def check(self):
{check}
    def gradients(self, grad, edges):
{gradients}
"""


def _accumulate(first: str, later: str) -> str:
    return f"""
def accumulate(leaf, grad):
    if leaf._grad is None:
        {first}
    else:
        {later}
"""


_COUNT = "leaf._grad._counter[0] += 1"
_FIRST = "leaf._grad = wrap(np.array(grad))"
_LATER = f"leaf._grad._array += grad; {_COUNT}"


def _place_of(*lines: str) -> str:
    return "def place_of(held, known):\n    " + "\n    ".join(lines) + "\n"


_PLACES = "places = [*range(len(known) - 1), -1]"


def _saved_by(body: str) -> str:
    return f"""
def saved_by(derivative, known, counters):
    saved = []
    for held in held_by(derivative):
        place = place_of(held, known)
        {body}
    return saved
"""


def _record(body: str) -> str:
    return f"""
def record(kind, out, returned, inputs, edges, fits=None, arrays=None):
    result, *derivatives = returned
    known, counters = known_to(out, result, inputs, arrays)
    wanted, saved = [], []
    for derivative, edge in zip(derivatives, edges):
        {body}
    out._node = node_type(kind)(wanted, edges, saved, fits)
"""


_ARRIVE = """
            if node.number in waiting:
                grad = waiting[node.number][1] + grad
            else:
                heappush(numbers, -node.number)
            waiting[node.number] = node, grad
"""
_LEAVE = """
            node.check()
            pairs = sender.gradients(grad, edges)
            if node.saved and not keep_graph:
                node.derivatives = node.saved = None
"""


def _walk(arrive: str = _ARRIVE, leave: str = _LEAVE) -> str:
    return f"""
def walk_back(roots, keep_graph=False, visit=None):
    numbers, waiting = [], {{}}
    pairs = roots
    while True:
        for node, grad in pairs:
{arrive}
        if not numbers:
            return
        node, grad = waiting.pop(-heappop(numbers))
        if node.hooks:
            grad = node.receive(grad)
        sender, edges = (node, node.edges) if visit is None else visit(node, grad)
        pairs = ()
        if edges is not None:
{leave}
"""


def _unbroadcast(*lines: str) -> str:
    return "def unbroadcast(grad, shape):\n    " + "\n    ".join(lines) + "\n"


_TO_INPUT, _TO_OTHER = "lambda grad: grad * other", "lambda grad: grad * input"

WRONG = {
    "mul": {
        "exchanged": (_mul(_TO_OTHER, _TO_INPUT), "stand in each other's place"),
        "slopes alone": (_mul("lambda grad: other", "lambda grad: input"), "multiply by `grad`"),
        "added": (_mul("lambda grad: grad + other", "lambda grad: grad + input"), "not added"),
        "like a sum": (_mul("lambda grad: grad", "lambda grad: grad"), "as much as the other"),
        "numbers": (_mul("other", "input"), "Return `lambda grad: ...`, not a number"),
        "one is missing": (
            "def mul(input, other):\n    return input * other, lambda grad: grad * other\n",
            "things returned",
        ),
        "no lambda": (_mul("grad * other", "grad * input"), "`lambda grad: ...`"),
        "half a lambda": (_mul(_TO_INPUT, "grad * input"), "it comes in backward"),
        "a sum": (_mul(_TO_INPUT, _TO_OTHER, "input + other"), "The first that differs"),
        "divided": (
            _mul("lambda grad: grad / other", _TO_OTHER),
            "multiplies `grad` by `other`",
        ),
    },
    "exp": {
        "by the input": (_exp("lambda grad: grad * input"), "multiply by the result"),
        "power rule": (
            _exp("lambda grad: grad * input * np.exp(input - 1)"),
            "the slope of exp is exp itself",
        ),
        "slope alone": (_exp("lambda grad: result"), "multiply by `grad`"),
        "a number": (_exp("result"), "not a number"),
        "no lambda": (_exp("grad * result"), "it comes in backward"),
        "passed on": (_exp("lambda grad: grad"), "multiplies `grad` by the result"),
        "exp of grad": (_exp("lambda grad: np.exp(grad)"), "multiplies `grad` by the result"),
        "only the result": ("def exp(input):\n    return np.exp(input)\n", "things returned"),
    },
    "matrix_product": {
        "not turned": (_matrices("grad @ other", "input @ grad"), "it raised ValueError"),
        "wrong side": (_matrices("other.T @ grad", "grad @ input.T"), "it raised ValueError"),
        "the second on the wrong side": (
            _matrices("grad @ other.T", "grad @ input.T"),
            "The first derivative is right",
        ),
        "grad turned": (_matrices("grad.T @ other.T", "input.T @ grad"), "it raised ValueError"),
        "elementwise": (_matrices("grad * other", "grad * input"), "it raised ValueError"),
        "no lambda": (
            "def matrix_product(input, other):\n"
            "    return times(input, other), times(grad, other.T), times(input.T, grad)\n",
            "it comes in backward",
        ),
        "exchanged": (_matrices("input.T @ grad", "grad @ other.T"), "stand in each other's"),
        "turned at the end": (
            _matrices("(other @ grad.T)", "(grad.T @ input).T"),
            "The first that differs",
        ),
    },
    "Node": {
        "only the first": (
            _node(
                "        if self.derivatives is None:\n            raise RuntimeError(FREED)\n"
                "        for _, place, counter, version in list(self.saved)[:1]:\n"
                "            if counter[0] != version:\n"
                "                raise modified(self, place, counter[0], version)\n"
            ),
            "Any of them may have been changed",
        ),
        "freed forgotten": (
            _node(
                "        for _, place, counter, version in self.saved:\n"
                "            if counter[0] != version:\n"
                "                raise modified(self, place, counter[0], version)\n"
            ),
            "emptied",
        ),
        "the list": (
            _node(
                "        if self.derivatives is None:\n            raise RuntimeError(FREED)\n"
                "        for _, place, counter, version in self.saved:\n"
                "            if counter != version:\n"
                "                raise modified(self, place, counter[0], version)\n"
            ),
            "counter[0] with the version",
        ),
        "three parts": (
            _node(_CHECK.replace("for _, place, counter,", "for place, counter,")),
            "has four parts",
        ),
        "three parts, freed forgotten": (
            _node(
                "        for place, counter, version in self.saved:\n"
                "            if counter[0] != version:\n"
                "                raise modified(self, place, counter[0], version)\n"
            ),
            "more or fewer parts than there are names",
        ),
        "no check": (_node("        pass\n"), "nothing refused"),
        "own edges": (
            _node(gradients=_GRADIENTS.replace("enumerate(edges)", "enumerate(self.edges)")),
            "self.edges",
        ),
        "not fitted": (
            _node(
                gradients=_GRADIENTS.replace(
                    "self.fitted(i, self.derivatives[i](grad))", "self.derivatives[i](grad)"
                )
            ),
            "self.fitted(i, ...)",
        ),
        "no edges": (
            _node(
                gradients=_GRADIENTS.replace(
                    "(edge, self.fitted(i, self.derivatives[i](grad)))",
                    "self.fitted(i, self.derivatives[i](grad))",
                )
            ),
            "gradients([1, 2], edges) with two edges",
        ),
        "all of them": (
            _node(
                gradients="        return [(edge, self.fitted(i, d(grad))) for i, (edge, d) in "
                "enumerate(zip(edges, self.derivatives))]\n"
            ),
            "gradients([1, 2], edges) with None as the first edge",
        ),
    },
    "accumulate": {
        "overwrites": (
            "def accumulate(leaf, grad):\n    leaf._grad = wrap(np.array(grad))\n",
            "A leaf collects",
        ),
        "kept": (_accumulate("leaf._grad = wrap(np.asarray(grad))", _LATER), "Copy the first one"),
        "new each time": (
            _accumulate(_FIRST, "leaf._grad = wrap(leaf._grad._array + grad)"),
            "it stays the same tensor",
        ),
        "not counted": (_accumulate(_FIRST, "leaf._grad._array += grad"), "is counted"),
        "another array": (
            _accumulate(_FIRST, f"leaf._grad._array = leaf._grad._array + grad; {_COUNT}"),
            "makes another array",
        ),
        "the counter itself": (
            _accumulate(_FIRST, "leaf._grad._array += grad; leaf._grad._counter += 1"),
            "a list of one number",
        ),
        "into the tensor": (
            _accumulate(_FIRST, f"leaf._grad += grad; {_COUNT}"),
            "Add to the array in the tensor",
        ),
        "an array": (_accumulate("leaf._grad = np.array(grad)", _LATER), "wrap a copy"),
        "not a copy": (
            "def accumulate(leaf, grad):\n"
            "    if leaf.grad is None:\n        leaf.grad = wrap(grad)\n"
            f"    else:\n        {_LATER}\n",
            "wrap a copy",
        ),
        "nothing first": (f"def accumulate(leaf, grad):\n    {_LATER}\n", "it raised"),
        "into the leaf": ("def accumulate(leaf, grad):\n    leaf._array += grad\n", "wrap a copy"),
    },
    "place_of": {
        "by value": (
            _place_of(
                _PLACES,
                "for p in places:",
                "    if np.array_equal(held, known[p]):",
                "        return p",
            ),
            "Ask `is`",
        ),
        "no views": (
            _place_of(_PLACES, "for p in places:", "    if held is known[p]:", "        return p"),
            "np.may_share_memory(held, ...)",
        ),
        "memory alone": (
            _place_of(
                _PLACES,
                "for p in places:",
                "    if np.may_share_memory(held, known[p]):",
                "        return p",
            ),
            "first ask `is`, in all places",
        ),
        "plain index": (
            _place_of(
                "for same in (lambda a, b: a is b, np.may_share_memory):",
                "    for p, array in enumerate(known):",
                "        if same(held, array):",
                "            return p",
            ),
            "its place is called -1",
        ),
        "inputs only": (
            _place_of(
                "for same in (lambda a, b: a is b, np.may_share_memory):",
                "    for p, array in enumerate(known[:-1]):",
                "        if same(held, array):",
                "            return p",
            ),
            "You look at the inputs only",
        ),
        "both at once": (
            _place_of(
                _PLACES,
                "for p in places:",
                "    if held is known[p] or np.may_share_memory(held, known[p]):",
                "        return p",
            ),
            "in all places",
        ),
        "index": (_place_of("return known.index(held)"), "it raised ValueError"),
    },
    "saved_by": {
        "zero lost": (
            _saved_by(
                "if place: saved.append((known[place], place, counters[place], counters[place][0]))"
            ),
            "place is not None",
        ),
        "no places": (
            _saved_by("saved.append((known[place], place, counters[place], counters[place][0]))"),
            "it raised TypeError",
        ),
        "the result at the end": (
            _saved_by(
                "if place is not None: saved.append((known[place], place % len(known), "
                "counters[place], counters[place][0]))"
            ),
            "It comes from `place_of`",
        ),
        "the list": (
            _saved_by(
                "if place is not None: saved.append((known[place], place, counters[place], "
                "counters[place]))"
            ),
            "counter[0]",
        ),
        "the number": (
            _saved_by(
                "if place is not None: saved.append((known[place], place, "
                "counters[place][0], counters[place][0]))"
            ),
            "The third entry is the counter",
        ),
        "the view": (
            _saved_by(
                "if place is not None: saved.append((held, place, counters[place], "
                "counters[place][0]))"
            ),
            "known[place]",
        ),
        "version 0": (
            _saved_by(
                "if place is not None: saved.append((known[place], place, counters[place], 0))"
            ),
            "may have been changed before",
        ),
        "pairs": (
            _saved_by("if place is not None: saved.append((counters[place], counters[place][0]))"),
            "entries are (array, place, version counter, version)",
        ),
    },
    "record": {
        "keeps all": (
            _record("wanted.append(derivative); saved += saved_by(derivative, known, counters)"),
            "Where the edge is None nobody wants the gradient",
        ),
        "saves all": (
            _record(
                "wanted.append(None if edge is None else derivative); "
                "saved += saved_by(derivative, known, counters)"
            ),
            "what the dropped ones held",
        ),
        "places lost": (
            _record(
                "saved += [] if edge is None else wanted.append(derivative) or "
                "saved_by(derivative, known, counters)"
            ),
            "None must keep its place",
        ),
        "one by +=": (
            _record(
                "if edge is None:\n            wanted.append(None)\n"
                "        else:\n            wanted += derivative\n"
                "            saved += saved_by(derivative, known, counters)"
            ),
            "wanted.append(derivative)",
        ),
        "the last one saved": (
            _record(
                "wanted.append(None if edge is None else derivative)\n"
                "        if edge is not None:\n"
                "            saved = saved_by(derivative, known, counters)"
            ),
            "throws away",
        ),
        "all of them": (
            _record(
                "wanted.append(None if edge is None else derivative)\n"
                "        if edge is not None:\n"
                "            saved += saved_by(derivatives, known, counters)"
            ),
            "the one of this pair",
        ),
        "without else": (
            _record(
                "if edge is None:\n            wanted.append(None)\n"
                "        wanted.append(derivative)\n"
                "        saved += saved_by(derivative, known, counters)"
            ),
            "under `else:`",
        ),
        "nothing saved": (
            _record("wanted.append(None if edge is None else derivative)"),
            "nothing is saved",
        ),
        "the wrong way round": (
            _record("wanted.append(derivative if edge is None else None)"),
            "The first that differs",
        ),
        "nested": (
            _record(
                "wanted.append(None if edge is None else derivative); "
                "saved.append(saved_by(derivative, known, counters)) if edge else None"
            ),
            "a list in a list",
        ),
        "appended": (
            _record(
                "wanted.append(None if edge is None else derivative); "
                "edge is None or saved.append(saved_by(derivative, known, counters))"
            ),
            "a list in a list",
        ),
        "without fits": (
            _record(
                "wanted.append(None if edge is None else derivative); "
                "saved += [] if edge is None else saved_by(derivative, known, counters)"
            ).replace("saved, fits)", "saved)"),
            "All right but for `fits`",
        ),
    },
    "walk_back": {
        "into the pair": (
            _walk(
                "            if node.number in waiting:\n"
                "                waiting[node.number][1] += grad\n"
                "            else:\n"
                "                waiting[node.number] = node, grad\n"
                "                heappush(numbers, -node.number)\n"
            ),
            "What waits is a pair",
        ),
        "the whole pair": (
            _walk(_ARRIVE.replace("waiting[node.number][1] + grad", "grad + waiting[node.number]")),
            "waiting[node.number][1]",
        ),
        "the pair in the dict": (
            _walk(
                "            if node.number in waiting:\n"
                "                waiting[node.number] += grad\n"
                "            else:\n"
                "                waiting[node.number] = node, grad\n"
                "                heappush(numbers, -node.number)\n"
            ),
            "waiting[node.number][1]",
        ),
        "the node of the pair": (
            _walk(_ARRIVE.replace("waiting[node.number][1]", "waiting[node.number][0]")),
            "waiting[node.number][1]",
        ),
        "to the node of the pair": (
            _walk(
                _ARRIVE.replace("waiting[node.number][1] + grad", "grad + waiting[node.number][0]")
            ),
            "waiting[node.number][1]",
        ),
        "no pair": (
            _walk(
                _ARRIVE.replace("waiting[node.number][1]", "waiting[node.number]").replace(
                    "= node, grad", "= grad"
                )
            ),
            "without its node",
        ),
        "the pair turned round": (
            _walk(_ARRIVE.replace("= node, grad", "= grad, node")),
            "the wrong way round",
        ),
        "by node": (
            _walk(_ARRIVE.replace("if node.number in", "if node in")),
            "ask `if node.number in waiting`",
        ),
        "stored by node": (
            _walk(_ARRIVE.replace("waiting[node.number] =", "waiting[node] =")),
            "not by the node",
        ),
        "stored with a minus": (
            _walk(_ARRIVE.replace("[node.number]", "[-node.number]")),
            "with no minus",
        ),
        "asked of the heap": (
            _walk(_ARRIVE.replace("node.number in waiting", "node.number in numbers")),
            "ask `if node.number in waiting`",
        ),
        "nodes in the heap": (
            _walk(_ARRIVE.replace("-node.number", "node")),
            "The heap holds numbers",
        ),
        "minus a node": (_walk(_ARRIVE.replace("-node.number", "-node")), "The heap holds numbers"),
        "sender checked": (
            _walk(leave=_LEAVE.replace("node.check()", "sender.check()")),
            "It is `node` that is asked",
        ),
        "check not called": (
            _walk(leave=_LEAVE.replace("node.check()", "node.check")),
            "with its brackets",
        ),
        "the last one wins": (
            _walk(
                "            if node.number not in waiting:\n"
                "                heappush(numbers, -node.number)\n"
                "            waiting[node.number] = node, grad\n"
            ),
            "the gradients add up",
        ),
        "queued twice": (
            _walk(
                "            heappush(numbers, -node.number)\n"
                "            if node.number in waiting:\n"
                "                grad = waiting[node.number][1] + grad\n"
                "            waiting[node.number] = node, grad\n"
            ),
            "a second time",
        ),
        "in place": (
            _walk(
                "            if node.number in waiting:\n"
                "                old = waiting[node.number][1]\n"
                "                old += grad\n"
                "            else:\n"
                "                heappush(numbers, -node.number)\n"
                "                waiting[node.number] = node, grad\n"
            ),
            "Make a new one with `+`",
        ),
        "lowest first": (_walk(_ARRIVE.replace("-node.number", "node.number")), "-node.number"),
        "not noted": (
            _walk(_ARRIVE.replace("waiting[node.number] = node, grad", "pass")),
            "Either nothing was noted",
        ),
        "first one wins": (
            _walk(
                "            if node.number in waiting:\n"
                "                grad = waiting[node.number][1] + grad\n"
                "            else:\n"
                "                heappush(numbers, -node.number)\n"
                "                waiting[node.number] = node, grad\n"
            ),
            "the sum that must be noted",
        ),
        "appended": (
            _walk(
                _ARRIVE.replace("heappush(numbers, -node.number)", "numbers.append(-node.number)")
            ),
            "The first that differs",
        ),
        "unchecked": (_walk(leave=_LEAVE.replace("node.check()", "pass")), "node.check()"),
        "never emptied": (
            _walk(
                leave="            node.check()\n"
                "            pairs = sender.gradients(grad, edges)\n"
            ),
            "memory fills up",
        ),
        "always emptied": (
            _walk(leave=_LEAVE.replace("node.saved and not keep_graph", "node.saved")),
            "leave the nodes as they are",
        ),
        "emptied without need": (
            _walk(leave=_LEAVE.replace("node.saved and not keep_graph", "not keep_graph")),
            "if it saved",
        ),
        "own gradients": (_walk(leave=_LEAVE.replace("sender.", "node.")), "`sender`"),
        "sender emptied": (
            _walk(
                leave=_LEAVE.replace("node.saved", "sender.saved").replace("node.der", "sender.der")
            ),
            "It is `node` that was checked",
        ),
        "pairs lost": (_walk(leave=_LEAVE.replace("pairs = ", "")), "The first that differs"),
    },
    "unbroadcast": {
        "the mean": (
            _unbroadcast(
                "new = tuple(range(grad.ndim - len(shape)))",
                "grad = grad.mean(axis=new) if new else grad",
                "for i, n in enumerate(shape):",
                "    if n == 1: grad = grad.mean(axis=i, keepdims=True)",
                "return grad",
            ),
            "The first that differs",
        ),
        "only new dims": (
            _unbroadcast("return grad.sum(axis=tuple(range(grad.ndim - len(shape))))"),
            "A dim of size 1 may have been stretched",
        ),
        "dims lost": (
            _unbroadcast(
                "grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))",
                "return grad.sum(axis=tuple(i for i, n in enumerate(shape) "
                "if n == 1 != grad.shape[i]))",
            ),
            "keepdims=True",
        ),
        "reshaped": (_unbroadcast("return grad.reshape(shape)"), "it raised ValueError"),
        "a number": (_unbroadcast("return grad.sum(axis=grad.ndim - len(shape))"), "empty, `()`"),
        "axes as a list": (
            _unbroadcast(
                "axes = list(range(grad.ndim - len(shape)))",
                "axes += [i for i, n in enumerate(shape, grad.ndim - len(shape)) if n == 1]",
                "return grad.sum(axis=axes, keepdims=True).reshape(shape)",
            ),
            "`axis=tuple(axes)`",
        ),
        "behind": (
            _unbroadcast("return grad.sum(axis=tuple(range(len(shape), grad.ndim)))"),
            "the new ones stand in front",
        ),
        "sizes as axes": (
            _unbroadcast(
                "grad = grad.sum(axis=tuple(range(grad.ndim - len(shape))))",
                "axes = [n for i, n in enumerate(shape) if n == 1 and grad.shape[i] != 1]",
                "return grad.sum(axis=tuple(axes), keepdims=True)",
            ),
            "put `i` on the list",
        ),
        "listed too early": (
            _unbroadcast(
                "new = grad.ndim - len(shape)",
                "axes = [i for i, n in enumerate(shape) if n == 1 and grad.shape[i] != 1]",
                "grad = grad.sum(axis=tuple(range(new)))",
                "return grad.sum(axis=tuple(axes), keepdims=True)",
            ),
            "before the new ones are gone",
        ),
        "first copy": (
            _unbroadcast(
                "grad = grad[(0,) * (grad.ndim - len(shape))]",
                "return grad[tuple(slice(0, 1) if n == 1 else slice(None) for n in shape)]",
            ),
            "All the copies count",
        ),
        "the largest": (
            _unbroadcast(
                "new = tuple(range(grad.ndim - len(shape)))",
                "return grad.max(axis=new) if new else grad",
            ),
            "The first that differs",
        ),
    },
}

RIGHT = {
    "mul": {
        "named": (
            "def mul(input, other):\n"
            "    def to_input(grad):\n        return grad * other\n"
            "    def to_other(grad):\n        return grad * input\n"
            "    return input * other, to_input, to_other\n"
        ),
        "np.multiply": _mul(
            "lambda g: np.multiply(other, g)", "lambda g: input * g", "np.multiply(input, other)"
        ),
        "a list": "def mul(input, other):\n"
        "    return [other * input, lambda g: other * g, lambda g: input * g]\n",
    },
    "exp": {
        "again": _exp("lambda grad: np.exp(input) * grad"),
        "named": "def exp(input):\n    y = np.exp(input)\n    def back(g):\n        return y * g\n"
        "    return y, back\n",
        "in terms of e": "def exp(input):\n    y = np.e ** np.asarray(input)\n"
        "    return y, lambda g: g * y\n",
    },
    "matrix_product": {
        "times": _matrices("times(grad, other.T)", "times(input.T, grad)"),
        "np.dot": _matrices("np.dot(grad, other.transpose())", "np.dot(input.transpose(), grad)"),
        "swapaxes": _matrices("grad @ other.swapaxes(0, 1)", "input.swapaxes(0, 1) @ grad"),
        "turned twice": _matrices("(other @ grad.T).T", "(grad.T @ input).T"),
        "einsum": _matrices(
            "np.einsum('np,mp->nm', grad, other)", "np.einsum('nm,np->mp', input, grad)"
        ),
    },
    "Node": {
        "any": _node(
            "        if self.derivatives is None:\n            raise RuntimeError(FREED)\n"
            "        changed = [e for e in self.saved if e[2][0] != e[3]]\n"
            "        if changed:\n"
            "            _, place, counter, version = changed[0]\n"
            "            raise modified(self, place, counter[0], version)\n"
        ),
        "comprehension": _node(
            gradients="        return [(e, self.fitted(i, self.derivatives[i](grad)))"
            " for i, e in enumerate(edges) if e is not None]\n"
        ),
        "generator": _node(
            gradients="        for i, (edge, derivative) in enumerate(zip(edges, "
            "self.derivatives)):\n"
            "            if edge is not None:\n"
            "                yield edge, self.fitted(i, derivative(grad))\n"
        ),
        "own words": _node(
            _CHECK.replace(
                "raise modified(self, place, counter[0], version)",
                "raise RuntimeError('modified by an inplace operation')",
            )
        ),
    },
    "accumulate": {
        "copy": _accumulate("leaf._grad = wrap(np.asarray(grad).copy())", _LATER),
        "np.add": _accumulate(
            _FIRST, f"np.add(leaf._grad._array, grad, out=leaf._grad._array); {_COUNT}"
        ),
        "early return": (
            "def accumulate(leaf, grad):\n"
            "    if leaf._grad is None:\n        leaf._grad = wrap(np.array(grad, copy=True))\n"
            "        return\n"
            f"    leaf._grad._array[...] += grad\n    {_COUNT}\n"
        ),
    },
    "place_of": {
        "shares_memory": _place_of(
            _PLACES,
            "for p in places:",
            "    if known[p] is held:",
            "        return p",
            "for p in places:",
            "    if np.shares_memory(known[p], held):",
            "        return p",
            "return None",
        ),
        "next": _place_of(
            _PLACES,
            "same = [p for p in places if held is known[p]]",
            "views = [p for p in places if np.may_share_memory(held, known[p])]",
            "return next(iter(same + views), None)",
        ),
        "enumerate": _place_of(
            "for same in (lambda a, b: a is b, np.may_share_memory):",
            "    for p, array in enumerate(known):",
            "        if same(held, array):",
            "            return p if p < len(known) - 1 else -1",
        ),
        "by id": _place_of(
            "ids = [id(x) for x in known]",
            "if id(held) in ids:",
            "    p = ids.index(id(held))",
            "    return -1 if p == len(known) - 1 else p",
            _PLACES,
            "return next((p for p in places if np.may_share_memory(held, known[p])), None)",
        ),
    },
    "saved_by": {
        "continue": _saved_by(
            "if place is None: continue\n"
            "        saved.append((known[place], place, counters[place], counters[place][0]))"
        ),
        "lists": _saved_by(
            "saved += [] if place is None else "
            "[[known[place], place, counters[place], counters[place][0]]]"
        ),
        "comprehension": (
            "def saved_by(derivative, known, counters):\n"
            "    places = [place_of(held, known) for held in held_by(derivative)]\n"
            "    return [(known[p], p, counters[p], counters[p][0]) for p in places"
            " if p is not None]\n"
        ),
    },
    "record": {
        "conditional": _record(
            "wanted.append(derivative if edge is not None else None)\n"
            "        saved += saved_by(derivative, known, counters) if edge is not None else []"
        ),
        "extend": _record(
            "keep = edge is not None\n"
            "        wanted.append(derivative if keep else None)\n"
            "        if keep:\n            saved.extend(saved_by(derivative, known, counters))"
        ),
        "continue": _record(
            "if edge is None:\n            wanted.append(None)\n            continue\n"
            "        saved = [*saved, *saved_by(derivative, known, counters)]\n"
            "        wanted += [derivative]"
        ),
    },
    "walk_back": {
        "get": _walk(
            "            _, before = waiting.get(node.number, (None, None))\n"
            "            if before is None:\n"
            "                heappush(numbers, -node.number)\n"
            "            waiting[node.number] = (node, grad if before is None else before + grad)\n"
        ),
        "two cases": _walk(
            "            if node.number not in waiting:\n"
            "                waiting[node.number] = (node, grad)\n"
            "                heappush(numbers, -node.number)\n"
            "            else:\n"
            "                other, before = waiting[node.number]\n"
            "                waiting[node.number] = (other, grad + before)\n"
        ),
        "emptied one by one": _walk(
            leave="            node.check()\n"
            "            pairs = list(sender.gradients(grad, edges))\n"
            "            if not keep_graph:\n"
            "                if node.saved:\n"
            "                    node.saved = None\n"
            "                    node.derivatives = None\n"
        ),
    },
    "unbroadcast": {
        "loop": _unbroadcast(
            "while grad.ndim > len(shape):",
            "    grad = grad.sum(axis=0)",
            "for i, n in enumerate(shape):",
            "    if n == 1:",
            "        grad = grad.sum(axis=i, keepdims=True)",
            "return grad",
        ),
        "one sum and a reshape": _unbroadcast(
            "new = grad.ndim - len(shape)",
            "full = (1,) * new + tuple(shape)",
            "axes = tuple(i for i, n in enumerate(full) if n == 1)",
            "return grad.sum(axis=axes, keepdims=True).reshape(shape)",
        ),
        "np.add.reduce": _unbroadcast(
            "grad = np.add.reduce(grad, axis=tuple(range(grad.ndim - len(shape))))",
            "ones = tuple(i for i in range(len(shape)) if shape[i] == 1)",
            "return np.add.reduce(grad, axis=ones, keepdims=True)",
        ),
        "with guards": _unbroadcast(
            "new = tuple(range(grad.ndim - len(shape)))",
            "if new:",
            "    grad = grad.sum(axis=new)",
            "wide = tuple(i for i, n in enumerate(shape) if n == 1 and grad.shape[i] > 1)",
            "return grad.sum(axis=wide, keepdims=True) if wide else grad",
        ),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "place_of": {
        (
            "place_of: places = [*range(len(known) - 1), -1] => places = [-1, "
            "*range(len(known) - 1)]"
        ): "which place is looked at first matters to nobody: an array is in one of them",
        (
            "place_of: if np.may_share_memory(held, known[place]): => if "
            "np.may_share_memory(known[place], held):"
        ): "sharing memory is symmetric",
        ("place_of: return None => pass"): "a function without `return` gives None",
    },
}
