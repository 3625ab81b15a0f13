"""What the benchmark of schedules reads and computes: PSPLIB's format, known values, gaps, what a run teaches."""

from __future__ import annotations

import pytest

from benchmarks import _rcpsp, _workflows, scheduling
from benchmarks._ipc_results import Results
from htn.scheduling.timetable import schedule
from htn.scheduling.work import Booking

SM = """************************************************************************
file with basedata            : tiny.bas
************************************************************************
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          2           2   3
   2        1          1           4
   3        1          1           4
   4        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     4       3    0
  3      1     5       2    1
  4      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    4    1
************************************************************************
"""
KNOWN = """Optimal makespan values of the instances of j30.sm
Paramter  Instance  Makespan
1   1   43   0.1
13  2   62   2.5
"""
SHARED = pytest.mark.skipif(not _rcpsp.DEFAULT.is_dir(), reason="the data set is not there: ../shared/data/rcpsp")


def run():
    """Return a small workflow run."""
    return _workflows.Run(
        name="one",
        family="few",
        kinds={"a": "cut", "b": "cut", "c": "join"},
        before={"a": (), "b": (), "c": ("a", "b")},
        actual={"a": 4.0, "b": 6.0, "c": 1.0},
        expected={"a": 2.0, "b": 2.0, "c": 1.0},
    )


def test_files_of_psplib_are_read():
    """Jobs count from one in the file; the two that need more than there is of R1 come one after the other."""
    work = _rcpsp.parse_sm(SM)
    assert [step.dependencies for step in work.steps] == [(), ("0",), ("0",), ("1", "2")]
    assert work.steps[2].uses == {"R1": 2, "R2": 1}
    assert [resource.capacity for resource in work.resources] == [4, 1]
    assert schedule(work).makespan == 9
    assert _rcpsp.best_known(KNOWN) == {"j301_1": 43, "j3013_2": 62}


def test_a_folder_of_files_is_read_with_its_known_values(tmp_path):
    """Instances are matched with the list beside them; one that it does not have has no best value."""
    for name in ("j3013_2", "j3099_1"):
        (tmp_path / f"{name}.sm").write_text(SM, encoding="utf-8")
    (tmp_path / "j30opt.sm").write_text(KNOWN, encoding="utf-8")
    assert {each.name: each.best for each in _rcpsp.instances(tmp_path)} == {"j3013_2": 62, "j3099_1": None}
    with pytest.raises(ValueError, match="no section"):
        _rcpsp.parse_sm("nothing")


@pytest.mark.shared_data
@SHARED
def test_the_quick_part_has_all_its_instances_and_schedules_respect_the_optima():
    """Ten by name are there; what the benchmark measures of one is between its bound and what the heuristic finds."""
    projects = {each.name: each for each in _rcpsp.instances(_rcpsp.DEFAULT)}
    assert len(projects) == 480
    assert len(_rcpsp.sample(list(projects.values()), "quick")) == len(_rcpsp.QUICK)
    row = scheduling.exact(projects["j301_1"], 5.0)
    assert row["best"] == row["makespan"] == 43
    assert scheduling.heuristic(projects["j301_1"], 0.01, "cpu")["makespan"] >= 43


def test_the_anytime_curve_is_read_at_moments():
    """Before the first schedule the first counts, afterwards the best so far."""
    row = {"curve": [[0.02, 50.0], [0.5, 45.0], [2.0, 44.0]], "best": 40.0, "makespan": 44.0}
    assert [scheduling.at_moment(row, moment) for moment in (0.01, 0.1, 1, 5)] == [50, 50, 45, 44]
    assert scheduling.gap(row) == pytest.approx(10)


def test_what_finished_tasks_took_corrects_their_kind():
    """Both cuts took longer than expected, so cuts are taken to; nothing is known of joins yet."""
    learner = _workflows.Learner(run(), {"a": 2.0, "b": 2.0, "c": 1.0})
    assert learner([Booking("a", 0, 4)], 4.0) == {"a": 4.0, "b": 4.0, "c": 1.0}


def test_every_policy_is_measured_against_the_best_with_hindsight():
    """On a graph with room for everything nobody is late; ratios are never below one."""
    row = _workflows.measure(run())
    assert row["best"] == 7.0
    assert set(row["ratios"].values()) == {1.0}


def test_measurements_are_kept_and_not_made_again(tmp_path):
    """The second time, nothing is called: rows come from the file."""
    file = tmp_path / "rows.jsonl"
    calls = []

    def measured():
        calls.append(1)
        return {"makespan": 3.0}

    planned = {"x": measured}
    for _ in range(2):
        rows = scheduling.collect(Results(file), "part", planned, seconds_limit=1.0)
    assert [row["makespan"] for row in rows] == [3.0]
    assert len(calls) == 1
