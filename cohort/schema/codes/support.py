"""Provision as plans specify it and as it was delivered; who gives it, and who advised.

No return gives codes for these: the lists are this project's own. Professions hold those whom regulation 6 of the
SEND Regulations 2014 asks for advice.
"""

from __future__ import annotations

from cohort.schema.code_list import CodeList, plain

PROFESSION = CodeList(
    "profession",
    "Who gives advice or delivers provision; this project's own codes, after regulation 6.",
    plain(
        ("PA", "Parent or carer"),
        ("CY", "Child or young person"),
        ("SC", "Head teacher, SENCO or setting"),
        ("TE", "Teacher"),
        ("TA", "Teaching assistant"),
        ("ST", "Specialist teacher"),
        ("QTVI", "Qualified teacher of vision impairment"),
        ("TOD", "Qualified teacher of the deaf"),
        ("QTMSI", "Qualified teacher of multi-sensory impairment"),
        ("EP", "Educational psychologist"),
        ("SLT", "Speech and language therapist"),
        ("OT", "Occupational therapist"),
        ("PT", "Physiotherapist"),
        ("PAED", "Paediatrician or other doctor"),
        ("NUR", "Nurse"),
        ("CAMHS", "Mental health professional"),
        ("CP", "Clinical psychologist"),
        ("SW", "Social worker"),
        ("YJ", "Youth justice worker"),
        ("CA", "Careers or transition adviser"),
        ("PAS", "Personal assistant"),
        ("OTH", "Other"),
    ),
)

PROVISION = CodeList(
    "provision",
    "Kind of provision in sections F, G, H1 and H2 of a plan; this project's own codes.",
    plain(
        ("TCH", "Specialist teaching"),
        ("ADU", "Support by an adult in class"),
        ("SGP", "Small-group work or intervention"),
        ("SLT", "Speech and language therapy"),
        ("OT", "Occupational therapy"),
        ("PT", "Physiotherapy"),
        ("PSY", "Psychology"),
        ("MH", "Mental health support"),
        ("SEN", "Sensory support"),
        ("EQP", "Equipment or assistive technology"),
        ("ENV", "Adapted place, class size or curriculum"),
        ("TRN", "Training of staff"),
        ("MED", "Nursing or medical care"),
        ("TRA", "Preparation for adulthood, travel training"),
        ("SB", "Short break"),
        ("PC", "Personal care"),
        ("HOM", "Support at home or adaptation of the home"),
        ("OTH", "Other"),
    ),
)

PERIOD = CodeList(
    "period",
    "Period over which sessions of provision are counted; this project's own codes.",
    plain(
        ("D", "Day"),
        ("W", "Week in term"),
        ("F", "Fortnight in term"),
        ("M", "Month"),
        ("H", "Half term"),
        ("T", "Term"),
        ("Y", "Year"),
        ("O", "Once"),
    ),
)

FUNDING = CodeList(
    "funding",
    "Who pays for provision; this project's own codes.",
    plain(
        ("SCH", "School's notional SEN budget"),
        ("HNB", "High-needs block, costed line by line"),
        ("BND", "High-needs block, by a band"),
        ("NHS", "Health"),
        ("SC", "Social care"),
        ("JNT", "Joint"),
        ("PB", "Personal budget"),
        ("FAM", "Family"),
        ("OTH", "Other"),
        ("UNK", "Not known"),
    ),
)

DELIVERY_STATUS = CodeList(
    "delivery_status",
    "What is known of the delivery of a line of provision in a term; this project's own codes.",
    plain(
        ("D", "Delivered in full"),
        ("P", "Delivered in part"),
        ("N", "Not delivered"),
        ("NR", "Not recorded"),
        ("NA", "Not applicable: not due in the term"),
    ),
)

SHORTFALL_REASON = CodeList(
    "shortfall_reason",
    "Why provision fell short; this project's own codes.",
    plain(
        ("VAC", "Post vacant"),
        ("ABS", "Professional absent"),
        ("CHI", "Child absent"),
        ("DEC", "Declined by child or family"),
        ("WAI", "Waiting list"),
        ("FUN", "Not funded"),
        ("OTH", "Other"),
        ("UNK", "Not known"),
    ),
)

HOME_EDUCATION_REASON = CodeList(
    "home_education_reason",
    "Why a child is educated at home, as parents say; this project's own groups.",
    plain(
        ("PH", "Philosophy or preference"),
        ("SD", "Dissatisfied with school, SEND"),
        ("DS", "Dissatisfied with school, other"),
        ("MH", "Mental health"),
        ("PL", "No suitable place"),
        ("EX", "Risk of exclusion or prosecution"),
        ("OT", "Other"),
        ("UN", "Not known"),
    ),
)

HOME_EDUCATION_END = CodeList(
    "home_education_end",
    "How home education ended; this project's own groups.",
    plain(
        ("SC", "Went to school"),
        ("AO", "School attendance order"),
        ("AG", "Passed school age"),
        ("MO", "Moved away"),
        ("OT", "Other"),
    ),
)

OUT_OF_SCHOOL_REASON = CodeList(
    "out_of_school_reason",
    "Why a child is out of school; this project's own groups.",
    plain(
        ("NP", "No school place"),
        ("AP", "Waiting for the place that a plan names, or for a plan"),
        ("EX", "Excluded, no provision yet"),
        ("HE", "Physical health"),
        ("MH", "Mental health"),
        ("PT", "Part-time timetable"),
        ("MI", "Missing education, not traced"),
        ("OT", "Other"),
    ),
)
