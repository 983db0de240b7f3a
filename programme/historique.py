"""What became of a fiche, field by field: on its page of the portal and in the admin, the same."""

from comptes.administration import decrire
from programme.models import Frein, Indicateur, Jalon, Projet
from programme.redaction import MONTANTS

# They are read in their region only: who set one, not which.
TUS = ("etiquettes",)
PARTIES = ((Jalon, "Étapes"), (Indicateur, "Indicateurs"), (Frein, "Freins"))
# Beyond, the oldest changes of a part are not told.
LIGNES_D_UNE_PARTIE = 200


def taire_les_montants(lignes):
    """Leave amounts out of described rows: for who doesn't share the *secret des affaires*."""
    secrets = {str(Projet._meta.get_field(nom).verbose_name) for nom in MONTANTS}
    for ligne in lignes:
        ligne.changements = [change for change in ligne.changements if str(change[0]) not in secrets]


def journaux_des_parties(projet):
    """Return [(title, described rows, each with its `objet`)] of the parts of a project, by its primary key."""
    return [(titre, _journal(modele, projet)) for modele, titre in PARTIES]


def _journal(modele, projet):
    siennes = modele.historique.filter(projet_id=projet).select_related("history_user", "projet")
    lignes = decrire(siennes.order_by("-history_date", "-history_id")[:LIGNES_D_UNE_PARTIE], sauf=["projet"])
    for ligne in lignes:
        ligne.objet = str(ligne.instance)
    return lignes
