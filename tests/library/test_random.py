"""From the same seed the same numbers as PyTorch: every draw, and the state it leaves behind."""

from pathlib import Path

import numpy as np
import pytest

import eduflow

# On Intel processors PyTorch draws bernoulli_(p) and exponential_ with MKL, and so other numbers.
CPU_INFO = Path("/proc/cpuinfo")
INTEL = CPU_INFO.exists() and "GenuineIntel" in CPU_INFO.read_text()
not_on_intel = pytest.mark.skipif(INTEL, reason="PyTorch leaves these draws to Intel's MKL")

SIZES = [0, 1, 2, 3, 15, 16, 17, 31, 32, 33, 100]
FLOATS = ["float32", "float64", "float16"]


def after(torch, *draws):
    """The draws, and what comes next from the stream: two uniform and three normal numbers."""
    return [*draws, torch.rand(2), torch.randn(3)]


@pytest.mark.parametrize("dtype", FLOATS)
def test_rand_bit_for_bit(same, dtype):
    def draws(torch):
        kind = getattr(torch, dtype)
        return after(torch, *[torch.rand(n, dtype=kind) for n in SIZES], torch.rand(2, 3))

    same(draws, rtol=0, atol=1e-7)


@pytest.mark.parametrize("dtype", FLOATS)
def test_randn(same, dtype):
    def draws(torch):
        kind = getattr(torch, dtype)
        return after(torch, *[torch.randn(n, dtype=kind) for n in SIZES], torch.randn(4, 5))

    same(draws, rtol=1e-3 if dtype == "float16" else 1e-6, atol=1e-6)


def test_a_spare_normal_number_waits_for_the_next_small_draw(same):
    same(lambda torch: [torch.randn(1), torch.rand(1), torch.randn(16), torch.randn(2)])
    same(lambda torch: [torch.randn(3), torch.manual_seed(0).initial_seed(), torch.randn(3)])


RANGES = [(0, 1), (0, 10), (-7, 5), (0, 2**27), (3, 2**28 + 2), (3, 2**28 + 3), (0, 2**32)]
RANGES += [(0, 2**32 + 7), (-(2**62), 2**62), (-(2**63), 2**63 - 1)]


@pytest.mark.parametrize(("low", "high"), RANGES)
def test_randint_bit_for_bit(same, low, high):
    same(lambda torch: after(torch, torch.randint(low, high, (20,))), rtol=0)


def test_randint_forms(same):
    def draws(torch):
        like = torch.zeros(2, 3, dtype=torch.float64)
        return after(
            torch,
            torch.randint(10, (2, 3)),
            torch.randint(high=10, size=(4,)),
            torch.randint(2, 5, size=[3]),
            torch.randint(low=-3, high=5, size=(3,), dtype=torch.float32),
            torch.randint(0, 256, (5,), dtype=torch.uint8),
            torch.randint(2, (5,), dtype=torch.bool),
            torch.randint_like(like, 7),
            torch.randint_like(like, 2, 7),
            torch.randint_like(like, 7, dtype=torch.int32),
        )

    same(draws, rtol=0)


def test_randperm_bit_for_bit(same):
    same(lambda torch: after(torch, *[torch.randperm(n) for n in SIZES]), rtol=0)
    same(lambda torch: [torch.randperm(9, dtype=torch.float32), torch.randperm(9)], rtol=0)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int16", "int32", "int64", "bool", *FLOATS])
def test_random_in_place(same, dtype):
    def draws(torch):
        x = torch.zeros(8, dtype=getattr(torch, dtype))
        top = 1 if dtype == "bool" else 100
        return after(torch, *[f().tolist() for f in (x.random_, lambda: x.random_(top))])

    same(draws, rtol=0)


@pytest.mark.parametrize("dtype", FLOATS)
@pytest.mark.parametrize("n", [5, 40])
def test_fills(same, dtype, n):
    def draws(torch):
        def new():
            return torch.zeros(n, dtype=getattr(torch, dtype))

        return after(
            torch,
            new().uniform_(),
            new().uniform_(-0.1, 0.3),
            new().uniform_(to=4),
            new().normal_(),
            new().normal_(2, 3),
            new().normal_(mean=-1.0, std=0.0),
            new().log_normal_(0, 0.25),
            new().cauchy_(),
            new().geometric_(0.3),
            new().random_(-3, 9),
        )

    same(draws, rtol=2e-3 if dtype == "float16" else 1e-5)


@not_on_intel
@pytest.mark.parametrize("dtype", FLOATS)
def test_exponential(same, dtype):
    def draws(torch):
        x = torch.zeros(20, dtype=getattr(torch, dtype))
        return after(torch, x.exponential_().tolist(), x.exponential_(2.5).tolist())

    same(draws, rtol=2e-3 if dtype == "float16" else 1e-5)


@not_on_intel
@pytest.mark.parametrize("dtype", [*FLOATS, "int64", "bool"])
def test_bernoulli_with_one_probability(same, dtype):
    def draws(torch):
        x = torch.zeros(40, dtype=getattr(torch, dtype))
        transposed = torch.zeros(3, 4, dtype=getattr(torch, dtype)).t()
        tries = [x.bernoulli_(p).tolist() for p in (0.0, 0.3, 0.5, 1.0)]
        return after(torch, *tries, transposed.bernoulli_(0.5), torch.bernoulli(x.float(), 0.2))

    same(draws, rtol=0)


def test_a_fill_follows_the_order_of_memory(same):
    def draws(torch):
        base = torch.zeros(4, 3, 6)
        windows = [base, base.transpose(0, 2), base[:, :, ::2], base.permute(1, 2, 0)[1:]]
        fills = [lambda t: t.uniform_(), lambda t: t.normal_(), lambda t: t.random_(9)]
        return after(torch, *[fill(window).tolist() for window in windows for fill in fills])

    same(draws)
    same(
        lambda torch: [
            torch.randn_like(torch.zeros(4, 5).t()),
            torch.rand_like(torch.zeros(4, 5).t()),
        ]
    )


def test_a_fill_counts_as_a_change(same):
    def count(torch):
        x = torch.zeros(4)
        x.uniform_().normal_().random_().bernoulli_().exponential_()
        return x._version

    same(count)


def test_one_probability_is_met_by_53_bits_for_each_element():
    eduflow.manual_seed(5)
    found = eduflow.zeros(200).bernoulli_(0.3)
    eduflow.manual_seed(5)
    uniform = eduflow.rand(200, dtype=eduflow.float64).numpy()
    assert np.array_equal(found.numpy() != 0, uniform < 0.3)


@pytest.mark.parametrize("dtype", FLOATS)
def test_bernoulli_with_a_tensor_of_probabilities(same, dtype):
    def draws(torch):
        chances = torch.tensor([[0.0, 0.2, 0.5], [0.7, 0.9, 1.0]], dtype=getattr(torch, dtype))
        wide = torch.zeros(4, 2, 3, dtype=getattr(torch, dtype))
        return after(
            torch, torch.bernoulli(chances), torch.bernoulli(chances.t()), wide.bernoulli_(chances)
        )

    same(draws, rtol=0)


def test_normal(same):
    def draws(torch):
        mean, std = torch.tensor([[1.0], [10.0]]), torch.tensor([0.1, 1.0, 5.0])
        return after(
            torch,
            torch.normal(1.0, 2.0, (3,)),
            torch.normal(0, 1, size=(4, 5)),
            torch.normal(mean, 2.0),
            torch.normal(3.0, std),
            torch.normal(mean, std),
            torch.normal(mean=torch.zeros(20), std=torch.ones(20)),
            torch.normal(mean),
            torch.normal(mean.double(), std.double()),
        )

    same(draws)


@not_on_intel
def test_multinomial(same):
    def draws(torch):
        rows = torch.tensor([[0.1, 0.4, 0.2, 0.3], [1.0, 0.0, 5.0, 2.0]])
        return after(
            torch,
            torch.multinomial(rows[0], 1),
            torch.multinomial(rows[0], 3),
            torch.multinomial(rows, 3),
            torch.multinomial(rows, 9, replacement=True),
            torch.multinomial(rows.double(), 9, True),
            torch.multinomial(rows, 1, replacement=True),
            rows.multinomial(2),
            torch.multinomial(torch.ones(50), 50),
        )

    same(draws, rtol=0)


def test_poisson(same):
    same(
        lambda torch: after(
            torch, torch.poisson(torch.tensor([0.0, 0.5, 3.0, 9.9, 10.0, 20.0, 500.0]))
        )
    )
    same(lambda torch: after(torch, torch.poisson(torch.full((40,), 12.5))))


def test_seeds(same):
    for seed in (0, 1, -1, 2**31, 2**32, 2**40 + 5, 2**63, 2**64 - 1, -(2**63), 3.7, True):
        same(lambda torch, s=seed: [torch.manual_seed(s).initial_seed(), torch.rand(2)], rtol=0)


def test_generators_are_streams_of_their_own(same):
    def draws(torch):
        one, other = torch.Generator(), torch.Generator(device="cpu").manual_seed(5)
        mine = [
            torch.rand(3, generator=one),
            torch.randn(3, generator=other),
            torch.randn(20, generator=other),
            torch.randint(9, (3,), generator=one),
            torch.randperm(5, generator=one),
            torch.zeros(3).uniform_(generator=one),
            torch.normal(0.0, 1.0, (2,), generator=other),
            torch.multinomial(torch.ones(4), 2, generator=one),
            torch.rand_like(torch.zeros(2), generator=other),
        ]
        copy = one.clone_state()
        return after(torch, *mine, torch.rand(2, generator=copy), torch.rand(2, generator=one))

    same(draws)
    same(lambda torch: torch.Generator().initial_seed())


def test_a_state_brings_the_stream_back(same):
    def draws(torch):
        torch.randn(3)
        state = torch.get_rng_state()
        first = [torch.randn(3), torch.rand(700)[-3:]]
        torch.set_rng_state(state)
        with torch.random.fork_rng():
            torch.rand(5)
        return [list(state.shape), state.sum(), first, torch.randn(3), torch.rand(700)[-3:]]

    same(draws)


def test_a_state_can_move_to_pytorch_and_back():
    torch = pytest.importorskip("torch")
    eduflow.manual_seed(9)
    eduflow.randn(3)
    torch.set_rng_state(torch.from_numpy(eduflow.get_rng_state().numpy()))
    assert torch.randn(5).numpy() == pytest.approx(eduflow.randn(5).numpy(), abs=1e-6)
    eduflow.set_rng_state(eduflow.from_numpy(torch.get_rng_state().numpy()))
    assert torch.rand(5).tolist() == eduflow.rand(5).tolist()


def test_an_unforeseeable_seed():
    assert eduflow.seed() != eduflow.seed()
    assert eduflow.initial_seed() == eduflow.default_generator.initial_seed()


def state_with(torch, changes):
    """A state of the random numbers, 5056 bytes, with some bytes changed."""
    state = torch.Generator().manual_seed(1).get_state()
    for place, byte in changes.items():
        state[place] = byte
    return state


WRONG = [
    lambda torch: torch.randint(5, 5, (2,)),
    lambda torch: torch.randint(5, 2),
    lambda torch: torch.randint(5.0, (2,)),
    lambda torch: torch.randint(0, 300, (2,), dtype=torch.uint8),
    lambda torch: torch.randint(0, 5, (2,), dtype=torch.bool),
    lambda torch: torch.rand(2, dtype=torch.int64),
    lambda torch: torch.randn(2, dtype=torch.bool),
    lambda torch: torch.randn(2.0),
    lambda torch: torch.rand(-1),
    lambda torch: torch.randperm(-1),
    lambda torch: torch.randperm(3.0),
    lambda torch: torch.randperm(300, dtype=torch.uint8),
    lambda torch: torch.randperm(3000, dtype=torch.float16),
    lambda torch: torch.randn_like(torch.tensor([1])),
    lambda torch: torch.normal(1.0, -1.0, (2,)),
    lambda torch: torch.normal(torch.zeros(2), torch.tensor([1.0, -1.0])),
    lambda torch: torch.normal(torch.zeros(2), torch.zeros(3)),
    lambda torch: torch.zeros(2).uniform_(2, 1),
    lambda torch: torch.zeros(2).normal_(0, -1),
    lambda torch: torch.zeros(2).random_(0),
    lambda torch: torch.zeros(2).bernoulli_(2),
    lambda torch: torch.zeros(2).exponential_(0),
    lambda torch: torch.zeros(2).geometric_(2),
    lambda torch: torch.zeros(2).cauchy_(0, -1),
    lambda torch: torch.zeros(2).log_normal_(0, -1),
    lambda torch: torch.zeros(2, dtype=torch.int64).exponential_(),
    lambda torch: torch.zeros(2, 1).expand(2, 3).uniform_(),
    lambda torch: torch.bernoulli(torch.tensor([1])),
    lambda torch: torch.bernoulli(torch.tensor([2.0])),
    lambda torch: torch.multinomial(torch.tensor([1, 2]), 1),
    lambda torch: torch.multinomial(torch.tensor([1.0, -2]), 1),
    lambda torch: torch.multinomial(torch.tensor([0.0, 0]), 1),
    lambda torch: torch.multinomial(torch.tensor([1.0, 1]), 3),
    lambda torch: torch.multinomial(torch.tensor([1.0, 1]), 0),
    lambda torch: torch.multinomial(torch.tensor([[[1.0, 1]]]), 1),
    lambda torch: torch.poisson(torch.tensor([-1.0])),
    lambda torch: torch.set_rng_state(torch.zeros(3, dtype=torch.uint8)),
    lambda torch: torch.set_rng_state(torch.zeros(5056)),
    lambda torch: torch.set_rng_state([1, 2]),
    lambda torch: torch.set_rng_state(torch.zeros(5056, dtype=torch.uint8)),
    lambda torch: torch.set_rng_state(torch.zeros(2, 5056, dtype=torch.uint8).t()[:, 0]),
    *(
        lambda torch, changes=changes: torch.set_rng_state(state_with(torch, changes))
        for changes in ({8: 0}, {8: 255, 9: 255}, {12: 0}, {17: 255})
    ),
    lambda torch: torch.manual_seed(2**64),
]


def test_errors(same):
    from tests.oracle import raised

    same(lambda torch: [raised(lambda case=case: case(torch)) for case in WRONG])


def test_gradients_can_be_asked_for(same):
    def asked(torch):
        draws = [
            torch.rand(2, requires_grad=True),
            torch.randn(2, requires_grad=True),
            torch.randn_like(torch.zeros(2), requires_grad=True),
            torch.normal(0.0, 1.0, (2,), requires_grad=True),
        ]
        return [draw.requires_grad and draw.is_leaf for draw in draws]

    same(asked)


def test_a_draw_moves_with_its_parameter_as_its_chance_stays():
    """PyTorch comes near it; of Beta(a, 1) it is known: x is a power 1 / a of a uniform number."""
    a = eduflow.tensor([0.2, 1.0, 7.0], dtype=eduflow.float64, requires_grad=True)
    x = eduflow.distributions.Beta(a, eduflow.ones(3, dtype=eduflow.float64)).rsample()
    x.sum().backward()
    expected = -(x * x.log() / a).detach()
    assert eduflow.allclose(a.grad, expected, rtol=1e-9)
