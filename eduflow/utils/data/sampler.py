"""Samplers: in which order the samples of a dataset are taken."""

import itertools
from typing import Generic, TypeVar

from ..._core.dtype import float64, int64
from ..._core.generator import Generator
from ...ops.distributions import multinomial, randint, randperm
from ...ops.factories import empty, tensor

_Index = TypeVar("_Index", covariant=True)


class Sampler(Generic[_Index]):
    """Subclass it and define `__iter__()`, which yields indices.

    Mirrors torch.utils.data.Sampler.
    """

    def __iter__(self):
        raise NotImplementedError


class SequentialSampler(Sampler):
    """All indices from the first to the last. Mirrors torch.utils.data.SequentialSampler."""

    def __init__(self, data_source):
        self.data_source = data_source

    def __iter__(self):
        return iter(range(len(self.data_source)))

    def __len__(self):
        return len(self.data_source)


def fresh_seed(generator=None):
    """A seed for another stream, drawn from this one."""
    return int(empty((), dtype=int64).random_(generator=generator).item())


class RandomSampler(Sampler):
    """All indices in random order; or `num_samples` of them, each drawn anew with `replacement`.

    Mirrors torch.utils.data.RandomSampler: the same order from the same seed.
    """

    def __init__(self, data_source, replacement=False, num_samples=None, generator=None):
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator
        if not isinstance(replacement, bool):
            raise TypeError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        _check_count(self.num_samples)

    @property
    def num_samples(self):
        """How many indices there will be."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __iter__(self):
        size, generator = len(self.data_source), self.generator
        if generator is None:
            generator = Generator().manual_seed(fresh_seed())
        if self.replacement:
            for _ in range(self.num_samples // 32):
                yield from randint(high=size, size=(32,), generator=generator).tolist()
            rest = (self.num_samples % 32,)
            yield from randint(high=size, size=rest, generator=generator).tolist()
            return
        for _ in range(self.num_samples // size):
            yield from randperm(size, generator=generator).tolist()
        rest = self.num_samples % size
        yield from randperm(size, generator=generator).tolist()[:rest]

    def __len__(self):
        return self.num_samples


def _check_count(count):
    if not isinstance(count, int) or isinstance(count, bool) or count <= 0:
        raise ValueError(
            f"num_samples should be a positive integer value, but got num_samples={count}"
        )


class SubsetRandomSampler(Sampler):
    """These indices, in random order. Mirrors torch.utils.data.SubsetRandomSampler."""

    def __init__(self, indices, generator=None):
        self.indices, self.generator = indices, generator

    def __iter__(self):
        for i in randperm(len(self.indices), generator=self.generator).tolist():
            yield self.indices[i]

    def __len__(self):
        return len(self.indices)


class WeightedRandomSampler(Sampler):
    """`num_samples` indices, drawn with probabilities in proportion to `weights`.

    Mirrors torch.utils.data.WeightedRandomSampler.
    """

    def __init__(self, weights, num_samples, replacement=True, generator=None):
        _check_count(num_samples)
        if not isinstance(replacement, bool):
            raise ValueError(
                f"replacement should be a boolean value, but got replacement={replacement}"
            )
        self.weights = tensor(weights, dtype=float64)
        if self.weights.dim() != 1:
            raise ValueError(
                "weights should be a 1d sequence but given weights have shape "
                f"{tuple(self.weights.shape)}"
            )
        self.num_samples, self.replacement, self.generator = num_samples, replacement, generator

    def __iter__(self):
        drawn = (self.weights, self.num_samples, self.replacement)
        yield from multinomial(*drawn, generator=self.generator).tolist()

    def __len__(self):
        return self.num_samples


class BatchSampler(Sampler):
    """Lists of `batch_size` indices of another sampler; `drop_last` leaves out one not full.

    Mirrors torch.utils.data.BatchSampler.
    """

    def __init__(self, sampler, batch_size, drop_last):
        if type(batch_size) is not int or batch_size <= 0:
            raise ValueError(
                f"batch_size should be a positive integer value, but got batch_size={batch_size}"
            )
        if not isinstance(drop_last, bool):
            raise ValueError(f"drop_last should be a boolean value, but got drop_last={drop_last}")
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self):
        indices = iter(self.sampler)
        while batch := list(itertools.islice(indices, self.batch_size)):
            if len(batch) == self.batch_size or not self.drop_last:
                yield batch

    def __len__(self):
        count = len(self.sampler)
        return count // self.batch_size if self.drop_last else -(-count // self.batch_size)
