"""The log-in that serves: it reads and writes every shop's rows, owns none, and can be a shop's.

A process that comes in as the owner of the tables, or as a superuser, could switch row-level
security off (docs/adr/0018). Production refuses to run so.
"""

from __future__ import annotations

import functools
import logging

from django.core.exceptions import ImproperlyConfigured
from django.db import OperationalError, connection

from kernel.walls import PLATFORM_ROLE, SHOP_ROLE

logger = logging.getLogger(__name__)

#: What makes a log-in of one that exists; said to whoever lacks it.
GRANTS = (
    "GRANT {platform} TO {login} WITH INHERIT TRUE",
    "GRANT {shop} TO {login} WITH INHERIT FALSE, SET TRUE",
)

_ASK = """
SELECT r.rolsuper OR r.rolbypassrls,
       pg_has_role(r.oid, t.relowner, 'USAGE'),
       pg_has_role(r.oid, %s, 'USAGE') AND pg_has_role(r.oid, %s, 'SET'),
       r.rolname
  FROM pg_roles r, pg_class t
 WHERE r.rolname = current_user AND t.oid = 'kernel_auditentry'::regclass
"""


def allow(login: str) -> None:
    """Let `login`, made when missing, serve. It needs no password on a socket of our own."""
    with connection.cursor() as cursor:
        name = connection.ops.quote_name(login)
        cursor.execute("SELECT to_regrole(%s) IS NULL", [login])
        if cursor.fetchone()[0]:
            cursor.execute(f"CREATE ROLE {name} LOGIN")
        for grant in GRANTS:
            cursor.execute(grant.format(platform=PLATFORM_ROLE, shop=SHOP_ROLE, login=name))


def faults() -> list[str]:
    """Return why this process must not serve by its log-in; nothing when it may."""
    with connection.cursor() as cursor:
        cursor.execute(_ASK, [PLATFORM_ROLE, SHOP_ROLE])
        is_above, is_owner, is_member, login = cursor.fetchone()
    found = []
    if is_above:
        found.append(f"the database log-in {login} is a superuser or has BYPASSRLS")
    elif is_owner:
        found.append(f"the database log-in {login} owns the tables")
    if not is_member:
        grants = "; ".join(GRANTS).format(platform=PLATFORM_ROLE, shop=SHOP_ROLE, login=login)
        found.append(f"{login} may not serve: {grants}")
    return found


@functools.cache
def refuse_unwalled() -> None:
    """Raise ImproperlyConfigured when the walls between shops would not hold this process.

    A database that does not answer is no reason: /readyz asks again until it was asked once.
    """
    if found := faults():
        raise ImproperlyConfigured(f"Refusing to serve in production: {'; '.join(found)}.")


def check_at_start() -> None:
    """Refuse as `refuse_unwalled` does, if the database answers by now."""
    try:
        refuse_unwalled()
    except OperationalError:
        logger.warning("the database does not answer yet; /readyz will ask for its log-in")
    finally:
        connection.close()
