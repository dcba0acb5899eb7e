"""The generated files hold what is declared, in the form the phone reads. Not here: the phone's rules."""

import json
from pathlib import Path

from schema.generate import GENERATED, generated, main, stale
from schema.load import load_examples, load_schema
from tests.schema.declared import change, copy_declarations

TEXTS = generated(load_schema(), load_examples())


def test_the_files_in_the_repository_are_fresh():
    assert stale(GENERATED, TEXTS) == []


def test_a_file_that_differs_or_is_missing_is_stale(tmp_path: Path):
    for name, text in TEXTS.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    (tmp_path / "types.ts").write_text("// by hand", encoding="utf-8")
    (tmp_path / "problems.json").unlink()

    assert stale(tmp_path, TEXTS) == ["types.ts", "problems.json"]


def test_the_command_checks_without_writing(capsys):
    assert main(["--check"]) == 0
    assert capsys.readouterr().err == ""


def test_the_same_declarations_give_the_same_bytes():
    assert generated(load_schema(), load_examples()) == TEXTS


def test_a_kind_is_written_with_all_that_the_phone_draws():
    kind = json.loads(TEXTS["schema.json"])["kinds"]["home_visit"]

    assert kind["words"] == {
        "zh": {"one": "入户探访", "many": "入户探访"},
        "en": {"one": "Home visit", "many": "Home visits"},
    }
    assert next(field for field in kind["fields"] if field["name"] == "outcome") == {
        "name": "outcome",
        "type": "choice",
        "required_when": {"visited_on": "*"},
        "of": "visit_outcome",
    }
    assert kind["checks"] == [{"rule": "order", "before": "arrived_at", "after": "left_at"}]
    assert kind["duplicates"] == [{"name": "same_day_same_home", "same": ["household", "visited_on"]}]
    assert kind["review"]["urgent_when"] == {"condition": ["urgent", "follow_up"]}
    assert kind["access"]["settle"] == {"supervisor": ["team"]}
    assert kind["form"][0]["en"] == "This visit"
    assert kind["indexes"][1] == ["assigned_to", "planned_on"]
    assert kind["states"] is None
    labels = json.loads(TEXTS["labels.json"])["home_visit"]
    assert labels["outcome"] == {
        "words": {"zh": "见到人了吗", "en": "Met anyone"},
        "ask": {"zh": "见到人了吗？", "en": "Did you meet anyone?"},
    }
    assert labels["remarks"]["columns"]["text"] == {"zh": "说明", "en": "Note"}


def test_a_workers_phone_opens_with_the_kinds_of_workers_and_nothing_is_told_twice_or_not_at_all():
    first, further = json.loads(TEXTS["schema.json"]), json.loads(TEXTS["further_kinds.json"])
    schema = load_schema()

    seen = {name for name, kind in schema.kinds.items() if first["opens"][0] in kind.access.see}
    assert {*first["kinds"]} == seen and {*further["kinds"]} == {*schema.kinds} - seen
    assert not {*first["vocabularies"]} & {*further["vocabularies"]}
    assert {*first["vocabularies"], *further["vocabularies"]} == {*schema.vocabularies}
    assert "visit_outcome" in first["vocabularies"] and "hour_provenance" in further["vocabularies"]


def test_a_kind_without_a_form_asks_for_everything_that_can_be_written():
    kinds = json.loads(TEXTS["further_kinds.json"])["kinds"]

    (section,) = kinds["shift"]["form"]
    assert section["fields"] == [field["name"] for field in kinds["shift"]["fields"]]


def test_an_empty_permission_is_written_and_an_absent_one_is_not():
    fields = {field["name"]: field for field in json.loads(TEXTS["schema.json"])["kinds"]["case_progress"]["fields"]}

    assert fields["case"]["edit"] == {}
    assert "edit" not in fields["content"]


def test_the_order_of_a_vocabulary_is_kept():
    vocabularies = json.loads(TEXTS["schema.json"])["vocabularies"]

    assert [choice["code"] for choice in vocabularies["risk_level"]] == ["low", "medium", "high"]


def test_types_name_codes_rows_and_states():
    types = TEXTS["types.ts"]

    assert "export type risk_level = 'low' | 'medium' | 'high';" in types
    assert "  services?: Partial<Record<visit_service, true>>;" in types
    assert "  goals?: Record<string, case_goals_row>;" in types
    assert "  stage?: case_stage;" in types
    # `case` is a word TypeScript keeps for itself.
    assert "export interface case_ {" in types
    assert "  case: case_;" in types


def test_retired_fields_and_codes_are_told_to_the_phone(tmp_path: Path):
    folder = copy_declarations(tmp_path)
    change(folder, "records/shift.toml", 'name = "place"', 'name = "place"\nretired = 1')
    change(folder, "vocabularies/sex.toml", 'code = "unknown"', 'code = "unknown"\nretired = true')

    texts = generated(load_schema(folder), load_examples(folder))
    written, further = json.loads(texts["schema.json"]), json.loads(texts["further_kinds.json"])

    place = next(field for field in further["kinds"]["shift"]["fields"] if field["name"] == "place")
    assert place["retired"] == 1
    assert written["vocabularies"]["sex"][2]["retired"] is True


def test_every_problem_has_words_and_a_next_step_in_both_languages():
    problems = json.loads(TEXTS["problems.json"])

    assert all(problem[key] for problem in problems.values() for key in ("zh", "en", "next_zh", "next_en"))
