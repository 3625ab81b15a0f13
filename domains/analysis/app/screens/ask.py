"""The page that asks: a question, the gatekeeper's answer, the plan, and the person's word on it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from domains.analysis.app.asked import LIMITS, OBJECTIVES, Asked
from domains.analysis.app.constraining import choices
from domains.analysis.app.frame import Frame, choice_for, frame, go, guarded, plan_for, planner, remark, show_html
from domains.analysis.app.panels.estimate import estimate_html
from domains.analysis.app.panels.plan import node_text, show_plan
from domains.analysis.app.wording import chip, html_text, link, plain
from domains.analysis.domain import in_words
from domains.analysis.errors import NoPlanFitsError, NotPlannedError
from domains.analysis.facts import OPTIONS
from domains.analysis.scope import describe
from htn.execution.canonical import content_hash
from htn.model.errors import InputError
from htn.plan.diff import diff
from htn.views.amounts import duration_text
from htn.views.difference import difference_html

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
    if not (now.workspace / "corpus.sqlite").exists():
        show_html(f"<p>There are no calls and records here yet. {link('workspace', 'Bring them in')} first.</p>")
        return
    asked = Asked.read(st.query_params.to_dict())
    _form(now, asked)
    if not asked.question:
        _examples()
        return
    assessment = planner().assess(asked.question, dict(asked.options))
    _verdict(assessment)
    if assessment.verdict == "accept":
        _plan(now, asked)


def _form(now: Frame, asked: Asked) -> None:
    options, limits = dict(asked.options), dict(asked.limits)
    with st.form("question", border=False):
        text = st.text_area(
            "Your question", asked.question, height=80, placeholder="Why do we lose deals?", max_chars=2000
        )
        with st.expander("Options and budget", expanded=bool(options or asked.chosen)):
            chosen = {}
            for column, (name, values) in zip(st.columns(len(OPTIONS)), OPTIONS.items(), strict=True):
                at = values.index(options[name]) if options.get(name) in values else 0
                chosen[name] = column.selectbox(name.capitalize(), values, index=at)
            columns = st.columns(1 + len(LIMITS))
            ways = ("as asked", *OBJECTIVES)
            way = columns[0].selectbox("Choose a plan", ways, index=ways.index(asked.objective or ways[0]))
            amounts = {
                name: column.number_input(f"At most {name} (0: any)", 0.0, value=limits.get(name, 0.0))
                for column, name in zip(columns[1:], LIMITS, strict=True)
            }
        given = st.form_submit_button("Plan it", type="primary", disabled=not now.person.may("ask"))
    if not now.person.may("ask"):
        remark("You may look at runs here, not plan questions; roles.toml of the workspace says who may.")
    elif given and text.strip():
        wanted = Asked(
            text.strip(),
            tuple((name, value) for name, value in chosen.items() if value != OPTIONS[name][0]),
            objective=None if way == ways[0] else way,
            limits=tuple((name, amount) for name, amount in amounts.items() if amount > 0),
        )
        _open(wanted)


def _open(asked: Asked) -> None:
    st.query_params.from_dict(asked.parameters())
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
        parts.append(f", {html_text(scope)}" if scope else "")
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


def _plan(now: Frame, asked: Asked) -> None:
    try:
        made = plan_for(asked)
    except (NotPlannedError, NoPlanFitsError) as error:
        st.error(plain(f"As you ask for it, {error}"))
        _wishes(asked)
        return
    st.header("Plan")
    noted = planner().assess(asked.question).notes  # these stand in the gatekeeper's answer already
    for note in made.assessment.get("notes", ()):
        if note not in noted:
            st.warning(plain(note))
    show_html(estimate_html(made.estimate, planner().check(made)))
    _wishes(asked)
    if asked != asked.plainly:
        _difference(asked, made)
    _alternatives(asked, made)
    show_plan(made.plan, planner().domain, critical=made.estimate.get("critical"))
    if now.person.may("ask"):
        _change(made, asked)
    _approve(now, made)


def _difference(asked: Asked, made: AnalysisPlan) -> None:
    """Show what became of the plan through wishes, objective and limits."""
    reasons = [wish.sentence(in_words) for wish in asked.wishes]
    if asked.objective is not None:
        reasons.append(f"chosen as {asked.objective}")
    reasons += [f"at most {amount:g} {name}" for name, amount in asked.limits]
    st.subheader("What your wishes change")
    try:
        first = plan_for(asked.plainly)
    except NotPlannedError:
        remark("Without them there is no plan to compare with.")
        return
    st.html(difference_html(_rows(first, made, "; ".join(reasons))))


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


def _wishes(asked: Asked) -> None:
    for number, wish in enumerate(asked.wishes):
        if st.button(f"✕ {plain(wish.sentence(in_words))}", key=f"drop{number}", help="Take this wish back"):
            _open(replace(asked, wishes=(*asked.wishes[:number], *asked.wishes[number + 1 :]), pick=0))


def _alternatives(asked: Asked, made: AnalysisPlan) -> None:
    """Show, when asked to, the plans to choose from side by side, each with what it does without."""
    if not st.toggle("Compare plans side by side", key="compare", bind="query-params"):
        return
    choice = choice_for(asked)
    rows = []
    for place, (plan, price) in enumerate(zip(choice.plans, choice.prices, strict=True)):
        time = plan.estimate["totals"]["seconds"]
        more, less = choice.differences(place)
        shown = plan.plan.tree.order == made.plan.tree.order
        there = replace(asked, objective=asked.objective or "thorough", pick=place).parameters()
        name = f"plan {place + 1}"
        told = [f"without: {each}" for each in less] + [f"besides: {each}" for each in more]
        tokens = f"{price.tokens:,.0f}" if price.tokens else "none"
        rows.append(
            f"<tr><td>{f'<strong>{name}</strong> (shown)' if shown else link('ask', name, **there, compare='true')}"
            f'<br><span class="soft">{html_text(plan.options.get("depth", ""))}</span></td>'
            f'<td class="figure">{len(plan.steps)}</td><td class="figure">{duration_text(price.seconds)}<br>'
            f'<span class="soft">{duration_text(time["p10"])} to {duration_text(time["p90"])}</span></td>'
            f'<td class="figure wide">{tokens}</td><td class="figure">{price.quality:.2f}</td>'
            f'<td class="soft wide">{"<br>".join(map(html_text, told))}</td></tr>'
        )
    names = (("steps", ""), ("time, 8 in 10", ""), ("tokens", " wide"), ("quality", ""))
    head = '<th scope="col">plan</th>' + "".join(f'<th scope="col" class="figure{c}">{n}</th>' for n, c in names)
    head += '<th scope="col" class="wide">beside the one with the most steps</th>'
    show_html(f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>")
    if not choice.proved:
        remark(f"The search was stopped: another plan may be up to {choice.gap:.0%} better by these estimates.")


def _change(made: AnalysisPlan, asked: Asked) -> None:
    with st.expander("Change the plan: prefer another method, leave a part out"):
        domain, tree = planner().domain, made.plan.tree
        open_to = {node.id: found for node in tree.nodes.values() if (found := choices(domain, node))}
        if not open_to:
            st.write("This plan leaves no choice.")
            return
        chosen = st.selectbox("Part", list(open_to), format_func=lambda node: node_text(tree[node]), key="part")
        wish = st.radio(
            "What you want instead", open_to[chosen], format_func=lambda each: plain(each.sentence(in_words))
        )
        if wish.kind == "prefer":
            remark(domain.find_method(tree[chosen].task, wish.method or "").applies)
        if st.button("Plan again"):
            _open(replace(asked, wishes=(*(each for each in asked.wishes if each != wish), wish), pick=0))


def _approve(now: Frame, made: AnalysisPlan) -> None:
    st.header("Approve")
    operators = sorted({step.task for step in made.plan.steps if not step.deferred})
    with st.expander("Ask me again before some steps"):
        asked = st.multiselect("Before steps of these operators", operators, key="ask_before")
        above = st.number_input("Before steps expected to take longer than so many seconds (0: none)", min_value=0.0)
    if not now.person.may("approve"):
        st.info("Only people with the right to approve may have this plan run; roles.toml of the workspace names them.")
        return
    # The button belongs to this very plan: where another one is made meanwhile, pressing it has no effect.
    key = f"approve-{content_hash(made.plan.to_json())}"
    if st.button("Approve and run", type="primary", icon=":material/play_arrow:", key=key):
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
