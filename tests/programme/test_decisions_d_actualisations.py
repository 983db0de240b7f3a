"""What a committee decides of changes to inscribed fiches, with its other decisions: seen first, all or nothing."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from programme.actualisations import franchir
from programme.enums import EtatActualisation, EtatProjet
from programme.models import DecisionDActualisation
from tests.factories_comites import ComiteFactory, PointFactory
from tests.factories_projets import projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page
from tests.programme.test_actualisations import MAJEURE, relire, soumise
from tests.programme.test_decisions_de_comite import COMMUN, adresse, apercu

pytestmark = pytest.mark.django_db


@pytest.fixture
def comite(territoire):
    return ComiteFactory(region_id=PILOTE)


@pytest.fixture
def inscrire_au_jour(comite, territoire):
    """Return a function that puts on the agenda an inscribed project whose actualisation is submitted."""

    def inscrire(rang=1, **champs):
        projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
        PointFactory(comite=comite, projet=projet, rang=rang)
        return soumise(projet, **champs)

    return inscrire


@pytest.fixture
def pilote(client, personnages):
    client.force_login(personnages["pilote"])
    return client


def accepter(*actualisations):
    return COMMUN | {f"{une.cle}-issue": "accepter" for une in actualisations}


def test_elles_se_decident_avec_les_projets(pilote, comite, inscrire_au_jour, territoire, personnages):
    acceptee, refusee = inscrire_au_jour(1), inscrire_au_jour(2)
    nouveau = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    PointFactory(comite=comite, projet=nouveau, rang=3)
    assert "Saisir les décisions" in Page(pilote.get(comite.get_absolute_url())).liens
    formulaire = Page(pilote.get(adresse(comite)))
    assert f"Actualisation de {acceptee.projet}" in formulaire.mots
    assert formulaire.liens["lire ce qui change"] == refusee.get_absolute_url()
    choix = accepter(acceptee) | {
        f"{refusee.cle}-issue": "refuser",
        f"{refusee.cle}-motif": "Trop tard.",
        f"{nouveau.cle}-issue": "inscrire",
    }
    page, vu = apercu(pilote, comite, choix)
    assert "3 décisions seront enregistrées" in page.mots
    assert "Change : objectifs." in page.mots
    assert "Motif : Trop tard." in page.mots
    assert "passe à une nouvelle version" in page.mots
    assert not DecisionDActualisation.objects.filter(comite=comite).exists()
    page = Page(pilote.post(adresse(comite, "appliquer"), vu, follow=True))
    assert "3 décisions sont enregistrées" in page.mots
    assert (relire(acceptee).etat, relire(refusee).etat) == (EtatActualisation.ACCEPTEE, EtatActualisation.REFUSEE)
    assert relire(acceptee.projet).objectifs == MAJEURE["objectifs"]
    assert relire(acceptee.projet).version_fiche == relire(acceptee).version == 2
    assert relire(refusee.projet).objectifs != MAJEURE["objectifs"]
    assert relire(nouveau).etat == EtatProjet.INSCRIT
    decisions = DecisionDActualisation.objects.filter(comite=comite)
    assert {(d.autorite, d.acte, d.saisie_par) for d in decisions} == {
        ("comite_regional", "Relevé n° 3", personnages["pilote"])
    }
    assert "Aucun projet de l'ordre du jour n'attend de décision" in Page(pilote.get(adresse(comite))).mots


@pytest.mark.parametrize(
    ("champs", "mots"),
    [
        ({"issue": "refuser"}, "Dites pourquoi"),
        ({"motif": "Pour rien."}, "Choisissez la décision, ou effacez ce qui l'accompagne"),
        ({"issue": "juger-mineure"}, "juger-mineure"),
    ],
)
def test_ce_qui_manque_se_dit_au_champ(pilote, comite, inscrire_au_jour, champs, mots):
    une = inscrire_au_jour()
    page = Page(pilote.post(adresse(comite), COMMUN | {f"{une.cle}-{nom}": valeur for nom, valeur in champs.items()}))
    assert page.h1 == "Saisir les décisions"
    assert mots in page.mots


def test_qui_l_a_ecrite_n_en_decide_pas_et_ce_qui_a_change_se_relit(pilote, comite, inscrire_au_jour, personnages):
    sienne, depassee = inscrire_au_jour(1), inscrire_au_jour(2)
    sienne.auteurs.add(personnages["pilote"])
    type(depassee.projet).objects.filter(pk=depassee.projet_id).update(objectifs="Écrits entre-temps.")
    page, vu = apercu(pilote, comite, accepter(sienne, depassee))
    assert "Aucune décision ne sera enregistrée" in page.mots
    assert "Vous proposez cette actualisation" in page.mots
    assert "La fiche a changé depuis : Objectifs." in page.mots
    pilote.post(adresse(comite, "appliquer"), vu)
    assert {relire(une).etat for une in (sienne, depassee)} == {EtatActualisation.SOUMISE}


def test_reprise_ou_decidee_entre_temps_rien_n_est_ecrit(pilote, comite, inscrire_au_jour, personnages):
    reprise, autre = inscrire_au_jour(1), inscrire_au_jour(2)
    _, vu = apercu(pilote, comite, accepter(reprise, autre))
    franchir(relire(reprise), "reprendre", personnages["administrateur"])
    page = Page(pilote.post(adresse(comite, "appliquer"), vu))
    assert "quelque chose a changé entre-temps" in page.mots
    assert "1 décision sera enregistrée" in page.mots
    assert relire(autre).etat == EtatActualisation.SOUMISE
    # Submitted again, with other words.
    franchir(relire(reprise), "soumettre", personnages["administrateur"], motif="Autrement.")
    page, vu = apercu(pilote, comite, accepter(reprise, autre))
    type(reprise).objects.filter(pk=reprise.pk).update(valeurs={"objectifs": "Autres."}, ecrite_le=reprise.etat_depuis)
    assert "quelque chose a changé entre-temps" in Page(pilote.post(adresse(comite, "appliquer"), vu)).mots
    assert relire(reprise).etat == EtatActualisation.SOUMISE


def test_une_region_voisine_et_un_autre_comite_n_en_decident_pas(
    client, comite, inscrire_au_jour, personnages, territoire
):
    une = inscrire_au_jour()
    client.force_login(personnages["pilote voisin"])
    assert client.post(adresse(comite), accepter(une)).status_code == 404
    client.force_login(personnages["pilote"])
    ailleurs = soumise(projet_en(EtatProjet.REALISATION, territoire=territoire))
    page = Page(client.post(adresse(comite), accepter(ailleurs)))
    assert "Aucune décision n'est choisie" in page.mots
    assert relire(ailleurs).etat == EtatActualisation.SOUMISE


def test_l_apercu_ne_coute_pas_plus_pour_dix_que_pour_deux(pilote, comite, inscrire_au_jour):
    toutes = [inscrire_au_jour(rang) for rang in range(1, 11)]

    def compter(combien):
        with CaptureQueriesContext(connection) as requetes:
            apercu(pilote, comite, accepter(*toutes[:combien]))
        return len(requetes)

    compter(2)
    assert compter(10) == compter(2)
