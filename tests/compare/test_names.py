"""The public names of ``compare``: all there, imported only when asked for."""

import subprocess
import sys
from pathlib import Path

import pytest

import compare

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", compare.__all__)
def test_a_public_name_is_there(name: str) -> None:
    assert compare.__getattr__(name).__name__ == name
    assert name in dir(compare)


def test_another_name_is_not() -> None:
    message = r"^module 'compare' has no attribute 'chek_gradient'$"
    with pytest.raises(AttributeError, match=message):
        compare.chek_gradient  # noqa: B018


def test_importing_compare_imports_no_jax() -> None:
    code = "import sys, compare; print('jax' in sys.modules, 'train' in dir(compare))"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout == "False True\n"
