"""Channels of groups interleaved, as a module."""

from .._functional.pixelshuffle import channel_shuffle
from .module import Module


class ChannelShuffle(Module):
    """(N, C, ...), channels of `groups` groups interleaved. Mirrors torch.nn.ChannelShuffle."""

    def __init__(self, groups):
        super().__init__()
        self.groups = groups

    def forward(self, input):
        """The same numbers, the channels in another order."""
        return channel_shuffle(input, self.groups)

    def extra_repr(self):
        """The number of groups."""
        return f"groups={self.groups}"
