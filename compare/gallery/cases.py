"""Case 1 and Case 2 of the lecture, split into modules, each with its forward and its backward.

    module 5   J = y* log y + (1 - y*) log(1 - y)     logistic regression: modules 1, 4, 5,
    module 4   y = 1 / (1 + exp(-b))                  with b and β called a and θ
    module 3   b = Σ_j β_j z_j
    module 2   z_j = 1 / (1 + exp(-a_j))
    module 1   a_j = Σ_i α_ji x_i

A module's backward sees what its forward saw, and what is handed down to it: nothing else.

Source: 10-601B Lecture 15, "Case 2", modules 1 to 5.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import jax
import jax.numpy as jnp
import numpy as np
from jaxtyping import Array, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from compare.gallery.case_lines import printed_1, printed_2, whole_1, whole_2
from compare.gallery.case_modules import Values, case_1, case_2
from compare.gallery.descent import key
from compare.gallery.system import Budget, System
from compare.pictures import style
from functional_nn import RandomKey

EQUAL = 1e-12
GREEK = MappingProxyType({"theta": "θ", "alpha": "α", "beta": "β"})


@dataclass(frozen=True, eq=False)
class Cases:
    """The derivatives of both cases.

    Attributes:
        by_modules: By case and quantity, module by module.
        as_printed: The same, by the lecture's lines.
        by_autodiff: The same, by autodiff of the whole formula.
    """

    by_modules: Mapping[str, Mapping[str, Float[np.ndarray, "..."]]]
    as_printed: Mapping[str, Mapping[str, Float[np.ndarray, "..."]]]
    by_autodiff: Mapping[str, Mapping[str, Float[np.ndarray, "..."]]]

    def apart(self, case: str) -> float:
        """Return the largest difference of the three."""
        ours = self.by_modules[case]
        others = (self.as_printed[case], self.by_autodiff[case])
        return max(float(np.abs(ours[n] - o[n]).max()) for o in others for n in o)

    @property
    def holds(self) -> bool:
        """All three agree in both cases."""
        return all(self.apart(case) <= EQUAL for case in self.by_modules)

    @property
    def figures(self) -> Mapping[str, str]:
        """The differences."""
        return {
            f"{case}, largest difference": f"{self.apart(case):.1e}" for case in self.by_modules
        }


def compute(budget: Budget, seed: int) -> Cases:
    """Run both cases at drawn parameters in float64."""
    with jax.enable_x64(True):
        keys = jax.random.split(key(seed, 1), 4)
        x = _normal(keys[0], 4).at[0].set(1.0)  # x_0 = 1: the bias
        one = {"x": x, "theta": _normal(keys[1], 4), "t": jnp.array(1.0)}
        two = {"x": x, "alpha": _normal(keys[2], 3, 4), "beta": _normal(keys[3], 3)}
        two["t"] = jnp.array(0.0)
        ours = {"case 1": case_1(one), "case 2": case_2(two)}
        printed = {"case 1": printed_1(one), "case 2": printed_2(two)}
        auto = {"case 1": _autodiff(whole_1, one), "case 2": _autodiff(whole_2, two)}
        return Cases(*(_as_arrays(each) for each in (ours, printed, auto)))


def _normal(k: RandomKey, *shape: int) -> Array:
    return jax.random.normal(k, shape, jnp.float64)


def _autodiff(J: Callable[[Values], Array], given: Values) -> Values:
    found = jax.grad(J)(dict(given))
    return {name: d for name, d in found.items() if name != "t"}


def _as_arrays(found: Mapping[str, Values]) -> dict[str, dict[str, np.ndarray]]:
    return {
        case: {name: np.asarray(d) for name, d in values.items()} for case, values in found.items()
    }


def draw(found: Cases) -> Figure:
    """Return every derivative of both cases: bars by modules, marks as printed."""
    with style.styled():
        figure = style.canvas(9.8, 6.4)
        for axes, case in zip(figure.subplots(2, 1), found.by_modules, strict=True):
            _draw_case(axes, found, case)
    return figure


def _draw_case(axes: Axes, found: Cases, case: str) -> None:
    names, bars, marks = [], [], []
    for name, values in found.by_modules[case].items():
        for index in np.ndindex(values.shape):
            names.append(f"{GREEK.get(name, name)}{''.join(map(str, index))}")
            bars.append(values[index])
            marks.append(found.as_printed[case][name][index])
    at = np.arange(len(names))
    axes.bar(at, bars, color="#9cc3de", edgecolor=style.INK, linewidth=0.6, label="by modules")
    axes.plot(at, marks, "x", color="#7a3d10", ms=8, mew=2, label="as printed")
    axes.axhline(0, color=style.INK, linewidth=0.8)
    axes.set_xticks(at, names, fontsize=9)
    axes.set_yscale("symlog", linthresh=0.01)
    axes.margins(y=0.15)
    axes.set(xlabel="quantity", ylabel="dJ/d quantity")
    axes.set_title(f"{case.capitalize()}: handed down from J on the left to the inputs")
    axes.legend()


SYSTEM = System(
    name="cases",
    entries=("S1-5",),
    title="Case 1 and Case 2 in modules",
    claim="Logistic regression and the two-layer net, split into modules that each know only their "
    "own inputs and what is handed down, give the derivatives of the whole to 1e-12.",
    compute=compute,
    draw=draw,
)
