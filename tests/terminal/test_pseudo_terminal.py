"""What people and programs see of a run: a tree in a real terminal, plain lines and JSON everywhere else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from tests.analysis.estate_sample import make_workspace

pytestmark = pytest.mark.timeout(400)  # each test is a process that starts, plans and runs

ROOT = Path(__file__).resolve().parents[2]
QUESTION = "Where does our pipeline stand?"
COMMAND = ["-m", "domains.analysis", "run", QUESTION, "--depth", "quick"]
COMPLETED = re.compile(r"^Completed: (\d+) of \1 steps done\.\r?$", re.M)
_CSI = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@pytest.fixture(scope="module")
def workspace(tmp_path_factory) -> Path:
    """Return a workspace with a small sample; every run in it is a new one."""
    return make_workspace(tmp_path_factory.mktemp("terminal"), calls=60, deals=120)


def around(**more: str) -> dict[str, str]:
    """Return an environment as a person at a terminal has it."""
    gone = ("COLUMNS", "LINES", "NO_COLOR", "CI", "FORCE_COLOR")
    return {**{name: value for name, value in os.environ.items() if name not in gone}, "PYTHONPATH": str(ROOT), **more}


def in_terminal(workspace: Path, *more: str, rows: int = 40, **environment: str) -> str:
    """Return all that the command wrote to a pseudo-terminal."""
    child = pexpect.spawn(
        sys.executable,
        [*COMMAND, "--workspace", str(workspace), *more],
        cwd=str(ROOT),
        env=around(**{"TERM": "xterm", **environment}),
        dimensions=(rows, 110),
        encoding="utf-8",
        timeout=300,
    )
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0, child.before
    return str(child.before)


def test_a_terminal_is_shown_the_plans_tree_while_it_runs(workspace):
    """The tree is drawn over again in its place, with share, time and what was used; the cursor is given back."""
    text = in_terminal(workspace)
    plain = _CSI.sub("", text)
    assert "\x1b[1A" in text  # the cursor goes up, to draw over what is there
    assert text.rfind("\x1b[?25h") > text.rfind("\x1b[?25l") >= 0
    assert "├─ ▶" in plain or "│  ├─ ▶" in plain
    share, done, steps = re.findall(r"(\d+)%  ·  (\d+) of (\d+) steps  ·  \S+", plain)[-1]
    assert ("100", steps) == (share, done)
    assert "no model called" in plain
    assert "review_answer" not in plain.partition("Run 20")[2]  # what is told of a run is in words
    assert "(())" not in plain


def test_a_small_terminal_is_not_overrun(workspace):
    """With twelve rows a frame has at most twelve: what is done is folded."""
    text = in_terminal(workspace, rows=12)
    ups = re.findall(r"(?:\x1b\[1A\x1b\[2K)+", text)
    assert ups
    assert max(len(each) // len("\x1b[1A\x1b[2K") for each in ups) < 12


def test_pipes_and_logs_have_no_control_characters(workspace):
    """Whatever the environment says of colours, what is no terminal gets lines of text."""
    environment = {"FORCE_COLOR": "1", "TTY_COMPATIBLE": "1", "CI": "true", "TERM": "xterm"}
    done = subprocess.run(
        [sys.executable, *COMMAND, "--workspace", str(workspace)],
        cwd=ROOT,
        env=around(**environment),
        capture_output=True,
        text=True,
        check=True,
    )
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", done.stdout + done.stderr)
    assert COMPLETED.search(done.stdout)


def test_a_dumb_terminal_gets_lines(workspace):
    """A terminal that cannot move its cursor is written to like a file."""
    text = in_terminal(workspace, TERM="dumb")
    assert "\x1b" not in text
    assert COMPLETED.search(text)


def test_quiet_prints_nothing_and_json_one_document(workspace):
    """In a terminal too: `--quiet` is silent, `--json` is a document and nothing else."""
    assert "" == in_terminal(workspace, "--quiet").strip()
    document = json.loads(in_terminal(workspace, "--json"))
    assert "completed" == document["status"]
