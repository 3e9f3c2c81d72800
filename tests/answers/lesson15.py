"""Answers to the exercises of lesson 15."""

from __future__ import annotations


def _read(body: str) -> str:
    return f'def read_storage(content, dtype, count, order="<"):\n{body}'


def _rebuild(body: str) -> str:
    return f"def rebuild_tensor(storage, offset, size, stride):\n{body}"


_FIND = """
        path = f"{module}.{name}"
        if path not in self.allowed:
            raise pickle.UnpicklingError(refusal(path))
        return self.allowed[path]
"""
_LOAD = """
        _, dtype, key, place, count = description
        if key not in self.storages:
            content = self.archive.storage(key, place)
            self.storages[key] = read_storage(content, dtype, count, self.archive.order)
        return self.storages[key]
"""


def _reader(find: str = _FIND, load: str = _LOAD) -> str:
    return f"""
class WeightsUnpickler(Recipe):
    def find_class(self, module, name):
{find}

    def persistent_load(self, description):
{load}
"""


def _averaged(
    part: str = "images[part::parts]), labels[part::parts]",
    update: str = "total = [a + b / parts for a, b in zip(total, grads)]",
    result: str = "total",
) -> str:
    return f"""
def averaged(net, images, labels, parts):
    total = [torch.zeros_like(p) for p in net.parameters()]
    for part in range(parts):
        loss = F.cross_entropy(net({part})
        grads = torch.autograd.grad(loss, list(net.parameters()))
        {update}
    return {result}
"""


WRONG = {
    "read_storage": {
        "the order is not asked": (
            _read("    return np.frombuffer(content, dtype, count).copy()"),
            "newbyteorder",
        ),
        "a view of the file": (
            _read("    return np.frombuffer(content, np.dtype(dtype).newbyteorder(order), count)"),
            "cannot be written to",
        ),
        "frombuffer, and no more": (
            _read("    return np.frombuffer(content, dtype, count)"),
            "Two things are missing",
        ),
        "the order is asked too late": (
            _read(
                "    found = np.frombuffer(content, dtype, count)\n"
                "    return found.astype(np.dtype(dtype).newbyteorder(order))"
            ),
            "comes too late",
        ),
        "all of it": (
            _read(
                "    stored = np.dtype(dtype).newbyteorder(order)\n"
                "    return np.frombuffer(content, stored).astype(dtype)"
            ),
            "`count` numbers",
        ),
        "too short is cut": (
            _read(
                "    stored = np.dtype(dtype).newbyteorder(order)\n"
                "    whole = len(content) // stored.itemsize * stored.itemsize\n"
                "    return np.frombuffer(content[:whole], stored)[:count].astype(dtype)"
            ),
            "raises ValueError",
        ),
        "always float": (
            _read(
                "    stored = np.dtype(dtype).newbyteorder(order)\n"
                "    return np.frombuffer(content, stored, count).astype(np.float32)"
            ),
            "int16",
        ),
    },
    "rebuild_tensor": {
        "a copy": (
            _rebuild(
                "    step = storage.itemsize\n"
                "    view = np.ndarray(tuple(size), storage.dtype, storage, offset * step, "
                "[step * s for s in stride])\n"
                "    return wrap(view.copy())"
            ),
            "copied",
        ),
        "the offset counts elements": (
            _rebuild(
                "    step = storage.itemsize\n"
                "    return wrap(np.ndarray(tuple(size), storage.dtype, storage, offset, "
                "[step * s for s in stride]))"
            ),
            "offset in bytes",
        ),
        "strides count elements": (
            _rebuild(
                "    return wrap(np.ndarray(tuple(size), storage.dtype, storage, "
                "offset * storage.itemsize, tuple(stride)))"
            ),
            "strides in bytes",
        ),
        "nothing in bytes": (
            _rebuild(
                "    return wrap(np.ndarray(tuple(size), storage.dtype, storage, offset, stride))"
            ),
            "counts strides in bytes, and its offset, too",
        ),
        "reading order": (
            _rebuild(
                "    count = math.prod(size)\n"
                "    return wrap(storage[offset : offset + count].reshape(size))"
            ).replace("math.prod", "np.prod"),
            "",
        ),
        "out of the memory": (
            _rebuild(
                "    step = storage.itemsize\n"
                "    return wrap(np.lib.stride_tricks.as_strided(storage[offset:], tuple(size), "
                "[step * s for s in stride]))"
            ),
            "leads out of its memory",
        ),
        "an array": (
            _rebuild(
                "    step = storage.itemsize\n"
                "    return np.ndarray(tuple(size), storage.dtype, storage, offset * step, "
                "[step * s for s in stride])"
            ),
            "",
        ),
    },
    "WeightsUnpickler": {
        "whatever is named": (
            _reader(
                "        path = f'{module}.{name}'\n"
                "        if path in self.allowed:\n"
                "            return self.allowed[path]\n"
                "        return super().find_class(module, name)\n"
            ),
            "must not happen",
        ),
        "only the name": (
            _reader(
                "        for path, thing in self.allowed.items():\n"
                "            if path.split('.')[-1] == name:\n"
                "                return thing\n"
                "        raise pickle.UnpicklingError(refusal(f'{module}.{name}'))\n"
            ),
            "the module too",
        ),
        "the path itself": (
            _reader(_FIND.replace("return self.allowed[path]", "return path")),
            "what the path stands for",
        ),
        "KeyError": (_reader("        return self.allowed[f'{module}.{name}']\n"), "KeyError"),
        "no dot": (
            _reader(_FIND.replace("{module}.{name}", "{module}{name}")),
            "a dot between",
        ),
        "read each time": (
            _reader(
                load="        _, dtype, key, place, count = description\n"
                "        content = self.archive.storage(key, place)\n"
                "        return read_storage(content, dtype, count, self.archive.order)\n"
            ),
            "self.storages",
        ),
        "one for all": (
            _reader(
                load="        _, dtype, key, place, count = description\n"
                "        if not self.storages:\n"
                "            content = self.archive.storage(key, place)\n"
                "            self.storages[key] = read_storage(content, dtype, count)\n"
                "        return next(iter(self.storages.values()))\n"
            ),
            "by its key",
        ),
        "the order is forgotten": (
            _reader(load=_LOAD.replace(", self.archive.order", "")),
            "order of bytes",
        ),
    },
    "averaged": {
        "the sum": (
            _averaged(update="total = [a + b for a, b in zip(total, grads)]"),
            "Divide by `parts`",
        ),
        "the last one": (_averaged(update="total = list(grads)"), ""),
        "the same part": (
            _averaged("images[: len(images) // parts]), labels[: len(images) // parts]"),
            "same pictures",
        ),
        "into .grad": (
            """
def averaged(net, images, labels, parts):
    for part in range(parts):
        (F.cross_entropy(net(images[part::parts]), labels[part::parts]) / parts).backward()
    return [p.grad for p in net.parameters()]
""",
            "`.grad`",
        ),
        "backward for each part": (
            """
def averaged(net, images, labels, parts):
    total = [torch.zeros_like(p) for p in net.parameters()]
    for part in range(parts):
        F.cross_entropy(net(images[part::parts]), labels[part::parts]).backward()
        total = [a + p.grad / parts for a, p in zip(total, net.parameters())]
    return total
""",
            "`.grad` grows from part to part",
        ),
        "divided once too often": (_averaged(result="[t / parts for t in total]"), ""),
        "labels of another part": (_averaged("images[part::parts]), labels[::parts]"), ""),
    },
}

RIGHT = {
    "read_storage": {
        "slices and a view": _read(
            "    stored = np.dtype(dtype).newbyteorder(order)\n"
            "    if len(content) < count * stored.itemsize:\n"
            "        raise ValueError('too short')\n"
            "    return np.frombuffer(content[: count * stored.itemsize], stored).astype(dtype)"
        ),
        "filled": _read(
            "    found = np.empty(count, dtype)\n"
            "    found[:] = np.frombuffer(content, np.dtype(dtype).newbyteorder(order), count)\n"
            "    return found"
        ),
        "np.array": _read(
            "    stored = np.dtype(dtype).newbyteorder(order)\n"
            "    return np.array(np.frombuffer(content, stored, count), dtype)"
        ),
    },
    "rebuild_tensor": {
        "from_numpy": _rebuild(
            "    step = storage.itemsize\n"
            "    strides = tuple(step * s for s in stride)\n"
            "    array = np.ndarray(shape=tuple(size), dtype=storage.dtype, buffer=storage,\n"
            "                       offset=offset * step, strides=strides)\n"
            "    return wrap(array)"
        ),
        "np.multiply": _rebuild(
            "    strides = [int(s) * storage.itemsize for s in stride]\n"
            "    start = offset * storage.itemsize\n"
            "    return wrap(np.ndarray(size, storage.dtype, storage, start, strides))"
        ),
        "from the offset on": _rebuild(
            "    step = storage.itemsize\n"
            "    rest = storage[offset:] if 0 not in size else storage\n"
            "    return wrap(np.ndarray(tuple(size), storage.dtype, rest, 0, "
            "[step * s for s in stride]))"
        ),
    },
    "WeightsUnpickler": {
        "try and except": _reader(
            "        try:\n"
            "            return self.allowed[f'{module}.{name}']\n"
            "        except KeyError:\n"
            "            raise pickle.UnpicklingError(refusal(f'{module}.{name}')) from None\n"
        ),
        "found first": _reader(
            "        path = '.'.join((module, name))\n"
            "        if path in self.allowed:\n"
            "            return self.allowed[path]\n"
            "        raise pickle.UnpicklingError(refusal(path))\n",
            "        kind, dtype, key, place, count = description\n"
            "        found = self.storages.get(key)\n"
            "        if found is None:\n"
            "            content = self.archive.storage(key, place)\n"
            "            found = read_storage(content, dtype, count, order=self.archive.order)\n"
            "            self.storages[key] = found\n"
            "        return found\n",
        ),
        "by position": _reader(
            load="        key = description[2]\n"
            "        if key in self.storages:\n"
            "            return self.storages[key]\n"
            "        content = self.archive.storage(key, description[3])\n"
            "        array = read_storage(content, description[1], description[4], "
            "self.archive.order)\n"
            "        self.storages[key] = array\n"
            "        return array\n"
        ),
    },
    "averaged": {
        "one loss after the other": """
def averaged(net, images, labels, parts):
    weights = list(net.parameters())
    found = []
    for part in range(parts):
        loss = F.cross_entropy(net(images[part::parts]), labels[part::parts])
        found.append(torch.autograd.grad(loss, weights))
    return [sum(grads) / parts for grads in zip(*found)]
""",
        "the mean of the losses": """
def averaged(net, images, labels, parts):
    losses = [
        F.cross_entropy(net(images[n::parts]), labels[n::parts]) for n in range(parts)
    ]
    return list(torch.autograd.grad(sum(losses) / parts, list(net.parameters())))
""",
        "stacked": """
def averaged(net, images, labels, parts):
    weights = list(net.parameters())
    rows = []
    for n in range(parts):
        loss = F.cross_entropy(net(images[n::parts]), labels[n::parts])
        rows.append(torch.autograd.grad(loss, weights))
    return [torch.stack(column).mean(0) for column in zip(*rows)]
""",
    },
}

SAME: dict[str, dict[str, str]] = {
    "rebuild_tensor": {
        (
            "rebuild_tensor: return wrap(np.ndarray(tuple(size), storage.dtype, storage, "
            "offset * step, strides)) => return wrap(np.ndarray(size, storage.dtype, storage, "
            "offset * step, strides))"
        ): "NumPy takes a list of sizes as well",
    },
    "averaged": {
        (
            "averaged: grads = torch.autograd.grad(loss, list(net.parameters())) => grads = "
            "torch.autograd.grad(loss, net.parameters())"
        ): "eduflow takes any iterable here, as it takes a list",
    },
}
