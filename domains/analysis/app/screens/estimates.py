"""The page on estimates: how well they held, for whole runs and for each task type."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from domains.analysis.app.frame import guarded, planner, show_html
from domains.analysis.app.panels.estimate import tiles_html
from domains.analysis.app.wording import chip, html_text, link, short
from htn.views.amounts import duration_text

if TYPE_CHECKING:
    from estimators.calibration import Calibration
    from estimators.journal_plans import PlanRun

LATEST = 40
NOMINAL = 0.8
RESOURCES = {"seconds": "Time", "input_tokens": "Tokens in", "output_tokens": "Tokens out", "money": "Money"}


@guarded
def show() -> None:
    """Show the page."""
    st.title("Estimates")
    agents = st.segmented_control(
        "Runs with", ("local", "claude"), default="local", required=True, key="agents", bind="query-params"
    )
    found = planner().estimation(str(agents)).report()
    if found is None:
        show_html(
            "<p>No such run has been completed yet: estimates rest on the documented prior. "
            f"{link('ask', 'Ask a question')}</p>"
        )
        return
    timed = [run for run in found.runs if "seconds" in run.predicted and "seconds" in run.actual][::-1]
    if timed:
        _tiles(timed)
        st.header("Runs")
        show_html(_run_table(timed[:LATEST]))
    st.header("Steps, by task type")
    show_html('<p class="soft">Each step was predicted from the runs before it; nothing looked ahead.</p>')
    for resource, rows in found.steps.items():
        st.subheader(RESOURCES.get(resource, resource.replace("_", " ")))
        show_html(_step_table(rows))
    from estimators.calibration_page import calibration_page

    st.download_button(
        "Save with plots", lambda: calibration_page(found), "estimates.html", "text/html", on_click="ignore"
    )


def _tiles(runs: Sequence[PlanRun]) -> None:
    within = sum(_within(run) for run in runs)
    ratio = statistics.median(run.actual["seconds"] / max(run.predicted["seconds"].p50, 1e-9) for run in runs)
    show_html(
        "<p>What runs took, beside what their plans had said before they began.</p>"
        + tiles_html(
            [
                ("within their interval", f"{within} of {len(runs)}", f"meant: {NOMINAL:.0%}"),
                ("took, for each second expected", f"{ratio:.2f} s", "in the middle of these runs"),
            ]
        )
    )


def _within(run: PlanRun) -> bool:
    expected = run.predicted["seconds"]
    return expected.p10 <= run.actual["seconds"] <= expected.p90


def _run_table(runs: Sequence[PlanRun]) -> str:
    end = max(max(run.predicted["seconds"].p90, run.actual["seconds"]) for run in runs)
    rows = []
    for run in runs:
        expected, took = run.predicted["seconds"], run.actual["seconds"]
        low, high = 100 * expected.p10 / end, 100 * expected.p90 / end
        bar = (
            '<div class="load" style="position:relative">'
            f'<span style="position:absolute;left:{low:.2f}%;width:{high - low:.2f}%;background:var(--grey)"></span>'
            f'<span style="position:absolute;left:calc({100 * took / end:.2f}% - 2px);width:4px;'
            'top:-.2rem;height:.9rem;background:var(--amber)"></span></div>'
        )
        verdict = chip("within", "finished") if _within(run) else chip("outside", "waiting")
        rows.append(
            f"<tr><td>{link('run', short(run.title, 80), run=run.run)}</td><td>{verdict}</td>"
            f'<td class="wide" style="width:30%">{bar}</td>'
            f'<td class="figure">{duration_text(expected.p10)} to {duration_text(expected.p90)}</td>'
            f'<td class="figure">{duration_text(took)}</td></tr>'
        )
    head = '<th scope="col">run</th><th scope="col">held</th>'
    head += '<th scope="col" class="wide">interval (grey) and what it took (amber)</th>'
    head += '<th scope="col" class="figure">interval</th><th scope="col" class="figure">took</th>'
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"


def _step_table(rows: Sequence[Calibration]) -> str:
    body = "".join(
        f"<tr><td>{html_text(row.task_type.replace('_', ' ') or 'all')}</td>"
        f'<td class="figure">{row.runs}</td><td class="figure">{row.coverage:.0%}</td>'
        f'<td class="figure wide">{row.below:.0%}</td><td class="figure wide">{row.above:.0%}</td>'
        f'<td class="figure">{row.bias:.2f}</td></tr>'
        for row in rows
    )
    names = (("steps", ""), ("inside", ""), ("below", " wide"), ("above", " wide"), ("took / expected", ""))
    head = "".join(f'<th scope="col" class="figure{more}">{name}</th>' for name, more in names)
    return f'<table><thead><tr><th scope="col">task</th>{head}</tr></thead><tbody>{body}</tbody></table>'


if __name__ == "__main__":
    show()
