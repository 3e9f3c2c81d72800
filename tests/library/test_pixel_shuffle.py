"""pixel_shuffle, pixel_unshuffle and channel_shuffle, as functions and modules."""

import numpy as np

import eduflow
from eduflow.autograd import gradgradcheck
from tests.library.graded import graded, numbers
from tests.oracle import raised


def both(torch, name):
    """A function under its two names: torch.pixel_shuffle is nn.functional.pixel_shuffle."""
    return getattr(torch, name), getattr(torch.nn.functional, name)


def test_values_gradients_and_names(same):
    def run(torch):
        found = []
        for name, shape, factor in (
            ("pixel_shuffle", (1, 8, 2, 3), 2),
            ("pixel_shuffle", (9, 1, 2), 3),
            ("pixel_shuffle", (2, 1, 4, 1, 1), 2),
            ("pixel_shuffle", (2, 3, 2, 2), 1),
            ("pixel_unshuffle", (1, 2, 4, 6), 2),
            ("pixel_unshuffle", (3, 6), 3),
            ("pixel_unshuffle", (1, 3, 6), 3),
            ("channel_shuffle", (2, 6, 1, 2), 3),
            ("channel_shuffle", (1, 4, 3), 2),
            ("channel_shuffle", (1, 4, 1, 1, 2), 4),
        ):
            x = numbers(*shape)
            for function in both(torch, name):
                found.append(graded(torch, lambda t, x, f=function, n=factor: f(x, n), x))
        return found

    same(run)


def test_any_dtype(same):
    def run(torch):
        x = torch.arange(8).reshape(1, 8, 1, 1)
        return [
            torch.pixel_shuffle(x, 2),
            torch.pixel_unshuffle(x.reshape(1, 1, 2, 4) > 3, 2),
            torch.channel_shuffle(x.to(torch.uint8), 4),
        ]

    same(run)


def test_errors(same):
    def run(torch):
        one = torch.ones
        calls = [
            lambda: torch.pixel_shuffle(one(1, 7, 3, 3), 2),
            lambda: torch.pixel_shuffle(one(7, 3), 2),
            lambda: torch.pixel_shuffle(one(1, 8, 3, 3), 0),
            lambda: torch.pixel_shuffle(one(1, 8, 3, 3), -1),
            lambda: torch.pixel_shuffle(one(1, 8, 3, 3), 2.0),
            lambda: torch.pixel_unshuffle(one(1, 8, 3, 4), 2),
            lambda: torch.pixel_unshuffle(one(1, 8, 4, 3), 2),
            lambda: torch.pixel_unshuffle(one(8, 4), 2),
            lambda: torch.pixel_unshuffle(one(1, 8, 4, 4), 0),
            lambda: torch.channel_shuffle(one(1, 7, 3, 3), 2),
            lambda: torch.channel_shuffle(one(8, 3), 2),
            lambda: torch.channel_shuffle(one(1, 8, 3), 0),
            lambda: torch.channel_shuffle(one(1, 8, 3), -2),
        ]
        return [raised(call) for call in calls]

    same(run)


def test_derivatives_of_derivatives():
    x = eduflow.tensor(numbers(1, 4, 2, 2), requires_grad=True)
    assert gradgradcheck(lambda x: eduflow.pixel_shuffle(x * x, 2), (x,))
    assert gradgradcheck(lambda x: eduflow.pixel_unshuffle(x * x, 2), (x,))
    assert gradgradcheck(lambda x: eduflow.channel_shuffle(x * x, 4), (x,))


def test_there_and_back():
    x = eduflow.tensor(numbers(2, 8, 3, 5))
    assert np.array_equal(eduflow.pixel_unshuffle(eduflow.pixel_shuffle(x, 2), 2), x)
    assert np.array_equal(eduflow.channel_shuffle(eduflow.channel_shuffle(x, 2), 4), x)


def test_modules(same):
    def run(torch):
        nn, x = torch.nn, torch.arange(16.0).reshape(1, 4, 2, 2)
        made = nn.PixelShuffle(2), nn.PixelUnshuffle(2), nn.ChannelShuffle(2)
        return [[repr(module), module(x)] for module in made]

    same(run)


def test_results_have_memory_of_their_own():
    x = eduflow.ones(1, 4, 1, 1)
    for moved in (
        eduflow.pixel_shuffle(x, 1),
        eduflow.pixel_shuffle(x, 2),
        eduflow.pixel_unshuffle(x, 1),
        eduflow.channel_shuffle(x, 4),
    ):
        moved.zero_()
    assert bool((x == 1).all())
