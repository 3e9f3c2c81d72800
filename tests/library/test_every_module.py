"""Every module of eduflow.nn that PyTorch has, made with few arguments: repr and state_dict."""

import inspect

import pytest

import eduflow

ARGUMENTS = {
    (3, 2): "Linear LazyConv1d LazyConv2d LazyConv3d "
    "LazyConvTranspose1d LazyConvTranspose2d LazyConvTranspose3d",
    (2, 3): "LPPool1d LPPool2d LPPool3d",
    (2, 3, 2): "Bilinear",
    (5, 3): "Embedding EmbeddingBag RNN LSTM GRU RNNCell LSTMCell GRUCell",
    ("LSTM", 3, 2): "RNNBase",
    (3, 2, True, 4): "RNNCellBase",
    (2, 4, 3): "Conv1d Conv2d Conv3d ConvTranspose1d ConvTranspose3d",
    (2, 4, 3, 2, 1, 1): "ConvTranspose2d",
    (2, 4): "GroupNorm",
    (4, 2): "MultiheadAttention TransformerEncoderLayer TransformerDecoderLayer",
    (4, 2, 1, 1, 8): "Transformer",
    (4,): "BatchNorm1d BatchNorm2d BatchNorm3d InstanceNorm1d InstanceNorm2d InstanceNorm3d "
    "LayerNorm RMSNorm",
    (0.1, 0.2): "Threshold",
    (1, (2, 3)): "Unflatten",
    ((4, 4), 2): "Fold",
    (2,): "AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d AdaptiveMaxPool1d "
    "AdaptiveMaxPool2d AdaptiveMaxPool3d AvgPool1d AvgPool2d AvgPool3d MaxPool1d MaxPool2d "
    "MaxPool3d MaxUnpool1d MaxUnpool2d MaxUnpool3d ChannelShuffle PixelShuffle PixelUnshuffle "
    "LazyLinear LocalResponseNorm Unfold CircularPad1d CircularPad2d CircularPad3d ReflectionPad1d "
    "ReflectionPad2d ReflectionPad3d ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d "
    "ZeroPad2d ZeroPad3d UpsamplingBilinear2d UpsamplingNearest2d Upsample",
    (2, 0.5): "ConstantPad1d ConstantPad2d ConstantPad3d",
}
GIVEN = {name: arguments for arguments, names in ARGUMENTS.items() for name in names.split()}


# Those that are made of other modules; see test_passes.py, test_transformer.py.
OTHERS = {"Module", "DataParallel", "TransformerEncoder", "TransformerDecoder"}


def _is_module(name):
    found = getattr(eduflow.nn, name)
    return inspect.isclass(found) and issubclass(found, eduflow.nn.Module) and name not in OTHERS


NAMES = sorted(name for name in dir(eduflow.nn) if name[0].isupper() and _is_module(name))


@pytest.mark.parametrize("name", NAMES)
def test_repr_and_state(same, name):
    def make(torch):
        module = getattr(torch.nn, name)(*GIVEN.get(name, ()))
        if name.startswith("Lazy"):
            return [repr(module), list(module.state_dict())]
        return [repr(module), module.state_dict(), module.training]

    same(make, rtol=1e-6, atol=1e-7)


def test_nothing_is_forgotten():
    """The list above is that of eduflow itself; a module that goes missing must be noticed."""
    assert len(NAMES) >= 130
