"""Notes under exceptions: questions of beginners, with what must stand under PyTorch's text."""

import gc
import re
import threading
import weakref

import numpy as np
import pytest

import eduflow
from eduflow.course import plain
from tests.machine import needs_threads
from tests.oracle import raised


def lenet(torch, features, channels=1):
    """The usual first network, its first Linear for so many features."""
    nn = torch.nn
    return nn.Sequential(
        *(nn.Conv2d(channels, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
        *(nn.Flatten(), nn.Linear(features, 10)),
    )


def written(torch, features, rows=None, training=False):
    """The same as a class of one's own; with `rows`, view cuts rows of that length."""
    nn, F = torch.nn, torch.nn.functional

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.features = nn.Sequential(
                *(nn.Conv2d(1, 6, 5), nn.ReLU(), nn.MaxPool2d(2)),
                *(nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2)),
            )
            self.fc = nn.Linear(features, 10)

        def forward(self, x):
            x = F.relu(self.features(x))
            x = torch.flatten(x, 1) if rows is None else x.view(-1, rows)
            return self.fc(x)

    return Net()


def mlp(torch):
    nn = torch.nn
    return nn.Sequential(nn.Linear(784, 32), nn.ReLU(), nn.Linear(32, 10))


def residual(torch, padding, channels=8):
    class Block(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.conv = torch.nn.Conv2d(8, channels, 3, padding=padding)

        def forward(self, x):
            return x + self.conv(x)

    return Block()


def forgotten(torch):
    """Layers in a plain list: registered nowhere."""

    class Stack(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.layers = [torch.nn.Linear(4, 4), torch.nn.Linear(5, 4)]

        def forward(self, x):
            for layer in self.layers:
                x = layer(x)
            return x

    return torch.nn.Sequential(torch.nn.Identity(), Stack())


def cross_entropy(scores, target):
    return lambda torch: torch.nn.CrossEntropyLoss()(scores(torch), target(torch))


def numbers(*shape):
    return lambda torch: torch.zeros(*shape, dtype=torch.int64)


def scores(*shape):
    return lambda torch: torch.zeros(*shape)


DIGITS = (8, 1, 28, 28)

# What a beginner writes, and what must stand in the note.
QUESTIONS = {
    "first Linear too large": (
        lambda torch: lenet(torch, 400)(torch.zeros(DIGITS)),
        [
            *("7, a Linear(in_features=400", "in a Sequential", "[8, 1, 28, 28]"),
            *("28 x 28 pictures give 16 channels of 4 x 4 here", "in_features should be 256"),
        ],
    ),
    "first Linear too large, in a class": (
        lambda torch: written(torch, 400)(torch.zeros(DIGITS)),
        ["fc, a Linear", "in a Net", "28 x 28 pictures", "4 x 4", "in_features should be 256"],
    ),
    "no Flatten": (
        lambda torch: torch.nn.Sequential(
            torch.nn.Conv2d(1, 16, 25), torch.nn.ReLU(), torch.nn.Linear(256, 10)
        )(torch.zeros(DIGITS)),
        ["2, a Linear", "[8, 16, 4, 4]", "a Flatten is missing before it", "[8, 256]"],
    ),
    "no Flatten, and another size": (
        lambda torch: torch.nn.Sequential(torch.nn.Conv2d(1, 2, 5), torch.nn.Linear(10, 10))(
            torch.zeros(DIGITS)
        ),
        ["1, a Linear", "a Flatten is missing", "in_features should then be 1152 (2 x 24 x 24)"],
    ),
    "pictures into an MLP": (
        lambda torch: mlp(torch)(torch.zeros(DIGITS)),
        ["0, a Linear", "a Flatten is missing before it", "[8, 784]"],
    ),
    "one picture into an MLP": (
        lambda torch: mlp(torch)(torch.zeros(28, 28)),
        ["0, a Linear", "without a batch dimension", "x.reshape(1, -1)"],
    ),
    "flatten takes the batch along": (
        lambda torch: mlp(torch)(torch.zeros(DIGITS).flatten()),
        ["[6272]", "torch.flatten(x, 1)", "[8, 784]"],
    ),
    "layers that do not fit": (
        lambda torch: torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Linear(16, 2))(
            torch.zeros(3, 4)
        ),
        ["1, a Linear(in_features=16", "gives 8 numbers", "in_features should be 8"],
    ),
    "samples as columns": (
        lambda torch: torch.nn.Linear(3, 2)(torch.zeros(3, 100)),
        ["a Linear(in_features=3", "the wrong way round", "x.T"],
    ),
    "a layer in a plain list": (
        lambda torch: forgotten(torch)(torch.zeros(3, 4)),
        ["a Linear(in_features=5", "called by 1 in a Sequential", "has not registered"],
    ),
    "float64 from NumPy": (
        lambda torch: torch.nn.Linear(3, 2)(torch.from_numpy(np.zeros((4, 3)))),
        ["x float64", "weight float32", "NumPy counts in float64", "x.float()"],
    ),
    "float64 pictures": (
        lambda torch: lenet(torch, 256)(torch.from_numpy(np.zeros(DIGITS))),
        ["0, a Conv2d(1, 6", "float64", "x.float()"],
    ),
    "bytes from a picture file": (
        lambda torch: torch.nn.Conv2d(3, 4, 3)(torch.zeros(2, 3, 8, 8, dtype=torch.uint8)),
        ["x uint8", "x.float() / 255"],
    ),
    "integers into a Linear": (
        lambda torch: torch.nn.Linear(3, 2)(torch.tensor([[1, 2, 3]])),
        ["x int64", "x.float()"],
    ),
    "channels last": (
        lambda torch: torch.nn.Conv2d(3, 4, 3)(torch.zeros(2, 32, 32, 3)),
        ["[2, 32, 32, 3]", "NHWC", "x.permute(0, 3, 1, 2)"],
    ),
    "one picture, channels last": (
        lambda torch: torch.nn.Conv2d(3, 4, 3)(torch.zeros(32, 32, 3)),
        ["[32, 32, 3]", "x.permute(2, 0, 1)"],
    ),
    "no channel dimension": (
        lambda torch: lenet(torch, 256)(torch.zeros(8, 28, 28)),
        ["0, a Conv2d(1", "channel dimension is missing", "x.unsqueeze(1)"],
    ),
    "neither batch nor channels": (
        lambda torch: lenet(torch, 256)(torch.zeros(28, 28)),
        ["batch and channel dimension are missing", "x[None, None]"],
    ),
    "colour into a network for gray": (
        lambda torch: lenet(torch, 256)(torch.zeros(8, 3, 28, 28)),
        ["so 3 channels", "1 channel,", "x.mean(-3, keepdim=True)"],
    ),
    "in_channels of the second convolution": (
        lambda torch: torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.Conv2d(16, 8, 3))(
            torch.zeros(2, 3, 9, 9)
        ),
        ["1, a Conv2d(16", "in_channels should be 8"],
    ),
    "pictures too small": (
        lambda torch: lenet(torch, 256)(torch.zeros(2, 1, 8, 8)),
        ["3, a Conv2d(6", "2 x 2", "5 x 5", "have shrunk it"],
    ),
    "one pooling too many": (
        lambda torch: torch.nn.MaxPool2d(2)(torch.zeros(2, 3, 1, 1)),
        ["a MaxPool2d", "1 x 1", "2 x 2"],
    ),
    "view with a wrong number": (
        lambda torch: written(torch, 300, rows=300)(torch.zeros(DIGITS)),
        ["a Net", "each of the 8 samples has 256 numbers", "torch.flatten(x, 1)"],
    ),
    "view of a smaller last batch": (
        lambda torch: torch.zeros(20, 1, 2, 2).view(32, 4),
        ["80 numbers", "the batch has 20 samples here, not 32", "-1"],
    ),
    "view after permute": (
        lambda torch: torch.zeros(2, 8, 8, 3).permute(0, 3, 1, 2).view(2, -1),
        ["[2, 3, 8, 8] with strides [192, 1, 24, 3]", "permuted", "x.reshape(...)"],
    ),
    "view of a part": (
        lambda torch: torch.zeros(4, 6)[:, :3].view(-1),
        ["a part cut out of a larger tensor", "x.contiguous().view(...)"],
    ),
    "view of an expanded row": (
        lambda torch: torch.zeros(1, 3).expand(2, 3).view(6),
        ["share one number"],
    ),
    "view that mixes the samples": (
        lambda torch: torch.nn.functional.cross_entropy(
            written(torch, 128, rows=128)(torch.zeros(DIGITS)), numbers(8)(torch)
        ),
        ["scores [16, 10]", "labels [8]", "x.view(-1, n)"],
    ),
    "labels as a column": (
        cross_entropy(scores(8, 10), numbers(8, 1)),
        ["a CrossEntropyLoss()", "labels [8, 1]", "target.squeeze(1)"],
    ),
    "one-hot labels": (
        cross_entropy(scores(8, 10), numbers(8, 10)),
        ["one-hot", "target.argmax(1)"],
    ),
    "labels as floats": (
        cross_entropy(scores(8, 10), scores(8)),
        ["labels float32", "target.long()"],
    ),
    "labels from 1": (
        cross_entropy(scores(2, 10), lambda torch: torch.tensor([1, 10])),
        ["the label 10", "0 to 9", "start at 1"],
    ),
    "label -1": (
        cross_entropy(scores(2, 10), lambda torch: torch.tensor([-1, 3])),
        ["the label -1", "-100"],
    ),
    "masks with a channel": (
        cross_entropy(scores(2, 3, 4, 4), numbers(2, 1, 4, 4)),
        ["labels [2, 4, 4]", "target.squeeze(1)"],
    ),
    "words of a sentence": (
        cross_entropy(scores(2, 7, 5), numbers(2, 7)),
        ["labels [2, 5]", "scores.transpose(1, -1)"],
    ),
    "a column against a row": (
        lambda torch: torch.nn.BCEWithLogitsLoss()(torch.zeros(4, 1), torch.zeros(4)),
        ["a BCEWithLogitsLoss()", "target.unsqueeze(1)"],
    ),
    "labels of BCE as integers": (
        lambda torch: torch.nn.BCELoss()(torch.ones(4), numbers(4)(torch)),
        ["target int64", "target.float()"],
    ),
    "rows against rows": (
        lambda torch: torch.zeros(4, 3) @ torch.zeros(5, 3),
        ["[4, 3] @ [5, 3]", "a @ b.T"],
    ),
    "float64 in a product": (
        lambda torch: torch.zeros(4, 3) @ torch.from_numpy(np.zeros((3, 2))),
        ["b float64", "b.float()"],
    ),
    "one number per row": (
        lambda torch: torch.zeros(4, 3) - torch.zeros(4),
        ["[4, 3] and [4]", "b[..., None]"],
    ),
    "one number per channel": (
        lambda torch: torch.zeros(2, 3, 8, 8) * torch.zeros(3),
        ["b.view(-1, 1, 1)"],
    ),
    "a shortcut around a convolution": (
        lambda torch: residual(torch, 0)(torch.zeros(1, 8, 6, 6)),
        ["a Block", "[1, 8, 6, 6] and [1, 8, 4, 4]", "padding=1"],
    ),
    "a shortcut to more channels": (
        lambda torch: residual(torch, 1, 16)(torch.zeros(1, 8, 6, 6)),
        ["Conv2d(16, 8, 1)"],
    ),
    "cat along the wrong dim": (
        lambda torch: torch.cat([torch.zeros(2, 3), torch.zeros(2, 4)]),
        ["[2, 3] and [2, 4]", "torch.cat(tensors, dim=1)"],
    ),
    "cat of odd sizes": (
        lambda torch: torch.cat([torch.zeros(1, 2, 7, 7), torch.zeros(1, 2, 8, 8)], 1),
        ["height or width differ"],
    ),
    "cat without a batch dimension": (
        lambda torch: torch.cat([torch.zeros(1, 3), torch.zeros(3)]),
        ["unsqueeze(0)"],
    ),
    "samples of other sizes": (
        lambda torch: torch.stack([torch.zeros(3), torch.zeros(4)]),
        ["[4] as number 1", "collate_fn"],
    ),
    "words beyond the table": (
        lambda torch: torch.nn.Embedding(10, 3)(torch.tensor([1, 10])),
        ["an Embedding(10, 3)", "num_embeddings should be at least 11"],
    ),
    "floats into an embedding": (
        lambda torch: torch.nn.Embedding(10, 3)(torch.zeros(2)),
        ["float32", "x.long()"],
    ),
    "another number of features": (
        lambda torch: torch.nn.BatchNorm2d(16)(torch.zeros(2, 8, 4, 4)),
        ["so 8 channels", "num_features should be 8"],
    ),
    "a batch of one in training": (
        lambda torch: torch.nn.BatchNorm1d(3)(torch.zeros(1, 3)),
        ["at least two samples", "drop_last=True"],
    ),
    "softmax of a single sample": (
        lambda torch: torch.zeros(10).softmax(dim=1),
        ["dim 1 for a tensor with 1 dimension", "x.unsqueeze(0)"],
    ),
    "backward from many numbers": (
        lambda torch: torch.zeros(3, requires_grad=True).exp().backward(),
        ["[3]", "loss.mean().backward()"],
    ),
    "halves into integers": (
        lambda torch: torch.tensor([1, 2]).add_(0.5),
        ["float32, to be written into int64", "x = x + y"],
    ),
    "a device there is none of": (
        lambda torch: torch.nn.Linear(2, 2).to("cuda"),
        ["torch.cuda.is_available()"],
    ),
}


def error_of(program, torch=eduflow):
    with pytest.raises((RuntimeError, ValueError, IndexError, AssertionError)) as caught:
        program(torch)
    return caught.value


def notes_of(program):
    return getattr(error_of(program), "__notes__", [])


@pytest.mark.parametrize("question", QUESTIONS)
def test_pytorchs_text_stays_and_a_note_says_what_to_do(same, question):
    program, words = QUESTIONS[question]
    same(lambda torch: raised(lambda: program(torch)))
    notes = notes_of(program)
    assert len(notes) == 1
    assert [word for word in words if word not in notes[0]] == [], notes[0]


ABOUT_SHAPES = (
    *("mat1 and mat2", "size mismatch, got", "Expected size for first two", "The size of tensor a"),
    *(
        "Given .*input.* to have",
        "Expected .D .unbatched",
        "Calculated padded",
        "shape '.*' is inv",
    ),
    *("Sizes of tensors must", "Tensors must have same", "stack expects", "Given input size: "),
    *("Expected input batch_size", "0D or 1D target", "Expected target size", "only batches of"),
    *("running_mean should", "Dimension out of range", "expected scalar type", "Input type"),
    *("expected m1 and m2", "Target size", "Expected floating point", "expected target dtype"),
)


def caught(call):
    try:
        call()
    except Exception as error:
        return error
    return None


def test_whatever_the_shapes_are_there_is_a_note():
    F, rng, seen = eduflow.nn.functional, np.random.default_rng(0), set()

    def any_tensor():
        shape = rng.integers(0, 5, rng.integers(0, 6)).tolist()
        kinds = [eduflow.float32, eduflow.float64, eduflow.int64]
        return eduflow.zeros(shape, dtype=kinds[rng.choice(3, p=[0.8, 0.1, 0.1])])

    calls = [
        *(F.linear, eduflow.matmul, F.conv1d, F.conv2d, F.conv_transpose2d, eduflow.add),
        *(F.cross_entropy, F.binary_cross_entropy_with_logits),
        *(lambda a, b: eduflow.cat([a, b], 1), lambda a, b: eduflow.stack([a, b])),
        *(lambda a, b: a.view(b.shape), lambda a, b: a.view(-1, *b.shape)),
        *(lambda a, b: F.batch_norm(a, b, b), lambda a, b: F.max_pool2d(a, 3)),
    ]
    for _ in range(400):
        for call in calls:
            error = caught(lambda call=call: call(any_tensor(), any_tensor()))
            start = next((text for text in ABOUT_SHAPES if re.match(text, str(error))), None)
            if start is not None:
                seen.add(start)
                assert len(getattr(error, "__notes__", [])) == 1, str(error)
    assert len(seen) > 20


def test_what_failed_holds_no_memory():
    """No circle through an exception keeps tensors until the garbage collector comes by."""

    def freed(program):
        x = eduflow.zeros(5, 4)
        watched = weakref.ref(x._array)
        with pytest.raises(RuntimeError) as failed:
            program(x)
        assert failed.value.__notes__
        del x, failed
        return watched() is None

    programs = [
        *(eduflow.nn.Sequential(eduflow.nn.Linear(3, 2)), lambda x: x @ eduflow.zeros(5, 2)),
        *(lambda x: x + eduflow.zeros(3, 2), lambda x: eduflow.nn.functional.conv2d(x, x)),
        *(lambda x: x.view(-1, 7), lambda x: x.t().view(-1), lambda x: eduflow.stack([x, x[0]])),
    ]
    gc.disable()
    try:
        assert [freed(program) for program in programs] == [True] * len(programs)
    finally:
        gc.enable()


def nested(inner):
    part = eduflow.nn.Sequential(eduflow.nn.Identity(), inner)
    return eduflow.nn.Sequential(eduflow.nn.Sequential(part))


def test_the_path_joins_the_names_on_the_way():
    net = nested(eduflow.nn.Linear(3, 2))
    (note,) = notes_of(lambda torch: net(torch.zeros(1, 4)))
    assert note.startswith("Where: 0.0.1, a Linear(in_features=3, out_features=2, bias=True), in a")


def test_hooks_no_grad_and_plain_mode_change_nothing():
    net = nested(eduflow.nn.Linear(3, 2))
    want = notes_of(lambda torch: net(torch.zeros(1, 4)))
    with eduflow.no_grad():
        assert notes_of(lambda torch: net(torch.zeros(1, 4))) == want
    with plain():
        assert notes_of(lambda torch: net(torch.zeros(1, 4))) == want
    net[0][0].register_forward_hook(lambda *args: None)
    assert notes_of(lambda torch: net(torch.zeros(1, 4))) == want


@needs_threads
def test_threads_have_places_of_their_own():
    found = {}

    def work(depth):
        net = eduflow.nn.Linear(3, 2)
        for _ in range(depth):
            net = eduflow.nn.Sequential(net)
        for _ in range(20):
            (note,) = notes_of(lambda torch: net(torch.zeros(1, 4)))
            found.setdefault(depth, set()).add(note.split(",")[0])

    threads = [threading.Thread(target=work, args=(depth,)) for depth in (1, 2, 3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == {1: {"Where: 0"}, 2: {"Where: 0.0"}, 3: {"Where: 0.0.0"}}


def test_what_is_not_about_shapes_has_no_note():
    class Broken(eduflow.nn.Module):
        def forward(self, x):
            raise RuntimeError("out of coffee")

    assert notes_of(lambda torch: Broken()(torch.zeros(1))) == []
    assert notes_of(lambda torch: torch.zeros(2).view(-1, -1)) == []


def test_without_a_network_there_is_no_place():
    (note,) = notes_of(lambda torch: torch.zeros(2, 3) @ torch.zeros(2, 3))
    assert note.startswith("Came in: [2, 3] @ [2, 3]")


def test_a_note_that_cannot_be_made_does_not_hide_the_error():
    class Unprintable(eduflow.nn.Linear):
        def __repr__(self):
            raise ValueError("no")

    error = error_of(lambda torch: Unprintable(3, 2)(torch.zeros(1, 4)))
    assert "cannot be multiplied" in str(error)
    assert not hasattr(error, "__notes__")
