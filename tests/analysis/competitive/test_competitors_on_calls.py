"""Mentions, objections and wording on calls: counted by another search, quoted verbatim, silent on nulls."""

from __future__ import annotations

import json
import re

import pytest

from tests.analysis.pipeline.workspaces import answer_of, measure, needs_crm, plan_of, state_of, tasks_of, workspace_of


def names_in(workspace):
    """Names and aliases of the competitors that the workspace knows."""
    rows = workspace.connection.execute("SELECT name, aliases FROM competitors")
    return {row["name"]: (row["name"], *json.loads(row["aliases"])) for row in rows}


def test_mentions_are_those_that_a_plain_search_finds(sample):
    """Turns and calls per competitor and side are what a search of all turns for names and aliases gives."""
    found = {row.competitor: row for row in measure(sample, "find_competitor_mentions").competitors}
    turns = sample.connection.execute("SELECT call_id, role, text FROM turns").fetchall()
    for name, spellings in names_in(sample).items():
        pattern = re.compile(rf"\b(?:{'|'.join(map(re.escape, spellings))})\b", re.IGNORECASE)
        hits = [row for row in turns if pattern.search(row["text"])]
        row = found.get(name)
        assert (row.turns if row else 0) == len(hits)
        if row:
            assert row.calls == len({hit["call_id"] for hit in hits})
            assert row.by_side.get("prospect", 0) == sum(hit["role"] == "prospect" for hit in hits)


def test_mentions_are_placed_in_the_stage_that_the_deal_was_in(sample):
    """The stage is the last one entered up to the day of the call, looked up here with SQL."""
    found = measure(sample, "find_competitor_mentions")
    assert found.by_stage
    query = """
        SELECT m.competitor, COALESCE((SELECT s.stage FROM stage_history s WHERE s.opportunity_id = c.opportunity_id
            AND s.entered_date <= c.date ORDER BY s.entered_date DESC, s.rowid DESC LIMIT 1), 'unknown') AS stage,
            COUNT(*) AS n FROM mentions m JOIN calls c USING (call_id) GROUP BY 1, 2"""
    expected: dict[str, dict[str, int]] = {}
    for row in sample.connection.execute(query):
        expected.setdefault(row["competitor"], {})[row["stage"]] = row["n"]
    assert {row.competitor: row.by_time for row in found.competitors} == expected


def test_quotes_name_the_competitor_verbatim(sample):
    """Every quoted turn holds the words, and the words hold one of the names."""
    names = [spelling.lower() for spellings in names_in(sample).values() for spelling in spellings]
    quoted = [c for f in measure(sample, "find_competitor_mentions").findings for c in f.citations if c.kind == "turn"]
    assert len(quoted) > 5
    for citation in quoted:
        text = next(turn.text for turn in sample.turns(citation.source) if turn.idx == citation.turn)
        assert citation.quote in text
        assert any(name in citation.quote.lower() for name in names)


def test_objections_and_wording_that_do_not_differ_are_not_claimed(sample):
    """Competitors and objections are planted independently, and wording does not depend on the outcome."""
    objections, wording = measure(sample, "relate_objections"), measure(sample, "compare_wording")
    for artifact in (objections, wording):
        assert artifact.findings
        assert "established" not in {finding.strength for finding in artifact.findings}
    assert wording.tested > 50


def calls_about(rival: str, outcomes: dict[str, list[str]]) -> dict[str, list[dict[str, object]]]:
    """Calls with a mention of a rival and a sentence that belongs to the outcome."""
    calls: list[dict[str, object]] = []
    turns: list[dict[str, object]] = []
    for outcome, said in outcomes.items():
        for sentence in said:
            key = f"c{len(calls):03}"
            calls.append({"call_id": key, "account": f"Account {key}", "outcome": outcome, "date": "2024-01-01"})
            for idx, (role, text) in enumerate((("prospect", f"We also look at {rival} now."), ("rep", sentence))):
                turns.append({"call_id": key, "idx": idx, "role": role, "text": text, "role_written": role})
    return {"calls": calls, "turns": turns, "competitors": [{"name": rival, "aliases": "[]"}]}


def test_wording_that_goes_with_winning_is_found_and_quoted(tmp_path):
    """One sentence is said in 30 of 40 won and 5 of 40 lost deals: established, with its words."""
    helpful, usual = "Their migration takes months.", "Plenty of people do that."
    tables = calls_about("Rivalry", {"won": [helpful] * 30 + [usual] * 10, "lost": [helpful] * 5 + [usual] * 35})
    found = measure(workspace_of(tmp_path / "w", tables), "compare_wording")
    assert found.findings[0].strength == "established"
    assert any("migration" in finding.claim for finding in found.findings)
    assert helpful in {citation.quote for citation in found.findings[0].citations}
    assert all("rivalry" not in number.name for number in found.phrases)


def test_wording_needs_twenty_deals_on_either_side(tmp_path):
    """Nineteen lost deals are too few, and that is said."""
    tables = calls_about("Rivalry", {"won": ["Good."] * 40, "lost": ["Bad."] * 19})
    found = measure(workspace_of(tmp_path / "w", tables), "compare_wording")
    assert found.findings == ()
    assert "40 won and 19 lost" in found.limits[0]


def test_an_objection_that_comes_with_a_competitor_is_found(tmp_path):
    """Price is raised on most calls that name the rival and on few others: established, with a quote."""
    tables = calls_about("Rivalry", {"won": ["Right."] * 40, "lost": ["Right."] * 40})
    for turn in tables["turns"]:
        if turn["role"] == "prospect":
            number = int(str(turn["call_id"])[1:])
            priced = number % 4 != 0 if number < 40 else number % 4 == 0
            turn["text"] = (
                f"{turn['text'] if number < 40 else 'Nobody else.'}{' It is too expensive.' if priced else ''}"
            )
    found = measure(workspace_of(tmp_path / "w", tables), "relate_objections")
    assert found.findings[0].strength == "established"
    assert "price" in found.findings[0].claim
    assert found.beside[0].value == pytest.approx(30 / 40)
    assert found.elsewhere[0].value == pytest.approx(10 / 40)
    assert any(citation.quote == "It is too expensive." for citation in found.findings[0].citations)


def test_calls_alone_give_win_rates_by_what_they_name(tmp_path):
    """Without deals, calls that name the rival are compared with calls that do not."""
    tables = calls_about("Rivalry", {"won": ["Good."] * 20, "lost": ["Bad."] * 40})
    extra: list[dict[str, object]] = [
        {"call_id": f"x{i:03}", "account": f"X{i}", "outcome": "won" if i % 5 else "lost"} for i in range(60)
    ]
    spoken: list[dict[str, object]] = [
        {"call_id": call["call_id"], "idx": 0, "role": "rep", "text": "Hi.", "role_written": "rep"} for call in extra
    ]
    tables = {**tables, "calls": tables["calls"] + extra, "turns": tables["turns"] + spoken}
    workspace = workspace_of(tmp_path / "w", tables)
    found = measure(workspace, "compare_competitor_outcomes")
    assert (found.against[0].value, found.without.value) == (20 / 60, 48 / 60)
    assert found.findings[1].strength == "established"
    tasks = tasks_of(plan_of("competitive", state_of(workspace)))
    assert "model_competitor_effect" not in tasks
    assert "compare_wording" in tasks


def test_plans_follow_what_is_at_hand(sample):
    """Everything, deals alone, and in a hurry: three sets of steps."""
    assert set(tasks_of(plan_of("competitive", state_of(sample)))) >= {
        "model_competitor_effect",
        "compare_competitor_outcomes",
        "find_competitor_mentions",
        "relate_objections",
        "compare_wording",
    }
    state = state_of(sample)
    state.count["calls", ()] = 0
    assert tasks_of(plan_of("competitive", state))[2:-1] == ["model_competitor_effect", "compare_competitor_outcomes"]
    hurried = tasks_of(plan_of("competitive", state_of(sample, deadline="tight")))
    assert "model_competitor_effect" not in hurried
    assert "relate_objections" not in hurried


def test_unknown_competitors_are_said_to_be_unknown(tmp_path):
    """Nothing is made up: two steps, and a headline that says what it takes."""
    rows = {"opportunities": [{"opportunity_id": "D1", "status": "open"}]}
    workspace = workspace_of(tmp_path / "w", rows)
    assert tasks_of(plan_of("competitive", state_of(workspace))) == ["survey_competition", "synthesise_competitive"]
    answer = answer_of(workspace, "competitive")
    assert answer.headline.startswith("No competitors are known")
    assert answer.findings == ()
    assert answer.recommendations == ()


def test_known_names_that_nobody_names_are_said_to_be_unseen(tmp_path):
    """A list of names without a mention is told apart from no list."""
    tables = {
        "competitors": [{"name": "Rivalry", "aliases": "[]"}],
        "opportunities": [{"opportunity_id": "D1", "status": "open"}],
    }
    answer = answer_of(workspace_of(tmp_path / "w", tables), "competitive")
    assert "1 competitor names are known, but no deal records one" in answer.headline


@needs_crm
@pytest.mark.shared_data
def test_on_real_data_competition_is_absent_and_said_to_be(tmp_path):
    """The CRM data have no competitors; the answer is that they do not."""
    from domains.analysis.corpus.ingest import ingest
    from domains.analysis.corpus.workspace import Workspace
    from tests.analysis.pipeline.workspaces import CRM

    with Workspace.open(tmp_path / "w", create=True) as workspace:
        ingest(workspace, [CRM])
        assert answer_of(workspace, "competitive").headline.startswith("No competitors are known")


def test_the_whole_answer_passes_its_criteria(sample):
    """Planned, carried out and checked: the observed difference is told together with what controls leave of it."""
    answer = answer_of(sample, "competitive")
    assert answer.headline
    assert all(finding.citations for finding in answer.findings)
