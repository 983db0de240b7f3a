"""The page of a territory: what is known of it, in each list, and nothing empty."""

import datetime
import re

import pytest

from territoires.enums import NatureFiliation
from territoires.models import Composition, Inscription, Territoire
from tests import factories as f
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db

LE_PLUS_LONG = "vitry-le-francois-saint-dizier-bar-le-duc-bassin-de-joinville"
TOUTES = [
    "En bref",
    "Membres",
    "Qui pilote",
    "Agences de développement",
    "Projets",
    "Communes",
    "Territoires voisins",
    "D'une liste à l'autre",
    "Sources",
]


def fiche(client, slug):
    return ouvrir(client, f"/territoires/{slug}/")


def test_dunkerque_dans_ses_deux_listes(client):
    page = fiche(client, "dunkerque")
    assert page.h1 == "Dunkerque"
    assert [s for s in page.sections if s != "Territoires voisins"] == [s for s in TOUTES if s != "Territoires voisins"]
    assert "« Périmètre final de la phase 1 » (décembre 2022), sous le code ti-3208." in page.mots
    assert "22 novembre 2018 · confirmé par une source" in page.liens
    assert "décembre 2022 · officiel" in page.liens
    assert "Région pilote Hauts-de-France" in page.mots
    assert "Département Nord (59)" in page.mots
    assert "habitants par km²" in page.mots
    (membre, autre) = page.lignes[1:]
    assert {membre[1], autre[1]} <= {"Communauté urbaine", "Communauté de communes"}
    assert page.liens["Dunkerque"] == "/communes/59183/"


def test_un_territoire_interregional_dit_ses_regions(client):
    page = fiche(client, "vallee-de-lhuisne")
    assert "Région pilote Pays de la Loire" in page.mots
    assert "Régions des communes Centre-Val de Loire, Normandie et Pays de la Loire" in page.mots
    # Published and computed regions are the same: said once.
    assert "Régions selon la liste" not in page.mots
    assert "Départements Eure-et-Loir (28), Orne (61) et Sarthe (72)" in page.mots


def test_des_regions_publiees_autres_que_celles_des_communes_sont_dites_toutes(client):
    slug = Inscription.objects.get(liste__slug="2022-12-31", code="ti-2706").territoire.slug
    page = fiche(client, slug)
    assert "Régions selon la liste Bourgogne-Franche-Comté" in page.mots
    assert "Régions des communes Bourgogne-Franche-Comté et Centre-Val de Loire" in page.mots


def test_le_plus_long_nom_est_entier(client):
    page = fiche(client, LE_PLUS_LONG)
    assert page.h1 == "Vitry-le-François - Saint-Dizier - Bar-le-Duc - Bassin de Joinville"
    assert page.sections == TOUTES


def test_un_territoire_d_outre_mer_est_dessine_dans_sa_region(client):
    page = fiche(client, "communaute-dagglomeration-cap-excellence")
    assert "Région pilote Guadeloupe" in page.mots
    assert page.html.count('class="carte__fond"') == page.html.count('class="carte__territoire"') == 1
    assert "Territoires voisins" not in page.sections


def test_un_territoire_renomme_garde_son_adresse_et_dit_ses_deux_noms(client):
    page = fiche(client, "val-et-terres-de-lorraine")
    assert page.h1 == "Terres de Lorraine"
    assert "Nom Val et Terres de Lorraine Code ti-4411" in page.mots
    assert "Nom Terres de Lorraine Code ti-4411" in page.mots


def test_un_territoire_sorti_de_la_liste_finale_garde_sa_page(client):
    page = fiche(client, "pays-de-brest")
    assert "Situation dans la liste « Liste de l'annonce » (22 novembre 2018)" in page.mots


def test_un_membre_disparu_depuis_dit_jusqu_a_quand(client):
    page = fiche(client, "nord-lorraine")
    assert "CA du Val de Fensch (jusqu'au 31 décembre 2025)" in page.mots


def test_chaque_page_dit_ses_sources(client):
    for slug in ("dunkerque", LE_PLUS_LONG, "pays-de-brest"):
        page = fiche(client, slug)
        sources = re.findall(r'<dd class="source">(.+?)</dd>', page.html)
        # One a list, and that of the communes.
        assert len(sources) == page.html.count("<dt>Fiabilité</dt>") + 1
        assert page.liens["détail"] == "/mentions-legales/#sources"


def test_les_ancres_du_sommaire_existent_toutes_une_fois(client):
    page = fiche(client, LE_PLUS_LONG)
    ancres = [adresse[1:] for adresse in page.liens.values() if adresse.startswith("#")]
    assert set(ancres) <= set(page.ids)
    assert len(page.ids) == len(set(page.ids))


def test_les_membres_entres_et_sortis_d_une_liste_a_l_autre(client):
    reste, part, arrive = (f.EpciFactory(nom=nom) for nom in ("CC qui reste", "CC qui part", "CC qui arrive"))
    premiere = f.InscriptionFactory()
    seconde = f.InscriptionFactory(
        territoire=premiere.territoire, liste=f.ListeFactory(phase=premiere.liste.phase, date="2020-01-01")
    )
    for inscription, membres in ((premiere, (reste, part)), (seconde, (reste, arrive))):
        for membre in membres:
            f.CompositionFactory(inscription=inscription, collectivite=membre)
    page = fiche(client, premiere.territoire.slug)
    assert "Membres entrés CC qui arrive" in page.mots
    assert "Membres sortis CC qui part" in page.mots
    assert page.mots.count("Membres entrés") == 1


@pytest.mark.parametrize(("dates", "membre"), [({"au": "2020-01-01"}, False), ({"du": "2020-01-01"}, True)])
def test_un_membre_date_n_est_montre_que_s_il_l_est_aujourd_hui(client, dates, membre):
    """A decision on the perimeter gives its members dates: the figures follow them, the table too."""
    composition = f.CompositionFactory(collectivite__nom="CC datée", **dates)
    page = fiche(client, composition.inscription.territoire.slug)
    lignes = [ligne[0] for ligne in page.lignes[1:]]
    assert ("CC datée" in " ".join(lignes)) == membre


def test_ce_qui_est_sorti_et_ce_qui_vient_est_dit_sous_le_tableau(client, time_machine):
    time_machine.move_to("2021-05-10T12:00:00+02:00", tick=False)
    present = f.CompositionFactory(collectivite__nom="CC présente", au="2021-05-10")
    inscription = present.inscription
    for nom, dates in {
        "CC partie": {"au": "2021-05-09"},
        "CA Écartée": {"au": "2020-12-31"},
        "CC promise": {"du": "2021-05-11"},
        "CC de passage": {"du": "2022-01-01", "au": "2022-12-31"},
    }.items():
        f.CompositionFactory(inscription=inscription, collectivite__nom=nom, **dates)
    page = fiche(client, inscription.territoire.slug)
    assert [ligne[0] for ligne in page.lignes[1:]] == ["CC présente (jusqu'au 10 mai 2021)"]
    assert "Sortis : CA Écartée, jusqu'au 31 décembre 2020 ; CC partie, jusqu'au 9 mai 2021." in page.mots
    assert "À venir : CC de passage, à partir du 1er janvier 2022 ; CC promise, à partir du 11 mai 2021." in page.mots


def test_un_territoire_dont_tous_les_membres_sont_sortis_le_dit_sans_tableau(client):
    composition = f.CompositionFactory(collectivite__nom="CC partie", au="2020-01-01")
    page = fiche(client, composition.inscription.territoire.slug)
    assert page.lignes == []
    assert "Membres" in page.sections
    assert page.liens["Membres"] == "#membres"
    assert "Sortis : CC partie, jusqu'au 1er janvier 2020." in page.mots


def test_ce_qui_est_sorti_d_une_liste_anterieure_n_est_pas_repete(client):
    sorti = f.CompositionFactory(collectivite__nom="CC partie", au="2020-01-01")
    territoire = sorti.inscription.territoire
    f.CompositionFactory(
        inscription__territoire=territoire,
        inscription__liste=f.ListeFactory(phase=territoire.phase, date="2020-06-01"),
    )
    assert "CC partie" not in fiche(client, territoire.slug).mots


def test_une_filiation_mene_d_un_territoire_a_l_autre(client):
    origine, suite = (f.InscriptionFactory().territoire for _ in range(2))
    f.FiliationFactory(
        origine=origine, suite=suite, nature=NatureFiliation.FUSIONNE, date=datetime.date(2023, 11, 9), acte="Arrêté 12"
    )
    for slug in (origine.slug, suite.slug):
        page = fiche(client, slug)
        assert f"9 novembre 2023 : {origine.nom} fusionne dans {suite.nom} (Arrêté 12)." in page.mots
        assert {page.liens[origine.nom], page.liens[suite.nom]} == {f"/territoires/{t.slug}/" for t in (origine, suite)}


def test_rien_de_vide_n_est_montre(client):
    """Neither member, commune, perimeter, neighbour, filiation nor source."""
    inscription = f.InscriptionFactory(liste__source="")
    page = fiche(client, inscription.territoire.slug)
    for absente in ("Membres", "Communes", "Territoires voisins"):
        assert absente not in page.sections
        assert absente not in page.liens
    for absent in ("Population", "Superficie", "Densité", "Département", "None", "Régions"):
        assert absent not in page.mots.replace("Communes et population", "")
    assert "<dd></dd>" not in page.html
    assert '<dd class="source"></dd>' not in page.html
    assert "carte__dessin" not in page.html


def test_un_territoire_sans_filiation_ne_dit_pas_filiation(client):
    assert "fusionne" not in fiche(client, "dunkerque").mots
    assert "se poursuit" not in fiche(client, "dunkerque").mots


@pytest.mark.parametrize("slug", ["atlantide", "0", "-", "DUNKERQUE", "a" * 3000])
def test_un_territoire_inconnu_n_existe_pas(client, slug):
    page = ouvrir(client, f"/territoires/{slug}/", statut=404)
    assert 'name="q"' in page.html


def test_un_territoire_sans_liste_n_a_pas_de_page(client):
    ouvrir(client, f"/territoires/{f.TerritoireFactory().slug}/", statut=404)


def test_chaque_territoire_du_programme_a_sa_page(client):
    """All of them: real names, real perimeters, real changes."""
    assert Territoire.objects.count() == 152
    for territoire in Territoire.objects.all()[::6]:
        page = fiche(client, territoire.slug)
        assert page.h1 == territoire.nom.replace("\N{NO-BREAK SPACE}", " ")
        assert "None" not in page.mots
        nombre = Composition.objects.filter(inscription=_actuelle(territoire)).count()
        assert f"{nombre} membre" in page.mots


def _actuelle(territoire):
    return territoire.inscriptions.order_by("-liste__date").first()
