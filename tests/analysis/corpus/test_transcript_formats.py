"""Every transcript format comes in with its speakers, times and details."""

from __future__ import annotations

import json

import pytest

from domains.analysis.corpus.ingest import ingest

VTT = """WEBVTT

NOTE
Date: 2024-03-01
Account: Acme
Rep: Ann Lee

1
00:00:01.000 --> 00:00:02.500
<v Ann Lee>Good morning, Bob.</v>

2
00:00:02.500 --> 00:00:04.000
<v Ann Lee>Shall we <b>start</b>?</v>

3
00:01:05.250 --> 00:01:07.000
<v Bob>Yes &amp; no: it costs &lt; 5 dollars.</v>
"""


def roles(workspace, call_id):
    """Return (role, speaker, text) of each turn."""
    return [(turn.role, turn.speaker, turn.text) for turn in workspace.turns(call_id)]


def test_vtt_voice_tags_become_speakers_and_their_cues_turns(workspace, write):
    """Cues of one voice in a row are one turn with the first start and last end; tags and entities are read."""
    ingest(workspace, [write("first.vtt", VTT)])
    (call,) = workspace.calls()
    assert [
        ("rep", "Ann Lee", "Good morning, Bob. Shall we start?"),
        ("prospect", "Bob", "Yes & no: it costs < 5 dollars."),
    ] == roles(workspace, call.call_id)
    assert [(1.0, 4.0), (65.25, 67.0)] == [(turn.start_s, turn.end_s) for turn in workspace.turns(call.call_id)]
    assert ("2024-03-01", "Acme", "Ann Lee", "Bob", 67.0) == (
        call.date,
        call.account,
        call.rep,
        call.prospect,
        call.duration_s,
    )


def test_vtt_name_prefixes_become_speakers(workspace, write):
    """Without voice tags, a name before a colon says who speaks; a reminder with a colon stays text."""
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn Lee: Hello\n\n00:02.000 --> 00:03.000\nBob Ray: Hi\n\n"
        "00:03.000 --> 00:04.000\nReminder: we have an hour\n\n00:04.000 --> 00:05.000\nAnn Lee: Fine\n"
    )
    ingest(workspace, [write("zoom.vtt", text)])
    (call,) = workspace.calls()
    assert [("Ann Lee", "Hello"), ("Bob Ray", "Hi Reminder: we have an hour"), ("Ann Lee", "Fine")] == [
        (turn.speaker, turn.text) for turn in workspace.turns(call.call_id)
    ]


def test_srt_is_read_with_its_times(workspace, write):
    """SRT's comma before the milliseconds is understood, labels say the roles, and the file's name gives the date."""
    text = "1\n00:00:00,500 --> 00:00:01,500\nAgent: Hi\n\n2\n00:00:02,000 --> 00:00:03,250\nCustomer: Hello\n"
    report = ingest(workspace, [write("2024-05-06 intro.srt", text.replace("\n", "\r\n"))])
    (call,) = workspace.calls()
    assert "2024-05-06" == call.date
    assert [("rep", 0.5, 1.5), ("prospect", 2.0, 3.25)] == [
        (turn.role, turn.start_s, turn.end_s) for turn in workspace.turns(call.call_id)
    ]
    assert any("from the file's name" in item.problem for item in report.issues)


def test_one_cue_may_hold_two_voices(workspace, write):
    """Two voice tags in one cue are two turns."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Ready?</v>\n<v Bob>Ready.</v>\n"
    ingest(workspace, [write("two.vtt", text)])
    (call,) = workspace.calls()
    assert [("Ann", "Ready?"), ("Bob", "Ready.")] == [
        (turn.speaker, turn.text) for turn in workspace.turns(call.call_id)
    ]


def test_plain_text_with_a_header(workspace, write):
    """Header lines describe the call; lines without a speaker go on with the turn before."""
    text = (
        "Date: 2024-03-02\nAccount: Acme\nRep: Ann\nTitle: Demo\nOpportunity: D-1\nOutcome: Closed Won\n\n"
        "Ann: Welcome.\nGlad you came.\nBob: Thanks.\n[00:02:03] Ann: So.\n"
    )
    ingest(workspace, [write("demo.txt", text)])
    (call,) = workspace.calls()
    assert ("2024-03-02", "Acme", "Ann", "Demo", "D-1", "won") == (
        call.date,
        call.account,
        call.rep,
        call.title,
        call.opportunity_id,
        call.outcome,
    )
    assert [
        ("rep", "Ann", "Welcome.\nGlad you came."),
        ("prospect", "Bob", "Thanks."),
        ("rep", "Ann", "So."),
    ] == roles(workspace, call.call_id)
    assert [None, None, 123.0] == [turn.start_s for turn in workspace.turns(call.call_id)]


def test_plain_text_without_a_header_may_use_rep_as_a_speaker(workspace, write):
    """`Rep:` and `Prospect:` before every turn are speakers, not a header."""
    ingest(workspace, [write("bare.txt", "Rep: Hello\nProspect: Hi there\n")])
    (call,) = workspace.calls()
    assert [("rep", "Rep", "Hello"), ("prospect", "Prospect", "Hi there")] == roles(workspace, call.call_id)


def test_jsonl_amounts_give_outcomes(workspace, write):
    """An amount above zero is a won call, zero a lost one, none says nothing; a stated outcome counts for more."""
    says: list[dict[str, object]] = [{"amount": 2}, {"amount": 0}, {}, {"amount": 5, "outcome": "lost"}]
    lines = [{"call_id": f"c{at}", "date": "2024-01-01", "turns": [], **extra} for at, extra in enumerate(says)]
    ingest(workspace, [write("calls.jsonl", "\n".join(map(json.dumps, lines)))])
    assert ["won", "lost", None, "lost"] == [call.outcome for call in workspace.calls()]


def test_jsonl_richer_keys_are_kept(workspace, write):
    """Title, account, deal, duration, speakers, times and content come in where a call has them."""
    turns = [
        {"role": "rep", "text": "Hi", "speaker": "Ann", "start_s": 0, "end_s": 1.5},
        {"role": "prospect", "text": "Hello"},
    ]
    call = {"call_id": "x", "date": "2024-01-01", "title": "T", "account": "Acme", "opportunity_id": "D1"}
    line = json.dumps({**call, "prospect": "Bob", "duration_s": 60, "content": ["deck"], "turns": turns})
    ingest(workspace, [write("calls.jsonl", line)])
    (found,) = workspace.calls()
    assert ("T", "Acme", "D1", 60.0) == (found.title, found.account, found.opportunity_id, found.duration_s)
    assert [("rep", "Ann", "Hi"), ("prospect", "Bob", "Hello")] == roles(workspace, "x")
    assert [("deck", "D1", "x", "2024-01-01")] == [
        tuple(row)
        for row in workspace.connection.execute("SELECT content_id, opportunity_id, call_id, date FROM content_use")
    ]


def gong_files():
    """Return a transcript document and a details document in the shape of Gong's API."""
    sentences = [
        {"start": 1000, "end": 2500, "text": "Hello Bob."},
        {"start": 2600, "end": 4000, "text": "How are you?"},
    ]
    transcript = [
        {"speakerId": "11", "topic": "Intro", "sentences": sentences},
        {"speakerId": "22", "topic": "Intro", "sentences": [{"start": 4100, "end": 5000, "text": "Fine."}]},
    ]
    parties = [
        {"speakerId": "11", "name": "Ann Lee", "affiliation": "Internal"},
        {"speakerId": "22", "name": "Bob Ray", "affiliation": "External", "title": "Head of IT"},
        {"name": "Listener", "affiliation": "External"},
    ]
    context = [{"system": "Salesforce", "objects": [{"objectType": "Opportunity", "objectId": "D-9"}]}]
    data = {"id": "777", "title": "Intro call", "started": "2024-02-03T10:00:00-08:00", "duration": 900}
    return (
        {"requestId": "r", "callTranscripts": [{"callId": "777", "transcript": transcript}]},
        {"calls": [{"metaData": data, "parties": parties, "context": context}]},
    )


@pytest.mark.parametrize(
    "names", [("a.json", "b.json"), ("b.json", "a.json")], ids=["transcript first", "details first"]
)
def test_gong_transcripts_and_details_meet_in_any_order(workspace, write, names):
    """Speaker ids become names and roles, milliseconds seconds, whichever of the two files is read first."""
    transcript, details = gong_files()
    for name, document in zip(names, (transcript, details), strict=True):
        write(name, json.dumps(document))
    for name in ("a.json", "b.json"):
        ingest(workspace, [write("copy", "").parent / name])
    (call,) = workspace.calls()
    assert ("777", "2024-02-03", "Intro call", "Ann Lee", "Bob Ray", 900.0, "D-9") == (
        call.call_id,
        call.date,
        call.title,
        call.rep,
        call.prospect,
        call.duration_s,
        call.opportunity_id,
    )
    assert [("rep", "Ann Lee", "Hello Bob. How are you?"), ("prospect", "Bob Ray", "Fine.")] == roles(workspace, "777")
    assert workspace.titles() == {"777": {"Bob Ray": "Head of IT"}}
    assert [(1.0, 4.0), (4.1, 5.0)] == [(turn.start_s, turn.end_s) for turn in workspace.turns("777")]


def test_participants_bring_their_titles_and_the_side_of_a_speaker_who_has_none(workspace, write):
    """Titles are kept by call and name; what is no person is left out and said; a side fills an unknown role."""
    people = [{"name": "Bob Ray", "side": "prospect", "title": "CFO"}, {"name": "Cy", "side": "external"}, "Dan"]
    turns = [{"role": "rep", "speaker": "Ann", "text": "Hi"}, {"speaker": "Cy", "text": "Hello"}]
    call = {"call_id": "x", "date": "2024-03-01", "rep": "Ann", "participants": people, "turns": turns}
    other = {"call_id": "y", "date": "2024-03-02", "participants": "Ann and Bob", "turns": turns[:1]}
    report = ingest(workspace, [write("calls.jsonl", json.dumps(call) + "\n" + json.dumps(other))])
    assert workspace.titles() == {"x": {"Bob Ray": "CFO"}}
    assert roles(workspace, "x")[1] == ("prospect", "Cy", "Hello")
    assert any("participants" in issue.topic for issue in report.issues)
    ingest(workspace, [write("calls.jsonl", json.dumps({**call, "participants": []}))])
    assert workspace.titles() == {}


def test_gong_in_one_file(workspace, write):
    """Transcripts and details may also share one document."""
    transcript, details = gong_files()
    ingest(workspace, [write("both.json", json.dumps({**transcript, **details}))])
    assert ["Ann Lee"] == [call.rep for call in workspace.calls()]


def test_a_table_of_calls_describes_transcripts_by_file_name(workspace, write):
    """A call list in CSV fills what the transcripts leave open; one without a transcript is reported."""
    write("talk one.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v Ann>Hi</v>\n")
    listing = "File,Date,Rep,Account,Outcome\ntalk one.vtt,2024-04-05,Ann,Acme,won\ngone.vtt,2024-04-06,Ann,Acme,won\n"
    report = ingest(workspace, [write("list.csv", listing).parent])
    (call,) = workspace.calls()
    assert ("2024-04-05", "Ann", "Acme", "won") == (call.date, call.rep, call.account, call.outcome)
    assert ["rep"] == [turn.role for turn in workspace.turns(call.call_id)]
    assert any("'gone' has no transcript" in item.problem for item in report.issues)


def test_reps_table_says_who_is_the_rep(workspace, write):
    """A speaker in the reps table is the rep and the only other one the prospect, also when the table comes later."""
    ingest(workspace, [write("c.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v ann lee>Hi</v>\n<v Bob>Hello</v>\n")])
    assert ["unknown", "unknown"] == [turn.role for turn in workspace.turns(workspace.calls()[0].call_id)]
    ingest(workspace, [write("reps.csv", "rep,manager\nAnn Lee,Cat\n")])
    (call,) = workspace.calls()
    assert ["rep", "prospect"] == [turn.role for turn in workspace.turns(call.call_id)]
    assert ("Ann Lee", "Bob") == (call.rep, call.prospect)


def test_of_three_strangers_nobody_is_guessed(workspace, write):
    """With two speakers who are not known reps, their roles stay unknown and the report says so."""
    text = "Rep: Ann\nDate: 2024-01-01\n\nAnn: Hi\nBob: Hello\nCat: Good day\n"
    report = ingest(workspace, [write("three.txt", text)])
    (call,) = workspace.calls()
    assert ["rep", "unknown", "unknown"] == [turn.role for turn in workspace.turns(call.call_id)]
    assert any("neither known reps" in item.problem for item in report.issues)


def test_control_characters_are_taken_out_and_counted(workspace, write):
    """Terminal escapes in text and names do not get in, newlines and tabs do; the report counts what went."""
    turn = {"role": "rep", "text": "a\u001b[31mred\u001b[0m\tb\nc\u0007", "speaker": "An\u001b[2Jn\u202e"}
    line = json.dumps({"call_id": "x\u0000y", "date": "2024-01-01", "turns": [turn]})
    report = ingest(workspace, [write("calls.jsonl", line)])
    (found,) = workspace.turns("xy")
    assert ("ared\tb\nc", "Ann") == (found.text, found.speaker)
    assert report.removed_characters == 1 + 4 + 10
    assert "control characters were taken out of 3 texts" in report.to_text()


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_other_encodings_are_read(workspace, write, encoding):
    """A byte order mark is understood, and Windows-1252 read with a note."""
    report = ingest(workspace, [write("accounts.csv", "account,sector\nCafé Nord,retail\n".encode(encoding))])
    assert ["Café Nord"] == workspace.entities()["account"]
    noted = [item.action for item in report.issues if "not UTF-8" in item.problem]
    assert ([] if encoding == "utf-8-sig" else [f"read as {encoding}"]) == noted
