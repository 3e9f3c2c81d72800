"""Checks on derivatives, and on how gradients find their way."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from heapq import heappush
from types import SimpleNamespace
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


def _ask(operation: Any, input: Any, other: Any) -> dict[str, Any]:
    """The result of an operation's bare function, and its derivatives at an uneven gradient."""
    body = getattr(operation, "__wrapped__", operation)
    result, *derivatives = body(np.array(input), np.array(other))
    grad = 0.5 + np.arange(result.size).reshape(result.shape)
    names = ["by input", "by other"]
    asked = {name: f(grad) for name, f in zip(names, derivatives, strict=True)}
    return {"value": result, **asked}


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
        ],
        hint="The slope by `input` is 1 / other. The slope by `other` is -input / other**2. Each "
        "derivative multiplies its slope by `grad`.",
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


def _meeting(arrive: Any, *deliveries: tuple[int, float]) -> dict[str, Any]:
    """Deliver gradients to numbered nodes; what waits, what is in the heap, what became of them."""
    nodes = {number: SimpleNamespace(number=number) for number, _ in deliveries}
    grads = [np.array([grad, 2 * grad]) for _, grad in deliveries]
    heap: list[int] = []
    waiting: dict[int, list[Any]] = {}
    for (number, _), grad in zip(deliveries, grads, strict=True):
        arrive(heap, waiting, nodes[number], grad, False)
    entries = {number: waiting[number] for number in sorted(waiting)}
    return {
        "heap": sorted(heap),
        "nodes that wait": list(entries),
        "waiting gradients": [np.asarray(entry[1]).tolist() for entry in entries.values()],
        "owned": [entry[2] for entry in entries.values()],
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
                use=lambda thing, torch: _meeting(thing, (5, 1.0), (3, 10.0)),
                show="[1, 2] arrives at node 5, then [10, 20] at node 3",
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


def _fit(*sizes: int, to: tuple[int, ...], hint: str = "") -> Case:
    return Case(
        args=lambda torch: (_numbers(*sizes), to),
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
        ],
        hint="For each row: the logarithm of the sum of exp(scores), minus the score of the right "
        "class, which is (scores * targets).sum(1). Then the mean.",
    )
)
