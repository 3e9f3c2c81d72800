"""Packed sequences against PyTorch: packing, filling up again, recurrent layers, refusals."""

import copy
import pickle

import pytest

import eduflow
from tests.oracle import raised

LENGTHS = {"falling": [4, 2, 2, 1], "rising": [1, 2, 2, 4], "alike": [3, 3, 3, 3],
           "short": [2, 3, 1, 1], "one left": [4, 1, 1, 1]}  # fmt: skip


def _rnn(torch):
    return torch.nn.utils.rnn


def _weighed(torch, *results):
    """A sum in which every element of the results has a weight of its own."""
    total = 0
    for result in results:
        numbers = torch.arange(float(result.numel()), dtype=result.dtype).view(result.shape)
        total = total + (result * numbers.cos()).sum()
    return total


@pytest.mark.parametrize("case", LENGTHS)
@pytest.mark.parametrize("batch_first", [True, False])
@pytest.mark.parametrize("rest", [(), (3,), (2, 3)])
def test_packing_and_back(same, case, batch_first, rest):
    def run(torch):
        shape = (4, 5, *rest) if batch_first else (5, 4, *rest)
        x = torch.randn(shape, dtype=torch.float64, requires_grad=True)
        lengths = LENGTHS[case]
        in_order = lengths == sorted(lengths, reverse=True)
        packed = _rnn(torch).pack_padded_sequence(x, lengths, batch_first, in_order)
        found = [list(packed), packed.data.grad_fn.name()]
        for options in ({}, {"batch_first": True, "padding_value": 7.0}, {"total_length": 6}):
            padded, again = _rnn(torch).pad_packed_sequence(packed, **options)
            found += [padded, padded.stride(), again]
        _weighed(torch, packed.data**2, padded**2).backward()
        again = raised(_weighed(torch, packed.data).backward)
        return [*found, again, x.grad, _rnn(torch).unpack_sequence(packed)]

    same(run)


def test_second_derivatives():
    def function(x):
        packed = eduflow.nn.utils.rnn.pack_padded_sequence(x, [1, 3], enforce_sorted=False)
        return eduflow.nn.utils.rnn.pad_packed_sequence(packed)[0] ** 2

    x = eduflow.rand(3, 2, 2, dtype=eduflow.float64, requires_grad=True)
    assert eduflow.autograd.gradcheck(function, [x])
    assert eduflow.autograd.gradgradcheck(function, [x])


def test_packing_sequences(same):
    def run(torch):
        rnn = _rnn(torch)
        sequences = [torch.arange(3), torch.arange(5), torch.arange(1)]
        packed = rnn.pack_sequence(sequences, enforce_sorted=False)
        ints = torch.tensor([3, 1, 5], dtype=torch.int32)
        falling = rnn.pack_padded_sequence(torch.arange(15).view(5, 3), ints.flip(0) * 0 + 2)
        floats = rnn.pack_padded_sequence(torch.ones(5, 2), torch.tensor([3.7, 2.2]))
        return [list(packed), rnn.unpack_sequence(packed), repr(packed), list(falling),
                list(floats), rnn.invert_permutation(torch.tensor([2, 0, 1])),
                rnn.invert_permutation(None)]  # fmt: skip

    same(run)


def test_the_sequence_itself(same):
    def run(torch):
        rnn = _rnn(torch)
        packed = rnn.pack_sequence([torch.randn(2, 2), torch.randn(3, 2)], enforce_sorted=False)
        kinds = "double float half long int short char byte cpu"
        made = [getattr(packed, kind)() for kind in kinds.split()]
        data, sizes, there, _ = packed
        twins = [copy.copy(packed), copy.deepcopy(packed), pickle.loads(pickle.dumps(packed))]
        return [
            [type(x).__name__ for x in made], [x.data.dtype for x in made],
            [packed.float() is packed, packed.cpu() is packed, packed.is_cuda],
            [packed.to(torch.float64).data.dtype, packed.to("cpu", torch.int32).data.dtype],
            [list(x) for x in twins], [type(x).__name__ for x in twins], packed._fields,
            list(rnn.PackedSequence(data, sizes)), list(rnn.PackedSequence((data, sizes))),
            list(rnn.PackedSequence(data, sizes, there)), isinstance(packed, tuple),
            list(packed._replace(data=data * 0)), raised(packed.cuda), packed.is_pinned(),
        ]  # fmt: skip

    same(run)


MODES = [("RNN", {}), ("LSTM", {}), ("GRU", {}), ("LSTM", {"proj_size": 2})]
LAYERS = [
    {},
    {"bidirectional": True, "batch_first": True},
    {"num_layers": 2, "bidirectional": True, "dropout": 0.4, "bias": False},
]


@pytest.mark.parametrize(("name", "mode"), MODES)
@pytest.mark.parametrize("options", LAYERS)
@pytest.mark.parametrize("case", ["falling", "short", "one left"])
def test_recurrent_layers(same, name, mode, options, case):
    def run(torch):
        module = getattr(torch.nn, name)(3, 4, **options, **mode).double()
        lengths = LENGTHS[case]
        sequences = [torch.randn(n, 3, dtype=torch.float64, requires_grad=True) for n in lengths]
        count = module.num_layers * (1 + module.bidirectional)
        widths = [module.proj_size or 4, 4][: 1 + (name == "LSTM")]
        states = [
            torch.randn(count, 4, width, dtype=torch.float64, requires_grad=True)
            for width in widths
        ]
        found = []
        for given in (None, tuple(states) if name == "LSTM" else states[0]):
            packed = _rnn(torch).pack_sequence(sequences, enforce_sorted=case == "falling")
            output, lasts = module(packed, given)
            lasts = lasts if name == "LSTM" else (lasts,)
            _weighed(torch, output.data, *lasts).backward()
            found += [list(output), list(lasts)]
        grads = [x.grad for x in (*sequences, *states)]
        return [found, grads, [_weighed(torch, p.grad) for p in module.parameters()], torch.rand(2)]

    same(run, rtol=1e-8, atol=1e-9)


def test_the_order_of_states(same):
    def run(torch):
        x, order = torch.randn(1, 3, 2), torch.tensor([2, 0, 1])
        gru, lstm = torch.nn.GRU(2, 2), torch.nn.LSTM(2, 2)
        return [gru.permute_hidden(x, order), gru.permute_hidden(x, None) is x,
                lstm.permute_hidden((x, x + 1), order)]  # fmt: skip

    same(run)


WRONG = {
    "rising": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), [1, 3]),
    "zero": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), [3, 0]),
    "few": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), [3]),
    "many": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), t.tensor([3, 2, 1])),
    "two dims": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), t.tensor([[3, 2]])),
    "a number": lambda t, r: r.pack_padded_sequence(t.ones(3, 2), 3),
    "empty": lambda t, r: r.pack_padded_sequence(t.ones(0, 2), [2, 1]),
    "no batch": lambda t, r: r.pack_padded_sequence(t.ones(3, 0), []),
    "a list": lambda t, r: r.pack_padded_sequence([1], [2, 1]),
    "no sequences": lambda t, r: r.pack_sequence([]),
    "rising sequences": lambda t, r: r.pack_sequence([t.ones(1), t.ones(2)]),
    "total length": lambda t, r: r.pad_packed_sequence(_two(t), total_length=2),
    "no pair": lambda t, r: r.PackedSequence(t.ones(3)),
    "states": lambda t, r: t.nn.GRU(2, 3)(_two(t), t.zeros(1, 3, 3)),
    "states of two dims": lambda t, r: t.nn.RNN(2, 3)(_two(t), t.zeros(1, 3)),
    "dtype": lambda t, r: t.nn.GRU(2, 3)(_two(t).double()),
    "width": lambda t, r: t.nn.RNN(4, 3)(_two(t)),
    "dims": lambda t, r: t.nn.GRU(2, 3)(r.pack_sequence([t.zeros(2, 1, 2)])),
}


def _two(torch):
    return torch.nn.utils.rnn.pack_sequence([torch.ones(3, 2), torch.ones(1, 2)])


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch, _rnn(torch))))


def test_a_length_that_is_not_there():
    """PyTorch packs what it has, and says that there was more."""
    pack = eduflow.nn.utils.rnn.pack_padded_sequence
    with pytest.raises(RuntimeError, match=r"at most 3, .*, but got 4"):
        pack(eduflow.ones(3, 2), [4, 1])
