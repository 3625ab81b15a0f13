"""Scores are the competition's, by hand; files are paired as the competition's folders have them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import _ipc_claims as claims
from benchmarks import ipc
from benchmarks._ipc_scores import Peers, Result, agile, quality, reference, summary
from benchmarks._ipc_suite import Instance, choose, instances, suites
from benchmarks._ipc_tables import Board

DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "ipc2020"
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason="the competition's problems are not beside the repository")


@pytest.mark.parametrize(
    ("seconds", "score"), [(0.0, 1.0), (0.2, 1.0), (0.4, 0.83945), (1.7320508, 0.5), (15.0, 0.0), (20.0, 0.0)]
)
def test_agile_is_one_up_to_a_fifth_of_a_second_and_falls_with_the_logarithm(seconds, score):
    """By hand: ln 2 / ln 75 is 0.16055; the square root of 0.2 * 15 is half of the way."""
    assert agile(seconds) == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize(
    ("length", "best", "score"), [(10, 10, 1), (40, 10, 0.25), (8, 10, 1), (7, None, 1), (0, 0, 1), (3, 0, 0)]
)
def test_quality_is_the_best_length_of_others_over_ours(length, best, score):
    """Better than the reference, or without one, is one; nothing is to be done is the best there is."""
    assert quality(length, best) == score


def test_a_summary_adds_the_scores_and_punishes_what_is_not_solved():
    """Three instances: at once, at half of the scale with a plan twice as long as the best, and not solved."""
    results = {"a": Result(True, 0.1, 10), "b": Result(True, 1.7320508, 20), "c": Result(False, 15.0)}
    best = {"a": 10, "b": 10, "c": 5}
    score = summary(results, best)
    assert (score.instances, score.solved) == (3, 2)
    assert score.agile == pytest.approx(1.5)
    assert score.quality == pytest.approx(1.5)
    assert score.median == pytest.approx((0.1 + 1.7320508) / 2)
    assert score.par2 == pytest.approx((0.1 + 1.7320508 + 30) / 3)


def test_the_reference_is_the_best_of_the_solved():
    """A length without a plan does not count."""
    assert reference([Result(True, 1, 9), Result(True, 1, 7), Result(False, 1, 3), Result(True, 1)]) == 7
    assert reference([Result(False)]) is None


def row(planner, instance, status="solved", seconds=0.1, length=10, ours=True):
    """Return a row of results."""
    return {
        "planner": planner,
        "instance": instance,
        "status": status,
        "seconds": seconds,
        "length": length if status == "solved" else None,
        "ours": ours,
        "seconds_limit": 15.0,
    }


def test_our_own_lengths_do_not_set_the_reference(tmp_path):
    """Two of ours and one other: only the other's length counts, and recorded ones."""
    recorded = tmp_path / "peers.json"
    recorded.write_text(json.dumps({"tracks": {"t": {"d": {"one": {"Peer": [0.5, 30]}}}}, "largest": {}}))
    rows = [row("htn", "t/d/one", length=20), row("htn-b", "t/d/one", length=5), row("x", "t/d/one", ours=False)]
    board = Board(["t/d/one"], rows, Peers(recorded))
    assert board.best == {"t/d/one": 10}
    scores = {name: score.quality for name, score in board.summaries().items()}
    assert scores == {"htn": 0.5, "htn-b": 1.0, "x": 1.0, "Peer (recorded)": pytest.approx(1 / 3)}


def test_invalid_plans_and_wrong_claims_are_missed_and_named(tmp_path):
    """A claim that a problem is unsolvable is wrong where another planner solves it."""
    recorded = tmp_path / "peers.json"
    recorded.write_text(json.dumps({"tracks": {}, "largest": {}}))
    rows = [
        row("htn", "t/d/one", "invalid plan"),
        row("htn", "t/d/two", "unsolvable"),
        row("htn", "t/d/three", "unsolvable"),
        row("x", "t/d/two", ours=False),
    ]
    board = Board([f"t/d/{name}" for name in ("one", "two", "three")], rows, Peers(recorded))
    invalid, wrong = claims.soundness(board, "htn")
    assert not invalid.holds
    assert "t/d/one" in str(invalid)
    assert wrong.measured == 1
    assert "t/d/two" in str(wrong)
    zero = claims.whole_claims(board, "htn")[0]
    assert (zero.holds, "t/d" in str(zero)) == (False, True)


def perfect(peers, track):
    """Return rows that are as good as the best that was recorded on each instance, in no time."""
    rows = []
    for key, found in peers.results.items():
        if key.startswith(f"{track}/"):
            best = reference(found.values())
            rows.append(row("htn", key, "timeout" if best is None else "solved", length=best))
    return rows


@pytest.mark.parametrize(("track", "solved", "wanted"), [("total-order", 35, 3), ("partial-order", 9, 1)])
def test_the_targets_are_met_by_the_best_of_all_recorded_and_missed_by_less(track, solved, wanted):
    """What all recorded planners solve together, at once and as short as the shortest; and without one domain."""
    peers = Peers()
    rows = perfect(peers, track)
    board = Board([row["instance"] for row in rows], rows, peers)
    assert board.summaries()["htn"].solved == solved
    found = claims.sample_claims(board, "htn", track)
    assert len(found) == wanted
    assert all(claim.holds for claim in found)
    rows = [row("htn", r["instance"], "timeout") if "Transport" in r["instance"] else r for r in rows]
    less = claims.sample_claims(Board([r["instance"] for r in rows], rows, peers), "htn", track)
    assert not less[0].holds
    assert "Transport/pfile01" in str(less[0])


def test_the_largest_are_compared_with_the_time_recorded():
    """Transport p40 in 0.36 s, and Childsnack p30 in 0.51 s."""
    rows = [
        row("htn", "total-order/Transport/pfile40", seconds=0.54),
        row("htn", "total-order/Childsnack/p30", "timeout"),
        row("htn", "total-order/Childsnack/p01"),
    ]
    transport, childsnack = claims.largest_claims(rows, "htn", Peers())
    assert (transport.holds, childsnack.holds) == (True, False)
    assert transport.measured == pytest.approx(1.5)


def suite_of(folder, files):
    """Make a suite of empty files."""
    for name in files:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return folder


def test_a_problem_has_its_own_domain_or_that_of_its_folder(tmp_path):
    """Domains in one file, in one for each problem by both namings; what lies deeper or is no HDDL is left out."""
    files = ["A/domain.hddl", "A/p2.hddl", "A/p1.hddl", "A/README.md", "A/further/p3.hddl", "E/README.md"]
    files += ["B/p1-domain.hddl", "B/p1.hddl", "B/p2.hddl", "C/domain-p1.hddl", "C/p1.hddl"]
    found = instances(suite_of(tmp_path / "s", files))
    pairs = {name: [(each.domain_file.name, each.name) for each in listed] for name, listed in found.items()}
    assert pairs == {
        "A": [("domain.hddl", "p1"), ("domain.hddl", "p2")],
        "B": [("p1-domain.hddl", "p1")],
        "C": [("domain-p1.hddl", "p1")],
    }
    assert found["A"][0].key == "s/A/p1"


def test_a_folder_with_problems_is_a_suite_of_one_domain_and_tracks_are_found_below(tmp_path, monkeypatch):
    """A suite may be given at three levels; without one, the environment says where."""
    data = suite_of(tmp_path / "data", ["total-order/A/domain.hddl", "total-order/A/p1.hddl", "partial-order/x.md"])
    assert list(instances(data / "total-order" / "A")) == ["A"]
    assert [path.name for path in suites([str(data)])] == ["total-order", "partial-order"]
    assert suites([str(data / "none")]) == []
    monkeypatch.setenv("IPC2020", str(data))
    assert [path.name for path in suites([])] == ["total-order", "partial-order"]


def test_samples_are_the_first_and_those_at_equal_parts():
    """Of ten: 0, 3, 6 and 0, 5; of two: both, once."""

    def many(count):
        return [Instance("s", "d", str(n), Path(), Path()) for n in range(count)]

    names = {
        sample: [each.name for each in choose({"d": many(10)}, sample)] for sample in ("thirds", "halves", "first")
    }
    assert names == {"thirds": ["0", "3", "6"], "halves": ["0", "5"], "first": ["0"]}
    assert [each.name for each in choose({"d": many(2)}, "thirds")] == ["0", "1"]
    assert len(choose({"d": many(7)}, "all")) == 7


@needs_data
@pytest.mark.shared_data
@pytest.mark.parametrize(("track", "sample"), [("total-order", "thirds"), ("partial-order", "halves")])
def test_the_samples_are_the_instances_that_were_recorded(track, sample):
    """Exactly: else the peers' scores would be of other instances."""
    found = {each.key for each in choose(instances(DATA / track), sample)}
    assert found == {key for key in Peers().results if key.startswith(f"{track}/")}


@needs_data
@pytest.mark.shared_data
def test_the_quick_part_and_the_largest_are_in_the_data():
    """A name with a mistake would leave an instance out in silence."""
    given = ipc.options(["--quick"])
    for track, names in ipc.QUICK.items():
        assert len(ipc.chosen(DATA / track, given)) == len(names)
    assert len(ipc.largest(DATA / "total-order", ipc.options([]), Peers(), [])) == 2
