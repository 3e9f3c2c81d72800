"""Checks on in-place operations: writing, a view's history, the operation, an optimizer's step."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from . import Case, Exercise, Misconception, late, register

# write


def _write(tensor: Any, array: Any) -> None:
    np.copyto(tensor._array, array, casting="unsafe")
    tensor._counter[0] += 1


def _uncounted(tensor: Any, array: Any) -> None:
    np.copyto(tensor._array, array, casting="unsafe")


def _other_memory(tensor: Any, array: Any) -> None:
    tensor._array = np.asarray(array)
    tensor._counter[0] += 1


def _other_counter(tensor: Any, array: Any) -> None:
    np.copyto(tensor._array, array, casting="unsafe")
    tensor._counter = [tensor._counter[0] + 1]


def _version_set(tensor: Any, array: Any) -> None:
    tensor._version += 1


def _version_set_after_colon(tensor: Any, array: Any) -> None:
    tensor._array[:] = array  # raises without dims
    tensor._version += 1


def _colon(tensor: Any, array: Any) -> None:
    tensor._array[:] = array
    tensor._counter[0] += 1


def _list_counted(tensor: Any, array: Any) -> None:
    tensor._counter += 1


def _always_one(tensor: Any, array: Any) -> None:
    np.copyto(tensor._array, array, casting="unsafe")
    tensor._counter[0] = 1


def _same_kind_only(tensor: Any, array: Any) -> None:
    np.copyto(tensor._array, array)
    tensor._counter[0] += 1


def _written(
    write: Any, torch: Any, *, make: Callable[[Any], Any], array: Any, times: int = 1
) -> dict[str, Any]:
    """What `write` does to a tensor and to its base, which are what `make(torch)` returns."""
    base, tensor = make(torch)
    given = np.array(array)
    for _ in range(times):
        write(tensor, given)
    given[...] = 0
    return {
        "the tensor": tensor.tolist(),
        "its base": base.tolist(),
        "the versions of both": [tensor._version, base._version],
        "the dtype": str(tensor.dtype).rpartition(".")[2],
    }


def _alone(values: Any) -> Callable[[Any], Any]:
    def make(torch: Any) -> Any:
        tensor = torch.tensor(values)
        return tensor, tensor

    return make


def _under(shape: tuple[int, ...], look: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def make(torch: Any) -> Any:
        base = torch.zeros(*shape)
        return base, look(base)

    return make


def _writing(show: str, hint: str = "", **case: Any) -> Case:
    return Case(use=partial(_written, **case), show=show, hint=hint)


register(
    Exercise(
        name="write",
        signature="write(tensor, array) -> None",
        reference=_write,
        cases=[
            _writing(
                "write(tensor([0., 0., 0.]), array([1., 2., 3.])), twice",
                make=_alone([0.0, 0.0, 0.0]),
                array=[1.0, 2.0, 3.0],
                times=2,
            ),
            _writing(
                "base = zeros(4); write(base[1:3], array([5., 6.]))",
                "The base looks at the same memory and reads the same counter.",
                make=_under((4,), lambda base: base[1:3]),
                array=[5.0, 6.0],
            ),
            _writing(
                "base = zeros(2, 3); write(base.T, array([[1, 2], [3, 4], [5, 6]]))",
                "The memory may have gaps or another order: let NumPy find the places.",
                make=_under((2, 3), lambda base: base.T),
                array=[[1, 2], [3, 4], [5, 6]],
            ),
            _writing(
                "write(tensor([1, 2]), array([2.5, -3.5]))",
                "An int has no room for the half; what is left of the number goes in.",
                make=_alone([1, 2]),
                array=[2.5, -3.5],
            ),
            _writing("write(tensor(1.), array(4.))", make=_alone(1.0), array=4.0),
            _writing(
                "base = zeros(3); write(base[1:1], array([])), twice",
                "A write of nothing is a write: it counts.",
                make=_under((3,), lambda base: base[1:1]),
                array=np.zeros(0),
                times=2,
            ),
        ],
        misconceptions=[
            Misconception(
                "uncounted", _uncounted, "The numbers are right, but nobody counted the change."
            ),
            Misconception(
                "other memory",
                _other_memory,
                "You gave the tensor another array. Whoever looks at the old memory, its base say, "
                "sees nothing of the change: write into `tensor._array`.",
            ),
            Misconception(
                "other counter",
                _other_counter,
                "You gave the tensor a counter of its own. The list belongs to all who look at the "
                "memory: change the number in it.",
            ),
            Misconception(
                "version set",
                _version_set,
                "`tensor._version` only shows the number, and cannot be set. The number stands in "
                "the list: `tensor._counter[0] += 1`.",
            ),
            Misconception(
                "version set, after a colon",
                _version_set_after_colon,
                "`tensor._version` only shows the number, and cannot be set. The number stands in "
                "the list: `tensor._counter[0] += 1`.",
            ),
            Misconception(
                "a colon",
                _colon,
                "`[:]` asks for a first dim, and a tensor of one number has none. `[...]` goes "
                "with any number of dims, and so does `np.copyto`.",
            ),
            Misconception(
                "the list counted",
                _list_counted,
                "`tensor._counter` is a list, and 1 is no list to join to it. Its one number is "
                "`tensor._counter[0]`: that goes up by 1.",
            ),
            Misconception(
                "always one", _always_one, "The version goes up with *every* change, not to 1."
            ),
            Misconception(
                "same kind only",
                _same_kind_only,
                'NumPy refuses to put floats into ints unless told otherwise: casting="unsafe".',
            ),
        ],
        hint="Into the memory that is there, and one more on the counter that is there.",
    )
)

# back_through_view


Back = Callable[[Any, Any, Any, Any], Any]


def _given_replaced(back: Back) -> Any:
    """`back` with the framework's `replaced` as its first argument, made late."""
    return late(lambda torch: partial(back, torch.autograd.inplace.replaced))


def _back(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    return replaced(grad, where, 0 if inside is None else inside)


def _back_into(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    grad[where] = 0 if inside is None else inside
    return grad


def _back_of_all(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad)
    return grad * 0 if inside is None else inside


def _back_zero_outside(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    return replaced(grad * 0, where, 0 if inside is None else inside)


def _back_both_ways(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    return grad if inside is None else replaced(grad, where, grad[where] + inside)


def _back_unchanged(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    return grad if inside is None else replaced(grad, where, inside)


def _back_or_zero(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    return replaced(grad, where, change(grad[where]) or 0)


def _back_of_arrays(replaced: Any, grad: Any, where: Any, change: Any) -> Any:
    inside = change(grad[where])
    old = grad.copy()
    old[where] = 0 if inside is None else inside
    return old


def _went_back(
    back: Any, torch: Any, *, grad: Any, where: Any, factor: float | None
) -> dict[str, Any]:
    grad, seen = np.array(grad), []

    def change(part: Any) -> Any:
        seen.append(np.array(part))
        return None if factor is None else part * factor

    result = back(grad, np.array(where, np.int64), change)
    return {
        "the result": result if result is None else np.array(result),
        "what `change` was given": seen,
        "`grad` afterwards": grad,
    }


def _tensors_back(back: Any, torch: Any) -> dict[str, Any]:
    grad = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    result = back(grad * 1, np.array([0, 2], np.int64), lambda part: part * part)
    (result * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    return {"the result": result.detach().tolist(), "the gradient of grad": grad.grad.tolist()}


def _returning(show: str, hint: str = "", **case: Any) -> Case:
    return Case(use=partial(_went_back, **case), show=show, hint=hint)


register(
    Exercise(
        name="back_through_view",
        signature="back_through_view(grad, where, change) -> gradient of the base before",
        reference=_given_replaced(_back),
        cases=[
            _returning(
                "grad [1., 2., 3., 4.], where [1, 2], and a change that doubled",
                grad=[1.0, 2.0, 3.0, 4.0],
                where=[1, 2],
                factor=2.0,
            ),
            _returning(
                "grad [1., 2., 3., 4., 5., 6.], where [[5, 3], [1, 0]], and a change times 10",
                "The view may be turned on its side: `where` has its shape and its order.",
                grad=[1.0, 2.0, 3.0, 4.0, 5.0, 6.0],
                where=[[5, 3], [1, 0]],
                factor=10.0,
            ),
            _returning(
                "grad [1., 2., 3.], where [0, 2], and a change that did not use the old numbers",
                "None means that the old numbers did not matter. How far does the loss move then?",
                grad=[1.0, 2.0, 3.0],
                where=[0, 2],
                factor=None,
            ),
            _returning(
                "grad [1., 2.], where [] (a view of nothing), and a change times 5",
                grad=[1.0, 2.0],
                where=[],
                factor=5.0,
            ),
            Case(
                use=_tensors_back,
                show="grad a tensor that requires grad, where [0, 2], and a change that squares",
                hint="`replaced` takes tensors as well as arrays; `.copy()` does not.",
            ),
        ],
        misconceptions=[
            Misconception(
                "written into grad",
                _given_replaced(_back_into),
                "You wrote into `grad`. Others hold that array and still need it: make a copy, "
                "`replaced` does.",
            ),
            Misconception(
                "all of it",
                _given_replaced(_back_of_all),
                "You sent the whole gradient through the change. Only what lies inside the view, "
                "`grad[where]`, was changed.",
            ),
            Misconception(
                "nothing outside",
                _given_replaced(_back_zero_outside),
                "Outside the view there are zeros. What was not changed lets its gradient pass.",
            ),
            Misconception(
                "both ways",
                _given_replaced(_back_both_ways),
                "Inside the view the gradient arrives twice: through the change and past it. The "
                "old numbers went only through the change.",
            ),
            Misconception(
                "None passes",
                _given_replaced(_back_unchanged),
                "If `change` returns None, the old numbers were overwritten: inside the view their "
                "gradient is 0.",
            ),
            Misconception(
                "or 0",
                _given_replaced(_back_or_zero),
                "`or` asks whether the whole array is true, and NumPy refuses to say. You want to "
                "know whether it is None: ask `is None`.",
            ),
            Misconception(
                "arrays only",
                _given_replaced(_back_of_arrays),
                "All right for arrays. But gradients may be tensors, if somebody wants derivatives "
                "of derivatives: `replaced` takes both.",
            ),
        ],
        hint="Inside the view what `change` returns, outside it `grad`: in a copy, which "
        "`replaced` makes, for `grad` itself must stay as it is.",
    )
)

# adopt


def _adopting(
    of_plain: Callable[[Any, Any], None],
    of_view: Callable[[Any, Any, Any], None],
    settled: Callable[[Any], bool] = lambda tensor: True,
) -> Callable[[Any], Any]:
    """`adopt`, from what it does with a tensor and with a view."""

    def make(torch: Any) -> Any:
        history = torch.autograd.inplace

        def adopt(tensor: Any, result: Any) -> None:
            node = history.moved(result._node, tensor)
            if tensor._view is None:
                of_plain(tensor, node)
            else:
                of_view(history.CopySlices, tensor, node)
            if settled(tensor):
                history.settle(tensor)

        return adopt

    return make


def _own(tensor: Any, node: Any) -> None:
    tensor._node = node


def _of_the_base(CopySlices: Any, view: Any, node: Any) -> None:
    view._view.base._node = CopySlices(view._view.base, view, node)


def _into_the_record(CopySlices: Any, view: Any, node: Any) -> None:
    view._view._node = CopySlices(view._view.base, view, node)


def _without_else(tensor: Any, node: Any) -> None:
    tensor._node = node
    tensor._view.base._node = node


def _bare_node(CopySlices: Any, view: Any, node: Any) -> None:
    view._view.base._node = node


def _forgotten(*_: Any) -> None:
    pass


def _given_the_record(CopySlices: Any, view: Any, node: Any) -> None:
    view._view.base._node = CopySlices(view._view.base, view._view, node)


def _whole_base(CopySlices: Any, view: Any, node: Any) -> None:
    base = view._view.base
    base._node = CopySlices(base, base, node)


def _adopted(adopt: Any, torch: Any, *, look: Callable[[Any], Any] | None) -> dict[str, Any]:
    """Gradients and nodes after `y`, or a view of it, was squared in place with this `adopt`."""
    x = torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    y = x * 3
    tensor = y if look is None else look(y)
    result = torch.square(torch.autograd.inplace.stand_in(tensor))
    tensor.detach().numpy()[...] = result.detach().numpy()
    tensor._counter[0] += 1
    adopt(tensor, result)
    (y * torch.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])).sum().backward()
    return {
        "the node of the changed tensor": type(tensor.grad_fn).__name__,
        "the node of its base": type(y.grad_fn).__name__,
        "noted by settle": tensor._counter[1:],
        "x.grad": x.grad.tolist(),
    }


def _adoption(show: str, look: Any = None, hint: str = "") -> Case:
    return Case(use=partial(_adopted, look=look), show=show, hint=hint)


_OF_VIEWS = "A view has no history of its own: its base, `view.base`, gets the new node."
_NOT_SETTLED = (
    "The histories are right, but the last line that was given, `settle(tensor)`, is not always "
    "reached. Leave it where it is, and do not return before it."
)

register(
    Exercise(
        name="adopt",
        signature="adopt(tensor, result) -> None",
        reference=late(_adopting(_own, _of_the_base)),
        cases=[
            _adoption("y = x * 3; y.square_() with your adopt; y.sum().backward()"),
            _adoption("y = x * 3; y[0].square_(), a view; backward", lambda y: y[0], _OF_VIEWS),
            _adoption("y = x * 3; y.T[1:].square_(); backward", lambda y: y.T[1:], _OF_VIEWS),
            _adoption("y = x * 3; y.view(-1).square_(); backward", lambda y: y.view(-1), _OF_VIEWS),
        ],
        misconceptions=[
            Misconception(
                "the bare node",
                late(_adopting(_own, _bare_node)),
                "The base got the node of the change itself, so its whole gradient goes through "
                "it. Only the view was changed: that is what CopySlices is for.",
            ),
            Misconception(
                "nothing for views",
                late(_adopting(_own, _forgotten)),
                "After a change of a view, the base keeps its old history. It is "
                "`view.base._node` that must become a CopySlices; `settle` places the view.",
            ),
            Misconception(
                "nothing for tensors",
                late(_adopting(_forgotten, _of_the_base)),
                "A tensor that is no view keeps its old history, as if nothing had happened.",
            ),
            Misconception(
                "whole base",
                late(_adopting(_own, _whole_base)),
                "CopySlices wants the base, then the *view*, then the node: it must know where in "
                "the base the change was.",
            ),
            Misconception(
                "the record of the view",
                late(_adopting(_own, _given_the_record)),
                "The view itself is `tensor`. `view` is only a note of what it looks at: write "
                "`CopySlices(view.base, tensor, node)`.",
            ),
            Misconception(
                "into the record",
                late(_adopting(_own, _into_the_record)),
                "`view` is only a note of what `tensor` looks at: it has no history. The node "
                "belongs to the base: `view.base._node`.",
            ),
            Misconception(
                "without else",
                late(_adopting(_without_else, _of_the_base)),
                "A tensor that is no view has no base: there `view` is None. The line for views "
                "belongs under `else:`, the one for other tensors under `if view is None:`.",
            ),
            Misconception(
                "never settled",
                late(_adopting(_own, _of_the_base, lambda tensor: False)),
                _NOT_SETTLED,
            ),
            Misconception(
                "views not settled",
                late(_adopting(_own, _of_the_base, lambda tensor: tensor._view is None)),
                _NOT_SETTLED,
            ),
            Misconception(
                "only views settled",
                late(_adopting(_own, _of_the_base, lambda tensor: tensor._view is not None)),
                _NOT_SETTLED,
            ),
        ],
        hint="No view: `tensor._node = node`. A view: `view.base._node` becomes a CopySlices.",
    )
)

# modify


def _modifying(
    copied: bool = True,
    counted: bool = True,
    adopted: bool = True,
    returned: str = "tensor",
    others: bool = True,
    always: bool = False,
    array: bool = True,
    order: str = "write adopt",
    stars: bool = True,
    target: str = "tensor",
    bound: str = "",
) -> Callable[[Any], Any]:
    """`modify`, right or with one mistake."""

    def make(torch: Any) -> Any:
        inplace, history = torch.ops.inplace, torch.autograd.inplace

        def modify(
            tensor: Any,
            operation: Any,
            *rest: Any,
            checked: bool = True,
            recorded: bool = True,
            **options: Any,
        ) -> Any:
            inputs = [x for x in (*rest, *options.values()) if isinstance(x, torch.Tensor)]
            wanted = any(x.requires_grad for x in (tensor, *inputs))
            recorded = recorded and torch.is_grad_enabled() and wanted
            inplace.check_inputs(tensor, inputs, recorded)
            before = history.stand_in(tensor) if copied and (recorded or always) else tensor
            if stars:
                result = operation(before, *rest, **(options if others else {}))
            else:
                result = operation(before, rest, options)
            if checked:
                inplace.check_result(tensor, result)
            if recorded and result._node is None:
                history.constant(result, operation.__name__, before)
            for step in order.split():
                if step == "write" and bound:
                    tensor._array = result._array
                    tensor._counter[0] += bound == "counted"
                elif step == "write" and counted:
                    into = tensor if target == "tensor" else before
                    _write(into, result._array if array else result)
                if step == "adopt!" or (step == "adopt" and recorded and adopted):
                    history.adopt(tensor, result)
            if returned == "recorded":
                return tensor if recorded else None
            return {"tensor": tensor, "result": result, "nothing": None}[returned]

        return modify

    return make


def _told(torch: Any, returned: Any, tensor: Any, *leaves: Any) -> dict[str, Any]:
    return {
        "returned": "the tensor itself" if returned is tensor else f"a {type(returned).__name__}",
        "the numbers": tensor.tolist(),
        "the version": tensor._version,
        "gradients": [None if leaf.grad is None else leaf.grad.tolist() for leaf in leaves],
    }


def _unrecorded(modify: Any, torch: Any) -> dict[str, Any]:
    a = torch.tensor([1.0, 2.0])
    returned = modify(a, torch.add, torch.tensor([3.0, 4.0]), alpha=2)
    return _told(torch, returned, a)


def _under_no_grad(modify: Any, torch: Any) -> dict[str, Any]:
    leaf = torch.tensor([1.0, 2.0], requires_grad=True)
    with torch.no_grad():
        returned = modify(leaf, torch.sub, 0.5)
    return _told(torch, returned, leaf) | {"a leaf": leaf.is_leaf and leaf.requires_grad}


def _recorded(modify: Any, torch: Any, *, operation: str, **options: Any) -> dict[str, Any]:
    """`y` is changed twice in place, the second time by a factor that wants a gradient, too."""
    x = torch.tensor([0.5, -1.0, 2.0], requires_grad=True)
    factor = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    returned = modify(y, getattr(torch, operation), **options)
    modify(y, torch.mul, factor)
    (y * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    told = _told(torch, returned, y, x, factor)
    return told | {"gradients": [[round(g, 4) for g in row] for row in told["gradients"]]}


def _result_saved(modify: Any, torch: Any) -> dict[str, Any]:
    """What exp saved of its result must count with `y`, at the version after the change."""
    x = torch.tensor([0.0, 1.0, -2.0], requires_grad=True)
    y = x * 2
    returned = modify(y, torch.exp)
    (y * torch.tensor([1.0, 10.0, 100.0])).sum().backward()
    return _told(torch, returned, y, x)


def _through_views(modify: Any, torch: Any) -> dict[str, Any]:
    x = torch.tensor([1.0, 2.0, 3.0], requires_grad=True)
    y = x * 2
    half = y[1:]
    returned = modify(half, torch.square)
    y.sum().backward()
    return _told(torch, returned, half, x) | {"the base": y.tolist()}


def _overwritten(modify: Any, torch: Any) -> dict[str, Any]:
    x = torch.tensor([1.0, 2.0], requires_grad=True)
    y = x * 2
    returned = modify(y, torch.eq, torch.tensor([2.0, 3.0]))
    y.sum().backward()
    return _told(torch, returned, y, x)


def _nobody_asks(modify: Any, torch: Any) -> dict[str, Any]:
    copies: list[bool] = []
    a = torch.tensor([1.0, 2.0])

    def operation(tensor: Any) -> Any:
        copies.append(tensor is not a)
        return torch.neg(tensor)

    returned = modify(a, operation)
    return _told(torch, returned, a) | {"copied for nothing": copies}


register(
    Exercise(
        name="modify",
        signature="modify(tensor, operation, *rest, checked=True, recorded=True, **options)",
        reference=late(_modifying()),
        cases=[
            Case(
                use=_unrecorded,
                show="a = tensor([1., 2.]); modify(a, add, tensor([3., 4.]), alpha=2)",
                hint="The operation gets `*rest` and `**options`, too.",
            ),
            Case(
                use=partial(_recorded, operation="neg"),
                show="y = x * 2; modify(y, neg); modify(y, mul, factor); backward",
                hint="If recorded, y adopts the history of the result.",
            ),
            Case(
                use=partial(_recorded, operation="square"),
                show="y = x * 2; modify(y, square); modify(y, mul, factor); backward",
                hint="`square` saves its input: it must be the stand-in, which stays as it is.",
            ),
            Case(
                use=_result_saved,
                show="y = x * 2; modify(y, exp); (y * factor).sum().backward()",
                hint="`exp` saves its result, and `adopt` notes the version of that.",
            ),
            Case(
                use=_through_views,
                show="y = x * 2; modify(y[1:], square); y.sum().backward()",
                hint="The base shows the new numbers only if they are written into its memory: by "
                "your `write`.",
            ),
            Case(
                use=_under_no_grad,
                show="with no_grad(): modify(leaf, sub, 0.5)",
                hint="Where nothing is recorded, there is no history to adopt.",
            ),
            Case(use=_overwritten, show="y = x * 2; modify(y, eq, other); y.sum().backward()"),
            Case(
                use=_nobody_asks,
                show="a = tensor([1., 2.]); modify(a, neg), with nobody asking for gradients",
                hint="A stand-in is a copy: make it only if the change is recorded.",
            ),
        ],
        misconceptions=[
            Misconception(
                "no stand-in",
                late(_modifying(copied=False)),
                "The operation computed with the tensor itself, and then its old numbers were "
                "overwritten under the derivative's feet. While recorded, give it the stand-in.",
            ),
            Misconception(
                "nothing written",
                late(_modifying(counted=False)),
                "The tensor still holds its old numbers. Write the result's array into it.",
            ),
            *[
                Misconception(
                    f"another array, {bound}",
                    late(_modifying(bound=bound)),
                    "`tensor._array = ...` gives the tensor another memory, which no view and no "
                    "base knows of. Your `write` puts the numbers into the memory that it has, "
                    "and counts: call `write(tensor, result._array)`.",
                )
                for bound in ("not counted", "counted")
            ],
            Misconception(
                "nothing adopted",
                late(_modifying(adopted=False)),
                "The numbers are new, the history is old: backward goes past the change. Adopt "
                "the result if the change is recorded.",
            ),
            Misconception(
                "adopted before it was written",
                late(_modifying(order="adopt write")),
                "You adopt first and write then. `exp` saves its result: `adopt` notes the version "
                "that the tensor has at that moment, and `write` counts it up. So write first.",
            ),
            Misconception(
                "always adopted",
                late(_modifying(order="write adopt!")),
                "Where nothing is recorded the result has no node, so there is no history to "
                "adopt: ask for `recorded`.",
            ),
            Misconception(
                "adopted always and first",
                late(_modifying(order="adopt! write")),
                "Where nothing is recorded the result has no node, so there is no history to "
                "adopt: ask for `recorded`. And write before you adopt.",
            ),
            Misconception(
                "a tensor written",
                late(_modifying(array=False)),
                "`write` wants an array, and got a tensor. The array of the result is "
                "`result._array`.",
            ),
            Misconception(
                "result returned",
                late(_modifying(returned="result")),
                "You return the result. `x.add_(1)` returns x itself, so calls can be chained.",
            ),
            Misconception(
                "nothing returned",
                late(_modifying(returned="nothing")),
                "It returns nothing. `x.add_(1)` returns x, so calls can be chained.",
            ),
            Misconception(
                "returned if recorded",
                late(_modifying(returned="recorded")),
                "If nothing is recorded, it returns nothing: `return tensor` stands inside the "
                "`if`. `x.add_(1)` always returns x.",
            ),
            Misconception(
                "into the stand-in",
                late(_modifying(target="before")),
                "You write into `before`. While recorded that is the stand-in, whose old numbers "
                "the derivative needs: write into `tensor`.",
            ),
            Misconception(
                "without stars",
                late(_modifying(stars=False)),
                "`rest` is a tuple and `options` a dict. The operation wants what is in them: "
                "`*rest` and `**options`.",
            ),
            Misconception(
                "options forgotten",
                late(_modifying(others=False)),
                "You forgot `**options`: with alpha=2 the other tensor counts twice.",
            ),
            Misconception(
                "always copied",
                late(_modifying(always=True)),
                "You make a stand-in even if nobody asks for gradients: a copy for nothing.",
            ),
        ],
        hint="before, result; then write, adopt if recorded, and return the tensor.",
    )
)

# Optimizer

Zero = Callable[[Any, bool], None]


def _parameters(optimizer: Any) -> list[Any]:
    return [p for group in optimizer.param_groups for p in group["params"]]


def _zero(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            grad = parameter.grad
            (grad.requires_grad_(False) if grad.grad_fn is None else grad.detach_()).zero_()


def _first_group(optimizer: Any, set_to_none: bool) -> None:
    for parameter in optimizer.param_groups[0]["params"]:
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad.detach_().zero_()


def _always_none(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        parameter.grad = None


def _new_zeros(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad = parameter.grad.detach() * 0


def _unasked(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        if set_to_none:
            parameter.grad = None
        elif parameter.grad.grad_fn is None:
            parameter.grad.requires_grad_(False).zero_()
        else:
            parameter.grad.detach_().zero_()


def _with_history(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        if set_to_none:
            parameter.grad = None
        elif parameter.grad is not None:
            parameter.grad.zero_()


def _unasked_with_history(optimizer: Any, set_to_none: bool) -> None:
    for parameter in _parameters(optimizer):
        if set_to_none:
            parameter.grad = None
        else:
            parameter.grad.zero_()


def _zeroing(
    zero: Zero,
    state: Callable[[], Any] = lambda: defaultdict(dict),
    complete: Callable[[Any, Any], Any] = lambda defaults, group: defaults | group,
    most: int | None = None,
) -> Any:
    class Optimizer:
        def __init__(self, params: Any, defaults: Any) -> None:
            groups = list(params)
            groups = groups if isinstance(groups[0], dict) else [{"params": groups}]
            self.defaults, self.state = defaults, state()
            self.param_groups: list[Any] = []
            for group in groups[:most]:
                self.add_param_group(group)

        def add_param_group(self, group: Any) -> None:
            self.param_groups.append(complete(self.defaults, group))

        def zero_grad(self, set_to_none: bool = True) -> None:
            zero(self, set_to_none)

    return Optimizer


def _weights(torch: Any, history: bool = False) -> list[Any]:
    """Three leaves, of which the last has no gradient."""
    leaves = [torch.tensor(v, requires_grad=True) for v in ([1.0, -2.0], [[3.0]], [4.0])]
    loss = (leaves[0] ** 2).sum() + 4 * (leaves[1] ** 2).sum()
    loss.backward(create_graph=history)
    return leaves


def _zeroed(
    Optimizer: Any, torch: Any, *, groups: bool = False, history: bool = False, **options: Any
) -> dict[str, Any]:
    leaves = _weights(torch, history)
    params = [{"params": leaves[:1]}, {"params": leaves[1:]}] if groups else leaves
    held = [leaf.grad for leaf in leaves]
    Optimizer(params, {"lr": 0.1}).zero_grad(**options)
    return {
        "gradients": [None if x.grad is None else x.grad.detach().tolist() for x in leaves],
        "the same tensors": [x.grad is g for x, g in zip(leaves, held, strict=True)],
        "without history": all(x.grad is None or not x.grad.requires_grad for x in leaves),
        "weights": [leaf.tolist() for leaf in leaves],
    }


def _built(Optimizer: Any, torch: Any) -> dict[str, Any]:
    a, b, c = _weights(torch)
    optimizer = Optimizer([{"params": [a]}, {"params": [b], "lr": 0.5}], {"lr": 0.1, "rho": 2})
    optimizer.add_param_group({"params": [c], "rho": 3})
    names = {id(a): "a", id(b): "b", id(c): "c"}
    return {
        "groups": [
            {"params": [names[id(p)] for p in group["params"]]}
            | {name: group.get(name) for name in ("lr", "rho")}
            for group in optimizer.param_groups
        ],
        "defaults": dict(optimizer.defaults),
        "the state of one that has none": dict(optimizer.state[a]),
    }


_CALLS: list[tuple[dict[str, Any], str, str]] = [
    ({}, "Optimizer([a, b, c], ...).zero_grad()", ""),
    ({"groups": True}, "two groups; zero_grad()", "Go over all groups, not only over the first."),
    (
        {"set_to_none": False},
        "zero_grad(set_to_none=False)",
        "The gradients stay, the very same tensors, full of zeros; c has none.",
    ),
    ({"groups": True, "set_to_none": False}, "two groups; zero_grad(set_to_none=False)", ""),
    (
        {"history": True, "set_to_none": False},
        "gradients with a history of their own; zero_grad(set_to_none=False)",
        "`without_history(grad)` cuts it off.",
    ),
]

register(
    Exercise(
        name="Optimizer",
        signature="class Optimizer: __init__, add_param_group and zero_grad",
        reference=_zeroing(_zero),
        cases=[
            Case(
                use=_built,
                show="two groups, of which the second has an lr of its own, and one more later",
                hint="`complete(self, param_group)` fills in the options that a group leaves out. "
                "The state is a defaultdict(dict): who asks first gets an empty dict.",
            ),
            *[
                Case(use=partial(_zeroed, **options), show=show, hint=hint)
                for options, show, hint in _CALLS
            ],
        ],
        misconceptions=[
            Misconception(
                "a plain dict",
                _zeroing(_zero, state=dict),
                "`state[parameter]` fails for a parameter that has none yet: the state is a "
                "defaultdict(dict).",
            ),
            Misconception(
                "groups as they are",
                _zeroing(_zero, complete=lambda defaults, group: dict(group)),
                "You take the groups as they are. What a group leaves out it has from the "
                "defaults: complete(self, param_group).",
            ),
            Misconception(
                "one group",
                _zeroing(_zero, most=1),
                "Only the first group is taken in. Hand each of groups_of(params, defaults) to "
                "self.add_param_group.",
            ),
            Misconception(
                "the same options for all",
                _zeroing(_zero, complete=lambda defaults, group: group | defaults),
                "An option that a group has of its own is lost: the defaults are for what it "
                "leaves out.",
            ),
            Misconception(
                "first group",
                _zeroing(_first_group),
                "Only the first group is zeroed. Go over all of `self.param_groups`.",
            ),
            Misconception(
                "always None",
                _zeroing(_always_none),
                "With set_to_none=False the gradients are to stay, filled with zeros.",
            ),
            Misconception(
                "new zeros",
                _zeroing(_new_zeros),
                "The zeros are in new tensors: whoever held the old gradients still sees the old "
                "numbers. `zero_()` writes into them.",
            ),
            Misconception(
                "grad not asked for",
                _zeroing(_unasked),
                "A parameter may have no gradient: leave it out.",
            ),
            Misconception(
                "neither asked for nor cut off",
                _zeroing(_unasked_with_history),
                "A parameter may have no gradient: leave it out. And a gradient may have a "
                "history: without_history(parameter.grad).zero_().",
            ),
            Misconception(
                "history kept",
                _zeroing(_with_history),
                "A gradient may have a history. Cut it off first: without_history(parameter.grad).",
            ),
        ],
        hint="Over all groups, over all their parameters: None, or zeros in place.",
    )
)

# move_all


def _moving(
    all_groups: bool = True,
    all_grads: bool = False,
    once: bool = False,
    options: str = "group",
    truth: bool = False,
    closure_asked: bool = True,
) -> Callable[[Any], Any]:
    """`move_all`, right or with one mistake."""

    def make(torch: Any) -> Any:
        def move_all(optimizer: Any, move: Any, closure: Any = None) -> Any:
            loss = closure() if closure or not closure_asked else None
            with torch.no_grad():
                for group in optimizer.param_groups[: None if all_groups else 1]:
                    for parameter in group["params"]:
                        if truth and not parameter.grad:
                            continue
                        if parameter.grad is not None or all_grads:
                            used = group if options == "group" else optimizer.defaults
                            move(parameter, used)
                            if once:
                                return loss
            return loss

        return move_all

    return make


def _moved(
    move_all: Any, torch: Any, *, groups: bool = False, closure: bool = False
) -> dict[str, Any]:
    a, b, c = _weights(torch)
    names = {id(a): "a", id(b): "b", id(c): "c"}
    params = [{"params": [a], "lr": 1.0}, {"params": [c, b]}] if groups else [a, c, b]
    optimizer, calls, recorded = torch.optim.Optimizer(params, {"lr": 0.5}), [], []

    def move(parameter: Any, group: Any) -> None:
        calls.append((names[id(parameter)], group["lr"]))
        recorded.append(torch.is_grad_enabled())

    def loss() -> float:
        calls.append(("closure", 0))
        return 7.0

    returned = move_all(optimizer, move, loss) if closure else move_all(optimizer, move)
    return {"calls, with lr": calls, "recorded": recorded, "returned": returned}


_NO_GRAD = "c took no part in the loss: its gradient is None, and it is left out."

register(
    Exercise(
        name="move_all",
        signature="move_all(optimizer, move, closure=None) -> loss",
        reference=late(_moving()),
        cases=[
            Case(use=_moved, show="move_all(optimizer of [a, c, b], move)", hint=_NO_GRAD),
            Case(
                use=partial(_moved, groups=True),
                show="move_all(optimizer of the groups [a] and [c, b], move)",
                hint="`move` gets the group that the parameter is in: it has the options.",
            ),
            Case(
                use=partial(_moved, groups=True, closure=True),
                show="move_all(optimizer, move, closure)",
                hint="`loss_of(closure)` comes before all moves; at the end return the loss.",
            ),
        ],
        misconceptions=[
            Misconception("first group", late(_moving(all_groups=False)), "Only one group moves."),
            Misconception("no gradient", late(_moving(all_grads=True)), _NO_GRAD),
            Misconception(
                "the truth of a gradient",
                late(_moving(truth=True)),
                "`if parameter.grad:` asks whether the numbers are true, and a tensor of several "
                "refuses to say. You want to know whether there is one: ask `is not None`.",
            ),
            Misconception(
                "always a closure",
                late(_moving(closure_asked=False)),
                "Mostly no closure is given, and None cannot be called. `loss_of(closure)` calls "
                "it if there is one.",
            ),
            Misconception(
                "only one",
                late(_moving(once=True)),
                "It stops after the first parameter. Is there a `return` inside the loop?",
            ),
            Misconception(
                "defaults",
                late(_moving(options="defaults")),
                "`move` is given the defaults. A group may have options of its own: pass `group`.",
            ),
        ],
        hint="Two loops, one question, one call.",
    )
)

# direction


def _directing(
    decay: str = "added",
    buffer: str = "sum",
    first: str = "copy",
    end: str = "right",
    keep: bool = False,
) -> Callable[[Any, Any, Any], Any]:
    """`direction`, right or with one mistake."""

    def direction(parameter: Any, group: Any, states: Any) -> Any:
        grad = -parameter.grad if group["maximize"] else parameter.grad
        momentum, fresh = group["momentum"], 1 - group["dampening"]
        if group["weight_decay"] and decay != "forgotten":
            change = {"added": grad.add, "subtracted": grad.sub, "in place": grad.add_}[decay]
            grad = change(parameter, alpha=group["weight_decay"])
        if not momentum and not keep:
            return grad
        state = states[parameter]
        started = state.get("momentum_buffer") is None
        if started:
            if first == "expected":
                raise KeyError("momentum_buffer")
            copy = grad if first == "itself" else grad.detach().clone()
            state["momentum_buffer"] = copy * fresh if first == "dampened" else copy
        elif buffer == "sum":
            state["momentum_buffer"].mul_(momentum).add_(grad, alpha=fresh)
        elif buffer == "average":
            state["momentum_buffer"].mul_(momentum).add_(grad, alpha=1 - momentum)
        elif buffer == "undampened":
            state["momentum_buffer"].mul_(momentum).add_(grad)
        kept = state["momentum_buffer"]
        if buffer == "not kept" and not started:
            kept = kept * momentum + grad * fresh
        if group["nesterov"] and end != "no nesterov":
            if end == "in place":
                return grad.add_(kept, alpha=momentum)
            return kept if end == "buffer only" else grad.add(kept, alpha=momentum)
        return kept

    return direction


_PLAIN = {"momentum": 0, "dampening": 0, "weight_decay": 0, "nesterov": False, "maximize": False}


def _directions(direction: Any, torch: Any, *, steps: int = 3, **options: Any) -> dict[str, Any]:
    """The directions of some steps; between them somebody fills the gradient with new numbers."""
    parameter = torch.tensor([1.0, -2.0], requires_grad=True)
    parameter.grad = torch.tensor([0.0, 0.0])
    states: Any = defaultdict(dict)
    found, grads = [], []
    with torch.no_grad():
        for step in range(steps):
            parameter.grad.copy_(torch.tensor([[4.0, 0.5], [-1.0, 2.0], [0.0, 0.0]][step]))
            way = direction(parameter, _PLAIN | options, states)
            found.append([round(x, 4) for x in way.tolist()])
            grads.append(parameter.grad.tolist())
    return {
        "directions": found,
        "the gradients": grads,
        "the parameter": parameter.tolist(),
        "kept in states": sorted(states[parameter]),
    }


_WAYS: list[tuple[dict[str, Any], str]] = [
    ({}, "Without options the direction is the gradient, and nothing is kept."),
    ({"weight_decay": 0.5}, "Half of the parameter is added; the gradient itself stays."),
    ({"momentum": 0.5}, "The buffer fades, and each new gradient is added to it."),
    ({"momentum": 0.5, "dampening": 0.5}, "The first buffer is the gradient, undampened."),
    ({"momentum": 0.5, "nesterov": True}, "The gradient plus momentum times the buffer."),
    ({"maximize": True, "weight_decay": 0.5}, ""),
    ({"momentum": 0.25, "weight_decay": 0.5, "nesterov": True}, ""),
]

register(
    Exercise(
        name="direction",
        signature="direction(parameter, group, states) -> Tensor",
        reference=_directing(),
        cases=[
            Case(
                use=partial(_directions, **options),
                show="three steps with "
                + (", ".join(f"{k}={v}" for k, v in options.items()) or "no options"),
                hint=hint,
            )
            for options, hint in _WAYS
        ],
        misconceptions=[
            Misconception(
                "an average",
                _directing(buffer="average"),
                "You took the average of old and new, so the new gradient counts little. PyTorch's "
                "SGD adds it in full, less the dampening.",
            ),
            Misconception(
                "the gradient itself",
                _directing(first="itself"),
                "Your buffer *is* the gradient, so it changes when the gradient does. It needs "
                "memory of its own: `grad.clone()`.",
            ),
            Misconception(
                "a buffer from the start",
                _directing(first="expected"),
                "In the first step there is no buffer yet. `states[parameter].get("
                '"momentum_buffer")` gives None then, where `[...]` raises.',
            ),
            Misconception(
                "dampened at first",
                _directing(first="dampened"),
                "You dampened the first gradient, too. The first buffer is the gradient, in full.",
            ),
            Misconception(
                "never dampened",
                _directing(buffer="undampened"),
                "You left out the dampening: the new gradient counts (1 - dampening) times.",
            ),
            Misconception(
                "not kept",
                _directing(buffer="not kept"),
                "The new buffer is used, but not kept: the next step goes on from an old one.",
            ),
            Misconception(
                "decay in place",
                _directing(decay="in place"),
                "Weight decay was written into the parameter's gradient. `add` makes a new tensor.",
            ),
            Misconception(
                "decay subtracted",
                _directing(decay="subtracted"),
                "Weight decay has the wrong sign. The step goes *against* the direction, so to be "
                "pulled towards zero the parameter is added.",
            ),
            Misconception(
                "no decay",
                _directing(decay="forgotten"),
                "There is no weight decay in it yet. (`add` makes a new tensor, so give it the "
                "name: `grad = grad.add(...)`.)",
            ),
            Misconception(
                "no nesterov", _directing(end="no nesterov"), "`nesterov` makes no difference yet."
            ),
            Misconception(
                "nesterov in place",
                _directing(end="in place"),
                "The direction is right, but with nesterov it was written into the parameter's "
                "gradient. `add` makes a new tensor.",
            ),
            Misconception(
                "kept for nothing",
                _directing(keep=True),
                "Without momentum nothing is to be kept: return the gradient before you look at "
                "`states`.",
            ),
        ],
        hint="Decay, then (if there is momentum) the buffer, then nesterov.",
    )
)

# SGD


def _stepping(move: Callable[[Any, Any, Any], None]) -> Any:
    """An SGD whose parameters are moved by `move(parameter, way, lr)`."""

    def make(torch: Any) -> Any:
        class SGD:
            def __init__(self, params: Any, lr: float = 1e-3, **options: Any) -> None:
                groups = list(params)
                groups = groups if isinstance(groups[0], dict) else [{"params": groups}]
                self.param_groups = [_PLAIN | options | {"lr": lr} | group for group in groups]
                self.state: Any = defaultdict(dict)

            def step(self, closure: Any = None) -> Any:
                loss = None if closure is None else closure()
                direction = _directing()
                with torch.no_grad():
                    for group in self.param_groups:
                        for parameter in group["params"]:
                            if parameter.grad is not None:
                                way = direction(parameter, group, self.state)
                                move(parameter, way, group["lr"])
                return loss

        return SGD

    return make


def _downhill(parameter: Any, way: Any, lr: float) -> None:
    parameter.sub_(way * lr)


def _uphill(parameter: Any, way: Any, lr: float) -> None:
    parameter.add_(way * lr)


def _whole_way(parameter: Any, way: Any, lr: float) -> None:
    parameter.sub_(way)


def _out_of_place(parameter: Any, way: Any, lr: float) -> None:
    parameter.sub(way * lr)


def _raising(kind: type[Exception], words: str) -> Callable[[Any, Any, Any], None]:
    """A move that asks for what is not there."""

    def move(parameter: Any, way: Any, lr: float) -> None:
        raise kind(words)

    return move


_NO_ATTRIBUTE = "'SGD' object has no attribute '{}'"


def _bare_gradient(parameter: Any, way: Any, lr: float) -> None:
    parameter.sub_(parameter.grad * lr)


def _stepped(
    SGD: Any, torch: Any, *, groups: bool = False, closure: bool = False, **options: Any
) -> dict[str, Any]:
    leaves = _weights(torch)
    params = [{"params": leaves[:1], "lr": 1.0}, {"params": leaves[1:]}] if groups else leaves
    optimizer, returned = SGD(params, **options), []
    for _ in range(2):
        returned.append(optimizer.step(lambda: 7.0) if closure else optimizer.step())
    return {
        "the weights": [
            [round(x, 4) for x in leaf.detach().reshape(-1).tolist()] for leaf in leaves
        ],
        "leaves that require grad": [leaf.is_leaf and leaf.requires_grad for leaf in leaves],
        "returned": returned,
    }


register(
    Exercise(
        name="SGD",
        signature="class SGD(Optimizer): step(self, closure=None) -> loss",
        reference=late(_stepping(_downhill)),
        cases=[
            Case(
                use=partial(_stepped, lr=0.5),
                show="SGD([a, b, c], lr=0.5), two steps",
                hint="Against the direction, `lr` times as far, written into the parameter.",
            ),
            Case(
                use=partial(_stepped, lr=0.5, groups=True),
                show="SGD of two groups, one with an lr of its own, two steps",
                hint="The learning rate is the group's.",
            ),
            Case(
                use=partial(_stepped, lr=0.5, momentum=0.5, weight_decay=0.5),
                show="SGD([a, b, c], lr=0.5, momentum=0.5, weight_decay=0.5), two steps",
                hint="Move by your `direction`, with all of `self.state` for the states; it looks "
                "up the parameter's by itself. (If the check of "
                "`direction` differs, mend that first: this one runs on it.)",
            ),
            Case(
                use=partial(_stepped, lr=0.5, closure=True),
                show="SGD([a, b, c], lr=0.5), two steps with a closure",
            ),
        ],
        misconceptions=[
            Misconception(
                "states",
                late(_stepping(_raising(NameError, "name 'states' is not defined"))),
                "`states` is what `direction` calls its third argument. In `move`, the optimizer's "
                "states are `self.state`: `direction(parameter, group, self.state)`.",
            ),
            Misconception(
                "self.states",
                late(_stepping(_raising(AttributeError, _NO_ATTRIBUTE.format("states")))),
                "The optimizer's states are `self.state`, without an s at the end.",
            ),
            Misconception(
                "self.lr",
                late(_stepping(_raising(AttributeError, _NO_ATTRIBUTE.format("lr")))),
                'Each group has a learning rate of its own: `group["lr"]`.',
            ),
            Misconception("uphill", late(_stepping(_uphill)), "Your step goes uphill: alpha=-lr."),
            Misconception(
                "lr forgotten",
                late(_stepping(_whole_way)),
                "Your step is as long as the direction. It should be `lr` times as long.",
            ),
            Misconception(
                "new tensors",
                late(_stepping(_out_of_place)),
                "The weights are as they were before. `add` makes a new tensor; `add_` writes into "
                "the old one.",
            ),
            Misconception(
                "bare gradient",
                late(_stepping(_bare_gradient)),
                "You move by the gradient alone. Momentum and weight decay are in `direction`.",
            ),
        ],
        hint="In `move`: ask `direction`, then write into the parameter.",
    )
)
