"""Pictures of plans: complete, fast, and harmless whatever the arguments say."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
import time
from html.parser import HTMLParser

import pytest

import htn.views
from htn.views.document import one_line
from htn.views.dot import graph_dot, tree_dot
from htn.views.html import plan_html, steps_html, tree_html
from htn.views.mermaid import graph_mermaid, tree_mermaid
from htn.views.page import plan_page
from htn.views.svg import graph_svg
from htn.views.text import steps_text, tree_text
from tests.views.plans import HOSTILE, chain, hostile, trip

EVERY_VIEW = [
    function
    for module in pkgutil.iter_modules(htn.views.__path__, "htn.views.")
    for name, function in inspect.getmembers(importlib.import_module(module.name), inspect.isfunction)
    if function.__module__ == module.name and list(inspect.signature(function).parameters)[:1] == ["document"]
    if name in importlib.import_module(module.name).__all__ and name != "walk"
]
"""Every public function of the package that draws a plan: a new one is tested by existing."""

IN_HTML = (tree_html, plan_html, steps_html, plan_page)
PLAIN = (tree_text, steps_text, graph_dot, tree_dot)
"""Views in whose formats a tag is text like any other."""


def test_the_text_tree_shows_methods_lines_and_reasons():
    """The whole picture of a small plan, sign by sign."""
    expected = """\
visit(me, who=Ann, when=noon)  by in_person
├─ travel(me, park)  by on_foot
│  │   not by_taxi: no money
│  ├─ walk(me, street)
│  └─ walk(me, park)
├─ at(me, park)
└─ talk(me)  open until its facts are known"""
    assert expected == tree_text(trip(), tried=True)
    assert expected.replace("│  │   not by_taxi: no money\n", "") == tree_text(trip())


def test_the_step_list_says_what_waits_for_what():
    """Steps are numbered in plan order, and each names the numbers before it."""
    expected = "1. walk(me, street)\n2. walk(me, park)  after 1\n3. talk(me)  after 1, 2  (open)"
    assert expected == steps_text(trip())


def test_the_mermaid_graph_leaves_out_implied_orderings():
    """Causal links are solid, orderings dotted, and an ordering that follows from others is not drawn."""
    expected = """\
flowchart LR
    s1["walk(me, street)"]
    s2["walk(me, park)"]
    s3["talk(me)"]
    s1 --> s2
    s2 -.-> s3"""
    assert expected == graph_mermaid(trip())


def test_the_dot_tree_has_a_shape_for_each_kind():
    """Steps are ellipses, open tasks dashed, the rest boxes; arrows go from a task to its subtasks."""
    expected = """\
digraph tree {
    node [shape=box];
    n1 [label="visit(me, who=Ann, when=noon)  by in_person"];
    n2 [label="travel(me, park)  by on_foot"];
    n3 [label="walk(me, street)", shape=ellipse];
    n4 [label="walk(me, park)", shape=ellipse];
    n5 [label="at(me, park)"];
    n6 [label="talk(me)  open until its facts are known", style=dashed];
    n1 -> n2;
    n1 -> n5;
    n1 -> n6;
    n2 -> n3;
    n2 -> n4;
}"""
    assert expected == tree_dot(trip())


class Reader(HTMLParser):
    """What a browser would make of HTML: which elements, which attributes, which text; and whether they nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""

    def handle_starttag(self, tag, attrs):
        """Note an element."""
        self.open.append(tag)
        self.elements.append(tag)
        self.attributes += attrs

    def handle_endtag(self, tag):
        """Close the innermost element, which must be this one."""
        assert tag == self.open.pop()

    def handle_data(self, data):
        """Note text."""
        self.text += data


@pytest.mark.parametrize("view", [tree_html, plan_html, steps_html, graph_svg])
def test_html_from_a_hostile_plan_has_only_our_elements(view):
    """No text from outside becomes an element or an attribute, and all of it is still there to read."""
    reader = Reader()
    reader.feed(view(hostile()))
    reader.close()
    ours = {"div", "style", "details", "summary", "span", "table", "thead", "tbody", "tr", "td", "th"}
    drawn = {"svg", "style", "g", "title", "rect", "text", "path"}
    assert set(reader.elements) <= (drawn if view is graph_svg else ours)
    names = {name for name, _ in reader.attributes}
    assert view is graph_svg or names <= {"class", "open", "scope"}
    assert not any(name.startswith("on") or name in ("href", "src") for name in names)
    assert reader.open == []
    assert (one_line(HOSTILE) if view is graph_svg else HOSTILE) in reader.text


def test_html_nests_as_the_tree_does():
    """Every element is closed in order and every compound task with subtasks folds."""
    reader = Reader()
    reader.feed(tree_html(trip()))
    reader.close()
    assert reader.open == []
    assert reader.elements.count("details") == 2


@pytest.mark.parametrize("view", [graph_mermaid, tree_mermaid])
def test_mermaid_labels_hold_nothing_that_mermaid_reads(view):
    """A label holds no quote, bracket, tag or Markdown, and a # only as an entity: it cannot end or start anything."""
    label = r'"(?:[^"<>`{}\[\]\\&*~$;#]|#\d+;)*"'
    shapes = rf"\[{label}\]|\(\[{label}\]\)|\{{\{{{label}\}}\}}"
    for line in view(hostile()).splitlines()[1:]:
        assert re.fullmatch(rf"    (?:[sn]\d+ (?:-->|-\.->) [sn]\d+|[sn]\d+(?:{shapes}))", line), line


@pytest.mark.parametrize("view", [graph_mermaid, tree_mermaid])
def test_mermaid_shows_the_text_that_was_given(view):
    """Reading the entities back gives the argument, so that escaping loses nothing."""
    shown = re.sub(r"#(\d+);", lambda entity: chr(int(entity[1])), view(hostile()))
    assert one_line(HOSTILE) in shown


@pytest.mark.parametrize("view", [graph_dot, tree_dot])
def test_dot_labels_are_single_quoted_strings(view):
    """Every line is one statement of ours; unescaping the label gives the argument back."""
    label = r'"((?:[^"\\]|\\.)*)"'
    found = []
    for line in view(hostile()).splitlines()[2:-1]:
        statement = re.fullmatch(rf"    [sn]\d+ (?:\[label={label}(?:, (?:style|shape)=\w+)?\]|-> [sn]\d+);", line)
        assert statement, line
        found.append(re.sub(r"\\(.)", r"\1", statement[1] or ""))
    assert any(one_line(HOSTILE) in text for text in found)


@pytest.mark.parametrize("view", [tree_text, steps_text])
def test_text_cannot_forge_lines_or_steer_the_terminal(view):
    """Line breaks and control signs in arguments are gone, so one node stays one line."""
    lines = view(hostile()).split("\n")
    assert all(line.isprintable() for line in lines)
    assert len(lines) == (2 if view is tree_text else 1)


@pytest.mark.parametrize("view", [tree_text, tree_html, tree_mermaid, tree_dot])
def test_every_node_appears_once(view):
    """A picture of a tree leaves no node out and shows none twice."""
    document = chain(30)
    picture = view(document)
    for node in document["tree"]["nodes"]:
        assert picture.count(f"{node['task']}({node['args'][0]})") == 1


def test_all_eight_pictures_are_tested():
    """The walk over the package finds the views; it would otherwise test nothing without a word."""
    assert {tree_text, steps_text, tree_html, plan_html, graph_mermaid, tree_mermaid, graph_dot, tree_dot} <= set(
        EVERY_VIEW
    )


@pytest.mark.parametrize("view", EVERY_VIEW)
def test_no_picture_lets_a_script_or_a_control_sign_through(view):
    """Whatever the format, a hostile argument arrives neither as an element nor as a sign that steers a terminal."""
    picture = view(hostile())
    assert all(line.isprintable() for line in picture.split("\n")) or view in IN_HTML
    assert "<script" not in picture.replace("<script>\nconst box", "") or view in PLAIN


@pytest.mark.parametrize("view", EVERY_VIEW)
def test_a_thousand_steps_are_drawn_in_a_moment(view):
    """A plan of 1,000 steps, 20,000 dependencies and 1,000 levels takes well under five seconds of the processor."""
    document = chain(1000)
    begin = time.process_time()
    picture = view(document)
    assert time.process_time() - begin < 5
    assert "999" in picture


@pytest.mark.parametrize("view", EVERY_VIEW)
def test_an_empty_plan_has_a_picture(view):
    """An empty plan is a plan: drawing it is no error."""
    assert isinstance(view({"tree": {"nodes": [], "roots": []}, "steps": []}), str)
    assert steps_text({"steps": []}) == "an empty plan: there is nothing to do"


@pytest.mark.parametrize(
    ("nodes", "roots", "message"),
    [
        ([], ["r"], "node r: it is missing"),
        ([{"id": "r", "task": "t", "args": [], "kind": "compound", "children": ["r"]}], ["r"], "two parents"),
    ],
)
def test_a_broken_tree_is_named_not_drawn_for_ever(nodes, roots, message):
    """A missing node or a cycle ends with the node's id."""
    with pytest.raises(ValueError, match=message):
        tree_text({"tree": {"nodes": nodes, "roots": roots}})


def test_steps_out_of_order_are_refused():
    """A graph whose steps are not in an order of execution is not drawn as if it were."""
    document = trip()
    document["steps"].reverse()
    with pytest.raises(ValueError, match="listed before a step that it depends on"):
        graph_dot(document)


def test_what_is_no_plan_is_refused():
    """Some other JSON gets a sentence instead of a KeyError."""
    with pytest.raises(ValueError, match="not a plan's JSON"):
        tree_text({"hello": 1})
