"""What four analyses say about a corpus, beside what is true of it: verdicts on effects and nulls, and intervals."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import Any

import numpy as np
import statsmodels.api as sm

from benchmarks._analyses_world import Rows, World, oracle, population
from domains.analysis.analysts.call_features import features
from domains.analysis.analysts.pattern_artifacts import ValidatedSet
from domains.analysis.analysts.pattern_behaviours import measure_features, varies
from domains.analysis.analysts.pattern_cases import cases_of
from domains.analysis.analysts.pattern_sample import pattern_sample
from domains.analysis.artifacts import Finding, Number
from domains.analysis.language.text import words
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.sample import names
from domains.analysis.sample.records import Deal, SampleCall
from domains.analysis.statistics.standardisation import standardise

__all__ = ["ANALYSES", "Interval", "Observed", "Rank", "Verdict", "observe"]


@dataclass(frozen=True)
class Verdict:
    """Whether an analysis calls something established.

    Attributes
    ----------
    analysis, name : str
        Which analysis, of what.
    planted, established : bool
        What is true, and what is said.
    oracle, recorded : float or None
        Where it is planted, the p value of the test that knows the model: of the variable as it truly is, and of the
        variable as far as it is in the records that an analyst has.
    level : float
        The level at which that test rejects when it is held to the correction that the analysis must make: .05 for
        the planted ones of the family over the size of the family.
    """

    analysis: str
    name: str
    planted: bool
    established: bool
    oracle: float | None = None
    recorded: float | None = None
    level: float = 0.05


@dataclass(frozen=True)
class Interval:
    """A reported interval; without a target it is held against the mean of the estimates over all corpora."""

    analysis: str
    name: str
    value: float
    low: float
    high: float
    target: float | None = None


@dataclass(frozen=True)
class Rank:
    """Rank correlation of reps' estimates with their true win rates: pooled by the product, and by the oracle."""

    pooled: float
    oracle: float
    ranked: bool


@dataclass
class Observed:
    """Everything that is recorded of one corpus."""

    verdicts: list[Verdict] = field(default_factory=list)
    intervals: list[Interval] = field(default_factory=list)
    ranks: list[Rank] = field(default_factory=list)

    def interval(self, analysis: str, name: str, number: Number | None, target: float | None = None) -> None:
        """Record a number that has an interval."""
        if number is not None and number.value is not None and number.low is not None and number.high is not None:
            self.intervals.append(Interval(analysis, name, number.value, number.low, number.high, target))


def observe(world: World, analyses: Iterable[str], *, effects: bool) -> dict[str, Observed]:
    """Carry out analyses; without effects everything they call established is false."""
    results = {}
    for analysis in analyses:
        found = results[analysis] = Observed()
        ANALYSES[analysis](world, found)
        if not effects:
            found.verdicts = [replace(one, planted=False, oracle=None, recorded=None) for one in found.verdicts]
    return results


def _run(world: World, *capability_names: str) -> dict[str, Any]:
    known = capabilities()
    made: dict[str, Any] = {}
    for name in capability_names:
        made[name] = known[name].analyst(world.workspace, (), Inputs(made.values()))
    return made


def _firm(findings: Iterable[Finding], start: str) -> Finding | None:
    """Return the established finding whose first number's name begins so."""
    own = [one for one in findings if one.numbers and one.numbers[0].name.startswith(start)]
    return next((one for one in own if one.strength == "established"), None)


NOT_ASKED: tuple[float | None, float | None] = (None, None)


def _known(
    rows: Rows, wanted: str, without: tuple[str, ...] = (), recorded: Callable[[Deal], bool] | None = None
) -> tuple[float | None, float | None]:
    """Return the oracle's p value of the variable as it is, and as it is recorded."""
    true = oracle(rows, wanted, without)
    return true, oracle(rows, wanted, without, recorded) if recorded else true


def _rival(name: str) -> Callable[[Deal], bool]:
    return lambda deal: deal.crm_competitor == name


def _competitive(world: World, found: Observed) -> None:
    made = _run(world, "compare_competitor_outcomes", "model_competitor_effect")
    model, outcomes = made["model_competitor_effect"], made["compare_competitor_outcomes"]
    target = _competitor_effects(world.fresh)
    for name in (names.STRONG_COMPETITOR, names.MATCHED_COMPETITOR, *names.OTHER_COMPETITORS):
        finding = _firm(model.findings, f"chance to win against {name},")
        planted = name == names.STRONG_COMPETITOR
        right = finding is not None and (not planted or (finding.numbers[0].value or 0) < 0)
        known = _known(world.closed, f"competitor:{name}", recorded=_rival(name)) if planted else NOT_ASKED
        level = 0.05 / max(len(model.effects), 1)
        found.verdicts.append(Verdict("competitive", f"competitor {name}", planted, right, *known, level))
    for number in model.effects:
        name = number.name.removeprefix("chance to win against ").split(",")[0]
        if name in target:
            found.interval("competitive", f"effect of {name}, controls held", number, target[name])
    for number in outcomes.against:
        name = number.name.removeprefix("win rate against ")
        rows = [row for row in world.fresh if row[0].crm_competitor == name]
        found.interval("competitive", f"win rate against {name}", number, float(population(rows).mean()))
    alone = [row for row in world.fresh if not row[0].crm_competitor]
    found.interval("competitive", "win rate without a competitor", outcomes.without, float(population(alone).mean()))


def _competitor_effects(rows: Rows) -> dict[str, float]:
    """Return the effects that the product's comparison estimates, in points, from true chances and not from outcomes.

    With outcomes, the few hundred fresh deals against a rare competitor leave the target itself three points off.
    """
    rivals = (names.STRONG_COMPETITOR, names.MATCHED_COMPETITOR, *names.OTHER_COMPETITORS)
    deals = [deal for deal, _ in rows]
    columns = [np.array([deal.crm_competitor == name for deal in deals]) for name in rivals]
    for labels in ([deal.account.segment for deal in deals], [deal.product for deal in deals]):
        columns += [np.array([label == one for label in labels]) for one in sorted(set(labels))[1:]]
    design = np.column_stack([np.ones(len(deals)), *columns, np.log([deal.amount for deal in deals])]).astype(float)
    fitted = sm.GLM(population(rows), design, family=sm.families.Binomial()).fit().params
    effects = {}
    for place, name in enumerate(rivals, 1):
        chances = []
        for present in (1.0, 0.0):
            changed = design.copy()
            changed[:, place] = present
            chances.append(float((1 / (1 + np.exp(-changed @ fitted))).mean()))
        effects[name] = (chances[0] - chances[1]) * 100
    return effects


def _enablement(world: World, found: Observed) -> None:
    made = _run(world, "retrieve_deals", "compare_content", "compare_trainings")
    for row in made["compare_content"].rows:
        planted = row.name == names.HELPFUL_CONTENT
        value = row.odds_ratio.value if row.odds_ratio else None
        right = row.strength == "established" and (not planted or (value or 0) > 1)
        known = _known(world.closed, f"content:{row.name}") if planted else NOT_ASKED
        level = 0.05 / len(made["compare_content"].rows)
        found.verdicts.append(Verdict("enablement", f"content {row.name}", planted, right, *known, level))
        if row.name != names.LATE_CONTENT:
            identifier = next(piece.content_id for piece in names.CONTENT if piece.title == row.name)
            target = _pooled_odds(world.fresh, identifier)
            found.interval("enablement", f"odds ratio of {row.name}", row.odds_ratio, target)
    for row in made["compare_trainings"].rows:
        found.verdicts.append(Verdict("enablement", f"training {row.name}", False, row.strength == "established"))


def _pooled_odds(rows: Rows, content: str) -> float:
    """Return the Mantel-Haenszel odds ratio on true chances, over segment, size, rep and recorded competitor."""
    middle = median(deal.amount for deal, _ in rows)
    cells: dict[tuple[object, ...], list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0, 0.0])
    for deal, truth in rows:
        stratum = (deal.account.segment, deal.amount > middle, deal.rep.rep, deal.crm_competitor)
        place = 0 if content in deal.content else 2
        cells[stratum][place] += truth.probability
        cells[stratum][place + 1] += 1 - truth.probability
    above = sum(a * d / (a + b + c + d) for a, b, c, d in cells.values())
    below = sum(b * c / (a + b + c + d) for a, b, c, d in cells.values())
    return above / below


def _performance(world: World, found: Observed) -> None:
    made = _run(
        world,
        "retrieve_deals",
        "retrieve_calls",
        "measure_rep_outcomes",
        "measure_territories",
        "measure_next_steps",
        "measure_conversation",
        "synthesise_performance",
    )
    steps, answer = made["measure_next_steps"], made["synthesise_performance"]
    # What counts is what the answer says, in which all that was tested is corrected together.
    firm = [one.numbers for one in answer.findings if one.strength == "established"]
    finding = _firm(answer.findings, "share won, deals with dated next steps")
    right = finding is not None and (steps.effect.value or 0) > 0
    seen = _with_calls(world, {call.call_id for call in world.corpus.calls if call.plan.deal.status != "open"})
    known = _known(seen, "habit:dated_next_step")
    found.verdicts.append(Verdict("performance", "dated next step", True, right, *known))
    found.interval("performance", "effect of a dated next step", steps.effect)
    for finding in made["measure_conversation"].findings:
        if finding.numbers[0].name.startswith("share won per usual difference in "):
            name = finding.numbers[0].name.removeprefix("share won per usual difference in ")
            found.verdicts.append(Verdict("performance", f"{name} early", False, finding.numbers in firm))
            found.interval("performance", f"effect of {name}", finding.numbers[0])
        elif finding.claim.startswith("Reps ") and "differ in" in finding.claim:
            name = re.split(r"differ in |,| beyond", finding.claim)[1]
            found.verdicts.append(Verdict("performance", f"reps differ in {name}", False, finding.numbers in firm))
    territories = made["measure_territories"]
    if not world.corpus.truth.effects.rep_ability:  # else regions with better reps do win more
        said = any(finding.numbers in firm for finding in territories.findings)
        found.verdicts.append(Verdict("performance", "territories, mix held", False, said))
    _territory_intervals(world, territories.adjusted, found)
    _reps(world, made["measure_rep_outcomes"], found)


def _with_calls(world: World, call_ids: set[str]) -> Rows:
    deals = {call.plan.deal.opportunity_id for call in world.corpus.calls if call.call_id in call_ids}
    return [row for row in world.closed if row[0].opportunity_id in deals]


def _territory_intervals(world: World, adjusted: Sequence[Number], found: Observed) -> None:
    if not adjusted:
        return
    fair = standardise(
        [deal.account.region for deal, _ in world.fresh],
        [(deal.account.segment, deal.product) for deal, _ in world.fresh],
        [truth.probability for _, truth in world.fresh],
    )
    target = {group.group: (group.observed - group.expected) / group.n * 100 for group in fair.groups}
    for number in adjusted:
        region = number.name.removeprefix("win rate beyond its mix, ")
        found.interval("performance", "territory beyond its mix", number, target[region])


def _reps(world: World, outcomes: Any, found: Observed) -> None:
    from scipy.stats import spearmanr

    chances: dict[str, list[float]] = defaultdict(list)
    for deal, known in world.fresh:
        chances[deal.rep.rep].append(known.probability)
    target = {rep: sum(values) / len(values) for rep, values in chances.items() if len(values) >= 50}
    rows = [row for row in outcomes.reps if row.rep in target]
    for row in rows:
        found.interval("performance", "win rate of a rep, pooled", row.pooled, target[row.rep])
        found.interval("performance", "win rate of a rep, observed", row.observed, target[row.rep])
    if len(rows) < 5:
        return
    truth = [target[row.rep] for row in rows]
    # The oracle knows each deal's chance but for the rep's own part in it, and sees the outcomes.
    beyond: dict[str, list[float]] = defaultdict(list)
    for deal, one in world.closed:
        beyond[deal.rep.rep].append((deal.status == "won") - one.probability)
    seen = [target[row.rep] + sum(beyond[row.rep]) / len(beyond[row.rep]) for row in rows]
    found.ranks.append(
        Rank(
            float(spearmanr([row.pooled.value for row in rows], truth).statistic),
            float(spearmanr(seen, truth).statistic),
            outcomes.ranked,
        )
    )


PLANTED_BEHAVIOURS = {
    "next step with an owner and a date": ("habit:dated_next_step", 1, ()),
    f"prospect names {names.STRONG_COMPETITOR}": (f"competitor:{names.STRONG_COMPETITOR}", -1, ()),
    "prospect objects on migration and switching": (
        f"objection:{names.COSTLY_OBJECTION}",
        -1,
        (f"handled_well:{names.COSTLY_OBJECTION}",),
    ),
}
NULL_BEHAVIOURS = (
    "rep's share of the talking",
    "share of the rep's sentences that ask",
    "share of the prospect's sentences that ask",
    "rep's longest stretch",
    "rep's first turn",
    "prospect speaks of an economic buyer",
    "rep speaks of small talk",
    "prospect speaks of small talk",
    "prospect objects on price",
    "prospect objects on security and compliance",
    "prospect objects on timing",
    "prospect objects on fit and effort",
    *(f"prospect names {name}" for name in (names.MATCHED_COMPETITOR, *names.OTHER_COMPETITORS)),
)
ANSWERED = f"handled_well:{names.COSTLY_OBJECTION}"
PLANTED_INTENTS = (
    "next_step:",
    f"competitor:{names.STRONG_COMPETITOR}",
    f"objection:{names.COSTLY_OBJECTION}",
    f"probe:{names.COSTLY_OBJECTION}",
    f"handled_badly:{names.COSTLY_OBJECTION}",
    ANSWERED,
    f"content:{next(piece.content_id for piece in names.CONTENT if piece.title == names.HELPFUL_CONTENT)}",
)


def _pattern(world: World, found: Observed) -> None:
    made = _run(world, "retrieve_calls", "compare_behaviours", "compare_phrases", "validate_patterns")
    validated: ValidatedSet = made["validate_patterns"]
    firm = {item.candidate.name: item.candidate for item in validated.patterns if item.strength == "established"}
    inputs = Inputs([made["retrieve_calls"]])
    sample = pattern_sample(world.workspace, (), inputs)
    seen = _with_calls(world, {call.call.call_id for call in sample.calls})
    shown = _shown(world, {call.call.call_id for call in sample.calls})
    family_of = {one.name: one.family for one in features(world.workspace.entities()["competitor"])}
    families = Counter(family_of.values())
    for name, (covariate, sign, without) in PLANTED_BEHAVIOURS.items():
        right = name in firm and firm[name].difference * sign > 0
        level = 0.05 * len(PLANTED_BEHAVIOURS) / (len(families) * families[family_of[name]])
        known = _known(seen, covariate, without, shown.get(name))
        found.verdicts.append(Verdict("pattern", name, True, right, *known, level))
    for name in NULL_BEHAVIOURS:
        found.verdicts.append(Verdict("pattern", f"behaviour: {name}", False, name in firm))
    by_id = {call.call_id: call for call in world.corpus.calls}
    own = [by_id[call.call.call_id] for call in sample.calls]
    said = [name for name in firm if firm[name].kind == "phrase"]
    causes = {name: _cause(name, own) for name in said}
    answered = any(ANSWERED in cause and firm[name].difference > 0 for name, cause in causes.items())
    level = 0.05 / made["compare_phrases"].tested
    found.verdicts.append(
        Verdict("pattern", "words that answer it well", True, answered, *_known(seen, ANSWERED), level)
    )
    # A family of some thousand phrases: what is false of what is called established is counted, not each that is not.
    found.verdicts += [Verdict("pattern", "phrases", False, not causes[name]) for name in said]
    _behaviour_intervals(world, sample, found)


def _shown(world: World, call_ids: set[str]) -> dict[str, Callable[[Deal], bool]]:
    """Return of planted behaviours that not every call shows which deals show them on the calls that are compared."""
    calls = [call for call in world.corpus.calls if call.call_id in call_ids]
    named = {
        call.plan.deal.opportunity_id for call in calls if (names.STRONG_COMPETITOR, "prospect") in call.plan.mentions
    }
    objected = {
        call.plan.deal.opportunity_id
        for call in calls
        if any(one.kind == names.COSTLY_OBJECTION for one in call.plan.objections)
    }
    return {
        f"prospect names {names.STRONG_COMPETITOR}": lambda deal: deal.opportunity_id in named,
        "prospect objects on migration and switching": lambda deal: deal.opportunity_id in objected,
    }


def _cause(name: str, calls: Sequence[SampleCall]) -> frozenset[str]:
    """Return what is planted where a phrase is said: intents of its turn, or the one before, in half of the cases."""
    side, _, phrase = name.partition(' says "')
    wanted = f" {phrase[:-1]} "
    counts: dict[str, int] = defaultdict(int)
    total = 0
    for call in calls:
        for at, turn in enumerate(call.turns):
            if turn.role == side and wanted in f" {' '.join(words(turn.text))} ":
                total += 1
                near = {intent for one in call.turns[max(0, at - 1) : at + 1] for intent in one.intents}
                planted = [intent for intent in near if intent.startswith(PLANTED_INTENTS)]
                counts["any"] += bool(planted)
                for intent in planted:
                    counts[intent] += 1
    return frozenset(intent for intent, count in counts.items() if 2 * count >= total > 0)


def _behaviour_intervals(world: World, sample: Any, found: Observed) -> None:
    """Record the intervals of all behaviours, not only of those that a report shows: chosen ones are too far out."""
    chosen = features(world.workspace.entities()["competitor"])
    cases = cases_of(sample)
    habits = [feature.habit for feature in chosen]
    measured = measure_features(chosen, sample)[0]
    result, values = cases.compared(measured, habits), cases.shown(measured, habits)
    for column, feature in enumerate(chosen):
        low, high = result.bounds(column)
        if low is not None and high is not None and varies(feature, values[:, column]):
            effect = float(result.effect[column])
            found.intervals.append(Interval("pattern", feature.name, effect, low, high))


ANALYSES: dict[str, Callable[[World, Observed], None]] = {
    "pattern": _pattern,
    "competitive": _competitive,
    "performance": _performance,
    "enablement": _enablement,
}
