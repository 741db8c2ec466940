#!/usr/bin/env python3
"""Everything a developer, a tester or CI does with this repository, in one command each.

    python3 dev.py demo          the window on an invented clinic (further arguments go to main.py)
    python3 dev.py run           the program itself (further arguments go to main.py)
    python3 dev.py test          all tests (further arguments go to pytest)
    python3 dev.py check         ruff, ruff format, mypy --strict, import contracts
    python3 dev.py bench         the benchmarks, each as a ratio to a floor (--json for machines)
    python3 dev.py screenshots   every screen, light, dark and compact, into docs/pictures/

Standard library only. On Windows say ``py dev.py ...``. The environment is made in ``.venv`` from
``requirements/lock.txt`` the first time and after every change of that file.
"""

from __future__ import annotations

import argparse
import ctypes
import hashlib
import importlib.util
import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOCK = HERE / "requirements" / "lock.txt"
VENV = HERE / ".venv"
STAMP = VENV / "made-from"
PYTHON = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
OLDEST_PYTHON = (3, 11)

WHOLE_SUITE = ("-n", "2", "--dist", "loadscope", "-q")
COMMANDS = ("demo", "run", "test", "check", "bench", "screenshots")

# What Qt's wheels load from the system, found missing one by one on a Debian 12 minbase: library -> package.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libbrotlidec.so.1": "libbrotli1",
}
X11_LIBRARIES = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxcb-xkb.so.1": "libxcb-xkb1",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", "~/.local/share/fonts", "~/.fonts")
CLUSTER_SETTINGS = Path("/etc/postgresql-common/createcluster.conf")
VIRTUAL_SCREEN = "1920x1080x24"


class Lacking(Exception):
    """Something is missing that this script may not, or could not, install; the text is one line."""


def say(text: str) -> None:
    """One line to the person at the keyboard; standard output belongs to the program that is run."""
    print(text, file=sys.stderr, flush=True)


# --- the system -------------------------------------------------------------------------------------------------


def _loads(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _has_postgres() -> bool:
    return bool(shutil.which("initdb") or list(Path("/usr/lib/postgresql").glob("*/bin/initdb")))


def _has_fonts() -> bool:
    folders = (Path(f).expanduser() for f in FONT_FOLDERS)
    return any(True for folder in folders for _ in folder.rglob("*.[to]tf"))


def _needs_virtual_screen() -> bool:
    """Whether a window would have nowhere to go."""
    return sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def opens_window(command: str, arguments: Sequence[str]) -> bool:
    """Whether main.py will show a window: its own commands (``run due --json``) need no screen."""
    return command == "demo" or (command == "run" and (not arguments or arguments[0].startswith("-")))


def missing_packages(command: str, *, window: bool) -> list[str]:
    """The Debian packages ``command`` needs that are not there (Linux; an empty list elsewhere)."""
    if sys.platform != "linux":
        return []
    missing = []
    if importlib.util.find_spec("ensurepip") is None and not PYTHON.exists():
        missing.append("python3-venv")
    if command != "check":
        missing += [package for library, package in QT_LIBRARIES.items() if not _loads(library)]
        if not _has_fonts():
            missing.append("fonts-dejavu-core")
    if window:
        missing += [package for library, package in X11_LIBRARIES.items() if not _loads(library)]
        if _needs_virtual_screen() and not shutil.which("Xvfb"):
            missing += ["xvfb", "xauth"]
    if command == "test" and not _has_postgres():
        missing.append("postgresql")
    return missing


def _apt(*arguments: str) -> None:
    command = ["apt-get", "-q", "-y", "-o", "DPkg::Lock::Timeout=300", *arguments]
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        command, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        lines = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("E:")]
        raise Lacking(
            f"apt-get {arguments[0]} failed: {lines[0] if lines else 'see apt-get'} (is this machine online?)"
        )


def _apt_install(packages: Sequence[str]) -> None:
    say(f"Installing from the system's packages: {' '.join(packages)}")
    _apt("update")
    if "postgresql" in packages and not CLUSTER_SETTINGS.exists():
        # The tests start servers of their own; the package must not leave one running on this machine.
        _apt("install", "--no-install-recommends", "postgresql-common")
        settings = CLUSTER_SETTINGS.read_text("utf-8") if CLUSTER_SETTINGS.exists() else ""
        CLUSTER_SETTINGS.write_text(settings + "\ncreate_main_cluster = false\n", "utf-8")
    _apt("install", "--no-install-recommends", *packages)


def provide_system(command: str, *, window: bool) -> None:
    """Install what the system lacks where that is allowed; else raise ``Lacking`` with the exact line to type."""
    missing = missing_packages(command, window=window)
    if not missing:
        return
    has_apt = shutil.which("apt-get") is not None
    if has_apt and hasattr(os, "geteuid") and os.geteuid() == 0:
        _apt_install(missing)
        return
    names = " ".join(missing)
    line = f"sudo apt-get update && sudo apt-get install --no-install-recommends {names}"
    if missing == ["postgresql"]:
        say(f"Without PostgreSQL its tests are skipped; to run them too: {line if has_apt else 'install PostgreSQL'}")
        return
    if has_apt:
        raise Lacking(f"This machine lacks packages; run: {line}")
    raise Lacking(f"This machine lacks what Debian calls: {names}; install your distribution's packages for them")


# --- the environment --------------------------------------------------------------------------------------------


def _fingerprint() -> tuple[str, str]:
    """The Python version and the content of the lock that the environment is made from."""
    return platform.python_version(), hashlib.sha256(LOCK.read_bytes()).hexdigest()


def _stamp() -> list[str]:
    return STAMP.read_text("utf-8").split() if STAMP.exists() else []


def _reason(output: str) -> str:
    offline = ("No matching distribution", "Connection", "Temporary failure", "timed out", "Max retries", "getaddrinfo")
    if any(word in output for word in offline):
        return "the packages could not be fetched (is this machine online?)"
    errors = [line for line in output.splitlines() if line.startswith("ERROR")]
    return errors[0] if errors else (output.strip().splitlines() or ["pip gave no reason"])[-1]


def provide_environment() -> None:
    """Make ``.venv`` hold exactly-hashed packages of the lock; instant when it already does.

    The stamp is written last and taken away first, so an environment whose making was interrupted is made anew.
    """
    version, digest = _fingerprint()
    stamp = _stamp()
    if stamp == [version, digest] and PYTHON.exists():
        return
    if stamp[:1] != [version] or not PYTHON.exists():
        say("Making the environment in .venv (about 800 MB, once) ...")
        shutil.rmtree(VENV, ignore_errors=True)
        base = getattr(sys, "_base_executable", None) or sys.executable
        made = subprocess.run([base, "-m", "venv", str(VENV)], capture_output=True, text=True, check=False)
        if made.returncode != 0:
            raise Lacking(f"Could not make .venv: {_reason(made.stdout + made.stderr)}")
    else:
        say("The lock has changed: bringing .venv up to date ...")
        STAMP.unlink()
    pip = [
        str(PYTHON),
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--no-input",
        "install",
        "--quiet",
        "--retries",
        "2",
    ]
    pip += ["--require-hashes", "--only-binary", ":all:", "--requirement", str(LOCK)]
    done = subprocess.run(pip, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Lacking(f"Could not fill .venv: {_reason(done.stdout + done.stderr)}")
    STAMP.write_text(f"{version}\n{digest}\n", "utf-8")


# --- the commands -----------------------------------------------------------------------------------------------


def _call(command: Sequence[str], **environment: str) -> int:
    """Run a program in the repository and wait for it; its exit code."""
    try:
        return subprocess.run(command, cwd=HERE, env={**os.environ, **environment}, check=False).returncode
    except KeyboardInterrupt:
        return 130


@contextmanager
def _screen(*, wanted: bool) -> Iterator[Mapping[str, str]]:
    """The environment in which a window can open; a virtual screen for as long as it lasts where there is none."""
    if not wanted or not _needs_virtual_screen() or os.environ.get("QT_QPA_PLATFORM"):
        yield {}
        return
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", VIRTUAL_SCREEN, "-nolisten", "tcp"]
    server = subprocess.Popen(
        command, pass_fds=(writing,), stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as pipe:
            number = pipe.readline().strip()
        if not number:
            raise Lacking("The virtual screen (Xvfb) did not start")
        say(f"There is no screen here: the window opens on the virtual display :{number}")
        yield {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb"}
    finally:
        server.terminate()
        server.wait()


def _main_program(*arguments: str, window: bool) -> int:
    with _screen(wanted=window) as screen:
        return _call([str(PYTHON), "main.py", *arguments], **screen)


def _tests(*arguments: str) -> int:
    """The whole suite in two processes; with arguments, just what they ask for."""
    return _call([str(PYTHON), "-m", "pytest", *(arguments or WHOLE_SUITE)], QT_QPA_PLATFORM="offscreen")


def _checks(*_: str) -> int:
    python = str(PYTHON)
    contracts = PYTHON.with_name("lint-imports.exe" if os.name == "nt" else "lint-imports")
    steps = {
        "ruff": [python, "-m", "ruff", "check"],
        "ruff format": [python, "-m", "ruff", "format", "--check"],
        "mypy": [python, "-m", "mypy"],
        "import contracts": [str(contracts)],
    }
    failed = []
    for name, command in steps.items():
        say(f"== {name}")
        if _call(command) != 0:
            failed.append(name)
    say(f"Not clean: {', '.join(failed)}" if failed else "All clean.")
    return 1 if failed else 0


def _module(name: str, *arguments: str) -> int:
    return _call([str(PYTHON), "-m", name, *arguments], QT_QPA_PLATFORM="offscreen")


def carry_out(command: str, arguments: Sequence[str]) -> int:
    """Do one command; the exit code of what it ran."""
    if command in {"demo", "run"}:
        demo = ["--demo"] if command == "demo" else []
        return _main_program(*demo, *arguments, window=opens_window(command, arguments))
    if command == "test":
        return _tests(*arguments)
    if command == "check":
        return _checks()
    return _module("tests.benchmarks" if command == "bench" else "tests.screenshots", *arguments)


def main(argv: Sequence[str]) -> int:
    """Read the command, provide what it needs, do it."""
    parser = argparse.ArgumentParser(
        prog="dev.py", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS)
    if argv[1:2] and argv[1] in COMMANDS:
        command, arguments = argv[1], argv[2:]
    else:
        command, arguments = parser.parse_args(argv[1:2] or ["--help"]).command, []
    if sys.version_info < OLDEST_PYTHON:
        say("Dystonia Case Tracker needs Python 3.11 or newer; this is " + platform.python_version())
        return 1
    # A terminated parent takes its child and the virtual screen with it.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        provide_system(command, window=opens_window(command, arguments))
        provide_environment()
        return carry_out(command, arguments)
    except Lacking as lacking:
        say(str(lacking))
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main(sys.argv))
