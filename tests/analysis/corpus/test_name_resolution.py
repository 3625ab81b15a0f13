"""Names as people write them are resolved to the workspace's names, or honestly not."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.analysis.corpus.entities import EntityIndex
from htn.model.errors import InputError

NAMES = {
    "account": ["Acme Corporation", "Betatech", "Betasoloin", "East"],
    "rep": ["Ann Lee", "Anna Lee", "Darcel Schlecht"],
    "region": ["Central", "East"],
    "product": ["GTX Basic", "GTX Plus Basic", "GTX Pro"],
}
INDEX = EntityIndex(NAMES)


@pytest.mark.parametrize(
    ("written", "kind", "status", "name"),
    [
        ("Ann Lee", None, "exact", "Ann Lee"),
        ("ann  LEE", None, "exact", "Ann Lee"),
        ("GTXPro", "product", "exact", "GTX Pro"),
        ("Acme", None, "close", "Acme Corporation"),
        ("Darcel Schlect", "rep", "close", "Darcel Schlecht"),
        ("Schlecht", "rep", "close", "Darcel Schlecht"),
        ("Betatec", "account", "close", "Betatech"),
        ("Wonka", None, "unknown", None),
        ("", None, "unknown", None),
        ("Ann Lee", "product", "unknown", None),
    ],
)
def test_names_are_exact_close_or_unknown(written, kind, status, name):
    """Spelling variants are exact, near misses are close with a best guess, strangers unknown."""
    found = INDEX.resolve(written, kind)
    assert (status, name) == (found.status, found.name)


def test_close_names_list_what_else_might_be_meant():
    """The best guess comes with the other candidates."""
    found = INDEX.resolve("Lee", "rep")
    assert {"Ann Lee", "Anna Lee"} == {found.name, *(name for _, name in found.alternatives)}


def test_a_name_of_two_kinds_says_so():
    """East is an account and a region: both are told, and the kind decides when it is given."""
    found = INDEX.resolve("East")
    assert {"account", "region"} == {found.kind, *(kind for kind, _ in found.alternatives)}
    assert ("region", ()) == (INDEX.resolve("East", "region").kind, INDEX.resolve("East", "region").alternatives)


def test_an_unknown_kind_is_refused():
    """Asking for a kind of name that workspaces do not have is a mistake of the caller."""
    with pytest.raises(InputError, match="no kind of name called 'planet'"):
        INDEX.resolve("Mars", "planet")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=40))
def test_any_text_resolves_to_a_known_name_or_none(text):
    """Whatever is written, the answer is one of the workspace's names or none, with a score from 0 to 100."""
    found = INDEX.resolve(text)
    known = {name for names in NAMES.values() for name in names}
    assert (found.name in known) == (found.status != "unknown")
    assert 0 <= found.score <= 100
