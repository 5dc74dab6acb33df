"""The API's document: what ninja writes, with what every operation of this house has in common."""

from functools import cache
from typing import Any, Final

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from shanzhi.access.permissions import PUBLIC

PROBLEM: Final = "application/problem+json"
TOKEN: Final = {"type": "http", "scheme": "bearer", "description": "An API token, for one person in one county."}
COUNTY: Final = {"type": "integer", "minimum": 100_000, "maximum": 999_999, "title": "County"}


class HouseDocument(OpenAPISchema):
    """Refusals are problem+json, the token is declared, what is public says so, a county has six digits."""

    def operation_details(self, operation: Operation) -> dict[str, Any]:
        details: dict[str, Any] = super().operation_details(operation)
        for status, answer in details["responses"].items():
            if int(status) >= 400 and "content" in answer:
                answer["content"] = {PROBLEM: next(iter(answer["content"].values()))}
        for parameter in details["parameters"]:
            if parameter["name"] == "county":
                parameter["schema"] = COUNTY
        if getattr(operation.view_func, "permission", None) == PUBLIC:
            details["security"] = []
        return details

    def get_components(self) -> dict[str, Any]:
        return {**super().get_components(), "securitySchemes": {"token": TOKEN}}


class HouseAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        """The function's name alone; a test holds that it is unique."""
        return operation.view_func.__name__

    def get_openapi_schema(
        self, *, path_prefix: str | None = None, path_params: dict[str, Any] | None = None
    ) -> OpenAPISchema:
        """Made once: every operation is there when the first one asks, and it takes seconds of a processor."""
        prefix = self.get_root_path(path_params or {}) if path_prefix is None else path_prefix
        return _document(self, prefix)


@cache
def _document(api: HouseAPI, prefix: str) -> OpenAPISchema:
    return HouseDocument(api, prefix)
