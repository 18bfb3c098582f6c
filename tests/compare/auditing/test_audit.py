"""Rules are found wherever they are, checked against their plain bodies, and named."""

import json

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.sharding import Mesh, PartitionSpec

from compare.agreement import DerivationError
from compare.auditing import RulesDisagree, audit
from compare.auditing.meeting import calls_met

X = jnp.array([0.3, 1.2, -0.4, 0.7])


@pytest.fixture(autouse=True)
def _no_repair(monkeypatch):
    """The search for a repair has tests of its own, and takes its time."""
    monkeypatch.setattr("compare.agreement.cause.mend", lambda *_: [])


def rule(function, pull):
    made = jax.custom_vjp(function)
    made.defvjp(lambda *args: (function(*args), args), lambda args, g: pull(g, *args))
    return made


def right(x):
    return jnp.sin(x)


right_rule = rule(right, lambda g, x: (g * jnp.cos(x),))


def negated(x, y):
    return jnp.sin(x) * y


#: Stood in JAX's own tutorial once: the second output has the wrong sign.
negated_rule = rule(negated, lambda g, x, y: (g * jnp.cos(x) * y, -g * jnp.sin(x)))


def statuses(report):
    return {one.report.name: one.status for one in report.rules}


def sharded(function):
    mesh = Mesh(np.array(jax.devices()[:2]), ("rows",))
    return jax.shard_map(
        function, mesh=mesh, in_specs=PartitionSpec("rows"), out_specs=PartitionSpec("rows")
    )


def nested(x):
    @jax.custom_jvp
    def outer(x):
        return right_rule(x)

    outer.defjvp(lambda given, along: (right_rule(given[0]), jnp.cos(given[0]) * along[0]))
    return outer(x)


@pytest.mark.parametrize(
    "function",
    [
        pytest.param(right_rule, id="bare"),
        pytest.param(jax.jit(right_rule), id="jit"),
        pytest.param(jax.vmap(right_rule), id="vmap"),
        pytest.param(jax.checkpoint(right_rule), id="remat"),
        pytest.param(
            lambda x: jax.lax.scan(lambda c, t: (right_rule(c + t), t), x[0], x)[0], id="scan"
        ),
        pytest.param(lambda x: jax.lax.fori_loop(0, 3, lambda _, c: right_rule(c), x), id="fori"),
        pytest.param(
            lambda x: jax.lax.while_loop(lambda c: c[0] < 0.5, right_rule, x - 5.0), id="while"
        ),
        pytest.param(
            lambda x: jax.lax.cond(x[0] > 9, right_rule, lambda x: x, x), id="branch not taken"
        ),
        pytest.param(nested, id="another rule"),
        pytest.param(lambda x: sharded(right_rule)(2 * x), id="shard_map"),
    ],
)
def test_found_wherever_it_is(function):
    report = audit(function, X)
    assert statuses(report)["right"] == "agrees", str(report)
    assert report.agrees


def test_a_wrong_rule_is_first_with_its_place():
    report = audit(lambda x: right_rule(x).sum() + negated_rule(x, 2 * x).sum(), X)
    assert not report.agrees
    assert [one.report.name for one in report.rules] == ["negated", "right"]
    assert report.reports[0].where.rpartition(":")[0].endswith("test_audit.py")
    assert report.reports[0].first_wrong == "y"
    assert str(report).splitlines()[0].endswith("2 derivative rules; 1 wrong, 1 agrees.")
    with pytest.raises(RulesDisagree, match="negated"):
        report.raise_if_wrong()


def test_a_branch_that_was_not_met():
    wrong = rule(lambda x: jnp.where(x > 0, x, 0.1 * x), lambda g, x: (g,))
    report = audit(wrong, jnp.abs(X))
    assert [one.status for one in report.rules] == ["wrong"]
    assert "though not on yours" in report.reports[0].notes[0]


def test_a_sign_that_is_outside_the_domain_is_no_evidence():
    """For a positive scale both are the same; a negative one is none."""

    def scaled(x, scale):
        return jnp.sin(x) * jnp.sqrt(scale**2)

    made = rule(scaled, lambda g, x, s: (g * jnp.cos(x) * s, g * jnp.sin(x)))
    (one,) = audit(made, X, jnp.abs(X)).rules
    assert one.status == "agrees", str(one.report)
    assert one.how.startswith("but not where scale has another sign than it was met with")
    (one,) = audit(made, X, X).rules  # it was met with both
    assert one.status == "wrong"


def test_custom_jvp_rules():
    @jax.custom_jvp
    def square(x):
        return x * x

    square.defjvps(lambda t, out, x: 3 * x * t)
    report = audit(square, X)
    assert [(one.kind, one.status) for one in report.rules] == [("custom_jvp", "wrong")]


def test_a_body_that_cannot_be_reversed():
    def loop(x):
        return jax.lax.while_loop(lambda c: c[0] < 3, lambda c: (c[0] + 1, 2 * c[1]), (0, x))[1]

    for factor, status in ((8.0, "agrees"), (4.0, "wrong")):
        report = audit(rule(loop, lambda g, x, factor=factor: (factor * g,)), X)
        assert [one.status for one in report.rules] == [status], str(report)


@pytest.mark.parametrize(
    ("function", "pull", "how"),
    [
        pytest.param(jnp.round, lambda g, x: (g,), "straight through", id="straight-through"),
        pytest.param(lambda x: x, lambda g, x: (-g,), "reverses", id="reversal"),
        pytest.param(lambda x: x, lambda g, x: (0.5 * g,), "scales", id="scaling"),
        pytest.param(lambda x: x, lambda g, x: (jnp.clip(g, -1, 1),), "clips", id="clipping"),
        pytest.param(lambda x: 2 * x, lambda g, x: (0 * g,), "no gradient", id="stop"),
    ],
)
def test_by_design(function, pull, how):
    def designed(x):
        return function(x)

    made = rule(designed, pull)
    report = audit(made, X)
    (one,) = report.rules
    assert one.status == "differs by design?"
    assert how in one.how
    declared = audit(made, X, by_design=("designed",))
    assert declared.rules[0].status == "by design"
    assert declared.agrees


def test_an_identity_that_sends_nothing_back_at_zero():
    at_zero = rule(lambda x: x, lambda g, x: (jnp.where(x == 0, 0.0, g),))
    (one,) = audit(at_zero, X).rules
    assert one.status == "differs by design?"
    assert one.how == "the function is the identity; at single points it sends no gradient back"


def test_a_rule_that_is_wrong_at_zero_only_is_wrong():
    cubed = rule(lambda x: x + x**3, lambda g, x: (jnp.where(x == 0, 0.0, g * (1 + 3 * x**2)),))
    assert [one.status for one in audit(cubed, X).rules] == ["wrong"]


def test_what_a_function_closes_over_is_no_operand():
    table = jnp.array([0.5, -0.25, 2.0])

    @jax.custom_jvp
    def series(x):
        return jnp.polyval(table, x)

    series.defjvps(lambda t, out, x: (2 * 0.5 * x - 0.25) * t)
    (one,) = audit(series, X).rules
    assert one.status == "agrees", str(one.report)
    assert [node.name for node in one.report.nodes if node.kind == "parameter"] == ["x"]


@pytest.mark.parametrize(("factor", "status"), [(2.0, "differs by design?"), (3.0, "wrong")])
def test_outputs_beside_the_result_may_send_nothing_back(factor, status):
    def solved(x):
        return x**2, jnp.sin(x)

    made = rule(solved, lambda g, x: (factor * x * g[0],))
    (one,) = audit(lambda x: made(x)[0], X).rules
    assert one.status == status
    assert one.how.startswith("it sends no gradient back from output 1; ")


def test_a_rule_is_asked_in_the_shapes_that_it_was_traced_for():
    """Bound to others it would compute what nobody wrote: here a gradient without its sum."""
    (call,) = calls_met(rule(jnp.maximum, lambda g, x, y: (g, g)), (X, X))
    with pytest.raises(TypeError, match=r"traced for shapes .*\(4,\).*, called with .*\(1, 4\)"):
        call.with_rule(X[None], X)


@pytest.mark.parametrize("said", ["never called", ""])
def test_a_rule_that_asserts_something_is_unchecked(said):
    def asserts(g, x):
        raise AssertionError(said) if said else AssertionError

    made = rule(jnp.sin, asserts)
    (one,) = audit(made, X).rules
    assert one.status == "unchecked"
    assert "AssertionError" in one.how


# --- bodies that autodiff misreads -----------------------------------------------------------


def newton(x):
    """The square root: iterated until it is good enough; autodiff stops at the first guess."""

    def better(y):
        return (y + jax.lax.stop_gradient(x) / y) / 2

    return jax.lax.while_loop(
        lambda y: jnp.max(jnp.abs(y * y - x)) > 1e-13, better, jnp.ones_like(x)
    )


@pytest.mark.parametrize(
    ("pull", "status"),
    [
        pytest.param(lambda g, x: (g / (2 * jnp.sqrt(x)),), "agrees", id="right"),
        pytest.param(lambda g, x: (g / jnp.sqrt(x),), "wrong", id="twice too much"),
    ],
)
def test_numbers_decide_where_autodiff_of_the_body_does_not_apply(pull, status):
    made = rule(newton, pull)
    (one,) = audit(made, jnp.abs(X)).rules
    assert one.status == status, str(one.report)
    if status == "agrees":
        assert "numeric differentiation sides with the hand" in str(one.report)
        assert one.report.agrees


@pytest.mark.parametrize(("factor", "status"), [(2.0, "agrees"), (3.0, "wrong")])
def test_numbers_alone_check_a_body_that_autodiff_does_not_take(factor, status):
    def on_the_host(x):
        return jax.pure_callback(lambda x: np.square(x), jax.ShapeDtypeStruct(x.shape, x.dtype), x)

    (one,) = audit(rule(on_the_host, lambda g, x: (factor * x * g,)), X).rules
    assert one.status == status, one.how
    assert "numeric differentiation at the values met" in one.how
    assert one.report.agrees == (status == "agrees")
    assert [node.name for node in one.report.nodes] == ["x"]


def test_numbers_alone_find_an_argument_without_a_gradient():
    def on_the_host(x, y):
        like = jax.ShapeDtypeStruct(x.shape, x.dtype)
        return jax.pure_callback(lambda x, y: np.multiply(x, y), like, x, y)

    (one,) = audit(rule(on_the_host, lambda g, x, y: (g * y, jnp.zeros_like(y))), X, 2 * X).rules
    assert (one.status, one.how) == ("differs by design?", "it sends no gradient back to y")


def test_a_function_outside_its_domain_is_no_evidence():
    logarithm = rule(jnp.log, lambda g, x: (g / x,))
    report = audit(lambda x: jnp.where(x > 0, 1.0, logarithm(x)), -jnp.abs(X))
    assert [one.status for one in report.rules] == ["unchecked"]
    assert report.rules[0].how == "not finite where it was met"


def test_a_call_inside_the_domain_is_chosen():
    logarithm = rule(jnp.log, lambda g, x: (g / x,))
    report = audit(lambda x: logarithm(-x).sum() + logarithm(x).sum(), jnp.abs(X))
    assert [(one.status, one.calls) for one in report.rules] == [("agrees", 2)]


def test_a_body_that_ends_for_each_row_at_its_own_time():
    def halved(x):
        end = jax.lax.while_loop(lambda c: c[0] > 1, lambda c: (c[0] / 2, c[1] / 2), (x, x))
        return end[1]

    def pull(g, x):
        return (jnp.where(x == 0, g, g * halved(x) / jnp.where(x == 0, 1.0, x)),)

    made = rule(halved, pull)
    (one,) = audit(jax.vmap(made), 8 * jnp.abs(X)).rules
    assert one.status == "agrees", str(one.report)


@pytest.mark.parametrize("factor", [1.0, 2.0])
def test_an_iteration_without_an_end_on_inputs_of_the_check_s_own(factor):
    def root(x):
        """By Newton's iteration; below zero it has no end."""
        return jax.lax.while_loop(
            lambda y: jnp.max(jnp.abs((y * y - x) / x)) > 1e-14, lambda y: (y + x / y) / 2, x
        )

    made = rule(root, lambda g, x: (factor * g / (2 * jnp.sqrt(x)),))
    with jax.enable_x64(True):
        (one,) = audit(made, jnp.array([2.0, 3.0])).rules
    assert one.status == ("agrees" if factor == 1.0 else "wrong")


def test_what_cannot_be_traced_is_told_with_its_line():
    def branches(x):
        return x if x[0] > 0 else -x

    with pytest.raises(DerivationError, match=r"test_audit\.py:\d+  return x if x\[0\] > 0"):
        audit(branches, X)
    with pytest.raises(DerivationError, match=r"right_rule|right.* does not run on these"):
        audit(right_rule, X, X)


def test_a_declaration_names_a_rule_that_was_met():
    with pytest.raises(ValueError, match="by_design names no rule that was met: other; met: right"):
        audit(right_rule, X, by_design=("other",))


def test_a_kink_is_no_mistake():
    zero = jnp.zeros(2)
    assert audit(jnp.logaddexp, zero, zero).agrees
    assert audit(jax.nn.relu, zero).agrees


def test_shown_and_kept():
    report = audit(right_rule, X)
    data = json.loads(report.to_json())
    assert data["agrees"] is True
    assert data["rules"][0]["name"] == "right"
    assert "<table>" in report._repr_html_()
    assert audit(lambda x: x, X).rules == ()
