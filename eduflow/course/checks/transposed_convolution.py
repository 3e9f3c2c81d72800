"""Checks on transposed convolution: stamps, sizes, zeros between, and output_padding."""

from typing import Any

from . import Case, Exercise, Misconception, late, register


def _stamps(x: list[float], kernel: list[float], stride: int) -> list[float]:
    """The sum of all stamps, as long as the last one reaches."""
    result = [0.0] * ((len(x) - 1) * stride + len(kernel))
    for i, number in enumerate(x):
        for tap, weight in enumerate(kernel):
            result[i * stride + tap] += number * weight
    return result


def _overwritten(x: list[float], kernel: list[float], stride: int) -> list[float]:
    result = [0.0] * ((len(x) - 1) * stride + len(kernel))
    for i, number in enumerate(x):
        for tap, weight in enumerate(kernel):
            result[i * stride + tap] = number * weight
    return result


def _turned(x: list[float], kernel: list[float], stride: int) -> list[float]:
    return _stamps(x, kernel[::-1], stride)


def _side_by_side(x: list[float], kernel: list[float], stride: int) -> list[float]:
    return _stamps(x, kernel, len(kernel))


register(
    Exercise(
        name="stamps",
        signature="stamps(x, kernel, stride) -> list of floats",
        reference=_stamps,
        cases=[
            Case(args=([2.0], [1.0, 10.0, 100.0], 1), hint="A single number: just one stamp."),
            Case(args=([1.0, 2.0, 3.0], [1.0, 10.0, 100.0], 2)),
            Case(args=([1.0, 2.0, 3.0, 4.0], [1.0, 1.0, 1.0], 1), hint="Stamps 1 apart overlap."),
            Case(args=([1.0, 2.0], [1.0, 10.0], 3), hint="Between stamps that lie far apart: 0."),
        ],
        misconceptions=[
            Misconception(
                "overwritten",
                _overwritten,
                "Where stamps overlap you keep only the last one. They are added up: use +=.",
            ),
            Misconception(
                "kernel turned around",
                _turned,
                "Your kernel lies the wrong way round. A stamp has the kernel as it is; only the "
                "second picture, with the sliding window, turns it around.",
            ),
            Misconception(
                "side by side",
                _side_by_side,
                "You laid the stamps side by side. They lie `stride` apart, however long they are.",
            ),
        ],
        hint="Begin with zeros, and add x[i] * kernel[tap] at place i * stride + tap.",
    )
)


def _enlarged(
    n: int,
    kernel: int,
    stride: int = 1,
    padding: int = 0,
    output_padding: int = 0,
    dilation: int = 1,
) -> int:
    """The size of a transposed convolution's output."""
    return (n - 1) * stride + dilation * (kernel - 1) + 1 - 2 * padding + output_padding


def _padding_adds(n: int, kernel: int, stride: int = 1, padding: int = 0, *rest: int) -> int:
    return _enlarged(n, kernel, stride, -padding, *rest)


def _times_stride(n: int, kernel: int, stride: int = 1, padding: int = 0, *rest: int) -> int:
    return _enlarged(n, kernel, stride, padding, *rest) + stride


def _no_dilation(
    n: int, kernel: int, stride: int = 1, padding: int = 0, output_padding: int = 0, *rest: int
) -> int:
    return _enlarged(n, kernel, stride, padding, output_padding)


register(
    Exercise(
        name="enlarged",
        signature="enlarged(n, kernel, stride, padding, output_padding, dilation) -> int",
        reference=_enlarged,
        cases=[
            Case(args=(1, 3), hint="One number stamps one kernel."),
            Case(args=(3, 3, 2), hint="The last of 3 stamps begins at (3 - 1) * 2."),
            Case(args=(3, 3, 2, 1), hint="Padding cuts off a place at each end."),
            Case(args=(3, 3, 2, 1, 1)),
            Case(args=(4, 3, 1, 0, 0, 2), hint="With dilation 2 a kernel of 3 reaches over 5."),
            Case(args=(5, 4, 3, 2, 2, 3)),
        ],
        misconceptions=[
            Misconception(
                "padding adds",
                _padding_adds,
                "You let padding add places. The convolution had added them; the way back takes "
                "them off again.",
            ),
            Misconception(
                "n times stride",
                _times_stride,
                "Your result is one stride too long. The first stamp begins at 0, so the last one "
                "begins at (n - 1) * stride.",
            ),
            Misconception(
                "no dilation",
                _no_dilation,
                "You left dilation out. It spreads the kernel: it reaches over "
                "dilation * (kernel - 1) + 1 places.",
            ),
        ],
        hint="Where does the last stamp end? Then cut off padding at both ends.",
    )
)


def _make_zeros_between(torch: Any) -> Any:
    def zeros_between(x: Any, stride: int) -> Any:
        batch, channels, height, width = x.shape
        sizes = (height - 1) * stride + 1, (width - 1) * stride + 1
        result = torch.zeros(batch, channels, *sizes)
        result[:, :, ::stride, ::stride] = x
        return result

    return zeros_between


def _make_zeros_behind(torch: Any) -> Any:
    def zeros_behind(x: Any, stride: int) -> Any:
        batch, channels, height, width = x.shape
        result = torch.zeros(batch, channels, height * stride, width * stride)
        result[:, :, ::stride, ::stride] = x
        return result

    return zeros_behind


def _make_one_more(torch: Any) -> Any:
    def one_more(x: Any, stride: int) -> Any:
        return _make_zeros_between(torch)(x, stride + 1)

    return one_more


def _make_rows_only(torch: Any) -> Any:
    def rows_only(x: Any, stride: int) -> Any:
        batch, channels, height, width = x.shape
        result = torch.zeros(batch, channels, (height - 1) * stride + 1, width)
        result[:, :, ::stride] = x
        return result

    return rows_only


def _image(torch: Any, height: int, width: int) -> Any:
    return torch.arange(1.0, height * width + 1).reshape(1, 1, height, width)


register(
    Exercise(
        name="zeros-between",
        signature="zeros_between(x, stride) -> tensor (N, C, ...) with zeros between",
        reference=late(_make_zeros_between),
        cases=[
            Case(
                args=lambda torch: (_image(torch, 2, 2), 2),
                show="f(a 2x2 image, 2)",
                hint="Two numbers and one zero between them: 3x3.",
            ),
            Case(args=lambda torch: (_image(torch, 2, 3), 1), show="f(a 2x3 image, 1)"),
            Case(args=lambda torch: (_image(torch, 3, 2), 3), show="f(a 3x2 image, 3)"),
            Case(
                args=lambda torch: (torch.ones(2, 3, 2, 2), 2), show="f(torch.ones(2, 3, 2, 2), 2)"
            ),
        ],
        misconceptions=[
            Misconception(
                "zeros behind",
                late(_make_zeros_behind),
                "You put zeros behind the last number as well. They stand only between numbers: "
                "(n - 1) * stride + 1 places.",
            ),
            Misconception(
                "stride zeros",
                late(_make_one_more),
                "You put `stride` zeros between neighbours. It is one less: with stride 1 nothing "
                "changes.",
            ),
            Misconception(
                "rows only",
                late(_make_rows_only),
                "You spread the rows, but not the columns.",
            ),
        ],
        hint="Make zeros of the final shape, then assign to every stride-th place.",
    )
)


def _sizes_that_give(n: int, kernel: int, stride: int, padding: int) -> list[int]:
    """All input sizes of which a convolution makes the size n."""
    smallest = (n - 1) * stride + kernel - 2 * padding
    return [size for size in range(smallest, smallest + stride) if size > 0]


def _only_the_smallest(n: int, kernel: int, stride: int, padding: int) -> list[int]:
    return _sizes_that_give(n, kernel, stride, padding)[:1]


def _one_too_many(n: int, kernel: int, stride: int, padding: int) -> list[int]:
    smallest = (n - 1) * stride + kernel - 2 * padding
    return [size for size in range(smallest, smallest + stride + 1) if size > 0]


def _with_zero(n: int, kernel: int, stride: int, padding: int) -> list[int]:
    smallest = (n - 1) * stride + kernel - 2 * padding
    return list(range(smallest, smallest + stride))


register(
    Exercise(
        name="sizes-that-give",
        signature="sizes_that_give(n, kernel, stride, padding) -> list of ints",
        reference=_sizes_that_give,
        cases=[
            Case(args=(3, 3, 2, 1), hint="The picture at the top shows two of them."),
            Case(args=(3, 3, 2, 0)),
            Case(args=(4, 3, 1, 0), hint="At stride 1 no two sizes fall together."),
            Case(args=(2, 4, 3, 1)),
            Case(args=(1, 2, 3, 1), hint="A signal has at least one number."),
        ],
        misconceptions=[
            Misconception(
                "only the smallest",
                _only_the_smallest,
                "You found the smallest size only. The division rounds down, so the stride - 1 "
                "sizes after it give the same.",
            ),
            Misconception(
                "one too many",
                _one_too_many,
                "Your list is one too long. One stride further another window fits in, and the "
                "result is n + 1.",
            ),
            Misconception(
                "no signal at all",
                _with_zero,
                "A size of 0 or below is in your list. There is no such signal.",
            ),
        ],
        hint="Solve floor((size + 2 * padding - kernel) / stride) + 1 = n for size.",
    )
)


def _which(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    """The output_padding that makes `wanted` of n."""
    missing = wanted - _enlarged(n, kernel, stride, padding)
    if not 0 <= missing < stride:
        raise ValueError(f"no output_padding makes {wanted} of {n}")
    return missing


def _always_the_most(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    _which(n, wanted, kernel, stride, padding)
    return stride - 1


def _always_the_most_unasked(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    return stride - 1


def _never_raises(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    return wanted - _enlarged(n, kernel, stride, padding)


def _only_too_large(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    missing = wanted - _enlarged(n, kernel, stride, padding)
    if missing >= stride:
        raise ValueError(f"{wanted} is out of reach")
    return missing


def _only_too_small(n: int, wanted: int, kernel: int, stride: int, padding: int) -> int:
    missing = wanted - _enlarged(n, kernel, stride, padding)
    if missing < 0:
        raise ValueError(f"{wanted} is out of reach")
    return missing


_NOT_ALWAYS_THE_MOST = (
    "You always take stride - 1. That is right only when `wanted` is the largest size in reach, "
    "as n * stride is for odd kernels with padding (kernel - 1) / 2."
)
_RAISE = "`raise ValueError(...)`; returning it, or nothing, is not raising."


register(
    Exercise(
        name="which-output-padding",
        signature="which_output_padding(n, wanted, kernel, stride, padding) -> int",
        reference=_which,
        cases=[
            Case(args=(3, 6, 3, 2, 1)),
            Case(args=(3, 5, 3, 2, 1), hint="5 comes out by itself."),
            Case(args=(4, 8, 4, 2, 1), hint="The kernel is even: nothing is missing."),
            Case(args=(2, 7, 3, 3, 0)),
            Case(args=(3, 7, 3, 2, 1), raises=ValueError, hint=_RAISE),
            Case(args=(3, 4, 3, 2, 1), raises=ValueError, hint=_RAISE),
        ],
        misconceptions=[
            Misconception("always stride - 1", _always_the_most, _NOT_ALWAYS_THE_MOST),
            Misconception("stride - 1 unasked", _always_the_most_unasked, _NOT_ALWAYS_THE_MOST),
            Misconception(
                "never raises",
                _never_raises,
                "You return a number even where none is allowed. output_padding is at least 0 and "
                "below the stride; otherwise raise ValueError.",
            ),
            Misconception(
                "too small is fine",
                _only_too_large,
                "You refuse sizes that are too large, but not those that are too small. A negative "
                "output_padding does not exist.",
            ),
            Misconception(
                "too large is fine",
                _only_too_small,
                "You refuse sizes that are too small, but not those that are too large. At "
                "output_padding = stride the convolution would lead back to n + 1.",
            ),
        ],
        hint="How many places are missing when output_padding is 0?",
    )
)
