"""Networks as the five documents write them run unchanged but for the import, with one seed."""

from collections import OrderedDict
from functools import partial

import pytest


def inputs(torch, *shape):
    """Fixed numbers between -1 and 1."""
    count = 1
    for size in shape:
        count *= size
    return torch.linspace(-1, 1, count).reshape(shape)


def trained_once(torch, net, x):
    """Text, names, output and some gradients of a network after one backward pass."""
    noise = {}
    for name, layer in net.named_modules():
        if isinstance(layer, torch.nn.Conv2d):
            layer.register_forward_hook(partial(listen_for_noise, torch, noise, f"{name}.bias"))
    out = net(x)
    out.square().sum().backward()
    sizes = {name: p.grad.abs().sum() for name, p in net.named_parameters()}
    return [
        repr(net),
        [[name, tensor.shape] for name, tensor in net.state_dict().items()],
        out,
        [size if size > noise.get(name, 0) else size * 0 for name, size in sizes.items()],
    ]


def listen_for_noise(torch, noise, name, layer, given, out):
    """Put down how large the gradient of a layer's bias may be from rounding alone.

    It is a sum over samples and positions. A sum of n numbers is off by up to n eps times the sum
    of their sizes, and before a batch norm, which takes the mean away, it is nothing else.
    """

    def put_down(grad):
        count = grad.numel() // grad.shape[1]
        noise[name] = count * torch.finfo(grad.dtype).eps * grad.abs().sum().item()

    out.register_hook(put_down)


def test_the_tutorial_net(same):
    """Two convolutions and three linear layers as modules, relu and pooling as functions."""

    def run(torch):
        nn, F = torch.nn, torch.nn.functional

        class Net(nn.Module):
            def __init__(self):
                super(Net, self).__init__()  # noqa: UP008, as the document writes it
                self.conv1 = nn.Conv2d(1, 6, 5)
                self.conv2 = nn.Conv2d(6, 16, 5)
                self.fc1 = nn.Linear(16 * 5 * 5, 120)
                self.fc2 = nn.Linear(120, 84)
                self.fc3 = nn.Linear(84, 10)

            def forward(self, x):
                x = F.max_pool2d(F.relu(self.conv1(x)), (2, 2))
                x = F.max_pool2d(F.relu(self.conv2(x)), 2)
                x = x.view(-1, self.num_flat_features(x))
                x = F.relu(self.fc1(x))
                x = F.relu(self.fc2(x))
                return self.fc3(x)

            def num_flat_features(self, x):
                number = 1
                for size in x.size()[1:]:
                    number *= size
                return number

        return trained_once(torch, Net(), inputs(torch, 2, 1, 32, 32))

    same(run, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("training", [True, False])
def test_both_forms_of_the_first_alexnet_block(same, training):
    """Convolution, normalisation and relu: the relu as a layer, and as a function."""

    def run(torch):
        nn, F = torch.nn, torch.nn.functional

        class Layered(nn.Module):
            def __init__(self):
                super().__init__()
                self.features = nn.Sequential(
                    nn.Conv2d(3, 8, kernel_size=3, stride=2, padding=1),
                    nn.BatchNorm2d(8),
                    nn.ReLU(inplace=True),
                )

            def forward(self, x):
                return self.features(x)

        class Called(nn.Module):
            def __init__(self):
                super().__init__()
                self.features = nn.Sequential(
                    nn.Conv2d(3, 8, kernel_size=3, stride=2, padding=1), nn.BatchNorm2d(8)
                )

            def forward(self, x):
                return F.relu(self.features(x))

        layered, called = Layered().train(training), Called().train(training)
        result = called.load_state_dict(layered.state_dict())
        x = inputs(torch, 2, 3, 7, 7)
        return [
            repr(result),
            torch.equal(layered(x), called(x)),
            *[trained_once(torch, net, x) for net in (layered, called)],
            layered.features[1].running_var,
        ]

    same(run, rtol=1e-4, atol=1e-5)


def test_one_convolutional_net_in_four_ways(same):
    """Convolution, relu, pooling, linear, relu, linear: same weights and output, other names."""

    def run(torch):
        nn, F = torch.nn, torch.nn.functional

        class Functions(nn.Module):
            def __init__(self):
                super().__init__()
                self.conv1 = nn.Conv2d(3, 4, 3, 1, 1)
                self.dense1 = nn.Linear(4 * 3 * 3, 8)
                self.dense2 = nn.Linear(8, 5)

            def forward(self, x):
                x = F.max_pool2d(F.relu(self.conv1(x)), 2)
                x = x.view(x.size(0), -1)
                return self.dense2(F.relu(self.dense1(x)))

        class Parts(nn.Module):
            def __init__(self, conv, dense):
                super().__init__()
                self.conv, self.dense = conv(), dense()

            def forward(self, x):
                x = self.conv(x)
                return self.dense(x.view(x.size(0), -1))

        def plain_conv():
            return nn.Sequential(nn.Conv2d(3, 4, 3, 1, 1), nn.ReLU(), nn.MaxPool2d(2))

        def plain_dense():
            return nn.Sequential(nn.Linear(36, 8), nn.ReLU(), nn.Linear(8, 5))

        def added_conv():
            conv = nn.Sequential()
            conv.add_module("conv1", nn.Conv2d(3, 4, 3, 1, 1))
            conv.add_module("relu1", nn.ReLU())
            conv.add_module("pool1", nn.MaxPool2d(2))
            return conv

        def ordered_dense():
            dense = [
                ("dense1", nn.Linear(36, 8)),
                ("relu2", nn.ReLU()),
                ("dense2", nn.Linear(8, 5)),
            ]
            return nn.Sequential(OrderedDict(dense))

        x = inputs(torch, 2, 3, 6, 6)
        ways = [
            Functions,
            lambda: Parts(plain_conv, plain_dense),
            lambda: Parts(added_conv, ordered_dense),
            lambda: nn.Sequential(*plain_conv(), nn.Flatten(), *plain_dense()),
        ]
        nets = []
        for way in ways:
            torch.manual_seed(1)
            nets.append(way())
        outputs = [net(x) for net in nets]
        return [
            outputs[0],
            [torch.equal(outputs[0], out) for out in outputs],
            [repr(net) for net in nets],
            [list(net.state_dict()) for net in nets],
        ]

    same(run, rtol=1e-4, atol=1e-5)


def test_adding_and_taking_layers(same):
    """`add_module`, `children` and names of classes, as used on a network made for a new task."""

    def run(torch):
        nn = torch.nn
        classes = 3
        net = nn.Sequential(nn.Conv2d(3, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Tanh())
        cut = nn.Sequential(*list(net.children())[:-1])
        cut.add_module("final_conv", nn.Conv2d(4, classes, kernel_size=1))
        cut.add_module(
            "transpose_conv",
            nn.ConvTranspose2d(classes, classes, kernel_size=8, padding=2, stride=4),
        )
        x, rows = inputs(torch, 1, 3, 8, 8), []
        for layer in cut:
            x = layer(x)
            rows.append([layer.__class__.__name__, x.shape])
        return [repr(list(net.children())[-3:]), repr(cut), rows, x.abs().sum()]

    same(run, rtol=1e-4, atol=1e-5)


def test_a_replaced_head(same):
    """`net.fc` and `net.fc.weight` are read, replaced, and set through `.data` and `init`."""

    def run(torch):
        nn = torch.nn

        class Net(nn.Module):
            def __init__(self):
                super().__init__()
                self.body, self.fc = nn.Sequential(nn.Linear(2, 4), nn.ReLU()), nn.Linear(4, 10)

            def forward(self, x):
                return self.fc(self.body(x))

        net = Net()
        net.fc = nn.Linear(net.fc.in_features, 2)
        nn.init.xavier_uniform_(net.fc.weight)
        net.fc.bias.data = torch.ones(2) * 4
        return [repr(net), net(torch.ones(1, 2)), [n for n, p in net.fc.named_parameters()]]

    same(run)


def test_layers_one_by_one(same):
    """Convolution, pooling, linear, batch norm, dropout and relu, as compared with TensorFlow."""

    def run(torch):
        nn = torch.nn
        conv = nn.Conv2d(5, 1, (1, 1), 1, bias=False)
        names = [n for n, p in conv.named_parameters()]
        conv.weight.data = torch.ones([1, 5, 1, 1])
        pool = nn.AvgPool2d(2, 2)
        hidden = nn.Linear(3, 4)(inputs(torch, 2, 3))
        norm = nn.BatchNorm1d(4)
        norm.weight.data = torch.ones(4) * 4
        norm.bias.data = torch.zeros(4)
        out = norm(hidden)
        dropped = nn.Dropout(0.5)(out)
        kept = dropped != 0
        return [
            names,
            conv(inputs(torch, 1, 5, 3, 3)),
            list(pool.parameters()),
            [n for n, p in norm.named_parameters()],
            out.size(),
            out.mean(0).round(decimals=3).abs(),
            out.var(0, unbiased=False),
            torch.equal(dropped[kept], 2 * out[kept]),
            nn.ReLU(inplace=True)(inputs(torch, 2, 3)),
        ]

    same(run, rtol=1e-4, atol=1e-5)
