"""Attention as functions: a mean of values, weighted by how well each key answers a query."""

import math

from ..._core import dtype as dtypes
from ..._core.calls import answering
from ..._core.dispatch import must_be_tensor
from ..._core.keeping import relying
from ..._words import attention as words
from ...ops.conversion import apart
from ...ops.factories import ones, zeros, zeros_like
from ...ops.join import cat
from .activation import softmax
from .dropout import dropout
from .linear import linear
from .padding import pad

_INF = float("inf")


@answering
def scaled_dot_product_attention(
    query, key, value, attn_mask=None, dropout_p=0.0, is_causal=False, *, scale=None,
    enable_gqa=False,
):  # fmt: skip
    """softmax(query @ key.T * scale + mask) @ value, over the last two dims.

    query (..., L, E), key (..., S, E), value (..., S, Ev): the result is (..., L, Ev). `attn_mask`
    broadcasts to (..., L, S): bool, True where a query may look, or numbers to add. `is_causal`
    lets query i look at keys 0 to i. Where a query may look at none, the result is 0. `scale` is
    1 / sqrt(E) unless given. With `enable_gqa` groups of query heads share a head of key and value.
    Dropout, with `dropout_p`, is of the weights, always. Where PyTorch keeps the query's order in
    memory, so does the result. Mirrors torch.nn.functional.scaled_dot_product_attention.
    """
    given = (query, key, value)
    must_be_tensor("scaled_dot_product_attention", ("query", "key", "value"), given, numbers=False)
    words.products(*given, attn_mask, dropout_p, is_causal)
    if not value.numel():  # then nothing is refused
        nothing = query.new_zeros((*query.shape[:-1], value.shape[-1]))
        return nothing + 0 * sum(x.sum() for x in given) if query.is_floating_point() else nothing
    if enable_gqa:
        words.repeats(*given)
    fused = _is_fused(*given, attn_mask, dropout_p, enable_gqa)
    if attn_mask is not None and is_causal and not fused:
        words.two_masks()
    key, value = (_in_groups(x, query) if enable_gqa else x for x in (key, value))
    mask = _numbers(attn_mask, dtypes.float32 if query.dtype == dtypes.float16 else query.dtype)
    key = key if fused else apart(key)
    result = _weighted(query, key, value, mask, dropout_p, is_causal, scale)
    if not fused:
        return result
    relying(result, *given, mask, result)
    return _ordered_like(result, query)


def _weighted(query, key, value, mask, dropout_p, is_causal, scale):
    """Attention itself; float16 is computed in float32 and rounded once."""
    kind = query.dtype
    if kind == dtypes.float16:
        query, key, value = (x.float() for x in (query, key, value))
    width = query.shape[-1]
    scale = (1 / math.sqrt(width) if width else 1.0) if scale is None else scale
    scores = (query * scale) @ key.transpose(-2, -1)
    if mask is not None:
        words.mask_fits(scores, mask)
        scores = scores + mask
    if is_causal:
        scores = scores.masked_fill(ones(scores.shape[-2:], dtype=dtypes.bool).triu(1), -_INF)
    weights = _safe_softmax(scores) if mask is not None and scores.numel() else softmax(scores, -1)
    return (dropout(weights, dropout_p) @ value).to(kind)


def _safe_softmax(scores):
    """softmax over the last dim, but zeros, with derivatives of zero, where all are -inf."""
    blind = (scores.detach() == -_INF).all(-1, keepdim=True)
    return softmax(scores.masked_fill(blind, 0.0), -1).masked_fill(blind, 0.0)


def _numbers(mask, dtype):
    """The mask as numbers to add: -inf where a mask of bools says False."""
    if mask is None:
        return None
    if mask.dtype == dtypes.bool:
        return zeros_like(mask, dtype=dtype).masked_fill_(~mask, -_INF)
    return mask.to(dtype)


def _in_groups(x, query):
    """Heads repeated so that there are as many as the query has."""
    return x.repeat_interleave(query.size(-3) // x.size(-3), -3)


def _is_fused(query, key, value, mask, dropout_p, enable_gqa):
    """Whether PyTorch's fused function answers, which keeps the query's order in memory."""
    given = (query, key, value)
    if any(x.dim() != 4 or x.stride(-1) != 1 for x in given) or dropout_p != 0:
        return False
    batches, heads, widths = ({x.shape[dim] for x in given} for dim in (0, 1, 3))
    if len(batches) > 1 or len(widths) > 1 or (len(heads) > 1 and not enable_gqa):
        return False
    return mask is None or (mask.dim() in (2, 4) and not mask.requires_grad)


def _ordered_like(result, query):
    """The same numbers, in memory in the order of the query's dims."""
    if query.is_contiguous() or 0 in query.stride():
        return result
    order = sorted(range(query.dim()), key=lambda dim: -query.stride(dim))
    back = [order.index(dim) for dim in range(query.dim())]
    return result.permute(order).contiguous().permute(back)


@answering
def multi_head_attention_forward(
    query, key, value, embed_dim_to_check, num_heads, in_proj_weight, in_proj_bias, bias_k, bias_v,
    add_zero_attn, dropout_p, out_proj_weight, out_proj_bias, training=True, key_padding_mask=None,
    need_weights=True, attn_mask=None, use_separate_proj_weight=False, q_proj_weight=None,
    k_proj_weight=None, v_proj_weight=None, static_k=None, static_v=None,
    average_attn_weights=True, is_causal=False,
):  # fmt: skip
    """Attention in `num_heads` parts of the last dim at once, each after its own projection.

    query (L, N, E), key (S, N, Ek), value (S, N, Ev), or all without N. The result is a pair: the
    output, shaped as the query, and with `need_weights` the weights, (N, L, S), or with
    `average_attn_weights=False` (N, heads, L, S). In masks of bools True means: do not look.
    AssertionError or RuntimeError where sizes do not fit.
    Mirrors torch.nn.functional.multi_head_attention_forward.
    """
    words.dims(query, key, value, key_padding_mask, attn_mask, num_heads)
    words.mask_kinds(key_padding_mask, attn_mask)
    alone = query.dim() == 2
    if alone:
        query, key, value = (x.unsqueeze(1) for x in (query, key, value))
        key_padding_mask = None if key_padding_mask is None else key_padding_mask.unsqueeze(0)
    if is_causal and attn_mask is None:
        words.needs_mask()
    causal = is_causal and key_padding_mask is None and not need_weights
    inputs, separate = (query, key, value), use_separate_proj_weight
    words.embedding(*inputs, embed_dim_to_check, num_heads, separate)
    each = (q_proj_weight, k_proj_weight, v_proj_weight)
    words.weights(inputs, separate, in_proj_weight, each)
    parts = _projected(inputs, each if separate else in_proj_weight.chunk(3), in_proj_bias)
    mask = None if causal else _three_dims(attn_mask, query, key, num_heads)
    extra = (bias_k, bias_v, static_k, static_v, add_zero_attn)
    heads, mask = _complete(parts, mask, key_padding_mask, num_heads, *extra)
    attend = _weighed if need_weights else _unweighed
    output, weights = attend(heads, mask, dropout_p if training else 0.0, causal, num_heads)
    output = linear(output.reshape(-1, query.shape[-1]), out_proj_weight, out_proj_bias)
    output = output.view(query.shape[0], query.shape[1], output.size(1))
    if weights is not None and average_attn_weights:
        weights = weights.mean(dim=1)
    if alone:
        return output.squeeze(1), None if weights is None else weights.squeeze(0)
    return output, weights


def _complete(parts, mask, padding, num_heads, bias_k, bias_v, static_k, static_v, add_zeros):
    """Heads of query, key and value, with the keys that are added, and one mask for them."""
    words.biases(bias_k, bias_v, static_k, static_v)
    masks = [mask, _forbidden(padding, parts[0].dtype)]
    if bias_k is not None:
        parts, masks = _with_biases(parts, (bias_k, bias_v)), _one_wider(masks)
    heads = _in_heads(parts, num_heads, static_k, static_v)
    if add_zeros:
        heads, masks = _with_zeros(heads), _one_wider(masks)
    return heads, _merged(*masks, parts[0].shape[1], num_heads, heads[1].shape[1])


def _projected(inputs, weights, bias):
    """Each input times its weight, plus its third of the bias."""
    biases = (None,) * 3 if bias is None else bias.chunk(3)
    return [linear(x, weight, b) for x, weight, b in zip(inputs, weights, biases)]


def _forbidden(mask, dtype):
    """A mask as numbers to add: -inf where a mask of bools says True."""
    return _numbers(~mask, dtype) if mask is not None and mask.dtype == dtypes.bool else mask


def _three_dims(mask, query, key, num_heads):
    """attn_mask as numbers of the shape (N * heads or 1, L, S)."""
    if mask is None:
        return None
    flat = (query.shape[0], key.shape[0])
    words.mask_shape(mask, flat, (query.shape[1] * num_heads, *flat))
    mask = _forbidden(mask, query.dtype)
    return mask.unsqueeze(0) if mask.dim() == 2 else mask


def _with_biases(parts, biases):
    """One more key and one more value, the same in all of the batch."""
    query, *others = parts
    count = query.shape[1]
    return [query, *(cat([x, bias.repeat(1, count, 1)]) for x, bias in zip(others, biases))]


def _one_wider(masks):
    """Masks that let all look at one key more."""
    return [None if mask is None else pad(mask, (0, 1)) for mask in masks]


def _in_heads(parts, num_heads, static_k, static_v):
    """(L, N, E) to (N * heads, L, E / heads); static keys and values stand in for the projected."""
    rows, width = parts[0].shape[1] * num_heads, parts[0].shape[2] // num_heads
    heads = [x.reshape(x.shape[0], rows, width).transpose(0, 1) for x in parts]
    for place, (name, given) in enumerate({"static_k": static_k, "static_v": static_v}.items(), 1):
        if given is not None:
            words.static(name, given, rows, width)
            heads[place] = given
    return heads


def _with_zeros(heads):
    """One more key and one more value, of zeros."""
    query, *others = heads
    size = (query.shape[0], 1, query.shape[2])
    return [query, *(cat([x, zeros(size, dtype=x.dtype)], dim=1) for x in others)]


def _merged(mask, padding, batch, num_heads, keys):
    """The sum of both masks, (N * heads or 1, L or 1, S), or None."""
    if padding is None:
        return mask
    words.padding_shape(padding, (batch, keys))
    padding = padding.view(batch, 1, 1, keys).expand(-1, num_heads, -1, -1)
    padding = padding.reshape(batch * num_heads, 1, keys)
    return padding if mask is None else mask + padding


def _weighed(heads, mask, dropout_p, causal, num_heads):
    """The output, (L, N * heads, E / heads), and the weights, (N, heads, L, S)."""
    query, key, value = heads
    scores = (query * math.sqrt(1.0 / query.shape[-1])) @ key.transpose(-2, -1)
    scores = scores if mask is None else scores + mask
    weights = dropout(softmax(scores, -1), dropout_p)
    return (weights @ value).transpose(0, 1), weights.unflatten(0, (-1, num_heads))


def _unweighed(heads, mask, dropout_p, causal, num_heads):
    """The output, (L, N, heads, E / heads), and None for the weights."""
    query, key, value = (x.unflatten(0, (-1, num_heads)) for x in heads)
    if mask is not None:
        mask = mask.unsqueeze(0) if mask.size(0) == 1 else mask.unflatten(0, (-1, num_heads))
    output = scaled_dot_product_attention(query, key, value, mask, dropout_p, causal)
    return output.permute(2, 0, 1, 3), None
