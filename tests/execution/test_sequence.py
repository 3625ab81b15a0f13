"""A replay submits the same operations and sees the same order, whatever was recorded when the process died."""

from __future__ import annotations

import asyncio
import random
import shutil
import threading
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from htn.execution.coordinator import Coordinator
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runtime import DefaultRuntime, Runtime, load_runtime
from htn.execution.sequence import Sequencer
from tests.execution.toy import make_plan, reference

Result = dict[str, Any]


class MemoryRecord:
    """Records in memory, strictly: an operation that was recorded under another name is an error.

    ``log`` has the recorded operations in the order in which they were recorded, which is what a crash cuts.
    """

    def __init__(self, log: list[tuple[int, str, Result]] | None = None, rng: random.Random | None = None) -> None:
        self.known = {number: (name, result) for number, name, result in log or []}
        self.log = list(log or [])
        self.submitted: list[str] = []
        self._rng = rng or random.Random(0)
        self._lock = threading.Lock()

    def _enter(self, name: str) -> tuple[int, Result | None]:
        number = len(self.submitted)
        self.submitted.append(name)
        if number not in self.known:
            return number, None
        recorded, result = self.known[number]
        assert recorded == name, f"operation {number} was {recorded}, is {name}"
        return number, result

    async def _shuffle(self) -> None:
        for _ in range(self._rng.randrange(6)):  # let other tasks go first, some turns of the loop
            await asyncio.sleep(0)

    def record(self, name: str, body: Callable[[], Result]) -> Awaitable[Result]:
        """Call the body in a thread."""
        return self._run(name, lambda: asyncio.to_thread(body))

    def record_async(self, name: str, body: Callable[[], Coroutine[Any, Any, Result]]) -> Awaitable[Result]:
        """Await the body."""
        return self._run(name, body)

    def _run(self, name: str, call: Callable[[], Coroutine[Any, Any, Result]]) -> Awaitable[Result]:
        number, known = self._enter(name)

        async def run() -> Result:
            await self._shuffle()
            if known is not None:
                return known
            result = await call()
            await self._shuffle()
            with self._lock:
                self.log.append((number, name, result))
            return result

        return run()


def _workspace(folder: Path) -> None:
    """Write a run down that has parallel branches, failures, a retry with a wait, a replan and a deferred step."""
    graph = {
        "a": [],
        "b": ["a"],
        "c": ["a"],
        "d": ["a"],
        "e": ["b", "c"],
        "f": ["d"],
        "open": ["c"],
        "bad": ["d"],
        "end": ["e", "f", "open", "bad"],
    }
    plan = make_plan(graph, deferred=["open"])
    expanded = {name: uses for name, uses in graph.items() if name != "open"} | {"x": ["c"], "y": ["x"]}
    expanded["end"] = ["e", "f", "x", "y", "bad"]
    end = expanded.pop("end")
    expanded["end"] = end
    recovered = {name: uses for name, uses in expanded.items() if name not in ("bad", "end")}
    recovered |= {"better": ["d"], "end": ["e", "f", "y", "better"]}
    config: dict[str, Any] = {
        "agents": [
            {"name": "one", "capacity": 2, "fails": {"b": ["server_error"], "f": ["malformed_output"]}},
            {"name": "two", "capacity": 2, "always": {"e": "model_refusal", "bad": "data_unavailable"}},
        ],
        "plans": {"n-open": make_plan(expanded).to_json(), "n-bad": make_plan(recovered).to_json()},
    }
    config["agents"][0]["always"] = {"bad": "data_unavailable"}
    with Journal(folder) as journal:
        journal.create_run(
            "r1", title="", runtime=reference(**config).to_json(), context={}, options={"max_delay": 0.001}
        )
        journal.add_plan("r1", document=plan.to_json(), estimates={}, reason="first")
        journal.adopt_plan("r1", 1)
        journal.open_session("r1", revision=1, reuse={})


async def _coordinate(journal: Journal, runtime: Runtime, record: MemoryRecord) -> Result:
    return await Coordinator(journal, runtime, "r1", 1, record).run()


def _carry_out(folder: Path, record: MemoryRecord) -> Result:
    with Journal(folder) as journal:
        run = journal.run("r1")
        from htn.execution.runtime import RuntimeReference

        outcome = asyncio.run(_coordinate(journal, load_runtime(RuntimeReference.from_json(run.runtime)), record))
        outcome["keys"] = journal.finished_keys("r1")
    return outcome


@pytest.mark.parametrize("seed", range(8))
def test_replay_after_any_crash_repeats_the_recorded_operations(tmp_path: Path, seed: int):
    """Cut the record anywhere, run again with other timings: the same operations in the same order, the same end."""
    calm = tmp_path / "calm"
    _workspace(calm)
    first = MemoryRecord(rng=random.Random(seed))
    expected = _carry_out(calm, first)
    rng = random.Random(seed + 1000)
    log, again = first.log, calm
    for launch in range(4):
        cut = rng.randrange(len(log) + 1)
        before, again = again, tmp_path / f"again{launch}"
        shutil.copytree(before, again)
        replay = MemoryRecord(log[:cut], random.Random(rng.random()))
        outcome = _carry_out(again, replay)
        assert outcome["status"] == expected["status"] == "completed"
        assert outcome["result"]["final"] == expected["result"]["final"]
        assert outcome["keys"] == expected["keys"]
        log = replay.log  # the next crash hits a run that was replayed before
    whole = MemoryRecord(log, random.Random(7))
    _carry_out(again, whole)
    assert len(whole.log) == len(log), "a whole record leaves nothing to do"
    assert whole.submitted == replay.submitted


def test_results_come_in_the_order_in_which_they_were_placed():
    """A result that is recorded late is waited for when it was there first."""

    async def scenario() -> list[str]:
        placed, recorded = asyncio.Event(), asyncio.Event()

        class Record(MemoryRecord):
            def record(self, name: str, body: Callable[[], Result]) -> Awaitable[Result]:
                async def run() -> Result:
                    if name == "second":
                        await placed.wait()
                    result = await asyncio.to_thread(body)
                    if name == "first":
                        placed.set()
                        await recorded.wait()  # recording takes long, and the second overtakes
                    else:
                        asyncio.get_running_loop().call_later(0.01, recorded.set)
                    return result

                return run()

        sequencer: Sequencer[str] = Sequencer(Record(), 1)
        sequencer.submit("first", "first", dict)
        sequencer.submit("second", "second", dict)
        order = []
        while len(sequencer):
            arrived = await sequencer.next(lambda: False)
            assert arrived is not None
            order.append(arrived[0])
        return order

    assert asyncio.run(scenario()) == ["first", "second"]


def test_error_of_the_record_is_raised():
    """When recording fails, that is no result of a step: it ends the session."""

    async def scenario() -> None:
        class Broken(MemoryRecord):
            def record(self, name: str, body: Callable[[], Result]) -> Awaitable[Result]:
                async def run() -> Result:
                    raise OSError("disk full")

                return run()

        sequencer: Sequencer[str] = Sequencer(Broken(), 1)
        sequencer.submit("a", "a", dict)
        await sequencer.next(lambda: False)

    with pytest.raises(OSError, match="disk full"):
        asyncio.run(scenario())


def test_a_question_is_asked_even_when_nothing_happens():
    """A request to cancel is seen while every step takes long."""

    async def scenario() -> object:
        release = threading.Event()
        sequencer: Sequencer[str] = Sequencer(MemoryRecord(), 1)

        def body() -> Result:
            release.wait(30)
            return {}

        sequencer.submit("long", "long", body)
        answers = iter([False, False, True])
        arrived = await sequencer.next(lambda: next(answers), interval=0.01)
        release.set()
        await sequencer.drain(30)
        return arrived

    assert asyncio.run(scenario()) is None


def test_options_come_back_from_json():
    """Limits that were given are the limits of the resumed run."""
    assert RunOptions.from_json({"max_replans": 2}) == RunOptions(max_replans=2)
    assert isinstance(load_runtime(reference()), DefaultRuntime)
