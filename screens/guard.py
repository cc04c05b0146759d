"""One small guard round every call: a person sees a code, a sentence and the way out, never a traceback."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from cohort.errors import CohortError
from screens.words import plain

P = ParamSpec("P")
T = TypeVar("T")
LOG = logging.getLogger("cohort.screens")
UNEXPECTED = (
    "UNEXPECTED",
    "Something went wrong.",
    "Try again. If it happens again, tell the operator of this record when it happened and what you did.",
)


class DownloadFailedError(Exception):
    """A file could not be made. It carries a code and a sentence alone: Streamlit logs it whole."""


def attempt(call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
    """What the call gives; None after telling the person that it failed, and the way out."""
    try:
        return call(*args, **kwargs)
    except CohortError as error:
        refuse(error.code, error.sentence, error.remedy)
    except Exception as fault:
        _log(fault)
        refuse(*UNEXPECTED)
    return None


def later(call: Callable[P, bytes], *args: P.args, **kwargs: P.kwargs) -> Callable[[], bytes]:
    """A download that is made when it is asked for. A fault leaves its code behind, and no traceback."""

    def fetch() -> bytes:
        try:
            return call(*args, **kwargs)
        except CohortError as error:
            failed = f"{error.code}: {error.sentence}"
        except Exception as fault:
            _log(fault)
            failed = UNEXPECTED[0]
        raise DownloadFailedError(failed)  # out here, so that nothing of the fault hangs on it

    return fetch


def refuse(code: str, sentence: str, remedy: str = "", *, heading: str = "") -> None:
    """A refusal in the words of the command line, under a heading (Markdown) where one is given."""
    st.error("\n\n".join(part for part in (heading, plain(f"{code}: {sentence}"), plain(remedy)) if part))


def _log(fault: Exception) -> None:
    # A message or a traceback may quote a child: the type alone is logged.
    LOG.error("unexpected %s", type(fault).__name__)
