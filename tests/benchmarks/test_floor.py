from benchmarks import floor
from benchmarks.workloads import Workload


def test_each_product_counts_with_the_library_that_is_fastest() -> None:
    lowest = floor.lowest({"one": {"a": 1.0, "b": 4.0}, "other": {"a": 2.0, "b": 3.0}})
    assert lowest["seconds"] == 4.0
    assert [product["by"] for product in lowest["products"]] == ["one", "other"]
    assert lowest["update"] is None


def test_the_update_is_told_apart() -> None:
    lowest = floor.lowest({"one": {"a": 1.0}, "other": {"a": 2.0, floor.UPDATE: 3.0}})
    assert lowest["seconds"] == 1.0
    assert lowest["update"] == {"name": "Adam", "by": "other", "seconds": 3.0}


def test_a_step_has_three_products_a_layer_but_for_the_first() -> None:
    tiny = Workload((64, 12, 11, 10), batch=16, steps=4)
    for library in ("numpy", "jax"):
        taken = floor.measure(tiny, library, rounds=2, seconds=1e-4)
        assert len(set(taken) - {floor.UPDATE}) == 8
        assert (floor.UPDATE in taken) == (library != "numpy")
        assert min(taken.values()) > 0
