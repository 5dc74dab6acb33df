"""Somebody without an account at the services: what a page grants is all there is, a receipt is one case's."""

from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from shanzhi.access.actor import Actor
from shanzhi.cases import permissions, services
from shanzhi.cases.acts import acts_for
from shanzhi.cases.catalogue import Source, State
from shanzhi.cases.history import link_of
from shanzhi.cases.models import Case, Contact, Receipt, Step
from shanzhi.cases.services import Report, case_report
from shanzhi.cases.services.splitting import Part
from shanzhi.cases.taking.contacts import ContactIn
from shanzhi.cases.tests.pages import act, address, text_of
from shanzhi.files.selectors import draft_list_for, file_get_for, photos_own
from shanzhi.files.services import photo_store
from shanzhi.lib.errors import Conflict, DomainError, Forbidden, NotFound
from shanzhi.trail.models import Entry
from tests.cast import Cast
from tests.kinds import kind_add


def public(cast: Cast, *granted: str, **more) -> Actor:
    return Actor.public(cast.county.id, granted=granted or (permissions.REPORT,), **more)


def told(cast: Cast, *, by: Actor | None = None, place: str = "v1", contact: ContactIn | None = None, **more) -> Case:
    report = Report(**{"body": "路灯不亮", "kind": "facilities", "source": Source.RESIDENT, **more})
    return case_report(actor=by or public(cast), report=report, area=cast.areas[place], contact=contact)


def verified(cast: Cast) -> Case:
    case = told(cast)
    act(cast, "village_clerk", "accept", case)
    act(cast, "village_clerk", "handle", case, text="修好了")
    return act(cast, "village_clerk", "verify", case)


def holder(case: Case, *granted: str) -> Actor:
    return Actor.public(
        case.county_id, granted=granted or (permissions.CLOSE, permissions.REOPEN), receipt_of=case.id, name="反映人"
    )


def test_a_report_by_nobody_s_account_has_a_receipt_a_step_and_a_trail_row(cast: Cast) -> None:
    case = told(cast, contact=ContactIn(name="钱小凤", phone="13955501234", wants_reply=True))
    assert (case.reporter_id, case.reporter_name, case.state) == (None, "群众", State.REPORTED)
    assert case.owner == cast.areas["v1"]
    step = Step.objects.get(case=case)
    assert (step.actor_id, step.actor_name, step.act) == (None, "群众", "report")
    assert Receipt.objects.get(case=case).role == Receipt.Role.REPORTER
    assert Contact.objects.get(case=case).phone == "13955501234"
    assert Entry.objects.filter(object_id=case.id, code="cases.case.reported", actor_id=None).exists()


def test_it_needs_no_contact_and_no_place_in_anybody_s_scope(cast: Cast) -> None:
    case = told(cast, place="g3")
    assert case.owner == cast.areas["v3"]
    assert Receipt.objects.filter(case=case).count() == 1
    assert not Contact.objects.filter(case=case).exists()


def test_what_is_not_granted_is_forbidden(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        told(cast, by=Actor.anonymous(cast.county.id))
    with pytest.raises(Forbidden):
        told(cast, by=public(cast, permissions.CLOSE))
    case = told(cast)
    for name, more in (("accept", {}), ("reject", {"text": "x"}), ("note", {"text": "x"})):
        with pytest.raises(Forbidden):
            getattr(services, f"case_{name}")(actor=public(cast), case=case, version=1, **more)


def test_staff_see_it_like_any_other_and_nobody_is_its_reporter(cast: Cast) -> None:
    case = told(cast, contact=ContactIn(name="钱小凤", phone="13955501234", wants_reply=True))
    page = text_of(cast["village_clerk"].client().get(address(case)))
    assert "路灯不亮" in page
    assert "钱小凤" in page
    for role in ("resident", "volunteer", "other_clerk"):
        assert cast[role].client().get(address(case)).status_code == 404, role
    assert not case.is_reported_by(None)
    assert not case.is_reported_by(cast["village_clerk"].user.pk)


def test_the_receipt_rates_its_own_case_and_no_other(cast: Cast) -> None:
    case, other = verified(cast), verified(cast)
    assert [one.value for one in acts_for(holder(case), case)] == ["close"]
    assert acts_for(holder(case), other) == []
    assert acts_for(public(cast, permissions.CLOSE), case) == []
    with pytest.raises(Forbidden):
        services.case_close(actor=holder(case), case=other, version=other.version, satisfied=True)
    with pytest.raises(DomainError):
        services.case_close(
            actor=public(cast, permissions.CLOSE), case=case, version=case.version, satisfied=True
        )  # fmt: skip
    done = services.case_close(actor=holder(case), case=case, version=case.version, satisfied=True)
    assert done.state == State.CLOSED
    step = Step.objects.get(case=case, act="close")
    assert (step.satisfied, step.actor_name, step.actor_id, step.post_id) == (True, "反映人", None, None)


def test_the_receipt_says_once_that_it_is_not_solved(cast: Cast) -> None:
    case = verified(cast)
    case = act(cast, "village_clerk", "close", case)
    case = services.case_reopen(actor=holder(case), case=case, version=case.version, text="还是不亮")
    assert (case.state, case.reopened) == (State.RETURNED, 1)
    act(cast, "village_clerk", "handle", case, text="又修了")
    act(cast, "village_clerk", "verify", case)
    case = act(cast, "village_clerk", "close", case)
    with pytest.raises((Conflict, Forbidden)):
        services.case_reopen(actor=holder(case), case=case, version=case.version, text="还是不亮")


def test_a_receipt_of_the_whole_rates_no_part(cast: Cast) -> None:
    case = told(cast)
    act(cast, "village_clerk", "accept", case)
    parts = [Part("甲"), Part("乙")]
    act(cast, "village_clerk", "split", case, parts=parts)
    part = Case.objects.filter(parent_id=case.id).first()
    act(cast, "village_clerk", "handle", part, text="好了")
    part = act(cast, "village_clerk", "verify", part)
    assert acts_for(holder(part), part) == []


def test_what_a_kind_says_of_the_public_is_copied_to_the_case(cast: Cast) -> None:
    kind_add("secret", {"label": "内部", "public": False})
    kind_add("some", {"label": "部分人", "seen_by": ["village_clerk"]})
    assert told(cast).is_public
    assert not told(cast, kind="secret").is_public
    assert not told(cast, kind="some").is_public
    case = told(cast)
    act(cast, "village_clerk", "classify", case, kind="secret")
    case.refresh_from_db()
    assert not case.is_public


def picture() -> SimpleUploadedFile:
    out = BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "JPEG")
    return SimpleUploadedFile("a.jpg", out.getvalue(), "image/jpeg")


def test_a_photo_is_its_browser_s_until_it_hangs_on_a_case(cast: Cast) -> None:
    mine, other = public(cast, device="a" * 64), public(cast, device="b" * 64)
    photo = photo_store(actor=mine, upload=picture())
    assert list(draft_list_for(actor=mine)) == [photo]
    assert file_get_for(actor=mine, file_id=photo.id) == photo
    for stranger in (other, public(cast), Actor.anonymous(cast.county.id), cast.actor("village_clerk")):
        assert photos_own(actor=stranger, ids=[photo.id]) == []
        with pytest.raises(NotFound):
            file_get_for(actor=stranger, file_id=photo.id)
    with pytest.raises(Conflict):
        told(cast, by=other, photo_ids=[photo.id])
    case = told(cast, by=mine, photo_ids=[photo.id])
    photo.refresh_from_db()
    assert photo.owner_id == Step.objects.get(case=case).id
    assert file_get_for(actor=cast.actor("village_clerk"), file_id=photo.id) == photo


def test_without_a_browser_s_mark_there_are_no_photos(cast: Cast) -> None:
    with pytest.raises(Forbidden):
        photo_store(actor=public(cast), upload=picture())


def test_a_step_says_when_it_was_done_without_signal_and_the_chain_proves_it(cast: Cast) -> None:
    case = told(cast)
    then = case.received_at
    act(cast, "village_clerk", "accept", case, done_at=then)
    step = Step.objects.get(case=case, act="accept")
    assert step.done_at == then
    assert step.at > then
    first = Step.objects.get(case=case, act="report")
    assert step.link == link_of(first.link, step)
    step.done_at = None
    assert step.link != link_of(first.link, step)
