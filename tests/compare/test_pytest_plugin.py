"""The plugin, in a pytest of its own: what a user sees."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]

SUITE = """
import jax.numpy as jnp

X = jnp.array([0.5, -1.0, 2.0])

def loss(x):
    return jnp.sum(x ** 3)

def test_right(check_gradient):
    assert check_gradient(loss, lambda x: 3 * x ** 2, X).agrees

def test_wrong(check_gradient):
    check_gradient(loss, lambda x: 2 * x ** 2, X)

def test_rule(check_rule):
    check_rule(jnp.sin, lambda x: (jnp.sin(x), x), lambda x, g: (g * jnp.cos(x),), X)

def test_audit(audit):
    import jax
    assert len(audit(lambda x: jax.nn.relu(x).sum(), X).reports) == 1
"""


def run(folder: Path, *options: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", *options],
        cwd=folder,
        env={
            "PYTHONPATH": str(ROOT),
            "PATH": "",
            "JAX_PLATFORMS": "cpu",
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # it may be installed, and come in twice
        },
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    return ran.stdout + ran.stderr


def test_a_failing_check_prints_its_report_and_nothing_else(tmp_path):
    (tmp_path / "test_it.py").write_text(SUITE)
    printed = run(tmp_path, "-p", "compare.pytest_plugin", "-rN", "test_it.py")
    assert "1 failed, 3 passed" in printed
    head, _, rest = printed.partition("hand and autodiff gradients differ in 1 of 1 node")
    assert "Traceback" not in printed
    assert "def test_wrong" not in printed  # no source of the test, no frames
    assert head.rstrip().endswith("_ test_wrong _" + "_" * 32) or "test_wrong" in head
    assert "wrong-constant-factor" in rest


def test_loading_it_imports_no_jax(tmp_path):
    (tmp_path / "test_it.py").write_text(
        "import sys\n\ndef test_it():\n    assert 'jax' not in sys.modules\n"
    )
    assert "1 passed" in run(tmp_path, "-p", "compare.pytest_plugin", "test_it.py")
