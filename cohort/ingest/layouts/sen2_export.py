"""SEN2 as COLLECT gives it back: nine files, `Blade-Export_<day>_<table>.csv`."""

from __future__ import annotations

from cohort.ingest.formats.sen2 import SEN2
from cohort.ingest.layout import exported

EXPORT = exported(SEN2, "sen2")
