"""Checks on where gradients start and end: backward, leaves, `.grad`, detach and `copy_`."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from ..probing import shipped, slip
from . import Case, Exercise, late, register

_ENGINE, _GRAPH, _VARIABLE, _COPY = (
    "autograd.engine",
    "autograd.graph",
    "autograd.variable",
    "ops.copy",
)
Make = Callable[[Any], Any]


def _case(look: Callable[..., Any], show: str, hint: str = "", **given: Any) -> Case:
    return Case(use=partial(look, **given), show=show, hint=hint)


# What the framework's methods do may be the learner's by now, and wrong: `x.detach()`, `x.grad`. So
# probes ask for `x._array` and `x._grad`.


def _told(action: Callable[[], Any]) -> Any:
    """What an action gives, or the error that it raises, as text; a stub is left to say so."""
    try:
        return action()
    except NotImplementedError:
        raise
    except Exception as error:
        return f"{type(error).__name__}: {error}"


def _that_asks(tensor: Any) -> Any:
    tensor.requires_grad = True
    return tensor


def _asking(torch: Any, *shape: int, dtype: str = "float32") -> Any:
    """A tensor of uneven numbers that requires grad."""
    numbers = torch.arange(1.0, 1.0 + int(np.prod(shape))).view(shape) / 2
    return _that_asks(numbers.to(getattr(torch, dtype)))


def _numbers(tensor: Any) -> Any:
    """The numbers of a tensor as they are now; None for None."""
    return None if tensor is None else tensor._array.copy()


# backward_from


def _walked(backward_from: Any, torch: Any, *, options: Make, last: str = "sum") -> Any:
    """What a walk leaves at two leaves, and whether the graph can be walked again."""
    x, y = _asking(torch, 3), _asking(torch, 3)
    product = x * x * y
    output = {"sum": product.sum(), "all": product, "nothing": torch.ones(())}[last]
    given = options(torch)
    wanted = given.pop("into", None)
    if wanted:
        given["inputs"] = [{"x": x, "y": y}[name] for name in wanted]
    returned = _told(lambda: backward_from(output, **given))
    seen = {"returned": returned}
    for name, leaf in (("x.grad", x), ("y.grad", y)):
        seen[name] = _numbers(leaf._grad)
        seen[f"{name} has a history"] = leaf._grad is not None and leaf._grad.requires_grad
    again = _told(lambda: torch.autograd.backward(output, torch.ones_like(output)))
    return seen | {"a second walk": again if again is None else "refused: the graph was freed"}


def _walking(show: str, hint: str = "", last: str = "sum", **options: Any) -> Case:
    def make(torch: Any) -> dict[str, Any]:
        return {k: v(torch) if callable(v) else v for k, v in options.items()}

    return _case(_walked, show, hint, options=make, last=last)


_KEEP = "keep = create_graph if retain_graph is None else retain_graph"

register(
    Exercise(
        name="backward_from",
        signature="backward_from(tensor, gradient=None, retain_graph=None, create_graph=False, "
        "inputs=None) -> None",
        reference=late(lambda torch: shipped(_ENGINE, "backward_from")),
        cases=[
            _walking(
                "backward of a sum",
                "The roots, a *list* of one: `[start(0, tensor, gradient, create_graph)]`.",
            ),
            _walking(
                "backward of three numbers, gradient=tensor([1., 0., 10.])",
                "The `gradient` goes to `start`.",
                last="all",
                gradient=lambda t: t.tensor([1.0, 0.0, 10.0]),
            ),
            _walking("backward of three numbers, no gradient", last="all"),
            _walking("backward with retain_graph=True", retain_graph=True),
            _walking("backward with retain_graph=False", retain_graph=False),
            _walking(
                "backward with create_graph=True",
                "The graph is kept, and the walk recorded.",
                create_graph=True,
            ),
            _walking(
                "backward with create_graph=True, retain_graph=False",
                "False is an answer: only where `retain_graph` is None does `create_graph` decide.",
                create_graph=True,
                retain_graph=False,
            ),
            _walking(
                "backward of what asks for nothing",
                "It is element 0 of the tensors: `start(0, ...)`.",
                last="nothing",
            ),
            _walking("backward with inputs=[x]", "`backward_into(inputs, ...)`.", into="x"),
            _walking(
                "backward with inputs=[x], retain_graph=True",
                "`backward_into(inputs, roots, keep, create_graph)`, in this order.",
                into="x",
                retain_graph=True,
            ),
            _walking(
                "backward with inputs=[y], retain_graph=True, create_graph=True",
                into="y",
                retain_graph=True,
                create_graph=True,
            ),
            _walking(
                "backward with inputs=[]",
                "An empty list is not None: `backward_into` refuses it.",
                inputs=lambda t: [],
            ),
        ],
        misconceptions=[
            slip(
                "or",
                _ENGINE,
                "backward_from",
                {_KEEP: "keep = retain_graph or create_graph"},
                "`retain_graph=False` is an answer, and `or` takes no notice of it. Only where it "
                "is None does `create_graph` decide.",
            ),
            slip(
                "retain_graph alone",
                _ENGINE,
                "backward_from",
                {_KEEP: "keep = bool(retain_graph)"},
                "With `create_graph=True` the graph must stay, or nothing can be differentiated a "
                "second time.",
            ),
            slip(
                "always kept",
                _ENGINE,
                "backward_from",
                {_KEEP: "keep = True"},
                "You always keep the graph, and all memory that it holds.",
            ),
            slip(
                "gradient lost",
                _ENGINE,
                "backward_from",
                {"tensor, gradient, create": "tensor, None, create"},
                "The `gradient` that was handed in did not reach `start`.",
            ),
            slip(
                "not recorded",
                _ENGINE,
                "backward_from",
                {"run_backward(roots, keep, create_graph)": "run_backward(roots, keep)"},
                "`create_graph` did not reach `run_backward`: the walk is not recorded.",
            ),
            slip(
                "inputs lost",
                _ENGINE,
                "backward_from",
                {"if inputs is None:": "if True:"},
                "With `inputs` only these collect: `backward_into(inputs, ...)`.",
            ),
        ],
        hint="`keep`, `roots`, and one of two walks.",
    )
)


# end_at_leaf


def _leaf_here(torch: Any) -> Any:
    leaf = _asking(torch, 3)
    return leaf, leaf._node


def _leaf_gone(torch: Any) -> Any:
    return None, _asking(torch, 3)._node


def _leaf_with_hook(torch: Any) -> Any:
    leaf = _asking(torch, 3)
    leaf.register_post_accumulate_grad_hook(lambda x: setattr(x, "seen", "by the hook"))
    return leaf, leaf._node


def _leaf_that_stopped(torch: Any) -> Any:
    leaf, node = _leaf_with_hook(torch)
    leaf.requires_grad = False
    return leaf, node


def _leaf_inside(torch: Any) -> Any:
    leaf = _asking(torch, 3)
    node = leaf._node
    leaf._node = (leaf * 2)._node
    return leaf, node


def _ended(end_at_leaf: Any, torch: Any, *, make: Make, times: int = 1) -> Any:
    """What becomes of a gradient at the end of a road."""
    leaf, node = make(torch)

    def send() -> Any:
        for _ in range(times):
            pairs = end_at_leaf(node, np.array([1.0, 2.0, 4.0], np.float32), ())
        return "None" if pairs is None else f"{len(pairs)} pairs"

    seen = {"goes further down": _told(send)}
    if leaf is not None:
        seen |= {
            "the leaf's gradient": _numbers(leaf._grad),
            "it was seen": getattr(leaf, "seen", "by none"),
        }
    return seen


register(
    Exercise(
        name="end_at_leaf",
        signature="end_at_leaf(node, grad, edges) -> ()",
        reference=late(lambda torch: shipped(_GRAPH, "end_at_leaf")),
        cases=[
            _case(_ended, "end_at_leaf: a leaf that somebody holds", make=_leaf_here),
            _case(_ended, "end_at_leaf, twice", "It is added to.", make=_leaf_here, times=2),
            _case(
                _ended,
                "end_at_leaf: a leaf that nobody holds any more",
                "Then `node.leaf()` is None, and the gradient is dropped.",
                make=_leaf_gone,
            ),
            _case(
                _ended,
                "end_at_leaf: a leaf with a hook",
                "`node.collect(leaf, grad)` adds the gradient and calls the hooks.",
                make=_leaf_with_hook,
            ),
            _case(
                _ended,
                "end_at_leaf: a leaf with a hook that stopped asking",
                "`node.collect` knows what to do then.",
                make=_leaf_that_stopped,
            ),
            _case(
                _ended,
                "end_at_leaf: a leaf that has become a result",
                "`must_be_outside(is_leaf(leaf))` refuses it.",
                make=_leaf_inside,
            ),
        ],
        misconceptions=[
            slip(
                "truth of a tensor",
                _GRAPH,
                "end_at_leaf",
                {"if leaf is not None:": "if leaf:"},
                "`if leaf:` asks for the truth of its numbers. Ask whether there is one: "
                "`if leaf is not None:`.",
            ),
            slip(
                "returns nothing",
                _GRAPH,
                "end_at_leaf",
                {"return ()": "return None"},
                "The walk goes through what you return. Nothing goes further down, so an empty "
                "tuple: `return ()`.",
            ),
            slip(
                "sends on",
                _GRAPH,
                "end_at_leaf",
                {"return ()": "return [(node, grad)]"},
                "You send the gradient on, though this is the end of the road.",
            ),
            slip(
                "held by nobody",
                _GRAPH,
                "end_at_leaf",
                {"if leaf is not None:": "if True:"},
                "The leaf may be gone: `node.leaf()` is None then, and there is nobody to give the "
                "gradient to.",
            ),
            slip(
                "hooks not called",
                _GRAPH,
                "end_at_leaf",
                {"node.collect(leaf, grad)": "leaf._node is None or collect(leaf, grad)"},
                "The gradient is there, but the hooks were not called: `node.collect(leaf, grad)` "
                "does both.",
            ),
            slip(
                "not refused",
                _GRAPH,
                "end_at_leaf",
                {"must_be_outside(is_leaf(leaf))": "pass"},
                "A leaf that became a result meanwhile must be refused: "
                "`must_be_outside(is_leaf(leaf))`.",
            ),
        ],
        hint="Ask for the leaf; if there is one, two steps; `return ()`.",
    )
)


# like_its_tensor


def _likened(like_its_tensor: Any, torch: Any, *, make: Make) -> Any:
    """The gradient that comes of it, and whether it is the one that was given."""
    tensor, grad = make(torch)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        found = like_its_tensor(tensor, grad)
    seen = {"the very same": found is grad, "is a tensor": isinstance(found, torch.Tensor)}
    if isinstance(found, torch.Tensor):
        seen["has a history"] = found.requires_grad
        found = found._array
    return seen | {"gradient": np.asarray(found)}


def _likening(show: str, make: Make, hint: str = "") -> Case:
    return _case(_likened, f"like_its_tensor({show})", hint, make=make)


_SIX = np.arange(6.0).reshape(2, 3)
_NUMPYS = (
    "`fit_to` takes NumPy's dtype, that of `tensor._array`. A tensor's own `dtype` is PyTorch's."
)

register(
    Exercise(
        name="like_its_tensor",
        signature="like_its_tensor(tensor, grad) -> gradient of that shape and dtype",
        reference=late(lambda torch: shipped(_GRAPH, "like_its_tensor")),
        cases=[
            _likening(
                "float64 of 2 by 3, float64 array of 2 by 3",
                lambda t: (t.zeros(2, 3, dtype=t.float64), _SIX),
                "Nothing is to be done: return `grad` itself.",
            ),
            _likening(
                "float32 of 2 by 3, float64 array of 2 by 3",
                lambda t: (t.zeros(2, 3), _SIX),
                "The dtype is another.",
            ),
            _likening(
                "float64 of 3, float64 array of 2 by 3",
                lambda t: (t.zeros(3, dtype=t.float64), _SIX),
                "The shape is another.",
            ),
            _likening("float16 of 2 by 1, float64 array", lambda t: (t.zeros(2, 1).half(), _SIX)),
            _likening(
                "float32 of 2 by 3, complex array of 2 by 3",
                lambda t: (t.zeros(2, 3), _SIX.astype(np.complex64)),
            ),
            _likening(
                "float32 of 3, tensor of 3 with a history",
                lambda t: (t.zeros(3), _asking(t, 3) * 2),
                "A tensor goes the same way; `raw(grad)` is its array.",
            ),
            _likening(
                "float64 of 3, tensor of float32, 2 by 3, with a history",
                lambda t: (t.zeros(3, dtype=t.float64), _asking(t, 2, 3) * 2),
                "It keeps its history: `fit_to` takes tensors, too.",
            ),
            _likening(
                "float32 of 0 by 3, float64 array of 0 by 3",
                lambda t: (t.zeros(0, 3), np.zeros((0, 3))),
            ),
            _likening("float64 without dims, array", lambda t: (t.tensor(1.0).double(), _SIX)),
        ],
        misconceptions=[
            slip(
                "PyTorch's dtype",
                _GRAPH,
                "like_its_tensor",
                {"array.shape, array.dtype)": "array.shape, tensor.dtype)"},
                _NUMPYS,
            ),
            slip(
                "PyTorch's dtype, compared as well",
                _GRAPH,
                "like_its_tensor",
                {"tensor._array, raw(grad)": "tensor, grad"},
                _NUMPYS,
            ),
            slip(
                "shape only",
                _GRAPH,
                "like_its_tensor",
                {" and given.dtype == array.dtype": ""},
                "You look at the shape alone. The dtype may be another as well.",
            ),
            slip(
                "dtype only",
                _GRAPH,
                "like_its_tensor",
                {"given.shape == array.shape and ": ""},
                "You look at the dtype alone. The shape may be another as well.",
            ),
            slip(
                "one is enough",
                _GRAPH,
                "like_its_tensor",
                {"array.shape and given": "array.shape or given"},
                "It may stay as it is only if shape *and* dtype are right.",
            ),
            slip(
                "never fitted",
                _GRAPH,
                "like_its_tensor",
                {"return fit_to(grad, array.shape, array.dtype)": "return grad"},
                "The gradient is as it came: `fit_to(grad, shape, dtype)`.",
            ),
            slip(
                "the array alone",
                _GRAPH,
                "like_its_tensor",
                {"fit_to(grad,": "fit_to(given,"},
                "A tensor went in and an array came out, so its history is lost. `raw` is for "
                "looking only.",
            ),
        ],
        hint="The same shape and dtype: `grad`. Else `fit_to`.",
    )
)


# collect


def _put(tensor: Any, grad: Any) -> Any:
    tensor._grad = grad
    return tensor


def _collected(collect: Any, torch: Any, *, make: Make) -> Any:
    """What `.grad` is after some gradients have come, and what became of the first."""
    tensor, *grads = make(torch)
    first: dict[str, Any] = {}
    for number, grad in enumerate(grads):
        before = getattr(grad, "_array", grad).copy()
        told = _told(partial(collect, tensor, grad))
        if told is not None:
            return told
        found = tensor._grad
        if not isinstance(found, torch.Tensor):
            return {"`tensor._grad` is a": type(found).__name__}
        if not number:
            first = {"tensor": found}
            shares = np.may_share_memory(found._array, getattr(grad, "_array", grad))
            first["shares the memory of what came"] = shares
        after = getattr(grad, "_array", grad)
        if not np.array_equal(before, after):
            return "The gradient that came was changed: others may still need it."
    return {
        "grad": _numbers(found),
        "has a history": found.requires_grad,
        "still the first tensor": found is first["tensor"],
        "the first shares the memory of what came": first["shares the memory of what came"],
        "numbers of the first": _numbers(first["tensor"]),
        "version of the first": first["tensor"]._version,
    }


def _past(torch: Any, *numbers: float, dtype: str = "float32") -> Any:
    """A gradient with a history."""
    return _that_asks(torch.tensor(numbers, dtype=getattr(torch, dtype))) * 1


def _array(*numbers: float, dtype: str = "float32") -> Any:
    return np.array(numbers, dtype)


def _collecting(show: str, make: Make, hint: str = "") -> Case:
    return _case(_collected, f"collect: {show}", hint, make=make)


register(
    Exercise(
        name="collect",
        signature="collect(tensor, grad) -> None",
        reference=late(lambda torch: shipped(_GRAPH, "collect")),
        cases=[
            _collecting(
                "an array",
                lambda t: (_asking(t, 2), _array(1, 2)),
                "`accumulate(tensor, grad)` makes the first one, of a copy.",
            ),
            _collecting(
                "an array, and another one",
                lambda t: (_asking(t, 2), _array(1, 2), _array(10, 20)),
                "It is added in place: `accumulate` does it.",
            ),
            _collecting(
                "a float64 array for a float32 tensor",
                lambda t: (_asking(t, 2), _array(1, 2, dtype="float64")),
                "First `like_its_tensor(tensor, grad)`.",
            ),
            _collecting(
                "an array of 3 by 2 for a tensor of 2",
                lambda t: (_asking(t, 2), np.ones((3, 2), np.float32)),
            ),
            _collecting(
                "a tensor with a history",
                lambda t: (_asking(t, 2), _past(t, 1, 2)),
                "A tensor becomes the gradient as it is.",
            ),
            _collecting(
                "two tensors with a history",
                lambda t: (_asking(t, 2), _past(t, 1, 2), _past(t, 10, 20)),
                "Old + new, a new tensor: adding in place would spoil the history.",
            ),
            _collecting(
                "a tensor with a history, then an array",
                lambda t: (_asking(t, 2), _past(t, 1, 2), _array(10, 20)),
                "An array is added in place, whatever was there.",
            ),
            _collecting(
                "an array, then a tensor with a history",
                lambda t: (_asking(t, 2), _array(1, 2), _past(t, 10, 20)),
            ),
            _collecting(
                "a float64 tensor with a history for a float32 tensor",
                lambda t: (_asking(t, 2), _past(t, 1, 2, dtype="float64")),
            ),
            _collecting(
                "an array onto a gradient whose numbers share memory",
                lambda t: (_put(_asking(t, 3), t.ones(1).expand(3)), _array(1, 2, 3)),
                "`must_have_room(old, grad)` refuses it.",
            ),
            _collecting("arrays of no elements", lambda t: (_asking(t, 0), _array(), _array())),
        ],
        misconceptions=[
            slip(
                "overwritten",
                _GRAPH,
                "collect",
                {
                    "        accumulate(tensor, grad)": "        tensor._grad = None\n"
                    "        accumulate(tensor, grad)"
                },
                "The new gradient replaced the old one. Gradients are *added*, until somebody "
                "calls `zero_grad()`.",
            ),
            slip(
                "never in place",
                _GRAPH,
                "collect",
                {
                    "if isinstance(grad, Tensor):": "if not isinstance(grad, Tensor):\n"
                    "        grad = wrap(grad)\n"
                    "    if True:"
                },
                "An array is added in place, and the first one copied: `accumulate(tensor, grad)`.",
            ),
            slip(
                "always in place",
                _GRAPH,
                "collect",
                {"if isinstance(grad, Tensor):": "grad = raw(grad)\n    if False:"},
                "A gradient with a history must keep it. You took the bare numbers.",
            ),
            slip(
                "no room",
                _GRAPH,
                "collect",
                {"        must_have_room(old, grad)\n": ""},
                "Before an array is added in place: `must_have_room(old, grad)`.",
            ),
            slip(
                "not added",
                _GRAPH,
                "collect",
                {"grad if old is None else old + grad": "grad"},
                "Where a history is at stake it is still a sum: old + `grad`.",
            ),
            slip(
                "not like its tensor",
                _GRAPH,
                "collect",
                {"like_its_tensor(tensor, grad), tensor._grad": "grad, tensor._grad"},
                "A gradient must have the shape and the dtype of its tensor: "
                "`like_its_tensor(tensor, grad)` first.",
            ),
        ],
        hint="Like its tensor. A tensor: a new sum. An array: `accumulate`.",
    )
)


# requires_grad_


def _asked(requires_grad_: Any, torch: Any, *, make: Make, wanted: tuple[bool, ...] = ()) -> Any:
    """What comes of asking for gradients, or of no longer asking."""
    tensor = make(torch)
    before = tensor._node
    found = _told(lambda: requires_grad_(tensor, *wanted))
    return {
        "returned": "the tensor itself" if found is tensor else found,
        "requires grad": tensor.requires_grad,
        "a leaf": tensor.is_leaf,
        "the same node as before": tensor._node is before,
    }


register(
    Exercise(
        name="requires_grad_",
        signature="requires_grad_(tensor, requires_grad=True) -> the tensor itself",
        reference=late(lambda torch: shipped(_VARIABLE, "requires_grad_")),
        cases=[
            _case(_asked, "requires_grad_(ones(2))", make=lambda t: t.ones(2)),
            _case(
                _asked,
                "requires_grad_(a leaf that asks already)",
                "There is nothing to do.",
                make=lambda t: _asking(t, 2),
            ),
            _case(
                _asked,
                "requires_grad_(a leaf that asks, False)",
                make=lambda t: _asking(t, 2),
                wanted=(False,),
            ),
            _case(
                _asked, "requires_grad_(ones(2), False)", make=lambda t: t.ones(2), wanted=(False,)
            ),
            _case(
                _asked,
                "requires_grad_(a result)",
                "It has a `_node` already: nothing to do, and no error.",
                make=lambda t: _asking(t, 2) * 2,
            ),
            _case(
                _asked,
                "requires_grad_(a result, False)",
                "`check_requires_grad(...)` refuses it.",
                make=lambda t: _asking(t, 2) * 2,
                wanted=(False,),
            ),
            _case(
                _asked,
                "requires_grad_(arange(3))",
                '`check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")` first.',
                make=lambda t: t.arange(3),
            ),
            _case(
                _asked,
                "requires_grad_(arange(3), False)",
                make=lambda t: t.arange(3),
                wanted=(False,),
            ),
        ],
        misconceptions=[
            slip(
                "not returned",
                _VARIABLE,
                "requires_grad_",
                {"    return tensor": "    return None"},
                "Return the tensor, so that one can go on: `torch.ones(2).requires_grad_()`.",
            ),
            slip(
                "always on",
                _VARIABLE,
                "requires_grad_",
                {"tensor.requires_grad = requires_grad": "tensor.requires_grad = True"},
                "You switch it on whatever is wanted: `requires_grad_(False)` freezes a parameter.",
            ),
            slip(
                "results refused",
                _VARIABLE,
                "requires_grad_",
                {"if not (requires_grad and tensor._node is not None):": "if True:"},
                "A result that has a `_node` requires grad already: nothing to do, and no error.",
            ),
            slip(
                "results let off",
                _VARIABLE,
                "requires_grad_",
                {"requires_grad and tensor._node is not None": "tensor._node is not None"},
                "Whoever asks already may *stop* asking: look at `requires_grad` as well.",
            ),
            slip(
                "not checked",
                _VARIABLE,
                "requires_grad_",
                {'check_requires_grad(is_leaf(tensor), tensor.dtype, requires_grad, "")': "pass"},
                "`check_requires_grad` comes first: it says in PyTorch's words what cannot be.",
            ),
        ],
        hint="Nothing to do, or check and set; then the tensor itself.",
    )
)


# look_at_grad


def _retaining(torch: Any) -> Any:
    tensor = _asking(torch, 2) * 2
    tensor.retain_grad()
    return tensor


def _looked(look_at_grad: Any, torch: Any, *, make: Make) -> Any:
    """What `.grad` gives, and how many warnings."""
    tensor = make(torch)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = _told(lambda: look_at_grad(tensor))
    own = found is not None and found is tensor._grad
    return {"grad": "its own" if own else found, "warnings": len(heard)}


register(
    Exercise(
        name="look_at_grad",
        signature="look_at_grad(tensor) -> its gradient, or None",
        reference=late(lambda torch: shipped(_VARIABLE, "look_at_grad")),
        cases=[
            _case(_looked, "look_at_grad(a leaf without a gradient)", make=lambda t: _asking(t, 2)),
            _case(_looked, "look_at_grad(ones(2))", make=lambda t: t.ones(2)),
            _case(
                _looked,
                "look_at_grad(a leaf with a gradient)",
                make=lambda t: _put(_asking(t, 2), t.ones(2)),
            ),
            _case(
                _looked,
                "look_at_grad(a result)",
                "No leaf, and no `retains_grad`: `warn_of_no_grad()`.",
                make=lambda t: _asking(t, 2) * 2,
            ),
            _case(
                _looked,
                "look_at_grad(a result that retains its gradient, before backward)",
                "`tensor.retains_grad`: no warning.",
                make=_retaining,
            ),
            _case(
                _looked,
                "look_at_grad(a result to which somebody gave a gradient)",
                "It has one, so there is nothing to warn of.",
                make=lambda t: _put(_asking(t, 2) * 2, t.ones(2)),
            ),
            _case(
                _looked,
                "look_at_grad(a result that retains its gradient, after backward)",
                make=lambda t: _put(_retaining(t), t.ones(2)),
            ),
        ],
        misconceptions=[
            slip(
                "asked again",
                _VARIABLE,
                "look_at_grad",
                {"return tensor._grad": "return tensor.grad"},
                "`tensor.grad` runs `look_at_grad` once more, and it warns again: "
                "`return tensor._grad`.",
            ),
            slip(
                "no warning",
                _VARIABLE,
                "look_at_grad",
                {"warn_of_no_grad()": "pass"},
                "None in silence is what people stumble over: `warn_of_no_grad()` where nothing "
                "will ever come.",
            ),
            slip(
                "leaves warned",
                _VARIABLE,
                "look_at_grad",
                {" and not (is_leaf(tensor) or tensor.retains_grad)": ""},
                "You warn wherever there is no gradient. A leaf may get one yet, and so may what "
                "retains it.",
            ),
            slip(
                "retained warned",
                _VARIABLE,
                "look_at_grad",
                {"is_leaf(tensor) or tensor.retains_grad": "is_leaf(tensor)"},
                "Whoever called `retain_grad()` will get a gradient: no warning then.",
            ),
            slip(
                "retained only",
                _VARIABLE,
                "look_at_grad",
                {"is_leaf(tensor) or tensor.retains_grad": "tensor.retains_grad"},
                "You warn at a leaf, which may get a gradient yet.",
            ),
            slip(
                "always for results",
                _VARIABLE,
                "look_at_grad",
                {"tensor._grad is None and ": ""},
                "You warn although there is a gradient.",
            ),
            slip(
                "nothing returned",
                _VARIABLE,
                "look_at_grad",
                {"return tensor._grad": "return None"},
                "The gradient is not returned: `return tensor._grad`.",
            ),
        ],
        hint="None, no leaf, not retained: warn. Then `tensor._grad`, whatever it is.",
    )
)


# detach, get_data


def _cut(cut: Any, torch: Any, *, make: Make) -> Any:
    """What a tensor and one that was cut off from it have in common."""
    base = make(torch)
    tensor = base[1] if isinstance(base, tuple) else base
    with torch.no_grad():
        found = cut(tensor)
    if not isinstance(found, torch.Tensor):
        return {"returned": type(found).__name__}
    seen = {
        "another tensor": found is not tensor,
        "another array object": found._array is not tensor._array,
        "numbers": found.tolist(),
        "strides": list(found.stride()),
        "offset": found.storage_offset(),
        "requires grad": found.requires_grad,
        "a leaf": found.is_leaf,
        "an inference tensor": found.is_inference(),
        "one counter for both": found._counter is tensor._counter,
    }
    if found._array.size and not tensor.is_inference():
        with torch.no_grad():
            found.fill_(7.0)
        seen["a change of one shows in the other"] = tensor.tolist() == found.tolist()
        seen["version of the first after it"] = tensor._version
    return seen


def _in_inference(torch: Any) -> Any:
    with torch.inference_mode():
        return torch.ones(2)


def _changed(torch: Any) -> Any:
    """A tensor that was changed in place before."""
    return torch.zeros(3).add_(1.0)


_CUTS: list[tuple[str, Make]] = [
    ("a leaf that asks", lambda t: _asking(t, 3)),
    ("a result", lambda t: _asking(t, 2, 2) * 2),
    ("a row of a matrix, transposed", lambda t: t.arange(12.0).view(3, 4).t()[1]),
    ("a tensor without dims", lambda t: t.tensor(2.0)),
    ("a tensor that was changed before", _changed),
    ("no elements", lambda t: t.zeros(0, 3)),
    ("an inference tensor", _in_inference),
]


def _detach_cases(name: str) -> list[Case]:
    return [_case(_cut, f"{name}({words})", make=make) for words, make in _CUTS]


register(
    Exercise(
        name="detach",
        signature="detach(tensor) -> Tensor over the same memory",
        reference=late(lambda torch: shipped(_VARIABLE, "detach")),
        cases=_detach_cases("detach"),
        misconceptions=[
            slip(
                "a counter of its own",
                _VARIABLE,
                "detach",
                {"alias(tensor, tensor._array)": "wrap(tensor._array.view())"},
                "The memory is shared, but the counter is not, so nobody would notice a change. "
                "That is `.data`; `alias` shares both.",
            ),
            slip(
                "wrapped",
                _VARIABLE,
                "detach",
                {"alias(tensor, tensor._array)": "wrap(tensor._array)"},
                "`wrap` starts a counter of its own, and both tensors hold one array object. "
                "`alias(tensor, array)` shares the counter, and takes a view.",
            ),
            slip(
                "a copy",
                _VARIABLE,
                "detach",
                {"alias(tensor, tensor._array)": "alias(tensor, tensor._array.copy())"},
                "You made a copy. A detached tensor looks at the same memory.",
            ),
            slip(
                "itself",
                _VARIABLE,
                "detach",
                {"return alias(tensor, tensor._array)": "return tensor"},
                "You returned the tensor itself. `alias` makes a second one over the same memory.",
            ),
            slip(
                "cut in place",
                _VARIABLE,
                "detach",
                {
                    "    return alias(tensor, tensor._array)": "    tensor._node = None\n"
                    "    return tensor"
                },
                "You returned the tensor itself, and cut it off from its history. That is "
                "`detach_`.",
            ),
            slip(
                "asks",
                _VARIABLE,
                "detach",
                {"alias(tensor, tensor._array)": "alias(tensor, tensor._array).requires_grad_()"},
                "Your tensor requires grad. A detached one asks for nothing.",
            ),
        ],
        hint="`alias(tensor, array)`: the same memory and counter, no node.",
    )
)

register(
    Exercise(
        name="get_data",
        signature="get_data(tensor) -> Tensor over the same memory, with its own counter",
        reference=late(lambda torch: shipped(_VARIABLE, "get_data")),
        cases=_detach_cases("get_data"),
        misconceptions=[
            slip(
                "the same counter",
                _VARIABLE,
                "get_data",
                {"wrap(tensor._array.view())": "alias(tensor, tensor._array)"},
                "Changes are counted for both tensors. `.data` has a counter of its own, which "
                "`wrap` starts.",
            ),
            slip(
                "one array",
                _VARIABLE,
                "get_data",
                {"tensor._array.view()": "tensor._array"},
                "Both tensors have the very same array object, so a derivative could not tell them "
                "apart. Take a view: `tensor._array.view()`.",
            ),
            slip(
                "a copy",
                _VARIABLE,
                "get_data",
                {"tensor._array.view()": "tensor._array.copy()"},
                "You made a copy. `.data` looks at the same memory.",
            ),
            slip(
                "inference forgotten",
                _VARIABLE,
                "get_data",
                {"if tensor.is_inference():": "if False:"},
                "An inference tensor must stay one: there, detach.",
            ),
            slip(
                "itself",
                _VARIABLE,
                "get_data",
                {"return wrap(tensor._array.view())": "return tensor"},
                "You returned the tensor itself.",
            ),
        ],
        hint="`wrap` around a view of the array; an inference tensor is detached.",
    )
)


# covered


def _covering(covered: Any, torch: Any, *, shapes: tuple[tuple[int, ...], tuple[int, ...]]) -> Any:
    """What is written, and the gradients of the old numbers and of the value, for one upstream."""
    old = np.full(shapes[0], 9.0, np.float32)
    value = np.arange(1.0, 1.0 + int(np.prod(shapes[1])), dtype=np.float32).reshape(shapes[1])
    found = covered(old, value)
    if not isinstance(found, tuple) or len(found) != 3:
        return {"returned": f"not three things: {type(found).__name__}"}
    result, to_old, to_value = found
    grad = np.arange(2.0, 2.0 + old.size, dtype=np.float32).reshape(old.shape)
    seen = {"result": np.array(result), "holds the memory of the old": _shares(result, old)}
    recorded = torch.tensor(grad.tolist()).view(old.shape)
    for name, back in (("old", to_old), ("value", to_value)):
        found = _told(partial(_applied, back, grad))
        seen[f"gradient of the {name}"] = found if isinstance(found, str) else np.array(found)
        kind = type(_told(partial(_applied, back, recorded))).__name__
        seen[f"of a tensor it is a, for the {name}"] = kind
    return seen | {"the old as before": bool((old == 9).all())}


def _applied(back: Any, grad: Any) -> Any:
    return back(grad)


def _shares(result: Any, old: Any) -> bool:
    return bool(np.may_share_memory(result, old))


register(
    Exercise(
        name="covered",
        signature="covered(input, value) -> result, derivative, derivative",
        reference=late(lambda torch: shipped(_COPY, "covered")),
        cases=[
            _case(_covering, "covered(3 numbers, 3 numbers)", shapes=((3,), (3,))),
            _case(
                _covering,
                "covered(2 by 3, 3)",
                "`np.broadcast_to(value, input.shape)`.",
                shapes=((2, 3), (3,)),
            ),
            _case(_covering, "covered(2 by 3, 2 by 1)", shapes=((2, 3), (2, 1))),
            _case(_covering, "covered(2 by 3, one number)", shapes=((2, 3), ())),
            _case(_covering, "covered(a number, a number)", shapes=((), ())),
            _case(_covering, "covered(0 by 3, 3)", shapes=((0, 3), (3,))),
        ],
        misconceptions=[
            slip(
                "not broadcast",
                _COPY,
                "covered",
                {"value.view() if same else np.broadcast_to(value, input.shape)": "value.view()"},
                "The result must have the shape of `input`: `np.broadcast_to(value, input.shape)`.",
            ),
            slip(
                "swapped",
                _COPY,
                "covered",
                {"no_slope, lambda grad: grad": "lambda grad: grad, no_slope"},
                "Your derivatives are the wrong way round: the old numbers get nothing, the value "
                "gets all.",
            ),
            slip(
                "both",
                _COPY,
                "covered",
                {"no_slope, lambda grad: grad": "lambda grad: grad, lambda grad: grad"},
                "The old numbers are gone, and so they matter for nothing: `no_slope`.",
            ),
            slip(
                "neither",
                _COPY,
                "covered",
                {"no_slope, lambda grad: grad": "no_slope, no_slope"},
                "The value gets the gradient as it is: `lambda grad: grad`.",
            ),
            slip(
                "written already",
                _COPY,
                "covered",
                {
                    "    return result, no_slope": "    input[...] = result\n"
                    "    return input, no_slope"
                },
                "You write into `input`. `modify` does the writing; here only say what the result "
                "is.",
            ),
            slip(
                "result alone",
                _COPY,
                "covered",
                {"return result, no_slope, lambda grad: grad": "return result"},
                "Three things are to be returned: the result, and one derivative for each array.",
            ),
        ],
        hint="The value in the shape of `input`; `no_slope`; hand the gradient on.",
    )
)


# copy_


def _copied(copy_: Any, torch: Any, *, make: Make, record: bool = True) -> Any:
    """What a copy leaves behind, in numbers, versions and gradients."""
    tensor, src = make(torch)
    before = tensor._version
    with torch.set_grad_enabled(record):
        found = _told(lambda: copy_(tensor, src))
    seen = {
        "returned": "the tensor itself" if found is tensor else found,
        "numbers": _numbers(tensor),
        "dtype": str(tensor.dtype).rpartition(".")[2],
        "version": tensor._version - before,
        "made by": tensor.grad_fn and tensor.grad_fn.name(),
    }
    if found is tensor and tensor.grad_fn is not None:
        weight = torch.arange(1.0, tensor.numel() + 1).view(tensor.shape)
        torch.autograd.backward(tensor, weight.to(tensor.dtype))
        leaf = isinstance(src, torch.Tensor) and src.requires_grad and src.is_leaf
        seen["gradient of the source"] = _numbers(src._grad) if leaf else None
    return seen


def _copying(show: str, make: Make, hint: str = "", **case: Any) -> Case:
    return _case(_copied, f"copy_: {show}", hint, make=make, **case)


def _one_of_several(torch: Any) -> Any:
    """A view that may not be changed in place."""
    return (_asking(torch, 2, 3) * 1).unbind(0)[0]


register(
    Exercise(
        name="copy_",
        signature="copy_(tensor, src, non_blocking=False) -> the tensor itself",
        reference=late(lambda torch: shipped(_COPY, "copy_")),
        cases=[
            _copying("3 numbers into 3", lambda t: (t.zeros(3), t.ones(3))),
            _copying("3 numbers into 2 by 3", lambda t: (t.zeros(2, 3), t.arange(3.0))),
            _copying("a number", lambda t: (t.zeros(2), 2.5)),
            _copying(
                "floats into ints",
                lambda t: (t.zeros(2, dtype=t.int64), t.tensor([1.7, -2.7])),
            ),
            _copying(
                "negative floats into bytes",
                lambda t: (t.zeros(2, dtype=t.uint8), t.tensor([-1.0, 3.0])),
                "Not recorded: `wrap(through_int64(src._array, tensor._array.dtype))`.",
            ),
            _copying(
                "large floats into bytes",
                lambda t: (t.zeros(2, dtype=t.uint8), t.tensor([2.0**33 + 5, -7], dtype=t.float64)),
                "Not recorded: `wrap(through_int64(src._array, tensor._array.dtype))`.",
            ),
            _copying(
                "floats that require grad into ints",
                lambda t: (t.zeros(2, dtype=t.int64), _asking(t, 2)),
                "Ints have no history: it is not recorded.",
            ),
            _copying(
                "floats that require grad into one of several views of ints",
                lambda t: (t.arange(4).view(2, 2).unbind(0)[0], _asking(t, 2)),
                "Only what is recorded can be refused: `recorded and ...`.",
            ),
            _copying(
                "what requires grad into zeros",
                lambda t: (t.zeros(2, 3), _asking(t, 3)),
                "Recorded: from now on the tensor has a history.",
            ),
            _copying(
                "float64 that requires grad into float32",
                lambda t: (t.zeros(3), _asking(t, 3, dtype="float64")),
            ),
            _copying("into a result", lambda t: (_asking(t, 3) * 2, t.ones(3))),
            _copying(
                "complex numbers that require grad",
                lambda t: (t.zeros(2, dtype=t.complex64), _asking(t, 2)),
            ),
            _copying(
                "into a leaf that asks",
                lambda t: (_asking(t, 2), t.ones(2)),
                "`check_write(tensor)` refuses it.",
            ),
            _copying(
                "into a leaf that asks, under no_grad",
                lambda t: (_asking(t, 2), t.ones(2)),
                "Nothing is recorded, so it may be changed.",
                record=False,
            ),
            _copying(
                "3 numbers into a leaf of 2",
                lambda t: (_asking(t, 2), t.ones(3)),
                "Two things are wrong. `check_write` speaks first.",
            ),
            _copying(
                "2 by 3 numbers into 3",
                lambda t: (t.zeros(3), t.ones(2, 3)),
                "The source may broadcast, the tensor not: `check_fits(tensor, src)`.",
            ),
            _copying(
                "3 numbers into 3 rows that share memory",
                lambda t: (t.zeros(3).expand(3, 3), t.ones(3)),
                "`check_fits(tensor, src)` refuses it.",
            ),
            _copying("3 numbers into 2", lambda t: (t.zeros(2), t.ones(3)), "`check_fits`."),
            _copying(
                "2 numbers that require grad into one of several views, of 3",
                lambda t: (t.ones(2, 3).unbind(0)[0], _asking(t, 2)),
                "One of both asks: `check_write` speaks first.",
            ),
            _copying(
                "into one of several views, and nobody asks",
                lambda t: (t.ones(2, 3).unbind(0)[0], t.zeros(3)),
                "Where neither requires grad nothing is refused.",
            ),
            _copying(
                "into one of several views",
                lambda t: (_one_of_several(t), t.ones(2)),
                "Such a view may not be changed: `check_write` speaks first.",
            ),
        ],
        misconceptions=[
            slip(
                "PyTorch's dtype",
                _COPY,
                "copy_",
                {"tensor._array.dtype.kind": "tensor.dtype.kind"},
                "A tensor's own `dtype` is PyTorch's and has no `kind`. Its array's has: "
                "`tensor._array.dtype.kind`.",
            ),
            slip(
                "nothing returned",
                _COPY,
                "copy_",
                {"return modify(": "modify("},
                "Return what `modify` returns: the tensor itself.",
            ),
            slip(
                "never recorded",
                _COPY,
                "copy_",
                {'recorded = tensor._array.dtype.kind in "fc"': "recorded = False"},
                "The numbers are there, but no history: no gradient will find its way to the "
                "source.",
            ),
            slip(
                "always recorded",
                _COPY,
                "copy_",
                {'recorded = tensor._array.dtype.kind in "fc"': "recorded = True"},
                "Ints and bools have no history: recorded only where `dtype.kind` is in `fc`.",
            ),
            slip(
                "floats only",
                _COPY,
                "copy_",
                {'in "fc"': 'in "f"'},
                "Complex numbers have a history, too: kind c.",
            ),
            slip(
                "no_grad as well",
                _COPY,
                "copy_",
                {" and recording.enabled and (": " and ("},
                "Under `no_grad` a leaf may be changed: ask `recording.enabled`.",
            ),
            slip(
                "ints refused",
                _COPY,
                "copy_",
                {"if recorded and recording": "if recording"},
                "Only what is recorded can be refused: ints have no history.",
            ),
            slip(
                "not checked",
                _COPY,
                "copy_",
                {"        check_write(tensor)": "        pass"},
                "`check_write(tensor)` must speak before `check_fits`.",
            ),
            slip(
                "any shape",
                _COPY,
                "copy_",
                {"    check_fits(tensor, src)": "    pass"},
                "`check_fits(tensor, src)` says in PyTorch's words what does not fit.",
            ),
        ],
        hint="Recorded? Allowed? Does it fit? Then `modify`.",
    )
)
