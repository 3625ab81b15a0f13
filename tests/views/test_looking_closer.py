"""Views for looking closer: folding, searching, states, the critical path, Gantt charts, differences, reasons."""

from __future__ import annotations

import random
import re
from itertools import pairwise

import networkx
import pytest

from htn.model import Domain, State, refuse
from htn.plan.diff import diff
from htn.plan.explain import reasons
from htn.planning import Solved, find_plan
from htn.views.difference import difference_html
from htn.views.dot import graph_dot
from htn.views.fold import folded
from htn.views.gantt import gantt_html
from htn.views.html import tree_html
from htn.views.layered import layers, routed
from htn.views.outcome import run_html
from htn.views.page import plan_page
from htn.views.svg import graph_svg
from htn.views.why import why_html
from tests.views.plans import HOSTILE, chain, node, step, trip


def interleaved(parts: int, each: int, seed: int) -> dict:
    """Return a plan whose parts' steps wait for each other across parts, at random."""
    choice = random.Random(seed)
    names = [(part, number) for part in range(parts) for number in range(each)]
    choice.shuffle(names)
    ids = [f"p{part}s{number}" for part, number in names]
    steps = [
        step(name, "do", name, after=tuple(choice.sample(ids[:place], min(place, 2))), causal=())
        for place, name in enumerate(ids)
    ]
    nodes = [node("r", "all", method="m", children=[f"p{part}" for part in range(parts)])]
    for part in range(parts):
        below = [f"p{part}s{number}" for number in range(each)]
        nodes.append(node(f"p{part}", "part", part, method="m", children=below))
        nodes += [node(name, "do", name, kind="primitive") for name in below]
    return {"tree": {"nodes": nodes, "roots": ["r"]}, "steps": steps}


@pytest.mark.parametrize("seed", range(20))
def test_a_folded_plan_holds_every_step_once_and_keeps_every_order(seed):
    """Parts share out the steps, stand in an order that has no cycle, and wait for each other as their steps do."""
    plan = interleaved(5, 6, seed)
    parts = folded(plan, 7)["steps"]
    place = {member: part["id"] for part in parts for member in part["members"]}
    assert len(parts) <= 7
    assert sorted(place) == sorted(each["id"] for each in plan["steps"])
    graph = networkx.DiGraph([(before, part["id"]) for part in parts for before in part["dependencies"]])
    graph.add_nodes_from(part["id"] for part in parts)
    assert networkx.is_directed_acyclic_graph(graph)
    wanted = {(place[before], place[each["id"]]) for each in plan["steps"] for before in each["dependencies"]}
    assert {pair for pair in wanted if pair[0] != pair[1]} == set(graph.edges)


def test_a_thousand_steps_fold_to_a_picture_that_can_be_read():
    """However deep the tree, at most the wanted number of boxes is left, and their sizes add up."""
    parts = folded(chain(1000), 40)["steps"]
    assert len(parts) <= 40
    assert sum(len(part["members"]) for part in parts) == 1000
    assert graph_svg({"steps": parts}).count("<rect") == len(parts)


def test_a_small_plan_is_left_as_it_is():
    """Folding what can be read already would only hide it."""
    assert [each["id"] for each in folded(trip())["steps"]] == ["w1", "w2", "d"]


@pytest.mark.parametrize("seed", range(10))
def test_every_link_leads_to_a_later_layer(seed):
    """A drawn graph is read from left to right: nothing leads backwards, and every box has its place."""
    choice = random.Random(seed)
    links = [(a, b) for b in range(30) for a in range(b) if choice.random() < 0.1]
    found = layers(30, links)
    column = {box: number for number, boxes in enumerate(found) for box in boxes}
    assert sorted(column) == list(range(30))
    assert all(column[a] < column[b] for a, b in links)


@pytest.mark.parametrize("seed", range(10))
def test_a_link_that_passes_a_layer_has_a_place_in_it(seed):
    """Each piece of a route leads from one layer to the next, so that no line runs through a box."""
    choice = random.Random(seed)
    links = [(a, b) for b in range(25) for a in range(b) if choice.random() < 0.12]
    routes, total = routed(25, links)
    assert [(route[0], route[-1]) for route in routes] == links
    column = {
        box: number
        for number, boxes in enumerate(layers(total, [pair for route in routes for pair in pairwise(route)]))
        for box in boxes
    }
    assert all(column[b] == column[a] + 1 for route in routes for a, b in pairwise(route))


def test_ordering_within_layers_removes_crossings_that_need_not_be():
    """Six chains side by side, given in a scrambled order, can be drawn without a crossing, and are."""
    order = [3, 0, 5, 1, 4, 2]
    links = [(start, 6 + end) for end, start in enumerate(order)] + [(6 + end, 12 + end) for end in range(6)]
    found = layers(18, links)
    row = {box: number for boxes in found for number, box in enumerate(boxes)}
    assert all(row[a] == row[b] for a, b in links)


def test_a_search_shows_what_holds_the_words_with_all_above_it():
    """What is found is marked; branches without it are left out; the way down to it is unfolded."""
    shown = tree_html(trip(), search="STREET")
    assert "walk(me, <mark>street</mark>)" in shown
    assert "visit(me" in shown
    assert "talk(me)" not in shown
    assert shown.count("<details open>") == 2


def test_a_search_without_a_hit_says_so():
    """Nothing found is an answer, and what was looked for stays text."""
    assert "holds “&lt;b&gt;”" in tree_html(trip(), search="<b>")


def test_a_large_tree_is_folded_and_a_small_one_open():
    """A thousand steps are shown as a few lines to unfold."""
    assert tree_html(chain(1000)).count("<details open>") == 2
    assert tree_html(trip()).count("<details>") == 0


def test_the_critical_path_is_bold_in_every_drawing_that_has_lines():
    """Both steps of the path and the line between them stand out, and nothing else."""
    picture = graph_svg(trip(), critical=["w1", "w2"])
    assert len(re.findall(r'<g class="critical', picture)) == 2
    assert len(re.findall(r'<path class="critical"', picture)) == 1
    dot = graph_dot(trip(), critical=["w1", "w2"])
    assert dot.count("penwidth=3") == 2
    assert dot.count("penwidth=2.5") == 1


def test_bars_stand_where_the_figures_say():
    """Each bar starts and ends at its share of the whole time."""
    rows = [{"label": HOSTILE, "state": "finished", "planned": [0, 2], "actual": [1, 8], "critical": True}]
    chart = gantt_html(rows, now=10)
    assert "left:0%;width:20%" in chart
    assert "left:10%;width:70%" in chart
    assert "left:100%" in chart
    assert "<script" not in chart


def test_a_state_from_outside_is_no_class():
    """An unknown state is shown as pending: it comes from a file and could be anything."""
    assert HOSTILE not in gantt_html([{"label": "x", "state": HOSTILE}])
    status = {"task": "t", "description": "", "status": HOSTILE, "agent": None, "actual": None}
    assert "<script" not in run_html({"sentence": HOSTILE, "progress": 0.1, "elapsed": 1.0, "steps": [status]})


def planned(*keys: str):
    """Return a plan that puts keys in order."""
    domain = Domain("d")

    @domain.operator
    def put(state, key):
        state.at[key] = True
        return state

    @domain.method("both")
    def by_air(state):
        return refuse("no <wings>")

    @domain.method("both")
    def one_by_one(state):
        return [("put", key) for key in keys]

    outcome = find_plan(domain, State(at={}), [("both",)])
    assert isinstance(outcome, Solved)
    return outcome.plan


def test_a_difference_shows_what_came_and_went():
    """Added and removed steps are listed, those that stay are folded away."""
    found = diff(planned("a", "b"), planned("b", "c"))
    page = found._repr_html_()
    assert "1 added, 1 removed, 1 kept" in page
    assert "<details><summary>1 as they were</summary>" in page
    assert "Nothing changes" in difference_html([{"kind": "kept", "what": "x"}])


def test_a_step_that_only_works_on_other_results_is_not_shown_twice():
    """Removed and added under the same words is one change; a second one of the same words stays what it is."""
    rows = [{"kind": kind, "what": "sum up"} for kind in ("removed", "added", "added")]
    assert "1 added, 1 changed" in difference_html(rows)


def test_the_panel_says_which_method_and_what_was_refused():
    """The chain of methods above a step stands there with the reasons, as text."""
    plan = planned("a", "b")
    panel = why_html(reasons(plan, plan.steps[1].id), applies={"one_by_one": "Applies <always>."})
    assert "<strong>one_by_one</strong> was chosen for both()" in panel
    assert "not by_air: no &lt;wings&gt;" in panel
    assert "Applies &lt;always&gt;." in panel


def test_the_panel_explains_a_compound_task_too():
    """What was chosen and refused for a task itself is told first."""
    plan = planned("a", "b")
    known = reasons(plan, plan.tree.roots[0])
    assert known["because"][0]["tried"][0]["reason"] == "no <wings>"
    assert "<strong>both()</strong>" in why_html(known)


@pytest.mark.parametrize("solvable", [True, False])
def test_an_outcome_shows_itself_in_a_notebook(solvable):
    """What planning came to is said in words, with the plan when there is one."""
    domain = Domain("d")

    @domain.operator
    def put(state, key):
        return state if solvable else refuse("not <here>")

    page = find_plan(domain, State(), [("put", "a")])._repr_html_()
    assert ("put(a)" in page) == solvable
    assert ("not &lt;here&gt;" in page) != solvable


def test_a_page_lets_only_its_own_script_run():
    """The policy names the hash of the one script, so that anything else would be refused by the browser."""
    page = plan_page(trip(), HOSTILE)
    assert page.count("<script") == 1
    assert re.search(r"script-src 'sha256-[\w+/]{43}='", page)
