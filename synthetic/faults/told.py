"""`faults.json`: the findings that were planted, file by file."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path

from synthetic.faults.plant import PlantedFault

FILE_NAME = "faults.json"


def write(planted: Iterable[PlantedFault], out: Path) -> Path:
    """Write `faults.json` into a folder that exists: {file, code, level, table, row, column}, and no value."""
    path = out / FILE_NAME
    lines = ",\n ".join(json.dumps(asdict(fault)) for fault in planted)
    path.write_text(f"[\n {lines}\n]\n" if lines else "[]\n", encoding="utf-8")
    return path
