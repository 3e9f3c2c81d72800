"""Samplers: in which order the samples of a dataset are taken."""

from typing import Generic, TypeVar

from ..._core.dtype import float64, int64
from ..._core.generator import Generator
from ..._words.data import batch_options, check_count, check_replacement
from ...ops.distributions import multinomial, randint, randperm
from ...ops.factories import as_tensor, empty

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


def drawn_anew(size, count, generator=None):
    """`count` indices below `size`, each drawn anew: 32 at a time, as PyTorch draws them."""
    if generator is None:
        generator = Generator().manual_seed(fresh_seed())
    for _ in range(count // 32):
        yield from randint(high=size, size=(32,), generator=generator).tolist()
    yield from randint(high=size, size=(count % 32,), generator=generator).tolist()


class RandomSamplerOptions(Sampler):
    """What a RandomSampler is told, and how many indices there will be."""

    def __init__(self, data_source, replacement=False, num_samples=None, generator=None):
        self.data_source, self.replacement = data_source, replacement
        self._num_samples, self.generator = num_samples, generator
        check_replacement(replacement)
        check_count(self.num_samples)

    @property
    def num_samples(self):
        """How many indices there will be."""
        return len(self.data_source) if self._num_samples is None else self._num_samples

    def __len__(self):
        return self.num_samples


# %% lesson 11 random-sampler
class RandomSampler(RandomSamplerOptions):
    """All indices in random order; or `num_samples` of them, each drawn anew with `replacement`.

    Mirrors torch.utils.data.RandomSampler: the same order from the same seed.
    """

    def __iter__(self):
        size, count, generator = len(self.data_source), self.num_samples, self.generator
        if self.replacement:  # each index anew, so that some come twice
            yield from drawn_anew(size, count, generator)
            return
        if generator is None:
            generator = Generator().manual_seed(fresh_seed())
        for _ in range(count // size):
            yield from randperm(size, generator=generator).tolist()
        yield from randperm(size, generator=generator).tolist()[: count % size]


# %% end


# %% lesson 11 batch-sampler
class BatchSampler(Sampler):
    """Lists of `batch_size` indices of another sampler; `drop_last` leaves out one not full.

    ValueError unless `batch_size` is an int above 0. Mirrors torch.utils.data.BatchSampler.
    """

    def __init__(self, sampler, batch_size, drop_last):
        batch_options(batch_size, drop_last)
        self.sampler, self.batch_size, self.drop_last = sampler, batch_size, drop_last

    def __iter__(self):
        batch = []
        for index in self.sampler:
            batch.append(index)
            if len(batch) == self.batch_size:
                yield batch
                batch = []
        if batch and not self.drop_last:
            yield batch

    def __len__(self):
        full, rest = divmod(len(self.sampler), self.batch_size)
        return full if self.drop_last or rest == 0 else full + 1


# %% end


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
        check_count(num_samples)
        check_replacement(replacement, ValueError)
        self.weights = as_tensor(weights, dtype=float64)
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
