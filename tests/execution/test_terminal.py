"""A run is shown live in a terminal and as plain lines elsewhere; text from outside cannot do anything to either."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from htn.execution.runs import begin_run, start_run
from htn.execution.terminal import event_lines, follow, status_lines, status_tree
from htn.execution.tracking import ExecutionTracker
from htn.views.plain import clean
from tests.execution.toy import ToyPlan, make_plan, reference

HOSTILE = [
    "\x1b[2J\x1b[H you were pwned",
    "\x1b]0;new title\x07text",
    "\x1b]8;;http://evil.example\x1b\\click\x1b]8;;\x1b\\",
    "\x9b31mred",
    "over\rwritten\b\b\b",
    "two\nlines\x00",
    "right\u202eto left\u200b\u2066",
    "\x1bP1$r\x1b\\device \x1b(0 charset \x1b",
]


def _controls(text: str) -> list[str]:
    return [char for char in text if (ord(char) < 32 and char != "\n") or 0x7F <= ord(char) < 0xA0]


@pytest.mark.parametrize("text", HOSTILE)
def test_escapes_and_control_characters_are_stripped(text: str):
    """Nothing that a terminal acts upon is left; the words are."""
    cleaned = clean(text)
    assert not _controls(cleaned)
    assert "\n" not in cleaned
    assert not any(char in cleaned for char in "\u202e\u200b\u2066")
    assert "[2J" not in cleaned
    assert "new title" not in cleaned
    assert "evil.example" not in cleaned


@given(text=st.text(alphabet=st.characters(codec="utf-8"), max_size=40))
def test_clean_is_harmless_and_stable(text: str):
    """Any text at all: no control character stays, and cleaning twice is cleaning once."""
    cleaned = clean(text)
    assert not _controls(cleaned)
    assert clean(cleaned) == cleaned


def _hostile_run(workspace: Path) -> str:
    from dataclasses import replace

    good, bad = make_plan({"good": [], "bad": []}).steps
    plan = ToyPlan((replace(bad, description="\x1b[31m[bold]evil[/bold]\nsecond line"), replace(good, description="")))
    config = {"agents": [{"name": "w\x1b[5m", "always": {"bad": "human_refused"}}]}
    return start_run(workspace, plan, reference(**config), title="\x1b]0;x\x07Why [red]so[/red]?")


def test_pipes_get_plain_lines_without_control_characters(tmp_path: Path):
    """Output to a file has one line for each event and ends with the status."""
    run = _hostile_run(tmp_path)
    out = io.StringIO()
    status = follow(tmp_path, run, stream=out)
    text = out.getvalue()
    assert status.run.status == "completed"
    assert not _controls(text)
    assert "[bold]evil[/bold] second line: begun by w" in text
    assert "good: done" in text
    assert text.splitlines()[-1].startswith("Completed: 1 of 2 steps done; missing: ")
    assert not _controls("\n".join(status_lines(status)))
    assert status_lines(status)[0] == f"Why [red]so[/red]? [{run}]"


def test_a_run_that_ends_between_two_looks_is_told_to_its_end(tmp_path: Path):
    """Whoever follows a run is told how it ended, even when it does so just when it is asked whether it is over."""
    handle = begin_run(tmp_path, make_plan({"one": []}), reference())
    out = io.StringIO()

    def over() -> bool:
        handle.wait(30.0)
        return True

    follow(tmp_path, handle.run_id, stream=out, over=over)
    assert out.getvalue().endswith("Completed: 1 of 1 steps done.\n")


def test_terminals_get_a_tree_that_shows_text_as_it_is(tmp_path: Path):
    """Markup in a title is not read, escapes do not arrive."""
    from rich.console import Console

    run = _hostile_run(tmp_path)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=120, color_system=None)
    with ExecutionTracker(tmp_path, run) as tracker:
        console.print(status_tree(tracker.status(), tracker.plan().document))
    text = out.getvalue()
    assert "Why [red]so[/red]?" in text
    assert "[bold]evil[/bold] second line" in text
    assert "\x1b[31m" not in text
    assert "✗" in text
    assert "✓" in text


class _Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_follow_draws_in_a_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Where the output is a terminal, the tree is drawn."""
    monkeypatch.setenv("TERM", "xterm")
    run = start_run(tmp_path, make_plan({"a": []}), reference(), title="Why?")
    out = _Terminal()
    follow(tmp_path, run, stream=out)
    assert "Do a." in out.getvalue()
    assert "\x1b" in out.getvalue()


def test_every_kind_of_event_that_runs_write_has_words_or_is_left_out(tmp_path: Path):
    """Failures, recoveries, replans and skipped steps can be read as lines."""
    plan = make_plan({"bad": [], "after": ["bad"], "open": [], "end": []}, deferred=["open"])
    config = {"agents": [{"always": {"bad": "data_unavailable"}}]}
    run = start_run(tmp_path, plan, reference(**config))
    with ExecutionTracker(tmp_path, run) as tracker:
        lines = list(event_lines(tracker.new_events(), {step.id: step.description for step in plan.steps}))
    text = "\n".join(line[9:] for line in lines)
    for expected in (
        "started: 4 steps",
        "Do bad.: failed, bad fails by plan",
        "Do bad.: replan. data_unavailable",
        "Do bad.: decomposing again (data_unavailable)",
        "Do open.: decomposing again (deferred)",
        "Do bad.: given up, and 1 that depend on it",
        "Do bad.: the decomposer knows no other way",
        "completed",
    ):
        assert expected in text
