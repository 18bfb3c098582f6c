"""Reports made by hand, one for each kind of verdict; shared by the tests of every rendering."""

from dataclasses import replace

from compare.report import Coverage, Diagnosis, Node, Report, Setting, Worst

NAN = float("nan")
EXACT = {"formula_error": 2.5e-16, "allowance": 3.1e-13, "dtype": "float32"}
MEASURED = {"working_error": 1.2e-7, "autodiff_error": 1.1e-7, "ratio": 1.0, "cosine": 1.0}

SETTING = Setting(
    loss="loss", gradient="gradient", dtype="float32", device="cpu:0", jax="0.10.2", seconds=0.84
)


def right(name: str, shape: tuple[int, ...], kind: str = "parameter", **changes: object) -> Node:
    values = {"verdict": "agrees", **EXACT, **MEASURED, **changes}
    return Node(name=name, kind=kind, shape=shape, **values)


def twice(name: str, shape: tuple[int, ...], index: tuple[int, ...], **changes: object) -> Node:
    """A node whose hand-derived gradient is twice the right one."""
    values = {
        "kind": "parameter",
        "verdict": "wrong",
        **EXACT,
        "formula_error": 1.0,
        "ratio": 2.0,
        "cosine": 1.0,
        "wrong_elements": shape[0] * (shape[1] if len(shape) > 1 else 1),
        "worst": Worst(index, 0.0246914, 0.0123457),
        **changes,
    }
    return Node(name=name, shape=shape, **values)


LOSS = right("loss", (), "value")
LAST = (
    right("z2", (32, 10), "intermediate"),
    right("params[1].weight", (16, 10)),
    right("params[1].bias", (10,), formula_error=4.1e-16),
)
FIRST = (
    right("z1", (32, 16), "intermediate"),
    right("params[0].weight", (64, 16)),
    right("params[0].bias", (16,)),
)

AGREES = Report(
    nodes=(LOSS, *LAST, *FIRST),
    coverage=Coverage(floors={"z2": 3e-13, "z1": 8e-13}, probes=3),
    setting=SETTING,
    name="gradient",
    where="model.py:12",
)

WRONG = Report(
    nodes=(
        LOSS,
        *LAST,
        twice("z1", (32, 16), (2, 5), kind="intermediate"),
        twice("params[0].weight", (64, 16), (0, 3), consequence_of="z1"),
        twice("params[0].bias", (16,), (4,), consequence_of="z1"),
    ),
    diagnosis=Diagnosis(
        kind="wrong-constant-factor",
        file="model.py",
        line=41,
        code="    delta = 2 * pulled * slope\n",
        edit="2 * pulled -> pulled",
        verified=True,
        alternatives=("multiply the result by 1/2",),
        evidence="hand is 2 times autodiff in every element of z1 (cosine 1).",
        columns=(12, 22),
    ),
    coverage=Coverage(
        floors={"z2": 3e-13, "z1": 8e-13},
        warnings=("3 of 16 units of z1 are dead: no row reaches them.",),
        probes=3,
    ),
    setting=SETTING,
    where="model.py:12",
    notes=("gradient returned numpy arrays; they were taken as they are.",),
)

IMPRECISE = Report(
    nodes=(LOSS, right("x", (8,), verdict="imprecise", working_error=3.2e-2, ulp=5.4e5)),
    diagnosis=Diagnosis(kind="precision-loss", evidence="1 - u*u cancels for |z| above 4."),
    setting=SETTING,
)

NOT_FINITE = Report(
    nodes=(right("x", (8,), verdict="imprecise", working_error=float("inf")),), setting=SETTING
)

KINK = Report(nodes=(LOSS, right("x", (8,), verdict="kink", formula_error=1.0)), setting=SETTING)

UNCHECKED = Report(
    nodes=(LOSS, right("z7", (8,), verdict="unchecked", formula_error=NAN)), setting=SETTING
)

MANY = Report(nodes=(LOSS, *(right(f"w{i}", (3, 2)) for i in range(12))), setting=SETTING)

MANY_ONE_WRONG = Report(
    nodes=(*MANY.nodes, twice("w12", (3, 2), (1, 0))), setting=SETTING, coverage=Coverage()
)

TWO_MISTAKES = replace(
    WRONG,
    diagnosis=replace(
        WRONG.diagnosis, further=(Diagnosis("wrong-sign", file="model.py", line=7, code="d = -x"),)
    ),
)

#: name -> report; the table of every rendering's tests
REPORTS = {
    "agrees": AGREES,
    "wrong": WRONG,
    "imprecise": IMPRECISE,
    "not-finite": NOT_FINITE,
    "kink": KINK,
    "unchecked": UNCHECKED,
    "many": MANY,
    "many-one-wrong": MANY_ONE_WRONG,
    "two-mistakes": TWO_MISTAKES,
    "nothing": Report(nodes=()),
}
