"""What a phone reads from a QR code, by another library."""

from __future__ import annotations

import cv2
import numpy as np

from clinic_app.domain.calls import QrMatrix


def decoded(code: QrMatrix) -> str:
    """The text of a code."""
    picture = np.pad(np.where(np.array(code), 0, 255).astype(np.uint8), 4, constant_values=255)
    return str(cv2.QRCodeDetector().detectAndDecode(np.kron(picture, np.ones((6, 6), np.uint8)))[0])
