"""Record PyTorch's losses for lesson 12: the document's network on the digits. Needs PyTorch."""

from __future__ import annotations

import json
import runpy
from typing import Any

import torch

from eduflow.course.capstone import RUNNER
from eduflow.course.lenet import PLAN, RECORDED, STEPS
from eduflow.datasets import load_digits


def losses(run: str) -> list[float]:
    """The losses of one run, by the PyTorch that is installed, on one thread."""
    script: Any = runpy.run_path(str(RUNNER))
    dtype, kind, options, epochs = PLAN[run]
    images, labels = (torch.from_numpy(tensor.numpy().copy()) for tensor in load_digits())
    pictures = script["scaled"](torch, images).to(getattr(torch, dtype))
    torch.set_num_threads(1)
    torch.manual_seed(0)
    net = script["network"](torch).to(pictures.dtype)
    optimizer = getattr(torch.optim, kind)(net.parameters(), **options)
    with torch.backends.mkldnn.flags(enabled="other kernels" not in run):
        found: list[float] = script["descend"](
            net, optimizer, torch, pictures, labels, epochs * STEPS
        )
    return found


def main() -> None:
    """Write lenet.json beside the course's scripts."""
    text = json.dumps({run: losses(run) for run in PLAN}, indent=0)
    RECORDED.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
