"""Sequences of several lengths: padded and unpadded, against PyTorch."""

import importlib

import pytest

from tests.oracle import raised


def _rnn(torch):
    return importlib.import_module(f"{torch.__name__}.nn.utils.rnn")


OPTIONS = [
    {},
    {"batch_first": True},
    {"padding_value": -1.5},
    {"padding_side": "left"},
    {"batch_first": True, "padding_value": 7, "padding_side": "left"},
]


@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.parametrize("rest", [(), (2,), (2, 3)])
def test_pad_and_back(same, options, rest):
    def run(torch):
        sequences = [torch.randn((n, *rest), requires_grad=True) for n in (2, 4, 1, 0)]
        padded = _rnn(torch).pad_sequence(sequences, **options)
        (padded * torch.arange(float(padded.numel())).view(padded.shape)).sum().backward()
        back = _rnn(torch).unpad_sequence(
            padded.clone(), torch.tensor([2, 4, 1, 0]), options.get("batch_first", False)
        )
        return [padded, padded.stride(), [s.grad for s in sequences], back, padded.requires_grad]

    same(run)


def test_dtypes_and_iterables(same):
    def run(torch):
        pad, floats, whole = _rnn(torch).pad_sequence, torch.ones(2, 2), torch.ones(3, 2).long()
        return [
            pad([floats, whole]),
            pad([whole, floats]),
            pad((x for x in (whole, whole)), padding_value=1.5),
            pad(torch.ones(2, 3)),
            pad([torch.ones(0), torch.ones(2)]),
            pad([floats, torch.ones(2)]),
            pad([whole > 0, whole[:1] > 0], padding_value=True),
        ]

    same(run)


WRONG = {
    "none": lambda pad, one: pad([]),
    "a number": lambda pad, one: pad(3),
    "other sizes": lambda pad, one: pad([one(2, 2), one(2, 3)]),
    "a number among them": lambda pad, one: pad([one(2), 3]),
    "side": lambda pad, one: pad([one(2)], padding_side="x"),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_errors(same, case):
    same(lambda torch: raised(lambda: WRONG[case](_rnn(torch).pad_sequence, torch.ones)))


def test_a_sequence_has_a_length(same):
    def run(torch):
        found = raised(lambda: _rnn(torch).pad_sequence([torch.tensor(1.0)]))
        return found["raised"]

    same(run)
