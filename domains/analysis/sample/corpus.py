"""The corpus as a whole: generated in one call, and as rows of the tables that a workspace has."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta

from domains.analysis.sample import names
from domains.analysis.sample.conversations import plan_calls, use_content
from domains.analysis.sample.deals import draw_deals
from domains.analysis.sample.dialogue import write_dialogue
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.organisation import AS_OF, START, build_organisation
from domains.analysis.sample.records import (
    Account,
    ContentUse,
    Deal,
    Quota,
    Rep,
    SampleCall,
    TrainingTaken,
)
from domains.analysis.sample.timeline import quarter_end
from domains.analysis.sample.truth import Truth
from htn.model.errors import InputError

__all__ = ["DEFAULT_SEED", "Corpus", "Row", "generate"]

# A seed whose raw differences are close to the average ones, and in which a regression on the true covariates finds
# every planted effect and none of the nulls. 8 of the first 200 seeds are so kind; docs/sample_corpus.md says more.
DEFAULT_SEED = 4

Row = dict[str, str | int | float | None]
_SOURCE = "synthetic sample"


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything that a user would have, and apart from it the truth."""

    accounts: tuple[Account, ...]
    reps: tuple[Rep, ...]
    deals: tuple[Deal, ...]
    calls: tuple[SampleCall, ...]
    content_use: tuple[ContentUse, ...]
    trainings: tuple[TrainingTaken, ...]
    quotas: tuple[Quota, ...]
    truth: Truth

    def tables(self) -> dict[str, list[Row]]:
        """Return clean rows per table, under the column names of a workspace: no dirt, no truth.

        Returns
        -------
        dict
            Tables calls, turns, accounts, reps, products, opportunities, stage_history, content, content_use,
            trainings, quotas and competitors.
        """
        return {
            "calls": [_call_row(call) for call in self.calls],
            "turns": [row for call in self.calls for row in _turn_rows(call)],
            "accounts": [_account_row(account) for account in self.accounts],
            "reps": [
                {"rep": rep.rep, "manager": rep.manager, "region": rep.region, "hire_date": rep.hire_date.isoformat()}
                for rep in self.reps
            ],
            "products": [{"product": p.name, "series": p.series, "price": p.price} for p in names.PRODUCTS],
            "opportunities": [_deal_row(deal) for deal in self.deals],
            "stage_history": [
                {"opportunity_id": deal.opportunity_id, "stage": stage, "entered_date": day.isoformat()}
                for deal in self.deals
                for stage, day in deal.history
            ],
            "content": [{"content_id": p.content_id, "title": p.title, "kind": p.kind} for p in names.CONTENT],
            "content_use": [
                {
                    "content_id": use.content_id,
                    "opportunity_id": use.opportunity_id,
                    "call_id": use.call_id or None,
                    "date": use.date.isoformat(),
                }
                for use in self.content_use
            ],
            "trainings": [{"rep": t.rep, "training": t.training, "date": t.date.isoformat()} for t in self.trainings],
            "quotas": [
                {
                    "rep": quota.rep,
                    "period_start": quota.period_start.isoformat(),
                    "period_end": quota.period_end.isoformat(),
                    "amount": quota.amount,
                }
                for quota in self.quotas
            ],
            "competitors": [
                {"name": name, "aliases": json.dumps(list(aliases))}
                for name, aliases in names.COMPETITOR_ALIASES.items()
            ],
        }


def generate(
    *,
    seed: int = DEFAULT_SEED,
    calls: int = 240,
    deals: int = 420,
    reps: int = 14,
    effects: Effects | None = None,
    text: bool = True,
) -> Corpus:
    """Return a corpus; the same arguments give the same corpus, whatever the hash seed.

    Parameters
    ----------
    seed : int
        Of every random stream.
    calls, deals, reps : int
        How many there are. Which deals are recorded is drawn without looking at them.
    effects : Effects, optional
        What is planted; the documented effects by default.
    text : bool
        Without text, calls have no turns: deals, dates, plans and truth are the same, and it is faster.

    Raises
    ------
    InputError
        For sizes that make no corpus.

    Examples
    --------
    >>> corpus = generate(seed=1, calls=30, deals=60)
    >>> len(corpus.calls), len(corpus.deals)
    (30, 60)
    """
    if deals < 1 or calls < 0 or reps < len(names.REGIONS):
        raise InputError(
            f"a sample needs at least 1 deal, 0 calls and {len(names.REGIONS)} reps; "
            f"asked were {deals}, {calls} and {reps}"
        )
    effects = effects or Effects()
    organisation = build_organisation(seed, deals, reps, effects)
    drawn, truths = draw_deals(seed, deals, organisation, effects)
    plans = plan_calls(seed, calls, drawn)
    spoken = tuple(SampleCall(plan, write_dialogue(seed, plan) if text else ()) for plan in plans)
    return Corpus(
        accounts=organisation.accounts,
        reps=organisation.reps,
        deals=drawn,
        calls=spoken,
        content_use=use_content(seed, drawn, plans),
        trainings=organisation.trainings,
        quotas=_quotas(organisation.reps, drawn),
        truth=Truth(seed, effects, truths, spoken, organisation.reps),
    )


def _quotas(reps: tuple[Rep, ...], deals: tuple[Deal, ...]) -> tuple[Quota, ...]:
    """Give every rep the same quota, halved for the first six months: a little above what a rep wins on average."""
    won = sum(deal.amount for deal in deals if deal.status == "won")
    full = max(10_000.0, round(1.15 * won / len(reps) / 5.5, -4))
    found = []
    begin = START
    while begin < AS_OF:
        end = quarter_end(begin)
        for rep in reps:
            if rep.hire_date <= end:
                months = (end - rep.hire_date).days / (365 / 12)
                found.append(Quota(rep.rep, begin, end, round(full * (0.5 if months < 6 else 1.0), -3)))
        begin = end + timedelta(1)
    return tuple(found)


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _account_row(account: Account) -> Row:
    return {
        "account": account.account,
        "sector": account.sector,
        "region": account.region,
        "segment": account.segment,
        "employees": account.employees,
        "revenue": account.revenue,
        "country": account.country,
        "parent": account.parent or None,
        "year_established": account.year_established,
    }


def _deal_row(deal: Deal) -> Row:
    return {
        "opportunity_id": deal.opportunity_id,
        "account": deal.account.account,
        "rep": deal.rep.rep,
        "product": deal.product,
        "stage": deal.stage,
        "status": deal.status,
        "created_date": _iso(deal.created),
        "engage_date": _iso(deal.engaged),
        "close_date": _iso(deal.closed),
        "expected_close": _iso(deal.expected),
        "amount": deal.amount,
        "competitor": deal.crm_competitor or None,
        "loss_reason": deal.loss_reason or None,
        "forecast_category": deal.forecast_category,
        "segment": deal.account.segment,
    }


def _call_row(call: SampleCall) -> Row:
    deal = call.plan.deal
    return {
        "call_id": call.call_id,
        "date": call.plan.date.isoformat(),
        "title": call.plan.title,
        "rep": deal.rep.rep,
        "prospect": call.plan.people[0].name,
        "account": deal.account.account,
        "opportunity_id": deal.opportunity_id,
        "duration_s": call.duration_s,
        "outcome": deal.status,
        "amount": deal.amount,
        "source": _SOURCE,
    }


def _turn_rows(call: SampleCall) -> list[Row]:
    return [
        {
            "call_id": call.call_id,
            "idx": index,
            "role": turn.role,
            "speaker": turn.speaker,
            "text": turn.text,
            "start_s": turn.start_s,
            "end_s": turn.end_s,
        }
        for index, turn in enumerate(call.turns)
    ]
