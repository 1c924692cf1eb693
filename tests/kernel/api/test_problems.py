"""Every refusal has one shape, whoever refuses."""

from collections.abc import Callable

import pytest
from django.test import Client
from rest_framework.test import APIClient

from kernel import actors
from kernel.actors import Actor, Role
from tests.factories.accounts import UserFactory
from tests.kernel.api.problems import assert_problem


def test_without_a_token_the_answer_is_401_and_says_how(anonymous_client: APIClient) -> None:
    response = anonymous_client.get("/api/t/signed")

    assert_problem(response, 401, "not_authenticated")
    assert response["WWW-Authenticate"] == 'Bearer realm="haodian"'


@pytest.mark.parametrize("token", ["garbage", "a.b.c", "", "é", "x" * 5_000, "a b"])
def test_a_token_that_is_none_is_401_even_where_anybody_may_enter(token: str) -> None:
    client = APIClient()
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")

    assert_problem(client.get("/api/t/open"), 401, "not_authenticated")


@pytest.mark.django_db
def test_a_token_signed_with_another_key_is_401(client_for: Callable[..., APIClient]) -> None:
    client = client_for(UserFactory())
    header = client._credentials["HTTP_AUTHORIZATION"]
    client.credentials(HTTP_AUTHORIZATION=header[:-6] + "AAAAAA")

    assert_problem(client.get("/api/t/signed"), 401, "not_authenticated")


@pytest.mark.django_db
def test_who_does_not_hold_the_role_finds_nothing(client_for: Callable[..., APIClient]) -> None:
    assert_problem(client_for(UserFactory()).get("/api/t/shops/shp_1"), 404, "not_found")


@pytest.mark.django_db
def test_who_holds_the_role_but_not_the_permission_is_refused(
    client_for: Callable[..., APIClient], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(
        actors._resolvers, Role.MERCHANT, lambda user, keys: Actor(Role.MERCHANT, user, shop_id=1)
    )
    client = client_for(UserFactory())

    assert client.get("/api/t/shops/shp_1").status_code == 200
    assert_problem(client.post("/api/t/shops/shp_1", {}), 403, "not_allowed")


@pytest.mark.django_db
@pytest.mark.parametrize("part", ["%ED%A0%80", "x" * 65, "%F0%9F%98%80" * 65])
def test_an_address_part_that_no_id_could_be_finds_nothing(
    client_for: Callable[..., APIClient], part: str
) -> None:
    assert_problem(client_for(UserFactory()).get(f"/api/t/shops/{part}"), 404, "not_found")


@pytest.mark.parametrize(
    "address",
    [
        "/api/t/open?topic=%00",
        "/api/t/open?topic=%ED%A0%80",
        "/api/t/%00",
        "/api/%00?x=%ff",
        "/%00",
    ],
)
def test_an_address_that_is_no_text_is_400_before_any_view(address: str) -> None:
    assert_problem(Client().get(address), 400, "malformed_address")


@pytest.mark.parametrize("method", ["get", "post", "put", "delete", "patch"])
@pytest.mark.parametrize("address", ["/api/t/nothing", "/api/v1/", "/api/", "/api/t/open/"])
def test_an_unknown_address_is_a_problem_whatever_the_method(method: str, address: str) -> None:
    client = APIClient(enforce_csrf_checks=True)

    assert_problem(getattr(client, method)(address, {}), 404, "not_found")


def test_an_unknown_page_outside_the_api_is_a_page(client: Client) -> None:
    response = client.get("/nothing")

    assert response.status_code == 404
    assert response["Content-Type"].startswith("text/html")


def test_a_method_that_is_not_there_is_405_and_says_which_are(anonymous_client: APIClient) -> None:
    response = anonymous_client.delete("/api/t/open")

    assert_problem(response, 405, "method_not_allowed")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "image/*", "garbage"])
def test_only_json_is_answered(anonymous_client: APIClient, accept: str) -> None:
    response = anonymous_client.get("/api/t/failing/domain", headers={"Accept": accept})

    assert_problem(response, 406, "not_acceptable")


@pytest.mark.parametrize("accept", ["*/*", "application/json", "application/*"])
@pytest.mark.django_db
def test_json_is_answered_to_who_accepts_it(anonymous_client: APIClient, accept: str) -> None:
    response = anonymous_client.get("/api/t/open", headers={"Accept": accept})

    assert (response.status_code, response["Content-Type"]) == (200, "application/json")


@pytest.mark.django_db
def test_head_is_get_without_a_body(anonymous_client: APIClient) -> None:
    response = anonymous_client.head("/api/t/open")

    assert (response.status_code, response.content) == (200, b"")


def test_options_names_the_methods_and_nothing_else(anonymous_client: APIClient) -> None:
    response = anonymous_client.options("/api/t/open")

    assert (response.status_code, response.content) == (204, b"")
    assert response["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_a_refusal_of_the_domain_keeps_its_code_faults_and_extra(
    anonymous_client: APIClient,
) -> None:
    body = assert_problem(anonymous_client.get("/api/t/failing/domain"), 409, "lamp_locked")

    assert body["errors"] == [{"pointer": "/lamp", "code": "locked", "detail": "It is."}]
    assert (body["detail"], body["left"]) == ("No.", 3)


@pytest.mark.parametrize(
    ("how", "status", "code"), [("denied", 403, "not_allowed"), ("missing", 404, "not_found")]
)
def test_refusals_of_django_have_the_same_shape(
    anonymous_client: APIClient, how: str, status: int, code: str
) -> None:
    assert_problem(anonymous_client.get(f"/api/t/failing/{how}"), status, code)


def test_too_many_requests_say_when_to_come_back(anonymous_client: APIClient) -> None:
    response = anonymous_client.get("/api/t/failing/throttled")

    assert_problem(response, 429, "throttled")
    assert response["Retry-After"] == "5"


@pytest.mark.django_db
@pytest.mark.parametrize("how", ["timeout", "lost"])
def test_a_database_that_is_busy_or_gone_is_503_and_says_to_retry(
    anonymous_client: APIClient, how: str
) -> None:
    response = anonymous_client.get(f"/api/t/failing/{how}")

    assert_problem(response, 503, "busy")
    assert response["Retry-After"] == "1"


def test_a_bug_is_500_and_tells_nothing() -> None:
    client = APIClient(raise_request_exception=False)

    body = assert_problem(client.get("/api/t/failing/bug"), 500, "internal_error")

    assert "a bug" not in str(body)


def test_a_foreign_host_is_400() -> None:
    response = Client().get("/api/t/open", headers={"Host": "evil.example"})

    assert_problem(response, 400, "malformed_request")


def test_problems_speak_the_readers_language(anonymous_client: APIClient) -> None:
    response = anonymous_client.get("/api/t/signed", headers={"Accept-Language": "zh-Hans"})

    assert response["Content-Language"] == "zh-hans"
