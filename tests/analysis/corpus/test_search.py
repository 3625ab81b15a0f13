"""Full-text search finds what was said, and cannot be broken by what is searched for."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace

SAID = [
    "The price is too high for our budget.",
    "Prices went up; we object to the price.",
    "Our café in Zürich likes it.",
    "The budget is fine, the timing is not.",
    "Too high? No, high too.",
]


@pytest.fixture(scope="module")
def talks(tmp_path_factory):
    """Return a workspace in which each sentence is a call of its own."""
    folder = tmp_path_factory.mktemp("talks")
    lines = [
        json.dumps(
            {
                "call_id": f"c{at}",
                "date": f"2024-01-0{at + 1}",
                "rep": f"R{at}",
                "turns": [{"role": "rep", "text": text}],
            }
        )
        for at, text in enumerate(SAID)
    ]
    (folder / "calls.jsonl").write_text("\n".join(lines))
    with Workspace.open(folder / "workspace", create=True) as workspace:
        ingest(workspace, [folder / "calls.jsonl"])
        yield workspace


@pytest.mark.parametrize(
    ("text", "match", "expected"),
    [
        ("price", "all", {"c0", "c1"}),
        ("PRICES", "all", {"c0", "c1"}),
        ("price budget", "all", {"c0"}),
        ("price budget", "any", {"c0", "c1", "c3"}),
        ('"too high"', "all", {"c0", "c4"}),
        ("cafe zurich", "all", {"c2"}),
        ("unheard", "all", set()),
        ("", "all", set()),
        ("???", "all", set()),
    ],
)
def test_search_finds_the_turns_with_the_words(talks, text, match, expected):
    """Words are matched by stem, in any case and without accents; quotes make a phrase."""
    assert expected == {hit.call_id for hit in talks.search(text, match=match)}


def test_hits_are_ranked_limited_and_scoped(talks):
    """The turn that says the word most comes first; limit and scope are kept; a hit is the turn itself."""
    hits = talks.search("price")
    assert ["c1", "c0"] == [hit.call_id for hit in hits]
    assert hits[0].score > hits[1].score
    assert SAID[1] == hits[0].text
    assert ["c1"] == [hit.call_id for hit in talks.search("price", limit=1)]
    assert ["c0"] == [hit.call_id for hit in talks.search("price", (("rep", "R0"),))]
    assert [] == talks.search("price", limit=0)


@settings(max_examples=200, deadline=None)
@given(text=st.text(alphabet="abc\"*():^-+{}. \\'OR\x00é", max_size=30), match=st.sampled_from(["all", "any"]))
def test_no_text_breaks_the_search(talks, text, match):
    """Operators and unbalanced quotes of the query language are taken as text."""
    assert isinstance(talks.search(text, match=match), list)
