"""Checks on datasets, samplers, collating and the epoch of a loader."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from ..probing import shipped, tried
from . import Case, Exercise, Misconception, late, register

_DATASET, _SAMPLER = "utils.data.dataset", "utils.data.sampler"
_COLLATE, _LOADER = "utils.data.collate", "utils.data.epoch"


def _but(file: str, *names: str, **methods: Any) -> Any:
    """A wrong class: the last of these names, with other methods."""

    def make(torch: Any) -> Any:
        base = shipped(file, *names)
        return type(base.__name__, (base,), methods)

    return late(make)


def _wholes(torch: Any, *shape: int, start: int = 0) -> Any:
    count = 1
    for size in shape:
        count *= size
    return torch.arange(start, start + count).reshape(shape)


# TensorDataset ------------------------------------------------------------------------------


def _rows(TensorDataset: Any, torch: Any) -> Any:
    dataset = TensorDataset(_wholes(torch, 3, 2), _wholes(torch, 3, start=10))
    return [dataset[0], dataset[2], dataset[-1]]


def _one_tensor(TensorDataset: Any, torch: Any) -> Any:
    return TensorDataset(_wholes(torch, 4))[1]


def _three_tensors(TensorDataset: Any, torch: Any) -> Any:
    parts = [_wholes(torch, 2, 2, start=start) for start in (0, 10, 20)]
    return TensorDataset(*parts)[1]


def _lengths(TensorDataset: Any, torch: Any) -> Any:
    shapes = [(3, 2), (2, 5, 4), (0, 3), (7,)]
    return [len(TensorDataset(_wholes(torch, *shape))) for shape in shapes]


def _kept(TensorDataset: Any, torch: Any) -> Any:
    x, y = _wholes(torch, 2), _wholes(torch, 2, 2)
    dataset = TensorDataset(x, y)
    return [type(dataset.tensors).__name__, dataset.tensors[0] is x, dataset.tensors[1] is y]


def _uneven(TensorDataset: Any, torch: Any) -> Any:
    return tried(lambda: TensorDataset(_wholes(torch, 3), _wholes(torch, 2)))


def _sum_of_both(TensorDataset: Any, torch: Any) -> Any:
    both = TensorDataset(_wholes(torch, 2)) + TensorDataset(_wholes(torch, 3, start=5))
    return [len(both), both[2]]


register(
    Exercise(
        name="TensorDataset",
        signature="class TensorDataset(Dataset)",
        reference=late(lambda torch: shipped(_DATASET, "TensorDataset")),
        cases=[
            Case(
                use=_rows,
                show="samples 0, 2 and -1 of TensorDataset(x, y), x (3, 2) and y (3,)",
                hint="A sample is a tuple: row `index` of each tensor.",
            ),
            Case(
                use=_one_tensor,
                show="TensorDataset(x)[1], of one tensor",
                hint="A tuple of one. So a loop can always write `for (x,) in ...`.",
            ),
            Case(
                use=_three_tensors,
                show="TensorDataset(x, y, z)[1]",
                hint="There may be more tensors than two.",
            ),
            Case(
                use=_lengths,
                show="the lengths for tensors of (3, 2), (2, 5, 4), (0, 3) and (7,)",
                hint="As many samples as a tensor has rows, `len(tensor)`.",
            ),
            Case(
                use=_kept,
                show="TensorDataset(x, y).tensors",
                hint="Keep the tensors themselves, as a tuple: nothing is copied.",
            ),
            Case(
                use=_uneven,
                show="TensorDataset(x, y), x of 3 rows and y of 2",
                hint="Leave the line with `same_rows` where it is: it says what is wrong.",
            ),
            Case(
                use=_sum_of_both,
                show="TensorDataset(x) + TensorDataset(y)",
                hint="The class stands on Dataset, which knows how to add.",
            ),
        ],
        misconceptions=[
            Misconception(
                "a list",
                _but(_DATASET, "TensorDataset", __getitem__=lambda s, i: [t[i] for t in s.tensors]),
                "The rows are right, but a sample is a tuple, as in PyTorch.",
            ),
            Misconception(
                "the first two",
                _but(
                    _DATASET,
                    "TensorDataset",
                    __getitem__=lambda s, i: (s.tensors[0][i], s.tensors[-1][i]),
                ),
                "You count on two tensors. There may be one, or five: go through `self.tensors`.",
            ),
            Misconception(
                "number of tensors",
                _but(_DATASET, "TensorDataset", __len__=lambda s: len(s.tensors)),
                "That is the number of tensors. The length is the number of samples: the rows of "
                "a tensor.",
            ),
            Misconception(
                "number of numbers",
                _but(_DATASET, "TensorDataset", __len__=lambda s: s.tensors[0].numel()),
                "That counts all numbers of a tensor. A sample is a whole row.",
            ),
            Misconception(
                "one row further",
                _but(
                    _DATASET,
                    "TensorDataset",
                    __getitem__=lambda s, i: tuple(t[i : i + 1] for t in s.tensors),
                ),
                "A slice keeps the dim: a sample is the row itself, `tensor[index]`.",
            ),
        ],
        hint="`tuple(tensor[index] for tensor in self.tensors)`, and the length of any of them.",
    )
)

# RandomSampler ------------------------------------------------------------------------------


def _epochs(RandomSampler: Any, torch: Any, size: int, options: Any, count: int = 2) -> Any:
    torch.manual_seed(4)
    sampler = RandomSampler(range(size), **options)
    return [list(sampler) for _ in range(count)]


def _stream_after(RandomSampler: Any, torch: Any) -> Any:
    torch.manual_seed(4)
    list(RandomSampler(range(5)))
    return torch.rand(2)


def _its_own(RandomSampler: Any, torch: Any) -> Any:
    torch.manual_seed(4)
    generator = torch.Generator().manual_seed(1)
    found = list(RandomSampler(range(6), generator=generator))
    return [found, torch.rand(1)]


def _thrown_away(RandomSampler: Any, torch: Any) -> Any:
    generator = torch.Generator().manual_seed(1)
    list(RandomSampler(range(6), generator=generator))
    return torch.rand(1, generator=generator)


def _wrong_order(
    seeded: Callable[[Any], Any] = lambda torch: None,
    rounds: Callable[[int, int], int] = lambda count, size: count // size,
    rest: Callable[[int, int], Any] = lambda count, size: count % size,
    heed: bool = True,
    shuffled: bool = True,
) -> Any:
    """A sampler that shuffles with mistakes: by which stream, how often, with what at the end."""

    def make(torch: Any) -> Any:
        def walk(self: Any) -> Iterator[int]:
            size, count = len(self.data_source), self.num_samples
            generator = self.generator if heed else None
            if self.replacement:
                yield from torch.utils.data.sampler.drawn_anew(size, count, generator)
                return
            if generator is None:
                generator = seeded(torch)
            if not shuffled:
                yield from range(count)
                return
            for _ in range(rounds(count, size)):
                yield from torch.randperm(size, generator=generator).tolist()
            last = rest(count, size)
            if last is not None:
                yield from torch.randperm(size, generator=generator).tolist()[:last]

        return type("RandomSampler", (shipped(_SAMPLER, "RandomSampler"),), {"__iter__": walk})

    return late(make)


def _fresh(torch: Any) -> Any:
    return torch.Generator().manual_seed(torch.utils.data.sampler.fresh_seed())


def _always_0(torch: Any) -> Any:
    return torch.Generator().manual_seed(0)


def _of_torch(torch: Any) -> Any:
    return torch.Generator().manual_seed(torch.initial_seed())


_ORDERS: list[tuple[int, dict[str, Any], str, str]] = [
    (5, {}, "", "A seed from `fresh_seed()`, a Generator with it, and `randperm` of that."),
    (1, {}, "", "One sample has one order."),
    (3, {"num_samples": 8}, ", num_samples=8", "Two whole shuffles, and two of a third."),
    (4, {"num_samples": 2}, ", num_samples=2", "No whole shuffle, and two of one."),
    (3, {"replacement": True}, ", replacement=True", "Leave the lines for `replacement` alone."),
]

register(
    Exercise(
        name="RandomSampler",
        signature="class RandomSampler(RandomSamplerOptions)",
        reference=late(lambda torch: shipped(_SAMPLER, "RandomSampler")),
        cases=[
            Case(
                use=partial(_epochs, size=size, options=options),
                show=f"two epochs of RandomSampler(range({size}){text}) after manual_seed(4)",
                hint=hint,
            )
            for size, options, text, hint in _ORDERS
        ]
        + [
            Case(
                use=_stream_after,
                show="torch.rand(2) after one epoch",
                hint="An epoch draws one number from torch's own stream, the seed, and no more.",
            ),
            Case(
                use=_its_own,
                show="an epoch with a generator of its own, and torch.rand(1) after it",
                hint="With `self.generator` nothing is drawn from torch's own stream.",
            ),
            Case(
                use=_thrown_away,
                show="what the generator gives after an epoch of 6 samples",
                hint="PyTorch shuffles once more at the end, even to take nothing of it: "
                "`[: count % size]` is empty then.",
            ),
        ],
        misconceptions=[
            Misconception(
                "in order",
                _wrong_order(_fresh, shuffled=False),
                "That is one index after the other, not shuffled.",
            ),
            Misconception(
                "torch's own stream",
                _wrong_order(),
                "You shuffle with torch's own stream. PyTorch draws one seed from it, and shuffles "
                "with a generator of that seed.",
            ),
            Misconception(
                "a fixed seed",
                _wrong_order(_always_0),
                "Your order is the same in every epoch, whatever the seed: draw a fresh one.",
            ),
            Misconception(
                "torch's seed again",
                _wrong_order(_of_torch),
                "`initial_seed()` stays what it is, so all epochs have one order. `fresh_seed()` "
                "draws the next seed.",
            ),
            Misconception(
                "its own generator ignored",
                _wrong_order(_fresh, heed=False),
                "You were given a generator, and made another one. Only without one you need a "
                "fresh seed.",
            ),
            Misconception(
                "one shuffle",
                _wrong_order(_fresh, rounds=lambda count, size: 1, rest=lambda count, size: None),
                "You shuffle once. With `num_samples` there may be more indices than samples, or "
                "fewer.",
            ),
            Misconception(
                "the rest left out",
                _wrong_order(_fresh, rest=lambda count, size: 0),
                "The whole shuffles are there, but `count % size` indices are missing.",
            ),
            Misconception(
                "only if something is left",
                _wrong_order(_fresh, rest=lambda count, size: count % size or None),
                "All orders are right. But PyTorch shuffles once more at the end, even where "
                "nothing is left to take, and its generator moves on.",
            ),
        ],
        hint="Which generator; then `count // size` whole shuffles and a part of one.",
    )
)

# BatchSampler -------------------------------------------------------------------------------


def _endless() -> Iterator[int]:
    """Numbers without end; whoever takes a thousand of them is told so."""
    yield from range(1000)
    raise RuntimeError("you took 1000 indices of a sampler that never ends")


def _batches(BatchSampler: Any, torch: Any, count: int, options: Any) -> Any:
    return [list(batch) for batch in list(BatchSampler(range(count), *options))]


def _batch_counts(BatchSampler: Any, torch: Any) -> Any:
    sizes = [(10, 3), (9, 3), (2, 5), (0, 2)]
    both = itertools.product(sizes, (False, True))
    return [len(BatchSampler(range(count), size, drop)) for (count, size), drop in both]


def _first_of_many(BatchSampler: Any, torch: Any) -> Any:
    class Endless:
        def __iter__(self) -> Iterator[int]:
            return _endless()

    return [list(batch) for batch in itertools.islice(BatchSampler(Endless(), 2, False), 3)]


def _twice(BatchSampler: Any, torch: Any) -> Any:
    sampler = BatchSampler([5, 3, 8], 2, False)
    return [[list(batch) for batch in sampler] for _ in range(2)]


def _are_lists(BatchSampler: Any, torch: Any) -> Any:
    return [type(batch).__name__ for batch in list(BatchSampler(range(3), 2, False))]


def _wrong_batches(
    keep: Callable[[Any, Any], bool] = lambda self, batch: bool(batch) and not self.drop_last,
    after: Callable[[Any], Any] = lambda batch: [],
    source: Callable[[Any], Any] = lambda sampler: sampler,
) -> Any:
    def walk(self: Any) -> Iterator[Any]:
        batch: Any = []
        for index in source(self.sampler):
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = after(batch)
        if keep(self, batch):
            yield batch

    return _but(_SAMPLER, "BatchSampler", __iter__=walk)


def _emptied(batch: Any) -> Any:
    batch.clear()
    return batch


_GROUPS: list[tuple[int, tuple[int, bool], str]] = [
    (
        7,
        (3, False),
        "Each batch is a list of its own: full with `batch_size` indices, and a new one begins.",
    ),
    (7, (3, True), "With `drop_last` a batch that is not full is left out."),
    (6, (3, False), "Nothing is left at the end, so no further batch."),
    (2, (5, False), "Fewer than `batch_size`: one batch that is not full."),
    (0, (2, False), "No indices, no batches."),
    (3, (1, True), "Batches of one are full, too."),
]

register(
    Exercise(
        name="BatchSampler",
        signature="class BatchSampler(Sampler)",
        reference=late(lambda torch: shipped(_SAMPLER, "BatchSampler")),
        cases=[
            Case(
                use=partial(_batches, count=count, options=options),
                show=f"list(BatchSampler(range({count}), {options[0]}, {options[1]}))",
                hint=hint,
            )
            for count, options, hint in _GROUPS
        ]
        + [
            Case(
                use=_are_lists,
                show="the types of the batches",
                hint="A batch is a list of indices.",
            ),
            Case(
                use=_twice,
                show="list(sampler), twice",
                hint="Every `iter()` begins anew: ask `self.sampler` afresh.",
            ),
            Case(
                use=_first_of_many,
                show="three batches of a sampler that never ends",
                hint="Take indices one by one, and `yield` a batch as soon as it is full.",
            ),
            Case(
                use=_batch_counts,
                show="len(...) for 10, 9 and 2 indices, with and without drop_last; and for none",
                hint="The full batches, and one more if something is left that is not dropped.",
            ),
        ],
        misconceptions=[
            Misconception(
                "the last is always kept",
                _wrong_batches(keep=lambda self, batch: bool(batch)),
                "You keep a last batch that is not full. `drop_last` asks to leave it out.",
            ),
            Misconception(
                "the last is lost",
                _wrong_batches(keep=lambda self, batch: False),
                "What is left at the end is lost. Without `drop_last` it is a batch, too.",
            ),
            Misconception(
                "an empty batch",
                _wrong_batches(keep=lambda self, batch: not self.drop_last),
                "If nothing is left at the end, you yield an empty batch.",
            ),
            Misconception(
                "one list for all",
                _wrong_batches(after=_emptied),
                "You empty the list that you have handed out. Begin a new one, `batch = []`.",
            ),
            Misconception(
                "all at once",
                _wrong_batches(source=list),
                "You take all indices before the first batch. A sampler may never end.",
            ),
            Misconception(
                "len rounded down",
                _but(_SAMPLER, "BatchSampler", __len__=lambda s: len(s.sampler) // s.batch_size),
                "The length lacks the last batch where that is not full and not dropped.",
            ),
            Misconception(
                "len rounded up",
                _but(
                    _SAMPLER, "BatchSampler", __len__=lambda s: -(-len(s.sampler) // s.batch_size)
                ),
                "With `drop_last` a batch that is not full does not count.",
            ),
        ],
        hint="Collect indices in a list; hand it out when it is full, and begin a new one.",
    )
)

# default_collate ----------------------------------------------------------------------------

_NUMBERS: list[tuple[list[Any], str]] = [
    ([3, 1, 2], "Whole numbers become an int64 tensor: `tensor(batch)`."),
    ([0.5, 2.0], "Python's floats have 64 bits, and so has the tensor: dtype float64."),
    ([True, False], "`tensor` makes a tensor of bools by itself."),
]
_FIELDS: list[tuple[list[Any], str]] = [
    ([(1, 2.5), (3, 4.5)], "`zip(*batch)` gives all first fields, then all second ones."),
    ([(1, (2, 0.5)), (3, (4, 2.5))], "A field may have fields: call `default_collate` again."),
    ([[1, 2, 3], [4, 5, 6]], "Lists are like tuples."),
    ([{"size": 1}, {"size": 2}], "What you don't know goes to `collate_others`."),
]


def _collated(default_collate: Any, torch: Any, batch: Any) -> Any:
    return default_collate(batch)


def _pictures(default_collate: Any, torch: Any) -> Any:
    batch = [(_wholes(torch, 2, 2, start=4 * n).float(), n) for n in range(3)]
    return default_collate(batch)


def _uneven_fields(default_collate: Any, torch: Any) -> Any:
    return tried(lambda: default_collate([(1, 2), (3,)]))


def _gradients(default_collate: Any, torch: Any) -> Any:
    rows = [torch.full((2,), float(n), requires_grad=True) for n in range(2)]
    (default_collate(rows) * torch.tensor([[1.0, 2.0], [3.0, 4.0]])).sum().backward()
    return [row.grad for row in rows]


def _collating(
    tensors: Callable[[Any, Any], Any] = lambda torch, batch: torch.stack(batch),
    floats: str = "float64",
    fields: type = list,
    deep: bool = True,
    numbers: bool = True,
    stacked: bool = False,
) -> Any:
    def make(torch: Any) -> Any:
        right = shipped(_COLLATE, "default_collate")

        def default_collate(batch: Any) -> Any:
            first = batch[0]
            if isinstance(first, torch.Tensor):
                return tensors(torch, batch)
            if type(first) in (bool, int, float) and not numbers:
                return batch
            if type(first) is float:
                return torch.tensor(batch, dtype=getattr(torch, floats))
            if type(first) in (tuple, list):
                torch.utils.data.collate.same_fields(batch)
                inner = default_collate if deep else list
                inner = torch.stack if stacked else inner
                return fields([inner(field) for field in zip(*batch, strict=False)])
            return right(batch)

        return default_collate

    return late(make)


register(
    Exercise(
        name="default_collate",
        signature="default_collate(batch) -> tensor, or a list of fields",
        reference=late(lambda torch: shipped(_COLLATE, "default_collate")),
        cases=[
            Case(
                use=_pictures,
                show="default_collate of three samples (picture of 2 by 2, label)",
                hint="A *list* of two fields: pictures stacked, (3, 2, 2), and a tensor of labels.",
            ),
            *(
                Case(
                    use=partial(_collated, batch=batch),
                    show=f"default_collate({batch!r})",
                    hint=hint,
                )
                for batch, hint in _NUMBERS + _FIELDS
            ),
            Case(
                use=_gradients,
                show="the gradients of two rows that were collated",
                hint="`stack` is an operation like all others: gradients flow back through it.",
            ),
            Case(
                use=_uneven_fields,
                show="default_collate([(1, 2), (3,)])",
                hint="`same_fields(batch)` says that samples do not fit together; `zip` is silent.",
            ),
        ],
        misconceptions=[
            Misconception(
                "cat",
                _collating(tensors=lambda torch, batch: torch.cat(batch)),
                "`cat` puts rows below each other. `stack` makes a new dim for the samples.",
            ),
            Misconception(
                "float32",
                _collating(floats="float32"),
                "Python's floats have 64 bits, and PyTorch keeps them all: dtype float64.",
            ),
            Misconception(
                "numbers stay",
                _collating(numbers=False),
                "Numbers are still a list. A batch of numbers is a tensor.",
            ),
            Misconception(
                "a tuple of fields",
                _collating(fields=tuple),
                "The fields are right, but PyTorch puts them into a list.",
            ),
            Misconception(
                "stacked in any case",
                _collating(stacked=True),
                "You stack the fields, but labels are numbers: call `default_collate` for each.",
            ),
            Misconception(
                "one level only",
                _collating(deep=False),
                "The fields are sorted, but not collated: call `default_collate` for each.",
            ),
        ],
        hint="Ask what the first sample is: tensor, number, tuple or list, or anything else.",
    )
)

# Epoch --------------------------------------------------------------------------------------


class _Squares:
    """A dataset that takes whole numbers only, and counts how often it is asked."""

    def __init__(self) -> None:
        self.asked = 0

    def __len__(self) -> int:
        return 5

    def __getitem__(self, index: int) -> int:
        self.asked += 1
        if not isinstance(index, int):
            raise TypeError(f"this dataset takes one index at a time, got {index!r}")
        return index * index


class _AllAtOnce(_Squares):
    def __getitems__(self, indices: list[int]) -> list[int]:
        return [-index for index in indices]


def _fetching(dataset: Any, indices: Any) -> Any:
    return [dataset[index] for index in indices]


def _loader(torch: Any, dataset: Any = None, **options: Any) -> Any:
    rows = torch.utils.data.TensorDataset(_wholes(torch, 5, 2), _wholes(torch, 5))
    return torch.utils.data.DataLoader(dataset or rows, **options)


def _walked(Epoch: Any, torch: Any, options: Any) -> Any:
    torch.manual_seed(2)
    return list(Epoch(_loader(torch, **options)))


def _asked_for(Epoch: Any, torch: Any) -> Any:
    dataset = _Squares()
    epoch = iter(Epoch(_loader(torch, dataset, batch_size=2)))
    counts = [dataset.asked]
    for _ in range(2):
        next(epoch)
        counts.append(dataset.asked)
    return counts


def _of_itself(Epoch: Any, torch: Any) -> Any:
    epoch = Epoch(_loader(torch, batch_size=2))
    first = next(epoch)
    return [iter(epoch) is epoch, first[1], len(list(epoch)), tried(lambda: next(epoch, "end"))]


def _gathered(Epoch: Any, torch: Any) -> Any:
    return list(Epoch(_loader(torch, _AllAtOnce(), batch_size=2, collate_fn=sum)))


def _steps(
    fetch: Callable[[Any, Any], Any] | None = None, collate: Callable[[Any, Any], Any] | None = None
) -> Any:
    def make(torch: Any) -> Any:
        right = shipped(_LOADER, "fetch", "Epoch")
        fetching = fetch or shipped(_LOADER, "fetch")

        def step(self: Any) -> Any:
            samples = fetching(self.dataset, next(self.order))
            return collate(torch, samples) if collate else self.collate_fn(samples)

        return type("Epoch", (right,), {"__next__": step})

    return late(make)


def _all_batches(self: Any) -> Any:
    fetch = shipped(_LOADER, "fetch")
    return iter([self.collate_fn(fetch(self.dataset, indices)) for indices in self.order])


register(
    Exercise(
        name="Epoch",
        signature="class Epoch(EpochOptions)",
        reference=late(lambda torch: shipped(_LOADER, "fetch", "Epoch")),
        cases=[
            Case(
                use=partial(_walked, options={"batch_size": 2}),
                show="list(Epoch(loader)), 5 samples by twos",
                hint="Indices from `next(self.order)`, samples by `fetch`, a batch by "
                "`self.collate_fn`. At its end `next` raises StopIteration: let it.",
            ),
            Case(
                use=partial(_walked, options={"batch_size": 2, "shuffle": True, "drop_last": True}),
                show="list(Epoch(loader)) with shuffle and drop_last",
                hint="The order says which samples come: `self.order`.",
            ),
            Case(
                use=partial(_walked, options={"batch_size": 3, "collate_fn": len}),
                show="list(Epoch(loader)) with collate_fn=len",
                hint="The loader may have a `collate_fn` of its own.",
            ),
            Case(
                use=_gathered,
                show="list(Epoch(loader)), a dataset with `__getitems__`, collate_fn=sum",
                hint="`fetch` knows how to ask a dataset.",
            ),
            Case(
                use=_of_itself,
                show="iter(epoch) is epoch, its first labels, how many batches are left, and then",
                hint="`__iter__` returns self. At the end `next(self.order)` raises StopIteration: "
                "let it.",
            ),
            Case(
                use=_asked_for,
                show="how many samples were loaded after 0, 1 and 2 batches of 2",
                hint="Load a batch when it is asked for, not before.",
            ),
        ],
        misconceptions=[
            Misconception(
                "default_collate always",
                _steps(collate=lambda torch, some: torch.utils.data.default_collate(some)),
                "You call `default_collate`, whatever the loader was given. Call "
                "`self.collate_fn`.",
            ),
            Misconception(
                "not collated",
                _steps(collate=lambda torch, samples: samples),
                "That is a list of samples. `self.collate_fn` makes a batch of it.",
            ),
            Misconception(
                "the order itself",
                _but(_LOADER, "fetch", "Epoch", __iter__=lambda s: s.order),
                "Your `__iter__` hands out the order, lists of indices. It returns self; "
                "`__next__` makes a batch of them.",
            ),
            Misconception(
                "never all at once",
                _steps(fetch=_fetching),
                "Use `fetch`: it knows datasets that hand out many samples at once.",
            ),
            Misconception(
                "all in advance",
                _but(_LOADER, "fetch", "Epoch", __iter__=_all_batches),
                "Your `__iter__` loads everything before the first batch. It returns self; "
                "`__next__` loads one batch.",
            ),
        ],
        hint="`indices = next(self.order)`; then fetch, then collate.",
    )
)
