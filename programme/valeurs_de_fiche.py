"""A fiche laid flat: {name of the field in the form: what a browser would send}, its parts included.

One shape for what is in the database, what was there before, what somebody typed and what a porteur proposes: they are
compared, kept (JSON) and sent to the form again. A value is a text, or for several choices the sorted list of keys. A
part is named by its key, new or not: « jalons-<clé>-titre », « jalons-<clé>-supprimer ».
"""

import datetime
import re
from decimal import Decimal

from django.db.models import Max, OuterRef, Subquery

from comptes.cles import ALPHABET_DES_CLES
from programme.choix_de_fiche import CLES_DES_CHOIX, choix_de
from programme.models import Frein, Indicateur, Jalon

PARTIES = {
    "jalons": (Jalon, ("titre", "prevu_le", "atteint_le")),
    "indicateurs": (Indicateur, ("nom", "unite", "base", "cible")),
    "freins": (Frein, ("regle", "autorite_competente", "demande", "leve_le")),
}
COCHEE, SUPPRIMER, LUE = "on", "supprimer", "lue"
CLE_DE_PARTIE = re.compile(rf"[{ALPHABET_DES_CLES}]{{10}}\Z")


def a_plat(valeur):
    """Return a value as a browser would send it."""
    if valeur is None or valeur is False:
        return ""
    if valeur is True:
        return COCHEE
    if isinstance(valeur, list):
        return valeur
    if isinstance(valeur, datetime.date):
        return valeur.isoformat()
    if isinstance(valeur, Decimal):
        return f"{valeur:f}".replace(".", ",")
    # As browsers send the end of a line once it is cleaned.
    return str(valeur).replace("\r\n", "\n").strip()


def vide(cle):
    return [] if cle in CLES_DES_CHOIX else ""


# --- Of the project
def du_projet(projet, champs, choix=None):
    """Return the fields of a project: one query, when some have several choices and `choix` doesn't say them."""
    valeurs = {nom: a_plat(getattr(projet, nom)) for nom in champs if nom not in CLES_DES_CHOIX}
    if noms := CLES_DES_CHOIX.keys() & set(champs):
        choix = choix or choix_de(projet)
        valeurs |= {nom: sorted(un.cle for un in choix[nom]) for nom in noms}
    return valeurs


def du_projet_avant(projet, champs, revision):
    """Return the fields of a project as they were at a revision; nothing when it is not known."""
    passe = projet.historique.filter(revision=revision).order_by("-history_id").first()
    if passe is None:
        return {}
    valeurs = {nom: a_plat(getattr(passe, nom)) for nom in champs if nom not in CLES_DES_CHOIX}
    for nom, cle in CLES_DES_CHOIX.items():
        if nom in champs:
            relation = type(projet)._meta.get_field(nom).m2m_reverse_field_name()
            valeurs[nom] = sorted(getattr(passe, nom).values_list(f"{relation}__{cle}", flat=True))
    return valeurs


# --- Of its parts
def lignes(nom, projet):
    """Return {key: part} of a kind, each with `lue`, which tells its present version: one query."""
    modele, _ = PARTIES[nom]
    versions = modele.historique.filter(id=OuterRef("pk")).order_by().values("id").annotate(der=Max("history_id"))
    toutes = modele.objects.filter(projet=projet).annotate(lue=Subquery(versions.values("der")))
    return {ligne.cle: ligne for ligne in toutes}


def d_une_ligne(nom, cle, ligne):
    """Return the fields of a part, or of a row of its history."""
    _, champs = PARTIES[nom]
    return {f"{nom}-{cle}-{champ}": a_plat(getattr(ligne, champ)) for champ in champs}


def des_lignes_avant(nom, projet, versions):
    """Return the fields of parts at the versions that somebody read: {key: version}. One query."""
    modele, _ = PARTIES[nom]
    passees = modele.historique.filter(projet=projet.pk, history_id__in=versions.values())
    valeurs = {}
    for passee in passees:
        if versions.get(passee.cle) == passee.history_id:
            valeurs |= d_une_ligne(nom, passee.cle, passee)
    return valeurs


def partie_de(cle):
    """Return (« jalons », key of the part, field) of a name that is of a part, else None."""
    morceaux = cle.split("-")
    return morceaux if len(morceaux) == 3 and morceaux[0] in PARTIES else None
