"""Dystonia Case Tracker: the window, or with a command the same services without a screen."""

from __future__ import annotations

import sys


def main() -> int:
    """Start what the arguments ask for and return the exit code."""
    if sys.argv[1:2] == ["--image-reader"]:
        from clinic_app.imaging.reader_process import main as read_images

        return read_images()
    from clinic_app.machine.faults import keep_faults_quiet

    keep_faults_quiet()
    from clinic_app.bootstrap import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
