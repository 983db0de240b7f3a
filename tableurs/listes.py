"""What pages with a table share: how their columns are sorted, how a filter is taken off."""

from tableurs.pages import REPERES


def colonnes_triables(colonnes, actuel):
    """Return, for each {sort: title} of a table put in order by `actuel`: (title, sort to ask for, aria-sort)."""
    return [
        (titre, f"-{cle}" if actuel == cle else cle, {cle: "ascending", f"-{cle}": "descending"}.get(actuel, ""))
        for cle, titre in colonnes.items()
    ]


def sans_chaque_filtre(request, filtres):
    """Return, for each [(name, words)] of the filters in use: (words, the address without it)."""
    actifs = []
    for nom, mots in filtres:
        parametres = request.GET.copy()
        for retire in (nom, "page", *REPERES):
            parametres.pop(retire, None)
        actifs.append((mots, f"?{parametres.urlencode()}"))
    return actifs
