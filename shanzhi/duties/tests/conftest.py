"""Browsers of whoever issues and of whoever receives."""

import pytest
from django.test import Client

from tests.cast import Cast


@pytest.fixture
def officer(cast: Cast) -> Client:
    """Of the township's officer, who issues."""
    return cast["township_officer"].client()


@pytest.fixture
def clerk(cast: Cast) -> Client:
    """Of the village clerk, who receives."""
    return cast["village_clerk"].client()
