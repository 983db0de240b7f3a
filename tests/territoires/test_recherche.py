"""« Ma commune est-elle concernée ? »: found by whatever people type, on the 35 000 real communes."""

import random

import pytest
from django.db import connection
from django.db.models import Count
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from comptes.pages_publiques import version
from territoires import recherche
from territoires.models import Appellation, Collectivite, Couverture, Liste, Perimetre
from territoires.models.decoupage import CollectiviteQuerySet
from territoires.recherche import NOMBRE_DE_REPONSES, NOMBRE_DE_SUGGESTIONS, chercher, plus_proches, suggerer
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def contours_relus():
    """Outlines are kept by the ids of history, which come back when a test is undone."""
    recherche._contours_gardes.clear()


def codes(communes):
    return [commune.commune_id for commune in communes]


def noms(communes):
    return [commune.nom for commune in communes]


# What people type → the INSEE code of the only commune that bears just that.
SEULES = [
    ("Dunkerque", "59183"),
    ("dunkerque", "59183"),
    ("  DUNKERQUE  ", "59183"),
    ("Châtellerault", "86066"),
    ("chatellerault", "86066"),
    ("Vitry-le-François", "51649"),
    ("vitry le francois", "51649"),
    ("St-Dizier", "52448"),
    ("saint dizier", "52448"),
    ("St. Dizier", "52448"),
    ("Ste-Menehould", "51507"),
    ("Fos sur Mer", "13039"),
    ("L'Haÿ-les-Roses", "94038"),
    ("L’Haÿ-les-Roses", "94038"),
    ("l hay les roses", "94038"),
    ("Plœmeur", "56162"),
    ("ploemeur", "56162"),
    ("Bourg-en-Bresse", "01053"),
    ("Villers-Cotterêts", "02810"),
    ("Le Creusot", "71153"),
    ("Les Sables-d'Olonne", "85194"),
    ("Aÿ-Champagne", "51030"),
    ("Y", "80829"),
    ("Saint-Nazaire-sur-Charente", "17375"),
    ("Pointe-à-Pitre", "97120"),
    ("pointe a pitre", "97120"),
    ("Mamoudzou", "97611"),
    ("Ajaccio", "2A004"),
    # Merged, déléguées, arrondissements: old names lead to the commune of today.
    ("Vouël", "02738"),
    ("Lyon 3e Arrondissement", "69123"),
    ("Château-d'Olonne", "85194"),
    # Codes.
    ("02738", "02738"),
    ("2A004", "2A004"),
    ("2a004", "2A004"),
    ("75011", "75056"),
    ("97200", "97209"),
]


@pytest.mark.parametrize(("texte", "code"), SEULES)
def test_une_commune_se_trouve_comme_on_l_ecrit(texte, code):
    reponse = chercher(texte)
    assert reponse.exacte
    assert not reponse.incomplete
    assert codes(reponse.communes) == [code]


def test_les_homonymes_sont_un_choix_du_plus_peuple_au_moins_peuple():
    reponse = chercher("Saint-Denis")
    assert reponse.exacte
    assert codes(reponse.communes)[:2] == ["97411", "93066"]
    assert {"11339", "30247"} <= set(codes(reponse.communes))
    lieux = [commune.lieu for commune in reponse.communes]
    assert lieux[:2] == ["La Réunion (974)", "Seine-Saint-Denis (93)"]


def test_un_nom_exact_passe_devant_ceux_qui_commencent_ainsi():
    reponse = chercher("Lille")
    assert reponse.exacte
    assert codes(reponse.communes) == ["59350"]


def test_un_code_postal_et_le_code_insee_d_une_autre_commune_sont_un_choix():
    reponse = chercher("59140")
    assert reponse.exacte
    assert [(c.commune_id, c.nature) for c in reponse.communes] == [("59183", "postal"), ("59140", "insee")]


def test_une_fin_de_nom_suffit():
    reponse = chercher("Tropez")
    assert not reponse.exacte
    assert noms(reponse.communes) == ["Saint-Tropez"]


def test_un_debut_de_nom_suffit():
    reponse = chercher("dunkerq")
    assert not reponse.exacte
    assert noms(reponse.communes) == ["Dunkerque"]


def test_un_debut_trop_court_ou_trop_commun_est_dit_incomplet():
    reponse = chercher("saint")
    assert reponse.incomplete
    assert len(reponse.communes) == NOMBRE_DE_REPONSES
    assert all(nom.startswith("Saint") for nom in noms(reponse.communes))


def test_une_liste_complete_n_est_pas_dite_incomplete():
    """Paris has twenty postal codes: its many ways of being found do not make many communes."""
    for debut in ("750", "690", "130", "1300", "dunk", "97", "chatellera"):
        reponse = chercher(debut)
        trouvables = Appellation.objects.filter(texte__startswith=debut).values("commune").distinct().count()
        if reponse.communes and not reponse.exacte:
            assert reponse.incomplete == (trouvables > len(reponse.communes)), debut
            # « Plus de 15 communes » is true.
            assert not reponse.incomplete or trouvables > NOMBRE_DE_REPONSES, debut


@pytest.mark.parametrize(
    ("texte", "proche"),
    [("Dunkerke", "Dunkerque"), ("Chatelerault", "Châtellerault"), ("Vitri-le-François", "Vitry-le-François")],
)
def test_un_nom_mal_ecrit_propose_ceux_qui_ressemblent(texte, proche):
    reponse = chercher(texte)
    assert not reponse.communes
    assert reponse.noms_proches[0] == proche
    assert chercher(reponse.noms_proches[0]).communes


@pytest.mark.parametrize(
    "texte",
    ["", " ", "\t\n", "\x00", "%", "_", "%%%", "___", "'", '"', "\\", "😀", "💥" * 50, "-", "«»", "日本", "\ufeff"],
)
def test_ce_qui_n_est_pas_un_nom_ne_trouve_rien(texte):
    assert chercher(texte) == ([], False, False, ())
    assert suggerer(texte) == []


@pytest.mark.parametrize("texte", ["zzzzzz", "99999", "Dunkerque%", "a" * 10_000, "1 234", "OR 1=1 --", "%unkerque"])
def test_ce_qui_n_existe_pas_est_cherche_sans_erreur(texte):
    reponse = chercher(texte)
    if texte == "Dunkerque%":
        assert noms(reponse.communes) == ["Dunkerque"]
    else:
        assert not reponse.communes
        assert suggerer(texte) == []


def test_un_caractere_joker_ne_vaut_que_pour_lui_meme():
    """« _unkerque » and « D%e » would match in a careless LIKE."""
    assert not chercher("_unkerque").communes
    assert "Dunkerque" not in noms(chercher("Dun%que").communes)


def test_un_texte_trop_long_est_coupe():
    assert noms(chercher("Dunkerque" + " " * 10_000).communes) == ["Dunkerque"]
    assert not chercher("x" + "Dunkerque " * 1000).communes


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text())
def test_aucun_texte_ne_fait_echouer_la_recherche(texte):
    reponse = chercher(texte)
    assert len(reponse.communes) <= 100
    assert len(set(codes(reponse.communes))) == len(reponse.communes)
    assert not (reponse.communes and reponse.noms_proches)
    suggerees = suggerer(texte)
    assert len(suggerees) <= NOMBRE_DE_SUGGESTIONS
    assert len(set(codes(suggerees))) == len(suggerees)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text("aeéisntlr -'’œ", min_size=1, max_size=12))
def test_aucun_nom_vraisemblable_ne_fait_echouer_la_recherche(texte):
    """Letters that names are made of: these do reach the database."""
    reponse = chercher(texte)
    cherche = recherche.normaliser_lieu(texte)
    for commune in reponse.communes:
        assert Appellation.objects.filter(commune=commune.commune_id, texte__startswith=cherche).exists()
    suggerer(texte)


@pytest.fixture
def echantillon():
    """Three hundred communes of today, always the same."""
    communes = list(Collectivite.objects.communes().actuelles().order_by("code"))
    return random.Random(2018).sample(communes, 300)


def test_chaque_commune_se_trouve_par_son_nom_et_ses_codes(echantillon):
    perdues = [
        f"{commune} par « {texte} »"
        for commune in echantillon
        for texte in (commune.nom, commune.nom.upper(), commune.code, *commune.codes_postaux.split())
        if commune.code not in codes(chercher(texte).communes)
    ]
    assert not perdues, f"{len(perdues)} : {perdues[:10]}"


@pytest.mark.parametrize("nature", ["nom", "postal"])
def test_les_plus_partages_des_noms_et_des_codes_montrent_toutes_leurs_communes(nature):
    """Whoever lives in the least peopled of the 47 communes of 51300 finds it too."""
    partages = (
        Appellation.objects.filter(nature=nature, entiere=True)
        .values_list("texte")
        .annotate(nombre=Count("commune", distinct=True))
        .order_by("-nombre")[:20]
    )
    for texte, nombre in partages:
        reponse = chercher(texte)
        assert len(reponse.communes) >= nombre > 5, texte
        assert reponse.exacte
        assert not reponse.incomplete


def test_les_communes_disparues_ne_sont_pas_proposees():
    appellations = Appellation.objects.exclude(commune__au=None)
    assert not appellations.exists()


def test_une_recherche_se_fait_en_trois_requetes_au_plus():
    for texte in ("Dunkerque", "Saint-Denis", "saint", "51300", "Dunkerke", "zzzzzz", "y"):
        with CaptureQueriesContext(connection) as requetes:
            chercher(texte)
        assert len(requetes) <= 3, texte
        with CaptureQueriesContext(connection) as requetes:
            suggerer(texte)
        assert len(requetes) <= 1, texte


def test_les_suggestions_viennent_des_plus_peuplees():
    assert noms(suggerer("dunk"))[0] == "Dunkerque"
    marseille, *suite = suggerer("mar")
    assert marseille.nom == "Marseille"
    assert len(suite) == NOMBRE_DE_SUGGESTIONS - 1


def test_reconstruire_les_appellations_suit_les_communes(monkeypatch):
    # The made-up communes only: the 35 000 real ones take eight seconds.
    monkeypatch.setattr(
        CollectiviteQuerySet, "communes", lambda lignes: lignes.filter(nature="COM", code__startswith="Z")
    )
    commune = f.CommuneFactory(nom="Saint-Essai-lès-Épreuves", codes_postaux="00001 00002", population=50)
    disparue = f.CommuneFactory(nom="Autrefois", au="2020-01-01", remplacee_par=commune)
    recherche.reconstruire_appellations(
        [{"nom": "Vieil-Essai", "commune": commune.code}, {"nom": "Perdu", "commune": disparue.code}]
    )
    lignes = Appellation.objects.filter(commune=commune).values_list("texte", "nature", "entiere", "poids")
    assert set(lignes) == {
        ("saint essai les epreuves", "nom", True, 50),
        ("essai les epreuves", "nom", False, 50),
        ("epreuves", "nom", False, 50),
        (commune.code.lower(), "insee", True, 50),
        ("00001", "postal", True, 50),
        ("00002", "postal", True, 50),
        ("vieil essai", "ancien", True, 0),
        ("essai", "ancien", False, 0),
    }
    assert not Appellation.objects.filter(commune=disparue).exists()
    assert chercher("vieil essai").communes[0].lieu == str(commune.departement)
    assert not chercher("Perdu-des-Vosges").communes


# --- The nearest territories ----------------------------------------------------------------------------------


def finale():
    return Liste.objects.get(slug="2022-12-31")


def territoires_proches(code):
    commune = Collectivite.objects.select_related("departement").get(code=code)
    return plus_proches(finale(), commune)


def test_les_territoires_proches_vont_du_plus_proche_au_plus_lointain():
    proches = territoires_proches("75056")
    assert len(proches) == 3
    distances = [distance for _, distance in proches]
    assert distances == sorted(distances)
    assert 0 < distances[0] < distances[-1] < 60


def test_une_commune_d_un_territoire_en_est_a_zero_kilometre():
    couverture = Couverture.objects.filter(liste=finale(), commune="59183").get()
    assert territoires_proches("59183")[0] == (couverture.inscription, 0)


def test_outre_mer_seuls_comptent_les_territoires_de_la_meme_region():
    """Saint-Denis is not « near » Mayotte, and no territory stands there."""
    inscriptions = finale().inscriptions
    for code, region in (("97411", "04"), ("97302", "03")):
        trouves = [inscription.pk for inscription, _ in territoires_proches(code)]
        assert set(trouves) <= set(inscriptions.filter(region=region).values_list("pk", flat=True))
    assert not inscriptions.filter(region="06").exists()
    assert territoires_proches("97611") == []


def test_une_commune_sans_point_n_a_pas_de_voisin():
    commune = f.CommuneFactory(longitude=None, latitude=None)
    assert plus_proches(finale(), commune) == []


def test_une_liste_sans_territoire_n_a_pas_de_plus_proche():
    commune = Collectivite.objects.select_related("departement").get(code="75056")
    assert plus_proches(f.ListeFactory(), commune) == []


def test_un_territoire_sans_contour_n_est_pas_proche():
    perimetre = f.PerimetreFactory(geometrie=f.shapely.to_wkb(f.shapely.MultiPolygon()))
    commune = Collectivite.objects.select_related("departement").get(code="75056")
    assert plus_proches(perimetre.inscription.liste, commune) == []


def test_un_perimetre_qui_change_change_les_plus_proches():
    """Outlines are kept between requests, as long as no perimeter changes."""
    commune = f.CommuneFactory(longitude=3, latitude=46)
    perimetre = f.PerimetreFactory(geometrie=f.shapely.to_wkb(f.carre(3.5, 46)))
    liste = perimetre.inscription.liste
    ((_, avant),) = plus_proches(liste, commune, version=version((Perimetre,)))
    assert avant == pytest.approx(38.7, abs=1)
    Perimetre.objects.filter(pk=perimetre.pk).first().delete()
    f.PerimetreFactory(inscription=perimetre.inscription, geometrie=f.shapely.to_wkb(f.carre(3.25, 46)))
    ((_, apres),) = plus_proches(liste, commune, version=version((Perimetre,)))
    assert apres == pytest.approx(avant / 2, abs=0.5)
