"""From numbers of classes to vectors: one-hot, and rows of a table that is learned."""

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish, must_be_tensor, raw
from ..._core.inference import must_be_changeable
from ..._core.tensor import wrap
from ..._words.sparse import check_embedding, class_count
from ...ops.index import write_back


@answering
def one_hot(tensor, num_classes=-1):
    """For each class number a vector with a 1 at its place: int64, one more dim at the end.

    Without `num_classes` there are as many as the largest number needs. RuntimeError for numbers
    that do not fit. Mirrors torch.nn.functional.one_hot.
    """
    must_be_tensor("one_hot", ("tensor",), (tensor,))
    numbers = tensor._array
    num_classes = class_count(numbers, num_classes)
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
    check_embedding(input, weight, sparse)
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
