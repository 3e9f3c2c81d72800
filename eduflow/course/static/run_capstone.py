"""Train LeNet on the digits with one package, and print as JSON what came of it.

python run_capstone.py NAME FOLDER STEPS
"""

import importlib
import json
import sys


def network(torch):
    """The `Net` of PyTorch's old tutorial, for pictures of 32 by 32 pixels, (N, 1, 32, 32)."""
    nn, functional = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.conv1 = nn.Conv2d(1, 6, 5)
            self.conv2 = nn.Conv2d(6, 16, 5)
            self.fc1 = nn.Linear(16 * 5 * 5, 120)
            self.fc2 = nn.Linear(120, 84)
            self.fc3 = nn.Linear(84, 10)

        def forward(self, x):
            x = functional.max_pool2d(functional.relu(self.conv1(x)), (2, 2))
            x = functional.max_pool2d(functional.relu(self.conv2(x)), 2)
            x = x.flatten(1)
            x = functional.relu(self.fc1(x))
            x = functional.relu(self.fc2(x))
            return self.fc3(x)

    return Net()


def scaled(torch, images):
    """Digits of 64 pixels in a row, (N, 64), as pictures that the network takes."""
    pictures = images.reshape(-1, 1, 8, 8)
    return torch.nn.functional.interpolate(pictures, size=(32, 32), mode="bilinear")


def descend(net, optimizer, torch, pictures, labels, steps, batch=64):
    """Train for so many steps, each epoch in an order of its own; the loss of each step."""
    losses, order = [], []
    for _ in range(steps):
        order = order or list(torch.randperm(len(pictures)).split(batch))
        some = order.pop(0)
        loss = torch.nn.functional.cross_entropy(net(pictures[some]), labels[some])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def train(torch, steps):
    """The losses, the share of unseen digits that are read rightly, and whose lines a step ran."""
    load = importlib.import_module(f"{torch.__name__}.datasets").load_digits
    images, labels = load()
    pictures = scaled(torch, images)
    torch.manual_seed(0)
    net = network(torch)
    optimizer = torch.optim.Adam(net.parameters(), lr=1e-3)
    losses = descend(net, optimizer, torch, pictures, labels, steps)
    unseen, answers = load(train=False)
    with torch.no_grad():
        guesses = net(scaled(torch, unseen)).argmax(1)
    right = (guesses == answers).float().mean().item()
    traced = importlib.import_module(f"{torch.__name__}.course.traced")
    lines = traced.tally_files(lambda: descend(net, optimizer, torch, pictures, labels, 1))
    return {"losses": losses, "right": right, "lines": lines}


if __name__ == "__main__":
    name, folder, steps = sys.argv[1:]
    if folder:
        sys.path.insert(0, folder)
    print(json.dumps(train(importlib.import_module(name), int(steps))))
