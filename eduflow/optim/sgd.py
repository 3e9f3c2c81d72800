"""Stochastic gradient descent."""

from .._core.tensor import method
from .optimizer import Optimizer

# %% lesson 04 sgd
_UNUSED = {"maximize": False, "foreach": None, "differentiable": False, "fused": None}


class SGD(Optimizer):
    """Step against the gradient, `lr` times as far; with `momentum`, on along the way so far.

    `weight_decay` pulls towards zero, `dampening` and `nesterov` refine the momentum, `maximize`
    climbs instead. The other options of PyTorch are taken and do not matter here.
    Mirrors torch.optim.SGD.
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, **others
    ):
        names = ("lr", "momentum", "dampening", "weight_decay", "nesterov")
        options = dict(zip(names, (lr, momentum, dampening, weight_decay, nesterov)))
        super().__init__(params, _checked(options, others) | _UNUSED | others)

    def step(self, closure=None):
        """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""
        return self._walk(closure, self._move)

    def _move(self, parameter, group):
        parameter.add_(self._direction(parameter, group), alpha=-group["lr"])


# %% end


# %% lesson 04 sgd-direction
@method("_direction", of=SGD)
def _direction(optimizer, parameter, group):
    """The gradient with weight decay and momentum worked in."""
    grad = -parameter.grad if group["maximize"] else parameter.grad
    if group["weight_decay"]:
        grad = grad.add(parameter, alpha=group["weight_decay"])
    if not group["momentum"]:
        return grad
    state = optimizer.state[parameter]
    buffer = state.get("momentum_buffer")
    if buffer is None:
        buffer = state["momentum_buffer"] = grad.clone().detach()
    else:
        buffer.mul_(group["momentum"]).add_(grad, alpha=1 - group["dampening"])
    return grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer


def _checked(options, others):
    """The options of SGD; TypeError for one there is none of, ValueError for a senseless one."""
    for name in others.keys() - _UNUSED.keys():
        raise TypeError(f"SGD.__init__() got an unexpected keyword argument '{name}'")
    words = {
        "lr": "learning rate",
        "momentum": "momentum value",
        "weight_decay": "weight_decay value",
    }
    for name, word in words.items():
        if options[name] < 0:
            raise ValueError(f"Invalid {word}: {options[name]}")
    if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
        raise ValueError("Nesterov momentum requires a momentum and zero dampening")
    return options


# %% end
