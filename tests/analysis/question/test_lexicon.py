"""The word lists are well-formed: every line is an expression of its own, and none is lost."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import domains.analysis.question.lexicon as lexicon
from tests.analysis.questions.load import HERE

FILES = sorted(
    path.stem
    for path in Path(lexicon.__file__).parent.glob("*.txt")
    if path.stem not in ("english_words", "rarer_words")
)
LISTS = {"languages", "names", "readable", "sales_words"}


@pytest.mark.parametrize("name", FILES)
def test_every_section_is_an_expression(name: str):
    """Each section compiles, and no section is empty or named twice."""
    path = Path(lexicon.__file__).parent / f"{name}.txt"
    headers = re.findall(r"^\[(.+)\]$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert len(headers) == len(set(headers))
    assert [header for header in headers if not header.startswith("$")] == list(lexicon.sections(name))
    for section, text in lexicon.sections(name).items():
        assert text, section
        if name not in LISTS and name != "periods":
            lexicon.pattern(text)


@pytest.mark.parametrize("name", [name for name in FILES if name not in LISTS])
def test_no_line_matches_nothing(name: str):
    """An alternative that matches the empty text would match everywhere."""
    for section, text in lexicon.sections(name).items():
        if name == "groups":
            continue
        assert re.fullmatch(text.replace("<", "@").replace("?P@", "?P<").replace("(?@", "(?<"), "") is None, section


def test_measures_and_groups_are_those_of_the_labelling_guide():
    """The words of the scope are the ones that the guide lists, no more and no fewer."""
    guide = (HERE / "README.md").read_text(encoding="utf-8")

    def listed(key: str) -> set[str]:
        line = next(item for item in guide.splitlines() if item.startswith(f"- `{key}`"))
        return set(re.findall(r"`([^`]+)`", line)[1].split())

    assert {name.split()[0] for name in lexicon.sections("measures")} == listed("metric")
    assert set(lexicon.sections("dimensions")) == listed("group_by")
