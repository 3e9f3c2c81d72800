# Built by lessons/05_nn_vs_functional_annex.ipynb. Edit it there, or here and `make scatter`.
# %% lazy-mixin
"""Lazy modules: they find out their input size from the first input they see."""

from ...grad_mode import no_grad
from ..uninitialized import UninitializedParameter, _is_lazy
from .linear import Linear


class LazyModuleMixin:
    """Put it before the class of a layer; `initialize_parameters(input)` gives shapes and values.

    At the first call the parameters are made, and the module becomes a `cls_to_become`. Mirrors
    torch.nn.modules.lazy.LazyModuleMixin.
    """

    cls_to_become: type | None = None

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self._initialize_hook = self.register_forward_pre_hook(
            type(self)._infer_parameters, with_kwargs=True
        ).id
        self._load_state_dict_pre_hooks = {"lazy": self._lazy_load_hook}

    def initialize_parameters(self, *args, **kwargs):
        """To be overridden: make the parameters fit the first input."""
        raise NotImplementedError(
            f"initialize_parameters is not implemented for {type(self).__name__}"
        )

    def has_uninitialized_params(self):
        """Whether a parameter or buffer has no shape yet."""
        return any(map(_is_lazy, [*self._parameters.values(), *self._buffers.values()]))

    def _infer_parameters(self, args, kwargs):
        self.initialize_parameters(*args, **kwargs)
        if self.has_uninitialized_params():
            raise RuntimeError(f"module {self._get_name()} has not been fully initialized")
        del self._forward_pre_hooks[self._initialize_hook], self._initialize_hook
        del self._load_state_dict_pre_hooks["lazy"]
        if self.cls_to_become is not None:
            self.__class__ = self.cls_to_become

    def _lazy_load_hook(self, state_dict, prefix, *rest):
        """Before a state is loaded: take the shapes from there."""
        for room in (self._parameters, self._buffers):
            for name, tensor in room.items():
                saved = state_dict.get(prefix + name)
                if _is_lazy(tensor) and saved is not None and not _is_lazy(saved):
                    with no_grad():
                        tensor.materialize(saved.shape)


# %% lazy-linear
class LazyLinear(LazyModuleMixin, Linear):
    """A Linear that learns `in_features` from its first input. Mirrors torch.nn.LazyLinear."""

    cls_to_become = Linear

    def __init__(self, out_features, bias=True, device=None, dtype=None):
        super().__init__(0, 0, False)
        self.out_features = out_features
        self.weight = UninitializedParameter(device=device, dtype=dtype)
        if bias:
            self.bias = UninitializedParameter(device=device, dtype=dtype)

    def reset_parameters(self):
        """Draw new first values, if there is room for them already."""
        if not self.has_uninitialized_params() and self.in_features:
            super().reset_parameters()

    def initialize_parameters(self, input):
        """Make weight and bias for inputs of this size."""
        if self.has_uninitialized_params():
            with no_grad():
                self.in_features = input.shape[-1]
                self.weight.materialize((self.out_features, self.in_features))
                if self.bias is not None:
                    self.bias.materialize((self.out_features,))
                self.reset_parameters()
        self.in_features = self.weight.shape[1]  # the weight may have been loaded


# %% public names
__all__ = ["LazyLinear", "LazyModuleMixin"]
