"""Checks on the tree of modules: paths, containers, what is saved and loaded by name."""

import copy
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Any

from ..probing import inside, shipped, tried
from . import Case, Exercise, Misconception, late, register

_TREE, _STATE = "nn.modules.tree", "nn.modules.state_dict"


def _network(torch: Any) -> Any:
    """Modules in modules; one stands in two places, one weight in two modules, and gaps."""
    nn = torch.nn

    def block() -> Any:
        module = nn.Module()
        module.scale = nn.Parameter(torch.full((2,), 7.0))
        module.linear = nn.Linear(2, 2)
        module.register_parameter("empty", None)
        module.register_buffer("mean", torch.zeros(2))
        module.register_buffer("passing", torch.ones(1), persistent=False)
        return module

    torch.manual_seed(0)
    net = nn.Module()
    net.common, net.body = nn.Parameter(torch.ones(2)), block()
    net.again, net.deep = net.body, nn.Module()
    net.deep.block = block()
    net.deep.block.linear.weight = net.body.linear.weight
    net.register_buffer("seen", torch.zeros(3))
    net.register_module("gap", None)
    net.out = nn.Linear(2, 1)
    return net


# walk ---------------------------------------------------------------------------------------


def _paths(path: str, once: bool, *seen: str) -> Callable[[Any, Any], Any]:
    def use(walk: Any, torch: Any) -> Any:
        net = _network(torch)
        empty = type("EmptyContainer", (torch.nn.Module,), {"__len__": lambda self: 0})
        net.nothing = empty()  # false in an `if`, as an empty list is
        known = {net.get_submodule(name) for name in seen}
        return [(found, type(module).__name__) for found, module in walk(net, path, known, once)]

    return use


def _walked(
    below: Any = None, order: str = "first", shared: bool = False, places: Any = None
) -> Any:
    """A wrong walk: another path below, another order, no look at what was seen, other places."""
    below = below or (lambda path, name: f"{path}.{name}" if path else name)
    places = places or (lambda module: module._modules.items())

    def walk(module: Any, path: str, seen: Any, once: bool) -> Iterator[Any]:
        if module in seen and not shared:
            return
        if once:
            seen.add(module)
        if order == "first":
            yield path, module
        for name, child in places(module):
            if child is not None:
                yield from walk(child, below(path, name), seen, once)
        if order == "last":
            yield path, module

    return walk


def _one_storey(module: Any, path: str, seen: Any, once: bool) -> Iterator[Any]:
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield (f"{path}.{name}" if path else name), child


register(
    Exercise(
        name="walk",
        signature="walk(module, path, seen, once) -> generator of (path, module)",
        reference=late(lambda torch: shipped(_TREE, "walk")),
        cases=[
            Case(
                use=_paths("", True),
                show='walk(net, "", set(), True)',
                hint="First the pair (path, module) itself, then, for each child, all pairs that "
                "`walk` gives for it (`yield from`: a call alone gives nothing), with its name "
                "behind the path.",
            ),
            Case(
                use=_paths("net", True),
                show='walk(net, "net", set(), True)',
                hint='A dot stands between two names, and none in front: f"{path}.{name}" if there '
                "is a path, else the name alone.",
            ),
            Case(
                use=_paths("", False),
                show='walk(net, "", set(), False)',
                hint="Unless `once`, nothing is put into `seen`, so a module that stands in two "
                "places is found at both.",
            ),
            Case(
                use=_paths("", True, "body"),
                show='walk(net, "", {body}, True): body was found before',
                hint="What is in `seen` is left out, with all that is in it.",
            ),
            Case(
                use=_paths("", False, "body"),
                show='walk(net, "", {body}, False): body was found before',
                hint="What is in `seen` is left out, whatever `once` says: that only decides what "
                "goes in.",
            ),
        ],
        misconceptions=[
            Misconception(
                "a dot in front",
                _walked(lambda path, name: f"{path}.{name}"),
                "Your paths begin with a dot where the root has no name of its own.",
            ),
            Misconception(
                "names for paths",
                _walked(lambda path, name: name),
                "These are names, not paths: what stands before the name is lost on the way down.",
            ),
            Misconception(
                "itself last",
                _walked(order="last"),
                "All are there, but each module comes after its children. It comes first.",
            ),
            Misconception(
                "seen is never asked",
                _walked(shared=True),
                "`seen` is never asked, or each child gets a set of its own. Hand on `seen` to the "
                "children; a module that is in it is left out.",
            ),
            Misconception(
                "each child once",
                _walked(places=lambda module: module.named_children()),
                "Unless `once`, a module that stands in two places is found at both. "
                "named_children() leaves repeats out (`module._modules.items()` has every place), "
                "and so does a `seen` that always grows.",
            ),
            Misconception(
                "an empty container",
                _walked(places=lambda module: [x for x in module._modules.items() if x[1]]),
                "A container without modules is false, as an empty list is, and you left it out. "
                "Ask `if child is not None:`.",
            ),
            Misconception(
                "one storey",
                _one_storey,
                "You give the children, but not what is in them: `yield from walk(child, ...)`.",
            ),
        ],
        hint="Itself, then every child with a longer path.",
    )
)


# named_members ------------------------------------------------------------------------------


def _members_of(drawer: str, *options: Any) -> Callable[[Any, Any], Any]:
    def use(named_members: Any, torch: Any) -> Any:
        found = named_members(_network(torch), drawer, *options)
        return [(path, tuple(member.shape)) for path, member in found]

    return use


def _twins(named_members: Any, torch: Any) -> Any:
    net = torch.nn.Module()
    net.a, net.b = torch.nn.Parameter(torch.ones(2)), torch.nn.Parameter(torch.ones(2))
    net.c = net.a
    both = [named_members(net, "_parameters", "", True, once) for once in (True, False)]
    return [[path for path, _ in found] for found in both]


def _named(key: Any = id, path: Any = None, own: bool = True) -> Any:
    path = path or (lambda start, name: f"{start}.{name}" if start else name)

    def named_members(net: Any, drawer: str, prefix: str, recurse: bool, once: bool) -> Any:
        walk, seen = shipped(_TREE, "walk"), set()
        for start, owner in walk(net, prefix, set(), once) if recurse else [(prefix, net)]:
            for name, member in getattr(owner, drawer).items():
                if member is None or key(member) in seen or (owner is net and not own):
                    continue
                if once:
                    seen.add(key(member))
                yield path(start, name), member

    return named_members


def _never_once(net: Any, drawer: str, prefix: str, recurse: bool, once: bool) -> Any:
    walk = shipped(_TREE, "walk")
    for start, owner in walk(net, prefix, set(), once) if recurse else [(prefix, net)]:
        for name, member in getattr(owner, drawer).items():
            if member is not None:
                yield (f"{start}.{name}" if start else name), member


def _parameters_always(net: Any, drawer: str, *options: Any) -> Any:
    return shipped(_TREE, "walk", "named_members")(net, "_parameters", *options)


register(
    Exercise(
        name="named_members",
        signature="named_members(module, drawer, prefix, recurse, once) -> generator of pairs",
        reference=late(lambda torch: shipped(_TREE, "walk", "named_members")),
        cases=[
            Case(
                use=_members_of("_parameters", "", True, True),
                show='named_members(net, "_parameters", "", True, True)',
                hint="For each (path, owner) of `walk`: what is in getattr(owner, drawer), with "
                "its name behind the path (no dot in front, if the path is empty). None is no "
                "member; with `once` each comes once.",
            ),
            Case(
                use=_members_of("_buffers", "net", True, True),
                show='named_members(net, "_buffers", "net", True, True)',
                hint="`drawer` says where to look, and `prefix` where the paths begin.",
            ),
            Case(
                use=_members_of("_parameters", "", False, True),
                show='named_members(net, "_parameters", "", False, True)',
                hint="Without `recurse` there is one owner only: [(prefix, module)].",
            ),
            Case(
                use=_members_of("_parameters", "", True, False),
                show='named_members(net, "_parameters", "", True, False)',
                hint="Unless `once`, members that stand in several places come at each of them.",
            ),
            Case(
                use=_twins,
                show="a network with two equal parameters a and b, and c, which is a",
                hint="Equal numbers do not make two parameters one: remember the objects.",
            ),
        ],
        misconceptions=[
            Misconception(
                "shared members twice",
                _never_once,
                "A weight that two layers share comes twice, and an optimizer would move it twice: "
                "with `once`, remember in a set what was given out.",
            ),
            Misconception(
                "the network's own forgotten",
                _named(own=False),
                "You look into the parts only. What the network holds itself, such as `common`, is "
                "missing: that is how a freezing loop leaves parameters learning.",
            ),
            Misconception(
                "equal is the same",
                _named(key=lambda member: str(member.tolist())),
                "Two parameters with equal numbers are still two. Put the objects into the set.",
            ),
            Misconception(
                "a dot in front",
                _named(path=lambda start, name: f"{start}.{name}"),
                "The names of the root's own members begin with a dot: where the path is empty, "
                "the name stands alone.",
            ),
            Misconception(
                "always the parameters",
                _parameters_always,
                'You look into "_parameters", whatever is asked for: getattr(owner, drawer).',
            ),
        ],
        hint="One loop over the owners, one over what is in their drawers.",
    )
)


# ModuleList ---------------------------------------------------------------------------------


def _listed(thing: Any, torch: Any) -> Any:
    layers = thing(torch.nn.Linear(1, n + 1) for n in range(3))
    back = layers.append(torch.nn.ReLU()) is layers
    return [list(layers._modules), back, len(layers), len(list(layers.parameters()))]


def _items(thing: Any, torch: Any) -> Any:
    layers = thing(torch.nn.Linear(1, n + 1) for n in range(4))
    kinds = [layers[0].out_features, layers[-1].out_features, layers[-4].out_features]
    return [*kinds, tried(lambda: layers[4]), tried(lambda: layers[-5])]


def _list_slices(thing: Any, torch: Any) -> Any:
    layers = thing(torch.nn.Linear(1, n + 1) for n in range(4))
    part, other = layers[1:3], layers[::-2]
    same = [part[0] is layers[1], other[1] is layers[1]]
    return [isinstance(part, thing), list(part._modules), *same, len(layers[9:])]


def _own_class(thing: Any, torch: Any) -> Any:
    own = type("Blocks", (thing,), {})
    return type(own([torch.nn.ReLU()])[:0]).__name__


def _list_with(name: str, method: Callable[..., Any]) -> Any:
    def make(torch: Any) -> Any:
        base = shipped("nn.modules.container", "ModuleList")
        return type("ModuleList", (base,), {name: method})

    return late(make)


def _plain_slice(self: Any, idx: Any) -> Any:
    return list(self)[idx if isinstance(idx, slice) else _position(idx, len(self))]


def _no_negative(self: Any, idx: Any) -> Any:
    if isinstance(idx, slice):
        return self.__class__(list(self)[idx])
    return self._modules[str(idx)]


def _copies(self: Any, idx: Any) -> Any:
    found = list(self)[idx]
    if isinstance(idx, slice):
        return self.__class__(copy.deepcopy(module) for module in found)
    if not -len(self) <= idx < len(self):
        raise IndexError(f"index {idx} is out of range")
    return found


def _silent_append(self: Any, module: Any) -> None:
    self.add_module(str(len(self)), module)


def _plain_attribute(self: Any, module: Any) -> Any:
    self.__dict__.setdefault("layers", []).append(module)
    return self


register(
    Exercise(
        name="ModuleList",
        signature="class ModuleList: append and __getitem__",
        reference=late(lambda torch: shipped("nn.modules.container", "ModuleList")),
        cases=[
            Case(
                use=lambda thing, torch: [len(thing()), len(thing([])), thing().training],
                show="ModuleList() and ModuleList([]): how many modules",
                hint="First super().__init__(). Without `modules` there is nothing to extend with.",
            ),
            Case(
                use=_listed,
                show="ModuleList(three layers).append(ReLU()): names, length, parameters",
                hint="`self.add_module(name, module)` registers; the name is the next number as a "
                "string. `append` returns the list.",
            ),
            Case(
                use=_items,
                show="layers[0], layers[-1], layers[-4], layers[4], layers[-5]",
                hint="`position(idx, len(self))` gives 0 to len - 1, or raises IndexError. "
                'Names in `self._modules` are texts, "0" and not 0: str(...) makes one of a place.',
            ),
            Case(
                use=_list_slices,
                show="layers[1:3], layers[::-2], layers[9:]",
                hint="A slice is a ModuleList of the same modules (no copies), numbered anew: "
                "self.__class__(list(self)[idx]).",
            ),
            Case(
                use=_own_class,
                show="class Blocks(ModuleList): the class of Blocks(...)[:0]",
                hint="A slice of a subclass is of that subclass: self.__class__, not ModuleList.",
            ),
        ],
        misconceptions=[
            Misconception(
                "a slice is a list",
                _list_with("__getitem__", _plain_slice),
                "A slice of yours is a plain list, and what is in a plain list is not registered: "
                "the friend's mistake again.",
            ),
            Misconception(
                "no negative positions",
                _list_with("__getitem__", _no_negative),
                "There is no module called '-1'. `position(idx, len(self))` counts from the end.",
            ),
            Misconception(
                "copies",
                _list_with("__getitem__", _copies),
                "Your slice holds copies. Training them would leave the network as it was.",
            ),
            Misconception(
                "append returns nothing",
                _list_with("append", _silent_append),
                "`append` has to return the list itself: `layers.append(a).append(b)`.",
            ),
            Misconception(
                "a plain list inside",
                _list_with("append", _plain_attribute),
                "You keep the modules in a plain list. Nobody will find them: `add_module` "
                "registers them.",
            ),
        ],
        hint="A list whose items are attributes called 0, 1, 2.",
    )
)


# Sequential ---------------------------------------------------------------------------------


def _row(thing: Any, torch: Any) -> Any:
    torch.manual_seed(0)
    nn = torch.nn
    return thing(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1))


def _named_row(thing: Any, torch: Any) -> Any:
    nn = torch.nn
    return thing(OrderedDict(first=nn.Linear(2, 2), second=nn.Tanh()))


def _run(thing: Any, torch: Any) -> Any:
    x = torch.linspace(-1.0, 1.0, 8).reshape(4, 2)
    net = _row(thing, torch)
    return [net(x), thing()(3)]


def _run_twice(thing: Any, torch: Any) -> Any:
    class Add(torch.nn.Module):  # type: ignore[misc]
        def forward(self, x: Any) -> Any:
            """One more."""
            return x + 1

    add = Add()
    net = thing(add, add, torch.nn.Identity(), add)
    return [net(0), len(net), list(net._modules), len(list(net.children()))]


def _row_names(thing: Any, torch: Any) -> Any:
    rows = [_row(thing, torch), _named_row(thing, torch)]
    plain = {"a": torch.nn.ReLU()}
    refused = [tried(lambda: thing(3)), tried(lambda: list(thing(plain)._modules))]
    return [*(list(row._modules) for row in rows), refused, list(thing(None)._modules)]


def _row_items(thing: Any, torch: Any) -> Any:
    net, named = _row(thing, torch), _named_row(thing, torch)
    part = net[1:]
    kept = [isinstance(part, thing), list(part._modules), part[1] is net[2], net[-1] is net[2]]
    names = [named[0] is named.first, list(named[1:]._modules)]
    x = torch.linspace(-1.0, 1.0, 8).reshape(4, 2)
    runs = torch.equal(net[:2](x), net[1](net[0](x)))
    return [*kept, *names, runs, tried(lambda: net[3]), tried(lambda: net[-4])]


def _row_longer(thing: Any, torch: Any) -> Any:
    net, named, relu = _row(thing, torch), _named_row(thing, torch), torch.nn.ReLU()
    returned = net.append(relu)
    named.append(relu)
    kept = [returned is net, len(net) == 4 and net[3] is relu]
    refused = tried(lambda: type(net.append(3)).__name__)
    return [kept, *(list(row._modules) for row in (net, named)), refused]


def _sequential(**methods: Any) -> Any:
    def make(torch: Any) -> Any:
        base = shipped("nn.modules.container", "Sequential")
        return type("Sequential", (base,), methods)

    return late(make)


def _numbers_only(self: Any, *args: Any) -> None:
    shipped("nn.modules.module", "DRAWERS", "Registry").__init__(self)
    named = len(args) == 1 and isinstance(args[0], OrderedDict)
    for number, module in enumerate(args[0].values() if named else args):
        self.add_module(str(number), module)


def _any_dict(self: Any, *args: Any) -> None:
    shipped("nn.modules.module", "DRAWERS", "Registry").__init__(self)
    named = len(args) == 1 and isinstance(args[0], dict)
    for name, module in args[0].items() if named else enumerate(args):
        self.add_module(str(name), module)


def _each_the_input(self: Any, input: Any) -> Any:
    outputs = [module(input) for module in self]
    return outputs[-1] if outputs else input


def _append_nothing(self: Any, module: Any) -> None:
    self.add_module(str(len(self)), module)


def _append_anything(self: Any, module: Any) -> Any:
    self._modules[str(len(self))] = module
    return self


def _none_skipped(self: Any, input: Any) -> Any:
    for module in self:
        input = input if module is None else module(input)
    return input


def _through_children(self: Any, input: Any) -> Any:
    for module in self.children():
        input = module(input)
    return input


def _slice_as_list(self: Any, idx: Any) -> Any:
    found = list(self._modules.values())
    return found[idx] if isinstance(idx, slice) else found[_position(idx, len(found))]


def _position(idx: int, length: int) -> int:
    return int(shipped("nn.modules.container", "position")(idx, length))


def _numbered_anew(self: Any, idx: Any) -> Any:
    found = list(self._modules.values())
    if isinstance(idx, slice):
        return self.__class__(*found[idx])
    return found[_position(idx, len(found))]


register(
    Exercise(
        name="Sequential",
        signature="class Sequential: __init__ and forward",
        reference=late(lambda torch: shipped("nn.modules.container", "Sequential")),
        cases=[
            Case(
                use=_row_names,
                show="the names in Sequential(a, b, c), and in Sequential(OrderedDict(...)); "
                "the errors of Sequential(3) and of Sequential({...})",
                hint='Names are "0", "1", "2", or those of the one OrderedDict. add_module(name, '
                "module) refuses by itself what is no module.",
            ),
            Case(
                use=_run,
                show="Sequential(Linear, ReLU, Linear)(x), and an empty one",
                tolerance=1e-6,
                hint="One variable that is overwritten in a loop: each layer gets what the one "
                "before it returned. An empty row returns its input.",
            ),
            Case(
                use=_run_twice,
                show="Sequential(add, add, Identity(), add)(0), where add(x) is x + 1",
                hint="A layer that stands in three places runs three times: loop over `self`.",
            ),
            Case(
                use=lambda thing, torch: thing(torch.nn.ReLU(), None)(torch.ones(1)),
                show="Sequential(ReLU(), None)(x)",
                raises=TypeError,
                hint="A None may stand in a row, but it cannot be called: as in PyTorch, that "
                "fails by itself. Skip nothing.",
            ),
            Case(
                use=_row_longer,
                show="net.append(ReLU()): what it returns, and all names; net.append(3)",
                hint="`append` registers the layer by add_module, under the next number as a str, "
                "str(len(self)), and returns the Sequential itself.",
            ),
            Case(
                use=_row_items,
                show="net[1:], net[-1], net[:2](x), net[3], and the same with names",
                hint="A slice is of the same class, with the same layers under their *old* names: "
                "an OrderedDict of those pairs. A number is a place, whatever the layer there is "
                "called.",
            ),
        ],
        misconceptions=[
            Misconception(
                "names lost",
                _sequential(__init__=_numbers_only),
                "The names of the OrderedDict are lost: register each layer under its own.",
            ),
            Misconception(
                "any dict",
                _sequential(__init__=_any_dict),
                "You take a plain dict, too. As in PyTorch, only an OrderedDict brings names: ask "
                "isinstance(args[0], OrderedDict). A plain dict goes to add_module, which refuses.",
            ),
            Misconception(
                "each gets the input",
                _sequential(forward=_each_the_input),
                "Every layer gets the first input. Each gets what the one before it returned.",
            ),
            Misconception(
                "over the children",
                _sequential(forward=_through_children),
                "children() gives each module once, but a layer may stand in several places, and "
                "then runs several times: loop over `self`.",
            ),
            Misconception(
                "None skipped",
                _sequential(forward=_none_skipped),
                "You pass over a None. In PyTorch a row with None in it fails when it is called, "
                "and so nobody misses a layer in silence: call each, without a look.",
            ),
            Misconception(
                "append returns nothing",
                _sequential(append=_append_nothing),
                "`append` returns nothing. It returns the Sequential: `return self`.",
            ),
            Misconception(
                "append takes anything",
                _sequential(append=_append_anything),
                "`append` takes what is no module, too. add_module refuses that: call it.",
            ),
            Misconception(
                "a slice is a list",
                _sequential(__getitem__=_slice_as_list),
                "A slice of yours is a plain list, which cannot be called.",
            ),
            Misconception(
                "numbered anew",
                _sequential(__getitem__=_numbered_anew),
                "Your slice numbers its layers anew. They keep their old names, so that a state "
                "dict, the table of section 4, still fits: an OrderedDict brings names along.",
            ),
        ],
        hint="Register, run in a row, look up.",
    )
)


# members ------------------------------------------------------------------------------------


def _own_members(members: Any, torch: Any) -> Any:
    net = _network(torch)
    found = [members(module) for module in (net, net.body, net.deep)]
    return [{name: tuple(member.shape) for name, member in own.items()} for own in found]


def _themselves(members: Any, torch: Any) -> Any:
    net = _network(torch)
    own, body = members(net), members(net.body)
    return [own["common"] is net.common, own["seen"] is net.seen, body["mean"] is net.body.mean]


def _whole_state(torch: Any) -> Any:
    return {name: tuple(t.shape) for name, t in _network(torch).state_dict().items()}


def _chosen(*drawers: str, last: bool = False, none: bool = False) -> Any:
    """A wrong members: other drawers, buffers that do not last, empty places."""

    def members(module: Any) -> dict[str, Any]:
        found = {}
        for drawer in drawers:
            for name, member in getattr(module, drawer).items():
                passing = drawer == "_buffers" and name in module._non_persistent_buffers_set
                if (last or not passing) and (none or member is not None):
                    found[name] = member
        return found

    return members


register(
    Exercise(
        name="members",
        signature="members(module) -> dict of tensors",
        reference=late(lambda torch: shipped(_STATE, "members")),
        cases=[
            Case(
                use=_own_members,
                show="members(net), members(net.body), members(net.deep)",
                hint="Parameters first, then those buffers whose name is not in "
                "module._non_persistent_buffers_set; nothing that is None.",
            ),
            Case(
                use=_themselves,
                show='members(net)["common"] is net.common, ...',
                hint="Give the tensors themselves, no copies.",
            ),
            Case(use=inside(_STATE, "members", _whole_state), show="net.state_dict()"),
        ],
        misconceptions=[
            Misconception(
                "buffers forgotten",
                _chosen("_parameters"),
                "The buffers are missing: a batch norm loaded from this would have forgotten its "
                "running mean.",
            ),
            Misconception(
                "all buffers",
                _chosen("_parameters", "_buffers", last=True),
                "Some buffers are not meant to last: leave out those in "
                "module._non_persistent_buffers_set.",
            ),
            Misconception(
                "buffers first",
                _chosen("_buffers", "_parameters"),
                "All are there, but the parameters come first.",
            ),
            Misconception(
                "empty places",
                _chosen("_parameters", "_buffers", none=True),
                "An empty place, where None stands, is nothing to be saved.",
            ),
            Misconception(
                "parameters forgotten",
                _chosen("_buffers"),
                "These are the buffers. The parameters are missing.",
            ),
        ],
        hint="Two drawers, one dict.",
    )
)


# load_members -------------------------------------------------------------------------------


def _loaded(change: Callable[[Any, dict[str, Any]], Any]) -> Callable[[Any, Any], Any]:
    """What load_members does with one module's members and a changed state."""

    def use(load_members: Any, torch: Any) -> Any:
        mine = {"weight": torch.ones(2, 3), "mean": torch.zeros(3), "scale": torch.zeros(())}
        state = {f"net.{name}": member + 1 for name, member in mine.items()}
        state["net.other.weight"] = torch.ones(9)
        change(torch, state)
        missing: list[str] = []
        problems: list[str] = []
        put: list[Any] = []
        given = load_members(mine, state, "net.", missing, problems, lambda *item: put.append(item))
        return [given, missing, problems, put]

    return use


def _nothing(torch: Any, state: dict[str, Any]) -> None:
    """Leave the state as it is."""


def _gaps(torch: Any, state: dict[str, Any]) -> None:
    del state["net.weight"], state["net.mean"]


def _shapes(torch: Any, state: dict[str, Any]) -> None:
    state["net.weight"], state["net.mean"] = torch.ones(3, 2), torch.ones(1, 3)


def _one_bad(torch: Any, state: dict[str, Any]) -> None:
    state["net.weight"] = torch.ones(2)


def _whole_load(torch: Any) -> Any:
    net, state = _network(torch), _network(torch).state_dict()
    state = {name: member + 1 for name, member in state.items()}
    fine = str(net.load_state_dict(state))
    state["out.weight"], state["odd"] = torch.ones(2, 1), state.pop("seen")
    return [fine, net.seen, net.out.bias, tried(lambda: net.load_state_dict(state))]


def _loading(differs: Any = None, silent: bool = False, stops: bool = False) -> Any:
    differs = differs or (lambda a, b: a.shape != b.shape)

    def load_members(
        mine: Any, state: Any, prefix: str, missing: Any, problems: Any, put: Any
    ) -> None:
        mismatch = shipped("_words.module", "size_mismatch")
        for name, member in mine.items():
            path = prefix + name
            if path not in state:
                missing += [] if silent else [path]
            elif differs(state[path], member):
                problems.append(mismatch(path, state[path], member))
                if stops:
                    return
            else:
                put(name, path, state[path])

    return load_members


def _no_prefix(mine: Any, state: Any, prefix: str, missing: Any, problems: Any, put: Any) -> None:
    _loading()(mine, state, "", missing, problems, put)


register(
    Exercise(
        name="load_members",
        signature="load_members(mine, state, prefix, missing, problems, put)",
        reference=late(lambda torch: shipped(_STATE, "load_members")),
        cases=[
            Case(
                use=_loaded(_nothing),
                show='load_members(mine, state, "net.", ...), where all fits',
                hint="For each name of `mine`: the path is prefix + name; "
                "put(name, path, state[path]).",
            ),
            Case(
                use=_loaded(_gaps),
                show="the same, where weight and mean are missing",
                hint="What is not in `state` goes into `missing`, by its path; then go on.",
            ),
            Case(
                use=_loaded(_shapes),
                show="the same, with weight (3, 2) for (2, 3) and mean (1, 3) for (3,)",
                hint="Another shape is a problem, also if the number of numbers is the same. The "
                "text: size_mismatch(path, state[path], tensor).",
            ),
            Case(
                use=_loaded(_one_bad),
                show="the same, where only weight does not fit",
                hint="One problem is no reason to stop: all that is wrong is collected.",
            ),
            Case(
                use=inside(_STATE, "load_members", _whole_load),
                show="net.load_state_dict(...): one that fits, and one with three mistakes",
            ),
        ],
        misconceptions=[
            Misconception(
                "counts numbers",
                _loading(lambda a, b: a.numel() != b.numel()),
                "You compare how many numbers there are. (2, 3) and (3, 2) have six each, and "
                "would be mixed up in silence: compare the shapes.",
            ),
            Misconception(
                "counts dims",
                _loading(lambda a, b: a.dim() != b.dim()),
                "You compare the number of dims. Compare the whole shape.",
            ),
            Misconception(
                "compares the numbers",
                _loading(lambda a, b: bool(a != b)),
                "You compare the tensors, number by number: that gives no single yes or no, and "
                "other numbers are what you load for. Compare the two shapes, `.shape`.",
            ),
            Misconception(
                "never looks at shapes",
                _loading(lambda a, b: False),
                "You load without a look at the shape: broadcasting would fill a (2, 3) from a "
                "(3,), in silence.",
            ),
            Misconception(
                "missing in silence",
                _loading(silent=True),
                "What is missing has to be noted: its path goes into the list `missing`.",
            ),
            Misconception(
                "stops at the first problem",
                _loading(stops=True),
                "You stop at the first problem. Go on, so that one message tells all.",
            ),
            Misconception(
                "prefix forgotten",
                _no_prefix,
                "In `state` every name has the prefix before it: the path is prefix + name.",
            ),
        ],
        hint="Three outcomes for each name: missing, another shape, put.",
    )
)


# save_members -------------------------------------------------------------------------------


def _entries(state: Any) -> list[Any]:
    return [(name, tuple(x.shape), x.requires_grad) for name, x in state.items()]


def _written(*options: Any) -> Callable[[Any, Any], Any]:
    """What one module writes into a table in which a name stands already."""

    def use(save_members: Any, torch: Any) -> Any:
        net, state = _network(torch), OrderedDict(before=torch.ones(1))
        given = save_members(net.body, state, *options)
        return [given, _entries(state)]

    return use


def _memory(save_members: Any, torch: Any) -> Any:
    net, found = _network(torch), []
    for keep_vars in (False, True):
        state: dict[str, Any] = {}
        save_members(net, state, "", keep_vars)
        same = state["common"] is net.common
        found.append([same, state["common"].data_ptr() == net.common.data_ptr()])
    return found


def _writing(
    path: Any = None, entry: Any = None, source: Any = None
) -> Callable[[Any, Any, str, bool], None]:
    """A wrong save_members: another path, another entry, or the tensors of somebody else, too."""
    path = path or (lambda prefix, name: prefix + name)
    entry = entry or (lambda tensor, keep_vars: tensor if keep_vars else tensor.detach())
    source = source or shipped(_STATE, "members")

    def save_members(module: Any, state: Any, prefix: str, keep_vars: bool) -> None:
        for name, tensor in source(module).items():
            state[path(prefix, name)] = entry(tensor, keep_vars)

    return save_members


register(
    Exercise(
        name="save_members",
        signature="save_members(module, state, prefix, keep_vars)",
        reference=late(lambda torch: shipped(_STATE, "members", "save_members")),
        cases=[
            Case(
                use=_written("", False),
                show='save_members(net.body, state, "", False)',
                hint="For each name and tensor of members(module): state[prefix + name] gets "
                "tensor.detach(). What stood in `state` before stays.",
            ),
            Case(
                use=_written("body.", False),
                show='save_members(net.body, state, "body.", False)',
                hint="Every name in `state` begins with the prefix, which has its dot already.",
            ),
            Case(
                use=_written("body.", True),
                show='save_members(net.body, state, "body.", True)',
                hint="With `keep_vars` the tensor itself goes in, not what detach() gives.",
            ),
            Case(
                use=_memory,
                show="is an entry the network's own tensor, and does it share its memory?",
                hint="No copies: detach() shares the memory of the tensor.",
            ),
        ],
        misconceptions=[
            Misconception(
                "prefix forgotten",
                late(lambda torch: _writing(path=lambda prefix, name: name)),
                "The prefix is missing: two layers would write their weights over each other.",
            ),
            Misconception(
                "another dot",
                late(lambda torch: _writing(path=lambda prefix, name: f"{prefix}.{name}")),
                "The prefix ends in a dot already: prefix + name.",
            ),
            Misconception(
                "never detached",
                late(lambda torch: _writing(entry=lambda tensor, keep_vars: tensor)),
                "Unless `keep_vars`, an entry is detached: tensor.detach().",
            ),
            Misconception(
                "always detached",
                late(lambda torch: _writing(entry=lambda tensor, keep_vars: tensor.detach())),
                "You detach whatever `keep_vars` says. If it is True, the tensor itself goes in.",
            ),
            Misconception(
                "the other way round",
                late(
                    lambda torch: _writing(
                        entry=lambda tensor, keep_vars: tensor.detach() if keep_vars else tensor
                    )
                ),
                "It is the other way round: the tensor itself if `keep_vars`, else detached.",
            ),
            Misconception(
                "parameters only",
                late(lambda torch: _writing(source=lambda module: module._parameters)),
                "You look into one drawer. members(module) has what is to be saved of both, "
                "without None.",
            ),
            Misconception(
                "copies",
                late(
                    lambda torch: _writing(
                        entry=lambda tensor, keep_vars: (
                            tensor if keep_vars else tensor.detach().clone()
                        )
                    )
                ),
                "Your entries are copies. A state dict shares the memory of its network.",
            ),
        ],
        hint="One line for each member.",
    )
)


# save ---------------------------------------------------------------------------------------


def _saved(*options: Any) -> Callable[[Any, Any], Any]:
    """What a table holds in the end; one child writes in its own way, one name is there before."""

    def use(save: Any, torch: Any) -> Any:
        net, state = _network(torch), OrderedDict(before=torch.ones(1))
        net.out._save_to_state_dict = lambda state, prefix, keep_vars: state.update(
            {f"{prefix}own": torch.zeros(4)}
        )
        save(net, state, *options)
        return _entries(state)

    return use


def _versions(torch: Any) -> Any:
    return list(_network(torch).state_dict()._metadata)


def _saving(below: Any = None, own: str = "first", keep: Any = None, asks: bool = True) -> Any:
    """A wrong `save`: other names below, a module's own left out, or children that nobody asks."""
    below = below or (lambda prefix, name: f"{prefix}{name}.")

    def save(module: Any, state: Any, prefix: str, keep_vars: bool) -> None:
        if own == "first":
            module._save_to_state_dict(state, prefix, keep_vars)
        kept = keep_vars if keep is None else keep
        for name, child in module._modules.items():
            if child is not None and asks:
                child.state_dict(destination=state, prefix=below(prefix, name), keep_vars=kept)
            elif child is not None:
                save(child, state, below(prefix, name), kept)
        if own == "last":
            module._save_to_state_dict(state, prefix, keep_vars)

    return save


def _own_only(module: Any, state: Any, prefix: str, keep_vars: bool) -> None:
    module._save_to_state_dict(state, prefix, keep_vars)


register(
    Exercise(
        name="save",
        signature="save(module, state, prefix, keep_vars)",
        reference=late(lambda torch: shipped(_STATE, "save")),
        cases=[
            Case(
                use=_saved("", False),
                show='save(net, state, "", False)',
                hint="First module._save_to_state_dict(state, prefix, keep_vars). Then each child "
                "that is not None: child.state_dict(destination=state, prefix=..., ...). A module "
                "may save itself in its own way, so neither is done by `save` or `save_members`.",
            ),
            Case(
                use=_saved("net.", False),
                show='save(net, state, "net.", False)',
                hint='The names of a child begin with the prefix, its name and a dot: "net.out.".',
            ),
            Case(
                use=_saved("", True),
                show='save(net, state, "", True)',
                hint="`keep_vars` is handed on, to the module's own and to the children.",
            ),
            Case(
                use=inside(_STATE, "save", _versions),
                show="net.state_dict(), and the versions that it notes",
                hint="Ask the child for `child.state_dict(...)`: it notes more than its tensors.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the module only",
                _own_only,
                "You save what is the module's own. What is in its children is missing.",
            ),
            Misconception(
                "the children only",
                _saving(own="never"),
                "You ask the children, but what is the module's own is missing.",
            ),
            Misconception(
                "itself last",
                _saving(own="last"),
                "All are there, but a module's own come after its children's. They come first.",
            ),
            Misconception(
                "no longer prefix",
                _saving(lambda prefix, name: prefix),
                "All modules write under the same names, over each other: a child's prefix is "
                "longer by its name and a dot.",
            ),
            Misconception(
                "names for paths",
                _saving(lambda prefix, name: f"{name}."),
                "What stands before a child's name is lost: its prefix begins with yours.",
            ),
            Misconception(
                "no dot",
                _saving(lambda prefix, name: prefix + name),
                "Between the name of a child and what is in it a dot is missing.",
            ),
            Misconception(
                "children nobody asks",
                _saving(asks=False),
                "You call `save` for a child. Ask the child itself, `child.state_dict(...)`: it "
                "also notes its version, and may want to save in another way.",
            ),
            Misconception(
                "never kept",
                _saving(keep=False),
                "`keep_vars` does not reach the children: hand it on, keep_vars=keep_vars.",
            ),
        ],
        hint="The module's own first, then every child with a longer prefix.",
    )
)


# unexpected ---------------------------------------------------------------------------------

_STRANGERS = [
    ["net.bias", "net.body.weight", "net.body.deep.mean"],
    ["net.bias", "net.odd", "net.odd.weight", "other.bias", "net"],
    ["net.body", "net.bias.x", "net.bodyguard.weight", "net.bias2"],
]


def _strangers(number: int, prefix: str = "net.") -> Callable[[Any, Any], Any]:
    def use(unexpected: Any, torch: Any) -> Any:
        names = [name.removeprefix("" if prefix else "net.") for name in _STRANGERS[number]]
        return list(unexpected({"bias": 1}, {"body": 2}, dict.fromkeys(names), prefix))

    return use


def _known_letters(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    rest = {path: path[len(prefix) :] for path in state if path.startswith(prefix)}
    known = (*mine, *children)
    return [path for path, name in rest.items() if not name.startswith(known)]


def _children_too(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    return [path for path in state if path.startswith(prefix) and path[len(prefix) :] not in mine]


def _own_names_only(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    rest = {path: path[len(prefix) :] for path in state if path.startswith(prefix)}
    return [path for path, name in rest.items() if "." not in name and name not in mine]


def _of_others(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    strange = set(shipped(_STATE, "unexpected")(mine, children, state, prefix))
    return [path for path in state if path in strange or not path.startswith(prefix)]


def _prefix_lost(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    strange = shipped(_STATE, "unexpected")(mine, children, state, prefix)
    return [path.removeprefix(prefix) for path in strange]


def _before_the_dot(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    return [path.split(".")[0] for path in _prefix_lost(mine, children, state, prefix)]


def _either(mine: Any, children: Any, state: Any, prefix: str) -> list[str]:
    first = {path: path[len(prefix) :].split(".")[0] for path in state if path.startswith(prefix)}
    return [path for path, name in first.items() if name not in mine and name not in children]


_AS_IN_STATE = (
    "You found the right ones, but give them without the prefix, or cut at the dot. Whoever reads "
    "the message looks for the whole name: give it as it stands in `state`."
)
register(
    Exercise(
        name="unexpected",
        signature="unexpected(mine, children, state, prefix) -> generator of names",
        reference=late(lambda torch: shipped(_STATE, "unexpected")),
        cases=[
            Case(
                use=_strangers(0),
                show=f'unexpected({{"bias"}}, {{"body"}}, {_STRANGERS[0]}, "net.")',
                hint="Nothing here is unexpected: a member, and two of a child's.",
            ),
            Case(
                use=_strangers(1),
                show=f'unexpected({{"bias"}}, {{"body"}}, {_STRANGERS[1]}, "net.")',
                hint="Names that do not begin with the prefix are somebody else's business; of the "
                "others, those that nobody here answers to: odd, and odd.weight.",
            ),
            Case(
                use=_strangers(2),
                show=f'unexpected({{"bias"}}, {{"body"}}, {_STRANGERS[2]}, "net.")',
                hint="With a dot in the rest, what stands before it must be a child; without one, "
                "the rest must be a member. Compare whole names, not beginnings.",
            ),
            Case(
                use=_strangers(2, ""),
                show='the same without a prefix: "body", "bias.x", ...',
            ),
        ],
        misconceptions=[
            Misconception(
                "beginnings of names",
                _known_letters,
                "bodyguard begins with body, and is somebody else: compare the whole name that "
                "stands before the dot.",
            ),
            Misconception(
                "children's names, too",
                _children_too,
                "What begins with the name of a child and a dot is the child's, and expected.",
            ),
            Misconception(
                "own names only",
                _own_names_only,
                "A name with a dot can be unexpected as well: if what stands before the dot is no "
                "child.",
            ),
            Misconception(
                "names of others",
                _of_others,
                "What does not begin with the prefix belongs to another module: leave it out.",
            ),
            Misconception("prefix lost", _prefix_lost, _AS_IN_STATE),
            Misconception("what stands before the dot", _before_the_dot, _AS_IN_STATE),
            Misconception(
                "member or child",
                _either,
                "A member has no dot behind its name, and a child must have one: net.bias.x and "
                "net.body are both unexpected.",
            ),
        ],
        hint="Take the prefix off, and look at what stands before the first dot.",
    )
)


# freeze_all_but_last ------------------------------------------------------------------------
