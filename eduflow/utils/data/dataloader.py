"""The loader: batches of a dataset, one after the other."""

import math

from ..._words.data import check_iterable, check_order, check_timeout, check_workers
from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .epoch import Epoch, EpochOfSamples, EpochOfStream
from .rows import EpochOfRows
from .sampler import BatchSampler, RandomSampler, SequentialSampler
from .workers import EpochOfWorkers, check_start_method, check_worker_number


class Endless:
    """The sampler of an iterable dataset, which does not need indices."""

    def __iter__(self):
        while True:
            yield None


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
    """Batches of `dataset`: iterate over it. Mirrors torch.utils.data.DataLoader.

    `batch_size` samples at a time (None: one by one, not batched), in order or `shuffle`d;
    `drop_last` leaves out a last batch that is not full. `sampler` or `batch_sampler` may say
    which samples instead. `collate_fn` makes a batch of a list of samples. The same seed gives
    PyTorch's order.

    With `num_workers` so many processes load `prefetch_factor` batches each in advance; each has
    PyTorch's seeds, runs `worker_init_fn` with its number, and is told about itself by
    `get_worker_info`. `persistent_workers` keeps them from epoch to epoch, `timeout` limits the
    wait for a batch. What a worker raises is raised here; RuntimeError if one dies.
    NotImplementedError for workers in the browser.
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
        if num_workers > 0 and prefetch_factor is None:
            prefetch_factor = 2
        self.dataset, self.num_workers, self.in_order = dataset, num_workers, in_order
        self.prefetch_factor, self.persistent_workers = prefetch_factor, persistent_workers
        self.pin_memory, self.pin_memory_device = pin_memory, pin_memory_device
        self.multiprocessing_context = multiprocessing_context
        self.timeout, self.worker_init_fn, self.generator = timeout, worker_init_fn, generator
        self._set_order(batch_size, shuffle, sampler, batch_sampler, drop_last)
        convert = default_convert if self.batch_sampler is None else default_collate
        self.collate_fn = convert if collate_fn is None else collate_fn
        self.promised, self.kept = None, None
        check_worker_number(num_workers)

    @property
    def multiprocessing_context(self):
        """How workers are started: None for Python's usual way, or a context of multiprocessing."""
        return self.__dict__["start_method"]

    @multiprocessing_context.setter
    def multiprocessing_context(self, context):
        self.__dict__["start_method"] = check_start_method(context, self.num_workers)

    def __iter__(self):
        if self.num_workers > 0:
            return self._of_workers()
        check_timeout(self.timeout)
        if isinstance(self.dataset, IterableDataset):
            return EpochOfStream(self)
        if self.batch_sampler is None:
            return EpochOfSamples(self)
        return EpochOfRows(self) if EpochOfRows.fits(self) else Epoch(self)

    def _of_workers(self):
        """An epoch by workers: by those of the last one if they are to stay."""
        if self.persistent_workers and self.kept is not None:
            self.kept.again(self)
            return self.kept
        check_worker_number(self.num_workers)
        epoch = EpochOfWorkers(self)
        if self.persistent_workers:
            self.kept = epoch
        return epoch
