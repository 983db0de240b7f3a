"""The lines that what waits in *À rapprocher* may be about, and what brings them together: a page at a time."""

from collections import defaultdict
from typing import NamedTuple

from django.db.models import Q

from programme.argent.rapprochement import attribuables, cle_de_dossier
from programme.models import Financement, Mouvement

SIREN = 9
PROPOSES_MAX = 10


class Candidat(NamedTuple):
    """A line, and why it is proposed, in words: the more reasons, the earlier."""

    financement: Financement
    raisons: list


def candidats(faits, par):
    """Return {key of the fact: [Candidat]}, the likeliest first: two queries, however many facts there are."""
    faits = list(faits)
    lignes = {ligne.pk: ligne for ligne in _lignes(faits, par)}
    actes = defaultdict(set)
    noms = {fait.acte for fait in faits if fait.acte}
    for cle, acte in Mouvement.objects.filter(financement__in=lignes, acte__in=noms).values_list("financement", "acte"):
        actes[cle].add(acte)
    return {fait.pk: _proposer(fait, lignes.values(), actes) for fait in faits}


def _lignes(faits, par):
    sirets = {fait.siret for fait in faits if fait.siret}
    actes = {fait.acte for fait in faits if fait.acte}
    condition = (
        Q(pk__in={fait.financement_id for fait in faits if fait.financement_id})
        | Q(dossier_operateur__in={fait.dossier for fait in faits if fait.dossier})
        | Q(projet__numero__in={fait.numero_projet for fait in faits if fait.numero_projet})
        | Q(beneficiaire_siret__in=sirets)
        | Q(projet__porteur_siren__in={siret[:SIREN] for siret in sirets})
        | Q(pk__in=Mouvement.objects.filter(acte__in=actes).order_by().values("financement"))
        | Q(
            Q(projet__territoire__in={fait.territoire_id for fait in faits if fait.territoire_id})
            & (Q(demande__in={fait.montant for fait in faits}) | Q(programme__in={fait.montant for fait in faits}))
        )
    )
    return attribuables(par).filter(condition, enveloppe__in={fait.enveloppe_id for fait in faits})


def _proposer(fait, lignes, actes):
    proposes = [
        Candidat(ligne, raisons)
        for ligne in lignes
        if ligne.enveloppe_id == fait.enveloppe_id and (raisons := list(_raisons(fait, ligne, actes[ligne.pk])))
    ]
    return sorted(proposes, key=lambda un: (-len(un.raisons), un.financement.pk))[:PROPOSES_MAX]


def _raisons(fait, ligne, actes):
    projet = ligne.projet
    if fait.dossier and cle_de_dossier(ligne.dossier_operateur) == cle_de_dossier(fait.dossier):
        yield "même dossier"
    elif fait.financement_id == ligne.pk:
        yield "reconnu par l'import"
    if fait.numero_projet and projet and projet.numero == fait.numero_projet:
        yield "même numéro de projet"
    if fait.siret and (
        ligne.beneficiaire_siret == fait.siret
        or (projet and projet.porteur_siren and projet.porteur_siren == fait.siret[:SIREN])
    ):
        yield "même bénéficiaire"
    if fait.acte and fait.acte in actes:
        yield "même acte"
    ou = projet.territoire_id if projet else ligne.territoire_id
    if fait.territoire_id and fait.territoire_id == ou and fait.montant in (ligne.demande, ligne.programme):
        yield "même territoire et même montant"
