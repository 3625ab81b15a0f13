"""A plan file is data from anywhere: the programs that it names are not loaded on its word."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from domains.analysis.cli.main import main
from tests.security.hostile import write_data

PROGRAM = """
from pathlib import Path
from htn.model import Domain
Path(__file__).with_suffix('.loaded').write_text('yes')
domain = Domain('more')
"""
QUESTION = "Win rate by rep"

Say = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace to copy."""
    base = tmp_path_factory.mktemp("plans")
    main(["ingest", str(write_data(base / "data", hostile=False)), "--workspace", str(base / "w")])
    return base / "w"


@pytest.fixture
def workspace(data: Path, tmp_path: Path) -> Path:
    """A workspace of its own for a test."""
    shutil.copytree(data, tmp_path / "w")
    return tmp_path / "w"


@pytest.fixture
def say(capsys: pytest.CaptureFixture[str]) -> Say:
    """Return what carries a command out and gives its exit code and all that it printed."""

    def said(*words: object) -> tuple[int, str]:
        capsys.readouterr()
        code = main([str(word) for word in words])
        found = capsys.readouterr()
        return code, found.out + found.err

    return said


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program that leaves a trace when it is loaded."""
    path = tmp_path / "more.py"
    path.write_text(PROGRAM)
    return path


def _trace(program: Path) -> Path:
    return program.with_suffix(".loaded")


def _foreign_plan(say: Say, workspace: Path, program: Path, folder: Path) -> Path:
    """Return a plan made without the program, in which a stranger has then named it."""
    path = folder / "plan.json"
    assert say("plan", QUESTION, "--out", path, "--workspace", workspace)[0] == 0
    path.write_text(json.dumps({**json.loads(path.read_text()), "additions": [str(program)]}))
    return path


@pytest.mark.parametrize("command", ["run", "why"])
def test_a_program_that_only_the_plan_names_is_not_loaded(
    command: str, say: Say, workspace: Path, program: Path, tmp_path: Path
) -> None:
    """The refusal says which it is and how to allow it; nothing was carried out."""
    plan = _foreign_plan(say, workspace, program, tmp_path)
    words = ["run", "--plan", plan, "--quiet"] if command == "run" else ["why", plan, "review_answer"]
    code, printed = say(*words, "--workspace", workspace)
    assert code == 30
    assert f"the plan asks for the program {program}, which has not been used in this workspace" in printed
    assert not _trace(program).exists()


def test_a_program_that_the_user_names_is_loaded(say: Say, workspace: Path, program: Path, tmp_path: Path) -> None:
    """With the plan, or before it in the same workspace; what is kept of it is private."""
    plan = _foreign_plan(say, workspace, program, tmp_path)
    assert say("run", "--plan", plan, "--quiet", "--domain", program, "--workspace", workspace)[0] == 0
    assert _trace(program).exists()
    assert say("run", "--plan", plan, "--quiet", "--workspace", workspace)[0] == 0
    assert stat.S_IMODE((workspace / "methods.json").stat().st_mode) == 0o600


def test_a_program_that_has_changed_is_not_loaded(say: Say, workspace: Path, program: Path, tmp_path: Path) -> None:
    """Its name is not enough: it is known by what it held when it was named."""
    plan = tmp_path / "plan.json"
    assert say("plan", QUESTION, "--domain", program, "--out", plan, "--workspace", workspace)[0] == 0
    program.write_text(PROGRAM + "# changed\n")
    _trace(program).unlink()
    code, printed = say("run", "--plan", plan, "--quiet", "--workspace", workspace)
    assert code == 30
    assert "which has changed since it was used here" in printed
    assert not _trace(program).exists()


def test_a_damaged_list_of_programs_is_one_sentence(say: Say, workspace: Path, program: Path, tmp_path: Path) -> None:
    """It allows nothing."""
    plan = _foreign_plan(say, workspace, program, tmp_path)
    for text in ("{", "[1]"):
        (workspace / "methods.json").write_text(text)
        code, printed = say("run", "--plan", plan, "--quiet", "--workspace", workspace)
        assert code == 30
        assert "methods.json" in printed
        assert not _trace(program).exists()
