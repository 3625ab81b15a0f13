"""Steps of several runs share an agent's places and what it may use per minute; whoever waits holds nothing."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from htn.execution.admission import Admission, Place, SharedPlaces
from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.agent_settings import AgentSettings, SharedLimit
from htn.execution.journal import Journal
from htn.execution.rates import Rates
from htn.execution.runs import begin_run
from tests.execution.toy import FunctionAgent, agents_of, make_plan

TIMEOUT = 30.0
ONE_A_MINUTE = SharedLimit("model", ("model*",), requests_per_minute=1)


def _door(
    journal: Journal, places: SharedPlaces, *limits: SharedLimit, run: str = "r1", capacity: int = 1
) -> Admission:
    names = {"worker": capacity, "model": capacity, "model 2": capacity}
    return Admission(run, places, AgentSettings(limits), Rates(journal.database, clock=lambda: 0.0), names)


def _work(place: Place | None) -> dict[str, Any]:
    return {"status": "finished", "placed": place is not None}


def test_a_step_over_the_rate_waits_without_a_place(tmp_path: Path):
    """While it waits, its agent's place is free; when the session ends it is let go, and what it took is put back."""

    async def scene(journal: Journal) -> None:
        places = SharedPlaces()
        door = _door(journal, places, ONE_A_MINUTE)
        assert await door.carry_out("model", 0.0, None, _work) == {"status": "finished", "placed": True}
        second = asyncio.ensure_future(door.carry_out("model", 0.0, None, _work))
        while not places.in_use("line model"):
            await asyncio.sleep(0)
        assert places.in_use("agent model") == 0
        door.leave()
        assert await asyncio.wait_for(second, TIMEOUT) == {"status": "left"}
        assert places.in_use("line model") == 0

    with Journal(tmp_path) as journal:
        asyncio.run(scene(journal))
        row = journal.database.row("SELECT requests FROM rates")
        assert row is not None
        assert row[0] == 0.0, "one was used"


def test_what_was_used_is_settled_and_a_refusal_closes_the_door(tmp_path: Path):
    """Reserved tokens are put back as far as they were not used; when the other side says wait, everybody does."""
    limit = SharedLimit("model", ("*",), requests_per_minute=10, tokens_per_minute=1000)

    def answered(place: Place | None) -> dict[str, Any]:
        return {"status": "finished", "used": {"requests": 3, "tokens": 100}}

    def refused(place: Place | None) -> dict[str, Any]:
        return {"status": "failed", "failure": "rate_limited", "retry_after": 7.0}

    async def scene(journal: Journal) -> None:
        door = _door(journal, SharedPlaces(), limit)
        await door.carry_out("model", 900.0, None, answered)
        await door.carry_out("model", 0.0, None, refused)

    with Journal(tmp_path) as journal:
        asyncio.run(scene(journal))
        row = journal.database.row("SELECT requests, tokens, closed FROM rates")
        assert row is not None
        assert (row[0], row[1], row[2]) == (6.0, 900.0, 7.0)


def test_agents_of_one_limit_share_its_places(tmp_path: Path):
    """Two agents with a place each, and one place for both: never two at once."""
    limit, lock, most, now = SharedLimit("model", ("model*",), places=1), threading.Lock(), 0, 0

    def work(place: Place | None) -> dict[str, Any]:
        nonlocal most, now
        with lock:
            now += 1
            most = max(most, now)
        with lock:
            now -= 1
        return {}

    async def scene(journal: Journal) -> None:
        door = _door(journal, SharedPlaces(), limit)
        await asyncio.gather(*(door.carry_out(name, 0.0, None, work) for name in ("model", "model 2") * 5))

    with Journal(tmp_path) as journal:
        asyncio.run(scene(journal))
    assert most == 1


def test_places_kept_by_calls_that_were_given_up_on_are_waited_for_no_longer_than_for_an_answer(tmp_path: Path):
    """Then the step is told that there is none; once the call ends, there is again."""
    kept: list[Place] = []

    def hang(place: Place | None) -> dict[str, Any]:
        assert place is not None
        place.hand_on()
        kept.append(place)
        return {}

    async def scene(journal: Journal) -> None:
        door = _door(journal, SharedPlaces())
        await door.carry_out("worker", 0.0, 0.01, hang)
        assert (await door.carry_out("worker", 0.0, 0.01, _work))["placed"] is False
        waiting = asyncio.ensure_future(door.carry_out("worker", 0.0, TIMEOUT, _work))
        await asyncio.sleep(0)
        kept[0].give_back()
        assert (await waiting)["placed"] is True

    with Journal(tmp_path) as journal:
        asyncio.run(scene(journal))


def test_a_thread_that_finds_its_place_taken_waits_for_the_next(tmp_path: Path):
    """An open door may close before the step comes through; it is let in later, or let go when the session ends."""

    async def scene(journal: Journal) -> None:
        places = SharedPlaces()
        door, other = _door(journal, places), _door(journal, places, run="r2")
        assert door.is_open("worker")
        first = await places.wait("agent worker", 1, "r3")
        assert not door.is_open("worker")
        waits = [
            asyncio.ensure_future(asyncio.to_thread(each.carry_out_now, "worker", None, _work))
            for each in (door, other)
        ]
        while places.waiting("agent worker") < 2:
            await asyncio.sleep(0.001)
        other.leave()
        assert await asyncio.wait_for(waits[1], TIMEOUT) == {"status": "left"}
        first.give_back()
        assert await asyncio.wait_for(waits[0], TIMEOUT) == {"status": "finished", "placed": True}
        assert places.in_use("agent worker") == 0

    with Journal(tmp_path) as journal:
        asyncio.run(scene(journal))


def test_runs_of_one_process_take_turns_at_an_agent(tmp_path: Path):
    """A run of one step, begun after one of twelve, is served with the agent's next places, not after the other run."""
    order: list[str] = []
    both = threading.Event()

    def work(request: StepRequest) -> Mapping[str, Any]:
        both.wait(TIMEOUT)
        order.append(request.run_id)
        return {"value": 1}

    agents = agents_of(FunctionAgent(work, capacity=1))
    crowd = begin_run(tmp_path, make_plan({f"s{number}": [] for number in range(12)}), agents, run_id="crowd")
    lone = begin_run(tmp_path, make_plan({"only": [], "then": ["only"]}), agents, run_id="lone")
    with Journal(tmp_path, readonly=True) as journal:
        while not journal.events("lone", kinds=("run_started",)):
            pass
    both.set()
    assert (crowd.wait(TIMEOUT).status, lone.wait(TIMEOUT).status) == ("completed", "completed")
    assert Counter(order) == {"crowd": 12, "lone": 2}
    assert order.index("lone") <= 3


def test_a_rate_holds_in_a_run_and_is_settled_from_what_the_model_used(tmp_path: Path):
    """Six thousand tokens are set aside for each of two steps; there is enough for both as each uses far less."""

    class Model(FunctionAgent):
        def run(self, request: StepRequest) -> StepResult:
            return StepResult("ToyResult", {"value": 1}, usage=Usage(300, 50), prompts=("a" * 64, "b" * 64))

    (tmp_path / "agents.toml").write_text(
        '[model]\nagents = ["model"]\nrequests_per_minute = 5\ntokens_per_minute = 6500\n'
    )
    agents = agents_of(Model(lambda request: None, name="model"))
    plan = make_plan({"a": [], "b": ["a"]})
    costs = {step.id: {"input_tokens": 5000.0, "output_tokens": 1000.0} for step in plan.steps}
    begin_run(tmp_path, plan, agents, context={"costs": costs}).wait(TIMEOUT)
    with Journal(tmp_path, readonly=True) as journal:
        row = journal.database.row("SELECT requests, tokens FROM rates WHERE name = 'model'")
    assert row is not None
    assert 0.99 <= row[0] <= 4.0, "four requests of five were made, and some time has passed"
    assert 5799.0 <= row[1] <= 6501.0, "700 tokens were used"
