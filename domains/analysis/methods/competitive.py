"""Competition: who is named, win rates as observed and with controls, objections and wording beside competitors."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.methods.known import count, has, in_hurry, noticed, produce, sources
from domains.analysis.methods.shared import Part, declare_parts, declare_survey, mark_parts
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["ENOUGH_FOR_CONTROLS", "domain"]

domain = Domain("analysis.competitive")

ENOUGH_FOR_CONTROLS = 100
FEWEST_CALLS = 20

_CRITERIA = ("says_something", "claims_rest_on_rows", "numbers_have_sample_size")


@domain.operator(criteria=("survey_names_what_is_absent",), describe="See what is known of competitors: {0}")
def survey_competition(state: State, scope: Scope) -> object:
    """See which competitors are known and which records there are; no part is measured yet."""
    mark_parts(state, _PARTS, scope)
    return produce(state, "competition_survey", scope, ())


@domain.operator(criteria=_CRITERIA, describe="Find who names which competitor, and when: {0}")
def find_competitor_mentions(state: State, scope: Scope) -> object:
    """Count mentions of competitors by side and by how far the deal was."""
    return produce(state, "competitor_mentions", scope, ("calls",))


@domain.operator(criteria=_CRITERIA, describe="Compare win rates against competitors: {0}")
def compare_competitor_outcomes(state: State, scope: Scope) -> object:
    """Compare the win rate against each competitor with that of deals without one."""
    return produce(state, "competitor_outcomes", scope, sources(state, scope))


@domain.operator(criteria=_CRITERIA, describe="Compare win rates against competitors, with controls: {0}")
def model_competitor_effect(state: State, scope: Scope) -> object:
    """Ask whether a difference stays when segment, size, region and product are held."""
    return produce(state, "competitor_model", scope, ("deals",))


@domain.operator(criteria=_CRITERIA, describe="Relate objections to competitors: {0}")
def relate_objections(state: State, scope: Scope) -> object:
    """Compare how often objections come up with and without a competitor named."""
    return produce(state, "competitor_objections", scope, ("calls",))


@domain.operator(criteria=_CRITERIA, describe="Compare the wording beside competitors' names, won and lost: {0}")
def compare_wording(state: State, scope: Scope) -> object:
    """Compare what is said beside competitors' names in won and in lost deals."""
    return produce(state, "competitor_wording", scope, ("calls",))


@domain.operator(
    criteria=("recommendations_rest_on_findings", "words_match_numbers"), describe="Say how competition stands: {0}"
)
def synthesise_competitive(state: State, scope: Scope) -> object:
    """Join what was found into an answer."""
    retrieved = sources(state, scope) if has(state, "competitors") else ()
    return produce(state, "competitive_answer", scope, (*retrieved, "competition_survey", *_PARTS))


def _calls(state: State, scope: Scope) -> str | None:
    return None if "calls" in sources(state, scope) else "no calls are at hand"


def _decided(state: State, scope: Scope) -> str | None:
    at_hand = sources(state, scope)
    if "deals" in at_hand and count(state, "closed", scope):
        return None
    if "calls" in at_hand and count(state, "calls_with_outcome", scope):
        return None
    return "nothing is won or lost yet"


def _modelled(state: State, scope: Scope) -> str | None:
    if "deals" not in sources(state, scope):
        return "no deals are at hand"
    found = count(state, "closed", scope)
    # a question about one competitor counts its deals only, while the comparison takes the others as well
    if value(scope, "competitor"):
        return None if found else "no deal is closed"
    return None if found >= ENOUGH_FOR_CONTROLS else f"{found} closed deals are too few to hold anything equal"


def _many_calls(state: State, scope: Scope) -> str | None:
    if noticed(state, "nobody_named", scope):
        return "no competitor is named on the calls"
    found = count(state, "calls", scope)
    return _calls(state, scope) if found >= FEWEST_CALLS else f"{found} calls are fewer than {FEWEST_CALLS}"


_PARTS = {
    "competitor_model": Part("model_competitor_effect", _modelled),
    "competitor_outcomes": Part("compare_competitor_outcomes", _decided),
    "competitor_mentions": Part("find_competitor_mentions", _calls),
    "competitor_objections": Part("relate_objections", _many_calls),
    "competitor_wording": Part("compare_wording", _many_calls),
}
declare_parts(domain, "competitive_part", _PARTS)
declare_survey(domain, "survey_competition", "competition_survey", lambda: _PARTS)

_FROM_DEALS = ("competitor_model", "competitor_outcomes")
_FROM_CALLS = ("competitor_outcomes", "competitor_mentions", "competitor_objections", "competitor_wording")
_GLANCE = ("competitor_outcomes", "competitor_mentions")


def _network(state: State, scope: Scope, parts: Iterable[str]) -> TaskNetwork:
    """Retrieve what there is, look from every side at once, then join."""
    retrieval = [(f"retrieve_{kind}", scope) for kind in sources(state, scope)]
    return TaskNetwork.ordered(
        [
            TaskNetwork.unordered([*retrieval, ("competition_survey", scope)]),
            TaskNetwork.unordered([("competitive_part", part, scope) for part in parts]),
            ("synthesise_competitive", scope),
        ]
    )


@domain.method("analyse_competitive", version="1")
def competitors_unknown(state: State, scope: Scope) -> object:
    """Applies when no deal records a competitor and no call names a known one: the answer says what is missing."""
    if has(state, "competitors") and sources(state, scope):
        return refuse("competitors are recorded or named")
    return [("competition_survey", scope), ("synthesise_competitive", scope)]


def _obstacle(state: State, scope: Scope, kinds: set[str] | None = None) -> str | None:
    """Return why an analysis of known competitors from these kinds of records does not apply, or None."""
    if not has(state, "competitors"):
        return "no competitor is recorded or named"
    at_hand = set(sources(state, scope))
    if not at_hand:
        return f"neither deals nor calls are at hand for {describe(scope)}"
    if kinds is not None and at_hand != kinds:
        return f"what is at hand is {' and '.join(sorted(at_hand))}, not {' and '.join(sorted(kinds))}"
    return None


@domain.method("analyse_competitive", version="1")
def competition_at_a_glance(state: State, scope: Scope) -> object:
    """Applies when competitors are known and the run is in a hurry (quick depth, tight budget or tight deadline)."""
    reason = _obstacle(state, scope) if in_hurry(state) else "there is time for more than a glance"
    return refuse(reason) if reason else _network(state, scope, _GLANCE)


@domain.method("analyse_competitive", version="1")
def competition_from_deals_and_calls(state: State, scope: Scope) -> object:
    """Applies when competitors are known and both deals and calls are at hand."""
    reason = _obstacle(state, scope, {"deals", "calls"})
    return refuse(reason) if reason else _network(state, scope, _PARTS)


@domain.method("analyse_competitive", version="1")
def competition_from_deals(state: State, scope: Scope) -> object:
    """Applies when competitors are known and deals, but no calls, are at hand: outcomes alone."""
    reason = _obstacle(state, scope, {"deals"})
    return refuse(reason) if reason else _network(state, scope, _FROM_DEALS)


@domain.method("analyse_competitive", version="1")
def competition_from_calls(state: State, scope: Scope) -> object:
    """Applies when competitors are known and calls, but no deals, are at hand: what is said, and with which outcome."""
    reason = _obstacle(state, scope, {"calls"})
    return refuse(reason) if reason else _network(state, scope, _FROM_CALLS)
