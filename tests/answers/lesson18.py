"""Answers to lesson 18: wrong ones with a phrase of what the check must say, and right ones."""


def _dense(
    start="strides, step = [0] * len(shape), 1",
    dims="order",
    inside=("strides[dim] = step", "step *= shape[dim]"),
    end="tuple(strides)",
):
    return f"""
def dense_strides(shape, order):
    if order == [*reversed(range(len(shape)))]:
        return contiguous_strides(shape)
    {start}
    for dim in {dims}:
        {inside[0]}
        {inside[1]}
    return {end}
"""


def _rearranged(
    memory="np.empty(array.size, array.dtype)",
    copy="restride(memory, array.shape, strides)",
    write="copy[...] = array",
    end="copy",
):
    return f"""
def rearranged(array, strides):
    memory = {memory}
    copy = {copy}
    {write}
    return {end}
"""


def _is_dense(
    gap="array.shape[dim] != 1 and strides[dim] != step",
    found="array.size == 0",
    grow="step *= array.shape[dim]",
    dims="order",
    end="return True",
):
    return f"""
def is_dense(array, order=None):
    strides = element_strides(array)
    if order is None:
        order = sorted(range(array.ndim), key=lambda dim: strides[dim])
    step = 1
    for dim in {dims}:
        if {gap}:
            return {found}
        {grow}
    {end}
"""


def _shorter(
    heard="strides[a] and strides[b]",
    verdict="-1 if strides[a] < strides[b] else 1",
    tie="shape[a] > shape[b]",
    inputs="inputs",
    end="return 0",
):
    return f"""
def shorter(a, b, shape, inputs):
    for strides in {inputs}:
        if {heard}:
            if strides[a] != strides[b]:
                return {verdict}
            if {tie}:
                return 1
    {end}
"""


def _kept(body):
    return f"\ndef kept_strides(array):\n    strides = element_strides(array)\n    {body}\n"


def _broadcast(body):
    return f"\ndef broadcast_strides(array, shape):\n    {body}\n"


def _zipped(stride, front="(0,) * new + "):
    return _broadcast(
        "new = len(shape) - array.ndim\n"
        "    own = zip(array.shape, shape[new:], element_strides(array))\n"
        f"    return {front}tuple([{stride} for size, whole, step in own])"
    )


_FORMATS = """for form in (contiguous_format, channels_last):
        order = order_of(form, len(shape))
        if alike and order and all(is_dense(array, order) for array in inputs):
            return dense_strides(shape, order)"""
_READING_ONLY = _FORMATS.replace("(contiguous_format, channels_last)", "(contiguous_format,)")
_ALIKE = """if alike and is_dense(inputs[0]) and all(step == steps[0] for step in steps):
        return steps[0]"""


def _like(
    formats=_FORMATS,
    alike=_ALIKE,
    end="dense_strides(shape, memory_order(shape, steps))",
    steps="[broadcast_strides(array, shape) for array in inputs]",
):
    return f"""
def like_inputs(shape, inputs):
    alike = all(array.shape == shape for array in inputs)
    {formats}
    steps = {steps}
    {alike}
    return {end}
"""


def _squeeze(
    kept="dim not in dims",
    window="restride(array, [shape[dim] for dim in kept], [strides[dim] for dim in kept])",
    dims="range(array.ndim)",
):
    return f"""
@method("squeeze")
def squeeze(input, dim=...):
    kind, dims = given.dims_to_squeeze(input, dim)
    array = input._array
    shape, strides = array.shape, element_strides(array)
    kept = [dim for dim in {dims} if {kept}]
    window = {window}
    return record_view(SQUEEZES[kind], input, (window, lambda grad: grad.reshape(shape)))
"""


def _clone(
    free="keeps_order(memory_format)",
    kept="kept_strides(array)",
    asked="format_strides(array.shape, memory_format)",
    end="finish(CLONE, (rearranged(array, strides), lambda grad: grad), (input,))",
):
    return f"""
@method("clone")
def clone(input, *, memory_format=None):
    array = input._array
    if {free}:
        strides = {kept}
    else:
        strides = {asked}
    return {end}
"""


WRONG = {
    "dense_strides": {
        "appended": (
            _dense("strides, step = [], 1", inside=("strides.append(step)", "step *= shape[dim]")),
            "write into `strides[dim]`",
        ),
        "from the longest": (_dense(dims="reversed(order)"), "It begins with the shortest"),
        "grown first": (
            _dense(inside=("step *= shape[dim]", "strides[dim] = step")),
            "too long by their own size",
        ),
        "added": (_dense(inside=("strides[dim] = step", "step += shape[dim]")), "not added"),
        "order unused": (_dense(dims="reversed(range(len(shape)))"), "go along `order`"),
        "a list": (_dense(end="strides"), "Strides are a tuple"),
    },
    "rearranged": {
        "old memory": (_rearranged(memory="array"), "in the *old* memory"),
        "NumPy's copy": (_rearranged(copy="array.copy()"), "look at the new memory through"),
        "written into the row": (
            _rearranged(write="memory[...] = array.reshape(-1)"),
            "Write into what you *see*",
        ),
        "the row": (_rearranged(end="memory"), "Return the window"),
        "no dtype": (_rearranged(memory="np.empty(array.size)"), "The dtype is lost"),
    },
    "is_dense": {
        "dims of size 1": (_is_dense(gap="strides[dim] != step"), "dim of size 1"),
        "always False": (_is_dense(found="False"), "without elements"),
        "added": (_is_dense(grow="step += array.shape[dim]"), "multiplied by each size"),
        "only rising": (
            _is_dense(
                gap="array.shape[dim] != 1 and strides[dim] < step", grow="step = strides[dim]"
            ),
            "`order`",
        ),
        "too early": (_is_dense(grow="return True"), "after the whole loop"),
        "bytes": (
            _is_dense(gap="array.shape[dim] != 1 and array.strides[dim] != step"),
            "count bytes",
        ),
        "reading order": (_is_dense(dims="reversed(range(array.ndim))"), "Walk along `order`"),
    },
    "shorter": {
        "signs": (_shorter(verdict="1 if strides[a] < strides[b] else -1"), "signs are swapped"),
        "zeros heard": (_shorter(heard="True"), "has no opinion"),
        "no tie": (_shorter(tie="False"), "the sizes decide"),
        "tie turned": (_shorter(tie="shape[a] < shape[b]"), "*smaller* dim goes first"),
        "tie always": (_shorter(tie="True"), "only if dim `a` is the larger one"),
        "backwards": (_shorter(inputs="inputs[::-1]"), "first that has an opinion"),
        "only one asked": (_shorter(inputs="inputs[:1]"), "ask the first input only"),
    },
    "kept_strides": {
        "bytes": (_kept("return array.strides"), "NumPy's own count bytes"),
        "its own": (_kept("return strides"), "with its gaps and overlaps"),
        "fresh": (_kept("return contiguous_strides(array.shape)"), "what `contiguous()` makes"),
        "fresh where gaps are": (
            _kept("return strides if is_dense(array) else contiguous_strides(array.shape)"),
            "`memory_order` of it",
        ),
        "contiguous only": (
            _kept(
                "if array.flags.c_contiguous:\n        return strides\n"
                "    return contiguous_strides(array.shape)"
            ),
            "asks for any order",
        ),
        "always anew": (
            _kept("return dense_strides(array.shape, memory_order(array.shape, [strides]))"),
            "keeps its strides as they are",
        ),
    },
    "broadcast_strides": {
        "no stretch": (_zipped("step"), "must stand still"),
        "every dim of size 1": (_zipped("0 if size == 1 else step"), "where the shape wants more"),
        "behind": (
            _broadcast(
                "new = len(shape) - array.ndim\n"
                "    own = zip(array.shape, shape[new:], element_strides(array))\n"
                "    return tuple([0 if n == 1 != m else s for n, m, s in own]) + (0,) * new"
            ),
            "in front",
        ),
        "left out": (_zipped("0 if size == 1 != whole else step", ""), "one stride for each dim"),
        "fresh": (_broadcast("return contiguous_strides(shape)"), "Nothing is copied"),
        "a list": (
            _broadcast(
                "new = len(shape) - array.ndim\n"
                "    own = zip(array.shape, shape[new:], element_strides(array))\n"
                "    return [0] * new + [0 if n == 1 != m else s for n, m, s in own]"
            ),
            "Strides are a tuple",
        ),
    },
    "like_inputs": {
        "reading order": (
            "\ndef like_inputs(shape, inputs):\n    return contiguous_strides(shape)\n",
            "Always reading order",
        ),
        "the first one's": (
            "\ndef like_inputs(shape, inputs):\n    return broadcast_strides(inputs[0], shape)\n",
            "new memory has none",
        ),
        "no channels last": (_like(formats=_READING_ONLY), "If all are channels last"),
        "none alike": (_like(alike="pass"), "If all are alike and dense"),
        "turned": (
            _like(steps="[broadcast_strides(array, shape) for array in reversed(inputs)]"),
            "keep `steps` in the order of `inputs`",
        ),
        "no formats": (_like(formats="pass"), "the loop over the two formats"),
    },
    "clone": {
        "reading order": (
            _clone(free="True", kept="element_strides(array.copy())"),
            "always in reading order",
        ),
        "no format": (_clone(free="True"), "not looked at"),
        "no copy": (
            _clone(end="finish(CLONE, (array.view(), lambda grad: grad), (input,))"),
            "looks at the memory of the original",
        ),
        "not on the tape": (_clone(end="wrap(rearranged(array, strides))"), "no gradient flows"),
        "the wrong way round": (_clone(free="not keeps_order(memory_format)"), "memory_format"),
    },
    "squeeze": {
        "bytes": (
            _squeeze(
                window="restride(array, [shape[dim] for dim in kept], "
                "[array.strides[dim] for dim in kept])"
            ),
            "size of buffer",
        ),
        "fresh strides": (
            _squeeze(
                window="restride(array, [shape[dim] for dim in kept], "
                "contiguous_strides([shape[dim] for dim in kept]))"
            ),
            "keeps its own",
        ),
        "all of size 1": (_squeeze(kept="shape[dim] != 1"), "only those in `dims` go"),
        "a copy": (
            _squeeze(window="array.reshape([shape[dim] for dim in kept]).copy()"),
            "This is a copy",
        ),
        "only the first": (_squeeze(kept="dim not in dims[:1]"), "`dims` may hold several"),
        "none": (_squeeze(kept="True"), "Nothing is gone"),
    },
}

_READING = "if order == [*reversed(range(len(shape)))]:\n        return contiguous_strides(shape)"

RIGHT = {
    "dense_strides": {
        "ours": _dense(),
        "products": f"""
def dense_strides(shape, order):
    {_READING}
    below = lambda dim: [shape[d] for d in order[: order.index(dim)]]
    return tuple(int(np.prod(below(dim))) for dim in range(len(shape)))
""",
        "a dictionary": f"""
def dense_strides(shape, order):
    {_READING}
    steps, step = {{}}, 1
    for dim in order:
        steps[dim], step = step, step * shape[dim]
    return tuple(steps[dim] for dim in range(len(shape)))
""",
    },
    "rearranged": {
        "ours": _rearranged(),
        "copyto": _rearranged(write="np.copyto(copy, array)"),
        "np.ndarray": _rearranged(
            copy="np.ndarray(array.shape, array.dtype, memory, 0, "
            "tuple(s * array.itemsize for s in strides))"
        ),
    },
    "is_dense": {
        "ours": _is_dense(),
        "all at once": """
def is_dense(array, order=None):
    strides = element_strides(array)
    if order is None:
        order = sorted(range(array.ndim), key=lambda dim: strides[dim])
    wanted = dense_strides(array.shape, order)
    dims = [dim for dim in range(array.ndim) if array.shape[dim] != 1]
    return not array.size or all(strides[dim] == wanted[dim] for dim in dims)
""",
        "nothing first": """
def is_dense(array, order=None):
    strides = element_strides(array)
    if order is None:
        order = sorted(range(array.ndim), key=lambda dim: strides[dim])
    if array.size == 0:
        return True
    step = 1
    for dim in order:
        size = array.shape[dim]
        if size == 1:
            continue
        if strides[dim] != step:
            return False
        step = step * size
    return True
""",
    },
    "shorter": {
        "ours": _shorter(),
        "continue": """
def shorter(a, b, shape, inputs):
    for strides in inputs:
        if 0 in (strides[a], strides[b]):
            continue
        if strides[a] < strides[b]:
            return -1
        if strides[a] > strides[b] or shape[a] > shape[b]:
            return 1
    return 0
""",
        "a difference": """
def shorter(a, b, shape, inputs):
    for strides in inputs:
        if strides[a] * strides[b]:
            apart = strides[a] - strides[b] or max(shape[a] - shape[b], 0)
            if apart:
                return 1 if apart > 0 else -1
    return 0
""",
    },
    "kept_strides": {
        "ours": _kept(
            "if is_dense(array):\n        return strides\n"
            "    return dense_strides(array.shape, memory_order(array.shape, [strides]))"
        ),
        "turned": _kept(
            "if not is_dense(array):\n"
            "        strides = dense_strides(array.shape, memory_order(array.shape, [strides]))\n"
            "    return strides"
        ),
        "one line": _kept(
            "return strides if is_dense(array) else "
            "dense_strides(array.shape, memory_order(array.shape, [strides]))"
        ),
    },
    "broadcast_strides": {
        "ours": _zipped("0 if size == 1 != whole else step"),
        "two conditions": _zipped("0 if size == 1 and whole != 1 else step"),
        "from the back": _broadcast(
            "strides = [0] * len(shape)\n"
            "    own = element_strides(array)\n"
            "    for dim in range(-1, -1 - array.ndim, -1):\n"
            "        if array.shape[dim] == shape[dim]:\n"
            "            strides[dim] = own[dim]\n"
            "    return tuple(strides)"
        ),
    },
    "like_inputs": {
        "ours": _like(),
        "a set": _like(
            alike="if alike and is_dense(inputs[0]) and len(set(steps)) == 1:\n"
            "        return steps[0]"
        ),
        "count": _like(
            alike="if alike and steps.count(steps[0]) == len(steps) and is_dense(inputs[0]):\n"
            "        return element_strides(inputs[0])"
        ),
    },
    "clone": {
        "ours": _clone(),
        "a condition": """
@method("clone")
def clone(input, *, memory_format=None):
    x = input._array
    free = keeps_order(memory_format)
    strides = kept_strides(x) if free else format_strides(x.shape, memory_format)
    return finish(CLONE, (rearranged(x, strides), lambda grad: grad), (input,))
""",
        "kept first": """
@method("clone")
def clone(input, *, memory_format=None):
    strides = kept_strides(input._array)
    if not keeps_order(memory_format):
        strides = format_strides(input._array.shape, memory_format)
    copy = rearranged(input._array, strides)
    return finish(CLONE, (copy, lambda grad: grad), (input,))
""",
    },
    "squeeze": {
        "ours": _squeeze(),
        "NumPy's": _squeeze(window="array.squeeze(dims)"),
        "pairs": _squeeze(
            window="restride(array, *zip(*[(shape[dim], strides[dim]) for dim in kept])) "
            "if kept else array.reshape(())"
        ),
    },
}

_ZEROS = (
    "dense_strides: strides, step = ([0] * len(shape), 1) => strides, step = ([{}] * len(shape), 1)"
)
_DENSE = "alike and is_dense(inputs[0]) and all((step == steps[0] for step in steps))"

# Mutants that mean the same as the solution, and why.
SAME: dict[str, dict[str, str]] = {
    "dense_strides": {
        _ZEROS.format(number): "every entry is written anyway" for number in ("1", "-1")
    },
    "like_inputs": {
        f"like_inputs: if {_DENSE}: => if {other}:": "all have the same strides"
        for other in (
            _DENSE.replace("inputs[0]", "inputs[-1]"),
            _DENSE.replace("[0] for", "[-1] for"),
        )
    }
    | {
        "like_inputs: return steps[0] => return steps[-1]": "all have the same strides",
        f"like_inputs: if {_DENSE}: => if {_DENSE.removeprefix('alike and ')}:": (
            "a dim that is stretched in all inputs would be stretched by none"
        ),
    },
}
