"""A program that has everything loaded and forks itself, so that a test can start and kill it hundreds of times.

``Launcher`` is what a test holds. Each started process is one of its own, with its own pid, connections and files; what
it reports is appended to a file without a buffer, which outlives ``kill -9``.
"""

from __future__ import annotations

import gc
import json
import os
import random
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
READY = "ready"
PATIENCE_S = 60.0

Told = Callable[..., None]
Job = Callable[[Told, Any], None]


class Started:
    """One process that was forked off, and the file it writes to."""

    def __init__(self, launcher: Launcher, pid: int, told: Path) -> None:
        self._launcher = launcher
        self.pid = pid
        self._told = told

    def told(self) -> list[dict[str, Any]]:
        """What it said so far; a line it was killed in is left out."""
        lines = self._told.read_bytes().split(b"\n")[:-1] if self._told.exists() else []
        return [json.loads(line) for line in lines]

    def wait_until(self, said: str) -> None:
        """Wait until it said something."""
        deadline = time.monotonic() + PATIENCE_S
        mark = json.dumps({"said": said}).encode().removesuffix(b"}")
        while mark not in (heard := self._told.read_bytes() if self._told.exists() else b""):
            if time.monotonic() > deadline or not self._launcher.alive or b'"error"' in heard:
                raise AssertionError(f"{said} was never said: {heard.decode()}")
            time.sleep(0.0005)

    def kill(self) -> None:
        """``kill -9`` and wait until it is gone."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        self.end()

    def end(self) -> int:
        """Wait until it ends by itself; its status (negative: the signal)."""
        return self._launcher.reap(self.pid)


class Launcher:
    """Starts jobs of a module of ``tests.crash`` in processes of their own."""

    def __init__(self, module: str, folder: Path, **environment: str) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._count = 0
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.launcher", module],
            cwd=ROOT,
            env={**os.environ, "TMPDIR": str(folder), **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._ask({}) == {"loaded": True}

    @property
    def alive(self) -> bool:
        """Whether it still runs."""
        return self._process.poll() is None

    def start(self, job: str, **arguments: object) -> Started:
        """Fork a process for a job."""
        self._count += 1
        told = self._folder / f"told-{self._count}"
        answer = self._ask({"job": job, "told": str(told), "arguments": arguments})
        return Started(self, int(answer["pid"]), told)

    def reap(self, pid: int) -> int:
        """Wait for the end of a process."""
        return int(self._ask({"reap": pid})["status"])

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(PATIENCE_S)
        self._process.stdout.close()

    def _ask(self, question: dict[str, object]) -> dict[str, Any]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        assert line, "the launcher ended"
        answer: dict[str, Any] = json.loads(line)
        return answer


@contextmanager
def launcher(module: str, folder: Path, **environment: str) -> Iterator[Launcher]:
    """A launcher, ended afterwards."""
    one = Launcher(module, folder, **environment)
    try:
        yield one
    finally:
        one.close()


def _serve(jobs: dict[str, Job]) -> None:
    for line in sys.stdin:
        question = json.loads(line)
        if "reap" in question:
            _, status = os.waitpid(question["reap"], 0)
            answer: dict[str, object] = {"status": os.waitstatus_to_exitcode(status)}
        elif "job" in question:
            pid = os.fork()
            if pid == 0:
                _work(jobs[question["job"]], question["told"], question["arguments"])
            answer = {"pid": pid}
        else:
            answer = {"loaded": True}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


def _work(job: Job, told: str, arguments: dict[str, Any]) -> None:
    """The forked process: does the job and ends without going back to the launcher's loop."""
    descriptor = os.open(told, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    random.seed()

    def say(**facts: object) -> None:
        os.write(descriptor, json.dumps(facts).encode() + b"\n")

    code = 0
    try:
        job(say, arguments)
    except BaseException:  # noqa: BLE001  # whatever it is, the test has to hear of it
        say(error=traceback.format_exc())
        code = 1
    finally:
        os._exit(code)


if __name__ == "__main__":
    module = __import__(f"tests.crash.{sys.argv[1]}", fromlist=["JOBS"])
    module.load_everything()
    gc.freeze()
    _serve(module.JOBS)
