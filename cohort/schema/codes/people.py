"""Who a person is, as returns report it.

Sources: the SEN2 guides for 2023 to 2026 as far as they are public; the common basic data set (CBDS) for ethnicity.
"""

from __future__ import annotations

from cohort.schema.code_list import Code, CodeList, plain

SEX = CodeList(
    "sex",
    "Sex as recorded by the authority.",
    (
        Code("M", "Male", spellings=("1", "MALE")),
        Code("F", "Female", spellings=("2", "FEMALE")),
        Code("U", "Unknown", spellings=("0", "9", "UNKNOWN")),
    ),
)

# Authorities may send the extended codes; each is read as the main code that it rolls up to.
ETHNICITY = CodeList(
    "ethnicity",
    "Ethnic group, the main codes of the CBDS; extended codes are read as the main code above them.",
    (
        Code("WBRI", "White British", spellings=("WENG", "WSCO", "WWEL", "WNIR", "WCOR", "WOWB")),
        Code("WIRI", "White Irish"),
        Code("WIRT", "Traveller of Irish heritage"),
        Code("WROM", "Gypsy or Roma", spellings=("WROG", "WROR", "WROO")),
        Code(
            "WOTH",
            "Any other White background",
            spellings=(
                *("WALB", "WBOS", "WCRO", "WGRE", "WGRK", "WGRC", "WITA", "WKOS", "WPOR", "WSER"),
                *("WTUR", "WTUK", "WTUC", "WEUR", "WEEU", "WWEU", "WOTW"),
            ),
        ),
        Code("MWBC", "White and Black Caribbean"),
        Code("MWBA", "White and Black African"),
        Code("MWAS", "White and Asian", spellings=("MWAP", "MWAI", "MWAO")),
        Code(
            "MOTH",
            "Any other mixed background",
            spellings=("MAOE", "MABL", "MACH", "MBOE", "MBCH", "MCOE", "MWOE", "MWCH", "MOTM"),
        ),
        Code("AIND", "Indian"),
        Code("APKN", "Pakistani", spellings=("AMPK", "AOPK", "AKPA")),
        Code("ABAN", "Bangladeshi"),
        Code(
            "AOTH",
            "Any other Asian background",
            spellings=("AAFR", "ABRI", "AKAO", "ANEP", "AWEL", "AOTA", "ASLT", "ASNL", "ASRO"),
        ),
        Code("CHNE", "Chinese", spellings=("CHKC", "CMAL", "CSNG", "CTWN", "COCH")),
        Code("BCRB", "Black Caribbean"),
        Code(
            "BAFR",
            "Black African",
            spellings=("BANN", "BCON", "BGHA", "BNGN", "BSLN", "BSOM", "BSUD", "BAOF"),
        ),
        Code("BOTH", "Any other Black background", spellings=("BBRI", "BEUR", "BNAM", "BOTB", "BWEL")),
        Code(
            "OOTH",
            "Any other ethnic group",
            spellings=(
                *("OAFG", "OARA", "OEGY", "OFIL", "OIRN", "OIRQ", "OJPN", "OKOR", "OKRD", "OLAM"),
                *("OLEB", "OLIB", "OMAL", "OMRC", "OPOL", "ORAB", "OTHA", "OVIE", "OYEM", "OOEG"),
            ),
        ),
        Code("REFU", "Refused"),
        Code("NOBT", "Information not yet obtained"),
    ),
)

UPN_UNKNOWN = CodeList(
    "upn_unknown",
    "Why neither a UPN nor a ULN is known.",
    plain(
        ("UN1", "Under school age, no UPN yet"),
        ("UN2", "Never attended a state-funded school in England"),
        ("UN3", "Educated outside England"),
        ("UN4", "Newly looked after, UPN not yet collected"),
        ("UN5", "Sources disagree"),
        ("UN6", "No further action before the UPN was known"),
        ("UN7", "Referral with no further action"),
        ("UN8", "New to the authority, UPN or ULN not yet known"),
        ("UN9", "Young person never in state-funded education in England"),
        ("UN10", "Request or assessment ended before the UPN was known"),
    ),
)
