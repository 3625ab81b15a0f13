"""What is true of a corpus and not in it: coefficients, covariates, what each call and turn was written to show."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from domains.analysis.sample import names
from domains.analysis.sample.deals import DealTruth
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.records import Rep, SampleCall

__all__ = ["Truth"]


@dataclass(frozen=True, slots=True)
class Truth:
    """The planted truth of one corpus.

    Attributes
    ----------
    seed : int
        The seed of the corpus.
    effects : Effects
        Coefficients and mechanisms.
    deals : tuple of DealTruth
        Covariates and win probability of every deal.
    calls : tuple of SampleCall
        The calls with their plans and the intents of their turns.
    reps : tuple of Rep
        The reps with the skill that nobody sees.
    """

    seed: int
    effects: Effects
    deals: tuple[DealTruth, ...]
    calls: tuple[SampleCall, ...]
    reps: tuple[Rep, ...]

    @property
    def coefficients(self) -> dict[str, float]:
        """The coefficient of every covariate, nulls included."""
        return self.effects.coefficients()

    @property
    def planted(self) -> dict[str, float]:
        """The coefficients that are not zero."""
        return {name: value for name, value in self.coefficients.items() if value}

    @property
    def nulls(self) -> tuple[str, ...]:
        """The covariates that do nothing."""
        return tuple(name for name, value in self.coefficients.items() if not value)

    def to_json(self) -> dict[str, Any]:
        """Return the truth as plain data."""
        return {
            "note": "truth of a synthetic sample; never ingest this file",
            "seed": self.seed,
            "effects": asdict(self.effects),
            "coefficients": self.coefficients,
            "planted": self.planted,
            "nulls": list(self.nulls),
            "names": {
                "strong_competitor": names.STRONG_COMPETITOR,
                "matched_competitor": names.MATCHED_COMPETITOR,
                "costly_objection": names.COSTLY_OBJECTION,
                "helpful_content": names.HELPFUL_CONTENT,
                "late_content": names.LATE_CONTENT,
                "confounded_training": names.CONFOUNDED_TRAINING,
                "hard_segment": names.HARD_SEGMENT,
                "hard_region": names.HARD_REGION,
            },
            "rep_skill": {rep.rep: round(rep.skill, 4) for rep in self.reps},
            "deals": [
                {
                    "opportunity_id": deal.opportunity_id,
                    "probability": round(deal.probability, 6),
                    "status": deal.status,
                    "covariates": {name: round(value, 4) for name, value in deal.covariates.items()},
                }
                for deal in self.deals
            ],
            "calls": [_call(call) for call in self.calls],
        }


def _call(call: SampleCall) -> dict[str, Any]:
    plan = call.plan
    return {
        "call_id": plan.call_id,
        "opportunity_id": plan.deal.opportunity_id,
        "kind": plan.kind,
        "stage": plan.stage,
        "competitors": [{"name": name, "by": side} for name, side in plan.mentions],
        "objections": [{"kind": item.kind, "handled_well": item.handled_well} for item in plan.objections],
        "next_step": {
            "kind": plan.next_step.kind,
            "owner": plan.next_step.owner,
            "date": plan.next_step.date.isoformat() if plan.next_step.date else None,
        },
        "meddpicc": list(plan.letters),
        "content": list(plan.content),
        "small_talk": plan.small_talk,
        "long_monologue": plan.deal.long_monologue,
        "many_questions": plan.deal.many_questions,
        "hostile": plan.hostile,
        "people": [{"name": person.name, "title": person.title, "role": person.role} for person in plan.people],
        "intents": {str(index): list(turn.intents) for index, turn in enumerate(call.turns) if turn.intents},
    }
