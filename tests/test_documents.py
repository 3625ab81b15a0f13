"""The documents: every link leads somewhere, every Python example does what it says, every decision is complete."""

from __future__ import annotations

import contextlib
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
DECISIONS = sorted((ROOT / "docs" / "decisions").glob("[0-9]*.md"))


def name(path: Path) -> str:
    """Return a document's path from the root."""
    return path.relative_to(ROOT).as_posix()


def anchors(path: Path) -> set[str]:
    """Return the anchors that a Markdown viewer makes of a document's headings."""
    headings = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), flags=re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_links_lead_to_files_and_headings_that_exist(document):
    """A link within the project has a target; links elsewhere are not followed, there being no network in tests."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", document.read_text(encoding="utf-8"), flags=re.S)
    broken = []
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        file = (document.parent / path).resolve() if path else document
        if not file.exists() or (anchor and anchor not in anchors(file)):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=name)
def test_python_examples_do_what_they_say(document, tmp_path, monkeypatch):
    """A Python block followed by a text block prints just that; the others, about a reader's own files, compile."""
    monkeypatch.chdir(tmp_path)
    text = document.read_text(encoding="utf-8")
    known: dict[str, object] = {"__name__": "example"}
    for code, shown in re.findall(r"^```python\n(.*?)^```\n(?:\n?```text\n(.*?)^```\n)?", text, flags=re.M | re.S):
        compiled = compile(code, name(document), "exec")
        if shown:
            printed = io.StringIO()
            with contextlib.redirect_stdout(printed):
                exec(compiled, known)
            assert shown == printed.getvalue()


def test_the_index_lists_every_document():
    """A document that no reader finds is not there."""
    index = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    pages = [path.relative_to(ROOT / "docs").as_posix() for path in (ROOT / "docs").rglob("*.md")]
    assert [] == [page for page in pages if page != "index.md" and f"]({page})" not in index]


@pytest.mark.parametrize("decision", DECISIONS, ids=name)
def test_every_decision_follows_the_template_and_is_listed(decision):
    """A record has the template's sections in their order, and the index links to it with its title."""
    sections = re.findall(r"^## (.*)$", (decision.parent / "template.md").read_text(encoding="utf-8"), flags=re.M)
    text = decision.read_text(encoding="utf-8")
    assert sections == re.findall(r"^## (.*)$", text, flags=re.M)
    title = text.splitlines()[0].removeprefix("# ")
    assert f"[{title}](decisions/{decision.name})" in (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    assert int(title.partition(".")[0]) == int(decision.name.partition("-")[0])


def test_contributing_fits_on_two_pages():
    """What is longer is not read: 120 lines are two printed pages."""
    assert (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").count("\n") <= 120
