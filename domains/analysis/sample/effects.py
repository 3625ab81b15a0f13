"""What is planted: every coefficient of the outcome, on the log-odds scale, and every mechanism that misleads."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

from domains.analysis.sample import names

__all__ = ["COEFFICIENT_FIELDS", "Effects"]


@dataclass(frozen=True, slots=True)
class Effects:
    """Coefficients (log-odds of winning) and the strength of each mechanism.

    The first block holds coefficients: what really changes the outcome. The second block holds mechanisms, which
    move dates or say who gets what, and never change the outcome by themselves.

    Examples
    --------
    >>> Effects().scaled(0.5).strong_competitor
    -0.475
    >>> Effects.none().strong_competitor
    0.0
    >>> Effects().without("dated_next_step").dated_next_step
    0.0
    """

    intercept: float = 0.05
    strong_competitor: float = -0.95
    matched_competitor: float = 0.0
    other_competitors: float = 0.0
    costly_objection: float = -1.1
    costly_objection_recovery: float = 0.8
    other_objections: float = 0.0
    other_handling: float = 0.0
    dated_next_step: float = 0.9
    many_questions: float = 0.0
    long_monologue: float = 0.0
    talk_ratio: float = 0.0
    small_talk: float = 0.0
    economic_buyer: float = 0.0
    qualification: float = 0.0
    helpful_content: float = 0.8
    other_content: float = 0.0
    confounded_training: float = 0.0
    other_trainings: float = 0.0
    hard_segment: float = -1.2
    other_segments: float = 0.0
    regions: float = 0.0
    products: float = 0.0
    deal_size: float = -0.35
    ageing: float = -0.4
    rep_ability: float = 0.2

    hard_segment_share_in_its_region: float = 0.65
    hard_segment_share_elsewhere: float = 0.08
    competitor_follows_size: float = 1.0
    size_slows: float = 0.25
    slippage: float = 0.3
    training_follows_skill: float = 1.0
    next_step_follows_skill: float = 0.18
    quarter_end_pull_won: float = 0.55
    quarter_end_pull_lost: float = 0.10
    content_follows_situation: float = 1.0

    @classmethod
    def none(cls) -> Effects:
        """Return effects of which nothing changes the outcome; the mechanisms stay."""
        return cls().without(*COEFFICIENT_FIELDS)

    def scaled(self, factor: float) -> Effects:
        """Return the same effects with every coefficient but the intercept multiplied."""
        return replace(self, **{name: getattr(self, name) * factor for name in COEFFICIENT_FIELDS})

    def without(self, *switched_off: str) -> Effects:
        """Return the same effects with the named ones at zero."""
        return replace(self, **dict.fromkeys(switched_off, 0.0))

    def coefficients(self) -> dict[str, float]:
        """Return the coefficient of every covariate of a deal, the nulls included."""
        found = {
            f"competitor:{names.STRONG_COMPETITOR}": self.strong_competitor,
            f"competitor:{names.MATCHED_COMPETITOR}": self.matched_competitor,
        }
        found |= {f"competitor:{name}": self.other_competitors for name in names.OTHER_COMPETITORS}
        found[f"objection:{names.COSTLY_OBJECTION}"] = self.costly_objection
        found[f"handled_well:{names.COSTLY_OBJECTION}"] = self.costly_objection_recovery
        for name in names.OTHER_OBJECTIONS:
            found[f"objection:{name}"] = self.other_objections
            found[f"handled_well:{name}"] = self.other_handling
        found |= {
            "habit:dated_next_step": self.dated_next_step,
            "habit:many_questions": self.many_questions,
            "habit:long_monologue": self.long_monologue,
            "habit:talk_ratio": self.talk_ratio,
            "habit:small_talk": self.small_talk,
            "stakeholder:economic_buyer": self.economic_buyer,
            "qualification:letters": self.qualification,
        }
        for piece in names.CONTENT:
            if piece.title == names.LATE_CONTENT:
                continue  # used because of the stage reached: a consequence of the outcome, never a covariate of it
            helps = piece.title == names.HELPFUL_CONTENT
            found[f"content:{piece.title}"] = self.helpful_content if helps else self.other_content
        for training in names.TRAININGS:
            confounded = training == names.CONFOUNDED_TRAINING
            found[f"training:{training}"] = self.confounded_training if confounded else self.other_trainings
        for segment in names.SEGMENTS[1:]:
            hard = segment.name == names.HARD_SEGMENT
            found[f"segment:{segment.name}"] = self.hard_segment if hard else self.other_segments
        found |= {f"region:{region}": self.regions for region in names.REGIONS[1:]}
        found |= {f"product:{product.name}": self.products for product in names.PRODUCTS[1:]}
        found |= {"size": self.deal_size, "age": self.ageing, "rep_skill": self.rep_ability}
        return found


# Everything above `hard_segment_share_in_its_region`, the intercept aside, is a coefficient.
_NAMES = [field.name for field in fields(Effects)]
COEFFICIENT_FIELDS = tuple(_NAMES[1 : _NAMES.index("hard_segment_share_in_its_region")])
