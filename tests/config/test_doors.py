"""tests config/urls.py, csp.py, logs.py and the guards of tests/conftest.py."""

import io
import json
import logging
import re
import socket

import pytest
from django.conf import settings
from django.test import Client, override_settings

from config.logs import LineFormatter
from tests.conftest import NetworkBlocked


def test_front_page_lists_the_doors_in_both_languages(client: Client) -> None:
    english = client.get("/")
    chinese = client.get("/", headers={"accept-language": "zh-CN"})

    for path in ("/merchant/", "/support/", "/operator/", "/api/docs/"):
        assert f'href="{path}"' in english.content.decode()
    assert 'lang="en"' in english.content.decode()
    assert 'lang="zh-hans"' in chinese.content.decode()


def test_pages_get_the_strict_policy_and_consoles_their_own(client: Client) -> None:
    page = client.get("/")["Content-Security-Policy"]
    console = client.get("/merchant/login/")["Content-Security-Policy"]

    assert "unsafe" not in page
    assert "script-src 'self' 'unsafe-inline' 'unsafe-eval'" in console
    for policy in (page, console):
        assert "object-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy


@pytest.mark.parametrize("path", ["/", "/api/docs/", "/merchant/login/"])
def test_no_page_asks_another_host_for_anything(client: Client, path: str) -> None:
    html = client.get(path).content.decode()

    assert re.findall(r"""(?:src|href)=["'](?:https?:)?//[^"']+""", html) == []


def test_no_page_may_be_read_by_another_origin(client: Client) -> None:
    answer = client.get("/api/schema", headers={"origin": "https://evil.example"})

    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer


@override_settings(ALLOWED_HOSTS=["shop.example"])
def test_an_unknown_host_is_refused(client: Client) -> None:
    assert client.get("/livez", headers={"host": "evil.example"}).status_code == 400


def test_sign_up_and_sign_in_are_mounted_for_apps_only(client: Client) -> None:
    assert client.get("/api/v1/auth/app/v1/config").status_code == 200
    assert client.get("/api/v1/auth/browser/v1/config").status_code == 404


def log_line(message: str, *args: object, fault: Exception | None = None) -> str:
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(LineFormatter())
    info = (type(fault), fault, fault.__traceback__) if fault else None
    handler.handle(logging.LogRecord("orders", logging.INFO, "", 0, message, args, info))
    return stream.getvalue()


def test_a_record_is_one_line_whatever_it_holds() -> None:
    line = log_line("shop %s\nforged", "x\r\ny", fault=ValueError("two\nlines"))

    assert line.count("\n") == 1
    assert "shop x\\r\\ny\\nforged" in line
    assert "two\nlines" in json.loads(line.split("traceback=")[1])


def test_a_line_begins_with_utc_time_level_logger_and_request() -> None:
    pattern = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z INFO orders \[-\] placed\n"

    assert re.fullmatch(pattern, log_line("placed"))


def test_tests_cannot_leave_the_machine() -> None:
    with socket.socket() as outside, pytest.raises(NetworkBlocked):
        outside.connect(("192.0.2.1", 80))
    with pytest.raises(NetworkBlocked):
        socket.getaddrinfo("shop.example", 80)


def test_tests_use_their_own_database_and_no_broker(db: None) -> None:
    assert settings.DATABASES["default"]["NAME"].startswith("test_")
    assert settings.REDIS_URL == ""
    assert settings.CACHES["default"]["BACKEND"].endswith("LocMemCache")
