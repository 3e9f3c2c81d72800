"""Single functions on large arrays, most of them forward and backward."""

import numpy as np

from tests.bench.workloads.common import images, parameters


def large_chain(torch):
    """(x * 2 + 1).clamp(0).sum() on four million numbers, forward and backward."""
    x = torch.ones(4_000_000, requires_grad=True)

    def run():
        (x * 2 + 1).clamp(0).sum().backward()
        x.grad = None

    return run


def chain_without_grad(torch):
    """(x * 2 + 1).clamp(0).sum() on four million numbers, nothing recorded."""
    x = torch.ones(4_000_000)

    def run():
        (x * 2 + 1).clamp(0).sum()

    return run


def _both_ways(function, *leaves):
    """Run `function` of the leaves, and its gradients from a fixed gradient of its result."""
    above = function(*leaves).detach() * 0 + 1

    def run():
        function(*leaves).backward(above)
        for leaf in leaves:
            leaf.grad = None

    return run


def gelu(torch):
    """GELU of a million numbers."""
    return _both_ways(torch.nn.functional.gelu, images(torch, 1_000_000).requires_grad_())


def reductions(torch):
    """sum, mean, var, max, argmax and norm of 1,000 x 1,000, along each dimension; no gradients."""
    x = images(torch, 1000, 1000)

    def run():
        for dim in (0, 1):
            x.sum(dim), x.mean(dim), x.var(dim), x.amax(dim), x.argmax(dim), x.norm(dim=dim)

    return run


def cross_entropy(torch):
    """Cross entropy of 256 rows of 1,000 classes."""
    x, targets = images(torch, 256, 1000).requires_grad_(), torch.arange(256)

    def run():
        torch.nn.functional.cross_entropy(x, targets).backward()
        x.grad = None

    return run


def layer_norm(torch):
    """Layer norm of 1,024 rows of 512 numbers."""
    weight, bias = parameters(torch, (512,), (512,))
    return _both_ways(
        lambda x, w, b: torch.nn.functional.layer_norm(x, (512,), w, b),
        images(torch, 1024, 512).requires_grad_(),
        weight,
        bias,
    )


def embedding(torch):
    """Embedding of 64 x 128 words out of 10,000, 64 numbers each."""
    words = torch.from_numpy(np.random.default_rng(0).integers(0, 10_000, (64, 128)))
    (weight,) = parameters(torch, (10_000, 64))
    return _both_ways(lambda w: torch.nn.functional.embedding(words, w), weight)


def indexing(torch):
    """A mask, rows by number, and a slice with a step, of 1,000 x 1,000."""
    x = images(torch, 1000, 1000).requires_grad_()
    rows = torch.arange(0, 1000, 3)

    def run():
        (x[x > 0].sum() + x[rows].sum() + x[::2, ::3].sum()).backward()
        x.grad = None

    return run


def sorting(torch):
    """sort, topk and unique of 200,000 numbers; no gradients."""
    x = images(torch, 200_000)
    whole = (x * 100).long()

    def run():
        x.sort(), x.topk(10), whole.unique()

    return run


def max_pool(torch):
    """Max pooling 3x3, stride 2, of 16 x 32 channels of 32x32."""
    x = images(torch, 16, 32, 32, 32).requires_grad_()
    return _both_ways(lambda x: torch.nn.functional.max_pool2d(x, 3, 2, 1), x)


def bilinear(torch):
    """Bilinear interpolation to twice the size, of 8 x 16 channels of 32x32."""
    x = images(torch, 8, 16, 32, 32).requires_grad_()
    return _both_ways(
        lambda x: torch.nn.functional.interpolate(x, scale_factor=2, mode="bilinear"), x
    )


def einsum(torch):
    """einsum("bij,bjk->bik") of 32 x 64 x 64."""
    leaves = [images(torch, 32, 64, 64).requires_grad_() for _ in range(2)]
    return _both_ways(lambda a, b: torch.einsum("bij,bjk->bik", a, b), *leaves)


WORKLOADS = [
    large_chain,
    chain_without_grad,
    gelu,
    reductions,
    cross_entropy,
    layer_norm,
    embedding,
    indexing,
    sorting,
    max_pool,
    bilinear,
    einsum,
]
