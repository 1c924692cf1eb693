"""Somebody at a console in a real browser: fills forms, does acts, looks at what the page says."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from selenium.webdriver import Chrome
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.expected_conditions import staleness_of
from selenium.webdriver.support.ui import Select, WebDriverWait

from tests.conftest import find_browser, find_driver
from tests.factories.accounts import PASSWORD

PATIENCE = 20
_IN_COLOURS = "document.documentElement.classList.toggle('dark', arguments[0])"
DESKTOP, TABLET = 1440, 834
SWITCHES = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--hide-scrollbars",
    "--window-size=1280,900",
)


def open_browser(language: str, downloads: Path | None = None) -> Chrome:
    """Return a headless browser whose user reads `language`; its files go to `downloads`."""
    options = Options()
    options.binary_location = find_browser()
    for switch in SWITCHES:
        options.add_argument(switch)
    wishes = {"intl.accept_languages": language}
    if downloads is not None:
        wishes["download.default_directory"] = str(downloads)
    options.add_experimental_option("prefs", wishes)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    return Chrome(options=options, service=Service(find_driver()))


class Desk:
    """A browser at one console of the server at `url`; pictures and downloads go to `folder`.

    Every step returns when its page stands; one that does not come raises TimeoutException.
    """

    def __init__(self, url: str, console: str, *, language: str, folder: Path) -> None:
        self.url, self.console, self.folder = url, console, folder
        self.browser = open_browser(language, folder)
        self._pictures = 0

    def sign_in(self, user: Any) -> Desk:
        """Come as `user`, who has the factories' password; whoever was here before is out."""
        self.browser.delete_all_cookies()
        self.open("")
        self.fill(username=user.email, password=PASSWORD)
        self._leave(self.one("#login-form [type=submit]"))
        self.until(lambda: "/login/" not in self.browser.current_url)
        return self

    def open(self, path: str) -> Desk:
        """Go to a page of the console."""
        self.browser.get(f"{self.url}/{self.console}/{path}")
        return self

    def follow(self, part_of_address: str) -> Desk:
        """Click the first link of the page's content whose address has the part in it."""
        self._leave(self.one(f'#content a[href*="{part_of_address}"]'))
        return self

    def do(self, act: str, **fields: Any) -> Desk:
        """Follow the act's link, fill its form in and send it."""
        return self.follow(f"/do/{act}/").send(**fields)

    def send(self, **fields: Any) -> Desk:
        """Fill the form of an act in and send it."""
        self.fill(**fields)
        self._leave(self.one(".console-form button[data-once]"))
        return self

    def fill(self, **fields: Any) -> None:
        """Write texts, choose values and files (a path), set ticks (a bool)."""
        for name, value in fields.items():
            field = self.one(f'[name="{name}"]')
            if field.tag_name == "select":
                Select(field).select_by_value(value)
            elif field.get_attribute("type") == "file":
                field.send_keys(str(value))
            elif isinstance(value, bool):
                if field.is_selected() != value:
                    field.click()
            else:
                field.clear()
                field.send_keys(value)

    def one(self, selector: str) -> WebElement:
        """Return the first element, waiting for it."""
        return self.until(lambda: self.browser.find_element(By.CSS_SELECTOR, selector))

    def acts(self) -> set[str]:
        """Return the names of the acts that the page offers."""
        links = self.browser.find_elements(By.CSS_SELECTOR, '.console-acts a[href*="/do/"]')
        return {link.get_attribute("href").rstrip("/").rpartition("/")[2] for link in links}

    def menu(self) -> str:
        """Return the addresses in the menu at the side."""
        links = self.browser.find_elements(By.CSS_SELECTOR, "#nav-sidebar a")
        return " ".join(link.get_attribute("href") or "" for link in links)

    @property
    def text(self) -> str:
        """What the page says, its messages too."""
        return self.browser.find_element(By.ID, "content").text

    def post(self, path: str) -> int:
        """Send a form by hand, as this person, and return the status: no page offered it."""
        script = """
          const [address, done] = arguments;
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          const body = new URLSearchParams({csrfmiddlewaretoken: token});
          fetch(address, {method: "POST", body}).then((answer) => done(answer.status));
        """
        return self.browser.execute_async_script(script, f"/{self.console}/{path}")

    def picture(self, name: str, *, width: int = DESKTOP, is_dark: bool = False) -> None:
        """Keep a picture of the whole page."""
        self._pictures += 1
        self.browser.execute_script(_IN_COLOURS, is_dark)
        self._stretch(width, 900)
        height = self.browser.execute_script("return document.documentElement.scrollHeight")
        self._stretch(width, min(max(height, 900), 2_400))
        self.browser.save_screenshot(str(self.folder / f"{self._pictures:02}-{name}.png"))
        self.browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
        self.browser.execute_script(_IN_COLOURS, False)

    def complaints(self) -> list[str]:
        """Return what the browser complained about since it was asked last."""
        lines = self.browser.get_log("browser")
        return [line["message"] for line in lines if line["level"] == "SEVERE"]

    def until(self, question: Any) -> Any:
        """Return the first answer that is not empty."""
        return WebDriverWait(self.browser, PATIENCE, poll_frequency=0.05).until(
            lambda _: question()
        )

    def close(self) -> None:
        """End the browser."""
        self.browser.quit()

    def _leave(self, clicked: WebElement) -> None:
        self.browser.execute_script("arguments[0].scrollIntoView({block: 'center'})", clicked)
        page = self.browser.find_element(By.TAG_NAME, "html")
        clicked.click()
        self.until(lambda: staleness_of(page)(self.browser))
        self.until(lambda: self.browser.execute_script("return document.readyState") == "complete")

    def _stretch(self, width: int, height: int) -> None:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
