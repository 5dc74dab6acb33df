"""The right thing at a bad moment: clicked twice, after the session was lost, from an old page, by two people at once.

Nothing is lost, nothing is done twice, and whoever comes late is told so in one sentence.
"""

import re
import threading

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from shanzhi.cases.models import Case, Step
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County, OutboxEvent
from shanzhi.trail.models import Entry
from tests.bad import CASES, NEW, A, api, body, form, nothing_written, sentence
from tests.cast import PASSWORD, Cast, build_cast, report


@pytest.fixture
def worker(cast: Cast) -> Client:
    return cast["grid_worker"].client()


@pytest.fixture
def clerk(cast: Cast) -> Client:
    return cast["village_clerk"].client()


@pytest.mark.django_db(transaction=True)
def test_a_double_click_makes_one_case(counties: dict[int, County]) -> None:
    """Two posts of one form at the same moment, and once more later: one case, and everybody is led to it."""
    cast = build_cast(counties[A])
    sent, answers, start = form(cast), [], threading.Barrier(2)

    def click() -> None:
        client = cast["grid_worker"].client()
        try:
            start.wait(10)
            answers.append(client.post(NEW, sent))
        finally:
            connection.close()

    threads = [threading.Thread(target=click) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    answers.append(cast["grid_worker"].client().post(NEW, sent))
    assert [answer.status_code for answer in answers] == [302, 302, 302]
    assert len({answer["Location"] for answer in answers}) == 1
    with county(A):
        case = Case.objects.get()
        assert answers[0]["Location"] == reverse("cases:case", args=[A, case.number])
        assert Step.objects.filter(case=case).count() == 1
        assert Entry.objects.filter(object_id=case.id).count() == 1
        assert OutboxEvent.objects.filter(subject_id=case.id).count() == 1


def test_a_key_for_another_matter_is_refused(cast: Cast, worker: Client, clerk: Client) -> None:
    sent = form(cast)
    assert worker.post(NEW, sent).status_code == 302
    response = worker.post(NEW, {**sent, "body": "另一件事"})
    assert response.status_code == 422
    assert "另一件事" in response.content.decode()
    assert Case.objects.count() == 1
    key = {"Idempotency-Key": "k-1"}
    assert api(worker, CASES, body(cast), **key).status_code == 201
    assert api(worker, CASES, body(cast), **key).status_code == 201
    other = api(clerk, CASES, body(cast), **key)  # somebody else's key tells nothing of what it made
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    assert Case.objects.count() == 2


@pytest.fixture
def strict(cast: Cast) -> Client:
    """A browser whose forms need their token, as in real life."""
    client = Client(enforce_csrf_checks=True)
    client.force_login(cast["grid_worker"].user)
    return client


def token_of(response: HttpResponse) -> str:
    found = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', response.content.decode())
    assert found
    return found[1]


@pytest.mark.parametrize("lost", ["cookie", "session"])
def test_a_lost_session_in_mid_form_costs_a_login_and_nothing_else(cast: Cast, strict: Client, lost: str) -> None:
    """Whether the browser forgot it or the server ended it; what was typed waits in the browser (see the journeys)."""
    token = token_of(strict.get(NEW))
    if lost == "cookie":
        del strict.cookies["session"]
    else:
        strict.session.flush()
    late = strict.post(NEW, {**form(cast), "csrfmiddlewaretoken": token})
    assert (late.status_code, late["Location"]) == (302, f"/accounts/login/?next={NEW}")
    nothing_written()
    login = strict.get(f"/accounts/login/?next={NEW}")
    sent = {"login": cast["grid_worker"].user.username, "password": PASSWORD, "next": NEW}
    back = strict.post("/accounts/login/", {**sent, "csrfmiddlewaretoken": token_of(login)})
    assert (back.status_code, back["Location"]) == (302, NEW)
    fresh = strict.get(NEW)
    assert fresh.status_code == 200
    done = strict.post(NEW, {**form(cast), "csrfmiddlewaretoken": token_of(fresh)})
    assert done.status_code == 302
    assert Case.objects.count() == 1


def test_a_stale_token_is_one_sentence_and_the_way_back(cast: Cast, strict: Client) -> None:
    old = token_of(strict.get(NEW))
    for token in ("", "x" * 64, old[::-1]):
        response = strict.post(
            NEW, {**form(cast), "csrfmiddlewaretoken": token}, headers={"Referer": f"http://testserver{NEW}"}
        )
        assert response.status_code == 403
        assert "请返回上一页，刷新后再办" in sentence(response)
        assert f'href="http://testserver{NEW}"' in response.content.decode()
    response = api(strict, CASES, body(cast))
    assert (response.status_code, response.json()["code"]) == (403, "csrf")
    assert sentence(response)
    nothing_written()


def test_another_sites_form_learns_and_does_nothing(cast: Cast, strict: Client) -> None:
    token = token_of(strict.get(NEW))
    sent = {**form(cast), "csrfmiddlewaretoken": token}
    response = strict.post(NEW, sent, headers={"Origin": "https://evil.example", "Referer": "https://evil.example/"})
    assert response.status_code == 403
    assert "evil.example" not in response.content.decode()
    nothing_written()


def test_two_people_on_one_case_the_second_is_told(cast: Cast, clerk: Client) -> None:
    case = report(cast)
    secretary = cast["branch_secretary"].client()
    path = f"/{A}/cases/{case.number}/acceptances/"
    assert secretary.post(path, {"version": 1}).status_code == 302
    late = clerk.post(path, {"version": 1, "text": "我来受理"})
    assert late.status_code == 409
    assert "我来受理" in late.content.decode()
    response = api(clerk, f"{CASES}/{case.number}/acceptances", {"version": 1})
    assert (response.status_code, response.json()["code"]) == (409, "stale")
    assert Step.objects.filter(case=case).count() == 2
