"""The base of all optimizers: parameters in groups, and a state for each parameter."""

import copy
from collections import defaultdict

import numpy as np

from .._core.numpy_warnings import quiet
from .._core.tensor import Tensor, method, wrap
from .._words.optimizer import check_groups, warn_of_duplicates
from ..autograd.grad_mode import enable_grad, no_grad
from ..ops.factories import zeros_like


# %% lesson 04 optimizer
class Optimizer:
    """Parameters in groups, each group with its options, and a state for each parameter.

    `params`: an iterable of tensors, of (name, tensor) pairs, or of groups. `defaults`: options
    that groups leave out. A subclass moves in `step`. Mirrors torch.optim.Optimizer.
    """

    def __init__(self, params, defaults):
        self.defaults, self.state, self.param_groups = defaults, defaultdict(dict), []
        for group in groups_of(params, defaults):
            self.add_param_group(group)

    def add_param_group(self, param_group):
        """Take in one more group: a dict with "params" and options."""
        self.param_groups.append(complete(self, param_group))

    def zero_grad(self, set_to_none=True):
        """Forget all gradients; without `set_to_none`, keep them and fill them with zeros."""
        for group in self.param_groups:
            for parameter in group["params"]:
                if set_to_none:
                    parameter.grad = None
                elif parameter.grad is not None:
                    without_history(parameter.grad).zero_()


@no_grad()
def move_all(optimizer, move, closure=None):
    """One step: `move(parameter, group)` for every parameter that has a gradient.

    Before it, `closure()` computes the loss anew, if given; the loss is returned.
    """
    loss = loss_of(closure)
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                move(parameter, group)
    return loss


# %% end


def groups_of(params, defaults):
    """The groups that an optimizer is made with, a list of dicts; errors for what is none."""
    if isinstance(params, Tensor):
        raise TypeError(
            "params argument given to the optimizer should be an iterable of Tensors or dicts, "
            f"but got {params.type()}"
        )
    if defaults.get("fused") and defaults.get("foreach"):
        raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
    groups = list(params)
    if not groups:
        raise ValueError("optimizer got an empty parameter list")
    return groups if isinstance(groups[0], dict) else [{"params": groups}]


def without_history(grad):
    """`grad` itself, cut off from its history if it has one."""
    return grad.requires_grad_(False) if grad.grad_fn is None else grad.detach_()


@method("step", of=Optimizer)
def _step(optimizer, closure=None):
    """Move every parameter; a subclass says how."""
    raise NotImplementedError


def complete(optimizer, param_group):
    """A group with all options filled in; TypeError or ValueError for what is none."""
    if not isinstance(param_group, dict):
        raise TypeError(f"param_group must be a dict, but got {type(param_group)}")
    params = param_group["params"]
    if isinstance(params, set):
        raise TypeError(_NO_SETS)
    params = [params] if isinstance(params, Tensor) else list(params)
    names = [p[0] for p in params if isinstance(p, tuple)]
    if names and len(names) < len(params):
        raise ValueError(
            "all optimizer params should be with/without names. Some param names are missing"
        )
    params = [p[1] if isinstance(p, tuple) else p for p in params]
    for parameter in params:
        _check_parameter(parameter)
    warn_of_duplicates(params)
    known = {id(p) for p in parameters_of(optimizer)}
    if any(id(p) in known for p in params):
        raise ValueError("some parameters appear in more than one parameter group")
    options = {"param_names": names} if names else {}
    group = {"params": params, **options, **optimizer.defaults, **param_group}
    return group | {"params": params}


_NO_SETS = (
    "optimizer parameters need to be organized in ordered collections, but the ordering of tensors "
    "in sets will change between runs. Please use a list instead."
)


def _check_parameter(parameter):
    if not isinstance(parameter, Tensor):
        kind = type(parameter)
        name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
        raise TypeError(f"optimizer can only optimize Tensors, but one of the params is {name}")
    if not parameter.is_leaf:
        raise ValueError("can't optimize a non-leaf Tensor")


@method("__repr__", of=Optimizer)
def _repr(optimizer):
    """Every group and its options, in alphabetical order."""
    text = f"{type(optimizer).__name__} ("
    for i, group in enumerate(optimizer.param_groups):
        text += f"\nParameter Group {i}\n"
        text += "".join(f"    {k}: {group[k]}\n" for k in sorted(group) if k != "params")
    return text + ")"


# %% lesson 16 numbered
def parameters_of(optimizer):
    """All parameters of an optimizer, in the order of its groups."""
    return [parameter for group in optimizer.param_groups for parameter in group["params"]]


@method("state_dict", of=Optimizer)
def numbered(optimizer):
    """All options and states as plain data; parameters are numbers, in the order of the groups.

    {"state": {number: state}, "param_groups": [{option: value, ..., "params": [number, ...]}]}
    """
    number = {id(p): i for i, p in enumerate(parameters_of(optimizer))}
    groups = []
    for group in optimizer.param_groups:
        options = {name: value for name, value in group.items() if name != "params"}
        groups.append({**options, "params": [number[id(p)] for p in group["params"]]})
    state = {number[id(p)]: values for p, values in optimizer.state.items()}
    return {"state": state, "param_groups": groups}


@method("load_state_dict", of=Optimizer)
def take_over(optimizer, state_dict):
    """Take over copies of the options, and the states, by the order of this optimizer's groups."""
    check_groups(optimizer.param_groups, state_dict["param_groups"])
    for ours, theirs in zip(optimizer.param_groups, state_dict["param_groups"]):
        ours |= {name: copy.deepcopy(theirs[name]) for name in theirs if name != "params"}
    parameters = parameters_of(optimizer)
    optimizer.state = defaultdict(dict)
    for number, values in state_dict["state"].items():
        optimizer.state[parameters[number]] = fitted(values, parameters[number].dtype)


# %% end


def fitted(values, dtype):
    """The state of one parameter; its tensors, not copied, in the dtype of the parameter."""
    return {name: value if name == "step" else cast(value, dtype) for name, value in values.items()}


def cast(value, dtype):
    """`value` in `dtype`, if it is a tensor or a list that holds some; other things as they are."""
    if isinstance(value, list):
        return [cast(one, dtype) for one in value]
    return value.to(dtype) if isinstance(value, Tensor) else value


@method("__getstate__", of=Optimizer)
def _getstate(optimizer):
    """What pickling and copying take along; not the note that a scheduler hung on `step`."""
    return {key: vars(optimizer)[key] for key in ("defaults", "state", "param_groups")}


_RANGES = {"lr": "learning rate", "eps": "epsilon value"}
_FLAGS_AND_PAIRS = ("amsgrad", "betas", "centered", "etas", "step_sizes")


class Adaptive(Optimizer):
    """An optimizer with a state for each parameter, made at its first step, and a step count.

    A subclass names its `averages`, the tensors of zeros that it keeps, in `_averages(group)`, and
    writes `_update(parameter, grad, state, group)`. `accepted` are options of PyTorch that decide
    how its code runs; they are taken, and change nothing here. `unchecked` may have any value.
    """

    accepted: tuple = ("maximize", "foreach", "capturable", "differentiable", "fused")
    unchecked: tuple = ()

    def __init__(self, params, options, others):
        for name in others:
            if name not in self.accepted:
                raise TypeError(
                    f"{type(self).__name__}.__init__() got an unexpected keyword argument '{name}'"
                )
        for name, value in options.items():
            if name not in self.unchecked:
                _check_option(name, value)
        rest = {name: None if name in ("foreach", "fused") else False for name in self.accepted}
        super().__init__(params, options | rest | others)


def must_be_rate(lr):
    """ValueError for a learning rate that is a tensor of several numbers."""
    if isinstance(lr, Tensor) and lr._array.size != 1:
        raise ValueError("Tensor lr must be 1-element")


def _check_option(name, value):
    """ValueError, in PyTorch's words, for an option that makes no sense."""
    if name == "etas" and not 0.0 < value[0] < 1.0 < value[1]:
        raise ValueError(f"Invalid eta values: {value[0]}, {value[1]}")
    if name == "betas":
        for i in (0, 1):
            if not 0.0 <= value[i] < 1.0:
                raise ValueError(f"Invalid beta parameter at index {i}: {value[i]}")
    elif name == "lr":
        must_be_rate(value)
    if name not in _FLAGS_AND_PAIRS and not 0.0 <= value:  # noqa: SIM300 (PyTorch's TypeError)
        raise ValueError(f"Invalid {_RANGES.get(name, name + ' value')}: {value}")


# %% lesson 10 weight-decay
def decayed(parameter, grad, group):
    """The gradient with weight decay, a new tensor; or `grad` itself, and the parameter shrunk.

    `group` holds "lr", "weight_decay" and "decoupled_weight_decay", True for AdamW: then the
    parameter loses the share lr * weight_decay of itself, in place. Else `weight_decay` times the
    parameter is added to the gradient.
    """
    decay = group["weight_decay"]
    if group["decoupled_weight_decay"]:
        parameter.mul_(1 - group["lr"] * decay)
        return grad
    return grad.add(parameter, alpha=decay)


# %% end


# %% lesson 21 adaptive
def number(value):
    """A float32 tensor of one number, in which a state counts."""
    return wrap(np.array(value, np.float32))


@method("_start", of=Adaptive)
def first_state(optimizer, parameter, group):
    """A dict, the state before the first step: "step" is 0, and so are all averages."""
    zeros = {name: zeros_like(parameter) for name in optimizer._averages(group)}
    return {"step": number(0)} | zeros


@method("_move", of=Adaptive)
@quiet
def take_step(optimizer, parameter, group):
    """Count the step, work sign and weight decay into the gradient; `_update` does the rest."""
    grad = -parameter.grad if group["maximize"] else parameter.grad
    state = optimizer.state[parameter]
    if not state:
        state.update(optimizer._start(parameter, group))
    state["step"].add_(1)
    if group.get("weight_decay"):
        grad = decayed(parameter, grad, {"decoupled_weight_decay": False} | group)
    optimizer._update(parameter, grad, state, group)


def loss_of(closure):
    """What `closure()` returns, computed with recording on; None without a closure."""
    if closure is None:
        return None
    with enable_grad():
        return closure()


@method("step", of=Adaptive)
def step(optimizer, closure=None):
    """Move every parameter that has a gradient; `closure` computes the loss anew, if given."""
    return move_all(optimizer, optimizer._move, closure)


# %% end
