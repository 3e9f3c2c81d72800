"""From numbers of classes to vectors: one-hot, and rows of a table that is learned."""

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, raw
from ..._core.keeping import relying
from ..._core.tensor import wrap
from ..._words import sparse as words
from ..._words.inference import must_be_changeable
from ...ops.factories import arange
from ...ops.index import write_back


@answering
def one_hot(tensor, num_classes=-1):
    """For each class number a vector with a 1 at its place: int64, one more dim at the end.

    Without `num_classes` there are as many as the largest number needs. RuntimeError for numbers
    that do not fit. Mirrors torch.nn.functional.one_hot.
    """
    must_be_tensor("one_hot", ("tensor",), (tensor,))
    numbers = tensor._array
    num_classes = words.class_count(numbers, num_classes)
    return wrap((numbers[..., None] == np.arange(num_classes)).astype(np.int64))


_EMBEDDING = Kind("EmbeddingBackward0", ("weight", "indices"), False)


def rows_of(weight_tensor, indices_tensor, padding_idx, scale_grad_by_freq):
    """The rows of the table, recorded; `fixed_shares` scales the gradient of each that is read."""
    weight, indices = weight_tensor._array, indices_tensor._array
    shape, fixed_shares = weight.shape, None
    if scale_grad_by_freq:
        counts = np.bincount(np.asarray(indices, np.intp).ravel(), minlength=len(weight))
        fixed_shares = (1 / counts[indices]).astype(weight.dtype)[..., None]
    if padding_idx >= 0:
        real = (indices != padding_idx)[..., None].astype(weight.dtype)
        fixed_shares = real if fixed_shares is None else fixed_shares * real

    def derivative(grad):
        grad = grad if fixed_shares is None else grad * fixed_shares
        return write_back(grad, key=(raw(indices),), shape=shape)

    tensors = (weight_tensor, indices_tensor)
    return finish(
        _EMBEDDING, (weight.take(np.asarray(indices, np.intp), axis=0), derivative), tensors
    )


@answering
def embedding(
    input, weight, padding_idx=None, max_norm=None, norm_type=2.0, scale_grad_by_freq=False,
    sparse=False,
):  # fmt: skip
    """The rows of `weight`, a matrix, with the numbers in `input`: (*) becomes (*, columns).

    Row `padding_idx` gets no gradient. Rows that are read and longer than `max_norm` are shortened
    first, in `weight` itself. With `scale_grad_by_freq` a row read n times gets an nth of its
    gradient. There are no sparse gradients here: NotImplementedError. Mirrors
    torch.nn.functional.embedding.
    """
    if padding_idx is not None:
        count = weight.shape[0]
        if not -count <= padding_idx < count:
            raise AssertionError("Padding_idx must be within num_embeddings")
        padding_idx %= count
    must_be_tensor("embedding", ("", "indices"), (weight, input), numbers=False)
    words.check_embedding(input, weight, sparse)
    if max_norm is not None:
        _shorten(weight, input._array, max_norm, norm_type)
    return rows_of(weight, input, -1 if padding_idx is None else padding_idx, scale_grad_by_freq)


def _shorten(weight, indices, max_norm, norm_type):
    """Scale the rows that are read down to `max_norm`, in place and unrecorded."""
    must_be_changeable(weight._counter)
    rows = np.unique(indices)
    lengths = np.linalg.norm(weight._array[rows], norm_type, axis=1)
    long = lengths > max_norm
    scale = max_norm / (lengths[long] + 1e-7)
    weight._array[rows[long]] *= scale[:, None].astype(weight._array.dtype)
    weight._counter[0] += 1


@answering
def embedding_bag(
    input, weight, offsets=None, max_norm=None, norm_type=2, scale_grad_by_freq=False, mode="mean",
    sparse=False, per_sample_weights=None, include_last_offset=False, padding_idx=None,
):  # fmt: skip
    """Rows of `weight` by the numbers in `input`, put together bag by bag: (bags, columns).

    Each row of `input` (B, N) is a bag; or `input` is (N), and `offsets` (B) says where each bag
    begins, with `include_last_offset` also where the last one ends. `mode` is "mean", "sum", for
    which `per_sample_weights` scales the rows, or "max". An empty bag gives zeros, and numbers that
    are `padding_idx` count for nothing. The other options are those of `embedding`. Mirrors
    torch.nn.functional.embedding_bag.
    """
    weight, input = words.turned(weight, input)
    given = (offsets, per_sample_weights)
    scaled = per_sample_weights is not None and per_sample_weights.requires_grad
    saved = (input, weight) if scaled else (input,)
    words.bags(input, weight, *given, mode, scale_grad_by_freq, sparse)
    if input.dim() == 2:
        offsets = arange(0, input.numel(), input.size(1))
        include_last_offset = False
        input = input.reshape(-1)
    if max_norm is not None:
        words.rows(input, weight)
        _shorten(weight, input._array, max_norm, norm_type)
    words.bag_arguments(input, weight, *given, mode)
    padding_idx = words.padding(padding_idx, weight.size(0))
    starts = words.starts(offsets, input, include_last_offset)
    sizes = np.diff(starts).astype(np.intp)
    bags = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    input = input[: len(bags)]
    kept = input._array != padding_idx
    bags, numbers = bags[kept], wrap(input._array[kept])
    rows = rows_of(weight, numbers, -1, scale_grad_by_freq)
    if per_sample_weights is not None:
        scale = per_sample_weights.reshape(-1)[: len(kept)]
        rows = rows * scale[wrap(kept)].unsqueeze(1)
    result = _together(rows, bags, len(starts) - 1, mode)
    return relying(result, *given, *saved)


def _together(rows, bags, count, mode):
    """One row for each of `count` bags; `bags`, rising, says which bag each of the rows is in."""
    zeros = rows.new_zeros((count, rows.size(1)))
    if mode == "max":
        filled, first = np.unique(bags, return_index=True)
        ends = [*first[1:], len(bags)]
        highest = [rows._array[a:b].argmax(0) + a for a, b in zip(first, ends)]
        places = np.array(highest, np.int64).reshape(-1, rows.size(1))
        return zeros.index_copy(0, wrap(filled), rows.gather(0, wrap(places)))
    sums = zeros.index_add(0, wrap(bags), rows)
    if mode == "sum":
        return sums
    counts = np.maximum(np.bincount(bags.astype(np.intp), minlength=count), 1)
    return sums / wrap(counts.astype(rows._array.dtype)[:, None])
