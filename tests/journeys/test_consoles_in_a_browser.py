"""The merchant's console in a real browser: log-in, morning page, an act, both languages."""

from collections.abc import Iterator
from typing import Any

import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

from orders.enums import OrderStatus
from shops.enums import StaffRole
from tests.factories.orders import make_order
from tests.factories.shops import StaffFactory
from tests.journeys.desks import open_browser

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

PASSWORD = "a-long-enough-password-1"


@pytest.fixture(params=["en-US", "zh-CN"])
def browser(request: pytest.FixtureRequest) -> Iterator[Chrome]:
    """A browser, once in each language."""
    chrome = open_browser(request.param)
    chrome.language = request.param
    yield chrome
    chrome.quit()


def test_a_merchant_logs_in_and_opens_an_order(browser: Chrome, live_server: Any) -> None:
    order = make_order(OrderStatus.TO_SHIP)
    staff = StaffFactory(shop=order.shop, role=StaffRole.OWNER)
    staff.user.set_password(PASSWORD)
    staff.user.save()
    words = {"en-US": ("Home", "To ship later"), "zh-CN": ("首页", "稍后发货")}[browser.language]

    browser.get(f"{live_server.url}/merchant/")
    browser.find_element(By.NAME, "username").send_keys(staff.user.email)
    browser.find_element(By.NAME, "password").send_keys(PASSWORD)
    browser.find_element(By.CSS_SELECTOR, "form [type=submit]").click()
    WebDriverWait(browser, 20).until(lambda page: words[0] in page.title)

    assert words[1] in browser.find_element(By.ID, "content").text
    browser.get(f"{live_server.url}/merchant/orders/order/{order.number}/change/")
    assert order.number in browser.title
    severe = [one["message"] for one in browser.get_log("browser") if one["level"] == "SEVERE"]
    assert severe == []
