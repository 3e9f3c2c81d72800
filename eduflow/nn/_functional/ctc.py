"""Connectionist temporal classification: labels from steps, without saying which step is which.

At each step a network gives a score for every label and for a blank. A path names one of them a
step; repeated labels and then blanks are left out of it, and the labels that stay are what it says.
The loss is minus the logarithm of the sum of the probabilities of all paths that say the target.
"""

import numpy as np

from ..._core.calls import answering
from ..._core.dispatch import Kind, finish
from ..._core.numpy_warnings import quiet
from ..._core.tensor import wrap
from ..._words import ctc as words
from ..._words.loss import check_reduction
from ...ops.choose import where


def _between_blanks(targets, lengths, blank):
    """The targets as rows (B, 2 S + 1) with a blank before, between and behind the labels."""
    rows = np.full((len(lengths), 2 * max(lengths, default=0) + 1), blank, np.int64)
    for row, target in zip(rows, _each(targets, lengths)):
        row[1 : 2 * len(target) : 2] = target
    return rows


def _each(targets, lengths):
    """The targets one by one: the rows of (B, S), or parts of (sum of lengths)."""
    if targets.ndim == 2:
        return [row[:length] for row, length in zip(targets, lengths)]
    return np.split(targets, np.cumsum(lengths)[:-1]) if len(lengths) else []


def _walk(scores, rows):
    """log of the summed probabilities of all paths up to each step and place: (T, B, places).

    `scores` (T, B, places) are the logs of the places' probabilities. A path stays, goes on by one
    place, or by two where that leaves out a blank between two different labels.
    """
    paths = np.full(scores.shape, -np.inf, scores.dtype)
    skips = np.zeros(rows.shape, bool)
    skips[:, 2:] = rows[:, 2:] != rows[:, :-2]
    paths[0, :, :2] = scores[0, :, :2]
    for step in range(1, len(scores)):
        before, found = paths[step - 1], paths[step]
        found[:] = before
        found[:, 1:] = np.logaddexp(found[:, 1:], before[:, :-1])
        two = np.where(skips[:, 2:], before[:, :-2], -np.inf)
        found[:, 2:] = np.logaddexp(found[:, 2:], two)
        found += scores[step]
    return paths


def _ends(paths, steps, lengths):
    """log of the probability of each target: paths end at its last label or the blank behind it."""
    samples = np.arange(len(steps))
    last = paths[np.maximum(steps - 1, 0), samples]
    total = last[samples, 2 * lengths]
    label = last[samples, np.maximum(2 * lengths - 1, 0)]
    total = np.where(lengths > 0, np.logaddexp(total, label), total)
    return np.where(steps > 0, total, np.where(lengths > 0, -np.inf, 0)).astype(paths.dtype)


def _backward(scores, rows, steps, lengths):
    """As `_walk`, but from each path's end to the step, by a walk along all that is turned."""
    count, samples, places = scores.shape
    batch = np.arange(samples)
    turned_steps = (steps - 1 - np.arange(count)[:, None]) % count
    turned_places = (2 * lengths - np.arange(places)[:, None]).T % places
    turned = scores[turned_steps[:, :, None], batch[:, None], turned_places]
    paths = _walk(turned, np.take_along_axis(rows, turned_places, 1))
    return paths[turned_steps[:, :, None], batch[:, None], turned_places]


def _shares(scores, paths, ends, rows, steps, lengths, shape):
    """How probable each label is at each step (T, B, C), among the paths that say the target."""
    back = _backward(scores, rows, steps, lengths)
    share = paths + back - scores - ends[:, None]
    share = np.exp(np.where(np.isneginf(scores), -np.inf, share))
    share[:, np.arange(rows.shape[1]) > 2 * lengths[:, None]] = 0
    which = np.zeros((shape[1], rows.shape[1], shape[2]), share.dtype)
    np.put_along_axis(which, rows[:, :, None], 1, 2)
    return np.matmul(share.transpose(1, 0, 2), which).transpose(1, 0, 2)


_CTC = Kind("CtcLossBackward0", ("log_probs",))


def _losses(log_probs, rows, steps, lengths, zero_infinity):
    """The loss of each sample, recorded."""
    array = log_probs._array
    scores = np.take_along_axis(array, np.broadcast_to(rows, (len(array), *rows.shape)), 2)
    paths = _walk(scores, rows) if len(scores) else scores
    ends = _ends(paths, steps, lengths)

    def derivative(grad):
        share = _shares(scores, paths, ends, rows, steps, lengths, array.shape)
        found = (np.exp(array) - share) * grad[:, None]
        lost = np.isneginf(ends)
        found[:, lost] = 0 if zero_infinity else np.nan
        found[np.arange(len(array))[:, None] >= steps] = 0
        return found

    return finish(_CTC, (-ends, derivative), (log_probs,))


@answering
@quiet
def ctc_loss(
    log_probs, targets, input_lengths, target_lengths, blank=0, reduction="mean",
    zero_infinity=False,
):  # fmt: skip
    """Minus log of the probability that the steps say the target, whatever step says which label.

    log_probs (T, B, C), or (T, C), from log_softmax; targets (B, S), or all one after the other;
    for each sample the number of its steps and of its labels. "mean" divides each loss by its
    number of labels first. A target that no path says has the loss inf, or 0 with `zero_infinity`.
    The gradient is that of scores before log_softmax, as PyTorch's.
    Mirrors torch.nn.functional.ctc_loss.
    """
    check_reduction(reduction)
    alone = words.tensors(log_probs, targets)
    batch = log_probs.unsqueeze(1) if alone else log_probs
    steps, lengths = words.lengths_of(input_lengths, target_lengths)
    words.fits(batch, targets, steps, lengths, blank)
    rows = _between_blanks(targets._array, lengths.tolist(), blank)
    losses = _losses(batch, rows, steps, lengths, zero_infinity)
    if zero_infinity:
        losses = where(losses == float("inf"), 0.0, losses)
    if reduction == "mean":
        return (losses / wrap(np.maximum(lengths, 1)).to(losses.dtype)).mean()
    if reduction == "sum":
        return losses.sum()
    return losses.squeeze(0) if alone else losses
