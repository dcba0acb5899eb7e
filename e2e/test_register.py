"""A supervisor brings the register of a new building in, mends it once for all rows, and finds the homes in her list.

Not here: how files are understood (tests/server/test_register_desk.py).
"""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from e2e.conftest import Opens

IMPORT_TAPS_MAX = 15
# What a driver does without a finger: button and file, list and choice, the field that is written in.
A_FILE, A_CHOICE, A_FIELD = 2, 2, 1
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

    zhou_hui.counts_touches()
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
    assert 3 <= zhou_hui.touched() + A_FILE + A_CHOICE + A_FIELD <= IMPORT_TAPS_MAX

    zhou_hui.meets_the_centre()
    zhou_hui.opens("/homes").screen("homes")
    expect(page.get_by_text("银杏苑 7 栋")).to_be_visible()


def test_cells_are_written_in_the_register_and_who_is_there_twice_is_merged_and_parted(
    desk: Opens,
):
    zhou_hui = desk("zhou_hui").signs_in()
    page = zhou_hui.page
    zhou_hui.opens("/register").screen("register")
    page.locator("input[name=register-kind][value=resident]").check()
    name = page.locator("[data-cell='0-0'][data-field-cell=name]").inner_text().strip()
    first = (page.locator("tbody a.open").first.get_attribute("href") or "").rpartition("/")[2]

    # A copied block: shown first, then written; what cannot be is named, and one press takes it back.
    page.locator("[data-cell='0-1']").click()
    before = page.locator("[data-cell='0-2']").inner_text()
    zhou_hui.does("paste")
    page.locator("[data-field=block]").fill("不清楚\t1931/2/3\n公")
    zhou_hui.does("plan")
    expect(page.locator("[data-changes='3'] [data-problem=unknown_choice]")).to_have_count(1)
    zhou_hui.does("write")
    expect(page.locator("[data-cell='0-2']")).to_contain_text("1931")
    zhou_hui.does("undo")
    expect(page.locator("[data-cell='0-2']")).to_have_text(before)
    # With the keyboard alone.
    page.locator("[data-cell='0-0']").click()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.locator("[data-edit]").select_option("unknown")
    page.keyboard.press("Enter")
    expect(page.locator("[data-cell='0-1']")).to_have_text("不清楚")

    # Written down again without a network: said at once, and in nobody's way.
    zhou_hui.opens(f"/record/resident/{first}").screen("record")
    home = page.locator("a[href^='/homes/']").first.get_attribute("href") or ""
    zhou_hui.opens(f"/record/resident/new?household={home.rpartition('/')[2]}").screen("record-edit")
    zhou_hui.goes_offline()
    zhou_hui.writes("name", name)
    expect(page.locator(f"[data-alike='{first}']")).to_contain_text("很像")
    zhou_hui.does("save")
    zhou_hui.sees_saved()
    zhou_hui.comes_online()
    zhou_hui.waits_until_sent()

    zhou_hui.opens("/review?tab=duplicates").screen("review")
    page.locator(".list, main").get_by_text(name, exact=True).first.click()
    expect(page.locator("[data-pair]")).to_contain_text("很像")
    zhou_hui.does("merge")
    expect(page.locator("[data-pair]").filter(has_text=name)).to_have_count(0)
    zhou_hui.meets_the_centre()
    zhou_hui.opens(f"/record/resident/{first}").screen("record")
    merged = page.locator("[data-merged]")
    other = merged.get_attribute("data-merged")
    zhou_hui.opens(f"/record/resident/{other}").screen("record")
    expect(page.locator(f"[data-moved-to='{first}']")).to_contain_text(f"已移到{name}")
    page.locator(f"[data-moved-to='{first}'] a").click()
    zhou_hui.does("part")
    expect(merged).to_have_count(0)
