"""The page that compares two runs: their answers, their times, their plans."""

from __future__ import annotations

import streamlit as st

from domains.analysis.app.frame import Frame, frame, guarded, show_html
from domains.analysis.app.wording import chip, html_text, link, short, when
from htn.execution.artifacts import ArtifactStore
from htn.execution.journal import Journal
from htn.execution.records import PlanRecord
from htn.execution.runs import list_runs, show_run
from htn.execution.tracking import RunStatus
from htn.plan import Plan
from htn.plan.diff import diff
from htn.views.amounts import duration_text


@guarded
def show() -> None:
    """Show the page."""
    st.title("Compare two runs")
    now = frame()
    titles = {
        run.run_id: f"{short(run.title or run.run_id, 70)} ({when(run.created)})" for run in list_runs(now.workspace)
    }
    if len(titles) < 2:
        show_html(f"<p>It takes two runs. {link('ask', 'Ask a question')}</p>")
        return
    identities = list(titles)
    left, right = st.columns(2)
    first = left.selectbox("Run", identities, _place(identities, "a", 1), titles.__getitem__)
    second = right.selectbox("with run", identities, _place(identities, "b", 0), titles.__getitem__)
    st.query_params.update({"a": first, "b": second})
    if first == second:
        st.info("This is the same run twice.")
        return
    both = [_read(now, identity) for identity in (first, second)]
    show_html(f'<div class="columns">{"".join(_card(status, claims) for status, _, claims in both)}</div>')
    _plans(both[0][1], both[1][1])


def _place(identities: list[str], parameter: str, usual: int) -> int:
    """Return the place of the run that the address names."""
    named = st.query_params.get(parameter, "")
    return identities.index(named) if named in identities else usual


def _read(now: Frame, identity: str) -> tuple[RunStatus, PlanRecord, list[dict[str, str]]]:
    status = show_run(now.workspace, identity)
    answer: dict[str, object] = {}
    with Journal(now.workspace, readonly=True) as journal:
        plan = journal.plan(identity, status.run.revision)
        store = ArtifactStore(journal)
        for step in status.steps:
            if step.type == "ReviewedAnswer" and step.artifact is not None:
                answer = dict(store.get(step.artifact).document)
    claims = [{"claim": str(answer.get("headline", "")), "strength": ""}] if answer else []
    found = answer.get("findings", [])
    claims += [{"claim": each["claim"], "strength": each["strength"]} for each in found if isinstance(found, list)]  # type: ignore[attr-defined]
    return status, plan, claims


def _card(status: RunStatus, claims: list[dict[str, str]]) -> str:
    record = status.run
    totals = record.context.get("analysis_plan", {}).get("estimate", {}).get("totals", {}).get("seconds")
    expected = f", expected {duration_text(totals['p50'])}" if totals else ""
    tries = sum(step.attempts for step in status.steps)
    name = link("run", short(record.title or record.run_id, 140), run=record.run_id)
    told = f"{when(record.created)} · {duration_text(status.elapsed)}{expected}"
    told += f" · {len(status.steps)} steps, {tries} tries"
    lines = [f"<p>{chip(record.status)} {name}</p>", f'<p class="soft">{told}</p>']
    if claims:
        lines.append(f"<p><strong>{html_text(claims[0]['claim'])}</strong></p>")
        items = "".join(f"<li>{html_text(item['claim'])} {chip(item['strength'])}</li>" for item in claims[1:])
        lines.append(f"<details><summary>{len(claims) - 1} findings</summary><ul>{items}</ul></details>")
    else:
        lines.append('<p class="soft">No answer.</p>')
    return f"<div>{''.join(lines)}</div>"


def _plans(first: PlanRecord, second: PlanRecord) -> None:
    st.header("Their plans")
    if "tree" not in first.document or "tree" not in second.document:
        st.info("These plans cannot be compared: one has no decomposition.")
        return
    found = diff(Plan.from_json(first.document), Plan.from_json(second.document))
    st.html(found._repr_html_())


if __name__ == "__main__":
    show()
