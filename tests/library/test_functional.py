"""The functions of nn.functional that lesson 05 builds, and the modules around them."""

import numpy as np
import pytest

import eduflow
from tests.library.graded import ARRAYS, graded, gradients_are_slopes, numbers
from tests.machine import needs_signed_maximum
from tests.oracle import raised

FLOATS = [key for key, array in ARRAYS.items() if array.dtype.kind == "f" and array.itemsize > 2]


def F(torch):
    return torch.nn.functional


@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 5, 3), (2, 2, 2, 3), (0, 3)])
@pytest.mark.parametrize("bias", [(4,), (1,), (), None])
def test_linear(same, shape, bias):
    arrays = [numbers(*shape), numbers(4, 3)] + ([] if bias is None else [numbers(*bias)])
    same(lambda torch: graded(torch, lambda torch, *xs: F(torch).linear(*xs), *arrays))


@pytest.mark.parametrize("dtype", ["float32", "float16", "complex64", "int64", "bool"])
def test_linear_dtypes(same, dtype):
    arrays = [numbers(2, 3).astype(dtype), numbers(4, 3).astype(dtype), numbers(4).astype(dtype)]
    close = 2e-3 if dtype == "float16" else 1e-5
    same(
        lambda torch: graded(torch, lambda torch, *xs: F(torch).linear(*xs), *arrays),
        rtol=close,
        atol=close,
    )
    for places in ([0], [2]):
        other = "float64" if dtype != "complex64" else "complex128"
        mixed = [x.astype(other) if i in places else x for i, x in enumerate(arrays)]
        same(lambda torch, m=mixed: raised(lambda: F(torch).linear(*map(torch.from_numpy, m))))


SIZES = [
    [(2, 5), (4, 3), (4,)],
    [(2, 2, 5), (4, 3), (4,)],
    [(2, 2, 5), (4, 3)],
    [(5,), (4, 3), (4,)],
    [(5,), (4, 3)],
    [(2, 3), (3,), (1,)],
    [(2, 3), (3,)],
    [(3,), (3,)],
    [(2, 3), (2, 4, 3)],
    [(), (2, 1)],
    [(2, 3), (4, 3), (3,)],
    [(2, 2, 3), (4, 3), (3,)],
    [(2, 3), (4, 3), (2, 4)],
]


@pytest.mark.parametrize("sizes", SIZES, ids=str)
def test_linear_sizes(same, sizes):
    arrays = [numbers(*size) for size in sizes]
    same(lambda torch: graded(torch, lambda torch, *xs: F(torch).linear(*xs), *arrays))


def test_linear_rows_that_are_no_view(same):
    x = numbers(5, 3, 2).transpose(2, 0, 1)
    arrays = [x, numbers(4, 3), numbers(4)]
    same(lambda torch: graded(torch, lambda torch, *xs: F(torch).linear(*xs), *arrays))


def test_linear_refuses_what_is_no_tensor(same):
    def check(torch):
        x, w = torch.ones(2, 3), torch.ones(4, 3)
        calls = [(None, w), (x, None), (x, w, [1.0])]
        return [raised(lambda c=c: F(torch).linear(*c)) for c in calls]

    same(check)


@pytest.mark.parametrize("changed", range(4))
@pytest.mark.parametrize("shape", [(3,), (2, 3), (2, 2, 3)])
def test_linear_saves(same, shape, changed):
    def check(torch):
        xs = [torch.ones(s, requires_grad=True) * 1 for s in (shape, (4, 3), (4,))]
        y = F(torch).linear(*xs)
        [*xs, y][changed].mul_(1)
        error = raised(lambda: y.sum().backward())
        return error and error["raised"]

    same(check)


def test_linear_again():
    for shape in [(3,), (2, 3), (2, 2, 3)]:
        gradients_are_slopes(
            eduflow,
            lambda torch, *xs: F(torch).linear(*xs),
            numbers(*shape),
            numbers(4, 3),
            numbers(4),
        )


@pytest.mark.parametrize("name", ["relu", "sigmoid", "tanh"])
@pytest.mark.parametrize("key", [k for k in ARRAYS if ARRAYS[k].itemsize != 2])
def test_activations(same, name, key):
    same(lambda torch: graded(torch, lambda torch, x: getattr(F(torch), name)(x), ARRAYS[key]))


def relus(torch):
    return [torch.relu, torch.Tensor.relu, F(torch).relu, torch.nn.ReLU()]


def test_relu_everywhere(same):
    def check(torch):
        x = torch.tensor([-1.0, 0.0, 2.0, float("nan"), float("inf")])
        forms = relus(torch)
        wrong = [torch.tensor([True]), torch.tensor([1j]), 3, None]
        return [
            [str(form(x)) for form in forms],
            [form(torch.tensor([-1, 2])) for form in forms],
            [raised(lambda w=w: torch.relu(w)) for w in wrong],
        ]

    same(check)


@needs_signed_maximum
def test_relu_keeps_the_sign_of_zero(same):
    same(lambda torch: [str(form(torch.tensor([-0.0, 0.0]))) for form in relus(torch)])


def test_relu_gradient_at_zero_and_at_infinity(same):
    def check(torch):
        x = torch.tensor([-1.0, 0.0, 4.0], requires_grad=True)
        F(torch).relu(x).sqrt().sum().backward()
        (first,) = torch.autograd.grad((F(torch).relu(x) ** 3).sum(), x, create_graph=True)
        return [x.grad, first, torch.autograd.grad(first.sum(), x)]

    same(check)


def test_relu_in_place(same):
    def check(torch):
        x = torch.ones(3, requires_grad=True)
        forms = [
            lambda t: F(torch).relu(t, inplace=True),
            lambda t: t.relu_(),
            torch.relu_,
            F(torch).relu_,
            torch.nn.ReLU(inplace=True),
        ]
        found = []
        for form in forms:
            y = x * torch.tensor([-1.0, 0.0, 2.0])
            z = form(y)
            (grad,) = torch.autograd.grad((z * 3).sum(), x)
            found.append([z is y, z, z._version, z.grad_fn.name(), grad])
            found.append(raised(lambda form=form: form(x)))
        y = x * 2
        F(torch).relu(y, inplace=True).mul_(2)
        found.append(raised(lambda: y.sum().backward())["raised"])
        squared = x**2
        F(torch).relu(squared.exp_(), inplace=True)
        found.append(raised(lambda: squared.sum().backward())["raised"])
        return found

    same(check)


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_softmax(same, name):
    def check(torch):
        function = getattr(F(torch), name)
        x = torch.tensor([[1.0, 2.0, 4.0], [0.0, 0.0, 1000.0]])
        return [
            [function(x, dim) for dim in (0, 1, -1, None)],
            [function(torch.arange(n).float()) for n in (1, 3)],
            function(torch.ones(2, 3, 2)),
            function(torch.arange(3), 0, dtype=torch.float64),
            raised(lambda: function(torch.arange(3), 0)),
            raised(lambda: function(x, 3)),
            getattr(torch.nn, name.title().replace("_", "").replace("softmax", "Softmax"))(0)(x),
        ]

    same(check)


def test_softmax_warns_without_dim():
    for call in (lambda x: eduflow.nn.functional.softmax(x), eduflow.nn.Softmax()):
        with pytest.warns(UserWarning, match="Implicit dimension choice for softmax") as caught:
            call(eduflow.ones(2, 2))
        assert caught[0].filename == __file__


@pytest.mark.parametrize("p", [0.0, 0.3, 0.5, 1.0])
def test_dropout(same, p):
    def check(torch):
        found = []
        for shape in [(10,), (4, 5), ()]:
            for options in [{}, {"training": False}, {"inplace": True}]:
                x = torch.ones(shape, requires_grad=True)
                y = x * 1
                z = F(torch).dropout(y, p, **options)
                (grad,) = torch.autograd.grad(z.sum(), x)
                found.append([z, z is y or p == 0, grad, torch.rand(1)])
        layer = torch.nn.Dropout(p)
        return [*found, layer(torch.ones(6)), layer.eval()(torch.ones(6)), torch.rand(1)]

    same(check)


def test_dropout_layouts_and_dtypes(same):
    def check(torch):
        dropout = F(torch).dropout
        return [
            dropout(torch.ones(2, 4).t(), 0.3),
            dropout(torch.ones(1, 4).expand(3, 4), 0.3),
            dropout(torch.ones(8).double(), 0.3),
            dropout(torch.ones(0), 0.3),
            dropout(torch.tensor([float("inf"), 1.0]), 1.0),
            dropout(torch.ones(3).long(), 0.0),
            raised(lambda: dropout(torch.ones(3).long(), 0.5)),
            raised(lambda: dropout(torch.ones(3), 2)),
            raised(lambda: dropout(3, 0.5)),
            raised(lambda: torch.nn.Dropout(-1)),
            raised(lambda: torch.nn.Dropout(None)),
            raised(lambda: dropout(torch.ones(2, requires_grad=True), 0.5, inplace=True)),
        ]

    same(check)


def test_flatten_and_unflatten(same):
    def check(torch):
        nn, x = torch.nn, torch.arange(24).reshape(2, 3, 4)
        sizes = [3, [2, 3], (2.0, 3), (2, -1), (), torch.Size([2, 3])]
        return [
            [nn.Flatten(*dims)(x) for dims in [(), (0,), (1, 2), (0, 1)]],
            nn.Flatten(0)(torch.arange(3)),
            raised(lambda: nn.Flatten()(torch.arange(3))),
            nn.Unflatten(2, (2, 2))(x),
            [raised(lambda s=s: nn.Unflatten(1, s)(torch.zeros(4, 6))) for s in sizes],
            raised(lambda: nn.Unflatten(1.0, (2, 3))),
            nn.Identity(1, b=2)(x),
        ]

    same(check)


REDUCTIONS = ["mean", "sum", "none"]


@pytest.mark.parametrize("reduction", [*REDUCTIONS, "wrong"])
def test_mse(same, reduction):
    def check(torch):
        def loss(torch, x, y):
            return F(torch).mse_loss(x, y, reduction=reduction)

        weight = torch.tensor([1.0, 2.0, 3.0])
        x, y = torch.tensor([1.0, 2.0, 3.0]), torch.tensor([1.0, 0.0, 5.0])
        return [
            graded(torch, loss, numbers(2, 3), numbers(2, 3, seed=1)),
            graded(torch, loss, numbers(3), numbers(3, 1)),
            graded(torch, loss, numbers(3), numbers(2)),
            graded(torch, loss, numbers(3, dtype="float32"), np.arange(3)),
            graded(torch, loss, numbers(0), numbers(0)),
            graded(torch, loss, np.arange(3, dtype="int64"), np.arange(3, dtype="int64")),
            raised(lambda: F(torch).mse_loss(x, y, weight=weight, reduction=reduction)),
            raised(lambda: F(torch).mse_loss(x, y, weight=weight[:2], reduction=reduction)),
        ]

    same(check)


def test_mse_warns():
    with pytest.warns(UserWarning, match="Using a target size .eduflow.Size.*1.* is different"):
        eduflow.nn.functional.mse_loss(eduflow.ones(3), eduflow.ones(3, 1))
    with pytest.warns(UserWarning, match="please use reduction='sum' instead"):
        loss = eduflow.nn.MSELoss(size_average=False)
    assert loss.reduction == "sum"


# Scores and targets: a sample alone, a batch, rows, images, five dims.
CLASSES = {
    "alone": (numbers(3), np.array(2, "int64")),
    "batch": (numbers(4, 3), np.array([0, 2, 1, 2], "int64")),
    "rows": (numbers(2, 3, 4), np.array([[0, 1, 2, 0], [2, 2, 1, 0]], "int64")),
    "images": (numbers(2, 3, 2, 2), np.array([[[0, 1], [2, 0]], [[2, 2], [1, 0]]], "int64")),
    "five": (numbers(1, 3, 2, 1, 2), np.array([[[[0, 1]], [[2, 0]]]], "int64")),
    "bytes": (numbers(2, 3), np.array([0, 2], "uint8")),
    "nobody": (numbers(0, 3), np.zeros(0, "int64")),
}
OPTIONS = [{}, {"weight": True}, {"ignore_index": 2}, {"ignore_index": 0, "weight": True}]


def with_weight(torch, options):
    weight = torch.tensor([0.5, 1.0, 3.0], dtype=torch.float64)
    return {**options, "weight": weight} if "weight" in options else options


@pytest.mark.parametrize("reduction", REDUCTIONS)
@pytest.mark.parametrize("key", CLASSES)
def test_nll(same, key, reduction):
    def check(torch):
        return [
            graded(
                torch,
                lambda torch, x, y, options=options: F(torch).nll_loss(
                    x, y, **with_weight(torch, options), reduction=reduction
                ),
                *CLASSES[key],
            )
            for options in OPTIONS
        ]

    same(check)


@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("key", CLASSES)
def test_cross_entropy(same, key, smoothing):
    def check(torch, options, reduction):
        options = {**with_weight(torch, options), "reduction": reduction}
        options["label_smoothing"] = smoothing
        found = graded(
            torch, lambda torch, x, y: F(torch).cross_entropy(x, y, **options), *CLASSES[key]
        )
        return {name: found[name] for name in ("results", "grads")} if "grads" in found else found

    same(lambda torch: [check(torch, o, r) for o in OPTIONS for r in REDUCTIONS], atol=1e-5)


@pytest.mark.parametrize("shape", [(3,), (4, 3), (2, 3, 2)])
def test_cross_entropy_of_probabilities(same, shape):
    def check(torch, **options):
        options = with_weight(torch, options)
        scores, target = numbers(*shape), np.abs(numbers(*shape, seed=1))
        found = graded(
            torch, lambda torch, x, y: F(torch).cross_entropy(x, y, **options), scores, target
        )
        return {name: found[name] for name in ("results", "grads")}

    same(
        lambda torch: [
            check(torch, reduction=reduction, label_smoothing=smoothing, **weight)
            for reduction in REDUCTIONS
            for smoothing in (0.0, 0.1)
            for weight in ({}, {"weight": True})
        ],
        atol=1e-5,
    )


def test_loss_modules(same):
    def check(torch):
        nn = torch.nn
        scores = torch.tensor([[1.0, 2.0, 3.0], [4.0, 0.0, -1.0]])
        labels, weight = torch.tensor([0, 2]), torch.tensor([1.0, 2.0, 3.0])
        losses = [
            nn.CrossEntropyLoss(),
            nn.CrossEntropyLoss(weight, ignore_index=2, label_smoothing=0.2),
            nn.CrossEntropyLoss(reduction="none"),
            nn.NLLLoss(weight, reduction="sum"),
        ]
        values = [loss(scores, labels) for loss in losses]
        return [values, nn.MSELoss(reduction="sum")(scores, scores * 2), [*losses[1].buffers()]]

    same(check)


def targets_that_do_not_fit(torch):
    """Pairs of scores and targets, each wrong in a way of its own."""
    x, x3, x4 = torch.ones(2, 3), torch.ones(2, 3, 2), torch.ones(2, 3, 2, 2)
    t = torch.tensor([0, 2])
    t4 = torch.zeros(2, 2, 2).long()
    return [
        (x, torch.tensor([0, 1, 2])),
        (x, torch.tensor([0, 5])),
        (x, torch.tensor([0, -1])),
        (x, t[:, None]),
        (x, t.float()),
        (x, t.int()),
        (x, t.bool()),
        (x.long(), t),
        (torch.tensor(1.0), torch.tensor(0)),
        (x3, t4),
        (x3, torch.zeros(2, 3).long()),
        (x4, t4[:1]),
        (x4, t4[:, :1]),
        (x4, t4 + 5),
        (x4, t4.float()),
        (x4, torch.ones(2, 3, 2, 1)),
        (1, t),
        (x, 1),
    ]


@pytest.mark.parametrize("name", ["nll_loss", "cross_entropy"])
def test_class_losses_refuse(same, name):
    def check(torch):
        loss, x, t = getattr(F(torch), name), torch.ones(2, 3), torch.tensor([0, 2])
        weights = [torch.ones(2), torch.ones(1, 3), torch.ones(3).double()]
        grown = torch.ones(3, requires_grad=True)
        return [
            [raised(lambda pair=pair: loss(*pair)) for pair in targets_that_do_not_fit(torch)],
            [raised(lambda w=w: loss(x, t, w)) for w in [*weights, grown]],
            raised(lambda: loss(torch.ones(2, 3, 2, 2), torch.zeros(2, 2, 2).long(), weights[0])),
            raised(lambda: loss(x, t, reduction="wrong")),
        ]

    same(check)


def test_cross_entropy_refuses(same):
    def check(torch):
        loss, x, t = F(torch).cross_entropy, torch.ones(2, 3), torch.tensor([0, 2])
        return [
            raised(lambda: loss(x, t, label_smoothing=2)),
            raised(lambda: loss(x, t, label_smoothing=-1)),
            raised(lambda: loss(x, x.long())),
            raised(lambda: loss(x, x, ignore_index=2)),
            raised(lambda: loss(x, x, weight=torch.ones(2))),
        ]

    same(check)


@pytest.mark.parametrize("key", [k for k in CLASSES if k != "nobody"])
def test_class_losses_again(key):
    scores, target = CLASSES[key]
    for name in ("nll_loss", "cross_entropy"):
        gradients_are_slopes(
            eduflow,
            lambda torch, x, name=name: getattr(F(torch), name)(x, torch.from_numpy(target)),
            scores,
        )


def test_mse_again():
    gradients_are_slopes(
        eduflow, lambda torch, x, y: F(torch).mse_loss(x, y), numbers(3), numbers(3, seed=1)
    )


def test_nll_notices_a_changed_target(same):
    def check(torch):
        x, t = torch.ones(2, 3, requires_grad=True), torch.tensor([0, 2])
        loss = F(torch).nll_loss(x, t)
        t.zero_()
        return raised(loss.backward)["raised"]

    same(check)


@pytest.mark.parametrize("reduction", ["none", "sum", "mean"])
@pytest.mark.parametrize("target", [[0, -100], [-100, -100], [1, 0]])
def test_classes_without_weight_and_targets_that_do_not_count(same, reduction, target):
    """A weight of 0 times inf is nan, an ignored target is 0: value, gradient, gradient of exp."""

    def check(torch):
        scores = torch.tensor([[-float("inf"), 0.5, 2.0], [1.0, 3.0, 0.25]], requires_grad=True)
        options = {"weight": torch.tensor([0.0, 1.0, 2.0]), "reduction": reduction}
        loss = F(torch).nll_loss(scores, torch.tensor(target), **options)
        again = F(torch).nll_loss(scores, torch.tensor(target), **options).exp()
        grads = torch.autograd.grad(loss.sum(), scores) + torch.autograd.grad(again.sum(), scores)
        return [x.tolist() for x in (loss.detach(), *grads)]

    same(check)


@pytest.mark.parametrize("target", [-100, 1])
def test_a_changed_target_is_noticed_where_samples_do_not_count(same, target):
    def check(torch):
        x, t = torch.ones(3, requires_grad=True), torch.tensor(target)
        loss = F(torch).nll_loss(x, t)
        t.zero_()
        return raised(loss.backward)["raised"]

    same(check)


def test_reading_digits_with_a_network(same):
    """Ten steps of training come out alike: the same first weights, the same losses."""

    def check(torch):
        nn = torch.nn
        x = torch.rand(16, 8)
        target = torch.randint(0, 3, (16,))
        first, second = nn.Linear(8, 5), nn.Linear(5, 3)
        parameters = [*first.parameters(), *second.parameters()]
        optimizer, losses = torch.optim.SGD(parameters, lr=0.5, momentum=0.9), []
        for _ in range(10):
            optimizer.zero_grad()
            loss = F(torch).cross_entropy(second(F(torch).relu(first(x))), target)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
        return losses

    same(check, rtol=1e-4)
