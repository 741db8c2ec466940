"""Slows down whoever tries passphrases: 3 wrong ones are free, then 2, 4, 8 ... s up to 15 minutes, at most 100.

``tries.json`` in the data folder, and its copy, keep for each person how many tries in a row were wrong and how many
seconds were left to wait when the computer's steady clock stood at ``at``. That clock counts from the start of the
computer and nobody sets it. Read again later, only what it moved on is taken off; where it stands lower than ``at`` the
computer was started anew and nothing is. So no date that anybody sets shortens a wait, and no restart of the program or
of the computer does. A try is counted before it is made: ending the program meanwhile does not help either.

Where the file is missing or damaged although tries have been counted in this place (``Vault.tries_kept_in``), nobody
knows how many there were: everybody waits 15 minutes, and again after each wrong try.

What it does not stop: whoever can write the files of this folder can put older ones back, or copy the folder to a place
of their own, and try there without waiting. Against them stands only what a single try costs (Argon2id, half a second
and 64 MiB at least) and the length of the passphrase. The sum over the file shows damage by accident, not by intent:
before anybody signed in there is no key to seal it with.
"""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from clinic_app.domain.errors import AccessRefused, StorageUnavailable
from clinic_app.domain.people import FREE_TRIES, LONGEST_WAIT_S, MOST_TRIES, user_key, wait_after
from clinic_app.storage import durable
from clinic_app.storage.vault import Vault, one_writer

FILE_NAME: Final = "tries.json"
COPY_NAME: Final = "tries.json.bak"
FORMAT: Final = 1
UNKNOWN_FAILURES: Final = FREE_TRIES + math.ceil(math.log2(LONGEST_WAIT_S))
"""As many as give the longest wait."""
_LARGEST_FILE: Final = 1 << 20
_MOST_MOMENTS: Final = MOST_TRIES


@dataclass(frozen=True, slots=True)
class Tries:
    """The wrong tries of one person in a row, and seconds to wait from the steady clock's ``at``.

    ``moments`` (ISO, the computer's date and time) and ``refused`` (tries during a wait) are those of which the audit
    does not know yet.
    """

    failures: int = 0
    wait_s: float = 0.0
    at: float = 0.0
    moments: tuple[str, ...] = ()
    refused: int = 0

    def left(self, now: float) -> float:
        """Seconds still to wait when the steady clock stands at ``now``."""
        return max(0.0, self.wait_s - max(0.0, now - self.at))


@dataclass(frozen=True, slots=True)
class _State:
    """What the file holds: ``number`` grows with every writing, ``others`` stands for whoever is not named."""

    number: int = 0
    others: Tries = Tries()
    people: Mapping[str, Tries] = field(default_factory=dict)

    def of(self, key: str) -> Tries:
        return self.people.get(key, self.others)

    def with_(self, key: str, tries: Tries) -> _State:
        return replace(self, people={**self.people, key: tries})


def place_of(vault: Vault) -> str:
    """The name, in the vault, of the folder in which tries are counted: another for a copy in another place."""
    said = f"{vault.vault_id}\0{vault.folder.absolute()}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"bx/tries/v1" + said).hexdigest()[:24]


def key_of(vault: Vault, user: str) -> str:
    """Under which key the tries of a person are kept: no name that somebody typed is written down."""
    said = f"{vault.vault_id}\0{user_key(user)}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(b"bx/tries/user/v1" + said).hexdigest()[:24]


class Throttle:
    """Counts wrong tries at the vaults of this computer. May be asked from several threads and programs at once.

    ``steady`` is the computer's clock since it was started, in seconds. Where the disk cannot be written (full,
    write-protected) tries are counted in memory, for as long as this object lives.
    """

    def __init__(self, steady: Callable[[], float] = time.monotonic) -> None:
        self._steady = steady
        self._known: dict[str, _State] = {}

    def waiting(self, vault: Vault, user: str) -> float:
        """Seconds this person has to wait before the next try; infinite after 100 wrong ones."""
        if vault.demo:
            return 0.0
        tries = self._settled(vault).of(key_of(vault, user))
        return math.inf if tries.failures >= MOST_TRIES else tries.left(self._steady())

    def begin(self, vault: Vault, user: str, moment: str) -> None:
        """Count a try as wrong before it is made; ``moment`` is what the computer's date and time say.

        Raises:
            AccessRefused: ``wait_before_trying`` (``seconds``), ``too_many_tries``.
        """
        key = key_of(vault, user)
        with self._changing(vault) as state:
            tries, now = state.of(key), self._steady()
            left = tries.left(now)
            if left > 0 or tries.failures >= MOST_TRIES:
                self._write(vault, state.with_(key, replace(tries, wait_s=left, at=now, refused=tries.refused + 1)))
                if tries.failures >= MOST_TRIES:
                    raise AccessRefused("too_many_tries", user=user, most=MOST_TRIES)
                raise AccessRefused("wait_before_trying", seconds=math.ceil(left), user=user)
            failures = tries.failures + 1
            moments = (*tries.moments, moment)[-_MOST_MOMENTS:]
            self._write(vault, state.with_(key, Tries(failures, wait_after(failures), now, moments, tries.refused)))

    def withdraw(self, vault: Vault, user: str) -> None:
        """The try came to nothing for another reason: it does not count."""
        key = key_of(vault, user)
        with self._changing(vault) as state:
            tries = state.of(key)
            before = replace(tries, failures=max(0, tries.failures - 1), wait_s=0.0, moments=tries.moments[:-1])
            self._write(vault, state.with_(key, before))

    def right(self, vault: Vault, user: str) -> None:
        """The try that was begun was right: the count begins anew. What the audit does not know yet stays."""
        key = key_of(vault, user)
        with self._changing(vault) as state:
            tries = state.of(key)
            self._write(vault, state.with_(key, Tries(moments=tries.moments[:-1], refused=tries.refused)))

    def forgive(self, vault: Vault, user: str) -> None:
        """An admin or a code let this person in again: the count begins anew."""
        key = key_of(vault, user)
        with self._changing(vault) as state:
            tries = state.of(key)
            self._write(vault, state.with_(key, Tries(moments=tries.moments, refused=tries.refused)))

    def unentered(self, vault: Vault) -> dict[str, Tries]:
        """By key, the tries of which the audit does not know yet."""
        return {key: tries for key, tries in self._settled(vault).people.items() if tries.moments or tries.refused}

    def entered(self, vault: Vault, done: Mapping[str, Tries]) -> None:
        """These tries are in the audit now; others that came meanwhile stay."""
        with self._changing(vault) as state:
            people = dict(state.people)
            for key, was in done.items():
                tries = people.get(key, Tries())
                rest = tuple(moment for moment in tries.moments if moment not in was.moments)
                people[key] = replace(tries, moments=rest, refused=max(0, tries.refused - was.refused))
            self._write(vault, replace(state, people=people))

    def start(self, vault: Vault) -> None:
        """Begin to count in a new place, so that a missing file is noticed from now on."""
        with self._changing(vault) as state:
            self._write(vault, state)

    @contextmanager
    def _changing(self, vault: Vault) -> Iterator[_State]:
        with _alone(vault.folder):
            yield self._settle(vault)

    def _settled(self, vault: Vault) -> _State:
        """The state, written only where reading it had to change it."""
        state, changed = self._look(vault)
        if not changed:
            return state
        with self._changing(vault) as settled:
            return settled

    def _settle(self, vault: Vault) -> _State:
        state, changed = self._look(vault)
        return self._write(vault, state) if changed else state

    def _look(self, vault: Vault) -> tuple[_State, bool]:
        """The newest state that is known, and whether it is another than the one on the disk."""
        place, now = place_of(vault), self._steady()
        found = [state for name in (FILE_NAME, COPY_NAME) if (state := _stored(vault, name)) is not None]
        known = self._known.get(place)
        state = max(found, key=lambda one: one.number, default=None)
        if known is not None and (state is None or state.number < known.number):
            state = known
        if state is None:
            there = any((vault.folder / name).exists() for name in (FILE_NAME, COPY_NAME))
            if not there and vault.tries_kept_in != place:
                return _State(), False
            return _State(others=Tries(UNKNOWN_FAILURES, LONGEST_WAIT_S, now)), True
        if any(tries.at > now for tries in (state.others, *state.people.values())):
            return _stamped_anew(state, now), True
        return state, False

    def _write(self, vault: Vault, state: _State) -> _State:
        state = replace(state, number=state.number + 1)
        self._known[place_of(vault)] = state
        content = _written(vault, state)
        with suppress(StorageUnavailable):
            for name in (FILE_NAME, COPY_NAME):
                durable.write_file(vault.folder / name, content)
        return state


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """The only writer; where no lock can be had because the folder cannot be written, nobody else writes either."""
    with ExitStack() as held:
        try:
            held.enter_context(one_writer(folder))
        except StorageUnavailable as fault:
            if fault.code == "vault_busy":
                raise
        yield


def _stamped_anew(state: _State, now: float) -> _State:
    """The computer was started anew since: what was left to wait is waited from now on."""

    def stamped(tries: Tries) -> Tries:
        return replace(tries, at=now) if tries.at > now else tries

    return replace(
        state, others=stamped(state.others), people={key: stamped(tries) for key, tries in state.people.items()}
    )


def _canonical(body: Mapping[str, object]) -> bytes:
    return json.dumps(body, sort_keys=True, separators=(",", ":")).encode("ascii")


def _entry(tries: Tries) -> dict[str, object]:
    return {
        "failures": tries.failures,
        "wait_s": tries.wait_s,
        "at": tries.at,
        "moments": list(tries.moments),
        "refused": tries.refused,
    }


def _written(vault: Vault, state: _State) -> bytes:
    body: dict[str, object] = {
        "format": FORMAT,
        "vault_id": vault.vault_id,
        "number": state.number,
        "others": _entry(state.others),
        "people": {key: _entry(tries) for key, tries in state.people.items()},
    }
    body["checksum"] = hashlib.sha256(_canonical(body)).hexdigest()
    return json.dumps(body, indent=1).encode("ascii") + b"\n"


def _stored(vault: Vault, name: str) -> _State | None:
    """What one of the two files says; None where it is missing, damaged or of another vault."""
    try:
        with (vault.folder / name).open("rb") as file:
            content = file.read(_LARGEST_FILE + 1)
        body = json.loads(content.decode("ascii"))
        checksum = body.pop("checksum")
        if checksum != hashlib.sha256(_canonical(body)).hexdigest():
            return None
        if body["format"] != FORMAT or body["vault_id"] != vault.vault_id:
            return None
        people = {str(key): _tries_of(entry) for key, entry in body["people"].items()}
        return _State(_count(body["number"]), _tries_of(body["others"]), people)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _tries_of(entry: Mapping[str, object]) -> Tries:
    wait_s, at, moments = entry["wait_s"], entry["at"], entry["moments"]
    if not isinstance(wait_s, (int, float)) or not 0 <= wait_s <= LONGEST_WAIT_S:
        raise ValueError("wait_s")
    if not isinstance(at, (int, float)) or not math.isfinite(at):
        raise ValueError("at")
    if not isinstance(moments, list) or not all(isinstance(moment, str) for moment in moments):
        raise TypeError("moments")
    return Tries(_count(entry["failures"]), float(wait_s), float(at), tuple(moments), _count(entry["refused"]))


def _count(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise ValueError("count")
    return value
