"""The file of service records: of each volunteer the five parts that the rule on volunteer records asks for, by line.

Not here: whose they are and who may take them (sync/exports.py), and what is known (sync/recognition.py).
Source: Ministry of Civil Affairs, order 67: basic information, service, training, awards, evaluation.
"""

from __future__ import annotations

from collections.abc import Iterator

from schema.model import Schema
from server.exports.cells import masked, readable
from server.exports.sheets import Sheet
from sync.exports import Export
from sync.recognition import Service, service_of
from sync.store.store import Store
from sync.titles import Titles

HEAD = ("义工", "项目", "日期", "内容", "已核定分钟")
FIRST_DAY, LAST_DAY = "1900-01-01", "2199-12-31"
Line = tuple[str, str, str, str]


def service_sheet(store: Store, schema: Schema, centre: str, export: Export, titles: Titles, watermark: str) -> Sheet:
    """By name, never by hours; what is certified alone."""
    rows = []
    for volunteer in sorted(export.records, key=titles.name):
        service, name = service_of(store, schema, centre, volunteer, FIRST_DAY, LAST_DAY), titles.name(volunteer)
        for line in _lines(schema, service):
            rows.append(tuple(readable(text if export.is_whole else masked(text)) for text in (name, *line)))
    return Sheet(readable(watermark), HEAD, tuple(rows))


def _lines(schema: Schema, service: Service) -> Iterator[Line]:
    file = service.file
    for label, name in (
        ("出生", "birth_date"),
        ("入站", "admitted_on"),
        ("开始服务", "active_since"),
        ("小队", "team_name"),
    ):
        if file.get(name):
            yield "基本信息", "", f"{label} {file[name]}", ""
    for entry in service.entries:
        what = f"{entry.started_at}–{entry.ended_at} {entry.activity}"
        yield "服务", entry.worked_on, what, str(entry.minutes)
    for training in service.trainings:
        told = " · ".join(text for text in (training.topics, training.trainer, training.place) if text)
        yield "培训", training.held_on, told, ""
    for medal, on in service.medals:
        yield "表彰奖励", on, schema.vocabularies["medal"].choices[medal].words.zh, ""
    for period, first, last, result in service.evaluations:
        named = schema.vocabularies["assessment_period"].choices[period].words.zh
        told = schema.vocabularies["assessment_result"].choices[result].words.zh
        yield "评价", last, f"{named}（{first} 至 {last}）：{told}", ""
