"""The policymaker's and the researcher's screens: what is asked, what is seen, and in which order."""

from __future__ import annotations

import logging

import pytest
from streamlit.testing.v1 import AppTest

from cohort.errors import ReleaseRefused
from tests.app import fake_releases
from tests.app.fake_service import CANARY, FakeAsk
from tests.app.seen import drawn, refusals, seen

REFUSED = ReleaseRefused("GATE-05", "The model leaves fewer than 10 degrees of freedom.", "Choose fewer covariates.")


def comparison(ask):
    from screens.guard import attempt
    from screens.policy import comparison

    attempt(comparison.draw, ask)


def summary(ask):
    from screens.guard import attempt
    from screens.policy import summary

    attempt(summary.draw, ask)


def study(ask):
    from screens.guard import attempt
    from screens.research import study

    attempt(study.draw, ask)


def _ran(ask: FakeAsk, name: str) -> AppTest:
    at = drawn(study, ask=ask)
    at.selectbox(key="studies-study").set_value(name).run()
    return at.button[0].click().run()


def test_the_plain_sentence_comes_before_any_figure() -> None:
    text = seen(drawn(comparison, ask=FakeAsk(number=153)))
    assert "150 cannot be told apart from England" in text
    assert text.index("cannot be told apart") < text.index("Each point is an authority")


def test_authorities_stand_in_three_groups_in_alphabetical_order() -> None:
    at = drawn(comparison, ask=FakeAsk(number=153))
    released = fake_releases.comparison("spring-2026", "publication")
    groups = [e for e in at.expander if "England" in e.label]
    assert [e.label.split(":")[0] for e in groups] == [
        "■ Better than England", "◆ Worse than England", "● Not distinguishable from England",
    ]  # fmt: skip
    members = [e.markdown[0].value.replace("\\", "").split(" · ") for e in groups]
    assert all(names == sorted(names) for names in members)
    assert sum(len(names) for names in members) == released.tables["funnel"].frame.height


def test_an_authority_without_a_figure_is_named() -> None:
    at = drawn(comparison, ask=FakeAsk(number=153))
    hidden = next(e for e in at.expander if e.label.startswith("No figure"))
    assert hidden.markdown[0].value == "City of London"


def test_no_rank_is_shown() -> None:
    at = drawn(comparison, ask=FakeAsk())
    assert at.dataframe
    assert not [c for table in at.dataframe for c in table.value.columns if "rank" in c.lower()]


def test_a_comparison_says_what_it_is_not() -> None:
    text = seen(drawn(comparison, ask=FakeAsk()))
    assert "It is no league table" in text
    assert "not adjusted for need" in text


def test_the_table_gives_shares_in_per_cent_with_intervals() -> None:
    frame = drawn(comparison, ask=FakeAsk()).dataframe[0].value
    assert {"Authority", "Number", "Out of", "Share", "95 % low", "95 % high"} <= set(frame.columns)
    assert (frame["Share"].dropna() > 1).all()
    assert frame.loc[frame["Authority"] == "City of London", "Share"].isna().all()


def test_our_record_is_asked_for_under_publication_and_published_figures_under_public() -> None:
    ask = FakeAsk()
    at = drawn(comparison, ask=ask)
    at.selectbox(key="la_comparison-measure").set_value("appeals")
    at.selectbox(key="la_comparison-source").set_value("published").run()
    assert [(policy, choices["source"]) for _, _, policy, choices in ask.asked] == [
        ("publication", "record"), ("public", "published"),
    ]  # fmt: skip
    assert "Source: Tribunal statistics" in seen(at)


@pytest.mark.parametrize(
    ("measure", "publisher", "file"),
    [
        ("within_20_weeks", "Education, health and care plans", "timeliness_20_week.csv"),
        ("refused", "Education, health and care plans", "requests.csv"),
    ],
)
def test_published_figures_that_are_not_loaded_are_explained(measure: str, publisher: str, file: str) -> None:
    at = drawn(comparison, ask=FakeAsk())
    at.selectbox(key="la_comparison-measure").set_value(measure)
    at.selectbox(key="la_comparison-source").set_value("published").run()
    text = seen(at)
    assert publisher in text
    assert "reporting year 2025" in text
    assert f"cohort reference load {file}" in text
    assert not refusals(at)
    assert not at.dataframe


def test_every_measure_of_the_comparison_says_where_its_published_figures_lie() -> None:
    from analysis.studies.la_comparison import COMPARED
    from screens.policy.comparison import WHERE

    assert set(WHERE) == set(COMPARED)


def test_invented_figures_wear_a_banner_and_others_do_not() -> None:
    banner = "Invented data: no real child is in it."
    assert banner in seen(drawn(comparison, ask=FakeAsk()))
    assert banner not in seen(drawn(comparison, ask=FakeAsk(is_invented=False)))
    assert banner in seen(drawn(summary, ask=FakeAsk()))
    assert banner in seen(_ran(FakeAsk(), "timeliness_model"))


def test_official_figures_in_an_invented_snapshot_wear_no_banner() -> None:
    at = drawn(comparison, ask=FakeAsk())
    at.selectbox(key="la_comparison-measure").set_value("appeals")
    at.selectbox(key="la_comparison-source").set_value("published").run()
    assert "Invented data" not in seen(at)


@pytest.mark.parametrize("page", [comparison, summary])
def test_without_a_snapshot_the_way_out_is_said(page) -> None:
    ask = FakeAsk(names=())
    assert "cohort snapshot cut NAME" in seen(drawn(page, ask=ask))
    assert not ask.asked


@pytest.mark.parametrize("page", [comparison, summary])
def test_a_study_that_is_not_offered_is_not_asked(page) -> None:
    ask = FakeAsk(cards=())
    assert "not offered here" in seen(drawn(page, ask=ask))
    assert not ask.asked


@pytest.mark.parametrize("page", [comparison, summary])
def test_a_refusal_is_code_sentence_and_way_out(page) -> None:
    at = drawn(page, ask=FakeAsk(fault=REFUSED))
    assert refusals(at) == ["GATE-05: The model leaves fewer than 10 degrees of freedom.\n\nChoose fewer covariates."]


@pytest.mark.parametrize("page", [comparison, summary])
def test_a_fault_shows_and_logs_nothing_of_a_child(page, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        at = drawn(page, ask=FakeAsk(fault=ValueError(f"could not parse {CANARY}")))
    assert not at.exception
    assert refusals(at)[0].startswith("UNEXPECTED: Something went wrong.")
    assert "unexpected ValueError" in caplog.text
    for word in CANARY.split():
        assert word not in seen(at)
        assert word not in caplog.text


def test_without_the_guard_the_fault_would_be_seen(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The positive control of the test above: Streamlit writes out whatever escapes."""
    from screens.policy import summary as screen

    monkeypatch.setattr(screen, "attempt", lambda call, *args, **kwargs: call(*args, **kwargs))

    def unguarded(ask):
        from screens.policy import summary

        summary.draw(ask)

    at = drawn(unguarded, is_guarded=False, ask=FakeAsk(fault=ValueError(CANARY)))
    assert at.exception
    assert CANARY in capfd.readouterr().out


def test_a_question_is_asked_once_in_a_session_and_by_each_session_for_itself() -> None:
    one, other = FakeAsk(), FakeAsk()
    at = drawn(summary, ask=one)
    at.run()
    at.selectbox(key="outcome_summary-group").set_value("sex").run()
    at.selectbox(key="outcome_summary-group").set_value("none").run()
    assert len(one.asked) == 2
    drawn(summary, ask=other)
    assert len(other.asked) == 1


def asked_often(ask):
    from screens import question

    for number in range(2 * question.KEPT):
        question.answer(ask, "timeliness_model", f"snapshot-{number}", "research", {})


def test_a_session_keeps_few_releases() -> None:
    from screens.question import KEPT

    assert len(drawn(asked_often, ask=FakeAsk()).session_state["releases"]) == KEPT


def test_a_summary_by_a_trait_speaks_of_no_causes() -> None:
    at = drawn(summary, ask=FakeAsk())
    at.selectbox(key="outcome_summary-group").set_value("ethnicity").run()
    text = seen(at)
    assert "they say nothing of causes" in text
    assert {"White British", "Gypsy or Roma"} <= set(at.dataframe[0].value["Ethnic group"])


def test_a_study_is_run_when_asked_and_not_before() -> None:
    ask = FakeAsk()
    at = drawn(study, ask=ask)
    assert not ask.asked
    assert "Which authorities differ from England" in seen(at)
    at.selectbox(key="studies-study").set_value("timeliness_model").run()
    assert not ask.asked
    at.button[0].click().run()
    assert ask.asked == [("timeliness_model", "spring-2026", "research", {})]


def test_another_choice_takes_the_old_result_away() -> None:
    at = _ran(FakeAsk(), "outcome_summary")
    assert at.dataframe
    at.selectbox(key="studies-outcome_summary-group").set_value("sex").run()
    assert not at.dataframe
    assert "then run the study" in seen(at)


def test_a_researcher_sees_estimand_population_assumptions_warnings_and_record() -> None:
    at = _ran(FakeAsk(), "timeliness_model")
    text = seen(at)
    for words in (
        "Log-odds of a final plan within 20 weeks of the request.",
        "Logistic regression with a random intercept for each authority.",
        "Authority effects are normal on the log-odds scale.",
        "The fit stopped at its limit of steps.",
        "Plans issued in the year. | 84,865",
        "Policy | research",
        "Snapshot | spring-2026, digest 3f9c21d07ab4",
        "Counted | 9,000",
        "Asked by | tester",
    ):
        assert words in text
    assert {"Estimate", "Standard error", "95 % low", "95 % high"} <= set(at.dataframe[0].value.columns)


def test_a_step_that_few_pass_is_withheld() -> None:
    assert "A step that hardly anybody passes. | c" in seen(_ran(FakeAsk(), "timeliness_model"))


def test_the_files_are_made_when_they_are_asked_for() -> None:
    from screens.guard import later

    released = fake_releases.model("main", "research")
    made = later(FakeAsk().files, released)
    assert released.provenance.release_id.encode() in made()
    shown = drawn(summary, ask=FakeAsk()).get("download_button")
    assert [button.label for button in shown] == ["Download figures, charts and record (zip)"]
