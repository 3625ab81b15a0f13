"""The difference of two plans: what was added, removed, reordered or kept, and why where that is known."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from htn.views.style import STYLE

__all__ = ["difference_html"]

SIGNS = {
    "added": "+",
    "removed": "−",
    "changed": "~",
    "reordered": "~",
    "wrong": "!",
    "abandoned": "!",
    "kept": "·",
    "finished": "✓",
}
"""A sign for each kind of change, the most telling first."""


def difference_html(rows: Sequence[Mapping[str, Any]]) -> str:
    """Return changes as a list, what stayed as it was folded away.

    Parameters
    ----------
    rows : sequence of Mapping
        For each step ``kind`` (a key of `SIGNS`), ``what`` and, where known, ``reason``. What is both removed and
        added is shown once, as changed: the step is done all the same, on other results than before.

    Returns
    -------
    str
        HTML without scripts.

    Examples
    --------
    >>> shown = difference_html([{"kind": "added", "what": "say <b>", "reason": "it failed"}])
    >>> "1 added" in shown, "say &lt;b&gt;" in shown
    (True, True)
    """
    rows = _paired(rows)
    found = {kind: [row for row in rows if row["kind"] == kind] for kind in SIGNS}
    counts = ", ".join(f"{len(some)} {kind}" for kind, some in found.items() if some)
    changed = [row for kind in SIGNS if kind not in ("kept", "finished") for row in found[kind]]
    same = [*found["finished"], *found["kept"]]
    body = f"<p><strong>{counts or 'There are no steps.'}</strong></p>"
    if rows and not changed:
        body += '<p class="soft">Nothing changes.</p>'
    body += _table(changed)
    if same:
        body += f"<details><summary>{len(same)} as they were</summary>{_table(same)}</details>"
    return f'<div class="htn-plan">{STYLE}{body}</div>'


def _paired(rows: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """Return the rows with each pair of a removed and an added step of the same words made one."""
    removed = Counter(row["what"] for row in rows if row["kind"] == "removed")
    added = Counter(row["what"] for row in rows if row["kind"] == "added")
    left = {"removed": removed & added, "added": removed & added}
    found: list[Mapping[str, Any]] = []
    for row in rows:
        pairs = left.get(row["kind"])
        if pairs is None or not pairs[row["what"]]:
            found.append(row)
            continue
        pairs[row["what"]] -= 1
        if row["kind"] == "added":
            reason = row.get("reason") or "it uses other results than before"
            found.append({**row, "kind": "changed", "reason": reason})
    return found


def _table(rows: Sequence[Mapping[str, Any]]) -> str:
    if not rows:
        return ""
    lines = []
    for row in rows:
        kind = row["kind"]
        sign = f'<span class="mark {kind}" title="{kind}">{SIGNS[kind]}</span> {kind}'
        what, reason = escape(str(row["what"])), escape(str(row.get("reason") or ""))
        lines.append(f'<tr><td class="kind">{sign}</td><td>{what}</td><td class="soft">{reason}</td></tr>')
    return f"<table><tbody>{''.join(lines)}</tbody></table>"
