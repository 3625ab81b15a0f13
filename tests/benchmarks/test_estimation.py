"""The benchmark of estimates is honest: groups held whole, forward in time, measures that mean what they say."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from benchmarks import _estimation_agents as agents
from benchmarks import _estimation_workflows as workflows
from benchmarks._estimation_curves import curve
from benchmarks._estimation_measures import measures


def tasks():
    """Return tasks of a family: ten instances of two kinds, larger ones later, in the order of time."""
    rows = [
        {
            "family": "f",
            "instance": f"i{run}",
            "kind": kind,
            "seconds": 1.0 + run,
            **dict.fromkeys(workflows.SIZES, run),
        }
        for run in range(10)
        for kind in ("a", "b")
        for _ in range(6)
    ]
    return pd.DataFrame(rows)


def test_instances_are_held_whole_and_the_later_ones_are_wanted():
    """No instance lies on both sides, and all that is known is earlier."""
    ((_, earlier, later),) = workflows.splits(tasks())
    assert list(earlier["instance"].unique()) == [f"i{run}" for run in range(7)]
    assert list(later["instance"].unique()) == ["i7", "i8", "i9"]


def test_an_unseen_kind_is_not_among_what_is_known():
    """Each kind is left out once, and only its tasks are wanted."""
    ((_, earlier, later),) = workflows.splits(tasks())
    found = [(set(known["kind"]), set(wanted["kind"])) for known, wanted in workflows.unseen(earlier, later)]
    assert found == [({"b"}, {"a"}), ({"a"}, {"b"})]


def test_growing_inputs_are_larger_than_any_known():
    """What is wanted read more than all that is known."""
    ((_, small, large),) = workflows.growing(tasks(), "seconds")
    assert small["in_bytes"].max() < large["in_bytes"].min()


@pytest.mark.parametrize("name", workflows.BASELINES)
def test_every_baseline_gives_ordered_ends_for_every_task(name: str):
    """A row of three positive numbers each, the lower end below the upper one."""
    ((_, earlier, later),) = workflows.splits(tasks())
    made = workflows.BASELINES[name](earlier, later, "seconds")
    assert made.shape == (len(later), 3)
    assert (made > 0).all()
    assert (made[:, 0] <= made[:, 2]).all()


def runs():
    """Return a hundred made-up runs of agents in five batches."""
    rng = np.random.default_rng(0)
    count = 100
    frame = pd.DataFrame(
        {"task": rng.integers(0, 2, count).astype(str), "model": rng.integers(0, 2, count).astype(str)}
    )
    frame["at"] = np.repeat([f"2026-01-0{day}" for day in range(1, 6)], 20)
    frame["run_id"], frame["seconds"] = frame["at"], rng.lognormal(3, 0.5, count)
    return frame


def test_a_later_run_changes_no_earlier_prediction():
    """Prequential: what the last run took cannot be known before it."""
    given, changed = runs(), runs()
    changed.loc[99, "seconds"] = 1e6
    first, second = (agents.issued(frame, "seconds") for frame in (given, changed))
    assert np.array_equal(first, second)
    changed.loc[0, "seconds"] = 1e6
    assert not np.array_equal(first, agents.issued(changed, "seconds"))


def test_reshuffling_keeps_batches_in_order_and_every_run():
    """The same runs, batch after batch, otherwise ordered."""
    given = runs()
    shuffled = agents.reshuffled(given, 1)
    assert list(shuffled["at"]) == list(given["at"])
    assert sorted(shuffled["seconds"]) == sorted(given["seconds"])
    assert list(shuffled["seconds"]) != list(given["seconds"])


def test_measures_of_perfect_and_of_poor_predictions():
    """No error means zero; a missed interval costs ten times the distance."""
    perfect = measures([5.0, 7.0], [[5.0] * 3, [7.0] * 3])
    assert [perfect[name] for name in ("MAE", "log-RMSE", "pinball .9", "Winkler")] == [0, 0, 0, 0]
    assert measures([5.0], [[1.0, 2.0, 3.0]])["Winkler"] == 2.0 + 10 * 2.0


def test_curves_sort_runs_by_what_was_known():
    """The first run is alone, and every run within the curve is counted once."""
    found = curve([(place, 1.0, (1.0, 1.0, 1.0)) for place in range(60)])
    assert [(each["known"], each["runs"]) for each in found][:2] == [("0", 1), ("1-2", 2)]
    assert sum(each["runs"] for each in found) == 51
