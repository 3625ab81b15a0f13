"""Members take turns: what one has begun it goes on with, and whoever proves something ends it for all."""

from __future__ import annotations

import time
from itertools import pairwise
from typing import Any

from htn.hddl.plan_format import Plan
from htn.portfolio.members import Candidate
from htn.portfolio.race import Race
from htn.portfolio.schedule import Slice, Turns

PLAN = Plan()


def busy(seconds):
    """Work for a while."""
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        pass


def member(name, log, steps, value, plan_at=None):
    """Return a search of some steps of a millisecond each."""

    def run():
        for step in range(steps):
            log.append((name, step))
            busy(0.001)
            yield Candidate(PLAN, name) if step == plan_at else None
        return value

    return run


def drained(search):
    """Return the candidates and the value of a search."""
    found: list[str] = []
    while True:
        try:
            candidate = next(search)
        except StopIteration as stop:
            return found, stop.value
        if candidate is not None:
            found.append(candidate.member)


def test_each_goes_on_where_it_was():
    """Every step of every search is done once, in order, though the turns alternate."""
    log: list[Any] = []
    searches = {name: member(name, log, 30, "gave up") for name in "ab"}
    turns = Turns(searches, [Slice("a", 0.004), Slice("b", 0.004)])
    assert drained(turns.run()) == ([], "gave up")
    for name in "ab":
        assert [step for who, step in log if who == name] == list(range(30))
    changes = sum(one[0] != other[0] for one, other in pairwise(log))
    assert changes >= 2
    assert turns.ended == {"a": "gave up", "b": "gave up"}


def test_a_proof_ends_it():
    """Once a search has proved something, the others get no further turn."""
    log: list[Any] = []
    searches = {"a": member("a", log, 1000, "gave up"), "b": member("b", log, 2, "exhausted")}
    assert drained(Turns(searches, [Slice("a", 0.003), Slice("b", 0.1)]).run()) == ([], "exhausted")
    assert ("a", 900) not in log


def test_members_that_are_not_there_have_no_turns():
    """A schedule may name searches that do not suit a problem."""
    assert drained(Turns({}, [Slice("a", 1.0)]).run()) == ([], "gave up")


def test_improvement_and_search_go_on_together():
    """While a plan is being improved the searches go on, neither waits for the other to end."""
    log: list[Any] = []
    searches = {"a": member("a", log, 100, "gave up", plan_at=0)}
    race = Race(Turns(searches, [Slice("a", 1.0)]), None)
    found = []
    run = race.run()
    for candidate in run:
        if candidate is not None:
            found.append(candidate.member)
            if candidate.member == "a":
                race.improve(candidate._replace(improve=member("better", log, 100, "gave up", plan_at=50)))
    assert found == ["a", "better"]
    done_by_the_search = sum(who == "a" for who, _ in log[: log.index(("better", 50))])
    assert done_by_the_search > 5
