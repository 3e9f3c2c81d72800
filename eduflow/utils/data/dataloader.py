"""The loader: batches of a dataset, one after the other."""

import itertools
import math

from ..._words.data import (
    check_iterable,
    check_order,
    check_pinning,
    check_workers,
    length_exceeded,
)
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler, fresh_seed


class Endless:
    """The sampler of an iterable dataset, which does not need indices."""

    def __iter__(self):
        while True:
            yield None


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


class EpochOfStream(Epoch):
    """One walk through an iterable dataset."""

    def __init__(self, loader):
        super().__init__(loader)
        batched = loader.batch_sampler is not None
        self.promised, self.yielded = loader.promised, 0
        self.stream = Stream(self.dataset, self.collate_fn, batched, loader.drop_last)

    def __next__(self):
        batch = self.stream.fetch(next(self.order))
        self.yielded += 1
        if self.promised is not None and self.yielded > self.promised:
            length_exceeded(self.dataset, self.promised, self.yielded, workers=False)
        return batch


FIXED = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset", "persistent_workers")


class LoaderOptions:
    """Which samples come when, from options that do not all go together."""

    def _set_order(self, batch_size, shuffle, sampler, batch_sampler, drop_last):
        streamed = isinstance(self.dataset, IterableDataset)
        if streamed:
            check_iterable(shuffle, sampler, batch_sampler)
        check_order(batch_size, bool(shuffle), sampler, batch_sampler, drop_last)
        if batch_sampler is not None:
            batch_size, drop_last = None, False
        if sampler is None and streamed:
            sampler = Endless()
        elif sampler is None and shuffle:
            sampler = RandomSampler(self.dataset, generator=self.generator)
        elif sampler is None:
            sampler = SequentialSampler(self.dataset)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler

    def __setattr__(self, name, value):
        if name in FIXED and "promised" in self.__dict__:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        super().__setattr__(name, value)

    @property
    def index_sampler(self):
        """What says which samples come next: lists of indices, or without batches indices."""
        return self.sampler if self.batch_sampler is None else self.batch_sampler

    def __len__(self):
        if not isinstance(self.dataset, IterableDataset):
            return len(self.index_sampler)
        # The iterator warns if the dataset gives more than it promises here.
        self.promised = count = len(self.dataset)
        if self.batch_size is None:
            return count
        return count // self.batch_size if self.drop_last else math.ceil(count / self.batch_size)


class DataLoader(LoaderOptions):
    """Batches of `dataset`: iterate over it. Mirrors torch.utils.data.DataLoader, in one process.

    `batch_size` samples at a time (None: one by one, not batched), in order or `shuffle`d;
    `drop_last` leaves out a last batch that is not full. `sampler` or `batch_sampler` may say
    which samples instead. `collate_fn` makes a batch of a list of samples. The same seed gives
    PyTorch's order. NotImplementedError for `num_workers` above 0.
    """

    def __init__(
        self,
        dataset,
        batch_size=1,
        shuffle=None,
        sampler=None,
        batch_sampler=None,
        num_workers=0,
        collate_fn=None,
        pin_memory=False,
        drop_last=False,
        timeout=0,
        worker_init_fn=None,
        multiprocessing_context=None,
        generator=None,
        *,
        prefetch_factor=None,
        persistent_workers=False,
        pin_memory_device="",
        in_order=True,
    ):
        check_workers(num_workers, timeout, prefetch_factor, persistent_workers)
        if num_workers > 0:
            raise NotImplementedError(
                f"num_workers={num_workers}: this DataLoader loads in the process itself. "
                "Use num_workers=0."
            )
        if multiprocessing_context is not None:
            raise ValueError(
                "multiprocessing_context can only be used with multi-process loading "
                f"(num_workers > 0), but got num_workers={num_workers}"
            )
        self.dataset, self.num_workers, self.in_order = dataset, num_workers, in_order
        self.prefetch_factor, self.persistent_workers = prefetch_factor, persistent_workers
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.timeout, self.worker_init_fn, self.generator = timeout, worker_init_fn, generator
        self._set_order(batch_size, shuffle, sampler, batch_sampler, drop_last)
        convert = default_convert if self.batch_sampler is None else default_collate
        self.collate_fn = convert if collate_fn is None else collate_fn
        self.promised = None

    def __iter__(self):
        if isinstance(self.dataset, IterableDataset):
            return EpochOfStream(self)
        return EpochOfSamples(self) if self.batch_sampler is None else Epoch(self)
