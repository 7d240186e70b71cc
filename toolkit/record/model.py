"""A valid record as typed values. The schema says what each field means; these say their types.

A test compares every type here with the schema, so that the two cannot part.
"""

from __future__ import annotations

from decimal import Decimal

from msgspec import Struct

Text = str | dict[str, str]
"""A text in the record's language, or one for each BCP 47 language tag."""

Ids = tuple[str, ...]


class Item(Struct, frozen=True, kw_only=True):
    """What nearly every entry has: its handling mark and its sources."""

    handling: str | None = None


class Sourced(Item, frozen=True, kw_only=True):
    """An entry whose facts come from sources."""

    sources: Ids = ()


class Place(Struct, frozen=True, kw_only=True):
    country: str
    city: Text | None = None
    venue: Text | None = None


class Name(Struct, frozen=True, kw_only=True):
    text: str
    language: str
    family_name: str | None = None
    given_name: str | None = None
    patronymic: str | None = None
    honorific_prefix: str | None = None


class Delegation(Item, frozen=True, kw_only=True):
    id: str
    kind: str
    country: str | None = None
    name: Text | None = None
    abbreviation: str | None = None
    part: str | None = None


class Participant(Item, frozen=True, kw_only=True):
    id: str
    delegation: str
    names: tuple[Name, ...]
    role: str
    office: Text | None = None
    organisation: Text | None = None
    precedence: int | None = None


class Line(Struct, frozen=True, kw_only=True):
    delegation: str
    place: Place | None = None
    time_zone: str | None = None


class Sitting(Sourced, frozen=True, kw_only=True):
    date: str
    id: str | None = None
    title: Text | None = None
    start_time: str | None = None
    end_time: str | None = None
    time_zone: str | None = None
    mode: str = "in_person"
    format: str | None = None
    place: Place | None = None
    joined_from: tuple[Line, ...] = ()
    participants: Ids = ()
    on_the_margins_of: str | None = None
    note: Text | None = None


class Event(Sourced, frozen=True, kw_only=True):
    name: Text
    relation: str
    id: str | None = None
    date: str | None = None
    place: Place | None = None
    description: Text | None = None


class Objective(Item, frozen=True, kw_only=True):
    text: Text
    id: str | None = None
    side: str | None = None
    topic: str | None = None


class Point(Sourced, frozen=True, kw_only=True):
    text: Text
    id: str | None = None
    to: str | None = None
    topic: str | None = None


class ExpectedPoint(Sourced, frozen=True, kw_only=True):
    text: Text
    id: str | None = None
    side: str | None = None
    response: Text | None = None
    topic: str | None = None


class Background(Sourced, frozen=True, kw_only=True):
    text: Text
    id: str | None = None
    date: str | None = None
    use: str = "free"
    topic: str | None = None


class Position(Sourced, frozen=True, kw_only=True):
    side: str
    text: Text


class Topic(Sourced, frozen=True, kw_only=True):
    id: str
    title: Text
    sectors: tuple[Text, ...] = ()
    summary: Text | None = None
    positions: tuple[Position, ...] = ()


class Statement(Sourced, frozen=True, kw_only=True):
    id: str
    kind: str
    mode: str
    text: Text
    speaker: str | None = None
    side: str | None = None
    to: str | None = None
    original_language: str | None = None
    translated: bool = False
    topic: str | None = None
    sitting: str | None = None
    of_note: bool = False


class Commitment(Sourced, frozen=True, kw_only=True):
    id: str
    text: Text
    status: str
    kind: str = "commitment"
    by: Ids = ()
    to: Ids = ()
    responsible: Text | None = None
    due: str | None = None
    topic: str | None = None
    agreement: str | None = None
    note: Text | None = None


class Party(Struct, frozen=True, kw_only=True):
    delegation: str | None = None
    body: Text | None = None
    signatory: Text | None = None
    responsible: Text | None = None


class Agreement(Sourced, frozen=True, kw_only=True):
    id: str
    title: Text
    type: str
    parties: tuple[Party, ...]
    status: str
    number: str | None = None
    level: str | None = None
    sectors: tuple[Text, ...] = ()
    topic: str | None = None
    initialled_on: str | None = None
    adopted_on: str | None = None
    adopted_at: Place | None = None
    signed_on: str | None = None
    signed_at: Place | None = None
    consent_required: bool | None = None
    consent_on: str | None = None
    procedures_notified_on: str | None = None
    in_force_on: str | None = None
    in_force_by: str | None = None
    in_force_generally_on: str | None = None
    ends_on: str | None = None
    authentic_texts: tuple[str, ...] = ()
    prevailing_text: str | None = None
    attachments: tuple[Text, ...] = ()
    depositary: Text | None = None
    gazette_on: str | None = None
    registration_number: str | None = None
    registered_on: str | None = None
    volume: str | None = None
    related: tuple[Text, ...] = ()
    implementation: str | None = None
    next_step: Text | None = None
    next_step_by: Text | None = None
    next_step_due: str | None = None
    remarks: Text | None = None


class Agreements(Struct, frozen=True, kw_only=True):
    coverage: str
    items: tuple[Agreement, ...]
    note: Text | None = None


class Figure(Sourced, frozen=True, kw_only=True):
    id: str
    label: Text
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str | None = None
    unit: Text | None = None
    qualifier: str = "exact"
    as_of: str | None = None
    stated_by: str | None = None
    series: Text | None = None
    topic: str | None = None
    note: Text | None = None


class SourceEntry(Item, frozen=True, kw_only=True):
    id: str
    title: Text
    kind: str | None = None
    publisher: Text | None = None
    author: str | None = None
    date: str | None = None
    place: Place | None = None
    address: str | None = None
    accessed_on: str | None = None
    language: str | None = None
    archived_text: str | None = None
    sha256: str | None = None


class Uncertainty(Sourced, frozen=True, kw_only=True):
    text: Text
    id: str | None = None
    about: Ids = ()


class Handling(Struct, frozen=True, kw_only=True):
    mark: str
    scheme: tuple[str, ...] = ()
    caveat: Text | None = None


class Meeting(Struct, frozen=True, kw_only=True):
    """A record, as `schemas/meeting.schema.json` describes it."""

    schema_version: str
    id: str
    version: str
    language: str
    status: str
    title: Text
    kind: str
    handling: Handling
    sittings: tuple[Sitting, ...]
    delegations: tuple[Delegation, ...]
    reference: str | None = None
    department: Text | None = None
    prepared_on: str | None = None
    copy: str | None = None
    occasion: Text | None = None
    summary: Text | None = None
    events: tuple[Event, ...] = ()
    participants: tuple[Participant, ...] = ()
    objectives: tuple[Objective, ...] = ()
    points_to_make: tuple[Point, ...] = ()
    expected_points: tuple[ExpectedPoint, ...] = ()
    press_line: Text | None = None
    background: tuple[Background, ...] = ()
    topics: tuple[Topic, ...] = ()
    statements: tuple[Statement, ...] = ()
    agreements: Agreements | None = None
    commitments: tuple[Commitment, ...] = ()
    figures: tuple[Figure, ...] = ()
    sources: tuple[SourceEntry, ...] = ()
    uncertainties: tuple[Uncertainty, ...] = ()
