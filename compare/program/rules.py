"""Find the functions with a derivative rule of their own that a program calls, and their inputs."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax.extend import core
from jax.sharding import PartitionSpec

from compare.program.loops import scan_parts
from compare.program.program import function_of
from compare.program.signature import argument_names
from compare.program.widening import is_float

#: What a value that was not computed may raise when it is asked for: sharded bodies run alone.
FAILURES = (
    *(TypeError, ValueError, ArithmeticError, RuntimeError, LookupError, NotImplementedError),
    AssertionError,  # how libraries say that they do not expect something
)
_RULES = frozenset({"custom_jvp_call", "custom_vjp_call", "custom_vjp_call_jaxpr"})
#: Primitives that call a body once, on their own operands.
_CALLS = frozenset({"jit", "pjit", "closed_call", "core_call", "checkpoint", "remat", "remat2"})


@dataclass(frozen=True, eq=False)
class RuleCall:
    """One call of a function with a derivative rule.

    Attributes:
        name: The function's.
        file: Where it is defined.
        line: Likewise.
        kind: "custom_vjp" or "custom_jvp".
        with_rule: The function; its derivative is the rule.
        plain: The function without the rule.
        operands: What it was called with.
        labels: A name for each operand.
    """

    name: str
    file: str
    line: int
    kind: str
    with_rule: Callable[..., list[Any]]
    plain: Callable[..., list[Any]]
    operands: tuple[Any, ...]
    labels: tuple[str, ...]

    @property
    def where(self) -> str:
        """``file:line``, or "" when unknown."""
        return f"{self.file}:{self.line}" if self.line else ""


def rule_calls(function: Callable[..., Any], *arguments: Any) -> list[RuleCall]:
    """Return every call of a function with a rule, however deep, in the order met.

    Bodies of loops are entered with the values of their first iteration, all branches of a
    ``cond`` with the values at hand, and the rules themselves are read for rules inside them.
    """
    found: list[RuleCall] = []
    _Walk(found).enter(function, arguments)
    return found


class _Walk:
    """Runs a program equation by equation and notes the rules on the way."""

    def __init__(self, found: list[RuleCall]) -> None:
        self.found = found
        self.read: set[tuple[str, str]] = set()
        self.mesh: Any = None  # that of the shard_map whose body is being read

    def enter(self, function: Callable[..., Any], arguments: Sequence[Any]) -> None:
        closed = jax.make_jaxpr(function)(*arguments)
        flat = jax.tree.leaves(list(arguments))
        self.run(closed.jaxpr, closed.consts, flat)

    def run(self, jaxpr: core.Jaxpr, consts: Sequence[Any], values: Sequence[Any]) -> list[Any]:
        """Return the outputs of a body."""
        known: dict[Any, Any] = dict(zip(jaxpr.constvars, consts, strict=True))
        known.update(zip(jaxpr.invars, values, strict=True))

        def read(atom: Any) -> Any:
            return atom.val if isinstance(atom, core.Literal) else known[atom]

        for equation in jaxpr.eqns:
            operands = [read(atom) for atom in equation.invars]
            known.update(zip(equation.outvars, self._step(jaxpr, equation, operands), strict=True))
        return [read(atom) for atom in jaxpr.outvars]

    def _step(self, jaxpr: core.Jaxpr, equation: core.JaxprEqn, operands: list[Any]) -> list[Any]:
        name, params = equation.primitive.name, equation.params
        if name in _CALLS:
            return self._called(equation, operands)
        if name in _RULES:
            self._note(jaxpr, equation, operands)
            return self._called(equation, operands)
        bodies = _bodies(params)
        if bodies:
            outside, self.mesh = self.mesh, params.get("mesh", self.mesh)
            for body, given in _given(name, params, bodies, operands):
                self._look_into(body, given)
            self.mesh = outside
        return function_of(jaxpr, equation)(*operands)

    def _called(self, equation: core.JaxprEqn, operands: list[Any]) -> list[Any]:
        body = _bodies(equation.params)[0]
        return self.run(body.jaxpr, body.consts, operands)

    def _look_into(self, body: core.ClosedJaxpr, values: Sequence[Any]) -> None:
        """Read a body for rules, with values made to fit."""
        if len(values) != len(body.jaxpr.invars):
            return
        fitting = [_fit(v, var.aval) for v, var in zip(values, body.jaxpr.invars, strict=True)]
        try:
            self.run(body.jaxpr, body.consts, fitting)
        except FAILURES:  # a collective outside of its mesh, say: what was met so far counts
            return

    def _note(self, jaxpr: core.Jaxpr, equation: core.JaxprEqn, operands: list[Any]) -> None:
        body = _bodies(equation.params)[0]
        name, file, line = _origin(body.jaxpr.debug_info)
        kind = "custom_jvp" if "jvp" in equation.primitive.name else "custom_vjp"
        with_rule, plain = _alone(jaxpr, equation, body), core.jaxpr_as_fun(body)
        if self.mesh is not None:
            with_rule = _sharded(with_rule, self.mesh, equation)
        # what the function closes over comes first; a rule has no derivative for it
        closed = equation.params.get("num_consts", 0)
        with_rule, plain = (
            functools.partial(function, *operands[:closed]) for function in (with_rule, plain)
        )
        labels = (body.jaxpr.debug_info.arg_names or ())[closed:]
        operands = operands[closed:]
        if len(labels) != len(operands) or not all(labels):
            labels = argument_names(file, line)
        if len(labels) != len(operands) or not all(labels):
            labels = tuple(f"args[{k}]" for k in range(len(operands)))
        self.found.append(
            RuleCall(
                name,
                file,
                line,
                kind,
                with_rule,
                plain,
                tuple(operands),
                tuple(map(str, labels)),
            )
        )
        if (name, f"{file}:{line}") not in self.read:
            self.read.add((name, f"{file}:{line}"))
            self._read_rule(with_rule, operands)

    def _read_rule(self, with_rule: Callable[..., list[Any]], operands: list[Any]) -> None:
        """Read the rule itself for rules inside it."""
        floats = [k for k, value in enumerate(operands) if is_float(value)]
        if not floats:
            return

        def pulled_back(*leaves: Any) -> Any:
            def of(*some: Any) -> list[Any]:
                merged = list(operands)
                for k, leaf in zip(floats, some, strict=True):
                    merged[k] = leaf
                return [out for out in with_rule(*merged) if is_float(out)]

            outputs, pull = jax.vjp(of, *leaves)
            return pull([jnp.ones_like(out) for out in outputs])

        try:
            self.enter(pulled_back, [operands[k] for k in floats])
        except FAILURES:  # a rule that does not run will say so when it is checked
            return


def _alone(
    jaxpr: core.Jaxpr, equation: core.JaxprEqn, body: core.ClosedJaxpr
) -> Callable[..., list[Any]]:
    """Return a function of all operands that calls a function with its rule.

    Unlike ``function_of`` it takes operands apart that were one and the same, or literals; and
    what the rule does keeps its own place in the source.
    """
    primitive = equation.primitive
    binding = getattr(primitive, "get_bind_params", None)
    ready = binding(equation.params) if binding is not None else None
    if isinstance(ready, dict):
        shapes = [getattr(var.aval, "shape", ()) for var in body.jaxpr.invars]

        def bound(*operands: Any) -> list[Any]:
            given = [jnp.shape(operand) for operand in operands]
            if given != shapes:  # its body was traced, and computes something else for others
                raise TypeError(f"traced for shapes {shapes}, called with {given}")
            return list(primitive.bind(*operands, **ready))

        return bound
    operands = list(body.jaxpr.invars)
    alone = jaxpr.replace(
        eqns=[equation.replace(invars=operands)],
        invars=operands,
        outvars=list(equation.outvars),
        constvars=[],
        effects=equation.effects,
    )
    function: Callable[..., list[Any]] = core.jaxpr_as_fun(core.ClosedJaxpr(alone, []))
    return function


def _sharded(
    function: Callable[..., list[Any]], mesh: Any, equation: core.JaxprEqn
) -> Callable[..., list[Any]]:
    """Return a function of one device's blocks, run in a ``shard_map`` as it was met.

    Every device gets the same block; the result is the first one's.
    """
    varying = PartitionSpec(mesh.axis_names)

    def specs(atoms: Sequence[Any]) -> list[PartitionSpec]:
        return [varying if _varies(atom.aval) else PartitionSpec() for atom in atoms]

    wanted, returned = specs(equation.invars), specs(equation.outvars)

    def block(*copies: Any) -> list[Any]:
        operands = [
            copy[0] if spec is varying else copy for copy, spec in zip(copies, wanted, strict=True)
        ]
        outputs = zip(function(*operands), returned, strict=True)
        return [out[None] if spec is varying else out for out, spec in outputs]

    def of_one(*operands: Any) -> list[Any]:
        copies = [
            jnp.stack([value] * mesh.size) if spec is varying else value
            for value, spec in zip(operands, wanted, strict=True)
        ]
        mapped = jax.shard_map(block, mesh=mesh, in_specs=tuple(wanted), out_specs=returned)
        outputs = zip(mapped(*copies), returned, strict=True)
        return [out[0] if spec is varying else out for out, spec in outputs]

    return of_one


def _varies(aval: Any) -> bool:
    """Whether a value of a shard_map's body differs between devices; its name moved in JAX."""
    axes = getattr(aval, "vma", None) or getattr(getattr(aval, "mat", None), "varying", None)
    return bool(axes)


def _bodies(params: Any) -> list[core.ClosedJaxpr]:
    """Return the bodies that a primitive carries."""
    found = []
    for value in params.values():
        for item in value if isinstance(value, (tuple, list)) else (value,):
            if isinstance(item, core.ClosedJaxpr):
                found.append(item)
            elif isinstance(item, core.Jaxpr) and not item.constvars:
                found.append(core.ClosedJaxpr(item, []))
    return found


def _given(
    name: str, params: Any, bodies: list[core.ClosedJaxpr], operands: list[Any]
) -> list[tuple[core.ClosedJaxpr, list[Any]]]:
    """Return each body with the values it is called with first."""
    if name == "scan":
        _, first = scan_parts(params)
        at = -1 if params["reverse"] else 0
        if params["length"] == 0:
            return []
        return [(bodies[0], operands[:first] + [stacked[at] for stacked in operands[first:]])]
    if name == "while":
        of_cond, of_body = params["cond_nconsts"], params["body_nconsts"]
        carry = operands[of_cond + of_body :]
        return [
            (params["cond_jaxpr"], operands[:of_cond] + carry),
            (params["body_jaxpr"], operands[of_cond : of_cond + of_body] + carry),
        ]
    if name == "cond":
        return [(body, operands[1:]) for body in bodies]
    return [(body, operands) for body in bodies]


def _fit(value: Any, aval: Any) -> Any:
    """Return a value of the shape that a body wants: the first block of a sharded one."""
    shape, wanted = np.shape(value), tuple(getattr(aval, "shape", np.shape(value)))
    if shape == wanted or len(shape) != len(wanted):
        return value
    return value[tuple(slice(length) for length in wanted)]


def _origin(debug_info: Any) -> tuple[str, str, int]:
    """Return name, file and line of the function a body was traced from."""
    said = str(getattr(debug_info, "func_src_info", "") or "")
    name, _, place = said.partition(" at ")
    file, _, line = place.rpartition(":")
    return name or "a rule", file, int(line) if line.isdigit() else 0
