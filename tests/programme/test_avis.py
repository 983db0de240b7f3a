"""The State's opinion: who gives it, when, and who is told."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.urls import reverse

from comptes.parcours import passer
from pilotage import a_faire
from programme.delais import dernier_jour
from programme.enums import EtatProjet, SensAvis
from programme.models import Avis, Projet
from programme.models.avis import autorites_pour
from tableurs.francais import jour
from territoires.models import Departement
from tests import factories as f
from tests.factories_comites import AvisFactory, ComiteFactory, PointFactory
from tests.factories_projets import CHEMINS, champs_de, projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
AVANT_LA_DECISION = {"transmis", "a_completer", "instruction", "ajourne"}


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.INSTRUCTION, territoire=territoire)


@pytest.fixture
def prefete(personnages):
    return personnages["État territorial"]


def adresse(projet):
    return reverse("projet_avis", args=[projet.cle])


def donner(projet, personne, sens=SensAvis.FAVORABLE, **champs):
    return Avis.donner(projet, personne, autorites_pour(projet, personne)[0], sens, **champs)


def phrases(personne):
    return [tache.phrase for groupe in a_faire.groupes(personne) for tache in groupe.taches]


def test_l_etat_seul_donne_son_avis_de_la_transmission_a_la_decision(territoire, personnages):
    projets = {etat: projet_en(etat, territoire=territoire) for etat in EtatProjet}
    for nom, personne in personnages.items():
        avisables = Projet.objects.avisables_par(personne or AnonymousUser())
        etats = set(avisables.filter(territoire=territoire).values_list("etat", flat=True))
        assert etats == (AVANT_LA_DECISION if nom == "État territorial" else set()), nom
    assert set(CHEMINS) == set(projets)


def test_l_etat_d_un_departement_voisin_ne_le_donne_pas(projet):
    ailleurs = f.EtatFactory(region=None, departement=Departement.objects.get(pk="88")).personne
    ici = f.EtatFactory(region=None, departement=Departement.objects.get(pk="80")).personne
    assert not Projet.objects.avisables_par(ailleurs).exists()
    assert list(Projet.objects.avisables_par(ici)) == [projet]
    with pytest.raises(PermissionDenied):
        Avis.donner(projet, ici, f.EtatFactory(region_id=PILOTE), SensAvis.FAVORABLE)
    assert donner(projet, ici).autorite == "Préfecture de département Somme (80)"


def test_un_nouvel_avis_de_la_meme_autorite_remplace_l_ancien_qui_reste(projet, prefete):
    ancien = donner(projet, prefete, SensAvis.DEFAVORABLE, motif="Le calendrier.")
    nouveau = donner(projet, f.EtatFactory(region_id=PILOTE, qualite="dreets").personne)
    autre = donner(projet, f.EtatFactory(region=None, departement=Departement.objects.get(pk="80")).personne)
    assert set(projet.avis.courants()) == {nouveau, autre}
    ancien.refresh_from_db()
    assert ancien.remplace_le == nouveau.saisi_le
    assert projet.avis.count() == 3


def test_une_nouvelle_version_de_la_fiche_attend_un_nouvel_avis(projet, prefete, personnages):
    donner(projet, prefete)
    etapes = [("ne-pas-inscrire", "pilote"), ("reprendre-la-fiche", "chef de projet")]
    for cle, nom in etapes:
        passer(projet, cle, personnages[nom], **champs_de(projet.parcours.transition(cle)))
    projet.valider_localement(personnages["chef de projet"], "comite", datetime.date(2026, 1, 20))
    for cle, nom in [("transmettre", "chef de projet"), ("instruire", "pilote")]:
        passer(projet, cle, personnages[nom])
    assert not projet.avis.courants().exists()
    assert any("attend votre avis" in phrase for phrase in phrases(prefete))
    donner(projet, prefete)
    assert projet.avis.courants().count() == 1


def test_l_avis_se_donne_sur_sa_page_et_se_lit_sur_la_fiche(client, projet, prefete, personnages):
    client.force_login(prefete)
    page = Page(client.get(projet.get_absolute_url()))
    assert page.liens["Donner l'avis de l'État"] == adresse(projet)
    assert "Préfecture de région Hauts-de-France" in Page(client.get(adresse(projet))).mots
    envoi = {"sens": "reserve", "motif": "Sous réserve du raccordement.", "date": "2026-01-12"}
    assert client.post(adresse(projet), envoi).url == projet.get_absolute_url()
    for nom in ("chef de projet", "pilote", "auditeur"):
        client.force_login(personnages[nom])
        mots = Page(client.get(projet.get_absolute_url())).mots
        assert "Réservé Préfecture de région Hauts-de-France, le 12 janvier 2026" in mots, nom
        assert "raccordement" in mots


def test_le_public_ne_lit_pas_les_avis(client, territoire):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    AvisFactory(projet=projet, sens="defavorable", motif="Un motif tu.")
    mots = Page(client.get(projet.get_absolute_url())).mots
    assert "Un motif tu" not in mots
    assert "Défavorable" not in mots


@pytest.mark.parametrize(
    ("envoi", "message"),
    [
        ({"date": "2026-01-12"}, "Choisissez le sens"),
        ({"sens": "reserve", "date": "2026-01-12"}, "dites pourquoi"),
        ({"sens": "defavorable", "date": "2026-01-12", "motif": "  "}, "dites pourquoi"),
        ({"sens": "favorable", "date": "2099-01-12"}, "à venir"),
        ({"sens": "favorable", "date": ""}, "Date de l'avis"),
    ],
)
def test_ce_qui_manque_a_un_avis_se_dit(client, projet, prefete, envoi, message):
    client.force_login(prefete)
    page = Page(client.post(adresse(projet), envoi))
    assert "L'avis n'est pas enregistré" in page.mots
    assert message in page.mots
    assert not Avis.objects.exists()


def test_de_plusieurs_autorites_on_choisit_laquelle(client, projet, prefete):
    departement = f.EtatFactory(personne=prefete, region=None, departement=Departement.objects.get(pk="80"))
    client.force_login(prefete)
    assert "Au nom de" in Page(client.get(adresse(projet))).mots
    envoi = {"sens": "favorable", "date": "2026-01-12"}
    assert "n'est pas enregistré" in Page(client.post(adresse(projet), envoi)).mots
    d_un_autre = f.EtatFactory(region_id=PILOTE).cle
    assert "dont vous relevez" in Page(client.post(adresse(projet), {**envoi, "autorite": d_un_autre})).mots
    client.post(adresse(projet), {**envoi, "autorite": departement.cle})
    assert Avis.objects.get().departement_id == "80"


def test_apres_la_decision_il_est_trop_tard(client, projet, prefete, personnages):
    passer(projet, "inscrire", personnages["pilote"], **champs_de(projet.parcours.transition("inscrire")))
    client.force_login(prefete)
    assert client.post(adresse(projet), {"sens": "favorable", "date": "2026-01-12"}).status_code == 403
    with pytest.raises(PermissionDenied):
        donner(projet, prefete)


def test_ce_qui_attend_l_etat_le_dit_jusqu_a_son_avis(client, projet, prefete, personnages):
    attendu = f"Le projet {projet.numero} « {projet.titre} » attend votre avis"
    assert phrases(prefete) == [f"{attendu}, au plus tard le {jour(dernier_jour(projet))}"]
    point = PointFactory(projet=projet, comite=ComiteFactory(region_id=PILOTE, date=datetime.date(2030, 3, 12)))
    [phrase] = phrases(prefete)
    assert phrase == f"{attendu}, le comité a lieu le 12\N{NO-BREAK SPACE}mars\N{NO-BREAK SPACE}2030"
    assert a_faire.nombre(prefete) == 1
    type(point.comite).objects.filter(pk=point.comite_id).update(date=datetime.date(2026, 1, 12))
    assert "le comité avait lieu le 12" in phrases(prefete)[0]
    donner(projet, prefete)
    assert phrases(prefete) == []
    assert a_faire.nombre(prefete) == 0
    assert not any("attend votre avis" in phrase for phrase in phrases(personnages["pilote"]))
