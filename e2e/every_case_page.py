"""The pages of the case engine, in every state that they are about; `{whistled}` and the like are made on the way."""

import re
from datetime import timedelta
from typing import Any, Final

from django.utils import timezone
from playwright.sync_api import Page

from e2e.every_page import Stop, open_first, submit_empty, then
from e2e.people import CLERK, GRID, HANDLER, LEADER, OFFICER, SYSTEM, People
from e2e.screens import FIRST_GRID

LONG: Final = "杨村镇老街中段供销社门口到文化广场之间的路灯、井盖和排水沟一起坏了，晚上没有人敢走"
PLACE: Final = "老街中段供销社门口向东五十米的十字路口旁边的水泥杆下"
WORDS: Final = "请带绝缘工具和两名电工，到供销社门口会合，先断电再查线路，查完把结果当面告诉村里。"
HOUSE: Final[dict[str, Any]] = {"falling": "不是", "signs": ["屋顶漏雨", "墙裂缝"], "lived": "没有人住"}
ONE: Final = "/341181/cases/{%s}/"


def act(name: str, who: str, case: str, resource: str, wrong: str = "") -> list[Stop]:
    """The form of an act, and with `wrong` the same sent without what it needs."""
    address = (ONE % case) + f"{resource}/"
    stops = [Stop(name, who, address)]
    return [*stops, Stop(f"{name}_wrong", who, address, submit_empty(wrong))] if wrong else stops


def choose_kind(label: str) -> Any:
    """Choose a kind in the report, and wait for what it asks."""

    def choose(page: Page) -> None:
        chip = page.get_by_text(label, exact=True).first
        if not chip.is_visible():
            page.locator("summary.opt").click()
        chip.click()
        page.locator("[data-question]").first.wait_for()

    return choose


def unfold(page: Page) -> None:
    """Every row of the editor open: nothing that is folded is looked at."""
    page.locator("details.kind-row").evaluate_all("(all) => all.forEach((one) => { one.open = true; })")


def look_at_change(page: Page) -> None:
    page.locator("#clocks-handle-n").fill("9")
    page.get_by_role("button", name=re.compile("看看改了什么")).last.click()


def follow(secret: str) -> Any:
    def ask(page: Page) -> None:
        page.get_by_label("查询码").fill(secret)
        page.get_by_role("button", name="查办到哪一步").click()

    return ask


CASE_STOPS: Final = (
    Stop("whistles", OFFICER, "/341181/cases/whistles/"),
    Stop("whistles_own", HANDLER, "/341181/cases/whistles/"),
    *act("whistle", CLERK, "reported", "whistles", "^吹哨"),
    *act("arrive", HANDLER, "called", "arrivals"),
    *act("finish", HANDLER, "there", "departures", "办完，离场"),
    *act("dismiss", CLERK, "called", "dismissals", "让选中的单位离场"),
    Stop("case_called", CLERK, ONE % "called"),
    *act("suspend", OFFICER, "accepted", "suspensions", "挂账到那天"),
    Stop("case_suspended", OFFICER, ONE % "suspended"),
    *act("ask", HANDLER, "handling", "extensions", "申请延期"),
    *act("grant", OFFICER, "asked", "grants"),
    *act("refuse", OFFICER, "asked", "refusals", "不同意延期"),
    Stop("case_asked", OFFICER, ONE % "asked"),
    *act("supervise", LEADER, "accepted", "supervisions", "^督办"),
    *act("answer", CLERK, "supervised", "answers", "回复督办"),
    Stop("case_supervised", CLERK, ONE % "supervised"),
    *act("split", OFFICER, "accepted", "parts", "^拆"),
    Stop("case_of_parts", OFFICER, ONE % "whole"),
    *act("merge_case", OFFICER, "accepted", "merges", "^合并"),
    Stop("case_merged", OFFICER, ONE % "merged"),
    *act("unmerge", OFFICER, "merged", "unmerges"),
    *act("classify", OFFICER, "accepted", "classifications", "改成这一类"),
    *act("note", OFFICER, "accepted", "notes", "写下备注"),
    *act("moderate", OFFICER, "accepted", "moderations", "就这样处理"),
    Stop("case_covered", OFFICER, ONE % "covered"),
    *act("stage", HANDLER, "staged", "stages", "进入这个环节"),
    *act("release", HANDLER, "staged", "releases"),
    Stop("case_staged", HANDLER, ONE % "staged"),
    Stop("case_staged_grid", GRID, ONE % "staged"),
    *act("reopen", GRID, "closed", "reopenings", "^重新办理"),
    Stop("take_down", OFFICER, "/341181/cases/take-down/"),
    Stop("take_down_wrong", OFFICER, "/341181/cases/take-down/", submit_empty("登记并出回执")),
    Stop("receipt", OFFICER, (ONE % "called_in") + "receipt/"),
    Stop("case_called_in", OFFICER, ONE % "called_in"),
    Stop("reveal", OFFICER, (ONE % "called_in") + "reveals/"),
    Stop("reveal_wrong", OFFICER, (ONE % "called_in") + "reveals/", submit_empty("^看电话")),
    Stop("sheet", OFFICER, (ONE % "called") + "print/"),
    Stop("paper", OFFICER, (ONE % "accepted") + "papers/notice/"),
    Stop("follow", "", "/341181/follow/"),
    Stop("follow_wrong", "", "/341181/follow/", follow("AAAA-AAAA-AAAAA")),
    Stop("batch", OFFICER, "/341181/cases/batches/new/?act=dispatch&case={accepted}&case={whole}"),
    Stop("batch_done", OFFICER, "/341181/cases/batches/{batch}/"),
    Stop("lists", OFFICER, "/341181/cases/lists/"),
    Stop("list_kept", OFFICER, "/341181/cases/?tab=open&kind=facilities"),
    Stop("list_number", OFFICER, "/341181/cases/?tab=ended&q={accepted}"),
    Stop("report_questions", GRID, "/341181/cases/new/", choose_kind("农村危房")),
    Stop("report_questions_desk", CLERK, "/341181/cases/new/", choose_kind("农村危房")),
    Stop("kinds", SYSTEM, "/341181/kinds/"),
    Stop("kind", SYSTEM, "/341181/kinds/old_house/"),
    Stop("kind_read", OFFICER, "/341181/kinds/old_house/"),
    Stop("kind_edit", SYSTEM, "/341181/kinds/old_house/edit/", unfold),
    Stop("kind_check", SYSTEM, "/341181/kinds/facilities/edit/", look_at_change),
    Stop("kind_new", SYSTEM, "/341181/kinds/new/"),
    Stop("kind_new_wrong", SYSTEM, "/341181/kinds/new/?from=", submit_empty("看看改了什么，试跑一遍")),
    Stop("suggestions", SYSTEM, "/341181/suggestions/"),
    Stop("holidays", SYSTEM, "/341181/definitions/holidays/"),
    Stop("holidays_year", SYSTEM, "/341181/definitions/holidays/2026/"),
    Stop("holidays_edit", SYSTEM, "/341181/definitions/holidays/2026/edit/"),
    Stop("holidays_wrong", SYSTEM, "/341181/definitions/holidays/2027/edit/", submit_empty("看看改了哪些天")),
    Stop("kind_versions", SYSTEM, "/341181/kinds/facilities/",
         then(open_first(r"/341181/definitions/case_kind/facilities/versions/"))),
)  # fmt: skip


def prepare_cases(people: People) -> dict[str, str]:
    """Numbers of cases in the states that the pages are about."""
    unit, power = people.unit("城建中心"), people.unit("供电所")

    def made(**more: Any) -> str:
        return people.report(GRID, FIRST_GRID, LONG, place=PLACE, **more)

    def raised(**more: Any) -> str:
        number = made(**more)
        people.act(CLERK, number, "escalations", text="村里办不了，请镇里协调城建中心和供电所一起来看。")
        people.act(OFFICER, number, "acceptances")
        return number

    def given(**more: Any) -> str:
        number = raised(**more)
        people.act(OFFICER, number, "dispatches", unit=unit, limit="7 days", helpers=[power])
        people.act(HANDLER, number, "starts")
        return number

    numbers = {
        "reported": made(), "called": made(), "there": made(), "accepted": raised(), "suspended": raised(),
        "handling": given(), "asked": given(), "supervised": made(), "whole": raised(), "merged": raised(),
        "covered": raised(), "staged": given(kind="old_house", answers=HOUSE), "closed": made(),
    }  # fmt: skip
    for name in ("called", "there"):
        people.act(CLERK, numbers[name], "whistles", units=[unit, power], text=WORDS)
    people.act(HANDLER, numbers["there"], "arrivals", text="两个人、一台抽水泵，已到供销社门口。")
    day = timezone.localdate() + timedelta(days=30)
    people.act(OFFICER, numbers["suspended"], "suspensions", until=day.isoformat(), text=WORDS)
    people.act(HANDLER, numbers["asked"], "extensions", amount="3 days", text=WORDS)
    people.act(LEADER, numbers["supervised"], "supervisions", text=WORDS)
    people.act(OFFICER, numbers["whole"], "parts", text=WORDS, parts=[{"body": LONG}, {"body": WORDS}])
    people.act(OFFICER, numbers["merged"], "merges", into=numbers["accepted"], text="同一处，同一批人反映。")
    people.act(OFFICER, numbers["covered"], "moderations", what="title", instead="一处设施坏了", text="标题里有姓名。")
    for resource in ("acceptances", "handlings", "verifications", "closures"):
        people.act(CLERK, numbers["closed"], resource, text="已修好，试过三个晚上。")
    caller = {"name": "孙女士", "phone": "13800000917", "wants_reply": True}
    told = {"kind": "facilities", "answers": {"what": "路灯"}, "area": FIRST_GRID, "body": LONG, "place": PLACE}
    numbers["called_in"] = people.call(OFFICER, "/take-downs", {**told, "source": "phone", "contact": caller})["number"]
    rows = [{"number": numbers[name], "version": 1} for name in ("accepted", "suspended")]
    batch = people.call(OFFICER, "/cases/batches", {"act": "dispatch", "cases": rows, "unit": unit})
    people.call(OFFICER, "/cases/lists", {"name": "等镇里办的道路水电设施", "query": "tab=open&kind=facilities"})
    return {**numbers, "batch": batch["id"]}
