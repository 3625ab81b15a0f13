"""Win rates against competitors: counted right, compared with controls, silent below the floor."""

from __future__ import annotations

import pandas as pd
import pytest
from statsmodels.stats.proportion import proportion_confint

from domains.analysis.sample import Effects, generate
from domains.analysis.sample.names import MATCHED_COMPETITOR, STRONG_COMPETITOR
from tests.analysis.pipeline.workspaces import answer_of, claims, deal, deals_of, measure, workspace_of


def finding_about(artifact, name):
    """The finding whose claim compares this competitor."""
    return next(f for f in artifact.findings if name in f.claim and "known competitor" not in f.claim)


def test_win_rates_are_those_of_the_table(many):
    """Each rate and interval is what pandas and statsmodels give for the same rows."""
    found = measure(many, "compare_competitor_outcomes")
    table = pd.read_sql("SELECT competitor, status, close_date FROM opportunities", many.connection)
    closed = table[table.status.isin(["won", "lost"]) & table.close_date.notna()]
    named = closed[closed.competitor.fillna("").ne("")]
    grouped = (named.status == "won").groupby(named.competitor).agg(["sum", "count"])
    assert {n.name.removeprefix("win rate against "): n.n for n in found.against} == grouped["count"].to_dict()
    for number in found.against:
        won, n = grouped.loc[number.name.removeprefix("win rate against ")]
        low, high = proportion_confint(won, n, method="wilson")
        assert (number.value, number.low, number.high) == pytest.approx((won / n, low, high))


def test_the_strong_competitor_is_found_and_the_matched_one_is_not_with_controls(many):
    """One costs deals whatever is held; the other only turns up in large deals, which controls take away."""
    seen, held = measure(many, "compare_competitor_outcomes"), measure(many, "model_competitor_effect")
    assert finding_about(seen, STRONG_COMPETITOR).strength == "established"
    strong = finding_about(held, STRONG_COMPETITOR)
    assert strong.strength == "established"
    assert strong.numbers[0].high < 0
    assert finding_about(held, MATCHED_COMPETITOR).strength == "not established"
    assert {"segment", "region", "product"} <= set(held.controls)


@pytest.mark.parametrize("seed", range(5))
def test_without_effects_no_competitor_is_established(tmp_path, seed):
    """With every effect switched off neither comparison finds anything."""
    corpus = generate(seed=seed, calls=0, deals=1500, effects=Effects.none(), text=False)
    workspace = workspace_of(tmp_path / "w", deals_of(corpus))
    for name in ("compare_competitor_outcomes", "model_competitor_effect"):
        assert "established" not in {finding.strength for finding in measure(workspace, name).findings}


def test_below_the_floor_nothing_is_concluded(tmp_path):
    """29 deals against a rival, however one-sided, conclude nothing; 30 do."""
    for n, strength in ((29, "not established"), (30, "established")):
        rows = [deal(i, "won" if i % 2 else "lost") for i in range(200)]
        rows += [deal(1000 + i, "lost", competitor="Rival") for i in range(n)]
        found = measure(workspace_of(tmp_path / str(n), {"opportunities": rows}), "compare_competitor_outcomes")
        assert finding_about(found, "Rival").strength == strength
        if n == 29:
            assert "floor of 30" in finding_about(found, "Rival").claim


def test_a_rival_never_beaten_is_left_out_of_the_model(tmp_path):
    """Separation gives no number: the rival is named as left out, and the observed comparison still stands."""
    rows = [deal(i, "won" if i % 2 else "lost", segment=f"S{i % 3}") for i in range(400)]
    rows += [deal(1000 + i, "lost", competitor="Unbeaten", segment=f"S{i % 3}") for i in range(60)]
    rows += [deal(2000 + i, "won" if i % 2 else "lost", competitor="Minor", segment=f"S{i % 3}") for i in range(80)]
    workspace = workspace_of(tmp_path / "w", {"opportunities": rows})
    held = measure(workspace, "model_competitor_effect")
    assert any(limit.startswith("Unbeaten is not in the comparison") for limit in held.limits)
    assert [n.name.split(",")[0] for n in held.effects] == ["chance to win against Minor"]
    assert finding_about(measure(workspace, "compare_competitor_outcomes"), "Unbeaten").strength == "established"


def test_deal_values_that_give_the_outcome_away_are_not_used(tmp_path):
    """Where lost deals are blanked to zero, the value would tell the outcome: it is no control."""
    rows = [
        deal(i, status, amount=float(500 + i) if status == "won" else 0.0, competitor="Rival" if i % 3 else None)
        for i in range(600)
        for status in (("won", "lost")[(i * 7) % 11 % 2],)
    ]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "model_competitor_effect")
    assert "deal value" not in found.controls
    assert found.effects


def test_a_question_about_one_competitor_compares_with_all_deals(many):
    """The scope's own deals are all against it; the comparison takes the others as well."""
    scope = (("competitor", STRONG_COMPETITOR),)
    found = measure(many, "compare_competitor_outcomes", scope)
    assert found.without.n > 500
    assert [f for f in found.findings if MATCHED_COMPETITOR in f.claim] == []
    assert finding_about(found, STRONG_COMPETITOR).strength == "established"
    about = [f.numbers[0].name for f in measure(many, "model_competitor_effect", scope).findings]
    assert len([name for name in about if name.startswith("chance to win against")]) == 1


def test_no_competitor_in_name_only_counts_as_none(tmp_path):
    """The word Unknown in the competitor column is no competitor's name."""
    rows = [deal(i, "won" if i % 2 else "lost", competitor="Unknown" if i % 4 else "Rival") for i in range(200)]
    found = measure(workspace_of(tmp_path / "w", {"opportunities": rows}), "compare_competitor_outcomes")
    assert [n.name for n in found.against] == ["win rate against Rival"]
    assert "Unknown" not in claims(found)


def test_what_is_only_just_below_the_line_is_not_called_established(tmp_path):
    """Deal by deal towards the line: from a p of .04 on the difference is suggestive, and called borderline."""
    seen = set()
    for wins, n in ((14, 52), (15, 51), (15, 50), (16, 51), (17, 52), (21, 52)):
        rows = [deal(i, "won" if i % 2 else "lost", segment=f"S{i % 3 % 2}") for i in range(240)]
        rows += [
            deal(1000 + i, "won" if i < wins else "lost", competitor="Rival", segment=f"S{i % 2}") for i in range(n)
        ]
        found = measure(workspace_of(tmp_path / f"{wins}-{n}", {"opportunities": rows}), "model_competitor_effect")
        about = finding_about(found, "Rival")
        p = float(about.note.partition("p = ")[2].split()[0].rstrip("."))
        expected = "established" if p <= 0.04 else "suggestive" if p < 0.1 else "not established"
        assert about.strength == expected, p
        assert ("borderline" in about.note) == (0.04 < p <= 0.05)
        seen.add((about.strength, "borderline" in about.note))
    assert {("established", False), ("suggestive", True), ("not established", False)} <= seen


def test_several_competitors_make_the_interval_wider(many):
    """The interval corrected for the choice among them holds the plain one, at a higher level."""
    plain, corrected = finding_about(measure(many, "model_competitor_effect"), MATCHED_COMPETITOR).numbers
    assert corrected.low < plain.low < plain.high < corrected.high
    assert corrected.level > plain.level


def test_the_deals_compared_are_shown_in_what_is_held_equal(many):
    """Each column holds shares of the same deals: those of a control add up to one, as counted by hand."""
    model = measure(many, "model_competitor_effect")
    shown = model.findings[-1]
    alone = [d for d in many.deals() if d.status in ("won", "lost") and d.close_date and not d.competitor]
    lines = {row.name: [shown.numbers[place] for place in row.cells] for row in shown.table.rows}
    segments = [numbers for name, numbers in lines.items() if name.startswith("segment: ")]
    assert len(segments) > 1
    for column in range(len(shown.table.columns)):
        assert sum(numbers[column].value for numbers in segments) == pytest.approx(1)
    assert {numbers[0].n for numbers in segments} == {len(alone)}
    for name, numbers in lines.items():
        if name.startswith("product: "):
            assert numbers[0].value == pytest.approx(sum(f"product: {d.product}" == name for d in alone) / len(alone))


def test_the_answer_sets_the_competitors_side_by_side(sample):
    """A table beside the headline: every competitor with its rate, and both differences where they were tested."""
    made = answer_of(sample, "competitive")
    table = next(finding for finding in made.findings if finding.table and finding.table.up_front)
    assert table.table.rows[0].name == "no competitor known"
    rates = {number.name: number for number in table.numbers}
    assert rates["win rate, no competitor known"].n > 100
    by_name = {row.name: row.cells for row in table.table.rows}
    assert None not in by_name[STRONG_COMPETITOR]
    assert "may be won less often" in made.headline
