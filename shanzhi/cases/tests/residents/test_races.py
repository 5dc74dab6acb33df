"""Several at once: five posts of one key, a double tap on rating, and joining while it ends."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client, RequestFactory
from django.utils import timezone

from shanzhi.cases.models import Case, Held, Receipt, Step
from shanzhi.cases.residents import services
from shanzhi.cases.residents.gate import Gate
from shanzhi.cases.residents.holding import Holder
from shanzhi.cases.services import Report
from shanzhi.cases.tests.pages import text_of
from shanzhi.cases.tests.residents.people import (
    BODY,
    RECEIPT,
    complain_page,
    complaints,
    often,
    question_in,
    report_page,
    sent,
    told,
    verified,
    villager,
)
from shanzhi.lib.errors import Conflict
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import County
from tests.cast import Cast, build_cast
from tests.racing import together

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def town() -> Cast:
    row = County.objects.create(id=341181, code="341181", name="天长市", joined_at=timezone.now())
    return build_cast(row)


def gate() -> Gate:
    request = RequestFactory().post("/")
    request.COOKIES["device"] = "m" * 32
    return Gate(request)


def test_five_parallel_posts_of_one_key_are_one_report(town: Cast) -> None:
    key, area = uuid4().hex, town.areas["v1"]
    report = Report(body=BODY, kind="facilities", source="resident")

    def post() -> Receipt:
        return services.public_report(gate=gate(), report=report, area=area, contact=None, key=key, at=timezone.now())

    results = together(*[post] * 5)
    assert all(isinstance(one, Receipt) for one in results), results
    assert len({one.secret for one in results}) == 1
    with county(341181):
        assert Case.objects.count() == Receipt.objects.count() == 1


def test_five_parallel_pages_of_one_key_are_one_report(town: Cast) -> None:
    client, form = villager(), sent()
    mark = client.cookies["device"].value

    def post() -> int:
        one = Client()
        one.cookies["device"] = mark
        return one.post(report_page(town), form).status_code

    results = together(*[post] * 5)
    assert set(results) == {303}, results
    with county(341181):
        assert Case.objects.count() == 1


@pytest.mark.parametrize("village", [0, 1000])
def test_five_parallel_pages_of_one_key_are_one_report_with_one_proof(town: Cast, settings: Any, village: int) -> None:
    """Also where it is held."""
    settings.GATE = {"normal": 1000, "village": village, "county": 1000}
    client = villager()
    with county(341181):
        often(client, "report", 3)
    form = sent(**question_in(client.get(report_page(town))))
    mark = client.cookies["device"].value

    def post() -> str:
        one = Client()
        one.cookies["device"] = mark
        assert one.post(report_page(town), form).status_code == 303
        return text_of(one.get(RECEIPT))

    results = together(*[post] * 5)
    assert len(set(results)) == 1, results
    with county(341181):
        assert (Case.objects.count(), Held.objects.count()) == ((0, 1) if village == 0 else (1, 0))


def test_five_parallel_complaints_of_one_key_are_one_with_one_proof(town: Cast) -> None:
    with county(341181):
        complaints(town)
    client = villager()
    with county(341181):
        often(client, "complain", 2)
    form = {"whom": town.areas["v1"].code, "body": "压了半个月", "idempotency_key": uuid4().hex}
    form |= question_in(client.get(complain_page(town)))
    mark = client.cookies["device"].value

    def post() -> int:
        one = Client()
        one.cookies["device"] = mark
        return one.post(complain_page(town), form).status_code

    results = together(*[post] * 5)
    assert set(results) == {303}, results
    with county(341181):
        assert Case.objects.count() == 1


def test_of_two_ratings_at_once_one_counts(town: Cast) -> None:
    with county(341181):
        case = verified(town, told(town))

    def rate(satisfied: bool) -> Callable[[], Any]:
        def do() -> None:
            receipt = Receipt.objects.select_related("case__owner__parent").get(case_id=case.id)
            services.holder_rate(
                gate=gate(), holder=Holder(receipt), satisfied=satisfied, text="灯不亮", version=case.version,
                key=uuid4().hex, at=timezone.now(),
            )  # fmt: skip

        return do

    results = together(rate(True), rate(False))
    assert sum(one is None for one in results) == 1, results
    assert sum(isinstance(one, Conflict) for one in results) == 1, results
    with county(341181):
        assert Step.objects.filter(case=case, satisfied__isnull=False).count() == 1


def test_five_who_join_at_once_are_five(town: Cast) -> None:
    with county(341181):
        case = told(town, place="v1")

    def join() -> Receipt:
        return services.public_join(
            gate=gate(), village=town.areas["v1"], number=case.number, phone="", key=uuid4().hex, at=timezone.now()
        )

    results = together(*[join] * 5)
    assert len({one.secret for one in results}) == 5, results
    with county(341181):
        assert Case.objects.get().joined == 5
