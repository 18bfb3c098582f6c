"""A graph drawn with characters: boxes with their value and derivative, wires between."""

from collections import defaultdict

from compare.drawing.cards import Card, Drawable, cards
from compare.drawing.grid import Grid
from compare.drawing.layers import Cell, Layered, Wire, layered
from compare.drawing.places import heights
from compare.drawing.tracks import tracks

_GAP = 1  # rows between two boxes


def terminal(
    drawn: Drawable, *, opened: bool = False, columns: int = 160, colour: bool = False
) -> str:
    """Return the drawing of a graph, or of a sweep with its numbers.

    Inputs have round corners, constants dashed frames, modules double ones, the output a thick
    one. A graph that needs more columns than there are comes as a table: ``str(drawn)``.

    Args:
        drawn: A graph, or a sweep over one.
        opened: Whether modules are drawn with what is inside them.
        columns: Width of the terminal.
        colour: Values green and derivatives red, with the codes that terminals know.
    """
    found = cards(drawn, opened)
    if sum(len(card.title) for card in found) > 40 * columns:
        return str(drawn)  # far too many to look for places
    drawing = _Drawing(found)
    if drawing.width > columns or any(track is None for track in drawing.tracks):
        return str(drawn)
    return drawing.grid().text(colour)


class _Drawing:
    """Rows and columns, worked out once."""

    def __init__(self, found: list[Card]) -> None:
        self.cards = {card.name: card for card in found}
        self.layers = layered({name: card.inputs for name, card in self.cards.items()})
        self.size = {
            cell: _rows(self.cards[cell.name]) if self.layers.is_node(cell) else 1
            for layer in self.layers.layers
            for cell in layer
        }
        self.top = _tops(self.layers, self.size)
        self.nets = self._nets()
        self.tracks = [tracks(nets) for nets in self.nets]
        self.wide = [
            max((_columns(self.cards[c.name]) for c in layer if self.layers.is_node(c)), default=1)
            for layer in self.layers.layers
        ]
        between = [len(nets) + 3 for nets in self.nets]
        self.left = [sum(self.wide[:k]) + sum(between[:k]) for k in range(len(self.layers.layers))]
        self.width = self.left[-1] + self.wide[-1]

    def exit(self, cell: Cell) -> int:
        """Return the row on which the wire leaves."""
        return self.top[cell] + self.size[cell] // 2

    def entry(self, wire: Wire) -> int:
        """Return the row on which a wire arrives; the first input of a box enters at its top."""
        if not self.layers.is_node(wire.end):
            return self.top[wire.end]
        count, size = len(self.cards[wire.end.name].inputs), self.size[wire.end]
        if count % 2 and wire.port == count // 2:
            return self.top[wire.end] + size // 2
        return self.top[wire.end] + 1 + round(wire.port * (size - 3) / max(1, count - 1))

    def _nets(self) -> list[dict[int, list[int]]]:
        """Return, between each two layers, the rows that each row's wire goes to."""
        nets: list[defaultdict[int, list[int]]] = [
            defaultdict(list) for _ in self.layers.layers[:-1]
        ]
        for wire in self.layers.wires:
            nets[wire.start.layer][self.exit(wire.start)].append(self.entry(wire))
        return [dict(each) for each in nets]

    def grid(self) -> Grid:
        """Return everything drawn."""
        grid = Grid()
        for layer in self.layers.layers:
            for cell in layer:
                left, wide = self.left[cell.layer], self.wide[cell.layer]
                if self.layers.is_node(cell):
                    _box(grid, self.cards[cell.name], self.top[cell], left, wide, self.size[cell])
                else:
                    grid.across(0, self.exit(cell), left, left + wide - 1)
        for wire in self.layers.wires:
            self._wire(grid, wire)
        return grid

    def _wire(self, grid: Grid, wire: Wire) -> None:
        k, start, end = wire.start.layer, self.exit(wire.start), self.entry(wire)
        track = (self.tracks[k] or {})[start]
        first, last = self.left[k] + self.wide[k], self.left[k + 1] - 1
        turn = first + 1 + track
        grid.across(start, start, first, turn)
        grid.along(start, turn, [start, end])
        grid.across(start, end, turn, last)
        if self.layers.is_node(wire.end):
            grid.write(end, last, ">")


def _tops(layers: Layered, size: dict[Cell, int]) -> dict[Cell, int]:
    """Return the first row of each cell, whole numbers and clear of the one above."""
    middle = heights(layers, {cell: float(rows) for cell, rows in size.items()}, float(_GAP))
    top: dict[Cell, int] = {}
    for layer in layers.layers:
        free = 0
        for cell in layer:
            top[cell] = max(free, round(middle[cell] - size[cell] / 2))
            free = top[cell] + size[cell] + _GAP
    return top


def _rows(card: Card) -> int:
    return max(3 + len(card.lines), 2 + len(card.inputs))


def _columns(card: Card) -> int:
    rows = [card.title, *(f"{line.label}  {line.text}" for line in card.lines)]
    return max(map(len, rows)) + 4


_FRAMES = {  # corners from the top left, then across and upright
    "input": "╭╮╰╯─│",
    "constant": "┌┐└┘╌┆",
    "gate": "┌┐└┘─│",
    "module": "╔╗╚╝═║",
    "output": "┏┓┗┛━┃",
}


def _box(grid: Grid, card: Card, top: int, left: int, wide: int, rows: int) -> None:
    a, b, c, d, across, upright = tuple(_FRAMES["output" if card.is_output else card.kind])
    bottom, right = top + rows - 1, left + wide - 1
    grid.write(top, left, a + across * (wide - 2) + b)
    grid.write(bottom, left, c + across * (wide - 2) + d)
    for row in range(top + 1, bottom):
        grid.write(row, left, upright)
        grid.write(row, right, upright)
    grid.write(top + 1, left + 2, card.title, "title")
    for number, line in enumerate(card.lines, start=2):
        grid.write(top + number, left + 2, line.label)
        grid.write(top + number, right - 1 - len(line.text), line.text, line.role)
