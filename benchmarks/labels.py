"""What people labelled in real calls, told again by the local classifier; and whether a call's start tells its end.

    python benchmarks/labels.py [FOLDER] --json labels.json

FOLDER holds `sentence_labels.csv` and `calls.jsonl`. Sentences are told apart over five folds of whole calls; won calls
over five folds of whole prospects, from the first half of the words only. --quick tells apart the sentences of one fold
alone, and claims no more than to be above TF-IDF and a linear machine.
"""

from __future__ import annotations

import csv
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, product
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


LINEAR = "TF-IDF + linear"
MODELS: dict[str, Predict] = {"majority": majority, LINEAR: linear}
OURS = "local classifier"
# The same, learned from every fourth and every second of the calls.
SHARES = {"a quarter": 4, "a half": 2}
DRAWS = 1000


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


@dataclass(frozen=True)
class Told:
    """What every model said of the sentences of the folds that were held out, beside what people said."""

    calls: Any
    roles: Any
    truth: Any
    fresh: Any
    said: dict[str, Any]


def held_out(folder: Path, folds: int) -> tuple[Told, dict[str, float]]:
    """Return what was said of the first of five folds of whole calls, and the mean numbers of calls learned from."""
    from sklearn.model_selection import GroupKFold

    everything = sentences(folder)
    calls, placed = np.array([call for call, _, _ in everything]), [one for _, one, _ in everything]
    truth, roles = np.array([label for _, _, label in everything]), np.array([one.role for one in placed])
    learning = {**SHARES, OURS: 1} if folds > 1 else {OURS: 1}
    said = {name: np.empty(len(truth), dtype=object) for name in (*MODELS, *learning)}
    learned_from: dict[str, list[int]] = defaultdict(list)
    scored = []
    for known, held in islice(GroupKFold(5).split(placed, truth, calls), folds):
        scored.append(held)
        for name, step in learning.items():
            some = set(sorted(set(calls[known]))[::step])
            own = [i for i in known if calls[i] in some]
            learned_from[name].append(len(some))
            model = SentenceClassifier().fit([placed[i] for i in own], truth[own].tolist(), calls[own].tolist())
            said[name][held] = model.predict([placed[i] for i in held], calls[held].tolist())
        for (name, predict), side in product(MODELS.items(), SIDES):
            learned, asked = (part[roles[part] == side] for part in (known, held))
            said[name][asked] = predict(
                [placed[i] for i in learned], truth[learned].tolist(), [placed[i] for i in asked]
            )
    where: dict[str, set[str]] = defaultdict(set)
    for call, one, _ in everything:
        where[f"{one.role} {one.text.strip().lower()}"].add(call)
    fresh = np.array([len(where[f"{one.role} {one.text.strip().lower()}"]) == 1 for one in placed])
    rows = np.sort(np.concatenate(scored))
    guesses = {name: own[rows].astype(str) for name, own in said.items()}
    sizes = {name: float(np.mean(own)) for name, own in learned_from.items()}
    return Told(calls[rows], roles[rows], truth[rows], fresh[rows], guesses), sizes


def interval(told: Told, name: str, own: Any) -> tuple[float, float]:
    """Return the interval of macro-F1 in which nineteen of twenty samples of as many calls fall (bootstrap)."""
    labels = sorted({*told.truth[own], *told.said[name][own]})
    calls = sorted(set(told.calls[own]))
    place, call_at = {label: i for i, label in enumerate(labels)}, {call: i for i, call in enumerate(calls)}
    true, guessed, both = (np.zeros((len(calls), len(labels))) for _ in range(3))
    for call, label, guess in zip(told.calls[own], told.truth[own], told.said[name][own], strict=True):
        true[call_at[call], place[label]] += 1
        guessed[call_at[call], place[guess]] += 1
        both[call_at[call], place[label]] += label == guess
    chance, found = np.random.default_rng(0), []
    for _ in range(DRAWS):
        drawn = chance.integers(0, len(calls), len(calls))
        total = true[drawn].sum(axis=0) + guessed[drawn].sum(axis=0)
        found.append(float((2 * both[drawn].sum(axis=0)[total > 0] / total[total > 0]).mean()))
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def by_call(told: Told) -> list[list[Any]]:
    """Return how well it is told whether a call has a class at all, the medians over the classes that divide calls.

    What is left of a difference between two groups of calls when it is measured so, is the share of calls that have a
    class and are said to, less the share of those that have it not and are said to all the same.
    """
    calls, rows = np.unique(told.calls), []
    for side in SIDES:
        own, found = told.roles == side, []
        for label in sorted(set(told.truth[own])):
            has, seen = (np.isin(calls, told.calls[own & (what == label)]) for what in (told.truth, told.said[OURS]))
            if len(calls) / 10 <= has.sum() <= len(calls) * 9 / 10:
                found.append((seen[has].mean(), seen[~has].mean(), seen[has].mean() - seen[~has].mean()))
        rows.append([side, len(found), *np.median(found, axis=0).tolist()])
    return rows


def classes(told: Told, sizes: dict[str, float], quick: bool) -> tuple[list[list[Any]], list[list[Any]], list[Claim]]:
    """Return macro-F1 and accuracy per side and model, macro-F1 by the number of calls learned from, and claims."""
    from sklearn.metrics import accuracy_score, f1_score

    rows, curve, claims = [], [], []
    for side, (_, wanted, before) in SIDES.items():
        own = told.roles == side

        def macro(name: str, own: Any = own) -> float:
            return float(f1_score(told.truth[own], told.said[name][own], average="macro"))

        for name in (*MODELS, OURS):
            exact = float(accuracy_score(told.truth[own], told.said[name][own]))
            ends = interval(told, name, own)
            rows.append([f"{side}: {name}", int(own.sum()), macro(name), *ends, exact, macro(name, own & told.fresh)])
        curve += [[side, size, macro(name)] for name, size in sizes.items()]
        if quick:
            claims.append(Claim(f"{side}: macro-F1 against TF-IDF + linear", macro(OURS), macro(LINEAR), at_most=False))
        else:
            claims.append(Claim(f"{side}: macro-F1", macro(OURS), wanted, at_most=False))
            claims.append(Claim(f"{side}: macro-F1 against the published baseline", macro(OURS), before, at_most=False))
    return rows, curve, claims


def agreement(folder: Path) -> list[list[Any]]:
    """Return per side how often people gave the same words in two calls the same label, as a hint what can be told."""
    said: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    for call, one, label in sentences(folder):
        said[one.role, one.text.strip().lower()].append((call, label))
    rows: list[list[Any]] = []
    for side in SIDES:
        same, weight = [], []
        for (role, _), own in said.items():
            pairs = [first[1] == other[1] for first, other in combinations(own, 2) if first[0] != other[0]]
            if role == side and pairs:
                same.append(float(np.mean(pairs)))
                weight.append(len(own))
        rows.append([side, len(same), sum(weight), float(np.average(same, weights=weight))])
    return rows


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
    told, sizes = held_out(options.data, 1 if options.quick else 5)
    sides, curve, claims = classes(told, sizes, options.quick)
    present, same = by_call(told), agreement(options.data)
    print(f"Sentences, {'one' if options.quick else 'all'} of five folds of whole calls\n")
    print(table(["", "sentences", "macro-F1", "low", "high", "accuracy", "macro-F1, in no other call"], sides))
    print("\nMacro-F1 by the number of calls learned from\n")
    print(table(["", "calls", "macro-F1"], curve))
    print(
        "\nWhether a call has a class at all, medians over the classes that a tenth to nine tenths of the calls have\n"
    )
    print(table(["", "classes", "found where it is", "found where not", "left of a difference"], present))
    print("\nThe same words in several calls: how often people gave them the same label\n")
    print(table(["", "texts", "sentences", "same label"], same))
    measured = {"sentences": sides, "by calls": curve, "present": present, "same words": same}
    if not options.quick:
        rows, calibration, more = won(options.data)
        print("\nWon calls from their first half, five folds of whole prospects\n")
        print(table(["", "calls", "AUC", "low", "high", "Brier"], rows))
        print("\nCalibration\n")
        print(table(["", "calls", "said", "won"], calibration))
        measured |= {"won": rows, "calibration": calibration}
        claims += more
    finish(options, measured, claims)


if __name__ == "__main__":
    main()
