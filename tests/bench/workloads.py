"""What is timed: each workload is made for one library and returns a function to run."""

import itertools

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


def _parameters(torch, *shapes):
    """Leaves of these shapes, small numbers in them, the same for each library."""
    numbers, leaves = np.random.default_rng(0), []
    for shape in shapes:
        scale = np.float32(1 / max(1, np.prod(shape[1:])) ** 0.5)
        array = numbers.uniform(-scale, scale, shape).astype(np.float32)
        leaves.append(torch.from_numpy(array).requires_grad_())
    return leaves


def _step(torch, forward, parameters, images, classes=10):
    """One step of training: forward, cross entropy, backward, SGD."""
    targets = torch.from_numpy(np.arange(len(images)) % classes)
    optimizer = torch.optim.SGD(parameters, lr=0.01)

    def run():
        loss = torch.nn.functional.cross_entropy(forward(images), targets)
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()

    return run


def _images(torch, *shape):
    return torch.from_numpy(np.random.default_rng(1).standard_normal(shape, dtype=np.float32))


def lenet(torch):
    """One step of LeNet (5x5 convolutions, 1 to 6 to 16 channels): 32x32 pixels, batch 64."""
    shapes = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,)]
    parameters, F = _parameters(torch, *shapes, (10, 84), (10,)), torch.nn.functional

    def forward(x):
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = parameters
        x = F.max_pool2d(F.relu(F.conv2d(x, w1, b1)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, w2, b2)), 2).flatten(1)
        return F.linear(F.relu(F.linear(F.relu(F.linear(x, w3, b3)), w4, b4)), w5, b5)

    return _step(torch, forward, parameters, _images(torch, 64, 1, 32, 32))


def cnn_batch_norm(torch):
    """One step of [conv3x3, batch norm, ReLU] x 2, pool, all that twice: 3 to 32 to 64 channels.

    Images of 32x32 pixels, batch 32.
    """
    channels, shapes, F = (3, 32, 32, 64, 64), [], torch.nn.functional
    for before, after in itertools.pairwise(channels):
        shapes += [(after, before, 3, 3), (after,), (after,)]
    parameters = _parameters(torch, *shapes, (10, 64 * 8 * 8), (10,))

    def forward(x):
        for i in range(4):
            weight, scale, shift = parameters[3 * i : 3 * i + 3]
            x = F.conv2d(x, weight, padding=1)
            x = F.relu(F.batch_norm(x, None, None, scale, shift, training=True))
            x = F.max_pool2d(x, 2) if i % 2 else x
        return F.linear(x.flatten(1), *parameters[-2:])

    return _step(torch, forward, parameters, _images(torch, 32, 3, 32, 32))


def conv_transpose(torch):
    """Forward and backward of ConvTranspose2d(64, 32, 3, 2, 1, 1) on 16 images of 16x16 pixels."""
    x = _images(torch, 16, 64, 16, 16).requires_grad_()
    weight, bias = _parameters(torch, (64, 32, 3, 3), (32,))
    above = _images(torch, 16, 32, 32, 32)

    def run():
        y = torch.nn.functional.conv_transpose2d(x, weight, bias, 2, 1, 1)
        y.backward(above)
        x.grad = weight.grad = bias.grad = None

    return run


WORKLOADS = [
    tiny_ops,
    tiny_arithmetic,
    softmax_regression,
    mlp,
    large_chain,
    lenet,
    cnn_batch_norm,
    conv_transpose,
]
