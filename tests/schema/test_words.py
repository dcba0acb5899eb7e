"""People read labels, titles and problems in their language. Not here: the titles of each kind (its examples)."""

import pytest

from schema import problem_words
from schema.load import load_schema
from schema.model import Kind, Problem
from schema.words import choice_words, label, problem_label, title_of

KINDS = load_schema().kinds


def nobody(_of: str, _id: str) -> None:
    return None


def test_a_problem_is_told_with_the_name_of_the_field_and_the_next_step():
    problem = Problem("date_in_future", "visited_on")

    assert problem_words(problem, "zh", label(KINDS["home_visit"], "visited_on", "zh")) == (
        "探访日期还没到",
        "改成今天或以前的日期",
    )
    assert problem_words(problem, "en", "Date of visit") == (
        "Date of visit has not come yet",
        "Choose today or an earlier date",
    )


def test_a_problem_without_a_field_still_reads_as_a_sentence():
    assert problem_words(Problem("wrong_type"), "zh") == ("这一项的格式不对", "重新填这一项")


@pytest.mark.parametrize("code", load_schema().problems)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_problem_leaves_a_gap(code: str, language: str):
    words, next_step = problem_words(Problem(code), language)

    assert words and next_step
    assert "{" not in words + next_step


def test_a_problem_in_a_row_names_the_column():
    kind = KINDS["case"]

    assert problem_label(kind, Problem("missing", "goals.goal0001", {"column": "text"}), "zh") == "目标 · 要做到什么"
    assert problem_label(kind, Problem("too_many_rows", "goals"), "en") == "Goals"
    assert problem_label(kind, Problem("not_permitted"), "en") == ""


def test_choices_and_states_have_their_words_and_an_unknown_code_is_shown():
    kind = KINDS["case"]

    assert choice_words(kind.fields["stage"], "in_service", "zh") == "服务中"
    assert choice_words(kind.fields["category"], "family", "en") == "Family"
    assert choice_words(kind.fields["category"], "flood", "en") == "flood"


def test_one_choice_and_one_row_have_the_label_of_their_field():
    assert label(KINDS["household"], "tags.dog", "zh") == "上门要注意"
    assert label(KINDS["household"], "unknown", "zh") == "unknown"


def with_title(template: str) -> Kind:
    kind = KINDS["shift"]
    title = type(kind.title)(template, template)
    return Kind(**{**vars(kind), "title": title})


def test_a_part_without_a_value_is_left_out():
    values = {"activity": "便民服务日", "signed_in_at": "2026-11-22T01:00:00Z"}

    assert title_of(with_title("{place} · {activity}"), values, "zh", nobody) == "便民服务日"
    assert title_of(with_title("{activity}[（{place}）]"), values, "zh", nobody) == "便民服务日"
    assert title_of(with_title("{place|activity}"), values, "zh", nobody) == "便民服务日"
    assert title_of(with_title("{place}"), values, "en", nobody) == "Shift"


def test_an_instant_is_shown_as_the_clock_of_the_centre():
    values = {"signed_in_at": "2026-11-22T17:00:00Z"}

    assert title_of(with_title("{signed_in_at}"), values, "zh", nobody) == "2026-11-23 01:00"


def test_a_person_is_shown_by_name_and_an_unknown_one_not_at_all():
    values = {"volunteer": "huang_li"}

    assert title_of(with_title("{volunteer}"), values, "zh", lambda of, id_: f"{of} {id_}") == "person huang_li"
    assert title_of(with_title("{volunteer}"), values, "zh", nobody) == "班次"
