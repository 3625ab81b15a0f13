"""The page on estimates: how well past runs kept to them."""

from __future__ import annotations

import streamlit as st

from domains.analysis.app.frame import Frame, frame, guarded, show_html
from domains.analysis.app.kept_to import OperatorRecord, RunRecordOfTime, operator_records, run_records
from domains.analysis.app.panels.estimate import tiles_html
from domains.analysis.app.wording import chip, html_text, link, short
from htn.execution.approvals import approvals_of
from htn.execution.journal import Journal
from htn.execution.runs import list_runs, show_run
from htn.execution.tracking import RunStatus
from htn.views.gantt import duration_text

LATEST = 60
NOMINAL = 0.8


@guarded
def show() -> None:
    """Show the page."""
    st.title("Estimates")
    now = frame()
    statuses = _statuses(now, _undisturbed(now)[:LATEST])
    runs = run_records(statuses)
    if not runs:
        show_html(f"<p>No run has been completed yet. {link('ask', 'Ask a question')}</p>")
        return
    within = sum(record.within for record in runs)
    total = sum(record.took for record in runs) / sum(record.expected for record in runs)
    show_html(
        "<p>How long runs took, beside what their plans had said before. Intervals are meant to hold 8 runs of 10.</p>"
        + tiles_html(
            [
                ("within their interval", f"{within} of {len(runs)}", f"meant: {NOMINAL:.0%}"),
                ("took, for each second expected", f"{total:.2f} s", "over all these runs"),
            ]
        )
    )
    st.header("Runs")
    show_html(_run_table(runs))
    st.header("Operators")
    show_html(_operator_table(operator_records(statuses)))


def _undisturbed(now: Frame) -> list[str]:
    """Return the runs that were over in one go: neither resumed nor held up by a person, which says nothing of work."""
    over = [run.run_id for run in list_runs(now.workspace) if run.finished is not None]
    if not over:
        return []
    with Journal(now.workspace, readonly=True) as journal:
        asked = {question.run_id for question in approvals_of(journal)}
        sessions = {run_id: journal.session(run_id) for run_id in over}
    return [r for r in over if r not in asked and sessions[r].session == 1 and sessions[r].launches <= 1]


def _statuses(now: Frame, identities: list[str]) -> list[RunStatus]:
    """Return where runs that are over stand; each is read once, since it changes no more."""
    return [_status(str(now.workspace), identity) for identity in identities]


@st.cache_resource(max_entries=200, show_spinner=False)
def _status(workspace: str, identity: str) -> RunStatus:
    return show_run(workspace, identity)


def _run_table(runs: list[RunRecordOfTime]) -> str:
    end = max(max(record.high, record.took) for record in runs)
    rows = []
    for record in runs:
        low, high = 100 * record.low / end, 100 * record.high / end
        bar = (
            '<div class="load" style="position:relative">'
            f'<span style="position:absolute;left:{low:.2f}%;width:{high - low:.2f}%;background:var(--grey)"></span>'
            f'<span style="position:absolute;left:calc({100 * record.took / end:.2f}% - 2px);width:4px;'
            'top:-.2rem;height:.9rem;background:var(--amber)"></span></div>'
        )
        verdict = chip("within", "finished") if record.within else chip("outside", "waiting")
        rows.append(
            f"<tr><td>{link('run', short(record.title, 80), run=record.run_id)}</td><td>{verdict}</td>"
            f'<td class="wide" style="width:30%">{bar}</td>'
            f'<td class="figure">{duration_text(record.low)} to {duration_text(record.high)}</td>'
            f'<td class="figure">{duration_text(record.took)}</td></tr>'
        )
    head = '<th scope="col">run</th><th scope="col"></th><th scope="col" class="wide">interval, and what it took</th>'
    head += '<th scope="col" class="figure">interval</th><th scope="col" class="figure">took</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _operator_table(records: list[OperatorRecord]) -> str:
    rows = "".join(
        f'<tr><td>{html_text(record.task.replace("_", " "))}</td><td class="figure">{record.count}</td>'
        f'<td class="figure">{duration_text(record.expected)}</td><td class="figure">{duration_text(record.took)}</td>'
        f'<td class="figure">{record.ratio:.2f}</td></tr>'
        for record in records
    )
    names = ("steps", "expected", "took", "took / expected")
    head = '<th scope="col">operator</th>' + "".join(f'<th scope="col" class="figure">{name}</th>' for name in names)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


if __name__ == "__main__":
    show()
