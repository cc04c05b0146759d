"""The front door: who comes in, which pages are theirs, and how the app is served."""

from __future__ import annotations

import ast
import logging
import sys
import tomllib
from pathlib import Path
from types import ModuleType

import pytest
from streamlit.testing.v1 import AppTest

from cohort.errors import ReturnRefused
from screens.guard import DownloadFailedError, later
from screens.options import OPTIONS
from screens.words import count, option, plain
from tests.app.fake_service import CANARY, FakeFront
from tests.app.seen import drawn, refusals, seen

ROOT = Path(__file__).parents[2]
TITLES = {
    "authority": ["Upload a return", "History", "Summary of a return"],
    "policymaker": ["Authorities compared", "Outcome summary"],
    "researcher": ["Studies"],
}


def door(front):
    import app

    app.main(front)


def come_in(front: FakeFront, role: str) -> AppTest:
    at = drawn(door, front=front)
    at.radio[0].set_value(role).run()
    return next(button for button in at.button if button.label == "Continue").click().run()


def test_the_file_that_is_served_shows_its_pages_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's magic would draw whatever stands alone on a line."""
    front = FakeFront()
    doors = ModuleType("service.doors")
    vars(doors).update(open=front.open, authorities=front.authorities)
    monkeypatch.setitem(sys.modules, "service.doors", doors)
    monkeypatch.setattr("service.doors", doors, raising=False)
    at = AppTest.from_file(ROOT / "app.py", default_timeout=30).run()
    assert not at.exception
    assert at.markdown[0].value == "Cohort 0–25"
    assert [title.value for title in at.title] == ["Sign in"]


@pytest.mark.parametrize("role", TITLES)
def test_a_role_sees_its_own_pages_and_no_others(role: str) -> None:
    at = come_in(FakeFront(), role)
    assert not at.exception
    assert at.title[0].value == TITLES[role][0]
    assert [link.label for link in at.get("page_link")] == TITLES[role]


def test_nobody_is_in_before_signing_in() -> None:
    at = drawn(door, front=FakeFront())
    assert [title.value for title in at.title] == ["Sign in"]
    assert not at.get("page_link")
    assert "invented data: no real child is in it" in seen(at)


def test_an_authority_is_chosen_by_name() -> None:
    at = drawn(door, front=FakeFront())
    assert at.selectbox[0].options == ["Birmingham (330)", "Camden (202)"]
    assert "Birmingham" in seen(come_in(FakeFront(), "authority"))


@pytest.mark.parametrize("role", TITLES)
def test_who_may_not_come_in_stays_outside(role: str) -> None:
    at = come_in(FakeFront(closed=role), role)
    assert refusals(at) == ["ACCESS-02: There is no such account, or it was revoked.\n\nSee: cohort account list"]
    assert [title.value for title in at.title] == ["Sign in"]


@pytest.mark.parametrize("role", TITLES)
def test_a_right_that_is_taken_away_ends_at_the_next_run(role: str) -> None:
    front = FakeFront()
    at = come_in(front, role)
    front.closed = role
    at.run()
    assert refusals(at)[0].startswith("ACCESS-02")
    assert not at.title
    assert not at.get("page_link")


def test_signing_out_leaves_nothing_behind() -> None:
    at = come_in(FakeFront(), "policymaker")
    assert at.session_state["releases"]
    next(button for button in at.button if button.label == "Sign out").click().run()
    assert [title.value for title in at.title] == ["Sign in"]
    assert "releases" not in at.session_state
    assert "came-in" not in at.session_state


def test_the_checkout_and_the_command_serve_the_app_with_the_same_options() -> None:
    told = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    flat = {
        f"{section}.{name}": str(value).lower() if isinstance(value, bool) else str(value)
        for section, options in told.items()
        for name, value in options.items()
    }
    assert flat == dict(OPTIONS)


def test_the_app_is_served_quietly_on_this_machine_only() -> None:
    wanted = {
        "server.address": "127.0.0.1",
        "server.enableXsrfProtection": "true",
        "server.enableStaticServing": "false",
        "browser.gatherUsageStats": "false",
        "client.showErrorDetails": "none",
    }
    assert wanted.items() <= dict(OPTIONS).items()


def test_streamlit_knows_every_option() -> None:
    from streamlit import config

    assert set(OPTIONS) <= set(config.get_config_options())


def test_a_download_that_fails_leaves_its_code_and_nothing_else(caplog: pytest.LogCaptureFixture) -> None:
    def crash() -> bytes:
        raise ValueError(CANARY)

    def refuse() -> bytes:
        raise ReturnRefused("FILE-13", "The file is a compressed archive.", "Unpack it.")

    with caplog.at_level(logging.DEBUG), pytest.raises(DownloadFailedError, match=r"^UNEXPECTED$") as failed:
        later(crash)()
    assert failed.value.__context__ is None
    assert failed.value.__cause__ is None
    assert CANARY not in caplog.text
    with pytest.raises(DownloadFailedError, match=r"^FILE-13: The file is a compressed archive\.$"):
        later(refuse)()


def test_text_from_elsewhere_is_no_markdown() -> None:
    assert plain("*a* [b](c) :red[d] $e$ <f> `g` _h_") == (r"\*a\* \[b\]\(c\) \:red\[d\] \$e\$ \<f\> \`g\` \_h\_")


def test_numbers_and_options_are_said_in_words() -> None:
    assert [count(n, "row") for n in (0, 1, 1234)] == ["0 rows", "1 row", "1,234 rows"]
    assert option("within_20_weeks") == "Plans issued within 20 weeks"
    assert option("some_new_option") == "Some new option"


ALLOWED = {
    "analysis", "analysis.draw", "analysis.release", "cohort.errors", "cohort.ingest.answers", "cohort.ingest.receipt",
    "streamlit", "altair",
}  # fmt: skip


def test_a_screen_knows_its_calls_and_nothing_behind_them() -> None:
    for path in sorted((ROOT / "screens").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                if node.module == "analysis":
                    names = [f"analysis.{alias.name}" for alias in node.names]
            elif isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            else:
                continue
            for name in names:
                ours = name.partition(".")[0] in {"analysis", "cohort", "service", "synthetic"}
                heavy = name.partition(".")[0] in {"polars", "pandas", "ibis", "duckdb", "sqlalchemy", "statsmodels"}
                assert not heavy, f"{path.name} imports {name}"
                assert not ours or name in ALLOWED, f"{path.name} imports {name}"
