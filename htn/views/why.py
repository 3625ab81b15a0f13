"""Why a step is there, as a panel: the chain of methods above it, what was tried instead, and what it waits for."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

from htn.views.style import STYLE

__all__ = ["why_html"]

FACTS = 3
"""Facts that are listed at once; the others are folded away."""


def why_html(reasons: Mapping[str, Any], *, applies: Mapping[str, str] | None = None) -> str:
    """Return the reasons for a step.

    Parameters
    ----------
    reasons : Mapping
        What `htn.plan.explain.reasons` returns.
    applies : Mapping, optional
        When methods apply, in a sentence, by method.

    Returns
    -------
    str
        HTML without scripts.

    Examples
    --------
    >>> known = {"step": {"id": "a", "task": "walk(<b>)", "description": ""}, "because": [
    ...     {"task": "travel(me)", "method": "on_foot", "relies_on": ["distance"],
    ...      "tried": [{"method": "by_taxi", "reason": "no cash"}]}], "relies_on": [], "waits_for": [], "criteria": []}
    >>> panel = why_html(known)
    >>> "walk(&lt;b&gt;)" in panel, "no cash" in panel
    (True, True)
    """
    step = reasons["step"]
    parts = [f"<p><strong>{escape(step['description'] or step['task'])}</strong></p>"]
    parts += [_above(above, applies or {}) for above in reasons["because"]]
    if reasons["waits_for"]:
        items = "".join(
            f"<li>{'uses the result of' if before['uses_result'] else 'comes after'} {escape(before['task'])}</li>"
            for before in reasons["waits_for"]
        )
        parts.append(f"<p>It waits for</p><ul>{items}</ul>")
    if reasons["criteria"]:
        names = ", ".join(escape(name.replace("_", " ")) for name in reasons["criteria"])
        parts.append(f"<p>Its result must meet: {names}</p>")
    return f'<div class="htn-plan">{STYLE}{"".join(parts)}</div>'


def _above(above: Mapping[str, Any], applies: Mapping[str, str]) -> str:
    if above["method"] is None:
        return f"<p>for {escape(above['task'])}, which held already</p>"
    method = above["method"]
    told = f"<p>because <strong>{escape(method)}</strong> was chosen for {escape(above['task'])}"
    told += f'<br><span class="soft">{escape(applies[method])}</span></p>' if applies.get(method) else "</p>"
    left = "".join(
        f'<div class="left">not {escape(str(tried["method"]))}: {escape(str(tried["reason"]))}</div>'
        for tried in above["tried"]
    )
    facts = above["relies_on"]
    relies = f'<div class="soft">relying on {escape(", ".join(facts[:FACTS]))}</div>' if facts else ""
    if len(facts) > FACTS:
        rest = escape(", ".join(facts[FACTS:]))
        relies += f'<details class="soft"><summary>and {len(facts) - FACTS} more facts</summary>{rest}</details>'
    return told + left + relies
