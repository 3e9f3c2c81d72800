"""Answers to the exercises of lesson 06."""

from __future__ import annotations


def _walk(body: str) -> str:
    return f"def walk(module, path, seen, once):\n{body}"


def _named(body: str) -> str:
    return f"def named_members(module, drawer, prefix, recurse, once):\n{body}"


_OWNERS = "walk(module, prefix, set(), once) if recurse else [(prefix, module)]"


def _list(method: str) -> str:
    return f"class ModuleList(ModuleList):\n{method}"


def _row(method: str) -> str:
    return f"class Sequential(Sequential):\n{method}"


def _list_item(slice_: str, one: str = "list(self)[position(idx, len(self))]") -> str:
    return _list(f"""
    def __getitem__(self, idx):
        if isinstance(idx, slice):
            return {slice_}
        return {one}
""")


def _row_item(slice_: str, one: str = "items[position(idx, len(items))][1]") -> str:
    return _row(f"""
    def __getitem__(self, idx):
        items = list(self._modules.items())
        if isinstance(idx, slice):
            return {slice_}
        return {one}
""")


def _members(body: str) -> str:
    return f"def members(module):\n    left_out = module._non_persistent_buffers_set\n{body}"


def _load(
    differs: str = "state[path].shape != tensor.shape", missing: str = "", put: str = ""
) -> str:
    return f"""
def load_members(mine, state, prefix, missing, problems, put):
    for name, tensor in mine.items():
        path = prefix + name
        if path not in state:
            {missing or "missing.append(path)"}
        elif {differs}:
            problems.append(size_mismatch(path, state[path], tensor))
        else:
            {put or "put(name, path, state[path])"}
"""


def _write(entry: str, path: str = "prefix + name", source: str = "members(module)") -> str:
    return f"""
def save_members(module, state, prefix, keep_vars):
    for name, tensor in {source}.items():
        state[{path}] = {entry}
"""


_ENTRY = "tensor if keep_vars else tensor.detach()"


def _unexpected(body: str) -> str:
    return f"def unexpected(mine, children, state, prefix):\n{body}"


def _save(body: str = "", own: str = "module._save_to_state_dict(state, prefix, keep_vars)") -> str:
    body = (
        body
        or """
    for name, child in module._modules.items():
        if child is not None:
            child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
"""
    )
    return f"def save(module, state, prefix, keep_vars):\n    {own}\n{body}"


WRONG = {
    "walk": {
        "a dot in front": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{path}.{name}", seen, once)
"""),
            "begin with a dot",
        ),
        "an empty container": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "is false, as an empty list is",
        ),
        "names for paths": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, name, seen, once)
"""),
            "lost on the way down",
        ),
        "itself last": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
    yield path, module
"""),
            "It comes first",
        ),
        "seen is never asked": (
            _walk("""
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "never asked",
        ),
        "over the children": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module.named_children():
        yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "has every place",
        ),
        "seen only if once": (
            _walk("""
    if once and module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "whatever `once` says",
        ),
        "always once": (
            _walk("""
    if module in seen:
        return
    seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "found at both",
        ),
        "one storey": (
            _walk("""
    yield path, module
    for name, child in module._modules.items():
        if child is not None:
            yield f"{path}.{name}" if path else name, child
"""),
            "not what is in them",
        ),
        "level by level": (
            _walk("""
    todo = [(path, module)]
    while todo:
        path, net = todo.pop(0)
        if net is not None and net not in seen:
            if once:
                seen.add(net)
            yield path, net
            todo += [(f"{path}.{n}" if path else n, c) for n, c in net._modules.items()]
"""),
            "for each child, all pairs",
        ),
        "None, too": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules.items():
        yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "'NoneType'",
        ),
        "no items": (
            _walk("""
    if module in seen:
        return
    if once:
        seen.add(module)
    yield path, module
    for name, child in module._modules:
        if child is not None:
            yield from walk(child, f"{path}.{name}" if path else name, seen, once)
"""),
            "pairs come from `.items()`",
        ),
    },
    "named_members": {
        "no items": (
            _named("""
    for path, owner in walk(module, prefix, set(), once):
        for name, member in getattr(owner, drawer):
            yield f"{path}.{name}", member
"""),
            "pairs come from `.items()`",
        ),
        "seen is a list": (
            _named(f"""
    seen = []
    for path, owner in {_OWNERS}:
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.append(member)
                yield (f"{{path}}.{{name}}" if path else name), member
"""),
            "`in` a list",
        ),
        "shared twice": (
            _named(f"""
    for path, owner in {_OWNERS}:
        for name, member in getattr(owner, drawer).items():
            if member is not None:
                yield (f"{{path}}.{{name}}" if path else name), member
"""),
            "an optimizer would move it twice",
        ),
        "own forgotten": (
            _named(f"""
    seen = set()
    for path, owner in {_OWNERS}:
        if owner is module:
            continue
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield (f"{{path}}.{{name}}" if path else name), member
"""),
            "What the network holds itself",
        ),
        "equal is the same": (
            _named(f"""
    seen = []
    for path, owner in {_OWNERS}:
        for name, member in getattr(owner, drawer).items():
            if member is not None and str(member.tolist()) not in seen:
                if once:
                    seen.append(str(member.tolist()))
                yield (f"{{path}}.{{name}}" if path else name), member
"""),
            "equal numbers are still two",
        ),
        "a dot in front": (
            _named(f"""
    seen = set()
    for path, owner in {_OWNERS}:
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield f"{{path}}.{{name}}", member
"""),
            "begin with a dot",
        ),
        "always the parameters": (
            _named(f"""
    seen = set()
    for path, owner in {_OWNERS}:
        for name, member in owner._parameters.items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield (f"{{path}}.{{name}}" if path else name), member
"""),
            "whatever is asked for",
        ),
        "no recurse": (
            _named("""
    for name, member in getattr(module, drawer).items():
        if member is not None:
            yield (f"{prefix}.{name}" if prefix else name), member
"""),
            "For each (path, owner) of `walk`",
        ),
        "recurse ignored": (
            _named("""
    seen = set()
    for path, owner in walk(module, prefix, set(), once):
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield (f"{path}.{name}" if path else name), member
"""),
            "one owner only",
        ),
        "prefix forgotten": (
            _named("""
    seen = set()
    for path, owner in walk(module, "", set(), once) if recurse else [("", module)]:
        for name, member in getattr(owner, drawer).items():
            if member is not None and member not in seen:
                if once:
                    seen.add(member)
                yield (f"{path}.{name}" if path else name), member
"""),
            "where the paths begin",
        ),
    },
    "ModuleList": {
        "modules forgotten": (
            _list("    def __init__(self, modules=None):\n        super().__init__()\n"),
            "registers; the name is the next number",
        ),
        "None is no list": (
            _list(
                "    def __init__(self, modules=None):\n"
                "        super().__init__()\n        self.extend(modules)\n"
            ),
            "NoneType",
        ),
        "super forgotten": (
            _list(
                "    def __init__(self, modules=None):\n"
                "        if modules is not None:\n            self.extend(modules)\n"
            ),
            "has no attribute '_modules'",
        ),
        "list positions": (
            _list("    def __getitem__(self, idx):\n        return list(self)[idx]\n"),
            "position(idx, len(self))",
        ),
        "a slice is a plain list": (_list_item("list(self)[idx]"), "the friend's mistake again"),
        "no negative": (
            _list_item("self.__class__(list(self)[idx])", "self._modules[str(idx)]"),
            "no module called '-1'",
        ),
        "numbers for names": (
            _list_item(
                "self.__class__(list(self)[idx])", "self._modules[position(idx, len(self))]"
            ),
            "are texts",
        ),
        "always a ModuleList": (
            _list_item("ModuleList(list(self)[idx])"),
            "self.__class__, not ModuleList",
        ),
        "old names": (
            _list_item("self._with(idx)").replace(
                "    def __getitem__",
                """    def _with(self, idx):
        part = self.__class__()
        for name, module in list(self._modules.items())[idx]:
            part.add_module(name, module)
        return part

    def __getitem__""",
            ),
            "numbered anew",
        ),
        "append returns nothing": (
            _list(
                "    def append(self, module):\n        self.add_module(str(len(self)), module)\n"
            ),
            "has to return the list itself",
        ),
        "append to a plain list": (
            _list(
                "    def append(self, module):\n"
                '        self.__dict__.setdefault("layers", []).append(module)\n'
                "        return self\n"
            ),
            "`add_module` registers them",
        ),
        "numbers as names": (
            _list(
                "    def append(self, module):\n        self.add_module(len(self), module)\n"
                "        return self\n"
            ),
            "module name should be a string",
        ),
        "append under one name": (
            _list(
                '    def append(self, module):\n        self.add_module("0", module)\n'
                "        return self\n"
            ),
            "the next number as a string",
        ),
    },
    "Sequential": {
        "names lost": (
            _row("""
    def __init__(self, *args):
        Module.__init__(self)
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for number, module in enumerate(args[0].values() if named else args):
            self.add_module(str(number), module)
"""),
            "names of the OrderedDict are lost",
        ),
        "any dict": (
            _row("""
    def __init__(self, *args):
        Module.__init__(self)
        if len(args) == 1 and isinstance(args[0], dict):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            for place, module in enumerate(args):
                self.add_module(str(place), module)
"""),
            "only an OrderedDict brings names",
        ),
        "a plain list": (
            _row("""
    def __init__(self, *args):
        Module.__init__(self)
        self.layers = list(args)
"""),
            "add_module(name, module)",
        ),
        "each module once": (
            _row("""
    def __init__(self, *args):
        Module.__init__(self)
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else enumerate(dict.fromkeys(args)):
            self.add_module(str(name), module)
"""),
            "those of the one OrderedDict",
        ),
        "each gets the input": (
            _row("""
    def forward(self, input):
        outputs = [module(input) for module in self]
        return outputs[-1] if outputs else input
"""),
            "Every layer gets the first input",
        ),
        "over the children": (
            _row("""
    def forward(self, input):
        for module in self.children():
            input = module(input)
        return input
"""),
            "children() gives each module once",
        ),
        "no items": (
            _row("""
    def forward(self, input):
        for name, layer in self._modules:
            input = layer(input)
        return input
"""),
            "pairs come from `.items()`",
        ),
        "names for layers": (
            _row("""
    def forward(self, input):
        for layer in self._modules:
            input = layer(input)
        return input
"""),
            "'str' object is not callable",
        ),
        "None skipped": (
            _row("""
    def forward(self, input):
        for layer in self:
            if layer is not None:
                input = layer(input)
        return input
"""),
            "You pass over a None",
        ),
        "the last forgotten": (
            _row("""
    def forward(self, input):
        for module in list(self)[:-1]:
            input = module(input)
        return input
"""),
            "each layer gets what the one",
        ),
        "a slice is a list": (
            _row_item("[module for _, module in items[idx]]"),
            "cannot be called",
        ),
        "numbered anew": (
            _row_item("self.__class__(*[module for _, module in items[idx]])"),
            "They keep their old names",
        ),
        "by name": (
            _row_item("self.__class__(OrderedDict(items[idx]))", "self._modules[str(idx)]"),
            "KeyError",
        ),
    },
    "members": {
        "buffers forgotten": (
            _members("    return {n: p for n, p in module._parameters.items() if p is not None}\n"),
            "The buffers are missing",
        ),
        "all buffers": (
            _members("""
    found = {**module._parameters, **module._buffers}
    return {name: tensor for name, tensor in found.items() if tensor is not None}
"""),
            "not meant to last",
        ),
        "buffers first": (
            _members("""
    found = {n: b for n, b in module._buffers.items() if n not in left_out}
    found = {**found, **module._parameters}
    return {name: tensor for name, tensor in found.items() if tensor is not None}
"""),
            "the parameters come first",
        ),
        "None, too": (
            _members("""
    kept = {n: b for n, b in module._buffers.items() if n not in left_out}
    return {**module._parameters, **kept}
"""),
            "An empty place",
        ),
        "buffers only": (
            _members("""
    kept = {n: b for n, b in module._buffers.items() if n not in left_out}
    return {name: tensor for name, tensor in kept.items() if tensor is not None}
"""),
            "The parameters are missing",
        ),
        "no items": (
            _members("""
    kept = {n: b for n, b in module._buffers if n not in left_out}
    return {**module._parameters, **kept}
"""),
            "pairs come from `.items()`",
        ),
        "copies": (
            _members("""
    kept = {n: b for n, b in module._buffers.items() if n not in left_out}
    found = {**module._parameters, **kept}
    return {name: tensor.clone() for name, tensor in found.items() if tensor is not None}
"""),
            "no copies",
        ),
    },
    "load_members": {
        "counts numbers": (_load("state[path].numel() != tensor.numel()"), "six each"),
        "counts dims": (_load("state[path].dim() != tensor.dim()"), "the number of dims"),
        "compares the numbers": (_load("state[path] != tensor"), "Compare the two shapes"),
        "equal numbers": (
            _load("not (state[path] == tensor)"),
            "Compare the two shapes",
        ),
        "no items": (
            _load().replace("mine.items()", "mine"),
            "pairs come from `.items()`",
        ),
        "never looks": (_load("False"), "without a look at the shape"),
        "missing in silence": (_load(missing="pass"), "has to be noted"),
        "missing by name": (_load(missing="missing.append(name)"), "by its path"),
        "nothing is copied": (_load(put="pass"), "put(name, path, state[path])"),
        "puts what is there": (
            _load(put="put(name, path, tensor)"),
            "put(name, path, state[path])",
        ),
        "stops": (
            _load().replace("tensor))\n", "tensor))\n            return\n"),
            "You stop at the first problem",
        ),
        "prefix forgotten": (
            _load().replace("path = prefix + name", "path = name"),
            "the path is prefix + name",
        ),
        "buffers forgotten": (
            _load().replace(
                "mine.items():",
                "mine.items():\n        if not isinstance(tensor, Parameter):\n"
                "            continue",
            ),
            "For each name of `mine`",
        ),
        "raises": (
            _load().replace("problems.append(", "raise RuntimeError("),
            "RuntimeError",
        ),
    },
    "save_members": {
        "prefix forgotten": (_write(_ENTRY, "name"), "over each other"),
        "another dot": (_write(_ENTRY, 'f"{prefix}.{name}"'), "ends in a dot already"),
        "never detached": (_write("tensor"), "an entry is detached"),
        "always detached": (_write("tensor.detach()"), "whatever `keep_vars` says"),
        "the other way round": (
            _write("tensor.detach() if keep_vars else tensor"),
            "the other way round",
        ),
        "parameters only": (_write(_ENTRY, source="module._parameters"), "one drawer"),
        "copies": (_write("tensor if keep_vars else tensor.clone().detach()"), "are copies"),
        "a new table": (
            _write(_ENTRY).replace("    for name", "    state = {}\n    for name"),
            "For each name and tensor",
        ),
        "no items": (
            _write(_ENTRY).replace("members(module).items()", "members(module)"),
            "pairs come from `.items()`",
        ),
        "whole network": (_write(_ENTRY, source="module.state_dict()"), "For each name and tensor"),
    },
    "save": {
        "own only": (_save("    return\n"), "What is in its children is missing"),
        "children only": (_save(own="pass"), "what is the module's own is missing"),
        "same names": (
            _save().replace('prefix=f"{prefix}{name}."', "prefix=prefix"),
            "over each other",
        ),
        "names for paths": (
            _save().replace('prefix=f"{prefix}{name}."', 'prefix=f"{name}."'),
            "its prefix begins with yours",
        ),
        "no dot": (
            _save().replace('prefix=f"{prefix}{name}."', "prefix=prefix + name"),
            "a dot is missing",
        ),
        "nobody asked": (
            _save("""
    for name, child in module._modules.items():
        if child is not None:
            save(child, state, f"{prefix}{name}.", keep_vars)
"""),
            "Ask the child itself",
        ),
        "detached always": (
            _save().replace("keep_vars=keep_vars", "keep_vars=False"),
            "does not reach the children",
        ),
        "empty places": (
            _save().replace("if child is not None", "if True"),
            "'NoneType' object has no attribute",
        ),
        "no items": (
            _save().replace("_modules.items()", "_modules"),
            "pairs come from `.items()`",
        ),
        "another table": (
            _save().replace("destination=state, ", ""),
            "What is in its children is missing",
        ),
    },
    "unexpected": {
        "never": (_unexpected("    return []\n"), "somebody else's business"),
        "beginnings": (
            _unexpected("""
    for path in state:
        rest = path[len(prefix):]
        if path.startswith(prefix) and not rest.startswith((*mine, *children)):
            yield path
"""),
            "bodyguard begins with body",
        ),
        "children's names, too": (
            _unexpected("""
    return [p for p in state if p.startswith(prefix) and p[len(prefix):] not in mine]
"""),
            "the child's, and expected",
        ),
        "own names only": (
            _unexpected("""
    for path in state:
        rest = path[len(prefix):]
        if path.startswith(prefix) and "." not in rest and rest not in mine:
            yield path
"""),
            "A name with a dot can be unexpected",
        ),
        "member or child": (
            _unexpected("""
    for path in state:
        first = path.removeprefix(prefix).split(".")[0]
        if path.startswith(prefix) and first not in mine and first not in children:
            yield path
"""),
            "A member has no dot",
        ),
        "names of others": (
            _unexpected("""
    for path in state:
        name, dot, _ = path.removeprefix(prefix).partition(".")
        if not path.startswith(prefix) or name not in (children if dot else mine):
            yield path
"""),
            "belongs to another module",
        ),
        "without the prefix": (
            _unexpected("""
    for path in state:
        name, dot, _ = path.removeprefix(prefix).partition(".")
        if path.startswith(prefix) and name not in (children if dot else mine):
            yield path.removeprefix(prefix)
"""),
            "as it stands in `state`",
        ),
        "what stands before the dot": (
            _unexpected("""
    for path in state:
        name, dot, _ = path.removeprefix(prefix).partition(".")
        if path.startswith(prefix) and name not in (children if dot else mine):
            yield name
"""),
            "as it stands in `state`",
        ),
    },
}

RIGHT = {
    "walk": {
        "a stack": _walk("""
    todo = [(path, module)]
    while todo:
        path, net = todo.pop()
        if net in seen:
            continue
        if once:
            seen.add(net)
        yield path, net
        for name, child in reversed(net._modules.items()):
            if child is not None:
                todo.append((f"{path}.{name}" if path else name, child))
"""),
        "a list": _walk("""
    if module in seen:
        return []
    if once:
        seen.add(module)
    found = [(path, module)]
    for name, child in module._modules.items():
        if child is not None:
            found += walk(child, ".".join(filter(None, [path, name])), seen, once)
    return found
"""),
        "one if": _walk("""
    if module is not None and module not in seen:
        if once:
            seen.add(module)
        yield (path, module)
        dot = path + "." if path else ""
        for name in module._modules:
            yield from walk(module._modules[name], dot + name, seen, once)
"""),
    },
    "named_members": {
        "collected first": _named("""
    owners = list(walk(module, prefix, set(), once)) if recurse else [(prefix, module)]
    found = [(f"{p}.{n}" if p else n, m) for p, o in owners for n, m in getattr(o, drawer).items()]
    found = [(name, member) for name, member in found if member is not None]
    if not once:
        return found
    first = {}
    for name, member in found:
        first.setdefault(id(member), (name, member))
    return list(first.values())
"""),
        "ids": _named(f"""
    seen = []
    for path, owner in {_OWNERS}:
        for name, member in vars(owner)[drawer].items():
            if member is None or (once and id(member) in seen):
                continue
            seen.append(id(member))
            yield ".".join([path, name]) if path else name, member
"""),
        "dot beforehand": _named(f"""
    seen = set()
    for path, owner in {_OWNERS}:
        start = path + "." if path else ""
        for name in owner.__dict__[drawer]:
            member = owner.__dict__[drawer][name]
            if member is not None and not (once and member in seen):
                seen.add(member)
                yield start + name, member
"""),
    },
    "ModuleList": {
        "one by one": _list("""
    def __init__(self, modules=None):
        super().__init__()
        for module in modules or ():
            self.append(module)
"""),
        "list and position": _list_item("self.__class__(list(self)[idx])"),
        "type(self)": _list_item("type(self)(list(self._modules.values())[idx])"),
        "setattr": _list("""
    def append(self, module):
        setattr(self, str(len(self._modules)), module)
        return self
"""),
    },
    "Sequential": {
        "add_module": _row("""
    def __getitem__(self, idx):
        items = list(self._modules.items())
        if not isinstance(idx, slice):
            return items[position(idx, len(items))][1]
        part = type(self)()
        for name, module in items[idx]:
            part.add_module(name, module)
        return part
"""),
        "over _modules": _row("""
    def forward(self, input):
        for name in self._modules:
            input = self._modules[name](input)
        return input
"""),
        "one loop": _row("""
    def __init__(self, *args):
        Module.__init__(self)
        named = len(args) == 1 and isinstance(args[0], OrderedDict)
        for name, module in args[0].items() if named else enumerate(args):
            self.add_module(f"{name}", module)
"""),
    },
    "members": {
        "a loop": _members("""
    found = {}
    for name, tensor in [*module._parameters.items(), *module._buffers.items()]:
        if tensor is not None and name not in left_out:
            found[name] = tensor
    return found
"""),
        "two comprehensions": _members("""
    own = {n: p for n, p in module._parameters.items() if p is not None}
    return own | {n: b for n, b in module._buffers.items() if b is not None and n not in left_out}
"""),
        "copy and delete": _members("""
    found = dict(module._parameters)
    found.update(module._buffers)
    for name in left_out:
        found.pop(name, None)
    return {name: tensor for name, tensor in found.items() if tensor is not None}
"""),
    },
    "load_members": {
        "size()": _load("state[path].size() != tensor.size()"),
        "lists": _load("list(state[path].shape) != list(tensor.shape)"),
        "three ifs": """
def load_members(mine, state, prefix, missing, problems, put):
    for name in mine:
        path = f"{prefix}{name}"
        value = state.get(path)
        if value is None:
            missing += [path]
        if value is not None and value.shape != mine[name].shape:
            problems += [size_mismatch(path, value, mine[name])]
        if value is not None and value.shape == mine[name].shape:
            put(name, path, value)
""",
    },
    "save_members": {
        "an if": _write(_ENTRY).replace(
            f"state[prefix + name] = {_ENTRY}",
            "if not keep_vars:\n            tensor = tensor.detach()\n"
            "        state[prefix + name] = tensor",
        ),
        "update": """
def save_members(module, state, prefix, keep_vars):
    mine = members(module)
    state.update({prefix + n: mine[n] if keep_vars else mine[n].detach() for n in mine})
""",
        "data": _write("tensor if keep_vars else tensor.data", 'f"{prefix}{name}"'),
    },
    "save": {
        "leaves early": _save("""
    for name in module._modules:
        child = module._modules[name]
        if child is None:
            continue
        child.state_dict(state, prefix + name + ".", keep_vars)
"""),
        "a list first": _save("""
    there = [(n, c) for n, c in module._modules.items() if c is not None]
    for n, c in there:
        c.state_dict(prefix=f"{prefix}{n}.", destination=state, keep_vars=keep_vars)
"""),
        "a queue": _save("""
    parts = list(module._modules.items())
    while parts:
        name, child = parts.pop(0)
        if child:
            below = "".join([prefix, name, "."])
            child.state_dict(destination=state, prefix=below, keep_vars=keep_vars)
""").replace("if child:", "if child is not None:"),
    },
    "unexpected": {
        "split": _unexpected("""
    for path in state:
        if path.startswith(prefix):
            first, *rest = path[len(prefix):].split(".")
            if first not in (children if rest else mine):
                yield path
"""),
        "a list": _unexpected("""
    found = []
    for path in state:
        if not path.startswith(prefix):
            continue
        rest = path[len(prefix):]
        if "." in rest:
            known = rest[: rest.index(".")] in children
        else:
            known = rest in mine
        if not known:
            found.append(path)
    return found
"""),
        "sets": _unexpected("""
    inside = [path for path in state if path.startswith(prefix)]
    own = {prefix + name for name in mine}
    below = tuple(f"{prefix}{name}." for name in children)
    return [path for path in inside if path not in own and not path.startswith(below)]
"""),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "freeze_all_but_last": {
        (
            "freeze_all_but_last: list(net.children())[-1].requires_grad_(True) => "
            "list(net.children())[-1].requires_grad_()"
        ): "True is the default of requires_grad_",
    },
}
