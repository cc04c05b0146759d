"""Measures of advice: received within six weeks, all of it and by profession. Advice that never came stays in."""

from __future__ import annotations

from analysis.measure import Direction, Measure, median, share, since, weeks
from analysis.population import Condition, Table
from analysis.populations.advice import ADVICE_DUE

YEARS = since(2023, "advice returned one by one")
SOURCE = "SEND Regulations 2014, regulations 6 and 8."


def _required(table: Table) -> Condition:
    return ~table.is_exception.fill_null(False)


advice_in_time = share(
    ADVICE_DUE,
    lambda t: t.days_after_due <= 0,
    """
    profession_code | days_after_due | is_exception || of  | counts
    EP              | 0              | no           || yes | yes
    SLT             | 1              | no           || yes | no
    OT              |                |              || yes | no
    SW              | -3             | yes          || no  | no
    """,
    _required,
    name="advice_in_time",
    title="Advice received within 6 weeks",
    sentence="Of advice due in the year, cases with a lawful exception left out, that received by the day on which it "
    "was due, 6 weeks after it was asked for. Advice that did not come is in it.",
    unit="share of advice due",
    direction=Direction.HIGHER,
    years=YEARS,
    source=SOURCE,
)

advice_not_received = share(
    ADVICE_DUE,
    lambda t: t.advice_status_code.isin(["A", "N"]),
    """
    advice_status_code || of  | counts
    A                  || yes | yes
    N                  || yes | yes
    R                  || yes | no
    D                  || yes | no
    """,
    name="advice_not_received",
    title="Advice due and not received",
    sentence="Of advice due in the year, that which was awaited or had not come when the return was made. "
    "An answer that nothing is known of the child is an answer.",
    unit="share of advice due",
    direction=Direction.LOWER,
    years=YEARS,
    source=SOURCE,
)

weeks_to_advice = median(
    ADVICE_DUE,
    lambda t: weeks(t.days_to_advice),
    """
    days_to_advice || value
    21             || 3
    42             || 6
                   ||
    """,
    4.5,
    name="weeks_to_advice",
    title="Weeks to advice",
    sentence="Of advice due in the year and received, the weeks that half did not exceed. Advice that did not come is "
    "not in it, so it looks better where much is missing.",
    unit="weeks",
    direction=Direction.LOWER,
    years=YEARS,
    source=SOURCE,
)


def _by(code: str, who: str) -> Measure:
    """Advice of one profession in time."""
    return share(
        ADVICE_DUE,
        lambda t: t.days_after_due <= 0,
        f"""
        profession_code | days_after_due | is_exception || of  | counts
        {code:<15} | 0              | no           || yes | yes
        {code:<15} | 1              | no           || yes | no
        {code:<15} |                | no           || yes | no
        PA              | 0              | no           || no  | no
        """,
        lambda t: _required(t) & (t.profession_code == code),
        name=f"advice_in_time_{code.lower()}",
        title=f"Advice within 6 weeks: {who}",
        sentence=f"Of advice of {who} due in the year, cases with a lawful exception left out, that received by the "
        "day on which it was due.",
        unit="share of advice due",
        direction=Direction.HIGHER,
        years=YEARS,
        source=SOURCE,
    )


advice_in_time_ep = _by("EP", "educational psychologists")
advice_in_time_slt = _by("SLT", "speech and language therapists")
advice_in_time_ot = _by("OT", "occupational therapists")
advice_in_time_paed = _by("PAED", "paediatricians and other doctors")
advice_in_time_camhs = _by("CAMHS", "mental health professionals")
advice_in_time_sw = _by("SW", "social workers")
advice_in_time_sc = _by("SC", "schools and settings")
