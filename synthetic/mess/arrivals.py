"""Writes the returns of a world as they arrive, and beside them `arrivals.json`: what was sent when, and what holds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Protocol

from synthetic import faults
from synthetic.faults import PlantedFault
from synthetic.mess.sent import Kind, Mess, Version, versions
from synthetic.returns import HasReturns, InventedReturn, write_return

FILE_NAME = "arrivals.json"


@dataclass(frozen=True)
class Arrival:
    """A version of a return; of one that never arrives, `file` and `arrived_date` (ccyy-mm-dd) are None.

    `holds`: whether it is the last of its authority and year, and so what is known in the end.
    """

    file: str | None
    authority: str
    year: int
    arrived_date: str | None
    kind: Kind
    holds: bool


class Seeded(HasReturns, Protocol):
    """A world, as far as its mess needs it."""

    @property
    def seed(self) -> int:
        """What all its draws hang on."""
        ...


def write(
    world: Seeded, out: Path, mess: Mess, faults_rate: float = 0.0, progress: Callable[[Path], None] | None = None
) -> list[Path]:
    """Write every return of a world into a folder, which is made if need be, with `arrivals.json` and `faults.json`.

    `faults_rate`: faults in every version, as a share of its persons. Each path is handed to `progress`; all are
    given in the order of arrival. Without mess and faults a return has the bytes of `returns.write`.
    """
    out.mkdir(parents=True, exist_ok=True)
    arrivals: list[Arrival] = []
    planted: list[PlantedFault] = []
    for invented in world.returns():
        sent = list(versions(invented, mess, faults_rate, world.seed))
        names = _names(invented, len(sent))
        for name, version in zip(names, sent, strict=True):
            _write(version.invented, out / name)
            planted += [replace(fault, file=name) for fault in version.planted]
            if progress is not None:
                progress(out / name)
        arrivals += _arrivals(invented, names, sent)
    faults.write(planted, out)
    return [out / arrival.file for arrival in _tell(arrivals, out) if arrival.file is not None]


def _write(invented: InventedReturn, path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="\n") as file:
        write_return(invented, file)


def _names(invented: InventedReturn, count: int) -> list[str]:
    stem = Path(invented.file_name).stem
    return [invented.file_name] if count == 1 else [f"{stem}_v{n}.xml" for n in range(1, count + 1)]


def _arrivals(invented: InventedReturn, names: Sequence[str], sent: Sequence[Version]) -> list[Arrival]:
    whose = (invented.authority_code, invented.year)
    if not sent:
        return [Arrival(None, *whose, None, Kind.MISSING, holds=False)]
    return [
        Arrival(name, *whose, version.day.isoformat(), version.kind, holds=name == names[-1])
        for name, version in zip(names, sent, strict=True)
    ]


def _tell(arrivals: Iterable[Arrival], out: Path) -> list[Arrival]:
    """Write `arrivals.json` in the order of arrival; of each year, what never arrives comes last."""
    told = sorted(arrivals, key=lambda a: (a.year, a.arrived_date or "9999", a.authority))
    (out / FILE_NAME).write_text(json.dumps([asdict(a) for a in told], indent=1) + "\n", encoding="utf-8")
    return told
