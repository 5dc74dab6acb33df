"""What pydantic finds, said in plain Chinese with what to do."""

from pydantic import ValidationError

from shanzhi.packs.families import Fault


def faults_of(error: ValidationError) -> list[Fault]:
    """One fault for each thing that a schema refused."""
    return [Fault(tuple(item["loc"]), item["msg"]) for item in error.errors(include_url=False)]
