"""Measures of attainment, from the review at two to level 3 at 19. Which years compare is said where an outcome is
declared (`cohort.schema.outcome_measures`), and nowhere twice. Results that are not known are in no figure."""

from __future__ import annotations

from analysis.measure import Direction, Measure, Words, mean, share
from analysis.populations.attainment import RESULTS
from cohort.schema.outcome_measures import outcome_measure

AT_STANDARD = ("EXS", "GDS")
FIVE = "DfE, Early years foundation stage profile results."
KS1, KS2 = "DfE, Key stage 1 and phonics screening check attainment.", "DfE, Key stage 2 attainment."
KS4, AT_19 = "DfE, Key stage 4 performance.", "DfE, Level 2 and 3 attainment by young people aged 19."


def _words(name: str, code: str, title: str, of: str, unit: str, source: str) -> Words:
    """What a measure of an outcome says of itself; more is better in all."""
    return Words(
        name=name,
        title=title,
        sentence=f"{of} in the school year: {outcome_measure(code).label}.",
        unit=unit,
        direction=Direction.HIGHER,
        years=outcome_measure(code).comparable,
        source=source,
    )


def _reached(name: str, code: str, title: str, source: str) -> Measure:
    """Children who reached it, of those whose result is known; the score is 1 or 0."""
    return share(
        RESULTS[code],
        lambda t: t.result_score == 1,
        """
        result_score || of  | counts
        1            || yes | yes
        0            || yes | no
                     || no  | no
        """,
        lambda t: t.result_score.notnull(),
        **_words(name, code, title, "Of children with a known result", "share of children", source),
    )


def _judged(name: str, code: str, title: str, source: str) -> Measure:
    """Children at the expected standard or above by a teacher's judgement, of those judged."""
    return share(
        RESULTS[code],
        lambda t: t.result_code.isin(AT_STANDARD),
        """
        result_code || of  | counts
        EXS         || yes | yes
        GDS         || yes | yes
        WTS         || yes | no
        PK4         || yes | no
        A           || yes | no
                    || no  | no
        """,
        lambda t: t.result_code.notnull(),
        **_words(name, code, title, "Expected standard or above, of children judged", "share of children", source),
    )


def _scored(name: str, code: str, title: str, unit: str, source: str) -> Measure:
    """The mean score of those who have one."""
    return mean(
        RESULTS[code],
        lambda t: t.result_score,
        """
        result_score || value
        10           || 10
        15           || 15
                     ||
        """,
        12.5,
        **_words(name, code, title, "Mean over children with a score", unit, source),
    )


review_at_two = _reached(
    "review_at_two",
    "review_at_two",
    "At the expected level at two",
    "OHID, Child development outcomes at 2 to 2½ years.",
)
good_level_of_development = _reached(
    "good_level_of_development", "good_level_of_development", "Good level of development at five", FIVE
)
early_learning_goals = _scored(
    "early_learning_goals", "early_learning_goals", "Early learning goals reached", "goals of 17", FIVE
)
phonics = _reached("phonics", "phonics_standard", "Expected standard of phonics", KS1)
ks1_reading = _judged("ks1_reading", "ks1_reading", "Expected standard of reading at seven", KS1)
ks1_writing = _judged("ks1_writing", "ks1_writing", "Expected standard of writing at seven", KS1)
ks1_maths = _judged("ks1_maths", "ks1_maths", "Expected standard of mathematics at seven", KS1)
multiplication_check = _scored(
    "multiplication_check", "multiplication_mark", "Multiplication tables check", "marks of 25", KS2
)
ks2_expected = _reached(
    "ks2_expected", "ks2_standard", "Expected standard in reading, writing and mathematics at eleven", KS2
)
ks2_reading = _scored("ks2_reading", "ks2_reading", "Scaled score in reading at eleven", "scaled score", KS2)
ks2_maths = _scored("ks2_maths", "ks2_maths", "Scaled score in mathematics at eleven", "scaled score", KS2)
attainment_8 = _scored("attainment_8", "attainment_8", "Attainment 8", "points of 90", KS4)
english_maths_9_4 = _reached("english_maths_9_4", "english_maths_9_4", "English and mathematics at 9 to 4", KS4)
english_maths_9_5 = _reached("english_maths_9_5", "english_maths_9_5", "English and mathematics at 9 to 5", KS4)
level_2_at_19 = _reached("level_2_at_19", "level_2_by_19", "Level 2 at 19", AT_19)
level_2_english_maths_at_19 = _reached(
    "level_2_english_maths_at_19",
    "level_2_english_maths_by_19",
    "Level 2 with English and mathematics at 19",
    AT_19,
)
level_3_at_19 = _reached("level_3_at_19", "level_3_by_19", "Level 3 at 19", AT_19)
