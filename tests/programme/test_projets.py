"""What the database refuses of projects and of what they hold, and what rows say of themselves."""

import datetime
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from comptes.acces import aujourdhui
from comptes.parcours import TransitionImpossible
from programme.enums import AutoriteDecision, AutoriteLocale, EtatProjet
from programme.models import Compteur, Decision, Projet
from tests.factories_projets import (
    EtiquetteFactory,
    FreinFactory,
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ProjetCompletFactory,
    ProjetFactory,
    ReleveFactory,
    projet_en,
)
from tests.outils.contraintes import verifier_refus

pytestmark = pytest.mark.django_db

SIREN = "552100554"
JOUR = datetime.date(2026, 6, 1)


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_projet_calendrier", {"fin": datetime.date(2025, 12, 31)}),
        ("programme_projet_cout_positif", {"cout_total": Decimal("-0.01"), "assiette_taxe": "ttc"}),
        ("programme_projet_assiette_positive", {"assiette_eligible": Decimal("-0.01")}),
        ("programme_projet_cout_taxe", {"cout_total_taxe": ""}),
        ("programme_projet_cout_taxe", {"cout_total": None}),
        ("programme_projet_assiette_taxe", {"assiette_taxe": ""}),
        ("programme_projet_assiette_taxe", {"assiette_eligible": None}),
        ("programme_projet_assiette_dans_le_cout", {"assiette_eligible": Decimal("100000.01")}),
        ("programme_projet_siren", {"porteur_siren": "55210055", "porteur_en_creation": False}),
        ("programme_projet_siren_ou_creation", {"porteur_siren": SIREN}),
        ("programme_projet_validation_locale", {"validation_locale_le": None}),
        ("programme_projet_validation_locale", {"validation_locale_par": ""}),
        ("programme_projet_validation_locale", {"validation_saisie_par": None}),
        ("programme_projet_numero", {"numero": "FX-2026-00001", "etat": "preparation"}),
        ("programme_projet_numero", {"numero": "FA-2026-0001", "etat": "preparation"}),
        ("programme_projet_numero_a_la_transmission", {"numero": "FA-2026-00001"}),
        ("programme_projet_numero_a_la_transmission", {"etat": "transmis"}),
        ("programme_projet_numero_a_la_transmission", {"etat": "ailleurs"}),
        ("programme_projet_version", {"version_fiche": 0}),
    ],
)
def test_la_base_refuse_un_projet_incoherent(nom, changements):
    projet = ProjetCompletFactory(assiette_eligible=Decimal("100000.00"), assiette_taxe="ht")
    verifier_refus(projet, nom, changements)


@pytest.mark.parametrize(
    "champs",
    [
        {"assiette_eligible": Decimal("120000.00"), "assiette_taxe": "ttc"},  # against a cost without tax
        {"assiette_eligible": Decimal("0.00"), "assiette_taxe": "ht"},
        {"cout_total": None, "cout_total_taxe": ""},
        {"fin": None},
        {"debut": None},
        {"debut": JOUR, "fin": JOUR},
        {"porteur_siren": SIREN, "porteur_en_creation": False},
        {"validation_locale_le": None, "validation_locale_par": "", "validation_saisie_par": None},
    ],
)
def test_un_projet_incomplet_ou_a_la_limite_se_garde(champs):
    projet = ProjetCompletFactory(**champs)
    projet.full_clean()
    ProjetFactory().full_clean()


@pytest.mark.parametrize("etat", EtatProjet)
def test_un_projet_de_chaque_etat_est_valide(etat):
    projet_en(etat).full_clean()


def test_un_numero_et_une_cle_ne_se_repetent_pas():
    un, autre = projet_en(EtatProjet.TRANSMIS), projet_en(EtatProjet.TRANSMIS)
    for champ in ("numero", "cle"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Projet.objects.filter(pk=autre.pk).update(**{champ: getattr(un, champ)})


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_decision_autorite", {"autorite": "", "acte": ""}),
        ("programme_decision_autorite", {"date": None}),
        ("programme_decision_acte", {"autorite": "", "date": None}),
        ("programme_decision_autorite_precisee", {"autorite": AutoriteDecision.AUTRE}),
        ("programme_decision_autorite_precisee", {"autorite_precision": "Un autre"}),
        ("programme_decision_reserve", {"condition": ""}),
        ("programme_decision_reserve", {"echeance": None}),
        ("programme_decision_reserve", {"vers": EtatProjet.INSCRIT, "condition": ""}),
        ("programme_decision_reserve", {"vers": EtatProjet.INSCRIT, "echeance": None}),
    ],
)
def test_la_base_refuse_une_decision_incoherente(nom, changements):
    decision = projet_en(EtatProjet.INSCRIT_RESERVE).decisions.last()
    decision.acte = "CR 1"
    decision.save()
    verifier_refus(decision, nom, changements)


def test_un_releve_par_jour_un_indicateur_par_nom_une_etiquette_par_nom():
    releve = ReleveFactory()
    verifier_refus(
        ReleveFactory(indicateur=releve.indicateur, date=JOUR), "programme_releve_un_par_jour", {"date": releve.date}
    )
    indicateur = IndicateurFactory()
    verifier_refus(IndicateurFactory(projet=indicateur.projet), "programme_indicateur_unique", {"nom": indicateur.nom})
    etiquette = EtiquetteFactory()
    verifier_refus(EtiquetteFactory(region=etiquette.region), "programme_etiquette_unique", {"nom": etiquette.nom})


@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_porteur_periode", {"au": datetime.date(2020, 1, 1)}),
        ("programme_porteur_acte", {"acte_numero": "A 1"}),
        ("programme_porteur_acte", {"acte_date": JOUR}),
    ],
)
def test_un_porteur_est_une_habilitation_comme_les_autres(nom, changements):
    verifier_refus(PorteurFactory(), nom, changements)


def test_une_personne_ne_porte_pas_deux_fois_le_meme_projet():
    un = PorteurFactory()
    autre = PorteurFactory(projet=un.projet)
    verifier_refus(autre, "programme_porteur_unique", {"personne_id": un.personne_id})


@pytest.mark.parametrize(
    ("siren", "dit"),
    [
        ("552 100 55", "celui-ci en a 8"),
        ("552 100 545", "un chiffre est faux"),
        ("55210055400013", "neuf premiers chiffres"),
        ("ABC", "que des chiffres"),
    ],
)
def test_un_siren_faux_se_refuse_en_disant_pourquoi(siren, dit):
    projet = ProjetCompletFactory.build(porteur_siren=siren)
    with pytest.raises(ValidationError) as refus:
        projet.clean_fields(exclude=["territoire", "saisi_par"])
    assert dit in refus.value.message_dict["porteur_siren"][0]


@pytest.mark.parametrize("siren", ["552 100 554", "552.100.554", " 552100554 ", "552\N{NARROW NO-BREAK SPACE}100 554"])
def test_un_siren_se_tape_avec_ou_sans_espaces(siren):
    projet = ProjetCompletFactory(porteur_en_creation=False)
    projet.porteur_siren = siren
    projet.full_clean()
    assert projet.porteur_siren == SIREN


# --- What is missing


def test_rien_ne_manque_a_un_projet_complet():
    assert ProjetCompletFactory().manques() == []


@pytest.mark.parametrize(
    ("champ", "vide"),
    [
        ("titre", {"titre": ""}),
        ("contexte", {"contexte": ""}),
        ("objectifs", {"objectifs": ""}),
        ("porteur_nom", {"porteur_nom": ""}),
        ("porteur_genre", {"porteur_genre": ""}),
        ("porteur_siren", {"porteur_en_creation": False}),
        ("debut", {"debut": None}),
        ("fin", {"fin": None}),
        ("cout_total", {"cout_total": None, "cout_total_taxe": ""}),
        ("maturite", {"maturite": ""}),
        ("communes", {"sans_lieu": False}),
        (
            "validation_locale_le",
            {"validation_locale_le": None, "validation_locale_par": "", "validation_saisie_par": None},
        ),
    ],
)
def test_chaque_manque_est_dit_avec_son_champ(champ, vide):
    (manque,) = ProjetCompletFactory(**vide).manques()
    assert manque.champ == champ
    assert manque.message.endswith((".", "»."))


def test_un_projet_a_au_moins_une_mesure_et_un_cout_nul_se_dit():
    projet = ProjetCompletFactory(cout_total=Decimal(0))
    projet.mesures.clear()
    assert [manque.champ for manque in projet.manques()] == ["mesures"]


# --- Local validation


def test_la_validation_locale_se_saisit_puis_s_annule(territoire, personnages):
    projet = ProjetFactory(territoire=territoire)
    chef = personnages["chef de projet"]
    projet.valider_localement(chef, AutoriteLocale.BINOME, aujourdhui())
    relu = Projet.objects.get(pk=projet.pk)
    assert (relu.validation_locale_par, relu.validation_saisie_par) == ("binome", chef)
    assert relu.historique.latest().history_change_reason == "Validation locale"
    projet.annuler_la_validation(chef)
    assert not Projet.objects.get(pk=projet.pk).est_valide_localement


def test_la_validation_locale_se_refuse_a_qui_ne_valide_pas_et_hors_redaction(territoire, personnages):
    projet = ProjetFactory(territoire=territoire)
    for nom in ("porteur", "lecture", "pilote", "équipe voisine", "auditeur"):
        with pytest.raises(PermissionDenied):
            projet.valider_localement(personnages[nom], AutoriteLocale.BINOME, aujourdhui())
    transmis = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    with pytest.raises(TransitionImpossible):
        transmis.annuler_la_validation(personnages["chef de projet"])
    for autorite, le in (("le_maire", aujourdhui()), ("binome", aujourdhui() + datetime.timedelta(days=1))):
        with pytest.raises(ValidationError):
            projet.valider_localement(personnages["chef de projet"], autorite, le)
    assert not Projet.objects.get(pk=projet.pk).est_valide_localement


# --- What rows say


def test_un_projet_se_nomme_par_son_numero_quand_il_en_a_un():
    projet = projet_en(EtatProjet.TRANSMIS, titre="Une usine")
    assert str(projet) == f"{projet.numero} · Une usine"
    assert str(ProjetFactory.build(titre="Une idée")) == "Une idée"


def test_un_projet_se_cherche_sans_accents(django_assert_num_queries):
    projet = ProjetFactory(titre="Énergie à l'Été", porteur_nom="Société Générale d'Essai")
    assert "energie" in projet.recherche
    assert "societe" in projet.recherche
    projet.titre = "Autre"
    projet.save(update_fields=["titre"])
    assert Projet.objects.get(pk=projet.pk).recherche.startswith("autre")


def test_ce_qui_est_a_venir_n_est_pas_encore_atteint_ni_releve():
    demain = aujourdhui() + datetime.timedelta(days=1)
    for objet in (JalonFactory(atteint_le=demain), ReleveFactory(date=demain), FreinFactory(leve_le=demain)):
        with pytest.raises(ValidationError):
            objet.full_clean()
    assert JalonFactory(prevu_le=aujourdhui() - datetime.timedelta(days=1)).est_en_retard
    assert not JalonFactory(prevu_le=aujourdhui()).est_en_retard


def test_un_projet_qui_a_une_histoire_ne_se_supprime_pas():
    with pytest.raises(ProtectedError):
        projet_en(EtatProjet.PREPARATION).delete()


def test_les_numeros_se_suivent_dans_leur_annee():
    assert [Compteur.reserver(2031), Compteur.reserver(2031, 3), Compteur.reserver(2031), Compteur.reserver(2032)] == [
        1,
        2,
        5,
        1,
    ]


def test_une_decision_dit_qui_decide():
    decision = Decision(autorite=AutoriteDecision.AUTRE, autorite_precision="Conseil d'essai")
    assert decision.autorite_dite == "Conseil d'essai"
    assert Decision(autorite=AutoriteDecision.PREFET_DE_REGION).autorite_dite == "Préfet ou préfète de région"
    assert Decision().autorite_dite == ""
