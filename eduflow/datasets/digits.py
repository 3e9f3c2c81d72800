"""1,797 handwritten digits, 8 by 8 pixels each, bundled with the package.

Optical Recognition of Handwritten Digits, by E. Alpaydin and C. Kaynak (1998), UCI Machine
Learning Repository, https://doi.org/10.24432/C50P49. License: CC BY 4.0. These are the 1,797
images that scikit-learn distributes, with the same numbers in the same order.
"""

from pathlib import Path

import numpy as np

from ..ops.factories import from_numpy


def load_digits(train=True):
    """Images and labels: four fifths of them to learn from, or the other fifth to be tested on.

    Images are float32, one row of 64 pixels each, from 0 (paper) to 1 (ink); labels are int64 from
    0 to 9. 1,437 for training, 360 for testing: every fifth, beginning with the first.
    """
    with np.load(Path(__file__).parent / "digits.npz") as file:
        images, labels = file["images"], file["labels"]
    chosen = (np.arange(len(labels)) % 5 == 0) != train
    rows = images[chosen].reshape(-1, 64).astype(np.float32) / 16
    return from_numpy(rows), from_numpy(labels[chosen].astype(np.int64))
