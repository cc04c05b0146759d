"""Every stored table, imported in one place, so that `Base.metadata` is whole."""

from cohort.schema import governance, people, places, process, provision, reference, submissions
from cohort.schema.base import SCHEMA, Base
from cohort.schema.facts import AuthorityFact, Fact

METADATA = Base.metadata
FACTS = tuple(METADATA.tables[f"{SCHEMA}.{model.__dict__['__tablename__']}"] for model in Fact.__subclasses__())
AUTHORITY_FACTS = tuple(
    METADATA.tables[f"{SCHEMA}.{model.__dict__['__tablename__']}"] for model in AuthorityFact.__subclasses__()
)

__all__ = [
    "AUTHORITY_FACTS",
    "FACTS",
    "METADATA",
    "governance",
    "people",
    "places",
    "process",
    "provision",
    "reference",
    "submissions",
]
