"""The application's pages, without a browser: what each shows, what it lets people do, and what it does not."""

from __future__ import annotations

import json
import sqlite3

from domains.analysis.app.waiting import waiting
from domains.analysis.planner import EstatePlanner
from htn.execution.approvals import ApprovalPolicy, approvals_of, waiting_approvals
from htn.execution.journal import Journal
from htn.execution.options import RunOptions
from htn.execution.runs import fork_run, show_run
from tests.analysis.app.conftest import QUESTION

HOSTILE = "<script>alert(1)</script> [x](javascript:alert(1)) :red[y] $z$ **b** \x1b[2J"


def shown(app) -> str:
    """Return everything that a page shows, after making sure that it shows no failure."""
    assert not app.exception
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "warning", "error")
    texts = [element.value for kind in kinds for element in app.get(kind)]
    return "\n".join([*texts, *(element.proto.body for element in app.get("html"))])


def test_a_question_becomes_a_plan_with_its_estimate(page):
    """Asking shows how the question was taken, what it will take, the checker's verdict and the tree."""
    app = page()
    app.text_area[0].set_value(QUESTION)
    next(button for button in app.button if button.label == "Plan it").click().run()
    seen = shown(app)
    assert app.query_params["q"] == QUESTION
    for words in ("can be answered", "pipeline</strong> analysis", "8 in 10", ">sound<", "Retrieve the deals"):
        assert words in seen


def test_a_question_that_is_refused_gets_no_plan(page):
    """The gatekeeper's reason is shown, and there is nothing to approve."""
    app = page(q="What is the weather?")
    assert "is not answered" in shown(app)
    assert [button.label for button in app.button] == ["Plan it"]


def test_a_wish_is_kept_in_the_address_and_changes_the_plan(page, workspace):
    """A method that a person rules out is gone from the plan, and the difference says so."""
    asked = {"q": "Which competitors do we lose to?", "depth": "quick"}
    tree = EstatePlanner(workspace).plan(asked["q"], options={"depth": "quick"}).plan.tree
    method = next(node.method for node in tree.nodes.values() if node.task == "analyse_competitive")
    assert f'<span class="how">by {method}<' in shown(page(**asked))
    after = shown(page(**asked, wishes=json.dumps([["exclude", ["analyse_competitive", []], method]])))
    assert "What your wishes change" in after
    assert 'title="added"' in after
    assert f'<span class="how">by {method}<' not in after


def test_wishes_that_leave_no_plan_are_told_and_can_be_taken_back(page):
    """No plan is an answer too: the wishes stay on the page, each with a button."""
    app = page(q=QUESTION, wishes=json.dumps([["exclude", ["answer_question", "pipeline", []], None]]))
    assert "there is no plan" in app.error[0].value
    assert "Approve and run" not in [button.label for button in app.button]
    button = next(button for button in app.button if button.label.startswith("✕"))
    button.click().run()
    assert "wishes" not in app.query_params
    assert not app.error


def test_plans_stand_side_by_side_and_a_limit_chooses_among_them(page, workspace):
    """The comparison names what each plan does without; a limit that only one keeps leaves that one."""
    question = "Which competitors do we lose to?"
    choice = EstatePlanner(workspace).choose(question)
    assert len(choice.plans) > 1
    seen = shown(page(q=question, compare="true"))
    assert all(f"plan {place + 1}" in seen for place in range(len(choice.plans)))
    assert any(f"without: {each}" in seen for each in choice.differences(1)[1])
    between = (min(price.seconds for price in choice.prices) + max(price.seconds for price in choice.prices)) / 2
    limited = shown(page(q=question, seconds=f"{between:.6f}"))
    assert "What your wishes change" in limited
    assert "removed" in limited
    assert "no plan is expected to stay" in page(q=question, seconds="0.0001").error[0].value


def test_an_address_changed_by_hand_is_one_sentence(page):
    """Nonsense in the address is no failure of the page."""
    assert "cannot be read" in page(q=QUESTION, wishes="[[[").error[0].value


def test_approving_puts_exactly_the_shown_plan_down_for_a_run(page, workspace, monkeypatch):
    """What is carried out is what was seen, by the name of who approved it."""
    monkeypatch.setattr("domains.analysis.app.carrier.ensure_carrier", lambda folder: None)
    app = page(q=QUESTION, depth="quick")
    app.multiselect[0].set_value(["review_answer"])
    next(button for button in app.button if button.label == "Approve and run").click().run()
    (entry,) = waiting(workspace)
    planner = EstatePlanner(workspace)
    assert entry.plan is not None
    assert entry.plan["plan"] == planner.plan(QUESTION, options={"depth": "quick"}).plan.to_json()
    assert entry.approval["operators"] == ["review_answer"]
    assert entry.by


def test_a_plan_that_changed_since_it_was_seen_is_not_approved(page, workspace):
    """The button belongs to the plan that was shown; another one has to be looked at first."""
    app = page(q="Which competitors do we lose to?", depth="quick")
    app.query_params["depth"] = "standard"
    next(button for button in app.button if button.label == "Approve and run").click().run()
    assert waiting(workspace) == []
    assert "Relate objections" in shown(app)


def test_without_the_right_nothing_can_be_approved_or_brought_in(page, workspace):
    """Who may only ask sees the plan and no button to have it run, nor one to upload."""
    (workspace / "roles.toml").write_text('ask = ["*"]\napprove = ["somebody@else.example"]\n')
    app = page(q=QUESTION)
    assert "Approve and run" not in [button.label for button in app.button]
    assert "right to approve" in shown(app)
    assert "right to ingest" in shown(page("workspace"))


def test_the_report_links_its_citations_to_the_call_at_the_turn(page, workspace):
    """A finding's reference opens the page of the call with the turn."""
    planner = EstatePlanner(workspace)
    made = planner.plan("Which competitors do we lose to?", options={"depth": "quick"})
    planner.run(made, run_id="second").wait()
    seen = shown(page("run", run="second"))
    assert 'href="call?call=' in seen
    call = seen.split('href="call?call=')[1].split("&amp;")[0]
    turn = seen.split(f'href="call?call={call}&amp;turn=')[1].split('"')[0]
    opened = shown(page("call", call=call, turn=turn))
    assert f'<div class="turn cited" id="turn-{turn}">' in opened


def test_every_side_of_a_run_is_shown(page):
    """Steps, Gantt, tree, graph, reasons, agents, log and results of a run that the command line might have made."""
    expected = {
        "Steps": "Retrieve the deals",
        "Gantt": "planned, and the end hangs on it",
        "Tree": "answer_question",
        "Graph": "Solid: a result is handed over",
        "Why": "because <strong>analyse_and_review</strong>",
        "Agents": "share of the time at work",
        "Log": "started:",
        "Results": "findings",
    }
    for side, words in expected.items():
        assert words in shown(page("run", run="first", view=side)), side


def test_runs_are_listed_compared_and_held_against_their_estimates(page, workspace):
    """The run is there, beside another one, and with what it took."""
    fork_run(workspace, "first", show_run(workspace, "first").steps[-1].id).wait()
    assert "Where does our pipeline stand?" in shown(page("runs"))
    assert "as they were" in shown(page("compare"))
    same = page("compare", a="first", b="first")
    assert "same run twice" in shown(same)
    held = shown(page("estimates"))
    assert "within their interval" in held
    assert "measure win rate" in held


def test_a_step_that_waits_can_be_approved(page, workspace, monkeypatch):
    """The question has buttons; the answer is kept with the name, and the run is asked to go on."""
    monkeypatch.setattr("domains.analysis.app.carrier.ensure_carrier", lambda folder: None)
    planner = EstatePlanner(workspace)
    policy = RunOptions(approval=ApprovalPolicy(operators=("review_answer",)), wait=False)
    planner.run(planner.plan(QUESTION, options={"depth": "quick"}), run_id="asking", options=policy).wait()
    app = page("run", run="asking")
    assert "waits for approval" in shown(app)
    next(button for button in app.button if button.label == "Approve").click().run()
    assert waiting_approvals(workspace) == []
    assert [entry.run_id for entry in waiting(workspace)] == ["asking"]


def test_hostile_text_is_shown_as_it_is(page, workspace):
    """A question and a call full of markup arrive as text, wherever they are shown."""
    with sqlite3.connect(workspace / "corpus.sqlite") as connection:
        identity = connection.execute("SELECT call_id FROM calls LIMIT 1").fetchone()[0]
        connection.execute("UPDATE calls SET title = ? WHERE call_id = ?", (HOSTILE, identity))
        connection.execute("UPDATE turns SET text = ?, speaker = ? WHERE call_id = ?", (HOSTILE, HOSTILE, identity))
    with sqlite3.connect(workspace / "runs.sqlite") as connection:
        connection.execute("UPDATE runs SET title = ?", (HOSTILE,))
    for name, parameters in (
        ("call", {"call": identity, "turn": "0"}),
        ("run", {"run": "first", "view": "Steps"}),
        ("runs", {}),
        ("estimates", {}),
        ("ask", {"q": HOSTILE}),
    ):
        app = page(name, **parameters)
        seen = shown(app)
        assert "<script>" not in seen, name
        assert "\x1b" not in seen, name
        for heading in app.title:
            assert "[x](" not in heading.value
            assert ":red[" not in heading.value


def test_a_run_that_is_not_there_is_said_to_be_missing(page):
    """An old link is no failure."""
    assert "no such run" in shown(page("run", run="../../etc"))
    assert "no such call" in shown(page("call", call="nobody"))


def test_an_empty_workspace_says_what_to_do(page, workspace):
    """Before anything was brought in, every page opens and leads on."""
    for path in workspace.iterdir():
        if path.is_file():
            path.unlink()
    assert "Bring them in" in shown(page("ask"))
    for name in ("runs", "compare", "estimates", "workspace"):
        shown(page(name))


def test_another_way_can_be_picked_for_a_step_that_waits(page, workspace, monkeypatch):
    """The alternatives are offered with what they take; the one that is picked is the answer."""
    monkeypatch.setattr("domains.analysis.app.carrier.ensure_carrier", lambda folder: None)
    planner = EstatePlanner(workspace)
    policy = RunOptions(approval=ApprovalPolicy(operators=("cluster_topics",)), wait=False)
    made = planner.plan("What separates won calls from lost ones?")
    planner.run(made, run_id="choosing", options=policy).wait()
    app = page("run", run="choosing")
    next(toggle for toggle in app.toggle if toggle.label == "What else could be done").set_value(True).run()
    (ways,) = [radio for radio in app.radio if radio.label.startswith("Instead of this (")]
    place = next(place for place, option in enumerate(ways.options) if "trackers" in option)
    ways.set_value(place + 1).run()
    next(button for button in app.button if button.label == "Do that instead").click().run()
    assert waiting_approvals(workspace, "choosing") == []
    with Journal(workspace, readonly=True) as journal:
        (given,) = approvals_of(journal, "choosing")
    assert given.answer == "change"
    assert [entry.run_id for entry in waiting(workspace)][-1] == "choosing"
