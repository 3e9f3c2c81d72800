"""Checks on an autoencoder's parts: bits of a size, unflatten, the leaky slope, decoder, lerp."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from math import prod
from typing import Any

import numpy as np

from ..probing import inside, shipped
from . import Case, Exercise, Misconception, late, register
from .planes import wholes
from .views import facts_case, gradient_case, tensor, turned

# The bits of a size


def _bits(size: int) -> list[int]:
    if not 25 <= size <= 32:
        raise ValueError(f"{size} is out of reach")
    rest = size - 25
    return [rest // 4, rest // 2 % 2, rest % 2]


def _unguarded(size: int) -> list[int]:
    return [(size - 25) // 4, (size - 25) // 2 % 2, (size - 25) % 2]


def _bits_case(f: Any, torch: Any, size: int) -> Any:
    found = f(size)
    return [int(bit) for bit in found] if isinstance(found, (tuple, list)) else found


_SIZES: list[tuple[int, str]] = [
    (25, "25 is the smallest size: three zeros."),
    (26, "One more than 25: the last bit counts ones."),
    (27, "27 is 25 + 2: the second bit counts twos."),
    (28, "28 is 25 + 2 + 1."),
    (29, "29 is 25 + 4: the first bit counts fours."),
    (30, "30 is 25 + 4 + 1."),
    (31, "31 is 25 + 4 + 2: in the second bit only what the fours have left counts, % 2."),
    (32, "32 is 25 + 4 + 2 + 1."),
]

register(
    Exercise(
        name="bits",
        signature="bits(size) -> [first, second, third]",
        reference=_bits,
        cases=[
            *[
                Case(use=partial(_bits_case, size=size), show=f"bits({size})", hint=hint)
                for size, hint in _SIZES
            ],
            *[
                Case(
                    args=(size,),
                    raises=ValueError,
                    hint="From 4 by 4 only 25 to 32 are in reach: raise a ValueError for the rest.",
                )
                for size in (24, 33, 8)
            ],
        ],
        misconceptions=[
            Misconception(
                "back to front",
                lambda size: _bits(size)[::-1],
                "Your bits stand back to front. The first layer counts fours: its pixel is doubled "
                "twice.",
            ),
            Misconception(
                "no refusal",
                _unguarded,
                "Right from 25 to 32. But a size out of reach gets bits, too, and the decoder "
                "would draw in another size: raise a ValueError.",
            ),
            Misconception(
                "fours left in",
                lambda size: (_bits(size), [(size - 25) // 4, (size - 25) // 2, (size - 25) % 2])[
                    1
                ],
                "`rest // 2` counts the twos, those in the four among them: take `% 2` of it.",
            ),
            Misconception(
                "of the size",
                lambda size: (_bits(size), [size // 4 % 2, size // 2 % 2, size % 2])[1],
                "These are bits of the size itself. Take off 25 first: three zeros lead to 25.",
            ),
        ],
        hint="rest = size - 25, a number from 0 to 7, in binary.",
    )
)

# unflatten


def _sized(shape: Any, dim: int, sizes: Any) -> tuple[Any, Any, Any]:
    """What stands before the dim, in place of it, and after it."""
    shape = tuple(shape)
    dim = dim % len(shape)
    known = prod(size for size in sizes if size != -1)
    full = tuple(shape[dim] // known if size == -1 else size for size in sizes)
    if prod(full) != shape[dim]:
        raise RuntimeError("sizes do not multiply up to the dim's")
    return shape[:dim], full, shape[dim + 1 :]


def _unflatten(
    shape_of: Callable[..., Any] = lambda before, sizes, after: (*before, *sizes, *after),
    make: Callable[[Any, Any], Any] = lambda input, shape: input.view(shape),
) -> Any:
    def unflatten(input: Any, dim: int, sizes: Sequence[int]) -> Any:
        return make(input, shape_of(*_sized(input.shape, dim, sizes)))

    return late(lambda torch: unflatten)


def _left_to_view(input: Any, dim: int, sizes: Any) -> Any:
    before, _, after = _sized(input.shape, dim, sizes)
    return input.view((*before, *sizes, *after))


_Make = Callable[[Any], Any]
_UNFLATTEN: list[tuple[_Make, int, tuple[int, ...], str, str]] = [
    (lambda torch: tensor(torch, 2, 12), 1, (3, 4), "x (2, 12)", "The other dims stay: (2, 3, 4)."),
    (lambda torch: tensor(torch, 6), 0, (2, 3), "x (6)", "There may be no other dim."),
    (
        lambda torch: tensor(torch, 2, 12),
        1,
        (3, -1),
        "x (2, 12)",
        "-1 is 12 / 3, the dim's size divided by the product of the other sizes.",
    ),
    (
        lambda torch: tensor(torch, 2, 12, 3),
        -2,
        (2, -1, 3),
        "x (2, 12, 3)",
        "The first line has counted the dim from the end: use its `dim`, and what comes after it.",
    ),
    (
        lambda torch: turned(torch, 6, 4),
        0,
        (2, 3),
        "x (6, 4) turned",
        "Not contiguous, and yet a view: the strides are multiples of the old one.",
    ),
    (
        lambda torch: tensor(torch, 0, 12),
        1,
        (3, -1),
        "x (0, 12)",
        "No elements, and -1 is 4 all the same: it is the *dim's* size divided. `view` cannot know "
        "that, so compute it before.",
    ),
    (lambda torch: tensor(torch, 3, 1), 1, (1, -1, 1), "x (3, 1)", "Sizes of 1 are sizes, too."),
    (lambda torch: tensor(torch, 2, 3), 0, (2,), "x (2, 3)", "One dim may become one dim."),
]

register(
    Exercise(
        name="unflatten",
        signature="unflatten(input, dim, sizes) -> Tensor",
        reference=_unflatten(),
        cases=[
            *[
                facts_case(make, dim, sizes, show=f"unflatten({x}, {dim}, {sizes})", hint=hint)
                for make, dim, sizes, x, hint in _UNFLATTEN
            ],
            gradient_case(
                lambda torch: turned(torch, 4, 3),
                0,
                (2, 2),
                show="gradient of unflatten(x (4, 3) turned, 0, (2, 2))",
                hint="`input.view` brings its way back along. Use the tensor, not its array.",
            ),
            Case(
                args=lambda torch: (tensor(torch, 2, 12), 1, (5, 2)),
                show="unflatten(x (2, 12), 1, (5, 2))",
                raises=RuntimeError,
                hint="`check_unflatten`, the first line, says so.",
            ),
        ],
        misconceptions=[
            Misconception(
                "a copy",
                _unflatten(make=lambda input, shape: input.clone().reshape(shape)),
                "The numbers are right, but you copy them. `input.view(...)` is always possible "
                "here.",
            ),
            Misconception(
                "left to view",
                late(lambda torch: _left_to_view),
                "You leave -1 to `view`. It divides all elements by all other sizes, which says "
                "nothing where there are no elements. Compute it from the dim's size.",
            ),
            Misconception(
                "dims before lost",
                _unflatten(shape_of=lambda before, sizes, after: (*sizes, *after)),
                "The dims before `dim` are missing: shape[:dim].",
            ),
            Misconception(
                "dims after lost",
                _unflatten(shape_of=lambda before, sizes, after: (*before, *sizes)),
                "The dims after `dim` are missing: shape[dim + 1 :].",
            ),
            Misconception(
                "turned",
                _unflatten(shape_of=lambda before, sizes, after: (*before, *sizes[::-1], *after)),
                "Your new sizes stand back to front.",
            ),
        ],
        hint="Dims before, the new sizes, dims after; -1 from the dim's own size.",
    )
)

# The leaky slope

_CORNERS = [-2.0, -0.5, 0.0, 0.5, 3.0]


def _corners(dtype: Any = np.float32) -> Any:
    return np.array(_CORNERS, dtype)


def _afterwards(thing: Any, torch: Any) -> Any:
    x = _corners()
    thing(x, 0.5)
    return x


register(
    Exercise(
        name="leaky",
        signature="leaky(input, slope) -> array",
        reference=lambda x, slope: np.where(x > 0, x, x * slope),
        cases=[
            Case(
                use=lambda thing, torch: thing(_corners(), 0.25),
                show=f"leaky(np.array({_CORNERS}, np.float32), 0.25)",
                hint="Above 0 as it is, below times the slope, and float32 stays float32.",
            ),
            Case(
                use=lambda thing, torch: thing(_corners(np.float64), 3.0),
                show=f"leaky(np.array({_CORNERS}), 3.0)",
                hint="A slope above 1 is a slope, too: the larger of x and slope * x is wrong.",
            ),
            Case(
                use=lambda thing, torch: thing(_corners(), -0.5),
                show=f"leaky(np.array({_CORNERS}, np.float32), -0.5)",
                hint="The slope may be below 0.",
            ),
            Case(
                use=lambda thing, torch: thing(np.array([[np.nan, np.inf], [-np.inf, -1]]), 0.5),
                show="leaky(np.array([[nan, inf], [-inf, -1]]), 0.5)",
                hint="nan stays nan, and inf stays inf: choose, do not add up two parts.",
            ),
            Case(
                use=lambda thing, torch: thing(np.zeros((0, 3), np.float32), 0.5),
                show="leaky(np.zeros((0, 3), np.float32), 0.5)",
                hint="No elements: an empty array of the same shape.",
            ),
            Case(
                use=_afterwards,
                show="x after leaky(x, 0.5)",
                hint="The input belongs to somebody else: make a new array.",
            ),
        ],
        misconceptions=[
            Misconception(
                "float64",
                lambda x, slope: x * np.where(x > 0, 1.0, slope),
                "The numbers are right, but np.where(..., 1, slope) is an array of float64, and so "
                "is your result. Choose between `input` and `input * slope`.",
            ),
            Misconception(
                "the larger one",
                lambda x, slope: np.maximum(x, x * np.asarray(slope, x.dtype)),
                "The larger of x and slope * x: right for slopes from 0 to 1, and for no other.",
            ),
            Misconception(
                "relu",
                lambda x, slope: np.maximum(0, x),
                "Below 0 yours is flat. There it should be the input times the slope.",
            ),
            Misconception(
                "the other way round",
                lambda x, slope: np.where(x > 0, x * slope, x),
                "The wrong side has the slope: it belongs below 0.",
            ),
            Misconception(
                "the slope itself",
                lambda x, slope: np.where(x > 0, x, x.dtype.type(slope)),
                "Below 0 you give the slope. It should be the input times the slope.",
            ),
            Misconception(
                "in place",
                lambda x, slope: np.multiply(x, slope, out=x, where=x <= 0),
                "The result is right, but you wrote it into the input, which belongs to somebody "
                "else.",
            ),
        ],
        hint="np.where(input > 0, ..., ...)",
    )
)


def _choose(condition: Any, yes: Any, no: Any) -> Any:
    """The framework's own `choose`, fetched when the check runs."""
    return shipped("ops.choose", "choose")(condition, yes, no)


def _leaky_back(*grad: float, slope: float = 0.25) -> Any:
    return lambda thing, torch: thing(np.array(grad, np.float32), _corners(), slope)


def _leaky_twice(torch: Any) -> list[Any]:
    x = torch.tensor(_CORNERS, requires_grad=True)
    bent = torch.nn.functional.leaky_relu(x, 0.25)
    (slope,) = torch.autograd.grad((bent**3).sum(), x, create_graph=True)
    slope.sum().backward()
    return [slope.detach(), x.grad]


register(
    Exercise(
        name="leaky_gradient",
        signature="leaky_gradient(grad, input, slope) -> array or tensor",
        reference=lambda grad, x, slope: _choose(x > 0, grad, grad * slope),
        cases=[
            Case(
                use=_leaky_back(1.0, 2.0, 3.0, 4.0, 5.0),
                show=f"leaky_gradient([1, 2, 3, 4, 5], {_CORNERS}, 0.25)",
                hint="Above 0 the gradient passes as it is; elsewhere, and at 0, times the slope.",
            ),
            Case(
                use=_leaky_back(np.inf, np.nan, -np.inf, 4.0, np.inf, slope=2.0),
                show=f"leaky_gradient([inf, nan, -inf, 4, inf], {_CORNERS}, 2.0)",
                hint="Choose between two gradients, do not add up two parts: 0 times inf is nan.",
            ),
            Case(
                use=inside("nn._functional.activation", "leaky_gradient", _leaky_twice),
                show="F.leaky_relu with your gradient: first and second derivatives",
                tolerance=1e-5,
                hint="It is called with arrays, and with tensors when somebody asks for second "
                "derivatives. `choose` works on both, np.where on arrays only.",
            ),
        ],
        misconceptions=[
            Misconception(
                "passes everywhere",
                lambda grad, x, slope: grad,
                "Your gradient passes everywhere as it is. Below 0, and at 0, times the slope.",
            ),
            Misconception(
                "stops",
                lambda grad, x, slope: _choose(x > 0, grad, 0.0),
                "That is relu's gradient. Here something passes below 0, too: grad * slope.",
            ),
            Misconception(
                "at 0",
                lambda grad, x, slope: _choose(x >= 0, grad, grad * slope),
                "At 0 itself it is the slope below that counts: `> 0`, not `>= 0`.",
            ),
            Misconception(
                "the other way round",
                lambda grad, x, slope: _choose(x > 0, grad * slope, grad),
                "The wrong side has the slope: it belongs below 0.",
            ),
            Misconception(
                "the slope alone",
                lambda grad, x, slope: _choose(x > 0, grad * 0 + 1, grad * 0 + slope),
                "That is the slope of the curve. What the input gets is the slope times the "
                "gradient from above.",
            ),
            Misconception(
                "by the gradient",
                lambda grad, x, slope: _choose(grad > 0, grad, grad * slope),
                "The condition looks at the gradient. It is the *input* that says on which side of "
                "0 we are.",
            ),
        ],
        hint="choose(input > 0, ..., ...), with `grad` in both places.",
    )
)

# The decoder

_LEAK = 0.2
_CHANNELS = (32, 16, 8, 1)


def _bent(torch: Any, x: Any) -> Any:
    return torch.where(x > 0, x, x * _LEAK)


def _decoder(
    bits: Callable[[int], Sequence[int]] = _bits,
    bend: Callable[[Any, Any], Any] = _bent,
    end: Callable[[Any], Any] = lambda x: 1 / (1 + (-x).exp()),
    bend_last: bool = False,
    bend_first: bool = True,
    fold: Callable[[Any], Any] = lambda x: x.reshape(-1, 32, 4, 4),
) -> Any:
    def make(torch: Any) -> Any:
        nn = torch.nn

        class Decoder(torch.nn.Module):  # type: ignore[misc]
            def __init__(self, size: int = 28, numbers: int = 16) -> None:
                super().__init__()
                self.unfold = nn.Linear(numbers, 512)
                pairs = zip(_CHANNELS, _CHANNELS[1:], bits(size), strict=False)
                self.up = nn.ModuleList(
                    nn.ConvTranspose2d(a, b, 3, stride=2, padding=1, output_padding=more)
                    for a, b, more in pairs
                )

            def forward(self, codes: Any) -> Any:
                x = self.unfold(codes)
                x = fold(bend(torch, x) if bend_first else x)
                for n, layer in enumerate(self.up):
                    x = layer(x)
                    if n < 2 or bend_last:
                        x = bend(torch, x)
                return end(x)

        return Decoder

    return late(make)


def _with_weights(cls: Any, torch: Any, **options: int) -> Any:
    """A decoder whose parameters have known values, each by its place."""
    net = cls(**options)
    with torch.no_grad():
        for n, weight in enumerate(net.parameters()):
            values = wholes(*weight.shape, start=n) / (40 if n < 2 else 25)
            weight.copy_(torch.tensor(values.tolist()).reshape(weight.shape))
    return net


def _codes(torch: Any, count: int, numbers: int) -> Any:
    return torch.tensor((wholes(count, numbers) / 2).tolist()).reshape(count, numbers)


def _parameters(cls: Any, torch: Any) -> Any:
    return [tuple(weight.shape) for weight in cls(size=27, numbers=5).parameters()]


def _drawn_shape(cls: Any, torch: Any, size: int) -> Any:
    drawn = cls(size)(torch.zeros(2, 16))
    return None if drawn is None else tuple(drawn.shape)


def _drawn(cls: Any, torch: Any, size: int, numbers: int) -> Any:
    net = _with_weights(cls, torch, size=size, numbers=numbers)
    drawn = net(_codes(torch, 3, numbers))
    return None if drawn is None else drawn.detach()


def _learned(cls: Any, torch: Any) -> Any:
    """How many parameters get a gradient, and the loss before and after a step."""
    net = _with_weights(cls, torch, size=26, numbers=4)
    codes, target, losses = _codes(torch, 3, 4), torch.ones(3, 1, 26, 26) / 4, []
    for _ in range(2):
        loss = ((net(codes) - target) ** 2).mean()
        losses.append(loss.item())
        loss.backward()
        arrived = [weight for weight in net.parameters() if weight.grad is not None]
        with torch.no_grad():
            for weight in arrived:
                weight -= 0.05 * weight.grad
                weight.grad = None
    return {"parameters that get a gradient": len(arrived), "losses": losses}


register(
    Exercise(
        name="Decoder",
        signature="Decoder(size=28, numbers=16), codes (N, numbers) to pictures (N, 1, size, size)",
        reference=_decoder(),
        cases=[
            Case(
                use=_parameters,
                show="the shapes of Decoder(size=27, numbers=5).parameters()",
                hint="In this order: Linear(numbers, 512), then ConvTranspose2d from 32 to 16, "
                "from 16 to 8 and from 8 to 1 channels, with window 3. Each must be an attribute.",
            ),
            *[
                Case(
                    use=partial(_drawn_shape, size=size),
                    show=f"the shape of Decoder({size})(two codes)",
                    hint=f"`bits({size})` says each layer's output_padding, the first one's first.",
                )
                for size in (28, 25, 30, 31)
            ],
            Case(
                use=partial(_drawn, size=28, numbers=16),
                show="what Decoder(28, 16) draws, with weights of ours",
                tolerance=1e-4,
                hint="Leaky ReLU with slope 0.2 after Linear and after the first two layers up, "
                "none after the last; sigmoid at the end.",
            ),
            Case(
                use=partial(_drawn, size=29, numbers=3),
                show="what Decoder(29, 3) draws, with weights of ours",
                tolerance=1e-4,
                hint="`numbers` and `size` come from the arguments.",
            ),
            Case(
                use=_learned,
                show="the loss before and after a step of descent",
                tolerance=1e-3,
                hint="Every parameter must get its gradient: no .detach(), no .data.",
            ),
        ],
        misconceptions=[
            Misconception(
                "bits back to front",
                _decoder(bits=lambda size: _bits(size)[::-1]),
                "The bits stand at the wrong layers: `first` belongs to the layer from 32 to 16 "
                "channels.",
            ),
            Misconception(
                "always 28",
                _decoder(bits=lambda size: (0, 1, 1)),
                "Right for 28, and for no other size. Ask `bits(size)`.",
            ),
            Misconception(
                "no bits",
                _decoder(bits=lambda size: (0, 0, 0)),
                "Your layers have no output_padding: whatever size is wanted, 25 comes out.",
            ),
            Misconception(
                "relu",
                _decoder(bend=lambda torch, x: torch.where(x > 0, x, x * 0)),
                "That is relu: below 0 nothing passes. Take leaky ReLU with slope 0.2.",
            ),
            Misconception(
                "another slope",
                _decoder(bend=lambda torch, x: torch.where(x > 0, x, x * 0.01)),
                "The slope is 0.01, which leaky ReLU has if nobody says otherwise. Say 0.2.",
            ),
            Misconception(
                "no sigmoid",
                _decoder(end=lambda x: x),
                "Pixels are to lie between 0 and 1: sigmoid is missing at the end.",
            ),
            Misconception(
                "bent at the end",
                _decoder(bend_last=True),
                "After the last layer comes sigmoid only: leaky ReLU before it would squeeze all "
                "that is dark.",
            ),
            Misconception(
                "not bent after Linear",
                _decoder(bend_first=False),
                "Leaky ReLU is missing between Linear and the first layer up.",
            ),
            Misconception(
                "folded another way",
                _decoder(fold=lambda x: x.reshape(-1, 4, 4, 32).permute(0, 3, 1, 2)),
                "Your maps are folded in another order: channels come first, (32, 4, 4).",
            ),
        ],
        hint="Linear, leaky, unflatten; up, leaky; up, leaky; up, sigmoid.",
    )
)

# lerp

_LINE = "the derivative for input", "for end", "for weight"


def _ask_line(thing: Any, torch: Any, arrays: Any) -> Any:
    """The result of the bare function, and its derivatives at an uneven gradient."""
    returned = getattr(thing, "__wrapped__", thing)(*arrays)
    if returned is None:
        return None
    things = list(returned) if isinstance(returned, (tuple, list)) else [returned]
    functions = [callable(thing) for thing in things[1:]]
    found = {"things returned": len(things), "functions among them": sum(functions)}
    if len(things) != 4 or not all(functions):
        return found | {"result": None} | dict.fromkeys(_LINE)
    result = np.asarray(things[0])
    grad = wholes(*result.shape, start=3).astype(result.dtype)
    grads = [np.asarray(derivative(grad)) for derivative in things[1:]]
    return found | {"result": result} | dict(zip(_LINE, grads, strict=True))


def _near(a: Any, b: Any, w: Any) -> Any:
    return np.where(np.abs(w) < 0.5, a + w * (b - a), b - (1 - w) * (b - a))


def _line(
    rule: Callable[[Any, Any, Any], Any] = _near,
    to_input: Callable[..., Any] = lambda g, a, b, w: g * (1 - w),
    to_end: Callable[..., Any] = lambda g, a, b, w: g * w,
    to_weight: Callable[..., Any] = lambda g, a, b, w: g * (b - a),
) -> Any:
    def lerp_tensor(input: Any, end: Any, weight: Any) -> Any:
        facts = input, end, weight
        return (
            rule(*facts),
            lambda grad: to_input(grad, *facts),
            lambda grad: to_end(grad, *facts),
            lambda grad: to_weight(grad, *facts),
        )

    return lerp_tensor


def _ends(*shape: int) -> tuple[Any, Any, Any]:
    weight = np.linspace(-1, 2, prod(shape)).reshape(shape)
    return wholes(*shape, start=2), wholes(*shape, start=7), weight


_FAR = np.array([1e8, -1e8, 3e7], np.float32), np.array([1.0, 3.0, -0.1], np.float32)
_LINES: list[tuple[str, Any, str]] = [
    (
        "seven places, weights from -1 to 2",
        _ends(7),
        "Return four things: the result, and functions of `grad` for `input`, `end` and `weight`. "
        "The names above say which of them differs.",
    ),
    ("2 by 3", _ends(2, 3), ""),
    ("single numbers", (np.array(4.0), np.array(8.0), np.array(0.25)), "A quarter of the way: 5."),
    ("none", _ends(0, 2), "No elements: empty arrays."),
    (
        "far apart, weight 1",
        (*_FAR, np.ones(3, np.float32)),
        "Weight 1 is `end`, exactly: count back from it where the weight is not below 0.5.",
    ),
    (
        "far apart, weight 0",
        (*_FAR[::-1], np.zeros(3, np.float32)),
        "Weight 0 is `input`, exactly: count from it where the weight is below 0.5.",
    ),
    (
        "rows by one weight each",
        (wholes(3), wholes(3, start=5), np.array([[0.25], [0.75]])),
        "Shapes may broadcast; `@pointwise` brings the gradients back to them.",
    ),
]

register(
    Exercise(
        name="lerp_tensor",
        signature="lerp_tensor(input, end, weight) -> result, three derivatives",
        reference=_line(),
        cases=[
            Case(
                use=partial(_ask_line, arrays=arrays),
                show=f"lerp_tensor of {words}",
                tolerance=1e-6,
                hint=hint,
            )
            for words, arrays, hint in _LINES
        ],
        misconceptions=[
            Misconception(
                "the school's rule",
                _line(rule=lambda a, b, w: a + w * (b - a)),
                "Near weight 1 your rule misses the end: input + (end - input) is rounded. From "
                "0.5 on count back from `end`.",
            ),
            Misconception(
                "from the end only",
                _line(rule=lambda a, b, w: b - (1 - w) * (b - a)),
                "Near weight 0 your rule misses `input`. Below 0.5 count from there.",
            ),
            Misconception(
                "the weight's own share",
                _line(to_weight=lambda g, a, b, w: g * w * (b - a)),
                "The derivative for `weight` has a `weight` too many: the curve rises by "
                "(end - input) for each step of it.",
            ),
            Misconception(
                "the other rule",
                _line(rule=lambda a, b, w: _near(b, a, w)),
                "Yours goes from `end` to `input`: weight 0 is `input`.",
            ),
            Misconception(
                "exchanged",
                _line(
                    to_input=lambda g, a, b, w: g * w,
                    to_end=lambda g, a, b, w: g * (1 - w),
                ),
                "The derivatives for `input` and `end` stand in each other's place: at weight 0 "
                "all of it goes to `input`.",
            ),
            Misconception(
                "minus the weight",
                _line(to_weight=lambda g, a, b, w: g * (a - b)),
                "The derivative for `weight` has the wrong sign: with more weight it goes towards "
                "`end`, so it is (end - input).",
            ),
            Misconception(
                "what comes from above",
                _line(
                    to_input=lambda g, a, b, w: 1 - w + g * 0,
                    to_end=lambda g, a, b, w: w + g * 0,
                    to_weight=lambda g, a, b, w: b - a + g * 0,
                ),
                "These are the slopes alone. A derivative passes on what comes from above: times "
                "`grad`.",
            ),
            Misconception(
                "all of it",
                _line(to_input=lambda g, a, b, w: g, to_end=lambda g, a, b, w: g),
                "`input` counts (1 - weight) times and `end` counts `weight` times.",
            ),
        ],
        hint="The result, and three functions of `grad`: for input, end and weight.",
    )
)
