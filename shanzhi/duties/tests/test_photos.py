"""Photos with an instruction and with a step: kept when a form comes back, seen by whoever sees the record."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shanzhi.duties.catalogue import State
from shanzhi.duties.models import Duty, Line
from shanzhi.duties.tests.pages import A, text, typed, url
from shanzhi.duties.tests.world import issue, line_at
from shanzhi.files.models import StoredFile
from shanzhi.files.tests.pictures import picture
from shanzhi.tenancy.context import county
from tests.cast import Cast


def photo(seed: int = 1) -> Any:
    shot = picture(colour=(seed * 40 % 256, 90, 60))
    return SimpleUploadedFile(f"IMG_{seed}.jpg", shot if isinstance(shot, bytes) else shot.read(), "image/jpeg")


def drafts(answer: Any) -> list[str]:
    """Ids that the page sends back hidden."""
    return re.findall(r'name="photo_ids" value="(\d+)"', answer.content.decode())


def test_photos_stay_through_the_list_of_receivers(cast: Cast, officer: Client) -> None:
    sent = typed()
    preview = officer.post(url("new"), {**sent, "photos": [photo(1), photo(2)]})
    assert "2 张" in text(preview)
    kept = drafts(preview)
    assert len(kept) == 2
    back = officer.post(url("new"), {**sent, "step": "edit", "photo_ids": kept})
    assert drafts(back) == kept
    officer.post(url("new"), {**sent, "step": "issue", "photo_ids": kept})
    with county(A):
        duty = Duty.objects.get()
        assert StoredFile.objects.filter(owner_type="duties.duty", owner_id=duty.id).count() == 2
        line = line_at(cast, duty)
    page = cast["village_clerk"].client().get(url("line", line.id)).content.decode()
    assert page.count("汛期前排查河道，第") == 2


def test_a_report_that_comes_back_keeps_its_photos(cast: Cast, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    answer = clerk.post(url("done", line.id), {"version": "1", "text": "", "photos": [photo(1)]})
    assert answer.status_code == 422
    kept = drafts(answer)
    assert len(kept) == 1
    done = clerk.post(url("done", line.id), {"version": "1", "text": "走完了。", "photo_ids": kept})
    assert done.status_code == 302
    with county(A):
        fresh = Line.objects.get(id=line.id)
        assert fresh.state == State.DONE
        step = fresh.steps.get(act="done")
        assert [file.owner_id for file in StoredFile.objects.filter(owner_type="duties.linestep")] == [step.id]
    assert "报结，等销号，第 1 张" in clerk.get(url("line", line.id)).content.decode()


def test_whose_photos_they_are(cast: Cast, officer: Client, clerk: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    clerk.post(url("done", line.id), {"version": "1", "text": "走完了。", "photos": [photo(3)]})
    with county(A):
        file = StoredFile.objects.get(owner_type="duties.linestep")
    assert officer.get(file.url).status_code == 200
    assert cast["county_leader"].client().get(file.thumb_url).status_code == 200
    for who in ("other_clerk", "grid_worker", "resident", "department_handler"):
        assert cast[who].client().get(file.url).status_code == 404


def test_another_ones_draft_is_not_taken_along(cast: Cast, clerk: Client, officer: Client) -> None:
    with county(A):
        line = line_at(cast, issue(cast))
    theirs = drafts(officer.post(url("new"), typed(photos=[photo(4)])))
    answer = clerk.post(url("done", line.id), {"version": "1", "text": "走完了。", "photo_ids": theirs})
    assert answer.status_code == 422
    assert "有照片已经过期，请重新拍照或选择。" in text(answer)
    with county(A):
        assert Line.objects.get(id=line.id).state == State.ISSUED
