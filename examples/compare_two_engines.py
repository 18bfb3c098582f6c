"""Train by hand and by autodiff at once, on the same batches, and see whether the runs part.

    python examples/compare_two_engines.py
    python examples/compare_two_engines.py --dtype float32 --steps 500

In float64 two right gradients stay together to rounding. A wrong one parts from autodiff at the
first step, even where the loss still falls: below, one whose biases learn three times too slowly.
"""

import argparse
from collections.abc import Sequence

import optax

from compare import lockstep
from functional_nn import MLP
from functional_nn.datasets import load
from manual_backprop import value_and_grad

NETWORK = MLP((64, 24, 16, 10), activations=("tanh", "gelu"), l2=1e-4)


def slow_biases(params, x, y):
    """Return the right loss with gradients that are wrong in the biases."""
    loss, grads = value_and_grad(NETWORK)(params, x, y)
    return loss, tuple(layer._replace(bias=layer.bias / 3) for layer in grads)


def main(argv: Sequence[str] | None = None) -> int:
    """Print how far both pairs part; return 0 if only the wrong one does."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--steps", type=int, default=200)
    parser.add_argument("--dtype", choices=("float32", "float64"), default="float64")
    asked = parser.parse_args(argv)

    runs = []
    for gradient in ("manual", slow_biases):
        run = lockstep(
            NETWORK,
            optax.sgd(0.1),
            load("digits"),
            steps=asked.steps,
            dtype=asked.dtype,
            gradient=gradient,
        )
        runs.append(run)
        print(f"{run}\n")
        print("   step   loss by hand   loss by autodiff   largest difference of a leaf")
        for k in sorted({0, asked.steps // 4, asked.steps // 2, asked.steps - 1}):
            print(
                f"  {run.steps[k]:5d}   {run.loss_manual[k]:12.9f}   {run.loss_autodiff[k]:16.9f}"
                f"   {run.difference[k].max():.1e}"
            )
        print()
    return 0 if [run.together for run in runs] == [True, False] else 1


if __name__ == "__main__":
    raise SystemExit(main())
