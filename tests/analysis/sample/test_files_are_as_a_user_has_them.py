"""The files can be read by the usual readers, refer to each other properly, and keep the truth to themselves."""

from __future__ import annotations

import csv
import json
from collections import Counter
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
import webvtt

from domains.analysis.sample import Corpus, Written, generate, write
from domains.analysis.sample.__main__ import main
from htn.model.errors import InputError


@pytest.fixture(scope="module")
def written(corpus: Corpus, tmp_path_factory: pytest.TempPathFactory) -> Written:
    """The default corpus in a folder."""
    return write(corpus, tmp_path_factory.mktemp("data") / "sample")


def _rows(written: Written, name: str) -> list[dict[str, str]]:
    with (written.folder / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _lines(written: Written) -> list[dict[str, object]]:
    return [json.loads(line) for line in (written.folder / "calls.jsonl").read_text(encoding="utf-8").splitlines()]


def test_every_call_is_in_exactly_one_file(corpus: Corpus, written: Written) -> None:
    """The formats share the calls out: none is lost, none is there twice."""
    found = [str(line["call_id"]) for line in _lines(written)]
    found += [path.name[:9] for path in written.folder.glob("CALL-*")]
    export = json.loads((written.folder / "recorder_export.json").read_text(encoding="utf-8"))
    found += [call["metaData"]["id"] for call in export["calls"]]
    assert sorted(found) == [call.call_id for call in corpus.calls]
    assert Counter(path.suffix for path in written.folder.glob("CALL-*")).keys() == {".vtt", ".srt", ".txt"}


def test_lines_hold_what_is_said(corpus: Corpus, written: Written) -> None:
    """Each line is a call with its turns word for word, the hostile characters included."""
    calls = {call.call_id: call for call in corpus.calls}
    for line in _lines(written):
        turns = line["turns"]
        assert isinstance(turns, list)
        assert [turn["text"] for turn in turns] == [turn.text for turn in calls[str(line["call_id"])].turns]
        assert {"date", "rep", "prospect", "title", "account", "opportunity_id", "outcome", "duration_s"} <= line.keys()
        assert line["outcome"] in ("won", "lost", "open")


def test_subtitles_are_read_by_a_subtitle_library(corpus: Corpus, written: Written) -> None:
    """WebVTT and SubRip files give back each turn with its time; WebVTT also gives the voice."""
    calls = {call.call_id: call for call in corpus.calls}
    for path in [*written.folder.glob("*.vtt"), *written.folder.glob("*.srt")]:
        read = webvtt.read(str(path)) if path.suffix == ".vtt" else webvtt.from_srt(str(path))
        turns = calls[path.name[:9]].turns
        assert len(read) == len(turns)
        for caption, turn in zip(read.captions, turns, strict=True):
            text = caption.text if path.suffix == ".vtt" else caption.text.removeprefix(f"{turn.speaker}: ")
            assert text == turn.text
            assert caption.start_in_seconds == int(turn.start_s)
            if path.suffix == ".vtt":
                assert caption.voice == turn.speaker


def test_plain_text_has_headers_and_speakers(corpus: Corpus, written: Written) -> None:
    """A text file has its headers, an empty line, and one `Speaker: text` line per turn."""
    calls = {call.call_id: call for call in corpus.calls}
    for path in written.folder.glob("*.txt"):
        head, _, body = path.read_text(encoding="utf-8").partition("\n\n")
        headers = dict(line.split(": ", 1) for line in head.splitlines())
        call = calls[path.name[:9]]
        assert headers["Date"] == call.plan.date.isoformat()
        assert headers["Opportunity"] == call.plan.deal.opportunity_id
        assert [tuple(line.split(": ", 1)) for line in body.splitlines()] == [(t.speaker, t.text) for t in call.turns]


def test_the_recorder_export_agrees_with_itself(written: Written) -> None:
    """Speakers have parties, sentences have increasing milliseconds, and nothing of a turn is lost."""
    export = json.loads((written.folder / "recorder_export.json").read_text(encoding="utf-8"))
    calls = {call["metaData"]["id"]: call for call in export["calls"]}
    for transcript in export["callTranscripts"]:
        parties = {party["speakerId"]: party for party in calls[transcript["callId"]]["parties"]}
        assert {party["affiliation"] for party in parties.values()} == {"Internal", "External"}
        for part in transcript["transcript"]:
            assert part["speakerId"] in parties
            assert all(sentence["start"] <= sentence["end"] for sentence in part["sentences"])


def test_tables_refer_to_rows_that_exist(written: Written) -> None:
    """Every account, rep, opportunity, content piece and call that a table names is there."""
    accounts = {row["account"] for row in _rows(written, "accounts")}
    reps = {row["rep"] for row in _rows(written, "reps")}
    deals = {row["opportunity_id"] for row in _rows(written, "opportunities")}
    content = {row["content_id"] for row in _rows(written, "content")}
    competitors = {row["name"] for row in _rows(written, "competitors")}
    for row in _rows(written, "opportunities"):
        assert row["account"] in accounts
        assert row["rep"] in reps
        assert row["competitor"] in competitors | {""}
    assert {row["opportunity_id"] for row in _rows(written, "stage_history")} == deals
    assert {row["rep"] for name in ("trainings", "quotas") for row in _rows(written, name)} <= reps
    assert {row["parent"] for row in _rows(written, "accounts")} <= accounts | {""}
    for use in _rows(written, "content_use"):
        assert use["content_id"] in content
        assert use["opportunity_id"] in deals
    for line in _lines(written):
        assert line["opportunity_id"] in deals
        assert line["account"] in accounts
        assert line["rep"] in reps


def test_dates_are_in_order(corpus: Corpus) -> None:
    """Stages follow each other, calls fall inside their deal, and deals are the rep's only once hired."""
    for deal in corpus.deals:
        days = [day for _, day in deal.history]
        assert days == sorted(days)
        assert days[0] == deal.created
        assert deal.closed is None or days[-1] == deal.closed
        assert deal.rep.hire_date <= deal.created
        assert (deal.closed is None) == (deal.status == "open")
    for call in corpus.calls:
        assert call.plan.deal.created <= call.plan.date <= (call.plan.deal.closed or date.max)
        assert call.plan.date.weekday() < 5 or call.plan.date == call.plan.deal.created
    deals = {deal.opportunity_id: deal for deal in corpus.deals}
    for use in corpus.content_use:
        deal = deals[use.opportunity_id]
        assert deal.created <= use.date <= (deal.closed or date.max)


def test_the_dirt_is_there_and_is_told(corpus: Corpus, written: Written) -> None:
    """Four products are misspelt, two dates are missing and one row is there twice; each is in the truth file."""
    rows, clean = _rows(written, "opportunities"), corpus.tables()["opportunities"]
    products = {row["product"] for row in clean}
    assert len(rows) == len(clean) + 1
    assert sum(row["product"] not in products for row in rows) in (4, 5)
    twice = [name for name, count in Counter(row["opportunity_id"] for row in rows).items() if count == 2]
    assert len(twice) == 1
    assert sum(not row["created_date"] for row in rows) == 1
    assert sum(not row["close_date"] for row in rows) == sum(row["close_date"] is None for row in clean) + 1
    assert len(written.dirt) == 7
    assert json.loads(written.truth.read_text(encoding="utf-8"))["dirt"] == list(written.dirt)


def test_the_truth_is_apart_from_the_data(corpus: Corpus, written: Written) -> None:
    """The truth is beside the folder, not in it, and no file of the folder gives it away."""
    assert written.truth.parent == written.folder.parent
    assert not list(written.folder.glob("*truth*"))
    truth = json.loads(written.truth.read_text(encoding="utf-8"))
    assert truth["planted"] == pytest.approx(corpus.truth.planted)
    assert set(truth["planted"]) | set(truth["nulls"]) == set(truth["coefficients"])
    for path in written.folder.iterdir():
        text = path.read_text(encoding="utf-8")
        assert not any(
            word in text for word in ("intents", "handled_well", "probability", "covariate", "long_monologue")
        )


def test_everything_says_that_it_is_synthetic(written: Written) -> None:
    """Every transcript, the main tables and the note say so."""
    for line in _lines(written):
        assert "synthetic" in str(line["title"])
        assert line["source"] == "synthetic sample"
    for path in [
        *written.folder.glob("*.vtt"),
        *written.folder.glob("CALL-*.txt"),
        written.folder / "recorder_export.json",
    ]:
        assert "synthetic sample" in path.read_text(encoding="utf-8")
    for name in ("accounts", "opportunities"):
        assert {row["source"] for row in _rows(written, name)} == {"synthetic sample"}
    assert "synthetic" in (written.folder / "README.md").read_text(encoding="utf-8").lower()


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """Writing over things is refused in words, and nothing is left half-written."""
    (tmp_path / "sample").mkdir()
    (tmp_path / "sample" / "mine.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="empty"):
        write(generate(calls=2, deals=5), tmp_path / "sample")
    assert [path.name for path in tmp_path.rglob("*")] == ["sample", "mine.txt"]


def test_an_empty_folder_may_exist(tmp_path: Path) -> None:
    """A folder made beforehand is used."""
    (tmp_path / "sample").mkdir()
    assert write(generate(calls=2, deals=5), tmp_path / "sample").folder == tmp_path / "sample"


def test_the_command_says_what_it_wrote(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The command writes a corpus and exits with 0; a full folder is one sentence and the code of bad input."""
    assert main([str(tmp_path / "sample"), "--calls", "10", "--deals", "30"]) == 0
    assert "10 calls and 30 opportunities (synthetic" in capsys.readouterr().out
    assert main([str(tmp_path / "sample"), "--calls", "10", "--deals", "30"]) == 30
    assert "is not an empty folder" in capsys.readouterr().err


def test_quotas_cover_the_quarters(corpus: Corpus) -> None:
    """Every rep has one quota for each quarter since being hired, and quarters join."""
    for rep in corpus.reps:
        own = sorted((q for q in corpus.quotas if q.rep == rep.rep), key=lambda quota: quota.period_start)
        assert len(own) >= 3
        assert all(one.period_end + timedelta(1) == two.period_start for one, two in pairwise(own))


def test_there_is_enough_to_conclude_from(corpus: Corpus) -> None:
    """Win rates need a hundred closed deals, and calls alone should reach that too."""
    assert len(corpus.calls) == 240
    assert 60 <= len(corpus.accounts) <= 80
    assert 12 <= len(corpus.reps) <= 16
    assert sum(deal.status != "open" for deal in corpus.deals) > 300
    recorded = {call.plan.deal.opportunity_id: call.plan.deal.status for call in corpus.calls}
    assert sum(status != "open" for status in recorded.values()) > 100
