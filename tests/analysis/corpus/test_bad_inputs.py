"""Each bad file is left out as a whole, with one clear sentence, and changes nothing."""

from __future__ import annotations

import json
import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.analysis.corpus.files import LONGEST_LINE
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace

CALL = '{"call_id": "a", "date": "2024-01-01", "turns": [{"role": "rep", "text": "hi"}]}\n'
DEALS = "deal_id,stage,amount\n1,Won,5\n"

BAD = {
    "empty.csv": (b"", "it is empty", None),
    "blank.txt": (b" \n\n", "it is empty", None),
    "nul.csv": (DEALS.encode() + b"2,W\0n,6\n", "NUL bytes", 3),
    "binary.jsonl": (CALL.encode() + b"\x81\x8d\xff", "neither UTF-8 nor Windows-1252", 2),
    "line.jsonl": (CALL.encode() + b'{"call_id": \n', "not valid JSON", 2),
    "array.jsonl": (CALL.encode() + b"[1]\n", "a call is a JSON object", 2),
    "turns.jsonl": (CALL.encode() + b'{"call_id": "b"}\n', "no list `turns`", 2),
    "text.jsonl": (b'{"call_id": "b", "turns": [{"text": 5}]}', "a turn is a JSON object with a `text`", 1),
    "id.jsonl": (b'{"call_id": {}, "turns": []}', "`call_id` is neither", 1),
    "rep.jsonl": (b'{"call_id": "b", "rep": [1], "turns": []}', "`rep` is not text", 1),
    "nested.jsonl": (b"[" * 100_000, "nested too deeply", 1),
    "digits.jsonl": (b'{"call_id": "b", "amount": ' + b"9" * 5000 + b', "turns": []}', "a number too long", 1),
    "long.jsonl": (CALL.encode() + b'{"call_id": "' + b"x" * LONGEST_LINE + b'"}', "a line is longer than 8 MB", 2),
    "other.json": (b'{"hello": 1}', "it holds no calls", None),
    "broken.json": (b'{"callTranscripts":\n [', "not valid JSON", 2),
    "gong.json": (b'{"callTranscripts": [{"transcript": []}]}', "transcript 1 has no `callId`", None),
    "gong2.json": (
        b'{"callTranscripts": [{"callId": "1", "transcript": [{"sentences": [{}]}]}]}',
        "without a `text`",
        None,
    ),
    "header.vtt": (b"00:01.000 --> 00:02.000\nAnn: hi\n", "it does not start with WEBVTT", 1),
    "cue.vtt": (
        b"WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: hi\n\n00:xx --> 00:03.000\nBob: ho\n",
        "times cannot be read",
        6,
    ),
    "none.vtt": (b"WEBVTT\n\n", "it has no cues", None),
    "cue.srt": (b"hello\n", "it does not start with a cue number", 1),
    "prose.txt": (b"Just some prose.\nAnd more of it.\n", "no transcript", None),
    "ragged.csv": (DEALS.encode() + b"2,Won,6,7\n", "the row has 4 cells and the headers are 3", 3),
    "short.csv": (DEALS.encode() + b"2,Won\n", "the row has 2 cells and the headers are 3", 3),
    "quote.csv": (DEALS.encode() + b'2,"Won,6\n' + b"3,Won,5\n" * 20_000, "quotation mark is probably not closed", 3),
    "unknown.csv": (b"alpha,beta\n1,2\n", "no known table has its columns (alpha, beta)", None),
    "missing.csv": (b"deal_id,amount\n1,5\n", "no known table has its columns (deal_id, amount)", None),
    "either.csv": (b"name,region\nAnn,East\n", "it could be any of accounts, reps", None),
    "headers.csv": (b"deal_id,stage\n", "it has headers and no rows", None),
    "words.docx": (b"PK", "its ending is not one of", None),
}


@pytest.mark.parametrize("name", BAD)
def test_a_bad_file_is_left_out_whole_with_its_reason(workspace, write, dump, name):
    """The report names the file, the line where there is one, and the reason; the database stays as it was."""
    content, reason, line = BAD[name]
    ingest(workspace, [write("good.csv", DEALS)])
    before = dump(workspace)
    path = write(name, content)
    report = ingest(workspace, [path])
    (skipped,) = report.skipped
    assert (str(path), line) == (skipped.path, skipped.line)
    assert reason in skipped.reason
    assert "\n" not in skipped.reason
    assert skipped.reason in report.to_text()
    assert before == dump(workspace)


def test_good_files_come_in_beside_bad_ones(workspace, write):
    """Of a folder with every bad file and two good ones, exactly the good ones come in."""
    for name, (content, _, _) in BAD.items():
        write(name, content)
    write("good.jsonl", CALL)
    report = ingest(workspace, [write("good.csv", DEALS).parent])
    assert ["good.csv", "good.jsonl"] == sorted(os.path.basename(item.path) for item in report.read)
    assert {"calls": 1, "opportunities": 1, "turns": 1} == report.rows
    assert len(BAD) == len(report.skipped)


def test_a_file_that_turned_bad_keeps_what_it_brought(workspace, write, dump):
    """A damaged new version of a file does not take away the good old one, and the report says so."""
    path = write("calls.jsonl", CALL)
    ingest(workspace, [path])
    before = dump(workspace)
    path.write_text(CALL + "{")
    report = ingest(workspace, [path])
    assert "what an earlier version of it brought is kept" in report.skipped[0].reason
    assert before == dump(workspace)


def test_missing_paths_and_folders_without_data_are_named(workspace, tmp_path, write):
    """A path that is not there, and a folder with nothing to read, are each named with the reason."""
    folder = write("folder/readme.md", "x").parent
    report = ingest(workspace, [tmp_path / "gone.csv", folder, "a\0b"])
    reasons = [item.reason for item in report.skipped]
    assert "there is no such file: check the path" == reasons[0] == reasons[2]
    assert reasons[1].startswith("no file in the folder has a known ending")


def test_links_do_not_lead_out_of_a_folder(workspace, tmp_path, write):
    """In a folder, a link to a file outside is skipped and named; given by itself it is followed."""
    outside = tmp_path / "outside.csv"
    outside.write_text(DEALS)
    folder = write("folder/inside.jsonl", CALL).parent
    (folder / "link.csv").symlink_to(outside)
    (folder / "again.jsonl").symlink_to(folder / "inside.jsonl")
    (folder / "loop").symlink_to(folder, target_is_directory=True)
    report = ingest(workspace, [folder])
    assert {"calls": 1, "turns": 1} == report.rows
    assert ["loop", "link.csv"] == [os.path.basename(item.path) for item in report.skipped]
    assert {"opportunities": 1} == ingest(workspace, [folder / "link.csv"]).rows


def test_what_is_no_ordinary_file_is_not_opened(workspace, tmp_path):
    """A named pipe would block for ever; it is named and skipped."""
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    report = ingest(workspace, [pipe])
    assert ["it is not an ordinary file"] == [item.reason for item in report.skipped]


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_unreadable_files_are_named(workspace, write):
    """A file without permission to read is named and skipped."""
    path = write("secret.csv", DEALS)
    path.chmod(0)
    report = ingest(workspace, [path])
    assert ["it cannot be read: Permission denied"] == [item.reason for item in report.skipped]


@pytest.mark.parametrize(
    "name", ["'); DROP TABLE calls; --.jsonl", "a?mode=rwc#x.jsonl", "a\x1b[31mb\nc.jsonl", "%41.jsonl"]
)
def test_file_names_are_only_names(workspace, write, dump, name):
    """Names with quotes, URI signs or terminal escapes are read like others and printed harmlessly."""
    report = ingest(workspace, [write(name, CALL)])
    assert {"calls": 1, "turns": 1} == report.rows
    assert all(line.isprintable() for line in report.to_text().split("\n"))
    assert 1 == len(dump(workspace)["ingest_files"])


def test_cells_with_terminal_escapes_are_printed_harmlessly(workspace, write):
    """Nothing a cell, header or stage says reaches the terminal as a control sequence."""
    text = "deal_id,stage,amount,created,x\x1b[2Jy\n\x1b[31m1,W\x07on,\x1b]0;t\x07,\x9b31m,1\n"
    report = ingest(workspace, [write("d.csv", text)])
    assert all(line.isprintable() for line in report.to_text().split("\n"))
    assert "\\u001b" not in json.dumps(report.to_dict())
    assert ["1"] == [deal.opportunity_id for deal in workspace.deals()]


def test_an_interrupt_leaves_whole_files_only(workspace, write, dump):
    """Stopped between files, an ingestion leaves what it has read, and the next one completes it."""
    paths = [write("a.jsonl", CALL), write("b.csv", DEALS)]

    def stop(done, total, path):
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        ingest(workspace, paths, progress=stop)
    assert (1, 0) == (len(workspace.calls()), len(workspace.deals()))
    ingest(workspace, paths)
    assert (1, 1) == (len(workspace.calls()), len(workspace.deals()))
    assert "('joined', 'yes')" in dump(workspace)["ingest_state"]


SEEDS = {
    ".jsonl": CALL,
    ".json": '{"callTranscripts": [{"callId": "1", "transcript": [{"speakerId": "2", "sentences": [{"text": "a"}]}]}]}',
    ".csv": "opportunity_id,stage,rep,amount,close_date\n1,Won,Ann,5,2024-01-01\n",
    ".vtt": "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi</v>\n",
    ".srt": "1\n00:00:01,000 --> 00:00:02,000\nAnn: Hi\n",
    ".txt": "Date: 2024-01-01\n\nAnn: Hi\nBob: Ho\n",
}
NOISE = st.sampled_from(
    ["\0", "\n", '"', ",", ":", "-->", "<v ", "{", "]", "null", "-1", "1e999", "\ud800", "\x1b[2J", "é", "\r"]
)
EDITS = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 9), NOISE), min_size=1, max_size=4)


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Return a workspace that many readings share."""
    with Workspace.open(tmp_path_factory.mktemp("noise"), create=True) as opened:
        yield opened


@pytest.mark.parametrize("ending", SEEDS)
@settings(max_examples=60, deadline=None)
@given(edits=EDITS)
def test_no_damage_to_a_file_breaks_the_reading(shared, ending, edits):
    """However a file is damaged, it comes in or is named with a reason, and the text to print is harmless."""
    text = SEEDS[ending]
    for at, removed, noise in edits:
        text = text[:at] + noise + text[at + removed :]
    path = shared.folder / f"damaged{ending}"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    report = ingest(shared, [path])
    assert 1 == len(report.read) + len(report.skipped) + len(report.unchanged)
    assert all(line.isprintable() for line in report.to_text().split("\n"))
    shared.entities(), shared.facts(), shared.turns_by_call()
