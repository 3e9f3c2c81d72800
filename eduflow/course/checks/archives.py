"""Checks on what `save` writes: memory, recipes, the archive, numbers of parameters."""

from __future__ import annotations

import copy
import importlib
import io
import sys
import zipfile
from collections import OrderedDict, defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..probing import ROOT, shipped, swapped, tried
from . import Case, Exercise, Misconception, late, register

_STORAGE, _FILE, _OPTIMIZER = "_core.storage", "serialization", "optim.optimizer"
_WALK = "nn.modules.state_dict"


def _module(name: str) -> Any:
    return importlib.import_module(f"{ROOT}.{name}")


# owner_of -----------------------------------------------------------------------------------


def _numbers(*shape: int) -> np.ndarray:
    return np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.int64).reshape(shape).copy()


def _in_bytes() -> np.ndarray:
    return np.frombuffer(np.arange(4, dtype=np.int64).tobytes(), np.int64)


_ARRAYS: list[tuple[str, Callable[[], np.ndarray], Callable[[Any], Any], str]] = [
    ("a", lambda: _numbers(6), lambda a: a, "An array that owns its memory is its own owner."),
    ("a[2:4]", lambda: _numbers(6), lambda a: a[2:4], "Its base is `a`."),
    (
        "a[1:][1:][::2]",
        lambda: _numbers(9),
        lambda a: a[1:][1:][::2],
        "NumPy may know the first array at once, or only the one before: go on to the end.",
    ),
    ("a.T, a (2, 3)", lambda: _numbers(2, 3), lambda a: a.T, "Turned or not, the owner is `a`."),
    ("a[0, 1], 0-d", lambda: _numbers(2, 3), lambda a: a[0, 1, ...], "No dims, but a base."),
    ("a[:0]", lambda: _numbers(5), lambda a: a[:0], "Without elements there is an owner, too."),
    (
        "a column first, (2, 3)",
        lambda: np.asfortranarray(_numbers(2, 3)),
        lambda a: a,
        "Its elements lie column by column: turn it, the dim with the largest stride first.",
    ),
    (
        "a[1:], a (2, 3, 4) that lies as (3, 4, 2)",
        lambda: _numbers(3, 4, 2).transpose(2, 0, 1).copy(order="K"),
        lambda a: a[1:],
        "The strides fall from dim to dim when the owner is turned.",
    ),
    (
        "np.frombuffer(bytes)[1:]",
        _in_bytes,
        lambda a: a[1:],
        "A base that is no array is not asked further: `isinstance(array.base, np.ndarray)`.",
    ),
]


def _is_owner(
    owner_of: Any,
    torch: Any,
    make: Callable[[], np.ndarray],
    cut: Callable[[Any], Any],
) -> str:
    whole = make()
    first = whole
    while isinstance(first.base, np.ndarray):
        first = first.base
    found = owner_of(cut(whole))
    if not isinstance(found, np.ndarray):
        return f"a {type(found).__name__}"
    same = (found.nbytes == first.nbytes and np.shares_memory(found, first)) or found is first
    lies = "in the order of memory" if found.flags.c_contiguous else "not in the order of memory"
    which = "the memory that the first array owns" if same else "another piece of memory"
    return f"{which}, {found.nbytes} bytes, shape {found.shape}, {lies}"


def _one_step(array: Any) -> Any:
    return array.base if isinstance(array.base, np.ndarray) else array


def _chained() -> Any:
    """An array class whose views know only the array before them."""

    class Link(np.ndarray):
        pass

    return np.arange(9).view(Link)


def _not_turned(array: Any) -> Any:
    while isinstance(array.base, np.ndarray):
        array = array.base
    return array


def _turned(order: Callable[[Any], list[int]]) -> Any:
    def owner_of(array: Any) -> Any:
        array = _not_turned(array)
        return array if array.flags.c_contiguous else array.transpose(order(array))

    return owner_of


def _made_contiguous(array: Any) -> Any:
    return np.ascontiguousarray(_not_turned(array))


def _of_links(owner_of: Any, torch: Any) -> str:
    whole = _chained()
    inner = whole[1:].view(np.ndarray)[1:]
    found = owner_of(inner)
    return f"{found.nbytes // found.itemsize} numbers"


register(
    Exercise(
        name="owner_of",
        signature="owner_of(array) -> array",
        reference=late(lambda torch: shipped(_STORAGE, "owner_of")),
        cases=[
            Case(use=partial(_is_owner, make=make, cut=cut), show=f"owner_of({text})", hint=hint)
            for text, make, cut, hint in _ARRAYS
        ]
        + [
            Case(
                use=_of_links,
                show="owner_of(a view of a view of a view)",
                hint="A base may be a view itself: a loop, not one step.",
            )
        ],
        misconceptions=[
            Misconception(
                "one step",
                _one_step,
                "You take one step to the base. It may be a view itself, and what the owner is may "
                "lie column first: loop, then turn.",
            ),
            Misconception(
                "not turned",
                _not_turned,
                "The owner is found. But where it lies column first, its elements do not come in "
                "the order of memory: turn it.",
            ),
            Misconception(
                "smallest stride first",
                _turned(lambda a: sorted(range(a.ndim), key=lambda dim: a.strides[dim])),
                "You turn it the wrong way round: the dim with the *largest* stride comes first.",
            ),
            Misconception(
                "all dims reversed",
                _turned(lambda a: list(range(a.ndim))[::-1]),
                "Reversing all dims is right for two of them only. Sort the dims by their strides.",
            ),
            Misconception(
                "a copy",
                _made_contiguous,
                "That is a copy in another order. The owner is the memory itself: transpose it.",
            ),
        ],
        hint="A loop to the last array; then `transpose`, the largest stride first.",
    )
)

# memory_of ----------------------------------------------------------------------------------


def _keys(memory_of: Any, torch: Any, make: Callable[[Any], list[Any]]) -> Any:
    found: dict[int, Any] = {}
    tensors = make(torch)
    pairs = [memory_of(tensor, found) for tensor in tensors]
    again = [memory_of(tensor, found) is pair for tensor, pair in zip(tensors, pairs, strict=True)]
    return {
        "keys": [pair.key for pair in pairs],
        "bytes of the owners": [pair.owner.nbytes for pair in pairs],
        "pieces in found": len(found),
        "the same pair when asked again": all(again),
    }


def _kept(memory_of: Any, torch: Any) -> Any:
    """Memory that nobody else holds must not be given away while the file is written."""
    found: dict[int, Any] = {}
    for value in range(20):
        memory_of(torch.full((5,), float(value)), found)
    return [pair.key for pair in found.values()], [pair.owner[0] for pair in found.values()]


def _columns(memory_of: Any, torch: Any) -> Any:
    wrap = _module("_core.tensor").wrap
    pair = memory_of(wrap(np.asfortranarray(_numbers(2, 3))), {})
    return pair.owner.tolist()


def _six(torch: Any) -> Any:
    return torch.arange(6.0)


_GROUPS: list[tuple[str, Callable[[Any], list[Any]], str]] = [
    ("[x]", lambda torch: [_six(torch)], "The first piece of memory is number 0."),
    ("[x, y]", lambda torch: [_six(torch), _six(torch)], "Equal numbers, but two pieces."),
    (
        "[x, x[2:4], x.view(2, 3).t()]",
        lambda torch: (lambda x: [x, x[2:4], x.view(2, 3).t()])(_six(torch)),
        "All three look at one memory: one pair.",
    ),
    (
        "[x[4:], y, x]",
        lambda torch: (lambda x: [x[4:], _six(torch), x])(_six(torch)),
        "A view may be met before the whole.",
    ),
    (
        "[x.detach(), x], x a parameter",
        lambda torch: (lambda x: [x.detach(), x])(torch.nn.Parameter(_six(torch))),
        "Detached or not, it is one memory.",
    ),
    (
        "[zeros(0), zeros(0)]",
        lambda torch: [torch.zeros(0), torch.zeros(0)],
        "Without bytes an address says nothing: take id(owner).",
    ),
    (
        "[e, e], without bytes at one address",
        lambda torch: [_module("_core.tensor").wrap(np.frombuffer(b"", np.uint8)) for _ in "12"],
        "Where there are no bytes, two owners may have one address.",
    ),
    (
        "[x, x[1:]], x column first",
        lambda torch: (lambda x: [x, x[1:]])(
            _module("_core.tensor").wrap(np.asfortranarray(_numbers(2, 3)))
        ),
        "`owner_of` turns this owner, into a new array each time. Its address stays.",
    ),
    (
        "[ones(1).expand(4), x]",
        lambda torch: [torch.ones(1).expand(4), _six(torch)],
        "Stride 0: the owner has one number.",
    ),
]


def _numbering(
    place: Callable[[Any, Any], Any] = lambda tensor, owner: (
        _module(_STORAGE).address(owner) if owner.nbytes else id(owner)
    ),
    kept: Callable[[Any, Any], Any] = lambda tensor, owner: owner,
    first: int = 0,
    keep: bool = True,
    key: Callable[[int], Any] = int,
) -> Any:
    def memory_of(tensor: Any, found: Any) -> Any:
        owner = _module(_STORAGE).owner_of(tensor._array)
        at = place(tensor, owner)
        if at not in found or not keep:
            found[at] = _module(_FILE).Memory(key(len(found) + first), kept(tensor, owner))
        return found[at]

    return late(lambda torch: memory_of)


register(
    Exercise(
        name="memory_of",
        signature="memory_of(tensor, found) -> Memory",
        reference=late(lambda torch: shipped(_FILE, "memory_of")),
        cases=[
            Case(
                use=partial(_keys, make=make),
                show=f"memory_of(...) of each of {text}",
                hint=hint,
            )
            for text, make, hint in _GROUPS
        ]
        + [
            Case(
                use=_columns,
                show="memory_of(a tensor that lies column first, {}).owner",
                hint="Put in the owner as `owner_of` returns it: in the order of memory.",
            ),
            Case(
                use=_kept,
                show="memory_of of 20 tensors, none of which is kept",
                hint="The pair must hold the owner itself: else its memory is given to the next "
                "tensor, with the same address.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the view's address",
                _numbering(
                    place=lambda tensor, owner: (
                        _module(_STORAGE).address(tensor._array) if owner.nbytes else id(owner)
                    )
                ),
                "You take the address of the tensor's first element. A view of the same memory "
                "begins elsewhere: take the owner's. See the Help below.",
            ),
            Misconception(
                "a text",
                _numbering(key=str),
                "Your key is a text. It is an int here; `persistent_id` makes the text.",
            ),
            Misconception(
                "each tensor its own",
                _numbering(place=lambda tensor, owner: id(tensor)),
                "Each tensor gets a number of its own. What counts is the memory: the owner's "
                "address.",
            ),
            Misconception(
                "the view is kept",
                _numbering(kept=lambda tensor, owner: tensor._array),
                "You put the tensor's own array into the pair. A view does not own anything: it is "
                "the owner that must be written.",
            ),
            Misconception(
                "from 1",
                _numbering(first=1),
                "You count from 1. The first piece of memory is number 0.",
            ),
            Misconception(
                "a new pair each time",
                _numbering(keep=False),
                "You make a new pair each time. What stands in `found` already is to be returned.",
            ),
            Misconception(
                "addresses of nothing",
                _numbering(
                    place=lambda tensor, owner: owner.nbytes and _module(_STORAGE).address(owner)
                ),
                "Memory without bytes gets one number for all of it. Take id(owner) there.",
            ),
        ],
        hint="The owner, its place (address or id), and `found`.",
    )
)

# recipe_of ----------------------------------------------------------------------------------

_VIEWS: list[tuple[str, Callable[[Any], Any], str]] = [
    (
        "arange(6.)",
        _six,
        "A pair: the function, and ONE tuple. It begins at 0, and one step is one element.",
    ),
    ("x.view(2, 3).t()", lambda torch: _six(torch).view(2, 3).t(), "Turned: strides (1, 3)."),
    ("x[3:5]", lambda torch: _six(torch)[3:5], "It begins at element 3."),
    ("ones(1).expand(4)", lambda torch: torch.ones(1).expand(4), "Stride 0."),
    ("tensor(5.0)", lambda torch: torch.tensor(5.0), "No dims: two empty tuples."),
    ("zeros(0, 3)", lambda torch: torch.zeros(0, 3), "No elements, but sizes and strides."),
    (
        "ones(2, requires_grad=True)",
        lambda torch: torch.ones(2, requires_grad=True),
        "Whether a gradient is wanted goes along.",
    ),
    ("arange(6).bool()", lambda torch: torch.arange(6).bool(), "There is a BoolStorage."),
    ("arange(6)[1:]", lambda torch: torch.arange(6)[1:], "Elements, whatever their size."),
    (
        "(x * 2)[2:], x with a gradient",
        lambda torch: (_six(torch).requires_grad_() * 2)[2:],
        "What was computed wants a gradient, too.",
    ),
]


_REBUILD = "_rebuild_tensor_v2"
_MADE = object()


def _called(*arguments: Any) -> Any:
    """What stands in for the function that a recipe names: whoever calls it is seen."""
    return _MADE


_called.__name__ = _REBUILD


def _recipe(recipe_of: Any, torch: Any, make: Callable[[Any], Any]) -> Any:
    tensor = make(torch)
    memory = shipped(_FILE, "memory_of")(tensor, {})
    with swapped("_utils", _REBUILD, _called):
        recipe = recipe_of(tensor, memory)
    if recipe is _MADE:
        return "what the function makes"
    if not isinstance(recipe, tuple) or len(recipe) != 2:
        many = f" of {len(recipe)}" if isinstance(recipe, (tuple, list)) else ""
        return recipe if recipe is None else f"a {type(recipe).__name__}{many}, and no pair"
    function, arguments = recipe
    if not isinstance(arguments, (tuple, list)) or not arguments:
        return f"a pair, of a function and a {type(arguments).__name__}"
    first, *rest = arguments
    return {
        "function": getattr(function, "__name__", repr(function)),
        "a tuple": isinstance(arguments, tuple),
        "the memory first": first is memory,
        "then": [_plain(part) for part in rest],
    }


def _plain(part: Any) -> Any:
    """A part of a recipe as text: a Size, say, prints like a tuple otherwise."""
    if type(part) is int and part > 1000:
        return "an address"  # another one in each run
    if type(part) is OrderedDict:
        return f"OrderedDict of {len(part)}"
    return repr(part) if type(part) in (int, bool, tuple) else f"{type(part).__name__} {part}"


def _recipe_with(
    offset: Callable[[Any], Any] = lambda t: t.storage_offset(),
    size: Callable[[Any], Any] = lambda t: tuple(t.shape),
    stride: Callable[[Any], Any] = lambda t: t.stride(),
    grad: Callable[[Any], Any] = lambda t: t.requires_grad,
    pair: Callable[[Any, Any], Any] = lambda function, arguments: (function, arguments),
) -> Any:
    def recipe_of(tensor: Any, memory: Any) -> Any:
        what: tuple[Any, ...] = (
            memory,
            offset(tensor),
            size(tensor),
            stride(tensor),
            grad(tensor),
            OrderedDict(),
        )
        return pair(_module("_utils")._rebuild_tensor_v2, what)

    return late(lambda torch: recipe_of)


register(
    Exercise(
        name="recipe_of",
        signature="recipe_of(tensor, memory) -> (function, arguments)",
        reference=late(lambda torch: shipped(_FILE, "recipe_of")),
        cases=[
            Case(use=partial(_recipe, make=make), show=f"recipe_of({text}, memory)", hint=hint)
            for text, make, hint in _VIEWS
        ],
        misconceptions=[
            Misconception(
                "called",
                _recipe_with(pair=lambda function, arguments: function(*arguments)),
                "You return what the function makes. Return the function, do not call it.",
            ),
            Misconception(
                "flat",
                _recipe_with(pair=lambda function, arguments: (function, *arguments)),
                "You return seven things. A pair: the function, and ONE tuple.",
            ),
            Misconception(
                "a Size",
                _recipe_with(size=lambda t: t.shape),
                "Your size is a Size, an object that needs a recipe itself. `tuple(...)` makes it "
                "plain.",
            ),
            Misconception(
                "a list",
                _recipe_with(size=lambda t: list(t.shape)),
                "Your size is a list. PyTorch's recipes have a plain tuple there: `tuple(...)`.",
            ),
            Misconception(
                "NumPy's strides",
                _recipe_with(stride=lambda t: t._array.strides),
                "Your strides count bytes, as NumPy's do. PyTorch counts elements: "
                "`tensor.stride()`.",
            ),
            Misconception(
                "from the beginning",
                _recipe_with(offset=lambda t: 0),
                "You always begin at 0. A view may begin elsewhere: `tensor.storage_offset()`.",
            ),
            Misconception(
                "an address",
                _recipe_with(offset=lambda t: t.data_ptr()),
                "An address means nothing in another program. Save where the tensor begins in its "
                "storage: `tensor.storage_offset()`.",
            ),
            Misconception(
                "no gradients",
                _recipe_with(grad=lambda t: False),
                "You always say that no gradient is wanted: `tensor.requires_grad` knows.",
            ),
            Misconception(
                "size and stride changed",
                _recipe_with(size=lambda t: t.stride(), stride=lambda t: tuple(t.shape)),
                "Size and stride have changed places: the size comes first.",
            ),
        ],
        hint="Six arguments: memory, offset, size, stride, requires_grad, an empty OrderedDict.",
    )
)

# add_member ---------------------------------------------------------------------------------

_NAMES: list[tuple[list[str], str]] = [
    (["a/data.pkl"], "30 bytes, the name, 4 bytes: the filler goes up to 64."),
    (["abcdefghijklmnopqrstuvwxyz/123"], "Here nothing is missing: no Z at all."),
    (["w/data/0", "w/data/1", "w/version"], "A later header begins at `archive.start_dir`."),
    (["größe/data/0", "x"], "In UTF-8 a name may have more bytes than letters."),
    (["n" * 100], "A long name: the next multiple of 64 is 192."),
]


def _members(add_member: Any, torch: Any, names: list[str]) -> Any:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for n, name in enumerate(names):
            add_member(archive, name, bytes(range(n + 5)))
    whole, found = file.getvalue(), []
    with zipfile.ZipFile(file) as archive:
        broken = archive.testzip()
        for info in archive.infolist():
            start = _start(whole, info)
            filler = info.extra[4:]
            letters = ", ".join(sorted({repr(chr(byte))[1:-1] for byte in filler}))
            found.append(
                {
                    "name": info.filename,
                    "content": archive.read(info),
                    "begins after a multiple of 64": start % 64,
                    "begin of the extra field": info.extra[:2],
                    "filler": f"{len(filler)} times {letters}" if filler else "none",
                    "its length as told": int.from_bytes(info.extra[2:4], "little"),
                }
            )
    return found, broken


def _start(whole: bytes, info: zipfile.ZipInfo) -> int:
    """Where a member's bytes begin in the file, by its own header."""
    at = info.header_offset
    name, extra = (int.from_bytes(whole[at + n : at + n + 2], "little") for n in (26, 28))
    return at + 30 + name + extra


def _adding(
    start: Callable[[Any, str], int] = lambda archive, name: (
        archive.start_dir + 30 + len(name.encode()) + 4
    ),
    pad: Callable[[int], int] = lambda start: -start % 64,
    length: Callable[[int], int] = lambda count: count,
) -> Any:
    def add_member(archive: Any, name: str, content: bytes) -> None:
        info = zipfile.ZipInfo(name)
        filler = b"Z" * pad(start(archive, name))
        info.extra = b"FB" + length(len(filler)).to_bytes(2, "little") + filler
        archive.writestr(info, content)

    return add_member


def _without_filler(archive: Any, name: str, content: bytes) -> None:
    archive.writestr(zipfile.ZipInfo(name), content)


register(
    Exercise(
        name="add_member",
        signature="add_member(archive, name, content)",
        reference=late(lambda torch: shipped(_FILE, "add_member")),
        cases=[
            Case(
                use=partial(_members, names=names),
                show=f"add_member(archive, ...) for {', '.join(name[:30] for name in names)}",
                hint=hint,
            )
            for names, hint in _NAMES
        ],
        misconceptions=[
            Misconception(
                "no filler",
                _without_filler,
                "All is written, but nothing brings the content to a multiple of 64: the extra "
                "field is empty.",
            ),
            Misconception(
                "a filler of nothing",
                _adding(pad=lambda start: 0),
                "There is an extra field, but no filler in it: it takes as many Z as are missing "
                "to a multiple of 64.",
            ),
            Misconception(
                "only the first",
                _adding(start=lambda archive, name: 34 + len(name.encode())),
                "Right for the first member only. The others' headers begin later, at "
                "`archive.start_dir`.",
            ),
            Misconception(
                "letters counted",
                _adding(start=lambda archive, name: archive.start_dir + 34 + len(name)),
                "You count the letters of the name. The archive holds its bytes: "
                "`len(name.encode())`.",
            ),
            Misconception(
                "4 bytes forgotten",
                _adding(start=lambda archive, name: archive.start_dir + 30 + len(name.encode())),
                "Four bytes off: the extra field begins with 4 bytes of its own, `FB` and the "
                "length.",
            ),
            Misconception(
                "a whole row too many",
                _adding(pad=lambda start: 64 - start % 64),
                "Where nothing is missing you add 64 bytes. `-start % 64` is 0 there.",
            ),
            Misconception(
                "the length is told with the four bytes",
                _adding(length=lambda count: count + 4),
                "The length that you tell is that of the filler alone, without the 4 bytes before.",
            ),
        ],
        hint="start_dir + 30 + bytes of the name + 4; then Z's up to a multiple of 64.",
    )
)

# write_archive ------------------------------------------------------------------------------


def _state(torch: Any) -> Any:
    x = _six(torch)
    return {"x": x, "part": x[2:4], "other": torch.ones(2).to(torch.int64), "n": 3}


def _written(write_archive: Any, torch: Any, thing: Any, protocol: int, name: str) -> Any:
    file = io.BytesIO()
    write_archive(thing, file, protocol, name)
    return file


def _listed(write_archive: Any, torch: Any, protocol: int = 2, name: str = "w") -> Any:
    file = _written(write_archive, torch, _state(torch), protocol, name)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
        small = [n for n in names if not n.endswith(".pkl")]
        return names, {n: archive.read(n) for n in small}


def _read_back(write_archive: Any, torch: Any, protocol: int = 2) -> Any:
    file = _written(write_archive, torch, _state(torch), protocol, "w")
    file.seek(0)
    state = torch.load(file)
    state["part"].zero_()
    return state


def _protocol(write_archive: Any, torch: Any) -> Any:
    found = []
    for protocol in (2, 3, 4):
        file = _written(write_archive, torch, [b"12"], protocol, "w")
        with zipfile.ZipFile(file) as archive:
            found.append(archive.read("w/data.pkl")[1])
    return found


def _aligned(write_archive: Any, torch: Any) -> Any:
    file = _written(write_archive, torch, _state(torch), 2, "w")
    whole = file.getvalue()
    with zipfile.ZipFile(file) as archive:
        return [_start(whole, info) % 64 for info in archive.infolist()]


def _names_in(write_archive: Any, torch: Any) -> Any:
    file = _written(write_archive, torch, torch.nn.Parameter(_six(torch)), 2, "w")
    with zipfile.ZipFile(file) as archive:
        recipe = archive.read("w/data.pkl")
    return b"torch._utils\n_rebuild_parameter\n" in recipe, ROOT.encode() in recipe


def _columns_written(write_archive: Any, torch: Any) -> Any:
    wrap = _module("_core.tensor").wrap
    tensor = wrap(np.asfortranarray(_numbers(2, 3)))
    file = _written(write_archive, torch, tensor, 2, "w")
    with zipfile.ZipFile(file) as archive:
        return np.frombuffer(archive.read("w/data/0"), np.int64).tolist()


def _nothing(write_archive: Any, torch: Any) -> Any:
    file = _written(write_archive, torch, {"epoch": 3}, 2, "only")
    with zipfile.ZipFile(file) as archive:
        return archive.namelist()


def _writing(
    protocol: Callable[[int], int] = lambda protocol: min(protocol, 3),
    names: Callable[[bytes], bytes] = lambda text: _module(_FILE).renamed(text),
    home: Callable[[str], str] = lambda name: f"{name}/",
    add: Callable[..., None] = lambda *args: _module(_FILE).add_member(*args),
    last: bytes = b"3\n",
    order: Callable[[list[Any]], list[Any]] = lambda members: members,
    memory: bool = True,
) -> Any:
    def write_archive(thing: Any, file: Any, wanted: int, name: str) -> None:
        recipe = io.BytesIO()
        pickler = _module(_FILE).Pickler(recipe, protocol(wanted))
        pickler.dump(thing)
        members = [
            ("data.pkl", names(recipe.getvalue())),
            (".format_version", b"1"),
            (".storage_alignment", b"64"),
            ("byteorder", sys.byteorder.encode()),
        ]
        if memory:
            for piece in pickler.found.values():
                content = np.ascontiguousarray(piece.owner).tobytes()
                members.append((f"data/{piece.key}", content))
        members += [("version", last)] if last else []
        with zipfile.ZipFile(file, "w") as archive:
            for member, content in order(members):
                add(archive, home(name) + member, content)

    return late(lambda torch: write_archive)


register(
    Exercise(
        name="write_archive",
        signature="write_archive(thing, file, protocol, name)",
        reference=late(lambda torch: shipped(_FILE, "write_archive")),
        cases=[
            Case(
                use=_listed,
                show='the members of write_archive({"x": x, "part": x[2:4], ...}, file, 2, "w")',
                hint="Six kinds of members, in the order of the page.",
            ),
            Case(
                use=partial(_listed, name="weights"),
                show='the members of write_archive(..., "weights")',
                hint="Every member stands under the name and a slash.",
            ),
            Case(
                use=_nothing,
                show='the members of write_archive({"epoch": 3}, file, 2, "only")',
                hint="Without tensors there is no `data/0`.",
            ),
            Case(
                use=_read_back,
                show="torch.load(file)",
                hint="What was shared is shared again. Do our names stand in the pickle? Send it "
                "through `renamed`.",
            ),
            Case(
                use=partial(_read_back, protocol=5),
                show="torch.load(file) of write_archive(..., protocol 5, ...)",
                hint="`renamed` knows protocols 2 and 3: min(protocol, 3).",
            ),
            Case(
                use=_protocol,
                show="the pickle's protocol, when 2, 3 and 4 are asked for",
                hint="What is asked for, but at most 3.",
            ),
            Case(
                use=_aligned,
                show="where the members begin, after a multiple of 64",
                hint="`add_member` writes them, not `writestr`.",
            ),
            Case(
                use=_names_in,
                show="PyTorch's names, ours, in the pickle of a Parameter",
                hint="`renamed` puts PyTorch's names in place of ours.",
            ),
            Case(
                use=_columns_written,
                show="data/0 of a tensor that lies column first",
                hint="`np.ascontiguousarray(memory.owner).tobytes()`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "our names",
                _writing(names=lambda text: text),
                "Our names stand in the pickle: send it through `renamed`.",
            ),
            Misconception(
                "any protocol",
                _writing(protocol=lambda protocol: protocol),
                "With protocol 5 names stand in another way, which `renamed` does not know: 3 at "
                "most.",
            ),
            Misconception(
                "no folder",
                _writing(home=lambda name: ""),
                "The members must stand under `name` and a slash.",
            ),
            Misconception(
                "always archive",
                _writing(home=lambda name: "archive/"),
                "You write them under `archive/`. The caller says the name.",
            ),
            Misconception(
                "not aligned",
                _writing(add=lambda archive, name, content: archive.writestr(name, content)),
                "`writestr` puts no Z's before the content. Call `add_member`.",
            ),
            Misconception(
                "version in front",
                _writing(order=lambda members: [members[0], members[-1], *members[1:-1]]),
                "All members are there, but `version` comes last.",
            ),
            Misconception(
                "no version",
                _writing(last=b""),
                "`version` is missing, with `3` and a line's end.",
            ),
            Misconception(
                "no line's end",
                _writing(last=b"3"),
                'The text of `version` ends with a line\'s end: `b"3\\n"`.',
            ),
            Misconception(
                "no memory",
                _writing(memory=False),
                "The memory is missing: a member `data/0`, `data/1`, ... for each in "
                "`pickler.found`.",
            ),
        ],
        hint="Pickle into a BytesIO; then one `add_member` after the other.",
    )
)

# numbered -----------------------------------------------------------------------------------


def _stepped(torch: Any, kind: str, groups: Callable[[Any], Any], **options: Any) -> Any:
    weights = [torch.full((size,), 1.0).requires_grad_() for size in (2, 3, 1)]
    optimizer = getattr(torch.optim, kind)(groups(weights), lr=0.5, **options)
    (weights[0].sum() + 2 * weights[2].sum()).backward()
    return optimizer, weights


def _packed(
    numbered: Any, torch: Any, kind: str, groups: Callable[[Any], Any], steps: int, **options: Any
) -> Any:
    optimizer, _ = _stepped(torch, kind, groups, **options)
    for _ in range(steps):
        optimizer.step()
    found = numbered(optimizer)
    state = [
        (_value(number), {name: _value(value) for name, value in values.items()})
        for number, values in found["state"].items()
    ]
    rows = [[(k, _value(v)) for k, v in group.items()] for group in found["param_groups"]]
    return {"keys": list(found), "states": state, "groups": rows}


def _value(value: Any) -> Any:
    """A value to be compared and read: an id is another one in each run."""
    if isinstance(value, list):
        return [_value(one) for one in value]
    if isinstance(value, int) and value > 1000:
        return "an id"
    return value.tolist() if hasattr(value, "tolist") else value


def _untouched(numbered: Any, torch: Any) -> Any:
    optimizer, weights = _stepped(torch, "SGD", lambda w: w, momentum=0.9)
    optimizer.step()
    before = [list(group["params"]) for group in optimizer.param_groups]
    found = numbered(optimizer)
    after = [list(group["params"]) for group in optimizer.param_groups]
    same = [a is b for one, two in zip(before, after, strict=True) for a, b in zip(one, two)]
    found["param_groups"][0]["lr"] = 9.0
    return {
        "the optimizer still has its parameters": all(same),
        "its lr, after the dict's was set to 9": optimizer.param_groups[0]["lr"],
        "states themselves, not copies": found["state"][2] is optimizer.state[weights[2]],
        "states in the optimizer": len(optimizer.state),
    }


_OPTIMIZERS: list[tuple[str, dict[str, Any], str]] = [
    (
        "SGD([a, b, c]), after a step",
        {"kind": "SGD", "groups": lambda w: w, "steps": 1, "momentum": 0.9},
        "`b` had no gradient and has no state; so there is no 1 among the states.",
    ),
    (
        "SGD of two groups, [c] and [a, b]",
        {
            "kind": "SGD",
            "groups": lambda w: [{"params": [w[2]], "lr": 0.1}, {"params": w[:2]}],
            "steps": 1,
            "momentum": 0.9,
        },
        "The count goes on from group to group: 0, then 1 and 2.",
    ),
    (
        "Adam([a, b, c]), after two steps",
        {"kind": "Adam", "groups": lambda w: w, "steps": 2},
        "A state is a dict of its own: take it as it is.",
    ),
    (
        "SGD([c]), before any step",
        {"kind": "SGD", "groups": lambda w: [w[2]], "steps": 0},
        "No states yet: an empty dict.",
    ),
]


def _group_with(group: Any, numbers: list[Any]) -> dict[str, Any]:
    return {**{k: v for k, v in group.items() if k != "params"}, "params": numbers}


def _numbers_by(
    number: Callable[[Any], Callable[[Any, int, int], Any]],
    states: Callable[[Any, dict[int, Any]], dict[Any, Any]] | None = None,
    whole: Callable[[Any, list[Any]], dict[str, Any]] = _group_with,
) -> Any:
    def numbered(optimizer: Any) -> Any:
        count = number(optimizer)
        seen: dict[int, Any] = {}
        groups = []
        for g, group in enumerate(optimizer.param_groups):
            numbers = [count(p, g, i) for i, p in enumerate(group["params"])]
            seen |= {id(p): n for p, n in zip(group["params"], numbers, strict=True)}
            groups.append(whole(group, numbers))
        default = {seen[id(p)]: values for p, values in optimizer.state.items()}
        state = states(optimizer, seen) if states else default
        return {"state": state, "param_groups": groups}

    return numbered


def _right(optimizer: Any) -> Callable[[Any, int, int], Any]:
    every = [p for group in optimizer.param_groups for p in group["params"]]
    places = {id(p): n for n, p in enumerate(every)}
    return lambda p, group, place: places[id(p)]


def _in_place(group: Any, numbers: list[Any]) -> dict[str, Any]:
    group["params"] = numbers
    found: dict[str, Any] = group
    return found


register(
    Exercise(
        name="numbered",
        signature='numbered(optimizer) -> {"state": ..., "param_groups": ...}',
        reference=late(lambda torch: shipped(_OPTIMIZER, "numbered")),
        cases=[
            Case(use=partial(_packed, **how), show=f"numbered({text})", hint=hint)
            for text, how, hint in _OPTIMIZERS
        ]
        + [
            Case(
                use=_untouched,
                show="the optimizer, after numbered(optimizer)",
                hint="New dicts for the groups; the states themselves.",
            )
        ],
        misconceptions=[
            Misconception(
                "each group from 0",
                _numbers_by(lambda optimizer: lambda p, group, place: place),
                "Each of your groups begins at 0. The count goes on through all groups.",
            ),
            Misconception(
                "ids",
                _numbers_by(lambda optimizer: lambda p, group, place: id(p)),
                "An id means nothing in another program. Number the parameters 0, 1, 2, ...",
            ),
            Misconception(
                "states counted by themselves",
                _numbers_by(
                    _right,
                    lambda optimizer, seen: dict(enumerate(optimizer.state.values())),
                ),
                "You count the states by themselves. A parameter without a state has a number, "
                "too: look each one's up.",
            ),
            Misconception(
                "every parameter has a state",
                _numbers_by(
                    _right,
                    lambda optimizer, seen: {
                        seen[id(p)]: optimizer.state.get(p, {})
                        for group in optimizer.param_groups
                        for p in group["params"]
                    },
                ),
                "Only those that have a state belong there: go through `optimizer.state`.",
            ),
            Misconception(
                "the states are copied",
                _numbers_by(
                    _right,
                    lambda optimizer, seen: {
                        seen[id(p)]: dict(values) for p, values in optimizer.state.items()
                    },
                ),
                "You copy the states. They go along as they are.",
            ),
            Misconception(
                "the groups are changed",
                _numbers_by(_right, whole=_in_place),
                "You write numbers into the optimizer's own groups: it could never step again. "
                "Make a new dict for each.",
            ),
            Misconception(
                "params first",
                _numbers_by(_right, whole=lambda group, numbers: {**group, "params": numbers}),
                'Everything is there, but "params" belongs at the end of each group.',
            ),
        ],
        hint="A dict from id to number; with it new groups, and the states by number.",
    )
)

# take_over ----------------------------------------------------------------------------------


def _resume(
    take_over: Any,
    torch: Any,
    groups: Callable[[Any], Any],
    kind: str = "SGD",
    dtype: str = "float32",
    **options: Any,
) -> Any:
    """An optimizer over new parameters after it took over what another one saved."""
    old, _ = _stepped(torch, kind, groups, **options)
    old.step()
    saved = shipped(_OPTIMIZER, "numbered")(old)
    new, weights = _stepped(torch, kind, groups, **options)
    if dtype != "float32":
        weights = [weight.detach().to(getattr(torch, dtype)).requires_grad_() for weight in weights]
        new = getattr(torch.optim, kind)(groups(weights), lr=0.5, **options)
    for group in saved["param_groups"]:
        group["lr"] = 0.125
    take_over(new, saved)
    return _seen(new, weights)


def _seen(optimizer: Any, weights: list[Any]) -> dict[str, Any]:
    """Whose state is what in an optimizer, its rates, and what its groups hold."""
    kept = [p for group in optimizer.param_groups for p in group["params"]]
    return {
        "states of a, b, c": [
            {name: (_value(v), str(v.dtype)) for name, v in optimizer.state[w].items()}
            if w in optimizer.state
            else "none"
            for w in weights
        ],
        "lr of each group": [group["lr"] for group in optimizer.param_groups],
        "groups hold the parameters": all(any(p is w for w in weights) for p in kept),
    }


def _over_old(take_over: Any, torch: Any) -> Any:
    """The optimizer has moved already; what it knew is to be forgotten."""
    new, _ = _stepped(torch, "SGD", lambda w: w, momentum=0.9)
    new.step()
    fresh, _ = _stepped(torch, "SGD", lambda w: w, momentum=0.9)
    take_over(new, shipped(_OPTIMIZER, "numbered")(fresh))
    before = len(new.state)
    new.step()
    return {"states taken over": before, "states after the next step": len(new.state)}


def _apart(take_over: Any, torch: Any) -> Any:
    new, _ = _stepped(torch, "Adam", lambda w: w, betas=[0.5, 0.5])
    saved = shipped(_OPTIMIZER, "numbered")(new)
    saved["param_groups"][0]["betas"] = [0.25, 0.75]
    take_over(new, saved)
    saved["param_groups"][0]["betas"][0] = 0.0
    return new.param_groups[0]["betas"]


def _other_groups(take_over: Any, torch: Any) -> Any:
    new, _ = _stepped(torch, "SGD", lambda w: w[:1])
    old, _ = _stepped(torch, "SGD", lambda w: w)
    return tried(lambda: take_over(new, shipped(_OPTIMIZER, "numbered")(old)))


def _two(weights: list[Any]) -> list[Any]:
    return [{"params": [weights[2]]}, {"params": weights[:2]}]


_RESUMED: list[tuple[str, dict[str, Any], str]] = [
    (
        "SGD([a, b, c])",
        {"groups": lambda w: w, "momentum": 0.9},
        "`a` and `c` had moved: numbers 0 and 2. The rate goes along, the parameters stay.",
    ),
    (
        "SGD of two groups, [c] and [a, b]",
        {"groups": _two, "momentum": 0.9},
        "Numbers go through all groups: here `c` is 0.",
    ),
    (
        "Adam([a, b, c])",
        {"groups": lambda w: w, "kind": "Adam"},
        "Each state as it is, its `step`, too.",
    ),
    (
        "SGD over float64, from a state in float32",
        {"groups": lambda w: w, "momentum": 0.9, "dtype": "float64"},
        "`fitted` brings a state into the parameter's dtype.",
    ),
]


def _taking(
    place: Callable[[Any, Any, int], Any] = lambda every, saved, n: every[n],
    copied: Callable[[Any], Any] = copy.deepcopy,
    left_out: str = "params",
    fit: Callable[..., Any] = lambda values, dtype: _module(_OPTIMIZER).fitted(values, dtype),
    start: Callable[[Any], Any] = lambda state: defaultdict(dict),
    options: bool = True,
) -> Any:
    def take_over(optimizer: Any, saved: Any) -> None:
        _module(_OPTIMIZER).check_groups(optimizer.param_groups, saved["param_groups"])
        every = [p for group in optimizer.param_groups for p in group["params"]]
        for ours, theirs in zip(optimizer.param_groups, saved["param_groups"], strict=True):
            if options:
                ours.update({k: copied(v) for k, v in theirs.items() if k != left_out})
        optimizer.state = start(optimizer.state)
        for n, values in saved["state"].items():
            parameter = place(every, saved, n)
            dtype = getattr(parameter, "dtype", every[0].dtype)
            optimizer.state[parameter] = fit(values, dtype)

    return take_over


def _nth_state(every: list[Any], saved: Any, number: int) -> Any:
    return every[list(saved["state"]).index(number)]


register(
    Exercise(
        name="take_over",
        signature="take_over(optimizer, state_dict)",
        reference=late(lambda torch: shipped(_OPTIMIZER, "take_over")),
        cases=[
            Case(use=partial(_resume, **how), show=f"{text}, after take_over", hint=hint)
            for text, how, hint in _RESUMED
        ]
        + [
            Case(
                use=_over_old,
                show="an optimizer that has moved, after it took over a fresh one's state",
                hint="`optimizer.state = defaultdict(dict)`: the old states are gone, and who has "
                "none gets one at the next step.",
            ),
            Case(
                use=_apart,
                show="the betas that were taken over, after the dict's were changed",
                hint="`copy.deepcopy` of each option: nothing is shared with the dict.",
            ),
            Case(
                use=_other_groups,
                show="take_over of three parameters' state by an optimizer of one",
                hint="Leave the line with `check_groups` where it is.",
            ),
        ],
        misconceptions=[
            Misconception(
                "params as well",
                _taking(left_out=""),
                'You take over "params", too: the groups hold numbers now, and no parameters.',
            ),
            Misconception(
                "by number alone",
                _taking(place=lambda every, saved, n: n),
                "You keep the states by number. The optimizer looks them up by the parameter "
                "itself.",
            ),
            Misconception(
                "states counted",
                _taking(place=_nth_state),
                "You count the states. Their keys are the numbers of the parameters, and some have "
                "none.",
            ),
            Misconception(
                "no options",
                _taking(options=False),
                "The states are right, but the options stay what they were: the rate, for one.",
            ),
            Misconception(
                "not fitted",
                _taking(fit=lambda values, dtype: values),
                "The states keep the dtype that they were saved in. `fitted(values, dtype)`.",
            ),
            Misconception(
                "old states stay",
                _taking(start=lambda state: state),
                "States from before stay. `optimizer.state` begins anew.",
            ),
            Misconception(
                "a plain dict",
                _taking(start=lambda state: {}),
                "A plain dict knows no parameter without a state: KeyError at the next step. It is "
                "a `defaultdict(dict)`.",
            ),
            Misconception(
                "shared options",
                _taking(copied=lambda value: value),
                "Options are shared with the dict: who changes it changes the optimizer. Copy them "
                "with `copy.deepcopy`.",
            ),
        ],
        hint="Options into the groups; then states to the parameters of the same numbers.",
    )
)

# load_tree ----------------------------------------------------------------------------------


def _house(torch: Any, log: list[Any]) -> Any:
    """Modules in modules that note what each is given to load."""

    class Noting(torch.nn.Module):  # type: ignore[misc]
        def _load_from_state_dict(
            self, state: Any, prefix: str, about: Any, strict: bool, *rest: Any
        ) -> None:
            log.append((prefix, sorted(state), dict(about)))
            super()._load_from_state_dict(state, prefix, about, strict, *rest)

    def room(**children: Any) -> Any:
        module = Noting()
        module.weight = torch.nn.Parameter(torch.zeros(1))
        for name, child in children.items():
            module.add_module(name, child)
        return module

    return room(a=room(ab=room()), ab=room(), none=None)


_NAMES_OF_ALL = ["weight", "a.weight", "a.ab.weight", "ab.weight"]


def _walked(load_tree: Any, torch: Any, *extra: str, lost: str = "", assign: bool = False) -> Any:
    log: list[Any] = []
    net = _house(torch, log)
    names = [name for name in (*_NAMES_OF_ALL, *extra) if name != lost]
    state = OrderedDict((name, torch.full((1,), n + 1.0)) for n, name in enumerate(names))
    metadata = {"": {"version": 1}, "a.ab": {"version": 7}}
    keys, problems = ([], []), []  # type: ignore[var-annotated]
    load_tree(net, state, "", metadata, assign, keys, problems)
    loaded = {name: tensor.item() for name, tensor in net.state_dict().items()}
    return {
        "asked, in this order": [prefix for prefix, _, _ in log],
        "loaded": loaded,
        "missing": keys[0],
        "unexpected": keys[1],
        "problems": problems,
        "names that each was given": [names for _, names, _ in log],
        "what each was told": [sorted(about) for _, _, about in log],
    }


def _hooked(load_tree: Any, torch: Any) -> Any:
    log: list[Any] = []
    net = _house(torch, log)
    net.a.register_load_state_dict_post_hook(lambda module, keys: log.append(("hook of a",)))
    net.register_load_state_dict_post_hook(lambda module, keys: log.append(("hook of all",)))
    load_tree(net, net.state_dict(), "", {}, False, ([], []), [])
    return [entry[0] for entry in log]


def _part(state: Any, path: str) -> dict[str, Any]:
    return {key: value for key, value in state.items() if key.startswith(path)}


def _walking(
    path_of: Callable[[str, str], str] = lambda prefix, name: f"{prefix}{name}.",
    part_of: Callable[[Any, str], Any] = _part,
    deep: bool = True,
    told: Callable[[Any, str], Any] = lambda metadata, path: metadata,
    passed: Callable[[bool], bool] = lambda assign: assign,
    every: bool = False,
) -> Any:
    def load_tree(
        module: Any, state: Any, prefix: str, metadata: Any, assign: bool, keys: Any, problems: Any
    ) -> None:
        extra = {_module(_WALK).ASSIGN: True} if assign else {}
        about = {**metadata.get(prefix[:-1], {}), **extra}
        module._load_from_state_dict(state, prefix, about, True, *keys, problems)
        for name, child in module._modules.items():
            if (child is not None or every) and deep:
                path = path_of(prefix, name)
                part = part_of(state, path)
                load_tree(child, part, path, told(metadata, path), passed(assign), keys, problems)
        for hook in module._load_state_dict_post_hooks.values():
            hook(module, keys)

    return late(lambda torch: load_tree)


register(
    Exercise(
        name="load_tree",
        signature="load_tree(module, state, prefix, metadata, assign, keys, problems)",
        reference=late(lambda torch: shipped(_WALK, "load_tree")),
        cases=[
            Case(
                use=_walked,
                show="load_tree(net, ...), net with a, a.ab, ab, and a child that is None",
                hint="Each child, then the children in it; None is passed over.",
            ),
            Case(
                use=partial(_walked, lost="a.ab.weight"),
                show='load_tree(net, ...) without "a.ab.weight"',
                hint="What is missing stands in keys[0] by its whole name.",
            ),
            Case(
                use=lambda f, torch: _walked(f, torch, "ab.x", "a.ab.x.y", "z"),
                show='load_tree(net, ...) with "ab.x", "a.ab.x.y", "z", too',
                hint="What is too much stands in keys[1], once, by its whole name.",
            ),
            Case(
                use=partial(_walked, assign=True),
                show="load_tree(net, ..., assign=True, ...)",
                hint="`assign` goes down with the walk.",
            ),
            Case(
                use=_hooked,
                show="the order of modules and hooks",
                hint="First the module, then its children, then its hooks.",
            ),
        ],
        misconceptions=[
            Misconception(
                "all names for each",
                _walking(part_of=lambda state, path: state),
                "Each child is given all names. It gets those that begin with its path.",
            ),
            Misconception(
                "no dot",
                _walking(path_of=lambda prefix, name: f"{prefix}{name}"),
                "The path of a child ends with a dot: with `a` alone the names of `ab` begin, too.",
            ),
            Misconception(
                "the prefix is forgotten",
                _walking(path_of=lambda prefix, name: f"{name}."),
                "Children of children are not found. A path is prefix, name and a dot.",
            ),
            Misconception(
                "None, too",
                _walking(every=True),
                "A child may be None: there is a name, and no module. None is passed over.",
            ),
            Misconception(
                "names are cut",
                _walking(
                    part_of=lambda state, path: {
                        key.removeprefix(path): value
                        for key, value in state.items()
                        if key.startswith(path)
                    }
                ),
                "You cut the path off the names. They stay whole: the child knows its prefix.",
            ),
            Misconception(
                "not down",
                _walking(deep=False),
                "The module itself is loaded, and none of its children.",
            ),
            Misconception(
                "assign is lost",
                _walking(passed=lambda assign: False),
                "`assign` does not reach the children.",
            ),
            Misconception(
                "metadata is lost",
                _walking(told=lambda metadata, path: {}),
                "The metadata do not reach the children: each looks its own up by its path.",
            ),
        ],
        hint="For each child that is not None: its path, its part of the names, and down.",
    )
)
