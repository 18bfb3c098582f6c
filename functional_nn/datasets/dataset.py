"""Rows of inputs with their targets, and the three parts that training takes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from jaxtyping import Float, Int

from functional_nn.datasets.checks import Targets, validate


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """Inputs and their targets, checked once, when made.

    The arrays are read-only views: nobody changes the rows of somebody else.

    Attributes:
        x: Inputs.
        y: Labels, or values to fit.
        classes: Number of classes; None for values. Left out, the largest label decides.
        name: What messages and reports call it.
        image_shape: (height, width) of a row that is a picture, stored row by row.
        class_names: What each class is called, in the order of the labels.
    """

    x: Float[np.ndarray, "rows features"]
    y: Targets
    classes: int | None = None
    name: str = "data"
    image_shape: tuple[int, int] | None = None
    class_names: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        """Bring the arrays into their one form; refuse what is no data set."""
        x, y, classes = validate(self.x, self.y, classes=self.classes, allow_empty=True)
        _check_image_shape(self.image_shape, x.shape[1])
        _check_class_names(self.class_names, classes)
        for field, value in (("x", _frozen(x)), ("y", _frozen(y)), ("classes", classes)):
            object.__setattr__(self, field, value)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.x)

    def __repr__(self) -> str:
        """Say what is in it: rows, features, classes."""
        image = "" if self.image_shape is None else " ({} x {} image)".format(*self.image_shape)
        return f"Dataset({self.name!r}: {len(self)} rows, {self.n_features} features{image}, " + (
            f"{self.n_targets} values)" if self.has_values else f"{self.classes} classes)"
        )

    @property
    def n_features(self) -> int:
        """Entries of an input row: what a network's first size must be."""
        return self.x.shape[1]

    @property
    def has_values(self) -> bool:
        """Whether targets are rows of values rather than labels."""
        return self.y.ndim == 2

    @property
    def n_targets(self) -> int:
        """Outputs a network needs with one for each class, or one for each value."""
        return self.y.shape[1] if self.has_values else int(self.classes or 0)

    def select(self, indices: Int[np.ndarray, " picked"] | Sequence[int] | slice) -> Self:
        """Return the rows of these indices, in their order.

        Raises:
            IndexError: If there is no such row.
        """
        picked = indices if isinstance(indices, slice) else np.asarray(indices, dtype=np.intp)
        return replace(self, x=self.x[picked], y=self.y[picked])

    def only(self, classes: Sequence[int]) -> Self:
        """Keep the rows of some labels and call these labels 0, 1, ... in the order given.

        ``digits().only((0, 1))`` is the exercise zeros against ones; ``only((3, 8))`` makes a
        three a 0 and an eight a 1. The class names keep saying which is which.

        Raises:
            ValueError: If there are no labels, or one asked for is unknown, double or absent.
        """
        wanted = _check_wanted(self, tuple(classes))
        new_label = np.full(self.n_targets, -1, dtype=np.int32)
        new_label[list(wanted)] = np.arange(len(wanted), dtype=np.int32)
        kept = new_label[self.y] >= 0
        names = self.class_names or tuple(map(str, range(self.n_targets)))
        return replace(
            self,
            x=self.x[kept],
            y=new_label[self.y[kept]],
            classes=len(wanted),
            class_names=tuple(names[label] for label in wanted),
        )


@dataclass(frozen=True, eq=False, repr=False)
class Splits:
    """One data set in three disjoint parts.

    Attributes:
        train: Rows that the weights are fitted to.
        validation: Rows that decide when to stop and which setting is best; may be empty.
        test: Rows that are looked at once, at the end; may be empty.
    """

    train: Dataset
    validation: Dataset
    test: Dataset

    def __post_init__(self) -> None:
        """Refuse parts that do not belong together."""
        for part, data in (("validation", self.validation), ("test", self.test)):
            for what in ("n_features", "classes", "n_targets"):
                first, other = getattr(self.train, what), getattr(data, what)
                if first != other:
                    raise ValueError(
                        f"the train part has {what} {first} and the {part} part {other}; "
                        "wanted parts of one data set. Make them with split(dataset)."
                    )

    def __len__(self) -> int:
        """Return the number of rows in all parts."""
        return sum(map(len, self.parts))

    def __repr__(self) -> str:
        """Say how many rows each part has."""
        rows = ", ".join(f"{len(getattr(self, p))} {p}" for p in ("train", "validation", "test"))
        return f"Splits({rows}; train: {self.train!r})"

    @property
    def parts(self) -> tuple[Dataset, Dataset, Dataset]:
        """Train, validation and test, in this order."""
        return self.train, self.validation, self.test

    def only(self, classes: Sequence[int]) -> Self:
        """Keep some labels in each part, as ``Dataset.only`` does."""
        return type(self)(*(part.only(classes) for part in self.parts))


def _frozen(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view
