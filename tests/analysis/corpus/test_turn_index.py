"""A vector store plugged into a workspace finds what words do not, within the scope, and changes no count."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from domains.analysis.analysts.custom_search import search_topic
from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.registry import Inputs

SAID = {
    "c1": ["The price is above our budget.", "Fine."],
    "c2": ["Our budget is small; finance will refuse."],
    "c3": ["Finance will refuse, I fear."],
    "c4": ["The weather was lovely at the lake."],
}


class Ordered:
    """An index that holds the turns to be near in one fixed order, and remembers how many it was asked for."""

    def __init__(self, turns: Sequence[tuple[str, int]]) -> None:
        self.turns, self.asked = turns, [0]

    def nearest(self, text: str, limit: int) -> Sequence[tuple[str, int, float]]:
        """Return the first turns."""
        self.asked.append(limit)
        return [(*turn, 1 / place) for place, turn in enumerate(self.turns[:limit], 1)]


@pytest.fixture
def talks(tmp_path: Path) -> Workspace:
    """Return a workspace of four calls by two reps."""
    lines = [
        json.dumps(
            {
                "call_id": name,
                "rep": "Ann" if name < "c3" else "Bo",
                "turns": [{"role": "prospect", "speaker": f"P{at}", "text": text} for at, text in enumerate(texts)],
            }
        )
        for name, texts in SAID.items()
    ]
    (tmp_path / "calls.jsonl").write_text("\n".join(lines))
    workspace = Workspace.open(tmp_path / "workspace", create=True)
    ingest(workspace, [tmp_path / "calls.jsonl"])
    return workspace


def test_without_an_index_finding_is_searching(talks):
    """Nothing changes for those who plug nothing in."""
    assert talks.find("price budget") == talks.search("price budget", match="any")


def test_what_the_index_holds_to_be_near_is_found_too(talks):
    """The turn that both rankings hold comes first; the one of meaning alone is there, and one of neither is not."""
    talks.turn_index = Ordered([("c3", 0), ("c1", 0)])
    assert [hit.call_id for hit in talks.find("price", limit=3)] == ["c1", "c3"]


def test_what_is_found_by_meaning_keeps_to_the_scope(talks):
    """An index that knows of no scopes is asked for more until there is enough within it, and not for ever."""
    talks.turn_index = Ordered([("c1", 0), ("c2", 0), ("gone", 7), ("c3", 0), ("c4", 0)])
    assert {hit.call_id for hit in talks.find("lake", (("rep", "Bo"),), limit=2)} == {"c3", "c4"}
    assert [hit.call_id for hit in talks.find("nobody", (("rep", "Bo"),), limit=2)] == ["c3", "c4"]
    assert talks.turn_index.asked[-1] <= 64


def test_an_answer_quotes_what_is_near_and_counts_words_only(talks):
    """The retrieval specialist's counts are those without an index; what is near in meaning is a finding of its own."""
    before = search_topic(talks, (("topic", "price"),), Inputs())
    talks.turn_index = Ordered([("c3", 0), ("c2", 0)])
    after = search_topic(talks, (("topic", "price"),), Inputs())
    assert after.calls == before.calls == 1
    assert after.findings[: len(before.findings)] == before.findings
    near = after.findings[len(before.findings) :]
    assert [(cited.source, cited.turn) for finding in near for cited in finding.citations] == [("c3", 0), ("c2", 0)]
