"""Order nodes so that each comes after its inputs; name the cycle when there is none."""

import heapq
from collections import defaultdict
from collections.abc import Mapping


def in_order(inputs: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return the names in topological order, as near to the given order as can be.

    Args:
        inputs: For each node its inputs, which are nodes too.

    Raises:
        ValueError: If there is a cycle; the message shows it.
    """
    names = list(inputs)
    position = {name: k for k, name in enumerate(names)}
    users: defaultdict[str, list[str]] = defaultdict(list)
    waits_for = {name: len(set(of)) for name, of in inputs.items()}
    for name, of in inputs.items():
        for source in set(of):
            users[source].append(name)
    ready = [position[name] for name in names if not waits_for[name]]  # sorted, so a heap
    ordered = []
    while ready:
        name = names[heapq.heappop(ready)]
        ordered.append(name)
        for user in users[name]:
            waits_for[user] -= 1
            if not waits_for[user]:
                heapq.heappush(ready, position[user])
    if len(ordered) < len(names):
        left = {name: of for name, of in inputs.items() if waits_for[name]}
        cycle = " -> ".join(_a_cycle(left))
        raise ValueError(
            f"the nodes form a cycle, {cycle}: a value cannot depend on itself; "
            "a graph has no way back"
        )
    return ordered


def _a_cycle(waiting: Mapping[str, tuple[str, ...]]) -> list[str]:
    """Return one cycle, first and last name equal, in the direction of the values."""
    name = next(iter(waiting))
    seen: dict[str, int] = {}
    path: list[str] = []
    while name not in seen:
        seen[name] = len(path)
        path.append(name)
        name = next(source for source in waiting[name] if source in waiting)
    return [*path[seen[name] :], name][::-1]
