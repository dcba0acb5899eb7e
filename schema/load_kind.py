"""Reads the declaration of one record kind from its parsed TOML.

Not here: what needs the other kinds, the roles or the vocabularies to be judged (cross_check.py).
"""

from collections.abc import Mapping

from schema.checks import CHECKS
from schema.declaration import Table
from schema.derive import DERIVATIONS
from schema.field_types import FIELD_TYPES
from schema.files import FILE_BYTES_MAX, MEDIA, columns_of
from schema.model import (
    Access,
    After,
    Basis,
    Check,
    Choice,
    Column,
    ConsentFields,
    Derive,
    Duplicate,
    Field,
    FormSection,
    InFile,
    Kind,
    LedBy,
    Move,
    Retention,
    Review,
    RowWhen,
    SecondPerson,
    Signal,
    States,
    Vocabulary,
    Words,
)

MERGES = ("latest", "max", "min")
SEARCHES = ("name", "words", "place", "last4")
LIKENESSES = ("very", "some")
REVIEW_STATES = ("waiting", "returned", "approved", "changed", "rejected", "passed")
# Every layer adds these names to a record's own fields.
RESERVED = ("record", "kind", "revision", "standing", "title_zh", "title_en", "created_by", "centre", "claims", "own")
# Attributes that only some field types take; the table of field types says which.
SPECIAL = (
    *("min", "max", "search", "not_after", "not_before", "working_days", "of", "role", "derive"),
    *("append_only", "among", "rows_max", "rows_min", "media", "bytes_max", "offer", "apart_from", "once_theirs"),
    "apart_from_hands",
    "in_file",
)


def read_kind(table: Table, vocabularies: Mapping[str, Vocabulary]) -> Kind:
    """One kind, complete in itself. Refuses anything unknown, missing or contradictory within the file."""
    name = table.name_of("name")
    words, title = table.table("words"), table.table("title")
    one, many = zip(*((inner.text("one"), inner.text("many")) for inner in _languages(words)), strict=True)
    version = table.integer("version", least=1)
    states = _states(table.table_or_none("states"), version)
    fields: dict[str, Field] = {}
    for inner in table.tables("field", named_by="name"):
        field = _field(inner, vocabularies, states, version)
        if field.name in fields:
            inner.refuse("name", "is declared twice")
        fields[field.name] = field
    if not fields:
        table.refuse("field", "a kind needs at least one field")
    if states and (states.field not in fields or fields[states.field].type != "state"):
        table.refuse("states.field", f"{states.field} is not a field of type state")
    listed = table.table("list")
    kind = Kind(
        name=name,
        version=version,
        sensitivity=table.integer("sensitivity", least=1),
        by_centre=table.boolean("by_centre"),
        icon=table.text("icon"),
        source=table.text("source"),
        one=Words(*one),
        many=Words(*many),
        title=title.words_here(),
        team=table.text_or_none("team"),
        own=table.texts("own"),
        subject=table.text_or_none("subject"),
        retention=_retention(table.table("retention")),
        consent=_consent(table.table_or_none("consent")),
        fields=fields,
        checks=tuple(_check(inner) for inner in table.tables("check")),
        duplicates=tuple(_duplicate(inner) for inner in table.tables("duplicate", named_by="name")),
        aliases=table.boolean("aliases"),
        signals=tuple(_signal(inner) for inner in table.tables("signal", named_by="name")),
        review=_review(table.table_or_none("review")),
        states=states,
        access=_access(table.table("access")),
        form=_form(table, fields),
        list_columns=listed.texts("columns"),
        list_sort=listed.texts("sort"),
        indexes=tuple(_index(inner) for inner in table.tables("index")),
    )
    title.close()
    listed.close()
    table.close()
    return kind


def _languages(words: Table) -> list[Table]:
    found = [words.table(language) for language in ("zh", "en")]
    words.close()
    return found


def _field(table: Table, vocabularies: Mapping[str, Vocabulary], states: States | None, version: int) -> Field:
    name = table.name_of("name")
    if name in RESERVED:
        table.refuse("name", f"{name} is the name of something every record has")
    type_ = table.one_of("type", tuple(FIELD_TYPES))
    _refuse_foreign_attributes(table, type_)
    field = Field(
        name=name,
        type=type_,
        words=table.words("words"),
        ask=table.words_or_none("ask"),
        help=table.words_or_none("help"),
        required=table.boolean("required"),
        required_when=table.when_or_none("required_when"),
        min=table.integer_or_none("min"),
        max=table.integer_or_none("max"),
        not_after=table.text_or_none("not_after"),
        not_before=table.text_or_none("not_before"),
        working_days=table.integer_or_none("working_days", least=1),
        role=table.text_or_none("role"),
        merge=table.one_of("merge", MERGES, "latest"),
        near_minutes=table.integer_or_none("near_minutes", least=1),
        edit=table.permissions_or_none("edit"),
        derive=_derive(table.table_or_none("derive")),
        columns=_columns(table, type_, vocabularies),
        # What was photographed stays as it was: a file row is added and never rewritten.
        append_only=table.boolean("append_only") or type_ == "files",
        among=table.text_or_none("among"),
        rows_max=table.integer_or_none("rows_max", least=1),
        rows_min=table.integer_or_none("rows_min", least=1),
        apart_from=table.text_or_none("apart_from"),
        once_theirs=table.boolean("once_theirs"),
        apart_from_hands=table.boolean("apart_from_hands"),
        in_file=_in_file(table.table_or_none("in_file")),
        media=_media(table, type_, vocabularies),
        bytes_max=_bytes_max(table, type_),
        search=table.one_of("search", SEARCHES) if table.has("search") else None,
        since=table.integer_or_none("since", least=1),
        retired=table.integer_or_none("retired", least=1),
        sensitivity=table.integer_or_none("sensitivity", least=1),
        source=table.text_or_none("source"),
        of=_of(table, type_),
        vocabulary=None,
        basis=_basis(table.table_or_none("basis")),
        leaves_with=table.text_or_none("leaves_with"),
        of_others=table.boolean("of_others"),
        says=table.text_or_none("says"),
        trail=table.text_or_none("trail"),
        offer=table.text_or_none("offer"),
        takes=table.texts("takes"),
        asked_when=table.when_or_none("asked_when"),
    )
    table.close()
    _refuse_contradictions(table, field, version)
    vocabulary = _vocabulary(table, field.type, field.of, vocabularies, states)
    return Field(**{**vars(field), "vocabulary": vocabulary})


def _refuse_foreign_attributes(table: Table, type_: str) -> None:
    for name in SPECIAL:
        if table.has(name) and name not in FIELD_TYPES[type_].takes:
            table.refuse(name, f"a field of type {type_} has no {name}")
    # The columns of a file are the same everywhere.
    if table.has("column") and type_ != "rows":
        table.refuse("column", f"a field of type {type_} has no columns")


def _refuse_contradictions(table: Table, field: Field, version: int) -> None:
    if field.min is not None and field.max is not None and field.min > field.max:
        table.refuse("min", "is above max")
    if field.merge != "latest" and not FIELD_TYPES[field.type].ordered:
        table.refuse("merge", f"values of type {field.type} have no order")
    if field.near_minutes and field.type not in ("time", "datetime"):
        table.refuse("near_minutes", f"values of type {field.type} are no times")
    if field.working_days and not field.not_before:
        table.refuse("working_days", "counts from the day in not_before, which is not named")
    if field.asked_when and (field.required or (field.required_when and field.asked_when != field.required_when)):
        table.refuse("asked_when", "the field is asked for anyway, whenever it is needed")
    if field.required and field.required_when:
        table.refuse("required_when", "the field is required anyway")
    if field.derive and (field.required or field.required_when or field.edit is not None):
        table.refuse("derive", "a derived field is never written, so it is neither required nor edited")
    if field.retired and (field.required or field.required_when):
        table.refuse("retired", "a retired field cannot be required")
    _refuse_later(table, field.basis, version)
    for name in ("since", "retired"):
        given = getattr(field, name)
        if given and given > version:
            table.refuse(name, f"version {given} is later than the declaration's own, {version}")


def _refuse_later(table: Table, basis: Basis | None, version: int) -> None:
    if basis and basis.since > version:
        table.refuse("basis.since", f"version {basis.since} is later than the declaration's own, {version}")


def _of(table: Table, type_: str) -> str | None:
    if "of" not in FIELD_TYPES[type_].takes:
        return None
    # Rows may stand for records, and then say of which kind.
    return table.text_or_none("of") if type_ == "rows" else table.text("of")


def _vocabulary(
    table: Table, type_: str, of: str | None, vocabularies: Mapping[str, Vocabulary], states: States | None
) -> Vocabulary | None:
    if type_ == "state":
        if states is None:
            table.refuse("type", "a field of type state needs [states]")
        return Vocabulary(states.field, {code: Choice(code, words) for code, words in states.states.items()})
    if type_ not in ("choice", "choices"):
        return None
    if of is None or of not in vocabularies:
        table.refuse("of", f"there is no vocabulary {of}")
    return vocabularies[of]


def _derive(table: Table | None) -> Derive | None:
    if table is None:
        return None
    rule = table.one_of("rule", tuple(DERIVATIONS))
    derivation = DERIVATIONS[rule]
    arguments = {key: table.text(key) for key in derivation.needs}
    arguments |= {key: table.text(key) for key in derivation.may_have if table.has(key)}
    table.close()
    return Derive(rule, arguments)


def _columns(table: Table, type_: str, vocabularies: Mapping[str, Vocabulary]) -> Mapping[str, Column]:
    columns: dict[str, Column] = {}
    for inner in table.tables("column", named_by="name"):
        column = _column(inner, vocabularies)
        if column.name in columns:
            inner.refuse("name", "is declared twice")
        columns[column.name] = column
    if type_ == "rows" and not columns:
        table.refuse("column", "a field of type rows needs columns")
    return columns_of(vocabularies[MEDIA]) if type_ == "files" and MEDIA in vocabularies else columns


def _media(table: Table, type_: str, vocabularies: Mapping[str, Vocabulary]) -> tuple[str, ...]:
    media = table.texts("media")
    if type_ != "files":
        return ()
    if MEDIA not in vocabularies:
        table.refuse("type", f"there is no vocabulary {MEDIA}")
    if not media:
        table.refuse("media", "names no kind of file")
    for name in media:
        if name not in vocabularies[MEDIA].choices:
            table.refuse("media", f"there is no kind of file {name}")
    return media


def _bytes_max(table: Table, type_: str) -> int | None:
    bytes_max = table.integer_or_none("bytes_max", least=1)
    if type_ == "files" and bytes_max is None:
        table.refuse("bytes_max", "is missing")
    if bytes_max is not None and bytes_max > FILE_BYTES_MAX:
        table.refuse("bytes_max", f"must be {FILE_BYTES_MAX} or less")
    return bytes_max


def _column(table: Table, vocabularies: Mapping[str, Vocabulary]) -> Column:
    name = table.name_of("name")
    type_ = table.one_of("type", tuple(name for name, type_ in FIELD_TYPES.items() if type_.in_column))
    for attribute in ("min", "max", "of"):
        if table.has(attribute) and attribute not in FIELD_TYPES[type_].takes:
            table.refuse(attribute, f"a column of type {type_} has no {attribute}")
    of = _of(table, type_)
    column = Column(
        name=name,
        type=type_,
        words=table.words("words"),
        required=table.boolean("required"),
        min=table.integer_or_none("min"),
        max=table.integer_or_none("max"),
        of=of,
        vocabulary=_vocabulary(table, type_, of, vocabularies, None),
    )
    table.close()
    if column.min is not None and column.max is not None and column.min > column.max:
        table.refuse("min", "is above max")
    return column


def _basis(table: Table | None) -> Basis | None:
    if table is None:
        return None
    since = table.integer("since", least=1)
    basis = Basis(table.text("purpose"), table.when_or_none("unless"), since, table.text_or_none("to"))
    table.close()
    return basis


def _consent(table: Table | None) -> ConsentFields | None:
    if table is None:
        return None
    names = [table.text(name) for name in ("purpose", "given_on", "until", "withdrawn_on", "shared_with")]
    table.close()
    return ConsentFields(*names)


def _retention(table: Table) -> Retention:
    counts_from = table.text_or_none("from")
    retention = Retention(table.text("class"), tuple(counts_from.split("|")) if counts_from else ())
    table.close()
    return retention


def _check(table: Table) -> Check:
    rule = table.one_of("rule", tuple(CHECKS))
    arguments = {key: table.text(key) for key in CHECKS[rule].needs}
    arguments |= {key: str(table.integer(key, least=0)) for key in CHECKS[rule].numbers}
    table.close()
    return Check(rule, arguments)


def _duplicate(table: Table) -> Duplicate:
    name, same, overlap = table.name_of("name"), table.texts("same"), table.texts("overlap")
    if not same:
        table.refuse("same", "names no field")
    if overlap and len(overlap) != 2:
        table.refuse("overlap", "must name the field it starts with and the field it ends with")
    blank, sounds = table.texts("blank"), table.texts("sounds")
    if set(blank) - set(same):
        table.refuse("blank", "must be among same")
    if blank and set(blank) == set(same):
        table.refuse("blank", "leaves nothing that must agree")
    likeness = table.one_of("likeness", LIKENESSES) if table.has("likeness") else None
    apart = table.text_or_none("apart")
    table.close()
    return Duplicate(name, same, (overlap[0], overlap[1]) if overlap else None, blank, sounds, likeness, apart)


def _signal(table: Table) -> Signal:
    name, renewed_by, ended_by = table.text("name"), table.texts("renewed_by"), table.texts("ended_by")
    if len(renewed_by) not in (0, 3):
        table.refuse("renewed_by", "must name a kind, its field that names this record, and a date")
    if len(ended_by) not in (0, 2):
        table.refuse("ended_by", "must name a field and a date")
    signal = Signal(
        name,
        table.words_here(),
        table.when_or_none("when") or {},
        table.text("since"),
        table.integer("after_days", least=1),
        (renewed_by[0], renewed_by[1], renewed_by[2]) if renewed_by else None,
        (ended_by[0], ended_by[1]) if ended_by else None,
    )
    table.close()
    return signal


def _review(table: Table | None) -> Review | None:
    if table is None:
        return None
    by, waits_when = table.permissions_or_none("by"), table.when_or_none("waits_when")
    if not by:
        table.refuse("by", "somebody must review")
    if waits_when is None:
        table.refuse("waits_when", "is missing")
    urgent_when, locks = table.when_or_none("urgent_when"), table.boolean("locks")
    words, sampled = _review_words(table), table.boolean("sampled")
    stands_in, second = table.texts("stands_in"), _second_person(table.table_or_none("second_person"))
    review = Review(by, waits_when, urgent_when, locks, words, sampled, stands_in, second)
    for role in stands_in:
        if role not in by:
            table.refuse("stands_in", f"{role} does not review")
    if set(stands_in) == set(by):
        table.refuse("stands_in", "somebody must usually review")
    if review.sampled and locks:
        table.refuse("sampled", "what an approval locks is always looked at by a person")
    table.close()
    return review


def _second_person(table: Table | None) -> SecondPerson | None:
    if table is None:
        return None
    second = SecondPerson(table.text("person"), table.text("measure"))
    table.close()
    return second


def _review_words(table: Table) -> Mapping[str, Words]:
    if not table.has("words"):
        return {}
    zh, en = _languages(table.table("words"))
    found: dict[str, Words] = {}
    for state in zh.names():
        if state not in REVIEW_STATES:
            zh.refuse(state, f"must be one of {', '.join(REVIEW_STATES)}")
        found[state] = Words(zh.text(state), en.text(state))
    en.close()
    return found


def _states(table: Table | None, version: int) -> States | None:
    if table is None:
        return None
    field, initial = table.text("field"), table.text("initial")
    states: dict[str, Words] = {}
    for inner in table.tables("state", named_by="code"):
        code = inner.name_of("code")
        if code in states:
            inner.refuse("code", "is declared twice")
        states[code] = inner.words_here()
        inner.close()
    if initial not in states:
        table.refuse("initial", f"there is no state {initial}")
    moves = tuple(_move(inner, states, version) for inner in table.tables("move"))
    table.close()
    return States(field, initial, states, moves)


def _move(table: Table, states: Mapping[str, Words], version: int) -> Move:
    basis = _basis(table.table_or_none("basis"))
    says, asks, words = table.text_or_none("says"), table.texts("asks"), table.words_or_none("words")
    when, led_by, after = (
        table.when_or_none("when"),
        _led_by(table.table_or_none("led_by")),
        _after(table.table_or_none("after")),
    )
    apart = table.text_or_none("apart")
    move = Move(
        table.texts("from"), table.text("to"), table.texts("by"), basis, says, asks, words, when, led_by, after, apart
    )
    table.close()
    _refuse_later(table, basis, version)
    for key, named in (("from", move.origins), ("to", (move.to,))):
        if not named:
            table.refuse(key, "names no state")
        for state in named:
            if state not in states:
                table.refuse(key, f"there is no state {state}")
    if not move.by:
        table.refuse("by", "somebody must be allowed to take this step")
    return move


def _led_by(table: Table | None) -> LedBy | None:
    if table is None:
        return None
    led_by = LedBy(table.text("field"), table.texts("states"))
    table.close()
    return led_by


def _after(table: Table | None) -> After | None:
    if table is None:
        return None
    after = After(
        table.text("kind"),
        table.text("field"),
        table.texts("states"),
        table.text_or_none("each"),
        table.text_or_none("least"),
        table.text_or_none("unless"),
        where=table.when_or_none("where"),
        row=table.when_or_none("row"),
        also=_row_when(table.table_or_none("also")),
        problem=table.text_or_none("problem") or After.problem,
    )
    table.close()
    if after.unless and not after.least:
        table.refuse("unless", "says why there are fewer than `least`, which is not named")
    return after


def _row_when(table: Table | None) -> RowWhen | None:
    if table is None:
        return None
    when, row = table.when_or_none("when"), table.when_or_none("row")
    table.close()
    if when is None or row is None:
        table.refuse("row" if when else "when", "is missing")
    return RowWhen(when, row)


def _in_file(table: Table | None) -> InFile | None:
    if table is None:
        return None
    back = table.table_or_none("back")
    in_file = InFile(
        table.text("kind"),
        table.text("field"),
        table.text("on"),
        table.texts("states"),
        table.text_or_none("since"),
        {state: back.text(state) for state in back.names()} if back else {},
    )
    table.close()
    return in_file


def _access(table: Table) -> Access:
    verbs = ("see", "count", "create", "edit", "settle")
    see, count, create, edit, settle = (table.permissions_or_none(verb) for verb in verbs)
    if not see:
        table.refuse("see", "somebody must be allowed to see this kind")
    if create is None:
        table.refuse("create", "is missing")
    if edit is None:
        table.refuse("edit", "is missing")
    table.close()
    return Access(see, count or {}, create, edit, settle or {})


def _form(table: Table, fields: Mapping[str, Field]) -> tuple[FormSection, ...]:
    sections = []
    for inner in table.tables("form"):
        sections.append(FormSection(inner.words_here(), inner.texts("fields")))
        inner.close()
    if sections:
        return tuple(sections)
    writable = tuple(name for name, field in fields.items() if not field.derive and not field.retired)
    return (FormSection(None, writable),)


def _index(table: Table) -> tuple[str, ...]:
    fields = table.texts("fields")
    if not fields:
        table.refuse("fields", "names no field")
    table.close()
    return fields
