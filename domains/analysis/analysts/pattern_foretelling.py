"""How far the words of a call's first half tell its outcome: an honest forecast of calls that were not learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.artifacts import Finding, Number

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from domains.analysis.analysts.pattern_sample import PatternSample

__all__ = ["Foretold", "foretell", "foretelling"]

FOLDS = 5
RESAMPLES = 300
NEAR_CHANCE = 0.65


@dataclass(frozen=True, slots=True)
class Foretold:
    """The chance to win that each call was given by a model that had not seen its buyer, and how good that is.

    Attributes
    ----------
    chances, base : array
        Per call: by its words, and by the share won among the calls learned from.
    auc, low, high : float
        How often a won call was given the higher chance than a lost one, with its 95 % interval (whole buyers drawn
        again); 0.5 is chance.
    """

    chances: NDArray[np.float64]
    base: NDArray[np.float64]
    auc: float
    low: float
    high: float


def foretell(texts: Sequence[str], won: Sequence[bool], groups: Sequence[str]) -> Foretold:
    """Learn from four fifths of the buyers, foretell the calls of the others, and so through all fifths.

    The model is a logistic regression on words and pairs of words (TF-IDF). Buyers are kept together: who gave or
    bought once does so again, and a model that has seen somebody would recognise a person and not a pattern.
    """
    import numpy as np
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.linear_model import LogisticRegression
    from sklearn.metrics import roc_auc_score
    from sklearn.model_selection import GroupKFold
    from sklearn.pipeline import make_pipeline

    truth, whom = np.array(won, dtype=float), np.array(groups)
    chances, base = np.zeros(len(truth)), np.zeros(len(truth))
    for known, held in GroupKFold(FOLDS).split(texts, truth, whom):
        model = make_pipeline(
            TfidfVectorizer(ngram_range=(1, 2), min_df=3, sublinear_tf=True), LogisticRegression(C=1.0, max_iter=500)
        )
        model.fit([texts[i] for i in known], truth[known])
        chances[held] = model.predict_proba([texts[i] for i in held])[:, 1]
        base[held] = truth[known].mean()
    rng = np.random.default_rng(1)
    people = sorted(set(groups))
    own = {person: np.flatnonzero(whom == person) for person in people}
    drawn = []
    for _ in range(RESAMPLES):
        rows = np.concatenate([own[people[i]] for i in rng.integers(0, len(people), len(people))])
        if 0 < truth[rows].mean() < 1:
            drawn.append(float(roc_auc_score(truth[rows], chances[rows])))
    low, high = np.quantile(drawn, [0.025, 0.975])
    return Foretold(chances, base, float(roc_auc_score(truth, chances)), float(low), float(high))


def foretelling(sample: PatternSample) -> Finding:
    """Return what the first halves of calls tell of their outcome, in words: near chance is said to be near chance."""
    texts = [" ".join(f"{turn.role[0]}: {turn.text}" for turn in call.turns) for call in sample.calls]
    found = foretell(texts, sample.won, sample.groups)
    shown = f"AUC {found.auc:.2f} [{found.low:.2f} to {found.high:.2f}], where 0.50 is chance"
    if found.low <= 0.5:
        claim = f"The words of a call's first half do not tell its outcome better than chance: {shown}."
    elif found.high < NEAR_CHANCE:
        claim = f"The words of a call's first half tell its outcome hardly better than chance: {shown}."
    else:
        claim = f"The words of a call's first half tell something of its outcome: {shown}."
    number = Number(
        name="AUC of the outcome, from the first half of the call",
        value=found.auc,
        low=found.low,
        high=found.high,
        level=0.95,
        n=len(texts),
        method=f"logistic regression on words, {FOLDS} folds of whole buyers; interval by drawing buyers again",
    )
    return Finding(
        claim=claim,
        strength="descriptive",
        numbers=(number,),
        citations=(cite_rows("calls", [call.call.call_id for call in sample.calls]),),
        note="Whoever is given the higher chance is the won call of a won and a lost one so often. It is no ground to "
        "score calls or reps by.",
    )
