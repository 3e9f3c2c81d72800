"""Train LeNet on the digits with one package, and print the losses as JSON.

python run_capstone.py NAME FOLDER STEPS
"""

import importlib
import json
import sys


def network(torch):
    """LeNet for images of 8 by 8 pixels."""
    nn = torch.nn
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(6, 16, 3),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(64, 84),
        nn.ReLU(),
        nn.Linear(84, 10),
    )


def train(torch, steps):
    """The loss of each step, and the share of unseen digits that are read rightly."""
    load = importlib.import_module(f"{torch.__name__}.datasets").load_digits
    images, labels = load()
    torch.manual_seed(0)
    net = network(torch)
    optimizer = torch.optim.SGD(net.parameters(), lr=0.1, momentum=0.9)
    measure = torch.nn.CrossEntropyLoss()
    losses = []
    for step in range(steps):
        some = slice(step * 64 % 1408, step * 64 % 1408 + 64)
        loss = measure(net(images[some].reshape(-1, 1, 8, 8)), labels[some])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    images, labels = load(train=False)
    with torch.no_grad():
        guesses = net(images.reshape(-1, 1, 8, 8)).argmax(1)
    return {"losses": losses, "right": (guesses == labels).float().mean().item()}


if __name__ == "__main__":
    name, folder, steps = sys.argv[1:]
    if folder:
        sys.path.insert(0, folder)
    print(json.dumps(train(importlib.import_module(name), int(steps))))
