"""Planners that lie, hang, eat memory, fail or say nothing are told apart, and a stopped benchmark goes on."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks._ipc_judge import Judge
from benchmarks._ipc_planners import Planner, planner
from benchmarks._ipc_results import Results
from benchmarks._ipc_run import Limits, run
from benchmarks._ipc_session import Job, Session
from benchmarks._ipc_suite import instances

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "ipc.py"
DOMAIN = """(define (domain lamp) (:predicates (lit)) (:task light)
    (:action switch :precondition (not (lit)) :effect (lit)) (:method once :task (light) :subtasks (switch)))"""
PROBLEM = "(define (problem p) (:domain lamp) (:htn :subtasks (light)) (:init))"
PLAN = "==>\n1 switch\nroot 0\n0 light -> once 1\n<==\n"
WRONG = "==>\n1 switch\n2 switch\nroot 0\n0 light -> once 1\n<==\n"
LOOP = "while True: pass"
WRITES = "import sys; open(sys.argv[3], 'w').write({!r})"

# A planner that starts another process, which has the pipe open as long as it lives.
FAMILY = """
import os, signal, sys
if os.fork() == 0:
    os.open({!r}, os.O_WRONLY)
signal.pause()
"""
# Processes that take little each, and too much together.
GREEDY_FAMILY = """
import os, signal
for _ in range(3):
    if os.fork() == 0:
        break
hoard = b"x" * (60 * 2**20)
signal.pause()
"""


@pytest.fixture
def suite(tmp_path):
    """Return a folder with one domain and two problems."""
    folder = tmp_path / "suite" / "Lamp"
    folder.mkdir(parents=True)
    (folder / "domain.hddl").write_text(DOMAIN)
    for name in ("p1", "p2"):
        (folder / f"{name}.hddl").write_text(PROBLEM)
    return folder.parent


def fake(name, source, **more):
    """Return a planner that is a piece of Python, given domain, problem and plan."""
    command = (sys.executable, "-S", "-E", "-c", source, "{domain}", "{problem}", "{plan}")
    return Planner(name, command, "1", **more)


def listed(suite):
    """Return the suite's instances."""
    return [each for of_domain in instances(suite).values() for each in of_domain]


def status(suite, source, limits=None, **more):
    """Return what comes of a planner on the first problem."""
    rows = Session(Results()).run([Job(fake("x", source, **more), listed(suite)[0], limits or Limits())])
    return rows[0]["status"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (WRITES.format(PLAN), "solved"),
        (f"print({PLAN!r})", "solved"),
        (WRITES.format(WRONG), "invalid plan"),
        (WRITES.format("==>\nthis is no plan"), "invalid plan"),
        ("print('the problem is unsolvable')", "unsolvable"),
        ("1 / 0", "error"),
        ("print('I have no idea')", "nothing"),
        ("bytearray(2**34)", "memory"),
        (LOOP, "timeout"),
    ],
)
def test_what_came_of_a_run_has_a_name(suite, source, expected):
    """One for each way in which a run can end."""
    limits = Limits(seconds=0.5) if expected == "timeout" else Limits(seconds=60)
    assert status(suite, source, limits) == expected


def test_exit_codes_say_what_the_planner_says_of_them(suite):
    """Ours has one for each outcome; they do not count where there is a plan."""
    codes = {10: "unsolvable", 21: "timeout"}
    assert status(suite, "import sys; sys.exit(10)", codes=codes) == "unsolvable"
    assert status(suite, "import sys; sys.exit(21)", codes=codes) == "timeout"
    assert status(suite, WRITES.format(PLAN) + "; sys.exit(21)", codes=codes) == "solved"


def test_a_planner_that_hangs_is_ended_with_what_it_started(suite, tmp_path):
    """The pipe that only its child has open comes to an end."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert status(suite, FAMILY.format(str(pipe)), Limits(seconds=2.0)) == "timeout"
        poll = select.poll()
        poll.register(reader, select.POLLHUP)
        assert poll.poll(30_000)
        assert os.read(reader, 1) == b""
    finally:
        os.close(reader)


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="the system does not tell what processes have")
def test_memory_is_that_of_all_processes_together(suite):
    """Each is within the limit, four are not."""
    assert status(suite, GREEDY_FAMILY, Limits(seconds=60, gib=0.15)) == "memory"


def test_processor_time_can_be_what_is_limited(suite):
    """A planner that computes is ended by it, and it is what is scored; waiting has a longer limit."""
    limits = Limits(seconds=1, clock="cpu")
    assert limits.patience > limits.seconds
    jobs = [
        Job(fake(name, source), listed(suite)[0], limits) for name, source in (("a", WRITES.format(PLAN)), ("b", LOOP))
    ]
    quick, endless = Session(Results()).run(jobs)
    assert (quick["status"], endless["status"]) == ("solved", "timeout")
    assert quick["seconds"] == quick["cpu"]


def test_a_run_is_kept_on_its_core(suite):
    """Where the system can do so."""
    if not hasattr(os, "sched_getaffinity"):
        pytest.skip("the system does not keep processes on cores")
    core = max(os.sched_getaffinity(0))
    command = fake("x", "import os, time\nwhile len(os.sched_getaffinity(0)) > 1: pass\nprint(os.sched_getaffinity(0))")
    made = run(command.command, Path("d"), Path("p"), Limits(), core)
    assert made.output.strip() == f"{{{core}}}"


def test_both_verifiers_must_accept(suite):
    """By the line that it prints, coloured or not, else by its exit code."""
    instance = listed(suite)[0]
    say = f'{sys.executable} -c "print({{!r}})" {{{{domain}}}} {{{{problem}}}} {{{{plan}}}}'
    judged = {
        verdict: Judge(say.format(f"Plan verification result: {verdict}")).plan(instance, PLAN).status
        for verdict in ("true", "\x1b[1mtrue\x1b[0m", "false")
    }
    assert list(judged.values()) == ["solved", "solved", "invalid plan"]
    assert Judge(f'{sys.executable} -c "1 / 0"').plan(instance, PLAN).status == "invalid plan"
    assert Judge(f'{sys.executable} -c "1"').plan(instance, PLAN).status == "solved"
    assert Judge(f'{sys.executable} -c "1"').plan(instance, WRONG).status == "invalid plan"


@pytest.mark.parametrize("jobs", [1, 2])
def test_what_is_done_is_not_run_again(suite, tmp_path, jobs):
    """After a stop in the middle of a line: only that run is done again, and new limits or versions count as new."""
    log, file = tmp_path / "log", tmp_path / "rows.jsonl"
    source = f"open({str(log)!r}, 'a').write('x'); " + WRITES.format(PLAN)
    planned = [Job(fake("x", source), instance, Limits()) for instance in listed(suite)]
    rows = Session(Results(file), jobs).run(planned)
    assert [row["instance"] for row in rows] == ["suite/Lamp/p1", "suite/Lamp/p2"]
    assert log.read_text() == "xx"
    file.write_bytes(file.read_bytes()[:-20])
    assert [row["status"] for row in Session(Results(file), jobs).run(planned)] == ["solved", "solved"]
    assert log.read_text() == "xxx"
    assert len([json.loads(line) for line in file.read_text().splitlines()]) == 2
    Session(Results(file), jobs).run(planned)
    assert log.read_text() == "xxx"
    Session(Results(file), jobs).run([Job(planned[0].planner, planned[0].instance, Limits(seconds=9))])
    assert log.read_text() == "xxxx"


HANGS_ON_P2 = """
import os, signal, sys
open(sys.argv[3], "w").write({!r})
if "p2" in sys.argv[2]:
    os.open({!r}, os.O_WRONLY)
    signal.pause()
"""


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_an_interrupt_ends_the_run_and_leaves_whole_rows(suite, tmp_path, jobs):
    """The planner is waited for until it hangs; after the interrupt nothing of it is left."""
    pipe, source, rows = tmp_path / "pipe", tmp_path / "planner.py", tmp_path / "rows"
    os.mkfifo(pipe)
    source.write_text(HANGS_ON_P2.format(PLAN, str(pipe)))
    command = [sys.executable, str(SCRIPT), str(suite), "--all", "--jobs", jobs, "--results", str(rows)]
    command += ["--seconds", "300", "--planner", f"x={sys.executable} -S -E {source}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as benchmark:
        with pipe.open() as reader:  # opens when the planner does
            benchmark.send_signal(signal.SIGINT)
            assert reader.read() == ""
        assert benchmark.stderr is not None
        assert "interrupted" in benchmark.stderr.read()
        assert benchmark.wait() == 1
    done = [json.loads(line)["instance"] for line in rows.read_text().splitlines()] if rows.exists() else []
    assert done == ["suite/Lamp/p1"] or (jobs == "2" and not done)


def test_planners_are_named_or_built_in(tmp_path):
    """A command without places for the files gets them at its end; what is not there is said."""
    given = planner(f"mine={sys.executable} -c 'print(1)'")
    assert (given.name, given.ours) == ("mine", False)
    assert given.command[1:] == ("-c", "print(1)", "{domain}", "{problem}", "{plan}")
    assert planner(f"mine={sys.executable} {{plan}} {{domain}}").command[1:] == ("{plan}", "{domain}")
    assert planner("htn").ours
    for wrong in ("no-such-planner", "mine=/no/such/program"):
        with pytest.raises(ValueError, match=r"is no planner|is not there"):
            planner(wrong)


def test_the_command_solves_a_suite_and_writes_json(suite, tmp_path):
    """From the command line to the claims, with our own planner."""
    command = [sys.executable, str(SCRIPT), str(suite), "--all", "--json", str(tmp_path / "j"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "| htn | 2 | 2 |" in done.stdout
    data = json.loads((tmp_path / "j").read_text())
    assert [row["status"] for row in data["suites"][0]["rows"]] == ["solved", "solved"]
    assert all(claim["met"] for claim in data["claims"])
