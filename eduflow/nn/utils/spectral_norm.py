"""A weight divided by its largest singular value: the old form, by a hook."""

from ...autograd.grad_mode import no_grad
from ...ops.linalg import dot, mv
from .._functional.distance import normalize
from ..parameter import Parameter, UninitializedParameter
from .parametrizations import outputs_dim


class SpectralNorm:
    """The hook that makes the weight anew before each call, from `weight_orig`."""

    _version = 1

    def __init__(self, name="weight", n_power_iterations=1, dim=0, eps=1e-12):
        if n_power_iterations <= 0:
            raise ValueError(
                "Expected n_power_iterations to be positive, but "
                f"got n_power_iterations={n_power_iterations}"
            )
        self.name, self.dim, self.eps = name, dim, eps
        self.n_power_iterations = n_power_iterations

    def reshape_weight_to_matrix(self, weight):
        """The weight as a matrix, its outputs in rows."""
        if self.dim != 0:
            others = [d for d in range(weight.dim()) if d != self.dim]
            weight = weight.permute(self.dim, *others)
        return weight.reshape(weight.size(0), -1)

    def compute_weight(self, module, do_power_iteration):
        """The weight of `module`, recorded; the two vectors go one step further if asked to."""
        weight, u, v = [getattr(module, f"{self.name}_{x}") for x in ("orig", "u", "v")]
        matrix = self.reshape_weight_to_matrix(weight)
        if do_power_iteration:
            with no_grad():
                for _ in range(self.n_power_iterations):
                    v = normalize(mv(matrix.t(), u), dim=0, eps=self.eps, out=v)
                    u = normalize(mv(matrix, v), dim=0, eps=self.eps, out=u)
                u, v = u.clone(), v.clone()  # the next step changes the buffers
        return weight / dot(u, mv(matrix, v))

    def remove(self, module):
        """Let the weight be a parameter again."""
        with no_grad():
            weight = self.compute_weight(module, do_power_iteration=False)
        for name in (self.name, *[f"{self.name}_{x}" for x in ("u", "v", "orig")]):
            delattr(module, name)
        module.register_parameter(self.name, Parameter(weight.detach()))

    def note_version(self, module, state_dict, prefix, local_metadata):
        """Say in a state dict which form of this hook it comes from."""
        versions = local_metadata.setdefault("spectral_norm", {})
        versions[f"{self.name}.version"] = self._version

    def __call__(self, module, inputs):
        setattr(module, self.name, self.compute_weight(module, module.training))


def spectral_norm(module, name="weight", n_power_iterations=1, eps=1e-12, dim=None):
    """Let `module` learn its weight `name` divided by its largest singular value.

    What is learned is `name_orig`; the buffers `name_u` and `name_v` follow the direction in which
    it stretches most. RuntimeError where that is so already. Gives back the module. Mirrors
    torch.nn.utils.spectral_norm.
    """
    if dim is None:
        dim = outputs_dim(module)
    if any(isinstance(h, SpectralNorm) and h.name == name for h in _hooks(module)):
        raise RuntimeError(f"Cannot register two spectral_norm hooks on the same parameter {name}")
    hook, weight = SpectralNorm(name, n_power_iterations, dim, eps), module._parameters[name]
    if weight is None:
        raise ValueError(f"`SpectralNorm` cannot be applied as parameter `{name}` is None")
    if isinstance(weight, UninitializedParameter):
        raise ValueError(
            "The module passed to `SpectralNorm` can't have uninitialized parameters. Make sure to "
            "run the dummy forward before applying spectral normalization"
        )
    with no_grad():
        starts = [
            normalize(weight.new_empty(size).normal_(0, 1), dim=0, eps=eps)
            for size in hook.reshape_weight_to_matrix(weight).shape
        ]
    delattr(module, name)
    module.register_parameter(f"{name}_orig", weight)
    setattr(module, name, weight.data)
    for letter, start in zip("uv", starts):
        module.register_buffer(f"{name}_{letter}", start)
    module.register_forward_pre_hook(hook)
    module._register_state_dict_hook(hook.note_version)
    return module


def _hooks(module):
    return list(module._forward_pre_hooks.values())


def remove_spectral_norm(module, name="weight"):
    """Take `spectral_norm` back; ValueError where there is none.

    Mirrors torch.nn.utils.remove_spectral_norm.
    """
    for number, hook in module._forward_pre_hooks.items():
        if isinstance(hook, SpectralNorm) and hook.name == name:
            hook.remove(module)
            del module._forward_pre_hooks[number]
            for key, noted in list(module._state_dict_hooks.items()):
                if getattr(noted, "__self__", None) is hook:
                    del module._state_dict_hooks[key]
            return module
    raise ValueError(f"spectral_norm of '{name}' not found in {module}")
