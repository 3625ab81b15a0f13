"""`htn solve` as a stranger uses it: limits on the whole command, signals, closed pipes, files that are not right."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path

import pytest

from htn import stopping
from htn.cli import main
from htn.hddl import load_domain, load_problem
from htn.hddl.plan_format import load_plan
from htn.hddl.verify import verify

ROOT = Path(__file__).parents[2]
# ``go`` walks along a chain; ``fill`` puts one pigeon more than there are holes, which takes for ever to find out.
DOMAIN = """(define (domain counting) (:types n) (:predicates (next ?a ?b - n) (at ?a - n) (free ?a - n))
 (:functions (total-cost) - number) (:task go :parameters (?to - n)) (:task fill :parameters (?i - n)) (:task nest)
 (:method there :parameters (?to - n) :task (go ?to) :precondition (at ?to))
 (:method step :parameters (?a ?b ?to - n) :task (go ?to) :precondition (and (at ?a) (next ?a ?b))
  :ordered-subtasks (and (count ?a ?b) (go ?to)))
 (:method more :parameters (?i ?j - n) :task (fill ?i) :precondition (next ?i ?j)
  :ordered-subtasks (and (nest) (fill ?j)))
 (:method last :parameters (?i - n) :task (fill ?i) :precondition (forall (?j - n) (not (next ?i ?j)))
  :ordered-subtasks (and (nest) (nest)))
 (:method somewhere :parameters (?a - n) :task (nest) :ordered-subtasks (and (take ?a)))
 (:action count :parameters (?a ?b - n) :precondition (at ?a)
  :effect (and (not (at ?a)) (at ?b) (increase (total-cost) 2)))
 (:action take :parameters (?a - n) :precondition (free ?a) :effect (not (free ?a))))"""


@pytest.fixture
def given(tmp_path):
    """Write the domain and a problem with a task and a number of objects; return the two files."""

    def write(task: str, count: int) -> list[str]:
        names = [f"n{i}" for i in range(count)]
        chain = " ".join(f"(next {a} {b})" for a, b in pairwise(names))
        free = " ".join(f"(free {a})" for a in names)
        (tmp_path / "domain.hddl").write_text(DOMAIN)
        (tmp_path / "problem.hddl").write_text(
            f"(define (problem p) (:domain counting) (:objects {' '.join(names)} - n)"
            f" (:htn :ordered-subtasks (and ({task}))) (:init (at n0) {chain} {free}))"
        )
        return [str(tmp_path / "domain.hddl"), str(tmp_path / "problem.hddl")]

    return write


def command(*words: str) -> subprocess.Popen[str]:
    """Start ``python -m htn``."""
    pipe = subprocess.PIPE
    return subprocess.Popen([sys.executable, "-m", "htn", *words], cwd=ROOT, stdout=pipe, stderr=pipe, text=True)


def test_json_says_what_each_phase_took(given, capsys, tmp_path):
    """Together the phases are no longer than the whole; length and cost are those of the verifier."""
    files = given("go n5", 8)
    plan = tmp_path / "plan"
    assert main(["solve", *files, "--json", "--plan", str(plan)]) == 0
    document = json.loads(capsys.readouterr().out)
    statistics = document["statistics"]
    assert list(statistics["phases"]) == ["starting", "reading", "compiling", "searching", "writing"]
    assert sum(statistics["phases"].values()) <= statistics["seconds"]
    assert statistics["counted"]["lifted"]["nodes"] >= document["length"] == 5
    assert statistics["memory_mb"] > 1
    assert statistics["process_seconds"] > 0
    domain = load_domain(files[0])
    verdict = verify(domain, load_problem(files[1], domain), load_plan(plan))
    assert (verdict.valid, verdict.length, verdict.cost) == (True, document["length"], document["cost"])


def test_improving_replaces_the_plan_by_better_ones(given, capsys, tmp_path):
    """What is printed is the best plan, the file holds the same, and it says when no better one is possible."""
    files = given("go n5", 8)
    plan = tmp_path / "plan"
    assert main(["solve", *files, "--improve", "20", "--plan", str(plan), "--json"]) == 0
    document = json.loads(capsys.readouterr().out)
    assert (document["best"], document["length"], document["decomposition"]) == (True, 5, plan.read_text())


def test_searches_can_be_chosen(given, capsys):
    """By name, one or several; an unknown one is answered with those that there are."""
    files = given("go n5", 8)
    assert main(["solve", *files, "--search", "ff", "--search", "add", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["search"] == "ff"
    assert main(["solve", *files, "--search", "magic"]) == 30
    assert "there is no search 'magic' for this problem; there are lifted, " in capsys.readouterr().err
    assert main(["solve", *files, "--cores", "2"]) == 0


def test_a_plan_of_5000_actions_is_written_whole(given, tmp_path, capsys):
    """No recursion, no line lost, and the verifier takes it."""
    files = given("go n5000", 5001)
    plan = tmp_path / "plan"
    assert main(["solve", *files, "--plan", str(plan)]) == 0
    assert capsys.readouterr().out == plan.read_text()
    domain = load_domain(files[0])
    assert verify(domain, load_problem(files[1], domain), load_plan(plan)).length == 5000


@pytest.mark.parametrize(
    ("option", "code", "limit"), [("--time-limit", 21, "seconds"), ("--memory-limit", 23, "memory")]
)
def test_limits_end_a_search_with_an_answer(given, capsys, option, code, limit):
    """Exit codes from 20; statistics come along."""
    files = given("fill n0", 40)
    assert main(["solve", *files, option, "0.2" if limit == "seconds" else "10", "--json"]) == code
    document = json.loads(capsys.readouterr().out)
    assert (document["status"], document["limit"], document["exit_code"]) == ("limit reached", limit, code)
    assert "starting" in document["statistics"]["phases"]
    assert main(["solve", *files, option, "0.2" if limit == "seconds" else "10"]) == code
    assert capsys.readouterr().err == f"the limit on {limit} was reached\n"


@pytest.mark.parametrize("phase", ["htn.hddl.domain.load_domain", "htn.hddl.compile.problem.compile_problem"])
def test_limits_count_reading_and_compiling(given, capsys, monkeypatch, phase):
    """What does not look at limits itself is ended from outside."""

    def endless(*_: object, **__: object) -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            pass

    monkeypatch.setattr(phase, endless)
    assert main(["solve", *given("go n1", 2), "--time-limit", "0.1", "--json"]) == 21
    document = json.loads(capsys.readouterr().out)
    assert (document["limit"], "searching" in document["statistics"]["phases"]) == ("seconds", False)


def test_the_watch_leaves_no_trace(given):
    """Handlers and the timer are as they were before, whatever the end."""
    before = signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGALRM)
    main(["solve", *given("go n1", 2), "--time-limit", "50"])
    main(["solve", *given("fill n0", 30), "--time-limit", "0.05"])
    assert (signal.getsignal(signal.SIGTERM), signal.getsignal(signal.SIGALRM)) == before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize(
    ("number", "code", "said"), [(signal.SIGTERM, 143, "terminated"), (signal.SIGINT, 130, "interrupted")]
)
def test_signals_end_it_with_one_sentence(given, number, code, said):
    """No traceback, nothing printed."""
    running = command("solve", *given("fill n0", 60))
    ready = Path(f"/proc/{running.pid}/status")
    # Once the program catches SIGTERM, it is somewhere in the middle of things.
    while not any(
        line.startswith("SigCgt") and int(line.split()[1], 16) & (1 << (signal.SIGTERM - 1))
        for line in ready.read_text().splitlines()
    ):
        assert running.poll() is None
    running.send_signal(number)
    out, err = running.communicate(timeout=60)
    assert (running.returncode, out, err) == (code, "", f"htn: {said}\n")


def test_a_forked_process_ends_without_a_word():
    """SIGTERM to a process that a search has started is not the end of the command."""
    code = (
        "import os, signal, time\nfrom htn.stopping import Watch\n"
        "with Watch().kept():\n    read, write = os.pipe()\n    child = os.fork()\n"
        "    if child == 0: os.write(write, b'up')  # a signal before that would be lost\n"
        "    while child == 0: time.sleep(0.01)\n"
        "    os.read(read, 2)\n    os.kill(child, signal.SIGTERM)\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert (done.stdout, done.stderr) == ("143\n", "")


def test_a_reader_that_leaves_is_no_error(given):
    """As in ``htn solve ... | head -1``: silence, and the exit code of a closed pipe."""
    running = command("solve", *given("go n5000", 5001))
    assert running.stdout is not None
    assert running.stderr is not None
    assert running.stdout.readline() == "==>\n"
    running.stdout.close()
    assert running.stderr.read() == ""
    running.stderr.close()
    assert running.wait(timeout=60) == 141


def test_a_plan_file_is_replaced_whole_or_not_at_all(given, tmp_path, capsys, monkeypatch):
    """What was there stays until the new plan is complete; nothing else is left behind."""
    files = given("go n3", 4)
    plan = tmp_path / "out" / "plan"
    plan.parent.mkdir()
    plan.write_text("before")
    monkeypatch.setattr(os, "replace", lambda *_: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    assert main(["solve", *files, "--plan", str(plan)]) == 30
    assert capsys.readouterr().err == f"htn: {plan}: cannot be written: No space left on device\n"
    assert [path.name for path in plan.parent.iterdir()] == ["plan"]
    assert plan.read_text() == "before"
    monkeypatch.undo()
    link = tmp_path / "link"
    link.symlink_to(plan)
    assert main(["solve", *files, "--plan", str(link)]) == 0
    assert link.is_symlink()
    assert plan.read_text().startswith("==>")


def test_a_device_is_written_to_and_not_replaced(given, tmp_path, capsys):
    """``--plan /dev/stdout`` and the like; here a pipe with a name."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = subprocess.Popen(["cat", str(pipe)], stdout=subprocess.PIPE, text=True)
    assert main(["solve", *given("go n3", 4), "--plan", str(pipe)]) == 0
    assert reader.communicate(timeout=60)[0] == capsys.readouterr().out
    assert stat.S_ISFIFO(pipe.stat().st_mode)


def test_a_place_that_cannot_be_written_is_told_before_the_search(given, tmp_path, capsys, monkeypatch):
    """Nobody waits for a plan that has nowhere to go."""
    monkeypatch.setattr("htn.solving.solve_hddl", lambda *_, **__: pytest.fail("searched"))
    for path, why in ((tmp_path / "no" / "plan", "its folder does not exist"), (tmp_path, "it is a folder")):
        assert main(["solve", *given("go n3", 4), "--plan", str(path)]) == 30
        assert capsys.readouterr().err == f"htn: {path}: cannot be written: {why}\n"


def test_files_that_are_not_right_are_named(given, tmp_path, capsys):
    """One sentence each, exit code 30."""
    domain, problem = given("go n3", 4)
    other = tmp_path / "other.hddl"
    other.write_text("(define (problem q) (:domain hanoi) (:htn :subtasks (move-tower)) (:init))")
    (tmp_path / "empty.hddl").write_text("")
    (tmp_path / "zipped.hddl").write_bytes(b"\x1f\x8b\x08\x00\xff\xfe\x00\x80")
    foreign = (
        "the subtask 'move-tower' is neither a task nor an action"
        " (the problem is for the domain 'hanoi', this is 'counting')"
    )
    for words, said in (
        ([domain, "nowhere.hddl"], "nowhere.hddl: cannot be read: No such file or directory"),
        (["nowhere.hddl", problem], "nowhere.hddl: cannot be read: No such file or directory"),
        (["nowhere", problem], "nowhere: there is no such file"),
        ([domain, str(tmp_path)], f"{tmp_path}: cannot be read: Is a directory"),
        (
            [problem, domain],
            f"{problem}:1:1: expected a domain, found a problem: give the domain first, then the problem",
        ),
        (
            [domain, domain],
            f"{domain}:1:1: expected a problem, found a domain: give the domain first, then the problem",
        ),
        ([domain, str(other)], f"{other}:1:53: {foreign}"),
        (
            [domain, str(tmp_path / "empty.hddl")],
            f"{tmp_path / 'empty.hddl'}:1:1: expected (define ..., found the end of the file",
        ),
        ([str(tmp_path / "zipped.hddl"), problem], f"{tmp_path / 'zipped.hddl'}: is no text: expected HDDL"),
    ):
        assert main(["solve", *words]) == 30
        printed = capsys.readouterr()
        assert printed.out == ""
        assert printed.err.startswith(f"htn: {said}")
        assert printed.err.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "the following arguments are required: COMMAND (see htn --help)"),
        (["slove"], "argument COMMAND: invalid choice: 'slove'"),
        (["solve", "domain.hddl"], "the following arguments are required: PROBLEM (see htn solve --help)"),
        (["solve", "d", "p", "--time-limit", "0"], "argument --time-limit: invalid positive number value: '0'"),
        (["solve", "d", "p", "--time-limit", "nan"], "argument --time-limit: invalid positive number value: 'nan'"),
        (["solve", "d", "p", "--fast"], "unrecognized arguments: --fast"),
    ],
)
def test_wrong_arguments_are_input_errors(words, said, capsys):
    """Exit code 30 and one sentence, with --json as a document."""
    assert main(words) == 30
    assert capsys.readouterr().err.startswith(f"htn: {said}")
    assert main([*words, "--json"]) == 30


@pytest.mark.parametrize("name", ["solve", "verify", "check", "show", "why"])
def test_help_names_the_exit_codes(name, capsys):
    """Each command's own help too."""
    for words in ([name, "--help"], ["--help"]):
        with pytest.raises(SystemExit) as ended:
            main(words)
        assert ended.value.code == 0
        assert "10 there is no plan" in " ".join(capsys.readouterr().out.split())


def test_a_limit_is_kept_for_python_domains_too(tmp_path, capsys):
    """Also while the user's file runs, whatever it catches."""
    (tmp_path / "d.py").write_text(
        "from htn.model import Domain, State\nimport time\ndomain, state, tasks = Domain('d'), State(), []\n"
        "until = time.monotonic() + 60\nwhile time.monotonic() < until:\n    try:\n        sum(range(100))\n"
        "    except Exception:\n        pass\n"
    )
    assert main(["solve", str(tmp_path / "d.py"), str(tmp_path / "d.py"), "--time-limit", "0.1"]) == 21


def test_what_is_left_for_a_search_is_less_than_the_limit():
    """So that its plan can still be written."""
    watch = stopping.Watch(seconds=10, begun=time.perf_counter() - 4)
    assert watch.seconds_left is not None
    assert 5 < watch.seconds_left < 6
    assert stopping.Watch().seconds_left is None
    assert stopping.Watch(memory_mb=1).memory_left == 0


def test_the_answer_at_a_limit_is_not_interrupted_by_the_limit():
    """Who was told that the time is over can say so in peace."""
    with stopping.Watch(seconds=0).kept():
        with pytest.raises(stopping.Stopped, match="the limit on seconds was reached"):
            signal.raise_signal(signal.SIGALRM)
        signal.raise_signal(signal.SIGALRM)
