"""A worker: a process that loads batches in advance, and how it tells the loader what it has."""

import contextlib
import pickle
import threading
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..._core.generator import default_generator
from ..._core.later import Later
from .epoch import Source

multiprocessing, queue, random, traceback = map(
    Later, ("multiprocessing", "queue", "random", "traceback")
)
PATIENCE = 5.0  # seconds between two looks at whether the loader's process is still alive
STOP, RESUME = "stop", "resume"  # what a worker may be told beside what to load


@dataclass(frozen=True)
class WorkerInfo:
    """What a worker is told about itself: its number, how many there are, its seed, its dataset."""

    id: int
    num_workers: int
    seed: int
    dataset: Any
    rng: Any = None
    worker_method: str | None = "multiprocessing"


class Ended:
    """What a worker sends at the end of its stream."""


class Resumed:
    """What a worker sends before the first batch of a further epoch."""


_current: list[WorkerInfo] = []


def get_worker_info():
    """In a worker what it is told about itself, a WorkerInfo; None elsewhere.

    Mirrors torch.utils.data.get_worker_info.
    """
    return _current[-1] if _current else None


class KeyErrorMessage(str):
    """A text that KeyError shows as it is, without quotes and backslashes."""

    __slots__ = ()

    def __repr__(self):
        return self


class WorkerError:
    """An exception of a worker on its way to the loader: its type, and its traceback as text."""

    def __init__(self, error, where):
        self.type, self.where = type(error), where
        self.text = "".join(traceback.format_exception(error))

    def reraise(self):
        """Raise one like it, which says where it came from; RuntimeError if none can be made."""
        text = f"Caught {self.type.__name__} {self.where}.\nOriginal {self.text}"
        if self.type is KeyError:
            raise KeyError(KeyErrorMessage(text))
        if getattr(self.type, "message", None):
            raise self.type(message=text)
        try:
            error = self.type(text)
        except Exception:
            raise RuntimeError(text) from None
        raise error


@dataclass(frozen=True)
class Job:
    """What a worker is started with."""

    source: Source
    base_seed: int
    init_fn: Any
    id: int
    num_workers: int

    @property
    def where(self):
        """How an error says where it happened."""
        return f"in DataLoader worker process {self.id}"


def seed_worker(job):
    """The worker's seed for `random` and torch's numbers; NumPy's are mixed from both parts."""
    seed = job.base_seed + job.id
    random.seed(seed)
    default_generator.manual_seed(seed)
    mixed = [job.id, job.base_seed & 0xFFFFFFFF, job.base_seed >> 32, 0]
    np.random.seed(np.random.SeedSequence(mixed).generate_state(4))
    return seed


def work(job, orders, answers):
    """A worker's life: take (number, indices) from `orders`, send (number, batch) to `answers`."""
    with contextlib.suppress(KeyboardInterrupt):  # the loader's own process raises it, too
        outbox = queue.SimpleQueue()
        post = threading.Thread(target=send_all, args=(outbox, answers), daemon=True)
        post.start()
        info = WorkerInfo(job.id, job.num_workers, seed_worker(job), job.source.dataset)
        _current.append(info)
        serve(job, orders, outbox)
        outbox.put(None)
        post.join()


def send_all(outbox, answers):
    """Send what the worker has ready, so that it need not wait until it is taken."""
    with contextlib.suppress(OSError):  # the loader is gone
        while (content := outbox.get()) is not None:
            answers.send_bytes(content)


def serve(job, orders, outbox):
    """Load batch after batch until told to stop, or until the loader's process is gone."""
    fetcher, failed = started(job)
    ended = False
    while (order := next_order(orders)) is not None and order != STOP:
        if order == RESUME:
            outbox.put(pickle.dumps((None, Resumed())))
            fetcher, ended = job.source.fetcher(), False
            continue
        if ended:
            continue
        number, indices = order
        batch = failed or loaded(job, fetcher, indices)
        ended = isinstance(batch, Ended)
        outbox.put(packed(job, number, batch))


def started(job):
    """The worker's fetcher, or what went wrong before it had one."""
    try:
        if job.init_fn is not None:
            job.init_fn(job.id)
        return job.source.fetcher(), None
    except Exception as error:
        return None, WorkerError(error, job.where)


def next_order(orders):
    """What the loader wants next; None if its process is gone."""
    parent = multiprocessing.parent_process()
    try:
        while not orders.poll(PATIENCE):
            if parent is not None and not parent.is_alive():
                return None
        return orders.recv()
    except (EOFError, OSError):
        return None


def loaded(job, fetcher, indices):
    """A batch; Ended at the end of a stream; or the error that there was."""
    try:
        return fetcher.fetch(indices)
    except StopIteration as error:
        return Ended() if job.source.streamed else WorkerError(error, job.where)
    except Exception as error:
        return WorkerError(error, job.where)


def packed(job, number, batch):
    """The answer as bytes; what cannot be pickled is an error like any other."""
    try:
        return pickle.dumps((number, batch), protocol=pickle.HIGHEST_PROTOCOL)
    except Exception as error:
        return pickle.dumps((number, WorkerError(error, job.where)))
