"""Help has examples that can be typed as they stand, and a shell can complete what is typed."""

from __future__ import annotations

import argparse
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from domains.analysis.cli.completion import SHELLS
from domains.analysis.cli.examples import EXAMPLES
from domains.analysis.cli.main import main
from domains.analysis.cli.parser import build_parser

ROOT = Path(__file__).resolve().parents[2]
TYPED = [command for examples in EXAMPLES.values() for command, _ in examples if command.startswith("estate ")]


def commands(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """Return the commands at the ends, by name."""
    found: dict[str, argparse.ArgumentParser] = {}
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, below in action.choices.items():
                found |= commands(below) or {name: below}
    return found


def test_every_command_has_examples():
    """`estate COMMAND --help` ends with examples, for each command."""
    helps = {name: parser.format_help() for name, parser in commands(build_parser()).items()}
    assert [] == [name for name, text in helps.items() if "examples:\n" not in text]
    assert set() == set(EXAMPLES) - set(helps)


@pytest.mark.parametrize("command", TYPED)
def test_examples_are_understood(command):
    """What stands in the help is taken as it stands."""
    assert build_parser().parse_args(shlex.split(command)[1:]).command


@pytest.mark.parametrize("shell", SHELLS)
def test_a_shell_is_told_how_to_complete(shell, capsys):
    """What is printed names the command and is for that shell."""
    assert 0 == main(["completion", shell])
    assert "estate" in capsys.readouterr().out


def completed(line: str, folder: Path) -> set[str]:
    """Return how a line may go on, as a shell asks for it."""
    answer = folder / "answer"
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(answer),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
    }
    program = [sys.executable, "-c", "from domains.analysis.cli.main import main; main()"]
    subprocess.run(program, cwd=folder, env=environment, check=True, capture_output=True)
    return {word.strip() for word in answer.read_text().split("\n")}


def test_commands_options_and_runs_are_completed(tmp_path):
    """The beginning of a command, of an option, and a run; a workspace without runs is no error."""
    assert {"resume", "run", "runs"} <= completed("estate r", tmp_path)
    assert {"--report"} == completed("estate resume last --rep", tmp_path)
    assert {"--depth"} == completed("estate plan x --dept", tmp_path)
    assert not {"last"} & completed(f"estate show --workspace {tmp_path} la", tmp_path)


def test_runs_and_steps_are_completed(tmp_path):
    """Of a workspace with a run, its id and its operators."""
    from htn.execution.runs import start_run
    from tests.execution.toy import make_plan, reference

    run = start_run(tmp_path, make_plan({"alpha": [], "beta": []}), reference(), title="Why?")
    assert {run} <= completed(f"estate show --workspace {tmp_path} {run[:4]}", tmp_path)
    steps = completed(f"estate fork --workspace {tmp_path} {run} --from ", tmp_path)
    assert {"alpha", "beta"} <= steps or {"do"} <= steps
