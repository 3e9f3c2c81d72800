"""Checks on derivatives, on recording, and on how gradients find their way."""

from __future__ import annotations

import importlib
import re
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from types import SimpleNamespace
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, late, register

Derivative = Callable[[Any], Any]


def _file(torch: Any, name: str) -> Any:
    """A file of the framework that stands now."""
    return importlib.import_module(f"{torch.__name__}.{name}")


def _numbers(*shape: int, start: float = -1.5) -> Any:
    """Uneven numbers on both sides of zero, zero among them."""
    return np.round(start + 0.75 * np.arange(np.prod(shape, dtype=int)), 2).reshape(shape)


# The derivatives of single operations


def _ask(operation: Any, *arrays: Any) -> dict[str, Any] | None:
    """The result of an operation's bare function, and its derivatives at an uneven gradient."""
    returned = getattr(operation, "__wrapped__", operation)(*arrays)
    if returned is None:
        return None
    things = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    functions = [callable(thing) for thing in things[1:]]
    found = {"things returned": len(things), "functions among them": sum(functions)}
    names = ["the first derivative", "the second derivative"][: len(arrays)]
    if len(things) != len(arrays) + 1 or not all(functions):
        return found | {"result": None} | dict.fromkeys(names)
    result = np.asarray(things[0])
    grad = 0.5 + np.arange(result.size, dtype=float).reshape(result.shape) % 7
    grads = [np.asarray(derivative(grad)) for derivative in things[1:]]
    return found | {"result": result} | dict(zip(names, grads, strict=True))


def _asking(show: str, *arrays: Any, hint: str = "") -> Case:
    return Case(use=lambda thing, torch: _ask(thing, *arrays), show=show, tolerance=1e-9, hint=hint)


ELEMENTWISE = [
    ((), "single numbers"),
    ((3,), "three numbers"),
    ((2, 3), "2 by 3"),
    ((0, 2), "an empty array"),
]
PAIRS = [
    _asking("mul of -1.5 and 2.25, where grad is 0.5", _numbers(), _numbers(start=2.25)),
    *[
        _asking(f"mul of {words}", _numbers(*shape), _numbers(*shape, start=2.25))
        for shape, words in ELEMENTWISE[1:]
    ],
    _asking("mul of 2 by 3, turned on its side", _numbers(3, 2).T, _numbers(2, 3, start=0.5)),
]


def _product(to_input: Any, to_other: Any, result: Any = None) -> Any:
    """A `mul` with these derivatives, functions of (grad, input, other)."""

    def mul(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
        made = input * other if result is None else result(input, other)
        return (
            made,
            lambda grad: to_input(grad, input, other),
            lambda grad: to_other(grad, input, other),
        )

    return mul


CALLED = (
    "A derivative is a function of `grad` that will be called later, in backward. Return "
    "`lambda grad: ...`, not a number."
)


def _without_lambda(*arrays: Any) -> Any:
    """What Python says where `grad` stands outside of a function that is given it."""
    raise NameError("name 'grad' is not defined")


GRAD_IS_MISSING = Misconception(
    "no lambda",
    _without_lambda,
    "There is no `grad` yet: it comes in backward. Each derivative must be a function that is "
    "given it, `lambda grad: ...`.",
)

register(
    Exercise(
        name="mul",
        signature="mul(input, other) -> result, derivative, derivative",
        reference=_product(lambda g, a, b: g * b, lambda g, a, b: g * a),
        cases=PAIRS,
        misconceptions=[
            Misconception(
                "exchanged",
                _product(lambda g, a, b: g * a, lambda g, a, b: g * b),
                "The two derivatives stand in each other's place. A step of `input` is worth "
                "`other` steps of the product, so the first one multiplies by `other`.",
            ),
            Misconception(
                "what comes from above",
                _product(lambda g, a, b: b, lambda g, a, b: a),
                "These are the slopes of the product alone. A derivative must pass on what comes "
                "from above as well: multiply by `grad`.",
            ),
            Misconception(
                "added",
                _product(lambda g, a, b: g + b, lambda g, a, b: g + a),
                "Slopes along a path are multiplied, not added: `grad * other`.",
            ),
            Misconception(
                "like a sum",
                _product(lambda g, a, b: g, lambda g, a, b: g),
                "These are the derivatives of a sum, where a step of the input is a step of the "
                "result. In a product it is worth as much as the other factor.",
            ),
            Misconception("called at once", lambda a, b: (a * b, b, a), CALLED),
            GRAD_IS_MISSING,
        ],
        hint="Return three things: the product, and two functions of `grad`. The one for `input` "
        "multiplies `grad` by `other`, the one for `other` by `input`.",
    )
)


def _power_of_e(slope: Any) -> Any:
    def exp(input: Any) -> tuple[Any, Derivative]:
        result = np.exp(input)
        return result, lambda grad: slope(grad, input, result)

    return exp


register(
    Exercise(
        name="exp",
        signature="exp(input) -> result, derivative",
        reference=_power_of_e(lambda g, x, y: g * y),
        cases=[_asking(f"exp of {words}", _numbers(*shape)) for shape, words in ELEMENTWISE],
        misconceptions=[
            Misconception(
                "like a square",
                _power_of_e(lambda g, x, y: g * x),
                "You multiply by the input. The slope of exp is exp itself: multiply by the "
                "result.",
            ),
            Misconception(
                "the power rule",
                _power_of_e(lambda g, x, y: g * x * np.exp(x - 1)),
                "The rule for powers is for x to the power of a number. Here x is the exponent, "
                "and the slope of exp is exp itself.",
            ),
            Misconception(
                "what comes from above",
                _power_of_e(lambda g, x, y: y),
                "That is the slope alone. A derivative must pass on what comes from above as well: "
                "multiply by `grad`.",
            ),
            Misconception(
                "like log",
                _power_of_e(lambda g, x, y: g / x if np.all(x) else g + np.inf),
                "1/x is the slope of the logarithm. The slope of exp is exp itself.",
            ),
            Misconception("called at once", lambda x: (np.exp(x), np.exp(x)), CALLED),
            GRAD_IS_MISSING,
        ],
        hint="Return two things: the result, and a function that multiplies `grad` by the result.",
    )
)


def _matrices(to_input: Any, to_other: Any) -> Any:
    def matrix_product(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
        return (
            input @ other,
            lambda grad: to_input(grad, input, other),
            lambda grad: to_other(grad, input, other),
        )

    return matrix_product


SIZES = [((2, 3), (3, 4)), ((3, 3), (3, 3)), ((1, 1), (1, 1)), ((2, 0), (0, 3)), ((1, 4), (4, 1))]

register(
    Exercise(
        name="matrix_product",
        signature="matrix_product(input, other) -> result, derivative, derivative",
        reference=_matrices(lambda g, a, b: g @ b.T, lambda g, a, b: a.T @ g),
        cases=[
            *[
                _asking(
                    f"matrix_product of {a[0]} by {a[1]} and {b[0]} by {b[1]}",
                    _numbers(*a),
                    _numbers(*b, start=2.0),
                )
                for a, b in SIZES
            ],
            _asking(
                "matrix_product of 3 by 2, turned on its side, and 3 by 2",
                _numbers(3, 2).T,
                _numbers(3, 2, start=0.5),
            ),
        ],
        misconceptions=[
            Misconception(
                "not turned",
                _matrices(lambda g, a, b: g @ b, lambda g, a, b: a @ g),
                "The sizes do not fit, or fit by chance where they are square: the other factor "
                "must be turned on its side, `.T`.",
            ),
            Misconception(
                "wrong side",
                _matrices(lambda g, a, b: b.T @ g, lambda g, a, b: g @ a.T),
                "The other factor keeps its side: `other` stands on the right of the product, so "
                "it stands on the right in the gradient of `input`, too.",
            ),
            Misconception(
                "the second on the wrong side",
                _matrices(lambda g, a, b: g @ b.T, lambda g, a, b: g @ a.T),
                "The first derivative is right. In the second the factors stand in the wrong "
                "order: `input` stands on the left of the product, so it stands on the left here.",
            ),
            Misconception(
                "exchanged",
                _matrices(lambda g, a, b: a.T @ g, lambda g, a, b: g @ b.T),
                "The two derivatives stand in each other's place: first the one for `input`, which "
                "is made with `other`.",
            ),
            Misconception(
                "element by element",
                _matrices(lambda g, a, b: g * b, lambda g, a, b: g * a),
                "`*` multiplies element by element. These are products of matrices again: `@`.",
            ),
            Misconception("called at once", lambda a, b: (a @ b, b.T, a.T), CALLED),
            GRAD_IS_MISSING,
        ],
        hint="Of (n, p), (p, m) and (m, n) only one order of factors gives the shape of the input. "
        "For `input`, (n, m): grad, (n, p), times `other` turned on its side, (p, m).",
    )
)


# What nodes do


def _node_of(cls: Any, torch: Any, derivatives: Any, edges: Any, saved: Any = ()) -> Any:
    """A node of the learner's class, which has what plain code adds to nodes besides."""
    whole = _file(torch, "autograd.graph").Node
    bases = (cls,) if issubclass(cls, whole) else (cls, whole)
    fitted = lambda self, i, grad: grad + 100 * (i + 1)  # noqa: E731 (seen in the answer)
    kind = type("MulBackward0", bases, {"fitted": fitted})
    return kind(derivatives, edges, saved)


def _check_of(cls: Any, torch: Any, *versions: tuple[int, int], freed: bool = False) -> str:
    """What `check` says of saved arrays with (version now, version then)."""
    names = ["AddBackward0"][: len(versions) > 1]  # of the step in place that came last
    saved = [
        (np.ones(2, np.float32), i, [now, *names], then) for i, (now, then) in enumerate(versions)
    ]
    node = _node_of(cls, torch, None if freed else [], [None] * len(saved), saved)
    if freed:
        node.saved = None
    try:
        node.check()
    except RuntimeError as error:
        if isinstance(error, NotImplementedError):
            raise
        words = ("a second time", "modified by an inplace operation")
        said = next((part for part in words if part in str(error)), str(error))
        found = re.search(r"is at version (\d+); expected version (\d+)", str(error))
        told = (int(found[1]), int(found[2])) if found else versions[0] if versions else ()
        return f"refused: {said}" + ("" if told in (*versions, ()) else ", now and then swapped")
    return "nothing refused"


def _gradients_of(cls: Any, torch: Any, wanted: Sequence[bool], own: Sequence[bool]) -> list[Any]:
    """What `gradients` returns where the gradients of these inputs are `wanted`."""

    def forbidden(grad: Any) -> Any:
        raise ValueError("this derivative was called, though nobody wants its gradient")

    names = [f"node {i}" for i in range(len(own))]
    derivatives: list[Any] = [
        (lambda grad, i=i: grad * 10**i) if want else forbidden for i, want in enumerate(wanted)
    ]
    node = _node_of(cls, torch, derivatives, [n if o else None for n, o in zip(names, own)])
    edges = [name if want else None for name, want in zip(names, wanted)]
    pairs = list(node.gradients(np.array([1.0, 2.0]), edges))
    return [(edge, np.asarray(grad).tolist()) for edge, grad in pairs]


def _node(torch: Any, check: Any = None, gradients: Any = None) -> Any:
    """The framework's Node with other methods: what somebody wrote who misunderstood."""
    whole = _file(torch, "autograd.graph").Node
    methods = {"check": check or _right_check, "gradients": gradients or _right_gradients}
    return type("Node", (whole,), methods)


def _modified(now: int, then: int) -> Exception:
    said = f"is at version {now}; expected version {then}"
    return RuntimeError(f"modified by an inplace operation {said}")


def _right_check(self: Any) -> None:
    if self.derivatives is None:
        raise RuntimeError("a second time")
    for _, _, counter, version in self.saved:
        if counter[0] != version:
            raise _modified(counter[0], version)


def _right_gradients(self: Any, grad: Any, edges: Any) -> Any:
    chosen = [(i, edge) for i, edge in enumerate(edges) if edge is not None]
    return [(edge, self.fitted(i, self.derivatives[i](grad))) for i, edge in chosen]


def _first_only(self: Any) -> None:
    if self.derivatives is None:
        raise RuntimeError("a second time")
    for _, _, counter, version in list(self.saved)[:1]:
        if counter[0] != version:
            raise _modified(counter[0], version)


def _never_freed(self: Any) -> None:
    for _, _, counter, version in self.saved or ():
        if counter[0] != version:
            raise _modified(counter[0], version)


def _list_with_number(self: Any) -> None:
    if self.derivatives is None:
        raise RuntimeError("a second time")
    if any(counter != version for _, _, counter, version in self.saved):
        raise RuntimeError("modified by an inplace operation")


def _three_parts(self: Any) -> None:
    if self.derivatives is None:
        raise RuntimeError("a second time")
    for _, counter, version in self.saved:
        if counter[0] != version:
            raise _modified(counter[0], version)


def _own_edges(self: Any, grad: Any, edges: Any) -> Any:
    return _right_gradients(self, grad, self.edges)


def _not_fitted(self: Any, grad: Any, edges: Any) -> Any:
    chosen = [(i, edge) for i, edge in enumerate(edges) if edge is not None]
    return [(edge, self.derivatives[i](grad)) for i, edge in chosen]


def _all_derivatives(self: Any, grad: Any, edges: Any) -> Any:
    grads = [derivative(grad) for derivative in self.derivatives]
    pairs = enumerate(zip(edges, grads))
    return [(edge, self.fitted(i, g)) for i, (edge, g) in pairs if edge is not None]


def _checking(show: str, *versions: tuple[int, int], freed: bool = False, hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _check_of(thing, torch, *versions, freed=freed),
        show=show,
        hint=hint,
    )


def _sending(show: str, wanted: Sequence[bool], own: Sequence[bool], hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _gradients_of(thing, torch, wanted, own), show=show, hint=hint
    )


register(
    Exercise(
        name="Node",
        signature="Node: check(self) and gradients(self, grad, edges)",
        reference=late(_node),
        cases=[
            _checking("check() of a node that saved nothing"),
            _checking(
                "check() of a node whose two saved arrays are as they were",
                *((0, 0), (3, 3)),
                hint="An entry of `saved` has four parts: array, place, counter, version. The "
                "counter is a list with one number: compare counter[0].",
            ),
            _checking(
                "check() when the only saved array was changed",
                (1, 0),
                hint="counter[0] is the version now; it must be the version that was noted.",
            ),
            _checking("check() when the second of two saved arrays was changed", (2, 2), (5, 4)),
            _checking(
                "check() of a node that was used and emptied",
                freed=True,
                hint="An emptied node has None for derivatives: raise RuntimeError(FREED), before "
                "you look into `saved`.",
            ),
            _sending(
                "gradients([1, 2], edges) with two edges",
                *((True, True), (True, True)),
                hint="Each pair is (edge, self.fitted(i, what derivative i makes of grad)).",
            ),
            _sending(
                "gradients([1, 2], edges) with None as the first edge",
                *((False, True), (False, True)),
                hint="Where the edge is None there is no pair, and the derivative is not called.",
            ),
            _sending(
                "gradients([1, 2], edges) with fewer edges than the node has",
                (False, True),
                (True, True),
                hint="Go by `edges`, the argument: it may ask for fewer than self.edges.",
            ),
        ],
        misconceptions=[
            Misconception(
                "only the first",
                late(lambda torch: _node(torch, check=_first_only)),
                "You look at the first saved array only. Any of them may have been changed.",
            ),
            Misconception(
                "not emptied",
                late(lambda torch: _node(torch, check=_never_freed)),
                "Whoever goes backward a second time finds `derivatives` gone: it is None then, "
                "and the error for that is RuntimeError(FREED).",
            ),
            Misconception(
                "the list itself",
                late(lambda torch: _node(torch, check=_list_with_number)),
                "A version counter is a list with one number, so that all views share it. Compare "
                "counter[0] with the version.",
            ),
            Misconception(
                "three parts",
                late(lambda torch: _node(torch, check=_three_parts)),
                "An entry of `saved` has four parts: array, place, counter, version. Take all "
                "four; `_` may stand for one that you do not need.",
            ),
            Misconception(
                "own edges",
                late(lambda torch: _node(torch, gradients=_own_edges)),
                "You go by self.edges. Whoever asks for the gradient of one tensor only hands in "
                "fewer `edges`: go by these.",
            ),
            Misconception(
                "not fitted",
                late(lambda torch: _node(torch, gradients=_not_fitted)),
                "The gradients are right, but not yet in the shape of the input: send them through "
                "self.fitted(i, ...).",
            ),
            Misconception(
                "all derivatives",
                late(lambda torch: _node(torch, gradients=_all_derivatives)),
                "You call every derivative and choose afterwards. Where the edge is None, nobody "
                "wants the gradient, and the derivative may be None as well.",
            ),
        ],
        hint="check: two reasons to raise. gradients: for each edge that is not None a pair "
        "(edge, self.fitted(i, derivative of i called with grad)).",
    )
)


# Leaves


def _accumulate(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        leaf._grad = _tensor_like(leaf, np.array(grad))
    else:
        leaf._grad._array += grad
        leaf._grad._counter[0] += 1


def _tensor_like(leaf: Any, array: Any) -> Any:
    """A tensor around `array`, of the framework that `leaf` belongs to."""
    package = type(leaf).__module__.split(".")[0]
    return importlib.import_module(f"{package}._core.tensor").wrap(array)


def _leaf_after(thing: Any, torch: Any, *grads: Any) -> dict[str, Any]:
    """What a leaf has after these gradients, and what became of the arrays handed in."""
    leaf, kept, memory = torch.zeros(np.shape(grads[0])), None, None
    arrays = [np.array(g, np.float32) for g in grads]
    for array in arrays:
        thing(leaf, array if array.ndim else array[()])
        if kept is None:
            kept, memory = leaf._grad, getattr(leaf._grad, "_array", None)
    got = leaf._grad
    found: dict[str, Any] = {"gradient": None, "still the same tensor": got is kept}
    if got is not None:
        tensor = hasattr(got, "_array") and isinstance(got._array, np.ndarray)
        found["still the same array"] = getattr(got, "_array", None) is memory
        found["gradient"] = got._array.tolist() if tensor else repr(got)
        found["changes counted"] = got._counter[0] if tensor else None
        if tensor:
            got._array += 100  # whoever holds the arrays must not see that
    return found | {"arrays that were handed in": [array.tolist() for array in arrays]}


def _accumulating(show: str, *grads: Any, hint: str = "") -> Case:
    return Case(use=lambda thing, torch: _leaf_after(thing, torch, *grads), show=show, hint=hint)


def _overwrites(leaf: Any, grad: Any) -> None:
    leaf._grad = _tensor_like(leaf, np.array(grad))


def _keeps(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        leaf._grad = _tensor_like(leaf, np.asarray(grad))
    else:
        _accumulate(leaf, grad)


def _makes_new(leaf: Any, grad: Any) -> None:
    if leaf._grad is not None:
        grad = leaf._grad._array + grad
    leaf._grad = _tensor_like(leaf, np.array(grad))


def _not_counted(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        _accumulate(leaf, grad)
    else:
        leaf._grad._array += grad


def _counter_itself(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        _accumulate(leaf, grad)
    else:
        leaf._grad._array += grad
        leaf._grad._counter += 1


def _into_the_tensor(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        _accumulate(leaf, grad)
    else:
        leaf._grad += grad
        leaf._grad._counter[0] += 1


def _array_replaced(leaf: Any, grad: Any) -> None:
    if leaf._grad is None:
        _accumulate(leaf, grad)
    else:
        leaf._grad._array = leaf._grad._array + grad
        leaf._grad._counter[0] += 1


register(
    Exercise(
        name="accumulate",
        signature="accumulate(leaf, grad)",
        reference=_accumulate,
        cases=[
            _accumulating(
                "the first gradient, [1, 2], arrives",
                [1.0, 2.0],
                hint="Others may hold the array that arrives: wrap a copy, wrap(np.array(grad)).",
            ),
            _accumulating(
                "[1, 2] arrives, then [10, 20]",
                [1.0, 2.0],
                [10.0, 20.0],
                hint="If a gradient is there already, it stays the same tensor: add to its array "
                "in place, and count the change.",
            ),
            _accumulating("a single number arrives, twice", 3.0, 4.0),
            _accumulating("three arrive", [1.0, 0.0], [0.0, 0.0], [0.5, -1.0]),
        ],
        misconceptions=[
            Misconception(
                "overwrites",
                _overwrites,
                "The new gradient takes the place of the old one. A leaf collects: add to what is "
                "there.",
            ),
            Misconception(
                "keeps what is not its own",
                _keeps,
                "You keep the very array that arrived, and others hold it as well: `add` sends one "
                "and the same array to both of its inputs. Copy the first one: np.array(grad).",
            ),
            Misconception(
                "a new one each time",
                _makes_new,
                "The sums are right, but they are new tensors. Whoever took `w.grad` before, like "
                "an optimizer, would hold the old one: add in place, to leaf._grad._array.",
            ),
            Misconception(
                "not counted",
                _not_counted,
                "Everything is right but for the version: a change in place is counted, "
                "leaf._grad._counter[0] += 1.",
            ),
            Misconception(
                "another array",
                _array_replaced,
                "The sums are right, but `array = array + grad` makes another array, and views of "
                "the gradient keep the old numbers. In place is leaf._grad._array += grad.",
            ),
            Misconception(
                "the counter itself",
                _counter_itself,
                "`_counter` is a list of one number, and it is that number that grows: "
                "leaf._grad._counter[0] += 1.",
            ),
            Misconception(
                "into the tensor",
                _into_the_tensor,
                "`leaf._grad` is a tensor, and `grad` an array. Add to the array in the tensor: "
                "leaf._grad._array += grad.",
            ),
        ],
        hint="Nothing there yet: wrap a copy, wrap(np.array(grad)). Else add to leaf._grad._array "
        "in place, and count it.",
    )
)


# What is saved


def _place_of(held: Any, known: Sequence[Any]) -> int | None:
    places = [*range(len(known) - 1), -1]
    same = [place for place in places if held is known[place]]
    views = [place for place in places if np.may_share_memory(held, known[place])]
    return next(iter(same + views), None)


def _looking(
    show: str, make: Callable[[Any, Any, Any], tuple[Any, list[Any]]], hint: str = ""
) -> Case:
    def use(thing: Any, torch: Any) -> Any:
        return thing(*make(_numbers(2, 3), _numbers(2, 3), _numbers(2, 3, start=2.0)))

    return Case(use=use, show=show, hint=hint)


def _by_value(held: Any, known: Any) -> Any:
    places = [*range(len(known) - 1), -1]
    return next((p for p in places if np.array_equal(held, known[p])), None)


def _no_views(held: Any, known: Any) -> Any:
    return next((p for p in [*range(len(known) - 1), -1] if held is known[p]), None)


def _memory_alone(held: Any, known: Any) -> Any:
    places = [*range(len(known) - 1), -1]
    return next((p for p in places if np.may_share_memory(held, known[p])), None)


def _plain_index(held: Any, known: Any) -> Any:
    place = _place_of(held, known)
    return len(known) - 1 if place == -1 else place


def _no_result(held: Any, known: Any) -> Any:
    place = _place_of(held, known)
    return None if place == -1 else place


register(
    Exercise(
        name="place_of",
        signature="place_of(held, known) -> int or None",
        reference=_place_of,
        cases=[
            _looking("place_of(a, [a, b, result])", lambda a, b, r: (a, [a, b, r])),
            _looking("place_of(b, [a, b, result]), b equal to a", lambda a, b, r: (b, [a, b, r])),
            _looking(
                "place_of(result, [a, b, result])",
                lambda a, b, r: (r, [a, b, r]),
                hint="The result stands last, and its place is -1.",
            ),
            _looking("place_of(a.copy(), [a, b, result])", lambda a, b, r: (a.copy(), [a, b, r])),
            _looking("place_of(b.T, [a, b, result])", lambda a, b, r: (b.T, [a, b, r])),
            _looking("place_of(result[0, 1:], [a, result])", lambda a, b, r: (r[0, 1:], [a, r])),
            _looking(
                "place_of(v, [a, v, result]), v a view of a",
                lambda a, b, r: (v := a.view(), [a, v, r]),
                hint="`v` looks into a's memory, but it *is* the second one. Ask for identity in "
                "all places first, and for shared memory only then.",
            ),
            _looking("place_of(a, [2.0, a, result])", lambda a, b, r: (a, [2.0, a, r])),
            _looking("place_of(a, [a, a, result])", lambda a, b, r: (a, [a, a, r])),
        ],
        misconceptions=[
            Misconception(
                "by value",
                _by_value,
                "You compare values. Two arrays with equal numbers are still two: a change of one "
                "is none of the other. Ask `is`.",
            ),
            Misconception(
                "no views",
                _no_views,
                "A view is another array over the same memory: who changes the one changes the "
                "other. After `is`, ask np.may_share_memory(held, ...).",
            ),
            Misconception(
                "memory alone",
                _memory_alone,
                "You ask for shared memory at once. `x` and `x.detach()` share theirs, and yet one "
                "of them gets a gradient and the other does not: first ask `is`, in all places.",
            ),
            Misconception(
                "plain index",
                _plain_index,
                "All right but for the result: it stands last in `known`, and its place is called "
                "-1.",
            ),
            Misconception(
                "no result",
                _no_result,
                "You look at the inputs only. `exp` saves its result: it stands last in `known`, "
                "and its place is -1.",
            ),
        ],
        hint="Twice through the places 0, 1, ... and -1: once for `held is known[place]`, and if "
        "that finds none, once for np.may_share_memory(held, known[place]).",
    )
)


def _saved_by(derivative: Any, known: Any, counters: Any) -> list[Any]:
    saved = []
    for held in _held(derivative):
        place = _place_of(held, known)
        if place is not None:
            saved.append((known[place], place, counters[place], counters[place][0]))
    return saved


def _held(derivative: Any) -> list[Any]:
    cells = derivative.__closure__ or ()
    return [c.cell_contents for c in cells if isinstance(c.cell_contents, np.ndarray)]


def _notes(saved_by: Any, choose: Callable[..., Any]) -> list[Any]:
    """What is noted of a derivative that `choose` makes of two inputs and a result."""
    known: list[Any] = [_numbers(2), _numbers(3), _numbers(4)]
    counters = [[4, "MulBackward0"], [0], [7]]
    saved = saved_by(choose(*known), known, counters)
    if saved is None:
        raise TypeError("saved_by returned None")
    whole = all(isinstance(entry, (tuple, list)) and len(entry) == 4 for entry in saved)
    if not whole:
        return ["entries are (array, place, version counter, version)", saved]
    return [
        {
            "array": next((i for i, x in enumerate(known) if x is array), "not one of `known`"),
            "place": place,
            "counter": next((i for i, c in enumerate(counters) if c is counter), repr(counter)),
            "version": version,
        }
        for array, place, counter, version in saved
    ]


def _noting(show: str, choose: Callable[..., Any], hint: str = "") -> Case:
    return Case(use=lambda thing, torch: _notes(thing, choose), show=show, hint=hint)


def _of_two(first: Any, second: Any) -> Derivative:
    return lambda grad: grad * first + second


def _of_one(kept: Any) -> Derivative:
    return lambda grad: grad * kept


def _changed_entry(change: Callable[..., Any]) -> Any:
    """A `saved_by` whose entries went wrong in one way."""

    def saved_by(derivative: Any, known: Any, counters: Any) -> list[Any]:
        kept = [(held, _place_of(held, known)) for held in _held(derivative)]
        return [change(h, p, known, counters) for h, p in kept if p is not None]

    return saved_by


def _zero_is_false(derivative: Any, known: Any, counters: Any) -> list[Any]:
    return [entry for entry in _saved_by(derivative, known, counters) if entry[1]]


register(
    Exercise(
        name="saved_by",
        signature="saved_by(derivative, known, counters) -> list of entries",
        reference=_saved_by,
        cases=[
            _noting("lambda grad: grad", lambda a, b, r: lambda grad: grad),
            _noting(
                "lambda grad: grad * input, the first one",
                lambda a, b, r: _of_one(a),
                hint="Place 0 counts as well: ask `place is not None`.",
            ),
            _noting("lambda grad: grad * result", lambda a, b, r: _of_one(r)),
            _noting(
                "lambda grad: grad * view, a view of the second input",
                lambda a, b, r: _of_one(b[1:]),
                hint="What is noted is the array it belongs to, known[place].",
            ),
            _noting("lambda grad: grad * a + result", lambda a, b, r: _of_two(a, r)),
            _noting("lambda grad: grad * other_array", lambda a, b, r: _of_one(a.copy())),
            _noting("lambda grad: grad * 3.0", lambda a, b, r: _of_one(3.0)),
        ],
        misconceptions=[
            Misconception(
                "place 0 lost",
                _zero_is_false,
                "The first input is missing: its place is 0, and `if place:` takes 0 for no. Ask "
                "`if place is not None:`.",
            ),
            Misconception(
                "the counter as the version",
                _changed_entry(lambda h, p, k, c: (k[p], p, c[p], c[p])),
                "The version must be the number as it is now, counter[0]. The list itself changes "
                "along with the memory, and would always be equal to itself.",
            ),
            Misconception(
                "without a counter",
                _changed_entry(lambda h, p, k, c: (k[p], p, c[p][0], c[p][0])),
                "You note the number twice. The third entry is the counter, the list: that is how "
                "`check` sees what has happened since.",
            ),
            Misconception(
                "the view itself",
                _changed_entry(lambda h, p, k, c: (h, p, c[p], c[p][0])),
                "Where a derivative holds a view, note the array it belongs to: known[place].",
            ),
            Misconception(
                "as if new",
                _changed_entry(lambda h, p, k, c: (k[p], p, c[p], 0)),
                "The array may have been changed before: note the version that it has now, "
                "counter[0].",
            ),
            Misconception(
                "the result's place",
                _changed_entry(lambda h, p, k, c: (k[p], p % len(k), c[p], c[p][0])),
                "All right but for the place of the result, -1. It comes from `place_of`: see what "
                "the check of that says first.",
            ),
        ],
        hint="For each array: its place; if it has one, append (known[place], place, "
        "counters[place], counters[place][0]).",
    )
)


def _recorded(thing: Any, torch: Any, wanted: tuple[bool, bool]) -> dict[str, Any]:
    """What `record` leaves on the result of a product, of which these gradients are wanted."""
    dispatch, tensors = _file(torch, "_core.dispatch"), _file(torch, "_core.tensor")
    kind = dispatch.Kind("MulBackward0", ("input", "other"))
    a, b = tensors.wrap(_numbers(3)), tensors.wrap(_numbers(3, start=1.0))
    made = a._array * b._array
    out, edges = (
        tensors.wrap(made),
        tuple("AB"[i] if want else None for i, want in enumerate(wanted)),
    )
    derivatives = _of_one(b._array), _of_one(a._array)
    fits = [((1,), np.dtype(np.float64)), None]  # as if `a` had been broadcast
    getattr(thing, "plain", thing)(kind, out, (made, *derivatives), (a, b), edges, fits)
    node = out._node
    if node is None:
        return {"node": None}
    kept = [
        None if d is None else next((i for i, x in enumerate(derivatives) if x is d), "another")
        for d in node.derivatives
    ]
    return {
        "node": type(node).__name__,
        "derivatives kept": kept,
        "edges": list(node.edges),
        "places saved": sorted((_place_in(entry) for entry in node.saved), key=str),
        "`fits` handed on": node.fits == fits,
    }


def _place_in(entry: Any) -> Any:
    """The place that an entry of `saved` notes; what else stands there is named."""
    return entry[1] if isinstance(entry, tuple) and len(entry) == 4 else type(entry).__name__


def _both_or_one(wanted: tuple[bool, bool], words: str, hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _recorded(thing, torch, wanted),
        show=f"record of a * b, where the gradient of {words}",
        hint=hint,
    )


def _recording(how: Callable[..., Any], nested: bool = False, fitted: bool = True) -> Any:
    """A `record` that chooses what is kept: `how(derivatives, edges)` gives (wanted, asked).

    If `nested`, the lists of entries are put into `saved` as they are. Unless `fitted`, the node
    is made without `fits`.
    """

    def make(torch: Any) -> Any:
        file = _file(torch, "autograd.record")

        def record(
            kind: Any, out: Any, returned: Any, inputs: Any, edges: Any, fits: Any = None
        ) -> None:
            known, counters = file.known_to(out, returned[0], inputs)
            wanted, asked = how(returned[1:], edges)
            lists = [_saved_by(d, known, counters) for d in asked]
            saved = lists if nested else [entry for entries in lists for entry in entries]
            out._node = file.node_type(kind)(wanted, edges, saved, fits if fitted else None)

        return record

    return late(make)


def _in_place(derivatives: Any, edges: Any) -> list[Any]:
    """The derivatives that are asked for, each in its place, and None for the others."""
    return [None if edge is None else d for d, edge in zip(derivatives, edges)]


def _asked_for(derivatives: Any, edges: Any) -> list[Any]:
    return [d for d, edge in zip(derivatives, edges) if edge is not None]


def _without_else(derivatives: Any, edges: Any) -> tuple[list[Any], Any]:
    """Where nobody asks, None is kept, and the derivative as well."""
    pairs = zip(derivatives, edges)
    return [x for d, edge in pairs for x in ([None, d] if edge is None else [d])], derivatives


def _one_by_plus(derivatives: Any, edges: Any) -> Any:
    """What Python says where a derivative is added to a list as if it were one."""
    kept: list[Any] = []
    for derivative in _asked_for(derivatives, edges):
        kept += derivative


register(
    Exercise(
        name="record",
        signature="record(kind, out, returned, inputs, edges, fits=None, arrays=None)",
        reference=_recording(
            lambda ds, edges: (
                _in_place(ds, edges),
                _asked_for(ds, edges),
            )
        ),
        cases=[
            _both_or_one((True, True), "both is wanted"),
            _both_or_one(
                (True, False),
                "a is wanted",
                "The derivative for b is dropped, and what it holds (a) is not saved: so `a` may "
                "be changed.",
            ),
            _both_or_one((False, True), "b is wanted"),
        ],
        misconceptions=[
            Misconception(
                "keeps all",
                _recording(lambda ds, edges: (list(ds), list(ds))),
                "You keep every derivative. Where the edge is None nobody wants the gradient: put "
                "None in the derivative's place, and save nothing for it.",
            ),
            Misconception(
                "saves all",
                _recording(lambda ds, edges: (_in_place(ds, edges), ds)),
                "The derivatives are right, but you save what the dropped ones held as well: then "
                "nobody may change an array that nobody needs.",
            ),
            Misconception(
                "places lost",
                _recording(lambda ds, edges: (_asked_for(ds, edges), _asked_for(ds, edges))),
                "derivatives[i] belongs to input i: where one is dropped, None must keep its "
                "place.",
            ),
            Misconception(
                "lists in the list",
                _recording(
                    lambda ds, edges: (
                        _in_place(ds, edges),
                        _asked_for(ds, edges),
                    ),
                    nested=True,
                ),
                "`saved_by` gives a list of entries, and `append` puts it into `saved` as one "
                "thing, a list in a list. `saved += ...` takes over its entries.",
            ),
            Misconception(
                "the last one saved",
                _recording(lambda ds, edges: (_in_place(ds, edges), _asked_for(ds, edges)[-1:])),
                "`saved = ...` throws away what was noted before, so only the last derivative is "
                "left. `saved += ...` takes up one list after the other.",
            ),
            Misconception(
                "all of them each time",
                _recording(
                    lambda ds, edges: (
                        _in_place(ds, edges),
                        [d for _ in _asked_for(ds, edges) for d in ds],
                    )
                ),
                "You hand all `derivatives` to `saved_by`. It is asked about the one of this pair: "
                "`derivative`.",
            ),
            Misconception(
                "without else",
                _recording(_without_else),
                "`wanted` has more entries than there are inputs: where the edge is None you "
                "append None, and then the derivative as well. The rest belongs under `else:`.",
            ),
            Misconception(
                "one thing by +=",
                _recording(_one_by_plus),
                "`+=` takes over the entries of a second list, and a derivative is one thing, no "
                "list: wanted.append(derivative).",
            ),
            Misconception(
                "nothing saved",
                _recording(lambda ds, edges: (_in_place(ds, edges), [])),
                "The derivatives are right, but nothing is saved: add saved_by(derivative, known, "
                "counters) to `saved` for each that you keep.",
            ),
            Misconception(
                "without fits",
                _recording(
                    lambda ds, edges: (
                        _in_place(ds, edges),
                        _asked_for(ds, edges),
                    ),
                    fitted=False,
                ),
                "All right but for `fits`: hand it to the node, last of the four. Without it the "
                "gradient of a row that was broadcast comes back in the wrong shape.",
            ),
        ],
        hint="For each pair of derivative and edge: without an edge append None to `wanted`, else "
        "the derivative, and add what it saved to `saved`.",
    )
)


# The walk


class _Step:
    """A node that writes down what is done with it."""

    def __init__(self, number: int, edges: Sequence[Any], log: list[str], saved: Any = ()) -> None:
        self.number, self.edges, self.log = number, list(edges), log
        self.hooks, self.saved, self.derivatives = None, saved, [None] * len(edges)

    def check(self) -> None:
        self.log.append(f"check {self.number}")
        if self.derivatives is None:
            raise RuntimeError("a second time")

    def gradients(self, grad: Any, edges: Any) -> list[Any]:
        self.log.append(f"node {self.number} gets {np.asarray(grad).tolist()}")
        if len(self.log) > 500:
            raise RuntimeError("the walk comes to the same nodes again and again")
        return [(edge, grad) for edge in edges]


def _walked(walk: Any, build: Callable[..., Any], **options: Any) -> dict[str, Any]:
    """What a walk did: every step, what was left of the nodes and of the first gradient."""
    log: list[str] = []
    nodes, roots = build(lambda number, *edges, **named: _Step(number, edges, log, **named))
    first = np.array([1.0, 2.0])
    getattr(walk, "plain", walk)([(node, first) for node in roots], **options)
    return {
        "what happened": log,
        "nodes emptied": [node.number for node in nodes if node.derivatives is None],
        "the gradient that was handed in": first.tolist(),
    }


def _chain(make: Any) -> Any:
    a = make(1)
    b = make(2, a, saved=("something",))
    c = make(3, b, saved=("something",))
    return [a, b, c], [c]


def _diamond(make: Any) -> Any:
    bottom = make(1)
    left, right = make(2, bottom), make(5, bottom)
    top = make(7, left, right)
    return [bottom, left, right, top], [top]


def _lopsided(make: Any) -> Any:
    bottom = make(1)
    middle = make(2, bottom)
    top = make(3, bottom, middle, bottom)
    return [bottom, middle, top], [top]


def _deep(make: Any) -> Any:
    nodes = [make(1)]
    for number in range(2, 42):
        nodes.append(make(number, nodes[-1], nodes[-1]))
    return nodes, nodes[-1:]


def _two_roots(make: Any) -> Any:
    bottom = make(1)
    left, right = make(2, bottom), make(3, bottom)
    return [bottom, left, right], [left, right]


def _elsewhere(node: Any, grad: Any) -> Any:
    """A `visit`: from node 2 nothing goes on, and node 3 is spoken for by another."""
    if node.number == 2:
        return node, None
    if node.number == 3:
        return SimpleNamespace(
            gradients=lambda grad, edges: [(e, grad * 10) for e in edges]
        ), node.edges
    return node, node.edges


def _right_arrive(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number in waiting:
        grad = waiting[node.number][1] + grad
    else:
        heappush(numbers, -node.number)
    waiting[node.number] = node, grad


def _right_send(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    node.check()
    pairs = sender.gradients(grad, edges)
    if node.saved and not keep_graph:
        node.derivatives = node.saved = None
    return pairs


def _walking(arrive: Any = _right_arrive, send: Any = _right_send) -> Any:
    """A `walk` with these two parts."""

    def walk(roots: Any, keep_graph: bool = False, visit: Any = None) -> None:
        numbers: list[int] = []
        waiting: dict[int, Any] = {}
        pairs = roots
        while True:
            for node, grad in pairs:
                arrive(numbers, waiting, node, grad)
            if not numbers:
                return
            node, grad = waiting.pop(-heappop(numbers))
            if node.hooks:
                grad = node.receive(grad)
            sender, edges = (node, node.edges) if visit is None else visit(node, grad)
            pairs = () if edges is None else send(node, sender, grad, edges, keep_graph)

    return walk


def _last_one_wins(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number not in waiting:
        heappush(numbers, -node.number)
    waiting[node.number] = node, grad


def _pushed_twice(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number in waiting:
        heappush(numbers, -node.number)
    _right_arrive(numbers, waiting, node, grad)


def _in_foreign_memory(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number in waiting:
        before = waiting[node.number][1]
        before += grad
    else:
        _right_arrive(numbers, waiting, node, grad)


def _adding(so_far: Callable[[Any, Any], Any]) -> Any:
    """Arriving with another sum: `so_far(pair, grad)` of the pair that waits and what arrives."""

    def arrive(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
        if node.number in waiting:
            grad = so_far(waiting[node.number], grad)
        else:
            heappush(numbers, -node.number)
        waiting[node.number] = node, grad

    return arrive


def _noting_as(noted: Callable[[Any, Any], Any]) -> Any:
    """Arriving with another entry: `noted(node, grad)` is what `waiting` holds."""

    def arrive(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
        _right_arrive(numbers, waiting, node, grad)
        waiting[node.number] = noted(*waiting[node.number])

    return arrive


def _nodes_in_the_heap(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    heappush(numbers, node)
    waiting[node.number] = node, grad


def _minus_a_node(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    heappush(numbers, -node)


def _into_the_pair(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number in waiting:
        waiting[node.number][1] += grad
    else:
        _right_arrive(numbers, waiting, node, grad)


def _lowest_first(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number not in waiting:
        heappush(numbers, node.number)
    else:
        grad = waiting[node.number][1] + grad
    waiting[node.number] = node, grad


def _appended(numbers: Any, waiting: Any, node: Any, grad: Any) -> None:
    if node.number in waiting:
        _right_arrive(numbers, waiting, node, grad)
    else:
        numbers.append(-node.number)
        waiting[node.number] = node, grad


def _unchecked(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    pairs = sender.gradients(grad, edges)
    if node.saved and not keep_graph:
        node.derivatives = node.saved = None
    return pairs


def _never_emptied(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    return _right_send(node, sender, grad, edges, True)


def _always_emptied(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    return _right_send(node, sender, grad, edges, False)


def _by_itself(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    return _right_send(node, node, grad, edges, keep_graph)


def _sender_checked(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    sender.check()
    return _unchecked(node, sender, grad, edges, keep_graph)


def _sender_emptied(node: Any, sender: Any, grad: Any, edges: Any, keep_graph: bool) -> Any:
    node.check()
    pairs = sender.gradients(grad, edges)
    if sender.saved and not keep_graph:
        sender.derivatives = sender.saved = None
    return pairs


def _going(show: str, build: Any, hint: str = "", **options: Any) -> Case:
    return Case(use=lambda thing, torch: _walked(thing, build, **options), show=show, hint=hint)


PAIR = (
    "What waits under `node.number` is a pair, (node, gradient so far). The gradient is its second "
    "half: waiting[node.number][1]."
)
NO_NODES = (
    "The heap holds numbers, not nodes, and they go in negative: heappush(numbers, -node.number)."
)

register(
    Exercise(
        name="walk_back",
        signature="walk_back(roots, keep_graph=False, visit=None)",
        reference=_walking(),
        cases=[
            _going(
                "a chain: 3 leads to 2, 2 to 1",
                _chain,
                hint="Whatever arrives is noted in `waiting`, as (node, grad). And when a node is "
                "left it is checked, asked for gradients, and emptied if it saved anything.",
            ),
            _going(
                "a diamond: 7 leads to 2 and 5, both to 1",
                _diamond,
                hint="Node 1 is visited once, when both gradients have arrived: [2, 4].",
            ),
            _going("3 leads to 1, to 2 and to 1 again, 2 leads to 1", _lopsided),
            _going("y = y + y, 40 times", _deep),
            _going("two roots, 2 and 3, both lead to 1", _two_roots),
            _going("the chain, with keep_graph", _chain, keep_graph=True),
            _going(
                "the chain, with a visit: node 3 is spoken for by another, node 2 ends the way",
                _chain,
                visit=_elsewhere,
                hint="It is `sender` that gives the gradients: sender.gradients(grad, edges).",
            ),
        ],
        misconceptions=[
            Misconception(
                "the sender emptied",
                _walking(send=_sender_emptied),
                "`sender` only gives the gradients. It is `node` that was checked, that saved "
                "something, and that is emptied.",
            ),
            Misconception(
                "the last one wins",
                _walking(_last_one_wins),
                "Of the gradients that arrive at a node only one is left. Where two paths meet, "
                "the gradients add up, and it is the sum that must be noted.",
            ),
            Misconception(
                "queued twice",
                _walking(_pushed_twice),
                "A node that waits already is in the heap already, and here its number went in "
                "again: the walk takes it a second time and finds nothing there. `waiting` goes by "
                "numbers: ask `if node.number in waiting`, and push only under `else`.",
            ),
            Misconception(
                "the whole pair",
                _walking(_adding(lambda pair, grad: pair + grad)),
                PAIR,
            ),
            Misconception(
                "the node of the pair", _walking(_adding(lambda pair, grad: pair[0] + grad)), PAIR
            ),
            Misconception(
                "to the node of the pair",
                _walking(_adding(lambda pair, grad: grad + pair[0])),
                PAIR,
            ),
            Misconception(
                "the gradient alone",
                _walking(_noting_as(lambda node, grad: grad)),
                "`waiting` holds pairs, and you store a gradient without its node: "
                "waiting[node.number] = node, grad.",
            ),
            Misconception(
                "the pair turned round",
                _walking(_noting_as(lambda node, grad: (grad, node))),
                "The pair stands the wrong way round. First the node, then the gradient: "
                "waiting[node.number] = node, grad.",
            ),
            Misconception("nodes in the heap", _walking(_nodes_in_the_heap), NO_NODES),
            Misconception("minus a node", _walking(_minus_a_node), NO_NODES),
            Misconception(
                "in foreign memory",
                _walking(_in_foreign_memory),
                "`+=` writes into the array that came first, and somebody else may be looking at "
                "it: `add` hands one and the same array to both of its inputs. Make a new one with "
                "`+`.",
            ),
            Misconception(
                "into the pair",
                _walking(_into_the_pair),
                "What waits is a pair, a tuple, and its second part cannot be replaced (nor may "
                "the array be written into). Add with `+`, and store a new pair (node, sum).",
            ),
            Misconception(
                "not noted, or lowest first",
                _walking(_lowest_first),
                "`waiting` has nothing under the number that came out of the heap. Either nothing "
                "was noted under it: waiting[node.number] = node, grad, by the number (not by the "
                "node) and with no minus. Or the number went into the heap without its minus: the "
                "smallest comes out first, so push -node.number.",
            ),
            Misconception(
                "appended",
                _walking(_appended),
                "`append` puts the number at the end, wherever it belongs. heappush(numbers, ...) "
                "keeps the heap such that the smallest comes out first.",
            ),
            Misconception(
                "unchecked",
                _walking(send=_unchecked),
                "You ask a node for gradients before you have asked whether it is fit: "
                "node.check() comes first, with its brackets.",
            ),
            Misconception(
                "never emptied",
                _walking(send=_never_emptied),
                "Used nodes keep all that they saved, and memory fills up: unless keep_graph, set "
                "derivatives and saved of a node that saved anything to None.",
            ),
            Misconception(
                "always emptied",
                _walking(send=_always_emptied),
                "Whoever says keep_graph wants to go backward again: leave the nodes as they are.",
            ),
            Misconception(
                "the sender checked",
                _walking(send=_sender_checked),
                "`sender` only gives the gradients. It is `node` that is asked whether it is fit: "
                "node.check().",
            ),
            Misconception(
                "by itself",
                _walking(send=_by_itself),
                "`visit` may name another who sends the gradients on: ask `sender`, not `node`.",
            ),
        ],
        hint="If something waits for this node, add to it; else push -node.number. Either way "
        "store (node, grad).",
    )
)


# Broadcasting undone


def _unbroadcast(grad: Any, shape: Sequence[int]) -> Any:
    new = tuple(range(grad.ndim - len(shape)))
    grad = grad.sum(axis=new)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i])
    return grad.sum(axis=stretched, keepdims=True)


def _averaged(grad: Any, shape: Sequence[int]) -> Any:
    count = max(1, grad.size // max(1, int(np.prod(shape))))
    return _unbroadcast(grad, shape) / count


def _only_new_dims(grad: Any, shape: Sequence[int]) -> Any:
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


def _dims_lost(grad: Any, shape: Sequence[int]) -> Any:
    grad = _only_new_dims(grad, shape)
    return grad.sum(axis=tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i]))


def _first_copy(grad: Any, shape: Sequence[int]) -> Any:
    grad = grad[(0,) * (grad.ndim - len(shape))]
    return grad[tuple(slice(0, 1) if size == 1 else slice(None) for size in shape)]


def _from_the_back(grad: Any, shape: Sequence[int]) -> Any:
    return grad.sum(axis=tuple(range(len(shape), grad.ndim)))


def _sizes_as_axes(grad: Any, shape: Sequence[int]) -> Any:
    grad = _only_new_dims(grad, shape)
    ones = [size for i, size in enumerate(shape) if size == 1 != grad.shape[i]]
    return grad.sum(axis=tuple(ones), keepdims=True)


def _before_step_1(grad: Any, shape: Sequence[int]) -> Any:
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i])
    return _only_new_dims(grad, shape).sum(axis=stretched, keepdims=True)


def _fit(*size: int, to: tuple[int, ...], hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        got = thing(_numbers(*size), to)
        return got if got is None else np.asarray(got)

    return Case(use=use, show=f"unbroadcast(grad of shape {size}, {to})", tolerance=1e-9, hint=hint)


register(
    Exercise(
        name="unbroadcast",
        signature="unbroadcast(grad, shape) -> array of that shape",
        reference=_unbroadcast,
        cases=[
            _fit(
                4,
                3,
                to=(4, 3),
                hint="Nothing was broadcast, so nothing is to be done: the tuple of new axes is "
                "empty, `()`. A number, axis=0, would be the first axis.",
            ),
            _fit(4, 3, to=(3,), hint="The first dim is new: sum over it."),
            _fit(4, 3, to=(4, 1), hint="The second dim was stretched: sum, and keep it as size 1."),
            _fit(3, 3, to=(3,), hint="Shapes are lined up at the last dim: the first one is new."),
            _fit(4, 3, to=(), hint="All dims are new."),
            _fit(
                2,
                4,
                3,
                to=(4, 1),
                hint="One dim is new and one was stretched. Do one after the other, and mind how "
                "places shift when dims disappear.",
            ),
            _fit(2, 3, to=(1, 1)),
            _fit(1, 3, to=(1, 3), hint="A dim of size 1 that stayed 1 is as it was."),
            _fit(0, 3, to=(3,), hint="A sum over nothing is 0."),
            _fit(0, 3, to=(0, 1)),
            _fit(4, 1, 3, to=(1, 1, 3)),
            _fit(1, 4, to=(1,), hint="The first dim is new, and the second one was stretched."),
        ],
        misconceptions=[
            Misconception(
                "the mean",
                _averaged,
                "You average over the copies. If a number is used four times, four gradients reach "
                "it, and they add up.",
            ),
            Misconception(
                "only new dims",
                _only_new_dims,
                "You undo the dims that came in front. A dim of size 1 may have been stretched as "
                "well: look where `shape` has a 1 and `grad` has more.",
            ),
            Misconception(
                "dims lost",
                _dims_lost,
                "A stretched dim must not disappear: its size goes back to 1. That is what "
                "keepdims=True is for.",
            ),
            Misconception(
                "the first copy",
                _first_copy,
                "You take the gradient of the first copy. All the copies count: sum them.",
            ),
            Misconception(
                "new dims behind",
                _from_the_back,
                "You sum over the last dims. Shapes are lined up at the last dim, so the new ones "
                "stand in front.",
            ),
            Misconception(
                "sizes as axes",
                _sizes_as_axes,
                "You list the sizes, all of them 1, where the axes are wanted. `for i, size in "
                "enumerate(shape)` gives both: put `i` on the list.",
            ),
            Misconception(
                "listed too early",
                _before_step_1,
                "You look for stretched dims before the new ones are gone. Only when `grad` has as "
                "many dims as `shape` is grad.shape[i] the size of dim i.",
            ),
        ],
        hint="First sum over the dims in front that `shape` does not have, then over the dims "
        "where `shape` has a 1, with keepdims=True.",
    )
)
