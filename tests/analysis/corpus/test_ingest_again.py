"""Reading again changes nothing, reading a changed file replaces, and the order of files makes no difference."""

from __future__ import annotations

import itertools
import json

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace


def call(call_id, text, **extra):
    """Return one line of a .jsonl file."""
    return (
        json.dumps({"call_id": call_id, "date": "2024-01-01", "turns": [{"role": "rep", "text": text}], **extra}) + "\n"
    )


def test_the_same_files_twice_change_nothing(workspace, write, dump):
    """Every row, and the time of reading too, is the same after a second reading."""
    folder = write("calls.jsonl", call("a", "apple") + call("b", "pear", opportunity_id="1")).parent
    write("d.csv", "deal_id,stage,product,competitor\n1,Won,GTXPro,Rival\n")
    write("p.csv", "product,price\nGTX Pro,1\n")
    write("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: about Rival\n")
    first = ingest(workspace, [folder])
    before, file_before = dump(workspace), workspace.path.read_bytes()
    second = ingest(workspace, [folder])
    assert (4, 0, 0, 4) == (len(first.read), len(first.unchanged), len(second.read), len(second.unchanged))
    assert before == dump(workspace)
    assert first.issues == second.issues
    assert file_before == workspace.path.read_bytes()


def test_a_changed_file_replaces_what_it_brought(workspace, write, dump):
    """Calls, turns, search and issues of the earlier version are gone; those of other files stay."""
    write("other.jsonl", call("z", "banana"))
    path = write("calls.jsonl", call("a", "apple") + call("b", "pear"))
    ingest(workspace, [path.parent])
    path.write_text(call("b", "quince") + call("c", "fig", date="never"))
    report = ingest(workspace, [path.parent])
    assert [True] == [item.replaced for item in report.read]
    assert {"b", "c", "z"} == {item.call_id for item in workspace.calls()}
    assert [[], [], ["b"], ["z"]] == [
        [hit.call_id for hit in workspace.search(word)] for word in ("apple", "pear", "quince", "banana")
    ]
    assert 1 == len(report.issues)
    dump(workspace)


def test_a_changed_file_leaves_what_a_fresh_reading_would(workspace, write, dump, tmp_path):
    """After any change, the corpus is the one that reading the new files into an empty workspace gives."""
    deals = write("d.csv", "deal_id,stage,product\n1,Won,GTXPro\n2,Lost,Other\n")
    products = write("p.csv", "product,price\nGTX Pro,1\n")
    calls = write("c.jsonl", call("a", "about Rivalsoft", opportunity_id="1"))
    ingest(workspace, [deals, products, calls])
    products.write_text("product,price\nGTX-Pro,1\nOthers,2\n")
    deals.write_text("deal_id,stage,product,competitor\n1,Lost,GTXPro,Rivalsoft\n")
    ingest(workspace, [deals, products, calls])
    with Workspace.open(tmp_path / "fresh", create=True) as fresh:
        ingest(fresh, [deals, products, calls])
        assert [workspace.calls(), workspace.deals()] == [fresh.calls(), fresh.deals()]
        assert workspace.facts() == fresh.facts()
        assert dump(workspace)["ingest_issues"] == dump(fresh)["ingest_issues"]
        assert dump(workspace)["mentions"] == dump(fresh)["mentions"]


def test_the_order_of_files_makes_no_difference(write, tmp_path, dump):
    """Names, roles, outcomes and mentions come out the same whichever file is read first, one at a time."""
    files = [
        write("d.csv", "deal_id,stage,product,rep,account\n1,Won,GTXPro,ann lee,Acme Inc\n"),
        write("p.csv", "product,price\nGTX Pro,1\n"),
        write("r.csv", "rep,region\nAnn Lee,East\n"),
        write("talk.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v ANN LEE>Rival?</v>\n<v Bob>Yes.</v>\n"),
        write("list.csv", "file,date,opportunity_id\ntalk,2024-02-02,1\n"),
        write("k.csv", "competitor,aliases\nRivalsoft,Rival\n"),
    ]
    seen = set()
    for number, order in enumerate(itertools.islice(itertools.permutations(files), 0, 720, 97)):
        with Workspace.open(tmp_path / f"order{number}", create=True) as opened:
            for path in order:
                ingest(opened, [path])
            turns = opened.turns_by_call()
            issues = sorted(row.split("', '", 1)[1] for row in map(str, dump(opened)["ingest_issues"]) if "', '" in row)
            seen.add(repr([opened.calls(), turns, opened.deals(), opened.facts(), issues]))
    assert 1 == len(seen)
    assert "role='prospect'" in seen.pop()


def test_a_copy_of_a_file_is_not_counted_twice(workspace, write):
    """A file with the content of one that is in is named and left out: its calls would count twice."""
    text = "WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: hi\n"
    write("a.vtt", text)
    report = ingest(workspace, [write("copy of a.vtt", text).parent])
    assert 1 == len(workspace.calls())
    assert ["it has the same content as"] == [item.reason[:26] for item in report.skipped]
    assert [] == report.errors


def test_one_id_in_two_files_counts_once(workspace, write):
    """The file read last wins, for calls and for rows, and the report says so."""
    write("a.jsonl", call("x", "old"))
    write("b.jsonl", call("x", "new"))
    write("c.csv", "deal_id,stage,amount\n1,Demo,5\n")
    report = ingest(workspace, [write("d.csv", "deal_id,stage,amount\n1,Won,6\n").parent])
    assert ["new"] == [turn.text for turn in workspace.turns("x")]
    assert [("won", 6.0)] == [(deal.status, deal.amount) for deal in workspace.deals()]
    problems = [item.problem for item in report.issues if item.action == "the file read last kept"]
    assert 2 == len(problems)
    assert "with other turns" in problems[0]


def test_ids_of_transcripts_come_from_name_and_content(workspace, write):
    """Two talks of one name in two folders are two calls, and their ids do not depend on where the folder is."""
    for folder, word in (("x", "hi"), ("y", "ho")):
        write(f"{folder}/talk.vtt", f"WEBVTT\n\n00:01.000 --> 00:02.000\nAnn: {word}\n")
    ingest(workspace, [write("x/none.txt", "").parent.parent])
    ids = sorted(item.call_id for item in workspace.calls())
    assert 2 == len(set(ids))
    assert all(item.startswith("talk-") and len(item) == 13 for item in ids)


def test_progress_is_told_for_every_file(workspace, write):
    """The callback gets how many files are done, of how many, and which is next; at the end all are done."""
    write("a.jsonl", call("x", "hi"))
    folder = write("b.jsonl", "bad").parent
    told: list[tuple[int, int, str]] = []
    ingest(workspace, [folder], progress=lambda done, total, path: told.append((done, total, path)))
    assert [(0, 2, str(folder / "a.jsonl")), (1, 2, str(folder / "b.jsonl")), (2, 2, "")] == told
