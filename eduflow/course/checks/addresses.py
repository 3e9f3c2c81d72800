"""Checks on shapes, strides and addresses."""

from __future__ import annotations

from collections.abc import Sequence

from . import Case, Exercise, Misconception, register


def _strides(shape: Sequence[int]) -> tuple[int, ...]:
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= max(size, 1)
    return tuple(reversed(steps))


def _column_first(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(reversed(_strides(tuple(reversed(shape)))))


def _turned_around(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(reversed(_strides(shape)))


def _as_list(shape: Sequence[int]) -> list[int]:
    return list(_strides(shape))


def _itself_counted(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(step * max(size, 1) for step, size in zip(_strides(shape), shape, strict=True))


def _in_bytes(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(4 * step for step in _strides(shape))


def _zero_by_empty(shape: Sequence[int]) -> tuple[int, ...]:
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= size
    return tuple(reversed(steps))


register(
    Exercise(
        name="row-major-strides",
        signature="contiguous_strides(shape) -> tuple of int",
        reference=_strides,
        cases=[
            Case(args=((2, 3),)),
            Case(args=((2, 3, 4),)),
            Case(args=((5,),)),
            Case(args=((),), hint="A tensor without dims has no strides: the answer is `()`."),
            Case(
                args=((2, 0, 3),),
                hint="PyTorch counts a dim of size 0 as one of size 1 when it makes strides.",
            ),
        ],
        misconceptions=[
            Misconception(
                "column first",
                _column_first,
                "These are the steps if the first dim moves fastest. Row-major means the last "
                "dim has stride 1, and strides grow from right to left.",
            ),
            Misconception(
                "not turned around",
                _turned_around,
                "The steps are right, but they stand in the order in which you found them, the "
                "last dim first. Turn them around at the end.",
            ),
            Misconception(
                "a list",
                _as_list,
                "The numbers are right. Strides are a tuple, though: `tuple(...)` makes one of "
                "your list.",
            ),
            Misconception(
                "its own size counted",
                _itself_counted,
                "A stride is the product of the sizes *behind* its dim, without its own. Note down "
                "the step first, and multiply after that.",
            ),
            Misconception(
                "bytes",
                _in_bytes,
                "These are steps in bytes, as NumPy counts them. PyTorch counts in elements: the "
                "last dim has stride 1 whatever the dtype.",
            ),
            Misconception(
                "nothing times an empty dim",
                _zero_by_empty,
                "Only the shape with a 0 is off. A dim of size 0 would make all strides before "
                "it 0; PyTorch takes max(size, 1) there.",
            ),
        ],
        hint="Go through the shape from the last dim to the first; each stride is the product of "
        "the sizes behind it.",
    )
)


def _address(offset: int, strides: Sequence[int], index: Sequence[int]) -> int:
    return offset + sum(step * place for step, place in zip(strides, index, strict=True))


def _without_offset(offset: int, strides: Sequence[int], index: Sequence[int]) -> int:
    return _address(0, strides, index)


def _backwards(offset: int, strides: Sequence[int], index: Sequence[int]) -> int:
    return _address(offset, strides, tuple(reversed(index)))


def _two_dims_only(offset: int, strides: Sequence[int], index: Sequence[int]) -> int:
    return offset + strides[0] * index[0] + strides[1] * index[1]


register(
    Exercise(
        name="address",
        signature="address_of(offset, strides, index) -> int",
        reference=_address,
        cases=[
            Case(args=(0, (3, 1), (1, 2))),
            Case(args=(5, (3, 1), (1, 2))),
            Case(args=(2, (1, 4), (3, 0)), hint="Strides need not fall from left to right."),
            Case(args=(7, (), ()), hint="Without dims the answer is `offset` itself, an int."),
            Case(args=(1, (0, 2), (9, 3)), hint="A stride of 0 means: stay where you are."),
        ],
        misconceptions=[
            Misconception(
                "offset forgotten",
                _without_offset,
                "The way from the first element is right. That one itself lies at `offset`.",
            ),
            Misconception(
                "index backwards",
                _backwards,
                "The index is read from the wrong end: index[0] goes with strides[0].",
            ),
            Misconception(
                "two dims only",
                _two_dims_only,
                "Right for two dims. There may be any number of them, none as well: go over all "
                "the pairs of a stride and an index.",
            ),
        ],
        hint="Start at `offset` and take index[i] steps of strides[i] along every dim.",
    )
)
