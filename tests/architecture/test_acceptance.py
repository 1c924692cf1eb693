"""docs/console.md says which rows of the acceptance list hold, and where: as the tests do."""

import os

from tests.architecture.acceptance import BEGIN, END, FILE, renewed, rows


def test_the_list_of_rows_is_that_of_today():
    text = FILE.read_text()
    today = renewed(text)
    if os.environ.get("WRITE_ROWS"):
        FILE.write_text(today)
        text = today

    assert text.count(BEGIN) == text.count(END) == 1
    assert text == today, "run make rows"
    assert rows()
