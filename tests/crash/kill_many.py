"""Kill runs many times, with many plans and seeds, and print what came of it: ``python -m tests.crash.kill_many 200``.

Slow, so it is no test of the suite; it exits with 1 when a promise is broken.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from tests.crash.harness import Trial, new_trial


def one_trial(folder: Path, seed: int) -> tuple[Trial, Trial, list[str]]:
    """Kill one run until it is over, and return it, the undisturbed one and the promises that were broken."""
    rng = random.Random(seed)
    size = rng.randrange(1, 5), rng.randrange(4, 10)
    options: dict[str, Any] = {"seconds": rng.choice([0.0, 0.004, 0.02]), "capacity": rng.randrange(1, 5)}
    calm = new_trial(folder / "calm", *size, **options)
    calm.finish()
    trial = new_trial(folder / "killed", *size, **options)
    while not trial.kill_after(rng.randrange(0, 6), rng):
        pass
    repeated = Counter(trial.executions()) - Counter(calm.executions())
    promises = {
        "the run is completed": trial.status() == calm.status() == "completed",
        "the artifacts are those of an undisturbed run": trial.artifacts() == calm.artifacts(),
        "no finished step is executed again": trial.again == 0,
        "only steps in hand repeat": repeated.total() <= trial.kills * options["capacity"] * 2,
        "every launch replays the record": trial.sessions() == 1,
    }
    trial.repeated = repeated.total()
    return trial, calm, [promise for promise, kept in promises.items() if not kept]


def main() -> int:
    """Run trials until there were enough kills."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int, nargs="?", default=200)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    kills = repeated = trials = broken = 0
    started = time.monotonic()
    while kills < arguments.kills:
        seed = arguments.seed + trials
        with tempfile.TemporaryDirectory() as folder:
            trial, _, failed = one_trial(Path(folder), seed)
        trials += 1
        kills += trial.kills
        repeated += trial.repeated
        broken += bool(failed)
        for promise in failed:
            print(f"seed {seed}: broken: {promise}", flush=True)
    seconds = time.monotonic() - started
    print(f"{kills} kills in {trials} runs, {seconds:.0f} s: {repeated} steps in hand repeated, {broken} runs broken")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
