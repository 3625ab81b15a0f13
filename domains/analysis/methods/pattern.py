"""Pattern discovery: what differs between won and lost calls, what calls are about, what changes."""

from __future__ import annotations

from collections.abc import Iterable

from domains.analysis.methods.known import count, failed, in_hurry, noticed, produce, thorough, without_failed
from domains.analysis.scope import Scope, describe, value
from htn.model import Domain, State, TaskNetwork, refuse

__all__ = ["domain"]

domain = Domain("analysis.pattern")

# As in analysts/pattern_sample.py, which decides on the calls themselves; here it decides what is worth planning.
CALLS_FLOOR = 100
OUTCOME_FLOOR = 50
TOPICS_FLOOR = 40
CHANGE_FLOOR = 100


@domain.operator(
    criteria=("tests_are_counted",), version="1", describe="Compare behaviours of won and lost calls of {0}"
)
def compare_behaviours(state: State, scope: Scope) -> object:
    """Compare what reps and prospects do between won and lost calls."""
    return produce(state, "behaviours", scope, ("calls",))


@domain.operator(criteria=("tests_are_counted",), version="1", describe="Compare phrases of won and lost calls of {0}")
def compare_phrases(state: State, scope: Scope) -> object:
    """Compare phrases between won and lost calls."""
    return produce(state, "wording", scope, ("calls",))


def _validation(name: str, *kinds: str) -> None:
    """Declare the validation of given candidates; all of them are the one capability."""

    def validate(state: State, scope: Scope) -> object:
        return produce(state, "validated", scope, ("calls", *kinds))

    domain.operator(
        name=name,
        capability="validate_patterns",
        criteria=("verdicts_follow_tests",),
        version="1",
        describe="Test the candidates again on calls of {0} kept back",
    )(validate)


_validation("validate_patterns", "behaviours", "wording")
_validation("validate_behaviours", "behaviours")
_validation("validate_phrases", "wording")


@domain.operator(criteria=("topics_are_stable",), version="1", describe="Cluster the topics of {0}")
def cluster_topics(state: State, scope: Scope) -> object:
    """Cluster wording into topics that come back in resamples."""
    return produce(state, "topics", scope, ("calls",))


@domain.operator(criteria=("topics_are_stable",), version="1", describe="Cluster the topics of a sample of {0}")
def cluster_sampled_topics(state: State, scope: Scope) -> object:
    """Cluster the wording of calls drawn with a fixed seed: the way for very much text."""
    return produce(state, "topics", scope, ("calls",))


@domain.operator(criteria=("claims_are_cited",), version="1", describe="Count the tracked topics of {0}")
def count_topics(state: State, scope: Scope) -> object:
    """Count on how many calls each tracked topic comes up."""
    return produce(state, "topics", scope, ("calls",))


@domain.operator(criteria=("claims_are_cited",), version="1", describe="Count how often it comes up: {0}")
def count_mentions(state: State, scope: Scope) -> object:
    """Count on how many calls objections or topics come up, with intervals and examples."""
    return produce(state, "mentions", scope, ("calls",))


@domain.operator(criteria=("claims_are_cited",), version="1", describe="Track what changes over time in {0}")
def track_change(state: State, scope: Scope) -> object:
    """Test what comes up more or less as time goes by."""
    return produce(state, "change", scope, ("calls",))


def _synthesis(name: str, kinds: Iterable[str], words: str = "Say which patterns of {0} are established") -> None:
    """Declare the synthesis that rests on given artifacts; all of them are the one capability."""
    needs = tuple(kinds)

    def synthesise(state: State, scope: Scope) -> object:
        there = [kind for kind in needs if not _left_out(state, kind, scope)]
        return produce(state, "pattern_answer", scope, there)

    domain.operator(
        name=name,
        capability="synthesise_pattern",
        criteria=("answers_with_evidence", "words_match_numbers"),
        version="1",
        describe=words,
    )(synthesise)


_COMPARED = ("calls", "behaviours", "wording", "validated")
_synthesis("synthesise_pattern", (*_COMPARED, "topics", "change"))
_synthesis("synthesise_pattern_without_change", (*_COMPARED, "topics"))
_synthesis("synthesise_pattern_in_brief", ("calls", "behaviours", "validated"))
_synthesis("synthesise_pattern_without_outcomes", ("calls", "topics"))
_synthesis("synthesise_pattern_of_mentions", ("calls", "mentions"), "Say what comes up most often: {0}")
_synthesis("synthesise_pattern_without_calls", ())


@domain.method("find_topics", version="1")
def topics_by_sample(state: State, scope: Scope) -> object:
    """Applies when the calls hold more text than is worth clustering, unless the run asks for the long way.

    Topics are a description, which a sample gives nearly as well. Comparisons are never made on one: what can be
    established depends on every call.
    """
    if not noticed(state, "much_text", scope) or thorough(state):
        return refuse("there is no need for a sample")
    if failed(state, "cluster_sampled_topics", scope):
        return refuse("clustering a sample has failed already")
    return [("cluster_sampled_topics", scope)]


@domain.method("find_topics", version="1")
def topics_by_clusters(state: State, scope: Scope) -> object:
    """Applies when there are enough calls for clusters and clustering has not failed, on a sample neither."""
    if count(state, "calls", scope) < TOPICS_FLOOR:
        return refuse(f"fewer than {TOPICS_FLOOR} calls")
    if failed(state, "cluster_sampled_topics", scope):
        return refuse("clustering a sample has failed already")
    if failed(state, "cluster_topics", scope):
        return refuse("clustering has failed already")
    return [("cluster_topics", scope)]


@domain.method("find_topics", version="1")
def topics_by_trackers(state: State, scope: Scope) -> object:
    """Applies always: counts tracked topics, which needs no minimum of calls."""
    if failed(state, "count_topics", scope):
        return refuse("counting has failed already")
    return [("count_topics", scope)]


@domain.method("find_topics", version="1")
def topics_left_out(state: State, scope: Scope) -> object:
    """Applies when counting tracked topics has failed too: the answer is without topics."""
    return [] if failed(state, "count_topics", scope) else refuse("topics can be counted")


def _left_out(state: State, kind: str, scope: Scope) -> bool:
    """Whether nothing that makes an artifact is left; topics are counted where clustering fails."""
    maker = {"behaviours": "compare_behaviours", "wording": "compare_phrases", "topics": "count_topics"}.get(kind)
    return maker is not None and failed(state, maker, scope)


_VALIDATION = {
    ("compare_behaviours", "compare_phrases"): "validate_patterns",
    ("compare_behaviours",): "validate_behaviours",
    ("compare_phrases",): "validate_phrases",
}


def _validated(state: State, scope: Scope, comparisons: Iterable[str]) -> str | None:
    """Return the step that tests what comparisons find, or None where nothing can be compared or tested any more."""
    operator = _VALIDATION.get(tuple(without_failed(state, comparisons, scope)))
    return None if any(failed(state, name, scope) for name in _VALIDATION.values()) else operator


def _comparable(state: State, scope: Scope) -> bool:
    if _validated(state, scope, ("compare_behaviours", "compare_phrases")) is None:
        return False
    if noticed(state, "few_outcomes", scope):
        return False
    if not _calls(state, scope):
        return False
    won, lost = count(state, "calls_won", scope), count(state, "calls_lost", scope)
    return won + lost >= CALLS_FLOOR and min(won, lost) >= OUTCOME_FLOOR


def _calls(state: State, scope: Scope) -> bool:
    return bool(count(state, "calls", scope)) and not failed(state, "retrieve_calls", scope)


def _network(scope: Scope, looks: Iterable[object], *rest: str) -> TaskNetwork:
    return TaskNetwork.ordered(
        [("retrieve_calls", scope), TaskNetwork.unordered(looks), *((name, scope) for name in rest)]
    )


def _compared(state: State, scope: Scope) -> TaskNetwork:
    """Compare behaviours and wording at the same time, then test both on the calls kept back."""
    comparisons = ("compare_behaviours", "compare_phrases")
    compare = TaskNetwork.unordered([(name, scope) for name in without_failed(state, comparisons, scope)])
    return TaskNetwork.ordered([compare, (_validated(state, scope, comparisons), scope)])


@domain.method("analyse_pattern", version="1")
def patterns_by_counting(state: State, scope: Scope) -> object:
    """Applies when the question is how often something is said: calls are counted, and no outcomes compared."""
    if value(scope, "metric") != "mention_rate":
        return refuse("the question is not how often something is said")
    if not _calls(state, scope):
        return refuse(f"no calls are at hand for {describe(scope)}")
    if failed(state, "count_mentions", scope):
        return refuse("counting has failed already")
    return _network(scope, [("count_mentions", scope)], "synthesise_pattern_of_mentions")


@domain.method("analyse_pattern", version="1")
def patterns_in_brief(state: State, scope: Scope) -> object:
    """Applies when enough calls were won and lost and the run is in a hurry: behaviours only, validated."""
    if not in_hurry(state):
        return refuse("there is time for more than behaviours")
    if not _comparable(state, scope):
        return refuse("too few calls with a known outcome")
    if _validated(state, scope, ("compare_behaviours",)) is None:
        return refuse("comparing behaviours, or testing what it found, has failed already")
    return _network(scope, [("compare_behaviours", scope)], "validate_behaviours", "synthesise_pattern_in_brief")


@domain.method("analyse_pattern", version="1")
def patterns_with_change(state: State, scope: Scope) -> object:
    """Applies when enough calls were won and lost, and depth is thorough, calls are many, or nothing was found again.

    Candidates that hold on one part of the calls and not on the other may be a sign that calls have changed.
    """
    if not _comparable(state, scope):
        return refuse("too few calls with a known outcome")
    worth_it = thorough(state) or count(state, "calls", scope) >= 2 * CHANGE_FLOOR
    if not (worth_it or noticed(state, "none_replicates", scope)):
        return refuse("too few calls to follow change over time")
    if failed(state, "track_change", scope):
        return refuse("following change over time has failed already")
    looks = [_compared(state, scope), ("find_topics", scope), ("track_change", scope)]
    return _network(scope, looks, "synthesise_pattern")


@domain.method("analyse_pattern", version="1")
def patterns_of_outcome(state: State, scope: Scope) -> object:
    """Applies when enough calls were won and lost to compare them."""
    if not _comparable(state, scope):
        return refuse("too few calls with a known outcome")
    return _network(scope, [_compared(state, scope), ("find_topics", scope)], "synthesise_pattern_without_change")


@domain.method("analyse_pattern", version="1")
def patterns_without_outcomes(state: State, scope: Scope) -> object:
    """Applies when there are calls: topics are described, and the answer says why outcomes were not compared."""
    if not _calls(state, scope):
        return refuse(f"no calls are at hand for {describe(scope)}")
    return _network(scope, [("find_topics", scope)], "synthesise_pattern_without_outcomes")


@domain.method("analyse_pattern", version="1")
def patterns_without_calls(state: State, scope: Scope) -> object:
    """Applies when no calls are recorded, or they could not be retrieved: the answer says which."""
    if _calls(state, scope):
        return refuse(f"there are calls of {describe(scope)}")
    return [("synthesise_pattern_without_calls", scope)]
