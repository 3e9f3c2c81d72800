"""Checks on what is different in training: batch norm, its running statistics, dropout; pooling."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..probing import ROOT, shipped
from . import Case, Exercise, Misconception, late, register

_NORM, _POOL = "nn._functional.normalization", "nn._functional.pooling"


def _numbers(*shape: int, dtype: Any = np.float64) -> np.ndarray:
    """Numbers that look random, the same each time."""
    count = int(np.prod(shape, dtype=np.int64))
    places = np.arange(count, dtype=np.float64)
    return (np.sin(places * 1.7 + 0.3) * 3 + np.cos(places)).astype(dtype).reshape(shape)


def _mean(x: Any) -> Any:
    return x.mean((0, 2), dtype=np.float64).astype(x.dtype)


# standardized_by ----------------------------------------------------------------------------


def _by(f: Any, torch: Any, weight: bool, bias: bool, dtype: Any = np.float64) -> Any:
    x = _numbers(2, 3, 4, dtype=dtype)
    mean, rstd = _numbers(3, dtype=dtype), np.array([0.5, 1.0, 2.0], dtype)
    before = x.copy()
    found = f(
        x,
        mean,
        rstd,
        np.array([1.0, -2.0, 0.5], dtype) if weight else None,
        np.array([3.0, 0.0, -1.0], dtype) if bias else None,
    )
    return found, str(found.dtype), bool(np.array_equal(x, before))


def _overwriting(x: Any, mean: Any, rstd: Any, weight: Any, bias: Any) -> Any:
    x -= mean[:, None]
    x *= rstd[:, None]
    for number, change in ((weight, np.multiply), (bias, np.add)):
        if number is not None:
            change(x, number[:, None], out=x)
    return x


def _wrong_by(
    unit: Callable[..., Any] = lambda x, m, r: (x - m[:, None]) * r[:, None],
    scale: Callable[..., Any] = lambda u, w: u * w[:, None],
    shift: Callable[..., Any] = lambda s, b: s + b[:, None],
) -> Any:
    def standardized_by(x: Any, mean: Any, rstd: Any, weight: Any, bias: Any) -> Any:
        found = unit(x, mean, rstd)
        found = found if weight is None else scale(found, weight)
        return found if bias is None else shift(found, bias)

    return standardized_by


register(
    Exercise(
        name="standardized_by",
        signature="standardized_by(x, mean, rstd, weight, bias) -> array, (N, C, L)",
        reference=late(lambda torch: shipped(_NORM, "channel_mean", "standardized_by")),
        cases=[
            Case(
                use=partial(_by, weight=weight, bias=bias, dtype=dtype),
                show=f"standardized_by(x, mean, rstd, {'weight' if weight else None}, "
                f"{'bias' if bias else None}), {np.dtype(dtype)}",
                tolerance=1e-6,
                hint=hint,
            )
            for weight, bias, dtype, hint in (
                (False, False, np.float64, "`(x - mean[:, None]) * rstd[:, None]`, and no more."),
                (True, True, np.float64, "Times weight, plus bias, each as a column (C, 1)."),
                (True, False, np.float64, "The weight is there, the bias is None."),
                (False, True, np.float64, "The weight is None, the bias is there."),
                (True, True, np.float32, "float32 stays float32."),
            )
        ],
        misconceptions=[
            Misconception(
                "divided by",
                _wrong_by(unit=lambda x, m, r: (x - m[:, None]) / r[:, None]),
                "`rstd` is one over the deviation already: multiply with it.",
            ),
            Misconception(
                "added",
                _wrong_by(unit=lambda x, m, r: (x + m[:, None]) * r[:, None]),
                "The mean is to be subtracted.",
            ),
            Misconception(
                "x is overwritten",
                _overwriting,
                "The numbers are right, but `x` itself has changed: backward needs it as it was.",
            ),
            Misconception(
                "the bias first",
                _wrong_by(scale=lambda u, w: u * w[:, None], shift=lambda s, b: s - b[:, None]),
                "The bias is added.",
            ),
        ],
        hint="Subtract, multiply; then weight and bias, unless they are None.",
    )
)

# standardized -------------------------------------------------------------------------------


def _standard(
    f: Any,
    torch: Any,
    shape: tuple[int, ...],
    parameters: bool = False,
    flat: bool = False,
    far: float = 0.0,
    dtype: Any = np.float64,
) -> Any:
    x = _numbers(*shape, dtype=dtype) + np.array(far, dtype)
    if flat:
        x[:, 0] = 7  # a channel without any variance
    channels = shape[1]
    weight = np.arange(1, channels + 1).astype(dtype) if parameters else None
    bias = -np.arange(channels).astype(dtype) if parameters else None
    found = f(x, weight, bias, 0.1)
    if not isinstance(found, tuple) or len(found) != 3:
        return f"{type(found).__name__}, and not three things"
    return [*found, *[str(array.dtype) for array in found]]


def _wrong_standard(
    variance: Callable[[Any], Any] = lambda centred: _mean(centred * centred),
    rstd: Callable[[Any, float], Any] = lambda var, eps: 1 / np.sqrt(var + eps),
    mean: Callable[[Any], Any] = _mean,
    kept: Callable[[Any, Any], Any] = lambda var, x: var,
) -> Any:
    def standardized(x: Any, weight: Any, bias: Any, eps: float) -> Any:
        middle = mean(x)
        var = variance(x - middle[:, None])
        found = _wrong_by()(x, middle, rstd(var, eps), weight, bias)
        return found, middle, kept(var, x)

    return standardized


def _row_of_means(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    mean = _mean(x)
    var = _mean((x - mean) ** 2)
    return _wrong_by()(x, mean, 1 / np.sqrt(var + eps), weight, bias), mean, var


def _squares_first(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    mean = _mean(x)
    var = _mean(x * x) - mean * mean
    return _wrong_by()(x, mean, 1 / np.sqrt(var + x.dtype.type(eps)), weight, bias), mean, var


def _twice_centred(x: Any, weight: Any, bias: Any, eps: float) -> Any:
    mean = _mean(x)
    centred = x - mean[:, None]
    var = _mean(centred * centred)
    return _wrong_by()(centred, mean, 1 / np.sqrt(var + eps), weight, bias), mean, var


register(
    Exercise(
        name="standardized",
        signature="standardized(x, weight, bias, eps) -> result, mean, variance",
        reference=late(
            lambda torch: shipped(_NORM, "channel_mean", "standardized_by", "standardized")
        ),
        cases=[
            Case(
                use=partial(_standard, shape=shape, **options),
                show=f"standardized(x, ...), x of shape {shape}{words}",
                tolerance=1e-5,
                hint=hint,
            )
            for shape, options, words, hint in (
                (
                    (5, 2, 1),
                    {},
                    "",
                    "Is `standardized_by` right? Else begin with it. Three things come back, in a "
                    "tuple: result, mean, variance.",
                ),
                ((3, 2, 4), {}, "", "Over rows and pixels, axes 0 and 2: `channel_mean`."),
                ((3, 2, 4), {"parameters": True}, ", weight and bias", "They go on to the other."),
                (
                    (4, 2, 3),
                    {"flat": True},
                    ", one channel constant",
                    "`eps` is added to the variance *before* the root: so nothing divides by 0.",
                ),
                (
                    (3, 2, 4),
                    {"dtype": np.float32},
                    ", float32",
                    "`x.dtype.type(eps)` keeps float32 in float32.",
                ),
                (
                    (3, 2, 4),
                    {"dtype": np.float32, "far": 4096.0},
                    ", float32, all numbers about 4096",
                    "First the distances to the mean, then their squares.",
                ),
            )
        ],
        misconceptions=[
            Misconception(
                "the mean of squares less the square of the mean",
                _squares_first,
                "On paper that is the variance, too. But of large numbers that lie close together "
                "nothing remains of it: take the distances to the mean first, then their squares.",
            ),
            Misconception(
                "unbiased",
                _wrong_standard(
                    kept=lambda var, x: (
                        var * x.shape[0] * x.shape[2] / (x.shape[0] * x.shape[2] - 1)
                    )
                ),
                "The variance that is given back is the biased one, divided by N.",
            ),
            Misconception(
                "no square",
                _wrong_standard(variance=lambda centred: _mean(abs(centred))),
                "The variance is the mean of the *squared* distances.",
            ),
            Misconception(
                "the mean as a row",
                _row_of_means,
                "The mean must stand as a column here, too: `x - mean[:, None]`.",
            ),
            Misconception(
                "the mean taken away twice",
                _twice_centred,
                "`standardized_by` subtracts the mean itself: give it `x`, not `centred`.",
            ),
            Misconception(
                "eps outside of the root",
                _wrong_standard(rstd=lambda var, eps: 1 / (np.sqrt(var) + eps)),
                "`eps` is added to the variance, before the root is taken.",
            ),
            Misconception(
                "the deviation, not one over it",
                _wrong_standard(rstd=lambda var, eps: np.sqrt(var + eps)),
                "`standardized_by` wants one over the deviation.",
            ),
        ],
        hint="Mean, distances, the mean of their squares, one over the root; then the other one.",
    )
)

# follow and track ---------------------------------------------------------------------------


def _followed(f: Any, torch: Any, momentum: float) -> Any:
    running, new = np.array([1.0, -2.0]), np.array([3.0, 4.0])
    f(running, new, momentum)
    again = running.copy()
    f(running, new, momentum)
    return again.tolist(), running.tolist(), new.tolist()


def _following(of: Callable[..., Any], place: bool = True) -> Any:
    def follow(running: Any, new: Any, momentum: float) -> Any:
        moved = of(running, new, momentum)
        if not place:
            return moved
        running[...] = moved
        return None

    return follow


register(
    Exercise(
        name="follow",
        signature="follow(running, new, momentum) -> None",
        reference=late(lambda torch: shipped(_NORM, "follow")),
        cases=[
            Case(
                use=partial(_followed, momentum=momentum),
                show=f"follow(running, new, {momentum}), twice",
                tolerance=1e-9,
                hint=hint,
            )
            for momentum, hint in (
                (0.1, "A tenth of the new, nine tenths of the old, written into `running`."),
                (1.0, "With 1 the old is forgotten."),
                (0.0, "With 0 nothing changes."),
            )
        ],
        misconceptions=[
            Misconception(
                "the share of the old",
                _following(lambda r, n, m: m * r + (1 - m) * n),
                "That is SGD's way. Here `momentum` is the share of the *new* one.",
            ),
            Misconception(
                "not in place",
                _following(lambda r, n, m: (1 - m) * r + m * n, place=False),
                "The layer's buffer stays as it was: it must be written into `running`, by "
                "`running[...] = ...`.",
            ),
            Misconception(
                "the new one alone",
                _following(lambda r, n, m: m * n),
                "And the old one's share?",
            ),
            Misconception(
                "added up",
                _following(lambda r, n, m: r + m * n),
                "It only grows: the old one must shrink by as much.",
            ),
        ],
        hint="`running[...] = (share of the old) * running + momentum * new`.",
    )
)


def _tracked(f: Any, torch: Any, count: int, momentum: float) -> Any:
    mean, var = np.array([0.0, 1.0]), np.array([1.0, 2.0])
    f(mean, var, np.array([2.0, 3.0]), np.array([4.0, 5.0]), count, momentum)
    return mean.tolist(), var.tolist()


def _tracking(
    unbiased: Callable[..., Any] = lambda var, n: var * (n / (n - 1)),
    moments: Callable[[float], tuple[float, float]] = lambda m: (m, m),
    mean_too: bool = True,
    variance_too: bool = True,
) -> Any:
    def track(
        running_mean: Any, running_var: Any, mean: Any, var: Any, count: int, momentum: float
    ) -> None:
        first, second = moments(momentum)
        if mean_too:
            running_mean[...] = (1 - first) * running_mean + first * mean
        if variance_too:
            running_var[...] = (1 - second) * running_var + second * unbiased(var, count)

    return track


register(
    Exercise(
        name="track",
        signature="track(running_mean, running_var, mean, var, count, momentum) -> None",
        reference=late(lambda torch: shipped(_NORM, "follow", "track")),
        cases=[
            Case(
                use=partial(_tracked, count=count, momentum=momentum),
                show=f"track(..., var, {count}, {momentum})",
                tolerance=1e-9,
                hint=hint,
            )
            for count, momentum, hint in (
                (2, 1.0, "With two numbers the unbiased variance is twice the biased one."),
                (5, 0.1, "Both move by the same share."),
                (1000, 0.5, "With many numbers the two variances are nearly alike."),
            )
        ],
        misconceptions=[
            Misconception(
                "biased",
                _tracking(unbiased=lambda var, n: var),
                "What is kept is the unbiased variance: times count, divided by count - 1.",
            ),
            Misconception(
                "the other way",
                _tracking(unbiased=lambda var, n: var * ((n - 1) / n)),
                "The unbiased variance is *larger* than the biased one.",
            ),
            Misconception(
                "the variance alone",
                _tracking(mean_too=False),
                "The running mean did not move.",
            ),
            Misconception(
                "nothing moves",
                _tracking(mean_too=False, variance_too=False),
                "Neither of the two moved. Does `follow` pass its check? `track` calls it twice.",
            ),
        ],
        hint="`follow` twice; the variance times count / (count - 1).",
    )
)

# dropout ------------------------------------------------------------------------------------


def _dropped(f: Any, torch: Any, p: float, training: bool = True) -> Any:
    torch.manual_seed(5)
    x = torch.arange(1.0, 13.0).reshape(3, 4).requires_grad_()
    source = x * 1
    found = f(source, p, training)
    (found * torch.arange(12.0).reshape(3, 4)).sum().backward()
    return found.detach(), source.detach(), x.grad, training or found is source


def _drawn_once(f: Any, torch: Any) -> Any:
    torch.manual_seed(5)
    first = f(torch.ones(6, 8), 0.5, True)
    return first, f(torch.ones(6, 8), 0.5, True), f(torch.ones(0, 3), 0.5, True).shape


def _dropping(
    kept: Callable[[Any, float], Any] = lambda x, p: x.bernoulli_(1 - p).div_(1 - p),
    off: Callable[[bool], bool] = lambda training: not training,
) -> Any:
    def make(torch: Any) -> Any:
        def dropout(x: Any, p: float, training: bool) -> Any:
            return x if off(training) else x * kept(torch.empty_like(x), p)

        return dropout

    return late(make)


def _shrunk(torch: Any) -> Any:
    def dropout(x: Any, p: float, training: bool) -> Any:
        return x * torch.empty_like(x).bernoulli_(1 - p) if training else x * (1 - p)

    return dropout


_shrinking = late(_shrunk)


def _overwritten(x: Any, p: float, training: bool) -> Any:
    return x * x.bernoulli_(1 - p) / (1 - p) if training else x


register(
    Exercise(
        name="dropout",
        signature="dropout(x, p, training) -> tensor",
        reference=_dropping(),
        cases=[
            Case(
                use=partial(_dropped, p=p, training=training),
                show=f"dropout(x, {p}, {training})",
                tolerance=1e-6,
                hint=hint,
            )
            for p, training, hint in (
                (0.5, True, "`bernoulli_(1 - p)`, divided by 1 - p, times x."),
                (0.2, True, "What is left grows by 1 / (1 - p) = 1.25."),
                (0.5, False, "Unless training, the tensor *itself* comes back, not a copy."),
                (0.0, True, "Nothing to drop."),
            )
        ]
        + [
            Case(
                use=_drawn_once,
                show="dropout(ones, 0.5, True), twice; and with an empty x",
                tolerance=1e-6,
                hint="Draw anew in each call, once for each number, and nothing besides.",
            )
        ],
        misconceptions=[
            Misconception(
                "nothing grows",
                _dropping(kept=lambda x, p: x.bernoulli_(1 - p)),
                "The right numbers are dropped, but the others must grow by 1 / (1 - p).",
            ),
            Misconception(
                "p is kept",
                _dropping(kept=lambda x, p: x.bernoulli_(p).div_(p)),
                "`p` is the share that is *dropped*. Ones come with probability 1 - p.",
            ),
            Misconception(
                "p is kept, and grows as if it were dropped",
                _dropping(kept=lambda x, p: x.bernoulli_(p).div_(1 - p)),
                "`p` is the share that is *dropped*. Ones come with probability 1 - p.",
            ),
            Misconception(
                "grows by 1 / p",
                _dropping(kept=lambda x, p: x.bernoulli_(1 - p).div_(p)),
                "A share of 1 - p is left: what is left grows by 1 / (1 - p).",
            ),
            Misconception(
                "the ones are dropped",
                _dropping(kept=lambda x, p: (1 - x.bernoulli_(p)) / (1 - p)),
                "That is dropout, too, but other numbers fall than in PyTorch: draw by "
                "`bernoulli_(1 - p)`.",
            ),
            Misconception(
                "the other mode",
                _dropping(off=lambda training: training),
                "It drops in eval mode, and in training nothing: the other way round.",
            ),
            Misconception(
                "made up for in eval mode",
                _shrinking,
                "Some books do it like that. PyTorch makes up for it in training, by 1 / (1 - p), "
                "so that eval mode has nothing to do.",
            ),
            Misconception(
                "x itself is filled",
                _overwritten,
                "The draw overwrites `x`: its numbers are gone. Draw into a tensor *like* x, "
                "`torch.empty_like(x)`.",
            ),
            Misconception(
                "always",
                _dropping(off=lambda training: False),
                "It drops in eval mode, too: look at `training`.",
            ),
            Misconception(
                "other draws",
                _dropping(kept=lambda x, p: (x.uniform_() > p) / (1 - p)),
                "That is dropout, too, but other numbers fall than in PyTorch: draw by "
                "`bernoulli_(1 - p)`.",
            ),
            Misconception(
                "other draws by rand below",
                _dropping(kept=lambda x, p: (x.uniform_() < 1 - p) / (1 - p)),
                "That is dropout, too, but other numbers fall than in PyTorch: draw by "
                "`bernoulli_(1 - p)`.",
            ),
        ],
        hint="When does nothing happen? Else: draw, divide, multiply.",
    )
)

# largest ------------------------------------------------------------------------------------


def _windows(*windows: tuple[int, ...]) -> Any:
    make = importlib.import_module(f"{ROOT}._core.windows").Windows
    return [make(*window) for window in windows]


def _largest(f: Any, torch: Any, array: Any, windows: Any) -> Any:
    before = array.copy()
    found = f(array, _windows(*windows))
    if not isinstance(found, tuple):
        return f"a {type(found).__name__}"
    best, winners = found
    same = bool(np.array_equal(array, before, equal_nan=array.dtype.kind == "f"))
    return best, str(best.dtype), winners.index.tolist(), same


_PICTURE = np.array([[3.0, 3.0, 4.0, 1.0], [5.0, 3.0, 2.0, 6.0], [5.0, 1.0, 6.0, 6.0]])
_LOW = -np.inf
_ODD = np.array([[1.0, np.nan, 2.0], [_LOW, _LOW, np.nan], [_LOW, _LOW, 3.0]])


def _choosing(
    better: Callable[..., Any] = lambda here, best, index: (
        (here > best) | (here != here) | (index < 0)
    ),
    where: bool = True,
    into: bool = True,
) -> Any:
    def make(torch: Any) -> Any:
        pool = importlib.import_module(f"{ROOT}.{_POOL}")

        def largest(input: Any, windows: Any) -> Any:
            lead, size = input.shape[: -len(windows)], pool.sizes(windows, False)
            lowest = -np.inf if input.dtype.kind == "f" else np.iinfo(input.dtype).min
            best = np.full((*lead, *pool.sizes(windows)), lowest, input.dtype)
            index = np.full(best.shape, -1, np.int64)
            places = np.arange(np.prod(size, dtype=np.int64), dtype=np.int64).reshape(size)
            for outs, ins in pool.taps(windows):
                here = input[ins]
                found = better(here, best[outs], index[outs])
                if not into:
                    best = np.where(found, here, best[outs])
                    index = np.where(found, places[ins], index[outs])
                    continue
                best[outs] = np.where(found, here, best[outs])
                index[outs] = np.where(found, places[ins], index[outs]) if where else places[ins]
            return best, pool.Winners(index, lead, size)

        return largest

    return late(make)


register(
    Exercise(
        name="largest",
        signature="largest(input, windows) -> array, Winners",
        reference=_choosing(),
        cases=[
            Case(
                use=partial(_largest, array=array, windows=windows),
                show=f"largest({words})",
                hint=hint,
            )
            for array, windows, words, hint in (
                (
                    np.arange(16.0).reshape(1, 4, 4),
                    ((4, 2, 2), (4, 2, 2)),
                    "0 to 15 as 4 by 4, windows of 2",
                    "Keep the larger of the two, and where it stands.",
                ),
                (
                    _PICTURE[None],
                    ((3, 2, 1), (4, 2, 1)),
                    "a picture with equal numbers, windows of 2 that overlap",
                    "The first of equals wins: `>`.",
                ),
                (
                    _ODD[None],
                    ((3, 2, 1), (3, 2, 1)),
                    "numbers with nan and -inf, windows of 2",
                    "nan wins, the last of them; and among -inf alone the first was found, too: "
                    "`index[outs] < 0`.",
                ),
                (
                    _PICTURE[None, None, 0],
                    ((4, 3, 2, 1),),
                    "a row, windows of 3, stride 2, padding 1",
                    "`taps` knows about the border.",
                ),
                (
                    -np.arange(6, dtype=np.int64)[None],
                    ((6, 2, 2),),
                    "whole numbers below zero",
                    "Nothing found yet counts as less than any number.",
                ),
            )
        ],
        misconceptions=[
            Misconception(
                "the last of equals",
                _choosing(better=lambda here, best, index: (here >= best) | (here != here)),
                "Of equal numbers the *first* wins: `>`, not `>=`.",
            ),
            Misconception(
                "nan is lost",
                _choosing(better=lambda here, best, index: (here > best) | (index < 0)),
                "nan is larger than nothing, and so it is lost: `here != here` finds it.",
            ),
            Misconception(
                "the first is not asked",
                _choosing(better=lambda here, best, index: (here > best) | (here != here)),
                "Where all are -inf nothing is larger than the start, and `index` stays -1: "
                "`index[outs] < 0`, too.",
            ),
            Misconception(
                "larger alone",
                _choosing(better=lambda here, best, index: here > best),
                "Two cases are missing: nan, and nothing found yet.",
            ),
            Misconception(
                "the smallest",
                _choosing(
                    better=lambda here, best, index: (here < best) | (here != here) | (index < 0)
                ),
                "That is the smallest.",
            ),
            Misconception(
                "the last place",
                _choosing(where=False),
                "The numbers are right, but `index` says where you looked last, not who won.",
            ),
            Misconception(
                "new arrays",
                _choosing(into=False),
                "At a border `outs` are not all the windows: write *into* `best[outs]` and "
                "`index[outs]`. `best = ...` would forget the others.",
            ),
        ],
        hint="Larger, or nan, or the first: then put number and place there.",
    )
)


# Winners ------------------------------------------------------------------------------------


def _winning(
    add: bool = True, image: bool = True, dtype: Any = None, flat: bool = False, grads: bool = True
) -> Any:
    """`Winners`, or one whose `place` makes a mistake."""

    class Winners:
        def __init__(self, index: Any, lead: Any, size: Any) -> None:
            self.index, self.lead, self.size = index, lead, size

        def rows(self, array: Any) -> Any:
            return array.reshape(math.prod(self.lead), math.prod(array.shape[len(self.lead) :]))

        def place(self, grad: Any) -> Any:
            shape = math.prod(self.lead), math.prod(self.size)
            zeros = np.zeros(shape, dtype or grad.dtype)
            numbers, found = self.rows(self.index), self.rows(grad)
            found = found if grads else np.ones_like(found)
            where = np.arange(len(zeros))[:, None] if image else np.zeros((len(zeros), 1), int)
            if add:
                np.add.at(zeros, (where, numbers), found)
            else:
                zeros[where, numbers] = found
            return zeros if flat else zeros.reshape(*self.lead, *self.size)

    return Winners


_WON: list[tuple[Any, tuple[int, ...], tuple[int, ...], str]] = [
    ([[5, 7], [13, 15]], (), (4, 4), "One image: 5 is row 1, column 1 of 4 by 4."),
    ([[1, 2], [0, 3]], (2,), (5,), "Two images, each with a row of its own."),
    ([[[[4, 4], [4, 4]]]], (1, 1), (3, 3), "Four windows found the same place: add up."),
    ([[[0], [2]], [[1], [1]]], (2, 2), (3,), "Two dims in front: (2, 2, 3) comes back."),
    ([], (0,), (2, 2), "No images: an array of shape (0, 2, 2)."),
]


def _placed_home(Winners: Any, torch: Any, *, index: Any, lead: Any, size: Any) -> Any:
    places = np.array(index, np.int64).reshape(*lead, *np.shape(index)[len(lead) :] or (1,))
    grad = (0.5 + np.arange(places.size, dtype=np.float32)).reshape(places.shape)
    found = Winners(places, lead, size).place(grad)
    if not isinstance(found, np.ndarray):
        return found
    return {"shape": found.shape, "dtype": str(found.dtype), "numbers": found.tolist()}


register(
    Exercise(
        name="Winners",
        signature="class Winners: place(self, grad) -> array",
        reference=_winning(),
        cases=[
            Case(
                use=partial(_placed_home, index=index, lead=lead, size=size),
                show=f"Winners({index}, lead {lead}, size {size}).place(grad)",
                hint=hint,
            )
            for index, lead, size, hint in _WON
        ],
        misconceptions=[
            Misconception(
                "the last one only",
                _winning(add=False),
                "Where windows overlap a place may win more than once, and you keep one gradient "
                "of them. `np.add.at` adds every one; `=` and `+=` do not.",
            ),
            Misconception(
                "one image for all",
                _winning(image=False),
                "All gradients go to the first image. Row n belongs to image n: "
                "np.arange(len(zeros))[:, None].",
            ),
            Misconception(
                "another dtype",
                _winning(dtype=np.float64),
                "Your zeros are float64. They have the dtype of the gradient: grad.dtype.",
            ),
            Misconception(
                "still in rows",
                _winning(flat=True),
                "The numbers are right, but still one row for each image: reshape to "
                "(*self.lead, *self.size).",
            ),
            Misconception(
                "ones",
                _winning(grads=False),
                "You mark who won. What is to go there is the gradient: self.rows(grad).",
            ),
        ],
        hint="Zeros in rows, add the gradients at the places that won, and reshape.",
    )
)
