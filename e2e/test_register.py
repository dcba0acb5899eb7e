"""A supervisor brings the register of a new building in, mends it once for all rows, and finds the homes in her list.

Not here: how files are understood (tests/server/test_register_desk.py).
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from e2e.conftest import Opens

HEAD = ("住址一览表", "小区,栋,单元,房号,姓名,男女,身份证号,联系电话")
PEOPLE = (("马秀珍", "女"), ("覃国栋", "公"), ("韦晓燕", "女"), ("吕桂香", "女"), ("欧阳军", "男"))
ROWS = [
    f"银杏苑,7,1,{100 * floor + 1},{name},{sex},44030619480312002{floor},1380000551{floor}"
    for floor, (name, sex) in enumerate(PEOPLE, 1)
]


def test_a_supervisor_brings_a_register_in_and_mends_it_once_for_all_rows(desk: Opens, tmp_path: Path):
    zhou_hui = desk("zhou_hui").signs_in()
    zhou_hui.opens("/register/import").screen("register-import")
    page = zhou_hui.page
    content = "\n".join((*HEAD, *ROWS, "")).encode("gb18030")

    # 200 MB are refused by their size, and what is no register in words; neither leaves anything behind.
    large = tmp_path / "名册.xlsx"
    with large.open("wb") as file:
        file.truncate(200_000_000)
    page.locator("[data-field=file]").set_input_files(large)
    expect(page.locator("[data-trouble]")).to_contain_text("200.0 MB")
    page.locator("[data-field=file]").set_input_files(
        {"name": "照片.xlsx", "mimeType": "image/png", "buffer": b"\x89PNG\r\n\x1a\n" + bytes(400)}
    )
    expect(page.locator("[data-trouble]")).not_to_contain_text("200.0 MB")
    expect(page.locator("[data-trouble]")).to_be_visible()

    page.locator("[data-field=file]").set_input_files({"name": "名册.csv", "mimeType": "text/csv", "buffer": content})
    expect(page.locator("[data-column=身份证号] select")).to_have_value("")
    expect(page.locator("[data-column=男女] select")).to_have_value("resident.sex")
    page.locator("[data-field=team]").select_option("heping_1")
    zhou_hui.does("check")
    repair = page.locator("[data-repair=unknown_choice]")
    expect(repair).to_contain_text("1 行")
    expect(page.locator("[data-action=import]")).to_be_disabled()
    repair.locator("[data-instead=公]").fill("男")
    zhou_hui.does("mend")
    expect(page.locator("[data-all-well]")).to_be_visible()
    zhou_hui.does("import")
    expect(page.locator("[data-done]")).to_contain_text("导入了新住户 5 户、新居民 5 人")

    zhou_hui.meets_the_centre()
    zhou_hui.opens("/homes").screen("homes")
    expect(page.get_by_text("银杏苑 7 栋")).to_be_visible()
