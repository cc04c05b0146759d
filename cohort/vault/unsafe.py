"""What makes a key file unsafe, each refusal with its way out.

A key is as secret as the places that copy it: a repository, a backup and an extract each hand it to everyone who
gets them. A folder that others may write to lets them put their own ring in its place.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from pathlib import Path

from cohort.errors import UsageError

ELSEWHERE = "Move it to a folder of its own and set COHORT_KEY_FILE to the new place."


def refuse_unsafe_place(path: Path, copied: Iterable[Path] = ()) -> None:
    """Raise UsageError where a ring must not lie. `copied`: folders that backups or extracts are made from."""
    true = path.resolve()
    if path.is_symlink() and not true.is_relative_to(path.parent.resolve()):
        raise UsageError("KEY-09", f"{path} is a link to elsewhere.", "Set COHORT_KEY_FILE to the file itself.")
    _refuse_open_folder(true.parent)
    repository = next((folder for folder in true.parents if (folder / ".git").exists()), None)
    if repository is not None:
        raise UsageError("KEY-11", f"{path} lies in the git repository {repository}.", ELSEWHERE)
    inside = next((folder for folder in copied if true.is_relative_to(folder.resolve())), None)
    if inside is not None:
        raise UsageError("KEY-12", f"{path} lies in {inside}, which is copied with the data.", ELSEWHERE)


def refuse_readable(path: Path) -> None:
    """Raise UsageError where others than its owner may reach the file."""
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise UsageError("KEY-03", f"Others than its owner may read {path}.", f"Run: chmod 600 {path}")


def _refuse_open_folder(folder: Path) -> None:
    """A sticky folder (/tmp) is let pass: there nobody replaces another's file."""
    if os.name != "posix" or not folder.exists():
        return
    mode = folder.stat().st_mode
    if mode & 0o022 and not mode & stat.S_ISVTX:
        raise UsageError("KEY-10", f"Others may put a ring of their own into {folder}.", f"Run: chmod go-w {folder}")
