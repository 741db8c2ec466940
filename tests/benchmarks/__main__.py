"""``dev.py bench [--json] [--patients N] [--only PART]``: every speed as a ratio to a floor of the same run."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["CLINIC_KDF_FAST"] = "1"

from tests.benchmarks.table import Row


def _start() -> list[Row]:
    from tests.benchmarks.start import start_up

    return start_up()


def _compare() -> list[Row]:
    from tests.benchmarks.compare import full_detail, pair_open
    from tests.benchmarks.frames import frame
    from tests.benchmarks.memory import memory
    from tests.benchmarks.stepping import stepping

    return [*pair_open(), *full_detail(), *stepping(), *frame(), *memory()]


def _import() -> list[Row]:
    from tests.benchmarks.importing import picture_import

    return picture_import()


def _audit() -> list[Row]:
    from tests.benchmarks.audit import audit

    return audit()


def _alignment() -> list[Row]:
    from tests.benchmarks.alignment import alignment

    return alignment()


def main(arguments: list[str]) -> int:
    """Run what was asked for and print the table, or JSON; exit 0 even where a goal is missed, which the table says."""
    parser = argparse.ArgumentParser(prog="dev.py bench")
    parser.add_argument("--json", action="store_true", help="a list of {name, value, floor, ratio, goal, holds}")
    parser.add_argument("--patients", type=int, default=100_000, help="size of the large clinic")
    parser.add_argument("--only", choices=("start", "compare", "import", "audit", "alignment", "lists", "schedule"))
    asked = parser.parse_args(arguments)

    def lists() -> list[Row]:
        from tests.benchmarks.lists import large_clinic

        return large_clinic(asked.patients)

    def schedule_() -> list[Row]:
        from tests.benchmarks.schedule import schedule

        return schedule(asked.patients)

    parts: dict[str, Callable[[], list[Row]]] = {
        "start": _start,
        "compare": _compare,
        "import": _import,
        "audit": _audit,
        "alignment": _alignment,
        "lists": lists,
        "schedule": schedule_,
    }
    rows: list[Row] = []
    for name, part in parts.items():
        if asked.only in (None, name):
            sys.stderr.write(f"bench: {name} ...\n")
            rows += part()
    if asked.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    width = max(len(row["name"]) for row in rows)
    print(f"{'what':{width}}  {'value ms':>10}  {'floor ms':>10}  {'ratio':>7}  goal")
    for row in rows:
        told = f"{row['name']:{width}}  {row['value']:10.1f}  {row['floor']:10.1f}  {row['ratio']:6.2f}×"
        print(f"{told}  {row['goal']}  {'holds' if row['holds'] else 'MISSED'}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
