"""The look that the HTML views share: one style sheet that takes text colour and background from the page around it."""

from __future__ import annotations

__all__ = ["MARKS", "STYLE", "state_class"]

MARKS = {
    "pending": "·",
    "planned": "·",
    "waiting": "?",
    "running": "▶",
    "recovering": "↻",
    "interrupted": "‖",
    "finished": "✓",
    "reused": "=",
    "failed": "✗",
    "skipped": "–",
}
"""A sign for each state of a step, so that none is told by colour alone."""

# The class keeps the rules to these elements: in a notebook the page belongs to others. Softer text and lines are mixed
# from the text colour around, so that light and dark pages need no rules of their own; the accents keep a contrast of
# three to one on both. Rules for tables name the class twice: notebooks have rules of their own for them.
STYLE = (
    "<style>.htn-plan{font-size:14px;line-height:1.5;--soft:color-mix(in srgb,currentColor 72%,transparent);"
    "--line:color-mix(in srgb,currentColor 18%,transparent);--tint:color-mix(in srgb,currentColor 6%,transparent);"
    "--blue:#3a7fc1;--green:#2f8f5b;--amber:#b27a1c;--red:#d04a4a;--grey:#888e97}"
    ".htn-plan details,.htn-plan .leaf,.htn-plan .empty{margin-left:1.1em}"
    ".htn-plan summary{cursor:pointer}.htn-plan summary:focus-visible{outline:2px solid var(--blue)}"
    ".htn-plan .leaf::before{content:'\\25CF';color:var(--blue);margin-right:.4em}"
    ".htn-plan .how,.htn-plan .soft{color:var(--soft)}.htn-plan .left{margin-left:1.1em;color:var(--soft)}"
    ".htn-plan .left::before{content:'\\2717\\00A0';color:var(--red)}"
    ".htn-plan mark{background:color-mix(in srgb,var(--amber) 40%,transparent);color:inherit}"
    ".htn-plan.htn-plan table{border-collapse:collapse;margin:.6em 0;width:100%;table-layout:auto}"
    ".htn-plan.htn-plan td,.htn-plan.htn-plan th{padding:.2em .8em .2em 0;text-align:left;vertical-align:top;"
    "border:0;border-bottom:1px solid var(--line);background:none}"
    ".htn-plan.htn-plan th{color:var(--soft);font-weight:600}"
    ".htn-plan.htn-plan .number{text-align:right;white-space:nowrap;"
    "font-variant-numeric:tabular-nums}"
    ".htn-plan .mark{display:inline-block;text-indent:0;width:1.3em;text-align:center;font-weight:700}"
    ".htn-plan .finished,.htn-plan .reused,.htn-plan .added{--at:var(--green)}"
    ".htn-plan .running{--at:var(--blue)}.htn-plan .failed,.htn-plan .removed,.htn-plan .wrong{--at:var(--red)}"
    ".htn-plan .waiting,.htn-plan .recovering,.htn-plan .interrupted{--at:var(--amber)}"
    ".htn-plan .reordered,.htn-plan .changed{--at:var(--amber)}"
    ".htn-plan .pending,.htn-plan .skipped,.htn-plan .kept,.htn-plan .abandoned{--at:var(--grey)}"
    ".htn-plan .mark{color:var(--at,inherit)}"
    ".htn-plan .kind{white-space:nowrap}.htn-plan ul{margin:.2em 0;padding-left:1.2em}</style>"
)


def state_class(state: str) -> str:
    """Return the class for a state: the state itself where it is known, since others come from outside.

    Examples
    --------
    >>> state_class("failed"), state_class('"><b>')
    ('failed', 'pending')
    """
    return state if state in MARKS else "pending"
