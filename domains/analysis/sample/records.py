"""The rows of the corpus as frozen records: who, what was sold, what was said."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

__all__ = [
    "Account",
    "CallPlan",
    "Contact",
    "ContentUse",
    "Deal",
    "NextStep",
    "Objection",
    "Profile",
    "Quota",
    "Rep",
    "SampleCall",
    "SampleTurn",
    "TrainingTaken",
]


@dataclass(frozen=True, slots=True)
class Contact:
    """A person at an account; `role` says what part the person plays in a purchase."""

    name: str
    title: str
    role: str

    @property
    def first(self) -> str:
        """The first name, as people are addressed on calls."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is true of an account and comes up on its calls: kept, so that its calls agree with each other."""

    city: str
    state: str
    users: int
    volume: int
    system: str
    driver: str
    pain: str
    hours: int
    offices: int


@dataclass(frozen=True, slots=True)
class Account:
    """A customer or prospect firm."""

    account: str
    sector: str
    region: str
    segment: str
    employees: int
    revenue: float
    country: str
    parent: str
    year_established: int
    contacts: tuple[Contact, ...]
    profile: Profile

    def contact(self, role: str) -> Contact:
        """Return the account's contact who plays a role."""
        return next(person for person in self.contacts if person.role == role)


@dataclass(frozen=True, slots=True)
class Rep:
    """A seller; `skill` is a standard score that nobody sees in the data."""

    rep: str
    manager: str
    region: str
    hire_date: date
    skill: float
    next_step_rate: float


@dataclass(frozen=True, slots=True)
class Objection:
    """An objection of a deal, and whether the rep answers it well."""

    kind: str
    handled_well: bool


@dataclass(frozen=True, slots=True)
class Deal:
    """An opportunity with its history; `habits` and the like are what the calls will show."""

    opportunity_id: str
    account: Account
    rep: Rep
    product: str
    stage: str
    status: str
    created: date
    engaged: date | None
    closed: date | None
    expected: date
    amount: float
    competitors: tuple[str, ...]
    crm_competitor: str
    loss_reason: str
    forecast_category: str
    history: tuple[tuple[str, date], ...]
    objections: tuple[Objection, ...]
    dated_next_step: bool
    many_questions: bool
    long_monologue: bool
    talk_ratio: float
    small_talk: bool
    economic_buyer: bool
    letters: tuple[str, ...]
    content: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContentUse:
    """A content piece shared in a deal, perhaps on a call."""

    content_id: str
    opportunity_id: str
    call_id: str
    date: date


@dataclass(frozen=True, slots=True)
class TrainingTaken:
    """A training that a rep took."""

    rep: str
    training: str
    date: date


@dataclass(frozen=True, slots=True)
class Quota:
    """What a rep is to win in a quarter."""

    rep: str
    period_start: date
    period_end: date
    amount: float


@dataclass(frozen=True, slots=True)
class NextStep:
    """How a call ends: `kind` is dated, vague or none; owner and date belong to a dated one."""

    kind: str
    owner: str = ""
    date: date | None = None


@dataclass(frozen=True, slots=True)
class CallPlan:
    """What happens on a call, before there are words for it."""

    call_id: str
    date: date
    kind: str
    stage: str
    deal: Deal
    people: tuple[Contact, ...]
    mentions: tuple[tuple[str, str], ...]
    objections: tuple[Objection, ...]
    next_step: NextStep
    letters: tuple[str, ...]
    content: tuple[str, ...]
    small_talk: bool
    hostile: str = ""

    @property
    def title(self) -> str:
        """The title of the recording."""
        return f"{self.kind.capitalize()} call with {self.deal.account.account} (synthetic sample)"


@dataclass(frozen=True, slots=True)
class SampleTurn:
    """One turn; `intents` says what the turn was written to show and is known to the truth file only."""

    role: str
    speaker: str
    text: str
    start_s: float
    end_s: float
    intents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SampleCall:
    """A call with its turns; without text, the turns are empty."""

    plan: CallPlan
    turns: tuple[SampleTurn, ...]

    @property
    def call_id(self) -> str:
        """The identifier of the call."""
        return self.plan.call_id

    @property
    def duration_s(self) -> float:
        """Seconds from the start of the recording to the end of the last turn."""
        return max((turn.end_s for turn in self.turns), default=0.0)
