"""The look of the app: sober, wide enough for a chart, readable without colour."""

from __future__ import annotations

import streamlit as st

STYLE = """
<style>
.stMainBlockContainer { max-width: 1080px; padding-top: 1.5rem; }
.stHeading h1 { font-size: 2.25rem; }
.stHeading h2 { font-size: 1.6rem; padding-top: 1.2rem; }
.stHeading h3 { font-size: 1.25rem; }
[data-testid="stHeaderActionElements"] { display: none; }
[data-testid="stAlertContainer"] { color: #0b0c0c; border-left: 10px solid currentcolor; }
.st-key-findings td:last-child, .st-key-findings td:nth-child(-n+4) { white-space: nowrap; }
.st-key-masthead { background: #0b0c0c; padding: .6rem 1rem; }
.st-key-masthead p { color: #fff; font-size: 1.4rem; font-weight: 700; }
.st-key-bar { background: #f3f2f1; border-bottom: 1px solid #b1b4b6; padding: .3rem 1rem; margin-bottom: -.5rem; }
.st-key-phase { border-bottom: 1px solid #b1b4b6; padding-bottom: .5rem; }
.st-key-phase strong { background: #1d70b8; color: #fff; padding: .1rem .5rem; margin-right: .4rem; }
.st-key-invented { border-left: 10px solid #1d70b8; padding: .3rem 0 .3rem 1rem; background: #f3f2f1; }
.st-key-lead { border-left: 10px solid #b1b4b6; padding: .4rem 0 .4rem 1rem; }
.st-key-lead p { font-size: 1.35rem; line-height: 1.5; }
a:focus-visible, button:focus-visible {
  outline: 3px solid #ffdd00 !important;
  box-shadow: 0 0 0 5px #0b0c0c !important;
}
</style>
"""


def dress() -> None:
    """Put the style on; once a run, before anything is drawn."""
    st.set_page_config(page_title="Cohort 0–25", layout="wide")
    st.html(STYLE)


def masthead() -> None:
    """The name of the service and the demo's line, on top of every page."""
    with st.container(key="masthead"):
        st.markdown("Cohort 0–25")
    with st.container(key="phase"):
        st.markdown("**DEMO** Here one chooses a role freely. Its record is invented data: no real child is in it.")


def invented() -> None:
    """The banner over figures of an invented snapshot."""
    with st.container(key="invented"):
        st.markdown("**Invented data:** no real child is in it.")


def lead(sentence: str) -> None:
    """The plain sentence that comes first. `sentence` is Markdown."""
    with st.container(key="lead"):
        st.markdown(sentence)
