"""Files of a workspace are damaged: every command says so in one sentence, harms nothing, and a backup goes on."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from domains.analysis.cli import main
from htn.execution.approvals import ApprovalPolicy, answer_step
from htn.execution.audit import verify_audit
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import resume_run, show_run, start_run
from tests.execution.toy import lines, make_plan, reference

PLAN = make_plan({"a": [], "b": ["a"], "c": ["b"], "d": ["c"]})


@pytest.fixture
def halfway(tmp_path: Path) -> tuple[Path, str]:
    """A run of which half is finished, and the other half was approved."""
    workspace = tmp_path / "w"
    options = RunOptions(approval=ApprovalPolicy(operators=("c",)), wait=False)
    agents = [{"log": str(tmp_path / "log")}]
    run = start_run(workspace, PLAN, reference(agents=agents), options=options)
    answer_step(workspace, run, "c", yes=True, by="ann")
    return workspace, run


def _overwritten(start: float, end: float) -> Callable[[bytes], bytes]:
    """Return what fills a part of a file with random bytes."""

    def damage(data: bytes) -> bytes:
        first, last = int(len(data) * start), int(len(data) * end)
        return data[:first] + random.Random(5).randbytes(last - first) + data[last:]

    return damage


DAMAGES = {
    "random bytes": _overwritten(0.0, 1.0),
    "garbage header": lambda data: b"SQLite format 7\0" + data[16:],
    "damaged inside": _overwritten(0.1, 0.9),
    "cut in half": lambda data: data[: len(data) // 2],
    "cut in the header": lambda data: data[:60],
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_journal(halfway: tuple[Path, str], damage: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, nothing is written over it, and its backup goes on where it was."""
    workspace, run = halfway
    with Journal(workspace) as journal:
        journal.database.execute("PRAGMA user_version")  # the last one to close it empties its log into it
    path = workspace / Journal.FILE_NAME
    for rest in workspace.glob("runs.sqlite-*"):
        rest.unlink()
    whole = path.read_bytes()
    path.write_bytes(DAMAGES[damage](whole))
    for words in (["runs"], ["show", run], ["resume", run], ["approve", run, "c", "--yes"], ["cancel", run]):
        code = main([*words, "--workspace", str(workspace)])
        told = capsys.readouterr()
        assert code == 50, (words, told)
        assert told.err.count("\n") == 1
        assert "runs.sqlite" in told.err
        assert main([*words, "--json", "--workspace", str(workspace)]) == 50
        assert json.loads(capsys.readouterr().out)["exit_code"] == 50
    for rest in workspace.glob("runs.sqlite-*"):
        rest.unlink()
    path.write_bytes(whole)
    assert resume_run(workspace, run).status == "completed"
    assert verify_audit(workspace).intact
    begun = [line for line in lines(workspace.parent / "log") if line.startswith("begin:")]
    assert len(begun) == len(set(begun)) == 4


@pytest.mark.parametrize("damage", DAMAGES)
def test_damaged_record_of_the_engine(
    halfway: tuple[Path, str], damage: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It can be moved away: what was finished is in the journal."""
    workspace, run = halfway
    path = workspace / "engine.sqlite"
    for rest in workspace.glob("engine.sqlite-*"):
        rest.unlink()
    path.write_bytes(DAMAGES[damage](path.read_bytes()))
    code = main(["resume", run, "--quiet", "--workspace", str(workspace)])
    told = capsys.readouterr()
    if code:  # damage that nothing reads does no harm
        assert code == 50
        assert told.err.count("\n") == 1
        assert "engine.sqlite" in told.err
        for rest in workspace.glob("engine.sqlite*"):
            rest.unlink()
        assert resume_run(workspace, run).status == "completed"
    assert show_run(workspace, run).run.status == "completed"
    begun = [line for line in lines(workspace.parent / "log") if line.startswith("begin:")]
    assert len(begun) == len(set(begun)) == 4


@pytest.mark.parametrize("aside", [False, True])
def test_changed_result(halfway: tuple[Path, str], aside: bool, capsys: pytest.CaptureFixture[str]) -> None:
    """A result that is not what its hash says is not used: the sentence says which; the right one goes on."""
    workspace, run = halfway
    forged = '{"document": {"value": "forged"}}'
    with Journal(workspace) as journal:
        digest = journal.finished_keys(run)[PLAN.steps[1].key]
        whole = str(journal.database.rows("SELECT document FROM artifacts WHERE hash = ?", (digest,))[0]["document"])

    def put(text: str) -> None:
        folder = workspace / "artifacts"
        folder.mkdir(mode=0o700, exist_ok=True)
        with Journal(workspace) as journal:
            inside = None if aside else text
            journal.database.execute("UPDATE artifacts SET document = ? WHERE hash = ?", (inside, digest))
        if aside:
            (folder / f"{digest}.json").write_text(text)

    put(forged)
    for _ in range(2):
        assert main(["resume", run, "--quiet", "--workspace", str(workspace)]) == 50
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert f"artifact {digest[:12]} was changed after it was stored; restore it from a backup" in told
    put(whole)
    assert resume_run(workspace, run).status == "completed"
    assert verify_audit(workspace).intact
