"""One walk through a loader: which samples come next, and what makes batches of them."""

import itertools
from dataclasses import dataclass
from typing import Any

from ..._words.data import check_pinning, length_exceeded
from .dataset import IterableDataset
from .sampler import fresh_seed


class EpochOptions:
    """What an epoch takes from its loader: dataset, `collate_fn`, and `order`, an iterator."""

    def __init__(self, loader):
        check_pinning(loader.pin_memory, loader.pin_memory_device)
        self.dataset, self.collate_fn = loader.dataset, loader.collate_fn
        self.index_sampler = loader.index_sampler
        self.order = iter(self.index_sampler)
        # PyTorch draws a seed for its workers here, even if there are none: so do we, so that
        # all random numbers after it are the same.
        self.base_seed = fresh_seed(loader.generator)

    def count(self, workers):
        """One batch more of a stream: the warning if its dataset had promised fewer."""
        self.yielded += 1
        if self.promised is not None and self.yielded > self.promised:
            length_exceeded(self.dataset, self.promised, self.yielded, workers)

    def __len__(self):
        return len(self.index_sampler)

    def __getstate__(self):
        raise NotImplementedError("{} cannot be pickled", type(self).__name__)


# %% lesson 11 epoch
def fetch(dataset, indices):
    """The samples with these indices, as a list.

    A dataset that has a method `__getitems__` hands them out all at once.
    """
    if hasattr(dataset, "__getitems__"):
        return dataset.__getitems__(indices)
    return [dataset[index] for index in indices]


class Epoch(EpochOptions):
    """One walk through a loader: an iterator of batches."""

    def __iter__(self):
        return self

    def __next__(self):
        """The next batch; StopIteration when `self.order`, lists of indices, is at its end."""
        indices = next(self.order)
        return self.collate_fn(fetch(self.dataset, indices))


# %% end


class EpochOfSamples(Epoch):
    """Samples one by one, as they are: what `batch_size=None` gives."""

    def __next__(self):
        return self.collate_fn(self.dataset[next(self.order)])


class Stream:
    """Batches of an iterable dataset, each made of its next samples."""

    def __init__(self, dataset, collate_fn, batched, drop_last):
        self.samples, self.collate_fn = iter(dataset), collate_fn
        self.batched, self.drop_last, self.ended = batched, drop_last, False

    def fetch(self, indices):
        """The next batch, of as many samples as there are indices; StopIteration at the end."""
        if self.ended:
            raise StopIteration
        if not self.batched:
            return self.collate_fn(next(self.samples))
        samples = list(itertools.islice(self.samples, len(indices)))
        self.ended = len(samples) < len(indices)
        if not samples or (self.drop_last and self.ended):
            raise StopIteration
        return self.collate_fn(samples)


class Samples:
    """Samples of a dataset that is asked for them by index, in batches or one by one."""

    def __init__(self, dataset, collate_fn, batched):
        self.dataset, self.collate_fn, self.batched = dataset, collate_fn, batched

    def fetch(self, indices):
        """The batch of these indices; without batches the sample of this index."""
        if self.batched:
            return self.collate_fn(fetch(self.dataset, indices))
        return self.collate_fn(self.dataset[indices])


@dataclass(frozen=True)
class Source:
    """What batches are made from, as a worker is told."""

    dataset: Any
    collate_fn: Any
    batched: bool
    drop_last: bool

    @property
    def streamed(self):
        """Whether the samples come in the dataset's own order."""
        return isinstance(self.dataset, IterableDataset)

    def fetcher(self):
        """What has a method `fetch(indices)`, at the beginning of an epoch."""
        if self.streamed:
            return Stream(self.dataset, self.collate_fn, self.batched, self.drop_last)
        return Samples(self.dataset, self.collate_fn, self.batched)


def source_of(loader):
    """The Source of a loader."""
    batched = loader.batch_sampler is not None
    return Source(loader.dataset, loader.collate_fn, batched, loader.drop_last)


class EpochOfStream(Epoch):
    """One walk through an iterable dataset."""

    def __init__(self, loader):
        super().__init__(loader)
        self.promised, self.yielded = loader.promised, 0
        self.stream = source_of(loader).fetcher()

    def __next__(self):
        batch = self.stream.fetch(next(self.order))
        self.count(workers=False)
        return batch
