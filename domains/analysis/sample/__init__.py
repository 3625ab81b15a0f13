"""A seeded generator of a synthetic corpus with planted, documented effects."""

from domains.analysis.sample.corpus import Corpus, generate
from domains.analysis.sample.effects import Effects
from domains.analysis.sample.truth import Truth
from domains.analysis.sample.write import Written, write

__all__ = ["Corpus", "Effects", "Truth", "Written", "generate", "write"]
