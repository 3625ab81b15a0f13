"""What a search should find, by reading all files from end to end; and another ranking of the same turns."""

from __future__ import annotations

import csv
import importlib.util
import json
import re
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from domains.analysis.scope import Scope

__all__ = ["Scan", "top_of_rank_bm25"]

_WORD = re.compile(r"[a-z]+")
# Words that a search for any word leaves out.
_ASKING = {"what", "about"}


class Scan:
    """All calls of the files in memory, gone through one by one; no index and no database takes part."""

    def __init__(self, folder: Path) -> None:
        self.calls: list[dict[str, Any]] = []
        for path in sorted(folder.glob("*.jsonl")):
            with path.open(encoding="utf-8") as lines:
                self.calls += [json.loads(line) for line in lines]
        for call in self.calls:
            call["said"] = [_WORD.findall(turn["text"].lower()) for turn in call["turns"]]
        self._region = {row["rep"]: row["region"] for row in _rows(folder / "reps.csv")}
        self._sector = {row["account"]: row["sector"] for row in _rows(folder / "accounts.csv")}
        self._rival = {row["opportunity_id"]: row["competitor"] for row in _rows(folder / "opportunities.csv")}

    def __len__(self) -> int:
        return sum(len(call["turns"]) for call in self.calls)

    def turns(self, text: str, scope: Scope, match: str) -> set[tuple[str, int]]:
        """Return the turns of a scope that hold the words of a text: all of them, any of them, or as a phrase."""
        phrase = text.startswith('"')
        words = _WORD.findall(text.lower())
        if match == "any":
            words = [word for word in words if word not in _ASKING]
        found = set()
        for call in self.calls:
            if not self._within(call, scope):
                continue
            for idx, said in enumerate(call["said"]):
                if phrase:
                    fits = any(said[at : at + len(words)] == words for at in range(len(said)))
                else:
                    fits = (all if match == "all" else any)(word in said for word in words)
                if fits:
                    found.add((call["call_id"], idx))
        return found

    def _within(self, call: dict[str, Any], scope: Scope) -> bool:
        return all(self._fits(call, key, value) for key, value in scope)

    def _fits(self, call: dict[str, Any], key: str, value: str) -> bool:
        if key.startswith("without_"):
            return not self._fits(call, key.removeprefix("without_"), value)
        if key == "period":
            first, last = value.split("/")
            return first <= _day(call["date"]) <= last
        if key == "region":
            return self._region[call["rep"]] == value
        if key == "segment":
            return self._sector[call["account"]] == value
        if key == "competitor":
            named = any(value.lower() in said for said in call["said"])
            return named or self._rival[call["opportunity_id"]] == value
        return bool(call[key] == value)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _day(text: str) -> str:
    year, month, day = text.split("-")
    return f"{year}-{int(month):02}-{int(day):02}"


def top_of_rank_bm25(
    scan: Scan, texts: Sequence[str], limit: int
) -> tuple[list[set[tuple[str, int]]], list[float]] | None:
    """Return the best turns, with ties, by the package rank_bm25 and the milliseconds of each search; or None.

    It holds everything in memory and scores every turn, so it is asked only where there are few.
    """
    if len(scan) > 200_000 or importlib.util.find_spec("rank_bm25") is None:
        return None
    okapi: Any = importlib.import_module("rank_bm25").BM25Okapi
    places = [(call["call_id"], idx) for call in scan.calls for idx in range(len(call["said"]))]
    index = okapi([said for call in scan.calls for said in call["said"]], k1=1.2, b=0.75)
    tops, spent = [], []
    for text in texts:
        begun = time.process_time()
        scores = index.get_scores([text.lower()])
        best = scores.argsort()[::-1][:limit]
        spent.append(1000 * (time.process_time() - begun))
        least = max(scores[best[-1]] - 1e-9, 1e-9)
        tops.append({places[at] for at in (scores >= least).nonzero()[0]})
    return tops, spent
