"""Reading files into a workspace: each as a whole or not at all, and none twice."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from domains.analysis.corpus.call_json import read_call_lines, read_json
from domains.analysis.corpus.crm import read_table
from domains.analysis.corpus.files import Skipped, SourceFile, file_name, find_files, load
from domains.analysis.corpus.joins import join
from domains.analysis.corpus.mapping import Rules, load_rules
from domains.analysis.corpus.parsed import Parsed, SkipFileError
from domains.analysis.corpus.report import FileRead, IngestReport, group_issues
from domains.analysis.corpus.store import Store
from domains.analysis.corpus.transcripts import read_plain_text, read_subtitles
from domains.analysis.corpus.workspace import Workspace

__all__ = ["IngestReport", "ingest"]

Progress = Callable[[int, int, str], None]

_READERS: dict[str, Callable[[SourceFile, str, Rules], Parsed]] = {
    ".vtt": read_subtitles,
    ".srt": read_subtitles,
    ".txt": read_plain_text,
    ".jsonl": read_call_lines,
    ".json": read_json,
    ".csv": read_table,
    ".tsv": read_table,
}
# Stored with each file: when reading changes in a way that matters, files are read again though they are the same.
_READING = "1"


def ingest(
    workspace: Workspace,
    paths: Iterable[str | os.PathLike[str]],
    mapping: str | os.PathLike[str] | None = None,
    progress: Progress | None = None,
) -> IngestReport:
    """Read files and folders into a workspace.

    A file that cannot be read is named in the report and left out as a whole; the others come in. A file that the
    workspace holds already changes nothing; one whose content has changed replaces what it brought before.

    Parameters
    ----------
    workspace : Workspace
        Where to.
    paths : iterable of path
        Files, and folders to look through.
    mapping : path, optional
        A mapping file (TOML or JSON) for tables whose headers are not known.
    progress : callable, optional
        Called with the number of files done, of files in all, and the name of the next.

    Returns
    -------
    IngestReport
        What came in, what was left out, and what looks wrong.

    Raises
    ------
    InputError
        When the mapping file has a mistake.
    WorkspaceError
        When the workspace cannot be written.
    """
    started = time.perf_counter()
    rules = load_rules(mapping)
    found, skipped = find_files(paths)
    report = IngestReport(file_name(workspace.folder), skipped=skipped)
    with workspace.writing() as connection:
        store = Store(connection)
        for done, path in enumerate(found):
            if progress is not None:
                progress(done, len(found), file_name(path))
            _read_file(store, path, rules, report)
        if not store.is_joined():
            join(connection)
        report.issues = group_issues(connection, [*(item.path for item in report.read), *report.unchanged])
    report.totals = workspace.summary()["rows"]
    report.seconds = time.perf_counter() - started
    if progress is not None:
        progress(len(found), len(found), "")
    return report


def _read_file(store: Store, path: Path, rules: Rules, report: IngestReport) -> None:
    reader = f"{_READING}:{rules.digest}"
    name = file_name(path)
    try:
        file = load(path)
        if store.is_same(file, reader):
            report.unchanged.append(name)
            return
        other = store.other_with_content(file)
        if other is not None:
            report.skipped.append(Skipped(name, f"it has the same content as {other}, which is in", error=False))
            return
        parsed = _parse(file, rules)
    except SkipFileError as problem:
        kept = "; what an earlier version of it brought is kept" if name in store.files else ""
        report.skipped.append(Skipped(name, problem.reason + kept, problem.line, error=not _is_dictionary(problem)))
        return
    replaced = name in store.files
    rows = store.replace(file, parsed, reader)
    report.read.append(FileRead(name, parsed.kind, rows, replaced))
    report.removed_characters += parsed.removed_characters
    report.cleaned_texts += parsed.cleaned_texts


def _parse(file: SourceFile, rules: Rules) -> Parsed:
    text, encoding = file.text()
    parsed = _READERS[file.path.suffix.lower()](file, text, rules)
    if encoding != "utf-8":
        parsed.report(None, f"the file is not UTF-8 but {encoding}", f"read as {encoding}", "encoding")
    return parsed


def _is_dictionary(problem: SkipFileError) -> bool:
    return problem.reason.startswith("it is a data dictionary")
