"""What the gatekeeper knows of a workspace: names by kind, which data there is, and the day on which it is asked."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from domains.analysis.question.aliases import AliasIndex, build_index

if TYPE_CHECKING:
    from domains.analysis.corpus.workspace import Workspace

__all__ = ["KINDS", "Known"]

KINDS = ("account", "rep", "region", "competitor", "product", "content", "training", "segment", "stage", "manager",
         "country")  # fmt: skip

# What a workspace can tell beyond the facts of the planning state, each as one question to its tables.
_EXTRA_FACTS = {
    "expected_close": "SELECT EXISTS (SELECT 1 FROM opportunities WHERE expected_close IS NOT NULL)",
    "loss_reasons": "SELECT EXISTS (SELECT 1 FROM opportunities WHERE loss_reason IS NOT NULL)",
    "hire_dates": "SELECT EXISTS (SELECT 1 FROM reps WHERE hire_date IS NOT NULL)",
    "accounts": "SELECT EXISTS (SELECT 1 FROM accounts WHERE COALESCE(sector, country, employees) IS NOT NULL)",
    "products": "SELECT EXISTS (SELECT 1 FROM opportunities WHERE product IS NOT NULL)",
}
_EXTRA_NAMES = {
    "segment": "SELECT segment FROM accounts UNION SELECT segment FROM opportunities UNION SELECT sector FROM accounts",
    "stage": "SELECT stage FROM opportunities WHERE status = 'open' UNION SELECT stage FROM stage_history",
    "manager": "SELECT manager FROM reps",
    "country": "SELECT country FROM accounts",
}
_COUNTRIES = {
    "United States": ("USA", "U.S.", "U.S.A.", "United States of America", "America", "the States"),
    "United Kingdom": ("UK", "U.K.", "Britain", "Great Britain"),
    "Korea": ("South Korea",),
    "Germany": ("Deutschland",),
}


@dataclass(frozen=True)
class Known:
    """Names by kind, data flags, counts, and the dates between which there are records.

    Attributes
    ----------
    entities : mapping
        Known names by kind: account, rep, region, competitor, product, content, training, segment, stage, manager,
        country.
        ``topic`` and ``objection`` may be given too; without them the trackers' own are used.
    has : mapping
        Which data there is, in the words of the planning state's ``has``; a flag that is not given reads as true.
    counts : mapping
        Numbers of calls, deals and so on, as in the planning state.
    as_of : datetime.date
        The day to which "this quarter" refers: the latest in the data, so that the answer to a question about old data
        does not depend on today.
    first_day : datetime.date
        The first day of which there is a record.
    other_names : mapping
        Other spellings by kind: spelling to name, as competitors have them.

    Examples
    --------
    >>> known = Known(entities={"rep": ["Ann Lee"]}, has={"deals": True}, as_of=date(2025, 6, 30))
    >>> known.names("rep"), known.lacks("deals")
    (('Ann Lee',), False)
    """

    entities: Mapping[str, list[str] | tuple[str, ...]] = field(default_factory=dict)
    has: Mapping[str, bool] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    as_of: date = date(2025, 6, 30)
    first_day: date = date(2000, 1, 1)
    other_names: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def names(self, kind: str) -> tuple[str, ...]:
        """Return the known names of a kind, in the order given."""
        return tuple(self.entities.get(kind, ()))

    def lacks(self, what: str) -> bool:
        """Return whether it is known that some data is absent; nothing is assumed to be absent."""
        return not self.has.get(what, True)

    @cached_property
    def index(self) -> AliasIndex:
        """The names with their short forms, made once."""
        return build_index({kind: self.names(kind) for kind in KINDS}, self.other_names)

    @classmethod
    def of(cls, workspace: Workspace) -> Known:
        """Return what is known of a workspace; the as-of date is the latest day in its calls and deals."""
        connection = workspace.connection
        facts = workspace.facts(())
        entities: dict[str, list[str]] = dict(workspace.entities())
        for kind, query in _EXTRA_NAMES.items():
            found = {str(row[0]) for row in connection.execute(query) if row[0]}
            # A segment is a word, not a proper name: one spelling of it is enough.
            entities[kind] = sorted({name.casefold(): name for name in sorted(found, reverse=True)}.values())
        has = {str(key): bool(item) for key, item in facts["has"].items()}
        has |= {key: bool(connection.execute(query).fetchone()[0]) for key, query in _EXTRA_FACTS.items()}
        summary = workspace.summary()
        spans = [summary[name] for name in ("call_dates", "close_dates", "engage_dates") if summary[name]]
        aliases = {
            str(alias): str(row[0])
            for row in connection.execute("SELECT name, aliases FROM competitors")
            for alias in json.loads(row[1] or "[]")
        }
        dates = {}
        if spans:
            dates["first_day"] = min(date.fromisoformat(str(span[0])[:10]) for span in spans)
            dates["as_of"] = max(date.fromisoformat(str(span[1])[:10]) for span in spans)
        counts = {str(key): int(item) for key, item in facts["count"].items()}
        countries = {short: name for name in entities["country"] for short in _COUNTRIES.get(name, ())}
        other = {"competitor": aliases, "country": countries}
        return cls(entities, has, counts, other_names=other, **dates)
