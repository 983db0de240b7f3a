"""The world that the access matrix is walked in: the cast, and an object of each kind around it."""

from agences.models import Agence
from comptes.adresses import demander as demander_l_adresse
from comptes.invitations import inviter
from programme.argent.enums import EtatFinancement
from programme.enums import Cercle, EtatActualisation, EtatDemande, EtatProjet
from programme.models import Enveloppe, Mesure, Projet, Scenario
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Region, Territoire
from tests import factories as f
from tests.acces.objets import Monde
from tests.factories_argent import FaitImporteFactory, document_joint, ecart_de, ligne_en
from tests.factories_argent import PropositionFactory as PropositionDeDotationFactory
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
from tests.outils.personnages import ENVELOPPE, PILOTE, TERRITOIRE, TERRITOIRE_ASSOCIE, VOISIN, distribution
from tests.tableurs.ecrans import lot_de


def creer():
    territoire, voisin, associe = (
        Territoire.objects.get(slug=slug) for slug in (TERRITOIRE, VOISIN, TERRITOIRE_ASSOCIE)
    )
    personnages = distribution(territoire, voisin, associe)
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
    for un_projet in (projet, transmis, inscrit):
        un_projet.territoires_associes.add(associe)
    pilote = Region.objects.get(pk=PILOTE)
    contrat = ContratFactory(territoire=territoire)
    enveloppe = Enveloppe.objects.get(code=ENVELOPPE)
    ecart = ecart_de(transmis, enveloppe)
    sollicitee = ligne_en(EtatFinancement.SOLLICITE, projet=transmis, enveloppe=enveloppe)
    document_joint(sollicitee)
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
        ligne_en(EtatFinancement.A_SOLLICITER, projet=projet, enveloppe=enveloppe),
        sollicitee,
        ecart,
        PropositionDeDotationFactory(exercice__enveloppe=enveloppe, exercice__annee=2025),
        FaitImporteFactory(enveloppe=enveloppe, lot=lot),
        Scenario.objects.create(dotation=ecart.dotation, nom="Un scénario", saisi_par=personnages["pilote"]),
        Agence.objects.get(correspondants__personne=personnages["correspondant d'agence"]),
    )
