"""More of what a random program can do: choosing, ordering, joining, products."""

from .steps import in_place, step


def _index(torch, x, p):
    """Indices of x's shape along its first dim, all in range where it has elements."""
    size = x.shape[0] if x.ndim else 1
    return (torch.arange(x.numel()).reshape(x.shape) + p) % max(size, 1)


@step
def gather(torch, x, y, p, q):
    return x.gather(0, _index(torch, y, p)) if q % 2 else torch.take_along_dim(x, y.long() * 0, -1)


@step
def scatter(torch, x, y, p, q):
    index = _index(torch, x, p) * 0 + p % 2  # a place is written more than once only by equals
    changes = [
        lambda: x.scatter(0, _index(torch, x, p)[:1], 1.5),
        lambda: x.scatter_add(0, index, y),
        lambda: x.scatter_reduce(0, index, y, "amax", include_self=q % 2 == 0),
        lambda: x.scatter_reduce(0, index, y, "prod"),
        lambda: x.scatter_reduce(0, index, y, "mean"),
    ]
    return changes[p % len(changes)]()


@step
def index_functions(torch, x, y, p, q):
    index = torch.tensor([0, p % 3])
    changes = [
        lambda: x.index_select(q % 2, index),
        lambda: x.index_add(0, index, y[:2], alpha=1 + q % 2),
        lambda: x.index_copy(0, torch.tensor([1, 0]), y[:2]),
        lambda: x.index_fill(0, index, q % 3),
        lambda: x.masked_fill(y > 1e-3, 0.5),  # not what is only rounding
        lambda: x.masked_select(y > 1e-3),
        lambda: torch.where(x > 1e-3, x, y),
        lambda: x.take(torch.tensor([0, -1, 0])),
    ]
    return changes[p % len(changes)]()


def _nearly_equal(x):
    """Whether some numbers differ by no more than rounding: their order is that of chance.

    Equal ones that no rounding has touched, eighths say, do not count.
    """
    numbers = x.detach().double().flatten().sort().values
    rounded = (numbers * 64 != (numbers * 64).round())[1:]
    close = numbers.diff() <= 1e-4 * (1 + numbers[1:].abs())
    return (rounded & close).any().item()


def _nothing_is_left(x):
    """Whether all numbers are 0, or what rounding leaves in place of 0."""
    return (x.detach().double().abs() < 1e-6).all().item()


@step
def ordered(torch, x, y, p, q):
    if 1 in x.shape or (p % 6 in (0, 2) and (_nearly_equal(x) or _nothing_is_left(x))):
        return None  # the stride of a dim of size 1 says nothing
    dim = q % 3 - 1
    changes = [
        lambda: list(x.sort(dim=dim, descending=q % 2 == 0, stable=True)),
        lambda: x.sort(dim=dim, stable=True).values,
        lambda: x.unique() if q % 2 else x.msort(),
        lambda: x.cummax(dim).values,
        lambda: x.flip(dim),
        lambda: x.roll(1 + q % 2, dim),
    ]
    return changes[p % len(changes)]()


@step
def running(torch, x, y, p, q):
    name = ["cumsum", "cumprod", "logcumsumexp"][p % 3]
    return getattr(x, name)(q % 3 - 1)


@step
def reductions(torch, x, y, p, q):
    names = ["prod", "var", "std", "norm", "logsumexp", "softmax", "log_softmax", "nansum"]
    name, dim = names[p % len(names)], q % 3 - 1
    if "softmax" in name and not x.is_floating_point():
        return None  # PyTorch refuses them, unless they are empty
    if name == "norm":
        return x.norm(1 + q % 2, dim)
    return getattr(x, name)(dim)


@step
def joined(torch, x, y, p, q):
    changes = [
        lambda: torch.cat([x, y], q % 3 - 1),
        lambda: torch.stack([x, y], q % 3 - 1),
        lambda: torch.cat([x, x]),
        lambda: torch.hstack([x, y]) if q % 2 else torch.vstack([x, y]),
        lambda: x.repeat(2, *[1] * x.ndim),
        lambda: x.repeat_interleave(2, q % 3 - 1),
        lambda: torch.nn.functional.pad(x, (1, q % 2), value=0.5),
        lambda: x.tril(q % 3 - 1),
    ]
    return changes[p % len(changes)]()


@step
def products(torch, x, y, p, q):
    changes = [
        lambda: x @ y,
        lambda: x @ y.mT,
        lambda: torch.outer(x, y),
        lambda: torch.einsum("...i,...i->...", x, y),
        lambda: torch.einsum("ij,kj->ik", x, y),
        lambda: torch.einsum("i...->...i", x),
        lambda: torch.tensordot(x, y, 1),
        lambda: torch.addcmul(x, y, y, value=0.5),
        lambda: torch.lerp(x, y, 0.25),
    ]
    made = changes[p % len(changes)]()  # how a product lies in memory is its own
    return made.clone(memory_format=torch.contiguous_format)


@in_place
def indexed_(torch, x, y, p, q):
    size = x.shape[0] if x.ndim else 1
    index = torch.tensor([0, size - 1][: 1 + (size > 1)])
    source = y.detach()[: len(index)] * 1 if q % 2 else y[: len(index)] * 1
    changes = [
        lambda: x.index_add_(0, index, source),
        lambda: x.index_copy_(0, index, source),
        lambda: x.index_fill_(0, index, 0.25),
        lambda: x.masked_fill_(x.detach() > 1e-3, 0.75),
        lambda: x.scatter_(0, _index(torch, x, p)[:1], 0.5),
        lambda: x.scatter_add_(0, _index(torch, x, p), y * 1),
        lambda: x.lerp_(y * 1, 0.5),
        lambda: x.addcmul_(y * 1, y * 1),
    ]
    assert changes[p % len(changes)]() is x
