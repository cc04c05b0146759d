"""A ledger in a folder, which serves scripts: one JSON file a release."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class FileLedger:
    """Records lie in `folder`, named by release and time."""

    folder: Path

    def earlier(self, study: str) -> Iterable[Mapping[str, Any]]:
        """Records of earlier releases of a study, oldest first."""
        records = (json.loads(path.read_text(encoding="utf-8")) for path in sorted(self.folder.glob("*.json")))
        return [record for record in records if record["provenance"]["study"] == study]

    def enter(self, record: Mapping[str, Any]) -> None:
        """Write the record."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{record['provenance']['at'].replace(':', '')}-{record['release']}.json"
        (self.folder / name).write_text(json.dumps(record, indent=2, default=str), encoding="utf-8")
