"""Measures of school life: who is identified, who misses school, who is suspended or excluded. School years."""

from __future__ import annotations

from analysis.measure import Count, Direction, Measure, everyone, rate, ratio, share, since
from analysis.population import Condition, Table
from analysis.populations.school import ATTENDING, EXCLUSIONS, PUPILS, SEN, SUSPENSIONS
from cohort.schema.outcome_measures import outcome_measure

SUPPORT_YEARS = since(2015, "SEN support in place of School Action and School Action Plus")
ABSENT = outcome_measure("absence_pct").comparable
SUSPENDED = outcome_measure("suspensions").comparable
IN_SCHOOLS = "DfE, Special educational needs in England."
ABSENCE = "DfE, Pupil absence in schools in England."
PERSISTENT, SEVERE = 10, 50
"""Per cent of possible sessions: from so many missed on, absence is persistent and severe."""


def _with_sen(table: Table) -> Condition:
    return table.sen_provision_code.isin(SEN)


sen_support = share(
    PUPILS,
    lambda t: t.sen_provision_code == "K",
    """
    sen_provision_code || of  | counts
    K                  || yes | yes
    E                  || yes | no
    N                  || yes | no
                       || yes | no
    """,
    name="sen_support",
    title="Pupils with SEN support",
    sentence="Of pupils in the census of the spring, those with SEN support.",
    unit="share of pupils",
    direction=Direction.NONE,
    years=SUPPORT_YEARS,
    source=f"{IN_SCHOOLS} 14.2 % in 2025.",
)

plan_prevalence = share(
    PUPILS,
    lambda t: t.sen_provision_code == "E",
    """
    sen_provision_code || of  | counts
    E                  || yes | yes
    K                  || yes | no
    S                  || yes | no
    """,
    name="plan_prevalence",
    title="Pupils with a plan",
    sentence="Of pupils in the census of the spring, those with an EHC plan.",
    unit="share of pupils",
    direction=Direction.NONE,
    # Statements were turned into plans until March 2018: before, who had no plan yet had a statement.
    years=since(2019, "plans, statements all ended"),
    source=f"{IN_SCHOOLS} 5.3 % in 2025.",
)

sen_prevalence = share(
    PUPILS,
    _with_sen,
    """
    sen_provision_code || of  | counts
    K                  || yes | yes
    E                  || yes | yes
    N                  || yes | no
    """,
    name="sen_prevalence",
    title="Pupils with SEN",
    sentence="Of pupils in the census of the spring, those with SEN support, a plan or (until 2018) a statement.",
    unit="share of pupils",
    direction=Direction.NONE,
    years=SUPPORT_YEARS,
    source=f"{IN_SCHOOLS} 19.5 % in 2025.",
)


def _need(code: str, label: str) -> Measure:
    """Pupils with SEN of one primary need, of all pupils."""
    return share(
        PUPILS,
        lambda t: _with_sen(t) & (t.need_code == code),
        f"""
        sen_provision_code | need_code || of  | counts
        K                  | {code:<9} || yes | yes
        E                  | {code:<9} || yes | yes
        N                  | {code:<9} || yes | no
        K                  | OTH       || yes | no
        K                  |           || yes | no
        """,
        name=f"primary_need_{code.lower()}",
        title=f"Pupils with SEN whose primary need is {label}",
        sentence=f"Of pupils in the census of the spring, those with SEN whose primary need is {label}.",
        unit="share of pupils",
        direction=Direction.NONE,
        years=SUPPORT_YEARS,
        source=IN_SCHOOLS,
    )


primary_need_asd = _need("ASD", "autism")
primary_need_semh = _need("SEMH", "social, emotional and mental health")
primary_need_slcn = _need("SLCN", "speech, language and communication")
primary_need_mld = _need("MLD", "moderate learning difficulty")
primary_need_spld = _need("SPLD", "specific learning difficulty")

absence = ratio(
    ATTENDING,
    lambda t: t.missed_sessions,
    lambda t: t.possible_sessions,
    """
    possible_sessions | missed_sessions || value | of
    100               | 10              || 10    | 100
    300               | 10              || 10    | 300
    """,
    0.05,
    name="absence",
    title="Sessions missed",
    sentence="Sessions missed over sessions that could be attended in the school year, all pupils together.",
    unit="share of sessions",
    direction=Direction.LOWER,
    years=ABSENT,
    source=ABSENCE,
)

unauthorised_absence = ratio(
    ATTENDING,
    lambda t: t.unauthorised_sessions,
    lambda t: t.possible_sessions,
    """
    possible_sessions | unauthorised_sessions || value | of
    100               | 6                     || 6     | 100
    100               | 0                     || 0     | 100
    """,
    0.03,
    name="unauthorised_absence",
    title="Sessions missed without authority",
    sentence="Sessions missed without authority over sessions that could be attended in the school year, all pupils "
    "together.",
    unit="share of sessions",
    direction=Direction.LOWER,
    years=ABSENT,
    source=ABSENCE,
)


def _absent(name: str, title: str, per_cent: int, words: str) -> Measure:
    """Pupils who missed such a part of their sessions."""
    return share(
        ATTENDING,
        lambda t: t.missed_sessions * 100 >= per_cent * t.possible_sessions,
        f"""
        possible_sessions | missed_sessions || of  | counts
        100               | {per_cent:<15} || yes | yes
        100               | {per_cent - 1:<15} || yes | no
        """,
        name=name,
        title=title,
        sentence=f"Of pupils with sessions in the school year, those who missed {words} or more of them.",
        unit="share of pupils",
        direction=Direction.LOWER,
        years=ABSENT,
        source=ABSENCE,
    )


persistent_absence = _absent("persistent_absence", "Persistently absent", PERSISTENT, "10 per cent")
severe_absence = _absent("severe_absence", "Severely absent", SEVERE, "half")

suspension_rate = rate(
    Count(
        SUSPENSIONS,
        everyone,
        """
        person_id | sessions || counts
        a         | 2        || yes
        a         | 4        || yes
        """,
    ),
    Count(
        PUPILS,
        everyone,
        """
        person_id | sen_provision_code || counts
        a         | K                  || yes
        b         | N                  || yes
        """,
    ),
    100,
    name="suspension_rate",
    title="Suspensions for each hundred pupils",
    sentence="Suspensions begun in the school year, for each hundred pupils in the census of the spring. A pupil may "
    "be suspended more than once.",
    unit="suspensions for each hundred pupils",
    direction=Direction.LOWER,
    years=SUSPENDED,
    source="DfE, Suspensions and permanent exclusions in England.",
)

exclusion_rate = rate(
    Count(
        EXCLUSIONS,
        everyone,
        """
        person_id | sen_provision_code || counts
        a         | K                  || yes
        """,
    ),
    Count(
        PUPILS,
        everyone,
        """
        person_id | sen_provision_code || counts
        a         | K                  || yes
        b         | N                  || yes
        """,
    ),
    10_000,
    name="exclusion_rate",
    title="Permanent exclusions for each ten thousand pupils",
    sentence="Permanent exclusions begun in the school year and not overturned, for each ten thousand pupils in the "
    "census of the spring.",
    unit="permanent exclusions for each ten thousand pupils",
    direction=Direction.LOWER,
    years=SUSPENDED,
    source="DfE, Suspensions and permanent exclusions in England.",
)
