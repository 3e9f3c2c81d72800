"""What optimizers refuse to load, and what they warn of, in PyTorch's words."""

import warnings


def warn_of_duplicates(params):
    """UserWarning where a parameter stands twice in one group: it would move twice in each step."""
    if len({id(p) for p in params}) != len(params):
        warnings.warn(
            "optimizer contains a parameter group with duplicate parameters; in future, this will "
            "cause an error; see github.com/pytorch/pytorch/issues/40967 for more information",
            stacklevel=3,
        )


def check_groups(ours, theirs):
    """ValueError unless there are as many groups, and as many parameters in each."""
    if len(ours) != len(theirs):
        raise ValueError("loaded state dict has a different number of parameter groups")
    if any(len(a["params"]) != len(b["params"]) for a, b in zip(ours, theirs)):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of "
            "optimizer's group"
        )
