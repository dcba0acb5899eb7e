"""A declaration with a mistake is refused with the file, the key and the reason. Not here: what declarations mean."""

from pathlib import Path

import pytest

from schema.declaration import DeclarationError
from schema.load import load_schema
from tests.schema.declared import change, copy_declarations

CASE = "records/case.toml"
HOURS = "records/hour_entry.toml"
HOUSEHOLD = "records/household.toml"
NOTE = "records/case_progress.toml"
RESIDENT = "records/resident.toml"
SHIFT = "records/shift.toml"
VISIT = "records/home_visit.toml"
OUTCOME = "vocabularies/visit_outcome.toml"

# What is wrong: file, what it says, what it says instead -> key, part of the reason.
MISTAKES = {
    "a kind that says nothing of how long it is kept": (
        SHIFT,
        '[retention]\nclass = "rosters"\nfrom = "shift_on"\n',
        "",
        "retention",
        "is missing",
    ),
    "a class of retention that does not exist": (
        SHIFT,
        '"rosters"',
        '"for_now"',
        "retention.class",
        "there is no class",
    ),
    "years that count from what is no day": (
        SHIFT,
        '"shift_on"\n\n',
        '"starts_at"\n\n',
        "retention.from",
        "not a date",
    ),
    "a class with neither years nor for ever": (
        "retention.toml",
        "years = 5\n",
        "",
        "class.visits.years",
        "one of the two",
    ),
    "a basis that nobody can agree to": (
        VISIT,
        'purpose = "photo"',
        'purpose = "everything"',
        "field.photos.basis.purpose",
        "nobody can agree to everything",
    ),
    "a cell that leaves with what nobody can agree to": (
        VISIT,
        'leaves_with = "sensitive"',
        'leaves_with = "everything"',
        "field.observation.leaves_with",
        "nobody can agree to everything",
    ),
    "a step with what nobody can agree to": (
        "records/case.toml",
        'purpose = "sharing"',
        'purpose = "everything"',
        "states.move.8.basis.purpose",
        "nobody can agree to everything",
    ),
    "a step that asks from a later version on": (
        "records/case.toml",
        '"sharing", since = 3',
        '"sharing", since = 5',
        "states.move.8.basis.since",
        "later than",
    ),
    "a step that says what no field holds": (
        "records/referral.toml",
        'says = "returned_because"',
        'says = "nothing"',
        "states.move.3.says",
        "nothing",
    ),
    "a step that offers what no field holds": (
        "records/case.toml",
        'asks = ["needs"',
        'asks = ["nothing"',
        "states.move.1.asks",
        "nothing",
    ),
    "a step that offers a column that is none": (
        CASE,
        '"goals.progress"',
        '"goals.colour"',
        "states.move.7.asks",
        "no column colour",
    ),
    "a change that is told by no text": (
        CASE,
        'says = "risk_because"',
        'says = "goals"',
        "field.risk_level.says",
        "a text",
    ),
    "a trail that is no trail": (CASE, 'trail = "story"', 'trail = "remarks"', "field.stage.trail", "field, to, said"),
    "an offer to nobody": (CASE, 'offer = "offered_to"', 'offer = "category"', "field.worker.offer", "type person"),
    "an offer that nobody would see": (
        CASE,
        'own = ["worker", "offered_to"]',
        'own = ["worker"]',
        "field.worker.offer",
        "own path",
    ),
    "an offer of what is no person": (
        CASE,
        'of = "case_category"',
        'of = "case_category"\noffer = "offered_to"',
        "field.category.offer",
        "has no offer",
    ),
    "a field that takes what is of another type": (
        CASE,
        'takes = ["episode_of.category"]',
        'takes = ["episode_of.opened_on"]',
        "field.category.takes",
        "does not resolve",
    ),
    "a field that is asked anyway": (
        CASE,
        'words.zh = "评估日期"',
        'asked_when = { stage = "closed" }\nwords.zh = "评估日期"',
        "field.assessed_on.asked_when",
        "anyway",
    ),
    "a question asked in no state": (
        CASE,
        'asked_when = { stage = "assessed" }',
        'asked_when = { stage = "nowhere" }',
        "field.strengths.asked_when.stage",
        "nowhere",
    ),
    "a person once theirs": (
        "records/hour_entry.toml",
        'role = "volunteer"',
        "once_theirs = true",
        "field.volunteer.once_theirs",
        "has no once_theirs",
    ),
    "rows that stand for nothing": (
        "records/group.toml",
        'of = "resident"',
        'of = "nobody"',
        "field.members.of",
        "no record kind nobody",
    ),
    "rows taken from rows of others": (
        "records/group_session.toml",
        'among = "group.members"',
        'among = "group.remarks"',
        "field.people.among",
        "does not lead to rows",
    ),
    "somebody's own by a column that names nobody": (
        "records/group_session.toml",
        '"helpers.person"',
        '"people.name"',
        "own",
        "not a person of such rows",
    ),
    "a step led by what is no record": (
        "records/group_session.toml",
        'led_by = { field = "group"',
        'led_by = { field = "number"',
        "states.move.1.led_by.field",
        "names no other record",
    ),
    "a step led by a state that there is not": (
        "records/group_session.toml",
        'states = ["running",',
        'states = ["walking",',
        "states.move.1.led_by.states",
        "no state walking",
    ),
    "a step after records that name another kind": (
        "records/group.toml",
        'kind = "group_session"\nfield = "group"',
        'kind = "group_session"\nfield = "number"',
        "states.move.6.after.field",
        "does not name a record",
    ),
    "a step after as many as a text says": (
        "records/group.toml",
        'least = "planned_sessions"',
        'least = "plan"',
        "states.move.6.after.least",
        "must be of type integer",
    ),
    "a step after records of which each is no field": (
        "records/group.toml",
        'each = "number"',
        'each = "length"',
        "states.move.6.after.each",
        "no field length",
    ),
    "a step while a field holds that there is not": (
        "records/activity.toml",
        "when = { large = true }",
        "when = { huge = true }",
        "states.move.2.when",
        "huge",
    ),
    "a check without its number": (
        "records/activity.toml",
        "least = 200\n",
        "",
        "check.1.least",
        "is missing",
    ),
    "a basis for a unit that no field names": (
        "records/referral.toml",
        'since = 1, to = "receiver" }',
        'since = 1, to = "nobody" }',
        "states.move.1.basis.to",
        "nobody",
    ),
    "a basis for a unit that is no name": (
        "records/referral.toml",
        'since = 1, to = "receiver" }',
        'since = 1, to = "sent_on" }',
        "states.move.1.basis.to",
        "not of type text",
    ),
    "a basis of whom nobody knows": (
        "records/case.toml",
        'subject = "resident"\n',
        "",
        "field.presenting_problem.leaves_with",
        "has no subject",
    ),
    "a subject that is no reference": (VISIT, 'subject = "resident"', 'subject = "reason"', "subject", "not a ref"),
    "a basis of a later version": (VISIT, "since = 4 }", "since = 6 }", "field.photos.basis.since", "later than"),
    "a consent that begins on no day": (
        "records/consent.toml",
        'given_on = "given_on"',
        'given_on = "purpose"',
        "consent.given_on",
        "not of type date",
    ),
    "an unknown key of a kind": (SHIFT, 'icon = "clock"', 'icon = "clock"\ncolour = "red"', "colour", "unknown key"),
    "an unknown key of a field": (
        SHIFT,
        'name = "place"',
        'name = "place"\ncolour = "red"',
        "field.place.colour",
        "unknown key",
    ),
    "an unknown key of words": (
        SHIFT,
        'words.en = "Place"',
        'words.en = "Place"\nwords.fr = "Lieu"',
        "field.place.words.fr",
        "unknown key",
    ),
    "an unknown field type": (
        SHIFT,
        'name = "place"\ntype = "text"',
        'name = "place"\ntype = "colour"',
        "field.place.type",
        "must be one of",
    ),
    "a field without a type": (SHIFT, 'name = "place"\ntype = "text"', 'name = "place"', "field.place.type", "missing"),
    "missing words": (SHIFT, 'words.en = "Place"\n', "", "field.place.words.en", "is missing"),
    "blank words": (SHIFT, 'words.en = "Place"', 'words.en = " "', "field.place.words.en", "is empty"),
    "no words at all": (
        SHIFT,
        'words.zh = "地点"\nwords.en = "Place"\n',
        "",
        "field.place.words",
        "is missing",
    ),
    "a word of which another is near": (
        SHIFT,
        'name = "place"\ntype = "text"',
        'name = "place"\ntype = "text"\nnear_minutes = 10',
        "field.place.near_minutes",
        "are no times",
    ),
    "a number for a word": (SHIFT, 'words.en = "Place"', "words.en = 7", "field.place.words.en", "must be a string"),
    "a word for a number": (SHIFT, "version = 2", 'version = "one"', "version", "must be a whole number"),
    "a yes for a number": (SHIFT, "version = 2", "version = true", "version", "must be a whole number"),
    "a version below one": (SHIFT, "version = 2", "version = 0", "version", "must be 1 or more"),
    "a word for a yes": (
        SHIFT,
        "required = true",
        'required = "yes"',
        "field.volunteer.required",
        "must be true or false",
    ),
    "a name that another layer cannot have": (
        SHIFT,
        'name = "place"',
        'name = "Place"',
        "field.Place.name",
        "is not a name",
    ),
    "a name every record has": (
        SHIFT,
        'name = "place"',
        'name = "revision"',
        "field.revision.name",
        "every record has",
    ),
    "a field declared twice": (SHIFT, 'name = "place"', 'name = "note"', "field.note.name", "is declared twice"),
    "a kind that is not called as its file": (SHIFT, 'name = "shift"', 'name = "turn"', "name", "name of the file"),
    "a choice without a vocabulary": (
        VISIT,
        'of = "visit_reason"',
        'of = "visit_excuse"',
        "field.reason.of",
        "there is no vocabulary visit_excuse",
    ),
    "a choice that names none": (VISIT, 'of = "visit_reason"\n', "", "field.reason.of", "is missing"),
    "a reference to an unknown kind": (
        VISIT,
        'type = "ref"\nof = "household"',
        'type = "ref"\nof = "castle"',
        "field.household.of",
        "there is no record kind castle",
    ),
    "a column with an unknown vocabulary": (
        CASE,
        'of = "goal_progress"',
        'of = "luck"',
        "field.goals.column.progress.of",
        "there is no vocabulary luck",
    ),
    "a column of a type that has parts itself": (
        CASE,
        'name = "measure"\ntype = "text"\nmax = 200',
        'name = "measure"\ntype = "choices"\nof = "sex"',
        "field.goals.column.measure.type",
        "must be one of",
    ),
    "rows without columns": (
        SHIFT,
        'name = "place"\ntype = "text"\nmax = 60',
        'name = "place"\ntype = "rows"',
        "field.place.column",
        "needs columns",
    ),
    "an attribute of another type": (
        VISIT,
        'name = "planned_on"\ntype = "date"',
        'name = "planned_on"\ntype = "date"\nmax = 7',
        "field.planned_on.max",
        "a field of type date has no max",
    ),
    "columns of a text": (
        SHIFT,
        '[[field]]\nname = "shift_on"',
        '[[field.column]]\nname = "a"\n[[field]]\nname = "shift_on"',
        "field.place.column",
        "has no columns",
    ),
    "bounds the wrong way round": (RESIDENT, "min = 2", "min = 31", "field.name.min", "is above max"),
    "an order of what has none": (
        HOUSEHOLD,
        'type = "phone"',
        'type = "phone"\nmerge = "max"',
        "field.phone.merge",
        "have no order",
    ),
    "an unknown merge": (RESIDENT, 'merge = "max"', 'merge = "mean"', "field.risk_level.merge", "must be one of"),
    "an unknown search": (HOUSEHOLD, 'search = "place"', 'search = "smell"', "field.building.search", "must be one of"),
    "required and required when": (
        VISIT,
        "required_when = { outcome",
        "required = true\nrequired_when = { outcome",
        "field.visited_on.required_when",
        "required anyway",
    ),
    "required when an unknown field": (
        VISIT,
        'required_when = { outcome = "*" }',
        'required_when = { mood = "*" }',
        "field.visited_on.required_when",
        "there is no field mood",
    ),
    "required when an unknown code": (
        VISIT,
        'required_when = { condition = "follow_up" }',
        'required_when = { condition = "fine" }',
        "field.follow_up_on.required_when.condition",
        "has no code fine",
    ),
    "required when nothing": (
        VISIT,
        'required_when = { outcome = "*" }',
        "required_when = {}",
        "field.visited_on.required_when",
        "names no field",
    ),
    "a bound that is no field": (
        CASE,
        'not_before = "opened_on"\nrequired_when = { stage = "closed" }',
        'not_before = "birth"\nrequired_when = { stage = "closed" }',
        "field.closed_on.not_before",
        "there is no field birth",
    ),
    "a bound of another type": (
        CASE,
        'not_before = "opened_on"\nrequired_when = { stage = "closed" }',
        'not_before = "next_step"\nrequired_when = { stage = "closed" }',
        "field.closed_on.not_before",
        "is of type text",
    ),
    "a field that bounds itself": (
        CASE,
        'not_before = "opened_on"\nrequired_when = { stage = "closed" }',
        'not_before = "closed_on"\nrequired_when = { stage = "closed" }',
        "field.closed_on.not_before",
        "cannot bound itself",
    ),
    "an instant bounded by a day": (
        SHIFT,
        'not_after = "now"',
        'not_after = "today"',
        "field.signed_in_at.not_after",
        "today is a bound of type date",
    ),
    "a role that does not exist": (
        SHIFT,
        'role = "volunteer"',
        'role = "wizard"',
        "field.volunteer.role",
        "there is no role wizard",
    ),
    "an edit by nobody known": (
        SHIFT,
        'edit = { volunteer_coordinator = "centre" }',
        'edit = { wizard = "centre" }',
        "field.volunteer.edit",
        "there is no role wizard",
    ),
    "an edit with an unknown reach": (
        SHIFT,
        'edit = { volunteer_coordinator = "centre" }',
        'edit = { volunteer_coordinator = "world" }',
        "field.volunteer.edit.volunteer_coordinator",
        "there is no reach world",
    ),
    "an unknown derivation": (
        HOURS,
        'rule = "minutes_between"',
        'rule = "horoscope"',
        "field.minutes.derive.rule",
        "must be one of",
    ),
    "a derivation from an unknown field": (
        HOURS,
        'from = "started_at", to = "ended_at", less',
        'from = "woke_at", to = "ended_at", less',
        "field.minutes.derive.from",
        "there is no field woke_at",
    ),
    "a derivation from a field of another type": (
        HOURS,
        'less = "break_minutes"',
        'less = "activity"',
        "field.minutes.derive.less",
        "must be of type integer",
    ),
    "a derived field that is required": (
        HOURS,
        'name = "minutes"\ntype = "integer"',
        'name = "minutes"\ntype = "integer"\nrequired = true',
        "field.minutes.derive",
        "is never written",
    ),
    "a retired field that is required": (
        SHIFT,
        'type = "date"\nrequired = true',
        'type = "date"\nrequired = true\nretired = 1',
        "field.shift_on.retired",
        "cannot be required",
    ),
    "a field since a version to come": (
        SHIFT,
        'name = "place"',
        'name = "place"\nsince = 3',
        "field.place.since",
        "later than the declaration's own",
    ),
    "an unknown check": (SHIFT, 'rule = "order"', 'rule = "harmony"', "check.1.rule", "must be one of"),
    "a check without a field": (SHIFT, 'before = "starts_at"\n', "", "check.1.before", "is missing"),
    "a check of an unknown field": (
        SHIFT,
        'before = "starts_at"',
        'before = "dawn"',
        "check.1.before",
        "there is no field dawn",
    ),
    "a check of a field of another type": (
        SHIFT,
        'before = "starts_at"',
        'before = "activity"',
        "check.1.before",
        "must be of type",
    ),
    "a check that compares a time with an instant": (
        SHIFT,
        'before = "starts_at"',
        'before = "signed_in_at"',
        "check.1.after",
        "are not of one type",
    ),
    "a duplicate rule of an unknown field": (
        VISIT,
        'same = ["household", "visited_on"]',
        'same = ["household", "mood"]',
        "duplicate.same_day_same_home.same",
        "there is no field mood",
    ),
    "a duplicate rule of nothing": (
        VISIT,
        'same = ["household", "visited_on"]',
        "same = []",
        "duplicate.same_day_same_home.same",
        "names no field",
    ),
    "an overlap with one end": (
        HOURS,
        'overlap = ["started_at", "ended_at"]',
        'overlap = ["started_at"]',
        "duplicate.same_hours.overlap",
        "must name the field",
    ),
    "a path that does not resolve": (
        CASE,
        'team = "household.team"',
        'team = "village.team"',
        "team",
        "the path village.team does not resolve",
    ),
    "a path that ends elsewhere": (CASE, 'team = "household.team"', 'team = "household.room"', "team", "is not a team"),
    "an own path that names no person": (
        CASE,
        'own = ["worker", "offered_to"]',
        'own = ["category", "offered_to"]',
        "own",
        "is not a person",
    ),
    "a state field that is none": (
        CASE,
        'field = "stage"',
        'field = "category"',
        "states.field",
        "not a field of type state",
    ),
    "a state field without states": (
        HOURS,
        'name = "activity"\ntype = "text"\nmax = 60',
        'name = "activity"\ntype = "state"',
        "field.activity.type",
        "needs [states]",
    ),
    "an unknown initial state": (CASE, 'initial = "intake"', 'initial = "dawn"', "states.initial", "no state dawn"),
    "a move from an unknown state": (CASE, 'from = ["intake"]', 'from = ["dawn"]', "states.move.1.from", "state dawn"),
    "a move to an unknown state": (CASE, 'to = "assessed"', 'to = "dusk"', "states.move.1.to", "no state dusk"),
    "a move by an unknown role": (
        CASE,
        'by = ["outreach_worker", "supervisor"]',
        'by = ["wizard"]',
        "states.move.1.by",
        "there is no role wizard",
    ),
    "a move by nobody": (
        CASE,
        'by = ["outreach_worker", "supervisor"]',
        "by = []",
        "states.move.1.by",
        "somebody must",
    ),
    "a state declared twice": (CASE, 'code = "assessed"', 'code = "intake"', "states.state.intake.code", "twice"),
    "review by nobody": (NOTE, 'by = { supervisor = "team" }', "by = {}", "review.by", "somebody must review"),
    "review that waits for nothing": (NOTE, 'waits_when = { content = "*" }\n', "", "review.waits_when", "is missing"),
    "review that waits for an unknown field": (
        NOTE,
        'waits_when = { content = "*" }',
        'waits_when = { mood = "*" }',
        "review.waits_when",
        "there is no field mood",
    ),
    "words for an unknown review state": (
        NOTE,
        'words.zh = { approved = "已审核" }',
        'words.zh = { adored = "很好" }',
        "review.words.zh.adored",
        "must be one of",
    ),
    "a kind nobody may see": (SHIFT, "see = {", "look = {", "access.see", "somebody must be allowed"),
    "a kind that does not say who creates it": (SHIFT, "create = {", "make = {", "access.create", "is missing"),
    "access by an unknown role": (SHIFT, "see = { volunteer =", "see = { wizard =", "access.see", "no role wizard"),
    "access with an unknown reach": (
        SHIFT,
        'see = { volunteer = "own"',
        'see = { volunteer = "world"',
        "access.see.volunteer",
        "there is no reach world",
    ),
    "access with no reach": (
        SHIFT,
        'see = { volunteer = "own"',
        "see = { volunteer = []",
        "access.see.volunteer",
        "at least one",
    ),
    "access with a reach said twice": (
        SHIFT,
        'see = { volunteer = "own"',
        'see = { volunteer = ["own", "own"]',
        "access.see.volunteer",
        "twice",
    ),
    "access by team where there is no team": (
        SHIFT,
        'see = { volunteer = "own"',
        'see = { volunteer = "team"',
        "access.see.volunteer",
        "has no team path",
    ),
    "access by own where nothing is anybody's own": (
        HOUSEHOLD,
        'see = { outreach_worker = "team"',
        'see = { outreach_worker = "own"',
        "access.see.outreach_worker",
        "has no own paths",
    ),
    "a title of an unknown field": (
        SHIFT,
        'title.en = "{activity} ·',
        'title.en = "{fun} ·',
        "title.en",
        "there is no field fun",
    ),
    "a title with an open bracket": (
        SHIFT,
        'title.en = "{activity} ·',
        'title.en = "[{activity} ·',
        "title.en",
        "a bracket that is not closed",
    ),
    "a title of no field": (RESIDENT, 'title.en = "{name}"', 'title.en = "Resident"', "title.en", "names no field"),
    "a list of an unknown field": (SHIFT, 'columns = ["shift_on"', 'columns = ["fun"', "list.columns", "no field fun"),
    "a list without columns": (
        RESIDENT,
        'columns = ["name", "sex", "born_on", "household", "risk_level"]',
        "columns = []",
        "list.columns",
        "names no field",
    ),
    "a list sorted by an unknown field": (SHIFT, 'sort = ["-shift_on"', 'sort = ["-fun"', "list.sort", "no field fun"),
    "a form that asks for an unknown field": (
        NOTE,
        'fields = ["written_on"',
        'fields = ["fun"',
        "form.1.fields",
        "there is no field fun",
    ),
    "a form that asks twice": (
        VISIT,
        'fields = ["visited_on"',
        'fields = ["outcome"',
        "form.2.fields",
        "outcome is asked twice",
    ),
    "a form that asks for what is retired": (
        NOTE,
        'name = "goal"',
        'name = "goal"\nretired = 1',
        "form.1.fields",
        "derived or retired",
    ),
    "an index of an unknown field": (
        SHIFT,
        '[[index]]\nfields = ["volunteer"',
        '[[index]]\nfields = ["fun"',
        "index.1",
        "there is no field fun",
    ),
    "an index of a long text": (
        NOTE,
        '[[index]]\nfields = ["case"',
        '[[index]]\nfields = ["content"',
        "index.1",
        "is of type long_text",
    ),
    "an index of nothing": (
        NOTE,
        '[[index]]\nfields = ["case", "written_on"]',
        "[[index]]\nfields = []",
        "index.1.fields",
        "names no field",
    ),
    "a list that names a field twice": (
        NOTE,
        'fields = ["case", "written_on"]',
        'fields = ["case", "case"]',
        "index.1.fields",
        "twice",
    ),
    "a code declared twice": (OUTCOME, 'code = "met_family"', 'code = "met_person"', "code.met_person.code", "twice"),
    "a code without words": (OUTCOME, 'en = "Met in person"\n', "", "code.met_person.en", "is missing"),
    "a vocabulary not called as its file": (OUTCOME, 'name = "visit_outcome"', 'name = "end"', "name", "of the file"),
    "a role without a home": ("roles.toml", 'home = "phone"\n', "", "role.outreach_worker.home", "is missing"),
    "a reach that has no meaning in the code": (
        "roles.toml",
        "[reach.own]",
        "[reach.street]",
        "reach.street",
        "must be one of",
    ),
    "a problem without a next step": (
        "problems.toml",
        'next_zh = "填上这一项"\n',
        "",
        "missing.next_zh",
        "is missing",
    ),
    "a problem of a request without a status": (
        "problems.toml",
        "http = 415\n",
        "",
        "unsupported_media.http",
        "has an HTTP status",
    ),
    "a save that is told when to come again": (
        "problems.toml",
        'on = "retry"\n',
        'on = "retry"\nretry_after_seconds = 5\n',
        "unknown_record.retry_after_seconds",
        "only a request as a whole",
    ),
    "an answer nobody knows": ("problems.toml", 'on = "retry"', 'on = "later"', "unknown_record.on", "must be one of"),
    "text that is not TOML": (SHIFT, 'icon = "clock"', "icon = clock", "", "is not TOML"),
    "examples without a clock": (
        "records/shift.examples.toml",
        'today = "2026-11-22"\n',
        "",
        "today",
        "is missing",
    ),
    "examples with a section nobody runs": (
        "records/shift.examples.toml",
        "[[title]]",
        "[[titel]]",
        "titel",
        "unknown key",
    ),
    "an example with a key nobody reads": (
        "records/shift.examples.toml",
        'values = { ends_at = "09:00" }',
        'valeus = { ends_at = "09:00" }',
        "fail.2.valeus",
        "unknown key",
    ),
    "an example of a problem nobody knows": (
        "records/shift.examples.toml",
        'code = "missing"',
        'code = "sad"',
        "fail.1.code",
        "there is no problem sad",
    ),
    "an example that must fail and does not say how": (
        "records/shift.examples.toml",
        'code = "missing"\n',
        "",
        "fail.1.code",
        "is missing",
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_refused_with_file_key_and_reason(mistake: str, tmp_path: Path) -> None:
    file, old, new, key, reason = MISTAKES[mistake]
    folder = copy_declarations(tmp_path)
    change(folder, file, old, new)

    with pytest.raises(DeclarationError) as refusal:
        load_schema(folder)

    assert (refusal.value.file, refusal.value.key) == (file, key)
    assert reason in refusal.value.reason
    assert str(refusal.value) == f"{file}: {key}: {refusal.value.reason}"


def test_a_kind_without_examples_is_refused(tmp_path: Path) -> None:
    folder = copy_declarations(tmp_path)
    (folder / "records/shift.examples.toml").unlink()

    with pytest.raises(DeclarationError, match="shift has no examples") as refusal:
        load_schema(folder)

    assert refusal.value.file == "records/shift.examples.toml"


def test_examples_of_a_kind_that_is_not_declared_are_refused(tmp_path: Path) -> None:
    folder = copy_declarations(tmp_path)
    (folder / "records/shift.toml").unlink()
    change(folder, HOURS, 'type = "ref"\nof = "shift"', 'type = "ref"\nof = "case"')

    with pytest.raises(DeclarationError, match="there is no record kind shift"):
        load_schema(folder)


def test_a_folder_without_record_kinds_is_refused(tmp_path: Path) -> None:
    folder = copy_declarations(tmp_path)
    for path in (folder / "records").iterdir():
        path.unlink()

    with pytest.raises(DeclarationError, match="no record kind is declared"):
        load_schema(folder)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    folder = copy_declarations(tmp_path)
    (folder / "roles.toml").unlink()

    with pytest.raises(DeclarationError, match="the file is missing") as refusal:
        load_schema(folder)

    assert refusal.value.file == "roles.toml"


def test_the_centre_s_own_declarations_are_read_once() -> None:
    assert load_schema() is load_schema()
    assert list(load_schema().kinds) == [
        "activity",
        "activity_session",
        "assessment_setting",
        "calendar_year",
        "case",
        "case_confidential",
        "case_progress",
        "conduct_decision",
        "conduct_event",
        "consent",
        "duty",
        "duty_code",
        "field_task",
        "follow_up",
        "follow_up_plan",
        "group",
        "group_session",
        "home_visit",
        "hour_certificate",
        "hour_check",
        "hour_check_plan",
        "hour_entry",
        "hour_rule",
        "household",
        "incident",
        "medal_award",
        "medal_rule",
        "referral",
        "resident",
        "review_setting",
        "shift",
        "sign_up",
        "signal_note",
        "supervision_session",
        "training",
        "visit_request",
        "volunteer",
        "volunteer_assessment",
        "volunteer_screening",
    ]


def test_every_attribute_is_read(tmp_path: Path) -> None:
    folder = copy_declarations(tmp_path)
    change(
        folder,
        SHIFT,
        'name = "place"\ntype = "text"',
        'name = "place"\ntype = "text"\nsince = 1\nretired = 1\nsensitivity = 1\nsource = "§ 4"\n'
        'ask.zh = "哪里？"\nask.en = "Where?"',
    )

    place = load_schema(folder).kinds["shift"].fields["place"]

    assert (place.since, place.retired, place.sensitivity, place.source) == (1, 1, 1, "§ 4")
    assert place.ask is not None
    assert place.ask.in_language("en") == "Where?"
    assert "place" not in load_schema(folder).kinds["shift"].form[0].fields
