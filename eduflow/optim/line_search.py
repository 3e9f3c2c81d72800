"""How far to go in a direction: until the strong Wolfe conditions hold.

They ask that the loss has fallen in proportion to the way, and that the slope along it has become
much smaller, whatever its sign.
"""

from collections import namedtuple

# One length that was tried: the loss there, the gradient, and the slope along the direction.
Trial = namedtuple("Trial", "length loss grad slope")

_ENOUGH = 1e-4  # of the fall that the first slope promises
_FLAT = 0.9  # of the first slope, at most


def strong_wolfe(evaluate, start, length, reach, tolerance, most):
    """The best trial found, beginning with `length`; `evaluate(length)` makes one.

    `start` is the trial of length 0. `reach` is the largest number in the direction: the search
    ends when what is left, times `reach`, is below `tolerance`, or after `most` trials beside one.
    """
    ends, tries, done = _bracket(evaluate, start, length, most)
    if done:
        return ends[0]
    return _zoom(evaluate, start, ends, reach, tolerance, most - tries)


def _steep(trial, start):
    """Whether the loss is higher than a fall of enough would have left it."""
    return trial.loss > start.loss + _ENOUGH * trial.length * start.slope


def _flat(trial, start):
    return abs(trial.slope) <= -_FLAT * start.slope


def _bracket(evaluate, start, length, most):
    """Two trials with a good length between them; how many followed the first; False.

    Or a good trial, alone in its list, and True.
    """
    before, trial = start, evaluate(length)
    for tries in range(most):
        if _steep(trial, start) or (tries > 1 and trial.loss >= before.loss):
            return [before, trial], tries, False
        if _flat(trial, start):
            return [trial], tries, True
        if trial.slope >= 0:
            return [before, trial], tries, False
        least = trial.length + 0.01 * (trial.length - before.length)
        length = lowest_between(before, trial, (least, trial.length * 10))
        before, trial = trial, evaluate(length)
    return [start, trial], most, False


def lowest_between(one, other, bounds=None):
    """Where the cubic through two trials, with their slopes, is lowest; within `bounds`.

    Without bounds: between the two. Half-way if the cubic has no lowest point.
    """
    left, right = (one, other) if one.length <= other.length else (other, one)
    least, largest = bounds or (left.length, right.length)
    secant = (left.loss - right.loss) / (left.length - right.length)
    middle = left.slope + right.slope - 3 * secant
    square = middle**2 - left.slope * right.slope
    if not square >= 0:
        return (least + largest) / 2.0
    root = square.sqrt()
    share = (right.slope + root - middle) / (right.slope - left.slope + 2 * root)
    return min(max(right.length - (right.length - left.length) * share, least), largest)


def _zoom(evaluate, start, ends, reach, tolerance, left):
    """The lower of two ends, after at most `left` trials between them."""
    low = 0 if ends[0].loss <= ends[1].loss else 1
    stuck = done = False
    while not done and left > 0:
        if abs(ends[1].length - ends[0].length) * reach < tolerance:
            break
        length, stuck = _kept_inside(lowest_between(*ends), ends, stuck)
        trial, left = evaluate(length), left - 1
        if _steep(trial, start) or trial.loss >= ends[low].loss:
            ends[1 - low] = trial
            low = 0 if ends[0].loss <= ends[1].loss else 1
            continue
        done = _flat(trial, start)
        if not done and trial.slope * (ends[1 - low].length - ends[low].length) >= 0:
            ends[1 - low] = ends[low]
        ends[low] = trial
    return ends[low]


def _kept_inside(length, ends, stuck):
    """A length that is not for the second time too near an end, and whether it is for the first."""
    least, largest = (choose(end.length for end in ends) for choose in (min, max))
    margin = 0.1 * (largest - least)
    if not min(largest - length, length - least) < margin:
        return length, False
    if not (stuck or length >= largest or length <= least):
        return length, True
    if abs(length - largest) < abs(length - least):
        return largest - margin, False
    return least + margin, False
