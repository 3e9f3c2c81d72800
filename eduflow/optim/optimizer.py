# Built by lessons/04_in_place.ipynb. Edit it there, or here and `make scatter`.
# %% optimizer
"""The base of all optimizers: parameters in groups, and a state for each parameter."""

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


# %% public names
__all__ = ["Optimizer"]
