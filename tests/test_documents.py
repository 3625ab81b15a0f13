"""The documents: every link leads somewhere, every Python example does what it says, every decision is complete."""

from __future__ import annotations

import contextlib
import doctest
import importlib
import io
import os
import pkgutil
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import domains.analysis
import estimators
import htn
from htn.model.errors import HtnError

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


def session(text: str) -> Iterator[tuple[str, str]]:
    """Yield a document's commands with what they print, and its Python files as ("", text), in the document's order."""
    for language, body in re.findall(r"^```(shell-session|python)\n(.*?)^```\n", text, flags=re.M | re.S):
        if language == "python":
            yield "", body
            continue
        for part in re.split(r"^\$ ", body, flags=re.M)[1:]:
            command, _, printed = part.partition("\n")
            yield command, printed


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if "```shell-session" in each.read_text()], ids=name)
@pytest.mark.timeout(600)  # a dozen processes in turn
def test_commands_print_what_documents_show(document, tmp_path):
    """A reader who types the commands of a document in their order sees what it shows; `...` stands for anything."""
    programs = tmp_path / "programs"
    programs.mkdir()
    for program, module in (("estate", "domains.analysis"), ("htn", "htn")):
        (programs / program).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
        (programs / program).chmod(0o755)
    around = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    alike = doctest.OutputChecker().check_output
    for command, shown in session(document.read_text(encoding="utf-8")):
        if not command:
            (tmp_path / shown.splitlines()[0].removeprefix("# ").strip()).write_text(shown)
            continue
        done = subprocess.run(["/bin/sh", "-c", command], cwd=tmp_path, env=around, capture_output=True, text=True)
        printed = done.stdout + done.stderr
        assert alike(shown, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE), f"$ {command}\n{printed}"


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


def inheritors(kind: type[HtnError]) -> Iterator[type[HtnError]]:
    """Yield a class of errors and all that are derived from it."""
    yield kind
    for below in kind.__subclasses__():
        yield from inheritors(below)


def test_troubleshooting_lists_every_error_every_refusal_and_every_class_of_failure():
    """Whoever meets a code finds what to do about it, and its exit code."""
    for package in (htn, estimators, domains.analysis):
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            if module.name.endswith("errors"):
                importlib.import_module(module.name)
    from domains.analysis.question.gatekeeper import _REFUSED
    from htn.execution.failures import FailureClass

    text = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    found = {error for error in inheritors(HtnError) if error.__module__.partition(".")[0] in ("htn", "domains")}
    assert len(found) > 15
    codes = {error.code for error in found} | set(_REFUSED) | {"no_data"} | {str(each) for each in FailureClass}
    assert [] == sorted(code for code in codes if f"`{code}`" not in text)
    rows = {row.split("|")[1].strip() for row in text.splitlines() if row.startswith("|")}
    listed = {int(code) for row in rows for code in re.findall(r"^\d+|(?<=, )\d+", row)}
    assert set() == {error.exit_code for error in found} - listed
