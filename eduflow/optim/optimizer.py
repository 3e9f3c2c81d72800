# Built by lessons/04_in_place.ipynb. Change it there, or here and run `make scatter`.
# %% optimizer
"""The base of all optimizers: parameters in groups, and a state for each parameter."""

import copy

from ..tensors import Tensor, method


class Optimizer:
    """Keeps parameters and their options; a subclass says in `step` how to move them.

    `params` is an iterable of tensors, of (name, tensor) pairs, or of groups: dicts with "params"
    and options of their own. `defaults` are the options that groups leave out.
    Mirrors torch.optim.Optimizer.
    """

    def __init__(self, params, defaults):
        if isinstance(params, Tensor):
            raise TypeError(
                "params argument given to the optimizer should be an iterable of Tensors or dicts, "
                f"but got {params.type()}"
            )
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.defaults, self.state, self.param_groups = defaults, {}, []
        for group in groups:
            self.add_param_group(group)

    def zero_grad(self, set_to_none=True):
        """Forget all gradients, or fill them with zeros."""
        for parameter in self._parameters():
            if parameter.grad is not None:
                parameter.grad = None if set_to_none else parameter.grad.detach().zero_()

    def _parameters(self):
        return [parameter for group in self.param_groups for parameter in group["params"]]


# %% add-param-group
@method("add_param_group", of=Optimizer)
def _add_param_group(optimizer, group):
    """Take in one more group of parameters: a dict with "params" and options."""
    params = group["params"]
    params = [params] if isinstance(params, Tensor) else list(params)
    names = [p[0] for p in params if isinstance(p, tuple)]
    params = [p[1] if isinstance(p, tuple) else p for p in params]
    for parameter in params:
        _check_parameter(parameter)
    known = {id(p) for p in optimizer._parameters()}
    if any(id(p) in known for p in params):
        raise ValueError("some parameters appear in more than one parameter group")
    options = {"param_names": names} if names else {}
    optimizer.param_groups.append({"params": params, **options, **optimizer.defaults, **group})
    optimizer.param_groups[-1]["params"] = params


def _check_parameter(parameter):
    if not isinstance(parameter, Tensor):
        raise TypeError(
            "optimizer can only optimize Tensors, but one of the params is "
            f"{type(parameter).__name__}"
        )
    if not parameter.is_leaf:
        raise ValueError("can't optimize a non-leaf Tensor")


# %% optimizer-repr
@method("__repr__", of=Optimizer)
def _repr(optimizer):
    """Every group and its options, in alphabetical order."""
    text = f"{type(optimizer).__name__} ("
    for i, group in enumerate(optimizer.param_groups):
        text += f"\nParameter Group {i}\n"
        text += "".join(f"    {k}: {group[k]}\n" for k in sorted(group) if k != "params")
    return text + ")"


# %% optimizer-state-dict
@method("state_dict", of=Optimizer)
def _state_dict(optimizer):
    """All options and states as plain data; parameters are numbered in the order of the groups."""
    number = {id(p): i for i, p in enumerate(optimizer._parameters())}
    groups = [
        {k: v for k, v in group.items() if k != "params"}
        | {"params": [number[id(p)] for p in group["params"]]}
        for group in optimizer.param_groups
    ]
    state = {number[id(p)]: values for p, values in optimizer.state.items()}
    return {"state": state, "param_groups": groups}


@method("load_state_dict", of=Optimizer)
def _load_state_dict(optimizer, state_dict):
    """Take over options and states from what `state_dict` gave; the groups must match."""
    groups = state_dict["param_groups"]
    if len(groups) != len(optimizer.param_groups):
        raise ValueError("loaded state dict has a different number of parameter groups")
    pairs = list(zip(optimizer.param_groups, groups))
    if any(len(ours["params"]) != len(theirs["params"]) for ours, theirs in pairs):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of "
            "optimizer's group"
        )
    for ours, theirs in pairs:
        ours.update({k: copy.deepcopy(v) for k, v in theirs.items() if k != "params"})
    parameters = optimizer._parameters()
    optimizer.state = {
        parameters[i]: copy.deepcopy(values) for i, values in state_dict["state"].items()
    }
