"""What is said of a topic: the best quotes, how many calls speak of it, and with which outcomes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.measure_artifacts import TopicEvidence
from domains.analysis.artifacts import Citation, Finding
from domains.analysis.language.text import excerpt, words
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics.numbers import in_words, proportion

if TYPE_CHECKING:
    from domains.analysis.corpus.records import Call, Hit
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["search_topic"]

MOST_QUOTES = 8


@capability("search_topic", specialist="retrieval", output=TopicEvidence)
def search_topic(workspace: Workspace, scope: Scope, inputs: Inputs) -> TopicEvidence:
    """Find where the scope's topic is spoken of and quote the best places."""
    topic = value(scope, "topic") or value(scope, "objection") or ""
    calls = workspace.calls(scope)
    hits = workspace.search(topic, scope, limit=1_000_000) if topic else []
    asked = value(scope, "statistic") == "quotes"
    # Asked what is said, the prospects' own words are quoted where there are any.
    own = [hit for hit in hits if hit.role == "prospect"] if asked else []
    quotes = tuple(cite_turn(hit.call_id, hit.idx, _quote(hit, topic)) for hit in own or hits)
    return TopicEvidence(
        topic=topic,
        calls=len({hit.call_id for hit in hits}),
        all_calls=len(calls),
        quotes=spread(quotes, MOST_QUOTES),
        findings=(
            *_findings(topic, hits, calls, spread(quotes, MOST_QUOTES), asked=asked),
            *_in_other_words(workspace, scope, topic),
        ),
        limits=(_limit(workspace),),
    )


def _limit(workspace: Workspace) -> str:
    if workspace.turn_index is None:
        return "The words of the topic were searched for by their stems; what is meant in other words is not found."
    return (
        "Counts rest on the words of the topic, by their stems; what is near it in meaning only is quoted, not counted."
    )


def _in_other_words(workspace: Workspace, scope: Scope, topic: str) -> list[Finding]:
    """Return what an index of meanings finds that the words do not."""
    if workspace.turn_index is None or not topic:
        return []
    spoken = {(hit.call_id, hit.idx) for hit in workspace.search(topic, scope, limit=1_000_000, match="any")}
    near = [hit for hit in workspace.find(topic, scope, limit=MOST_QUOTES) if (hit.call_id, hit.idx) not in spoken]
    if not near:
        return []
    quotes = tuple(cite_turn(hit.call_id, hit.idx, excerpt(hit.text, 0, 1)) for hit in near)
    claim = f'Near "{topic}" in meaning, without its words: {len(near)} turn{"s" if len(near) > 1 else ""}.'
    return [Finding(claim=claim, strength="descriptive", citations=quotes, note="Found by the index of meanings.")]


def _quote(hit: Hit, topic: str) -> str:
    lowered = hit.text.lower()
    stems = [word[:5] for word in words(topic) if len(word) > 2]
    at = min((lowered.find(stem) for stem in stems if stem in lowered), default=0)
    return excerpt(hit.text, max(at, 0), max(at, 0) + 1)


def _findings(
    topic: str, hits: Sequence[Hit], calls: Sequence[Call], quotes: tuple[Citation, ...], *, asked: bool
) -> list[Finding]:
    found = {hit.call_id for hit in hits}
    share = proportion(f"calls that speak of {topic}", len(found), len(calls))
    if not hits:
        claim = f'Nobody speaks of "{topic}" on {len(calls):,} calls.'
        cited = (cite_rows("calls", [call.call_id for call in calls]),)
        title = f"{topic}: nobody speaks of it"
        return [Finding(claim=claim, strength="descriptive", numbers=(share,), citations=cited, title=title)]
    sides = Counter(hit.role for hit in hits)
    claim = (
        f'"{topic}" comes up on {len(found):,} of {len(calls):,} calls: {in_words(share)}; '
        f"{sides['prospect']:,} turns by the prospect, {sides['rep']:,} by the rep."
    )
    if asked:
        claim += " What is said stands in the quotes; it is not summed up here."
    title = f"{topic}: how often it comes up"
    first = Finding(claim=claim, strength="descriptive", numbers=(share,), citations=quotes, title=title)
    outcomes = Counter(call.outcome or "unknown" for call in calls if call.call_id in found)
    listed = ", ".join(f"{number:,} {outcome}" for outcome, number in outcomes.most_common())
    second = Finding(
        claim=f"Outcomes of the calls that speak of it: {listed}.",
        strength="descriptive",
        citations=(cite_rows("calls", found),),
        note="A count, not a comparison: whether it goes with the outcome is a question of patterns.",
    )
    return [first, second]
