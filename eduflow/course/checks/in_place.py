"""Checks on in-place operations: version counters, saved values, and steps downhill."""

from collections.abc import Callable
from typing import Any

from . import Case, Exercise, Misconception, late, register


def _versions(program: list[str]) -> dict[str, int]:
    """The version of each name after a list of steps such as "view b a" or "write b"."""
    counter = {"a": "a"}
    versions = {"a": 0}
    for step in program:
        what, *names = step.split()
        if what in ("view", "detach"):
            counter[names[0]] = counter[names[1]]
        elif what in ("copy", "data"):
            counter[names[0]] = names[0]
            versions[names[0]] = 0
        else:
            versions[counter[names[0]]] += 1
    return {name: versions[counter[name]] for name in counter}


def _everyone_has_their_own(program: list[str]) -> dict[str, int]:
    versions = {"a": 0}
    for step in program:
        what, *names = step.split()
        if what == "write":
            versions[names[0]] += 1
        else:
            versions[names[0]] = 0
    return versions


def _data_is_like_detach(program: list[str]) -> dict[str, int]:
    return _versions([step.replace("data", "detach") for step in program])


register(
    Exercise(
        name="versions",
        signature="versions(program) -> dict of int",
        reference=_versions,
        cases=[
            Case(args=(["write a", "write a"],)),
            Case(args=(["view b a", "write b"],), hint="A view counts together with its base."),
            Case(
                args=(["write a", "copy b a", "write b", "write b"],),
                hint="A copy has memory of its own, and a count that begins at 0.",
            ),
            Case(args=(["detach b a", "write b", "view c b", "write c"],)),
            Case(
                args=(["write a", "data b a", "write b"],),
                hint="`.data` begins a count of its own, at 0.",
            ),
        ],
        misconceptions=[
            Misconception(
                "one count each",
                _everyone_has_their_own,
                "You gave every name a count of its own. The count belongs to the memory: whoever "
                "looks at the same memory reads the same count.",
            ),
            Misconception(
                "data counts too",
                _data_is_like_detach,
                "You let `.data` share the count, as `detach()` does. It shares the memory, but it "
                "hides what is done there: its count is a new one.",
            ),
        ],
        hint="Ask of each name: whose memory does it look at?",
    )
)


def _notices(operation: str, changed: str) -> bool:
    saved = {
        "exp": "result",
        "tanh": "result",
        "sigmoid": "result",
        "sqrt": "result",
        "sin": "input",
        "log": "input",
        "square": "input",
        "neg": "nothing",
        "add one": "nothing",
    }
    return saved[operation] == changed


def _always_the_input(operation: str, changed: str) -> bool:
    return changed == "input" and operation not in ("neg", "add one")


def _any_change(operation: str, changed: str) -> bool:
    return operation not in ("neg", "add one")


register(
    Exercise(
        name="notices",
        signature='notices(operation, changed) -> bool, changed is "input" or "result"',
        reference=_notices,
        cases=[
            Case(args=("exp", "result")),
            Case(args=("exp", "input"), hint="The slope of exp is exp itself: look at the result."),
            Case(args=("sin", "input")),
            Case(args=("sin", "result")),
            Case(args=("neg", "input"), hint="What does the slope of -x depend on?"),
            Case(args=("square", "input")),
            Case(args=("log", "input")),
            Case(
                args=("sqrt", "result"),
                hint="The slope of sqrt is 1 / (2 sqrt(x)), and sqrt(x) is what came out.",
            ),
            Case(args=("tanh", "result")),
            Case(args=("sigmoid", "result")),
            Case(args=("add one", "result")),
        ],
        misconceptions=[
            Misconception(
                "always the input",
                _always_the_input,
                "You look at inputs only. exp, tanh, sigmoid and sqrt can compute their slope from "
                "what came out, and so they save the result.",
            ),
            Misconception(
                "any change",
                _any_change,
                "You take every change for a danger. Only what the derivative holds on to matters: "
                "the input or the result, seldom both.",
            ),
        ],
        hint="Write down the slope, and see which of the two numbers it needs.",
    )
)


def _sgd(torch: Any) -> Callable[..., None]:
    def step(weights: list[Any], lr: float) -> None:
        with torch.no_grad():
            for weight in weights:
                weight -= lr * weight.grad
                weight.grad = None

    return step


def _weights(torch: Any) -> list[Any]:
    first = torch.tensor([1.0, -2.0], requires_grad=True)
    second = torch.tensor([[3.0]], requires_grad=True)
    ((first * first).sum() + 4 * second.sum()).backward()
    return [first, second]


def _after(step: Callable[..., None], torch: Any) -> dict[str, Any]:
    weights = _weights(torch)
    same = list(weights)
    step(weights, 0.5)
    return {
        "values": [w.detach().tolist() for w in same],
        "leaves that require grad": [w.is_leaf and w.requires_grad for w in same],
        "gradients forgotten": [w.grad is None for w in same],
    }


def _uphill(torch: Any) -> Callable[..., None]:
    def step(weights: list[Any], lr: float) -> None:
        with torch.no_grad():
            for weight in weights:
                weight += lr * weight.grad
                weight.grad = None

    return step


def _keeps_gradients(torch: Any) -> Callable[..., None]:
    def step(weights: list[Any], lr: float) -> None:
        with torch.no_grad():
            for weight in weights:
                weight -= lr * weight.grad

    return step


def _whole_gradient(torch: Any) -> Callable[..., None]:
    step = _sgd(torch)
    return lambda weights, lr: step(weights, 1.0)


def _new_tensors(torch: Any) -> Callable[..., None]:
    def step(weights: list[Any], lr: float) -> None:
        with torch.no_grad():
            for weight in weights:
                weight = weight - lr * weight.grad

    return step


register(
    Exercise(
        name="sgd-step",
        signature="step(weights, lr) -> None",
        reference=late(_sgd),
        cases=[Case(use=_after, show="step(weights, 0.5), then the weights")],
        misconceptions=[
            Misconception("uphill", late(_uphill), "Your step goes uphill. Subtract the gradient."),
            Misconception(
                "keeps the gradients",
                late(_keeps_gradients),
                "The weights are right, but their gradients are still there: the next "
                "backward() would add to them.",
            ),
            Misconception(
                "lr forgotten",
                late(_whole_gradient),
                "Your step is as long as the gradient. It should be `lr` times as long.",
            ),
            Misconception(
                "new tensors",
                late(_new_tensors),
                "The weights are as they were before, and so are their gradients. If you wrote "
                "`weight = weight - ...`: that makes a new tensor and gives it the name. "
                "`weight -= ...` writes into the old one.",
            ),
        ],
        hint="Inside no_grad, write into each weight, then set its grad to None.",
    )
)


def _momentum(buffer: list[float], gradient: list[float], momentum: float) -> list[float]:
    return [momentum * b + g for b, g in zip(buffer, gradient)]


def _average(buffer: list[float], gradient: list[float], momentum: float) -> list[float]:
    return [momentum * b + (1 - momentum) * g for b, g in zip(buffer, gradient)]


def _swapped(buffer: list[float], gradient: list[float], momentum: float) -> list[float]:
    return [b + momentum * g for b, g in zip(buffer, gradient)]


register(
    Exercise(
        name="momentum",
        signature="new_buffer(buffer, gradient, momentum) -> list of float",
        reference=_momentum,
        cases=[
            Case(args=([0.0, 0.0], [1.0, -2.0], 0.9)),
            Case(args=([1.0, -2.0], [1.0, -2.0], 0.9)),
            Case(args=([4.0], [0.0], 0.5), hint="Without a gradient the buffer fades."),
        ],
        misconceptions=[
            Misconception(
                "an average",
                _average,
                "You took the average of old and new, so the new gradient counts little. PyTorch's "
                "SGD adds it in full: momentum * buffer + gradient.",
            ),
            Misconception(
                "the wrong one fades",
                _swapped,
                "You let the gradient fade and kept all of the past. It is the past that fades.",
            ),
        ],
        hint="momentum times the old buffer, plus the gradient.",
    )
)


def _with_gradients(torch: Any) -> list[Any]:
    first = torch.ones(2, requires_grad=True)
    second = torch.ones(3, requires_grad=True)
    (3 * first.sum() + second * torch.tensor([2.0, 1.0, -1.0])).sum().backward()
    return [first, second]


def _clipped(limit: float) -> Callable[..., Any]:
    def use(clip: Callable[..., Any], torch: Any) -> dict[str, Any] | None:
        weights = _with_gradients(torch)
        held = [weight.grad for weight in weights]
        before = [grad.tolist() for grad in held]
        length = clip(weights, limit)
        if length is None and before == [weight.grad.tolist() for weight in weights]:
            return None
        return {
            "returned": round(float(length), 3) if hasattr(length, "__float__") else length,
            "gradients": [[round(g, 4) for g in grad.tolist()] for grad in held],
            "the same gradients": [w.grad is g for w, g in zip(weights, held)],
            "weights": [weight.tolist() for weight in weights],
        }

    return use


def _length(weights: list[Any]) -> float:
    return float(sum((weight.grad * weight.grad).sum().item() for weight in weights) ** 0.5)


def _clip(weights: list[Any], limit: float) -> float:
    length = _length(weights)
    if length > limit:
        for weight in weights:
            weight.grad.mul_(limit / length)
    return length


def _one_by_one(weights: list[Any], limit: float) -> float:
    total = _length(weights)
    for weight in weights:
        _clip([weight], limit)
    return total


def _always(weights: list[Any], limit: float) -> float:
    length = _length(weights)
    for weight in weights:
        weight.grad.mul_(limit / length)
    return length


def _clipped_copies(weights: list[Any], limit: float) -> float:
    length = _length(weights)
    if length > limit:
        for weight in weights:
            weight.grad = weight.grad * (limit / length)
    return length


def _number_by_number(weights: list[Any], limit: float) -> float:
    length = _length(weights)
    for weight in weights:
        weight.grad.clamp_(-limit, limit)
    return length


register(
    Exercise(
        name="clip-gradients",
        signature="clip(weights, limit) -> float",
        reference=_clip,
        cases=[
            Case(use=_clipped(1.0), show="clip(weights, 1.0), then the gradients"),
            Case(
                use=_clipped(100.0),
                show="clip(weights, 100.0), then the gradients",
                hint="They were shorter than the limit: they stay as they are.",
            ),
        ],
        misconceptions=[
            Misconception(
                "one by one",
                _one_by_one,
                "You shortened the gradient of each weight by itself. That turns the step: take "
                "one length for all of them together.",
            ),
            Misconception(
                "always",
                _always,
                "You made short gradients longer. Scale them only if they are above the limit.",
            ),
            Misconception(
                "copies",
                _clipped_copies,
                "The numbers are right, but they are in new tensors: whoever held the old "
                "gradients still sees them unclipped. `mul_` writes into them.",
            ),
            Misconception(
                "number by number",
                _number_by_number,
                "You cut every number at the limit. That changes the direction of the step; "
                "multiply all of them by the same factor.",
            ),
        ],
        hint="The length is the root of the sum of all squares, over every weight; return what it "
        "was before. If that is right already: every gradient is to be multiplied by the same "
        "factor, and its own numbers have to change.",
    )
)
