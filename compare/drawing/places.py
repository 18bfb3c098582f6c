"""How high a cell stands in its layer: near its neighbours, and clear of the one above."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise

from compare.drawing.layers import Cell, Layered

_SWEEPS = 12


def heights(drawing: Layered, size: Mapping[Cell, float], gap: float) -> dict[Cell, float]:
    """Return the middle of each cell; no two of a layer come nearer than ``gap``.

    Args:
        drawing: The layers.
        size: Height of each cell.
        gap: Space between two cells of a layer.
    """
    beside: defaultdict[Cell, list[Cell]] = defaultdict(list)
    before: defaultdict[Cell, list[Cell]] = defaultdict(list)
    for start, end, _ in drawing.wires:
        beside[start].append(end)
        before[end].append(start)
    middle = {cell: float(k) for layer in drawing.layers for k, cell in enumerate(layer)}
    for sweep in range(_SWEEPS):
        forwards = sweep % 2 == 0
        for layer in drawing.layers if forwards else reversed(drawing.layers):
            of = before if forwards else beside
            wanted = [
                _mean([middle[other] for other in of[cell]] or [middle[cell]]) for cell in layer
            ]
            apart = [(size[a] + size[b]) / 2 + gap for a, b in pairwise(layer)]
            middle |= dict(zip(layer, _kept_apart(wanted, apart), strict=True))
    top = min(middle[cell] - size[cell] / 2 for cell in middle)
    return {cell: height - top for cell, height in middle.items()}


def _kept_apart(wanted: Sequence[float], apart: Sequence[float]) -> list[float]:
    """Return places nearest to the wanted ones (least squares) that keep their distances.

    With the distances taken off, this is a fit by a rising sequence: neighbours that would
    overtake each other are pooled at their mean.
    """
    offsets = [0.0]
    for distance in apart:
        offsets.append(offsets[-1] + distance)
    pools: list[list[float]] = []  # sum, count
    for place, offset in zip(wanted, offsets, strict=True):
        pools.append([place - offset, 1])
        while len(pools) > 1 and pools[-2][0] / pools[-2][1] > pools[-1][0] / pools[-1][1]:
            total, count = pools.pop()
            pools[-1][0] += total
            pools[-1][1] += count
    levels = [total / count for total, count in pools for _ in range(int(count))]
    return [level + offset for level, offset in zip(levels, offsets, strict=True)]


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)
