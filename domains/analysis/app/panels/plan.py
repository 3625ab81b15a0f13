"""A plan from all sides: tree with search, graph with the critical path, steps, and why each node is there."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

import streamlit as st

from domains.analysis.app.frame import remark
from domains.analysis.app.wording import short
from domains.analysis.domain import in_words
from htn.model import Domain
from htn.model.values import freeze
from htn.plan import Plan
from htn.plan.explain import reasons
from htn.plan.tree import Node
from htn.views.dot import graph_dot
from htn.views.fold import folded
from htn.views.html import steps_html, tree_html
from htn.views.why import why_html

__all__ = ["node_text", "show_graph", "show_plan", "show_tree", "show_why", "words"]

MOST_BOXES = 60
INK = {"dark": "#e3e7ec", "light": "#1c2128"}


def words(argument: Any) -> str:
    """Return an argument, as JSON data, as people write it."""
    return in_words(freeze(argument))


def node_text(node: Node, most: int = 90) -> str:
    """Return a node's task as people read it."""
    return short(f"{node.task}({', '.join(map(in_words, node.args))})", most)


def show_plan(plan: Plan, domain: Domain, *, critical: Mapping[str, float] | None = None) -> None:
    """Show a plan; the side that is looked at stays in the address.

    Parameters
    ----------
    plan : Plan
        The plan.
    domain : Domain
        Whose methods say when they apply.
    critical : Mapping, optional
        In which share of simulated runs the end hangs on a step, by id.
    """
    sides = ("Tree", "Graph", "Steps", "Why")
    side = st.segmented_control(
        "Show the plan as", sides, default="Tree", required=True, key="side", bind="query-params"
    )
    document = plan.to_json()
    if side == "Graph":
        show_graph(document, critical=critical)
    elif side == "Steps":
        st.html(steps_html(document))
    elif side == "Why":
        show_why(plan, domain)
    else:
        show_tree(document)


@st.fragment
def show_tree(document: Mapping[str, Any], states: Mapping[str, str] | None = None) -> None:
    """Show the decomposition, with a search when it is not small."""
    search = None
    if len(document["tree"]["nodes"]) > 12:
        search = st.text_input("Search the tree", key="tree_search", placeholder="a task, a method, a name")
    st.html(tree_html(document, search=search, states=states, words=words, described=True))


def show_graph(
    document: Mapping[str, Any],
    *,
    critical: Mapping[str, float] | None = None,
    states: Mapping[str, str] | None = None,
) -> None:
    """Show what waits for what, the likeliest critical path in bold; a large plan folded to its parts."""
    parts = folded(document, MOST_BOXES)
    if len(parts["steps"]) < len(document["steps"]):
        remark(f"{len(document['steps'])} steps in {len(parts['steps'])} parts; the tree shows each step.")
    likely = [step for step, share in (critical or {}).items() if share >= 0.5]
    theme = st.context.theme.type or "light"
    drawn = graph_dot(parts, critical=likely, states=states, ink=INK[theme], wrap=19, direction="TB")
    st.graphviz_chart(drawn, width="content")
    remark("Solid: a result is handed over. Dotted: an order only. Bold: decides the end in most simulated runs.")


@st.fragment
def show_why(plan: Plan, domain: Domain | None = None) -> None:
    """Show why a node, of the reader's choice, is there: the methods above it and what was left instead."""
    nodes = plan.tree.nodes
    described = {step.id: step.description for step in plan.steps}
    named = st.query_params.get("node", "")
    # Unless the address says which, one is shown first for which something else was tried.
    usual = next((place for place, node in enumerate(nodes.values()) if node.tried), 0)
    place = list(nodes).index(named) if named in nodes else usual
    chosen = st.selectbox("Why is this here?", list(nodes), place, partial(_choice, nodes, described))
    if chosen is None:
        st.info("The plan is empty.")
        return
    st.query_params["node"] = chosen
    known = reasons(plan, chosen, in_words)
    applies = {}
    for node in (nodes[chosen], *plan.tree.ancestors(chosen)):
        if node.method is not None and domain is not None:
            applies[node.method] = domain.find_method(node.task, node.method).applies
    st.html(why_html(known, applies=applies))


def _choice(nodes: Mapping[str, Node], described: Mapping[str, str], identity: str) -> str:
    return short(described.get(identity) or node_text(nodes[identity]))
