"""The page of all runs of the workspace, those that wait for somebody first."""

from __future__ import annotations

import streamlit as st

from domains.analysis.app.frame import frame, guarded, remark, show_html
from domains.analysis.app.waiting import waiting
from domains.analysis.app.wording import chip, html_text, link, short, when
from htn.execution.approvals import waiting_approvals
from htn.execution.lock import WorkspaceLock
from htn.execution.records import RunRecord
from htn.execution.runs import list_runs
from htn.views.amounts import duration_text

PAGE = 50
LOOK_S = 3.0


@guarded
def show() -> None:
    """Show the page."""
    st.title("Runs")
    now = frame()

    @st.fragment(run_every=LOOK_S)
    def look() -> None:
        records = list_runs(now.workspace)
        queued = waiting(now.workspace)
        if not records and not queued:
            show_html(f"<p>There are no runs yet. {link('ask', 'Ask a question')}, or use the command line.</p>")
            return
        shown = records
        if len(records) > 8:
            search = st.text_input("Search the questions", key="search", bind="query-params").casefold()
            shown = [record for record in records if search in record.title.casefold()]
        if len(shown) > PAGE:
            remark(f"The latest {PAGE} of {len(shown)} runs; search for earlier ones.")
        asked = {question.run_id for question in waiting_approvals(now.workspace)} if records else set()
        alive = WorkspaceLock(now.workspace).holder() is not None
        rows = [
            f"<tr><td>{chip('queued')}</td><td>{link('run', short(entry.title or entry.run_id, 140), run=entry.run_id)}"
            '</td><td class="figure wide"></td><td class="figure"></td></tr>'
            for entry in queued
        ]
        rows += [_row(record, asked, alive) for record in sorted(shown[:PAGE], key=lambda run: run.run_id not in asked)]
        head = '<th scope="col">state</th><th scope="col">question</th>'
        head += '<th scope="col" class="figure wide">started</th><th scope="col" class="figure">took</th>'
        show_html(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")

    look()


def _row(record: RunRecord, asked: set[str], alive: bool) -> str:
    state = record.status
    if record.run_id in asked:
        state = "waiting"
    elif record.finished is None and not alive:
        state = "interrupted"
    took = "" if record.finished is None else duration_text(record.finished - record.created)
    name = link("run", short(record.title or record.run_id, 140), run=record.run_id)
    told = ' <span class="soft">waits for your approval</span>' if record.run_id in asked else ""
    forked = f' <span class="soft">from {html_text(record.forked_from)}</span>' if record.forked_from else ""
    return (
        f"<tr><td>{chip(state)}</td><td>{name}{told}{forked}</td>"
        f'<td class="figure wide">{when(record.created)}</td><td class="figure">{took}</td></tr>'
    )


if __name__ == "__main__":
    show()
