"""ctc_loss and CTCLoss against PyTorch: values, gradients, lengths, refusals."""

import itertools

import pytest

import eduflow
from tests.oracle import raised

TARGETS = {
    "different": ([[1, 2, 3], [3, 2, 1]], [3, 2]),
    "repeated": ([[1, 1, 2], [2, 2, 2]], [3, 3]),
    "none": ([[1, 2, 3], [3, 2, 1]], [0, 1]),
    "in a row": ([1, 1, 2, 3, 3], [3, 2]),
}


@pytest.mark.parametrize("case", list(TARGETS))
@pytest.mark.parametrize("steps", [[7, 7], [7, 5], [2, 7], [0, 7]])
@pytest.mark.parametrize("normal", [True, False])
def test_losses(same, case, steps, normal):
    def run(torch):
        x, found = torch.randn(7, 2, 4, dtype=torch.float64, requires_grad=True), []
        targets, lengths = TARGETS[case]
        for reduction, zero in itertools.product(["none", "mean", "sum"], [False, True]):
            scores = x.log_softmax(2) if normal else x * 1
            result = torch.nn.functional.ctc_loss(
                scores, torch.tensor(targets), torch.tensor(steps), torch.tensor(lengths),
                reduction=reduction, zero_infinity=zero,
            )  # fmt: skip
            weights = torch.arange(1.0, result.numel() + 1).view(result.shape)
            found += [result + 0, torch.autograd.grad((result * weights).sum(), x)[0]]
        return found[:4] + found[5::2]

    same(run, rtol=1e-7, atol=1e-9)


def test_forms(same):
    def run(torch):
        scores = torch.randn(6, 2, 4).log_softmax(2)
        targets, loss = torch.tensor([[1, 2], [3, 3]]), torch.nn.CTCLoss()
        alone = torch.nn.CTCLoss(reduction="none")
        return [
            repr(loss), loss(scores, targets, (6, 6), (2, 2)),
            loss(scores, targets, [6, 6], [2, 1]),
            loss(scores, targets.int(), torch.tensor([6, 5]).int(), torch.tensor([1, 2])),
            torch.nn.CTCLoss(3, "sum", True)(scores, targets[:, :1], (6, 6), (1, 0)),
            alone(scores[:, 0], targets[0], torch.tensor(6), torch.tensor(2)),
            alone(scores[:, 0], targets[0], (6,), (2,)), loss.blank, loss.zero_infinity,
            loss(scores.double(), targets, (6, 6), (2, 2)).dtype,
        ]  # fmt: skip

    same(run)


def test_many_steps_and_small_probabilities(same):
    def run(torch):
        x = (torch.randn(60, 3, 6, dtype=torch.float64) * 30).requires_grad_()
        targets = torch.randint(1, 6, (3, 20))
        loss = torch.nn.functional.ctc_loss(x.log_softmax(2), targets, [60, 55, 41], [20, 7, 19])
        loss.backward()
        return [loss, x.grad.sum(0), x.grad.abs().sum(2)]

    same(run, rtol=1e-7, atol=1e-9)


def test_the_sum_over_all_paths():
    """The loss is what its name says: all paths are written down here."""
    scores = eduflow.randn(4, 1, 3, dtype=eduflow.float64).log_softmax(2)
    total = 0.0
    for path in itertools.product(range(3), repeat=4):
        if [label for label, _ in itertools.groupby(path) if label] == [1, 2]:
            total += eduflow.stack([scores[i, 0, x] for i, x in enumerate(path)]).sum().exp().item()
    loss = eduflow.nn.functional.ctc_loss(
        scores, eduflow.tensor([[1, 2]]), (4,), (2,), reduction="sum"
    )
    assert abs(loss.exp().item() * total - 1) < 1e-12


def _loss(
    torch, shape=(5, 2, 4), targets=((1, 2, 3), (3, 2, 1)), steps=(5, 5), lengths=(3, 2), **options
):
    return torch.nn.functional.ctc_loss(
        torch.zeros(shape), torch.tensor(targets), steps, lengths, **options
    )


WRONG = {
    "reduction": lambda t: _loss(t, reduction="x"),
    "blank": lambda t: _loss(t, blank=4),
    "negative blank": lambda t: _loss(t, blank=-1),
    "steps": lambda t: _loss(t, steps=(6, 5)),
    "negative steps": lambda t: _loss(t, steps=(5, -1)),
    "few steps": lambda t: _loss(t, steps=(5,)),
    "few lengths": lambda t: _loss(t, lengths=(3,)),
    "long": lambda t: _loss(t, lengths=(4, 2)),
    "negative length": lambda t: _loss(t, lengths=(-1, 2)),
    "floats as lengths": lambda t: _loss(t, steps=t.tensor([5, 5]), lengths=t.ones(2)),
    "floats as steps": lambda t: _loss(t, steps=t.ones(2), lengths=t.tensor([3, 2])),
    "dims": lambda t: _loss(t, (4,)),
    "more dims": lambda t: _loss(t, (1, 5, 2, 4)),
    "targets' dims": lambda t: _loss(t, targets=(((1, 2, 3), (3, 2, 1)),)),
    "targets in a row": lambda t: _loss(t, targets=(1, 2, 3)),
    "half": lambda t: t.nn.functional.ctc_loss(
        t.zeros(2, 1, 3).half(), t.ones(1, 1).long(), (2,), (1,)
    ),
    "long scores": lambda t: t.nn.functional.ctc_loss(
        t.zeros(2, 1, 3).long(), t.ones(1, 1).long(), (2,), (1,)
    ),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch)))


@pytest.mark.parametrize("label", [4, -1])
def test_a_label_that_there_is_none_of(label):
    """PyTorch reads what stands beside the scores."""
    with pytest.raises(RuntimeError, match="Expected targets from 0 to 3"):
        _loss(eduflow, targets=((1, 2, 3), (1, label, 1)))


def test_no_second_derivative():
    x = eduflow.randn(4, 1, 3, requires_grad=True)
    loss = eduflow.nn.functional.ctc_loss(x, eduflow.tensor([[1]]), (4,), (1,))
    with pytest.raises(RuntimeError, match="cannot be differentiated again"):
        eduflow.autograd.grad(loss, x, create_graph=True)


@pytest.mark.parametrize("steps", [5, [5.0, 5.0], "tensor"])
def test_lengths_are_ints_or_tensors(steps):
    steps = eduflow.tensor([5, 5]) if steps == "tensor" else steps
    with pytest.raises(TypeError, match=r"^ctc_loss\(\): .*input_lengths.* must "):
        _loss(eduflow, steps=steps)
