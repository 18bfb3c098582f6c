"""Whether inputs that a check drew are ones that the loss is made for."""

import functools

import numpy as np

from compare.agreement.witnesses import Arrays, Witnesses
from compare.probing import overtaken
from compare.program.settling import settled, unrest

#: Iterations that change what they carry by less, relative, have come to rest.
AT_REST = 1e-6
#: They have to do so at other inputs, too, as far as at the caller's or this far.
CLOSELY, SLACK = 1e-10, 10.0


class Domain:
    """What the caller's inputs say of the others: how far iterations come, what is infinite."""

    def __init__(self, exact: Witnesses, given: Arrays) -> None:
        """Look at the caller's inputs."""
        self.exact, self.given = exact, given

    def has(self, inputs: Arrays) -> bool:
        """Whether inputs are inside."""
        return not self._beyond_infinity(inputs) and self._settled(inputs)

    def _beyond_infinity(self, inputs: Arrays) -> bool:
        """Whether a stand-in for infinity is overtaken that is large enough for the caller's."""
        assert self.exact.reference is not None
        return overtaken(self.exact.reference, inputs) and not self._overtaken_when_given

    @functools.cached_property
    def _overtaken_when_given(self) -> bool:
        assert self.exact.reference is not None
        return overtaken(self.exact.reference, self.given)

    def _settled(self, inputs: Arrays) -> bool:
        """Whether all iterations that come to rest at the caller's inputs do so at these."""
        with np.errstate(all="ignore"):
            return self._as_settled(inputs) and all(
                now <= max(CLOSELY, SLACK * given)
                for now, given in zip(
                    unrest(self.exact.loss, inputs), self._unrest_when_given, strict=True
                )
                if given <= AT_REST
            )

    def _as_settled(self, inputs: Arrays) -> bool:
        """Whether loops that would come to rest, run on at the caller's inputs, do so at these."""
        if not any(self._settled_when_given):
            return True
        assert self.exact.on_paper is not None
        now = settled(self.exact.on_paper, inputs)
        return all(
            here or not given for here, given in zip(now, self._settled_when_given, strict=True)
        )

    @functools.cached_property
    def _settled_when_given(self) -> list[bool]:
        if not self.exact.iterates:
            return []
        assert self.exact.on_paper is not None
        return settled(self.exact.on_paper, self.given)

    @functools.cached_property
    def _unrest_when_given(self) -> list[float]:
        return unrest(self.exact.loss, self.given)
