"""Stochastic gradient descent."""

from .optimizer import Optimizer, move_all, must_be_rate

_UNUSED = {"maximize": False, "foreach": None, "differentiable": False, "fused": None}


# %% lesson 04 sgd
def direction(parameter, group, states):
    """SGD moves `parameter` against this: its gradient, with weight decay and momentum.

    `group` holds the options; `states[parameter]` is a dict in which "momentum_buffer", a tensor
    of its own memory, lives from one step to the next. "nesterov" looks one step ahead.
    """
    grad = -parameter.grad if group["maximize"] else parameter.grad  # or climb
    fresh = 1 - group["dampening"]  # so much of a new gradient counts
    if group["weight_decay"]:
        grad = grad.add(parameter, alpha=group["weight_decay"])
    if not group["momentum"]:
        return grad
    state = states[parameter]
    buffer = state.get("momentum_buffer")
    if buffer is None:
        buffer = grad.detach().clone()
        state["momentum_buffer"] = buffer
    else:
        buffer.mul_(group["momentum"])
        buffer.add_(grad, alpha=fresh)
    return grad.add(buffer, alpha=group["momentum"]) if group["nesterov"] else buffer


class SGD(Optimizer):
    """Step against the gradient, `lr` times as far; with `momentum`, on along the way so far.

    `weight_decay` pulls towards zero, `maximize` climbs instead. Mirrors torch.optim.SGD.
    """

    def __init__(
        self, params, lr=1e-3, momentum=0, dampening=0, weight_decay=0, nesterov=False, **others
    ):
        names = ("lr", "momentum", "dampening", "weight_decay", "nesterov")
        options = dict(zip(names, (lr, momentum, dampening, weight_decay, nesterov)))
        super().__init__(params, all_options(options, others))  # `others`: maximize, say

    def step(self, closure=None):
        """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""

        def move(parameter, group):
            way = direction(parameter, group, self.state)
            parameter.add_(way, alpha=-group["lr"])

        return move_all(self, move, closure)


# %% end


def all_options(options, others):
    """The options of SGD; TypeError for one there is none of, ValueError for a senseless one."""
    for name in others.keys() - _UNUSED.keys():
        raise TypeError(f"SGD.__init__() got an unexpected keyword argument '{name}'")
    words = {
        "lr": "learning rate",
        "momentum": "momentum value",
        "weight_decay": "weight_decay value",
    }
    must_be_rate(options["lr"])
    for name, word in words.items():
        if options[name] < 0.0:
            raise ValueError(f"Invalid {word}: {options[name]}")
    if options["nesterov"] and (options["momentum"] <= 0 or options["dampening"] != 0):
        raise ValueError("Nesterov momentum requires a momentum and zero dampening")
    return options | _UNUSED | others
