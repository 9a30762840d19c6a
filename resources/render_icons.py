"""Render icon.svg to icon.png and icon.ico beside it."""

from __future__ import annotations

import struct
from pathlib import Path

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, Qt
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgRenderer

HERE = Path(__file__).resolve().parent
SIZES_PX = (16, 24, 32, 48, 64, 128, 256)


def _png(renderer: QSvgRenderer, size_px: int) -> bytes:
    image = QImage(size_px, size_px, QImage.Format.Format_ARGB32)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    renderer.render(painter)
    painter.end()
    content = QByteArray()
    buffer = QBuffer(content)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, b"png").write(image)
    return bytes(content.data())


def _ico(pictures: dict[int, bytes]) -> bytes:
    """Return an ICO file of PNG pictures: header, directory, pictures."""
    header = struct.pack("<HHH", 0, 1, len(pictures))
    offset = len(header) + 16 * len(pictures)
    directory = b""
    for size_px, picture in pictures.items():
        # A side of 256 is written as 0.
        side = size_px % 256
        directory += struct.pack("<BBBBHHII", side, side, 0, 0, 1, 32, len(picture), offset)
        offset += len(picture)
    return header + directory + b"".join(pictures.values())


def main() -> None:
    """Write both files."""
    renderer = QSvgRenderer(str(HERE / "icon.svg"))
    pictures = {size_px: _png(renderer, size_px) for size_px in SIZES_PX}
    (HERE / "icon.png").write_bytes(pictures[256])
    (HERE / "icon.ico").write_bytes(_ico(pictures))


if __name__ == "__main__":
    main()
