"""DataParallel, as PyTorch's without several devices: it calls the module that it wraps."""

from .module import Module


class DataParallel(Module):
    """Wraps `module` and calls it: there is one device. `state_dict` has `module.` before names.

    Mirrors torch.nn.DataParallel.
    """

    def __init__(self, module, device_ids=None, output_device=None, dim=0):
        super().__init__()
        self.dim = dim
        self.module = module
        self.device_ids = []

    def forward(self, *inputs, **kwargs):
        """What the module makes of its inputs."""
        return self.module(*inputs, **kwargs)
