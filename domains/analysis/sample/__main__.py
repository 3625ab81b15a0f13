"""``python -m domains.analysis.sample OUT``: write a sample corpus."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from domains.analysis.sample import generate, write
from domains.analysis.sample.corpus import DEFAULT_SEED
from htn.model.errors import HtnError

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Write a corpus to a folder and say what was written; return the exit code."""
    parser = argparse.ArgumentParser(
        prog="python -m domains.analysis.sample", description="Write a synthetic corpus of sales calls and CRM tables."
    )
    parser.add_argument("out", help="folder to write to: new or empty")
    parser.add_argument(
        "--seed", type=int, default=DEFAULT_SEED, help=f"seed of every random stream (default {DEFAULT_SEED})"
    )
    parser.add_argument("--calls", type=int, default=240, help="number of calls (default 240)")
    parser.add_argument("--deals", type=int, default=420, help="number of opportunities (default 420)")
    options = parser.parse_args(arguments)
    try:
        corpus = generate(seed=options.seed, calls=options.calls, deals=options.deals)
        written = write(corpus, options.out)
    except HtnError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    print(
        f"{len(corpus.calls)} calls and {len(corpus.deals)} opportunities "
        f"(synthetic, seed {options.seed}) in {written.folder}"
    )
    print(f"the truth, which is not to be ingested, in {written.truth}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
