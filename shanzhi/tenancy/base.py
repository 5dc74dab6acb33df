"""The base of every model whose rows belong to a county."""

from collections.abc import Collection, Iterable
from hashlib import sha256
from typing import Any, ClassVar, Self, TypeVar

from django.core import checks
from django.db import models
from django.db.models.base import ModelBase
from django.db.models.sql.where import AND

from shanzhi.tenancy.constraints import CountyForeignConstraint
from shanzhi.tenancy.context import ALL, NoCounty, current
from shanzhi.tenancy.fields import CountyForeignKey, CountyIdField, in_county, is_county_model
from shanzhi.tenancy.ids import new_id

M_co = TypeVar("M_co", bound=models.Model, covariant=True)


def _short_name(table: str, column: str, suffix: str) -> str:
    """A name of at most 30 characters (the limit for an index), the same on every machine."""
    digest = sha256(f"{table}.{column}.{suffix}".encode()).hexdigest()[:6]
    return f"{table[:11]}_{column[:8]}_{digest}_{suffix}"


class CountyModelBase(ModelBase):
    """Adds to each concrete county model what no author should have to remember."""

    def __new__(mcs, name: str, bases: tuple[type, ...], attrs: dict[str, Any], **kwargs: Any) -> Any:
        cls: Any = super().__new__(mcs, name, bases, attrs, **kwargs)
        options = cls._meta
        if options.abstract or options.proxy:
            return cls
        table = options.db_table
        constraints = [models.UniqueConstraint(fields=["county_id", "id"], name=_short_name(table, "id", "u"))]
        indexes = []
        for field in options.local_fields:
            if isinstance(field, CountyForeignKey):
                wide = not _is_global(field.remote_field.model)
                constraints.append(
                    CountyForeignConstraint(  # type: ignore[arg-type]
                        field=field.name, wide=wide, name=_short_name(table, field.column, "f")
                    )
                )
                if field.county_index:
                    indexes.append(
                        models.Index(fields=["county_id", field.name], name=_short_name(table, field.column, "i"))
                    )
        options.constraints = [*constraints, *options.constraints]
        options.indexes = [*indexes, *options.indexes]
        options.original_attrs["constraints"] = options.constraints
        options.original_attrs["indexes"] = options.indexes
        return cls


def _is_global(model: Any) -> bool:
    """Whether the other side is global; a model that is named by a string must be a county model or the user."""
    if isinstance(model, str):
        return model in {"accounts.User", "areas.Division"}
    return not is_county_model(model)


class CountyQuerySet(models.QuerySet[M_co]):
    def update(self, **kwargs: Any) -> int:
        if "county_id" in kwargs:
            raise ValueError("county_id never changes")
        return super().update(**kwargs)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, objs: Iterable[Any], fields: Iterable[str], batch_size: int | None = None) -> int:
        return super().bulk_update(_stamped(objs), fields, batch_size)

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        return super().bulk_create(_stamped(objs), *args, **kwargs)


def _stamped(objs: Iterable[Any]) -> list[Any]:
    rows = list(objs)
    for row in rows:
        row.stamp()
    return rows


class CountyManager(models.Manager[M_co]):
    """Sees the current county's rows only, and raises NoCounty when there is none."""

    def get_queryset(self) -> CountyQuerySet[M_co]:
        queryset: CountyQuerySet[M_co] = CountyQuerySet(self.model, using=self._db)
        query = queryset.query
        query.where.add(in_county(self.model, str(query.get_initial_alias())), AND)
        return queryset

    def bulk_create(self, objs: Iterable[Any], *args: Any, **kwargs: Any) -> list[Any]:
        return self.get_queryset().bulk_create(objs, *args, **kwargs)


class CountyModel(models.Model, metaclass=CountyModelBase):
    """A row of one county: stamped when it is made, never moved, never found from another."""

    is_county_model: ClassVar[bool] = True
    id = CountyIdField(primary_key=True, default=new_id, editable=False)
    county_id = models.IntegerField(editable=False)

    objects: ClassVar[CountyManager[Self]] = CountyManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"
        default_manager_name = "objects"

    def stamp(self) -> None:
        """Give a new row the current county; refuse a row or a parent of another one."""
        value, own = current(), self.__dict__.get("county_id")
        if own is None:
            if value == ALL:
                raise NoCounty("name the county of a new row")
            self.county_id = value
        elif value not in (ALL, own):
            raise NoCounty(f"row of county {self.county_id} saved in county {value}")
        for field in self._meta.local_fields if self._state.fields_cache else ():
            if isinstance(field, CountyForeignKey) and field.is_cached(self):
                parent = field.get_cached_value(self)
                if isinstance(parent, CountyModel) and parent.county_id != self.county_id:
                    raise NoCounty(f"{field.name} points into county {parent.county_id}")

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        self.stamp()  # a form excludes county_id, which would silence the unique checks
        super().validate_constraints(exclude=set(exclude or ()) - {"county_id"})

    @classmethod
    def from_db(cls, *args: Any, **kwargs: Any) -> Self:
        row = super().from_db(*args, **kwargs)
        row.__dict__["_county_read"] = row.__dict__.get("county_id")
        return row

    def save(self, **kwargs: Any) -> None:  # noqa: DJ012
        self.stamp()
        if not self._state.adding:
            if self.__dict__.get("_county_read") not in (None, self.county_id):
                raise ValueError("county_id never changes")
            if not kwargs.get("force_insert") and not kwargs.get("update_fields"):
                kwargs["force_update"] = True  # a missed UPDATE must never become an INSERT
        elif not kwargs.get("force_update") and not kwargs.get("update_fields"):
            kwargs["force_insert"] = True  # ids are ours: Django need not look whether the row is there
        super().save(**kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        self.stamp()
        return super().delete(*args, **kwargs)

    def _do_update(self, base_qs: Any, using: Any, pk_val: Any, values: Any, *args: Any) -> Any:
        kept = [value for value in values if value[0].attname != "county_id"]  # Citus: it may not be SET
        scoped = base_qs.filter(county_id=self.county_id)
        return super()._do_update(scoped, using, pk_val, kept, *args)

    @classmethod
    def check(cls, **kwargs: Any) -> list[checks.CheckMessage]:
        errors = super().check(**kwargs)
        options = cls._meta
        for field in options.local_fields:
            if field.remote_field and not isinstance(field, CountyForeignKey):
                errors.append(checks.Error(f"{field} must be a CountyForeignKey", obj=field, id="tenancy.E1"))
            if field.unique and not field.primary_key and not isinstance(field, CountyForeignKey):
                errors.append(checks.Error(f"{field}: unique only with county_id", obj=field, id="tenancy.E2"))
        for constraint in options.constraints:
            if isinstance(constraint, models.UniqueConstraint) and "county_id" not in constraint.fields:
                errors.append(checks.Error(f"{constraint.name} must hold county_id", obj=cls, id="tenancy.E3"))
        for many in options.local_many_to_many:
            if many.remote_field.through._meta.auto_created:  # type: ignore[union-attr]
                errors.append(checks.Error(f"{many}: name a through model", obj=many, id="tenancy.E4"))
        for index in options.indexes:
            if index.fields and index.fields[0].lstrip("-") != "county_id":
                errors.append(checks.Error(f"{index.name} must lead with county_id", obj=cls, id="tenancy.E5"))
        return errors
