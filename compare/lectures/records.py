"""What was found of a printed equation."""

from dataclasses import dataclass
from typing import Any, Literal, TypeAlias

from compare.report import Diagnosis
from manual_backprop.lectures import Entry, Form

Kind: TypeAlias = Literal["wrong", "unreadable", "breaks", "imprecise", "convention", "agrees"]

#: From the worst to the best: ``breaks`` is inf or nan, ``imprecise`` a loss of digits.
ORDER: tuple[Kind, ...] = ("wrong", "unreadable", "breaks", "imprecise", "convention", "agrees")


@dataclass(frozen=True)
class Finding:
    """What was found of one claim.

    Attributes:
        claim: Its name.
        kind: The verdict.
        told: What is so, in a line; "" when it agrees.
        short: The same for a list, without what the verdict's word says already.
        evidence: The numbers that say so, a line each.
        diagnosis: Of a wrong one: where it is and the edit that mends it.
        cause: What the mistake is called; "" when that is not sure.
        edit: The smallest edit that mends it, tried on fresh inputs, with enough around it to be
            found; in source text, "" when none is known.
        on_slide: The same in the slide's notation; "" when it has none.
    """

    claim: str
    kind: Kind
    told: str = ""
    short: str = ""
    evidence: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None
    cause: str = ""
    edit: str = ""
    on_slide: str = ""

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dictionaries, lists and strings."""
        return {
            "claim": self.claim,
            "verdict": self.kind,
            "told": self.told,
            "evidence": list(self.evidence),
            "cause": self.cause,
            "edit": self.edit,
            "edit_on_slide": self.on_slide,
        }


@dataclass(frozen=True)
class Proof:
    """What was found of one form of an equation.

    Attributes:
        form: The equation as written.
        findings: At least one a claim, the worst first.
    """

    form: Form
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding:
        """The finding that decides."""
        return self.findings[0]

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """Every verdict that a claim got, the worst first; "agrees" only when there is no other."""
        found = tuple(dict.fromkeys(finding.kind for finding in self.findings))
        return found if len(found) == 1 else tuple(kind for kind in found if kind != "agrees")

    @property
    def right(self) -> bool:
        """Whether nothing speaks against it; a convention of its own does not."""
        return self.worst.kind in ("agrees", "convention")

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dictionaries, lists and strings."""
        return {
            "equation": self.form.text,
            "latex": self.form.latex,
            "instead": self.form.instead,
            "verdict": self.worst.kind,
            "also": list(self.kinds[1:]),
            "findings": [finding.to_dict() for finding in self.findings],
        }


@dataclass(frozen=True)
class Verdict:
    """What was found of an entry.

    Attributes:
        entry: The printed equation.
        printed: Of the form on the slide.
        mended: Of the corrected or stable form; None where the catalogue has none.
    """

    entry: Entry
    printed: Proof
    mended: Proof | None

    @property
    def kind(self) -> Kind:
        """The verdict on the printed form."""
        return self.printed.worst.kind

    @property
    def settled(self) -> bool:
        """Whether the printed form is right, or there is a form that is."""
        return self.printed.right or (self.mended is not None and self.mended.right)

    def to_dict(self) -> dict[str, Any]:
        """Return it as plain dictionaries, lists and strings."""
        return {
            "id": self.entry.id,
            "heading": self.entry.heading,
            "read": self.entry.read,
            "symbols": dict(self.entry.symbols),
            "verdict": self.kind,
            "printed": self.printed.to_dict(),
            "mended": self.mended.to_dict() if self.mended else None,
        }
