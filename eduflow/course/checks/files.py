"""Checks on files of weights, and on gradients of parts of a batch."""

from __future__ import annotations

import importlib
import io
import pickle
from collections import OrderedDict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..probing import ROOT, shipped, tried
from . import Case, Exercise, Misconception, late, register

_FILE = "_weights_only_unpickler"

# read_storage -------------------------------------------------------------------------------

_CONTENTS: list[tuple[tuple[Any, ...], str]] = [
    ((b"\1\0\2\0", "int16", 2), "Two bytes for each number, the low one first."),
    ((b"\0\1\0\2", "int16", 2, ">"), "With order '>' the high byte comes first: newbyteorder."),
    ((np.array([1.5, -2, 8], dtype="<f4").tobytes(), "float32", 3), "Four bytes a number."),
    ((np.arange(9, dtype="<i8").tobytes(), "int64", 4), "Only the first `count` numbers."),
    ((b"", "float64", 0), "No numbers at all: an empty array."),
]


def _read(f: Any, torch: Any, case: Any) -> str:
    """What came back, in words: an answer is compared as a whole, and a learner reads it."""
    found = f(case[0], np.dtype(case[1]), *case[2:])
    if not isinstance(found, np.ndarray):
        return f"a {type(found).__name__}"
    order = "this computer's order" if found.dtype.isnative else "the file's order of bytes"
    written = "can be written to" if found.flags.writeable else "cannot be written to"
    kind = found.dtype.newbyteorder("=")
    return f"array({found.tolist()}, {kind}), shape {found.shape}, in {order}, {written}"


def _short(f: Any, torch: Any) -> Any:
    found = tried(lambda: f(b"\1\0\2", np.dtype("int16"), 2))
    return found.split(":")[0] if isinstance(found, str) else f"{len(found)} numbers"


def _reading(
    order: Callable[[Any, str], Any] = lambda dtype, order: np.dtype(dtype).newbyteorder(order),
    end: Callable[[Any, Any, str], Any] = lambda found, dtype, order: found.astype(dtype),
    count: Callable[[int], int] = lambda count: count,
) -> Any:
    def read_storage(content: bytes, dtype: Any, count_: int, order_: str = "<") -> Any:
        return end(np.frombuffer(content, order(dtype, order_), count(count_)), dtype, order_)

    return read_storage


register(
    Exercise(
        name="read_storage",
        signature='read_storage(content, dtype, count, order="<") -> array, (count,)',
        reference=late(lambda torch: shipped(_FILE, "read_storage")),
        cases=[
            Case(
                use=partial(_read, case=case),
                show=f"read_storage({', '.join(map(repr, (case[0][:8], *case[1:])))})",
                hint=hint,
            )
            for case, hint in _CONTENTS
        ]
        + [
            Case(
                use=_short,
                show='read_storage(b"\\1\\0\\2", int16, 2): three bytes',
                hint="Three bytes are not two int16. `frombuffer` with a `count` raises "
                "ValueError: let it.",
            )
        ],
        misconceptions=[
            Misconception(
                "the order is not asked",
                _reading(order=lambda dtype, order: dtype),
                "The file's order of bytes is not asked. `np.dtype(dtype).newbyteorder(order)` "
                "reads numbers whose high byte comes first.",
            ),
            Misconception(
                "it cannot be written to",
                _reading(end=lambda found, dtype, order: found),
                "The array looks into the file's bytes and cannot be written to, or has the file's "
                "order of bytes. `.astype(dtype)` makes an array of this computer's own.",
            ),
            Misconception(
                "frombuffer, and no more",
                _reading(order=lambda dtype, order: dtype, end=lambda found, dtype, order: found),
                "Two things are missing. The array looks into the file's bytes and cannot be "
                "written to: `.astype(dtype)` makes a copy. And the order of bytes is not asked.",
            ),
            Misconception(
                "the order is asked too late",
                _reading(
                    order=lambda dtype, order: dtype,
                    end=lambda found, dtype, order: found.astype(
                        np.dtype(dtype).newbyteorder(order)
                    ),
                ),
                "`newbyteorder` comes too late: the bytes were read in this computer's order, and "
                "then turned into the file's. Read in the file's order, copy to this computer's.",
            ),
            Misconception(
                "everything is read",
                _reading(count=lambda count: -1),
                "You read all that is there, and not `count` numbers.",
            ),
        ],
        hint="The dtype in the file's order, `np.frombuffer` with the count, a copy by `astype`.",
    )
)

# rebuild_tensor -----------------------------------------------------------------------------

_WINDOWS: list[tuple[tuple[Any, ...], str]] = [
    ((12, 0, (3, 4), (4, 1)), "The whole memory in reading order."),
    ((12, 5, (2, 2), (4, 1)), "It begins at element 5: offset * itemsize bytes."),
    ((12, 0, (4, 3), (1, 4)), "Strides as the recipe has them: this one is turned on its side."),
    ((12, 3, (2, 3), (0, 1)), "A stride of 0: both rows are the same three numbers."),
    ((12, 7, (), ()), "No dims: one number."),
    ((12, 0, (0, 3), (3, 1)), "No elements, but sizes."),
    ((12, 0, [2, 3], [6, 2]), "The recipe may have lists."),
]


def _window(f: Any, torch: Any, case: Any) -> Any:
    count, offset, size, stride = case
    memory = np.arange(count, dtype=np.int64)
    found = f(memory, offset, size, stride)
    facts = {"kind": type(found).__name__, "size": tuple(found.shape)}
    facts |= {"stride": found.stride(), "numbers": found.tolist()}
    memory += 100  # a window shows what happens below it
    return facts | {"numbers, 100 more in memory": found.tolist()}


def _outside(f: Any, torch: Any) -> Any:
    found = tried(lambda: f(np.arange(4.0), 2, (3,), (1,)))
    return found.split(":")[0] if isinstance(found, str) else "a tensor"


def _copying(storage: Any, offset: int, size: Any, stride: Any) -> Any:
    step = storage.itemsize
    strides = [step * s for s in stride]
    view = np.ndarray(tuple(size), storage.dtype, storage, offset * step, strides)
    return _wrapped(view.copy())


def _wrapped(array: Any) -> Any:
    return importlib.import_module(f"{ROOT}._core.tensor").wrap(array)


def _laid(offset: int = 1, stride: int = 1) -> Any:
    """A wrong one: offset or strides are not turned into bytes."""

    def rebuild_tensor(storage: Any, start: int, size: Any, steps: Any) -> Any:
        at = start * (storage.itemsize if offset else 1)
        strides = [s * (storage.itemsize if stride else 1) for s in steps]
        return _wrapped(np.ndarray(tuple(size), storage.dtype, storage, at, strides))

    return rebuild_tensor


def _reading_order(storage: Any, offset: int, size: Any, stride: Any) -> Any:
    count = int(np.prod(tuple(size), dtype=np.int64))
    return _wrapped(storage[offset : offset + count].reshape(tuple(size)))


register(
    Exercise(
        name="rebuild_tensor",
        signature="rebuild_tensor(storage, offset, size, stride) -> tensor",
        reference=late(lambda torch: shipped(_FILE, "rebuild_tensor")),
        cases=[
            Case(
                use=partial(_window, case=case),
                show=f"rebuild_tensor(arange({case[0]}), {', '.join(map(str, case[1:]))})",
                hint=hint,
            )
            for case, hint in _WINDOWS
        ]
        + [
            Case(
                use=_outside,
                show="rebuild_tensor(arange(4), 2, (3,), (1,)): past the end",
                hint="It would show memory that is not the file's. `np.ndarray(...)` raises "
                "ValueError where a window leads out of its memory; `as_strided` does not look.",
            )
        ],
        misconceptions=[
            Misconception(
                "a copy",
                _copying,
                "The numbers are right, but copied. Two tensors that look at one storage would no "
                "longer share it.",
            ),
            Misconception(
                "the offset is not in bytes",
                _laid(offset=0),
                "`np.ndarray` counts its offset in bytes, the recipe in elements.",
            ),
            Misconception(
                "strides are not in bytes",
                _laid(stride=0),
                "`np.ndarray` counts strides in bytes, the recipe in elements.",
            ),
            Misconception(
                "nothing is in bytes",
                _laid(offset=0, stride=0),
                "`np.ndarray` counts strides in bytes, and its offset, too; the recipe counts "
                "both in elements.",
            ),
            Misconception(
                "strides are not asked",
                _reading_order,
                "You take the numbers in reading order. The recipe's strides say how they lie.",
            ),
        ],
        hint="Bytes: times `storage.itemsize`. Then `wrap(np.ndarray(...))`.",
    )
)

# WeightsUnpickler ---------------------------------------------------------------------------


class _Archive:
    """Memory by key, as the reader asks for it; it remembers what was asked."""

    order = "<"

    def __init__(self, recipe: bytes) -> None:
        self._recipe, self.asked = recipe, []  # type: ignore[var-annotated]

    def recipe(self) -> io.BytesIO:
        return io.BytesIO(self._recipe)

    def storage(self, key: str, place: str) -> bytes:
        self.asked.append((key, place))
        return np.arange(6, dtype="<i4").tobytes()


_GLOBAL = b"ccollections\nOrderedDict\n"
_MEMORY = b"(S'storage'\nctorch\nIntStorage\nS'%s'\nS'cpu'\nK\x06tQ"


def _follow(kind: Any, recipe: bytes) -> Any:
    allowed = {"collections.OrderedDict": OrderedDict, "torch.IntStorage": np.dtype(np.int32)}
    archive = _Archive(recipe)
    return kind(archive, allowed).load(), archive


def _found(kind: Any, torch: Any) -> str:
    found = _follow(kind, _GLOBAL + b".")[0]
    return "the class OrderedDict" if found is OrderedDict else repr(found)


def _stranger(recipe: bytes) -> Callable[[Any, Any], Any]:
    def use(kind: Any, torch: Any) -> Any:
        said = tried(lambda: _follow(kind, recipe)[0])
        return said.splitlines()[:2] if isinstance(said, str) else type(said).__name__

    return use


def _one_memory(kind: Any, torch: Any) -> Any:
    array, archive = _follow(kind, _MEMORY % b"0" + b".")
    return array.tolist(), str(array.dtype), archive.asked


def _twice(kind: Any, torch: Any) -> Any:
    (first, second, other), archive = _follow(
        kind, b"(" + _MEMORY % b"0" + _MEMORY % b"0" + _MEMORY % b"1" + b"t."
    )
    return first is second, first is other, archive.asked


def _other_order(kind: Any, torch: Any) -> Any:
    class Big(_Archive):
        order = ">"

        def storage(self, key: str, place: str) -> bytes:
            return np.arange(6, dtype=">i4").tobytes()

    return (
        kind(Big(_MEMORY % b"0" + b"."), {"torch.IntStorage": np.dtype(np.int32)}).load().tolist()
    )


def _unpickler(**methods: Any) -> Any:
    """A wrong reader: the shipped one with other methods."""

    def make(torch: Any) -> Any:
        right = shipped(_FILE, "WeightsUnpickler")
        return type("WeightsUnpickler", (right,), methods)

    return late(make)


def _any_class(self: Any, module: str, name: str) -> Any:
    return self.allowed.get(f"{module}.{name}") or pickle.Unpickler(io.BytesIO()).find_class(
        module, name
    )


def _by_name(self: Any, module: str, name: str) -> Any:
    for path, thing in self.allowed.items():
        if path.endswith(f".{name}"):
            return thing
    raise pickle.UnpicklingError(f"{module}.{name}")


def _look_up(self: Any, module: str, name: str) -> Any:
    return self.allowed[f"{module}.{name}"]


def _read_each_time(self: Any, description: Any) -> Any:
    _, dtype, key, place, count = description
    content = self.archive.storage(key, place)
    return shipped(_FILE, "read_storage")(content, dtype, count, self.archive.order)


def _little(self: Any, description: Any) -> Any:
    _, dtype, key, place, count = description
    if key not in self.storages:
        content = self.archive.storage(key, place)
        self.storages[key] = shipped(_FILE, "read_storage")(content, dtype, count)
    return self.storages[key]


register(
    Exercise(
        name="WeightsUnpickler",
        signature="WeightsUnpickler(archive, allowed)",
        reference=late(lambda torch: shipped(_FILE, "WeightsUnpickler")),
        cases=[
            Case(
                use=_found,
                show="a recipe that names collections.OrderedDict, which is allowed",
                hint="Return what the path stands for, `self.allowed[path]`. The path is module "
                "and name with a dot between.",
            ),
            Case(
                use=_stranger(b"cbuiltins\nprint\n(S'  this must not be printed'\ntR."),
                show="a recipe that calls `print`",
                hint="A name that is not on the list is refused: "
                "`raise pickle.UnpicklingError(refusal(path))`.",
            ),
            Case(
                use=_stranger(b"cnot.collections\nOrderedDict\n."),
                show="a recipe that names not.collections.OrderedDict",
                hint="The whole path must stand on the list, the module too.",
            ),
            Case(
                use=_one_memory,
                show='a recipe that asks for ("storage", int32, "0", "cpu", 6)',
                hint="Get the bytes by `self.archive.storage(key, place)`, and numbers of them by "
                "`read_storage`.",
            ),
            Case(
                use=_twice,
                show='a recipe that asks for "0" twice, and for "1"',
                hint="Keep what was read in `self.storages`, by its key.",
            ),
            Case(
                use=_other_order,
                show="a file whose high bytes come first",
                hint="`read_storage` wants `self.archive.order` as well.",
            ),
        ],
        misconceptions=[
            Misconception(
                "whatever is named",
                _unpickler(find_class=_any_class),
                "A name that is not on the list was found all the same, and the recipe called it. "
                "This is what must not happen.",
            ),
            Misconception(
                "the last word",
                _unpickler(find_class=_by_name),
                "You compare only the last word of the path. Anybody can call a function so.",
            ),
            Misconception(
                "a bare KeyError",
                _unpickler(find_class=_look_up),
                "It is refused, but with a KeyError. Raise UnpicklingError(refusal(path)), which "
                "says what to do.",
            ),
            Misconception(
                "read each time",
                _unpickler(persistent_load=_read_each_time),
                "One key, two arrays: what shared memory in the file does not share it any more. "
                "Look into `self.storages` first.",
            ),
            Misconception(
                "always low byte first",
                _unpickler(persistent_load=_little),
                "The archive's order of bytes is not passed on to `read_storage`.",
            ),
        ],
        hint="Look it up or refuse; read once and keep.",
    )
)

# averaged -----------------------------------------------------------------------------------


def _network(torch: Any) -> tuple[Any, Any, Any]:
    torch.manual_seed(0)
    net = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 3))
    return net, torch.randn(12, 3), torch.tensor([0, 1, 2, 2] * 3)


def _averages(parts: int) -> Callable[[Any, Any], Any]:
    def use(averaged: Any, torch: Any) -> Any:
        net, images, labels = _network(torch)
        found = averaged(net, images, labels, parts)
        return [tensor.detach() for tensor in found]

    return use


def _quiet(averaged: Any, torch: Any) -> Any:
    net, images, labels = _network(torch)
    averaged(net, images, labels, 2)
    return [parameter.grad is None for parameter in net.parameters()]


def _averaging(
    share: Callable[[int], float] = lambda parts: 1 / parts,
    take: Callable[[int, int, int], Any] = lambda part, parts, count: slice(part, None, parts),
    parts_of: Callable[[int], Any] = range,
) -> Any:
    def make(torch: Any) -> Any:
        def averaged(net: Any, images: Any, labels: Any, parts: int) -> Any:
            weights = list(net.parameters())
            total = [torch.zeros_like(weight) for weight in weights]
            for part in parts_of(parts):
                some = take(part, parts, len(images))
                loss = torch.nn.functional.cross_entropy(net(images[some]), labels[some])
                grads = torch.autograd.grad(loss, weights)
                total = [a + share(parts) * b for a, b in zip(total, grads, strict=True)]
            return total

        return averaged

    return late(make)


def _into_grad(torch: Any) -> Any:
    def averaged(net: Any, images: Any, labels: Any, parts: int) -> Any:
        for part in range(parts):
            loss = torch.nn.functional.cross_entropy(net(images[part::parts]), labels[part::parts])
            (loss / parts).backward()
        return [weight.grad for weight in net.parameters()]

    return averaged


register(
    Exercise(
        name="averaged",
        signature="averaged(net, images, labels, parts) -> list of tensors",
        reference=_averaging(),
        cases=[
            Case(
                use=_averages(parts),
                show=f"averaged(net, 12 pictures, their labels, {parts})",
                tolerance=1e-6,
                hint=hint,
            )
            for parts, hint in (
                (1, "One part: the gradient of the whole batch."),
                (
                    2,
                    "The gradients of `[0::2]` and `[1::2]`, added up and divided by 2. (If you "
                    "call `backward` for each: `.grad` grows from part to part.)",
                ),
                (3, "Part n is `images[n::parts]`, with the same `labels`."),
            )
        ]
        + [
            Case(
                use=_quiet,
                show="[p.grad is None for p in net.parameters()] afterwards",
                hint="`torch.autograd.grad(loss, weights)` leaves `.grad` alone, `backward` adds "
                "to it.",
            )
        ],
        misconceptions=[
            Misconception(
                "the sum",
                _averaging(share=lambda parts: 1.0),
                "That is the sum over the parts, which grows with their number. Divide by `parts`.",
            ),
            Misconception(
                "the last part",
                _averaging(parts_of=lambda parts: [parts - 1]),
                "Only one part is in it. Add up all of them.",
            ),
            Misconception(
                "everything each time",
                _averaging(take=lambda part, parts, count: slice(0, count // parts)),
                "Every part has the same pictures. Part n is `images[n::parts]`.",
            ),
            Misconception(
                "written into .grad",
                late(_into_grad),
                "The numbers are right, but the parameters have a `.grad` now, to which the next "
                "`backward` would add.",
            ),
        ],
        hint="Gradients of each part, added up, divided by their number.",
    )
)
