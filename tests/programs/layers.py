"""More of what a random program can do: layers, containers, losses, optimizers."""

from .steps import step


def _channels(x):
    return x.shape[1] if x.ndim > 1 else 1


def _last(x):
    return x.shape[-1] if x.ndim else 1


# A large eps: what is constant must not become noise times a thousand.
LAYERS = [
    lambda nn, x: nn.Linear(_last(x), 2),
    lambda nn, x: nn.Linear(_last(x), 2, bias=False),
    lambda nn, x: nn.LayerNorm(_last(x), eps=0.1),
    lambda nn, x: nn.RMSNorm(_last(x), eps=0.1),
    lambda nn, x: nn.BatchNorm1d(_channels(x), eps=0.1),
    lambda nn, x: nn.GroupNorm(1, _channels(x), eps=0.1),
    lambda nn, x: nn.Conv1d(_channels(x), 2, 2, padding=1),
    lambda nn, x: nn.Conv1d(_channels(x), 2, 1, stride=2, bias=False),
    lambda nn, x: nn.ConvTranspose1d(_channels(x), 2, 2, stride=2, output_padding=1),
    lambda nn, x: nn.PReLU(),
    lambda nn, x: nn.Embedding(8, 2),
    lambda nn, x: nn.Bilinear(_last(x), _last(x), 2),
    lambda nn, x: nn.GRU(_last(x), 2, batch_first=True),
    lambda nn, x: nn.LSTM(_last(x), 2),
    lambda nn, x: nn.Dropout(0.5),
    lambda nn, x: nn.MaxPool1d(2, 1),
    lambda nn, x: nn.AvgPool1d(2, 1, padding=1),
    lambda nn, x: nn.Flatten(),
    lambda nn, x: nn.Unflatten(-1, (1, -1)),
]


def _called(module, x, y):
    return module(x, y) if type(module).__name__ == "Bilinear" else module(x)


def _first(result):
    return result[0] if isinstance(result, tuple) else result


def _fresh(result, module):
    """A result in memory of its own, unless it may be a view: how a layer writes it is its own."""
    return result if type(module).__name__ in VIEWS else _copied(result)


def _copied(result):
    """A copy in reading order: how functions made of others leave memory is their own."""
    return (result * 1).flatten().reshape(result.shape)


VIEWS = ("Flatten", "Unflatten", "Dropout")


@step
def layer(torch, x, y, p, q):
    """A layer's output and its parameters, whose gradients can then be seen."""
    torch.manual_seed(q)
    module = LAYERS[p % len(LAYERS)](torch.nn, x)
    if x.is_floating_point():
        module.to(x.dtype)
    module.train(q % 3 != 0)
    result = _first(_called(module, x, y))
    return [_fresh(result, module), *list(module.parameters())[:2]]


@step
def containers(torch, x, y, p, q):
    nn = torch.nn
    torch.manual_seed(q)
    first, last = nn.Linear(_last(x), 3), nn.Linear(3, 2)
    if q % 4 == 0:
        last.weight.requires_grad_(False)
    net = nn.Sequential(first, [nn.ReLU(), nn.Tanh(), nn.GELU(), nn.SiLU()][p % 4], last)
    if q % 2:
        other = nn.Sequential(nn.Linear(_last(x), 3), nn.ReLU(), nn.Linear(3, 2))
        net.load_state_dict(other.state_dict())
    return [net(x).clone(), *list(net.parameters())[: 1 + p % 3]]


@step
def shared_weights(torch, x, y, p, q):
    """One layer used twice, and a parameter that is another tensor's view."""
    torch.manual_seed(p)
    module = torch.nn.Linear(_last(x), _last(x)).to(x.dtype)
    return [module(torch.relu(module(x))).clone(), module.weight]


@step
def module_hooks(torch, x, y, p, q):
    torch.manual_seed(p)
    module = torch.nn.Linear(_last(x), 2).to(x.dtype)
    hooks = [
        lambda: module.register_forward_hook(lambda m, given, result: result * 2),
        lambda: module.register_forward_pre_hook(lambda m, given: (given[0] * 0.5,)),
        lambda: module.register_full_backward_hook(lambda m, into, out: (into[0] * 3,)),
        lambda: module.register_full_backward_pre_hook(lambda m, out: (out[0] * 0.5,)),
    ]
    hooks[q % len(hooks)]()
    return [module(x).clone(), module.weight]


@step
def functional(torch, x, y, p, q):
    F = torch.nn.functional
    functions = [
        lambda: F.relu(x),
        lambda: F.leaky_relu(x, 0.1),
        lambda: F.gelu(x, approximate=["none", "tanh"][q % 2]),
        lambda: F.elu(x),
        lambda: F.softplus(x),
        lambda: F.hardtanh(x),
        lambda: F.silu(x),
        lambda: F.normalize(x, dim=-1),
        lambda: F.glu(x, -1),
        lambda: F.interpolate(x, scale_factor=2, mode="nearest"),
        lambda: F.cosine_similarity(x, y, dim=-1),
        lambda: F.scaled_dot_product_attention(x, y, y),
        lambda: F.one_hot(x, 9),
    ]
    return _copied(functions[p % len(functions)]())


@step
def loss(torch, x, y, p, q):
    F = torch.nn.functional
    reduction = ["mean", "sum", "none"][q % 3]
    classes = torch.arange(x.shape[0] if x.ndim > 1 else 1) % max(_channels(x), 1)
    losses = [
        lambda: F.mse_loss(x, y, reduction=reduction),
        lambda: F.l1_loss(x, y, reduction=reduction),
        lambda: F.smooth_l1_loss(x, y, reduction=reduction),
        lambda: F.huber_loss(x, y, reduction=reduction, delta=0.5),
        lambda: F.cross_entropy(x, classes, reduction=reduction, label_smoothing=q % 2 / 10),
        lambda: F.cross_entropy(x, y.softmax(-1), reduction=reduction),
        lambda: F.nll_loss(F.log_softmax(x, 1), classes, reduction=reduction),
        lambda: F.binary_cross_entropy_with_logits(x, y.sigmoid(), reduction=reduction),
        lambda: F.binary_cross_entropy(x.sigmoid(), y.sigmoid(), reduction=reduction),
        lambda: F.kl_div(F.log_softmax(x, -1), F.softmax(y + 1.5 * x, -1), reduction=reduction),
        lambda: F.soft_margin_loss(x, y.sign(), reduction=reduction),
    ]
    floats = x.is_floating_point() and y.is_floating_point()  # what is empty is never refused
    if p % len(losses) in (4, 5, 6, 9) and not (x.ndim and floats):
        return None  # several things are wrong, and which one is said first is not compared
    return _copied(losses[p % len(losses)]())


# A large eps: an update must not hang on the sign of a gradient that is only rounding.
OPTIMIZERS = [
    lambda o, x: o.SGD([x], 0.1),
    lambda o, x: o.SGD([x], 0.1, momentum=0.9, nesterov=True, weight_decay=0.1),
    lambda o, x: o.SGD([x], 0.1, momentum=0.9, dampening=0.5, maximize=True),
    lambda o, x: o.Adam([x], 0.1, eps=0.1),
    lambda o, x: o.Adam([x], 0.1, eps=0.1, amsgrad=True, weight_decay=0.1),
    lambda o, x: o.AdamW([x], 0.1, eps=0.1),
    lambda o, x: o.RMSprop([x], 0.1, eps=0.1, momentum=0.5, centered=True),
    lambda o, x: o.Adagrad([x], 0.1, eps=0.1),
    lambda o, x: o.NAdam([x], 0.1, eps=0.1),
    lambda o, x: o.Adamax([x], 0.1, eps=0.1),
]


@step
def optimize(torch, x, y, p, q):
    """Two steps from x, along y as the gradient. How often an optimizer writes is its own."""
    leaf = x.detach().clone().requires_grad_()
    leaf.grad = y.detach().clone()
    optimizer = OPTIMIZERS[p % len(OPTIMIZERS)](torch.optim, leaf)
    optimizer.step()
    optimizer.step()
    optimizer.zero_grad(set_to_none=q % 2 == 0)
    return leaf.detach().clone()


@step
def descend(torch, x, y, p, q):
    """Forward, backward and step with a small network on what is there."""
    torch.manual_seed(q)
    module = torch.nn.Linear(_last(x), 1).to(x.dtype)
    optimizer = torch.optim.SGD(module.parameters(), 0.1, momentum=0.5)
    for _ in range(2):
        optimizer.zero_grad()
        module(x.detach()).square().mean().backward()
        torch.nn.utils.clip_grad_norm_(module.parameters(), 1.0)
        optimizer.step()
    return [module.weight.detach().clone(), module(x).clone()]
