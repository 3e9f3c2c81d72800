"""Lazy modules: they find out their input size from the first input they see."""

from ..._core.dtype import int64
from ...autograd.grad_mode import no_grad
from ...ops.factories import tensor
from ..parameter import UninitializedBuffer, UninitializedParameter, is_lazy
from .batchnorm import BatchNorm1d, BatchNorm2d, BatchNorm3d
from .instancenorm import InstanceNorm1d, InstanceNorm2d, InstanceNorm3d
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
        return any(map(is_lazy, [*self._parameters.values(), *self._buffers.values()]))

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
            for name, member in room.items():
                saved = state_dict.get(prefix + name)
                if is_lazy(member) and saved is not None and not is_lazy(saved):
                    with no_grad():
                        member.materialize(saved.shape)


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


class _Sized(LazyModuleMixin):
    def reset_parameters(self):
        """A scale of 1 and an offset of 0, if there is room for them already."""
        if not self.has_uninitialized_params() and self.num_features:
            super().reset_parameters()

    def initialize_parameters(self, input):
        """Make parameters and buffers for inputs with this number of channels."""
        if not self.has_uninitialized_params():
            return
        self.num_features = input.shape[1]
        values = [self.weight, self.bias] if self.affine else []
        values += [self.running_mean, self.running_var] if self.track_running_stats else []
        for value in values:
            if value is not None:
                value.materialize((self.num_features,))
        self.reset_parameters()


class _LazyNormBase(_Sized):
    def __init__(
        self,
        eps=1e-05,
        momentum=0.1,
        affine=True,
        track_running_stats=True,
        device=None,
        dtype=None,
        *,
        bias=True,
    ):
        super().__init__(0, eps, momentum, False, False)
        self.affine, self.track_running_stats = affine, track_running_stats
        options = {"device": device, "dtype": dtype}
        if affine:
            self.weight = UninitializedParameter(**options)
            self.bias = UninitializedParameter(**options) if bias else None
        if track_running_stats:
            self.running_mean = UninitializedBuffer(**options)
            self.running_var = UninitializedBuffer(**options)
            self.num_batches_tracked = tensor(0, dtype=int64)


class LazyBatchNorm1d(_LazyNormBase, BatchNorm1d):
    """A BatchNorm1d for as many channels as come. Mirrors torch.nn.LazyBatchNorm1d."""

    cls_to_become = BatchNorm1d


class LazyBatchNorm2d(_LazyNormBase, BatchNorm2d):
    """A BatchNorm2d for as many channels as come. Mirrors torch.nn.LazyBatchNorm2d."""

    cls_to_become = BatchNorm2d


class LazyBatchNorm3d(_LazyNormBase, BatchNorm3d):
    """A BatchNorm3d for as many channels as come. Mirrors torch.nn.LazyBatchNorm3d."""

    cls_to_become = BatchNorm3d


class LazyInstanceNorm1d(_LazyNormBase, InstanceNorm1d):
    """An InstanceNorm1d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm1d."""

    cls_to_become = InstanceNorm1d


class LazyInstanceNorm2d(_LazyNormBase, InstanceNorm2d):
    """An InstanceNorm2d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm2d."""

    cls_to_become = InstanceNorm2d


class LazyInstanceNorm3d(_LazyNormBase, InstanceNorm3d):
    """An InstanceNorm3d for as many channels as come. Mirrors torch.nn.LazyInstanceNorm3d."""

    cls_to_become = InstanceNorm3d
