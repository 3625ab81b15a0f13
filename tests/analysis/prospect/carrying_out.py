"""Planning a question and carrying out the plan step by step, as the engine does but without it."""

from __future__ import annotations

import json

from domains.analysis.artifacts import Answer, Artifact
from domains.analysis.criteria import criterion
from domains.analysis.domain import analysis_domain
from domains.analysis.facts import planning_state
from domains.analysis.registry import Inputs, capabilities
from htn.planning import Limits, Solved, find_plan


def plan_of(facts_of, analysis, scope=(), parts=(), failed=(), **options):
    """Return the plan for an analysis, or the outcome when there is none."""
    state = planning_state(facts_of, scope, parts, options)
    for operator, where in failed:
        state.failed[operator, where] = "timeout"
    outcome = find_plan(analysis_domain(), state, [(f"analyse_{analysis}", scope)], limits=Limits(seconds=30))
    return outcome.plan if isinstance(outcome, Solved) else outcome


def carry_out(workspace, plan):
    """Return the artifacts by step id; every artifact goes through JSON and meets its step's criteria."""
    known = capabilities()
    made: dict[str, Artifact] = {}
    for step in plan.steps:
        found = known[step.capability]
        inputs = Inputs(made[i] for i in (one.id for one in plan.steps) if i in step.causal)
        artifact = found.analyst(workspace, step.args[-1], inputs)
        assert isinstance(artifact, found.output)
        # The engine stores plain JSON, which has no infinity.
        document = json.dumps(artifact.model_dump(mode="json"), allow_nan=False)
        made[step.id] = found.output.model_validate_json(document)
        for name in step.criteria:
            assert criterion(name).check(made[step.id]) is None, (step.task, name)
    return made


def answer_to(workspace, analysis, scope=(), parts=(), **options):
    """Plan and carry out an analysis; return its answer."""
    plan = plan_of(workspace.facts, analysis, scope, parts, **options)
    made = carry_out(workspace, plan)
    answer = made[plan.steps[-1].id]
    assert isinstance(answer, Answer)
    return answer


def tasks(plan):
    """Return the names of a plan's steps."""
    return {step.task for step in plan.steps}


def verbatim(workspace, artifact):
    """Check that every quote stands in the turn it cites, word for word; return how many there are."""
    quotes = [one for finding in artifact.findings for one in finding.citations if one.kind == "turn"]
    for one in quotes:
        text = next(turn.text for turn in workspace.turns(one.source) if turn.idx == one.turn)
        assert one.quote
        assert one.quote in text, (one.source, one.turn, one.quote)
    return len(quotes)


def counted(**count):
    """Return facts of a workspace that holds the given counts in every scope, for planning without one."""
    flags = {"content": "content_uses", "trainings": "trainings", "calls": "calls", "deals": "deals"}
    has = {flag: bool(count.get(what)) for flag, what in flags.items()}
    return lambda scope: {"count": dict(count), "has": has}
