"""The audit record says what runs did, without secrets, and shows every change made to it afterwards."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from htn.execution.agent import StepRequest, StepResult, Usage
from htn.execution.audit import audit_lines, verify_audit
from htn.execution.failures import FailureClass, StepError
from htn.execution.journal import DECISIONS, Journal
from htn.execution.options import RunOptions
from htn.execution.redaction import Redactor, load_redactor
from htn.execution.replan_request import ReplanAnswer, ReplanRequest
from htn.execution.runs import start_run
from htn.execution.runtime import DefaultRuntime
from htn.model.errors import InputError
from tests.execution.toy import FunctionAgent, agents_of, make_plan, reference, register

CHAIN = make_plan({"a": [], "b": ["a"], "c": ["b"]})
KEY = "sk-ant-" + "a1b2" * 6


def _entries(workspace: Path, run: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(line) for line in audit_lines(workspace, run)]


def _tamper(workspace: Path, *statements: str) -> None:
    """Change the record as somebody would who may write the file."""
    connection = sqlite3.connect(workspace / Journal.FILE_NAME)
    with connection:
        connection.execute("DROP TRIGGER audit_keeps")
        connection.execute("DROP TRIGGER audit_stays")
        for statement in statements:
            connection.execute(statement)
    connection.close()


# ------------------------------------------------------------------------------------------------------- what it says
def test_a_run_is_on_record_from_its_creation_to_its_end(tmp_path: Path):
    """Inputs, agent, reason, usage and artifacts of each step, decisions and errors, in the order they happened."""
    agents = [{"name": "first", "fails": {"b": ["server_error"]}}]
    run = start_run(tmp_path, CHAIN, reference(agents=agents), title="A question", options=RunOptions(max_delay=0.0))
    entries = _entries(tmp_path, run)
    kinds = [entry["kind"] for entry in entries]
    assert kinds[:3] == ["run_created", "plan_recorded", "run_started"]
    assert kinds[-1] == "run_finished"
    assert kinds[3:10] == ["step_started", "step_finished", "step_started", "step_failed", "recovery", *kinds[3:5]]
    assert entries[0]["content"]["title"] == "A question"
    started, finished = entries[3]["content"], entries[4]["content"]
    assert (started["task"], started["agent"], started["inputs"]) == ("a", "first", [])
    assert finished["usage"] == {"input_tokens": 3}
    assert entries[5]["content"]["inputs"] == [finished["artifact"]]
    assert entries[6]["content"]["failure"] == "server_error"
    assert entries[7]["content"]["strategy"] == "retry"


def test_exported_lines_can_be_checked_without_this_program(tmp_path: Path):
    """Each line's hash follows from the line itself and the hash of the line before, by SHA-256 and plain JSON."""
    start_run(tmp_path, CHAIN, reference())
    previous = "0" * 64
    lines = [json.loads(line) for line in audit_lines(tmp_path)]
    for line in lines:
        digest = line.pop("hash")
        assert line["previous"] == previous
        text = json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        previous = hashlib.sha256(text.encode()).hexdigest()
        assert digest == previous
    assert len(lines) > 8
    assert verify_audit(tmp_path).head == previous


def test_prompts_are_on_record_by_their_hashes(tmp_path: Path):
    """An agent that calls a model says what it sent, as a hash."""

    class Model(FunctionAgent):
        def run(self, request: StepRequest) -> StepResult:
            return StepResult("ToyResult", {"value": 1}, usage=Usage(output_tokens=1), prompts=("ab" * 32,))

    start_run(tmp_path, make_plan({"a": []}), agents_of(Model(lambda request: None)))
    (finished,) = [entry for entry in _entries(tmp_path) if entry["kind"] == "step_finished"]
    assert finished["content"]["prompts"] == ["ab" * 32]


def test_end_of_a_run_is_noted_beside_the_database(tmp_path: Path):
    """The file notes the last entry once it is on disk."""
    start_run(tmp_path, CHAIN, reference())
    last = _entries(tmp_path)[-1]
    assert last["kind"] == "run_finished"
    assert (tmp_path / "audit.head").read_text() == f"{last['seq']:020d} {last['hash']}\n"


@pytest.mark.parametrize(("tokens", "kind"), [(5, "step_finished"), (0, "plan_recorded")])
def test_paid_step_is_on_disk_before_the_next_one_begins(tmp_path: Path, tokens: int, kind: str):
    """The file beside the database follows what is on disk: a paid step at once, a cheap one with the next decision."""
    noted = []

    class Watching(FunctionAgent):
        def run(self, request: StepRequest) -> StepResult:
            noted.append(int((tmp_path / "audit.head").read_text().split()[0]))
            return StepResult("ToyResult", {"value": 1}, usage=Usage(input_tokens=tokens))

    start_run(tmp_path, make_plan({"a": [], "b": ["a"]}), agents_of(Watching(lambda request: None)))
    kinds = {entry["seq"]: entry["kind"] for entry in _entries(tmp_path)}
    assert kinds[noted[1]] == kind


def test_every_decision_is_on_disk_before_anything_else_begins(tmp_path: Path):
    """Whenever a try begins, the file beside the database has noted all recoveries and changes of the plan so far."""
    late: list[dict[str, Any]] = []
    other = make_plan({"a": [], "d": ["a"], "c": ["d"]})

    def work(request: StepRequest) -> Mapping[str, Any]:
        noted = int((tmp_path / "audit.head").read_text().split()[0])
        late.extend(entry for entry in _entries(tmp_path) if entry["kind"] in DECISIONS and entry["seq"] > noted)
        if request.task == "b":
            raise StepError("not there", FailureClass.DATA_UNAVAILABLE)
        if request.task == "d" and request.attempt == 1:
            raise StepError("not now", FailureClass.SERVER_ERROR)
        return {"value": request.task}

    class Runtime(DefaultRuntime):
        def replan(self, request: ReplanRequest) -> ReplanAnswer:
            return ReplanAnswer(other, "another way") if request.step_id == "n-b" else ReplanAnswer()

    runtime = register(Runtime([FunctionAgent(work)]))
    run = start_run(tmp_path, CHAIN, runtime, options=RunOptions(max_delay=0.0))
    kinds = {entry["kind"] for entry in _entries(tmp_path, run)}
    assert {"recovery", "plan_changed", "replanned", "run_finished"} <= kinds & DECISIONS
    assert late == []


# ---------------------------------------------------------------------------------------------------------- tampering
TAMPERING: Mapping[str, tuple[tuple[str, ...], int, str]] = {
    "content changed": (
        ("UPDATE audit SET content = replace(content, '\"a\"', '\"z\"') WHERE seq = 4",),
        4,
        "was changed",
    ),
    "time changed": (("UPDATE audit SET time = time + 1 WHERE seq = 5",), 5, "was changed"),
    "kind changed": (("UPDATE audit SET kind = 'approval_answered' WHERE seq = 5",), 5, "was changed"),
    "moved to another run": (("UPDATE audit SET run_id = 'other' WHERE seq = 2",), 2, "was changed"),
    "hash changed": ((f"UPDATE audit SET hash = '{'1' * 64}' WHERE seq = 3",), 3, "was changed"),
    "no JSON": (("UPDATE audit SET content = '{' WHERE seq = 6",), 6, "cannot be read"),
    "deleted": (("DELETE FROM audit WHERE seq = 4",), 4, "missing, entry 5 comes next"),
    "first deleted": (("DELETE FROM audit WHERE seq = 1",), 1, "missing, entry 2 comes next"),
    "deleted and renumbered": (
        ("DELETE FROM audit WHERE seq = 4", "UPDATE audit SET seq = 4 WHERE seq = 5"),
        4,
        "was changed",
    ),
    "reordered": (
        (
            "UPDATE audit SET seq = -1 WHERE seq = 4",
            "UPDATE audit SET seq = 4 WHERE seq = 5",
            "UPDATE audit SET seq = 5 WHERE seq = -1",
        ),
        4,
        "was changed",
    ),
    "inserted before": (("INSERT INTO audit SELECT 0, run_id, time, kind, content, hash FROM audit LIMIT 1",), 1, ""),
    "last one cut off": (("DELETE FROM audit WHERE seq = (SELECT max(seq) FROM audit)",), 10, "went on to entry 10"),
    "all cut off": (("DELETE FROM audit",), 1, "went on to entry 10"),
    "cut off and the end noted anew": (
        (
            "DELETE FROM audit WHERE seq > 7",
            "UPDATE audit_head SET seq = 7, hash = (SELECT hash FROM audit WHERE seq = 7)",
        ),
        8,
        "went on to entry 10 according to audit.head",
    ),
    "note of the end deleted": (("DELETE FROM audit_head",), 11, "is gone from the database"),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_every_change_is_found_at_the_first_broken_entry(tmp_path: Path, how: str):
    """Changed, deleted, reordered, inserted or cut short: the verdict names the entry, and those before are intact."""
    start_run(tmp_path, CHAIN, reference())
    before = verify_audit(tmp_path)
    assert (before.intact, before.entries) == (True, 10)
    statements, broken, why = TAMPERING[how]
    _tamper(tmp_path, *statements)
    verdict = verify_audit(tmp_path)
    assert not verdict.intact
    assert (verdict.broken, verdict.entries) == (broken, broken - 1)
    assert why in str(verdict)


def test_record_written_anew_is_found_by_a_hash_noted_elsewhere(tmp_path: Path):
    """Whoever writes all files can make another record that fits itself, but not one with a hash noted before."""
    start_run(tmp_path / "one", CHAIN, reference())
    start_run(tmp_path / "two", CHAIN, reference())
    noted = verify_audit(tmp_path / "one").head
    assert verify_audit(tmp_path / "one", head=noted).intact
    assert verify_audit(tmp_path / "two").intact
    assert "no entry has the hash" in str(verify_audit(tmp_path / "two", head=noted))
    (tmp_path / "one" / "audit.head").write_text((tmp_path / "two" / "audit.head").read_text())
    assert "was written anew" in str(verify_audit(tmp_path / "one"))


@pytest.mark.parametrize(
    ("change", "why"),
    [(lambda path: path.unlink(), "is gone"), (lambda path: path.write_text("nonsense"), "cannot be read")],
)
def test_head_file_that_is_gone_or_unreadable_is_said(tmp_path: Path, change: Callable[[Path], object], why: str):
    """Removing the note beside the database does not help to cut the record short."""
    start_run(tmp_path, CHAIN, reference())
    change(tmp_path / "audit.head")
    assert f"the file audit.head, which notes where the record ends, {why}" in str(verify_audit(tmp_path))


def test_database_refuses_to_change_or_delete_entries(tmp_path: Path):
    """A mistake in a program cannot change the record."""
    start_run(tmp_path, CHAIN, reference())
    connection = sqlite3.connect(tmp_path / Journal.FILE_NAME)
    for statement in ("UPDATE audit SET kind = 'x'", "DELETE FROM audit"):
        with pytest.raises(sqlite3.IntegrityError, match="the audit record only grows"):
            connection.execute(statement)
    connection.close()


def test_workspace_of_the_layout_before_is_taken_over(tmp_path: Path):
    """Its runs stay, the record is empty until something happens there."""
    run = start_run(tmp_path, CHAIN, reference())
    connection = sqlite3.connect(tmp_path / Journal.FILE_NAME)
    for table in ("audit", "audit_head", "approvals"):
        connection.execute(f"DROP TABLE {table}")
    connection.execute("PRAGMA user_version = 1")
    connection.close()
    (tmp_path / "audit.head").unlink()
    assert verify_audit(tmp_path).entries == 0
    assert list(audit_lines(tmp_path)) == []
    start_run(tmp_path, CHAIN, reference())
    assert verify_audit(tmp_path).intact
    assert run not in {entry["run"] for entry in _entries(tmp_path)}


# ---------------------------------------------------------------------------------------------------------- redaction
def test_secrets_and_configured_personal_data_are_not_written(tmp_path: Path):
    """Title, messages and configuration are written without them; what is left can still be read."""
    (tmp_path / "audit.toml").write_text('[redact]\nwords = ["Jane Doe"]\nemails = true\npatterns = ["EMP-[0-9]+"]\n')

    def work(request: StepRequest) -> Mapping[str, Any]:
        raise StepError(f"EMP-77 jane.doe@example.org used {KEY}", FailureClass.HUMAN_REFUSED)

    start_run(
        tmp_path, CHAIN, agents_of(FunctionAgent(work)), title="What did Jane  Doe or JANE DOE say? \x7f\x1b\u202e"
    )
    record = "\n".join(audit_lines(tmp_path))
    assert verify_audit(tmp_path).intact
    for secret in (KEY, "JANE DOE", "example.org", "EMP-77"):
        assert secret not in record
    assert record.isascii()
    assert record.replace("\n", "").isprintable(), "fit for a terminal"
    assert "What did Jane  Doe or [personal] say?" in record, "two spaces: not the configured words"
    assert "[personal] [personal] used [secret]" in record


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        "ghp_" + "a1" * 18,
        "AKIAABCDEFGHIJKLMNOP",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl",
        "Bearer abcdef1234567890",
        "password = hunter2",
        "api_key: hunter2hunter2",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----",
    ],
)
def test_usual_forms_of_secrets_are_known(text: str):
    """Nothing of the secret is left, and the words around it are."""
    assert Redactor().text(f"before {text} after") == "before [secret] after"


def test_password_in_an_address_is_taken_out_and_counts_of_tokens_are_not():
    """The server's name stays, and so do numbers that only sound like secrets."""
    redactor = Redactor()
    assert redactor.text("postgresql://me:pass/word@db.example.org/x") == "postgresql://[secret]@db.example.org/x"
    kept = {"input_tokens": 5, "key": "abc", "why": "token count", "nothing": None, "many": [1.5, "x"]}
    assert redactor.data(kept) == kept
    assert redactor.data({"DB_PASSWORD": "x", "deep": [{"auth-token": 1}]}) == {
        "DB_PASSWORD": "[secret]",
        "deep": [{"auth-token": "[secret]"}],
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("[redact", "cannot be read as TOML"),
        ("[redact]\nword = 1", "'word' is not understood"),
        ("[redact]\nwords = [1]", "'words' is not understood"),
        ("[other]", "'other' is not understood"),
        ('[redact]\npatterns = ["("]', "is no regular expression"),
    ],
)
def test_configuration_that_is_wrong_is_one_sentence(tmp_path: Path, text: str, why: str):
    """Nothing is run with a redaction that does not do what was meant."""
    (tmp_path / "audit.toml").write_text(text)
    with pytest.raises(InputError, match=rf"audit\.toml: .*{why}"):
        load_redactor(tmp_path)
    with pytest.raises(InputError, match=why):
        start_run(tmp_path, CHAIN, reference())
