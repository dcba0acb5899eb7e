"""A list leaves the centre: asked for with a reason, agreed to by somebody else, taken away once.

Not here: what stands in the file (tests/server/test_exports.py).
"""

from __future__ import annotations

from playwright.sync_api import expect

from e2e.centre import Centre
from e2e.conftest import Opens


def test_visits_leave_only_when_the_director_has_agreed_and_only_once(centre: Centre, desk: Opens):
    zhou_hui, wu_jianguo = desk("zhou_hui").signs_in(), desk("wu_jianguo")
    zhou_hui.opens("/exports").screen("exports")
    zhou_hui.page.locator("[data-field=kind]").select_option("home_visit")

    zhou_hui.does("ask-export")
    expect(zhou_hui.page.locator("[data-trouble]")).to_contain_text("导出要写清楚为什么要")
    zhou_hui.page.locator("[data-field=reason]").fill("街道要十一月的走访名册")
    zhou_hui.presses("Enter")
    expect(zhou_hui.page.locator('[data-export][data-state="waiting"]')).to_have_count(1)
    expect(zhou_hui.page.locator("[data-action=agree], [data-action=download]")).to_have_count(0)

    wu_jianguo.opens("/sign-in").page.locator('[data-person="wu_jianguo"]').first.click()
    wu_jianguo.screen("workbench")
    wu_jianguo.opens("/exports").screen("exports")
    wu_jianguo.does("agree")
    expect(wu_jianguo.page.locator('[data-export][data-state="ready"]')).to_have_count(1)

    zhou_hui.opens("/exports").screen("exports")
    with zhou_hui.page.expect_download() as begun:
        zhou_hui.does("download")
    assert begun.value.suggested_filename.endswith(".xlsx") and begun.value.path().stat().st_size > 2000
    expect(zhou_hui.page.locator('[data-export][data-state="fetched"]')).to_have_count(1)
    expect(zhou_hui.page.locator("[data-action=download]")).to_have_count(0)
