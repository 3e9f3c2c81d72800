"""Transformers: layers of attention and a small network each, and stacks of them."""

import copy
import warnings

from ..._core import dtype as dtypes
from ..._words import transformer as words
from ...autograd.grad_mode import is_grad_enabled
from ...ops.factories import full, zeros_like
from .._functional.activation import gelu, relu
from ..init import xavier_uniform_
from .activation import GELU, MultiheadAttention, ReLU
from .container import ModuleList
from .dropout import Dropout
from .linear import Linear
from .module import Module
from .normalization import LayerNorm

_INF = float("inf")


def _later_hidden(size, device=None, dtype=None):
    """(size, size): 0 where a step may look, at itself and at those before; -inf elsewhere."""
    return full((size, size), -_INF, dtype=dtype, device=device).triu(1)


def _is_causal(mask, said, size):
    """Whether attention is causal: as `said`, or unless something is, if the mask says so."""
    if said is not None or mask is None:
        return said is True
    causal = _later_hidden(size, dtype=mask.dtype)
    return mask.shape == causal.shape and bool((mask == causal).all())


def _as_numbers(mask, dtype):
    """A mask as numbers to add: -inf where a mask of bools says True."""
    if mask is None or mask.dtype != dtypes.bool:
        return mask
    return zeros_like(mask, dtype=dtype).masked_fill_(mask, -_INF)


def _masks(names, mask, padding, dtype):
    """Both masks as numbers to add; `names` are what errors call them."""
    words.masks(names, mask, padding)
    return _as_numbers(mask, dtype), _as_numbers(padding, dtype)


def _length(x, batch_first):
    """The number of steps in (T, E), (T, N, E) or, with `batch_first`, (N, T, E)."""
    return x.size(1 if batch_first and x.dim() != 2 else 0)


def _copies(module, count):
    return ModuleList([copy.deepcopy(module) for _ in range(count)])


class _Layer(Module):
    """What both kinds of layer share: blocks between which a sum goes on, and norms.

    `attentions` names the attentions in the order in which they come; after them there is a
    network of two linear layers.
    """

    __constants__ = ["norm_first"]

    def __init__(
        self, attentions, d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
        batch_first, norm_first, bias, made,
    ):  # fmt: skip
        super().__init__()
        for name in attentions:
            attention = MultiheadAttention(
                d_model, nhead, dropout=dropout, bias=bias, batch_first=batch_first, **made
            )
            self.add_module(name, attention)
        self.linear1 = Linear(d_model, dim_feedforward, bias=bias, **made)
        self.dropout = Dropout(dropout)
        self.linear2 = Linear(dim_feedforward, d_model, bias=bias, **made)
        self.norm_first = norm_first
        numbers = range(1, len(attentions) + 2)
        for number in numbers:
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
            self.add_module(f"norm{number}", norm)
        for number in numbers:
            self.add_module(f"dropout{number}", Dropout(dropout))
        if isinstance(activation, str):
            words.activation(activation)
            activation = {"relu": relu, "gelu": gelu}[activation]
        self.activation = activation

    def _added(self, x, block, norm):
        """x plus what `block` makes of it; the norm comes behind, or before with `norm_first`."""
        return x + block(norm(x)) if self.norm_first else norm(x + block(x))

    def _attend(self, attention, drop, x, memory, mask, padding, is_causal):
        """What `x` reads in `memory`, or in itself where that is None."""
        seen = x if memory is None else memory
        output, _ = attention(
            x, seen, seen, attn_mask=mask, key_padding_mask=padding, need_weights=False,
            is_causal=is_causal,
        )  # fmt: skip
        return drop(output)

    def _feed(self, x, drop):
        """Two linear layers, each step for itself."""
        return drop(self.linear2(self.dropout(self.activation(self.linear1(x)))))


class TransformerEncoderLayer(_Layer):
    """Self-attention and a network of two linear layers, each with a sum around it and a norm.

    src (T, N, d_model), with `batch_first` (N, T, d_model), or (T, d_model). The result has the
    same shape. In masks of bools True means: do not look. `activation` is "relu", "gelu" or a
    function. In evaluation without gradients PyTorch takes every number but 0 in a mask for True,
    and gives nan to a step that may look at none; here masks mean the same in both modes. Mirrors
    torch.nn.TransformerEncoderLayer.
    """

    def __init__(
        self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=relu,
        layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True, device=None,
        dtype=None,
    ):  # fmt: skip
        super().__init__(
            ("self_attn",), d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps,
            batch_first, norm_first, bias, {"device": device, "dtype": dtype},
        )  # fmt: skip
        known = ((relu, ReLU), (gelu, GELU))
        self.activation_relu_or_gelu = next(
            (i for i, (function, kind) in enumerate(known, 1)
             if self.activation is function or isinstance(self.activation, kind)), 0
        )  # fmt: skip

    def forward(self, src, src_mask=None, src_key_padding_mask=None, is_causal=False):
        names = ("src_mask", "src_key_padding_mask")
        mask, padding = _masks(names, src_mask, src_key_padding_mask, src.dtype)

        def look(x):
            given = (mask, padding, is_causal)
            return self._attend(self.self_attn, self.dropout1, x, None, *given)

        x = self._added(src, look, self.norm1)
        return self._added(x, lambda x: self._feed(x, self.dropout2), self.norm2)


class TransformerDecoderLayer(_Layer):
    """Self-attention, attention to an encoder's output, and a network of two linear layers.

    tgt (T, N, d_model), memory (S, N, d_model); with `batch_first` N comes first, and one sample
    alone has no N. The result is shaped as tgt. Mirrors torch.nn.TransformerDecoderLayer.
    """

    def __init__(
        self, d_model, nhead, dim_feedforward=2048, dropout=0.1, activation=relu,
        layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True, device=None,
        dtype=None,
    ):  # fmt: skip
        super().__init__(
            ("self_attn", "multihead_attn"), d_model, nhead, dim_feedforward, dropout, activation,
            layer_norm_eps, batch_first, norm_first, bias, {"device": device, "dtype": dtype},
        )  # fmt: skip

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None,
        memory_key_padding_mask=None, tgt_is_causal=False, memory_is_causal=False,
    ):  # fmt: skip
        own = (None, tgt_mask, tgt_key_padding_mask, tgt_is_causal)
        other = (memory, memory_mask, memory_key_padding_mask, memory_is_causal)

        def look(x):
            return self._attend(self.self_attn, self.dropout1, x, *own)

        def ask(x):
            return self._attend(self.multihead_attn, self.dropout2, x, *other)

        x = self._added(tgt, look, self.norm1)
        x = self._added(x, ask, self.norm2)
        return self._added(x, lambda x: self._feed(x, self.dropout3), self.norm3)


class TransformerEncoder(Module):
    """`num_layers` copies of a layer, one after the other, then a norm if there is one.

    With `enable_nested_tensor` steps that are padding come out of the layers as zeros wherever
    PyTorch leaves them out: in evaluation without gradients, when all padding stands behind.
    Mirrors torch.nn.TransformerEncoder.
    """

    __constants__ = ["norm"]

    def __init__(
        self, encoder_layer, num_layers, norm=None, enable_nested_tensor=True, mask_check=True
    ):
        super().__init__()
        self.layers = _copies(encoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm
        self.enable_nested_tensor, self.mask_check = enable_nested_tensor, mask_check
        reason = self._why_not_nested(encoder_layer)
        self.use_nested_tensor = enable_nested_tensor and not reason
        if enable_nested_tensor and reason:
            warnings.warn(
                "enable_nested_tensor is True, but self.use_nested_tensor is False because "
                f"encoder_layer{reason}",
                stacklevel=2,
            )

    @staticmethod
    def _why_not_nested(layer):
        """Why PyTorch would not leave padding out with these layers, or nothing if it would."""
        if not isinstance(layer, TransformerEncoderLayer):
            return " was not TransformerEncoderLayer"
        reasons = {
            ".norm_first was True": layer.norm_first,
            ".self_attn.batch_first was not True(use batch_first for better inference "
            "performance)": not layer.self_attn.batch_first,
            ".self_attn was passed bias=False": layer.self_attn.in_proj_bias is None,
            ".activation_relu_or_gelu was not True": not layer.activation_relu_or_gelu,
            ".norm1.eps was not equal to encoder_layer.norm2.eps": (
                layer.norm1.eps != layer.norm2.eps
            ),
            ".self_attn.num_heads is odd": layer.self_attn.num_heads % 2 == 1,
        }
        return next((reason for reason, holds in reasons.items() if holds), "")

    def _leaves_out(self, src, mask, padding):
        """Whether PyTorch leaves padding out of this call, so that zeros come back for it."""
        layer = self.layers[0]
        if not self.use_nested_tensor or layer.training or src.dim() != 3:
            return False
        if padding is None or mask is not None:
            return False
        forbidden = padding != 0
        if self.mask_check and bool((forbidden[:, 1:] < forbidden[:, :-1]).any()):
            return False
        asked = any(x.requires_grad for x in (src, *layer.parameters()))
        return not (is_grad_enabled() and asked)

    def forward(self, src, mask=None, src_key_padding_mask=None, is_causal=None):
        names = ("mask", "src_key_padding_mask")
        mask, padding = _masks(names, mask, src_key_padding_mask, src.dtype)
        is_causal = _is_causal(mask, is_causal, _length(src, self.layers[0].self_attn.batch_first))
        output = src
        for layer in self.layers:
            output = layer(output, src_mask=mask, is_causal=is_causal, src_key_padding_mask=padding)
        if self._leaves_out(src, mask, padding):
            output = output.masked_fill((padding != 0).unsqueeze(-1), 0.0)
        return output if self.norm is None else self.norm(output)


class TransformerDecoder(Module):
    """`num_layers` copies of a layer, one after the other, then a norm if there is one.

    Mirrors torch.nn.TransformerDecoder.
    """

    __constants__ = ["norm"]

    def __init__(self, decoder_layer, num_layers, norm=None):
        super().__init__()
        self.layers = _copies(decoder_layer, num_layers)
        self.num_layers, self.norm = num_layers, norm

    def forward(
        self, tgt, memory, tgt_mask=None, memory_mask=None, tgt_key_padding_mask=None,
        memory_key_padding_mask=None, tgt_is_causal=None, memory_is_causal=False,
    ):  # fmt: skip
        length = _length(tgt, self.layers[0].self_attn.batch_first)
        output, causal = tgt, _is_causal(tgt_mask, tgt_is_causal, length)
        for layer in self.layers:
            output = layer(
                output, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
                tgt_key_padding_mask=tgt_key_padding_mask,
                memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=causal,
                memory_is_causal=memory_is_causal,
            )  # fmt: skip
        return output if self.norm is None else self.norm(output)


class Transformer(Module):
    """An encoder that reads `src`, and a decoder that goes along `tgt` and asks the encoder.

    src (S, N, d_model), tgt (T, N, d_model); with `batch_first` N comes first, and one sample
    alone has no N. The result is shaped as tgt. Mirrors torch.nn.Transformer.
    """

    def __init__(
        self, d_model=512, nhead=8, num_encoder_layers=6, num_decoder_layers=6,
        dim_feedforward=2048, dropout=0.1, activation=relu, custom_encoder=None,
        custom_decoder=None, layer_norm_eps=1e-5, batch_first=False, norm_first=False, bias=True,
        device=None, dtype=None,
    ):  # fmt: skip
        super().__init__()
        made = {"device": device, "dtype": dtype}
        given = (d_model, nhead, dim_feedforward, dropout, activation, layer_norm_eps, batch_first,
                 norm_first, bias)  # fmt: skip
        if custom_encoder is None:
            layer = TransformerEncoderLayer(*given, **made)
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
            custom_encoder = TransformerEncoder(layer, num_encoder_layers, norm)
        self.encoder = custom_encoder
        if custom_decoder is None:
            layer = TransformerDecoderLayer(*given, **made)
            norm = LayerNorm(d_model, eps=layer_norm_eps, bias=bias, **made)
            custom_decoder = TransformerDecoder(layer, num_decoder_layers, norm)
        self.decoder = custom_decoder
        self._reset_parameters()
        self.d_model, self.nhead, self.batch_first = d_model, nhead, batch_first

    def _reset_parameters(self):
        """Draw new first values for all matrices."""
        for parameter in self.parameters():
            if parameter.dim() > 1:
                xavier_uniform_(parameter)

    @staticmethod
    def generate_square_subsequent_mask(sz, device=None, dtype=None):
        """(sz, sz): 0 where a step may look, at itself and those before; -inf elsewhere."""
        return _later_hidden(sz, device, dtype)

    def forward(
        self, src, tgt, src_mask=None, tgt_mask=None, memory_mask=None, src_key_padding_mask=None,
        tgt_key_padding_mask=None, memory_key_padding_mask=None, src_is_causal=None,
        tgt_is_causal=None, memory_is_causal=False,
    ):  # fmt: skip
        words.sizes(src, tgt, self.d_model, self.batch_first)
        memory = self.encoder(
            src, mask=src_mask, src_key_padding_mask=src_key_padding_mask, is_causal=src_is_causal
        )
        return self.decoder(
            tgt, memory, tgt_mask=tgt_mask, memory_mask=memory_mask,
            tgt_key_padding_mask=tgt_key_padding_mask,
            memory_key_padding_mask=memory_key_padding_mask, tgt_is_causal=tgt_is_causal,
            memory_is_causal=memory_is_causal,
        )  # fmt: skip
