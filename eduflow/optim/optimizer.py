# Built by lessons/04_in_place.ipynb. Edit it there, or here and `make scatter`.
# %% optimizer
"""The base of all optimizers: parameters in groups, and a state for each parameter."""

from collections import defaultdict

from ..grad_mode import enable_grad, no_grad
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
        if defaults.get("fused") and defaults.get("foreach"):
            raise RuntimeError("`fused` and `foreach` cannot be `True` together.")
        groups = list(params)
        if not groups:
            raise ValueError("optimizer got an empty parameter list")
        if not isinstance(groups[0], dict):
            groups = [{"params": groups}]
        self.defaults, self.state, self.param_groups = defaults, defaultdict(dict), []
        for group in groups:
            self.add_param_group(group)

    def zero_grad(self, set_to_none=True):
        """Forget all gradients, or fill them with zeros."""
        for parameter in self._parameters():
            grad = parameter.grad
            if set_to_none:
                parameter.grad = None
            elif grad is not None:
                (grad.requires_grad_(False) if grad.grad_fn is None else grad.detach_()).zero_()

    def step(self, closure=None):
        """Move every parameter; a subclass says how."""
        raise NotImplementedError

    def _parameters(self):
        return [parameter for group in self.param_groups for parameter in group["params"]]


# %% add-param-group
@method("add_param_group", of=Optimizer)
def _add_param_group(optimizer, param_group):
    """Take in one more group of parameters: a dict with "params" and options."""
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
    known = {id(p) for p in optimizer._parameters()}
    if any(id(p) in known for p in params):
        raise ValueError("some parameters appear in more than one parameter group")
    options = {"param_names": names} if names else {}
    group = {"params": params, **options, **optimizer.defaults, **param_group}
    optimizer.param_groups.append(group | {"params": params})


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


# %% walk
@method("_walk", of=Optimizer)
@no_grad()
def _walk(optimizer, closure, move):
    """One step: `move(parameter, group)` for every parameter that has a gradient."""
    loss = None
    if closure is not None:
        with enable_grad():
            loss = closure()
    for group in optimizer.param_groups:
        for parameter in group["params"]:
            if parameter.grad is not None:
                move(parameter, group)
    return loss


# %% public names
__all__ = ["Optimizer"]
