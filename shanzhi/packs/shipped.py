"""The packs that come with the house: directories under `packs/` that carry a pack.yaml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final

from django.conf import settings
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from shanzhi.packs.faults import faults_of
from shanzhi.packs.models import CODE_LENGTH, TITLE_LENGTH
from shanzhi.packs.reading import Document, read

HEADER: Final = "pack.yaml"


class Header(BaseModel):
    """What pack.yaml says of a pack."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: Annotated[str, Field(pattern=rf"^[a-z0-9][a-z0-9_-]{{0,{CODE_LENGTH - 1}}}$")]
    title: Annotated[str, Field(min_length=1, max_length=TITLE_LENGTH)]
    description: Annotated[str, Field(max_length=500)] = ""


@dataclass(frozen=True, slots=True)
class Shipped:
    """A pack of the house, with the directory that it lies in."""

    code: str
    title: str
    description: str
    directory: Path


def header_of(document: Document) -> Header | None:
    """The header that a pack.yaml gives; None with the faults in the document otherwise."""
    if document.faults:
        return None
    try:
        return Header.model_validate(document.value)
    except ValidationError as error:
        document.take(faults_of(error, Header))
        return None


class _Packs(Mapping[str, Shipped]):
    """Looked up in the directory each time: a pack that is put there while we run is found."""

    def _found(self) -> dict[str, Shipped]:
        packs = {}
        for path in sorted(settings.PACKS_DIR.glob(f"*/{HEADER}")):
            header = header_of(read(path.read_bytes(), HEADER))
            if header is not None:
                packs[header.code] = Shipped(header.code, header.title, header.description, path.parent)
        return packs

    def __getitem__(self, code: str) -> Shipped:
        return self._found()[code]

    def __iter__(self) -> Iterator[str]:
        return iter(self._found())

    def __len__(self) -> int:
        return len(self._found())


SHIPPED: Final[Mapping[str, Shipped]] = _Packs()
