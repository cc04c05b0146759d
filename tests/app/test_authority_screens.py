"""The authority's screens: a return is checked, sent, explained and signed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import date

import pytest
from streamlit.testing.v1 import AppTest

from tests.app.fake_service import CANARY, FakeDesk, Line
from tests.app.seen import drawn, refusals, seen


def upload(desk):
    from screens.authority import upload
    from screens.guard import attempt

    attempt(upload.draw, desk)


def history(desk):
    from screens.authority import history
    from screens.guard import attempt

    attempt(history.draw, desk)


def press(at: AppTest, label: str) -> AppTest:
    """The page after a button was pressed."""
    return next(button for button in at.button if button.label == label).click().run()


def uploaded(desk: FakeDesk, kind: str) -> AppTest:
    """The page with a file that will be judged as its first word says."""
    at = drawn(upload, desk=desk)
    return at.file_uploader[0].upload(f"{kind}.xml", f"{kind} return".encode(), "text/xml").run()


def checked(desk: FakeDesk, kind: str) -> AppTest:
    """The page after the check."""
    return press(uploaded(desk, kind), "Check the return")


def sent(desk: FakeDesk, kind: str) -> AppTest:
    """The page after the return was sent."""
    return press(checked(desk, kind), "Send the return")


def test_the_limit_of_the_upload_is_said_and_nothing_is_sent_unasked() -> None:
    desk = FakeDesk()
    at = drawn(upload, desk=desk)
    assert "up to 200 MB" in at.file_uploader[0].label
    assert "Birmingham (authority 330)" in seen(at)
    uploaded(desk, "clean")
    checked(desk, "clean")
    assert not desk.sent


def test_a_clean_return_is_said_to_be_so() -> None:
    text = seen(checked(FakeDesk(), "clean"))
    assert "No problems were found. Nothing was sent or kept." in text
    assert "Person | 1,204 | 0" in text
    assert "Children:" not in text, "nobody was looked up"
    assert "cells with spaces before or after: 3" in text
    assert "2 rules that look at last year's return were not run: YEARS-01, YEARS-02." in text


def test_findings_stand_by_place_with_sentence_and_advice() -> None:
    text = seen(checked(FakeDesk(), "held"))
    assert "Checked: 3 errors and 2 queries." in text
    assert (
        "Error | Person | 1 | Sex | Sex is absent. | Enter it in your system; every record needs it. | CELL-01" in text
    )
    assert "Query | Requests | 2 | RequestSource" in text


def test_many_findings_are_cut_on_the_screen_and_said_to_be_whole_in_the_downloads() -> None:
    at = checked(FakeDesk(), "many")
    assert "The first 200 of 250 findings." in seen(at)
    assert len(at.table[0].value) == 200


def test_a_lost_heading_stands_first_and_once() -> None:
    at = checked(FakeDesk(), "lost")
    assert "Checked: 253 errors and 2 queries." in seen(at)
    assert len(at.table[0].value) == 6
    assert list(at.table[0].value.iloc[0])[1:4] == ["Person", "every row", "Sex"]


def test_the_report_is_offered_in_four_formats() -> None:
    shown = checked(FakeDesk(), "held").get("download_button")
    assert [button.label for button in shown] == ["Web page", "Excel", "CSV", "JSON"]


def test_a_refused_file_is_refused_in_the_words_of_the_command_line() -> None:
    at = checked(FakeDesk(), "refused")
    assert refusals(at) == [
        "Refused. The file cannot be taken in, and nothing of it is kept.\n\n"
        "FILE-13: The file is a compressed archive.\n\nUnpack it and send the XML file in it."
    ]
    assert "Send the return" not in [button.label for button in at.button]


def test_a_clean_return_is_accepted_when_it_is_sent() -> None:
    text = seen(sent(FakeDesk(), "clean"))
    assert "Accepted. The return is in the record as submission 12." in text
    assert "Children: 1,100 known to the record already, 104 new." in text
    assert "It is accepted, as submission 12. Sign it on the page History." in text
    assert "It replaces submission 9; both stay in the record." in text
    assert "Person | 1,190 | 1,204" in text


def test_the_same_content_again_is_already_received() -> None:
    desk = FakeDesk()
    sent(desk, "clean")
    assert "Already received. The same content is in the record as submission 12." in seen(sent(desk, "clean"))


def test_a_held_return_asks_for_a_reason_for_each_query_and_reminds_of_names() -> None:
    at = sent(FakeDesk(), "held")
    text = seen(at)
    assert "Held. The return waits as submission 12" in text
    assert "Write no name, date of birth or number of a child" in text
    labels = [box.label.replace("\\", "") for box in at.text_input]
    assert labels == [
        "Why 5 rows (those with errors, and all that hang under them) may be left out",
        "CELL-02 (1 place): RequestSource is absent. Why is it right?",
        "CELL-14 (1 place): PostCode is not formed like a postcode. Why is it right?",
    ]
    assert all(box.max_chars for box in at.text_input)


def test_answers_are_sent_and_the_return_is_accepted() -> None:
    desk = FakeDesk()
    at = sent(desk, "held")
    at.text_input(key="answer-confirm").set_value("Being corrected at the school")
    at.text_input(key="answer-CELL-02").set_value("The system has no such field")
    at.text_input(key="answer-CELL-14").set_value("A new estate")
    at = press(at, "Send again with these answers")
    assert desk.sent[-1] == (
        "Being corrected at the school",
        {"CELL-02": "The system has no such field", "CELL-14": "A new estate"},
    )
    assert "Accepted. The return is in the record as submission 12. 5 rows were left out." in seen(at)


def test_half_the_answers_leave_the_return_held_and_are_not_lost() -> None:
    desk = FakeDesk()
    at = sent(desk, "held")
    at.text_input(key="answer-CELL-02").set_value("The system has no such field")
    at.text_input(key="answer-CELL-14").set_value("   ")
    at = press(at, "Send again with these answers")
    assert desk.sent[-1] == ("", {"CELL-02": "The system has no such field"})
    assert "Held." in seen(at)
    assert at.text_input(key="answer-CELL-02").value == "The system has no such field"


def test_another_file_takes_the_old_result_away() -> None:
    at = checked(FakeDesk(), "held")
    assert "Result" in seen(at)
    at.file_uploader[0].upload("other.xml", b"clean return", "text/xml").run()
    assert "Result" not in seen(at)
    at.file_uploader[0].clear().run()
    assert "The return is checked first" in seen(at)


def test_the_stations_are_told_while_the_return_climbs(monkeypatch: pytest.MonkeyPatch) -> None:
    from screens.authority import upload as screen

    told: list[str] = []
    station: Callable[[str], str] = screen.station
    monkeypatch.setattr(screen, "station", lambda name: told.append(name) or station(name))
    checked(FakeDesk(), "clean")
    assert told == ["reading", "parsing", "linking", "checking"]


def test_a_fault_shows_and_logs_nothing_of_a_child(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        at = checked(FakeDesk(), "crash")
    assert not at.exception
    assert refusals(at)[0].startswith("UNEXPECTED: Something went wrong.")
    assert "unexpected ValueError" in caplog.text
    for word in CANARY.split():
        assert word not in seen(at)
        assert word not in caplog.text


def test_history_says_what_became_of_every_submission() -> None:
    text = seen(drawn(history, desk=FakeDesk()))
    assert "12 | SEN2 2026 | Accepted | 3 February 2026, 09:05 | 3,343 | 0 | 2" in text
    assert "8 | not read | Refused" in text


def test_only_an_accepted_return_can_be_signed() -> None:
    at = drawn(history, desk=FakeDesk())
    assert at.selectbox[0].options == ["Submission 12: SEN2 2026"]
    at = press(at, "Sign this return")
    assert "Submission 12 is signed." in seen(at)
    assert "No accepted return waits for a signature." in seen(at)
    assert "12 | SEN2 2026 | Signed" in seen(at)


def test_a_signature_that_is_refused_says_why() -> None:
    at = press(drawn(history, desk=FakeDesk(may_sign=False)), "Sign this return")
    assert refusals(at) == ["SIGN-01: This submission is not this authority's.\n\nSee: cohort submissions"]
    assert "12 | SEN2 2026 | Accepted" in seen(at)


def test_an_empty_history_says_so() -> None:
    assert "Nothing was sent yet." in seen(drawn(history, desk=FakeDesk(lines=[])))


def test_a_return_of_many_rows_is_counted_with_commas() -> None:
    desk = FakeDesk(lines=[Line(3, "SEN2", 2026, "accepted", 1_234_567)])
    assert "1,234,567" in seen(drawn(history, desk=desk))


def back(desk):
    from screens.authority import summary
    from screens.guard import attempt

    attempt(summary.draw, desk)


def test_a_check_shows_which_figures_the_return_would_move() -> None:
    text = seen(checked(FakeDesk(), "clean"))
    assert "Plans issued within 20 weeks: 41.1 % (185 of 450) → 46.9 % (211 of 450)." in text
    assert "4 other indicators stay as they are." in text
    assert "Beside submission 9, which holds now." in text
    assert "What it would change" not in seen(checked(FakeDesk(), "refused"))


def test_a_dry_run_is_checked_and_cannot_be_sent() -> None:
    at = uploaded(FakeDesk(), "clean")
    at.checkbox(key="upload-dry-run").check().run()
    at = press(at, "Check the return")
    assert "Send the return once census day has come." in seen(at)
    assert "or census day, which has not come" in seen(at)
    assert "Send the return" not in [button.label for button in at.button]


def test_a_dry_run_of_a_census_that_has_passed_promises_no_day_to_come() -> None:
    at = uploaded(FakeDesk(), "passed")
    at.checkbox(key="upload-dry-run").check().run()
    text = seen(press(at, "Check the return"))
    assert "Census day has come." in text
    assert "has not come" not in text
    assert "Send the return once" not in text


def test_a_file_that_names_no_year_is_asked_for_it_and_checked_and_sent_as_of_that_year() -> None:
    desk = FakeDesk()
    at = press(uploaded(desk, "clean of no year"), "Check the return")
    assert "Neither the file nor its name says so." in seen(at)
    assert "Send the return" not in [button.label for button in at.button]
    at.number_input(key="said-year").set_value(2025).run()
    at = press(at, "Check it as the return of this year")
    press(at, "Send the return")
    assert desk.years == [None, 2025, 2025]


def test_a_summary_shows_what_to_see_to_figures_place_and_quality() -> None:
    at = drawn(back, desk=FakeDesk())
    text = seen(at)
    assert "On 15 January 2026: 60 cases past the day that the law sets, 1 case due within six weeks." in text
    assert "Next review | ActivePlans | 1 | 16 Nov 2025 | 60 days late" in text
    assert "Next review | 60 | 0" in text
    assert "Final plan | 0 | 1" in text
    assert "The first 20 of 61" in text
    assert "Plans issued within 20 weeks | 46.7 % (210 of 450) | 46.9 % (211 of 450)" in text
    assert "46.7 % | 46.2 % | 31.0 % to 61.0 % | +0.1 | not distinguishable from England (38 compared)" in text
    assert "Appeals to the tribunal, 2025 | c | 4,400 | c" in text
    assert ["Measure", "Number, rounded", "Out of, rounded"] in [list(table.value.columns)[:3] for table in at.table]
    assert "Elm Lane Primary (100001) | 31 Aug 2025 | Elm Lane Academy (149001) | Placement, row 3" in text
    assert "Requests refused: Nobody was counted." in text
    assert "1 item of 2 can be better" in text
    assert "Person | Sex | 98.0 % | 100.0 % | 0.0 % | 0.98" in text
    assert "Person | PostCode | not kept" in text


def test_figures_that_are_defined_apart_say_so_beside_themselves() -> None:
    text = seen(drawn(back, desk=FakeDesk()))
    assert "24.3 % (240 of 988) | Of requests received in the year, those that" in text
    assert "Requests undecided or withdrawn stay in the denominator." in text
    assert "received in whichever year: the share refused looks at those received in the year alone." in text
    assert "Rounded for everybody: they differ a little from your own true counts above." in text


def test_a_summary_is_of_accepted_returns_and_is_asked_for_once() -> None:
    desk = FakeDesk()
    at = drawn(back, desk=desk)
    assert at.selectbox[0].options == ["SEN2 2026 (submission 12, accepted)", "SEN2 2025 (submission 9, signed)"]
    at.run()
    assert desk.asked == [(12, None)]
    at.date_input[0].set_value(date(2026, 2, 1)).run()
    assert desk.asked == [(12, None), (12, date(2026, 2, 1))]
    assert "On 1 February 2026" in seen(at)


def test_without_an_accepted_return_there_is_no_summary() -> None:
    desk = FakeDesk(lines=[Line(3, "SEN2", 2026, "held", 10)])
    assert "No return was accepted yet." in seen(drawn(back, desk=desk))
    assert not desk.asked
