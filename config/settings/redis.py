"""One REDIS_URL in, the addresses of the broker and of the cache out."""

from urllib.parse import parse_qs, urlsplit


def broker_url(url: str) -> str:
    """Return `url` as kombu spells it: `redis+socket://` for a Unix socket, else unchanged."""
    parts = urlsplit(url)
    if parts.scheme != "unix":
        return url
    return f"redis+socket://{parts.path}?virtual_host={_database(url)}"


def cache_url(url: str) -> str:
    """Return `url` with the next database number, so that clearing the cache spares the queue."""
    parts = urlsplit(url)
    number = _database(url) + 1
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return parts._replace(path=f"/{number}").geturl()


def _database(url: str) -> int:
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return int(parse_qs(parts.query).get("db", ["0"])[0])
    return int(parts.path.strip("/") or 0)
