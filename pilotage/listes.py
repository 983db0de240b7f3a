"""What pages with a table share: which list of territories they show, by what their columns are sorted."""

from django.http import Http404

from territoires.models import Liste, liste_en_vigueur


def premiere(listes):
    """Return the list of the announcement: the first of all."""
    return listes[0] if listes else None


def choisir_liste(request, par_defaut=liste_en_vigueur):
    """Return (all lists, the one that the page shows): named in the address, else chosen by `par_defaut`.

    One query. The second is None as long as no list has been loaded. Raises Http404 for an unknown list.
    """
    listes = list(Liste.objects.select_related("phase").order_by("date"))
    demandee = request.GET.get("liste")
    if demandee:
        for liste in listes:
            if liste.slug == demandee:
                return listes, liste
        raise Http404("Liste inconnue")
    return listes, par_defaut(listes)


def colonnes_triables(colonnes, actuel):
    """Return, for each {sort: title} of a table put in order by `actuel`: (title, sort to ask for, aria-sort)."""
    return [
        (titre, f"-{cle}" if actuel == cle else cle, {cle: "ascending", f"-{cle}": "descending"}.get(actuel, ""))
        for cle, titre in colonnes.items()
    ]
