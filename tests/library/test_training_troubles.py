"""What befalls a training: half a checkpoint, another model's, odd batches, orders without end."""

import io
import itertools

import pytest

from tests.oracle import raised


class Endless:
    """A sampler that never ends."""

    def __iter__(self):
        return itertools.cycle([3, 1, 2])


def pile(torch, count=5):
    return torch.utils.data.TensorDataset(torch.arange(float(count)))


def sgd(torch, *groups):
    return torch.optim.SGD([{"params": group} for group in groups], 0.1, momentum=0.9)


def state_of(torch, *sizes):
    """What an optimizer of as many groups as sizes, each of so many parameters, would save."""
    return sgd(torch, *([torch.ones(1) for _ in range(size)] for size in sizes)).state_dict()


def cut(torch, part):
    """A checkpoint that was written up to a part of its bytes."""
    file = io.BytesIO()
    torch.save({"net": {"weight": torch.ones(50)}, "done": 3}, file)
    return io.BytesIO(file.getvalue()[: int(file.tell() * part)])


@pytest.mark.parametrize("part", [0.05, 0.1, 0.5, 0.9, 0.99])
def test_half_a_checkpoint(same, part):
    """PyTorch's type, and its first sentence; what its archive reader says after it is its own."""

    def run(torch):
        found = raised(lambda: torch.load(cut(torch, part)))
        return found["raised"], found["text"].split(". ")[0]

    same(run)


OTHERS = {
    "a linear's by one without bias": lambda nn: (
        nn.Linear(2, 3, bias=False),
        nn.Linear(2, 3).state_dict(),
    ),
    "one without bias's by a linear": lambda nn: (
        nn.Linear(2, 3),
        nn.Linear(2, 3, bias=False).state_dict(),
    ),
    "another size's": lambda nn: (nn.Linear(2, 3), nn.Linear(3, 3).state_dict()),
    "a sequence's": lambda nn: (
        nn.Linear(2, 3),
        nn.Sequential(nn.Linear(2, 3), nn.BatchNorm1d(3)).state_dict(),
    ),
    "a deeper one's": lambda nn: (
        nn.Sequential(nn.Linear(2, 3)),
        nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)).state_dict(),
    ),
    "the whole checkpoint": lambda nn: (
        nn.Linear(2, 3),
        {"net": nn.Linear(2, 3).state_dict(), "done": 3},
    ),
    "none": lambda nn: (nn.Linear(2, 3), None),
}


@pytest.mark.parametrize("name", OTHERS)
def test_the_checkpoint_of_another_network(same, name):
    def run(torch):
        net, state = OTHERS[name](torch.nn)
        return raised(lambda: net.load_state_dict(state))

    same(run)


def test_the_checkpoint_of_another_optimizer(same):
    def run(torch):
        weights = [torch.ones(1, requires_grad=True) for _ in range(2)]
        optimizer = sgd(torch, weights)
        states = [state_of(torch, 1), state_of(torch, 3), state_of(torch, 1, 1), {}, {"state": {}}]
        return [raised(lambda s=s: optimizer.load_state_dict(s)) for s in states]

    same(run)


BATCHES = {
    "no samples": lambda torch: [],
    "a sample without fields": lambda torch: [[]],
    "samples without fields": lambda torch: [(), ()],
    "tensors of two sizes": lambda torch: [torch.ones(2), torch.ones(3)],
    "tensors of two numbers of dims": lambda torch: [torch.ones(2), torch.ones(2, 1)],
    "tensors of two dtypes": lambda torch: [torch.tensor(1), torch.tensor(1.5)],
    "no rows, and some": lambda torch: [torch.ones(0), torch.ones(1)],
    "a tensor and a number": lambda torch: [torch.ones(1), 2],
    "a number and a tensor": lambda torch: [2, torch.ones(1)],
    "a number and a text": lambda torch: [2, "a"],
    "a text and a number": lambda torch: ["a", 2],
    "a number and None": lambda torch: [1, None],
    "a tuple and a number": lambda torch: [(1,), 2],
    "tuples of two lengths": lambda torch: [(1,), (2, 3)],
    "fields of two sizes": lambda torch: [(torch.ones(2), 0), (torch.ones(3), 1)],
    "dicts of two keys": lambda torch: [{"a": 1}, {"b": 1}],
    "dicts of two lengths": lambda torch: [{"a": 1, "b": 2}, {"a": 1}],
}


@pytest.mark.parametrize("name", BATCHES)
def test_odd_batches(same, name):
    def run(torch):
        data, batch = torch.utils.data, BATCHES[name](torch)
        found = []
        errors = [
            raised(lambda: found.append(data.default_collate(batch))),
            raised(lambda: found.append(list(data.DataLoader(batch, 2)))),
        ]
        return errors, found

    same(run)


def test_piles_without_samples(same):
    def run(torch):
        data = torch.utils.data
        return [
            list(data.DataLoader([], 2)),
            raised(lambda: data.DataLoader([], 2, shuffle=True)),
            raised(lambda: data.RandomSampler([])),
            list(data.DataLoader(pile(torch, 0), 2)),
            len(data.DataLoader(pile(torch, 0), 2)),
            raised(lambda: len(data.TensorDataset())),
        ]

    same(run)


WITHOUT_END = {
    "samples": lambda data, rows: data.DataLoader(rows, 2, sampler=Endless()),
    "one by one": lambda data, rows: data.DataLoader(rows, None, sampler=Endless()),
    "lists": lambda data, rows: data.BatchSampler(Endless(), 2, True),
    "batches": lambda data, rows: data.DataLoader(
        rows, batch_sampler=data.BatchSampler(Endless(), 3, False)
    ),
    "an iterator": lambda data, rows: data.DataLoader(rows, 2, sampler=itertools.cycle([4, 0])),
}


@pytest.mark.parametrize("name", WITHOUT_END)
def test_an_order_without_end(same, name):
    """Its first batches come at once; only who asks for its length is refused."""

    def run(torch):
        things = WITHOUT_END[name](torch.utils.data, pile(torch))
        return list(itertools.islice(things, 4)), raised(lambda: len(things))

    same(run)
