"""Performance: win rates of reps and territories, value, attainment, and how reps speak."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.methods.known import count, has, in_hurry, produce, sources
from domains.analysis.methods.shared import Part, declare_parts, declare_survey, mark_parts
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.performance")

_CRITERIA = ("says_something", "claims_rest_on_rows", "numbers_have_sample_size")


@domain.operator(criteria=("survey_names_what_is_absent",), describe="See what is recorded about reps: {0}")
def survey_performance(state: State, scope: Scope) -> object:
    """See which records there are; no part is measured yet."""
    mark_parts(state, _PARTS, scope)
    return produce(state, "performance_survey", scope, ())


@domain.operator(criteria=_CRITERIA, describe="Compare reps by win rate, if their order can be trusted: {0}")
def measure_rep_outcomes(state: State, scope: Scope) -> object:
    """Measure win rates of reps, pooled and like with like, and decide whether they may be ranked."""
    return produce(state, "rep_outcomes", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Compare territories among like deals: {0}")
def measure_territories(state: State, scope: Scope) -> object:
    """Compare win rates of regions, as observed and for their mix of deals."""
    return produce(state, "territories", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Compare reps by value per closed deal: {0}")
def measure_rep_value(state: State, scope: Scope) -> object:
    """Compare value per closed deal, raw and within products."""
    return produce(state, "rep_value", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure attainment of quotas: {0}")
def measure_attainment(state: State, scope: Scope) -> object:
    """Measure value won against quota."""
    return produce(state, "attainment", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure how reps speak: {0}")
def measure_conversation(state: State, scope: Scope) -> object:
    """Measure talk ratio, question rate, longest monologue and patience."""
    return produce(state, "conversation", scope, ("calls",))


@domain.operator(criteria=_CRITERIA, describe="Measure how often calls end with a dated next step: {0}")
def measure_next_steps(state: State, scope: Scope) -> object:
    """Measure the rate of dated next steps."""
    return produce(state, "next_step_rates", scope, ("calls",))


@domain.operator(
    criteria=("recommendations_rest_on_findings", "words_match_numbers"),
    describe="Say how reps and territories do: {0}",
)
def synthesise_performance(state: State, scope: Scope) -> object:
    """Join what was measured into an answer."""
    return produce(state, "performance_answer", scope, (*sources(state, scope), "performance_survey", *_PARTS))


def _closed(state: State, scope: Scope) -> str | None:
    if "deals" not in sources(state, scope):
        return "no deals are at hand"
    return None if count(state, "closed", scope) else "no deal is closed"


def _regions(state: State, scope: Scope) -> str | None:
    if not has(state, "regions"):
        return "no regions are recorded"
    return "the question is about one rep" if value(scope, "rep") else _closed(state, scope)


def _quotas(state: State, scope: Scope) -> str | None:
    return _closed(state, scope) if has(state, "quotas") else "no quotas are recorded"


def _calls(state: State, scope: Scope) -> str | None:
    return None if "calls" in sources(state, scope) else "no calls are at hand"


_PARTS = {
    "rep_outcomes": Part("measure_rep_outcomes", _closed),
    "territories": Part("measure_territories", _regions),
    "rep_value": Part("measure_rep_value", _closed),
    "attainment": Part("measure_attainment", _quotas),
    "next_step_rates": Part("measure_next_steps", _calls),
    "conversation": Part("measure_conversation", _calls),
}
declare_parts(domain, "performance_part", _PARTS)
declare_survey(domain, "survey_performance", "performance_survey", lambda: _PARTS)

_FROM_DEALS = ("rep_outcomes", "territories", "rep_value", "attainment")
_FROM_CALLS = ("next_step_rates", "conversation")
_GLANCE = ("rep_outcomes", "territories", "next_step_rates")


def _network(state: State, scope: Scope, parts: Iterable[str]) -> TaskNetwork:
    """Retrieve what there is, measure the parts side by side, attainment always where it is asked for, then join."""
    asked = ("attainment",) if value(scope, "metric") == "quota_attainment" else ()
    retrieval = [(f"retrieve_{kind}", scope) for kind in sources(state, scope)]
    return TaskNetwork.ordered(
        [
            TaskNetwork.unordered([*retrieval, ("performance_survey", scope)]),
            TaskNetwork.unordered([("performance_part", part, scope) for part in dict.fromkeys((*parts, *asked))]),
            ("synthesise_performance", scope),
        ]
    )


@domain.method("analyse_performance", version="1")
def performance_at_a_glance(state: State, scope: Scope) -> object:
    """Applies when there is something to measure and the run is in a hurry (quick depth, tight budget or deadline)."""
    if not in_hurry(state):
        return refuse("there is time for more than a glance")
    if not sources(state, scope):
        return refuse(f"neither deals nor calls are at hand for {describe(scope)}")
    return _network(state, scope, _GLANCE)


@domain.method("analyse_performance", version="1")
def performance_from_deals_and_calls(state: State, scope: Scope) -> object:
    """Applies when both deals and calls are at hand: what reps reach beside how they work."""
    if set(sources(state, scope)) != {"deals", "calls"}:
        return refuse("deals and calls are not both at hand")
    return _network(state, scope, _PARTS)


@domain.method("analyse_performance", version="1")
def performance_from_deals(state: State, scope: Scope) -> object:
    """Applies when deals are at hand and calls are not: outcomes alone."""
    if set(sources(state, scope)) != {"deals"}:
        return refuse("it is not so that only deals are at hand")
    return _network(state, scope, _FROM_DEALS)


@domain.method("analyse_performance", version="1")
def performance_from_calls(state: State, scope: Scope) -> object:
    """Applies when calls are at hand and deals are not: how reps speak, and whether it goes with the calls' outcome."""
    if set(sources(state, scope)) != {"calls"}:
        return refuse("it is not so that only calls are at hand")
    return _network(state, scope, _FROM_CALLS)


@domain.method("analyse_performance", version="1")
def performance_without_records(state: State, scope: Scope) -> object:
    """Applies when neither deals nor calls are at hand: the answer says what is missing."""
    if sources(state, scope):
        return refuse(f"there are records of {describe(scope)}")
    return [("performance_survey", scope), ("synthesise_performance", scope)]
