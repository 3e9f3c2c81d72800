"""Checks on transposed convolution: stamps, the size, the operation, output_padding, the layer."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any

import numpy as np

from ..compare import Parts, compare
from . import Case, Exercise, Misconception, late, register
from .planes import (
    as_arrays,
    built_layer,
    channels,
    convolved,
    geometry,
    in_words,
    input_gradient,
    layer_shapes,
    learning,
    made_leaves,
    standing_on,
    weight_gradient,
    wholes,
    with_gradients,
)

# Stamps, with loops


def _stamped(
    picture: Any, window: Any, stride: int, add: bool = True, step: Any = None, turned: bool = False
) -> Any:
    (height, width), (rows, columns) = picture.shape, window.shape
    step = stride if step is None else step
    canvas = np.zeros(((height - 1) * stride + rows, (width - 1) * stride + columns))
    window = window[::-1, ::-1] if turned else window
    for r, c in np.ndindex(height, width):
        there = canvas[r * step : r * step + rows, c * step : c * step + columns]
        there[...] = picture[r, c] * window + (there if add else 0)
    return canvas


def _all_of_one_size(picture: Any, window: Any, stride: int) -> Any:
    """Side by side, on a canvas that has room for that."""
    return np.kron(picture, window)


_STAMPED: list[tuple[Any, Any, int, str]] = [
    ((1, 1), (2, 3), 1, "A single pixel: one stamp, as large as the window."),
    ((2, 2), (2, 2), 2, "Stride 2 and a window of 2: side by side, nothing overlaps."),
    ((2, 3), (3, 3), 1, "Stamps overlap: where they do, they add up."),
    ((3, 2), (3, 2), 2, "Height and width differ: the last stamp begins at (height - 1) * stride."),
    ((2, 2), (1, 2), 3, "Between stamps that lie far apart there is 0."),
]


def _stamped_case(f: Any, torch: Any, case: Any) -> Any:
    found = f(wholes(*case[0], start=6), wholes(*case[1], start=3), case[2])
    return np.asarray(found, dtype=float) if isinstance(found, (list, np.ndarray)) else found


register(
    Exercise(
        name="stamped",
        signature="stamped(picture, window, stride) -> array",
        reference=_stamped,
        cases=[
            Case(
                use=partial(_stamped_case, case=case),
                show=f"stamped(picture {case[0]}, window {case[1]}, stride={case[2]})",
                tolerance=1e-9,
                hint=case[3],
            )
            for case in _STAMPED
        ],
        misconceptions=[
            Misconception(
                "overwritten",
                partial(_stamped, add=False),
                "Where stamps overlap you keep only the last one. They are added up: use +=.",
            ),
            Misconception(
                "window turned",
                partial(_stamped, turned=True),
                "Your window lies the wrong way round. A stamp has the window as it is.",
            ),
            Misconception(
                "side by side",
                _all_of_one_size,
                "You laid the stamps side by side. They lie `stride` apart, however large they "
                "are, and overlap.",
            ),
            Misconception(
                "stride forgotten",
                partial(_stamped, step=1),
                "Your canvas is right, but neighbours stamp one pixel apart. Row r begins at "
                "r * stride, column c at c * stride.",
            ),
        ],
        hint="Begin with zeros; picture[r, c] * window lies at row r * stride, column c * stride.",
    )
)

# The size

Facts = Sequence[int]


def _transposed_size(
    size: Facts,
    kernel: Facts,
    stride: Facts,
    padding: Facts,
    output_padding: Facts,
    dilation: Facts,
) -> list[int]:
    facts = zip(size, kernel, stride, padding, output_padding, dilation, strict=True)
    return [(n - 1) * s + d * (k - 1) + 1 - 2 * p + more for n, k, s, p, more, d in facts]


def _wrong_size(rule: Callable[..., int]) -> Callable[..., list[int]]:
    """A size by another rule, of n, k, s, p, more and d."""

    def transposed_size(*arguments: Facts) -> list[int]:
        return [rule(*facts) for facts in zip(*arguments, strict=True)]

    return transposed_size


_SIZES: list[tuple[tuple[list[int], ...], str]] = [
    (([1], [3], [1], [0], [0], [1]), "One pixel stamps one kernel."),
    (([3], [3], [2], [0], [0], [1]), "The last of 3 stamps begins at (3 - 1) * 2."),
    (([3], [3], [2], [1], [0], [1]), "Padding cuts off a place at each end."),
    (([3, 3], [3, 3], [2, 2], [1, 1], [1, 0], [1, 1]), "output_padding adds at one end."),
    (([4], [3], [1], [0], [0], [2]), "With dilation 2 a kernel of 3 reaches over 5."),
    (([5, 2, 7], [4, 1, 3], [3, 2, 1], [2, 0, 1], [2, 1, 0], [3, 1, 2]), "Dim by dim: use zip."),
]


def _as_list(f: Any, torch: Any, arguments: Any) -> Any:
    """What `f` finds, a tuple being as good as a list."""
    found = f(*[tuple(a) for a in arguments])
    return list(found) if isinstance(found, tuple) else found


register(
    Exercise(
        name="transposed_size",
        signature="transposed_size(size, kernel, stride, padding, output_padding, dilation)",
        reference=_transposed_size,
        cases=[
            Case(
                use=partial(_as_list, arguments=arguments),
                show="transposed_size(" + ", ".join(map(str, arguments)) + ")",
                hint=hint,
            )
            for arguments, hint in _SIZES
        ],
        misconceptions=[
            Misconception(
                "padding adds",
                _wrong_size(lambda n, k, s, p, m, d: (n - 1) * s + d * (k - 1) + 1 + 2 * p + m),
                "You let padding add places. The convolution had added them; the way back takes "
                "them off again.",
            ),
            Misconception(
                "n times stride",
                _wrong_size(lambda n, k, s, p, m, d: n * s + d * (k - 1) + 1 - 2 * p + m),
                "Your result is one stride too long. The first stamp begins at 0, so the last one "
                "begins at (n - 1) * stride.",
            ),
            Misconception(
                "no dilation",
                _wrong_size(lambda n, k, s, p, m, d: (n - 1) * s + k - 2 * p + m),
                "You left dilation out. It spreads the kernel: it reaches over "
                "dilation * (kernel - 1) + 1 places.",
            ),
            Misconception(
                "one padding",
                _wrong_size(lambda n, k, s, p, m, d: (n - 1) * s + d * (k - 1) + 1 - p + m),
                "You cut padding off at one end. It had been added at both.",
            ),
            Misconception(
                "output_padding twice",
                _wrong_size(lambda n, k, s, p, m, d: (n - 1) * s + d * (k - 1) + 1 - 2 * (p - m)),
                "You add output_padding at both ends. It adds at the end only: once.",
            ),
            Misconception(
                "the convolution's size",
                _wrong_size(lambda n, k, s, p, m, d: (n + 2 * p - d * (k - 1) - 1) // s + 1),
                "That is the way there: how many windows find a place. Here n counts the stamps; "
                "how many places do they reach?",
            ),
        ],
        hint="Where does the last stamp end? Then cut off padding at both ends.",
    )
)

# The operation


def _op(torch: Any, back: Any = None, bias_used: bool = True) -> Any:
    """The operation; `back(of_input, of_weight)` gives what it sends home."""

    class Transposed(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, input: Any, weight: Any, size: Any, how: Any) -> Any:
            ctx.save_for_backward(input, weight)
            ctx.how = how
            x, w = as_arrays(input, weight)
            return torch.from_numpy(input_gradient(x, w, size, how).copy())

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            input, weight, grad = as_arrays(*ctx.saved_tensors, grad)
            of_input = convolved(grad, weight, ctx.how)
            of_weight = weight_gradient(input, grad, weight.shape[2:], ctx.how)
            home = back(of_input, of_weight) if back else (of_input, of_weight)
            return *[torch.from_numpy(g.copy()) for g in home], None, None

    def transposed_convolution(input: Any, weight: Any, bias: Any, *, size: Any, how: Any) -> Any:
        result = Transposed.apply(input, weight, tuple(size), how)
        if bias is None:
            return result
        bias = bias if bias_used else bias - bias.detach()
        return result + bias.reshape(-1, *[1] * len(tuple(size)))

    return transposed_convolution


# input, weight, has a bias, the size of the result, how the convolution moves that is turned round
_OPS: list[tuple[Any, Any, bool, Any, dict[str, Any], str]] = [
    (
        *((1, 1, 2, 2), (1, 1, 3, 3), False, (4, 4), {}),
        "`input_gradient` does the work. On the way back the small picture is what a convolution "
        "made, and the large one what it saw.",
    ),
    ((2, 3, 3, 3), (3, 2, 2, 3), True, (6, 7), {"stride": 2}, "A bias: one number for each map."),
    (
        (1, 4, 2, 3),
        (4, 3, 3, 3),
        True,
        (2, 5),
        {"stride": (1, 2), "padding": 1, "groups": 2},
        "Hand on `how` as it is: it knows padding and groups.",
    ),
    (
        (1, 2, 2, 2),
        (2, 1, 3, 3),
        False,
        (4, 4),
        {"stride": 2, "padding": ((1, 0), (1, 0))},
        "Hand on `how` as it is: its padding may differ at both ends.",
    ),
    ((2, 2, 4), (2, 3, 3), True, (9,), {"dims": 1, "stride": 2}, "One dim: no 2 in your lines."),
    ((0, 2, 3, 3), (2, 1, 2, 2), False, (4, 4), {}, "An empty batch gives an empty result."),
]


def _op_case(f: Any, torch: Any, case: Any) -> Any:
    x, w, bias, size, options, _ = case
    how = geometry(**options)
    leaves = made_leaves(torch, x, w, *([(w[1] * how.groups,)] if bias else []))
    result = f(leaves[0], leaves[1], leaves[2] if bias else None, size=size, how=how)
    return None if result is None else with_gradients(result, leaves, torch)


_NO_BIAS = "The bias does not arrive: add it, reshaped to (-1, 1, 1), to every map."

register(
    Exercise(
        name="transposed_convolution",
        signature="transposed_convolution(input, weight, bias, *, size, how) -> (N, O, *size)",
        reference=late(_op),
        cases=[
            Case(
                use=partial(_op_case, case=case),
                show=f"transposed_convolution(input {case[0]}, weight {case[1]}, "
                f"size {case[3]}, how: {in_words(case[4])}) and all gradients",
                tolerance=1e-5,
                hint=case[5],
            )
            for case in _OPS
        ],
        misconceptions=[
            Misconception(
                "no gradient for the weight",
                late(lambda torch: _op(torch, lambda x, w: (x, 0 * w))),
                "The result is right, but the weight's gradient is 0: nothing would be learned.",
            ),
            Misconception(
                "no gradient for the input",
                late(lambda torch: _op(torch, lambda x, w: (0 * x, w))),
                "The result is right, but the input's gradient is 0: the layers before would learn "
                "nothing.",
            ),
            Misconception("bias forgotten", late(partial(_op, bias_used=False)), _NO_BIAS),
        ],
    )
)

# From numbers to a geometry


class _Handed(Exception):
    """What is handed on to `transposed_convolution` is wrong, so what comes of it tells nothing."""

    def __init__(self, parts: Parts) -> None:
        self.parts = parts
        super().__init__("wrong")


def _right(input: Any, weight: Any, numbers: Any) -> Parts:
    """What is to be handed on; `numbers` is stride, padding, output_padding, groups, dilation."""
    stride, padding, more, groups, dilation = numbers
    size = _transposed_size(input[2:], weight[2:], stride, padding, more, dilation)
    ends = tuple(_cut(p, m) for p, m in zip(padding, more, strict=True))
    how = {"stride": tuple(stride), "dilation": tuple(dilation), "groups": groups}
    return Parts(size=size, ends=ends, **{f"how.{name}": value for name, value in how.items()})


def _looked_at(right: Parts, size: Any, how: Any) -> None:
    """Raise if this is not what is to be handed on."""
    parts = Parts(size=list(size) if _in_order(size) else size, ends=_as_pairs(how.padding))
    for name in ("stride", "dilation", "groups"):
        value = getattr(how, name)
        parts[f"how.{name}"] = tuple(value) if _in_order(value) else value
    if not compare(parts, right):
        raise _Handed(parts)


def _as_pairs(ends: Any) -> Any:
    if not _in_order(ends):
        return ends
    return tuple(tuple(pair) if _in_order(pair) else pair for pair in ends)


def _in_order(value: Any) -> bool:
    return isinstance(value, (tuple, list))


@contextmanager
def _watched(f: Any, right: Parts) -> Iterator[None]:
    """What an answer hands on to `transposed_convolution` is looked at first."""
    name = "transposed_convolution"
    space: Any = getattr(inspect.unwrap(f), "__globals__", {}) if callable(f) else {}
    own = name in space
    try:
        real: Any = space[name]  # a room looks further than itself
    except KeyError:
        real = None

    def watching(*args: Any, **kwargs: Any) -> Any:
        if "size" in kwargs and hasattr(kwargs.get("how"), "padding"):
            _looked_at(right, kwargs["size"], kwargs["how"])
        return real(*args, **kwargs)

    if real is not None:
        space[name] = watching
    try:
        yield
    finally:
        if own:
            space[name] = real
        elif real is not None:
            del space[name]


def _conv_transpose(torch: Any, ends: Any = None, rule: Any = _transposed_size) -> Any:
    op = _op(torch)

    def conv_transpose(
        input: Any,
        weight: Any,
        bias: Any,
        stride: Facts,
        padding: Facts,
        output_padding: Facts,
        groups: int,
        dilation: Facts,
    ) -> Any:
        numbers = stride, padding, output_padding, dilation
        size = tuple(rule(tuple(input.shape[2:]), tuple(weight.shape[2:]), *numbers))
        pairs = zip(padding, output_padding, strict=True)
        border = tuple((ends or _cut)(p, more) for p, more in pairs)
        how = geometry(len(size), tuple(stride), border, tuple(dilation), groups)
        given = stride, padding, output_padding, groups, dilation
        _looked_at(_right(tuple(input.shape), tuple(weight.shape), given), size, how)
        return op(input, weight, bias, size=size, how=how)

    return conv_transpose


def _cut(p: int, more: int) -> tuple[int, int]:
    return p, p - more


_STEPS = (
    "`size` comes of transposed_size, `ends` is a tuple of pairs (beginning, end), one for each "
    "dim, and then Geometry(stride, ends, dilation, groups)."
)

# input, weight, has a bias, stride, padding, output_padding, groups, dilation
_CALLS: list[tuple[Any, ...]] = [
    ((1, 1, 2, 2), (1, 1, 3, 3), False, (1, 1), (0, 0), (0, 0), 1, (1, 1), _STEPS),
    (
        *((2, 2, 3, 2), (2, 3, 3, 2), True, (2, 3), (1, 0), (0, 0), 1, (1, 1)),
        "`ends` has a pair (beginning, end) for each dim, not a row of beginnings and one of ends. "
        "Stride and dilation go into the Geometry as they are, the bias into "
        "transposed_convolution.",
    ),
    (
        *((1, 2, 3, 3), (2, 1, 3, 3), False, (2, 2), (1, 1), (1, 0), 1, (1, 1)),
        "output_padding makes the size larger: at the end less is cut off, and so the second of "
        "each pair is padding - output_padding.",
    ),
    (
        *((1, 1, 2, 2), (1, 1, 2, 2), True, (2, 2), (0, 0), (1, 1), 1, (1, 1)),
        "For each dim, a number of `padding` and one of `output_padding`: 0 and 1 give (0, -1). "
        "Beyond the last stamp there is only the bias.",
    ),
    (
        *((1, 4, 3, 3), (4, 1, 2, 2), False, (1, 1), (0, 1), (0, 0), 2, (2, 1)),
        "The Geometry takes stride, ends, dilation and groups, in this order.",
    ),
    (
        *((1, 1, 3), (1, 2, 3), True, (2,), (0,), (2,), 1, (3,)),
        "With a large dilation output_padding may reach the stride. The convolution must then "
        "stop earlier: its padding is `padding` before and `padding - output_padding` after, even "
        "if that is below 0.",
    ),
]


def _call_case(f: Any, torch: Any, case: Any) -> Any:
    x, w, bias, *numbers = case[:-1]
    leaves = made_leaves(torch, x, w, *([(w[1] * numbers[3],)] if bias else []))
    right = _right(x, w, numbers)
    try:
        with _watched(f, right):
            result = f(leaves[0], leaves[1], leaves[2] if bias else None, *numbers)
    except _Handed as wrong:
        return wrong.parts
    found = None if result is None else with_gradients(result, leaves, torch)
    return None if found is None else Parts({**right, **found})


register(
    Exercise(
        name="conv_transpose",
        signature="conv_transpose(input, weight, bias, stride, padding, output_padding, groups, "
        "dilation)",
        reference=late(_conv_transpose),
        cases=standing_on(
            ["transposed_size", "transposed_convolution"],
            [
                Case(
                    use=partial(_call_case, case=case),
                    show=f"conv_transpose(input {case[0]}, weight {case[1]}, "
                    + ", ".join(
                        f"{name} {value}"
                        for name, value in zip(
                            ("stride", "padding", "output_padding", "groups", "dilation"),
                            case[3:8],
                            strict=True,
                        )
                    )
                    + ") and all gradients",
                    tolerance=1e-5,
                    hint=case[-1],
                )
                for case in _CALLS
            ],
        ),
        misconceptions=[
            Misconception(
                "output_padding left out",
                late(
                    partial(
                        _conv_transpose,
                        ends=lambda p, more: (p, p),
                        rule=lambda n, k, s, p, more, d: _transposed_size(
                            n, k, s, p, [0] * len(n), d
                        ),
                    )
                ),
                "output_padding does not arrive: hand it on to transposed_size.",
            ),
            Misconception(
                "the same at both ends",
                late(partial(_conv_transpose, ends=lambda p, more: (p, p))),
                "Your `ends` cut off as much at the end as at the beginning. At the end it is "
                "padding - output_padding. (While output_padding is below the stride, the numbers "
                "come out alike: what is left over, no window reaches. With a large dilation it "
                "may be more, and then another window would find room.)",
            ),
            Misconception(
                "more is cut off",
                late(partial(_conv_transpose, ends=lambda p, more: (p, p + more))),
                "You cut off more at the end than at the beginning. It is less: "
                "padding - output_padding.",
            ),
            Misconception(
                "output_padding minus padding",
                late(partial(_conv_transpose, ends=lambda p, more: (p, more - p))),
                "Your sign at the end is the wrong way round: it is padding - output_padding.",
            ),
            Misconception(
                "more at the beginning",
                late(partial(_conv_transpose, ends=lambda p, more: (p - more, p))),
                "A pair stands the wrong way round: the beginning, `padding`, comes first, and "
                "output_padding counts at the end only.",
            ),
            Misconception(
                "less at both ends",
                late(partial(_conv_transpose, ends=lambda p, more: (p - more, p - more))),
                "You cut off less at both ends. At the beginning it stays `padding`: "
                "output_padding counts at the end only.",
            ),
            Misconception(
                "never below 0",
                late(partial(_conv_transpose, ends=lambda p, more: (p, max(0, p - more)))),
                "You keep the end from going below 0. It may: then the last window stops so many "
                "pixels short of the end.",
            ),
        ],
    )
)

# The layer


def _missing(
    wanted: Facts,
    size: Facts,
    kernel: Facts,
    stride: Facts,
    padding: Facts,
    dilation: Facts,
    rule: Any = lambda n, low, s: n - low,
) -> list[int]:
    smallest = _transposed_size(size, kernel, stride, padding, [0] * len(size), dilation)
    return [rule(n, low, s) for n, low, s in zip(wanted, smallest, stride, strict=True)]


_MISSING: list[tuple[tuple[list[int], ...], str]] = [
    (([10], [4], [3], [2], [0], [1]), "How large is it with output_padding 0? 9: one is missing."),
    (([5, 6], [3, 3], [3, 3], [2, 2], [1, 1], [1, 1]), "Dim by dim: one may be missing, one not."),
    (([8], [4], [4], [2], [1], [1]), "With an even kernel nothing is missing here."),
    (([7, 9, 3], [2, 3, 3], [3, 3, 3], [3, 2, 1], [0, 1, 2], [1, 2, 2]), "Dilation counts, too."),
    (([12], [3], [3], [2], [1], [1]), "Out of reach: say 7. Whether that may be is asked later."),
    (([4], [3], [3], [2], [1], [1]), "Too small: say -1. Whether that may be is asked later."),
]

register(
    Exercise(
        name="missing_padding",
        signature="missing_padding(wanted, size, kernel, stride, padding, dilation) -> list",
        reference=_missing,
        cases=standing_on(
            ["transposed_size"],
            [
                Case(
                    use=partial(_as_list, arguments=arguments),
                    show="missing_padding(" + ", ".join(map(str, arguments)) + ")",
                    hint=hint,
                )
                for arguments, hint in _MISSING
            ],
        ),
        misconceptions=[
            Misconception(
                "always stride - 1",
                partial(_missing, rule=lambda n, low, s: s - 1),
                "You always take stride - 1. That is right only when the largest size in reach "
                "is wanted.",
            ),
            Misconception(
                "the other way round",
                partial(_missing, rule=lambda n, low, s: low - n),
                "Your sign is the wrong way round: wanted minus what there is.",
            ),
            Misconception(
                "clipped",
                partial(_missing, rule=lambda n, low, s: max(0, min(n - low, s - 1))),
                "You bend what is out of reach into reach: then nobody can say that it is. "
                "Return the plain difference.",
            ),
        ],
        hint="transposed_size with output_padding 0 gives the smallest size.",
    )
)


def _layer(torch: Any, forward: Any = None) -> Any:
    """A ConvTranspose2d that stands by itself, and can be made wrong."""
    conv_transpose = _conv_transpose(torch)

    def pair(x: Any) -> Any:
        return x if isinstance(x, tuple) else (x, x)

    class ConvTranspose2d(torch.nn.Module):  # type: ignore[misc]
        def __init__(
            self,
            in_channels: int,
            out_channels: int,
            kernel_size: Any,
            stride: Any = 1,
            padding: Any = 0,
            output_padding: Any = 0,
            groups: int = 1,
            bias: bool = True,
            dilation: Any = 1,
            dtype: Any = None,
        ) -> None:
            super().__init__()
            self.in_channels, self.out_channels = in_channels, out_channels
            self.kernel, self.groups = pair(kernel_size), groups
            self.moves = pair(stride), pair(padding), pair(dilation)
            self.more = pair(output_padding)
            shape = (in_channels, out_channels // groups, *self.kernel)
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            self.weight = torch.nn.Parameter(torch.empty(shape, dtype=dtype))
            first = torch.nn.Parameter(torch.empty(out_channels, dtype=dtype)) if bias else None
            self.register_parameter("bias", first)
            for parameter in self.parameters():
                torch.nn.init.uniform_(parameter, -bound, bound)

        def missing(self, input: Any, output_size: Any) -> Any:
            if output_size is None:
                return self.more
            stride, padding, dilation = self.moves
            wanted, size = tuple(output_size)[-2:], tuple(input.shape[-2:])
            more = _missing(wanted, size, self.kernel, stride, padding, dilation)
            if any(not 0 <= m < s for m, s in zip(more, stride, strict=True)):
                raise ValueError("out of reach")
            return more

        def run(self, input: Any, more: Any, weight: Any, bias: Any) -> Any:
            stride, padding, dilation = self.moves
            return conv_transpose(input, weight, bias, stride, padding, more, self.groups, dilation)

        def forward(self, input: Any, output_size: Any = None) -> Any:
            if forward is not None:
                return forward(self, input, output_size)
            more = self.missing(input, output_size)
            return self.run(input, more, self.weight, self.bias)

    return ConvTranspose2d


def _output(channels: int, **named: Any) -> Callable[[Any, Any], Any]:
    def ask(layer: Any, torch: Any) -> Any:
        value = layer(torch.tensor((wholes(2, channels, 3, 4) / 4).tolist()), **named)
        return None if value is None else value.detach()

    return ask


_learns = learning(lambda layer, torch: (layer(torch.ones(1, 1, 3, 3)) ** 2).mean())


_SMALL = {"in_channels": 1, "out_channels": 2, "kernel_size": 3, "stride": 2, "padding": 1}
_UNEVEN = {"in_channels": 2, "out_channels": 1, "kernel_size": (2, 3), "stride": (1, 2)}
_GROUPS = {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "groups": 2}
_FIRST = "`self.reset_parameters()` draws first values, once both parameters stand."
_LAYER: list[tuple[dict[str, Any], Any, str, float, str]] = [
    (
        {**_SMALL, "dtype": "float64"},
        layer_shapes,
        "ConvTranspose2d(1, 2, 3, dtype=torch.float64): its parameters",
        0,
        "The weight is (C, O / groups, height, width), the bias (O,): Parameters, made by `empty`, "
        "which takes the dtype.",
    ),
    (
        {**_SMALL, "bias": False},
        layer_shapes,
        "ConvTranspose2d(1, 2, 3, bias=False): its parameters",
        0,
        "Without a bias, register None: forward reads self.bias all the same.",
    ),
    (
        _SMALL,
        lambda layer, torch: layer.weight.detach(),
        "ConvTranspose2d(1, 2, 3).weight, from the same seed",
        1e-6,
        _FIRST,
    ),
    (
        _SMALL,
        lambda layer, torch: layer.bias.detach(),
        "ConvTranspose2d(1, 2, 3).bias, from the same seed",
        1e-6,
        _FIRST,
    ),
    (
        {**_UNEVEN, "padding": (0, 1), "output_padding": (0, 1)},
        _output(2),
        "ConvTranspose2d(2, 1, (2, 3), stride=(1, 2), padding=(0, 1), output_padding=(0, 1))(x)",
        1e-5,
        "Every option must arrive: stride, padding, more, groups, dilation, in this order.",
    ),
    (
        {**_GROUPS, "dilation": 3},
        _output(4),
        "ConvTranspose2d(4, 6, 3, groups=2, dilation=3)(x)",
        1e-5,
        "The weight's second dim is out_channels // groups; groups stand before dilation.",
    ),
    (
        _SMALL,
        _output(1, output_size=(6, 7)),
        "ConvTranspose2d(1, 2, 3, stride=2, padding=1)(x, output_size=(6, 7))",
        1e-5,
        "`self._output_padding(input, output_size)` says how much is missing.",
    ),
    (
        _SMALL,
        channels,
        "ConvTranspose2d(1, 2, 3, stride=2, padding=1).in_channels, .out_channels",
        0,
        "super().__init__ wants what comes in first: in_channels, out_channels.",
    ),
    (
        _SMALL,
        _learns,
        "two steps of descent with ConvTranspose2d(1, 2, 3, stride=2, padding=1)",
        1e-4,
        "Use self.weight and self.bias themselves, not .detach() or .data.",
    ),
]

register(
    Exercise(
        name="ConvTranspose2d",
        signature="class ConvTranspose2d(_ConvTransposeNd)",
        reference=late(_layer),
        cases=[
            *[
                Case(use=built_layer(options, ask), show=show, tolerance=tolerance, hint=hint)
                for options, ask, show, tolerance, hint in _LAYER
            ],
            Case(
                use=built_layer(_SMALL, _output(1, output_size=(9, 9))),
                show="ConvTranspose2d(1, 2, 3, stride=2, padding=1)(x, output_size=(9, 9))",
                raises=ValueError,
                hint="`self._output_padding` raises for a size out of reach.",
            ),
        ],
        misconceptions=[
            Misconception(
                "output_size ignored",
                late(
                    lambda torch: _layer(
                        torch,
                        lambda self, x, size: self.run(x, self.more, self.weight, self.bias),
                    )
                ),
                "forward takes output_size, but does nothing with it: ask "
                "self._output_padding(input, output_size).",
            ),
            Misconception(
                "detached",
                late(
                    lambda torch: _layer(
                        torch,
                        lambda self, x, size: self.run(
                            x, self.missing(x, size), self.weight.detach(), self.bias
                        ),
                    )
                ),
                "Your layer computes, but its weight gets no gradient: hand on self.weight itself.",
            ),
            Misconception(
                "bias forgotten",
                late(
                    lambda torch: _layer(
                        torch,
                        lambda self, x, size: self.run(x, self.missing(x, size), self.weight, None),
                    )
                ),
                "The bias is made, but it does not arrive at the convolution.",
            ),
        ],
    )
)
