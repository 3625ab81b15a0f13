"""How reps speak: what is usual, whether reps differ in it, and whether it goes with winning."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from domains.analysis.analysts.citing import cite_turn
from domains.analysis.analysts.comparison import calls_beyond
from domains.analysis.analysts.deal_selection import cite_rows
from domains.analysis.analysts.performance_analyst_judgements import JudgedArtifact, Judgement
from domains.analysis.analysts.performance_analyst_speech import CallSpeech, Measure, speech_of_calls
from domains.analysis.artifacts import Citation, Exclusion, Finding, Number, Record
from domains.analysis.registry import Inputs, capability
from domains.analysis.scope import Scope, value
from domains.analysis.statistics import benjamini_hochberg, hedged, strength_of
from domains.analysis.statistics.clustered import Association, association
from domains.analysis.statistics.numbers import average, in_words
from domains.analysis.statistics.pooling import split_half_reliability
from domains.analysis.statistics.standardisation import Standardised, standardise

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["CALLS_FLOOR", "CLUSTER_FLOOR", "Conversation", "RepSpeech", "measure_conversation"]

CALLS_FLOOR = 20
REPS_FLOOR = 3
CLUSTER_FLOOR = 50
RELIABLE = 0.7
NO_CALLS = "No call with a rep and words is in scope, so nothing can be said about how reps speak."
WORDS_ONLY = "Talk ratio and monologues count words, because fewer than nine in ten calls have times on every turn."


class RepSpeech(Record):
    """One rep: calls, and the mean of every measure."""

    rep: str
    calls: int
    means: tuple[Number, ...]


class Conversation(JudgedArtifact):
    """Measures of speech over all calls and by rep, and how each goes with winning (points per usual difference)."""

    overall: tuple[Number, ...] = ()
    reps: tuple[RepSpeech, ...] = ()
    effects: tuple[Number, ...] = ()


@dataclass(frozen=True, slots=True)
class _Column:
    """One measure over the calls that have it, and over the first halves of those that were won or lost."""

    measure: Measure
    cases: list[tuple[CallSpeech, float]]
    decided: list[tuple[CallSpeech, float]]

    @property
    def values(self) -> list[float]:
        return [found for _, found in self.cases]


@dataclass(frozen=True, slots=True)
class _Tested:
    """How a measure goes with winning; its spread over the calls is the unit of the effect."""

    column: _Column
    cases: list[tuple[CallSpeech, float]]
    found: Association
    spread: float


@dataclass(frozen=True, slots=True)
class _Compared:
    """Reps with enough calls, and the test of whether they differ in a measure."""

    column: _Column
    groups: dict[str, list[tuple[CallSpeech, float]]]
    test: Standardised


@capability("measure_conversation", specialist="performance analyst", output=Conversation)
def measure_conversation(workspace: Workspace, scope: Scope, inputs: Inputs) -> Conversation:
    """Measure talk ratio, question rate, longest monologue and (with timestamps) patience.

    Notes
    -----
    Reps are compared within the kind of call that titles name. Whether a measure goes with winning is judged over the
    first halves of calls with an outcome (the second half may already answer to a yes or a no), with errors robust to
    customers, corrected for the number of measures and of comparisons between reps; below 50 customers nothing counts
    as established. Reps with fewer than 20 calls are not listed.
    """
    calls = calls_beyond(workspace, scope, inputs, "rep")
    spoken = [call for call in calls if any(turn.role == "rep" for turn in call.turns)]
    if not spoken:
        return Conversation(limits=(NO_CALLS,))
    kinds, rows = speech_of_calls(spoken)
    columns = [column for index, measure in enumerate(kinds) if (column := _column(measure, index, rows)).cases]
    overall = tuple(average(column.measure.name, column.values, column.measure.unit) for column in columns)
    tested, compared = _associations(columns), _comparisons(columns)
    # One family for all that is asked of how reps speak: two would make a false find twice as likely.
    corrected = benjamini_hochberg([item.found.p for item in tested] + [item.test.p for item in compared])
    effects = [_effect(item, q) for item, q in zip(tested, corrected[: len(tested)], strict=True)]
    differences = [_difference(item, q) for item, q in zip(compared, corrected[len(tested) :], strict=True)]
    silent = len(calls) - len(spoken)
    timed = any(column.measure.unit == "seconds" and column.measure.name == "longest monologue" for column in columns)
    asked = value(scope, "rep")
    return Conversation(
        overall=overall,
        reps=_by_rep(columns),
        effects=tuple(number for number, _, _ in effects),
        judgements=(*(test for _, _, test in effects), *(test for _, test in differences)),
        findings=(
            _usual(columns, overall),
            *(finding for _, finding, _ in effects),
            *([finding for finding, _ in differences] or (_too_few(columns[0]),)),
            *_asked(columns, asked),
        ),
        exclusions=(Exclusion(what="calls", count=silent, reason="the rep says nothing on them"),) if silent else (),
        limits=() if timed else (WORDS_ONLY,),
    )


def _column(measure: Measure, index: int, rows: list[CallSpeech]) -> _Column:
    decided = [row for row in rows if row.spoken.call.outcome in ("won", "lost")]
    return _Column(
        measure,
        [(row, found) for row in rows if (found := row.values[index]) is not None],
        [(row, found) for row in decided if (found := row.early[index]) is not None],
    )


def _calls(cases: Sequence[tuple[CallSpeech, float]]) -> Citation:
    return cite_rows("calls", (row.spoken.call.call_id for row, _ in cases))


def _usual(columns: list[_Column], overall: tuple[Number, ...]) -> Finding:
    parts = [f"{number.name} {in_words(number)}" for number in overall]
    definitions = [f"{column.measure.name}: {column.measure.definition}" for column in columns]
    return Finding(
        claim="Means over calls: " + "; ".join(parts) + ".",
        strength="descriptive",
        numbers=overall,
        citations=(_calls(columns[0].cases), _extreme(columns[0])),
        note="Definitions. " + "; ".join(definitions) + ".",
        title="What is usual on calls",
    )


def _extreme(column: _Column) -> Citation:
    """Cite the longest turn of a rep on the call that leans most to the rep, so that a reader can look at one."""
    row, _ = max(column.cases, key=lambda case: case[1])
    turn = max((turn for turn in row.spoken.turns if turn.role == "rep"), key=lambda turn: len(turn.text))
    return cite_turn(turn.call_id, turn.idx, turn.text[:240])


def _associations(columns: list[_Column]) -> list[_Tested]:
    """Test of each measure whether it goes with winning."""
    tested = []
    for column in columns:
        cases = column.decided
        spread = _spread([found for _, found in cases])
        if spread < column.measure.resolution:
            continue
        found = association(
            [value / spread for _, value in cases],
            [float(row.spoken.call.outcome == "won") for row, _ in cases],
            [row.spoken.group for row, _ in cases],
            [row.kind for row, _ in cases],
        )
        if found:
            tested.append(_Tested(column, cases, found, spread))
    return tested


def _spread(values: list[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return float((sum((item - mean) ** 2 for item in values) / (len(values) - 1)) ** 0.5)


def _effect(tested: _Tested, q: float) -> tuple[Number, Finding, Judgement]:
    column, cases, found, spread = tested.column, tested.cases, tested.found, tested.spread
    strength = strength_of(q, n=found.clusters, floor=CLUSTER_FLOOR)
    name = column.measure.name
    number = Number(
        name=f"share won per usual difference in {name}",
        value=found.effect * 100,
        unit="points",
        low=found.interval.low * 100,
        high=found.interval.high * 100,
        level=found.level,
        n=found.n,
        method=f"linear regression on first halves, within kinds of call, errors robust to {found.clusters} customers; "
        f"usual difference = one standard deviation = {spread:.3g}",
    )
    shown = f"{in_words(number)} per usual difference"
    otherwise = f"That {name} early in a call goes with winning is not established: {shown}."
    if strength == "not established":
        claim = otherwise
    else:
        direction = "winning" if found.effect > 0 else "losing"
        claim = f"{name.capitalize()} early in a call goes with {direction}: {in_words(number)} per usual difference."
    note = f"p = {found.p:.2g}, corrected {q:.2g}. An association, which need not be a cause."
    if strength == "not established" and found.effect:
        # the interval's half width shrinks with the root of the number of customers
        reach = (found.interval.high - found.interval.low) / 2
        more = found.clusters * (reach * 1.43 / 0.05) ** 2
        note += f" To see 5 points per usual difference with 80 % power takes about {more:,.0f} customers."
    finding = Finding(
        claim=hedged(claim, strength), strength=strength, numbers=(number,), citations=(_calls(cases),), note=note
    )
    return number, finding, Judgement(question="how reps speak", claim=finding.claim, otherwise=otherwise, p=found.p)


def _groups(column: _Column) -> dict[str, list[tuple[CallSpeech, float]]]:
    groups: dict[str, list[tuple[CallSpeech, float]]] = defaultdict(list)
    for case in column.cases:
        groups[case[0].spoken.call.rep or ""].append(case)
    return {rep: cases for rep, cases in sorted(groups.items()) if rep and len(cases) >= CALLS_FLOOR}


def _by_rep(columns: list[_Column]) -> tuple[RepSpeech, ...]:
    means: dict[str, list[Number]] = defaultdict(list)
    calls: dict[str, int] = defaultdict(int)
    for column in columns:
        for rep, cases in _groups(column).items():
            means[rep].append(average(column.measure.name, [found for _, found in cases], column.measure.unit))
            calls[rep] = max(calls[rep], len(cases))
    return tuple(RepSpeech(rep=rep, calls=calls[rep], means=tuple(means[rep])) for rep in sorted(means))


def _comparisons(columns: list[_Column]) -> list[_Compared]:
    """Test of each measure whether reps differ in it."""
    usable = [(column, groups) for column in columns if len(groups := _groups(column)) >= REPS_FLOOR]
    return [
        _Compared(
            column,
            groups,
            standardise(
                [rep for rep, cases in groups.items() for _ in cases],
                [row.kind for cases in groups.values() for row, _ in cases],
                [found for cases in groups.values() for _, found in cases],
                # one customer's calls are alike
                clusters=[row.spoken.group for cases in groups.values() for row, _ in cases],
            ),
        )
        for column, groups in usable
    ]


def _by_customer(cases: list[tuple[CallSpeech, float]]) -> list[float]:
    """Return the mean of each customer: calls of one customer on both sides of a split would make any order repeat."""
    values: dict[str, list[float]] = defaultdict(list)
    for row, found in cases:
        values[row.spoken.group].append(found)
    return [sum(own) / len(own) for _, own in sorted(values.items())]


def _too_few(column: _Column) -> Finding:
    return Finding(
        claim=f"Reps are not compared in how they speak: fewer than {REPS_FLOOR} have {CALLS_FLOOR} calls or more.",
        strength="not established",
        numbers=(average(column.measure.name, column.values, column.measure.unit),),
        citations=(_calls(column.cases),),
    )


def _difference(compared: _Compared, q: float) -> tuple[Finding, Judgement]:
    """Say whether reps differ in a measure, and name the extremes only where the order would repeat."""
    column, groups = compared.column, compared.groups
    name, unit = column.measure.name, column.measure.unit
    reliability = split_half_reliability([_by_customer(cases) for cases in groups.values()])
    n = sum(map(len, groups.values()))
    strength = strength_of(q, n=n, floor=REPS_FLOOR * CALLS_FLOOR)
    ordered = sorted(
        (average(rep, [found for _, found in cases], unit) for rep, cases in groups.items()),
        key=lambda number: number.value or 0.0,
    )
    low, high = ordered[0], ordered[-1]
    repeats = reliability is not None and reliability >= RELIABLE
    otherwise = f"Reps do not differ in {name} beyond chance."
    if strength == "not established":
        claim = otherwise
    elif repeats:
        claim = f"Reps differ in {name}, from {low.name} with {in_words(low)} to {high.name} with {in_words(high)}."
    else:
        claim = f"Reps differ in {name}, but their order would not repeat, so nobody is named."
    shown = "unknown" if reliability is None else f"{reliability:.2f}"
    finding = Finding(
        claim=hedged(claim, strength),
        strength=strength,
        numbers=(low, high),
        citations=(_calls([case for cases in groups.values() for case in cases]),),
        note=f"{len(groups)} reps with at least {CALLS_FLOOR} calls, {n:,} calls, compared within kinds of call; "
        "corrected "
        f"p = {q:.2g}, reliability of the order {shown}.",
    )
    return finding, Judgement(question="how reps speak", claim=finding.claim, otherwise=otherwise, p=compared.test.p)


def _asked(columns: list[_Column], rep: str | None) -> tuple[Finding, ...]:
    """Put the rep that the question names beside all calls."""
    if rep is None:
        return ()
    rows = [(column, [case for case in column.cases if case[0].spoken.call.rep == rep]) for column in columns]
    rows = [(column, cases) for column, cases in rows if cases]
    if not rows:
        return ()
    means = tuple(average(c.measure.name, [found for _, found in cases], c.measure.unit) for c, cases in rows)
    calls = len(rows[0][1])
    enough = calls >= CALLS_FLOOR
    claim = f"{rep}, {calls} calls: " + "; ".join(f"{number.name} {in_words(number)}" for number in means) + "."
    return (
        Finding(
            claim=claim
            if enough
            else f"Nothing is concluded about how {rep} speaks: {calls} calls, the floor is {CALLS_FLOOR}.",
            strength="descriptive" if enough else "not established",
            numbers=means,
            citations=(_calls(rows[0][1]),),
        ),
    )
