"""The page of the workspace: what data there are, and bringing more in by upload."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st

from domains.analysis.app.frame import Frame, frame, guarded, remark, show_html
from domains.analysis.app.panels.estimate import tiles_html
from domains.analysis.app.wording import html_text, link
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace

if TYPE_CHECKING:
    from domains.analysis.corpus.report import IngestReport

KINDS = ["vtt", "srt", "txt", "jsonl", "json", "csv", "tsv"]
SHOWN = 200


@guarded
def show() -> None:
    """Show the page."""
    now = frame()
    st.title("Workspace")
    if "ingested" in st.session_state:
        _came_in(st.session_state["ingested"])
    if (now.workspace / "corpus.sqlite").exists():
        with Workspace.open(now.workspace) as workspace:
            _summary(workspace)
            _names(workspace)
            _calls(workspace)
    else:
        st.write("There are no calls and records here yet.")
    _upload(now)


def _summary(workspace: Workspace) -> None:
    found = workspace.summary()
    tiles = [(name.replace("_", " "), f"{count:,}", "") for name, count in found["rows"].items() if count]
    show_html(tiles_html(tiles))
    dates = []
    for name, key in (("Calls", "call_dates"), ("Deals closed", "close_dates")):
        if found.get(key) and found[key][0]:
            dates.append(f"{name} from {found[key][0]} to {found[key][1]}")
    dates.append(f"{found['files']} files read, {found['issues']} remarks on their content")
    show_html(f'<p class="soft">{html_text("; ".join(dates))}.</p>')


def _names(workspace: Workspace) -> None:
    names = {kind: known for kind, known in workspace.entities().items() if known}
    with st.expander("Names that questions can use"):
        rows = "".join(
            f"<tr><td>{html_text(kind)}</td><td>{html_text(', '.join(known[:SHOWN]))}"
            f"{f' and {len(known) - SHOWN} more' if len(known) > SHOWN else ''}</td></tr>"
            for kind, known in names.items()
        )
        show_html(f"<table><tbody>{rows}</tbody></table>")


def _calls(workspace: Workspace) -> None:
    with st.expander("Look into the calls"):
        words = st.text_input("Words that were said", key="words", bind="query-params", max_chars=200)
        if words:
            hits = workspace.search(words, limit=20)
            rows = "".join(
                f"<tr><td>{link('call', f'turn {hit.idx}', call=hit.call_id, turn=hit.idx)}</td>"
                f"<td>{html_text(hit.speaker or '')}</td><td>{html_text(hit.text)}</td></tr>"
                for hit in hits
            )
            table = f"<table><tbody>{rows}</tbody></table>"
            show_html(table if hits else '<p class="soft">Nobody said that.</p>')


def _upload(now: Frame) -> None:
    st.header("Bring data in")
    if not now.person.may("ingest"):
        st.info("Only people with the right to ingest may bring data in; roles.toml of the workspace names them.")
        return
    with st.form("upload", clear_on_submit=True, border=False):
        files = st.file_uploader(
            "Transcripts (.vtt .srt .txt .jsonl .json) and tables (.csv .tsv)", KINDS, accept_multiple_files=True
        )
        given = st.form_submit_button("Read them", type="primary")
    if given and files:
        with tempfile.TemporaryDirectory() as folder, Workspace.open(now.workspace, create=True) as workspace:
            for upload in files:
                # Only the last part of a name is used: what a browser sends may be a path.
                (Path(folder) / Path(upload.name.replace("\\", "/")).name).write_bytes(upload.getvalue())
            with st.spinner("Reading …"):
                report = ingest(workspace, [folder])
        st.session_state["ingested"] = report
        st.rerun()
    remark("A file is read as a whole or not at all; one that is here already changes nothing.")


def _came_in(report: IngestReport) -> None:
    rows = "".join(
        f"<tr><td>{html_text(Path(item.path).name)}</td><td>"
        f"{html_text(', '.join(f'{count:,} {table}' for table, count in item.rows.items()) or 'nothing')}</td></tr>"
        for item in report.read[:SHOWN]
    )
    rows += "".join(
        f"<tr><td>{html_text(Path(item.path).name)}</td><td>left out: {html_text(item.reason)}</td></tr>"
        for item in report.skipped[:SHOWN]
    )
    same = f"<p>{len(report.unchanged)} files were here already.</p>" if report.unchanged else ""
    issues = "".join(
        f"<li>{html_text(Path(item.path).name)}: {html_text(item.problem)}"
        f"{f' ({item.count} times)' if item.count > 1 else ''}; {html_text(item.action)}</li>"
        for item in report.issues[:SHOWN]
    )
    told = f"<details><summary>{len(report.issues)} remarks</summary><ul>{issues}</ul></details>" if issues else ""
    show_html(
        f'<div class="box {"failed" if report.errors else "completed"}"><p><strong>{len(report.read)} files came in, '
        f"{len(report.errors)} could not be read.</strong></p>{same}<table><tbody>{rows}</tbody></table>{told}</div>"
    )


if __name__ == "__main__":
    show()
