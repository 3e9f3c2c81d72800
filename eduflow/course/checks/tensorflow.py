"""Checks on TensorFlow's conventions: SAME, channels last, cropping, counting, moving weights."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, late, register
from .planes import made_leaves, wholes, with_gradients

# SAME

Ends = tuple[int, int]


def _same(
    size: int,
    kernel: int,
    stride: int,
    dilation: int = 1,
    places: Callable[[int, int], float] = lambda n, s: -(-n // s),
    least: int = 0,
    split: Callable[[Any], Any] = lambda total: (total // 2, total - total // 2),
) -> Any:
    total = (places(size, stride) - 1) * stride + dilation * (kernel - 1) + 1 - size
    return split(max(total, least))


def _half(size: int, kernel: int, stride: int, dilation: int = 1) -> Ends:
    return (kernel - 1) // 2, (kernel - 1) // 2


def _stride_one(size: int, kernel: int, stride: int, dilation: int = 1) -> Any:
    return _same(size, kernel, 1, dilation)


def _undilated(size: int, kernel: int, stride: int, dilation: int = 1) -> Any:
    return _same(size, kernel, stride)


_SIZES: list[tuple[tuple[int, ...], str]] = [
    (
        (5, 3, 1),
        "5 places: from the first to the last it is 4, and 3 pixels: 7. Two are missing. (Whole "
        "numbers, please: `/` makes floats.)",
    ),
    ((6, 3, 2), "3 places reach over 7 pixels. One is missing: it goes to the end."),
    ((5, 3, 2), "3 places reach over 7 pixels. Two are missing, one at each end."),
    ((4, 2, 1), "An even kernel lacks an odd number: the odd zero goes to the end."),
    ((28, 4, 2), "14 places reach over 30 pixels."),
    ((9, 3, 1, 2), "With dilation 2 a kernel of 3 reaches over 5."),
    ((5, 1, 3), "2 places reach over 4 of the 5 pixels. Nothing is missing, and never less."),
    ((2, 7, 3), "One place, and it reaches over 7."),
]


def _ends(f: Any, torch: Any, case: Any) -> Any:
    found = f(*case)
    return tuple(found) if isinstance(found, list) else found


register(
    Exercise(
        name="same_padding",
        signature="same_padding(size, kernel, stride, dilation=1) -> (before, after)",
        reference=_same,
        cases=[
            Case(
                use=partial(_ends, case=case),
                show=f"same_padding{case}",
                hint=hint,
            )
            for case, hint in _SIZES
        ],
        misconceptions=[
            Misconception(
                "half on each side",
                _half,
                "(kernel - 1) / 2 at each end is right with stride 1 and an odd kernel only. Ask "
                "how many pixels the places reach over, and how many of them are missing.",
            ),
            Misconception(
                "more before",
                partial(_same, split=lambda total: (total - total // 2, total // 2)),
                "The odd zero goes to the other end: `before` is the smaller half.",
            ),
            Misconception(
                "below 0",
                partial(_same, least=-100),
                "A stride that is larger than the kernel may leave pixels unseen. Then nothing is "
                "missing: the border is never below 0.",
            ),
            Misconception(
                "rounded down",
                partial(_same, places=lambda n, s: n // s),
                "The number of places is size / stride rounded *up*: -(-size // stride).",
            ),
            Misconception(
                "not rounded",
                partial(_same, places=lambda n, s: n / s),
                "`size / stride` is a float, and may be two and a half places. Their number is "
                "whole: size / stride rounded *up*.",
            ),
            Misconception(
                "dilation forgotten", _undilated, "The reach of a kernel hangs on its dilation."
            ),
            Misconception(
                "stride forgotten",
                _stride_one,
                "Neighbouring places lie `stride` apart: (places - 1) * stride.",
            ),
            Misconception(
                "in all",
                partial(_same, split=lambda total: total),
                "That is how many are missing in all. Return how many go before, and how many "
                "after.",
            ),
        ],
        hint="The last place begins at (places - 1) * stride and reaches over the kernel.",
    )
)

# conv2d


def _edge(size: Any, kernel: Any, strides: Any, padding: str, dilations: Any) -> list[int]:
    """A border as F.pad takes it; by the course's own rule, whatever the learner's gives."""
    if padding == "VALID":
        return [0, 0, 0, 0]
    facts = zip(size, kernel, strides, dilations, strict=True)
    (top, bottom), (left, right) = (_same(*dim) for dim in facts)
    return [left, right, top, bottom]


def _pair(value: Any) -> Any:
    return value if isinstance(value, tuple) else (value, value)


def _conv2d(
    torch: Any,
    to_nchw: Any = lambda x: x.permute(0, 3, 1, 2),
    to_nhwc: Any = lambda x: x.permute(0, 2, 3, 1),
    strides_of: Any = lambda strides: strides,
    dilations_of: Any = lambda dilations: dilations,
    edge_of: Any = lambda edge, kernel: edge,
    size_of: Any = lambda input: input.shape[1:3],
    weight_of: Any = lambda filters: filters.permute(3, 2, 0, 1),
) -> Any:
    F = torch.nn.functional

    def conv2d(input: Any, filters: Any, strides: Any, padding: str, *, dilations: Any = 1) -> Any:
        size, kernel = size_of(input), filters.shape[:2]
        strides, dilations = _pair(strides), _pair(dilations)
        edge = edge_of(_edge(size, kernel, strides, padding, dilations), kernel)
        options = {"stride": strides_of(strides), "dilation": dilations_of(dilations)}
        return to_nhwc(F.conv2d(F.pad(to_nchw(input), edge), weight_of(filters), **options))

    return conv2d


def _late_conv2d(**changes: Any) -> Any:
    return late(lambda torch: _conv2d(torch, **changes))


def _as_if_first(x: Any) -> Any:
    n, height, width, channels = x.shape
    return x.reshape(n, channels, height, width)


_CONVS: list[tuple[Any, Any, Any, str, Any, str]] = [
    ((1, 4, 4, 1), (3, 3, 1, 1), 1, "VALID", 1, "One channel, no border."),
    ((1, 6, 6, 1), (3, 3, 1, 1), 2, "SAME", 1, "The border is `border(...)`'s, in F.pad."),
    ((2, 5, 6, 3), (3, 2, 3, 4), 1, "SAME", 1, "Channels stand last, before and after."),
    ((2, 6, 5, 2), (2, 3, 2, 3), (1, 2), "SAME", 1, "The height has its stride, so has the width."),
    ((1, 9, 8, 2), (3, 2, 2, 1), 1, "SAME", (2, 3), "Hand on the dilation, twice: border, conv."),
]


def _conv_case(f: Any, torch: Any, case: Any) -> Any:
    x, filters = made_leaves(torch, case[0], case[1])
    result = f(x, filters, case[2], case[3], dilations=case[4])
    return result if result is None else with_gradients(result, [x, filters], torch)


def _conv_shown(case: Any) -> str:
    more = "" if case[4] == 1 else f", dilations={case[4]}"
    return f'conv2d(input {case[0]}, filters {case[1]}, {case[2]}, "{case[3]}"{more})'


register(
    Exercise(
        name="tf_conv2d",
        signature="conv2d(input, filters, strides, padding, *, dilations=1) -> (N, H', W', O)",
        reference=_late_conv2d(),
        cases=[
            Case(
                use=partial(_conv_case, case=case),
                show=_conv_shown(case),
                tolerance=1e-5,
                hint=case[5],
            )
            for case in _CONVS
        ],
        misconceptions=[
            Misconception(
                "reshaped",
                _late_conv2d(to_nchw=_as_if_first),
                "`reshape` keeps the numbers in a row and cuts it elsewhere: channels and pixels "
                "get mixed. Dims change places with `permute`.",
            ),
            Misconception(
                "channels first",
                _late_conv2d(to_nhwc=lambda x: x),
                "What comes back has its channels first. TensorFlow's stand last: `to_nhwc`.",
            ),
            Misconception(
                "stride forgotten",
                _late_conv2d(strides_of=lambda strides: 1),
                "Hand `stride=strides` on to F.conv2d.",
            ),
            Misconception(
                "dilation forgotten",
                _late_conv2d(dilations_of=lambda dilations: 1),
                "Hand `dilation=dilations` on to F.conv2d, too: the border alone is not enough.",
            ),
            Misconception(
                "no border",
                _late_conv2d(edge_of=lambda edge, kernel: [0, 0, 0, 0]),
                "There is no border: F.pad(images, edge).",
            ),
            Misconception(
                "sizes from dim 0 on",
                _late_conv2d(size_of=lambda input: input.shape[:2]),
                "Your border is that of other sizes. `border` asks for (height, width) of the "
                "picture, and of the filters; in `input` these are dims 1 and 2, in `filters` dims "
                "0 and 1.",
            ),
            Misconception(
                "height and width swapped",
                _late_conv2d(weight_of=lambda filters: filters.permute(3, 2, 1, 0)),
                "Your filters lie on their side: (height, width, in, out) becomes "
                "(out, in, height, width).",
            ),
        ],
        hint="Border, F.conv2d, and the channels back to the end.",
    )
)

# The way back


def _conv2d_transpose(
    torch: Any,
    cut: Any = lambda before, full, wanted: (-before, before + wanted - full),
    back: Any = lambda x: x.permute(0, 2, 3, 1),
    dilated: bool = True,
) -> Any:
    F = torch.nn.functional

    def conv2d_transpose(
        input: Any, filters: Any, output_shape: Any, strides: Any, padding: str, dilations: Any = 1
    ) -> Any:
        size, kernel = output_shape[1:3], filters.shape[:2]
        strides, dilations = _pair(strides), _pair(dilations)
        left, _, top, _ = _edge(size, kernel, strides, padding, dilations)
        images, weight = input.permute(0, 3, 1, 2), filters.permute(3, 2, 0, 1)
        options = {"stride": strides, "dilation": dilations if dilated else 1}
        full = F.conv_transpose2d(images, weight, **options)
        width = cut(left, full.shape[3], size[1])
        return back(F.pad(full, (*width, *cut(top, full.shape[2], size[0]))))

    return conv2d_transpose


def _late_transpose(**changes: Any) -> Any:
    return late(lambda torch: _conv2d_transpose(torch, **changes))


_BACKS: list[tuple[Any, Any, Any, Any, str, Any, str]] = [
    ((1, 2, 2, 1), (3, 3, 1, 1), (5, 5), 2, "VALID", 1, "Nothing is cut off."),
    ((1, 2, 2, 1), (3, 3, 1, 1), (4, 4), 2, "SAME", 1, "5 by 5, and the last row and column go."),
    ((1, 2, 2, 1), (3, 3, 1, 1), (3, 3), 2, "SAME", 1, "5 by 5, and one is cut off at each end."),
    ((1, 2, 2, 1), (3, 3, 1, 1), (6, 6), 2, "VALID", 1, "5 by 5, and a row of zeros at the end."),
    (
        (2, 3, 2, 2),
        (4, 2, 3, 2),
        (6, 5),
        (2, 3),
        "SAME",
        1,
        "Height and width differ, and so do in and out: filters are (height, width, out, in).",
    ),
    ((1, 4, 3, 2), (2, 3, 1, 2), (4, 3), 1, "SAME", (3, 2), "Hand on the dilation, twice."),
]


def _back_case(f: Any, torch: Any, case: Any) -> Any:
    x, filters = made_leaves(torch, case[0], case[1])
    shape = [case[0][0], *case[2], case[1][2]]
    result = f(x, filters, shape, case[3], case[4], dilations=case[5])
    return result if result is None else with_gradients(result, [x, filters], torch)


register(
    Exercise(
        name="tf_conv2d_transpose",
        signature="conv2d_transpose(input, filters, output_shape, strides, padding) -> tensor",
        reference=_late_transpose(),
        cases=[
            Case(
                use=partial(_back_case, case=case),
                show=f"conv2d_transpose(input {case[0]}, filters {case[1]}, to {case[2]}, "
                f'{case[3]}, "{case[4]}")',
                tolerance=1e-5,
                hint=case[6],
            )
            for case in _BACKS
        ],
        misconceptions=[
            Misconception(
                "PyTorch's rows",
                _late_transpose(cut=lambda before, full, wanted: (wanted - full, 0)),
                "You cut off at the beginning, as padding with output_padding=1 does. SAME had put "
                "`before` zeros there, no more: the rest goes at the end.",
            ),
            Misconception(
                "the end only",
                _late_transpose(cut=lambda before, full, wanted: (0, wanted - full)),
                "You cut off at the end only. What lies before the picture goes, too: `left` "
                "columns and `top` rows.",
            ),
            Misconception(
                "what is gone before is forgotten",
                _late_transpose(cut=lambda before, full, wanted: (-before, wanted - full)),
                "You cut off too much behind: `left` columns are gone already, before. Of "
                "`full.shape[3]` columns the first `left` go, `width` stay, and the rest goes.",
            ),
            Misconception(
                "never filled up",
                _late_transpose(
                    cut=lambda before, full, wanted: (-before, min(before + wanted - full, 0))
                ),
                "The full result may be too small: then zeros fill it up at the end. F.pad takes "
                "numbers above and below 0.",
            ),
            Misconception(
                "channels first",
                _late_transpose(back=lambda x: x),
                "What comes back has its channels first. TensorFlow's stand last: `to_nhwc`.",
            ),
            Misconception(
                "dilation forgotten",
                _late_transpose(dilated=False),
                "Hand `dilation=dilations` on to F.conv_transpose2d, too.",
            ),
        ],
        hint="All stamps, then what lies outside of output_shape is cut off, before and after.",
    )
)

# Average pooling


def _avg_pool(torch: Any, way: str = "") -> Any:
    F = torch.nn.functional

    def avg_pool(input: Any, ksize: Any, strides: Any, padding: str) -> Any:
        images, ksize, strides = input.permute(0, 3, 1, 2), _pair(ksize), _pair(strides)
        edge = _edge(images.shape[2:], ksize, strides, padding, (1, 1))
        means = F.avg_pool2d(F.pad(images, edge), ksize, strides)
        inside = F.avg_pool2d(F.pad(torch.ones_like(images), edge), ksize, strides)
        result = {"": means / inside, "counted": means, "times": means * inside}
        result["nearest"] = F.avg_pool2d(F.pad(images, edge, mode="replicate"), ksize, strides)
        inside = F.avg_pool2d(F.pad(torch.ones_like(images), edge), ksize)
        result["beside"] = F.avg_pool2d(F.pad(images, edge), ksize) / inside
        return result[""] if way == "first" else result[way].permute(0, 2, 3, 1)

    return avg_pool


def _late_pool(way: str = "") -> Any:
    return late(lambda torch: _avg_pool(torch, way))


_POOLS: list[tuple[Any, Any, Any, str, str]] = [
    ((1, 4, 4, 1), 2, 2, "VALID", "Windows side by side, no border."),
    ((1, 5, 5, 1), 2, 2, "SAME", "The last windows have a column of border: it is not counted."),
    ((2, 4, 5, 2), 3, 1, "SAME", "A window in the corner sees 4 pixels: it divides by 4, not 9."),
    ((1, 3, 6, 3), (2, 3), (1, 2), "SAME", "Height and width have their own numbers."),
]


def _pool_case(f: Any, torch: Any, case: Any) -> Any:
    (x,) = made_leaves(torch, case[0])
    result = f(x, case[1], case[2], case[3])
    return result if result is None else with_gradients(result, [x], torch)


register(
    Exercise(
        name="tf_avg_pool",
        signature="avg_pool(input, ksize, strides, padding) -> tensor (N, H', W', C)",
        reference=_late_pool(),
        cases=[
            Case(
                use=partial(_pool_case, case=case),
                show=f'avg_pool(input {case[0]}, {case[1]}, {case[2]}, "{case[3]}")',
                tolerance=1e-5,
                hint=case[4],
            )
            for case in _POOLS
        ],
        misconceptions=[
            Misconception(
                "counted",
                _late_pool("counted"),
                "You count the border: its zeros pull the means down. Divide by the share of each "
                "window that lies inside: the pool of ones like the picture, with the border "
                "*around* them.",
            ),
            Misconception(
                "times",
                _late_pool("times"),
                "Divide by the share that lies inside; you multiply.",
            ),
            Misconception(
                "stride forgotten",
                _late_pool("beside"),
                "Hand `strides` on to both pools; without it PyTorch's windows stand side by side.",
            ),
            Misconception(
                "nearest",
                _late_pool("nearest"),
                "You repeat the pixels at the edge. TensorFlow leaves out what is not there.",
            ),
            Misconception(
                "channels first",
                _late_pool("first"),
                "What comes back has its channels first. TensorFlow's stand last: `to_nhwc`.",
            ),
        ],
        hint="Two pools with the same border: of the picture, and of ones.",
    )
)

# Weights that move


def _dense_weight(
    kernel: Any, image: Any = None, way: str = "", order: tuple[int, ...] = (2, 0, 1, 3)
) -> Any:
    if image is not None and way != "turned only":
        channels, height, width = image
        rows = (channels, height, width) if way == "theirs" else (height, width, channels)
        kernel = kernel.reshape(*rows, kernel.shape[-1]).permute(*order)
        kernel = kernel.reshape(channels * height * width, kernel.shape[-1])
    return kernel if way == "not turned" else kernel.permute(1, 0)


_KERNELS: list[tuple[int, Any, str]] = [
    (2, None, "Without a Flatten before it: in and out change places."),
    (2, (3, 1, 1), "(H, W, C, out) becomes (C, H, W, out)."),
    (3, (2, 1, 2), "Rows go pixel by pixel, each with all channels: (H, W, C, out)."),
    (4, (3, 2, 4), "Height and width differ: (height, width, channels, out)."),
    (1, (2, 3, 2), "One output, a single column."),
]


def _weight_case(f: Any, torch: Any, case: Any) -> Any:
    out, image, _ = case
    rows = int(np.prod(image)) if image else 3
    return f(torch.tensor(wholes(rows, out).tolist()), image)


register(
    Exercise(
        name="dense_weight",
        signature="dense_weight(kernel, image=None) -> tensor (out, in)",
        reference=_dense_weight,
        cases=[
            Case(
                use=partial(_weight_case, case=case),
                show=f"dense_weight(kernel with {case[0]} outputs, image={case[1]})",
                hint=case[2],
            )
            for case in _KERNELS
        ],
        misconceptions=[
            Misconception(
                "turned only",
                partial(_dense_weight, way="turned only"),
                "You change in and out, and leave the rows in TensorFlow's order. Nothing will "
                "complain, and the network reads nonsense.",
            ),
            Misconception(
                "not turned",
                partial(_dense_weight, way="not turned"),
                "The order of the rows is right. Linear's weight is (out, in): turn it over last.",
            ),
            Misconception(
                "read as theirs",
                partial(_dense_weight, way="theirs", order=(1, 2, 0, 3)),
                "You go from (C, H, W) to (H, W, C). It is the other way: the rows of a Dense are "
                "in the order (H, W, C).",
            ),
            Misconception(
                "permuted the wrong way",
                partial(_dense_weight, order=(1, 2, 0, 3)),
                "`permute` is told, for each new place, which old dim stands there. You have "
                "(H, W, C, out), and C is to come first.",
            ),
            Misconception(
                "width first",
                partial(_dense_weight, order=(2, 1, 0, 3)),
                "Height and width changed places. (H, W, C, out) becomes (C, H, W, out).",
            ),
        ],
        hint="reshape to (height, width, channels, out), permute, reshape back, turn over.",
    )
)
