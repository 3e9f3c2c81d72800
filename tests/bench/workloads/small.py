"""Many small steps: what a call costs, whatever it computes."""

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


def tiny_views(torch):
    """50 times reshape, transpose, index and add on 12 numbers, forward and backward."""
    x = torch.arange(12.0).requires_grad_()

    def run():
        y = x
        for _ in range(50):
            y = y.view(3, 4).t().reshape(12)
            y = y + y[0:1]
        y.sum().backward()
        x.grad = None

    return run


def tiny_in_place(torch):
    """200 changes in place of 4 numbers, forward and backward."""
    x = torch.tensor([0.1, 0.2, 0.3, 0.4], requires_grad=True)
    w = torch.tensor([0.9, 1.1, 0.8, 1.2])

    def run():
        y = x * 1
        for _ in range(50):
            y.mul_(w)
            y.add_(w)
            y.sub_(0.5)
            y.mul_(0.9)
        y.sum().backward()
        x.grad = None

    return run


def tiny_no_grad(torch):
    """200 operations on 4 numbers, none recorded."""
    x = torch.tensor([0.1, 0.2, 0.3, 0.4])

    def run():
        y = x
        with torch.no_grad():
            for _ in range(50):
                y = (y * x + x - 0.5).tanh()

    return run


def small_mlp(torch):
    """One step of an MLP of modules, 8-32-32-1 with batch 16, with SGD."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Linear(8, 32), nn.ReLU(), nn.Linear(32, 32), nn.ReLU(), nn.Linear(32, 1)
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9)
    x, y = torch.randn(16, 8), torch.randn(16, 1)

    def run():
        loss = nn.functional.mse_loss(model(x), y)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return run


WORKLOADS = [
    tiny_ops,
    tiny_arithmetic,
    tiny_views,
    tiny_in_place,
    tiny_no_grad,
    softmax_regression,
    small_mlp,
]
