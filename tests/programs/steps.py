"""What a random program can do: each step works on the tensors made so far.

A step is a tuple of small ints: which step, which tensors, which numbers. Any tuple means
something, so a failing program can be made shorter by leaving things out.
"""

STEPS = []


def step(function):
    """Put a step on the list of those that programs are made of."""
    STEPS.append(function)
    return function


SHAPES = [(), (1,), (3,), (2, 3), (3, 2), (2, 1, 3), (1, 4), (2, 2, 2), (0,), (2, 0)]


# ---------------------------------------------------------------------------- creation
@step
def leaf(torch, x, y, p, q):
    shape = SHAPES[p % len(SHAPES)]
    count = 1
    for size in shape:
        count *= size
    values = [((7 * i + 3 * q) % 11 - 5) / 4 for i in range(count)]
    dtype = torch.float64 if q % 5 == 0 else torch.float32
    return torch.tensor(values, dtype=dtype).reshape(shape).requires_grad_(q % 3 != 0)


@step
def integers(torch, x, y, p, q):
    shape = SHAPES[p % len(SHAPES)]
    count = 1
    for size in shape:
        count *= size
    return torch.arange(q % 4, q % 4 + count).reshape(shape)


@step
def zeros_like(torch, x, y, p, q):
    return torch.zeros_like(x)


# ---------------------------------------------------------------------------- arithmetic
@step
def arithmetic(torch, x, y, p, q):
    return _ARITHMETIC[p % 4](x, y)


_ARITHMETIC = [
    lambda x, y: x + y,
    lambda x, y: x * y,
    lambda x, y: x - y,
    lambda x, y: x / y,
]


@step
def with_number(torch, x, y, p, q):
    number = [2, 0.5, -1, 3.0][q % 4]
    return _ARITHMETIC[p % 4](x, number)


@step
def elementwise(torch, x, y, p, q):
    name = ["exp", "tanh", "sin", "sigmoid", "abs", "neg", "square"][p % 7]
    return None if name == "sin" and _huge(x) else getattr(x, name)()


def _huge(x):
    """Whether numbers are so large that their sine is down to how they were rounded."""
    return x.numel() > 0 and not x.detach().double().abs().max().item() < 1e3


@step
def power(torch, x, y, p, q):
    return x ** [2, 3, 1, 0][p % 4]


@step
def reduce(torch, x, y, p, q):
    name = ["sum", "mean", "amax"][p % 3]
    dim = q % 4 - 2
    return getattr(x, name)() if q % 5 == 0 and name != "amax" else getattr(x, name)(dim)


@step
def clone(torch, x, y, p, q):
    return x.clone()


@step
def convert(torch, x, y, p, q):
    return x.to([torch.float32, torch.float64, torch.int64][p % 3])


# ---------------------------------------------------------------------------- views
@step
def transpose(torch, x, y, p, q):
    return x.transpose(p % 3 - 1, q % 3 - 1)


@step
def select(torch, x, y, p, q):
    return x[p % 3]


@step
def slices(torch, x, y, p, q):
    return x[p % 2 :: 1 + q % 2]


@step
def last_dim(torch, x, y, p, q):
    return x[..., p % 2 : p % 2 + 1 + q % 2]


@step
def reshape(torch, x, y, p, q):
    return x.reshape([(-1,), (1, -1), (-1, 1), (2, -1)][p % 4])


@step
def view(torch, x, y, p, q):
    return x.view([(-1,), (1, -1), (-1, 1), (3, -1)][p % 4])


@step
def flatten(torch, x, y, p, q):
    return x.flatten(p % 3, -1)


@step
def squeeze(torch, x, y, p, q):
    return x.squeeze() if q % 2 else x.squeeze(p % 3)


@step
def unsqueeze(torch, x, y, p, q):
    return x.unsqueeze(p % 4 - 2)


@step
def expand(torch, x, y, p, q):
    return x.expand((2 + p % 2, *x.shape))


@step
def diagonal(torch, x, y, p, q):
    return x.diagonal(p % 3 - 1)


@step
def unfold(torch, x, y, p, q):
    return x.unfold(0, 1 + p % 2, 1 + q % 2)


@step
def unbind(torch, x, y, p, q):
    return list(x.unbind(0)[:3])


@step
def split(torch, x, y, p, q):
    return list(x.split(1 + p % 2, -1))[:3]


@step
def detach(torch, x, y, p, q):
    return x.detach()


@step
def contiguous(torch, x, y, p, q):
    return x.contiguous()


@step
def view_under_no_grad(torch, x, y, p, q):
    with torch.no_grad():
        return x.view(-1) if p % 2 else x[0]


@step
def pick(torch, x, y, p, q):
    return x[[0, 0, -1][: 1 + p % 3]]


@step
def mask(torch, x, y, p, q):
    return x[x > 1e-3]  # not what is only rounding


# ---------------------------------------------------------------------------- in place
def in_place(function):
    """A step that writes, left out where PyTorch says that the outcome is undefined.

    That is where elements share memory in a way that PyTorch does not look for: it reports stride 0
    and windows without gaps, and for the rest the order of its loops decides. Inference tensors
    it writes first, and refuses afterwards.
    """

    def guarded(torch, x, y, p, q):
        if x.is_inference():
            return None
        places, others = _places(x), _places(y)
        hidden = len(set(places)) < len(places) and not _repeats(x)
        mixed = set(places) & set(others)
        whole = not function.__name__.startswith("set_")
        if whole and (y is x or (_gapless(places) and _gapless(others))):
            mixed = False  # PyTorch looks, and says so
        if hidden or mixed:
            return None
        return function(torch, x, y, p, q)

    guarded.__name__ = function.__name__
    return step(guarded)


def _places(x):
    """The address of each element, in units of the element's size."""
    places = [x.data_ptr() // x.element_size()] if x.numel() else []
    for size, stride in zip(x.shape, x.stride()):
        places = [place + i * stride for place in places for i in range(size)]
    return places


def _repeats(x):
    return any(stride == 0 and size > 1 for size, stride in zip(x.shape, x.stride()))


def _gapless(places):
    return not places or max(places) - min(places) + 1 == len(places)


@in_place
def add_(torch, x, y, p, q):
    return _changed(x, x.add_(y, alpha=1 + p % 2))


@in_place
def mul_(torch, x, y, p, q):
    return _changed(x, x.mul_(y))


@in_place
def augmented(torch, x, y, p, q):
    number = [2, 0.5][q % 2]
    z = x
    if p % 3 == 0:
        z += number
    elif p % 3 == 1:
        z *= number
    else:
        z -= y
    return _changed(x, z)


@in_place
def elementwise_(torch, x, y, p, q):
    name = ["exp_", "tanh_", "sigmoid_", "neg_", "sin_"][p % 5]
    return None if name == "sin_" and _huge(x) else _changed(x, getattr(x, name)())


@in_place
def fill_(torch, x, y, p, q):
    return _changed(x, x.fill_(1.5) if p % 2 else x.zero_())


@in_place
def copy_(torch, x, y, p, q):
    return _changed(x, x.copy_(y))


@in_place
def set_item(torch, x, y, p, q):
    x[p % 2] = [1.0, y, y.detach()][q % 3]


@in_place
def set_slice(torch, x, y, p, q):
    x[..., p % 2 :] = [2.0, y][q % 2]


@in_place
def set_mask(torch, x, y, p, q):
    x[x > 1e-3] = -1.0


@in_place
def set_picked(torch, x, y, p, q):
    x[[0, -1]] = [0.25, y][q % 2]


@in_place
def add_under_no_grad(torch, x, y, p, q):
    with torch.no_grad():
        x.add_(y)


@in_place
def add_to_data(torch, x, y, p, q):
    if not x.requires_grad:  # else what was saved changes unseen, and nobody says what was saved
        x.data.add_(1)


@in_place
def views_(torch, x, y, p, q):
    """The tensor itself becomes another view of its memory."""
    change = [
        lambda: x.t_(),
        lambda: x.transpose_(0, q % 3 - 1),
        lambda: x.squeeze_(),
        lambda: x.squeeze_(q % 3),
        lambda: x.unsqueeze_(q % 4 - 2),
        lambda: x.swapaxes_(-1, q % 2),
        lambda: x.as_strided_((x.numel(),), (1,)),
    ][p % 7]
    return _changed(x, change())


@in_place
def resize_(torch, x, y, p, q):
    """To a shape that the memory has room for; where it would have to grow, nothing is done."""
    if x.requires_grad and x.ndim < 1:
        return None  # how much memory belongs to a number is not said
    shape = SHAPES[p % len(SHAPES)]
    room = x.untyped_storage().nbytes() // x.element_size() - x.storage_offset()
    needed = 1
    for size in shape:
        needed *= size
    return _changed(x, x.resize_(shape)) if needed <= room else None


@in_place
def put_(torch, x, y, p, q):
    if _repeats(x):
        return None
    index = torch.tensor([p % 6, -1])
    source = y.reshape(-1)[:2] * 1  # in memory of its own
    return _changed(x, x.put_(index, source, accumulate=q % 2 == 0))


@in_place
def fill_diagonal_(torch, x, y, p, q):
    return _changed(x, x.fill_diagonal_(p % 5, wrap=q % 2 == 0))


@in_place
def index_reduce_(torch, x, y, p, q):
    if x.shape == (0,):
        return None  # there PyTorch's own reading runs out of bounds before the index is looked at
    reduce = ["prod", "mean", "amax", "amin"][p % 4]
    index = torch.tensor([0, p % max(x.shape[0], 1) if x.ndim else 0])
    return _changed(x, x.index_reduce_(0, index, y[:2] * 1, reduce, include_self=q % 2 == 0))


@in_place
def limited_(torch, x, y, p, q):
    return _changed(x, [x.clamp_, x.clamp_max_][p % 2](q % 3 - 1))


@step
def detach_(torch, x, y, p, q):
    """Of a copy: where an operation has saved x, PyTorch refuses backward afterwards."""
    z = x if x._base is not None else x.clone()
    return z.detach_()


@step
def written_out(torch, x, y, p, q):
    out, index = torch.empty(0, dtype=x.dtype), torch.empty(0, dtype=torch.int64)
    write = [
        lambda: torch.cumsum(x, 0, out=out),
        lambda: torch.sum(x, 0, out=out),
        lambda: torch.max(x, -1, out=(out, index))[0],
        lambda: torch.add(x, y, out=out),
        lambda: torch.amax(x, 0, out=out),
    ][p % 5]
    return write() if x.numel() else None


def _changed(x, result):
    assert result is x
    return None


# ---------------------------------------------------------------------------- backward
@step
def backward(torch, x, y, p, q):
    x.sum().backward(retain_graph=p % 2 == 0)


@step
def weighted_backward(torch, x, y, p, q):
    weights = torch.arange(1, x.numel() + 1).reshape(x.shape).to(x.dtype)
    x.backward(weights, retain_graph=p % 2 == 0)
