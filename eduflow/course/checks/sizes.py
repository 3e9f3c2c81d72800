"""Checks on sizes: windows along a row, numbers for each dim, one image, views there and back."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Iterable
from math import ceil, prod
from typing import Any

import numpy as np

from ..probing import ROOT, inside, rewritten, shipped, swapped, tried
from . import Case, Exercise, Misconception, late, register

_WINDOWS, _POOL, _CONV, _SHAPE = (
    "_core.windows",
    "nn._functional.pooling",
    "nn._functional.conv",
    "ops.shape",
)
Changes = dict[str, str]


def _fresh(*shape: int, dtype: Any = np.float32) -> Any:
    return np.arange(prod(shape)).astype(dtype).reshape(shape)


# How many windows there are


def _count(
    size: int, kernel: int, stride: int, padding: int, dilation: int, ceil_mode: bool
) -> int:
    room = size + 2 * padding - (dilation * (kernel - 1) + 1)
    if not ceil_mode:
        return room // stride + 1
    begins = [o * stride - padding for o in range(ceil(room / stride) + 1)]
    return len(begins) - sum(begin >= size for begin in begins[-1:])


def _counting(**changes: str) -> Any:
    places = {
        "room": "size + 2 * padding - dilation * (kernel - 1) - 1",
        "floor": "return room // stride + 1",
        "up": "-(-room // stride) + 1",
        "behind": "(count - 1) * stride >= size + padding",
        "end": "return count - begins_behind",
    }
    return rewritten(
        _WINDOWS, "window_count", {places[where]: new for where, new in changes.items()}
    )


register(
    Exercise(
        name="window_count",
        signature="window_count(size, kernel, stride, padding, dilation, ceil_mode) -> int",
        reference=_count,
        cases=[
            Case(args=(5, 2, 2, 0, 1, False)),
            Case(args=(28, 5, 1, 2, 1, False), hint="A border on both sides: 2 * padding."),
            Case(args=(7, 3, 1, 0, 2, False), hint="With a dilation of 2 it reaches over 5."),
            Case(args=(9, 3, 2, 1, 3, False), hint="With a dilation of 3 it reaches over 7."),
            Case(args=(5, 5, 3, 0, 1, False), hint="The room is 0: one window."),
            Case(args=(2, 5, 2, 0, 1, False), hint="A room below zero is rounded down, too."),
            Case(args=(5, 2, 2, 0, 1, True), hint="ceil_mode: the last one reaches over the end."),
            Case(args=(7, 3, 2, 0, 1, True), hint="The room is 4: nothing to round up."),
            Case(args=(4, 2, 2, 1, 1, True), hint="The last one begins at 3, the last place."),
            Case(args=(3, 2, 2, 1, 1, True), hint="With ceil_mode the third begins at 3: behind."),
            Case(args=(7, 2, 3, 1, 1, True), hint="With ceil_mode the fourth begins at 8: behind."),
            Case(args=(2, 1, 3, 0, 1, True), hint="With ceil_mode the second begins at 3: behind."),
            Case(args=(3, 1, 3, 0, 1, True), hint="With ceil_mode the second begins at 3: behind."),
            Case(args=(4, 4, 3, 2, 1, True), hint="With ceil_mode the third begins at 4: behind."),
            Case(args=(9, 3, 2, 1, 2, True)),
            Case(args=(10, 2, 4, 1, 3, True)),
        ],
        misconceptions=[
            Misconception(
                "one border",
                _counting(room="size + padding - dilation * (kernel - 1) - 1"),
                "The border is on both sides: `2 * padding`.",
            ),
            Misconception(
                "no dilation",
                _counting(room="size + 2 * padding - kernel"),
                "With a dilation a window reaches further than `kernel` places: over "
                "`dilation * (kernel - 1) + 1`.",
            ),
            Misconception(
                "dilation times kernel",
                _counting(room="size + 2 * padding - dilation * kernel"),
                "Between `kernel` places are `kernel - 1` gaps: it reaches over "
                "`dilation * (kernel - 1) + 1`.",
            ),
            Misconception(
                "the first is forgotten",
                _counting(floor="return room // stride", up="-(-room // stride)"),
                "One window is missing: the steps into the room come after the first one.",
            ),
            Misconception(
                "no ceil_mode",
                _counting(up="room // stride + 1"),
                "Without `ceil_mode` it is right. With it the room is rounded up: "
                "`-(-room // stride)`.",
            ),
            Misconception(
                "always one more",
                _counting(up="room // stride + 2"),
                "`ceil_mode` rounds up. Where the steps come out even, nothing is added.",
            ),
            Misconception(
                "the trap",
                _counting(end="return count"),
                "With ceil_mode the last window may begin behind the picture, in the border: then "
                "it is left out.",
            ),
            Misconception(
                "behind the border",
                _counting(behind="(count - 1) * stride >= size + 2 * padding"),
                "A window in the border behind sees no number. It begins at `(count - 1) * stride "
                "- padding`; that must be below `size`.",
            ),
            Misconception(
                "one place further",
                _counting(behind="(count - 1) * stride > size + padding"),
                "Places are 0 to `size - 1`: a window that begins at `size` is behind the picture, "
                "too.",
            ),
            Misconception(
                "padding forgotten",
                _counting(behind="(count - 1) * stride >= size"),
                "The first window begins at `-padding`, not at 0, and so all begin that much "
                "earlier.",
            ),
            Misconception(
                "the one after the last",
                _counting(behind="count * stride >= size + padding"),
                "Windows are numbered from 0: the last of `count` is number `count - 1`, and "
                "begins at `(count - 1) * stride - padding`.",
            ),
        ],
        hint="room // stride + 1; with ceil_mode rounded up, without a window behind the picture.",
    )
)


# A number for each dim


def _each(value: Any, dims: int) -> tuple[Any, ...]:
    numbers = list(value) if isinstance(value, (tuple, list)) else [value]
    return tuple(numbers if len(numbers) > 1 else numbers * dims)


register(
    Exercise(
        name="for_each_dim",
        signature="for_each_dim(value, dims) -> tuple of numbers",
        reference=_each,
        cases=[
            Case(args=(2, 2)),
            Case(args=(0, 3)),
            Case(args=((2,), 3), hint="A tuple of one number stands for all dims."),
            Case(args=([2], 2), hint="A list of one number stands for all dims."),
            Case(args=((1, 2), 2), hint="Two numbers for two dims stay."),
            Case(args=([3, 4], 2), hint="A list comes back as a tuple."),
            Case(args=((1, 2, 3), 3)),
            Case(args=(5, 1), hint="For one dim, too, it is a tuple."),
        ],
        misconceptions=[
            Misconception(
                "a list",
                lambda value, dims: list(_each(value, dims)),
                "The numbers are right. They come as a tuple.",
            ),
            Misconception(
                "always two",
                lambda value, dims: _each(value, 2),
                "There are not always two dims: `dims` says how many.",
            ),
            Misconception(
                "one number in brackets",
                lambda value, dims: (
                    tuple(value) if isinstance(value, (tuple, list)) else _each(value, dims)
                ),
                "(2,) stands for all dims, as 2 does: ask for the length.",
            ),
            Misconception(
                "all repeated",
                lambda value, dims: (
                    (tuple(value) if isinstance(value, (tuple, list)) else (value,)) * dims
                ),
                "Two numbers for two dims are enough: only one number is repeated.",
            ),
            Misconception(
                "lists not known",
                lambda value, dims: (
                    value
                    if isinstance(value, tuple) and len(value) > 1
                    else ((value[0] if isinstance(value, tuple) else value),) * dims
                ),
                "A list is taken for one number: ask for `(tuple, list)`.",
            ),
            Misconception(
                "tuples not known",
                lambda value, dims: (
                    tuple(value) * (dims if len(value) == 1 else 1)
                    if isinstance(value, list)
                    else (value,) * dims
                ),
                "A tuple is taken for one number: ask for `(tuple, list)`.",
            ),
        ],
        hint="A tuple of what was given; of one number, `dims` times that.",
    )
)


# Borders


def _ends(padding: Any, kernel: Any, dilation: Any) -> tuple[tuple[int, int], ...]:
    numbers = _each(0 if padding == "valid" else padding, len(kernel))
    pairs = []
    for number, k, d in zip(numbers, kernel, dilation, strict=True):
        total = d * (k - 1) if padding == "same" else 2 * number
        pairs.append((total // 2, -(-total // 2)))
    return tuple(pairs)


def _bordering(**changes: str) -> Any:
    places = {
        "total": "d * (k - 1)",
        "pair": "(n // 2, n - n // 2)",
        "both": "(n, n) for",
        "valid": '0 if padding == "valid" else padding',
        "numbers": "for_each_dim(",
        "same": "tuple([(n // 2, n - n // 2) for n in totals])",
    }
    return rewritten(_WINDOWS, "borders", {places[where]: new for where, new in changes.items()})


register(
    Exercise(
        name="borders",
        signature="borders(padding, kernel, dilation) -> a pair for each dim",
        reference=_ends,
        cases=[
            Case(args=("valid", (3, 3), (1, 1)), hint='"valid" is no border: (0, 0) for each dim.'),
            Case(args=("same", (3, 3), (1, 1)), hint="A kernel of 3 needs 2 in all."),
            Case(args=("same", (4, 3), (1, 2)), hint="Of 3 the smaller half, 1, goes before."),
            Case(args=("same", (1,), (5,)), hint="A kernel of 1 needs no border."),
            Case(args=("same", (2, 5, 3), (3, 1, 1)), hint="A dilation of 3 needs 3 in all."),
            Case(args=(2, (3, 3), (1, 1)), hint="A number: so many on every side."),
            Case(args=((1, 0), (5, 3), (1, 1)), hint="A number for each dim."),
            Case(args=([1], (3, 3, 3), (1, 1, 1)), hint="One number for three dims."),
            Case(args=(0, (4,), (1,))),
        ],
        misconceptions=[
            Misconception(
                "the larger half before",
                _bordering(pair="(n - n // 2, n // 2)"),
                "Of an odd number the larger half comes after: `n // 2` stands first.",
            ),
            Misconception(
                "half on both sides",
                _bordering(pair="(n // 2, n // 2)"),
                "Of an odd number one is lost: after comes what is left, `n - n // 2`.",
            ),
            Misconception(
                "all on both sides",
                _bordering(pair="(n, n)"),
                "That is twice as much as needed: the total is shared by both sides.",
            ),
            Misconception(
                "half the kernel",
                _bordering(total="k - 1"),
                "With a dilation a kernel reaches further: `d * (k - 1)` in all.",
            ),
            Misconception(
                "dilation times kernel",
                _bordering(total="d * k - 1"),
                "Between k places there are k - 1 gaps: `d * (k - 1)` in all.",
            ),
            Misconception(
                "numbers, not pairs",
                lambda padding, kernel, dilation: tuple(
                    before for before, _ in _ends(padding, kernel, dilation)
                ),
                "There is one number for each dim: a pair is wanted, before and after.",
            ),
            Misconception(
                "a list",
                lambda padding, kernel, dilation: list(_ends(padding, kernel, dilation)),
                "The pairs are right. They come in a tuple.",
            ),
            Misconception(
                "halves of numbers",
                _bordering(both="(n // 2, n - n // 2) for"),
                "A number is not shared: `padding=2` is 2 before and 2 after.",
            ),
        ],
        hint="For 'same' d * (k - 1) in all, shared; else the same number before and after.",
    )
)


# The windows that have a place, and these places


def _steps(windows: Any) -> list[tuple[int, slice, slice]]:
    found = []
    for j in range(windows.kernel):
        places = [
            o * windows.stride - windows.padding + j * windows.dilation
            for o in range(windows.count)
        ]
        having = [o for o, place in enumerate(places) if 0 <= place < windows.size]
        if having:
            outs = slice(having[0], having[-1] + 1)
            ins = slice(places[having[0]], places[having[-1]] + 1, windows.stride)
            found.append((j, outs, ins))
    return found


def _expanded(part: Any, size: int) -> Any:
    return [*range(size)[part]] if isinstance(part, slice) else f"no slice: {part!r}"


def _steps_case(*numbers: Any, hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        windows = importlib.import_module(f"{ROOT}.{_WINDOWS}").Windows(*numbers)
        steps = thing(windows)
        if not isinstance(steps, Iterable):
            return steps
        return [
            {
                "j": j,
                "windows": _expanded(outs, windows.count),
                "places": _expanded(ins, windows.size),
            }
            for j, outs, ins in steps
        ]

    names = ("size", "kernel", "stride", "padding", "dilation", "ceil_mode")
    words = ", ".join(f"{name}={number}" for name, number in zip(names, numbers, strict=False))
    return Case(use=use, show=f"window_steps(Windows({words}))", hint=hint)


def _stepping(**changes: str) -> Any:
    places = {
        "begin": "j * windows.dilation - windows.padding",
        "first": "max(0, -(places.start // windows.stride))",
        "inside": "places[first : windows.count]",
        "ins": "slice(inside[0], inside[-1] + 1, windows.stride)",
        "outs": "slice(first, first + len(inside))",
        "any": "if inside := places[first : windows.count]:",
    }
    cut = {'@method("steps", of=Windows)\n': ""}
    return rewritten(
        _WINDOWS, "window_steps", cut | {places[where]: new for where, new in changes.items()}
    )


register(
    Exercise(
        name="window_steps",
        signature="window_steps(windows) -> triples (j, slice of windows, slice of places)",
        reference=_steps,
        cases=[
            _steps_case(4, 2, 2, hint="Side by side: place 0 of both windows is 0 and 2."),
            _steps_case(6, 3, 2, 1, hint="Place 0 of window 0 is -1, in the border."),
            _steps_case(7, 2, 3, hint="There are two windows: place 6 belongs to none."),
            _steps_case(
                5, 2, 2, 0, 1, True, hint="The last window has no place 1: that would be 5."
            ),
            _steps_case(
                8, 3, 2, 2, 2, hint="Place j of a window is j * dilation behind its begin."
            ),
            _steps_case(7, 3, 1, 1),
            _steps_case(2, 4, 4, 2, hint="Places 0 and 1 of the only window lie in the border."),
            _steps_case(5, 5, 1, 2, hint="Two places of the first window lie in the border."),
            _steps_case(9, 4, 2, 3, 1, hint="-3 // 2 is -2: two windows begin in the border."),
            _steps_case(3, 2, 1, 1, 4, hint="No place is inside: nothing is yielded."),
        ],
        misconceptions=[
            Misconception(
                "no dilation",
                _stepping(begin="j - windows.padding"),
                "Place j lies `j * dilation` behind the begin of its window.",
            ),
            Misconception(
                "no padding",
                _stepping(begin="j * windows.dilation"),
                "The first window begins at `-padding`.",
            ),
            Misconception(
                "all places",
                _stepping(inside="places[first:]"),
                "There are places behind the last window: of `places` only the first `count` "
                "belong to one.",
            ),
            Misconception(
                "places one by one",
                _stepping(ins="slice(inside[0], inside[-1] + 1)"),
                "The slice of the places takes every one between: it steps by `stride`.",
            ),
            Misconception(
                "windows by places",
                _stepping(outs="slice(inside[0], inside[0] + len(inside))"),
                "The slice of the windows counts windows, from `first` on, and not places.",
            ),
            Misconception(
                "the border kept",
                _stepping(first="0"),
                "Some of these places are negative, in the border: `first` is how many.",
            ),
            Misconception(
                "the last is lost",
                _stepping(ins="slice(inside[0], inside[-1], windows.stride)"),
                "The last place is lost: a slice stops before its end, so end at `inside[-1] + 1`.",
            ),
            Misconception(
                "the border, not windows",
                _stepping(first="max(0, -places.start)"),
                "`first` counts windows, not places: with a stride of 2 half as many begin in the "
                "border. Divide by `stride`.",
            ),
            Misconception(
                "lists",
                lambda windows: [
                    (j, _expanded(outs, windows.count), _expanded(ins, windows.size))
                    for j, outs, ins in _steps(windows)
                ],
                "Lists would copy, and mean pairs where two dims have them. Slices are wanted.",
            ),
            Misconception(
                "as many from the first on",
                _stepping(inside="places[first : first + windows.count]"),
                "A cut ends at a number, not after so many: those before `count` are "
                "`places[first : count]`.",
            ),
            Misconception(
                "rounded the wrong way",
                _stepping(first="max(0, -places.start // windows.stride)"),
                "Two of three begin in the border: `-(start // stride)` rounds up, `-start // "
                "stride` rounds down.",
            ),
        ],
        hint="The range of places; those inside; two slices.",
    )
)


# Max pooling


def _picture(torch: Any, *shape: int) -> Any:
    numbers = (_fresh(*shape) * 7 + 3) % 11
    return torch.from_numpy(numbers.astype(np.float32))


def _last(torch: Any, x: Any) -> Any:
    """The same tensor with its channels last in memory."""
    kind = torch.channels_last if x.dim() == 4 else torch.channels_last_3d
    return x.to(memory_format=kind)


def _pool_case(probe: Callable[[Any], Any], show: str, hint: str = "") -> Case:
    return Case(use=inside(_POOL, "pooled", probe), show=show, hint=hint)


def _pooled_plain(torch: Any) -> Any:
    y = torch.nn.functional.max_pool2d(_picture(torch, 2, 3, 6, 6), 2)
    return {"shape": tuple(y.shape), "stride": y.stride(), "numbers": y.tolist()}


def _pooled_gradient(torch: Any) -> Any:
    x = _picture(torch, 1, 2, 5, 5).requires_grad_()
    y = torch.nn.functional.max_pool2d(x, 3, stride=2)
    y.backward(torch.from_numpy(_fresh(1, 2, 2, 2) + 1))
    return {"gradient": x.grad.tolist(), "node": y.grad_fn.name()}


def _pooled_last(torch: Any) -> Any:
    functional = torch.nn.functional
    x, cube = _last(torch, _picture(torch, 2, 3, 4, 4)), _picture(torch, 2, 3, 4, 4, 4)
    y, where = functional.max_pool2d(x, 2, return_indices=True)
    z, adaptive = functional.max_pool3d(_last(torch, cube), 2), functional.adaptive_max_pool3d
    return {
        "images": y.stride(),
        "indices": (where.stride(), where.tolist()),
        "volumes": z.stride(),
        "adaptive": adaptive(_last(torch, cube), 2).stride(),
    }


def _pooled_twice(torch: Any) -> Any:
    x = _picture(torch, 1, 4, 4).requires_grad_()
    y = torch.nn.functional.max_pool2d(x, 2)
    (slope,) = torch.autograd.grad((y**3).sum(), x, create_graph=True)
    slope.sum().backward()
    return x.grad.tolist()


def _pooled_linear(torch: Any) -> Any:
    """A second derivative that is zeros, and not none at all."""
    x = _picture(torch, 1, 4, 4).requires_grad_()
    (slope,) = torch.autograd.grad(torch.nn.functional.max_pool2d(x, 2).sum(), x, create_graph=True)
    return tried(lambda: torch.autograd.grad(slope.sum(), x)[0].tolist())


def _pooled_changed(torch: Any) -> Any:
    x = _picture(torch, 1, 4, 4).requires_grad_()
    double = x * 2
    y = torch.nn.functional.max_pool2d(double, 2)
    double.add_(1)
    found = tried(lambda: y.sum().backward())
    return "refused" if "modified by an inplace operation" in str(found) else found


def _pooled_whole(torch: Any) -> Any:
    x = torch.from_numpy(np.arange(16, dtype=np.int64).reshape(1, 4, 4))
    y = torch.nn.functional.max_pool2d(x, 2)
    return {"numbers": y.tolist(), "dtype": str(y.dtype), "gradient": y.requires_grad}


def _pooling(changes: Changes) -> Any:
    return rewritten(_POOL, "pooled", changes)


_WAY = "keeping(derivative, array, flat=True)"
register(
    Exercise(
        name="pooled",
        signature="pooled(kind, input, windows, return_indices, volumes=False) -> tensor",
        reference=late(lambda torch: shipped(_POOL, "pooled")),
        cases=[
            _pool_case(_pooled_plain, "max_pool2d(x, 2), x (2, 3, 6, 6)"),
            _pool_case(
                _pooled_gradient,
                "the gradient of max_pool2d(x, 3, stride=2), x (1, 2, 5, 5)",
                "`derivative` is the way back: `place_maxima(grad, winners=winners)`.",
            ),
            _pool_case(
                _pooled_last,
                "strides of max_pool2d and max_pool3d, x channels last",
                "`like_images(result, array, volumes=volumes)` lays the result out.",
            ),
            _pool_case(_pooled_twice, "the gradient of a gradient, of max_pool2d(x, 2) ** 3"),
            _pool_case(
                _pooled_linear,
                "the gradient of a gradient, of max_pool2d(x, 2)",
                "`keeping(..., flat=True)` makes zeros of it.",
            ),
            _pool_case(
                _pooled_changed,
                "backward, after the input was changed in place",
                "PyTorch saves the input: `keeping(derivative, array, flat=True)`.",
            ),
            _pool_case(_pooled_whole, "max_pool2d(x, 2) of whole numbers"),
        ],
        misconceptions=[
            Misconception(
                "not on the tape",
                _pooling({f"finish(kind, (result, {_WAY}), (input,))": "wrap(result)"}),
                "The numbers are right, but nothing is recorded: end with `finish`, and give it "
                "the pair (result, way back).",
            ),
            Misconception(
                "channels not last",
                _pooling({"like_images(result, array, volumes=volumes)\n    result": "result"}),
                "Channels that were last in memory are last no more: `like_images` asks the input.",
            ),
            Misconception(
                "volumes forgotten",
                _pooling(
                    {"like_images(result, array, volumes=volumes)": "like_images(result, array)"}
                ),
                "Nearly. Hand `volumes` on to `like_images`: volumes of max_pool3d keep their "
                "channels last, too.",
            ),
            Misconception(
                "nothing kept",
                _pooling({_WAY: "derivative"}),
                "The numbers are right, but nobody notices when the input is changed before "
                "backward: `keeping(derivative, array, flat=True)`.",
            ),
            Misconception(
                "not flat",
                _pooling({", flat=True": ""}),
                "Nearly. `flat=True` is missing: PyTorch's second derivative is zeros, not none.",
            ),
            Misconception(
                "the gradient as it came",
                _pooling({"return place_maxima(grad, winners=winners)": "return grad"}),
                "A gradient has the shape of the result, and the input is larger: `place_maxima` "
                "puts it where the winners stood.",
            ),
        ],
        hint="Look, lay out, record.",
    )
)


# One image, or a batch


def _said(torch: Any, shape: tuple[int, ...], dims: int, thing: Any) -> Any:
    calls: list[Any] = []

    def refuse(images: Any, weight: Any, bias: Any, *how: Any) -> None:
        calls.append(("refuse", tuple(images.shape), bias, how))

    def body(images: Any, weight: Any, bias: Any, *how: Any) -> Any:
        calls.append(("body", tuple(images.shape), bias, how))
        return images * 2

    x = torch.from_numpy(_fresh(*shape))
    weight = torch.ones(*[1] * (dims + 2))
    result = thing(body, refuse, dims, x, weight, None, ("stride", "padding"), 1)
    if not hasattr(result, "shape"):
        return result
    return {"calls": calls, "shape": tuple(result.shape), "numbers": result.tolist()}


def _said_case(shape: tuple[int, ...], dims: int, hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _said(torch, shape, dims, thing),
        show=f"over_images with an input of shape {shape}, dims={dims}",
        hint=hint,
    )


def _convolved(torch: Any) -> Any:
    functional, w = torch.nn.functional, _picture(torch, 2, 3, 3, 3)
    x = _picture(torch, 3, 5, 5).requires_grad_()
    y = functional.conv2d(x, w)
    y.sum().backward()
    return {"shape": tuple(y.shape), "gradient": x.grad.tolist()}


def _convolved_last(torch: Any) -> Any:
    functional, w = torch.nn.functional, _picture(torch, 4, 3, 3, 3)
    x, cube = _last(torch, _picture(torch, 2, 3, 5, 5)), _picture(torch, 1, 4, 4, 4, 4)
    kernels, alone = _picture(torch, 4, 2, 2, 2, 2), _picture(torch, 3, 5, 5)
    y = functional.conv2d(x, w)
    back = functional.conv_transpose2d(y, w)
    grouped = functional.conv3d(_last(torch, cube), kernels, groups=2)
    plain = functional.conv3d(_last(torch, cube), _picture(torch, 2, 4, 2, 2, 2))
    return {
        "images": y.stride(),
        "back": back.stride(),
        "reading order": functional.conv2d(_picture(torch, 2, 3, 5, 5), w).stride(),
        "weight last": functional.conv2d(alone, _last(torch, w)).stride(),
        "volumes": (grouped.stride(), plain.stride()),
    }


def _refused(torch: Any) -> Any:
    x, w = _picture(torch, 1, 3, 3), _picture(torch, 1, 1, 5, 5)
    return tried(lambda: torch.nn.functional.conv2d(x, w))


def _over(changes: Changes) -> Any:
    return rewritten(_CONV, "over_images", changes)


_LAID = "in_order(body(images, weight, bias, *how), images, weight, groups)"
_ALONE = "return result if images is input else squeeze(result, 0)"
register(
    Exercise(
        name="over_images",
        signature="over_images(body, refuse, dims, input, weight, bias, how, groups) -> tensor",
        reference=late(lambda torch: shipped(_CONV, "over_images")),
        cases=[
            _said_case((2, 1, 4, 4), 2, "A batch goes in and comes out as it is."),
            _said_case((1, 4, 4), 2, "One image goes in as a batch of one, and comes out alone."),
            _said_case((1, 1, 4), 1, "A batch of one stays a batch of one."),
            _said_case((1, 5), 1),
            _said_case((1, 2, 3, 4), 3, "Three dims and one for channels: one volume."),
            Case(use=inside(_CONV, "over_images", _convolved), show="conv2d(x, w), x (3, 5, 5)"),
            Case(
                use=inside(_CONV, "over_images", _convolved_last),
                show="strides of conv2d(x, w), x channels last",
                hint="`in_order(result, images, weight, groups)` lays the result out.",
            ),
            Case(
                use=inside(_CONV, "over_images", _refused),
                show="conv2d(x, w), x (1, 3, 3), w (1, 1, 5, 5)",
                hint="First `refuse(images, weight, bias, *how)`, then `body`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "always a batch",
                _over({"unsqueeze(input, 0) if input.ndim == dims + 1 else input": "input"}),
                "One image goes on without a batch: `unsqueeze(input, 0)` makes one of it.",
            ),
            Misconception(
                "never alone",
                _over({_ALONE: "return result"}),
                "Whoever came without a batch gets one back: `squeeze(result, 0)` at the end.",
            ),
            Misconception(
                "every batch of one",
                _over({_ALONE: "return squeeze(result, 0)"}),
                "A batch of one is still a batch. Ask whether `images is input`.",
            ),
            Misconception(
                "not checked",
                _over({"refuse(images, weight, bias, *how)\n": "pass\n"}),
                "Nobody calls `refuse` before `body`: what does not fit is not refused.",
            ),
            Misconception(
                "not laid out",
                _over({_LAID: "body(images, weight, bias, *how)"}),
                "The numbers are right, but they lie as they came: `in_order(result, images, "
                "weight, groups)`.",
            ),
            Misconception(
                "checked too early",
                _over({"refuse(images,": "refuse(input,"}),
                "`refuse` wants the batch: give it `images`, not `input`.",
            ),
        ],
        hint="A batch of it; refuse; body and in_order; alone again if it came alone.",
    )
)


# What a look sees, and the way back


def _rows(x: Any) -> Any:
    return x[::2, 1:]


def _row(x: Any, place: int) -> Any:
    return x[place]


def _windows(x: Any, size: int) -> Any:
    """Windows of a row that overlap, by strides; of an array."""
    step = x.strides[0]
    return np.lib.stride_tricks.as_strided(x, (len(x) - size + 1, size), (step, step))


def _looking(
    look: Callable[..., Any],
    array: Any,
    grad: Any,
    *args: Any,
    overlaps: bool = False,
    show: str,
    hint: str = "",
) -> Case:
    def use(thing: Any, torch: Any) -> Any:
        found = thing(look, look, array, args, overlaps)
        if not isinstance(found, tuple) or len(found) != 2:
            return found if found is None else type(found).__name__
        seen, back = found
        returned = back(grad)
        shares = isinstance(seen, np.ndarray) and np.shares_memory(seen, array)
        return {
            "seen": np.asarray(seen).tolist(),
            "a window": bool(shares),
            "the way back": np.asarray(returned).tolist(),
            "dtype": str(returned.dtype),
        }

    return Case(use=use, show=show, hint=hint)


def _third(torch: Any, operation: Callable[[Any], Any], x: Any) -> Any:
    """Derivatives of x ** 4 through an operation: two that are recorded, and one more."""
    found = []
    value = (operation(x) ** 4).sum()
    for _ in range(2):
        (slope,) = torch.autograd.grad(value, x, create_graph=True)
        found.append(slope.tolist())
        value = slope.sum()
    value.backward()
    return [*found, x.grad.tolist()]


def _seen_again(thing: Any, torch: Any) -> Any:
    """By an operation that is made with the answer, and looks at arrays only."""
    shape = importlib.import_module(f"{ROOT}.{_SHAPE}")

    def look(array: Any, first: int) -> Any:
        return np.ndarray.__getitem__(array, slice(first, None, 2))

    with swapped(_SHAPE, "seen_by", thing):
        operation = shape.window_op(node="RowsBackward0")(look)
        x = torch.from_numpy(_fresh(4, 2)).requires_grad_()
        return tried(lambda: _third(torch, lambda x: operation(x, 1), x))


def _unfolded_again(thing: Any, torch: Any) -> Any:
    with swapped(_SHAPE, "seen_by", thing):
        x = torch.from_numpy(_fresh(5)).requires_grad_()
        return tried(lambda: _third(torch, lambda x: x.unfold(0, 3, 1), x))


def _seeing(changes: Changes) -> Any:
    return rewritten(_SHAPE, "seen_by", changes)


_ADDED = "add_up(grad, look=again, shape=shape)"
_SPREAD = "spread(grad, look=again, shape=shape)"
register(
    Exercise(
        name="seen_by",
        signature="seen_by(look, view, input, args, overlaps) -> the window, and the way back",
        reference=late(lambda torch: shipped(_SHAPE, "seen_by")),
        cases=[
            _looking(
                _rows,
                _fresh(4, 3),
                _fresh(2, 2) + 1,
                show="look: x[::2, 1:], x (4, 3)",
                hint="`spread(grad, look=again, shape=shape)` is the way back.",
            ),
            _looking(
                _row,
                _fresh(3, 2, dtype=np.float64),
                np.array([5.0, 6]),
                2,
                show="look: x[2], x (3, 2), float64",
                hint="`look` wants its further arguments, `*args`.",
            ),
            _looking(
                _windows,
                _fresh(5),
                _fresh(3, 3) + 1,
                3,
                overlaps=True,
                show="look: all windows of 3 in a row of 5, overlapping",
                hint="Where windows overlap, `add_up` leads back.",
            ),
            _looking(_rows, _fresh(0, 3), _fresh(0, 2), show="look: x[::2, 1:], x (0, 3)"),
            Case(
                use=_seen_again,
                show="three derivatives of x[1::2] ** 4, one after the other",
                hint="A recorded derivative looks at a tensor, too: by `view`.",
            ),
            Case(
                use=_unfolded_again,
                show="three derivatives of x.unfold(0, 3, 1) ** 4, one after the other",
                hint="A recorded derivative looks at a tensor, too: by `view`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "always spread",
                _seeing({_ADDED: _SPREAD}),
                "Windows that overlap see a number several times, and `spread` keeps one gradient "
                "only: `add_up` where `overlaps`.",
            ),
            Misconception(
                "look at a tensor",
                _seeing({"Again(look, view, args)": "Again(look, look, args)"}),
                "Where derivatives are recorded themselves, `again` is given a tensor, and `look` "
                "knows arrays only: `view(x, *args)` takes it.",
            ),
            Misconception(
                "look without its arguments",
                _seeing({"look(input, *args)": "look(input)"}),
                "The further arguments of `look` are lost. First it is `look(input, *args)`; on "
                "the way back `Again(look, view, args)` hands them on.",
            ),
            Misconception(
                "the window alone",
                _seeing({f", lambda grad: {_ADDED}": "", f", lambda grad: {_SPREAD}": ""}),
                "Two things are to be returned: the window, and the way back.",
            ),
            Misconception(
                "a copy",
                _seeing({"return look(input, *args)": "return look(input, *args).copy()"}),
                "What is seen is a copy: return the window itself.",
            ),
            Misconception(
                "the gradient as it came",
                _seeing({_ADDED: "grad", _SPREAD: "grad"}),
                "A gradient of the window has its shape. Of `shape` is what is wanted, with zeros "
                "where nobody looked.",
            ),
        ],
        hint="Again; and a pair, by add_up or by spread.",
    )
)
