"""PyTorch in eager mode: tensors in memory, batches by index, and the fused Adam.

Its documentation calls the fused implementation the fastest; it is there on the CPU too.
"""

from collections.abc import Callable
from itertools import pairwise

import torch
from torch import nn

from benchmarks.engines import Train
from benchmarks.machine import threads
from benchmarks.workloads import LEARNING_RATE, Workload, rows_of


def network(sizes: tuple[int, ...]) -> nn.Sequential:
    layers = [part for shape in pairwise(sizes) for part in (nn.Linear(*shape), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


def prepare(workload: Workload) -> Train:
    torch.set_num_threads(threads())
    torch.manual_seed(0)
    model, criterion = network(workload.sizes), nn.CrossEntropyLoss()
    return training(workload, model, lambda x, y: criterion(model(x), y))


def training(workload: Workload, model: nn.Module, loss: Callable[..., torch.Tensor]) -> Train:
    """Return what trains ``model``, whose loss on a batch ``loss(x, y)`` is."""
    x, y = map(torch.from_numpy, rows_of(workload))
    y = y.long()
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE, fused=True)

    def train(epochs: int) -> float:
        for _ in range(epochs):
            for pick in torch.randperm(len(x)).split(workload.batch):
                optimizer.zero_grad()
                value = loss(x[pick], y[pick])
                value.backward()
                optimizer.step()
        return value.item()

    return train
