"""Checks on indexing: windows by offset, size and stride, and how their gradients come home."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..probing import rewritten
from . import Case, Exercise, Misconception, late, register
from .views import step


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
