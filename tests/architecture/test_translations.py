"""The Chinese catalogue holds every text, translated, and nothing else."""

from functools import cache

import polib
import pytest

from kernel.management.commands.collect_messages import build, catalogue_path
from kernel.management.messages import (
    PLACEHOLDER,
    Message,
    NotConstant,
    _python,
    _template,
    collect,
)

#: Texts that are the same in Chinese: names, abbreviations, signs.
SAME_IN_CHINESE = {"SKU", "SKUs", "%(name)s (%(role)s)"}


@cache
def catalogue() -> polib.POFile:
    return polib.pofile(str(catalogue_path()))


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def placeholders(text: str) -> set[str]:
    return {found.group(0) for found in PLACEHOLDER.finditer(text)}


def test_the_catalogue_holds_exactly_the_texts_of_the_sources() -> None:
    wanted = {message.key for message in collect()}
    held = {(entry.msgctxt, entry.msgid) for entry in catalogue()}

    assert (sorted(map(str, wanted - held)), sorted(map(str, held - wanted))) == ([], [])


def test_every_text_is_translated() -> None:
    assert [entry.msgid for entry in catalogue() if not all(texts(entry))] == []


def test_no_translation_is_a_guess() -> None:
    assert [entry.msgid for entry in catalogue() if entry.fuzzy] == []


def test_placeholders_survive_translation() -> None:
    wrong = [
        entry.msgid
        for entry in catalogue()
        for text in texts(entry)
        if placeholders(text) != placeholders(entry.msgid_plural or entry.msgid)
    ]

    assert wrong == []


def test_what_reads_the_same_in_both_languages_is_meant_to() -> None:
    same = {entry.msgid for entry in catalogue() if entry.msgid in texts(entry)}

    assert same - SAME_IN_CHINESE == set()


def test_translations_are_chinese() -> None:
    foreign = [
        entry.msgid
        for entry in catalogue()
        for text in texts(entry)
        if not any("\u4e00" <= char <= "\u9fff" for char in text)
        and entry.msgid not in SAME_IN_CHINESE
    ]

    assert foreign == []


def test_the_compiled_catalogue_is_of_this_one() -> None:
    compiled = polib.mofile(str(catalogue_path().with_suffix(".mo")))
    shown = {(one.msgctxt, one.msgid, one.msgid_plural, *texts(one)) for one in compiled}

    assert shown == {(one.msgctxt, one.msgid, one.msgid_plural, *texts(one)) for one in catalogue()}


# --- The reader of the sources --------------------------------------------------------------------


def keys(found: list[Message]) -> list[tuple[str | None, str, str]]:
    return [(one.context, one.singular, one.plural) for one in found]


def test_python_is_read_by_its_calls() -> None:
    source = (
        "_('a')\n_('b' 'c')\ntranslation.gettext_lazy('d')\nngettext('e', 'es', n)\n"
        "pgettext('verb', 'f')\nnpgettext('x', 'g', 'gs', n)\nother('z')\n_(known.text)\n"
    )

    assert keys(list(_python(source, "x.py", True))) == [
        (None, "a", ""),
        (None, "bc", ""),
        (None, "d", ""),
        (None, "e", "es"),
        ("verb", "f", ""),
        ("x", "g", "gs"),
    ]


@pytest.mark.parametrize("source", ["_(f'{a}')", "_('a' + b)", "_('%s' % a)", "_(a())"])
def test_a_text_made_at_run_time_is_refused(source: str) -> None:
    with pytest.raises(NotConstant, match=r"x\.py:1"):
        list(_python(source, "x.py", True))


def test_templates_are_read_by_their_tags() -> None:
    source = (
        '{% translate "Don\'t" %}{% trans "b" as c %}{{ _("d") }}'
        "{% blocktranslate trimmed with x=y %}\n  Hello {{ x }}\n{% endblocktranslate %}"
        "{% blocktranslate count n=m %}{{ n }} row{% plural %}{{ n }} rows{% endblocktranslate %}"
        '{% translate "May" context "month" %}{% comment %}{% translate "no" %}{% endcomment %}'
    )

    assert keys(list(_template(source))) == [
        (None, "Don't", ""),
        (None, "b", ""),
        (None, "d", ""),
        (None, "Hello %(x)s", ""),
        (None, "%(n)s row", "%(n)s rows"),
        ("month", "May", ""),
    ]


def test_a_new_catalogue_keeps_what_was_translated_and_drops_what_is_gone() -> None:
    old = polib.POFile()
    old.append(polib.POEntry(msgid="Order", msgstr="订单"))
    old.append(polib.POEntry(msgid="Gone", msgstr="没了"))

    new = build([Message("Order", places={"a.py"}), Message("Shop", places={"b.py"})], old)

    assert [(entry.msgid, entry.msgstr) for entry in new] == [("Order", "订单"), ("Shop", "")]
