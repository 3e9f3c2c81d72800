"""`eduflow.interop.tensorflow` gives TensorFlow's answers, all that were recorded of it."""

import json
from pathlib import Path

import numpy as np
import pytest

import eduflow as torch
import eduflow.interop.tensorflow as tf_like
from eduflow.autograd import gradcheck

ANSWERS = json.loads(Path(__file__).with_name("tensorflow.json").read_text(encoding="utf-8"))
F = torch.nn.functional


def tidy(tensor):
    """As the recording puts tensors down."""
    return np.asarray(tensor.detach().numpy()).squeeze().round(4).tolist()


def assert_close(found, wanted):
    assert found.shape == wanted.shape
    np.testing.assert_allclose(found.detach().numpy(), wanted.detach().numpy(), 1e-5, 1e-5)


def square(n):
    return torch.arange(1.0, n * n + 1).reshape(1, n, n, 1)


def window(n):
    return torch.arange(1.0, n * n + 1).reshape(n, n, 1, 1)


def number(word):
    """The number in x4, k3, s2, out5."""
    return int(word.lstrip("xksout"))


def conv2d(n, k, s, padding):
    return tidy(tf_like.conv2d(square(number(n)), window(number(k)), number(s), padding))


def conv2d_transpose(n, k, s, padding, out):
    x, filters, size = square(number(n)), window(number(k)), number(out)
    return tidy(tf_like.conv2d_transpose(x, filters, [1, size, size, 1], number(s), padding))


def avg_pool(n, k, s, padding):
    return tidy(tf_like.avg_pool(square(number(n)), number(k), number(s), padding))


def max_pool(n, k, s, padding):
    return tidy(tf_like.max_pool(square(number(n)), number(k), number(s), padding))


CASES = {f.__name__: f for f in (conv2d, conv2d_transpose, avg_pool, max_pool)}


def refused(size):
    with pytest.raises(ValueError, match="does not fit: a convolution would make a height of"):
        tf_like.conv2d_transpose(square(2), window(3), [1, size, size, 1], 2, "SAME")
    return ANSWERS[f"conv2d_transpose SAME out{size} error"]


def depthwise():
    filters = torch.stack([torch.ones(2, 2), 2 * torch.ones(2, 2)], -1).reshape(2, 2, 1, 2)
    result = tf_like.depthwise_conv2d(square(4), filters, [1, 1, 1, 1], "VALID")
    return [list(result.shape), tidy(result[0, 0, 0])]


def depthwise_order():
    two, filters = torch.cat([square(4), 100 * square(4)], -1), torch.arange(1.0, 5.0)
    return tidy(tf_like.depthwise_conv2d(two, filters.reshape(1, 1, 2, 2), 1, "VALID")[0, 0, 0])


ROWS = torch.tensor([[0.0, 1], [4, 6]])
IMAGES = torch.from_numpy(np.random.RandomState(0).randn(4, 3, 3, 2).astype(np.float32))
SCORES = torch.tensor([[1.0, 2], [0, 3], [-1, 0.5]])
CLASSES = torch.tensor([1, 0, 1])


def batch_norm():
    """As Keras' layer: the function, fed with the batch's own moments, and what is remembered."""
    momentum, eps = 1 - tf_like.KERAS["BatchNorm2d"]["momentum"], 1e-3
    mean, variance = tf_like.moments(ROWS, [0])
    ones, zeros = torch.ones(2), torch.zeros(2)
    recorded = ANSWERS["keras BN defaults"]
    assert [momentum, tf_like.KERAS["BatchNorm2d"]["eps"]] == [recorded["momentum"], eps]
    found = {
        "y": tf_like.batch_normalization(ROWS, mean, variance, zeros, ones, eps),
        "mean": tf_like.moving_average(zeros, mean, momentum),
        "var": tf_like.moving_average(ones, variance, momentum),
    }
    return recorded | {name: tidy(value) for name, value in found.items()}


def moving_variance():
    biased = tf_like.moments(IMAGES, [0, 1, 2])[1]
    unbiased = IMAGES.var((0, 1, 2))
    moving = [tf_like.moving_average(torch.ones(2), v) for v in (biased, biased, unbiased)]
    return [tidy(v) for v in moving]


def returned_variance():
    biased, unbiased = tf_like.moments(IMAGES, [0, 1, 2])[1], IMAGES.var((0, 1, 2))
    return [tidy(unbiased), tidy(biased), tidy(unbiased)]


def dropped():
    torch.manual_seed(0)
    return sorted(set(tf_like.dropout(torch.ones(1000), 0.25).numpy().round(4).tolist()))


def wrong_class():
    with pytest.raises(IndexError, match="There are 2 classes, 0 to 1; labels go from 0 to 5"):
        tf_like.sparse_softmax_cross_entropy_with_logits(torch.tensor([1, 0, 5]), SCORES)
    return ANSWERS["sparse_ce label 5"]


def of_probabilities_and_scores():
    """Keras' loss takes probabilities unless told that it gets scores: it clips, and takes logs."""
    logs = SCORES.abs().clamp(1e-7, 1 - 1e-7).log()
    found = [F.cross_entropy(scores, CLASSES).item() for scores in (logs, SCORES)]
    assert found == pytest.approx(ANSWERS["keras SCCE default from_logits"], rel=1e-4)
    return ANSWERS["keras SCCE default from_logits"]


def dense_shapes():
    kernel, bias = torch.ones(5, 3), torch.zeros(3)
    assert tf_like.dense(torch.zeros(1, 5), kernel, bias).shape == (1, 3)
    return [str(tuple(kernel.shape)), "GlorotUniform", bias.tolist()]


def adam():
    (group,) = torch.optim.Adam([torch.zeros(1)], **tf_like.KERAS["Adam"]).param_groups
    assert [group["eps"], group["lr"]] == pytest.approx(ANSWERS["keras Adam eps"])
    return ANSWERS["keras Adam eps"]


def rmsprop():
    (group,) = torch.optim.RMSprop([torch.zeros(1)], **tf_like.KERAS["RMSprop"]).param_groups
    recorded = ANSWERS["keras RMSprop"]
    theirs = [recorded[name] for name in ("rho", "epsilon", "learning_rate", "momentum")]
    assert theirs == pytest.approx([group[name] for name in ("alpha", "eps", "lr", "momentum")])
    return recorded


def leaky():
    layer = torch.nn.LeakyReLU(**tf_like.KERAS["LeakyReLU"])
    assert layer.negative_slope == 0.3  # Keras' layer has another slope than TensorFlow's function
    return tf_like.leaky_relu(torch.tensor(-1.0)).item()


def gelus():
    one = torch.tensor(1.0)
    found = [F.gelu(one).item(), F.gelu(one, approximate="tanh").item()]
    assert found == pytest.approx(ANSWERS["gelu(1)"], abs=1e-6)
    return ANSWERS["gelu(1)"]


def up_shape(size):
    filters = torch.zeros(3, 3, 7, 5)
    result = tf_like.conv2d_transpose(torch.zeros(1, 4, 4, 5), filters, [1, size, size, 7], 2)
    return [str(tuple(filters.shape)), list(result.shape)]


def resized(size, mode):
    x = square(2).permute(0, 3, 1, 2)
    return tidy(F.interpolate(x, size=(size, size), mode=mode))


OTHERS = {
    "conv2d_transpose SAME out2 error": lambda: refused(2),
    "conv2d_transpose SAME out7 error": lambda: refused(7),
    "max_pool negative SAME k3 s2": lambda: tidy(tf_like.max_pool(-square(4), 3, 2, "SAME")),
    "depthwise x4 (mult 2) s1 VALID": depthwise,
    "depthwise 2ch mult2 1x1 channel order": depthwise_order,
    "keras BN defaults": batch_norm,
    "keras BN 4d var": moving_variance,
    "fused_batch_norm returns var": returned_variance,
    "tf.nn.batch_normalization": lambda: tidy(
        tf_like.batch_normalization(ROWS, *tf_like.moments(ROWS, [0]), None, None, 1e-3)
    ),
    "dropout rate .25 values": lambda: pytest.approx(dropped()),
    "softmax_ce": lambda: pytest.approx(
        tidy(tf_like.softmax_cross_entropy_with_logits(torch.eye(2)[CLASSES], SCORES))
    ),
    "sparse_ce": lambda: pytest.approx(
        tidy(tf_like.sparse_softmax_cross_entropy_with_logits(CLASSES, SCORES))
    ),
    "sparse_ce label 5": wrong_class,
    "keras SCCE default from_logits": of_probabilities_and_scores,
    "Dense": dense_shapes,
    "keras Adam eps": adam,
    "keras RMSprop": rmsprop,
    "leaky_relu(-1)": leaky,
    "gelu(1)": gelus,
    "LayerNorm eps": lambda: torch.nn.LayerNorm(2, **tf_like.KERAS["LayerNorm"]).eps,
    "Conv2DTranspose": lambda: up_shape(8),
    "Conv2DTranspose op0": lambda: up_shape(7)[1],
    "resize bilinear": lambda: resized(4, "bilinear"),
    "resize nearest": lambda: resized(3, "nearest-exact"),
    "Flatten NHWC order": lambda: torch.arange(8.0).reshape(1, 2, 2, 2).flatten(1)[0].tolist(),
}


@pytest.mark.parametrize("key", ANSWERS)
def test_tensorflow_s_answer(key):
    name, *words = key.split()
    found = OTHERS[key]() if key in OTHERS else CASES[name](*words)
    assert found == ANSWERS[key]


def test_every_answer_is_asked_for():
    asked = {key for key in ANSWERS if key not in OTHERS}
    assert {key.split()[0] for key in asked} == CASES.keys()
    assert OTHERS.keys() <= ANSWERS.keys()


UNEVEN = [  # sizes, kernel, strides, padding, dilations
    ((5, 6), (3, 2), (2, 3), "SAME", 1),
    ((6, 5), (2, 3), (1, 2), "VALID", 1),
    ((7, 8), (2, 3), 1, "SAME", (2, 3)),
    ((4, 5), (3, 3), 2, [[0, 0], [0, 1], [2, 0], [0, 0]], 1),
    ((1, 3), (4, 1), 2, "SAME", 1),
]


@pytest.mark.parametrize(("size", "kernel", "strides", "padding", "dilations"), UNEVEN)
def test_the_transpose_is_what_conv2d_hands_back(size, kernel, strides, padding, dilations):
    torch.manual_seed(0)
    x = torch.randn(2, *size, 3, dtype=torch.float64, requires_grad=True)
    filters = torch.randn(*kernel, 3, 2, dtype=torch.float64)
    y = tf_like.conv2d(x, filters, strides, padding, dilations=dilations)
    grad = torch.randn(*y.shape, dtype=torch.float64)
    (wanted,) = torch.autograd.grad(y, x, grad)
    found = tf_like.conv2d_transpose(grad, filters, x.shape, strides, padding, dilations=dilations)
    assert_close(found, wanted)


@pytest.mark.parametrize(("size", "kernel", "strides", "padding", "dilations"), UNEVEN)
def test_depthwise_is_a_conv2d_for_each_channel(size, kernel, strides, padding, dilations):
    torch.manual_seed(0)
    x, filters = torch.randn(2, *size, 3), torch.randn(*kernel, 3, 2)
    options = {"strides": strides, "padding": padding, "dilations": dilations}
    each = [
        tf_like.conv2d(x[..., c : c + 1], filters[:, :, c : c + 1], **options) for c in range(3)
    ]
    found = tf_like.depthwise_conv2d(x, filters, **options)
    assert_close(found, torch.cat(each, -1))


@pytest.mark.parametrize("pool", [tf_like.avg_pool, tf_like.max_pool])
@pytest.mark.parametrize("padding", ["SAME", "VALID"])
def test_pools_ask_only_what_is_there(pool, padding):
    torch.manual_seed(0)
    x = torch.randn(2, 5, 6, 3, dtype=torch.float64) - 5
    found = pool(x, (2, 3), (2, 2), padding)
    best = {tf_like.avg_pool: torch.mean, tf_like.max_pool: torch.amax}[pool]
    for r in range(found.shape[1]):
        for c in range(found.shape[2]):
            seen = x[:, 2 * r : 2 * r + 2, 2 * c : 2 * c + 3]
            assert padding == "SAME" or seen.shape[1:3] == (2, 3)
            assert_close(found[:, r, c], best(seen, (1, 2)))


def test_gradients():
    torch.manual_seed(0)
    x = torch.randn(1, 4, 5, 2, dtype=torch.float64, requires_grad=True)
    filters = torch.randn(3, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    assert gradcheck(lambda x, w: tf_like.conv2d(x, w, 2, "SAME"), (x, filters))
    shape = [1, 8, 9, 2]
    assert gradcheck(lambda x, w: tf_like.conv2d_transpose(x, w, shape, 2), (x, filters))
    assert gradcheck(lambda x, w: tf_like.depthwise_conv2d(x, w, 1, "SAME"), (x, filters))
    assert gradcheck(lambda x: tf_like.avg_pool(x, 3, 2, "SAME"), (x,))
    assert gradcheck(lambda x: tf_like.max_pool(x, 3, 2, "SAME"), (x,))
    labels = torch.rand(1, 4, 5, 2, dtype=torch.float64)
    assert gradcheck(lambda x: tf_like.softmax_cross_entropy_with_logits(labels, x), (x,))


def test_losses_agree_in_any_number_of_dims():
    torch.manual_seed(0)
    scores, classes = torch.randn(2, 3, 4), torch.randint(0, 4, (2, 3), dtype=torch.int32)
    sparse = tf_like.sparse_softmax_cross_entropy_with_logits(classes, scores)
    one_hot = F.one_hot(classes.long(), 4).float()
    dense = tf_like.softmax_cross_entropy_with_logits(one_hot, scores)
    assert_close(sparse, dense)
    empty = tf_like.sparse_softmax_cross_entropy_with_logits(classes[:0], scores[:0])
    assert empty.shape == (0, 3)


@pytest.mark.parametrize("image", [(2, 3, 4), (1, 1, 5), (3, 1, 2)])
def test_a_dense_layer_behind_a_flatten_moves(image):
    torch.manual_seed(0)
    pictures = torch.randn(6, *image)
    channels, height, width = image
    kernel, bias = torch.randn(channels * height * width, 4), torch.randn(4)
    theirs = tf_like.dense(pictures.permute(0, 2, 3, 1).flatten(1), kernel, bias)
    ours = F.linear(pictures.flatten(1), tf_like.dense_weight(kernel, image), bias)
    assert_close(ours, theirs)
    assert_close(tf_like.dense_weight(kernel), kernel.t())


X, K = torch.zeros(1, 4, 4, 3), torch.zeros(3, 3, 3, 2)
WRONG = {
    "a word of Keras": (lambda: tf_like.conv2d(X, K, 1, "same"), ValueError, 'here it is "SAME"'),
    "a number": (lambda: tf_like.conv2d(X, K, 1, 1), ValueError, "A bare number is PyTorch's way"),
    "a pair": (lambda: tf_like.conv2d(X, K, 1, (1, 1)), ValueError, "and is .1, 1."),
    "batch padded": (
        lambda: tf_like.conv2d(X, K, 1, [[1, 0], [0, 0], [0, 0], [0, 0]]),
        ValueError,
        r"\[\[0, 0\], \[top",
    ),
    "a list for a mean": (
        lambda: tf_like.avg_pool(X, 2, 2, [[0, 0], [1, 1], [1, 1], [0, 0]]),
        ValueError,
        'must be "SAME" or "VALID"',
    ),
    "channels first": (
        lambda: tf_like.conv2d(X.permute(0, 3, 1, 2), K, 1, "SAME"),
        ValueError,
        r"have 4 channels, and filters of the shape \(3, 3, 3, 2\) are for 3",
    ),
    "three dims": (lambda: tf_like.conv2d(X[0], K, 1, "SAME"), ValueError, "N, height, width, ch"),
    "an array": (lambda: tf_like.max_pool(np.ones(3), 1, 1, "SAME"), TypeError, "is a ndarray"),
    "stride 0": (lambda: tf_like.conv2d(X, K, 0, "SAME"), ValueError, "strides must be a number"),
    "stride of the batch": (
        lambda: tf_like.conv2d(X, K, [2, 1, 1, 1], "SAME"),
        ValueError,
        r"strides must be .* and is \[2, 1, 1, 1\]",
    ),
    "half a step": (lambda: tf_like.avg_pool(X, 2.5, 1, "SAME"), ValueError, "ksize must be"),
    "output without batch": (
        lambda: tf_like.conv2d_transpose(X, torch.zeros(3, 3, 2, 3), [8, 8], 2),
        ValueError,
        r"output_shape must be \[1, height, width, 2\]",
    ),
    "rate 1": (lambda: tf_like.dropout(X, 1), ValueError, "keep_prob of old programs is 1 - rate"),
    "keep_prob": (lambda: tf_like.dropout(X, keep_prob=0.5), TypeError, "keep_prob"),
    "scores first": (
        lambda: tf_like.sparse_softmax_cross_entropy_with_logits(SCORES, CLASSES),
        ValueError,
        "Labels come first",
    ),
    "a label below 0": (
        lambda: tf_like.sparse_softmax_cross_entropy_with_logits(CLASSES - 1, SCORES),
        IndexError,
        "labels go from -1 to 0",
    ),
    "labels with a point": (
        lambda: tf_like.sparse_softmax_cross_entropy_with_logits(SCORES[:, 0], SCORES),
        TypeError,
        "whole numbers",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_what_does_not_fit_is_refused(what):
    action, kind, words = WRONG[what]
    with pytest.raises(kind, match=words):
        action()
