"""What is known of the people who are to be told, for many at once."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from shanzhi.accounts.models import Post
from shanzhi.accounts.selectors.actors import live
from shanzhi.notices.models import Address, Preference


@dataclass(frozen=True)
class People:
    """Of whoever is in none of these nothing is known: the defaults hold, there is no address, no post."""

    preferences: dict[int, Preference] = field(default_factory=dict)
    addresses: dict[tuple[int, str], Address] = field(default_factory=dict)
    on_duty: frozenset[int] = frozenset()

    def preference(self, user_id: int) -> Preference:
        return self.preferences.get(user_id) or Preference(user_id=user_id)


def people_of(ids: Iterable[int], *, at: datetime) -> People:
    """In three statements. On duty is who holds a post now with an account that is not disabled."""
    wanted = set(ids)
    if not wanted:
        return People()
    proved = Address.objects.filter(user_id__in=wanted, verified_at__isnull=False)
    posts = Post.objects.filter(live(at), user_id__in=wanted, user__is_active=True)
    return People(
        preferences={row.user_id: row for row in Preference.objects.filter(user_id__in=wanted)},
        addresses={(row.user_id, row.channel): row for row in proved},
        on_duty=frozenset(posts.values_list("user_id", flat=True)),
    )
