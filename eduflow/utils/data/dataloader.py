"""The loader: batches of a dataset, one after the other."""

import itertools

from .collate import default_collate, default_convert
from .dataset import IterableDataset
from .sampler import BatchSampler, RandomSampler, SequentialSampler, fresh_seed


class _Endless:
    """The sampler of an iterable dataset, which does not need indices."""

    def __iter__(self):
        while True:
            yield None


def _usual_sampler(dataset, shuffle, generator):
    if isinstance(dataset, IterableDataset):
        return _Endless()
    if shuffle:
        return RandomSampler(dataset, generator=generator)
    return SequentialSampler(dataset)


def _check_iterable(shuffle, sampler, batch_sampler):
    """ValueError for options that an iterable dataset, which sets its own order, cannot have."""
    options = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in options.items():
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                f"{name}={value}"
            )


class _Order:
    def _set_order(self, batch_size, shuffle, sampler, batch_sampler, drop_last):
        """Which samples come when, from options that do not all go together."""
        if isinstance(self.dataset, IterableDataset):
            _check_iterable(shuffle, sampler, batch_sampler)
        shuffle = bool(shuffle)
        if sampler is not None and shuffle:
            raise ValueError("sampler option is mutually exclusive with shuffle")
        if batch_sampler is not None:
            if batch_size != 1 or shuffle or sampler is not None or drop_last:
                raise ValueError(
                    "batch_sampler option is mutually exclusive with batch_size, shuffle, "
                    "sampler, and drop_last"
                )
            batch_size, drop_last = None, False
        elif batch_size is None and drop_last:
            raise ValueError(
                "batch_size=None option disables auto-batching and is mutually exclusive with "
                "drop_last"
            )
        if sampler is None:
            sampler = _usual_sampler(self.dataset, shuffle, self.generator)
        if batch_size is not None and batch_sampler is None:
            batch_sampler = BatchSampler(sampler, batch_size, drop_last)
        self.batch_size, self.drop_last = batch_size, drop_last
        self.sampler, self.batch_sampler = sampler, batch_sampler

    def __setattr__(self, name, value):
        fixed = ("batch_size", "batch_sampler", "sampler", "drop_last", "dataset")
        if name in fixed and "_ready" in self.__dict__:
            raise ValueError(
                f"{name} attribute should not be set after {type(self).__name__} is initialized"
            )
        self.__dict__[name] = value


class _Iteration:
    def __iter__(self):
        # PyTorch draws a seed for its workers here, even if there are none: so do we, so that
        # all random numbers after it are the same.
        fresh_seed(self.generator)
        return _batches(self)

    def __len__(self):
        if isinstance(self.dataset, IterableDataset):
            count = len(self.dataset)
            if self.batch_size is None:
                return count
            return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
        return len(self.sampler if self.batch_sampler is None else self.batch_sampler)


def _batches(loader):
    """One epoch: what the loader yields."""
    if isinstance(loader.dataset, IterableDataset):
        yield from _streamed(loader)
    elif loader.batch_sampler is None:
        for index in loader.sampler:
            yield loader.collate_fn(loader.dataset[index])
    else:
        several = getattr(loader.dataset, "__getitems__", None)
        for indices in loader.batch_sampler:
            chosen = several(indices) if several else [loader.dataset[i] for i in indices]
            yield loader.collate_fn(chosen)


def _streamed(loader):
    """One epoch of an iterable dataset."""
    samples = iter(loader.dataset)
    if loader.batch_size is None:
        for sample in samples:
            yield loader.collate_fn(sample)
        return
    while batch := list(itertools.islice(samples, loader.batch_size)):
        if len(batch) == loader.batch_size or not loader.drop_last:
            yield loader.collate_fn(batch)


_WORKER_OPTIONS = {"prefetch_factor", "persistent_workers", "pin_memory_device", "in_order"}


def check_workers(num_workers, timeout, multiprocessing_context, **options):
    """The errors of options for worker processes, which there are none of."""
    for name in options.keys() - _WORKER_OPTIONS:
        raise TypeError(f"DataLoader.__init__() got an unexpected keyword argument '{name}'")
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable "
            "multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers > 0:
        raise NotImplementedError(
            f"num_workers={num_workers}: this DataLoader loads in the process itself. "
            "Use num_workers=0."
        )
    if options.get("prefetch_factor") is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if options.get("persistent_workers"):
        raise ValueError("persistent_workers option needs num_workers > 0")
    if multiprocessing_context is not None:
        raise ValueError(
            "multiprocessing_context can only be used with multi-process loading "
            f"(num_workers > 0), but got num_workers={num_workers}"
        )


class DataLoader(_Order, _Iteration):
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
        **workers,
    ):
        workers |= {"timeout": timeout, "multiprocessing_context": multiprocessing_context}
        check_workers(num_workers, **workers)
        self.dataset, self.num_workers, self.pin_memory = dataset, num_workers, pin_memory
        self.timeout, self.worker_init_fn, self.generator = timeout, worker_init_fn, generator
        self._set_order(batch_size, shuffle, sampler, batch_sampler, drop_last)
        batched = self.batch_sampler is not None
        convert = default_collate if batched else default_convert
        self.collate_fn = convert if collate_fn is None else collate_fn
        self._ready = True
