"""Themes of the publication: which measures stand together, and whose years they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CALENDAR, ACADEMIC, TAX = "Calendar year", "Academic year", "Tax year"


@dataclass(frozen=True)
class Theme:
    """Measures by name, in the order in which they are read. `period`: how official statistics name its years."""

    title: str
    period: str
    measures: tuple[str, ...]


THEMES: Mapping[str, Theme] = {
    "timeliness": Theme(
        "How long families wait",
        CALENDAR,
        (
            "decided_in_6_weeks",
            "weeks_to_decision",
            "undecided_over_6_weeks",
            "within_20_weeks",
            "within_20_weeks_of_all",
            "weeks_to_plan",
            "open_over_20_weeks",
            "advice_in_time",
            "advice_not_received",
            "weeks_to_advice",
        ),
    ),
    "requests_and_plans": Theme(
        "Requests, plans and how they end",
        CALENDAR,
        (
            "refused",
            "no_plan",
            "plans_with_exception",
            "without_placement",
            "plan_not_learning",
            "residential",
            "ceased_needs_met",
            "ceased_disengaged",
        ),
    ),
    "disputes": Theme(
        "When families disagree",
        CALENDAR,
        (
            "mediation_of_refusals",
            "appeals_of_refusals",
            "appeals",
            "appeals_conceded",
            "appeals_upheld",
            "weeks_to_appeal_end",
            "orders_in_time",
            "complaints_in_time",
            "complaints_upheld",
        ),
    ),
    "provision": Theme(
        "What plans promise and what is delivered",
        ACADEMIC,
        (
            "every_line_quantified",
            "a_quantified_line_for_each_need",
            "hours_specified",
            "hours_delivered",
            "lines_in_full",
            "lines_not_delivered",
            "lines_not_recorded",
            "outcomes_with_progress",
            "plans_with_personal_budget",
        ),
    ),
    "reviews": Theme(
        "Annual reviews and moves between phases",
        ACADEMIC,
        (
            "reviews_in_time",
            "review_decided_in_4_weeks",
            "amended_in_12_weeks",
            "reviews_with_person",
            "transfers_in_time",
            "transfers_as_asked",
        ),
    ),
    "identification": Theme("Who is identified", ACADEMIC, ("sen_prevalence", "sen_support", "plan_prevalence")),
    "school": Theme(
        "Outcomes at school",
        ACADEMIC,
        (
            "good_level_of_development",
            "phonics",
            "multiplication_check",
            "ks2_expected",
            "ks2_reading",
            "ks2_maths",
            "attainment_8",
            "english_maths_9_4",
            "english_maths_9_5",
            "absence",
            "persistent_absence",
            "severe_absence",
            "suspension_rate",
            "exclusion_rate",
        ),
    ),
    "after_16": Theme(
        "After 16",
        ACADEMIC,
        (
            "ks4_sustained",
            "post_16_sustained",
            "learning_16_17",
            "neet_16_17",
            "not_known_16_17",
            "neet_18_25",
            "not_known_18_25",
            "level_2_at_19",
            "level_3_at_19",
            "internships_to_work",
        ),
    ),
    "adult_life": Theme(
        "Adult life",
        ACADEMIC,
        ("own_home", "travels_independently", "health_checks_done"),
    ),
    "work": Theme("Work", TAX, ("any_work", "sustained_employment", "earnings", "out_of_work_benefit")),
}
