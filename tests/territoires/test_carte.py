"""The map as data, on the real lists: one link a territory, overseas in its insets, light enough for a phone."""

from itertools import pairwise

import pytest

from territoires import geometrie
from territoires.carte import (
    CADRE_NATIONAL,
    carte_nationale,
    carte_region,
    carte_territoire,
    perimetres_a_tracer,
)
from territoires.models import FondDeCarte, Inscription, Liste
from tests import factories as f
from tests.territoires.test_geometrie import lire_trace

pytestmark = pytest.mark.django_db

OUTRE_MER = {"Guadeloupe", "Martinique", "Guyane", "La Réunion", "Mayotte"}


@pytest.fixture
def finale():
    return Liste.objects.get(slug="2022-12-31")


@pytest.mark.parametrize(("slug", "nombre"), [("2018-11-22", 124), ("2022-12-31", 149)])
def test_la_carte_nationale_a_chaque_territoire_une_fois(slug, nombre):
    carte = carte_nationale(perimetres_a_tracer(Liste.objects.get(slug=slug)))
    slugs = [t["slug"] for encart in carte.encarts for t in encart.territoires]
    assert len(slugs) == len(set(slugs)) == nombre
    assert all(t["dessin"] for encart in carte.encarts for t in encart.territoires)


def test_outre_mer_est_en_encarts_dans_leur_cadre(finale):
    metropole, *encarts = carte_nationale(perimetres_a_tracer(finale)).encarts
    assert (len(metropole.fonds), metropole.cadre, metropole.transformation) == (13, None, "")
    assert {encart.nom for encart in encarts} == OUTRE_MER
    x, y, largeur, hauteur = CADRE_NATIONAL
    for encart in encarts:
        gauche, haut, cote, cote_vertical = encart.cadre
        assert x <= gauche < gauche + cote <= x + largeur
        assert y <= haut < haut + cote_vertical <= y + hauteur
        assert dans_le_cadre(encart)
    hauts = sorted(encart.cadre[1] for encart in encarts)
    assert all(suivant - haut > 1150 for haut, suivant in pairwise(hauts))


def dans_le_cadre(encart):
    """Tell whether what is drawn, once moved and scaled, stays in the frame of its inset."""
    dx, dy = map(float, encart.transformation.partition("translate(")[2].partition(")")[0].split())
    echelle = float(encart.transformation.partition("scale(")[2].partition(")")[0])
    gauche, haut, cote, _ = encart.cadre
    traces = [*encart.fonds, *(t["dessin"] for t in encart.territoires)]
    bornes = [polygone.bounds for trace in traces for polygone in lire_trace(trace)]
    return all(
        gauche - 20 <= x_min * echelle + dx
        and x_max * echelle + dx <= gauche + cote + 20
        and haut - 20 <= y_min * echelle + dy
        and y_max * echelle + dy <= haut + cote + 20
        for x_min, y_min, x_max, y_max in bornes
    )


def test_la_metropole_tient_dans_le_cadre():
    x, y, largeur, hauteur = CADRE_NATIONAL
    for fond in FondDeCarte.objects.all():
        if geometrie.zone(fond.region_id) == geometrie.METROPOLE:
            assert x <= fond.x_min < fond.x_max <= x + largeur, fond.region_id
            assert y <= fond.y_min < fond.y_max <= y + hauteur, fond.region_id


def test_la_corse_et_les_encarts_ne_se_recouvrent_pas(finale):
    """The insets stand in the sea: no region of metropolitan France is drawn under them."""
    metropole, *encarts = carte_nationale(perimetres_a_tracer(finale)).encarts
    terres = [polygone for fond in metropole.fonds for polygone in lire_trace(fond)]
    for encart in encarts:
        gauche, haut, cote, _ = encart.cadre
        cadre = f.shapely.box(gauche, haut, gauche + cote, haut + cote)
        assert not any(cadre.intersects(terre) for terre in terres), encart.nom


def test_la_carte_donne_les_chiffres_du_pays(finale):
    carte = carte_nationale(perimetres_a_tracer(finale))
    assert 66_000_000 < carte.population < 70_000_000
    assert carte.superficie == pytest.approx(637_871, abs=100)


def test_une_region_inconnue_de_la_carte_est_en_metropole():
    """A territory may be led by a region whose outline is not drawn yet."""
    perimetre = f.PerimetreFactory()
    carte = carte_nationale(perimetres_a_tracer(perimetre.inscription.liste))
    assert [t["slug"] for t in carte.encarts[0].territoires] == [perimetre.inscription.territoire.slug]


@pytest.mark.usefixtures("base_vide")
def test_sans_fond_de_carte_un_territoire_d_outre_mer_ne_fait_pas_echouer():
    guyane = f.RegionFactory(code="03", nom="Guyane")
    perimetre = f.PerimetreFactory(inscription__region=guyane)
    carte = carte_nationale(perimetres_a_tracer(perimetre.inscription.liste))
    assert carte.population == carte.superficie == 0


def test_un_territoire_sans_contour_n_a_pas_de_lien_invisible_sur_la_carte():
    perimetre = f.PerimetreFactory(trace="", trace_carte="")
    carte = carte_nationale(perimetres_a_tracer(perimetre.inscription.liste))
    assert not [t for encart in carte.encarts for t in encart.territoires]


def test_la_carte_d_une_liste_vide_a_ses_fonds():
    carte = carte_nationale(perimetres_a_tracer(f.ListeFactory()))
    assert sum(len(encart.fonds) for encart in carte.encarts) == 18
    assert carte_nationale(perimetres_a_tracer(None)).vue == carte.vue


def test_la_carte_d_une_region_est_cadree_sur_elle(finale):
    fond = FondDeCarte.objects.select_related("region").get(region="32")
    carte = carte_region(fond, perimetres_a_tracer(finale, detail=True))
    x, y, largeur, hauteur = map(int, carte.vue.split())
    assert x < fond.x_min < fond.x_max < x + largeur
    assert y < fond.y_min < fond.y_max < y + hauteur
    assert largeur < 1.2 * (fond.x_max - fond.x_min) + 200
    assert [encart.nom for encart in carte.encarts] == ["Hauts-de-France"]


def test_les_lignes_se_lisent_par_nom_en_une_requete(finale, django_assert_num_queries):
    with django_assert_num_queries(1):
        lignes = list(perimetres_a_tracer(finale))
    assert [ligne["nom"] for ligne in lignes][:2] == ["Ajaccio", "Aix-Marseille-Provence"][::-1]


def test_le_detail_est_plus_fin_que_la_carte_nationale(finale):
    simple = perimetres_a_tracer(finale)
    fin = perimetres_a_tracer(finale, detail=True)
    poids = [sum(len(ligne["dessin"]) for ligne in lignes) for lignes in (simple, fin)]
    assert poids[0] < poids[1]


def test_un_territoire_interregional_tient_dans_son_cadre():
    inscription = Inscription.objects.select_related("region__fond", "perimetre").get(
        liste__slug="2022-12-31", territoire__slug="vallee-de-lhuisne"
    )
    carte = carte_territoire(inscription, inscription.perimetre)
    x, y, largeur, hauteur = map(int, carte.vue.split())
    for forme in (inscription.perimetre, inscription.region.fond):
        assert x < forme.x_min < forme.x_max < x + largeur
        assert y < forme.y_min < forme.y_max < y + hauteur


def test_un_territoire_sans_contour_n_a_pas_de_carte():
    perimetre = f.PerimetreFactory(trace="")
    assert carte_territoire(perimetre.inscription, perimetre) is None
    assert carte_territoire(perimetre.inscription, None) is None


def test_un_territoire_d_une_region_sans_fond_de_carte_n_a_pas_de_carte():
    """A region may have no commune, hence no outline, as on a base that is being filled."""
    perimetre = f.PerimetreFactory()
    assert carte_territoire(perimetre.inscription, perimetre) is None
