"""The engine of transitions, tried on projects: what it lets through, what it refuses, in which words."""

import datetime
import re

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes.acces import habilitations
from comptes.models import Courrier
from comptes.parcours import (
    TransitionImpossible,
    TransitionIncomplete,
    TransitionInterdite,
    passer,
    permises_parmi,
    possibles,
)
from comptes.rejouer import Etape, Histoire, rejouer
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Decision, Projet
from programme.parcours_projet import PARCOURS
from tests import factories as f
from tests.factories_projets import ProjetCompletFactory, ProjetFactory, champs_de, projet_en

pytestmark = pytest.mark.django_db

HIER = timezone.localdate() - datetime.timedelta(days=1)
DECISION = {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": HIER}


@pytest.fixture
def projet(territoire, personnages):
    return projet_en(EtatProjet.INSTRUCTION, territoire=territoire, saisi_par=personnages["chef de projet"])


# --- Passing


def test_un_passage_ecrit_l_etat_le_journal_et_l_historique(projet, personnages):
    pilote = personnages["pilote"]
    avant = timezone.now()
    passage = passer(projet, "inscrire", pilote, **DECISION, acte="CR 12")
    relu = Projet.objects.get(pk=projet.pk)
    assert relu.etat == projet.etat == EtatProjet.INSCRIT
    assert avant <= relu.etat_depuis == passage.saisie_le
    ecrit = Decision.objects.get(pk=passage.pk)
    assert (ecrit.de, ecrit.vers, ecrit.transition) == ("instruction", "inscrit", "inscrire")
    assert (ecrit.autorite, ecrit.date, ecrit.acte, ecrit.saisie_par) == ("comite_regional", HIER, "CR 12", pilote)
    derniere = relu.historique.latest()
    assert (derniere.etat, derniere.history_user) == (EtatProjet.INSCRIT, pilote)
    assert derniere.history_change_reason == "Inscrire au contrat"


def test_les_interesses_sont_avertis_sauf_qui_agit(projet, personnages):
    Courrier.objects.all().delete()
    passer(projet, "ajourner", personnages["pilote"], **DECISION, motif="Le plan de financement manque.")
    (courrier,) = Courrier.objects.all()
    assert courrier.destinataire == personnages["chef de projet"]
    assert courrier.objet.startswith("Ajourné")
    for dit in ("Le plan de financement manque.", "Comité de pilotage régional", projet.titre):
        assert dit in courrier.texte
        assert dit in courrier.html


def test_qui_agit_n_est_pas_averti_de_ce_qu_il_fait(territoire, personnages):
    projet = projet_en(EtatProjet.INSCRIT, territoire=territoire)
    Courrier.objects.all().delete()
    passer(projet, "demarrer", personnages["pilote"])
    avertis = {courrier.destinataire for courrier in Courrier.objects.all()}
    assert avertis == {personnages["chef de projet"], personnages["agent instructeur"]}


def test_un_compte_ferme_n_est_pas_averti(projet, personnages):
    Courrier.objects.all().delete()
    personnages["chef de projet"].is_active = False
    personnages["chef de projet"].save()
    passer(projet, "inscrire", personnages["pilote"], **DECISION)
    assert not Courrier.objects.exists()


def test_rien_n_est_ecrit_quand_l_avis_ne_peut_l_etre(projet, personnages, monkeypatch):
    def panne(*args, **kwargs):
        raise RuntimeError("gabarit")

    monkeypatch.setattr("comptes.courrier.ecrire", panne)
    with pytest.raises(RuntimeError):
        passer(projet, "inscrire", personnages["pilote"], **DECISION)
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.INSTRUCTION
    assert not Decision.objects.filter(projet=projet, transition="inscrire").exists()


# --- Refusals


def test_un_etat_depasse_se_dit_avec_sa_date_et_son_auteur(projet, personnages):
    """The second of two people, who read the page before the first."""
    en_retard = Projet.objects.get(pk=projet.pk)
    passer(projet, "inscrire", personnages["pilote"], **DECISION)
    with pytest.raises(TransitionImpossible) as refus:
        passer(en_retard, "ne-pas-inscrire", personnages["agent instructeur"], **DECISION, motif="x")
    texte = str(refus.value).replace("\N{NO-BREAK SPACE}", " ")
    assert "« Inscrit au contrat » depuis le" in texte
    assert re.search(r"\d\d/\d\d/\d{4} à \d\d h \d\d", texte)
    assert str(personnages["pilote"]) in texte
    assert Decision.objects.filter(projet=projet).last().vers == EtatProjet.INSCRIT


def test_qui_n_a_pas_le_droit_est_refuse(projet, personnages):
    for nom in ("chef de projet", "pilote d'une région associée", "pilote voisin", "auditeur"):
        with pytest.raises(TransitionInterdite, match="droit"):
            passer(projet, "inscrire", personnages[nom], **DECISION)
    with pytest.raises(TransitionInterdite):
        passer(projet, "inscrire", AnonymousUser(), **DECISION)
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.INSTRUCTION


@pytest.mark.parametrize("nom", ["pilote", "administrateur"])
def test_personne_n_examine_le_projet_qu_il_a_saisi(nom, territoire, personnages):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire, saisi_par=personnages[nom])
    with pytest.raises(TransitionInterdite, match="vous avez saisi"):
        passer(projet, "inscrire", personnages[nom], **DECISION)
    examens = {t.cle for t in PARCOURS.transitions if t.interdit_a_qui_a_saisi}
    assert not examens & {possible.transition.cle for possible in possibles(projet, personnages[nom])}
    passer(projet, "inscrire", personnages["agent instructeur"], **DECISION)


def test_ce_qui_manque_est_dit_champ_par_champ(territoire, personnages):
    projet = ProjetFactory(territoire=territoire)
    passer(projet, "preparer", personnages["chef de projet"])
    with pytest.raises(TransitionIncomplete) as refus:
        passer(projet, "transmettre", personnages["chef de projet"])
    assert refus.value.manques == projet.manques()
    assert {"contexte", "mesures", "communes", "validation_locale_le"} <= {m.champ for m in refus.value.manques}
    assert Projet.objects.get(pk=projet.pk).numero is None


@pytest.mark.parametrize(
    ("transition", "champs", "fautif"),
    [
        ("ajourner", DECISION, "motif"),
        ("ajourner", DECISION | {"motif": "   "}, "motif"),
        ("inscrire", {}, "autorite"),
        ("inscrire", {"autorite": AutoriteDecision.COMITE_REGIONAL}, "date"),
        ("inscrire", DECISION | {"date": HIER + datetime.timedelta(days=2)}, "date"),
        ("inscrire", DECISION | {"autorite": "le_voisin"}, "autorite"),
        ("inscrire-sous-reserve", DECISION | {"echeance": HIER}, "condition"),
        ("inscrire-sous-reserve", DECISION | {"condition": "x"}, "echeance"),
        ("inscrire", DECISION | {"autorite": AutoriteDecision.AUTRE}, "__all__"),
        ("inscrire", DECISION | {"condition": "x", "echeance": HIER}, "__all__"),
        ("retirer", {"motif": "x"} | DECISION, "autorite"),
    ],
)
def test_ce_qui_est_mal_saisi_est_refuse_a_son_champ(transition, champs, fautif, projet, personnages):
    with pytest.raises(ValidationError) as refus:
        passer(projet, transition, personnages["administrateur"], **champs)
    assert fautif in refus.value.message_dict
    assert Projet.objects.get(pk=projet.pk).etat == EtatProjet.INSTRUCTION
    assert not Decision.objects.filter(projet=projet, transition=transition).exists()


def test_une_transition_inconnue_n_existe_pas(projet, personnages):
    with pytest.raises(KeyError):
        passer(projet, "absente", personnages["administrateur"])


# --- The state is moved nowhere else


def test_une_sauvegarde_ordinaire_ne_touche_pas_l_etat(projet, personnages):
    """A form that was open while the project moved."""
    ancien = Projet.objects.get(pk=projet.pk)
    passer(projet, "inscrire", personnages["pilote"], **DECISION)
    ancien.titre = "Un autre titre"
    ancien.save()
    ancien.save(update_fields=["etat", "titre"])
    relu = Projet.objects.get(pk=projet.pk)
    assert (relu.titre, relu.etat) == ("Un autre titre", EtatProjet.INSCRIT)
    assert relu.etat_depuis == projet.etat_depuis


# --- What may be done


def test_les_possibles_d_un_objet_se_demandent_en_une_requete(territoire, personnages, django_assert_num_queries):
    projet = ProjetCompletFactory(territoire=territoire)
    habilitations(personnages["chef de projet"])
    with django_assert_num_queries(1):
        lus = possibles(projet, personnages["chef de projet"])
    assert [(possible.transition.cle, possible.manques) for possible in lus] == [("preparer", []), ("retirer", [])]


@pytest.mark.parametrize("nombre", [2, 30])
def test_les_possibles_d_une_liste_se_demandent_en_une_requete(
    nombre, territoire, personnages, django_assert_num_queries
):
    projets = [projet_en(EtatProjet.TRANSMIS, territoire=territoire) for _ in range(nombre)]
    habilitations(personnages["pilote"])
    with django_assert_num_queries(1):
        permises = permises_parmi(projets, personnages["pilote"])
    assert permises == {projet.pk: {"instruisibles_par", "conduits_par"} for projet in projets}
    for projet in projets:
        lus = possibles(projet, personnages["pilote"], permises[projet.pk])
        assert [possible.transition.cle for possible in lus] == ["demander-complements", "instruire"]
    assert permises_parmi([], personnages["pilote"]) == {}


def test_un_visiteur_ne_peut_rien(projet):
    assert possibles(projet, AnonymousUser()) == []


# --- What was done before


def test_un_passe_se_rejoue_selon_la_table(territoire):
    auteur = f.UtilisateurFactory()
    instant = timezone.now() - datetime.timedelta(days=400)
    projets = [ProjetCompletFactory.build(territoire=territoire, saisi_par=auteur) for _ in range(3)]
    etapes = [
        Etape(cle, instant, auteur, champs_de(PARCOURS.transition(cle)))
        for cle in ("preparer", "transmettre", "instruire", "inscrire")
    ]
    passages = rejouer([Histoire(projet, etapes) for projet in projets], auteur, "Reprise")
    assert len(passages) == Decision.objects.filter(projet__in=projets).count() == 12
    annee = timezone.localtime(instant).year
    assert [Projet.objects.get(pk=projet.pk).numero for projet in projets] == [
        f"FA-{annee}-0000{rang}" for rang in (1, 2, 3)
    ]
    assert {projet.historique.get().history_change_reason for projet in projets} == {"Reprise"}
    assert not Courrier.objects.filter(genre="projets").exists()


def test_un_passe_qui_ne_suit_pas_la_table_est_refuse_en_entier(territoire):
    auteur = f.UtilisateurFactory()
    bon, mauvais = (ProjetCompletFactory.build(territoire=territoire, saisi_par=auteur) for _ in range(2))
    pas = Etape("preparer", timezone.now(), auteur, {})
    with pytest.raises(TransitionImpossible):
        rejouer(
            [Histoire(bon, [pas]), Histoire(mauvais, [pas, Etape("demarrer", timezone.now(), auteur, {})])], auteur, "x"
        )
    retrait = Etape("retirer", timezone.now(), auteur, {})
    with pytest.raises(ValidationError):
        rejouer([Histoire(ProjetFactory.build(territoire=territoire, saisi_par=auteur), [retrait])], auteur, "x")
    assert not Projet.objects.filter(saisi_par=auteur).exists()
    assert rejouer([], auteur, "x") == []
