"""Console pages: whose rows, which acts, and that nothing else can be done."""

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.enums import RoleKind
from kernel.actors import Role
from kernel.models import AuditEntry, IdempotencyRecord, OutboxMessage
from tests.factories.accounts import RoleProfileFactory, UserFactory

AT = datetime(2026, 3, 1, tzinfo=UTC)
LIST = "/lab/kernel/auditentry/"

pytestmark = pytest.mark.django_db

Visit = Callable[..., Client]


def entry(name: str = "open", shop_id: int | None = None) -> AuditEntry:
    return AuditEntry.objects.create(
        at=AT, actor_role="system", action=name, target_id=f"id-{name}", shop_id=shop_id
    )


def do(client: Client, url: str, **fields: str) -> tuple[int, str]:
    response = client.post(url, fields, follow=False)
    return response.status_code, response.content.decode()


def test_a_stranger_is_sent_to_the_log_in(client: Client) -> None:
    response = client.get(LIST)

    assert (response.status_code, response["Location"]) == (302, f"/lab/login/?next={LIST}")


def test_without_the_permission_the_page_is_not_in_the_menu_and_refuses(visit: Visit) -> None:
    entry()
    client = visit(permissions=frozenset())

    assert client.get(LIST).status_code == 403
    assert client.get(f"{LIST}id-open/change/").status_code == 404
    assert client.get(f"{LIST}do/create/").status_code == 404
    assert LIST not in client.get("/lab/").content.decode()


def test_a_list_and_its_pages_show_the_visible_rows_only(visit: Visit) -> None:
    entry("ours", shop_id=3)
    entry("theirs", shop_id=4)
    client = visit(Role.MERCHANT, shop_id=3)

    page = client.get(LIST).content.decode()

    assert ("id-ours" in page, "id-theirs" in page) == (True, False)
    assert client.get(f"{LIST}id-ours/change/").status_code == 200
    assert client.get(f"{LIST}id-theirs/change/").status_code == 404
    assert client.get(f"{LIST}id-theirs/do/refund/").status_code == 404
    assert do(client, f"{LIST}id-theirs/do/refund/", amount="1")[0] == 404
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("part", ["nothing", "1", "x" * 65, "%ED%A0%80", "..", "id-open'--"])
def test_an_address_that_names_no_row_is_not_found(visit: Visit, part: str) -> None:
    entry()

    assert visit().get(f"{LIST}{part}/change/").status_code == 404


def test_a_list_of_rows_named_by_number_survives_other_text(visit: Visit) -> None:
    client = visit()

    for part in ("abc", "9" * 40, "1.5", "-1"):
        assert client.get(f"/lab/accounts/roleprofile/{part}/change/").status_code == 404


def test_addresses_hold_no_primary_key(visit: Visit) -> None:
    made = entry()

    for url in (LIST, f"{LIST}id-open/change/", f"{LIST}id-open/do/refund/"):
        page = visit().get(url).content.decode()
        assert f"/{made.pk}/" not in page


def test_a_related_row_is_linked_by_its_public_id(visit: Visit) -> None:
    profile = RoleProfileFactory()

    page = visit().get(f"/lab/accounts/roleprofile/{profile.pk}/change/").content.decode()

    assert f'href="/lab/accounts/user/{profile.user.public_id}/change/"' in page
    assert f"/lab/accounts/user/{profile.user.pk}/" not in page


def test_a_filter_by_a_related_row_offers_visible_rows_only(visit: Visit) -> None:
    stranger = UserFactory(name="Stranger Lee")
    RoleProfileFactory(user=stranger, role=RoleKind.CREATOR)
    client = visit(Role.CREATOR)

    page = client.get("/lab/accounts/roleprofile/").content.decode()

    assert "Stranger Lee" not in page
    assert "Stranger Lee" in visit(Role.OPERATOR).get("/lab/accounts/roleprofile/").content.decode()


@pytest.mark.parametrize("what", ["add/", "id-open/delete/"])
def test_nothing_is_added_deleted_or_logged_past_the_services(visit: Visit, what: str) -> None:
    entry()
    client = visit()

    assert client.get(LIST + what).status_code in {403, 404}
    assert client.post(LIST + what, {"post": "yes"}).status_code in {403, 404}
    assert AuditEntry.objects.count() == 1


def test_the_object_page_takes_no_changes(visit: Visit) -> None:
    entry()

    response = visit().post(f"{LIST}id-open/change/", {"action": "changed"})

    assert response.status_code == 403
    assert AuditEntry.objects.get().action == "open"


@pytest.mark.parametrize("address", ["/lab/search/?s=e&extended=1", "/lab/r/1/1/"])
def test_the_admins_unscoped_addresses_are_closed(visit: Visit, address: str) -> None:
    assert visit().get(address).status_code == 404


def test_an_act_is_offered_where_it_applies_and_to_who_may(visit: Visit) -> None:
    entry("open")
    entry("closed")
    link = "/do/refund/"

    assert link in visit().get(f"{LIST}id-open/change/").content.decode()
    assert link not in visit().get(f"{LIST}id-closed/change/").content.decode()
    assert f"{LIST}do/create/" in visit().get(LIST).content.decode()
    clerk = visit(permissions=frozenset({"tests.view"}))
    assert link not in clerk.get(f"{LIST}id-open/change/").content.decode()
    assert clerk.get(f"{LIST}id-open{link}").status_code == 403
    assert do(clerk, f"{LIST}id-open{link}", amount="1")[0] == 403
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize("address", ["id-open/do/create/", "do/refund/", "do/nothing/"])
def test_an_act_has_one_place(visit: Visit, address: str) -> None:
    entry()

    assert visit().get(LIST + address).status_code == 404


def test_an_act_runs_once_and_says_what_happened(visit: Visit) -> None:
    entry()
    client = visit()

    response = client.post(f"{LIST}id-open/do/refund/", {"amount": "12.50"}, follow=True)

    assert response.redirect_chain == [(f"{LIST}id-open/change/", 302)]
    assert "Refunded 1250" in response.content.decode()
    assert [one.topic for one in OutboxMessage.objects.all()] == ["refund 1250"]


def test_the_same_page_sent_twice_does_one_thing(visit: Visit) -> None:
    entry()
    client = visit()
    url = f"{LIST}id-open/do/refund/"
    drawn = client.get(url).content.decode()
    token = re.search(r'name="_once" value="(\w+)"', drawn)[1]

    first = client.post(url, {"amount": "1", "_once": token})
    second = client.post(url, {"amount": "1", "_once": token})
    fresh = client.post(url, {"amount": "1", "_once": "another page"})

    assert [first.status_code, second.status_code, fresh.status_code] == [302, 302, 302]
    assert OutboxMessage.objects.count() == 2


def test_a_page_sent_again_with_other_values_is_refused(visit: Visit) -> None:
    entry()
    client = visit()
    url = f"{LIST}id-open/do/refund/"
    client.post(url, {"amount": "1", "_once": "t"})

    status, page = do(client, url, amount="2", _once="t")

    assert (status, "was used for another request" in page) == (422, True)
    assert OutboxMessage.objects.count() == 1


def test_wrong_input_is_shown_at_its_field_and_nothing_runs(visit: Visit) -> None:
    entry()

    status, page = do(visit(), f"{LIST}id-open/do/refund/", amount="a lot")

    assert (status, "Enter an amount such as 19.90." in page) == (422, True)
    assert OutboxMessage.objects.count() == 0


@pytest.mark.parametrize(
    ("amount", "status", "sentence"),
    [
        ("13", 422, "At most 12."),
        ("14", 422, "This was changed in the meantime."),
        ("15", 404, ""),
    ],
)
def test_a_refusal_of_the_service_is_shown_and_undoes_the_act(
    visit: Visit, amount: str, status: int, sentence: str
) -> None:
    entry()

    answer = do(visit(), f"{LIST}id-open/do/refund/", amount=amount, _once="t")

    assert (answer[0], sentence in answer[1]) == (status, True)
    assert IdempotencyRecord.objects.count() == 0
    assert OutboxMessage.objects.count() == 0


def test_a_fault_with_a_field_of_its_own_is_told_once(visit: Visit) -> None:
    entry()

    page = do(visit(), f"{LIST}id-open/do/refund/", amount="13", _once="t")[1]

    assert (page.count("At most 12."), page.count("Too much.")) == (1, 0)


def test_an_act_of_the_list_returns_to_the_list(visit: Visit) -> None:
    response = visit().post(f"{LIST}do/create/", {})

    assert (response.status_code, response["Location"]) == (302, LIST)
    assert OutboxMessage.objects.get().topic == "created"


def test_forged_requests_are_refused(visit: Visit) -> None:
    signed_in = visit()
    client = Client(enforce_csrf_checks=True)
    client.cookies = signed_in.cookies

    assert client.post(f"{LIST}do/create/", {}).status_code == 403
    assert OutboxMessage.objects.count() == 0


def test_a_list_costs_the_same_for_one_row_and_for_many(visit: Visit) -> None:
    client = visit()
    costs = []

    for rows in (1, 30):
        for number in range(rows):
            entry(f"row-{rows}-{number}")
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST).status_code == 200
        costs.append(len(captured))

    assert costs == [4, 4]  # session, user, count, rows
