"""CUDA's switches, which nothing looks at. Mirrors torch.backends.cuda."""


class cuBLASModule:
    """The switches of matrix products."""

    allow_tf32 = False
    allow_fp16_reduced_precision_reduction = True
    allow_bf16_reduced_precision_reduction = True


matmul = cuBLASModule()


def is_built():
    """Whether eduflow was built for CUDA: no."""
    return False
