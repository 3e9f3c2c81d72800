"""Train digits.py's network in two processes: `torchrun --nproc-per-node 2 two.py`.

Each process takes its part of every batch; PyTorch averages their gradients before each step.
"""

import json
import sys

import torch
import torch.distributed as distributed
from torch.nn.parallel import DistributedDataParallel

# digits.py says `import eduflow as torch`. Here that name means PyTorch; the file stays as it is.
sys.modules["eduflow"] = torch

import digits  # noqa: E402  # after the line above, on purpose

distributed.init_process_group("gloo")
torch.set_num_threads(1)
rank, world = distributed.get_rank(), distributed.get_world_size()

net, optimizer = digits.start()
losses = torch.tensor(
    digits.train(DistributedDataParallel(net), optimizer, part=slice(rank, None, world))
)
distributed.all_reduce(losses)  # the sum over all processes
if rank == 0:
    with open("losses.json", "w") as file:
        json.dump((losses / world).tolist(), file)
distributed.destroy_process_group()
