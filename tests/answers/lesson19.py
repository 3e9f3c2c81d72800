"""Answers to lesson 19: wrong ones with a phrase of what the check must say, and right ones."""

_TAKEN = """
def dims_taken(item):
    {body}
"""

_LISTS = """
def index_lists(key):
    {body}
"""

_FRONT = "def first_new_dim(dims):\n    return {}\n"

_GATHERED = """
def gathered(array, key):
    {body}
"""

_SET = """
@method("__setitem__")
def set_item(tensor, index, value):
    view, key = (tensor, None) if is_everything(index, tensor) else index_parts(tensor, index)
    value = value_to_write(value, tensor)
    {body}
"""

_AXES = """
def reduced_axes(dim, ndim):
    {body}
"""

_SPREAD = """
@two_way
def spread_over(grad, *, shape, axes):
    {body}
"""

_SPACED = """
@quiet
def spaced(start, end, step, target):
    {body}
"""


def _lines(*lines):
    return "\n    ".join(lines)


def _taken(array="item.ndim if item.dtype.kind == 'b' else 1", none="item is None"):
    return _TAKEN.format(
        body=_lines(
            f"if isinstance(item, np.ndarray): return {array}",
            f"return 0 if {none} else 1",
        )
    )


_NONE = "item is None or item is Ellipsis or isinstance(item, bool)"


def _lists(found="item.nonzero() if item.dtype.kind == 'b' else [item]", on="dims_taken(item)"):
    return _LISTS.format(
        body=_lines(
            "lists, dim = {}, 0",
            "for item in key:",
            "    if isinstance(item, np.ndarray):",
            f"        found = {found}",
            "        lists.update(enumerate(found, dim))",
            f"    dim += {on}",
            "return lists",
        )
    )


def _gathered(
    order="dims + rest",
    pick="tuple(lists.values())",
    new="range(picked.ndim - len(rest))",
    front="first_new_dim(dims)",
    result="np.moveaxis(picked, new, range(front, front + len(new)))",
):
    return _GATHERED.format(
        body=_lines(
            "lists = index_lists(key)",
            "dims = list(lists)",
            "rest = [dim for dim in range(array.ndim) if dim not in lists]",
            f"picked = array.transpose({order})[{pick}]",
            f"new = {new}",
            f"front = {front}",
            f"return {result}",
        )
    )


def _set(
    keyed="write_places(view, key, value, only_tensor(index))",
    copied="view.copy_(filling_out(value, view.shape))",
    filled="view.fill_(value)",
):
    return _SET.format(
        body=_lines(f"if key is not None: {keyed}", f"elif value.ndim: {copied}", f"else: {filled}")
    )


def _axes(
    every="dim is None or not dims",
    one="check_dim(d, ndim)",
    refuse="must_differ(axes)",
    result="tuple(axes) if ndim else ()",
    dims="dim if isinstance(dim, (tuple, list)) else (dim,)",
):
    return _AXES.format(
        body=_lines(
            f"dims = {dims}",
            f"if {every}: return tuple(range(ndim))",
            f"axes = [{one} for d in dims]",
            refuse,
            f"return {result}",
        )
    )


def _spread(
    sizes="1 if axis in axes else size for axis, size in enumerate(shape)",
    result="stretched(kept, shape)",
    back="outer.sum(axis=axes, keepdims=keepdims)",
):
    return _SPREAD.format(
        body=_lines(
            "keepdims = grad.ndim == len(shape)",
            f"kept = grad.reshape([{sizes}])",
            f"return {result}, lambda outer: {back}",
        )
    )


_TOTAL = """
def total(array, axes, keepdims=False, dtype=None):
    wider = {"float16": np.float32, "float32": np.float64, "complex64": np.complex128}
    {body}
"""

_AVERAGE = """
def average(array, axes, keepdims=False):
    {body}
"""


def _total(
    plain="array.sum(axes, dtype, keepdims=keepdims)",
    wide="array.sum(axes, wider[array.dtype.name], keepdims=keepdims).astype(array.dtype)",
    when="dtype is not None or array.dtype.name not in wider",
):
    return _TOTAL.replace("{body}", _lines(f"if {when}: return {plain}", f"return {wide}"))


def _average(
    count="math.prod([array.shape[axis] for axis in axes])",
    wide="array.astype(np.float32) if array.dtype == np.float16 else array",
    result="(total(wide, axes, keepdims) / count).astype(array.dtype), count",
):
    return _AVERAGE.format(body=_lines(f"count = {count}", f"wide = {wide}", f"return {result}"))


_FLOATS = "math.ceil((end - start) / step)"


def _spaced(
    ints="-((start - end) // step)",
    floats=_FLOATS,
    cut="if whole: start, step = int(start), int(step)",
    before="pass",
    numbers="start + step * places",
    result="cast(numbers, target)",
):
    return _SPACED.format(
        body=_lines(
            "whole = target.kind in 'iu'",
            before,
            "if all(isinstance(number, int) for number in (start, end, step)):",
            f"    count = {ints}",
            "else:",
            f"    count = {floats}",
            cut,
            "places = np.arange(count, dtype=np.int64 if whole else np.float64)",
            f"numbers = {numbers}",
            f"return {result}",
        )
    )


_ALL = "if all((isinstance(number, int) for number in ({}))):"

WRONG = {
    "dims_taken": {
        "every array by its dims": (_taken("item.ndim", _NONE), "ONE dim, whatever its shape"),
        "a mask is a list": (_taken("1", _NONE), "each element of TWO dims"),
        "None counts": (
            _taken(none="item is Ellipsis or isinstance(item, bool)"),
            "it makes a new one",
        ),
        "a bool is an int": (
            _taken(none="item is None or item is Ellipsis"),
            "ask for bool",
        ),
        "always one": (_TAKEN.format(body="return 1"), "Not every entry"),
        "the dots count": (
            _taken(none="item is None or isinstance(item, bool)"),
            "here it stands for none",
        ),
        "slices do not count": (
            _taken(none=f"{_NONE} or isinstance(item, slice)"),
            "dims_taken(slice(None, None, None))",
        ),
    },
    "index_lists": {
        "by position": (_lists(on="1"), "You count entries"),
        "masks as they are": (_lists(found="[item]"), "the places where it is True"),
        "rows of places": (
            _lists(found="np.argwhere(item) if item.dtype.kind == 'b' else [item]"),
            "a row for each place",
        ),
        "slices forgotten": (
            _lists(on="0 if isinstance(item, slice) else dims_taken(item)"),
            "A slice stands for a dim",
        ),
        "one dim of a mask": (
            _lists(found="item.nonzero()[:1] if item.dtype.kind == 'b' else [item]"),
            "It has one for each dim",
        ),
        "an array taken apart": (
            _lists(found="item.nonzero() if item.dtype.kind == 'b' else item"),
            "index_lists(([0, 2],))",
        ),
        "a list of arrays": (
            _LISTS.format(body="return [item for item in key if isinstance(item, np.ndarray)]"),
            "index_lists(([0, 2],))",
        ),
    },
    "first_new_dim": {
        "always the first": (_FRONT.format("dims[0]"), "there is no natural place"),
        "always in front": (_FRONT.format("0"), "take the place of the old ones"),
        "only the first two": (
            _FRONT.format("dims[0] if len(dims) < 2 or dims[1] == dims[0] + 1 else 0"),
            "at the first two only",
        ),
        "the wrong way round": (
            _FRONT.format("0 if dims[-1] - dims[0] == len(dims) - 1 else dims[0]"),
            "The other way round",
        ),
        "the last": (
            _FRONT.format("dims[-1] if dims[-1] - dims[0] == len(dims) - 1 else 0"),
            "FIRST of the dims",
        ),
        "one too many": (
            _FRONT.format("dims[0] if dims[-1] - dims[0] == len(dims) else 0"),
            "One dim only is side by side",
        ),
        "two at least": (
            _FRONT.format("dims[0] if dims[1] == dims[0] + 1 else 0"),
            "there is no dims[1] then",
        ),
        "two at least, all asked": (
            _FRONT.format(
                "dims[0] if dims[1] - dims[0] == 1 and dims[-1] - dims[0] == len(dims) - 1 else 0"
            ),
            "One dim only is side by side",
        ),
    },
    "gathered": {
        "NumPy's own": (_GATHERED.format(body="return array[key]"), "NumPy knows this rule, too"),
        "NumPy's own, copied": (
            _GATHERED.format(body="return np.array(array[key])"),
            "Write it yourself",
        ),
        "always in front": (_gathered(front="0"), "always stand in front"),
        "where the first was": (_gathered(front="dims[0]"), "go in front: ask"),
        "at the end": (_gathered(front="len(rest)"), "behind the others"),
        "one dim moved": (_gathered(result="np.moveaxis(picked, 0, front)"), "Only one new dim"),
        "a block": (
            _GATHERED.format(
                body=_lines(
                    "for dim, part in index_lists(key).items():",
                    "    array = array.take(part.ravel() if part.ndim > 1 else part, dim)",
                    "return array",
                )
            ),
            "get a block",
        ),
        "not turned": (_gathered(order="range(array.ndim)"), "x[:, [1, 3]]"),
        "left where they are": (_gathered(result="picked"), "always stand in front"),
    },
    "set_item": {
        "into a copy": (
            _SET.format(body="tensor[index].copy_(value)"),
            "what you write there is lost",
        ),
        "everywhere": (
            _SET.format(body="tensor.copy_(value.reshape(-1)[0])"),
            "into the whole tensor",
        ),
        "one number": (
            _set(
                keyed="write_places(view, key, value.reshape(-1)[0], only_tensor(index))",
                copied="view.fill_(value.reshape(-1)[0])",
            ),
            "A value with dims is copied",
        ),
        "numbers only": (
            _set(copied="view.copy_(filling_out(value.detach(), view.shape))"),
            "copy_ is recorded",
        ),
        "not brought to its shape": (
            _set(copied="view.copy_(value)"),
            "brings it to the view's shape",
        ),
        "the key forgotten": (_set(keyed="view.fill_(value)"), "x[[0, 2]] = 3"),
        "nothing for numbers": (_set(filled="pass"), "x[1, 2] = 7"),
    },
    "reduced_axes": {
        "negative ones stay": (_axes(one="d"), "counts from the front"),
        "a bare number": (
            _AXES.format(
                body=_lines(
                    "if isinstance(dim, int): return dim",
                    "if dim is None or not dim: return tuple(range(ndim))",
                    "axes = [check_dim(d, ndim) for d in dim]",
                    "must_differ(axes)",
                    "return tuple(axes)",
                )
            ),
            "One number comes back",
        ),
        "none of nothing": (_axes(every="dim is None"), "In PyTorch it means all"),
        "twice is fine": (_axes(refuse="pass"), "The same axis twice"),
        "an axis of nothing": (_axes(result="tuple(axes)"), "has no axis 0"),
        "differ too early": (
            _AXES.format(
                body=_lines(
                    "dims = dim if isinstance(dim, (tuple, list)) else (dim,)",
                    "if dim is None or not dims: return tuple(range(ndim))",
                    "must_differ(dims)",
                    "return tuple([check_dim(d, ndim) for d in dims]) if ndim else ()",
                )
            ),
            "0 and -2 look different",
        ),
        "modulo": (_axes(one="d % max(ndim, 1)"), "`check_dim` refuses it"),
    },
    "spread_over": {
        "divided": (
            _spread(result="stretched(kept, shape) / np.float32(max(math.prod(shape), 1))"),
            "x.sum(1)",
        ),
        "ones": (_spread(result="np.ones(shape, grad.dtype)"), "that is laid out"),
        "the first of each": (
            _spread(
                back="outer[tuple(0 if a in axes else slice(None) for a in range(len(shape)))]"
            ),
            "gradient of the gradient",
        ),
        "no dims kept": (_spread(back="outer.sum(axis=axes)"), "hand `keepdims` on"),
        "always kept": (_spread(back="outer.sum(axis=axes, keepdims=True)"), "gradient"),
        "not laid out": (_spread(result="kept"), "x.sum(1)"),
        "wrong sizes": (
            _spread(sizes="size if axis in axes else 1 for axis, size in enumerate(shape)"),
            "reshape",
        ),
    },
    "spaced": {
        "end included": (
            _spaced(
                ints="(end - start) // step + 1", floats="math.floor((end - start) / step) + 1"
            ),
            "You include the end",
        ),
        "rounded down": (
            _spaced(ints="(end - start) // step", floats="int((end - start) / step)"),
            "You round down",
        ),
        "added up": (
            _spaced(
                numbers="np.cumsum(np.array(([start] + [step] * count)[:count], places.dtype))",
            ),
            "rounding errors pile up",
        ),
        "counted in floats": (_spaced(ints=_FLOATS), "a float miscounts"),
        "cut first": (
            _spaced(
                before="if whole and int(step): start, end, step = int(start), int(end), int(step)"
            ),
            "before you count",
        ),
        "no dtype": (_spaced(result="numbers"), "spaced(0, 1, 0.25, float32)"),
        "not cut": (_spaced(cut="pass"), "spaced(0, 2.5, 0.5, int32)"),
    },
    "total": {
        "in its own dtype": (
            _TOTAL.replace(
                "{body}",
                _lines(
                    "if array.dtype.kind != 'f' or not array.size:",
                    "    return array.sum(axes, dtype, keepdims=keepdims)",
                    "for axis in sorted(axes, reverse=True):",
                    "    array = np.add.accumulate(array, axis).take(-1, axis)",
                    "return np.expand_dims(array, axes) if keepdims else array",
                ),
            ),
            "lost beside large",
        ),
        "it stays wide": (
            _total(wide="array.sum(axes, wider[array.dtype.name], keepdims=keepdims)"),
            "stays in the wider dtype",
        ),
        "keepdims forgotten": (
            _total(
                plain="array.sum(axes, dtype)",
                wide="array.sum(axes, wider[array.dtype.name]).astype(array.dtype)",
            ),
            "hand it on to sum",
        ),
        "over everything": (
            _total(
                plain="array.sum(None, dtype, keepdims=keepdims)",
                wide="array.sum(None, wider[array.dtype.name], keepdims=keepdims)"
                ".astype(array.dtype)",
            ),
            "says which dims go",
        ),
        "narrow ints": (
            _total(plain="array.sum(axes, keepdims=keepdims).astype(array.dtype)"),
            "`dtype` is left out",
        ),
        "always wide": (_total(when="False"), "KeyError"),
        "never wide": (_total(when="True"), "wider"),
    },
    "average": {
        "of all numbers": (_average(count="array.size"), "by all numbers of the array"),
        "of the axes": (_average(count="len(axes)"), "how many axes there are"),
        "half overflows": (_average(wide="array"), "before you divide"),
        "only the mean": (
            _average(result="(total(wide, axes, keepdims) / count).astype(array.dtype)"),
            "Return two things",
        ),
        "in a wider dtype": (
            _average(
                wide="array.astype(float)", result="total(wide, axes, keepdims) / count, count"
            ),
            "The mean has another dtype",
        ),
        "halves stay wide": (
            _average(result="total(wide, axes, keepdims) / count, count"),
            "Bring it back to `array.dtype`",
        ),
        "sizes added": (
            _average(count="sum([array.shape[axis] for axis in axes])"),
            "average(",
        ),
    },
}

RIGHT = {
    "dims_taken": {
        "as we do": _taken(none=_NONE),
        "masks first": _TAKEN.format(
            body=_lines(
                "if isinstance(item, np.ndarray) and item.dtype == bool: return item.ndim",
                "return 0 if any(item is x for x in (None, ..., True, False)) else 1",
            )
        ),
        "match": _TAKEN.format(
            body=_lines(
                "match item:",
                "    case None | bool(): return 0",
                "    case np.ndarray(): return item.ndim if item.dtype.kind == 'b' else 1",
                "return 0 if item is ... else 1",
            )
        ),
    },
    "index_lists": {
        "as we do": _lists(),
        "one by one": _LISTS.format(
            body=_lines(
                "lists, dim = {}, 0",
                "for item in key:",
                "    if isinstance(item, slice):",
                "        dim += 1",
                "    elif item.dtype.kind == 'b':",
                "        for part in item.nonzero():",
                "            lists[dim] = part",
                "            dim += 1",
                "    else:",
                "        lists[dim] = item",
                "        dim += 1",
                "return lists",
            )
        ),
        "spread out first": _LISTS.format(
            body=_lines(
                "out = []",
                "for item in key:",
                "    mask = isinstance(item, np.ndarray) and item.dtype == bool",
                "    out += item.nonzero() if mask else [item]",
                "return {d: part for d, part in enumerate(out) if not isinstance(part, slice)}",
            )
        ),
    },
    "first_new_dim": {
        "as we do": _FRONT.format("dims[0] if dims[-1] - dims[0] == len(dims) - 1 else 0"),
        "by a range": _FRONT.format(
            "dims[0] if list(dims) == list(range(dims[0], dims[-1] + 1)) else 0"
        ),
        "by steps": _FRONT.format(
            "dims[0] if all(b - a == 1 for a, b in zip(dims, dims[1:])) else 0"
        ),
    },
    "gathered": {
        "as we do": _gathered(),
        "by a transpose": _gathered(
            result="picked.transpose([*range(len(new), len(new) + front), *new, "
            "*range(len(new) + front, picked.ndim)])"
        ),
        "to the end first": _GATHERED.format(
            body=_lines(
                "lists = index_lists(key)",
                "rest = [dim for dim in range(array.ndim) if dim not in lists]",
                "picked = array.transpose(rest + list(lists))[(..., *lists.values())]",
                "new = range(len(rest), picked.ndim)",
                "front = first_new_dim(list(lists))",
                "return np.moveaxis(picked, new, range(front, front + len(new)))",
            )
        ),
        "slices behind": _gathered(pick="(*lists.values(), *[slice(None)] * len(rest))"),
        "by number": _GATHERED.format(
            body=_lines(
                "lists = index_lists(key)",
                "rest = [dim for dim in range(array.ndim) if dim not in lists]",
                "sizes = [array.shape[dim] for dim in lists]",
                "rows = array.transpose([*lists, *rest]).reshape(",
                "    -1 if array.size else 0, *[array.shape[dim] for dim in rest])",
                "where = [part % size for part, size in zip(lists.values(), sizes)]",
                "rows = rows[np.ravel_multi_index(np.broadcast_arrays(*where), sizes)]",
                "front, new = first_new_dim([*lists]), rows.ndim - len(rest)",
                "return np.moveaxis(rows, range(new), range(front, front + new))",
            )
        ),
    },
    "set_item": {
        "as we do": _set(),
        "always expanded": _SET.format(
            body=_lines(
                "if key is None:",
                "    view.copy_(filling_out(value, view.shape))",
                "    return",
                "write_places(view, key, value, only_tensor(index))",
            )
        ),
        "shapes asked": _SET.format(
            body=_lines(
                "if key is not None:",
                "    return write_places(view, key, value, only_tensor(index))",
                "if not value.shape:",
                "    return view.fill_(value)",
                "view.copy_(filling_out(value, view.shape))",
            )
        ),
    },
    "reduced_axes": {
        "as we do": _axes(),
        "in steps": _AXES.format(
            body=_lines(
                "if dim is None: dim = ()",
                "if isinstance(dim, int): dim = (dim,)",
                "found = tuple(check_dim(d, ndim) for d in dim)",
                "must_differ(found)",
                "if not ndim: return ()",
                "return found or tuple(range(ndim))",
            )
        ),
        "all by name": _AXES.format(
            body=_lines(
                "dims = list(dim) if isinstance(dim, (tuple, list)) else [dim]",
                "if dims in ([], [None]): dims = list(range(ndim))",
                "axes = [check_dim(d, ndim) for d in dims]",
                "must_differ(axes)",
                "return tuple(axes)[: ndim]",
            )
        ),
    },
    "spread_over": {
        "as we do": _spread(),
        "expand_dims": _SPREAD.format(
            body=_lines(
                "keepdims = grad.ndim == len(shape)",
                "kept = grad if keepdims else np.expand_dims(grad, axes)",
                "return stretched(kept, shape), lambda g: g.sum(axis=axes, keepdims=keepdims)",
            )
        ),
        "filled": _SPREAD.format(
            body=_lines(
                "old = grad.shape",
                "wide = np.zeros(shape, grad.dtype)",
                "wide += grad.reshape([1 if a in axes else n for a, n in enumerate(shape)])",
                "return wide, lambda g: g.sum(axis=axes).reshape(old)",
            )
        ),
    },
    "spaced": {
        "as we do": _spaced(),
        "by divmod": _SPACED.format(
            body=_lines(
                "if {type(start), type(end), type(step)} <= {int, bool}:",
                "    count = len(range(start, end, step))",
                "else:",
                "    count = max(math.ceil((end - start) / step), 0)",
                "if target.kind in 'iu':",
                "    start, step = int(start), int(step)",
                "    return (start + np.arange(count, dtype=np.int64) * step).astype(target)",
                "return (start + np.arange(count, dtype=np.float64) * step).astype(target)",
            )
        ),
        "one by one": _SPACED.format(
            body=_lines(
                "whole = all(isinstance(x, int) for x in (start, end, step))",
                "count = -((start - end) // step) if whole else math.ceil((end - start) / step)",
                "if target.kind in 'iu': start, step = int(start), int(step)",
                "return np.array([start + step * i for i in range(count)], target)",
            )
        ),
    },
    "total": {
        "as we do": _total(),
        "by np.sum": _TOTAL.replace(
            "{body}",
            _lines(
                "how = dtype if dtype is not None else wider.get(array.dtype.name)",
                "result = np.sum(array, axis=axes, dtype=how, keepdims=keepdims)",
                "return result if dtype is not None else result.astype(array.dtype)",
            ),
        ),
        "widened first": _TOTAL.replace(
            "{body}",
            _lines(
                "name = array.dtype.name",
                "if dtype is None and name in wider:",
                "    wide = array.astype(wider[name])",
                "    return np.add.reduce(wide, axes, keepdims=keepdims).astype(name)",
                "return np.add.reduce(array, axes, dtype, keepdims=keepdims)",
            ),
        ),
    },
    "average": {
        "as we do": _average(),
        "always in float64": _average(
            wide="array.astype(np.float64)",
        ),
        "counted one by one": _AVERAGE.format(
            body=_lines(
                "count = 1",
                "for axis in axes:",
                "    count *= array.shape[axis]",
                "half = array.dtype == np.float16",
                "sums = total(array.astype(np.float32) if half else array, axes, keepdims)",
                "return np.asarray(sums / count, array.dtype), count",
            )
        ),
    },
}

# Mutants that mean the same as the solution, and why.
SAME: dict[str, dict[str, str]] = {
    "set_item": {
        "set_item: elif value.ndim: => elif True:": "one number, expanded and copied, fills it",
    },
    "reduced_axes": {
        "reduced_axes: dims = dim if isinstance(dim, (tuple, list)) else (dim,) => "
        "dims = dim if isinstance(dim, (list, tuple)) else (dim,)": "the same two kinds",
    },
    "average": {
        "average: return ((total(wide, axes, keepdims) / count).astype(array.dtype, "
        "copy=False), count) => "
        "return ((total(wide, axes, keepdims) / count).astype(array.dtype), count)": "a copy more",
        "average: return ((total(wide, axes, keepdims) / count).astype(array.dtype, "
        "copy=False), count) => "
        "return ((total(wide, axes, keepdims) / count).astype(array.dtype, copy=True), count)": (
            "a copy more"
        ),
    },
    "spaced": {
        f"spaced: {_ALL.format('start, end, step')} => {_ALL.format('end, start, step')}": (
            "another order"
        ),
        f"spaced: {_ALL.format('start, end, step')} => {_ALL.format('start, step, end')}": (
            "another order"
        ),
        f"spaced: {_ALL.format('start, end, step')} => {_ALL.format('end, step')}": (
            "with an int as step, floats are divided just as well by `//`"
        ),
        f"spaced: {_ALL.format('start, end, step')} => {_ALL.format('start, step')}": (
            "with an int as step, floats are divided just as well by `//`"
        ),
        "spaced: whole = target.kind in 'iu' => whole = target.kind in 'iu?'": "no kind is '?'",
    },
}
