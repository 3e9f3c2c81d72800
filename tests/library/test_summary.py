"""`summary`: rows in the order of use, columns that add up, and a network left as it was."""

import pytest

import eduflow as torch
from eduflow import nn
from eduflow.show.summary import summary
from tests.oracle import raised


def digits_net():
    """Nested, with a view, an in-place layer and a frozen part."""
    torch.manual_seed(0)
    body = nn.Sequential(nn.Flatten(), nn.Linear(64, 32), nn.ReLU(inplace=True), nn.Dropout())
    body.requires_grad_(False)
    return nn.Sequential(body, nn.Linear(32, 10))


class Branches(nn.Module):
    """Two inputs, a shared layer, an unused one, a buffer, and a dict among the outputs."""

    def __init__(self):
        super().__init__()
        self.shared = nn.Linear(4, 4)
        self.layers = nn.ModuleList([nn.Linear(4, 4), self.shared])
        self.unused = nn.Tanh()
        self.scale = nn.Parameter(torch.ones(7))
        self.register_buffer("seen", torch.zeros(3))

    def forward(self, a, b):
        for layer in (self.shared, *self.layers):
            a = layer(a)
        return a, {"b": torch.flatten(b, 1) * self.scale[0], "note": 3}


TABLE = """\
layer            output shape  parameters  trainable  memory
------------------------------------------------------------
Sequential       (2, 10)                0          0
  0: Sequential  (2, 32)                0          0
    0: Flatten   (2, 64)                0          0     0 B
    1: Linear    (2, 32)            2,080          0   256 B
    2: ReLU      (2, 32)                0          0     0 B
    3: Dropout   (2, 32)                0          0     0 B
  1: Linear      (2, 10)              330        330    80 B
------------------------------------------------------------
parameters: 2,410 (330 trainable, 2,080 frozen)
memory: 9.7 KiB (parameters 9.4 KiB, buffers 0 B, outputs 336 B)"""


def test_the_table():
    assert repr(summary(digits_net(), (8, 8), batch_size=2)) == TABLE


def test_rows_stand_in_the_order_of_use_and_say_who_called_whom():
    rows = summary(Branches(), [(4,), (2, 3)]).rows
    assert [(row.depth, row.layer, row.shape) for row in rows] == [
        (0, "Branches", "(1, 4), (1, 6), int"),
        (1, "shared: Linear", "(1, 4)"),
        (1, "layers.0: Linear", "(1, 4)"),
        (1, "shared: Linear (again)", "(1, 4)"),
        (1, "unused: Tanh", "not called"),
    ]


@pytest.mark.parametrize(("net", "size"), [(digits_net, (8, 8)), (Branches, [(4,), (2, 3)])])
def test_columns_add_up_to_the_totals(net, size):
    net = net()
    found = summary(net, size)
    assert sum(row.parameters for row in found.rows) == found.parameters
    assert sum(row.trainable for row in found.rows) == found.trainable
    assert sum(row.memory or 0 for row in found.rows) == found.output_bytes
    assert found.parameters == sum(p.numel() for p in net.parameters())
    assert found.trainable == sum(p.numel() for p in net.parameters() if p.requires_grad)
    assert found.parameter_bytes == 4 * found.parameters
    assert found.buffer_bytes == sum(4 * b.numel() for b in net.buffers())


def test_tied_parameters_count_once():
    a, b = nn.Linear(3, 3), nn.Linear(3, 3)
    b.weight = a.weight
    found = summary(nn.Sequential(a, b), (3,))
    assert [row.parameters for row in found.rows] == [0, 12, 3]
    assert found.parameters == 15


def test_inputs_as_they_are():
    found = summary(Branches(), [torch.ones(2, 4), torch.ones(3, 2, 2)])
    assert found.rows[0].shape == "(2, 4), (3, 4), int"
    assert summary(nn.Linear(3, 2), torch.ones(5, 3)).rows[0].shape == "(5, 2)"
    assert summary(nn.Linear(3, 2).double(), (3,)).output_bytes == 16
    assert summary(nn.Identity(), (3,), dtype=torch.int64).rows[0].shape == "(1, 3)"


def test_views_and_in_place_layers_need_no_memory():
    net = nn.Sequential(nn.Flatten(), nn.ReLU(inplace=True), nn.ReLU(), nn.Identity())
    assert [row.memory for row in summary(net, (2, 2)).rows] == [None, 0, 0, 16, 0]


def hooked(net):
    """The modules that have hooks."""
    return [m for m in net.modules() if m._forward_hooks or m._forward_pre_hooks]


def test_the_net_is_left_as_it_was():
    class Noisy(nn.Module):
        def forward(self, x):
            assert not self.training
            return x + torch.randn(3)

    net = nn.Sequential(Noisy(), nn.Linear(3, 3).eval())
    torch.manual_seed(5)
    expected = torch.randn(2)
    torch.manual_seed(5)
    summary(net, (3,))
    assert torch.equal(torch.randn(2), expected)
    assert hooked(net) == []
    assert [module.training for module in (net, *net)] == [True, True, False]


def test_a_layer_that_cannot_work_is_named():
    net = digits_net()
    failure = raised(lambda: summary(net, (7, 8)))
    assert failure["raised"] == "RuntimeError"
    assert failure["text"].startswith(
        "summary: 0.1 (Linear) cannot work with an input of shape (1, 56): mat1 and mat2"
    )
    assert net.training
    assert hooked(net) == []
    missing = raised(lambda: summary(Branches(), (4,)))["text"]
    assert missing.startswith("summary: Branches cannot work with an input of shape (1, 4): ")
    listed = raised(lambda: summary(nn.ModuleList(), (4,)))["text"]
    assert 'missing the required "forward" function' in listed


@pytest.mark.parametrize("size", [3, "ab", [(1,), 3], (2.5,), None, [(1,), "x"]])
def test_what_is_no_shape_is_refused(size):
    failure = raised(lambda: summary(digits_net(), size))
    assert failure["raised"] == "TypeError"
    assert failure["text"].endswith(f"but got {size!r}")


def test_what_is_no_module_is_refused():
    failure = raised(lambda: summary(torch.relu, (3,)))
    assert failure == {
        "raised": "TypeError",
        "text": "summary: expected a module, but got function",
    }
