"""Train the LeNet that reads drawn digits in lesson 00, and store it: some minutes, from a seed."""

from __future__ import annotations

import runpy

import numpy as np

import eduflow as torch
from eduflow.course import lenet
from eduflow.course.capstone import RUNNER
from eduflow.datasets import load_digits
from eduflow.show.drawn import WEIGHTS, as_seen

EPOCHS, BATCH, SEED = 40, 64, 3
# Open fours with straight uprights, which the collection lacks: without them they pass for nines.
FOURS = (
    "#..#. #..#. #..#. #..#. ##### ...#. ...#. ...#. ...#.",
    "#...# #...# #...# ##### ....# ....# ....#",
    "#..#.. #..#.. #..#.. ###### ...#.. ...#..",
)
COPIES = 5


def changed(images: torch.Tensor) -> torch.Tensor:
    """Each picture turned, leaned, stretched and moved a little, by amounts of its own."""
    pictures, count = images.numpy()[:, 0], len(images)
    amounts = torch.randn(count, 6).numpy()
    matrices = np.eye(2) + amounts[:, :4].reshape(-1, 2, 2) * 0.13
    moves = amounts[:, 4:] * 1.3
    grid = np.stack(np.meshgrid(np.arange(32), np.arange(32), indexing="ij")) - 15.5
    places = np.einsum("nij,jhw->nihw", matrices, grid) + moves[:, :, None, None] + 15.5
    low = np.floor(places).astype(np.intp)
    share = places - low
    wide = np.pad(pictures, [(0, 0), (1, 1), (1, 1)])
    found = np.zeros_like(pictures)
    for down in (0, 1):
        for right in (0, 1):
            rows, columns = (low[:, 0] + down + 1).clip(0, 33), (low[:, 1] + right + 1).clip(0, 33)
            weight = abs(1 - down - share[:, 0]) * abs(1 - right - share[:, 1])
            found += (wide[np.arange(count)[:, None, None], rows, columns] * weight).astype("f4")
    return torch.from_numpy(found[:, None])


def scaled(train: bool) -> tuple[torch.Tensor, torch.Tensor]:
    """Digits as the network takes them, and what they are."""
    images, labels = load_digits(train)
    return runpy.run_path(str(RUNNER))["scaled"](torch, images), labels


def main() -> None:
    """Train, say how many unseen digits are read, and write the weights as float16."""
    (images, labels), (unseen, answers) = scaled(True), scaled(False)
    fours = np.stack([as_seen(text) for text in FOURS for _ in range(COPIES)])[:, None]
    images = torch.cat([images, torch.from_numpy(fours)])
    labels = torch.cat([labels, torch.full((len(fours),), 4, dtype=torch.int64)])
    torch.manual_seed(SEED)
    net = lenet.network(torch)
    optimizer = torch.optim.AdamW(net.parameters(), lr=3e-3)
    steps = EPOCHS * -(-len(images) // BATCH)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, max_lr=3e-3, total_steps=steps)
    modest = torch.nn.CrossEntropyLoss(label_smoothing=0.05)
    lenet.ours("train")(net, images, labels, optimizer, EPOCHS, BATCH, changed, schedule, modest)
    state = {name: tensor.numpy().astype(np.float16) for name, tensor in net.state_dict().items()}
    np.savez_compressed(WEIGHTS, **state)
    with torch.no_grad():
        right = (net(unseen).argmax(1) == answers).sum().item()
    print(f"{right} of {len(answers)} unseen digits; {WEIGHTS.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
