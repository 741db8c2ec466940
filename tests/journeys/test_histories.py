"""Random histories of a clinic: whatever is done, no case is lost and every date follows from the record."""

from __future__ import annotations

import os
from typing import Final

import pytest
from hypothesis import HealthCheck, Phase, settings

from tests.crash.amounts import HISTORIES
from tests.journeys.random_clinic import RandomClinic

FEW: Final = 3
MANY: Final = 100
"""From so many histories on they are long ones, and may take hours."""
STEPS: Final = int(os.environ.get("CLINIC_HISTORY_STEPS", 18 if HISTORIES < MANY else 40))


class FewHistories(RandomClinic):
    """As many as every run has time for."""


def played(histories: int, steps: int) -> settings:
    """So many histories of at most so many steps; what fails is shown as it was found, to be made small by hand."""
    return settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        print_blob=True,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
    )


FewHistories.TestCase.settings = played(FEW, 12)
TestFewHistories = pytest.mark.timeout(300)(FewHistories.TestCase)
RandomClinic.TestCase.settings = played(HISTORIES, STEPS)
TestHistories = pytest.mark.slow(pytest.mark.timeout(600 if HISTORIES < MANY else 4 * 3600)(RandomClinic.TestCase))
