"""The shapes of a loaded declaration, and the few plain values that rules pass to each other.

Not here: reading TOML (load.py) or judging a value (validate.py). Everything is frozen; mappings are never written to
after loading.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field as with_default
from datetime import date
from typing import Any, NamedTuple, TypeAlias

# What JSON can hold, in the form the contract of field types gives it. Judged by validate.py, not by the type checker:
# it comes from phones.
Value: TypeAlias = Any
Values: TypeAlias = Mapping[str, Value]


@dataclass(frozen=True)
class Words:
    """One wording in both languages of a centre."""

    zh: str
    en: str

    def in_language(self, language: str) -> str:
        """The wording in `zh` or `en`; every other language reads English."""
        return self.zh if language.startswith("zh") else self.en


@dataclass(frozen=True)
class Choice:
    """One code of a vocabulary. A retired code is offered nowhere and stays readable for ever."""

    code: str
    words: Words
    retired: bool = False


@dataclass(frozen=True, eq=False)
class Vocabulary:
    """A coded list, in the declared order (`merge = "max"` and `"min"` follow this order)."""

    name: str
    choices: Mapping[str, Choice]


@dataclass(frozen=True)
class Role:
    """A role of a centre. `home` is the side it works at: phone or desk."""

    name: str
    words: Words
    home: str
    replicates: bool


@dataclass(frozen=True)
class Reach:
    """How far a permission goes: own, team or centre."""

    name: str
    words: Words
    meaning: str


@dataclass(frozen=True)
class ProblemWords:
    """How one problem code is told: words and next step, who can mend it, and how it is answered.

    on    held | retry | upgrade_required (a receipt's status) | form | request | import
    http  status of the whole request, for `request` and `import` problems
    retry_after_seconds  how long a device waits before it asks again by itself, where nobody has to mend anything first
    """

    code: str
    on: str
    fixer: str
    words: Words
    next_step: Words
    http: int | None = None
    retry_after_seconds: int | None = None


# A condition on values: every named field must have one of the values; ("*",) stands for any value at all.
When: TypeAlias = Mapping[str, tuple[Any, ...]]
# Role -> reaches; any of them is enough.
Permissions: TypeAlias = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Column:
    """One column of a field of type `rows`."""

    name: str
    type: str
    words: Words
    required: bool = False
    min: int | None = None
    max: int | None = None
    of: str | None = None
    vocabulary: Vocabulary | None = None


@dataclass(frozen=True)
class Derive:
    """A closed derivation rule (derive.py) and the fields it reads, by the rule's own keys."""

    rule: str
    arguments: Mapping[str, str]


@dataclass(frozen=True, eq=False)
class Basis:
    """What may be done only with the consent of the person a record is about: a field written, a step taken (basis.py).

    unless  where this holds, nobody's consent is needed
    since   version of the declaration that asks for it; who worked with an older one could not ask the person
    to      the field that names whom something is given to: a consent to another unit does not count
    """

    purpose: str
    unless: When | None
    since: int
    to: str | None = None


@dataclass(frozen=True, eq=False)
class Field:
    """One declared field. Meaning of every attribute: schema/README.md."""

    name: str
    type: str
    words: Words
    ask: Words | None = None
    help: Words | None = None
    required: bool = False
    required_when: When | None = None
    min: int | None = None
    max: int | None = None
    not_after: str | None = None
    not_before: str | None = None
    working_days: int | None = None
    of: str | None = None
    role: str | None = None
    merge: str = "latest"
    near_minutes: int | None = None
    edit: Permissions | None = None
    derive: Derive | None = None
    columns: Mapping[str, Column] = with_default(default_factory=dict)
    append_only: bool = False
    among: str | None = None
    rows_max: int | None = None
    rows_min: int | None = None
    apart_from: str | None = None
    once_theirs: bool = False
    apart_from_hands: bool = False
    in_file: "InFile | None" = None
    media: tuple[str, ...] = ()
    bytes_max: int | None = None
    search: str | None = None
    since: int | None = None
    retired: int | None = None
    sensitivity: int | None = None
    source: str | None = None
    vocabulary: Vocabulary | None = None
    basis: Basis | None = None
    leaves_with: str | None = None
    of_others: bool = False
    says: str | None = None
    trail: str | None = None
    offer: str | None = None
    takes: tuple[str, ...] = ()
    asked_when: When | None = None


@dataclass(frozen=True)
class Check:
    """A closed rule across fields (checks.py) and the fields it reads, by the rule's own keys; a number as text."""

    rule: str
    arguments: Mapping[str, str]


@dataclass(frozen=True)
class Duplicate:
    """Two records that agree in `same`, and whose `overlap` (from, to) times meet, are shown as a possible double.

    blank     those of `same` that may also be empty, in both
    sounds    names that need only sound the same
    likeness  very | some: how sure that makes one, in a word
    apart     a reference to a record of the same kind: what names another, over however many, is no double of it
    """

    name: str
    same: tuple[str, ...]
    overlap: tuple[str, str] | None = None
    blank: tuple[str, ...] = ()
    sounds: tuple[str, ...] = ()
    likeness: str | None = None
    apart: str | None = None


@dataclass(frozen=True, eq=False)
class Signal:
    """What a desk is told of a record in which nothing moves: so many days after `since`, while `when` holds.

    renewed_by  (kind, reference, date): the days count from the newest such date of a record that names this one
    ended_by    (field, date): a record of the same kind with the same field and a later date ends it
    """

    name: str
    words: Words
    when: When
    since: str
    after_days: int
    renewed_by: tuple[str, str, str] | None
    ended_by: tuple[str, str] | None


@dataclass(frozen=True, eq=False)
class Review:
    """Who reviews a kind and when a record waits for it. `words` are the kind's own words for a review state.

    sampled    where a centre samples, what is not drawn passes without a look (sync/sampling.py)
    stands_in  roles of `by` that decide where whoever usually does may not; no queue of theirs
    second_person  nobody approves what is about themselves, or what nobody else wrote (sync/decide.py)
    """

    by: Permissions
    waits_when: When
    urgent_when: When | None
    locks: bool
    words: Mapping[str, Words]
    sampled: bool = False
    stands_in: tuple[str, ...] = ()
    second_person: "SecondPerson | None" = None


@dataclass(frozen=True)
class SecondPerson:
    """Who may not approve alone: whoever `person` names, and whoever wrote all of it. Of what others wrote and they
    changed, they approve only what `measure`, a derived number, says to be no more than the others wrote last.
    """

    person: str
    measure: str


@dataclass(frozen=True)
class Move:
    """A step between states, the roles that may take it, and whether the person it concerns must have agreed.

    says   the field that is written with the step, so that nobody is sent back without a word
    asks   fields that the form of the step offers beside those it cannot do without; `goals.progress` this one column
           of each row that is there
    words  what taking the step is called, where that is not the name of the state it leads to
    when   the step is there only while this holds of the record
    led_by another record must have come so far
    after   so many other records must be there
    apart   the field of a person who may not take the step, whatever their role: nobody decides about themself
    """

    origins: tuple[str, ...]
    to: str
    by: tuple[str, ...]
    basis: Basis | None = None
    says: str | None = None
    asks: tuple[str, ...] = ()
    words: Words | None = None
    when: When | None = None
    led_by: "LedBy | None" = None
    after: "After | None" = None
    apart: str | None = None


@dataclass(frozen=True)
class LedBy:
    """The field that names another record, and the states of which that one must have one."""

    field: str
    states: tuple[str, ...]


@dataclass(frozen=True)
class After:
    """Records that must be there before a step: of `kind`, naming this one in `field`, in one of these states.

    field   a reference to this record, or rows of which one stands for it
    each    those that agree in this field count once
    least   the field of this record that says how many; without it one is enough
    unless  the field of this record in which the reason for fewer stands
    where   what must hold of those records besides; row: what must hold of the row that stands for this one
    also    what must hold of the row besides, where something holds of the record
    problem the code of what is wrong, where the rule has words of its own
    """

    kind: str
    field: str
    states: tuple[str, ...]
    each: str | None = None
    least: str | None = None
    unless: str | None = None
    where: When | None = None
    row: When | None = None
    also: "RowWhen | None" = None
    problem: str = "too_few_before"


@dataclass(frozen=True)
class RowWhen:
    """What must hold of a row while something holds of the record that it stands in."""

    when: When
    row: When


@dataclass(frozen=True)
class InFile:
    """Somebody who has a file must stand in it so that they may be named here; whoever has none may be named.

    kind, field  the file, and its field that names the person
    states  the file must be in one of these; any will do where none is named
    on      the day of this record that it is about, or a path to it through one reference
    since   the day of the file before which nothing may lie
    back    state of a file -> its last day: a day after that is all right too
    """

    kind: str
    field: str
    on: str
    states: tuple[str, ...] = ()
    since: str | None = None
    back: Mapping[str, str] = with_default(default_factory=dict)


@dataclass(frozen=True, eq=False)
class States:
    """The states of one field, in declared order. A record without a claim on the field is in `initial`."""

    field: str
    initial: str
    states: Mapping[str, Words]
    moves: tuple[Move, ...]


@dataclass(frozen=True, eq=False)
class Access:
    """Who may do what, role by role. An empty mapping permits nobody.

    count  who is told how many there are without seeing any: they open one with a reason, or not at all
    """

    see: Permissions
    count: Permissions
    create: Permissions
    edit: Permissions
    settle: Permissions


@dataclass(frozen=True)
class ConsentFields:
    """Which fields of a kind say that somebody agreed: to what, from when until when, and from when on no more.

    shared_with  to whom else something may be given; where none is named, the consent is to no one in particular
    """

    purpose: str
    given_on: str
    until: str
    withdrawn_on: str
    shared_with: str


@dataclass(frozen=True)
class Retention:
    """How long a kind is kept: its class of retention.toml, and the paths to the day that the years count from, of
    which the first that leads to one counts; none for the last change. Without such a day yet a record is kept.
    """

    name: str
    counts_from: tuple[str, ...]


@dataclass(frozen=True)
class RetentionClass:
    """How long a centre keeps something, and why.

    years      None for ever
    statutory  a statute names the number; otherwise the centre decides on it, and here stands a proposal
    """

    name: str
    words: Words
    years: int | None
    statutory: bool
    basis: Words
    source: str


@dataclass(frozen=True)
class FormSection:
    """A titled part of the form; fields in the order they are asked."""

    words: Words | None
    fields: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Kind:
    """One record kind. Compared and hashed by identity, so that it can key a cache.

    aliases  records of it can be put away: one that is the same as another becomes another name of that one
    """

    name: str
    version: int
    sensitivity: int
    by_centre: bool
    icon: str
    source: str
    one: Words
    many: Words
    title: Words
    team: str | None
    own: tuple[str, ...]
    subject: str | None
    retention: Retention
    consent: ConsentFields | None
    fields: Mapping[str, Field]
    checks: tuple[Check, ...]
    duplicates: tuple[Duplicate, ...]
    aliases: bool
    signals: tuple[Signal, ...]
    review: Review | None
    states: States | None
    access: Access
    form: tuple[FormSection, ...]
    list_columns: tuple[str, ...]
    list_sort: tuple[str, ...]
    indexes: tuple[tuple[str, ...], ...]

    def field_of(self, field_key: str) -> Field | None:
        """The field that a field key (`outcome`, `services.greeting`, `remarks.k3x9`) belongs to, if it is declared."""
        return self.fields.get(field_key.partition(".")[0])


@dataclass(frozen=True)
class Tier:
    """How sensitive a record is, and what a device must be to open one: how it keeps what it opens (`paths`, empty for
    any way), and whether its person must have shown just now that it is they.
    """

    number: int
    words: Words
    paths: tuple[str, ...]
    verified: bool

    @property
    def is_hidden(self) -> bool:
        """Whether nobody but the people named in such a record learns that it exists."""
        return bool(self.paths)


@dataclass(frozen=True, eq=False)
class Operation:
    """Something done with a record: the entry of its kind that permits it, or (`by`) a permission of its own.

    roles     only these of the roles that the entry names; None for all of them
    tier_max  of records above it nobody may
    opens     shows what is written
    second_way  only for who could still come in after losing what they sign in with
    """

    name: str
    words: Words
    follows: str | None
    roles: tuple[str, ...] | None
    by: Permissions
    tier_max: int | None
    opens: bool
    second_way: bool


@dataclass(frozen=True, eq=False)
class Act:
    """Something done without a record. `by` is None where everybody who is signed in may.

    second_way  only for who could still come in after losing what they sign in with
    """

    name: str
    words: Words
    by: Permissions | None
    verified: bool
    second_way: bool


@dataclass(frozen=True, eq=False)
class Rights:
    """What permissions.toml declares.

    asks              the operations, or the one act, of each question and command
    verified_minutes  how long it counts that a person has shown that it is they
    second_way_days   how long after their first device somebody may do without a second way in
    """

    verified_minutes: int
    second_way_days: int
    tiers: Mapping[int, Tier]
    operations: Mapping[str, Operation]
    acts: Mapping[str, Act]
    asks: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True)
class StatutoryYear:
    """What a year was declared to be: the days off, and the Saturdays and Sundays on which people work."""

    holidays: frozenset[date]
    workdays: frozenset[date]


@dataclass(frozen=True)
class ClockRule:
    """How long a clock allows from a day on, for what began between two times of day where they are named."""

    in_force_on: date
    minutes: int
    begun_from: str | None
    begun_to: str | None
    source: str


@dataclass(frozen=True, eq=False)
class Clock:
    """What may take only so long: the fields that say when it began and when it was met, the condition under which it
    runs at all, and the one under which nobody waits for it any more.

    until  the field that names its end, where no rule does
    """

    name: str
    words: Words
    starts: str
    ends: str
    until: str | None
    when: When
    stops_when: When | None
    rules: tuple[ClockRule, ...]


@dataclass(frozen=True, eq=False)
class Schema:
    """Everything a centre has declared, each mapping in declared order."""

    kinds: Mapping[str, Kind]
    vocabularies: Mapping[str, Vocabulary]
    roles: Mapping[str, Role]
    reaches: Mapping[str, Reach]
    problems: Mapping[str, ProblemWords]
    rights: Rights
    retention: Mapping[str, RetentionClass]
    statutory_years: Mapping[int, StatutoryYear]
    clocks: Mapping[str, tuple[Clock, ...]]


@dataclass(frozen=True)
class Problem:
    """Something a person can mend. `field` is a field or field key; `details` are plain JSON, never the value."""

    code: str
    field: str | None = None
    details: Mapping[str, Value] = with_default(default_factory=dict)


@dataclass(frozen=True)
class Membership:
    """A role that a person holds in a centre, in one team or (team is None) in the centre at large."""

    role: str
    centre: str
    team: str | None = None


@dataclass(frozen=True)
class Person:
    """Who asks: the signed-in person with the device asked from. Ids are opaque."""

    person: str
    name: str
    centre: str
    memberships: tuple[Membership, ...]
    device: str = ""


class Claim(NamedTuple):
    """One person's word on one field key: the value they gave, and when (`<13-digit ms>-<4-digit counter>`)."""

    field_key: str
    save_key: str
    value: Value
    made_at: str
    author: str


@dataclass(frozen=True)
class View:
    """A record as it is displayed.

    values     field -> value; only fields that have one; derived fields and the initial state filled in
    conflicts  field key -> its live claims (two or more, of different values), newest first
    """

    values: dict[str, Value]
    conflicts: dict[str, list[Claim]]
