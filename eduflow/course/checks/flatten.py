"""Checks on flatten: shapes, and whether the result is a view, a copy or the tensor itself."""

from __future__ import annotations

from math import prod
from typing import Any

from . import Case, Exercise, Misconception, late, register


def _dims(ndim: int, *dims: int) -> list[int]:
    limit = ndim or 1
    for dim in dims:
        if not -limit <= dim < limit:
            raise IndexError(f"Dimension out of range, got {dim}")
    return [dim % limit for dim in dims]


def _flatten(torch: Any) -> Any:
    def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
        shape = tuple(input.shape)
        start, end = _dims(len(shape), start_dim, end_dim)
        if start > end:
            raise RuntimeError("flatten() has invalid args: start_dim cannot come after end_dim")
        if start == end and shape:
            return input
        middle = prod(shape[start : end + 1])
        return torch.reshape(input, (*shape[:start], middle, *shape[end + 1 :]))

    return flatten


def _end_left_out(torch: Any) -> Any:
    def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
        shape = tuple(input.shape)
        start, end = _dims(len(shape), start_dim, end_dim)
        if start > end:
            raise RuntimeError
        if start == end and shape:
            return input
        return torch.reshape(input, (*shape[:start], prod(shape[start:end]), *shape[end:]))

    return flatten


def _always_new(torch: Any) -> Any:
    def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
        shape = tuple(input.shape)
        start, end = _dims(len(shape), start_dim, end_dim)
        if start > end:
            raise RuntimeError
        middle = prod(shape[start : end + 1])
        return torch.reshape(input, (*shape[:start], middle, *shape[end + 1 :]))

    return flatten


def _always_copies(torch: Any) -> Any:
    def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
        result = _flatten(torch)(input, start_dim, end_dim)
        return result if result is input else torch.tensor(result.tolist())

    return flatten


def _into_one(torch: Any) -> Any:
    def flatten(input: Any, start_dim: int = 0, end_dim: int = -1) -> Any:
        start, end = _dims(input.ndim, start_dim, end_dim)
        if start > end:
            raise RuntimeError
        return input if start == end and input.ndim else torch.reshape(input, (-1,))

    return flatten


def _block(torch: Any) -> Any:
    return torch.reshape(torch.arange(24), (2, 3, 4))


def _on_block(show: str, *dims: int, hint: str = "") -> Case:
    return Case(args=lambda torch: (_block(torch), *dims), show=show, hint=hint)


def _sharing(flatten: Any, x: Any, *dims: int) -> str:
    """How the flattened tensor and `x` hang together, in words."""
    flat = flatten(x, *dims)
    if flat is x:
        return "the tensor itself"
    same = flat.untyped_storage().data_ptr() == x.untyped_storage().data_ptr()
    return "a view" if same else "a copy"


register(
    Exercise(
        name="flatten",
        signature="flatten(input, start_dim=0, end_dim=-1) -> Tensor",
        reference=late(_flatten),
        cases=[
            _on_block("flatten(x) with x of shape (2, 3, 4)"),
            _on_block("flatten(x, 1)", 1, hint="Dim 0 stays, dims 1 and 2 become one."),
            _on_block("flatten(x, 0, 1)", 0, 1, hint="`end_dim` is included."),
            _on_block("flatten(x, -2, -1)", -2, -1, hint="start and end are counted already."),
            Case(
                args=lambda torch: (torch.tensor(7),),
                show="flatten(torch.tensor(7))",
                hint="A tensor without dims becomes one of shape (1,), as in PyTorch.",
            ),
            Case(
                args=lambda torch: (_block(torch), 2, 1),
                show="flatten(x, 2, 1)",
                raises=RuntimeError,
                hint="start_dim comes after end_dim: raise RuntimeError.",
            ),
            Case(
                use=lambda flatten, torch: _sharing(flatten, _block(torch)),
                show="flatten(x): view or copy?",
                hint="`reshape` makes a view wherever that is possible. Let it decide.",
            ),
            Case(
                use=lambda flatten, torch: _sharing(flatten, torch.transpose(_block(torch), 0, 2)),
                show="flatten(x.transpose(0, 2)): view or copy?",
                hint="The numbers cannot be read in a row: only a copy will do.",
            ),
            Case(
                use=lambda flatten, torch: _sharing(flatten, _block(torch), 1, 1),
                show="flatten(x, 1, 1): view or copy?",
                hint="One dim to be made into one: nothing to do. PyTorch returns `input` itself.",
            ),
        ],
        misconceptions=[
            Misconception(
                "end_dim left out",
                late(_end_left_out),
                "You stop before `end_dim`, as a slice would. In `flatten` both ends are included, "
                "so the slice has to go up to end + 1.",
            ),
            Misconception(
                "always a new tensor",
                late(_always_new),
                "All shapes are right. But with one single dim to flatten there is nothing to do, "
                "and PyTorch returns the very tensor it was given, not a new one over it.",
            ),
            Misconception(
                "always a copy",
                late(_always_copies),
                "The numbers are right, but you always copy them. Leave it to `reshape`: it looks "
                "at the strides and makes a view where it can.",
            ),
            Misconception(
                "everything into one",
                late(_into_one),
                "You make one dim of all. Only the dims from `start_dim` to `end_dim` become one; "
                "those before and behind stay.",
            ),
        ],
        hint="The new shape: the sizes before `start`, the product of the middle, the sizes after "
        "`end`. Then `reshape`.",
    )
)
