"""What attention refuses."""

import warnings

from .._core import dtype as dtypes


def _named(dtype):
    """The name of a dtype in C++."""
    return dtypes.OLD_NAMES[dtype.name][1]


def products(query, key, value, attn_mask, dropout_p, is_causal):
    """Errors for what scaled_dot_product_attention cannot take."""
    if not isinstance(is_causal, bool):
        raise TypeError(
            "scaled_dot_product_attention(): argument 'is_causal' (position 6) must be bool, "
            f"not {type(is_causal).__name__}"
        )
    given = {"query": query, "key": key, "value": value}
    if any(x.dtype != query.dtype for x in (key, value)):
        q, k, v = (f"{name}.dtype: {_named(x.dtype)}" for name, x in given.items())
        raise RuntimeError(
            "Expected query, key, and value to have the same dtype, but got "
            f"{q} {k} and {v} instead."
        )
    if any(x.dim() < 2 for x in given.values()):
        q, k, v = (f"{name}.dim: {x.dim()}" for name, x in given.items())
        raise RuntimeError(
            "Expected query, key, and value to all be  at least 2 dimensional, but got "
            f"{q} {k} and {v} instead."
        )
    if not value.numel():  # there nothing is computed
        _mask_kind(query, attn_mask)
        return
    if not query.is_floating_point():
        found = dtypes.OLD_NAMES[query.dtype.name][0]
        raise RuntimeError(f"expected scalar type Float but found {found}")
    if key.shape[-2] != value.shape[-2]:
        raise RuntimeError(
            f"Expected as many keys as values, but got key.size(-2): {key.shape[-2]} and "
            f"value.size(-2): {value.shape[-2]} instead."
        )
    _mask_kind(query, attn_mask)
    if not 0 <= dropout_p <= 1:
        raise RuntimeError(f"dropout probability has to be between 0 and 1, but got {dropout_p}")


def _mask_kind(query, mask):
    if mask is not None and mask.dtype not in (dtypes.bool, dtypes.float32, query.dtype):
        raise RuntimeError(
            "Expected attn_mask dtype to be bool or float or to match query dtype, but got "
            f"attn_mask.dtype: {_named(mask.dtype)} and  query.dtype: {_named(query.dtype)} "
            "instead."
        )


def two_masks():
    """RuntimeError where both a mask and is_causal are given."""
    raise RuntimeError(
        "_scaled_dot_product_attention: Explicit attn_mask should not be set when is_causal=True"
    )


def mask_fits(scores, mask):
    """RuntimeError where the mask has more dims than the scores that it is added to."""
    if mask.dim() > scores.dim():
        wide = [*mask.shape[: mask.dim() - scores.dim()], *scores.shape]
        raise RuntimeError(
            f"output with shape {list(scores.shape)} doesn't match the broadcast shape {wide}"
        )


def repeats(query, key, value):
    """RuntimeError unless the query's heads are a multiple of the key's and of the value's."""
    if any(x.size(-3) == 0 or query.size(-3) % x.size(-3) for x in (key, value)):
        raise RuntimeError(
            "Number of heads in key and value must divide the number of heads in "
        )  # fmt: skip


def _must(holds, text):
    if not holds:
        raise AssertionError(text)


def sizes(embed_dim, num_heads):
    """Errors for what no MultiheadAttention can be made of."""
    if embed_dim <= 0 or num_heads <= 0:
        raise ValueError(
            "embed_dim and num_heads must be greater than 0, got "
            f"embed_dim={embed_dim} and num_heads={num_heads} instead"
        )
    _must(embed_dim % num_heads == 0, "embed_dim must be divisible by num_heads")


def dims(query, key, value, padding, mask, num_heads):
    """AssertionError unless all inputs are batched, or none is, and the masks go with them."""
    _must(
        query.dim() in (2, 3),
        "query should be unbatched 2D or batched 3D tensor but received "
        f"{query.dim()}-D query tensor",
    )
    count = query.dim()
    kind = "For batched (3-D) `query`, expected" if count == 3 else None
    kind = kind or "For unbatched (2-D) `query`, expected"
    _must(
        key.dim() == value.dim() == count,
        f"{kind} `key` and `value` to be {count}-D but found {key.dim()}-D and {value.dim()}-D "
        "tensors respectively",
    )
    _must(
        padding is None or padding.dim() == count - 1,
        f"{kind} `key_padding_mask` to be `None` or {count - 1}-D but found "
        f"{'' if padding is None else padding.dim()}-D tensor instead",
    )
    if mask is None:
        return
    _must(
        mask.dim() in (2, 3),
        f"{kind} `attn_mask` to be `None`, 2-D or 3-D but found {mask.dim()}-D tensor instead",
    )
    shape = (num_heads, query.shape[0], key.shape[0])
    if count == 2 and mask.dim() == 3:
        _must(mask.shape == shape, f"Expected `attn_mask` shape to be {shape} but got {mask.shape}")


def mask_kinds(padding, mask):
    """AssertionError for masks of integers; a warning where one is of bools, the other is not."""
    for name, given in {"key_padding_mask": padding, "attn_mask": mask}.items():
        _must(
            given is None or given.dtype == dtypes.bool or given.is_floating_point(),
            f"only bool and floating types of {name} are supported",
        )
    if padding is not None and mask is not None and padding.dtype != mask.dtype:
        warnings.warn(
            "Support for mismatched key_padding_mask and attn_mask is deprecated. Use same type "
            "for both instead.",
            stacklevel=2,
        )


def needs_mask():
    """RuntimeError for is_causal without the mask that it speaks of."""
    raise RuntimeError(
        "Need attn_mask if specifying the is_causal hint. You may use the Transformer module "
        "method `generate_square_subsequent_mask` to create this mask."
    )


def embedding(query, key, value, expected, num_heads, separate):
    """AssertionError where the last dims, or those of key and value, do not go together."""
    found = query.shape[-1]
    _must(
        found == expected, f"was expecting embedding dimension of {expected}, but got {found}"
    )  # fmt: skip
    _must(found % num_heads == 0, f"embed_dim {found} not divisible by num_heads {num_heads}")
    if separate:
        _must(
            key.shape[:2] == value.shape[:2],
            f"key's sequence and batch dims {key.shape[:2]} do not match value's {value.shape[:2]}",
        )
    else:
        _must(
            key.shape == value.shape,
            f"key shape {key.shape} does not match value shape {value.shape}",
        )


def weights(inputs, separate, packed, each):
    """AssertionError where the weights of the projections are missing or do not fit."""
    if not separate:
        _must(
            packed is not None, "use_separate_proj_weight is False but in_proj_weight is None"
        )  # fmt: skip
        return
    for letter, weight in zip("qkv", each):
        _must(
            weight is not None, f"use_separate_proj_weight is True but {letter}_proj_weight is None"
        )  # fmt: skip
    width = inputs[0].shape[-1]
    for name, x, weight in zip(("query", "key", "value"), inputs, each):
        shape = (width, x.shape[-1])
        _must(
            weight.shape == shape,
            f"expecting {name} weights shape of {shape}, but got {weight.shape}",
        )


def mask_shape(mask, flat, full):
    """RuntimeError unless a mask of two dims is `flat`, or one of three `full`."""
    wanted = flat if mask.dim() == 2 else full
    if mask.shape != wanted:
        raise RuntimeError(
            f"The shape of the {mask.dim()}D attn_mask is {mask.shape}, but should be {wanted}."
        )


def biases(bias_k, bias_v, static_k, static_v):
    """AssertionError for a bias of keys without one of values, or beside static keys."""
    _must(bias_k is None or bias_v is not None, "bias_k is set but bias_v is None")
    _must(bias_v is None or bias_k is not None, "bias_v is set but bias_k is None")
    if bias_k is not None:
        _must(static_k is None, "bias cannot be added to static key.")
        _must(static_v is None, "bias cannot be added to static value.")


def static(name, given, rows, width):
    """AssertionError unless static keys or values are (rows, S, width)."""
    for dim, size in ((0, rows), (2, width)):
        _must(
            given.size(dim) == size,
            f"expecting {name}.size({dim}) of {size}, but got {given.size(dim)}",
        )


def padding_shape(padding, shape):
    """AssertionError unless key_padding_mask is (N, S)."""
    for dim, size in enumerate(shape):
        _must(
            padding.shape[dim] == size,
            f"Expected key_padded_mask.shape[{dim}] to be {size}, but got {padding.shape[dim]}",
        )
