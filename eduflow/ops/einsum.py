"""Sums of products by naming the dims: einsum."""

import math

import numpy as np

from .._core.blas import times
from .._core.calls import answering
from .._core.dispatch import Kind, finish, recording, two_way
from .._core.dtype import promote_types, type_name
from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor
from .._core.view import record_view, with_strides


def _picked(array, names, out):
    """The dims `out` of an array: those of the same name as their diagonal, the others summed.

    Where nothing is summed it is a window over the same memory.
    """
    numbers = {name: number for number, name in enumerate(dict.fromkeys(names))}
    labels, kept = [numbers[name] for name in names], [numbers[name] for name in out]
    return np.einsum(array, labels, kept)


@two_way
def single(input, *, names, out):
    """One operand: dims of the same name become their diagonal, those not in `out` are summed."""
    shape = input.shape
    result = _picked(input, names, out).copy()
    return result, lambda grad: _unfold(grad, names=names, out=out, shape=shape)


@two_way
def _unfold(grad, *, names, out, shape):
    """The way back: each gradient to all elements that were summed, zeros off the diagonal."""
    wide = np.zeros(shape, grad.dtype)
    kept = list(dict.fromkeys(names))
    numbers = [kept.index(name) for name in names]
    diagonal = np.einsum(wide, numbers, list(range(len(kept)))) if kept else wide
    order = [out.index(name) for name in kept if name in out]
    sizes = [diagonal.shape[i] if name in out else 1 for i, name in enumerate(kept)]
    diagonal[...] = grad.transpose(order).reshape(sizes)
    return wide, lambda g: single(g, names=names, out=out)


@two_way
def pair(input, other, *, first, second, out):
    """Two operands: multiply along common names, sum over those that are not in `out`.

    Names that both have and that stay make a batch; the others make the rows and the columns of one
    matrix product. No name may come only once: `single` sums those first. Both derivatives are
    products of the same form.
    """
    return (
        _contract(input, other, first, second, out),
        lambda grad: pair(grad, other, first=out, second=second, out=first),
        lambda grad: pair(grad, input, first=out, second=first, out=second),
    )


def _contract(a, b, first, second, out):
    """The arithmetic of `pair`: turn the dims into (batch, rows, columns), and multiply."""
    batch = [name for name in first if name in second and name in out]
    summed = [name for name in first if name in second and name not in out]
    rows = [name for name in first if name not in second]
    columns = [name for name in second if name not in first]
    sizes = dict(zip(first + second, a.shape + b.shape, strict=True))
    shapes = [[sizes[name] for name in names] for names in (batch, rows, summed, columns)]
    n, r, s, c = [math.prod(shape) for shape in shapes]
    a = a.transpose([first.index(name) for name in batch + rows + summed]).reshape(n, r, s)
    b = b.transpose([second.index(name) for name in batch + summed + columns]).reshape(n, s, c)
    product = times(a, b) if n != 1 else times(a[0], b[0])
    product = product.reshape(shapes[0] + shapes[1] + shapes[3])
    order = batch + rows + columns
    return np.asarray(product.transpose([order.index(name) for name in out]), order="C")


_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def _error(text):
    return RuntimeError("einsum(): " + text)


def _names(text, operand, start):
    """The names in one part of an equation, `...` as one of them."""
    names, place = [], 0
    while place < len(text):
        letter = text[place]
        if letter == "." and (text[place : place + 3] == "..." or "..." in names):
            if "..." in names:
                output = "output but an ellipsis (...) was already found"
                again = f"{operand} for which an ellipsis was already found"
                raise _error("found '.' for " + (output if operand == "output" else again))
            names.append("...")
            place += 2
        elif letter == ".":
            dots = " (...)" if operand == "output" else ""
            raise _error(f"found '.' for {operand} that is not part of any ellipsis{dots}")
        elif letter.lower() in _LETTERS:
            names.append(letter)
        elif letter != " ":
            raise _error(
                f"invalid subscript given at index {start + place} in the equation string, "
                "subscripts must be in [a-zA-Z]"
            )
        place += 1
    return names


def _split(equation, count):
    """The names of each operand, and of the result: None where it is left to the rule."""
    left, arrow, right = equation.partition("->")
    parts, start, found = left.split(","), 0, []
    for number, part in enumerate(parts):
        if number == count:
            raise _error("fewer operands were provided than specified in the equation")
        found.append(_names(part, f"operand {number}", start))
        start += len(part) + 1
    if len(parts) < count:
        raise _error("more operands were provided than specified in the equation")
    return found, _names(right, "output", len(left) + 2) if arrow else None


def _from_sublists(arguments):
    """`einsum(x, [0, 1], y, [1, 2], [0, 2])` as names and operands."""
    alphabet = _LETTERS.upper() + _LETTERS
    operands, lists = list(arguments[0::2]), list(arguments[1::2])
    out = operands.pop() if len(arguments) % 2 else None
    lists = [["..." if n is ... else alphabet[n] for n in numbers] for numbers in lists]
    out = out if out is None else ["..." if n is ... else alphabet[n] for n in out]
    return operands, lists, out


def _without_ellipsis(names, arrays):
    """Each `...` replaced by numbers for the dims it stands for, counted from the last."""
    spelled = []
    for number, (own, array) in enumerate(zip(names, arrays, strict=True)):
        more = array.ndim - len(own) + ("..." in own)
        if more < 0 or (more and "..." not in own):
            raise _error(
                f"the number of subscripts in the equation ({len(own) - ('...' in own)}) "
                + ("is more than" if "..." in own else "does not match")
                + f" the number of dimensions ({array.ndim}) for operand {number}"
                + ("" if "..." in own else " and no ellipsis was given")
            )
        at = own.index("...") if "..." in own else len(own)
        spelled.append(own[:at] + list(range(-more, 0)) + own[at + 1 :])
    return spelled


def _output(out, names):
    """The names of the result. By the rule: what `...` covers, then names that come only once."""
    several = [name for own in names for name in own]
    dots = sorted({name for name in several if isinstance(name, int)})
    if out is None:
        letters = {name for name in several if isinstance(name, str) and several.count(name) == 1}
        return dots + sorted(letters)
    for name in out:
        if name != "..." and out.count(name) > 1:
            raise _error(f"output subscript {name} appears more than once in the output")
        if name != "..." and name not in several:
            raise _error(
                f"output subscript {name} does not appear in the equation for any input operand"
            )
    at = out.index("...") if "..." in out else None
    return out if at is None else out[:at] + dots + out[at + 1 :]


def _check_sizes(names, arrays):
    """RuntimeError, in PyTorch's words, where one name stands for two sizes."""
    sizes = {}
    for number, (own, array) in enumerate(zip(names, arrays, strict=True)):
        mine = {}
        for name, size in zip(own, array.shape, strict=True):
            if mine.setdefault(name, size) != size:
                raise _error(
                    f"subscript {name} is repeated for operand {number} but the sizes don't match, "
                    f"{size} != {mine[name]}"
                )
        for name, size in mine.items():
            if size == 1 or sizes.setdefault(name, size) == size:
                continue
            if isinstance(name, int):
                raise _error(
                    f"dimension {own.index(name)} covered by ellipsis in operand {number}has "
                    f"size {size} which does not broadcast with previously seen ellipsis with size "
                    f"{sizes[name]} for the respective dimension"
                )
            raise _error(
                f"subscript {name} has size {size} for operand {number} which does not "
                f"broadcast with previously seen size {sizes[name]}"
            )


_SUM = Kind("SumBackward1", ["input"])
_PERMUTE = Kind("PermuteBackward0", ["input"])
_PAIR = Kind("ViewBackward0", ["input", "other"], looks=(0, 1))
_MUL = Kind("MulBackward0", ["input", "other"], looks=(0, 1))


@quiet
def _one(tensor, names, out):
    """`single`, on a tensor."""
    array = tensor._array
    if set(names) != set(out):
        array = array.astype(np.int64) if array.dtype.kind in "iub" else array  # as any sum
        return finish(_SUM, single.__wrapped__(array, names=names, out=out), (tensor,))
    shape = array.shape
    return record_view(
        _PERMUTE,
        tensor,
        (
            _picked(with_strides(array), names, out),
            lambda grad: _unfold(grad, names=names, out=out, shape=shape),
        ),
    )


def _stretched(tensor, own, other, names):
    """`tensor` with dims of size 1 expanded to what `other` has under the same name."""
    sizes = dict(zip(names, other.shape, strict=True))
    pairs = zip(own, tensor.shape, strict=True)
    wanted = [sizes.get(name, 1) if size == 1 else size for name, size in pairs]
    return tensor if list(tensor.shape) == wanted else tensor.expand(wanted)


def _without_ones(tensor, own, other, names, out):
    """`tensor`, and its names, without dims of size 1 along which nothing of it is summed."""
    larger = {name for name, size in zip(names, other.shape, strict=True) if size != 1}
    spare = (larger | set(own) - set(names)) - set(out)
    pairs = zip(own, tensor.shape, strict=True)
    ones = [i for i, (name, size) in enumerate(pairs) if size == 1 and name in spare]
    kept = [name for i, name in enumerate(own) if i not in ones]
    return (tensor.squeeze(ones) if ones else tensor), kept


def _in_one_dtype(a, first, b, second, out):
    """Both operands in the dtype of the result.

    Where they are summed along a name they share, it is a product of matrices: it takes one dtype,
    and no bools. Of no elements it has the dtype of the last, as in PyTorch, which refuses integers
    where a gradient would have to pass.
    """
    sizes = {**dict(zip(first, a.shape, strict=True)), **dict(zip(second, b.shape, strict=True))}
    shared = {*first} & {*second} - {*out}
    if all(sizes[name] == 1 for name in shared):
        both = promote_types(a.dtype, b.dtype)
        return a.to(both), b.to(both)
    if 0 in sizes.values():
        if a.requires_grad and recording.enabled and b._array.dtype.kind in "iub":
            raise RuntimeError(f"Autograd not support dtype: {type_name(b._array.dtype)}")
        return a.to(b.dtype), b
    if a._array.dtype == np.bool_:
        raise NotImplementedError("\"bmm\" not implemented for 'Bool'")
    if a.dtype is not b.dtype:
        names = [type_name(x._array.dtype) for x in (a, b)]
        raise RuntimeError("expected scalar type {} but found {}".format(*names))
    return a, b


@quiet
def _two(a, first, b, second, out):
    """`pair`, on tensors, after what stands in one of them only and is not wanted was summed."""
    (a, first), (b, second) = (
        _without_ones(a, first, b, second, out), _without_ones(b, second, a, first, out)
    )  # fmt: skip
    a, b = _stretched(a, first, b, second), _stretched(b, second, a, first)
    mine = [name for name in dict.fromkeys(first) if name in second or name in out]
    other = [name for name in dict.fromkeys(second) if name in first or name in out]
    a = a if first == mine else _one(a, first, mine)
    b = b if second == other else _one(b, second, other)
    a, b = _in_one_dtype(a, mine, b, other, out)
    returned = pair.__wrapped__(a._array, b._array, first=mine, second=other, out=out)
    kind = _MUL if {*first, *second} == set(out) else _PAIR
    return finish(kind, returned, (a, b))


@answering
def einsum(equation, *operands):
    """Products of `operands`, summed over every name that the result does not have.

    `einsum("ij,jk->ik", a, b)` is the matrix product: each letter names a dim, a comma stands
    between operands. A name twice in one operand is its diagonal, `...` stands for any other dims,
    which broadcast. Without `->` the result has the names that come once, in alphabetical order.
    Several operands are multiplied from left to right. Mirrors torch.einsum.
    """
    if any(x is None for x in operands):
        raise TypeError("einsum(): operands and their subscripts may not be None")
    if not operands:
        raise ValueError(
            "einsum(): must specify the equation string and at least one operand, or at least one "
            "operand and its subscripts list"
        )
    if isinstance(equation, Tensor):
        operands, names, out = _from_sublists((equation, *operands))
    else:
        if len(operands) == 1 and isinstance(operands[0], (list, tuple)):
            (operands,) = operands
        names, out = _split(equation, len(operands))
    arrays = [operand._array for operand in operands]
    names = _without_ellipsis(names, arrays)
    out = _output(out, names)
    _check_sizes(names, arrays)
    return _from_left(list(operands), names, out)


def _from_left(operands, names, out):
    """Multiply two operands at a time, and keep only the names that are still needed."""
    result, own = operands[0], names[0]
    for number in range(1, len(operands)):
        later = {name for rest in names[number + 1 :] for name in rest} | set(out)
        kept = [name for name in dict.fromkeys(own + names[number]) if name in later]
        kept = out if number == len(operands) - 1 else kept
        result, own = _two(result, own, operands[number], names[number], kept), kept
    return _one(result, own, out) if len(operands) == 1 else result
