"""The commands `htn verify` and `htn check` on HDDL: what they print, and their exit codes."""

from __future__ import annotations

import json
import shutil

import pytest

from htn.cli import main
from tests.hddl.files_of_tests import HERE

DOMAIN, PROBLEM, PLAN = (str(HERE / name) for name in ("workshop-domain.hddl", "workshop.hddl", "workshop.plan"))


def test_a_valid_plan_exits_with_0(capsys):
    """And says how long it is and what it costs."""
    assert main(["verify", DOMAIN, PROBLEM, PLAN]) == 0
    assert capsys.readouterr().out == "valid: 5 actions, cost 64.5\n"


def test_an_invalid_plan_exits_with_11_and_says_why(capsys, tmp_path):
    """On standard error, with the line of the plan."""
    plan = tmp_path / "wrong.plan"
    plan.write_text((HERE / "workshop.plan").read_text().replace("3 true w2", "3 true w3"))
    assert main(["verify", DOMAIN, PROBLEM, str(plan)]) == 11
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err == (
        "not valid: line 5: the precondition of (true w3 old-faithful) does not hold in the state before it: "
        "(fitted w3 old-faithful) is false\n"
    )


def test_json_is_one_document(capsys, tmp_path):
    """For programs: the verdict with codes and lines, and findings with places."""
    plan = tmp_path / "wrong.plan"
    plan.write_text("==>\nroot\n<==\n")
    assert main(["verify", "--json", DOMAIN, PROBLEM, str(plan)]) == 11
    document = json.loads(capsys.readouterr().out)
    assert document["valid"] is False
    assert document["exit_code"] == 11
    assert document["problems"][0] == {
        "code": "method",
        "line": 2,
        "message": "the initial task network has 0 subtasks here, but 2 in the domain",
    }
    assert main(["check", "--json", DOMAIN, PROBLEM]) == 0
    assert json.loads(capsys.readouterr().out) == {"findings": [], "exit_code": 0}


def test_a_file_that_cannot_be_used_exits_with_30(capsys, tmp_path):
    """Missing, or no HDDL, or no plan; one sentence each."""
    broken = tmp_path / "broken.hddl"
    broken.write_text("(define (domain d)\n  (:action a")
    nothing = tmp_path / "plan.txt"
    nothing.write_text("no plan found")
    for arguments, message in (
        (["verify", DOMAIN, PROBLEM, "nowhere.plan"], "htn: nowhere.plan: cannot be read: No such file or directory\n"),
        (["verify", DOMAIN, PROBLEM, str(nothing)], f"htn: {nothing}: expected '==>' before the plan, found none\n"),
        (["check", str(broken)], f"htn: {broken}:2:3: the bracket of '(:action' is never closed\n"),
        (["verify", DOMAIN, DOMAIN, PLAN], f"htn: {DOMAIN}:1:1: expected a problem, found a domain"),
    ):
        assert main(arguments) == 30
        assert capsys.readouterr().err.startswith(message)


def test_errors_found_by_the_linter_exit_with_31(capsys, tmp_path):
    """Warnings alone do not."""
    domain = tmp_path / "d.hddl"
    domain.write_text("(define (domain d)\n (:action a :parameters (?x)))")
    assert main(["check", str(domain)]) == 0
    assert f"{domain}:2:26: warning [unused]: the action 'a' does not use its parameter '?x'" in capsys.readouterr().out
    domain.write_text("(define (domain d)\n (:action a :effect (p)))")
    assert main(["check", str(domain)]) == 31
    assert f"{domain}:2:21: error [undeclared]: the predicate 'p' is not declared" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["domain.pddl", "domain.HDDL", "domain.txt", "domain"])
def test_hddl_is_recognised_by_name_or_by_its_first_bracket(name, capsys, tmp_path):
    """The file begins with a comment; what comes after it tells."""
    copy = tmp_path / name
    shutil.copy(DOMAIN, copy)
    assert main(["verify", str(copy), PROBLEM, PLAN]) == 0
