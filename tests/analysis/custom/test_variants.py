"""Measures taken as asked equal a second computation, and the number asked for leads whatever the analysis."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from domains.analysis.analysts.measure_artifacts import MetricTable
from domains.analysis.artifacts import Artifact
from domains.analysis.beside import not_answered, wants_beside
from domains.analysis.planner import EstatePlanner
from domains.analysis.registry import Inputs, capabilities
from domains.analysis.review import ReviewedAnswer
from domains.analysis.scope import make_scope
from domains.analysis.statistics.intervals import median_interval
from htn.model.errors import InputError
from tests.analysis.prospect.carrying_out import answer_to

AS_OF = date(2026, 9, 30)


def table(workspace, **scope: str) -> MetricTable:
    """Return the table of a measure."""
    artifact = capabilities()["measure"].analyst(workspace, make_scope(scope), Inputs())
    assert isinstance(artifact, MetricTable)
    return artifact


def value_of(workspace, **scope: str) -> float | None:
    """Return the measure over everything in the scope."""
    return table(workspace, **scope).rows[0].number.value


@pytest.fixture(scope="module")
def frame(sample):
    """The deals of the sample as pandas has them."""
    deals = pd.DataFrame([dict(row) for row in sample.connection.execute("SELECT * FROM opportunities")])
    begun = pd.to_datetime(deals["created_date"].fillna(deals["engage_date"]))
    deals["days"] = (pd.to_datetime(deals["close_date"]) - begun).dt.days
    return deals[(deals["status"] == "open") | (deals["close_date"].notna() & ~(deals["days"] < 0))]


def test_counts_go_by_outcome(sample, frame):
    """Won, lost, open and all deals are counted apart."""
    for outcome in ("won", "lost", "open"):
        assert value_of(sample, metric="deal_count", outcome=outcome) == (frame["status"] == outcome).sum()
    assert value_of(sample, metric="deal_count", outcome="any") == len(frame)


def test_loss_and_win_rate_add_up_to_one(sample):
    """A loss rate is what the win rate leaves, of the same deals."""
    rates = value_of(sample, metric="win_rate"), value_of(sample, metric="win_rate", outcome="lost")
    assert sum(rate or 0.0 for rate in rates) == pytest.approx(1.0)


def test_medians_and_extremes_are_those_of_pandas(sample, frame):
    """Of won amounts, and of the cycles of lost deals."""
    won = frame[frame["status"] == "won"]["amount"].dropna()
    for name, wanted in (("median", won.median()), ("largest", won.max()), ("smallest", won.min())):
        assert value_of(sample, metric="deal_size", statistic=name) == pytest.approx(wanted)
    lost = frame[frame["status"] == "lost"]["days"].dropna()
    assert value_of(sample, metric="cycle_time", outcome="lost") == pytest.approx(lost.mean())
    assert value_of(sample, metric="cycle_time", outcome="lost", statistic="median") == pytest.approx(lost.median())


def test_limits_choose_deals_by_amount_and_length(sample, frame):
    """A limit is compared with the amount or the days; several hold together."""
    won = frame[frame["status"] == "won"]
    middle = round(won["amount"].median())
    assert value_of(sample, metric="deal_count", outcome="won", amount=f"> {middle}") == (won["amount"] > middle).sum()
    both = f">= {middle} and <= {2 * middle}"
    wanted = won["amount"].between(middle, 2 * middle).sum()
    assert value_of(sample, metric="deal_count", outcome="won", amount=both) == wanted
    assert value_of(sample, metric="deal_count", outcome="won", days="> 60") == (won["days"] > 60).sum()


def test_a_limit_is_parsed_and_never_run(sample):
    """What is no sign with a number is refused in a sentence."""
    with pytest.raises(InputError, match="is not a limit"):
        table(sample, metric="deal_count", amount="> 1; DROP TABLE opportunities")


def test_accounts_and_reps_are_counted_once(sample, frame):
    """A distinct count takes each account once, however many deals it has."""
    won = frame[frame["status"] == "won"]
    for thing, column in (("account", "account"), ("rep", "rep"), ("product", "product")):
        counted = value_of(sample, metric="deal_count", outcome="won", counted=thing)
        assert counted == won[column].dropna().nunique()


def test_a_team_is_its_managers_reps(sample, frame):
    """Deals of a team are those of the reps that the manager has."""
    reps = pd.DataFrame([dict(row) for row in sample.connection.execute("SELECT rep, manager FROM reps")])
    manager = reps["manager"].dropna().iloc[0]
    own = frame[frame["rep"].isin(reps[reps["manager"] == manager]["rep"])]
    assert value_of(sample, metric="deal_count", outcome="won", manager=manager) == (own["status"] == "won").sum()


def test_what_is_not_computed_is_said(sample):
    """A median of a share has no number, and the answer says so."""
    found = table(sample, metric="win_rate", statistic="median")
    assert not found.rows
    assert "not computed here" in found.limits[0]


def test_what_deals_cannot_be_chosen_by_is_said(sample):
    """A win rate is not narrowed to a topic: the headline says so beside the number."""
    answer = answer_to(sample, "custom", (("metric", "win_rate"), ("topic", "price")))
    assert "not narrowed to topic price" in answer.headline


def test_the_interval_of_a_median_covers():
    """Of 400 samples from a known distribution, at least 93 % of the intervals hold its median."""
    import numpy as np

    chance = np.random.default_rng(7)
    held = 0
    for _ in range(400):
        found = median_interval(list(chance.lognormal(0.0, 1.0, 41)))
        assert found is not None
        held += found.low <= 1.0 <= found.high
    assert held / 400 >= 0.93


@pytest.mark.parametrize(
    ("question", "analysis", "words"),
    [
        ("How much revenue did {rep} bring in?", "performance", "Value won"),
        ("How many open deals does {rep} have?", "pipeline", "Open deals"),
        ("What is the median sales cycle?", "pipeline", "Median cycle"),
        ("How many deals did we lose to {competitor}?", "competitive", "Deals lost"),
        ("What do prospects say about pricing?", "pattern", "comes up on"),
    ],
)
def test_the_number_asked_for_leads(sample, question: str, analysis: str, words: str):
    """The plan measures beside the analysis, and the headline begins with that."""
    row = sample.connection.execute("SELECT rep FROM opportunities GROUP BY rep ORDER BY COUNT(*) DESC").fetchone()
    rival = sample.connection.execute(
        "SELECT competitor FROM opportunities WHERE competitor IS NOT NULL GROUP BY 1 ORDER BY COUNT(*) DESC"
    ).fetchone()
    planner = EstatePlanner(sample.folder)
    plan = planner.plan(question.format(rep=row[0], competitor=rival[0]))
    assert plan.assessment["analysis"] == analysis
    made: dict[str, Artifact] = {}
    for step in plan.plan.steps:
        inputs = Inputs(made[one.id] for one in plan.plan.steps if one.id in step.causal)
        made[step.id] = capabilities()[step.capability].analyst(planner.workspace, step.args[-1], inputs)
    answer = list(made.values())[-1]
    assert isinstance(answer, ReviewedAnswer)
    assert words in answer.headline.partition("(2)")[0]
    assert any(step.task == f"synthesise_{analysis}" or analysis in step.task for step in plan.plan.steps)


def test_a_measure_of_its_own_leads_an_analysis(sample):
    """How old open deals are stands before the forecast when that is the question."""
    answer = answer_to(sample, "pipeline", (("metric", "deal_age"),))
    assert "days old at the median" in answer.headline.split(". ")[0]
    assert "days old at the median" not in answer_to(sample, "pipeline", ()).headline


def test_what_neither_gives_is_named():
    """A win rate of deals on which something was said is no number of these analyses."""
    scope = (("metric", "win_rate"), ("topic", "pricing"))
    assert not wants_beside("pattern", scope, AS_OF)
    assert not_answered("pattern", scope, AS_OF) == ["win_rate"]
    assert not_answered("performance", (("metric", "revenue"), ("rep", "Ann")), AS_OF) == []
    assert not_answered("pipeline", (("metric", "revenue"), ("stage", "Proposal")), AS_OF) == ["revenue"]
