"""Examples for the help of each command of `estate`; the tests read each with the parser."""

from __future__ import annotations

__all__ = ["EXAMPLES", "GENERAL", "epilog"]

GENERAL = """examples:
  estate demo                                      a synthetic sample, two questions, two reports: begin here
  estate ingest calls/ crm/                        read transcripts and CRM tables into the workspace
  estate plan "Where does the pipeline stand?"     see the plan and its estimate; nothing is run
  estate run "Where does the pipeline stand?" --report out.html
  estate why last STEP                             why is this step there, and what became of it

`estate COMMAND --help` has examples of each command; docs/troubleshooting.md lists what the exit codes mean.
"""

EXAMPLES = {
    "ingest": (
        ("estate ingest calls/ crm/accounts.csv", "folders and files, into .estate"),
        ("estate ingest export.csv --mapping mapping.toml", "with headers of your own"),
    ),
    "plan": (
        ('estate plan "Which competitors do we lose to?"', "the plan, its estimate, its reasons"),
        ('estate plan "Which competitors do we lose to?" --compare', "the plans to choose from, side by side"),
        ('estate plan "Win rate by region" --depth quick --out plan.json', "kept, for `estate run --plan`"),
        ('estate plan "Win rate by region" --objective fast --budget-seconds 5', "the best within five seconds"),
    ),
    "estimate": (
        ('estate estimate "Forecast for Q3" --advice', "what it takes, and what would save"),
        ("estate estimate --report --html held.html", "how estimates held in past runs, with plots"),
    ),
    "run": (
        ('estate run "Which deals are likely to slip?" --report slip.html', "plan, run, write the report"),
        ("estate run --plan plan.json", "exactly the plan that was looked at"),
        ('estate run "Forecast for Q3" --approve review_answer --no-wait', "ask me before the review; exit code 42"),
        ('estate run "Forecast for Q3" --quiet --json', "for a program: one JSON document"),
    ),
    "runs": (("estate runs", "the newest first, with what waits"), ("estate runs --json", "for a program")),
    "show": (
        ("estate show last", "steps, what changed on the way, answer"),
        ("estate show 20261123 --report answer.md", "the report again; the beginning of an id will do"),
    ),
    "resume": (("estate resume last", "finished steps are not done again"),),
    "fork": (("estate fork last --from measure_win_rate", "that step, and what depends on it, in a new run"),),
    "cancel": (("estate cancel last", "steps in hand may end; what is finished is kept"),),
    "approve": (
        ('estate approve last review_answer --yes --note "read it"', "the first answer holds"),
        ("estate approve last 3f9c --no", "the beginning of a step's id will do"),
    ),
    "why": (
        ("estate why last compare_behaviours", "reasons, tries, and what became of it"),
        ("estate why plan.json 3f9c --html plan.html", "of a plan that was not run; with the tree as a page"),
    ),
    "methods": (
        ("estate methods", "when each method applies, and where it is written"),
        ("estate methods --domain mine.py", "with methods of your own"),
    ),
    "ui": (
        ("estate ui --workspace .demo --open", "on this machine, port 8501"),
        ("estate ui --address 0.0.0.0 --port 80", "for others; people sign in (docs/app.md)"),
    ),
    "demo": (("estate demo", "in .demo"), ('estate demo --question "Forecast for Q3"', "another question")),
    "failures": (
        ("estate failures", "what failed in all runs, by agent and kind, and what was done about it"),
        ("estate failures --since 7d --json", "of the last week, for a program"),
    ),
    "verify": (("estate audit verify", "exit code 12 when something was changed"),),
    "export": (("estate audit export last --out run.jsonl", "one run's part, as lines of JSON"),),
    "worker": (("estate worker --engine postgresql://db.example/estate --name anna", "until it is told to end"),),
    "workers": (("estate workers --engine postgresql://db.example/estate", "those heard from lately"),),
    "completion": (('eval "$(estate completion bash)"', "in this shell; in ~/.bashrc for all"),),
}
"""Commands as people type them, with what each is for, by the command's name."""


def epilog(name: str) -> str | None:
    """Return the examples of a command as the end of its help; None for a command that has none."""
    examples = EXAMPLES.get(name)
    if examples is None:
        return None
    return "\n".join(["examples:", *(f"  {command}\n      {meaning}" for command, meaning in examples)])
