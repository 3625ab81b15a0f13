"""What a model does is told while it does it, and what goes wrong within an answer has its class."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from domains.analysis.claude.narration import Narration
from domains.analysis.cli import main
from htn.execution.audit import audit_lines, verify_audit
from htn.execution.failures import FailureClass, StepError
from htn.execution.journal import Journal
from htn.execution.turns import SAID, TAKEN, PlainTurns
from tests.analysis.claude.conftest import Serve
from tests.analysis.claude.messages_server import Fault, Reply, tool_results
from tests.analysis.claude.scripted import diligent
from tests.analysis.claude.test_step import agent_for, request_for

REMARK = "On the call the buyer said that the budget is 4,711 pounds, so I look at the calls."
SECRET_TOOL = "tell_4711_to_everybody"


@pytest.fixture
def fresh(workspace: Path, tmp_path: Path) -> Path:
    """A workspace without runs."""
    return Path(shutil.copytree(workspace, tmp_path / "workspace"))


def talkative(request: dict[str, Any]) -> Reply:
    """Think and remark, ask for a tool that there is and for one that there is not, then answer."""
    if tool_results(request):
        return diligent(request)
    blocks = [
        {"type": "thinking", "thinking": "What would 4711 mean here?", "signature": "c2lnbmVk"},
        {"type": "text", "text": f"\x1b[2J{REMARK} \x9b31m"},
        {"type": "tool_use", "id": "toolu_1", "name": "list_calls", "input": {"offset": 0}},
        {"type": "tool_use", "id": "toolu_2", "name": SECRET_TOOL, "input": {}},
    ]
    return {"content": blocks, "stop_reason": "tool_use"}


def test_what_the_model_does_is_shown_and_what_it_says_is_not_audited(
    fresh: Path, serve: Serve, capsys: pytest.CaptureFixture[str]
) -> None:
    """Lines of the run tell tools, remarks and progress; the audit record has tools and tokens, and nobody's words."""
    with serve(talkative) as server:
        assert 0 == main(["run", "Win rate by region", "--workspace", str(fresh), "--agents", "claude"])
    assert [] == server.problems
    shown = capsys.readouterr().out
    assert f"(Claude) remarks: {REMARK}" in shown
    assert "(Claude) thinks: What would 4711 mean here?" in shown
    assert "(Claude) asks for list_calls" in shown
    assert "characters so far" in shown
    assert not {"\x1b", "\x9b"} & set(shown), "a model steers no terminal either"
    with Journal(fresh, readonly=True) as journal:
        run = journal.runs()[0].run_id
        told = [event.payload for event in journal.events(run, kinds=(SAID,))]
        turns = [event.payload for event in journal.events(run, kinds=(TAKEN,))]
    assert any(REMARK in one.get("said", "") for one in told)
    assert {("list_calls", "a tool that there is not"), ()} == {tuple(one["asks_for"]) for one in turns}
    audited = "\n".join(audit_lines(fresh))
    assert audited.count(f'"kind": "{TAKEN}"') + audited.count(f'"kind":"{TAKEN}"') == len(turns)
    assert "asks for list_calls" in audited
    for word in ("4711", "4,711", "budget is", SECRET_TOOL):
        assert word not in audited, word
    assert verify_audit(fresh).intact


BREAKS: dict[str, tuple[Fault, FailureClass]] = {
    "overloaded in the middle": (Fault(200, "overloaded_error", after=4), FailureClass.RATE_LIMITED),
    "a fault in the middle": (Fault(200, "api_error", after=4), FailureClass.SERVER_ERROR),
    "cut in the middle": (Fault(200, after=5, cut=True), FailureClass.SERVER_ERROR),
    "cut before it says anything": (Fault(200, after=0, cut=True), FailureClass.SERVER_ERROR),
    "silent in the middle": (Fault(200, after=4, silent=True), FailureClass.AGENT_TIMEOUT),
    "an empty body": (Fault(200, body=" "), FailureClass.MALFORMED_OUTPUT),
}


@pytest.mark.parametrize("kind", BREAKS)
def test_an_answer_that_breaks_off_is_no_answer(kind: str, fresh: Path, serve: Serve) -> None:
    """Nothing of it is taken, and the class says whether to try again."""
    fault, failure = BREAKS[kind]
    if fault.silent:
        (fresh / "claude.toml").write_text("timeout_s = 0.3\n")
    with serve(lambda _: fault) as server, pytest.raises(StepError) as caught:
        agent_for("survey_pipeline").run(request_for("survey_pipeline", fresh, ()))
    assert [] == server.problems
    assert failure == caught.value.failure, caught.value
    assert "as the script says" not in str(caught.value)


def test_after_a_fault_that_passes_only_the_turn_in_flight_is_asked_again(fresh: Path, serve: Serve) -> None:
    """A rate limit at the second turn does not cost the first; after a malformed answer the whole begins anew."""
    faults: list[Any] = [
        Fault(429, "rate_limit_error", {"retry-after": "0"}),
        {"content": [], "stop_reason": "end_turn"},
    ]
    turns: list[int] = []

    def model(request: dict[str, Any]) -> Any:
        turns.append(len(tool_results(request)))
        return faults.pop(0) if faults and turns[-1] == 1 else diligent(request)

    with serve(model):
        assert 0 == main(["run", "Win rate by region", "--workspace", str(fresh), "--agents", "claude", "--quiet"])
    assert [0, 1, 1, 0, 1, 0, 1] == turns, "limited, then malformed, then right; then the other step"
    with Journal(fresh, readonly=True) as journal:
        run = journal.runs()[0].run_id
        step = journal.events(run, kinds=(TAKEN,))[0].payload["step"]
        tries = [(one.failure, one.usage.get("input_tokens")) for one in journal.attempts(run, step)]
    assert [("rate_limited", 200), ("malformed_output", 200), (None, 400)] == tries, "every turn is paid in one try"


class Heard(PlainTurns):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def tell(self, doing: str, said: str = "") -> None:
        """Keep it."""
        self.told.append((doing, said))


def test_an_answer_is_told_by_its_length_and_a_remark_in_pieces() -> None:
    """However it is cut into deltas, nothing of the answer's words is told."""
    heard = Heard()
    narration = Narration(heard, ())
    for piece in ["  {", *('"claim": "the words of a call", ' for _ in range(100))]:
        narration.hear_text(piece)
    narration.end_block("text")
    assert 2 == len(heard.told), "at a thousand characters and at twice that"
    assert all(doing.endswith("characters so far") and not said for doing, said in heard.told)
    for _ in range(30):
        narration.hear_text("a remark here ")
    narration.end_block("text")
    assert "a remark here " * 30 == "".join(said + " " for _, said in heard.told[2:])
