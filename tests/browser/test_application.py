"""The application as people meet it: in a real browser, with real runs."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from typing import Any

import pytest

from domains.analysis.planner import EstatePlanner
from htn.execution.runs import show_run, start_run
from tests.browser.pages import WAIT_MS, approve_plan, open_page, settle
from tests.execution.toy import make_plan, reference

pytestmark = [pytest.mark.browser, pytest.mark.timeout(400)]

QUESTION = "Which competitors do we lose to?"
HOSTILE = "<img src=x onerror='window.owned=1'><script>window.owned=1</script>[x](javascript:window.owned=1)"


def test_from_a_question_to_the_turn_that_a_finding_cites(site, tab):
    """Ask, approve, follow, read, and open the call at the cited turn."""
    run = approve_plan(tab, site.address, QUESTION)
    tab.get_by_role("button", name="Save as a page").wait_for(timeout=WAIT_MS)
    assert show_run(site.workspace, run).run.status == "completed"
    tab.locator('a[href^="call?call="]').first.click()
    tab.wait_for_url(re.compile(r"/call\?call="), timeout=WAIT_MS)
    tab.locator(".turn.cited").first.wait_for(timeout=WAIT_MS)
    quoted = tab.locator(".turn.cited").first.inner_text()
    assert len(quoted) > 20


def test_two_tabs_see_the_same_and_a_reload_loses_nothing(site, tab):
    """What waits for approval stands in both tabs; the answer in one ends it in the other."""
    run = approve_plan(tab, site.address, QUESTION, before="review_answer")
    tab.get_by_role("button", name="Approve", exact=True).wait_for(timeout=WAIT_MS)
    other = tab.context.new_page()
    open_page(other, f"{site.address}run?run={run}")
    other.get_by_role("button", name="Approve", exact=True).wait_for(timeout=WAIT_MS)
    tab.reload()
    tab.get_by_role("button", name="Approve", exact=True).click(timeout=WAIT_MS)
    for page in (tab, other):
        page.get_by_role("button", name="Save as a page").wait_for(timeout=WAIT_MS)


def test_an_approval_survives_the_death_of_what_carries_the_run_out(site, tab):
    """The process is killed while the run waits; answering in the browser starts another one, and nothing is redone."""
    run = approve_plan(tab, site.address, QUESTION, before="review_answer")
    tab.get_by_role("button", name="Approve", exact=True).wait_for(timeout=WAIT_MS)
    status = show_run(site.workspace, run)
    assert status.pid is not None
    os.kill(status.pid, signal.SIGKILL)
    while show_run(site.workspace, run).pid is not None:
        tab.wait_for_timeout(100)
    tab.get_by_role("button", name="Approve", exact=True).click(timeout=WAIT_MS)
    tab.get_by_role("button", name="Save as a page").wait_for(timeout=WAIT_MS)
    done = show_run(site.workspace, run)
    assert done.run.status == "completed"
    assert max(step.attempts for step in done.steps) == 1


def test_a_run_from_the_command_line_is_followed(site, tab):
    """The application did not start it, and shows it all the same."""
    planner = EstatePlanner(site.workspace)
    planner.run(planner.plan("Where does our pipeline stand?", options={"depth": "quick"}), run_id="elsewhere").wait()
    open_page(tab, f"{site.address}runs")
    tab.get_by_role("link", name="Where does our pipeline stand?").click()
    tab.get_by_role("button", name="Save as a page").wait_for(timeout=WAIT_MS)


def test_an_uploaded_transcript_can_run_nothing(site, tab, tmp_path):
    """Markup in a transcript, a file name and a question stays text in every place that shows it."""
    path = tmp_path / "evil.json"
    turns = [{"speaker": HOSTILE, "text": f"{HOSTILE} lighthouse"}, {"speaker": "Ann", "text": "Indeed."}]
    path.write_text(json.dumps({"call_id": "evil-1", "title": HOSTILE, "date": "2026-01-02", "turns": turns}))
    dialogs: list[str] = []

    def close(dialog: Any) -> None:
        dialogs.append(dialog.message)
        dialog.dismiss()

    tab.on("dialog", close)
    open_page(tab, f"{site.address}workspace")
    tab.locator("input[type=file]").set_input_files(str(path))
    tab.get_by_text("evil.json").first.wait_for(timeout=WAIT_MS)
    tab.get_by_role("button", name="Read them").click()
    tab.get_by_text("1 files came in").wait_for(timeout=WAIT_MS)
    open_page(tab, f"{site.address}call?call=evil-1&turn=0")
    assert "<img src=x" in tab.locator(".turn.cited").first.inner_text()
    open_page(tab, f"{site.address}workspace?words=lighthouse")
    open_page(tab, f"{site.address}?q=%3Cimg+src%3Dx+onerror%3D%27window.owned%3D1%27%3E+why+do+we+lose+deals%3F")
    assert tab.evaluate("window.owned") is None
    assert dialogs == []


def test_a_plan_of_a_thousand_steps_can_be_read_and_used(site, tab):
    """It is folded to what fits a page, searched, and drawn with few boxes; how long that takes is printed."""
    wishes = json.dumps([["prefer", ["analyse_pipeline", []], "in_a_thousand_parts"]])
    begin = time.perf_counter()
    open_page(tab, f"{site.address}?q=Where+does+our+pipeline+stand%3F&wishes={wishes}")
    first = time.perf_counter() - begin
    begin = time.perf_counter()
    open_page(tab, f"{site.address}?q=Where+does+our+pipeline+stand%3F&wishes={wishes}")
    again = time.perf_counter() - begin
    assert tab.locator(".htn-plan details[open]").count() < 10
    box = tab.get_by_label("Search the tree")
    box.fill("Look at part 777")
    begin = time.perf_counter()
    box.press("Enter")
    tab.get_by_text("Look at part 777").first.wait_for(timeout=WAIT_MS)
    found = time.perf_counter() - begin
    begin = time.perf_counter()
    tab.get_by_role("button", name="Graph").or_(tab.get_by_role("radio", name="Graph")).first.click()
    tab.locator("[data-testid=stGraphVizChart] svg").wait_for(timeout=WAIT_MS)
    drawn = time.perf_counter() - begin
    assert tab.locator("[data-testid=stGraphVizChart] g.node").count() <= 60
    print(f"\n1,000 steps: first {first:.1f} s, again {again:.1f} s, search {found:.2f} s, graph {drawn:.2f} s")


def test_a_run_of_a_thousand_steps_of_another_application_is_shown(site, tab):
    """A run without a decomposition, of agents that the application does not know, has its steps, times and log."""
    plan = make_plan({f"s{number}": [f"s{number - 1}"] if number % 50 else [] for number in range(1000)})
    run = start_run(site.workspace, plan, reference(), title="A thousand toys")
    for view in ("Steps", "Gantt", "Agents", "Log"):
        begin = time.perf_counter()
        open_page(tab, f"{site.address}run?run={run}&view={view}")
        print(f"\n1,000 steps run, {view}: {time.perf_counter() - begin:.1f} s")
        assert tab.get_by_text("Do s999").count() or view in ("Agents", "Log")


def test_no_page_has_serious_barriers(site, tab):
    """Axe finds nothing serious on any page, in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe

    planner = EstatePlanner(site.workspace)
    planner.run(planner.plan(QUESTION, options={"depth": "quick"}), run_id="one").wait()
    planner.run(planner.plan("Where does our pipeline stand?", options={"depth": "quick"}), run_id="two").wait()
    call = planner.workspace.calls()[0].call_id
    addresses = ["", f"?q={QUESTION.replace(' ', '+')}", "runs", "run?run=one", "compare", "workspace", "estimates"]
    addresses += [f"run?run=one&view={view}" for view in ("Steps", "Gantt", "Tree", "Graph", "Why", "Agents", "Log")]
    addresses.append(f"call?call={call}&turn=3")
    found = {}
    for scheme in ("light", "dark"):
        tab.emulate_media(color_scheme=scheme)
        for address in addresses:
            open_page(tab, site.address + address)
            violations = Axe().run(tab).response["violations"]
            serious = [each for each in violations if each["impact"] in ("serious", "critical")]
            for each in serious:
                found[f"{scheme} {address} {each['id']}"] = [node["html"][:160] for node in each["nodes"]][:3]
    assert found == {}


def test_a_question_is_planned_with_the_keyboard_alone(site, tab):
    """From the first field on, Tab and Enter reach the plan."""
    open_page(tab, site.address)
    tab.get_by_label("Your question").focus()
    tab.keyboard.type("Where does our pipeline stand?")
    for _ in range(6):
        tab.keyboard.press("Tab")
        if tab.evaluate("document.activeElement.innerText") == "Plan it":
            break
    tab.keyboard.press("Enter")
    tab.get_by_role("heading", name="Approve").wait_for(timeout=WAIT_MS)
    settle(tab)
