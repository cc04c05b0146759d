"""A Release as files: `release.json`, its tables as CSV, its charts as SVG and PNG."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import vl_convert

from analysis import draw
from analysis.release import Release


def written(release: Release, folder: Path) -> list[Path]:
    """Write a release into a folder, made if need be; hands on the files' paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, body in parts(release):
        path = folder / name
        path.write_bytes(body)
        paths.append(path)
    return paths


def zipped(release: Release) -> bytes:
    """The same files in a zip."""
    body = io.BytesIO()
    with zipfile.ZipFile(body, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts(release):
            archive.writestr(name, content)
    return body.getvalue()


def parts(release: Release) -> Iterator[tuple[str, bytes]]:
    """Name and content of each file."""
    record = release.record() | {"caption": draw.caption(release)}
    yield "release.json", json.dumps(record, indent=2, ensure_ascii=False).encode() + b"\n"
    for name, table in release.tables.items():
        yield f"{name}.csv", safe(table.frame).write_csv().encode()
    for name, chart in draw.charts(release).items():
        spec = chart.to_json()
        yield f"{name}.svg", vl_convert.vegalite_to_svg(spec).encode()
        yield f"{name}.png", vl_convert.vegalite_to_png(spec, scale=2)


def safe(frame: pl.DataFrame) -> pl.DataFrame:
    """Text cells that a spreadsheet might run as a formula get an apostrophe before them."""
    texts = [name for name, kind in frame.schema.items() if kind == pl.String]
    hazard = [pl.col(name).str.contains(r"^[=+\-@\t\r\n|＝]") for name in texts]
    return frame.with_columns(
        pl.when(found).then(pl.concat_str(pl.lit("'"), pl.col(name))).otherwise(pl.col(name)).alias(name)
        for name, found in zip(texts, hazard, strict=True)
    )
