"""Handing in: by anybody, without an account and with one, and what is refused."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from shanzhi.clues.catalogue import Act, State
from shanzhi.clues.models import Bar, Clue, Knock, Step
from shanzhi.clues.services import Given, clue_give
from shanzhi.clues.services.giving import ALL_LEADS, LONGEST, NO_BODY
from shanzhi.clues.services.steps import LIMITS
from shanzhi.clues.tests.desk import ADDRESS, BODY, LEAD, OFFICER, OTHER, Office
from shanzhi.lib.errors import Conflict, Invalid, TooMany
from shanzhi.lib.receipts import ALPHABET, secret_read
from shanzhi.notices.models import Notice
from tests.cast import Cast

PAGE = "/341181/clues/new/"


def test_a_clue_is_kept_sealed_with_its_receipt(office: Office) -> None:
    clue = office.give(place="北河桥头", whom="外号大头", name="钱某", phone="139 5555 0001")
    kept = Clue.objects.get(id=clue.id)
    assert (kept.body, kept.place, kept.whom, kept.name) == (BODY, "北河桥头", "外号大头", "钱某")
    assert kept.phone == "13955550001"
    assert kept.state == State.RECEIVED
    assert secret_read(kept.secret) == kept.secret
    assert len(kept.number) == 8
    assert set(kept.number) <= set(ALPHABET)
    step = Step.objects.get(clue_id=clue.id)
    assert (step.act, step.actor_id, step.note, step.told) == (Act.GIVE, None, None, None)


def test_no_text_lies_in_the_database_in_clear(office: Office) -> None:
    office.give(place="北河桥头", whom="外号大头", name="钱某", phone="13955550001")
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM clues_clue")
        row = " ".join(map(str, cursor.fetchone()))
    for words in (BODY, "北河", "大头", "钱某", "13955550001"):
        assert words not in row


def test_numbers_and_ids_tell_neither_how_many_there_are_nor_when(office: Office) -> None:
    clues = [office.give() for _ in range(6)]
    ids = [clue.id for clue in clues]
    assert len({clue.number for clue in clues}) == 6
    assert max(ids) - min(ids) > 2**40  # ids of one moment would lie close together


def test_the_leads_are_told_without_a_word_of_it(office: Office) -> None:
    clue = office.give()
    told = Notice.objects.filter(event_id=Step.objects.get(clue_id=clue.id).id)
    assert [row.recipient_id for row in told] == [office.cast[LEAD].user.pk]
    words = told[0].title + told[0].body + told[0].path
    assert clue.number not in words
    assert str(clue.id) not in words
    assert BODY not in words
    assert told[0].planned  # nothing leaves the house, so no list of what was sent has it


def test_without_a_lead_nobody_could_read_it(cast: Cast) -> None:
    office = Office(cast)
    office.appoint(OFFICER)
    with pytest.raises(Conflict) as error:
        office.give()
    assert error.value.code == "no_desk"
    assert not Clue.objects.exists()


@pytest.mark.parametrize(
    ("field", "value"),
    [("body", ""), ("body", "长" * 5001), ("place", "长" * 201), ("whom", "长" * 501), ("name", "长" * 51),
     ("phone", "12"), ("phone", "一三九"), ("phone", "1" * 31)],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_field(office: Office, field: str, value: str) -> None:
    with pytest.raises(Invalid) as error:
        clue_give(given=Given(**{"body": BODY, field: value}), address=ADDRESS)
    assert list(error.value.fields) == [field]
    assert not Clue.objects.exists()
    assert not Knock.objects.exists()  # what was refused counts for nothing


def test_the_longest_texts_fit(office: Office) -> None:
    longest = {name: "长" * most for name, most in LONGEST.items() if name != "phone"}
    assert len(office.give(**longest).body) == LONGEST["body"]


def test_blanks_and_nul_are_left_out(office: Office) -> None:
    assert office.give(body=" \n有人\x00收保护费 ").body == "有人收保护费"


def test_whoever_is_barred_is_a_digest(office: Office) -> None:
    clue = office.give(barred=(OFFICER,))
    row = Bar.objects.get(clue_id=clue.id)
    assert re.fullmatch(r"[0-9a-f]{64}", row.who)
    assert str(office.cast[OFFICER].user.pk) not in row.who


def test_one_lead_has_to_be_left(office: Office) -> None:
    with pytest.raises(Invalid) as error:
        office.give(barred=(LEAD,))
    assert error.value.fields["barred"] == [ALL_LEADS]
    office.appoint("branch_secretary", lead=True)
    clue = office.give(barred=(LEAD,))
    assert Notice.objects.filter(event_id=Step.objects.get(clue_id=clue.id).id).get().recipient_id == (
        office.cast["branch_secretary"].user.pk
    )


def test_somebody_who_is_not_on_the_desk_cannot_be_barred(office: Office) -> None:
    for wrong in ("1", "x", "9" * 25):
        with pytest.raises(Invalid) as error:
            clue_give(given=Given(body=BODY, barred=[wrong]), address=ADDRESS)
        assert "barred" in error.value.fields


def test_the_same_key_gives_the_same_clue(office: Office) -> None:
    first = clue_give(given=Given(body=BODY), address=ADDRESS, key="k1")
    again = clue_give(given=Given(body=f" {BODY} "), address="198.51.100.9", key="k1")
    assert (again.id, again.secret) == (first.id, first.secret)
    assert Clue.objects.count() == 1
    with pytest.raises(Invalid) as error:
        clue_give(given=Given(body="另一件"), address=ADDRESS, key="k1")
    assert error.value.code == "idempotency_key_reused"
    with pytest.raises(Invalid) as error:
        clue_give(given=Given(body=BODY), address=ADDRESS, key="键")
    assert error.value.code == "idempotency_key_invalid"


def test_too_many_from_one_address_within_an_hour(office: Office) -> None:
    at = timezone.now().replace(minute=5)
    for _ in range(LIMITS["give"]):
        office.give(at=at)
    with pytest.raises(TooMany) as error:
        office.give(at=at)
    assert 0 < error.value.wait <= 3600
    office.give(at=at, address="198.51.100.9")
    office.give(at=at + timedelta(hours=1))


def test_an_address_is_kept_as_a_digest_of_its_hour_only(office: Office) -> None:
    at = timezone.now()
    office.give(at=at)
    office.give(at=at + timedelta(hours=1))
    sources = list(Knock.objects.values_list("source", flat=True))
    assert len(set(sources)) == 2
    assert all(ADDRESS not in source for source in sources)


def test_the_page_answers_with_the_receipt(office: Office, client: Client) -> None:
    assert client.get(PAGE).status_code == 200
    answer = client.post(PAGE, {"body": BODY, "whom": "外号大头", "idempotency_key": "p1"})
    clue = Clue.objects.get()
    page = answer.content.decode()
    assert answer.status_code == 200
    assert clue.shown_number in page
    assert f"{clue.secret[:4]}-{clue.secret[4:8]}-{clue.secret[8:]}" in page
    assert BODY not in page
    assert answer["Cache-Control"] == "no-store"
    assert "sessionid" not in answer.cookies
    assert "device" not in answer.cookies
    assert "held" not in answer.cookies
    again = client.post(PAGE, {"body": BODY, "whom": "外号大头", "idempotency_key": "p1"})
    assert clue.shown_number in again.content.decode()
    assert Clue.objects.count() == 1


def test_the_page_says_who_reads_it(office: Office, client: Client) -> None:
    page = client.get(PAGE).content.decode()
    for who in (LEAD, OFFICER, OTHER):
        assert office.cast[who].user.name in page
    assert "系统管理员都看不到" in page


def test_the_page_keeps_what_was_typed(office: Office, client: Client) -> None:
    sent = {"body": "", "whom": "外号大头", "phone": "12", "barred": [office.id(OFFICER)], "idempotency_key": "p2"}
    answer = client.post(PAGE, sent)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert NO_BODY in page
    assert "外号大头" in page
    assert 'value="12"' in page
    assert re.search(rf'value="{office.id(OFFICER)}"[^>]*checked', page)
    assert client.post(PAGE, {**sent, "body": BODY, "phone": ""}).status_code == 200


def test_the_page_without_a_desk_says_where_to_go(cast: Cast, client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "12337" in page
    assert "<textarea" not in page
    answer = client.post(PAGE, {"body": BODY})
    assert answer.status_code == 409
    assert BODY in answer.content.decode()


def test_the_page_when_too_many_come(office: Office, client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LIMITS, "give", 0)
    answer = client.post(PAGE, {"body": "第三十一件"})
    assert answer.status_code == 429
    assert "第三十一件" in answer.content.decode()


def test_nothing_is_kept_of_who_is_signed_in(office: Office) -> None:
    """The same page for everybody; the row is the same as that of a stranger."""
    browser = office.cast["grid_worker"].client()
    assert browser.post(PAGE, {"body": BODY}).status_code == 200
    clue = Clue.objects.get()
    assert Step.objects.get(clue_id=clue.id).actor_id is None
    assert (clue.name, clue.phone) == ("", "")


def test_the_page_keeps_no_draft_on_the_phone(office: Office, client: Client) -> None:
    page = client.get(PAGE).content.decode()
    assert "data-draft" not in page.split("<main")[1]
