"""The invented programme: on a developer's machine only, plausible, the same each time, never mistaken for a fact."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from agences.enums import NiveauAgence
from agences.models import Agence
from comptes.acces import habilitations
from comptes.models import Courrier
from comptes.pages_publiques import cache
from pilotage.demonstration import PREFIXE, VIES
from pilotage.demonstration_agences import PREFIXE as PREFIXE_D_AGENCE
from programme.argent.verification import constater
from programme.enums import EtatActualisation, EtatDemande, EtatProjet
from programme.models import (
    ActeDeDotation,
    Actualisation,
    Avis,
    Campagne,
    Comite,
    Compteur,
    Contrat,
    Decision,
    DecisionDActualisation,
    DemandeDePerimetre,
    Dotation,
    Ecart,
    Etiquette,
    Exercice,
    Financement,
    Indicateur,
    Jalon,
    Message,
    Mouvement,
    Ouverture,
    PassageDePerimetre,
    Piece,
    PointDeComite,
    PointDeSuivi,
    Projet,
    Releve,
    Remarque,
    Scenario,
)
from programme.parcours_projet import PARCOURS
from programme.types_de_fichier import reconnaitre
from programme.valeurs_de_fiche import du_projet
from territoires.models import Composition, Territoire
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - files go to a folder of the test's own

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("dossier_prive")]

NOMBRE = 120


@pytest.fixture
def peuple(reference):
    call_command("peupler_demo", projets=NOMBRE)


def test_chaque_projet_se_dit_invente(peuple):
    assert Projet.objects.count() == Projet.objects.filter(titre__startswith=PREFIXE).count() == NOMBRE
    assert not Projet.objects.exclude(porteur_nom__startswith="Porteur fictif").exists()
    assert not Projet.objects.exclude(porteur_siren__startswith="000").exists()
    assert not Courrier.objects.exists()


def test_chaque_agence_se_dit_fictive(peuple):
    agences = Agence.objects.all()
    assert agences.count() > 60
    for agence in agences:
        assert agence.nom.startswith(PREFIXE_D_AGENCE)
        assert not agence.siren
        # Numbers that are given to nobody, addresses that lead nowhere.
        assert agence.telephone.startswith("01 99 00") or not agence.telephone
        assert agence.site.endswith(".demo.example") or not agence.site
        assert agence.dessertes.count() == 1
        agence.full_clean()
    assert set(agences.values_list("niveau", flat=True)) == set(NiveauAgence)


def test_les_vies_passent_par_tous_les_etats_et_font_cent():
    assert sum(nombre for nombre, _ in VIES) == 100
    etats = {PARCOURS.transition(vie[-1]).vers for _, vie in VIES if vie} | {EtatProjet.IDEE}
    assert etats == set(EtatProjet)
    assert {cle for _, vie in VIES for cle in vie} == {transition.cle for transition in PARCOURS.transitions}


def test_le_journal_explique_chaque_etat(peuple):
    for projet in Projet.objects.prefetch_related("decisions"):
        etat = EtatProjet.IDEE
        for passage in projet.decisions.all():
            assert passage.de == etat
            assert passage.date is None or passage.date <= timezone.localdate(passage.saisie_le)
            etat = passage.vers
        assert projet.etat == etat
        assert projet.cree_le <= projet.etat_depuis


def test_les_projets_sont_valides_et_ce_qui_est_transmis_est_complet(peuple):
    for projet in Projet.objects.all():
        projet.full_clean()
        if projet.etat in EtatProjet.apres_transmission():
            assert projet.manques() == [], projet


def test_ce_qui_est_dit_depose_et_remarque_l_est(peuple):
    for modele in (Message, Piece, Remarque):
        assert modele.objects.exists()
        for objet in modele.objects.all()[:50]:
            objet.full_clean()
    for piece in Piece.objects.all():
        with piece.fichier.open() as fichier:
            assert reconnaitre(fichier) == piece.type
    assert Piece.objects.count() <= 12
    a_completer = Projet.objects.filter(etat=EtatProjet.A_COMPLETER)
    assert {remarque.projet for remarque in Remarque.objects.all()} == set(a_completer)


def test_ce_qui_est_suivi_l_est(peuple):
    for modele in (Jalon, Indicateur, Releve):
        assert modele.objects.exists()
        for objet in modele.objects.all()[:50]:
            objet.full_clean()
    assert Projet.historique.filter(history_type="+").count() == NOMBRE
    assert Decision.objects.exclude(acte="").exists()


def test_une_campagne_est_close_une_autre_ouverte(peuple):
    close, ouverte = Campagne.objects.order_by("au")
    assert (close.etat, ouverte.etat) == ("close", "ouverte")
    for campagne in (close, ouverte):
        assert campagne.titre.startswith(PREFIXE)
        assert campagne.points.repondus().exists()
        assert campagne.points.en_attente().exists()
    for point in PointDeSuivi.objects.repondus().select_related("projet")[:50]:
        point.full_clean()
        assert point.projet.meteo


def test_les_comites_les_avis_et_les_contrats_inventes_tiennent(peuple):
    for modele in (Comite, PointDeComite, Avis, Contrat):
        assert modele.objects.exists()
        for objet in modele.objects.all()[:60]:
            objet.full_clean()
    a_venir = Comite.objects.filter(date__gt=timezone.localdate())
    assert a_venir.filter(clos_le=None).count() == a_venir.count() > 5
    for decision in Decision.objects.exclude(comite=None).select_related("comite", "projet"):
        assert decision.date == decision.comite.date
        assert decision.comite.points.filter(projet=decision.projet).exists()
        assert decision.projet.territoire.inscriptions.filter(region=decision.comite.region_id).exists()
    assert not Projet.objects.filter(contrats=None, etat__in=EtatProjet.publics()).exists()


def test_des_fiches_inscrites_sont_actualisees_et_des_comites_attendus(peuple):
    etats = {EtatActualisation(etat) for etat in Actualisation.objects.values_list("etat", flat=True)}
    assert {EtatActualisation.SOUMISE, EtatActualisation.ACCEPTEE, EtatActualisation.PREPARATION} <= etats
    for une in Actualisation.objects.select_related("projet").prefetch_related("etapes", "auteurs"):
        une.full_clean()
        assert une.projet.etat in EtatProjet.suivis()
        assert [auteur.pk for auteur in une.auteurs.all()] == [une.saisi_par_id]
        lue = du_projet(une.projet, list(une.valeurs))
        assert lue == (une.valeurs if une.etat in EtatActualisation.ecrites() else une.avant)
        if une.etat == EtatActualisation.SOUMISE:
            assert une.est_substantielle
            assert PointDeComite.objects.filter(projet=une.projet, comite__clos_le=None).exists()
        for decision in une.etapes.exclude(comite=None):
            assert decision.date == decision.comite.date
            assert decision.comite.points.filter(projet=une.projet).exists()
    acceptee = Actualisation.objects.filter(etat=EtatActualisation.ACCEPTEE).select_related("projet").first()
    assert acceptee.version == acceptee.projet.version_fiche
    assert acceptee.projet.historique.filter(history_type="~").exists()
    # Held, not closed: there is something to enter.
    tenus = Comite.objects.filter(date__lte=timezone.localdate(), clos_le=None)
    assert tenus.filter(points__projet__etat__in=EtatProjet.a_l_ordre_du_jour()).exists()


def test_des_projets_sont_archives_et_portent_les_etiquettes_de_leur_region(peuple):
    assert Projet.objects.exclude(archive_le=None).exists()
    assert not Projet.objects.exclude(archive_le=None).exclude(etat__in=EtatProjet.archivables()).exists()
    portees = Projet.etiquettes.through.objects.select_related("etiquette", "projet__territoire")
    assert portees.exists()
    for portee in portees:
        assert portee.projet.numero
        assert portee.projet.territoire.inscriptions.filter(region=portee.etiquette.region_id).exists()
    assert not Etiquette.objects.exclude(nom__endswith="(démonstration)").exists()


def test_des_perimetres_sont_demandes_dans_chaque_etat_sans_toucher_a_la_liste(reference):
    avant = list(Composition.objects.order_by("pk").values_list())
    call_command("peupler_demo", projets=20)
    assert list(Composition.objects.order_by("pk").values_list()) == avant
    assert {EtatDemande(etat) for etat in DemandeDePerimetre.objects.values_list("etat", flat=True)} == set(EtatDemande)
    for demande in DemandeDePerimetre.objects.prefetch_related("passages"):
        demande.full_clean()
        assert "inventée" in demande.raison
        assert demande.manques() == []
        assert [passage.vers for passage in demande.passages.all()][-1:] in ([], [demande.etat])
        membre = Composition.objects.filter(
            inscription__territoire=demande.territoire_id, collectivite=demande.collectivite_id
        )
        assert membre.exists() == (demande.etat == EtatDemande.INSCRITE or demande.sens == "sortie")


def test_les_equipes_de_demonstration_ont_des_projets_a_ecrire(peuple):
    for slug in ("dunkerque", "vosges"):
        siens = Projet.objects.filter(territoire=Territoire.objects.get(slug=slug))
        assert siens.count() >= NOMBRE // 20
        assert DemandeDePerimetre.objects.filter(territoire__slug=slug).exists()


def test_deux_machines_ont_les_memes_projets(reference):
    def decrire():
        return (
            list(
                Projet.objects.order_by("cle").values_list("cle", "titre", "numero", "etat", "territoire", "cout_total")
            ),
            list(PointDeComite.objects.order_by("pk").values_list("comite__cle", "projet__cle", "rang")),
            list(Avis.objects.order_by("cle").values_list("cle", "projet__cle", "sens", "date")),
            list(Contrat.objects.order_by("cle").values_list("cle", "territoire", "projets__cle")),
            list(Actualisation.objects.order_by("cle").values_list("cle", "projet__cle", "etat", "valeurs")),
            list(DemandeDePerimetre.objects.order_by("cle").values_list("cle", "territoire", "collectivite", "etat")),
            list(Projet.etiquettes.through.objects.order_by("pk").values_list("projet__cle", "etiquette__cle")),
            list(Financement.objects.order_by("cle").values_list("cle", "projet__cle", "etat", "engage", "verse")),
            list(Dotation.objects.order_by("cle").values_list("cle", "region", "genre", "montant", "charge")),
            list(Scenario.objects.order_by("pk").values_list("cle", "lignes__financement__cle", "lignes__montant")),
            list(Ecart.objects.order_by("pk").values_list("cle", "financement__cle", "montant")),
        )

    call_command("peupler_demo", projets=30)
    un = decrire()
    Campagne.objects.all().delete()
    for modele in (Scenario, Ecart, Mouvement, Financement, ActeDeDotation, Dotation, Ouverture, Exercice):
        modele.objects.all().delete()
    for modele in (DecisionDActualisation, Actualisation, PassageDePerimetre, DemandeDePerimetre):
        modele.objects.all().delete()
    for modele in (Remarque, Message, Piece, PointDeComite, Contrat, Decision, Comite):
        modele.objects.all().delete()
    Projet.objects.all().delete()
    Etiquette.objects.all().delete()
    Compteur.objects.all().delete()
    call_command("peupler_demo", projets=30)
    assert decrire() == un


def test_une_deuxieme_fois_rien_n_est_ajoute(peuple, capsys):
    call_command("peupler_demo", projets=NOMBRE)
    assert "aucun n'est ajouté" in capsys.readouterr().out
    assert Projet.objects.count() == NOMBRE


def test_des_actes_attendent_et_deux_scenarios_se_comparent(reference):
    call_command("peupler_demo", projets=80)
    premier, second = Scenario.objects.all()
    assert premier.dotation == second.dotation
    assert premier.lignes.count()
    assert second.lignes.count()
    assert Ecart.objects.filter(regle_le=None).exists()
    assert constater() == []


def test_qui_signe_n_entre_pas(peuple):
    auteur = Projet.objects.first().saisi_par
    assert not auteur.is_active
    assert not auteur.has_usable_password()
    assert habilitations(auteur) == []


def test_la_commande_est_refusee_en_production_et_sans_projet(settings):
    with pytest.raises(CommandError, match="au moins un"):
        call_command("peupler_demo", projets=0)
    settings.DEVELOPPEMENT = False
    with pytest.raises(CommandError, match="développement"):
        call_command("peupler_demo")
    assert not Projet.objects.exists()


@pytest.mark.parametrize("nombre", [20, 80])
def test_le_nombre_de_requetes_ne_suit_pas_le_nombre_de_projets(nombre, reference, django_assert_max_num_queries):
    # Rows are written in batches, which SQLite keeps small: 223 queries for 80 projects.
    with django_assert_max_num_queries(225):
        call_command("peupler_demo", projets=nombre)


@pytest.mark.parametrize(
    "chemin", ["/", "/projets/", "/projets/carte/", "/financements/", "/territoires/", "/connexion/"]
)
def test_chaque_page_dit_que_le_programme_est_invente(client, reference, settings, chemin):
    """Whatever it shows: in production, where nothing is invented, none does."""
    invente = "Les projets, les échanges, les agences et les comptes sont inventés."
    assert invente in client.get(chemin).text
    settings.DEVELOPPEMENT = False
    cache.clear()
    assert invente not in client.get(chemin).text
