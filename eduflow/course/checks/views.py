"""Checks on views: permuted strides, the view rule, the size behind -1, picking with repeats."""

from __future__ import annotations

from math import prod

from . import Case, Exercise, Misconception, register

Sizes = tuple[int, ...]


def _row_major(shape: Sizes) -> Sizes:
    return tuple(prod(shape[dim + 1 :]) for dim in range(len(shape)))


def _permuted(shape: Sizes, strides: Sizes, dims: Sizes) -> tuple[Sizes, Sizes]:
    return tuple(shape[dim] for dim in dims), tuple(strides[dim] for dim in dims)


def _back_to_front(shape: Sizes, strides: Sizes, dims: Sizes) -> tuple[Sizes, Sizes]:
    places = sorted(range(len(dims)), key=dims.__getitem__)
    return _permuted(shape, strides, tuple(places))


def _data_moved(shape: Sizes, strides: Sizes, dims: Sizes) -> tuple[Sizes, Sizes]:
    new_shape, _ = _permuted(shape, strides, dims)
    return new_shape, _row_major(new_shape)


def _strides_kept(shape: Sizes, strides: Sizes, dims: Sizes) -> tuple[Sizes, Sizes]:
    return _permuted(shape, strides, dims)[0], strides


register(
    Exercise(
        name="permuted-window",
        signature="permuted_window(shape, strides, dims) -> (new shape, new strides)",
        reference=_permuted,
        cases=[
            Case(args=((2, 3), (3, 1), (1, 0))),
            Case(args=((2, 3, 4), (12, 4, 1), (0, 2, 1))),
            Case(
                args=((2, 3, 4), (12, 4, 1), (2, 0, 1)),
                hint="The new dim 0 is the old dim 2, the new dim 1 the old dim 0, and so on.",
            ),
            Case(args=((4, 3), (1, 4), (1, 0)), hint="Permuting twice leads back."),
            Case(args=((3, 5), (0, 2), (1, 0)), hint="Any strides can be permuted, 0 as well."),
        ],
        misconceptions=[
            Misconception(
                "dims read the wrong way round",
                _back_to_front,
                "You send the old dim i to the place dims[i]. It is the other way round: the new "
                "dim i is the old dim dims[i]. With two dims one does not notice.",
            ),
            Misconception(
                "numbers moved",
                _data_moved,
                "These would be the strides if the numbers had been moved into the new order. "
                "Permuting moves nothing: the old strides come along with their sizes.",
            ),
            Misconception(
                "strides forgotten",
                _strides_kept,
                "The sizes have changed places, the strides have not. Each dim brings its stride.",
            ),
        ],
        hint="A dim is a pair, a size and a stride. Permuting puts the pairs in another order.",
    )
)


def _merged(shape: Sizes, strides: Sizes) -> list[list[int]]:
    """Dims that can be walked as one, taken together: pairs of size and stride."""
    dims = [[size, stride] for size, stride in zip(shape, strides, strict=True) if size != 1]
    blocks = dims[:1]
    for size, stride in dims[1:]:
        if blocks[-1][1] == size * stride:
            blocks[-1] = [blocks[-1][0] * size, stride]
        else:
            blocks.append([size, stride])
    return blocks or [[1, 1]]


def _view_strides(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    new_strides: list[int] = []
    left = list(new_shape)
    for size, stride in reversed(_merged(shape, strides)):
        filled = 1
        while left and (filled < size or left[-1] == 1):
            new_strides.insert(0, filled * stride)
            filled *= left.pop()
        if filled != size:
            return None
    return tuple(new_strides)


def _if_contiguous(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    return _row_major(new_shape) if strides == _row_major(shape) else None


def _regardless(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    return _row_major(new_shape)


def _if_all_merge(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    if len(_merged(shape, strides)) > 1:
        return None
    return _view_strides(shape, strides, new_shape)


register(
    Exercise(
        name="view-strides",
        signature="view_strides(shape, strides, new_shape) -> tuple of int, or None",
        reference=_view_strides,
        cases=[
            Case(args=((3, 4), (4, 1), (12,)), hint="Contiguous: 4 == 4 * 1, one block of 12."),
            Case(
                args=((12,), (1,), (2, 3, 2)),
                hint="A block may be cut as you like. The first new dim makes the longest steps: "
                "one of them passes over 3 * 2 elements.",
            ),
            Case(
                args=((4, 3), (1, 4), (12,)),
                hint="Transposed. Two blocks, for 1 is not 3 * 4, and no new dim may span both.",
            ),
            Case(
                args=((3, 2), (4, 2), (6,)),
                hint="Every other column. Not contiguous, and yet 4 == 2 * 2: one block, stride 2.",
            ),
            Case(
                args=((2, 3, 2), (12, 2, 1), (2, 6)),
                hint="Every other row of (4, 3, 2). The last two dims are one block, the first is "
                "another, and the new shape respects that.",
            ),
            Case(
                args=((2, 3, 2), (12, 2, 1), (12,)),
                hint="Here a new dim spans two blocks: 12 is not 3 * 2.",
            ),
            Case(
                args=((2, 3, 2), (12, 2, 1), (3, 4)),
                hint="The blocks have 2 and 6 elements. A dim of 4 fits into neither.",
            ),
            Case(args=((6, 4), (1, 6), (2, 3, 4)), hint="Both blocks may be cut, or left alone."),
            Case(args=((2, 3), (0, 1), (6,)), hint="Expanded: the first dim moves by 0."),
            Case(
                args=((2, 2), (5, 1), (2, 1, 2)),
                hint="A dim of size 1 fits in anywhere. Nobody steps along it; PyTorch writes down "
                "its stride all the same: as far as the dims behind it reach, 2 * 1.",
            ),
        ],
        misconceptions=[
            Misconception(
                "contiguous or nothing",
                _if_contiguous,
                "You ask whether the tensor is contiguous. That is enough for a view, but more "
                "than it takes: dims only have to go together where the new shape joins them.",
            ),
            Misconception(
                "never looks at the strides",
                _regardless,
                "You give the strides of fresh memory of the new shape. They are right only if "
                "the old strides are those of fresh memory as well: look at the blocks.",
            ),
            Misconception(
                "one block or nothing",
                _if_all_merge,
                "You give up as soon as there are two blocks. A view is still possible if no new "
                "dim spans both: (2, 3, 2) as (2, 6) may leave the first dim alone.",
            ),
        ],
        hint="Go through the blocks from the last to the first, and fill each with new dims.",
    )
)


def _infer(shape: Sizes, elements: int) -> Sizes:
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    rest = prod(size for size in shape if size != -1)
    if elements % rest or (-1 not in shape and elements != rest):
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {elements}")
    return tuple(elements // rest if size == -1 else size for size in shape)


def _rounded_down(shape: Sizes, elements: int) -> Sizes:
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    rest = prod(size for size in shape if size != -1)
    return tuple(elements // rest if size == -1 else size for size in shape)


def _minus_one_counted(shape: Sizes, elements: int) -> Sizes:
    if shape.count(-1) > 1:
        raise RuntimeError("only one dimension can be inferred")
    if elements % prod(shape) or (-1 not in shape and elements != prod(shape)):
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {elements}")
    return tuple(elements // prod(shape) if size == -1 else size for size in shape)


def _same_for_all(shape: Sizes, elements: int) -> Sizes:
    rest = prod(size for size in shape if size != -1)
    if elements % rest or (-1 not in shape and elements != rest):
        raise RuntimeError(f"shape '{list(shape)}' is invalid for input of size {elements}")
    return tuple(elements // rest if size == -1 else size for size in shape)


register(
    Exercise(
        name="infer-size",
        signature="infer_size(shape, elements) -> tuple of int",
        reference=_infer,
        cases=[
            Case(args=((3, -1), 12)),
            Case(args=((-1,), 7)),
            Case(args=((2, -1, 4), 24)),
            Case(args=((3, 4), 12), hint="Without a -1 the shape stays as it is."),
            Case(
                args=((5, -1), 12),
                raises=RuntimeError,
                hint="12 elements do not make rows of equal length for 5. Look at the remainder.",
            ),
            Case(
                args=((3, 2), 12),
                raises=RuntimeError,
                hint="6 places, but 12 elements. It comes out even, and does not fit all the same: "
                "without a -1 the product has to be the number of elements.",
            ),
            Case(
                args=((-1, -1), 12),
                raises=RuntimeError,
                hint="3 by 4 or 2 by 6? Nobody can know: only one -1 is allowed.",
            ),
        ],
        misconceptions=[
            Misconception(
                "rounded down",
                _rounded_down,
                "You divide and never ask whether it comes out even. Then elements would be lost "
                "in silence. If there is a remainder, raise.",
            ),
            Misconception(
                "-1 counted as a size",
                _minus_one_counted,
                "Your product has the -1 in it, so what you infer is negative. Multiply the other "
                "sizes only.",
            ),
            Misconception(
                "several -1 allowed",
                _same_for_all,
                "Two places with -1 each get all that is left over. There is no telling how to "
                "share it out: raise if there is more than one -1.",
            ),
        ],
        hint="Multiply all sizes but the -1. What is left over for it is elements // product.",
    )
)


def _picked_gradient(grad: list[float], index: list[int], size: int) -> list[float]:
    result = [0.0] * size
    for number, place in zip(grad, index, strict=True):
        result[place] += number
    return result


def _last_one_wins(grad: list[float], index: list[int], size: int) -> list[float]:
    result = [0.0] * size
    for number, place in zip(grad, index, strict=True):
        result[place] = number
    return result


def _counted(grad: list[float], index: list[int], size: int) -> list[float]:
    return _picked_gradient([1.0] * len(grad), index, size)


def _picked_again(grad: list[float], index: list[int], size: int) -> list[float]:
    return [grad[place] for place in index]


register(
    Exercise(
        name="picked-gradient",
        signature="picked_gradient(grad, index, size) -> list of float",
        reference=_picked_gradient,
        cases=[
            Case(args=([1.0, 10.0], [2, 0], 4)),
            Case(args=([1.0, 10.0, 100.0], [0, 2, 0], 3), hint="Place 0 was picked twice."),
            Case(args=([2.0, 3.0], [1, 1], 2), hint="Both gradients are meant for place 1."),
            Case(args=([5.0, 7.0], [-1, 0], 3), hint="-1 is the last place."),
            Case(args=([], [], 2), hint="Nothing was picked, so nothing matters."),
        ],
        misconceptions=[
            Misconception(
                "the last one wins",
                _last_one_wins,
                "Where a place was picked twice, you keep one of the two gradients. The number "
                "was used twice, so it counts twice: add. (NumPy's `zeros[index] += grad` makes "
                "the same mistake; `np.add.at` does not.)",
            ),
            Misconception(
                "picks counted",
                _counted,
                "You count how often each place was picked. That is right only if every gradient "
                "is 1. Add up the gradients that come in.",
            ),
            Misconception(
                "picked again",
                _picked_again,
                "You pick from the gradient. Backwards, it is the other way round: grad[i] belongs "
                "to the place index[i].",
            ),
        ],
        hint="Start with `size` zeros, each a float: 0.0. grad[i] belongs to the place index[i].",
    )
)
