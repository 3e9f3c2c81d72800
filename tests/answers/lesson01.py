"""Answers to the exercises of lesson 01."""

from __future__ import annotations


def _place(body: str) -> str:
    return f"\ndef element_place(index, strides, offset):\n    {body}\n"


def _strides(
    start: str = "strides, step = [], 1",
    sizes: str = "reversed(shape)",
    times: str = "max(size, 1)",
    result: str = "tuple(reversed(strides))",
) -> str:
    return f"""
def contiguous_strides(shape):
    {start}
    for size in {sizes}:
        strides.append(step)
        step *= {times}
    return {result}
"""


def _window(
    memory: str = "owner_of(array)",
    offset: str = "offset * size",
    strides: str = "tuple([stride * size for stride in strides])",
    end: str = "",
) -> str:
    return f"""
def window(array, shape, strides, offset):
    size = array.itemsize
    return np.ndarray(shape, array.dtype, {memory}, {offset}, {strides}){end}
"""


def _promote(body: str) -> str:
    return f"""
def promote_types(type1, type2):
    low, high = sorted((type1, type2), key=lambda d: d.category)
    {body}
"""


_WITHIN = "dtype.by_numpy[np.promote_types(low.numpy, high.numpy)]"


def _say(
    order: str = "asked",
    within: str = "promote_types(asked[rank], found)",
    above: str = "found.category > result.category",
    precise: str = "found.is_complex and result.is_floating_point",
) -> str:
    return f"""
def result_dtype(operands):
    asked = [None, None, None]
    for operand in operands:
        rank, found = rank_and_dtype(operand)
        asked[rank] = found if asked[rank] is None else {within}
    result = None
    for found in {order}:
        if result is None:
            result = found
        elif found is not None and {above}:
            if {precise}:
                found = promote_types(result, complex64)
            result = found
    return result
"""


def _floats(result: str) -> str:
    return f"\ndef unit_floats(words):\n    return {result}\n"


def _shuffled(
    other: str = "place + word % (n - place)",
    swap: str = "items[place], items[other] = items[other], items[place]",
    result: str = "items",
) -> str:
    return f"""
def shuffled(n, words):
    items = list(range(n))
    for place, word in enumerate(words):
        other = {other}
        {swap}
    return {result}
"""


def _restride(
    before: str = "(address(array) - address(owner)) // array.itemsize",
    start: str = "min(before + offset, end)",
    memory: str = "array",
    end: str = "",
) -> str:
    return f"""
def restride(array, shape, strides, offset=0):
    owner = owner_of(array)
    end = owner.nbytes // array.itemsize
    before = {before}
    return window({memory}, shape, strides, {start}){end}
"""


def _array_in(
    tensor: str = "operand._array.astype(target, copy=False)",
    whole: str = "np.array(operand).astype(target)",
    number: str = "np.array(operand, target)",
    asks: str = 'hasattr(operand, "_array")',
) -> str:
    return f"""
def array_in(operand, target):
    if {asks}:
        return {tensor}
    if target.kind in "iu":
        return {whole}
    return {number}
"""


def _promoted(
    target: str = "result_dtype(operands)",
    floats: str = "floats and target.category < 2",
    default: str = "get_default_dtype()",
    result: str = "[array_in(operand, target.numpy) for operand in operands]",
) -> str:
    return f"""
def promoted(operands, floats=False):
    target = {target}
    if {floats}:
        target = {default}
    return {result}
"""


_TENSOR = """
class Tensor(TensorBase):
    shape = property(lambda self: Size(self._array.shape))
    dtype = property(lambda self: dtype.by_numpy[self._array.dtype])

    def stride(self, dim=None):
        return of_dim(element_strides(self._array), dim)

    def storage_offset(self):
        {body}
"""


def _offset(body: str) -> str:
    return _TENSOR.format(body=body)


def _alias(
    made: str = "object.__new__(Tensor)",
    array: str = "array.view() if array is tensor._array else array",
    counter: str = "tensor._counter",
    node: str = "other._node = None",
    end: str = "return other",
) -> str:
    return f"""
def alias(tensor, array):
    other = {made}
    other._array = {array}
    other._counter = {counter}
    {node}
    {end}
"""


_BEFORE = "address(self._array) - address(owner_of(self._array))"

WRONG = {
    "element_place": {
        "offset forgotten": (
            _place("return sum(i * s for i, s in zip(index, strides))"),
            "That one itself lies at `offset`",
        ),
        "from the wrong end": (
            _place("return offset + sum(i * s for i, s in zip(reversed(index), strides))"),
            "The index is read from the wrong end",
        ),
        "two dims only": (
            _place("return offset + index[0] * strides[0] + index[1] * strides[1]"),
            "There may be any number of them",
        ),
        "offset times a stride": (
            _place(
                "step = strides[-1] if strides else 1\n"
                "    return offset * step + sum(i * s for i, s in zip(index, strides))"
            ),
            "`offset` counts places already",
        ),
        "np.dot": (
            _place("return offset + np.dot(index, strides)"),
            "a place is an int",
        ),
        "np.sum": (
            _place("return offset + np.sum(np.multiply(index, strides))"),
            "a place is an int",
        ),
        "always a float": (
            _place("return float(offset + sum(i * s for i, s in zip(index, strides)))"),
            "is a float",
        ),
        "printed": (_place("print(offset)"), "only `return` gives it"),
        "a tuple of steps": (
            _place("return tuple(offset + i * s for i, s in zip(index, strides))"),
            "result is a tuple",
        ),
    },
    "contiguous_strides": {
        "the first dim fastest": (
            _strides(sizes="shape", result="tuple(strides)"),
            "if the first dim moves fastest",
        ),
        "by np.prod": (
            "\ndef contiguous_strides(shape):\n"
            "    return tuple(np.prod(shape[i + 1:]) for i in range(len(shape)))\n",
            "`np.prod` is a trap",
        ),
        "by np.prod, of ones": (
            "\ndef contiguous_strides(shape):\n"
            "    sizes = [max(size, 1) for size in shape]\n"
            "    return tuple(np.prod(sizes[i + 1:]) for i in range(len(sizes)))\n",
            "`np.prod` is a trap",
        ),
        "not turned around": (_strides(result="tuple(strides)"), "Turn them around at the end"),
        "a list": (_strides(result="strides[::-1]"), "`tuple(...)` makes one of"),
        "a list, zeros as they are": (
            _strides(times="size", result="strides[::-1]"),
            "strides are a tuple",
        ),
        "own size counted": (
            "\ndef contiguous_strides(shape):\n"
            "    strides, step = [], 1\n"
            "    for size in reversed(shape):\n"
            "        step *= max(size, 1)\n"
            "        strides.append(step)\n"
            "    return tuple(reversed(strides))\n",
            "without its own",
        ),
        "empty dims": (_strides(times="size"), "PyTorch takes max(size, 1) there"),
        "bytes": (_strides(start="strides, step = [], 4"), "whatever the dtype"),
    },
    "window": {
        "strides in elements": (
            _window(strides="tuple(strides)"),
            "takes the strides in bytes, too",
        ),
        "offset in elements": (_window(offset="offset"), "takes the offset in bytes, too"),
        "nothing in bytes": (
            _window(offset="offset", strides="tuple(strides)"),
            "counts strides and offset in bytes",
        ),
        "as it came": (
            _window(memory="array", offset="offset", strides="strides"),
            "Two things are still open",
        ),
        "a tuple times a number": (_window(strides="strides * size"), "repeats a tuple"),
        "over the array": (_window(memory="array"), "hand over `owner_of(array)`"),
        "a copy": (_window(end=".copy()"), "they are a copy"),
        "as_strided": (
            "\ndef window(array, shape, strides, offset):\n"
            "    start = owner_of(array).reshape(-1)[offset:]\n"
            "    steps = [array.itemsize * s for s in strides]\n"
            "    return np.lib.stride_tricks.as_strided(start, shape, steps)\n",
            "would read foreign memory",
        ),
        "8 bytes each": (
            _window(offset="offset * 8", strides="tuple([s * 8 for s in strides])"),
            "Elements of two bytes",
        ),
        "the owner's dtype": (
            "\ndef window(array, shape, strides, offset):\n"
            "    owner = owner_of(array)\n"
            "    size = owner.itemsize\n"
            "    steps = [stride * size for stride in strides]\n"
            "    return np.ndarray(shape, owner.dtype, owner, offset * size, steps)\n",
            "The owner is for the memory only",
        ),
    },
    "restride": {
        "from the storage": (_restride(before="0"), "Here it counts from `array`"),
        "bytes": (
            _restride(before="address(array) - address(owner)"),
            "Divide it by the itemsize",
        ),
        "8 bytes each": (
            _restride(before="(address(array) - address(owner)) // 8"),
            "8 is the itemsize of int64 only",
        ),
        "over the owner": (_restride(memory="owner"), "the owner may have another one"),
        "one address only": (
            _restride(before="address(array) // array.itemsize"),
            "An address counts from the start of the computer's memory",
        ),
        "halves": (
            _restride(before="(address(array) - address(owner)) / array.itemsize"),
            "'float' object cannot be interpreted as an integer",
        ),
        "behind the end": (_restride(start="before + offset"), "begin at `end` at the latest"),
        "no offset": (_restride(start="before"), "the offset is not added"),
        "a copy": (_restride(end=".copy()"), "they are a copy"),
        "the other way round": (
            _restride(before="(address(owner) - address(array)) // array.itemsize"),
            "Three elements lie before",
        ),
        "over the array": (
            "\ndef restride(array, shape, strides, offset=0):\n"
            "    size = array.itemsize\n"
            "    steps = [stride * size for stride in strides]\n"
            "    return np.ndarray(shape, array.dtype, array, offset * size, steps)\n",
            "restride(strip[4:].reshape",
        ),
        "never before the array": (
            _restride(start="min(before + max(offset, 0), end)"),
            "may lie outside of `array`",
        ),
    },
    "storage_offset": {
        "bytes": (_offset(f"return {_BEFORE}"), "Divide it by the itemsize"),
        "8 bytes each": (
            _offset(f"return ({_BEFORE}) // 8"),
            "8 is the itemsize of int64 only",
        ),
        "the owner's itemsize": (
            _offset(f"return ({_BEFORE}) // owner_of(self._array).itemsize"),
            "Count in its own elements",
        ),
        "a float": (_offset(f"return ({_BEFORE}) / self._array.itemsize"), "`/` makes a float"),
        "one address only": (
            _offset("return address(self._array) // self._array.itemsize"),
            "An address counts from the start of the computer's memory",
        ),
        "one address, in bytes": (
            _offset("return address(self._array)"),
            "An address counts from the start of the computer's memory",
        ),
        "the other way round": (
            _offset(
                "owner = owner_of(self._array)\n"
                "        return (address(owner) - address(self._array)) // self._array.itemsize"
            ),
            "so its address is the smaller one",
        ),
        "always 0": (_offset("return 0"), "A window may begin anywhere in the storage"),
        "the base": (
            _offset(
                "before = address(self._array) - address(self._array.base)\n"
                "        return before // self._array.itemsize"
            ),
            "Memory that owns itself has no base",
        ),
        "the tensor's address": (
            _offset("return (address(self) - address(owner_of(self))) // self.itemsize"),
            "and `self` is a tensor",
        ),
        "restride's line": (
            _offset("return (address(array) - address(owner_of(array))) // array.itemsize"),
            "A method is given the tensor, `self`",
        ),
        "restride's owner": (
            _offset("return (address(self._array) - address(owner)) // self._array.itemsize"),
            "In `restride` a given line made `owner`",
        ),
        "not returned": (
            _offset(f"before = ({_BEFORE}) // self._array.itemsize"),
            "a `return` is missing",
        ),
        "by data_ptr": (
            _offset(
                "before = self.data_ptr() - self.untyped_storage().data_ptr()\n"
                "        return before // self._array.itemsize"
            ),
            "A window without elements has a place, too",
        ),
    },
    "alias": {
        "wrap": (
            "\ndef alias(tensor, array):\n    return wrap(array)\n",
            "That is `wrap`, for fresh memory",
        ),
        "a counter of its own": (_alias(counter="[0]"), "both look at the same memory"),
        "a copy of the counter": (
            _alias(counter="list(tensor._counter)"),
            "both look at the same memory",
        ),
        "one array for two": (_alias(array="array"), "No array serves two"),
        "never the array": (
            _alias(array="tensor._array"),
            "It is to look through the one that it is given",
        ),
        "the tensor's window": (
            _alias(array="tensor._array.view()"),
            "It is to look through the one that it is given",
        ),
        "a copy": (_alias(array="array.copy()"), "Nothing may be copied"),
        "a copy for a second window": (
            _alias(array="array.copy() if array is tensor._array else array"),
            "`array.copy()` is other memory",
        ),
        "equal, not the same": (
            _alias(array="array.view() if tensor._array is None else array"),
            "No array serves two",
        ),
        "the tensor's node": (
            _alias(node="other._node = tensor._node"),
            "The new one stands in no graph yet",
        ),
        "no node": (_alias(node="pass"), "has no `_node`"),
        "the tensor itself": (
            "\ndef alias(tensor, array):\n    tensor._array = array\n    return tensor\n",
            "You change `tensor` and give it back",
        ),
        "not returned": (_alias(end="pass"), "a `return` is missing"),
        "of the same class": (
            _alias(made="object.__new__(type(tensor))"),
            "Right for ordinary tensors",
        ),
        "an object of an object": (
            _alias(made="object.__new__(tensor)"),
            "`Tensor`, with a capital T",
        ),
        "the array": ("\ndef alias(tensor, array):\n    return array\n", "array"),
    },
    "array_in": {
        "copies": (_array_in("operand._array.astype(target)"), "is copied for nothing"),
        "refuses": (_array_in(whole="np.array(operand, target)"), "lets it wrap around"),
        "as it is": (_array_in("operand._array"), "in its own dtype"),
        "a row": (
            _array_in(
                whole="np.array([operand]).astype(target)", number="np.array([operand], target)"
            ),
            "an array of one dim",
        ),
        "NumPy's dtype": (
            _array_in(whole="np.array(operand)", number="np.array(operand)"),
            "Numbers keep the dtype",
        ),
        "NumPy's dtype of NumPy's": (
            _array_in(
                "operand._array.astype(target.numpy, copy=False)",
                "np.array(operand).astype(target.numpy)",
                "np.array(operand, target.numpy)",
            ),
            "take it as it is, without `.numpy`",
        ),
        "the tensor": (_array_in("operand"), "A tensor's array is `operand._array`"),
        "all are tensors": (_array_in(asks="True"), "has no attribute '_array'"),
        "clips": (
            _array_in(whole="np.array(max(operand, 0)).astype(target)"),
            "-1 in uint8 is 255",
        ),
    },
    "promoted": {
        "floats ignored": (_promoted(floats="False"), "You do not look at `floats`"),
        "always floats": (_promoted(floats="target.category < 2"), "only with `floats`"),
        "floats for all": (_promoted(floats="floats"), "rung 2 or above, and stay"),
        "each its own": (
            _promoted(
                result="[array_in(x, rank_and_dtype(x)[1].numpy) for x in operands]",
                floats="False",
            ),
            "`result_dtype` says float32, for both",
        ),
        "float32": (_promoted(default="float32"), "The default dtype can be changed"),
        "our dtype": (
            _promoted(result="[array_in(operand, target) for operand in operands]"),
            "it is ours, and `array_in` hands it to NumPy",
        ),
        "NumPy's dtype at once": (
            _promoted(
                target="result_dtype(operands).numpy",
                default="get_default_dtype().numpy",
                result="[array_in(operand, target) for operand in operands]",
            ),
            "Take `.numpy` at the very end",
        ),
        "NumPy's dtype at once, category first": (
            _promoted(
                target="result_dtype(operands).numpy",
                floats="target.category < 2 and floats",
                default="get_default_dtype().numpy",
                result="[array_in(operand, target) for operand in operands]",
            ),
            "Take `.numpy` at the very end",
        ),
        "of the first": (
            _promoted(target="rank_and_dtype(operands[0])[1]"),
            "`result_dtype` says float32, for both",
        ),
        "only bools": (
            _promoted(floats="floats and target.category < 1"),
            "With `floats` integers become the default dtype",
        ),
        "copies": (
            _promoted(result="[array_in(x, target.numpy).copy() for x in operands]"),
            "copied for nothing",
        ),
    },
    "promote_types": {
        "NumPy's rule": (_promote(f"return {_WITHIN}"), "a float16 stays a float16"),
        "NumPy's dtype": (
            _promote("return np.promote_types(low.numpy, high.numpy)"),
            "You give back one of NumPy's dtypes",
        ),
        "NumPy's dtype on one rung": (
            _promote(
                "return np.promote_types(low.numpy, high.numpy) "
                "if low.category == high.category else high"
            ),
            "from its answer to our dtype",
        ),
        "our dtypes to NumPy": (
            _promote(
                "if low.category == high.category or (low.is_floating_point and "
                "high.is_complex):\n"
                "        return dtype.by_numpy[np.promote_types(low, high)]\n"
                "    return high"
            ),
            "NumPy does not know our dtypes",
        ),
        "our dtypes to NumPy, as they came": (
            _promote(
                "if low.category == high.category or (low.is_floating_point and "
                "high.is_complex):\n"
                "        return dtype.by_numpy[np.promote_types(type1, type2)]\n"
                "    return high"
            ),
            "NumPy does not know our dtypes",
        ),
        "our dtypes to NumPy, always": (
            _promote("return dtype.by_numpy[np.promote_types(low, high)]"),
            "NumPy does not know our dtypes",
        ),
        "our dtypes to NumPy, always, as they came": (
            _promote("return dtype.by_numpy[np.promote_types(type1, type2)]"),
            "NumPy does not know our dtypes",
        ),
        "more bytes": (
            _promote("return type2 if type2.itemsize > type1.itemsize else type1"),
            "You take the one with more bytes",
        ),
        "the category only": (
            _promote("return type2 if type2.category > type1.category else type1"),
            "The rungs are right",
        ),
        "always the higher": (_promote("return high"), "the second is not always enough"),
        "complex as it is": (
            _promote(f"return {_WITHIN} if low.category == high.category else high"),
            "the pair becomes wider",
        ),
        "the larger": (
            _promote(
                "if low.category == high.category:\n"
                "        return max(type1, type2, key=lambda d: d.itemsize)\n"
                "    if low.is_floating_point:\n"
                f"        return {_WITHIN}\n"
                "    return high"
            ),
            "Neither holds both",
        ),
    },
    "result_dtype": {
        "all alike": (
            "\ndef result_dtype(operands):\n"
            "    result = rank_and_dtype(operands[0])[1]\n"
            "    for operand in operands[1:]:\n"
            "        result = promote_types(result, rank_and_dtype(operand)[1])\n"
            "    return result\n",
            "Sort them by rank first",
        ),
        "numbers first": (_say(order="reversed(asked)"), "numbers come last"),
        "the first rank only": (_say(above="False"), "You listen to the strongest rank alone"),
        "as high is enough": (
            _say(above="found.category >= result.category"),
            "must bring a *higher* category",
        ),
        "precision lost": (_say(precise="False"), "float64 and 1j must not lose bits"),
        "the last of a rank": (_say(within="found"), "One rank only, whatever the order"),
        "the first operand": (
            "\ndef result_dtype(operands):\n    return rank_and_dtype(operands[0])[1]\n",
            "You take the dtype of the first operand",
        ),
    },
    "unit_floats": {
        "all bits": (_floats("words / 2**32"), "You use all 32 bits"),
        "upper bits": (_floats("(words >> 8) / 2**24"), "You keep the upper 24 bits"),
        "1 comes out": (_floats("words % 2**24 / (2**24 - 1)"), "so that the largest word gives"),
        "whole numbers": (_floats("words % 2**24 * 1.0"), "Divide them, so"),
        "divided first": (_floats("words / 2**24 % 2**24"), "You divide first"),
        "a list": (_floats("[w % 2**24 / 2**24 for w in words.tolist()]"), "result is a list"),
        "one word": (_floats("(words % 2**24 / 2**24)[:1]"), "shape (1,), expected (5,)"),
    },
    "shuffled": {
        "remainder by n": (_shuffled(other="word % n"), "You swap with any of the n places"),
        "from the front": (_shuffled(other="word % (n - place)"), "add `place`"),
        "n places ahead": (
            _shuffled(other="place + word % n"),
            "The number of places left shrinks",
        ),
        "one place too few": (
            _shuffled(other="place + word % (n - place - 1)"),
            "n - place, itself included",
        ),
        "drawn": (
            "\ndef shuffled(n, words):\n"
            "    left, items = list(range(n)), []\n"
            "    for word in words:\n"
            "        items.append(left.pop(word % len(left)))\n"
            "    return items + left\n",
            "PyTorch swaps two items",
        ),
        "written over": (_shuffled(swap="items[place] = items[other]"), "is then there twice"),
        "never itself": (
            _shuffled(other="place + 1 + word % (n - place - 1)"),
            "It must be able to stay",
        ),
        "empty": (_shuffled(result="items[1:]"), "shuffled("),
    },
}

RIGHT = {
    "element_place": {
        "a sum": _place("return offset + sum(i * s for i, s in zip(index, strides))"),
        "np.dot": _place("return offset + int(np.dot(index, strides))"),
        "by number": _place(
            "for dim in range(len(index)):\n"
            "        offset = offset + index[dim] * strides[dim]\n"
            "    return offset"
        ),
        "np.sum": _place("return offset + int(np.sum(np.multiply(index, strides)))"),
    },
    "contiguous_strides": {
        "in front": (
            "\ndef contiguous_strides(shape):\n"
            "    strides = ()\n"
            "    step = 1\n"
            "    for size in shape[::-1]:\n"
            "        strides = (step, *strides)\n"
            "        step = step * (size or 1)\n"
            "    return strides\n"
        ),
        "products": (
            "\ndef contiguous_strides(shape):\n"
            "    import math\n"
            "    sizes = [max(size, 1) for size in shape]\n"
            "    return tuple(math.prod(sizes[dim + 1 :]) for dim in range(len(sizes)))\n"
        ),
        "cumprod": (
            "\ndef contiguous_strides(shape):\n"
            "    sizes = [1] + [max(size, 1) for size in shape[:0:-1]]\n"
            "    return tuple(int(s) for s in np.cumprod(sizes)[::-1][: len(shape)])\n"
        ),
    },
    "window": {
        "names": (
            "\ndef window(array, shape, strides, offset):\n"
            "    steps = [stride * array.itemsize for stride in strides]\n"
            "    start = offset * array.itemsize\n"
            "    memory = owner_of(array)\n"
            "    return np.ndarray(shape, array.dtype, memory, offset=start, strides=steps)\n"
        ),
        "nbytes": _window(strides="[s * array.dtype.itemsize for s in strides]"),
        "map": _window(strides="tuple(map(size.__mul__, strides))"),
    },
    "restride": {
        "one line": (
            "\ndef restride(array, shape, strides, offset=0):\n"
            "    owner = owner_of(array)\n"
            "    end = owner.nbytes // array.itemsize\n"
            "    offset += (address(array) - address(owner)) // array.itemsize\n"
            "    return window(array, shape, strides, offset if offset < end else end)\n"
        ),
        "over the owner": _restride(memory="owner.view(array.dtype)"),
        "divmod": _restride(before="divmod(address(array) - address(owner), array.itemsize)[0]"),
        "in bytes": _restride(
            before="address(array) - address(owner)",
            start="min(before // array.dtype.itemsize + offset, end)",
        ),
    },
    "array_in": {
        "always astype": """
def array_in(operand, target):
    array = operand._array if hasattr(operand, "_array") else np.array(operand)
    return array.astype(target, copy=False)
""",
        "the other question": """
def array_in(operand, target):
    if not hasattr(operand, "_array"):
        return np.asarray(operand).astype(target)
    return operand._array if operand._array.dtype == target else operand._array.astype(target)
""",
        "getattr": """
def array_in(operand, target):
    found = np.array(getattr(operand, "_array", operand), copy=None)
    return found if found.dtype == target else found.astype(target)
""",
    },
    "promoted": {
        "map": _promoted(result="list(map(lambda x: array_in(x, target.numpy), operands))"),
        "a loop": (
            "\ndef promoted(operands, floats=False):\n"
            "    kind = result_dtype(operands)\n"
            "    if floats and not (kind.is_floating_point or kind.is_complex):\n"
            "        kind = get_default_dtype()\n"
            "    arrays = []\n"
            "    for operand in operands:\n"
            "        arrays.append(array_in(operand, kind.numpy))\n"
            "    return arrays\n"
        ),
        "with the default": _promoted(
            target="promote_types(result_dtype(operands), get_default_dtype()) if floats and "
            "result_dtype(operands).category < 2 else result_dtype(operands)",
            floats="False",
        ),
    },
    "promote_types": {
        "the other way": _promote(
            "if low.category < high.category and not (low.category == 2 and high.category == 3):\n"
            f"        return high\n    return {_WITHIN}"
        ),
        "step by step": (
            "\ndef promote_types(type1, type2):\n"
            "    kinds = {type1.category, type2.category}\n"
            "    if len(kinds) == 1 or kinds == {2, 3}:\n"
            "        return dtype.by_numpy[np.promote_types(type1.numpy, type2.numpy)]\n"
            "    return type1 if type1.category > type2.category else type2\n"
        ),
        "NumPy's result_type": _promote(
            "if high.category - low.category == 0 or low.is_floating_point:\n"
            "        return dtype.by_numpy[np.result_type(low.numpy, high.numpy)]\n"
            "    return high"
        ),
    },
    "result_dtype": {
        "lists": (
            "\ndef result_dtype(operands):\n"
            "    import functools\n"
            "    ranks = [[], [], []]\n"
            "    for operand in operands:\n"
            "        rank, found = rank_and_dtype(operand)\n"
            "        ranks[rank].append(found)\n"
            "    result = None\n"
            "    for rank in filter(None, ranks):\n"
            "        found = functools.reduce(promote_types, rank)\n"
            "        if result is None:\n"
            "            result = found\n"
            "        elif found.category > result.category:\n"
            "            floats = result.is_floating_point\n"
            "            result = promote_types(result, complex64) if floats else found\n"
            "    return result\n"
        ),
        "sorted": (
            "\ndef result_dtype(operands):\n"
            "    pairs = sorted(map(rank_and_dtype, operands), key=lambda pair: pair[0])\n"
            "    settled = None\n"
            "    for rank in (0, 1, 2):\n"
            "        found = None\n"
            "        for own, d in pairs:\n"
            "            if own == rank:\n"
            "                found = d if found is None else promote_types(found, d)\n"
            "        if found is None:\n"
            "            continue\n"
            "        if settled is None or found.category > settled.category:\n"
            "            if settled is not None and (settled.category, found.category) == (2, 3):\n"
            "                found = promote_types(settled, complex64)\n"
            "            settled = found\n"
            "    return settled\n"
        ),
        "other names": _say(order="(asked[0], asked[1], asked[2])"),
    },
    "storage_offset": {
        "one line": _offset(f"return ({_BEFORE}) // self._array.itemsize"),
        "by ctypes": _offset(
            "owner = owner_of(self._array)\n"
            "        return (self._array.ctypes.data - owner.ctypes.data) // self._array.itemsize"
        ),
        "divided first": _offset(
            "array = self._array\n"
            "        size, owner = array.itemsize, owner_of(array)\n"
            "        return int((address(array) - address(owner)) / size)"
        ),
        "divmod": _offset(f"return divmod({_BEFORE}, self._array.dtype.itemsize)[0]"),
    },
    "alias": {
        "an if": (
            "\ndef alias(tensor, array):\n"
            "    if array is tensor._array:\n"
            "        array = array.view()\n"
            "    other = object.__new__(Tensor)\n"
            "    other._node = None\n"
            "    other._array = array\n"
            "    other._counter = tensor._counter\n"
            "    return other\n"
        ),
        "by wrap": _alias(made="wrap(array)", node="pass"),
        "always a window": _alias(array="array.view()"),
        "a slice": _alias(array="array[...] if array is tensor._array else array"),
        "Tensor.__new__": _alias(made="Tensor.__new__(Tensor)"),
        "Tensor()": _alias(made="Tensor()"),
    },
    "unit_floats": {
        "float32": _floats("(words % 2**24).astype(np.float32) / 2**24"),
        "a mask": _floats("(words & np.uint32(2**24 - 1)) * 2.0**-24"),
        "np.mod": _floats("np.mod(words, 16777216) / 16777216"),
        "one by one": _floats("np.array([int(w) % 2**24 / 2**24 for w in words])"),
    },
    "shuffled": {
        "a third": _shuffled(
            swap="kept = items[place]; items[place] = items[other]; items[other] = kept"
        ),
        "an array": (
            "\ndef shuffled(n, words):\n"
            "    items = np.arange(n, dtype=np.int64)\n"
            "    for place in range(n - 1):\n"
            "        far = place + words[place] % (n - place)\n"
            "        items[[place, far]] = items[[far, place]]\n"
            "    return items\n"
        ),
        "left counted": (
            "\ndef shuffled(n, words):\n"
            "    items, left = list(range(n)), n\n"
            "    for word in words:\n"
            "        place = n - left\n"
            "        other = place + word % left\n"
            "        items[other], items[place] = items[place], items[other]\n"
            "        left -= 1\n"
            "    return items\n"
        ),
    },
}

# Mutants of the solution that mean the same, and why.
SAME: dict[str, dict[str, str]] = {
    "alias": {
        (
            "alias: other._array = array.view() if array is tensor._array else array => "
            "other._array = array.view() if True else array"
        ): "a window over a window is as good: it only costs a moment",
    },
    "element_place": {
        (
            "element_place: for steps, stride in zip(index, strides): => for steps, stride in "
            "zip(strides, index):"
        ): "the two factors of each product change places",
    },
    "window": {
        (
            "window: strides = tuple([stride * size for stride in strides]) => strides = "
            "[stride * size for stride in strides]"
        ): "NumPy takes a list of strides as well",
    },
    "promote_types": {
        (
            "promote_types: if low.category == high.category or (low.is_floating_point and "
            "high.is_complex): => if low.category == high.category or "
            "(low.is_floating_point):"
        ): "what is above a float, in another category, is complex",
        (
            "promote_types: return dtype.by_numpy[np.promote_types(low.numpy, high.numpy)] => "
            "return dtype.by_numpy[np.promote_types(high.numpy, low.numpy)]"
        ): "promotion is symmetric",
    },
    "result_dtype": {
        (
            "result_dtype: asked[rank] = found if asked[rank] is None else "
            "promote_types(asked[rank], found) => asked[rank] = found if asked[rank] is None "
            "else promote_types(found, asked[rank])"
        ): "promotion is symmetric",
        (
            "result_dtype: if found.is_complex and result.is_floating_point: => if "
            "result.is_floating_point:"
        ): "what is above a float, in another category, is complex",
        (
            "result_dtype: found = promote_types(result, complex64) => found = "
            "promote_types(complex64, result)"
        ): "promotion is symmetric",
    },
}
