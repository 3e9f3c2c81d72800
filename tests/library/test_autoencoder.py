"""An autoencoder, down by convolutions and up by transposed ones, learns as it does in PyTorch."""

import pytest


def _autoencoder(torch, paddings):
    """The network of lesson 13, for pictures whose size the three output_paddings spell."""
    nn, leaky = torch.nn, lambda: torch.nn.LeakyReLU(0.2)
    down, up = [], []
    for before, after in ((1, 8), (8, 16), (16, 32)):
        down += [nn.Conv2d(before, after, 3, stride=2, padding=1), leaky()]
    for before, after, more in zip((32, 16, 8), (16, 8, 1), paddings, strict=True):
        up += [nn.ConvTranspose2d(before, after, 3, 2, 1, more), leaky()]
    narrow = [nn.Flatten(), nn.Linear(512, 16), nn.Linear(16, 512), leaky()]
    net = nn.Sequential(*down, *narrow, nn.Unflatten(1, (32, 4, 4)), *up[:-1], nn.Sigmoid())
    return net.to(torch.float64)


@pytest.mark.parametrize(("size", "paddings"), [(28, (0, 1, 1)), (25, (0, 0, 0)), (30, (1, 0, 1))])
def test_its_losses_over_fifty_steps(same, size, paddings):
    def losses(torch):
        net = _autoencoder(torch, paddings)
        pictures = torch.rand(4, 1, 7, 7, dtype=torch.float64)
        pictures = torch.nn.functional.interpolate(pictures, size=(size, size), mode="bilinear")
        optimizer, found = torch.optim.Adam(net.parameters()), []
        for step in range(50):
            t = step / 50
            optimizer.param_groups[0]["lr"] = 1e-2 * min(1, 10 * t) * (1 - t)
            optimizer.zero_grad()
            loss = torch.nn.functional.mse_loss(net(pictures), pictures)
            loss.backward()
            optimizer.step()
            found.append(loss.item())
        return found

    same(losses, rtol=1e-10, atol=0)


def test_a_walk_between_two_codes(same):
    """`lerp` with a weight for each place, both ends among them, and what learns from it."""

    def walk(torch):
        near = torch.randn(1, 16, dtype=torch.float64, requires_grad=True)
        far = torch.randn(1, 16, dtype=torch.float64, requires_grad=True)
        weight = torch.linspace(0, 1, 9, dtype=torch.float64).reshape(9, 1).requires_grad_()
        codes = torch.lerp(near, far, weight)
        (codes**3).sum().backward()
        ends = torch.equal(codes[0], near[0]), torch.equal(codes[-1], far[0])
        return [ends, codes, near.grad, far.grad, weight.grad]

    same(walk, rtol=1e-12, atol=1e-14)
