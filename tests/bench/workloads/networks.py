"""Steps of training: forward, loss, backward, optimizer."""

import itertools

import numpy as np

from tests.bench.workloads.common import images, parameters, step


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


def mlp_adam(torch):
    """One step of an MLP of modules, 784-256-128-10 with batch 64, with Adam."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Linear(784, 256), nn.ReLU(), nn.Linear(256, 128), nn.ReLU(), nn.Linear(128, 10)
    )
    optimizer = torch.optim.Adam(model.parameters())
    x, targets = torch.randn(64, 784), torch.arange(64) % 10

    def run():
        loss = nn.functional.cross_entropy(model(x), targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()

    return run


def lenet(torch):
    """One step of LeNet (5x5 convolutions, 1 to 6 to 16 channels): 32x32 pixels, batch 64."""
    shapes = [(6, 1, 5, 5), (6,), (16, 6, 5, 5), (16,), (120, 400), (120,), (84, 120), (84,)]
    leaves, F = parameters(torch, *shapes, (10, 84), (10,)), torch.nn.functional

    def forward(x):
        w1, b1, w2, b2, w3, b3, w4, b4, w5, b5 = leaves
        x = F.max_pool2d(F.relu(F.conv2d(x, w1, b1)), 2)
        x = F.max_pool2d(F.relu(F.conv2d(x, w2, b2)), 2).flatten(1)
        return F.linear(F.relu(F.linear(F.relu(F.linear(x, w3, b3)), w4, b4)), w5, b5)

    return step(torch, forward, leaves, images(torch, 64, 1, 32, 32))


def cnn_batch_norm(torch):
    """One step of [conv3x3, batch norm, ReLU] x 2, pool, all that twice: 3 to 32 to 64 channels.

    Images of 32x32 pixels, batch 32.
    """
    channels, shapes, F = (3, 32, 32, 64, 64), [], torch.nn.functional
    for before, after in itertools.pairwise(channels):
        shapes += [(after, before, 3, 3), (after,), (after,)]
    leaves = parameters(torch, *shapes, (10, 64 * 8 * 8), (10,))

    def forward(x):
        for i in range(4):
            weight, scale, shift = leaves[3 * i : 3 * i + 3]
            x = F.conv2d(x, weight, padding=1)
            x = F.relu(F.batch_norm(x, None, None, scale, shift, training=True))
            x = F.max_pool2d(x, 2) if i % 2 else x
        return F.linear(x.flatten(1), *leaves[-2:])

    return step(torch, forward, leaves, images(torch, 32, 3, 32, 32))


def conv_transpose(torch):
    """Forward and backward of ConvTranspose2d(64, 32, 3, 2, 1, 1) on 16 images of 16x16 pixels."""
    x = images(torch, 16, 64, 16, 16).requires_grad_()
    weight, bias = parameters(torch, (64, 32, 3, 3), (32,))
    above = images(torch, 16, 32, 32, 32)

    def run():
        y = torch.nn.functional.conv_transpose2d(x, weight, bias, 2, 1, 1)
        y.backward(above)
        x.grad = weight.grad = bias.grad = None

    return run


def _trained(torch, model, *inputs):
    """Forward and backward of a module, its inputs' gradients too; the loss is a sum of squares."""
    leaves = [x for x in inputs if x.is_floating_point()]

    def run():
        model.zero_grad()
        for x in leaves:
            x.grad = None
        y = model(*inputs)
        y = y[0] if isinstance(y, tuple) else y
        (y * y).sum().backward()

    return run


def residual_block(torch):
    """Forward and backward of conv-BN-ReLU-conv-BN plus input, ReLU: 16x32 channels of 16x16."""
    torch.manual_seed(0)
    nn = torch.nn

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1, self.bn1 = nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)
            self.conv2, self.bn2 = nn.Conv2d(32, 32, 3, padding=1, bias=False), nn.BatchNorm2d(32)

        def forward(self, x):
            y = torch.relu(self.bn1(self.conv1(x)))
            return torch.relu(self.bn2(self.conv2(y)) + x)

    return _trained(torch, Block(), images(torch, 16, 32, 16, 16).requires_grad_())


def depthwise(torch):
    """Forward and backward of a depthwise 3x3 and a 1x1 convolution: 16x32 channels of 16x16."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(
        nn.Conv2d(32, 32, 3, padding=1, groups=32), nn.ReLU(), nn.Conv2d(32, 64, 1)
    )
    return _trained(torch, model, images(torch, 16, 32, 16, 16).requires_grad_())


def decoder(torch):
    """Forward and backward of DCGAN's decoder, 64-32-16-1 channels, 4x4 to 32x32, batch 16."""
    torch.manual_seed(0)
    nn = torch.nn
    layers = []
    for before, after in ((64, 32), (32, 16), (16, 1)):
        layers += [nn.ConvTranspose2d(before, after, 4, 2, 1), nn.BatchNorm2d(after), nn.ReLU()]
    model = nn.Sequential(*layers[:-2], nn.Tanh())
    return _trained(torch, model, images(torch, 16, 64, 4, 4).requires_grad_())


def conv1d_sound(torch):
    """Forward and backward of two Conv1d with stride on 8 sounds of 8,000 samples."""
    torch.manual_seed(0)
    nn = torch.nn
    model = nn.Sequential(nn.Conv1d(1, 16, 16, 4), nn.ReLU(), nn.Conv1d(16, 32, 8, 4), nn.ReLU())
    return _trained(torch, model, images(torch, 8, 1, 8000).requires_grad_())


def gpt_block(torch):
    """Forward and backward of a transformer's block: width 64, 4 heads, 32 places, batch 8."""
    torch.manual_seed(0)
    nn, F = torch.nn, torch.nn.functional

    class Block(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(64), nn.LayerNorm(64)
            self.qkv, self.out = nn.Linear(64, 192), nn.Linear(64, 64)
            self.up, self.down = nn.Linear(64, 256), nn.Linear(256, 64)
            self.mask = torch.tril(torch.ones(32, 32)) == 0

        def forward(self, x):
            q, k, v = (
                part.view(8, 32, 4, 16).transpose(1, 2)
                for part in self.qkv(self.norm1(x)).split(64, -1)
            )
            scores = (q @ k.transpose(-2, -1) * 0.25).masked_fill(self.mask, float("-inf"))
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(8, 32, 64)
            x = x + self.out(mixed)
            return x + self.down(F.gelu(self.up(self.norm2(x))))

    return _trained(torch, Block(), images(torch, 8, 32, 64).requires_grad_())


def lstm(torch):
    """Forward and backward of an LSTM: width 32 to 64, 50 places, batch 16."""
    torch.manual_seed(0)
    return _trained(
        torch, torch.nn.LSTM(32, 64, batch_first=True), images(torch, 16, 50, 32).requires_grad_()
    )


WORKLOADS = [
    mlp,
    mlp_adam,
    lenet,
    cnn_batch_norm,
    residual_block,
    depthwise,
    conv_transpose,
    decoder,
    conv1d_sound,
    gpt_block,
    lstm,
]
