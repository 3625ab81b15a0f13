"""Wording that differs between won and lost calls: log-odds with a Dirichlet prior, and a test by calls."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from domains.analysis.analysts.call_artifacts import SpokenCall
from domains.analysis.analysts.citing import cite_turn, spread
from domains.analysis.analysts.pattern_alike import representatives
from domains.analysis.analysts.pattern_artifacts import Candidate, CandidateSet
from domains.analysis.analysts.pattern_cases import Cases, cases_of
from domains.analysis.analysts.pattern_foretelling import foretelling
from domains.analysis.analysts.pattern_sample import PatternSample, meets_floor, pattern_sample
from domains.analysis.analysts.pattern_tests import differences, needed_cases, smallest_visible
from domains.analysis.artifacts import Citation, Finding, Number
from domains.analysis.language.reaction_cues import COMMITS
from domains.analysis.language.text import excerpt, words
from domains.analysis.language.trackers import find
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope
from domains.analysis.statistics import benjamini_hochberg
from domains.analysis.statistics.numbers import percent

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.corpus.workspace import Workspace

__all__ = ["Phrases", "compare_phrases", "count_phrases"]

SIDES = ("rep", "prospect")
LEAST_CALLS = 10
MOST_PHRASES = 2000
MOST_KEPT = 40
MOST_SHARE = 0.9
PRIOR_WORDS = 500.0
_NUMBER_WORDS = frozenset(words("one two three four five six seven eight nine ten hundred thousand ninety"))


class Phrases:
    """Phrases of one to three words by side, and how often each call has them."""

    def __init__(self, names: Sequence[tuple[str, str]], counts: NDArray[np.float64]) -> None:
        self.names = tuple(names)
        self.counts = counts

    @property
    def present(self) -> NDArray[np.float64]:
        """1 where a call has a phrase at all."""
        return (self.counts > 0).astype(float)


@capability("compare_phrases", specialist="pattern analyst", output=CandidateSet)
def compare_phrases(workspace: Workspace, scope: Scope, inputs: Inputs) -> CandidateSet:
    """Compare the phrases of either side between won and lost deals.

    The log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and Quinn, 2008) says how much more a
    phrase belongs to one outcome; the p value comes from the share of deals (of calls, where they belong to no deal)
    that have it, like with like and clustered by buyer. Of phrases that nearly always come together one is tested.
    """
    sample = pattern_sample(workspace, scope, inputs)
    won, lost, groups = sample.counts
    base = CandidateSet(
        kind="phrase",
        window=sample.window,
        calls_won=won,
        calls_lost=lost,
        groups=groups,
        exclusions=sample.exclusions,
    )
    phrases = count_phrases(_untitled(workspace, sample.calls), _names(workspace)) if won and lost else None
    if phrases is None or not phrases.names:
        return base.model_copy(update={"limits": ("Too few calls share any wording for phrases to be compared.",)})
    cases = cases_of(sample).with_stages_held()
    shown = cases.shown(phrases.present, [False] * len(phrases.names))
    chosen = representatives(shown, phrases.names)
    wins, losses = sum(cases.won), len(cases.won) - sum(cases.won)
    return base.model_copy(
        update={
            "tested": len(chosen),
            "noun": cases.noun,
            "cases_won": wins,
            "cases_lost": losses,
            "candidates": _candidates(phrases, shown, chosen, sample, cases) if chosen else (),
            "smallest_visible": smallest_visible(wins, losses, alpha=0.05 / max(len(chosen), 1)),
            "findings": (*_foretelling(sample), *_reading_the_outcome(sample)),
        }
    )


def _names(workspace: Workspace) -> frozenset[str]:
    """Return the words of people's and companies' names: they tell who it was, not what was done."""
    query = (
        "SELECT account AS name FROM accounts UNION SELECT rep FROM calls UNION SELECT prospect FROM calls"
        " UNION SELECT account FROM calls UNION SELECT DISTINCT speaker FROM turns"
    )
    rows = workspace.connection.execute(query)
    return frozenset(word for row in rows if row["name"] for word in words(str(row["name"])) if len(word) > 2)


def _untitled(workspace: Workspace, calls: Sequence[SpokenCall]) -> list[SpokenCall]:
    """Return the calls without titles of content: naming a piece is using it, which is compared elsewhere."""
    titles = [str(row["title"]) for row in workspace.connection.execute("SELECT title FROM content WHERE title <> ''")]
    if not titles:
        return list(calls)
    pattern = re.compile("|".join(map(re.escape, titles)), re.IGNORECASE)
    return [
        SpokenCall(call.call, [replace(turn, text=pattern.sub(" / ", turn.text)) for turn in call.turns])
        for call in calls
    ]


def count_phrases(
    calls: Sequence[SpokenCall], hidden: frozenset[str], keep: Sequence[tuple[str, str]] | None = None
) -> Phrases:
    """Return the phrases that enough calls have, and how often; or the counts of given phrases only."""
    import numpy as np
    from sklearn.feature_extraction.text import CountVectorizer

    names: list[tuple[str, str]] = []
    blocks: list[NDArray[np.float64]] = []
    for side in SIDES:
        wanted = sorted({phrase for role, phrase in keep if role == side}) if keep is not None else None
        if wanted == []:
            continue
        documents = [[words(turn.text) for turn in call.turns if turn.role == side] for call in calls]
        vectoriser = CountVectorizer(
            analyzer=lambda turns: _grams(turns, hidden),
            min_df=1 if wanted else LEAST_CALLS,
            max_df=1.0 if wanted else MOST_SHARE,
            max_features=None if wanted else MOST_PHRASES,
            vocabulary=wanted,
        )
        try:
            matrix: Any = vectoriser.fit_transform(documents)
        except ValueError:  # sklearn's word for "no phrase is in enough calls"
            continue
        names += [(side, phrase) for phrase in vectoriser.get_feature_names_out()]
        blocks.append(np.asarray(matrix.todense(), dtype=float))
    return Phrases(names, np.hstack(blocks) if blocks else np.zeros((len(calls), 0)))


def _grams(turns: Sequence[Sequence[str]], hidden: frozenset[str]) -> list[str]:
    """Return the phrases of one to three words; none goes across two turns, has a name in it or is only small words.

    Examples
    --------
    >>> _grams([["is", "the", "price", "fixed", "Ada"]], frozenset(["Ada"]))
    ['price', 'fixed', 'the price', 'price fixed', 'is the price', 'the price fixed']
    """
    small = _small_words()
    found = []
    for tokens in turns:
        for part in _between(tokens, hidden):
            full = [not (word in small or word.isdigit() or "'" in word) for word in part]
            first = list(zip(part, full, strict=True))
            second, third = first[1:], first[2:]
            found += [a for a, x in first if x]
            found += [f"{a} {b}" for (a, x), (b, y) in zip(first, second, strict=False) if x or y]
            found += [
                f"{a} {b} {c}" for (a, x), (b, y), (c, z) in zip(first, second, third, strict=False) if x or y or z
            ]
    return found


@lru_cache(maxsize=1)
def _small_words() -> frozenset[str]:
    from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

    return _NUMBER_WORDS | frozenset[str](ENGLISH_STOP_WORDS)


def _between(tokens: Sequence[str], hidden: frozenset[str]) -> list[Sequence[str]]:
    """Return the stretches of words between hidden ones."""
    if hidden.isdisjoint(tokens):
        return [tokens]
    cuts = [-1, *(place for place, word in enumerate(tokens) if word in hidden), len(tokens)]
    return [tokens[a + 1 : b] for a, b in pairwise(cuts) if b > a + 1]


def _log_odds(counts: NDArray[np.float64], sides: NDArray[np.intp], won: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the z score of each phrase's log-odds ratio, won against lost, each side against its own vocabulary."""
    import numpy as np

    z = np.zeros(counts.shape[1])
    for side in np.unique(sides):
        own = sides == side
        in_won, in_lost = counts[won][:, own].sum(axis=0), counts[~won][:, own].sum(axis=0)
        total = in_won + in_lost
        prior = PRIOR_WORDS * total / max(total.sum(), 1.0)
        a0 = prior.sum()

        def odds(seen: NDArray[np.float64], prior: NDArray[np.float64] = prior, a0: float = a0) -> NDArray[np.float64]:
            return np.asarray(np.log((seen + prior) / np.maximum(seen.sum() + a0 - seen - prior, 1e-9)))

        error = np.sqrt(1 / np.maximum(in_won + prior, 1e-9) + 1 / np.maximum(in_lost + prior, 1e-9))
        z[own] = (odds(in_won) - odds(in_lost)) / error
    return z


def _candidates(
    phrases: Phrases, shown: NDArray[np.float64], chosen: Sequence[int], sample: PatternSample, cases: Cases
) -> tuple[Candidate, ...]:
    import numpy as np

    won = np.array(cases.won)
    present, names = shown[:, chosen], [phrases.names[i] for i in chosen]
    result = cases.compared(phrases.present[:, chosen], [False] * len(chosen))
    corrected = benjamini_hochberg([float(p) for p in result.p])
    sides = np.array([SIDES.index(side) for side, _ in phrases.names])
    log_odds = _log_odds(phrases.counts, sides, np.array(sample.won))[chosen]
    telling = [i for i in range(len(names)) if result.tells(i)]
    order = sorted(telling, key=lambda i: (result.p[i], names[i]))[:MOST_KEPT]
    found = []
    for i in order:
        side, phrase = names[i]
        found.append(
            Candidate(
                name=f'{side} says "{phrase}"',
                kind="phrase",
                share=True,
                noun=cases.noun,
                won=float(present[won, i].mean()),
                lost=float(present[~won, i].mean()),
                difference=float(result.effect[i]),
                low=float(result.low[i]),
                high=float(result.high[i]),
                p=float(result.p[i]),
                q=corrected[i],
                n=len(won),
                groups=result.clusters,
                log_odds=float(log_odds[i]),
                needed=needed_cases(float(result.effect[i]), float(present[:, i].std()), alpha=0.05 / len(names)),
                examples=_examples(sample.calls, sample.won, side, phrase, in_won=result.effect[i] >= 0),
            )
        )
    return tuple(found)


def _examples(
    calls: Sequence[SpokenCall], won: Sequence[bool], side: str, phrase: str, *, in_won: bool
) -> tuple[Citation, ...]:
    """Return turns that have the phrase, of the outcome that has it more often."""
    # Between the words of a phrase there may be any sign that is no word: "yes, i will".
    pattern = re.compile(r"[^\w'’]+".join(re.escape(word) for word in phrase.split()), re.IGNORECASE)
    found: list[Citation] = []
    for call, is_won in zip(calls, won, strict=True):
        if is_won != in_won or len(found) >= 3:
            continue
        for turn in call.turns:
            match = pattern.search(turn.text.replace("’", "'")) if turn.role == side else None
            if match:
                quote = excerpt(turn.text, match.start(), match.end())
                found.append(cite_turn(call.call.call_id, turn.idx, quote))
                break
    return spread(found, 3)


def _foretelling(sample: PatternSample) -> list[Finding]:
    """Say how far the words foretell the outcome, where the calls themselves are won or lost and their ends say it."""
    return [foretelling(sample)] if sample.window != "whole call" and meets_floor(*sample.counts) else []


def _reading_the_outcome(sample: PatternSample) -> list[Finding]:
    """Say how far the calls' ends state the outcome, so that nobody takes that for a sign of it."""
    import numpy as np

    ends = [call for call in sample.ends if call.turns]
    if sample.window == "whole call" or len(ends) < len(sample.ends):
        return []
    quotes = [_commitment(call) for call in ends]
    commits = np.array([[float(quote is not None)] for quote in quotes])
    result = differences(commits, [float(won) for won in sample.won], sample.groups, sample.strata)
    won = np.array(sample.won)
    low, high = result.bounds(0, 100)
    number = Number(
        name="prospect commits in the second half",
        value=float(result.effect[0]) * 100,
        unit="points",
        low=low,
        high=high,
        level=0.95 if low is not None else None,
        n=len(ends),
        method=f"won less lost calls, cluster-robust; p = {float(result.p[0]):.2g}",
    )
    claim = (
        f"At the end of the call the prospect says yes in {percent(float(commits[won].mean()))} of won and "
        f"{percent(float(commits[~won].mean()))} of lost calls: that is the outcome being voiced. "
        "It reads the result and forecasts nothing."
    )
    cited = [quote for quote, is_won in zip(quotes, sample.won, strict=True) if quote and is_won]
    if not cited:
        return []
    return [Finding(claim=claim, strength="descriptive", numbers=(number,), citations=spread(cited, 3))]


def _commitment(call: SpokenCall) -> Citation | None:
    for turn in call.turns:
        hits = [hit for hit in find(COMMITS, turn.text) if not hit.question] if turn.role == "prospect" else []
        if hits:
            return cite_turn(call.call.call_id, turn.idx, hits[0].sentence)
    return None
