"""A weight as length times direction, both of which are learned: the old form, by a hook."""

import warnings

from ...ops.norm import norm
from ..parameter import Parameter, UninitializedParameter


def lengths(weight, dim):
    """How long the parts of `weight` along `dim` are, as 1 in the other dims; of all for -1."""
    if dim == -1:
        return norm(weight)
    others = [i for i in range(weight.dim()) if i != dim]
    return norm(weight, 2, others, keepdim=True) if others else weight.abs()


class WeightNorm:
    """The hook that makes the weight anew before each call, from its lengths and directions."""

    def __init__(self, name, dim):
        self.name, self.dim = name, -1 if dim is None else dim

    def compute_weight(self, module):
        """The weight of `module`, recorded."""
        length, direction = (getattr(module, f"{self.name}_{x}") for x in "gv")
        return direction * (length / lengths(direction, self.dim))

    def remove(self, module):
        """Let the weight be a parameter again."""
        weight = self.compute_weight(module)
        delattr(module, self.name)
        for letter in "gv":
            delattr(module, f"{self.name}_{letter}")
        setattr(module, self.name, Parameter(weight.data))

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module))


def weight_norm(module, name="weight", dim=0):
    """Let `module` learn its weight `name` as length `name_g` and direction `name_v`.

    There is a length for each place along `dim`, or with None a single one. RuntimeError where
    that is so already. Gives back the module. Mirrors torch.nn.utils.weight_norm.
    """
    warnings.warn(
        "`torch.nn.utils.weight_norm` is deprecated in favor of "
        "`torch.nn.utils.parametrizations.weight_norm`.",
        FutureWarning,
        stacklevel=2,
    )
    for hook in module._forward_pre_hooks.values():
        if isinstance(hook, WeightNorm) and hook.name == name:
            raise RuntimeError(
                f"Cannot register two weight_norm hooks on the same parameter {name}"
            )
    hook, weight = WeightNorm(name, dim), getattr(module, name)
    if isinstance(weight, UninitializedParameter):
        raise ValueError(
            "The module passed to `WeightNorm` can't have uninitialized parameters. Make sure to "
            "run the dummy forward before applying weight normalization"
        )
    delattr(module, name)
    module.register_parameter(f"{name}_g", Parameter(lengths(weight, hook.dim).data))
    module.register_parameter(f"{name}_v", Parameter(weight.data))
    setattr(module, name, hook.compute_weight(module))
    module.register_forward_pre_hook(hook)
    return module


def remove_weight_norm(module, name="weight"):
    """Take `weight_norm` back; ValueError where there is none.

    Mirrors torch.nn.utils.remove_weight_norm.
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, WeightNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            return module
    raise ValueError(f"weight_norm of '{name}' not found in {module}")
