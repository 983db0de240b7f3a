"""The access matrix, walked: what is written in `matrice.py` is what people obtain, and reading writes nothing."""

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from comptes.adresses import demander as demander_l_adresse
from comptes.invitations import inviter
from programme.enums import Cercle, EtatActualisation, EtatDemande, EtatProjet
from programme.models import Mesure, Projet
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Region
from tests import factories as f
from tests.acces import roles
from tests.acces.matrice import MATRICE
from tests.acces.objets import Monde
from tests.acces.profils import PERSONNAGES, Reponse
from tests.factories_campagnes import CampagneFactory
from tests.factories_comites import AvisFactory, ContratFactory, PointFactory
from tests.factories_perimetres import demande_en, document_de
from tests.factories_pieces import MessageFactory, PieceFactory
from tests.factories_projets import (
    EtiquetteFactory,
    IndicateurFactory,
    PropositionFactory,
    VueFactory,
    actualisation_en,
    projet_en,
)
from tests.outils.adresses import adresses
from tests.outils.personnages import PILOTE
from tests.outils.requetes import est_une_lecture
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own
from tests.tableurs.ecrans import lot_de

pytestmark = pytest.mark.django_db


@pytest.fixture
def monde(personnages, territoire, voisin):
    f.FiliationFactory()
    f.CourrierFactory()
    lot = lot_de(1, depose_par=personnages["analyste"], refuses=1, modifies=0)
    invitation = inviter(
        personnages["pilote"],
        adresse="invitee@exemple.example",
        genre=ActeurLocal,
        qualite=QualiteTerritoriale.MAIRE,
        portee=territoire,
    )
    changement = demander_l_adresse(personnages["sans habilitation"], "nouvelle@exemple.example")
    projet = Projet.objects.get(porteurs__personne=personnages["porteur"])
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=voisin)
    pilote = Region.objects.get(pk=PILOTE)
    contrat = ContratFactory(territoire=territoire)
    return Monde(
        personnages,
        territoire,
        voisin,
        Mesure.objects.first(),
        lot,
        invitation,
        changement,
        projet,
        transmis,
        inscrit,
        IndicateurFactory(projet=projet),
        PropositionFactory(projet=projet, auteur=personnages["porteur"]),
        EtiquetteFactory(region=pilote),
        CampagneFactory(),
        AvisFactory(projet=transmis, region=pilote),
        PointFactory(projet=transmis, comite__region=pilote).comite,
        contrat,
        PieceFactory(projet=projet, cercle=Cercle.PORTEUR_EQUIPE, deposee_par=personnages["chef de projet"]),
        MessageFactory(projet=projet, cercle=Cercle.PORTEUR_EQUIPE, auteur=personnages["chef de projet"]),
        PieceFactory(projet=transmis, cercle=Cercle.INSTRUCTION, deposee_par=personnages["pilote"]),
        actualisation_en(EtatActualisation.SOUMISE, projet=inscrit, valeurs={"objectifs": "Nouveaux."}),
        VueFactory(personne=personnages["chef de projet"]),
        demande_en(EtatDemande.BROUILLON, territoire=territoire, saisi_par=personnages["chef de projet"]),
        demande_en(EtatDemande.TRANSMISE, territoire=territoire, saisi_par=personnages["chef de projet"]),
        document_de(contrat),
    )


def refuser_d_ecrire(execute, sql, params, many, context):
    assert est_une_lecture(sql), f"Une lecture a écrit : {sql[:300]}"
    return execute(sql, params, many, context)


def demander(client, methode, chemin):
    """Return what is obtained; what it wrote is undone."""
    with transaction.atomic():
        reponse = getattr(client, methode)(chemin)
        if reponse.streaming:
            b"".join(reponse)
        transaction.set_rollback(True)
    return Reponse.de(reponse)


def connecter(personne):
    client = Client()
    if personne is not None:
        client.force_login(personne)
    return client


@pytest.mark.parametrize("ligne", MATRICE, ids=lambda ligne: f"{ligne.adresse} {ligne.dont}".strip())
def test_chacun_obtient_ce_que_dit_la_matrice(ligne, monde):
    chemin = reverse(ligne.adresse, args=ligne.objet(monde))
    obtenu = {"lire": {}, "ecrire": {}}
    for nom, personne in monde.personnages.items():
        client = connecter(personne)
        with connection.execute_wrapper(refuser_d_ecrire):
            obtenu["lire"][nom] = demander(client, "get", chemin)
        obtenu["ecrire"][nom] = demander(client, "post", chemin)
    ecarts = [
        f"{verbe} {chemin}, {nom} : {reponse} au lieu de {getattr(ligne, verbe)[nom]}"
        for verbe, reponses in obtenu.items()
        for nom, reponse in reponses.items()
        if reponse != getattr(ligne, verbe)[nom]
    ]
    assert not ecarts, "\n".join(ecarts)


def test_chaque_adresse_est_dans_la_matrice():
    connues = {ligne.adresse for ligne in MATRICE}
    assert {adresse.nom for adresse in adresses()} == connues
    assert len(connues) > 60


def test_chaque_personnage_est_dans_la_matrice(personnages):
    assert tuple(personnages) == PERSONNAGES
    assert all(tuple(ligne.lire) == tuple(ligne.ecrire) == PERSONNAGES for ligne in MATRICE)


@pytest.mark.parametrize(
    ("sql", "lecture"),
    [
        ("SELECT 1", True),
        ('UPDATE "comptes_utilisateur" SET nom = 1', False),
        ('INSERT INTO "django_session" VALUES (1)', True),
        ("DELETE FROM x", False),
    ],
)
def test_ce_qui_ecrit_se_reconnait(sql, lecture):
    assert bool(est_une_lecture(sql)) == lecture


def test_les_roles_documentes_sont_ceux_de_la_matrice():
    assert roles.FICHIER.read_text() == roles.document(), "Refaire docs/roles.md : python -m tests.acces.roles"
