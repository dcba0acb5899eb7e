"""What a desk reads, in one place: lists, one record with its history, counts. Every question judges what may be seen.

Not here: how each is found (lists.py, detail.py, held_detail.py) and its shape (shapes.py).
"""

from sync.detail import record_detail
from sync.held_detail import held_detail
from sync.lists import held_saves, looking, record_row, records, review_items, sortable_fields, team_figures, workbench
from sync.shapes import (
    Alias,
    ClaimView,
    ConflictView,
    FieldChange,
    HeldDetail,
    HeldField,
    HistoryEntry,
    HouseholdView,
    Looking,
    RecordDetail,
    RecordPage,
    RecordRow,
    ReviewItem,
    ReviewPage,
    TeamFigures,
    Workbench,
)

__all__ = [
    "Alias",
    "ClaimView",
    "ConflictView",
    "FieldChange",
    "HeldDetail",
    "HeldField",
    "HistoryEntry",
    "HouseholdView",
    "Looking",
    "RecordDetail",
    "RecordPage",
    "RecordRow",
    "ReviewItem",
    "ReviewPage",
    "TeamFigures",
    "Workbench",
    "held_detail",
    "held_saves",
    "looking",
    "record_detail",
    "record_row",
    "records",
    "review_items",
    "sortable_fields",
    "team_figures",
    "workbench",
]
