"""The fiche of an inscribed project, actualised: prepared aside, applied at once or decided by the region."""

import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from comptes.models import Courrier
from comptes.parcours import TransitionImpossible, TransitionIncomplete, TransitionInterdite, passer
from programme.actualisations import franchir
from programme.enums import EtatActualisation, EtatProjet
from programme.models import Actualisation, Projet
from programme.parcours_actualisation import PARCOURS, SUBSTANTIELS
from programme.redaction import FICHE, MONTANTS
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.factories_projets import PorteurFactory, actualisation_en, champs_de, projet_en
from tests.outils.formulaires import a_envoyer

pytestmark = pytest.mark.django_db

DECISION = {"autorite": "comite_regional", "date": datetime.date(2026, 1, 15)}
SAISIE = {"autorite": "comite_regional", "date": "2026-01-15", "acte": "Délibération 12", "motif": "Justifié."}
EQUIPE, REGION = {"chef de projet", "administrateur"}, {"pilote", "agent instructeur", "administrateur"}
QUI = {
    **dict.fromkeys(("appliquer", "soumettre", "reprendre", "retirer"), EQUIPE),
    **dict.fromkeys(("accepter", "refuser", "juger-mineure", "juger-substantielle"), REGION),
}
FLECHES = {
    "appliquer": (["preparation"], "appliquee"),
    "soumettre": (["preparation"], "soumise"),
    "reprendre": (["soumise"], "preparation"),
    "retirer": (["preparation", "soumise"], "retiree"),
    "accepter": (["soumise"], "acceptee"),
    "refuser": (["soumise"], "refusee"),
    "juger-mineure": (["soumise"], "appliquee"),
    "juger-substantielle": (["appliquee"], "soumise"),
}
MINEURE, MAJEURE = {"contexte": "Nouveau."}, {"objectifs": "Nouveaux."}
par_transition = pytest.mark.parametrize("transition", PARCOURS.transitions, ids=lambda transition: transition.cle)


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.REALISATION, territoire=territoire)


def connecter(personne):
    client = Client()
    client.force_login(personne)
    return client


@pytest.fixture
def chef(personnages):
    return connecter(personnages["chef de projet"])


@pytest.fixture
def pilote(personnages):
    return connecter(personnages["pilote"])


def relire(objet):
    return type(objet).objects.get(pk=objet.pk)


def ecrire(client, projet, **champs):
    adresse = reverse("projet_actualiser", args=[projet.cle])
    lus = a_envoyer(client.get(adresse).content.decode(), "actualiser")
    return client.post(adresse, lus | champs, follow=True)


def franchir_a_l_ecran(client, actualisation, etape, **champs):
    adresse = reverse("actualisation_etape", args=[actualisation.projet.cle, actualisation.cle, etape])
    html = client.get(adresse).content.decode()
    return client.post(adresse, a_envoyer(html, "") | champs, follow=True)


def preparee(projet, valeurs=None, **champs):
    return actualisation_en(EtatActualisation.PREPARATION, projet=projet, valeurs=valeurs or MAJEURE, **champs)


def soumise(projet, valeurs=None, **champs):
    return actualisation_en(EtatActualisation.SOUMISE, projet=projet, valeurs=valeurs or MAJEURE, **champs)


# --- The table


def test_la_table_est_celle_du_dessin():
    assert {t.cle: (sorted(t.de), t.vers) for t in PARCOURS.transitions} == {
        cle: (sorted(de), vers) for cle, (de, vers) in FLECHES.items()
    }
    assert {t.cle for t in PARCOURS.transitions if t.decision} == {"accepter", "refuser"}
    assert {t.cle for t in PARCOURS.transitions if t.interdit_a_qui_a_saisi} == {c for c in QUI if QUI[c] == REGION}
    assert set(SUBSTANTIELS) < {*FICHE, *MONTANTS}


@par_transition
def test_seuls_ceux_de_la_table_font_une_etape_et_de_ses_etats_seulement(transition, territoire, personnages):
    for etat in EtatActualisation:
        projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
        depart = actualisation_en(etat, projet=projet, valeurs=MINEURE if transition.cle == "appliquer" else MAJEURE)
        for nom, personne in personnages.items():
            une = relire(depart)
            with transaction.atomic():
                if nom in QUI[transition.cle] and etat in transition.de:
                    franchir(une, transition, personne, **champs_de(transition))
                    assert relire(une).etat == transition.vers
                else:
                    with pytest.raises(TransitionImpossible, match=transition.verbe):
                        franchir(une, transition, personne or AnonymousUser(), **champs_de(transition))
                    assert relire(une).etat == etat
                transaction.set_rollback(True)


# --- Written aside


def test_l_equipe_ecrit_une_actualisation_et_la_fiche_ne_change_pas(chef, projet, personnages):
    reponse = ecrire(chef, projet, contexte="Nouveau.", emplois="12")
    une = Actualisation.objects.get()
    assert reponse.redirect_chain[-1][0] == une.get_absolute_url()
    assert une.valeurs == {"contexte": "Nouveau.", "emplois": "12"}
    assert une.avant == {"contexte": "Un contexte.", "emplois": ""}
    assert list(une.auteurs.all()) == [personnages["chef de projet"]]
    assert relire(projet).contexte == "Un contexte."
    assert "Non substantielle" in reponse.content.decode()


def test_rien_de_change_n_ouvre_rien(chef, projet):
    assert "rien changé" in ecrire(chef, projet).content.decode()
    assert not Actualisation.objects.exists()


def test_l_equipe_continue_l_actualisation_ouverte(chef, projet):
    ecrire(chef, projet, contexte="Nouveau.")
    reponse = ecrire(chef, projet, fin="2029-12-31")
    une = Actualisation.objects.get()
    assert une.valeurs == {"contexte": "Nouveau.", "fin": "2029-12-31"}
    assert "Substantielle" in reponse.content.decode()


def test_deux_personnes_qui_preparent_a_la_fois_la_seconde_est_prevenue(chef, projet, territoire):
    adresse = reverse("projet_actualiser", args=[projet.cle])
    lus = a_envoyer(chef.get(adresse).content.decode(), "actualiser")
    ecrire(chef, projet, contexte="Du premier.")
    maire = connecter(f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne)
    reponse = maire.post(adresse, lus | {"contexte": "Du second."})
    assert "pendant que vous la prépariez" in reponse.content.decode()
    assert Actualisation.objects.get().valeurs == {"contexte": "Du premier."}
    # Told once, it is theirs to choose.
    maire.post(adresse, a_envoyer(reponse.content.decode(), "actualiser"))
    assert Actualisation.objects.get().valeurs == {"contexte": "Du second."}


def test_seule_l_equipe_d_un_projet_suivi_actualise_sa_fiche(territoire, personnages):
    for etat in EtatProjet:
        projet = projet_en(etat, territoire=territoire)
        for nom, personne in personnages.items():
            if personne:
                permis = Projet.objects.actualisables_par(personne).filter(pk=projet.pk).exists()
                assert permis == (nom in EQUIPE and etat in EtatProjet.suivis()), (nom, etat)
        porteur = PorteurFactory(projet=projet).personne
        assert not Projet.objects.actualisables_par(porteur).filter(pk=projet.pk).exists()


def test_une_saisie_fausse_se_corrige(chef, projet):
    reponse = ecrire(chef, projet, fin="2020-01-01")
    assert "doit suivre le début" in reponse.content.decode()
    assert not Actualisation.objects.exists()


# --- Not substantial: at once, and kept


def test_non_substantielle_elle_s_applique_tout_de_suite_et_reste_dans_l_histoire(chef, projet, personnages, client):
    ecrire(chef, projet, contexte="Nouveau.")
    une = Actualisation.objects.get()
    franchir_a_l_ecran(chef, une, "appliquer", motif="Précision.")
    relu = relire(projet)
    assert (relu.contexte, relu.version_fiche, relu.revision) == ("Nouveau.", 1, projet.revision + 1)
    assert relu.historique.first().history_user == personnages["chef de projet"]
    assert relu.historique.first().history_change_reason == "Appliquer à la fiche"
    # Read on the fiche by whoever knows it, not by the public.
    client.force_login(personnages["lecture"])
    for lecteur, lit in ((client, True), (Client(), False)):
        html = lecteur.get(projet.get_absolute_url()).content.decode()
        assert ("Appliquée sans décision" in html) == lit
    html = client.get(une.get_absolute_url()).content.decode()
    for mot in ("Un contexte.", "Nouveau.", "Précision.", str(personnages["chef de projet"])):
        assert mot in html


@pytest.mark.parametrize("champ", SUBSTANTIELS)
def test_un_champ_substantiel_ne_s_applique_pas_sans_la_region(champ, projet, personnages):
    une = preparee(projet, {champ: "on", "contexte": "Nouveau."})
    with pytest.raises(TransitionIncomplete) as refus:
        franchir(une, "appliquer", personnages["chef de projet"])
    assert "se soumet à la région" in refus.value.manques[0].message


def test_une_mineure_ne_se_soumet_que_si_elle_est_declaree_substantielle(projet, personnages):
    une = preparee(projet, MINEURE)
    with pytest.raises(TransitionIncomplete):
        franchir(une, "soumettre", personnages["chef de projet"], motif="Pour avis.")
    une.declaree_substantielle = True
    une.save()
    with pytest.raises(TransitionIncomplete):
        franchir(une, "appliquer", personnages["chef de projet"])
    franchir(une, "soumettre", personnages["chef de projet"], motif="Pour avis.")
    assert relire(une).etat == EtatActualisation.SOUMISE


# --- Substantial: decided


def test_du_chef_de_projet_a_la_decision_de_la_region(chef, pilote, projet, personnages, client):
    ecrire(chef, projet, cout_total="250000", objectifs="Nouveaux.")
    une = Actualisation.objects.get()
    assert "Dites pourquoi" in franchir_a_l_ecran(chef, une, "soumettre").content.decode()
    franchir_a_l_ecran(chef, une, "soumettre", motif="Le coût a doublé.")
    assert Courrier.objects.filter(destinataire=personnages["pilote"], objet__startswith="Actualisation").exists()
    # Meanwhile the fiche is as it was, for everybody.
    assert "Nouveaux." not in client.get(projet.get_absolute_url()).content.decode()
    assert relire(projet).cout_total == 100000
    assert "Une actualisation" in pilote.get(projet.get_absolute_url()).content.decode()
    html = pilote.get(une.get_absolute_url()).content.decode()
    assert "Le coût a doublé." in html
    assert "Accepter l&#x27;actualisation" in html or "Accepter l'actualisation" in html
    franchir_a_l_ecran(pilote, une, "accepter", **SAISIE)
    relu, une = relire(projet), relire(une)
    assert (relu.cout_total, relu.objectifs, relu.version_fiche) == (250000, "Nouveaux.", 2)
    assert (une.etat, une.version) == (EtatActualisation.ACCEPTEE, 2)
    decision = une.etapes.last()
    assert (decision.autorite, str(decision.date), decision.acte) == (
        "comite_regional", "2026-01-15", "Délibération 12",
    )  # fmt: skip
    courriers = Courrier.objects.filter(destinataire=personnages["chef de projet"], objet__contains="acceptée")
    assert "Délibération 12" in courriers.get().texte
    assert "version 2 de la fiche" in chef.get(projet.get_absolute_url()).content.decode()


def test_refusee_elle_reste_avec_son_motif_et_la_fiche_ne_change_pas(pilote, chef, projet):
    une = soumise(projet)
    assert "Dites pourquoi" in franchir_a_l_ecran(pilote, une, "refuser", **SAISIE | {"motif": ""}).content.decode()
    franchir_a_l_ecran(pilote, une, "refuser", **SAISIE | {"motif": "Hors du contrat."})
    assert relire(une).etat == EtatActualisation.REFUSEE
    assert (relire(projet).objectifs, relire(projet).version_fiche) == ("Des objectifs.", 1)
    assert "Hors du contrat." in chef.get(une.get_absolute_url()).content.decode()
    # Another one may begin.
    ecrire(chef, projet, objectifs="Autres.")
    assert Actualisation.objects.ouvertes().count() == 1


@pytest.mark.parametrize("etape", ["accepter", "refuser", "juger-mineure"])
@pytest.mark.parametrize("role", ["commence", "ecrit", "soumet"])
def test_nul_ne_decide_de_ce_qu_il_a_propose(etape, role, projet, personnages):
    """A pilot who is of the team too."""
    pilote, chef = personnages["pilote"], personnages["chef de projet"]
    f.ActeurFactory(personne=pilote, territoire=projet.territoire, qualite=QualiteTerritoriale.MAIRE)
    if role == "ecrit":
        ecrire(connecter(chef), projet, objectifs="Nouveaux.")
        ecrire(connecter(pilote), projet, contexte="Nouveau.")
        une = Actualisation.objects.get()
    else:
        une = preparee(projet, saisi_par=pilote if role == "commence" else chef)
    franchir(une, "soumettre", pilote if role == "soumet" else chef, motif="Pour décision.")
    transition = PARCOURS.transition(etape)
    with pytest.raises(TransitionInterdite, match="vous proposez"):
        franchir(une, transition, pilote, **champs_de(transition))
    reponse = connecter(pilote).get(reverse("actualisation_etape", args=[projet.cle, une.cle, etape]))
    assert "Une autre personne de la région, ou l&#x27;équipe nationale, en décide" in reponse.content.decode()
    franchir(une, transition, personnages["agent instructeur"], **champs_de(transition))


def test_on_ne_decide_que_de_ce_que_l_on_a_lu(pilote, projet, personnages):
    une, chef = soumise(projet), personnages["chef de projet"]
    adresse = reverse("actualisation_etape", args=[projet.cle, une.cle, "accepter"])
    lus = a_envoyer(pilote.get(adresse).content.decode(), "") | SAISIE
    franchir(une, "reprendre", chef)
    ecrire(connecter(chef), projet, cout_total="999999")
    une = relire(une)
    franchir(une, "soumettre", chef, motif="Encore plus cher.")
    assert "relisez-la" in pilote.post(adresse, lus, follow=True).content.decode()
    assert relire(une).etat == EtatActualisation.SOUMISE
    assert relire(projet).cout_total == 100000


def test_ce_qui_a_change_dans_la_fiche_depuis_ne_s_ecrase_pas(projet, personnages, pilote):
    une = soumise(projet)
    autre = relire(projet)
    autre.objectifs = "De l'administrateur."
    autre.revision += 1
    autre.save()
    assert "La fiche a changé depuis" in pilote.get(une.get_absolute_url()).content.decode()
    with pytest.raises(TransitionIncomplete, match="Objectifs"):
        franchir(relire(une), "accepter", personnages["pilote"], **DECISION)
    assert relire(projet).objectifs == "De l'administrateur."
    assert (relire(une).etat, relire(projet).version_fiche) == (EtatActualisation.SOUMISE, 1)


def test_ce_qui_rendrait_la_fiche_fausse_ne_s_applique_pas(projet, personnages):
    une = soumise(projet, {"fin": "2020-01-01"})
    with pytest.raises(ValidationError, match="doit suivre"):
        franchir(une, "accepter", personnages["pilote"], **DECISION)
    assert relire(une).etat == EtatActualisation.SOUMISE
    assert not Courrier.objects.filter(objet__contains="acceptée").exists()


def test_un_projet_qui_n_est_plus_suivi_ne_change_plus(projet, personnages):
    une = soumise(projet)
    passer(projet, "achever", personnages["chef de projet"])
    with pytest.raises(TransitionIncomplete) as refus:
        franchir(une, "accepter", personnages["pilote"], **DECISION)
    assert "ne change plus" in refus.value.manques[0].message
    franchir(une, "retirer", personnages["chef de projet"])
    assert relire(une).etat == EtatActualisation.RETIREE


# --- Requalified


def test_la_region_juge_mineure_ce_qui_lui_est_soumis(pilote, projet):
    une = soumise(projet)
    franchir_a_l_ecran(pilote, une, "juger-mineure", motif="Une précision.")
    assert relire(une).etat == EtatActualisation.APPLIQUEE
    assert (relire(projet).objectifs, relire(projet).version_fiche) == ("Nouveaux.", 1)


def test_la_region_juge_substantiel_ce_qui_est_applique_et_la_fiche_revient(pilote, chef, projet):
    ecrire(chef, projet, communes=[], contexte="Nouveau.", debut="2026-02-01")
    une = Actualisation.objects.get()
    franchir_a_l_ecran(chef, une, "appliquer")
    assert relire(projet).debut == datetime.date(2026, 2, 1)
    franchir_a_l_ecran(pilote, une, "juger-substantielle", motif="Le sens du projet change.")
    relu = relire(projet)
    assert (relu.contexte, relu.debut) == ("Un contexte.", datetime.date(2026, 1, 1))
    franchir_a_l_ecran(pilote, une, "accepter", **SAISIE)
    assert (relire(projet).contexte, relire(projet).version_fiche) == ("Nouveau.", 2)


def test_ce_qui_est_applique_ne_se_requalifie_plus_si_la_fiche_a_change_ou_si_une_autre_est_ouverte(
    projet, personnages
):
    une = actualisation_en(EtatActualisation.PREPARATION, projet=projet, valeurs=MINEURE)
    franchir(une, "appliquer", personnages["chef de projet"])
    autre = preparee(projet, {"contexte": "Encore."}, avant=MINEURE)
    with pytest.raises(TransitionIncomplete) as refus:
        franchir(une, "juger-substantielle", personnages["pilote"], motif="Non.")
    assert "Une autre actualisation" in refus.value.manques[0].message
    franchir(autre, "appliquer", personnages["chef de projet"])
    with pytest.raises(TransitionIncomplete, match="La fiche a changé depuis"):
        franchir(une, "juger-substantielle", personnages["pilote"], motif="Non.")
    assert relire(projet).contexte == "Encore."
