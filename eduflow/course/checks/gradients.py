"""Checks on derivatives, and on how gradients find their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, register


def _slopes(f: Callable[..., float], knobs: list[float], step: float = 1e-4) -> list[float]:
    found = []
    for i in range(len(knobs)):
        up, down = list(knobs), list(knobs)
        up[i] += step
        down[i] -= step
        found.append((f(*up) - f(*down)) / (2 * step))
    return found


def _one_sided(f: Callable[..., float], knobs: list[float]) -> list[float]:
    found = []
    for i in range(len(knobs)):
        up = list(knobs)
        up[i] += 1e-4
        found.append((f(*up) - f(*knobs)) / 1e-4)
    return found


def _half_the_way(f: Callable[..., float], knobs: list[float]) -> list[float]:
    return [2 * slope for slope in _slopes(f, knobs)]


def _never_put_back(f: Callable[..., float], knobs: list[float]) -> list[float]:
    found = []
    for i in range(len(knobs)):
        knobs[i] += 1e-4
        up = f(*knobs)
        knobs[i] -= 2e-4
        found.append((up - f(*knobs)) / 2e-4)
    return found


def _all_at_once(f: Callable[..., float], knobs: list[float]) -> list[float]:
    up, down = [k + 1e-4 for k in knobs], [k - 1e-4 for k in knobs]
    return [(f(*up) - f(*down)) / 2e-4 for _ in knobs]


def _product(a: float, b: float) -> float:
    return a * b


def _cube(a: float) -> float:
    return a * a * a


def _machine(a: float, b: float, c: float) -> float:
    return (a * b + c) * (a * b)


register(
    Exercise(
        name="slopes",
        signature="slopes(f, knobs) -> list of float",
        reference=_slopes,
        cases=[
            Case(
                args=(_product, [3.0, -2.0]),
                show="slopes(lambda a, b: a * b, [3.0, -2.0])",
                tolerance=1e-6,
            ),
            Case(args=(_cube, [2.0]), show="slopes(lambda a: a * a * a, [2.0])", tolerance=1e-6),
            Case(
                args=(_machine, [2.0, -1.0, 3.0]),
                show="slopes(machine, [2.0, -1.0, 3.0])",
                tolerance=1e-6,
            ),
        ],
        misconceptions=[
            Misconception(
                "one-sided",
                _one_sided,
                "You compare with the place where the knob stands. On a curve that is a little "
                "off. Go the same step up and down, and compare these two.",
            ),
            Misconception(
                "half the way",
                _half_the_way,
                "Your slopes are twice as steep as they should be. From one step below to one "
                "step above is a way of two steps; divide by both.",
            ),
            Misconception(
                "never put back",
                _never_put_back,
                "The slopes are fine, nearly, but the list `knobs` is not what it was: each knob "
                "must be back in its place before the next one is nudged. Work on copies.",
            ),
            Misconception(
                "all at once",
                _all_at_once,
                "You nudge all the knobs together. Nudge one and leave the others alone, then the "
                "next.",
            ),
        ],
        hint="For each knob: copy the list twice, add 1e-4 in one copy, take it off in the other, "
        "and divide the difference of the two results by 2e-4.",
    )
)


# The derivatives of a quotient


Derivative = Callable[[Any], Any]


def _quotient(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return (
        input / other,
        lambda grad: grad / other,
        lambda grad: -grad * ((input / other) / other),
    )


def _sign_lost(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: grad / other, lambda grad: grad * input / other**2


def _above_forgotten(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: 1 / other, lambda grad: -input / other**2


def _like_a_product(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: grad * other, lambda grad: grad * input


def _above_forgotten_once(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: grad / other, lambda grad: -input / other**2


def _square_lost(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: grad / other, lambda grad: -grad * input / other


def _square_undone(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: grad / other, lambda grad: -grad * input


def _exchanged(input: Any, other: Any) -> tuple[Any, Derivative, Derivative]:
    return input / other, lambda grad: -grad * input / other**2, lambda grad: grad / other


def _ask(operation: Any, input: Any, other: Any) -> dict[str, Any] | None:
    """The result of an operation's bare function, and its derivatives at an uneven gradient."""
    body = getattr(operation, "__wrapped__", operation)
    returned = body(np.array(input), np.array(other))
    if returned is None:
        return None
    things = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    functions = [thing for thing in things[1:] if callable(thing)]
    counted = {"things returned": len(things), "functions among them": len(functions)}
    if list(counted.values()) != [3, 2]:
        return counted | {"value": None, "by input": None, "by other": None}
    result, (by_input, by_other) = things[0], functions
    grad = 0.5 + np.arange(result.size).reshape(result.shape)
    return counted | {"value": result, "by input": by_input(grad), "by other": by_other(grad)}


register(
    Exercise(
        name="quotient",
        signature="_div(input, other) -> result, derivative, derivative",
        reference=_quotient,
        cases=[
            Case(
                use=lambda thing, torch: _ask(thing, [6.0], [3.0]),
                show="_div of 6 and 3, its derivatives called with grad = 0.5",
                tolerance=1e-9,
            ),
            Case(
                use=lambda thing, torch: _ask(thing, [1.0, -2.0, 3.0], [4.0, 0.5, -2.0]),
                show="_div of [1, -2, 3] and [4, 0.5, -2], with grad = [0.5, 1.5, 2.5]",
                tolerance=1e-9,
            ),
        ],
        misconceptions=[
            Misconception(
                "sign lost",
                _sign_lost,
                "The second derivative has the wrong sign: if `other` grows, the quotient shrinks.",
            ),
            Misconception(
                "what comes from above",
                _above_forgotten,
                "These are the slopes of the quotient. The derivative must pass on what comes from "
                "above as well: multiply by `grad`.",
            ),
            Misconception(
                "what comes from above, once",
                _above_forgotten_once,
                "The second derivative is the slope alone. It must pass on what comes from above "
                "as well, like the first one does: multiply by `grad`.",
            ),
            Misconception(
                "like a product",
                _like_a_product,
                "These are the derivatives of `input * other`. A quotient is input * (1 / other).",
            ),
            Misconception(
                "square lost",
                _square_lost,
                "The first derivative is right. In the second one, `other` must divide twice: the "
                "slope of 1/x is -1/x**2.",
            ),
            Misconception(
                "square undone",
                _square_undone,
                "`/ other * other` divides and multiplies again, from left to right. Write "
                "`/ (other * other)`.",
            ),
            Misconception(
                "exchanged",
                _exchanged,
                "The two derivatives stand in each other's place: first the one for `input`, then "
                "the one for `other`.",
            ),
        ],
        hint="Three things come back: the result, and two functions of `grad`. The slope by "
        "`input` is 1 / other. The slope by `other` is -input / other**2. Each derivative "
        "multiplies its slope by `grad`.",
    )
)


# Gradients that meet


def _arrive(
    heap: list[int], waiting: dict[int, list[Any]], node: Any, grad: Any, owned: bool
) -> None:
    number = node.number
    if number in waiting:
        entry = waiting[number]
        entry[1], entry[2] = entry[1] + grad, True
    else:
        waiting[number] = [node, grad, owned]
        heappush(heap, -number)


def _last_one_wins(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    if node.number not in waiting:
        heappush(heap, -node.number)
    waiting[node.number] = [node, grad, owned]


def _queued_twice(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    known = node.number in waiting
    _arrive(heap, waiting, node, grad, owned)
    if known:
        heappush(heap, -node.number)


def _in_foreign_memory(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    if node.number in waiting:
        waiting[node.number][1] += grad
        waiting[node.number][2] = True
    else:
        waiting[node.number] = [node, grad, owned]
        heappush(heap, -node.number)


def _lowest_first(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    if node.number in waiting:
        _arrive(heap, waiting, node, grad, owned)
    else:
        waiting[node.number] = [node, grad, owned]
        heappush(heap, node.number)


def _appended(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    if node.number in waiting:
        _arrive(heap, waiting, node, grad, owned)
    else:
        waiting[node.number] = [node, grad, owned]
        heap.append(-node.number)


def _heap_forgotten(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    _arrive([], waiting, node, grad, owned)


def _not_owned(heap: Any, waiting: Any, node: Any, grad: Any, owned: bool) -> None:
    known = node.number in waiting
    _arrive(heap, waiting, node, grad, owned)
    if known:
        waiting[node.number][2] = owned


class Node:
    """A node that has nothing but a number."""

    def __init__(self, number: int) -> None:
        self.number = number

    def __repr__(self) -> str:
        return f"number {self.number}"


def _meeting(arrive: Any, *deliveries: tuple[int, float]) -> dict[str, Any] | None:
    """Deliver gradients to numbered nodes; what waits, what is in the heap, what became of them."""
    nodes = {number: Node(number) for number, _ in deliveries}
    grads = [np.array([grad, 2 * grad]) for _, grad in deliveries]
    heap: list[int] = []
    waiting: dict[int, list[Any]] = {}
    for (number, _), grad in zip(deliveries, grads, strict=True):
        arrive(heap, waiting, nodes[number], grad, False)
    if not heap and not waiting:
        return None
    entries = [waiting[key] for key in sorted(waiting, key=str)]
    whole = all(isinstance(entry, (list, tuple)) and len(entry) == 3 for entry in entries)
    return {
        "heap, as heappop hands it out": [heappop(heap) for _ in range(len(heap))],
        "keys of waiting": sorted(waiting, key=str),
        "each entry is [node, gradient, owned]": whole,
        "waiting gradients": [np.asarray(e[1]).tolist() for e in entries] if whole else None,
        "owned": [entry[2] for entry in entries] if whole else None,
        "arrays that were handed in": [grad.tolist() for grad in grads],
    }


register(
    Exercise(
        name="arrive",
        signature="_arrive(heap, waiting, node, grad, owned)",
        reference=_arrive,
        cases=[
            Case(
                use=lambda thing, torch: _meeting(thing, (5, 1.0)),
                show="[1, 2] arrives at node 5",
            ),
            Case(
                use=lambda thing, torch: _meeting(thing, (3, 1.0), (5, 10.0)),
                show="[1, 2] arrives at node 3, then [10, 20] at node 5",
            ),
            Case(
                use=lambda thing, torch: _meeting(thing, (5, 1.0), (5, 10.0)),
                show="[1, 2] arrives at node 5, then [10, 20] at node 5",
                hint="Both count: after this the gradient that waits at node 5 is [11, 22], it is "
                "owned, and node 5 is in the heap once.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the last one wins",
                _last_one_wins,
                "The second gradient takes the place of the first. Where two paths meet, the "
                "gradients add up.",
            ),
            Misconception(
                "queued twice",
                _queued_twice,
                "A node that waits already is in the heap already. If you push its number again, "
                "the engine will take it a second time and find nothing there.",
            ),
            Misconception(
                "in foreign memory",
                _in_foreign_memory,
                "`+=` writes into the array that came first, and somebody else may be looking at "
                "it: `add` hands one and the same array to both of its inputs. Make a new one with "
                "`+`.",
            ),
            Misconception(
                "lowest first",
                _lowest_first,
                "heapq takes the smallest number first, and the engine wants the highest. That is "
                "why what goes into the heap is -number.",
            ),
            Misconception(
                "appended",
                _appended,
                "`append` puts the number at the end, wherever it belongs. `heappush(heap, ...)` "
                "keeps the heap such that the smallest comes out first.",
            ),
            Misconception(
                "heap forgotten",
                _heap_forgotten,
                "What waits is right, but the engine looks into the heap to find it: a new node "
                "puts -node.number there, with heappush.",
            ),
            Misconception(
                "not owned",
                _not_owned,
                "The sums are right. A sum is a fresh array that nobody else holds: the entry "
                "should say True for `owned`.",
            ),
        ],
        hint="Two cases: something waits for node.number already (add), or not (a new entry in "
        "`waiting`, and -node.number into the heap).",
    )
)


# Broadcasting undone


def _unbroadcast(grad: Any, shape: Sequence[int]) -> Any:
    new = tuple(range(grad.ndim - len(shape)))
    if new:
        grad = grad.sum(axis=new)
    stretched = tuple(i for i, size in enumerate(shape) if size == 1 != grad.shape[i])
    return grad.sum(axis=stretched, keepdims=True) if stretched else grad


def _averaged(grad: Any, shape: Sequence[int]) -> Any:
    count = max(1, grad.size // max(1, int(np.prod(shape))))
    return _unbroadcast(grad, shape) / count


def _only_new_dims(grad: Any, shape: Sequence[int]) -> Any:
    return grad.sum(axis=tuple(range(grad.ndim - len(shape))))


def _dims_lost(grad: Any, shape: Sequence[int]) -> Any:
    new = grad.ndim - len(shape)
    ones = [new + i for i, size in enumerate(shape) if size == 1]
    return grad.sum(axis=(*range(new), *ones))


def _first_copy(grad: Any, shape: Sequence[int]) -> Any:
    grad = grad[(0,) * (grad.ndim - len(shape))]
    return grad[tuple(slice(0, size) for size in shape)]


def _numbers(*shape: int) -> Any:
    return 0.5 + np.arange(float(np.prod(shape))).reshape(shape)


def _brought_to(unbroadcast: Any, grad: Any, shape: tuple[int, ...]) -> Any:
    """What comes back, as an array: of a sum over all dims NumPy makes a number by itself."""
    result = unbroadcast(grad, shape)
    return np.asarray(result) if isinstance(result, np.generic) else result


def _fit(*sizes: int, to: tuple[int, ...], hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _brought_to(thing, _numbers(*sizes), to),
        show=f"unbroadcast(grad of shape {sizes}, {to})",
        tolerance=1e-9,
        hint=hint,
    )


register(
    Exercise(
        name="unbroadcast",
        signature="unbroadcast(grad, shape) -> array of that shape",
        reference=_unbroadcast,
        cases=[
            _fit(4, 3, to=(4, 3), hint="Nothing was broadcast, so nothing is to be done."),
            _fit(4, 3, to=(3,), hint="The first dim is new: sum over it."),
            _fit(4, 3, to=(4, 1), hint="The second dim was stretched: sum, and keep it as size 1."),
            _fit(4, 3, to=(), hint="All dims are new."),
            _fit(
                2,
                4,
                3,
                to=(4, 1),
                hint="One dim is new and one was stretched. Do one after the "
                "other, and mind how places shift when dims disappear.",
            ),
            _fit(2, 3, to=(1, 1)),
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
        ],
        hint="First sum over the dims in front that `shape` does not have, then over the dims "
        "where `shape` has a 1, with keepdims=True.",
    )
)


# Cross entropy, out of operations that know their derivatives


def _cross_entropy(scores: Any, targets: Any) -> Any:
    return (scores.exp().sum(1).log() - (scores * targets).sum(1)).mean()


def _summed(scores: Any, targets: Any) -> Any:
    return (scores.exp().sum(1).log() - (scores * targets).sum(1)).sum()


def _down_the_columns(scores: Any, targets: Any) -> Any:
    return (scores.exp().sum(0).log() - (scores * targets).sum(0)).mean()


def _logarithm_forgotten(scores: Any, targets: Any) -> Any:
    return (scores.exp().sum(1) - (scores * targets).sum(1)).mean()


def _past_lost(scores: Any, targets: Any) -> Any:
    return _cross_entropy(scores, targets).item()


def _not_averaged(scores: Any, targets: Any) -> Any:
    return scores.exp().sum(1).log() - (scores * targets).sum(1)


def _mean_of_all(scores: Any, targets: Any) -> Any:
    return -((scores.exp() / scores.exp().sum(1, keepdim=True)).log() * targets).mean()


def _turned_around(scores: Any, targets: Any) -> Any:
    return ((scores * targets).sum(1) - scores.exp().sum(1).log()).mean()


def _scored(*rows: list[float], right: list[list[float]]) -> Case:
    return Case(
        args=lambda torch: (torch.tensor(list(rows), requires_grad=True), torch.tensor(right)),
        show=f"cross_entropy(torch.tensor({list(rows)}), torch.tensor({right}))",
        tolerance=1e-6,
        gradient=True,
    )


register(
    Exercise(
        name="cross-entropy",
        signature="cross_entropy(scores, targets) -> tensor without dims",
        reference=_cross_entropy,
        cases=[
            _scored([1.0, 2.0, 0.0], right=[[0.0, 1.0, 0.0]]),
            _scored([1.0, 2.0, 0.0], [0.5, -1.0, 3.0], right=[[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]),
        ],
        misconceptions=[
            Misconception(
                "the sum",
                _summed,
                "You add up the losses of all rows. Take their mean: otherwise more images would "
                "mean larger gradients, and the same step would be too far.",
            ),
            Misconception(
                "down the columns",
                _down_the_columns,
                "You sum down the columns, over the images. One image is one row, and its scores "
                "lie along dim 1.",
            ),
            Misconception(
                "the logarithm",
                _logarithm_forgotten,
                "The logarithm is missing: it is log(sum of exp), not the sum itself.",
            ),
            Misconception(
                "turned around",
                _turned_around,
                "The sign is turned around: your loss falls when the right score falls.",
            ),
            Misconception(
                "a Python number",
                _past_lost,
                "`.item()` makes a Python number, and that remembers nothing: nobody can call "
                "backward on it. Leave the loss a tensor.",
            ),
            Misconception(
                "one for each image",
                _not_averaged,
                "That is one loss for each image. Only the last step is missing: their mean.",
            ),
            Misconception(
                "the mean of everything",
                _mean_of_all,
                "You average over all places of the table, also over those where the target is 0. "
                "Sum over the classes first, dim 1; then the mean over the images.",
            ),
        ],
        hint="For each row: the logarithm of the sum of exp(scores), minus the score of the right "
        "class, which is (scores * targets).sum(1). Then the mean.",
    )
)
