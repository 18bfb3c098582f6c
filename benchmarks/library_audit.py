"""Audit of the derivative rules of well-known libraries: how many are met, how many agree?

    python -m benchmarks.library_audit                 go on where the last run stopped
    python -m benchmarks.library_audit --only optax    one library
    python -m benchmarks.library_audit --again         forget what is known

One rule is one pair of a function and its rule, met at least once; what is found is kept after
every case in results/library_audit.json. Libraries that are not installed are left out; distrax,
which brings TensorFlow Probability, is in no extra: it pins a nightly build.
"""

import argparse
import contextlib
import re
import sys
import time
import warnings
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import Any

import jax

from benchmarks import results
from benchmarks.libraries import LIBRARIES, Case
from compare.auditing import Audited, audit
from compare.auditing.records import ORDER

KEPT = Path(__file__).parent / "results" / "library_audit.json"
ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "library-audit.md"
BEGIN, END = "<!-- audited -->", "<!-- end -->"
#: Names that a library gives to all rules made with its own decorator.
WRAPPERS = frozenset({"fn_wrapper", "fn_wrapped", "solver_fun_flat", "wrapped_fun"})
_PACKAGES = (
    *("jax", "optax", "flax", "equinox", "diffrax", "lineax", "optimistix", "jaxopt"),
    *("tfp-nightly", "distrax"),
)


def main(arguments: list[str] | None = None) -> int:
    """Run the cases that are not known yet; print the table."""
    options = _options(arguments)
    if options.again:
        results.write(_nothing(), KEPT)
    for library in [options.only] if options.only else LIBRARIES:
        _run(library)
    kept = _kept()
    print(table(kept))
    _write(table(kept))
    return 1 if any(rule["status"] == "wrong" for rule in kept["rules"].values()) else 0


def table(kept: dict[str, Any]) -> str:
    """Return how many rules of each library were found how, as Markdown."""
    heads = ["library", "rules", *ORDER]
    lines = ["| " + " | ".join(heads) + " |", "|---" + "|---:" * (len(heads) - 1) + "|"]
    rules = list(kept["rules"].values())
    owners = sorted({rule["library"] for rule in rules})
    for owner in [*owners, "all"]:
        own = [rule for rule in rules if owner in (rule["library"], "all")]
        counts = [sum(rule["status"] == status for rule in own) for status in ORDER]
        cells = [owner, len(own), *(many or "" for many in counts)]
        lines.append("| " + " | ".join(map(str, cells)) + " |")
    return "\n".join(lines)


def _write(text: str) -> None:
    """Put the table into the page on it."""
    page = PAGE.read_text()
    head, tail = page.split(BEGIN)[0], page.split(END)[1]
    PAGE.write_text(f"{head}{BEGIN}\n{text}\n{END}{tail}")


def _run(library: str) -> None:
    with jax.enable_x64(True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for case in _cases(library):
            if case.name not in _kept()["cases"]:
                found, rules = _audited(case)
                kept = _kept()  # another library may be under way in another process
                kept["cases"][case.name] = {"library": library, **found}
                for key, entry in rules.items():
                    before = kept["rules"].get(key)
                    if before is None or _rank(entry) < _rank(before):
                        kept["rules"][key] = entry
                results.write(kept, KEPT)
                jax.clear_caches()  # thousands of compiled programs are more than a process may map


def _cases(library: str) -> Iterator[Case]:
    """Yield a library's cases; none when it is not installed."""
    try:
        yield from LIBRARIES[library]()
    except ModuleNotFoundError as error:
        print(f"{library} is left out: {error.name} is not installed", file=sys.stderr)


def _audited(case: Case) -> tuple[dict[str, Any], dict[str, dict[str, Any]]]:
    """Audit one case; return what is kept of it, and the rules that it met."""
    start = time.perf_counter()
    try:
        report = audit(case.function, *case.args, explain=False)
    except Exception as error:  # noqa: BLE001  one function that does not run is no end of the study
        print(f"{case.name}: {type(error).__name__}: {error}", file=sys.stderr)
        said = f"{type(error).__name__}: {error}"
        return {"failed": _inside(said.splitlines()[0])}, {}
    rules = dict(_entry(rule, case) for rule in report.rules)
    seconds = time.perf_counter() - start
    print(f"{case.name}: {', '.join(rules) or 'no rule'} ({seconds:.1f} s)", file=sys.stderr)
    for rule in report.wrong:
        print(rule.report, file=sys.stderr)
    return {"rules": list(rules), "seconds": seconds}, rules


def _rank(entry: dict[str, Any]) -> int:
    """Return how bad a finding is; that a rule could not be checked at one place says least."""
    order = [status for status in ORDER if status != "unchecked"] + ["unchecked"]
    return order.index(entry["status"])


def _entry(rule: Audited, case: Case) -> tuple[str, dict[str, Any]]:
    where = _inside(rule.report.where)
    status = rule.status
    if status in ("wrong", "differs by design?") and rule.report.name in case.by_design:
        status = "by design"
    wraps = case.wraps if rule.report.name in WRAPPERS else ""
    owner = wraps.partition(" ")[0] or where.partition("/")[0]
    key = f"{owner}: {wraps or rule.report.name} ({where})"
    return key, {
        "library": owner,
        "name": rule.report.name,
        "where": where,
        "kind": rule.kind,
        "status": status,
        "how": _inside(rule.how),
        "met in": case.name,
        "kinks": sum(node.verdict == "kink" for node in rule.report.nodes),
        "inputs": rule.report.coverage.probes,
    }


def _inside(text: str) -> str:
    """Return a text with each place from its package's folder on, wherever that is installed."""
    return re.sub(rf"/\S*/(?:site-packages|{ROOT.name}(?=/benchmarks))/", "", text)


def _kept() -> dict[str, Any]:
    """Return what is known; nothing where the versions were others."""
    with contextlib.suppress(FileNotFoundError):
        kept, now = results.read(KEPT), _versions()
        if all(kept["versions"].get(name, version) == version for name, version in now.items()):
            kept["versions"].update(now)
            return kept
    return _nothing()


def _nothing() -> dict[str, Any]:
    return {"versions": _versions(), "rules": {}, "cases": {}}


def _versions() -> dict[str, str]:
    """Return the versions of what is installed."""
    found = {}
    for name in _PACKAGES:
        with contextlib.suppress(metadata.PackageNotFoundError):
            found[name] = metadata.version(name)
    return found


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--only", choices=list(LIBRARIES), help="one library")
    parser.add_argument("--again", action="store_true", help="forget what is known")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
