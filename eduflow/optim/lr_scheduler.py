"""Schedulers: the learning rate of an optimizer, changed from step to step.

`get_lr` computes the next rates from the present ones, so that a rate changed by hand, or by
another scheduler, is carried on. Where a rate can be told from the number of the step alone,
`_get_closed_form_lr` does so for `step(epoch)`.
"""

import functools
import math
import types
from bisect import bisect_right
from collections import Counter
from weakref import ref

from .._core.tensor import Tensor
from .._words import lr_scheduler as words
from .optimizer import Optimizer

__all__ = [
    "ChainedScheduler",
    "ConstantLR",
    "CosineAnnealingLR",
    "CosineAnnealingWarmRestarts",
    "CyclicLR",
    "ExponentialLR",
    "LRScheduler",
    "LambdaLR",
    "LinearLR",
    "MultiStepLR",
    "MultiplicativeLR",
    "OneCycleLR",
    "PolynomialLR",
    "ReduceLROnPlateau",
    "SequentialLR",
    "StepLR",
]


def __dir__() -> list[str]:
    """The names of the schedulers, not those of helpers."""
    return __all__


def values_of(optimizer, key):
    """What each group has under `key`; of tensors, a copy."""
    values = [group[key] for group in optimizer.param_groups]
    return [value.clone() if isinstance(value, Tensor) else value for value in values]


def for_each_group(name, optimizer, value):
    """A list with one value for each group: `value` itself, or the one value repeated."""
    groups = optimizer.param_groups
    if isinstance(value, (list, tuple)):
        words.one_each(name, groups, value)
    else:
        value = [value] * len(groups)
    return [v.clone() if isinstance(v, Tensor) else v for v in value]


def set_rate(group, rate):
    """The group's new rate; a rate that is a tensor is filled, for others may hold it."""
    if isinstance(group["lr"], Tensor):
        group["lr"].fill_(rate)
    else:
        group["lr"] = rate


def check_optimizer(optimizer):
    """TypeError for what is no optimizer."""
    if not isinstance(optimizer, Optimizer):
        raise TypeError(f"{type(optimizer).__name__} is not an Optimizer")


def asked_by_step(get_lr):
    """Make `get_lr` warn when it is not `step` that asks: it gives the next rates, not the last."""

    @functools.wraps(get_lr)
    def warned(self):
        if not self._get_lr_called_within_step:
            words.warn(words.GET_LR)
        return get_lr(self)

    return warned


def note_steps(optimizer):
    """From now on the optimizer notes that it was stepped: schedulers warn when they come first."""
    if hasattr(optimizer.step, "_wrapped_by_lr_sched"):
        return
    step, known = optimizer.step.__func__, ref(optimizer)

    @functools.wraps(step)
    def noted(*args, **kwargs):
        owner = known()
        owner._opt_called = True
        return step(owner, *args, **kwargs)

    noted._wrapped_by_lr_sched = True
    optimizer.step = noted


class LRScheduler:
    """The base of all schedulers: a subclass says in `get_lr` what the next rates are.

    Making one steps it for the first time. `last_epoch` is the number of the last step when
    training is resumed; the groups must know their "initial_lr" then.
    Mirrors torch.optim.lr_scheduler.LRScheduler.
    """

    _get_lr_called_within_step = False
    _is_initial = False

    def __init__(self, optimizer, last_epoch=-1):
        check_optimizer(optimizer)
        self.optimizer = optimizer
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, values_of(optimizer, "lr")):
                group.setdefault("initial_lr", rate)
        else:
            words.refuse_resuming(optimizer.param_groups)
        self.base_lrs = values_of(optimizer, "initial_lr")
        self.last_epoch = last_epoch
        note_steps(optimizer)
        self._initial_step()

    def _initial_step(self):
        """The step that sets the first rates; it happens while the scheduler is made."""
        self._step_count, self._is_initial = 0, True
        try:
            self.step()
        finally:
            self._is_initial = False

    def state_dict(self):
        """All that the scheduler knows but the optimizer, whose rates it does not hold."""
        return {key: value for key, value in self.__dict__.items() if key != "optimizer"}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave."""
        self.__dict__.update(state_dict)

    def get_last_lr(self):
        """The rates that the last step set, one for each group."""
        return self._last_lr

    def get_lr(self):
        """The next rates, one for each group; a subclass says how."""
        raise NotImplementedError

    def step(self, epoch=None):
        """Set the next rates; `epoch`, which is deprecated, says which instead."""
        if self._step_count == 1:
            if not hasattr(self.optimizer.step, "_wrapped_by_lr_sched"):
                words.warn(words.OVERRIDDEN)
            elif not getattr(self.optimizer, "_opt_called", False):
                words.warn(words.TOO_EARLY)
        self._step_count += 1
        if epoch is not None:
            words.warn(words.EPOCH)
        self._update_lr(epoch)

    def _update_lr(self, epoch=None):
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        closed = hasattr(self, "_get_closed_form_lr") and epoch is not None
        self._set_all(self._get_closed_form_lr if closed else self.get_lr)

    def _set_all(self, ask):
        """Set the rates that `ask()` gives, which may know that it is a step that asks."""
        self._get_lr_called_within_step = True
        try:
            rates = ask()
        finally:
            self._get_lr_called_within_step = False
        for group, rate in zip(self.optimizer.param_groups, rates, strict=True):
            set_rate(group, rate)
        self._last_lr = values_of(self.optimizer, "lr")

    def _scaled(self, factor):
        """The present rates, times `factor`."""
        return [group["lr"] * factor for group in self.optimizer.param_groups]


class _ByFunctions(LRScheduler):
    """What LambdaLR and MultiplicativeLR share: a function of the step's number for each group."""

    def __init__(self, optimizer, lr_lambda, last_epoch=-1):
        self.optimizer, count = optimizer, len(optimizer.param_groups)
        if not isinstance(lr_lambda, (list, tuple)):
            lr_lambda = [lr_lambda] * count
        elif len(lr_lambda) != count:
            raise ValueError(f"Expected {count} lr_lambdas, but got {len(lr_lambda)}")
        self.lr_lambdas = list(lr_lambda)
        self._check_functions()
        super().__init__(optimizer, last_epoch)

    def _check_functions(self):
        pass

    def state_dict(self):
        """As of any scheduler; of callable objects what they hold, of functions None."""
        state = super().state_dict()
        functions = state.pop("lr_lambdas")
        kept = [None if isinstance(f, types.FunctionType) else dict(vars(f)) for f in functions]
        return state | {"lr_lambdas": kept}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave; functions stay those that are here."""
        rest = {key: value for key, value in state_dict.items() if key != "lr_lambdas"}
        super().load_state_dict(rest)
        for function, held in zip(self.lr_lambdas, state_dict["lr_lambdas"]):
            if held is not None:
                vars(function).update(held)


class LambdaLR(_ByFunctions):
    """The first rate times `lr_lambda(number of the step)`; one function, or one for each group.

    Mirrors torch.optim.lr_scheduler.LambdaLR.
    """

    @asked_by_step
    def get_lr(self):
        """The first rates, each times what its function gives for this step."""
        return [
            rate * function(self.last_epoch)
            for function, rate in zip(self.lr_lambdas, self.base_lrs, strict=True)
        ]


class MultiplicativeLR(_ByFunctions):
    """At each step the present rate times `lr_lambda(number of the step)`.

    Mirrors torch.optim.lr_scheduler.MultiplicativeLR.
    """

    def _check_functions(self):
        for function in self.lr_lambdas:
            if not callable(function):
                kind = type(function).__name__
                raise TypeError(f"lr_lambda should be a function, but got {kind}")

    @asked_by_step
    def get_lr(self):
        """The present rates, each times what its function gives for this step."""
        rates = values_of(self.optimizer, "lr")
        if self._is_initial:
            return rates
        return [
            rate * function(self.last_epoch)
            for function, rate in zip(self.lr_lambdas, rates, strict=True)
        ]


class StepLR(LRScheduler):
    """Every `step_size` steps the rate times `gamma`. Mirrors torch.optim.lr_scheduler.StepLR."""

    def __init__(self, optimizer, step_size, gamma=0.1, last_epoch=-1):
        self.step_size, self.gamma = step_size, gamma
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates, times `gamma` at each `step_size`-th step."""
        if self.last_epoch == 0 or self.last_epoch % self.step_size != 0:
            return values_of(self.optimizer, "lr")
        return self._scaled(self.gamma)

    def _get_closed_form_lr(self):
        factor = self.gamma ** (self.last_epoch // self.step_size)
        return [rate * factor for rate in self.base_lrs]


class MultiStepLR(LRScheduler):
    """At each of the `milestones`, numbers of steps, the rate times `gamma`.

    Mirrors torch.optim.lr_scheduler.MultiStepLR.
    """

    def __init__(self, optimizer, milestones, gamma=0.1, last_epoch=-1):
        self.milestones, self.gamma = Counter(milestones), gamma
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates, times `gamma` as often as this step is a milestone."""
        if self.last_epoch not in self.milestones:
            return values_of(self.optimizer, "lr")
        return self._scaled(self.gamma ** self.milestones[self.last_epoch])

    def _get_closed_form_lr(self):
        passed = bisect_right(sorted(self.milestones.elements()), self.last_epoch)
        return [rate * self.gamma**passed for rate in self.base_lrs]


class ConstantLR(LRScheduler):
    """The rate times `factor` for `total_iters` steps, then in full.

    Mirrors torch.optim.lr_scheduler.ConstantLR.
    """

    def __init__(self, optimizer, factor=1.0 / 3, total_iters=5, last_epoch=-1):
        if factor > 1.0 or factor < 0:
            raise ValueError("Constant multiplicative factor expected to be between 0 and 1.")
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates: made smaller at first, and whole again after `total_iters` steps."""
        if self.last_epoch == 0:
            return self._scaled(self.factor)
        if self.last_epoch != self.total_iters:
            return values_of(self.optimizer, "lr")
        return self._scaled(1.0 / self.factor)

    def _get_closed_form_lr(self):
        over = self.last_epoch >= self.total_iters
        return [rate * (self.factor + over * (1 - self.factor)) for rate in self.base_lrs]


class LinearLR(LRScheduler):
    """The rate times a factor that goes from `start_factor` to `end_factor` in `total_iters` steps.

    Mirrors torch.optim.lr_scheduler.LinearLR.
    """

    def __init__(
        self, optimizer, start_factor=1.0 / 3, end_factor=1.0, total_iters=5, last_epoch=-1
    ):
        if start_factor > 1.0 or start_factor <= 0:
            raise ValueError(
                "Starting multiplicative factor expected to be greater than 0 and less or equal "
                "to 1."
            )
        if end_factor > 1.0 or end_factor < 0:
            raise ValueError("Ending multiplicative factor expected to be between 0 and 1.")
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = total_iters
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates, times this step's factor over that of the step before."""
        if self.last_epoch == 0:
            return self._scaled(self.start_factor)
        if self._is_initial or self.last_epoch > self.total_iters:
            return values_of(self.optimizer, "lr")
        rise = self.end_factor - self.start_factor
        before = self.total_iters * self.start_factor + (self.last_epoch - 1) * rise
        return self._scaled(1.0 + rise / before)

    def _get_closed_form_lr(self):
        rise = self.end_factor - self.start_factor
        risen = rise * min(self.total_iters, self.last_epoch) / self.total_iters
        return [rate * (self.start_factor + risen) for rate in self.base_lrs]


class ExponentialLR(LRScheduler):
    """At each step the rate times `gamma`. Mirrors torch.optim.lr_scheduler.ExponentialLR."""

    def __init__(self, optimizer, gamma, last_epoch=-1):
        self.gamma = gamma
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates times `gamma`."""
        return values_of(self.optimizer, "lr") if self._is_initial else self._scaled(self.gamma)

    def _get_closed_form_lr(self):
        return [rate * self.gamma**self.last_epoch for rate in self.base_lrs]


class PolynomialLR(LRScheduler):
    """Down to zero in `total_iters` steps, along (1 - share of the way) ** `power`.

    Mirrors torch.optim.lr_scheduler.PolynomialLR.
    """

    def __init__(self, optimizer, total_iters=5, power=1.0, last_epoch=-1):
        self.total_iters, self.power = total_iters, power
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The present rates, times what is left of the way over what was left before."""
        if self._is_initial or self.last_epoch > self.total_iters:
            return values_of(self.optimizer, "lr")
        left = 1.0 - self.last_epoch / self.total_iters
        left_before = 1.0 - (self.last_epoch - 1) / self.total_iters
        return self._scaled((left / left_before) ** self.power)

    def _get_closed_form_lr(self):
        left = 1.0 - min(self.total_iters, self.last_epoch) / self.total_iters
        return [rate * left**self.power for rate in self.base_lrs]


# %% lesson 10 schedule
def eased(start, end, share):
    """From `start` to `end` along half a cosine: half-way at share 0.5, flat at both ends."""
    return end + (start - end) * (1 + math.cos(math.pi * share)) / 2


def value_at(step, phases, curve):
    """The value at `step` of a way in phases, each of them (last step, value first, value last).

    The first begins at step 0, the last never ends; `curve(first, last, share)` leads through each.
    """
    start = 0
    while len(phases) > 1 and step > phases[0][0]:
        start, phases = phases[0][0], phases[1:]
    end, first, last = phases[0]
    return curve(first, last, (step - start) / (end - start))


# %% end


def annealed(rate, base, least, step, period):
    """The rate of this step, from `rate`, that of the step before; `base` falls to `least`.

    What is above `least` changes in the proportion in which `eased` does; so a rate that was halved
    by hand stays half as high. From the bottom, where nothing is left, as much is added.
    """
    above = eased(1.0, 0.0, step / period)
    above_before = eased(1.0, 0.0, (step - 1) / period)
    if above_before == 0:
        return rate + (base - least) * above
    return least + (rate - least) * above / above_before


class CosineAnnealingLR(LRScheduler):
    """From the first rate down to `eta_min` in `T_max` steps along half a cosine, then up again.

    Mirrors torch.optim.lr_scheduler.CosineAnnealingLR.
    """

    def __init__(self, optimizer, T_max, eta_min=0.0, last_epoch=-1):
        self.T_max, self.eta_min = T_max, eta_min
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The next rates, each from the present one."""
        rates, step = values_of(self.optimizer, "lr"), self.last_epoch
        if self._is_initial:
            return rates
        if self._step_count == 1 and step > 0:
            return self._get_closed_form_lr()
        pairs = zip(rates, self.base_lrs, strict=True)
        return [annealed(rate, base, self.eta_min, step, self.T_max) for rate, base in pairs]

    def _get_closed_form_lr(self):
        share = self.last_epoch / self.T_max
        return [eased(base, self.eta_min, share) for base in self.base_lrs]


class CosineAnnealingWarmRestarts(LRScheduler):
    """Half a cosine down to `eta_min` in `T_0` steps, then anew; each time `T_mult` times as long.

    Mirrors torch.optim.lr_scheduler.CosineAnnealingWarmRestarts.
    """

    def __init__(self, optimizer, T_0, T_mult=1, eta_min=0.0, last_epoch=-1):
        words.warm_restarts(T_0, T_mult, eta_min)
        self.T_0, self.T_i, self.T_mult = T_0, T_0, T_mult
        self.eta_min, self.T_cur = eta_min, last_epoch
        super().__init__(optimizer, last_epoch)

    @asked_by_step
    def get_lr(self):
        """The rates after `T_cur` of the `T_i` steps of this period."""
        share = self.T_cur / self.T_i
        return [eased(base, self.eta_min, share) for base in self.base_lrs]

    def step(self, epoch=None):
        """Set the next rates, or those at `epoch`, which may lie between two steps."""
        if epoch is None and self.last_epoch < 0:
            epoch = 0
        if epoch is None:
            epoch = self.last_epoch + 1
            self.T_cur += 1
            if self.T_cur >= self.T_i:
                self.T_cur, self.T_i = self.T_cur % self.T_i, self.T_i * self.T_mult
        else:
            self._go_to(epoch)
        self.last_epoch = math.floor(epoch)
        self._set_all(self.get_lr)

    def _go_to(self, epoch):
        """Set `T_cur` and `T_i`: how far the period is, and how long, at `epoch`."""
        if epoch < 0:
            raise ValueError(f"Expected non-negative epoch, but got {epoch}")
        if epoch < self.T_0:
            self.T_cur, self.T_i = epoch, self.T_0
        elif self.T_mult == 1:
            self.T_cur = epoch % self.T_0
        else:
            grown = epoch / self.T_0 * (self.T_mult - 1) + 1
            periods = int(math.log(grown, self.T_mult))
            past = self.T_0 * (self.T_mult**periods - 1) / (self.T_mult - 1)
            self.T_cur, self.T_i = epoch - past, self.T_0 * self.T_mult**periods


class _Momentum(LRScheduler):
    """What OneCycleLR and CyclicLR share: while the rate goes up, the momentum goes down."""

    def _take_momentum(self, base_momentum, max_momentum, last_epoch):
        """Each group's bounds; ValueError for an optimizer without momentum."""
        defaults, groups = self.optimizer.defaults, self.optimizer.param_groups
        if "momentum" not in defaults and "betas" not in defaults:
            raise ValueError(
                "optimizer must support momentum or beta1 with `cycle_momentum` option enabled"
            )
        self.use_beta1 = "betas" in defaults
        low = for_each_group("base_momentum", self.optimizer, base_momentum)
        high = for_each_group("max_momentum", self.optimizer, max_momentum)
        if last_epoch == -1:
            for least, most, group in zip(low, high, groups):
                self._set_momentum(group, most)
                group["max_momentum"], group["base_momentum"] = most, least
        return low, high

    def _set_momentum(self, group, momentum):
        if self.use_beta1:
            group["betas"] = (momentum, *group["betas"][1:])
        else:
            group["momentum"] = momentum


def straight(start, end, share):
    """From `start` to `end` along a straight line, as `eased` goes along a cosine."""
    return start + (end - start) * share


class OneCycleLR(_Momentum):
    """One cycle: from `max_lr / div_factor` up to `max_lr`, then down to nearly nothing.

    The number of steps is `total_steps`, or `epochs * steps_per_epoch`; `pct_start` is the share
    of the way up. With `three_phase` it goes down as fast as it went up, and then on. Meanwhile
    the momentum goes from `max_momentum` to `base_momentum` and back, with `cycle_momentum`.
    Mirrors torch.optim.lr_scheduler.OneCycleLR.
    """

    def __init__(
        self, optimizer, max_lr, total_steps=None, epochs=None, steps_per_epoch=None,
        pct_start=0.3, anneal_strategy="cos", cycle_momentum=True, base_momentum=0.85,
        max_momentum=0.95, div_factor=25.0, final_div_factor=1e4, three_phase=False, last_epoch=-1,
    ):  # fmt: skip
        check_optimizer(optimizer)
        self.optimizer = optimizer
        self.total_steps = words.total_steps(total_steps, epochs, steps_per_epoch)
        self._schedule_phases = _phases(self.total_steps, pct_start, three_phase)
        words.one_cycle(pct_start, anneal_strategy)
        self._anneal_func_type = anneal_strategy
        rates = for_each_group("max_lr", optimizer, max_lr)
        if last_epoch == -1:
            for group, rate in zip(optimizer.param_groups, rates):
                group["initial_lr"] = rate / div_factor
                group["max_lr"] = rate
                group["min_lr"] = group["initial_lr"] / final_div_factor
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            self._take_momentum(base_momentum, max_momentum, last_epoch)
        super().__init__(optimizer, last_epoch)

    def _now(self, group, what):
        """The group's "lr" or "momentum" at this step."""
        phases = [
            (phase["end_step"], group[phase[f"start_{what}"]], group[phase[f"end_{what}"]])
            for phase in self._schedule_phases
        ]
        curve = straight if self._anneal_func_type == "linear" else eased
        return value_at(self.last_epoch, phases, curve)

    @asked_by_step
    def get_lr(self):
        """The rates at this step; the momenta are set on the way."""
        words.steps_left(self.last_epoch, self.total_steps)
        groups = self.optimizer.param_groups
        if self.cycle_momentum:
            for group in groups:
                self._set_momentum(group, self._now(group, "momentum"))
        return [self._now(group, "lr") for group in groups]


def _phases(total, share, three):
    """The phases of OneCycleLR: the last step of each, and what the groups go from and to."""
    up = _phase(float(share * total) - 1, "initial_lr", "max_lr", "max", "base")
    if not three:
        return [up, _phase(total - 1, "max_lr", "min_lr", "base", "max")]
    down = _phase(float(2 * share * total) - 2, "max_lr", "initial_lr", "base", "max")
    return [up, down, _phase(total - 1, "initial_lr", "min_lr", "max", "max")]


def _phase(end, first, last, start, stop):
    return {
        "end_step": end,
        "start_lr": first,
        "end_lr": last,
        "start_momentum": f"{start}_momentum",
        "end_momentum": f"{stop}_momentum",
    }


class CyclicLR(_Momentum):
    """From `base_lr` up to `max_lr` in `step_size_up` steps, down in `step_size_down`, and again.

    `mode` says how high later cycles go: as high ("triangular"), half as high each time
    ("triangular2"), or times `gamma` at each step ("exp_range"). `scale_fn` says it instead, from
    the number of the cycle or, with `scale_mode="iterations"`, of the step.
    Mirrors torch.optim.lr_scheduler.CyclicLR.
    """

    def __init__(
        self, optimizer, base_lr, max_lr, step_size_up=2000, step_size_down=None,
        mode="triangular", gamma=1.0, scale_fn=None, scale_mode="cycle", cycle_momentum=True,
        base_momentum=0.8, max_momentum=0.9, last_epoch=-1,
    ):  # fmt: skip
        check_optimizer(optimizer)
        self.optimizer = optimizer
        base_lrs = for_each_group("base_lr", optimizer, base_lr)
        if last_epoch == -1:
            for rate, group in zip(base_lrs, optimizer.param_groups):
                set_rate(group, rate)
        self.max_lrs = for_each_group("max_lr", optimizer, max_lr)
        up = float(step_size_up)
        down = up if step_size_down is None else float(step_size_down)
        self.total_size, self.step_ratio = up + down, up / (up + down)
        if scale_fn is None and mode not in ("triangular", "triangular2", "exp_range"):
            raise ValueError("mode is invalid and scale_fn is None")
        self.mode, self.gamma = mode, gamma
        self._scale_fn_custom, self.scale_mode = scale_fn, scale_mode
        self._choose_scale_mode()
        self.cycle_momentum = cycle_momentum
        if cycle_momentum:
            bounds = self._take_momentum(base_momentum, max_momentum, last_epoch)
            self.base_momentums, self.max_momentums = bounds
        super().__init__(optimizer, last_epoch)
        self.base_lrs = base_lrs

    def _choose_scale_mode(self):
        """Without a function of one's own, the mode says what is counted."""
        if self._scale_fn_custom is None:
            self.scale_mode = "iterations" if self.mode == "exp_range" else "cycle"

    def scale_fn(self, x):
        """How high the cycle, or step, with the number `x` goes: 1 is as high as can be."""
        if self._scale_fn_custom is not None:
            return self._scale_fn_custom(x)
        if self.mode == "exp_range":
            return self.gamma**x
        return 1 / (2.0 ** (x - 1)) if self.mode == "triangular2" else 1.0

    @asked_by_step
    def get_lr(self):
        """The rates at this step; the momenta are set on the way."""
        cycle = math.floor(1 + self.last_epoch / self.total_size)
        x, ratio = 1.0 + self.last_epoch / self.total_size - cycle, self.step_ratio
        height = x / ratio if x <= ratio else (x - 1) / (ratio - 1)
        scale = self.scale_fn(cycle if self.scale_mode == "cycle" else self.last_epoch)
        if self.cycle_momentum:
            bounds = zip(self.base_momentums, self.max_momentums, strict=True)
            for group, (low, high) in zip(self.optimizer.param_groups, bounds, strict=True):
                self._set_momentum(group, high - (high - low) * height * scale)
        pairs = zip(self.base_lrs, self.max_lrs, strict=True)
        return [low + (high - low) * height * scale for low, high in pairs]

    def state_dict(self):
        """As of any scheduler; of a callable object what it holds, of a function None."""
        state = super().state_dict()
        custom = state.pop("_scale_fn_custom")
        plain = custom is None or isinstance(custom, types.FunctionType)
        return state | {"_scale_fn_custom": None if plain else dict(vars(custom))}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave; a function stays the one that is here."""
        held = state_dict["_scale_fn_custom"]
        rest = {key: value for key, value in state_dict.items() if key != "_scale_fn_custom"}
        super().load_state_dict(rest)
        if held is not None:
            vars(self._scale_fn_custom).update(held)
        self._choose_scale_mode()


class ReduceLROnPlateau(LRScheduler):
    """The rate times `factor` when a figure has not become better for more than `patience` steps.

    `mode` says whether less ("min") or more is better; by how much it must be is `threshold`, as a
    share ("rel") or as a difference ("abs"). After a cut it waits `cooldown` steps. No rate falls
    below `min_lr`, and none changes by less than `eps`.
    Mirrors torch.optim.lr_scheduler.ReduceLROnPlateau.
    """

    def __init__(
        self, optimizer, mode="min", factor=0.1, patience=10, threshold=1e-4,
        threshold_mode="rel", cooldown=0, min_lr=0, eps=1e-8,
    ):  # fmt: skip
        if factor >= 1.0:
            raise ValueError("Factor should be < 1.0.")
        self.factor = factor
        check_optimizer(optimizer)
        self.optimizer, count = optimizer, len(optimizer.param_groups)
        if isinstance(min_lr, (list, tuple)):
            if len(min_lr) != count:
                raise ValueError(f"expected {count} min_lrs, got {len(min_lr)}")
            self.default_min_lr, self.min_lrs = None, list(min_lr)
        else:
            self.default_min_lr, self.min_lrs = min_lr, [min_lr] * count
        self.patience, self.cooldown, self.eps = patience, cooldown, eps
        self.last_epoch = 0
        self._last_lr = values_of(optimizer, "lr")
        self._choose(mode, threshold, threshold_mode)
        self._reset()

    def _choose(self, mode, threshold, threshold_mode):
        if mode not in ("min", "max"):
            raise ValueError(f"mode {mode} is unknown!")
        if threshold_mode not in ("rel", "abs"):
            raise ValueError(f"threshold mode {threshold_mode} is unknown!")
        self.mode_worse = math.inf if mode == "min" else -math.inf
        self.mode, self.threshold, self.threshold_mode = mode, threshold, threshold_mode

    def _reset(self):
        self.best = self.mode_worse
        self.cooldown_counter = self.num_bad_epochs = 0

    def step(self, metrics, epoch=None):
        """Look at the figure `metrics`, a number or a tensor of one, and cut the rates if due."""
        current = float(metrics)
        if epoch is not None:
            words.warn(words.EPOCH)
        self.last_epoch = self.last_epoch + 1 if epoch is None else epoch
        if self._is_better(current, self.best):
            self.best, self.num_bad_epochs = current, 0
        else:
            self.num_bad_epochs += 1
        if self.in_cooldown:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            self._reduce_lr()
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0
        self._last_lr = values_of(self.optimizer, "lr")

    def _reduce_lr(self):
        groups = self.optimizer.param_groups
        if len(groups) != len(self.min_lrs):
            if self.default_min_lr is None:
                raise RuntimeError(words.MORE_GROUPS.format(len(groups), len(self.min_lrs)))
            self.min_lrs = [self.default_min_lr] * len(groups)
        for group, least in zip(groups, self.min_lrs):
            old = float(group["lr"])
            new = max(old * self.factor, least)
            if old - new > self.eps:
                set_rate(group, new)

    @property
    def in_cooldown(self):
        """Whether the scheduler still waits after a cut."""
        return self.cooldown_counter > 0

    def _is_better(self, figure, best):
        sign = -1 if self.mode == "min" else 1
        if self.threshold_mode == "rel":
            bound = best * (1.0 + sign * self.threshold)
        else:
            bound = best + sign * self.threshold
        return figure < bound if self.mode == "min" else figure > bound

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave; ValueError for a mode that is not known."""
        super().load_state_dict(state_dict)
        self._choose(self.mode, self.threshold, self.threshold_mode)


class _Several(LRScheduler):
    """What SequentialLR and ChainedScheduler share: the states of their schedulers."""

    def _check_members(self, optimizer, schedulers):
        words.members(self, optimizer, schedulers, ReduceLROnPlateau)

    def state_dict(self):
        """As of any scheduler; under "_schedulers" the state of each."""
        state = super().state_dict()
        schedulers = state.pop("_schedulers")
        return state | {"_schedulers": [scheduler.state_dict() for scheduler in schedulers]}

    def load_state_dict(self, state_dict):
        """Take over what `state_dict` gave, for each scheduler its own."""
        rest = {key: value for key, value in state_dict.items() if key != "_schedulers"}
        super().load_state_dict(rest)
        for scheduler, state in zip(self._schedulers, state_dict["_schedulers"]):
            scheduler.load_state_dict(state)


class SequentialLR(_Several):
    """One scheduler after the other; at each of the `milestones` the next takes over.

    Mirrors torch.optim.lr_scheduler.SequentialLR.
    """

    def __init__(self, optimizer, schedulers, milestones, last_epoch=-1):
        if len(schedulers) < 1:
            name = type(self).__name__
            raise ValueError(f"{name} expects at least one scheduler, but got no scheduler.")
        self._check_members(optimizer, schedulers)
        words.milestones(schedulers, milestones)
        self._schedulers, self._milestones = schedulers, milestones
        self.last_epoch, self.optimizer = last_epoch + 1, optimizer
        for group in optimizer.param_groups:
            set_rate(group, group["initial_lr"])
        self.recursive_undo()
        first = schedulers[bisect_right(milestones, 0)]
        first._initial_step()
        self._last_lr = first.get_last_lr()

    def recursive_undo(self, sched=None):
        """Take back the step that each scheduler, and those inside it, made when it was made."""
        scheduler = self if sched is None else sched
        if hasattr(scheduler, "_schedulers"):
            for one in scheduler._schedulers:
                self.recursive_undo(one)
        elif hasattr(scheduler, "last_epoch"):
            scheduler.last_epoch -= 1

    def step(self):
        """Step the scheduler whose turn it is; one that takes over begins anew."""
        self.last_epoch += 1
        turn = bisect_right(self._milestones, self.last_epoch)
        scheduler = self._schedulers[turn]
        if turn > 0 and self._milestones[turn - 1] == self.last_epoch:
            scheduler._update_lr(0)
        else:
            scheduler.step()
        self._last_lr = scheduler.get_last_lr()


class ChainedScheduler(_Several):
    """Several schedulers at once, one after the other at each step.

    Mirrors torch.optim.lr_scheduler.ChainedScheduler.
    """

    def __init__(self, schedulers, optimizer=None):
        if len(schedulers) < 1:
            name = type(self).__name__
            raise ValueError(
                f"{name} expects at least one scheduler to be chained, but got no scheduler."
            )
        optimizer = optimizer or schedulers[0].optimizer
        self._check_members(optimizer, schedulers)
        self._schedulers, self.optimizer = schedulers, optimizer
        self._last_lr = values_of(optimizer, "lr")

    def step(self):
        """Step every scheduler."""
        for scheduler in self._schedulers:
            scheduler.step()
        self._last_lr = values_of(self.optimizer, "lr")
