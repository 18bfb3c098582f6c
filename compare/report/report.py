"""The report of one comparison, and the error that carries it."""

import dataclasses
import json
import math
from dataclasses import dataclass, field
from typing import Any

from compare.report.coverage import Coverage
from compare.report.diagnosis import Diagnosis
from compare.report.nodes import Node


class GradientMismatch(AssertionError):  # noqa: N818, the name is the public contract
    """Hand-derived and autodiff gradients differ; ``.report`` says where and how."""

    def __init__(self, report: "Report") -> None:
        """Carry the report, and show it as the message."""
        super().__init__(str(report))
        self.report = report


@dataclass(frozen=True)
class Setting:
    """Under what the comparison was made; enough to make it again.

    Attributes:
        loss: Name of the forward function.
        gradient: Name of the hand derivation.
        dtype: Working precision.
        device: Where the working precision ran.
        jax: Version of jax.
        seed: Of the check's own random draws.
        seconds: How long it took.
    """

    loss: str = ""
    gradient: str = ""
    dtype: str = ""
    device: str = ""
    jax: str = ""
    seed: int = 0
    seconds: float = 0.0


@dataclass(frozen=True)
class Report:
    """What a comparison found.

    Attributes:
        nodes: Every compared quantity, the one nearest the loss first.
        diagnosis: The cause; None when everything agrees.
        coverage: What a pass is worth.
        setting: Under what it was made.
        name: Of the derivation or rule.
        where: ``file:line`` of the derivation or rule.
        notes: Sentences on the comparison as a whole.
    """

    nodes: tuple[Node, ...]
    diagnosis: Diagnosis | None = None
    coverage: Coverage = field(default_factory=Coverage)
    setting: Setting = field(default_factory=Setting)
    name: str = ""
    where: str = ""
    notes: tuple[str, ...] = ()

    @property
    def agrees(self) -> bool:
        """Whether every node agrees, in float64 and in working precision; kinks count as such."""
        return bool(self.nodes) and all(node.good for node in self.nodes)

    @property
    def wrong(self) -> tuple[Node, ...]:
        """The nodes that speak against the derivation, nearest the loss first."""
        return tuple(node for node in self.nodes if not node.good)

    @property
    def first_wrong(self) -> Node | None:
        """The node nearest the loss whose own step is wrong; None when all agree."""
        own = [node for node in self.wrong if not node.consequence_of]
        own.sort(key=lambda node: {"wrong": 0, "imprecise": 1}.get(node.verdict, 2))
        return next(iter(own or self.wrong), None)

    def raise_if_wrong(self) -> "Report":
        """Return the report, or raise ``GradientMismatch`` with it when something disagrees."""
        if not self.agrees:
            raise GradientMismatch(self)
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return everything as plain dictionaries, lists, strings and numbers."""
        first = self.first_wrong
        return {
            "agrees": self.agrees,
            "first_wrong": first.name if first else None,
            **dataclasses.asdict(self),
        }

    def to_json(self) -> str:
        """Return ``to_dict`` as JSON; inf and nan, which JSON lacks, become strings."""
        return json.dumps(_jsonable(self.to_dict()), indent=2, allow_nan=False)

    def __str__(self) -> str:
        """Return the report as plain text."""
        from compare.report import text  # it renders this class, so it comes after it

        return text.render(self)

    def _repr_html_(self) -> str:
        """Return the report as a notebook shows it."""
        from compare.report import notebook

        return notebook.render(self)


def _jsonable(value: Any) -> Any:
    if isinstance(value, dict):
        return {str(key): _jsonable(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_jsonable(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value
