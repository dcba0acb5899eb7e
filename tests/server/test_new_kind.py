"""A record kind is one declaration and its examples: with these alone it can be written, pulled, listed and asked."""

import shutil
from pathlib import Path

from starlette.testclient import TestClient

from schema.load import FOLDER, load_schema
from server.app import create_app
from tests.server.http_world import HttpWorld

COMPLAINT = """# What a resident wants mended.
name = "complaint"
version = 1
sensitivity = 1
icon = "note"
source = "District operating rules, Art. 20"
words.zh = { one = "诉求", many = "诉求" }
words.en = { one = "Complaint", many = "Complaints" }
title.zh = "{about} · {received_on}"
title.en = "{about} · {received_on}"
own = ["created_by"]

[retention]
class = "visits"

[[field]]
name = "about"
type = "text"
max = 60
required = true
words.zh = "什么事"
words.en = "About"

[[field]]
name = "received_on"
type = "date"
not_after = "today"
required = true
words.zh = "哪天"
words.en = "Received on"

[[field]]
name = "risk_level"
type = "choice"
of = "risk_level"
words.zh = "急不急"
words.en = "Urgency"

[access]
see = { outreach_worker = "own", director = "centre" }
create = { outreach_worker = "own" }
edit = { outreach_worker = "own" }
settle = {}

[list]
columns = ["about", "received_on"]
sort = ["-received_on"]
"""
EXAMPLES = """# What passes and what fails.
today = "2026-11-22"
now = "2026-11-22T02:30:00Z"

[base]
about = "路灯坏了"
received_on = "2026-11-22"

[[pass]]
name = "heard today"
[[fail]]
name = "heard tomorrow"
values = { received_on = "2026-11-23" }
code = "date_in_future"
field = "received_on"
"""


def test_a_kind_declared_in_one_file_is_served_whole(world: HttpWorld, tmp_path: Path) -> None:
    declared = tmp_path / "declared"
    shutil.copytree(FOLDER, declared, ignore=shutil.ignore_patterns("*.py", "__pycache__"))
    (declared / "records" / "complaint.toml").write_text(COMPLAINT, "utf-8")
    (declared / "records" / "complaint.examples.toml").write_text(EXAMPLES, "utf-8")
    app = create_app(world.settings, clock=lambda: world.now, schema=load_schema(declared))
    with TestClient(app, base_url="http://localhost", client=("127.0.0.1", 50000)) as world.client:
        li_min, wu_jianguo = world.signs_in("li_min"), world.signs_in("wu_jianguo")
        record = li_min.writes("complaint", {"about": "路灯坏了", "received_on": "2026-11-19", "risk_level": "low"})
        (receipt,) = li_min.pushes(li_min.save("complaint", {"about": "电梯", "received_on": "2026-11-20"}))
        assert (receipt["status"], receipt["problem"]["code"]) == ("held", "date_in_future")
        assert "哪天" in receipt["problem"]["words_zh"]
        assert li_min.holds() == {record}
        query = 'query { complaint_list(where: {risk_level: "low"}) { total items { title_zh about received_on } } }'
        assert wu_jianguo.finds(query)["complaint_list"] == {
            "total": 1,
            "items": [{"title_zh": "路灯坏了 · 2026-11-19", "about": "路灯坏了", "received_on": "2026-11-19"}],
        }
        assert world.signs_in("zhang_qiang").finds(query)["complaint_list"]["total"] == 0
