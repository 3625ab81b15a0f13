"""What every store of runs promises: the same of a file in the workspace and of PostgreSQL."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from htn.execution.allowance import FILE_NAME, Allowance, Entry
from htn.execution.approvals import ApprovalPolicy, answer_step, approvals_of, request_approval, waiting_approvals
from htn.execution.artifacts import INLINE_LIMIT, ArtifactStore
from htn.execution.audit import audit_lines, verify_audit
from htn.execution.errors import ApprovalError, EmptyJournalError, JournalError, UnknownRunError
from htn.execution.journal import Journal
from htn.execution.location import chosen_engine
from htn.execution.records import Attempt
from htn.model.errors import InputError
from tests.execution.toy import make_plan

PLAN = make_plan({"a": [], "b": ["a"]})
ODD = "naïve \x00 \u2028 ' \" % ? \\ 漢字 {x} $1"
ATTEMPT = Attempt(
    run_id="r1",
    step_id="n-a",
    key="k",
    session=1,
    attempt=1,
    status="running",
    agent="w",
    started=1.25,
    decision={"x": 1},
)


@pytest.fixture(params=["sqlite", "postgresql"])
def workspace(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Path]:
    """Give a workspace whose runs are in each of the stores."""
    engine = "sqlite" if request.param == "sqlite" else request.getfixturevalue("postgres")
    with chosen_engine(engine):
        yield tmp_path


def _begin(journal: Journal, run_id: str = "r1", title: str = "Why?") -> None:
    with journal.transaction():
        journal.create_run(run_id, title=title, runtime={"factory": "m:f", "config": {}}, context={"a": 1})
        revision = journal.add_plan(run_id, document=PLAN.to_json(), estimates={"n-a": 2.5}, reason="first", origin="o")
        journal.adopt_plan(run_id, revision)
        journal.open_session(run_id, revision=revision, reuse={"k0": "h0"})


def test_nothing_is_there_before_the_first_run(workspace: Path):
    """Asking an empty store says so and creates nothing."""
    for _ in range(2):
        with pytest.raises(EmptyJournalError, match="there are no runs here yet"):
            Journal(workspace, readonly=True)


def test_what_is_written_is_read_elsewhere(workspace: Path):
    """Runs, plans, sessions, attempts and events come back as they were, through another connection."""
    finished = replace(ATTEMPT, status="finished", finished=2.5, artifact="h", type="T", facts=(("f", ("k", 1), True),))
    with Journal(workspace) as journal:
        _begin(journal)
        journal.write_attempt(ATTEMPT)
        journal.write_attempt(replace(ATTEMPT, step_id="n-b", key="k2", attempt=2))
        journal.write_attempt(finished)
        journal.event("r1", "seen", {"n": 1})
    with Journal(workspace, readonly=True) as journal:
        assert journal.run("r1").context == {"a": 1}
        assert journal.plan("r1").steps == PLAN.steps
        assert journal.plan("r1").estimates == {"n-a": 2.5}
        assert journal.revision_from("r1", "o") == 1
        assert journal.revision_from("r1", "other") is None
        assert journal.session("r1").reuse == {"k0": "h0"}
        assert [attempt.step_id for attempt in journal.attempts("r1")] == ["n-a", "n-b"], "in the order of writing"
        assert journal.attempts("r1", "n-a") == [finished]
        assert journal.finished("r1", "k") == journal.finished_anywhere("k", "h") == finished
        assert journal.finished("r1", "k2") is None
        assert journal.finished_keys("r1") == {"k": "h"}
        assert [(event.kind, event.payload) for event in journal.events("r1")][-1] == ("seen", {"n": 1})
        with pytest.raises(UnknownRunError, match="the latest runs are r1"):
            journal.run("rx")


def test_odd_text_is_kept(workspace: Path):
    """Quotes, percent and question marks are data; only the zero character may be replaced, by a visible sign."""
    with Journal(workspace) as journal:
        _begin(journal, title=ODD)
        journal.event("r1", "seen", {"text": ODD})
        artifact = ArtifactStore(journal).put("T", {"text": ODD})
    with Journal(workspace, readonly=True) as journal:
        assert journal.run("r1").title in (ODD, ODD.replace("\x00", "\ufffd"))
        assert journal.events("r1")[-1].payload == {"text": ODD}
        assert ArtifactStore(journal).get(artifact).document == {"text": ODD}
    assert verify_audit(workspace).intact


def test_transaction_is_all_or_nothing(workspace: Path):
    """What was written before an exception in the block is not there afterwards, and the store goes on working."""

    def begin_and_fail(journal: Journal) -> None:
        with journal.transaction(durable=True):
            _begin(journal)
            journal.plan("r2")  # there is none

    def begin_twice(journal: Journal) -> None:
        with journal.transaction():
            _begin(journal)
            _begin(journal)

    with Journal(workspace) as journal:
        with pytest.raises(UnknownRunError):
            begin_and_fail(journal)
        assert journal.runs() == []
        with pytest.raises(JournalError):
            begin_twice(journal)
        assert journal.runs() == []
        _begin(journal)
        assert [run.run_id for run in journal.runs()] == ["r1"]


def test_marked_events_are_written_once(workspace: Path):
    """A replay repeats its decisions, not the entries; numbers grow in the order of writing."""
    with Journal(workspace) as journal:
        _begin(journal)
        for _ in range(2):
            journal.event("r1", "decided", {"n": 1}, mark="m")
            journal.event("r1", "seen")
        events = journal.events("r1", kinds=("decided", "seen"))
        assert [event.kind for event in events] == ["decided", "seen", "seen"]
        assert [event.kind for event in journal.events("r1", after=events[1].seq)] == ["seen"]


@pytest.mark.parametrize("size", [10, INLINE_LIMIT * 2])
def test_artifacts_are_found_by_their_content(workspace: Path, size: int):
    """Small and large ones come back, are stored once, and a changed one is refused."""
    document = {"text": "x" * size}
    with Journal(workspace) as journal:
        store = ArtifactStore(journal)
        digest = store.put("T", document)
        assert store.put("T", document) == digest
        assert store.has(digest)
        assert not store.has("0" * 64)
        assert store.type_of(digest) == "T"
    with Journal(workspace, readonly=True) as journal:
        assert ArtifactStore(journal).get(digest).document == document


def test_first_answer_holds(workspace: Path):
    """A question is asked once, answered once, and a contradicting answer changes nothing."""
    step = PLAN.steps[0]
    with Journal(workspace) as journal:
        _begin(journal)
        for _ in range(2):
            request_approval(journal, "r1", step, "it is dear", ApprovalPolicy())
        assert len(approvals_of(journal)) == len(approvals_of(journal, "r1", open_only=True)) == 1
        assert approvals_of(journal, "r2") == []
    assert [found.step_id for found in waiting_approvals(workspace)] == ["n-a"]
    assert answer_step(workspace, "r1", "n-a", yes=True, by="Ann")[1]
    assert not answer_step(workspace, "r1", "n-a", yes=True, by="Bob")[1]
    with pytest.raises(ApprovalError, match="the first answer holds"):
        answer_step(workspace, "r1", "n-a", yes=False, by="Bob")
    assert waiting_approvals(workspace) == []


def test_one_of_many_answers_given_at_once_holds(workspace: Path):
    """Whoever is first is on record; all others are told that they were not."""
    with Journal(workspace) as journal:
        _begin(journal)
        request_approval(journal, "r1", PLAN.steps[0], "it is dear", ApprovalPolicy())
    start, outcomes = threading.Barrier(4), []

    def answer(number: int) -> None:
        start.wait()
        try:
            outcomes.append(answer_step(workspace, "r1", "n-a", yes=number % 2 == 0, by=f"person {number}")[1])
        except ApprovalError:
            outcomes.append(False)

    threads = [threading.Thread(target=answer, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [False, False, False, True]
    assert verify_audit(workspace).intact


def test_chain_holds_when_many_write_at_once(workspace: Path):
    """Connections that write at the same time lengthen one chain; its export has every entry once."""
    with Journal(workspace) as journal:
        _begin(journal)
    start = threading.Barrier(3)

    def write(name: str) -> None:
        with Journal(workspace) as journal:
            start.wait()
            for number in range(20):
                journal.event("r1", "seen", {"who": name, "n": number})

    threads = [threading.Thread(target=write, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict = verify_audit(workspace)
    assert verdict.intact, str(verdict)
    assert verdict.entries == 62
    assert len(list(audit_lines(workspace, "r1"))) == 62


@pytest.mark.parametrize("statement", ["UPDATE audit SET kind = 'x'", "DELETE FROM audit WHERE seq = 1"])
def test_record_only_grows(workspace: Path, statement: str):
    """The database itself refuses to change or delete entries."""
    with Journal(workspace) as journal:
        _begin(journal)
        with pytest.raises(JournalError, match="the audit record only grows"):
            journal.database.execute(statement)
    assert verify_audit(workspace).intact


def test_record_cut_short_shows(workspace: Path):
    """An older state of the database is noticed by the note that this machine keeps beside it."""
    with Journal(workspace) as journal:
        _begin(journal)
        journal.event("r1", "run_finished", {"status": "failed"})
        guard = "TRIGGER audit_stays" if not journal.database.shared else "TRIGGER audit_stays ON audit"
        journal.database.execute(f"DROP {guard}")
        last = journal.database.rows("SELECT seq, hash FROM audit ORDER BY seq DESC")[1]
        journal.database.execute("DELETE FROM audit WHERE seq > ?", (last["seq"],))
        journal.database.execute("UPDATE audit_head SET seq = ?, hash = ?", (last["seq"], last["hash"]))
    verdict = verify_audit(workspace)
    assert not verdict.intact
    assert "the record went on to entry" in verdict.why


def test_lost_sessions_count_only_while_nothing_is_finished(workspace: Path):
    """A run is given up after sessions that came to nothing; one that got on is not held against it."""
    with Journal(workspace) as journal:
        _begin(journal)
        for session, finishes in ((1, False), (2, True), (3, False), (4, False)):
            if session > 1:
                assert journal.open_session("r1", revision=1, reuse={}) == session
            if finishes:
                journal.write_attempt(replace(ATTEMPT, session=session, status="finished", artifact="h", type="T"))
            journal.close_session("r1", session, "lost")
        assert journal.lost_in_a_row("r1") == 2
        journal.open_session("r1", revision=1, reuse={})
        assert journal.lost_in_a_row("r1") == 0


# ------------------------------------------------------------------------------------------------ shared limits
def _limited(workspace: Path, text: str) -> None:
    (workspace / FILE_NAME).write_text(text)


def test_no_more_is_set_aside_than_a_limit_holds_whoever_asks_at_once(workspace: Path):
    """Many connections reserve at the same time: as many as fit are let through, and each of them once."""
    _limited(workspace, "[total]\ntokens = 100\n")
    with Journal(workspace) as journal:
        _begin(journal)
    granted: list[int] = []

    def ask(number: int) -> None:
        with Journal(workspace) as journal:
            for attempt in range(4):
                entry = Entry(f"r{number}", "s", 1, attempt, 1)
                if Allowance(journal).reserve(entry, {"tokens": 9.0}) is None:
                    granted.append(number)

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with Journal(workspace, readonly=True) as journal:
        assert len(granted) == 11
        assert Allowance(journal).taken()["tokens"] == 99
        assert Allowance(journal).open() == 11


def test_what_was_used_takes_the_place_of_what_was_set_aside(workspace: Path):
    """A refusal names the limit and what it would take; what is settled makes room; what is kept aside counts."""
    _limited(workspace, "[day]\ntokens = 100\nmoney = 5\n")
    first, second = Entry("r1", "a", 1, 1, 1), Entry("r2", "a", 1, 1, 1)
    with Journal(workspace) as journal:
        allowance = Allowance(journal)
        assert allowance.reserve(first, {"tokens": 80.0, "money": 1.0}) is None
        refusal = allowance.reserve(second, {"tokens": 30.0})
        assert refusal is not None
        assert (refusal.resource, refusal.left, refusal.later) == ("tokens", 20.0, False)
        assert "limit of 100 tokens a day is reached: 80 are used" in str(refusal)
        assert "it would take a limit of 110" in str(refusal)
        assert allowance.reserve(second, {"tokens": 30.0}, allowed=True) is None, "a person may allow more"
        allowance.settle(second, {"tokens": 5.0})
        allowance.settle(first, {"tokens": 40.0, "money": 0.5})
        assert allowance.taken("day") == {"tokens": 45.0, "money": 0.5, "seconds": 0.0, "steps": 0.0, "replans": 0.0}
        assert allowance.reserve(Entry("r2", "b", 1, 1, 1), {"tokens": 30.0}) is None
        waits = allowance.reserve(Entry("r2", "c", 1, 1, 1), {"tokens": 30.0})
        assert waits is not None
        assert waits.later, "there may be enough when the run's own step has ended"
        allowance.settle(Entry("r2", "b", 1, 1, 1), {})
        third = Entry("r3", "a", 1, 1, 1)
        assert allowance.reserve(third, {"tokens": 50.0}, {"tokens": 10.0}) is not None
        assert allowance.reserve(third, {"tokens": 50.0}) is None


def test_what_a_dead_process_had_set_aside_counts_once_and_as_used(workspace: Path):
    """A later launch settles what earlier ones left, and asks anew for the same try; nothing stays set aside."""
    _limited(workspace, "[total]\ntokens = 100\n")
    with Journal(workspace) as journal:
        allowance = Allowance(journal)
        assert allowance.reserve(Entry("r1", "a", 1, 1, 1), {"tokens": 40.0}) is None
        again = Entry("r1", "a", 1, 1, 2)
        assert allowance.reserve(again, {"tokens": 40.0}) is None
        assert allowance.lost(again) == {"tokens": 40.0}
        assert allowance.taken()["tokens"] == 80
        allowance.settle(again, {"tokens": 10.0})
        assert (allowance.taken()["tokens"], allowance.open()) == (50, 0)
        allowance.reserve(Entry("r2", "a", 1, 1, 1), {"tokens": 20.0})
        allowance.settle_lost("r2", 2, 1)
        assert (allowance.taken()["tokens"], allowance.open()) == (70, 0)


def test_days_and_months_begin_anew(workspace: Path):
    """Yesterday's use is not today's; that of last month is not this month's; in all, everything counts."""
    now = [0.0]
    _limited(workspace, "[day]\ntokens = 100\n")
    with Journal(workspace) as journal:
        allowance = Allowance(journal, clock=lambda: now[0])
        for number, day in enumerate((40.5, 61.5, 62.5)):
            now[0] = 86_400.0 * day
            entry = Entry(f"r{number}", "a", 1, 1, 1)
            assert allowance.reserve(entry, {"tokens": 100.0}) is None
            assert allowance.reserve(Entry("rx", "a", 1, 1, 1), {"tokens": 1.0}) is not None
            allowance.settle(entry, {"tokens": 100.0})
        assert [allowance.taken(period)["tokens"] for period in ("day", "month", "total")] == [100, 200, 300]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[week]\ntokens = 1\n", r"there is no table \[week\]; there are day, month, total, run"),
        ("[day]\nmemory_bytes = 1\n", r"\[day\] cannot limit memory_bytes"),
        ("[day]\ntokens = -1\n", "must be a number that is not negative"),
        ("[day\n", "cannot be read as TOML"),
    ],
)
def test_limits_that_cannot_be_held_are_refused(workspace: Path, text: str, why: str):
    """The file is named, and so is what is wrong with it."""
    _limited(workspace, text)
    with Journal(workspace) as journal, pytest.raises(InputError, match=why):
        Allowance(journal).reserve(Entry("r1", "a", 1, 1, 1), {"tokens": 1.0})
