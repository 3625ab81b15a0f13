"""Turns inside a step: recorded once, found again by the next try, told without going into the audit record."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from htn.execution.artifacts import ArtifactStore
from htn.execution.audit import audit_lines
from htn.execution.journal import Journal
from htn.execution.records import Attempt
from htn.execution.turns import JournalTurns, Turn


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    """A journal with one run."""
    with Journal(tmp_path) as opened:
        opened.create_run("r", title="?", runtime={"factory": "m:f", "config": {}}, context={})
        yield opened


def turns(journal: Journal, *, step: str = "s", session: int = 1, attempt: int = 1) -> JournalTurns:
    """Return the turns of a try."""
    tried = Attempt("r", step, "k", session, attempt, "running", "somebody")
    return JournalTurns(journal, ArtifactStore(journal), tried)


def never() -> Turn:
    """Fail when asked."""
    raise AssertionError("asked again")


def test_an_answer_is_asked_for_once(journal: Journal) -> None:
    """The same try, after the process died, and a later one find it; only the try that asked pays for it."""
    assert {"n": 1} == dict(turns(journal).once("a", lambda: Turn({"n": 1}, 7, 3)).document)
    same, later = turns(journal), turns(journal, attempt=2)
    assert Turn({"n": 1}, 7, 3) == same.once("a", never)
    assert {"input_tokens": 7, "output_tokens": 3} == same.usage
    assert later.once("a", never).earlier
    assert {} == later.usage
    with pytest.raises(AssertionError, match="asked again"):
        later.once("b", never)


def test_answers_are_the_steps_own(journal: Journal) -> None:
    """Another step that asks the same is answered anew."""
    turns(journal).once("a", lambda: Turn({"n": 1}))
    assert {"n": 2} == dict(turns(journal, step="t").once("a", lambda: Turn({"n": 2})).document)


@pytest.mark.parametrize(
    ("failure", "stands"),
    [
        ("rate_limited", True),
        ("server_error", True),
        ("agent_timeout", True),
        ("malformed_output", False),
        ("criterion_unmet", False),
        ("unknown", False),
    ],
)
def test_what_led_to_a_failure_is_not_repeated(failure: str, stands: bool, journal: Journal) -> None:
    """A failure that passes leaves what was answered before it; any other begins anew."""
    turns(journal).once("a", lambda: Turn({"n": 1}))
    journal.event("r", "step_failed", {"step": "t", "failure": "unknown"})
    journal.event("r", "step_failed", {"step": "s", "failure": failure})
    assert {"n": 1 if stands else 2} == dict(turns(journal, attempt=2).once("a", lambda: Turn({"n": 2})).document)


def test_what_raises_is_not_recorded(journal: Journal) -> None:
    """The next try asks."""

    def fail() -> Turn:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        turns(journal).once("a", fail)
    assert {"n": 2} == dict(turns(journal).once("a", lambda: Turn({"n": 2})).document)


def test_words_are_shown_and_not_audited(journal: Journal, tmp_path: Path) -> None:
    """What is being done is in both records, what was said in the journal only; of an answer, its hash and prompt."""
    made = turns(journal)
    made.tell("remarks", "they can pay 4711")
    made.once("a", lambda: Turn({"text": "4711"}, 7, 3, ("search",), "prompt-hash"))
    said, taken = (event.payload for event in journal.events("r"))
    assert ("remarks", "they can pay 4711") == (said["doing"], said["said"])
    assert (1, ["search"]) == (taken["turn"], taken["asks_for"])
    audited = "\n".join(audit_lines(tmp_path))
    assert "4711" not in audited
    assert all(word in audited for word in ("remarks", "prompt-hash", "search", taken["answer"]))
