"""The bundled digits: real data, split once and for all."""

import numpy as np

from eduflow.datasets.digits import load_digits


def test_shapes_dtypes_and_range():
    images, labels = load_digits(train=True)
    assert tuple(images.shape) == (1437, 64)
    assert str(images.dtype).endswith("float32")
    assert str(labels.dtype).endswith("int64")
    assert images.numpy().min() == 0.0
    assert images.numpy().max() == 1.0


def test_the_two_parts_make_up_all_1797():
    parts = [load_digits(train=True), load_digits(train=False)]
    assert [len(labels) for _, labels in parts] == [1437, 360]
    everything = np.concatenate([labels.numpy() for _, labels in parts]).astype(np.intp)
    assert np.bincount(everything).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]


def test_every_fifth_image_is_put_aside():
    _, labels = load_digits(train=False)
    assert labels.numpy()[:4].tolist() == [0, 5, 0, 5]
