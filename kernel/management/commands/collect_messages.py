"""``manage.py collect_messages``: bring the Chinese catalogue up to date with the sources."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polib
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from kernel.management.messages import PLACEHOLDER, Message, collect

LANGUAGE = "zh_Hans"
HEADER = {
    "Project-Id-Version": "haodian",
    "Language": LANGUAGE,
    "MIME-Version": "1.0",
    "Content-Type": "text/plain; charset=UTF-8",
    "Content-Transfer-Encoding": "8bit",
    "Plural-Forms": "nplurals=1; plural=0;",
}


def catalogue_path() -> Path:
    """Return where the catalogue lies."""
    return Path(settings.BASE_DIR) / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"


class Command(BaseCommand):
    """Writes the .po and the .mo; translations of texts that are still there are kept."""

    help = "Collect the texts of the project, keep their translations, and compile them."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add ``--check``, which writes nothing."""
        parser.add_argument("--check", action="store_true", help="exit 1 if anything is missing")

    def handle(self, *args: Any, **options: Any) -> None:
        """Update the catalogue and say what is left to translate."""
        path = catalogue_path()
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        catalogue = build(collect(), old)
        left = [entry.msgid for entry in catalogue if not entry.translated()]
        if options["check"]:
            if left or str(catalogue) != str(old):
                raise CommandError("The catalogue is behind the sources: run make messages.")
            return
        path.parent.mkdir(parents=True, exist_ok=True)
        catalogue.save(str(path))
        catalogue.save_as_mofile(str(path.with_suffix(".mo")))
        for text in left:
            self.stdout.write(f"untranslated: {text}")
        self.stdout.write(f"{len(catalogue)} texts, {len(left)} without a translation")


def build(messages: list[Message], old: polib.POFile) -> polib.POFile:
    """Return a catalogue of exactly `messages`, with the translations that `old` knows."""
    known = {(entry.msgctxt, entry.msgid): entry for entry in old if not entry.obsolete}
    catalogue = polib.POFile(wrapwidth=100)
    catalogue.metadata = dict(HEADER)
    for message in messages:
        before = known.get(message.key)
        entry = polib.POEntry(
            msgid=message.singular,
            msgctxt=message.context,
            occurrences=[(place, "") for place in sorted(message.places)],
            flags=["python-format"] if PLACEHOLDER.search(message.singular) else [],
        )
        if message.plural:
            entry.msgid_plural = message.plural
            entry.msgstr_plural = {0: _plural_of(before)}
        else:
            entry.msgstr = before.msgstr if before else ""
        catalogue.append(entry)
    return catalogue


def _plural_of(entry: polib.POEntry | None) -> str:
    if entry is None:
        return ""
    return entry.msgstr_plural.get(0, "") if entry.msgid_plural else entry.msgstr
