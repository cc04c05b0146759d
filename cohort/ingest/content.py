"""The canonical content of a return: the same whatever the order of its rows, its spacing or its spelling.

Each person is written as a text of what would be stored of them, children sorted below their parents; persons
are sorted and hashed under a key. Two files with one content differ in nothing that the record would keep. Who a
person is enters by the mark of an identifier, not by its token: a rotation must not make old content new.
"""

from __future__ import annotations

import hmac
from collections.abc import Mapping

import polars as pl

from cohort.ingest.format import ReturnFormat, Table

UNSTORED = ("software", "software_release", "serial_number", "extracted_at")
"""Items of the head that say when and by what a file was made, not what it says."""
FIELD, ROW = "\x1f", "\x1e"


def content_digest(
    form: ReturnFormat,
    header: Mapping[str, object],
    tables: Mapping[str, pl.DataFrame],
    tokens: pl.DataFrame,
    key: bytes,
) -> str:
    """HMAC-SHA-256 of the content, in hexadecimal."""
    texts: dict[str, pl.DataFrame] = {}
    for table in reversed(form.tables):
        texts[table.name] = _texts(form, table, tables[table.stored], texts)
    top = texts[form.tables[0].name]
    named = top.join(_named(tokens), left_on="row_number", right_on="person_row", how="left").select(
        pl.concat_str(pl.col("named").fill_null(""), "text", separator=ROW)
    )
    head = FIELD.join(f"{name}={value}" for name, value in sorted(header.items()) if name not in UNSTORED)
    mac = hmac.new(key, head.encode(), "sha256")
    for person in named.to_series().sort():
        mac.update(person.encode() + b"\x1d")
    for table in form.tables[1:]:
        if table.parent is None:  # of nobody: facts about the authority
            for text in texts[table.name]["text"].sort():
                mac.update(FIELD.join((table.name, text)).encode() + b"\x1d")
    return mac.hexdigest()


def _texts(form: ReturnFormat, table: Table, frame: pl.DataFrame, below: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """row_number, the parent's row, and one text a row with all that hangs below it."""
    keys = [t.key for t in form.tables if t.key in frame.columns]
    own = [c for c in frame.columns if c not in {*keys, "row_number", "same_upn_row", "same_name_row"}]
    parts = [pl.col(c).cast(pl.String).fill_null("\0") for c in own]
    parent = [form.by_name[table.parent].key] if table.parent else []
    texts = frame.select("row_number", *parent, pl.concat_str(parts, separator=FIELD).alias("text"))
    for child in form.children(table):
        under = below[child.name].group_by(table.key).agg(pl.col("text").sort().str.join(ROW).alias(child.name))
        joined = texts.join(under, left_on="row_number", right_on=table.key, how="left")
        joined = joined.with_columns(
            pl.concat_str("text", pl.col(child.name).fill_null(""), separator=ROW).alias("text")
        )
        texts = joined.drop(child.name)
    return texts


def _named(tokens: pl.DataFrame) -> pl.DataFrame:
    text = pl.concat_str("kind_code", pl.col("mark").bin.encode("hex"), separator="=")
    return tokens.group_by("person_row").agg(text.sort().str.join(FIELD).alias("named"))
