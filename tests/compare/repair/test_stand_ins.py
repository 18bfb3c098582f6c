"""What the author's code refers to is followed into the author's own modules, and no further."""

import dataclasses
import sys
import types

import jax.numpy as jnp

from compare.repair.stand_ins import StandIns
from tests.compare.repair import derivation


def test_a_library_s_module_is_not_looked_into():
    class Trap(types.ModuleType):
        @property
        def __dict__(self):
            raise AssertionError("looked into")

    trap = Trap("trap")
    trap.__file__ = dataclasses.__file__
    assert StandIns().of(trap) is trap
    assert StandIns().of(dataclasses) is dataclasses
    assert StandIns().of(sys) is sys


def test_the_author_s_module_is_with_numpy_for_jax():
    found = StandIns().of(derivation)
    assert found is not derivation
    assert found.jnp is StandIns().of(jnp)
