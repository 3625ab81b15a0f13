"""Records: what is promised of them is what is promised of frozen dataclasses with slots."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from functools import cached_property

import pytest

from htn.model.record import Record, field, replace


class Point(Record):
    """A record with all that a field can have."""

    x: int
    y: int = 0
    seen: list[int] = field(factory=list)
    note: str = field(default="", compare=False, repr=False)


class Counted(Record):
    """A base whose field is given by name, whatever is declared below it."""

    count: int = field(default=0, kw_only=True)


class Named(Counted):
    """A record below another, with a property that is computed once."""

    name: str

    @cached_property
    def loud(self) -> str:
        """The name in capitals."""
        return self.name.upper()


class Open(Record, frozen=False):
    """A record that can be changed."""

    x: int
    y: list[int] = field(factory=list)


class Checked(Record):
    """A record that looks at what it is given."""

    x: int

    def __post_init__(self) -> None:
        if self.x < 0:
            raise ValueError("below 0")


def like(cls: type) -> type:
    """Return the dataclass that says the same as `Point`."""
    return dataclasses.make_dataclass(
        "Point",
        [
            ("x", int),
            ("y", int, 0),
            ("seen", list, dataclasses.field(default_factory=list)),
            ("note", str, dataclasses.field(default="", compare=False, repr=False)),
        ],
        frozen=True,
        slots=True,
    )


@pytest.mark.parametrize(
    ("values", "named"), [((1,), {}), ((1, 2), {"note": "a"}), ((1, 2, [3], "b"), {}), ((), {"y": 2, "x": 1})]
)
def test_records_print_match_and_compare_as_dataclasses_do(values, named):
    """The same values given to both."""
    ours, theirs = Point(*values, **named), like(Point)(*values, **named)
    assert repr(ours) == repr(theirs)
    assert dataclasses.asdict(ours) == dataclasses.asdict(theirs)
    assert [field.name for field in dataclasses.fields(ours)] == [field.name for field in dataclasses.fields(theirs)]
    assert vars(Point)["__match_args__"] == vars(like(Point))["__match_args__"]
    assert ours == Point(ours.x, ours.y, ours.seen, "another note")
    assert ours != Point(7)
    assert ours != theirs


@pytest.mark.parametrize(("values", "named"), [((), {}), ((1,), {"z": 2}), ((1,), {"x": 2}), ((1, 2, [], "", 5), {})])
def test_wrong_arguments_are_refused(values, named):
    """Missing, unknown, twice, too many; also for the first record that is ever made of a class."""

    class Fresh(Point):
        """Compiled by this test."""

    for cls in (Fresh, Point):
        with pytest.raises(TypeError):
            cls(*values, **named)


def test_records_cannot_be_changed_unless_declared_so():
    """Frozen ones can be hashed; those that can be changed cannot."""
    with pytest.raises(dataclasses.FrozenInstanceError):
        setattr(Point(1), "x", 2)  # noqa: B010  (the type checker knows that it fails)
    with pytest.raises(dataclasses.FrozenInstanceError):
        del Named("a").name
    with pytest.raises(AttributeError):
        Open(1).z = 2
    assert len({Named("a"), Named("a"), Named("b")}) == 2
    changed = Open(1)
    changed.x = 2
    assert changed == Open(2)
    with pytest.raises(TypeError):
        hash(changed)
    assert Open(1).y is not Open(1).y


def test_fields_of_bases_come_first_and_those_by_name_last():
    """A base with a default does not force one on what is below it."""
    assert repr(Named("a", count=2)) == "Named(count=2, name='a')"
    assert Named("a").count == 0
    with pytest.raises(TypeError):
        Named("a", 2)  # type: ignore[call-arg]
    assert isinstance(Named("a"), Counted)
    assert Counted(count=1) != Named("a", count=1)


def test_records_survive_copying_pickling_and_replacing():
    """Equal afterwards, with fields that do not compare; properties are computed again."""
    named, point = Named("a", count=3), Point(1, 2, [3], "here")
    assert named.loud == "A"
    for again in (copy.copy(named), copy.deepcopy(named), pickle.loads(pickle.dumps(named))):  # noqa: S301
        assert (again, again.count, again.loud) == (named, 3, "A")
    deep = copy.deepcopy(point)
    assert (deep, deep.note) == (point, "here")
    assert deep.seen is not point.seen
    assert replace(point, y=5) == dataclasses.replace(point, y=5) == Point(1, 5, [3])
    assert replace(named, name="b").loud == "B"
    with pytest.raises(TypeError):
        replace(point, z=1)


def test_what_a_record_is_given_can_be_checked():
    """``__post_init__`` runs every time."""
    for _ in range(2):
        with pytest.raises(ValueError, match="below 0"):
            Checked(-1)
    assert Checked(1).x == 1
