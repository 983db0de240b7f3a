"""From members to communes, outline, figures and neighbours, on a small made-up country.

Communes are unit squares on a grid, named by their column and row; outlines and expected figures follow.
"""

import datetime
from decimal import Decimal

import pytest
import shapely
from django.db import IntegrityError

from territoires import perimetres
from territoires.models import Composition, Couverture, FondDeCarte, Perimetre
from territoires.models.decoupage import CollectiviteQuerySet
from tests import factories as f

pytestmark = pytest.mark.django_db

J = datetime.date
JOUR_DE_LISTE = J(2019, 6, 1)
AVANT, APRES = J(2018, 12, 31), J(2020, 1, 1)
DEBUT_APRES = J(2019, 7, 1)


@pytest.fixture(autouse=True)
def pays(monkeypatch):
    """Outlines of the made-up communes, by code; reading the 35 000 real ones would take a second a test."""
    contours = {}
    monkeypatch.setattr(perimetres, "lire_contours", lambda chemin, jour=None: contours)
    monkeypatch.setattr(
        CollectiviteQuerySet, "communes", lambda lignes: lignes.filter(nature="COM", code__startswith="Z")
    )
    return contours


@pytest.fixture
def departement(db):
    return f.DepartementFactory()


@pytest.fixture
def commune(pays, departement):
    """Return a function that makes a commune of 1 000 inhabitants and 10 km² on a square of the grid."""

    def creer(x=0, y=0, **attributs):
        creee = f.CommuneFactory(**{"departement": departement, **attributs})
        pays[creee.code] = f.carre(3 + x / 10, 46 + y / 10, 0.1)
        return creee

    return creer


@pytest.fixture
def inscription(db):
    return f.InscriptionFactory(liste__date=JOUR_DE_LISTE)


def membre(inscription, collectivite, **dates):
    return f.CompositionFactory(inscription=inscription, collectivite=collectivite, **dates)


def epci(*communes, nature="CC", **dates):
    groupement = f.EpciFactory(nature=nature)
    for une in communes:
        f.RattachementFactory(commune=une, groupement=groupement, **dates)
    return groupement


def couvertes(inscription):
    """Return {code of a commune: whether it is covered in part only}."""
    return dict(Couverture.objects.filter(inscription=inscription).values_list("commune", "partielle"))


def entieres(*communes):
    return {une.code: False for une in communes}


@pytest.mark.parametrize("nature", ["CC", "METRO", "EPT"])
def test_un_groupement_apporte_ses_communes(inscription, commune, nature):
    dedans = [commune(0), commune(1)]
    commune(2)
    membre(inscription, epci(*dedans, nature=nature))
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(*dedans)


def test_une_commune_seule_est_membre_d_elle_meme(inscription, commune):
    seule = commune(0)
    epci(seule, commune(1))
    membre(inscription, seule)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(seule)


def test_une_commune_apportee_deux_fois_ne_compte_qu_une(inscription, commune):
    seule = commune(0)
    membre(inscription, seule)
    membre(inscription, epci(seule))
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(seule)
    assert inscription.perimetre.nb_communes == 1


@pytest.mark.parametrize(
    ("dates", "present"),
    [
        ({}, True),
        ({"du": JOUR_DE_LISTE}, True),
        ({"au": JOUR_DE_LISTE}, True),
        ({"au": AVANT}, False),
        ({"du": DEBUT_APRES}, False),
        ({"du": AVANT, "au": APRES}, True),
    ],
)
def test_un_groupement_a_les_communes_qu_il_avait_a_la_date_de_la_liste(inscription, commune, dates, present):
    fixe, mobile = commune(0), commune(1)
    groupement = epci(fixe)
    f.RattachementFactory(commune=mobile, groupement=groupement, **dates)
    membre(inscription, groupement)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(fixe, *([mobile] if present else []))


def test_une_commune_fusionnee_depuis_est_celle_d_aujourd_hui(inscription, commune):
    nouvelle = commune(5, du=APRES, population=5000)
    intermediaire = commune(4, du=DEBUT_APRES, au=J(2019, 12, 31), remplacee_par=nouvelle)
    anciennes = [commune(x, au=J(2019, 6, 30), remplacee_par=intermediaire) for x in (0, 1)]
    membre(inscription, epci(*anciennes, au=J(2019, 6, 30)))
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(nouvelle)
    assert inscription.perimetre.population == 5000


def test_une_commune_nouvelle_a_cheval_est_couverte_en_partie_et_partagee(inscription, commune):
    nouvelle = commune(5, du=APRES)
    anciennes = [commune(x, au=AVANT.replace(year=2019), remplacee_par=nouvelle) for x in (0, 1)]
    autre = f.InscriptionFactory(liste=inscription.liste)
    for une, ancienne in zip((inscription, autre), anciennes, strict=True):
        membre(une, ancienne)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == couvertes(autre) == {nouvelle.code: True}


def test_un_code_porte_quelques_annees_n_est_pas_une_autre_commune(inscription, commune):
    """Les Trois Lacs (27676) was 27058 in the COG of 2021 and 2022: one commune, whole."""
    lacs = commune(0)
    f.CommuneFactory(du=JOUR_DE_LISTE, au=APRES, superficie=None, remplacee_par=lacs)
    membre(inscription, lacs)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(lacs)


def test_une_commune_nouvelle_d_avant_la_liste_est_entiere(inscription, commune):
    """What it was made of does not matter: the member is the whole."""
    nouvelle = commune(5, du=J(2019, 1, 1))
    for x in (0, 1):
        commune(x, au=AVANT, remplacee_par=nouvelle)
    membre(inscription, nouvelle)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == {nouvelle.code: False}


@pytest.mark.parametrize(
    ("dates", "present"),
    [
        ({}, True),
        ({"du": J(2021, 5, 10)}, True),
        ({"du": J(2021, 5, 11)}, False),
        ({"au": J(2021, 5, 10)}, True),
        ({"au": J(2021, 5, 9)}, False),
    ],
)
def test_un_membre_date_compte_les_jours_ou_il_est_membre(inscription, commune, time_machine, dates, present):
    fixe, mobile = commune(0), commune(1)
    membre(inscription, fixe)
    membre(inscription, mobile, **dates)
    time_machine.move_to("2021-05-10T12:00:00+02:00", tick=False)
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(fixe, *([mobile] if present else []))


def test_deux_territoires_ne_peuvent_avoir_la_meme_commune_et_rien_ne_change(inscription, commune):
    disputee = commune(0)
    membre(inscription, disputee)
    perimetres.appliquer(inscription.liste)
    avant = etat(inscription.liste)
    autre = f.InscriptionFactory(liste=inscription.liste)
    membre(autre, epci(disputee, commune(1)))
    with pytest.raises(IntegrityError):
        perimetres.appliquer(inscription.liste)
    assert etat(inscription.liste) == avant
    assert not Perimetre.objects.filter(inscription=autre).exists()


def etat(liste):
    """Return what is computed for a list, as values to compare."""
    return (
        list(Couverture.objects.filter(liste=liste).order_by("commune").values_list("inscription", "commune")),
        list(Perimetre.objects.filter(inscription__liste=liste).order_by("pk").values()),
        list(
            Perimetre.voisins.through.objects.order_by("perimetre", "inscription").values_list(
                "perimetre", "inscription"
            )
        ),
        list(
            Perimetre.departements.through.objects.order_by("perimetre", "departement").values_list(
                "perimetre", "departement"
            )
        ),
    )


def test_une_liste_n_en_touche_pas_une_autre(inscription, commune):
    seule = commune(0)
    autre_liste = f.InscriptionFactory(liste__date=APRES)
    for une in (inscription, autre_liste):
        membre(une, seule)
        perimetres.appliquer(une.liste)
    avant = etat(autre_liste.liste)
    membre(inscription, commune(1))
    perimetres.appliquer(inscription.liste)
    assert etat(autre_liste.liste) == avant


def test_recommencer_donne_la_meme_chose(inscription, commune):
    membre(inscription, epci(commune(0), commune(1)))
    perimetres.appliquer(inscription.liste)
    avant = etat(inscription.liste)
    perimetres.appliquer(inscription.liste)
    assert etat(inscription.liste) == avant


def test_un_membre_retire_s_en_va(inscription, commune):
    reste, part = commune(0), commune(1)
    membre(inscription, reste)
    membre(inscription, part)
    perimetres.appliquer(inscription.liste)
    Composition.objects.get(collectivite=part).delete()
    perimetres.appliquer(inscription.liste)
    assert couvertes(inscription) == entieres(reste)
    assert inscription.perimetre.population == 1000


def test_les_voisins_se_touchent_dans_les_deux_sens(inscription, commune):
    """Along an edge or at a corner; not across a gap, and nobody is their own neighbour."""
    bord, coin, loin = (f.InscriptionFactory(liste=inscription.liste) for _ in range(3))
    for une, (x, y) in ((inscription, (0, 0)), (bord, (1, 0)), (coin, (-1, 1)), (loin, (3, 0))):
        membre(une, commune(x, y))
    perimetres.appliquer(inscription.liste)
    assert set(inscription.perimetre.voisins.all()) == {bord, coin}
    assert set(bord.perimetre.voisins.all()) == set(coin.perimetre.voisins.all()) == {inscription}
    assert not loin.perimetre.voisins.exists()


def test_les_departements_et_les_regions_sont_ceux_des_communes(inscription, commune):
    """Not the lead region, nor those that the list publishes."""
    autre = f.DepartementFactory()
    une, deux = commune(0), commune(1, departement=autre)
    membre(inscription, epci(une, deux))
    perimetres.appliquer(inscription.liste)
    perimetre = inscription.perimetre
    assert set(perimetre.departements.all()) == {une.departement, autre}
    assert set(perimetre.regions.all()) == {une.departement.region, autre.region}


def test_les_chiffres_sont_la_somme_des_communes(inscription, commune):
    connues = [commune(0, population=1200, superficie=Decimal("12.34")), commune(1, superficie=Decimal("0.01"))]
    inconnue = commune(2, population=None, superficie=None)
    membre(inscription, epci(*connues, inconnue))
    perimetres.appliquer(inscription.liste)
    perimetre = Perimetre.objects.get(inscription=inscription)
    assert (perimetre.nb_communes, perimetre.population) == (3, 2200)
    assert perimetre.superficie == Decimal("12.35")


def test_le_contour_est_la_reunion_des_communes(inscription, commune):
    dedans = [commune(x) for x in (0, 1, 5)]
    commune(2)
    membre(inscription, epci(*dedans))
    perimetres.appliquer(inscription.liste)
    perimetre = Perimetre.objects.get(inscription=inscription)
    contour = shapely.from_wkb(bytes(perimetre.geometrie))
    assert contour.equals(
        shapely.MultiPolygon([f.carre(3, 46, 0.1).union(f.carre(3.1, 46, 0.1)), f.carre(3.5, 46, 0.1)])
    )
    # Two pieces, each a closed path; the frame holds both.
    for trace in (perimetre.trace, perimetre.trace_carte):
        assert trace.count("M") == trace.count("z") == 2
    assert perimetre.x_max - perimetre.x_min == pytest.approx(0.6 * 771, abs=3)
    assert perimetre.y_max - perimetre.y_min == pytest.approx(0.1 * 1112, abs=3)


def test_une_commune_jamais_dessinee_compte_sans_contour(inscription):
    membre(inscription, f.CommuneFactory())
    perimetres.appliquer(inscription.liste)
    perimetre = Perimetre.objects.get(inscription=inscription)
    assert (perimetre.nb_communes, perimetre.trace, perimetre.x_max) == (1, "", 0)


def test_un_territoire_sans_membre_a_un_perimetre_vide(inscription, commune):
    commune(0)
    perimetres.appliquer(inscription.liste)
    perimetre = Perimetre.objects.get(inscription=inscription)
    assert (perimetre.nb_communes, perimetre.population, perimetre.superficie) == (0, 0, 0)
    assert perimetre.trace == perimetre.trace_carte == ""


def test_une_liste_vide_s_applique():
    liste = f.ListeFactory()
    perimetres.appliquer(liste)
    assert not Perimetre.objects.filter(inscription__liste=liste).exists()


def test_le_perimetre_garde_son_historique(inscription, commune):
    membre(inscription, commune(0))
    perimetres.appliquer(inscription.liste)
    membre(inscription, commune(1))
    perimetres.appliquer(inscription.liste)
    populations = Perimetre.historique.filter(inscription=inscription, history_type="+").order_by("history_id")
    assert [etat.population for etat in populations] == [1000, 2000]


def test_une_liste_s_applique_en_un_nombre_de_requetes_borne(
    inscription, commune, django_assert_max_num_queries, django_assert_num_queries
):
    membre(inscription, epci(*[commune(x) for x in range(3)]))
    with django_assert_max_num_queries(40) as peu:
        perimetres.appliquer(inscription.liste)
    for rang in range(10):
        autre = f.InscriptionFactory(liste=inscription.liste)
        membre(autre, epci(*[commune(x, rang + 1) for x in range(3)]))
    perimetres.appliquer(inscription.liste)
    with django_assert_max_num_queries(len(peu) + 20):
        perimetres.appliquer(inscription.liste)


def test_le_fond_de_carte_reunit_les_communes_d_aujourd_hui_de_chaque_region(commune):
    une, deux = commune(0), commune(1, population=None, superficie=None)
    commune(2, au=AVANT)
    ailleurs = commune(9, departement=f.DepartementFactory())
    for _ in range(2):
        perimetres.tracer_regions()
    fonds = {fond.region_id: fond for fond in FondDeCarte.objects.all()}
    assert set(fonds) == {une.departement.region_id, ailleurs.departement.region_id}
    fond = fonds[une.departement.region_id]
    assert (fond.population, fond.superficie) == (1000, Decimal("10.00"))
    assert fond.trace.count("M") == 1
    assert fond.x_max - fond.x_min == pytest.approx(0.2 * 771, abs=3)
    assert deux.departement_id == une.departement_id
