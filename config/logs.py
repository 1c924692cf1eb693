"""One line a record: time in UTC, level, logger, request id, message. No personal data by habit:
messages name ids, never people, addresses or bodies."""

import json
import logging
import sys
import time

LINE = "%(asctime)s %(levelname)s %(name)s [%(request_id)s] %(message)s"


class LineFormatter(logging.Formatter):
    """Format a record as one line; a traceback is kept, folded into the line as a JSON string."""

    converter = staticmethod(time.gmtime)
    default_time_format = "%Y-%m-%dT%H:%M:%S"
    default_msec_format = "%s.%03dZ"

    def __init__(self) -> None:
        super().__init__(LINE)

    def format(self, record: logging.LogRecord) -> str:
        """Return the line; a newline in a message cannot start a second one (log forging)."""
        if not hasattr(record, "request_id"):
            record.request_id = _current_request_id()
        record.message = record.getMessage().replace("\r", "\\r").replace("\n", "\\n")
        record.asctime = self.formatTime(record, self.datefmt)
        line = self.formatMessage(record)
        if record.exc_info:
            line += " traceback=" + json.dumps(self.formatException(record.exc_info))
        return line


def _current_request_id() -> str:
    # Looked up, not imported: lines are also written before the apps are loaded.
    audit = sys.modules.get("kernel.audit")
    return (audit.request_id.get(None) if audit else None) or "-"
