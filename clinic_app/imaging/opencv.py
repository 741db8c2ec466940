"""OpenCV, for workers: imported when first needed, by one thread while others wait.

The package ``cv2`` replaces itself while it is imported; two threads that import it at once can meet half of it. This
module is imported under a lock of Python's, and with it the whole of OpenCV.
"""

from __future__ import annotations

import cv2

__all__ = ["cv2"]
