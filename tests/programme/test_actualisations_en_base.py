"""What the database refuses of an actualisation, and two people at once."""

import datetime

import pytest
from django.db import IntegrityError, transaction

from comptes.models import Courrier
from comptes.parcours import TransitionImpossible
from programme.actualisations import ecrire, franchir
from programme.enums import EtatActualisation, EtatProjet
from programme.models import Actualisation, DecisionDActualisation, Projet
from programme.redaction import droits_sur
from programme.saisie import Saisie, donnees_de
from tests.factories_comites import ComiteFactory
from tests.factories_projets import ActualisationFactory, actualisation_en, projet_en
from tests.outils.contraintes import verifier_refus
from tests.outils.ensemble import ensemble

DECISION = {"autorite": "comite_regional", "date": datetime.date(2026, 1, 15)}
MAJEURE = {"objectifs": "Nouveaux."}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("etat", "changements"),
    [
        (EtatActualisation.ACCEPTEE, {"version": None}),
        (EtatActualisation.APPLIQUEE, {"version": 2}),
        (EtatActualisation.SOUMISE, {"version": 2}),
        (EtatActualisation.REFUSEE, {"version": 2}),
    ],
)
def test_seule_une_actualisation_acceptee_fait_une_version(etat, changements):
    valeurs = {"contexte": "Nouveau."} if etat == EtatActualisation.APPLIQUEE else MAJEURE
    une = actualisation_en(etat, projet=projet_en(EtatProjet.INSCRIT), valeurs=valeurs)
    verifier_refus(une, "programme_actualisation_version", changements)


@pytest.mark.django_db
@pytest.mark.parametrize("etat", EtatActualisation.ouvertes())
def test_une_seule_actualisation_ouverte_par_projet(etat):
    assert "programme_actualisation_une_ouverte" in {contrainte.name for contrainte in Actualisation._meta.constraints}
    projet = projet_en(EtatProjet.INSCRIT)
    actualisation_en(EtatActualisation.REFUSEE, projet=projet, valeurs=MAJEURE)
    actualisation_en(etat, projet=projet, valeurs=MAJEURE)
    with pytest.raises(IntegrityError), transaction.atomic():
        ActualisationFactory(projet=projet)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("nom", "changements"),
    [
        ("programme_decisiondactualisation_autorite", {"date": None}),
        (
            "programme_decisiondactualisation_autorite",
            {"autorite": "", "autorite_precision": "", "acte": "", "comite": None},
        ),
        ("programme_decisiondactualisation_autorite_precisee", {"autorite": "autre"}),
        ("programme_decisiondactualisation_autorite_precisee", {"autorite_precision": "Laquelle"}),
        ("programme_decisiondactualisation_acte", {"autorite": "", "date": None, "comite": None}),
        ("programme_decisiondactualisation_de_comite", {"autorite": "", "date": None, "acte": ""}),
    ],
)
def test_la_base_refuse_une_decision_incoherente(nom, changements):
    une = actualisation_en(EtatActualisation.SOUMISE, projet=projet_en(EtatProjet.INSCRIT), valeurs=MAJEURE)
    decision = DecisionDActualisation.objects.create(
        actualisation=une,
        transition="accepter",
        de="soumise",
        vers="acceptee",
        acte="Délibération 12",
        saisie_par=une.saisi_par,
        comite=ComiteFactory(),
        **DECISION,
    )
    if nom.endswith("de_comite"):
        DecisionDActualisation.objects.filter(pk=decision.pk).update(acte="")
        decision.refresh_from_db()
    verifier_refus(decision, nom, changements)


@pytest.mark.django_db(transaction=True)
def test_accepter_et_refuser_a_la_fois_ne_font_qu_une_decision(personnages, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    une = actualisation_en(EtatActualisation.SOUMISE, projet=projet, valeurs=MAJEURE)
    un, autre = (Actualisation.objects.get(pk=une.pk) for _ in range(2))
    issues = ensemble(
        lambda: franchir(un, "accepter", personnages["pilote"], **DECISION),
        lambda: franchir(autre, "refuser", personnages["agent instructeur"], **DECISION, motif="Non."),
    )
    passees = [issue for issue in issues if isinstance(issue, DecisionDActualisation)]
    refus = [issue for issue in issues if isinstance(issue, TransitionImpossible)]
    assert len(passees) == len(refus) == 1, issues
    assert "l'état est" in str(refus[0])
    relu, une = Projet.objects.get(pk=projet.pk), Actualisation.objects.get(pk=une.pk)
    assert une.etat == passees[0].vers
    acceptee = une.etat == EtatActualisation.ACCEPTEE
    assert (relu.objectifs, relu.version_fiche) == (("Nouveaux.", 2) if acceptee else ("Des objectifs.", 1))
    assert Courrier.objects.filter(objet__startswith="Actualisation").count() == 1


@pytest.mark.django_db(transaction=True)
def test_deux_personnes_qui_commencent_a_la_fois_n_ouvrent_qu_une_actualisation(personnages, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)

    def commencer(personne, contexte):
        lu = Projet.objects.get(pk=projet.pk)
        droits = droits_sur(lu, personne)
        saisie = Saisie(lu, droits, donnees_de(lu, droits, {"contexte": contexte}), avec_parties=False)
        assert saisie.is_valid()
        return ecrire(lu, personne, saisie, False)

    chef, administrateur = personnages["chef de projet"], personnages["administrateur"]
    issues = ensemble(lambda: commencer(chef, "Un."), lambda: commencer(administrateur, "Deux."))
    assert Actualisation.objects.ouvertes().count() == 1, issues
    for issue in issues:
        assert isinstance(issue, Actualisation | TransitionImpossible), issues
