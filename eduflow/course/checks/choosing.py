"""Checks on choosing and counting: what brackets pick, sums over axes, the numbers of a range."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..probing import rewritten
from . import Case, Exercise, Misconception, late, register
from .views import step


def _ints(*numbers: Any) -> Any:
    return np.array(numbers, np.int64)


def _mask(*truths: Any) -> Any:
    return np.array(truths, bool)


# What the entries of an index stand for


def _taken(item: Any) -> int:
    if isinstance(item, np.ndarray):
        return item.ndim if item.dtype.kind == "b" else 1
    return 0 if item is None or item is Ellipsis or isinstance(item, bool) else 1


register(
    Exercise(
        name="dims_taken",
        signature="dims_taken(item) -> int",
        reference=_taken,
        cases=[
            Case(args=(slice(None),)),
            Case(args=(3,), hint="A number stands for the dim that it picks a place of."),
            Case(args=(None,), hint="None makes a new dim. It uses up none of the tensor's."),
            Case(args=(Ellipsis,), hint="`...` is counted elsewhere: here it stands for none."),
            Case(
                args=lambda torch: (_ints([0, 2], [1, 1]),),
                show="dims_taken(array of ints, shape (2, 2))",
                hint="Numbers of places index one dim, whatever the shape of their array.",
            ),
            Case(
                args=lambda torch: (_mask([True, False], [True, True]),),
                show="dims_taken(mask of shape (2, 2))",
                hint="A mask says yes or no to each element of as many dims as it has.",
            ),
            Case(
                args=(True,),
                hint="True and False are masks without dims: they stand for none. And beware: in "
                "Python a bool is an int, too.",
            ),
        ],
        misconceptions=[
            Misconception(
                "every array by its dims",
                lambda item: item.ndim if isinstance(item, np.ndarray) else _taken(item),
                "An array of ints indexes ONE dim, whatever its shape. Only masks, with dtype.kind "
                "'b', stand for as many as they have.",
            ),
            Misconception(
                "a mask is a list",
                lambda item: 1 if isinstance(item, np.ndarray) else _taken(item),
                "A mask of two dims says yes or no to each element of TWO dims.",
            ),
            Misconception(
                "None counts",
                lambda item: 1 if item is None else _taken(item),
                "None stands for no dim of the tensor: it makes a new one.",
            ),
            Misconception(
                "a bool is an int",
                lambda item: 1 if isinstance(item, bool) else _taken(item),
                "True and False stand for no dim. To Python they are ints, too: ask for bool.",
            ),
            Misconception(
                "always one", lambda item: 1, "Not every entry stands for a dim; masks for several."
            ),
        ],
        hint="Two questions: is it an array, and if so, is its dtype.kind 'b'?",
    )
)


def _lists(key: Any, mask: Callable[[Any], Any] = np.nonzero, dims: Any = _taken) -> Any:
    found: dict[int, Any] = {}
    dim = 0
    for item in key:
        if isinstance(item, np.ndarray):
            found.update(enumerate(mask(item) if item.dtype.kind == "b" else [item], dim))
        dim += dims(item)
    return found


def _plain_lists(thing: Any, torch: Any, key: Any) -> Any:
    found = thing(key)
    if not isinstance(found, dict):
        return found
    return {dim: np.asarray(part).tolist() for dim, part in found.items()}


def _key_case(key: Any, show: str, hint: str = "") -> Case:
    return Case(use=partial(_plain_lists, key=key), show=f"index_lists({show})", hint=hint)


_CORNERS = _mask([True, False, False], [False, False, True])

register(
    Exercise(
        name="index_lists",
        signature="index_lists(key) -> dict of arrays",
        reference=_lists,
        cases=[
            _key_case((_ints(0, 2),), "([0, 2],)"),
            _key_case(
                (slice(None), _ints(0, 2)), "(:, [0, 2])", "The array stands at dim 1, behind `:`."
            ),
            _key_case((_ints(0, 1), slice(None), _ints(2, 2)), "([0, 1], :, [2, 2])"),
            _key_case(
                (_mask(True, False, True),),
                "([True, False, True],)",
                "The places where it is True: `item.nonzero()`.",
            ),
            _key_case(
                (_CORNERS,),
                "(mask of shape (2, 3),)",
                "`item.nonzero()` is a tuple: an array for each dim of the mask.",
            ),
            _key_case(
                (_CORNERS, _ints(5, 7)),
                "(mask of shape (2, 3), [5, 7])",
                "The mask stands for dims 0 and 1, so the numbers stand at dim 2.",
            ),
            _key_case((slice(None), _ints([0], [1])), "(:, [[0], [1]])"),
            _key_case((_mask(False, False),), "([False, False],)"),
        ],
        misconceptions=[
            Misconception(
                "by position",
                partial(_lists, dims=lambda item: 1),
                "You count entries. A mask of two dims is one entry, but stands for two dims: what "
                "follows it stands one further back. `dims_taken(item)` says how many.",
            ),
            Misconception(
                "masks as they are",
                partial(_lists, mask=lambda mask: [mask]),
                "You keep the mask as it is. What is asked for are the places where it is True: "
                "`item.nonzero()`.",
            ),
            Misconception(
                "rows of places",
                partial(_lists, mask=np.argwhere),
                "np.argwhere gives a row for each place. Here each DIM has its array of numbers, "
                "and that is what nonzero() gives.",
            ),
            Misconception(
                "slices forgotten",
                partial(_lists, dims=lambda item: 0 if isinstance(item, slice) else _taken(item)),
                "You count on only past arrays. A slice stands for a dim as well.",
            ),
            Misconception(
                "one dim of a mask",
                partial(_lists, mask=lambda mask: mask.nonzero()[:1]),
                "You use the first array of `item.nonzero()` only. It has one for each dim.",
            ),
        ],
        hint="Go through the key and count dims on: dim += dims_taken(item).",
    )
)

# Where the new dims go


def _front(dims: Any) -> int:
    return dims[0] if dims[-1] - dims[0] == len(dims) - 1 else 0


register(
    Exercise(
        name="first_new_dim",
        signature="first_new_dim(dims) -> int",
        reference=_front,
        cases=[
            Case(args=([0],), hint="One dim only is side by side, too."),
            Case(args=([2],), hint="One dim only is side by side, too: its place is 2."),
            Case(args=([1, 2],), hint="Side by side: they take the place of the first."),
            Case(args=([0, 2],)),
            Case(args=([1, 3],), hint="Dim 2 lies between: nobody can say where, so in front."),
            Case(args=([1, 4],)),
            Case(args=([1, 2, 4],), hint="The last one stands apart, and that is enough."),
            Case(args=([2, 3, 4],)),
        ],
        misconceptions=[
            Misconception(
                "always the first",
                lambda dims: dims[0],
                "With a dim between them, as in [1, 3], there is no natural place: in front, 0.",
            ),
            Misconception(
                "always in front",
                lambda dims: 0,
                "Side by side, as in [1, 2], the new dims take the place of the old ones: 1.",
            ),
            Misconception(
                "only the first two",
                lambda dims: dims[0] if dims[1:2] in ([], [dims[0] + 1]) else 0,
                "You look at the first two only. [1, 2, 4] are not side by side.",
            ),
            Misconception(
                "two at least",
                lambda dims: dims[0] if dims[1] == dims[0] + 1 else 0,
                "One dim only is side by side, too: there is no dims[1] then. And all must be, not "
                "the first two alone.",
            ),
            Misconception(
                "the wrong way round",
                lambda dims: 0 if dims[-1] - dims[0] == len(dims) - 1 else dims[0],
                "The other way round: side by side they keep their place, apart they go in front.",
            ),
            Misconception(
                "the last",
                lambda dims: dims[-1] if _front(dims) else 0,
                "They take the place of the FIRST of the dims, and push the rest back.",
            ),
        ],
        hint="Side by side means: the last less the first is one less than there are.",
    )
)


def _picked(array: Any, key: Any) -> Any:
    return array[key].copy()


def _with_front(array: Any, key: Any, front: Callable[[Any], int]) -> Any:
    lists = _lists(key)
    dims, rest = list(lists), [dim for dim in range(array.ndim) if dim not in lists]
    picked = array.transpose(dims + rest)[tuple(lists.values())]
    new = range(picked.ndim - len(rest))
    start = min(front(dims), len(rest))
    return np.moveaxis(picked, new, range(start, start + len(new)))


def _block(array: Any, key: Any) -> Any:
    """Each list for itself: rows first, then columns of what is left."""
    for dim, part in _lists(key).items():
        array = array.take(part.ravel() if part.ndim > 1 else part, dim)
    return array


def _cube(*shape: int) -> Any:
    array = np.arange(math.prod(shape), dtype=np.float32).reshape(shape)
    array.flags.writeable = False  # all answers get the same array
    return array


def _pick_case(array: Any, key: Any, show: str, hint: str = "", **options: Any) -> Case:
    def use(thing: Any, torch: Any) -> Any:
        result = thing(array, key)
        if not isinstance(result, np.ndarray):
            return result
        memory = "a view" if np.shares_memory(result, array) else "new"
        return {"numbers": np.ascontiguousarray(result), "memory": memory}

    return Case(use=use, show=show, hint=hint, **options)


def _short_cut(thing: Any, torch: Any) -> Any:
    """Whether NumPy was asked to pick with arrays that stand apart: then its rule did the work."""
    asked = []

    class Watched(np.ndarray):
        def __getitem__(self, index: Any) -> Any:
            items = index if isinstance(index, tuple) else (index,)
            dims = [dim for dim, item in enumerate(items) if isinstance(item, np.ndarray)]
            asked.append(bool(dims) and dims[-1] - dims[0] >= len(dims))
            return super().__getitem__(index)

    result = thing(_cube(2, 3, 4).view(Watched), (_ints(0, 1), slice(None), _ints(1, 3)))
    if not isinstance(result, np.ndarray):
        return result
    return "NumPy's, for arrays that stand apart" if any(asked) else "yours"


register(
    Exercise(
        name="gathered",
        signature="gathered(array, key) -> array",
        reference=partial(_with_front, front=_front),
        cases=[
            _pick_case(_cube(3, 4), (_ints(2, 0, 2),), "x (3, 4), x[[2, 0, 2]]"),
            _pick_case(_cube(3, 4), (slice(None), _ints(1, 3)), "x (3, 4), x[:, [1, 3]]"),
            _pick_case(
                _cube(3, 4),
                (_ints(0, 2), _ints(1, 3)),
                "x (3, 4), x[[0, 2], [1, 3]]",
                "Pairs: (0, 1) and (2, 3). Both arrays must stand in ONE index.",
            ),
            _pick_case(
                _cube(2, 3, 4),
                (slice(None), _ints(0, 2), _ints(1, 3)),
                "x (2, 3, 4), x[:, [0, 2], [1, 3]]",
                "Side by side: the new dim takes their place, behind the dim of size 2.",
            ),
            _pick_case(
                _cube(2, 3, 4),
                (_ints(0, 1, 1), slice(None), _ints(1, 3, 0)),
                "x (2, 3, 4), x[[0, 1, 1], :, [1, 3, 0]]",
                "A dim lies between: the new dim stands in front.",
            ),
            _pick_case(
                _cube(3, 4),
                (_ints([0], [2]), _ints(1, 3, 0)),
                "x (3, 4), x[[[0], [2]], [1, 3, 0]]",
                "Arrays are broadcast together: (2, 1) and (3,) give two new dims, (2, 3).",
            ),
            _pick_case(
                _cube(2, 3, 4),
                (slice(None), _ints([0, 1], [2, 2])),
                "x (2, 3, 4), x[:, [[0, 1], [2, 2]]]",
                "Two new dims, both in the place of dim 1.",
            ),
            _pick_case(_cube(2, 3), (_CORNERS,), "x (2, 3), x[mask of shape (2, 3)]"),
            _pick_case(
                _cube(4, 3, 2).transpose(2, 0, 1),
                (slice(None), _ints(-1, 0)),
                "x (2, 4, 3), turned, x[:, [-1, 0]]",
            ),
            _pick_case(_cube(3, 4), (_ints(),), "x (3, 4), x[[]]"),
            _pick_case(
                _cube(2, 3, 4, 2),
                (slice(None), _ints(0, 2), slice(None), _ints(1, 1)),
                "x (2, 3, 4, 2), x[:, [0, 2], :, [1, 1]]",
                "Apart again, and behind a dim: still in front of all.",
            ),
            Case(
                use=_short_cut,
                show="whose rule puts the new dim in front in x[[0, 1], :, [1, 3]]",
                hint="Bring the indexed dims to the front first: then the arrays stand side by "
                "side, and where the new dims go is for `first_new_dim` to say.",
            ),
        ],
        misconceptions=[
            Misconception(
                "NumPy's own",
                _picked,
                "All that comes out is right, for NumPy knows this rule, too. Write it yourself "
                "here, in the four steps of the page: `index_lists` and `first_new_dim` are needed "
                "again for the strides of the result.",
            ),
            Misconception(
                "a block",
                _block,
                "You work off one array after the other, and get a block. Two arrays in one index "
                "are pairs: element i of one goes with element i of the other.",
            ),
            Misconception(
                "always in front",
                partial(_with_front, front=lambda dims: 0),
                "The new dims always stand in front. Side by side they take the place of the dims "
                "that they index: `first_new_dim(dims)` says where.",
            ),
            Misconception(
                "where the first was",
                partial(_with_front, front=lambda dims: dims[0]),
                "The new dims always stand where the first array was. With a dim between the "
                "arrays they go in front: ask `first_new_dim(dims)`.",
            ),
            Misconception(
                "at the end",
                partial(_with_front, front=lambda dims: 99),
                "The new dims stand behind the others. transpose puts the indexed dims in front, "
                "so the new ones come first, and np.moveaxis takes them to their place.",
            ),
            Misconception(
                "one dim moved",
                lambda array, key: np.moveaxis(
                    _with_front(array, key, lambda dims: 0), 0, _front([*_lists(key)])
                ),
                "Only one new dim came to its place. There are as many as the arrays have when "
                "they are broadcast together: picked.ndim - len(rest).",
            ),
        ],
        hint="Indexed dims to the front, pick with all arrays at once, move the new dims home.",
    )
)

# Writing


def _reference_write(torch: Any) -> Any:
    def write(tensor: Any, index: Any, value: Any) -> None:
        value = value if isinstance(value, torch.Tensor) else torch.tensor(value)
        if isinstance(index, (list, torch.Tensor)):
            places = torch.as_tensor(index)
            tensor.index_put_((places,), value.to(tensor.dtype))
        else:
            view = tensor[index]
            view.copy_(_fitting(value, view.dim()))

    return write


def _fitting(value: Any, ndim: int) -> Any:
    """A value without the dims in front that are too many."""
    return value.reshape(value.shape[value.dim() - ndim :]) if value.dim() > ndim else value


def _write_unfitted(torch: Any) -> Any:
    def write(tensor: Any, index: Any, value: Any) -> None:
        if isinstance(index, (list, torch.Tensor)):
            _reference_write(torch)(tensor, index, value)
        else:
            tensor[index].copy_(torch.as_tensor(value))

    return write


def _write_copy(torch: Any) -> Any:
    return lambda tensor, index, value: tensor[index].copy_(torch.as_tensor(value))


def _write_all(torch: Any) -> Any:
    return lambda tensor, index, value: tensor.copy_(torch.as_tensor(value).reshape(-1)[0])


def _write_added(torch: Any) -> Any:
    def write(tensor: Any, index: Any, value: Any) -> None:
        if isinstance(index, (list, torch.Tensor)):
            tensor.index_put_((torch.as_tensor(index),), torch.as_tensor(value), accumulate=True)
        else:
            view = tensor[index]
            view.add_(_fitting(torch.as_tensor(value), view.dim()))

    return write


def _write_one(torch: Any) -> Any:
    def write(tensor: Any, index: Any, value: Any) -> None:
        first = torch.as_tensor(value).detach().reshape(-1)[0]
        _reference_write(torch)(tensor, index, first)

    return write


def _written(thing: Any, torch: Any, index: Any, value: Any) -> Any:
    x = torch.ones(3, 4)
    thing(x, index, value(torch) if callable(value) else value)
    return x


def _gradient_written(thing: Any, torch: Any) -> Any:
    w = torch.tensor([1.0, 2, 3, 4], requires_grad=True)
    x = torch.zeros(3, 4)
    thing(x, 1, w)
    (x * x).sum().backward()
    return w.grad


def _write_case(index: Any, value: Any, show: str, hint: str = "") -> Case:
    return Case(use=partial(_written, index=index, value=value), show=show, hint=hint)


register(
    Exercise(
        name="set_item",
        signature="set_item(tensor, index, value)",
        reference=late(_reference_write),
        cases=[
            _write_case(
                (1, 2), 7.0, "x[1, 2] = 7", "A number fills the view: `view.fill_(value)`."
            ),
            _write_case(slice(1, None), 5.0, "x[1:] = 5"),
            _write_case(
                (slice(None), 1),
                lambda torch: torch.arange(3.0),
                "x[:, 1] = torch.arange(3.)",
                "A value with dims is copied into the view: `view.copy_(...)`.",
            ),
            _write_case(
                slice(None, 2),
                lambda torch: torch.arange(4.0),
                "x[:2] = torch.arange(4.)",
                "The value may be smaller than the view: `filling_out` sees to that.",
            ),
            _write_case(
                0,
                lambda torch: torch.ones(1, 4) * 5,
                "x[0] = 5 * torch.ones(1, 4)",
                "The value may have dims of size 1 in front that the view lacks: `filling_out`.",
            ),
            _write_case(
                [0, 2],
                3.0,
                "x[[0, 2]] = 3",
                "A list makes no view. Write where the key points: `write_places(...)`.",
            ),
            _write_case(
                [2, 0],
                lambda torch: torch.arange(8.0).reshape(2, 4),
                "x[[2, 0]] = torch.arange(8.).reshape(2, 4)",
            ),
            _write_case(
                [1, 1],
                lambda torch: torch.tensor([[9.0], [9.0]]),
                "x[[1, 1]] = torch.tensor([[9.], [9.]])",
            ),
            Case(
                use=_gradient_written,
                show="gradient of w after x[1] = w, (x * x).sum()",
                hint="Write the tensor itself, not its numbers: copy_ is recorded.",
            ),
        ],
        misconceptions=[
            Misconception(
                "into a copy",
                late(_write_copy),
                "With a list, x[index] is a copy, and what you write there is lost. If there is a "
                "key, `write_places` writes into the view itself.",
            ),
            Misconception(
                "not brought to its shape",
                late(_write_unfitted),
                "A value may have dims of size 1 in front that the view lacks, and copy_ refuses "
                "them. `filling_out(value, view.shape)` brings it to the view's shape.",
            ),
            Misconception(
                "everywhere",
                late(_write_all),
                "You write into the whole tensor. What the index chose is `view`.",
            ),
            Misconception(
                "added",
                late(_write_added),
                "You add the value to what was there. It takes its place: copy_ or fill_.",
            ),
            Misconception(
                "one number",
                late(_write_one),
                "You fill the view with the first number of the value. A value with dims goes in "
                "element by element: `view.copy_(filling_out(value, view.shape))`.",
            ),
        ],
        hint="Three ways: a key, a value with dims, a number.",
    )
)

# Sums over axes


def _axes(dim: Any, ndim: int, front: Any = lambda d, n: d % max(n, 1)) -> Any:
    if dim is None or dim == () or dim == []:
        return tuple(range(ndim))
    found = []
    for d in dim if isinstance(dim, (tuple, list)) else (dim,):
        if not -max(ndim, 1) <= d < max(ndim, 1):
            raise IndexError("Dimension out of range")
        found.append(front(d, ndim))
    if len(set(found)) < len(found):
        raise RuntimeError("dim appears multiple times in the list of dims")
    return tuple(found) if ndim else ()


def _without_check(dim: Any, ndim: int) -> Any:
    if isinstance(dim, (tuple, list)) and dim:
        return tuple(d % ndim for d in dim)
    return _axes(dim, ndim)


def _early_check(dim: Any, ndim: int) -> Any:
    if isinstance(dim, (tuple, list)) and len(set(dim)) == len(dim):
        return tuple(d % ndim for d in dim) or tuple(range(ndim))
    return _axes(dim, ndim)


register(
    Exercise(
        name="reduced_axes",
        signature="reduced_axes(dim, ndim) -> tuple of ints",
        reference=_axes,
        cases=[
            Case(args=(None, 3), hint="None means all of them."),
            Case(args=(1, 3), hint="One number: still a tuple, (1,)."),
            Case(args=(-1, 3), hint="`check_dim(d, ndim)` counts from the front."),
            Case(args=((0, -1), 3)),
            Case(args=([2, 0], 3), hint="A list is as good as a tuple; a tuple comes back."),
            Case(args=((), 2), hint="No dims at all means all of them."),
            Case(args=([], 2)),
            Case(args=(0, 0), hint="A tensor without dims has nothing to add up over: ()."),
            Case(args=(3, 3), raises=IndexError, hint="`check_dim` refuses it."),
            Case(args=((1, 1), 2), raises=RuntimeError, hint="`must_differ(axes)` refuses it."),
            Case(
                args=((0, -2), 2),
                raises=RuntimeError,
                hint="0 and -2 of 2 dims are the same. `must_differ(axes)`, once they count from "
                "the front.",
            ),
        ],
        misconceptions=[
            Misconception(
                "negative ones stay",
                partial(_axes, front=lambda d, n: d),
                "-1 stays -1. `check_dim(d, ndim)` counts from the front, and refuses what is no "
                "dim.",
            ),
            Misconception(
                "a bare number",
                lambda dim, ndim: dim if isinstance(dim, int) else _axes(dim, ndim),
                "One number comes back as it is. What is asked for is a tuple: (1,).",
            ),
            Misconception(
                "none of nothing",
                lambda dim, ndim: () if dim in ((), []) else _axes(dim, ndim),
                "dim=() gives no axes. In PyTorch it means all of them, as None does.",
            ),
            Misconception(
                "twice is fine",
                _without_check,
                "The same axis twice goes through. `must_differ(axes)` refuses it.",
            ),
            Misconception(
                "differ too early",
                _early_check,
                "0 and -2 look different, but of 2 dims they are the same: ask once they count "
                "from the front.",
            ),
            Misconception(
                "an axis of nothing",
                lambda dim, ndim: (0,) if dim == 0 and not ndim else _axes(dim, ndim),
                "A tensor without dims has no axis 0: nothing is left to name, ().",
            ),
        ],
        hint="All, or the named ones, each through check_dim.",
    )
)


def _kept(shape: Any, axes: Any) -> list[int]:
    return [1 if axis in axes else size for axis, size in enumerate(shape)]


def _spread_over(grad: Any, shape: Any, axes: Any) -> Any:
    return np.broadcast_to(grad.reshape(_kept(shape, axes)), shape).copy()


def _lined_up(grad: Any, shape: Any, axes: Any) -> Any:
    """By broadcasting alone, where it goes; else right."""
    try:
        return np.broadcast_to(grad, shape).copy()
    except ValueError:
        return _spread_over(grad, shape, axes)


def _mean(grad: Any, shape: Any, axes: Any) -> Any:
    count = math.prod(shape[axis] for axis in axes)
    return _spread_over(grad, shape, axes) / np.asarray(count or 1, grad.dtype)


def _ones(grad: Any, shape: Any, axes: Any) -> Any:
    return np.ones(shape, grad.dtype)


def _filled(grad: Any, shape: Any, axes: Any) -> Any:
    return _spread_over(np.full_like(grad, grad.sum()), shape, axes)


def _summed(outer: Any, old: Any, axes: Any) -> Any:
    return outer.sum(axis=axes).reshape(old)


def _first(outer: Any, old: Any, axes: Any) -> Any:
    return outer[tuple(0 if a in axes else slice(None) for a in range(outer.ndim))].reshape(old)


_SUMS = "_core.reduction"


def _both_ways(forward: Any, back: Any = _summed) -> Any:
    """On arrays the bare function, on tensors a step with a way back."""

    def make(torch: Any) -> Any:
        def function(grad: Any, *, shape: Any, axes: Any) -> Any:
            if isinstance(grad, np.ndarray):
                return forward(grad, shape, axes)
            way = step(
                torch,
                lambda array: forward(array, shape, axes),
                lambda outer, old: back(outer, old, axes),
            )
            return way(grad)

        return function

    return late(make)


def _grad_case(grad: Any, shape: Any, axes: Any, show: str, hint: str = "") -> Case:
    return Case(
        args=lambda torch: (np.asarray(grad, np.float32),),
        kwargs={"shape": shape, "axes": axes},
        show=f"{show}: shape={shape}, axes={axes}",
        hint=hint,
    )


def _outer_case(size: Any, shape: Any, axes: Any, hint: str = "") -> Case:
    return Case(
        args=lambda torch: (
            torch.from_numpy(np.arange(math.prod(size), dtype=np.float64).reshape(size))
            .clone()
            .requires_grad_(),
        ),
        kwargs={"shape": shape, "axes": axes},
        gradient=True,
        show=f"gradient of the gradient {size}: shape={shape}, axes={axes}",
        hint=hint,
    )


register(
    Exercise(
        name="spread_over",
        signature="spread_over(grad, *, shape, axes) -> the gradient, and its own way back",
        reference=_both_ways(_spread_over),
        cases=[
            _grad_case(
                [1, 10], (2, 3), (1,), "grad of x.sum(1)", "Each row gets its own gradient."
            ),
            _grad_case([1, 10, 100], (2, 3), (0,), "grad of x.sum(0)"),
            _grad_case(
                [1, 10, 100],
                (3, 3),
                (1,),
                "grad of x.sum(1), x square",
                "Row i gets gradient i. Broadcasting lines up at the END: bring `grad` to (3, 1).",
            ),
            _grad_case([[1], [10]], (2, 3), (1,), "grad of x.sum(1, keepdim=True)"),
            _grad_case(5, (2, 3), (0, 1), "grad of x.sum()"),
            _grad_case(np.arange(3), (2, 3, 4), (0, 2), "grad of x.sum((0, 2))"),
            _grad_case(np.zeros((0,)), (0, 3), (1,), "grad of x.sum(1), x empty"),
            _grad_case(7, (), (), "grad of x.sum(), x without dims"),
            _outer_case((2,), (2, 3), (1,), "The way back from spreading is a sum over the axes."),
            _outer_case((2, 1), (2, 3), (1,), "With dims of size 1, the sum keeps them, too."),
        ],
        misconceptions=[
            Misconception(
                "broadcast as it is",
                _both_ways(_lined_up),
                "For a square x your gradients lie along the wrong axis: broadcasting lines shapes "
                "up at the end. Reshape `grad` first, with 1 in place of each axis.",
            ),
            Misconception(
                "divided",
                _both_ways(_mean),
                "That is the mean's way back. In a sum every element counts whole.",
            ),
            Misconception(
                "ones",
                _both_ways(_ones),
                "Ones are right only where the gradient is 1. It is `grad` that is laid out.",
            ),
            Misconception(
                "added up first",
                _both_ways(_filled),
                "Every element gets the sum of all gradients. It only went into one of the sums.",
            ),
            Misconception(
                "no dims kept",
                rewritten(_SUMS, "spread_over", {", keepdims=keepdims": ""}),
                "Backward once more you always sum without keepdims. With dims of size 1, the sum "
                "keeps them, too: hand `keepdims` on, True if `grad` had as many dims as `shape`.",
            ),
            Misconception(
                "the first of each",
                _both_ways(_spread_over, _first),
                "Backward once more you take one element of each row. All of them came from the "
                "same number: what comes back is their sum.",
            ),
        ],
        hint="A reshape that puts the dims of size 1 back; then `stretched`.",
    )
)

# A range


def _count(start: Any, end: Any, step: Any) -> Any:
    if all(isinstance(number, int) for number in (start, end, step)):
        return -((start - end) // step)
    return math.ceil((end - start) / step)


def _range(start: Any, end: Any, step: Any, target: Any, count: Any = _count) -> Any:
    places = np.arange(max(count(start, end, step), 0))
    if target.kind in "iu":
        return (int(start) + int(step) * places.astype(np.int64)).astype(target)
    return (start + step * places.astype(np.float64)).astype(target)


def _with_end(start: Any, end: Any, step: Any) -> Any:
    return math.floor((end - start) / step) + 1


def _cut_first(start: Any, end: Any, step: Any, target: Any) -> Any:
    if target.kind in "iu" and int(step):
        start, end, step = int(start), int(end), int(step)
    return _range(start, end, step, target)


def _added_up(start: Any, end: Any, step: Any, target: Any) -> Any:
    count = max(_count(start, end, step), 0)
    whole = target.kind in "iu"
    if whole:
        start, step = int(start), int(step)
    steps = np.full(count, step, np.int64 if whole else np.float64)
    steps[:1] = start
    return np.cumsum(steps).astype(target)


def _range_case(*bounds: Any, dtype: str, hint: str = "") -> Case:
    return Case(
        args=lambda torch: (*bounds, np.dtype(dtype)),
        show=f"spaced({', '.join(map(str, bounds))}, {dtype})",
        hint=hint,
    )


register(
    Exercise(
        name="spaced",
        signature="spaced(start, end, step, target) -> array",
        reference=_range,
        cases=[
            _range_case(0, 6, 2, dtype="int64", hint="0, 2, 4: the end is not included."),
            _range_case(0, 7, 2, dtype="int64", hint="0, 2, 4, 6: round up."),
            _range_case(5, 0, -2, dtype="int64", hint="5, 3, 1: the same formula counts down."),
            _range_case(3, 3, 1, dtype="int64", hint="Nothing comes before the end: no numbers."),
            _range_case(0, 1, 0.25, dtype="float32"),
            _range_case(
                1,
                1.3,
                0.1,
                dtype="float64",
                hint="(1.3 - 1) / 0.1 is 3.0000000000000004, and rounded up that is 4.",
            ),
            _range_case(
                0,
                100,
                0.1,
                dtype="float64",
                hint="Compute each number from its place: start + step * place.",
            ),
            _range_case(0, 3, 1, dtype="float32", hint="Ints may become floats: that is `target`."),
            _range_case(
                0,
                2.5,
                0.5,
                dtype="int32",
                hint="Count first (there are 5), and only then cut start and step to ints: zeros.",
            ),
            _range_case(1.5, 4.5, 1.5, dtype="int16"),
            _range_case(
                -1.5, 1.5, 1.0, dtype="int32", hint="Cut the start, too: -1, 0, 1, in whole steps."
            ),
            _range_case(
                0,
                1.1,
                0.1,
                dtype="float64",
                hint="1.1 / 0.1 rounds to 11. `//` says 12: it is for three ints only.",
            ),
            _range_case(0, 7, 0.7, dtype="float64", hint="One float is enough: no `//`."),
            _range_case(
                2**53 + 1,
                2**53 + 4,
                1,
                dtype="int64",
                hint="A float cannot hold 2**53 + 1. For ints, the places are np.int64.",
            ),
            _range_case(
                2**70,
                2**70 + 2**60,
                2**58,
                dtype="float64",
                hint="These are too large for np.int64. For floats, the places are np.float64.",
            ),
            _range_case(
                0,
                2**60 + 1,
                2**50,
                dtype="int64",
                hint="A float has 53 bits: with ints, count in ints, -((start - end) // step).",
            ),
        ],
        misconceptions=[
            Misconception(
                "end included",
                partial(_range, count=_with_end),
                "You include the end. arange stops before it; linspace includes it.",
            ),
            Misconception(
                "rounded down",
                partial(_range, count=lambda start, end, step: int((end - start) / step)),
                "You round down: the last number is missing where the steps do not fit exactly. "
                "Round up.",
            ),
            Misconception(
                "rounded to the nearest",
                partial(_range, count=lambda start, end, step: round((end - start) / step)),
                "You round to the nearest count. All numbers before the end count: round up.",
            ),
            Misconception(
                "added up",
                _added_up,
                "You add step to the number before, and rounding errors pile up. Compute each from "
                "its place: start + step * place.",
            ),
            Misconception(
                "counted in floats",
                partial(_range, count=lambda a, b, step: math.ceil((b - a) / step)),
                "With large ints a float miscounts. Ints divide exactly: -((start - end) // step).",
            ),
            Misconception(
                "cut first",
                _cut_first,
                "You cut to ints before you count. PyTorch counts first, with the floats.",
            ),
        ],
        hint="How many fit before the end? Then start + step * np.arange(count).",
    )
)

# Adding up


def _total(array: Any, axes: Any, keepdims: bool = False, dtype: Any = None) -> Any:
    wider = {"float16": "f4", "float32": "f8", "complex64": "c16"}.get(array.dtype.name)
    if dtype is not None or wider is None:
        return array.sum(axes, dtype, keepdims=keepdims)
    return array.sum(axes, wider, keepdims=keepdims).astype(array.dtype)


def _stays_wide(array: Any, axes: Any, keepdims: bool = False, dtype: Any = None) -> Any:
    wider = {"float16": "f4", "float32": "f8", "complex64": "c16"}
    return array.sum(axes, dtype or wider.get(array.dtype.name), keepdims=keepdims)


def _own_dtype(array: Any, axes: Any, keepdims: bool = False, dtype: Any = None) -> Any:
    """Numbers added up one after the other, in the dtype they have."""
    if array.dtype.kind != "f" or not array.size or not axes:
        return _total(array, axes, keepdims, dtype)
    result = array
    for axis in sorted(axes, reverse=True):
        result = np.add.accumulate(result, axis).take(-1, axis)
    return np.expand_dims(result, axes) if keepdims else result


def _sum_case(array: Any, show: str, *rest: Any, hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        result = thing(array, *rest)
        return result if result is None else np.asarray(result)

    return Case(use=use, show=f"total({show})", hint=hint)


_BESIDE = np.array([2.0**24, 1, 1, 1], np.float32)  # 1 is lost beside the first, 3 are not

register(
    Exercise(
        name="total",
        signature="total(array, axes, keepdims=False, dtype=None) -> array",
        reference=_total,
        cases=[
            _sum_case(_cube(2, 3), "array (2, 3), (1,)", (1,)),
            _sum_case(_cube(2, 3), "array (2, 3), (0,), True", (0,), True, hint="keepdims."),
            _sum_case(_cube(2, 3, 4), "array (2, 3, 4), (0, 2)", (0, 2)),
            _sum_case(
                _BESIDE,
                "[16777216, 1, 1, 1] in float32, (0,)",
                (0,),
                hint="In float32 each 1 is lost beside the first. Add up in wider[...].",
            ),
            _sum_case(
                np.array([2048, 1, 1, 1], np.float16), "[2048, 1, 1, 1] in float16, (0,)", (0,)
            ),
            _sum_case(
                np.array([100, 100], np.int8),
                "[100, 100] in int8, (0,), dtype=int64",
                (0,),
                False,
                np.dtype("int64"),
                hint="`dtype` decides, where it is given.",
            ),
            _sum_case(
                np.array([100, 100], np.int8),
                "[100, 100] in int8, (0,), dtype=int32",
                (0,),
                False,
                np.dtype("int32"),
                hint="Hand `dtype` on to sum.",
            ),
            _sum_case(
                _cube(2, 3),
                "array (2, 3), (0,), dtype=float64",
                (0,),
                False,
                np.dtype("float64"),
                hint="`dtype` decides for floats, too.",
            ),
            _sum_case(
                _cube(2, 2).astype("f8"),
                "array (2, 2) in float64, (0, 1), True",
                (0, 1),
                True,
                hint="float64 is not in `wider`; keepdims counts all the same.",
            ),
            _sum_case(_cube(0, 3), "array (0, 3), (0,)", (0,)),
        ],
        misconceptions=[
            Misconception(
                "in its own dtype",
                _own_dtype,
                "You add up in the dtype of the array, and small numbers are lost beside large "
                "ones. `wider[array.dtype.name]` is the dtype to add up in.",
            ),
            Misconception(
                "it stays wide",
                _stays_wide,
                "The sum stays in the wider dtype. Bring it back: .astype(array.dtype).",
            ),
            Misconception(
                "keepdims forgotten",
                lambda array, axes, keepdims=False, dtype=None: _total(array, axes, False, dtype),
                "With keepdims, each axis stays, with size 1: hand it on to sum.",
            ),
            Misconception(
                "over everything",
                lambda array, axes, keepdims=False, dtype=None: np.asarray(
                    _total(array, None, keepdims, dtype)
                ),
                "You add up everything. `axes` says which dims go.",
            ),
            Misconception(
                "narrow ints",
                lambda array, axes, keepdims=False, dtype=None: np.asarray(
                    _total(array, axes, keepdims)
                ).astype(array.dtype),
                "`dtype` is left out: ints are added up in it, and it is the dtype of the result.",
            ),
        ],
        hint="array.sum(axes, dtype, keepdims=keepdims), in one dtype or another.",
    )
)


def _average(array: Any, axes: Any, keepdims: bool = False) -> Any:
    count = math.prod([array.shape[axis] for axis in axes])
    wide = array.astype("f4") if array.dtype == np.float16 else array
    return (_total(wide, axes, keepdims) / count).astype(array.dtype), count


def _divided_by(array: Any, axes: Any, keepdims: bool = False, *, count: Any) -> Any:
    wide = array.astype("f4") if array.dtype == np.float16 else array
    number = count(array, axes)
    with np.errstate(all="ignore"):
        return (_total(wide, axes, keepdims) / number).astype(array.dtype), number


def _too_small(array: Any, axes: Any, keepdims: bool = False) -> Any:
    _, count = _average(array, axes, keepdims)
    with np.errstate(over="ignore"):
        return (_total(array, axes, keepdims) / count).astype(array.dtype), count


def _stays_single(array: Any, axes: Any, keepdims: bool = False) -> Any:
    return _average(array.astype("f4") if array.dtype == np.float16 else array, axes, keepdims)


def _average_case(array: Any, show: str, *rest: Any, hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        with np.errstate(all="ignore"):
            result = thing(array, *rest)
        if isinstance(result, tuple) and len(result) == 2:
            return np.asarray(result[0]), result[1]
        return np.asarray(result) if isinstance(result, np.generic) else result

    return Case(use=use, show=f"average({show})", hint=hint)


register(
    Exercise(
        name="average",
        signature="average(array, axes, keepdims=False) -> mean, count",
        reference=_average,
        cases=[
            _average_case(_cube(2, 3), "array (2, 3), (1,)", (1,), hint="Rows of 3: count is 3."),
            _average_case(_cube(2, 3), "array (2, 3), (0,), True", (0,), True),
            _average_case(
                _cube(2, 3, 4),
                "array (2, 3, 4), (0, 2)",
                (0, 2),
                hint="2 * 4 numbers go into each mean: the product of the sizes.",
            ),
            _average_case(
                np.full(1000, 100, np.float16),
                "1000 times 100 in float16, (0,)",
                (0,),
                hint="The sum, 100000, is inf in half precision. Make the array float32 first, "
                "and bring the mean back to `array.dtype`.",
            ),
            _average_case(
                np.array([2.0**24 + 1] * 2),
                "[16777217, 16777217] in float64, (0,)",
                (0,),
                hint="Only halves become float32. float64 has more digits than that.",
            ),
            _average_case(np.array(7, np.float32), "7 without dims, ()", ()),
        ],
        misconceptions=[
            Misconception(
                "of all numbers",
                partial(_divided_by, count=lambda array, axes: array.size),
                "You divide by all numbers of the array. Only those along the axes go into a mean.",
            ),
            Misconception(
                "of the axes",
                partial(_divided_by, count=lambda array, axes: len(axes)),
                "You divide by how many axes there are, and not by their sizes.",
            ),
            Misconception(
                "half overflows",
                _too_small,
                "In half precision the sum is inf before you divide: array.astype(np.float32).",
            ),
            Misconception(
                "only the mean",
                lambda array, axes, keepdims=False: np.asarray(_average(array, axes, keepdims)[0]),
                "Return two things: the mean and the count, which the gradient will need.",
            ),
            Misconception(
                "halves stay wide",
                _stays_single,
                "Of halves, the mean is still float32. Bring it back to `array.dtype`.",
            ),
            Misconception(
                "in a wider dtype",
                lambda array, axes, keepdims=False: (
                    np.asarray(_average(array, axes, keepdims)[0], "f8"),
                    _average(array, axes)[1],
                ),
                "The mean has another dtype than the array. Bring it back to `array.dtype`: "
                ".astype(array.dtype).",
            ),
        ],
        hint="A count, a total, and one division.",
    )
)
