"""How often something is said is answered by counting calls, with intervals and examples, not by comparing outcomes."""

from __future__ import annotations

from collections import Counter

import pytest

from domains.analysis.analysts.measure_artifacts import MetricTable
from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.language.objections import episodes
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities


def carried_out(workspace: Workspace, question: str) -> list[Artifact]:
    """Return the artifacts of the steps of a question's plan, in order."""
    made: dict[str, Artifact] = {}
    plan = EstatePlanner(workspace.folder).plan(question).plan
    for step in plan.steps:
        inputs = Inputs(made[one.id] for one in plan.steps if one.id in step.causal)
        made[step.id] = capabilities()[step.capability].analyst(workspace, step.args[-1], inputs)
    return list(made.values())


@pytest.mark.parametrize("question", ["What objections come up most often?", "Top objections, please"])
def test_the_commonest_objections_are_those_on_most_calls(sample, question):
    """Counts agree with a count of the calls by hand, the headline names the first, all have intervals and quotes."""
    made = carried_out(sample, question)
    table = next(item for item in made if isinstance(item, MetricTable))
    by_hand = Counter(
        kind
        for turns in sample.turns_by_call().values()
        for kind in {item.kind for item in episodes(turns)}
        if {"rep", "prospect"} & {turn.role for turn in turns}
    )
    counted = {row.group[0]: round((row.number.value or 0) * (row.number.n or 0)) for row in table.rows}
    assert counted == dict(by_hand)
    assert list(counted.values()) == sorted(counted.values(), reverse=True)
    assert all(row.number.low is not None and row.number.high is not None for row in table.rows)
    assert all(finding.citations for finding in table.findings)
    answer = next(item for item in made if isinstance(item, Answer))
    assert table.rows[0].group[0] in answer.headline
    assert "won" not in answer.headline


def test_accounts_are_counted_beside_calls(sample):
    """Calls of one account are no independent cases: the share of accounts stands beside, as counted by hand."""
    made = carried_out(sample, "What objections come up most often?")
    table = next(item for item in made if isinstance(item, MetricTable))
    shown = table.findings[0]
    assert shown.table is not None
    account = {call.call_id: call.account or call.prospect or call.call_id for call in sample.calls()}
    spoken = {key: turns for key, turns in sample.turns_by_call().items() if turns}
    for row in shown.table.rows:
        own = {account[key] for key, turns in spoken.items() if any(e.kind == row.name for e in episodes(turns))}
        number = shown.numbers[row.cells[1] or 0]
        assert number.n == len({account[key] for key in spoken})
        assert round((number.value or 0.0) * number.n) == len(own)
    assert any("counted as independent" in limit for limit in table.limits)


def test_of_a_named_topic_it_is_said_how_often_by_group(sample):
    """A topic that is named is measured by what the question groups by."""
    made = carried_out(sample, "How often is security mentioned, by region?")
    table = next(item for item in made if isinstance(item, MetricTable))
    assert table.dimensions == ("region",)
    assert len({row.group for row in table.rows if row.group}) > 1


def test_a_question_for_what_wins_is_still_answered_by_comparison(sample):
    """Only what asks how often is counted."""
    plan = EstatePlanner(sample.folder).plan("What sets won calls apart from lost ones?").plan
    assert "count_mentions" not in {step.capability for step in plan.steps}
