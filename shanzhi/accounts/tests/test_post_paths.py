"""A post's reach is held against its place: one statement of SQL must not make a village clerk the county's."""

from datetime import date

from shanzhi.accounts.models import Post
from shanzhi.accounts.trails import paths_agree
from shanzhi.areas.services import area_merge
from shanzhi.jobs.testing import drain
from shanzhi.tenancy.context import current
from shanzhi.trail.verifying import verify_county
from tests.cast import Cast


def findings() -> list[str]:
    return list(paths_agree(list(Post.objects.order_by("id"))))


def test_honest_posts_agree(cast: Cast) -> None:
    assert findings() == []


def test_a_widened_post_is_named(cast: Cast) -> None:
    post = cast["village_clerk"].post
    Post.objects.filter(id=post.id).update(area_path=cast.areas["county"].path)
    sentence = f"岗位 村文书（编号 {post.id}）的管辖范围被改过，和所在的区划对不上。"
    assert findings() == [sentence]
    assert sentence in verify_county(current()).findings


def test_a_unit_reaches_where_it_belongs(cast: Cast) -> None:
    post = cast["department_handler"].post
    Post.objects.filter(id=post.id).update(area_path=cast.areas["t2"].path)
    assert len(findings()) == 1


def test_a_merge_is_no_tampering_before_and_after_the_paths_were_rewritten(cast: Cast) -> None:
    area = cast.areas["v1"]
    area_merge(
        actor=cast.actor("system_admin"), area=area, version=area.version, into=cast.areas["v2"], reason="撤并村",
        on=date(2026, 1, 1),
    )  # fmt: skip
    assert findings() == []
    drain()
    assert Post.objects.get(id=cast["village_clerk"].post.id).area_path == cast.areas["v2"].path
    assert findings() == []
