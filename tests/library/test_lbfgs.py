"""L-BFGS against PyTorch: where it goes, how often it asks, what it remembers and refuses."""

import copy
import pickle

import pytest

OPTIONS = [
    {},
    {"lr": 0.1, "max_iter": 10},
    {"lr": 0.01, "max_iter": 4, "history_size": 2},
    {"max_iter": 1},
    {"tolerance_grad": 0.5},
    {"tolerance_change": 0.01},
    {"line_search_fn": "strong_wolfe"},
    {"line_search_fn": "strong_wolfe", "max_iter": 5, "history_size": 2, "max_eval": 9},
    {"line_search_fn": "strong_wolfe", "max_eval": 1},
    {"line_search_fn": "strong_wolfe", "max_eval": 3},
    {"line_search_fn": "strong_wolfe", "lr": 9.0},
    {"line_search_fn": "strong_wolfe", "lr": 1e-4, "history_size": 3},
]
LANDSCAPES = {
    "a banana": lambda w, b: (1 - w[0]) ** 2 + 4 * (w[1] - w[0] ** 2) ** 2 + (b**2).sum(),
    "a bowl": lambda w, b: 3 * (w**2).sum() + ((b - w[0]) ** 2).sum(),
    "waves": lambda w, b: (2 * w).sin().sum() / 2 + (w**2).sum() + (b * w[1]).cos().sum(),
    "downhill for ever": lambda w, b: (w.sum() + b.sum()).exp(),
}


def _start(torch, dtype="float64"):
    kind = getattr(torch, dtype)
    w = torch.tensor([-1.2, 1.0], dtype=kind, requires_grad=True)
    return w, torch.tensor([[0.5]], dtype=kind, requires_grad=True)


def _closure(optimizer, landscape, weights, calls):
    def closure():
        optimizer.zero_grad()
        loss = LANDSCAPES[landscape](*weights)
        loss.backward()
        calls.append(loss.detach())
        return loss

    return closure


def _brief(value):
    """Of a list its length, how many are set, and the last of these."""
    if not isinstance(value, list):
        return value
    there = [one for one in value if one is not None]
    return [len(value), len(there), there[-1:]]


@pytest.mark.parametrize("landscape", list(LANDSCAPES))
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_steps(same, options, landscape):
    """Three steps: the weights, every loss that the closure gave, and the state with its keys."""

    def walk(torch):
        weights, calls = _start(torch), []
        optimizer = torch.optim.LBFGS(weights, **options)
        closure = _closure(optimizer, landscape, weights, calls)
        returned = [optimizer.step(closure) for _ in range(3)]
        state = optimizer.state_dict()["state"].get(0, {})
        kept = {key: _brief(value) for key, value in state.items()}
        kinds = [(key, type(value).__name__) for key, value in state.items()]
        return [weights, calls, returned, kept, kinds, repr(optimizer)]

    same(walk, rtol=1e-5, atol=1e-7)


def test_in_float32_it_finds_the_bottom(same):
    def walk(torch):
        weights = _start(torch, "float32")
        optimizer = torch.optim.LBFGS(weights, line_search_fn="strong_wolfe", max_iter=60)
        optimizer.step(_closure(optimizer, "a banana", weights, []))
        return weights

    same(walk, rtol=1e-3, atol=1e-3)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("options", OPTIONS[2::4], ids=str)
def test_a_loaded_state_goes_on_where_it_was(same, options, dtype):
    """Also in another dtype, in which what is remembered in lists is kept then."""

    def stop_and_go(torch):
        first, second = _start(torch), _start(torch, dtype)
        one = torch.optim.LBFGS(first, **options)
        one.step(_closure(one, "a banana", first, []))
        with torch.no_grad():
            for new, old in zip(second, first):
                new.copy_(old)
        two = torch.optim.LBFGS(second, lr=3.0)
        two.load_state_dict(copy.deepcopy(one.state_dict()))
        kept = [str(tensor.dtype).split(".")[-1] for tensor in two.state[second[0]]["old_dirs"]]
        two.step(_closure(two, "a banana", second, []))
        return [second, two.param_groups[0]["lr"], kept]

    loose = 1e-6 if dtype == "float64" else 1e-2
    same(stop_and_go, rtol=loose, atol=loose)


def test_complex_numbers_and_missing_gradients(same):
    def walk(torch):
        z = torch.tensor([1 + 2j, -1j], dtype=torch.complex128, requires_grad=True)
        idle = torch.ones(2, dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS([z, idle], line_search_fn="strong_wolfe")

        def closure():
            optimizer.zero_grad()
            loss = (torch.view_as_real(z * z - 1) ** 2).sum()
            loss.backward()
            return loss

        optimizer.step(closure)
        return [torch.view_as_real(z.detach()), idle, optimizer.state[z]["n_iter"]]

    same(walk, rtol=1e-5, atol=1e-7)


def test_a_schedule_and_gradients_off(same):
    def walk(torch):
        weights, calls = _start(torch), []
        optimizer = torch.optim.LBFGS(weights, lr=torch.tensor(0.5), max_iter=2)
        scheduler = torch.optim.lr_scheduler.StepLR(optimizer, 1, gamma=0.5)
        closure = _closure(optimizer, "a bowl", weights, calls)
        for _ in range(3):
            with torch.no_grad():
                optimizer.step(closure)
            scheduler.step()
        return [weights, calls, scheduler.get_last_lr()]

    same(walk, rtol=1e-5, atol=1e-7)


ERRORS = {
    "rate": lambda optim, w, b: optim.LBFGS([w], lr=-1),
    "several rates": lambda optim, w, b: optim.LBFGS([w], lr=w),
    "groups": lambda optim, w, b: optim.LBFGS([{"params": [w]}, {"params": [b]}]),
    "no parameters": lambda optim, w, b: optim.LBFGS([]),
    "a tensor": lambda optim, w, b: optim.LBFGS(w),
    "no closure": lambda optim, w, b: optim.LBFGS([w]).step(),
    "None": lambda optim, w, b: optim.LBFGS([w]).step(None),
    "momentum": lambda optim, w, b: optim.LBFGS([w], momentum=0.9),
    "fused": lambda optim, w, b: optim.LBFGS([w], fused=True),
}


@pytest.mark.parametrize("case", list(ERRORS))
def test_errors(same, case):
    def wrong(torch):
        try:
            ERRORS[case](torch.optim, *_start(torch))
        except Exception as error:
            return [type(error).__name__, str(error)]
        return "no error"

    same(wrong)


def test_an_unknown_search(same):
    def wrong(torch):
        weights = _start(torch)
        optimizer = torch.optim.LBFGS(weights, line_search_fn="armijo")
        try:
            optimizer.step(_closure(optimizer, "a bowl", weights, []))
        except RuntimeError as error:
            return [str(error), weights]
        return "no error"

    same(wrong)


def test_it_is_pickled_and_goes_on():
    import eduflow as torch

    weights = _start(torch)
    optimizer = torch.optim.LBFGS(weights, max_iter=3)
    optimizer.step(_closure(optimizer, "a bowl", weights, []))
    again = pickle.loads(pickle.dumps(optimizer))
    copies = again.param_groups[0]["params"]
    for one, places in ((optimizer, weights), (again, copies)):
        one.step(_closure(one, "a bowl", places, []))
    assert [x.tolist() for x in copies] == [x.tolist() for x in weights]
