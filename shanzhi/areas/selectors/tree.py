"""Areas as they are now: by code, by scope, up and down the tree."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q

from shanzhi.access.actor import Actor
from shanzhi.areas import paths
from shanzhi.areas.models import Area, AreaVersion, Division, Unit
from shanzhi.areas.selectors.scope import view_scope
from shanzhi.lib.errors import NotFound
from shanzhi.tenancy.keyset import SIZE, Order, Page, page_of
from shanzhi.tenancy.models import CountyQuerySet

SORTS: dict[str, Order] = {
    "tree": Order("areas", ("path",)),
    "code": Order("areas", ("code",)),
    "name": Order("areas", ("name",)),
    "-valid_from": Order("areas", ("valid_from",), descending=True),
}


@dataclass(frozen=True, slots=True)
class AreaFilter:
    """What a list of areas is narrowed to; empty fields narrow nothing."""

    text: str = ""
    level: str = ""
    kind: str = ""
    township: str = ""
    state: str = "open"
    sort: str = "tree"


@dataclass(slots=True)
class Below:
    """What stands open under a place."""

    townships: int = 0
    villages: int = 0
    grids: int = 0
    units: int = 0


def area_get(code: str) -> Area:
    """The area in force under this code. NotFound names the successor of an abolished area or of a former code."""
    area = Area.objects.filter(code=code, valid_to__isnull=True).first()
    if area is None:
        raise NotFound(_why_not(code), code="area_unknown")
    return area


def _why_not(code: str) -> str:
    old = AreaVersion.objects.filter(code=code).select_related("area").order_by("-valid_from", "-number").first()
    if old is None:
        return _register_says(code)
    area = successor_of(old.area)
    if area is None:
        return f"{old.name}（{code}）已撤销，没有并入别处，请改选现行的区划。"
    if area.id == old.area_id:
        return f"代码 {code} 已改为 {area.code}（{area.name}），请改用新代码。"
    return f"{old.name}（{code}）已撤销，并入{area.name}（{area.code}），请改用新代码。"


def _register_says(code: str) -> str:
    row = Division.objects.filter(code=code).first()
    if row is None:
        return f"没有代码为 {code[:20]} 的区划，请核对代码。"
    if row.status == Division.Status.CURRENT:
        return f"{row.name}（{code}）不在本县现行区划里，请核对代码。"
    heir = Division.objects.filter(code=row.successor_code).first()
    if heir is None:
        return f"{row.name}（{code}）已撤销，请改选现行的区划。"
    return f"{row.name}（{code}）已撤销，并入{heir.name}（{heir.code}），请改用新代码。"


def successor_of(area: Area) -> Area | None:
    """The place itself while it is open, else the open one at the end of the chain of successors, if there is one."""
    seen = set()
    at: Area | None = area
    while at is not None and not at.is_open and at.id not in seen:
        seen.add(at.id)
        at = at.successor
    return at if at is not None and at.is_open else None


def area_list_for(actor: Actor, wanted: AreaFilter | None = None) -> CountyQuerySet[Area]:
    """The areas at and below the actor's posts, open ones unless asked otherwise; text finds names and codes."""
    wanted = wanted or AreaFilter()
    areas = Area.objects.filter(view_scope(actor).q("path"))
    if wanted.state == "open":
        areas = areas.filter(valid_to__isnull=True)
    elif wanted.state == "closed":
        areas = areas.filter(valid_to__isnull=False)
    if wanted.level:
        areas = areas.filter(level=wanted.level)
    if wanted.kind:
        areas = areas.filter(kind=wanted.kind)
    if wanted.township:
        top = Area.objects.filter(code=wanted.township, level=Area.Level.TOWNSHIP).order_by("-id").first()
        low, high = paths.subtree(top.path) if top else ("", "")
        areas = areas.filter(path__gte=low, path__lt=high)
    if wanted.text:
        areas = areas.filter(_matching(wanted.text))
    return areas.order_by(*_order(wanted).terms)  # type: ignore[return-value]


def _order(wanted: AreaFilter) -> Order:
    return SORTS.get(wanted.sort, SORTS["tree"])


def area_page_for(actor: Actor, wanted: AreaFilter, *, cursor: str = "", size: int = SIZE) -> Page[Area]:
    """One page of the list."""
    return page_of(area_list_for(actor, wanted), _order(wanted), cursor=cursor, size=size)


def with_parents(areas: Sequence[Area]) -> list[Area]:
    """The same places with parent and successor loaded; one query."""
    found = Area.objects.select_related("parent", "successor").in_bulk([area.id for area in areas])
    return [found[area.id] for area in areas]


def tops_for(actor: Actor) -> list[Area]:
    """The places of the actor's own posts: where the tree begins for this person."""
    tops = [part.lo for part in view_scope(actor).ranges]
    rows = Area.objects.filter(level=Area.Level.COUNTY) if actor.is_system else Area.objects.filter(path__in=tops)
    return list(rows.order_by("path"))


def _matching(text: str) -> Q:
    """By name now, by code from its beginning, or by a former name or code."""
    former = AreaVersion.objects.filter(Q(name__icontains=text) | Q(code=text)).values_list("area_id", flat=True)
    found = Q(name__icontains=text) | Q(id__in=list(former[:500]))
    return found | Q(code__startswith=text) if text.isdigit() else found


def area_get_for(actor: Actor, code: str, *, former: bool = False) -> Area:
    """An area that the actor may see by its present or last code, open ones first; NotFound otherwise.

    With `former` a code that the area no longer has finds it too: an act that is sent twice, the first of which changed
    the code, must reach the same place.
    """
    rows = Area.objects.filter(view_scope(actor).q("path"), code=code).select_related("successor", "parent")
    area = rows.filter(valid_to__isnull=True).first() or rows.order_by("id").last()
    if area is not None:
        return area
    old = AreaVersion.objects.filter(code=code).select_related("area__parent").order_by("-number").first()
    if old is not None and view_scope(actor).covers(old.area.path):
        if former:
            found: Area = old.area
            return found
        raise NotFound(_why_not(code), code="area_unknown")
    raise NotFound


def children(area: Area, *, closed: bool = False) -> list[Area]:
    """The places directly below, in the order in which they were added; abolished ones only if asked for."""
    rows = area.children.order_by("path")
    return list(rows if closed else rows.filter(valid_to__isnull=True))


def ancestors(area: Area) -> list[Area]:
    """From the county down to the parent; one query."""
    above = paths.ancestors(area.path)
    return list(Area.objects.filter(path__in=above).order_by("path")) if above else []


def siblings(area: Area) -> list[Area]:
    """The other open places of the same level in the county: what a place may be merged into."""
    rows = Area.objects.filter(level=area.level, valid_to__isnull=True).exclude(id=area.id)
    return list(rows.select_related("parent").order_by("path"))


def areas_at(level: str) -> list[Area]:
    """The open places of a level, in the order of the tree."""
    return list(Area.objects.filter(level=level, valid_to__isnull=True).select_related("parent").order_by("path"))


def area_names(ids: Iterable[int]) -> dict[int, str]:
    """Present names (or the last ones of abolished places) by id; one query for any number."""
    wanted = set(ids)
    return dict(Area.objects.filter(id__in=wanted).values_list("id", "name")) if wanted else {}


def area_crumbs(area_paths: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each path the names from the county down to the place itself; one query for any number."""
    wanted = {top for path in area_paths for top in (*paths.ancestors(path), path)}
    names = dict(Area.objects.filter(path__in=wanted).values_list("path", "name")) if wanted else {}
    return {path: tuple(names[top] for top in (*paths.ancestors(path), path) if top in names) for path in area_paths}


def below(areas: Collection[Area]) -> dict[int, Below]:
    """What stands under each of these places; two queries for any number."""
    counts = {area.id: Below() for area in areas}
    if not counts:
        return counts
    tops = {area.path: counts[area.id] for area in areas}
    spans = Q(pk__in=[])
    for area in areas:
        low, high = paths.subtree(area.path)
        spans |= Q(path__gte=low, path__lt=high)
    rows = Area.objects.filter(spans, valid_to__isnull=True).values_list("path", "level")
    for path, level in rows:
        for top in paths.ancestors(path):
            if top in tops:
                name = f"{level}s"
                setattr(tops[top], name, getattr(tops[top], name) + 1)
    for path in Unit.objects.filter(area_id__in=counts, valid_to__isnull=True).values_list("area__path", flat=True):
        if path in tops:
            tops[path].units += 1
    return counts


def official_places() -> list[tuple[Area, str]]:
    """Open townships and villages of the county in the order of the tree, each with the code of the place above."""
    levels = (Area.Level.TOWNSHIP, Area.Level.VILLAGE)
    rows = Area.objects.select_related("parent").filter(valid_to__isnull=True, level__in=levels).order_by("path")
    return [(area, area.parent.code if area.parent is not None else "") for area in rows]
