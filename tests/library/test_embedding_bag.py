"""embedding_bag and EmbeddingBag against PyTorch: values, gradients, options, refusals."""

import warnings

import pytest

import eduflow
from tests.oracle import raised

OFFSETS = {"full": [0, 2, 3], "empty first": [0, 0, 4], "empty last": [0, 3, 6], "one": [0]}
OPTIONS = [{}, {"padding_idx": 2}, {"padding_idx": -1}, {"scale_grad_by_freq": True},
           {"include_last_offset": True}, {"max_norm": 1.0}]  # fmt: skip


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
@pytest.mark.parametrize("case", [*OFFSETS, "rows"])
def test_bags(same, mode, case):
    def run(torch):
        found = []
        for options in OPTIONS:
            if mode == "max" and "scale_grad_by_freq" in options:
                continue
            if case != "empty last" and "include_last_offset" in options:
                continue  # PyTorch's gradient is of what lies behind the last bag
            weight = torch.randn(5, 3, requires_grad=True)
            numbers = torch.tensor([1, 3, 3, 4, 2, 4])
            offsets = None if case == "rows" else torch.tensor(OFFSETS[case])
            numbers = numbers.view(2, 3) if case == "rows" else numbers
            bag = torch.nn.functional.embedding_bag
            result = bag(numbers, weight, offsets, mode=mode, **options)
            (result * torch.arange(float(result.numel())).view(result.shape)).sum().backward()
            found += [result, weight.grad, weight]
        return found

    same(run)


def test_weights_of_samples(same):
    def run(torch):
        weight = torch.randn(4, 3, dtype=torch.float64, requires_grad=True)
        scale = torch.randn(2, 3, dtype=torch.float64, requires_grad=True)
        numbers = torch.tensor([[0, 1, 1], [3, 2, 1]], dtype=torch.int32)
        bag = torch.nn.functional.embedding_bag
        result = bag(numbers, weight, mode="sum", per_sample_weights=scale, padding_idx=2)
        (result**2).sum().backward()
        return [result, weight.grad, scale.grad]

    same(run)


@pytest.mark.parametrize("mode", ["mean", "sum", "max"])
def test_slopes(mode):
    numbers, offsets = eduflow.tensor([0, 1, 1, 3]), eduflow.tensor([0, 2, 2])

    def function(weight):
        return eduflow.nn.functional.embedding_bag(numbers, weight, offsets, mode=mode) ** 2

    weight = eduflow.rand(4, 2, dtype=eduflow.float64, requires_grad=True)
    assert eduflow.autograd.gradcheck(function, [weight])
    assert eduflow.autograd.gradgradcheck(function, [weight])


def test_modules(same):
    def run(torch):
        bag = torch.nn.EmbeddingBag
        numbers, offsets = torch.tensor([1, 3, 0]), torch.tensor([0, 2, 3])
        made = [bag(4, 3, padding_idx=-1), bag(4, 3, mode="sum", max_norm=1.0, norm_type=1.0),
                bag(4, 3, mode="max", include_last_offset=True, scale_grad_by_freq=False),
                bag.from_pretrained(torch.ones(4, 2)),
                bag.from_pretrained(torch.ones(4, 2), False, mode="sum", padding_idx=0),
                bag(4, 3, dtype=torch.float64)]  # fmt: skip
        return [[repr(m), m(numbers, offsets), m.weight, m.weight.requires_grad] for m in made]

    same(run)


def test_integers_of_several_kinds(same):
    def run(torch):
        bag, weight = torch.nn.functional.embedding_bag, torch.randn(4, 3)
        kinds = (torch.int64, torch.int32, torch.int16, torch.uint8)
        pairs = [(a, b) for a in kinds for b in kinds[:2] if a != b or a in kinds[:2]]
        numbers, offsets = torch.tensor([1, 3, 0]), torch.tensor([0, 2])
        return [bag(numbers.to(a), weight, offsets.to(b)) for a, b in pairs]

    same(run)


def test_table_and_numbers_turned(same):
    def run(torch):
        numbers, weight = torch.tensor([[1, 0]]), torch.ones(3, 2)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            result = torch.nn.functional.embedding_bag(weight, numbers)
        return [result, [str(w.message) for w in said]]

    same(run)


def _bag(torch, numbers=(0, 1), weight=None, offsets=(0,), **options):
    weight = torch.ones(4, 3) if weight is None else weight
    numbers = torch.tensor(numbers) if isinstance(numbers, tuple) else numbers
    offsets = torch.tensor(offsets) if isinstance(offsets, tuple) else offsets
    return torch.nn.functional.embedding_bag(numbers, weight, offsets, **options)


def _first_line(call):
    """What PyTorch raises, without the tensor that it prints behind."""
    found = raised(call)
    raise LookupError(found["raised"] + found["text"].split("\n")[0])


WRONG = {
    "mode": lambda t: _bag(t, mode="x"),
    "no offsets": lambda t: _bag(t, offsets=None),
    "offsets and rows": lambda t: _bag(t, ((0, 1),)),
    "offsets of two dims": lambda t: _bag(t, offsets=((0,),)),
    "first offset": lambda t: _first_line(lambda: _bag(t, offsets=(1,))),
    "last offset": lambda t: _bag(t, offsets=(0, 6)),
    "numbers of three dims": lambda t: _bag(t, t.zeros(1, 1, 1).long(), offsets=None),
    "floats": lambda t: _bag(t, t.zeros(2)),
    "shorts": lambda t: _bag(t, t.zeros(1, 2).short(), offsets=None),
    "above": lambda t: _bag(t, (0, 4)),
    "below": lambda t: _bag(t, (-1, 0)),
    "weights' shape": lambda t: _bag(t, per_sample_weights=t.ones(3), mode="sum"),
    "weights' mode": lambda t: _bag(t, per_sample_weights=t.ones(2)),
    "weights' dtype": lambda t: _bag(t, per_sample_weights=t.ones(2).double(), mode="sum"),
    "max by frequency": lambda t: _bag(t, mode="max", scale_grad_by_freq=True),
    "max, sparse": lambda t: _bag(t, mode="max", sparse=True),
    "padding above": lambda t: _bag(t, padding_idx=9),
    "padding below": lambda t: _bag(t, padding_idx=-9),
    "table of one dim": lambda t: _bag(t, weight=t.ones(3)),
    "table of ints": lambda t: _bag(t, weight=t.ones(3, 2).long()),
    "no steps": lambda t: _bag(t, t.zeros(2, 0).long(), offsets=None),
    "module's padding": lambda t: t.nn.EmbeddingBag(4, 3, padding_idx=4),
    "module's weight": lambda t: t.nn.EmbeddingBag(4, 3, _weight=t.ones(3)),
    "pretrained": lambda t: t.nn.EmbeddingBag.from_pretrained(t.ones(3)),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch)))


@pytest.mark.parametrize(
    ("offsets", "options"), [((0, 1, 0), {}), ((), {}), ((), {"include_last_offset": True})]
)
def test_offsets_that_pytorch_does_not_look_at(offsets, options):
    with pytest.raises(RuntimeError, match="offsets"):
        _bag(eduflow, offsets=eduflow.tensor(offsets, dtype=eduflow.int64), **options)


def test_no_sparse_gradients():
    with pytest.raises(NotImplementedError, match="sparse gradients"):
        _bag(eduflow, sparse=True)
