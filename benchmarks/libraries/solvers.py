"""Libraries of solvers, which live on rules: a solution's derivative is not its iterations'."""

from collections.abc import Iterator

import jax.numpy as jnp

from benchmarks.libraries.case import MIXED, POSITIVE, ROWS, SQUARE, Case, sweep

#: Optimal transport runs a solver of minutes.
SLOW = ("projection_transport", "projection_birkhoff", "kl_projection_transport")
SLOW += ("kl_projection_birkhoff",)


#: A loop that Equinox checkpoints: what is written into a buffer sends its gradient to the buffer's
#: first contents, which are promised to be overwritten before they are read.
OVERWRITTEN = ("fn_wrapped",)


def diffrax() -> Iterator[Case]:
    """Yield a differential equation under each way to differentiate it."""
    import diffrax as dfx

    def solve(adjoint, y0, rate, method):
        return dfx.diffeqsolve(
            dfx.ODETerm(lambda t, y, k: -k * jnp.sin(y)),
            method,
            t0=0.0,
            t1=1.0,
            dt0=None,
            y0=y0,
            args=rate,
            stepsize_controller=dfx.PIDController(rtol=1e-10, atol=1e-10),
            adjoint=adjoint,
            max_steps=256,
        ).ys

    y0, rate = jnp.asarray(POSITIVE), jnp.asarray(0.7)
    adjoints = {
        "RecursiveCheckpointAdjoint": dfx.RecursiveCheckpointAdjoint(),
        "DirectAdjoint": dfx.DirectAdjoint(),
        "BacksolveAdjoint": dfx.BacksolveAdjoint(),
        "ForwardMode": dfx.ForwardMode(),
    }
    for name, adjoint in adjoints.items():
        yield Case(
            f"diffrax.diffeqsolve {name}",
            lambda y, k, adjoint=adjoint: solve(adjoint, y, k, dfx.Tsit5()),
            (y0, rate),
            wraps=f"diffrax {name}",
            by_design=OVERWRITTEN,
        )
    yield Case(
        "diffrax.diffeqsolve Kvaerno5",
        lambda y, k: solve(dfx.RecursiveCheckpointAdjoint(), y, k, dfx.Kvaerno5()),
        (y0, rate),
        wraps="diffrax RecursiveCheckpointAdjoint",
        by_design=OVERWRITTEN,
    )
    times = jnp.linspace(0.0, 1.0, 4)
    yield Case(
        "diffrax.CubicInterpolation",
        lambda y: dfx.CubicInterpolation(
            times, dfx.backward_hermite_coefficients(times, y)
        ).evaluate(0.4),
        (y0,),
    )


def lineax() -> Iterator[Case]:
    """Yield norms and solves."""
    import lineax as lx

    square, b = jnp.asarray(SQUARE), jnp.asarray(SQUARE[0])
    rows = jnp.asarray(ROWS)
    for name in ("two_norm", "rms_norm", "max_norm"):
        yield Case(f"lineax.internal.{name}", getattr(lx.internal, name), (jnp.asarray(MIXED),))
    solvers = {
        "LU": lx.LU(),
        "QR": lx.QR(),
        "CG": lx.CG(rtol=1e-12, atol=1e-12),
        "GMRES": lx.GMRES(rtol=1e-12, atol=1e-12),
        "BiCGStab": lx.BiCGStab(rtol=1e-12, atol=1e-12),
    }
    for name, solver in solvers.items():
        tags = lx.positive_semidefinite_tag if name == "CG" else ()
        yield Case(
            f"lineax.linear_solve {name}",
            lambda A, b, solver=solver, tags=tags: (
                lx.linear_solve(lx.MatrixLinearOperator(A, tags), b, solver).value
            ),
            (square, b),
        )
    yield Case(
        "lineax.linear_solve least squares",
        lambda A, b: lx.linear_solve(lx.MatrixLinearOperator(A), b, lx.SVD()).value,
        (rows, rows[:, 0]),
    )


def optimistix() -> Iterator[Case]:
    """Yield roots, minima, least squares and fixed points, by the implicit function theorem."""
    import optimistix as optx

    x = jnp.asarray(POSITIVE)
    exact = {"rtol": 1e-12, "atol": 1e-12}

    def root(y, a):
        return y**3 + y - a

    def bowl(y, a):
        return jnp.sum((y - jnp.sin(a)) ** 2 + 0.1 * y**4)

    def half(y, a):
        return jnp.cos(y) / 2 + a

    for name in ("Newton", "Chord"):
        solver = getattr(optx, name)(**exact)
        yield Case(
            f"optimistix.root_find {name}",
            lambda a, s=solver: optx.root_find(root, s, jnp.zeros_like(a), a, throw=False).value,
            (x,),
            wraps="optimistix implicit_jvp",
        )
    for name in ("GaussNewton",):
        solver = getattr(optx, name)(**exact)
        yield Case(
            f"optimistix.least_squares {name}",
            lambda a, s=solver: (
                optx.least_squares(root, s, jnp.zeros_like(a), a, throw=False).value
            ),
            (x,),
            wraps="optimistix implicit_jvp",
        )
    for name in ("BFGS",):
        solver = getattr(optx, name)(**exact)
        yield Case(
            f"optimistix.minimise {name}",
            lambda a, s=solver: optx.minimise(bowl, s, jnp.zeros_like(a), a, throw=False).value,
            (x,),
            wraps="optimistix implicit_jvp",
        )
    solver = optx.FixedPointIteration(**exact)
    yield Case(
        "optimistix.fixed_point",
        lambda a: optx.fixed_point(half, solver, jnp.zeros_like(a), a, throw=False).value,
        (x,),
        wraps="optimistix implicit_jvp",
    )


def jaxopt() -> Iterator[Case]:
    """Yield projections, perturbed maximizers, isotonic regression and implicit solvers."""
    import jaxopt

    yield from sweep(jaxopt.projection, "jaxopt.projection", skip=SLOW)
    yield from sweep(jaxopt.loss, "jaxopt.loss")
    yield from sweep(jaxopt.prox, "jaxopt.prox")
    yield from sweep(jaxopt.isotonic, "jaxopt.isotonic")
    x, rows = jnp.asarray(MIXED), jnp.asarray(ROWS)
    yield Case(
        "jaxopt.projection.projection_simplex",
        lambda x: jaxopt.projection.projection_simplex(x, 0.8),
        (x,),
    )
    yield Case(
        "jaxopt.projection.projection_l1_ball",
        lambda x: jaxopt.projection.projection_l1_ball(x, 0.8),
        (x,),
    )
    yield Case(
        "jaxopt.projection.projection_box_section",
        lambda x: jaxopt.projection.projection_box_section(
            x, (0.0, 1.0, jnp.ones(4), 1.5), check_feasible=False
        ),
        (x,),
    )

    def ridge(w, l2):
        return jnp.mean((rows @ w - x) ** 2) + l2 * jnp.sum(w**2)

    for name in ("GradientDescent", "BFGS"):
        solver = getattr(jaxopt, name)(ridge, tol=1e-12, maxiter=300, implicit_diff=True)
        yield Case(
            f"jaxopt.{name}",
            lambda l2, s=solver: s.run(jnp.zeros(3), l2=l2).params,
            (jnp.asarray(0.3),),
            wraps="jaxopt custom_root",
        )
    yield Case(
        "jaxopt.FixedPointIteration",
        lambda a: (
            jaxopt.FixedPointIteration(lambda y, a: jnp.cos(y) / 2 + a, tol=1e-12)
            .run(jnp.zeros(4), a)
            .params
        ),
        (x,),
    )
