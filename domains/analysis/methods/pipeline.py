"""Pipeline: win rate, forecast, quarter end, velocity, ageing, slippage, stages, coverage, categories."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.methods.known import count, failed, has, in_hurry, produce
from domains.analysis.methods.shared import Part, declare_parts, declare_survey, mark_parts
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["ENOUGH_CLOSED", "domain"]

domain = Domain("analysis.pipeline")

ENOUGH_CLOSED = 100
FEWEST_TIMED = 50

_CRITERIA = ("says_something", "claims_rest_on_rows", "numbers_have_sample_size")


@domain.operator(criteria=("survey_names_what_is_absent",), describe="See which pipeline records there are: {0}")
def survey_pipeline(state: State, scope: Scope) -> object:
    """See which records there are; no part is measured yet."""
    mark_parts(state, _PARTS, scope)
    return produce(state, "pipeline_survey", scope, ())


@domain.operator(criteria=_CRITERIA, describe="Measure the win rate: {0}")
def measure_win_rate(state: State, scope: Scope) -> object:
    """Measure the win rate, whether groups of deals differ in it, and the value of won deals."""
    return produce(state, "win_rate", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Compare the last months of quarters with others: {0}")
def measure_quarter_end(state: State, scope: Scope) -> object:
    """Test whether closes and win rates differ at quarter ends."""
    return produce(state, "quarter_end", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure cycle length and velocity: {0}")
def measure_velocity(state: State, scope: Scope) -> object:
    """Measure cycle length and velocity, and check the formula against what was won."""
    return produce(state, "velocity", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure the age of open deals: {0}")
def measure_ageing(state: State, scope: Scope) -> object:
    """Measure the age of open deals against what closed deals took."""
    return produce(state, "ageing", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure slippage of close dates: {0}")
def measure_slippage(state: State, scope: Scope) -> object:
    """Count overdue open deals, and measure how late deals closed."""
    return produce(state, "slippage", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure stage conversion: {0}")
def measure_stage_conversion(state: State, scope: Scope) -> object:
    """Measure which share of deals goes further from every stage."""
    return produce(state, "stage_conversion", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Measure pipeline coverage of quotas: {0}")
def measure_coverage(state: State, scope: Scope) -> object:
    """Measure open pipeline against the quota still to be won."""
    return produce(state, "coverage", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Add up open deals by forecast category: {0}")
def roll_up_categories(state: State, scope: Scope) -> object:
    """Add up the open deals by forecast category."""
    return produce(state, "categories", scope, ("deals",))


@domain.operator(
    criteria=("forecast_has_interval", "forecast_is_tested", *_CRITERIA), describe="Forecast the next three months: {0}"
)
def forecast_quarter(state: State, scope: Scope) -> object:
    """Forecast the value won in the next three months: the simplest rule, unless a survival model did better."""
    return produce(state, "forecast", scope, ("deals",))


@domain.operator(
    criteria=("recommendations_rest_on_findings", "words_match_numbers"), describe="Say where the pipeline stands: {0}"
)
def synthesise_pipeline(state: State, scope: Scope) -> object:
    """Join what was measured into an answer."""
    retrieved = ("deals",) if _retrievable(state, scope) else ()
    return produce(state, "pipeline_answer", scope, (*retrieved, "pipeline_survey", *_PARTS))


def _with_closed(operator: str, fewest: int) -> Part:
    def missing(state: State, scope: Scope) -> str | None:
        found = count(state, "closed", scope)
        return None if found >= fewest else f"{found} closed deals are fewer than the {fewest} that it takes"

    return Part(operator, missing)


def _with_open(operator: str, record: str | None = None) -> Part:
    def missing(state: State, scope: Scope) -> str | None:
        if record and not has(state, record):
            return f"no {record.replace('_', ' ')} are recorded"
        return None if count(state, "open", scope) else "no deal is open"

    return Part(operator, missing)


def _with_stages(state: State, scope: Scope) -> str | None:
    return None if has(state, "stage_history") else "no stage history is recorded"


def _with_deals(state: State, scope: Scope) -> str | None:
    return None if count(state, "deals", scope) else "no deals are recorded"


_PARTS = {
    "win_rate": _with_closed("measure_win_rate", 1),
    "forecast": _with_closed("forecast_quarter", ENOUGH_CLOSED),
    "quarter_end": _with_closed("measure_quarter_end", ENOUGH_CLOSED),
    "velocity": _with_closed("measure_velocity", FEWEST_TIMED),
    "ageing": _with_open("measure_ageing"),
    "slippage": Part("measure_slippage", _with_deals),
    "stage_conversion": Part("measure_stage_conversion", _with_stages),
    "coverage": _with_open("measure_coverage", "quotas"),
    "categories": _with_open("roll_up_categories", "forecast_categories"),
}
declare_parts(domain, "pipeline_part", _PARTS)
declare_survey(domain, "survey_pipeline", "pipeline_survey", lambda: _PARTS)

# The part of which a measure asked for is taken.
_ASKED = {
    "forecast": "forecast",
    "coverage": "coverage",
    "velocity": "velocity",
    "stage_conversion": "stage_conversion",
    "deal_age": "ageing",
    "slippage": "slippage",
    "commit": "categories",
}
_GLANCE = ("win_rate", "forecast")
_OUTCOMES = ("win_rate", "forecast", "quarter_end", "velocity", "ageing", "slippage", "coverage", "categories")
_OPEN = ("win_rate", "ageing", "slippage", "coverage", "categories")


def _network(scope: Scope, parts: Iterable[str]) -> TaskNetwork:
    """Retrieve and survey, measure the parts and what is asked for side by side, then join them."""
    asked = [_ASKED[name] for name in (value(scope, "metric") or "").split(",") if name in _ASKED]
    return TaskNetwork.ordered(
        [
            TaskNetwork.unordered([("retrieve_deals", scope), ("pipeline_survey", scope)]),
            TaskNetwork.unordered([("pipeline_part", part, scope) for part in dict.fromkeys((*parts, *asked))]),
            ("synthesise_pipeline", scope),
        ]
    )


def _retrievable(state: State, scope: Scope) -> bool:
    return bool(count(state, "deals", scope)) and not failed(state, "retrieve_deals", scope)


@domain.method("analyse_pipeline", version="1")
def pipeline_at_a_glance(state: State, scope: Scope) -> object:
    """Applies when there are closed deals and the run is in a hurry (quick depth, tight budget or tight deadline)."""
    if not in_hurry(state):
        return refuse("there is time for more than a glance")
    if not _retrievable(state, scope) or not count(state, "closed", scope):
        return refuse(f"no closed deals are at hand for {describe(scope)}")
    return _network(scope, _GLANCE)


@domain.method("analyse_pipeline", version="1")
def pipeline_with_stages(state: State, scope: Scope) -> object:
    """Applies when at least 100 deals are closed and their stage history is recorded."""
    if not _retrievable(state, scope):
        return refuse(f"no deals are at hand for {describe(scope)}")
    if count(state, "closed", scope) < ENOUGH_CLOSED:
        return refuse(f"fewer than {ENOUGH_CLOSED} deals are closed")
    if not has(state, "stage_history"):
        return refuse("no stage history is recorded")
    return _network(scope, _PARTS)


@domain.method("analyse_pipeline", version="1")
def pipeline_from_outcomes(state: State, scope: Scope) -> object:
    """Applies when at least 100 deals are closed and there is no stage history to follow."""
    if not _retrievable(state, scope):
        return refuse(f"no deals are at hand for {describe(scope)}")
    if count(state, "closed", scope) < ENOUGH_CLOSED:
        return refuse(f"fewer than {ENOUGH_CLOSED} deals are closed")
    return _network(scope, _OUTCOMES)


@domain.method("analyse_pipeline", version="1")
def pipeline_of_few_deals(state: State, scope: Scope) -> object:
    """Applies when there are deals but fewer than 100 are closed: the open ones are described, nothing is forecast."""
    if not _retrievable(state, scope):
        return refuse(f"no deals are at hand for {describe(scope)}")
    if count(state, "closed", scope) >= ENOUGH_CLOSED:
        return refuse(f"at least {ENOUGH_CLOSED} deals are closed")
    return _network(scope, _OPEN)


@domain.method("analyse_pipeline", version="1")
def pipeline_without_deals(state: State, scope: Scope) -> object:
    """Applies when no deals are at hand: the answer says what is missing."""
    if _retrievable(state, scope):
        return refuse(f"there are deals for {describe(scope)}")
    return [("pipeline_survey", scope), ("synthesise_pipeline", scope)]
