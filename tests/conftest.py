"""What holds in every test: no network, a clean cache, English, and patience on slow machines."""

import ipaddress
import shutil
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.conf import settings
from django.core.cache import cache
from django.utils import translation
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from rest_framework.test import APIClient

from tests import tripwire as tripwire_module
from tests.tripwire import stretched

hypothesis_settings.register_profile(
    "haodian",
    deadline=None,  # two shared cores: a slow example is not a finding
    derandomize=True,  # the same examples everywhere; look for new ones with --hypothesis-seed
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
hypothesis_settings.load_profile("haodian")

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def find_browser() -> str:
    """Return the path of a Chromium on this machine, or nothing."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def find_driver() -> str:
    """Return the path of its driver, or nothing."""
    return shutil.which("chromedriver") or ""


class NetworkBlocked(RuntimeError):
    """A test tried to leave the machine."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is none: `make test` needs Python alone."""
    if find_browser() and find_driver():
        return
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(pytest.mark.skip(reason="no Chromium on this machine"))


@pytest.fixture(scope="session", autouse=True)
def no_network() -> Iterator[None]:
    """Refuse every connection and every name that is not this machine."""
    patch = pytest.MonkeyPatch()
    connect, look_up = socket.socket.connect, socket.getaddrinfo

    def guarded_connect(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not _is_local(address[0]):
            raise NetworkBlocked(f"a test may not connect to {address[0]}")
        connect(self, address)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host and not _is_local(host.decode() if isinstance(host, bytes) else host):
            raise NetworkBlocked(f"a test may not look up {host}")
        return look_up(host, *args, **kwargs)

    patch.setattr(socket.socket, "connect", guarded_connect)
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    yield
    patch.undo()


@pytest.fixture(scope="session", autouse=True)
def tripwire() -> Iterator[None]:
    """Let no statement of a merchant's request forget to say of which shop."""
    with stretched():
        yield


@pytest.fixture(scope="session", autouse=True)
def audited() -> None:
    """Let no entry of the audit trail forget who did what."""
    from tests import audit_rules  # needs the apps

    audit_rules.install()


@pytest.fixture
def no_tripwire(monkeypatch: pytest.MonkeyPatch) -> None:
    """For a test that asks for everything to see what comes."""
    monkeypatch.setattr(tripwire_module, "is_up", False)


@pytest.fixture(autouse=True)
def _clean_slate() -> Iterator[None]:
    """Forget what the last test left in the process: its cache and its language."""
    cache.clear()
    with translation.override(settings.LANGUAGE_CODE):
        yield


@pytest.fixture
def anonymous_client() -> APIClient:
    """A client of the API that nobody is signed in with."""
    return APIClient()


@pytest.fixture
def client_for() -> Callable[..., APIClient]:
    """`client_for(user)`: a client of the API with that user's access token; it speaks JSON."""
    from allauth.headless.tokens.strategies.jwt import internal

    def build(user: Any) -> APIClient:
        token, _claims = internal.create_token(
            "access", sub=str(user.pk), sid="test", expires_in=900
        )
        client = APIClient()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")
        return client

    return build


def _is_local(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
