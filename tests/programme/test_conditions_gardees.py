"""Conditions composed once a day find the same rows as those composed for each person, wherever they are put."""

from datetime import timedelta

import pytest
from django.db.models import Q

from comptes.acces import aujourdhui, est_administrateur
from comptes.conditions import Condition, _composer, condition_gardee
from comptes.models import Invitation, Utilisateur
from comptes.parcours import droits, regles
from comptes.requetes import QUELQU_UN
from pilotage import a_faire
from programme.argent.enums import EtatFinancement
from programme.enums import Cercle, EtatProjet
from programme.fiche import REGLES
from programme.models import (
    Campagne,
    Comite,
    Contrat,
    DemandeDePerimetre,
    Enveloppe,
    Etiquette,
    Financement,
    Jalon,
    Message,
    Piece,
    Porteur,
    Projet,
)
from territoires.models import ActeurLocal, PiloteRegional, Region
from tests import factories as f
from tests.factories_argent import FinancementFactory, hors_fiche, ligne_en
from tests.factories_campagnes import CampagneFactory
from tests.factories_comites import ComiteFactory, ContratFactory, PointFactory
from tests.factories_perimetres import demande_en
from tests.factories_pieces import MessageFactory, PieceFactory
from tests.factories_projets import EtiquetteFactory, JalonFactory, ProjetFactory, projet_en
from tests.outils.personnages import ENVELOPPE, PILOTE, VOISINE

pytestmark = pytest.mark.django_db


SALLES = ("comptes.", "programme.")


def gardees_de(classe):
    """Return the names of its decorated methods, its parents' among them."""
    propres = {nom for mere in classe.__mro__ if mere.__module__.startswith(SALLES) for nom in vars(mere)}
    return sorted(nom for nom in propres if hasattr(getattr(classe, nom), "__wrapped__"))


CLASSE = type(Projet.objects.all())
GARDEES = gardees_de(CLASSE)


@pytest.fixture
def projets(territoire, voisin):
    """One in each state, and as many elsewhere; half of them of the other territory too."""
    for rang, etat in enumerate(EtatProjet):
        projet_en(etat, territoire=territoire).territoires_associes.set([voisin][: rang % 2])
        projet_en(etat, territoire=voisin).territoires_associes.set([territoire][: rang % 2])
    for projet in Projet.objects.all():
        JalonFactory(projet=projet)


def relue(personne):
    return Utilisateur.objects.get(pk=personne.pk)


def verifier(personne):
    """Compare what each method finds with what it finds composed for this person. Return how many rows, by method."""
    trouves = {}
    for nom in GARDEES:
        gardee = getattr(Projet.objects.all(), nom)(personne)
        composee = getattr(CLASSE, nom).__wrapped__(Projet.objects.all(), personne)
        voulus = set(Projet.objects.filter(composee).values_list("pk", flat=True))
        siens = Projet.objects.filter(gardee)
        assert set(siens.values_list("pk", flat=True)) == voulus, nom
        assert not Projet.objects.exclude(gardee).filter(pk__in=voulus).exists(), nom
        assert Projet.objects.exclude(gardee).count() == Projet.objects.count() - len(voulus), nom
        # Inside another query, then inside one that is inside: tables have other names there.
        jalons = Jalon.objects.filter(projet__in=siens.values("pk"))
        assert set(jalons.values_list("projet", flat=True)) == voulus, nom
        assert set(Projet.objects.filter(jalons__in=jalons).values_list("pk", flat=True)) == voulus, nom
        # Beside the same rule of the same table.
        deux = Projet.objects.filter(gardee, pk__in=siens.values("pk")) & siens
        assert set(deux.values_list("pk", flat=True)) == voulus, nom
        trouves[nom] = len(voulus)
    return trouves


def test_chacun_trouve_ce_que_dit_la_regle(personnages, projets):
    trouves = [verifier(relue(personne)) for personne in personnages.values() if personne]
    for nom in GARDEES:
        nombres = {lignes[nom] for lignes in trouves}
        assert min(nombres) == 0, nom
        assert max(nombres) > 0, nom


def test_deux_personnes_qui_tiennent_le_meme_genre_partagent_le_texte_seul(projets, territoire, voisin):
    premier, second = f.ActeurFactory(territoire=territoire).personne, f.ActeurFactory(territoire=voisin).personne
    siens = [set(Projet.objects.redigeables_par(relue(un)).values_list("territoire")) for un in (premier, second)]
    assert siens == [{(territoire.pk,)}, {(voisin.pk,)}]


def test_le_texte_est_compose_une_fois_et_la_personne_n_y_est_pas(projets, territoire):
    _composer.cache_clear()
    for _ in range(3):
        assert Projet.objects.connus_par(relue(f.ActeurFactory(territoire=territoire).personne)).exists()
    composes = _composer.cache_info()
    assert composes.hits == 2
    assert composes.misses == composes.currsize


def test_en_qualite_de_l_une_les_autres_ne_comptent_pas(projets, territoire, voisin):
    """Both of the same kind: the key of the chosen one is a parameter."""
    personne = f.ActeurFactory(territoire=territoire).personne
    f.ActeurFactory(personne=personne, territoire=voisin)
    f.PiloteFactory(personne=personne, region=Region.objects.get(pk="44"))
    for tenue in (*ActeurLocal.objects.filter(personne=personne), PiloteRegional.objects.get(personne=personne)):
        lue = relue(personne)
        lue.en_qualite_de = tenue
        verifier(lue)
        rediges = set(Projet.objects.redigeables_par(lue).values_list("territoire", flat=True))
        assert rediges == ({tenue.territoire_id} if isinstance(tenue, ActeurLocal) else set())


def test_un_droit_qui_finit_pendant_la_requete_n_est_plus_donne(projets, territoire):
    tenue = f.ActeurFactory(territoire=territoire)
    personne = relue(tenue.personne)
    connus = Projet.objects.connus_par(personne)
    assert connus.all().exists()
    ActeurLocal.objects.filter(pk=tenue.pk).update(du=aujourdhui() - timedelta(days=9), au=aujourdhui() - timedelta(1))
    assert not connus.all().exists()


def test_le_lendemain_le_texte_est_compose_de_nouveau(projets, territoire, time_machine):
    time_machine.move_to("2026-11-22 12:00+01:00")
    personne = relue(f.ActeurFactory(territoire=territoire, au=aujourdhui()).personne)
    assert Projet.objects.connus_par(personne).exists()
    time_machine.move_to("2026-11-23 00:30+01:00")
    # What they hold was read the day before.
    assert not Projet.objects.connus_par(personne).exists()


def test_un_compte_ferme_ne_trouve_rien(projets, territoire):
    personne = f.ActeurFactory(territoire=territoire, personne__is_active=False).personne
    assert set(verifier(relue(personne)).values()) == {0}


def test_dans_ce_qui_est_compose_pour_quelqu_un_tous_les_genres_ont_leur_place():
    """« À faire » is counted by a query composed for nobody in particular."""
    condition = Condition(CLASSE, Projet, CLASSE._connus_par.__wrapped__, (), Utilisateur(pk=QUELQU_UN))
    requete, parametres = Projet.objects.filter(condition).query.sql_with_params()
    for genre in ("equipenationale", "piloteregional", "acteurlocal", "etatterritorial", "porteur"):
        assert genre in requete
    assert QUELQU_UN in parametres


def test_l_avis_attendu_de_l_etat_se_compte(projets, personnages):
    personne = relue(personnages["État territorial"])
    taches = [tache for groupe in a_faire.groupes(personne) for tache in groupe.taches]
    assert a_faire.nombre(relue(personne)) == len(taches) > 0


def test_une_condition_gardee_s_annote_hors_de_sa_table(projets, personnages):
    """Of no row in particular: asked once, of whatever is read."""
    personne = relue(personnages["pilote"])
    [droits] = Utilisateur.objects.filter(pk=personne.pk).values(**Projet.objects.droits_en_nombre(personne))
    assert droits == {"instruisibles_par": True, "transmissibles_par": False, "conduits_par": True}


def test_le_porteur_ne_connait_que_son_projet(projets, personnages, territoire):
    ProjetFactory(territoire=territoire)
    personne = relue(personnages["porteur"])
    assert set(Projet.objects.connus_par(personne)) == {Porteur.objects.get(personne=personne).projet}


def test_les_droits_annotes_sont_ceux_de_la_regle(projets, personnages):
    noms = {*REGLES, *regles(Projet)}
    for nom, personne in personnages.items():
        if personne is None:
            continue
        lue = relue(personne)
        annotes = Projet.objects.annotate(**droits(Projet, lue, noms)).values("pk", *noms)
        for regle in noms:
            voulus = set(getattr(Projet.objects, regle)(lue).values_list("pk", flat=True))
            assert {ligne["pk"] for ligne in annotes if ligne[regle] is True} == voulus, (nom, regle)
            assert {ligne[regle] for ligne in annotes} <= {True, False}, (nom, regle)


def test_ce_qui_se_garde_ne_lit_aucune_ligne(projets, territoire):
    """Who is an administrator is a row: a rule that reads it cannot be shared by those who hold the same kinds."""

    @condition_gardee
    def fautive(lignes, personne):
        return Q(pk__gt=0) if est_administrateur(personne) else Q(pk=0)

    for personne in (f.AdministrateurFactory(), f.ActeurFactory(territoire=territoire).personne):
        with pytest.raises(RuntimeError, match="ne dépend d'aucune ligne"):
            Projet.objects.filter(fautive(Projet.objects.all(), relue(personne))).exists()
    # And nothing is left that would forbid reading.
    assert Projet.objects.exists()


@pytest.fixture
def autour(projets, territoire, voisin):
    """Around the projects of two territories: what has a rule of its own."""
    for ou, code in ((territoire, PILOTE), (voisin, VOISINE)):
        projet = Projet.objects.get(territoire=ou, etat=EtatProjet.INSTRUCTION)
        region = Region.objects.get(pk=code)
        for cercle in Cercle:
            MessageFactory(projet=projet, cercle=cercle)
        PieceFactory(projet=projet)
        FinancementFactory(projet=projet)
        ligne_en(EtatFinancement.SOLLICITE, projet=projet, enveloppe=Enveloppe.objects.get(code=ENVELOPPE))
        hors_fiche(ou)
        PointFactory(projet=projet, comite=ComiteFactory(region=region))
        ContratFactory(territoire=ou)
        demande_en("brouillon", territoire=ou)
        EtiquetteFactory(region=region)
        CampagneFactory(nationale=False, toutes_les_regions=False, a_venir=True).regions.set([region])
        f.InvitationFactory(genre="territoires.acteurlocal", portee=f"territoire:{ou.pk}", qualite="lecture")


@pytest.mark.parametrize(
    "modele", [Message, Piece, Comite, Contrat, DemandeDePerimetre, Etiquette, Campagne, Invitation, Financement]
)
def test_ce_qui_entoure_les_projets_suit_la_meme_regle(modele, autour, personnages):
    lignes = modele.objects.all()
    gardees = gardees_de(type(lignes))
    for nom in gardees:
        nombres = set()
        for personne in filter(None, personnages.values()):
            lue = relue(personne)
            trouves = set(lignes.filter(getattr(lignes, nom)(lue)).values_list("pk"))
            composee = getattr(type(lignes), nom).__wrapped__(lignes, lue)
            assert trouves == set(lignes.filter(composee).values_list("pk")), nom
            nombres.add(len(trouves))
        assert len(nombres) > 1, nom
    assert gardees
