"""Rows of inputs with their targets, and the three parts that training takes."""

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
from jaxtyping import Float, Shaped

from functional_nn.datasets.checks import Targets, validate


@dataclass(frozen=True, init=False, eq=False, repr=False)
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
    classes: int | None
    name: str
    image_shape: tuple[int, int] | None
    class_names: tuple[str, ...] | None

    def __init__(
        self,
        x: object,
        y: object,
        classes: int | None = None,
        name: str = "data",
        image_shape: tuple[int, int] | None = None,
        class_names: Sequence[str] | None = None,
    ) -> None:
        """Bring the arrays into their one form.

        Args:
            x: Anything numpy makes an array of floats [rows, features] of.
            y: Whole numbers [rows] as labels, or values [rows, n_out].
            classes: Number of classes.
            name: What messages and reports call it.
            image_shape: (height, width) of a row that is a picture.
            class_names: What each class is called.

        Raises:
            TypeError: If ``x`` or ``y`` has a dtype that does not suit.
            ValueError: If these are no rows of a data set; ``checks.validate`` says why.
        """
        x, y, classes = validate(x, y, classes=classes, allow_empty=True)
        _check_image_shape(image_shape, x.shape[1])
        _check_class_names(class_names, classes)
        names = None if class_names is None else tuple(class_names)
        values = (_frozen(x), _frozen(y), classes, name, image_shape, names)
        for field, value in zip(fields(self), values, strict=True):
            object.__setattr__(self, field.name, value)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.x)

    def __repr__(self) -> str:
        """Say what is in it: rows, features, classes."""
        image = "" if self.image_shape is None else " ({} x {} image)".format(*self.image_shape)
        if self.has_values:
            targets = "1 value" if self.n_targets == 1 else f"{self.n_targets} values"
        else:
            targets = f"{self.classes} classes"
        rows = f"{len(self)} rows, {self.n_features} features{image}"
        return f"Dataset({self.name!r}: {rows}, {targets})"

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

    def select(self, indices: Shaped[np.ndarray, " picked"] | Sequence[int] | slice) -> "Dataset":
        """Return some rows: by number, in that order; by a slice; or by a mask of all rows.

        Raises:
            IndexError: If there is no such row.
        """
        if not isinstance(indices, slice):
            indices = np.asarray(indices)
            if indices.size == 0:  # an empty list is one of floats to numpy
                indices = indices.astype(np.intp)
        return replace(self, x=self.x[indices], y=self.y[indices])

    def only(self, classes: Sequence[int]) -> "Dataset":
        """Keep the rows of some labels and call these labels 0, 1, ... in the order given.

        ``digits().only((0, 1))`` is the exercise zeros against ones; ``only((3, 8))`` makes a
        three a 0 and an eight a 1. The class names keep saying which is which.

        Raises:
            ValueError: If there are no labels at all, or one asked for is unknown or doubled.
        """
        wanted = _known_labels(classes, self)
        new_label = np.full(self.n_targets, -1, dtype=np.int32)
        new_label[wanted] = np.arange(len(wanted), dtype=np.int32)
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

    def only(self, classes: Sequence[int]) -> "Splits":
        """Keep some labels in each part, as ``Dataset.only`` does."""
        return Splits(*(part.only(classes) for part in self.parts))


def _frozen(array: np.ndarray) -> np.ndarray:
    view = array.view()
    view.flags.writeable = False
    return view


def _check_image_shape(shape: tuple[int, int] | None, features: int) -> None:
    if shape is not None and shape[0] * shape[1] != features:
        raise ValueError(
            f"image_shape is {shape[0]} x {shape[1]} = {shape[0] * shape[1]} pixels and x has "
            f"{features} features; wanted as many. Give (height, width) of one row, or None."
        )


def _check_class_names(names: Sequence[str] | None, classes: int | None) -> None:
    if names is not None and len(names) != classes:
        raise ValueError(
            f"class_names has {len(names)} names for {classes or 'no'} classes; "
            "wanted one for each. Give them in the order of the labels, or None."
        )


def _known_labels(asked: Sequence[int], data: Dataset) -> list[int]:
    """Return the labels asked for, if they are some of the data set's, each once."""
    if data.has_values:
        raise ValueError(
            f"{data.name} has values to fit, not labels; wanted labels to keep some of. "
            "Pick rows with select(indices)."
        )
    labels = [int(label) for label in asked]
    unknown = [label for label in labels if not 0 <= label < data.n_targets]
    if unknown or not labels or len(set(labels)) < len(labels):
        raise ValueError(
            f"asked for the labels {labels} of {data.name}; wanted some of "
            f"0..{data.n_targets - 1}, each once."
        )
    return labels
