"""Two gradients that are returned in each other's place: no edit of one expression mends both."""

import ast
from collections.abc import Iterator, Sequence

from compare.program import Place
from compare.repair.reading import Reading
from compare.repair.search import Search


def exchanged(search: Search, wrong: Sequence[int]) -> Iterator[tuple[Place, str, tuple[int, int]]]:
    """Yield where an output is written that has another's value, what to exchange, and both.

    Args:
        search: The derivation under search.
        wrong: Outputs that are wrong by their own mistake.
    """
    left = list(wrong)
    while left:
        one = left.pop(0)
        for other in left:
            written = [_written(search, k) for k in (one, other)]
            if None not in written and _is(search, one, other) and _is(search, other, one):
                left.remove(other)
                first, second = (pair for pair in written if pair is not None)
                texts = [f"`{ast.unparse(node)}`" for _, node in (first, second)]
                yield first[0].place(first[1]), f"exchange {texts[0]} and {texts[1]}", (one, other)
                break


def _is(search: Search, output: int, other: int) -> bool:
    """Whether an output has the value, everywhere, that another should have."""
    source = search.desk.watched.sources[output]
    return all(point.close(other, point.computed[source]) for point in search.desk.points)


def _written(search: Search, output: int) -> tuple[Reading, ast.expr] | None:
    """Return the expression that an output is: where it is returned, or else computed last."""
    source = search.desk.watched.sources[output]
    found = [
        (reading, node)
        for reading in search.readings
        if len(reading.statement.runs) == 1
        for node in reading.nodes
        if any(hold.value == source for hold in reading.holds.get(id(node), ()))
    ]
    returned = [(reading, node) for reading, node in found if reading.returns]
    chosen = returned or found[-1:]
    return chosen[0] if chosen else None
