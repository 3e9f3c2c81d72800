"""Checks on layers and losses: functions that compute, modules that keep."""

import importlib
from typing import Any

from . import Case, Exercise, Misconception, late, register


def _points(torch: Any) -> tuple[Any]:
    return (torch.tensor([-2.0, -0.5, 0.0, 0.5, 3.0], requires_grad=True),)


register(
    Exercise(
        name="my-relu",
        signature="my_relu(x) -> tensor",
        reference=lambda x: x * (x > 0),
        cases=[
            Case(
                args=lambda torch: (torch.tensor([[-1.0, 2.0], [3.0, -4.0]]),),
                show="my_relu(torch.tensor([[-1.0, 2.0], [3.0, -4.0]]))",
            ),
            Case(
                args=_points,
                show="my_relu(torch.tensor([-2.0, -0.5, 0.0, 0.5, 3.0], requires_grad=True))",
                gradient=True,
            ),
        ],
        misconceptions=[
            Misconception(
                "clamp",
                lambda x: x.clamp(min=0),
                "The values are right. At exactly 0 your slope is 1, as with `clamp` or `>=`. "
                "ReLU has slope 0 there.",
            ),
            Misconception(
                "half a slope",
                lambda x: (x + x.abs()) / 2,
                "The values are right. At exactly 0 your slope is 0.5, shared between the two "
                "sides. ReLU has slope 0 there.",
            ),
            Misconception(
                "absolute value",
                lambda x: x.abs(),
                "Negative numbers become 0, not positive.",
            ),
            Misconception(
                "only ones",
                lambda x: (x > 0).float(),
                "That is where x is positive, a mask. Multiply x by it.",
            ),
        ],
        hint="Where x is positive the result is x, elsewhere 0: numbers and slopes.",
    )
)


def _kept(torch: Any, *kept: bool) -> tuple[Any, Any]:
    return torch.tensor([1.0, 2.0, 3.0, 4.0]), torch.tensor(list(kept))


register(
    Exercise(
        name="dropout-scales",
        signature="drop(x, kept, p) -> tensor",
        reference=lambda x, kept, p: x * kept / (1 - p),
        cases=[
            Case(
                args=lambda torch: (*_kept(torch, True, False, True, True), 0.5),
                show="drop(torch.tensor([1., 2., 3., 4.]), kept, 0.5), the second is dropped",
                tolerance=1e-6,
            ),
            Case(
                args=lambda torch: (*_kept(torch, False, False, True, False), 0.2),
                show="drop(torch.tensor([1., 2., 3., 4.]), kept, 0.2), only the third is kept",
                tolerance=1e-6,
                hint="The factor depends on p, not on how many were kept this time.",
            ),
            Case(
                args=lambda torch: (*_kept(torch, True, True, True, True), 0.0),
                show="drop(torch.tensor([1., 2., 3., 4.]), torch.tensor([True] * 4), 0.0)",
                tolerance=1e-6,
            ),
        ],
        misconceptions=[
            Misconception(
                "no scaling",
                lambda x, kept, p: x * kept,
                "The right ones are 0, but the survivors have to grow, so that the average stays "
                "the same.",
            ),
            Misconception(
                "divided by p",
                lambda x, kept, p: x * kept / p if p else x * kept,
                "p is the probability to be dropped. Out of 100, 100 * (1 - p) survive: divide by "
                "1 - p.",
            ),
            Misconception(
                "divided by the share that was kept",
                lambda x, kept, p: x * kept / kept.float().mean(),
                "You divide by the share that happened to be kept this time. The factor is always "
                "1 / (1 - p); it is right on average.",
            ),
            Misconception(
                "the others dropped",
                lambda x, kept, p: x * ~kept / (1 - p),
                "You dropped the ones to be kept: `kept` is True where x stays.",
            ),
        ],
        hint="First make the others 0, then scale.",
    )
)


def _cross_entropy(scores: Any, labels: Any) -> Any:
    torch: Any = importlib.import_module("eduflow")

    log_p = torch.log_softmax(scores, 1)
    return -log_p[torch.arange(len(labels)), labels].mean()


def _through_softmax(scores: Any, labels: Any) -> Any:
    torch: Any = importlib.import_module("eduflow")

    return -torch.softmax(scores, 1).log()[torch.arange(len(labels)), labels].mean()


def _raw(scores: Any, labels: Any) -> Any:
    torch: Any = importlib.import_module("eduflow")

    return -scores[torch.arange(len(labels)), labels].mean()


def _probabilities(scores: Any, labels: Any) -> Any:
    torch: Any = importlib.import_module("eduflow")

    return -torch.softmax(scores, 1)[torch.arange(len(labels)), labels].mean()


def _whole_columns(scores: Any, labels: Any) -> Any:
    torch: Any = importlib.import_module("eduflow")

    return -torch.log_softmax(scores, 1)[:, labels].mean()


_SCORES = [[1.0, 2.0, 4.0], [0.0, 0.5, -1.0]]

register(
    Exercise(
        name="my-cross-entropy",
        signature="my_cross_entropy(scores, labels) -> tensor without dims",
        reference=_cross_entropy,
        cases=[
            Case(
                args=lambda torch: (torch.tensor(_SCORES), torch.tensor([2, 0])),
                show=f"my_cross_entropy(torch.tensor({_SCORES}), torch.tensor([2, 0]))",
                tolerance=1e-5,
            ),
            Case(
                args=lambda torch: (
                    torch.tensor(_SCORES, requires_grad=True),
                    torch.tensor([0, 0]),
                ),
                show=f"my_cross_entropy(torch.tensor({_SCORES}), torch.tensor([0, 0])), and its "
                "gradient",
                tolerance=1e-5,
                gradient=True,
            ),
            Case(
                args=lambda torch: (torch.tensor([[1000.0, 0.0]]), torch.tensor([1])),
                show="my_cross_entropy(torch.tensor([[1000.0, 0.0]]), torch.tensor([1]))",
                tolerance=1e-3,
                hint="Large scores are nothing special: the loss here is 1000.",
            ),
        ],
        misconceptions=[
            Misconception(
                "softmax, then log",
                _through_softmax,
                "Right, as long as the scores are small. For large ones softmax rounds to 0, and "
                "the log of 0 is -inf. log_softmax never leaves the logarithm.",
            ),
            Misconception(
                "raw scores",
                _raw,
                "You took the scores as they are. They have to become log-probabilities first.",
            ),
            Misconception(
                "no logarithm",
                _probabilities,
                "You took minus the probability. It is minus its logarithm.",
            ),
            Misconception(
                "whole columns",
                _whole_columns,
                "`table[:, labels]` takes whole columns. Pair every row with its own label: "
                "`table[torch.arange(n), labels]`.",
            ),
        ],
        hint="log_softmax along dim 1, one number from each row, minus their mean.",
    )
)


def _affine(torch: Any) -> type:
    class Affine(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.full((outputs, inputs), 0.5))
            self.bias = torch.nn.Parameter(torch.zeros(outputs))

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.linear(x, self.weight, self.bias)

    return Affine


def _of_tensors(torch: Any) -> type:
    class Affine(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.weight = torch.full((outputs, inputs), 0.5).requires_grad_()
            self.bias = torch.zeros(outputs).requires_grad_()

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.linear(x, self.weight, self.bias)

    return Affine


def _turned(torch: Any) -> type:
    class Affine(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, outputs: int) -> None:
            super().__init__()
            self.weight = torch.nn.Parameter(torch.full((inputs, outputs), 0.5))
            self.bias = torch.nn.Parameter(torch.zeros(outputs))

        def forward(self, x: Any) -> Any:
            return x @ self.weight + self.bias

    return Affine


def _without_super(torch: Any) -> type:
    class Affine(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, inputs: int, outputs: int) -> None:
            self.weight = torch.nn.Parameter(torch.full((outputs, inputs), 0.5))
            self.bias = torch.nn.Parameter(torch.zeros(outputs))

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.linear(x, self.weight, self.bias)

    return Affine


def _without_bias(torch: Any) -> type:
    class Affine(_affine(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return torch.nn.functional.linear(x, self.weight)

    return Affine


def _registered(affine: Any, torch: Any) -> Any:
    return list(affine(3, 2)._parameters)


def _with_another_bias(affine: Any, torch: Any) -> Any:
    layer = affine(3, 2)
    with torch.no_grad():
        layer.bias += 1
    return layer(torch.ones(1, 3))


register(
    Exercise(
        name="affine-module",
        signature="class Affine(torch.nn.Module)",
        reference=late(_affine),
        cases=[
            Case(
                use=_registered,
                show="list(Affine(3, 2)._parameters)",
                hint="Both have to be a `torch.nn.Parameter`, assigned to `self`, weight first.",
            ),
            Case(
                use=lambda affine, torch: affine(3, 2).weight.shape,
                show="Affine(3, 2).weight.shape",
            ),
            Case(
                use=lambda affine, torch: affine(3, 2)(torch.ones(4, 3)),
                show="Affine(3, 2)(torch.ones(4, 3))",
                tolerance=1e-6,
            ),
            Case(
                use=_with_another_bias,
                show="the same with 1 in the bias",
                tolerance=1e-6,
                hint="The bias is added to every row.",
            ),
        ],
        misconceptions=[
            Misconception(
                "plain tensors",
                late(_of_tensors),
                "Your weights are plain tensors. They compute, and even get gradients, but the "
                "module does not know them: no optimizer will be given them. Wrap them in "
                "`torch.nn.Parameter`.",
            ),
            Misconception(
                "weight turned",
                late(_turned),
                "Your weight is (in, out). PyTorch keeps it as (out, in), and multiplies with its "
                "transpose.",
            ),
            Misconception(
                "no super",
                late(_without_super),
                "The drawers are missing: the first line of `__init__` has to be "
                "`super().__init__()`.",
            ),
            Misconception(
                "bias forgotten",
                late(_without_bias),
                "The bias is registered, but `forward` does not add it.",
            ),
        ],
        hint="`super().__init__()`, two Parameters, and one call of the function.",
    )
)


def _own(module: Any) -> list[Any]:
    return [parameter for parameter in module._parameters.values() if parameter is not None]


def _own_only(module: Any) -> int:
    return int(sum(parameter.numel() for parameter in _own(module)))


def _count(module: Any) -> int:
    return _own_only(module) + sum(_count(part) for part in module._modules.values())


def _without_asking(module: Any) -> int:
    own = sum(parameter.numel() for parameter in module._parameters.values())
    return int(own + sum(_without_asking(part) for part in module._modules.values()))


def _two_levels(module: Any) -> int:
    return _own_only(module) + sum(_own_only(part) for part in module._modules.values())


def _tensors(module: Any) -> int:
    return len(_own(module)) + sum(_tensors(part) for part in module._modules.values())


def _tree(torch: Any, depth: int) -> Any:
    module = torch.nn.Module()
    module.weight = torch.nn.Parameter(torch.zeros(2, 3 + depth))
    module.plain = torch.zeros(7)
    if depth:
        module.inner, module.other = _tree(torch, depth - 1), _tree(torch, 0)
    return module


def _without_a_bias(torch: Any) -> Any:
    module = _tree(torch, 1)
    module.inner.register_parameter("bias", None)
    return module


register(
    Exercise(
        name="count-parameters",
        signature="count(module) -> int",
        reference=_count,
        cases=[
            Case(
                args=lambda torch: (_tree(torch, 0),), show="count(a module with a 2 by 3 weight)"
            ),
            Case(args=lambda torch: (_tree(torch, 1),), show="count(a module with two parts)"),
            Case(
                args=lambda torch: (_tree(torch, 2),),
                show="count(a module whose part has parts)",
                hint="Parts may have parts of their own: let count call itself.",
            ),
            Case(args=lambda torch: (torch.nn.Module(),), show="count(torch.nn.Module())"),
            Case(
                args=lambda torch: (_without_a_bias(torch),),
                show="count(a module with a part whose bias is None)",
            ),
        ],
        misconceptions=[
            Misconception(
                "empty places",
                _without_asking,
                "A place may be empty: a layer without a bias has None there. Leave those out: "
                "`if parameter is not None`.",
            ),
            Misconception(
                "own only",
                _own_only,
                "You counted what the module holds itself. What its parts hold belongs to it, too.",
            ),
            Misconception(
                "two levels",
                _two_levels,
                "You looked into the parts, but not into the parts of the parts.",
            ),
            Misconception(
                "tensors counted",
                _tensors,
                "You counted tensors. The question is how many numbers they hold: `numel()`.",
            ),
        ],
        hint="Its own parameters, and the same again for every part.",
    )
)
