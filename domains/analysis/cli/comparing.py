"""Choosing a plan on the command line: objective, limits, and the alternatives side by side."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from htn.views.amounts import duration_text
from htn.views.plain import clean

if TYPE_CHECKING:
    from domains.analysis.choosing import PlanChoice
    from domains.analysis.planner import EstatePlanner
    from htn.planning import Constraints

__all__ = ["add_choice_options", "chosen", "comparison_lines", "is_chosen"]

_UNBOUNDED = 0.95
"""A gap above it says nothing: what tasks need that are not decomposed yet is bounded by next to nothing."""
_LIMITS = {
    "seconds": ("SECONDS", "expect it to take no longer"),
    "tokens": ("N", "expect it to use no more tokens"),
    "money": ("AMOUNT", "expect it to cost no more"),
}


def add_choice_options(parser: argparse.ArgumentParser, *, compare: bool) -> None:
    """Add what a plan is chosen by."""
    group = parser.add_argument_group("choosing among plans")
    group.add_argument(
        "--objective",
        metavar="WORDS",
        help="fast, cheap, thorough, balanced, or weights such as seconds=1,quality=2 (with limits: thorough)",
    )
    for name, (metavar, text) in _LIMITS.items():
        group.add_argument(f"--budget-{name}", type=float, metavar=metavar, help=text)
    group.add_argument("--least-quality", type=float, metavar="SHARE", help="expect at least this quality, up to 1")
    if compare:
        group.add_argument("--compare", action="store_true", help="show the plans to choose from side by side")


def is_chosen(arguments: argparse.Namespace) -> bool:
    """Whether a command asks for a choice among plans."""
    limits = [getattr(arguments, f"budget_{name}", None) for name in _LIMITS]
    return any(value is not None for value in (arguments.objective, arguments.least_quality, *limits)) or bool(
        getattr(arguments, "compare", False)
    )


def chosen(
    planner: EstatePlanner, arguments: argparse.Namespace, options: Mapping[str, str], constraints: Constraints
) -> PlanChoice:
    """Return the plans that a command's objective and limits leave, the best first."""
    from htn.planning.choice import Objective
    from htn.planning.choice.objective import Ceiling

    limits = {name: getattr(arguments, f"budget_{name}") for name in _LIMITS}
    return planner.choose(
        arguments.question,
        objective=None if arguments.objective is None else Objective.parse(arguments.objective),
        ceiling=Ceiling(**limits, quality=arguments.least_quality),
        options=options,
        constraints=constraints,
    )


def comparison_lines(choice: PlanChoice) -> list[str]:
    """Return the alternatives side by side, the chosen one first."""
    columns = [_column(choice, place) for place in range(len(choice.plans))]
    names = list(columns[0])
    rows = [["", *(f"plan {place + 1}" for place in range(len(columns)))]]
    rows += [[name, *(column[name] for column in columns)] for name in names]
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
    for place in range(len(choice.plans)):
        more, less = choice.differences(place)
        for does, steps in (("does without", less), ("does besides", more)):
            if steps:
                lines += ["", f"Plan {place + 1} {does}:", *(f"  {each}" for each in steps)]
    lines.append("")
    by = f"Plan 1 is chosen as {choice.objective}" if len(choice.plans) > 1 else "There is one plan to choose"
    lines.append(f"{by}, by what is expected; {_how_sure(choice)}.")
    return [clean(line) for line in lines]


def _column(choice: PlanChoice, place: int) -> dict[str, str]:
    plan, price = choice.plans[place], choice.prices[place]
    time = plan.estimate["totals"].get("seconds", {})
    return {
        "depth": plan.options.get("depth", ""),
        "steps": str(len(plan.steps)),
        "time": duration_text(price.seconds),
        "  8 in 10 runs": f"{duration_text(time.get('p10', 0))} to {duration_text(time.get('p90', 0))}",
        "tokens": f"{price.tokens:,.0f}",
        "money": _money(price.money, price.tokens),
        "quality": f"{price.quality:.2f}",
    }


def _money(amount: float | None, tokens: float) -> str:
    if not tokens:
        return "none"
    return "unknown" if amount is None else f"{amount:.2f}"


def _how_sure(choice: PlanChoice) -> str:
    if choice.proved:
        return "every decomposition in the order in which methods write their steps was looked at"
    if choice.gap > _UNBOUNDED:
        return "the search was stopped; how much better a plan not looked at could be is not known"
    return f"the search was stopped: another plan may be up to {choice.gap:.0%} better by these estimates"
