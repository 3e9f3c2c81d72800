"""A network that reads digits, and how it is trained: `python digits.py` writes losses and weights.

It runs with eduflow. For PyTorch change the one line that says so.
"""

import json
from pathlib import Path

import numpy as np

import eduflow as torch  # for PyTorch: import torch

nn, F = torch.nn, torch.nn.functional


class Net(nn.Module):
    """Digits of 8 by 8 pixels, (N, 1, 8, 8), to ten scores, (N, 10)."""

    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(1, 8, 3, padding=1)
        self.conv2 = nn.Conv2d(8, 16, 3, padding=1)
        self.fc = nn.Linear(16 * 2 * 2, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.fc(torch.flatten(x, 1))


def digits():
    """The pictures, (N, 1, 8, 8) in float32, and their numbers, (N,) in int64."""
    data = np.load(Path(__file__).with_name("digits.npz"))
    return torch.tensor(data["images"]), torch.tensor(data["labels"])


def start():
    """The network with its first weights, and what will teach it."""
    torch.manual_seed(0)
    net = Net()
    return net, torch.optim.Adam(net.parameters(), lr=0.01)


def batches(steps):
    """For each step 64 places among the digits, the same ones in every process."""
    order = torch.randperm(steps * 64, generator=torch.Generator().manual_seed(1))
    return (order % 1000).split(64)


def train(net, optimizer, steps=50, part=slice(None)):
    """The loss at every step. `part` is what this process takes of each batch."""
    images, labels = digits()
    losses = []
    for places in batches(steps):
        places = places[part]
        optimizer.zero_grad()
        loss = F.cross_entropy(net(images[places]), labels[places])
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


if __name__ == "__main__":
    net, optimizer = start()
    losses = train(net, optimizer)
    torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict()}, "digits.pt")
    with open("losses.json", "w") as file:
        json.dump(losses, file)
