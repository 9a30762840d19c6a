"""Hand the user's pip configuration on to uv, which does not read it."""

from __future__ import annotations

import ast
import os
import ssl
import subprocess
import sys
from pathlib import Path

UV_OF_PIP = {
    "index-url": "UV_DEFAULT_INDEX",
    "extra-index-url": "UV_INDEX",
    "find-links": "UV_FIND_LINKS",
    "cert": "SSL_CERT_FILE",
    "trusted-host": "UV_INSECURE_HOST",
    "default-timeout": "UV_HTTP_TIMEOUT",
    "timeout": "UV_HTTP_TIMEOUT",
    "proxy": "ALL_PROXY",
}
"""Environment variable of uv that means the same as an option of pip."""


def uv_settings(python: Path) -> dict[str, str]:
    """Return environment variables for uv; the user's own always win.

    ``python`` is an interpreter that has pip. The values may hold credentials and are
    never printed.
    """
    settings = {
        "UV_PYTHON_DOWNLOADS": "never",
        # pip takes the best version of all indexes; the hashes make that safe here.
        "UV_INDEX_STRATEGY": "unsafe-best-match",
    }
    if sys.platform in {"win32", "darwin"} or ssl.get_default_verify_paths().cafile:
        # As pip does, so that an index behind a company's own authority is trusted.
        settings["UV_SYSTEM_CERTS"] = "true"
    for option, value in _pip_options(python).items():
        variable = UV_OF_PIP.get(option)
        if variable and value:
            separator = "," if option == "find-links" else " "
            settings[variable] = separator.join(value.split())
    return {name: value for name, value in settings.items() if not os.environ.get(name)}


def _pip_options(python: Path) -> dict[str, str]:
    """Return pip's options by bare name, with pip's own precedence."""
    answer = subprocess.run(
        [python, "-m", "pip", "config", "list"],
        check=False,
        capture_output=True,
        text=True,
    )
    # pip lists them unordered; variables beat the [install] section, which beats [global].
    by_section: dict[str, dict[str, str]] = {"global": {}, "install": {}, ":env:": {}}
    for line in answer.stdout.splitlines():
        key, _, quoted = line.partition("=")
        section, _, option = key.rpartition(".")
        if section in by_section:
            by_section[section][option] = str(ast.literal_eval(quoted))
    return {**by_section["global"], **by_section["install"], **by_section[":env:"]}
