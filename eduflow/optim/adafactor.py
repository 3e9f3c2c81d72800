"""Adafactor: for a matrix, one average for each row and column instead of one for each number."""

from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor
from .._core.type_info import finfo
from ..ops.factories import zeros_like
from ..ops.norm import norm
from .optimizer import Optimizer, move_all, number


class Adafactor(Optimizer):
    """Step along the gradient, divided by the root of an average square put together from two.

    Of parameters with two dims or more, rows and columns have averages; others have one for each
    number. The step grows with the parameter's own size, `lr` is its largest share of it, and `d`
    how long an update may be at most. `eps` are the least square (None: that of the dtype) and the
    least size of a parameter. `weight_decay` shrinks the parameter, as AdamW does.
    Mirrors torch.optim.Adafactor.
    """

    def __init__(
        self, params, lr=1e-2, beta2_decay=-0.8, eps=(None, 1e-3), d=1.0, weight_decay=0.0, *,
        foreach=None, maximize=False,
    ):  # fmt: skip
        options = {"lr": lr, "beta2_decay": beta2_decay, "eps": eps, "d": d}
        options["weight_decay"] = weight_decay
        _check(**options)
        super().__init__(params, options | {"foreach": foreach, "maximize": maximize})

    def step(self, closure=None):
        """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""
        return move_all(self, self._move, closure)

    @quiet
    def _move(self, parameter, group):
        if parameter.is_complex():
            raise RuntimeError("Adafactor does not support complex parameters")
        grad = -parameter.grad if group["maximize"] else parameter.grad
        state = self.state[parameter]
        if not state:
            state.update(_zeros(grad))
        state["step"].add_(1)
        step, (least_square, least_size) = state["step"].item(), group["eps"]
        if least_square is None:
            least_square = finfo(parameter.dtype).eps
        lr = group["lr"].squeeze() if isinstance(group["lr"], Tensor) else group["lr"]
        length = max(least_size, _size(parameter)) * min(lr, 1 / step**0.5)
        if group["weight_decay"] != 0:
            parameter.mul_(1 - lr * group["weight_decay"])
        square = _square(grad, state, step ** group["beta2_decay"], least_square)
        update = square.clamp_(min=least_square * least_square).rsqrt_().mul_(grad)
        parameter.add_(update, alpha=-float(length) / max(1.0, _size(update) / group["d"]))


def _check(lr, beta2_decay, eps, d, weight_decay):
    """ValueError for an option that makes no sense."""
    if isinstance(lr, Tensor) and lr.numel() != 1:
        raise ValueError("Tensor lr must be 1-element")
    rules = [
        (0.0 <= lr, f"Learning rate should be >= 0 but is: {lr}"),  # noqa: SIM300
        (0.0 >= beta2_decay, f"beta2_decay should be <= 0 but is: {beta2_decay}"),  # noqa: SIM300
        (eps[0] is None or eps[0] >= 0, f"epsilon1 should be >= 0 but is: {eps[0]}"),
        (eps[1] >= 0, f"epsilon2 should be >= 0 but is: {eps[1]}"),
        (1.0 <= d, f"Clipping threshold d should be >= 1 but is: {d}"),  # noqa: SIM300
        (0.0 <= weight_decay, f"weight_decay should be >= 0 but is: {weight_decay}"),  # noqa: SIM300
    ]
    for holds, text in rules:
        if not holds:
            raise ValueError(text)


def _zeros(grad):
    """The state before the first step."""
    state = {"step": number(0)}
    if grad.dim() < 2:
        return state | {"variance": zeros_like(grad)}
    *others, rows, columns = grad.shape
    sizes = {"row_var": (*others, rows, 1), "col_var": (*others, 1, columns)}
    return state | {name: grad.new_zeros(size) for name, size in sizes.items()}


def _size(tensor):
    """The root of the mean square of all its numbers."""
    return norm(tensor, 2).item() / tensor.numel() ** 0.5


def _square(grad, state, share, least):
    """Take `share` of the new squares into the averages, and put an average for each together."""
    if grad.dim() < 2:
        return state["variance"].lerp_(grad * grad, share).clone()
    for name, dim in (("row_var", -1), ("col_var", -2)):
        mean = norm(grad, dim=dim, keepdim=True).square_().div_(grad.shape[dim])
        state[name].lerp_(mean, share)
    rows, columns = state["row_var"], state["col_var"]
    return (rows @ columns).div_(rows.mean(dim=-2, keepdim=True).clamp_(min=least))
