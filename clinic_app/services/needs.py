"""What a method of a service needs is said at the method, and enforced before every call.

Loaded with the services' names: no database and no drawing is loaded along.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, ParamSpec, Protocol, TypeVar

from clinic_app.domain.access import Action
from clinic_app.domain.patients import Patient

P = ParamSpec("P")
R = TypeVar("R")
Viewed = Callable[[str, tuple[int, ...]], None]
"""Is told what was shown: ``"patient"`` with patients, ``"photos"`` with pictures."""


@dataclass(frozen=True, slots=True)
class Rule:
    """What one method needs, and by which of its arguments the patients it is about are found.

    ``nouns``: pairs of a noun (``patient``, ``case``, ``picture`` ...) and the argument (``details.patient_id``) that
    holds one id or several. ``signed``: the action instead where one of the sessions is finalised. ``when``: asked
    only where this argument is true. ``view``: what the method shows.
    """

    action: Action
    nouns: tuple[tuple[str, str], ...] = ()
    signed: Action | None = None
    when: str = ""
    view: str = ""


class Asked(Protocol):
    """Answers whether something may be done."""

    def require(self, rule: Rule, arguments: Callable[[str], object]) -> None:
        """Refuse what is not open now. Raises ``AccessRefused``."""
        ...


class Guarded(Protocol):
    """What the decorator needs to find: the access of the open clinic, and who is told what was shown."""

    @property
    def access(self) -> Asked:
        """Who may do what."""
        ...

    viewed: Viewed


def needs(
    action: Action, *, signed: Action | None = None, when: str = "", view: str = "", **nouns: str
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Say what a service's method needs, and enforce it before every call.

    The patients it is about are found by arguments named as ``patient="patient_id"``, ``case=``, ``picture=``,
    ``session=``, ``visit=``, ``appointment=``, ``external=``: the path of an argument that holds an id or several (the
    keys of a mapping count). ``signed``: the action asked for instead where a session is finalised. ``when``: the
    argument that must be true for this to be asked at all. ``view``: ``"patient"`` or ``"photos"``: what it shows is
    told to ``context.viewed`` afterwards. Several of them on one method are all asked.
    """
    rule = Rule(action, tuple(nouns.items()), signed, when, view)

    def guard(method: Callable[P, R]) -> Callable[P, R]:
        original = inspect.unwrap(method)
        names, defaults = _arguments_of(original)
        for path in (*nouns.values(), *([when] if when else [])):
            if path.partition(".")[0] not in names:
                raise TypeError(f"{original.__qualname__} has no argument {path}")

        @wraps(method)
        def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
            def argument(path: str) -> object:
                name, _, rest = path.partition(".")
                position = names.index(name)
                value: Any = kwargs[name] if name in kwargs else defaults.get(name)
                if position < len(args):
                    value = args[position]
                for part in rest.split(".") if rest else ():
                    value = getattr(value, part)
                return value

            context = _context_of(args[0])
            context.access.require(rule, argument)
            answer = method(*args, **kwargs)
            if view:
                shown = _shown(view, answer, rule, argument)
                if shown:
                    context.viewed(view, shown)
            return answer

        guarded.__needs__ = (rule, *getattr(method, "__needs__", ()))  # type: ignore[attr-defined]
        return guarded

    return guard


def _arguments_of(function: Callable[..., object]) -> tuple[tuple[str, ...], dict[str, object]]:
    """The names of a plain function's arguments in order, and the values of those that may be left out.

    Read from the function itself: ``inspect.signature`` builds objects for each, 10 ms over all that a start loads.
    """
    code = function.__code__
    names = code.co_varnames[: code.co_argcount + code.co_kwonlyargcount]
    positional = function.__defaults__ or ()
    given = zip(names[code.co_argcount - len(positional) : code.co_argcount], positional, strict=True)
    return names, {**dict(given), **(function.__kwdefaults__ or {})}


def open_to_all(method: Callable[P, R]) -> Callable[P, R]:
    """Say that a service's method needs nothing, or asks by itself: everybody may call it at any time."""
    method.__needs__ = ()  # type: ignore[attr-defined]
    return method


def _context_of(owner: Any) -> Guarded:
    """The context itself, or that of a service (``_context``) or of all services (``context``)."""
    for name in ("_context", "context"):
        if hasattr(owner, name):
            owner = getattr(owner, name)
    context: Guarded = owner
    return context


def numbers_in(value: Any) -> tuple[int, ...]:
    """The ids an argument holds: one, several, the keys of a mapping, or none."""
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else tuple(value)


def _shown(view: str, answer: Any, rule: Rule, argument: Callable[[str], object]) -> tuple[int, ...]:
    """Patients or pictures a method has shown: those its arguments name, else the patient in its answer."""
    noun = "patient" if view == "patient" else "picture"
    named = tuple(id_ for found, path in rule.nouns if found == noun for id_ in numbers_in(argument(path)))
    if named or view != "patient" or answer is None:
        return named
    patient = answer if isinstance(answer, Patient) else getattr(answer, "patient", None)
    return (patient.id,) if isinstance(patient, Patient) else ()
