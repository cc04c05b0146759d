"""What a page shows, as text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from streamlit.testing.v1 import AppTest

WORDS = ("title", "header", "subheader", "markdown", "caption", "error", "warning", "info", "success", "text")


def drawn(page: Callable[..., None], *, is_guarded: bool = True, **calls: Any) -> AppTest:
    """The page, drawn once with its calls. The page's function is taken by its source: it imports what it needs."""
    at = AppTest.from_function(page, kwargs=calls, default_timeout=30).run()
    assert not (is_guarded and at.exception)
    return at


def seen(at: AppTest) -> str:
    """Every word of the page, tables and labels included, without the marks of Markdown."""
    parts = [element.value for kind in WORDS for element in at.get(kind)]
    parts += [" | ".join(str(cell) for cell in row) for table in at.table for row in table.value.to_numpy()]
    parts += [element.label for kind in ("button", "expander", "selectbox", "text_input") for element in at.get(kind)]
    return re.sub(r"\\(.)", r"\1", "\n".join(parts)).replace("**", "")


def refusals(at: AppTest) -> list[str]:
    """What the page refuses."""
    return [re.sub(r"\\(.)", r"\1", error.value).replace("**", "") for error in at.error]
