"""A made-up corpus of any size for the benchmark of search: calls as JSON lines, a CRM as tables, all from one seed.

Words follow Zipf's law, as those of real talk do, and each call has a subject whose words turn up in several of its
turns, so that common, middling and rare words are all there to be searched for.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from itertools import accumulate, pairwise
from pathlib import Path
from random import Random
from typing import Any

__all__ = ["SUBJECTS", "TURNS", "World", "misspelt"]

TURNS = 10
WORDS = 20_000
PER_FILE = 10_000
# What calls are about, from everyday to seldom; what is everyday is a subject of one call in six.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "price": ("price", "expensive", "budget", "discount", "quote"),
    "security": ("security", "encryption", "audit", "privacy"),
    "migration": ("migration", "import", "archive", "legacy"),
    "integration": ("integration", "connector", "interface"),
    "training": ("training", "workshop", "onboarding"),
    "compliance": ("compliance", "regulator", "retention"),
    "signature": ("signature", "notary", "witness"),
    "outage": ("outage", "incident", "downtime"),
}
_WEIGHTS = (16, 12, 9, 7, 5, 3, 2, 1)
_FUNCTION = "the we you and to of that is it in for have this with so our are can what be on".split()
_SYLLABLES = [a + b for a in "bcdfghklmnprstvz" for b in ("a", "e", "i", "o", "u", "an", "er", "il", "or", "us")]
_COMPETITORS = ("Alphadraft", "Betavault", "Gammaflow", "Deltasign")


def misspelt(name: str, chance: Random) -> str:
    """Return a name with one typing error: two letters swapped, one left out, or one doubled."""
    places = [at for at in range(1, len(name) - 1) if name[at].isalpha() and name[at + 1].isalpha()]
    at = chance.choice(places)
    kind = chance.randrange(3)
    if kind == 0 and name[at] != name[at + 1]:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + name[at + 1 :] if kind == 1 else name[:at] + name[at] + name[at:]


class World:
    """Files of a corpus with a number of calls, and the names in it.

    Parameters
    ----------
    calls : int
        How many calls.
    accounts : int
        How many accounts, each with a name of its own.
    seed : int
        What all of it is drawn from.
    """

    def __init__(self, calls: int, accounts: int, seed: int = 1) -> None:
        self.chance = Random(seed)
        self.calls = calls
        self.words = self._names(WORDS, 2, 4)
        self.zipf = list(accumulate(1 / (rank + 20) for rank in range(WORDS)))
        kinds = ("Trust", "Bank", "Partners", "Legal", "Insurance", "Advisors", "Holdings", "Group")
        # Two parts of a name are drawn apart, so that every part is shared by many accounts.
        roots = [word.capitalize() for word in self._names(max(accounts // 4, 50), 3, 4)]
        seen: dict[str, None] = {}
        while len(seen) < accounts:
            seen[f"{self.chance.choice(roots)} {self.chance.choice(kinds)} {self.chance.choice(roots)[:4]}"] = None
        self.accounts = list(seen)
        self.reps = [f"{a.capitalize()} {b.capitalize()}" for a, b in pairwise(self._names(201, 2, 3))]
        self.competitors = _COMPETITORS

    def _names(self, number: int, least: int, most: int) -> list[str]:
        seen: dict[str, None] = {}
        while len(seen) < number:
            seen["".join(self.chance.choices(_SYLLABLES, k=self.chance.randint(least, most)))] = None
        return list(seen)

    def write(self, folder: Path) -> list[Path]:
        """Write the files and return their paths, the tables first."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [
            self._table(folder / "accounts.csv", self._account_rows()),
            self._table(folder / "reps.csv", self._reps()),
        ]
        paths.append(self._table(folder / "opportunities.csv", self._deals()))
        for first in range(0, self.calls, PER_FILE):
            path = folder / f"calls_{first:07}.jsonl"
            with path.open("w", encoding="utf-8") as file:
                for number in range(first, min(first + PER_FILE, self.calls)):
                    file.write(json.dumps(self._call(number)) + "\n")
            paths.append(path)
        return paths

    @staticmethod
    def _table(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
        with path.open("w", encoding="utf-8", newline="") as file:
            first = next(rows)
            writer = csv.DictWriter(file, fieldnames=list(first))
            writer.writeheader()
            writer.writerow(first)
            writer.writerows(rows)
        return path

    def _account_rows(self) -> Iterator[dict[str, Any]]:
        for number, name in enumerate(self.accounts):
            yield {
                "account": name,
                "sector": ("bank", "law firm", "insurer")[number % 3],
                "employees": 10 + number % 900,
            }

    def _reps(self) -> Iterator[dict[str, Any]]:
        regions = ("North", "South", "East", "West")
        for number, name in enumerate(self.reps):
            yield {"rep": name, "manager": f"Manager {number % 12}", "region": regions[number % 4]}

    def _deals(self) -> Iterator[dict[str, Any]]:
        for number in range(max(self.calls // 4, 1)):
            month = number % 24
            yield {
                "opportunity_id": f"D{number:07}",
                "account": self.accounts[number % len(self.accounts)],
                "rep": self.reps[number % len(self.reps)],
                "stage": ("Won", "Lost", "Proposal")[number % 3],
                "close_date": f"{2023 + month // 12}-{1 + month % 12:02}-{1 + number % 28:02}",
                "amount": 1000 + number % 90_000,
                "competitor": _COMPETITORS[number % 4] if number % 5 == 0 else "",
            }

    def _call(self, number: int) -> dict[str, Any]:
        deal = number % max(self.calls // 4, 1)
        about = self.chance.choices(list(SUBJECTS), weights=_WEIGHTS, k=2)
        return {
            "call_id": f"C{number:07}",
            "date": f"{2023 + number % 2}-{1 + number % 12:02}-{1 + number % 28:02}",
            "rep": self.reps[deal % len(self.reps)],
            "account": self.accounts[deal % len(self.accounts)],
            "opportunity_id": f"D{deal:07}",
            "turns": [
                {"role": "rep" if turn % 2 == 0 else "prospect", "text": self._turn(about)} for turn in range(TURNS)
            ],
        }

    def _turn(self, about: list[str]) -> str:
        rare = self.chance.choices(self.words, cum_weights=self.zipf, k=self.chance.randint(4, 9))
        said = [word for each in rare for word in (self.chance.choice(_FUNCTION), each)]
        if self.chance.random() < 0.4:
            subject = SUBJECTS[self.chance.choice(about)]
            said.insert(self.chance.randrange(len(said)), self.chance.choice(subject))
        if self.chance.random() < 0.02:
            said.append(self.chance.choice(_COMPETITORS))
        return " ".join(said).capitalize() + "."
