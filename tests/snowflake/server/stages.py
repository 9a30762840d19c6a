# mypy: disable-error-code="import-not-found"
"""Files that clients put into stages, over HTTP as into a bucket."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from urllib.parse import quote

from fakesnow.transforms import stage

BUCKET = Path(stage.LOCAL_BUCKET_PATH)
SIGNED = "host;x-goog-if-generation-match;x-goog-meta-sfc-digest;x-goog-meta-encryptiondata;x-goog-meta-matdesc"


def upload_answer(upload: dict[str, Any], url: str) -> dict[str, Any]:
    """Return where the client shall put a file."""
    name = os.path.basename(upload["src_locations"][0])  # noqa: PTH119 - a pattern, not a path
    folder = Path(upload["stageInfo"]["location"]).relative_to(BUCKET)
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
            "presignedUrl": f"{url}/fs_bucket/{quote(str(folder / name))}?X-Goog-SignedHeaders={quote(SIGNED)}",
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


def size(path: str) -> int | None:
    """Return a file's size in bytes, ``None`` when it is not there."""
    target = BUCKET / path
    return target.stat().st_size if target.is_file() else None
