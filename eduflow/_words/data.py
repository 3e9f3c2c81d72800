"""What datasets, samplers and the loader refuse, in PyTorch's words."""

import warnings

WRONG_SAMPLE = (
    "default_collate: batch must contain tensors, numpy arrays, numbers, dicts or lists; found {}"
)


def same_rows(tensors):
    """AssertionError unless all tensors have as many rows as the first."""
    if any(tensors[0].size(0) != tensor.size(0) for tensor in tensors):
        raise AssertionError("Size mismatch between tensors")


def same_fields(batch):
    """RuntimeError unless all samples, tuples or lists, have as many fields as the first."""
    if any(len(sample) != len(batch[0]) for sample in batch):
        raise RuntimeError("each element in list of batch should be of equal size")


def _is_count(number):
    return isinstance(number, int) and not isinstance(number, bool) and number > 0


def check_count(count):
    """ValueError unless a number of samples is an int above 0."""
    if not _is_count(count):
        raise ValueError(
            f"num_samples should be a positive integer value, but got num_samples={count}"
        )


def check_replacement(replacement, error=TypeError):
    """An error unless `replacement` is True or False."""
    if not isinstance(replacement, bool):
        raise error(f"replacement should be a boolean value, but got replacement={replacement}")


def batch_options(batch_size, drop_last):
    """ValueError unless a batch has an int above 0 of samples, and `drop_last` is True or False."""
    if not _is_count(batch_size):
        raise ValueError(
            f"batch_size should be a positive integer value, but got batch_size={batch_size}"
        )
    if not isinstance(drop_last, bool):
        raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")


def check_iterable(shuffle, sampler, batch_sampler):
    """ValueError for options that an iterable dataset, which sets its own order, cannot have."""
    options = {"shuffle": shuffle or None, "sampler": sampler, "batch_sampler": batch_sampler}
    for name, value in options.items():
        if value is not None:
            raise ValueError(
                f"DataLoader with IterableDataset: expected unspecified {name} option, but got "
                f"{name}={value}"
            )


def check_order(batch_size, shuffle, sampler, batch_sampler, drop_last):
    """ValueError for options of the order that do not go together."""
    if sampler is not None and shuffle:
        raise ValueError("sampler option is mutually exclusive with shuffle")
    if batch_sampler is not None:
        if batch_size != 1 or shuffle or sampler is not None or drop_last:
            raise ValueError(
                "batch_sampler option is mutually exclusive with batch_size, shuffle, sampler, "
                "and drop_last"
            )
    elif batch_size is None and drop_last:
        raise ValueError(
            "batch_size=None option disables auto-batching and is mutually exclusive with drop_last"
        )


def check_workers(num_workers, timeout, prefetch_factor, persistent_workers):
    """ValueError for options of worker processes that make no sense."""
    if num_workers < 0:
        raise ValueError(
            "num_workers option should be non-negative; use num_workers=0 to disable "
            "multiprocessing."
        )
    if timeout < 0:
        raise ValueError("timeout option should be non-negative")
    if num_workers == 0 and prefetch_factor is not None:
        raise ValueError(
            "prefetch_factor option could only be specified in multiprocessing."
            "let num_workers > 0 to enable multiprocessing, otherwise set prefetch_factor to None."
        )
    if prefetch_factor is not None and prefetch_factor < 0:
        raise ValueError("prefetch_factor option should be non-negative")
    if persistent_workers and num_workers == 0:
        raise ValueError("persistent_workers option needs num_workers > 0")


def check_pinning(pin_memory, device):
    """What PyTorch says where `pin_memory` is asked for and there is no accelerator."""
    if pin_memory and device:
        warnings.warn(
            "pin_memory_device is deprecated, the current accelerator will be used as the device,"
            f"ignore pin_memory_device='{device}'.",
            stacklevel=4,
        )
    if pin_memory:
        warnings.warn(
            "'pin_memory' argument is set as true but no accelerator is found, then device pinned "
            "memory won't be used.",
            stacklevel=4,
        )


def length_exceeded(dataset, promised, yielded, workers):
    """The warning where an iterable dataset gives more than its length promised."""
    text = (
        f"Length of IterableDataset {dataset} was reported to be {promised}"
        f"(when accessing len(dataloader)), but {yielded} samples have been fetched. "
    )
    if workers:
        text += (
            "For multiprocessing data-loading, this could be caused by not properly configuring "
            "the IterableDataset replica at each worker. Please see "
            "https://pytorch.org/docs/stable/data.html#torch.utils.data.IterableDataset for "
            "examples."
        )
    warnings.warn(text, stacklevel=3)


def check_timeout(timeout):
    """AssertionError for a timeout where no worker is waited for."""
    if timeout != 0:
        raise AssertionError("_SingleProcessDataLoaderIter requires timeout == 0")


def check_prefetch(prefetch_factor):
    """AssertionError unless workers load at least one batch in advance."""
    if prefetch_factor <= 0:
        raise AssertionError(
            "prefetch_factor must be greater than 0 for MultiProcessingDataLoaderIter"
        )


def no_processes(num_workers):
    """The error where no other process can be started."""
    return NotImplementedError(
        f"num_workers={num_workers}: the browser's Python starts no other processes. "
        "Use num_workers=0: the same batches in the same order, loaded in this process."
    )


def too_many_workers(num_workers, processors, counted):
    """The warning for more workers than processors; `counted` are those this process may use."""
    found = "" if counted else " (`cpuset` is not taken into account)"
    suggestion = (
        "DataLoader is not able to compute a suggested max number of worker in current system."
        if processors is None
        else f"Our suggested max number of worker in current system is {processors}{found}, which "
        "is smaller than what this DataLoader is going to create."
    )
    warnings.warn(
        f"This DataLoader will create {num_workers} worker processes in total. {suggestion} "
        "Please be aware that excessive worker creation might get DataLoader running slow or even "
        "freeze, lower the worker number to avoid potential slowness/freeze if necessary.",
        stacklevel=4,
    )


def unknown_start_method(methods, given):
    """The error for a start method that this computer does not have."""
    return ValueError(
        "multiprocessing_context option should specify a valid start method in "
        f"{methods!r}, but got multiprocessing_context={given!r}"
    )


def no_context(given):
    """The error for a context that is none."""
    return TypeError(
        "multiprocessing_context option should be a valid context object or a string specifying "
        f"the start method, but got multiprocessing_context={given}"
    )


def context_without_workers(num_workers):
    """The error for a context where no worker is started."""
    return ValueError(
        "multiprocessing_context can only be used with multi-process loading (num_workers > 0), "
        f"but got num_workers={num_workers}"
    )


def not_picklable():
    """The warning before the error of a worker that cannot be started."""
    warnings.warn(
        "Got pickle error when attempting to start a worker Process. This might be because the "
        "worker Process arguments are not picklable. Python 3.14+ changed the multiprocessing "
        "start method in non-Mac POSIX platforms to 'forkserver', which requires the worker "
        "Process arguments to be picklable. You can also try "
        "multiprocessing.set_start_method('fork').",
        stacklevel=4,
    )


def worker_gone(process):
    """The error for a worker that ended without being told to."""
    return RuntimeError(f"DataLoader worker (pid(s) {process.pid}) exited unexpectedly")
