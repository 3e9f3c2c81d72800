"""Plain equals fast: every function with two forms gives the same in both, and the switch works."""

import importlib
import importlib.util
import inspect
import itertools
import math
import pickle
import pkgutil
import subprocess
import sys
import threading

import numpy as np
import pytest

import eduflow
import eduflow.nn.functional  # which is loaded when asked for, and has pairs
from eduflow import _kernels, course
from eduflow._core.layout import dense_strides
from eduflow._core.tensor import contiguous_strides, element_strides
from eduflow._core.windows import Windows, adaptive_windows
from eduflow._kernels import blas, kernel, pairs, plain, switch
from eduflow.nn._functional import rnn_walk
from eduflow.nn._functional.upsampling import cubic_taps, linear_taps, nearest_taps
from eduflow.ops import softmax, special
from tests.library.kernel_pairs_conv import CONV
from tests.library.test_kernels_tape import TAPE
from tests.machine import needs_processes, needs_threads

ROUNDING = {"float16": 2e-3, "float32": 2e-5, "float64": 1e-11, "complex128": 1e-11}
FLOATS = ("float32", "float64", "float16")


class Draws:
    """Arguments: arrays of one dtype, drawn anew for each pair, dtype and run."""

    def __init__(self, dtype):
        self.dtype = np.dtype(dtype)
        self.numbers = np.random.default_rng(0)

    def __call__(self, *shape):
        """An array of this shape; floats are normal, ints from -9 to 9."""
        if self.dtype.kind == "f":
            return np.asarray(self.numbers.standard_normal(shape)).astype(self.dtype)
        return np.asarray(self.numbers.integers(-9, 10, shape)).astype(self.dtype)

    def any(self, dims=0):
        """Arrays of all kinds with at least so many dims: empty, odd, large, turned, with nan."""
        shapes = [(), (1,), (7,), (0,), (3, 5), (0, 3), (3, 0), (2, 1, 5), (40, 130), (2, 3, 900)]
        found = [self(*shape) for shape in shapes]
        found += [self(6, 5).T, self(130, 40).T, self(9, 8)[::2, ::-1], self(3, 300)[:, 1:]]
        if self.dtype.kind == "f":
            extreme = self(6, 8)
            extreme[0, 1], extreme[2, 3], extreme[4] = np.nan, np.inf, -np.inf
            extreme[5, 0] = -0.0
            found += [extreme, self(5, 6) * self.dtype.type(300)]
        return [array for array in found if array.ndim >= dims]

    def along(self):
        """Pairs of an array and one of its axes."""
        return [(array, axis) for array in self.any(1) for axis in range(array.ndim)]


def _products(draw):
    """Pairs of arrays of vectors or matrices that can be multiplied, in all orders of memory."""
    shapes = [((4,), (4,)), ((3, 4), (4, 5)), ((4,), (4, 5)), ((3, 4), (4,)), ((3, 0), (0, 2))]
    shapes += [
        ((2, 3, 4), (4, 5)),
        ((2, 1, 3, 4), (2, 4, 5)),
        ((0, 3, 4), (4, 1)),
        ((1, 1), (1, 1)),
        ((5, 40), (40, 6)),  # sums that are long
        ((2, 1, 5, 40), (3, 40, 1)),
    ]
    pairs = []
    for left, right in shapes:
        a, b = draw(*left), draw(*right)
        gaps = draw(*[2 * size for size in right])[tuple(slice(None, None, 2) for _ in right)]
        turned = draw(*left[:-2], *left[:-3:-1]).swapaxes(-1, -2) if a.ndim > 1 else a[::-1]
        pairs += [(a, b), (a, gaps), (turned, b), (turned, np.asfortranarray(gaps))]
        pairs += [(np.broadcast_to(a[:1], a.shape), b[..., ::-1])]
    return pairs


def _along_with_result(form):
    """Arguments (grad, result, axis) for the gradients of softmax and its logarithm."""
    return lambda draw: [
        (draw(*array.shape), form(array, axis), axis)
        for array, axis in draw.along()
        if draw.dtype != np.float16 or np.isfinite(array).all()
    ]


def _walks(draw, gates, states):
    """Arguments (input's part, states, weight, bias or None) for a walk of LSTM or GRU."""
    found = []
    for length, batch, width in ((1, 1, 1), (5, 3, 4), (30, 2, 7)):
        before = [draw(batch, width) for _ in range(states)]
        weight, bias = draw(gates * width, width) / 3, draw(gates * width)
        given = draw(length, batch, gates * width)
        found += [(given, *before, weight, bias), (given * 30, *before, weight, None)]
    return found


def _walks_back(draw, gates, form):
    """Arguments (gradients, weight, what `form` keeps) for the way back."""
    found = []
    for given, *before, weight, bias in _walks(draw, gates, gates - 2):
        states, *memory, kept = form(given, *before, weight, bias)
        last = [draw(*x.shape) for x in memory]
        found.append((draw(*states.shape), *last, weight, kept))
        if last:
            found += [(None, *last, weight, kept), (draw(*states.shape), None, weight, kept)]
    return found


def _choices(draw):
    """Arguments (condition, yes, no): two arrays, or one array and a number."""
    found = []
    for array in draw.any():
        condition = np.asarray(array > 0.25)
        found += [(condition, array, 0.0), (condition, 0.0, array), (condition, array, -array)]
        found += [(condition, 2.5, array), (condition, array, 1.0)]
        found += [(condition[..., :1], array, 0.0)] if array.ndim else []
    return found


def _axes(array):
    """All sets of axes of an array."""
    sets = [s for n in range(array.ndim + 1) for s in itertools.combinations(range(array.ndim), n)]
    return sets if array.ndim else [()]


def _totals(draw):
    arrays = [*draw.any(), draw(700, 6, 5), draw(6, 700, 5), draw(3, 20, 5, 41)]
    found = [(a, axes, keep) for a in arrays for axes in _axes(a) for keep in (False, True)]
    return [case for case in found if np.isfinite(case[0]).all()]


def _writes(draw):
    """Arguments (target, key, values): a key of one index array, of several, with slices, masks."""
    places = np.array([2, 0, -1, 2, 2, 1], np.int64)
    keys = [
        (places,),
        (places.reshape(2, 3),),
        (slice(None), places),
        (places, places[::-1].copy()),
    ]
    keys += [(slice(1, None), places[:, None] % 4, slice(None), places), (places[:0],)]
    found = [(np.zeros((5, 4, 3, 3), draw.dtype), key) for key in keys]
    found.append((np.zeros((300, 40), draw.dtype), (draw.numbers.integers(0, 300, 5000),)))
    found.append((draw(90, 20), (draw.numbers.integers(-90, 90, 100),)))
    found.append((np.zeros((0, 4), draw.dtype), (places[:0],)))
    found.append((draw(5, 4), (draw(5, 4) > 0,)))
    found.append((draw(5, 4), (slice(1, 4), slice(None, None, 2))))
    return [(zeros, key, draw(*zeros[key].shape)) for zeros, key in found]


def _picks(draw):
    """Arguments (array, key): index arrays side by side and apart, in another order, and masks."""
    places = np.array([2, 0, -1, 2, 2, 1], np.int64)
    keys = [
        (places,),
        (places.reshape(2, 3).T,),
        (places.astype(np.int32),),
        (slice(None), places),
        (places, places[:, None]),
        (places, slice(None), places),
        (slice(None), places[:2, None], slice(None), places[:3]),
        (slice(None), places, places),
        (places[:0],),
        (places > 1, slice(None), places[:1]),
    ]
    array = draw(6, 5, 3, 4)
    keys += [(array > 0,), (array[0] > 0,), (slice(None), array[0] > 0), (array[..., 0] > 0,)]
    found = [(array, key) for key in keys if getattr(key[0], "shape", ()) != array[0].shape]
    found += [(array.transpose(3, 1, 0, 2)[:, ::2], key) for key in keys[:9]]
    return [*found, (array[:, :0], (places,)), (array[:, :0], (slice(None), places[:0]))]


def _stretches(draw):
    """Arguments (array, shape), small and large."""
    arrays = [draw(1, 3, 1), draw(1, 1, 1), draw(4, 3, 5), draw(1, 1, 1)[:0]]
    shapes = [(4, 3, 5), (4, 300, 5), (4, 3, 5), (0, 3, 5)]
    return list(zip(arrays, shapes))


def _places(draw):
    """Arguments (input, dim, index)."""
    return [
        (array, dim, index)
        for array in draw.any(1)
        for dim, size in enumerate(array.shape)
        for index in {0, size // 2, size - 1} & set(range(size))
        if array.size and min(array.strides) >= 0
    ]


def _slices(draw):
    """Arguments (input, dim, start, stop, step), with places between start and stop."""
    return [
        (array, dim, start, stop, step)
        for array, dim, start in _places(draw)
        for stop in {start + 1, array.shape[dim]}
        for step in (1, 2, 5)
    ]


def _view_questions(draw):
    """Arguments (shape, strides, new_shape): some that are views, some that are none."""
    shapes = [s for n in range(4) for s in itertools.product((0, 1, 2, 3, 4, 6), repeat=n)]
    numbers, found = draw.numbers, []
    for _ in range(2000):
        old = shapes[numbers.integers(len(shapes))]
        new = [shape for shape in shapes if math.prod(shape) == math.prod(old)]
        strides = tuple(numbers.integers(0, 13, len(old)).tolist())
        strides = contiguous_strides(old) if numbers.integers(2) else strides
        if numbers.integers(2) and old:
            strides = (strides[0] * 2, *strides[1:])
        found.append((old, strides, new[numbers.integers(len(new))]))
    return found


def _windows():
    """Pairs of a shape and windows over its last dims, of all kinds."""
    rows = [(6, 2, 2), (7, 3, 2, 1), (9, 2, 3, 0, 2, True), (5, 5, 1), (8, 3, 1, 1, 3)]
    for size, *how in [*rows, (7, 2, 2, 1, 1, True)]:
        yield (2, 3, size), [Windows(size, *how)]
        yield (3, 6, size), [Windows(6, 2, 2), Windows(size, *how)]
        yield (2, 4, size, 5), [Windows(4, 3, 1, 1), Windows(size, *how), Windows(5, 2, 2)]
    yield (2, 3, 7, 5), [adaptive_windows(7, 3), adaptive_windows(5, 5)]
    yield (4, 9), [adaptive_windows(9, 4)]
    yield (3, 8, 6), [adaptive_windows(8, 4), adaptive_windows(6, 1)]
    yield (0, 2, 6, 6), [Windows(6, 2, 2), Windows(6, 3, 3)]
    yield (16, 6, 28, 28), [Windows(28, 2, 2), Windows(28, 2, 2)]
    yield (5, 3, 31, 40), [Windows(31, 5, 1, 2), Windows(40, 5, 1, 2)]


def _pooled(draw, ties=False):
    """Arguments (input, windows); with `ties` also equal elements, infinities and nan."""
    found = [(draw(*shape), windows) for shape, windows in _windows()]
    if ties:
        found += [(np.sign(array), windows) for array, windows in found]
    if ties and draw.dtype.kind == "f":
        for shape, windows in _windows():
            array = draw(*shape)
            array[array > 1.5], array[array < -0.5] = np.nan, -np.inf
            found.append((array, windows))
    return found


def _pooled_back(draw):
    return [(draw(*shape[: -len(w)], *[x.count for x in w]), w) for shape, w in _windows()]


def _seen_winners(found):
    """The values, and all that winners can do."""
    values, winners = found
    pattern = (np.arange(values.size) % 17).astype(values.dtype).reshape(values.shape)
    placed = winners.place(pattern)
    other = (np.arange(placed.size) % 19).astype(values.dtype).reshape(placed.shape)
    return values, winners.indices(), placed, winners.pick(other)


def _restrides(draw):
    """Arguments (array, shape, strides, offset): memory as a whole, to its end, and nothing."""
    for array in (draw(4, 6), draw(24), draw(6, 4).T, draw(2, 3, 4)):
        yield array, array.shape, element_strides(array)
        yield array, (2, 1), (1, 7)
        yield array, (3, 2), (8, 2), 1
        yield array, (), (), 23
        yield array, (0, 2), (2, 1), 40
    yield draw(0, 6), (0, 6), (6, 1), 0


def _channels(draw, make):
    """Arguments for norms: arrays (N, C, L), with and without parameters (C)."""
    shapes = [(4, 3, 5), (1, 6, 40), (7, 2, 1), (32, 16, 200), (3, 5, 17), (2, 0, 4), (1, 200, 64)]
    for shape in shapes:
        x = draw(*shape) + draw.dtype.type(3)
        weight, bias = draw(shape[1]), draw(shape[1])
        mean, rstd = x.mean((0, 2)), 1 / (x.std((0, 2)) + draw.dtype.type(0.1))
        for parameters in ((weight, bias), (None, bias), (weight, None), (None, None)):
            yield make(draw(*shape), x, mean, rstd, *parameters)


def _slope_arguments(draw):
    return _channels(draw, lambda grad, x, mean, rstd, weight, bias: (grad, x, mean, rstd, weight))


def _rows(draw, make):
    """Arguments for norms of rows: arrays (R, L), with and without parameters (L)."""
    for rows, length in ((4, 5), (1, 1), (300, 64), (3, 1000), (0, 6), (700, 300)):
        x = draw(rows, length) + draw.dtype.type(3)
        mean, rstd = x.mean(1), 1 / (x.std(1) + draw.dtype.type(0.1))
        for weight, bias in ((draw(length), draw(length)), (None, draw(length)), (None, None)):
            yield make(draw(rows, length), x, mean, rstd, weight, bias)


def _taps(dtype):
    """Triples (sizes of an input, axis, plan) for resizing."""
    dtype = np.dtype(np.float32 if dtype == np.float16 else dtype)
    for before, after in ((4, 8), (5, 17), (9, 3), (7, 7), (1, 6), (6, 1), (3, 200)):
        yield before, nearest_taps(before, after, None)
        yield before, nearest_taps(before, after, None, 0.5)
        for corners in (False, True):
            yield before, linear_taps(before, after, None, corners, dtype)
            yield before, cubic_taps(before, after, None, corners, dtype)


def _resized_back(draw):
    """Arguments (grad, axis, taps, size)."""
    found = []
    for size, taps in _taps(draw.dtype):
        after = len(taps[0][0])
        found += [(draw(2, after, 3), 1, taps, size), (draw(2, 3, after), 2, taps, size)]
    return found


def _unsorted(draw):
    """Arguments (array, axis): with equal elements, zeros of both signs, nan of both signs."""
    found = draw.along()
    for array in (draw(40, 130), draw(3000), draw(3000), draw(2, 50, 40).transpose(2, 0, 1)):
        if draw.dtype.kind == "f":
            array = np.round(array, 1)
            flat = np.where(array > 2, -np.nan, array).astype(draw.dtype)
            array = np.where(array < -2, np.nan, flat).astype(draw.dtype)
        found += [(array, axis) for axis in range(array.ndim)]
    return found


def _wide(draw):
    """Arguments (array,), some of which go through all that is not nearly constant."""
    places = np.linspace(-7, 7, 30011, dtype=draw.dtype)
    return [(array * draw.dtype.type(3),) for array in [*draw.any(), places]]


# For every pair what it is tried on: a function of Draws that returns tuples of arguments.
def _orders(draw):
    """Pairs of an array and an order of its dims; None stands for any."""
    arrays = [
        *draw.any(),
        np.broadcast_to(draw(3, 1), (3, 4)),
        draw(2, 3, 1, 4).transpose(1, 3, 0, 2),
        draw(130, 256).T,  # columns that meet in the cache
        draw(2, 40, 512).transpose(2, 0, 1),
    ]
    orders = [(x, list(order)) for x in arrays for order in itertools.permutations(range(x.ndim))]
    return [*orders, *[(x, None) for x in arrays]]


def _meet(*arrays):
    """Whether these arrays broadcast."""
    try:
        np.broadcast(*arrays)
    except ValueError:
        return False
    return True


def _meetings(draw):
    """Arguments (result, *inputs) of sums: alike, broadcast, turned, with dims of size 1, empty."""
    whole = [*draw.any(), draw(2, 1, 3, 1), draw(2, 3, 4, 5).transpose(0, 3, 1, 2), draw(4, 1).T]
    whole += [draw(2, 3, 4, 5)[:, ::2], draw(3, 1)[:, 0:1].reshape(1, 3).T, draw(1, 0, 3).T]
    for x in whole:
        others = [x, draw(), draw(*x.shape), draw(*x.shape[::-1]).T]
        others += [x[tuple([slice(0, 1)] * n)] for n in range(1, x.ndim + 1)]
        for y in [y for y in (*others, draw(*x.shape[-1:])) if _meet(x, y)]:
            yield x + y, x, y
            yield y + x, y, x
        yield np.asarray(x + 1), x
        yield x.copy("F"), x, x
    yield draw(3, 4), draw(1, 4), draw(3, 1), draw(4, 3).T


def _holders(draw):
    """Things that hold arrays: a function, one inside another, lists and tuples, and none."""
    x, y = np.arange(3.0), np.arange(4.0)
    deep = [x]
    for _ in range(3):
        deep = [deep, y]

    def inner():
        return x

    things = [lambda: (x, y), lambda: inner, lambda: [inner, y], lambda: (y, 2), lambda: 3, inner]
    things += [x, np.float64(2.0), [x, (y, "x")], (2, 3), (), None, 2.5, deep, (deep, x)]
    return [(thing, *more) for thing in things for more in ((), (0,), (1,), (2,))]


ARGUMENTS = {
    "activation.gelu_slopes": _wide,
    "activation.gelu_values": _wide,
    "rectifier.rectified": lambda draw: [(array,) for array in draw.any()],
    "choose.choose": _choices,
    "generator.block_normals": lambda draw: [
        (draw.numbers.random(n).astype(draw.dtype),) for n in (0, 16, 160, 16 << 10, 48016)
    ],
    "distributions.shuffled": lambda draw: [
        (n, draw.numbers.integers(0, 2**32, max(n - 1, 0), np.uint32).data)
        for n in (0, 1, 2, 3, 3, 3, 7, 100, 5000)
    ],
    "generator.unit_floats": lambda draw: [
        (draw.numbers.integers(0, 2**32, n, np.uint32),) for n in (0, 1, 7, (16 << 10) + 3)
    ],
    "index.add_at": _writes,
    "index.gathered": _picks,
    "index.select_place": _places,
    "index.slice_places": _slices,
    "norm.sum_of_squares": _totals,
    "normalization.row_slopes": lambda draw: _rows(draw, lambda *given: given[:-1]),
    "normalization.scaled_slopes": _slope_arguments,
    "normalization.standardized": lambda draw: _channels(
        draw, lambda grad, x, mean, rstd, weight, bias: (x, weight, bias, 1e-5)
    ),
    "normalization.standardized_by": lambda draw: _channels(
        draw, lambda grad, x, *rest: (x, *rest)
    ),
    "normalization.standardized_rows": lambda draw: _rows(
        draw, lambda grad, x, mean, rstd, weight, bias: (x, weight, bias, 1e-5)
    ),
    "normalization.standardized_slopes": _slope_arguments,
    "pooling.largest": lambda draw: _pooled(draw, ties=True),
    "pooling.window_shares": _pooled_back,
    "pooling.window_totals": _pooled,
    "record.held_by": _holders,
    "reduction.stretched": _stretches,
    "reduction.total": _totals,
    "layout.is_dense": _orders,
    "layout.laid_out": lambda draw: list(_meetings(draw)),
    "layout.rearranged": lambda draw: [
        (x, dense_strides(x.shape, order)) for x, order in _orders(draw) if order is not None
    ],
    "minmax.index_along": lambda draw: [
        (arg, array, axis)
        for arg in (np.argmax, np.argmin)
        for array in [*draw.any(1), draw(256, 512), draw(33, 512, 2)]
        for axis in range(array.ndim)
        if array.shape[axis]
    ],
    "shape.view_strides": _view_questions,
    "storage.restride": _restrides,
    "rnn_walk.lstm": lambda draw: _walks(draw, 4, 2),
    "rnn_walk.lstm_back": lambda draw: _walks_back(draw, 4, rnn_walk.lstm),
    "rnn_walk.gru": lambda draw: _walks(draw, 3, 1),
    "rnn_walk.gru_back": lambda draw: _walks_back(draw, 3, rnn_walk.gru),
    "blas.product": _products,
    "softmax.shares": lambda draw: draw.along(),
    "softmax.shares_gradient": _along_with_result(softmax.shares),
    "sort.ascending": _unsorted,
    "special.error_function": _wide,
    "upsampling.collected": _resized_back,
    "softmax.log_shares": lambda draw: draw.along(),
    "softmax.log_shares_gradient": _along_with_result(softmax.log_shares),
}
_NORMS = ("scaled_slopes", "standardized", "standardized_by", "standardized_slopes")
_NORMS += ("row_slopes", "standardized_rows")
ARGUMENTS |= {f"conv.{name}": lambda draw, make=make: make() for name, (_, make) in CONV.items()}
DTYPES = {  # for pairs that are not for all floats alone
    **dict.fromkeys((f"conv.{name}" for name in CONV), ("float64",)),  # it brings its own dtypes
    "rectifier.rectified": (*FLOATS, "int64", "int8"),
    **dict.fromkeys(
        (f"rnn_walk.{name}" for name in ("lstm", "lstm_back", "gru", "gru_back")),
        ("float32", "float64"),
    ),
    "blas.product": (*FLOATS, "int64", "bool"),
    "choose.choose": (*FLOATS, "int64"),
    "distributions.shuffled": ("float64",),
    "generator.unit_floats": ("float64",),
    "generator.block_normals": ("float32", "float64"),
    "index.add_at": (*FLOATS, "int32"),
    "index.gathered": (*FLOATS, "int64"),
    **dict.fromkeys((f"normalization.{name}" for name in _NORMS), ("float32", "float64")),
    "pooling.largest": (*FLOATS, "int64", "uint8"),
    "pooling.window_totals": (*FLOATS, "int64"),
    "sort.ascending": (*FLOATS, "int64", "int32", "int8", "uint8", "bool"),
    "special.error_function": ("float32", "float64"),
    "upsampling.collected": ("float32", "float64"),
    "record.held_by": ("float64",),
    "reduction.total": (*FLOATS, "int64", "bool"),
    "shape.view_strides": ("float64",),
}
LOOK = {  # how to look at a result, if not as it is: a function that returns arrays
    "pooling.largest": _seen_winners,
    "distributions.shuffled": lambda found: np.array(found, np.int64),
    "generator.unit_floats": np.float64,  # the fast form needs less memory for the same numbers
    # The operations see to the order in memory:
    **dict.fromkeys((f"conv.{name}" for name in CONV), np.ascontiguousarray),
    "index.gathered": np.ascontiguousarray,
    **dict.fromkeys(("layout.laid_out", "layout.rearranged"), lambda x: (x, *element_strides(x))),
    "reduction.stretched": np.ascontiguousarray,
    "norm.sum_of_squares": np.ascontiguousarray,
    "reduction.total": np.ascontiguousarray,
    "activation.gelu_slopes": np.ascontiguousarray,
    "activation.gelu_values": np.ascontiguousarray,
    "sort.ascending": np.ascontiguousarray,
    "special.error_function": np.ascontiguousarray,
}


def alike(a, b, dtype, where):
    """AssertionError unless both are the same but for rounding: values, dtype, order in memory."""
    if isinstance(a, tuple | list):
        assert type(a) is type(b), where
        assert len(a) == len(b), where
        for i, (x, y) in enumerate(zip(a, b)):
            alike(x, y, dtype, f"{where}[{i}]")
        return
    a, b = np.asarray(a), np.asarray(b)
    assert (a.shape, a.dtype) == (b.shape, b.dtype), where
    assert a.flags.c_contiguous == b.flags.c_contiguous, where
    if a.dtype.kind in "fc":
        near = ROUNDING[a.dtype.name]
        with np.errstate(all="ignore"):
            finite = np.abs(a[np.isfinite(a)])
            scale = max(1, finite.max(initial=0).item())
            np.testing.assert_allclose(a, b, near, near * scale, equal_nan=True, err_msg=where)
    else:
        np.testing.assert_array_equal(a, b, where)


def _copies(arguments):
    return [np.copy(x, order="K") if isinstance(x, np.ndarray) else x for x in arguments]


@pytest.mark.parametrize("name", sorted(set(pairs) - set(TAPE)))
def test_plain_equals_fast(name):
    assert name in ARGUMENTS, f"add what {name} is to be tried on to ARGUMENTS"
    pair, look = pairs[name], LOOK.get(name, lambda result: result)
    for dtype in DTYPES.get(name, FLOATS):
        for i, arguments in enumerate(ARGUMENTS[name](Draws(dtype))):
            shapes = [getattr(x, "shape", x) for x in arguments]
            where = f"{name}, {dtype}, case {i}: {shapes}"
            first, second = _copies(arguments), _copies(arguments)
            with np.errstate(all="ignore"):
                a, b = look(pair.plain(*first)), look(pair.fast(*second))
            alike(a, b, np.dtype(dtype), where)
            alike(first, second, np.dtype(dtype), f"{where}: arguments changed")


@pytest.mark.parametrize(
    "name", [n for n in sorted(pairs) if n.startswith(("blas", "conv", "rnn"))]
)
def test_plain_equals_fast_without_blas(name, monkeypatch):
    """As in the browser."""
    monkeypatch.setattr(blas, "NO_BLAS", True)
    test_plain_equals_fast(name)


def test_without_blas_numpy_refuses_what_does_not_fit(monkeypatch):
    monkeypatch.setattr(blas, "NO_BLAS", True)
    with pytest.raises(ValueError, match="mismatch in its core dimension"):
        blas.product(np.ones((5, 40)), np.ones((41, 3)))


def test_no_arguments_without_a_pair():
    assert sorted({*ARGUMENTS, *DTYPES, *LOOK} - set(pairs)) == []


def test_the_signature_is_that_of_the_plain_form():
    for pair in pairs.values():
        bare = pair.__code__
        assert inspect.signature(pair) == inspect.signature(pair.plain)
        assert (bare.co_argcount, bare.co_kwonlyargcount) == (
            pair.plain.__code__.co_argcount,
            pair.plain.__code__.co_kwonlyargcount,
        )
        assert pair.__doc__ == pair.plain.__doc__ is not None
        assert inspect.getsource(pair) == inspect.getsource(pair.plain)
        assert pickle.loads(pickle.dumps(pair)) is pair


@needs_threads
def test_the_switch(monkeypatch):
    called = []

    def told(input, axis):
        called.append("plain")

    made = _kernels._either(told, lambda input, axis: called.append("fast"), False)
    monkeypatch.setattr(switch, "plain", False)
    made(1, axis=2)
    with plain():
        made(1, 2)
        with plain():
            pass
        thread = threading.Thread(target=made, args=(1, 2))
        thread.start()
        thread.join()
    made(1, 2)
    with pytest.raises(ZeroDivisionError), plain():
        1 / 0  # noqa: B018
    made(1, 2)
    assert called == ["fast", "plain", "plain", "fast", "fast"]
    with course.plain():
        assert switch.plain
    assert not switch.plain


def test_keyword_only_parameters_defaults_and_stars(monkeypatch):
    monkeypatch.setattr(switch, "plain", False)
    default = np.arange(3)

    def form(a, b=default, *rest, c, d="d", **more):
        return a, b, rest, c, d, more

    either = _kernels._either(form, form, False)
    assert either(1, c=2) == form(1, c=2)
    assert either(1, 5, 6, 7, c=2, d=3, e=4) == form(1, 5, 6, 7, c=2, d=3, e=4)
    with pytest.raises(TypeError, match=r"form\(\) missing 1 required keyword-only argument: 'c'"):
        either(1)


def test_tensors_get_the_plain_form(monkeypatch):
    monkeypatch.setattr(switch, "plain", False)

    def form(grad):
        return "plain"

    either = _kernels._either(form, lambda grad: "fast", True)
    assert either(np.ones(2)) == "fast"
    assert either(eduflow.ones(2)) == "plain"


def _function(name, text):
    """A function as if it stood in a file of eduflow."""
    code = compile(text, softmax.__file__, "exec")
    names = {"__name__": softmax.__name__}
    exec(code, names)
    return names[name]


def test_a_function_without_a_fast_form():
    lonely = _function("lonely", "def lonely(x): return x")
    with pytest.raises(ImportError, match=r"softmax\.lonely is marked as @kernel, but there is no"):
        kernel(lonely)
    lonely.__module__ = "eduflow.ops.nowhere"
    with pytest.raises(ImportError, match=r"no function lonely in eduflow\._kernels\.nowhere"):
        kernel(lonely)


@pytest.mark.parametrize(
    "parameters", ["input", "axis, input", "input, axis=0", "input, *, axis", "input, axis, more"]
)
def test_a_fast_form_with_another_signature(parameters):
    other = _function("shares", f"def shares({parameters}): return 1")
    with pytest.raises(TypeError, match=r"_kernels\.softmax\.shares must take the parameters of"):
        kernel(other)


def test_a_learners_function_is_left_alone():
    def shares(input):
        return "mine"

    assert kernel(shares) is shares
    assert kernel(tensors=True)(shares) is shares


@needs_processes
def test_under_another_name(tmp_path):
    """A package of the learner's takes what it does not have from eduflow, under its own name."""
    (tmp_path / "myflow").mkdir()
    home = list(eduflow.__path__)
    (tmp_path / "myflow" / "__init__.py").write_text(
        f"__path__ = [*__path__, *{home!r}]\n", encoding="utf-8"
    )
    code = (
        "import sys, myflow.ops.softmax as s\n"
        "assert s.shares.fast.__module__ == 'myflow._kernels.softmax', s.shares.fast.__module__\n"
        "assert not [name for name in sys.modules if name.split('.')[0] == 'eduflow']\n"
    )
    subprocess.run([sys.executable, "-c", code], cwd=tmp_path, check=True)


@needs_processes
@pytest.mark.parametrize(("value", "expected"), [("1", True), ("0", False), ("", False)])
def test_the_environment_decides(value, expected, monkeypatch):
    monkeypatch.setenv("EDUFLOW_PLAIN", value)
    code = "from eduflow._kernels import switch; import sys; sys.exit(switch.plain)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == expected


def test_every_file_of_kernels_has_a_file_of_plain_forms():
    """Files here are named as those that they speed up; helpers are the few that are named."""
    helpers = {"buffers", "pointwise"}
    home = importlib.resources.files("eduflow") / "_kernels"
    files = {f.name.removesuffix(".py") for f in home.iterdir() if f.name.endswith(".py")}
    assert files - {"__init__"} - helpers == {name.partition(".")[0] for name in pairs}


def test_no_helper_of_a_kernel_is_called_as_something_else_is():
    """The course takes what has the same name in files of the same name for two forms of one."""
    for entry in pkgutil.walk_packages(eduflow.__path__, "eduflow."):
        home, _, file = entry.name.rpartition(".")
        if home.split(".")[1:2] == ["_kernels"] or entry.name.startswith("eduflow.course"):
            continue
        kernels = importlib.util.find_spec(f"eduflow._kernels.{file}")
        if kernels is None:
            continue
        fast, own = (vars(importlib.import_module(n)) for n in (kernels.name, entry.name))
        both = {name for name in fast.keys() & own.keys() if not hasattr(own[name], "fast")}
        mine = {n for n in both if getattr(own[n], "__module__", None) == entry.name}
        assert not mine, f"{kernels.name} and {entry.name} both have {sorted(mine)}"


@pytest.mark.parametrize("form", ["plain", "fast"])
@pytest.mark.parametrize(("dtype", "units"), [("float32", 3), ("float64", 8)])
def test_erf_is_exact(form, dtype, units):
    """To a few units in the last place, of large and of tiny numbers."""
    x = np.concatenate([np.linspace(-6.5, 6.5, 5001), np.geomspace(1e-30, 7, 5001)]).astype(dtype)
    exact = np.array([math.erf(value) for value in x.tolist()])
    found = getattr(special.error_function, form)(x)
    assert (np.abs(found - exact) <= units * np.spacing(np.abs(exact).astype(dtype))).all()
    corners = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0], dtype)
    found = getattr(special.error_function, form)(corners)
    np.testing.assert_array_equal(found, np.array([np.nan, 1, -1, -0.0, 0.0], dtype))
    assert np.signbit(found[3])


@pytest.mark.parametrize("is_plain", [False, True])
def test_convolutions_lie_in_reading_order(is_plain, monkeypatch):
    """Whatever the order of what they are given."""
    monkeypatch.setattr(switch, "plain", is_plain)
    images = eduflow.arange(10 * 2 * 40).float().view(10, 2, 40).permute(2, 1, 0)
    filters = eduflow.ones(2, 1, 4)
    assert eduflow.conv1d(images, filters, groups=2).is_contiguous()
    assert eduflow.conv1d(images, filters, None, 3, 2, 3, groups=2).is_contiguous()
    turned = eduflow.ones(2, 3, 4)
    transposed = eduflow.nn.functional.conv_transpose1d
    assert transposed(images, turned, stride=2, padding=1).is_contiguous()


@pytest.mark.parametrize("dtype", ["float32", "int16", "complex128"])
def test_windows_that_leave_their_array_stay_in_its_memory(dtype):
    restride, memory = pairs["storage.restride"], np.arange(24).astype(dtype).reshape(4, 6)
    for array in (memory[1:], memory[::2, 1:], memory.T[2:], memory[2:3, 5:]):
        for where in (((3,), (2,), -1), ((2, 2), (2, 1), 2), ((0, 3), (3, 1), 30), ((), (), 1)):
            a, b = restride.plain(array, *where), restride.fast(array, *where)
            assert a.tolist() == b.tolist()
            assert (a.strides, a.ctypes.data) == (b.strides, b.ctypes.data)
            assert not a.size or np.shares_memory(a, memory)
        for form in (restride.plain, restride.fast):
            with pytest.raises(ValueError, match="incompatible"):
                form(array, (2,), (1,), 23)
