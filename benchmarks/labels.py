"""What people labelled in real calls, told again by the local classifier; and whether a call's start tells its end.

    python benchmarks/labels.py [FOLDER] --json labels.json

FOLDER holds `sentence_labels.csv` and `calls.jsonl`. Sentences are told apart over five folds of whole calls; won calls
over five folds of whole prospects, from the first half of the words only.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._report import Claim, finish, parser, table
from domains.analysis.analysts.pattern_foretelling import foretell
from domains.analysis.language.sentence_classes import PlacedSentence, SentenceClassifier, place

DATA = Path(__file__).parents[2] / "shared" / "data" / "fundraising_calls"
SIDES = {"rep": ("er_label_1", 0.50, 0.435), "prospect": ("ee_label_1", 0.50, 0.451)}
BASELINE_AUC = 0.60
Labels = list[str]
Predict = Callable[[Sequence[PlacedSentence], Labels, Sequence[PlacedSentence]], Labels]


def majority(_: Sequence[PlacedSentence], labels: Labels, wanted: Sequence[PlacedSentence]) -> Labels:
    """Say the commonest label of all."""
    return [Counter(labels).most_common(1)[0][0]] * len(wanted)


def linear(known: Sequence[PlacedSentence], labels: Labels, wanted: Sequence[PlacedSentence]) -> Labels:
    """Tell by the words alone: TF-IDF and a linear support vector machine."""
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.svm import LinearSVC

    model = make_pipeline(TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True), LinearSVC(C=0.5))
    return list(model.fit([one.text for one in known], labels).predict([one.text for one in wanted]))


MODELS: dict[str, Predict] = {"majority": majority, "TF-IDF + linear": linear}
OURS = "local classifier"


def sentences(folder: Path) -> list[tuple[str, PlacedSentence, str]]:
    """Return (call, sentence in its place, label) of all labelled sentences, both sides, in order."""
    calls: dict[str, list[dict[str, str]]] = defaultdict(list)
    with (folder / "sentence_labels.csv").open(encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            calls[row["B2"]].append(row)
    found = []
    for call, rows in calls.items():
        placed = place([("rep" if row["er_label_1"] else "prospect", row["Unit"], int(row["Turn"])) for row in rows])
        labels = [row["er_label_1"] or row["ee_label_1"] for row in rows]
        found += [(call, one, label) for one, label in zip(placed, labels, strict=True)]
    return found


def classes(folder: Path) -> tuple[list[list[Any]], list[Claim]]:
    """Return macro-F1 and accuracy per side and model, with and without sentences that stand in other calls as well."""
    from sklearn.metrics import accuracy_score, f1_score
    from sklearn.model_selection import GroupKFold

    rows, claims = [], []
    everything = sentences(folder)
    calls, placed = [call for call, _, _ in everything], [one for _, one, _ in everything]
    truth, roles = np.array([label for _, _, label in everything]), np.array([one.role for one in placed])
    said = {name: np.empty(len(truth), dtype=object) for name in (*MODELS, OURS)}
    for known, held in GroupKFold(5).split(placed, truth, calls):
        model = SentenceClassifier().fit(
            [placed[i] for i in known], [str(truth[i]) for i in known], [calls[i] for i in known]
        )
        said[OURS][held] = model.predict([placed[i] for i in held], [calls[i] for i in held])
        for (name, predict), side in product(MODELS.items(), SIDES):
            learned, asked = (part[roles[part] == side] for part in (known, held))
            labels = [str(truth[i]) for i in learned]
            said[name][asked] = predict([placed[i] for i in learned], labels, [placed[i] for i in asked])
    where: dict[str, set[str]] = defaultdict(set)
    for call, one, _ in everything:
        where[f"{one.role} {one.text.strip().lower()}"].add(call)
    fresh = np.array([len(where[f"{one.role} {one.text.strip().lower()}"]) == 1 for one in placed])
    for side, (_, wanted, before) in SIDES.items():
        own = roles == side
        for name, guessed in said.items():
            guesses = guessed.astype(str)
            macro = float(f1_score(truth[own], guesses[own], average="macro"))
            new = float(f1_score(truth[own & fresh], guesses[own & fresh], average="macro"))
            exact = float(accuracy_score(truth[own], guesses[own]))
            rows.append([f"{side}: {name}", int(own.sum()), macro, exact, new])
            if name == OURS:
                claims.append(Claim(f"{side}: macro-F1", macro, wanted, at_most=False))
                claims.append(Claim(f"{side}: macro-F1 against the published baseline", macro, before, at_most=False))
    return rows, claims


def won(folder: Path) -> tuple[list[list[Any]], list[list[Any]], list[Claim]]:
    """Return AUC with its interval, and calibration, of foretelling a won call from its first half, as in a report."""
    from sklearn.metrics import brier_score_loss

    with (folder / "calls.jsonl").open(encoding="utf-8") as stream:
        calls = [json.loads(line) for line in stream]
    truth = np.array([float((call["amount"] or 0) > 0) for call in calls])
    halves = [
        " ".join(f"{turn['role'][0]}: {turn['text']}" for turn in call["turns"][: (len(call["turns"]) + 1) // 2])
        for call in calls
    ]
    found = foretell(halves, [bool(one) for one in truth], [call["prospect"] for call in calls])
    rows = [["first half", len(calls), found.auc, found.low, found.high, brier_score_loss(truth, found.chances)]]
    rows.append(["base rate", len(calls), 0.5, None, None, brier_score_loss(truth, found.base)])
    order = np.argsort(found.chances)
    calibration = [
        [f"fifth {place}", len(own), float(found.chances[own].mean()), float(truth[own].mean())]
        for place, own in enumerate(np.array_split(order, 5), 1)
    ]
    return rows, calibration, [Claim("won calls from the first half: AUC", found.auc, BASELINE_AUC, at_most=False)]


def main() -> None:
    """Measure, print, and check."""
    made = parser(__doc__ or "")
    made.add_argument("data", nargs="?", type=Path, default=DATA, help="folder with calls and labels")
    options = made.parse_args()
    if not options.data.is_dir():
        sys.exit(f"there is no folder {options.data}")
    told, claims = classes(options.data)
    rows, calibration, more = won(options.data)
    print("Sentences, five folds of whole calls\n")
    print(table(["", "sentences", "macro-F1", "accuracy", "macro-F1, in no other call"], told))
    print("\nWon calls from their first half, five folds of whole prospects\n")
    print(table(["", "calls", "AUC", "low", "high", "Brier"], rows))
    print("\nCalibration\n")
    print(table(["", "calls", "said", "won"], calibration))
    finish(options, {"sentences": told, "won": rows, "calibration": calibration}, [*claims, *more])


if __name__ == "__main__":
    main()
