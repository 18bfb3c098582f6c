"""The exercise: tell zeros from ones, with gradients by backpropagation.

    python examples/zeros_and_ones.py                   the digits that come with scikit-learn
    python examples/zeros_and_ones.py --data FOLDER     MNIST's four IDX files

One sigmoid unit at the end, binary cross-entropy, and class 1 where the probability is at least
1/2. Trained on the training part, stopped by the validation part, judged once on the test part.
"""

import argparse
from collections.abc import Sequence

import numpy as np
import optax

from compare import check_gradient, train
from functional_nn import MLP, confusion_matrix
from functional_nn.datasets import load
from manual_backprop import grad_and_deltas


def main(argv: Sequence[str] | None = None) -> int:
    """Prove the gradient, train, and print what the network gets wrong."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", default="digits", help="a folder with IDX files")
    parser.add_argument("--epochs", type=int, default=15)
    parser.add_argument("--gradient", choices=("manual", "autodiff"), default="manual")
    asked = parser.parse_args(argv)

    data = load(asked.data, classes=(0, 1))
    print(f"{asked.data}: {data}\n")
    mlp = MLP(
        (data.train.n_features, 16, 1), activations="tanh", loss="binary_cross_entropy"
    )  # the loss takes the logit: the sigmoid is in it
    result = train(
        mlp,
        optax.adam(3e-3),
        data,
        gradient=asked.gradient,
        epochs=asked.epochs,
        batch_size=16,
        patience=5,
    )
    print(f"{result}\n")

    rows = data.train.select(slice(0, 16))
    report = check_gradient(mlp.loss, grad_and_deltas(mlp), result.params, rows.x, rows.y)
    print(f"at the trained parameters: {str(report).partition(chr(10))[0]}\n")

    said = np.asarray(mlp.predict(result.params, data.test.x))
    table = np.asarray(confusion_matrix(said, data.test.y, 2))
    print("test part      said 0   said 1")
    for label, row in enumerate(table):
        print(f"  it is a {label}   {row[0]:7d}  {row[1]:7d}")
    print(f"\ntest accuracy {result.test_accuracy:.2%}")
    return 0 if report.agrees else 1


if __name__ == "__main__":
    raise SystemExit(main())
