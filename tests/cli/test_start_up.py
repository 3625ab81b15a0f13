"""Start-up: a command imports what it runs, and no more. Counted in modules, as a clock would judge the machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
FILES = HERE.parent / "hddl" / "files"

_HEAVY = {
    "networkx",
    "numpy",
    "dbos",
    "sqlite3",
    "asyncio",
    "dataclasses",
    "inspect",
    "ast",
    "json",
    "pathlib",
    "shutil",
    "difflib",
    "traceback",
    "textwrap",
    "hashlib",
    "subprocess",
    "multiprocessing",
    "concurrent",
    "unittest",
}
_START = (
    "import sys; from htn.cli import main; report = sys.argv.pop(1); code = main(sys.argv[1:]); "
    "print(*sys.modules, file=open(report, 'w')); sys.exit(code)"
)


def imported(tmp_path: Path, *words: str) -> set[str]:
    """Return the modules that a command has imported by its end."""
    report = tmp_path / "modules"
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("COVERAGE", "PYTHON"))}
    done = subprocess.run(
        # -S: what other packages have put in the way of every Python program is not ours to count.
        [sys.executable, "-S", "-c", _START, str(report), *words],
        cwd=HERE.parents[1],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return set(report.read_text().split())


@pytest.fixture
def errands(tmp_path) -> tuple[str, str]:
    """Write a small problem; return its files."""
    (tmp_path / "domain.hddl").write_text(
        "(define (domain errands) (:types place) (:predicates (at ?p - place) (road ?a ?b - place))"
        " (:task go :parameters (?to - place))"
        " (:method stay :parameters (?to - place) :task (go ?to) :precondition (at ?to))"
        " (:method on :parameters (?a ?b ?to - place) :task (go ?to) :precondition (and (at ?a) (road ?a ?b))"
        "  :ordered-subtasks (and (walk ?a ?b) (go ?to)))"
        " (:action walk :parameters (?a ?b - place) :precondition (and (at ?a) (road ?a ?b))"
        "  :effect (and (not (at ?a)) (at ?b))))"
    )
    (tmp_path / "problem.hddl").write_text(
        "(define (problem to-the-park) (:domain errands) (:objects home shop park - place)"
        " (:htn :ordered-subtasks (and (go park))) (:init (at home) (road home shop) (road shop park)))"
    )
    return str(tmp_path / "domain.hddl"), str(tmp_path / "problem.hddl")


def test_solving_hddl_imports_nothing_heavy(tmp_path, errands):
    """Neither the libraries of other commands nor what is slow in the standard library."""
    found = imported(tmp_path, "solve", *errands, "--time-limit", "60", "--plan", str(tmp_path / "plan"))
    assert (tmp_path / "plan").read_text().count(" walk ") == 2
    assert set() == {name for name in found if name.split(".")[0] in _HEAVY}
    printing = {"htn.views", "htn.views.plain"}  # no word of a file reaches the terminal without it
    assert printing >= {
        name for name in found if name.startswith(("htn.execution", "htn.views", "htn.plan.", "htn.interop"))
    }


def test_verifying_and_checking_hddl_import_nothing_heavy(tmp_path, errands):
    """Neither of them plans."""
    plan = tmp_path / "plan"
    plan.write_text(
        "==>\n1 walk home shop\n2 walk shop park\nroot 3\n"
        "3 go park -> on 1 4\n4 go park -> on 2 5\n5 go park -> stay\n<==\n"
    )
    for words in (("verify", *errands, str(plan)), ("check", *errands)):
        found = imported(tmp_path, *words)
        assert set() == {name for name in found if name.split(".")[0] in _HEAVY}
        assert set() == {name for name in found if name.startswith(("htn.planning.", "htn.hddl.compile"))}


def test_help_imports_no_planner(tmp_path):
    """``htn`` by itself is the parser of its arguments."""
    code = "import sys; from htn.cli import main\ntry: main(['--help'])\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run(
        [sys.executable, "-S", "-c", code], cwd=HERE.parents[1], capture_output=True, text=True, check=True
    )
    found = {name for name in done.stdout.split() if name.startswith("htn.")}
    assert not {name for name in found if name.startswith(("htn.hddl", "htn.planning", "htn.plan"))}


@pytest.mark.parametrize("package", ["htn.model", "htn.plan", "htn.planning", "htn.hddl", "htn.hddl.compile"])
def test_packages_hand_out_every_name_that_they_promise(package):
    """And no other; each is the one that its module defines."""
    module = __import__(package, fromlist=["__all__"])
    for name in module.__all__:
        assert getattr(module, name).__name__ == name
    with pytest.raises(AttributeError, match=f"module '{package}' has no attribute 'nothing'"):
        module.nothing  # noqa: B018
