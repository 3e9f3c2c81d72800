"""What workloads share: leaves, images, a step of training."""

import numpy as np


def parameters(torch, *shapes):
    """Leaves of these shapes, small numbers in them, the same for each library."""
    numbers, leaves = np.random.default_rng(0), []
    for shape in shapes:
        scale = np.float32(1 / max(1, np.prod(shape[1:])) ** 0.5)
        array = numbers.uniform(-scale, scale, shape).astype(np.float32)
        leaves.append(torch.from_numpy(array).requires_grad_())
    return leaves


def step(torch, forward, leaves, x, classes=10):
    """One step of training: forward, cross entropy, backward, SGD."""
    targets = torch.from_numpy(np.arange(len(x)) % classes)
    optimizer = torch.optim.SGD(leaves, lr=0.01)

    def run():
        loss = torch.nn.functional.cross_entropy(forward(x), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return run


def images(torch, *shape):
    """Normal numbers of this shape, the same for each library."""
    return torch.from_numpy(np.random.default_rng(1).standard_normal(shape, dtype=np.float32))
