"""Losses: PyTorch's values, gradients, nodes, warnings and errors, in all reductions."""

import math
import warnings

import numpy as np
import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers
from tests.oracle import raised

REDUCTIONS = ["none", "mean", "sum"]
CHANCES = 1 / (1 + np.exp(-numbers(3, 4)))
OTHERS = 1 / (1 + np.exp(-2 * numbers(3, 4, seed=1)))
SIGNS = np.sign(numbers(3, 4, seed=2))
ONE_SIGN_A_ROW = np.array([1.0, -1.0, 1.0])
MANY = numbers(3, 4) * 2


def F(torch):
    return torch.nn.functional


def tensor(torch, values):
    return torch.tensor(np.asarray(values).tolist(), dtype=torch.float64)


# name -> the loss, as a function of the library and of tensors, and arrays that ask for gradients
LOSSES = {
    "l1": (lambda t, x, y, **o: F(t).l1_loss(x, y, **o), [MANY, OTHERS]),
    "l1 weight": (
        lambda t, x, y, **o: F(t).l1_loss(x, y, weight=tensor(t, CHANCES), **o),
        [MANY, OTHERS],
    ),
    "smooth l1": (lambda t, x, y, **o: F(t).smooth_l1_loss(x, y, **o), [MANY, OTHERS]),
    "smooth l1 beta": (
        lambda t, x, y, **o: F(t).smooth_l1_loss(x, y, beta=0.4, **o),
        [MANY, OTHERS],
    ),
    "smooth l1 beta 0": (
        lambda t, x, y, **o: F(t).smooth_l1_loss(x, y, beta=0, **o),
        [MANY, OTHERS],
    ),
    "huber": (lambda t, x, y, **o: F(t).huber_loss(x, y, **o), [MANY, OTHERS]),
    "huber delta": (lambda t, x, y, **o: F(t).huber_loss(x, y, delta=2.5, **o), [MANY, OTHERS]),
    "huber weight": (
        lambda t, x, y, **o: F(t).huber_loss(x, y, weight=tensor(t, CHANCES), **o),
        [MANY, OTHERS],
    ),
    "poisson": (lambda t, x, y, **o: F(t).poisson_nll_loss(x, y, **o), [MANY, OTHERS]),
    "poisson full": (
        lambda t, x, y, **o: F(t).poisson_nll_loss(x, y, full=True, **o),
        [MANY, OTHERS * 4],
    ),
    "poisson counts": (
        lambda t, x, y, **o: F(t).poisson_nll_loss(x, y, log_input=False, **o),
        [CHANCES, OTHERS],
    ),
    "gaussian": (
        lambda t, x, y, v, **o: F(t).gaussian_nll_loss(x, y, v, **o),
        [MANY, OTHERS, CHANCES],
    ),
    "gaussian full": (
        lambda t, x, y, v, **o: F(t).gaussian_nll_loss(x, y, v, full=True, eps=0.5, **o),
        [MANY, OTHERS, CHANCES],
    ),
    "gaussian rows": (
        lambda t, x, y, v, **o: F(t).gaussian_nll_loss(x, y, v, **o),
        [MANY, OTHERS, CHANCES[:, 0]],
    ),
    "gaussian column": (
        lambda t, x, y, v, **o: F(t).gaussian_nll_loss(x, y, v, **o),
        [MANY, OTHERS, CHANCES[:, :1]],
    ),
    "bce": (lambda t, x, y, **o: F(t).binary_cross_entropy(x, y, **o), [CHANCES, OTHERS]),
    "bce weight": (
        lambda t, x, y, **o: F(t).binary_cross_entropy(x, y, weight=tensor(t, OTHERS[:, :1]), **o),
        [CHANCES, OTHERS],
    ),
    "logits": (
        lambda t, x, y, **o: F(t).binary_cross_entropy_with_logits(x, y, **o),
        [MANY, OTHERS],
    ),
    "logits weight": (
        lambda t, x, y, **o: F(t).binary_cross_entropy_with_logits(
            x, y, weight=tensor(t, CHANCES[:, :1]), **o
        ),
        [MANY, OTHERS],
    ),
    "logits pos_weight": (
        lambda t, x, y, **o: F(t).binary_cross_entropy_with_logits(
            x, y, weight=tensor(t, CHANCES), pos_weight=tensor(t, [0.5, 1, 2, 3]), **o
        ),
        [MANY, OTHERS],
    ),
    "kl": (lambda t, x, y, **o: F(t).kl_div(x, y, **o), [MANY, OTHERS]),
    "kl log": (lambda t, x, y, **o: F(t).kl_div(x, y, log_target=True, **o), [MANY, OTHERS]),
    "soft margin": (
        lambda t, x, **o: F(t).soft_margin_loss(x, tensor(t, SIGNS), **o),
        [MANY],
    ),
    "multilabel soft margin": (
        lambda t, x, y, **o: F(t).multilabel_soft_margin_loss(x, y, **o),
        [MANY, OTHERS],
    ),
    "multilabel soft margin weight": (
        lambda t, x, y, **o: F(t).multilabel_soft_margin_loss(
            x, y, weight=tensor(t, [1, 2, 3, 4]), **o
        ),
        [MANY, OTHERS],
    ),
    "hinge embedding": (
        lambda t, x, **o: F(t).hinge_embedding_loss(x, tensor(t, SIGNS), margin=1.5, **o),
        [MANY],
    ),
    "margin ranking": (
        lambda t, x, y, **o: F(t).margin_ranking_loss(x, y, tensor(t, SIGNS), margin=0.3, **o),
        [MANY, OTHERS],
    ),
    "cosine embedding": (
        lambda t, x, y, **o: F(t).cosine_embedding_loss(
            x, y, tensor(t, ONE_SIGN_A_ROW), margin=-0.5, **o
        ),
        [MANY, OTHERS],
    ),
    "cosine embedding of vectors": (
        lambda t, x, y, **o: F(t).cosine_embedding_loss(x, y, t.tensor(1.0).double(), **o),
        [MANY[0], OTHERS[0]],
    ),
    "triplet": (
        lambda t, x, y, z, **o: F(t).triplet_margin_loss(x, y, z, **o),
        [MANY, OTHERS, CHANCES],
    ),
    "triplet swap": (
        lambda t, x, y, z, **o: F(t).triplet_margin_loss(x, y, z, margin=3, p=3, swap=True, **o),
        [MANY, OTHERS, CHANCES],
    ),
    "triplet with distance": (
        lambda t, x, y, z, **o: F(t).triplet_margin_with_distance_loss(
            x, y, z, distance_function=lambda a, b: ((a - b) ** 2).sum(-1), swap=True, **o
        ),
        [MANY, OTHERS, CHANCES],
    ),
    "multi margin": (
        lambda t, x, **o: F(t).multi_margin_loss(x, t.tensor([1, 3, 0]), margin=1.3, **o),
        [MANY],
    ),
    "multi margin squared": (
        lambda t, x, **o: F(t).multi_margin_loss(
            x, t.tensor([1, 3, 0]), p=2, weight=tensor(t, [1, 2, 3, 4]), **o
        ),
        [MANY],
    ),
    "multi margin of a vector": (
        lambda t, x, **o: F(t).multi_margin_loss(x, t.tensor(2), **o),
        [MANY[0]],
    ),
    "multilabel margin": (
        lambda t, x, **o: F(t).multilabel_margin_loss(
            x, t.tensor([[1, 3, -1, 2], [-1, 2, 0, 1], [0, 1, 2, 3]]), **o
        ),
        [MANY],
    ),
    "multilabel margin of a vector": (
        lambda t, x, **o: F(t).multilabel_margin_loss(x, t.tensor([3, 0, -1, 1]), **o),
        [MANY[0]],
    ),
}
# The variance below eps has a gradient that its slope is not.
SMOOTH = [n for n in LOSSES if n != "gaussian full" and ("multi" not in n or "soft" in n)]
NO_SECOND_DERIVATIVE = {name for name in LOSSES if name.startswith("multi") and "soft" not in name}


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("name", LOSSES)
def test_values_and_gradients(same, name, reduction):
    loss, arrays = LOSSES[name]
    same(lambda torch: graded(torch, lambda t, *x: loss(t, *x, reduction=reduction), *arrays))


@pytest.mark.parametrize("name", SMOOTH)
def test_derivatives_are_the_slopes(name):
    loss, arrays = LOSSES[name]
    short = [array[:1] for array in arrays] if "vector" not in name else arrays
    if "cosine" in name or "weight" in name or "margin" in name:
        short = arrays
    for reduction in ("none", "mean"):
        gradients_are_slopes(
            eduflow,
            lambda t, *x, reduction=reduction: loss(t, *x, reduction=reduction),
            *(arrays if reduction == "mean" else arrays if short is arrays else short),
        )


@pytest.mark.parametrize("name", sorted(NO_SECOND_DERIVATIVE))
def test_no_second_derivative(name):
    loss, arrays = LOSSES[name]
    x = eduflow.tensor(arrays[0]).requires_grad_()
    (slope,) = eduflow.autograd.grad(loss(eduflow, x), x, retain_graph=True)
    assert slope.shape == x.shape
    with pytest.raises(RuntimeError, match="cannot be differentiated again"):
        eduflow.autograd.grad(loss(eduflow, x), x, create_graph=True)


# The second derivatives that PyTorch computes by formulas of its own.
@pytest.mark.parametrize(
    "name", ["smooth l1", "huber", "bce weight", "logits pos_weight", "soft margin"]
)
def test_second_derivative(same, name):
    loss, arrays = LOSSES[name]

    def check(torch):
        inputs = [torch.tensor(array.tolist(), dtype=torch.float64) for array in arrays]
        inputs[0].requires_grad_()
        (slope,) = torch.autograd.grad(loss(torch, *inputs), inputs[0], create_graph=True)
        return torch.autograd.grad((slope**2).sum(), inputs[0])

    same(check)


@pytest.mark.parametrize("name", ["l1", "smooth l1", "huber", "logits", "poisson"])
def test_corners(same, name):
    x = np.array([-math.inf, -200, -1, -0.5, 0, 0.5, 1, 200, math.inf, math.nan])
    y = np.array([0, 1, 0, 0.5, 0, 1, 0, 0, 1, 1.0])
    loss = LOSSES[name][0]

    def function(torch, x, y):
        return loss(torch, x, y, reduction="none")

    same(lambda torch: graded(torch, function, x, y))
    same(lambda torch: graded(torch, function, x.astype("float32"), y.astype("float32")))


def test_bce_of_certainty(same):
    x, y = np.array([0.0, 1, 0, 1, 1e-20]), np.array([0.0, 1, 1, 0, 1])
    same(
        lambda torch: graded(
            torch, lambda t, a, b: F(t).binary_cross_entropy(a, b, reduction="none"), x, y
        )
    )


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "batchmean"])
def test_kl_div(same, reduction):
    def check(torch):
        kl, x = F(torch).kl_div, torch.tensor([[-1.0, -2.0, -0.5], [-3.0, -0.1, -1.0]])
        y = torch.tensor([[0.0, 0.4, 0.6], [1.0, 0.0, 0.0]])
        return [
            kl(x, y, reduction=reduction),
            kl(x, y.exp(), reduction=reduction, log_target=True),
            kl(x, y[0], reduction=reduction),
            kl(x[0, 0], y[0, 1], reduction=reduction),
            kl(x, y.double(), reduction=reduction),
        ]

    same(check)


def warned(call):
    """What a call warns of, and the error that it ends with, or what it returns."""
    found = []
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        error = raised(lambda: found.append(call()))
    return [error or found[0], *[[w.category.__name__, str(w.message)] for w in caught]]


TWO = ["l1_loss", "smooth_l1_loss", "huber_loss", "binary_cross_entropy",
       "binary_cross_entropy_with_logits", "kl_div", "hinge_embedding_loss", "poisson_nll_loss",
       "soft_margin_loss", "multilabel_soft_margin_loss", "multilabel_margin_loss",
       "multi_margin_loss"]  # fmt: skip


# What has no such arguments, and where PyTorch's errors are beside the point.
UNLIKE = {
    "huber_loss": ["size_average", "reduce", "both"],
    "hinge_embedding_loss": ["integers"],
    "multilabel_margin_loss": ["no dims"],
}


@pytest.mark.parametrize("name", TWO)
def test_warnings_and_errors(same, name):
    def check(torch):
        loss = getattr(F(torch), name)
        x, t = torch.tensor([0.2, 0.5, 0.7]), torch.tensor([1.0, 0.0, 1.0])
        integers, bools = torch.tensor([1, 2, 3]), torch.tensor([True, False, True])
        calls = {
            "integers": lambda: loss(integers, integers),
            "integer target": lambda: loss(x, integers),
            "bool target": lambda: loss(x, bools),
            "double target": lambda: loss(x, t.double()),
            "broadcast": lambda: loss(torch.ones(2, 3) / 2, t),
            "sizes": lambda: loss(torch.ones(4) / 2, t),
            "reduction": lambda: loss(x, t, reduction="average"),
            "size_average": lambda: loss(x, t, size_average=False),
            "reduce": lambda: loss(x, t, reduce=False),
            "both": lambda: loss(x, t, size_average=True, reduce=True),
            "empty": lambda: loss(torch.zeros(0), torch.zeros(0)),
            "no dims": lambda: loss(torch.tensor(0.5), torch.tensor(1.0)),
        }
        for key in UNLIKE.get(name, []):
            del calls[key]
        return {key: warned(call) for key, call in calls.items()}

    same(check)


ERRORS = {
    "beta": lambda f, t: f.smooth_l1_loss(t.ones(2), t.zeros(2), beta=-1.0),
    "delta": lambda f, t: f.huber_loss(t.ones(2), t.zeros(2), delta=0.0),
    "l1 weight": lambda f, t: f.l1_loss(t.ones(2), t.zeros(2), weight=t.ones(3)),
    "huber weight": lambda f, t: f.huber_loss(t.ones(2), t.zeros(2), weight=t.ones(3)),
    "no chance": lambda f, t: f.binary_cross_entropy(t.tensor([1.5]), t.tensor([1.0])),
    "nan": lambda f, t: f.binary_cross_entropy(t.tensor([math.nan]), t.tensor([1.0])),
    "no chance target": lambda f, t: f.binary_cross_entropy(t.tensor([0.5]), t.tensor([2.0])),
    "bce weight with grad": lambda f, t: f.binary_cross_entropy(
        t.ones(2), t.ones(2), weight=t.ones(2, requires_grad=True)
    ),
    "logits weight with grad": lambda f, t: f.binary_cross_entropy_with_logits(
        t.ones(2), t.ones(2), weight=t.ones(2, requires_grad=True)
    ),
    "logits pos_weight with grad": lambda f, t: f.binary_cross_entropy_with_logits(
        t.ones(2), t.ones(2), pos_weight=t.ones(2, requires_grad=True)
    ),
    "logits weight": lambda f, t: f.binary_cross_entropy_with_logits(
        t.ones(3), t.ones(3), weight=t.ones(2)
    ),
    "logits pos_weight": lambda f, t: f.binary_cross_entropy_with_logits(
        t.ones(3), t.ones(3), pos_weight=t.ones(2)
    ),
    "ranking dims": lambda f, t: f.margin_ranking_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "ranking sizes": lambda f, t: f.margin_ranking_loss(t.ones(2, 3), t.ones(2, 2), t.ones(2, 3)),
    "cosine target": lambda f, t: f.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "cosine target dims": lambda f, t: f.cosine_embedding_loss(
        t.ones(2, 3), t.ones(2, 3), t.ones(2, 1)
    ),
    "cosine sizes": lambda f, t: f.cosine_embedding_loss(t.ones(2, 3), t.ones(2, 2), t.ones(2)),
    "cosine dims": lambda f, t: f.cosine_embedding_loss(t.ones(3), t.ones(3), t.ones(3)),
    "triplet dims": lambda f, t: f.triplet_margin_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "triplet margin": lambda f, t: f.triplet_margin_loss(*[t.ones(2, 3)] * 3, margin=-1.0),
    "triplet margin 0": lambda f, t: f.triplet_margin_loss(*[t.ones(2, 3)] * 3, margin=0),
    "triplet reduction": lambda f, t: f.triplet_margin_loss(*[t.ones(2, 3)] * 3, reduction="all"),
    "triplet distance dims": lambda f, t: f.triplet_margin_with_distance_loss(
        t.ones(2, 3), t.ones(2, 3), t.ones(3)
    ),
    "triplet distance margin": lambda f, t: f.triplet_margin_with_distance_loss(
        *[t.ones(2, 3)] * 3, margin=-1.0
    ),
    "triplet distance reduction": lambda f, t: f.triplet_margin_with_distance_loss(
        *[t.ones(2, 3)] * 3, reduction="all"
    ),
    "variance": lambda f, t: f.gaussian_nll_loss(t.ones(2), t.ones(2), -t.ones(2)),
    "variance as a number": lambda f, t: f.gaussian_nll_loss(t.ones(2), t.ones(2), -1.0),
    "size of variance": lambda f, t: f.gaussian_nll_loss(t.ones(2, 3), t.ones(2, 3), t.ones(3)),
    "gaussian reduction": lambda f, t: f.gaussian_nll_loss(*[t.ones(2)] * 3, reduction="all"),
    "class": lambda f, t: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 3])),
    "power": lambda f, t: f.multi_margin_loss(t.ones(2, 3), t.tensor([0, 2]), p=3),
    "class weights": lambda f, t: f.multi_margin_loss(
        t.ones(2, 3), t.tensor([0, 2]), weight=t.ones(2)
    ),
    "dims": lambda f, t: f.multi_margin_loss(t.ones(1, 2, 3), t.tensor([0])),
    "rows": lambda f, t: f.multi_margin_loss(t.ones(2, 3), t.tensor([0])),
    "float classes": lambda f, t: f.multi_margin_loss(t.ones(2, 3), t.tensor([0.0, 1.0])),
    "labels": lambda f, t: f.multilabel_margin_loss(t.ones(1, 2), t.tensor([[2, -1]])),
    "sizes of labels": lambda f, t: f.multilabel_margin_loss(t.ones(1, 2), t.tensor([1, 0])),
}


@pytest.mark.parametrize("name", ERRORS)
def test_errors(same, name):
    same(lambda torch: raised(lambda: ERRORS[name](F(torch), torch)))


def test_gaussian_with_a_number(same):
    same(lambda torch: F(torch).gaussian_nll_loss(torch.ones(2, 3), torch.zeros(2, 3), 2.0))


def test_float32_stays_float32():
    x = eduflow.tensor([[0.3, 0.6], [0.1, 0.2]], requires_grad=True)
    y = eduflow.tensor([[1.0, 0.5], [0.0, 1.0]])
    for name in TWO[:10]:
        loss = getattr(F(eduflow), name)(x, y, reduction="sum")
        loss.backward()
        assert loss.dtype is x.grad.dtype is eduflow.float32, name
        x.grad = None


MODULES = {
    "L1Loss": ([{}], [MANY, OTHERS]),
    "SmoothL1Loss": ([{}, {"beta": 0.5}], [MANY, OTHERS]),
    "HuberLoss": ([{}, {"delta": 0.5}], [MANY, OTHERS]),
    "PoissonNLLLoss": ([{}, {"log_input": False, "full": True, "eps": 0.1}], [CHANCES, OTHERS]),
    "GaussianNLLLoss": ([{}, {"full": True, "eps": 0.5}], [MANY, OTHERS, CHANCES]),
    "BCELoss": ([{}], [CHANCES, OTHERS]),
    "BCEWithLogitsLoss": ([{}], [MANY, OTHERS]),
    "KLDivLoss": ([{}, {"log_target": True}, {"reduction": "batchmean"}], [MANY, OTHERS]),
    "SoftMarginLoss": ([{}], [MANY, SIGNS]),
    "MultiLabelSoftMarginLoss": ([{}], [MANY, OTHERS]),
    "HingeEmbeddingLoss": ([{}, {"margin": 2.0}], [MANY, SIGNS]),
    "CosineEmbeddingLoss": ([{}, {"margin": -0.5}], [MANY, OTHERS, ONE_SIGN_A_ROW]),
    "MarginRankingLoss": ([{}, {"margin": 1.0}], [MANY, OTHERS, SIGNS]),
    "MultiMarginLoss": ([{}, {"p": 2, "margin": 2.0}], [MANY, np.array([0, 3, 1], "int64")]),
    "MultiLabelMarginLoss": ([{}], [MANY, np.array([[0, 3, -1, 1]] * 3, "int64")]),
    "TripletMarginLoss": ([{}, {"margin": 3.0, "swap": True}], [MANY, OTHERS, CHANCES]),
    "TripletMarginWithDistanceLoss": ([{}, {"margin": 3.0}], [MANY, OTHERS, CHANCES]),
    "NLLLoss2d": ([{}, {"ignore_index": 0}], [-CHANCES, np.array([0, 3, 1], "int64")]),
}


@pytest.mark.parametrize("name", MODULES)
def test_modules(same, name):
    def check(torch):
        several, arrays = MODULES[name]
        inputs = [torch.from_numpy(array.copy()) for array in arrays]
        found = []
        for options in [*several, {"reduction": "sum"}, {"reduction": "none"}]:
            module = getattr(torch.nn, name)(**options)
            found += [repr(module), module.reduction, module(*inputs)]
        if name not in ("HuberLoss", "GaussianNLLLoss", "TripletMarginWithDistanceLoss"):
            found.append(warned(lambda: getattr(torch.nn, name)(size_average=False).reduction))
        return found

    same(check)


def test_weights_are_buffers(same):
    def check(torch):
        nn, weight = torch.nn, torch.tensor([1.0, 2.0, 3.0, 4.0], dtype=torch.float64)
        x, y = tensor(torch, CHANCES), tensor(torch, OTHERS)
        bce, both = nn.BCELoss(weight), nn.BCEWithLogitsLoss(weight, pos_weight=weight + 1)
        labels, margin = nn.MultiLabelSoftMarginLoss(weight), nn.MultiMarginLoss(weight=weight)
        return {
            "keys": [list(module.state_dict()) for module in (bce, both, labels, margin)],
            "values": [
                bce(x, y), both(x, y), labels(x, y), margin(x, torch.tensor([0, 1, 2]))
            ],
            "float32": both.float().weight.dtype,
        }  # fmt: skip

    same(check)


def test_modules_refuse(same):
    def check(torch):
        nn = torch.nn
        calls = [
            lambda: nn.MultiMarginLoss(p=3),
            lambda: nn.MultiMarginLoss(weight=torch.ones(2, 2)),
            lambda: nn.TripletMarginLoss(margin=-1.0),
            lambda: nn.TripletMarginWithDistanceLoss(margin=-1.0),
            lambda: nn.SmoothL1Loss(beta=-1.0)(torch.ones(2), torch.ones(2)),
            lambda: nn.HuberLoss("mean", -1.0)(torch.ones(2), torch.ones(2)),
            lambda: nn.L1Loss(reduction="all")(torch.ones(2), torch.ones(2)),
        ]
        return [*[raised(call) for call in calls], warned(lambda: repr(nn.NLLLoss2d()))]

    same(check)
