"""Who acts."""

import pytest

from kernel import actors
from kernel.actors import ANONYMOUS, SYSTEM, Actor, Role


def test_permissions_are_held_by_name_and_the_system_holds_all() -> None:
    clerk = Actor(role=Role.MERCHANT, permissions=frozenset({"orders.ship"}))

    assert clerk.may("orders.ship") is True
    assert clerk.may("orders.view") is False
    assert SYSTEM.may("anything.at_all") is True
    assert ANONYMOUS.may("orders.ship") is False


@pytest.mark.parametrize("role", list(Role))
def test_only_platform_people_see_across_tenants(role: Role) -> None:
    expected = role in {Role.SUPPORT, Role.OPERATOR, Role.SYSTEM}

    assert Actor(role=role).is_platform is expected


def test_nobody_is_anybody_without_a_user() -> None:
    assert actors.resolve(Role.ANONYMOUS, None, {}) == ANONYMOUS
    assert actors.resolve(Role.BUYER, None, {}) is None
    assert actors.resolve(Role.MERCHANT, None, {"shop_id": "shp_1"}) is None


def test_a_signed_in_user_is_a_buyer_everywhere() -> None:
    assert actors.resolve(Role.BUYER, 5, {}) == Actor(role=Role.BUYER, user_id=5)
    assert actors.resolve(Role.ANONYMOUS, 5, {}) == Actor(role=Role.BUYER, user_id=5)


def test_a_role_without_a_resolver_is_held_by_nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "_resolvers", {})

    assert actors.resolve(Role.OPERATOR, 5, {}) is None
    assert actors.resolve(Role.SYSTEM, 5, {}) is None


def test_the_resolver_of_a_role_decides(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(actors, "_resolvers", {})
    actors.register_resolver(
        Role.AGENCY, lambda user, keys: Actor(Role.AGENCY, user) if keys else None
    )

    assert actors.resolve(Role.AGENCY, 5, {"shop_id": "x"}) == Actor(Role.AGENCY, 5)
    assert actors.resolve(Role.AGENCY, 5, {}) is None
