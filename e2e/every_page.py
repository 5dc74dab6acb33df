"""Every page that there is, with somebody who may open it. `{case}` and the like are looked up on the way."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from playwright.sync_api import Page

from e2e.people import AUDIT, CLERK, GRID, HANDLER, LEADER, OFFICER, SECURITY, SYSTEM, People
from e2e.screens import FIRST_GRID


@dataclass(frozen=True)
class Stop:
    """A page: its name, whose it is (empty: nobody signed in), its address, what to do there first."""

    name: str
    who: str
    address: str
    first: Callable[[Page], None] | None = None


def open_first(link: str) -> Callable[[Page], None]:
    """Follow the first link to an address like this one."""

    def follow(page: Page) -> None:
        wanted = re.compile(link)
        found = [one for one in hrefs(page) if wanted.fullmatch(one)]
        assert found, f"no {link} on {page.url}"
        page.goto(found[0])

    return follow


def hrefs(page: Page) -> list[str]:
    return list(page.eval_on_selector_all("a[href]", "(all) => all.map((one) => one.getAttribute('href'))"))


def then(*steps: Callable[[Page], None]) -> Callable[[Page], None]:
    def every(page: Page) -> None:
        for step in steps:
            step(page)

    return every


def submit_empty(button: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=re.compile(button)).first.click()


def letter(page: Page) -> None:
    """Of a clue that was transferred nowhere yet: what is not known is left to be written."""
    page.goto(f"{page.url}letter/")


DUTY = open_first(r"/341181/duties/\d+/")
LINE = open_first(r"/341181/duties/lines/\d+/")
CASE = open_first(r"/341181/cases/\d{4}-\d+/")
CLUE = open_first(r"/341181/clues/\d+/")
PERSON = open_first(r"/341181/people/residents/\d+/")
VISITED = open_first(r"/341181/visits/\d+/")
STAFF = open_first(r"/341181/staffing/people/\d+/")
STOPS: Final = (
    Stop("counties", "", "/"),
    Stop("start", "", "/341181/"),
    Stop("login", "", "/accounts/login/"),
    Stop("login_wrong", "", "/accounts/login/", submit_empty("登录")),
    Stop("not_found", "", "/341181/nothing/"),
    Stop("parts", "", "/parts/"),
    Stop("grid_home", GRID, "/341181/home/"),
    Stop("grid_home_late", GRID, "/341181/home/?due=late"),
    Stop("grid_report", GRID, "/341181/cases/new/"),
    Stop("grid_report_wrong", GRID, "/341181/cases/new/", submit_empty("上报给")),
    Stop("grid_list", GRID, "/341181/cases/"),
    Stop("grid_list_none", GRID, "/341181/cases/?q=外星飞船"),
    Stop("grid_case", GRID, "/341181/cases/{in_grid}/"),
    Stop("grid_case_ended", GRID, "/341181/cases/?tab=ended", CASE),
    Stop("grid_handle", GRID, "/341181/cases/{in_grid}/handlings/"),
    Stop("grid_rate", GRID, "/341181/cases/{verified}/closures/"),
    Stop("grid_waiting", GRID, "/341181/waiting/"),
    Stop("grid_notices", GRID, "/341181/notices/"),
    Stop("grid_me", GRID, "/341181/me/"),
    Stop("grid_stand_in", GRID, "/341181/me/", open_first(r"/341181/posts/\d+/stand-ins/")),
    Stop("grid_stand_in_wrong", GRID, "/341181/me/",
         then(open_first(r"/341181/posts/\d+/stand-ins/"), submit_empty("请这个人代班"))),
    Stop("grid_stand_ins", GRID, "/341181/stand-ins/"),
    Stop("grid_notice_settings", GRID, "/341181/notices/settings/"),
    Stop("grid_address", GRID, "/341181/notices/addresses/sms/"),
    Stop("grid_address_wrong", GRID, "/341181/notices/addresses/sms/", submit_empty("发验证码")),
    Stop("resident_home", "tianchang.resident", "/341181/home/"),
    Stop("resident_report", "tianchang.resident", "/341181/cases/new/"),
    Stop("password", GRID, "/accounts/password/change/"),
    Stop("sessions", GRID, "/accounts/sessions/"),
    Stop("logout", GRID, "/accounts/logout/"),
    Stop("two_factors", SECURITY, "/accounts/2fa/"),
    Stop("recovery_codes", SECURITY, "/accounts/2fa/recovery-codes/"),
    Stop("list", OFFICER, "/341181/cases/?tab=open"),
    Stop("list_mine", OFFICER, "/341181/cases/?tab=mine"),
    Stop("list_late", OFFICER, "/341181/cases/?tab=overdue"),
    Stop("list_ended", OFFICER, "/341181/cases/?tab=ended"),
    Stop("list_behind_a_figure", OFFICER, "/341181/cases/?tab=counted&figure=reported&figure_from=2026-01-01"),
    Stop("indicators", OFFICER, "/341181/indicators/?period=year"),
    Stop("indicators_none", OFFICER, "/341181/indicators/?q=外星飞船"),
    Stop("indicators_print", OFFICER, "/341181/indicators/print/"),
    Stop("indicator", LEADER, "/341181/indicators/in_time_rate/?period=year"),
    Stop("indicator_print", OFFICER, "/341181/indicators/open/print/"),
    Stop("list_none", OFFICER, "/341181/cases/?tab=open&q=外星飞船"),
    Stop("list_filtered", OFFICER, "/341181/cases/?tab=open&state=handling&kind=facilities&urgent=1"),
    Stop("case", OFFICER, "/341181/cases/?tab=ended", CASE),
    Stop("case_of_ones_own", OFFICER, "/341181/cases/{accepted}/"),
    Stop("case_in_list", OFFICER, "/341181/cases/?tab=open&case={accepted}"),
    Stop("dispatch", OFFICER, "/341181/cases/{accepted}/dispatches/"),
    Stop("accept", CLERK, "/341181/cases/{reported}/acceptances/"),
    Stop("escalate", CLERK, "/341181/cases/{reported}/escalations/"),
    Stop("wrong_state", CLERK, "/341181/cases/{reported}/verifications/"),
    Stop("reject", OFFICER, "/341181/cases/{accepted}/rejections/"),
    Stop("return", HANDLER, "/341181/cases/{dispatched}/returns/"),
    Stop("take_up", HANDLER, "/341181/cases/{dispatched}/starts/"),
    Stop("handle", HANDLER, "/341181/cases/{dispatched}/handlings/"),
    Stop("verify", OFFICER, "/341181/cases/{handled}/verifications/"),
    Stop("close", OFFICER, "/341181/cases/{verified}/closures/"),
    Stop("rejected", GRID, "/341181/cases/{rejected}/"),
    Stop("another_ones_turn", OFFICER, "/341181/cases/{accepted}/starts/"),
    Stop("report", CLERK, "/341181/cases/new/"),
    Stop("report_county", "tianchang.command_centre", "/341181/cases/new/"),
    Stop("report_township", OFFICER, "/341181/cases/new/"),
    Stop("notices", OFFICER, "/341181/notices/"),
    Stop("notice_settings", OFFICER, "/341181/notices/settings/"),
    Stop("me", OFFICER, "/341181/me/"),
    Stop("stand_ins", OFFICER, "/341181/stand-ins/"),
    Stop("stand_in_posts", OFFICER, "/341181/stand-ins/posts/"),
    Stop("stand_in", OFFICER, "/341181/stand-ins/posts/", open_first(r"/341181/posts/\d+/stand-ins/")),
    Stop("dashboard", OFFICER, "/341181/dashboard/"),
    Stop("dashboard_day", OFFICER, "/341181/dashboard/?period=day&sort=-in_time_rate"),
    Stop("dashboard_village", OFFICER, "/341181/dashboard/?area=341181104001&period=week"),
    Stop("dashboard_wrong", OFFICER, "/341181/dashboard/?period=range&from=2026-02-01&to=2026-01-01"),
    Stop("dashboard_county", LEADER, "/341181/dashboard/?period=year"),
    Stop("dashboard_none", LEADER, "/341181/dashboard/?period=range&from=2001-01-01&to=2001-01-02"),
    Stop("dashboard_print", LEADER, "/341181/dashboard/print/?period=year"),
    Stop("wall", LEADER, "/341181/wall/"),
    Stop("wall_township", OFFICER, "/341181/wall/?period=week"),
    Stop("morning", OFFICER, "/341181/morning/"),
    Stop("morning_leader", LEADER, "/341181/morning/"),
    Stop("people", CLERK, "/341181/people/"),
    Stop("people_phone", GRID, "/341181/people/"),
    Stop("people_registered", OFFICER, "/341181/people/?tab=registered&population=away"),
    Stop("people_none", OFFICER, "/341181/people/?age=80-&sex=1&population=overseas"),
    Stop("people_person", CLERK, "/341181/people/", PERSON),
    Stop("people_person_phone", GRID, "/341181/people/", PERSON),
    Stop("people_new_wrong", CLERK, "/341181/people/residents/new/", submit_empty("登记")),
    Stop("people_event_wrong", CLERK, "/341181/people/",
         then(PERSON, open_first(r"/341181/people/residents/\d+/events/left/"), submit_empty("登记外出"))),
    Stop("people_reveal_wrong", CLERK, "/341181/people/",
         then(PERSON, open_first(r"/341181/people/residents/\d+/reveals/.*"), submit_empty("看"))),
    Stop("people_looks", CLERK, "/341181/people/", then(PERSON, open_first(r"/341181/people/residents/\d+/looks/"))),
    Stop("people_erase", CLERK, "/341181/people/", then(PERSON, open_first(r"/341181/people/residents/\d+/erasures/"))),
    Stop("people_households", CLERK, "/341181/people/households/"),
    Stop("people_household", GRID, "/341181/people/households/", open_first(r"/341181/people/households/\d+/")),
    Stop("people_split_wrong", CLERK, "/341181/people/households/",
         then(open_first(r"/341181/people/households/\d+/"), open_first(r"/341181/people/households/\d+/splits/"),
              submit_empty("分户"))),
    Stop("people_dwellings", CLERK, "/341181/people/dwellings/"),
    Stop("people_dwelling", GRID, "/341181/people/dwellings/", open_first(r"/341181/people/dwellings/\d+/")),
    Stop("people_dwelling_wrong", GRID, "/341181/people/dwellings/new/", submit_empty("登记房屋")),
    Stop("people_care", CLERK, "/341181/people/care/"),
    Stop("people_group", GRID, "/341181/people/care/alone/"),
    Stop("people_requests_none", OFFICER, "/341181/people/requests/"),
    Stop("people_counts", LEADER, "/341181/people/counts/"),
    Stop("people_counts_wrong", LEADER, "/341181/people/counts/?on=1800-01-01"),
    Stop("people_counts_print", LEADER, "/341181/people/counts/print/"),
    Stop("visits_phone", GRID, "/341181/visits/?state=all"),
    Stop("visit_phone", GRID, "/341181/visits/?state=all", VISITED),
    Stop("visit_phone_wrong", GRID, "/341181/visits/?state=all", then(VISITED, submit_empty("保存走访"))),
    Stop("visits", CLERK, "/341181/visits/"),
    Stop("visits_none", "tianchang.branch_secretary", "/341181/visits/"),
    Stop("visit_wrong", CLERK, "/341181/visits/?state=all", then(VISITED, submit_empty("保存走访"))),
    Stop("visits_made", CLERK, "/341181/visits/made/"),
    Stop("visits_made_phone", GRID, "/341181/visits/made/"),
    Stop("visits_made_wrong", OFFICER, "/341181/visits/made/?on_from=x"),
    Stop("visit_made", CLERK, "/341181/visits/made/", open_first(r"/341181/visits/made/\d+/")),
    Stop("visits_counts", LEADER, "/341181/visits/counts/"),
    Stop("staffing", "tianchang.command_centre", "/341181/staffing/"),
    Stop("staffing_township", OFFICER, "/341181/staffing/?sort=-missing"),
    Stop("staffing_grid", OFFICER, "/341181/staffing/?area=341181104001001"),
    Stop("staffing_day_wrong", OFFICER, "/341181/staffing/?on=1800-01-01"),
    Stop("staffing_print", OFFICER, "/341181/staffing/print/"),
    Stop("staffing_vacancies", "tianchang.command_centre", "/341181/staffing/vacancies/"),
    Stop("staffing_vacancies_none", OFFICER, "/341181/staffing/vacancies/?level=village"),
    Stop("people_search", OFFICER, "/341181/people/search/"),
    Stop("people_search_wrong", GRID, "/341181/people/search/", submit_empty("查找")),
    Stop("people_imports", OFFICER, "/341181/people/imports/"),
    Stop("people_imports_wrong", OFFICER, "/341181/people/imports/", submit_empty("上传并检查")),
    Stop("people_exports", OFFICER, "/341181/people/exports/"),
    Stop("people_exports_wrong", OFFICER, "/341181/people/exports/", submit_empty("导出名册")),
    Stop("staffing_people", OFFICER, "/341181/staffing/people/"),
    Stop("staffing_people_none", OFFICER, "/341181/staffing/people/?state=ended"),
    Stop("staffing_person", OFFICER, "/341181/staffing/people/?role=police", STAFF),
    Stop("staffing_phone_wrong", OFFICER, "/341181/staffing/people/?role=police",
         then(STAFF, open_first(r"/341181/staffing/people/\d+/phone/"), submit_empty("看电话"))),
    Stop("staffing_end_wrong", OFFICER, "/341181/staffing/people/?role=police",
         then(STAFF, open_first(r"/341181/staffing/people/\d+/ends/"), submit_empty("结束任职"))),
    Stop("staffing_appoint_wrong", OFFICER, "/341181/staffing/people/new/", submit_empty("任命")),
    Stop("staffing_rule", OFFICER, "/341181/staffing/rule/"),
    Stop("staffing_rule_wrong", "tianchang.command_centre", "/341181/staffing/rule/changes/", submit_empty("保存标准")),
    Stop("staffing_here_wrong", GRID, "/341181/staffing/here/", submit_empty("查谁负责")),
    Stop("staffing_here_found", GRID, "/341181/staffing/here/?area=341181104001001"),
    Stop("list_of_a_figure", LEADER, "/341181/cases/?tab=counted&figure=closed&figure_from=2026-01-01"
         "&figure_to=2099-12-31&place=341181104001"),
    Stop("case_map", OFFICER, "/341181/cases/map/"),
    Stop("case_map_none", OFFICER, "/341181/cases/map/?tab=open&q=外星飞船"),
    Stop("case_map_ended", LEADER, "/341181/cases/map/?tab=ended"),
    Stop("case_map_grid", GRID, "/341181/cases/map/"),
    Stop("case_spot", OFFICER, "/341181/cases/{accepted}/map/"),
    Stop("case_spot_grid", GRID, "/341181/cases/{in_grid}/map/"),
    Stop("duties", OFFICER, "/341181/duties/"),
    Stop("duties_area", OFFICER, "/341181/duties/?tab=area&state=open&sort=due"),
    Stop("duties_print", OFFICER, "/341181/duties/print/?tab=area"),
    Stop("duty", OFFICER, "/341181/duties/", DUTY),
    Stop("duty_acts_wrong", OFFICER, "/341181/duties/?state=open", then(DUTY, submit_empty("销号所选"))),
    Stop("duty_line", OFFICER, "/341181/duties/", then(DUTY, LINE)),
    Stop("duty_new", OFFICER, "/341181/duties/new/"),
    Stop("duty_new_wrong", OFFICER, "/341181/duties/new/", submit_empty("下一步")),
    Stop("duties_mine", CLERK, "/341181/duties/mine/"),
    Stop("duty_report", CLERK, "/341181/duties/mine/", then(LINE, open_first(r".*/reports/"))),
    Stop("duty_ask_wrong", CLERK, "/341181/duties/mine/",
         then(LINE, open_first(r".*/postponements/"), submit_empty("申请延期"))),
    Stop("grid_duties", GRID, "/341181/duties/mine/"),
    Stop("grid_duty", GRID, "/341181/duties/mine/", LINE),
    Stop("clue_new", "", "/341181/clues/new/"),
    Stop("clue_new_wrong", "", "/341181/clues/new/", submit_empty("交给线索专办员")),
    Stop("clue_follow", "", "/341181/clues/follow/"),
    Stop("clue_follow_wrong", "", "/341181/clues/follow/", submit_empty("查看")),
    Stop("clue_desk", "tianchang.command_centre", "/341181/clues/"),
    Stop("clue", "tianchang.command_centre", "/341181/clues/", CLUE),
    Stop("clue_assign_wrong", "tianchang.command_centre", "/341181/clues/",
         then(CLUE, open_first(r".*/assignments/"), submit_empty("分派"))),
    Stop("clue_tell_wrong", "tianchang.command_centre", "/341181/clues/",
         then(CLUE, open_first(r".*/words/"), submit_empty("告诉举报人"))),
    Stop("clue_letter", "tianchang.command_centre", "/341181/clues/", then(CLUE, letter)),
    Stop("clue_check", "tianchang.command_centre", "/341181/clues/check/"),
    Stop("clue_officers", SECURITY, "/341181/clues/officers/"),
    Stop("clue_officers_ended", SECURITY, "/341181/clues/officers/?state=ended"),
    Stop("clue_officer_wrong", SECURITY, "/341181/clues/officers/new/", submit_empty("任命")),
    Stop("leader_list", LEADER, "/341181/cases/"),
    Stop("messages", SYSTEM, "/341181/notices/log/?state=skipped"),
    Stop("messages_none", SYSTEM, "/341181/notices/log/?at_to=2001-01-01"),
    Stop("jobs", SYSTEM, "/341181/jobs/"),
    Stop("areas", SYSTEM, "/341181/areas/"),
    Stop("areas_closed", SYSTEM, "/341181/areas/?q=外星"),
    Stop("area", SYSTEM, "/341181/areas/341181104000/"),
    Stop("area_county", SYSTEM, "/341181/areas/341181000000/"),
    Stop("village", SYSTEM, "/341181/areas/341181104000/", open_first(r"/341181/areas/341181104\d{3}/")),
    Stop("households", SYSTEM, "/341181/areas/households/"),
    Stop("households_none", OFFICER, "/341181/areas/households/?state=outdated"),
    Stop("household_new", SYSTEM, "/341181/areas/households/statements/?level=village"),
    Stop("household_wrong", SYSTEM, "/341181/areas/households/statements/", submit_empty("登记户数")),
    Stop("rename", SYSTEM, "/341181/areas/341181104000/renames/"),
    Stop("merge", SYSTEM, "/341181/areas/341181104000/", then(open_first(r"/341181/areas/341181104\d{3}/"),
                                                             open_first(r".*/merges/"))),
    Stop("child", SYSTEM, "/341181/areas/341181104000/children/"),
    Stop("unit_new", SYSTEM, "/341181/areas/341181104000/units/"),
    Stop("imports", SYSTEM, "/341181/areas/imports/"),
    Stop("map", SYSTEM, "/341181/areas/map/"),
    Stop("map_villages", OFFICER, "/341181/areas/map/?level=village"),
    Stop("outline_imports", SYSTEM, "/341181/areas/outlines/imports/"),
    Stop("outline_imports_wrong", SYSTEM, "/341181/areas/outlines/imports/", submit_empty("上传并检查")),
    Stop("units", SYSTEM, "/341181/units/"),
    Stop("unit", SYSTEM, "/341181/units/", open_first(r"/341181/units/\d{12}[CD]\d{3}/")),
    Stop("rules", SYSTEM, "/341181/definitions/?family=department"),
    Stop("rules_none", SYSTEM, "/341181/definitions/?q=外星飞船"),
    Stop("rules_read", OFFICER, "/341181/definitions/"),
    Stop("rule", SYSTEM, "/341181/definitions/department/zhujian/versions/"),
    Stop("rule_changes", SYSTEM, "/341181/definitions/department/zhujian/changes/"),
    Stop("rule_text", SYSTEM, "/341181/definitions/department/zhujian/text/"),
    Stop("rule_text_wrong", SYSTEM, "/341181/definitions/department/new/", submit_empty("看看改了什么")),
    Stop("rule_retire", SYSTEM, "/341181/definitions/department/zhujian/retirement/"),
    Stop("pack_load", SYSTEM, "/341181/definitions/load/"),
    Stop("pack_load_wrong", SYSTEM, "/341181/definitions/load/", submit_empty("上传并核对")),
    Stop("pack_check", SYSTEM, "/341181/definitions/load/", submit_empty("看会改什么")),
    Stop("users", SECURITY, "/341181/users/"),
    Stop("users_none", SECURITY, "/341181/users/?role=accountant&state=disabled"),
    Stop("user", SECURITY, "/341181/users/?role=township_officer", open_first(r"/341181/users/\d+/")),
    Stop("user_new", SECURITY, "/341181/users/new/"),
    Stop("user_new_wrong", SECURITY, "/341181/users/new/", submit_empty("建立账号")),
    Stop("post_role", SECURITY, "/341181/users/?role=accountant",
         then(open_first(r"/341181/users/\d+/"), open_first(r".*/posts/"))),
    Stop("password_reset", SECURITY, "/341181/users/?role=accountant",
         then(open_first(r"/341181/users/\d+/"), open_first(r".*/password-resets/"))),
    Stop("trail", AUDIT, "/341181/trail/"),
    Stop("trail_none", AUDIT, "/341181/trail/?at_from=2001-01-01&at_to=2001-01-02"),
    Stop("jobs_none", AUDIT, "/341181/jobs/"),
    Stop("seals", AUDIT, "/341181/trail/seals/"),
    Stop("seal", AUDIT, "/341181/trail/seals/1/"),
    Stop("forbidden", CLERK, "/341181/users/"),
)  # fmt: skip


def prepare(people: People) -> dict[str, str]:
    """Numbers of cases in the states that the pages are about; long words, so that what does not fit shows."""
    long = "杨村镇老街中段供销社门口到文化广场之间的路灯、井盖和排水沟一起坏了，晚上没有人敢走"

    def made(words: str = long) -> str:
        return people.report(GRID, FIRST_GRID, words, place="老街中段供销社门口向东五十米的十字路口旁边的水泥杆下")

    def raised() -> str:
        number = made()
        people.act(CLERK, number, "escalations", text="村里办不了，请镇里协调城建中心和供电所一起来看。")
        people.act(OFFICER, number, "acceptances")
        return number

    unit = next(one for one in people.call(OFFICER, "/units?limit=200")["items"] if one["name"] == "城建中心")
    numbers = {"reported": made(), "accepted": raised(), "rejected": raised()}
    for name in ("dispatched", "handled", "verified"):
        numbers[name] = raised()
        people.act(OFFICER, numbers[name], "dispatches", unit=unit["code"], limit="24 hours")
    for name in ("handled", "verified"):
        people.act(HANDLER, numbers[name], "handlings", text="已换新井盖，四周用水泥封好，路灯换了两个灯泡。")
    people.act(OFFICER, numbers["verified"], "verifications")
    people.act(OFFICER, numbers["rejected"], "rejections", text="同一件事已经在办，并到前一件一起处理。")
    numbers["in_grid"] = made("电线被树枝压住，刮风就冒火花")
    people.act(CLERK, numbers["in_grid"], "acceptances")
    people.act(CLERK, numbers["in_grid"], "dispatches", area=FIRST_GRID, limit="2 hours")
    people.call(OFFICER, "/public/clues", {"body": long, "whom": "外号大头，" + long, "place": long})
    return numbers
