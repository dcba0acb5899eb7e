"""What a declaration may say only if the rest agrees: the fields, paths, roles, reaches and kinds it names.

Not here: reading (load.py, load_kind.py). Nothing is changed; the first disagreement is refused.
"""

import re
from collections.abc import Iterable, Mapping
from typing import NoReturn

from schema.basis import ITSELF, consent_kind
from schema.checks import CHECKS
from schema.declaration import DeclarationError
from schema.derive import DERIVATIONS
from schema.field_types import IN_PARTS
from schema.model import After, Basis, Field, InFile, Kind, LedBy, Permissions, Review, Schema, When
from schema.paths import in_rows

_PLACE = re.compile(r"\{([^{}]*)\}")
_OPTIONAL = re.compile(r"\[([^\[\]]*)\]")
# What a row says of a change that leaves a trail: the field, its new value as text, and the sentence with it.
TRAIL_COLUMNS = ("field", "to", "said")
_UNINDEXED = (*IN_PARTS, "long_text")


def cross_check(schema: Schema) -> None:
    """Refuse the first kind that names something which does not exist or does not fit."""
    _rights(schema)
    for kind in schema.kinds.values():
        _Judge(schema, kind).judge()


def _rights(schema: Schema) -> None:
    """Refuse a permission for a role or a reach that does not exist, and a tier that is missing."""
    rights = schema.rights

    def refuse(key: str, reason: str) -> NoReturn:
        raise DeclarationError("permissions.toml", key, reason)

    named = {f"operation.{name}": operation.by for name, operation in rights.operations.items()}
    named |= {f"act.{name}": act.by or {} for name, act in rights.acts.items()}
    for key, permissions in named.items():
        for role, reaches in permissions.items():
            if role not in schema.roles:
                refuse(f"{key}.by", f"there is no role {role}")
            for reach in reaches:
                if reach not in schema.reaches:
                    refuse(f"{key}.by.{role}", f"there is no reach {reach}")
    for name, operation in rights.operations.items():
        for role in operation.roles or ():
            if role not in schema.roles:
                refuse(f"operation.{name}.roles", f"there is no role {role}")
        if operation.tier_max is not None and operation.tier_max not in rights.tiers:
            refuse(f"operation.{name}.tier_max", f"there is no tier {operation.tier_max}")


class _Judge:
    """One kind with the schema around it, so that each rule below can refuse by file and key."""

    def __init__(self, schema: Schema, kind: Kind) -> None:
        self.schema = schema
        self.kind = kind

    def refuse(self, key: str, reason: str) -> NoReturn:
        raise DeclarationError(f"records/{self.kind.name}.toml", key, reason)

    def judge(self) -> None:
        for field in self.kind.fields.values():
            self._field(field)
        self._paths()
        self._kept()
        self._consent()
        self._tier()
        self._access()
        self._rules()
        self._shown()

    def _known(self, key: str, names: Iterable[str]) -> None:
        for name in names:
            if name not in self.kind.fields:
                self.refuse(key, f"there is no field {name}")

    def _field(self, field: Field) -> None:
        key = f"field.{field.name}"
        for of, type_, inner in [
            (field.of, field.type, key),
            *((column.of, column.type, f"{key}.column.{name}") for name, column in field.columns.items()),
        ]:
            if (type_ == "ref" or (type_ == "rows" and of is not None)) and of not in self.schema.kinds:
                self.refuse(f"{inner}.of", f"there is no record kind {of}")
        if field.among is not None:
            self._among(f"{key}.among", field)
        if field.role is not None and field.role not in self.schema.roles:
            self.refuse(f"{key}.role", f"there is no role {field.role}")
        self._when(f"{key}.required_when", field.required_when)
        self._when(f"{key}.asked_when", field.asked_when)
        self._told(key, field)
        for path in field.takes:
            self._path(f"{key}.takes", path, field.type)
        if field.basis is not None:
            self._basis(f"{key}.basis", field.basis)
        if field.leaves_with is not None:
            self._purpose(f"{key}.leaves_with", f"{key}.leaves_with", field.leaves_with)
        if field.edit is not None:
            self._permissions(f"{key}.edit", field.edit)
        if field.apart_from is not None:
            self._known(f"{key}.apart_from", [field.apart_from])
            if self.kind.fields[field.apart_from].type != "ref":
                self.refuse(f"{key}.apart_from", f"{field.apart_from} is not a reference")
        elif field.apart_from_hands:
            self.refuse(f"{key}.apart_from_hands", "needs apart_from, which says from what")
        if field.in_file is not None:
            self._in_file(f"{key}.in_file", field.in_file)
        self._bound(f"{key}.not_after", field, field.not_after, {"today": "date", "now": "datetime"})
        self._bound(f"{key}.not_before", field, field.not_before, {"tomorrow": "date"})
        if field.derive:
            derivation = DERIVATIONS[field.derive.rule]
            allowed = {**derivation.needs, **derivation.may_have}
            self._arguments(f"{key}.derive", field.derive.arguments, allowed, derivation.same_type)

    def _among(self, key: str, field: Field) -> None:
        """The rows of another record that these are taken from stand for records of the same kind."""
        first, _, last = str(field.among).partition(".")
        named = self.kind.fields.get(first)
        other = self.schema.kinds.get(str(named.of)) if named is not None and named.type == "ref" else None
        rows = other.fields.get(last) if other else None
        if rows is None or rows.type != "rows" or field.of is None or rows.of != field.of:
            self.refuse(key, f"{field.among} does not lead to rows that stand for records of the kind {field.of}")

    def _told(self, key: str, field: Field) -> None:
        """What a change of a field is told with: its reason, the row that stays of it, and to whom it is offered."""
        if field.says is not None:
            self._known(f"{key}.says", [field.says])
            if self.kind.fields[field.says].type not in ("text", "long_text"):
                self.refuse(f"{key}.says", f"{field.says} is not a text")
        if field.trail is not None:
            self._known(f"{key}.trail", [field.trail])
            rows = self.kind.fields[field.trail]
            if not rows.append_only or tuple(rows.columns) != TRAIL_COLUMNS:
                columns = ", ".join(TRAIL_COLUMNS)
                self.refuse(f"{key}.trail", f"{field.trail} is not append-only rows with the columns {columns}")
        if field.offer is not None:
            self._known(f"{key}.offer", [field.offer])
            if self.kind.fields[field.offer].type != "person":
                self.refuse(f"{key}.offer", f"{field.offer} is not of type person")
            if field.offer not in self.kind.own or any(path not in self.kind.fields for path in self.kind.own):
                self.refuse(
                    f"{key}.offer", f"{field.offer} must be an own path, and every other one a field of the kind"
                )

    def _bound(self, key: str, field: Field, bound: str | None, moments: Mapping[str, str]) -> None:
        if bound is None:
            return
        if bound in moments:
            if field.type != moments[bound]:
                self.refuse(key, f"{bound} is a bound of type {moments[bound]}, the field is of type {field.type}")
            return
        self._known(key, [bound])
        if bound == field.name:
            self.refuse(key, "a field cannot bound itself")
        if self.kind.fields[bound].type != field.type:
            self.refuse(key, f"{bound} is of type {self.kind.fields[bound].type}, the field is of type {field.type}")

    def _when(self, key: str, when: When | None) -> None:
        for name, accepted in (when or {}).items():
            self._known(key, [name])
            vocabulary = self.kind.fields[name].vocabulary
            for value in accepted:
                if vocabulary and value != "*" and value not in vocabulary.choices:
                    self.refuse(f"{key}.{name}", f"{vocabulary.name} has no code {value}")

    def _second_person(self, review: Review) -> None:
        second, fields = review.second_person, self.kind.fields
        if second is None:
            return
        if second.person not in fields or fields[second.person].type != "person":
            self.refuse("review.second_person.person", f"{second.person} is not a field of type person")
        if second.measure not in fields or fields[second.measure].derive is None:
            self.refuse("review.second_person.measure", f"{second.measure} is not a derived field")

    def _permissions(self, key: str, permissions: Permissions) -> None:
        for role, reach in ((role, reach) for role, reaches in permissions.items() for reach in reaches):
            if role not in self.schema.roles:
                self.refuse(key, f"there is no role {role}")
            if reach not in self.schema.reaches:
                self.refuse(f"{key}.{role}", f"there is no reach {reach}")
            if reach == "team" and self.kind.team is None:
                self.refuse(f"{key}.{role}", "the kind has no team path")
            if reach == "own" and not self.kind.own:
                self.refuse(f"{key}.{role}", "the kind has no own paths")

    def _paths(self) -> None:
        if self.kind.team is not None:
            self._path("team", self.kind.team, "team")
        for path in self.kind.own:
            if path != "created_by":
                self._path("own", path, "person")

    def _kept(self) -> None:
        """How long it is kept, and of whom it is: what a consent, a person's copy and a destruction go by."""
        if self.kind.retention.name not in self.schema.retention:
            self.refuse("retention.class", f"there is no class {self.kind.retention.name} in retention.toml")
        for path in self.kind.retention.counts_from:
            self._path("retention.from", path, "date")
        if self.kind.subject not in (None, ITSELF):
            self._path("subject", self.kind.subject, "ref")

    def _consent(self) -> None:
        consent = self.kind.consent
        if consent is None:
            return
        if self.kind.subject is None:
            self.refuse("consent", "nobody can agree in a kind without a subject")
        days = {"given_on": "date", "until": "date", "withdrawn_on": "date"}
        wanted = {"purpose": "choice", **days, "shared_with": "text"}
        for key, type_ in wanted.items():
            name = getattr(consent, key)
            self._known(f"consent.{key}", [name])
            if self.kind.fields[name].type != type_:
                self.refuse(f"consent.{key}", f"{name} is not of type {type_}")

    def _basis(self, key: str, basis: Basis) -> None:
        self._purpose(key, f"{key}.purpose", basis.purpose)
        self._when(f"{key}.unless", basis.unless)
        if basis.to is not None:
            self._known(f"{key}.to", [basis.to])
            if self.kind.fields[basis.to].type != "text":
                self.refuse(f"{key}.to", f"{basis.to} is not of type text")

    def _purpose(self, key: str, named_at: str, purpose: str) -> None:
        consent = consent_kind(self.schema)
        if consent is None or consent.consent is None:
            self.refuse(key, "no record kind says that somebody agreed ([consent])")
        if self.kind.subject is None:
            self.refuse(key, "the kind has no subject whose consent could be asked")
        purposes = consent.fields[consent.consent.purpose].vocabulary
        if purposes is None or purpose not in purposes.choices:
            self.refuse(named_at, f"nobody can agree to {purpose}")

    def _path(self, key: str, path: str, ends_with: str) -> None:
        kind = self.kind
        of_rows = in_rows(kind, path)
        if of_rows is not None:
            column = of_rows[0].columns.get(of_rows[1])
            if key != "own" or column is None or column.type != ends_with:
                self.refuse(key, f"the path {path} does not resolve: {of_rows[1]} is not a {ends_with} of such rows")
            return
        *steps, last = path.split(".")
        for step in steps:
            field = kind.fields.get(step)
            if field is None or field.type != "ref" or field.of is None or field.of not in self.schema.kinds:
                self.refuse(key, f"the path {path} does not resolve: {step} is not a reference in {kind.name}")
            kind = self.schema.kinds[field.of]
        end = kind.fields.get(last)
        if end is None or end.type != ends_with:
            self.refuse(key, f"the path {path} does not resolve: {last} is not a {ends_with} in {kind.name}")

    def _tier(self) -> None:
        """A record is seen whole or not at all: what is more sensitive than the rest stands in a record of its own."""
        kind = self.kind
        tier = self.schema.rights.tiers.get(kind.sensitivity)
        if tier is None:
            self.refuse("sensitivity", f"there is no tier {kind.sensitivity} in permissions.toml")
        for field in kind.fields.values():
            if (field.sensitivity or 1) > kind.sensitivity:
                reason = f"is above the kind's, {kind.sensitivity}: it belongs into a record of its own"
                self.refuse(f"field.{field.name}.sensitivity", reason)
        if not tier.is_hidden:
            return
        for verb in ("see", "count", "create", "edit", "settle"):
            for role, reaches in getattr(kind.access, verb).items():
                if reaches != ("own",):
                    self.refuse(f"access.{verb}.{role}", "what is hidden is for the persons named in it, so only own")
        if kind.team is not None or kind.review is not None or kind.duplicates:
            key = "team" if kind.team is not None else "review" if kind.review is not None else "duplicate"
            self.refuse(key, "would show a hidden record to others than those named in it")

    def _access(self) -> None:
        access, review, states = self.kind.access, self.kind.review, self.kind.states
        for verb in ("see", "count", "create", "edit", "settle"):
            self._permissions(f"access.{verb}", getattr(access, verb))
        if review:
            self._permissions("review.by", review.by)
            self._when("review.waits_when", review.waits_when)
            self._when("review.urgent_when", review.urgent_when)
            self._second_person(review)
        for position, move in enumerate(states.moves if states else (), start=1):
            if move.basis is not None:
                self._basis(f"states.move.{position}.basis", move.basis)
            self._known(f"states.move.{position}.says", [move.says] if move.says else [])
            self._known(f"states.move.{position}.asks", (name.partition(".")[0] for name in move.asks))
            for name, dot, column in (name.partition(".") for name in move.asks):
                if dot and column not in self.kind.fields[name].columns:
                    self.refuse(f"states.move.{position}.asks", f"{name} has no column {column}")
            self._when(f"states.move.{position}.when", move.when)
            self._led_by(f"states.move.{position}.led_by", move.led_by)
            self._after(f"states.move.{position}.after", move.after)
            self._known(f"states.move.{position}.apart", [move.apart] if move.apart else [])
            if move.apart and self.kind.fields[move.apart].type != "person":
                self.refuse(f"states.move.{position}.apart", f"{move.apart} names no person")
            for role in move.by:
                if role not in self.schema.roles:
                    self.refuse(f"states.move.{position}.by", f"there is no role {role}")

    def _led_by(self, key: str, led_by: LedBy | None) -> None:
        if led_by is None:
            return
        self._known(f"{key}.field", [led_by.field])
        field = self.kind.fields[led_by.field]
        if field.type != "ref":
            self.refuse(f"{key}.field", f"{field.name} names no other record")
        self._states_of(key, str(field.of), led_by.states)

    def _after(self, key: str, after: After | None) -> None:
        if after is None:
            return
        other = self.schema.kinds.get(after.kind)
        field = other.fields.get(after.field) if other else None
        if other is None or field is None or field.type not in ("ref", "rows") or field.of != self.kind.name:
            self.refuse(f"{key}.field", f"{after.kind}.{after.field} does not name a record of this kind")
        self._states_of(key, after.kind, after.states)
        if after.each is not None and after.each not in other.fields:
            self.refuse(f"{key}.each", f"there is no field {after.each} in {after.kind}")
        if after.least is not None:
            self._known(f"{key}.least", [after.least])
            if self.kind.fields[after.least].type != "integer":
                self.refuse(f"{key}.least", f"{after.least} must be of type integer")
        if after.unless is not None:
            self._known(f"{key}.unless", [after.unless])
        if after.problem not in self.schema.problems:
            self.refuse(f"{key}.problem", f"there is no problem {after.problem}")
        also = after.also
        for name, when, known in [
            ("where", after.where, other.fields),
            ("row", after.row, field.columns),
            ("also.when", also and also.when, other.fields),
            ("also.row", also and also.row, field.columns),
        ]:
            for column in when or {}:
                if column not in known:
                    self.refuse(f"{key}.{name}", f"there is no {column} in {after.kind}")

    def _in_file(self, key: str, in_file: InFile) -> None:
        self._path(f"{key}.on", in_file.on, "date")
        other = self.schema.kinds.get(in_file.kind)
        field = other.fields.get(in_file.field) if other else None
        if other is None or field is None or field.type != "person":
            self.refuse(f"{key}.field", f"{in_file.kind}.{in_file.field} does not name a person")
        self._states_of(key, in_file.kind, (*in_file.states, *in_file.back))
        for name in (*((in_file.since,) if in_file.since else ()), *in_file.back.values()):
            if name not in other.fields or other.fields[name].type != "date":
                self.refuse(key, f"{in_file.kind}.{name} is not a date")

    def _states_of(self, key: str, kind: str, named: tuple[str, ...]) -> None:
        states = self.schema.kinds[kind].states
        for state in named:
            if states is None or state not in states.states:
                self.refuse(f"{key}.states", f"there is no state {state} in {kind}")

    def _rules(self) -> None:
        for position, check in enumerate(self.kind.checks, start=1):
            rule = CHECKS[check.rule]
            named = {key: name for key, name in check.arguments.items() if key in rule.needs}
            self._arguments(f"check.{position}", named, rule.needs, rule.same_type)
        for signal in self.kind.signals:
            key = f"signal.{signal.name}"
            self._when(f"{key}.when", signal.when)
            self._known(f"{key}.since", [signal.since])
            self._known(f"{key}.ended_by", signal.ended_by or ())
            if signal.renewed_by is not None:
                other = self.schema.kinds.get(signal.renewed_by[0])
                for name in signal.renewed_by[1:]:
                    if other is None or name not in other.fields:
                        self.refuse(f"{key}.renewed_by", f"{signal.renewed_by[0]} has no field {name}")
        for duplicate in self.kind.duplicates:
            key = f"duplicate.{duplicate.name}"
            self._known(f"{key}.same", duplicate.same)
            self._known(f"{key}.overlap", duplicate.overlap or ())
            self._known(f"{key}.sounds", duplicate.sounds)
            apart = self.kind.fields.get(duplicate.apart or "")
            if duplicate.apart and (apart is None or apart.of != self.kind.name):
                self.refuse(f"{key}.apart", f"{duplicate.apart} does not name a record of this kind")
            for name in duplicate.sounds:
                if self.kind.fields[name].search != "name":
                    self.refuse(f"{key}.sounds", f"{name} is not searched as a name, so nobody knows how it sounds")
        if self.kind.aliases and (self.kind.review is not None or not self.kind.access.settle):
            self.refuse("aliases", "needs somebody who settles, and no review, which rejects what is there twice")

    def _arguments(
        self, key: str, arguments: Mapping[str, str], allowed: Mapping[str, tuple[str, ...]], same: tuple[str, str]
    ) -> None:
        for argument, name in arguments.items():
            self._known(f"{key}.{argument}", [name])
            if self.kind.fields[name].type not in allowed[argument]:
                self.refuse(f"{key}.{argument}", f"{name} must be of type {' or '.join(allowed[argument])}")
        first, second = (self.kind.fields[arguments[argument]] for argument in same)
        if first.type != second.type:
            self.refuse(f"{key}.{same[1]}", f"{first.name} and {second.name} are not of one type")

    def _shown(self) -> None:
        for language, template in (("zh", self.kind.title.zh), ("en", self.kind.title.en)):
            places = _PLACE.findall(template)
            if re.search(r"[][{}]", _PLACE.sub("", _OPTIONAL.sub(r"\1", template))):
                self.refuse(f"title.{language}", "has a bracket that is not closed, or one within another")
            if not places:
                self.refuse(f"title.{language}", "names no field")
            for place in places:
                self._known(f"title.{language}", place.split("|"))
        self._known("list.columns", self.kind.list_columns)
        if not self.kind.list_columns:
            self.refuse("list.columns", "names no field")
        self._known("list.sort", (name.removeprefix("-") for name in self.kind.list_sort))
        self._form()
        for position, index in enumerate(self.kind.indexes, start=1):
            self._known(f"index.{position}", index)
            for name in index:
                if self.kind.fields[name].type in _UNINDEXED:
                    self.refuse(f"index.{position}", f"{name} is of type {self.kind.fields[name].type}")

    def _form(self) -> None:
        asked: set[str] = set()
        for position, section in enumerate(self.kind.form, start=1):
            key = f"form.{position}.fields"
            self._known(key, section.fields)
            for name in section.fields:
                if name in asked:
                    self.refuse(key, f"{name} is asked twice")
                if self.kind.fields[name].derive or self.kind.fields[name].retired:
                    self.refuse(key, f"{name} is derived or retired and cannot be asked")
                asked.add(name)
