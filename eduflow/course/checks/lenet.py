"""Checks on lesson 12: a training loop, a confusion matrix, and pictures that are moved."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import product
from typing import Any

from ..probing import tried
from . import Case, Exercise, Misconception, late, register

# train --------------------------------------------------------------------------------------


def _start(torch: Any) -> tuple[Any, Any, Any, Any]:
    """A small network, ten rows with labels, and its optimizer."""
    torch.manual_seed(3)
    layers = torch.nn.Linear(6, 8), torch.nn.Tanh(), torch.nn.Linear(8, 3)
    net = torch.nn.Sequential(*layers)
    rows, labels = torch.randn(10, 6), torch.tensor([0, 1, 2, 2, 1, 0, 0, 1, 2, 1])
    return net, rows, labels, torch.optim.SGD(net.parameters(), lr=0.2, momentum=0.5)


def _losses(train: Any, torch: Any, epochs: int, batch: int = 4) -> Any:
    found = train(*_start(torch), epochs, batch=batch)
    return [float(loss) for loss in found]


def _kinds(train: Any, torch: Any) -> Any:
    found = train(*_start(torch), 1, batch=5)
    return type(found).__name__, [type(loss).__name__ for loss in found]


def _weights(train: Any, torch: Any) -> Any:
    net, *others = _start(torch)
    train(net, *others, 3, batch=4)
    return [parameter.detach() for parameter in net.parameters()]


def _leftover(train: Any, torch: Any) -> Any:
    """Gradients of an earlier life lie in the parameters."""
    net, *others = _start(torch)
    for parameter in net.parameters():
        parameter.grad = torch.ones_like(parameter)
    return train(net, *others, 1, batch=4)


def _changed(train: Any, torch: Any) -> Any:
    shapes = []

    def change(rows: Any) -> Any:
        shapes.append(tuple(rows.shape))
        return rows * 3

    losses = train(*_start(torch), 1, batch=4, change=change)
    return shapes, [round(float(loss), 4) for loss in losses]


def _scheduled(train: Any, torch: Any) -> Any:
    net, rows, labels, optimizer = _start(torch)
    schedule = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
    train(net, rows, labels, optimizer, 2, batch=4, schedule=schedule)
    return optimizer.param_groups[0]["lr"]


def _measured(train: Any, torch: Any) -> Any:
    measure = torch.nn.CrossEntropyLoss(label_smoothing=0.5)
    return train(*_start(torch), 1, batch=5, measure=measure)


def _mode(train: Any, torch: Any) -> Any:
    net, *others = _start(torch)
    modes = []

    def hook(module: Any, arguments: Any) -> None:
        modes.append(module.training)

    net.register_forward_pre_hook(hook)
    net.eval()
    train(net, *others, 1, batch=5)
    return modes


def _training(
    order: Callable[[Any, int, list[Any]], Any] = lambda torch, count, kept: torch.randperm(count),
    clear: str = "first",
    schedule_each: str = "step",
    use_change: bool = True,
    use_measure: bool = True,
    keep: Callable[[Any], Any] = lambda loss: loss.item(),
    learning: bool = True,
) -> Any:
    """A loop, right or with one thing wrong."""

    def make(torch: Any) -> Any:
        def train(
            net: Any,
            images: Any,
            labels: Any,
            optimizer: Any,
            epochs: int,
            batch: int = 64,
            change: Any = None,
            schedule: Any = None,
            measure: Any = None,
        ) -> list[Any]:
            if learning:
                net.train()
            asked = measure if use_measure else None
            judge = asked or torch.nn.functional.cross_entropy
            losses: list[Any] = []
            kept: list[Any] = []
            for _ in range(epochs):
                for some in order(torch, len(images), kept).split(batch):
                    pictures = images[some]
                    if change is not None and use_change:
                        pictures = change(pictures)
                    loss = judge(net(pictures), labels[some])
                    if clear == "first":
                        optimizer.zero_grad()
                    loss.backward()
                    if clear == "late":
                        optimizer.zero_grad()
                    optimizer.step()
                    if schedule is not None and schedule_each == "step":
                        schedule.step()
                    losses.append(keep(loss))
                if schedule is not None and schedule_each == "epoch":
                    schedule.step()
            return losses

        return train

    return late(make)


def _one_order(torch: Any, count: int, kept: list[Any]) -> Any:
    if not kept:
        kept.append(torch.randperm(count))
    return kept[0]


register(
    Exercise(
        name="train",
        signature="train(net, images, labels, optimizer, epochs, batch=64, change=None, "
        "schedule=None, measure=None) -> list of float",
        reference=_training(),
        cases=[
            Case(
                use=partial(_losses, epochs=1),
                show="train(net, 10 rows, labels, optimizer, 1, batch=4)",
                tolerance=1e-5,
                hint="Three steps: 4, 4 and 2 rows, in the order of `torch.randperm(len(images))`.",
            ),
            Case(
                use=_kinds,
                show="the type of what comes back, and of what is in it",
                hint="`loss.item()` is a float. A tensor would keep its whole graph alive.",
            ),
            Case(
                use=partial(_losses, epochs=3),
                show="train(net, 10 rows, labels, optimizer, 3, batch=4)",
                tolerance=1e-5,
                hint="Each epoch draws an order of its own, and all losses go into one list.",
            ),
            Case(
                use=_weights,
                show="the weights after train(..., 3, batch=4)",
                tolerance=1e-5,
                hint="Clear the gradients, `loss.backward()`, `optimizer.step()`: once a batch.",
            ),
            Case(
                use=_leftover,
                show="train(...) where parameters have a .grad already",
                tolerance=1e-5,
                hint="`optimizer.zero_grad()` must come before the first `backward()`, too.",
            ),
            Case(
                use=partial(_losses, epochs=0),
                show="train(..., 0)",
                hint="No epoch, no step, an empty list.",
            ),
            Case(
                use=_changed,
                show="train(..., 1, batch=4, change=lambda rows: 3 * rows): "
                "the shapes that `change` gets, and the losses",
                tolerance=1e-3,
                hint="`change` gets the pictures of one batch; the network sees what it returns.",
            ),
            Case(
                use=_scheduled,
                show="the rate after train(..., 2, batch=4, schedule=one that halves it)",
                tolerance=1e-7,
                hint="`schedule.step()` stands behind `optimizer.step()`, once for each batch.",
            ),
            Case(
                use=_measured,
                show="train(..., 1, batch=5, measure=CrossEntropyLoss(label_smoothing=0.5))",
                tolerance=1e-5,
                hint="The loss is `measure(scores, labels of the batch)`.",
            ),
            Case(
                use=_mode,
                show="net.training at each step, where net.eval() was said before",
                hint="Say `net.train()` before the loops.",
            ),
        ],
        misconceptions=[
            Misconception(
                "one order for all epochs",
                _training(order=_one_order),
                "Every epoch goes through the pictures in one and the same order. Draw `randperm` "
                "inside the loop over epochs.",
            ),
            Misconception(
                "the order of the data",
                _training(order=lambda torch, count, kept: torch.arange(count)),
                "The pictures come in the order in which they lie. Draw one: `torch.randperm`.",
            ),
            Misconception(
                "gradients add up",
                _training(clear="never"),
                "Gradients of all steps add up: `backward` adds to `.grad`. "
                "`optimizer.zero_grad()` clears them, once for each batch.",
            ),
            Misconception(
                "cleared before the step",
                _training(clear="late"),
                "The gradients are cleared between `backward()` and `step()`, so no step learns "
                "from them.",
            ),
            Misconception(
                "a schedule of epochs",
                _training(schedule_each="epoch"),
                "The schedule steps once for each epoch. Here it is asked for once a batch.",
            ),
            Misconception(
                "change is forgotten",
                _training(use_change=False),
                "`change` is never called: the network sees the pictures as they were.",
            ),
            Misconception(
                "measure is forgotten",
                _training(use_measure=False),
                "`measure` is not asked: it is cross entropy whatever is given.",
            ),
            Misconception(
                "tensors are kept",
                _training(keep=lambda loss: loss),
                "The list has tensors in it, and each keeps the graph of its step alive. "
                "`loss.item()` is the number alone.",
            ),
            Misconception(
                "the mode is left",
                _training(learning=False),
                "The network learns in whatever mode it came. Say `net.train()` first.",
            ),
        ],
        hint="Two loops; in the inner one: pictures, loss, zero_grad, backward, step, schedule.",
    )
)

# confusion ----------------------------------------------------------------------------------

_GUESSES: list[tuple[tuple[list[int], list[int], int], str]] = [
    (([0, 1, 1], [0, 1, 0], 2), "Add 1 at [right answer, guess]."),
    (([2, 2, 2, 0], [1, 1, 2, 2], 3), "Rows are right answers. What comes twice counts twice."),
    (([3], [3], 5), "The table has a row and a column for every class, seen or not."),
    (([], [], 2), "No guesses: a table of zeros."),
    (([9, 0, 9, 4], [9, 9, 4, 4], 10), "Right ones stand on the diagonal."),
]


def _table(confusion: Any, torch: Any, case: Any) -> Any:
    guesses, labels, classes = case
    found = confusion(_whole(torch, guesses), _whole(torch, labels), classes)
    return found if not hasattr(found, "dtype") else (found.tolist(), _kind(found))


def _kind(found: Any) -> str:
    """The name of a dtype, without the framework's."""
    return str(found.dtype).rsplit(".", 1)[-1]


def _ten(confusion: Any, torch: Any) -> Any:
    return tuple(confusion(_whole(torch, [7]), _whole(torch, [1])).shape)


def _whole(torch: Any, numbers: list[int]) -> Any:
    return torch.tensor(numbers, dtype=torch.int64)


def _counting(
    place: Callable[[int, int], tuple[int, int]] = lambda guess, label: (label, guess),
    count: Callable[[int], int] = lambda before: before + 1,
    kind: str = "int64",
    size: Callable[[int, list[int]], int] = lambda classes, seen: classes,
    right: bool = True,
) -> Any:
    """A table of counts, or one with one thing wrong."""

    def make(torch: Any) -> Any:
        def confusion(guesses: Any, labels: Any, classes: int = 10) -> Any:
            pairs = list(zip(guesses.tolist(), labels.tolist(), strict=True))
            n = size(classes, [number for pair in pairs for number in pair])
            table = torch.zeros(n, n, dtype=getattr(torch, kind))
            for guess, label in pairs:
                if right or guess != label:
                    at = place(guess, label)
                    table[at] = count(table[at].item())
            return table

        return confusion

    return late(make)


register(
    Exercise(
        name="confusion",
        signature="confusion(guesses, labels, classes=10) -> (classes, classes), int64",
        reference=_counting(),
        cases=[
            Case(
                use=partial(_table, case=case),
                show=f"confusion({', '.join(map(str, case))})",
                hint=hint,
            )
            for case, hint in _GUESSES
        ]
        + [
            Case(
                use=_ten,
                show="confusion([7], [1]).shape",
                hint="Ten classes, where none are said.",
            )
        ],
        misconceptions=[
            Misconception(
                "turned over",
                _counting(place=lambda guess, label: (guess, label)),
                "Rows and columns are exchanged: the row is the right answer, the column the "
                "guess.",
            ),
            Misconception(
                "once is enough",
                _counting(count=lambda before: 1),
                "What happened twice stands there as 1. Add 1 to what is there.",
            ),
            Misconception(
                "mistakes only",
                _counting(right=False),
                "Right guesses are left out. They belong on the diagonal.",
            ),
            Misconception(
                "floats",
                _counting(kind="float32"),
                "The counts are floats. `torch.zeros(..., dtype=torch.int64)` makes whole numbers.",
            ),
            Misconception(
                "only what was seen",
                _counting(size=lambda classes, seen: max(seen, default=-1) + 1),
                "The table is as large as the largest class that was seen. `classes` says how "
                "large it is to be.",
            ),
        ],
        hint="Zeros, a walk through both lists, `table[label, guess] += 1`.",
    )
)

# shifted ------------------------------------------------------------------------------------

_EVERY = 400  # pictures: enough to see each of 25 moves


def _numbered(torch: Any, count: int, channels: int = 1, size: tuple[int, int] = (4, 5)) -> Any:
    """`count` times the same picture, of numbers that are all different; (count, C, *size)."""
    one = torch.arange(1.0, channels * size[0] * size[1] + 1).reshape(1, channels, *size)
    return one.expand(count, channels, *size).clone()


def _moves(torch: Any, images: Any, found: Any, most: int) -> list[Any]:
    """By how much each picture was moved, down and right; None if it was something else."""
    height, width = images.shape[2:]
    wide = torch.nn.functional.pad(images[:1], (most,) * 4)
    known = {
        str(wide[0, :, most - down : most - down + height, most - right : most - right + width]
            .tolist()): (down, right)
        for down in range(-most, most + 1)
        for right in range(-most, most + 1)
    }  # fmt: skip
    return [known.get(str(each.tolist())) for each in found]


def _each(shifted: Any, torch: Any, most: int, channels: int = 1) -> Any:
    """What kinds of move there were, in words."""
    torch.manual_seed(1)
    images = _numbered(torch, 40, channels)
    found = shifted(images, most)
    moves = _moves(torch, images, found, most)
    strange = sum(move is None for move in moves)
    own = "each its own move" if len(set(moves)) > 1 or not most else "all the same move"
    return tuple(found.shape), f"{strange} are no moved pictures", own


def _all_moves(shifted: Any, torch: Any) -> Any:
    torch.manual_seed(2)
    images = _numbered(torch, _EVERY, size=(3, 3))
    moves = set(_moves(torch, images, shifted(images, 2), 2))
    seen = [move for move in product(range(-2, 3), repeat=2) if move in moves]
    return "moves (down, right) that come up: ", seen


def _kept(shifted: Any, torch: Any) -> Any:
    torch.manual_seed(1)
    images = _numbered(torch, 6)
    before = images.clone()
    found = shifted(images)
    found += 1
    return f"the pictures that were given are as before: {torch.equal(images, before)}"


def _other_type(shifted: Any, torch: Any) -> Any:
    found = shifted(_numbered(torch, 3).double(), 1)
    return _kind(found)


def _empty(shifted: Any, torch: Any) -> Any:
    found = tried(lambda: shifted(torch.zeros(0, 1, 4, 4)))
    return found if isinstance(found, str) else tuple(found.shape)


def _by_seed(shifted: Any, torch: Any) -> Any:
    runs = []
    for seed in (5, 5, 6):
        torch.manual_seed(seed)
        runs.append(shifted(_numbered(torch, 20)))
    return torch.equal(runs[0], runs[1]), torch.equal(runs[0], runs[2])


def _moving(
    draw: Callable[[Any, int, int], Any] = lambda torch, most, count: torch.randint(
        2 * most + 1, (count, 2)
    ),
    around: bool = False,
    inside: bool = False,
) -> Any:
    """Moves pictures, or does one thing wrong."""

    def make(torch: Any) -> Any:
        def shifted(images: Any, most: int = 2) -> Any:
            height, width = images.shape[2:]
            moves = draw(torch, most, len(images)).tolist()
            result = images if inside else torch.empty_like(images)
            for n, (down, right) in enumerate(moves):
                if around:
                    turned = torch.roll(images[n], (down - most, right - most), (1, 2))
                else:
                    wide = torch.nn.functional.pad(images[n : n + 1], (most,) * 4)[0]
                    turned = wide[:, down : down + height, right : right + width]
                result[n] = turned
            return result

        return shifted

    return late(make)


register(
    Exercise(
        name="shifted",
        signature="shifted(images, most=2) -> tensor, (N, C, H, W)",
        reference=_moving(),
        cases=[
            Case(
                use=partial(_each, most=2),
                show="shifted(40 pictures of 4 by 5, 2)",
                hint="A window of the old height and width on the picture in its border of zeros.",
            ),
            Case(
                use=_all_moves,
                show=f"shifted({_EVERY} pictures, 2)",
                hint="`torch.randint(2 * most + 1, ...)`: 0 to 2 * most, so 2 * most + 1 places.",
            ),
            Case(
                use=partial(_each, most=3, channels=3),
                show="shifted(40 pictures with 3 channels, 3)",
                hint="All channels of a picture move together: `wide[n, :, ...]`.",
            ),
            Case(
                use=partial(_each, most=0),
                show="shifted(40 pictures, 0)",
                hint="With `most` 0 nothing moves.",
            ),
            Case(
                use=_kept,
                show="images as they were, after shifted(images)",
                hint="Write into a new tensor, `torch.empty_like(images)`.",
            ),
            Case(use=_other_type, show="shifted(float64).dtype", hint="The dtype stays."),
            Case(use=_empty, show="shifted(no pictures).shape", hint="An empty batch is no error."),
            Case(
                use=_by_seed,
                show="the same moves from the same seed; and from another one",
                hint="Draw with `torch.randint`, which `torch.manual_seed` rules.",
            ),
        ],
        misconceptions=[
            Misconception(
                "all together",
                _moving(
                    draw=lambda torch, most, count: torch.randint(2 * most + 1, (1, 2)).expand(
                        count, 2
                    )
                ),
                "All pictures of the batch have one and the same move. Draw two numbers for each: "
                "`(len(images), 2)`.",
            ),
            Misconception(
                "around the corner",
                _moving(around=True),
                "What leaves on one side comes in on the other, as `roll` does. Put a border of "
                "zeros around first.",
            ),
            Misconception(
                "one place too few",
                _moving(
                    draw=lambda torch, most, count: (
                        torch.randint(2 * most, (count, 2))
                        if most
                        else torch.zeros(count, 2, dtype=torch.int64)
                    )
                ),
                "The last move never comes up: `randint(n, ...)` ends at n - 1.",
            ),
            Misconception(
                "to one side",
                _moving(draw=lambda torch, most, count: torch.randint(most + 1, (count, 2))),
                "Pictures move to one side only. From 0 to 2 * most there are 2 * most + 1 "
                "numbers.",
            ),
            Misconception(
                "written into the pictures",
                _moving(inside=True),
                "The pictures that were given have changed. The next epoch would move them on.",
            ),
        ],
        hint="A border, two numbers for each picture, a window of the old size.",
    )
)
