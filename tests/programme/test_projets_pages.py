"""The list of projects, the page of one, and its transitions, as each reader finds them."""

import datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from programme.enums import AutoriteDecision, ChampDeFiche, EtatProjet, Meteo
from programme.fiche import EQUIPE, LA_REGION, attendu, lire_la_fiche
from programme.models import Decision, Mesure, Projet
from territoires.models import inscriptions_actuelles
from tests import factories as f
from tests.factories_comites import AvisFactory, PointFactory
from tests.factories_pieces import MessageFactory, PieceFactory, RemarqueFactory
from tests.factories_projets import (
    EtiquetteFactory,
    FreinFactory,
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ProjetFactory,
    PropositionFactory,
    ReleveFactory,
    projet_en,
)
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
LISTE = reverse("projets")


def etape(projet, cle):
    return reverse("projet_etape", args=[projet.cle, cle])


# --- Who sees what


def test_le_public_lit_les_projets_inscrits_et_eux_seuls(client, territoire):
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Une école")
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Un secret")
    page = Page(client.get(LISTE))
    assert "Une école" in page.mots
    assert "Un secret" not in page.mots
    assert client.get(inscrit.get_absolute_url()).status_code == 200
    reponse = client.get(transmis.get_absolute_url())
    assert reponse.status_code == 302
    assert reponse.url == client.get(reverse("projet", args=["2222222222"])).url.replace("2222222222", transmis.cle)


def test_la_page_du_public_ne_nomme_personne_et_tait_les_motifs(client, territoire):
    projet = projet_en(
        EtatProjet.ABANDONNE, territoire=territoire, saisi_par=f.UtilisateurFactory(prenom="Zoé", nom="Quidam")
    )
    page = Page(client.get(projet.get_absolute_url()))
    assert "Inscrit au contrat" in page.mots
    assert "Comité de pilotage régional" in page.mots
    for tu in ("Quidam", "Un motif.", "En instruction", "attendu maintenant"):
        assert tu not in page.mots


def test_l_equipe_lit_la_meme_page_avec_le_journal(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    client.force_login(personnages["lecture"])
    mots = Page(client.get(projet.get_absolute_url())).mots
    assert "En instruction" in mots
    assert "Saisi par" in mots
    assert "Chez qui, combien de temps" in mots


def test_le_secret_des_affaires_cache_les_montants_partout(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, montants_secrets=True, cout_total="123456.00")
    adresses = (LISTE, projet.get_absolute_url(), reverse("projets_export", args=["csv"]))

    def montre(nom):
        if nom:
            client.force_login(personnages[nom])
        textes = []
        for adresse in adresses:
            reponse = client.get(adresse)
            corps = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
            textes.append(corps.decode().replace("\N{NARROW NO-BREAK SPACE}", "").replace("\N{NO-BREAK SPACE}", ""))
        return ["123456" in texte for texte in textes]

    assert montre("") == [False] * 3
    assert montre("lecture") == [False] * 3
    assert montre("équipe voisine") == [False] * 3
    assert montre("chef de projet") == [True] * 3
    assert montre("pilote") == [True] * 3


def test_un_porteur_ne_voit_pas_le_projet_d_un_concurrent(client, territoire):
    sien, autre = (projet_en(EtatProjet.TRANSMIS, territoire=territoire) for _ in range(2))
    client.force_login(PorteurFactory(projet=sien).personne)
    assert client.get(sien.get_absolute_url()).status_code == 200
    assert client.get(autre.get_absolute_url()).status_code == 404


# --- Moving it


def test_le_pilote_inscrit_un_projet_au_contrat(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    client.force_login(personnages["pilote"])
    page = Page(client.get(projet.get_absolute_url()))
    assert page.liens["Inscrire au contrat"] == etape(projet, "inscrire")
    assert "Le projet devient public" in Page(client.get(etape(projet, "inscrire"))).mots
    champs = {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": "2026-01-15", "acte": "Relevé n° 3"}
    reponse = client.post(etape(projet, "inscrire"), champs, follow=True)
    assert "inscrit au contrat" in Page(reponse).mots
    projet = Projet.objects.get(pk=projet.pk)
    assert projet.etat == EtatProjet.INSCRIT
    decision = projet.decisions.last()
    assert (decision.autorite, decision.acte) == (AutoriteDecision.COMITE_REGIONAL, "Relevé n° 3")
    assert decision.saisie_par == personnages["pilote"]


@pytest.mark.parametrize(
    ("cle", "champs", "message"),
    [
        ("inscrire", {}, "Autorité qui décide"),
        ("inscrire", {"autorite": "autre", "date": "2026-01-15"}, "dites laquelle"),
        ("inscrire", {"autorite": "commission", "date": "2099-01-15"}, "Cette date est à venir"),
        ("ajourner", {"autorite": "commission", "date": "2026-01-15"}, "Motif"),
        ("inscrire-sous-reserve", {"autorite": "commission", "date": "2026-01-15"}, "Condition"),
    ],
)
def test_ce_qui_manque_a_une_decision_se_dit_a_son_champ(client, personnages, territoire, cle, champs, message):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    nombre = Decision.objects.count()
    client.force_login(personnages["pilote"])
    page = Page(client.post(etape(projet, cle), champs))
    assert "Rien n'est encore fait" in page.mots
    assert message in page.mots
    assert Decision.objects.count() == nombre


def test_lire_la_page_d_une_etape_ne_change_rien(client, personnages, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    client.force_login(personnages["pilote"])
    assert client.get(etape(projet, "instruire")).status_code == 200
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.TRANSMIS


def test_qui_voit_sans_le_droit_est_refuse_et_qui_ne_voit_pas_ne_trouve_rien(client, personnages, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    for nom, statut in (("chef de projet", 403), ("pilote d'une région associée", 403), ("pilote voisin", 404)):
        client.force_login(personnages[nom])
        assert client.post(etape(projet, "instruire")).status_code == statut, nom
    client.force_login(personnages["pilote"])
    assert client.get(etape(projet, "danser")).status_code == 404


def test_le_second_qui_clique_apprend_ce_qu_est_devenu_le_projet(client, personnages, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    client.force_login(personnages["pilote"])
    client.post(etape(projet, "instruire"))
    client.force_login(personnages["agent instructeur"])
    assert "quelqu'un l'a peut-être déjà fait" in Page(client.get(etape(projet, "instruire"))).mots
    mots = Page(client.post(etape(projet, "instruire"), follow=True)).mots
    assert "« En instruction » depuis le" in mots


def passe(client, personne, projet, cle):
    """Return what is told to who moved it."""
    client.force_login(personne)
    client.post(etape(projet, cle))
    return Page(client.get(projet.get_absolute_url())).mots


def test_qui_a_agi_apprend_ce_qu_il_fait_ensuite(client, personnages, territoire):
    chef, pilote = personnages["chef de projet"], personnages["pilote"]
    vide = ProjetFactory(territoire=territoire)
    mots = passe(client, chef, vide, "preparer")
    assert (
        f"« {vide.titre} » : en préparation. Avant de pouvoir « Transmettre à la région », il manque 12 choses" in mots
    )
    complet = projet_en(EtatProjet.IDEE, territoire=territoire)
    mots = passe(client, chef, complet, "preparer")
    assert "Vous pouvez maintenant : transmettre à la région." in mots
    assert "attendue" not in mots
    assert "La région est maintenant attendue." in passe(client, chef, complet, "transmettre")
    mots = passe(client, pilote, complet, "instruire")
    assert "Vous pouvez maintenant : inscrire au contrat, inscrire sous réserve, ajourner, ne pas inscrire." in mots
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    assert "Son avancement se note au fil de l'eau" in passe(client, chef, inscrit, "demarrer")


def test_on_n_examine_pas_le_projet_qu_on_a_saisi(client, personnages, territoire):
    projet = projet_en(EtatProjet.TRANSMIS, territoire=territoire, saisi_par=personnages["pilote"])
    client.force_login(personnages["pilote"])
    assert etape(projet, "instruire") not in client.get(projet.get_absolute_url()).text
    assert "Vous avez saisi, validé ou fait avancer ce projet" in Page(client.get(etape(projet, "instruire"))).mots
    client.post(etape(projet, "instruire"))
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.TRANSMIS


# --- Who waits for whom


@pytest.mark.parametrize(
    ("etat", "acteur"),
    [
        (EtatProjet.PREPARATION, EQUIPE),
        (EtatProjet.TRANSMIS, LA_REGION),
        (EtatProjet.A_COMPLETER, EQUIPE),
        (EtatProjet.INSTRUCTION, LA_REGION),
        (EtatProjet.INSCRIT_RESERVE, LA_REGION),
        (EtatProjet.REALISATION, EQUIPE),
        (EtatProjet.REALISE, ""),
    ],
)
def test_qui_est_attendu_se_lit_dans_la_table(etat, acteur):
    assert attendu(etat) == acteur


def test_les_jours_passes_chez_chacun_font_la_duree_du_projet(personnages, territoire):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    # Noon by the clock of Paris: late at night, a month with a change of hour has one day less or more.
    debut = timezone.localtime().replace(hour=12) - datetime.timedelta(days=30)
    Projet.objects.filter(pk=projet.pk).update(cree_le=debut)
    projet.refresh_from_db()
    for decision, jours in zip(projet.decisions.order_by("pk"), (20, 12, 5), strict=True):
        Decision.objects.filter(pk=decision.pk).update(saisie_le=debut + datetime.timedelta(days=30 - jours))
    fiche = lire_la_fiche(projet.cle, personnages["pilote"])
    assert {sejour.acteur: sejour.jours for sejour in fiche.sejours} == {EQUIPE: 18, LA_REGION: 12}


# --- How much it costs


def test_la_liste_ne_coute_pas_plus_pour_trente_projets_que_pour_deux(client, personnages, territoire):
    client.force_login(personnages["pilote"])

    def compter():
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(LISTE).status_code == 200
        return len(requetes)

    for _ in range(2):
        projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    deux = compter()
    for _ in range(28):
        projet_en(EtatProjet.INSCRIT, territoire=territoire)
    assert compter() == deux <= 18


@pytest.mark.parametrize(
    "etat", [EtatProjet.A_COMPLETER, EtatProjet.TRANSMIS, EtatProjet.INSTRUCTION, EtatProjet.REALISATION]
)
def test_la_page_d_un_projet_ne_coute_pas_plus_avec_trente_parties(etat, client, personnages, territoire):
    projet = projet_en(etat, territoire=territoire)
    client.force_login(personnages["chef de projet"])

    def compter():
        # The number of tasks, counted again when something changed, is every page's.
        client.get(reverse("aide"))
        with CaptureQueriesContext(connection) as requetes:
            assert client.get(projet.get_absolute_url()).status_code == 200
        return len(requetes)

    _remplir(projet, 2)
    deux = compter()
    _remplir(projet, 28)
    assert compter() == deux <= 15


def _remplir(projet, combien):
    """Give the project as many of everything that its page shows, each by somebody else."""
    for _ in range(combien):
        ReleveFactory(indicateur=IndicateurFactory(projet=projet))
        JalonFactory(projet=projet)
        FreinFactory(projet=projet)
        PropositionFactory(projet=projet)
        PieceFactory(projet=projet)
        MessageFactory(projet=projet)
        AvisFactory(projet=projet)
        PointFactory(projet=projet)
        projet.mesures.add(f.MesureFactory())
        projet.communes.add(f.CommuneFactory())
        projet.territoires_associes.add(f.TerritoireFactory())
        if projet.etat == EtatProjet.A_COMPLETER:
            for champ in (ChampDeFiche.CONTEXTE, ChampDeFiche.JALONS, ChampDeFiche.FREINS, ChampDeFiche.MESURES):
                RemarqueFactory(projet=projet, champ=champ)


def test_une_page_publique_de_projet_coute_peu(client, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(projet.get_absolute_url()).status_code == 200
    assert len(requetes) <= 12


@pytest.mark.parametrize("question", ["?etat=nimporte", "?region=ZZ", "?territoire=absent", "?besoin=abc", "?tri=x"])
def test_une_recherche_incomprise_le_dit(client, reference, question):
    assert "n'est pas comprise" in Page(client.get(LISTE + question)).mots


def test_la_meteo_ne_se_devine_pas_par_les_filtres(client, personnages, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire, titre="Un chantier")
    Projet.objects.filter(pk=projet.pk).update(meteo=Meteo.BLOQUE)
    cas = {"chef de projet": True, "pilote": True, "équipe voisine": False, "pilote voisin": False}
    for nom, trouve in cas.items():
        client.force_login(personnages[nom])
        assert ("Un chantier" in client.get(LISTE, {"meteo": "bloque"}).text) == trouve, nom
        assert "Un chantier" not in client.get(LISTE, {"meteo": "bon"}).text, nom
    client.logout()
    # Not a question that the public may ask: it is not heard.
    assert "Un chantier" in client.get(LISTE, {"meteo": "bon"}).text


def test_les_etiquettes_ne_se_cherchent_que_par_leur_region(client, personnages, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Un chantier")
    etiquette = EtiquetteFactory(region_id="32")
    projet.etiquettes.add(etiquette)
    for nom, trouve in {"pilote": True, "auditeur": True, "pilote voisin": None, "équipe voisine": None}.items():
        client.force_login(personnages[nom])
        page = client.get(LISTE, {"etiquette": etiquette.cle})
        assert ("Étiquette" in page.text) == bool(trouve), nom
        assert "Un chantier" in page.text, nom
    autre = EtiquetteFactory(region_id="44")
    client.force_login(personnages["pilote"])
    assert "pas comprise" in client.get(LISTE, {"etiquette": autre.cle}).text


def test_on_cherche_par_retard_mesure_departement_et_nature(client, territoire):
    tard = projet_en(
        EtatProjet.REALISATION, territoire=territoire, titre="En retard", porteur_genre="chambre",
        debut=datetime.date(2020, 1, 1), fin=datetime.date(2020, 2, 1),
    )  # fmt: skip
    mesure = Mesure.objects.first()
    tard.mesures.set([mesure])
    autre = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="À l'heure", porteur_genre="association")
    autre.mesures.clear()
    departement = inscriptions_actuelles().get(territoire=territoire).perimetre.departements.first()

    def trouves(**criteres):
        return {projet.titre for projet in client.get(LISTE, criteres).context["page"]}

    assert trouves(retard="on") == {"En retard"}
    assert trouves(mesure=mesure.code) == {"En retard"}
    assert trouves(porteur="association") == {"À l'heure"}
    assert trouves(departement=departement.pk) == {"En retard", "À l'heure"}
    assert trouves(departement="971") == set()
    assert trouves(etat="inscrits") == {"À l'heure"}
    assert trouves(q=f"{tard.numero.lower()}") == {"En retard"}
