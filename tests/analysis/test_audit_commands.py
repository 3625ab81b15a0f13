"""`estate audit`: the record of a real run is verified and exported, and a change to it is found."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from domains.analysis.cli import main
from tests.analysis.estate_sample import make_workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A workspace with a finished run."""
    folder = make_workspace(tmp_path_factory.mktemp("audited"))
    assert main(["run", "Where does our pipeline stand?", "--workspace", str(folder), "--quiet"]) == 0
    return str(folder)


def test_record_of_a_run_is_exported_and_verified(workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Lines of JSON on the terminal and in a file, the whole record or one run; the last hash may be noted and used."""
    assert main(["audit", "export", "last", "--workspace", workspace]) == 0
    printed = capsys.readouterr().out
    entries = [json.loads(line) for line in printed.splitlines()]
    assert [entries[0]["kind"], entries[-1]["kind"]] == ["run_created", "run_finished"]
    assert main(["audit", "export", "--workspace", workspace, "--out", str(tmp_path / "audit.jsonl")]) == 0
    assert (tmp_path / "audit.jsonl").read_text() == printed
    head = entries[-1]["hash"]
    assert main(["audit", "verify", "--workspace", workspace, "--head", head]) == 0
    assert f"is intact: {len(entries)} entries, the last with hash {head}" in capsys.readouterr().out
    assert main(["audit", "verify", "--workspace", workspace, "--head", "f" * 64]) == 12
    assert "no entry has the hash" in capsys.readouterr().out


def test_change_is_found_and_has_an_exit_code_of_its_own(
    workspace: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
):
    """The first broken entry is named, for people and for programs."""
    workspace = shutil.copytree(workspace, str(tmp_path / "changed"))
    connection = sqlite3.connect(Path(workspace) / "runs.sqlite")
    with connection:
        connection.execute("DROP TRIGGER audit_keeps")
        connection.execute("UPDATE audit SET content = '{}' WHERE seq = 7")
    connection.close()
    assert main(["audit", "verify", "--workspace", workspace]) == 12
    assert "broken at entry 7: what it says, or what comes before it, was changed" in capsys.readouterr().out
    assert main(["audit", "verify", "--workspace", workspace, "--json"]) == 12
    assert json.loads(capsys.readouterr().out)["broken"] == 7


def test_workspace_without_runs_is_one_sentence(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """There is nothing to verify."""
    assert main(["audit", "verify", "--workspace", str(tmp_path)]) == 50
    assert "there are no runs here yet" in capsys.readouterr().err
