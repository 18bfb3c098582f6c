"""Files that the tests of ``handgrad check`` share, and its run on one."""

from pathlib import Path
from textwrap import dedent

from typer.testing import CliRunner, Result

from compare.cli.app import app

RIGHT = """
import jax, jax.numpy as jnp

def loss(w, x):
    return jnp.mean(jnp.tanh(x @ w))

def gradient(w, x):
    u = jnp.tanh(x @ w)
    return x.T @ ((1 - u) * (1 + u)) / len(x)

inputs = (jnp.array([0.3, -0.2, 0.5]), jnp.arange(12.0).reshape(4, 3) / 10)
"""
WRONG = RIGHT.replace(" / len(x)", "")
SEVERAL = (
    RIGHT
    + """
def doubled_gradient(w, x):
    return 2 * gradient(w, x)

def square_loss(x):
    return jnp.sum(x**2)

def square_gradient(x):
    return 2 * x

def square_inputs():
    return (jnp.array([1.0, 2.0]),)

def _helper_gradient(x):
    return None
"""
)


def run(folder: Path, source: str, *options: str, name: str = "") -> Result:
    file = folder / "model.py"
    file.write_text(dedent(source))
    target = f"{file}:{name}" if name else str(file)
    result = CliRunner().invoke(app, ["check", target, *options])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
