"""A graph as SVG: values in green, derivatives in red and slanted, so that grey is enough."""

from collections.abc import Iterator, Mapping
from xml.sax.saxutils import escape

from compare.drawing.cards import Card, Drawable, cards
from compare.drawing.elements import (
    ARROW,
    LETTER,
    STYLE,
    curve,
    frame,
    label,
    level,
    numbers,
    opening,
)
from compare.drawing.layers import Cell, Layered, Wire, layered
from compare.drawing.places import heights
from functional_nn.graph import Graph

# all in pixels
_ROW = 20.0
_PAD = 12.0
_BETWEEN_LAYERS, _BETWEEN_CARDS, _MARGIN, _HEADER = 64.0, 26.0, 24.0, 40.0


def svg(drawn: Drawable, *, opened: bool = False) -> str:
    """Return the drawing of a graph, or of a sweep with its numbers.

    Inputs have round ends, constants dashed frames, modules double ones, the output a thick one.

    Args:
        drawn: A graph, or a sweep over one.
        opened: Whether modules are drawn with what is inside them; those with a backward of
            their own are when the graph is ``functional_nn.graph.opened``.
    """
    return _Drawing(drawn, opened).text()


class _Drawing:
    """Sizes and places, worked out once."""

    def __init__(self, drawn: Drawable, opened: bool) -> None:
        self.drawn = drawn
        self.cards = {card.name: card for card in cards(drawn, opened)}
        self.layers = layered({name: card.inputs for name, card in self.cards.items()})
        self.size = {
            cell: _height(self.cards[cell.name]) if self.layers.is_node(cell) else 6.0
            for layer in self.layers.layers
            for cell in layer
        }
        middles = heights(self.layers, self.size, _BETWEEN_CARDS)
        self.middle = {cell: y + _MARGIN + _HEADER for cell, y in middles.items()}
        self.left, self.wide = _columns(self.layers, self.cards)

    def text(self) -> str:
        """Return the whole file."""
        header = _header(self.drawn)
        width = max(self.left[-1] + self.wide[-1], _MARGIN + len(header) * LETTER) + _MARGIN
        height = max(self.middle[cell] + size / 2 for cell, size in self.size.items()) + _MARGIN
        graph = self.drawn if isinstance(self.drawn, Graph) else self.drawn.graph
        parts = [
            opening(width, height),
            f"<title>{escape(graph.name)}</title>",
            f"<desc>{escape(str(self.drawn))}</desc>",
            f"<style>{STYLE}</style>",
            ARROW,
            f'<rect width="{width:.0f}" height="{height:.0f}" fill="white"/>',
            label("", _MARGIN, _MARGIN + 6, header),
            *(self._wire(wire) for wire in self.layers.wires),
            *self._waypoints(),
            *(part for card in self.cards.values() for part in self._card(card)),
            "</svg>\n",
        ]
        return "\n".join(parts)

    def _card(self, card: Card) -> Iterator[str]:
        cell = Cell(card.name, self.layers.rank[card.name])
        width, height = _width(card), self.size[cell]
        left = self.left[cell.layer] + (self.wide[cell.layer] - width) / 2
        top = self.middle[cell] - height / 2
        kind = f"card {card.kind}{' output' if card.is_output else ''}"
        yield frame(kind, left, top, width, height, height / 2 if card.kind == "input" else 6.0)
        if card.kind == "module":
            yield frame("card", left + 4, top + 4, width - 8, height - 8, 4.0)
        row = top + _PAD + 11
        yield label("title", left + _indent(card), row, card.title)
        for number, line in enumerate(card.lines, start=1):
            yield numbers(
                line, left + _indent(card), row + number * _ROW, width - 2 * _indent(card)
            )

    def _wire(self, wire: Wire) -> str:
        layer = wire.start.layer
        gap = self.left[layer] + self.wide[layer], self.left[layer + 1]  # free of cards
        end, height = self._entry(wire)
        stops = (self._right(wire.start), *gap, end)
        return curve(stops, self.middle[wire.start], height, self.layers.is_node(wire.end))

    def _waypoints(self) -> Iterator[str]:
        """Yield the straight pieces on which wires pass a layer."""
        for cell in self.size:
            if not self.layers.is_node(cell):
                yield level(self.left[cell.layer], self._right(cell), self.middle[cell])

    def _right(self, cell: Cell) -> float:
        """Return where the wire leaves a cell."""
        left, wide = self.left[cell.layer], self.wide[cell.layer]
        if not self.layers.is_node(cell):
            return left + wide
        return left + (wide + _width(self.cards[cell.name])) / 2

    def _entry(self, wire: Wire) -> tuple[float, float]:
        """Return where a wire ends: the first input of a card enters at its top."""
        left, wide = self.left[wire.end.layer], self.wide[wire.end.layer]
        if not self.layers.is_node(wire.end):
            return left, self.middle[wire.end]
        card = self.cards[wire.end.name]
        share = (wire.port + 1) / (len(card.inputs) + 1)
        height = self.size[wire.end]
        return left + (wide - _width(card)) / 2, self.middle[wire.end] + (share - 0.5) * height


def _columns(layers: Layered, cards: Mapping[str, Card]) -> tuple[list[float], list[float]]:
    """Return the left edge and the width of each layer."""
    wide = [
        max((_width(cards[cell.name]) for cell in layer if layers.is_node(cell)), default=0.0)
        for layer in layers.layers
    ]
    left = [_MARGIN]
    for width in wide[:-1]:
        left.append(left[-1] + width + _BETWEEN_LAYERS)
    return left, wide


def _header(drawn: Drawable) -> str:
    if isinstance(drawn, Graph):
        return f"{drawn.name}({', '.join(drawn.inputs)})"
    kind = "partial" if hasattr(drawn, "partials") else "tangent"
    graph = drawn.graph
    return f"{graph.name}({', '.join(graph.inputs)}): value upright, {kind} slanted"


def _indent(card: Card) -> float:
    return 1.7 * _PAD if card.kind == "input" else _PAD


def _width(card: Card) -> float:
    rows = [card.title, *(f"{line.label}  {line.text}" for line in card.lines)]
    return max(map(len, rows)) * LETTER + 2 * _indent(card)


def _height(card: Card) -> float:
    return 2 * _PAD + 14 + _ROW * len(card.lines)
