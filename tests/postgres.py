"""A PostgreSQL server of our own for the storage tests: temporary folder, local socket only, gone afterwards."""

from __future__ import annotations

import itertools
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psycopg

ROLE = "clinic"
START_SECONDS = 30.0


def find_programs() -> Path | None:
    """The folder that holds ``initdb`` and ``postgres``, or None where the server is not installed."""
    if sys.platform == "win32":
        return None  # the server under test listens on a local socket only
    debian = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: -int(p.parent.name))
    on_path = shutil.which("initdb")
    candidates = [*debian, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((c for c in candidates if (c / "initdb").exists() and (c / "postgres").exists()), None)


class PostgresServer:
    """One running server; ``create`` makes a database on it and answers its SQLAlchemy URL."""

    def __init__(self, programs: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="pg-"))
        self._numbers = itertools.count(1)
        self._as: dict[str, object] = {"cwd": self._folder, "stdin": subprocess.DEVNULL}
        if os.name == "posix" and os.geteuid() == 0:
            self._as |= self._unprivileged_user()
        data = self._folder / "data"
        locale = "C.UTF-8" if sys.platform == "linux" else "en_US.UTF-8"
        make: list[str | Path] = [programs / "initdb", "--no-sync", "--auth=trust", "--username", ROLE]
        self._run([*make, "--encoding=UTF8", f"--locale={locale}", "--pgdata", data])
        self._log = (self._folder / "server.log").open("wb")
        options = ["fsync=off", "synchronous_commit=off", "full_page_writes=off", "listen_addresses="]
        self._process = subprocess.Popen(  # type: ignore[call-overload]  # the user keywords are built above
            [programs / "postgres", "-D", data, "-k", self._folder, *(p for o in options for p in ("-c", o))],
            stdout=self._log,
            stderr=subprocess.STDOUT,
            **self._as,
        )
        self._wait_until_ready()

    def _unprivileged_user(self) -> dict[str, object]:
        """The server refuses to run as root: the keywords that start it as somebody else."""
        import pwd

        name = next(n for n in ("postgres", "nobody") if any(e.pw_name == n for e in pwd.getpwall()))
        entry = pwd.getpwnam(name)
        os.chown(self._folder, entry.pw_uid, entry.pw_gid)
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}

    def _run(self, command: list[str | Path]) -> None:
        done = subprocess.run(  # type: ignore[call-overload]  # the user keywords are built above
            command, capture_output=True, text=True, check=False, **self._as
        )
        if done.returncode != 0:
            raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr.strip()}")

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._dsn("postgres")).close()
            except psycopg.OperationalError as error:
                if self._process.poll() is not None or time.monotonic() > deadline:
                    log = (self._folder / "server.log").read_text("utf-8", "replace")
                    raise RuntimeError(f"PostgreSQL did not start: {error}\n{log[-2000:]}") from error
                time.sleep(0.02)
            else:
                return

    def _dsn(self, database: str) -> str:
        return f"host={self._folder} user={ROLE} dbname={database}"

    def _say(self, statement: str) -> None:
        with psycopg.connect(self._dsn("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def create(self, template: str = "template1") -> str:
        """A fresh database (a copy of ``template``); answers its URL for SQLAlchemy."""
        name = f"t{next(self._numbers)}"
        self._say(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
        return f"postgresql+psycopg://{ROLE}@/{name}?host={self._folder}"

    def drop(self, url: str) -> None:
        """Take a database of ``create`` away again, connections or not."""
        name = url.partition("@/")[2].partition("?")[0]
        self._say(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def stop(self) -> None:
        """End the server at once and remove its folder; nothing on it is worth a clean shutdown."""
        self._process.send_signal(signal.SIGQUIT)
        self._process.wait(timeout=START_SECONDS)
        self._log.close()
        shutil.rmtree(self._folder, ignore_errors=True)
