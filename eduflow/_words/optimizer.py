"""What optimizers refuse to load, in PyTorch's words."""


def check_groups(ours, theirs):
    """ValueError unless there are as many groups, and as many parameters in each."""
    if len(ours) != len(theirs):
        raise ValueError("loaded state dict has a different number of parameter groups")
    if any(len(a["params"]) != len(b["params"]) for a, b in zip(ours, theirs)):
        raise ValueError(
            "loaded state dict contains a parameter group that doesn't match the size of "
            "optimizer's group"
        )
