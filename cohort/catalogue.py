"""The one way in which entries (formats, rules, measures, studies) are found: put a file into the folder."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from typing import TypeVar

from cohort.errors import DeclarationError

Entry = TypeVar("Entry")


def collect(package: str, kind: type[Entry], key: Callable[[Entry], str]) -> dict[str, Entry]:
    """Every module-level `kind` in the modules of `package`, by `key`, in the order of files and lines.

    Raises DeclarationError where two entries share a key or a file holds none: an entry that nobody
    finds is a mistake that nobody sees.
    """
    found: dict[str, Entry] = {}
    home: dict[str, str] = {}
    for name in _modules(package):
        entries = [value for value in vars(importlib.import_module(name)).values() if isinstance(value, kind)]
        if not entries:
            raise DeclarationError(f"{name} declares no {kind.__name__}")
        for entry in entries:
            label = key(entry)
            if label in found:
                raise DeclarationError(f"{kind.__name__} {label!r} stands in {home[label]} and in {name}")
            found[label], home[label] = entry, name
    return found


def _modules(package: str) -> list[str]:
    """The files of a folder and of the folders in it; a folder's own `__init__` says what it holds, and no entry."""
    path = importlib.import_module(package).__path__
    return sorted(module.name for module in pkgutil.walk_packages(path, f"{package}.") if not module.ispkg)
