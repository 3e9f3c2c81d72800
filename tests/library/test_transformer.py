"""Transformers against PyTorch: outputs, gradients, masks, memory order, dropout, refusals."""

import copy
import warnings

import pytest

from tests.oracle import raised

LAYERS = [
    {},
    {"batch_first": True, "dropout": 0.4},
    {"batch_first": True, "norm_first": True, "activation": "gelu", "dropout": 0.0},
    {"bias": False, "layer_norm_eps": 1e-3, "norm_first": True},
]
PADDING = [[False, False, False, True], [False, False, True, True]]


def _rows(x):
    """The rows of `x`, each as one number that every element has a part in; short to record."""
    return [list(x.shape), (x * (1 + x.new_ones(x.shape).cumsum(-1)).sqrt()).sum(-1)]


def _shown(torch, output, module, *inputs):
    """The output's rows and strides, the gradients, and what the generator draws next."""
    numbers = torch.arange(float(output.numel()), dtype=output.dtype).view(output.shape)
    (output * numbers.cos()).sum().backward()
    grads = [_rows(x.grad) for x in inputs] + [_rows(p.grad.flatten()) for p in module.parameters()]
    found = [_rows(output), output.stride(), grads, torch.rand(2)]
    module.zero_grad()
    return found


def _input(torch, length, options):
    shape = (2, length, 8) if options.get("batch_first") else (length, 2, 8)
    return torch.randn(shape, dtype=torch.float64, requires_grad=True)


def _masks(torch):
    """Pairs of a mask and one for padding, for 4 steps of 2 samples; the first is always seen."""
    causal = torch.nn.Transformer.generate_square_subsequent_mask(4, dtype=torch.float64)
    hidden = torch.ones(4, 4, dtype=torch.bool).triu(1)
    padding = torch.tensor(PADDING)
    return [(None, None), (causal, None), (hidden, padding), (None, padding), (causal, padding)]


@pytest.mark.parametrize("options", LAYERS)
@pytest.mark.parametrize("stacked", [False, True])
def test_encoders(same, options, stacked):
    def run(torch):
        module = torch.nn.TransformerEncoderLayer(8, 2, 12, **options).double()
        if stacked:
            module = torch.nn.TransformerEncoder(module, 2, torch.nn.LayerNorm(8).double())
        found = [repr(module), list(module.state_dict())]
        for mask, padding in _masks(torch):
            x = _input(torch, 4, options)
            given = {("mask" if stacked else "src_mask"): mask, "src_key_padding_mask": padding}
            found.append(_shown(torch, module(x, **given), module, x))
        alone = torch.randn(4, 8, dtype=torch.float64, requires_grad=True)
        return [*found, _shown(torch, module(alone), module, alone)]

    same(run, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("options", LAYERS)
@pytest.mark.parametrize("stacked", [False, True])
def test_decoders(same, options, stacked):
    def run(torch):
        module = torch.nn.TransformerDecoderLayer(8, 2, 12, **options).double()
        module = torch.nn.TransformerDecoder(module, 2) if stacked else module
        found = [repr(module), list(module.state_dict())]
        for mask, padding in _masks(torch):
            x, memory = _input(torch, 4, options), _input(torch, 3, options)
            output = module(
                x, memory, tgt_mask=mask, tgt_key_padding_mask=padding,
                memory_mask=None if mask is None else mask[:, :3],
                memory_key_padding_mask=None if padding is None else padding[:, :3],
            )  # fmt: skip
            found.append(_shown(torch, output, module, x, memory))
        return found

    same(run, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("options", LAYERS)
def test_both_together(same, options):
    def run(torch):
        module = torch.nn.Transformer(8, 2, 1, 2, 12, **options).double()
        src, tgt = _input(torch, 4, options), _input(torch, 4, options)
        causal = module.generate_square_subsequent_mask(4)
        padding = torch.tensor(PADDING)
        output = module(
            src, tgt, tgt_mask=causal, src_key_padding_mask=padding,
            memory_key_padding_mask=padding, tgt_is_causal=True,
        )  # fmt: skip
        first = [list(module.state_dict()), repr(causal)]
        return [*first, _shown(torch, output, module, src, tgt)]

    same(run, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("options", LAYERS)
@pytest.mark.parametrize("behind", [True, False])
@pytest.mark.parametrize("grad", [True, False])
def test_evaluation_gives_zeros_for_padding_where_pytorch_does(same, options, behind, grad):
    def run(torch):
        padding = torch.tensor(PADDING)
        padding = padding if behind else padding.flip(1)
        found = []
        for asked in ({}, {"enable_nested_tensor": False}, {"mask_check": False}):
            if not behind and "mask_check" in asked:
                continue  # PyTorch reads what is not there
            torch.manual_seed(1)
            layer = torch.nn.TransformerEncoderLayer(8, 2, 12, **options).double()
            module = torch.nn.TransformerEncoder(layer, 2, **asked).eval()
            with torch.set_grad_enabled(grad):
                x = _input(torch, 4, options).detach()
                found.append(_rows(module(x, src_key_padding_mask=padding)))
            found.append(module.use_nested_tensor)
        return found

    same(run, rtol=1e-7, atol=1e-9)


ENCODERS = {
    "as they should be": {"batch_first": True},
    "length first": {},
    "norm first": {"batch_first": True, "norm_first": True},
    "no bias": {"batch_first": True, "bias": False},
    "another function": {"batch_first": True, "activation": abs},
    "odd heads": {"batch_first": True, "nhead": 1},
}


@pytest.mark.parametrize("case", [*ENCODERS, "another layer", "another eps"])
def test_what_an_encoder_says_of_its_layer(same, case):
    def run(torch):
        options = {"nhead": 2, "batch_first": True} | ENCODERS.get(case, {})
        if case == "length first":
            options["batch_first"] = False
        layer = torch.nn.TransformerEncoderLayer(8, dim_feedforward=4, **options)
        layer = torch.nn.Linear(2, 2) if case == "another layer" else layer
        if case == "another eps":
            layer.norm1.eps = 1.0
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            found = torch.nn.TransformerEncoder(layer, 1)
        kind = getattr(layer, "activation_relu_or_gelu", None)
        return [[str(w.message) for w in said], found.use_nested_tensor, kind]

    same(run)


def test_functions_and_modules_as_activations(same):
    def run(torch):
        x, found = torch.randn(3, 2, 8), []
        for activation in (torch.relu, torch.nn.GELU(), torch.nn.functional.gelu, torch.sin):
            layer = torch.nn.TransformerEncoderLayer(8, 2, 4, 0.0, activation)
            twin = copy.deepcopy(layer)
            found += [layer(x), twin(x), repr(layer), layer.activation_relu_or_gelu]
        return found

    same(run, rtol=1e-4, atol=5e-6)


def test_own_encoders_and_decoders(same):
    def run(torch):
        class Echo(torch.nn.Module):
            def forward(self, x, *others, **named):
                return x + len(others) + len([x for x in named.values() if x is not None])

        model = torch.nn.Transformer(4, 2, custom_encoder=Echo(), custom_decoder=Echo())
        return model(torch.zeros(3, 2, 4), torch.zeros(2, 2, 4), tgt_is_causal=True)

    same(run)


BAD = {
    "heads": lambda t, n: n.TransformerEncoderLayer(8, 3),
    "activation": lambda t, n: n.TransformerDecoderLayer(8, 2, activation="tanh"),
    "batch": lambda t, n: _both(n)(t.zeros(3, 2, 8), t.zeros(3, 1, 8)),
    "batch first": lambda t, n: _both(n, batch_first=True)(t.zeros(2, 3, 8), t.zeros(1, 3, 8)),
    "width": lambda t, n: _both(n)(t.zeros(3, 2, 8), t.zeros(3, 2, 4)),
    "mask of ints": lambda t, n: _layer(n)(t.zeros(3, 2, 8), t.zeros(3, 3).long()),
    "padding of ints": lambda t, n: _layer(n)(t.zeros(3, 2, 8), None, t.zeros(2, 3).long()),
    "mask's shape": lambda t, n: _layer(n)(t.zeros(3, 2, 8), t.zeros(3, 2)),
    "causal without a mask": lambda t, n: _layer(n)(t.zeros(3, 2, 8), is_causal=True),
    "dims": lambda t, n: _layer(n)(t.zeros(8)),
}


def _both(nn, **options):
    return nn.Transformer(8, 2, 1, 1, 4, **options)


def _layer(nn):
    return nn.TransformerEncoderLayer(8, 2, 4)


@pytest.mark.parametrize("case", list(BAD))
def test_refusals(same, case):
    same(lambda torch: raised(lambda: BAD[case](torch, torch.nn)))


def test_masks_of_two_kinds(same):
    def run(torch):
        layer, x = _layer(torch.nn), torch.zeros(4, 2, 8)
        with warnings.catch_warnings(record=True) as said:
            warnings.simplefilter("always")
            layer(x, torch.zeros(4, 4), torch.tensor(PADDING))
        return [str(w.message) for w in said]

    same(run)
