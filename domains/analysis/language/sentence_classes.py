"""Classes of sentences learned from labelled calls: what a rep tries, how a prospect reacts, each seen in its place."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from htn.model.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["PlacedSentence", "SentenceClassifier", "place"]

# Words of a sentence count fully, those around it less: a reply is read in the light of the question.
_AROUND = (("before", 0.4), ("asked", 0.5), ("after", 0.3), ("answered", 0.3))


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
    """Linear classifier of sentences in their place: words, parts of words, the sentences around, where in the call.

    Parameters
    ----------
    penalty : float
        Inverse strength of the regularisation of the support vector machine.

    Notes
    -----
    Classes count by their number of examples inversely, or the rare ones would never be said.
    """

    def __init__(self, penalty: float = 0.3) -> None:
        self.penalty = penalty
        self._vectorisers: list[tuple[str, float, Any]] = []
        self._model: Any = None

    def fit(self, sentences: Sequence[PlacedSentence], labels: Sequence[str]) -> SentenceClassifier:
        """Learn from labelled sentences.

        Raises
        ------
        InputError
            When there is not one label for each sentence, or only one class.
        """
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.svm import LinearSVC

        if len(sentences) != len(labels) or len(set(labels)) < 2:
            raise InputError("sentences need a label each, and at least two classes")
        plain = {"min_df": 2, "ngram_range": (1, 2), "sublinear_tf": True, "token_pattern": r"(?u)\b\w+\b|[?!$]"}
        inner = {"analyzer": "char_wb", "min_df": 3, "ngram_range": (2, 5), "sublinear_tf": True}
        self._vectorisers = [("text", 1.0, TfidfVectorizer(**plain)), ("text", 1.0, TfidfVectorizer(**inner))]
        self._vectorisers += [(name, weight, TfidfVectorizer(**{**plain, "min_df": 3})) for name, weight in _AROUND]
        for name, _, vectoriser in self._vectorisers:
            vectoriser.fit([getattr(one, name) for one in sentences])
        self._model = LinearSVC(C=self.penalty, class_weight="balanced").fit(self._features(sentences), list(labels))
        return self

    def predict(self, sentences: Sequence[PlacedSentence]) -> list[str]:
        """Return the likeliest class of each sentence.

        Raises
        ------
        InputError
            Before anything was learned.
        """
        if self._model is None:
            raise InputError("the classifier has not learned anything yet")
        return [str(label) for label in self._model.predict(self._features(sentences))]

    def _features(self, sentences: Sequence[PlacedSentence]) -> Any:
        from scipy.sparse import csr_matrix, hstack

        blocks = [
            weight * vectoriser.transform([getattr(one, name) for one in sentences])
            for name, weight, vectoriser in self._vectorisers
        ]
        return hstack([*blocks, csr_matrix(_numbers(sentences))]).tocsr()


def _numbers(sentences: Sequence[PlacedSentence]) -> NDArray[np.float64]:
    import numpy as np

    rows = [
        [
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
