"""EstatePlanner: from a question to an approved plan, to a run, to a report."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.beside import ASKED_OF, not_answered, wants_beside
from domains.analysis.claude.configuration import (
    PROPOSAL_LEAVES,
    PROPOSAL_OPEN,
    Configuration,
    check_usable,
    what_leaves,
)
from domains.analysis.domain import analysis_domain
from domains.analysis.errors import NotAcceptedError, NotPlannedError
from domains.analysis.facts import OPTIONS, planning_state
from domains.analysis.registry import capabilities
from domains.analysis.scope import KEYS, MODIFIERS, WITHOUT, Scope, make_scope, period_of, value
from htn.model import Domain, State
from htn.model.estimate import CostModel
from htn.planning import Constraints, Limits, Outcome, Solved, find_plan
from htn.planning.checker import check_plan
from htn.planning.replan.repair import Repaired

if TYPE_CHECKING:
    from domains.analysis.choosing import PlanChoice
    from domains.analysis.corpus.workspace import Workspace
    from domains.analysis.estimation import Estimation
    from domains.analysis.question.assessment import Assessment
    from domains.analysis.question.gatekeeper import Gatekeeper
    from domains.analysis.question.known import Known
    from estimators.resources import Recommendation
    from htn.execution.runs import RunHandle
    from htn.planning.choice import Objective
    from htn.planning.choice.objective import Ceiling

__all__ = ["EstatePlanner"]

_LIMITS = Limits(seconds=30)


class EstatePlanner:
    """Answers questions about a workspace by plan.

    Parameters
    ----------
    folder : path
        The workspace's folder.
    additions : iterable of paths
        Python files with further methods and operators.
    costs : CostModel, optional
        What steps take; when left out what past runs of the workspace show, or the documented prior without any.
    gatekeeper : Gatekeeper, optional
        Decides which questions are answered; the default one when left out.

    Examples
    --------
    >>> planner = EstatePlanner("my-workspace")  # doctest: +SKIP
    >>> plan = planner.plan("Where does the pipeline stand?")  # doctest: +SKIP
    >>> planner.run(plan).wait().status  # doctest: +SKIP
    'completed'
    """

    def __init__(
        self,
        folder: Path | str,
        *,
        additions: Iterable[Path | str] = (),
        costs: CostModel | None = None,
        gatekeeper: Gatekeeper | None = None,
    ) -> None:
        self.folder = Path(folder)
        self._additions = tuple(str(path) for path in additions)
        self._costs = costs
        self._gatekeeper = gatekeeper
        self._estimations: dict[str, Estimation] = {}

    @cached_property
    def domain(self) -> Domain:
        """The domain, with the additions."""
        return analysis_domain(self._additions)

    @cached_property
    def workspace(self) -> Workspace:
        """The workspace, open for reading."""
        from domains.analysis.corpus.workspace import Workspace

        return Workspace.open(self.folder)

    @cached_property
    def known(self) -> Known:
        """The names, the data and the last day of the workspace."""
        from domains.analysis.question.known import Known

        return Known.of(self.workspace)

    def estimation(self, agents: str = "local") -> Estimation:
        """Return the estimates for plans that local or Claude agents carry out, learned from the workspace's runs."""
        from domains.analysis.estimation import Estimation

        known = self._estimations.get(agents)
        if known is None or not known.up_to_date:
            known = self._estimations[agents] = Estimation(self.folder, agents, self._costs)
        return known

    def assess(self, question: str, options: Mapping[str, str] | None = None) -> Assessment:
        """Return the gatekeeper's verdict, the analysis type and the parameters of a question, without planning.

        With the option that lets a model propose methods, a question that is only too vague for those that are written
        is accepted; one that is refused stays refused.
        """
        from domains.analysis.question.assessment import assess

        found = assess(question, self.known, self._gatekeeper)
        if (options or {}).get("proposals") == "on" and found.reason == "too_vague":
            return replace(found, verdict="accept", analysis="custom", parts=(("custom", ()),), ask=None)
        return found

    def plan(
        self,
        question: str,
        *,
        options: Mapping[str, str] | None = None,
        constraints: Constraints | None = None,
    ) -> AnalysisPlan:
        """Return the plan for a question, with its estimate; nothing is run.

        Parameters
        ----------
        question : str
            In words.
        options : mapping, optional
            Values of `domains.analysis.facts.OPTIONS`; what the question itself asks for counts where left out.
        constraints : Constraints, optional
            Methods ruled out or preferred.

        Raises
        ------
        NotAcceptedError
            When the question is refused or has to be asked back; carries the assessment.
        NotPlannedError
            When no decomposition exists under the constraints.
        """
        assessment = self._accepted(question, options)
        analysis, scope, parts = _subject(assessment, self.known.as_of)
        chosen = {**dict(assessment.options), **(options or {})}
        return self.plan_for(
            question,
            analysis,
            scope,
            parts=parts,
            options=chosen,
            constraints=constraints,
            assessment=_with_notes(assessment, self.known.as_of),
        )

    def choose(
        self,
        question: str,
        *,
        objective: Objective | None = None,
        ceiling: Ceiling | None = None,
        options: Mapping[str, str] | None = None,
        constraints: Constraints | None = None,
    ) -> PlanChoice:
        """Return the plans for a question that are best by some weighting, the best by the objective first.

        The depth is chosen too, unless the options or the question say which.

        Parameters
        ----------
        question : str
            In words.
        objective : Objective, optional
            What counts; the most thorough plan is chosen when left out.
        ceiling : Ceiling, optional
            What the expected plan may not exceed.
        options, constraints
            As of `plan`.

        Raises
        ------
        NotAcceptedError, NotPlannedError
            As of `plan`.
        NoPlanFitsError
            When no plan is expected to stay within the limits.
        """
        from domains.analysis.choosing import PlanChoice, choose
        from htn.planning.choice import Objective
        from htn.planning.choice.objective import Ceiling

        assessment = self._accepted(question, options)
        analysis, scope, parts = _subject(assessment, self.known.as_of)
        given = {**dict(assessment.options), **(options or {})}
        depths = [given["depth"]] if "depth" in given else list(OPTIONS["depth"])
        starts = {d: self._start(question, scope, parts, {**given, "depth": d}) for d in depths}
        first = starts[depths[0]]
        wanted, known = (
            objective or Objective.parse("thorough"),
            self._noted(_with_notes(assessment, self.known.as_of), first, scope, parts),
        )
        choice = choose(
            self.domain,
            starts,
            ("answer_question", analysis, scope),
            self.estimation(first.option["agents"]),
            wanted,
            ceiling or Ceiling(),
            constraints,
        )
        if choice.first is None:
            raise NotPlannedError(choice.outcome, scope)
        plans = [self._finished(question, known, each.solved, each.solved.initial) for each in choice.front]
        prices = tuple(each.price for each in choice.front)
        return PlanChoice(tuple(plans), prices, choice.first.price, wanted.name, choice.proved, choice.gap)

    def advice(self, plan: AnalysisPlan) -> list[Recommendation]:
        """Return what would make a plan take less, in words with the gain: more places, or another plan."""
        from domains.analysis.choosing import swaps
        from domains.analysis.estimation import closed

        estimation = self.estimation(plan.options.get("agents", "local"))
        estimates = estimation.steps(plan.plan, plan.plan.initial)
        found = estimation.resources.recommendations(closed(plan.plan.steps), estimates)
        others = self.choose(plan.question, options={k: v for k, v in plan.options.items() if k != "depth"})
        return [*found, *swaps(others, plan)]

    def plan_for(
        self,
        question: str,
        analysis: str,
        scope: Scope | Mapping[str, str] = (),
        *,
        parts: tuple[tuple[str, Scope], ...] = (),
        options: Mapping[str, str] | None = None,
        constraints: Constraints | None = None,
        assessment: Mapping[str, Any] | None = None,
    ) -> AnalysisPlan:
        """Return the plan for an analysis type and scope that are known already; as `plan` otherwise."""
        about = make_scope(scope) if isinstance(scope, Mapping) else scope
        state = self._start(question, about, parts, options)
        outcome = find_plan(
            self.domain, state, [("answer_question", analysis, about)], limits=_LIMITS, constraints=constraints
        )
        known = assessment or {"verdict": "accept", "analysis": analysis, "scope": [list(pair) for pair in about]}
        return self._finished(question, self._noted(known, state, about, parts), _solved(outcome, about), state)

    def _start(
        self, question: str, scope: Scope, parts: tuple[tuple[str, Scope], ...], options: Mapping[str, str] | None
    ) -> State:
        """Return the state to plan from, with the method proposed for the question before, if it still passes."""
        known = None
        if (options or {}).get("proposals") == "on" and not parts:
            from domains.analysis.proposals.check import check_proposal
            from domains.analysis.proposals.store import ProposalStore

            kept = ProposalStore(self.folder).find(question, scope)
            if kept is not None and check_proposal(self.domain, kept, scope, self.workspace.facts, options or {}):
                known = {scope: kept.fact()}
        return planning_state(self.workspace.facts, scope, parts, options, known)

    def _accepted(self, question: str, options: Mapping[str, str] | None = None) -> Assessment:
        assessment = self.assess(question, options)
        if assessment.verdict != "accept" or assessment.analysis is None:
            raise NotAcceptedError(assessment.to_dict())
        return assessment

    def _noted(
        self, known: Mapping[str, Any], state: State, scope: Scope, parts: tuple[tuple[str, Scope], ...]
    ) -> dict[str, Any]:
        """Return the assessment with a note on what would leave this machine, where something would."""
        leaving = [self._what_leaves(scope, parts)] if state.option["agents"] == "claude" else []
        leaving += [PROPOSAL_LEAVES, PROPOSAL_OPEN] if state.option["proposals"] == "on" and not state.proposed else []
        return {**known, "notes": [*known.get("notes", ()), *leaving]} if leaving else dict(known)

    def replan(
        self,
        plan: AnalysisPlan,
        failed: str,
        failure: str = "unknown",
        *,
        done: Iterable[str] = (),
        constraints: Constraints | None = None,
    ) -> AnalysisPlan:
        """Return the plan that goes on from a failed step, as a run would; finished steps keep their content keys.

        Parameters
        ----------
        plan : AnalysisPlan
            The plan in force.
        failed : str
            Id of the step that failed.
        failure : str
            Its class, a `FailureClass`, which becomes facts that methods may test.
        done : iterable of str
            Ids of the steps that are finished.
        constraints : Constraints, optional
            Methods ruled out or preferred besides.

        Raises
        ------
        NotPlannedError
            When every decomposition needs the failed step.
        """
        from domains.analysis.detectors import replanner
        from htn.execution.failures import failure_facts
        from htn.execution.replan_request import FailedStep, FinishedStep, ReplanRequest
        from htn.execution.situation import Situation

        step = plan.plan.step(failed)
        finished = [plan.plan.step(name) for name in done]
        request = ReplanRequest(
            plan.plan.to_json(),
            failure,
            step,
            finished=tuple(FinishedStep(s.id, s.key, s.task, s.args, "", "", ()) for s in finished),
            failures=(FailedStep(step, failure, failure_facts(failure, step)),),
            estimates=plan.durations,
        )
        answering = replanner(self.domain, plan.options.get("agents", "local"), constraints=constraints)
        outcome = answering.repair(Situation(self.domain, request), step.id)
        if not isinstance(outcome, Repaired):
            raise NotPlannedError(outcome)
        return self._finished(plan.question, plan.assessment, outcome, outcome.plan.initial)

    def run(self, plan: AnalysisPlan, **options: Any) -> RunHandle:
        """Start a run of a plan in the background of this process.

        Parameters
        ----------
        plan : AnalysisPlan
            Exactly this plan is carried out.
        **options : object
            Passed to `htn.execution.runs.begin_run`.

        Raises
        ------
        InputError
            When the plan is for Claude agents, and there is no key, no client library or no valid configuration.
        PlanRejectedError
            When the plan cannot be carried out here.
        """
        from domains.analysis.estimation import began, first_of_process
        from domains.analysis.runtime import reference
        from htn.execution.runs import begin_run

        agents = plan.options.get("agents", "local")
        if agents == "claude":
            check_usable(self.folder)

        context = {
            "workspace": str(self.folder.resolve()),
            "estimates": dict(plan.durations),
            "costs": plan.estimate.get("reservations", {}),
            "analysis_plan": plan.to_json(),
            "first_of_process": first_of_process(),
        }
        handle = begin_run(
            self.folder, plan.plan, reference(plan.additions, agents), title=plan.question, context=context, **options
        )
        began(handle.run_id)
        return handle

    def _what_leaves(self, scope: Scope, parts: tuple[tuple[str, Scope], ...]) -> str:
        """Return the sentence that says which data would leave this machine."""
        scopes = list(dict.fromkeys(part for _, part in parts)) or [scope]
        calls = {call.call_id for each in scopes for call in self.workspace.calls(each)}
        deals = {deal.opportunity_id for each in scopes for deal in self.workspace.deals(each)}
        return what_leaves(scopes, len(calls), len(deals), Configuration.of(self.folder))

    def check(self, plan: AnalysisPlan) -> str:
        """Return the independent checker's verdict on a plan, in words; it begins with ``sound`` when all is well."""
        return str(check_plan(self.domain, plan.plan))

    def _finished(
        self, question: str, assessment: Mapping[str, Any], solved: Solved | Repaired, state: State
    ) -> AnalysisPlan:
        plan = solved.plan
        known, estimation = capabilities(), self.estimation(state.option["agents"])
        estimates = estimation.steps(plan, state)
        return AnalysisPlan(
            question,
            assessment,
            plan,
            estimation.totals(plan, estimates),
            {step: each["seconds"].p50 for step, each in estimates.items() if "seconds" in each},
            {step.capability: known[step.capability].specialist for step in plan.steps if step.capability in known},
            dict(state.option.items()),
            self._additions,
        )


def _subject(assessment: Assessment, as_of: date) -> tuple[str, Scope, tuple[tuple[str, Scope], ...]]:
    """Return the analysis type, the scope and the parts to plan for.

    Parts that compare several values of a key become one part for each; with more than one in all, the question is
    answered part by part and joined, over what all parts have in common. Several groups or measures make one table.
    What the question leaves out is left out of every part.
    """
    from domains.analysis.question.scoping import one_by_one

    without = [(WITHOUT + key, name) for key, name in assessment.excludes if WITHOUT + key in KEYS]
    each = [
        (name, tuple(sorted([*single, *without])))
        for name, scope in assessment.parts
        for single in one_by_one(_crossed(scope))
    ]
    # What was asked for leads; the analysis that it belongs to follows.
    each = [("custom", scope) for name, scope in each if wants_beside(name, scope, as_of)] + each
    parts = tuple(dict.fromkeys((name, _relevant(name, scope, as_of)) for name, scope in each))
    if len(parts) == 1:
        return parts[0][0], parts[0][1], ()
    shared = set(parts[0][1]).intersection(*(scope for _, scope in parts)) if parts else set()
    return "custom", tuple(sorted(shared)), parts


def _crossed(scope: Scope) -> Scope:
    """Return the scope with its groups in one value, and its measures too: one table and not one for each."""
    joined = []
    for key in ("group_by", "metric"):
        names = [name for own, name in scope if own == key]
        joined += [(key, ",".join(names))] if names else []
    return tuple(sorted([*(pair for pair in scope if pair[0] not in ("group_by", "metric")), *joined]))


def _with_notes(assessment: Assessment, as_of: date) -> dict[str, Any]:
    """Return the assessment as data, with a note on what the question asks for and the analyses cannot do."""
    document = assessment.to_dict()
    for key, name in assessment.excludes:
        if WITHOUT + key not in KEYS:
            document["notes"].append(f"The answer is not without {key} {name}: that cannot be left out of the records.")
    for analysis, scope in assessment.parts:
        for name in not_answered(analysis, _crossed(scope), as_of):
            document["notes"].append(
                f"The {name.replace('_', ' ')} that is asked for is not answered as a number here."
            )
    document["notes"] = list(dict.fromkeys(document["notes"]))
    return document


def _relevant(analysis: str, scope: Scope, as_of: date) -> Scope:
    """Return the part of a scope that an analysis goes by.

    Measures and groups are asked of custom questions (groups of the pipeline too), of patterns how often something
    is said, and of other analyses the measures that only they work out. A period that begins after the last
    record selects none; what is asked of it is a forecast, which the pipeline analysis makes from all there is.
    """
    left_out: set[str] = set()
    counted = analysis == "pattern" and value(scope, "metric") == "mention_rate"
    if analysis != "custom":
        left_out |= MODIFIERS
        own = ASKED_OF.get(analysis, frozenset()).intersection((value(scope, "metric") or "").split(","))
        if own:
            scope = tuple((key, ",".join(sorted(own)) if key == "metric" else item) for key, item in scope)
        elif not counted:
            left_out.add("metric")
    if analysis not in ("custom", "pipeline") and not counted:
        left_out.add("group_by")
    period = period_of(scope)
    if analysis == "pipeline" and period is not None and period[0] > as_of:
        left_out.add("period")
    return tuple(pair for pair in scope if pair[0] not in left_out)


def _solved(outcome: Outcome, scope: Scope) -> Solved:
    if not isinstance(outcome, Solved):
        raise NotPlannedError(outcome, scope)
    return outcome
