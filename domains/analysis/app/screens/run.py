"""The page of a run: where it stands, what it waits for, what came of it; whoever started it, and wherever."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from domains.analysis.app.carrier import ensure_carrier
from domains.analysis.app.frame import Frame, frame, go, guarded, planner, remark, show_html
from domains.analysis.app.panels.other_ways import other_way
from domains.analysis.app.panels.progress import SIDES, show_head, show_side
from domains.analysis.app.panels.report import report_html
from domains.analysis.app.waiting import drop, refusal, submit_resume, waiting
from domains.analysis.app.wording import chip, html_text, link, plain, when
from htn.execution.approvals import Approval, answer_question, answer_with_wishes, waiting_approvals
from htn.execution.artifacts import ArtifactStore
from htn.execution.errors import EmptyJournalError, UnknownRunError
from htn.execution.journal import Journal
from htn.execution.runs import cancel_run, list_runs, show_run
from htn.execution.tracking import ExecutionTracker, RunStatus

if TYPE_CHECKING:
    from htn.execution.records import PlanRecord

LOOK_S = 1.0

ANSWERS = {
    "yes": "Approve",
    "no": "Refuse",
    "retry": "Try again",
    "without": "Go on without it",
    "give_up": "End the run",
}


@guarded
def show() -> None:
    """Show the page."""
    now = frame()
    run_id = st.query_params.get("run", "")
    if _is_known(now, run_id):
        _show_run(now, run_id)
    elif any(entry.run_id == run_id for entry in waiting(now.workspace)):
        _show_queued(now, run_id)
    else:
        st.title("Run")
        why = refusal(now.workspace, run_id) if run_id.replace("-", "").isalnum() else None
        if why is not None:
            st.error(plain(f"The plan was approved, but could not be begun: {why}"))
        show_html(f"<p>There is no such run here. {link('runs', 'All runs')}</p>")


def _is_known(now: Frame, run_id: str) -> bool:
    try:
        with Journal(now.workspace, readonly=True) as journal:
            journal.run(run_id)
    except (UnknownRunError, EmptyJournalError):
        return False
    return True


def _show_queued(now: Frame, run_id: str) -> None:
    entry = next((each for each in waiting(now.workspace) if each.run_id == run_id), None)
    st.title(plain(entry.title) if entry is not None else "Run")
    show_html(f"<p>{chip('queued')} Approved by {html_text(entry.by if entry else '')}; it begins in a moment.</p>")

    @st.fragment(run_every=LOOK_S)
    def look() -> None:
        if not any(each.run_id == run_id for each in waiting(now.workspace)):
            st.rerun()
        ensure_carrier(now.workspace)
        try:
            busy = next((run for run in list_runs(now.workspace) if run.finished is None), None)
        except OSError:
            busy = None
        if busy is not None:
            show_html(f'<p class="soft">Before it: {link("run", busy.title or busy.run_id, run=busy.run_id)}</p>')
        if now.person.may("approve") and st.button("Do not run it"):
            drop(now.workspace, run_id)
            go("runs")

    look()


def _show_run(now: Frame, run_id: str) -> None:
    status = show_run(now.workspace, run_id)
    record = status.run
    st.title(plain(record.title or run_id))
    state = "interrupted" if status.interrupted and record.status == "running" else record.status
    asked = record.context.get("analysis_plan", {}).get("assessment", {}).get("analysis")
    parts = [chip(state), f"run {html_text(run_id)}", f"started {when(record.created)}"]
    if asked:
        parts.insert(1, f"{html_text(asked)} analysis")
    if record.forked_from:
        parts.append(f"from {link('run', record.forked_from, run=record.forked_from)}")
    show_html(f'<p class="soft">{" · ".join(parts)}</p>')
    why = refusal(now.workspace, run_id)
    if why is not None and record.finished is None:
        st.error(plain(f"It could not be gone on with: {why}"))
    over = record.finished is not None
    if over:
        _over(now, status)
        return
    _live(now, run_id)


def _live(now: Frame, run_id: str) -> None:
    @st.fragment(run_every=LOOK_S)
    def look() -> None:
        with ExecutionTracker(now.workspace, run_id) as tracker:
            status = tracker.status()
            if status.run.finished is not None:
                st.rerun()
            st.write(plain(status.sentence))
            show_head(status)
            _approvals(now, status)
            _buttons(now, status)
            side = _side("live", (*SIDES, "Results"))
            if side == "Results":
                _results(now, run_id, status)
            else:
                with Journal(now.workspace, readonly=True) as journal:
                    plan = journal.plan(run_id, status.run.revision)
                show_side(side, plan.document, plan.steps, status, tracker.new_events(), planner().domain)

    look()


def _side(key: str, sides: tuple[str, ...]) -> str:
    side = st.segmented_control(
        "Look at", sides, default=sides[0], required=True, key=key, bind="query-params", label_visibility="collapsed"
    )
    return str(side)


def _approvals(now: Frame, status: RunStatus) -> None:
    asked = waiting_approvals(now.workspace, status.run.run_id)
    names = {step.id: step.description or step.task for step in status.steps}
    for question in asked:
        with st.container(border=True):
            _approval(now, question, names.get(question.step_id, question.step_id), in_hand=status.pid is not None)


def _approval(now: Frame, question: Approval, name: str, *, in_hand: bool) -> None:
    st.write(f"**{plain(name)}** waits for {question.wanted}: {plain(question.reason)}")
    if question.deadline is not None:
        remark(f"Without an answer by {when(question.deadline)}, it counts as {question.fallback.replace('_', ' ')}.")
    if not now.person.may("approve"):
        remark("Only people with the right to approve may answer; roles.toml of the workspace names them.")
        return
    note = st.text_input("Note (kept with the answer)", key=f"note-{question.key}", max_chars=2000)
    given: str | None = None
    for place, choice in zip(st.columns([1] * len(question.choices) + [4]), question.choices, strict=False):
        kind: Literal["primary", "secondary"] = "primary" if choice == question.choices[0] else "secondary"
        if place.button(ANSWERS[choice], key=f"{choice}-{question.key}", type=kind):
            given = choice
    instead = other_way(now.workspace, question)
    if given is not None or instead is not None:
        if instead is not None:
            wishes, who = [instead], now.person.name
            answer_with_wishes(now.workspace, question.run_id, question.step_id, wishes, by=who, note=note)
        elif given is not None:
            answer_question(now.workspace, question, given, by=now.person.name, note=note)
        if not in_hand:
            submit_resume(now.workspace, question.run_id, by=now.person.name)
            ensure_carrier(now.workspace)
        st.rerun()


def _buttons(now: Frame, status: RunStatus) -> None:
    if not now.person.may("approve"):
        return
    run_id = status.run.run_id
    queued = any(entry.run_id == run_id for entry in waiting(now.workspace))
    if status.interrupted and not status.waiting:
        if st.button("Go on", type="primary", disabled=queued, help="Finished steps are not done again"):
            _resume(now, run_id)
    elif not status.run.cancel_requested and st.button("Cancel the run"):
        cancel_run(now.workspace, run_id)
        st.rerun()


def _resume(now: Frame, run_id: str) -> None:
    submit_resume(now.workspace, run_id, by=now.person.name)
    ensure_carrier(now.workspace)
    st.toast("Going on …")


def _over(now: Frame, status: RunStatus) -> None:
    run_id = status.run.run_id
    st.write(plain(status.sentence))
    if status.run.status in ("failed", "cancelled") and now.person.may("approve") and st.button("Go on with it"):
        _resume(now, run_id)
        _wait_for_life(now, run_id)
    side = _side("view", ("Report", *SIDES, "Results"))
    if side == "Report":
        _report(now, run_id)
        return
    if side == "Results":
        _results(now, run_id, status)
        return
    with Journal(now.workspace, readonly=True) as journal:
        plan: PlanRecord = journal.plan(run_id, status.run.revision)
        events = journal.events(run_id)
    if side == "Steps":
        show_head(status)
    show_side(side, plan.document, plan.steps, status, events, planner().domain)


def _wait_for_life(now: Frame, run_id: str) -> None:
    @st.fragment(run_every=LOOK_S)
    def look() -> None:
        remark("It goes on in a moment.")
        if show_run(now.workspace, run_id).run.finished is None or refusal(now.workspace, run_id) is not None:
            st.rerun()

    look()


def _report(now: Frame, run_id: str) -> None:
    from domains.analysis.report import report_for_run

    report = report_for_run(now.workspace, run_id)
    page, text, _ = st.columns([1, 1, 3])
    page.download_button("Save as a page", report.to_html, f"{run_id}.html", "text/html", on_click="ignore")
    text.download_button("Save as Markdown", report.to_markdown, f"{run_id}.md", "text/markdown", on_click="ignore")
    show_html(report_html(report))


def _results(now: Frame, run_id: str, status: RunStatus) -> None:
    """Show what each finished step found so far."""
    parts = []
    with Journal(now.workspace, readonly=True) as journal:
        store = ArtifactStore(journal)
        for step in status.steps:
            if step.artifact is None:
                continue
            document = store.get(step.artifact).document
            found = document.get("findings", ())
            claims = "".join(
                f"<li>{html_text(each['claim'])} {chip(str(each['strength']))}</li>" for each in list(found)[:20]
            )
            told = f"<ul>{claims}</ul>" if claims else '<p class="soft">It found nothing to claim by itself.</p>'
            count = f"{len(found)} finding{'' if len(found) == 1 else 's'}"
            name = html_text(step.description or step.task)
            parts.append(f'<details><summary>{name} <span class="soft">{count}</span></summary>{told}</details>')
    show_html("".join(parts) or '<p class="soft">No step has finished yet.</p>')


if __name__ == "__main__":
    show()
