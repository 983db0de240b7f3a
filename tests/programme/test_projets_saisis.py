"""Nobody examines a project that they entered, validated or moved for the territory (ADR 0012).

Seen on somebody who holds two habilitations: of the lead region, and of the team.
"""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.urls import reverse

from comptes.acces import aujourdhui
from comptes.parcours import TransitionInterdite, passer, possibles
from pilotage.a_faire import groupes
from programme.enums import AutoriteLocale, EtatDemande, EtatProjet
from programme.models import Projet
from programme.parcours_projet import PARCOURS
from territoires.models import PiloteRegional
from tests import factories as f
from tests.factories_comites import ComiteFactory, PointFactory
from tests.factories_perimetres import demande_en
from tests.factories_projets import champs_de, projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db

EXAMENS = [transition for transition in PARCOURS.transitions if transition.interdit_a_qui_a_saisi]
REFUS = "Vous avez saisi, validé ou fait avancer ce projet pour le territoire."


@pytest.fixture
def double(personnages, territoire):
    personne = f.PiloteFactory(region=PiloteRegional.objects.get(personne=personnages["pilote"]).region).personne
    f.ActeurFactory(personne=personne, territoire=territoire)
    return personne


def valider(projet, double, chef):
    projet.valider_localement(double, AutoriteLocale.BINOME, aujourdhui())
    passer(projet, "transmettre", chef)


def transmettre(projet, double, chef):
    passer(projet, "transmettre", double)


def retransmettre(projet, double, chef):
    passer(projet, "transmettre", chef)
    passer(projet, "demander-complements", f.AdministrateurFactory(), motif="Le plan.")
    passer(projet, "transmettre-a-nouveau", double)


ACTES = [valider, transmettre, retransmettre]
par_acte = pytest.mark.parametrize("acte", ACTES, ids=lambda acte: acte.__name__)


@pytest.fixture
def projet(personnages, territoire):
    """Entered by somebody else."""
    return projet_en(EtatProjet.PREPARATION, territoire=territoire, saisi_par=personnages["chef de projet"])


@par_acte
def test_qui_agit_pour_le_territoire_n_examine_pas(acte, projet, double, personnages, client):
    acte(projet, double, personnages["chef de projet"])
    assert projet.etat == EtatProjet.TRANSMIS
    with pytest.raises(TransitionInterdite, match="validé ou fait avancer"):
        passer(projet, "instruire", double)
    assert not {"instruire", "demander-complements"} & {une.transition.cle for une in possibles(projet, double)}
    client.force_login(double)
    etape = reverse("projet_etape", args=[projet.cle, "instruire"])
    page = client.get(projet.get_absolute_url())
    assert etape not in page.text
    assert REFUS in Page(page).mots
    assert REFUS in Page(client.get(etape)).mots
    assert REFUS in Page(client.post(etape, follow=True)).mots
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.TRANSMIS
    assert etape not in client.get(reverse("admin:programme_projet_change", args=[projet.pk])).text
    # A colleague, or the national team where the region has but one pilot.
    client.force_login(personnages["agent instructeur"])
    assert REFUS not in Page(client.get(projet.get_absolute_url())).mots
    passer(projet, "instruire", personnages["administrateur"])
    assert projet.etat == EtatProjet.INSTRUCTION


@pytest.mark.parametrize("transition", EXAMENS, ids=lambda transition: transition.cle)
def test_aucun_examen_ne_lui_est_ouvert(transition, double, personnages, territoire):
    projet = projet_en(transition.de[0], territoire=territoire, validation_saisie_par=double)
    with pytest.raises(TransitionInterdite, match="validé ou fait avancer"):
        passer(projet, transition, double, **champs_de(transition))
    passer(projet, transition, personnages["pilote"], **champs_de(transition))


def test_ce_qui_est_du_territoire_ou_de_tous_lui_reste(double, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire, validation_saisie_par=double)
    for cle in ("demarrer", "suspendre", "relancer"):
        passer(projet, cle, double, **champs_de(PARCOURS.transition(cle)))
    assert projet.etat == EtatProjet.REALISATION


def test_une_validation_reprise_par_une_autre_personne_n_est_plus_la_sienne(projet, double, personnages):
    projet.valider_localement(double, AutoriteLocale.BINOME, aujourdhui())
    projet.valider_localement(personnages["chef de projet"], AutoriteLocale.BINOME, aujourdhui())
    passer(projet, "transmettre", personnages["chef de projet"])
    passer(projet, "instruire", double)
    assert projet.etat == EtatProjet.INSTRUCTION


def test_en_nombre_et_en_comite_aussi(client, double, personnages, territoire):
    client.force_login(double)
    sien = projet_en(EtatProjet.TRANSMIS, territoire=territoire, validation_saisie_par=double)
    autre = projet_en(EtatProjet.TRANSMIS, territoire=territoire)
    donnees = {"acte": "instruire", "cle": [sien.cle, autre.cle]}
    page = Page(client.get(reverse("projets_ensemble"), donnees))
    assert "1 projet est concerné" in page.mots
    assert REFUS in page.mots
    client.post(reverse("projets_ensemble_appliquer"), donnees)
    assert [Projet.objects.get(pk=un.pk).etat for un in (sien, autre)] == [EtatProjet.TRANSMIS, EtatProjet.INSTRUCTION]
    passer(sien, "instruire", personnages["agent instructeur"])
    comite = ComiteFactory(region_id=PiloteRegional.objects.get(personne=personnages["pilote"]).region_id)
    for un in (sien, autre):
        PointFactory(comite=comite, projet=un)
    decisions = {f"{un.cle}-issue": "inscrire" for un in (sien, autre)}
    commun = {"autorite": "comite_regional", "date": comite.date.isoformat()}
    page = Page(client.post(reverse("comite_decisions", args=[comite.cle]), decisions | commun))
    assert "1 décision sera enregistrée" in page.mots
    assert f"« Inscrire au contrat » : {REFUS}" in page.mots


def test_ils_n_attendent_pas_cette_personne(double, territoire, personnages):
    projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Validé par moi", validation_saisie_par=double)
    projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="D'un autre")

    def phrases(personne):
        return " ".join(tache.phrase for groupe in groupes(personne) for tache in groupe.taches)

    assert "Validé par moi" not in phrases(double)
    assert "D'un autre" in phrases(double)
    assert "Validé par moi" in phrases(personnages["pilote"])


def test_une_demande_de_perimetre_transmise_par_soi_attend_l_avis_d_un_autre(client, double, personnages, territoire):
    avis = {"autorite": "comite_regional", "date": aujourdhui(), "avis": "favorable"}
    demande = demande_en(EtatDemande.BROUILLON, territoire=territoire, saisi_par=personnages["chef de projet"])
    passer(demande, "transmettre", double)
    with pytest.raises(TransitionInterdite, match="saisi ou transmis"):
        passer(demande, "rendre-avis", double, **avis)
    client.force_login(double)
    page = Page(client.get(demande.get_absolute_url()))
    assert "Vous avez saisi ou transmis cette demande." in page.mots
    assert "Noter l'avis de la région" not in page.liens
    passer(demande, "rendre-avis", personnages["pilote"], **avis)


def test_un_visiteur_n_a_rien_saisi(projet):
    assert not Projet.objects.saisis_par(AnonymousUser()).exists()
    assert Projet.objects.saisis_par_d_autres(AnonymousUser()).count() == Projet.objects.count()
