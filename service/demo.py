"""The whole job on an invented England: migrate, invent, ingest by the ordinary path, cut, study."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analysis import files, publish
from cohort.errors import CohortError
from cohort.ingest.receipt import Receipt, Standing
from cohort.settings import Settings
from cohort.snapshot import open_snapshot
from cohort.snapshot.manifest import Manifest
from cohort.store.engine import administer
from cohort.store.migrate import upgrade
from cohort.vault import keys
from service import access, doors
from service.access import Principal
from service.ask import Ask
from service.desk import Desk
from service.ledger import PostgresLedger
from service.office import Office, open_office
from service.snapshots import cut_snapshot
from synthetic import returns, truth
from synthetic.world import World, make

STUDIES: tuple[tuple[str, dict[str, str]], ...] = (
    ("outcome_summary", {}),
    ("la_comparison", {"measure": "within_20_weeks"}),
    ("la_comparison", {"measure": "refused"}),
    ("la_comparison", {"measure": "appeals"}),
    ("timeliness_model", {}),
)
LAST_OF_SPRING = 6
"""Month."""
REAL_FIGURES = """\
All of this is invented. To compare the real authorities on figures already published, download all data files of
'Education, health and care plans', reporting year 2025, from the DfE's Explore education statistics, and 'SEND
appeal rate table 1' of the Ministry of Justice's tribunal statistics; then:
  cohort reference load *.csv && cohort reference check && cohort snapshot cut published
  cohort study run la_comparison --snapshot published --policy public --set source=published --set year=2024 -o out"""
Say = Callable[[str], None]
Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Asked:
    """How large the invented England is."""

    authorities: int = 12
    children: int = 20_000
    seed: int = 25

    @property
    def folder(self) -> str:
        """The folder of its returns."""
        return f"invented-{self.authorities}-{self.children}-{self.seed}"


def demo(settings: Settings, asked: Asked, say: Say, progress: Progress) -> None:
    """Do the whole job and say what was done and where it lies. Running it again is safe and quick."""
    office = prepare(settings)
    say(f"The record lies in {settings.home} (embedded Postgres: for demonstration and trials only).")
    invented = invent(settings, asked, progress)
    say(f"{len(invented)} invented returns lie in {invented[0].parent}.")
    say(took_in(ingest_all(office, invented, progress)))
    snapshot = freeze(office, progress)
    say(f"Snapshot {snapshot.name}, digest {snapshot.digest[:12]}: {settings.snapshots / snapshot.name}.")
    for line in study_all(office, snapshot, progress):
        say(line)
    say(f"Draft publication: {publish_all(office, snapshot, progress)}")
    say(REAL_FIGURES)


def prepare(settings: Settings) -> Office:
    """Schema, keys and accounts, made where they are not there yet."""
    upgrade(administer(settings))
    if not settings.key_file.exists():
        keys.create(settings.key_file, settings.copied)
    office = open_office(settings)
    for role in ("researcher", "policymaker"):
        access.add_account(office.engine, doors.demo_account(role), role)
    return office


def invent(settings: Settings, asked: Asked, progress: Progress) -> list[Path]:
    """The returns of the invented England, written once."""
    folder = settings.home / "demo" / asked.folder
    known = folder / "truth.json"
    if not known.exists():
        progress("inventing children", 0.0)
        world: World = make(asked.authorities, asked.children, seed=asked.seed)
        written: list[Path] = []
        expected = asked.authorities * len(world.window.years)
        returns.write(
            world, folder, lambda p: (written.append(p), progress("writing returns", len(written) / expected))[1]
        )
        truth.write(world, folder)
    return sorted(folder.glob("SEN2_*.xml"), key=lambda path: (path.stem.split("_")[2], path.stem))


def ingest_all(office: Office, paths: list[Path], progress: Progress) -> list[Receipt]:
    """Send every return in as the account of its authority, the oldest year first."""
    receipts = []
    for place, path in enumerate(paths):
        progress(f"taking in {path.name}", place / len(paths))
        authority = path.stem.split("_")[1]
        account = doors.demo_account("authority", authority)
        access.add_account(office.engine, account, "authority", authority)
        desk = Desk(Principal(account, "authority", authority), office)
        receipts.append(desk.received(path) or desk.submit(path, path.name))
    return receipts


def took_in(receipts: list[Receipt]) -> str:
    """What became of the returns, in one line."""
    counts = {standing: sum(r.status is standing for r in receipts) for standing in Standing}
    told = ", ".join(f"{n} {standing.value}" for standing, n in counts.items() if n)
    accepted = [r for r in receipts if r.status is Standing.ACCEPTED]
    if not accepted:
        return f"Returns: {told}."
    persons = sum(r.rows.get("Person", 0) for r in accepted)
    new = sum(r.linked.get("new", 0) for r in accepted)
    return f"Returns: {told}; {persons:,} records of children, {new:,} children new to the record."


def freeze(office: Office, progress: Progress) -> Manifest:
    """A snapshot of what is known now, under the first free name."""
    operator = access.local_operator(office.engine)
    for number in range(1, 1000):
        name = "demo" if number == 1 else f"demo-{number}"
        try:
            return cut_snapshot(office, operator, name, progress=progress)
        except CohortError as error:
            if error.code != "SNAP-05":
                raise
    raise CohortError("DEMO-01", "Too many demo snapshots.", "Clear the folder of snapshots.")


def study_all(office: Office, snapshot: Manifest, progress: Progress) -> list[str]:
    """Run the demo's studies as a policymaker, write their releases, hand on their sentences."""
    ask = Ask(access.principal_of(office.engine, doors.demo_account("policymaker")), office)
    lines = []
    for place, (name, choices) in enumerate(STUDIES):
        progress(f"studying {name}", place / len(STUDIES))
        release = ask.release(name, snapshot=snapshot.name, policy="publication", **choices)
        folder = office.settings.releases / snapshot.name / "-".join([name, *choices.values()])
        files.written(release, folder)
        lines.append(f"{release.sentence}\n  {folder}")
    return lines


def publish_all(office: Office, snapshot: Manifest, progress: Progress) -> Path:
    """Write the publication of the half year in which the snapshot was cut, once; hand on its first page."""
    folder = office.settings.releases / snapshot.name / "publication"
    index = folder / "index.html"
    if index.exists():
        return index
    moment = snapshot.as_known_at
    policymaker = access.principal_of(office.engine, doors.demo_account("policymaker"))
    made = publish.edition(
        open_snapshot(office.settings.snapshots / snapshot.name),
        f"{moment.year}-{'spring' if moment.month <= LAST_OF_SPRING else 'autumn'}",
        ledger=PostgresLedger(office.engine, access.role_of(policymaker)),
        account=policymaker.account,
        progress=progress,
    )
    publish.written(made, folder, progress)
    return index
