"""Attention against PyTorch: values, gradients, masks, memory order, dropout, refusals."""

import copy

import pytest

from tests.oracle import raised


def _mask(torch, kind, shape, dtype=None):
    if kind == "bool":
        return torch.rand(shape) > 0.4
    if kind == "blind":
        return torch.zeros(shape, dtype=torch.bool)
    if kind == "minus infinity":
        return torch.full(shape, float("-inf"))
    return torch.randn(shape, dtype=dtype)


def _weighed(x):
    """The rows of `x`, each as one number that every element has a part in; short to record."""
    return [list(x.shape), (x * (1 + x.new_ones(x.shape).cumsum(-1)).sqrt()).sum(-1)]


def _derived(torch, result, inputs, twice=False):
    """Gradients of `inputs`, and with `twice` the gradients of the sum of their squares."""
    numbers = torch.arange(float(result.numel()), dtype=result.dtype).view(result.shape)
    first = torch.autograd.grad((result * numbers.cos()).sum(), inputs, create_graph=twice)
    second = torch.autograd.grad(sum((x**2).sum() for x in first), inputs) if twice else ()
    return [_weighed(x) for x in (*first, *second)]


SIZES = [
    ((4, 8), (5, 8), (5, 6)),
    ((3, 4, 8), (3, 5, 8), (3, 5, 6)),
    ((2, 3, 4, 8), (2, 3, 5, 8), (2, 3, 5, 8)),
    ((2, 3, 4, 8), (1, 3, 5, 8), (1, 3, 5, 8)),
    ((2, 2, 3, 4, 2), (2, 2, 3, 5, 2), (2, 2, 3, 5, 2)),
    ((2, 3, 4, 2), (3, 5, 2), (3, 5, 2)),
    ((2, 3, 0, 2), (2, 3, 5, 2), (2, 3, 5, 2)),
    ((2, 3, 4, 2), (2, 3, 0, 2), (2, 3, 0, 2)),
]
OPTIONS = [{}, {"is_causal": True}, {"scale": 0.7}, {"scale": -0.3}, {"scale": 2}, {"dropout_p": 1}]


@pytest.mark.parametrize("sizes", SIZES)
@pytest.mark.parametrize("mask", [None, "bool", "float", "blind", "minus infinity"])
def test_products(same, sizes, mask):
    def run(torch):
        given = [torch.randn(size, dtype=torch.float64, requires_grad=True) for size in sizes]
        shape = (sizes[0][-2], sizes[1][-2])
        chosen = None if mask is None else _mask(torch, mask, shape, torch.float64)
        found = []

        def call(options):
            attend = torch.nn.functional.scaled_dot_product_attention
            result = attend(*given, attn_mask=chosen, **options)
            found.append([result, _derived(torch, result, given)])
            found.append(result.stride() if result.numel() else None)

        errors = [raised(lambda options=options: call(options)) for options in OPTIONS]
        return [errors, found, torch.rand(2)]

    same(run, rtol=1e-7, atol=1e-9)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("mask", [None, "bool", "float"])
def test_second_derivatives(same, mask, dtype):
    """Three dims: where PyTorch's fused function does not answer, which has none."""

    def run(torch):
        kind = getattr(torch, dtype)
        given = [torch.randn(2, 3, 4, dtype=kind, requires_grad=True) for _ in range(3)]
        chosen = None if mask is None else _mask(torch, mask, (3, 3))
        if mask == "float":
            chosen = chosen.to(kind).requires_grad_()
            given.append(chosen)
        result = torch.nn.functional.scaled_dot_product_attention(*given[:3], attn_mask=chosen)
        return [result, _derived(torch, result, given, twice=True)]

    same(run, rtol=1e-3, atol=1e-4)


ORDERS = {
    "all": ("t", "t", "t", {}),
    "query": ("t", "c", "c", {}),
    "others": ("c", "t", "t", {}),
    "last dim": ("m", "t", "t", {}),
    "dropout": ("t", "t", "t", {"dropout_p": 0.5}),
    "causal": ("t", "t", "t", {"is_causal": True}),
    "one batch": ("t", "b", "b", {}),
    "expanded": ("e", "t", "t", {}),
    "mask of two dims": ("t", "t", "t", {"attn_mask": (4, 4)}),
    "mask of three dims": ("t", "t", "t", {"attn_mask": (3, 4, 4)}),
    "mask of four dims": ("t", "t", "t", {"attn_mask": (2, 1, 4, 4)}),
}


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("case", list(ORDERS))
def test_the_next_dropout_draws_in_the_order_of_memory(same, case, dtype):
    def run(torch):
        make = {
            "t": lambda: torch.randn(2, 4, 3, 8).transpose(1, 2),
            "c": lambda: torch.randn(2, 3, 4, 8),
            "m": lambda: torch.randn(2, 3, 8, 4).mT,
            "b": lambda: torch.randn(1, 3, 4, 8),
            "e": lambda: torch.randn(1, 3, 4, 8).expand(2, 3, 4, 8),
        }
        *letters, options = ORDERS[case]
        kind = getattr(torch, dtype)
        given = [make[letter]().to(kind) for letter in letters]
        if "attn_mask" in options:
            options = {"attn_mask": torch.randn(options["attn_mask"]).to(kind)}
        result = torch.nn.functional.scaled_dot_product_attention(*given, **options)
        return [result.stride(), torch.nn.functional.dropout(result, 0.5)]

    same(run, rtol=1e-4, atol=2e-6)


@pytest.mark.parametrize("heads", [(6, 3, 3), (6, 3, 2), (4, 1, 1), (5, 3, 3), (3, 3, 3)])
@pytest.mark.parametrize("dims", [3, 4])
def test_heads_in_groups(same, heads, dims):
    def run(torch):
        first = (2,) * (dims - 3)
        given = [torch.randn((*first, n, 4, 8), requires_grad=True) for n in heads]
        found = []

        def call():
            attend = torch.nn.functional.scaled_dot_product_attention
            result = attend(*given, enable_gqa=True)
            found.extend([result, _derived(torch, result, given)])

        return [raised(call), found]

    same(run, rtol=1e-4, atol=2e-6)


def test_a_mask_and_is_causal_together(same):
    def run(torch):
        x, mask = torch.randn(2, 3, 4, 8), torch.rand(4, 4) > 0.5
        return torch.nn.functional.scaled_dot_product_attention(x, x, x, mask, is_causal=True)

    same(run, rtol=1e-4, atol=2e-6)


def test_float16(same):
    def run(torch):
        x = torch.randn(2, 3, 4, 8).half()
        return torch.nn.functional.scaled_dot_product_attention(x, x, x)

    same(run, rtol=1e-3, atol=1e-4)


WRONG = {
    "None": lambda t, f, q: f(None, q, q),
    "a list": lambda t, f, q: f(q, [1.0], q),
    "one dim": lambda t, f, q: f(*[t.zeros(8)] * 3),
    "ints": lambda t, f, q: f(*[t.ones(3, 4, 8, dtype=t.int64)] * 3),
    "two dtypes": lambda t, f, q: f(q.double(), q, q),
    "three dtypes": lambda t, f, q: f(q, q.half(), q.double()),
    "mask of ints": lambda t, f, q: f(q, q, q, t.ones(4, 4, dtype=t.int64)),
    "mask of doubles": lambda t, f, q: f(q, q, q, t.ones(4, 4).double()),
    "mask of halves": lambda t, f, q: f(q, q, q, t.ones(4, 4).half()),
    "mask too large": lambda t, f, q: f(q, q, q, t.ones(5, 5)),
    "mask of more dims": lambda t, f, q: f(q[0], q[0], q[0], t.ones(2, 3, 4, 4)),
    "mask and is_causal": lambda t, f, q: f(q[0], q[0], q[0], t.ones(4, 4), is_causal=True),
    "mask, is_causal, dropout": lambda t, f, q: f(q, q, q, t.ones(4, 4), 0.1, True),
    "heads": lambda t, f, q: f(t.zeros(2, 6, 4, 8), q, q),
    "widths": lambda t, f, q: f(q, t.zeros(2, 3, 4, 7), q),
    "dropout": lambda t, f, q: f(q, q, q, dropout_p=1.5),
    "is_causal": lambda t, f, q: f(q, q, q, None, 0.0, 1),
    "groups": lambda t, f, q: f(t.zeros(2, 5, 4, 8), q, q, enable_gqa=True),
}


@pytest.mark.parametrize("case", list(WRONG))
def test_refusals(same, case):
    def run(torch):
        attend, x = torch.nn.functional.scaled_dot_product_attention, torch.zeros(2, 3, 4, 8)
        return raised(lambda: WRONG[case](torch, attend, x))

    same(run)


def test_as_many_keys_as_values(same):
    """PyTorch reads memory that is not there, where its fused function answers."""
    import eduflow

    attend, x = eduflow.nn.functional.scaled_dot_product_attention, eduflow.zeros(2, 3, 4, 8)
    with pytest.raises(RuntimeError, match="as many keys as values"):
        attend(x, eduflow.zeros(2, 3, 5, 8), x)


MODULES = [
    {},
    {"batch_first": True},
    {"bias": False},
    {"kdim": 3, "vdim": 5},
    {"kdim": 3, "bias": False, "batch_first": True},
    {"add_bias_kv": True},
    {"add_zero_attn": True},
    {"add_bias_kv": True, "add_zero_attn": True, "vdim": 2, "batch_first": True},
    {"dropout": 0.5},
]
CALLS = {
    "plain": {},
    "no weights": {"need_weights": False},
    "weights of each head": {"average_attn_weights": False},
    "mask": {"attn_mask": ("bool", 2)},
    "mask of numbers": {"attn_mask": ("float", 3)},
    "padding": {"key_padding_mask": ("bool", 0)},
    "both masks": {"attn_mask": ("float", 2), "key_padding_mask": ("float", 0)},
    "both, no weights": {
        "attn_mask": ("float", 3), "key_padding_mask": ("bool", 0), "need_weights": False,
    },
    "causal": {"attn_mask": ("causal", 2), "is_causal": True, "need_weights": False},
    "causal, with weights": {"attn_mask": ("causal", 2), "is_causal": True},
}  # fmt: skip


def _masks(torch, options, lengths, batch):
    """The options of a call, its masks made; the first key is never forbidden."""
    made = {}
    for name, value in options.items():
        if isinstance(value, tuple):
            kind, dims = value
            shape = lengths if dims == 2 else (2 * (batch or 1), *lengths)
            shape = (*([batch] if batch else []), lengths[1]) if dims == 0 else shape
            if kind == "causal":
                value = torch.ones(shape, dtype=torch.bool).triu(1)
            else:
                value = _mask(torch, kind, shape)
                value[..., 0] = 0
        made[name] = value
    return made


@pytest.mark.parametrize("batch", [3, None])
@pytest.mark.parametrize("options", MODULES)
def test_modules(same, options, batch):
    def run(torch):
        module = torch.nn.MultiheadAttention(4, 2, **options)
        found = [repr(module), {k: list(v.shape) for k, v in module.state_dict().items()}]
        found += [n for n, _ in module.named_parameters()]
        middle = [] if batch is None else [batch]
        given = []
        for length, width in ((4, 4), (4, module.kdim), (4, module.vdim)):
            x = torch.randn([length, *middle, width])
            given.append(x.transpose(0, 1) if batch and module.batch_first else x)
        for x in given:
            x.requires_grad_()
        for call in CALLS.values():
            output, weights = module(*given, **_masks(torch, call, (4, 4), batch))
            derived = _derived(torch, output, [*given, *module.parameters()])
            found += [output, output.stride(), weights, derived, torch.rand(2)]
        return found

    same(run, rtol=1e-4, atol=5e-6)


@pytest.mark.parametrize("need_weights", [True, False])
def test_modules_on_one_tensor(same, need_weights):
    def run(torch):
        module = torch.nn.MultiheadAttention(4, 2, batch_first=True).double()
        twin = copy.deepcopy(module).eval()
        x = torch.randn(2, 3, 4, dtype=torch.float64, requires_grad=True)
        output, weights = module(x, x, x, need_weights=need_weights)
        with torch.no_grad():
            quiet = twin(x, x, x, need_weights=need_weights)
        return [output, weights, quiet, _derived(torch, output, [x, *module.parameters()])]

    same(run, rtol=1e-8, atol=1e-9)


def test_second_derivatives_of_modules(same):
    def run(torch):
        module = torch.nn.MultiheadAttention(4, 2).double()
        x = torch.randn(3, 2, 4, dtype=torch.float64, requires_grad=True)
        output, _ = module(x, x, x)
        return _derived(torch, output, [x, module.in_proj_weight], twice=True)

    same(run, rtol=1e-8, atol=1e-9)


def test_static_keys_and_values(same):
    def run(torch):
        m, x = torch.nn.MultiheadAttention(4, 2), torch.randn(3, 2, 4)
        given = (x, x, x, 4, 2, m.in_proj_weight, m.in_proj_bias, None, None, False, 0.0,
                 m.out_proj.weight, m.out_proj.bias)  # fmt: skip
        attend = torch.nn.functional.multi_head_attention_forward
        good = attend(*given, static_k=torch.randn(4, 5, 2), static_v=torch.randn(4, 5, 2))
        wrong = [
            raised(lambda size=size: attend(*given, static_k=torch.zeros(size)))
            for size in ((3, 5, 2), (4, 5, 3))
        ]
        return [good, wrong]

    same(run, rtol=1e-4, atol=3e-6)


BAD = {
    "no width": lambda t, n: n.MultiheadAttention(0, 2),
    "no heads": lambda t, n: n.MultiheadAttention(4, 0),
    "heads": lambda t, n: n.MultiheadAttention(4, 3),
    "four dims": lambda t, n: _call(t, (1, 2, 3, 4), (2, 3, 4), (2, 3, 4)),
    "key of two dims": lambda t, n: _call(t, (2, 3, 4), (2, 4), (2, 3, 4)),
    "key of three dims": lambda t, n: _call(t, (2, 4), (2, 3, 4), (2, 4)),
    "width": lambda t, n: _call(t, (2, 3, 5), (2, 3, 4), (2, 3, 4)),
    "key and value": lambda t, n: _call(t, (2, 3, 4), (2, 3, 4), (5, 3, 4)),
    "key and value, separate": lambda t, n: _call(t, (2, 3, 4), (2, 3, 3), (5, 3, 4), kdim=3),
    "width of the key": lambda t, n: _call(t, (2, 3, 4), (2, 3, 2), (2, 3, 4), kdim=3),
    "mask of one dim": lambda t, n: _call(t, *[(2, 3, 4)] * 3, attn_mask=t.zeros(2)),
    "mask of one dim, alone": lambda t, n: _call(t, *[(2, 4)] * 3, attn_mask=t.zeros(2)),
    "mask": lambda t, n: _call(t, *[(2, 3, 4)] * 3, attn_mask=t.zeros(2, 3)),
    "mask of three": lambda t, n: _call(t, *[(2, 3, 4)] * 3, attn_mask=t.zeros(3, 2, 2)),
    "mask of three, alone": lambda t, n: _call(t, *[(2, 4)] * 3, attn_mask=t.zeros(1, 2, 2)),
    "mask of ints": lambda t, n: _call(t, *[(2, 4)] * 3, attn_mask=t.zeros(2, 2).long()),
    "padding of ints": lambda t, n: _call(t, *[(2, 4)] * 3, key_padding_mask=t.zeros(2).long()),
    "padding": lambda t, n: _call(t, *[(2, 3, 4)] * 3, key_padding_mask=t.zeros(2)),
    "padding, alone": lambda t, n: _call(t, *[(2, 4)] * 3, key_padding_mask=t.zeros(1, 2)),
    "batch of padding": lambda t, n: _call(t, *[(2, 3, 4)] * 3, key_padding_mask=t.zeros(2, 2)),
    "keys of padding": lambda t, n: _call(t, *[(2, 3, 4)] * 3, key_padding_mask=t.zeros(3, 3)),
    "causal without a mask": lambda t, n: _call(t, *[(2, 3, 4)] * 3, is_causal=True),
}


def _call(torch, query, key, value, kdim=None, **options):
    module = torch.nn.MultiheadAttention(4, 2, kdim=kdim)
    return module(torch.zeros(query), torch.zeros(key), torch.zeros(value), **options)


@pytest.mark.parametrize("case", list(BAD))
def test_refusals_of_modules(same, case):
    same(lambda torch: raised(lambda: BAD[case](torch, torch.nn)))
