"""Prospect deep dive: history, momentum, objections, people, competition, next steps, qualification."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from domains.analysis.methods.known import in_hurry, produce, sources, without_failed
from domains.analysis.scope import Scope, describe
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.prospect")

# Each step that looks at the account from one side: its operator, and the artifact it makes.
_MAKES = {
    "trace_history": "history",
    "measure_momentum": "momentum",
    "assess_objections": "objections",
    "map_stakeholders": "stakeholders",
    "find_competitive_context": "competitive_context",
    "extract_next_steps": "next_steps",
    "gather_qualification": "qualification",
}
_ALL = tuple(_MAKES)
_BRIEF = ("trace_history", "measure_momentum", "extract_next_steps")
_DEALS_ONLY = ("trace_history", "measure_momentum", "find_competitive_context")
_CALLS_ONLY = tuple(name for name in _ALL if name != "measure_momentum")


@domain.operator(criteria=("history_is_ordered",), version="1", describe="Trace the history of {0}")
def trace_history(state: State, scope: Scope) -> object:
    """Put calls, deals, stages and content in order."""
    return produce(state, "history", scope, sources(state, scope))


@domain.operator(criteria=("momentum_is_dated",), version="1", describe="Measure progress and momentum of {0}")
def measure_momentum(state: State, scope: Scope) -> object:
    """Measure open deals, gaps between contacts and deal warnings."""
    return produce(state, "momentum", scope, sources(state, scope))


@domain.operator(
    criteria=("quotes_are_given",), version="1", describe="Assess the objections of {0} and their handling"
)
def assess_objections(state: State, scope: Scope) -> object:
    """Follow objections over the rep's answer to the prospect's reaction."""
    return produce(state, "objections", scope, ("calls",))


@domain.operator(criteria=("quotes_are_given",), version="1", describe="Map the stakeholders of {0}")
def map_stakeholders(state: State, scope: Scope) -> object:
    """List the people and functions on the buyer's side."""
    return produce(state, "stakeholders", scope, ("calls",))


@domain.operator(criteria=("claims_are_cited",), version="1", describe="Find the competitive context of {0}")
def find_competitive_context(state: State, scope: Scope) -> object:
    """Find competitors named on calls or recorded on deals."""
    return produce(state, "competitive_context", scope, sources(state, scope))


@domain.operator(criteria=("steps_have_owners",), version="1", describe="Extract the next steps with {0}")
def extract_next_steps(state: State, scope: Scope) -> object:
    """Extract next steps with owner and date."""
    return produce(state, "next_steps", scope, ("calls",))


@domain.operator(criteria=("qualification_is_evidence",), version="1", describe="Gather MEDDPICC evidence for {0}")
def gather_qualification(state: State, scope: Scope) -> object:
    """Gather quotes for each letter of MEDDPICC."""
    return produce(state, "qualification", scope, ("calls",))


def _synthesis(name: str, operators: Iterable[str]) -> None:
    """Declare the synthesis that rests on given steps; all of them are the one capability."""
    chosen = tuple(operators)

    def synthesise(state: State, scope: Scope) -> object:
        made = [_MAKES[item] for item in without_failed(state, chosen, scope)]
        return produce(state, "prospect_answer", scope, (*sources(state, scope), *made))

    domain.operator(
        name=name,
        capability="synthesise_prospect",
        criteria=("answers_with_evidence", "words_match_numbers"),
        version="1",
        describe="Say where {0} stands and what to do next",
    )(synthesise)


_synthesis("synthesise_prospect", _ALL)
_synthesis("synthesise_prospect_from_calls", _CALLS_ONLY)
_synthesis("synthesise_prospect_from_deals", _DEALS_ONLY)
_synthesis("synthesise_prospect_in_brief", _BRIEF)
_synthesis("synthesise_prospect_without_records", ())


def _network(state: State, scope: Scope, operators: Iterable[str], last: str) -> TaskNetwork:
    """Retrieve what there is, look from every side at once, then join."""
    retrieval = [(f"retrieve_{kind}", scope) for kind in sources(state, scope)]
    looks = [(name, scope) for name in without_failed(state, operators, scope)]
    return TaskNetwork.ordered([TaskNetwork.unordered(retrieval), TaskNetwork.unordered(looks), (last, scope)])


def _needs(kinds: set[str]) -> Callable[[State, Scope], bool]:
    return lambda state, scope: set(sources(state, scope)) == kinds


@domain.method("analyse_prospect", version="1")
def prospect_in_brief(state: State, scope: Scope) -> object:
    """Applies when there are calls and the run is in a hurry (quick depth, tight budget or tight deadline)."""
    if not in_hurry(state):
        return refuse("there is time for the full analysis")
    if "calls" not in sources(state, scope):
        return refuse(f"no calls are recorded for {describe(scope)}")
    return _network(state, scope, _BRIEF, "synthesise_prospect_in_brief")


@domain.method("analyse_prospect", version="1")
def prospect_in_full(state: State, scope: Scope) -> object:
    """Applies when both calls and deals are recorded for the scope."""
    if not _needs({"calls", "deals"})(state, scope):
        return refuse("calls and deals are not both at hand")
    return _network(state, scope, _ALL, "synthesise_prospect")


@domain.method("analyse_prospect", version="1")
def prospect_from_calls(state: State, scope: Scope) -> object:
    """Applies when calls are at hand and deals are not."""
    if not _needs({"calls"})(state, scope):
        return refuse("it is not so that only calls are at hand")
    return _network(state, scope, _CALLS_ONLY, "synthesise_prospect_from_calls")


@domain.method("analyse_prospect", version="1")
def prospect_from_deals(state: State, scope: Scope) -> object:
    """Applies when deals are at hand and calls are not."""
    if not _needs({"deals"})(state, scope):
        return refuse("it is not so that only deals are at hand")
    return _network(state, scope, _DEALS_ONLY, "synthesise_prospect_from_deals")


@domain.method("analyse_prospect", version="1")
def prospect_without_records(state: State, scope: Scope) -> object:
    """Applies when nothing is recorded for the scope, or nothing of it could be retrieved: the answer says which."""
    if sources(state, scope):
        return refuse(f"there are records of {describe(scope)}")
    return [("synthesise_prospect_without_records", scope)]
