"""What must not get out: numbers, other places' people, code in names; and files that say what the page says."""

import csv
from datetime import timedelta
from io import BytesIO, StringIO
from typing import Any

import pytest
import python_calamine
from django.db import connection
from django.test import Client
from django.utils import timezone

from shanzhi.lib.errors import Invalid
from shanzhi.lib.times import local
from shanzhi.staffing import services
from shanzhi.staffing.models import Assignment, AssignmentAct, PhoneShown, RuleEntry
from shanzhi.staffing.phones import phone_index
from shanzhi.staffing.services import Details, Term
from shanzhi.staffing.tests.conftest import NOW, Appoint, days
from shanzhi.staffing.tests.test_api import Api
from shanzhi.tenancy.idempotency import body_digest
from shanzhi.tenancy.models import IdempotencyKey
from shanzhi.trail.models import Entry
from tests.cast import Cast

BASE = "/341181/staffing/"
PHONE, SHOWN = "13955501234", "139****1234"
READ = ("", "print/", "export/", "export/?format=csv", "people/", "people/?state=all", "people/export/",
        "people/export/?format=csv", "vacancies/", "vacancies/export/?format=csv", "rule/", "here/")  # fmt: skip


def cells(content: bytes) -> list[list[Any]]:
    return python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()


def words(client: Client, page: str) -> str:
    """All that a page or a file says; a book by its cells."""
    answer: Any = client.get(BASE + page)
    assert answer.status_code == 200, page
    content = b"".join(answer) if answer.streaming else answer.content
    return str(cells(content)) if content[:2] == b"PK" else content.decode("utf-8-sig")


def everything() -> str:
    """Every row of the tables that a number passes by, as it lies there."""
    found = []
    with connection.cursor() as cursor:
        for model in (Assignment, AssignmentAct, PhoneShown, RuleEntry, Entry, IdempotencyKey):
            cursor.execute(f'SELECT * FROM "{model._meta.db_table}"')
            found += [str(bytes(cell) if isinstance(cell, memoryview) else cell) for row in cursor for cell in row]
    return "\n".join(found)


def test_a_number_lies_sealed_and_is_nowhere_else(cast: Cast) -> None:
    """Nor can a digest of it be tried out: ten thousand million numbers are soon counted through."""
    clerk, area = cast["village_clerk"].client(), cast.areas["v1"]
    today = local(timezone.now()).date()
    sent = {"place": area.code, "role": "police", "name": "孙志平", "phone": "139-5550-1234", "valid_from": str(today),
            "idempotency_key": "k1"}  # fmt: skip
    assert clerk.post(f"{BASE}people/new/", sent).status_code == 302
    row = Assignment.objects.get()
    clerk.post(f"{BASE}people/{row.id}/corrections/", {"name": "孙志萍", "phone": PHONE, "version": 1,
                                                       "idempotency_key": "k2"})  # fmt: skip
    clerk.post(f"{BASE}people/{row.id}/phone/", {"purpose": "case", "idempotency_key": "k3"})
    lying = everything()
    assert "孙志萍" in lying
    assert PHONE not in lying
    assert "139-5550-1234" not in lying
    row.refresh_from_db()
    assert row.phone == PHONE
    assert row.phone_index == phone_index(PHONE) != phone_index(PHONE[:-1] + "5")
    kept = set(IdempotencyKey.objects.values_list("body_digest", flat=True))
    assert len(kept) == 3
    plain = {"role": "police", "area": area.id, "name": "孙志平", "organisation": "", "phone": PHONE, "source": "",
             "first": today, "last": None}  # fmt: skip
    assert body_digest(plain) not in kept
    assert body_digest({**plain, "phone": phone_index(PHONE)}) in kept


def test_a_number_is_masked_wherever_it_is_read(cast: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1", phone=PHONE, at=timezone.now())
    centre, api = cast["county_centre"].client(), Api(cast, "county_centre")
    person, here = f"people/{row.id}/", f"here/?area={cast.areas['v1'].code}"
    for page in (*READ, person, f"people/{row.id}/phone/", f"people/{row.id}/corrections/", here):
        assert PHONE not in words(centre, page), page
    assert SHOWN in words(centre, person)
    assert SHOWN in words(centre, here)
    for answer in (
        api.get("/people"),
        api.get(f"/people/{row.id}"),
        api.post("/here", {"area": cast.areas["v1"].code}),
    ):
        assert answer.status_code == 200
        assert PHONE not in answer.content.decode()
    assert not PhoneShown.objects.exists()


def test_showing_a_number_needs_a_purpose_and_leaves_one_row_in_the_trail(cast: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1", phone=PHONE, at=timezone.now())
    worker, address = cast["grid_worker"].client(), f"{BASE}people/{row.id}/phone/"
    for sent in ({}, {"purpose": "x"}, {"purpose": "other"}, {"purpose": "other", "text": "  "},
                 {"purpose": "case", "text": "长" * 101}):  # fmt: skip
        refused = worker.post(address, sent)
        assert (refused.status_code, PHONE in refused.content.decode()) == (422, False), sent
    assert not PhoneShown.objects.exists()
    assert not Entry.objects.filter(code="staffing.phone.shown").exists()
    for _ in range(2):
        assert PHONE in worker.post(address, {"purpose": "case", "idempotency_key": "k"}).content.decode()
    assert PhoneShown.objects.count() == Entry.objects.filter(code="staffing.phone.shown").count() == 1
    other = worker.post(address, {"purpose": "urgent", "idempotency_key": "k"})
    assert (other.status_code, PHONE in other.content.decode()) == (422, False)
    for who, statuses in (("auditor", {403}), ("other_officer", {404}), ("resident", {403, 404})):
        refused = cast[who].client().post(address, {"purpose": "case"})
        assert refused.status_code in statuses, who
        assert PHONE not in refused.content.decode(), who


def test_another_township_finds_nobody_of_this_one(cast: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1", name="诸葛孔方", organisation="独此一家派出所", phone=PHONE, at=timezone.now())
    away = cast["other_officer"].client()
    away.post(f"{BASE}people/searches/", {"text": "诸葛孔方"})
    for page in READ:
        assert "独此一家派出所" not in words(away, page), page
        assert row.area.name not in words(away, page) or page == "rule/", page
    away.post(f"{BASE}people/searches/", {"text": ""})
    assert "独此一家派出所" not in words(away, "people/?state=all")
    for page in ("", "people/", "vacancies/", "print/", "export/", "people/export/", "vacancies/export/"):
        assert away.get(f"{BASE}{page}?area={cast.areas['v1'].code}").status_code == 404, page
    api = Api(cast, "other_officer")
    for path in ("/overview", "/vacancies", "/people"):
        assert "张庄" not in api.get(path).content.decode()
        assert api.get(path, area=cast.areas["v1"].code).status_code == 404
    assert api.get(f"/people/{row.id}").status_code == 404
    for act in ("corrections", "terms", "renewals", "ends", "phone"):
        assert away.get(f"{BASE}people/{row.id}/{act}/").status_code == 404
    here = words(away, f"here/?area={cast.areas['v1'].code}")  # whom to ask is no secret in the county; the number is
    assert "诸葛孔方" in here
    assert SHOWN not in here
    assert f"people/{row.id}/" not in here


def test_another_county_is_not_even_let_in(cast: Cast, cast_b: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1", name="诸葛孔方", at=timezone.now())
    away, own = cast_b["county_centre"].client(), f"/{cast_b.county.id}/staffing/"
    for page in ("", "people/", "people/export/", "vacancies/", "here/", f"people/{row.id}/"):
        assert away.get(BASE + page).status_code in (403, 404), page
    assert away.get(f"{own}people/{row.id}/").status_code == 404
    assert away.get(f"{own}here/?area={cast.areas['g1'].code}").status_code == 404
    for page in ("people/?state=all", "people/export/?format=csv"):
        assert "诸葛孔方" not in b"".join(away.get(own + page)).decode("utf-8-sig")


BAD = "<img src=x onerror=alert(1)>"


def test_code_in_a_name_is_text_on_every_page(cast: Cast, appoint: Appoint) -> None:
    row = appoint("police", "v1", name=BAD, organisation=f'"{BAD}', source=f"'{BAD}", phone=PHONE, at=timezone.now())
    centre = cast["county_centre"].client()
    services.rule_set(
        actor=cast.actor("county_centre"), role="police", level="village", least=2, reason=BAD, at=timezone.now()
    )
    pages = [page for page in READ if "export" not in page]
    pages += [f"people/{row.id}/{act}" for act in ("", "corrections/", "renewals/", "ends/", "terms/", "phone/")]
    pages += [f"here/?area={cast.areas['v1'].code}", f"?area={cast.areas['v1'].code}"]
    seen = [page for page in pages if "&lt;img src=x" in words(centre, page)]
    assert all("<img src=x" not in words(centre, page) for page in pages)
    assert len(seen) >= 9  # the name is really there
    for address in (f"{BASE}here/", f"{BASE}people/searches/"):
        assert "<img src=x" not in centre.post(address, {"text": BAD}, follow=True).content.decode()


@pytest.mark.parametrize("name", ["=1+1", "+86", "-2+3", "@SUM(A1)", '=HYPERLINK("http://x","点")'])
def test_a_name_is_no_formula_in_any_file(cast: Cast, appoint: Appoint, name: str) -> None:
    appoint(place="g1", name=name, organisation=name, source=name, at=timezone.now())
    centre = cast["county_centre"].client()
    rows = list(csv.reader(StringIO(words(centre, "people/export/?format=csv"))))
    (mine,) = [row for row in rows if f"'{name}" in row]
    assert mine.count(f"'{name}") == 3
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)
    book = cells(b"".join(centre.get(f"{BASE}people/export/")))
    assert any(row.count(name) == 3 for row in book)  # text: a formula would be read as its value


@pytest.mark.parametrize("query", ["", "sort=name", "sort=until", "sort=-from", "state=all", "state=in30",
                                   "role=instructor", "state=coming&sort=name", "on=2026-01-05"])  # fmt: skip
def test_a_file_of_people_is_the_list_of_the_page(cast: Cast, appoint: Appoint, query: str) -> None:
    at, today = timezone.now(), local(timezone.now()).date()
    for number in range(6):
        first = today.replace(day=1) if number % 2 else today + timedelta(days=40 * number)
        appoint(place=("g1", "g2", "g3")[number % 3], name=f"员{number % 4}", first=first,
                last=today + timedelta(days=400), at=at, role=("instructor", "police")[number // 3])  # fmt: skip
    centre = cast["county_centre"].client()
    page = centre.get(f"{BASE}people/?{query}")
    shown = [[one.label, one.name, one.organisation, one.place, one.area.code] for one, _ in page.context["rows"]]
    rows = list(csv.reader(StringIO(words(centre, f"people/export/?format=csv&{query}"))))
    assert [row[:5] for row in rows[1:]] == shown


@pytest.mark.parametrize("query", ["", "sort=-missing", "role=instructor", "level=township", "on=2021-03-01"])
def test_files_of_vacancies_and_places_are_what_the_pages_show(cast: Cast, appoint: Appoint, query: str) -> None:
    appoint(place="g3", at=timezone.now())
    centre = cast["county_centre"].client()
    gaps = centre.get(f"{BASE}vacancies/?{query}").context["rows"]
    rows = list(csv.reader(StringIO(words(centre, f"vacancies/export/?format=csv&{query}"))))[1:]
    assert [(row[1], row[3], row[6]) for row in rows] == [
        (gap.place.code, gap.label, str(gap.missing)) for gap, _, _ in gaps
    ]
    board = centre.get(f"{BASE}?{query}").context["board"]
    rows = list(csv.reader(StringIO(words(centre, f"export/?format=csv&{query}"))))[1:]
    assert [row[4] for row in rows] == [str(one.missing) for one in (board.figures, *(r.figures for r in board.rows))]


def test_a_key_that_was_used_says_the_same_or_is_refused(cast: Cast, appoint: Appoint) -> None:
    """Every write: the same again changes nothing, another body is told, another person too."""
    row = appoint("police", "v1", last=days(20))
    calls: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
        "assignment_correct": ({"details": Details("甲")}, {"details": Details("乙")}),
        "assignment_set_term": ({"term": Term(days(0), days(9)), "reason": "改"}, {"reason": "另一个"}),
        "assignment_renew": ({"valid_to": days(90)}, {"valid_to": days(91)}),
        "assignment_end": ({"reason": "调离"}, {"reason": "辞任"}),
    }  # fmt: skip
    for version, (name, (body, other)) in enumerate(calls.items(), start=1):
        call: Any = getattr(services, name)
        same = {"actor": cast.actor("village_clerk"), "number": row.id, "version": version, "key": name, "at": NOW}
        assert call(**same, **body).version == version + 1
        assert call(**same, **body).version == version + 1  # the answer was lost
        centre = {**body, "actor": cast.actor("county_centre")}
        for changes in ({**body, **other}, {**body, "version": version + 1}, centre):
            with pytest.raises(Invalid) as error:
                call(**{**same, **changes})
            assert error.value.code == "idempotency_key_reused"
    assert Assignment.objects.get().version == 5
