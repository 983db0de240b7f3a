"""Who came in, who was refused: one JSON object a line, in the journal of the server.

Nothing personal but the number of the account: neither address, nor name, nor network; no secret: pages are told by
their name, as an address may hold a key.
"""

import json
import logging

from django.utils import timezone

journal = logging.getLogger("comptes.acces")


def noter(evenement, request, personne=None, **details):
    """Write an event of access. `details`: closed words and numbers only."""
    personne = personne or getattr(request, "user", None)
    donnees = {"evenement": evenement, "page": _page(request), "methode": request.method}
    if getattr(personne, "pk", None):
        donnees["compte"] = personne.pk
    if vrai := getattr(request, "vu_par", None):
        donnees["vu_par"] = vrai.pk
    journal.info(evenement, extra={"donnees": {**donnees, **details}})


def _page(request):
    return request.resolver_match.view_name if request.resolver_match else None


class EnJSON(logging.Formatter):
    """Formatter of this journal."""

    def format(self, record):
        heure = timezone.localtime().isoformat(timespec="milliseconds")
        return json.dumps({"heure": heure, **record.donnees}, ensure_ascii=False)
