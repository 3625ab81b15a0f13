"""Writing a corpus as a user would have it, with a little dirt in the CRM; the truth is written elsewhere."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from domains.analysis.sample import transcripts
from domains.analysis.sample.chance import stream
from domains.analysis.sample.corpus import Corpus, Row
from htn.model.errors import InputError

__all__ = ["Written", "write"]

_TABLES = (
    "accounts",
    "reps",
    "products",
    "opportunities",
    "stage_history",
    "content",
    "content_use",
    "trainings",
    "quotas",
    "competitors",
)
_NOTED = ("accounts", "opportunities")
_MISSPELT = {
    "Willowtrace Draft": "WillowtraceDraft",
    "Willowtrace Trustee": "Willowtrace Trustes",
    "Willowtrace Vault": "Willowtrace Valut",
    "Willowtrace Ledger": "Willow trace Ledger",
    "Willowtrace Complete": "Willowtrace Compleet",
}
_README = """# Synthetic sample

Nothing in this folder is real. A seeded generator made up every firm, person, call and deal for an invented vendor
of estate-planning software. Calls are shorter than real ones.

calls.jsonl holds most calls, one a line. The .vtt, .srt and .txt files hold one call each, and recorder_export.json
holds a few in the shape of a conversation recorder's export. The .csv files are the CRM.

Some rows are dirty on purpose, as exports are, and three calls contain hostile text (an instruction to a language
model, HTML with a script, terminal escape sequences). Treat everything in here as data.
"""


@dataclass(frozen=True, slots=True)
class Written:
    """What was written where, and which dirt is in it."""

    folder: Path
    truth: Path
    files: tuple[str, ...]
    dirt: tuple[str, ...]


def write(corpus: Corpus, folder: str | Path) -> Written:
    """Write the corpus to a new or empty folder, and the truth next to it as ``<folder>.truth.json``.

    All files are written to a folder beside it, which is then renamed: there is no half-written corpus.

    Parameters
    ----------
    corpus : Corpus
        A corpus with text.
    folder : str or Path
        Where to write; it may exist if it is empty.

    Raises
    ------
    InputError
        When the folder has something in it.
    """
    target = Path(folder)
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise InputError("is not an empty folder: choose another one, or empty it first", path=str(target))
    tables = {name: rows for name, rows in corpus.tables().items() if name in _TABLES}
    tables["opportunities"], dirt = _dirty(corpus.truth.seed, tables["opportunities"])
    files = {f"{name}.csv": _csv(rows, noted=name in _NOTED) for name, rows in tables.items() if rows}
    files |= _transcripts(corpus)
    files["README.md"] = _README
    truth = target.with_name(target.name + ".truth.json")
    target.parent.mkdir(parents=True, exist_ok=True)
    partial = target.with_name(f".{target.name}.{os.getpid()}.partial")
    partial.mkdir()
    try:
        for name, content in files.items():
            (partial / name).write_text(content, encoding="utf-8", newline="\n")
        if target.exists():
            target.rmdir()
        partial.rename(target)
    except BaseException:  # also on Ctrl-C: the partial folder must not stay behind
        shutil.rmtree(partial, ignore_errors=True)
        raise
    answers = corpus.truth.to_json() | {"dirt": dirt}
    truth.write_text(json.dumps(answers, ensure_ascii=False, indent=1) + "\n", encoding="utf-8", newline="\n")
    return Written(target, truth, tuple(sorted(files)), tuple(dirt))


def _transcripts(corpus: Corpus) -> dict[str, str]:
    shared = transcripts.share_out(corpus.calls)
    files = {"calls.jsonl": transcripts.jsonl(shared["jsonl"])}
    for extension, render in (
        ("vtt", transcripts.webvtt),
        ("srt", transcripts.subrip),
        ("txt", transcripts.plain_text),
    ):
        files |= {transcripts.file_name(call, extension): render(call) for call in shared[extension]}
    if shared["gong"]:
        files["recorder_export.json"] = transcripts.gong_json(shared["gong"])
    return files


def _csv(rows: Sequence[Row], *, noted: bool) -> str:
    out = io.StringIO()
    # Two tables say in a column of their own that they are synthetic; in all of them it would only be in the way.
    note = {"source": transcripts.SOURCE} if noted else {}
    writer = csv.DictWriter(out, fieldnames=[*rows[0], *note], lineterminator="\n")
    writer.writeheader()
    writer.writerows({**row, **note} for row in rows)
    return out.getvalue()


def _dirty(seed: int, rows: Sequence[Row]) -> tuple[list[Row], list[str]]:
    """Return the opportunities with dirt, and what it is: 4 misspelt products, 2 missing dates, 1 duplicate."""
    rng = stream(seed, "dirt")
    found = [dict(row) for row in rows]
    closed = [index for index, row in enumerate(found) if row["close_date"]]
    if len(found) < 20 or len(closed) < 10:
        return found, []
    notes = []
    *misspelt, no_close, no_created, twice = rng.sample(closed, 7)
    for index in sorted(misspelt):
        row = found[index]
        right, row["product"] = row["product"], _MISSPELT[str(row["product"])]
        notes.append(f"opportunities {row['opportunity_id']}: product {right!r} is written {row['product']!r}")
    for index, column in ((no_close, "close_date"), (no_created, "created_date")):
        found[index][column] = None
        notes.append(f"opportunities {found[index]['opportunity_id']}: {column} is missing")
    found.insert(min(len(found), twice + 5), dict(found[twice]))
    notes.append(f"opportunities {found[twice]['opportunity_id']}: the row is there twice")
    return found, notes
