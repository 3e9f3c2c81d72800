"""Loaders with worker processes: PyTorch's samples, seeds and errors; how workers end."""

import importlib
import multiprocessing
import os
import random
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

import eduflow
from eduflow.utils.data import worker as worker_file
from eduflow.utils.data import workers as workers_file
from tests.machine import needs_processes
from tests.oracle import raised

DataLoader = eduflow.utils.data.DataLoader


@pytest.fixture(autouse=True)
def quiet():
    """This computer may have fewer processors than a test has workers."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="This DataLoader will create")
        yield


class Draws:
    """Samples made of random numbers, and of what the worker is told; of either library."""

    def __init__(self, package):
        self.package = package

    def __len__(self):
        return 7

    def __getitem__(self, index):
        torch = importlib.import_module(self.package)
        info = torch.utils.data.get_worker_info()
        numbers = (random.random(), np.random.rand(), torch.rand(2), torch.randn(1))
        return index, *numbers, info.id, info.num_workers, info.seed, len(info.dataset)


def stream(package):
    """An iterable dataset of either library; worker n has n more samples than worker 0."""
    data = importlib.import_module(package).utils.data

    class Stream(data.IterableDataset):
        def __iter__(self):
            number = data.get_worker_info().id
            return iter(range(100 * number, 100 * number + 3 + 2 * number))

        def __len__(self):
            return 4

        def __reduce__(self):
            return stream, (package,)

    return Stream()


class Faulty:
    """Samples of which some cannot be loaded."""

    def __len__(self):
        return 5

    def __getitem__(self, index):
        if index == 1:
            raise KeyError("no\nsuch key")
        if index == 2:
            raise UnicodeDecodeError("utf-8", b"x", 0, 1, "takes five arguments")
        if index == 3:
            raise ValueError(f"sample {index} is broken")
        return index


class Sleepy:
    """A dataset that keeps its worker busy, or ends it."""

    def __init__(self, seconds=0.0, code=None):
        self.seconds, self.code = seconds, code

    def __len__(self):
        return 4

    def __getitem__(self, index):
        if self.code is not None and index == 1:
            os._exit(self.code)
        time.sleep(self.seconds)
        return index


class Whole:
    """Samples that cannot be sent from one process to another."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        return lambda: index


def as_it_is(batch):
    return batch


def starts_with(number):
    random.seed(number)
    np.random.seed(number)


def refuses(number):
    raise RuntimeError(f"worker {number} does not want to")


def lists(batches):
    return [[getattr(f, "tolist", lambda f=f: f)() for f in batch] for batch in batches]


MAPS = [
    {},
    {"num_workers": 3, "prefetch_factor": 1},
    {"shuffle": True, "drop_last": True},
    {"shuffle": True, "persistent_workers": True},
    {"batch_size": None},
    {"worker_init_fn": starts_with},
    {"sampler": [6, 0, 3]},
]


@needs_processes
@pytest.mark.parametrize("number", range(len(MAPS)))
def test_order_and_random_numbers(same, number):
    def check(torch):
        options = {"batch_size": 3, "num_workers": 2} | MAPS[number]
        loader = torch.utils.data.DataLoader(Draws(torch.__name__), **options)
        torch.manual_seed(3)
        epochs = [lists(loader), lists(loader)]
        return epochs, len(loader), loader.prefetch_factor, torch.rand(1)

    same(check)


STREAMS = [{}, {"drop_last": True}, {"persistent_workers": True}, {"batch_size": None}]


@needs_processes
@pytest.mark.parametrize("number", range(len(STREAMS)))
def test_streams(same, number):
    def check(torch):
        options = {"batch_size": 2, "num_workers": 3} | STREAMS[number]
        loader = torch.utils.data.DataLoader(stream(torch.__name__), **options)
        found = []
        for _ in range(2):
            found.append([getattr(batch, "tolist", lambda b=batch: b)() for batch in loader])
        return found, torch.rand(1)

    same(check)


@needs_processes
def test_more_than_promised(same):
    def check(torch):
        loader = torch.utils.data.DataLoader(stream(torch.__name__), num_workers=2)
        promised = len(loader)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            count = len(list(loader))
        texts = [str(w.message).split(" was reported")[1] for w in caught if "Length" in str(w)]
        return promised, count, texts

    same(check)


@needs_processes
def test_errors_of_workers(same):
    def check(torch):
        walk = iter(torch.utils.data.DataLoader(Faulty(), num_workers=2))
        found = []
        for _ in range(6):
            try:
                found.append(next(walk).tolist())
            except StopIteration:
                found.append("the end")
            except Exception as error:
                lines = str(error).splitlines()
                found.append([type(error).__name__, *lines[:2], lines[-1]])
        return found

    same(check)


@needs_processes
def test_errors_when_a_worker_starts(same):
    def check(torch):
        loader = torch.utils.data.DataLoader([1, 2], num_workers=1, worker_init_fn=refuses)
        error = raised(lambda: next(iter(loader)))
        lines = error["text"].splitlines()
        return error["raised"], lines[0], lines[-1]

    same(check)


@needs_processes
def test_wrong_options(same):
    def check(torch):
        def refused(**options):
            return raised(lambda: torch.utils.data.DataLoader([1, 2], **options))

        loader = torch.utils.data.DataLoader([1, 2], num_workers=1, persistent_workers=True)
        never = torch.utils.data.DataLoader([1, 2], num_workers=1, prefetch_factor=0)
        return [
            refused(num_workers=-1),
            refused(num_workers=1, timeout=-1),
            refused(num_workers=1, prefetch_factor=-1),
            refused(num_workers=1, multiprocessing_context=3),
            refused(prefetch_factor=2),
            refused(persistent_workers=True),
            refused(multiprocessing_context="spawn"),
            raised(lambda: iter(never)),
            raised(lambda: iter(torch.utils.data.DataLoader([1], timeout=3))),
            raised(lambda: setattr(loader, "persistent_workers", False)),
            (loader.prefetch_factor, loader.in_order, loader.multiprocessing_context),
            torch.utils.data.get_worker_info(),
        ]

    same(check)


def test_an_unknown_start_method():
    methods = multiprocessing.get_all_start_methods()
    with pytest.raises(ValueError, match="should specify a valid start method") as caught:
        DataLoader([1], num_workers=1, multiprocessing_context="teleport")
    assert f"{methods!r}, but got multiprocessing_context='teleport'" in str(caught.value)


@needs_processes
@pytest.mark.parametrize("method", multiprocessing.get_all_start_methods())
def test_every_start_method(method):
    for context in (method, multiprocessing.get_context(method)):
        loader = DataLoader(Draws("eduflow"), 3, num_workers=1, multiprocessing_context=context)
        eduflow.manual_seed(3)
        found = lists(loader)
        eduflow.manual_seed(3)
        assert found == lists(DataLoader(Draws("eduflow"), 3, num_workers=1))


@needs_processes
def test_more_workers_than_processors(monkeypatch, same):
    def check(torch):
        monkeypatch.setattr(os, "sched_getaffinity", lambda pid: {0}, raising=False)
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            loader = torch.utils.data.DataLoader([1, 2], num_workers=2)
            at_first = [str(w.message) for w in caught]
            list(loader)
        return at_first, len(caught)

    same(check)


def test_pinned_memory_is_no_matter(same):
    def check(torch):
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always")
            found = [
                [batch.tolist() for batch in torch.utils.data.DataLoader([1, 2], **options)]
                for options in (
                    {"pin_memory": True},
                    {"pin_memory": True, "pin_memory_device": "cuda"},
                    {"pin_memory_device": "cuda"},
                )
            ]
        return found, [str(w.message) for w in caught if "pin_memory" in str(w.message)]

    same(check)


@needs_processes
def test_in_any_order_all_samples_come():
    loader = DataLoader(Sleepy(0.001), num_workers=2, in_order=False)
    assert sorted(int(batch) for batch in loader) == [0, 1, 2, 3]
    numbers = [int(n) for n in DataLoader(stream("eduflow"), None, num_workers=2, in_order=False)]
    assert sorted(numbers) == [0, 1, 2, 100, 101, 102, 103, 104]


@needs_processes
def test_a_worker_that_dies_is_told_at_once():
    walk = iter(DataLoader(Sleepy(code=7), num_workers=2))
    assert next(walk).tolist() == [0]
    start = time.monotonic()
    with pytest.raises(RuntimeError, match=r"DataLoader worker \(pid\(s\) \d+\) exited unexpec"):
        next(walk)
    assert time.monotonic() - start < workers_file.FAREWELL


@needs_processes
def test_a_worker_that_is_killed_is_told_at_once():
    walk = iter(DataLoader(Sleepy(30), num_workers=1))
    walk.workers[0].process.kill()
    with pytest.raises(RuntimeError, match="exited unexpectedly"):
        next(walk)


@needs_processes
def test_a_batch_that_takes_too_long():
    walk = iter(DataLoader(Sleepy(30), num_workers=1, timeout=0.2))
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.2 seconds"):
        next(walk)
    walk.workers[0].process.terminate()
    both = iter(DataLoader(Sleepy(30), num_workers=1, timeout=0.2, in_order=False))
    with pytest.raises(RuntimeError, match=r"DataLoader timed out after 0\.2 seconds"):
        next(both)
    both.workers[0].process.terminate()


@needs_processes
def test_what_cannot_be_sent_is_an_error():
    loader = DataLoader(Whole(), num_workers=1, collate_fn=as_it_is)
    with pytest.raises(Exception, match="in DataLoader worker process 0") as caught:
        list(loader)
    assert "lambda" in str(caught.value)


@needs_processes
def test_a_dataset_that_cannot_be_sent_warns_and_raises():
    options = {"num_workers": 1, "multiprocessing_context": "spawn"}
    loader = DataLoader([1], collate_fn=lambda batch: batch, **options)
    with pytest.warns(UserWarning, match="Got pickle error when attempting to start"):
        error = raised(lambda: iter(loader))
    assert "pickle" in error["text"].lower()


def ended(processes, seconds=10):
    """Whether processes end within this time."""
    limit = time.monotonic() + seconds
    while any(process.is_alive() for process in processes) and time.monotonic() < limit:
        time.sleep(0.01)
    return not any(process.is_alive() for process in processes)


@needs_processes
def test_workers_end_with_their_walk():
    walk = iter(DataLoader(Sleepy(), num_workers=2))
    processes = [worker.process for worker in walk.workers]
    assert len(list(walk)) == 4
    assert ended(processes)
    walk = iter(DataLoader(Sleepy(), num_workers=2))
    processes = [worker.process for worker in walk.workers]
    next(walk)
    del walk
    assert ended(processes)


@needs_processes
def test_workers_that_stay_are_the_same():
    loader = DataLoader(Sleepy(), num_workers=2, persistent_workers=True)
    walk = iter(loader)
    pids = [worker.process.pid for worker in walk.workers]
    next(walk)  # three of four are dropped
    assert [int(batch) for batch in loader] == [0, 1, 2, 3]
    assert [worker.process.pid for worker in loader.kept.workers] == pids
    processes = [worker.process for worker in walk.workers]
    loader.kept = None
    del walk
    assert ended(processes)


@pytest.fixture
def interruptible():
    """Ctrl-C raises, also in a process that a shell started in the background, to ignore it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@needs_processes
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no kill with a signal")
def test_a_keyboard_interrupt_comes_through(interruptible):
    walk = iter(DataLoader(Sleepy(30), num_workers=1))
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        next(walk)
    timer.join()
    walk.workers[0].process.terminate()
    assert ended([walk.workers[0].process])


def test_there_are_none_in_the_browser(monkeypatch):
    monkeypatch.setattr(sys, "platform", "emscripten")
    with pytest.raises(NotImplementedError, match="Use num_workers=0"):
        DataLoader([1], num_workers=1)
    assert len(list(DataLoader([1, 2]))) == 2


class _Line:
    """The orders of a worker whose loader's process is gone."""

    def poll(self, timeout):
        return False


def test_a_worker_whose_loader_is_gone_ends(monkeypatch):
    class Gone:
        def is_alive(self):
            return False

    monkeypatch.setattr(multiprocessing, "parent_process", Gone)
    assert worker_file.next_order(_Line()) is None


def test_a_walk_cannot_be_pickled(same):
    import pickle

    def check(torch):
        return raised(lambda: pickle.dumps(iter(torch.utils.data.DataLoader([1]))))["raised"]

    same(check)
