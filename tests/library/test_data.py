"""Datasets, samplers, collating and the loader: the same samples in PyTorch's order."""

import collections

import numpy as np
import pytest

import eduflow
from tests.oracle import raised

Pair = collections.namedtuple("Pair", "a b")


def rows(torch, count=10):
    """A dataset of numbers and their doubles."""
    x = torch.arange(float(count))
    return torch.utils.data.TensorDataset(x, x * 2)


def stream(torch, count=5, length=None):
    """An iterable dataset."""

    class Stream(torch.utils.data.IterableDataset):
        def __iter__(self):
            return iter(range(count))

        if length is not None:

            def __len__(self):
                return length

    return Stream()


OPTIONS = [
    {},
    {"batch_size": 4},
    {"batch_size": 4, "drop_last": True},
    {"batch_size": None},
    {"batch_size": 4, "shuffle": True},
    {"batch_size": 3, "shuffle": True, "drop_last": True},
    {"batch_size": None, "shuffle": True},
    {"sampler": [3, 1, 4]},
    {"batch_sampler": [[1, 2], [5]]},
    {"batch_size": 5, "collate_fn": lambda batch: [int(a) for a, _ in batch]},
]


@pytest.mark.parametrize("number", range(len(OPTIONS)))
def test_loader(same, number):
    def check(torch):
        loader = torch.utils.data.DataLoader(rows(torch), **OPTIONS[number])
        epochs = [list(loader), list(loader)]
        sampler = type(loader.sampler).__name__
        return len(loader), epochs, sampler, loader.batch_size, loader.drop_last, torch.rand(2)

    same(check)


def test_a_generator_of_its_own(same):
    def check(torch):
        generator = torch.Generator().manual_seed(3)
        loader = torch.utils.data.DataLoader(rows(torch), 4, shuffle=True, generator=generator)
        return list(loader), list(loader), torch.rand(2, generator=generator), torch.rand(2)

    same(check)


def test_streams(same):
    def check(torch):
        loader = torch.utils.data.DataLoader
        return [
            list(loader(stream(torch), 2)),
            list(loader(stream(torch), 2, drop_last=True)),
            list(loader(stream(torch), None)),
            len(loader(stream(torch, 5, 5), 2)),
            len(loader(stream(torch, 5, 5), None)),
            list(stream(torch) + stream(torch, 2)),
            raised(lambda: loader(stream(torch), 2, shuffle=True)),
            raised(lambda: loader(stream(torch), 2, sampler=[1])),
            raised(lambda: loader(stream(torch), batch_sampler=[[1]])),
            raised(lambda: len(loader(stream(torch)))),
            torch.rand(1),
        ]

    same(check)


def test_other_datasets(same):
    class Tens(eduflow.utils.data.Dataset):
        """Hands out many samples at once."""

        def __len__(self):
            return 4

        def __getitem__(self, index):
            return index

        def __getitems__(self, indices):
            return [index * 10 for index in indices]

    def check(torch):
        loader = torch.utils.data.DataLoader
        return [
            list(loader([1, 2, 3, 4, 5], 2)),
            list(loader([(1, 2.5), (3, 4.5)], 2)),
            list(loader(Tens(), 2)),
            list(loader([])),
            raised(lambda: next(loader([1]))),
        ]

    same(check)


def test_wrong_options(same):
    def check(torch):
        def refused(**options):
            return raised(lambda: torch.utils.data.DataLoader(rows(torch), **options))

        return [
            refused(batch_size=0),
            refused(batch_size=2.0),
            refused(batch_size=True),
            refused(drop_last=1),
            refused(shuffle=True, sampler=[1]),
            refused(batch_size=2, batch_sampler=[[1]]),
            refused(shuffle=True, batch_sampler=[[1]]),
            refused(batch_size=None, drop_last=True),
            refused(num_workers=-1),
            refused(timeout=-1),
            refused(prefetch_factor=2),
            refused(persistent_workers=True),
            refused(multiprocessing_context="fork"),
            refused(workers=1),
            raised(lambda: torch.utils.data.DataLoader([], shuffle=True)),
        ]

    same(check)


def test_attributes_are_fixed(same):
    def check(torch):
        loader = torch.utils.data.DataLoader(rows(torch), 2)
        return [
            raised(lambda name=name: setattr(loader, name, None))
            for name in ("batch_size", "sampler", "drop_last", "dataset", "batch_sampler")
        ]

    same(check)


def test_samplers(same):
    def check(torch):
        data = torch.utils.data
        random, weighted = data.RandomSampler, data.WeightedRandomSampler
        samplers = [
            data.SequentialSampler(range(3)),
            random(range(5)),
            random(range(5), num_samples=12),
            random(range(5), num_samples=10),
            random(range(5), replacement=True),
            random(range(5), replacement=True, num_samples=70),
            random(range(5), generator=torch.Generator().manual_seed(1)),
            data.SubsetRandomSampler([3, 5, 7]),
            weighted([0.1, 0.5, 0.4], 4),
            weighted([0.1, 0.5, 0.4], 3, replacement=False),
            data.BatchSampler(range(5), 2, False),
            data.BatchSampler(range(5), 2, True),
        ]
        return [(list(sampler), len(sampler)) for sampler in samplers], torch.rand(2)

    same(check)


def test_wrong_samplers(same):
    def check(torch):
        data = torch.utils.data
        return [
            raised(lambda: data.RandomSampler(range(3), num_samples=0)),
            raised(lambda: data.RandomSampler(range(3), replacement=1)),
            raised(lambda: data.WeightedRandomSampler([1.0], 0)),
            raised(lambda: data.WeightedRandomSampler([[1.0]], 1)),
            raised(lambda: data.WeightedRandomSampler([1.0], 1, 2)),
            raised(lambda: data.BatchSampler([1], 0, False)),
            raised(lambda: data.BatchSampler([1], 2, None)),
        ]

    same(check)


def test_random_split(same):
    def check(torch):
        split, generator = torch.utils.data.random_split, torch.Generator().manual_seed(0)
        splits = [
            split(range(10), [7, 3]),
            split(range(10), [0.75, 0.25]),
            split(range(10), [0.34, 0.33, 0.33], generator=generator),
            split(range(2), [0.9, 0.05, 0.05]),
        ]
        wrong = [
            raised(lambda lengths=lengths: split(range(10), lengths))
            for lengths in ([7, 4], [0.7, 0.7], [1.1, -0.1])
        ]
        return [[part.indices for part in parts] for parts in splits], wrong

    same(check)


def test_parts_and_sums(same):
    def check(torch):
        data = torch.utils.data
        both = data.ConcatDataset([range(3), range(10, 12)])
        return [
            (len(both), both[3], both[-1], both.cumulative_sizes),
            raised(lambda: both[-6]),
            raised(lambda: both[5]),
            len(rows(torch) + rows(torch)),
            (rows(torch)[-1], rows(torch)[2:4]),
            data.Subset(rows(torch), [1, 2])[[0, 1]],
            (len(data.Subset(range(5), [3])), data.Subset(range(10, 20), [3, 4])[1]),
            list(data.DataLoader(data.Subset(rows(torch), [4, 2, 1]), 2)),
            data.StackDataset(range(3), range(3, 6))[1],
            data.StackDataset(a=range(3), b=range(3))[1],
        ]

    same(check)


def test_wrong_datasets(same):
    def check(torch):
        data, x = torch.utils.data, torch.arange(4.0)
        return [
            raised(lambda: data.TensorDataset(x, x[:3])),
            raised(lambda: data.TensorDataset(data_tensor=x)),
            raised(lambda: rows(torch)[10]),
            raised(lambda: data.ConcatDataset([])),
            raised(lambda: data.ConcatDataset([stream(torch)])),
            raised(lambda: list(data.ChainDataset([[1]]))),
            raised(lambda: data.Dataset()[0]),
            raised(lambda: len(data.Dataset())),
            raised(lambda: data.IterableDataset()),
            raised(lambda: data.StackDataset()),
            raised(lambda: data.StackDataset(range(3), range(2))),
        ]

    same(check)


BATCHES = [
    [1, 2],
    [1.5, 2.0],
    [1, 2.5],
    [True, False],
    ["a", "b"],
    [b"a", b"b"],
    [(1, 2), (3, 4)],
    [[1, 2], [3, 4]],
    [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    [Pair(1, 2.0), Pair(3, 4.0)],
    [np.float32(1), np.float32(2)],
    [np.ones(2), np.zeros(2)],
    [np.array(1, "int64"), np.array(2, "int64")],
    [collections.OrderedDict(a=1), collections.OrderedDict(a=2)],
    [[], []],
    [range(2), range(2)],
    [None, None],
    [(1, 2), (3,)],
    [{"a": 1}, {"b": 1}],
    [{1}, {2}],
    [np.array(["a"])],
]


def test_default_collate(same):
    def check(torch, batch):
        found = []
        error = raised(lambda: found.append(torch.utils.data.default_collate(batch)))
        return error or (type(found[0]).__name__, found[0])

    for batch in BATCHES:
        same(lambda torch, b=batch: check(torch, b))
    same(lambda torch: check(torch, [torch.ones(2), torch.zeros(2)]))
    same(lambda torch: check(torch, [torch.ones(2), torch.zeros(3)]))
    nested = [1, np.ones(2), (1.5, "a", {"q": np.float64(1)})]
    same(lambda torch: torch.utils.data.default_convert(nested))


def test_indices_may_be_any_type(same):
    class Half(eduflow.utils.data.Dataset[int]):
        """A dataset whose samples' type is given."""

        def __len__(self):
            return 2

        def __getitem__(self, index):
            return index / 2

    same(lambda torch: list(torch.utils.data.DataLoader(Half(), 2)))


def _odd_rows(torch):
    """Datasets by name, some of which can have their rows taken at once."""
    x = torch.arange(60.0).reshape(10, 2, 3)
    data = torch.utils.data

    class Doubled(data.TensorDataset):
        def __getitem__(self, index):
            return tuple(2 * part for part in super().__getitem__(index))

    return {
        "plain": data.TensorDataset(x, torch.arange(10), x > 7),
        "one": data.TensorDataset(x),
        "none": data.TensorDataset(x[:0]),
        "turned": data.TensorDataset(x.transpose(1, 2), x[:, ::2]),
        "wanted": data.TensorDataset(x.clone().requires_grad_()),
        "half": data.TensorDataset(x.half(), x.to(torch.complex64)),
        "another": Doubled(x),
    }


@pytest.mark.parametrize("name", ["plain", "one", "none", "turned", "wanted", "half", "another"])
def test_rows_taken_at_once_are_the_batches_that_collating_makes(name, same):
    def batches(torch):
        dataset = _odd_rows(torch)[name]
        orders = [{"batch_size": 4}, {"batch_sampler": [[0, 1], [1, 1]]}]
        orders += [{"batch_sampler": [[-1, 2]]}] if len(dataset) else []
        loaders = [
            torch.utils.data.DataLoader(dataset, **o) for o in orders[: 3 * len(dataset) + 1]
        ]
        found = [batch for loader in loaders for batch in loader]
        return [(type(b).__name__, [(x, x.stride(), x.requires_grad) for x in b]) for b in found]

    same(batches)


@pytest.mark.parametrize("wrong", [[10], [-11], [0, 10]])
def test_rows_that_are_not_there_are_refused(wrong, same):
    same(
        lambda torch: raised(
            lambda: list(torch.utils.data.DataLoader(rows(torch), batch_sampler=[wrong]))
        )
    )


def test_a_batch_of_rows_is_no_view_of_the_dataset():
    dataset = rows(eduflow)
    for x, _ in eduflow.utils.data.DataLoader(dataset, batch_size=5):
        x.zero_()
    assert dataset.tensors[0].tolist() == list(range(10))
