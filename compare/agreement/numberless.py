"""Refuse inputs at which there is nothing to compare: a nan among them, or no numbers at all."""

import numpy as np

from compare.agreement.question import Question


def refuse_numberless(question: Question) -> None:
    """Refuse arguments that make the loss nan by being nan or empty themselves.

    A loss that makes something of them all the same, a mean over what is not nan say, is welcome.

    Raises:
        ValueError: Naming the first such element or argument.
    """
    arguments = question.arguments
    for name, value in zip(arguments.names, arguments.values, strict=True):
        content = np.asarray(value, np.float64)
        places = np.argwhere(np.isnan(content))
        if content.size and not len(places):
            continue
        if np.isfinite(np.asarray(question.loss_of(*arguments.values), np.float64)).all():
            return
        if not content.size:
            told = f"{name} has no elements, shape {list(content.shape)}"
        else:
            index = ", ".join(map(str, places[0]))
            told = f"{name}[{index}] is nan" if index else f"{name} is nan"
        raise ValueError(f"{told}, and the loss is nan there: give finite inputs to compare at")
