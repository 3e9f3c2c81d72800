"""Optimizers against PyTorch: the steps they take, their options, states and errors."""

import importlib
import math

import pytest

STEPS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9, "dampening": 0.1, "weight_decay": 0.01}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "nesterov": True, "maximize": True}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "amsgrad": True, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05, "betas": (0.8, 0.9), "maximize": True, "eps": 1e-3}),
    ("Adam", {"decoupled_weight_decay": True, "weight_decay": 0.3}),
    ("AdamW", {}),
    ("AdamW", {"lr": 0.1, "weight_decay": 0.2, "amsgrad": True}),
    ("RMSprop", {}),
    ("RMSprop", {"lr": 0.1, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.1, "centered": True, "momentum": 0.5, "weight_decay": 0.1, "alpha": 0.9}),
    ("Adagrad", {}),
    ("Adagrad", {"lr": 0.1, "lr_decay": 0.1, "initial_accumulator_value": 0.5, "maximize": True}),
    ("Adadelta", {}),
    ("Adadelta", {"lr": 0.5, "rho": 0.8, "weight_decay": 0.1}),
    ("Adamax", {}),
    ("Adamax", {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1, "maximize": True}),
    ("NAdam", {}),
    ("NAdam", {"lr": 0.1, "momentum_decay": 0.1, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True}),
    ("RAdam", {}),
    ("RAdam", {"lr": 0.1, "betas": (0.8, 0.9), "weight_decay": 0.1, "eps": 1e-3}),
    ("RAdam", {"lr": 0.1, "weight_decay": 0.1, "decoupled_weight_decay": True, "maximize": True}),
    ("ASGD", {}),
    ("ASGD", {"lr": 0.1, "lambd": 0.1, "alpha": 0.5, "t0": 3, "weight_decay": 0.1}),
    ("ASGD", {"lr": 0.05, "t0": -2.0, "maximize": True}),
    ("Adafactor", {}),
    ("Adafactor", {"lr": 0.5, "beta2_decay": -0.3, "weight_decay": 0.1, "maximize": True}),
    ("Adafactor", {"lr": 0.1, "eps": (1e-3, 0.5), "d": 2.0, "foreach": True}),
    ("Rprop", {}),
    ("Rprop", {"lr": 0.3, "etas": (0.3, 2), "step_sizes": (0.01, 0.7)}),
    ("Rprop", {"lr": 0.01, "maximize": True, "foreach": False}),
]


def _weights(torch):
    w = torch.tensor([1.0, -2.0, 0.5], requires_grad=True)
    return w, torch.tensor([[0.3]], requires_grad=True)


def _walk(optimizer, w, b, steps):
    for _ in range(steps):
        optimizer.zero_grad()
        ((w * w).sum() + (b * w).sum().sin()).backward()
        optimizer.step()


@pytest.mark.parametrize(("name", "options"), STEPS)
def test_steps(same, name, options):
    def walk(torch):
        w, b = _weights(torch)
        groups = [{"params": [w]}, {"params": b, "lr": 0.02}]
        optimizer = getattr(torch.optim, name)(groups, **options)
        _walk(optimizer, w, b, 8)
        state = optimizer.state_dict()
        return [w, b, state, repr(optimizer), list(state["param_groups"][0]), w._version]

    same(walk, rtol=2e-5, atol=1e-6)


LONG = [
    ("SGD", {"lr": 0.02, "momentum": 0.9, "nesterov": True}),
    ("SGD", {"lr": 0.02, "momentum": 0.9, "weight_decay": 0.1}),
    ("Adam", {"lr": 0.05}),
    ("Adam", {"lr": 0.05, "weight_decay": 0.1, "amsgrad": True}),
    ("AdamW", {"lr": 0.05, "weight_decay": 0.1}),
    ("NAdam", {"lr": 0.05}),
    ("RMSprop", {"lr": 0.02}),
]
SCHEDULES = {
    "constant": lambda S, o: S.ConstantLR(o, 1.0),
    "cosine": lambda S, o: S.CosineAnnealingLR(o, 50),
    "one cycle": lambda S, o: S.OneCycleLR(o, 0.05, total_steps=50),
}


EXACT = [("float64", 1e-9, *row) for row in LONG]
LEARNED = [("float32", 1e-5, *row) for row in LONG[:5]]  # others let rounding grow beyond that


@pytest.mark.parametrize("schedule", list(SCHEDULES))
@pytest.mark.parametrize(("dtype", "close", "name", "options"), LEARNED + EXACT)
def test_fifty_steps_of_a_network(same, dtype, close, name, options, schedule):
    """Clipped, with a schedule: each step's loss and the weights at the end."""

    def train(torch):
        kind = getattr(torch, dtype)
        x = torch.linspace(-2, 2, 24, dtype=kind).reshape(12, 2)
        y = (x[:, :1] * x[:, 1:]).sin()
        sizes = ((2, 6), (6,), (6, 1), (1,))
        flat = [torch.linspace(-0.7, 0.9, math.prod(size), dtype=kind) for size in sizes]
        weights = [w.reshape(size).requires_grad_() for w, size in zip(flat, sizes)]
        optimizer = getattr(torch.optim, name)(weights, **options)
        scheduler, losses = SCHEDULES[schedule](torch.optim.lr_scheduler, optimizer), []
        for _ in range(50):
            optimizer.zero_grad()
            hidden = (x @ weights[0] + weights[1]).tanh()
            loss = ((hidden @ weights[2] + weights[3] - y) ** 2).mean()
            loss.backward()
            losses.append([loss, torch.nn.utils.clip_grad_norm_(weights, 0.5)])
            optimizer.step()
            scheduler.step()
        return [losses, weights]

    same(train, rtol=close, atol=close)


@pytest.mark.parametrize(("name", "options"), STEPS[1:14:3] + STEPS[17::3])
def test_a_loaded_state_goes_on_where_it_was(same, name, options):
    def stop_and_go(torch):
        w, b = _weights(torch)
        _walk(first := getattr(torch.optim, name)([w, b], **options), w, b, 3)
        copies = [x.detach().clone().requires_grad_() for x in (w, b)]
        second = getattr(torch.optim, name)(copies, **options | {"lr": 9.0})
        second.load_state_dict(first.state_dict())
        _walk(first, w, b, 2)
        _walk(second, *copies, 2)
        return [w, copies[0], second.param_groups[0]["lr"]]

    same(stop_and_go, rtol=2e-5, atol=1e-6)


ERRORS = [
    "O.SGD([], lr=0.1)", "O.SGD(w, lr=0.1)", "O.SGD([w * 2], lr=0.1)", "O.SGD([3], lr=0.1)",
    "O.SGD({w}, lr=0.1).param_groups[0]['lr']", "O.SGD([{'params': {w}}])", "O.SGD([{'lr': 1}])",
    "O.SGD([('a', w), b])", "O.SGD([('a', w), ('b', b)])", "O.SGD([w]).add_param_group([1])",
    "O.SGD([w]).add_param_group({'params': w})", "O.SGD([{'params': w}, {'params': w}])",
    "O.SGD([w]).add_param_group({'params': b, 'lr': 3})", "O.SGD()", "O.SGD([w], lr=-1)",
    "O.SGD([w], momentum=-1)", "O.SGD([w], weight_decay=-1)", "O.SGD([w], nesterov=True)",
    "O.SGD([w], bogus=3)", "O.Adam([w], lr=-1)", "O.Adam([w], betas=(1.0, 0.5))",
    "O.Adam([w], betas=(0.5, 1.0))", "O.Adam([w], eps=-1)", "O.Adam([w], weight_decay=-1)",
    "O.Adam([w], momentum=0.9)", "O.AdamW([w], lr=-0.1)", "O.RMSprop([w], alpha=-1)",
    "O.RMSprop([w], momentum=-1)", "O.RMSprop([w], fused=True)", "O.Adagrad([w], lr_decay=-1)",
    "O.Adagrad([w], initial_accumulator_value=-1)", "O.Adadelta([w], rho=-1)",
    "O.Adadelta([w], rho=2)", "O.SGD([w]).load_state_dict({'state': {}, 'param_groups': []})",
    "O.SGD([w]).load_state_dict({'state': {}, 'param_groups': [{'params': [0, 1]}]})",
    "O.Optimizer([w], {'lr': 3})", "O.Optimizer([w], {}).step()", "O.SGD([w]).step(lambda: 5.0)",
    "O.SGD([w], 0.1).zero_grad()", "O.SGD([w], fused=True, foreach=True)",
    "O.Adamax([w], lr=-1)", "O.Adamax([w], betas=(1, 0.9))", "O.Adamax([w], fused=True)",
    "O.NAdam([w], eps=-1)", "O.NAdam([w], momentum_decay=-1)", "O.NAdam([w], betas=(0.9, 1))",
    "O.RAdam([w], weight_decay=-1)", "O.RAdam([w], lr=-1)", "O.RAdam([w], amsgrad=True)",
    "O.ASGD([w], lr=-1)", "O.ASGD([w], weight_decay=-1)", "O.ASGD([w], lambd=-1, alpha=-1)",
    "O.Rprop([w], lr=-1)", "O.Rprop([w], etas=(0.5, 0.9))", "O.Rprop([w], etas=(0, 1.2))",
    "O.Adafactor([w], lr=-1)", "O.Adafactor([w], beta2_decay=0.5)", "O.Adafactor([w], d=0.5)",
    "O.Adafactor([w], eps=(-1, 0))", "O.Adafactor([w], eps=(None, -1))", "O.Adafactor([w], lr=w)",
    "O.Adafactor([w], weight_decay=-1)", "O.Adafactor([w], momentum=1)",
    "O.Rprop([])", "O.ASGD(w)", "O.NAdam([3])", "O.Rprop([w], weight_decay=0.1)",
]  # fmt: skip


@pytest.mark.parametrize("code", ERRORS)
def test_making_one(same, code):
    def make(torch):
        w, b = _weights(torch)
        try:
            made = eval(code, {"O": torch.optim, "w": w, "b": b, "torch": torch})
        except Exception as error:
            return [type(error).__name__, str(error).strip()]
        return repr(made)

    same(make)


def test_zero_grad(same):
    def forget(torch):
        w, _ = _weights(torch)
        optimizer = torch.optim.SGD([w], lr=0.1)
        w.sum().backward()
        grad = w.grad
        optimizer.zero_grad(set_to_none=False)
        found = [w.grad is grad, w.grad.clone()]
        optimizer.zero_grad()
        return [*found, w.grad]

    same(forget)


def test_a_step_leaves_the_graph_alone(same):
    def step(torch):
        w, b = _weights(torch)
        optimizer = torch.optim.SGD([w, b], lr=0.1, momentum=0.9)
        loss = (w * w).sum()
        loss.backward(retain_graph=True)
        optimizer.step()
        found = [w.is_leaf, w.requires_grad, w._version, b.grad, optimizer.state[w]]
        try:
            loss.backward()
        except RuntimeError as error:
            found.append(str(error))
        return found

    same(step)


def test_a_closure_is_called_with_gradients_on(same):
    def step(torch):
        w, _ = _weights(torch)
        optimizer = torch.optim.Adam([w], lr=0.1)

        def closure():
            optimizer.zero_grad()
            loss = (w * w).sum()
            loss.backward()
            return loss

        with torch.no_grad():
            return optimizer.step(closure), w

    same(step)


def test_adafactor_on_a_pile_of_matrices(same):
    def walk(torch):
        piles = torch.linspace(-1, 2, 24).reshape(2, 3, 4).requires_grad_()
        flat = torch.linspace(-1, 1, 4).requires_grad_()
        optimizer = torch.optim.Adafactor([piles, flat], lr=torch.tensor(0.1), weight_decay=0.2)
        for _ in range(6):
            optimizer.zero_grad()
            ((piles * flat).sin() + piles**2).sum().backward()
            optimizer.step()
        return [piles, flat, optimizer.state_dict()["state"]]

    same(walk, rtol=2e-5, atol=1e-6)


def test_adafactor_refuses_complex_numbers(same):
    def wrong(torch):
        w = torch.tensor([1 + 2j], requires_grad=True)
        w.grad = torch.ones_like(w)
        try:
            torch.optim.Adafactor([w]).step()
        except RuntimeError as error:
            return str(error)
        return "no error"

    same(wrong)


@pytest.mark.parametrize("name", ["Muon", "SparseAdam", "swa_utils"])
def test_what_is_not_built_says_why(name):
    optim = importlib.import_module("eduflow.optim")
    with pytest.raises(AttributeError, match=f"no attribute '{name}'") as caught:
        getattr(optim, name)
    assert caught.value.__notes__[0].startswith("Left out on purpose: ")
    with pytest.raises(AttributeError, match=r"no attribute 'nonsense'$"):
        optim.nonsense  # noqa: B018
