"""Tables of vectors, one-hot vectors, distances, bilinear maps, and dropout of whole channels."""

import math
import warnings

import numpy as np
import pytest

import eduflow
from tests.library.graded import graded, gradients_are_slopes, numbers
from tests.oracle import raised


def value_or_error(function):
    found = []
    return raised(lambda: found.append(function())) or found[0]


EMBEDDING = {
    "plain": {},
    "padding": {"padding_idx": 1},
    "padding from the end": {"padding_idx": -3},
    "by frequency": {"scale_grad_by_freq": True},
    "both": {"scale_grad_by_freq": True, "padding_idx": 2},
}


@pytest.mark.parametrize("name", EMBEDDING)
def test_embedding(same, name):
    def function(torch, table, dtype=None):
        index = torch.tensor([[1, 2, 1], [0, 1, 3]], dtype=dtype)
        return torch.nn.functional.embedding(index, table, **EMBEDDING[name])

    same(lambda torch: graded(torch, function, numbers(4, 3)))
    same(lambda torch: graded(torch, lambda t, x: function(t, x, t.int32), numbers(4, 3)))
    gradients_are_slopes(
        eduflow, lambda t, x: t.nn.functional.embedding(t.tensor([2, 0, 2]), x), numbers(3, 2)
    )


def test_second_derivative_of_embedding(same):
    def check(torch):
        table = torch.linspace(-1, 1, 12).reshape(4, 3).requires_grad_()
        y = torch.nn.functional.embedding(torch.tensor([1, 2, 1]), table, padding_idx=2)
        (slope,) = torch.autograd.grad((y**3).sum(), table, create_graph=True)
        return torch.autograd.grad((slope**2).sum(), table)

    same(check)


def test_embedding_of_few_indices(same):
    def check(torch):
        embedding, table = torch.nn.functional.embedding, torch.eye(4)
        found = [embedding(torch.tensor(i, dtype=torch.int64), table) for i in (1, [], [[]], [3])]
        return [*found, torch.embedding(table, torch.tensor([2, 2])).shape]

    same(check)


@pytest.mark.parametrize("order", [2.0, 1.0, math.inf])
def test_embedding_keeps_rows_short(same, order):
    def check(torch):
        table = torch.linspace(-1, 1, 12).reshape(4, 3).requires_grad_()
        index = torch.tensor([0, 0, 1, 3])
        y = torch.nn.functional.embedding(index, table, max_norm=1.0, norm_type=order)
        y.backward(torch.linspace(1, 2, 12).reshape(4, 3))
        return [y, table, table._version, table.grad]

    same(check)


def test_embedding_refuses(same):
    def check(torch):
        embedding, table = torch.nn.functional.embedding, torch.ones(4, 3)
        one = torch.tensor([1])
        calls = [
            lambda: embedding(torch.tensor([1.0]), table),
            lambda: embedding(torch.tensor([True]), table),
            lambda: embedding(torch.tensor([1], dtype=torch.int16), table),
            lambda: embedding(torch.tensor([4]), table),
            lambda: embedding(torch.tensor([-1]), table),
            lambda: embedding(one, table[0]),
            lambda: embedding(one, table[None]),
            lambda: embedding(one, table, padding_idx=4),
            lambda: embedding(one, table, padding_idx=-5),
            lambda: embedding([1], table),
        ]
        return [raised(call) for call in calls]

    same(check)


def test_no_sparse_gradients():
    with pytest.raises(NotImplementedError, match="sparse"):
        eduflow.nn.functional.embedding(eduflow.tensor([1]), eduflow.ones(2, 2), sparse=True)


def test_saved_indices_must_not_change(same):
    def check(torch):
        index, table = torch.tensor([1, 2]), torch.ones(4, 3, requires_grad=True)
        y = torch.nn.functional.embedding(index, table)
        index.add_(1)
        return raised(lambda: y.sum().backward())

    same(check)


def test_one_hot(same):
    def check(torch):
        one_hot = torch.nn.functional.one_hot
        calls = [
            lambda: one_hot(torch.tensor([[0, 2], [1, 1]])),
            lambda: one_hot(torch.tensor([0, 2]), 5),
            lambda: one_hot(torch.tensor([0, 2]), num_classes=-1),
            lambda: one_hot(torch.tensor(2)),
            lambda: one_hot(torch.tensor([], dtype=torch.int64), 3).shape,
            lambda: one_hot(torch.tensor([], dtype=torch.int64)),
            lambda: one_hot(torch.tensor([1.0])),
            lambda: one_hot(torch.tensor([1], dtype=torch.int32)),
            lambda: one_hot(torch.tensor([-1])),
            lambda: one_hot(torch.tensor([3]), 2),
            lambda: one_hot(torch.tensor([0]), 0),
        ]
        return [value_or_error(call) for call in calls]

    same(check)


@pytest.mark.parametrize("shapes", [((4, 3), (4, 2)), ((3,), (2,)), ((2, 2, 3), (2, 2, 2))])
@pytest.mark.parametrize("with_bias", [True, False])
def test_bilinear(same, shapes, with_bias):
    arrays = [numbers(*shapes[0]), numbers(*shapes[1]), numbers(5, 3, 2)]
    arrays += [numbers(5)] if with_bias else []

    def function(torch, *inputs):
        return torch.nn.functional.bilinear(*inputs)

    same(lambda torch: graded(torch, function, *arrays))
    gradients_are_slopes(eduflow, function, *arrays)


def test_bilinear_needs(same):
    """Only some inputs ask for gradients."""

    def check(torch):
        x, y, w = torch.ones(2, 3), torch.ones(2, 2) * 2, torch.linspace(0, 1, 30).reshape(5, 3, 2)
        grads = []
        for leaf in (x, y, w):
            leaf.requires_grad_()
            torch.bilinear(x, y, w).backward(torch.linspace(1, 2, 10).reshape(2, 5))
            grads.append(leaf.grad)
            leaf.requires_grad_(False)
        return grads

    same(check)


def test_bilinear_refuses(same):
    def check(torch):
        def refusal(*shapes):
            return raised(lambda: torch.nn.functional.bilinear(*[torch.ones(s) for s in shapes]))

        return [
            refusal((2, 3), (3, 4), (5, 3, 4)),
            refusal((2, 3), (2, 4), (5, 4, 4)),
            refusal((2, 3), (2, 4), (5, 3, 3)),
            refusal((2, 3), (2, 4), (5, 3, 4), (4,)),
            refusal((2, 2, 3), (2, 4), (5, 3, 4)),
        ]

    same(check)


@pytest.mark.parametrize("order", [2.0, 1.0, 3.0, math.inf, 0.0])
def test_normalize(same, order):
    def function(torch, x):
        return torch.nn.functional.normalize(x, p=order, dim=0)

    same(lambda torch: graded(torch, function, numbers(3, 4)))
    if order == 3.0:
        gradients_are_slopes(eduflow, function, numbers(3, 2))


def test_normalize_corners(same):
    def check(torch):
        normalize = torch.nn.functional.normalize
        place = torch.empty(2, 3)
        return {
            "zero": graded(torch, lambda t, x: t.nn.functional.normalize(x), np.zeros((2, 3))),
            "eps": normalize(torch.ones(1, 4), eps=10.0),
            "vector": normalize(torch.ones(4), dim=0),
            "out": [normalize(torch.ones(2, 3), out=place), place],
            "integers": raised(lambda: normalize(torch.ones(2, 3, dtype=torch.int64))),
            "dim": raised(lambda: normalize(torch.ones(3))),
        }

    same(check)


@pytest.mark.parametrize("dim", [1, 0, -1])
def test_cosine_similarity(same, dim):
    def function(torch, x, y):
        return torch.nn.functional.cosine_similarity(x, y, dim)

    same(lambda torch: graded(torch, function, numbers(3, 4), numbers(3, 4, seed=1)))
    same(lambda torch: graded(torch, function, numbers(3, 4), numbers(1, 4, seed=1)))
    gradients_are_slopes(eduflow, function, numbers(3, 2), numbers(3, 2, seed=1))


def test_cosine_similarity_corners(same):
    def check(torch):
        cosine = torch.cosine_similarity
        return [
            graded(torch, lambda t, x, y: cosine(x, y), np.zeros((1, 3)), np.ones((1, 3))),
            cosine(torch.ones(2), torch.ones(2), dim=0, eps=5.0),
            cosine(torch.ones(2, 3), torch.ones(2, 3, dtype=torch.float64)),
            raised(lambda: cosine(torch.ones(2, 3), torch.ones(4, 3))),
            raised(lambda: cosine(torch.tensor([[1]]), torch.tensor([[1]]))),
            raised(lambda: cosine(torch.ones(2), torch.ones(2))),
        ]

    same(check)


@pytest.mark.parametrize("order", [2.0, 1.0, 1.5, math.inf])
def test_pairwise_distance(same, order):
    def function(torch, x, y, **options):
        return torch.nn.functional.pairwise_distance(x, y, order, **options)

    same(lambda torch: graded(torch, function, numbers(3, 4), numbers(3, 4, seed=1)))
    same(
        lambda torch: graded(
            torch, lambda *x: function(*x, keepdim=True), numbers(3, 4), numbers(4)
        )
    )
    if order == 1.5:
        gradients_are_slopes(eduflow, function, numbers(3, 2), numbers(3, 2, seed=1))


def test_pairwise_distance_corners(same):
    def check(torch):
        distance = torch.pairwise_distance
        zeros = np.zeros((1, 3))
        return [
            graded(torch, lambda t, x, y: distance(x, y, eps=0.0), zeros, zeros),
            distance(torch.ones(3), torch.zeros(3)),
            distance(torch.ones(3), torch.zeros(3), p=0),
            distance(torch.tensor([[1, 2]]), torch.tensor([3, 5])),
            raised(lambda: distance(torch.ones(2, 3), torch.zeros(4, 3))),
            raised(lambda: distance(torch.ones(2, 3), 1.0)),
        ]

    same(check)


CHANNELS = [("dropout1d", (3, 4, 2)), ("dropout1d", (4, 2)), ("dropout2d", (2, 5, 2, 2)),
            ("dropout2d", (3, 4, 2)), ("dropout2d", (2, 3)), ("dropout3d", (2, 3, 2, 1, 2)),
            ("dropout3d", (2, 3, 2, 2)), ("dropout3d", (2, 3)), ("alpha_dropout", (3, 4)),
            ("feature_alpha_dropout", (3, 4, 2))]  # fmt: skip


@pytest.mark.parametrize(("name", "shape"), CHANNELS, ids=str)
def test_dropout(same, name, shape):
    def check(torch):
        function, x = getattr(torch.nn.functional, name), torch.ones(shape, requires_grad=True)
        y = function(x * 1, 0.4, True)
        y.backward(torch.linspace(1, 2, x.numel()).reshape(shape))
        again = torch.ones(shape)
        same_one = function(again, 0.4, True, True) is again
        off = function(x, 0.4, False) is x
        return [
            y,
            y.grad_fn.name(),
            x.grad,
            again,
            same_one,
            off,
            function(x, 1.0, True),
        ]

    same(check)


def test_dropout_warns_and_refuses(same):
    def warned(call):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            error = raised(call)
        return [error, *[[w.category.__name__, str(w.message)] for w in caught]]

    def check(torch):
        f = torch.nn.functional
        shapes = [(2,), (2, 3), (2, 3, 4), (2, 3, 4, 2), (2, 3, 4, 2, 2)]
        names = ["dropout1d", "dropout2d", "dropout3d"]
        found = [
            warned(lambda n=n, s=s: getattr(f, n)(torch.ones(s), 1.0))
            for n in names
            for s in shapes
        ]
        names += ["alpha_dropout", "feature_alpha_dropout"]
        return [
            found,
            [warned(lambda n=n: getattr(f, n)(torch.ones(2, 3, 2), 1.5)) for n in names],
            warned(lambda: f.feature_alpha_dropout(torch.ones(3), 0.5, True)),
        ]

    same(check)


def test_alpha_dropout_keeps_mean_and_variance():
    eduflow.manual_seed(0)
    y = eduflow.nn.functional.alpha_dropout(eduflow.randn(100_000), 0.3, training=True)
    assert abs(y.mean().item()) < 0.02
    assert abs(y.std().item() - 1) < 0.02


def test_embedding_module(same):
    def check(torch):
        nn, index = torch.nn, torch.tensor([[1, 2, 1], [0, 3, 3]])
        options = [{}, {"padding_idx": 1}, {"padding_idx": -1, "max_norm": 1.0},
                   {"norm_type": 1.0, "scale_grad_by_freq": True}]  # fmt: skip
        found = []
        for several in options:
            module = nn.Embedding(4, 3, **several)
            module(index).sum().backward()
            found += [repr(module), module(index), module.weight.grad, list(module.state_dict())]
        return found

    same(check)


def test_embedding_from_pretrained(same):
    def check(torch):
        nn, table = torch.nn, torch.linspace(0, 1, 6).reshape(2, 3)
        frozen = nn.Embedding.from_pretrained(table)
        free = nn.Embedding.from_pretrained(table, freeze=False, padding_idx=1)
        return {
            "grad": [frozen.weight.requires_grad, free.weight.requires_grad],
            "memory": [frozen.weight.data_ptr() == table.data_ptr()],
            "repr": [repr(frozen), repr(free)],
            "values": [frozen(torch.tensor([1, 0])), free(torch.tensor([1, 0]))],
            "errors": [
                raised(lambda: nn.Embedding.from_pretrained(table[0])),
                raised(lambda: nn.Embedding(4, 3, padding_idx=4)),
                raised(lambda: nn.Embedding(4, 3, padding_idx=-5)),
                raised(lambda: nn.Embedding(4, 3, _weight=table)),
            ],
        }

    same(check)


def test_other_modules(same):
    def check(torch):
        nn, x, y = torch.nn, torch.linspace(-1, 1, 12).reshape(4, 3), torch.ones(4, 3)
        bilinear, bare = nn.Bilinear(3, 3, 2), nn.Bilinear(3, 3, 2, bias=False)
        modules = [nn.PairwiseDistance(1.0, keepdim=True), nn.CosineSimilarity(0), bilinear, bare]
        return {
            "repr": [repr(module) for module in modules],
            "values": [module(x, y) for module in modules],
            "states": [bilinear.state_dict(), list(bare.state_dict())],
            "error": raised(lambda: nn.Bilinear(0, 2, 3)),
        }

    same(check)


@pytest.mark.parametrize("name", ["Dropout1d", "Dropout2d", "Dropout3d", "AlphaDropout",
                                  "FeatureAlphaDropout"])  # fmt: skip
def test_dropout_modules(same, name):
    def check(torch):
        module, x = getattr(torch.nn, name)(0.4), torch.ones(2, 6, 2, 1, 2)
        x = x[..., 0, 0] if name == "Dropout1d" else x[..., 0] if name == "Dropout2d" else x
        refusal = raised(lambda: getattr(torch.nn, name)(1.5))
        return [repr(module), module(x), module.eval()(x) is x, refusal]

    same(check)
