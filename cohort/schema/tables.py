"""Every stored table, imported in one place, so that `Base.metadata` is whole.

A module is a theme, and its first line says what it holds.
"""

from __future__ import annotations

import re
from types import ModuleType

from sqlalchemy import Table

from cohort.schema import (
    adulthood,
    after_school,
    assessment,
    authority,
    circumstances,
    disputes,
    erasure,
    establishments,
    governance,
    keys,
    out_of_school,
    outcomes,
    people,
    places,
    plans,
    process,
    provision,
    reference,
    school,
    sections,
    submissions,
    support,
    vault,
)
from cohort.schema.base import SCHEMA, Base
from cohort.schema.facts import AuthorityFact, Fact

METADATA = Base.metadata
FACTS = tuple(METADATA.tables[f"{SCHEMA}.{model.__dict__['__tablename__']}"] for model in Fact.__subclasses__())
AUTHORITY_FACTS = tuple(
    METADATA.tables[f"{SCHEMA}.{model.__dict__['__tablename__']}"] for model in AuthorityFact.__subclasses__()
)

MODULES = (
    *(people, circumstances, school, process, assessment, plans, sections, support, provision, out_of_school, disputes),
    *(outcomes, after_school, adulthood, authority, places, establishments),
    *(submissions, vault, keys, governance, erasure, reference),
)
"""Themes in the order of a life, then what the record needs around it."""


def themes() -> dict[str, tuple[Table, ...]]:
    """What each theme's module says it holds, up to the first colon or stop → its tables in the order of the module."""
    return {re.split(r"[:.;](?:\s|$)", module.__doc__ or "")[0]: _tables(module) for module in MODULES}


def _tables(module: ModuleType) -> tuple[Table, ...]:
    models = (mapper.class_ for mapper in Base.registry.mappers if mapper.class_.__module__ == module.__name__)
    return tuple(
        model.__table__ for model in sorted(models, key=lambda model: list(vars(module)).index(model.__name__))
    )
