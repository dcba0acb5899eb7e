"""The records of the seeded neighbourhood that the browser tests are about, and the screens of each person."""

from __future__ import annotations

from server.world import VOLUNTEERS, record_id

WANG_XIULAN = record_id("wang_xiulan")
HER_HOME = record_id("wang_xiulan.household")
VISIT_TODAY = record_id("wang_xiulan.visit_today")
HER_CASE = record_id("wang_xiulan.case")
CRAFTS = record_id("crafts")
CRAFTS_TODAY = record_id("crafts.3")
SHIFT_TODAY = record_id("huang_li.shift_today")
# Everybody who is expected there: the volunteers but the two of the story.
FEAST = record_id("duty.feast")
EXPECTED = [person for person in VOLUNTEERS if person not in ("huang_li", "deng_jie")]
VISIT_RETURNED = record_id("li_guifang.visit_returned")
VISIT_CHANGED = record_id("zhou_suzhen.visit_changed")
RISK_CONTESTED = record_id("he_guisheng")
HER_FILE = record_id("zhu_guilan.file")
TRAINING_HELD = record_id("training.newcomers")
# What is out of one's reach looks like what is not there at all.
INCIDENT = record_id("incident.fell")
DUTY_OPEN = record_id("duty.haircut.1")
TICKET = record_id("ticket.tap")
NOT_HERS = record_id("a record that is not there")

# Screens by the person who uses them: path and the name the screen carries.
PHONE_SCREENS = {
    "li_min": {
        "/today": "today",
        "/homes": "homes",
        f"/homes/{HER_HOME}": "home",
        f"/visit/{VISIT_TODAY}": "visit",
        f"/visit/new/{HER_HOME}": "visit",
        "/cases": "cases",
        f"/cases/{HER_CASE}": "case",
        f"/cases/{HER_CASE}/note": "case-note",
        f"/record/household/{HER_HOME}": "record",
        f"/record/household/{HER_HOME}/edit": "record-edit",
        "/record/resident/new": "record-edit",
        "/record/consent/new": "record-edit",
        "/incidents/new": "incident-new",
        "/tasks": "tasks",
        "/sessions": "sessions",
        f"/sessions/{CRAFTS_TODAY}": "session",
        f"/groups/{CRAFTS}": "group",
        "/follow-ups": "follow-ups",
        f"/tasks/{TICKET}": "task",
        f"/card/{HER_HOME}": "card",
        "/sync": "sync",
        "/inbox": "inbox",
        "/me": "me",
        "/day-pack": "day-pack",
        "/help": "help",
    },
    "huang_li": {
        "/volunteer": "volunteer",
        "/today": "today",
        "/shifts": "shifts",
        f"/shifts/{SHIFT_TODAY}": "shift",
        f"/duties/{DUTY_OPEN}": "duty",
        "/hours": "hours",
        "/recognition": "recognition",
        "/hours/compare": "hours-compare",
    },
}
DESK_SCREENS = {
    "zhou_hui": {
        "/workbench": "workbench",
        "/review": "review",
        "/review?tab=conflicts": "review",
        "/review?tab=duplicates": "review",
        "/review?tab=returned": "review",
        "/review?tab=held": "review",
        f"/review/{RISK_CONTESTED}?tab=conflicts": "review",
        "/case-board": "case-board",
        "/groups": "group-board",
        "/visits": "visits",
        "/visits/plan": "visit-plan",
        "/requests": "requests",
        "/task-board": "task-board",
        "/follow-up-board": "follow-up-board",
        "/incident-board": "incident-board",
        f"/incident-board/{INCIDENT}": "incident-desk",
        "/openings": "openings",
        "/members/li_min/hand-over": "hand-over",
        "/register": "register",
        "/register/import": "register-import",
        "/retention": "retention",
        f"/retention/{HER_HOME}": "retention",
        "/beyond": "beyond",
        f"/opened/{NOT_HERS}": "opened",
    },
    "chen_jing": {
        "/volunteers": "volunteers",
        f"/volunteers/{HER_FILE}": "volunteer-file",
        "/trainings": "trainings",
        f"/trainings/{TRAINING_HELD}": "training",
        f"/duties/{FEAST}/sign-in": "sign-in-list",
        "/duties/unsigned/sign-in": "sign-in-list",
        f"/duties/{FEAST}/poster": "code-poster",
        "/duty-board": "duty-board",
        "/duty-board?view=list": "duty-board",
        "/approve": "approve",
        "/hours/new": "hours-new",
        "/devices": "devices",
        "/members": "members",
        "/recognition-board": "recognition-board",
        "/hours/report": "hours-report",
        "/hours/compare-desk": "compare-desk",
        "/hour-checks": "hour-checks",
    },
    "wu_jianguo": {
        "/calendar": "calendar",
        "/review-setting": "review-setting",
        "/hour-rules": "hour-rules",
        "/audit": "audit",
        "/exports": "exports",
        "/ways-in": "ways-in",
    },
}
