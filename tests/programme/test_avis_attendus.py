"""When a project enters its instruction, the State is asked for its opinion: once each, as they chose to be told."""

import pytest
from django.urls import reverse

from comptes import courrier
from comptes.models import Courrier, EtatCourrier, PreferenceCourrier
from comptes.parcours import passer
from programme.enums import EtatProjet, SensAvis
from programme.genres_de_courrier import PROJETS
from programme.models import Projet
from territoires.models import Departement, EtatTerritorial, Perimetre
from tests import factories as f
from tests.factories_comites import AvisFactory
from tests.factories_projets import champs_de, projet_en
from tests.outils.personnages import PILOTE, VOISINE

pytestmark = pytest.mark.django_db


@pytest.fixture
def etat(personnages):
    return personnages["État territorial"]


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.TRANSMIS, territoire=territoire)


def instruire(projet, personnages, cle="instruire"):
    Courrier.objects.all().delete()
    passer(projet, cle, personnages["agent instructeur"])


def ecrits_a(personne):
    return Courrier.objects.filter(destinataire=personne)


def test_l_etat_du_perimetre_est_sollicite(projet, etat, personnages, territoire):
    perimetre = Perimetre.objects.get(inscription=territoire.inscriptions.latest("liste__date"))
    prefecture = f.EtatFactory(region=None, departement=perimetre.departements.first()).personne
    d_ailleurs = f.EtatFactory(region_id=VOISINE).personne
    du_departement_voisin = f.EtatFactory(
        region=None, departement=Departement.objects.filter(region=VOISINE).first()
    ).personne
    instruire(projet, personnages)
    for personne in (etat, prefecture):
        (un,) = ecrits_a(personne)
        assert un.objet == f"Avis de l'État attendu\N{NO-BREAK SPACE}: {projet.titre}"
        assert un.genre == PROJETS.cle
        assert un.lien.endswith(projet.get_absolute_url())
        for texte in (un.texte, un.html):
            assert str(projet) in texte
            assert "est en instruction" in texte
    assert not ecrits_a(d_ailleurs).exists()
    assert not ecrits_a(du_departement_voisin).exists()
    # The team is told as before.
    assert ecrits_a(personnages["chef de projet"]).get().objet.startswith("En instruction")


def test_celui_d_un_territoire_associe_aussi(projet, voisin, personnages):
    d_ailleurs = f.EtatFactory(region_id=VOISINE).personne
    projet.territoires_associes.add(voisin)
    instruire(projet, personnages)
    assert ecrits_a(d_ailleurs).count() == 1
    assert Projet.objects.avisables_par(d_ailleurs).filter(pk=projet.pk).exists()


def test_un_seul_message_par_personne(projet, etat, personnages, territoire):
    """Two habilitations of the State, and one of the team."""
    f.EtatFactory(personne=etat, region_id=PILOTE, qualite="dreets")
    f.ActeurFactory(personne=etat, territoire=territoire)
    instruire(projet, personnages)
    assert ecrits_a(etat).get().objet.startswith("Avis de l'État attendu")


def test_qui_agit_ne_se_sollicite_pas(projet, personnages):
    agent = personnages["agent instructeur"]
    f.EtatFactory(personne=agent, region_id=PILOTE)
    instruire(projet, personnages)
    assert not ecrits_a(agent).exists()


def test_a_la_reprise_qui_a_donne_son_avis_n_est_plus_sollicite(etat, personnages, territoire):
    projet = projet_en(EtatProjet.AJOURNE, territoire=territoire)
    instruire(projet, personnages, "reprendre")
    assert ecrits_a(etat).count() == 1
    passer(projet, "ajourner", personnages["pilote"], **champs_de(projet.parcours.transition("ajourner")))
    AvisFactory(projet=projet, region_id=PILOTE, sens=SensAvis.FAVORABLE, donne_par=etat)
    instruire(projet, personnages, "reprendre")
    assert not ecrits_a(etat).exists()


def test_les_preferences_et_les_fins_d_habilitation_valent(projet, etat, personnages):
    PreferenceCourrier.objects.create(personne=etat, genre=PROJETS.cle, choix="quotidien")
    jamais = f.EtatFactory(region_id=PILOTE).personne
    PreferenceCourrier.objects.create(personne=jamais, genre=PROJETS.cle, choix="aucun")
    partie = f.EtatFactory(region_id=PILOTE).personne
    EtatTerritorial.objects.get(personne=partie).retirer()
    instruire(projet, personnages)
    assert ecrits_a(etat).get().etat == EtatCourrier.A_GROUPER
    assert not Courrier.objects.filter(destinataire__in=[jamais, partie]).exists()


def test_rien_ne_bouge_si_le_message_ne_s_ecrit_pas(projet, personnages, monkeypatch):
    ecrire = courrier.ecrire

    def panne(genre, compte, gabarit, *args, **kwargs):
        if gabarit == "projet_avis_attendu":
            raise RuntimeError
        return ecrire(genre, compte, gabarit, *args, **kwargs)

    monkeypatch.setattr("comptes.courrier.ecrire", panne)
    with pytest.raises(RuntimeError):
        instruire(projet, personnages)
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.TRANSMIS


def test_le_lien_mene_a_la_page_ou_l_avis_se_donne(projet, etat, personnages, client):
    instruire(projet, personnages)
    client.force_login(etat)
    assert reverse("projet_avis", args=[projet.cle]) in client.get(projet.get_absolute_url()).text
