# mypy: disable-error-code="import-not-found"
"""Files that clients put into stages, over HTTP as into a bucket."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fakesnow.transforms import stage

BUCKET = Path(stage.LOCAL_BUCKET_PATH)
COMPRESSED = (".gz", ".bz2", ".br", ".zst", ".deflate", ".raw_deflate", ".parquet", ".orc")
"""Files that a client does not compress once more."""

SIGNED = (
    "host;x-goog-if-generation-match;x-goog-meta-encryptiondata;x-goog-meta-matdesc;"
    "x-goog-meta-sfc-digest"
)
"""Headers that the client may send with a file; it looks for them in the address."""


def upload_answer(upload: dict[str, Any], url: str) -> dict[str, Any]:
    """Return where the client shall put a file."""
    name = os.path.basename(upload["src_locations"][0])  # noqa: PTH119 - the client's path
    if upload["autoCompress"] and not name.lower().endswith(COMPRESSED):
        name += ".gz"
    folder = Path(upload["stageInfo"]["location"]).relative_to(BUCKET)
    address = f"{url}/fs_bucket/{quote(str(folder / name))}?X-Goog-SignedHeaders={quote(SIGNED)}"
    return {
        **upload,
        "stageInfo": {
            "locationType": "GCS",
            "location": f"{folder}/",
            "path": f"{folder}/",
            "region": "US-CENTRAL1",
            "storageAccount": None,
            "isClientSideEncrypted": False,
            "creds": {},
            "presignedUrl": address,
            "endPoint": None,
        },
        "encryptionMaterial": [],
    }


def write(path: str, content: bytes) -> bool:
    """Store a file of the bucket; ``False`` when the path leaves it."""
    target = (BUCKET / path).resolve()
    if not target.is_relative_to(BUCKET.resolve()):
        return False
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return True


def remove(location: str) -> list[str]:
    """Delete the files under ``DATABASE.SCHEMA.STAGE/PATH`` and return their names."""
    name, _, path = location.partition("/")
    stage_folder = BUCKET.joinpath(*name.split("."))
    found = [
        file
        for file in sorted(stage_folder.rglob("*"))
        if file.is_file() and str(file.relative_to(stage_folder)).startswith(path)
    ]
    for file in found:
        file.unlink()
    return [f"{stage_folder.name.lower()}/{file.relative_to(stage_folder)}" for file in found]


def empty() -> None:
    """Delete every file of every stage."""
    for folder in BUCKET.iterdir():
        shutil.rmtree(folder)


def size(path: str) -> int | None:
    """Return a file's size in bytes, ``None`` when it is not there."""
    target = BUCKET / path
    return target.stat().st_size if target.is_file() else None
