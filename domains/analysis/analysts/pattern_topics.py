"""Topics of calls: clusters of wording that come back when the calls are drawn again, and how often each leads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from domains.analysis.analysts.call_artifacts import CallSet, read_calls
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.pattern_artifacts import Topic, TopicSet
from domains.analysis.analysts.pattern_sample import PatternSample, pattern_sample
from domains.analysis.analysts.pattern_tests import Differences, differences, shown
from domains.analysis.artifacts import Citation, Finding, Number
from domains.analysis.language.text import excerpt, words
from domains.analysis.language.topic_cues import TOPICS
from domains.analysis.language.trackers import find, possible
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import benjamini_hochberg
from domains.analysis.statistics.numbers import percent, proportion

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.analysts.call_artifacts import SpokenCall
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["cluster_sampled_topics", "cluster_topics", "count_topics"]

SEED = 20_260_301
RESAMPLES = 6
SIZES = (4, 6, 8, 10)
STABLE = 0.6
LEAST_CALLS = 40
TERMS = 6
MOST_REPORTED = 6
MOST_TERMS = 1500
MOST_DRAWN = 2_000
"""So many calls tell the share that a topic leads to within 2.2 points, whatever their number is."""


@dataclass(frozen=True, slots=True)
class _Model:
    """A factorisation: the weight of each topic in each call, and of each term in each topic."""

    calls: NDArray[np.float64]
    terms: NDArray[np.float64]
    stability: tuple[float, ...]


@capability("cluster_topics", specialist="pattern analyst", output=TopicSet)
def cluster_topics(workspace: Workspace, scope: Scope, inputs: Inputs) -> TopicSet:
    """Cluster the wording of calls into topics (TF-IDF, non-negative matrix factorisation).

    The number of topics is the one whose topics come back best in samples of four fifths of the calls; topics that do
    not come back are not reported.
    """
    return _topics_of(workspace, scope, inputs, _with_words(workspace, scope, inputs))


@capability("cluster_sampled_topics", specialist="pattern analyst", output=TopicSet)
def cluster_sampled_topics(workspace: Workspace, scope: Scope, inputs: Inputs) -> TopicSet:
    """Cluster the wording of half of the calls, at most 2,000, drawn with a fixed seed; every finding says so."""
    import numpy as np

    calls = _with_words(workspace, scope, inputs)
    size = min(MOST_DRAWN, len(calls) // 2)
    drawn = sorted(np.random.default_rng(SEED).choice(len(calls), size=size, replace=False)) if size else []
    found = _topics_of(workspace, scope, inputs, [calls[place] for place in drawn], of=len(calls))
    said = f"Topics were formed on {size:,} of {len(calls):,} calls, drawn by chance (seed {SEED}), to save time."
    return found.model_copy(update={"limits": (said, *found.limits)})


def _with_words(workspace: Workspace, scope: Scope, inputs: Inputs) -> list[SpokenCall]:
    return [call for call in read_calls(workspace, scope, inputs.one(CallSet)) if call.turns]


def _topics_of(
    workspace: Workspace, scope: Scope, inputs: Inputs, calls: Sequence[SpokenCall], of: int | None = None
) -> TopicSet:
    """Cluster the wording of calls, which were drawn from so many when that is said."""
    if len(calls) < LEAST_CALLS:
        return TopicSet(
            calls=len(calls), limits=(f"{len(calls)} calls are too few for topics (at least {LEAST_CALLS}).",)
        )
    matrix, vocabulary = _weigh(workspace, calls)
    model = max((_fit(matrix, size) for size in SIZES), key=lambda one: sum(one.stability) / len(one.stability))
    leading = model.calls.argmax(axis=1)
    kept = [topic for topic in range(model.terms.shape[0]) if model.stability[topic] >= STABLE]
    topics = [_topic(topic, model, vocabulary, leading, len(calls)) for topic in kept]
    sample = pattern_sample(workspace, scope, inputs)
    topics = _outcomes(topics, [(leading == topic).astype(float) for topic in kept], calls, sample)
    dropped = model.terms.shape[0] - len(kept)
    return TopicSet(
        topics=tuple(topics),
        calls=len(calls),
        findings=tuple(
            _finding(topic, [call for call, own in zip(calls, leading, strict=True) if own == number], of)
            for number, topic in sorted(zip(kept, topics, strict=True), key=lambda pair: -pair[1].calls)[:MOST_REPORTED]
            if topic.calls
        ),
        limits=_limits(dropped, model.terms.shape[0]),
    )


def _limits(dropped: int, size: int) -> tuple[str, ...]:
    said = "Topics were formed on the very calls they describe: a difference in outcome is at most suggestive."
    if not dropped:
        return (said,)
    return (f"{dropped} of {size} topics did not come back when calls were drawn again, and are left out.", said)


def _weigh(workspace: Workspace, calls: Sequence[SpokenCall]) -> tuple[Any, list[str]]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS, TfidfVectorizer

    query = (
        "SELECT account AS name FROM accounts UNION SELECT rep FROM calls UNION SELECT prospect FROM calls"
        " UNION SELECT DISTINCT speaker FROM turns"
    )
    names = {word for row in workspace.connection.execute(query) if row["name"] for word in words(str(row["name"]))}

    def tokens(text: str) -> list[str]:
        plain = (word for word in words(text) if "'" not in word and not word.isdigit())
        return [word for word in plain if len(word) > 2 and word not in ENGLISH_STOP_WORDS and word not in names]

    vectoriser = TfidfVectorizer(
        analyzer=tokens, min_df=max(5, len(calls) // 100), max_df=0.5, max_features=MOST_TERMS, sublinear_tf=True
    )
    matrix = vectoriser.fit_transform([" ".join(turn.text for turn in call.turns) for call in calls])
    return matrix, list(vectoriser.get_feature_names_out())


def _factorise(matrix: Any, size: int, seed: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    from sklearn.decomposition import NMF

    # A coarse tolerance: what has not settled by then does not come back in resamples either, and is left out.
    model = NMF(n_components=size, init="nndsvda", random_state=seed, max_iter=2000, tol=1e-3)
    weights = model.fit_transform(matrix)
    return weights, model.components_


def _fit(matrix: Any, size: int) -> _Model:
    """Fit so many topics, and measure how well each comes back in samples of four fifths of the calls."""
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    chance = np.random.default_rng(SEED)
    weights, terms = _factorise(matrix, size, SEED)
    unit = terms / np.maximum(np.linalg.norm(terms, axis=1, keepdims=True), 1e-12)
    matched = np.zeros((RESAMPLES, size))
    for repeat in range(RESAMPLES):
        rows = chance.choice(matrix.shape[0], size=int(matrix.shape[0] * 0.8), replace=False)
        again = _factorise(matrix[rows], size, SEED + repeat + 1)[1]
        other = again / np.maximum(np.linalg.norm(again, axis=1, keepdims=True), 1e-12)
        alike = unit @ other.T
        own, partner = linear_sum_assignment(-alike)
        matched[repeat, own] = alike[own, partner]
    return _Model(weights, terms, tuple(float(one) for one in matched.mean(axis=0)))


def _topic(number: int, model: _Model, vocabulary: Sequence[str], leading: NDArray[np.intp], total: int) -> Topic:
    order = model.terms[number].argsort()[::-1][:TERMS]
    terms = tuple(vocabulary[int(i)] for i in order)
    count = int((leading == number).sum())
    return Topic(
        label=", ".join(terms[:3]),
        terms=terms,
        stability=model.stability[number],
        calls=count,
        share=proportion(f"calls led by {' '.join(terms)}", count, total),
    )


def _outcomes(
    topics: Sequence[Topic], present: Sequence[Any], calls: Sequence[SpokenCall], sample: PatternSample
) -> list[Topic]:
    """Add to each topic how it differs between won and lost calls of one segment and stage, corrected for all topics.

    Where calls belong to no deal, their ends state the outcome, and so would the topics: nothing is compared then.
    """
    import numpy as np

    won, lost, _ = sample.counts
    if not topics or sample.window != "whole call" or not won or not lost:
        return list(topics)
    row = {call.call.call_id: i for i, call in enumerate(calls)}
    known = [i for i, call in enumerate(sample.calls) if call.call.call_id in row]
    decided = [row[sample.calls[i].call.call_id] for i in known]
    outcomes = [float(sample.won[i]) for i in known]
    if len(set(outcomes)) < 2:
        return list(topics)
    values = np.column_stack([column[decided] for column in present])
    result = differences(values, outcomes, [sample.groups[i] for i in known], [sample.strata[i] for i in known])
    corrected = benjamini_hochberg([float(p) for p in result.p])
    return [
        topic.model_copy(update={"q": corrected[i], "difference": _difference(topic, result, i, len(decided))})
        if result.tells(i)
        else topic
        for i, topic in enumerate(topics)
    ]


def _difference(topic: Topic, result: Differences, column: int, n: int) -> Number:
    low, high = result.bounds(column, 100)
    return Number(
        name=f"{topic.label}: won less lost calls",
        value=float(result.effect[column]) * 100,
        unit="points",
        low=low,
        high=high,
        level=0.95,
        n=n,
        method=f"within segment and stage, cluster-robust; {shown('p', float(result.p[column]))}",
    )


def _finding(topic: Topic, calls: Sequence[SpokenCall], of: int | None) -> Finding:
    stable = f" (comes back with a likeness of {topic.stability:.2f} in resamples)" if topic.stability else ""
    claim = f'Topic "{", ".join(topic.terms)}" leads {topic.calls:,} calls, {percent(topic.share.value)}{stable}.'
    if of is not None:
        claim = f"{claim[:-1]}, in a sample of {topic.share.n:,} of {of:,} calls."
    numbers = [topic.share]
    strength: Literal["descriptive", "suggestive", "not established"] = "descriptive"
    if topic.difference is not None and topic.q is not None:
        numbers.append(topic.difference)
        value = topic.difference.value or 0.0
        claim += f" Won less lost calls, like with like: {value:+.1f} points, {shown('q', topic.q)}."
        strength = "suggestive" if topic.q <= 0.05 else "not established"
    return Finding(
        claim=claim,
        strength=strength,
        numbers=tuple(numbers),
        citations=spread(_quotes(topic.terms, calls), 3),
    )


def _quotes(terms: Sequence[str], calls: Sequence[SpokenCall]) -> list[Citation]:
    """Return the turn with most of a topic's terms, of the first calls it leads."""
    found = []
    wanted = set(terms)
    for call in calls[:6]:
        best = max(call.turns, key=lambda turn: len(wanted & set(words(turn.text))))
        at = next((best.text.lower().find(term) for term in terms if term in best.text.lower()), -1)
        if at >= 0:
            found.append(cite_turn(call.call.call_id, best.idx, excerpt(best.text, at, at + 1)))
    return found


@capability("count_topics", specialist="pattern analyst", output=TopicSet)
def count_topics(workspace: Workspace, scope: Scope, inputs: Inputs) -> TopicSet:
    """Count on how many calls each tracked topic is spoken of: the quick way, without clusters."""
    calls = read_calls(workspace, scope, inputs.one(CallSet))
    topics, findings = [], []
    for tracker in TOPICS:
        quotes: list[Citation] = []
        count = 0
        for call in calls:
            for turn in call.turns:
                hits = find(tracker, turn.text) if possible(tracker, turn.text) else []
                if hits:
                    count += 1
                    quotes.append(cite_turn(call.call.call_id, turn.idx, hits[0].sentence))
                    break
        if count:
            share = proportion(f"calls that speak of {tracker.name}", count, len(calls))
            topics.append(Topic(label=tracker.name, terms=(tracker.name,), stability=None, calls=count, share=share))
            claim = f"{tracker.name.capitalize()} is spoken of on {percent(share.value)} of {len(calls):,} calls."
            cited = spread(quotes, 3)
            findings.append(Finding(claim=claim, strength="descriptive", numbers=(share,), citations=cited))
    order = sorted(range(len(topics)), key=lambda i: -topics[i].calls)
    return TopicSet(
        topics=tuple(topics[i] for i in order), calls=len(calls), findings=tuple(findings[i] for i in order[:8])
    )
