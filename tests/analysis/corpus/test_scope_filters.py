"""A scope selects the calls and deals that filtering by hand selects."""

from __future__ import annotations

import csv
import json
import tempfile
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from domains.analysis.corpus.ingest import ingest
from domains.analysis.corpus.workspace import Workspace
from domains.analysis.scope import make_scope

ACCOUNTS = {"Northwind": ("North", "Large"), "Contoso": ("South", "Small"), "Fabrikam": (None, None)}
REPS = {"Ann": "South", "Bob": "North", "Cat": None}
COMPETITORS = {"Rivalsoft": ["RVS"], "Zenith": []}
PRODUCTS = ("Alpha", "Gamma")
STAGES = {"Won": "won", "Lost": "lost", "Demo": "open"}
CONTENT = {"C1": "Deck", "C2": "Case study"}
TEXTS = ("we looked at rivalsoft", "RVS, I think", "zenithal light", "Zenith!", "nothing", "the deck")
DAYS = st.integers(0, 20).map(lambda days: (date(2024, 1, 1) + timedelta(days)).isoformat())


def maybe(values):
    """Return a strategy for one of the values, or none."""
    return st.none() | st.sampled_from(sorted(values))


DEAL = st.fixed_dictionaries(
    {
        "account": maybe(ACCOUNTS),
        "rep": maybe(REPS),
        "product": maybe(PRODUCTS),
        "stage": st.sampled_from(sorted(STAGES)),
        "segment": maybe(("Large", "Middle")),
        "competitor": maybe(COMPETITORS),
        "created_date": st.none() | DAYS,
        "engage_date": st.none() | DAYS,
        "close_date": st.none() | DAYS,
    }
)
CALL = st.fixed_dictionaries(
    {
        "account": maybe(ACCOUNTS),
        "rep": maybe(REPS),
        "date": st.none() | DAYS,
        "deal": st.none() | st.integers(0, 5),
        "texts": st.lists(st.sampled_from(TEXTS), max_size=3),
        "content": maybe(CONTENT),
    }
)
SCOPE = st.fixed_dictionaries(
    {},
    optional={
        "account": st.sampled_from([*ACCOUNTS, "Nobody"]),
        "rep": st.sampled_from(sorted(REPS)),
        "region": st.sampled_from(["North", "South"]),
        "competitor": st.sampled_from(sorted(COMPETITORS)),
        "product": st.sampled_from(PRODUCTS),
        "period": st.tuples(DAYS, DAYS).map(lambda days: "/".join(sorted(days))),
        "segment": st.sampled_from(["Large", "Small", "Middle"]),
        "stage": st.sampled_from(sorted(STAGES)),
        "content": st.sampled_from([*CONTENT, *CONTENT.values()]),
    },
)


def names(competitor, text):
    """Return whether a text names a competitor, told by its words."""
    words = "".join(item if item.isalnum() else " " for item in text.lower()).split()
    return any(name.lower() in words for name in (competitor, *COMPETITORS[competitor]))


class ByHand:
    """The corpus as plain lists, filtered by plain conditions."""

    def __init__(self, deals, calls, uses):
        self.deals = {f"D{at}": deal for at, deal in enumerate(deals)}
        self.calls = {f"c{at}": call for at, call in enumerate(calls)}
        self.uses = uses  # (content id, deal id)

    def deal_of(self, call):
        """Return the deal a call belongs to, or an empty one."""
        return self.deals.get(f"D{call['deal']}", {})

    def account_of(self, call):
        """Return a call's account: its own, or its deal's."""
        return call["account"] or self.deal_of(call).get("account")

    def mentions(self, call_id, competitor):
        """Return how many turns of a call name the competitor."""
        return sum(names(competitor, text) for text in self.calls[call_id]["texts"])

    def used_in_call(self, call, content):
        """Return whether a call used the content, by id or title."""
        return call["content"] is not None and content in (call["content"], CONTENT[call["content"]])

    def used_for_deal(self, deal_id, content):
        """Return whether a deal used the content in a table of uses or in a call of the deal that says so."""
        direct = any(deal == deal_id and content in (item, CONTENT[item]) for item, deal in self.uses)
        return direct or any(
            f"D{call['deal']}" == deal_id and self.used_in_call(call, content) for call in self.calls.values()
        )

    def call_in(self, call_id, scope):
        """Return whether a call is in a scope."""
        call = self.calls[call_id]
        deal, account = self.deal_of(call), self.account_of(call)
        region = REPS.get(call["rep"]) or ACCOUNTS.get(account, (None, None))[0]
        segment = deal.get("segment") or ACCOUNTS.get(account, (None, None))[1]
        start, _, end = scope.get("period", "/").partition("/")
        checks = {
            "account": lambda want: account == want,
            "rep": lambda want: call["rep"] == want,
            "region": lambda want: region == want,
            "competitor": lambda want: deal.get("competitor") == want or self.mentions(call_id, want) > 0,
            "product": lambda want: deal.get("product") == want,
            "stage": lambda want: deal.get("stage") == want,
            "segment": lambda want: segment == want,
            "period": lambda _: call["date"] is not None and start <= call["date"] <= end,
            "content": lambda want: (
                self.used_in_call(call, want) or (bool(deal) and self.used_for_deal(f"D{call['deal']}", want))
            ),
        }
        return all(checks[key](want) for key, want in scope.items())

    def deal_in(self, deal_id, scope):
        """Return whether a deal is in a scope."""
        deal = self.deals[deal_id]
        own_calls = [key for key, call in self.calls.items() if f"D{call['deal']}" == deal_id]
        opened = deal["engage_date"] or deal["created_date"]
        day = opened if STAGES[deal["stage"]] == "open" else deal["close_date"]
        start, _, end = scope.get("period", "/").partition("/")
        region, segment = ACCOUNTS.get(deal["account"], (None, None))
        checks = {
            "account": lambda want: deal["account"] == want,
            "rep": lambda want: deal["rep"] == want,
            "region": lambda want: (REPS.get(deal["rep"]) or region) == want,
            "competitor": lambda want: deal["competitor"] == want or any(self.mentions(key, want) for key in own_calls),
            "product": lambda want: deal["product"] == want,
            "stage": lambda want: deal["stage"] == want,
            "segment": lambda want: (deal["segment"] or segment) == want,
            "period": lambda _: day is not None and start <= day <= end,
            "content": lambda want: self.used_for_deal(deal_id, want),
        }
        return all(checks[key](want) for key, want in scope.items())

    def write(self, folder):
        """Write the corpus as the files a user would have."""
        table(
            folder / "accounts.csv", ["account", "region", "segment"], [[key, *item] for key, item in ACCOUNTS.items()]
        )
        table(folder / "reps.csv", ["rep", "region"], REPS.items())
        aliases = [[name, ";".join(spellings)] for name, spellings in COMPETITORS.items()]
        table(folder / "competitors.csv", ["competitor", "aliases"], aliases)
        table(folder / "content.csv", ["content_id", "title"], CONTENT.items())
        if self.deals:
            columns = sorted(next(iter(self.deals.values())))
            rows = [[key, *(deal[name] for name in columns)] for key, deal in self.deals.items()]
            table(folder / "deals.csv", ["opportunity_id", *columns], rows)
        if self.uses:
            table(folder / "uses.csv", ["content_id", "opportunity_id"], self.uses)
        lines = [
            json.dumps(
                {
                    "call_id": key,
                    "opportunity_id": f"D{call['deal']}" if f"D{call['deal']}" in self.deals else None,
                    "content": [call["content"]] if call["content"] else [],
                    "turns": [{"role": "rep", "text": text} for text in call["texts"]],
                    **{name: call[name] for name in ("account", "rep", "date")},
                }
            )
            for key, call in self.calls.items()
        ]
        if lines:
            (folder / "calls.jsonl").write_text("\n".join(lines))


def table(path, headers, rows):
    """Write a CSV file."""
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([headers, *rows])


# Corpora are small as they are; making a failing one smaller still would take minutes of file writing.
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(
    deals=st.lists(DEAL, max_size=6),
    calls=st.lists(CALL, max_size=6),
    uses=st.lists(st.tuples(st.sampled_from(sorted(CONTENT)), st.integers(0, 5).map("D{}".format)), max_size=3),
    scopes=st.lists(SCOPE, min_size=3, max_size=8),
)
def test_scopes_select_what_filtering_by_hand_selects(deals, calls, uses, scopes):
    """For small corpora of every shape, calls, deals, facts and search agree with conditions written in Python."""
    by_hand = ByHand(deals, calls, uses)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name, "in")
        folder.mkdir()
        by_hand.write(folder)
        with Workspace.open(Path(name, "workspace"), create=True) as workspace:
            assert [] == ingest(workspace, [folder]).skipped
            for scope in [{}, *scopes]:
                check(workspace, by_hand, scope)


def check(workspace, by_hand, scope):
    """Compare one scope."""
    asked = make_scope(scope)
    calls = sorted(key for key in by_hand.calls if by_hand.call_in(key, scope))
    deals = sorted(key for key in by_hand.deals if by_hand.deal_in(key, scope))
    assert calls == sorted(call.call_id for call in workspace.calls(asked))
    assert deals == [deal.opportunity_id for deal in workspace.deals(asked)]
    assert {key for key in calls if by_hand.calls[key]["texts"]} == set(workspace.turns_by_call(asked))
    facts = workspace.facts(asked)
    status = [STAGES[by_hand.deals[key]["stage"]] for key in deals]
    assert (len(calls), len(deals)) == (facts["count"]["calls"], facts["count"]["deals"])
    assert [status.count(name) for name in ("won", "lost", "open")] == [
        facts["count"][name] for name in ("won", "lost", "open")
    ]
    rivals = [scope["competitor"]] if "competitor" in scope else list(COMPETITORS)
    texts = [text for key in calls for text in by_hand.calls[key]["texts"]]
    mentions = sum(any(names(rival, text) for rival in rivals) for text in texts)
    assert mentions == facts["count"]["competitor_mentions"]
    accounts = {by_hand.account_of(by_hand.calls[key]) for key in calls} | {
        by_hand.deals[key]["account"] for key in deals
    }
    assert len(accounts - {None}) == facts["count"]["accounts"]
    found = workspace.search("deck", asked, limit=100)
    assert sum("deck" in text for text in texts) == len(found)


@pytest.mark.parametrize(
    "value", ["' OR 1=1 --", '"; DROP TABLE calls; --', "Acme' UNION SELECT * FROM reps --", "%", "*", "?"]
)
def test_scope_values_are_only_values(workspace, write, dump, value):
    """Whatever a scope's value says, it is compared and never carried out."""
    write("d.csv", "deal_id,stage,account,rep\n1,Won,Acme,Ann\n")
    ingest(
        workspace, [write("c.jsonl", '{"call_id": "k", "date": "2024-01-01", "account": "Acme", "turns": []}').parent]
    )
    before = dump(workspace)
    for key in ("account", "rep", "region", "competitor", "product", "content", "segment", "stage"):
        scope = make_scope({key: value})
        assert ([], []) == (workspace.calls(scope), workspace.deals(scope))
        assert 0 == workspace.facts(scope)["count"]["deals"]
        assert [] == workspace.search("hello", scope)
    workspace.search(value)
    assert before == dump(workspace)
