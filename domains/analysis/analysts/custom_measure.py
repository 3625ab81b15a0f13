"""Ad-hoc measures: a number with interval and sample size per group, and whether the groups differ at all."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from domains.analysis.analysts.custom_table import group_table
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.measure_artifacts import MetricRow, MetricTable
from domains.analysis.analysts.measure_calls import call_values
from domains.analysis.analysts.measure_names import MEASURES, Measure, dimensions_of, measures_of
from domains.analysis.analysts.measure_query import UNKNOWN, Case, Cases, call_cases, deal_cases
from domains.analysis.analysts.measure_variants import NoSuchVariant, as_asked, not_narrowed
from domains.analysis.analysts.pattern_tests import shown
from domains.analysis.artifacts import Exclusion, Finding, Number
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, describe, value
from domains.analysis.statistics import homogeneity_test, strength_of
from domains.analysis.statistics.numbers import average, count, in_words, median, proportion
from domains.analysis.statistics.strength import ESTABLISHED_AT

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["measure"]

MOST_IN_WORDS = 8
COMPARED_FLOOR = 100
_TIMES = ("week", "month", "quarter", "year")
ABOVE_LIST = (
    "Many amounts are above the product's list price, so that is not the price of what was sold (several seats, "
    "several years): no discount can be computed."
)
LOST_AT_NOTHING = "Lost deals are recorded with an amount of 0, so nothing can be said of what they would be worth."
AMOUNTS = ("won_value", "average_deal_size")
_OVERVIEW = ("win_rate", "average_deal_size", "deal_count", "call_count")


@capability("measure", specialist="revenue operations", output=MetricTable)
def measure(workspace: Workspace, scope: Scope, inputs: Inputs) -> MetricTable:
    """Compute the measures that the scope asks for, by group; without a measure, an overview.

    Notes
    -----
    Measures, dimensions and filters are names looked up in tables; values of filters are parameters of the query. No
    text from a question or a transcript ever becomes part of a query.
    """
    counted = (MEASURES["deal_count"],) if value(scope, "counted") else ()
    chosen = measures_of(scope) or counted or tuple(MEASURES[name] for name in _OVERVIEW)
    dimensions = tuple(name for name in dimensions_of(scope) if name != value(scope, "counted"))
    rows: list[MetricRow] = []
    findings: list[Finding] = []
    exclusions: list[Exclusion] = []
    limits: list[str] = []
    p: float | None = None
    for usual in chosen:
        try:
            item = as_asked(usual, scope)
        except NoSuchVariant as error:
            limits.append(str(error))
            continue
        if item.of == "deals":
            cases = deal_cases(workspace, scope, item, dimensions)
        else:
            cases = call_cases(workspace, scope, dimensions, call_values(workspace, scope, item.name))
        exclusions += [Exclusion(what=item.of, count=n, reason=reason) for n, reason in cases.left_out]
        if not cases.cases:
            limits.append(_nothing(item, cases, scope))
            continue
        if item.name == "discount" and _not_a_discount(cases):
            limits.append(ABOVE_LIST)
            continue
        if item.outcome == "lost" and item.name in AMOUNTS and not any(case.value for case in cases.cases):
            limits.append(LOST_AT_NOTHING)
            continue
        aside = not_narrowed(item, scope)
        limits += [aside] if aside else []
        p = _differ(item, cases) if dimensions else None
        table = _rows(item, cases, dimensions, ranked=p is not None and p <= ESTABLISHED_AT)
        rows += table
        findings += _findings(item, cases, table, dimensions, p, _about(scope))
    return MetricTable(
        dimensions=dimensions,
        rows=tuple(rows),
        differ_p=p,
        findings=tuple(findings),
        exclusions=tuple(dict.fromkeys(exclusions)),
        limits=tuple(limits),
    )


def _about(scope: Scope) -> Scope:
    """Return the part of a scope that says what is measured, without how."""
    return tuple(pair for pair in scope if pair[0] not in ("metric", "group_by", "outcome", "statistic", "counted"))


def _nothing(item: Measure, cases: Cases, scope: Scope) -> str:
    about = describe(_about(scope))
    left = "; ".join(f"{number:,} {item.of}: {reason}" for number, reason in cases.left_out)
    if item.kind in ("count", "distinct"):
        return f"{_capital(item.words)} ({about}): 0{f'; {left}' if left else ''}."
    reason = left or f"no {item.of} it could be taken of are recorded"
    return f"No number can be given for {item.words} ({about}): {reason}."


def _not_a_discount(cases: Cases) -> bool:
    """Whether amounts exceed list prices so often that the price cannot be the price of what was sold."""
    above = sum(case.value < 0 for case in cases.cases)
    return above > 0.2 * len(cases.cases)


def _number(item: Measure, cases: Sequence[Case], name: str) -> Number:
    values = [case.value for case in cases]
    if item.kind == "share":
        return proportion(name, int(sum(values)), len(values))
    if item.kind == "mean":
        return average(name, values, item.unit)
    if item.kind == "median":
        return median(name, values, item.unit)
    if item.kind in ("largest", "smallest"):
        extreme = max(values) if item.kind == "largest" else min(values)
        return Number(name=name, value=extreme, unit=item.unit, n=len(values), method=f"{item.kind} value")
    if item.kind == "count":
        return count(name, len(values), item.unit)
    if item.kind == "distinct":
        return count(name, len({case.of for case in cases} - {""}), item.unit)
    return Number(name=name, value=math.fsum(values), unit=item.unit, n=len(values), method="sum")


def _rows(item: Measure, cases: Cases, dimensions: Sequence[str], *, ranked: bool) -> list[MetricRow]:
    """Return the total and the groups: ranked only where they differ by more than chance, else by name."""
    total = MetricRow(metric=item.name, number=_number(item, cases.cases, item.words))
    if not dimensions:
        return [total.model_copy(update={"enough": len(cases.cases) >= item.floor})]
    groups: dict[tuple[str, ...], list[Case]] = defaultdict(list)
    for case in cases.cases:
        groups[case.group].append(case)
    rows = [
        MetricRow(
            metric=item.name,
            group=group,
            number=_number(item, own, f"{item.words}: {', '.join(group)}"),
            enough=len(own) >= item.floor,
        )
        for group, own in groups.items()
    ]
    inferred = item.kind in ("share", "mean")
    if dimensions[0] in _TIMES or (inferred and not ranked):
        rows.sort(key=lambda row: (row.group[0] == UNKNOWN, row.group))
    else:
        rows.sort(key=lambda row: (row.group[0] == UNKNOWN, not row.enough, -(row.number.value or 0.0), row.group))
    return [total, *rows]


def _differ(item: Measure, cases: Cases) -> float | None:
    """Return the p value of the hypothesis that all groups with enough cases share one share or mean, else None."""
    groups: dict[tuple[str, ...], list[float]] = defaultdict(list)
    for case in cases.cases:
        groups[case.group].append(case.value)
    large = [values for values in groups.values() if len(values) >= item.floor]
    if item.kind not in ("share", "mean") or len(large) < 2:
        return None
    if item.kind == "share":
        return homogeneity_test([int(sum(values)) for values in large], [len(values) for values in large])
    from scipy.stats import alexandergovern

    spread = [values for values in large if len(set(values)) > 1]
    # Means of groups with unequal spread; sums of money differ in spread as a rule.
    return float(alexandergovern(*spread).pvalue) if len(spread) > 1 else None


def _findings(
    item: Measure, cases: Cases, rows: Sequence[MetricRow], dimensions: Sequence[str], p: float | None, about: Scope
) -> list[Finding]:
    cited = (cite_rows(cases.table, [case.key for case in cases.cases]),)
    total, groups = rows[0], rows[1:]
    over = f"Taken of: {describe(about)}." if about else ""
    few = (
        ""
        if len(cases.cases) >= item.floor
        else (f"Fewer than {item.floor} cases: shown, but nothing is concluded from it.")
    )
    found = [
        Finding(
            claim=f"{_capital(item.words)}: {_value_in_words(total.number)}.",
            strength="descriptive",
            numbers=(total.number,),
            citations=cited,
            note=" ".join(filter(None, (f"Defined as: {item.definition}.", over, _which(item, cases, rows[0]), few))),
            title=_capital(item.words),
        )
    ]
    if not groups:
        return found
    by = " and ".join(dimensions)
    enough = [row for row in groups if row.enough]
    thin = len(groups) - len(enough)
    only = "only " if len(enough) == 1 and thin else ""
    listed = "; ".join(_in_words(row) for row in enough[:MOST_IN_WORDS])
    more = f"; and {len(enough) - MOST_IN_WORDS:,} more" if len(enough) > MOST_IN_WORDS else ""
    said = (
        f"{only}{listed}{more}"
        if enough
        else f"none of the {len(groups):,} groups has {item.floor} cases, so none is singled out"
    )

    def subtotal(place: int, value: str) -> Number:
        own = [case for case in cases.cases if case.group[place] == value]
        return _number(item, own, f"{item.words}: all of {value}")

    numbers, table = group_table(groups, dimensions, item.words, item.floor, total.number, subtotal)
    found.append(
        Finding(
            claim=f"{_capital(item.words)} by {by}: {said}.",
            strength="descriptive",
            numbers=numbers,
            citations=cited,
            note=f"{thin:,} of {len(groups):,} groups have fewer than {item.floor} cases and are in the table only."
            if thin and enough
            else "",
            title=f"{_capital(item.words)} by {by}",
            table=table,
        )
    )
    if p is not None:
        found.append(_verdict(item, groups, by, p, cases))
    return found


def _which(item: Measure, cases: Cases, total: MetricRow) -> str:
    """Return which deal or call the largest or smallest value is of."""
    if item.kind not in ("largest", "smallest"):
        return ""
    keys = [case.key for case in cases.cases if case.value == total.number.value]
    more = f" and {len(keys) - 3:,} more" if len(keys) > 3 else ""
    return f"It is that of {', '.join(keys[:3])}{more}."


def _in_words(row: MetricRow) -> str:
    return f"{', '.join(row.group)} {_value_in_words(row.number)}"


def _value_in_words(number: Number) -> str:
    """Return a number in words; a count is its own sample size."""
    return f"{number.n:,}" if number.method == "count" else in_words(number)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _verdict(item: Measure, groups: Sequence[MetricRow], by: str, p: float, cases: Cases) -> Finding:
    compared = [row for row in groups if row.enough and row.number.value is not None]
    strength = strength_of(p, n=len(cases.cases), floor=COMPARED_FLOOR)
    said = (
        "they differ by more than chance would make them"
        if strength == "established"
        else "what differences there are can be chance, so they are not ranked"
    )
    claim = f"{_capital(item.words)} by {by}, {len(compared):,} groups compared ({shown('p', p)}): {said}."
    numbers = [Number(name="p value of no difference", value=p, n=len(cases.cases), method=_TEST[item.kind])]
    if strength == "established" and len(compared) > 1:
        high = max(compared, key=lambda row: row.number.value or 0.0)
        low = min(compared, key=lambda row: row.number.value or 0.0)
        claim += f" Highest: {_in_words(high)}; lowest: {_in_words(low)}."
        numbers += [high.number, low.number]
    verdict = "the groups differ" if strength == "established" else "groups not told apart"
    return Finding(
        claim=claim,
        strength=strength,
        numbers=tuple(numbers),
        citations=(cite_rows(cases.table, [case.key for case in cases.cases]),),
        note="Differences between groups may come from what their cases are like; like is not compared with like here.",
        title=f"{_capital(item.words)} by {by}: {verdict}",
    )


_TEST = {"share": "chi-squared test of homogeneity", "mean": "Alexander-Govern test"}
