"""Whether a return may come at all, and whether it is the one that was meant. Asked under the lock of its place.

Refused: an invented return where real ones are, and an older extract after a newer one. Doubted, as a query that
waits for a reason: last year's file under this year's head, and a resubmission without many of the children.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import polars as pl
from sqlalchemy import Connection, Table, text

from cohort.ingest import finding
from cohort.ingest.check import CheckedReturn
from cohort.ingest.format import Role
from cohort.ingest.parse import PERSON_ROW
from cohort.ingest.pseudonymise import PseudonymousReturn
from cohort.ingest.refusals import ReadRefused, refusal
from cohort.ingest.route import CAUSES, DROPPED_SHARE, FEWEST, FEWEST_DROPPED, HEAD, SAME_SHARE
from cohort.schema.invented import INVENTED_SOFTWARE
from cohort.schema.tables import METADATA
from cohort.store.known import Known, current, stored_rows
from cohort.store.status import opened, statuses

BLURRED = "birth_month"


def routed(connection: Connection, checked: CheckedReturn, *, force: bool) -> CheckedReturn:
    """The return with its doubts among its findings. Raises ReadRefused; `force` lets an older extract in."""
    given = checked.linked.pseudonymous
    _refuse_invented(connection, given)
    if not force:
        _refuse_older(connection, given)
    known = current(connection)
    doubts = []
    if _is_last_years(connection, checked, known):
        doubts.append(finding.at(CAUSES["ROUTE-11"], HEAD, 1, "Year"))
    if _drops_children(connection, checked, known):
        doubts.append(finding.at(CAUSES["ROUTE-12"], HEAD, 1, "LEA"))
    if not doubts:
        return checked
    return replace(checked, findings=finding.gather([checked.findings, pl.DataFrame(doubts, schema=finding.SCHEMA)]))


def extracted_at(given: PseudonymousReturn) -> str | None:
    """When the file was made, as its head says: ISO 8601 to the second by the clock of London; None if not said."""
    said = str(given.header.get("extracted_at") or "").strip()
    try:
        moment = datetime.fromisoformat(said)
    except ValueError:
        return None
    if moment.tzinfo is not None:
        moment = moment.astimezone(ZoneInfo("Europe/London")).replace(tzinfo=None)
    return moment.isoformat(timespec="seconds")


def _refuse_invented(connection: Connection, given: PseudonymousReturn) -> None:
    real = text("SELECT EXISTS (SELECT FROM cohort.authority_year WHERE software IS DISTINCT FROM :invented)")
    if given.header.get("software") == INVENTED_SOFTWARE and connection.scalar(real, {"invented": INVENTED_SOFTWARE}):
        raise ReadRefused(refusal("ROUTE-02"), given.file_digest, given.size)


def _refuse_older(connection: Connection, given: PseudonymousReturn) -> None:
    place = {"authority_code": given.authority_code, "collection": given.format.collection}
    here = opened(statuses(connection)).filter(**place, collection_year=given.year)["submission_id"].to_list()
    newest = text('SELECT max(extracted_at COLLATE "C") FROM cohort.submission WHERE submission_id = ANY(:here)')
    before, now = connection.scalar(newest, {"here": here}), extracted_at(given)
    if before is not None and now is not None and now < before:
        raise ReadRefused(refusal("ROUTE-03"), given.file_digest, given.size)


def _submission(known: Known, given: PseudonymousReturn, year: int) -> int | None:
    place = {"authority_code": given.authority_code, "collection": given.format.collection, "collection_year": year}
    found = known.submissions.filter(**place)["submission_id"]
    return found[-1] if len(found) else None


def _drops_children(connection: Connection, checked: CheckedReturn, known: Known) -> bool:
    given = checked.linked.pseudonymous
    before = _submission(known, given, given.year)
    if before is None:
        return False
    persons = METADATA.tables[f"cohort.{given.format.tables[0].stored}"]
    theirs = _stored(connection, known, persons, before, given.year)["person_id"].unique()
    gone = len(theirs) - theirs.is_in(checked.linked.links["person_id"].implode()).sum()
    return gone >= FEWEST_DROPPED and gone > DROPPED_SHARE * len(theirs)


def _is_last_years(connection: Connection, checked: CheckedReturn, known: Known) -> bool:
    given, links = checked.linked.pseudonymous, checked.linked.links
    before = _submission(known, given, given.year - 1)
    if before is None or links.height < FEWEST:
        return False
    first = given.format.tables[0].stored
    persons = _stored(connection, known, METADATA.tables[f"cohort.{first}"], before, given.year - 1)
    stayed = links["person_id"].is_in(persons["person_id"].implode()).sum()
    if stayed < SAME_SHARE * links.height:
        return False  # what most returns end with: the other tables need not be read
    stored = {
        name: _stored(connection, known, METADATA.tables[f"cohort.{name}"], before, given.year - 1)
        for name in given.tables
    }
    rows = sum(frame.height for frame in given.tables.values())
    return sum(_equal(checked, name, frame) for name, frame in stored.items()) >= SAME_SHARE * rows


def _stored(connection: Connection, known: Known, table: Table, submission: int, year: int) -> pl.DataFrame:
    """The rows of one submission in a table, about persons as known now."""
    return known.about(stored_rows(connection, table, year, [submission]))


def _equal(checked: CheckedReturn, name: str, before: pl.DataFrame) -> int:
    """How many rows of a table say of the same child what a row of last year's said, each row matched once."""
    given = checked.linked.pseudonymous
    said = {c.stored for c in given.format.by_stored[name].columns if c.role is Role.PAYLOAD} | {BLURRED}
    compared = [c for c in given.tables[name].columns if c in said and c in before.columns]
    links = checked.linked.links.select(PERSON_ROW, "person_id")
    now = given.tables[name].join(links, on=PERSON_ROW).select("person_id", *compared)
    key = ["person_id", *compared]
    then = before.select(key).group_by(key).len("n_then")
    both = now.cast({c: before.schema[c] for c in key}).group_by(key).len("n_now")
    met = both.join(then, on=key, nulls_equal=True)
    return int(met.select(pl.min_horizontal("n_now", "n_then").sum()).item() or 0)
