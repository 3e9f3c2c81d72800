"""Checks on `checkpoint` and `resume`: is the second half of a training what it would have been?"""

from __future__ import annotations

import copy
from collections.abc import Callable
from functools import partial
from types import SimpleNamespace
from typing import Any

from . import Case, Exercise, Misconception, late, register

PER_EPOCH = 3  # batches


def _start(torch: Any, seed: int) -> Any:
    """A small training with everything that has a state."""
    torch.manual_seed(seed)
    nn, data = torch.nn, torch.utils.data
    net = nn.Sequential(nn.Linear(2, 4), nn.BatchNorm1d(4), nn.Dropout(0.4), nn.Linear(4, 2))
    optimizer = torch.optim.SGD(net.parameters(), 0.1, momentum=0.9)
    pile = data.TensorDataset(torch.arange(24.0).reshape(12, 2) / 12 - 1, torch.tensor([0, 1] * 6))
    run = SimpleNamespace(
        net=net,
        optimizer=optimizer,
        scheduler=torch.optim.lr_scheduler.StepLR(optimizer, 2, 0.5),
        loader=data.DataLoader(pile, batch_size=4, shuffle=True),
    )
    _begin_epoch(torch, run)
    return run


def _begin_epoch(torch: Any, run: Any) -> None:
    run.epoch_state, run.done = torch.get_rng_state(), 0
    run.batches = iter(run.loader)


def _go_on(torch: Any, run: Any, steps: int) -> Any:
    for _ in range(steps):
        if run.done == PER_EPOCH:
            _begin_epoch(torch, run)
        x, y = next(run.batches)
        run.done += 1
        run.optimizer.zero_grad()
        torch.nn.functional.cross_entropy(run.net(x), y).backward()
        run.optimizer.step()
        run.scheduler.step()
    return run


# What the two do, piece by piece.

PIECES: dict[str, Callable[[Any, Any], Any]] = {
    "net": lambda torch, run: run.net.state_dict(),
    "optimizer": lambda torch, run: run.optimizer.state_dict(),
    "scheduler": lambda torch, run: run.scheduler.state_dict(),
    "epoch_state": lambda torch, run: run.epoch_state,
    "done": lambda torch, run: run.done,
    "state": lambda torch, run: torch.get_rng_state(),
}


def _checkpoint(**others: Callable[[Any, Any], Any]) -> Any:
    def make(torch: Any) -> Any:
        pieces = PIECES | others
        return lambda run: {name: piece(torch, run) for name, piece in pieces.items()}

    return late(make)


def _resume(without: str = "", skip: bool = True, state_first: bool = False) -> Any:
    def make(torch: Any) -> Any:
        def resume(run: Any, saved: Any) -> None:
            for name in {"net", "optimizer", "scheduler"} - {without}:
                getattr(run, name).load_state_dict(saved[name])
            if without != "epoch_state":
                torch.set_rng_state(saved["epoch_state"])
            if state_first:
                torch.set_rng_state(saved["state"])
            run.batches = iter(run.loader)
            for _ in range(saved["done"] if skip else 0):
                next(run.batches)
            run.epoch_state = saved["epoch_state"]
            run.done = saved["done"] if without != "done" else 0
            if without != "state" and not state_first:
                torch.set_rng_state(saved["state"])

        return resume

    return late(make)


# checkpoint ---------------------------------------------------------------------------------


def _keys(checkpoint: Any, torch: Any) -> Any:
    return sorted(checkpoint(_go_on(torch, _start(torch, 0), 2)))


def _piece(checkpoint: Any, torch: Any, name: str) -> Any:
    """A piece as it stands in the checkpoint, at a place where all pieces are told apart."""
    run = _go_on(torch, _start(torch, 3), PER_EPOCH + 2)
    found = copy.deepcopy(checkpoint(run)[name])
    return sorted(found.items(), key=str) if name == "scheduler" else found


def _unchanged(checkpoint: Any, torch: Any) -> Any:
    """What a training is after a checkpoint was taken: just as without one."""
    run = _go_on(torch, _start(torch, 1), 2)
    checkpoint(run)
    _go_on(torch, run, 2)
    return [run.done, *run.net.state_dict().values()]


_WHERE = {
    "net": "`run.net.state_dict()`: the parameters, and what batch norm keeps beside them.",
    "optimizer": "`run.optimizer.state_dict()`: momentum is a memory.",
    "scheduler": "`run.scheduler.state_dict()`: how far the schedule has come.",
    "epoch_state": "`run.epoch_state` was kept when the epoch began.",
    "done": "`run.done`: how many batches of this epoch are done.",
    "state": "`torch.get_rng_state()`: where the random numbers are now.",
}

register(
    Exercise(
        name="checkpoint",
        signature="checkpoint(run) -> dict of six",
        reference=_checkpoint(),
        cases=[
            Case(
                use=_keys,
                show="the keys of checkpoint(run)",
                hint="Six keys: net, optimizer, scheduler, epoch_state, done, state.",
            ),
            *(
                Case(use=partial(_piece, name=name), show=f'checkpoint(run)["{name}"]', hint=hint)
                for name, hint in _WHERE.items()
            ),
            Case(
                use=_unchanged,
                show="the training, two steps after checkpoint(run)",
                hint="A checkpoint only looks: it draws no random numbers and takes no batch.",
            ),
        ],
        misconceptions=[
            Misconception(
                "parameters only",
                _checkpoint(net=lambda torch, run: dict(run.net.named_parameters())),
                "These are the parameters. Batch norm has more to remember: `state_dict()`.",
            ),
            Misconception(
                "one state twice",
                _checkpoint(epoch_state=lambda torch, run: torch.get_rng_state()),
                "The order of this epoch was drawn from the state at its *beginning*: "
                "`run.epoch_state`.",
            ),
            Misconception(
                "the old state",
                _checkpoint(state=lambda torch, run: run.epoch_state),
                '"state" is where the random numbers are *now*: `torch.get_rng_state()`.',
            ),
            Misconception(
                "all steps",
                _checkpoint(done=lambda torch, run: run.scheduler.last_epoch),
                "You count all steps. `run.done` counts those of this epoch.",
            ),
        ],
        hint="A state dict for each that has one, two states of the random numbers, and a count.",
    )
)

# resume -------------------------------------------------------------------------------------


def _second_half(resume: Any, torch: Any, steps: int) -> Any:
    """Weights and rest, where a fresh training goes on with what `steps` steps had left."""
    saved = copy.deepcopy(_taken(torch, _go_on(torch, _start(torch, 0), steps)))
    run = _start(torch, 9)
    resume(run, saved)
    _go_on(torch, run, 5)
    rates = [group["lr"] for group in run.optimizer.param_groups]
    return [run.done, rates, *run.net.state_dict().values(), torch.rand(1)]


def _taken(torch: Any, run: Any) -> Any:
    return {name: piece(torch, run) for name, piece in PIECES.items()}


def _saved_again(resume: Any, torch: Any) -> Any:
    """What a checkpoint holds that is taken right after `resume`."""
    saved = copy.deepcopy(_taken(torch, _go_on(torch, _start(torch, 0), PER_EPOCH + 1)))
    run = _start(torch, 9)
    resume(run, saved)
    again = _taken(torch, run)
    return [again["done"], again["epoch_state"], again["state"]]


register(
    Exercise(
        name="resume",
        signature="resume(run, saved)",
        reference=_resume(),
        cases=[
            Case(
                use=partial(_second_half, steps=steps),
                show=f"five steps after resume(a fresh run, saved after {steps} steps)",
                hint=hint,
            )
            for steps, hint in (
                (0, "Nothing was done: a fresh run takes over everything."),
                (
                    2,
                    "In the middle of an epoch: begin it anew from its state, skip two batches, "
                    "and set `run.done` and `run.epoch_state`.",
                ),
                (PER_EPOCH, "An epoch is just over: all its batches are skipped."),
                (PER_EPOCH + 1, "In the second epoch: its order hangs on *its* state."),
            )
        ]
        + [
            Case(
                use=_saved_again,
                show="done, epoch_state and state of a checkpoint right after resume",
                hint="Set `run.done` and `run.epoch_state`: the next checkpoint needs them.",
            )
        ],
        misconceptions=[
            Misconception(
                f"without {name}",
                _resume(without=name),
                text,
            )
            for name, text in (
                ("net", "The network still has its first weights."),
                ("optimizer", "The optimizer has forgotten its momentum."),
                ("scheduler", "The schedule begins again from its first step."),
                (
                    "epoch_state",
                    "The order of this epoch is another one: set the state in which "
                    "it began, before `iter`.",
                ),
                ("done", "`run.done` is still 0: the epoch would run out before it is over."),
                (
                    "state",
                    'All is right but the random numbers from here on: set `saved["state"]` last.',
                ),
            )
        ]
        + [
            Misconception(
                "nothing skipped",
                _resume(skip=False),
                "The epoch begins with batches that were done already: skip them by `next`.",
            ),
            Misconception(
                "state too early",
                _resume(state_first=True),
                'You set `saved["state"]` before the epoch began anew, so its order is drawn from '
                "there. First the epoch, then the state.",
            ),
        ],
        hint="Three load_state_dict; the epoch from its state, skipped as far as it was; then now.",
    )
)
