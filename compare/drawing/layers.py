"""Layers of a drawing: which column a node stands in, and in which order.

A wire that skips a layer passes it at a waypoint of its own, so that no wire runs through a card.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

Inputs = Mapping[str, Sequence[str]]


class Cell(NamedTuple):
    """A place in a layer: a node in its own layer, a waypoint of its wire in a later one."""

    name: str
    layer: int


class Wire(NamedTuple):
    """A piece of wire between neighbouring layers; ``port`` counts the inputs of its end."""

    start: Cell
    end: Cell
    port: int


@dataclass(frozen=True)
class Layered:
    """Nodes and waypoints by layer, in drawing order from the top, and the wires between."""

    layers: list[list[Cell]]
    wires: list[Wire]
    rank: dict[str, int]

    def is_node(self, cell: Cell) -> bool:
        """Return whether the cell is a node, not a waypoint."""
        return self.rank[cell.name] == cell.layer


def layered(inputs: Inputs) -> Layered:
    """Return the layers of a graph, given each node's inputs in topological order."""
    rank = _ranks(inputs)
    wires = list(dict.fromkeys(_wires(inputs, rank)))
    cells = dict.fromkeys(Cell(name, rank[name]) for name in inputs)
    cells |= dict.fromkeys(end for wire in wires for end in (wire.start, wire.end))
    layers: list[list[Cell]] = [[] for _ in range(max(rank.values()) + 1)]
    for cell in cells:
        layers[cell.layer].append(cell)
    return Layered(_untangled(layers, wires), wires, rank)


def _ranks(inputs: Inputs) -> dict[str, int]:
    """Return each node's layer: after its inputs; a leaf stands just before its first user."""
    rank: dict[str, int] = {}
    for name, sources in inputs.items():
        rank[name] = 1 + max((rank[source] for source in sources), default=-1)
    first: dict[str, int] = {}
    for name, sources in inputs.items():
        for source in sources:
            first[source] = min(first.get(source, rank[name]), rank[name])
    leaves = [name for name, sources in inputs.items() if not sources and name in first]
    return rank | {name: first[name] - 1 for name in leaves}


def _wires(inputs: Inputs, rank: Mapping[str, int]) -> list[Wire]:
    found = []
    for name, sources in inputs.items():
        for port, source in enumerate(sources):
            way = [Cell(source, layer) for layer in range(rank[source], rank[name])]
            found += [Wire(a, b, 0) for a, b in pairwise(way)]
            found.append(Wire(way[-1], Cell(name, rank[name]), port))
    return found


def _untangled(layers: list[list[Cell]], wires: Sequence[Wire]) -> list[list[Cell]]:
    """Return the order with the fewest crossings met while sorting by the neighbours' places."""
    best, fewest = layers, _crossings(layers, wires)
    for sweep in range(12):
        if not fewest:
            break
        layers = _sorted_by_neighbours(layers, wires, forwards=sweep % 2 == 0)
        crossings = _crossings(layers, wires)
        if crossings < fewest:
            best, fewest = layers, crossings
    return best


def _sorted_by_neighbours(
    layers: list[list[Cell]], wires: Sequence[Wire], forwards: bool
) -> list[list[Cell]]:
    place = {cell: float(k) for layer in layers for k, cell in enumerate(layer)}
    neighbours: defaultdict[Cell, list[tuple[Cell, float]]] = defaultdict(list)
    for start, end, port in wires:
        if forwards:
            neighbours[end].append((start, 0.0))
        else:
            neighbours[start].append((end, 0.1 * port))
    ordered = []
    for layer in layers if forwards else reversed(layers):
        wanted = {
            cell: sum(place[other] + shift for other, shift in neighbours[cell])
            / len(neighbours[cell])
            for cell in layer
            if neighbours[cell]
        }
        new = sorted(layer, key=lambda cell: wanted.get(cell, place[cell]))
        place |= {cell: float(k) for k, cell in enumerate(new)}
        ordered.append(new)
    return ordered if forwards else ordered[::-1]


def _crossings(layers: list[list[Cell]], wires: Sequence[Wire]) -> int:
    place = {cell: k for layer in layers for k, cell in enumerate(layer)}
    between: defaultdict[int, list[tuple[float, float]]] = defaultdict(list)
    for start, end, port in wires:
        between[start.layer].append((place[start], place[end] + 0.1 * port))
    return sum(
        (a[0] - b[0]) * (a[1] - b[1]) < 0
        for pieces in between.values()
        for k, a in enumerate(pieces)
        for b in pieces[:k]
    )
