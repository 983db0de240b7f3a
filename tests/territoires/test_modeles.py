"""What the database refuses, one broken term at a time, from a row it accepts; and what rows say of themselves."""

import datetime
import re
from decimal import Decimal
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.conf import settings
from django.contrib import admin
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError

from tableurs.francais import normaliser
from territoires.enums import NatureCollectivite, PrecisionDate
from territoires.models import Composition, Departement, Inscription, Liste, Region, Territoire, liste_en_vigueur
from territoires.models.listes import slug_libre
from territoires.reference import _territoire
from tests import factories as f
from tests.outils.contraintes import verifier_refus
from tests.outils.sens import PIECES

pytestmark = pytest.mark.django_db

HIER, AUJOURDHUI = datetime.date(2020, 1, 1), datetime.date(2020, 1, 2)


INVERSE = {"du": AUJOURDHUI, "au": HIER}
CONDITIONS = [
    ("collectivite_code_selon_nature", f.CommuneFactory, {"departement": None}),
    ("collectivite_code_selon_nature", f.CommuneFactory, {"nature": NatureCollectivite.METROPOLE}),
    ("collectivite_code_selon_nature", f.EpciFactory, {"nature": NatureCollectivite.COMMUNE}),
    ("collectivite_periode", f.CommuneFactory, INVERSE),
    ("rattachement_periode", f.RattachementFactory, INVERSE),
    ("phase_periode", f.PhaseFactory, {"debut": AUJOURDHUI, "fin": AUJOURDHUI}),
    ("phase_periode", f.PhaseFactory, {"debut": AUJOURDHUI, "fin": HIER}),
    ("composition_periode", f.CompositionFactory, INVERSE),
    ("perimetre_superficie_positive", f.PerimetreFactory, {"superficie": Decimal("-0.01")}),
]


@pytest.mark.parametrize(("nom", "fabrique", "changements"), CONDITIONS)
def test_une_condition_violee_est_refusee(nom, fabrique, changements):
    verifier_refus(fabrique(), f"territoires_{nom}", changements)


@pytest.mark.parametrize(
    ("fabrique", "code"),
    [(f.CommuneFactory, "Z99999"), (f.CommuneFactory, "Z999"), (f.EpciFactory, "00000000")],
)
def test_un_code_n_a_pas_la_longueur_de_sa_nature(fabrique, code):
    """Creation, not change: the code is the key."""
    with pytest.raises(IntegrityError, match="territoires_collectivite_code_selon_nature"):
        fabrique(code=code)


def test_une_commune_a_un_departement_meme_avec_un_code_de_groupement():
    with pytest.raises(IntegrityError, match="territoires_collectivite_code_selon_nature"):
        f.CommuneFactory(code="099999999", departement=None)


def test_une_collectivite_qui_existe_n_est_pas_remplacee():
    ancienne = f.CommuneFactory(au=HIER, remplacee_par=f.CommuneFactory())
    verifier_refus(ancienne, "territoires_collectivite_succession", {"au": None})


def test_une_collectivite_ne_se_remplace_pas_elle_meme():
    ancienne = f.CommuneFactory(au=HIER, remplacee_par=f.CommuneFactory())
    verifier_refus(ancienne, "territoires_collectivite_succession", {"remplacee_par": ancienne})


def test_une_collectivite_n_est_pas_membre_d_elle_meme():
    rattachement = f.RattachementFactory()
    verifier_refus(rattachement, "territoires_rattachement_deux_collectivites", {"groupement": rattachement.commune})


def test_un_territoire_ne_se_succede_pas_a_lui_meme():
    filiation = f.FiliationFactory()
    verifier_refus(filiation, "territoires_filiation_deux_territoires", {"suite": filiation.origine})


def presque_jumeaux(fabrique, attributs, communs, distinct):
    """Return a row that shares `communs` with another, and what would make it share `distinct` as well."""
    un = fabrique(**attributs)
    attributs = {**attributs, **{champ: getattr(un, champ) for champ in communs}}
    if distinct in attributs:
        attributs[distinct] = AUJOURDHUI
    autre = fabrique(**attributs)
    return autre, {distinct: getattr(un, distinct)}


# Each field of a constraint is in its turn the only one that tells two rows apart.
DOUBLONS = [
    ("rattachement_unique", f.RattachementFactory, {"du": HIER}, ["commune"], "groupement"),
    ("rattachement_unique", f.RattachementFactory, {"du": HIER}, ["groupement"], "commune"),
    ("rattachement_unique", f.RattachementFactory, {"du": HIER}, ["commune", "groupement"], "du"),
    ("rattachement_unique_initial", f.RattachementFactory, {}, ["commune"], "groupement"),
    ("rattachement_unique_initial", f.RattachementFactory, {}, ["groupement"], "commune"),
    ("appellation_unique", f.AppellationFactory, {}, ["commune"], "texte"),
    ("appellation_unique", f.AppellationFactory, {}, ["texte"], "commune"),
    ("territoire_code_par_phase", f.TerritoireFactory, {}, ["phase"], "code"),
    ("territoire_code_par_phase", f.TerritoireFactory, {}, ["code"], "phase"),
    ("inscription_code_par_liste", f.InscriptionFactory, {}, ["liste"], "code"),
    ("inscription_code_par_liste", f.InscriptionFactory, {}, ["code"], "liste"),
    ("inscription_territoire_par_liste", f.InscriptionFactory, {}, ["liste"], "territoire"),
    ("composition_unique", f.CompositionFactory, {}, ["inscription"], "collectivite"),
    ("composition_unique", f.CompositionFactory, {"du": HIER}, ["collectivite"], "inscription"),
    ("filiation_unique", f.FiliationFactory, {}, ["origine"], "suite"),
    ("filiation_unique", f.FiliationFactory, {}, ["suite"], "origine"),
    ("couverture_unique", f.CouvertureFactory, {"partielle": True}, ["inscription"], "commune"),
    ("couverture_unique", f.CouvertureFactory, {"partielle": True}, ["commune"], "inscription"),
]


@pytest.mark.parametrize(("nom", "fabrique", "attributs", "communs", "distinct"), DOUBLONS)
def test_un_doublon_est_refuse(nom, fabrique, attributs, communs, distinct):
    autre, changement = presque_jumeaux(fabrique, attributs, communs, distinct)
    verifier_refus(autre, f"territoires_{nom}", changement)


def test_un_rattachement_initial_et_un_rattachement_date_se_suivent():
    un = f.RattachementFactory(au=HIER)
    f.RattachementFactory(commune=un.commune, groupement=un.groupement, du=AUJOURDHUI).full_clean()


def test_une_phase_n_a_qu_une_liste_par_date():
    une = f.ListeFactory()
    f.ListeFactory(date=une.date).full_clean()
    autre = f.ListeFactory(phase=une.phase, date=AUJOURDHUI)
    verifier_refus(autre, "territoires_liste_une_par_date", {"date": une.date})


def test_un_territoire_n_est_qu_une_fois_dans_une_liste_sous_deux_codes():
    une = f.InscriptionFactory()
    autre = f.InscriptionFactory(territoire=une.territoire, code="ti-autre")
    verifier_refus(autre, "territoires_inscription_territoire_par_liste", {"liste": une.liste})


def test_une_collectivite_sortie_d_un_territoire_peut_y_revenir():
    sortie = f.CompositionFactory(au=HIER)
    revenue = f.CompositionFactory(inscription=sortie.inscription, collectivite=sortie.collectivite, du=AUJOURDHUI)
    revenue.full_clean()
    verifier_refus(sortie, "territoires_composition_unique", {"au": None})


def test_une_commune_entiere_n_est_que_dans_un_territoire_d_une_liste():
    une = f.CouvertureFactory()
    autre = f.CouvertureFactory(inscription__liste=une.liste, commune=une.commune, partielle=True)
    verifier_refus(autre, "territoires_couverture_un_territoire_par_commune", {"partielle": False})


def test_une_commune_est_dans_un_territoire_de_chaque_liste():
    une = f.CouvertureFactory()
    f.CouvertureFactory(commune=une.commune).full_clean()


@pytest.mark.parametrize(
    ("fabrique", "champ"),
    [
        (f.RegionFactory, "nom"),
        (f.DepartementFactory, "nom"),
        (f.PhaseFactory, "numero"),
        (f.ListeFactory, "slug"),
        (f.TerritoireFactory, "slug"),
    ],
)
def test_une_valeur_unique_ne_se_repete_pas(fabrique, champ):
    un, autre = fabrique(), fabrique()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(un).objects.filter(pk=autre.pk).update(**{champ: getattr(un, champ)})


def test_chaque_contrainte_de_la_piece_a_son_essai():
    """A new constraint without a test fails here."""
    essais = settings.BASE_DIR / "tests" / "territoires"
    source = "".join((essais / nom).read_text() for nom in ("test_modeles.py", "test_habilitations.py"))
    contraintes = [c for m in apps.get_app_config("territoires").get_models() for c in m._meta.constraints]
    essayees = {nom.removeprefix("territoires_") for nom in re.findall(r'"(\w+)"', source)}
    assert not {c.name.removeprefix("territoires_") for c in contraintes} - essayees
    assert len(contraintes) >= 20


def test_ce_qu_une_liste_nomme_ne_se_supprime_pas():
    composition = f.CompositionFactory()
    inscription = composition.inscription
    for objet in (composition.collectivite, inscription.region, inscription.liste, inscription.territoire):
        with pytest.raises(ProtectedError):
            objet.delete()


def lister(debut, date):
    return Liste(slug=date.isoformat(), date=date, phase=f.PhaseFactory.build(debut=debut))


J = datetime.date
PREMIERE = lister(J(2018, 11, 22), J(2018, 11, 22))
FINALE = lister(J(2018, 11, 22), J(2022, 12, 31))
SUIVANTE = lister(J(2023, 11, 9), J(2023, 11, 9))
# A later correction of the first phase does not bring it back.
RETOUCHEE = lister(J(2018, 11, 22), J(2024, 1, 1))


@pytest.mark.parametrize(
    ("le", "attendue"),
    [
        (J(2018, 11, 21), None),
        (J(2018, 11, 22), PREMIERE),
        (J(2022, 12, 30), PREMIERE),
        (J(2022, 12, 31), FINALE),
        (J(2023, 11, 8), FINALE),
        (J(2023, 11, 9), SUIVANTE),
        (J(2024, 1, 1), SUIVANTE),
    ],
)
@pytest.mark.parametrize("sens", [1, -1])
def test_la_liste_en_vigueur_est_la_derniere_de_la_derniere_phase(le, attendue, sens):
    assert liste_en_vigueur([PREMIERE, FINALE, SUIVANTE, RETOUCHEE][::sens], le) is attendue


def test_la_liste_en_vigueur_est_celle_du_jour(time_machine):
    listes = [PREMIERE, SUIVANTE]
    # Half past midnight in Paris, still the day before in UTC.
    time_machine.move_to("2023-11-08T23:30:00Z")
    assert liste_en_vigueur(listes) is SUIVANTE
    time_machine.move_to("2023-11-08T22:30:00Z")
    assert liste_en_vigueur(listes) is PREMIERE
    assert liste_en_vigueur([]) is None


@pytest.mark.parametrize(
    ("precision", "texte"),
    [
        (PrecisionDate.JOUR, "1er décembre 2022"),
        (PrecisionDate.MOIS, "décembre 2022"),
        (PrecisionDate.ANNEE, "2022"),
    ],
)
def test_la_date_d_une_liste_se_lit_aussi_precisement_qu_on_la_connait(precision, texte):
    liste = Liste(titre="Essai", date=J(2022, 12, 1), precision=precision)
    assert liste.date_en_clair.replace("\xa0", " ") == texte
    assert str(liste).replace("\xa0", " ") == f"Essai ({texte})"


def test_un_territoire_renomme_garde_son_adresse():
    phase = f.PhaseFactory()
    ancien = _territoire(phase, "ti-Z1", "Val et Terres d'essai")
    renomme = _territoire(phase, "ti-Z1", "Terres d'essai")
    assert renomme == ancien
    renomme.refresh_from_db()
    assert (renomme.nom, renomme.slug) == ("Terres d'essai", "val-et-terres-dessai")
    assert [etat.nom for etat in renomme.historique.all()] == ["Terres d'essai", "Val et Terres d'essai"]


def test_le_meme_code_dans_deux_phases_est_celui_de_deux_territoires():
    un = _territoire(f.PhaseFactory(), "ti-Z1", "Essai")
    autre = _territoire(f.PhaseFactory(), "ti-Z1", "Essai")
    assert un != autre
    assert (un.slug, autre.slug) == ("essai", f"essai-ti-z1-{autre.phase.numero}")


def test_dans_une_phase_le_meme_nom_sous_un_autre_code_est_un_autre_territoire():
    phase = f.PhaseFactory()
    assert _territoire(phase, "ti-Z1", "Essai") != _territoire(phase, "ti-Z2", "Essai")


def test_un_territoire_recoit_son_adresse_et_la_garde():
    phase = f.PhaseFactory()
    un = Territoire.objects.create(phase=phase, code="ti-Z1", nom="Val d'Œuvre")
    assert un.slug == "val-duvre"
    un.nom = "Autre"
    un.save()
    assert un.slug == "val-duvre"


@pytest.mark.parametrize(
    ("nom", "code", "pris", "slug"),
    [
        ("Val d'Essai", "ti-1", (), "val-dessai"),
        ("Val d'Essai", "ti-1", ("val-dessai",), "val-dessai-ti-1-7"),
        ("Val d'Essai", "ti-1", ("val-dessai", "val-dessai-ti-1-7"), "val-dessai-2"),
        ("Val d'Essai", "ti-1", ("val-dessai", "val-dessai-ti-1-7", "val-dessai-2"), "val-dessai-3"),
        ("東京", "ti-1", (), "ti-1-7"),
        ("a" * 200, "b" * 200, ("a" * 100,), f"{'a' * 100}-{'b' * 40}-7"),
    ],
)
def test_une_adresse_n_est_donnee_qu_une_fois(nom, code, pris, slug):
    assert slug_libre(nom, code, 7, pris.__contains__) == slug
    assert len(slug) <= Territoire._meta.get_field("slug").max_length


def test_une_liste_mene_a_ses_territoires(client):
    liste = Liste.objects.get(slug="2018-11-22")
    assert liste.get_absolute_url() == "/territoires/?liste=2018-11-22"
    assert "124 territoires" in client.get(liste.get_absolute_url()).content.decode().replace("\xa0", " ")


def test_un_membre_et_un_rattachement_se_lisent():
    membre, rattachement = f.CompositionFactory(), f.RattachementFactory()
    assert str(membre) == f"{membre.collectivite.nom} ({membre.collectivite_id}) dans {membre.inscription}"
    commune, groupement = rattachement.commune, rattachement.groupement
    assert str(rattachement) == f"{commune.nom} ({commune.code}) dans {groupement.nom} ({groupement.code})"


@pytest.mark.parametrize(
    "attributs", [{"commune": f.EpciFactory}, {"groupement": f.CommuneFactory}], ids=["commune", "groupement"]
)
def test_un_rattachement_est_celui_d_une_commune_a_un_groupement(attributs):
    rattachement = f.RattachementFactory(**{champ: fabrique() for champ, fabrique in attributs.items()})
    with pytest.raises(ValidationError) as refus:
        rattachement.full_clean()
    assert refus.value.error_dict.keys() == attributs.keys()


def test_ce_qu_une_personne_peut_enfreindre_est_dit_en_francais():
    """Django's own words speak of a « contrainte » by its name in the database."""
    muettes = [
        contrainte.name
        for modele in (*admin.site._registry, Composition)
        for contrainte in modele._meta.constraints
        if modele._meta.app_label in PIECES
        and contrainte.violation_error_message == contrainte.default_violation_error_message
    ]
    assert not muettes


def test_les_regions_et_les_departements_ont_leur_rang_dans_l_alphabet(reference):
    noms = [region.nom for region in Region.objects.all()]
    rang = noms.index("Île-de-France")
    assert (noms[rang - 1], noms[rang + 1]) == ("Hauts-de-France", "La Réunion")
    for modele in (Region, Departement):
        assert not [objet for objet in modele.objects.all() if objet.nom_normalise != normaliser(objet.nom)]
    region = Region.objects.get(code="11")
    region.nom = "Élan"
    region.save()
    assert Region.objects.get(code="11").nom_normalise == "elan"


def test_la_migration_range_ce_qui_existait():
    Region.objects.update(nom_normalise="")
    Departement.objects.update(nom_normalise="")
    migration = import_module("territoires.migrations.0003_noms_en_ordre")
    migration.ranger(apps, SimpleNamespace(connection=connection))
    assert Region.objects.get(code="11").nom_normalise == "ile de france"
    assert Departement.objects.get(code="22").nom_normalise == "cotes d armor"


def test_une_inscription_se_cherche_par_son_nom_sans_accent_et_par_son_code():
    inscription = f.InscriptionFactory(nom="Vallée de l'Œuf-Blême", code="ti-0199")
    assert inscription.nom_normalise == "vallee de l oeuf bleme ti 0199"
    inscription.nom = "Autre"
    inscription.save()
    inscription.refresh_from_db()
    assert inscription.nom_normalise == "autre ti 0199"


def test_la_densite_n_est_dite_qu_avec_une_superficie():
    assert f.PerimetreFactory(population=150, superficie=Decimal("10.00")).densite == 15
    assert f.PerimetreFactory(superficie=0).densite is None


def test_les_changements_de_regions_publiees_laissent_une_trace():
    inscription = f.InscriptionFactory()
    inscription.regions.add(f.RegionFactory())
    assert inscription.historique.count() == 2
    assert inscription.historique.first().regions.count() == 1


def test_un_territoire_du_programme_a_change_de_nom_pas_d_adresse():
    territoire = Territoire.objects.get(phase__numero=1, code="ti-4411")
    inscriptions = Inscription.objects.filter(territoire=territoire).order_by("liste__date")
    assert [i.nom for i in inscriptions] == ["Val et Terres de Lorraine", "Terres de Lorraine"]
    assert (territoire.nom, territoire.slug) == ("Terres de Lorraine", "val-et-terres-de-lorraine")
