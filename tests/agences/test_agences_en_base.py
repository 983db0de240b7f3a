"""What the database refuses of agencies, whoever writes: each term of each constraint."""

import datetime
from pathlib import Path

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from agences.models import Agence, Federation
from tests.factories_agences import (
    AgenceFactory,
    CnerFactory,
    CorrespondantFactory,
    DesserteFactory,
    FederationFactory,
    MembreFederationFactory,
)
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db
HIER, AUJOURDHUI = datetime.date(2026, 5, 1), datetime.date(2026, 5, 2)
FABRIQUES = {"agence": AgenceFactory, "federation": FederationFactory}


def test_chaque_contrainte_est_eprouvee():
    """By its name, in this file; those that all habilitations share, for each kind."""
    essais = "".join(essai.read_text() for essai in Path(__file__).parent.glob("test_*.py"))
    noms = [une.name for modele in apps.get_app_config("agences").get_models() for une in modele._meta.constraints]
    assert [nom for nom in noms if f'"{nom}"' not in essais] == []
    assert len(noms) > 15


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("agences_agence_siren", {"siren": "12345678"}),
        ("agences_agence_adhesion", {"adherente_du": None, "adherente_au": AUJOURDHUI}),
        ("agences_agence_adhesion", {"adherente_du": AUJOURDHUI, "adherente_au": HIER}),
    ],
)
def test_une_agence(nom, changements):
    verifier_refus(AgenceFactory(), nom, changements)


@pytest.mark.parametrize("periode", [(None, None), (HIER, None), (HIER, HIER), (HIER, AUJOURDHUI)])
def test_une_adhesion_qui_se_tient(periode):
    AgenceFactory(adherente_du=periode[0], adherente_au=periode[1]).full_clean()


def test_une_federation():
    verifier_refus(FederationFactory(), "agences_federation_siren", {"siren": "1234567890"})


@pytest.mark.parametrize(
    ("genre", "nom"), [("agence", "agences_agence_siren_unique"), ("federation", "agences_federation_siren_unique")]
)
def test_un_siren_n_est_qu_a_un_seul(genre, nom):
    FABRIQUES[genre](siren="552100554")
    verifier_refus(FABRIQUES[genre](), nom, {"siren": "552100554"})
    # Unknown: of several.
    FABRIQUES[genre](siren="").full_clean()


@pytest.mark.parametrize(("genre", "nom"), [("agence", "agences_agence_nom"), ("federation", "agences_federation_nom")])
def test_un_nom_n_est_qu_a_un_seul(genre, nom):
    FABRIQUES[genre](nom="Agence de l'Œuvre")
    autre = FABRIQUES[genre]()
    assert nom in {contrainte.name for contrainte in autre._meta.constraints}
    autre.nom = "AGENCE DE L'OEUVRE"
    with pytest.raises(ValidationError, match="déjà pris"):
        autre.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        autre.save()


@pytest.mark.parametrize("siren", ["123456789", "12345678A", "55210055400013"])
def test_un_siren_faux_est_refuse_avec_son_remede(siren):
    with pytest.raises(ValidationError, match="SIREN"):
        Agence(nom="A", niveau="regionale", siren=siren).full_clean()


# --- Areas
@pytest.mark.parametrize(
    "lieux",
    [
        {"region_id": None},
        {"departement_id": "59"},
        {"collectivite_id": "200093201"},
        {"region_id": None, "departement_id": "59", "collectivite_id": "200093201"},
    ],
)
def test_une_zone_est_un_seul_lieu(lieux, reference):
    verifier_refus(DesserteFactory(), "agences_desserte_une_seule", lieux)


def test_une_zone_et_un_territoire_sont_deux(territoire):
    verifier_refus(DesserteFactory(), "agences_desserte_une_seule", {"territoire_id": territoire.pk})


def test_une_zone_finit_apres_avoir_commence(reference):
    verifier_refus(DesserteFactory(), "agences_desserte_periode", {"du": AUJOURDHUI, "au": HIER})


@pytest.mark.parametrize(
    ("nom", "lieu"),
    [
        ("agences_desserte_region", {"region_id": "32"}),
        ("agences_desserte_departement", {"departement_id": "59"}),
        ("agences_desserte_collectivite", {"collectivite_id": "200093201"}),
        ("agences_desserte_territoire", None),
    ],
)
def test_une_zone_ne_se_dit_qu_une_fois(nom, lieu, territoire):
    agence, lieu = AgenceFactory(), {"region_id": None} | (lieu or {"territoire_id": territoire.pk})
    assert nom in {contrainte.name for contrainte in DesserteFactory(agence=agence, **lieu)._meta.constraints}
    with pytest.raises(IntegrityError), transaction.atomic():
        DesserteFactory(agence=agence, **lieu)
    # Of another agency, or in the past.
    DesserteFactory(**lieu)
    DesserteFactory(agence=agence, au=HIER, **lieu)


def test_une_commune_n_est_pas_une_zone(reference):
    zone = DesserteFactory.build(agence=AgenceFactory(), region_id=None, collectivite_id="02738")
    with pytest.raises(ValidationError, match="choisissez son intercommunalité"):
        zone.full_clean()


# --- Habilitations
@pytest.mark.parametrize(
    ("fabrique", "periode", "acte"),
    [
        (CorrespondantFactory, "agences_correspondant_periode", "agences_correspondant_acte"),
        (CnerFactory, "agences_cner_periode", "agences_cner_acte"),
        (MembreFederationFactory, "agences_membrefederation_periode", "agences_membrefederation_acte"),
    ],
)
def test_une_habilitation(fabrique, periode, acte):
    verifier_refus(fabrique(), periode, {"au": datetime.date(2019, 12, 31)})
    verifier_refus(fabrique(), acte, {"acte_numero": "2026-1"})
    verifier_refus(fabrique(), acte, {"acte_date": HIER})


@pytest.mark.parametrize(
    ("fabrique", "portee", "nom"),
    [
        (CorrespondantFactory, "agence", "agences_correspondant_unique"),
        (CnerFactory, "", "agences_cner_unique"),
        (MembreFederationFactory, "federation", "agences_membrefederation_unique"),
    ],
)
def test_une_habilitation_ne_se_donne_pas_deux_fois(fabrique, portee, nom):
    une = fabrique()
    assert nom in {contrainte.name for contrainte in une._meta.constraints}
    memes = {"personne": une.personne} | ({portee: getattr(une, portee)} if portee else {})
    with pytest.raises(IntegrityError), transaction.atomic():
        fabrique(**memes)
    une.retirer()
    fabrique(**memes)


# --- Addresses of pages
def test_l_adresse_d_une_page_ne_change_plus():
    agence = AgenceFactory(nom="Agence du Nord")
    agence.nom = "Agence des Hauts"
    agence.save()
    assert agence.slug == "agence-du-nord"
    assert AgenceFactory(nom="Agence du nord").slug == "agence-du-nord-2"
    assert Federation(nom="…").slug == ""
    assert FederationFactory(nom="…").slug == "sans-nom"
