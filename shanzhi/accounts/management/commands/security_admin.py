"""Make the first security administrator of a county; every other account is made by one, in the product."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db.transaction import atomic
from django.utils import timezone

from shanzhi.access.actor import Actor
from shanzhi.accounts import selectors, services
from shanzhi.lib.errors import DomainError
from shanzhi.tenancy.context import county
from shanzhi.tenancy.selectors import county_get


class Command(BaseCommand):
    help = "Makes a security administrator for a county and prints the initial password, once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("county", type=int, help="six-digit code under which the county joined")
        parser.add_argument("login", help="login name")
        parser.add_argument("name", help="name of the person")

    def handle(self, *args: Any, **options: Any) -> None:
        at = timezone.now()
        try:
            number = county_get(options["county"]).id
            with county(number), atomic():
                places = selectors.place_choices("security_admin")
                if not places:
                    raise CommandError("load the county's divisions first: it has no area yet")
                area, _ = selectors.place_of(places[0].value)
                actor = Actor.system(number)
                done = services.user_create(actor=actor, username=options["login"], name=options["name"], at=at)
                services.post_grant(actor=actor, user_id=done.user.pk, role="security_admin", area=area, at=at)
        except DomainError as error:
            raise CommandError(error.message) from error
        self.stdout.write(
            f"login {done.user.username}, initial password {done.secret} (to be changed at the first login)"
        )
