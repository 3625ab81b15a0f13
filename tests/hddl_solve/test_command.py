"""`htn solve` on HDDL: the plan in the competition's format, exit codes, errors with places."""

from __future__ import annotations

import json

import pytest

from htn.cli import main
from tests.hddl_solve.test_constructs import DOMAIN, PROBLEM


@pytest.fixture
def files(tmp_path):
    """Write a domain and a problem; return the paths."""

    def write(htn, init="", extra=""):
        (tmp_path / "domain.hddl").write_text(DOMAIN % extra)
        (tmp_path / "problem.hddl").write_text(PROBLEM % (htn, init, ""))
        return [str(tmp_path / "domain.hddl"), str(tmp_path / "problem.hddl")]

    return write


def test_plan_is_printed_and_written_and_verifies(files, tmp_path, capsys):
    """The printed plan is the written one, and `htn verify` accepts it."""
    given = files(":subtasks (Switch-On b)")
    plan = str(tmp_path / "found.plan")
    assert main(["solve", *given, "--plan", plan]) == 0
    printed = capsys.readouterr().out
    assert printed.splitlines() == ["==>", "1 Switch-On b", "root 1", "<=="]
    assert (tmp_path / "found.plan").read_text() == printed
    assert main(["verify", *given, plan]) == 0


def test_json_has_plan_and_decomposition(files, capsys):
    """With --json, one document and nothing else."""
    assert main(["solve", *files(":subtasks (Switch-On b)"), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["plan"] == [["Switch-On", "b"]]
    assert document["decomposition"].startswith("==>\n1 Switch-On b\n")


def test_no_plan_is_10(files, capsys):
    """An unsolvable problem is proved so."""
    assert main(["solve", *files(":subtasks (Switch-On b)", "(on b)")]) == 10


@pytest.mark.parametrize(
    ("htn", "extra", "message"),
    [
        (":subtasks (jump b)", "", "problem.hddl:1:82: the subtask 'jump' is neither a task nor an action"),
        (":subtasks (finish b)", "", "'finish' has 1 arguments here, but 0 parameters"),
        (
            ":subtasks (finish)",
            "(:action odd :effect (on ?z))",
            "domain.hddl:9:24: '?z' is neither a parameter of 'odd' nor quantified here",
        ),
    ],
)
def test_what_cannot_be_planned_with_is_named_with_its_place(files, capsys, htn, extra, message):
    """One sentence on the error stream, exit code 30."""
    assert main(["solve", *files(htn, "", extra)]) == 30
    assert message in capsys.readouterr().err
