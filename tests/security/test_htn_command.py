"""The command `htn` prints words of files that strangers write; none of them does anything to the terminal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from htn.cli import main
from htn.model import Domain, State
from htn.planning import Solved, find_plan
from tests.security.attacks import FILE, WORDS, Attack, entering
from tests.security.hostile import steering

PRINTABLE = [attack for attack in entering(FILE) if "/" not in attack.text and "\0" not in attack.text]


def _printed(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(list(words))
    found = capsys.readouterr()
    return code, found.out + found.err


def _plan_file(folder: Path, text: str) -> tuple[Path, str]:
    """Write a plan whose arguments and bindings are an attack; return it with the id of its step."""
    domain = Domain("strange")

    @domain.operator
    def read(state: State, what: str) -> State:
        return state

    @domain.method("look")
    def by_reading(state: State, what: str) -> list[tuple[str, str]]:
        return [("read", what)]

    found = find_plan(domain, State(), [("look", text)])
    assert isinstance(found, Solved)
    plan = found.plan
    path = folder / "plan.json"
    path.write_text(json.dumps(plan.to_json()), encoding="utf-8")
    return path, plan.steps[0].id


@pytest.mark.parametrize("attack", entering(WORDS[0]), ids=lambda attack: attack.name)
def test_what_a_plan_says_is_shown_as_text(attack: Attack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In every format, in an explanation, and where the step is not found."""
    path, step = _plan_file(tmp_path, attack.text)
    for words in (
        *(["show", str(path), "--format", kind] for kind in ("text", "steps", "html", "mermaid", "dot")),
        ["why", str(path), step],
    ):
        code, printed = _printed(capsys, *words)
        assert code == 0
        assert steering(printed) == set()
    code, printed = _printed(capsys, "why", str(path), attack.text)
    assert code == 30
    assert steering(printed) == set()


@pytest.mark.parametrize("attack", PRINTABLE, ids=lambda attack: attack.name)
def test_names_of_files_are_shown_as_text(attack: Attack, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A file that is not there, and one that is no plan, are named without what steers."""
    missing = str(tmp_path / attack.text)
    broken = tmp_path / f"{attack.text}.json"
    broken.write_text('{"tree": "\x1b[2J"}', encoding="utf-8")
    for path in (missing, str(broken)):
        for words in (["show", path], ["check", path], ["solve", path, path], ["verify", path, path, path]):
            code, printed = _printed(capsys, *words)
            assert code in (30, 31)
            assert steering(printed) == set()
            code, printed = _printed(capsys, *words, *([] if words[0] == "show" else ["--json"]))
            assert steering(printed) == set()


HDDL = """(define (domain strange{0}) (:requirements :typing :hierarchy) (:types thing{0})
(:predicates (seen{0} ?x - thing{0})) (:task look :parameters (?x - thing{0}))
(:method m :parameters (?x - thing{0}) :task (look ?x) :ordered-subtasks (and (read{0} ?x)))
(:action read{0} :parameters (?x - thing{0}) :precondition () :effect (seen{0} ?x)))"""
PROBLEM = """(define (problem p) (:domain strange{0}) (:objects a{0} - thing{0})
(:htn :parameters () :ordered-subtasks (and (look a{0}))) (:init))"""


@pytest.mark.parametrize("sign", ["\x1b[2J", "\x9b31m", "\u202e", "\x1b]0;owned\x07"])
def test_names_in_hddl_files_are_shown_as_text(sign: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whether such a name is taken or refused: what is printed of it steers nothing, and JSON stays JSON."""
    domain, problem = tmp_path / "domain.hddl", tmp_path / "problem.hddl"
    domain.write_text(HDDL.format(sign), encoding="utf-8")
    problem.write_text(PROBLEM.format(sign), encoding="utf-8")
    for words in (["check", str(domain), str(problem)], ["solve", str(domain), str(problem)]):
        _, printed = _printed(capsys, *words)
        assert printed
        assert steering(printed) == set()
        _, printed = _printed(capsys, *words, "--json")
        assert steering(printed) == set()
        json.loads(printed)
