"""The page that asks: a question, the gatekeeper's answer, the plan, and the person's word on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from domains.analysis.app.constraining import Wish, choices, read_wishes, write_wishes
from domains.analysis.app.frame import Frame, frame, go, guarded, plan_for, planner, show_html
from domains.analysis.app.panels.estimate import estimate_html
from domains.analysis.app.panels.plan import node_text, show_plan
from domains.analysis.app.wording import chip, html_text, link, plain
from domains.analysis.errors import NotPlannedError
from domains.analysis.facts import OPTIONS
from domains.analysis.scope import describe
from htn.model.errors import InputError
from htn.plan.diff import diff
from htn.views.difference import difference_html
from htn.views.gantt import duration_text

if TYPE_CHECKING:
    from domains.analysis.analysis_plan import AnalysisPlan
    from domains.analysis.question.assessment import Assessment

EXAMPLES = (
    "Where does our pipeline stand?",
    "Why do we lose deals?",
    "What do top performers do differently?",
)
VERDICTS = {"accept": "can be answered", "ask_back": "has to be put more precisely", "refuse": "is not answered"}


@guarded
def show() -> None:
    """Show the page."""
    now = frame()
    st.title("Ask")
    question = str(st.query_params.get("q", ""))
    options = {name: st.query_params[name] for name in OPTIONS if name in st.query_params}
    if not (now.workspace / "corpus.sqlite").exists():
        show_html(f"<p>There are no calls and records here yet. {link('workspace', 'Bring them in')} first.</p>")
        return
    _form(now, question, options)
    if not question:
        _examples()
        return
    assessment = planner().assess(question)
    _verdict(assessment)
    if assessment.verdict == "accept":
        _plan(now, question, options, read_wishes(st.query_params.get("wishes", "")))


def _form(now: Frame, question: str, options: dict[str, str]) -> None:
    with st.form("question", border=False):
        text = st.text_area(
            "Your question", question, height=80, placeholder="Why do we lose deals in EMEA?", max_chars=2000
        )
        with st.expander("Options", expanded=bool(options)):
            columns = st.columns(4)
            chosen = {}
            for column, (name, values) in zip(columns, OPTIONS.items(), strict=True):
                at = values.index(options[name]) if options.get(name) in values else 0
                chosen[name] = column.selectbox(name.capitalize(), values, index=at)
        asked = st.form_submit_button("Plan it", type="primary", disabled=not now.person.may("ask"))
    if not now.person.may("ask"):
        st.caption("You may look at runs here, not plan questions; roles.toml of the workspace says who may.")
    if asked and text.strip() and now.person.may("ask"):
        kept = {name: value for name, value in chosen.items() if value != OPTIONS[name][0]}
        st.query_params.from_dict({"q": text.strip(), **kept})
        st.rerun()


def _examples() -> None:
    items = "".join(f"<li>{link('ask', question, q=question)}</li>" for question in EXAMPLES)
    show_html(f'<p class="soft">Nothing is run before you approve the plan. For example:</p><ul>{items}</ul>')


def _verdict(assessment: Assessment) -> None:
    known = assessment.to_dict()
    parts = [f"<p>{chip('The question ' + VERDICTS[assessment.verdict], assessment.verdict)}"]
    if assessment.analysis:
        scope = describe(assessment.scope)
        kind = f", {known['complexity']}" if known["complexity"] else ""
        parts.append(f" as: <strong>{html_text(assessment.analysis)}</strong> analysis{html_text(kind)}")
        parts.append(f" about {html_text(scope)}" if scope else "")
    parts.append("</p>")
    if assessment.verdict != "accept":
        parts.append(f"<p>{html_text(assessment.sentence)}</p>")
    if assessment.ask:
        parts.append(f"<p><strong>{html_text(assessment.ask)}</strong></p>")
    if assessment.suggestions:
        names = ", ".join(html_text(name) for name in assessment.suggestions)
        parts.append(f'<p class="soft">Known names that may have been meant: {names}</p>')
    parts += [f"<p>{html_text(note)}</p>" for note in known["notes"]]
    words = [f"“{html_text(item['words'])}” → {html_text(item['value'])}" for item in known["evidence"]]
    if words:
        parts.append(f'<p class="soft">Understood from: {"; ".join(words)}</p>')
    show_html(f'<div class="box {assessment.verdict}">{"".join(parts)}</div>')


def _plan(now: Frame, question: str, options: dict[str, str], wishes: list[Wish]) -> None:
    first = plan_for(question, options)
    made = first
    if wishes:
        try:
            made = plan_for(question, options, tuple(wishes))
        except NotPlannedError as error:
            st.error(plain(f"With these wishes there is no plan: {error}"))
            _wishes(wishes)
            return
    st.header("Plan")
    notes = [note for note in made.assessment.get("notes", ()) if note not in _noted(question)]
    for note in notes:
        st.warning(plain(note))
    show_html(estimate_html(made.estimate, planner().check(made)))
    if wishes:
        _wishes(wishes)
        st.subheader("What your wishes change")
        because = "; ".join(wish.sentence for wish in wishes)
        st.html(difference_html(_rows(first, made, because)))
    _alternatives(question, options, wishes)
    show_plan(made.plan, planner().domain, critical=made.estimate.get("critical"))
    if now.person.may("ask"):
        _change(made, wishes)
    _approve(now, made)


def _noted(question: str) -> tuple[str, ...]:
    """Return the notes that stand in the gatekeeper's answer already."""
    return tuple(planner().assess(question).notes)


def _rows(first: AnalysisPlan, made: AnalysisPlan, because: str) -> list[dict[str, Any]]:
    found = diff(first.plan, made.plan)
    moved = {step.id for step in found.reordered}
    kept = [step for step in found.kept if step.id not in moved]
    groups = (("added", found.added), ("removed", found.removed), ("reordered", found.reordered), ("kept", kept))
    return [
        {"kind": kind, "what": step.description or step.task, "reason": "" if kind == "kept" else because}
        for kind, steps in groups
        for step in steps
    ]


def _wishes(wishes: list[Wish]) -> None:
    for number, wish in enumerate(wishes):
        if st.button(f"✕ {plain(wish.sentence)}", key=f"drop{number}", help="Take this wish back"):
            _set_wishes([*wishes[:number], *wishes[number + 1 :]])


def _set_wishes(wishes: list[Wish]) -> None:
    if wishes:
        st.query_params["wishes"] = write_wishes(wishes)
    else:
        del st.query_params["wishes"]
    st.rerun()


def _alternatives(question: str, options: dict[str, str], wishes: list[Wish]) -> None:
    """Show the plan at each depth side by side; one that cannot be made is left out."""
    with st.expander("Compare: quick, standard, thorough"):
        rows = []
        for depth in ("quick", "standard", "thorough"):
            try:
                made = plan_for(question, {**options, "depth": depth}, tuple(wishes))
            except NotPlannedError:
                continue
            time = made.estimate["totals"]["seconds"]
            between = f"{duration_text(time['p10'])} to {duration_text(time['p90'])}"
            here = made.options.get("depth") == options.get("depth", "standard")
            more = {**options, "q": question, "depth": depth, "wishes": write_wishes(wishes)}
            name = f"<strong>{depth}</strong> (shown)" if here else link("ask", depth, **more)
            rows.append(
                f'<tr><td>{name}</td><td class="figure">{len(made.plan)}</td>'
                f'<td class="figure">{duration_text(time["p50"])}</td><td class="figure">{between}</td></tr>'
            )
        head = '<th scope="col">depth</th><th scope="col" class="figure">steps</th>'
        head += '<th scope="col" class="figure">time</th><th scope="col" class="figure">8 in 10</th>'
        show_html(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")


def _change(made: AnalysisPlan, wishes: list[Wish]) -> None:
    with st.expander("Change the plan: prefer another method, leave a part out"):
        domain, tree = planner().domain, made.plan.tree
        open_to = {node.id: found for node in tree.nodes.values() if (found := choices(domain, node))}
        if not open_to:
            st.write("This plan leaves no choice.")
            return
        chosen = st.selectbox("Part", list(open_to), format_func=lambda node: node_text(tree[node]), key="part")
        wish = st.radio("What you want instead", open_to[chosen], format_func=lambda each: plain(each.sentence))
        if wish.kind == "prefer":
            st.caption(plain(domain.find_method(tree[chosen].task, wish.method or "").applies))
        if st.button("Plan again"):
            _set_wishes([*(each for each in wishes if each != wish), wish])


def _approve(now: Frame, made: AnalysisPlan) -> None:
    st.header("Approve")
    operators = sorted({step.task for step in made.plan.steps if not step.deferred})
    with st.expander("Ask me again before some steps"):
        asked = st.multiselect("Before steps of these operators", operators, key="ask_before")
        above = st.number_input("Before steps expected to take longer than so many seconds (0: none)", min_value=0.0)
    if not now.person.may("approve"):
        st.info("Only people with the right to approve may have this plan run; roles.toml of the workspace names them.")
        return
    if st.button("Approve and run", type="primary", icon=":material/play_arrow:"):
        from domains.analysis.app.carrier import ensure_carrier
        from domains.analysis.app.waiting import submit_plan
        from domains.analysis.claude.configuration import check_usable

        if made.options.get("agents") == "claude":
            check_usable(now.workspace)
        if not made.plan.steps:
            raise InputError("the plan has no steps: there is nothing to run")
        policy = {"operators": asked, "above": {"seconds": above} if above else {}}
        run_id = submit_plan(now.workspace, made, by=now.person.name, approval=policy)
        ensure_carrier(now.workspace)
        go("run", run=run_id)


if __name__ == "__main__":
    show()
