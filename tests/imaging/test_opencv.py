"""OpenCV can be asked for first by several threads at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

AT_ONCE = """
import sys, threading
sys.setswitchinterval(1e-5)
together, met = threading.Barrier(4), []
def ask():
    together.wait()
    try:
        from clinic_app.imaging.opencv import cv2
        met.append(callable(cv2.resize))
    except BaseException as error:
        met.append(repr(error))
threads = [threading.Thread(target=ask) for _ in range(4)]
for one in threads:
    one.start()
for one in threads:
    one.join()
print(met)
"""


def test_four_threads_that_ask_at_once_all_get_the_whole_of_it() -> None:
    root = Path(__file__).parents[2]
    done = subprocess.run([sys.executable, "-c", AT_ONCE], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout == "[True, True, True, True]\n"
