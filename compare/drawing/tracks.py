"""Wires between two layers on a character grid: each source has an upright track of its own.

A source's wire leaves its row to the right, turns into its track, and turns off it at the rows of
its ends. Two wires may cross but never share a line; where the row of one's start is the row of
another's end, the first has to turn before the second arrives.
"""

from collections.abc import Mapping, Sequence

#: For each source row the rows where its wire ends.
Nets = Mapping[int, Sequence[int]]


def tracks(nets: Nets) -> dict[int, int] | None:
    """Return the track of each source row, counted from the left.

    Args:
        nets: Source rows and the rows where their wires end, all ends different.

    Returns:
        A track for each source; None when two wires would each have to turn before the other.
    """
    owner = {end: start for start, ends in nets.items() for end in ends}
    later = {start: owner[start] for start in nets if owner.get(start, start) != start}
    ordered: list[int] = []
    for start in sorted(nets):
        chain = []
        while start not in ordered and start not in chain:
            chain.append(start)
            if start not in later:
                break
            start = later[start]
        else:
            if start in chain:
                return None
        ordered += reversed(chain)
    # `later` wires stand first in `ordered`, so the tracks are counted from its end
    return {start: len(ordered) - 1 - k for k, start in enumerate(ordered)}
