"""The geometry of convolutions, at every position of the sliders."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import eduflow as torch
from eduflow import show
from eduflow.show.convolution import LIMITS, convolution_axis, transposed_axis


def settings(*names):
    """Every position of these sliders, as keyword arguments."""
    ranges = [range(LIMITS[name][0], LIMITS[name][1] + 1) for name in names]
    return [dict(zip(names, values, strict=True)) for values in itertools.product(*ranges)]


CONVOLUTIONS = settings("input", "kernel_size", "stride", "padding", "dilation")
TRANSPOSED = settings("input", "kernel_size", "stride", "padding", "output_padding", "dilation")


def convolved(row, weight, stride, padding, dilation):
    """A convolution in one dim, step by step."""
    row = np.pad(row, padding)
    reach = dilation * (len(weight) - 1) + 1
    starts = range(0, len(row) - reach + 1, stride)
    return [row[start : start + reach : dilation] @ weight for start in starts]


def scattered(row, weight, stride, padding, output_padding, dilation):
    """A transposed convolution in one dim: every input stamps the weight into the output."""
    canvas = np.zeros((len(row) - 1) * stride + dilation * (len(weight) - 1) + 1 + output_padding)
    for place, value in enumerate(row):
        for tap, factor in enumerate(weight):
            canvas[place * stride + tap * dilation] += value * factor
    return canvas[padding : len(canvas) - padding].tolist()


def fed(facts, row, weight):
    return [sum(row[place] * weight[tap] for place, tap in pairs) for pairs in facts["feeds"]]


def numbers(count, start):
    """Whole numbers without a pattern, so that sums are exact."""
    return (np.arange(start, start + count) ** 2 % 17).astype(float)


def test_convolution_at_every_position():
    for s in CONVOLUTIONS:
        facts, rest = convolution_axis(**s), dict(s)
        row, weight = numbers(rest.pop("input"), 3), numbers(rest.pop("kernel_size"), 5)
        assert fed(facts, row, weight) == convolved(row, weight, **rest), s
        assert bool(facts["error"]) == (facts["size"] == 0)


def test_transposed_convolution_at_every_position():
    for s in TRANSPOSED:
        facts, rest = transposed_axis(**s), dict(s)
        row, weight = numbers(rest.pop("input"), 3), numbers(rest.pop("kernel_size"), 5)
        if facts["error"]:
            assert facts["feeds"] == facts["stretched"] == []
            continue
        wanted = scattered(row, weight, **rest)
        assert fed(facts, row, weight) == wanted, s
        stretched = np.array([0 if place < 0 else row[place] for place in facts["stretched"]])
        again = convolved(stretched, weight[::-1], 1, 0, s["dilation"])
        assert again == wanted, s


def test_the_library_convolves_the_same():
    F = torch.nn.functional
    for s in CONVOLUTIONS:
        facts, rest = convolution_axis(**s), dict(s)
        row, weight = numbers(rest.pop("input"), 3), numbers(rest.pop("kernel_size"), 5)
        x, w = (torch.from_numpy(each).reshape(1, 1, -1) for each in (row, weight))
        if facts["error"]:
            with pytest.raises(RuntimeError, match="Kernel size can't be greater"):
                F.conv1d(x, w, **rest)
        else:
            assert fed(facts, row, weight) == F.conv1d(x, w, **rest).flatten().tolist(), s


def test_the_library_transposes_the_same():
    F = torch.nn.functional
    for s in TRANSPOSED:
        facts, rest = transposed_axis(**s), dict(s)
        row, weight = numbers(rest.pop("input"), 3), numbers(rest.pop("kernel_size"), 5)
        x, w = (torch.from_numpy(each).reshape(1, 1, -1) for each in (row, weight))
        if facts["error"]:
            with pytest.raises(RuntimeError, match=r"output padding must be|too small"):
                F.conv_transpose1d(x, w, **rest)
        else:
            assert fed(facts, row, weight) == F.conv_transpose1d(x, w, **rest).flatten().tolist(), s


def test_each_output_padding_returns_its_own_size():
    for s in TRANSPOSED:
        for extra, size, back in transposed_axis(**s)["sizes"]:
            facts = transposed_axis(**{**s, "output_padding": extra})
            assert facts["size"] == size
            inputs = {**s, "input": size}
            del inputs["output_padding"]
            assert convolution_axis(**inputs)["size"] == max(back, 0)
            if extra < s["stride"]:
                assert back == s["input"], "a convolution leads back to where we came from"


def test_what_is_said():
    assert "5 by 5" in show.transposed_convolution(3, 3, 2, 1).alt
    assert "0 gives 5, 1 gives 6" in show.transposed_convolution(3, 3, 2, 1).alt
    assert "by output_padding: none." in show.transposed_convolution(2, 3, 2, 3).alt
    assert "output_padding must be smaller" in show.transposed_convolution(3, 3, 1, 0, 1).alt
    assert "reaches over 4 cells, and there are 2" in show.convolution(2, 4).alt
    with pytest.raises(ValueError, match="kernel_size goes from 1 to 4, got 9"):
        show.convolution(5, 9)
    with pytest.raises(ValueError, match="'scatter' or"):
        show.transposed_convolution(picture="other")
