"""Schedulers against PyTorch: their rates, momenta, states, warnings and errors."""

import copy
import functools
import pickle
import re
import warnings

import pytest

from tests.oracle import raised

# The cosine of another C library may differ in its last bit, and so do powers.
CLOSE = {"rtol": 1e-12, "atol": 1e-13}


class Fading:
    """A callable object with a state: what it holds goes into a scheduler's state."""

    def __init__(self, base):
        self.base = base

    def __call__(self, step):
        return self.base**step


def _half(step):
    return 0.5**step


SIMPLE = [
    ("LambdaLR", {"lr_lambda": lambda step: 1 / (1 + step)}),
    ("LambdaLR", {"lr_lambda": [_half, Fading(0.9)]}),
    ("MultiplicativeLR", {"lr_lambda": lambda step: 0.9 + 0.01 * step}),
    ("MultiplicativeLR", {"lr_lambda": (_half, Fading(0.9))}),
    ("StepLR", {"step_size": 3}),
    ("StepLR", {"step_size": 1, "gamma": 0.7}),
    ("MultiStepLR", {"milestones": [2, 5, 5, 8], "gamma": 0.5}),
    ("ConstantLR", {}),
    ("ConstantLR", {"factor": 0.25, "total_iters": 3}),
    ("LinearLR", {}),
    ("LinearLR", {"start_factor": 0.2, "end_factor": 0.6, "total_iters": 7}),
    ("ExponentialLR", {"gamma": 0.8}),
    ("PolynomialLR", {}),
    ("PolynomialLR", {"total_iters": 9, "power": 2.5}),
    ("CosineAnnealingLR", {"T_max": 5}),
    ("CosineAnnealingLR", {"T_max": 4, "eta_min": 0.01}),
    ("CosineAnnealingWarmRestarts", {"T_0": 4}),
    ("CosineAnnealingWarmRestarts", {"T_0": 2, "T_mult": 2, "eta_min": 0.001}),
    ("OneCycleLR", {"max_lr": 0.3, "total_steps": 12}),
    ("OneCycleLR", {"max_lr": [0.3, 0.1], "epochs": 3, "steps_per_epoch": 4, "pct_start": 0.5}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 14, "three_phase": True, "pct_start": 0.25}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 12, "anneal_strategy": "linear"}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 12, "cycle_momentum": False, "div_factor": 4.0}),
    ("OneCycleLR", {"max_lr": 1.0, "total_steps": 13, "base_momentum": [0.7, 0.8]}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3}),
    ("CyclicLR", {"base_lr": [0.01, 0.02], "max_lr": 0.1, "step_size_up": 3, "step_size_down": 2}),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 2, "mode": "triangular2"}),
    (
        "CyclicLR",
        {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "mode": "exp_range", "gamma": 0.9},
    ),
    ("CyclicLR", {"base_lr": 0.01, "max_lr": 0.1, "step_size_up": 3, "scale_fn": Fading(0.8)}),
    (
        "CyclicLR",
        {"base_lr": 0.1, "max_lr": 1, "step_size_up": 2, "scale_fn": _half,
         "scale_mode": "iterations", "cycle_momentum": False},
    ),
]  # fmt: skip
OPTIMIZERS = {
    "SGD": {"lr": 0.1, "momentum": 0.9},
    "Adam": {"lr": 0.1},
}


def _optimizer(torch, name="SGD"):
    w, b = (torch.tensor([value], requires_grad=True) for value in (1.0, 2.0))
    groups = [{"params": [w]}, {"params": [b], "lr": 0.04}]
    return getattr(torch.optim, name)(groups, **OPTIMIZERS[name])


def _shown(optimizer):
    """Of each group all that a scheduler may change or add."""
    return [{k: g[k] for k in sorted(g) if k not in ("params", "foreach")} for g in
            optimizer.param_groups]  # fmt: skip


def _made(torch, name, options, optimizer):
    return getattr(torch.optim.lr_scheduler, name)(optimizer, **copy.deepcopy(options))


def _walk(optimizer, scheduler, steps):
    """`steps` times both: rates, momenta and the number of the step after each."""
    seen = []
    for _ in range(steps):
        optimizer.step()
        scheduler.step()
        assert scheduler.get_last_lr() == [group["lr"] for group in optimizer.param_groups]
        kept = ("lr", "momentum", "betas")
        groups = [[g[key] for key in kept if key in g] for g in optimizer.param_groups]
        seen += [groups, scheduler.last_epoch]
    return seen


@pytest.mark.parametrize("kind", list(OPTIMIZERS))
@pytest.mark.parametrize(("name", "options"), SIMPLE)
def test_rates(same, name, options, kind):
    def walk(torch):
        optimizer = _optimizer(torch, kind)
        scheduler = _made(torch, name, options, optimizer)
        first = [_shown(optimizer), scheduler.get_last_lr(), scheduler.state_dict()]
        shown = re.sub(r"\d\.\d{12,}", lambda found: f"{float(found[0]):.10f}", repr(optimizer))
        return [first, _walk(optimizer, scheduler, 11), scheduler.state_dict(), shown]

    same(walk, **CLOSE)


@pytest.mark.parametrize(("name", "options"), SIMPLE)
def test_a_rate_changed_by_hand(same, name, options):
    """The chainable form goes on from it; the closed one does not look at it."""

    def walk(torch):
        optimizer = _optimizer(torch)
        scheduler = _made(torch, name, options, optimizer)
        before = _walk(optimizer, scheduler, 3)
        for group in optimizer.param_groups:
            group["lr"] *= 0.5
        return before + _walk(optimizer, scheduler, 6)

    same(walk, **CLOSE)


@pytest.mark.parametrize(("name", "options"), SIMPLE)
def test_step_with_an_epoch(same, name, options):
    def walk(torch):
        optimizer = _optimizer(torch)
        scheduler = _made(torch, name, options, optimizer)
        optimizer.step()
        seen = []
        for epoch in (1, 5, 2, 0, 9):
            with warnings.catch_warnings(record=True) as said:
                warnings.simplefilter("always")
                scheduler.step(epoch)
            words = [str(w.message) for w in said]
            seen += [_shown(optimizer), scheduler.last_epoch, words]
        scheduler.step()
        return [*seen, scheduler.get_last_lr()]

    same(walk, **CLOSE)


@pytest.mark.parametrize(("name", "options"), SIMPLE)
def test_states_and_resuming(same, name, options):
    """With the optimizer's state it goes on as it would have; alone it does not set the rate.

    PyTorch's CyclicLR takes an item out of the state that it is given, so that it cannot be loaded
    twice; ours leaves the state whole.
    """

    def stop_and_go(torch):
        first = _optimizer(torch)
        scheduler = _made(torch, name, options, first)
        _walk(first, scheduler, 4)
        state, rates = scheduler.state_dict(), first.state_dict()
        keys = list(state)
        second = _optimizer(torch)
        resumed = _made(torch, name, options, second)
        resumed.load_state_dict(state)
        alone = _shown(second)
        second.load_state_dict(rates)
        third = _optimizer(torch)
        third.load_state_dict(rates)
        by_number = _made(torch, name, options | {"last_epoch": scheduler.last_epoch}, third)
        left = None if name == "CyclicLR" else list(state)
        return [keys, left, alone, _walk(first, scheduler, 4), _walk(second, resumed, 4),
                _walk(third, by_number, 3)]  # fmt: skip

    same(stop_and_go, **CLOSE)


@pytest.mark.parametrize(("name", "options"), SIMPLE)
def test_warnings_on_call_order_and_get_lr(same, name, options):
    def listen(torch):
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            optimizer = _optimizer(torch)
            scheduler = _made(torch, name, options, optimizer)
            scheduler.step()
            rates = scheduler.get_lr()
            scheduler.step()
            other = _optimizer(torch)
            late = _made(torch, name, options, other)
            other.step = functools.partial(print, end="")
            late.step()
        return [rates, [(w.category.__name__, str(w.message)) for w in said]]

    same(listen, **CLOSE)


PLATEAU = [
    {},
    {"patience": 1, "factor": 0.5},
    {"patience": 0, "mode": "max", "cooldown": 2},
    {"patience": 0, "threshold": 0.1, "threshold_mode": "abs", "min_lr": [0.01, 0.02]},
    {"patience": 0, "mode": "max", "threshold": 0.3, "threshold_mode": "abs", "eps": 0.02},
]


@pytest.mark.parametrize("options", PLATEAU)
def test_plateau(same, options):
    figures = [1.0, 0.9, 0.9, 0.95, 0.8999, 1.2, 1.5, float("nan"), 0.5, 0.5, 0.5, -1.0, -1.0, 2]

    def walk(torch):
        optimizer = _optimizer(torch)
        scheduler = torch.optim.lr_scheduler.ReduceLROnPlateau(optimizer, **options)
        seen = [scheduler.get_last_lr(), scheduler.state_dict()]
        for figure in figures:
            scheduler.step(torch.tensor(figure))
            seen += [scheduler.get_last_lr(), scheduler.in_cooldown, scheduler.num_bad_epochs]
        other = torch.optim.lr_scheduler.ReduceLROnPlateau(_optimizer(torch))
        other.load_state_dict(scheduler.state_dict())
        optimizer.add_param_group({"params": [torch.zeros(1)]})
        grown = raised(lambda: [scheduler.step(9.0 - 20 * (scheduler.mode == "max")) for _ in
                                range(12)])  # fmt: skip
        return [*seen, other.state_dict(), grown, _shown(optimizer)]

    same(walk, **CLOSE)


def test_one_after_the_other_and_together(same):
    def walk(torch):
        schedulers, seen = torch.optim.lr_scheduler, []
        for kind in ("sequential", "chained", "nested"):
            optimizer = _optimizer(torch)
            parts = [
                schedulers.ConstantLR(optimizer, 0.1, total_iters=3),
                schedulers.ExponentialLR(optimizer, 0.9),
                schedulers.CosineAnnealingLR(optimizer, 4),
            ]
            if kind == "chained":
                whole = schedulers.ChainedScheduler(parts, optimizer=optimizer)
            elif kind == "sequential":
                whole = schedulers.SequentialLR(optimizer, parts, milestones=[3, 6])
            else:
                inner = schedulers.SequentialLR(optimizer, parts[:2], milestones=[2])
                whole = schedulers.SequentialLR(optimizer, [inner, parts[2]], milestones=[5])
            state = copy.deepcopy(whole.state_dict())
            rates = []
            for _ in range(10):
                optimizer.step()
                whole.step()
                rates.append(whole.get_last_lr())
            after = whole.state_dict()
            whole.load_state_dict(state)
            seen += [state, rates, after, whole.state_dict(), list(state)]
        return seen

    same(walk, **CLOSE)


def test_a_rate_that_is_a_tensor_is_filled(same):
    def walk(torch):
        w = torch.tensor([1.0], requires_grad=True)
        rate = torch.tensor(0.1)
        optimizer = torch.optim.SGD([w], lr=rate)
        scheduler = torch.optim.lr_scheduler.ExponentialLR(optimizer, 0.5)
        optimizer.step()
        scheduler.step()
        held = scheduler.get_last_lr()[0]
        scheduler.step()
        return [rate, held, scheduler.base_lrs[0], optimizer.param_groups[0]["lr"] is rate]

    same(walk)


WRONG = {
    "no optimizer": lambda s, o: s.StepLR([1], 2),
    "no optimizer for a cycle": lambda s, o: s.OneCycleLR("o", 1.0, 5),
    "no optimizer on a plateau": lambda s, o: s.ReduceLROnPlateau(3),
    "resuming": lambda s, o: s.StepLR(o, 2, last_epoch=3),
    "the base has no get_lr": lambda s, o: s.LRScheduler(o),
    "functions": lambda s, o: s.LambdaLR(o, [_half]),
    "not callable": lambda s, o: s.MultiplicativeLR(o, 0.5),
    "constant": lambda s, o: s.ConstantLR(o, 1.5),
    "linear start": lambda s, o: s.LinearLR(o, 0),
    "linear end": lambda s, o: s.LinearLR(o, 0.5, 2),
    "restart": lambda s, o: s.CosineAnnealingWarmRestarts(o, 0),
    "restart by a part": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2.5),
    "restart factor": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, 0),
    "restart least": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2, 1, "x"),
    "restart in the past": lambda s, o: s.CosineAnnealingWarmRestarts(o, 2).step(-1),
    "no total": lambda s, o: s.OneCycleLR(o, 1.0),
    "no steps": lambda s, o: s.OneCycleLR(o, 1.0, epochs=2),
    "total": lambda s, o: s.OneCycleLR(o, 1.0, 0),
    "total by a part": lambda s, o: s.OneCycleLR(o, 1.0, 2.5),
    "epochs": lambda s, o: s.OneCycleLR(o, 1.0, epochs=-1, steps_per_epoch=2),
    "steps": lambda s, o: s.OneCycleLR(o, 1.0, epochs=1, steps_per_epoch=2.5),
    "share": lambda s, o: s.OneCycleLR(o, 1.0, 5, pct_start=1.5),
    "share that is whole": lambda s, o: s.OneCycleLR(o, 1.0, 5, pct_start=1),
    "curve": lambda s, o: s.OneCycleLR(o, 1.0, 5, anneal_strategy="x"),
    "rates": lambda s, o: s.OneCycleLR(o, [1.0], 5),
    "momenta": lambda s, o: s.OneCycleLR(o, 1.0, 5, base_momentum=[1, 2, 3]),
    "one step only": lambda s, o: s.OneCycleLR(o, 1.0, 1),
    "one step too many": lambda s, o: [c := s.OneCycleLR(o, 1.0, 4), *[c.step() for _ in range(5)]],
    "mode": lambda s, o: s.CyclicLR(o, 0.1, 1, mode="x"),
    "base rates": lambda s, o: s.CyclicLR(o, [0.1], 1),
    "factor": lambda s, o: s.ReduceLROnPlateau(o, factor=1.0),
    "plateau mode": lambda s, o: s.ReduceLROnPlateau(o, "x"),
    "threshold mode": lambda s, o: s.ReduceLROnPlateau(o, threshold_mode="x"),
    "least rates": lambda s, o: s.ReduceLROnPlateau(o, min_lr=[0.1]),
    "no metric": lambda s, o: s.ReduceLROnPlateau(o).step(),
    "none in a row": lambda s, o: s.SequentialLR(o, [], []),
    "none in a chain": lambda s, o: s.ChainedScheduler([]),
    "no scheduler in a row": lambda s, o: s.SequentialLR(o, [3], []),
    "plateau in a row": lambda s, o: s.SequentialLR(o, [s.ReduceLROnPlateau(o)], []),
    "plateau in a chain": lambda s, o: s.ChainedScheduler([s.ReduceLROnPlateau(o)]),
    "milestones": lambda s, o: s.SequentialLR(o, [s.StepLR(o, 2)], [3]),
    "keyword": lambda s, o: s.StepLR(o, 2, verbose=True),
    "step size": lambda s, o: s.StepLR(o),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_errors(same, case):
    same(lambda torch: raised(lambda: WRONG[case](torch.optim.lr_scheduler, _optimizer(torch))))


def test_other_errors(same):
    def wrong(torch):
        schedulers, a, b = torch.optim.lr_scheduler, _optimizer(torch), _optimizer(torch)
        parts = [schedulers.StepLR(a, 2), schedulers.StepLR(b, 2)]
        a.step()
        a.add_param_group({"params": [torch.zeros(1)]})
        rest = torch.optim.Adagrad([torch.zeros(1)])
        return [
            raised(lambda: schedulers.ChainedScheduler(parts)),
            raised(lambda: schedulers.SequentialLR(a, parts, [3])),
            raised(lambda: schedulers.OneCycleLR(rest, 1.0, 5)),
            raised(lambda: schedulers.CyclicLR(rest, 0.1, 1)),
            raised(lambda: schedulers.LambdaLR(b, _half).optimizer.add_param_group(3)),
            raised(lambda: parts[0].step()),
        ]

    same(wrong)


def test_an_optimizer_with_a_scheduler_is_copied_and_pickled(same):
    def copies(torch):
        optimizer = _optimizer(torch)
        torch.optim.lr_scheduler.StepLR(optimizer, 1).step()
        return [_shown(copy.deepcopy(optimizer)), _shown(pickle.loads(pickle.dumps(optimizer))),
                repr(copy.copy(optimizer))]  # fmt: skip

    same(copies)
