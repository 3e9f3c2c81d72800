"""Recurrent layers and cells against PyTorch: outputs, states, gradients, dropout, errors."""

import copy
import warnings

import pytest

import eduflow
from tests.oracle import raised

LAYERS = [
    {},
    {"num_layers": 2},
    {"batch_first": True, "bias": False},
    {"bidirectional": True},
    {"num_layers": 3, "bidirectional": True, "batch_first": True, "dropout": 0.4},
    {"num_layers": 2, "dropout": 1.0},
]
MODES = [("RNN", {}), ("RNN", {"nonlinearity": "relu"}), ("LSTM", {}), ("GRU", {}),
         ("LSTM", {"proj_size": 2})]  # fmt: skip


def _layer(torch, name, options):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return getattr(torch.nn, name)(3, 4, **options)


def _flat(found):
    return [found] if hasattr(found, "shape") else [y for x in found for y in _flat(x)]


def _shown(torch, module, *inputs):
    """Outputs with their strides, and the gradients of all inputs and weights."""
    found = _flat(module(*inputs))
    sums = []
    for part in found:
        numbers = torch.arange(float(part.numel()), dtype=part.dtype).view(part.shape)
        sums.append((part * numbers.cos()).sum())
    sum(sums).backward()
    grads = [x.grad for x in _flat([list(inputs)]) if x.requires_grad]
    weights = [p.grad for p in module.parameters()]
    return [found, [part.stride() for part in found if part.numel()], grads, weights]


@pytest.mark.parametrize("options", LAYERS)
@pytest.mark.parametrize(("name", "mode"), MODES)
@pytest.mark.parametrize("shape", [(3, 2, 3), (2, 3)])
def test_layers(same, name, mode, options, shape):
    def run(torch):
        module = _layer(torch, name, options | mode)
        x = torch.randn(shape, requires_grad=True)
        found = [repr(module), list(module.state_dict()), _shown(torch, module, x)]
        return [*found, module.eval()(x)[0].shape, torch.rand(2)]

    same(run, rtol=3e-5, atol=3e-6)


@pytest.mark.parametrize("options", LAYERS[2:5])
@pytest.mark.parametrize(("name", "mode"), MODES)
def test_layers_with_states(same, name, mode, options):
    def run(torch):
        module = _layer(torch, name, options | mode).double().eval()
        x = torch.randn(3, 2, 3, dtype=torch.float64).transpose(0, 1).requires_grad_()
        count = module.num_layers * (1 + module.bidirectional)
        batch = 2 if module.batch_first else 3
        sizes = [(count, batch, module.proj_size or 4), (count, batch, 4)]
        states = [torch.randn(size, dtype=torch.float64, requires_grad=True) for size in sizes]
        state = tuple(states) if name == "LSTM" else states[0]
        return [_shown(torch, module, x, state), [len(w) for w in module.all_weights]]

    same(run, rtol=1e-9, atol=1e-10)


@pytest.mark.parametrize("name", ["RNNCell", "LSTMCell", "GRUCell"])
@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("shape", [(2, 3), (3,), (0, 3)])
def test_cells(same, name, bias, shape):
    def run(torch):
        cell = getattr(torch.nn, name)(3, 4, bias=bias)
        x = torch.randn(shape, requires_grad=True)
        states = [torch.randn((*shape[:-1], 4), requires_grad=True) for _ in range(2)]
        state = tuple(states) if name == "LSTMCell" else states[0]
        return [repr(cell), list(cell.state_dict()), _shown(torch, cell, x), _shown(torch, cell, x,
                state)]  # fmt: skip

    same(run, rtol=3e-5, atol=3e-6)


def test_a_cell_with_relu(same):
    def run(torch):
        cell = torch.nn.RNNCell(3, 4, nonlinearity="relu")
        return [repr(cell), _shown(torch, cell, torch.randn(2, 3, requires_grad=True))]

    same(run)


def test_copies_and_weights_of_others(same):
    def run(torch):
        module = torch.nn.GRU(3, 4, 2)
        twin = copy.deepcopy(module)
        module.weight_ih_l0 = torch.nn.Parameter(torch.zeros(12, 3))
        x = torch.randn(2, 1, 3)
        module.flatten_parameters()
        other = torch.nn.GRU(3, 4, 2)
        other.load_state_dict(module.state_dict())
        return [module(x), twin(x), other(x), [n for n, _ in module.named_parameters()]]

    same(run)


WRONG = {
    "input size": lambda n: n.LSTM(0, 2),
    "hidden size": lambda n: n.GRU(2, -1),
    "sizes that are no ints": lambda n: n.RNN(2.0, 3),
    "hidden size that is none": lambda n: n.RNN(2, "3"),
    "layers": lambda n: n.RNN(2, 3, 0),
    "dropout": lambda n: n.LSTM(2, 3, dropout=1.5),
    "dropout that is none": lambda n: n.LSTM(2, 3, dropout=True),
    "bias": lambda n: n.LSTM(2, 3, bias=1),
    "batch first": lambda n: n.GRU(2, 3, batch_first=1),
    "projection": lambda n: n.LSTM(2, 3, proj_size=3),
    "negative projection": lambda n: n.LSTM(2, 3, proj_size=-1),
    "projected GRU": lambda n: n.GRU(2, 3, proj_size=1),
    "projected RNN": lambda n: n.RNN(2, 3, proj_size=1),
    "nonlinearity": lambda n: n.RNN(2, 3, nonlinearity="x"),
    "nonlinearity of a cell": lambda n: n.RNNCell(2, 3, nonlinearity="x"),
    "mode": lambda n: n.RNNBase("x", 2, 3),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_making_one(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch.nn)))


CALLS = [
    ("RNN", (5,), None), ("LSTM", (1, 2, 2, 2), None), ("GRU", (5,), None),
    ("RNN", (0, 2, 2), None), ("LSTM", (0, 2), None), ("GRU", (0, 2, 2), None),
    ("GRU", (3, 0, 2), None), ("RNN", (4, 2, 5), None), ("LSTM", (4, 5), None),
    ("GRU", (4, 2, 2), (1, 3, 3)),
    ("RNN", (4, 2, 2), (1, 3)), ("GRU", (4, 2), (1, 1, 3)), ("RNN", (4, 2, 2), (2, 2, 3)),
    ("LSTM", (4, 2, 2), (1, 3)), ("LSTM", (4, 2), (1, 1, 3)), ("LSTM", (4, 2, 2), (1, 2, 4)),
    ("RNNCell", (1, 2, 2), None), ("LSTMCell", (), None), ("GRUCell", (2, 3), None),
    ("RNNCell", (4, 2), (3, 3)), ("LSTMCell", (4, 2), (4, 2)), ("GRUCell", (4, 2), (1, 4, 3)),
    ("LSTMCell", (4, 2), (1, 4, 3)), ("GRUCell", (4, 2), (4, 5)), ("RNNCell", (2, 5), None),
]  # fmt: skip


@pytest.mark.parametrize(("name", "shape", "state"), CALLS)
def test_calls(same, name, shape, state):
    def call(torch):
        hx = None if state is None else torch.zeros(state)
        hx = (hx, hx) if hx is not None and name.startswith("LSTM") else hx
        return raised(lambda: getattr(torch.nn, name)(2, 3)(torch.zeros(shape), hx))

    same(call)


def test_dtypes_and_dropout_without_effect(same):
    def call(torch):
        wrong = raised(lambda: torch.nn.GRU(2, 3)(torch.zeros(4, 1, 2, dtype=torch.float64)))
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            torch.nn.LSTM(2, 3, dropout=0.5)
        return [wrong, [str(w.message) for w in said]]

    same(call)


def _weighed(torch, *results):
    """A sum in which every element of the results has a weight of its own."""
    total = 0
    for result in results:
        numbers = torch.arange(float(result.numel()), dtype=result.dtype).view(result.shape)
        total = total + (result * numbers.cos()).sum()
    return total


def _doubled(torch, name, **options):
    """A layer of doubles, an input (4, 2, 3), and states for it, all with gradients."""
    module = getattr(torch.nn, name)(3, 4, **options).double()
    count = module.num_layers * (1 + module.bidirectional)
    shapes = [(4, 2, 3)] + [(count, 2, 4)] * (1 + (name == "LSTM"))
    x, *states = [torch.randn(s, dtype=torch.float64, requires_grad=True) for s in shapes]
    return module, x, states, tuple(states) if name == "LSTM" else states[0]


@pytest.mark.parametrize("name", ["RNN", "LSTM", "GRU"])
@pytest.mark.parametrize("options", [{}, {"bidirectional": True}, {"num_layers": 2, "bias": False}])
def test_second_derivatives(same, name, options):
    def run(torch):
        module, x, states, state = _doubled(torch, name, **options)
        output, lasts = module(x, state)
        lasts = lasts if name == "LSTM" else (lasts,)
        asked = [x, *states, *module.parameters()]
        loss = _weighed(torch, output**2, *lasts)
        first = torch.autograd.grad(loss, asked, create_graph=True)
        second = torch.autograd.grad(_weighed(torch, *[g**2 for g in first]), asked)
        return [first, [_weighed(torch, g) for g in second]]

    same(run, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_some_results_and_some_gradients(same, name):
    def run(torch):
        module, x, states, state = _doubled(torch, name, bidirectional=True)
        found = []
        for pick in (lambda out, h: h[-1], lambda out, h: out[1:3], lambda out, h: out[-1] * 2):
            module.zero_grad()
            output, lasts = module(x, state)
            pick(output, lasts).sum().backward()
            found += [x.grad, [s.grad for s in states], module.weight_hh_l0.grad]
        module.requires_grad_(False)
        loss = module(x.detach(), state)[0].sum()
        found.append(torch.autograd.grad(loss, states, create_graph=True))
        twice = states[0]
        output, _ = module(x, (twice, twice) if name == "LSTM" else twice)
        (grad,) = torch.autograd.grad(output.sum(), twice, create_graph=True)
        found += [grad, torch.autograd.grad((grad**2).sum(), twice)]
        return found

    same(run, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
def test_changes_in_place(same, name):
    def run(torch):
        module, x, _, state = _doubled(torch, name)
        output, lasts = module(x, state)
        output.mul_(2)
        (output.sum() + lasts[0].sum()).backward(retain_graph=True)
        first = x.grad.clone()
        output.sum().backward()
        output, _ = module(x, state)
        with torch.no_grad():
            module.weight_hh_l0.mul_(2)
        return [first, x.grad, raised(output.sum().backward)["raised"]]

    same(run, rtol=1e-8, atol=1e-9)


@pytest.mark.parametrize("name", ["LSTM", "GRU"])
@pytest.mark.parametrize("options", [{}, {"bias": False}, {"bidirectional": True}])
def test_the_walk_at_once_is_the_walk_by_steps(name, options):
    """A packed sequence goes by steps."""
    module = getattr(eduflow.nn, name)(3, 5, **options).double()
    x = eduflow.randn(7, 3, 3, dtype=eduflow.float64, requires_grad=True)
    found = []
    for packed in (False, True):
        given = eduflow.nn.utils.rnn.pack_padded_sequence(x, [7, 7, 7]) if packed else x
        output, lasts = module(given)
        output = output.data.view(7, 3, -1) if packed else output
        _weighed(eduflow, output, *_flat([lasts])).backward()
        grads = [x.grad, *[p.grad for p in module.parameters()]]
        found.append([output, *_flat([lasts]), *grads])
        x.grad = None
        module.zero_grad()
    for at_once, by_step in zip(*found):
        assert eduflow.allclose(at_once, by_step, rtol=1e-9, atol=1e-10)
