"""More of what a random program can do: modules in modules, images, training, gradients of more."""

import functools

from .steps import step


def _last(x):
    return x.shape[-1] if x.ndim else 1


def _fresh(torch, result):
    """A copy in reading order: how a layer leaves memory is its own."""
    return (result * 1).clone(memory_format=torch.contiguous_format)


# A large eps: what is constant must not become noise times a thousand.
SEQUENCES = [
    lambda nn, x: nn.RNN(_last(x), 2),
    lambda nn, x: nn.RNN(_last(x), 2, nonlinearity="relu", bias=False, batch_first=True),
    lambda nn, x: nn.LSTM(_last(x), 2, num_layers=2, bidirectional=True),
    lambda nn, x: nn.GRUCell(_last(x), 2),
    lambda nn, x: nn.MultiheadAttention(_last(x), 1, batch_first=True),
    lambda nn, x: nn.LSTMCell(_last(x), 2),
]  # no Transformer layer: PyTorch has no second derivative of the attention that it uses


@step
def sequences(torch, x, y, p, q):
    """A recurrent layer or one with attention."""
    torch.manual_seed(q)
    module = SEQUENCES[p % len(SEQUENCES)](torch.nn, x).to(x.dtype)
    attends = type(module).__name__ == "MultiheadAttention"
    result = module(x, x, x) if attends else module(x)
    while isinstance(result, tuple):
        result = result[0]
    return [_fresh(torch, result), *list(module.parameters())[:2]]


@step
def images(torch, x, y, p, q):
    """x as one image, for layers that want one."""
    nn, F = torch.nn, torch.nn.functional
    torch.manual_seed(q)
    if x.ndim < 2:
        return None  # it would be no image
    x = x.reshape(1, -1, *x.shape[-2:])
    channels = x.shape[1]
    layers = [
        lambda: nn.Conv2d(channels, 2, 2, padding=1, bias=q % 2 == 0)(x),
        lambda: nn.Conv2d(channels, channels, (1, 2), stride=2, groups=max(channels, 1))(x),
        lambda: nn.Conv2d(channels, 2, 2, padding="same")(x),
        lambda: nn.ConvTranspose2d(channels, 1, 2, stride=2)(x),
        lambda: nn.BatchNorm2d(channels, eps=0.1).train(q % 2 == 0)(x),
        lambda: nn.InstanceNorm2d(channels, eps=0.1, affine=True)(x),
        lambda: F.max_pool2d(x, 2, 1, padding=1),
        lambda: F.avg_pool2d(x, (1, 2), count_include_pad=False),
        lambda: F.adaptive_avg_pool2d(x, (1, 2)),
        lambda: F.interpolate(x, scale_factor=2, mode="bilinear", align_corners=q % 2 == 0),
        lambda: F.pad(x, (1, 0, 0, 1), mode=["reflect", "replicate", "circular"][q % 3]),
        lambda: F.unfold(x, (1, 2)),
        lambda: F.pixel_unshuffle(x, 1),
    ]
    return _fresh(torch, layers[p % len(layers)]())


@functools.cache
def _tree(torch):
    """A module of modules, in lists and dicts, with a buffer."""
    nn = torch.nn

    class Tree(nn.Module):
        def __init__(self, size, shares):
            super().__init__()
            self.layers = nn.ModuleList([nn.Linear(size, 3), nn.Linear(3, 3)])
            self.heads = nn.ModuleDict({"b": nn.Linear(3, 2), "a": nn.Linear(3, 2, bias=False)})
            self.scale = nn.Parameter(torch.full((3,), 0.5))
            self.register_buffer("count", torch.zeros(()))
            if shares:
                self.heads["c"] = self.heads["b"]

        def forward(self, x, head):
            with torch.no_grad():
                self.count.add_(1)
            for layer in self.layers:
                x = torch.tanh(layer(x)) * self.scale
            return self.heads[head](x)

    return Tree


@step
def module_tree(torch, x, y, p, q):
    """Its output, what it holds by name, and what a twin that loads its state gives."""
    torch.manual_seed(q)
    tree, twin = (_tree(torch)(_last(x), p % 2 == 0) for _ in range(2))
    if q % 3 == 0:
        tree.layers[0].requires_grad_(False)
    twin.load_state_dict(tree.state_dict())
    tree.zero_grad(set_to_none=p % 3 == 0)
    result = tree(x, "ab"[q % 2]) + twin(x, "ab"[p % 2])
    named = dict(tree.named_parameters())
    counted = torch.tensor([float(len(named)), float(tree.count)])
    return [_fresh(torch, result), *list(named.values())[p % 4 : p % 4 + 2], counted]


@step
def train(torch, x, y, p, q):
    """A few steps with groups, a scheduler and clipping, through a saved state."""
    nn, optim = torch.nn, torch.optim
    torch.manual_seed(q)
    if not x.is_floating_point():
        return None  # a layer refuses them, and that is compared elsewhere
    net = nn.Sequential(nn.Linear(_last(x), 3), nn.Tanh(), nn.Linear(3, 1)).to(x.dtype)
    groups = [{"params": net[0].parameters(), "lr": 0.2}, {"params": net[2].parameters()}]
    makes = [
        lambda: optim.SGD(groups, 0.1, momentum=0.5),
        lambda: optim.Adam(groups, 0.1, eps=0.1),
        lambda: optim.RMSprop(groups, 0.1, eps=0.1),
        lambda: optim.AdamW(groups, 0.1, eps=0.1, weight_decay=0.1),
    ]
    optimizer = makes[p % len(makes)]()
    schedules = [
        lambda: optim.lr_scheduler.StepLR(optimizer, 1, 0.5),
        lambda: optim.lr_scheduler.CosineAnnealingLR(optimizer, 4),
        lambda: optim.lr_scheduler.LambdaLR(optimizer, lambda epoch: 1 / (1 + epoch)),
        lambda: optim.lr_scheduler.ExponentialLR(optimizer, 0.9),
    ]
    scheduler = schedules[q % len(schedules)]()
    for _ in range(3):
        optimizer.zero_grad()
        net(x.detach()).square().mean().backward()
        nn.utils.clip_grad_value_(net.parameters(), 0.5)
        optimizer.step()
        scheduler.step()
        optimizer.load_state_dict(optimizer.state_dict())
    rates = torch.tensor([group["lr"] for group in optimizer.param_groups])
    return [net[0].weight.detach().clone(), rates, _fresh(torch, net(x))]


@step
def chosen(torch, x, y, p, q):
    """Values by their order; where two are equal, only what does not hang on which one."""
    dim = q % 3 - 1
    changes = [
        lambda: x.topk(1, dim).values,
        lambda: x.kthvalue(1, dim).values,
        lambda: x.median(dim).values,
        lambda: torch.aminmax(x, dim=dim).max,
        lambda: x.cummin(dim).values,
        lambda: x.diff(1, dim),
        lambda: x.argmax(dim) if x.unique().numel() == x.numel() else None,
        lambda: torch.searchsorted(x.detach().flatten().sort().values, y.detach() + 0.125),
        lambda: x.masked_scatter(x > 1e-3, y),
        lambda: torch.clamp(x, min=y, max=y + 1),
        lambda: x.nan_to_num(0.5, 2.0, -2.0),
        lambda: torch.maximum(x, y),
    ]
    return changes[p % len(changes)]()


@step
def gradients_of_functions(torch, x, y, p, q):
    """What autograd.functional says of a function of x."""
    asked = torch.autograd.functional

    def function(a):
        return (a * a * 0.5).sum(-1) if a.ndim else a * a

    found = [
        lambda: asked.vjp(function, x, torch.ones_like(function(x)), create_graph=q % 2 == 0)[1],
        lambda: asked.jacobian(function, x, create_graph=q % 2 == 0),
        lambda: asked.hessian(lambda a: function(a).sum(), x.detach()),
        lambda: asked.jvp(function, x, torch.ones_like(x))[1],
    ]
    return _fresh(torch, found[p % len(found)]())


@step
def kept_otherwise(torch, x, y, p, q):
    """Operations whose saved tensors hooks keep in another form."""
    hooks = torch.autograd.graph.saved_tensors_hooks
    changes = [lambda: x * y, lambda: x.sigmoid(), lambda: x.square().sum(), lambda: x @ y.mT]
    with hooks(lambda t: t.detach() * 2, lambda t: t / 2):
        return _fresh(torch, changes[p % len(changes)]() * (1 + q % 2))


@functools.cache
def _functions(torch):
    Function = torch.autograd.Function

    class Twofold(Function):
        """Two outputs, and a context that is set up apart."""

        @staticmethod
        def forward(x):
            return x * 2, x * x

        @staticmethod
        def setup_context(ctx, inputs, output):
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx, first, second):
            [x] = ctx.saved_tensors
            return 2 * first + 2 * x * second

    class Once(Function):
        @staticmethod
        def forward(ctx, x, factor):
            ctx.factor = factor
            return x * factor

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad):
            return grad * ctx.factor, None

    return Twofold, Once


@step
def custom_apart(torch, x, y, p, q):
    twofold, once = _functions(torch)
    if not x.is_floating_point():
        return None  # PyTorch leaves the dtype of a product with an int to the function
    return list(twofold.apply(x)) if p % 2 else once.apply(x, 1.5)
