"""Answers to the exercises of lesson 12."""

from __future__ import annotations


def _train(
    order: str = "torch.randperm(len(images)).split(batch)",
    pictures: str = "images[some] if change is None else change(images[some])",
    steps: str = "optimizer.zero_grad(); loss.backward(); optimizer.step()",
    schedule: str = "schedule.step()",
    keep: str = "losses.append(loss.item())",
    mode: str = "net.train()",
    after: str = "pass",
    some: str = "some",
) -> str:
    return f"""
def train(
    net, images, labels, optimizer, epochs, batch=64, change=None, schedule=None, measure=None
):
    measure = measure or F.cross_entropy
    {mode}
    losses = []
    for _ in range(epochs):
        for some in {order}:
            loss = measure(net({pictures}), labels[{some}])
            {steps}
            if schedule is not None:
                {schedule}
            {keep}
        {after}
    return losses
"""


def _confusion(body: str) -> str:
    return f"def confusion(guesses, labels, classes=10):\n{body}"


def _counted(
    place: str = "table[label, guess] += 1",
    dtype: str = ", dtype=torch.int64",
    size: str = "classes, classes",
) -> str:
    return _confusion(
        f"    table = torch.zeros({size}{dtype})\n"
        "    for guess, label in zip(guesses.tolist(), labels.tolist()):\n"
        f"        {place}\n"
        "    return table\n"
    )


def _shifted(
    draw: str = "torch.randint(2 * most + 1, (len(images), 2)).tolist()",
    take: str = "wide[n, :, down : down + height, right : right + width]",
    result: str = "torch.empty_like(images)",
    edge: str = "(most, most, most, most)",
) -> str:
    return f"""
def shifted(images, most=2):
    height, width = images.shape[2:]
    wide = F.pad(images, {edge})
    moved = {result}
    for n, (down, right) in enumerate({draw}):
        moved[n] = {take}
    return moved
"""


WRONG = {
    "train": {
        "in the order of the data": (
            _train("torch.arange(len(images)).split(batch)"),
            "in which they lie",
        ),
        "labels first": (
            _train().replace(
                "measure(net(images[some] if change is None else change(images[some])), "
                "labels[some])",
                "measure(labels[some], net(images[some]))",
            ),
            "Read the message first",
        ),
        "gradients add up": (_train(steps="loss.backward(); optimizer.step()"), "add up"),
        "cleared too late": (
            _train(steps="loss.backward(); optimizer.zero_grad(); optimizer.step()"),
            "no step learns",
        ),
        "cleared behind the step": (
            _train(steps="loss.backward(); optimizer.step(); optimizer.zero_grad()"),
            "before the first",
        ),
        "the schedule of epochs": (
            _train(schedule="pass", after="schedule and schedule.step()"),
            "once a batch",
        ),
        "change is forgotten": (_train(pictures="images[some]"), "`change` is never called"),
        "measure is forgotten": (
            _train().replace("measure or F.cross_entropy", "F.cross_entropy"),
            "whatever is given",
        ),
        "tensors": (_train(keep="losses.append(loss)"), "`loss.item()`"),
        "the mode is left": (_train(mode="pass"), "net.train()"),
        "labels in another order": (_train(some=": len(some)"), ""),
        "a loss for each epoch": (
            _train(keep="last = loss.item()", after="losses.append(last)"),
            "",
        ),
    },
    "confusion": {
        "turned over": (_counted("table[guess, label] += 1"), "exchanged"),
        "once": (_counted("table[label, guess] = 1"), "Add 1"),
        "floats": (_counted(dtype=""), "whole numbers"),
        "always ten": (_counted(size="10, 10"), ""),
        "what was seen": (
            _counted(size="int(labels.max()) + 1, int(labels.max()) + 1"),
            "",
        ),
        "mistakes only": (
            _counted("table[label, guess] += guess != label"),
            "belong on the diagonal",
        ),
        "at once": (
            _confusion(
                "    table = torch.zeros(classes, classes, dtype=torch.int64)\n"
                "    table[labels, guesses] += 1\n"
                "    return table\n"
            ),
            "Add 1",
        ),
    },
    "shifted": {
        "all together": (
            _shifted("torch.randint(2 * most + 1, (1, 2)).tolist() * len(images)"),
            "one and the same move",
        ),
        "around": (
            _shifted(take="torch.roll(images[n], (down - most, right - most), (1, 2))"),
            "as `roll` does",
        ),
        "one too few": (
            _shifted("torch.randint(max(2 * most, 1), (len(images), 2)).tolist()"),
            "never comes up",
        ),
        "to one side": (
            _shifted("torch.randint(most + 1, (len(images), 2)).tolist()"),
            "to one side only",
        ),
        "into the pictures": (_shifted(result="images"), "have changed"),
        "one channel": (
            _shifted(take="wide[n, 0, down : down + height, right : right + width]"),
            "move together",
        ),
        "height and width": (
            _shifted(take="wide[n, :, down : down + width, right : right + height]"),
            "",
        ),
        "float32 always": (_shifted(result="torch.zeros(images.shape)"), "dtype"),
        "one number for both": (
            _shifted("[(d, d) for d in torch.randint(2 * most + 1, (len(images),)).tolist()]"),
            "",
        ),
    },
}

RIGHT = {
    "train": {
        "by hand": """
def train(
    net, images, labels, optimizer, epochs, batch=64, change=None, schedule=None, measure=None
):
    measure = measure or F.cross_entropy
    losses = []
    net.train()
    for epoch in range(epochs):
        order = torch.randperm(len(images))
        for start in range(0, len(order), batch):
            x, y = images[order[start : start + batch]], labels[order[start : start + batch]]
            if change:
                x = change(x)
            optimizer.zero_grad()
            loss = measure(net(x), y)
            loss.backward()
            optimizer.step()
            if schedule:
                schedule.step()
            losses += [float(loss)]
    return losses
""",
        "set to none first": _train(
            mode="net.train(); optimizer.zero_grad()",
            steps="loss.backward(); optimizer.step(); optimizer.zero_grad()",
        ),
        "shuffled as a whole": """
def train(
    net, images, labels, optimizer, epochs, batch=64, change=None, schedule=None, measure=None
):
    measure = measure or F.cross_entropy
    net.train()
    losses = []
    for _ in range(epochs):
        order = torch.randperm(len(images))
        pairs = zip(images[order].split(batch), labels[order].split(batch))
        for x, y in pairs:
            loss = measure(net(x if change is None else change(x)), y)
            net.zero_grad()
            loss.backward()
            optimizer.step()
            if schedule is not None:
                schedule.step()
            losses.append(loss.detach().item())
    return losses
""",
    },
    "confusion": {
        "bincount": _confusion(
            "    flat = torch.bincount(labels * classes + guesses, minlength=classes * classes)\n"
            "    return flat.reshape(classes, classes)\n"
        ),
        "compared": _confusion(
            "    every = torch.arange(classes)\n"
            "    rows = (labels[:, None] == every).long()\n"
            "    return rows.t() @ (guesses[:, None] == every).long()\n"
        ),
        "one place at a time": _confusion(
            "    rows = [[0] * classes for _ in range(classes)]\n"
            "    for i in range(len(labels)):\n"
            "        rows[labels[i].item()][guesses[i].item()] += 1\n"
            "    return torch.tensor(rows)\n"
        ),
    },
    "shifted": {
        "no loop": """
def shifted(images, most=2):
    count, _, height, width = images.shape
    wide = F.pad(images, (most, most, most, most))
    down, right = torch.randint(2 * most + 1, (2, count, 1))
    rows, columns = down + torch.arange(height), right + torch.arange(width)
    pictures = torch.arange(count)[:, None, None]
    return wide.movedim(1, 3)[pictures, rows[:, :, None], columns[:, None, :]].movedim(3, 1)
""",
        "windows of zeros": """
def shifted(images, most=2):
    height, width = images.shape[2:]
    moved = torch.zeros_like(images)
    for n in range(len(images)):
        d, r = torch.randint(-most, most + 1, (2,)).tolist()
        part = images[n, :, max(-d, 0) : height - max(d, 0), max(-r, 0) : width - max(r, 0)]
        moved[n, :, max(d, 0) : height + min(d, 0), max(r, 0) : width + min(r, 0)] = part
    return moved
""",
        "padded each by itself": """
def shifted(images, most=2):
    moved = images.clone()
    for n, picture in enumerate(images):
        d, r = torch.randint(-most, most + 1, (2,)).tolist()
        moved[n] = F.pad(picture, (r, -r, d, -d))
    return moved
""",
    },
}
