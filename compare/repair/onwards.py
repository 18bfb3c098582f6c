"""The search for a further mistake: in the derivation as it is once the first edit is made.

What later lines came to with the first mistake in it is no evidence of a second one.
"""

from dataclasses import replace

from compare.repair.bench import Point, lay_open
from compare.repair.edits import Edit
from compare.repair.search import Search


def onwards(search: Search, edit: Edit) -> Search:
    """Return the search in the derivation with an edit made, on top of those made before."""
    made = [*search.verifier.done, edit]
    watched = search.desk.watched

    def again(point: Point, hold: bool) -> Point:
        overrides = {p: new for one in made for p, new in one.overrides(point).items()}
        inputs = [point.computed[value] for value in watched.program.inputs]
        about = inputs, point.reference, point.allowance
        return lay_open(watched, *about, number=point.number, hold=hold, overrides=overrides)

    points = [again(point, hold=True) for point in search.desk.points]
    desk = replace(search.desk, points=points)
    free = again(search.free, hold=False)
    further = replace(search, desk=desk, free=free, located_before={})
    further.verifier.done.extend(made)
    return further
