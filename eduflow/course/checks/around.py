"""Checks on what runs around an operation's body: on the way in, on the way out, and back."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from ..probing import shipped, slip
from . import Case, Exercise, late, register

_DISPATCH, _GRAPH, _ENGINE = "_core.dispatch", "autograd.graph", "autograd.engine"
_MODE = "autograd.grad_mode"


def _file(torch: Any, name: str) -> Any:
    """A file of the framework that stands now."""
    return importlib.import_module(f"{torch.__name__}.{name}")


# pointwise_fits


def _noted(fits: Any, torch: Any, make: Callable[[Any], Any]) -> Any:
    """What was noted of each input, dtypes as words."""
    inputs, result = make(torch)
    found = fits(inputs, result)
    if not isinstance(found, (list, tuple)):
        return found
    return [
        (tuple(x[0]), str(np.dtype(x[1]))) if isinstance(x, (tuple, list)) and len(x) == 2 else x
        for x in found
    ]


def _fitting(show: str, make: Callable[[Any], Any], hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _noted(thing, torch, make),
        show=f"pointwise_fits(({show})",
        hint=hint,
    )


_NARROW = np.zeros((2, 3), np.float32)

register(
    Exercise(
        name="pointwise_fits",
        signature="pointwise_fits(inputs, result) -> list of (shape, dtype) or None",
        reference=late(lambda torch: shipped(_DISPATCH, "pointwise_fits")),
        cases=[
            _fitting(
                "ones(2, 3), ones(3)), float32 array of 2 by 3",
                lambda torch: ((torch.ones(2, 3), torch.ones(3)), _NARROW),
                "The first one is as the result: None. The second was broadcast.",
            ),
            _fitting(
                "ones(2, 3), arange(6).view(2, 3)), float32 array of 2 by 3",
                lambda torch: ((torch.ones(2, 3), torch.arange(6).view(2, 3)), _NARROW),
                "An int64 tensor became float32: that is to be undone as well.",
            ),
            _fitting(
                "ones(2, 3), ones(2, 3)), float32 array of 2 by 3",
                lambda torch: ((torch.ones(2, 3), torch.ones(2, 3)), _NARROW),
                "Nothing is to be undone: None in place of the list.",
            ),
            _fitting(
                "2.5, ones(2, 1)), float32 array of 2 by 3",
                lambda torch: ((2.5, torch.ones(2, 1)), _NARROW),
                "A number has no gradient: None in its place. A size of 1 was stretched.",
            ),
            _fitting(
                "2.5, ones(2, 3)), float32 array of 2 by 3",
                lambda torch: ((2.5, torch.ones(2, 3)), _NARROW),
                "Nothing is to be undone: None in place of the list.",
            ),
            _fitting(
                "ones(0, 1), ones(3), ones(0, 3, dtype=float64)), float32 array of 0 by 3",
                lambda torch: (
                    (
                        torch.ones(0, 1),
                        torch.ones(3),
                        torch.ones(0, 3, dtype=torch.float64),
                    ),
                    np.zeros((0, 3), np.float32),
                ),
                "Three inputs, three entries.",
            ),
            _fitting(
                "tensor(2.), ones(3)), float32 array without dims",
                lambda torch: ((torch.tensor(2.0), torch.ones(3)), np.zeros((), np.float32)),
                "A tensor without dims has the shape ().",
            ),
        ],
        misconceptions=[
            slip(
                "shapes only",
                _DISPATCH,
                "pointwise_fits",
                {"own == (result.shape, result.dtype)": "own and own[0] == result.shape"},
                "You look at the shape alone. Promotion changes the dtype: an int64 tensor that "
                "became float32 must be noted, too.",
            ),
            slip(
                "dtypes only",
                _DISPATCH,
                "pointwise_fits",
                {"own == (result.shape, result.dtype)": "own and own[1] == result.dtype"},
                "You look at the dtype alone. Broadcasting changes the shape.",
            ),
            slip(
                "always a list",
                _DISPATCH,
                "pointwise_fits",
                {"return fits if any(fits) else None": "return fits"},
                "Where nothing is to be undone, return None in place of the list.",
            ),
            slip(
                "all noted",
                _DISPATCH,
                "pointwise_fits",
                {"None if own == (result.shape, result.dtype) else own": "own"},
                "An input that is as the result needs no note: None in its place.",
            ),
            slip(
                "the result's",
                _DISPATCH,
                "pointwise_fits",
                {
                    "None if own == (result.shape, result.dtype) else own": "None if own in "
                    "(None, (result.shape, result.dtype)) else (result.shape, result.dtype)"
                },
                "You note the shape and dtype of the result. Gradients go back to those of the "
                "*input*.",
            ),
            slip(
                "places lost",
                _DISPATCH,
                "pointwise_fits",
                {
                    "        fits.append(None if own == (result.shape, result.dtype) else own)": ""
                    "        if own not in (None, (result.shape, result.dtype)):\n"
                    "            fits.append(own)"
                },
                "Entry i belongs to input i: where there is nothing to note, None keeps its place.",
            ),
        ],
        hint="For each input the pair (shape, dtype) of its array, if the result's is another.",
    )
)


# elementwise


def _carried(
    elementwise: Any,
    torch: Any,
    make: Callable[[Any], Any],
    floats: bool = False,
    body: Any = None,
    **options: Any,
) -> Any:
    """What comes of a product that is carried out: what its body was given, result, gradients."""
    kind = _file(torch, _DISPATCH).Kind("MulBackward0", ("input", "other"))
    seen: dict[str, Any] = {}

    def product(a: Any, b: Any, **given: Any) -> Any:
        seen.update({"dtypes the body got": [str(a.dtype), str(b.dtype)], "options": given})
        seen["one array for both"] = a is b
        return a * b, lambda grad: grad * b, lambda grad: grad * a

    inputs = make(torch)
    before = [x.tolist() for x in inputs if isinstance(x, torch.Tensor)]
    out = options.pop("out", None)
    out = out(torch) if out else None
    result = elementwise(kind, body or product, inputs, floats, out, **options)
    if not isinstance(result, torch.Tensor):
        return {"result": result}
    seen |= {"result": result.detach(), "requires grad": result.requires_grad}
    seen |= {"strides": list(result.stride()), "fits": _fits_of(result)}
    seen["inputs kept for backward"] = _kept_of(result)
    if out is not None:
        return seen | {"it is the tensor given as `out`": result is out}
    seen["gradients"] = None
    if result.requires_grad:
        weight = torch.arange(1.0, result.numel() + 1).view(result.shape).to(result.dtype)
        result.backward(weight)
        seen["gradients"] = [x.grad for x in inputs if isinstance(x, torch.Tensor)]
    after = [x.tolist() for x in inputs if isinstance(x, torch.Tensor)]
    return seen | {"inputs as before": after == before}


def _kept_of(result: Any) -> list[int] | None:
    """Which inputs, by their places, the node of a result relies on; None without a node."""
    node = result.grad_fn
    return None if node is None else sorted(place for _, place, *_ in node.saved)


def _carrying(show: str, make: Any, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _carried(thing, torch, make, **case),
        show=f"elementwise of a product of {show}",
        hint=hint,
    )


def _asking(torch: Any, *shape: int, dtype: str = "float32") -> Any:
    """A tensor of uneven numbers that requires grad."""
    numbers = torch.arange(1.0, 1.0 + int(np.prod(shape))).view(shape) / 2
    return numbers.to(getattr(torch, dtype)).requires_grad_()


def _twins(torch: Any) -> Any:
    """Two tensors made of one array, of which one asks for a gradient."""
    array = np.array([1.0, 2.0, 4.0], np.float32)
    return torch.from_numpy(array).requires_grad_(), torch.from_numpy(array)


def _fits_of(result: Any) -> Any:
    """What the node of a result notes of its inputs, dtypes as words; None without a node."""
    fits = getattr(result.grad_fn, "fits", None)
    return fits and [fit and (list(fit[0]), str(fit[1])) for fit in fits]


def _turned(torch: Any) -> Any:
    x = torch.arange(24.0).view(1, 2, 3, 4).permute(0, 3, 1, 2)
    return x, torch.ones(1, 4, 1, 1)


register(
    Exercise(
        name="elementwise",
        signature="elementwise(kind, body, inputs, floats=False, out=None, **options) -> Tensor",
        reference=late(lambda torch: shipped(_DISPATCH, "elementwise")),
        cases=[
            _carrying("2 by 3 and 2 by 3", lambda t: (_asking(t, 2, 3), _asking(t, 2, 3))),
            _carrying(
                "int64 and 2.5",
                lambda t: (t.arange(3), 2.5),
                "`promoted(inputs, floats)` makes arrays of one dtype.",
            ),
            _carrying(
                "2 by 3 and 3, of float64",
                lambda t: (_asking(t, 2, 3), _asking(t, 3, dtype="float64")),
                "What `pointwise_fits` noted must reach `finish`: else gradients come back in the "
                "shape and dtype of the result.",
            ),
            _carrying(
                "int64 and int64, with floats=True",
                lambda t: (t.arange(3), t.arange(3)),
                "`floats` is for `promoted`.",
                floats=True,
            ),
            _carrying(
                "two tensors made of one NumPy array",
                _twins,
                "They share an array, and a derivative must tell them apart: `told_apart`.",
            ),
            _carrying(
                "3 and 3, with an option",
                lambda t: (t.ones(3), t.ones(3)),
                "`body(*arrays, **options)`: options belong to the body.",
                alpha=2,
            ),
            _carrying(
                "3 and 3, with out=zeros(3)",
                lambda t: (t.full((3,), 2.0), t.full((3,), 3.0)),
                "`out` is for `finish`.",
                out=lambda t: t.zeros(3),
            ),
            _carrying(
                "3 and 3, of which the body returns no derivatives",
                lambda t: (t.arange(3), t.ones(3, dtype=t.int64)),
                "A body may return its result alone: then it is no tuple.",
                body=lambda a, b: a * b,
            ),
            _carrying(
                "two tensors without dims, of which the body returns no derivatives",
                lambda t: (t.tensor(2), t.tensor(3)),
                "A body may return its result alone, even a bare number: look whether it is a "
                "tuple.",
                body=lambda a, b: a * b,
            ),
            _carrying("a permuted picture and one number for each channel", _turned),
            _carrying(
                "2 by 1 by 3, permuted, and a number",
                lambda t: (t.arange(6.0).view(2, 1, 3).permute(1, 0, 2), 2.0),
                "The result's strides are another lesson's: give `finish` the `layout`.",
            ),
        ],
        misconceptions=[
            slip(
                "not told apart",
                _DISPATCH,
                "elementwise",
                {"told_apart(inputs, promoted(inputs, floats))": "promoted(inputs, floats)"},
                "Two tensors made of one NumPy array share it. `told_apart(inputs, arrays)` gives "
                "the second one a view, so that a derivative knows which of the two it holds.",
            ),
            slip(
                "floats forgotten",
                _DISPATCH,
                "elementwise",
                {"promoted(inputs, floats)": "promoted(inputs)"},
                "`floats` did not arrive: `promoted(inputs, floats)`.",
            ),
            slip(
                "options forgotten",
                _DISPATCH,
                "elementwise",
                {"body(*arrays, **options)": "body(*arrays)"},
                "The options did not reach the body: `body(*arrays, **options)`.",
            ),
            slip(
                "out forgotten",
                _DISPATCH,
                "elementwise",
                {"fits, out, arrays": "fits, None, arrays"},
                "`out` did not reach `finish`, so nothing is written into it.",
            ),
            slip(
                "fits forgotten",
                _DISPATCH,
                "elementwise",
                {"fits, layout = pointwise_fits(inputs, result),": "fits, layout = None,"},
                "Nobody noted what the way in has changed, so gradients come back in the wrong "
                "shape or dtype: give `finish` what `pointwise_fits(inputs, result)` says.",
            ),
            slip(
                "result alone",
                _DISPATCH,
                "elementwise",
                {"finish(kind, returned,": "finish(kind, result,"},
                "You give `finish` the result alone, and the derivatives are lost. It wants all "
                "that the body `returned`.",
            ),
        ],
        hint="Arrays, told apart; the body; what fits; `finish`.",
    )
)


# gradient_edge


def _edges(gradient_edge: Any, torch: Any) -> Any:
    """Which node each of some things gets, in words."""
    leaf = torch.ones(4, requires_grad=True)
    made = leaf * 2
    view, late_view = made[1:], made[:2]
    late_view.mul_(3.0)
    things = {
        "a number": 2.5,
        "a tensor that needs no gradient": torch.ones(2),
        "a leaf that asks": leaf,
        "a product": made,
        "a view whose base was changed since": view,
        "a view of a tensor without a past": torch.ones(3)[1:],
    }
    return {words: _in_words(gradient_edge(thing)) for words, thing in things.items()} | {
        "the leaf's own node": gradient_edge(leaf) is leaf._node
    }


def _in_words(edge: Any) -> Any:
    return edge if edge is None or isinstance(edge, bool) else type(edge).__name__


register(
    Exercise(
        name="gradient_edge",
        signature="gradient_edge(x) -> Node or None",
        reference=late(lambda torch: shipped(_DISPATCH, "gradient_edge")),
        cases=[Case(use=_edges, show="gradient_edge of six things")],
        misconceptions=[
            slip(
                "views not asked",
                _DISPATCH,
                "gradient_edge",
                {"x._node if x._view is None else x._view.node(x)": "x._node"},
                "A view whose base was changed in place needs a new place in the graph: ask "
                "`x._view.node(x)` where `x._view` is not None.",
            ),
            slip(
                "leaves left out",
                _DISPATCH,
                "gradient_edge",
                {"return x._node if x._view is None else x._view.node(x)": "return x.grad_fn"},
                "`grad_fn` hides the collector of a leaf, and so its gradient would get lost. Take "
                "`_node`.",
            ),
            slip(
                "whether",
                _DISPATCH,
                "gradient_edge",
                {"return x._node if": "return x._node is not None if"},
                "Not *whether* there is a node: the node itself.",
            ),
        ],
        hint="None for what is no tensor; `x._node`, or for a view `x._view.node(x)`.",
    )
)


# finish


def _finished(finish: Any, torch: Any, make: Callable[[Any], Any], record: bool = True) -> Any:
    """What `finish` makes of what a body returned, while things are recorded or not."""
    dispatch = _file(torch, _DISPATCH)
    kind = dispatch.Kind("MulBackward0", ("input", "other"))
    returned, inputs, more = make(torch)
    before, dispatch.recording.enabled = dispatch.recording.enabled, record
    try:
        result = finish(kind, returned, inputs, **more)
    finally:
        dispatch.recording.enabled = before
    if not isinstance(result, torch.Tensor):
        return {"result": result}
    seen = {
        "result": result.detach(),
        "grad_fn": result.grad_fn and result.grad_fn.name(),
        "strides": list(result.stride()),
        "fits": _fits_of(result),
        "inputs kept for backward": _kept_of(result),
        "made of": type(result._array).__name__,
    }
    if more.get("out") is not None:
        seen["it is the tensor given as `out`"] = result is more["out"]
    seen["gradients"] = None
    if seen["grad_fn"] == "MulBackward0" and result.is_floating_point():
        result.backward(torch.ones_like(result))
        seen["gradients"] = [getattr(x, "grad", None) for x in inputs]
    return seen


def _finishing(show: str, make: Any, hint: str = "", record: bool = True) -> Case:
    return Case(
        use=lambda thing, torch: _finished(thing, torch, make, record),
        show=f"finish of {show}",
        hint=hint,
    )


def _product(torch: Any, a: Any, b: Any, **more: Any) -> Any:
    """What mul's body returns for two tensors, and its inputs."""
    left, right = a.detach().numpy(), b.detach().numpy()
    returned = left * right, lambda grad: grad * right, lambda grad: grad * left
    return returned, (a, b), {"arrays": [left, right], **more}


def _promoted_product(torch: Any) -> Any:
    """A product of float64 arrays, of which one input was float32."""
    a, b = _asking(torch, 3), _asking(torch, 3, dtype="float64")
    wide, right = a.detach().numpy().astype(np.float64), b.detach().numpy()
    returned = wide * right, lambda grad: grad * right, lambda grad: grad * wide
    fits = [((3,), np.dtype("float32")), None]
    return returned, (a, b), {"arrays": [wide, right], "fits": fits}


def _compared(torch: Any) -> Any:
    x = _asking(torch, 3)
    return x.detach().numpy() > 1, (x, torch.ones(3)), {}


register(
    Exercise(
        name="finish",
        signature="finish(kind, returned, inputs, fits, out, arrays, layout) -> Tensor",
        reference=late(lambda torch: shipped(_DISPATCH, "finish")),
        cases=[
            _finishing(
                "a product, both sides ask",
                lambda t: _product(t, _asking(t, 3), _asking(t, 3)),
            ),
            _finishing(
                "a product, one side asks",
                lambda t: _product(t, t.ones(3), _asking(t, 3)),
                "One edge that is not None is enough.",
            ),
            _finishing(
                "a product, nobody asks",
                lambda t: _product(t, t.ones(3), t.ones(3)),
                "All edges are None: nothing is to be kept.",
            ),
            _finishing(
                "a product, while nothing is recorded",
                lambda t: _product(t, _asking(t, 3), _asking(t, 3)),
                "`recording.enabled` is False: nothing is to be kept.",
                record=False,
            ),
            _finishing(
                "a comparison of what asks",
                _compared,
                "Bools without derivatives: no gradient can pass, and nothing is kept.",
            ),
            _finishing(
                "ints that bring derivatives, of what asks",
                lambda t: ((np.arange(3), lambda grad: grad), (_asking(t, 3),), {}),
                "Whoever brings derivatives can be differentiated: a tuple is recorded.",
            ),
            _finishing(
                "a product of what was promoted",
                _promoted_product,
                "`arrays` is what derivatives know the inputs by: `keep_history` needs them.",
            ),
            _finishing(
                "floats without derivatives, of what asks",
                lambda t: (np.ones(3, np.float32), (_asking(t, 3),), {}),
                "They refuse gradients, and that must be kept: the dtype is a float.",
            ),
            _finishing(
                "complex numbers without derivatives, of what asks",
                lambda t: (np.ones(3, np.complex64), (_asking(t, 3),), {}),
                "Complex numbers count as floats do.",
            ),
            _finishing(
                "a bare NumPy number",
                lambda t: (np.float32(2.5), (t.ones(3),), {}),
                "`np.asarray` makes an array of it.",
            ),
            _finishing(
                "a product, with fits",
                lambda t: _product(
                    t,
                    _asking(t, 2, 3),
                    _asking(t, 3),
                    fits=[None, ((3,), np.dtype("float32"))],
                ),
                "`fits` is for `keep_history`.",
            ),
            _finishing(
                "a product, with out",
                lambda t: _product(t, t.full((3,), 2.0), t.full((3,), 3.0), out=t.zeros(3)),
                "`place_into(out, result, kind.operation, inputs)` writes into it, and returns it.",
            ),
            _finishing(
                "a sum laid out as its inputs are",
                lambda t: (
                    np.ones((1, 3, 2, 2), np.float32),
                    (t.ones(1, 3, 2, 2),),
                    {"layout": [np.ones((1, 2, 2, 3), np.float32).transpose(0, 3, 1, 2)]},
                ),
                "With a `layout`: `laid_out(array, *layout)`.",
            ),
        ],
        misconceptions=[
            slip(
                "always recorded",
                _DISPATCH,
                "finish",
                {"if recording.enabled and (": "if ("},
                "You record although `recording.enabled` is False: so `no_grad` has no effect.",
            ),
            slip(
                "nobody asked",
                _DISPATCH,
                "finish",
                {"if any(edge is not None for edge in edges):": "if True:"},
                "Nobody asks for a gradient, and yet the result gets a past. Look at the edges: is "
                "any of them not None?",
            ),
            slip(
                "all must ask",
                _DISPATCH,
                "finish",
                {"if any(": "if all("},
                "One input that asks is enough; you want all of them to.",
            ),
            slip(
                "bools as well",
                _DISPATCH,
                "finish",
                {' and (type(returned) is tuple or array.dtype.kind in "fc")': ""},
                "A comparison returns bools and no derivative: nothing is to be kept of it.",
            ),
            slip(
                "derivatives only",
                _DISPATCH,
                "finish",
                {' or array.dtype.kind in "fc")': ")"},
                "Floats that come without derivatives must refuse gradients. You let them pass as "
                "if nobody had asked.",
            ),
            slip(
                "no layout",
                _DISPATCH,
                "finish",
                {"array if layout is None else laid_out(array, *layout)": "array"},
                "You take no notice of `layout`.",
            ),
            slip(
                "no out",
                _DISPATCH,
                "finish",
                {
                    "result if out is None else place_into(out, result, kind.operation, inputs)": ""
                    "result"
                },
                "Where `out` is given, the result is written into it, and `out` is returned.",
            ),
            slip(
                "fits lost",
                _DISPATCH,
                "finish",
                {"inputs, edges, fits, arrays": "inputs, edges, None, arrays"},
                "`keep_history` needs `fits`, or gradients come back in the result's shape.",
            ),
        ],
        hint="Array, tensor; if it is recorded and a gradient can pass, the edges; `out` last.",
    )
)


# fit_to


def _fitted(fit_to: Any, torch: Any, make: Callable[[Any], Any]) -> Any:
    """The gradient that comes of `make(torch)`: (gradient, shape, dtype); and NumPy's warnings."""
    grad, shape, dtype = make(torch)
    with warnings.catch_warnings(record=True) as heard:
        warnings.simplefilter("always")
        found = fit_to(grad, shape, np.dtype(dtype))
    seen = {"warnings": [type(w.message).__name__ for w in heard]}
    if isinstance(found, torch.Tensor):
        seen["recorded"] = found.requires_grad
        found = found.detach()
    elif isinstance(found, np.generic):
        found = np.asarray(found)
    return seen | {"gradient": found}


def _fit(show: str, make: Any, hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _fitted(thing, torch, make), show=f"fit_to({show})", hint=hint
    )


_SIX = np.arange(6.0).reshape(2, 3)

register(
    Exercise(
        name="fit_to",
        signature="fit_to(grad, shape, dtype) -> gradient of that shape and dtype",
        reference=late(lambda torch: shipped(_GRAPH, "fit_to")),
        cases=[
            _fit("float64 array of 2 by 3, (2, 3), float64", lambda t: (_SIX, (2, 3), "float64")),
            _fit(
                "float64 array of 2 by 3, (3,), float64",
                lambda t: (_SIX, (3,), "float64"),
                "`unbroadcast(grad, shape)` sums over the copies.",
            ),
            _fit(
                "float64 array of 2 by 3, (2, 1), float32",
                lambda t: (_SIX, (2, 1), "float32"),
                "Shape and dtype.",
            ),
            _fit(
                "float64 array of 2 by 3, (2, 3), float32",
                lambda t: (_SIX, (2, 3), "float32"),
                "The shape is right already, the dtype is not.",
            ),
            _fit(
                "complex128 array of 2 by 3, (3,), float64",
                lambda t: (_SIX + 2j, (3,), "float64"),
                "A real number has no use for the imaginary part: `grad.real`.",
            ),
            _fit(
                "complex128 array of 2 by 3, (2, 3), complex64",
                lambda t: (_SIX + 2j, (2, 3), "complex64"),
                "A complex number keeps its imaginary part.",
            ),
            _fit(
                "float32 array of a hundred times 1.00045, (), float16",
                lambda t: (np.full(100, 1.00045, np.float32), (), "float16"),
                "Sum first, while the gradient has all its bits.",
            ),
            _fit(
                "tensor of 2 by 3 with a past, (3,), float64",
                lambda t: (_asking(t, 2, 3) * 2, (3,), "float64"),
                "A tensor goes the same way: `unbroadcast`, `real` and `cast` take both.",
            ),
            _fit(
                "complex tensor, (2,), float32",
                lambda t: (t.tensor([1 + 2j, 3.0]), (2,), "float32"),
                "A real number has no use for the imaginary part: `grad.real`.",
            ),
        ],
        misconceptions=[
            slip(
                "no sum",
                _GRAPH,
                "fit_to",
                {"grad = unbroadcast(grad, shape)": "pass"},
                "The shape is still that of the result: `unbroadcast(grad, shape)` sums over the "
                "copies.",
            ),
            slip(
                "no cast",
                _GRAPH,
                "fit_to",
                {"return cast(grad, dtype)": "return grad"},
                "The dtype is still that of the result: `cast(grad, dtype)`.",
            ),
            slip(
                "imaginary part cast away",
                _GRAPH,
                "fit_to",
                {"grad = grad.real": "pass"},
                "The cast throws the imaginary part away, and warns of it. Take `grad.real` where "
                "the dtype is real.",
            ),
            slip(
                "always real",
                _GRAPH,
                "fit_to",
                {'if dtype.kind == "f":': "if True:"},
                "A complex input has a complex gradient: `real` only where `dtype.kind` is `f`.",
            ),
            slip(
                "cast first",
                _GRAPH,
                "fit_to",
                {
                    "    if grad.shape != shape:\n        grad = unbroadcast(grad, shape)\n": "",
                    "    return cast(grad, dtype)": "    grad = cast(grad, dtype)\n"
                    "    return grad if grad.shape == shape else unbroadcast(grad, shape)",
                },
                "You cast before you sum, and each cast rounds. Sum first, while the gradient has "
                "all its bits.",
            ),
        ],
        hint="Shape, then the imaginary part, then the dtype.",
    )
)


# Switch


def _switches(cls: Any) -> tuple[Any, Any]:
    """Two classes made of a switch: one that stops recording, one that lets it go on."""
    return type("Off", (cls,), {"wanted": False}), type("On", (cls,), {"wanted": True})


def _on(torch: Any) -> bool:
    return bool(torch.is_grad_enabled())


def _blocks(cls: Any, torch: Any) -> Any:
    off, on = _switches(cls)
    seen = {"before": _on(torch)}
    with off():
        seen["inside"] = _on(torch)
        with off():
            pass
        seen["behind a block in the block"] = _on(torch)
        with on():
            seen["in an On block inside"] = _on(torch)
        seen["behind that"] = _on(torch)
    return seen | {"after": _on(torch)}


def _raising(cls: Any, torch: Any) -> Any:
    off, _ = _switches(cls)
    came = False
    try:
        with off():
            raise KeyError("out of here")
    except KeyError:
        came = True
    return {"the exception came through": came, "after": _on(torch)}


def _decorated(cls: Any, torch: Any) -> Any:
    off, on = _switches(cls)

    def tell(a: Any, *, b: Any = 2) -> Any:
        """What it is given."""
        return a, b, _on(torch)

    told, bare, anew = off()(tell), off(tell), on()(tell)
    seen = {"behind the decorator": _on(torch), "returned": told(1, b=3), "twice": told(4)}
    with off():
        seen["on inside off"] = [anew(1), _on(torch)]
    names = [told.__name__, told.__doc__]
    return seen | {"without brackets": bare(1), "name and text": names, "after": _on(torch)}


def _calling_itself(cls: Any, torch: Any) -> Any:
    off, _ = _switches(cls)

    def down(n: int) -> Any:
        return [_on(torch), *(again(n - 1) if n else [])]

    again = off()(down)
    return {"inside": again(2), "after": _on(torch)}


def _failing(cls: Any, torch: Any) -> Any:
    off, _ = _switches(cls)

    def fails() -> None:
        raise KeyError("out of here")

    came = False
    try:
        off()(fails)()
    except KeyError:
        came = True
    return {"the exception came through": came, "after": _on(torch)}


def _restoring(probe: Callable[[Any, Any], Any], show: str, hint: str = "") -> Case:
    def use(thing: Any, torch: Any) -> Any:
        recording = _file(torch, _DISPATCH).recording
        before = recording.wished, recording.enabled
        try:
            return probe(thing, torch)
        finally:
            recording.wished, recording.enabled = before

    return Case(use=use, show=show, hint=hint)


register(
    Exercise(
        name="Switch",
        signature="Switch",
        reference=late(lambda torch: shipped(_MODE, "Switch")),
        cases=[
            _restoring(
                _blocks,
                "Off blocks and an On block, one in another",
                "`__exit__` goes back to what was *before* this block.",
            ),
            _restoring(_raising, "an exception that leaves an Off block"),
            _restoring(
                _decorated,
                "functions with @Off(), @Off and @On()",
                "The wrapper switches when the function is *called*, hands on its arguments, and "
                "returns what it returns.",
            ),
            _restoring(
                _calling_itself,
                "a function with @Off() that calls itself",
                "A new switch for each call: `self.again()`.",
            ),
            _restoring(_failing, "an exception that leaves a function with @Off()"),
        ],
        misconceptions=[
            slip(
                "on at the end",
                _MODE,
                "Switch",
                {"record_from_now_on(self.before)": "record_from_now_on(True)"},
                "At the end of an inner block you switch recording on, though the outer one is "
                "still open. Go back to what was before: `self.before`.",
            ),
            slip(
                "the other way round",
                _MODE,
                "Switch",
                {"record_from_now_on(self.before)": "record_from_now_on(not self.wanted)"},
                "At the end you do the opposite of the beginning. That need not be what was "
                "before: keep it, in `self.before`.",
            ),
            slip(
                "always off",
                _MODE,
                "Switch",
                {"record_from_now_on(self.wanted)": "record_from_now_on(False)"},
                "You always switch off. What is wanted inside, `self.wanted` says: `enable_grad` "
                "is made of the same class.",
            ),
            slip(
                "one switch for all calls",
                _MODE,
                "Switch",
                {"with self.again():": "with self:"},
                "A function that calls itself enters the same switch twice, and the inner call "
                "overwrites `before`. Make a new one for each call: `self.again()`.",
            ),
            slip(
                "result lost",
                _MODE,
                "Switch",
                {"return function(*args, **kwargs)": "function(*args, **kwargs)"},
                "The wrapper calls the function, and loses what it returns.",
            ),
            slip(
                "name lost",
                _MODE,
                "Switch",
                {"        @functools.wraps(function)\n": ""},
                "The decorated function has lost its name and its text: put "
                "`@functools.wraps(function)` above the wrapper.",
            ),
            slip(
                "exception swallowed",
                _MODE,
                "Switch",
                {
                    "record_from_now_on(self.before)": "record_from_now_on(self.before)\n"
                    "        return True"
                },
                "Your `__exit__` returns something true, and Python takes that for: the exception "
                "is dealt with. Return nothing.",
            ),
            slip(
                "switched last",
                _MODE,
                "Switch",
                {
                    "self.before = is_grad_enabled()\n        record_from_now_on(self.wanted)": ""
                    "record_from_now_on(self.wanted)\n        self.before = is_grad_enabled()"
                },
                "You switch first and look then: so `before` is what is wanted *inside*. Look "
                "first.",
            ),
        ],
        hint="Keep what was, switch; at the end go back. The decorator is a `with` around each "
        "call.",
    )
)


# run_backward


class _Told:
    """A watcher that notes which errors it is told of."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def before(self, node: Any, grad: Any) -> None:
        """The walk is at a node."""

    def after(self, node: Any, pairs: Any) -> None:
        """Pairs go on from a node."""

    def made(self, node: Any) -> None:
        """A node was made."""

    def failed(self, error: BaseException) -> None:
        """The walk ended with an error."""
        self.errors.append(type(error).__name__)


def _walked(
    run_backward: Any,
    torch: Any,
    outside: bool = True,
    create_graph: bool = False,
    fails: bool = False,
    wanted: bool = False,
) -> Any:
    """What a walk back from a product does: gradients, recording inside and after, what failed."""
    engine = _file(torch, _ENGINE)
    x, y = _asking(torch, 3), _asking(torch, 3)
    inside, told, raised = [], _Told(), ""

    def look(grad: Any) -> None:
        inside.append(_on(torch))
        if fails:
            raise KeyError("out of here")

    loss = (x * x * y).sum()
    x.register_hook(look)
    roots = [engine.start(0, loss, None, create_graph)]
    recording, found = engine.recording, None
    before, recording.enabled = recording.enabled, outside
    engine.watchers.append(told)
    try:
        keep = create_graph
        found = run_backward(roots, keep, create_graph, (x,) if wanted else None)
    except KeyError as error:
        raised = type(error).__name__
    finally:
        engine.watchers.remove(told)
        after, recording.enabled = recording.enabled, before
    return {
        "recorded inside": inside,
        "recorded after": after,
        "raised": raised,
        "watchers were told of": told.errors,
        "gradients": [None if t.grad is None else t.grad.detach() for t in (x, y)],
        "gradients with a past": [t.grad is not None and t.grad.requires_grad for t in (x, y)],
        "returned": None if found is None else [g.detach() for g in found],
        "freed": loss.grad_fn.next_functions[0][0].derivatives is None,
    }


def _walking(show: str, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _walked(thing, torch, **case),
        show=f"run_backward from a product{show}",
        hint=hint,
    )


register(
    Exercise(
        name="run_backward",
        signature="run_backward(roots, keep_graph, create_graph, inputs, collects)",
        reference=late(lambda torch: shipped(_ENGINE, "run_backward")),
        cases=[
            _walking("", "Inside nothing is recorded, and afterwards it is as before."),
            _walking(
                ", while nothing is recorded",
                "Afterwards it is as *before*: off.",
                outside=False,
            ),
            _walking(
                ", with create_graph",
                "With `create_graph` what happens to gradients is recorded.",
                create_graph=True,
            ),
            _walking(
                ", with create_graph, while nothing is recorded",
                "Inside it is recorded, afterwards it is not.",
                create_graph=True,
                outside=False,
            ),
            _walking(
                " whose hook raises",
                "Tell the watchers, raise on, and put recording back all the same.",
                fails=True,
            ),
            _walking(", for one input", "`visitor(search, create_graph)`", wanted=True),
        ],
        misconceptions=[
            slip(
                "not put back",
                _ENGINE,
                "run_backward",
                {"        recording.enabled = before": "        pass"},
                "After the walk, recording is not as it was before.",
            ),
            slip(
                "put back if all goes well",
                _ENGINE,
                "run_backward",
                {
                    "    finally:\n        recording.enabled = before": ""
                    "    recording.enabled = before"
                },
                "When a hook raises, recording stays off for good. What must happen in any case "
                "stands behind `finally:`.",
            ),
            slip(
                "on afterwards",
                _ENGINE,
                "run_backward",
                {"        recording.enabled = before": "        recording.enabled = True"},
                "Afterwards you switch on. If it was off before, it must be off again.",
            ),
            slip(
                "never recorded",
                _ENGINE,
                "run_backward",
                {"recording.enabled, create_graph\n": "recording.enabled, False\n"},
                "With `create_graph` the walk itself is recorded: set `recording.enabled` to "
                "`create_graph`.",
            ),
            slip(
                "swallowed",
                _ENGINE,
                "run_backward",
                {"        watchers.failed(error)\n        raise": "        watchers.failed(error)"},
                "The error of the hook is gone. `raise` alone raises it on.",
            ),
            slip(
                "watchers not told",
                _ENGINE,
                "run_backward",
                {"        watchers.failed(error)\n        raise": "        raise"},
                "Who watches must hear of the error: `watchers.failed(error)`, then `raise`.",
            ),
            slip(
                "search left out",
                _ENGINE,
                "run_backward",
                {"visitor(search, create_graph)": "visitor(None, create_graph)"},
                "The `search` for inputs did not reach the walk: `visitor(search, create_graph)`.",
            ),
        ],
        hint="Keep, set, walk; `except` tells and raises on; `finally` puts back.",
    )
)
