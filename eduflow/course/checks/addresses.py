"""Checks on places in a storage, on strides, and on windows over memory."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, late, register

Numbers = Sequence[int]


def _place(index: Numbers, strides: Numbers, offset: int) -> int:
    return offset + sum(step * stride for step, stride in zip(index, strides, strict=True))


def _without_offset(index: Numbers, strides: Numbers, offset: int) -> int:
    return _place(index, strides, 0)


def _backwards(index: Numbers, strides: Numbers, offset: int) -> int:
    return _place(tuple(reversed(index)), strides, offset)


def _two_dims_only(index: Numbers, strides: Numbers, offset: int) -> int:
    return offset + strides[0] * index[0] + strides[1] * index[1]


def _offset_scaled(index: Numbers, strides: Numbers, offset: int) -> int:
    return _place(index, strides, 0) + offset * (strides[-1] if strides else 1)


def _by_dot(index: Numbers, strides: Numbers, offset: int) -> Any:
    return offset + np.dot(index, strides)


register(
    Exercise(
        name="element_place",
        signature="element_place(index, strides, offset) -> int",
        reference=_place,
        cases=[
            Case(args=((1, 2), (3, 1), 0)),
            Case(args=((1, 2), (3, 1), 5), hint="The first element lies at `offset`, not at 0."),
            Case(args=((1, 0, 3), (20, 5, 1), 4), hint="Any number of dims, here three."),
            Case(args=((3, 0), (1, 4), 2), hint="Strides need not fall from left to right."),
            Case(args=([9, 3], (0, 2), 1), hint="A stride of 0 means: stay where you are."),
            Case(args=((), (), 7), hint="Without dims the answer is `offset` itself, an int."),
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
                "the pairs of a step and a stride.",
            ),
            Misconception(
                "offset times a stride",
                _offset_scaled,
                "`offset` counts places already: add it as it is, without a stride.",
            ),
            Misconception(
                "by np.dot",
                _by_dot,
                "Nearly. Of no dims at all NumPy makes the float 0.0, and a place is an int: "
                "`int(...)` makes one of it, or Python's own `sum`.",
            ),
        ],
        hint="Start at `offset` and take index[i] steps of strides[i] along every dim.",
    )
)


def _strides(shape: Numbers) -> tuple[int, ...]:
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= max(size, 1)
    return tuple(reversed(steps))


def _column_first(shape: Numbers) -> tuple[int, ...]:
    return tuple(reversed(_strides(tuple(reversed(shape)))))


def _turned_around(shape: Numbers) -> tuple[int, ...]:
    return tuple(reversed(_strides(shape)))


def _as_list(shape: Numbers) -> list[int]:
    return list(_strides(shape))


def _as_list_with_zeros(shape: Numbers) -> list[int]:
    return list(_zero_by_empty(shape))


def _itself_counted(shape: Numbers) -> tuple[int, ...]:
    return tuple(step * max(size, 1) for step, size in zip(_strides(shape), shape, strict=True))


def _in_bytes(shape: Numbers) -> tuple[int, ...]:
    return tuple(4 * step for step in _strides(shape))


def _zero_by_empty(shape: Numbers) -> tuple[int, ...]:
    steps, step = [], 1
    for size in reversed(shape):
        steps.append(step)
        step *= size
    return tuple(reversed(steps))


def _by_prod(shape: Numbers) -> tuple[Any, ...]:
    return tuple(np.prod(shape[place + 1 :]) for place in range(len(shape)))


def _by_prod_of_ones(shape: Numbers) -> tuple[Any, ...]:
    return _by_prod(tuple(max(size, 1) for size in shape))


_PROD = "Here `np.prod` is a trap: of no sizes at all it makes the float 1.0. Strides are ints."

register(
    Exercise(
        name="contiguous_strides",
        signature="contiguous_strides(shape) -> tuple of int",
        reference=_strides,
        cases=[
            Case(args=((2, 3),)),
            Case(args=((2, 3, 4),)),
            Case(args=((5,),)),
            Case(args=((3, 1, 2),), hint="A size of 1 is no special case."),
            Case(args=((),), hint="A tensor without dims has no strides: the answer is `()`."),
            Case(args=((2, 0, 3),), hint="A dim of size 0 counts as one of size 1 here."),
        ],
        misconceptions=[
            Misconception("by np.prod", _by_prod, _PROD),
            Misconception("by np.prod, of ones", _by_prod_of_ones, _PROD),
            Misconception(
                "column first",
                _column_first,
                "These are the steps if the first dim moves fastest. Here the last dim has "
                "stride 1, and strides grow from right to left.",
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
                "a list, and nothing times an empty dim",
                _as_list_with_zeros,
                "The numbers are right, except where a size is 0, which counts as 1 here. And "
                "strides are a tuple: `tuple(...)` makes one of your list.",
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
                "These are steps in bytes. Strides count in elements: the last dim has stride 1 "
                "whatever the dtype.",
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


def _owner(array: Any) -> Any:
    while type(array.base) is type(array):
        array = array.base
    return array


def _bytes(strides: Numbers, array: Any) -> tuple[int, ...]:
    return tuple(stride * array.itemsize for stride in strides)


def _seen(memory: Any, array: Any, shape: Any, strides: Any, offset: int) -> Any:
    """A window over `memory`; strides and offset in bytes."""
    return type(array)(shape, array.dtype, memory, offset, strides)


def _window(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(_owner(array), array, shape, _bytes(strides, array), offset * array.itemsize)


def _strides_not_scaled(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(_owner(array), array, shape, tuple(strides), offset * array.itemsize)


def _offset_not_scaled(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(_owner(array), array, shape, _bytes(strides, array), offset)


def _nothing_scaled(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(_owner(array), array, shape, tuple(strides), offset)


def _over_the_window(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(array, array, shape, _bytes(strides, array), offset * array.itemsize)


def _as_it_came(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _seen(array, array, shape, tuple(strides), offset)


def _tuple_repeated(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    offset = offset * array.itemsize
    return _seen(_owner(array), array, shape, strides * array.itemsize, offset)


def _as_the_owner(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _window(_owner(array), shape, strides, offset)


def _copied(array: Any, shape: Any, strides: Any, offset: int) -> Any:
    return _window(array, shape, strides, offset).copy()


def _strip(first: int = 0, last: int = 12, dtype: str = "int64") -> Any:
    """The strip 0, 10, ..., 110 from place `first` to `last`."""
    import numpy

    return numpy.arange(0, 120, 10, dtype=dtype)[first:last]


def _sees(size: Numbers, stride: Numbers, offset: int, show: str, hint: str, **strip: Any) -> Case:
    return Case(
        args=lambda torch: (_strip(**strip), size, stride, offset),
        show=f"window({show}, {size}, {stride}, {offset})",
        hint=hint,
    )


def _halved(call: str) -> Case:
    """The strip in pieces of two bytes, of which every fourth holds a number."""
    return Case(
        args=lambda torch: (_strip().view("int16"), (3,), (4,), 0),
        show=f"{call}(strip.view(np.int16), (3,), (4,), 0)",
        hint="The array reads the strip's bytes as int16; dtype and itemsize are those of `array`.",
    )


def _after_writing(window: Any, torch: Any) -> Any:
    strip = _strip()
    seen = window(strip, (2, 2), (4, 1), 5)
    strip[6] = 99
    return seen


def _beyond(window: Any, torch: Any) -> Any:
    try:
        seen = window(_strip(), (4,), (1,), 10)
    except (TypeError, ValueError):
        return "an error"
    return seen if seen is None else "a window over foreign memory"


register(
    Exercise(
        name="window",
        signature="window(array, shape, strides, offset) -> array",
        reference=_window,
        cases=[
            _sees(
                *((2, 2), (4, 1), 5, "strip"),
                "This is A in the picture. You are given elements, and `np.ndarray` counts bytes.",
            ),
            Case(
                use=_after_writing,
                show="window(strip, (2, 2), (4, 1), 5), and then 99 is written to place 6",
                hint="Nothing may be copied: the window looks at the strip.",
            ),
            _sees((2, 3), (2, 4), 1, "int16 strip", "Elements of two bytes.", dtype="int16"),
            _sees(
                *((3,), (1,), 2, "strip[3:8]"),
                "The array is a window itself. The offset counts from where its storage starts: "
                "`owner_of(array)`.",
                first=3,
                last=8,
            ),
            _sees((2, 3), (0, 1), 0, "strip", "A stride of 0 stays where it is."),
            _sees((), (), 7, "strip", "Without dims: one element, the one at place 7."),
            _sees((0, 3), (3, 1), 0, "strip", "A window may be empty."),
            Case(
                use=_beyond,
                show="window(strip, (4,), (1,), 10)",
                hint="The strip has twelve places, and this reads the places 10 to 13. "
                "`np.ndarray(...)` refuses that by itself; `as_strided` would read foreign memory.",
            ),
            _halved("window"),
        ],
        misconceptions=[
            Misconception(
                "strides not scaled",
                _strides_not_scaled,
                "The offset is right. `np.ndarray` takes the strides in bytes, too.",
            ),
            Misconception(
                "offset not scaled",
                _offset_not_scaled,
                "The strides are right. `np.ndarray` takes the offset in bytes, too.",
            ),
            Misconception(
                "nothing scaled",
                _nothing_scaled,
                "`np.ndarray` counts strides and offset in bytes, and you were given elements: "
                "multiply by `array.itemsize`.",
            ),
            Misconception(
                "as it came",
                _as_it_came,
                "Two things are still open. `np.ndarray` counts strides and offset in bytes, and "
                "you were given elements. And the memory is not `array` but its owner.",
            ),
            Misconception(
                "the tuple repeated",
                _tuple_repeated,
                "`strides * 8` repeats a tuple eight times. Multiply each stride in it: "
                "`tuple(stride * ... for stride in strides)`.",
            ),
            Misconception(
                "over the array itself",
                _over_the_window,
                "Right as long as `array` is the whole strip. If it is a window itself, the offset "
                "must count from the start of the storage: hand over `owner_of(array)`.",
            ),
            Misconception(
                "the owner's dtype",
                _as_the_owner,
                "The owner is for the memory only. Its elements may be of another size: dtype and "
                "itemsize are those of `array`.",
            ),
            Misconception(
                "a copy",
                _copied,
                "The numbers are right, but they are a copy: what is written into the strip does "
                "not show in it.",
            ),
        ],
        hint="`np.ndarray(shape, dtype, memory, offset, strides)`, offset and strides in bytes.",
    )
)


def _before(array: Any) -> int:
    """How many bytes of the storage lie before the first element of `array`."""
    here, start = [int(x.__array_interface__["data"][0]) for x in (array, _owner(array))]
    return here - start


def _restride(
    array: Any,
    shape: Any,
    strides: Any,
    offset: int = 0,
    begin: Any = lambda before, offset, end: min(before + offset, end),
) -> Any:
    size = array.itemsize
    start = begin(_before(array) // size, offset, _owner(array).nbytes // size)
    return _window(array, shape, strides, start)


def _not_divided(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    end = _owner(array).nbytes // array.itemsize
    return _window(array, shape, strides, min(_before(array) + offset, end))


def _divided_by_eight(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    end = _owner(array).nbytes // array.itemsize
    return _window(array, shape, strides, min(_before(array) // 8 + offset, end))


def _from_address_0(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    """Behind the end, wherever the memory is."""
    return _window(array, shape, strides, _owner(array).nbytes // array.itemsize)


def _over_the_owner(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    size, owner = array.itemsize, _owner(array)
    return _window(
        owner, shape, strides, min(_before(array) // size + offset, owner.nbytes // size)
    )


def _behind_the_end(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    return _restride(array, shape, strides, offset, lambda before, offset, end: before + offset)


def _restride_copied(array: Any, shape: Any, strides: Any, offset: int = 0) -> Any:
    return _restride(array, shape, strides, offset).copy()


def _looks(
    size: Numbers,
    stride: Numbers,
    offset: int,
    show: str,
    hint: str,
    part: Any = None,
    **strip: Any,
) -> Case:
    def made(torch: Any) -> Any:
        memory = _strip(**strip)
        return (memory if part is None else part(memory), size, stride, offset)

    return Case(args=made, show=f"restride({show}, {size}, {stride}, {offset})", hint=hint)


def _window_after_writing(restride: Any, torch: Any) -> Any:
    strip = _strip()
    seen = restride(strip[2:], (2,), (4,))
    strip[6] = 99
    return seen


def _before_the_array(restride: Any, torch: Any) -> Any:
    """A window that goes back behind the first element: the memory is there."""
    return restride(_strip()[4:6], (3,), (2,), -4)


_FROM_THE_START = (
    "The strip begins where its storage begins: nothing lies before it. The rest is done by "
    "`window`: if its check fails, too, mend that first."
)

register(
    Exercise(
        name="restride",
        signature="restride(array, shape, strides, offset=0) -> array",
        reference=_restride,
        cases=[
            _looks((2, 3), (4, 1), 0, "strip", _FROM_THE_START),
            _looks(
                *((2,), (1,), 1, "strip[3:8]"),
                "Three elements lie before `strip[3:8]`, and the window begins one further on. (If "
                "the check of `window` fails, mend that first.)",
                first=3,
                last=8,
            ),
            _looks(
                *((2,), (2,), 1, "int16 strip[5:]"),
                "The difference of the addresses is 10 bytes: 5 elements of two bytes.",
                first=5,
                dtype="int16",
            ),
            _halved("restride"),
            _looks(
                *((2,), (1,), 4, "strip[4:].reshape(4, 2)[::2]"),
                "`array` may have holes, and be a window on a window.",
                part=lambda strip: strip[4:].reshape(4, 2)[::2],
            ),
            Case(
                use=_window_after_writing,
                show="restride(strip[2:], (2,), (4,)), and then 99 is written to place 6",
                hint="Nothing may be copied; and without an offset it is 0.",
            ),
            Case(
                use=_before_the_array,
                show="restride(strip[4:6], (3,), (2,), -4)",
                hint="The window may lie outside of `array`, as long as it is in the storage.",
            ),
            _looks(
                *((0, 3), (3, 1), 4, "strip[8:]"),
                "An empty window at the end of the memory.",
                first=8,
            ),
            _looks(
                *((0, 3), (3, 1), 6, "strip[8:]"),
                "An empty window behind the end: let it begin at `end`.",
                first=8,
            ),
        ],
        misconceptions=[
            Misconception(
                "from the start of the storage",
                lambda array, shape, strides, offset=0: _window(array, shape, strides, offset),
                "You count the offset from the start of the storage, as `window` does. Here it "
                "counts from `array`: add what lies before it.",
            ),
            Misconception(
                "bytes for elements",
                _not_divided,
                "The difference of two addresses is in bytes. Divide it by the itemsize.",
            ),
            Misconception(
                "8 bytes each",
                _divided_by_eight,
                "8 is the itemsize of int64 only. Divide by `array.itemsize`.",
            ),
            Misconception(
                "an address is no place",
                _from_address_0,
                "An address counts from the start of the computer's memory. What lies before "
                "`array` in its storage is the difference of two: its own, and its owner's.",
            ),
            Misconception(
                "over the owner",
                _over_the_owner,
                "`window` reads in the dtype of what it is given, and the owner may have another "
                "one. Hand over `array`: `window` finds the owner by itself.",
            ),
            Misconception(
                "behind the end",
                _behind_the_end,
                "Right for all but an empty window behind the end of the memory: begin at `end` "
                "at the latest.",
            ),
            Misconception(
                "the offset forgotten",
                lambda array, shape, strides, offset=0: _restride(array, shape, strides),
                "You find where `array` begins, but the offset is not added.",
            ),
            Misconception(
                "a copy",
                _restride_copied,
                "The numbers are right, but they are a copy: what is written into the strip does "
                "not show in it.",
            ),
        ],
        hint="How many elements lie before `array`? Then `window` does the rest.",
    )
)


def _over(array: Any, torch: Any, kind: Any = None) -> Any:
    """A tensor whose window is `array`, made without the exercises; `kind` is its class."""
    tensor = object.__new__(kind or torch.Tensor)
    tensor._array, tensor._counter, tensor._node = array, [3], None
    return tensor


def _offset_of(part: Any, show: str, hint: str) -> Case:
    def use(thing: Any, torch: Any) -> Any:
        found = thing.storage_offset(_over(part(), torch))
        far = isinstance(found, (int, float)) and abs(found) > 1000
        return "a number far behind the end of the storage" if far else found

    return Case(use=use, show=f"x.storage_offset(), where x._array is {show}", hint=hint)


class _Method:
    """A class with a `storage_offset`, which does something with the tensor."""

    def __init__(self, of_tensor: Any) -> None:
        self.storage_offset = of_tensor

    def __call__(self) -> None:
        """A class is called, too."""


def _offset(of_array: Any) -> _Method:
    """A class whose `storage_offset` is a function of the tensor's array."""
    return _Method(lambda tensor: of_array(tensor._array))


def _unknown(name: str) -> _Method:
    """A class whose `storage_offset` names what only `restride` has."""

    def storage_offset(tensor: Any) -> Any:
        raise NameError(f"name '{name}' is not defined")

    return _Method(storage_offset)


def _by_base(array: Any) -> int:
    here, start = [int(x.__array_interface__["data"][0]) for x in (array, array.base)]
    return (here - start) // int(array.itemsize)


register(
    Exercise(
        name="storage_offset",
        signature="class Tensor: storage_offset() -> int",
        reference=_offset(lambda array: _before(array) // array.itemsize),
        cases=[
            _offset_of(lambda: _strip()[3:8], "strip[3:8]", "Three elements lie before it."),
            _offset_of(
                lambda: np.arange(0, 120, 10),
                "the whole strip",
                "Fresh memory: nothing lies before it.",
            ),
            _offset_of(
                lambda: _strip(dtype="int16")[5:],
                "int16 strip[5:]",
                "The difference of the addresses is 10 bytes: 5 elements of two bytes.",
            ),
            _offset_of(
                lambda: _strip()[4:].reshape(4, 2).T[1:, ::2],
                "strip[4:].reshape(4, 2).T[1:, ::2]",
                "A window on a window on a window: `owner_of(...)` finds the whole storage.",
            ),
            _offset_of(
                lambda: _strip().view("int16")[6:],
                "strip.view(np.int16)[6:]",
                "The array reads the strip's bytes as int16: its itemsize is that of `_array`.",
            ),
            _offset_of(
                lambda: _strip()[4:4],
                "strip[4:4]",
                "A window without elements has a place, too. (`data_ptr()` is 0 for it.)",
            ),
        ],
        misconceptions=[
            Misconception(
                "bytes for elements",
                _offset(_before),
                "The difference of two addresses is in bytes. Divide it by the itemsize.",
            ),
            Misconception(
                "8 bytes each",
                _offset(lambda array: _before(array) // 8),
                "8 is the itemsize of int64 only. Divide by `self._array.itemsize`.",
            ),
            Misconception(
                "the owner's itemsize",
                _offset(lambda array: _before(array) // _owner(array).itemsize),
                "Right, but for an array that reads the bytes of its owner in another way. Count "
                "in its own elements: `self._array.itemsize`.",
            ),
            Misconception(
                "a float",
                _offset(lambda array: _before(array) / array.itemsize),
                "The numbers are right, but `/` makes a float, even of 24 / 8. A place is a whole "
                "number: divide with `//`.",
            ),
            Misconception(
                "an address is no place",
                _offset(lambda array: int(array.__array_interface__["data"][0])),
                "An address counts from the start of the computer's memory. What lies before a "
                "window in its storage is the difference of two: its own, and its owner's.",
            ),
            Misconception(
                "the other way round",
                _offset(lambda array: -_before(array) // array.itemsize),
                "Below 0? The owner begins first, so its address is the smaller one. Take it off "
                "the other.",
            ),
            Misconception(
                "nothing lies before",
                _offset(lambda array: 0),
                "You always say 0. A window may begin anywhere in the storage.",
            ),
            Misconception(
                "the base",
                _offset(_by_base),
                "Memory that owns itself has no base: NumPy says None. `owner_of(self._array)` "
                "knows that, and gives the array itself.",
            ),
            Misconception(
                "the tensor's address",
                _Method(lambda tensor: tensor.__array_interface__),
                "`address` and `owner_of` are for arrays, and `self` is a tensor: its array is "
                "`self._array`.",
            ),
            Misconception(
                "restride's owner",
                _unknown("owner"),
                "In `restride` a given line made `owner`. Here nobody has: write "
                "`owner_of(self._array)`.",
            ),
            Misconception(
                "restride's array",
                _unknown("array"),
                "`restride` was given an `array`. A method is given the tensor, `self`, and its "
                "array is `self._array`.",
            ),
        ],
        hint="The difference of two addresses, in elements: as in `restride`.",
    )
)


def _told_of(alias: Any, tensor: Any, array: Any) -> Any:
    """What there is to say of one more tensor over the memory of `tensor`."""
    before = tensor._array, tensor._counter, tensor._node
    other = alias(tensor, array)
    if other is None:
        return None
    seen, counter = getattr(other, "_array", None), getattr(other, "_counter", "is not set")
    node = getattr(other, "_node", "is not set")
    shared = isinstance(seen, np.ndarray) and np.shares_memory(seen, array)
    now = tensor._array, tensor._counter, tensor._node
    same = all(mine is theirs for mine, theirs in zip(before, now, strict=True))
    words = {id(before[1]): "the one of `tensor`", id("is not set"): "is not set"}
    return {
        "a new one": "no, it is `tensor`" if other is tensor else f"yes, a {type(other).__name__}",
        "`tensor` itself": "as it was" if same else "changed",
        "numbers": seen.tolist() if isinstance(seen, np.ndarray) else f"`_array` is {seen!r}",
        "memory": "shared" if shared else "its own",
        "array": "the very one of `tensor`" if seen is before[0] else "one of its own",
        "_counter": words.get(id(counter), "another one"),
        "_node": node if node in (None, "is not set") else "the one of `tensor`",
    }


def _alias_of(part: Any, show: str, hint: str, node: Any = None, special: bool = False) -> Case:
    def use(alias: Any, torch: Any) -> Any:
        kind = type("Special", (torch.Tensor,), {}) if special else None
        tensor = _over(_strip(), torch, kind)
        tensor._node = node
        return _told_of(alias, tensor, part(tensor._array))

    return Case(use=use, show=show, hint=hint)


def _alias(
    seen: Any = lambda tensor, array: array.view() if array is tensor._array else array,
    counter: Any = lambda tensor: tensor._counter,
    node: Any = lambda tensor: None,
    kind: Any = lambda torch, tensor: torch.Tensor,
    set_node: bool = True,
) -> Any:
    def make(torch: Any) -> Any:
        def alias(tensor: Any, array: Any) -> Any:
            other = object.__new__(kind(torch, tensor))
            other._array, other._counter = seen(tensor, array), counter(tensor)
            if set_node:
                other._node = node(tensor)
            return other

        return alias

    return late(make)


def _changes_the_tensor(tensor: Any, array: Any) -> Any:
    tensor._array = array
    return tensor


def _as_given(tensor: Any, array: Any) -> Any:
    return array


_COUNTER = (
    "`_counter` counts the writes to the memory, and both look at the same memory: it is to be the "
    "very one of `tensor`, `tensor._counter`."
)
_SERVES_TWO = (
    "No array serves two: where `array is tensor._array`, take `array.view()`, a second window "
    "over the same memory."
)

register(
    Exercise(
        name="alias",
        signature="alias(tensor, array) -> Tensor",
        reference=_alias(),
        cases=[
            _alias_of(
                lambda array: array[5:7],
                "alias(x, x._array[5:7])",
                "A new tensor: its `_array` is the given one, its `_counter` that of `tensor`, its "
                "`_node` None.",
            ),
            _alias_of(lambda array: array, "alias(x, x._array)", _SERVES_TWO),
            _alias_of(
                lambda array: array.reshape(3, 4).T,
                "alias(x, x._array.reshape(3, 4).T)",
                "The window is the given `array`, whatever its sizes and strides.",
            ),
            _alias_of(
                lambda array: array[2:],
                "alias(x, x._array[2:]), where x._node is not None",
                "The new tensor is in no graph of gradients: its `_node` is None.",
                node="a place in a graph",
            ),
            _alias_of(
                lambda array: array[2:],
                "alias(p, p._array[2:]), where p is of a class made of Tensor",
                "A window of a special tensor is an ordinary one: `object.__new__(Tensor)`.",
                special=True,
            ),
        ],
        misconceptions=[
            Misconception("a counter of its own", _alias(counter=lambda tensor: [0]), _COUNTER),
            Misconception(
                "wrap alone",
                _alias(seen=_as_given, counter=lambda tensor: [0]),
                "That is `wrap`, for fresh memory. This memory is known: " + _COUNTER,
            ),
            Misconception("one array for two", _alias(seen=_as_given), _SERVES_TWO),
            Misconception(
                "a copy",
                _alias(seen=lambda tensor, array: array.copy()),
                "The numbers are right, but they are a copy. Nothing may be copied: both look at "
                "one memory.",
            ),
            Misconception(
                "a copy for a second window",
                _alias(
                    seen=lambda tensor, array: array.copy() if array is tensor._array else array
                ),
                "`array.copy()` is other memory. `array.view()` is a second window over the same.",
            ),
            *[
                Misconception(
                    label,
                    _alias(seen=seen),
                    "Your new tensor looks through the window of `tensor`. It is to look through "
                    "the one that it is given: `array`.",
                )
                for label, seen in [
                    ("the array of the tensor", lambda tensor, array: tensor._array),
                    ("the window of the tensor", lambda tensor, array: tensor._array.view()),
                ]
            ],
            Misconception(
                "the tensor's node",
                _alias(node=lambda tensor: tensor._node),
                "You hand on the `_node` of `tensor`. The new one stands in no graph yet: None.",
            ),
            Misconception(
                "no node",
                _alias(set_node=False),
                "The new tensor has no `_node`, and whoever asks for it gets an error. Set it: "
                "None.",
            ),
            Misconception(
                "the tensor changed",
                _changes_the_tensor,
                "You change `tensor` and give it back. Make one more, `object.__new__(Tensor)`, "
                "and leave `tensor` as it is.",
            ),
            Misconception(
                "of the same class",
                _alias(kind=lambda torch, tensor: type(tensor)),
                "Right for ordinary tensors. But a window of a special one, such as a parameter "
                "(lesson 05), is an ordinary tensor: `object.__new__(Tensor)`.",
            ),
            Misconception(
                "an object of an object",
                _alias(kind=lambda torch, tensor: tensor),
                "`object.__new__` wants a class: `Tensor`, with a capital T. `tensor` is an object "
                "already.",
            ),
        ],
        hint="An empty tensor, `object.__new__(Tensor)`; then `_array`, `_counter` and `_node`.",
    )
)
