"""PyTorch with ``torch.compile`` around network and loss; the rest as in eager mode.

The backward pass is compiled along with it; the optimizer is the fused Adam.
"""

import torch
from torch import nn

from benchmarks.engines import Train
from benchmarks.machine import threads
from benchmarks.peers.torch_eager import network, training
from benchmarks.workloads import Workload


def prepare(workload: Workload) -> Train:
    torch.set_num_threads(threads())
    torch.manual_seed(0)
    model, criterion = network(workload.sizes), nn.CrossEntropyLoss()

    def loss(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        return criterion(model(x), y)

    return training(workload, model, torch.compile(loss))
