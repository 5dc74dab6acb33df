"""Photos in a form: whatever else is wrong, no good photo has to be taken twice."""

import json
import re
from datetime import timedelta

import pytest
from django import forms
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.datastructures import MultiValueDict

from shanzhi.files.forms import PhotosMixin
from shanzhi.files.models import StoredFile
from shanzhi.files.services import files_attach, files_sweep
from shanzhi.files.tests import pictures
from shanzhi.files.tests.factories import draft, person, record_of_something

pytestmark = pytest.mark.filterwarnings("ignore::PIL.Image.DecompressionBombWarning")


class ReportForm(PhotosMixin, forms.Form):
    text = forms.CharField(label="什么情况")


def photo(seed=0):
    return pictures.upload(pictures.picture(40 + seed, 30))


def fill(*uploads, ids=(), text="井盖断裂", key="", actor=None, meta=None):
    data = MultiValueDict({"text": [text], "photo_ids": [str(number) for number in ids], "idempotency_key": [key]})
    if meta is not None:
        data["photo_meta"] = meta if isinstance(meta, str) else json.dumps(meta)
    return ReportForm(data, MultiValueDict({"photos": list(uploads)}), actor=actor or person())


def hidden_ids(form):
    html = render_to_string("files/parts/photos.html", {"form": form})
    return [int(number) for number in re.findall(r'name="photo_ids" value="(\d+)" checked', html)], html


def test_photos_arrive_as_ids(county_a):
    form = fill(photo(1), photo(2))
    assert form.is_valid(), form.errors
    assert form.cleaned_data["photo_ids"] == list(StoredFile.objects.order_by("id").values_list("id", flat=True))
    files = files_attach(actor=person(), ids=form.cleaned_data["photo_ids"], owner=record_of_something())
    assert len(files) == 2


def test_a_form_without_photos_is_fine(county_a):
    form = fill()
    assert form.is_valid(), form.errors
    assert form.cleaned_data["photo_ids"] == []
    assert form.photo_place is None


def test_an_unbound_form_shows_the_picker(county_a):
    ids, html = hidden_ids(ReportForm(actor=person()))
    assert ids == []
    assert 'name="photos"' in html


def test_good_photos_come_back_when_the_text_is_missing(county_a):
    form = fill(photo(1), photo(2), text="")
    assert not form.is_valid()
    assert set(form.errors) == {"text"}
    ids, html = hidden_ids(form)
    assert (
        ids
        == [file.id for file in form.photo_drafts]
        == list(StoredFile.objects.order_by("id").values_list("id", flat=True))
    )
    assert html.count("?size=thumb") == 2
    again = fill(photo(3), ids=ids)
    assert again.is_valid(), again.errors
    assert again.cleaned_data["photo_ids"][:2] == ids
    assert len(again.cleaned_data["photo_ids"]) == 3


def test_a_bad_photo_is_named_and_the_good_ones_stay(county_a):
    form = fill(photo(1), pictures.upload(pictures.PROGRAM), photo(2), pictures.upload(pictures.png_bomb()))
    assert not form.is_valid()
    words = form.errors["photos"]
    assert [line[:6] for line in words] == ["第 2 张：", "第 4 张："]
    assert len(form.photo_drafts) == 2
    _, html = hidden_ids(form)
    assert all(line in html for line in words)


def test_a_photo_whose_box_was_unticked_is_left_out(county_a):
    kept, left = draft(seed=1), draft(seed=2)
    form = fill(ids=[kept.id])
    assert form.is_valid()
    assert left.id not in form.cleaned_data["photo_ids"]


def test_the_same_form_twice_stores_each_photo_once(county_a):
    first, again = fill(photo(1), photo(2), key="k" * 32), fill(photo(1), photo(2), key="k" * 32)
    assert first.is_valid()
    assert again.is_valid()
    assert first.cleaned_data["photo_ids"] == again.cleaned_data["photo_ids"]
    assert StoredFile.objects.count() == 2


def test_the_same_form_after_its_photos_were_attached_is_still_the_same(county_a):
    first = fill(photo(1), key="k" * 32)
    assert first.is_valid()
    files_attach(actor=person(), ids=first.cleaned_data["photo_ids"], owner=record_of_something())
    for again in (fill(photo(1), key="k" * 32), fill(ids=first.cleaned_data["photo_ids"], key="k" * 32)):
        assert again.is_valid(), again.errors
        assert again.cleaned_data["photo_ids"] == first.cleaned_data["photo_ids"]


def test_a_form_that_comes_again_after_its_photo_was_swept_takes_it_anew(county_a):
    first = fill(photo(1), text="", key="k" * 32)
    assert not first.is_valid()
    files_sweep(at=timezone.now() + timedelta(days=2))
    again = fill(photo(1), key="k" * 32)
    assert again.is_valid(), again.errors
    assert StoredFile.objects.get().id == again.cleaned_data["photo_ids"][0] != first.photo_drafts[0].id


def test_the_same_photo_chosen_twice_is_one(county_a):
    form = fill(photo(1), photo(1), key="k" * 32)
    assert form.is_valid()
    assert len(form.cleaned_data["photo_ids"]) == 1


def test_more_than_nine(county_a):
    form = fill(*(photo(seed) for seed in range(8)), ids=[draft(seed=90).id, draft(seed=91).id])
    assert not form.is_valid()
    assert form.errors["photos"] == ["最多 9 张照片，多出的 1 张没有保存。"]
    assert len(form.photo_drafts) == 9
    assert form.photo_room == 0
    _, html = hidden_ids(form)
    assert 'type="file"' not in html


@pytest.mark.parametrize("ids", [["0"], ["abc"], ["-1"], ["9" * 40], ["12345"], ["１２３"]])
def test_ids_that_are_not_ones_own_are_named_as_expired(county_a, ids):
    form = fill(ids=ids)
    assert not form.is_valid()
    assert form.errors["photos"] == ["有照片已经过期，请重新拍照或选择。"]


def test_anothers_draft_does_not_come_back(county_a):
    theirs = draft(person(502))
    form = fill(ids=[theirs.id])
    assert not form.is_valid()
    assert form.photo_drafts == []


def test_where_and_when_the_phone_took_them(county_a):
    meta = [{}, {"lon": 118.9, "lat": 32.7, "taken_at": "2026-01-20T15:20:00"}]
    form = fill(photo(1), photo(2), meta=meta)
    assert form.is_valid(), form.errors
    assert [file.lon for file in form.photo_drafts] == [None, 1_189_000_000]
    assert form.photo_drafts[1].taken_at.isoformat() == "2026-01-20T15:20:00+08:00"
    assert form.photo_place == (1_189_000_000, 327_000_000)


@pytest.mark.parametrize(
    "meta",
    [
        "", "{", "[]", "[1, null, []]", "{}", "[" * 20_000, '[{"lon": "x", "lat": 1}]', '[{"lon": 1e400, "lat": 1}]',
        '[{"lon": NaN, "lat": NaN, "taken_at": "gestern"}]', '[{"taken_at": "9999-12-31T00:00:00"}]',
        "[{}, {}, {}, {}]",
    ],
)  # fmt: skip
def test_nonsense_beside_a_photo_costs_nothing(county_a, meta):
    form = fill(photo(1), meta=meta)
    assert form.is_valid(), form.errors
    assert (form.photo_drafts[0].lon, form.photo_drafts[0].taken_at) == (None, None)


def test_a_text_in_place_of_a_file_is_ignored(county_a):
    data = MultiValueDict({"text": ["x"], "photos": ["not a file"]})
    form = ReportForm(data, actor=person())
    assert form.is_valid(), form.errors
    assert form.cleaned_data["photo_ids"] == []
