"""What else could be done where a run waits: the alternatives with what they take, to be picked."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from domains.analysis.alternatives import Offer, offers
from domains.analysis.app.wording import plain
from htn.execution.approvals import Approval
from htn.execution.wishes import Wish
from htn.views.amounts import duration_text

__all__ = ["other_way"]


def other_way(workspace: Path, question: Approval) -> Wish | None:
    """Offer what could be done instead of a step, and return what a person picks; None until then."""
    if not st.toggle("What else could be done", key=f"ways-{question.key}"):
        return None
    planned, *others = _offers(workspace, question)
    if not others:
        st.caption("Every plan for this question needs this step.")
        return None
    numbers = [offer.number for offer in others]
    ways = {offer.number: offer for offer in (planned, *others)}
    picked = st.radio(
        f"Instead of this ({_takes(planned)})",
        numbers,
        format_func=lambda number: f"{plain(ways[number].sentence)} ({_takes(ways[number])})",
        key=f"way-{question.key}",
    )
    if picked is None or not st.button("Do that instead", key=f"pick-{question.key}"):
        return None
    return ways[picked].alternative.wish


def _offers(workspace: Path, question: Approval) -> list[Offer]:
    """Return the alternatives, found once for a question: the page looks at the run every second."""
    known = st.session_state.setdefault("other-ways", {})
    where = (question.run_id, question.key)
    if where not in known:
        known[where] = offers(workspace, question.run_id, question.step_id)
    found: list[Offer] = known[where]
    return found


def _takes(offer: Offer) -> str:
    count = len(offer.alternative.steps)
    return f"{count} step{'' if count == 1 else 's'} left, about {duration_text(offer.alternative.seconds)}"
