"""The page of a call: what was said, opened at the turn that a citation names."""

from __future__ import annotations

import streamlit as st

from domains.analysis.app.frame import guarded, planner, show_html
from domains.analysis.app.wording import html_text, link, plain
from domains.analysis.corpus.records import Call, Turn

AROUND = 4
ROLES = {"rep": "rep", "prospect": "prospect", "other": "neither side"}


@guarded
def show() -> None:
    """Show the page."""
    identity = st.query_params.get("call", "")
    workspace = planner().workspace
    call = next((each for each in workspace.calls() if each.call_id == identity), None)
    if call is None:
        st.title("Call")
        show_html(f"<p>There is no such call here. {link('workspace', 'The workspace')}</p>")
        return
    turns = workspace.turns(call.call_id)
    st.title(plain(call.title or f"Call {call.call_id}"))
    show_html(f'<p class="soft">{_facts(call, len(turns))}</p>')
    cited = _number(st.query_params.get("turn", ""))
    at = next((place for place, turn in enumerate(turns) if turn.idx == cited), None)
    if at is None:
        if cited is not None:
            st.warning(f"The call has no turn {cited}.")
        show_html("".join(_turn(turn, cited=False) for turn in turns))
        return
    near = turns[max(at - AROUND, 0) : at + AROUND + 1]
    show_html(f"<h3>Turn {cited}</h3>" + "".join(_turn(turn, cited=turn.idx == cited) for turn in near))
    with st.expander(f"The whole call, {len(turns)} turns"):
        show_html("".join(_turn(turn, cited=turn.idx == cited) for turn in turns))


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else None


def _facts(call: Call, turns: int) -> str:
    known = [
        call.date,
        f"account {call.account}" if call.account else None,
        f"rep {call.rep}" if call.rep else None,
        f"outcome {call.outcome}" if call.outcome else None,
        f"{turns} turns",
        f"call {call.call_id}",
    ]
    return " · ".join(html_text(each) for each in known if each)


def _turn(turn: Turn, *, cited: bool) -> str:
    who = turn.speaker or ROLES.get(turn.role, "side unknown")
    role = f" ({ROLES[turn.role]})" if turn.speaker and turn.role in ROLES else ""
    kind = "turn cited" if cited else "turn"
    return (
        f'<div class="{kind}" id="turn-{turn.idx}"><span class="soft">{turn.idx}</span> '
        f"<b>{html_text(who)}{role}</b> {html_text(turn.text)}</div>"
    )


if __name__ == "__main__":
    show()
