"""Persons and the traits that returns report of them. No identifier is ever stored here."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Identity, Index, LargeBinary, func
from sqlalchemy.orm import Mapped, mapped_column

from cohort.schema import registers
from cohort.schema.base import VAULT, Age, AuthorityCode, Base, Code, Count, Id, Key, Name, Row, Words, Year, coded
from cohort.schema.codes import people, pupils
from cohort.schema.facts import Fact


class Person(Base):
    """A child or young person, by random key."""

    __tablename__ = "person"
    __table_args__ = ({"comment": "A child or young person, by random key; the key never changes."},)

    person_id: Mapped[Id] = mapped_column(primary_key=True, comment="Random key.")
    created_at: Mapped[datetime] = mapped_column(server_default=func.clock_timestamp(), comment="First known here.")
    submission_id: Mapped[Key] = mapped_column(comment="The submission that first named the person.")


class PersonTrait(Fact, Base):
    """What a return says of a person: month of birth and slowly changing traits."""

    __tablename__ = "person_trait"
    is_large = True

    birth_month: Mapped[date | None] = mapped_column(comment="First day of the month of birth.")
    sex_code: Mapped[Code | None] = coded(people.SEX, "Sex.")
    ethnicity_code: Mapped[Code | None] = coded(people.ETHNICITY, "Ethnic group, main code.")
    upn_unknown_code: Mapped[Code | None] = coded(people.UPN_UNKNOWN, "Why no UPN or ULN is known.")
    has_upn: Mapped[bool] = mapped_column(comment="A UPN was given.")
    is_upn_temporary: Mapped[bool] = mapped_column(comment="The UPN given is a temporary one.")
    has_uln: Mapped[bool] = mapped_column(comment="A ULN was given.")
    age_on_31_august: Mapped[Age | None] = mapped_column(comment="Whole years on 31 August before the census.")
    first_language_code: Mapped[Code | None] = coded(pupils.FIRST_LANGUAGE, "First language: English or not.")
    deprivation_decile: Mapped[Count | None] = mapped_column(
        comment="Decile of the home's area by deprivation affecting children; 1 is the most deprived."
    )
    deprivation_year: Mapped[Year | None] = mapped_column(comment="Edition of the index of deprivation.")
    home_authority_code: Mapped[AuthorityCode | None] = mapped_column(
        comment="Authority in which the person lives, where another one keeps the plan."
    )


class IdentityEvent(Base):
    """A merge of two persons, a split of one, or the undoing of either; facts keep their keys."""

    __tablename__ = "identity_event"
    __table_args__ = ({"comment": "Merges and splits of persons, dated and undoable; read over the facts."},)

    identity_event_id: Mapped[Key] = mapped_column(Identity(always=True), primary_key=True, comment="Key, in order.")
    kind_code: Mapped[Name] = coded(registers.KIND, "merged, split or undone.")
    person_id: Mapped[Id] = mapped_column(index=True, comment="The person merged away, or split.")
    into_person_id: Mapped[Id | None] = mapped_column(comment="The person who stays, or whom the row is about.")
    submission_id: Mapped[Key | None] = mapped_column(comment="Of a split: the submission whose row it is.")
    person_row: Mapped[Row | None] = mapped_column(comment="Of a split: the row of the person in the return.")
    undoes_id: Mapped[Key | None] = mapped_column(
        ForeignKey("cohort.identity_event.identity_event_id"), comment="The event that is undone."
    )
    rule_code: Mapped[Name] = coded(registers.RULE, "Why: a linkage rule, or by hand.")
    weight: Mapped[float | None] = mapped_column(comment="Match weight, where a model proposed it.")
    at: Mapped[datetime] = mapped_column(
        server_default=func.clock_timestamp(), comment="When, by the database's clock."
    )
    account_name: Mapped[Name] = mapped_column(comment="Who did it.")
    reason: Mapped[Words | None] = mapped_column(comment="Reason given in words.")


class Token(Base):
    """A keyed hash of an identifier and the person whom it names."""

    __tablename__ = "token"
    __table_args__ = (
        Index("ix_token_person_id", "person_id"),
        {"schema": VAULT, "comment": "Keyed hash of an identifier and the person whom it names."},
    )

    kind_code: Mapped[Name] = coded(registers.KIND, "upn, uln or former_upn.", primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True, comment="First 128 bits of HMAC-SHA-256.")
    key_version: Mapped[Row] = mapped_column(comment="Version of the key ring.")
    person_id: Mapped[Id] = mapped_column(comment="The person.")
    submission_id: Mapped[Key] = mapped_column(comment="The submission that first carried it.")


class Link(Base):
    """How a row of a return came to be a person."""

    __tablename__ = "link"
    __table_args__ = ({"comment": "How a row of a return came to be a person: rule and weight."},)

    submission_id: Mapped[Key] = mapped_column(primary_key=True, autoincrement=False, comment="The submission.")
    person_row: Mapped[Row] = mapped_column(
        primary_key=True, autoincrement=False, comment="Row of the person in the return."
    )
    person_id: Mapped[Id] = mapped_column(index=True, comment="The person.")
    rule_code: Mapped[Name] = coded(
        registers.RULE, "Rule that linked: upn, former_upn, uln, name_date_postcode, model or new."
    )
    weight: Mapped[float] = mapped_column(comment="Posterior probability of the match; 1 for an exact rule.")
