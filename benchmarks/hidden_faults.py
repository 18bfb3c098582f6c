"""Mistakes that the author's own inputs hide: how many does each check find?

    python -m benchmarks.hidden_faults

Beside ``check_rule`` runs ``jax.test_util.check_grads`` in float64 on the same rule and inputs.
"""

import sys
import time
import warnings

import jax
import numpy as np
from jax.test_util import check_grads

from benchmarks.hidden import CASES, Case
from benchmarks.hidden.case import Pull
from compare import Report, check_rule


def handgrad(case: Case, pull: Pull) -> tuple[Report, float]:
    """Return handgrad's report, and the seconds that varying the inputs added."""
    seconds = []
    for vary in (False, True):
        start = time.perf_counter()
        report = check_rule(
            case.function,
            case.forward,
            case.backward(pull),
            *case.args,
            nondiff_argnums=case.nondiff,
            vary=vary,
        )
        seconds.append(time.perf_counter() - start)
    return report, seconds[1] - seconds[0]


def caught_by_jax(case: Case, pull: Pull) -> bool:
    """Whether ``jax.test_util.check_grads`` refuses the rule, in float64."""
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        rule = jax.custom_vjp(case.function, nondiff_argnums=case.nondiff)
        forward = case.forward
        rule.defvjp(forward, case.backward(pull))
        floats = [
            k
            for k, arg in enumerate(case.args)
            if k not in case.nondiff and hasattr(arg, "dtype") and arg.dtype == np.float32
        ]

        def of_floats(*values):
            args = list(case.args)
            for k, value in zip(floats, values, strict=True):
                args[k] = value
            return rule(*args)

        values = [np.asarray(case.args[k], np.float64) for k in floats]
        try:
            check_grads(of_floats, values, order=1, modes=["rev"])
        except (AssertionError, TypeError):
            return True
    return False


def main() -> int:
    """Print the table; fail on a false alarm."""
    warnings.simplefilter("ignore")
    caught = alarms = by_jax = 0
    extra = []
    print(f"{'case':45s} {'hides':38s} handgrad  jax")
    for case in CASES:
        report, _ = handgrad(case, case.wrong)
        found, jax_found = not report.agrees, caught_by_jax(case, case.wrong)
        right, seconds = handgrad(case, case.right)
        extra.append(seconds)
        caught, by_jax, alarms = caught + found, by_jax + jax_found, alarms + (not right.agrees)
        alarm = "" if right.agrees else f"  FALSE ALARM: {right.notes}"
        marks = ("caught" if found else "MISSED", "caught" if jax_found else "-")
        print(f"{case.name:45s} {case.hides:38s} {marks[0]:8s}  {marks[1]}{alarm}")
    print(
        f"{len(CASES)} faults: handgrad {caught}, jax.test_util.check_grads {by_jax}; "
        f"false alarms on right siblings {alarms}; varying the inputs takes "
        f"{np.median(extra):.2f} s (median), {max(extra):.2f} s at most"
    )
    return alarms


if __name__ == "__main__":
    sys.exit(main())
