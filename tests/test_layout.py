"""House rules that no linter knows: who may ask JAX for a derivative, who may look inside it."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import jax
import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("functional_nn", "manual_backprop", "compare")
INDEPENDENT = ("functional_nn", "manual_backprop")

# Take a derivative, or say what a derivative shall be.
DERIVATIVES = {
    *("grad", "value_and_grad", "vjp", "jvp", "linearize", "linear_transpose", "fwd_and_bwd"),
    *("jacfwd", "jacrev", "jacobian", "hessian", "jet"),
    *("custom_vjp", "custom_jvp", "custom_gradient", "custom_derivatives", "linear_call"),
}
INTERNALS = ("jax._src", "jax.core", "jax.extend", "jax.interpreters")
# Ways to reach a name that no reader of the source sees.
HIDDEN = {"__import__", "import_module", "eval", "exec"}


def python_files(*packages: str) -> list[Path]:
    return [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]


def imported(tree: ast.AST) -> Iterator[tuple[int, str, str]]:
    """Yield (line, name here, full dotted name) of every import."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                first = alias.name.partition(".")[0]
                yield node.lineno, alias.asname or first, alias.name if alias.asname else first
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                yield node.lineno, alias.asname or alias.name, f"{node.module}.{alias.name}"


def dotted_names(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, full dotted name) of all that is imported, or read from what is imported."""
    tree = ast.parse(source)
    bound = {here: full for _, here, full in imported(tree)}
    yield from ((line, full) for line, _, full in imported(tree))
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif name := _chain(node, bound):
            yield node.lineno, name


def _chain(node: ast.AST, bound: dict[str, str]) -> str | None:
    """Return the dotted name that an attribute, or `getattr` with a literal, stands for."""
    match node:
        case ast.Name(id=name):
            return bound.get(name)
        case ast.Attribute(value=value, attr=attr):
            base = _chain(value, bound)
            return base and f"{base}.{attr}"
        case ast.Call(func=ast.Name(id="getattr"), args=[value, ast.Constant(value=str(attr)), *_]):
            base = _chain(value, bound)
            return base and f"{base}.{attr}"
    return None


def derivatives_in(source: str) -> list[str]:
    return [
        f"line {line}: {name}"
        for line, name in dotted_names(source)
        if name.partition(".")[0] == "jax" and DERIVATIVES & set(name.split("."))
    ]


def internals_in(source: str) -> list[str]:
    return [
        f"line {line}: {name}"
        for line, name in dotted_names(source)
        if any(f"{name}.".startswith(f"{internal}.") for internal in INTERNALS)
    ]


def hidden_in(source: str) -> list[str]:
    """Return calls that could reach any name: `import_module`, `getattr` of a module, ..."""
    tree = ast.parse(source)
    bound = {here: full for _, here, full in imported(tree)}
    found = []
    for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
        called = getattr(call.func, "id", getattr(call.func, "attr", None))
        reaches = called == "getattr" and _chain(call.args[0], bound) and not _chain(call, bound)
        if called in HIDDEN or reaches:
            found.append(f"line {call.lineno}: {called}")
    return found


def violations(search: Callable[[str], list[str]], files: list[Path]) -> list[str]:
    assert files, "no source found"
    return [
        f"{path.relative_to(ROOT)}, {found}" for path in files for found in search(path.read_text())
    ]


# --- the rules -------------------------------------------------------------------------------


@pytest.mark.parametrize("package", INDEPENDENT)
def test_takes_no_derivative_and_defines_no_rule(package: str) -> None:
    assert violations(derivatives_in, python_files(package)) == []


@pytest.mark.parametrize("package", INDEPENDENT)
def test_reaches_no_name_unseen(package: str) -> None:
    assert violations(hidden_in, python_files(package)) == []


def test_only_compare_program_touches_jax_internals() -> None:
    files = [
        path
        for path in python_files(*PACKAGES)
        if path.relative_to(ROOT).with_suffix("").parts[:2] != ("compare", "program")
    ]
    assert violations(internals_in, files) == []


@pytest.mark.parametrize("name", ["activations", "losses", "dense", "mlp", "scanned"])
def test_a_path_is_an_address(name: str) -> None:
    for package in INDEPENDENT:
        assert (ROOT / package / f"{name}.py").is_file()


# --- the rules catch what they are there for -------------------------------------------------

BREACHES = [
    "import jax\njax.grad(f)",
    "import jax as j\nj.value_and_grad(f)",
    "from jax import vjp",
    "from jax import vjp as pull",
    "from jax.experimental import jet",
    "from jax.experimental.jet import jet as series",
    "import jax\nrule = getattr(jax, 'custom_vjp')",
    "from jax.custom_derivatives import linear_call",
    "import jax.numpy as jnp\nimport jax\n\ndef f():\n    return jax.linear_transpose",
    "from jax._src.api import linearize",
]


@pytest.mark.parametrize("source", BREACHES)
def test_a_derivative_is_found(source: str) -> None:
    assert derivatives_in(source)


@pytest.mark.parametrize(
    "source",
    [
        "from manual_backprop import value_and_grad\nvalue_and_grad(mlp)",
        "import jax.numpy as jnp\njnp.tanh(z)",
        "from jax.ad_checkpoint import checkpoint_name",
        "grad = 1",
    ],
)
def test_an_innocent_name_is_not(source: str) -> None:
    assert derivatives_in(source) == []


@pytest.mark.parametrize(
    "source",
    [
        "from jax.extend import core",
        "import jax.extend.core as jex",
        "from jax import core",
        "import jax\njax.core.Tracer",
        "from jax.interpreters import ad",
        "from jax._src import api",
    ],
)
def test_an_internal_is_found(source: str) -> None:
    assert internals_in(source)


@pytest.mark.parametrize(
    "source",
    ["import jax\ngetattr(jax, name)", "importlib.import_module('jax')", "eval('jax.grad')"],
)
def test_a_hidden_reach_is_found(source: str) -> None:
    assert hidden_in(source)


# --- and while running -----------------------------------------------------------------------


def test_backward_runs_with_autodiff_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    from functional_nn import MLP, activations, scanned
    from manual_backprop import deltas, value_and_grad

    def refuse(*args: object, **kwargs: object) -> None:
        pytest.fail("manual_backprop asked JAX for a derivative")

    for name in DERIVATIVES & set(dir(jax)) - {"custom_derivatives"}:
        monkeypatch.setattr(jax, name, refuse)

    x = jax.random.normal(jax.random.key(1), (6, 5))
    y = jax.numpy.array([0, 1, 2, 2, 1, 0])
    for activation in activations:
        mlp = MLP((5, 4, 3), activations=activation)
        params = mlp.init(jax.random.key(0))
        loss, grads = jax.jit(value_and_grad(mlp))(params, x, y)
        assert jax.numpy.isfinite(loss)
        assert jax.tree.structure(grads) == jax.tree.structure(params)
        assert deltas(mlp, params, x, y)
    for recompute in (False, True):
        deep = scanned(MLP((5, *[4] * 6, 3), "gelu"), recompute=recompute)
        loss, grads = jax.jit(value_and_grad(deep))(deep.init(jax.random.key(0)), x, y)
        assert jax.numpy.isfinite(loss)


# --- the repository --------------------------------------------------------------------------


def test_no_file_holds_a_path_of_this_machine() -> None:
    mine = (f"{Path.home()}/", f"{ROOT}/")
    folders = (*PACKAGES, "tests", "docs", "examples", "benchmarks", "constraints", ".ci")
    files = [path for folder in folders for path in (ROOT / folder).rglob("*")]
    files += [path for path in ROOT.glob("*") if path.is_file()]
    texts = {".py", ".md", ".txt", ".toml", ".html", ".j2", ".json", ".ipynb", ".yml", ""}
    found = [
        str(path.relative_to(ROOT))
        for path in files
        if path.is_file() and path.suffix in texts and any(m in path.read_text() for m in mine)
    ]
    assert found == []
