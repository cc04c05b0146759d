"""Every stored table, imported in one place, so that `Base.metadata` is whole."""

from cohort.schema import governance, people, places, process, provision, reference, submissions
from cohort.schema.base import Base
from cohort.schema.facts import Fact

METADATA = Base.metadata
FACT_TABLES = tuple(t.name for m in Fact.__subclasses__() for t in [m.__table__])

__all__ = [
    "FACT_TABLES",
    "METADATA",
    "governance",
    "people",
    "places",
    "process",
    "provision",
    "reference",
    "submissions",
]
