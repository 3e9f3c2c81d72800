"""Checks on order in memory: strides of an order, gaps, whose order wins, what a squeeze keeps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, late, register
from .views import facts, facts_case, gradient_case, step, tensor

Numbers = Sequence[int]
Array = Any


def _unless_reading(wrong: Callable[..., Any]) -> Callable[..., Any]:
    """A mistake that comes after the given line, which answers for reading order."""

    def mistaken(shape: Numbers, order: Numbers) -> Any:
        if list(order) == [*reversed(range(len(shape)))]:
            return _reading(shape)
        return wrong(shape, order)

    return mistaken


def _fresh(*shape: int) -> Array:
    return np.arange(prod(shape), dtype=np.float32).reshape(shape)


def _window(shape: Numbers, strides: Numbers, room: int = 400) -> Array:
    """A window with these strides, in elements, over memory of its own."""
    memory = np.arange(room, dtype=np.float32)
    return np.lib.stride_tricks.as_strided(memory, shape, [4 * stride for stride in strides])


def _steps(array: Array) -> tuple[int, ...]:
    return tuple(stride // array.itemsize for stride in array.strides)


def _reading(shape: Numbers) -> tuple[int, ...]:
    return tuple(prod(max(size, 1) for size in shape[dim + 1 :]) for dim in range(len(shape)))


# The strides of an order


def _dense(shape: Numbers, order: Numbers) -> tuple[int, ...]:
    if list(order) == [*reversed(range(len(shape)))]:
        return _reading(shape)
    return tuple(
        prod(shape[before] for before in order[: order.index(dim)]) for dim in range(len(shape))
    )


def _in_order_of_steps(shape: Numbers, order: Numbers) -> tuple[int, ...]:
    return tuple(_dense(shape, order)[dim] for dim in order)


def _own_size_too(shape: Numbers, order: Numbers) -> tuple[int, ...]:
    return tuple(step * size for step, size in zip(_dense(shape, order), shape, strict=True))


def _added(shape: Numbers, order: Numbers) -> tuple[int, ...]:
    return tuple(
        1 + sum(shape[before] for before in order[: order.index(dim)]) for dim in range(len(shape))
    )


register(
    Exercise(
        name="dense_strides",
        signature="dense_strides(shape, order) -> tuple of ints",
        reference=_dense,
        cases=[
            Case(args=((2, 3), [1, 0])),
            Case(args=((2, 3), [0, 1]), hint="Dim 0 has the shortest steps: it steps by 1."),
            Case(args=((3, 24, 36), [0, 2, 1]), hint="Colours, then columns, then rows."),
            Case(args=((2, 3, 4, 5), [1, 3, 2, 0]), hint="channels_last: C, W, H, N."),
            Case(args=((4, 1, 5), [0, 1, 2]), hint="A dim of size 1 gets a stride, too."),
            Case(args=((7,), [0])),
            Case(args=((), []), hint="Without dims there are no strides."),
        ],
        misconceptions=[
            Misconception(
                "in the order of the steps",
                _unless_reading(_in_order_of_steps),
                "These are the right numbers, but listed in the order of the steps. Entry `dim` of "
                "the result belongs to dim `dim`: write into `strides[dim]`.",
            ),
            Misconception(
                "from the longest",
                _unless_reading(lambda shape, order: _dense(shape, list(order)[::-1])),
                "You read `order` from the longest steps. It begins with the shortest.",
            ),
            Misconception(
                "own size counted",
                _unless_reading(_own_size_too),
                "All are too long by their own size: first the dim gets `step`, then `step` grows.",
            ),
            Misconception(
                "added",
                _unless_reading(_added),
                "Sizes are multiplied, not added: 3 rows of 4 are 12 numbers.",
            ),
            Misconception(
                "reading order",
                lambda shape, order: _reading(shape),
                "This is reading order whatever `order` says: go along `order`.",
            ),
            Misconception(
                "a list",
                _unless_reading(lambda shape, order: list(_dense(shape, order))),
                "The numbers are right. Strides are a tuple: `return tuple(strides)`.",
            ),
        ],
        hint="`for dim in order`: the dim gets `step`, then `step` is multiplied by its size.",
    )
)


# A copy with these strides


def _laid(array: Array, strides: Numbers) -> Array:
    copy = np.lib.stride_tricks.as_strided(
        np.empty(array.size, array.dtype), array.shape, [s * array.itemsize for s in strides]
    )
    copy[...] = array
    return copy


def _looked_at(array: Array, strides: Numbers) -> Array:
    steps = [s * array.itemsize for s in strides]
    return np.lib.stride_tricks.as_strided(array, array.shape, steps)


def _moved_about(array: Array, strides: Numbers) -> Array:
    window = _looked_at(array, strides)
    window[...] = array
    return window


def _into_the_row(array: Array, strides: Numbers) -> Array:
    memory, steps = np.array(array.reshape(-1)), [s * array.itemsize for s in strides]
    return np.lib.stride_tricks.as_strided(memory, array.shape, steps)


def _the_row(array: Array, strides: Numbers) -> Array:
    return _laid(array, strides).ravel("K")


def _copy_case(make: Callable[[], Array], order: list[int], show: str, hint: str = "") -> Case:
    def use(rearranged: Any, torch: Any) -> Any:
        array, before = make(), make()
        result = rearranged(array, _dense(array.shape, order))
        if not isinstance(result, np.ndarray):
            return result
        return {
            "shape": result.shape,
            "strides in elements": _steps(result) if result.size else "any",
            "numbers": result.tolist(),
            "dtype": str(result.dtype),
            "memory of its own": not np.shares_memory(result, array),
            "the original is as before": bool((array == before).all()),
        }

    return Case(use=use, show=show, hint=hint)


register(
    Exercise(
        name="rearranged",
        signature="rearranged(array, strides) -> array",
        reference=_laid,
        cases=[
            _copy_case(
                lambda: _fresh(2, 3), [0, 1], "rearranged(x, (1, 2)), x (2, 3) in reading order"
            ),
            _copy_case(lambda: _fresh(3, 2).T, [1, 0], "rearranged(x, (3, 1)), x (2, 3), turned"),
            _copy_case(lambda: _fresh(2, 3, 4), [0, 2, 1], "rearranged(x, (1, 8, 2)), x (2, 3, 4)"),
            _copy_case(
                lambda: _fresh(4, 6)[::2, 1::2], [0, 1], "rearranged(x, (1, 2)), x with gaps"
            ),
            _copy_case(
                lambda: _fresh(2, 3).astype(np.int16),
                [0, 1],
                "rearranged(x, (1, 2)), x of int16",
                "The new memory has the dtype of `array`.",
            ),
            _copy_case(lambda: _fresh(0, 3), [1, 0], "rearranged(x, (3, 1)), x without elements"),
        ],
        misconceptions=[
            Misconception(
                "no new memory",
                _looked_at,
                "You look at the *old* memory through new strides: other numbers stand there. Take "
                "new memory, and write the numbers into it.",
            ),
            Misconception(
                "moved about",
                _moved_about,
                "The numbers were moved about in the *old* memory, under the feet of whoever looks "
                "at it. Take new memory: np.empty(array.size, array.dtype).",
            ),
            Misconception(
                "reading order",
                lambda array, strides: np.array(array, order="C"),
                "The numbers are right, and lie in reading order: look at the new memory through "
                "`strides`.",
            ),
            Misconception(
                "written into the row",
                _into_the_row,
                "The numbers were written into the row of memory, one after the other. Write into "
                "what you *see* through the strides, `copy[...] = array`.",
            ),
            Misconception(
                "the row",
                _the_row,
                "This is the memory, a row. Return the window that looks at it.",
            ),
            Misconception(
                "always floats",
                lambda array, strides: _laid(array.astype(np.float64), strides),
                "The dtype is lost: np.empty(array.size) alone makes float64. Give `array.dtype`.",
            ),
        ],
        hint="np.empty(array.size, array.dtype), restride, copy[...] = array.",
    )
)


# Dense or not


def _is_dense(
    array: Array,
    order: Numbers | None = None,
    *,
    skip: Callable[[int], bool] = lambda size: size == 1,
    of_nothing: bool = True,
    gap: Callable[[int, int], bool] = lambda stride, step: stride != step,
    grow: Callable[[int, int, int], int] = lambda step, size, stride: step * size,
    walk: int | None = None,
) -> bool:
    steps, step = _steps(array), 1
    order = sorted(range(array.ndim), key=lambda dim: steps[dim]) if order is None else order
    if of_nothing and not array.size:
        return True
    for dim in order[:walk]:
        if not skip(array.shape[dim]) and gap(steps[dim], step):
            return False
        step = grow(step, array.shape[dim], steps[dim])
    return True


def _rising(array: Array, order: Numbers | None = None) -> bool:
    gap: Callable[[int, int], bool] = lambda stride, step: stride < step  # noqa: E731
    return _is_dense(array, order, gap=gap, grow=lambda step, size, stride: stride)


def _dense_case(array: Array, order: list[int] | None, show: str, hint: str = "") -> Case:
    def use(is_dense: Any, torch: Any) -> Any:
        found = is_dense(array, order)
        return bool(found) if isinstance(found, np.bool_) else found

    return Case(use=use, show=f"is_dense({show}", hint=hint)


_GAP = "Behind each row two numbers are left out."
register(
    Exercise(
        name="is_dense",
        signature="is_dense(array, order=None) -> bool",
        reference=_is_dense,
        cases=[
            _dense_case(_fresh(3, 4), [1, 0], "x, [1, 0]), x (3, 4) in reading order"),
            _dense_case(_fresh(3, 4), [0, 1], "x, [0, 1]), x (3, 4) in reading order"),
            _dense_case(_fresh(3, 4).T, [0, 1], "x.T, [0, 1])"),
            _dense_case(_fresh(3, 4)[:, :2], [1, 0], "x[:, :2], [1, 0])", _GAP),
            _dense_case(_fresh(3, 4)[:2], [1, 0], "x[:2], [1, 0])"),
            _dense_case(_fresh(3, 4)[:1, :], [0, 1], "x[:1], [0, 1])", "Dim 0 has size 1."),
            _dense_case(
                _window((3, 1, 4), (4, 99, 1)),
                [2, 1, 0],
                "x, [2, 1, 0]), x (3, 1, 4) of strides (4, 99, 1)",
            ),
            _dense_case(
                _window((2, 3), (1, 1)),
                [1, 0],
                "x, [1, 0]), x (2, 3) of strides (1, 1)",
                "They overlap.",
            ),
            _dense_case(_window((3, 4), (1, 0)), None, "x), x (3, 4) of strides (1, 0)"),
            _dense_case(_window((3, 0, 4), (9, 9, 9)), [2, 1, 0], "x, [2, 1, 0]), x (3, 0, 4)"),
            _dense_case(
                _fresh(2, 4, 5, 3).transpose(0, 3, 1, 2),
                [1, 3, 2, 0],
                "x, [1, 3, 2, 0]), x channels last",
            ),
            _dense_case(_fresh(4, 2, 3).transpose(1, 2, 0), None, "x), x permuted, in any order"),
            _dense_case(_fresh(6)[::2], [0], "x[::2], [0])"),
            _dense_case(_fresh(6), [0], "x, [0]), x (6,)"),
            _dense_case(_fresh(), [], "x, []), x without dims"),
        ],
        misconceptions=[
            Misconception(
                "dims of size 1",
                lambda array, order=None: _is_dense(array, order, skip=lambda size: False),
                "Nobody steps along a dim of size 1. Its stride may be anything.",
            ),
            Misconception(
                "nothing",
                lambda array, order=None: _is_dense(array, order, of_nothing=False),
                "Right, but for an array without elements: that has no gaps, so it is True.",
            ),
            Misconception(
                "added",
                lambda array, order=None: _is_dense(array, order, grow=lambda a, b, _: a + b),
                "`step` is multiplied by each size: rows of 4, 3 of them, are 12 numbers.",
            ),
            Misconception(
                "only rising",
                _rising,
                "You ask whether the strides rise along `order`. Without gaps they must be "
                "*exactly* what all dims before take.",
            ),
            Misconception(
                "first dim only",
                lambda array, order=None: _is_dense(array, order, walk=1),
                "You have an answer after the first dim already: True comes after the whole loop.",
            ),
            Misconception(
                "bytes",
                lambda array, order=None: _is_dense(
                    array, order, gap=lambda stride, step: array.itemsize * stride != step
                ),
                "`array.strides`, NumPy's own, count bytes. `strides` above counts elements, as "
                "`step` does.",
            ),
            Misconception(
                "reading order only",
                lambda array, order=None: array.flags.c_contiguous,
                "This is the answer for reading order. Walk along `order`.",
            ),
        ],
        hint="dense_strides, read backwards: compare instead of writing.",
    )
)


# Whose order wins


def _shorter(
    a: int,
    b: int,
    shape: Numbers,
    inputs: Sequence[Numbers],
    *,
    silent: bool = True,
    tie: Callable[[int, int], bool] = lambda a, b: a > b,
    sign: int = 1,
    at_tie: int = 1,
) -> int:
    for strides in inputs:
        if silent and not (strides[a] and strides[b]):
            continue
        if strides[a] != strides[b]:
            return -sign if strides[a] < strides[b] else sign
        if tie(shape[a], shape[b]):
            return at_tie
    return 0


_SHORTER: list[tuple[tuple[Any, ...], str]] = [
    ((1, 0, (2, 3), [(3, 1)]), "Dim 1 steps by 1, dim 0 by 3."),
    ((1, 0, (2, 3), [(1, 2)]), ""),
    ((0, 2, (2, 3, 4), [(12, 4, 1)]), "Two dims that are no neighbours."),
    ((1, 0, (2, 3), [(1, 2), (3, 1)]), "The first input decides."),
    ((1, 0, (2, 3), [(0, 1), (3, 1)]), "An input with stride 0 has no opinion."),
    ((1, 0, (2, 3), [(1, 0), (1, 2)]), "An input with stride 0 has no opinion."),
    ((1, 0, (2, 3), [(0, 0)]), "Nobody minds."),
    ((1, 0, (2, 3), [(1, 1)]), "Equal steps, and dim a is the larger one."),
    ((1, 0, (3, 2), [(1, 1)]), "Equal steps, and dim a is the smaller one: nobody minds yet."),
    ((1, 0, (3, 2), [(1, 1), (1, 5)]), "Equal steps leave it to the next input."),
    ((1, 0, (3, 3), [(2, 2)]), "Equal steps, equal sizes."),
    ((1, 0, (2, 3), []), "No inputs, no opinion."),
]
register(
    Exercise(
        name="shorter",
        signature="shorter(a, b, shape, inputs) -> -1, 0 or 1",
        reference=_shorter,
        cases=[Case(args=args, hint=hint) for args, hint in _SHORTER],
        misconceptions=[
            Misconception(
                "signs",
                lambda *args: _shorter(*args, sign=-1),
                "The signs are swapped: -1 if dim `a` has the shorter steps, 1 if dim `b` has.",
            ),
            Misconception(
                "all signs",
                lambda *args: _shorter(*args, sign=-1, at_tie=-1),
                "All signs are swapped: -1 speaks for dim `a`, 1 for dim `b`.",
            ),
            Misconception(
                "zeros",
                lambda *args: _shorter(*args, silent=False),
                "A stride of 0 is not a short step, it is none at all: that input has no opinion.",
            ),
            Misconception(
                "no tie",
                lambda *args: _shorter(*args, tie=lambda a, b: False),
                "At equal strides the sizes decide: `b` goes first if dim `a` is the larger one.",
            ),
            Misconception(
                "tie turned",
                lambda *args: _shorter(*args, tie=lambda a, b: a < b),
                "At equal strides the *smaller* dim goes first: 1 if shape[a] > shape[b].",
            ),
            Misconception(
                "always b",
                lambda *args: _shorter(*args, tie=lambda a, b: True),
                "At equal strides `b` wins only if dim `a` is the larger one.",
            ),
            Misconception(
                "last input",
                lambda a, b, shape, inputs: _shorter(a, b, shape, list(inputs)[::-1]),
                "The last input decides here. It should be the first that has an opinion.",
            ),
            Misconception(
                "first input only",
                lambda a, b, shape, inputs: _shorter(a, b, shape, list(inputs)[:1]),
                "You ask the first input only. If it does not mind, the next one is asked: "
                "`return 0` stands behind the loop.",
            ),
        ],
        hint="One loop over the inputs; the first that minds returns.",
    )
)


def _sorted_dims(shape: Numbers, inputs: Sequence[Numbers]) -> list[int]:
    order = [*reversed(range(len(shape)))]
    for end in range(1, len(order)):
        at = end
        for before in reversed(range(end)):
            verdict = _shorter(order[before], order[at], shape, inputs)
            if verdict > 0:
                order[before], order[at] = order[at], order[before]
                at = before
            elif verdict < 0:
                break
    return order


def _kept(array: Array) -> tuple[int, ...]:
    if _is_dense(array):
        return _steps(array)
    return _dense(array.shape, _sorted_dims(array.shape, [_steps(array)]))


def _by_order(array: Array) -> tuple[int, ...]:
    return _dense(array.shape, _sorted_dims(array.shape, [_steps(array)]))


def _array_case(name: str, array: Array, show: str, hint: str = "") -> Case:
    return Case(use=lambda thing, torch: thing(array), show=f"{name}({show})", hint=hint)


_KEPT = [
    (_fresh(3, 4), "x", ""),
    (_fresh(3, 4).T, "x.T", "It is dense, in another order: that order stays."),
    (_fresh(3, 4)[:, ::2], "x[:, ::2]", "A copy has no gaps."),
    (_fresh(4, 6).T[::2], "x.T[::2]", "Same order, no gaps."),
    (_window((3, 4), (1, 0)), "x expanded, strides (1, 0)", "A copy shows no number twice."),
    (_fresh(2, 4, 6, 3).transpose(0, 3, 1, 2)[:, :, ::2], "x channels last, every other row", ""),
    (_window((1, 4), (99, 1)), "x of size (1, 4), strides (99, 1)", "Dense: its own strides."),
    (_fresh(), "x without dims", ""),
]
register(
    Exercise(
        name="kept_strides",
        signature="kept_strides(array) -> tuple of ints",
        reference=_kept,
        cases=[_array_case("kept_strides", *row) for row in _KEPT],
        misconceptions=[
            Misconception(
                "always its own",
                _steps,
                "The strides of the original, with its gaps and overlaps. A copy has none: only if "
                "`is_dense(array)` may they stay.",
            ),
            Misconception(
                "reading order",
                lambda array: _reading(array.shape),
                "Reading order: that is what `contiguous()` makes. A copy keeps the *order*.",
            ),
            Misconception(
                "reading order if there are gaps",
                lambda array: _steps(array) if _is_dense(array) else _reading(array.shape),
                "What is dense stays, good. But what has gaps comes out in reading order: take the "
                "`memory_order` of it.",
            ),
            Misconception(
                "contiguous only",
                lambda array: _steps(array) if array.flags.c_contiguous else _reading(array.shape),
                "You keep the strides in reading order only. `is_dense(array)` asks for any order.",
            ),
            Misconception(
                "never its own",
                _by_order,
                "Nearly: what is dense keeps its strides as they are, those of dims of size 1 too.",
            ),
        ],
        hint="strides = element_strides(array), for NumPy's own count bytes. Do they stay? "
        "is_dense(array). Else dense_strides(shape, memory_order(shape, [strides])).",
    )
)


# What several inputs agree on


def _broadcast(
    array: Array, shape: Numbers, *, still: Callable[[int, int], bool] = lambda own, all: own != all
) -> tuple[int, ...]:
    new = len(shape) - array.ndim
    own = zip(array.shape, shape[new:], _steps(array), strict=True)
    return (*[0] * new, *[0 if n == 1 and still(n, m) else step for n, m, step in own])


def _shape_case(array: Array, shape: tuple[int, ...], hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: thing(array, shape),
        show=f"broadcast_strides(x, {shape}), x {array.shape} of strides {_steps(array)}",
        hint=hint,
    )


register(
    Exercise(
        name="broadcast_strides",
        signature="broadcast_strides(array, shape) -> tuple of ints",
        reference=_broadcast,
        cases=[
            _shape_case(_fresh(3, 4), (3, 4)),
            _shape_case(_fresh(3, 1), (3, 4), "Dim 1 is stretched."),
            _shape_case(_fresh(4), (3, 4), "Dim 0 is new."),
            _shape_case(_fresh(1), (1, 4), "Dim 0 is new, dim 1 is stretched."),
            _shape_case(_fresh(3, 1, 1), (2, 3, 4, 5), "One new dim, two stretched ones."),
            _shape_case(_fresh(4, 3).T, (2, 3, 4)),
            _shape_case(_fresh(1, 3), (1, 3), "Size 1, and 1 is wanted: nothing is stretched."),
            _shape_case(_fresh(), (2, 2)),
            _shape_case(_fresh(3, 1), (3, 0), "Stretched to 0 places: stretched all the same."),
        ],
        misconceptions=[
            Misconception(
                "no stretch",
                lambda array, shape: (0,) * (len(shape) - array.ndim) + _steps(array),
                "A dim of size 1 that is stretched must stand still: stride 0.",
            ),
            Misconception(
                "every one",
                lambda array, shape: _broadcast(array, shape, still=lambda own, all: True),
                "A dim of size 1 stands still only where the shape wants more. Else it keeps its "
                "stride.",
            ),
            Misconception(
                "new dims behind",
                lambda array, shape: (
                    _broadcast(array, shape)[len(shape) - array.ndim :]
                    + (0,) * (len(shape) - array.ndim)
                ),
                "New dims come in front.",
            ),
            Misconception(
                "new dims left out",
                lambda array, shape: _broadcast(array, shape)[len(shape) - array.ndim :],
                "There is one stride for each dim of `shape`: new dims have stride 0.",
            ),
            Misconception(
                "fresh memory",
                lambda array, shape: _reading(shape),
                "These are strides of new memory of that shape. Nothing is copied here.",
            ),
            Misconception(
                "a list",
                lambda array, shape: list(_broadcast(array, shape)),
                "The numbers are right. Strides are a tuple.",
            ),
        ],
        hint="(0,) * new, and 0 wherever size == 1 != whole.",
    )
)


def _like(
    shape: tuple[int, ...],
    inputs: Sequence[Array],
    *,
    orders: Callable[[int], list[list[int]]] | None = None,
    own: bool = True,
    turned: bool = False,
) -> tuple[int, ...]:
    known = orders or (lambda n: [[*reversed(range(n))], *([[1, 3, 2, 0]] if n == 4 else [])])
    steps = [_broadcast(array, shape) for array in inputs]
    if all(array.shape == shape for array in inputs):
        for order in known(len(shape)):
            if all(_is_dense(array, order) for array in inputs):
                return _dense(shape, order)
        if own and _is_dense(inputs[0]) and all(step == steps[0] for step in steps):
            return steps[0]
    return _dense(shape, _sorted_dims(shape, steps[::-1] if turned else steps))


def _last(n: int, c: int, h: int, w: int) -> Array:
    """Pictures with their channels last in memory."""
    return _fresh(n, h, w, c).transpose(0, 3, 1, 2)


def _inputs_case(shape: tuple[int, ...], inputs: list[Array], hint: str = "") -> Case:
    strides = ", ".join(str(_steps(array)) for array in inputs)
    return Case(
        use=lambda thing, torch: thing(shape, inputs),
        show=f"like_inputs({shape}, arrays of strides {strides})",
        hint=hint,
    )


_ODD = _window((2, 3, 4, 1), (12, 1, 3, 99))
register(
    Exercise(
        name="like_inputs",
        signature="like_inputs(shape, inputs) -> tuple of ints",
        reference=_like,
        cases=[
            _inputs_case((3, 4), [_fresh(3, 4), _fresh(3, 4)]),
            _inputs_case((4, 3), [_fresh(3, 4).T], "One input, dense: its own strides."),
            _inputs_case((4, 3), [_fresh(3, 4).T, _fresh(4, 3)], "The first decides."),
            _inputs_case((4, 3), [_fresh(4, 3), _fresh(3, 4).T], "The first decides."),
            _inputs_case((2, 3, 4, 5), [_last(2, 3, 4, 5), _fresh(3, 1, 1)], "Bias has no say."),
            _inputs_case((2, 3, 4, 5), [_fresh(3, 1, 1), _last(2, 3, 4, 5)], "Bias has no say."),
            _inputs_case((3, 4), [_fresh(3, 1), _fresh(4)]),
            _inputs_case((3, 2), [_fresh(3, 4)[:, ::2]], "There are gaps: no strides to keep."),
            _inputs_case((2, 3, 4, 1), [_ODD, _last(2, 3, 4, 1)], "Both are channels last."),
            _inputs_case((1, 4), [_window((1, 4), (99, 1))], "In reading order: fresh strides."),
            _inputs_case((3, 4, 1), [_window((3, 4, 1), (1, 3, 99))] * 2, "All alike, and dense."),
            _inputs_case(
                (3, 4, 1),
                [_window((3, 4, 1), (1, 3, 99)), _fresh(3, 4, 1)],
                "The first is dense, but they are not alike: each has its say.",
            ),
            _inputs_case(
                (2, 1, 3, 4),
                [_fresh(2, 1, 3, 4)],
                "With one channel both formats fit: reading order is asked for first.",
            ),
            _inputs_case((), [_fresh()]),
        ],
        misconceptions=[
            Misconception(
                "reading order",
                lambda shape, inputs: _reading(shape),
                "Always reading order. The result should lie as its inputs do.",
            ),
            Misconception(
                "the first one's strides",
                lambda shape, inputs: _broadcast(inputs[0], shape),
                "The strides of the first input, with its gaps and zeros: new memory has none.",
            ),
            Misconception(
                "no channels last",
                lambda shape, inputs: _like(
                    shape, inputs, orders=lambda n: [[*reversed(range(n))]]
                ),
                "Nearly. If all are channels last, they get fresh strides of that order, whatever "
                "stands in a dim of size 1.",
            ),
            Misconception(
                "own strides forgotten",
                lambda shape, inputs: _like(shape, inputs, own=False),
                "Nearly. If all are alike and dense, their strides stay as they are.",
            ),
            Misconception(
                "last decides",
                lambda shape, inputs: _like(shape, inputs, turned=True),
                "The last input has the first say here: keep `steps` in the order of `inputs`.",
            ),
            Misconception(
                "no formats",
                lambda shape, inputs: _like(shape, inputs, orders=lambda n: []),
                "Nearly. First comes the loop over the two formats: all in reading order means "
                "fresh strides.",
            ),
        ],
        hint="The formats first, then one set of strides for all, then memory_order.",
    )
)


# squeeze


def _squeeze(
    window: Callable[[Array, tuple[int, ...]], Array],
) -> Callable[[Any], Any]:
    def gone(array: Array, dim: tuple[Any, ...]) -> tuple[int, ...]:
        dims = dim if dim else tuple(range(array.ndim))
        dims = dims[0] if dims and isinstance(dims[0], tuple) else dims
        return tuple({d % array.ndim for d in dims if array.shape[d] == 1})

    return lambda torch: step(
        torch,
        lambda array, *dim: window(array, gone(array, dim)),
        lambda grad, shape, *dim: grad.reshape(shape),
    )


def _fresh_strides(array: Array, dims: tuple[int, ...]) -> Array:
    shape = array.squeeze(dims).shape
    return np.lib.stride_tricks.as_strided(array, shape, [4 * step for step in _reading(shape)])


def _all_gone(array: Array, dims: tuple[int, ...]) -> Array:
    return array.squeeze()


def _first_gone(array: Array, dims: tuple[int, ...]) -> Array:
    return array.squeeze(min(dims)) if dims else array[...]


def _turned_inside(torch: Any) -> Any:
    return torch.from_numpy(_fresh(3, 1, 4).transpose(2, 1, 0))


def _every_other(torch: Any) -> Any:
    return torch.from_numpy(_fresh(1, 4, 1, 6)[:, ::2])


def _plain(torch: Any) -> Any:
    return tensor(torch, 1, 3, 1, 4)


register(
    Exercise(
        name="squeeze",
        signature="squeeze(input, dim=...) -> a view",
        reference=late(_squeeze(lambda array, dims: array.squeeze(dims))),
        cases=[
            facts_case(_plain, show="squeeze(x), x (1, 3, 1, 4)"),
            facts_case(_plain, 2, show="squeeze(x, 2), x (1, 3, 1, 4)", hint="Only dim 2 goes."),
            facts_case(_plain, -4, show="squeeze(x, -4), x (1, 3, 1, 4)"),
            facts_case(_plain, 1, show="squeeze(x, 1), x (1, 3, 1, 4)", hint="Size 3: it stays."),
            facts_case(_plain, (0, 2), show="squeeze(x, (0, 2)), x (1, 3, 1, 4)"),
            facts_case(
                _turned_inside,
                show="squeeze(x), x (4, 1, 3), permuted",
                hint="The dims that stay keep their strides.",
            ),
            facts_case(_every_other, 0, show="squeeze(x, 0), x (1, 2, 1, 6) with gaps"),
            gradient_case(_plain, 2, show="the gradient of squeeze(x, 2)"),
        ],
        misconceptions=[
            Misconception(
                "fresh strides",
                late(_squeeze(_fresh_strides)),
                "The sizes are right. But the strides are those of new memory: a dim that stays "
                "keeps its own.",
            ),
            Misconception(
                "all gone",
                late(_squeeze(_all_gone)),
                "All dims of size 1 are gone, whatever was asked for: only those in `dims` go.",
            ),
            Misconception(
                "a copy",
                late(_squeeze(lambda array, dims: array.squeeze(dims).copy())),
                "This is a copy. `restride(array, ...)` makes a window over the same memory.",
            ),
            Misconception(
                "only the first",
                late(_squeeze(_first_gone)),
                "One dim is gone, and `dims` may hold several.",
            ),
            Misconception(
                "nothing goes",
                late(_squeeze(lambda array, dims: array[...])),
                "Nothing is gone: `kept` should leave out the dims in `dims`.",
            ),
        ],
        hint="Keep the dims that are not in `dims`, sizes and strides alike; strides count "
        "elements here, `element_strides(array)`, not bytes as NumPy's do.",
    )
)


# clone


def _name_of(memory_format: Any) -> str:
    return "" if memory_format is None else memory_format.name


def _wanted(array: Array, name: str) -> tuple[int, ...]:
    if name == "contiguous_format":
        return _reading(array.shape)
    return _dense(array.shape, [1, 3, 2, 0]) if name == "channels_last" else _kept(array)


def _clone(copy: Callable[[Array, str], Array], recorded: bool = True) -> Callable[[Any], Any]:
    """A clone that is told by what it does to arrays."""

    def make(torch: Any) -> Any:
        by_arrays = step(torch, copy, lambda grad, shape, name: grad)

        def clone(input: Any, *, memory_format: Any = None) -> Any:
            result = by_arrays(input, _name_of(memory_format))
            return result if recorded else result.detach()

        return clone

    return make


def _asked(make: Callable[[Any], Any], name: str, show: str, hint: str = "") -> Case:
    def use(clone: Any, torch: Any) -> Any:
        x = make(torch)
        return facts(clone(x, **({"memory_format": getattr(torch, name)} if name else {})), x)

    return Case(use=use, show=show, hint=hint)


def _images(torch: Any) -> Any:
    return tensor(torch, 2, 3, 4, 5)


def _last_images(torch: Any) -> Any:
    return torch.from_numpy(_last(2, 3, 4, 5))


def _gaps(torch: Any) -> Any:
    return torch.from_numpy(_fresh(4, 6).T[::2])


register(
    Exercise(
        name="clone",
        signature="clone(input, *, memory_format=None) -> a copy",
        reference=late(_clone(lambda array, name: _laid(array, _wanted(array, name)))),
        cases=[
            _asked(_images, "", "clone(x), x in reading order"),
            _asked(_last_images, "", "clone(x), x channels last", "A copy keeps the order."),
            _asked(_gaps, "", "clone(x.t()[::2])", "Same order, no gaps."),
            _asked(_images, "channels_last", "clone(x, memory_format=channels_last)"),
            _asked(_last_images, "contiguous_format", "clone(x, memory_format=contiguous_format)"),
            _asked(_last_images, "preserve_format", "clone(x, memory_format=preserve_format)"),
            gradient_case(_last_images, show="the gradient of clone(x)"),
        ],
        misconceptions=[
            Misconception(
                "reading order",
                late(_clone(lambda array, name: np.array(array, order="C"))),
                "This is always in reading order. Without a format a copy keeps the order: "
                "`kept_strides`.",
            ),
            Misconception(
                "no format",
                late(_clone(lambda array, name: _laid(array, _kept(array)))),
                "The format that was asked for is not looked at: `format_strides` knows its "
                "strides.",
            ),
            Misconception(
                "no copy",
                late(_clone(lambda array, name: array[...])),
                "This looks at the memory of the original. `rearranged` makes a copy.",
            ),
            Misconception(
                "not on the tape",
                late(_clone(lambda array, name: _laid(array, _wanted(array, name)), False)),
                "The numbers are right, but no gradient flows back: end with `finish`, and give it "
                "the pair (copy, way back).",
            ),
        ],
        hint="Strides first, then rearranged, then finish.",
    )
)
