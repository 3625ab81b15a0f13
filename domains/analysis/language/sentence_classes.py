"""Classes of sentences learned from labelled calls: what a rep tries, how a prospect reacts, each seen in its place."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any

from domains.analysis.language.sentence_order import Order, learn_order
from htn.model.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PlacedSentence", "SentenceClassifier", "place"]

# Words of a sentence count fully, those around it less: a reply is read in the light of the question.
_AROUND = (("before", 0.4), ("asked", 0.5), ("after", 0.3), ("answered", 0.3))

# How much rare classes are favoured (the power of their frequency that is taken out), and how much the order counts.
CHOICES = tuple(product((0.0, 0.2, 0.4), (0.0, 0.2, 0.4, 0.6, 0.8)))
USUAL_CHOICE = (0.2, 0.4)
INNER_PARTS = 3
LEAST_CALLS = 30
IMPOSSIBLE = -1e3


@dataclass(frozen=True, slots=True)
class PlacedSentence:
    """A sentence with what stands around it.

    Attributes
    ----------
    text, role : str
        What is said, and by which side.
    before, after : str
        The sentences next to it, whoever says them.
    asked, answered : str
        The last sentence of the other side before it, and the first after it.
    turn : int
        Number of the turn of its side.
    through : float
        How far into the call it stands, from 0 to 1.
    """

    text: str
    role: str
    before: str
    after: str
    asked: str
    answered: str
    turn: int
    through: float


def place(sentences: Sequence[tuple[str, str, int]]) -> list[PlacedSentence]:
    """Return the sentences of one call, given as (role, text, turn) in order, each with what stands around it.

    Examples
    --------
    >>> first, second = place([("rep", "Would you give?", 0), ("prospect", "Yes.", 0)])
    >>> second.asked, first.answered, second.after
    ('Would you give?', 'Yes.', '')
    """
    found = []
    for at, (role, text, turn) in enumerate(sentences):
        asked = next((said for side, said, _ in reversed(sentences[:at]) if side != role), "")
        answered = next((said for side, said, _ in sentences[at + 1 :] if side != role), "")
        before = sentences[at - 1][1] if at else ""
        after = sentences[at + 1][1] if at + 1 < len(sentences) else ""
        found.append(PlacedSentence(text, role, before, after, asked, answered, turn, at / len(sentences)))
    return found


class SentenceClassifier:
    """Classes of sentences by their words, parts of words, the sentences around, the place in the call, and the order.

    Parameters
    ----------
    penalty : float
        Inverse strength of the regularisation of the logistic regression.

    Notes
    -----
    Both sides are learned together, because thanks are thanks whoever says them; each is given its own classes only.
    What follows what in a call is learned apart (a chain over all its sentences), and the likeliest sequence is said.
    How much rare classes are favoured and how much the order counts is chosen on calls within those learned from.
    """

    def __init__(self, penalty: float = 5.0) -> None:
        self.penalty = penalty
        self._vectorisers: list[tuple[str, float, Any]] = []
        self._model: Any = None
        self._classes: list[str] = []
        self._usual: Any = None
        self._allowed: dict[str, Any] = {}
        self._order: Order | None = None
        self.chosen = USUAL_CHOICE

    def fit(
        self, sentences: Sequence[PlacedSentence], labels: Sequence[str], calls: Sequence[str]
    ) -> SentenceClassifier:
        """Learn from labelled sentences, the calls one after the other and each in order.

        Raises
        ------
        InputError
            When there is not one label and one call for each sentence, or only one class.
        """
        if len({len(sentences), len(labels), len(calls)}) > 1 or len(set(labels)) < 2:
            raise InputError("sentences need a label and a call each, and at least two classes")
        self.chosen = _choose(self.penalty, sentences, labels, calls)
        self._learn(sentences, labels, calls)
        return self

    def predict(self, sentences: Sequence[PlacedSentence], calls: Sequence[str]) -> list[str]:
        """Return the class of each sentence in the likeliest sequence of its call.

        Raises
        ------
        InputError
            Before anything was learned.
        """
        if self._model is None:
            raise InputError("the classifier has not learned anything yet")
        return self._say(self._evidence(sentences), sentences, calls, self.chosen)

    def _learn(self, sentences: Sequence[PlacedSentence], labels: Sequence[str], calls: Sequence[str]) -> None:
        import warnings

        import numpy as np
        from sklearn.exceptions import ConvergenceWarning
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        plain = {"min_df": 2, "ngram_range": (1, 2), "sublinear_tf": True, "token_pattern": r"(?u)\b\w+\b|[?!$]"}
        inner = {"analyzer": "char_wb", "min_df": 3, "ngram_range": (2, 5), "sublinear_tf": True}
        self._vectorisers = [("text", 1.0, TfidfVectorizer(**plain)), ("text", 1.0, TfidfVectorizer(**inner))]
        self._vectorisers += [(name, weight, TfidfVectorizer(**{**plain, "min_df": 3})) for name, weight in _AROUND]
        for name, _, vectoriser in self._vectorisers:
            vectoriser.fit([getattr(one, name) for one in sentences])
        counts = Counter(labels)
        self._classes = sorted(counts)
        weights = {label: (len(labels) / (len(counts) * count)) ** 0.5 for label, count in counts.items()}
        model = LogisticRegression(C=self.penalty, class_weight=weights, max_iter=50, tol=1e-3)
        with warnings.catch_warnings():
            # further steps change the third digit of a chance, and no sentence's class
            warnings.simplefilter("ignore", ConvergenceWarning)
            self._model = model.fit(self._features(sentences), list(labels))
        self._usual = np.log(np.array([counts[label] / len(labels) + 1e-4 for label in self._classes]))
        said = {(one.role, label) for one, label in zip(sentences, labels, strict=True)}
        roles = {one.role for one in sentences}
        self._allowed = {role: np.array([(role, label) in said for label in self._classes]) for role in roles}
        index = {label: place for place, label in enumerate(self._classes)}
        self._order = learn_order([index[label] for label in labels], calls, len(self._classes))

    def _evidence(self, sentences: Sequence[PlacedSentence]) -> Any:
        return self._model.predict_log_proba(self._features(sentences))

    def _say(
        self, evidence: Any, sentences: Sequence[PlacedSentence], calls: Sequence[str], chosen: tuple[float, float]
    ) -> list[str]:
        import numpy as np

        rare, order = chosen
        anything = np.ones(len(self._classes), dtype=bool)
        allowed = np.array([self._allowed.get(one.role, anything) for one in sentences])
        own = np.where(allowed, evidence - rare * self._usual, IMPOSSIBLE)
        assert self._order is not None
        return [self._classes[place] for place in self._order.likeliest(own, calls, order)]

    def _features(self, sentences: Sequence[PlacedSentence]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        blocks = [
            weight * vectoriser.transform([getattr(one, name) for one in sentences])
            for name, weight, vectoriser in self._vectorisers
        ]
        return hstack([*blocks, csr_matrix(_numbers(sentences))]).tocsr()


def _choose(
    penalty: float, sentences: Sequence[PlacedSentence], labels: Sequence[str], calls: Sequence[str]
) -> tuple[float, float]:
    """Return how much rare classes are favoured and how much the order counts: best over three parts of the calls."""
    import numpy as np
    from sklearn.metrics import f1_score
    from sklearn.model_selection import GroupKFold

    if len(set(calls)) < LEAST_CALLS:
        return USUAL_CHOICE
    truth, roles = np.array(labels), np.array([one.role for one in sentences])
    said = {choice: np.empty(len(labels), dtype=object) for choice in CHOICES}
    for known, held in GroupKFold(INNER_PARTS).split(labels, groups=list(calls)):
        model = SentenceClassifier(penalty)
        model._learn([sentences[i] for i in known], [labels[i] for i in known], [calls[i] for i in known])
        asked, of = [sentences[i] for i in held], [calls[i] for i in held]
        evidence = model._evidence(asked)
        for choice, guesses in said.items():
            guesses[held] = model._say(evidence, asked, of, choice)

    def quality(choice: tuple[float, float]) -> float:
        guesses = said[choice].astype(str)
        return float(
            np.mean([f1_score(truth[roles == r], guesses[roles == r], average="macro") for r in sorted(set(roles))])
        )

    return max(CHOICES, key=quality)


def _numbers(sentences: Sequence[PlacedSentence]) -> NDArray[np.float64]:
    import numpy as np

    rows = [
        [
            float(one.role == "rep"),
            min(one.turn, 12) / 12,
            one.through,
            float(one.turn == 0),
            float(one.turn == 1),
            float(one.through > 0.85),
            min(len(one.text.split()), 30) / 30,
            float("?" in one.text),
            float("?" in one.asked),
            float(any(sign.isdigit() or sign == "$" for sign in one.text)),
        ]
        for one in sentences
    ]
    return 0.7 * np.array(rows)
