"""Case 2, forward: a = αx, z = logistic(a), b = β·z, J the log-likelihood; and its partials."""

from manual_backprop.activations import slopes
from manual_backprop.lectures.entry import Matrix, Number, Vector
from manual_backprop.lectures.plain import bernoulli_loss, sigmoid


def objective_from_z(beta: Vector, z: Vector, t: Number) -> Number:
    """Return J from the hidden units."""
    return -bernoulli_loss(beta @ z, t)


def known_db(beta: Vector, z: Vector, t: Number) -> tuple[Number]:
    """Return dJ/db."""
    return (t - sigmoid(beta @ z),)


def objective_from_a(a: Vector, beta: Vector, t: Number) -> Number:
    """Return J from the hidden units before their nonlinearity."""
    return objective_from_z(beta, sigmoid(a), t)


def known_dz(a: Vector, beta: Vector, t: Number) -> tuple[Vector]:
    """Return dJ/dz."""
    return (beta * known_db(beta, sigmoid(a), t)[0],)


def objective(alpha: Matrix, x: Vector, beta: Vector, t: Number) -> Number:
    """Return J from the inputs."""
    return objective_from_a(alpha @ x, beta, t)


def known_da(alpha: Matrix, x: Vector, beta: Vector, t: Number) -> tuple[Vector]:
    """Return dJ/da."""
    a = alpha @ x
    return (known_dz(a, beta, t)[0] * slopes["sigmoid"](a),)
