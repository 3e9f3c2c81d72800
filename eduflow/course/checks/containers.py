"""Checks on containers: counting, stacking, calling in a row, loading and freezing."""

from itertools import pairwise
from typing import Any

from . import Case, Exercise, Misconception, late, register


def _layers(torch: Any, *sizes: int) -> Any:
    """A Sequential of linear layers with a ReLU between them."""
    nn = torch.nn
    torch.manual_seed(0)
    parts = [part for a, b in pairwise(sizes) for part in (nn.Linear(a, b), nn.ReLU())]
    return nn.Sequential(*parts[:-1])


# Counting


def _count(net: Any, trainable_only: bool = False) -> int:
    return int(sum(p.numel() for p in net.parameters() if p.requires_grad or not trainable_only))


def _count_tensors(net: Any, trainable_only: bool = False) -> int:
    return len([p for p in net.parameters() if p.requires_grad or not trainable_only])


def _count_twice(net: Any, trainable_only: bool = False) -> int:
    own = [p for p in net._parameters.values() if p is not None]
    here = int(sum(p.numel() for p in own if p.requires_grad or not trainable_only))
    return here + sum(_count_twice(child, trainable_only) for child in net._modules.values())


def _count_all(net: Any, trainable_only: bool = False) -> int:
    return sum(p.numel() for p in net.parameters())


register(
    Exercise(
        name="learned-numbers",
        signature="count_parameters(net, trainable_only=False) -> int",
        reference=_count,
        cases=[
            Case(
                use=lambda count, torch: count(torch.nn.Linear(4, 3)),
                show="count_parameters(nn.Linear(4, 3))",
                hint="Twelve weights and three biases.",
            ),
            Case(
                use=lambda count, torch: count(_nest(torch)),
                show="count_parameters(a module with a Linear(4, 3) and a Linear(3, 2))",
            ),
            Case(
                use=lambda count, torch: count(_nest(torch, freeze=True), trainable_only=True),
                show="count_parameters(the same, the first layer frozen, trainable_only=True)",
                hint="Leave out parameters whose requires_grad is False.",
            ),
            Case(
                use=lambda count, torch: count(_nest(torch, freeze=True)),
                show="count_parameters(the same, the first layer frozen)",
            ),
            Case(
                use=lambda count, torch: count(_nest(torch, tie=True)),
                show="count_parameters(two layers that share their weight)",
                hint="What is shared is learned once. `parameters()` gives it once.",
            ),
        ],
        misconceptions=[
            Misconception(
                "counts tensors",
                _count_tensors,
                "You counted the tensors. A weight of 3 by 4 is one tensor, but twelve numbers are "
                "learned in it: add up `numel()`.",
            ),
            Misconception(
                "counts shared ones twice",
                _count_twice,
                "You counted a shared parameter once for each place where it stands. It is learned "
                "once: `net.parameters()` gives every parameter once.",
            ),
            Misconception(
                "counts frozen ones",
                _count_all,
                "You counted frozen parameters although `trainable_only` was asked for. Look at "
                "`requires_grad`.",
            ),
        ],
    )
)


def _nest(torch: Any, freeze: bool = False, tie: bool = False) -> Any:
    """A module with two linear layers as attributes; floor 5 is enough for it."""
    torch.manual_seed(0)
    net = torch.nn.Module()
    net.first = torch.nn.Linear(3 if tie else 4, 3)
    net.last = torch.nn.Linear(3, 3 if tie else 2)
    if freeze:
        net.first.requires_grad_(False)
    if tie:
        net.last.weight = net.first.weight
    return net


# Stacks

_NO_SUPER = (
    "There is no place yet to register a layer: the first line of `__init__` has to be "
    "`super().__init__()`."
)


def _stack(torch: Any) -> Any:
    class Stack(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, sizes: list[int]) -> None:
            super().__init__()
            layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
            self.layers = torch.nn.ModuleList(layers)

        def forward(self, x: Any) -> Any:
            for layer in self.layers[:-1]:
                x = torch.relu(layer(x))
            return self.layers[-1](x)

    return Stack


def _stack_in_a_list(torch: Any) -> Any:
    class Stack(_stack(torch)):  # type: ignore[misc]
        def __init__(self, sizes: list[int]) -> None:
            torch.nn.Module.__init__(self)
            self.layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]

    return Stack


def _stack_relu_last(torch: Any) -> Any:
    class Stack(_stack(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            return torch.relu(super().forward(x))

    return Stack


def _stack_without_relu(torch: Any) -> Any:
    class Stack(_stack(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

    return Stack


def _stack_without_super(torch: Any) -> Any:
    class Stack(_stack(torch)):  # type: ignore[misc]
        def __init__(self, sizes: list[int]) -> None:
            layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
            self.layers = torch.nn.ModuleList(layers)

    return Stack


def _run_stack(cls: Any, torch: Any, *sizes: int) -> Any:
    torch.manual_seed(0)
    return cls(list(sizes))(torch.linspace(-2, 2, 3 * sizes[0]).reshape(3, sizes[0]))


register(
    Exercise(
        name="layer-stack",
        signature="Stack(sizes), a class of modules",
        reference=late(_stack),
        cases=[
            Case(
                use=lambda cls, torch: [name for name, _ in cls([4, 3, 2]).named_parameters()],
                show="the names of the parameters of Stack([4, 3, 2])",
                hint="The layers have to be registered: put them into an nn.ModuleList.",
            ),
            Case(
                use=lambda cls, torch: _run_stack(cls, torch, 4, 2),
                show="Stack([4, 2])(x)",
                hint="With one layer there is nothing to put a relu between.",
            ),
            Case(
                use=lambda cls, torch: _run_stack(cls, torch, 4, 5, 3),
                show="Stack([4, 5, 3])(x)",
                hint="A relu after each layer but the last.",
            ),
            Case(
                use=lambda cls, torch: _run_stack(cls, torch, 2, 6, 6, 6, 1),
                show="Stack([2, 6, 6, 6, 1])(x)",
            ),
        ],
        misconceptions=[
            Misconception(
                "a plain list",
                late(_stack_in_a_list),
                "It computes the right thing, but your layers are in a plain list: nobody finds "
                "their parameters. Put them into an nn.ModuleList.",
            ),
            Misconception(
                "relu after the last layer",
                late(_stack_relu_last),
                "You put a relu after the last layer as well: no result can be negative any more. "
                "It belongs between the layers.",
            ),
            Misconception(
                "no relu",
                late(_stack_without_relu),
                "There is no relu between your layers: without it they are one linear layer.",
            ),
            Misconception("no super", late(_stack_without_super), _NO_SUPER),
        ],
    )
)


# Rows


def _row(torch: Any) -> Any:
    class MiniSequential(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, *layers: Any) -> None:
            super().__init__()
            for place, layer in enumerate(layers):
                self.add_module(str(place), layer)

        def forward(self, x: Any) -> Any:
            for layer in self._modules.values():
                x = layer(x)
            return x

    return MiniSequential


def _row_of_children(torch: Any) -> Any:
    class MiniSequential(_row(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            for layer in self.children():
                x = layer(x)
            return x

    return MiniSequential


def _row_of_modules(torch: Any) -> Any:
    class MiniSequential(_row(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            for layer in self.modules():
                x = layer(x)
            return x

    return MiniSequential


def _row_without_super(torch: Any) -> Any:
    class MiniSequential(_row(torch)):  # type: ignore[misc]
        def __init__(self, *layers: Any) -> None:
            for place, layer in enumerate(layers):
                self.add_module(str(place), layer)

    return MiniSequential


def _row_in_a_tuple(torch: Any) -> Any:
    class MiniSequential(torch.nn.Module):  # type: ignore[misc]
        def __init__(self, *layers: Any) -> None:
            super().__init__()
            self.layers = layers

        def forward(self, x: Any) -> Any:
            for layer in self.layers:
                x = layer(x)
            return x

    return MiniSequential


def _row_of_strangers(torch: Any) -> Any:
    class MiniSequential(_row(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            out = x
            for layer in self._modules.values():
                out = layer(x)
            return out

    return MiniSequential


def _row_backwards(torch: Any) -> Any:
    class MiniSequential(_row(torch)):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            for layer in reversed(self._modules.values()):
                x = layer(x)
            return x

    return MiniSequential


def _row_names(cls: Any, torch: Any) -> list[str]:
    net = cls(torch.nn.Linear(2, 3), torch.nn.ReLU(), torch.nn.Linear(3, 1))
    return [name for name, _ in net.named_parameters()]


def _run_shared(cls: Any, torch: Any) -> Any:
    torch.manual_seed(0)
    layer = torch.nn.Linear(2, 2)
    return cls(layer, layer)(torch.ones(3, 2))


def _run_row(cls: Any, torch: Any, *sizes: int) -> Any:
    torch.manual_seed(0)
    layers = [torch.nn.Linear(a, b) for a, b in pairwise(sizes)]
    return cls(torch.nn.ReLU(), *layers)(torch.linspace(-2, 2, 3 * sizes[0]).reshape(3, sizes[0]))


register(
    Exercise(
        name="mini-sequential",
        signature="MiniSequential(*layers), a class of modules",
        reference=late(_row),
        cases=[
            Case(
                use=lambda cls, torch: _run_row(cls, torch, 2, 2, 2),
                show="MiniSequential(ReLU(), Linear(2, 2), Linear(2, 2))(x)",
                hint="Each layer gets what the layer before it returned.",
            ),
            Case(
                use=_row_names,
                show="the names of the parameters of MiniSequential(Linear, ReLU, Linear)",
                hint='Register the layers as "0", "1", "2" with add_module.',
            ),
            Case(
                use=lambda cls, torch: cls()(torch.ones(2)),
                show="MiniSequential()(torch.ones(2))",
                hint="Without layers nothing happens to the input.",
            ),
            Case(
                use=lambda cls, torch: _run_row(cls, torch, 3, 4, 1),
                show="MiniSequential(ReLU(), Linear(3, 4), Linear(4, 1))(x)",
            ),
            Case(
                use=_run_shared,
                show="MiniSequential(layer, layer)(x), the same layer twice",
                hint="A layer that stands there twice is called twice.",
            ),
        ],
        misconceptions=[
            Misconception(
                "kept in a tuple",
                late(_row_in_a_tuple),
                "It computes the right thing, but the layers are kept in a tuple or a list, which "
                "Module does not look into: their parameters are not found. Use add_module.",
            ),
            Misconception(
                "each gets the input",
                late(_row_of_strangers),
                "Each of your layers gets the first input. It should get what the layer before it "
                "returned: overwrite one variable in the loop.",
            ),
            Misconception(
                "backwards",
                late(_row_backwards),
                "You call the last layer first.",
            ),
            Misconception(
                "runs a shared layer once",
                late(_row_of_children),
                "`children()` gives each module once, so a layer that stands there twice runs "
                "once. Go over `self._modules.values()`.",
            ),
            Misconception(
                "calls itself",
                late(_row_of_modules),
                "You loop over `modules()`, which begins with the module itself: it calls itself "
                "for ever. Go over `self._modules.values()`.",
            ),
            Misconception("no super", late(_row_without_super), _NO_SUPER),
        ],
    )
)


# Loading


def _load(net: Any, state: Any) -> list[str]:
    own = net.state_dict()
    fits = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    return sorted(net.load_state_dict(fits, strict=False).missing_keys)


def _load_by_name(net: Any, state: Any) -> list[str]:
    return sorted(net.load_state_dict(state, strict=False).missing_keys)


def _load_by_place(net: Any, state: Any) -> list[str]:
    own = net.state_dict()
    pairs = zip(own.items(), state.values())
    fits = {name: new for (name, old), new in pairs if old.shape == new.shape}
    return sorted(net.load_state_dict(fits, strict=False).missing_keys)


def _load_strangers(net: Any, state: Any) -> list[str]:
    _load(net, state)
    return sorted(set(state) - set(net.state_dict()))


def _load_and_tell_all(net: Any, state: Any) -> Any:
    own = net.state_dict()
    fits = {k: v for k, v in state.items() if k in own and own[k].shape == v.shape}
    return net.load_state_dict(fits, strict=False)


def _load_nothing(net: Any, state: Any) -> list[str]:
    own = net.state_dict()
    return sorted(k for k, v in own.items() if k not in state or state[k].shape != v.shape)


def _load_recorded(net: Any, state: Any) -> list[str]:
    for name, parameter in net.named_parameters():
        if name in state and parameter.shape == state[name].shape:
            parameter.copy_(state[name])
    return _load_nothing(net, state)


def _try_loading(load: Any, torch: Any, *sizes: int, drop: str = "", extra: str = "") -> Any:
    net = _layers(torch, 4, 3, 2)
    state = _layers(torch, *sizes).state_dict()
    state = {name: value + 1 for name, value in state.items() if name != drop}
    if extra:
        state = {extra: next(iter(state.values())), **state}
    left = load(net, state)
    return {"what is left": left, "the network": {k: v.sum() for k, v in net.state_dict().items()}}


register(
    Exercise(
        name="load-what-fits",
        signature="load_what_fits(net, state) -> list of str",
        reference=_load,
        cases=[
            Case(
                use=lambda load, torch: _try_loading(load, torch, 4, 3, 2),
                show="all names and shapes agree: what is left, and the network afterwards",
            ),
            Case(
                use=lambda load, torch: _try_loading(load, torch, 4, 3, 2, drop="2.bias"),
                show='"2.bias" is missing: what is left, and the network afterwards',
                hint="strict=False, and look at the missing_keys of what load_state_dict returns.",
            ),
            Case(
                use=lambda load, torch: _try_loading(load, torch, 4, 3, 2, extra="new.weight"),
                show='"new.weight" comes first and is unexpected: what is left, and the network',
                hint="A name that the network does not have is of no use; leave it out.",
            ),
            Case(
                use=lambda load, torch: _try_loading(load, torch, 4, 3, 5),
                show="the last layer has another shape: what is left, and the network afterwards",
                hint="strict=False does not forgive shapes: take those entries out yourself.",
            ),
        ],
        misconceptions=[
            Misconception(
                "only names",
                _load_by_name,
                "You leave it to strict=False. It forgives names, but a wrong shape still raises: "
                "take those entries out before you load.",
            ),
            Misconception(
                "by place",
                _load_by_place,
                "You match the entries by their order. One more or one less, and every number goes "
                "to the wrong layer: go by name.",
            ),
            Misconception(
                "names the unexpected",
                _load_strangers,
                "You returned the names that the network does not know. Asked for are those of the "
                "network that were not loaded: the missing ones.",
            ),
            Misconception(
                "returns the whole answer",
                _load_and_tell_all,
                "You returned all that `load_state_dict` answers; asked for is "
                "`sorted(answer.missing_keys)`.",
            ),
            Misconception(
                "moves names only",
                _load_nothing,
                "The names are right, but no number has moved. `p = state[k]` only gives another "
                "tensor the name p. Use `load_state_dict`, or `p.copy_(...)` under "
                "`torch.no_grad()`.",
            ),
            Misconception(
                "copies with autograd looking on",
                _load_recorded,
                "Parameters require grad, and such a leaf must not be written into while autograd "
                "records. Use `load_state_dict`, or `p.copy_(...)` under `torch.no_grad()`.",
            ),
        ],
    )
)


# Freezing


def _freeze(net: Any) -> None:
    net.requires_grad_(False)
    list(net.children())[-1].requires_grad_(True)


def _freeze_the_last(net: Any) -> None:
    list(net.children())[-1].requires_grad_(False)


def _freeze_the_first(net: Any) -> None:
    next(iter(net.children())).requires_grad_(False)


def _freeze_weights(net: Any) -> None:
    for child in list(net.children())[:-1]:
        if hasattr(child, "weight"):
            child.weight.requires_grad_(False)


def _freeze_modules(net: Any) -> None:
    for child in list(net.children())[:-1]:
        child.requires_grad = False


def _freeze_all_but_the_last_parameter(net: Any) -> None:
    for parameter in list(net.parameters())[:-1]:
        parameter.requires_grad = False


def _switches(freeze: Any, torch: Any) -> bool:
    """Whether `freeze` gave some module an ordinary attribute `requires_grad`."""
    net = _layers(torch, 2, 3, 1)
    freeze(net)
    return any("requires_grad" in vars(module) for module in net.modules())


def _melting(freeze: Any, torch: Any, *sizes: int) -> dict[str, bool]:
    net = _layers(torch, *sizes)
    freeze(net)
    return {name: p.requires_grad for name, p in net.named_parameters()}


register(
    Exercise(
        name="freeze-all-but-last",
        signature="freeze_all_but_last(net) -> None",
        reference=_freeze,
        cases=[
            Case(
                use=lambda freeze, torch: _melting(freeze, torch, 2, 3, 1),
                show="which parameters of two layers require grad afterwards",
                hint="Freeze all, then melt the last child.",
            ),
            Case(
                use=lambda freeze, torch: _melting(freeze, torch, 2, 3, 3, 1),
                show="which parameters of three layers require grad afterwards",
            ),
            Case(
                use=_switches,
                show="whether a module got an attribute `requires_grad`",
                hint="Modules have no `requires_grad`; call `requires_grad_(...)`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "freezes the last",
                _freeze_the_last,
                "You froze the last child. It is the one that should go on learning.",
            ),
            Misconception(
                "freezes the first only",
                _freeze_the_first,
                "You froze the first child only. All but the last should be frozen.",
            ),
            Misconception(
                "forgets the biases",
                _freeze_weights,
                "The biases still learn. A module's requires_grad_ speaks to all its parameters.",
            ),
            Misconception(
                "a switch on a module",
                _freeze_modules,
                "A module has no switch `requires_grad`: you gave it an ordinary attribute, and no "
                "parameter noticed. Call `requires_grad_(False)`, with the underscore.",
            ),
            Misconception(
                "leaves the last parameter free",
                _freeze_all_but_the_last_parameter,
                "You left the last *parameter* free, which is only a bias. The last child has a "
                "weight, too.",
            ),
        ],
    )
)
