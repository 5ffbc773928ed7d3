"""One transaction per request, rendering included, and the agent told to the database.

`app.agent` is what row policies read: set locally, it dies with the transaction. Tasks, commands and
streaming exports, which run outside a request, open the same thing with `contexte(agent)`.
"""

from contextlib import contextmanager

from django.db import OperationalError, connection, transaction
from django.http import HttpResponse
from django.template.loader import render_to_string

SYSTEME = "systeme"


def _annoncer(qui) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('app.agent', %s, true)", [str(qui or "")])


@contextmanager
def contexte(agent):
    """Opens a transaction in which the database knows that `agent` is reading and writing."""
    with transaction.atomic():
        _annoncer(agent.pk)
        yield


@contextmanager
def contexte_systeme():
    """The same for what no agent does: reminders, sweeps, demonstration."""
    with transaction.atomic():
        _annoncer(SYSTEME)
        yield


class ContexteMiddleware:
    """A 5xx rolls the whole request back; anything else commits, once the page is rendered.

    Without a database nothing can be answered, not even who asks: 503, from a page that reads nothing.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        try:
            connection.ensure_connection()
        except OperationalError:
            return HttpResponse(render_to_string("502.html"), status=503, headers={"Retry-After": "60"})
        agent = request.user
        with transaction.atomic():
            _annoncer(agent.pk if agent.is_authenticated else "")
            response = self.get_response(request)
            if response.status_code >= 500:
                transaction.set_rollback(True)
        if agent.is_authenticated:  # what was read stays neither on a shared computer nor behind the Back button
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response
