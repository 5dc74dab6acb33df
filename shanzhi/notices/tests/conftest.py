import pytest

from shanzhi.files.tests.factories import member


@pytest.fixture
def me(county_a):
    return member()


@pytest.fixture
def other(county_a):
    return member("刘一")
