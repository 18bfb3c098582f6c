"""The playground: choose data, features and a net, and watch its decision surface as it trains.

    python examples/playground.py                               two spirals, an animation
    python examples/playground.py --data xor --hidden 4 --features x1,x2
    python examples/playground.py --data circles --hidden "" --features x1,x2,x1^2,x2^2

Data sets: circles, xor, gaussians, spirals, moons. Features: x1, x2, x1^2, x2^2, x1*x2, sin(x1),
sin(x2). The animation is a GIF; the gradients are derived by hand.
"""

import argparse
import math
from collections.abc import Sequence
from pathlib import Path

from compare.cli.folder import writable
from compare.cli.misuse import MisuseError
from compare.gallery.lifts import features
from compare.gallery.playground import film, write_gif
from functional_nn import MLP, activations
from functional_nn.datasets import playground, split
from functional_nn.names import lookup


def _refuse_unfit(asked: argparse.Namespace) -> None:
    """Refuse what could not be trained or written, before any work."""
    for name, least in (("steps", 1), ("frames", 2)):
        if getattr(asked, name) < least:
            raise ValueError(f"--{name} is {getattr(asked, name)}; wanted at least {least}")
    if not (asked.rate > 0 and math.isfinite(asked.rate)):
        raise ValueError(f"--rate is {asked.rate:g}; wanted a number above 0")
    if asked.out.suffix.lower() != ".gif":
        raise ValueError(f"--out is {asked.out}; wanted a name that ends in .gif")
    try:
        writable(asked.out, "--out")
    except MisuseError as error:
        raise ValueError(str(error)) from error


def main(argv: Sequence[str] | None = None) -> int:
    """Train, print how it goes, write the animation."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default="spirals", choices=tuple(playground))
    parser.add_argument("--noise", type=float, default=0.03)
    parser.add_argument("--features", default="x1,x2,sin(x1),sin(x2)")
    parser.add_argument("--hidden", default="12,8", help="units of each hidden layer")
    parser.add_argument("--activation", default="tanh", choices=tuple(activations))
    parser.add_argument("--rate", type=float, default=0.02)
    parser.add_argument("--steps", type=int, default=800)
    parser.add_argument("--frames", type=int, default=24)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("playground.gif"))
    asked = parser.parse_args(argv)

    names = tuple(asked.features.split(","))
    try:
        for name in names:
            lookup("feature", name, features)
        hidden = tuple(int(units) for units in asked.hidden.split(",") if units)
        sizes = (len(names), *hidden, 1)
        mlp = MLP(sizes, asked.activation, loss="binary_cross_entropy")
        rows = playground[asked.data](500, noise=asked.noise, seed=asked.seed)
        _refuse_unfit(asked)
    except ValueError as error:
        parser.error(str(error))

    found = film(
        mlp,
        split(rows, (0.6, 0.0, 0.4), asked.seed),
        names,
        frames=asked.frames,
        every=max(1, asked.steps // max(1, asked.frames - 1)),
        seed=asked.seed,
        rate=asked.rate,
    )
    print(found.title)
    for step, share in zip(found.steps, found.right, strict=True):
        print(f"  step {step:5d}   {share:6.1%} of the test rows right")
    print(f"animation: {write_gif(found, asked.out)}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
