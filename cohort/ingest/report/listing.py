"""The report as CSV: every finding with its words, one line a place; a refused file is one line.

UTF-8 with a byte order mark and CRLF, since officers open it in Excel with a double click, which takes a file
without the mark for windows-1252; machines have the JSON.
"""

from __future__ import annotations

from io import BytesIO

import polars as pl

from cohort.ingest import finding
from cohort.ingest.receipt import Receipt
from cohort.ingest.report.account import Account
from cohort.ingest.report.shown import FORMULA, REASON, shown
from cohort.ingest.words import SAID, in_words

REFUSED = "refused"
"""The level of the one line of a refused file."""


def draw(receipt: Receipt, said: Account) -> bytes:
    """Every place, with the file and the return that it is of."""
    whence = {
        "file": shown(receipt.file),
        "collection": receipt.collection,
        "year": receipt.year,
        "authority": receipt.authority,
    }
    texts = pl.selectors.string()
    places = pl.concat([_refusal(receipt), in_words(said.places)], how="diagonal")
    if said.warning:
        whence = {"warning": said.warning, **whence}
    frame = places.select(*(pl.lit(value).alias(name) for name, value in whence.items()), pl.all())
    safe = frame.with_columns(pl.when(texts.str.contains(FORMULA)).then("'" + texts).otherwise(texts).name.keep())
    file = BytesIO()
    safe.write_csv(file, include_bom=True, line_terminator="\r\n")
    return file.getvalue()


def _refusal(receipt: Receipt) -> pl.DataFrame:
    schema = {**finding.LOCATED, **dict.fromkeys(SAID, pl.String)}
    if receipt.refusal is None:
        return pl.DataFrame(schema=schema)
    code, sentence, remedy = receipt.refusal
    line = {"code": code, "level": REFUSED, "sentence": shown(sentence, REASON), "advice": shown(remedy, REASON)}
    return pl.DataFrame([line], schema=schema)
