"""Answers to the exercises of lesson 16."""

from __future__ import annotations

import textwrap


def _def(head: str, body: str) -> str:
    """A function of this head; the body as it stands in it, without its indent."""
    return f"{head}\n{textwrap.indent(textwrap.dedent(body).strip(), '    ')}\n"


def _owner(body: str) -> str:
    return _def("def owner_of(array):", body)


def _memory(body: str) -> str:
    return _def("def memory_of(tensor, found):", body)


def _recipe(
    size: str = "tuple(tensor.shape)",
    offset: str = "tensor.storage_offset()",
    stride: str = "tensor.stride()",
    grad: str = "tensor.requires_grad",
) -> str:
    return _def(
        "def recipe_of(tensor, memory):",
        f"arguments = memory, {offset}, {size}, {stride}, {grad}, OrderedDict()\n"
        "return _utils._rebuild_tensor_v2, arguments",
    )


def _member(
    start: str = "archive.start_dir + 30 + len(name.encode()) + 4",
    filler: str = 'b"Z" * (-start % 64)',
    count: str = "len(filler)",
) -> str:
    return _def(
        "def add_member(archive, name, content):",
        f"""
        info = zipfile.ZipInfo(name)
        start = {start}
        filler = {filler}
        info.extra = b"FB" + ({count}).to_bytes(2, "little") + filler
        archive.writestr(info, content)
        """,
    )


def _archive(*changes: tuple[str, str]) -> str:
    body = """
        recipe = io.BytesIO()
        pickler = Pickler(recipe, min(protocol, 3))
        pickler.dump(thing)
        with zipfile.ZipFile(file, "w") as archive:
            add_member(archive, f"{name}/data.pkl", renamed(recipe.getvalue()))
            add_member(archive, f"{name}/.format_version", b"1")
            add_member(archive, f"{name}/.storage_alignment", b"64")
            add_member(archive, f"{name}/byteorder", sys.byteorder.encode())
            for memory in pickler.found.values():
                numbers = np.ascontiguousarray(memory.owner).tobytes()
                add_member(archive, f"{name}/data/{memory.key}", numbers)
            add_member(archive, f"{name}/version", b"3\\n")
    """
    for old, new in changes:
        assert old in body, old
        body = body.replace(old, new)
    return _def("def write_archive(thing, file, protocol, name):", body)


def _numbered(
    number: str = "{id(p): i for i, p in enumerate(parameters_of(optimizer))}",
    group: str = (
        '{**{k: v for k, v in g.items() if k != "params"}, '
        '"params": [number[id(p)] for p in g["params"]]}'
    ),
    state: str = "{number[id(p)]: values for p, values in optimizer.state.items()}",
) -> str:
    return _def(
        "def numbered(optimizer):",
        f"""
        number = {number}
        groups = [{group} for g in optimizer.param_groups]
        state = {state}
        return {{"state": state, "param_groups": groups}}
        """,
    )


def _take(
    options: str = "ours |= {k: copy.deepcopy(v) for k, v in theirs.items() if k != 'params'}",
    start: str = "defaultdict(dict)",
    entry: str = "optimizer.state[every[n]] = fitted(values, every[n].dtype)",
) -> str:
    return _def(
        "def take_over(optimizer, state_dict):",
        f"""
        check_groups(optimizer.param_groups, state_dict["param_groups"])
        for ours, theirs in zip(optimizer.param_groups, state_dict["param_groups"]):
            {options}
        every = parameters_of(optimizer)
        optimizer.state = {start}
        for n, values in state_dict["state"].items():
            {entry}
        """,
    )


def _walk(loop: str) -> str:
    body = textwrap.dedent(loop).strip()
    return _def(
        "def load_tree(module, state, prefix, metadata, assign, keys, problems):",
        "about = {**metadata.get(prefix[:-1], {}), **({ASSIGN: True} if assign else {})}\n"
        "module._load_from_state_dict(state, prefix, about, True, *keys, problems)\n"
        f"{body}\n"
        "for hook in module._load_state_dict_post_hooks.values():\n"
        "    hook(module, keys)",
    )


def _each(
    part: str = "{k: v for k, v in state.items() if k.startswith(path)}",
    path: str = "prefix + name + '.'",
    call: str = "load_tree(child, part, path, metadata, assign, keys, problems)",
    when: str = "child is not None",
) -> str:
    return _walk(
        f"""
        for name, child in module._modules.items():
            if {when}:
                path = {path}
                part = {part}
                {call}
        """
    )


WRONG = {
    "owner_of": {
        "one step": (
            _owner("return array if array.base is None else array.base"),
            "",
        ),
        "one step, by an if": (
            _owner(
                """
                if isinstance(array.base, np.ndarray):
                    return array.base
                return array
                """
            ),
            "one step",
        ),
        "not turned": (
            _owner(
                """
                while isinstance(array.base, np.ndarray):
                    array = array.base
                return array
                """
            ),
            "column first",
        ),
        "until there is no base": (
            _owner(
                """
                while array.base is not None:
                    array = array.base
                return array.transpose(sorted(range(array.ndim), key=lambda d: -array.strides[d]))
                """
            ),
            "'bytes' object has no attribute 'base'",
        ),
        "smallest first": (
            _owner(
                """
                while isinstance(array.base, np.ndarray):
                    array = array.base
                if array.flags.c_contiguous:
                    return array
                return array.transpose(sorted(range(array.ndim), key=lambda d: array.strides[d]))
                """
            ),
            "largest",
        ),
        "reversed": (
            _owner(
                """
                while isinstance(array.base, np.ndarray):
                    array = array.base
                return array if array.flags.c_contiguous else array.T
                """
            ),
            "Sort the dims",
        ),
        "a copy": (
            _owner(
                """
                while isinstance(array.base, np.ndarray):
                    array = array.base
                return np.ascontiguousarray(array)
                """
            ),
            "copy",
        ),
        "the array itself": (_owner("return array"), ""),
    },
    "memory_of": {
        "the view's address": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(tensor._array) if owner.nbytes else id(owner)
                return found.setdefault(place, Memory(len(found), owner))
                """
            ),
            "A view of the same memory",
        ),
        "by tensor": (
            _memory(
                "return found.setdefault(id(tensor), Memory(len(found), owner_of(tensor._array)))"
            ),
            "What counts is the memory",
        ),
        "the view is written": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                return found.setdefault(place, Memory(len(found), tensor._array))
                """
            ),
            "does not own anything",
        ),
        "counts from 1": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                return found.setdefault(place, Memory(len(found) + 1, owner))
                """
            ),
            "number 0",
        ),
        "always a new one": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                found[place] = Memory(len(found), owner)
                return found[place]
                """
            ),
            "new pair each time",
        ),
        "empty memory is one": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else 0
                return found.setdefault(place, Memory(len(found), owner))
                """
            ),
            "Take id(owner)",
        ),
        "asked after it was put in": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                if place not in found:
                    found[place] = None
                    found[place] = Memory(len(found), owner)
                return found[place]
                """
            ),
            "number 0",
        ),
        "a text": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                return found.setdefault(place, Memory(str(len(found)), owner))
                """
            ),
            "`persistent_id` makes the text",
        ),
        "the key alone": (
            _memory(
                """
                owner = owner_of(tensor._array)
                place = address(owner) if owner.nbytes else id(owner)
                return found.setdefault(place, Memory(len(found), owner)).key
                """
            ),
            "",
        ),
    },
    "recipe_of": {
        "a Size": (_recipe(size="tensor.size()"), "`tuple(...)`"),
        "bytes": (_recipe(stride="tensor._array.strides"), "count bytes"),
        "always at 0": (_recipe(offset="0"), "storage_offset"),
        "an address": (_recipe(offset="tensor.data_ptr()"), "in another program"),
        "no gradient": (_recipe(grad="False"), "requires_grad"),
        "changed places": (
            _recipe(size="tensor.stride()", stride="tuple(tensor.shape)"),
            "changed places",
        ),
        "a list": (_recipe(size="list(tensor.shape)"), "a plain tuple there"),
        "made at once": (
            _def(
                "def recipe_of(tensor, memory):",
                "return _utils._rebuild_tensor_v2(memory.owner, tensor.storage_offset(), "
                "tuple(tensor.shape), tensor.stride(), False, OrderedDict())",
            ),
            "Return the function, do not call it.",
        ),
        "seven in one tuple": (
            _def(
                "def recipe_of(tensor, memory):",
                "return (_utils._rebuild_tensor_v2, memory, tensor.storage_offset(), "
                "tuple(tensor.shape), tensor.stride(), tensor.requires_grad, OrderedDict())",
            ),
            "A pair: the function, and ONE tuple.",
        ),
        "the arguments alone": (
            _def(
                "def recipe_of(tensor, memory):",
                "return (memory, tensor.storage_offset(), "
                "tuple(tensor.shape), tensor.stride(), tensor.requires_grad, OrderedDict())",
            ),
            "A pair: the function, and ONE tuple",
        ),
        "a list of arguments": (
            _def(
                "def recipe_of(tensor, memory):",
                "return _utils._rebuild_tensor_v2, [memory, tensor.storage_offset(), "
                "tuple(tensor.shape), tensor.stride(), tensor.requires_grad, OrderedDict()]",
            ),
            "",
        ),
    },
    "add_member": {
        "no filler": (_member(filler='b""'), "no filler in it"),
        "from the begin of the file": (_member("30 + len(name.encode()) + 4"), "first member only"),
        "letters": (_member("archive.start_dir + 34 + len(name)"), "len(name.encode())"),
        "four bytes off": (_member("archive.start_dir + 30 + len(name.encode())"), "Four bytes"),
        "one row more": (_member(filler='b"Z" * (64 - start % 64)'), "-start % 64"),
        "length of all": (_member(count="len(filler) + 4"), "filler alone"),
        "zeros": (_member(filler='b"0" * (-start % 64)'), "times 0"),
        "a multiple of 32": (_member(filler='b"Z" * (-start % 32)'), ""),
    },
    "write_archive": {
        "our names": (_archive(("renamed(recipe.getvalue())", "recipe.getvalue()")), "`renamed`"),
        "any protocol": (_archive(("min(protocol, 3)", "protocol")), "3 at most"),
        "without its name": (_archive(('f"{name}/', 'f"')), "under `name`"),
        "a name of its own": (_archive(("{name}/", "archive/")), "The caller says"),
        "writestr": (
            _archive(("add_member(archive, ", "archive.writestr(")),
            "Call `add_member`",
        ),
        "no version": (
            _archive(('add_member(archive, f"{name}/version", b"3\\n")', "pass")),
            "`version` is missing",
        ),
        "no line's end": (_archive(('b"3\\n"', 'b"3"')), "ends with a line's end"),
        "numbers as they stand in views": (
            _archive(("np.ascontiguousarray(memory.owner)", "memory.owner.base")),
            "",
        ),
        "a file of files": (_archive(("recipe.getvalue()", "recipe")), ""),
        "memory is forgotten": (
            _archive(("pickler.found.values()", "()")),
            "for each in `pickler.found`",
        ),
    },
    "numbered": {
        "each group anew": (
            _numbered(
                "{id(p): i for g in optimizer.param_groups for i, p in enumerate(g['params'])}"
            ),
            "through all groups",
        ),
        "ids": (_numbered("{id(p): id(p) for p in parameters_of(optimizer)}"), "An id"),
        "states by position": (
            _numbered(state="dict(enumerate(optimizer.state.values()))"),
            "count the states by themselves",
        ),
        "a state for all": (
            _numbered(
                state="{number[id(p)]: optimizer.state.get(p, {}) "
                "for p in parameters_of(optimizer)}"
            ),
            "Only those that have a state",
        ),
        "copies": (
            _numbered(
                state="{number[id(p)]: dict(values) for p, values in optimizer.state.items()}"
            ),
            "as they are",
        ),
        "written into the groups": (
            _numbered(
                group='g.update(params=[number[id(p)] for p in g["params"]]) or g',
            ),
            "could never step again",
        ),
        "params in front": (
            _numbered(group='{**g, "params": [number[id(p)] for p in g["params"]]}'),
            "at the end",
        ),
        "the parameters themselves": (_numbered(group="dict(g)"), ""),
        "from 1": (
            _numbered("{id(p): i for i, p in enumerate(parameters_of(optimizer), 1)}"),
            "",
        ),
    },
    "take_over": {
        "params, too": (
            _take("ours |= copy.deepcopy(theirs)"),
            "'int' object has no attribute 'dtype'",
        ),
        "by number": (
            _take(entry="optimizer.state[n] = fitted(values, every[n].dtype)"),
            "by the parameter",
        ),
        "no options": (_take("pass"), "the rate, for one"),
        "not fitted": (_take(entry="optimizer.state[every[n]] = values"), "`fitted"),
        "the old states": (_take(start="optimizer.state"), "begins anew"),
        "a dict": (_take(start="{}"), "defaultdict"),
        "shared": (
            _take("ours |= {k: v for k, v in theirs.items() if k != 'params'}"),
            "deepcopy",
        ),
        "number of its own group": (
            _take(
                entry='optimizer.state[optimizer.param_groups[-1]["params"][n - 1]] = '
                "fitted(values, every[n].dtype)"
            ),
            "",
        ),
        "groups in place of theirs": (_take("ours = copy.deepcopy(theirs)"), ""),
    },
    "load_tree": {
        "the whole dict": (_each("state"), "begin with its path"),
        "no dot": (_each(path="prefix + name"), "ends with a dot"),
        "no prefix": (_each(path="name + '.'"), "A path is prefix, name and a dot."),
        "names are cut": (
            _each("{k.removeprefix(path): v for k, v in state.items() if k.startswith(path)}"),
            "They stay whole",
        ),
        "no walk": (_walk("pass"), "none of its children"),
        "assign stays above": (
            _each(call="load_tree(child, part, path, metadata, False, keys, problems)"),
            "does not reach",
        ),
        "metadata stay above": (
            _each(call="load_tree(child, part, path, {}, assign, keys, problems)"),
            "The metadata",
        ),
        "None, too": (_each(when="True"), "None is passed over"),
        "children only": (
            _each(
                call="child._load_from_state_dict(part, path, about, True, *keys, problems)",
            ),
            "",
        ),
    },
}

RIGHT = {
    "owner_of": {
        "recursive": _owner(
            """
            if isinstance(array.base, np.ndarray):
                return owner_of(array.base)
            return array.transpose(sorted(range(array.ndim), key=lambda dim: -array.strides[dim]))
            """
        ),
        "reverse": _owner(
            """
            base = array.base
            while isinstance(base, np.ndarray):
                array, base = base, base.base
            if not array.flags["C_CONTIGUOUS"]:
                dims = sorted(range(array.ndim), key=array.strides.__getitem__, reverse=True)
                array = np.transpose(array, dims)
            return array
            """
        ),
        "for ever": _owner(
            """
            while True:
                if not isinstance(array.base, np.ndarray):
                    break
                array = array.base
            if array.flags.c_contiguous:
                return array
            return array.transpose(np.argsort([-s for s in array.strides], kind="stable"))
            """
        ),
    },
    "memory_of": {
        "setdefault": _memory(
            """
            owner = owner_of(tensor._array)
            place = address(owner) if owner.nbytes else id(owner)
            return found.setdefault(place, Memory(len(found), owner))
            """
        ),
        "try": _memory(
            """
            owner = owner_of(tensor._array)
            place = address(owner) if owner.size else id(owner)
            try:
                return found[place]
            except KeyError:
                found[place] = pair = Memory(key=len(found), owner=owner)
                return pair
            """
        ),
        "get": _memory(
            """
            array = owner_of(tensor._array)
            where = id(array) if array.nbytes == 0 else address(array)
            pair = found.get(where)
            if pair is None:
                pair = found[where] = Memory(len(found), array)
            return pair
            """
        ),
    },
    "recipe_of": {
        "in one line": _recipe(),
        "size()": _recipe(size="tuple(tensor.size())"),
        "from the array": _recipe(
            size="tensor._array.shape",
            stride="tuple(s // tensor._array.itemsize for s in tensor._array.strides)"
            " if tensor.numel() else tensor.stride()",
        ),
    },
    "add_member": {
        "filehandle": _member(),
        "a sum": _member("sum((archive.start_dir, 34, len(bytes(name, 'utf-8'))))"),
        "ljust": _member(filler='b"".ljust((64 - start % 64) % 64, b"Z")'),
    },
    "write_archive": {
        "as it stands": _archive(),
        "a table": _def(
            "def write_archive(thing, file, protocol, name):",
            """
            recipe = io.BytesIO()
            pickler = Pickler(recipe, 3 if protocol > 3 else protocol)
            pickler.dump(thing)
            text = {"data.pkl": renamed(recipe.getvalue()), ".format_version": b"1",
                    ".storage_alignment": b"64", "byteorder": bytes(sys.byteorder, "ascii")}
            with zipfile.ZipFile(file, mode="w") as archive:
                for member, content in text.items():
                    add_member(archive, name + "/" + member, content)
                for memory in pickler.found.values():
                    add_member(archive, f"{name}/data/{memory.key}", memory.owner.tobytes())
                add_member(archive, name + "/version", b"3\\n")
            """,
        ),
        "closed by hand": _def(
            "def write_archive(thing, file, protocol, name):",
            """
            recipe = io.BytesIO()
            pickler = Pickler(recipe, min(3, protocol))
            pickler.dump(thing)
            recipe.seek(0)
            archive = zipfile.ZipFile(file, "w")
            put = lambda member, content: add_member(archive, f"{name}/{member}", content)
            put("data.pkl", renamed(recipe.read()))
            put(".format_version", b"1")
            put(".storage_alignment", str(64).encode())
            put("byteorder", sys.byteorder.encode())
            for key, owner in pickler.found.values():
                put(f"data/{key}", np.ascontiguousarray(owner).tobytes())
            put("version", b"3\\n")
            archive.close()
            """,
        ),
    },
    "numbered": {
        "comprehensions": _numbered(),
        "a loop with a count": _def(
            "def numbered(optimizer):",
            """
            number, groups = {}, []
            for group in optimizer.param_groups:
                packed = dict(group)
                params = packed.pop("params")
                for p in params:
                    number.setdefault(id(p), len(number))
                packed["params"] = [number[id(p)] for p in params]
                groups.append(packed)
            state = {}
            for p, values in optimizer.state.items():
                state[number[id(p)]] = values
            return {"state": state, "param_groups": groups}
            """,
        ),
        "by identity": _def(
            "def numbered(optimizer):",
            """
            every = parameters_of(optimizer)
            def place(p):
                return next(i for i, other in enumerate(every) if other is p)
            groups = []
            for g in optimizer.param_groups:
                options = {k: v for k, v in g.items() if k != "params"}
                groups.append(options | {"params": list(map(place, g["params"]))})
            state = {place(p): optimizer.state[p] for p in optimizer.state}
            return dict(state=state, param_groups=groups)
            """,
        ),
    },
    "take_over": {
        "in one": _take(),
        "loops": _def(
            "def take_over(optimizer, state_dict):",
            """
            saved = state_dict["param_groups"]
            check_groups(optimizer.param_groups, saved)
            for i, group in enumerate(optimizer.param_groups):
                for name, value in saved[i].items():
                    if name != "params":
                        group[name] = copy.deepcopy(value)
            optimizer.state = defaultdict(dict)
            for n, p in enumerate(parameters_of(optimizer)):
                if n in state_dict["state"]:
                    optimizer.state[p] = fitted(state_dict["state"][n], p.dtype)
            """,
        ),
        "cleared": _def(
            "def take_over(optimizer, state_dict):",
            """
            check_groups(optimizer.param_groups, state_dict["param_groups"])
            for ours, theirs in zip(optimizer.param_groups, state_dict["param_groups"]):
                params = ours["params"]
                ours.update(copy.deepcopy(theirs))
                ours["params"] = params
            optimizer.state.clear()
            for n, values in state_dict["state"].items():
                p = parameters_of(optimizer)[n]
                optimizer.state[p] = fitted(values, p.dtype)
            """,
        ),
    },
    "load_tree": {
        "as it stands": _each(),
        "filtered": _walk(
            """
            for name, child in module._modules.items():
                if child is None:
                    continue
                path = f"{prefix}{name}."
                part = dict(item for item in state.items() if item[0][: len(path)] == path)
                load_tree(child, part, path, metadata, assign, keys, problems)
            """
        ),
        "named_children": _walk(
            """
            children = [(f"{prefix}{n}.", c) for n, c in module._modules.items() if c is not None]
            for path, child in children:
                mine = OrderedDict()
                for key in state:
                    if key.startswith(path):
                        mine[key] = state[key]
                load_tree(child, mine, path, metadata, assign, keys, problems)
            """
        ),
    },
}

SAME: dict[str, dict[str, str]] = {
    "owner_of": {
        "owner_of: if array.flags.c_contiguous: => if False:": (
            "what lies in order already is not changed by putting its dims in order"
        ),
        "owner_of: return array => pass": (
            "what lies in order already is not changed by putting its dims in order"
        ),
    },
    "write_archive": {
        (
            "write_archive: add_member(archive, f'{name}/byteorder', sys.byteorder.encode()) => "
            "add_member(archive, f'{name}/byteorder', sys.byteorder)"
        ): "zipfile encodes a text itself",
        (
            "write_archive: add_member(archive, f'{name}/data/{memory.key}', numbers.tobytes()) => "
            "add_member(archive, f'{name}/data/{memory.key}', numbers)"
        ): "zipfile takes an array's bytes as well",
    },
}
