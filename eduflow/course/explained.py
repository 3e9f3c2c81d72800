"""What four programs run, and how much of it the lessons show: the command `explained`."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from .source import framework
from .trace import Shares, Tally, tally

IN_ALL, IN_EACH = 0.8, 0.7  # what we want shown


def explained(lessons: Path, files: int = 0) -> bool:
    """Print what each program runs and which share of it a lesson shows; whether it is enough.

    With `files`, so many files with the most lines that no lesson shows are listed as well.
    """
    torch = framework()
    tallies = {name: tally(make(torch), lessons) for name, make in PROGRAMS.items()}
    total = Tally()
    for found in tallies.values():
        total |= found
    print(f"{'':24}{'lines':>7}{'written':>9}{'read':>7}{'neither':>9}{'shown':>8}")
    for name, found in tallies.items():
        print(_row(name, found.shares))
    print(_row("all together", total.shares))
    print("\nOf these, by lesson:")
    for number, shares in total.by_lesson().items():
        print(_row("no lesson" if number is None else f"lesson {number:02d}", shares))
    if files:
        print("\nMost lines that no lesson shows:")
        for name, shares in list(total.by_file().items())[:files]:
            print(_row(name, shares))
    each = min(found.shares.shown for found in tallies.values())
    enough = total.shares.shown >= IN_ALL and each >= IN_EACH
    print(
        f"\nWanted: {IN_ALL:.0%} of all together, {IN_EACH:.0%} of each. "
        + ("That is so." if enough else "That is not so yet.")
    )
    return enough


def _row(name: str, shares: Shares) -> str:
    counts = f"{shares.all:>7}{shares.written:>9}{shares.read:>7}{shares.other:>9}"
    return f"{name:24}{counts}{shares.shown:>8.0%}"


Program = Callable[[], object]


def _lenet_step(torch: Any) -> Program:
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 6, 5, padding=2),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 5),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(400, 120),
        nn.ReLU(),
        nn.Linear(120, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )
    optimizer = torch.optim.SGD(net.parameters(), lr=0.01, momentum=0.9)
    images, labels = torch.randn(4, 1, 28, 28), torch.tensor([3, 1, 4, 1])

    def step() -> object:
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(net(images), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _autoencoder_step(torch: Any) -> Program:
    nn = torch.nn
    torch.manual_seed(0)
    net = nn.Sequential(
        nn.Conv2d(1, 8, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(8, 4, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(4, 8, 3, stride=2, padding=1, output_padding=1),
        nn.ReLU(),
        nn.ConvTranspose2d(8, 1, 3, stride=2, padding=1, output_padding=1),
        nn.Sigmoid(),
    )
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    images = torch.rand(4, 1, 28, 28)

    def step() -> object:
        optimizer.zero_grad()
        loss = nn.functional.mse_loss(net(images), images)
        loss.backward()
        optimizer.step()
        return loss.item()

    return step


def _views_tour(torch: Any) -> Program:
    def tour() -> object:
        x = torch.arange(24.0).requires_grad_()
        cube = x.view(2, 3, 4)
        flat = torch.flatten(cube.permute(2, 0, 1), start_dim=1)
        rows = cube.reshape(6, 4).transpose(0, 1)
        row = cube[1, :, 2].unsqueeze(0).expand(4, 3).squeeze()
        chosen = rows[torch.tensor([0, 2])]
        total = (flat * 2).sum() + row.sum() + chosen.sum() + rows.t().contiguous().sum()
        total.backward()
        y = torch.zeros(3, 4)
        y.view(-1)[5] = 1.0
        y[0].add_(2.0)
        return x.grad, y, cube.stride(), cube.is_contiguous(), flat.storage_offset()

    return tour


def _checkpoint(torch: Any) -> Program:
    nn = torch.nn
    net = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 2))
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    net(torch.ones(1, 4)).sum().backward()
    optimizer.step()

    def save_and_resume() -> object:
        file = io.BytesIO()
        torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, file)
        file.seek(0)
        loaded = torch.load(file)
        net.load_state_dict(loaded["net"])
        optimizer.load_state_dict(loaded["optimizer"])
        return [name for name, _ in net.named_parameters()]

    return save_and_resume


PROGRAMS: dict[str, Callable[[Any], Program]] = {
    "a LeNet step": _lenet_step,
    "an autoencoder step": _autoencoder_step,
    "the views tour": _views_tour,
    "a checkpoint": _checkpoint,
}
