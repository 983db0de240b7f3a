"""Filters of the list of territories, on a small made-up list."""

import pytest

from territoires.enums import Fiabilite
from territoires.filters import TRIS, FiltreInscriptions
from territoires.models import Inscription
from tests import factories as f

pytestmark = pytest.mark.django_db


@pytest.fixture
def liste():
    return f.ListeFactory()


def inscrire(liste, nom, **attributs):
    perimetre = {cle: attributs.pop(cle) for cle in ("population", "nb_communes", "superficie") if cle in attributs}
    inscription = f.InscriptionFactory(liste=liste, nom=nom, **attributs)
    f.PerimetreFactory(inscription=inscription, **perimetre)
    return inscription


def filtrer(liste, **parametres):
    filtre = FiltreInscriptions(parametres, queryset=Inscription.objects.filter(liste=liste))
    assert filtre.is_valid(), filtre.errors
    return [inscription.nom for inscription in filtre.qs]


@pytest.mark.parametrize(
    ("texte", "trouves"),
    [
        ("", ["Sambre - Avesnois", "Vallée de l'Œuf"]),
        ("sambre", ["Sambre - Avesnois"]),
        ("AVESNOIS sambre", ["Sambre - Avesnois"]),
        ("Vallee", ["Vallée de l'Œuf"]),
        ("l'œuf", ["Vallée de l'Œuf"]),
        ("oeuf", ["Vallée de l'Œuf"]),
        ("ti-0042", ["Vallée de l'Œuf"]),
        ("0042", ["Vallée de l'Œuf"]),
        ("a", ["Sambre - Avesnois", "Vallée de l'Œuf"]),
        ("sambre vallée", []),
        ("100%", []),
        ("_", ["Sambre - Avesnois", "Vallée de l'Œuf"]),  # nothing to look for
        ("😀", ["Sambre - Avesnois", "Vallée de l'Œuf"]),
        ("mot " * 45, []),
    ],
)
def test_le_texte_cherche_chacun_de_ses_mots_dans_le_nom_ou_le_code(liste, texte, trouves):
    inscrire(liste, "Sambre - Avesnois", code="ti-0041")
    inscrire(liste, "Vallée de l'Œuf", code="ti-0042")
    assert filtrer(liste, q=texte) == trouves


def test_une_region_trouve_ses_territoires_pilotes_publies_ou_calcules(liste):
    region, autre = f.RegionFactory(), f.RegionFactory()
    inscrire(liste, "A piloté", region=region)
    inscrire(liste, "B publié", region=autre).regions.add(region, autre)
    inscrire(liste, "C calculé", region=autre).perimetre.regions.add(region, autre)
    inscrire(liste, "D ailleurs", region=autre)
    # Each once, however many reasons there are.
    tout = inscrire(liste, "E tout", region=region)
    tout.regions.add(region)
    tout.perimetre.regions.add(region)
    assert filtrer(liste, region=region.code) == ["A piloté", "B publié", "C calculé", "E tout"]


def test_un_departement_trouve_les_territoires_de_ses_communes(liste):
    departement = f.DepartementFactory()
    inscrire(liste, "Dedans").perimetre.departements.add(departement, f.DepartementFactory())
    inscrire(liste, "Dehors")
    assert filtrer(liste, departement=departement.code) == ["Dedans"]


def test_la_fiabilite_se_choisit(liste):
    for code in Fiabilite.values:
        inscrire(liste, code, fiabilite=code)
    assert filtrer(liste, fiabilite="probable") == ["probable"]


@pytest.mark.parametrize(
    ("tri", "ordre"),
    [
        ("", ["Ain", "Été", "Zinc"]),
        ("nom", ["Ain", "Été", "Zinc"]),
        ("-nom", ["Zinc", "Été", "Ain"]),
        ("population", ["Zinc", "Été", "Ain"]),
        ("-population", ["Ain", "Été", "Zinc"]),
        ("communes", ["Été", "Ain", "Zinc"]),
        ("-communes", ["Zinc", "Ain", "Été"]),
        ("superficie", ["Ain", "Été", "Zinc"]),
        ("-superficie", ["Ain", "Été", "Zinc"]),  # equal: by name, always
        ("region", ["Ain", "Zinc", "Été"]),
        ("-region", ["Été", "Zinc", "Ain"]),
    ],
)
def test_chaque_tri_range_dans_son_ordre(liste, tri, ordre):
    regions = [f.RegionFactory(nom=f"Aaa {rang}") for rang in range(3)]
    inscrire(liste, "Zinc", population=1, nb_communes=9, region=regions[1])
    inscrire(liste, "Été", population=2, nb_communes=3, region=regions[2])
    inscrire(liste, "Ain", population=3, nb_communes=5, region=regions[0])
    assert filtrer(liste, tri=tri) == ordre


@pytest.mark.parametrize("sens", [1, -1])
def test_les_regions_se_rangent_sans_leurs_accents(liste, sens):
    for nom in ("La Baie-essai", "Île-d'essai", "Zone d'essai", "Éclair-essai", "Hauts-d'essai"):
        inscrire(liste, nom, region=f.RegionFactory(nom=nom))
    ordre = ["Éclair-essai", "Hauts-d'essai", "Île-d'essai", "La Baie-essai", "Zone d'essai"]
    assert filtrer(liste, tri="region" if sens == 1 else "-region") == ordre[::sens]


def test_chaque_tri_a_ses_deux_sens():
    choix = {valeur for valeur, _ in FiltreInscriptions.base_filters["tri"].extra["choices"]}
    assert choix == {f"{sens}{cle}" for cle in TRIS for sens in ("", "-")}


@pytest.mark.parametrize(
    "parametres",
    [
        {"region": "ZZ"},
        {"region": "\x00"},
        {"departement": "999"},
        {"fiabilite": "certain"},
        {"tri": "mot_de_passe"},
        {"tri": "nom,population"},
        {"q": "a" * 201},
        {"q": "a\x00b"},
    ],
)
def test_un_filtre_absurde_est_refuse(liste, parametres):
    filtre = FiltreInscriptions(parametres, queryset=Inscription.objects.filter(liste=liste))
    assert not filtre.is_valid()
    assert set(filtre.errors) == set(parametres)


def test_les_filtres_se_combinent(liste):
    region = f.RegionFactory()
    inscrire(liste, "Val d'un", region=region, fiabilite=Fiabilite.PROBABLE)
    inscrire(liste, "Val de deux", region=region)
    inscrire(liste, "Mont de trois", region=region, fiabilite=Fiabilite.PROBABLE)
    assert filtrer(liste, q="val", region=region.code, fiabilite="probable") == ["Val d'un"]
