# Built by lessons/04_in_place_annex.ipynb. Edit it there, or here and `make scatter`.
# %% optimizer-repr
"""What an optimizer shows of itself, saves and loads."""

import copy
from collections import defaultdict

from ..tensors import Tensor, method
from .optimizer import Optimizer


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
    optimizer.state = defaultdict(dict)
    for number, values in state_dict["state"].items():
        optimizer.state[parameters[number]] = _fitted(values, parameters[number].dtype)


def _fitted(values, dtype):
    """The state of one parameter; its tensors, not copied, in the dtype of the parameter."""
    return {
        key: value.to(dtype) if isinstance(value, Tensor) and key != "step" else value
        for key, value in values.items()
    }


# %% public names
__all__ = []
