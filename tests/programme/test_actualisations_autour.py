"""Around an actualisation: who reads it, where it is decided, whom it awaits, what its pages cost."""

import re

import pytest
from django.core.exceptions import ValidationError
from django.urls import reverse

from pilotage import a_faire
from programme.actualisations import franchir
from programme.enums import EtatActualisation, EtatProjet
from programme.models import Actualisation, DecisionDActualisation
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_comites import ComiteFactory, PointFactory
from tests.factories_projets import ActualisationFactory, PorteurFactory, actualisation_en, projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page
from tests.programme.test_actualisations import (
    MAJEURE,
    SAISIE,
    connecter,
    ecrire,
    franchir_a_l_ecran,
    preparee,
    relire,
    soumise,
)

pytestmark = pytest.mark.django_db

# As a page or a field writes it: a time of day may hold « 987 », not the whole amount.
COUT = r"987\s?654"


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.REALISATION, territoire=territoire)


@pytest.fixture
def chef(personnages):
    return connecter(personnages["chef de projet"])


@pytest.fixture
def pilote(personnages):
    return connecter(personnages["pilote"])


# --- Who reads


def test_chacun_voit_les_actualisations_que_dit_la_regle(projet, personnages, territoire):
    porteur = PorteurFactory(projet=projet).personne
    nationaux = {"analyste", "auditeur", "administrateur"}
    connaissent = nationaux | {
        "chef de projet", "lecture", "pilote", "agent instructeur", "pilote d'une région associée", "État territorial",
    }  # fmt: skip
    for etat in EtatActualisation:
        propre = projet_en(EtatProjet.INSCRIT, territoire=territoire)
        une = actualisation_en(etat, projet=propre, valeurs=MAJEURE)
        publiee = etat not in (EtatActualisation.PREPARATION, EtatActualisation.RETIREE)
        voient = connaissent if publiee else nationaux | {"chef de projet"}
        for nom, personne in personnages.items():
            if personne:
                vue = Actualisation.objects.visibles_par(personne).filter(pk=une.pk).exists()
                assert vue == (nom in voient), (nom, etat)
        assert not Actualisation.objects.visibles_par(porteur).filter(pk=une.pk).exists()
    assert Actualisation.objects.visibles_par(porteur).filter(pk=soumise(projet).pk).exists()


def test_retiree_apres_avoir_ete_soumise_elle_se_lit_encore(projet, personnages):
    une = soumise(projet)
    franchir(une, "retirer", personnages["chef de projet"])
    assert Actualisation.objects.visibles_par(personnages["pilote"]).filter(pk=une.pk).exists()
    assert DecisionDActualisation.objects.visibles_par(personnages["pilote"]).exists()


def test_des_montants_secrets_actualises_restent_secrets(projet, personnages, territoire, chef):
    valeurs = {"cout_total": "987654,00", "montants_secrets": "on", "contexte": "Nouveau."}
    une = preparee(
        projet, valeurs, avant={"cout_total": "100000,00", "montants_secrets": "", "contexte": "Un contexte."}
    )
    maire = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    adresses = (une.get_absolute_url(), reverse("projet_actualiser", args=[projet.cle]))
    for adresse in adresses:
        assert re.search(COUT, chef.get(adresse).content.decode())
        html = connecter(maire).get(adresse).content.decode()
        assert not re.search(COUT, html)
        assert "secret des affaires" in html
    # What they don't read, they don't take away.
    ecrire(connecter(maire), projet, contexte="Du maire.")
    assert relire(une).valeurs == valeurs | {"contexte": "Du maire."}


# --- Committees, what awaits


def test_le_comite_en_est_saisi_et_le_releve_le_dit(projet, personnages, pilote):
    une = soumise(projet)
    comite = ComiteFactory(region_id=PILOTE)
    assert projet in comite.candidats()
    assert "actualisation à décider" in pilote.get(reverse("comite_ordre_du_jour", args=[comite.cle])).text
    PointFactory(comite=comite, projet=projet)
    for page in (projet, une):
        assert comite.get_absolute_url() in Page(pilote.get(page.get_absolute_url())).liens.values()
    assert "Actualisation à décider" in pilote.get(comite.get_absolute_url()).content.decode()
    dossier = pilote.get(reverse("comite_dossier", args=[comite.cle])).content.decode()
    assert "Actualisation soumise" in dossier
    assert "Objectifs. La fiche ci-dessus est celle qui est inscrite." in dossier
    franchir_a_l_ecran(pilote, une, "accepter", comite=comite.cle, **SAISIE)
    assert une.etapes.last().comite == comite
    assert projet not in comite.candidats()
    assert "Actualisation acceptée" in pilote.get(comite.get_absolute_url()).content.decode()
    assert "Actualisation acceptée" in pilote.get(reverse("comite_releve", args=[comite.cle])).content.decode()
    with pytest.raises(ValidationError, match="déjà décidé"):
        comite.ordonner([], personnages["pilote"])


def phrases(personne):
    return " ".join(tache.phrase for groupe in a_faire.groupes(personne) for tache in groupe.taches)


def test_elle_attend_qui_doit_en_decider_ou_la_finir(projet, personnages):
    chef, pilote = personnages["chef de projet"], personnages["pilote"]
    une = preparee(projet, saisi_par=chef)
    assert "son actualisation est en préparation" in phrases(chef)
    assert "actualisation" not in phrases(pilote)
    franchir(une, "soumettre", chef, motif="Pour décision.")
    assert "son actualisation attend une décision" in phrases(pilote)
    for nom in ("chef de projet", "pilote voisin", "administrateur", "lecture"):
        assert "actualisation" not in phrases(personnages[nom]), nom
    une.auteurs.add(pilote)
    assert "actualisation" not in phrases(pilote)


def test_la_page_d_une_actualisation_ne_coute_pas_plus_avec_ses_etapes(
    projet, pilote, personnages, django_assert_max_num_queries
):
    une, chef = soumise(projet), personnages["chef de projet"]
    with django_assert_max_num_queries(34) as avant:
        pilote.get(une.get_absolute_url())
    for _ in range(10):
        franchir(une, "reprendre", chef)
        franchir(une, "soumettre", chef, motif="Encore.")
    with django_assert_max_num_queries(len(avant)):
        pilote.get(une.get_absolute_url())


def test_la_fiche_ne_coute_pas_plus_avec_dix_actualisations(projet, pilote, django_assert_max_num_queries):
    ActualisationFactory(projet=projet)
    with django_assert_max_num_queries(33) as avant:
        pilote.get(projet.get_absolute_url())
    for _ in range(9):
        actualisation_en(EtatActualisation.REFUSEE, projet=projet, valeurs=MAJEURE)
    with django_assert_max_num_queries(len(avant)):
        pilote.get(projet.get_absolute_url())
