"""Pictures take tensors as they are and give back axes."""

from __future__ import annotations

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pytest

import eduflow as torch
from eduflow import show


@pytest.fixture(autouse=True)
def quiet():
    """No window opens, and no figure stays."""
    before = mpl.get_backend()
    plt.switch_backend("agg")
    yield
    plt.close("all")
    plt.switch_backend(before)


@pytest.mark.parametrize(
    ("size", "rows", "columns"),
    [
        ((8, 8), 1, 1),
        ((3, 8, 8), 1, 1),
        ((7, 8, 8), 1, 7),
        ((12, 1, 8, 8), 2, 10),
        ((4, 3, 8, 8), 1, 4),
    ],
)
def test_images_of_every_size(size, rows, columns):
    axes = show.images(torch.rand(size))
    assert axes.shape == (rows, columns)
    assert sum(bool(axis.images) for axis in axes.flat) == (size[0] if len(size) > 3 else columns)


def test_images_show_the_numbers_and_the_titles():
    pictures = torch.arange(18.0).view(2, 3, 3)
    axes = show.images(pictures, titles=torch.tensor([4, 7]))
    shown = np.asarray(axes[0, 1].images[0].get_array())
    assert shown.tolist() == pictures[1].tolist()
    assert [axis.get_title() for axis in axes.flat] == ["4", "7"]
    assert axes[0, 0].images[0].get_clim() == (0, 17)


def test_kernels_have_one_scale_with_white_at_zero():
    weight = torch.arange(-4.0, 32).view(4, 1, 3, 3)
    weight.requires_grad_()
    axes = show.kernels(weight)
    assert axes.shape == (4, 1)
    assert {axis.images[0].get_clim() for axis in axes.flat} == {(-31, 31)}


def test_confusion_counts():
    axis = show.confusion(torch.tensor([0, 2, 2, 1]), torch.tensor([0, 2, 1, 1]), "abc")
    table = np.asarray(axis.images[0].get_array())
    assert table.tolist() == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert [label.get_text() for label in axis.get_xticklabels()] == list("abc")


def test_what_cannot_be_drawn():
    with pytest.raises(ValueError, match=r"size \(5,\)"):
        show.images(torch.ones(5))
    with pytest.raises(ValueError, match=r"size \(5,\)"):
        show.kernels(torch.ones(5))
    with pytest.raises(ValueError, match="2 guesses do not fit 3 labels"):
        show.confusion(torch.tensor([1, 2]), torch.tensor([1, 2, 3]))
