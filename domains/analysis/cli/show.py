"""Plans and estimates as text for a terminal; every text of the workspace is cleaned of control characters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from domains.analysis.analysis_plan import AnalysisPlan
from domains.analysis.domain import in_words
from htn.model.values import freeze
from htn.views.amounts import duration_text, memory_text
from htn.views.plain import clean, clean_json
from htn.views.text import steps_text, tree_text

__all__ = ["estimate_lines", "plan_text", "print_json", "words"]


def print_json(document: Any) -> None:
    """Print one JSON document."""
    print(clean_json(json.dumps(document, ensure_ascii=False, indent=2, default=str)))


def estimate_lines(estimate: Mapping[str, Any]) -> list[str]:
    """Return what a plan will take, a line for each resource that is known."""
    totals: Mapping[str, Mapping[str, float]] = estimate["totals"]
    lines = []
    if "seconds" in totals:
        time = totals["seconds"]
        middle, low, high = (duration_text(time[quantile]) for quantile in ("p50", "p10", "p90"))
        lines.append(f"time     {middle} (8 in 10 runs: {low} to {high})")
    tokens = [totals[name] for name in ("input_tokens", "output_tokens") if name in totals]
    if tokens:
        least, usual, most = (sum(part[quantile] for part in tokens) for quantile in ("p10", "p50", "p90"))
        lines.append(f"tokens   {usual:,.0f}" + (f" ({least:,.0f} to {most:,.0f})" if most else ", no model is called"))
    if "memory_bytes" in totals:
        lines.append(f"memory   {memory_text(totals['memory_bytes']['p50'])} at the peak")
    if any(part["p90"] for part in tokens):
        lines.append("money    " + _money(totals.get("money")))
    lines.append(f"basis    {'; '.join(estimate['basis']) or 'none'}")
    lines += [f"note     {warning}" for warning in estimate.get("warnings", ())]
    return lines


def _money(money: Mapping[str, float] | None) -> str:
    if money is None:
        return "unknown: no prices are configured"
    return f"{money['p50']:.2f} (8 in 10 runs: {money['p10']:.2f} to {money['p90']:.2f})"


def words(argument: Any) -> str:
    """Return an argument of a task, as JSON data, as people write it."""
    return in_words(freeze(argument))


def plan_text(plan: AnalysisPlan) -> str:
    """Return the plan as people read it: how the question was understood, what it will take, tree and steps."""
    known = plan.assessment
    parameters = ", ".join(f"{key} = {value}" for key, value in known.get("scope", ()))
    document = plan.plan.to_json()
    lines = [
        f"Question   {plan.question}",
        f"Analysis   {known.get('analysis')}" + (f" with {parameters}" if parameters else ""),
    ]
    if known.get("complexity"):
        lines.append(f"Complexity {known['complexity']}")
    if known.get("sentence"):
        lines.append(f"Because    {known['sentence']}")
    lines += [f"Note       {note}" for note in known.get("notes", ())]
    lines += ["", "Estimate"]
    lines += [f"  {line}" for line in estimate_lines(plan.estimate)]
    lines += ["", "Plan", *(f"  {line}" for line in tree_text(document, tried=True, words=words).splitlines())]
    lines += ["", "Steps", *(f"  {line}" for line in steps_text(document).splitlines())]
    return "\n".join(clean(line) for line in lines)
