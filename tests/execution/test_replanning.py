"""A running plan changes in one way: repaired from what was observed, verified, explained; nothing is done twice."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.replan_request import Growth
from htn.execution.runs import begin_run, show_run, why_run
from htn.execution.story import plan_changes
from htn.plan import Plan
from htn.planning.checker import check_plan
from tests.execution.branches import DOMAIN, make_plan, reference
from tests.execution.toy import lines

TIMEOUT = 30.0  # a wait that should end at once; reaching it is a failure
ALL = ["fetch", "measure_price", "measure_support", "measure_terms", "weigh", "join"]


class Ran:
    """One run to its end, with what there is to look at."""

    def __init__(
        self,
        folder: Path,
        *,
        options: RunOptions | None = None,
        capacity: int = 1,
        until: str = "",
        **config: Any,
    ) -> None:
        self.folder, self.log = folder / "w", folder / "log"
        agent = {"log": str(self.log), "capacity": capacity, **config.pop("agent", {})}
        gate = folder / "gate"
        os.mkfifo(gate)
        if until:  # the second of the three parts is in hand meanwhile, the third one is still to come
            agent["hold"] = {"measure_support": str(gate)}
        runtime = reference(agents=[agent], **config)
        handle = begin_run(self.folder, make_plan(), runtime, options=options or RunOptions(max_delay=0.0))
        self.run = handle.run_id
        if until:
            self._wait_for(until)
            gate.write_text("go on")
        handle.wait(TIMEOUT)
        self.status = show_run(self.folder, self.run)
        self.changes = plan_changes(self.folder, self.run)
        with Journal(self.folder, readonly=True) as journal:
            self.plans = [Plan.from_json(record.document) for record in journal.plans(self.run)]
            self.events = journal.events(self.run)

    def _wait_for(self, kind: str) -> None:
        pause = threading.Event()
        with Journal(self.folder, readonly=True) as journal:
            for _ in range(int(TIMEOUT / 0.01)):
                if journal.events(self.run, kinds=(kind,)):
                    return
                pause.wait(0.01)
        raise AssertionError(f"there was no event {kind}")

    @property
    def carried_out(self) -> list[str]:
        """The tasks that ended well, in order, each only once."""
        tasks = {step.key: step.task for plan in self.plans for step in plan.steps}
        ended = [tasks[line.removeprefix("end:")] for line in lines(self.log) if line.startswith("end:")]
        assert max(Counter(ended).values()) == 1, "finished work was done again"
        return ended

    def changed(self, number: int, *kinds: str) -> list[tuple[str, str]]:
        """What became of steps in a change, as (kind, task)."""
        return [(told["kind"], told["task"]) for told in self.changes[number]["changes"] if told["kind"] in kinds]

    def check(self) -> None:
        """Every revision is sound for the independent checker, and so is each after a round trip through JSON."""
        for plan in self.plans:
            assert str(check_plan(DOMAIN, plan)) == "sound"
            assert Plan.from_json(plan.to_json()).to_json() == plan.to_json()
        assert self.status.run.status == "completed"
        assert not self.status.missing


MOVED = ("added", "removed", "reordered")


def test_a_plan_whose_steps_do_as_predicted_does_not_change(tmp_path: Path):
    """Looking ahead finds nothing, and the first plan is carried out to its end."""
    ran = Ran(tmp_path)
    ran.check()
    assert ran.carried_out == ALL
    assert (ran.status.run.revision, ran.changes) == (1, [])


@pytest.mark.parametrize("capacity", [1, 4])
def test_a_failed_part_is_done_another_way_and_its_siblings_stay(tmp_path: Path, capacity: int):
    """The failure is a fact that methods know; only the task that it concerns is decomposed again."""
    ran = Ran(tmp_path, capacity=capacity, agent={"always": {"measure_support": "data_unavailable"}})
    ran.check()
    assert sorted(ran.carried_out) == sorted({*ALL, "guess_support"} - {"measure_support"})
    (change,) = ran.changes
    assert (change["kind"], change["trigger"], change["policy"]) == ("repair", "data_unavailable", "local")
    assert ran.changed(0, *MOVED) == [("added", "guess_support"), ("removed", "measure_support")]
    reasons = {told["task"]: told["reason"] for told in change["changes"]}
    assert reasons["measure_support"] == "it failed"
    assert reasons["guess_support"].startswith("part('support'): the method properly no longer applies")
    assert reasons["weigh"]


@pytest.mark.parametrize("capacity", [1, 4])
def test_a_task_done_anew_takes_its_finished_steps_over(tmp_path: Path, capacity: int):
    """Where the method of a begun task cannot go on, another is taken; what was done is recognised by its content."""
    ran = Ran(tmp_path, capacity=capacity, agent={"always": {"weigh": "server_error"}})
    ran.check()
    assert sorted(ran.carried_out) == sorted({*ALL[:4], "join_unweighed"})
    assert sorted(ran.changed(0, *MOVED)) == [("added", "join_unweighed"), ("removed", "join"), ("removed", "weigh")]
    assert [task for _, task in ran.changed(0, "finished")] == ALL[:4]
    assert not ran.changed(0, "abandoned")


def test_no_step_that_failed_comes_back_with_a_later_repair(tmp_path: Path):
    """Every repair knows of all failures before it."""
    fails = {"measure_price": "data_unavailable", "measure_terms": "data_unavailable", "weigh": "unknown"}
    ran = Ran(tmp_path, agent={"always": fails})
    ran.check()
    assert len(ran.changes) == 3
    expected = ["fetch", "guess_price", "measure_support", "guess_terms", "join_unweighed"]
    assert sorted(ran.carried_out) == sorted(expected)
    begun = Counter(line for line in lines(ran.log) if line.startswith("begin:"))
    assert set(begun.values()) <= {1}
    assert not set(fails) & {step.task for step in ran.plans[-1].pending}


def test_where_every_decomposition_needs_the_step_the_branch_is_given_up_and_the_rest_stays(tmp_path: Path):
    """There is no change then, and why is said."""
    ran = Ran(tmp_path, agent={"always": {"fetch": "data_unavailable"}})
    assert ran.changes == []
    (event,) = [event for event in ran.events if event.kind == "replan_failed"]
    assert "every decomposition needs fetch" in event.payload["message"]
    assert ran.status.run.status == "failed"


def test_what_would_break_is_repaired_before_it_is_reached(tmp_path: Path):
    """A fact that a step observed rules out the method of a step to come: nothing fails, nothing is tried in vain."""
    ran = Ran(tmp_path, until="replanned", observes={"measure_price": [["closed", "terms", True]]})
    ran.check()
    (change,) = ran.changes
    assert (change["kind"], change["trigger"]) == ("precaution", "observed")
    assert "it cannot be measured" in change["why"]
    assert "before it would have been reached" in change["why"]
    assert sorted(ran.changed(0, *MOVED)) == [("added", "guess_terms"), ("removed", "measure_terms")]
    assert "measure_terms" not in ran.carried_out
    assert not [event for event in ran.events if event.kind == "step_failed"]


def test_an_unexpected_pattern_is_looked_into_by_a_method(tmp_path: Path):
    """What a detector notices is a fact; the task with a method for it is decomposed again, and says why."""
    ran = Ran(tmp_path, until="replanned", notices={"measure_price": ["odd", "terms"]})
    ran.check()
    (change,) = ran.changes
    assert (change["kind"], change["why"]) == ("adjustment", "7 values that nobody expected (unexpected pattern)")
    assert ran.changed(0, *MOVED) == [("added", "dig_terms"), ("removed", "measure_terms")]
    assert "dig_terms" in ran.carried_out


def test_what_has_become_redundant_is_pruned_by_a_method(tmp_path: Path):
    """The step is not carried out, and nothing is missing."""
    ran = Ran(tmp_path, until="replanned", notices={"measure_price": ["known", "terms"]})
    ran.check()
    assert ran.changed(0, *MOVED) == [("removed", "measure_terms")]
    assert sorted(ran.carried_out) == sorted(set(ALL) - {"measure_terms"})


@pytest.mark.parametrize(
    ("growth", "why"),
    [
        (Growth(adjustments=0), "the limit of 0 adjustments"),
        (Growth(steps=0.5), "it would have 6 steps, the limit is 3"),
    ],
)
def test_how_often_and_how_much_a_plan_grows_is_limited(tmp_path: Path, growth: Growth, why: str):
    """What was noticed and not acted upon is in the record."""
    options = RunOptions(growth=growth)
    ran = Ran(tmp_path, options=options, until="plan_kept", notices={"measure_price": ["odd", "terms"]})
    ran.check()
    assert ran.changes == []
    assert ran.carried_out == ALL
    notes = [note for event in ran.events if event.kind == "plan_kept" for note in event.payload["notes"]]
    assert notes
    assert all(why in note for note in notes)


@pytest.mark.parametrize(("gain", "taken"), [(0.2, True), (0.6, False), (None, False)])
def test_an_opportunity_is_taken_where_it_saves_enough(tmp_path: Path, gain: float | None, taken: bool):
    """A method that was preferred and did not apply becomes possible: 8 of 15 seconds to come are saved, 53 %."""
    options = RunOptions(growth=Growth(gain=gain))
    observes = {"measure_price": [["good_guess", "terms", True]]}
    ran = Ran(tmp_path, options=options, until="replanned" if taken else "", observes=observes)
    ran.check()
    assert ("guess_terms" in ran.carried_out) is taken
    assert [change["kind"] for change in ran.changes] == ["opportunity"] * taken
    if taken:
        assert ran.changes[0]["why"] == "a way that saves 8 of 15 expected seconds has become possible"


def test_a_dearer_way_is_no_opportunity_and_what_was_left_for_good_reason_is_not_taken_up(tmp_path: Path):
    """A cheaper method that the plan could have had from the start does not become one because something was seen."""
    ran = Ran(tmp_path, observes={"measure_price": [["closed", "price", False]]})
    ran.check()
    assert ran.changes == []
    assert ran.carried_out == ALL


def test_steps_in_hand_go_on_when_the_plan_changes(tmp_path: Path):
    """A repair leaves what is being carried out as it is: it is begun once, and its result is used."""
    agent = {"always": {"measure_price": "data_unavailable"}}
    ran = Ran(tmp_path, capacity=4, until="replanned", agent=agent)
    ran.check()
    history = ran.plans[1].history
    assert history is not None
    assert "measure_support" in [step.task for step in history.running]
    begun = Counter(line for line in lines(ran.log) if line.startswith("begin:"))
    assert set(begun.values()) == {1}


def test_a_step_says_what_changes_of_the_plan_did_to_it(tmp_path: Path):
    """The story of a step has each change with its reason, also of one that the plan does not have any more."""
    ran = Ran(tmp_path, agent={"always": {"measure_support": "data_unavailable"}})
    steps = {step.task: step for plan in ran.plans for step in plan.steps}
    added = why_run(ran.folder, ran.run, steps["guess_support"].id).to_json()["changes"]
    removed = why_run(ran.folder, ran.run, steps["measure_support"].id).to_json()["changes"]
    assert [(told["revision"], told["kind"]) for told in (*added, *removed)] == [(2, "added"), (2, "removed")]
    assert removed[0]["reason"] == "it failed"
    assert removed[0]["policy"] == "local"


def test_what_nothing_can_replace_is_tried_more_often_and_is_not_held_against_later_plans(tmp_path: Path):
    """Nothing goes around the first step, so a fourth slow answer does not end the run; a later repair may use it."""
    failing = {"fails": {"fetch": ["agent_timeout"] * 4}, "always": {"weigh": "data_unavailable"}}
    ran = Ran(tmp_path, agent=failing)
    ran.check()
    assert sorted(ran.carried_out) == sorted({*ALL[:4], "join_unweighed"})
    tried = [event.payload["strategy"] for event in ran.events if event.kind == "recovery"]
    assert tried == ["retry", "retry", "replan", "retry", "retry", "replan"]


def test_what_nothing_can_replace_is_not_tried_for_ever(tmp_path: Path):
    """A step that never answers is given up in the end, and nothing after it is begun."""
    ran = Ran(tmp_path, agent={"always": {"fetch": "agent_timeout"}})
    tried = [event.payload["strategy"] for event in ran.events if event.kind == "recovery"]
    assert tried == ["retry", "retry", "replan", "retry", "retry", "abandon"]
    assert ran.status.run.status == "failed"
