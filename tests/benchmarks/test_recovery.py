"""Failures injected into runs: scripts are what they say, recoverable is fixed beforehand, and counting counts."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import recovery
from benchmarks._recovery_cases import GROUPS, Case, World, cases, recoverable, worlds
from benchmarks._recovery_faults import EVERYBODY, KINDS, TRANSIENT, Fault, Script
from htn.execution.failures import FailureClass
from htn.execution.journal import Journal


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The sample with a plan of each analysis."""
    return worlds(tmp_path_factory.mktemp("recovery"), shared=False)["sample"]


def fault(task: str, kind: str, times: int | None = None, asked: int = EVERYBODY, agents: int = 1) -> Script:
    """A script with one failure."""
    return Script((Fault(task, kind, times, asked),), agents=agents)


def test_a_drawn_script_fails_three_in_ten_and_the_same_ones_each_time():
    """Every kind comes up, what passes passes at the third try, and another seed draws others."""
    drawn = [Script(seed=1, kinds=KINDS).fault("step", (n,), 0) for n in range(3000)]
    failing = [each for each in drawn if each is not None]
    assert 0.27 < len(failing) / len(drawn) < 0.33
    assert {each.kind for each in failing} == set(KINDS)
    assert {each.times for each in failing if each.kind in TRANSIENT} == {1, 2}
    assert {each.times for each in failing if each.kind not in TRANSIENT} == {None}
    assert drawn == [Script(seed=1, kinds=KINDS).fault("step", (n,), 0) for n in range(3000)]
    assert drawn != [Script(seed=2, kinds=KINDS).fault("step", (n,), 0) for n in range(3000)]


def test_a_script_survives_json():
    """As it has to, being kept in the journal as part of the runtime's configuration."""
    script = Script((Fault("a", "hang"),), seed=3, agents=2)
    assert Script.from_json(script.to_json()) == script


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        (fault("measure_velocity", "server error", 2), True),  # passes
        (fault("synthesise_pipeline", "refusal", None, 0, 2), True),  # the second agent does it
        (fault("measure_velocity", "data missing"), True),  # the part is left out by a method of the domain
        (fault("synthesise_pipeline", "refusal"), False),  # every decomposition has it
        (fault("review_answer", "capability gone", None, EVERYBODY, 2), False),
        (Script((Fault("measure_velocity", "data missing", None), Fault("review_answer", "refusal", None))), False),
    ],
)
def test_what_is_recoverable_follows_from_script_and_domain(world, script, expected):
    """By hand: what passes, what another agent does, what a method does without; and what nothing replaces."""
    assert recoverable(world, Case("", "sample", "pipeline", script)) == expected


def test_every_failure_meets_every_analysis_and_none_is_left_out(world):
    """In full each group comes up for each analysis; quick, each group and each analysis come up."""
    full = list(cases({"sample": world}, quick=False))
    injected = {(case.group, case.analysis) for case in full if case.script.seed is None}
    assert injected == {(group.name, analysis) for group in GROUPS for analysis in world.plans}
    quick = list(cases({"sample": world}, quick=True))
    assert {case.group for case in quick} == {case.group for case in full}
    assert {case.analysis for case in quick} == set(world.plans)
    assert len(quick) < len(full) / 4


@pytest.mark.parametrize(
    ("script", "failures"),
    [
        (fault("measure_win_rate", "server error", 1), [FailureClass.SERVER_ERROR]),
        (fault("measure_win_rate", "hang", 1), [FailureClass.AGENT_TIMEOUT]),
        (fault("measure_win_rate", "malformed reply", 1), [FailureClass.MALFORMED_OUTPUT]),
        (fault("measure_win_rate", "criterion not met", None, 0, 2), [FailureClass.CRITERION_UNMET]),
    ],
)
def test_an_injected_failure_is_what_it_says_and_the_run_gets_over_it(world, script, failures):
    """The engine sees the failure that was meant; the report is complete, nothing is done twice, all of it is told."""
    row = recovery.carry_out(world, Case("one", "sample", "pipeline", script))
    with Journal(Path(world.planner.folder), readonly=True) as journal:
        seen = [attempt.failure for attempt in journal.attempts(row["run"]) if attempt.status == "failed"]
    assert seen[: len(failures)] == [str(failure) for failure in failures]
    assert row["injected"] >= 1
    assert (row["ends"], row["twice"], row["silent"]) == ("complete", 0, [])


def test_what_nothing_replaces_ends_in_a_partial_report_that_says_what_is_missing(world):
    """A synthesis that nobody can make: the run ends, and the report names it."""
    row = recovery.carry_out(world, Case("one", "sample", "pipeline", fault("synthesise_pipeline", "refusal")))
    assert (row["recoverable"], row["ends"], row["silent"]) == (False, "partial", [])


def test_a_person_who_refuses_a_part_gets_the_rest(world):
    """The no is told by `estate why`, and the report is made without that part."""
    row = recovery.carry_out(world, Case("one", "sample", "pipeline", Script(), "measure_velocity"))
    assert row["injected"] == 1
    assert (row["recoverable"], row["ends"], row["silent"]) == (True, "complete", [])


def test_one_run_is_told_as_a_user_sees_it(world, capsys):
    """The plan before, what was changed on the way, and why the step that is gone was there."""
    recovery.tell(world, Case("told", "sample", "pipeline", fault("measure_velocity", "data missing")))
    told = capsys.readouterr().out
    assert "The plan for pipeline on sample" in told
    assert "- Measure cycle length and velocity: all data" in told
    assert "no longer part of the plan since revision" in told
    assert told.endswith("ends in a complete report; the plan changed once, 0 finished steps done again\n")
