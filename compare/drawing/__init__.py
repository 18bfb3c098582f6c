"""Graphs drawn with the value and the derivative at each node: as SVG, and in the terminal.

graph, inputs = product_of_sum()
sweep = backpropagate(graph, inputs)
Path("f.svg").write_text(svg(sweep))
print(terminal(sweep))
"""

from compare.drawing.svg import svg
from compare.drawing.terminal import terminal

__all__ = ["svg", "terminal"]
