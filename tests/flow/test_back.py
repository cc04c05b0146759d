"""Something back: what an authority is shown of its own return before it is sent, and after it was accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from cohort.errors import NotAllowed, UsageError
from cohort.ingest.receipt import Standing
from cohort.schema.invented import INVENTED_SOFTWARE
from cohort.settings import from_environment
from cohort.store.roles import acting, authority_role
from cohort.vault import keys
from service import access
from service.desk import Desk
from service.ledger import PostgresLedger
from service.office import Office
from service.own import of_submission
from service.snapshots import cut_snapshot
from service.summary import Summary, summary
from tests.build import Record, changed, new_plan, person, sen2
from tests.postgres import Databases, as_application

IN_TIME = {"201": 18, "202": 20, "203": 22, "204": 24, "205": 26, "206": 5}
"""Authority → how many of its 40 plans were issued within 20 weeks; of the last the figure is withheld."""
LATE = {"Requests/Assessment/NamedPlan/StartDate": "2023-12-04"}
OFFICERS = "officer-{}"


def sent(code: str, *more: Record, in_time: int | None = None, year: int = 2024) -> bytes:
    """An invented return of one authority with forty plans of the year."""
    n = IN_TIME[code] if in_time is None else in_time
    plans = [person(new_plan(), number=1000 * int(code[-1]) + i) for i in range(40)]
    late = [changed(record, LATE) for record in plans[n:]]
    xml = sen2(*plans[:n], *late, *more, authority=code, year=year)
    return xml.replace(b"</Source>", f"<SoftwareCode>{INVENTED_SOFTWARE}</SoftwareCode></Source>".encode())


def desk(office: Office, code: str) -> Desk:
    access.add_account(office.engine, OFFICERS.format(code), "authority", code)
    return Desk(access.principal_of(office.engine, OFFICERS.format(code)), office)


@pytest.fixture(scope="module")
def england(embedded_server: Databases, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """Six authorities' returns of one year, taken in and frozen."""
    settings = from_environment({"COHORT_HOME": str(tmp_path_factory.mktemp("back") / "home")})
    with embedded_server.fresh() as engine:
        office = Office(settings, as_application(engine), keys.throwaway())
        for code in IN_TIME:
            assert desk(office, code).submit(sent(code), "r.xml").status is Standing.ACCEPTED
        cut_snapshot(office, access.local_operator(office.engine), "all")
        yield office


@pytest.fixture(scope="module")
def told(england: Office) -> Summary:
    own = desk(england, "201")
    return own.summary(own.history()[-1].submission)


def named(summary: Summary) -> Mapping[str, str]:
    return {indicator.measure: indicator.words for indicator in summary.trend[-1]}


# --- before it is sent ---------------------------------------------------------------------------------------


def test_a_preview_shows_which_indicators_would_move_and_keeps_nothing(england: Office) -> None:
    own = desk(england, "201")
    before = list(own.history())
    seen = own.preview(sent("201", in_time=30), "r.xml")
    assert seen.receipt.status is Standing.JUDGED
    assert seen.compared_with == before[-1].submission
    assert [move.sentence for move in seen.moves if move.has_moved] == [
        "Plans issued within 20 weeks: 45.0 % (18 of 40) → 75.0 % (30 of 40)."
    ]
    assert "Requests for assessment: 40, as before." in [move.sentence for move in seen.moves]
    assert list(own.history()) == before


def test_a_preview_leaves_out_what_would_be_left_out(england: Office) -> None:
    broken = changed(person(new_plan(), number=900), {"UPN": "A" + "0" * 12})
    seen = desk(england, "201").preview(sent("201", broken), "r.xml")
    assert seen.receipt.n_errors
    assert not [move for move in seen.moves if move.has_moved]


def test_where_no_return_holds_a_preview_shows_the_figures_alone(england: Office) -> None:
    seen = desk(england, "207").preview(sent("207", in_time=10), "r.xml")
    assert seen.compared_with is None
    assert "Plans issued within 20 weeks: 25.0 % (10 of 40)." in [move.sentence for move in seen.moves]


def test_an_extract_can_be_previewed_before_its_census_day(england: Office) -> None:
    extract = sent("201").replace(b"2024-01-18", b"2023-12-01")
    own = desk(england, "201")
    assert own.preview(extract, "r.xml").receipt.refusal is not None
    seen = own.preview(extract, "r.xml", dry_run=True)
    assert seen.receipt.is_dry_run
    assert len(seen.moves) == 5


def test_a_file_that_cannot_be_read_has_its_refusal_and_no_figures(england: Office) -> None:
    seen = desk(england, "201").preview(b"PK\x03\x04", "r.zip")
    assert seen.receipt.status is Standing.REFUSED
    assert not seen.moves


def test_another_authoritys_file_is_not_previewed(england: Office) -> None:
    with pytest.raises(NotAllowed, match="ROUTE-01"):
        desk(england, "202").preview(sent("201"), "r.xml")


# --- after it was accepted -----------------------------------------------------------------------------------


def test_a_summary_tells_the_authoritys_own_true_counts(told: Summary) -> None:
    assert named(told) == {
        "plans_in_force": "40",
        "requests": "40",
        "refused": "0.0 % (0 of 40)",
        "within_20_weeks": "45.0 % (18 of 40)",
        "appeals": "0.0 % (0 of 40)",
    }
    counted = {(tally.counted, tally.value): tally.n for tally in told.tallies}
    assert counted["Requests, by decision", "Decided to assess"] == 40
    assert counted["Active plans, by primary need", "Autistic spectrum disorder"] == 40
    assert counted["Main placements on census day, by setting", "School or college, by its number"] == 40


def test_its_place_in_the_funnel_is_that_of_released_figures(told: Summary) -> None:
    (place,) = [p for p in told.standing.positions if p.measure == "within_20_weeks"]
    assert (place.value, place.n, place.authorities) == (0.5, 40, 5), "18 of 40, rounded to 20, as it is released"
    assert place.low998 < place.low95 < place.target < place.high95 < place.high998
    assert place.target == pytest.approx(115 / 240), "of all six, one of whose own figure is withheld"
    assert place.z > 0
    assert place.group == "not distinguishable from England"


def test_what_will_be_published_is_rounded_and_withheld_by_the_gate(england: Office, told: Summary) -> None:
    rows = {row.measure: row for row in told.standing.published}
    assert (rows["within_20_weeks"].numerator, rows["within_20_weeks"].denominator) == (20, 40)
    assert rows["refused"].status == "suppressed"
    small = desk(england, "206")
    withheld = small.summary(small.history()[0].submission).standing
    assert {row.measure: row.numerator for row in withheld.published}["within_20_weeks"] is None
    assert "within_20_weeks" not in [place.measure for place in withheld.positions]


def test_what_is_read_of_others_is_entered_in_the_ledger(england: Office, told: Summary) -> None:
    assert [release.provenance.account for release in told.standing.releases] == [OFFICERS.format("201")] * 3
    entered = PostgresLedger(england.engine, "cohort_policymaker").earlier("la_comparison")
    assert {release.provenance.release_id for release in told.standing.releases} <= {r["release"] for r in entered}


@pytest.fixture(scope="module")
def real(england: Office) -> Summary:
    """The summary of a return that took another's place, after a year before it; its children are not invented."""
    own = desk(england, "209")
    own.submit(sen2(person(new_plan(), number=9000), authority="209"), "r.xml")
    for plans in (1, 3):
        xml = sen2(*(person(aged(new_plan()), number=9000 + n) for n in range(plans)), authority="209", year=2025)
        waits = own.submit(xml, "r.xml")
        last = own.submit(xml, "r.xml", confirm="Known.", explanations=dict.fromkeys(waits.unexplained, "Known."))
    assert last.status is not Standing.HELD
    assert last.submission is not None
    return own.summary(last.submission)


def aged(record: Record) -> Record:
    """A plan of the year after."""
    return changed(
        record,
        {
            "ReceivedDate": "2024-05-02",
            "RequestOutcomeDate": "2024-06-12",
            "Assessment/AssessmentOutcomeDate": "2024-08-14",
            "Assessment/NamedPlan/StartDate": "2024-09-11",
        },
    )


def test_a_resubmission_says_what_it_moved(real: Summary) -> None:
    moved = {move.after.measure: move.sentence for move in real.moves if move.has_moved}
    assert moved["plans_in_force"] == "Plans in force: 1 → 3."
    assert moved["within_20_weeks"] == "Plans issued within 20 weeks: 100.0 % (1 of 1) → 100.0 % (3 of 3)."


def test_the_accepted_years_before_make_a_trend(real: Summary) -> None:
    trend = [[(i.year, i.numerator) for i in year if i.measure == "plans_in_force"] for year in real.trend]
    assert trend == [[(2023, 1)], [(2024, 3)]]


def test_a_return_of_real_children_has_its_own_counts_and_no_place(real: Summary) -> None:
    assert not real.standing.positions
    assert not real.standing.published
    assert any("real children cannot be released" in note for note in real.standing.notes)


def test_only_what_was_accepted_has_a_summary(england: Office) -> None:
    own = desk(england, "301")
    held = own.submit(sen2(person(UPN="A" + "0" * 12), authority="301"), "r.xml")
    assert held.status is Standing.HELD
    assert held.submission is not None
    with pytest.raises(UsageError, match="SUMMARY-01"):
        own.summary(held.submission)


# --- whose it is ---------------------------------------------------------------------------------------------


def test_an_authority_never_gets_anothers_summary(england: Office, told: Summary) -> None:
    with pytest.raises(NotAllowed, match="SIGN-01"):
        desk(england, "202").summary(told.submission)


def test_were_the_desk_to_forget_it_the_database_would_still_show_no_row(england: Office, told: Summary) -> None:
    other = access.principal_of(england.engine, OFFICERS.format("202"))
    with pytest.raises(UsageError, match="SUMMARY-01"):
        summary(england, other, told.submission)
    with acting(england.engine, authority_role("201")) as connection:
        assert of_submission(connection, told.submission).tables["ehc_plan"].height == 40


def test_a_summary_names_no_other_authority(told: Summary) -> None:
    words = repr((told.tallies, told.trend, told.cases, told.standing.positions, told.standing.published))
    assert not [code for code in IN_TIME if code != "201" and f"'{code}'" in words]
