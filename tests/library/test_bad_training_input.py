"""Bad input of what a training loop calls: each with PyTorch's type, text and warning."""

import warnings

import pytest

from tests.oracle import raised

NORM = [
    *[f"nn.BatchNorm{d}d(4)(torch.ones(1, 4{', 1' * d}))" for d in (1, 2, 3)],
    *[f"nn.BatchNorm{d}d(4, track_running_stats=False).eval()(torch.ones(1, 4{', 1' * d}))"
      for d in (1, 2, 3)],
    "nn.BatchNorm1d(4)(torch.ones(1, 4))", "nn.BatchNorm1d(4).eval()(torch.ones(1, 4))",
    "nn.BatchNorm1d(4)(torch.ones(0, 4))", "nn.BatchNorm2d(4)(torch.ones(2, 4, 0, 3))",
    "nn.BatchNorm1d(4)(torch.ones(4))", "nn.BatchNorm2d(4)(torch.ones(2, 4, 3))",
    "nn.BatchNorm1d(4)(torch.ones(2, 8))", "nn.BatchNorm1d(4)([1.0, 2.0])",
    "nn.BatchNorm1d(4)(torch.ones(2, 4).long())", "nn.BatchNorm1d(4)(torch.ones(2, 4).bool())",
    "nn.BatchNorm1d(4)(torch.ones(2, 4).double())", "nn.InstanceNorm1d(4)(torch.ones(2, 4, 1))",
    "F.batch_norm(torch.ones(2, 4).long(), None, None, training=True)",
    "nn.GroupNorm(4, 4)(torch.ones(1, 4))", "nn.GroupNorm(2, 4)(torch.ones(2, 4).long())",
    "nn.LayerNorm(4)(torch.ones(2, 4).long())", "nn.LayerNorm(4)(torch.ones(2, 4).double())",
    "nn.Dropout(1.5)", "nn.Dropout('half')", "nn.Dropout()([1.0])", "F.dropout(None)",
    "F.dropout(torch.ones(2), -0.1)", "F.dropout(torch.ones(4).long())",
    "F.dropout2d(torch.ones(2, 2, 2, 2), 2)", "F.alpha_dropout(torch.ones(2), 2)",
]  # fmt: skip

CLASSES = ["[0, 1, 2]", "[0, -1, 1]", "[-100, 5, 0]", "[0, 1]", "[[0, 1, 0]]", "[0., 1., 0.]",
           "[True, False, True]"]  # fmt: skip
TARGETS = [
    *[f"F.{loss}(s, torch.tensor({t}))"
      for loss in ("cross_entropy", "nll_loss", "multi_margin_loss") for t in CLASSES],
    *[f"F.{loss}(s, torch.tensor([0, 1, 0]).{kind}())"
      for loss in ("cross_entropy", "nll_loss") for kind in ("int", "byte", "short", "char")],
    "F.cross_entropy(s.long(), torch.tensor([0, 1, 0]))", "F.cross_entropy(s, [0, 1, 0])",
    "F.cross_entropy(s, s.long())", "F.cross_entropy(torch.tensor(1.0), torch.tensor(0))",
    "F.cross_entropy(torch.ones(1, 2, 1, 2), torch.tensor([[[0, 5]]]))",
    "F.cross_entropy(torch.ones(1, 2, 1, 2), torch.tensor([[[0, -5]]]))",
    "F.nll_loss(torch.ones(1, 2, 1, 2), torch.tensor([[[0]]]))",
    "F.binary_cross_entropy(torch.tensor([1.5]), torch.tensor([1.0]))",
    "F.binary_cross_entropy(torch.tensor([0.5]), torch.tensor([1]))",
    "F.binary_cross_entropy(torch.ones(2, 1), torch.ones(2))",
    "F.binary_cross_entropy_with_logits(torch.ones(2, 1), torch.ones(2))",
    "F.mse_loss(torch.tensor([1, 2]), torch.tensor([1, 3]))",
    "F.mse_loss(torch.tensor([True]), torch.tensor([True]))",
    "F.huber_loss(torch.ones(2), torch.ones(2), delta=0.0)",
    "F.huber_loss(torch.ones(2).long(), torch.ones(2).long())",
    "F.smooth_l1_loss(torch.ones(2), torch.ones(2), beta=-1)",
    "F.kl_div(torch.zeros(2), torch.ones(2))", "F.softmax(torch.ones(2, 2))",
    "F.mse_loss(torch.ones(2), torch.zeros(2), size_average=False)",
    "F.l1_loss(torch.ones(2), torch.zeros(2), reduce=False)",
    "F.multilabel_margin_loss(torch.ones(1, 3), torch.tensor([[3, -1, -1]]))",
    "F.multilabel_margin_loss(torch.ones(1, 3), torch.tensor([[0.0, -1, -1]]))",
    "F.max_pool2d(torch.ones(1, 1, 2, 2).bool(), 2)", "F.max_pool2d(torch.ones(1, 1, 2, 2), 3)",
    "F.avg_pool2d(torch.ones(1, 1, 2, 2).long(), 2)", "F.max_pool2d(torch.ones(4, 4), 2)",
]  # fmt: skip

OPTIMIZERS = ["SGD", "Adam", "AdamW", "Adagrad", "RMSprop", "Adadelta", "Adamax", "NAdam", "RAdam",
              "ASGD", "Rprop"]  # fmt: skip
STEPS = [
    "([w], lr=0.1).step(lambda: 5.0)", "([w], lr=0.1).step(5)", "([w], lr=0.1).step(lambda: 1 / 0)",
    "([w], lr=0.1).step(lambda loss: loss)", "([w, w], lr=0.1).defaults['lr']", "([1.0])",
    "([{'params': [w]}, {'params': [w]}])", "([w.detach().long()], lr=0.1).step()",
    "([w * 2])", "([])", "(w)",
]  # fmt: skip

SCHEDULERS = {
    "StepLR": "o, 10", "MultiStepLR": "o, [1, 2]", "ExponentialLR": "o, 0.9", "LinearLR": "o",
    "ConstantLR": "o", "PolynomialLR": "o", "CosineAnnealingLR": "o, 10", "LambdaLR": "o, float",
    "MultiplicativeLR": "o, float", "OneCycleLR": "o, 0.1, total_steps=3",
    "CyclicLR": "o, 0.01, 0.1", "CosineAnnealingWarmRestarts": "o, 10",
}  # fmt: skip
FIRST = [
    *[f"S.{name}({given}).step()" for name, given in SCHEDULERS.items()],
    "S.SequentialLR(o, [S.ConstantLR(o), S.ExponentialLR(o, 0.9)], [2]).step()",
    "S.ChainedScheduler([S.ConstantLR(o), S.ExponentialLR(o, 0.9)]).step()",
    "S.ReduceLROnPlateau(o).step()", "S.ReduceLROnPlateau(o).step(1.0)",
    "S.ReduceLROnPlateau(o).step('x')", "S.ReduceLROnPlateau(o).step(torch.ones(2))",
    "S.StepLR(o, 10, last_epoch=3)", "[o.step(), S.StepLR(o, 10).step(3)]",
]  # fmt: skip

VALUES = ["float('nan')", "float('inf')", "'x'", "None", "-1", "torch.tensor(-1.0)", "True",
          "torch.tensor(0.5)", "torch.ones(2)", "(1, 2)", "1j"]  # fmt: skip
OPTIONS = {
    "SGD": ["lr", "momentum", "weight_decay"],
    "Adam": ["lr", "betas", "eps", "weight_decay"],
    "RMSprop": ["lr", "alpha", "eps", "momentum", "weight_decay"],
    "Adagrad": ["lr", "lr_decay", "eps", "weight_decay"],
    "Adadelta": ["lr", "rho", "eps", "weight_decay"],
    "Adamax": ["lr", "betas", "eps"],
    "NAdam": ["lr", "betas", "momentum_decay"],
    "RAdam": ["lr", "betas", "eps"],
    "ASGD": ["lr", "weight_decay"],
    "Rprop": ["lr", "etas"],
    "Adafactor": ["lr", "beta2_decay", "d", "weight_decay"],
    "LBFGS": ["lr"],
}


def said(torch, code):
    """What a line of code raises, or returns if it is a tensor or a number, and its warnings."""
    nn, found = torch.nn, []
    w = torch.ones(2, requires_grad=True)
    names = {"torch": torch, "nn": nn, "F": nn.functional, "O": torch.optim, "w": w}
    names |= {"S": torch.optim.lr_scheduler, "s": torch.ones(3, 2)}
    names["o"] = torch.optim.SGD([w], lr=0.1, momentum=0.9)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        error = raised(lambda: found.append(eval(code, names)))
    value = found[0] if found and isinstance(found[0], (torch.Tensor, float)) else None
    return [error or value, *[[w.category.__name__, str(w.message)] for w in caught]]


@pytest.mark.parametrize("table", [NORM, TARGETS, FIRST], ids=["norm", "targets", "schedulers"])
def test_a_refusal_has_the_type_and_the_text(same, table):
    same(lambda torch: {code: said(torch, code) for code in table})


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_parameters_and_closures_of_an_optimizer(same, name):
    same(lambda torch: {code: said(torch, f"O.{name}{code}") for code in STEPS})


@pytest.mark.parametrize("name", OPTIONS)
def test_options_of_an_optimizer(same, name):
    def check(torch):
        given = [f"{option}={value}" for option in OPTIONS[name] for value in VALUES]
        return {text: said(torch, f"O.{name}([w], {text})") for text in given}

    same(check)


def test_the_lines_of_the_tables_are_calls():
    """Lines of code that raise a NameError or a SyntaxError would agree, and show nothing."""
    import eduflow

    tables = [*NORM, *TARGETS, *FIRST, *[f"O.SGD{code}" for code in STEPS]]
    errors = [said(eduflow, code)[0] for code in tables]
    kinds = {error["raised"] for error in errors if isinstance(error, dict)}
    assert len(kinds) > 4
    assert kinds.isdisjoint({"NameError", "SyntaxError"})
