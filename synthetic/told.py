"""What the returns of a collection tell in a year, of all authorities at once, in the stored shape.

A world tells itself as a series of these, year by year. They become files or a snapshot; neither writer knows how
a collection came to tell what it tells.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True)
class Told:
    """The tables of one collection in one collection year, by stored name.

    A table of facts about children has `place` (Int64, the authority's position among the world's places), `child`
    (Int64), and the stored columns that the collection knows, without person_id, collection_year, submission_id,
    row_number and person_row; its rows stand by place, then child, then what is natural. SEN2's have row_number,
    person_row and the other *_row columns as well. A table of facts about authorities has `place` and stored columns.
    `person_trait` names every child of whom another table tells, once for each place. `authority_year` may be there:
    `place`, `census_date` and what else the head of a return says.
    """

    collection: str
    year: int
    tables: Mapping[str, pl.DataFrame]
