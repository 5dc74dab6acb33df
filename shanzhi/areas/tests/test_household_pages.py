"""Pages and API of households: the list with its figures, the file, the form, the panel of a place."""

import json
from typing import Any

import pytest
from django.test import Client

from shanzhi.accounts.models import User
from shanzhi.accounts.tests.factories import browser
from shanzhi.areas.models import HouseholdCount
from shanzhi.areas.tests.factories import BEIDANG, XIAOGUAN, Tree, form, today
from shanzhi.areas.tests.test_households import LEDGER, state


@pytest.fixture
def grids(tree: Tree) -> list[str]:
    return [tree.grid(XIAOGUAN).code, tree.grid(XIAOGUAN, "第二网格").code, tree.grid(BEIDANG).code]


def filled(rows: str, **changes: str) -> dict[str, Any]:
    said = form(rows=rows, on=today().isoformat(), source=LEDGER, **changes)
    return {name: value for name, value in said.items() if name in ("rows", "on", "source", "idempotency_key")}


def test_the_list_tells_what_is_known_and_each_figure_opens_its_places(
    tree: Tree, desk: Client, grids: list[str]
) -> None:  # fmt: skip
    state(tree, (grids[0], 120))
    page = desk.get(tree.url("areas/households/"))
    assert {tile.label: tile.value for tile in page.context["tiles"]} == {
        "全部": "3", "登记了的": "1", "还没登记的": "2", "要重新登记的": "0",
    }  # fmt: skip
    for tile in page.context["tiles"]:
        assert len(desk.get(tree.url(f"areas/households/{tile.url}")).context["lines"]) == int(tile.value)
    assert "120 户" in page.content.decode()
    assert LEDGER in page.content.decode()
    villages = desk.get(tree.url("areas/households/?level=village"))
    assert [state for _, state in villages.context["lines"]] == ["还没登记", "还没登记", "还没登记"]
    state(tree, (grids[1], 30))
    villages = desk.get(tree.url("areas/households/?level=village&q=小关"))
    assert [(line.now.number, said) for line, said in villages.context["lines"]] == [(150, "按下面各处相加")]


def test_nonsense_in_the_address_is_the_list_of_grids(tree: Tree, desk: Client, grids: list[str]) -> None:
    stale = desk.get(tree.url("areas/households/?level=moon&after=zz"))
    assert (stale.status_code, stale["Location"]) == (302, tree.url("areas/households/?level=moon"))
    assert len(desk.get(tree.url("areas/households/?level=moon&state=x")).context["lines"]) == 3


def test_the_file_can_be_filled_in_and_pasted_again(tree: Tree, desk: Client, grids: list[str]) -> None:
    state(tree, (grids[0], 120))
    body = desk.get(tree.url("areas/households/export/")).content.decode("utf-8-sig").splitlines()
    assert body[0] == "代码,名称,户数,上级,级别,截至,来源,状态"
    assert body[1] == f"{grids[0]},第一网格,120,小关社区,网格,{today()},{LEDGER},已登记"
    assert body[2] == f"{grids[1]},第二网格,,小关社区,网格,,,还没登记"


def test_the_form_proposes_the_places_of_the_list(tree: Tree, desk: Client, grids: list[str]) -> None:
    state(tree, (grids[0], 120))
    page = desk.get(tree.url("areas/households/statements/?state=missing"))
    assert page.context["form"].initial["rows"] == f"{grids[1]}\t第二网格\n{grids[2]}\t第一网格"
    every = desk.get(tree.url("areas/households/statements/")).context["form"].initial["rows"]
    assert every.splitlines()[0] == f"{grids[0]}\t第一网格"  # what is known is not stated again by leaving it there


def test_stating_says_what_was_written_and_leads_back(tree: Tree, desk: Client, grids: list[str]) -> None:
    state(tree, (grids[0], 120))
    text = f"{grids[0]}\t第一网格\t120\n{grids[1]}\t第二网格\t80\n{grids[2]}\t第一网格"
    done = desk.post(tree.url("areas/households/statements/?state=missing"), filled(text), follow=True)
    assert done.redirect_chain == [(tree.url("areas/households/?state=missing"), 302)]
    assert "已登记 1 处的户数，1 处和原来一样，没有再记，1 行没写户数，没有登记" in done.content.decode()


def test_a_wrong_row_keeps_what_was_pasted(tree: Tree, desk: Client, grids: list[str]) -> None:
    text = f"{grids[0]}\t12x\n{grids[1]}\t-1\n34118\t5"
    page = desk.post(tree.url("areas/households/statements/"), filled(text))
    told = page.content.decode()
    assert page.status_code == 422
    assert "第 1 行：户数“12x”" in told
    assert "第 2 行：户数“-1”" in told
    assert "第 3 行：“34118”不是" in told
    assert f"{grids[0]}\t12x" in told
    unknown = desk.post(tree.url("areas/households/statements/"), filled("341181104999\t5"))
    assert "现行区划里没有代码 341181104999" in unknown.content.decode()
    assert "341181104999\t5" in unknown.content.decode()
    empty = desk.post(tree.url("areas/households/statements/"), filled(grids[0]))
    assert "一行户数也没有" in empty.content.decode()
    assert not HouseholdCount.objects.exists()


def test_only_the_system_administrator_states(tree: Tree, officer: User, resident: User, grids: list[str]) -> None:
    page = browser(officer)
    assert "登记户数" not in page.get(tree.url("areas/households/")).content.decode()
    assert page.get(tree.url("areas/households/statements/")).status_code == 403
    assert page.post(tree.url("areas/households/statements/"), filled(f"{grids[0]}\t5")).status_code == 403
    assert browser(resident).get(tree.url("areas/households/")).status_code in (403, 404)


def test_the_page_of_a_place_shows_it_with_what_was_said_before(
    tree: Tree, desk: Client, officer: User, grids: list[str]
) -> None:  # fmt: skip
    page = desk.get(tree.url(f"areas/{XIAOGUAN}/")).content.decode()
    assert "还没有登记，下面各处也没有都登记。" in page
    state(tree, (grids[0], 120), (grids[1], 80))
    assert "下面 2 处相加" in desk.get(tree.url(f"areas/{XIAOGUAN}/")).content.decode()
    state(tree, (grids[0], 125))
    page = browser(officer).get(tree.url(f"areas/{grids[0]}/")).content.decode()
    assert page.count(LEDGER) == 3


def ask(client: Client, tree: Tree, body: Any, **headers: str) -> Any:
    return client.post(
        tree.api("areas/households"), json.dumps(body), content_type="application/json",
        headers={name.replace("_", "-"): value for name, value in headers.items()},
    )  # fmt: skip


def test_programs_read_and_state(tree: Tree, desk: Client, grids: list[str]) -> None:
    body = {"rows": [{"code": grids[0], "number": 120}], "on": today().isoformat(), "source": LEDGER}
    done = ask(desk, tree, body, Idempotency_Key="a1")
    assert (done.status_code, done.json()) == (201, {"stated": 1, "same": 0})
    assert ask(desk, tree, body, Idempotency_Key="a1").json() == {"stated": 1, "same": 0}
    assert HouseholdCount.objects.count() == 1
    first, *more = desk.get(tree.api("areas/households?size=2")).json()["items"]
    assert (first["area"]["code"], first["number"], first["stated"]["source"]) == (grids[0], 120, LEDGER)
    assert (more[0]["number"], more[0]["stated"], more[0]["outdated"]) == (None, None, False)
    following = desk.get(tree.api("areas/households?size=2")).json()["next"]
    assert len(desk.get(tree.api(f"areas/households?size=2&after={following}")).json()["items"]) == 1
    wrong = ask(desk, tree, {**body, "rows": [{"code": "341181104999", "number": 1}]})
    assert wrong.status_code == 422
    assert wrong.json()["fields"]["rows"] == ["第 1 行：现行区划里没有代码 341181104999，请核对。"]
    assert ask(desk, tree, {**body, "rows": []}).status_code == 422
    assert ask(desk, tree, {**body, "rows": [{"code": grids[0], "number": -1}]}).status_code == 422


def test_the_other_county_is_another_world(tree: Tree, outsider: User, grids: list[str]) -> None:
    state(tree, (grids[0], 120))
    assert browser(outsider).get(tree.url("areas/households/")).status_code in (403, 404)
    own = browser(outsider).get("/410927/areas/households/?level=village")
    assert [line.now for line, _ in own.context["lines"]] == [None]
