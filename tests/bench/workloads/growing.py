"""Workloads of any size, by what grows: each is made for one library and one size."""

import numpy as np


def _mlp(torch, batch, width, depth):
    numbers = np.random.default_rng(0)

    def make(*shape):
        return torch.from_numpy(numbers.standard_normal(shape, dtype=np.float32) * np.float32(0.05))

    x, layers = make(batch, width), [make(width, width) for _ in range(depth)]
    for weight in layers:
        weight.requires_grad_()

    def run():
        h = x
        for weight in layers:
            h = (h @ weight).relu()
        h.sum().backward()
        for weight in layers:
            weight.grad = None

    return run


def batch(torch, size):
    """Rows of a batch through three layers of 128."""
    return _mlp(torch, size, 128, 3)


def width(torch, size):
    """The width of three layers, with batch 32."""
    return _mlp(torch, 32, size, 3)


def depth(torch, size):
    """The number of layers of width 32, with batch 8."""
    return _mlp(torch, 8, 32, size)


def chain(torch, size):
    """The length of a chain of operations on 4 numbers."""
    x = torch.ones(4, requires_grad=True)

    def run():
        y = x
        for _ in range(size):
            y = y * 1.001
        y.sum().backward()
        x.grad = None

    return run


# By what grows: the sizes that are tried.
GROWING = {
    batch: (64, 256, 1024, 4096),
    width: (32, 128, 512, 1024),
    depth: (4, 16, 64, 256),
    chain: (64, 256, 1024, 4096),
}
