"""Checks on Adam, weight decay, schedules of the rate, and clipping."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

from . import Case, Exercise, Misconception, late, register


def _shown(tensor: Any, digits: int = 5) -> Any:
    """The numbers of a tensor, rounded, in nested lists."""

    def rounded(numbers: Any) -> Any:
        if isinstance(numbers, list):
            return [rounded(one) for one in numbers]
        return round(numbers, digits)

    return rounded(tensor.detach().tolist())


def _column(torch: Any, *numbers: float) -> Any:
    """Numbers that lie apart in memory: the middle column of a table of nines."""
    table = torch.full((len(numbers), 3), 9.0)
    table[:, 1] = torch.tensor(list(numbers))
    return table[:, 1]


# remember


def _remembering(
    average: Callable[..., Any] = lambda old, grad, beta: old * beta + grad * (1 - beta),
    square: Callable[..., Any] = lambda old, grad, beta: old * beta + grad * grad * (1 - beta),
    swapped: bool = False,
    keep: bool = True,
) -> Any:
    def remember(grad: Any, mean: Any, spread: Any, betas: Any) -> None:
        first, second = betas[::-1] if swapped else betas
        new_mean, new_spread = average(mean, grad, first), square(spread, grad, second)
        if keep:
            mean.copy_(new_mean)
            spread.copy_(new_spread)

    return remember


_GRADS: list[tuple[Any, Any, str]] = [
    ([(4.0, -2.0)], (0.5, 0.75), "Both begin at zero: (1 - beta) of the gradient, or its square."),
    ([(4.0, -2.0), (0.0, 8.0)], (0.5, 0.75), "The old average keeps its share beta."),
    ([(1.0, 2.0), (3.0, 0.5), (-1.0, 1.0)], (0.75, 0.25), "Each beta belongs to its average."),
    ([(1.0, -3.0), (2.0, 2.0)], (0.0, 0.5), "Beta 0 remembers the last gradient only."),
    ([()], (0.5, 0.75), ""),
]


def _remembered(remember: Any, torch: Any, grads: Any, betas: Any) -> dict[str, Any]:
    average, square = (_column(torch, *[0.0] * len(grads[0])) for _ in range(2))
    with torch.no_grad():
        for numbers in grads:
            grad = torch.tensor(list(numbers))
            remember(grad, average, square, betas)
    return {"average": _shown(average), "square": _shown(square), "the gradient": _shown(grad)}


register(
    Exercise(
        name="remember",
        signature="remember(grad, average, square, betas)",
        reference=_remembering(),
        cases=[
            Case(
                use=partial(_remembered, grads=grads, betas=betas),
                show=f"gradients {', '.join(str(list(g)) for g in grads)}, betas={betas}",
                hint=hint,
            )
            for grads, betas, hint in _GRADS
        ],
        misconceptions=[
            Misconception(
                "new tensors",
                _remembering(keep=False),
                "The averages are as they were: they have to change in place, with methods whose "
                "names end in an underscore.",
            ),
            Misconception(
                "in full",
                _remembering(average=lambda old, grad, beta: old * beta + grad),
                "The new gradient counts in full, as in SGD's momentum. In an average it counts "
                "1 - beta.",
            ),
            Misconception(
                "squares in full",
                _remembering(square=lambda old, grad, beta: old * beta + grad * grad),
                "The new square counts in full. In an average it counts 1 - beta.",
            ),
            Misconception(
                "not squared",
                _remembering(square=lambda old, grad, beta: old * beta + grad * (1 - beta)),
                "`square` averages the gradient itself. It wants its square: grad * grad.",
            ),
            Misconception(
                "the average squared",
                _remembering(square=lambda old, grad, beta: old * beta + ((1 - beta) * grad) ** 2),
                "The share is squared, too. Square the gradient first, then take 1 - beta of it.",
            ),
            Misconception(
                "betas swapped",
                _remembering(swapped=True),
                "The betas have changed places: betas[0] is that of the average, betas[1] that of "
                "the square.",
            ),
            Misconception(
                "the wrong share",
                _remembering(
                    lambda old, grad, beta: old * (1 - beta) + grad * beta,
                    lambda old, grad, beta: old * (1 - beta) + grad * grad * beta,
                ),
                "The shares have changed places: the *old* keeps beta, the new gets 1 - beta. "
                "(lerp_ goes 1 - beta of the way to the new.)",
            ),
        ],
        hint="old * beta + new * (1 - beta), twice, in place.",
    )
)

# adam_step


def _moving(
    mean_of: Callable[..., Any] = lambda average, beta, step: average / (1 - beta**step),
    spread_of: Callable[..., Any] = lambda square, beta, step, eps: (
        (square / (1 - beta**step)).sqrt() + eps
    ),
    sign: int = -1,
    keep: bool = True,
    spoil: tuple[bool, bool] = (False, False),
) -> Any:
    def adam_step(parameter: Any, average: Any, square: Any, step: Any, group: Any) -> None:
        beta1, beta2 = group["betas"]
        mean, spread = mean_of(average, beta1, step), spread_of(square, beta2, step, group["eps"])
        for one, beta, spoilt in zip((average, square), (beta1, beta2), spoil, strict=True):
            if spoilt:
                one.div_(1 - beta**step)
        if keep:
            parameter.add_(mean / spread * group["lr"] * sign)

    return adam_step


_MOVES: list[tuple[dict[str, Any], str]] = [
    (
        {"average": (0.1, -0.2), "square": (0.001, 0.004), "step": 1},
        "At step 1 both averages are made up for: every weight moves by lr, against its gradient.",
    ),
    ({"average": (0.5, 0.25), "square": (0.25, 0.5), "step": 3, "betas": (0.5, 0.75)}, ""),
    (
        {"average": (1.0, -2.0), "square": (4.0, 1.0), "step": 2, "betas": (0.5, 0.5), "eps": 1.0},
        "eps is added to the root, not to what stands under it.",
    ),
    ({"average": (0.0, 0.5), "square": (0.0, 0.5), "step": 7, "lr": 0.25}, "0 / eps is 0."),
    ({"average": (1.0, 2.0), "square": (1.0, 9.0), "step": 100000, "lr": 0.5}, ""),
]


def _moved(
    adam_step: Any, torch: Any, average: Any, square: Any, step: int, **options: Any
) -> dict[str, Any]:
    group = {"lr": 0.1, "betas": (0.9, 0.999), "eps": 1e-8} | options
    parameter = _column(torch, 1.0, 2.0)
    averages = _column(torch, *average), _column(torch, *square)
    with torch.no_grad():
        adam_step(parameter, *averages, step, group)
    names = ("average, afterwards", "square, afterwards")
    return {"the parameter": _shown(parameter)} | dict(
        zip(names, map(_shown, averages), strict=True)
    )


register(
    Exercise(
        name="adam_step",
        signature="adam_step(parameter, average, square, step, group)",
        reference=_moving(),
        cases=[
            Case(
                use=partial(_moved, **options),
                show="adam_step([1., 2.], "
                + ", ".join(
                    f"{key}={list(value) if key in ('average', 'square') else value}"
                    for key, value in options.items()
                )
                + ")",
                hint=hint,
            )
            for options, hint in _MOVES
        ],
        misconceptions=[
            Misconception(
                "not made up for",
                _moving(
                    lambda average, beta, step: average,
                    lambda square, beta, step, eps: square.sqrt() + eps,
                ),
                "The first steps are not made up for: divide the average by 1 - beta1**step, the "
                "square by 1 - beta2**step.",
            ),
            Misconception(
                "the average is not",
                _moving(mean_of=lambda average, beta, step: average),
                "The square is made up for, the average is not: it lacks the division by "
                "1 - beta1**step.",
            ),
            Misconception(
                "the square is not",
                _moving(spread_of=lambda square, beta, step, eps: square.sqrt() + eps),
                "The average is made up for, the square is not: it lacks the division by "
                "1 - beta2**step.",
            ),
            Misconception(
                "outside the root",
                _moving(
                    spread_of=lambda square, beta, step, eps: square.sqrt() / (1 - beta**step) + eps
                ),
                "1 - beta2**step belongs to the square, so it goes under the root as well.",
            ),
            Misconception(
                "eps under the root",
                _moving(
                    spread_of=lambda square, beta, step, eps: (
                        square / (1 - beta**step) + eps
                    ).sqrt()
                ),
                "eps stands under the root. Take the root first, then add eps.",
            ),
            Misconception(
                "no eps",
                _moving(
                    spread_of=lambda square, beta, step, eps: (square / (1 - beta**step)).sqrt()
                ),
                "Without eps a weight that never had a gradient becomes 0 / 0.",
            ),
            Misconception(
                "no root",
                _moving(spread_of=lambda square, beta, step, eps: square / (1 - beta**step) + eps),
                "You divide by the average square itself. Its root is as long as a gradient.",
            ),
            Misconception(
                "uphill",
                _moving(sign=1),
                "You go uphill: the step goes *against* the average, value=-lr ...",
            ),
            Misconception(
                "a new tensor",
                _moving(keep=False),
                "The parameter is where it was. `addcdiv` makes a new tensor, `addcdiv_` writes "
                "into the old one.",
            ),
            Misconception(
                "spoilt",
                _moving(spoil=(True, False)),
                "The step itself is right, but the average is changed for good. It has to live on "
                "as it is: work with what `/` makes, a new tensor.",
            ),
            Misconception(
                "both spoilt",
                _moving(spoil=(True, True)),
                "The step itself is right, but both averages are changed for good. They have to "
                "live on as they are: work with what `/` makes, new tensors.",
            ),
            Misconception(
                "the square spoilt",
                _moving(spoil=(False, True)),
                "The step itself is right, but the square is changed for good. It has to live on "
                "as it is: work with what `/` makes, a new tensor.",
            ),
        ],
        hint="parameter - lr * (average / (1 - beta1**step)) / (root + eps)",
    )
)

# decayed


def _decaying(
    coupled: Callable[..., Any] = lambda parameter, grad, lr, decay: grad + parameter * decay,
    share: Callable[..., float] = lambda lr, decay: 1 - lr * decay,
    result: str = "right",
) -> Any:
    def decayed(parameter: Any, grad: Any, group: Any) -> Any:
        lr, decay = group["lr"], group["weight_decay"]
        if not group["decoupled_weight_decay"]:
            return coupled(parameter, grad, lr, decay)
        if result != "nothing":
            parameter.mul_(share(lr, decay))
        return grad + parameter * decay if result == "both" else grad

    return decayed


_DECAYS: list[tuple[dict[str, Any], str]] = [
    ({"lr": 0.5, "weight_decay": 0.5}, "The gradient, and half of the parameter on top of it."),
    (
        {"lr": 0.5, "weight_decay": 0.5, "decoupled_weight_decay": True},
        "The parameter loses lr * weight_decay of itself, a quarter; the gradient stays.",
    ),
    ({"lr": 0.125, "weight_decay": 2.0}, "The rate comes later, with the step."),
    ({"lr": 0.125, "weight_decay": 2.0, "decoupled_weight_decay": True}, ""),
]


def _after_decay(decayed: Any, torch: Any, **options: Any) -> dict[str, Any]:
    parameter = torch.tensor([4.0, -8.0, 0.0], requires_grad=True)
    grad, group = _column(torch, 1.0, 0.5, -2.0), {"decoupled_weight_decay": False} | options
    with torch.no_grad():
        given = decayed(parameter, grad, group)
    return {
        "returned": _shown(given),
        "the parameter": _shown(parameter),
        "the gradient": _shown(grad),
    }


def _in_place(parameter: Any, grad: Any, lr: float, decay: float) -> Any:
    return grad.add_(parameter, alpha=decay)


register(
    Exercise(
        name="decayed",
        signature="decayed(parameter, grad, group) -> Tensor",
        reference=_decaying(),
        cases=[
            Case(
                use=partial(_after_decay, **options),
                show="decayed([4., -8., 0.], [1., 0.5, -2.], "
                + ", ".join(f"{key}={value}" for key, value in options.items())
                + ")",
                hint=hint,
            )
            for options, hint in _DECAYS
        ],
        misconceptions=[
            Misconception(
                "in place",
                _decaying(coupled=_in_place),
                "The parameter's gradient itself has changed. It belongs to the parameter: `add` "
                "makes a new tensor.",
            ),
            Misconception(
                "subtracted",
                _decaying(lambda parameter, grad, lr, decay: grad - parameter * decay),
                "The sign is wrong. The step goes *against* what you return, so to be pulled "
                "towards zero the parameter is added.",
            ),
            Misconception(
                "with the rate",
                _decaying(lambda parameter, grad, lr, decay: grad + parameter * decay * lr),
                "The plain kind does not look at lr: the whole gradient is scaled later.",
            ),
            Misconception(
                "without the rate",
                _decaying(share=lambda lr, decay: 1 - decay),
                "AdamW takes off the share lr * weight_decay. With weight_decay alone the weights "
                "would be gone in a few steps, whatever the rate.",
            ),
            Misconception(
                "the share that goes",
                _decaying(share=lambda lr, decay: lr * decay),
                "lr * weight_decay is what goes. What stays is 1 - lr * weight_decay.",
            ),
            Misconception(
                "grown",
                _decaying(share=lambda lr, decay: 1 + lr * decay),
                "The parameter grows. It should shrink: 1 - lr * weight_decay.",
            ),
            Misconception(
                "both",
                _decaying(result="both"),
                "Decoupled means: the parameter shrinks, and the gradient stays *as it is*. You do "
                "both.",
            ),
            Misconception(
                "not shrunk",
                _decaying(result="nothing"),
                "With decoupled_weight_decay the parameter has to shrink, in place: `mul_`.",
            ),
            Misconception(
                "one kind",
                lambda parameter, grad, group: grad.add(parameter, alpha=group["weight_decay"]),
                "You always do the plain kind. Ask for group['decoupled_weight_decay'].",
            ),
        ],
        hint="Two cases: parameter.mul_(...) and grad; or grad.add(parameter, alpha=...).",
    )
)

# eased


def _easing(height: Callable[[float], float]) -> Any:
    def eased(start: Any, end: Any, share: float) -> Any:
        return end + (start - end) * height(share)

    return eased


_SHARES: list[tuple[tuple[float, float, float], str]] = [
    ((1.0, 0.0, 0.0), "At share 0 it is the start."),
    ((1.0, 0.0, 1.0), "At share 1 it is the end: the cosine of pi is -1."),
    ((0.25, 0.75, 0.5), "At share 0.5 it is half-way, for the cosine of pi / 2 is 0."),
    ((8.0, 4.0, 1 / 3), "The cosine of pi / 3 is 0.5, so three quarters of the start are left."),
    ((0.0, 1.0, 0.25), "Flat at both ends: at a quarter of the time it has hardly begun."),
    ((2.0, 2.0, 0.3), ""),
    ((1.0, 0.0, 1.5), "Beyond 1 the cosine goes back."),
]

register(
    Exercise(
        name="eased",
        signature="eased(start, end, share) -> number",
        reference=_easing(lambda share: (1 + math.cos(math.pi * share)) / 2),
        cases=[Case(args=args, tolerance=1e-9, hint=hint) for args, hint in _SHARES],
        misconceptions=[
            Misconception(
                "straight",
                _easing(lambda share: 1 - share),
                "That is a straight line. Half a cosine is flat at both ends.",
            ),
            Misconception(
                "backwards",
                _easing(lambda share: (1 - math.cos(math.pi * share)) / 2),
                "It runs from the end to the start.",
            ),
            Misconception(
                "a whole wave",
                _easing(lambda share: (1 + math.cos(2 * math.pi * share)) / 2),
                "That is a whole wave, which ends where it began. Half a wave is cos(pi * share).",
            ),
            Misconception(
                "a bare cosine",
                _easing(lambda share: math.cos(math.pi * share)),
                "A cosine goes from 1 to -1. Add 1 and halve it, and it goes from 1 to 0.",
            ),
            Misconception(
                "not halved",
                _easing(lambda share: 1 + math.cos(math.pi * share)),
                "1 + cos goes from 2 to 0. Halve it.",
            ),
            Misconception(
                "in degrees",
                _easing(lambda share: (1 + math.cos(180 * share)) / 2),
                "Angles are in radians: half a turn is pi, not 180.",
            ),
            Misconception(
                "from zero",
                lambda start, end, share: start * (1 + math.cos(math.pi * share)) / 2,
                "It always ends at 0. The cosine scales what is above the end: end + (start - end) "
                "* ...",
            ),
            Misconception(
                "a quarter of a wave",
                _easing(lambda share: math.cos(math.pi / 2 * share)),
                "A quarter of a wave is flat at its start only. Half a wave is cos(pi * share).",
            ),
        ],
        hint="(1 + cos(pi * share)) / 2 goes from 1 to 0; it scales (start - end).",
    )
)

# value_at


def _walking(
    begins: Callable[..., Any] = lambda phases, i: phases[i - 1][0] if i else 0,
    passed: Callable[..., bool] = lambda step, end: step > end,
    stop: bool = False,
    share_of: Callable[..., float] = lambda step, start, end: (step - start) / (end - start),
    eat: bool = False,
    curved: bool = True,
) -> Any:
    def value_at(step: Any, phases: Any, curve: Any) -> Any:
        i = 0
        while i < len(phases) - 1 and passed(step, phases[i][0]):
            i += 1
        end, first, last = phases[i]
        share = share_of(step, begins(phases, i), end)
        if eat:
            del phases[:i]
        share = min(share, 1.0) if stop else share
        return curve(first, last, share) if curved else first + (last - first) * share

    return value_at


def _straight(first: float, last: float, share: float) -> float:
    return first + (last - first) * share


def _squared(first: float, last: float, share: float) -> float:
    return first + (last - first) * share**2


_UP_DOWN = [(4, 1.0, 5.0), (12, 5.0, 0.0)]
_THREE = [(2.0, 0.0, 1.0), (6.0, 1.0, 3.0), (10.0, 3.0, 2.0)]
_JUMP = [(4, 1.0, 2.0), (8, 10.0, 20.0)]
_WALKS: list[tuple[Any, Any, Any, str]] = [
    ((0, 1, 4), _UP_DOWN, _straight, "At step 0 the first phase begins, at step 4 it ends."),
    ((5, 8, 12), _UP_DOWN, _straight, "The second phase begins at 4 and is 8 steps long."),
    ((1, 3, 6, 8), _THREE, _straight, "Each phase begins where the one before it ended."),
    ((4, 5), _JUMP, _straight, "A phase's last step still belongs to it."),
    ((13, 16), _UP_DOWN, _straight, "Beyond the end the last phase goes on: its share is over 1."),
    ((1, 8), _UP_DOWN, _squared, "Leave the way between first and last to `curve`."),
    ((3,), [(6, 2.0, 8.0)], _straight, "There may be one phase only."),
    ((0, 1), [(-1.0, 9.0, 9.0), (3.0, 0.0, 8.0)], _straight, "A first phase may be over at once."),
]


def _values(value_at: Any, torch: Any, steps: Any, phases: Any, curve: Any) -> list[float]:
    phases = list(phases)  # the same list for all steps: it may not be eaten up
    return [round(value_at(step, phases, curve), 6) for step in steps]


register(
    Exercise(
        name="value_at",
        signature="value_at(step, phases, curve) -> number",
        reference=_walking(),
        cases=[
            Case(
                use=partial(_values, steps=steps, phases=phases, curve=curve),
                show=f"value_at at steps {', '.join(map(str, steps))}, phases={phases}, "
                + ("a straight line" if curve is _straight else "share ** 2"),
                hint=hint,
            )
            for steps, phases, curve, hint in _WALKS
        ],
        misconceptions=[
            Misconception(
                "from step 0",
                _walking(begins=lambda phases, i: 0),
                "Every phase seems to begin at step 0. It begins where the one before it ended.",
            ),
            Misconception(
                "an end too early",
                _walking(passed=lambda step, end: step >= end),
                "A phase's last step still belongs to it: go on only if step > end.",
            ),
            Misconception(
                "stops",
                _walking(stop=True),
                "Beyond the end the last phase goes on, and its share grows over 1. (The schedule "
                "refuses by itself what goes too far.)",
            ),
            Misconception(
                "not by its length",
                _walking(share_of=lambda step, start, end: (step - start) / end),
                "A share is what has passed over the *length* of the phase: (step - start) / "
                "(end - start).",
            ),
            Misconception(
                "what is left",
                _walking(share_of=lambda step, start, end: (end - step) / (end - start)),
                "That is the share that is left. `curve` wants the share that has passed.",
            ),
            Misconception(
                "eaten up",
                _walking(eat=True),
                "You took phases out of the list, and it is asked again at the next step. Leave "
                "it as it is: phases[1:] makes a new one.",
            ),
            Misconception(
                "no curve",
                _walking(curved=False),
                "You always go straight. Return curve(first, last, share).",
            ),
            Misconception(
                "the first phase only",
                _walking(passed=lambda step, end: False),
                "You stay in the first phase. While step > end, the next one counts, if there is "
                "one.",
            ),
        ],
        hint="Skip the phases that are over, and remember where the last of them ended.",
    )
)

# total_length


def _measuring(
    together: Callable[[Any, list[float], float], float], kind: float | None = None
) -> Any:
    """`total_length` from the lengths of the parts."""

    def make(torch: Any) -> Any:
        def total_length(tensors: Any, norm_type: float) -> Any:
            each = norm_type if kind is None else kind
            parts = [torch.norm(x, each).item() for x in tensors]
            return torch.tensor(together(torch, parts, norm_type))

        return total_length

    return make


def _of_all(torch: Any, parts: list[float], kind: float) -> float:
    return float(torch.norm(torch.tensor(parts), kind).item())


_TENSORS: list[tuple[Any, float, str]] = [
    ([[3.0, 4.0]], 2.0, "One tensor: its own norm."),
    ([[3.0], [4.0]], 2.0, "The root of 9 + 16: they count as one vector."),
    ([[[1.0, 2.0], [2.0, 4.0]], [2.0, 4.0, -2.0, 4.0, 4.0], 4.0], 2.0, "Shapes differ, no matter."),
    ([[1.0, -2.0], [3.0]], 1.0, "norm_type 1: the sum of what they hold, without signs."),
    ([[1.0, -7.0], [3.0]], math.inf, "norm_type inf: the largest."),
    ([[0.0, 0.0], [0.0]], 2.0, ""),
]


def _measured(total_length: Any, torch: Any, tensors: Any, kind: float) -> Any:
    made = [torch.tensor(numbers) for numbers in tensors]
    return round(float(total_length(made, kind)), 4)


register(
    Exercise(
        name="total_length",
        signature="total_length(tensors, norm_type) -> Tensor",
        reference=late(_measuring(_of_all)),
        cases=[
            Case(
                use=partial(_measured, tensors=tensors, kind=kind),
                show=f"total_length({tensors}, {kind})",
                hint=hint,
            )
            for tensors, kind, hint in _TENSORS
        ],
        misconceptions=[
            Misconception(
                "added up",
                late(_measuring(lambda torch, parts, kind: sum(parts))),
                "You added the lengths up. 3 and 4 at a right angle make 5, not 7: "
                "take the norm of the norms.",
            ),
            Misconception(
                "the longest",
                late(_measuring(lambda torch, parts, kind: max(parts))),
                "That is the longest of them. All together they are longer.",
            ),
            Misconception(
                "the mean",
                late(_measuring(lambda torch, parts, kind: sum(parts) / len(parts))),
                "That is the mean of the lengths. Together they count as one vector.",
            ),
            Misconception(
                "not rooted",
                late(_measuring(lambda torch, parts, kind: sum(part**2 for part in parts))),
                "The sum of squares lacks its root.",
            ),
            Misconception(
                "always the second",
                late(_measuring(lambda torch, parts, kind: _of_all(torch, parts, 2.0), 2.0)),
                "norm_type makes no difference. Hand it to every `norm`.",
            ),
            Misconception(
                "the second at the end",
                late(_measuring(lambda torch, parts, kind: _of_all(torch, parts, 2.0))),
                "The norm of the norms has to be of the same kind: hand norm_type to both.",
            ),
        ],
        hint="norm(stack([... for x in tensors]), norm_type)",
    )
)

# limit_length


def _limiting(
    factor: Callable[[float, float], float] = lambda most, total: min(most / (total + 1e-6), 1.0),
    keep: bool = True,
    alone: bool = False,
) -> Any:
    def limit_length(grads: Any, max_norm: float, total_norm: Any) -> None:
        for grad in grads:
            total = float((grad * grad).sum().sqrt()) if alone else float(total_norm)
            new = grad * factor(max_norm, total)
            if keep:
                grad.copy_(new)

    return limit_length


_LIMITS: list[tuple[Any, float, float, str]] = [
    ([(3.0,), (4.0,)], 1.0, 5.0, "Five long, one allowed: a fifth of each."),
    ([(0.3,), (0.4,)], 1.0, 0.5, "Short enough: nothing changes."),
    ([(6.0, 0.0), (8.0,)], 5.0, 10.0, "One factor for all, so that the direction stays."),
    ([(3.0, -4.0)], 3.5, 7.0, "`total_norm` is given; it may be of another kind. Do not measure."),
    ([(0.0, 0.0)], 1.0, 0.0, "0 / 0 would be nan: 1e-6 is added below."),
    ([(2.0,)], 1e-6, 3e-6, "1e-6 is added to the total norm."),
    ([(1.0, 2.0)], 0.0, 2.0, ""),
    ([], 1.0, 0.0, "There may be no gradients at all."),
]


def _limited(limit_length: Any, torch: Any, grads: Any, most: float, total: float) -> Any:
    made = [_column(torch, *numbers) for numbers in grads]
    limit_length(made, most, torch.tensor(total))
    return [_shown(grad, 4) for grad in made]


register(
    Exercise(
        name="limit_length",
        signature="limit_length(grads, max_norm, total_norm)",
        reference=_limiting(),
        cases=[
            Case(
                use=partial(_limited, grads=grads, most=most, total=total),
                show=f"limit_length({[list(g) for g in grads]}, max_norm={most}, "
                f"total_norm={total})",
                hint=hint,
            )
            for grads, most, total, hint in _LIMITS
        ],
        misconceptions=[
            Misconception(
                "new tensors",
                _limiting(keep=False),
                "The gradients are as they were: `mul_` writes into them.",
            ),
            Misconception(
                "each alone",
                _limiting(alone=True),
                "You look at each gradient alone. One factor for all, from `total_norm`, keeps the "
                "direction of the step.",
            ),
            Misconception(
                "always",
                _limiting(lambda most, total: most / (total + 1e-6)),
                "Short gradients become longer. The factor is never more than 1.",
            ),
            Misconception(
                "upside down",
                _limiting(lambda most, total: min((total + 1e-6) / most if most else 0.0, 1.0)),
                "The factor is upside down: max_norm / total_norm.",
            ),
            Misconception(
                "1e-6 forgotten",
                _limiting(lambda most, total: min(most / total, 1.0) if total else 1.0),
                "1e-6 is missing below: max_norm / (total_norm + 1e-6).",
            ),
            Misconception(
                "at least",
                _limiting(lambda most, total: max(most / (total + 1e-6), 1.0)),
                "Long gradients become no shorter. The factor is at *most* 1: clamp(max=1.0).",
            ),
            Misconception(
                "by max_norm",
                _limiting(lambda most, total: most if total > most else 1.0),
                "Scaled by max_norm, a gradient has any length. By max_norm / total_norm it is "
                "max_norm long.",
            ),
        ],
        hint="factor = (max_norm / (total_norm + 1e-6)).clamp(max=1.0), then mul_ each gradient.",
    )
)
