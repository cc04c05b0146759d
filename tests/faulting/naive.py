"""The standing control: a loader as one writes it in an afternoon. The harness must find it out."""

from __future__ import annotations

from sqlalchemy import Engine

from cohort.ingest import load as careful
from cohort.ingest.check import CheckedReturn
from cohort.ingest.load import Decision
from cohort.ingest.receipt import Receipt, Standing, of_checked
from cohort.store.roles import Role, acting
from cohort.vault import state
from cohort.vault.register import register


def load(engine: Engine, checked: CheckedReturn, decision: Decision, file: str) -> Receipt:
    """No lock, a transaction for each table, and "accepted" before the rows are there."""
    with acting(engine, Role.INGEST) as connection:
        state.hold(connection, careful._stamp(checked))
        received = careful._received(connection, checked)
        if received is not None:
            return _receipt(Standing.ALREADY, checked, file, received["submission_id"])
        submission = careful._enter(connection, checked)
        careful.event(connection, submission, "accepted", decision.account)
    kept = careful.whole(checked)
    with acting(engine, Role.INGEST) as connection:
        persons = register(connection, checked.linked, kept["person_trait"], submission)
    for name, frame in kept.items():
        with acting(engine, Role.INGEST) as connection:
            careful._copy_facts(connection, checked, {name: frame}, persons, submission)
    with acting(engine, Role.INGEST) as connection:
        careful._enter_head(connection, checked, submission)
        careful._enter_findings(connection, checked, submission)
    return _receipt(Standing.ACCEPTED, checked, file, submission)


def _receipt(status: Standing, checked: CheckedReturn, file: str, submission: int) -> Receipt:
    return of_checked(status, file, checked, submission=submission, digest=careful._digest(checked))
