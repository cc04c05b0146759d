"""publish(): a dated publication, made of releases: open-data files, a page an authority, a workbook, a manifest.

It is a draft and of invented data only, until complementary suppression exists: the gate refuses real children.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import polars as pl

from analysis.publication import authority_page, ees, index_page, workbook
from analysis.publication.document import file_of
from analysis.publication.edition import DRAFT, Edition, refuse_name, shelved
from analysis.release import Release
from analysis.run import Ledger, run
from analysis.themes import THEMES
from cohort.errors import NothingToRelease, UsageError
from cohort.snapshot import Snapshot

POLICY = "publication"
STUDY = "indicators"
Progress = Callable[[str, float], None]


def edition(
    snapshot: Snapshot,
    name: str,
    *,
    ledger: Ledger,
    account: str = "script",
    at: datetime | None = None,
    caution: str = "",
    progress: Progress = lambda _, __: None,
) -> Edition:
    """Every theme of the snapshot through the gate, under the policy for everybody.

    Raises UsageError PUBLISH-01 for a name that is no edition's, ReleaseRefused where the gate refuses,
    NothingToRelease PUBLISH-03 where no theme has a figure.
    """
    refuse_name(name)
    releases: dict[str, Release] = {}
    missing = []
    for place, theme in enumerate(THEMES):
        progress(f"releasing {theme}", place / len(THEMES))
        try:
            releases[theme] = run(
                STUDY,
                snapshot=snapshot,
                policy=POLICY,
                ledger=ledger,
                account=account,
                at=at,
                caution=caution,
                theme=theme,
            )
        except NothingToRelease:
            missing.append(THEMES[theme].title)
    if not releases:
        raise NothingToRelease("PUBLISH-03", "No theme has a figure.", "Cut a snapshot of accepted returns.")
    places = snapshot.tables["authority"].to_polars()
    return Edition(name, releases, tuple(missing), places)


def files(made: Edition) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file, the manifest last: it holds the digests of all others."""
    digests = {}
    for name, body in _parts(made):
        digests[name] = hashlib.sha256(body).hexdigest()
        yield name, body
    yield "manifest.json", json.dumps(_manifest(made, digests), indent=2, ensure_ascii=False).encode() + b"\n"


def written(made: Edition, folder: Path, progress: Progress = lambda _, __: None) -> list[Path]:
    """Write a publication into a new folder; it appears whole or not at all. Hands on the files' paths.

    Raises UsageError PUBLISH-02 where something stands there.
    """
    refuse_folder(folder)
    part = folder.with_name(f".{folder.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    names, expected = [], made.places.height
    for name, body in files(made):
        path = part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(body)
        names.append(name)
        progress(f"writing {name}", min(1.0, len(names) / expected))
    part.rename(folder)
    return [folder / name for name in names]


def refuse_folder(folder: Path) -> None:
    """Raises UsageError PUBLISH-02 where something stands there: a publication is never written over."""
    if folder.exists():
        raise UsageError("PUBLISH-02", f"{folder} is there already.", "Name another folder, or remove that one.")


def _parts(made: Edition) -> Iterable[tuple[str, bytes]]:
    yield from ((f"data/{name}", body) for name, body in ees.files(made))
    yield "indicators.xlsx", workbook.file(made)
    yield from _pages(made)


def _pages(made: Edition) -> Iterable[tuple[str, bytes]]:
    """The first page, and one an authority that has a figure in a latest year: an ended one has none."""
    local = made.cells.drop_nulls("authority_code")
    told = local.filter(pl.col("year") == pl.col("year").max().over("measure"))["authority_code"].unique()
    places = made.places.filter(pl.col("authority_code").is_in(told.implode())).sort("authority")
    shelf = shelved(made)
    yield "index.html", index_page.page(made, shelf, places)
    for place in places.iter_rows(named=True):
        yield f"authorities/{file_of(place)}", authority_page.page(made, shelf, place)


def _manifest(made: Edition, digests: dict[str, str]) -> dict[str, object]:
    origin = made.origin
    return {
        "edition": made.name,
        "draft": DRAFT,
        "snapshot": origin.snapshot,
        "snapshot_digest": origin.snapshot_digest,
        "as_known_at": origin.as_known_at.isoformat(),
        "is_invented": origin.is_invented,
        "policy": origin.policy,
        "software_version": origin.software_version,
        "releases": {name: release.provenance.release_id for name, release in made.releases.items()},
        "withheld": {name: release.withheld for name, release in made.releases.items()},
        "missing": list(made.missing),
        "files": digests,
    }
