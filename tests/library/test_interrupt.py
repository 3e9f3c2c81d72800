"""Ctrl-C in long work is answered within a second, and leaves a state that can go on."""

import signal
import threading
import time

import pytest

import eduflow as torch
from tests.machine import needs_threads

pytestmark = needs_threads
SOON = 1.0  # seconds of the processor's time: a busy machine takes longer on the wall


def interrupted(work):
    """Run `work` again and again, interrupt it, and return how long that took to be answered."""
    sent = []

    def interrupt():
        sent.append(time.process_time())
        signal.raise_signal(signal.SIGINT)

    timer = threading.Timer(0.2, interrupt)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        timer.start()
        while True:
            work()
    except KeyboardInterrupt:
        return time.process_time() - sent[0]
    finally:
        timer.join()
        signal.signal(signal.SIGINT, before)


def _products():
    x = torch.randn(600, 600)

    def work():
        y = x
        for _ in range(100):
            y = (y @ x) * 0.01

    return work


def _convolution():
    x = torch.randn(16, 16, 64, 64, requires_grad=True)
    weight = torch.randn(32, 16, 3, 3, requires_grad=True)

    def work():
        torch.nn.functional.conv2d(x, weight, padding=1).sum().backward()

    return work


def _activation():
    x = torch.randn(10_000_000)
    return lambda: torch.nn.functional.gelu(x)


def _random_numbers():
    x = torch.empty(5_000_000)
    return lambda: (x.normal_(), torch.randperm(1_000_000))


def _sequence():
    layer, x = torch.nn.LSTM(32, 128), torch.randn(400, 16, 32)
    return lambda: layer(x)[0].sum().backward()


def _loading():
    samples = torch.utils.data.TensorDataset(torch.randn(50_000, 4))

    def work():
        for _ in torch.utils.data.DataLoader(samples, 4, shuffle=True):
            pass

    return work


WORKS = [_products, _convolution, _activation, _random_numbers, _sequence, _loading]


@pytest.mark.parametrize("make", WORKS)
def test_long_work_stops_soon_and_can_be_done_again(make):
    torch.manual_seed(0)
    work = make()
    assert interrupted(work) < SOON
    work()
    x = torch.ones(3, requires_grad=True)
    (x * 2).sum().backward()  # no switch was left behind
    assert x.grad.tolist() == [2, 2, 2]


def test_a_training_goes_on_where_it_was_stopped():
    torch.manual_seed(0)
    model = torch.nn.Sequential(
        torch.nn.Linear(64, 64), torch.nn.BatchNorm1d(64), torch.nn.Linear(64, 4)
    )
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    x, target = torch.randn(32, 64), torch.arange(32) % 4
    losses = []

    def step():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(x), target)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())

    assert interrupted(step) < SOON
    done = len(losses)
    for _ in range(20):
        step()
    assert max(losses[done:]) < losses[0]
    assert losses[-1] < losses[done] or losses[-1] < 1e-3


def test_a_file_is_whole_or_as_it_was(tmp_path):
    path, small = tmp_path / "weights.pt", {"x": torch.ones(3)}
    torch.save(small, path)
    large = {"x": torch.zeros(4_000_000)}
    assert interrupted(lambda: torch.save(large, path)) < SOON
    assert torch.load(path)["x"].shape in [(3,), (4_000_000,)]
    assert [file.name for file in tmp_path.iterdir()] == ["weights.pt"]
