"""A grid of characters on which wires and words are put down."""

from typing import Literal

#: What leads away from a place: up, down, left, right.
Way = Literal["u", "d", "l", "r"]

_LINES = {
    "lr": "─",
    "l": "─",
    "r": "─",
    "ud": "│",
    "u": "│",
    "d": "│",
    "dr": "┌",
    "dl": "┐",
    "ru": "└",
    "lu": "┘",
    "dru": "├",
    "dlu": "┤",
    "dlr": "┬",
    "lru": "┴",
    "dlru": "┼",
}
_LINES = {"".join(sorted(ways)): line for ways, line in _LINES.items()}
_COLOURS = {"value": "\x1b[32m", "derivative": "\x1b[31m", "title": "\x1b[1m"}
_RESET = "\x1b[0m"


class Grid:
    """Characters by row and column, and the colour of each."""

    def __init__(self) -> None:
        self.letters: dict[tuple[int, int], str] = {}
        self.roles: dict[tuple[int, int], str] = {}
        self.wires: dict[tuple[int, int], dict[int, set[str]]] = {}

    def write(self, row: int, column: int, text: str, role: str = "") -> None:
        """Write a text to the right."""
        for k, letter in enumerate(text):
            self.letters[row, column + k] = letter
            self.roles[row, column + k] = role

    def across(self, net: int, row: int, start: int, stop: int) -> None:
        """Draw a wire along a row, ``start`` and ``stop`` included."""
        for column in range(start, stop + 1):
            self._lead(net, row, column, "l" if column > start else "")
            self._lead(net, row, column, "r" if column < stop else "")

    def along(self, net: int, column: int, rows: list[int]) -> None:
        """Draw a wire along a column, from the highest of the rows to the lowest."""
        for row in range(min(rows), max(rows) + 1):
            self._lead(net, row, column, "u" if row > min(rows) else "")
            self._lead(net, row, column, "d" if row < max(rows) else "")

    def _lead(self, net: int, row: int, column: int, way: Way | Literal[""]) -> None:
        self.wires.setdefault((row, column), {}).setdefault(net, set()).update(way)

    def text(self, colour: bool = False) -> str:
        """Return the lines; where two wires cross, the upright one passes over."""
        letters = {place: _line(nets) for place, nets in self.wires.items()} | self.letters
        rows = range(max(row for row, _ in letters) + 1)
        wide = max(column for _, column in letters) + 1
        plain = [[letters.get((row, column), " ") for column in range(wide)] for row in rows]
        if not colour:
            return "\n".join("".join(line).rstrip() for line in plain)
        return "\n".join(self._coloured(row, line).rstrip() for row, line in enumerate(plain))

    def _coloured(self, row: int, line: list[str]) -> str:
        out, now = "", ""
        for column, letter in enumerate(line):
            wanted = _COLOURS.get(self.roles.get((row, column), ""), "")
            if wanted != now:
                out += (_RESET if now else "") + wanted
                now = wanted
            out += letter
        return out + (_RESET if now else "")


def _line(nets: dict[int, set[str]]) -> str:
    if len(nets) > 1:
        return "│"
    (ways,) = nets.values()
    return _LINES["".join(sorted(ways))]
