"""What is timed: each workload is made for one library and returns a function to run."""

import numpy as np


def tiny_ops(torch):
    """200 chained operations on 4 numbers, forward and backward."""
    x = torch.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)
    w = torch.tensor([0.9, 1.1, 0.8, 1.2])

    def run():
        y = x
        for _ in range(50):
            y = y * w
            y = y + w
            y = y - 0.5
            y = y.tanh()
        y.sum().backward()
        x.grad = None

    return run


def tiny_arithmetic(torch):
    """200 chained additions and products with Python numbers, forward and backward."""
    x = torch.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)

    def run():
        y = x
        for _ in range(100):
            y = y * 1.01
            y = y + 0.01
        y.sum().backward()
        x.grad = None

    return run


def softmax_regression(torch):
    """One step of softmax regression: 64 pixels, 10 classes, batch 256."""
    numbers = np.random.default_rng(0)
    images = torch.from_numpy(numbers.random((256, 64), dtype=np.float32))
    targets = torch.from_numpy(np.eye(10, dtype=np.float32)[numbers.integers(0, 10, 256)])
    weight = torch.zeros(64, 10, requires_grad=True)

    def run():
        scores = torch.log_softmax(images @ weight, 1)
        loss = -(scores * targets).sum() / 256
        loss.backward()
        weight.grad = None

    return run


def mlp(torch):
    """Forward and backward of 784-256-128-10 with batch 64, written with plain operations."""
    numbers = np.random.default_rng(0)

    def make(*shape):
        return torch.from_numpy(numbers.standard_normal(shape, dtype=np.float32) * np.float32(0.05))

    x, targets = make(64, 784), torch.from_numpy(np.eye(10, dtype=np.float32)[np.arange(64) % 10])
    layers = [make(784, 256), make(256, 128), make(128, 10)]
    for weight in layers:
        weight.requires_grad_()

    def run():
        h = x
        for weight in layers[:-1]:
            h = (h @ weight).clamp(0)
        loss = -(torch.log_softmax(h @ layers[-1], 1) * targets).sum() / 64
        loss.backward()
        for weight in layers:
            weight.grad = None

    return run


def large_chain(torch):
    """(x * 2 + 1).clamp(0).sum() on four million numbers, forward and backward."""
    x = torch.ones(4_000_000, requires_grad=True)

    def run():
        (x * 2 + 1).clamp(0).sum().backward()
        x.grad = None

    return run


WORKLOADS = [tiny_ops, tiny_arithmetic, softmax_regression, mlp, large_chain]
