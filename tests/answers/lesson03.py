"""Answers to lesson 03: wrong ones with a phrase of what the check must say, and right ones."""

_OP = '@view_op(node="PermuteBackward0", two_way=True)\n'

_BLOCKS = """
def blocks(shape, strides):
    found = []
    for size, stride in zip(reversed(shape), reversed(strides)):
        {body}
    return {result}
"""

_SELECT = """
def select_place(input, dim, index):
    shape, strides = list(input.shape), list(element_strides(input))
    {body}
"""

_SLICE = """
def slice_places(input, dim, start, stop, step):
    shape, strides = list(input.shape), list(element_strides(input))
    {body}
"""

_SPREAD = """
@two_way
def spread(grad, *, look, shape):
    {body}
"""

_WRITE_BACK = """
@two_way
def write_back(grad, *, key, shape):
    key = tuple([raw(part) for part in key])
    {body}
"""

_INDEX = """
def apply_index(tensor, items):
    view, dim, lists = tensor, 0, {{}}
    missing = tensor.ndim - sum(map(dims_taken, items))
    for position, item in enumerate(items):
        if item is Ellipsis:
            dim += missing
        elif isinstance(item, np.ndarray):
            lists[dim] = item
            dim += dims_taken(item)
        elif isinstance(item, slice):
            {body}
    return view, key_of(lists, view.shape)
"""


def _index(cut=None, new=None, pick=None, rest=None):
    """What stands in the branches of a slice, of None and bools, and of a number, by lines."""
    cut = cut or (_CUT, "dim += 1")
    new = new or (_NEW, "if item is not None:", f"    {_MASK}", "dim += 1")
    of_new = [f"elif {_IS_NEW}:", *(f"    {line}" for line in new)]
    of_number = ["else:", *(f"    {line}" for line in pick or (_PICK,))]
    rest = rest or (*of_new, *of_number)
    lines = [*(f"    {line}" for line in cut), *rest]
    return _INDEX.format(body="\n        ".join(lines).strip())


_CUT, _NEW = "view = slice_part(view, dim, item)", "view = unsqueeze(view, dim)"
_MASK, _PICK = "lists[dim] = np.array([item])", "view = pick(view, dim, item, position)"
_IS_NEW = "item is None or isinstance(item, bool)"
_BOTH_NEW = (f"elif {_IS_NEW}:", f"    {_NEW}", "    if item is not None:", f"        {_MASK}")


def _lines(*lines):
    return "\n    ".join(lines)


def _permute(window, back, derivative="permute_dims(grad, back)"):
    return (
        f"{_OP}def permute_dims(input, order):\n    back = {back}\n"
        f"    return {window}, lambda grad: {derivative}"
    )


def _unsqueeze(stride, window="restride(input, shape, strides)", back="grad.reshape(old)"):
    return (
        '@method("unsqueeze")\n@view_op()\ndef unsqueeze(input, dim=...):\n'
        "    dim, old = given.place_of_new_dim(dim, input.ndim), input.shape\n"
        "    shape, strides = list(old), list(element_strides(input))\n"
        f"    {stride}\n    return {window}, lambda grad: {back}"
    )


def _stretched(
    strides="[0] * new + [step if size == wanted else 0 for size, step, wanted in own]",
    window="restride(input, sizes, strides)",
    back="fit_to(grad, shape, kind)",
    own="zip(input.shape, element_strides(input), sizes[new:])",
):
    return (
        '@view_op(node="ExpandBackward0")\ndef stretched(input, sizes):\n'
        "    sizes = given.expanded_sizes(input, sizes)\n"
        f"    new = len(sizes) - input.ndim\n    own = {own}\n    strides = {strides}\n"
        "    shape, kind = input.shape, input.dtype\n"
        f"    return {window}, lambda grad: {back}"
    )


_INSERT = "strides.insert(dim, {}); shape.insert(dim, 1)"
_REACH = _INSERT.format("shape[dim] * strides[dim] if dim < len(shape) else 1")
_UNDO = "[order.index(dim) for dim in range(input.ndim)]"
_WINDOW = "input.transpose(order)"


def _join(test, joined="found[-1][0] *= size", new="found.append([size, stride])", result=None):
    body = f"if {test}:\n            {joined}\n        else:\n            {new}"
    return _BLOCKS.format(body=body, result=result or "found or [[1, 1]]")


_FITS = "found and (size == 1 or stride == found[-1][0] * found[-1][1])"


def _view_strides(loop, end="return tuple(reversed(new_strides))", filled="return None"):
    return f"""
def view_strides(shape, strides, new_shape):
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)
    new_strides, left = [], list(new_shape)
    for elements, stride in blocks(shape, strides):
        filled = 1
        {loop}
        if filled != elements:
            {filled}
    {end}
"""


_FILL = """while left and (filled < elements or left[-1] == 1):
            new_strides.append(filled * stride)
            filled *= left.pop()"""

_FROM_THE_FRONT = """
def view_strides(shape, strides, new_shape):
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)
    new_strides, left = [], list(new_shape)
    for elements, stride in reversed(blocks(shape, strides)):
        rest = elements
        while left and rest > 1:
            size = left.pop(0)
            if rest % size:
                return None
            rest //= size
            new_strides.append(rest * stride)
        if rest != 1:
            return None
    return tuple(new_strides)
"""

_RECURSIVE = """
def view_strides(shape, strides, new_shape):
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)

    def fill(parts, filled, left):
        elements, stride = parts[0]
        if left and (filled < elements or left[-1] == 1):
            rest = fill(parts, filled * left[-1], left[:-1])
            return None if rest is None else rest + (filled * stride,)
        if filled != elements:
            return None
        return fill(parts[1:], 1, left) if parts[1:] else ()

    return fill(blocks(shape, strides), 1, tuple(new_shape))
"""

_WITHOUT_BLOCKS = """
def view_strides(shape, strides, new_shape):
    if 0 in shape:
        return tuple(strides) if shape == new_shape else contiguous_strides(new_shape)
    answer, new = [0] * len(new_shape), len(new_shape) - 1
    elements, step = 1, strides[-1] if strides else 1
    for dim in range(len(shape) - 1, -1, -1) or [0]:
        elements *= shape[dim] if shape else 1
        if dim and (shape[dim - 1] == 1 or strides[dim - 1] == elements * step):
            continue
        filled = 1
        while new >= 0 and (filled < elements or new_shape[new] == 1):
            answer[new] = filled * step
            filled *= new_shape[new]
            new -= 1
        if filled != elements:
            return None
        if dim:
            elements, step = 1, strides[dim - 1]
    return tuple(answer)
"""


def _reshape(*body):
    return "def reshape(input, shape):\n    shape = given.shape_for(input, shape)\n    " + _lines(
        *body
    )


def _flatten(*body):
    return (
        "def flatten(input, start_dim=0, end_dim=-1):\n"
        "    start, end = given.dims_to_flatten(input, start_dim, end_dim)\n"
        "    shape = input.shape\n    " + _lines(*body)
    )


_RULE = "strides = view_strides(input.shape, input.stride(), shape)"
_FLAT = "(*shape[:start], math.prod(shape[start:end + 1]), *shape[end + 1:])"
_ITSELF = "if start == end and shape: return input"
_ZEROS = "zeros = np.zeros(shape, grad.dtype)"

WRONG = {
    "permute_dims": {
        "the same order again": (_permute(_WINDOW, "order"), "the same order once more"),
        "old to new": (_permute(f"input.transpose({_UNDO})", "order"), "the other way round"),
        "gradient not turned": (_permute(_WINDOW, "None", "grad"), "leaves the gradient as it is"),
        "the first of no pair": (
            _permute(_WINDOW, _UNDO, "permute_dims(grad, back)[0]"),
            "gets the view alone",
        ),
        "a copy": (_permute(f"{_WINDOW}.copy()", _UNDO), "'a copy', expected 'a view'"),
        "NumPy only": (
            _permute(_WINDOW, _UNDO, "grad.transpose(back)"),
            "In this case `grad` is a tensor",
        ),
        "NumPy only, by argsort": (
            _permute(_WINDOW, "np.argsort(order)", "grad.transpose(back)"),
            "In this case `grad` is a tensor",
        ),
        "NumPy only, dim by dim": (
            _permute(_WINDOW, _UNDO, "grad.transpose(*back)"),
            "In this case `grad` is a tensor",
        ),
        "NumPy only, a tuple": (
            _permute(_WINDOW, f"tuple({_UNDO})", "grad.transpose(back)"),
            "In this case `grad` is a tensor",
        ),
        "NumPy only, argsort on the way back": (
            _permute(_WINDOW, "None", "grad.transpose(np.argsort(order))"),
            "In this case `grad` is a tensor",
        ),
        "NumPy only, a list on the way back": (
            _permute(
                _WINDOW,
                "None",
                "grad.transpose([order.index(dim) for dim in range(len(order))])",
            ),
            "In this case `grad` is a tensor",
        ),
        "NumPy's function": (
            _permute(_WINDOW, _UNDO, "np.transpose(grad, back)"),
            "NumPy's functions are for arrays",
        ),
        "tensors only": (_permute(_WINDOW, _UNDO, "grad.permute(back)"), "only tensors have"),
        "turned around": (_permute("input.T", _UNDO), "order (2, 0, 1)"),
        "way back called at once": (
            f"{_OP}def permute_dims(input, order):\n"
            f"    return {_WINDOW}, permute_dims(input, order)",
            "RecursionError",
        ),
        "no way back": (
            f"{_OP}def permute_dims(input, order):\n    return {_WINDOW}",
            "Return two things",
        ),
    },
    "unsqueeze": {
        "stride 1": (_unsqueeze(_INSERT.format("1")), "always has stride 1"),
        "stride 0": (_unsqueeze(_INSERT.format("0")), "as NumPy's `None` gives"),
        "a None": (
            _unsqueeze("pass", "input[(slice(None),) * dim + (None, ...)]"),
            "as NumPy's `None` gives",
        ),
        "the stride behind": (
            _unsqueeze(_INSERT.format("strides[dim] if dim < len(shape) else 1")),
            "Times its size",
        ),
        "shape first": (
            _unsqueeze(
                "shape.insert(dim, 1); strides.insert(dim, "
                "shape[dim] * strides[dim] if dim < len(strides) else 1)"
            ),
            "Times its size",
        ),
        "never at the end": (_unsqueeze(_INSERT.format("shape[dim] * strides[dim]")), "dim -1"),
        "a copy": (_unsqueeze(_REACH, "restride(input.copy(), shape, strides)"), "a copy"),
        "gradient as it is": (_unsqueeze(_REACH, back="grad"), "the new dim goes"),
        "tensors only": (
            _unsqueeze(_REACH, back="reshape(grad, old)"),
            "The method `grad.reshape(old)`",
        ),
        "NumPy's function": (
            _unsqueeze(_REACH, back="np.reshape(grad, old)"),
            "NumPy's functions are for arrays",
        ),
        "the dim before": (
            _unsqueeze(_INSERT.format("shape[dim - 1] * strides[dim - 1] if shape else 1")),
            "The dim behind it spans",
        ),
    },
    "stretched": {
        "all keep": (_stretched("[0] * new + [step for _, step, _ in own]"), "gets stride 0"),
        "all stay": (_stretched("[0] * len(sizes)"), "stride 0 to every dim"),
        "new dims move": (
            _stretched("[1] * new + [step if size == wanted else 0 for size, step, wanted in own]"),
            "stride 0 for each of them",
        ),
        "a copy": (
            _stretched(window="np.array(np.broadcast_to(input, sizes))"),
            "is 'a copy', expected 'a view'",
        ),
        "the mean": (
            _stretched(back="fit_to(grad, shape, kind) / (grad.size / max(input.size, 1))").replace(
                "lambda grad: fit_to(grad, shape, kind) / (grad.size / max(input.size, 1))",
                "lambda grad, size=float(input.size): fit_to(grad, shape, kind) "
                "* (size / math.prod(grad.shape))",
            ),
            "takes a mean",
        ),
        "fresh strides": (
            _stretched(own="zip(input.shape, contiguous_strides(input.shape), sizes[new:])"),
            "Old dims keep the strides they have",
        ),
        "aligned at the front": (
            _stretched(own="zip(input.shape, element_strides(input), sizes)"),
            "Two dims are new, in front",
        ),
        "new dims forgotten": (
            _stretched("[step if size == wanted else 0 for size, step, wanted in own]"),
            "stride 0 for each of them",
        ),
        "fitted to the result": (
            _stretched(back="fit_to(grad, sizes, kind)"),
            "It has to have the shape that `input` has",
        ),
        "fitted to the result, input's dtype": (
            _stretched(back="fit_to(grad, sizes, input.dtype)"),
            "wants shape and dtype of `input`",
        ),
        "gradient as it is": (
            _stretched(back="grad"),
            "It has to have the shape that `input` has",
        ),
        "input kept": (
            _stretched(back="fit_to(grad, input.shape, input.dtype)"),
            "only to ask for its shape and dtype",
        ),
        "gradient of one place": (
            _stretched(back="fit_to(grad, shape, kind) * 0 + 1"),
            "was used 2 times 4 times",
        ),
    },
    "blocks": {
        "each alone": (_join("False"), "never join two dims"),
        "from the front": (_join(_FITS, result="(found or [[1, 1]])[::-1]"), "from the first to"),
        "size 1 never joins": (
            _join("found and stride == found[-1][0] * found[-1][1]"),
            "joins any block",
        ),
        "elements forgotten": (_join(_FITS, joined="pass"), "one block of 12 elements"),
        "stride alone": (_join("found and stride == found[-1][1]"), "one block of 12 elements"),
        "stride taken over": (_join(_FITS, joined="found[-1] = [found[-1][0] * size, stride]"), ""),
        "nothing for no dims": (_join(_FITS, result="found"), "holds one element"),
        "neighbour only": (
            "def blocks(shape, strides):\n    found, last = [], None\n"
            "    for size, stride in zip(reversed(shape), reversed(strides)):\n"
            "        if last and (size == 1 or stride == last[0] * last[1]):\n"
            "            found[-1][0] *= size\n"
            "        else:\n            found.append([size, stride])\n"
            "        last = size, stride\n    return found or [[1, 1]]",
            "compare with the whole block",
        ),
    },
    "view_strides": {
        "from the front, size 1 forgotten": (_FROM_THE_FRONT, "size 1"),
        "size 1 forgotten": (
            _view_strides(
                _FILL.replace("(filled < elements or left[-1] == 1)", "filled < elements")
            ),
            "Only new dims of size 1 go wrong",
        ),
        "contiguous or nothing": (
            "def view_strides(shape, strides, new_shape):\n"
            "    same = tuple(strides) == contiguous_strides(shape)\n"
            "    return contiguous_strides(new_shape) if same else None",
            "whether the tensor is contiguous",
        ),
        "never looks": (
            "def view_strides(shape, strides, new_shape):\n"
            "    return contiguous_strides(new_shape)",
            "strides of fresh memory",
        ),
        "never refuses": (_view_strides(_FILL, filled="pass"), "no new dim may span both"),
        "not turned around": (
            _view_strides(_FILL, "return tuple(new_strides)"),
            "turns them around",
        ),
        "put in front, and turned around": (
            _view_strides(_FILL.replace("append(", "insert(0, ")),
            "turns them around",
        ),
        "if for while": (_view_strides(_FILL.replace("while", "if")), "`while` goes on"),
        "None too early": (
            _view_strides(
                _FILL + "\n            if filled != elements:\n                return None"
            ),
            "may it be None",
        ),
        "the first size first": (
            _view_strides(_FILL.replace("left[-1]", "left[0]").replace("pop()", "pop(0)")),
            "from the front",
        ),
        "no size left": (_view_strides(_FILL.replace("left and ", "")), "Ask for `left` first"),
        "brackets forgotten": (
            _view_strides(_FILL.replace("(filled <", "filled <").replace("== 1)", "== 1")),
            "Ask for `left` first",
        ),
        "a list": (_view_strides(_FILL, "return new_strides[::-1]"), "expected a tuple"),
        "filled first": (
            _view_strides(
                "while left and (filled < elements or left[-1] == 1):\n"
                "            filled *= left.pop()\n"
                "            new_strides.append(filled * stride)"
            ),
            "one block of 12",
        ),
    },
    "reshape": {
        "always a copy": (_reshape("return new_memory(input, shape)"), "you always copy them"),
        "no strides taken for None": (
            _reshape(
                _RULE,
                "if not strides: return new_memory(input, shape)",
                "return same_memory(input, shape, strides)",
            ),
            "takes an empty tuple for false",
        ),
        "never a copy": (
            _reshape(_RULE, "return same_memory(input, shape, strides)"),
            "None means: copy",
        ),
        "contiguous or copy": (
            _reshape(
                _RULE,
                "if input.is_contiguous(): return same_memory(input, shape, strides)",
                "return new_memory(input, shape)",
            ),
            "whatever is not contiguous",
        ),
        "the other way round": (
            _reshape(
                _RULE,
                "if strides is not None: return new_memory(input, shape)",
                "return same_memory(input, shape, strides)",
            ),
            "copy and view the wrong way round",
        ),
        "the other way round, by else": (
            _reshape(
                _RULE,
                "if strides is None: out = same_memory(input, shape, strides)",
                "else: out = new_memory(input, shape)",
                "return out",
            ),
            "copy and view the wrong way round",
        ),
        "strides of fresh memory": (
            _reshape(
                _RULE,
                "if strides is None: return new_memory(input, shape)",
                "return same_memory(input, shape, contiguous_strides(shape))",
            ),
            "a view",
        ),
        "itself": (
            _reshape(
                _RULE,
                "if shape == input.shape: return input",
                "if strides is None: return new_memory(input, shape)",
                "return same_memory(input, shape, strides)",
            ),
            "hands out a new view",
        ),
        "off the tape": (
            _reshape(
                "import eduflow", "return eduflow.from_numpy(input.detach().numpy().reshape(shape))"
            ),
            "gradient of a view",
        ),
    },
    "flatten": {
        "end left out": (
            _flatten(
                _ITSELF,
                "middle = math.prod(shape[start:end])",
                "return reshape(input, (*shape[:start], middle, *shape[end:]))",
            ),
            "both ends are included",
        ),
        "end left out, never itself": (
            _flatten(
                "middle = math.prod(shape[start:end])",
                "return reshape(input, (*shape[:start], middle, *shape[end:]))",
            ),
            "`shape[start : end + 1]`",
        ),
        "never itself": (
            _flatten(f"return reshape(input, {_FLAT})"),
            "the very tensor it was given",
        ),
        "into one": (_flatten(_ITSELF, "return reshape(input, (-1,))"), "one dim of all"),
        "a copy": (
            _flatten(
                _ITSELF,
                f"return new_memory(input, {_FLAT})",
            ),
            "you always copy them",
        ),
        "view only": (
            _flatten(
                _ITSELF,
                f"return input.view{_FLAT}",
            ),
            "Read the message",
        ),
        "no dims forgotten": (
            _flatten(
                "if start == end: return input",
                f"return reshape(input, {_FLAT})",
            ),
            "one of shape (1,)",
        ),
        "a float": (
            _flatten(_ITSELF, f"return reshape(input, {_FLAT.replace('math', 'np')})"),
            "`math.prod(())` is the int 1",
        ),
        "empty and -1": (
            _flatten(_ITSELF, "return reshape(input, (*shape[:start], -1, *shape[end + 1:]))"),
            "-1 may be any size",
        ),
    },
    "select_place": {
        "dim kept": (
            _SELECT.format(
                body=_lines(
                    "offset = index * strides[dim]",
                    "shape[dim] = 1",
                    "return restride(input, shape, strides, offset)",
                )
            ),
            "the dim is still there",
        ),
        "first dim": (
            _SELECT.format(
                body=_lines(
                    "offset = index * strides[0]",
                    "return restride(input, shape[1:], strides[1:], offset)",
                )
            ),
            "always take dim 0",
        ),
        "no offset": (
            _SELECT.format(
                body=_lines(
                    "shape.pop(dim)", "strides.pop(dim)", "return restride(input, shape, strides)"
                )
            ),
            "This is place 0",
        ),
        "offset without stride": (
            _SELECT.format(
                body=_lines(
                    "shape.pop(dim)",
                    "strides.pop(dim)",
                    "return restride(input, shape, strides, index)",
                )
            ),
            "offset",
        ),
        "a copy": (
            _SELECT.format(body="return input[(slice(None),) * dim + (index, ...)].copy()"),
            "they are copies",
        ),
        "wrong stride left out": (
            _SELECT.format(
                body=_lines(
                    "offset = index * strides[dim]",
                    "shape.pop(dim)",
                    "return restride(input, shape, strides[1:], offset)",
                )
            ),
            "A column",
        ),
    },
    "slice_places": {
        "no step": (
            _SLICE.format(
                body=_lines(
                    "shape[dim] = max(stop - start, 0)",
                    "return restride(input, shape, strides, start * strides[dim])",
                )
            ),
            "You take every place",
        ),
        "offset by the new stride": (
            _SLICE.format(
                body=_lines(
                    "shape[dim] = len(range(start, stop, step))",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides, start * strides[dim])",
                )
            ),
            "before you change the stride",
        ),
        "no offset": (
            _SLICE.format(
                body=_lines(
                    "shape[dim] = len(range(start, stop, step))",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides)",
                )
            ),
            "begins at place 0",
        ),
        "rounded down": (
            _SLICE.format(
                body=_lines(
                    "offset = start * strides[dim]",
                    "shape[dim] = max(stop - start, 0) // step",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides, offset)",
                )
            ),
            "`//` rounds down",
        ),
        "stop alone rounded down": (
            _SLICE.format(
                body=_lines(
                    "offset = start * strides[dim]",
                    "shape[dim] = stop // step - start // step",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides, offset)",
                )
            ),
            "rounded up",
        ),
        "one place too many": (
            _SLICE.format(
                body=_lines(
                    "offset = start * strides[dim]",
                    "shape[dim] = (stop - start) // step + 1",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides, offset)",
                )
            ),
            "`stop` is not included",
        ),
        "stride forgotten": (
            _SLICE.format(
                body=_lines(
                    "offset = start * strides[dim]",
                    "shape[dim] = len(range(start, stop, step))",
                    "return restride(input, shape, strides, offset)",
                )
            ),
            "a step is two strides long",
        ),
        "offset in steps": (
            _SLICE.format(
                body=_lines(
                    "shape[dim] = len(range(start, stop, step))",
                    "strides[dim] *= step",
                    "return restride(input, shape, strides, start * strides[dim])",
                )
            ),
            "1:6:2",
        ),
        "a copy": (
            _SLICE.format(
                body="return input[(slice(None),) * dim + (slice(start, stop, step), ...)].copy()"
            ),
            "they are copies",
        ),
    },
    "spread": {
        "everywhere": (
            _SPREAD.format(
                body=_lines(
                    _ZEROS, "zeros[...] = grad.ravel()[0] if grad.size else 0", "return zeros, look"
                )
            ),
            "You write the gradient everywhere",
        ),
        "ones": (
            _SPREAD.format(body=_lines(_ZEROS, "look(zeros)[...] = 1", "return zeros, look")),
            "with ones",
        ),
        "float64": (
            _SPREAD.format(
                body=_lines(
                    "zeros = np.zeros(shape)", "look(zeros)[...] = grad", "return zeros, look"
                )
            ),
            "is float64",
        ),
        "a name, not the window": (
            _SPREAD.format(
                body=_lines(_ZEROS, "part = look(zeros)", "part = grad", "return zeros, look")
            ),
            "write into it",
        ),
        "no way back": (
            _SPREAD.format(body=_lines(_ZEROS, "look(zeros)[...] = grad", "return zeros")),
            "Two things are to be returned",
        ),
        "way back unchanged": (
            _SPREAD.format(
                body=_lines(_ZEROS, "look(zeros)[...] = grad", "return zeros, lambda outer: outer")
            ),
            "gradient",
        ),
    },
    "write_back": {
        "last one wins": (
            _WRITE_BACK.format(
                body=_lines(_ZEROS, "zeros[key] = grad", "return zeros, lambda outer: outer[key]")
            ),
            "counts twice",
        ),
        "plus is not enough": (
            _WRITE_BACK.format(
                body=_lines(_ZEROS, "zeros[key] += grad", "return zeros, lambda outer: outer[key]")
            ),
            "counts twice",
        ),
        "counted": (
            _WRITE_BACK.format(
                body=_lines(
                    _ZEROS,
                    "add_at(zeros, key, np.ones_like(grad))",
                    "return zeros, lambda outer: outer[key]",
                )
            ),
            "You count how often",
        ),
        "float64": (
            _WRITE_BACK.format(
                body=_lines(
                    "zeros = np.zeros(shape)",
                    "add_at(zeros, key, grad)",
                    "return zeros, lambda outer: outer[key]",
                )
            ),
            "is float64",
        ),
        "first entry only": (
            _WRITE_BACK.format(
                body=_lines(
                    _ZEROS, "add_at(zeros, key[0], grad)", "return zeros, lambda outer: outer[key]"
                )
            ),
            "x[:, [0, 0, 1]]",
        ),
        "way back unchanged": (
            _WRITE_BACK.format(
                body=_lines(_ZEROS, "add_at(zeros, key, grad)", "return zeros, lambda outer: outer")
            ),
            "gradient",
        ),
        "add_at returns nothing": (
            _WRITE_BACK.format(
                body=_lines(_ZEROS, "return add_at(zeros, key, grad), lambda outer: outer[key]")
            ),
            "None",
        ),
    },
    "apply_index": {
        "slices not counted": (_index(cut=(_CUT,)), "Your slices do not count on"),
        "a window for all places": (
            _index(cut=("view = slice_dim(view, dim, item)", "dim += 1")),
            "`slice_dim` makes one more window",
        ),
        "None not counted": (
            _index(new=(_NEW, "if item is not None:", f"    {_MASK}")),
            "`None` and bools do not count on",
        ),
        "only bools counted": (
            _index(new=(_NEW, "if item is not None:", f"    {_MASK}", "    dim += 1")),
            "`None` does not count on",
        ),
        "only None counted": (
            _index(
                rest=(
                    "elif item is None:",
                    f"    {_NEW}",
                    "    dim += 1",
                    "elif isinstance(item, bool):",
                    f"    {_NEW}",
                    f"    {_MASK}",
                    "else:",
                    f"    {_PICK}",
                )
            ),
            "Bools do not count on",
        ),
        "nothing counted": (
            _index((_CUT,), (_NEW, "if item is not None:", f"    {_MASK}")),
            "`dim` never moves on",
        ),
        "numbers counted": (_index(pick=(_PICK, "dim += 1")), "Your numbers count on"),
        "all counted": (
            _index(
                (_CUT,),
                rest=(
                    *_BOTH_NEW,
                    "else:",
                    f"    {_PICK}",
                    "if item is not Ellipsis:",
                    "    dim += 1",
                ),
            ),
            "Dims go wrong behind a number",
        ),
        "slices counted first": (_index(cut=("dim += 1", _CUT)), "A slice is cut one dim too far"),
        "None counted first": (
            _index(new=("dim += 1", _NEW, "if item is not None:", f"    {_MASK}")),
            "put their dim in one dim too far on",
        ),
        "mask behind its dim": (
            _index(new=(_NEW, "dim += 1", "if item is not None:", f"    {_MASK}")),
            "`dim` has gone on by then",
        ),
        "a slice at its position": (
            _index(cut=(_CUT.replace("dim", "position"), "dim += 1")),
            "For a slice you use `position`",
        ),
        "a number at its position": (
            _index(pick=("view = pick(view, position, item, position)",)),
            "For a number you use `position`",
        ),
        "dim for the error": (
            _index(pick=("view = pick(view, dim, item, dim)",)),
            "hand it `position`, not `dim`",
        ),
        "a slice of the tensor": (
            _index(cut=("view = slice_part(tensor, dim, item)", "dim += 1")),
            "For a slice you look at `tensor`",
        ),
        "a new dim of the tensor": (
            _index(
                new=(
                    "view = unsqueeze(tensor, dim)",
                    "if item is not None:",
                    f"    {_MASK}",
                    "dim += 1",
                )
            ),
            "For `None` or a bool you look at `tensor`",
        ),
        "a number of the tensor": (
            _index(pick=("view = pick(tensor, dim, item, position)",)),
            "For a number you look at `tensor`",
        ),
        "slices not kept": (
            _index(cut=("slice_part(view, dim, item)", "dim += 1")),
            "For a slice a window is made, and nobody keeps it",
        ),
        "new dims not kept": (
            _index(
                new=("unsqueeze(view, dim)", "if item is not None:", f"    {_MASK}", "dim += 1")
            ),
            "For `None` or a bool a window is made, and nobody keeps it",
        ),
        "numbers not kept": (
            _index(pick=("pick(view, dim, item, position)",)),
            "For a number a window is made, and nobody keeps it",
        ),
        "True is an int": (
            _index(
                rest=(
                    "elif isinstance(item, int):",
                    f"    {_PICK}",
                    "else:",
                    f"    {_NEW}",
                    "    if isinstance(item, bool):",
                    f"        {_MASK}",
                    "    dim += 1",
                )
            ),
            "to Python `True` is an int",
        ),
        "bools forgotten": (
            _index(
                rest=("elif item is None:", f"    {_NEW}", "    dim += 1", "else:", f"    {_PICK}")
            ),
            "to Python `True` is an int",
        ),
        "bools like None": (_index(new=(_NEW, "dim += 1")), "nothing that picks from it"),
        "a mask for None": (_index(new=(_NEW, _MASK, "dim += 1")), "`None` gets a mask, too"),
        "a mask without brackets": (
            _index(
                new=(
                    _NEW,
                    "if item is not None:",
                    "    lists[dim] = np.array(item)",
                    "dim += 1",
                )
            ),
            "The mask of a bool has no dims",
        ),
        "the bool itself": (
            _index(new=(_NEW, "if item is not None:", "    lists[dim] = item", "dim += 1")),
            "You put the bool itself",
        ),
        "a list": (
            _index(new=(_NEW, "if item is not None:", "    lists[dim] = [item]", "dim += 1")),
            "You put a list into `lists`",
        ),
        "only True": (
            _index(new=(_NEW, "if item:", f"    {_MASK}", "dim += 1")),
            "The mask holds the bool itself",
        ),
        "a bool without its dim": (
            _index(new=("if item is None:", f"    {_NEW}", "else:", f"    {_MASK}", "dim += 1")),
            "A bool gets a mask, but no dim for it",
        ),
        "an if of its own": (
            _index(
                rest=(
                    f"if {_IS_NEW}:",
                    f"    {_NEW}",
                    "    if item is not None:",
                    f"        {_MASK}",
                    "    dim += 1",
                    "else:",
                    f"    {_PICK}",
                )
            ),
            "Go on with `elif`",
        ),
        "slices alone": (_index(rest=("pass",)), "A number goes wrong"),
        "no None": (
            _index(
                rest=("elif isinstance(item, int) and item not in (True, False):", f"    {_PICK}")
            ),
            "`None` goes wrong",
        ),
        "a number that goes around": (
            _index(pick=("view = select_window(view, dim, item % view.shape[dim])",)),
            "The error names the entry",
        ),
        "a history left behind": (
            _index(cut=("view = slice_part(view.detach(), dim, item)", "dim += 1")),
            "know their way back",
        ),
    },
}

RIGHT = {
    "permute_dims": {
        "a list of pairs": _permute(
            _WINDOW, "[new for _, new in sorted((o, n) for n, o in enumerate(order))]"
        ),
        "sorted by place": _permute(
            _WINDOW, "sorted(range(input.ndim), key=lambda dim: order[dim])"
        ),
        "argsort": _permute(_WINDOW, "np.argsort(order).tolist()"),
        "by strides": _permute(
            "restride(input, *zip(*[(input.shape[d], element_strides(input)[d]) for d in order]))"
            " if order else input",
            _UNDO,
        ),
    },
    "unsqueeze": {
        "NumPy's": _unsqueeze("pass", "np.expand_dims(input, dim)"),
        "squeezed again": _unsqueeze(_REACH, back="grad.squeeze(dim)"),
        "squeezed again by NumPy": _unsqueeze(_REACH, back="np.squeeze(grad, dim)"),
        "slices": _unsqueeze(
            "reach = [n * s for n, s in zip(shape, strides)] + [1]",
            "restride(input, shape[:dim] + [1] + shape[dim:], "
            "strides[:dim] + [reach[dim]] + strides[dim:])",
        ),
        "appended": _unsqueeze(
            "strides = [*strides[:dim], ([*map(int.__mul__, shape, strides)] + [1])[dim], "
            "*strides[dim:]]; shape[dim:dim] = [1]"
        ),
        "the last one apart": _unsqueeze(
            "strides.insert(dim, 1 if dim == input.ndim else old[dim] * strides[dim]); "
            "shape.insert(dim, 1)"
        ),
    },
    "stretched": {
        "two lists": _stretched(
            "[0] * new + [s if n == w else 0 for n, s, w in list(own)]",
            "restride(input, list(sizes), tuple(strides))",
        ),
        "products": _stretched(
            "[0] * new + [step * (size == wanted) for size, step, wanted in own]"
        ),
        "from the back": _stretched(
            "[s if n == w else 0 for n, s, w in [*own]][::1]; strides[:0] = [0] * new"
        ),
    },
    "blocks": {
        "prod": _join("found and (size == 1 or stride == math.prod(found[-1]))"),
        "tuples": _join(
            _FITS, "found[-1] = (found[-1][0] * size, found[-1][1])", "found.append((size, stride))"
        ),
        "by number": (
            "def blocks(shape, strides):\n    found = []\n"
            "    for dim in range(len(shape) - 1, -1, -1):\n"
            "        if found:\n            elements, step = found[-1]\n"
            "            if shape[dim] == 1 or strides[dim] == elements * step:\n"
            "                found[-1] = [elements * shape[dim], step]\n                continue\n"
            "        found.append([shape[dim], strides[dim]])\n"
            "    if not found:\n        found.append([1, 1])\n    return found"
        ),
    },
    "view_strides": {
        "recursive": _RECURSIVE,
        "without blocks": _WITHOUT_BLOCKS,
        "inserted in front": _view_strides(
            _FILL.replace("new_strides.append(", "new_strides.insert(0, "),
            "return tuple(new_strides)",
        ),
    },
    "reshape": {
        "the other branch first": _reshape(
            _RULE,
            "if strides is not None:",
            "    return same_memory(input, shape, strides)",
            "return new_memory(input, shape)",
        ),
        "in one line": _reshape(
            "strides = view_strides(tuple(input.size()), input.stride(), tuple(shape))",
            "return new_memory(input, shape) if strides is None else "
            "same_memory(input, shape, strides)",
        ),
        "tried": _reshape(
            "try: return view_of_shape(input, shape)",
            "except RuntimeError: return new_memory(input, shape)",
        ),
    },
    "flatten": {
        "a loop": _flatten(
            _ITSELF,
            "middle = 1",
            "for size in shape[start : end + 1]: middle *= size",
            "return reshape(input, list(shape[:start]) + [middle] + list(shape[end + 1 :]))",
        ),
        "the method": _flatten(
            _ITSELF,
            f"return input.reshape{_FLAT}",
        ),
        "no dims first": _flatten(
            "if not shape: return reshape(input, (1,))",
            "if start == end: return input",
            "sizes = list(shape)",
            "sizes[start : end + 1] = [math.prod(sizes[start : end + 1])]",
            "return reshape(input, sizes)",
        ),
    },
    "select_place": {
        "slices of lists": _SELECT.format(
            body=_lines(
                "offset = index * strides[dim]",
                "sizes, steps = [x[:dim] + x[dim + 1 :] for x in (shape, strides)]",
                "return restride(input, sizes, steps, offset)",
            )
        ),
        "NumPy's index": _SELECT.format(body="return input[(slice(None),) * dim + (index, ...)]"),
        "del": _SELECT.format(
            body=_lines(
                "step = strides[dim]",
                "del shape[dim], strides[dim]",
                "return restride(input, shape, strides, step * index)",
            )
        ),
    },
    "slice_places": {
        "rounded up": _SLICE.format(
            body=_lines(
                "count = max(0, (stop - start + step - 1) // step)",
                "sizes = [count if d == dim else n for d, n in enumerate(shape)]",
                "steps = [s * step if d == dim else s for d, s in enumerate(strides)]",
                "return restride(input, sizes, steps, start * strides[dim])",
            )
        ),
        "NumPy's slice": _SLICE.format(
            body="return input[(slice(None),) * dim + (slice(start, stop, step), ...)]"
        ),
        "tuples": _SLICE.format(
            body=_lines(
                "offset = strides[dim] * start",
                "shape = (*shape[:dim], len(range(start, stop, step)), *shape[dim + 1:])",
                "strides = (*strides[:dim], strides[dim] * step, *strides[dim + 1:])",
                "return restride(input, shape, strides, offset)",
            )
        ),
    },
    "spread": {
        "a name for the window": _SPREAD.format(
            body=_lines(_ZEROS, "window = look(zeros)", "window[...] = grad", "return zeros, look")
        ),
        "added": _SPREAD.format(
            body=_lines(
                _ZEROS, "window = look(zeros)", "window += grad", "return zeros, lambda g: look(g)"
            )
        ),
        "copyto": _SPREAD.format(
            body=_lines(
                "zeros = np.full(shape, 0, dtype=grad.dtype)",
                "np.copyto(look(zeros), grad)",
                "return zeros, lambda outer: look(outer)",
            )
        ),
    },
    "write_back": {
        "NumPy's own": _WRITE_BACK.format(
            body=_lines(
                _ZEROS, "np.add.at(zeros, key, grad)", "return zeros, lambda outer: outer[key]"
            )
        ),
        "by numbers": _WRITE_BACK.format(
            body=_lines(
                _ZEROS,
                "numbers = np.arange(zeros.size).reshape(shape)[key]",
                "for place, number in zip(numbers.ravel(), grad.ravel()):",
                "    zeros.reshape(-1)[place] += number",
                "return zeros, lambda outer: outer[key]",
            )
        ),
        "bincount": _WRITE_BACK.format(
            body=_lines(
                "size = int(np.prod(shape))",
                "numbers = np.arange(size).reshape(shape)[key].ravel()",
                "sums = np.bincount(numbers, grad.ravel(), size)",
                "return sums.astype(grad.dtype).reshape(shape), lambda outer: outer[key]",
            )
        ),
    },
    "apply_index": {
        "three branches": _index(
            rest=(
                "elif item is None:",
                "    view = view.unsqueeze(dim)",
                "    dim += 1",
                "elif item is True or item is False:",
                f"    {_NEW}",
                "    lists[dim] = np.full(1, item)",
                "    dim = dim + 1",
                "elif isinstance(item, int):",
                f"    {_PICK}",
            )
        ),
        "numbers first": _index(
            rest=(
                "elif isinstance(item, int) and not isinstance(item, bool):",
                f"    {_PICK}",
                "else:",
                f"    {_NEW}",
                "    if item in (True, False):",
                "        lists[dim] = np.array([item], dtype=bool)",
                "    dim += 1",
            )
        ),
        "counted at the end": _index(
            (_CUT,),
            rest=(
                *_BOTH_NEW,
                "else:",
                f"    {_PICK}",
                "if item is None or isinstance(item, (bool, slice)):",
                "    dim += 1",
            ),
        ),
        "an if that goes on": _index(
            cut=(_CUT, "dim += 1", "continue"),
            rest=(
                f"if {_IS_NEW}:",
                f"    {_NEW}",
                "    if item is not None:",
                f"        {_MASK}",
                "    dim += 1",
                "elif isinstance(item, int):",
                "    view = pick(view, dim, index=item, position=position)",
            ),
        ),
    },
}
