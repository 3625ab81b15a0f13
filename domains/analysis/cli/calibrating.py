"""How estimates held: predicted against actual, coverage and drift, by task type; in words and as a page with plots."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from domains.analysis.cli.show import print_json
from htn.views.amounts import duration_text
from htn.views.plain import clean
from htn.writing import write_whole

if TYPE_CHECKING:
    from estimators.calibration import Calibration
    from estimators.calibration_report import CalibrationReport

__all__ = ["report"]

_FEWEST = 5
_LATEST = 10


def report(arguments: argparse.Namespace) -> int:
    """Show how estimates of steps and plans held in the workspace's past runs."""
    from domains.analysis.planner import EstatePlanner

    estimation = EstatePlanner(arguments.workspace).estimation(getattr(arguments, "agents", None) or "local")
    found = estimation.report()
    if arguments.json:
        print_json({} if found is None else found.to_json())
        return 0
    if found is None:
        print(
            clean(f"The workspace {arguments.workspace} has no finished runs yet: estimates are the documented prior.")
        )
        return 0
    print("\n".join(clean(line) for line in _lines(found)))
    if arguments.html:
        from estimators.calibration_page import calibration_page

        write_whole(arguments.html, calibration_page(found), private=True)
        print(f"\nWritten with plots to {clean(arguments.html)}")
    return 0


def _lines(found: CalibrationReport) -> list[str]:
    lines = []
    if found.plans:
        rows = [replace(row, task_type=resource) for resource, row in found.plans.items()]
        lines += ["Whole plans, as predicted before each run", *_table(rows), ""]
    for resource, listed in found.steps.items():
        shown = [row for row in listed if not row.task_type or row.runs >= _FEWEST]
        lines += [f"Steps, each predicted from the runs before it: {resource.replace('_', ' ')}", *_table(shown), ""]
    latest = [run for run in found.runs[-_LATEST:] if "seconds" in run.predicted]
    if latest:
        lines.append("The latest runs: what was expected, and what they took")
    for run in latest:
        expected, took = run.predicted["seconds"], duration_text(run.actual["seconds"])
        low, high = duration_text(expected.p10), duration_text(expected.p90)
        lines.append(f"  {low:>9} to {high:<9} took {took:<9} {run.title}")
    lines += [
        "",
        "Eight in ten should lie inside. Bias is actual over expected, in the middle; drift compares the last",
    ]
    return [*lines, "third of the runs with the first."]


def _table(rows: Sequence[Calibration]) -> list[str]:
    head = ["", "runs", "inside", "below", "above", "error", "bias", "drift"]
    cells = [
        [
            row.task_type.replace("_", " ") or "all",
            str(row.runs),
            f"{row.coverage:.0%}",
            f"{row.below:.0%}",
            f"{row.above:.0%}",
            f"{row.error:.0%}",
            f"{row.bias:.2f}",
            "" if row.bias_drift is None else f"{row.bias_drift:.2f}",
        ]
        for row in rows
    ]
    widths = [max(len(line[place]) for line in (head, *cells)) for place in range(len(head))]
    return [
        "  "
        + "  ".join(
            cell.ljust(w) if n == 0 else cell.rjust(w) for n, (cell, w) in enumerate(zip(line, widths, strict=True))
        )
        for line in (head, *cells)
    ]
