"""`python -m tests.acces.roles` writes docs/roles.md from the access matrix."""

import os
from pathlib import Path

FICHIER = Path(__file__).resolve().parents[2] / "docs" / "roles.md"
ENTETE = """# Qui peut quoi

Ce tableau est fait à partir de la matrice d'accès (`tests/acces/matrice.py`), qu'un test parcourt tout entière : il dit
ce que chacun obtient vraiment. Pour le refaire : `python -m tests.acces.roles`.

Le cas étudié : un territoire que pilote une région (Hauts-de-France) et dont des communes sont dans une autre (la
région « associée ») ; « voisin » : d'une troisième région, sans rien en commun. « Expirée » : une habilitation finie
hier.

- **oui** : la page s'ouvre, ou l'action est acceptée ;
- **connexion** : on est envoyé à la page de connexion ;
- **à confirmer** : on redonne d'abord son mot de passe ou son second facteur ;
- **refusé** : on voit que cela existe, sans en avoir le droit (403) ;
- **introuvable** : hors de son périmètre, rien n'existe (404) ;
- **sans objet** : cette adresse ne se lit pas, ou ne reçoit rien (405).
"""


def document():
    """Return the text of docs/roles.md: one table a profile, the pages that share it above it."""
    from tests.acces.matrice import MATRICE

    profils = {}
    for ligne in MATRICE:
        cle = tuple((nom, str(ligne.lire[nom]), str(ligne.ecrire[nom])) for nom in ligne.lire)
        titre = f"{ligne.titre} ({ligne.dont})" if ligne.dont else ligne.titre
        profils.setdefault(cle, {})[titre] = ligne.adresse
    parties = [ENTETE]
    for profil, pages in profils.items():
        parties.append("\n## " + _titre(pages))
        parties.append("\n".join(f"- {titre} (`{adresse}`)" for titre, adresse in pages.items()))
        parties.append("")
        parties.append("| Qui | Lire | Écrire |\n|---|---|---|")
        parties += [f"| {nom} | {lire} | {ecrire} |" for nom, lire, ecrire in profil]
    return "\n".join(parties) + "\n"


def _titre(pages):
    premiere = next(iter(pages))
    return premiere if len(pages) == 1 else f"{premiere}, et {len(pages) - 1} de même"


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    import django

    django.setup()
    FICHIER.write_text(document())
