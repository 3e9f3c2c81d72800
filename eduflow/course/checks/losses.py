"""Checks on losses and steps: shares of a mean, smoothing, slopes, rows, states of optimizers."""

from __future__ import annotations

import importlib
import warnings
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..probing import inside, shipped, slip
from . import Case, Exercise, late, register

_LOSS, _LINEAR, _UNARY = "nn._functional.loss", "nn._functional.linear", "ops.unary"
_OPTIMIZER = "optim.optimizer"
_NEAR = 1e-5


def _numbers(*shape: int) -> Any:
    """Float32 numbers below 0 that differ from each other, as log-probabilities do."""
    size = int(np.prod(shape))
    return (-0.1 - np.arange(size, dtype=np.int64) * 37 % 53 / 20).astype(np.float32).reshape(shape)


def _uneven(*shape: int) -> Any:
    """A gradient from above that differs from place to place."""
    size = int(np.prod(shape))
    return (0.5 + np.arange(size, dtype=np.int64) * 0.37 % 1.7).astype(np.float32).reshape(shape)


# picked

_RARE = np.array([1.0, 0.5, 10.0, 2.0], np.float32)


def _picks(
    thing: Any,
    torch: Any,
    target: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore: int = -100,
    shape: tuple[int, ...] = (3, 4),
    dtype: Any = np.float32,
) -> dict[str, Any]:
    """The loss, its dtype, and the gradient of the log-probabilities."""
    weight = None if weight is None else weight.astype(dtype)
    target = np.array(target, np.int64)
    log_p = _numbers(*shape).astype(dtype)
    result, derivative = thing(log_p, target, weight, ignore, reduction)
    result = np.asarray(result)
    return {
        "loss": result,
        "dtype": result.dtype.name,
        "gradient": derivative(_uneven(*result.shape).astype(dtype)),
    }


def _picking(show: str, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _picks(thing, torch, **case),
        show=f"picked, {show}",
        tolerance=_NEAR,
        hint=hint,
    )


def _twice(torch: Any) -> Any:
    """First and second derivatives of cross entropy with padding and weights."""
    scores = torch.tensor(_numbers(3, 4).tolist(), requires_grad=True)
    labels, weight = torch.tensor([2, -100, 1]), torch.tensor(_RARE.tolist())
    loss = torch.nn.functional.cross_entropy(scores, labels, weight) ** 2
    (first,) = torch.autograd.grad(loss, scores, create_graph=True)
    first.square().sum().backward()
    return [first.detach(), scores.grad]


register(
    Exercise(
        name="picked",
        signature="picked(log_p, target, weight, ignore_index, reduction) -> loss and derivative",
        reference=late(lambda torch: shipped(_LOSS, "picked")),
        cases=[
            _picking(
                "three samples, mean",
                "Without weights each sample has the share 1.",
                target=[2, 0, 3],
            ),
            _picking("three samples, sum", target=[2, 0, 3], reduction="sum"),
            _picking("three samples, none", target=[2, 0, 3], reduction="none"),
            _picking(
                "weights of the classes 1, 0.5, 10, 2, mean",
                "The share of a sample is the weight of its class: weight[target].",
                target=[2, 0, 3],
                weight=_RARE,
            ),
            _picking(
                "weights, sum",
                "`surprise` divides for a mean. Do not divide before.",
                target=[2, 1, 1],
                weight=_RARE,
                reduction="sum",
            ),
            _picking(
                "one of three is padding, mean",
                "Where the target is `ignore_index`, a sample does not count: `picked_among`.",
                target=[2, -100, 3],
            ),
            _picking(
                "one is padding, weights, none",
                "-100 is no class: np.where(counts, target, 0) puts one that exists in its place.",
                target=[2, -100, 3],
                weight=_RARE,
                reduction="none",
            ),
            _picking(
                "ignore_index=3, weights, sum",
                "`ignore_index` need not be -100: any class may be left out.",
                target=[2, 3, 0],
                weight=_RARE,
                ignore=3,
                reduction="sum",
            ),
            _picking("all are padding, mean", "0 divided by 0 is nan here.", target=[-100] * 3),
            _picking(
                "one class with a weight, one sample is padding",
                "With one class only class 0 exists.",
                target=[0, -100],
                shape=(2, 1),
                weight=np.array([3.0]),
            ),
            _picking("no samples, sum", target=[], shape=(0, 4), reduction="sum"),
            _picking("one vector of scores", target=2, shape=(4,)),
            _picking("one vector of scores, which is padding", target=-100, shape=(4,)),
            _picking(
                "images, padding, weights, mean",
                "`places` finds where to look, for any number of dims: give it log_p.ndim.",
                target=[[[0, 1], [2, -100]], [[2, 2], [1, 0]]],
                shape=(2, 4, 2, 2),
                weight=_RARE,
            ),
            _picking(
                "images, none",
                target=[[[0, 1], [2, 3]], [[2, 2], [1, 0]]],
                shape=(2, 4, 2, 2),
                reduction="none",
            ),
            _picking(
                "float64",
                "Shares have the dtype of `log_p`.",
                target=[2, 0, 3],
                dtype=np.float64,
                reduction="none",
            ),
            _picking(
                "half precision",
                "Shares have the dtype of `log_p`.",
                target=[2, 0, 3],
                dtype=np.float16,
                reduction="none",
            ),
            Case(
                use=inside(_LOSS, "picked", _twice),
                show="F.cross_entropy with your picked: first and second derivatives",
                tolerance=1e-4,
                hint="Pass on what `surprise` or `picked_among` returns: both have a derivative.",
            ),
        ],
        misconceptions=[
            slip(
                "weights left out",
                _LOSS,
                "picked",
                {"if weight is not None": "if False"},
                "The weights of the classes are not looked at.",
            ),
            slip(
                "weights by sample",
                _LOSS,
                "picked",
                {"weight[np.where(counts, target, 0)]": "np.resize(weight, target.shape)"},
                "You give the first weight to the first sample. There is one weight for each "
                "*class*: look up that of the target.",
            ),
            slip(
                "the padding looked up",
                _LOSS,
                "picked",
                {"np.where(counts, target, 0)": "target"},
                "`weight[target]` looks up the padding as well, and -100 is no class. Put class 0 "
                "in its place: np.where(counts, target, 0).",
            ),
            slip(
                "-100 for good",
                _LOSS,
                "picked",
                {"target != ignore_index": "target != -100"},
                "You leave out -100. It is only what `ignore_index` is if nobody says otherwise.",
            ),
            slip(
                "padding counts",
                _LOSS,
                "picked",
                {"if counts.all()": "if True"},
                "Samples whose target is `ignore_index` must not count: where there are some, "
                "`picked_among`.",
            ),
            slip(
                "the mask turned around",
                _LOSS,
                "picked",
                {"target != ignore_index": "target == ignore_index"},
                "The mask is turned around: `counts` is True where a sample does count.",
            ),
            slip(
                "divided before",
                _LOSS,
                "picked",
                {
                    "    if counts.all():": "    share = share / share.sum()\n    if counts.all():",
                },
                "The shares add up to 1 already, so a sum is no sum any more. `surprise` divides "
                "where that is wanted.",
            ),
            slip(
                "shares of their own dtype",
                _LOSS,
                "picked",
                {"np.ones(target.shape, log_p.dtype)": "np.ones(target.shape)"},
                "The loss has another dtype: ones are float64 unless you give them that of "
                "`log_p`.",
            ),
            slip(
                "shares of 0",
                _LOSS,
                "picked",
                {
                    "if counts.all()": "if True",
                    "places(target, log_p.ndim), share": ""
                    "places(np.where(counts, target, 0), log_p.ndim), share * counts",
                },
                "A share of 0 is nearly right, but 0 times -inf is nan, and the dtype may change. "
                "Let `picked_among` leave the padding out.",
            ),
            slip(
                "all of Python",
                _LOSS,
                "picked",
                {"counts.all()": "all(counts)"},
                "Python's `all` goes along the first dim, and one vector of scores has a target "
                "without dims. `counts.all()` asks an array of any shape.",
            ),
            slip(
                "no places",
                _LOSS,
                "picked",
                {"places(target, log_p.ndim)": "target"},
                "`surprise` wants to know where in `log_p` to look, in all its dims: "
                "`places(target, log_p.ndim)`.",
            ),
            slip(
                "nothing returned for padding",
                _LOSS,
                "picked",
                {"return picked_among": "picked_among"},
                "Where there is padding, nothing comes back: `return` belongs before "
                "`picked_among`, too.",
            ),
        ],
        hint="A mask, the shares, and one of two calls.",
    )
)


# of_scores


def _scored(
    thing: Any,
    torch: Any,
    target: Any,
    reduction: str = "mean",
    weight: Any = None,
    ignore: int = -100,
    smoothing: float = 0.0,
    shape: tuple[int, ...] = (3, 4),
) -> dict[str, Any]:
    """The loss, and the gradient of the scores for an uneven one from above."""
    scores = torch.tensor((3 * _numbers(*shape)).tolist(), requires_grad=True)
    weight = None if weight is None else torch.tensor(weight.tolist())
    loss = thing(scores, torch.tensor(target), weight, ignore, reduction, smoothing)
    loss.backward(torch.tensor(_uneven(*loss.shape).tolist()))
    return {"loss": loss.detach(), "gradient": scores.grad}


def _scoring(show: str, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _scored(thing, torch, **case),
        show=f"of_scores, {show}",
        tolerance=_NEAR,
        hint=hint,
    )


def _ruled_out(thing: Any, torch: Any) -> Any:
    """A class with the score -inf: the loss of all classes is infinite, that of one is not."""
    scores = torch.tensor([[1.0, -float("inf"), 0.0]])
    return thing(scores, torch.tensor([2]), None, -100, "mean", 0.0)


_MIX = "(1 - smoothing) * sharp + smoothing / log_p.size(dim) * even"
_SHARP = "nll_loss(log_p, target, weight, ignore_index=ignore_index, reduction=reduction)"
_IMAGE = [[[0, 1], [2, -100]], [[2, 2], [1, 0]]]

register(
    Exercise(
        name="of_scores",
        signature="of_scores(input, target, weight, ignore_index, reduction, smoothing) -> loss",
        reference=late(lambda torch: shipped(_LOSS, "of_scores")),
        cases=[
            _scoring("no smoothing, mean", "That is `nll_loss` of log_p.", target=[2, 0, 3]),
            _scoring("no smoothing, none", target=[2, 0, 3], reduction="none"),
            _scoring(
                "no smoothing, weights, ignore_index=3, sum",
                "Pass on everything: weight, ignore_index, reduction.",
                target=[2, 3, 0],
                weight=_RARE,
                ignore=3,
                reduction="sum",
            ),
            _scoring(
                "smoothing 0.3, mean",
                "0.7 of the sharp loss, 0.3 of the even one; that is divided by 4 classes.",
                target=[2, 0, 3],
                smoothing=0.3,
            ),
            _scoring("smoothing 0.3, sum", target=[2, 0, 3], reduction="sum", smoothing=0.3),
            _scoring("smoothing 0.3, none", target=[2, 0, 3], reduction="none", smoothing=0.3),
            _scoring("smoothing 1, mean", "All of it is even.", target=[2, 0, 3], smoothing=1.0),
            _scoring(
                "smoothing 0.3, weights, ignore_index=3, mean",
                "`against_all` wants all of them, too.",
                target=[2, 3, 0],
                weight=_RARE,
                ignore=3,
                smoothing=0.3,
            ),
            _scoring(
                "smoothing 0.3, weights, ignore_index=3, none",
                target=[2, 3, 0],
                weight=_RARE,
                ignore=3,
                smoothing=0.3,
                reduction="none",
            ),
            _scoring(
                "smoothing 0.3, images",
                "The classes stand in dim `dim`, which is 1 for images.",
                target=_IMAGE,
                shape=(2, 4, 2, 2),
                smoothing=0.3,
            ),
            _scoring(
                "smoothing -0.5", "A share below 0 is none.", target=[1, 0, 3], smoothing=-0.5
            ),
            _scoring("one vector of scores", target=2, shape=(4,)),
            _scoring(
                "one vector of scores, smoothing 0.3",
                "A vector has one dim, so its classes stand in dim `dim`, which is 0.",
                target=2,
                shape=(4,),
                smoothing=0.3,
            ),
            Case(
                use=_ruled_out,
                show="of_scores, no smoothing, a score is -inf",
                tolerance=_NEAR,
                hint="Without smoothing the even loss must not be touched: 0 times inf is nan.",
            ),
            _scoring(
                "probabilities as targets, smoothing 0.3",
                "The branch for probabilities is given.",
                target=[[0.1, 0.2, 0.3, 0.4]] * 3,
                smoothing=0.3,
            ),
        ],
        misconceptions=[
            slip(
                "never smoothed",
                _LOSS,
                "of_scores",
                {"if smoothing <= 0": "if True"},
                "This is the sharp loss whatever `smoothing` says.",
            ),
            slip(
                "added",
                _LOSS,
                "of_scores",
                {"(1 - smoothing) * sharp": "sharp"},
                "The even loss is added to a sharp one that counts in full. Of that only "
                "1 - smoothing is left.",
            ),
            slip(
                "not divided by the classes",
                _LOSS,
                "of_scores",
                {"smoothing / log_p.size(dim) * even": "smoothing * even"},
                "`even` is the sum over all classes: divide it by how many there are.",
            ),
            slip(
                "divided by the samples",
                _LOSS,
                "of_scores",
                {"log_p.size(dim)": "log_p.size(0)"},
                "You divide by how many samples there are. The classes stand in dim `dim`.",
            ),
            slip(
                "divided by the last size",
                _LOSS,
                "of_scores",
                {"log_p.size(dim)": "log_p.size(-1)"},
                "For images the last size is a width. The classes stand in dim `dim`.",
            ),
            slip(
                "divided by the second size",
                _LOSS,
                "of_scores",
                {"log_p.size(dim)": "log_p.shape[1]"},
                "A vector of scores has no second size. The classes stand in dim `dim`.",
            ),
            slip(
                "changed places",
                _LOSS,
                "of_scores",
                {_MIX: "smoothing * sharp + (1 - smoothing) / log_p.size(dim) * even"},
                "The shares have changed places: `smoothing` is that of the even loss.",
            ),
            slip(
                "padding and reduction left out",
                _LOSS,
                "of_scores",
                {_SHARP: "nll_loss(log_p, target, weight)"},
                "`nll_loss` does not hear of `ignore_index` and `reduction`: pass them on by name.",
            ),
            slip(
                "reduction left out",
                _LOSS,
                "of_scores",
                {_SHARP: "nll_loss(log_p, target, weight, ignore_index=ignore_index)"},
                "Always a mean: pass on `reduction`.",
            ),
            slip(
                "weights left out",
                _LOSS,
                "of_scores",
                {_SHARP: "nll_loss(log_p, target, ignore_index=ignore_index, reduction=reduction)"},
                "The weights do not reach `nll_loss`: they are its third argument.",
            ),
            slip(
                "raw scores",
                _LOSS,
                "of_scores",
                {_SHARP: _SHARP.replace("log_p", "input")},
                "`nll_loss` wants log-probabilities: `log_p`, not the raw scores.",
            ),
            slip(
                "options by place",
                _LOSS,
                "of_scores",
                {", ignore_index=ignore_index, reduction=reduction": ", ignore_index=reduction"},
                "By their place they land in `size_average` and `ignore_index`: `nll_loss` wants "
                "`ignore_index=ignore_index` and `reduction=reduction`.",
            ),
            slip(
                "all divided",
                _LOSS,
                "of_scores",
                {_MIX: "((1 - smoothing) * sharp + smoothing * even) / log_p.size(dim)"},
                "You divide both losses. Only the even one is a sum over all classes.",
            ),
            slip(
                "even of raw scores",
                _LOSS,
                "of_scores",
                {"against_all(log_p": "against_all(input"},
                "`against_all` wants log-probabilities: `log_p`, not the raw scores.",
            ),
        ],
        hint="The sharp loss; if that is not all, the even one, and the mixture.",
    )
)


# alike


def _brought(thing: Any, torch: Any, input: Any, target: Any) -> dict[str, Any]:
    """What comes out for two tensors, how often it warned, and where gradients arrive."""
    a, b = input(torch), target(torch)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        pair = thing(a, b)
    if not isinstance(pair, (tuple, list)) or len(pair) != 2:
        return {"returned": type(pair).__name__}
    found: dict[str, Any] = {"warnings": [str(warning.message) for warning in seen]}
    for name, old, new in zip(("input", "target"), (a, b), pair, strict=True):
        found[name] = new.detach()
        found[f"dtype of {name}"] = str(new.dtype).split(".")[-1]
        found[f"{name} is as it came"] = new is old
        if old.requires_grad:
            new.sum().backward()
            found[f"gradient of {name}"] = old.grad
    return found


def _bringing(show: str, input: Any, target: Any, hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _brought(thing, torch, input, target),
        show=f"alike({show})",
        hint=hint,
    )


def _asking(*shape: int, **options: Any) -> Callable[[Any], Any]:
    return lambda torch: torch.tensor(_numbers(*shape).tolist(), requires_grad=True, **options)


def _wide(*shape: int) -> Callable[[Any], Any]:
    return lambda torch: torch.tensor(_uneven(*shape).tolist(), dtype=torch.float64)


_PROMOTE = "dtype = promote_types(input.dtype, target.dtype)"
_SPREAD = "        input, target = broadcast_tensors(input, target)\n"
_REST = f"    {_PROMOTE}\n    return input.to(dtype), target.to(dtype)"
_REST_INSIDE = f"        {_PROMOTE}\n        return input.to(dtype), target.to(dtype)"

register(
    Exercise(
        name="alike",
        signature="alike(input, target) -> both",
        reference=late(lambda torch: shipped(_LOSS, "alike")),
        cases=[
            _bringing("(2, 3), (2, 3)", _asking(2, 3), _asking(2, 3), "Nothing is to be done."),
            _bringing(
                "(4, 1), (4,)",
                _asking(4, 1),
                _asking(4),
                "The sizes differ: warn, and broadcast both.",
            ),
            _bringing("(), (3,)", _asking(), _asking(3), "The input may be the smaller one."),
            _bringing(
                "float32 (3,), float64 (3,)",
                _asking(3),
                _wide(3),
                "Of two dtypes `promote_types` finds the wider one.",
            ),
            _bringing("float64 (3,), float32 (3,)", _wide(3), _asking(3)),
            _bringing(
                "float32 (2, 1), int64 (2,)", _asking(2, 1), lambda torch: torch.tensor([3, 5])
            ),
            _bringing(
                "int64 (2,), float32 (2, 2)", lambda torch: torch.tensor([3, 5]), _asking(2, 2)
            ),
        ],
        misconceptions=[
            slip(
                "no warning",
                _LOSS,
                "alike",
                {"        warn_of_sizes(input, target)\n": ""},
                "Nobody is told that the sizes differ: `warn_of_sizes(input, target)`.",
            ),
            slip(
                "always a warning",
                _LOSS,
                "alike",
                {"if target.size() != input.size()": "if True"},
                "It warns though the sizes are the same.",
            ),
            slip(
                "not broadcast",
                _LOSS,
                "alike",
                {_SPREAD: ""},
                "It warns, and leaves the shapes as they are: `broadcast_tensors` gives both.",
            ),
            slip(
                "only the target",
                _LOSS,
                "alike",
                {_SPREAD: "        target = broadcast_tensors(input, target)[1]\n"},
                "Only the target is broadcast. Either may be the smaller one: take both.",
            ),
            slip(
                "the dtype of the input",
                _LOSS,
                "alike",
                {_PROMOTE: "dtype = input.dtype"},
                "You take the dtype of the input. The wider of both wins: `promote_types`.",
            ),
            slip(
                "the dtype of the target",
                _LOSS,
                "alike",
                {_PROMOTE: "dtype = target.dtype"},
                "You take the dtype of the target. The wider of both wins: `promote_types`.",
            ),
            slip(
                "dtypes left alone",
                _LOSS,
                "alike",
                {"input.to(dtype), target.to(dtype)": "input, target"},
                "The dtypes still differ: `.to(dtype)`, for both.",
            ),
            slip(
                "changed places",
                _LOSS,
                "alike",
                {"input.to(dtype), target.to(dtype)": "target.to(dtype), input.to(dtype)"},
                "The two have changed places: first the input, then the target.",
            ),
            slip(
                "returned in the if",
                _LOSS,
                "alike",
                {_REST: _REST_INSIDE},
                "Where the sizes are equal, nothing comes back: only two lines belong into the "
                "`if`.",
            ),
        ],
        hint="Sizes, then dtypes, then both are returned.",
    )
)


# sqrt and sigmoid


def _sloped(thing: Any, torch: Any, numbers: Any) -> dict[str, Any]:
    """Values, first and second derivatives."""
    x = torch.tensor(numbers, requires_grad=True)
    result = thing(x)
    (first,) = torch.autograd.grad(result.sum(), x, create_graph=True)
    (second,) = torch.autograd.grad((first * first).sum(), x)
    return {"result": result.detach(), "slope": first.detach(), "second": second}


def _sloping(name: str, numbers: Sequence[float], hint: str = "") -> Case:
    return Case(
        use=lambda thing, torch: _sloped(thing, torch, numbers),
        show=f"{name}(tensor({list(numbers)})), its slope and second derivative",
        tolerance=_NEAR,
        hint=hint,
    )


def _of_ints(name: str) -> Case:
    return Case(
        use=lambda thing, torch: thing(torch.tensor([0, 1, 4])),
        show=f"{name}(tensor([0, 1, 4]))",
        tolerance=_NEAR,
    )


def _of_columns(name: str) -> Case:
    return Case(
        use=lambda thing, torch: thing(torch.tensor([[1.0, 4.0], [9.0, 2.0]]).t()),
        show=f"{name} of a matrix that was turned",
        tolerance=_NEAR,
    )


_ROOT_WAY, _SIGMOID_WAY = "grad / (2 * result)", "grad * ((1 - result) * result)"
_AN_ARRAY = (
    "You return the slope itself, an array. What goes with the result is a *function* of `grad`, "
    "with the slope in it: `lambda grad: ...`"
)

register(
    Exercise(
        name="sqrt",
        signature="sqrt(input) -> tensor",
        reference=late(lambda torch: shipped(_UNARY, "sqrt")),
        cases=[
            _sloping("sqrt", [1.0, 4.0, 0.25], "The slope is 1 / (2 * result)."),
            _sloping("sqrt", [9.0], "The gradient from above is divided by it."),
            Case(
                use=lambda thing, torch: thing(torch.tensor([0.0, -1.0])),
                show="sqrt(tensor([0., -1.]))",
                hint="Below zero the root is nan, without a word.",
            ),
            _of_ints("sqrt"),
            _of_columns("sqrt"),
        ],
        misconceptions=[
            slip(
                "the 2 forgotten",
                _UNARY,
                "sqrt",
                {_ROOT_WAY: "grad / result"},
                "The slope is twice too steep: the square has slope 2x, so the root has 1 / (2x).",
            ),
            slip(
                "times",
                _UNARY,
                "sqrt",
                {_ROOT_WAY: "grad * (2 * result)"},
                "That is the slope of the square. The root's is one divided by it.",
            ),
            slip(
                "half the result",
                _UNARY,
                "sqrt",
                {_ROOT_WAY: "grad * result / 2"},
                "You multiply by the result. Divide by it; `2 * result` needs brackets.",
            ),
            slip(
                "by the input",
                _UNARY,
                "sqrt",
                {_ROOT_WAY: "grad / (2 * input)"},
                "You divide by the input. It is the *result* that counts here.",
            ),
            slip(
                "no way back",
                _UNARY,
                "sqrt",
                {f"return result, lambda grad: {_ROOT_WAY}": "return result"},
                "The root is right, but it has no derivative: return a pair.",
            ),
            slip(
                "the slope without grad",
                _UNARY,
                "sqrt",
                {_ROOT_WAY: "1 / (2 * result)"},
                "The gradient from above is lost: the slope is multiplied by `grad`.",
            ),
            slip(
                "a slope, no function",
                _UNARY,
                "sqrt",
                {f"lambda grad: {_ROOT_WAY}": "1 / (2 * result)"},
                _AN_ARRAY,
            ),
        ],
        hint="np.sqrt, and a derivative that divides by twice the result.",
    )
)

register(
    Exercise(
        name="sigmoid",
        signature="sigmoid(input) -> tensor",
        reference=late(lambda torch: shipped(_UNARY, "sigmoid")),
        cases=[
            _sloping("sigmoid", [0.0, 1.0, -2.0], "The slope is (1 - result) * result."),
            _sloping(
                "sigmoid",
                [-200.0, 200.0],
                "Far out it is 0 or 1, and flat. From the result no nan can come.",
            ),
            _of_ints("sigmoid"),
            _of_columns("sigmoid"),
        ],
        misconceptions=[
            slip(
                "the sign forgotten",
                _UNARY,
                "sigmoid",
                {"np.exp(-input)": "np.exp(input)"},
                "It falls where it should rise: exp(-input).",
            ),
            slip(
                "no 1",
                _UNARY,
                "sigmoid",
                {"1 / (1 + np.exp(-input))": "1 / np.exp(-input)"},
                "Without `1 +` below the line it grows for ever.",
            ),
            slip(
                "flat",
                _UNARY,
                "sigmoid",
                {_SIGMOID_WAY: "grad * (1 - result)"},
                "The slope is a product: (1 - result) times result.",
            ),
            slip(
                "like tanh",
                _UNARY,
                "sigmoid",
                {_SIGMOID_WAY: "grad * (1 - result * result)"},
                "That is the slope of tanh.",
            ),
            slip(
                "by the input",
                _UNARY,
                "sigmoid",
                {_SIGMOID_WAY: "grad * ((1 - input) * input)"},
                "The slope is worked out from the *result*, not from the input.",
            ),
            slip(
                "no way back",
                _UNARY,
                "sigmoid",
                {f"return result, lambda grad: {_SIGMOID_WAY}": "return result"},
                "The result is right, but it has no derivative: return a pair.",
            ),
            slip(
                "a slope, no function",
                _UNARY,
                "sigmoid",
                {f"lambda grad: {_SIGMOID_WAY}": "(1 - result) * result"},
                _AN_ARRAY,
            ),
            slip(
                "the slope without grad",
                _UNARY,
                "sigmoid",
                {_SIGMOID_WAY: "(1 - result) * result"},
                "The gradient from above is lost: the slope is multiplied by `grad`.",
            ),
        ],
        hint="1 / (1 + exp(-x)), and the slope (1 - result) * result.",
    )
)


# linear


def _led(
    thing: Any,
    torch: Any,
    shape: tuple[int, ...],
    bias: tuple[int, ...] | None = (3,),
    turned: bool = False,
) -> dict[str, Any]:
    """Values, what the nodes are called, and the gradients of all."""
    x = torch.tensor(_uneven(*shape).tolist()).reshape(shape).requires_grad_()
    given = x.transpose(0, 1) if turned else x
    weight = torch.tensor(_numbers(3, 2).tolist(), requires_grad=True)
    b = None if bias is None else torch.tensor(_uneven(*bias).tolist(), requires_grad=True)
    result = thing(given, weight, b)
    node = result.grad_fn
    result.backward(torch.tensor(_numbers(*result.shape).tolist()).reshape(result.shape))
    return {
        "result": result.detach(),
        "node": node.name(),
        "below it": [below and below.name() for below, _ in node.next_functions][:1],
        "gradients": [None if t is None else t.grad for t in (x, weight, b)],
    }


def _leading(show: str, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _led(thing, torch, **case),
        show=f"linear of {show}, weight (3, 2)",
        tolerance=_NEAR,
        hint=hint,
    )


_ADDMM = "finish(ADDMM, affine(*[x._array for x in given]), given)"

register(
    Exercise(
        name="linear",
        signature="linear(input, weight, bias=None) -> tensor",
        reference=late(lambda torch: shipped(_LINEAR, "linear")),
        cases=[
            _leading("(5, 2)", "A matrix is one operation: finish(ADDMM, ...).", shape=(5, 2)),
            _leading("(5, 2), no bias", "Without a bias, `matmul`.", shape=(5, 2), bias=None),
            _leading("(4, 5, 2)", "View it as 20 rows, and the result back.", shape=(4, 5, 2)),
            _leading("(4, 5, 2), no bias", shape=(4, 5, 2), bias=None),
            _leading("(2,)", "A vector is one row: math.prod(()) is 1.", shape=(2,)),
            _leading("(2, 0, 2)", "No rows at all are fine, too.", shape=(2, 0, 2)),
            _leading("(2, 3, 4, 2)", shape=(2, 3, 4, 2)),
            _leading(
                "(4, 5, 2), turned to (5, 4, 2)",
                "It is not contiguous, and no view of one matrix: `matmul`, then `+ bias`.",
                shape=(4, 5, 2),
                turned=True,
            ),
            _leading(
                "(4, 5, 2), bias (1, 3)",
                "A bias with other dims than one is added by `+`.",
                shape=(4, 5, 2),
                bias=(1, 3),
            ),
        ],
        misconceptions=[
            slip(
                "not viewed back",
                _LINEAR,
                "linear",
                {"rows.view(*shape[:-1], weight.shape[0])": "rows"},
                "The result is still one matrix: view it as before, with the new last size.",
            ),
            slip(
                "the old last size",
                _LINEAR,
                "linear",
                {"weight.shape[0])": "shape[-1])"},
                "The last size of the result is not that of the input: it is how many rows the "
                "weight has.",
            ),
            slip(
                "two operations",
                _LINEAR,
                "linear",
                {_ADDMM: "matmul(input, weight.t()) + bias"},
                "The numbers are right. But a matrix is ONE operation, a product with a bias: "
                "finish(ADDMM, affine(...), given).",
            ),
            slip(
                "always two operations",
                _LINEAR,
                "linear",
                {
                    _ADDMM: "matmul(input, weight.t()) + bias",
                    "not (input.is_contiguous() and bias.dim() == 1)": "True",
                },
                "The numbers are right, but always by two operations. A matrix is one: "
                "finish(ADDMM, affine(...), given).",
            ),
            slip(
                "the bias forgotten",
                _LINEAR,
                "linear",
                {"matmul(input, weight.t()) + bias": "matmul(input, weight.t())"},
                "Where the input is not contiguous, the bias is missing.",
            ),
            slip(
                "always a view",
                _LINEAR,
                "linear",
                {"input.is_contiguous() and bias.dim() == 1": "bias.dim() == 1"},
                "An input that is not contiguous cannot be viewed as one matrix: ask "
                "`input.is_contiguous()`.",
            ),
            slip(
                "bias not looked at",
                _LINEAR,
                "linear",
                {" and bias.dim() == 1": ""},
                "A bias that has not one dim belongs to the third case.",
            ),
            slip(
                "rows and columns",
                _LINEAR,
                "linear",
                {"math.prod(shape[:-1]), shape[-1]": "shape[0], math.prod(shape[1:])"},
                "The LAST size stays; all sizes before it are multiplied.",
            ),
            slip(
                "sizes in a tuple",
                _LINEAR,
                "linear",
                {"rows.view(*shape[:-1]": "rows.view(shape[:-1]"},
                "`view` wants one size after the other: a star before `shape[:-1]` takes it apart.",
            ),
        ],
        hint="Four cases, in the order of the text.",
    )
)


# first_state


class _Averaging:
    """As much of an optimizer as `first_state` asks for."""

    def _averages(self, group: Any) -> list[str]:
        return ["mean", *(["square"] if group["squares"] else [])] if group["any"] else []


def _began(
    thing: Any, torch: Any, make: Callable[[Any], Any], squares: bool = True, any: bool = True
) -> Any:
    """What stands in the state, and whether its tensors are new ones."""
    parameter = make(torch)
    state = thing(_Averaging(), parameter, {"squares": squares, "any": any})
    if not isinstance(state, dict):
        return type(state).__name__
    found: dict[str, Any] = {"names": sorted(state)}
    for name, value in state.items():
        if not isinstance(value, torch.Tensor):
            found[name] = f"{type(value).__name__} {value}"
            continue
        value.add_(1)  # each must have memory of its own
        found[name] = [str(value.dtype).split(".")[-1], tuple(value.shape), value.stride()]
        found[f"asks for gradients: {name}"] = value.requires_grad
    found["after adding 1"] = [float(v.sum()) for _, v in sorted(state.items())]
    found["the parameter"] = parameter.detach()
    return found


def _beginning(show: str, make: Callable[[Any], Any], hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _began(thing, torch, make, **case),
        show=f"first_state, {show}",
        hint=hint,
    )


_STATE = '{"step": number(0)} | zeros'
_ZEROS = "{name: zeros_like(parameter) for name in optimizer._averages(group)}"

register(
    Exercise(
        name="first_state",
        signature="first_state(optimizer, parameter, group) -> dict",
        reference=late(lambda torch: shipped(_OPTIMIZER, "first_state")),
        cases=[
            _beginning("two averages", _asking(2, 3), "A step count, and zeros for each name."),
            _beginning(
                "one average",
                _asking(3),
                "The names hang on the group: ask for them.",
                squares=False,
            ),
            _beginning("no averages", _asking(3), "Then there is the step only.", any=False),
            _beginning(
                "a parameter in float64, turned",
                lambda torch: torch.ones(2, 3, dtype=torch.float64).t().requires_grad_(),
                "Zeros like the parameter: shape, dtype and order in memory.",
            ),
            _beginning("a parameter without dims", _asking()),
        ],
        misconceptions=[
            slip(
                "a plain number",
                _OPTIMIZER,
                "first_state",
                {"number(0)": "0"},
                "The step is a Python number. It is to be counted in place: `number(0)` is a "
                "tensor.",
            ),
            slip(
                "from 1 on",
                _OPTIMIZER,
                "first_state",
                {"number(0)": "number(1)"},
                "The step begins at 1. It is before the first step: 0.",
            ),
            slip(
                "no step",
                _OPTIMIZER,
                "first_state",
                {_STATE: "zeros"},
                'Only the averages are there: "step" is missing.',
            ),
            slip(
                "no averages",
                _OPTIMIZER,
                "first_state",
                {_STATE: '{"step": number(0)}'},
                "Only the step is there: the averages are missing.",
            ),
            slip(
                "one tensor for all",
                _OPTIMIZER,
                "first_state",
                {_ZEROS: "dict.fromkeys(optimizer._averages(group), zeros_like(parameter))"},
                "All averages are one and the same tensor. Make a new one for each name.",
            ),
            slip(
                "the parameter itself",
                _OPTIMIZER,
                "first_state",
                {"zeros_like(parameter)": "parameter.detach()"},
                "The averages begin as the parameter, in its memory. They begin at 0: "
                "`zeros_like`.",
            ),
            slip(
                "numbers for averages",
                _OPTIMIZER,
                "first_state",
                {"zeros_like(parameter)": "number(0)"},
                "Each average is a single number. It has the shape of the parameter: "
                "`zeros_like(parameter)`.",
            ),
            slip(
                "always Adam's",
                _OPTIMIZER,
                "first_state",
                {"optimizer._averages(group)": '("exp_avg", "exp_avg_sq")'},
                "These are Adam's names. Every optimizer has its own: ask "
                "`optimizer._averages(group)`.",
            ),
            slip(
                "a Python float",
                _OPTIMIZER,
                "first_state",
                {"number(0)": "0.0"},
                "The step is a Python number. `number(0)` makes a tensor, which counts in place.",
            ),
        ],
        hint="One dict for the step, one for the averages, and `|` between them.",
    )
)


# take_step


class _Watched:
    """An optimizer that notes what it is called with."""

    def __init__(self, number: Any) -> None:
        self.number, self.state, self.log = number, defaultdict(dict), []  # type: ignore[var-annotated]

    def _start(self, parameter: Any, group: Any) -> dict[str, Any]:
        self.log.append("a state is made")
        return {"step": self.number(0), "mean": self.number(7)}

    def _update(self, parameter: Any, grad: Any, state: Any, group: Any) -> None:
        where = "its state" if state is self.state[parameter] else "another state"
        self.log += [grad.tolist(), parameter.tolist(), where, group["lr"]]
        self.log.append({name: value.item() for name, value in sorted(state.items())})


def _stepped(thing: Any, torch: Any, steps: int = 1, **options: Any) -> dict[str, Any]:
    """What `_update` hears in some steps, and what is left of gradient and parameter."""
    optimizer = _Watched(importlib.import_module(f"{torch.__name__}.{_OPTIMIZER}").number)
    parameter = torch.tensor([4.0, -2.0], requires_grad=True)
    group = {"lr": 0.5, "maximize": False} | options
    counters = []
    with torch.no_grad():
        for n in range(steps):
            parameter.grad = torch.tensor([1.0 + n, 3.0])
            thing(optimizer, parameter, group)
            counters.append(id(optimizer.state[parameter]["step"]))
    return {
        "what `_start` and `_update` heard": optimizer.log,
        "the gradient afterwards": parameter.grad,
        "the parameter afterwards": parameter.detach(),
        "one counter for all steps": len(set(counters)) == 1,
    }


def _stepping(show: str, hint: str = "", **case: Any) -> Case:
    return Case(
        use=lambda thing, torch: _stepped(thing, torch, **case),
        show=f"take_step, {show}",
        hint=hint,
    )


def _trained(thing: Any, torch: Any) -> Any:
    """Three steps of AdamW whose every move is the function under test."""

    class Probe(torch.optim.AdamW):  # type: ignore[misc]
        _move, _start = thing, shipped(_OPTIMIZER, "first_state")

    weight = torch.tensor([4.0, -2.0], requires_grad=True)
    optimizer = Probe([weight], lr=0.1, weight_decay=0.5)
    for _ in range(3):
        optimizer.zero_grad()
        (weight * weight).sum().backward()
        optimizer.step()
    return weight.detach()


_EMPTY = "    if not state:\n        state.update(optimizer._start(parameter, group))\n"
_DECAY = 'decayed(parameter, grad, {"decoupled_weight_decay": False} | group)'

register(
    Exercise(
        name="take_step",
        signature="take_step(optimizer, parameter, group)",
        reference=late(lambda torch: shipped(_OPTIMIZER, "take_step")),
        cases=[
            _stepping("the first", "A new state; its step is 1 when `_update` is called."),
            _stepping("three of them", "The state is made once, then it counts on.", steps=3),
            _stepping(
                "maximize=True", "Uphill: the gradient with a minus; `.grad` stays.", maximize=True
            ),
            _stepping(
                "weight_decay=0.5",
                "lesson 10's `decayed` returns the gradient with the pull in it.",
                weight_decay=0.5,
            ),
            _stepping(
                "weight_decay=0.5, decoupled",
                "The group's own options win: {...: False} | group.",
                weight_decay=0.5,
                decoupled_weight_decay=True,
            ),
            _stepping(
                "weight_decay=0.5, maximize=True",
                "First the sign, then the decay.",
                weight_decay=0.5,
                maximize=True,
            ),
            _stepping("weight_decay=0", weight_decay=0),
            Case(
                use=_trained,
                show="three steps of AdamW through your take_step",
                tolerance=_NEAR,
                hint="Everything together: state, count, decay, update.",
            ),
        ],
        misconceptions=[
            slip(
                "always a new state",
                _OPTIMIZER,
                "take_step",
                {"if not state:": "if True:"},
                "The state is made anew in every step, and forgets all. Only an empty one is "
                "filled.",
            ),
            slip(
                "a state apart",
                _OPTIMIZER,
                "take_step",
                {
                    "state.update(optimizer._start(parameter, group))": ""
                    "state = optimizer._start(parameter, group)"
                },
                "The new state is nowhere kept: fill the one in `optimizer.state`, by `.update`.",
            ),
            slip(
                "not counted",
                _OPTIMIZER,
                "take_step",
                {'    state["step"].add_(1)\n': ""},
                "The step is not counted.",
            ),
            slip(
                "counted afterwards",
                _OPTIMIZER,
                "take_step",
                {
                    '    state["step"].add_(1)\n': "",
                    "    optimizer._update(parameter, grad, state, group)": ""
                    "    optimizer._update(parameter, grad, state, group)\n"
                    '    state["step"].add_(1)',
                },
                "`_update` hears of step 0: count before you call it.",
            ),
            slip(
                "a new counter",
                _OPTIMIZER,
                "take_step",
                {'state["step"].add_(1)': 'state["step"] = state["step"] + 1'},
                "Each step makes a new counter. Count in place: `.add_(1)`.",
            ),
            slip(
                "maximize left out",
                _OPTIMIZER,
                "take_step",
                {'-parameter.grad if group["maximize"] else parameter.grad': "parameter.grad"},
                '`group["maximize"]` is not looked at: then the gradient gets a minus.',
            ),
            slip(
                "always uphill",
                _OPTIMIZER,
                "take_step",
                {'-parameter.grad if group["maximize"] else parameter.grad': "-parameter.grad"},
                "Always uphill: the minus is for `maximize` only.",
            ),
            slip(
                "no decay",
                _OPTIMIZER,
                "take_step",
                {f"        grad = {_DECAY}": "        pass"},
                "Weight decay is missing: `decayed` makes the new gradient.",
            ),
            slip(
                "the decay is lost",
                _OPTIMIZER,
                "take_step",
                {f"        grad = {_DECAY}": f"        {_DECAY}"},
                "`decayed` *returns* the gradient with the pull in it; what it returns is lost.",
            ),
            slip(
                "never decoupled",
                _OPTIMIZER,
                "take_step",
                {
                    '{"decoupled_weight_decay": False} | group': ""
                    'group | {"decoupled_weight_decay": False}'
                },
                "Never decoupled: in `a | b` the right one wins, so the group stands there.",
            ),
            slip(
                "the group alone",
                _OPTIMIZER,
                "take_step",
                {'{"decoupled_weight_decay": False} | group)': "group)"},
                'Not every group knows "decoupled_weight_decay": put False before it.',
            ),
            slip(
                "the raw gradient",
                _OPTIMIZER,
                "take_step",
                {
                    "optimizer._update(parameter, grad, state, group)": ""
                    "optimizer._update(parameter, parameter.grad, state, group)"
                },
                "`_update` gets the raw gradient: pass on `grad`, with sign and decay.",
            ),
            slip(
                "no update",
                _OPTIMIZER,
                "take_step",
                {"    optimizer._update(parameter, grad, state, group)": "    pass"},
                "`_update`, which moves the parameter, is not called.",
            ),
            slip(
                "decay only if it stands there",
                _OPTIMIZER,
                "take_step",
                {'group.get("weight_decay")': 'group["weight_decay"]'},
                'Not every group knows "weight_decay": `group.get(...)` answers None.',
            ),
            slip(
                "what update returns",
                _OPTIMIZER,
                "take_step",
                {"        state.update(": "        state = state.update("},
                "`.update(...)` changes a dict in place, and returns None: do not store that.",
            ),
        ],
        hint="Gradient, state, count, decay, update.",
    )
)
