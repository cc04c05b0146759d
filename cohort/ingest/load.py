"""The last station: one transaction in which a return becomes a submission, or nothing happens at all.

Advisory lock on the place (authority, collection, year) → from here on nobody is erased, and rows of who objected
are left out → the content's hash, so that the same content is received once → tokens and persons, re-reading where
another loader was first → COPY of the facts → counts reconciled → events. A receipt is made only after COMMIT was
acknowledged.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from typing import Any

import polars as pl
from sqlalchemy import Connection, Engine, text

from cohort.errors import CohortError
from cohort.ingest import answers, finding
from cohort.ingest.admit import admitted
from cohort.ingest.check import CheckedReturn
from cohort.ingest.difference import difference
from cohort.ingest.lifting import lifted
from cohort.ingest.parse import PERSON_ROW
from cohort.ingest.receipt import Receipt, Standing, of_checked
from cohort.ingest.routing import extracted_at, routed
from cohort.schema.facts import leaf
from cohort.schema.tables import AUTHORITY_FACTS, METADATA
from cohort.store.copy import copy_in, copy_staged
from cohort.store.explanations import remembered
from cohort.store.integrity import require_persons
from cohort.store.known import current
from cohort.store.lifts import Lift
from cohort.store.roles import Role, acting
from cohort.store.status import Status, opened, statuses
from cohort.vault import state
from cohort.vault.keys import key_id
from cohort.vault.register import register
from cohort.vault.state import Stamp

DURABLE = text(
    """
    SELECT set_config('idle_in_transaction_session_timeout', :idle, true),
           set_config('synchronous_commit', replace(current_setting('synchronous_commit'), 'off', 'on'), true)
    """
)
LONGEST_SILENCE = "5min"
"""After so long without a word from the loader the server undoes its transaction: others wait for its place."""
IN_FILE = ("same_upn_row", "same_name_row")
"""Columns that say something about this file only; they are not stored."""


@dataclass(frozen=True)
class Decision:
    """What the authority says of its return.

    `confirm`: the reason for leaving out the rows with errors; `explanations`: code of a query, or the name of one
    finding, → reason, or `answers.LAST_YEAR`; `force`: an older extract is meant.
    """

    account: str
    confirm: str = ""
    explanations: Mapping[str, str] = field(default_factory=dict)
    force: bool = False


def load(engine: Engine, checked: CheckedReturn, decision: Decision, file: str) -> Receipt:
    """Accept a return, or hold it where errors are unconfirmed or queries unexplained."""
    with acting(engine, Role.INGEST) as connection:
        _durable(connection)
        _lock(connection, checked)
        state.hold(connection, _stamp(checked))  # from here on keys do not rotate and nobody is erased
        checked, lifts = lifted(connection, checked)
        checked = admitted(connection, checked)
        received = _received(connection, checked)
        if received is not None and Status(received["status"]).holds:
            return of_checked(
                Standing.ALREADY, file, checked, submission=received["submission_id"], digest=_digest(checked)
            )
        checked = routed(connection, checked, force=decision.force)
        offered = _remembered(connection, checked)
        decision = _answered(decision, offered, lifts)
        submission = received["submission_id"] if received else _enter(connection, checked)
        outcome = _hold if must_wait(checked, decision) else _accept
        more = outcome(connection, checked, decision, submission, is_new=received is None)
    return of_checked(
        file=file,
        checked=checked,
        submission=submission,
        digest=_digest(checked),
        explained=dict(decision.explanations),
        remembered=offered,
        **more,
    )


def must_wait(checked: CheckedReturn, decision: Decision) -> bool:
    """Whether rows with errors are neither corrected nor confirmed, or a query has no reason."""
    explained = answers.given(decision.explanations)
    unexplained = answers.unexplained(checked.located, explained)
    return unexplained.height > 0 or (checked.n_errors > 0 and not decision.confirm.strip())


def _remembered(connection: Connection, checked: CheckedReturn) -> dict[str, str]:
    given = checked.linked.pseudonymous
    return remembered(connection, given.authority_code, given.format.collection, given.year, checked.queries)


def _answered(decision: Decision, offered: Mapping[str, str], lifts: Mapping[str, Lift]) -> Decision:
    """The decision with last year's words where they are taken over, and with the reasons of lifted blocks."""
    told = answers.taken_over(answers.given(decision.explanations), offered)
    by_lift = {code: f"Block lifted by {lift.account}: {lift.reason}" for code, lift in lifts.items()}
    return replace(decision, explanations={**told, **by_lift})


def _digest(checked: CheckedReturn) -> str:
    return checked.linked.pseudonymous.content_digest


def _stamp(checked: CheckedReturn) -> Stamp:
    given = checked.linked.pseudonymous
    return Stamp(given.key_version, given.key_id, key_id(given.content_key), given.is_third_party)


def _durable(connection: Connection) -> None:
    """COMMIT is acknowledged only when it is on disk, whatever the server is set to: a receipt rests on that."""
    connection.execute(DURABLE, {"idle": LONGEST_SILENCE})


def _lock(connection: Connection, checked: CheckedReturn) -> None:
    given = checked.linked.pseudonymous
    place = f"{given.authority_code}|{given.format.collection}|{given.year}"
    connection.execute(text("SELECT pg_advisory_xact_lock(hashtextextended(:place, 25))"), {"place": place})


def _received(connection: Connection, checked: CheckedReturn) -> dict[str, Any] | None:
    """The submission that already brought this content, unless something else has superseded it since."""
    given = checked.linked.pseudonymous
    same = statuses(connection).filter(
        authority_code=given.authority_code,
        collection=given.format.collection,
        collection_year=given.year,
        content_digest=given.content_digest,
    )
    open_ones = opened(same)
    return open_ones.row(-1, named=True) if open_ones.height else None


def _enter(connection: Connection, checked: CheckedReturn) -> int:
    given = checked.linked.pseudonymous
    statement = text(
        """
        INSERT INTO cohort.submission (authority_code, collection, collection_year, content_digest, file_digest,
                                       size_bytes, row_counts, set_aside_counts, link_counts, software_version,
                                       extracted_at)
        VALUES (:authority, :collection, :year, :content, :file, :size, CAST(:rows AS jsonb),
                CAST(:aside AS jsonb), CAST(:links AS jsonb), :software, :extracted)
        RETURNING submission_id
        """
    )
    return connection.execute(
        statement,
        {
            "authority": given.authority_code,
            "collection": given.format.collection,
            "year": given.year,
            "content": given.content_digest,
            "file": given.file_digest,
            "size": given.size,
            "rows": json.dumps({name: frame.height for name, frame in given.tables.items()}),
            "aside": json.dumps({name: len(rows) for name, rows in checked.set_aside.items() if len(rows)}),
            "links": json.dumps(checked.linked.counts),
            "software": version("cohort-0-25"),
            "extracted": extracted_at(given),
        },
    ).scalar_one()


def event(
    connection: Connection, submission: int, kind: str, account: str, *, reason: str = "", by: int | None = None
) -> None:
    """Enter what became of a submission."""
    statement = text(
        """
        INSERT INTO cohort.submission_event (submission_id, kind_code, account_name, reason, by_submission_id)
        VALUES (:submission, :kind, :account, nullif(:reason, ''), :by)
        """
    )
    given = {"submission": submission, "kind": kind, "account": account, "reason": reason, "by": by}
    connection.execute(statement, given)


def _hold(
    connection: Connection, checked: CheckedReturn, decision: Decision, submission: int, *, is_new: bool
) -> dict[str, Any]:
    if is_new:
        _enter_findings(connection, checked, submission)
        event(connection, submission, Status.HELD, decision.account)
    return {"status": Standing.HELD}


def _accept(
    connection: Connection, checked: CheckedReturn, decision: Decision, submission: int, *, is_new: bool
) -> dict[str, Any]:
    earlier = _superseded(connection, checked)
    kept = whole(checked)
    persons = register(connection, checked.linked, kept["person_trait"], submission)
    require_persons(connection, persons["person_id"])
    _copy_facts(connection, checked, kept, persons, submission)
    if "census_date" in checked.linked.pseudonymous.header:
        _enter_head(connection, checked, submission)
    if is_new:
        _enter_findings(connection, checked, submission)
    _enter_explanations(connection, decision, checked, submission)
    if earlier is not None:
        event(connection, earlier, Status.SUPERSEDED, decision.account, by=submission)
    event(connection, submission, Status.ACCEPTED, decision.account, reason=decision.confirm)
    changed = difference(connection, checked, earlier, submission) if earlier is not None else {}
    return {"status": Standing.ACCEPTED, "supersedes": earlier, "difference": changed}


def _superseded(connection: Connection, checked: CheckedReturn) -> int | None:
    given = checked.linked.pseudonymous
    held = current(connection).submissions.filter(
        authority_code=given.authority_code, collection=given.format.collection, collection_year=given.year
    )
    return held["submission_id"][-1] if held.height else None


def whole(checked: CheckedReturn) -> dict[str, pl.DataFrame]:
    """The tables without the rows set aside."""
    return {
        name: frame.filter(~pl.col("row_number").is_in(checked.set_aside[name].implode()))
        for name, frame in checked.linked.pseudonymous.tables.items()
    }


def _copy_facts(
    connection: Connection,
    checked: CheckedReturn,
    kept: Mapping[str, pl.DataFrame],
    persons: pl.DataFrame,
    submission: int,
) -> None:
    """COPY each table into the year's leaf, and see that every row arrived."""
    given = checked.linked.pseudonymous
    year = given.year
    said = (pl.lit(year).alias("collection_year"), pl.lit(submission).alias("submission_id"))
    for name, frame in kept.items():
        table = METADATA.tables[f"cohort.{name}"]
        if table in AUTHORITY_FACTS:
            own = pl.lit(given.authority_code).alias("authority_code")
            copy_staged(connection, name, frame.drop(PERSON_ROW).with_columns(*said, own))
        else:
            facts = frame.join(persons, on=PERSON_ROW, how="left", maintain_order="left").with_columns(*said)
            copy_in(connection, leaf(table, year), facts.drop(IN_FILE, strict=False))
        counted = text(
            f"SELECT count(*) FROM cohort.{name} "  # noqa: S608  (a declared name)
            "WHERE collection_year = :year AND submission_id = :submission"
        )
        if connection.scalar(counted, {"year": year, "submission": submission}) != frame.height:
            raise CohortError("LOAD-01", f"Not every row of {name} arrived.", "Nothing was stored; try again.")


def _enter_head(connection: Connection, checked: CheckedReturn, submission: int) -> None:
    given = checked.linked.pseudonymous
    statement = text(
        """
        INSERT INTO cohort.authority_year (submission_id, collection_year, authority_code, census_date, software,
            medical_officer_code, clinical_officer_code, social_care_officer_code)
        VALUES (:submission, :year, :authority, :census, :software, :medical, :clinical, :social)
        """
    )
    head = given.header
    values = {
        "submission": submission,
        "year": given.year,
        "authority": given.authority_code,
        "census": given.census_date,
        "software": head.get("software"),
        "medical": head.get("medical_officer_code"),
        "clinical": head.get("clinical_officer_code"),
        "social": head.get("social_care_officer_code"),
    }
    connection.execute(statement, values)


def _enter_findings(connection: Connection, checked: CheckedReturn, submission: int) -> None:
    names = {"table": "table_name", "row": "row_number", "column": "column_name"}
    found = checked.located.select(*finding.SCHEMA).rename(names)
    copy_staged(connection, "finding", found.with_columns(pl.lit(submission).alias("submission_id")))


def _enter_explanations(connection: Connection, decision: Decision, checked: CheckedReturn, submission: int) -> None:
    statement = text(
        "INSERT INTO cohort.explanation (submission_id, code, table_name, row_number, words, account_name) "
        "VALUES (:submission, :code, :table, :row, :words, :account)"
    )
    asked = checked.queries
    for key, words in sorted(decision.explanations.items()):
        code, table, row = answers.parts(key)
        if code in asked:
            given = {"submission": submission, "code": code, "table": table, "row": row}
            connection.execute(statement, {**given, "words": words, "account": decision.account})


def refuse(
    engine: Engine, *, code: str, account: str, authority: str | None, file_digest: str | None, size: int | None
) -> int:
    """Keep of a refused file its keyed hash, size, code, time and account (with its authority), and nothing else."""
    with acting(engine, Role.INGEST) as connection:
        entered = text(
            "INSERT INTO cohort.submission (authority_code, file_digest, size_bytes, software_version) "
            "VALUES (:authority, :digest, :size, :software) RETURNING submission_id"
        )
        given = {"authority": authority, "digest": file_digest, "size": size, "software": version("cohort-0-25")}
        submission = connection.execute(entered, given).scalar_one()
        statement = text(
            "INSERT INTO cohort.submission_event (submission_id, kind_code, account_name, cause_code) "
            "VALUES (:submission, 'refused', :account, :code)"
        )
        connection.execute(statement, {"submission": submission, "account": account, "code": code})
    return submission
