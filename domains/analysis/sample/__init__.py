"""A seeded generator of a synthetic corpus with planted, documented effects.

An invented vendor of estate-planning software sells to law firms, wealth managers, trust companies and banks. Whether a
deal is won is drawn from a logistic model with these coefficients (log-odds; `Effects` changes them):

==================================================  ======  =========================================================
covariate                                            value  what misleads about it
==================================================  ======  =========================================================
competitor Bequorant                                 -0.95  met more often in large deals, so it looks even stronger
objection about migration                            -1.10
... answered with a sample migration                 +0.80
next step with a date agreed on the calls            +0.90  better reps do it more
content "Fiduciary ROI Worksheet"                    +0.80
segment Bank                                         -1.20  over-represented in the West, which looks worse
size (standard score of the log amount)              -0.35  larger deals are slower and buy the suite, which looks worse
age (standard score of the log length, given size)   -0.40
skill of the rep (standard score)                    +0.20  better reps took the Discovery Masterclass
==================================================  ======  =========================================================

Everything else has coefficient 0: competitor Trustelline (met as often as Bequorant) and the two others; objections
about price, security, timing and features, and how they are handled; many questions, long monologues, the talk ratio,
small talk; the economic buyer on a call, qualification evidence; other content (two pieces look harmful, as they are
used in trouble, and one looks like a winner, as it is used late); all trainings; regions, products, other segments.
Quarter ends pull the dates of won deals and change no outcome. What is planted in a corpus is in `Corpus.truth`.
"""

from domains.analysis.sample.corpus import Corpus, generate
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.truth import Truth
from domains.analysis.sample.write import Written, write

__all__ = ["Corpus", "Effects", "Truth", "Written", "generate", "write"]
