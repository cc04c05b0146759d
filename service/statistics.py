"""The operator's calls about official statistics: load them, hold them to their own sums."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from cohort.reference import check, store
from cohort.reference.read import ReferenceFile
from cohort.reference.store import Loaded
from cohort.store.roles import Role, acting
from service.access import Principal, asked
from service.office import Office


def load_statistics(office: Office, principal: Principal, files: Iterable[ReferenceFile]) -> tuple[Loaded, ...]:
    """Write official files into the record; the same bytes twice are already there."""
    with (
        asked(office.engine, principal, "reference", "load official statistics"),
        acting(office.engine, Role.OPERATOR) as connection,
    ):
        return store.load(connection, files, principal.account)


def check_statistics(office: Office) -> pl.DataFrame:
    """The declared checks on what is loaded: check, sentence, expected, found, holds."""
    with acting(office.engine, Role.OPERATOR) as connection:
        return check.check(store.current(connection))
