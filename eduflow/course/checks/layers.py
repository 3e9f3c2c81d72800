"""Checks on what layers compute: functions on arrays that give a result and its derivatives."""

from typing import Any

import numpy as np

from ..probing import inside, rewritten, shipped
from . import Case, Exercise, Misconception, late, register

NEAR = 1e-5


def numbers(*shape: int) -> Any:
    """Float32 numbers that differ from each other, some below and some above 0."""
    size = int(np.prod(shape))
    values = (np.arange(size, dtype=np.int64) * 37 % 53) / 20 - 1.25
    return values.astype(np.float32).reshape(shape)


def uneven(*shape: int) -> Any:
    """A gradient from above that differs from place to place."""
    size = int(np.prod(shape))
    return (0.5 + np.arange(size, dtype=np.int64) * 0.37 % 1.7).astype(np.float32).reshape(shape)


def _ways_back(thing: Any, *inputs: Any) -> dict[str, Any]:
    """All gradients by what they are of, for an uneven one from above."""
    result, *derivatives = thing(*inputs)
    grad = uneven(*result.shape)
    names = ["input", "weight", "bias", *map(str, range(3, len(derivatives)))]
    found = zip(names, derivatives, strict=False)
    return {f"gradient of {name}": derivative(grad) for name, derivative in found}


def _trained(torch: Any, loss: Any, *leaves: Any) -> list[Any]:
    """First and second derivatives of a loss through the framework."""
    tensors = [torch.tensor(leaf.tolist(), requires_grad=True) for leaf in leaves]
    first = torch.autograd.grad(loss(*tensors), tensors, create_graph=True)
    total = sum(((grad * grad).sum() for grad in first), torch.zeros(()))
    return [*(grad.detach() for grad in first), *torch.autograd.grad(total, tensors)]


# affine -------------------------------------------------------------------------------------


def _unbroadcast(grad: Any, shape: Any) -> Any:
    return shipped("autograd.graph", "unbroadcast")(grad, shape=shape)


def _affine(result: Any = None, weight: Any = None, bias: Any = None) -> Any:
    """`affine` with one part replaced."""
    result = result or (lambda x, w, b: x @ w.T + b)
    weight = weight or (lambda grad, x: grad.T @ x)
    bias = bias or _unbroadcast

    def affine(x: Any, w: Any, b: Any) -> Any:
        return (
            result(x, w, b),
            lambda grad: grad @ w,
            lambda grad: weight(grad, x),
            lambda grad: bias(grad, b.shape),
        )

    return affine


def _linear_twice(torch: Any) -> list[Any]:
    linear = torch.nn.functional.linear
    inputs = numbers(3, 4), numbers(2, 4), numbers(2)
    return _trained(torch, lambda x, w, b: (linear(x, w, b) ** 3).sum(), *inputs)


register(
    Exercise(
        name="affine",
        signature="affine(input, weight, bias) -> result and three derivatives",
        reference=late(lambda torch: shipped("nn._functional.linear", "affine")),
        cases=[
            Case(
                use=lambda thing, torch: thing(numbers(3, 4), numbers(2, 4), numbers(2))[0],
                show="affine(x, w, b)[0], with x (3, 4), w (2, 4) and b (2,)",
                tolerance=NEAR,
                hint="Row i of the weight makes number i out of each row: input @ weight.T + bias.",
            ),
            Case(
                use=lambda thing, torch: _ways_back(
                    thing, numbers(3, 4), numbers(2, 4), numbers(2)
                ),
                show="the three gradients, in the order input, weight, bias",
                tolerance=NEAR,
                hint="Each side of the product gets the gradient times the other side, so that the "
                "shapes fit: (n, out) and (out, in) give (n, in).",
            ),
            Case(
                use=lambda thing, torch: _ways_back(
                    thing, numbers(3, 4), numbers(2, 4), numbers(1)
                ),
                show="the three gradients, with a bias of one number",
                tolerance=NEAR,
                hint="A bias of one number was added everywhere: `unbroadcast(grad, shape)` sums "
                "over whatever was stretched.",
            ),
            Case(
                use=lambda thing, torch: _ways_back(
                    thing, numbers(4, 5).T[::2], numbers(3, 4), numbers(3)
                ),
                show="the three gradients, where x is a transposed view with steps",
                tolerance=NEAR,
            ),
            Case(
                use=lambda thing, torch: _ways_back(
                    thing, numbers(0, 4), numbers(2, 4), numbers(2)
                ),
                show="the three gradients of no rows at all: x (0, 4)",
                hint="No rows give gradients of zeros, not nan: nothing may be divided by n.",
            ),
            Case(
                use=inside("nn._functional.linear", "affine", _linear_twice),
                show="F.linear with your affine: first and second derivatives",
                tolerance=1e-3,
                hint="The derivatives are called with arrays, and with tensors when somebody asks "
                "for second derivatives: `times`, `.T` and `unbroadcast` work on both.",
            ),
        ],
        misconceptions=[
            Misconception(
                "no bias",
                _affine(result=lambda x, w, b: x @ w.T),
                "The result lacks the bias. It is added to every row.",
            ),
            Misconception(
                "gradient of the bias not summed",
                _affine(bias=lambda grad, shape: grad),
                "Your bias gets a whole table. One number of the bias was added to every row, so "
                "its gradient is the sum over the rows: unbroadcast(grad, shape).",
            ),
            Misconception(
                "mean for the sum",
                _affine(bias=lambda grad, shape: grad.mean(0)),
                "You averaged over the rows. Gradients add up: a number that was used n times gets "
                "the sum of n gradients.",
            ),
            Misconception(
                "sum over rows only",
                _affine(bias=lambda grad, shape: grad.sum(0)),
                "Right for a bias of (out,). A bias of (1,) was stretched along both dims: "
                "unbroadcast(grad, shape) sums over all that was stretched.",
            ),
            Misconception(
                "the weight's gradient turned",
                _affine(weight=lambda grad, x: x.T @ grad),
                "The gradient of the weight is (in, out). It must have the weight's own shape, "
                "(out, in): grad.T times input.",
            ),
        ],
        hint="Result first, then one derivative for each input: input, weight, bias.",
    )
)


# rectified ----------------------------------------------------------------------------------

_CORNERS = [-2.0, -0.5, 0.0, 0.5, 3.0]


def _with_signs(thing: Any, torch: Any) -> Any:
    """What comes of both zeros, and the signs, for -0.0 equals 0.0."""
    found = thing(np.array([[0.0, -0.0]], np.float32))
    return None if found is None else [found, np.signbit(found)]


def _relu_after(thing: Any, torch: Any) -> Any:
    x = np.array(_CORNERS, np.float32)
    thing(x)
    return x


register(
    Exercise(
        name="rectified",
        signature="rectified(input) -> array",
        reference=lambda x: np.maximum(0, x),
        cases=[
            Case(
                use=lambda thing, torch: thing(np.array(_CORNERS, np.float32)),
                show=f"rectified(np.array({_CORNERS}))",
            ),
            Case(
                use=lambda thing, torch: thing(np.array([[np.nan, -np.inf], [np.inf, 2]])),
                show="rectified(np.array([[nan, -inf], [inf, 2]]))",
                hint="nan stays nan, -inf becomes 0 (-inf times 0 is nan): np.maximum(0, input).",
            ),
            Case(
                use=lambda thing, torch: thing(np.array([-3, 4], np.int64)),
                show="rectified(np.array([-3, 4]))",
                hint="Ints stay ints: the larger of an int and 0.0 would be a float, so take 0.",
            ),
            Case(
                use=_with_signs,
                show=f"x = rectified(np.array({[[0.0, -0.0]]})), and np.signbit(x)",
                hint="-0.0 stays -0.0, as in PyTorch: of two "
                "equal numbers np.maximum gives the second, so its 0 comes first.",
            ),
            Case(
                use=_relu_after,
                show="x after rectified(x)",
                hint="The input belongs to somebody else: make a new array.",
            ),
        ],
        misconceptions=[
            Misconception("absolute value", np.abs, "Negative numbers become 0, not positive."),
            Misconception(
                "nan lost",
                lambda x: np.where(x > 0, x, x.dtype.type(0)),
                "Right for numbers. But nan > 0 is False, so you hide a nan, and nobody learns "
                "that something went wrong. np.maximum keeps it.",
            ),
            Misconception(
                "in place",
                lambda x: np.maximum(0, x, out=x),
                "The result is right, but you wrote it into the input, which belongs to somebody "
                "else.",
            ),
            Misconception(
                "only ones",
                lambda x: (x > 0).astype(x.dtype),
                "That is where x is positive. The result is x itself there.",
            ),
        ],
        hint="The larger of 0 and each number: np.maximum.",
    )
)


# rectified_gradient -------------------------------------------------------------------------

_RECTIFIER = "nn._functional.rectifier"
_ABOVE, _CAME_OUT = [1.0, -2.0, 0.5, -4.0, 3.0], [0.0, 0.0, 2.0, 0.5, 4.0]
_SLOPE = (
    "That is the slope of the curve, 0 or 1. What goes back is the gradient from above times this "
    "slope: 0.0, or `grad`."
)


def _ways(grad: Any, result: Any) -> Any:
    """For `Case(use=...)`: what comes back through the rectifier."""
    return lambda thing, torch: thing(np.array(grad), np.array(result))


def _grads_after(thing: Any, torch: Any) -> Any:
    grad, result = np.array(_ABOVE), np.array(_CAME_OUT)
    thing(grad, result)
    return [grad, result]


def _relu_twice(torch: Any) -> list[Any]:
    return _trained(torch, lambda x: ((torch.relu(x) - 0.7) ** 4).sum(), numbers(3, 4))


def _back(**change: str) -> Any:
    """`rectified_gradient` with another condition, or other things to choose from."""
    texts = {"flat": "result <= 0", "two": "0.0, grad"}
    return rewritten(
        _RECTIFIER, "rectified_gradient", {texts[key]: new for key, new in change.items()}
    )


register(
    Exercise(
        name="rectified_gradient",
        signature="rectified_gradient(grad, result) -> gradient of the input",
        reference=late(lambda torch: shipped(_RECTIFIER, "rectified_gradient")),
        cases=[
            Case(
                use=_ways(_ABOVE, _CAME_OUT),
                show=f"rectified_gradient(np.array({_ABOVE}), np.array({_CAME_OUT}))",
                hint="Where result is 0: 0.0. Where something came out: grad, as it is.",
            ),
            Case(
                use=_ways([[np.inf, np.nan], [np.inf, 2.0]], [[0.0, 0.0], [1.0, 1.0]]),
                show="rectified_gradient(np.array([[inf, nan], [inf, 2]]), "
                "np.array([[0, 0], [1, 1]]))",
                hint="Where 0 came out nothing passes, not even inf or nan, and 0 times inf is "
                "nan: choose 0.0, do not multiply by it.",
            ),
            Case(
                use=_ways([2.0, 3.0], [np.nan, np.inf]),
                show="rectified_gradient(np.array([2, 3]), np.array([nan, inf]))",
                hint="A nan that came out is no 0, so grad passes: nan <= 0 is False, and so is "
                "nan > 0. Ask `result <= 0`.",
            ),
            Case(
                use=_grads_after,
                show="grad and result after rectified_gradient(grad, result)",
                hint="Both belong to somebody else: make a new array.",
            ),
            Case(
                use=inside(_RECTIFIER, "rectified_gradient", _relu_twice),
                show="torch.relu with your rectified_gradient: first and second derivatives",
                tolerance=NEAR,
                hint="For second derivatives `grad` and `result` are tensors. `choose` takes these "
                "as well, np.where does not.",
            ),
        ],
        misconceptions=[
            Misconception(
                "everything passes",
                _back(flat="result < 0"),
                "All of grad passes. Where 0 came out the curve is flat: there it is 0.0.",
            ),
            Misconception(
                "the wrong way round",
                _back(two="grad, 0.0"),
                "The two have changed places: 0.0 is for where `result` is 0, grad for elsewhere.",
            ),
            Misconception("only ones", _back(two="0.0, 1.0"), _SLOPE),
            Misconception("a mask", lambda grad, result: (result > 0) * 1.0, _SLOPE),
            Misconception(
                "the result for the gradient",
                _back(two="0.0, result"),
                "You hand on the result. What goes back is `grad`, where something came out.",
            ),
            Misconception(
                "asks the gradient",
                _back(flat="grad <= 0"),
                "You ask `grad` whether it is above 0, and gradients may well be below. Where the "
                "curve is flat says `result`.",
            ),
            Misconception(
                "times the mask",
                lambda grad, result: grad * (result > 0),
                "Right for ordinary numbers. But 0 times inf is nan: where 0 came out, choose 0.0.",
            ),
        ],
        hint="Where 0 came out 0.0, elsewhere grad: `choose`.",
    )
)


# log_shares ---------------------------------------------------------------------------------


def _lower(x: Any, axis: Any) -> Any:
    return x - x.max(axis, keepdims=True, initial=-np.inf)


def _stable(x: Any, axis: Any) -> Any:
    return _lower(x, axis) - np.log(np.exp(_lower(x, axis)).sum(axis, keepdims=True))


def _quietly(function: Any) -> Any:
    """A wrong answer whose overflows nobody needs to be warned of."""

    def quiet(x: Any, axis: Any) -> Any:
        with np.errstate(all="ignore"):
            return function(x, axis)

    return quiet


register(
    Exercise(
        name="log_shares",
        signature="log_shares(input, axis) -> array",
        reference=_stable,
        cases=[
            Case(
                use=lambda thing, torch: thing(np.array([[1.0, 2.0, 4.0], [0.0, 0.5, -1.0]]), 1),
                show="log_shares(np.array([[1, 2, 4], [0, 0.5, -1]]), 1)",
                tolerance=NEAR,
                hint="x minus log(sum(exp(x))), row by row.",
            ),
            Case(
                use=lambda thing, torch: thing(np.array([[1000.0, 0.0], [1000.0, 1000.0]]), 1),
                show="log_shares(np.array([[1000, 0], [1000, 1000]]), 1)",
                tolerance=NEAR,
                hint="exp(1000) is inf. Take the largest number off first; that changes nothing.",
            ),
            Case(
                use=lambda thing, torch: thing(np.array([[1000.0, 1.0], [-1000.0, 2.0]]), 1),
                show="log_shares(np.array([[1000, 1], [-1000, 2]]), 1)",
                tolerance=NEAR,
                hint="Each row has a largest number of its own: input.max(axis, keepdims=True).",
            ),
            Case(
                use=lambda thing, torch: thing(numbers(3, 4), 0),
                show="log_shares(x, 0), with x (3, 4)",
                tolerance=NEAR,
                hint="`axis` may be any: pass it to `max` and to `sum`.",
            ),
            Case(
                use=lambda thing, torch: thing(numbers(0, 3), 0),
                show="log_shares(x, 0), with x (0, 3)",
                hint="What is the largest of no numbers? max(..., initial=-np.inf) says -inf.",
            ),
        ],
        misconceptions=[
            Misconception(
                "overflows",
                _quietly(lambda x, axis: x - np.log(np.exp(x).sum(axis, keepdims=True))),
                "Right, as long as the numbers are small. exp(1000) is inf: take the largest off "
                "first.",
            ),
            Misconception(
                "log of the softmax",
                _quietly(
                    lambda x, axis: np.log(
                        np.exp(_lower(x, axis)) / np.exp(_lower(x, axis)).sum(axis, keepdims=True)
                    )
                ),
                "You divide and take the logarithm afterwards. exp(-1000) is 0, and log(0) is "
                "-inf. Stay in the logarithm: log(a / b) is log a - log b.",
            ),
            Misconception(
                "taken off in one place",
                lambda x, axis: x - np.log(np.exp(_lower(x, axis)).sum(axis, keepdims=True)),
                "Too large, by what you took off: in x - log(sum(exp(x))) the largest goes off "
                "both x, also off the first.",
            ),
            Misconception(
                "softmax",
                lambda x, axis: np.exp(_stable(x, axis)),
                "These are the shares. Asked for is their logarithm.",
            ),
            Misconception(
                "the logarithm alone",
                lambda x, axis: np.log(np.exp(_lower(x, axis)).sum(axis, keepdims=True)),
                "That is what you take off. Each number minus that is asked for.",
            ),
        ],
        hint="Take the largest off, then take off the log of the sum of the exps.",
    )
)


# surprise -----------------------------------------------------------------------------------

_AT = (np.arange(3, dtype=np.int64), np.array([2, 0, 1], np.int64))
_SHARES = np.array([1.0, 2.0, 0.5], np.float32)


def _surprise(losses: Any = None, total: Any = None, pull: Any = None) -> Any:
    losses = losses or (lambda log_p, at, share: -log_p[at] * share)
    total = total or (lambda log_p, share: share.sum())
    pull = pull or (lambda share, whole: -share / whole)

    def surprise(log_p: Any, at: Any, share: Any, reduction: str) -> Any:
        placed = shipped("nn._functional.loss", "put", "placed")
        each = losses(log_p, at, share)
        whole = total(log_p, share) if reduction == "mean" else 1
        result = each if reduction == "none" else each.sum() / whole
        shape, fixed_pull = log_p.shape, pull(share, whole)
        return result, lambda grad: placed(grad * fixed_pull, at, shape)

    return surprise


def _loss(thing: Any, reduction: str) -> Any:
    """The loss; a sum may be a number of NumPy's, which the framework takes as well."""
    return np.asarray(thing(numbers(3, 4) - 2, _AT, _SHARES, reduction)[0])


def _loss_back(thing: Any, reduction: str) -> Any:
    result, derivative = thing(numbers(3, 4) - 2, _AT, _SHARES, reduction)
    return derivative(uneven(*np.shape(result)))


def _losses_twice(torch: Any) -> list[Any]:
    labels = torch.tensor([2, 0, 1])
    cross_entropy = torch.nn.functional.cross_entropy
    return _trained(torch, lambda x: cross_entropy(x, labels) ** 2, numbers(3, 4))


def _images(torch: Any) -> Any:
    scores = torch.tensor(numbers(2, 3, 2, 2).tolist(), requires_grad=True)
    labels = torch.tensor([[[0, 1], [2, -100]], [[2, 2], [1, 0]]])
    torch.nn.functional.cross_entropy(scores, labels, torch.tensor([1.0, 2.0, 0.5])).backward()
    return scores.grad


_LOSS = "nn._functional.loss"
register(
    Exercise(
        name="surprise",
        signature="surprise(log_p, at, share, reduction) -> result and derivative",
        reference=late(lambda torch: shipped(_LOSS, "put", "placed", "surprise")),
        cases=[
            Case(
                use=lambda thing, torch: _loss(thing, "none"),
                show='surprise(log_p, at, share, "none")[0]: one loss for each sample',
                tolerance=NEAR,
                hint="log_p[at] picks one number from each row; minus that, times its share.",
            ),
            Case(
                use=lambda thing, torch: _loss(thing, "sum"),
                show='surprise(log_p, at, share, "sum")[0]',
                tolerance=NEAR,
                hint="The sum of the losses, as it is: only a mean is divided by anything.",
            ),
            Case(
                use=lambda thing, torch: _loss(thing, "mean"),
                show='surprise(log_p, at, share, "mean")[0], with shares 1, 2 and 0.5',
                tolerance=NEAR,
                hint="A mean by shares: divide by the sum of the shares.",
            ),
            Case(
                use=lambda thing, torch: _loss_back(thing, "none"),
                show='the derivative for "none", an uneven gradient for each sample',
                tolerance=NEAR,
                hint="Only the places that were picked get something: the gradient times minus "
                "the share. `placed(values, at, shape)` puts values there and 0 elsewhere.",
            ),
            Case(
                use=lambda thing, torch: _loss_back(thing, "mean"),
                show='the derivative for "mean"',
                tolerance=NEAR,
                hint="What divides the loss divides its gradient, too.",
            ),
            Case(
                use=inside(_LOSS, "surprise", _images),
                show="F.cross_entropy with your surprise: the gradient of images, with weights",
                tolerance=NEAR,
                hint="Nothing may depend on the number of dims: `at` knows where to look.",
            ),
            Case(
                use=inside(_LOSS, "surprise", _losses_twice),
                show="F.cross_entropy with your surprise: first and second derivatives",
                tolerance=1e-3,
                hint="A number that the derivative keeps needs a name that begins with `fixed`: it "
                "tells the tape that this is a constant.",
            ),
        ],
        misconceptions=[
            Misconception(
                "minus forgotten",
                _surprise(lambda log_p, at, share: log_p[at] * share),
                "The minus is missing: a probability of 1 has log 0, smaller ones are below.",
            ),
            Misconception(
                "divided by the number of samples",
                _surprise(total=lambda log_p, share: np.float32(len(share))),
                "You divide by how many samples there are. With shares the mean is divided by "
                "their sum.",
            ),
            Misconception(
                "mean is a sum",
                _surprise(total=lambda log_p, share: 1),
                'For "mean" the sum has to be divided by the sum of the shares.',
            ),
            Misconception(
                "share missing in the gradient",
                _surprise(pull=lambda share, whole: -np.ones_like(share) / whole),
                "The loss is right. In its gradient the share is missing: a sample that counts "
                "twice pulls twice as hard.",
            ),
            Misconception(
                "whole columns",
                _surprise(lambda log_p, at, share: -log_p[:, at[-1]].sum(0) * share),
                "That takes whole columns. `log_p[at]`, with the whole index, pairs each row with "
                "its own class.",
            ),
        ],
        hint="Pick, times share, minus; then reduce; then the way back.",
    )
)


# places -------------------------------------------------------------------------------------


def _picked(shape: tuple[int, ...], target: Any) -> Any:
    """What the index picks of scores that are all different."""

    def use(thing: Any, torch: Any) -> Any:
        scores = np.arange(np.prod(shape), dtype=np.int64).reshape(shape)
        at = thing(np.array(target, np.int64), scores.ndim)
        return scores[at] if isinstance(at, tuple) else at

    return use


def _places(index: Any, one: Any = lambda target: (target,)) -> Any:
    """`places` with another index, made of the numbers, the target and the rest; or of one.

    With None for `one`, one sample is as good as many.
    """

    def places(target: Any, dims: int) -> Any:
        if dims == 1 and one is not None:
            return one(target)
        rows, *rest = np.indices(target.shape, sparse=True)
        return index(rows, target, rest)

    return places


_LIST = (
    "That is a list, and NumPy takes a list for numbers of samples. An index for several dims is a "
    "tuple: rows, target, *rest."
)


register(
    Exercise(
        name="places",
        signature="places(target, dims) -> index, a tuple",
        reference=late(lambda torch: shipped(_LOSS, "places")),
        cases=[
            Case(
                use=_picked((3, 4), [2, 0, 1]),
                show="scores[places(np.array([2, 0, 1]), 2)], with scores (3, 4)",
                hint="From each row one score: the numbers of the rows, then the classes.",
            ),
            Case(
                use=_picked((2, 3, 2, 2), [[[0, 1], [2, 0]], [[2, 2], [1, 0]]]),
                show="scores[places(target, 4)], with images: scores (2, 3, 2, 2) and target "
                "(2, 2, 2)",
                hint="Scores of images are (n, classes, rows, columns), and so is the index: the "
                "image's number, the class, then the row and the column of the pixel.",
            ),
            Case(
                use=_picked((2, 3, 4), [[0, 1, 2, 0], [2, 2, 1, 1]]),
                show="scores[places(target, 3)], with scores (2, 3, 4) and target (2, 4)",
                hint="However many dims there are: the first, then `target`, then all the others.",
            ),
            Case(
                use=_picked((4,), 2),
                show="scores[places(np.array(2), 1)], with the scores (4,) of one sample",
                hint="One sample has no number: its scores are (classes,), and the index is "
                "(target,), a tuple because of its comma.",
            ),
            Case(
                use=_picked((0, 3), []),
                show="scores[places(target, 2)] of no samples: scores (0, 3) and target (0,)",
                hint="No samples give no scores: np.indices counts them rightly.",
            ),
            Case(
                use=inside(_LOSS, "places", _images),
                show="F.cross_entropy with your places: the gradient of images, with weights",
                tolerance=NEAR,
                hint="The framework asks for a tuple, with an array for each dim of the scores.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the class last",
                _places(lambda rows, target, rest: (rows, *rest, target)),
                "The class stands last. Scores are (n, classes, rows, columns): it comes second, "
                "right behind the sample's number.",
            ),
            Misconception(
                "the class first",
                _places(lambda rows, target, rest: (target, rows, *rest)),
                "The class stands first. Scores are (n, classes, ...): first comes the sample's "
                "number.",
            ),
            Misconception(
                "no places in the image",
                _places(lambda rows, target, rest: (rows, target)),
                "Right for (n, classes). In an image each pixel has a class of its own: behind the "
                "class stand its row and its column, `*rest`.",
            ),
            Misconception(
                "the rest in one",
                _places(lambda rows, target, rest: (rows, target, rest)),
                "`rest` is a list, and stands as one part in your index. With its star, `*rest`, "
                "all that is in it stands there.",
            ),
            Misconception(
                "rows and columns turned",
                _places(lambda rows, target, rest: (rows, target, *rest[::-1])),
                "The rest has another order: a pixel's row stands before its column.",
            ),
            Misconception(
                "classes only",
                lambda target, dims: (target,),
                "`(target,)` alone takes whole samples, by a number that is a class. In front of "
                "`target` stand the samples' numbers.",
            ),
            Misconception(
                "one sample forgotten",
                _places(lambda rows, target, rest: (rows, target, *rest), one=None),
                "Right for many samples. The scores of one have the dim of the classes only: no "
                "sample is counted, and the index is `(target,)`.",
            ),
            Misconception(
                "a list", _places(lambda rows, target, rest: [rows, target, *rest]), _LIST
            ),
            Misconception(
                "a list, of one class as well",
                _places(lambda rows, target, rest: [rows, target, *rest], lambda target: [target]),
                _LIST,
            ),
        ],
        hint="The samples' numbers, the classes, then the places in the image.",
    )
)


# squares ------------------------------------------------------------------------------------


def _squares(loss: Any = None, factor: Any = None, both: Any = None) -> Any:
    """`squares` with another loss, another factor, or other ways back."""
    loss = loss or np.square
    factor = factor or (lambda size, reduction: 2 / size if reduction == "mean" else 2)
    both = both or (lambda up, down: (up, down))

    def squares(input: Any, target: Any, reduction: str) -> Any:
        losses, many = loss(input - target), factor(max(input.size, 1), reduction)
        result = shipped("_words.loss", "reduced")(losses, reduction)

        def of_input(grad: Any) -> Any:
            return both(input - target, target - input)[0] * (grad * many)

        def of_target(grad: Any) -> Any:
            return both(input - target, target - input)[1] * (grad * many)

        return np.asarray(result), of_input, of_target

    return squares


def _squared(reduction: str, part: int, *shape: int) -> Any:
    """The loss of two arrays, or what one of its derivatives makes of an uneven gradient."""

    def use(squares: Any, torch: Any) -> Any:
        arrays = (numbers(*shape), -numbers(*shape)) if shape else (numbers(2, 3), numbers(3, 2).T)
        result, *ways_back = squares(*arrays, reduction)
        return ways_back[part - 1](uneven(*np.shape(result))) if part else np.asarray(result)

    return use


def _squares_twice(torch: Any) -> list[Any]:
    mse = torch.nn.functional.mse_loss
    return _trained(torch, lambda x, y: mse(x, y) ** 2, numbers(2, 3), numbers(3, 2).T)


def _no_numbers(torch: Any) -> Any:
    """The mean of no numbers is nan, and its gradients are as empty as the inputs."""
    x, y = (torch.zeros(0, 3).requires_grad_() for _ in range(2))
    loss = torch.nn.functional.mse_loss(x, y)
    loss.backward()
    return [loss.detach(), x.grad, y.grad]


_HALF = "The slope of d * d is 2 * d; for a mean it is divided by how many numbers there are."
register(
    Exercise(
        name="squares",
        signature="squares(input, target, reduction) -> result and two derivatives",
        reference=late(lambda torch: shipped(_LOSS, "squares")),
        cases=[
            Case(
                use=_squared("none", 0),
                show='squares(input, target, "none")[0], two arrays of (2, 3)',
                tolerance=NEAR,
                hint="The squared difference of each pair: `reduced` leaves them as they are.",
            ),
            Case(
                use=_squared("sum", 0),
                show='squares(input, target, "sum")[0]',
                tolerance=NEAR,
                hint="`reduced(losses, reduction)` knows what the word asks for.",
            ),
            Case(
                use=_squared("mean", 0),
                show='squares(input, target, "mean")[0]',
                tolerance=NEAR,
                hint="`reduced(losses, reduction)` knows what the word asks for.",
            ),
            Case(
                use=_squared("sum", 1),
                show='the derivative for input, "sum"',
                tolerance=NEAR,
                hint=_HALF,
            ),
            Case(
                use=_squared("mean", 1),
                show='the derivative for input, "mean"',
                tolerance=NEAR,
                hint=_HALF,
            ),
            Case(
                use=_squared("mean", 1, 1),
                show='the derivative for input, "mean", of arrays of one number',
                tolerance=NEAR,
                hint=_HALF,
            ),
            Case(
                use=_squared("none", 2),
                show='the derivative for target, "none", an uneven gradient for each element',
                tolerance=NEAR,
                hint="What pulls the input up pulls the target down: target - input.",
            ),
            Case(
                use=inside(_LOSS, "squares", _no_numbers),
                show="F.mse_loss with your squares, of arrays with no numbers",
                hint="The size may be 0: a mean divides by max(difference.size, 1).",
            ),
            Case(
                use=inside(_LOSS, "squares", _squares_twice),
                show="F.mse_loss with your squares: first and second derivatives",
                tolerance=1e-3,
                hint="Keep `input` and `target` in the derivatives, not what was made of them.",
            ),
        ],
        misconceptions=[
            Misconception(
                "distance",
                _squares(loss=np.abs),
                "That is the distance. It is to be squared: difference * difference.",
            ),
            Misconception(
                "half of it",
                _squares(factor=lambda size, reduction: 1 / size if reduction == "mean" else 1),
                "The loss is right, its slope is half of what it should be: of d * d it is 2 * d.",
            ),
            Misconception(
                "mean not divided",
                _squares(factor=lambda size, reduction: 2),
                'With "mean" each number counts 1 / size, and so does its slope: 2 / size.',
            ),
            Misconception(
                "always divided",
                _squares(factor=lambda size, reduction: 2 / size),
                'Only for "mean" is the slope divided by the size.',
            ),
            Misconception(
                "both the same way",
                _squares(both=lambda up, down: (up, up)),
                "Both derivatives point the same way. Where the input is too high, the target is "
                "too low: target - input.",
            ),
            Misconception(
                "the wrong way round",
                _squares(both=lambda up, down: (down, up)),
                "The derivatives have changed places, or their sign: input - target for the input.",
            ),
        ],
        hint="The difference, squared and reduced; then a way back for each of the two.",
    )
)
