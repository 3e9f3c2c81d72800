"""Ask TensorFlow, and put down what it answers: `python tests/interop/record_tensorflow.py`.

Needs TensorFlow (recorded with 2.21); installing it takes 1.6 GB, so that the tests take the
answers in tensorflow.json. Numbers are rounded to four places, and dims of 1 left out.
"""

import json
from pathlib import Path

import numpy as np
import tensorflow as tf

ANSWERS = Path(__file__).with_name("tensorflow.json")
FLOAT = np.float32


def tidy(tensor):
    """What is stored of a tensor."""
    return np.asarray(tensor).squeeze().round(4).tolist()


def square(n):
    """A picture (1, n, n, 1) that counts from 1."""
    return np.arange(1, n * n + 1, dtype=FLOAT).reshape(1, n, n, 1)


def window(n):
    """A filter (n, n, 1, 1) that counts from 1."""
    return np.arange(1, n * n + 1, dtype=FLOAT).reshape(n, n, 1, 1)


def error_of(action):
    """The error that an action raises, as text."""
    try:
        return tidy(action())
    except Exception as error:
        return f"{type(error).__name__}: {str(error)[:160]}"


def convolutions():
    """conv2d, its way back, depthwise."""
    found = {}
    for n, k, s, p in (
        (n, k, s, p) for n in (4, 5) for k in (3, 2) for s in (1, 2) for p in ("SAME", "VALID")
    ):
        found[f"conv2d x{n} k{k} s{s} {p}"] = tidy(tf.nn.conv2d(square(n), window(k), s, p))

    def back(size, padding):
        return tf.nn.conv2d_transpose(square(2), window(3), [1, size, size, 1], 2, padding)

    for p, size in (("SAME", 4), ("SAME", 3), ("VALID", 5), ("VALID", 6)):
        found[f"conv2d_transpose x2 k3 s2 {p} out{size}"] = tidy(back(size, p))
    for size in (2, 7):
        error = error_of(lambda size=size: back(size, "SAME"))
        found[f"conv2d_transpose SAME out{size} error"] = error
    x, ones = square(4), np.ones((2, 2), FLOAT)
    twice = np.stack([ones, 2 * ones], -1).reshape(2, 2, 1, 2)
    result = tf.nn.depthwise_conv2d(x, twice, [1, 1, 1, 1], "VALID")
    found["depthwise x4 (mult 2) s1 VALID"] = list(result.shape), tidy(result[0, 0, 0])
    two, taps = np.concatenate([x, 100 * x], -1), np.arange(1, 5, dtype=FLOAT).reshape(1, 1, 2, 2)
    result = tf.nn.depthwise_conv2d(two, taps, [1, 1, 1, 1], "VALID")
    found["depthwise 2ch mult2 1x1 channel order"] = tidy(result[0, 0, 0])
    return found


def pools():
    """Both kinds of pooling."""
    found = {}
    for name, pool in (("avg", tf.nn.avg_pool2d), ("max", tf.nn.max_pool2d)):
        for n in (4, 5):
            for k, s in ((2, 2), (3, 2), (3, 1), (2, 1)):
                found[f"{name}_pool x{n} k{k} s{s} SAME"] = tidy(pool(square(n), k, s, "SAME"))
    negative = tf.nn.max_pool2d(-square(4), 3, 2, "SAME")
    return found | {"max_pool negative SAME k3 s2": tidy(negative)}


def norms():
    """Batch normalization, and what Keras remembers of it."""
    x = np.array([[0.0, 1], [4, 6]], dtype=FLOAT)
    images = np.random.RandomState(0).randn(4, 3, 3, 2).astype(FLOAT)
    layer, second = tf.keras.layers.BatchNormalization(), tf.keras.layers.BatchNormalization()
    y = layer(x, training=True)
    second(images, training=True)
    _, _, variance = tf.compat.v1.nn.fused_batch_norm(images, [1.0, 1], [0.0, 0])
    biased, unbiased = images.var((0, 1, 2)), images.var((0, 1, 2), ddof=1)
    moving = [0.99 + 0.01 * biased, 0.99 + 0.01 * unbiased]
    plain = tf.nn.batch_normalization(x, x.mean(0), x.var(0), None, None, 1e-3)
    return {
        "keras BN defaults": {
            "momentum": layer.momentum,
            "eps": layer.epsilon,
            "y": tidy(y),
            "mean": tidy(layer.moving_mean),
            "var": tidy(layer.moving_variance),
            "names": [weight.path for weight in layer.weights],
        },
        "keras BN 4d var": [tidy(second.moving_variance), *map(tidy, moving)],
        "fused_batch_norm returns var": [tidy(variance), tidy(biased), tidy(unbiased)],
        "tf.nn.batch_normalization": tidy(plain),
    }


def losses():
    """Dropout, and losses of scores and of probabilities."""
    scores = np.array([[1.0, 2], [0, 3], [-1, 0.5]], dtype=FLOAT)
    classes, one_hot = np.array([1, 0, 1]), np.eye(2, dtype=FLOAT)[[1, 0, 1]]
    dropped = np.asarray(tf.nn.dropout(tf.ones(1000), 0.25)).round(4)
    sparse = tf.nn.sparse_softmax_cross_entropy_with_logits
    keras = tf.keras.losses.SparseCategoricalCrossentropy
    of_probabilities, of_scores = keras(), keras(from_logits=True)
    return {
        "dropout rate .25 values": sorted(set(dropped.tolist())),
        "softmax_ce": tidy(tf.nn.softmax_cross_entropy_with_logits(labels=one_hot, logits=scores)),
        "sparse_ce": tidy(sparse(labels=classes, logits=scores)),
        "sparse_ce label 5": error_of(lambda: sparse(labels=[1, 0, 5], logits=scores)),
        "keras SCCE default from_logits": [
            float(of_probabilities(classes, np.abs(scores))),
            float(of_scores(classes, scores)),
        ],
    }


def defaults():
    """Shapes and defaults of Keras' layers and optimizers, and functions whose defaults differ."""
    layers, image = tf.keras.layers, np.zeros((1, 4, 4, 5), FLOAT)
    dense = layers.Dense(3)
    dense(np.zeros((1, 5)))
    adam = tf.keras.optimizers.Adam()
    up = layers.Conv2DTranspose(7, 3, strides=2, padding="same")
    up_to_odd = layers.Conv2DTranspose(7, 3, strides=2, padding="same", output_padding=0)
    size, flat = tuple(up(image).shape), layers.Flatten()(np.arange(8.0).reshape(1, 2, 2, 2))
    initializer = dense.kernel_initializer.__class__.__name__
    return {
        "Dense": [str(dense.kernel.shape), initializer, dense.bias.numpy().tolist()],
        "keras Adam eps": [adam.epsilon, float(adam.learning_rate)],
        "keras RMSprop": tf.keras.optimizers.RMSprop().get_config(),
        "leaky_relu(-1)": float(tf.nn.leaky_relu(-1.0)),
        "gelu(1)": [float(tf.nn.gelu(1.0)), float(tf.nn.gelu(1.0, approximate=True))],
        "LayerNorm eps": layers.LayerNormalization().epsilon,
        "Conv2DTranspose": [str(up.kernel.shape), size],
        "Conv2DTranspose op0": tuple(up_to_odd(image).shape),
        "resize bilinear": tidy(tf.image.resize(square(2), (4, 4), "bilinear")),
        "resize nearest": tidy(tf.image.resize(square(2), (3, 3), "nearest")),
        "Flatten NHWC order": tidy(flat),
    }


if __name__ == "__main__":
    answers = convolutions() | pools() | norms() | losses() | defaults()
    rows = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in answers.items()]
    ANSWERS.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")
