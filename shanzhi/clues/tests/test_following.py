"""With a receipt alone: the state, what officers chose to say, and more to be added."""

import pytest
from django.db.transaction import atomic
from django.test import Client
from django.utils import timezone

from shanzhi.clues.catalogue import TOLD, Act, State
from shanzhi.clues.models import Clue, Knock, Once, Step
from shanzhi.clues.services import clue_add, clue_bar, clue_of, followed
from shanzhi.clues.services.giving import ADDED, ALL_LEADS, UNKNOWN
from shanzhi.clues.services.steps import LIMITS
from shanzhi.clues.tests.desk import ADDRESS, BODY, LEAD, OFFICER, OTHER, SAID, Office
from shanzhi.lib.errors import Invalid, NotFound, TooMany
from shanzhi.lib.receipts import secret_new, secret_shown
from shanzhi.notices.models import Notice

PAGE = "/341181/clues/follow/"


def told_of(step: Step) -> set[int]:
    return set(Notice.objects.filter(event_id=step.id).values_list("recipient_id", flat=True))


def newest(clue: Clue) -> Step:
    return Step.objects.filter(clue_id=clue.id).latest("serial")


def test_the_secret_alone_finds_it(office: Office) -> None:
    clue = office.give()
    for typed in (clue.secret, secret_shown(clue.secret), secret_shown(clue.secret).lower()):
        assert clue_of(secret=typed, address=ADDRESS).id == clue.id


def test_a_wrong_secret_is_counted_and_says_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clue = office.give()
    Knock.objects.all().delete()
    for typed in ("", "x", secret_new(), clue.number):
        with pytest.raises(NotFound) as error:
            clue_of(secret=typed, address=ADDRESS)
        assert error.value.message == UNKNOWN
    assert Knock.objects.get().last == 4
    monkeypatch.setitem(LIMITS, "miss", 4)
    with pytest.raises(TooMany):
        clue_of(secret=secret_new(), address=ADDRESS)
    assert clue_of(secret=clue.secret, address=ADDRESS).id == clue.id  # whoever has it is not kept out


def test_the_state_in_four_words(office: Office) -> None:
    assert {TOLD[state] for state in State} == {"已收到", "正在核查", "已移送", "已办结"}
    clue = office.give()
    said = [clue.told]
    clue = office.assign(clue, OFFICER)
    for act in (Act.CHECK, Act.TRANSFER, Act.CONCLUDE):
        clue = office.act(OFFICER, clue, act, **SAID.get(act, {}))
        said.append(followed(Clue.objects.get(id=clue.id)).clue.told)
    assert said == ["已收到", "正在核查", "已移送", "已办结"]


def test_adding_is_a_step_in_every_state(office: Office) -> None:
    clue = office.give()
    clue_add(secret=clue.secret, text=" 还有一个人看见\x00 ", address=ADDRESS)
    step = newest(clue)
    assert (step.act, step.actor_id, step.note, step.state) == (Act.ADD, None, "还有一个人看见", State.RECEIVED)
    assert told_of(step) == {office.cast[LEAD].user.pk}
    office.moved(clue, (Act.CHECK, Act.CONCLUDE))
    clue_add(secret=clue.secret, text="又来了", address=ADDRESS)
    assert newest(clue).state == State.CONCLUDED
    assert told_of(newest(clue)) == {office.cast[OFFICER].user.pk}
    assert followed(Clue.objects.get(id=clue.id)).added == 2


@pytest.mark.parametrize("text", ["", "  ", "长" * (ADDED + 1)])
def test_what_is_added_has_to_be_said(office: Office, text: str) -> None:
    clue = office.give()
    with pytest.raises(Invalid) as error:
        clue_add(secret=clue.secret, text=text, address=ADDRESS)
    assert "text" in error.value.fields
    assert newest(clue).act == Act.GIVE


def test_the_same_key_adds_once(office: Office) -> None:
    clue = office.give()
    for _ in range(2):
        clue_add(secret=clue.secret, text="还有一个人", address=ADDRESS, key="k")
    assert Step.objects.filter(act=Act.ADD).count() == 1
    with pytest.raises(Invalid):
        clue_add(secret=clue.secret, text="别的", address=ADDRESS, key="k")


def test_adding_too_often(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    clue = office.give()
    monkeypatch.setitem(LIMITS, "add", 1)
    clue_add(secret=clue.secret, text="一", address=ADDRESS)
    with pytest.raises(TooMany):
        clue_add(secret=clue.secret, text="二", address=ADDRESS)


def test_keys_are_digests_of_our_own(office: Office) -> None:
    clue = office.give()
    clue_add(secret=clue.secret, text="还有一个人", address=ADDRESS, key="k-plain")
    row = Once.objects.get()
    assert "k-plain" not in (row.key + row.body)
    assert len(row.key) == len(row.body) == 64


def test_barring_more(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER)
    with pytest.raises(Invalid):
        clue_bar(secret=clue.secret, barred=[], address=ADDRESS)
    with pytest.raises(Invalid):
        clue_bar(secret=clue.secret, barred=["7"], address=ADDRESS)
    clue_bar(secret=clue.secret, barred=[office.id(OFFICER)], address=ADDRESS)
    assert told_of(newest(clue)) == {office.cast[LEAD].user.pk}  # nobody it is assigned to is left
    free = {one.user_id for one in followed(clue).free}
    assert free == {office.cast[LEAD].user.pk, office.cast[OTHER].user.pk}


def test_one_lead_has_to_be_left_also_later(office: Office) -> None:
    office.appoint("branch_secretary", lead=True)
    clue = office.give(barred=(LEAD,))
    with pytest.raises(Invalid) as error:
        clue_bar(secret=clue.secret, barred=[office.id("branch_secretary")], address=ADDRESS)
    assert error.value.fields["barred"] == [ALL_LEADS]


def test_a_barred_person_is_not_told_of_additions(office: Office) -> None:
    clue = office.assign(office.give(), OFFICER, OTHER)
    clue_bar(secret=clue.secret, barred=[office.id(OTHER)], address=ADDRESS, at=timezone.now())
    clue_add(secret=clue.secret, text="还有", address=ADDRESS)
    assert told_of(newest(clue)) == {office.cast[OFFICER].user.pk}


def test_the_page_shows_the_state_and_the_words_and_nothing_else(office: Office, client: Client) -> None:
    clue = office.assign(office.give(place="北河桥头", phone="13955550001"), OFFICER)
    office.act(OFFICER, clue, Act.CHECK, note="内部说明", told="正在查，请放心")
    assert client.get(PAGE).status_code == 200
    answer = client.post(PAGE, {"secret": secret_shown(clue.secret)})
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "正在核查" in page
    assert "正在查，请放心" in page
    for words in (BODY, "北河", "13955550001", "内部说明", clue.number):
        assert words not in page
    assert answer["Cache-Control"] == "no-store"
    assert clue.secret not in "".join(f"{name}{morsel.value}" for name, morsel in answer.cookies.items())


def test_the_page_adds_and_a_second_addition_is_another_act(office: Office, client: Client) -> None:
    clue = office.give()
    sent = {"secret": clue.secret, "step": "add", "text": "还有一个人看见", "idempotency_key": "a1"}
    page = client.post(PAGE, sent).content.decode()
    assert "已补充" in page
    assert 'value="a1"' not in page  # the next one has a key of its own
    assert "您补充过 1 次" in page
    assert "您补充过 1 次" in client.post(PAGE, sent).content.decode()


def test_the_page_keeps_what_was_typed(office: Office, client: Client) -> None:
    clue = office.give()
    long = "长" * (ADDED + 1)
    answer = client.post(PAGE, {"secret": clue.secret, "step": "add", "text": long, "idempotency_key": "a1"})
    assert answer.status_code == 422
    assert long in answer.content.decode()
    assert 'value="a1"' in answer.content.decode()
    answer = client.post(PAGE, {"secret": clue.secret, "step": "bar", "barred": [office.id(LEAD)]})
    assert answer.status_code == 422
    assert ALL_LEADS in answer.content.decode()
    answer = client.post(PAGE, {"secret": clue.secret, "step": "bar", "barred": ["7"]})
    assert answer.status_code == 422


def test_the_page_bars(office: Office, client: Client) -> None:
    clue = office.give()
    page = client.post(PAGE, {"secret": clue.secret, "step": "bar", "barred": [office.id(OTHER)]}).content.decode()
    assert "这些人看不到了" in page
    assert office.id(OTHER) not in page


def test_the_page_with_a_wrong_secret(office: Office, client: Client) -> None:
    assert client.post(PAGE, {"secret": ""}).status_code == 422
    answer = client.post(PAGE, {"secret": "ABCD-EFGH-JKMNP"})
    assert answer.status_code == 404
    assert UNKNOWN in answer.content.decode()
    with atomic():
        assert Knock.objects.filter(last=1).exists()  # what was wrong stays counted
