"""Parts of the application that compute: wishes, rights, times, the command that starts it."""

from __future__ import annotations

import sys

import pytest

from domains.analysis.app.asked import Asked
from domains.analysis.app.constraining import choices, read_wishes, write_wishes
from domains.analysis.app.launch import command_line, ui
from domains.analysis.app.people import person
from domains.analysis.app.timeline import gantt_rows, happened, planned_times
from domains.analysis.cli.parser import build_parser
from domains.analysis.errors import NotPlannedError
from domains.analysis.planner import EstatePlanner
from htn.execution.tracking import ExecutionTracker
from htn.execution.wishes import constraints_of
from htn.model.errors import InputError
from tests.analysis.app.conftest import QUESTION


def test_every_wish_that_is_offered_is_fulfilled_or_leaves_no_plan(workspace):
    """What is ruled out is nowhere in the new plan, and what is preferred was tried before all else."""
    planner = EstatePlanner(workspace)
    first = planner.plan(QUESTION).plan
    offered = [wish for node in first.tree.nodes.values() for wish in choices(planner.domain, node)]
    assert offered
    for wish in offered:
        (read,) = read_wishes(write_wishes([wish]))
        assert read == wish
        try:
            tree = planner.plan(QUESTION, constraints=constraints_of([read])).plan.tree
        except NotPlannedError:
            continue
        nodes = [node for node in tree.nodes.values() if node.whole == wish.task]
        if wish.kind == "exclude":
            assert not [node for node in nodes if wish.method is None or node.method == wish.method]
        for node in nodes:
            tried = [item.method for item in node.tried]
            assert wish.kind == "exclude" or node.method == wish.method or tried[0] == wish.method


@pytest.mark.parametrize("text", ["{", "[1]", '[["prefer", [], "m"]]', '[["add", ["t"], null]]', "[" * 5000])
def test_wishes_that_nobody_wrote_are_refused(text):
    """The address is data from outside."""
    with pytest.raises(InputError, match="cannot be read"):
        read_wishes(text)


def test_who_signs_in_may_only_look_until_the_workspace_says_more(tmp_path):
    """At the machine itself everything is allowed, from elsewhere nothing that changes anything."""
    assert person(tmp_path, None).may("approve")
    assert not person(tmp_path, "ann@example.org").rights
    (tmp_path / "roles.toml").write_text('approve = ["ANN@example.org"]\nask = ["*"]\n')
    assert person(tmp_path, "ann@example.org").rights == {"ask", "approve"}
    assert person(tmp_path, "ben@example.org").rights == {"ask"}


@pytest.mark.parametrize("text", ['admin = ["ann"]', 'approve = "ann"', "approve ="])
def test_rules_that_cannot_be_used_let_nobody_in_by_mistake(tmp_path, text):
    """A slip in the file is named, not passed over."""
    (tmp_path / "roles.toml").write_text(text)
    with pytest.raises(InputError):
        person(tmp_path, "ann@example.org")


def test_planned_times_keep_dependencies_and_places(workspace):
    """No step is planned before what it waits for, and never more at once than there are places."""
    with ExecutionTracker(workspace, "first") as tracker:
        status, told = tracker.status(), happened(tracker.new_events())
    steps = EstatePlanner(workspace).plan(QUESTION, options={"depth": "quick"}).plan.steps
    times = planned_times(steps, {step.id: 1.0 for step in steps}, told.places)
    assert set(times) == {step.id for step in steps}
    for step in steps:
        assert all(times[before][1] <= times[step.id][0] + 1e-9 for before in step.dependencies)
        alike = [times[other.id] for other in steps if other.capability == step.capability]
        together = [span for span in alike if span[0] <= times[step.id][0] < span[1]]
        assert len(together) <= told.places[step.capability]
    rows = gantt_rows(status, told, times)
    assert len(rows) == len(steps)
    assert all(row["actual"] is None or 0 <= row["actual"][0] <= row["actual"][1] <= status.elapsed for row in rows)


@pytest.mark.parametrize(
    "parameters", [{"by": "guess"}, {"seconds": "soon"}, {"seconds": "-1"}, {"money": "nan"}, {"wishes": "{"}]
)
def test_an_address_that_asks_for_what_cannot_be_is_refused(parameters):
    """Each slip in an address gets its sentence."""
    with pytest.raises(InputError):
        Asked.read({"q": "Why?", **parameters})


def test_the_application_listens_to_this_machine_alone_unless_people_sign_in(tmp_path, monkeypatch):
    """Another address is refused with a sentence that says what to set up."""
    monkeypatch.chdir(tmp_path)
    arguments = build_parser().parse_args(["ui", "--address", "192.0.2.1", "--workspace", str(tmp_path)])
    with pytest.raises(InputError, match="nobody has to sign in"):
        ui(arguments)
    usual = build_parser().parse_args(["ui"])
    assert usual.address == "localhost"
    assert "--server.allowedHosts=localhost" in command_line(usual.address, usual.port)
    assert "--browser.gatherUsageStats=false" in command_line(usual.address, usual.port)


def test_sign_in_without_its_package_is_one_sentence(tmp_path, monkeypatch):
    """Set up, but not installed: said before a browser shows an error."""
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text('[auth]\nclient_id = "x"\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "authlib", None)
    with pytest.raises(InputError, match=r"pip install 'streamlit\[auth\]'"):
        ui(build_parser().parse_args(["ui"]))
