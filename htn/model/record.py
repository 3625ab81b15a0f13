"""Records: immutable values declared like dataclasses, at a hundredth of what these cost when a module is imported."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, dataclass_transform

if TYPE_CHECKING:
    import dataclasses
    from typing import ClassVar

__all__ = ["Record", "field", "replace"]

_R = TypeVar("_R", bound="Record")
_MISSING: Any = object()
"""In place of a value that was not given; None is one."""
_FIELDS = "__dataclass_fields__"


class _Field(NamedTuple):
    """What is said of a field beside its name and type."""

    default: Any
    factory: Any
    compare: bool
    repr: bool
    kw_only: bool


def field(
    *,
    default: Any = _MISSING,
    factory: Callable[[], Any] = _MISSING,
    compare: bool = True,
    repr: bool = True,
    kw_only: bool = False,
) -> Any:
    """Say more of a record's field than its default.

    Parameters
    ----------
    default : object, optional
        The value where none is given.
    factory : callable, optional
        Makes the value where none is given.
    compare, repr : bool
        Whether the field counts when two records are compared, and whether it is shown.
    kw_only : bool
        Whether its value is given by name only.
    """
    return _Field(default, factory, compare, repr, kw_only)


class _DataclassFields:
    """What the functions of `dataclasses` ask a class for; made when they do, as importing these takes long."""

    def __get__(self, record: Record | None, cls: RecordType) -> dict[str, dataclasses.Field[Any]]:
        import dataclasses

        listed: list[tuple[str, str, dataclasses.Field[Any]]] = []
        for name, given in cls._record_fields.items():
            kept: dict[str, Any] = {"compare": given.compare, "repr": given.repr, "kw_only": True}
            if given.default is not _MISSING:
                kept["default"] = given.default
            if given.factory is not _MISSING:
                kept["default_factory"] = given.factory
            listed.append((name, "object", dataclasses.field(**kept)))
        found: dict[str, dataclasses.Field[Any]] = vars(dataclasses.make_dataclass(cls.__name__, listed))[_FIELDS]
        return found


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
class RecordType(type):
    """The class of record classes: turns annotations into slots.

    Nothing is generated when a class is made. Its ``__init__`` is compiled when the first record of it is, so that the
    classes that a program only mentions cost it nothing.
    """

    _record_fields: dict[str, _Field]
    _record_compared: Callable[[Any], Any]

    def __new__(
        mcs, name: str, bases: tuple[type, ...], namespace: dict[str, Any], *, frozen: bool = True
    ) -> RecordType:
        fields: dict[str, _Field] = {}
        for base in bases:
            fields.update(getattr(base, "_record_fields", {}))
        own = [key for key in namespace.get("__annotations__", {}) if not key.startswith("__")]
        for key in own:
            given = namespace.pop(key, _MISSING)
            fields[key] = given if isinstance(given, _Field) else _Field(given, _MISSING, True, True, False)
        # Properties that are computed once keep their values in the instance's dictionary.
        cached = any(isinstance(value, cached_property) for value in namespace.values())
        namespace.setdefault("__slots__", (*own, "__dict__") if cached else tuple(own))
        namespace.setdefault("__match_args__", tuple([key for key, given in fields.items() if not given.kw_only]))
        namespace.setdefault("__init__", _first_init)
        if not frozen:
            namespace.update(__setattr__=object.__setattr__, __delattr__=object.__delattr__, __hash__=None)
        cls = super().__new__(mcs, name, bases, namespace)
        cls._record_fields = fields
        cls._record_compared = _reader([key for key, given in fields.items() if given.compare])
        return cls

    def __init__(cls, *_: object, **__: object) -> None:
        super().__init__(cls)


def _reader(names: list[str]) -> Callable[[Any], Any]:
    """Return a function that reads attributes into a tuple."""
    if len(names) > 1:
        return attrgetter(*names)
    return lambda record: tuple([getattr(record, name) for name in names])


def _first_init(self: Any, *values: Any, **named: Any) -> None:
    """Compile the ``__init__`` of the record's class, and go on with that."""
    cls: Any = next(cls for cls in type(self).__mro__ if cls.__dict__.get("__init__") is _first_init)
    head, body = ["self"], []
    scope: dict[str, Any] = {"missing": _MISSING}
    # Those given by name only come last, whichever class they come from.
    for key, given in sorted(cls._record_fields.items(), key=lambda item: item[1].kw_only):
        if given.kw_only and "*" not in head:
            head.append("*")
        scope[f"set_{key}"] = getattr(cls, key).__set__
        scope[f"default_{key}"], scope[f"make_{key}"] = given.default, given.factory
        if given.factory is not _MISSING:
            head.append(f"{key}=missing")
            body.append(f" set_{key}(self, make_{key}() if {key} is missing else {key})")
        else:
            head.append(key if given.default is _MISSING else f"{key}=default_{key}")
            body.append(f" set_{key}(self, {key})")
    if hasattr(cls, "__post_init__"):
        body.append(" self.__post_init__()")
    source = f"def __init__({', '.join(head)}):\n" + ("\n".join(body) or " pass")
    exec(source, scope)  # noqa: S102  (the names of the fields stand in it, and nothing else)
    init = scope["__init__"]
    init.__qualname__ = f"{cls.__qualname__}.__init__"
    cls.__init__ = init
    init(self, *values, **named)


class Record(metaclass=RecordType):
    """An immutable value with named fields; a base class.

    Fields are annotations with defaults, as in a dataclass; `field` says more of one. Records of one class are equal
    when their fields are, and can be hashed, matched, copied and pickled. They have slots only, apart from classes with
    a cached property. ``class Name(Record, frozen=False)`` declares one that can be changed, and not be hashed. The
    functions of `dataclasses` take records for what they do not cost: ``dataclasses.replace`` and ``asdict`` work.

    Examples
    --------
    >>> class Point(Record):
    ...     x: int
    ...     y: int = 0
    ...     note: str = field(default="", compare=False, repr=False)
    >>> Point(1), Point(1, note="here") == Point(1), replace(Point(1), y=2)
    (Point(x=1, y=0), True, Point(x=1, y=2))
    >>> Point(1).x = 2
    Traceback (most recent call last):
        ...
    dataclasses.FrozenInstanceError: cannot assign to field 'x'
    """

    if TYPE_CHECKING:
        __dataclass_fields__: ClassVar[dict[str, dataclasses.Field[Any]]]
    else:
        __dataclass_fields__ = _DataclassFields()

    def __setattr__(self, name: str, value: object) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def __delattr__(self, name: str) -> None:
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def __eq__(self, other: object) -> bool:
        if type(self) is not type(other):
            return NotImplemented
        compared = type(self)._record_compared
        return bool(compared(self) == compared(other))

    def __hash__(self) -> int:
        return hash(type(self)._record_compared(self))

    def __repr__(self) -> str:
        shown = [f"{key}={getattr(self, key)!r}" for key, given in type(self)._record_fields.items() if given.repr]
        return f"{type(self).__qualname__}({', '.join(shown)})"

    def __reduce__(self) -> tuple[Any, ...]:
        return _restored, (type(self), *[getattr(self, key) for key in type(self)._record_fields])

    def __replace__(self: _R, **changes: Any) -> _R:
        return replace(self, **changes)


def _restored(cls: type[Record], *values: Any) -> Record:
    """Return the record that was copied or pickled."""
    record = object.__new__(cls)
    for key, value in zip(cls._record_fields, values, strict=True):
        getattr(cls, key).__set__(record, value)
    return record


def replace(record: _R, **changes: Any) -> _R:
    """Return a copy of a record with other values for some fields.

    Raises
    ------
    TypeError
        When it has no such field.
    """
    kept = {key: getattr(record, key) for key in type(record)._record_fields if key not in changes}
    return type(record)(**kept, **changes)
