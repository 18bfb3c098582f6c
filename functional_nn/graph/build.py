"""From symbols to a graph: find what the output needs, order it, name it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from functional_nn.graph.graph import Graph
from functional_nn.graph.symbols import Symbol


def build(
    output: Symbol,
    name: str | None = None,
    *,
    inputs: Sequence[Symbol] | None = None,
    keep: Sequence[Symbol] = (),
) -> Graph:
    """Return the graph that computes a symbol.

    Args:
        output: What it computes.
        name: Of the graph; the output's own name if None, or "f" when that has none either.
        inputs: The inputs in the order in which a call takes them; if None, they come as they
            are met on the way to the output.
        keep: Symbols that belong to the graph although the output does not need them.

    Returns:
        The graph. Symbols without a name are called v1, v2, ..., constants c1, c2, ...

    Raises:
        TypeError: If something is given where a symbol is wanted.
        ValueError: If two symbols share a name, an input that is used is not among ``inputs``,
            or one of them is not used.
    """
    _refuse_unless_symbols(output, inputs, keep)
    found = list(_inputs_first(_needed(*(inputs or ()), output, *keep), inputs))
    if inputs is not None:
        _check_inputs(inputs, list(_needed(output, *keep)))
    names = _names(found)
    nodes = tuple(s.node(names[s], [names[source] for source in s.inputs]) for s in found)
    return Graph(name or output.name or "f", nodes, names[output])


def _refuse_unless_symbols(output: Any, inputs: Any, keep: Any) -> None:
    if not isinstance(output, Symbol):
        raise TypeError(
            f"build takes the symbol of the output, got {type(output).__name__} {output!r}; make "
            "inputs with symbol(name) and combine them, a fixed number with constant(value)"
        )
    for what, given in (("inputs", inputs if inputs is not None else ()), ("keep", keep)):
        listed = isinstance(given, (tuple, list))
        if not listed or not all(isinstance(one, Symbol) for one in given):
            raise TypeError(f"{what} is {given!r}; wanted a tuple of symbols: {what}=(x, y)")


def _needed(*roots: Symbol) -> Iterator[Symbol]:
    """Yield what the roots are computed from, each symbol once and after its inputs."""
    done: set[Symbol] = set()
    pending = [(root, False) for root in reversed(roots)]
    while pending:
        found, inputs_done = pending.pop()
        if found in done:
            continue
        if inputs_done:
            done.add(found)
            yield found
        else:
            pending.append((found, True))
            pending.extend((source, False) for source in reversed(found.inputs))


def _inputs_first(found: Iterable[Symbol], inputs: Sequence[Symbol] | None) -> Iterator[Symbol]:
    found = list(found)
    first = [s for s in found if s.gate == "input"] if inputs is None else list(inputs)
    yield from first
    yield from (s for s in found if s not in set(first))


def _check_inputs(inputs: Sequence[Symbol], used: Sequence[Symbol]) -> None:
    for given in inputs:
        if given.gate != "input":
            raise ValueError(
                f"{given} is computed, so it is no input; make inputs with symbol(name)"
            )
        if given not in used:
            raise ValueError(
                f"input {given.name!r} is not used; leave it out, or keep it: keep=(...,)"
            )
    for met in used:
        if met.gate == "input" and met not in inputs:
            raise ValueError(f"the graph uses {met.name!r}, which is not among its inputs")


def _names(found: Sequence[Symbol]) -> dict[Symbol, str]:
    """Return a name for each symbol: its own, or one made up."""
    own = {s: s.name for s in found if s.name is not None}
    by_name = {name: s for s, name in own.items()}
    if len(by_name) < len(own):
        double = next(name for s, name in own.items() if by_name[name] is not s)
        raise ValueError(
            f"two symbols are called {double!r}; make it once and use it twice, or rename one"
        )
    made = {s: s.gate for s in found if s not in own}
    return own | dict(zip(made, _made_up(made.values(), set(by_name)), strict=True))


def _made_up(gates: Iterable[str], taken: set[str]) -> Iterator[str]:
    """Yield v1, v2, ... and for constants c1, c2, ..., leaving out what is taken."""
    count = {"v": 0, "c": 0}
    for gate in gates:
        letter = "c" if gate == "constant" else "v"
        count[letter] += 1
        while f"{letter}{count[letter]}" in taken:
            count[letter] += 1
        yield f"{letter}{count[letter]}"
