"""Checks on views: the view rule, shapes that need a copy, windows, and every way back."""

from __future__ import annotations

from collections.abc import Callable
from math import prod
from typing import Any

import numpy as np

from ..errors import UsedBeforeBuilt
from ..probing import rewritten, slip
from . import Case, Exercise, Misconception, late, register

Sizes = tuple[int, ...]


def step(torch: Any, forward: Callable[..., Any], backward: Callable[..., Any]) -> Any:
    """A step from one tensor to another, told by what it does to arrays, there and back."""

    class Step(torch.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, *args: Any) -> Any:
            ctx.shape, ctx.args = tuple(x.shape), args
            return torch.from_numpy(forward(x.detach().numpy(), *args))

        @staticmethod
        def backward(ctx: Any, grad: Any) -> Any:
            back = backward(grad.detach().numpy(), ctx.shape, *ctx.args)
            return torch.from_numpy(np.ascontiguousarray(back)), *[None] * len(ctx.args)

    def by_arrays(x: Any, *args: Any) -> Any:
        return Step.apply(x, *args)

    by_arrays.told_by_arrays = True  # type: ignore[attr-defined]
    return by_arrays


def tensor(torch: Any, *shape: int) -> Any:
    return torch.from_numpy(np.arange(prod(shape), dtype=np.float32).reshape(shape))


def turned(torch: Any, *shape: int) -> Any:
    """A tensor of this shape with its dims in memory in reverse order."""
    array = np.arange(prod(shape), dtype=np.float32).reshape(shape[::-1])
    return torch.from_numpy(array.T)


def _holes(torch: Any) -> Any:
    """A tensor of shape (2, 3, 2) that is every other row of (4, 3, 2): two blocks."""
    return torch.from_numpy(np.arange(24, dtype=np.float32).reshape(4, 3, 2)[::2])


def facts(result: Any, x: Any) -> dict[str, Any]:
    """What one can ask a tensor that was made of `x`."""
    seen = {"shape": tuple(result.shape), "numbers": result.tolist()}
    if result.numel():
        shares = np.shares_memory(result.detach().numpy(), x.detach().numpy())
        seen["memory"] = "the tensor itself" if result is x else "a view" if shares else "a copy"
        seen["stride"] = tuple(result.stride())
        seen["offset in elements"] = (result.data_ptr() - x.data_ptr()) // 4 if shares else 0
    return seen


def facts_case(make: Callable[[Any], Any], *args: Any, show: str, hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        x = make(torch)
        return facts(thing(x, *args), x)

    return Case(use=use, show=show, hint=hint)


def gradient_case(make: Callable[[Any], Any], *args: Any, show: str, hint: str = "") -> Case:
    """The gradient of `make(torch)`, where every element of the result gets one of its own."""

    def use(thing: Any, torch: Any) -> Any:
        x = make(torch).requires_grad_()
        result = thing(x, *args)
        numbers = np.arange(1, result.numel() + 1, dtype=np.float32)
        result.backward(torch.from_numpy(numbers.reshape(tuple(result.shape))))
        return {"gradient": x.grad.tolist()}

    return Case(use=use, show=show, hint=hint)


def _curvature_case(make: Callable[[Any], Any], *args: Any, show: str, expected: float) -> Case:
    """Whether the way back can be walked itself: the gradient of a gradient."""

    def use(thing: Any, torch: Any) -> Any:
        if getattr(thing, "told_by_arrays", False):
            return expected
        x = make(torch).requires_grad_()
        try:
            (slope,) = torch.autograd.grad((thing(x, *args) ** 3).sum(), x, create_graph=True)
        except UsedBeforeBuilt:  # a way back that looks into what it was given
            return "it stands on a cell further down"
        slope.sum().backward()
        return float(x.grad.sum())

    hint = "The way back is given a tensor here, because its own gradient is wanted, too."
    return Case(use=use, show=show, hint=hint)


def _bare_case(make: Callable[[Any], Any], *args: Any, show: str, hint: str = "") -> Case:
    """What a way back gives before anything else mends it, and whether it keeps `input`."""

    def use(thing: Any, torch: Any) -> Any:
        x = make(torch).requires_grad_()
        told = {"shape of the gradient": tuple(x.shape), "it keeps `input`": False}
        if getattr(thing, "told_by_arrays", False):
            return told
        result = thing(x, *args)
        (back,) = result.grad_fn.derivatives
        grad = back(np.ones(tuple(result.shape), np.float32))
        kept = bool(result.grad_fn.saved)
        return told | {"shape of the gradient": grad.shape, "it keeps `input`": kept}

    return Case(use=use, show=show, hint=hint)


# permute


def _undone(order: Sizes) -> list[int]:
    return [order.index(dim) for dim in range(len(order))]


def _permute(window: Callable[[Sizes], Any], back: Callable[[Sizes], Any]) -> Callable[[Any], Any]:
    return lambda torch: step(
        torch,
        lambda array, order: array.transpose(window(order)),
        lambda grad, shape, order: grad.transpose(back(order)),
    )


_BACK = "[order.index(dim) for dim in range(input.ndim)]"
_TRANSPOSES = {
    "a list": (_BACK, "back"),
    "a tuple": (f"tuple({_BACK})", "back"),
    "an array": ("np.argsort(order)", "back"),
    "dim by dim": (_BACK, "*back"),
    "an array, made on the way back": (_BACK, "np.argsort(order)"),
}
_TENSOR = "In this case `grad` is a tensor, and NumPy's functions are for arrays. "


def _by_transpose(kind: str, back: str, order: str) -> Misconception:
    """The way back by NumPy's `transpose`, which a tensor takes for its own, of two dims."""
    changes = {_BACK: back, "permute_dims(grad, back)": f"grad.transpose({order})"}
    return Misconception(
        f"transpose, {kind}",
        rewritten("ops.shape", "permute_dims", changes),
        "In this case `grad` is a tensor, whose `transpose` takes two dims and no order. "
        "`permute_dims(grad, back)` takes arrays and tensors.",
    )


register(
    Exercise(
        name="permute_dims",
        signature="permute_dims(input, order) -> the view, and the way back",
        reference=late(_permute(lambda order: order, _undone)),
        cases=[
            facts_case(lambda torch: tensor(torch, 2, 3), (1, 0), show="x (2, 3), order (1, 0)"),
            facts_case(
                lambda torch: tensor(torch, 2, 3, 4),
                (2, 0, 1),
                show="x (2, 3, 4), order (2, 0, 1)",
                hint="The new dim 0 is the old dim 2, the new dim 1 the old dim 0, and so on.",
            ),
            facts_case(
                lambda torch: turned(torch, 2, 3, 4),
                (1, 2, 0),
                show="x (2, 3, 4), transposed, order (1, 2, 0)",
                hint="The strides of x are not those of fresh memory. They come along.",
            ),
            facts_case(lambda torch: torch.tensor(7.0), (), show="x (), order ()"),
            gradient_case(
                lambda torch: tensor(torch, 2, 2),
                (1, 0),
                show="gradient of x (2, 2), order (1, 0)",
                hint="A gradient has the shape of what it belongs to: the dims go back.",
            ),
            gradient_case(
                lambda torch: tensor(torch, 2, 2, 2),
                (2, 0, 1),
                show="gradient of x (2, 2, 2), order (2, 0, 1)",
                hint="The old dim 0 is now dim 1, the old dim 1 is dim 2, the old dim 2 is dim 0: "
                "(2, 0, 1) is undone by (1, 2, 0).",
            ),
            gradient_case(
                lambda torch: tensor(torch, 2, 2, 2, 2),
                (3, 1, 0, 2),
                show="gradient of x (2, 2, 2, 2), order (3, 1, 0, 2)",
            ),
            _curvature_case(
                lambda torch: tensor(torch, 2, 2, 2),
                (2, 0, 1),
                show="gradient of the gradient of x (2, 2, 2)",
                expected=168.0,
            ),
        ],
        misconceptions=[
            Misconception(
                "the same order again",
                late(_permute(lambda order: order, lambda order: order)),
                "Your way back permutes by the same order once more. That leads home only where "
                "two dims change places. It takes the order that undoes `order`.",
            ),
            Misconception(
                "dims read the wrong way round",
                late(_permute(_undone, _undone)),
                "You send the old dim i to the place order[i]. It is the other way round: the new "
                "dim i is the old dim order[i]. With two dims one does not notice.",
            ),
            Misconception(
                "the gradient not turned",
                late(_permute(lambda order: order, lambda order: range(len(order)))),
                "Your way back leaves the gradient as it is. It has the dims of the view, and `x` "
                "needs them in its own order.",
            ),
            Misconception(
                "the first of no pair",
                rewritten(
                    "ops.shape",
                    "permute_dims",
                    {"permute_dims(grad, back)": "permute_dims(grad, back)[0]"},
                ),
                "Whoever calls `permute_dims` gets the view alone: `@view_op` keeps your way back "
                "for the tape. So `permute_dims(grad, back)[0]` is the first row of the view. "
                "Leave the [0] out.",
            ),
            *[_by_transpose(kind, *change) for kind, change in _TRANSPOSES.items()],
            slip(
                "NumPy's function",
                "ops.shape",
                "permute_dims",
                {"permute_dims(grad, back)": "np.transpose(grad, back)"},
                f"{_TENSOR}`permute_dims(grad, back)` takes both.",
            ),
            slip(
                "a method of tensors",
                "ops.shape",
                "permute_dims",
                {"permute_dims(grad, back)": "grad.permute(back)"},
                "Most often `grad` is an array, and only tensors have `permute`. "
                "`permute_dims(grad, back)` takes both.",
            ),
        ],
        hint="Return two things: the view, `input.transpose(order)`, and the way back, a function.",
    )
)


# a new dim


def _reach(shape: list[int], strides: list[int], dim: int) -> int:
    return shape[dim] * strides[dim] if dim < len(shape) else 1


def _unsqueeze(
    reach: Callable[..., int] = _reach,
    back: Callable[[Any, Sizes], Any] = lambda grad, shape: grad.reshape(shape),
    copy: bool = False,
) -> Callable[[Any], Any]:
    def look(array: Any, dim: int) -> Any:
        array, dim = array.copy() if copy else array, dim % (array.ndim + 1)
        shape, strides = list(array.shape), [step // array.itemsize for step in array.strides]
        strides.insert(dim, reach(shape, strides, dim))
        shape.insert(dim, 1)
        steps = [step * array.itemsize for step in strides]
        return np.lib.stride_tricks.as_strided(array, shape, steps)

    return lambda torch: step(torch, look, lambda grad, shape, dim: back(grad, shape))


register(
    Exercise(
        name="unsqueeze",
        signature="unsqueeze(input, dim) -> the view, and the way back",
        reference=late(_unsqueeze()),
        cases=[
            facts_case(
                lambda torch: tensor(torch, 2, 3),
                0,
                show="x (2, 3), dim 0",
                hint="The dim behind it spans 2 times 3 elements: stride 6.",
            ),
            facts_case(lambda torch: tensor(torch, 2, 3), 1, show="x (2, 3), dim 1"),
            facts_case(
                lambda torch: tensor(torch, 2, 3),
                -1,
                show="x (2, 3), dim -1",
                hint="At the very end no dim stands behind: stride 1.",
            ),
            facts_case(
                lambda torch: turned(torch, 2, 3),
                1,
                show="x (2, 3), transposed, dim 1",
                hint="The strides of x are not those of fresh memory. They come along.",
            ),
            facts_case(lambda torch: _holes(torch), 1, show="every other row of (4, 3, 2), dim 1"),
            facts_case(lambda torch: torch.tensor(7.0), 0, show="x (), dim 0"),
            gradient_case(
                lambda torch: tensor(torch, 2, 3),
                1,
                show="gradient of x (2, 3), dim 1",
                hint="A gradient has the shape of what it belongs to: the new dim goes.",
            ),
            _curvature_case(
                lambda torch: tensor(torch, 2, 3),
                1,
                show="gradient of the gradient of x (2, 3)",
                expected=90.0,
            ),
        ],
        misconceptions=[
            Misconception(
                "stride 1",
                late(_unsqueeze(lambda shape, strides, dim: 1)),
                "Your new dim always has stride 1. PyTorch's reaches over the dim behind it: its "
                "size times its stride.",
            ),
            Misconception(
                "stride 0",
                late(_unsqueeze(lambda shape, strides, dim: 0)),
                "Your new dim has stride 0, as NumPy's `None` gives it. PyTorch's reaches over the "
                "dim behind it: its size times its stride.",
            ),
            Misconception(
                "the stride behind",
                late(
                    _unsqueeze(lambda shape, strides, dim: strides[dim] if dim < len(shape) else 1)
                ),
                "You take the stride of the dim behind as it is. Times its size, while `shape` is "
                "still the old one.",
            ),
            Misconception(
                "a copy",
                late(_unsqueeze(copy=True)),
                "The numbers are right, but they are a copy: look at the memory of `input`.",
            ),
            slip(
                "the function of tensors",
                "ops.shape",
                "unsqueeze",
                {"grad.reshape(old)": "reshape(grad, old)"},
                "Your `reshape` takes tensors, and here `grad` is an array. The method "
                "`grad.reshape(old)` works with both.",
            ),
            slip(
                "NumPy's function",
                "ops.shape",
                "unsqueeze",
                {"grad.reshape(old)": "np.reshape(grad, old)"},
                f"{_TENSOR}The method `grad.reshape(old)` works with both.",
            ),
        ],
        hint="Return two things: `restride(input, shape, strides)`, and the way back, a function.",
    )
)


# repeated without a copy


def _roomy(torch: Any, *shape: int) -> Any:
    """A tensor with memory of others behind it, which a wrong stride walks into."""
    return torch.from_numpy(np.arange(99, dtype=np.float32)[: prod(shape)].reshape(shape))


def _stretched(
    stride: Callable[[int, int, int], int] = lambda size, step, wanted: step * (size == wanted),
    new: int = 0,
    back: Callable[[Any, Sizes], Any] | None = None,
    copy: bool = False,
) -> Callable[[Any], Any]:
    def look(array: Any, sizes: Sizes) -> Any:
        array, more = array.copy() if copy else array, len(sizes) - array.ndim
        wanted = [n if size == -1 else size for n, size in zip((1,) * more + array.shape, sizes)]
        own = zip(array.shape, array.strides, wanted[more:], strict=True)
        strides = [new * array.itemsize] * more + [stride(*facts) for facts in own]
        if copy:
            return np.array(np.broadcast_to(array, wanted))
        return np.lib.stride_tricks.as_strided(array, wanted, strides)

    undo = back or _summed
    return lambda torch: step(torch, look, lambda grad, shape, sizes: undo(grad, shape))


def _slip_back(label: str, back: str, message: str) -> Misconception:
    changes = {"lambda grad: fit_to(grad, shape, kind)": f"lambda grad: {back}"}
    return slip(label, "ops.shape", "stretched", changes, message)


def _summed(grad: Any, shape: Sizes, times: Any = np.sum) -> Any:
    more = grad.ndim - len(shape)
    stretched = [i for i, n in enumerate(shape) if n == 1 != grad.shape[more + i]]
    axes = (*range(more), *[more + i for i in stretched])
    return times(grad, axis=axes).reshape(shape)


register(
    Exercise(
        name="stretched",
        signature="stretched(input, sizes) -> the view, and the way back",
        reference=late(_stretched()),
        cases=[
            facts_case(
                lambda torch: _roomy(torch, 3, 1),
                (3, 4),
                show="x (3, 1), as (3, 4)",
                hint="The dim that grows from 1 to 4 gets stride 0; the other one keeps its own.",
            ),
            facts_case(
                lambda torch: _roomy(torch, 3),
                (2, 4, 3),
                show="x (3), as (2, 4, 3)",
                hint="Two dims are new, in front: stride 0 for each of them.",
            ),
            facts_case(
                lambda torch: _roomy(torch, 2, 3, 1).permute(2, 1, 0),
                (5, 4, 3, 2),
                show="x (1, 3, 2), transposed, as (5, 4, 3, 2)",
                hint="Old dims keep the strides they have: `element_strides(input)`.",
            ),
            facts_case(lambda torch: _roomy(torch, 2, 1), (2, 1), show="x (2, 1), as it is"),
            gradient_case(
                lambda torch: _roomy(torch, 3, 1),
                (2, 3, 4),
                show="gradient of x (3, 1), as (2, 3, 4)",
                hint="One number was used 2 times 4 times: `fit_to(grad, shape, dtype)` adds up.",
            ),
            _bare_case(
                lambda torch: _roomy(torch, 3, 1),
                (2, 3, 4),
                show="way back of x (3, 1), as (2, 3, 4), called by itself",
                hint="`fit_to(grad, shape, dtype)` wants shape and dtype of `input`, taken before: "
                "`shape, kind = input.shape, input.dtype`.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the old stride",
                late(_stretched(lambda size, step, wanted: step)),
                "A stretched dim keeps its stride: then it walks on, over numbers that are not "
                "its own. To stay where it is it needs stride 0.",
            ),
            Misconception(
                "all stay",
                late(_stretched(lambda size, step, wanted: 0)),
                "You gave stride 0 to every dim. One whose size is what is wanted keeps its own.",
            ),
            Misconception(
                "new dims move",
                late(_stretched(new=1)),
                "New dims, in front, repeat the same numbers: stride 0, not 1.",
            ),
            Misconception(
                "a copy",
                late(_stretched(copy=True)),
                "The numbers are right, but they are a copy: `restride` needs no new memory.",
            ),
            Misconception(
                "the mean",
                late(_stretched(back=lambda grad, shape: _summed(grad, shape, np.mean))),
                "Your way back takes a mean. Where a number was used many times, its gradient is "
                "the sum over all its uses.",
            ),
            _slip_back(
                "fitted to the result",
                "fit_to(grad, sizes, kind)",
                "Your way back gives a gradient of the shape of the result (the framework mends "
                "that later). It has to have the shape that `input` has.",
            ),
            _slip_back(
                "input kept",
                "fit_to(grad, input.shape, input.dtype)",
                "Your way back keeps the whole `input`, only to ask for its shape and dtype. Take "
                "them first: `shape, kind = input.shape, input.dtype`.",
            ),
        ],
        hint="Return two things: `restride(input, sizes, strides)`, and the way back, a function.",
    )
)


# the view rule


def _blocks(shape: Sizes, strides: Sizes) -> list[list[int]]:
    found: list[list[int]] = []
    for size, stride in zip(reversed(shape), reversed(strides), strict=True):
        if found and (size == 1 or stride == found[-1][0] * found[-1][1]):
            found[-1][0] *= size
        else:
            found.append([size, stride])
    return found or [[1, 1]]


def _blocks_case(shape: Sizes, strides: Sizes, hint: str = "") -> Case:
    return Case(
        use=lambda blocks, torch: [list(block) for block in blocks(shape, strides)],
        show=f"blocks({shape}, {strides})",
        hint=hint,
    )


def _each_alone(shape: Sizes, strides: Sizes) -> list[list[int]]:
    return [list(dim) for dim in zip(reversed(shape), reversed(strides), strict=True)] or [[1, 1]]


def _front_first(shape: Sizes, strides: Sizes) -> list[list[int]]:
    return _blocks(shape, strides)[::-1]


def _neighbours_only(shape: Sizes, strides: Sizes) -> list[list[int]]:
    found: list[list[int]] = []
    dims = list(zip(reversed(shape), reversed(strides), strict=True))
    for number, (size, stride) in enumerate(dims):
        inner = dims[number - 1] if number else None
        if inner and (size == 1 or stride == inner[0] * inner[1]):
            found[-1][0] *= size
        else:
            found.append([size, stride])
    return found or [[1, 1]]


register(
    Exercise(
        name="blocks",
        signature="blocks(shape, strides) -> list of [elements, stride]",
        reference=_blocks,
        cases=[
            _blocks_case((3, 4), (4, 1), "4 is 4 * 1: one block of 12 elements, stride 1."),
            _blocks_case((4, 3), (1, 4), "Two blocks, the last dim first: 1 is not 3 * 4."),
            _blocks_case((3, 2), (4, 2), "4 is 2 * 2: one block, with stride 2."),
            _blocks_case(
                (2, 3, 2),
                (12, 2, 1),
                "The last two dims join: [6, 1]. The first would join at stride 6, and has 12.",
            ),
            _blocks_case(
                (2, 3, 4, 5),
                (60, 20, 5, 1),
                "All join. After two dims the block has 20 elements, after three 60.",
            ),
            _blocks_case((5,), (3,), "One dim is one block, whatever its stride."),
            _blocks_case(
                (2, 2, 3, 2),
                (0, 12, 4, 1),
                "A dim joins the block behind it, which is the last one found: 12 is 3 * 4. And "
                "expanded, 0 is not 6 * 4.",
            ),
            _blocks_case((3, 3), (0, 0), "Expanded twice: 0 is 3 * 0, so they do join."),
            _blocks_case(
                (2, 1, 3),
                (3, 99, 1),
                "Nobody steps along a dim of size 1: it joins any block, and 3 is 3 * 1.",
            ),
            _blocks_case((), (), "A tensor without dims holds one element: [[1, 1]]."),
        ],
        misconceptions=[
            Misconception(
                "each dim alone",
                _each_alone,
                "You never join two dims. A dim joins the block behind it if its stride is the "
                "block's elements times the block's stride.",
            ),
            Misconception(
                "from the front",
                _front_first,
                "The blocks are right, but they stand from the first to the last. `view_strides` "
                "will want them from the last to the first.",
            ),
            Misconception(
                "compared with the neighbour only",
                _neighbours_only,
                "You compare a dim with its neighbour. Where that neighbour has size 1, its stride "
                "says nothing: compare with the whole block behind, elements times stride.",
            ),
        ],
        hint="Walk from the last dim to the first, and keep the block that you are in.",
    )
)


def _row_major(shape: Sizes) -> Sizes:
    return tuple(prod(max(size, 1) for size in shape[dim + 1 :]) for dim in range(len(shape)))


def _view_strides(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    if 0 in shape:
        return strides if shape == new_shape else _row_major(new_shape)
    new_strides: list[int] = []
    left = list(new_shape)
    for elements, stride in _blocks(shape, strides):
        filled = 1
        while left and (filled < elements or left[-1] == 1):
            new_strides.insert(0, filled * stride)
            filled *= left.pop()
        if filled != elements:
            return None
    return tuple(new_strides)


def _if_contiguous(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    return _row_major(new_shape) if strides == _row_major(shape) else None


def _regardless(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    return _row_major(new_shape)


def _not_turned(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    found = _view_strides(shape, strides, new_shape)
    return found if 0 in shape or found is None else found[::-1]


def _if_all_merge(shape: Sizes, strides: Sizes, new_shape: Sizes) -> Sizes | None:
    return _view_strides(shape, strides, new_shape) if len(_blocks(shape, strides)) < 2 else None


_ONE_SIZE = (
    "One size need not fill a block: 12 elements as (2, 3, 2) take three. `while` goes on to the "
    "next size, and only behind that loop, when no size is added any more, may it be None."
)


def _slip_fill(label: str, changes: dict[str, str], message: str) -> Misconception:
    return slip(label, "ops.shape", "view_strides", changes, message)


register(
    Exercise(
        name="view_strides",
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
            Case(args=((6, 4), (1, 6), (3, 2, 2, 2)), hint="Both blocks may be cut."),
            Case(args=((2, 3), (0, 1), (6,)), hint="Expanded: the first dim moves by 0."),
            Case(
                args=((2, 2), (5, 1), (2, 1, 2)),
                hint="A dim of size 1 fits in anywhere. Nobody steps along it; PyTorch writes down "
                "its stride all the same: as far as the dims behind it reach, 2 * 1.",
            ),
            Case(
                args=((6,), (2,), (6, 1)),
                hint="The new dim of size 1 comes last: nothing is filled yet, so 1 * 2.",
            ),
            Case(
                args=((6,), (2,), (1, 6)),
                hint="The new dim of size 1 comes first, when the block is full: 6 * 2.",
            ),
            Case(
                args=((2, 1, 3), (3, 99, 1), (6,)),
                hint="The old dim of size 1 is in nobody's way, whatever its stride.",
            ),
            Case(args=((1, 1), (4, 4), (1,)), hint="One element, seen with one dim."),
            Case(args=((1,), (1,), ()), hint="One element, seen without dims: no strides at all."),
            Case(args=((0, 3), (3, 1), (3, 0)), hint="The first lines deal with empty memory."),
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
                "not turned around",
                _not_turned,
                "These are the right strides, but the other way round. `new_strides` holds the "
                "last dim's first, as `append` leaves them, and the last line turns them around.",
            ),
            _slip_fill("if for while", {"while left and": "if left and"}, _ONE_SIZE),
            _slip_fill(
                "None too early",
                {
                    "        if filled != elements:\n            return None\n": "",
                    "left.pop()\n": "left.pop()\n            if filled != elements:\n"
                    "                return None\n",
                },
                _ONE_SIZE,
            ),
            _slip_fill(
                "no size left",
                {"while left and (": "while ("},
                "When all sizes are taken, `left` is empty. Ask for `left` first, and keep the two "
                "other reasons to go on in brackets: `while left and (... or ...)`.",
            ),
            _slip_fill(
                "the first size first",
                {"left[-1]": "left[0]", "left.pop()": "left.pop(0)"},
                "You take the sizes of `left` from the front. The last block comes first, and it "
                "is filled with the last size first: `left[-1]`, which `left.pop()` takes off.",
            ),
            _slip_fill(
                "size 1 behind a full block",
                {"(filled < elements or left[-1] == 1)": "filled < elements"},
                "Only new dims of size 1 go wrong. A block that is full takes all sizes 1 that "
                "come next, before the next block begins.",
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


# reshape and flatten


def _inferred(array: Any, shape: Any) -> Sizes:
    sizes = tuple(shape)
    rest = prod(size for size in sizes if size != -1)
    if array.size % rest if rest else array.size:
        raise RuntimeError(f"shape '{list(sizes)}' is invalid for input of size {array.size}")
    return tuple(array.size // rest if size == -1 else size for size in sizes)


def _reshape(look: Callable[[Any, Sizes], Any]) -> Callable[[Any], Any]:
    return lambda torch: step(
        torch,
        lambda array, shape: look(array, _inferred(array, shape)),
        lambda grad, old, shape: grad.reshape(old),
    )


def _copy_unless_contiguous(array: Any, shape: Sizes) -> Any:
    return array.reshape(shape) if array.flags.c_contiguous else array.copy("C").reshape(shape)


def _copy_without_dims(array: Any, shape: Sizes) -> Any:
    return array.reshape(shape) if shape else array.copy("C").reshape(shape)


register(
    Exercise(
        name="reshape",
        signature="reshape(input, shape) -> Tensor",
        reference=late(_reshape(lambda array, shape: array.reshape(shape))),
        cases=[
            facts_case(lambda torch: tensor(torch, 2, 6), (3, 4), show="reshape(x (2, 6), (3, 4))"),
            facts_case(
                lambda torch: tensor(torch, 2, 6), (4, -1), show="reshape(x (2, 6), (4, -1))"
            ),
            facts_case(
                lambda torch: turned(torch, 4, 3),
                (2, 6),
                show="reshape(x (4, 3) transposed, (2, 6))",
                hint="Two blocks, and a row of 6 spans both: only a copy will do.",
            ),
            facts_case(
                lambda torch: _holes(torch),
                (2, 6),
                show="reshape(every other row of (4, 3, 2), (2, 6))",
                hint="Not contiguous, and yet `view_strides` finds strides: a view.",
            ),
            facts_case(
                lambda torch: _holes(torch),
                (12,),
                show="reshape(every other row of (4, 3, 2), (12,))",
            ),
            facts_case(
                lambda torch: tensor(torch, 2, 3),
                (2, 3),
                show="reshape(x (2, 3), (2, 3))",
                hint="Also where the shape stays as it is, PyTorch hands out a new view.",
            ),
            facts_case(lambda torch: tensor(torch, 2, 0), (0, 5), show="reshape(x (2, 0), (0, 5))"),
            facts_case(
                lambda torch: tensor(torch, 1),
                (),
                show="reshape(x (1,), ())",
                hint="Without dims there are no strides: `()` is an answer, too, and means a view.",
            ),
            Case(
                args=lambda torch: (tensor(torch, 2, 6), (5, -1)),
                show="reshape(x (2, 6), (5, -1))",
                raises=RuntimeError,
                hint="12 numbers make no rows of 5; `given.shape_for` says so.",
            ),
            gradient_case(
                lambda torch: tensor(torch, 2, 3), (3, 2), show="gradient of a view, (2, 3)"
            ),
            gradient_case(
                lambda torch: turned(torch, 2, 3),
                (6,),
                show="gradient of a copy, (2, 3) transposed",
                hint="`new_memory` and `same_memory` bring their ways back along. Use the tensor, "
                "not its array.",
            ),
        ],
        misconceptions=[
            Misconception(
                "always a copy",
                late(_reshape(lambda array, shape: array.copy("C").reshape(shape))),
                "The numbers are right, but you always copy them. `view_strides` tells you when "
                "there is no need to.",
            ),
            slip(
                "the branches swapped",
                "ops.shape",
                "reshape",
                {"if strides is None:": "if strides is not None:"},
                "You have copy and view the wrong way round. Strides mean that a view is "
                "possible; None means that only a copy will do.",
            ),
            slip(
                "always a view",
                "ops.shape",
                "reshape",
                {"    if strides is None:\n        return new_memory(input, shape)\n": ""},
                "You always take the view. `view_strides` gives None where there is none, and "
                "None means: copy.",
            ),
            Misconception(
                "copies all that is not contiguous",
                late(_reshape(_copy_unless_contiguous)),
                "You copy whatever is not contiguous. Some of that can be viewed all the same: ask "
                "`view_strides`.",
            ),
            Misconception(
                "no strides taken for None",
                late(_reshape(_copy_without_dims)),
                "A shape without dims has the strides `()`, and Python takes an empty tuple for "
                "false. Only None asks for a copy: `strides is None`.",
            ),
        ],
        hint="Ask `view_strides` with the sizes and strides of the tensor.",
    )
)


def _ends(array: Any, start: int, end: int) -> tuple[int, int]:
    limit = array.ndim or 1
    for dim in (start, end):
        if not -limit <= dim < limit:
            raise IndexError(f"Dimension out of range, got {dim}")
    if start % limit > end % limit:
        raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
    return start % limit, end % limit


def _flatten(
    flat: Callable[[Any, int, int], Any], itself: bool = True, copy: bool = False
) -> Callable[[Any], Any]:
    def forward(array: Any, start: int, end: int) -> Any:
        shape = flat(array.shape, *_ends(array, start, end))
        return array.copy("C").reshape(shape) if copy else array.reshape(shape)

    def make(torch: Any) -> Any:
        way = step(torch, forward, lambda grad, old, start, end: grad.reshape(old))

        def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
            start, end = _ends(input, start_dim, end_dim)
            same = itself and start == end and input.ndim
            return input if same else way(input, start, end)

        return flatten

    return make


def _middle(shape: Sizes, start: int, end: int) -> Sizes:
    return (*shape[:start], prod(shape[start : end + 1]), *shape[end + 1 :])


def _end_left_out(shape: Sizes, start: int, end: int) -> Sizes:
    return (*shape[:start], prod(shape[start:end]), *shape[end:])


def _block(torch: Any) -> Any:
    return tensor(torch, 2, 3, 4)


def _flat_case(*dims: int, hint: str = "") -> Case:
    call = ", ".join(["x", *map(str, dims)])
    return facts_case(_block, *dims, show=f"flatten({call}) with x (2, 3, 4)", hint=hint)


register(
    Exercise(
        name="flatten",
        signature="flatten(input, start_dim=0, end_dim=-1) -> Tensor",
        reference=late(_flatten(_middle)),
        cases=[
            _flat_case(
                hint="Here start is 0 and end is 2, and the dims from 0 to 2 become one, 2 "
                "included: `shape[start : end + 1]`. `reshape` decides whether it is a view."
            ),
            _flat_case(1, hint="Dim 0 stays, dims 1 and 2 become one."),
            _flat_case(0, 1, hint="`end_dim` is included."),
            _flat_case(-2, -1, hint="start and end are counted from the front already."),
            _flat_case(
                1, 1, hint="One dim to be made into one: nothing to do. PyTorch returns `input`."
            ),
            facts_case(
                lambda torch: torch.tensor(7.0),
                show="flatten(torch.tensor(7.0))",
                hint="A tensor without dims becomes one of shape (1,), as in PyTorch.",
            ),
            facts_case(
                lambda torch: turned(torch, 2, 3, 4),
                show="flatten(x) with x (2, 3, 4) transposed",
                hint="The numbers cannot be read in a row: only a copy will do.",
            ),
            facts_case(
                lambda torch: _holes(torch), 1, show="flatten(every other row of (4, 3, 2), 1)"
            ),
            facts_case(
                lambda torch: tensor(torch, 0, 2, 3),
                1,
                show="flatten(x, 1) with x (0, 2, 3)",
                hint="Among 0 elements -1 may be any size. `math.prod` multiplies 2 and 3.",
            ),
            Case(
                args=lambda torch: (_block(torch), 2, 1),
                show="flatten(x, 2, 1)",
                raises=RuntimeError,
                hint="start_dim comes after end_dim: `given.dims_to_flatten` raises.",
            ),
            gradient_case(
                lambda torch: turned(torch, 2, 3, 2), 1, show="gradient of x (2, 3, 2) transposed"
            ),
        ],
        misconceptions=[
            Misconception(
                "end_dim left out",
                late(_flatten(_end_left_out)),
                "You stop before `end_dim`, as a slice would. In `flatten` both ends are included, "
                "so the slice has to go up to end + 1.",
            ),
            Misconception(
                "always a new tensor",
                late(_flatten(_middle, itself=False)),
                "All shapes are right. But with one single dim to flatten there is nothing to do, "
                "and PyTorch returns the very tensor it was given, not a new one over it.",
            ),
            Misconception(
                "always a copy",
                late(_flatten(_middle, copy=True)),
                "The numbers are right, but you always copy them. Leave it to `reshape`: it looks "
                "at the strides and makes a view where it can.",
            ),
            slip(
                "the product of no sizes, a float",
                "ops.shape",
                "flatten",
                {"math.prod(": "np.prod("},
                "A tensor without dims has no sizes to multiply: `np.prod(())` is then a float, "
                "1.0, and `math.prod(())` is the int 1.",
            ),
            Misconception(
                "everything into one",
                late(_flatten(lambda shape, start, end: (prod(shape),))),
                "You make one dim of all. Only the dims from `start_dim` to `end_dim` become one; "
                "those before and behind stay.",
            ),
        ],
        hint="The new shape: the sizes before `start`, the product of the middle, the sizes after "
        "`end`. Then `reshape`.",
    )
)
