"""A clue that names a colleague goes its whole way; then everybody opens everything, and every table is read.

Of the marker, the number, the id and the secret there is no trace for anybody but the lead and the officer to whom it
was assigned, and for these two only on the pages of the desk.
"""

import io
import json
import logging
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.apps import apps
from django.db import connection, models
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone
from django_q.models import OrmQ

from shanzhi.access.permissions import PUBLIC
from shanzhi.clues.models import Clue, Step
from shanzhi.clues.tests.desk import LEAD, OFFICER, OTHER, SAID, Office, office_of
from shanzhi.lib.receipts import secret_shown
from shanzhi.notices.models import Delivery, Notice
from shanzhi.notices.services import notices_plan
from shanzhi.operations.backups import manifest
from shanzhi.operations.counters import collected
from shanzhi.tenancy.context import county
from shanzhi.tenancy.models import IdempotencyKey, OutboxEvent
from shanzhi.trail.models import Entry
from tests.cast import Cast, build_cast
from tests.endpoints import Endpoint, operations, pages
from tests.matrix_world import World
from tests.test_access_matrix import CALLED_IN, address

A = "/341181"
MARK = "标记戊己庚辛"
PHONE = "13955507799"
NOT_OURS = re.compile(rf"^(?:/api/v1)?{A}/(?:public/)?clue")
# What others hold that happens in the transactions of everybody: nothing of it may move for a clue.
SHARED = (IdempotencyKey, OutboxEvent, Entry, OrmQ, Delivery)


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What an installation writes with SHANZHI_LOG_LEVEL=DEBUG and an access log, before anything is masked.

    Django keeps its own debugging (which would print what a page is made of) to itself: its logger begins at INFO.
    """
    stream = io.StringIO()
    handler, root, access = logging.StreamHandler(stream), logging.getLogger(), logging.getLogger("shanzhi.access")
    for known in logging.root.manager.loggerDict.values():  # some library's own configuration switches ours off
        if isinstance(known, logging.Logger):
            known.disabled = False
    levels = {logger: logger.level for logger in (root, access)}
    for logger in levels:
        logger.setLevel(logging.DEBUG)
    root.addHandler(handler)
    assert logging.getLogger("django").level == logging.INFO
    yield stream
    root.removeHandler(handler)
    for logger, level in levels.items():
        logger.setLevel(level)


@pytest.fixture
def office(cast: Cast, settings: Any, tmp_path: Any) -> Office:
    """With metrics, an access log and a channel to the outside, as an installation may have them."""
    settings.SHANZHI_REQUIRE_TOTP = False
    settings.VAR_DIR = tmp_path / "var"
    settings.ACCESS_LOG, settings.METRICS_TOKEN = True, "token-of-the-test"
    settings.MESSAGES = {**settings.MESSAGES, "sms": {**settings.MESSAGES["sms"], "by": "file"}}
    return office_of(cast)


def counts() -> dict[str, int]:
    return {model._meta.label: model._default_manager.count() for model in SHARED}


def facts() -> dict[str, Any]:
    """What the report of a backup says of the database."""

    def ask(statement: str) -> list[tuple[Any, ...]]:
        with connection.cursor() as cursor:
            cursor.execute(statement)
            return list(cursor.fetchall())

    return manifest.facts(ask)


def go_its_way(office: Office) -> Clue:
    """All of it through the pages, by an accused colleague's own county: the branch secretary is meant."""
    accused = office.cast["branch_secretary"].user.name
    sent = {
        "body": f"{accused}收钱放人 {MARK}", "whom": f"{accused} {MARK}", "place": f"村部 {MARK}", "name": f"钱某{MARK}",
        "phone": PHONE, "idempotency_key": "leak-key", "barred": [office.id(OTHER)],
    }  # fmt: skip
    assert Client().post(f"{A}/clues/new/", sent).status_code == 200
    clue = Clue.objects.get()
    lead, officer = office.cast[LEAD].client(), office.cast[OFFICER].client()

    def act(client: Client, slug: str, **said: Any) -> None:
        version = Clue.objects.get(id=clue.id).version
        words = {
            "note": f"内部 {MARK}",
            "told": f"请放心 {MARK}",
            "version": version,
            "idempotency_key": f"leak-{slug}",
        }
        assert client.post(f"{A}/clues/{clue.id}/{slug}/", {**words, **said}).status_code == 302, slug

    act(lead, "assignments", officers=[office.id(OFFICER)])
    for slug in ("checks", "pauses", "resumptions", "notes", "words"):
        act(officer, slug)
    where = {"organ_name": f"公安局{MARK}", "document": f"{MARK}号", "receiver": MARK, "organ": "police"}
    act(officer, "transfers", **where, on="2026-01-05")
    follow = {"secret": clue.secret, "step": "add", "text": f"还有 {MARK}", "idempotency_key": "leak-add"}
    assert Client().post(f"{A}/clues/follow/", follow).status_code == 200
    act(officer, "conclusions", result=SAID["conclude"]["result"])  # type: ignore[index]
    act(lead, "reopenings")
    lead.get(f"{A}/clues/{clue.id}/")
    officer.get(f"{A}/clues/{clue.id}/letter/")
    officer.get(f"/api/v1{A}/clues/{clue.id}")
    office.cast["system_admin"].client().get(f"{A}/clues/{clue.id}/")  # refused: that is a line of most logs
    return Clue.objects.get(id=clue.id)


def traces_of(clue: Clue) -> tuple[str, ...]:
    secret = secret_shown(clue.secret)
    return (MARK, PHONE, clue.number, clue.shown_number, clue.secret, secret, str(clue.id), "leak-")


def text_of(response: HttpResponse) -> str:
    """What an answer says; a workbook is opened."""
    streamed: Any = getattr(response, "streaming_content", None)
    data = b"".join(streamed) if streamed is not None else response.content
    parts = [data]
    if data[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(data)) as book:
            parts = [book.read(name) for name in book.namelist()]
    headers = " ".join(f"{name}: {value}" for name, value in response.items())
    return headers + "".join(part.decode("utf-8", "replace") for part in parts)


def test_the_marker_is_found_where_it_belongs(office: Office) -> None:
    """Else the tests below would find nothing because they look wrongly."""
    clue = go_its_way(office)
    for who in (LEAD, OFFICER):
        for path in (f"{A}/clues/{clue.id}/", f"/api/v1{A}/clues/{clue.id}"):
            text = text_of(office.cast[who].client().get(path))
            assert MARK in json.loads(text[text.index("{") :])["body"] if "/api/" in path else MARK in text
            assert clue.shown_number in text
    assert Step.objects.count() > 12


class Kept(World):
    """One object of each kind for all addresses."""

    def value(self, kind: str, place: str) -> str:
        known: dict[str, str] = self.__dict__.setdefault("known", {})
        if kind not in known:
            known[kind] = super().value(kind, place)
        return known[kind]


def everything(office: Office, foreign: Cast) -> Iterator[tuple[Endpoint, str]]:
    """Every page and operation with an address at which there is something."""
    worlds = {called: Kept(office.cast, foreign, "", called) for called in (False, True)}
    for endpoint in (*pages(), *operations()):
        if "GET" not in endpoint.methods:
            continue
        path = endpoint.path.replace("<county:county>", "341181")
        if endpoint.permission in (PUBLIC, None):
            path = re.sub(r"<[^>]+>", office.cast.areas["t1"].code, path)
        elif endpoint.in_county:
            path = address(endpoint, worlds[endpoint.name in CALLED_IN], "own")
        if not endpoint.name.startswith("operations:"):
            yield endpoint, path


def test_everybody_opens_everything(office: Office, cast_b: Cast) -> None:
    addresses = [(str(endpoint), path) for endpoint, path in everything(office, cast_b)]
    Clue.objects.all().delete()
    clue = go_its_way(office)
    own = [f"{A}/clues/{clue.id}/", f"{A}/clues/{clue.id}/letter/", f"/api/v1{A}/clues/{clue.id}"]
    addresses += [("the clue", path) for path in own]
    traces = traces_of(clue)
    found = []
    people = {"anonymous": Client(), **{who: person.client() for who, person in office.cast.people.items()}}
    for who, client in people.items():
        client.raise_request_exception = False
        for name, path in addresses:
            if who in (LEAD, OFFICER) and NOT_OURS.match(path):
                continue
            response = client.get(path)
            assert response.status_code < 500 or name.endswith("health"), (who, path)
            found += [(who, name, trace) for trace in traces if trace in text_of(response)]
    assert len(addresses) > 200
    assert not [one for one in found if one[1] != "the clue" or one[2] != str(clue.id)], found[:20]


def test_no_table_of_others_holds_a_trace(office: Office) -> None:
    before, said = counts(), facts()
    clue = go_its_way(office)
    with county(office.cast.county.id):
        notices_plan(at=timezone.now())
    assert counts() == before
    assert facts() == said  # the report of a backup says the same as if there were no clue
    traces = traces_of(clue)
    for model in apps.get_models():
        ours = model._meta.app_label == "clues"
        columns = ", ".join(connection.ops.quote_name(f.column) for f in model._meta.concrete_fields)
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT {columns} FROM {connection.ops.quote_name(model._meta.db_table)}")
            rows = " ".join(map(str, cursor.fetchall()))
        for trace in (MARK, PHONE, clue.secret, "leak-") if ours else traces:
            assert trace not in rows, (model._meta.label, trace)


def test_officers_are_told_and_nobody_else(office: Office) -> None:
    go_its_way(office)
    people = set(Notice.objects.values_list("recipient_id", flat=True))
    assert people == {office.cast[who].user.pk for who in (LEAD, OFFICER, OTHER)}  # OTHER: of the appointment alone
    assert Notice.objects.filter(recipient_id=office.cast[OTHER].user.pk).count() == 1
    assert {(row.title, row.path) for row in Notice.objects.all()} == {("线索专办台", f"{A}/clues/")}


def test_no_log_holds_a_line(office: Office, log: io.StringIO) -> None:
    clue = go_its_way(office)
    Client().get(f"{A}/")  # so that something is there
    text = log.getvalue()
    assert "portal:start 200" in text
    assert [trace for trace in (*traces_of(clue), "clues:", "/clues/") if trace in text] == []


def test_no_metric_counts_them(office: Office, settings: Any) -> None:
    go_its_way(office)
    Client().get(f"{A}/")
    keys = " ".join(collected(settings.VAR_DIR / "metrics"))
    assert "portal:start" in keys
    assert "clue" not in keys


def test_no_model_of_others_points_at_a_clue(office: Office) -> None:
    """Absent by construction: what can't be reached can't be shown."""
    ours = {model for model in apps.get_models() if model._meta.app_label == "clues"}
    pointing = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if model not in ours and isinstance(field, models.Field) and field.related_model in ours
    }
    assert pointing == set()


@pytest.mark.parametrize("who", ["branch_secretary", OTHER, "system_admin", "security_admin", "audit_admin"])
def test_a_clue_that_is_there_answers_as_one_that_is_not(office: Office, who: str) -> None:
    clue = go_its_way(office)
    client = office.cast[who].client()
    for there in (f"{A}/clues/{clue.id}/", f"/api/v1{A}/clues/{clue.id}", f"{A}/clues/{clue.id}/notes/"):
        answers = [client.get(path) for path in (there, there.replace(str(clue.id), "5"))]
        assert [one.status_code for one in answers] in ([404, 404], [405, 405])
        bodies = [re.sub(r"csrf[^>]*>", "", one.content.decode()).replace(str(clue.id), "5") for one in answers]
        assert bodies[0] == bodies[1]


def test_a_second_county_knows_nothing(office: Office, counties: dict[int, Any]) -> None:
    foreign = build_cast(counties[410927])
    clue = go_its_way(office)
    client = foreign["county_leader"].client()
    for path in (f"/410927/clues/{clue.id}/", f"{A}/clues/{clue.id}/", "/410927/clues/"):
        assert client.get(path).status_code == 404
