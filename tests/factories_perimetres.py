"""Perimeter requests and signed documents for tests."""

import datetime

import factory
from django.core.files.base import ContentFile
from factory.django import DjangoModelFactory

from comptes.parcours import passer
from programme import models
from programme.documents_signes import deposer
from programme.enums import AutoriteDecision, EtatDemande, SensAvis, SensDePerimetre, TypePiece
from tests.factories import AdministrateurFactory, EpciFactory, TerritoireFactory, UtilisateurFactory
from tests.factories_pieces import PDF

AVIS = {"avis": SensAvis.FAVORABLE, "autorite": AutoriteDecision.COMITE_REGIONAL, "date": datetime.date(2026, 3, 2)}
CHEMINS = {
    EtatDemande.BROUILLON: (),
    EtatDemande.TRANSMISE: ("transmettre",),
    EtatDemande.AVIS_RENDU: ("transmettre", "rendre-avis"),
    EtatDemande.REFUSEE: ("transmettre", "rendre-avis", "refuser"),
    EtatDemande.RETIREE: ("transmettre", "retirer"),
}


class DemandeFactory(DjangoModelFactory):
    class Meta:
        model = models.DemandeDePerimetre

    territoire = factory.SubFactory(TerritoireFactory)
    sens = SensDePerimetre.ENTREE
    collectivite = factory.SubFactory(EpciFactory)
    raison = "Un bassin d'emploi commun."
    saisi_par = factory.SubFactory(UtilisateurFactory)


class DeliberationFactory(DjangoModelFactory):
    class Meta:
        model = models.DeliberationDePerimetre

    demande = factory.SubFactory(DemandeFactory)
    collectivite = factory.SelfAttribute("demande.collectivite")
    numero = factory.Sequence(lambda n: f"2026-{n}")
    date = datetime.date(2026, 1, 12)


def demande_en(etat, **champs):
    """Return a request in a state, with its deliberation and the journal that led there."""
    demande = DemandeFactory(**champs)
    DeliberationFactory(demande=demande)
    par = AdministrateurFactory()
    for cle in CHEMINS[etat]:
        transition = demande.parcours.transition(cle)
        # Who transmitted it gives no opinion on it.
        auteur = AdministrateurFactory() if transition.interdit_a_qui_a_saisi else par
        passer(demande, cle, auteur, motif="Un motif.", **(AVIS if transition.decision else {}))
    return demande


def document_de(objet, par=None, nom="signe.pdf"):
    return deposer(objet, par or UtilisateurFactory(), ContentFile(PDF, nom), TypePiece.PDF)
