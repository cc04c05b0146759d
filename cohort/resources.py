"""Files that travel with the code: in a wheel under `cohort/_bundled`, in a checkout at the top level."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from cohort.errors import UsageError


def bundled(name: str) -> Path:
    """The path of a bundled file or folder (`migrations`, `app.py`)."""
    package = Path(str(files("cohort")))
    for path in (package / "_bundled" / name, package.parent / name):
        if path.exists():
            return path
    raise UsageError("INSTALL-01", f"The installation lacks {name}.", "Install the project again.")
