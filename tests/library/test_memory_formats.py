"""Memory formats: asked for, guessed from strides, and kept by operations on images."""

import pytest

import eduflow
from tests.oracle import raised

FORMATS = ["channels_last", "channels_last_3d", "contiguous_format", "preserve_format"]


def tensors(torch):
    """Tensors of different ranks and strides; some leave the format open."""
    x = torch.arange(120.0).reshape(2, 3, 4, 5)
    last = x.permute(0, 3, 1, 2)
    return [
        x, last, last[:, :, ::2], x[0].permute(2, 0, 1), x[0, 0].t(), torch.ones(2, 1, 1, 1),
        torch.ones(2, 1, 3, 3), torch.arange(48.0).reshape(1, 2, 2, 3, 4),
        torch.ones(1, 3, 1, 1).expand(2, 3, 4, 4),
    ]  # fmt: skip


ASKED = {
    "contiguous": lambda torch, x, f: x.contiguous(memory_format=f),
    "clone": lambda torch, x, f: x.clone(memory_format=f),
    "to": lambda torch, x, f: x.to(memory_format=f),
    "to another dtype": lambda torch, x, f: x.to(torch.float64, memory_format=f),
    "to a copy": lambda torch, x, f: x.to(torch.float32, copy=True, memory_format=f),
    "double": lambda torch, x, f: x.double(memory_format=f),
    "float": lambda torch, x, f: x.float(memory_format=f),
    "cpu": lambda torch, x, f: x.cpu(memory_format=f),
    "zeros_like": lambda torch, x, f: torch.zeros_like(x, memory_format=f),
    "full_like": lambda torch, x, f: torch.full_like(x, 1, memory_format=f),
    "empty": lambda torch, x, f: torch.empty(x.shape, memory_format=f).zero_(),
    "resize_": lambda torch, x, f: x.clone().resize_(tuple(x.shape), memory_format=f),
    "resize_as_": lambda torch, x, f: torch.empty(0).resize_as_(x, memory_format=f).zero_(),
}


def outcome(torch, x, ask, memory_format):
    try:
        y = ask(torch, x, memory_format)
    except RuntimeError as error:
        return str(error)
    return y is x, y.shape, y.stride(), y.dtype, y.sum()


@pytest.mark.parametrize("name", ASKED)
def test_asked_for(same, name):
    def facts(torch):
        formats = [getattr(torch, one) for one in FORMATS]
        return [outcome(torch, x, ASKED[name], f) for x in tensors(torch) for f in formats]

    same(facts)


def test_is_contiguous_in_a_format(same):
    def facts(torch):
        formats = [getattr(torch, one) for one in FORMATS]
        return [x.is_contiguous(memory_format=f) for x in tensors(torch) for f in formats]

    same(facts)


def test_modules_take_a_format(same):
    def facts(torch):
        nn = torch.nn
        net = nn.Sequential(nn.Conv2d(3, 4, 3), nn.Linear(2, 2))
        net.to(memory_format=torch.channels_last)
        both = nn.Conv2d(3, 4, 3).to(torch.float64, memory_format=torch.channels_last).weight
        return [p.stride() for p in net.parameters()], both.stride(), both.dtype

    same(facts)


def test_what_is_no_format_is_refused():
    with pytest.raises(TypeError, match=r"must be eduflow\.memory_format"):
        eduflow.ones(1, 1, 2, 2).contiguous(memory_format="channels_last")


KEPT = {
    "conv": lambda F, x, w: F.conv2d(x, w, padding=1),
    "conv, weight last": lambda F, x, w: F.conv2d(x.contiguous(), w.permute(0, 2, 3, 1)
                                                  .contiguous().permute(0, 3, 1, 2)),
    "conv_transpose": lambda F, x, w: F.conv_transpose2d(x, w, stride=2),
    "max_pool": lambda F, x, w: F.max_pool2d(x, 2),
    "indices": lambda F, x, w: F.max_pool2d(x, 2, return_indices=True)[1],
    "avg_pool": lambda F, x, w: F.avg_pool2d(x, 2),
    "adaptive_avg_pool": lambda F, x, w: F.adaptive_avg_pool2d(x, 2),
    "adaptive_avg_pool to one": lambda F, x, w: F.adaptive_avg_pool2d(x, 1),
    "adaptive_max_pool": lambda F, x, w: F.adaptive_max_pool2d(x, 2),
    "batch_norm": lambda F, x, w: F.batch_norm(x, None, None, training=True),
    "group_norm": lambda F, x, w: F.group_norm(x, 2),
    "instance_norm": lambda F, x, w: F.instance_norm(x),
    "layer_norm": lambda F, x, w: F.layer_norm(x, x.shape[1:]),
    "relu": lambda F, x, w: F.relu(x),
    "nearest": lambda F, x, w: F.interpolate(x, scale_factor=2),
    "bilinear": lambda F, x, w: F.interpolate(x, scale_factor=2, mode="bilinear"),
    "pad": lambda F, x, w: F.pad(x, (1, 1)),
    "reflect": lambda F, x, w: F.pad(x, (1, 1, 1, 1), mode="reflect"),
    "circular": lambda F, x, w: F.pad(x, (1, 1, 1, 1), mode="circular"),
    "pixel_shuffle": lambda F, x, w: F.pixel_shuffle(x, 2),
    "softmax": lambda F, x, w: F.softmax(x, 1),
}  # fmt: skip


@pytest.mark.parametrize("sizes", [(2, 5, 6, 4), (1, 5, 6, 4), (3, 4, 3, 4)], ids=str)
def test_operations_on_images_keep_their_channels_last(same, sizes):
    def facts(torch):
        F, found = torch.nn.functional, {}
        x = torch.arange(float(torch.tensor(sizes).prod())).reshape(sizes).permute(0, 3, 1, 2)
        w = torch.ones(4, 4, 2, 2)
        for name, call in KEPT.items():
            y = call(F, x.clone().requires_grad_(), w)
            found[name] = y.stride(), y.shape, y.sum().detach()
        return found, torch.cat([x, x], 1).stride(), torch.cat([x, x.contiguous()], 1).stride()

    same(facts, rtol=1e-4, atol=1e-3)


def test_volumes_keep_their_channels_last_where_onednn_computes(same):
    def facts(torch):
        F, found = torch.nn.functional, []
        for images, groups in ((1, 1), (1, 2), (2, 1)):
            x = torch.ones(images, 4, 4, 5, 4).permute(0, 4, 1, 2, 3)
            found.append(F.conv3d(x, torch.ones(4, 4 // groups, 2, 2, 2), groups=groups).stride())
            y = F.conv_transpose3d(x, torch.ones(4, 2, 2, 2, 2), groups=groups)
            found.append(y.stride())
        return found

    same(facts)


def test_then_view_raises_and_flatten_does_not(same):
    def facts(torch):
        x = torch.arange(48.0).reshape(1, 4, 4, 3).permute(0, 3, 1, 2)
        y = torch.nn.functional.conv2d(x, torch.ones(2, 3, 2, 2))
        return raised(lambda: y.view(1, -1)), y.flatten(1)

    same(facts)
