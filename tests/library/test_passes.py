"""What programs switch on and eduflow has no use for: it answers as PyTorch on a CPU does."""

import warnings

import pytest

import eduflow
from tests.oracle import raised


def said(action):
    """What an action returns, and the warnings that it gave."""
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always")
        result = action()
    return result, [f"{entry.category.__name__}: {entry.message}" for entry in seen]


def test_versions_compare_by_their_numbers(same):
    def check(torch):
        found = torch.__version__
        numbers = [(2, 0), (2, 12), (3,), "2.0", "2.9", "2.13.1", "10.0"]
        return [
            [found >= other, found > other, found < other, found <= other] for other in numbers
        ] + [found.split("+")[0], torch.version.__version__ == found, torch.version.cuda]

    same(check)
    assert eduflow.version.eduflow.count(".") == 2


def test_switches_are_remembered(same):
    def check(torch):
        before = [
            torch.are_deterministic_algorithms_enabled(),
            torch.get_float32_matmul_precision(),
            str(torch.get_default_device()),
        ]
        torch.use_deterministic_algorithms(True, warn_only=True)
        torch.set_float32_matmul_precision("medium")
        after = [
            torch.are_deterministic_algorithms_enabled(),
            torch.is_deterministic_algorithms_warn_only_enabled(),
            torch.get_float32_matmul_precision(),
        ]
        torch.use_deterministic_algorithms(False)
        torch.set_float32_matmul_precision("highest")
        threads = torch.get_num_threads()
        torch.set_num_threads(3)
        three = torch.get_num_threads()
        torch.set_num_threads(threads)
        return before + after + [three, torch.set_default_device("cpu")]

    same(check)


def test_wrong_settings(same):
    same(
        lambda torch: [
            raised(lambda: torch.set_num_threads(0)),
            raised(lambda: torch.set_num_threads(2.0)),
            raised(lambda: torch.use_deterministic_algorithms(1)),
            raised(lambda: torch.set_default_device("nowhere")),
            raised(lambda: torch.compile(3)),
            raised(lambda: torch.autocast("nowhere")),
        ]
    )
    with pytest.raises((RuntimeError, AssertionError), match="CUDA"):
        eduflow.set_default_device("cuda")
    with pytest.warns(UserWarning, match="not one of 'highest'"):
        eduflow.set_float32_matmul_precision("exact")


def test_backends_are_off(same):
    def check(torch):
        cudnn, backends = torch.backends.cudnn, torch.backends
        cudnn.benchmark, cudnn.deterministic = True, True
        found = [cudnn.benchmark, cudnn.deterministic, cudnn.is_available(), cudnn.version()]
        cudnn.benchmark, cudnn.deterministic = False, False
        backends.cuda.matmul.allow_tf32 = True
        found.append(backends.cuda.matmul.allow_tf32)
        backends.cuda.matmul.allow_tf32 = False
        return [*found, backends.mps.is_available(), backends.cuda.is_built()]

    same(check)


def test_compiled_and_scripted_functions_run():
    net = eduflow.nn.Linear(2, 1)
    assert eduflow.compile(net, mode="max-autotune") is net
    assert eduflow.jit.script(net) is net
    assert eduflow.jit.trace(net, eduflow.ones(1, 2)) is net

    @eduflow.compile(fullgraph=True)
    @eduflow.compiler.disable
    @eduflow.jit.ignore
    def double(x):
        return x * 2

    assert double(eduflow.ones(2)).tolist() == [2, 2]
    assert not eduflow.compiler.is_compiling()
    assert not eduflow.jit.is_scripting()


def test_mixed_precision_without_cuda(same):
    def check(torch):
        torch.manual_seed(0)
        net = torch.nn.Linear(3, 1)
        optimizer = torch.optim.SGD(net.parameters(), lr=0.1)
        scaler, warned = said(lambda: torch.amp.GradScaler("cuda"))
        block, also = said(lambda: torch.autocast("cuda", dtype=torch.float16))
        with block:
            loss = net(torch.ones(2, 3)).sum()
        scaler.scale(loss).backward()
        scaler.unscale_(optimizer)
        scaler.step(optimizer)
        scaler.update()
        state = scaler.state_dict(), scaler.get_scale(), scaler.is_enabled()
        return net.weight, loss, str(loss.dtype).split(".")[1], warned, also, state

    same(check)


def test_autocast_on_the_cpu_says_that_it_does_nothing():
    with pytest.warns(UserWarning, match="changes no dtype"):
        block = eduflow.autocast("cpu")
    with block:
        assert (eduflow.ones(2, 2) @ eduflow.ones(2, 2)).dtype == eduflow.float32
    assert block(lambda x: x + 1)(1) == 2
    eduflow.autocast("cpu", enabled=False)


def test_data_parallel_calls_its_module(same):
    def check(torch):
        torch.manual_seed(0)
        net = torch.nn.DataParallel(torch.nn.Linear(2, 2))
        return repr(net), net.state_dict(), net(torch.ones(1, 2)), net.device_ids

    same(check)


@pytest.mark.parametrize("name", ["bfloat16", "sparse_coo_tensor", "quantize_per_tensor", "vmap"])
def test_what_is_left_out_says_so(name):
    with pytest.raises(AttributeError, match=f"has no attribute '{name}'") as caught:
        getattr(eduflow, name)
    assert caught.value.__notes__[0].startswith("Left out on purpose: ")
    assert not hasattr(eduflow, name)


def test_a_typing_error_is_not_called_left_out():
    with pytest.raises(AttributeError) as caught:
        eduflow.tenosr  # noqa: B018
    assert not hasattr(caught.value, "__notes__")
