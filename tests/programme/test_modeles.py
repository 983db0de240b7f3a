"""What the database refuses of the catalogue, and what rows say of themselves."""

from decimal import Decimal

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from programme.models import Besoin, Enveloppe, Mesure
from tests import factories as f

pytestmark = pytest.mark.django_db


def verifier_refus(objet, nom, changements):
    """Break a row that is valid: the database refuses it, and so do forms, by the constraint `nom`."""
    objet.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(objet).objects.filter(pk=objet.pk).update(**changements)
    for champ, valeur in changements.items():
        setattr(objet, champ, valeur)
    contrainte = {c.name: c for c in objet._meta.constraints}[nom]
    with pytest.raises(ValidationError):
        contrainte.validate(type(objet), objet)


def test_un_montant_annonce_n_est_pas_negatif():
    verifier_refus(f.EnveloppeFactory(), "programme_enveloppe_montant_positif", {"montant_annonce": Decimal("-0.01")})


@pytest.mark.parametrize("montant", [None, Decimal("0.00"), Decimal("999999999999.99")])
def test_un_montant_annonce_est_inconnu_nul_ou_positif(montant):
    enveloppe = f.EnveloppeFactory(montant_annonce=montant)
    enveloppe.full_clean()
    enveloppe.refresh_from_db()
    assert enveloppe.montant_annonce == montant


@pytest.mark.parametrize(("commun", "distinct"), [("phase", "ordre"), ("ordre", "phase")])
def test_deux_besoins_d_une_phase_n_ont_pas_le_meme_rang(commun, distinct):
    un = f.BesoinFactory()
    autre = f.BesoinFactory(**{commun: getattr(un, commun)})
    verifier_refus(autre, "programme_besoin_ordre", {distinct: getattr(un, distinct)})


@pytest.mark.parametrize(("commun", "distinct"), [("besoin", "ordre"), ("ordre", "besoin")])
def test_deux_mesures_d_un_besoin_n_ont_pas_le_meme_rang(commun, distinct):
    une = f.MesureFactory()
    autre = f.MesureFactory(**{commun: getattr(une, commun)})
    verifier_refus(autre, "programme_mesure_ordre", {distinct: getattr(une, distinct)})


@pytest.mark.parametrize(
    ("fabrique", "champ"),
    [
        (f.BesoinFactory, "code"),
        (f.MesureFactory, "code"),
        (f.EnveloppeFactory, "code"),
        (f.ChiffreAnnonceFactory, "cle"),
    ],
)
def test_un_code_ne_se_repete_pas(fabrique, champ):
    un, autre = fabrique(), fabrique()
    with pytest.raises(IntegrityError), transaction.atomic():
        type(un).objects.filter(pk=autre.pk).update(**{champ: getattr(un, champ)})


def test_chaque_contrainte_de_la_piece_a_son_essai():
    """A new constraint without a test fails here."""
    essais = settings.BASE_DIR / "tests" / "programme"
    source = "".join(essai.read_text() for essai in essais.glob("test_*.py"))
    contraintes = [c for m in apps.get_app_config("programme").get_models() for c in m._meta.constraints]
    assert not [c.name for c in contraintes if f'"{c.name}"' not in source]
    assert len(contraintes) >= 20


def test_ce_dont_une_mesure_depend_ne_se_supprime_pas():
    besoin = f.MesureFactory().besoin
    for objet in (besoin, besoin.phase):
        with pytest.raises(ProtectedError):
            objet.delete()


def test_les_mesures_se_lisent_dans_l_ordre_de_leurs_besoins():
    codes = list(Mesure.objects.values_list("code", flat=True))
    assert [code.partition("-")[0] for code in codes] == ["ATT"] * 6 + ["REC"] * 4 + ["INN"] * 5 + ["SIM"] * 3
    assert codes[:2] == ["ATT-1", "ATT-2"]


def test_le_catalogue_du_programme_est_complet():
    assert list(Besoin.objects.values_list("code", flat=True)) == [
        "attirer",
        "recruter",
        "innover",
        "simplifier",
    ]
    assert Mesure.objects.count() == 18
    assert list(Enveloppe.objects.values_list("code", "montant_annonce", "precision")) == [
        ("PIC", 250_000_000, "exact"),
        ("PIA", 500_000_000, "au_moins"),
        ("BDT", 500_000_000, "exact"),
    ]
    assert Enveloppe.objects.get(code="PIC").nom == "Plan d'investissement dans les compétences"


def test_chaque_mesure_et_chaque_enveloppe_a_une_source_et_une_fiabilite():
    assert not Mesure.objects.filter(source="").exists()
    assert not Enveloppe.objects.filter(source="").exists()
    for mesure in Mesure.objects.all():
        mesure.full_clean()


def test_une_mesure_se_nomme_par_son_code_et_son_titre():
    mesure = f.MesureFactory.build(code="ATT-9", titre="Essai")
    assert str(mesure) == "ATT-9 · Essai"
    assert mesure.get_absolute_url() == "/mesures/ATT-9/"
