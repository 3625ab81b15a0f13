"""A run that is killed within a step goes on with the turn that was in flight; what was answered is not asked again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.claude.conversation import prompt_hash
from htn.execution.journal import Journal
from htn.execution.turns import TAKEN
from tests.analysis.claude.messages_server import Fault, serving, tool, tool_results
from tests.analysis.claude.scripted import diligent

ROOT = Path(__file__).parents[3]
KEY = "sk-ant-test-only-for-the-killed"


@pytest.fixture
def fresh(workspace: Path, tmp_path: Path) -> Path:
    """A workspace without runs."""
    return Path(shutil.copytree(workspace, tmp_path / "workspace"))


class SlowReader:
    """A model that looks twice before it answers, and once keeps its third turn to itself until it is let go."""

    def __init__(self) -> None:
        self.arrived = threading.Event()
        self.let_go = threading.Event()
        self.asked: Counter[tuple[str, int]] = Counter()

    def __call__(self, request: dict[str, Any]) -> Any:
        """Answer a request."""
        turn = len(tool_results(request))
        task = str(request["messages"][0]["content"][-1]["text"]).splitlines()[0]
        self.asked[task, turn] += 1
        if turn < 2:
            return tool("list_calls", offset=0) if turn == 0 else self._second(request)
        if not self.arrived.is_set():
            self.arrived.set()
            self.let_go.wait(60)
            return Fault(500)
        return diligent(request)

    @staticmethod
    def _second(request: dict[str, Any]) -> Any:
        found = tool("query_measure", measure="win_rate", group_by="nothing")
        found["content"][1]["id"] = "toolu_2"
        return found


def estate(folder: Path, url: str, *words: str) -> subprocess.Popen[bytes]:
    """Start a command in a process of its own, which asks the server."""
    environment = {**os.environ, "ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": url}
    command = [sys.executable, "-m", "domains.analysis", *words, "--workspace", str(folder), "--json"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)


def test_a_killed_run_asks_again_for_the_turn_in_flight_only(fresh: Path) -> None:
    """SIGKILL while the third turn is awaited: after resuming, the first two are not asked again, the third once."""
    model = SlowReader()
    with serving(model) as server:
        with estate(fresh, server.url, "run", "Win rate by region", "--agents", "claude") as process:
            try:
                while process.poll() is None and not model.arrived.wait(0.2):
                    pass
                assert model.arrived.is_set(), "the run ended before the third turn was reached"
            finally:
                process.send_signal(signal.SIGKILL)
                process.wait()
                model.let_go.set()
        before = dict(model.asked)
        assert [1, 1, 1] == list(before.values()), "one step had two answers and waited for the third"
        counted = server.counted
        with estate(fresh, server.url, "resume", "last") as resumed:
            out, _ = resumed.communicate(timeout=200)
    assert [] == server.problems
    document = json.loads(out)
    assert ("completed", 0) == (document["status"], resumed.returncode)
    first = next(iter(before))[0]
    assert {0: 1, 1: 1, 2: 2} == {turn: number for (task, turn), number in model.asked.items() if task == first}
    others = {number for (task, _), number in model.asked.items() if task != first}
    assert {1} == others, "every other turn was asked once"
    assert server.counted - counted == sum(model.asked.values()) - sum(before.values()), "nothing is counted again"
    hashes = Counter(prompt_hash(request) for request in server.requests)
    assert sorted(hashes.values())[-2:] == [1, 2], "only one request was sent twice"
    with Journal(fresh, readonly=True) as journal:
        turns = journal.events(document["run_id"], kinds=(TAKEN,))
        step = turns[0].payload["step"]
        (done,) = journal.attempts(document["run_id"], step)
    assert [1, 2, 3] == [event.payload["turn"] for event in turns if event.payload["step"] == step]
    assert (600, 60) == (done.usage["input_tokens"], done.usage["output_tokens"]), "what was paid before counts"
    assert KEY.encode() not in b"".join(path.read_bytes() for path in fresh.rglob("*") if path.is_file())
