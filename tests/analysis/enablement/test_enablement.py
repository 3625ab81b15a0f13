"""Enablement: planted content is found, what follows the decision or is confounded is not, absent data are said."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy.stats import fisher_exact

from domains.analysis.analysts.enablement_artifacts import ContentComparison, RampTime, TrainingComparison
from domains.analysis.analysts.enablement_comparison import adjusted, controls_of, stratified
from domains.analysis.sample import Effects
from domains.analysis.statistics import needed_per_group
from tests.analysis.prospect.carrying_out import answer_to, carry_out, counted, plan_of, tasks
from tests.analysis.prospect.worlds import synthetic

RICH = {"deals": 200, "closed": 150, "content_uses": 90, "trainings": 20}


@pytest.fixture(scope="module", params=[3, 4])
def large(request, tmp_path_factory):
    """A corpus of many deals, for two seeds."""
    folder = tmp_path_factory.mktemp("large")
    with synthetic(folder, seed=request.param, calls=10, deals=2600, reps=30) as workspace:
        yield workspace


@pytest.fixture(scope="module")
def made(large):
    """The artifacts of the full analysis, by type."""
    return {type(item): item for item in carry_out(large, plan_of(large.facts, "enablement")).values()}


def test_helpful_content_is_established(made):
    """The piece that was planted to help goes with winning, like compared with like."""
    row = next(row for row in made[ContentComparison].rows if row.name == "Fiduciary ROI Worksheet")
    assert row.strength == "established"
    assert row.odds_ratio.low > 1


def test_every_comparison_gives_win_rates_and_points_before_any_ratio(made):
    """With and without, how many deals, and the difference in points; the odds ratio is left to the note."""
    compared = made[ContentComparison]
    for row, finding in zip(compared.rows, compared.findings[1:], strict=True):
        gap = (row.with_it.value - row.without_it.value) * 100
        assert row.difference.value == pytest.approx(gap)
        assert row.with_it.n + row.without_it.n == compared.deals
        assert f"(n = {row.with_it.n:,})" in finding.claim
        assert f"{gap:+.0f} points [" in finding.claim
        assert "odds ratio" not in finding.claim.lower()


def test_what_else_may_have_brought_it_about_stands_in_the_claim(made):
    """Of what goes with the outcome: who chose it, or that it comes after the decision."""
    for row, finding in zip(made[ContentComparison].rows, made[ContentComparison].findings[1:], strict=True):
        if row.used_late:
            assert "the decision comes first" in finding.claim
        elif row.strength != "not established":
            assert "Reps choose the deals" in finding.claim


def test_content_used_when_the_deal_is_decided_is_not_established(made):
    """The late piece has the largest odds ratio of all, and is called what it is: used late."""
    rows = made[ContentComparison].rows
    late = next(row for row in rows if row.name == "Kickoff Planner")
    assert late.odds_ratio.value == max(row.odds_ratio.value for row in rows)
    assert late.used_late
    assert late.strength != "established"


def test_no_other_content_is_established(made):
    """Content without effect, given out for reasons, is not called established in either direction."""
    names = {row.name for row in made[ContentComparison].rows if row.strength == "established"}
    assert names == {"Fiduciary ROI Worksheet"}


def test_training_of_good_reps_is_not_credited_with_their_skill(made):
    """Trained reps win more as observed; each compared with himself or herself, nothing is established."""
    row = next(row for row in made[TrainingComparison].rows if row.name == "Discovery Masterclass")
    assert row.with_it.value > row.without_it.value
    assert row.strength != "established"


def test_ramp_counts_only_reps_hired_within_the_records(large, made):
    """Reps hired before the first recorded deal are left out; the rest are those that SQL finds."""
    query = (
        "SELECT COUNT(*) FROM reps WHERE hire_date >="
        " (SELECT MIN(COALESCE(created_date, engage_date, close_date)) FROM opportunities)"
    )
    assert made[RampTime].reps == large.connection.execute(query).fetchone()[0]


def test_a_confounder_that_is_held_equal_does_not_show():
    """A harmless thing that good reps do more often looks good as observed and is 1 within reps."""
    chance = np.random.default_rng(2)
    reps = chance.integers(0, 10, 4000)
    skill = 0.25 + 0.05 * reps
    exposed = chance.random(4000) < skill
    won = chance.random(4000) < skill
    crude = stratified(list(exposed), list(won), [""] * 4000)
    held = stratified(list(exposed), list(won), [str(rep) for rep in reps])
    assert crude is not None
    assert held is not None
    assert (crude.odds_ratio.low or 0.0) > 1.05
    assert (held.odds_ratio.low or 9.0) < 1 < (held.odds_ratio.high or 0.0)
    assert held.p > 0.05


def test_one_stratum_is_the_plain_odds_ratio():
    """With a single stratum the pooled odds ratio is ad / bc, and its test agrees with Fisher's roughly."""
    exposed = [True] * 60 + [False] * 60
    won = [True] * 40 + [False] * 20 + [True] * 25 + [False] * 35
    result = stratified(exposed, won, ["x"] * 120)
    assert result is not None
    assert result.odds_ratio.value == pytest.approx(40 * 35 / (20 * 25))
    assert result.p == pytest.approx(fisher_exact(np.array([[40, 20], [25, 35]]))[1], rel=0.35)


def test_strata_with_one_side_only_say_nothing():
    """Where every deal of a stratum used it, like cannot be compared with like."""
    assert stratified([True, True, False, False], [True, False, True, False], ["a", "a", "b", "b"]) is None


def test_regression_holds_what_it_is_given(large):
    """The adjusted effect is that of a logistic regression fitted here with the same columns."""
    deals = [deal for deal in large.deals() if deal.status in ("won", "lost")]
    won = [deal.status == "won" for deal in deals]
    exposed = [i % 3 == 0 for i in range(len(deals))]
    controls = controls_of(large, deals)
    result = adjusted(exposed, won, controls)
    assert result is not None
    columns = [np.ones(len(won)), np.array(exposed, float), np.array(controls.size), np.array(controls.ability)]
    for values in (controls.segments, controls.products, controls.rivals):
        columns += [np.array([v == level for v in values], float) for level in sorted(set(values))[1:]]
    fit = sm.Logit(np.array(won, float), np.column_stack(columns)).fit(disp=0)
    assert result.log_odds == pytest.approx(fit.params[1], abs=0.02)
    assert result.p > 0.01
    # the change in the chance to win when everybody has it instead of nobody, on the mean over all deals
    having, lacking = (np.column_stack([columns[0], np.full(len(won), x), *columns[2:]]) for x in (1.0, 0.0))
    assert result.effect == pytest.approx((fit.predict(having) - fit.predict(lacking)).mean(), abs=0.005)
    assert result.low < result.effect < result.high


def test_without_effects_nothing_is_established(tmp_path):
    """In a corpus in which nothing changes the outcome no content and no training is established."""
    with synthetic(tmp_path, seed=9, calls=10, deals=1500, reps=24, effects=Effects.none()) as workspace:
        answer = answer_to(workspace, "enablement")
    assert not [finding for finding in answer.findings if finding.strength == "established"]


def test_plans_follow_what_is_recorded():
    """Content only, trainings only, both, neither and a hurry each get their own plan."""
    both = tasks(plan_of(counted(**RICH), "enablement"))
    assert {"compare_content", "compare_trainings", "measure_ramp"} <= both
    no_trainings = {key: value for key, value in RICH.items() if key != "trainings"}
    assert "compare_trainings" not in tasks(plan_of(counted(**no_trainings), "enablement"))
    no_content = {key: value for key, value in RICH.items() if key != "content_uses"}
    assert "compare_content" not in tasks(plan_of(counted(**no_content), "enablement"))
    assert "synthesise_enablement_of_ramp" in tasks(plan_of(counted(deals=5), "enablement"))
    assert "measure_ramp" not in tasks(plan_of(counted(**RICH), "enablement", deadline="tight"))


def test_comparisons_run_side_by_side():
    """Content, trainings and ramp time wait for retrieval and not for each other."""
    plan = plan_of(counted(**RICH), "enablement")
    step = {one.task: one for one in plan.steps}
    retrieved = {step["retrieve_deals"].id, step["retrieve_enablement"].id}
    assert all(
        set(step[name].dependencies) <= retrieved for name in ("compare_content", "compare_trainings", "measure_ramp")
    )


@pytest.mark.shared_data
def test_real_crm_has_no_enablement_records_and_the_answer_says_so(crm):
    """The real CRM has neither content nor trainings nor hire dates: three sentences say so, and no more."""
    answer = answer_to(crm, "enablement")
    assert answer.headline.startswith("Neither use of content, nor trainings, nor hire dates are recorded")
    assert not answer.findings
    assert sum("recorded" in limit for limit in answer.limits) >= 3


@pytest.mark.shared_data
def test_real_calls_establish_nothing_on_enablement_and_say_what_it_would_take(calls):
    """Calls alone record neither content nor trainings: nothing is established, and how many deals it takes is said."""
    answer = answer_to(calls, "enablement")
    assert "nothing is established on enablement" in answer.headline
    assert not answer.findings
    assert not answer.recommendations
    takes = next(limit for limit in answer.limits if limit.startswith("What it would take"))
    assert "at least 100 closed deals" in takes
    assert f"about {needed_per_group(0.5, 0.6)} deals" in takes
