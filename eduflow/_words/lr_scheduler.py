"""What schedulers of the learning rate refuse and warn of."""

import warnings

_MORE = "See more details at https://pytorch.org/docs/stable/optim.html#how-to-adjust-learning-rate"
OVERRIDDEN = (
    "Seems like `optimizer.step()` has been overridden after learning rate scheduler "
    "initialization. Please, make sure to call `optimizer.step()` before `lr_scheduler.step()`. "
    + _MORE
)
TOO_EARLY = (
    "Detected call of `lr_scheduler.step()` before `optimizer.step()`. In PyTorch 1.1.0 and later, "
    "you should call them in the opposite order: `optimizer.step()` before `lr_scheduler.step()`.  "
    "Failure to do this will result in PyTorch skipping the first value of the learning rate "
    "schedule. " + _MORE
)
EPOCH = (
    "The epoch parameter in `scheduler.step()` was not necessary and is being deprecated where "
    "possible. Please use `scheduler.step()` to step the scheduler. During the deprecation, if "
    "epoch is different from None, the closed form is used instead of the new chainable form, "
    "where available. Please open an issue if you are unable to replicate your use case: "
    "https://github.com/pytorch/pytorch/issues/new/choose."
)
GET_LR = (
    "To get the last learning rate computed by the scheduler, please use `get_last_lr()`."
)  # fmt: skip
_RESUMED = (
    "param 'initial_lr' is not specified in param_groups[{}] when resuming scheduler with "
    "last_epoch >= 0.\nThis typically happens when:\n1. You're trying to resume training from a "
    "checkpoint but haven't properly loaded the optimizer state\n2. You're using last_epoch >= 0 "
    "for a fresh training run (not recommended)"
)
MORE_GROUPS = (
    "The number of param groups in the `optimizer` ({}) differs from when `ReduceLROnPlateau` was "
    "initialized ({}), usually due to a new param group being added to the optimizer. Please "
    "modify the `min_lrs` field to match the length of the `optimizer` param groups."
)


def warn(text):
    """A UserWarning, shown where the caller of the scheduler's method stands."""
    warnings.warn(text, UserWarning, stacklevel=3)


def refuse_resuming(groups):
    """KeyError for a group that does not know the rate it began with."""
    for i, group in enumerate(groups):
        if "initial_lr" not in group:
            raise KeyError(_RESUMED.format(i))


def one_each(name, groups, values):
    """ValueError unless there is a value for each group."""
    if len(values) != len(groups):
        raise ValueError(
            f"{name} must have the same length as optimizer.param_groups. {name} has "
            f"{len(values)} values, param_groups has {len(groups)}."
        )


def members(whole, optimizer, schedulers, plateau):
    """Errors unless `whole` can drive these schedulers: none of kind `plateau`, one optimizer."""
    name = type(whole).__name__
    for i, scheduler in enumerate(schedulers):
        if not hasattr(scheduler, "optimizer"):
            raise TypeError(f"{name} at index {i} should have `optimizer` as its attribute.")
        if isinstance(scheduler, plateau):
            raise ValueError(
                f"{name} does not support `ReduceLROnPlateau` scheduler as it requires additional "
                f"kwargs to be specified when calling `step`, but got one at index {i} in the "
                "given schedulers sequence."
            )
        if optimizer != scheduler.optimizer:
            raise ValueError(
                f"{name} expects all schedulers to belong to the same optimizer, but got scheduler "
                f"{type(scheduler).__name__} at index {i} has {scheduler.optimizer}, which is "
                f"different from {type(optimizer).__name__}."
            )


def milestones(schedulers, points):
    """ValueError unless there is a point between each two schedulers."""
    if len(points) != len(schedulers) - 1:
        raise ValueError(
            "Sequential Schedulers expects number of schedulers provided to be one more than the "
            f"number of milestone points, but got number of schedulers {len(schedulers)} and the "
            f"number of milestones to be equal to {len(points)}"
        )


def warm_restarts(T_0, T_mult, eta_min):
    """ValueError for periods that are not whole and positive, and a rate that is no number."""
    if T_0 <= 0 or not isinstance(T_0, int):
        raise ValueError(f"Expected positive integer T_0, but got {T_0}")
    if T_mult < 1 or not isinstance(T_mult, int):
        raise ValueError(f"Expected integer T_mult >= 1, but got {T_mult}")
    if not isinstance(eta_min, (float, int)):
        raise ValueError(
            f"Expected float or int eta_min, but got {eta_min} of type {type(eta_min)}"
        )


def total_steps(total, epochs, steps_per_epoch):
    """How many steps OneCycleLR makes; ValueError when that is not said, or not positive."""
    if total is not None:
        given = {"total_steps": total}
    elif epochs is not None and steps_per_epoch is not None:
        given = {"epochs": epochs, "steps_per_epoch": steps_per_epoch}
    else:
        raise ValueError("You must define either total_steps OR (epochs AND steps_per_epoch)")
    product = 1
    for name, value in given.items():
        if not isinstance(value, int) or value <= 0:
            raise ValueError(f"Expected positive integer {name}, but got {value}")
        product *= value
    return product


def steps_left(step, total):
    """ValueError when OneCycleLR was stepped more often than it was told."""
    if step > total:
        raise ValueError(
            f"Tried to step {step} times. The specified number of total steps is {total}"
        )


def one_cycle(pct_start, anneal_strategy):
    """ValueError for a share that is none, and a curve that is not known."""
    if pct_start < 0 or pct_start > 1 or not isinstance(pct_start, float):
        raise ValueError(f"Expected float between 0 and 1 pct_start, but got {pct_start}")
    if anneal_strategy not in ("cos", "linear"):
        raise ValueError(
            f"anneal_strategy must be one of 'cos' or 'linear', instead got {anneal_strategy}"
        )
