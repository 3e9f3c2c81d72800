"""Checks on convolution: places, windows, rows and columns, both gradients, the op, the layer."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from ..probing import rewritten, slip
from . import Case, Exercise, Misconception, late, register
from .planes import (
    all_stamped,
    all_windows,
    as_arrays,
    as_columns,
    built_layer,
    by_group,
    channels,
    convolved,
    geometry,
    in_words,
    input_gradient,
    layer_shapes,
    learning,
    made_leaves,
    place_counts,
    standing_on,
    strided,
    weight_gradient,
    weight_rows,
    wholes,
    with_gradients,
)

_FILE = "nn._functional.conv"


def _copied(value: Any) -> Any:
    """What came back, as it is now; a mistake may lie in memory that the next call changes."""
    return value.copy() if isinstance(value, np.ndarray) else value


# Places


def _one_border(size: Any, kernel: Any, how: Any) -> tuple[Any, ...]:
    return place_counts(size, kernel, how._replace(padding=tuple((a, 0) for a, _ in how.padding)))


def _pair_added(size: Any, kernel: Any, how: Any) -> Any:
    return [n + 2 * border for n, border in zip(size, how.padding, strict=True)]


def _pair_first(size: Any, kernel: Any, how: Any) -> Any:
    return [2 * border + n for n, border in zip(size, how.padding, strict=True)]


_PAIR = (
    "Each entry of `how.padding` is a pair, and you add it as if it were a number. Take it apart, "
    "`(before, after)`, and add both."
)

_SIZES: list[tuple[Any, Any, dict[str, Any], str]] = [
    ((8, 8), (3, 3), {}, "A window of 3 has 6 places in 8 pixels."),
    ((28, 28), (3, 3), {"padding": 1}, "The border stands before and after: add both."),
    ((7, 8), (3, 3), {"stride": 2}, "A window that sticks out is not a place: round down."),
    ((10, 10), (3, 3), {"dilation": 2}, "3 rows that stand 2 apart reach over 5."),
    ((5, 9), (5, 2), {"stride": (1, 3), "padding": (0, (1, 2))}, "Each dim has its own numbers."),
    ((6,), (4,), {"dims": 1, "padding": ((1, 2),)}, "One dim is fine, too: let zip count."),
    ((4, 4), (1, 4), {"stride": 3}, "A window as large as the picture has one place."),
]


def _count(f: Any, torch: Any, case: Any) -> Any:
    """What `f` finds, a list being as good as a tuple."""
    found = f(case[0], case[1], geometry(**case[2]))
    return tuple(found) if isinstance(found, list) else found


register(
    Exercise(
        name="output_size",
        signature="output_size(size, kernel, how) -> tuple of ints",
        reference=place_counts,
        cases=[
            Case(
                use=partial(_count, case=case),
                show=f"output_size({case[0]}, {case[1]}, how: {in_words(case[2])})",
                hint=case[3],
            )
            for case in _SIZES
        ],
        misconceptions=[
            Misconception(
                "one border", _one_border, "You add the border on one side only; it is a pair."
            ),
            Misconception(
                "last place forgotten",
                partial(place_counts, count=lambda last, s: last // s),
                "All are too small by one: a window that fits exactly has one place, not none.",
            ),
            Misconception(
                "float",
                partial(place_counts, count=lambda last, s: last / s + 1),
                "`/` always gives a float. `//` rounds down, and ints stay ints.",
            ),
            Misconception(
                "dilation times kernel",
                partial(place_counts, reach=lambda k, d: d * k),
                "A window of k rows has k - 1 gaps: it reaches over d * (k - 1) + 1.",
            ),
            Misconception(
                "rounded up",
                partial(place_counts, count=lambda last, s: -(-last // s) + 1),
                "You round up: a window that sticks out at the end is not a place.",
            ),
            Misconception(
                "dilation forgotten",
                partial(place_counts, reach=lambda k, d: k),
                "You take k for the reach. With dilation d, a window reaches over d * (k - 1) + 1.",
            ),
            Misconception("a pair added", _pair_added, _PAIR),
            Misconception("a number added to a pair", _pair_first, _PAIR),
        ],
    )
)

# Windows


def _swapped(bordered: Any, kernel: Any, out: Any, how: Any) -> Any:
    return strided(bordered, kernel, out, how, how.stride, how.dilation)


def _every_pixel(bordered: Any, kernel: Any, out: Any, how: Any) -> Any:
    ones = (1,) * len(how.stride)
    return strided(bordered, kernel, out, how, ones, ones)


_WINDOWS: list[tuple[Any, Any, dict[str, Any], str]] = [
    ((1, 1, 4, 4), (2, 2), {}, "Inside a window and onward, a step is one pixel here."),
    ((2, 3, 5, 6), (2, 3), {}, "N and C keep their own strides."),
    ((1, 2, 7, 7), (3, 3), {"stride": 2}, "`stride` belongs to the steps onward."),
    ((1, 2, 7, 7), (3, 3), {"dilation": 2}, "`dilation` belongs to the steps inside."),
    ((2, 1, 9), (3,), {"dims": 1, "stride": 2, "dilation": 2}, "One dim: no 2 in your lines."),
    ((0, 2, 5, 5), (3, 3), {}, "An empty batch has windows, too: none of each."),
]


def _seen(f: Any, torch: Any, case: Any) -> Any:
    shape, kernel, how = case[0], case[1], geometry(**case[2])
    return _copied(f(wholes(*shape), kernel, place_counts(shape[2:], kernel, how), how))


def _writes(f: Any, torch: Any) -> Any:
    bordered = wholes(1, 1, 3, 3)
    seen = f(bordered, (2, 2), (2, 2), geometry())
    if seen is None:
        return None
    seen[0, 0, 0, 0] = 100.0
    return bordered


register(
    Exercise(
        name="windows",
        signature="windows(bordered, kernel, out, how) -> view (N, C, *kernel, *out)",
        reference=all_windows,
        cases=[
            *[
                Case(
                    use=partial(_seen, case=case),
                    show=f"windows(array {case[0]}, {case[1]}, out, how: {in_words(case[2])})",
                    hint=case[3],
                )
                for case in _WINDOWS
            ],
            Case(
                use=_writes,
                show="windows(x, ...)[0, 0, 0, 0] = 100, and then x",
                hint="It must be a view: what is written to it must stand in the picture.",
            ),
        ],
        misconceptions=[
            Misconception(
                "steps of one pixel",
                _every_pixel,
                "Every step of yours is one pixel long. Inside a window it is `dilation` pixels, "
                "to the next window `stride` pixels.",
            ),
            Misconception(
                "swapped",
                _swapped,
                "stride and dilation changed places: dilation is for the steps inside a window, "
                "stride for the steps onward.",
            ),
            slip(
                "onward before inside",
                _FILE,
                "windows",
                {"*kernel, *out": "*out, *kernel", "*inside, *onward": "*onward, *inside"},
                "The view is right, but its dims stand in another order: first what is inside a "
                "window, `kernel`, then the steps onward, `out`.",
            ),
            Misconception(
                "a copy",
                lambda *a: all_windows(*a).copy(),
                "The numbers are right, but they are a copy: the strides of a view do it without.",
            ),
        ],
    )
)

# Rows, columns, the product


def _turned(input: Any, weight: Any, how: Any) -> Any:
    return convolved(input, np.flip(weight, tuple(range(2, weight.ndim))), how)


def _without_groups(input: Any, kernel: Any, out: Any, how: Any) -> Any:
    return as_columns(input, kernel, out, how._replace(groups=1))


def _all_channels(input: Any, kernel: Any, out: Any, how: Any) -> Any:
    numbers = input.shape[1] * math.prod(kernel)
    seen = as_columns(input, kernel, out, how)
    return seen.reshape(len(input), how.groups, numbers, math.prod(out))


def _not_reshaped(input: Any, weight: Any, how: Any) -> Any:
    return by_group(convolved(input, weight, how), how)


# input, weight, how the window moves
_CONVOLUTIONS: list[tuple[Any, Any, dict[str, Any]]] = [
    ((1, 1, 3, 3), (1, 1, 2, 2), {}),
    ((2, 3, 5, 6), (4, 3, 2, 3), {}),
    ((1, 2, 6, 6), (2, 2, 3, 3), {"padding": 1}),
    ((1, 2, 7, 8), (3, 2, 3, 3), {"stride": 2, "dilation": (1, 2)}),
    ((2, 4, 5, 5), (6, 2, 3, 3), {"groups": 2}),
    ((2, 2, 9), (3, 2, 4), {"dims": 1, "padding": 2}),
    ((0, 2, 5, 5), (3, 2, 3, 3), {}),
    ((1, 1, 6, 6), (2, 1, 2, 2), {"stride": 2, "padding": ((0, -1), (2, -1))}),
]
_FORWARD = [
    "One window, one channel: what each place sees is a column.",
    "Several channels and filters: a filter's row and a window's column hold all channels.",
    "Padding: `with_border(input, how)` makes the border; then come the windows.",
    "Let `windows` do the moves: it knows stride and dilation.",
    "Groups are a dim of their own, before the two that `@` multiplies.",
    "One dim works as well: no 2 in your lines.",
    "An empty batch: a -1 in reshape can't be worked out then; write the number.",
    "A border below 0 at the end: `with_border` and `output_size` know what to do.",
]
_BACKWARD = [
    "Bring grad into the shape of the product with `by_group`, then turn the other side over.",
    "For a weight all images add up; for a pixel all filters do.",
    "Padding: the canvas has a border, and at the end `without_border` takes it off.",
    "Let `windows` do the moves: it knows stride and dilation.",
    "Groups are a dim of their own, before the two that `@` multiplies.",
    "One dim works as well: no 2 in your lines.",
    "An empty batch: a -1 in reshape can't be worked out then; write the number.",
    "A border below 0 at the end: `with_border` and `without_border` know what to do.",
]


def _called(f: Any, torch: Any, call: Callable[..., Any], case: Any) -> Any:
    return _copied(call(f, case[0], case[1], geometry(**case[2])))


def _cases(call: Callable[..., Any], name: str, hints: Sequence[str]) -> list[Case]:
    """A case for each convolution; `call(f, input's shape, weight's shape, how)` does it."""
    return [
        Case(
            use=partial(_called, call=call, case=case),
            show=f"{name}: input {case[0]}, weight {case[1]}, how: {in_words(case[2])}",
            tolerance=1e-9,
            hint=hint,
        )
        for case, hint in zip(_CONVOLUTIONS, hints, strict=True)
    ]


register(
    Exercise(
        name="columns",
        signature="columns(input, kernel, out, how) -> (N, groups, numbers, places)",
        reference=as_columns,
        cases=_cases(
            lambda f, x, w, how: f(wholes(*x), w[2:], place_counts(x[2:], w[2:], how), how),
            "columns",
            _FORWARD,
        ),
        misconceptions=[
            Misconception(
                "groups forgotten",
                _without_groups,
                "One column holds the channels of one group only, and the groups are a dim.",
            ),
            Misconception(
                "channels of all groups",
                _all_channels,
                "You count the channels of all groups. A column is as high as its own group needs: "
                "`input.shape[1] // how.groups` channels, times the kernel.",
            ),
            slip(
                "no dim of groups",
                _FILE,
                "columns",
                {"len(input), how.groups, numbers": "len(input), numbers"},
                "The dim of the groups is missing: (N, groups, numbers, places). It is there for "
                "one group, too.",
            ),
            slip(
                "places apart",
                _FILE,
                "columns",
                {"numbers, math.prod(out)": "numbers, *out"},
                "All places are to stand in one dim: there are `math.prod(out)` of them.",
            ),
            Misconception(
                "places before numbers",
                lambda *a: as_columns(*a).swapaxes(2, 3),
                "Your columns lie down: numbers come before places, or `rows @ columns` meets the "
                "wrong side.",
            ),
        ],
    )
)
register(
    Exercise(
        name="convolve",
        signature="convolve(input, weight, how) -> (N, O, *out)",
        reference=convolved,
        cases=standing_on(
            ["columns"],
            _cases(
                lambda f, x, w, how: f(wholes(*x), wholes(*w, start=3), how),
                "convolve",
                _FORWARD,
            ),
        ),
        misconceptions=[
            Misconception(
                "window turned",
                _turned,
                "You turn the window by 180 degrees, as mathematics does. Here nobody does.",
            ),
            slip(
                "size from the front",
                _FILE,
                "convolve",
                {"input.shape[2:]": "input.shape"},
                "`output_size` gets N and C for sizes. The picture's begin at dim 2: "
                "`input.shape[2:]`.",
            ),
            slip(
                "columns first",
                _FILE,
                "convolve",
                {
                    "rows(weight, how) @ columns(input, kernel, out, how)": "columns(input, "
                    "kernel, out, how) @ rows(weight, how)"
                },
                "Most likely the sides of the product do not fit: the rows stand on the left, "
                "`rows(weight, how) @ columns(input, kernel, out, how)`.",
            ),
            Misconception(
                "not reshaped",
                _not_reshaped,
                "The numbers are right, but they have the dims of the product. Reshape them to "
                "pictures, (N, O, *out).",
            ),
        ],
    )
)

# The way back


def _by_group(grad: Any, how: Any, order: str = "groups first") -> Any:
    images, filters, places = len(grad), grad.shape[1], math.prod(grad.shape[2:])
    each = filters // how.groups
    if order == "groups last":
        return grad.reshape(images, each, how.groups, places)
    if order == "groups last, then turned":
        return grad.reshape(images, each, how.groups, places).swapaxes(1, 2)
    if order == "no groups":
        return grad.reshape(images, filters, places)
    if order == "places apart":
        return grad.reshape(images, how.groups, each, *grad.shape[2:])
    if order == "images inside":
        return grad.swapaxes(0, 1).reshape(how.groups, each, images * places)
    return grad.reshape(images, how.groups, each, places)


_GRADS: list[tuple[tuple[int, ...], int, str]] = [
    ((2, 4, 2, 3), 1, "One group: (2, 1, 4, 6), for there are 2 * 3 places."),
    ((2, 4, 2, 3), 2, "Two groups of two filters: filters 0 and 1 are the first group."),
    ((1, 6, 5), 3, "One dim: as many places as it has."),
    ((0, 2, 3, 3), 1, "No images: the other sizes have to be worked out, -1 does not know them."),
    ((2, 3, 2, 1, 2), 3, "Three dims: `images, filters, *out = grad.shape`."),
]


def _grouped(f: Any, torch: Any, shape: tuple[int, ...], groups: int) -> Any:
    return f(wholes(*shape), geometry(dims=len(shape) - 2, groups=groups))


register(
    Exercise(
        name="by_group",
        signature="by_group(grad, how) -> (N, groups, O / groups, places)",
        reference=_by_group,
        cases=[
            Case(
                use=partial(_grouped, shape=shape, groups=groups),
                show=f"by_group(grad {shape}, {groups} group{'s' * (groups > 1)})",
                hint=hint,
            )
            for shape, groups, hint in _GRADS
        ],
        misconceptions=[
            Misconception(
                order,
                partial(_by_group, order=order),
                text,
            )
            for order, text in (
                ("groups last", "Groups and filters have changed places: (N, groups, O / groups)."),
                (
                    "groups last, then turned",
                    "You deal the filters out in turn. The first O / groups of them are the first "
                    "group: reshape to (N, groups, O / groups, places), and turn nothing.",
                ),
                ("no groups", "The dim of the groups is missing; it is there for one group, too."),
                ("places apart", "All places are to stand in one dim: math.prod(out) of them."),
                ("images inside", "The images have gone in among the places. They stay in front."),
            )
        ],
    )
)


def _upstream(x: Any, w: Any, how: Any) -> Any:
    """An uneven gradient of the result."""
    return wholes(x[0], w[0], *place_counts(x[2:], w[2:], how), start=1)


def _columns_turned_too_far(grad: Any, input: Any, kernel: Any, how: Any) -> Any:
    return by_group(grad, how) @ as_columns(input, kernel, grad.shape[2:], how).T


def _columns_as_they_are(grad: Any, input: Any, kernel: Any, how: Any) -> Any:
    total = by_group(grad, how) @ as_columns(input, kernel, grad.shape[2:], how)
    return total.sum(axis=0).reshape(grad.shape[1], input.shape[1] // how.groups, *kernel)


register(
    Exercise(
        name="weight_gradient",
        signature="weight_gradient(grad, input, kernel, how) -> (O, C / groups, *kernel)",
        reference=weight_gradient,
        cases=standing_on(
            ["by_group", "columns"],
            _cases(
                lambda f, x, w, how: f(_upstream(x, w, how), wholes(*x), w[2:], how),
                "weight_gradient",
                _BACKWARD,
            ),
        ),
        misconceptions=[
            Misconception(
                "mean over the batch",
                partial(weight_gradient, add=lambda each: each.sum(0) / max(len(each), 1)),
                "You average over the images. Gradients of all uses of a weight are added up.",
            ),
            Misconception(
                "first image only",
                partial(weight_gradient, add=lambda each: each[0]),
                "You use one image only. A weight met all of them: add up over axis 0.",
            ),
            Misconception(
                "turned too far",
                _columns_turned_too_far,
                "If the message speaks of matmul, the sides of the product do not fit. On the left "
                "`by_group(grad, how)`; on the right the columns with their last two dims turned, "
                "`.swapaxes(2, 3)`. `.T` would turn all four. If it speaks of strides, a size has "
                "too many dims: `out` is `grad.shape[2:]`.",
            ),
            Misconception(
                "not turned",
                _columns_as_they_are,
                "You take the columns as they lie. Their last two dims have to change places, so "
                "that places meet places.",
            ),
        ],
    )
)


_PLACE_OF_TAP = (
    "A tap belongs to the window's own dims: they stand behind N and C, and before the places. "
    "So two colons come first, `[:, :, *tap]`, on both sides."
)
_STAMPS: list[tuple[Any, Any, Any, dict[str, Any], str]] = [
    (
        *((1, 1), (2, 2), (4, 4), {"stride": 2}),
        "Side by side: nothing overlaps here, so each stamp stands in the picture as it is.",
    ),
    ((2, 3), (3, 3), (5, 4), {}, "Stamps overlap: where they do, they add up."),
    ((1, 2), (3, 3), (6, 6), {"padding": 1}, "The canvas has a border; it comes off at the end."),
    ((1, 1), (2, 3), (7, 9), {"stride": (3, 2), "dilation": (1, 2)}, "Let `windows` do the moves."),
    ((2, 2), (4,), (9,), {"dims": 1, "padding": ((2, 1),)}, "One dim: no 2 in your lines."),
    ((0, 2), (3, 3), (5, 5), {}, "An empty batch has a canvas, too, of no images."),
    ((1, 1), (2, 2), (6, 6), {"stride": 2, "padding": ((0, -1), (0, -1))}, "Use `with_border`."),
]


def _stamped(f: Any, torch: Any, case: Any) -> Any:
    front, kernel, size, options, _ = case
    how = geometry(**options)
    return _copied(f(wholes(*front, *kernel, *place_counts(size, kernel, how)), size, how))


def _stamped_small(f: Any, torch: Any) -> Any:
    """Stamps of the dtype that networks have: a canvas of NumPy's own dtype would widen them."""
    return _copied(f(wholes(1, 1, 2, 2, 2, 2).astype(np.float32), (3, 3), geometry()))


register(
    Exercise(
        name="stamp",
        signature="stamp(stamps, size, how) -> (N, C, *size)",
        reference=all_stamped,
        cases=[
            Case(
                use=partial(_stamped, case=case),
                show=f"stamp(stamps of {case[1]}, size {case[2]}, how: {in_words(case[3])})",
                hint=case[4],
            )
            for case in _STAMPS
        ]
        + [
            Case(
                use=_stamped_small,
                show="stamp(stamps of dtype float32, ...)",
                hint="The canvas has the dtype of the stamps: `np.zeros(shape, stamps.dtype)`.",
            )
        ],
        misconceptions=[
            Misconception(
                "stamps overwrite",
                partial(all_stamped, add=False),
                "Your stamps overwrite each other: where windows overlap, they add up. Use += for "
                "one tap after the other; all at once meet on the same pixel, and one counts.",
            ),
            *[
                slip(label, _FILE, "stamp", {"[:, :, *tap]": where}, message)
                for label, where, message in (
                    (
                        "a tap without its star",
                        "[:, :, tap]",
                        "A tap is a tuple, and without its star NumPy takes it for a list of "
                        "places in one dim. Unpack it on both sides: `[:, :, *tap]`.",
                    ),
                    ("a tap in front", "[tap]", _PLACE_OF_TAP),
                    ("a tap at the end", "[..., *tap]", _PLACE_OF_TAP),
                )
            ],
            slip(
                "windows returned",
                _FILE,
                "stamp",
                {"without_border(canvas, size, how)": "seen"},
                "You return the windows. Return the picture below them: the canvas, without its "
                "border.",
            ),
            slip(
                "windows without a border",
                _FILE,
                "stamp",
                {"without_border(canvas, ": "without_border(seen, "},
                "You take the border off the windows. It is around the canvas.",
            ),
            Misconception(
                "border left on",
                partial(all_stamped, border=False),
                "The border is still there: return the part of the canvas that is the picture.",
            ),
        ],
    )
)


def _turned_stamps(grad: Any, weight: Any, size: Any, how: Any) -> Any:
    turned = np.flip(weight, tuple(range(2, weight.ndim)))
    return input_gradient(grad, turned, size, how)


def _rows_turned_too_far(grad: Any, weight: Any, size: Any, how: Any) -> Any:
    stamps = weight_rows(weight, how).T @ by_group(grad, how)
    kernel, out = weight.shape[2:], grad.shape[2:]
    channels = how.groups * weight.shape[1]
    return all_stamped(stamps.reshape(len(grad), channels, *kernel, *out), size, how)


register(
    Exercise(
        name="input_gradient",
        signature="input_gradient(grad, weight, size, how) -> (N, C, *size)",
        reference=input_gradient,
        cases=standing_on(
            ["stamp", "by_group"],
            _cases(
                lambda f, x, w, how: f(_upstream(x, w, how), wholes(*w, start=3), x[2:], how),
                "input_gradient",
                _BACKWARD,
            ),
        ),
        misconceptions=[
            Misconception(
                "stamp turned",
                _turned_stamps,
                "You turn the filter. Each gradient stamps it as it is: the window saw the pixels "
                "in this order.",
            ),
            Misconception(
                "turned too far",
                _rows_turned_too_far,
                "The rows have three dims, and `.T` turns all of them around. The groups stay in "
                "front: `.swapaxes(1, 2)` turns the last two.",
            ),
        ],
    )
)

# For tensors


def _slow_conv2d(torch: Any, input: Any, weight: Any, bias: Any, how: Any) -> Any:
    """A convolution of images made of slices and matrix products, which know their derivatives."""
    (a, b), (c, d) = how.padding
    input = torch.nn.functional.pad(input, (c, d, a, b))
    kernel, (height, width) = (
        weight.shape[2:],
        place_counts(input.shape[2:], weight.shape[2:], _bare(how)),
    )
    inside, outside = weight.shape[1], weight.shape[0] // how.groups
    parts = []
    for group in range(how.groups):
        total = 0
        for i, j in np.ndindex(*kernel):
            top, left = i * how.dilation[0], j * how.dilation[1]
            down, right = how.stride
            seen = input[:, group * inside : (group + 1) * inside]
            seen = seen[:, :, top : top + down * (height - 1) + 1 : down]
            seen = seen[:, :, :, left : left + right * (width - 1) + 1 : right]
            filters = weight[group * outside : (group + 1) * outside, :, i, j]
            total = total + filters @ seen.reshape(len(input), inside, height * width)
        parts.append(total)
    result = torch.cat(parts, 1).reshape(len(input), weight.shape[0], height, width)
    return result if bias is None else result + bias.reshape(-1, 1, 1)


def _bare(how: Any) -> Any:
    return how._replace(padding=((0, 0), (0, 0)))


_OP: list[tuple[Any, Any, bool, dict[str, Any], str]] = [
    ((1, 1, 4, 4), (1, 1, 3, 3), False, {}, "of_input calls to_input, of_weight calls to_weight."),
    ((2, 3, 5, 6), (4, 3, 2, 3), True, {"padding": 1}, "The kernel has its own height and width."),
    ((2, 4, 7, 6), (6, 2, 3, 2), True, {"stride": 2, "groups": 2}, "Hand on `how` as it is."),
]


def _op_case(f: Any, torch: Any, case: Any) -> Any:
    x, w, bias, options, _ = case
    leaves = made_leaves(torch, x, w, *([w[:1]] if bias else []))
    result = f(leaves[0], leaves[1], leaves[2] if bias else None, how=geometry(**options))
    return None if result is None else with_gradients(result, leaves, torch)


def _op(torch: Any, back: Callable[..., Any]) -> Any:
    """The op with another way back: `back(of_input, of_weight)` gives what it sends home."""

    class Convolution(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, input: Any, weight: Any, how: Any) -> Any:
            ctx.save_for_backward(input, weight)
            ctx.how = how
            x, w = as_arrays(input, weight)
            return torch.from_numpy(convolved(x, w, how))

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            input, weight, grad = as_arrays(*ctx.saved_tensors, grad)
            of_input = input_gradient(grad, weight, input.shape[2:], ctx.how)
            of_weight = weight_gradient(grad, input, weight.shape[2:], ctx.how)
            return *[torch.from_numpy(g.copy()) for g in back(of_input, of_weight)], None

    def convolution(input: Any, weight: Any, bias: Any, *, how: Any) -> Any:
        result = Convolution.apply(input, weight, how)
        return result if bias is None else result + bias.reshape(-1, 1, 1)

    return convolution


register(
    Exercise(
        name="convolution",
        signature="convolution(input, weight, bias, *, how) -> tensor (N, O, *out)",
        reference=late(lambda torch: lambda x, w, b, *, how: _slow_conv2d(torch, x, w, b, how)),
        cases=[
            Case(
                use=partial(_op_case, case=case),
                show=f"convolution(input {case[0]}, weight {case[1]}, how: {in_words(case[3])}) "
                "and all gradients",
                tolerance=1e-5,
                hint=case[4],
            )
            for case in _OP
        ],
        misconceptions=[
            Misconception(
                "no gradient for the weight",
                late(lambda torch: _op(torch, lambda x, w: (x, 0 * w))),
                "The result is right, but the weight's gradient is 0: nothing would be learned.",
            ),
        ],
    )
)


def _conv2d(torch: Any, dilated: bool = True) -> Any:
    def conv2d(
        input: Any,
        weight: Any,
        bias: Any = None,
        stride: Any = 1,
        padding: Any = 0,
        dilation: Any = 1,
        groups: int = 1,
    ) -> Any:
        how = geometry(2, stride, padding, dilation if dilated else 1, groups)
        if input.ndim == 3:
            return _slow_conv2d(torch, input[None], weight, bias, how)[0]
        return _slow_conv2d(torch, input, weight, bias, how)

    return conv2d


_CALLS: list[tuple[Any, Any, bool, dict[str, Any], str]] = [
    ((1, 1, 4, 4), (1, 1, 3, 3), False, {}, "how = Geometry(stride, padding, dilation, groups)."),
    ((1, 1, 4, 4), (3, 1, 3, 3), True, {}, "Hand on the bias to `convolution`."),
    ((2, 2, 5, 6), (4, 2, 3, 1), False, {"stride": (2, 1), "padding": (1, 0)}, "Stride, padding."),
    ((2, 2, 6, 5), (4, 1, 3, 2), True, {"dilation": (2, 1), "groups": 2}, "Dilation, groups."),
    ((2, 4, 5), (1, 2, 3, 3), False, {"padding": 1}, "A picture without a batch: `@each_dim(2)`."),
]


def _call_case(f: Any, torch: Any, case: Any) -> Any:
    x, w, bias, options, _ = case
    leaves = made_leaves(torch, x, w, *([w[:1]] if bias else []))
    result = f(*leaves, **options)
    return None if result is None else with_gradients(result, leaves, torch)


register(
    Exercise(
        name="conv2d",
        signature="conv2d(input, weight, bias=None, stride=1, padding=0, dilation=1, groups=1)",
        reference=late(_conv2d),
        cases=[
            Case(
                use=partial(_call_case, case=case),
                show=f"conv2d(input {case[0]}, weight {case[1]}{', bias' * case[2]}"
                + "".join(f", {key}={value}" for key, value in case[3].items())
                + ") and all gradients",
                tolerance=1e-5,
                hint=case[4],
            )
            for case in _CALLS
        ],
        misconceptions=[
            Misconception(
                "dilation forgotten",
                late(lambda torch: _conv2d(torch, dilated=False)),
                "The dilation is lost on the way: Geometry takes four things.",
            ),
            Misconception(
                "how without its name",
                rewritten(_FILE, "conv2d", {"how=how": "how"}),
                "`convolution` takes three things by their place. What stands behind the star in "
                "its first line is given by name: `how=how`.",
            ),
        ],
    )
)

# The layer


def _layer(torch: Any, forward: Any = None) -> Any:
    """A Conv2d for images that stands by itself, and can be made wrong."""
    conv2d = _conv2d(torch)

    class Conv2d(torch.nn.Module):  # type: ignore[misc]
        def __init__(
            self,
            in_channels: int,
            out_channels: int,
            kernel_size: Any,
            stride: Any = 1,
            padding: Any = 0,
            dilation: Any = 1,
            groups: int = 1,
            bias: bool = True,
            dtype: Any = None,
        ) -> None:
            super().__init__()
            self.in_channels, self.out_channels = in_channels, out_channels
            kernel = kernel_size if isinstance(kernel_size, tuple) else (kernel_size,) * 2
            shape = (out_channels, in_channels // groups, *kernel)
            bound = 1 / math.sqrt(math.prod(shape[1:]))
            self.weight = torch.nn.Parameter(torch.empty(shape, dtype=dtype))
            first = torch.nn.Parameter(torch.empty(out_channels, dtype=dtype)) if bias else None
            self.register_parameter("bias", first)
            for parameter in self.parameters():
                torch.nn.init.uniform_(parameter, -bound, bound)
            self.options = (stride, padding, dilation, groups)

        def forward(self, input: Any) -> Any:
            if forward is not None:
                return forward(self, conv2d, input)
            return conv2d(input, self.weight, self.bias, *self.options)

    return Conv2d


def _output(channels: int) -> Callable[[Any, Any], Any]:
    def ask(layer: Any, torch: Any) -> Any:
        value = layer(torch.tensor((wholes(2, channels, 5, 6) / 4).tolist()))
        return None if value is None else value.detach()

    return ask


_learns = learning(lambda layer, torch: (layer(torch.ones(1, 1, 4, 4)) ** 2).sum())


_PLACE = 'self.register_parameter("bias", first)'
_NO_PLACE = {_PLACE: "if first is not None: self.bias = first"}
_SMALL = {"in_channels": 1, "out_channels": 2, "kernel_size": 3}
_UNEVEN = {"in_channels": 1, "out_channels": 2, "kernel_size": (2, 3)}

register(
    Exercise(
        name="Conv2d",
        signature="class Conv2d(_ConvNd)",
        reference=late(_layer),
        cases=[
            Case(
                use=built_layer({**_SMALL, "dtype": "float64"}, layer_shapes),
                show="Conv2d(1, 2, 3, dtype=torch.float64): its parameters",
                hint="The weight is (O, C / groups, height, width), the bias (O,): Parameters, "
                "made by `empty`, which takes the dtype.",
            ),
            Case(
                use=built_layer({**_SMALL, "bias": False}, layer_shapes),
                show="Conv2d(1, 2, 3, bias=False): its parameters",
                hint="Without a bias, register None: forward reads self.bias all the same.",
            ),
            Case(
                use=built_layer(_SMALL, lambda layer, torch: layer.weight.detach()),
                show="Conv2d(1, 2, 3).weight, from the same seed",
                tolerance=1e-6,
                hint="`self.reset_parameters()` draws first values, once both parameters stand.",
            ),
            Case(
                use=built_layer(_SMALL, lambda layer, torch: layer.bias.detach()),
                show="Conv2d(1, 2, 3).bias, from the same seed",
                tolerance=1e-6,
                hint="`self.reset_parameters()` draws first values, once both parameters stand.",
            ),
            Case(
                use=built_layer({**_UNEVEN, "stride": 2, "padding": (0, 1)}, _output(1)),
                show="Conv2d(1, 2, (2, 3), stride=2, padding=(0, 1))(input)",
                tolerance=1e-5,
                hint="Every option must arrive at conv2d.",
            ),
            Case(
                use=built_layer(
                    {"in_channels": 4, "out_channels": 6, "kernel_size": 3, "groups": 2}, _output(4)
                ),
                show="Conv2d(4, 6, 3, groups=2)(input)",
                tolerance=1e-5,
                hint="The weight's second dim is in_channels // groups.",
            ),
            Case(
                use=built_layer(_SMALL, channels),
                show="Conv2d(1, 2, 3).in_channels, .out_channels",
                hint="super().__init__ wants what comes in first: in_channels, out_channels.",
            ),
            Case(
                use=built_layer(_SMALL, _learns),
                show="two steps of descent with Conv2d(1, 2, 3)",
                tolerance=1e-4,
                hint="Use self.weight and self.bias themselves, not .detach() or .data.",
            ),
        ],
        misconceptions=[
            Misconception(
                "detached",
                late(
                    lambda torch: _layer(
                        torch,
                        lambda self, conv2d, x: conv2d(
                            x, self.weight.detach(), self.bias, *self.options
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
                        lambda self, conv2d, x: conv2d(x, self.weight, None, *self.options),
                    )
                ),
                "The bias is made, but it does not arrive at the convolution.",
            ),
            Misconception(
                "no place for None",
                rewritten("nn.modules.conv", "Conv2d", _NO_PLACE),
                "Without a bias the layer has no `bias` at all, and others ask for it. "
                '`self.register_parameter("bias", None)` keeps the place.',
            ),
        ],
    )
)
