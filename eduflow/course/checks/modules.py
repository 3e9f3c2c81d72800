"""Checks on modules: what they register, what they find in themselves, and a layer of one's own."""

import warnings
from collections.abc import Callable
from typing import Any

from ..probing import shipped, tried
from . import Case, Exercise, Misconception, late, register

_MODULE = "nn.modules.module"


def _shipped_registry() -> Any:
    return shipped(_MODULE, "Registry")


def _parameter(torch: Any, value: float = 1.0) -> Any:
    return torch.nn.Parameter(torch.tensor([value]))


# Chest --------------------------------------------------------------------------------------


def _changed(base: Any, methods: dict[str, Any]) -> Any:
    """A class like `base` with other methods, and the same name in error texts."""
    return type(base.__name__, (base,), {**methods, "__module__": base.__module__})


def _shipped_chest() -> Any:
    return shipped(_MODULE, "DRAWERS", "Chest")


def _filled(thing: Any, torch: Any) -> Any:
    chest = thing()
    vars(chest)["_parameters"].update(weight=_parameter(torch, 2.0), none=None)
    vars(chest)["_modules"]["part"] = thing()
    vars(chest)["_buffers"]["steps"] = torch.zeros(1)
    return chest


def _looked_up(thing: Any, torch: Any) -> Any:
    chest = _filled(thing, torch)
    return [chest.weight, chest.part is vars(chest)["_modules"]["part"], chest.steps]


def _unknown(thing: Any, torch: Any) -> Any:
    chest = _filled(thing, torch)
    return [hasattr(chest, "nothing"), tried(lambda: chest.nothing)]


def _without_drawers(thing: Any, torch: Any) -> Any:
    class Layer(thing):  # type: ignore[misc]
        def __init__(self) -> None:
            """Forgets to call the one of the base class."""

    return tried(lambda: Layer().weight)


def _chest(**methods: Callable[..., Any]) -> Any:
    """A wrong Chest: the right one with other methods."""
    return late(lambda torch: _changed(_shipped_chest(), methods))


def _none_for_unknown(self: Any, name: str) -> Any:
    for drawer in shipped(_MODULE, "DRAWERS"):
        if name in self.__dict__.get(drawer, ()):
            return self.__dict__[drawer][name]
    return None


def _around_in_circles(self: Any, name: str) -> Any:
    for drawer in (self._parameters, self._modules, self._buffers):
        if name in drawer:
            return drawer[name]
    raise AttributeError(f"'{type(self).__name__}' object has no attribute '{name}'")


def _pops(self: Any, name: str) -> Any:
    for drawer in shipped(_MODULE, "DRAWERS"):
        if name in self.__dict__.get(drawer, ()):
            return self.__dict__[drawer].pop(name)
    raise shipped("_words.module", "no_attribute")(self, name)


register(
    Exercise(
        name="Chest",
        signature="class Chest: __getattr__",
        reference=late(lambda torch: _shipped_chest()),
        cases=[
            Case(
                use=_looked_up,
                show="net.weight, net.part, net.steps: each stands in another drawer",
                hint="For each drawer: if the name is in it, return what it holds. Only after the "
                "last one: raise no_attribute(self, name).",
            ),
            Case(
                use=lambda thing, torch: _filled(thing, torch).none,
                show="net.none, under which a drawer holds None",
                hint="Look whether the *name* is in a drawer; what stands there may be None.",
            ),
            Case(
                use=_unknown,
                show="net.nothing, a name that is in no drawer",
                hint="In none of them: raise no_attribute(self, name).",
            ),
            Case(
                use=lambda thing, torch: [(c := _filled(thing, torch)).weight, c.weight],
                show="net.weight, asked for twice",
                hint="Looking changes nothing.",
            ),
            Case(
                use=_without_drawers,
                show="layer.weight, where __init__ forgot super().__init__()",
                hint="There are no drawers yet: look with self.__dict__.get(drawer, ()).",
            ),
        ],
        misconceptions=[
            Misconception(
                "None for unknown names",
                _chest(__getattr__=_none_for_unknown),
                "A name that is nowhere gives None. It has to raise: raise no_attribute(self, "
                "name).",
            ),
            Misconception(
                "around in circles",
                _chest(__getattr__=_around_in_circles),
                "`self._parameters` asks for an attribute. Before __init__ there is none, so "
                "Python calls __getattr__ again, and again. self.__dict__ asks nobody.",
            ),
            Misconception(
                "taken out",
                _chest(__getattr__=_pops),
                "What was asked for is gone from its drawer. `pop` takes it out; "
                "self.__dict__[drawer][name] only looks.",
            ),
        ],
        hint="For each drawer: is the name in it?",
    )
)


# Registry -----------------------------------------------------------------------------------


def _drawers(net: Any) -> dict[str, list[str]]:
    """The names in each drawer, and those of ordinary attributes."""
    kept = vars(net)
    plain = sorted(name for name in kept if not name.startswith("_") and name != "training")
    drawers = {drawer: list(kept[drawer]) for drawer in ("_parameters", "_modules", "_buffers")}
    return {**drawers, "ordinary": plain}


def _sorted_in(thing: Any, torch: Any) -> Any:
    net = thing()
    net.weight, net.part, net.size = _parameter(torch), thing(), 3
    net.steps, net.some = torch.nn.Buffer(torch.zeros(1)), [_parameter(torch)]
    net.plain = torch.ones(2)
    return _drawers(net)


def _read(thing: Any, torch: Any) -> Any:
    net = thing()
    net.weight, net.part, net.none = _parameter(torch, 2.0), thing(), _parameter(torch)
    net.none = None
    return {
        "net.weight": net.weight,
        "net.part is the part": net.part is net._modules["part"],
        "net.none": net.none,
        "where none stands": _homes(net, "none"),
    }


def _homes(net: Any, name: str) -> list[str]:
    """The places where a name stands."""
    return [place for place, names in _drawers(net).items() if name in names]


def _namesakes(thing: Any, torch: Any) -> Any:
    net = thing()
    net.a, net.b, net.c = 3, thing(), _parameter(torch)
    net.d = _parameter(torch)
    net.a = _parameter(torch)
    net.b = _parameter(torch)
    net.c = _parameter(torch, 5.0)
    homes = {f"where {name} stands": _homes(net, name) for name in "abc"}
    return {**homes, "parameters": list(net._parameters), "a": net.a, "c": net.c}


def _swaps(thing: Any, torch: Any) -> Any:
    net = thing()
    net.weight, net.part = _parameter(torch), thing()
    net.steps = torch.nn.Buffer(torch.zeros(1))
    net.steps = torch.ones(1)
    refused = {
        "net.weight = tensor": tried(lambda: setattr(net, "weight", torch.ones(1))),
        "net.weight = module": tried(lambda: setattr(net, "weight", thing())),
        "net.part = 3": tried(lambda: setattr(net, "part", 3)),
        "net.steps = text": tried(lambda: setattr(net, "steps", "three")),
    }
    net.part = None
    return {**refused, "drawers": _drawers(net), "steps": net.steps, "part": net.part is None}


def _too_early(thing: Any, torch: Any) -> Any:
    class Layer(thing):  # type: ignore[misc]
        def __init__(self) -> None:
            """Forgets to call the one of the base class."""

    layer = Layer()
    return [
        tried(lambda: setattr(layer, "weight", _parameter(torch))),
        tried(lambda: setattr(layer, "part", thing())),
    ]


def _deleted(thing: Any, torch: Any) -> Any:
    net = thing()
    net.weight, net.part, net.size = _parameter(torch), thing(), 3
    del net.weight, net.part, net.size
    return [_drawers(net), tried(lambda: delattr(net, "weight"))]


def _registry(**methods: Callable[..., Any]) -> Any:
    """A wrong Registry: the right one with other methods."""
    return late(lambda torch: _changed(_shipped_registry(), methods))


def _all_ordinary(self: Any, name: str, value: Any) -> None:
    object.__setattr__(self, name, value)


def _setter(*wrong: str) -> Callable[[Any, str, Any], None]:
    """`__setattr__` with mistakes: only modules, namesakes stay, no question asked, and so on."""
    only = {"only modules": "_modules", "only parameters": "_parameters"}
    drawers = {only[word] for word in wrong if word in only}

    def set_attribute(self: Any, name: str, value: Any) -> None:
        words = "_words.module"
        for drawer, kind in shipped(_MODULE, "DRAWERS").items():
            if drawers and drawer not in drawers:
                continue
            if isinstance(value, kind):
                if "unasked" not in wrong:
                    shipped(words, "check_in")(self, drawer, name, value)
                if "again" in wrong:
                    setattr(self, name, value)
                if "del" in wrong:
                    del self.__dict__[name]
                others = [self.__dict__[d] for d in shipped(_MODULE, "DRAWERS") if d != drawer]
                for place in () if "namesakes" in wrong else (self.__dict__, *others):
                    place.pop(name, None)
                self.__dict__[drawer][name] = value
                if "twice" in wrong:
                    object.__setattr__(self, name, value)
                if "no return" not in wrong:
                    return
            if name in self.__dict__.get(drawer, ()):
                if "anything" not in wrong:
                    shipped(words, "check_swap")(drawer, name, value)
                self.__dict__[drawer][name] = value
                if "going on" not in wrong:
                    return
            if "in the loop" in wrong:
                object.__setattr__(self, name, value)
        if "left out" not in wrong:
            (setattr if "ordinary again" in wrong else object.__setattr__)(self, name, value)

    return set_attribute


def _slips(label: str, message: str, *wrong: str) -> list[Misconception]:
    """One mistake, before and after the namesakes are taken out."""
    return [
        Misconception(label, _registry(__setattr__=_setter(*wrong)), message),
        Misconception(
            f"{label}, namesakes stay",
            _registry(__setattr__=_setter(*wrong, "namesakes")),
            message,
        ),
    ]


_AGAIN = "`self.name = value`, or setattr, calls __setattr__ again, and again."

register(
    Exercise(
        name="Registry",
        signature="class Registry: __setattr__",
        reference=late(lambda torch: _shipped_registry()),
        cases=[
            Case(
                use=_sorted_in,
                show="the drawers after net.weight = Parameter, net.part = module, net.size = 3, "
                "net.steps = Buffer, net.some = [Parameter], net.plain = tensor",
                hint="For each drawer and its kind: isinstance(value, kind) puts the value under "
                "its name into self.__dict__[drawer]. A list of parameters is no Parameter.",
            ),
            Case(
                use=_read,
                show="net.weight, net.part, and net.none, a parameter that was set to None",
                hint="Look whether the *name* is in a drawer: then None, too, goes into it.",
            ),
            Case(
                use=_namesakes,
                show="net.a was 3, net.b a module, net.c a parameter: each becomes a new parameter",
                hint="A name is in one place only, and keeps its place in the order: `pop` it from "
                "self.__dict__ and from the *other* drawers.",
            ),
            Case(
                use=_swaps,
                show="net.weight is a parameter, net.part a module, net.steps a buffer: other "
                "values come",
                hint="If the name stands in a drawer: check_swap(drawer, name, value) refuses what "
                "may not stand there, and what it lets pass goes into that drawer.",
            ),
            Case(
                use=_too_early,
                show="a layer whose __init__ forgot super().__init__()",
                hint="Without drawers, check_in(self, drawer, name, value) says so: call it before "
                "you touch a drawer, and look with self.__dict__.get(drawer, ()).",
            ),
            Case(use=_deleted, show="the drawers after del net.weight, net.part, net.size"),
        ],
        misconceptions=[
            Misconception(
                "all ordinary",
                _registry(__setattr__=_all_ordinary),
                "Everything became an ordinary attribute: the drawers are empty, and an optimizer "
                "would get nothing.",
            ),
            Misconception(
                "modules only",
                _registry(__setattr__=_setter("only modules")),
                "Your modules are in their drawer, parameters and buffers are not: go over all "
                "three drawers.",
            ),
            *_slips(
                "parameters only",
                "Only the first drawer was asked: your parameters are in it, modules and buffers "
                "are not in theirs. Does object.__setattr__ stand after the loop? In it, or in an "
                "`else`, it comes too early, for a later drawer may be the right one.",
                "only parameters",
            ),
            *_slips(
                "ordinary in the loop",
                "Something in a later drawer is an ordinary attribute besides. Does "
                "object.__setattr__ stand after the loop? In it, or in an `else`, it runs once for "
                "each drawer that does not fit.",
                "in the loop",
            ),
            *_slips(
                "ordinary left out",
                "What belongs in no drawer is nowhere now. After the loop comes "
                "object.__setattr__(self, name, value).",
                "left out",
            ),
            *_slips(
                "swapped and ordinary",
                "What took the place of something in a drawer is an ordinary attribute besides. "
                "After check_swap it goes into the drawer, and then comes `return`.",
                "going on",
            ),
            Misconception(
                "on to check_swap",
                _registry(__setattr__=_setter("no return")),
                "The drawer holds it, and then your code went on to check_swap, which refused. "
                "After self.__dict__[drawer][name] = value comes `return`.",
            ),
            Misconception(
                "namesakes stay",
                _registry(__setattr__=_setter("namesakes")),
                "Two things have one name now: what stood under it before has to leave, whether it "
                "was an ordinary attribute or in one of the *other* drawers.",
            ),
            Misconception(
                "nobody asked",
                _registry(__setattr__=_setter("unasked")),
                "Whatever comes is let in: ask check_in(self, drawer, name, value) first.",
            ),
            Misconception(
                "anything over a parameter",
                _registry(__setattr__=_setter("anything")),
                "A plain tensor took the place of a parameter, without a word, and would never be "
                "trained. Ask check_swap(drawer, name, value) first.",
            ),
            Misconception(
                "kept twice",
                _registry(__setattr__=_setter("twice")),
                "The value is in its drawer and an ordinary attribute besides. After `put it into "
                "the drawer` comes `return`.",
            ),
            Misconception(
                "in a drawer by its name",
                _registry(__setattr__=_setter("again")),
                f"{_AGAIN} Into a drawer: self.__dict__[drawer][name] = value; what is ordinary: "
                "object.__setattr__(self, name, value).",
            ),
            Misconception(
                "ordinary by its name",
                _registry(__setattr__=_setter("ordinary again")),
                f"{_AGAIN} What is ordinary: object.__setattr__(self, name, value).",
            ),
            Misconception(
                "taken out unasked",
                _registry(__setattr__=_setter("del")),
                "Mostly nothing stands under the name yet, and `del` or `pop(name)` minds. "
                "`pop(name, None)` does not.",
            ),
        ],
        hint="For each drawer and its kind: does the value belong there, or stands the name there?",
    )
)


# trees --------------------------------------------------------------------------------------


class Tree:
    """A tree of modules of one class, made by hand: the root, two parts, a part in a part."""

    def __init__(self, thing: Any, torch: Any) -> None:
        nets = [thing() for _ in range(4)]
        self.root, self.body, self.deep, self.out = nets
        for number, net in enumerate(nets):
            net.register_parameter("empty", None)
            net.weight = torch.nn.Parameter(torch.full((2,), float(number)))
        self.root.body, self.root.again, self.root.gap = self.body, self.body, None
        self.root._modules["gap"] = None
        self.body.deep, self.root.out = self.deep, self.out
        self.out.weight = self.deep.weight
        self.out.bias = torch.nn.Parameter(torch.full((2,), 4.0))
        self.deep.bias = torch.nn.Parameter(torch.full((2,), 5.0))

    def name(self, net: Any) -> str:
        """What a module of the tree is called here."""
        names = ("root", "body", "deep", "out")
        return next((n for n in names if getattr(self, n) is net), "somebody else")


def _ring(thing: Any, torch: Any) -> Tree:
    tree = Tree(thing, torch)
    tree.deep._modules["up"] = tree.root
    return tree


# every --------------------------------------------------------------------------------------


def _visited(make: Callable[[Any, Any], Tree], start: str, *seen: str) -> Callable[[Any, Any], Any]:
    def use(every: Any, torch: Any) -> Any:
        tree = make(_shipped_registry(), torch)
        known = {getattr(tree, name) for name in seen}
        return [tree.name(net) for net in every(getattr(tree, start), known)]

    return use


def _level_by_level(module: Any, seen: Any) -> Any:
    todo = [module]
    for net in todo:
        if net is not None and net not in seen:
            seen.add(net)
            yield net
            todo += net._modules.values()


def _leaves_first(module: Any, seen: Any) -> Any:
    if module not in seen:
        seen.add(module)
        for part in module._modules.values():
            if part is not None:
                yield from _leaves_first(part, seen)
        yield module


def _parts_only(module: Any, seen: Any) -> Any:
    yield module
    yield from [part for part in module._modules.values() if part is not None]


def _shared_twice(module: Any, seen: Any) -> Any:
    yield module
    for part in module._modules.values():
        if part is not None:
            yield from _shared_twice(part, seen)


register(
    Exercise(
        name="every",
        signature="every(module, seen) -> generator of modules",
        reference=late(lambda torch: shipped(_MODULE, "every")),
        cases=[
            Case(
                use=_visited(Tree, "out"),
                show="every(out, set()), a module without parts",
                hint="First the module itself: `yield module`.",
            ),
            Case(
                use=_visited(Tree, "root"),
                show="every(root, set()): root has body, again (the same as body), gap (None), out",
                hint="Itself, then each part with all that is in it, before the next part: "
                "`yield from every(part, seen)`. Each once; None is no module.",
            ),
            Case(
                use=_visited(Tree, "root", "body"),
                show="every(root, {body}): body was given out already",
                hint="What is in `seen` is not given out, and neither is what is in it.",
            ),
            Case(
                use=_visited(_ring, "root"),
                show="every(root, set()), where a part has the root as its part",
                hint="A module goes into `seen` before its parts are looked at, or they lead back.",
            ),
        ],
        misconceptions=[
            Misconception(
                "shared twice",
                _shared_twice,
                "A module that stands in two places comes twice, and a ring never ends: ask "
                "whether it is in `seen`, and put it there.",
            ),
            Misconception(
                "level by level",
                _level_by_level,
                "All are there, but level by level. One part with everything in it comes before "
                "the next part.",
            ),
            Misconception(
                "leaves first",
                _leaves_first,
                "All are there, but the module itself comes last. It comes first.",
            ),
            Misconception(
                "parts only",
                _parts_only,
                "You went into the parts, but not into the parts of the parts: let every call "
                "itself with `yield from`.",
            ),
        ],
        hint="Itself if it is new, then the same for every part.",
    )
)


# Module -------------------------------------------------------------------------------------


def _shipped_module() -> Any:
    return shipped(_MODULE, "DRAWERS", "Registry", "every", "Module")


def _found(make: Callable[[Any, Any], Tree], recurse: bool = True) -> Callable[[Any, Any], Any]:
    def use(thing: Any, torch: Any) -> Any:
        parameters = make(thing, torch).root.parameters(recurse=recurse)
        return [parameter.tolist() for parameter in parameters]

    return use


def _modes(thing: Any, torch: Any) -> Any:
    tree = Tree(thing, torch)
    back = tree.root.eval() is tree.root
    modes = [net.training for net in (tree.root, tree.body, tree.deep, tree.out)]
    tree.body.train()
    return [back, *modes, *(net.training for net in (tree.root, tree.body, tree.deep))]


def _stubborn(thing: Any, torch: Any) -> Any:
    class Frozen(thing):  # type: ignore[misc]
        def train(self, mode: bool = True) -> Any:
            """Stays in eval mode, whatever it is told."""
            return super().train(False)

    net = thing()
    net.part = Frozen()
    net.train()
    return [net.training, net.part.training, tried(lambda: net.train(1))]


def _forgotten(thing: Any, torch: Any) -> Any:
    tree = Tree(thing, torch)
    parameters = [tree.root.weight, tree.deep.weight, tree.out.bias]
    for parameter in parameters[1:]:
        parameter.grad = torch.ones(2)
    kept = tree.deep.weight.grad
    tree.root.zero_grad(set_to_none=False)
    zeros = [parameter.grad for parameter in parameters]
    tree.root.zero_grad()
    return [kept, *zeros, *(parameter.grad for parameter in parameters)]


def _called(thing: Any, torch: Any) -> Any:
    class Times(thing):  # type: ignore[misc]
        def forward(self, x: Any, by: int = 1) -> Any:
            """A product."""
            return x * by

    net, seen = Times(), []
    plain = [net(2), net(2, by=3)]
    hook = net.register_forward_hook(lambda net, args, out: seen.append((args, out)))
    net(4)
    hook.remove()
    net(5)
    return [plain, seen, tried(lambda: thing()(1))]


def _wrong_module(**methods: Callable[..., Any]) -> Any:
    return late(lambda torch: _changed(_shipped_module(), methods))


def _own(module: Any) -> list[Any]:
    return [parameter for parameter in module._parameters.values() if parameter is not None]


def _own_only(self: Any, recurse: bool = True) -> Any:
    return iter(_own(self))


def _one_level(self: Any, recurse: bool = True) -> Any:
    parts = [self, *self._modules.values()] if recurse else [self]
    found = [parameter for part in parts if part is not None for parameter in _own(part)]
    return iter(dict.fromkeys(found))


def _twice(self: Any, recurse: bool = True) -> Any:
    for module in shipped(_MODULE, "every")(self, set()) if recurse else [self]:
        yield from _own(module)


def _always_all(self: Any, recurse: bool = True) -> Any:
    return iter(dict.fromkeys(_twice(self)))


def _itself_only(self: Any, mode: bool = True) -> Any:
    if not isinstance(mode, bool):
        raise ValueError("training mode is expected to be boolean")
    self.training = mode
    return self


def _flat(self: Any, mode: bool = True) -> Any:
    if not isinstance(mode, bool):
        raise ValueError("training mode is expected to be boolean")
    for module in shipped(_MODULE, "every")(self, set()):
        module.training = mode
    return self


def _no_self(self: Any, mode: bool = True) -> None:
    _shipped_module().train(self, mode)


def _first_part(self: Any, mode: bool = True) -> Any:
    _itself_only(self, mode)
    for module in self._modules.values():
        if module is not None:
            return module.train(mode) and self
    return self


def _names(self: Any, recurse: bool = True) -> Any:
    for module in shipped(_MODULE, "every")(self, set()) if recurse else [self]:
        yield from module._parameters


register(
    Exercise(
        name="Module",
        signature="class Module(Registry): parameters and train",
        reference=late(lambda torch: _shipped_module()),
        cases=[
            Case(
                use=_found(Tree),
                show="[p.tolist() for p in root.parameters()]",
                hint="Its own, then those of every module in it: two loops, one in the other. One "
                "that stands in two places comes once, at its first place; None is no parameter.",
            ),
            Case(
                use=_found(Tree, recurse=False),
                show="[p.tolist() for p in root.parameters(recurse=False)]",
                hint="Without recurse, only what is in this module's own drawer.",
            ),
            Case(
                use=_found(_ring),
                show="the same, where a part has the root as its part",
                hint="`every(self, set())` gives each module once, also in a ring.",
            ),
            Case(
                use=_modes,
                show="root.eval(), then body.train(): root, body, deep, out in training?",
                hint="It sets its own `training`, tells its parts, and returns itself.",
            ),
            Case(
                use=_stubborn,
                show="net.train(), where a part has a train of its own; net.train(1)",
                hint="Call `train(mode)` of each part, so that a part may decide for itself.",
            ),
            Case(use=_forgotten, show="the gradients after zero_grad"),
            Case(use=_called, show="net(2), net(2, by=3), net(4) with a hook"),
        ],
        misconceptions=[
            Misconception(
                "own only",
                _wrong_module(parameters=_own_only),
                "You give what the module holds itself. What its parts hold belongs to it, too.",
            ),
            Misconception(
                "one level",
                _wrong_module(parameters=_one_level),
                "You looked into the parts, but not into the parts of the parts: use `every`.",
            ),
            Misconception(
                "shared twice",
                _wrong_module(parameters=_twice),
                "A parameter that stands in two modules comes twice. An optimizer would move it "
                "twice in each step: one set, made before the loops, remembers what was given out.",
            ),
            Misconception(
                "names",
                _wrong_module(parameters=_names),
                "These are names: a loop over a dict gives its keys. A drawer's `.values()` are "
                "the parameters.",
            ),
            Misconception(
                "recurse ignored",
                _wrong_module(parameters=_always_all),
                "Without recurse, only the module's own parameters are asked for.",
            ),
            Misconception(
                "itself only",
                _wrong_module(train=_itself_only),
                "The module itself changed its mode, its parts did not hear of it.",
            ),
            Misconception(
                "the first part only",
                _wrong_module(train=_first_part),
                "Only the first part heard of it: `return self` stands in the loop, and ends it. "
                "It belongs below.",
            ),
            Misconception(
                "over the part's own train",
                _wrong_module(train=_flat),
                "You set `training` of all modules from outside. A part may have a `train` of its "
                "own: call it.",
            ),
            Misconception(
                "returns None",
                _wrong_module(train=_no_self),
                "The modes are right, but `net.train()` has to return the module: people write "
                "`net = Net().eval()`.",
            ),
        ],
        hint="Both walk through the tree: parameters with `every`, train from part to part.",
    )
)


# Linear -------------------------------------------------------------------------------------


def _made(thing: Any, torch: Any) -> Any:
    torch.manual_seed(3)
    layers = [thing(3, 5), thing(4, 2, bias=False), thing(2, 2, dtype=torch.float64)]
    return [
        sorted((n, None if p is None else tuple(p.shape)) for n, p in layer._parameters.items())
        for layer in layers
    ]


def _drawn(thing: Any, torch: Any) -> Any:
    torch.manual_seed(3)
    layer, other = thing(3, 5), thing(4, 2, bias=False)
    layer.reset_parameters()
    return [layer.weight, layer.bias, other.weight, torch.rand(1)]


def _of_dtype(thing: Any, torch: Any) -> Any:
    layer = thing(2, 3, dtype=torch.float64)
    return [layer.weight.detach() * 0, layer.bias.detach() * 0, str(layer)]


def _computed(thing: Any, torch: Any) -> Any:
    torch.manual_seed(1)
    x = torch.linspace(-1.0, 1.0, 12).reshape(4, 3)
    layer, other = thing(3, 2), thing(3, 2, bias=False)
    return [layer(x), layer(x[0]), layer(x.reshape(2, 2, 3)), other(x)]


def _learns(thing: Any, torch: Any) -> Any:
    """Three steps of an optimizer on whatever is registered: the loss has to fall as expected."""
    torch.manual_seed(1)
    x, layer = torch.linspace(-1.0, 1.0, 12).reshape(4, 3), thing(3, 2)
    optimizer, losses = torch.optim.SGD(layer.parameters(), lr=0.1), []
    for _ in range(3):
        optimizer.zero_grad()
        loss = (layer(x) - 1).pow(2).mean()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return [*losses, layer.weight.grad, layer.bias.grad]


def _replaced(thing: Any, torch: Any) -> Any:
    layer = thing(3, 2)
    layer(torch.ones(1, 3))
    layer.weight = torch.nn.Parameter(torch.ones(2, 3))
    layer.bias = None
    return layer(torch.ones(1, 3))


def _without_inputs(thing: Any, torch: Any) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # there is nothing to draw for the weight
        layer = thing(0, 2)
    random = bool((thing(1, 4).bias.detach() != 0).any())
    return [tuple(layer.weight.shape), layer.bias, layer(torch.ones(3, 0)), random]


def _linear(**change: Any) -> Any:
    """A wrong Linear: another shape of the bias, no gradients wanted, another forward."""

    def make(torch: Any) -> Any:
        base = shipped("nn.modules.linear", "Linear")

        def init(self: Any, *args: Any, **options: Any) -> None:
            base.__init__(self, *args, **options)
            if "bias" in change and self.bias is not None:
                self.bias = torch.nn.Parameter(self.bias.detach().reshape(change["bias"]))
            if "frozen" in change:
                self.requires_grad_(False)

        def forward(self: Any, x: Any) -> Any:
            weight, bias = self.weight, self.bias
            if "detach" in change:
                weight = weight.detach()
            return torch.nn.functional.linear(x, weight, None if "without" in change else bias)

        def reset_parameters(self: Any) -> None:
            if "order" not in change:
                base.reset_parameters(self)
                return
            bound = 1 / self.in_features**0.5 if self.in_features > 0 else 0
            for parameter in (self.bias, self.weight):
                if parameter is not None:
                    torch.nn.init.uniform_(parameter, -bound, bound)

        parts = {"__init__": init, "forward": forward, "reset_parameters": reset_parameters}
        return type("Linear", (base,), parts)

    return late(make)


register(
    Exercise(
        name="Linear",
        signature="class Linear(Module)",
        reference=late(lambda torch: shipped("nn.modules.linear", "Linear")),
        cases=[
            Case(
                use=_made,
                show="the shapes in _parameters of Linear(3, 5), Linear(4, 2, bias=False), ...",
                hint="weight (out, in) and bias (out,), each a Parameter; without a bias None is "
                "registered under that name.",
            ),
            Case(
                use=_drawn,
                show="the first values of Linear(3, 5) from manual_seed(3)",
                tolerance=1e-7,
                hint="First the weight, then the bias, each with the bound that the text gives: "
                "every draw moves the generator on.",
            ),
            Case(
                use=_of_dtype,
                show="Linear(2, 3, dtype=torch.float64)",
                hint="`device` and `dtype` go on to `empty`, for weight and bias.",
            ),
            Case(
                use=_computed,
                show="Linear(3, 2)(x), with x (4, 3), (3,) and (2, 2, 3)",
                tolerance=1e-6,
                hint="forward hands input, weight and bias to the function `linear`.",
            ),
            Case(
                use=_learns,
                show="three steps of SGD on Linear(3, 2).parameters(): losses and gradients",
                tolerance=1e-5,
                hint="The layer computes, but does not learn: hand over the parameters themselves, "
                "not detached, and let them require gradients.",
            ),
            Case(
                use=_replaced,
                show="the layer after layer.weight = Parameter(ones) and layer.bias = None",
                hint="Look at self.weight and self.bias when you are called; they may be others.",
            ),
            Case(
                use=_without_inputs,
                show="Linear(0, 2), a layer without inputs: shape, bias, result; and whether "
                "Linear(1, 4) has a bias that is not 0",
                hint="Without inputs there is nothing to divide by: the bound is 0 then, and only "
                "then.",
            ),
        ],
        misconceptions=[
            Misconception(
                "weight detached",
                _linear(detach=True),
                "The layer computes, but no gradient reaches its weight: it would never learn. "
                "Hand self.weight to `linear` as it is.",
            ),
            Misconception(
                "no gradients wanted",
                _linear(frozen=True),
                "Your parameters do not require gradients, so nothing can learn. Parameter(tensor) "
                "asks for them by itself.",
            ),
            Misconception(
                "bias of (1, out)",
                _linear(bias=(1, -1)),
                "It computes the right numbers. But the bias is (1, out), and every state dict out "
                "there has (out,).",
            ),
            Misconception(
                "bias forgotten",
                _linear(without=True),
                "The bias is registered, but forward does not hand it over.",
            ),
            Misconception(
                "bias drawn first",
                _linear(order=True),
                "All is right but the numbers from the seed: the weight is drawn first, then the "
                "bias.",
            ),
        ],
        hint="Make two Parameters, give them first values, hand them to `linear`.",
    )
)
