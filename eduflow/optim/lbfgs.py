"""L-BFGS: steps that know the curvature, from the last changes of the gradient."""

from .._core.tensor import Tensor
from ..autograd.grad_mode import enable_grad, no_grad
from ..ops.complex import view_as_real
from ..ops.factories import zeros_like
from ..ops.join import cat
from .line_search import Trial, strong_wolfe
from .optimizer import Optimizer

_MEMORY = ("d", "t", "old_dirs", "old_stps", "ro", "H_diag", "prev_flat_grad", "prev_loss")
_NARROW = 1e-9  # a search ends when it moves no number by more; PyTorch has it so, unasked


class LBFGS(Optimizer):
    """At each step up to `max_iter` moves, each along an estimate of Newton's direction.

    It stops after `max_eval` calls of the closure (5/4 of `max_iter` unless said), when no number
    of the gradient is above `tolerance_grad`, or when place or loss change by less than
    `tolerance_change`. The estimate comes from the last `history_size` moves. How far it goes is
    `lr` times the direction, or what a search finds with `line_search_fn="strong_wolfe"`. There is
    one group of parameters only. Mirrors torch.optim.LBFGS.
    """

    def __init__(
        self, params, lr=1, max_iter=20, max_eval=None, tolerance_grad=1e-7, tolerance_change=1e-9,
        history_size=100, line_search_fn=None,
    ):  # fmt: skip
        _check_rate(lr)
        options = {
            "lr": lr,
            "max_iter": max_iter,
            "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
            "tolerance_grad": tolerance_grad,
            "tolerance_change": tolerance_change,
            "history_size": history_size,
            "line_search_fn": line_search_fn,
        }
        super().__init__(params, options)
        if len(self.param_groups) != 1:
            raise ValueError("LBFGS doesn't support per-parameter options (parameter groups)")

    @no_grad()
    def step(self, closure):
        """Make up to `max_iter` moves; `closure` computes the loss anew. Returns the first loss.

        RuntimeError for a line search that there is none of.
        """
        group = self.param_groups[0]
        place = _Place(group["params"], closure)
        state = self.state[group["params"][0]]
        for name in ("func_evals", "n_iter"):
            state.setdefault(name, 0)
        first = place.loss()
        loss, grad = float(first), place.gradient()
        state["func_evals"] += 1
        if grad.abs().max() <= group["tolerance_grad"]:
            return first
        memory = {name: state.get(name) for name in _MEMORY}
        calls = 1
        for move in range(1, group["max_iter"] + 1):
            state["n_iter"] += 1
            slope = _prepare(state, memory, loss, grad, group)
            if slope > -group["tolerance_change"]:
                break
            before, last = place.calls, move == group["max_iter"]
            loss, grad = _move(
                place, memory, loss, grad, slope, group, group["max_eval"] - calls, last
            )
            calls += place.calls - before
            state["func_evals"] += place.calls - before
            if last or calls >= group["max_eval"] or _arrived(memory, loss, grad, group):
                break
        state.update(memory)
        return first


def _check_rate(lr):
    """ValueError for a rate below 0, or one of several numbers."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    if not 0.0 <= lr:  # noqa: SIM300 (PyTorch's TypeError)
        raise ValueError(f"Invalid learning rate: {lr}")


class _Place:
    """All parameters as one long vector of real numbers, and how often the closure was called."""

    def __init__(self, parameters, closure):
        self.parameters, self.closure, self.calls = parameters, closure, 0

    def gradient(self):
        """The gradient, zeros where there is none."""
        grads = [zeros_like(p) if p.grad is None else p.grad for p in self.parameters]
        return cat([_real(grad).reshape(-1) for grad in grads])

    def move(self, way, length):
        """Go `length` times `way`."""
        start = 0
        for parameter in map(_real, self.parameters):
            part = way[start : start + parameter.numel()]
            parameter.add_(part.view_as(parameter), alpha=float(length))
            start += parameter.numel()

    def loss(self):
        """What the closure returns, with recording on."""
        with enable_grad():
            return self.closure()

    def call(self):
        """The loss here, a number, and the gradient."""
        self.calls += 1
        return float(self.loss()), self.gradient()

    def trial(self, way, length):
        """What it is like `length` times `way` from here; afterwards we are here again."""
        here = [parameter.clone() for parameter in self.parameters]
        self.move(way, length)
        loss, grad = self.call()
        for parameter, value in zip(self.parameters, here):
            parameter.copy_(value)
        return Trial(length, loss, grad, grad.dot(way))


def _real(tensor):
    """Complex numbers as pairs of real ones, in the same memory; real ones as they are."""
    return view_as_real(tensor) if tensor.is_complex() else tensor


def _prepare(state, memory, loss, grad, group):
    """Choose the direction and its length, to begin with; returns the slope along it."""
    rate = group["lr"].squeeze() if isinstance(group["lr"], Tensor) else group["lr"]
    memory["d"] = _direction(state, memory, grad, group["history_size"])
    if memory["prev_flat_grad"] is None:
        memory["prev_flat_grad"] = grad.clone()
    else:
        memory["prev_flat_grad"].copy_(grad)
    memory["prev_loss"], memory["t"] = loss, rate
    if state["n_iter"] == 1:
        memory["t"] = min(1.0, 1.0 / grad.abs().sum()) * rate
    return grad.dot(memory["d"])


def _direction(state, memory, grad, size):
    """Minus the gradient, times the inverse curvature that the last moves let guess."""
    if state["n_iter"] == 1:
        memory.update(old_dirs=[], old_stps=[], ro=[], H_diag=1)
        return grad.neg()
    _remember(memory, grad, size)
    changes, moves, inverses = (memory[name] for name in ("old_dirs", "old_stps", "ro"))
    shares = state.setdefault("al", [None] * size)
    way = grad.neg()
    for i in reversed(range(len(moves))):
        shares[i] = moves[i].dot(way) * inverses[i]
        way.add_(changes[i], alpha=-float(shares[i]))
    way = way.mul(memory["H_diag"])
    for i in range(len(moves)):
        back = changes[i].dot(way) * inverses[i]
        way.add_(moves[i], alpha=float(shares[i] - back))
    return way


def _remember(memory, grad, size):
    """Take in how the last move changed the gradient, if that tells of a positive curvature."""
    change, move = grad.sub(memory["prev_flat_grad"]), memory["d"].mul(memory["t"])
    curvature = change.dot(move)
    if curvature > 1e-10:
        found = {"old_dirs": change, "old_stps": move, "ro": 1.0 / curvature}
        for name, value in found.items():
            if len(memory[name]) == size:
                memory[name].pop(0)
            memory[name].append(value)
        memory["H_diag"] = curvature / change.dot(change)


def _move(place, memory, loss, grad, slope, group, left, last):
    """Go along the direction, as far as a search or the rate says; returns loss and gradient there.

    Without a search, after the `last` move, those from before: nobody looks at them.
    """
    way, search = memory["d"], group["line_search_fn"]
    if search is None:
        place.move(way, memory["t"])
        return (loss, grad) if last else place.call()
    if search != "strong_wolfe":
        raise RuntimeError("only 'strong_wolfe' is supported")
    found = strong_wolfe(
        lambda length: place.trial(way, length), Trial(0, loss, grad, slope), memory["t"],
        way.abs().max(), _NARROW, left,
    )  # fmt: skip
    memory["t"] = found.length
    place.move(way, found.length)
    return found.loss, found.grad


def _arrived(memory, loss, grad, group):
    """Whether the gradient is flat, or the last move changed nothing worth mentioning."""
    least = group["tolerance_change"]
    return (
        grad.abs().max() <= group["tolerance_grad"]
        or memory["d"].mul(memory["t"]).abs().max() <= least
        or abs(loss - memory["prev_loss"]) < least
    )
