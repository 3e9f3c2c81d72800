"""An epoch by workers: processes that load batches in advance, and the loader's side of them."""

import contextlib
import itertools
import os
import pickle
import sys
import time
import weakref

from ..._core.later import Later
from ..._words.data import (
    check_prefetch,
    context_without_workers,
    no_context,
    no_processes,
    not_picklable,
    too_many_workers,
    unknown_start_method,
    worker_gone,
)
from .epoch import Epoch, source_of
from .worker import RESUME, STOP, Ended, Job, Resumed, WorkerError, work

multiprocessing = Later("multiprocessing")
FAREWELL = 5.0  # seconds that a worker has to end by itself
GLANCE = 0.002  # seconds between two looks at all workers, where any may answer


def check_start_method(context, num_workers):
    """The context to start workers with; ValueError or TypeError unless it is None or one."""
    if context is None:
        return None
    if num_workers <= 0:
        raise context_without_workers(num_workers)
    if isinstance(context, str):
        methods = multiprocessing.get_all_start_methods()
        if context not in methods:
            raise unknown_start_method(methods, context)
        return multiprocessing.get_context(context)
    if not isinstance(context, multiprocessing.context.BaseContext):
        raise no_context(context)
    return context


def check_worker_number(num_workers):
    """A warning for more workers than processors; NotImplementedError in the browser."""
    if num_workers and sys.platform == "emscripten":
        raise no_processes(num_workers)
    counted = hasattr(os, "sched_getaffinity")
    processors = len(os.sched_getaffinity(0)) if counted else os.cpu_count()
    if num_workers and (processors is None or num_workers > processors):
        too_many_workers(num_workers, processors, counted)


class Worker:
    """The loader's end of a worker: what it was asked for, and what it answers."""

    def __init__(self, context, job):
        orders, self.orders = context.Pipe(duplex=False)
        self.answers, answers = context.Pipe(duplex=False)
        self.process = context.Process(target=work, args=(job, orders, answers), daemon=True)
        try:
            self.process.start()
        except (TypeError, AttributeError, pickle.PicklingError):
            not_picklable()
            raise
        finally:
            # Its own ends are closed here: so this end hears at once if the worker dies, even if
            # it was about to send something.
            orders.close()
            answers.close()
        self.asked, self.active = 0, True

    def ask(self, number, indices):
        """Let it load batch `number`. What it cannot be told is found out when it answers."""
        self.asked += 1
        self.tell((number, indices))

    def tell(self, what):
        """Send an order; a worker that is gone is noticed when its answer is awaited."""
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self.orders.send(what)

    def answer(self, timeout=None):
        """The next (number, batch); None after `timeout` seconds; RuntimeError if it is gone."""
        try:
            if not self.answers.poll(timeout):
                return None
            return pickle.loads(self.answers.recv_bytes())
        except (EOFError, ConnectionResetError, BrokenPipeError):
            self.process.join(FAREWELL)
            self.active = False
            raise worker_gone(self.process) from None


def dismiss(workers, owner):
    """Tell workers to stop, and stop those that do not; only the process that started them may."""
    if os.getpid() != owner:
        return
    for worker in workers:
        worker.tell(STOP)
        worker.orders.close()
        worker.answers.close()
    for worker in workers:
        worker.process.join(FAREWELL)
        if worker.process.is_alive():
            worker.process.terminate()
            worker.process.join(FAREWELL)


class EpochOfWorkers(Epoch):
    """One walk through a loader, or several one after the other, loaded by workers."""

    def __init__(self, loader):
        super().__init__(loader)
        check_prefetch(loader.prefetch_factor)
        self.timeout, self.in_order, self.stay = (
            loader.timeout,
            loader.in_order,
            loader.persistent_workers,
        )
        self.streamed, self.most = source_of(loader).streamed, loader.prefetch_factor
        self.workers = []
        self.dismiss = weakref.finalize(self, dismiss, self.workers, os.getpid())
        context = loader.multiprocessing_context or multiprocessing.get_context()
        for number in range(loader.num_workers):
            job = (source_of(loader), self.base_seed, loader.worker_init_fn, number)
            self.workers.append(Worker(context, Job(*job, loader.num_workers)))
        self._begin(loader)

    def again(self, loader):
        """Begin a further epoch with the same workers; what is left of the last one is dropped."""
        self.order = iter(self.index_sampler)
        for worker in self.workers:
            worker.tell(RESUME)
        for worker in self.workers:
            while not isinstance(self._heard(worker)[1], Resumed):
                pass
            worker.asked, worker.active = 0, True
        self._begin(loader)

    def _begin(self, loader):
        self.promised, self.yielded = loader.promised, 0
        self.turns = itertools.cycle(self.workers)
        self.next_sent = 0
        self.loading = {}  # batch number: the worker that was asked for it
        for _ in range(self.most * len(self.workers)):
            self._ask()

    def _ask(self):
        """Ask the next worker that still has samples for the next batch, if there is one."""
        with contextlib.suppress(StopIteration):
            indices = next(self.order)
            for worker in itertools.islice(self.turns, len(self.workers)):
                if worker.active and (self.in_order or worker.asked < self._room()):
                    self.loading[self.next_sent] = worker
                    worker.ask(self.next_sent, indices)
                    self.next_sent += 1
                    return

    def _room(self):
        """How many batches a worker may be asked for at a time where any may answer first."""
        active = sum(worker.active for worker in self.workers)
        return self.most * len(self.workers) // active

    def __next__(self):
        while self.loading:
            number, batch = self._next_answer()
            worker = self.loading.pop(number)
            worker.asked -= 1
            if isinstance(batch, Ended):
                worker.active = False
                self._forget(worker)
                self._ask()
                continue
            self._ask()
            if isinstance(batch, WorkerError):
                batch.reraise()
            if self.streamed:
                self.count(workers=True)
            return batch
        if not self.stay:
            self.dismiss()
        raise StopIteration

    def _forget(self, worker):
        """A worker whose stream has ended does not answer what else it was asked for."""
        self.loading = {n: other for n, other in self.loading.items() if other is not worker}
        worker.asked = 0

    def _next_answer(self):
        """The answer that is due: of the batch that was asked for first, or in no order of any."""
        if self.in_order:
            return self._heard(self.loading[min(self.loading)])
        start = time.monotonic()
        while True:
            for worker in set(self.loading.values()):
                if (answer := worker.answer(0)) is not None:
                    return answer
            if 0 < self.timeout < time.monotonic() - start:
                raise self._timed_out()
            time.sleep(GLANCE)

    def _heard(self, worker):
        answer = worker.answer(self.timeout or None)
        if answer is None:
            raise self._timed_out()
        return answer

    def _timed_out(self):
        return RuntimeError(f"DataLoader timed out after {self.timeout} seconds")
