"""Checks on indexing: windows by offset, size and stride, and how their gradients come home."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..probing import rewritten, shipped, slip, tried
from . import Case, Exercise, Misconception, late, register
from .views import facts, step, tensor


def _places(dim: int, place: Any) -> tuple[Any, ...]:
    return (*[slice(None)] * dim, place, ...)


def _look(places: Callable[..., Any], make: Callable[[Any], Any] = lambda seen: seen) -> Any:
    """A window as NumPy makes it."""
    return lambda array, *args: make(array[places(*args)])


def _address(array: Any) -> int:
    return int(array.__array_interface__["data"][0])


def _window_case(array: Any, *args: int, show: str, hint: str = "") -> Case:
    """A call on an array, and what one can ask the array that comes back."""

    def use(thing: Any, torch: Any) -> Any:
        result = thing(array, *args)
        seen = {"shape": tuple(result.shape), "numbers": result.tolist()}
        if result.size:
            shares = np.shares_memory(result, array)
            seen["memory"] = "a view" if shares else "a copy"
            seen["strides in elements"] = tuple(step // 4 for step in result.strides)
            seen["offset in elements"] = (_address(result) - _address(array)) // 4 * shares
        return seen

    return Case(use=use, show=show, hint=hint)


def _numbers(*shape: int) -> Any:
    array = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    array.flags.writeable = False  # all answers get the same array
    return array


register(
    Exercise(
        name="select_place",
        signature="select_place(input, dim, index) -> view",
        reference=_look(_places),
        cases=[
            _window_case(_numbers(3, 4), 0, 2, show="x (3, 4), dim 0, place 2"),
            _window_case(
                _numbers(3, 4),
                1,
                2,
                show="x (3, 4), dim 1, place 2",
                hint="A column: it begins 2 elements further on, and keeps the stride of the rows.",
            ),
            _window_case(_numbers(3, 3, 4), 1, 2, show="x (3, 3, 4), dim 1, place 2"),
            _window_case(
                _numbers(3, 4).T,
                0,
                3,
                show="x (4, 3) turned, dim 0, place 3",
                hint="The offset is index times the stride of this dim, whatever that is.",
            ),
            _window_case(
                _numbers(4, 3)[1:, 1:],
                0,
                1,
                show="a window (3, 2) onto (4, 3), dim 0, place 1",
                hint="`restride` counts the offset from where `input` begins.",
            ),
            _window_case(_numbers(5), 0, 4, show="x (5,), dim 0, place 4"),
            _window_case(_numbers(3, 0), 0, 1, show="x (3, 0), dim 0, place 1"),
        ],
        misconceptions=[
            Misconception(
                "the dim is still there",
                _look(lambda dim, index: _places(dim, slice(index, index + 1))),
                "The window is right, but the dim is still there, with size 1. Leave its size and "
                "its stride out.",
            ),
            Misconception(
                "always the first dim",
                _look(lambda dim, index: _places(0, index)),
                "You always take dim 0. Which one it is says `dim`.",
            ),
            Misconception(
                "always the first place",
                _look(lambda dim, index: _places(dim, 0)),
                "This is place 0. Every further place begins one stride of this dim later.",
            ),
            Misconception(
                "a copy",
                _look(_places, lambda seen: seen.copy()),
                "The numbers are right, but they are copies: whoever writes into them does not "
                "reach `x`. Let `restride` look at the memory that is there.",
            ),
        ],
        hint="The new view has the sizes and strides of all dims but one, and begins at the offset "
        "index times the stride of that one.",
    )
)


def _part(dim: int, start: int, stop: int, step: int) -> Any:
    return _places(dim, slice(start, stop, step))


def _rounded_down(dim: int, start: int, stop: int, step: int) -> Any:
    return _part(dim, start, start + (stop - start) // step * step, step)


def _slice(places: Callable[..., Any] = _part, make: Callable[[Any], Any] = lambda x: x) -> Any:
    return _look(places, make)


register(
    Exercise(
        name="slice_places",
        signature="slice_places(input, dim, start, stop, step) -> view",
        reference=_slice(),
        cases=[
            _window_case(
                _numbers(4, 3),
                0,
                1,
                3,
                1,
                show="x (4, 3), dim 0, 1:3:1",
                hint="Places 1 and 2: `stop` is not included. `len(range(1, 3, 1))` counts them.",
            ),
            _window_case(
                _numbers(3, 6),
                1,
                0,
                6,
                2,
                show="x (3, 6), dim 1, 0:6:2",
                hint="Every second place: a step is two strides long.",
            ),
            _window_case(
                _numbers(3, 6),
                1,
                1,
                6,
                2,
                show="x (3, 6), dim 1, 1:6:2",
                hint="Places 1, 3 and 5: len(range(start, stop, step)) of them. The first lies "
                "start *old* strides on, so work out the offset before you change the stride.",
            ),
            _window_case(
                _numbers(7),
                0,
                0,
                7,
                3,
                show="x (7,), dim 0, 0:7:3",
                hint="Places 0, 3 and 6: (stop - start) / step, rounded up.",
            ),
            _window_case(_numbers(4, 5).T, 0, 2, 5, 2, show="x (5, 4) turned, 2:5:2"),
            _window_case(
                _numbers(4, 6)[1:, 1:],
                1,
                1,
                5,
                3,
                show="a window (3, 5) onto (4, 6), dim 1, 1:5:3",
                hint="`restride` counts the offset from where `input` begins.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the step forgotten",
                _slice(lambda dim, start, stop, step: _part(dim, start, stop, 1)),
                "You take every place from start to stop. With a step, one step onward is so many "
                "strides, and there are fewer places.",
            ),
            Misconception(
                "always from the first place",
                _slice(lambda dim, start, stop, step: _part(dim, 0, max(stop - start, 0), step)),
                "Sizes and strides are right, but the window begins at place 0. It begins at "
                "start: that many strides further on.",
            ),
            Misconception(
                "the number of places rounded down",
                _slice(_rounded_down),
                "The last place is missing where the step does not go into the way: `//` rounds "
                "down. From 1 to 6 by steps of 2 lie 1, 3 and 5, three places, as "
                "`len(range(start, stop, step))` counts.",
            ),
            Misconception(
                "a copy",
                _slice(_part, lambda seen: seen.copy()),
                "The numbers are right, but they are copies. Let `restride` look at the memory "
                "that is there.",
            ),
        ],
        hint="Only one size and one stride change, and the view begins at another element.",
    )
)


def _both_ways(forward: Callable[..., Any], look: Callable[..., Any]) -> Callable[[Any], Any]:
    """On arrays the bare function `forward(grad, **options)`, on tensors a step with a way back."""

    def make(torch: Any) -> Any:
        def function(grad: Any, **options: Any) -> Any:
            if isinstance(grad, np.ndarray):
                return forward(grad, **options)
            way = step(
                torch,
                lambda array: forward(array, **options),
                lambda outer, shape: look(outer, **options),
            )
            return way(grad)

        return function

    return make


def _array(*numbers: Any, dtype: Any = np.float32) -> Any:
    return np.array(numbers, dtype)


def _options_case(
    grad: Callable[[Any], Any], show: str, gradient: bool = False, hint: str = "", **options: Any
) -> Case:
    return Case(
        args=lambda torch: (grad(torch),), kwargs=options, show=show, gradient=gradient, hint=hint
    )


def _spread(grad: Any, look: Any, shape: tuple[int, ...]) -> Any:
    zeros = np.zeros(shape, grad.dtype)
    look(zeros)[...] = grad
    return zeros


def _everywhere(grad: Any, look: Any, shape: tuple[int, ...]) -> Any:
    return (
        np.broadcast_to(np.ravel(grad)[:1], shape).copy()
        if grad.size
        else np.zeros(shape, grad.dtype)
    )


def _ones(grad: Any, look: Any, shape: tuple[int, ...]) -> Any:
    return _spread(np.ones_like(grad), look, shape)


def _in_double(grad: Any, look: Any, shape: tuple[int, ...]) -> Any:
    return _spread(grad.astype(np.float64), look, shape)


def _seen(outer: Any, look: Any, shape: tuple[int, ...]) -> Any:
    return look(outer)


_ZEROS_ALONE = {"return zeros, lambda outer: look(outer)": "return zeros"}


def _seen_row(x: Any) -> Any:
    return x[1]


def _seen_rows(x: Any) -> Any:
    return x[::2, 1:]


register(
    Exercise(
        name="spread",
        signature="spread(grad, *, look, shape) -> the gradient, and its own way back",
        reference=late(_both_ways(_spread, _seen)),
        cases=[
            _options_case(
                lambda torch: _array(1, 10),
                "grad of x[1], x (3, 2)",
                look=_seen_row,
                shape=(3, 2),
                hint="`look(zeros)` is a window onto the zeros: write into it, with `[...] =`.",
            ),
            _options_case(
                lambda torch: _array([1, 2], [3, 4]),
                "grad of x[::2, 1:], x (4, 3)",
                look=_seen_rows,
                shape=(4, 3),
                hint="`look` on the zeros is a window onto them: write into that.",
            ),
            _options_case(
                lambda torch: _array([1, 2, 3], [4, 5, 6], dtype=np.float64),
                "grad of x turned, x (3, 2), float64",
                look=np.transpose,
                shape=(3, 2),
                hint="Zeros of the dtype of `grad`.",
            ),
            _options_case(
                lambda torch: np.array(5, np.float32),
                "grad of x[2], x (4,)",
                look=lambda x: x[2, ...],
                shape=(4,),
                hint="A window of one element has no dims. `[...] =` writes into that, too.",
            ),
            _options_case(
                lambda torch: np.zeros((0, 3), np.float32),
                "grad of x[2:2], x (4, 3)",
                look=lambda x: x[2:2],
                shape=(4, 3),
            ),
            _options_case(
                lambda torch: torch.from_numpy(np.arange(2.0)).requires_grad_(),
                "gradient of the gradient of x[1], x (3, 2)",
                gradient=True,
                look=_seen_row,
                shape=(3, 2),
                hint="What leads back from the zeros to `grad`? To look: `lambda outer: ...`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the gradient everywhere",
                late(_both_ways(_everywhere, _seen)),
                "You write the gradient everywhere. Elements outside the window had no say in the "
                "result: their gradient is 0.",
            ),
            Misconception(
                "ones",
                late(_both_ways(_ones, _seen)),
                "You mark the window with ones. What belongs there is the gradient that came in.",
            ),
            Misconception(
                "always float64",
                late(_both_ways(_in_double, _seen)),
                "np.zeros(shape) is float64. A gradient has the dtype of what it belongs to: "
                "np.zeros(shape, grad.dtype).",
            ),
            Misconception(
                "zeros alone",
                rewritten("ops.shape", "spread", _ZEROS_ALONE),
                "Two things are to be returned, and only the zeros come back: `@two_way` took them "
                "apart. Return the zeros and what leads back, `lambda outer: look(outer)`.",
            ),
        ],
        hint="Zeros of the old shape; look at them through the window; write the gradient there.",
    )
)


def _plain(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(part.numpy() if hasattr(part, "numpy") else part for part in key)


def _written_back(grad: Any, key: Any, shape: tuple[int, ...]) -> Any:
    zeros = np.zeros(shape, grad.dtype)
    np.add.at(zeros, _plain(key), grad)
    return zeros


def _last_one_wins(grad: Any, key: Any, shape: tuple[int, ...]) -> Any:
    zeros = np.zeros(shape, grad.dtype)
    zeros[_plain(key)] = grad
    return zeros


def _counted(grad: Any, key: Any, shape: tuple[int, ...]) -> Any:
    return _written_back(np.ones_like(grad), key, shape)


def _wide(grad: Any, key: Any, shape: tuple[int, ...]) -> Any:
    return _written_back(grad.astype(np.float64), key, shape)


def _read(outer: Any, key: Any, shape: tuple[int, ...]) -> Any:
    return outer[_plain(key)]


def _ints(*numbers: Any) -> Any:
    return np.array(numbers, np.int64)


register(
    Exercise(
        name="write_back",
        signature="write_back(grad, *, key, shape) -> the gradient, and its own way back",
        reference=late(_both_ways(_written_back, _read)),
        cases=[
            _options_case(
                lambda torch: _array(1, 10), "x[[2, 0]], x (4,)", key=(_ints(2, 0),), shape=(4,)
            ),
            _options_case(
                lambda torch: _array(1, 10, 100),
                "x[[0, 2, 0]], x (3,)",
                key=(_ints(0, 2, 0),),
                shape=(3,),
                hint="Place 0 was picked twice.",
            ),
            _options_case(
                lambda torch: _array(5, 7),
                "x[[-1, 2]], x (3,)",
                key=(_ints(-1, 2),),
                shape=(3,),
                hint="-1 and 2 are the same place.",
            ),
            _options_case(
                lambda torch: _array([1, 2], [3, 4], [5, 6], dtype=np.float64),
                "x[[1, 1, 0]], x (3, 2), float64",
                key=(_ints(1, 1, 0),),
                shape=(3, 2),
                hint="Whole rows come home, in the dtype of `grad`.",
            ),
            _options_case(
                lambda torch: _array([1, 2, 3], [4, 5, 6]),
                "x[:, [0, 0, 1]], x (2, 2)",
                key=(slice(None), _ints(0, 0, 1)),
                shape=(2, 2),
                hint="Use the whole key, slices and all: zeros[key] picks as x[key] did.",
            ),
            _options_case(
                lambda torch: _array(1, 2, 4),
                "x[[0, 1, 0], [1, 0, 1]], x (2, 2)",
                key=(_ints(0, 1, 0), _ints(1, 0, 1)),
                shape=(2, 2),
            ),
            _options_case(
                lambda torch: _array(1, 2),
                "x[[True, False, True]], x (3,)",
                key=(np.array([True, False, True]),),
                shape=(3,),
            ),
            _options_case(lambda torch: _array(), "x[[]], x (2,)", key=(_ints(),), shape=(2,)),
            _options_case(
                lambda torch: torch.from_numpy(np.arange(3.0)).requires_grad_(),
                "gradient of the gradient of x[[0, 2, 0]], x (3,)",
                gradient=True,
                key=(_ints(0, 2, 0),),
                shape=(3,),
                hint="What leads back from the zeros to `grad`? To pick again: `outer[key]`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the last one wins",
                late(_both_ways(_last_one_wins, _read)),
                "Where a place was picked twice, you keep one of the two gradients. The number "
                "was used twice, so it counts twice: add. (NumPy's `zeros[key] += grad` makes the "
                "same mistake: it reads all places, adds, and writes them back.)",
            ),
            Misconception(
                "picks counted",
                late(_both_ways(_counted, _read)),
                "You count how often each place was picked. That is right only if every gradient "
                "is 1. Add up the gradients that come in.",
            ),
            Misconception(
                "always float64",
                late(_both_ways(_wide, _read)),
                "np.zeros(shape) is float64. A gradient has the dtype of what it belongs to: "
                "np.zeros(shape, grad.dtype).",
            ),
        ],
        hint="Zeros of the old shape, and each gradient added where its number was picked. "
        "(`add_at` changes them and returns nothing: return the zeros.)",
    )
)


# the entries of an index, one after the other


def _told(key: Any) -> str:
    """A key as one would write it: (:, [2, 0])."""
    if not isinstance(key, tuple):
        return str(key)
    parts = [part.tolist() if isinstance(part, np.ndarray) else part for part in key]
    return f"({', '.join(':' if part == slice(None) else str(part) for part in parts)})"


def _index_case(shape: tuple[int, ...], *items: Any, show: str, hint: str = "") -> Case:
    """What the entries of an index make of a tensor, and the key that is left."""

    def use(thing: Any, torch: Any) -> Any:
        x = tensor(torch, *shape)
        view, key = thing(x, list(items))
        return facts(view, x) | {"key": _told(key)}

    return Case(use=use, show=f"x {shape}, {show}", hint=hint)


def _refused(thing: Any, torch: Any) -> dict[str, Any]:
    """How a number is refused that is no place."""
    return {"it says": tried(lambda: thing(tensor(torch, 4, 3), [1, 9]))}


def _gradient_of_part(thing: Any, torch: Any) -> dict[str, Any]:
    x = tensor(torch, 4, 3).requires_grad_()
    view, _ = thing(x, [slice(1, 3), None, 2])
    (view * view).sum().backward()
    return {"gradient": x.grad.tolist()}


def _index_slip(label: str, message: str, *changes: tuple[str, str]) -> Misconception:
    return slip(label, "ops.index", "apply_index", dict(changes), message)


_SLICE, _NEW, _NUMBER = (
    "slice_part(view, dim, item)",
    "unsqueeze(view, dim)",
    "pick(view, dim, item, position)",
)
_KINDS = {"a slice": _SLICE, "`None` or a bool": _NEW, "a number": _NUMBER}
_ON = "            dim += 1\n"
_CUT, _DIM, _MASK = (
    f"            view = {_SLICE}\n",
    f"            view = {_NEW}\n",
    "                lists[dim] = np.array([item])\n",
)
_BOOLS = "elif item is None or isinstance(item, bool):"


def _from_the_tensor(call: str) -> tuple[str, str]:
    return call, call.replace("(view", "(tensor")


def _by_the_position(call: str) -> tuple[str, str]:
    return call, call.replace("view, dim", "view, position")


def _not_kept(call: str) -> tuple[str, str]:
    return f"view = {call}", call


def _by_kind(label: str, change: Callable[[str], tuple[str, str]], say: str) -> list[Misconception]:
    """The same slip with each kind of entry."""
    return [
        _index_slip(f"{label}, {kind}", say.format(kind=kind, call=call), change(call))
        for kind, call in _KINDS.items()
    ]


register(
    Exercise(
        name="apply_index",
        signature="apply_index(tensor, items) -> the view, and the key or None",
        reference=late(lambda torch: shipped("ops.index", "apply_index")),
        cases=[
            _index_case(
                (4, 3),
                slice(1, 3),
                show="x[1:3]",
                hint=f"A slice goes wrong. It is cut along `dim`: `view = {_SLICE}`.",
            ),
            _index_case(
                (4, 3),
                2,
                show="x[2]",
                hint=f"A number goes wrong. It is picked along `dim`: `view = {_NUMBER}`.",
            ),
            _index_case((4, 3), -1, show="x[-1]", hint="A number below 0 counts from the end."),
            _index_case(
                (4, 3),
                None,
                show="x[None]",
                hint=f"`None` goes wrong. It asks for a new dim, and no more: `view = {_NEW}`.",
            ),
            _index_case(
                (4, 3),
                True,
                show="x[True]",
                hint="A bool goes wrong. It gets a new dim, as `None` does, and a mask for it: "
                "`lists[dim] = np.array([item])`.",
            ),
            _index_case(
                (1, 3),
                False,
                show="x[False]",
                hint="A bool goes wrong. The mask holds the bool itself, be it True or False.",
            ),
            _index_case(
                (4, 3),
                slice(1, 3),
                slice(1, None),
                show="x[1:3, 1:]",
                hint="Dims go wrong behind a slice: it leaves its dim in the view, so the next "
                "entry stands at `dim + 1`.",
            ),
            _index_case(
                (4, 3),
                1,
                slice(2, None),
                show="x[1, 2:]",
                hint="Dims go wrong behind a number: its dim is gone, so the next entry stands at "
                "the same `dim`.",
            ),
            _index_case(
                (2, 3, 4),
                1,
                2,
                3,
                show="x[1, 2, 3]",
                hint="Dims go wrong behind a number: its dim is gone, so all three stand at dim 0.",
            ),
            _index_case(
                (4, 3),
                None,
                slice(None, 2),
                show="x[None, :2]",
                hint="Dims go wrong behind `None`: the new dim stands at `dim`, so the next entry "
                "stands at `dim + 1`.",
            ),
            _index_case(
                (4, 3),
                True,
                slice(None, 2),
                show="x[True, :2]",
                hint="Dims go wrong behind a bool: as behind `None`, the next entry stands at "
                "`dim + 1`. The mask belongs to the new dim, which is at `dim` before that.",
            ),
            _index_case(
                (4, 3),
                slice(1, None),
                None,
                2,
                show="x[1:, None, 2]",
                hint="Each window is made of the last one, `view`, at the `dim` of this entry.",
            ),
            _index_case(
                (4, 3),
                slice(1, None),
                np.array([2, 0]),
                show="x[1:, [2, 0]]",
                hint="An array goes wrong behind a slice. The given lines put it into `lists` at "
                "the dim where it stands, if a slice counts on.",
            ),
            _index_case(
                (4, 3),
                None,
                np.array([2, 0]),
                show="x[None, [2, 0]]",
                hint="An array goes wrong behind `None`. The given lines put it into `lists` at "
                "the dim where it stands, if `None` counts on.",
            ),
            _index_case(
                (4, 3),
                1,
                np.array([2, 0]),
                show="x[1, [2, 0]]",
                hint="An array goes wrong behind a number. Its dim is gone: the array stands at "
                "the same `dim`.",
            ),
            _index_case((4, 3), np.eye(4, 3, dtype=bool), None, show="x[mask, None]"),
            _index_case(
                (4, 3),
                ...,
                show="x[...]",
                hint="`...` goes wrong, for which the given lines stand. What you add goes on "
                "behind them with `elif`.",
            ),
            _index_case(
                (2, 3, 4),
                1,
                ...,
                2,
                show="x[1, ..., 2]",
                hint="What stands behind `...` goes wrong. The given lines count its dims on, "
                "from the `dim` where your lines left it.",
            ),
            _index_case(
                (2, 3, 4),
                None,
                ...,
                slice(1, 3),
                show="x[None, ..., 1:3]",
                hint="What stands behind `...` goes wrong. The given lines count its dims on, "
                "from the `dim` where your lines left it.",
            ),
            _index_case((2, 3, 4), ..., None, show="x[..., None]"),
            Case(
                use=_refused,
                show="x (4, 3), x[1, 9]",
                hint="The error names the entry, the second, whose `position` is 1. Hand it on: "
                f"`{_NUMBER}`.",
            ),
            Case(
                use=_gradient_of_part,
                show="gradient of x (4, 3) through x[1:3, None, 2]",
                hint="`slice_part`, `unsqueeze` and `pick` of `view` know their way back. What is "
                "made of arrays or detached has none.",
            ),
            _index_case(
                (4, 3),
                slice(None),
                show="x[:]",
                hint=f"A slice of all places leaves the tensor as it is. `{_SLICE}` sees to that.",
            ),
        ],
        misconceptions=[
            _index_slip(
                "a slice not counted",
                "Your slices do not count on. A slice leaves its dim in the view, so the next "
                "entry stands one dim further on: `dim += 1`.",
                (_CUT + _ON, _CUT),
            ),
            _index_slip(
                "a window of all",
                "A slice of all places, as `:` is, leaves the tensor as it is. `slice_part` sees "
                "to that, and `slice_dim` makes one more window.",
                ("slice_part(", "slice_dim("),
            ),
            _index_slip(
                "None not counted",
                "`None` and bools do not count on. Each puts a new dim in at `dim`, and the next "
                "entry stands behind it: `dim += 1`.",
                (_MASK + _ON, _MASK),
            ),
            _index_slip(
                "nothing counted",
                "`dim` never moves on, so every entry meets dim 0. A slice leaves its dim in the "
                "view, `None` and a bool add one: behind these, `dim += 1`.",
                (_CUT + _ON, _CUT),
                (_MASK + _ON, _MASK),
            ),
            _index_slip(
                "only bools counted",
                "`None` does not count on. A new dim stands at `dim`, with a mask or without, and "
                "the next entry behind it: `dim += 1` for both.",
                (f"{_ON}        else", f"    {_ON}        else"),
            ),
            _index_slip(
                "only None counted",
                "Bools do not count on. Their new dim stands at `dim`, as that of `None` does, and "
                "the next entry behind it: `dim += 1` for both.",
                (_MASK + _ON, f"{_MASK}            dim += item is None\n"),
            ),
            _index_slip(
                "a number counted",
                "Your numbers count on. A number takes its dim away, and the next entry stands at "
                "the same `dim`: no `dim += 1` there.",
                (_NUMBER, f"{_NUMBER}\n            dim += 1"),
            ),
            _index_slip(
                "a slice counted first",
                "A slice is cut one dim too far on. It stands at `dim`: cut it, and then count on.",
                (_CUT + _ON, _ON + _CUT),
            ),
            _index_slip(
                "None counted first",
                "`None` and bools put their dim in one dim too far on. First the new dim, at "
                "`dim`, then `dim += 1`.",
                (_DIM, _ON + _DIM),
                (_MASK + _ON, _MASK),
            ),
            _index_slip(
                "the mask behind",
                "The mask of a bool belongs to its new dim, and `dim` has gone on by then. First "
                "`lists[dim] = ...`, then `dim += 1`.",
                (_DIM, _DIM + _ON),
                (_MASK + _ON, _MASK),
            ),
            _index_slip(
                "the position for the dim",
                "You use `position`, which counts the entries, where the dim is asked for. They "
                "part as soon as a number takes a dim away: that is what `dim` is for.",
                *map(_by_the_position, _KINDS.values()),
            ),
            *_by_kind(
                "the position for the dim",
                _by_the_position,
                "For {kind} you use `position`, which counts the entries, where the dim is asked "
                "for. They part as soon as a number takes a dim away: `{call}`.",
            ),
            _index_slip(
                "the dim for the position",
                "The last argument of `pick` is for its error, which names the entry: hand it "
                "`position`, not `dim`.",
                ("item, position)", "item, dim)"),
            ),
            _index_slip(
                "all from the tensor",
                "Each of your windows looks at `tensor`, and what the entries before it did is "
                "lost. Make it of the last one, `view`.",
                *map(_from_the_tensor, _KINDS.values()),
            ),
            *_by_kind(
                "from the tensor",
                _from_the_tensor,
                "For {kind} you look at `tensor`, and what the entries before did is lost. Make "
                "the window of the last one: `{call}`.",
            ),
            *_by_kind(
                "not kept",
                _not_kept,
                "For {kind} a window is made, and nobody keeps it: `view` stays as it was. Write "
                "`view = {call}`.",
            ),
            _index_slip(
                "no window kept",
                "Windows are made, and nobody keeps them: `view` stays as it was. Write "
                "`view = ...` in each branch.",
                *map(_not_kept, _KINDS.values()),
            ),
            _index_slip(
                "a bool as a number",
                "A bool is picked like a number: to Python `True` is an int, the 1. Ask "
                "`isinstance(item, bool)` before numbers have their turn.",
                (_BOOLS, "elif item is None:"),
            ),
            _index_slip(
                "a bool as None",
                "A bool gets its new dim, and nothing that picks from it. Put a mask into "
                "`lists`, at `dim`: `np.array([item])`.",
                (_MASK, "                pass\n"),
            ),
            _index_slip(
                "a mask for None",
                "`None` gets a mask, too. It asks for a new dim and picks nothing: only a bool "
                "puts something into `lists`.",
                ("if item is not None:", "if True:"),
            ),
            _index_slip(
                "a mask without a dim",
                "The mask of a bool has no dims. It is for a dim of size 1, so it has one itself, "
                "with one bool in it: `np.array([item])`, with brackets.",
                ("np.array([item])", "np.array(item)"),
            ),
            _index_slip(
                "the bool for its mask",
                "You put the bool itself into `lists`, where arrays are expected: "
                "`np.array([item])`.",
                ("np.array([item])", "item"),
            ),
            _index_slip(
                "a list for its mask",
                "You put a list into `lists`, where arrays are expected: `np.array([item])`.",
                ("np.array([item])", "[item]"),
            ),
            _index_slip(
                "a bool without a new dim",
                "A bool gets a mask, but no dim for it: like `None`, it needs "
                f"`view = {_NEW}` first.",
                (_DIM, f"            if item is None:\n    {_DIM}"),
            ),
            _index_slip(
                "always True",
                "The mask of a bool holds that bool. Yours is always True, and `x[False]` has "
                "nothing in it.",
                ("np.array([item])", "np.array([True])"),
            ),
            _index_slip(
                "a new chain",
                "Your `if` begins a new chain, and its `else` gets all that the given lines have "
                "dealt with: slices, arrays and `...`. Go on with `elif`.",
                (_BOOLS, _BOOLS[2:]),
            ),
        ],
        hint="What kind of entry is it? For each kind one window, made of the last one, and then: "
        "where does the next entry stand?",
    )
)
