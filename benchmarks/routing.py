"""Questions routed: the verdict, the type of analysis and the parameters, against labels given before the rules.

    python benchmarks/routing.py --json routing.json

Counted apart: questions that rules were written with, which says how well the rules fit, and the held-out halves, which
nobody who writes rules reads. "Held out, all" is of the first two files; practice was written later, by others.
`tests/analysis/questions/README.md` defines every label.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks._report import Claim, arguments, finish, table
from domains.analysis.statistics.intervals import wilson_interval
from tests.analysis.question.scores import Scores, measure
from tests.analysis.questions.load import Question, fresh, later, load, practice

WHAT = ("verdict", "reason", "analysis", "parameters", "excludes")


def row(name: str, questions: Sequence[Question], scores: Scores) -> dict[str, Any]:
    """Return what was right, in per cent, with 95 % intervals for what is claimed."""
    found: dict[str, Any] = {"questions": name, "n": len(questions), "accepted": scores.accepted}
    for what in WHAT:
        found[what] = round(100 * scores.share(what), 1)
        of = scores.questions if what in ("verdict", "reason") else scores.accepted
        interval = wilson_interval(scores.right[what], of)
        found[f"{what}_interval"] = [round(100 * interval.low, 1), round(100 * interval.high, 1)]
    return found


def main() -> None:
    """Measure, print, and write what was measured."""
    options = arguments(__doc__ or "")
    groups: dict[str, Sequence[Question]] = {
        "written with": [*load("dev"), *later(), *fresh("dev")],
        "practised on": practice("dev"),
        "held out, first": load("test"),
        "held out, last": fresh("test"),
        "kept back of the practice": practice("test"),
        "held out, all": [*load("test"), *fresh("test")],
    }
    refused = [item for item in groups["held out, all"] if item.reason in ("private", "internal", "confidential")]
    rows = [row(name, questions, measure(questions)) for name, questions in groups.items()]
    guarded = measure(refused)
    print(table(["questions", "n", *WHAT], [[each[key] for key in ("questions", "n", *WHAT)] for each in rows]))
    held = rows[-1]
    print("95 % intervals, all held out: " + "; ".join(f"{what} {held[f'{what}_interval']}" for what in WHAT))
    print(f"private, internal, confidential, held out: {guarded.right['verdict']} of {len(refused)} refused")
    claims = [
        Claim("type right, all held out, %", held["analysis"], 95, False),
        Claim("parameters right, all held out, %", held["parameters"], 90, False),
        Claim("verdict right, all held out, %", held["verdict"], 95, False),
        Claim("private, internal or confidential questions refused, %", 100 * guarded.share("verdict"), 95, False),
    ]
    finish(options, {"rows": rows, "refused": [guarded.right["verdict"], len(refused)]}, claims)


if __name__ == "__main__":
    main()
