import numpy as np
import pytest

from benchmarks.peers.batches import Batches
from benchmarks.workloads import WORKLOADS, Workload, rows_of


def test_the_networks() -> None:
    assert [(workload.name, workload.batch) for workload in WORKLOADS] == [
        ("64-32-10", 32),
        ("784-128-10", 64),
        ("784-512-512-10", 128),
        ("784-2048-2048-2048-10", 256),
    ]


@pytest.mark.parametrize("sizes", [(64, 32, 10), (784, 128, 10)], ids=str)
def test_rows_fit_the_network(sizes: tuple[int, ...]) -> None:
    x, y = rows_of(Workload(sizes, batch=8, steps=5))
    assert (x.shape, x.dtype, y.shape, y.dtype) == ((40, sizes[0]), np.float32, (40,), np.int32)
    assert (x.min(), x.max()) == (0, 1)
    assert set(y) <= set(range(10))


def test_enlarged_digits_are_the_same_digits() -> None:
    small, labels = rows_of(Workload((64, 10), batch=8, steps=5))
    large, same = rows_of(Workload((784, 10), batch=8, steps=5))
    np.testing.assert_array_equal(labels, same)
    corners = large.reshape(-1, 28, 28)[:, [0, 4, 7], 27]
    np.testing.assert_array_equal(corners, small.reshape(-1, 8, 8)[:, [0, 1, 2], 7])


def test_an_epoch_takes_every_row_once_in_an_order_of_its_own() -> None:
    batches = Batches(Workload((64, 10), batch=8, steps=5))
    batches.x = np.arange(40, dtype=np.float32)[:, None]
    first, second = ([x[:, 0] for x, _ in batches.of(1)] for _ in range(2))
    assert [len(batch) for batch in first] == [8] * 5
    assert sorted(np.concatenate(first)) == sorted(np.concatenate(second)) == list(range(40))
    assert not np.array_equal(first, second)
