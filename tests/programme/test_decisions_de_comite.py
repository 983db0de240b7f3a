"""What a committee decides, entered together: seen first, then written, all or nothing."""

import datetime

import pytest
from django.urls import reverse

from comptes.models import Courrier
from comptes.parcours import passer
from programme.decisions import REPRISE, DecisionsDuComite
from programme.enums import AutoriteDecision, EtatProjet
from programme.models import Decision, Projet
from programme.parcours_projet import PARCOURS
from tests.factories_comites import ComiteFactory, ContratFactory, PointFactory
from tests.factories_projets import champs_de, projet_en
from tests.outils.personnages import PILOTE
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
COMMUN = {"autorite": AutoriteDecision.COMITE_REGIONAL, "date": "2026-01-15", "acte": "Relevé n° 3"}


@pytest.fixture
def comite(territoire):
    """Four projects of the territory on its agenda."""
    comite = ComiteFactory(region_id=PILOTE)
    for rang in range(1, 5):
        PointFactory(comite=comite, rang=rang, projet=projet_en(EtatProjet.INSTRUCTION, territoire=territoire))
    return comite


def projets(comite):
    return [point.projet for point in comite.points.select_related("projet")]


def adresse(comite, quoi="decisions"):
    return reverse(f"comite_{quoi}", args=[comite.cle])


def choix(comite):
    """Return one of each decision, as the form sends them."""
    un, deux, trois, quatre = projets(comite)
    return COMMUN | {
        f"{un.cle}-issue": "inscrire",
        f"{deux.cle}-issue": "inscrire-sous-reserve",
        f"{deux.cle}-condition": "Boucler le financement.",
        f"{deux.cle}-echeance": "2030-06-30",
        f"{trois.cle}-issue": "ajourner",
        f"{trois.cle}-motif": "À préciser.",
        f"{quatre.cle}-issue": "ne-pas-inscrire",
        f"{quatre.cle}-motif": "Hors programme.",
    }


def apercu(client, comite, envoi):
    """Return what the preview holds, ready to be sent."""
    page = Page(client.post(adresse(comite), envoi))
    assert "Vérifier avant d'enregistrer" in page.mots
    return page, {nom: valeur for nom, valeur in page.champs.items() if nom != "csrfmiddlewaretoken"}


def etats(comite):
    return [projet.etat for projet in projets(comite)]


def test_l_apercu_dit_tout_et_n_ecrit_rien(client, comite, personnages):
    client.force_login(personnages["pilote"])
    nombre = Decision.objects.count()
    page, _ = apercu(client, comite, choix(comite))
    assert "4 décisions seront enregistrées" in page.mots
    assert "Comité de pilotage régional, le 15 janvier 2026, Relevé n° 3" in page.mots
    assert "Condition : Boucler le financement. (avant le 30 juin 2030)" in page.mots
    assert "Motif : Hors programme." in page.mots
    assert Decision.objects.count() == nombre
    assert etats(comite) == ["instruction"] * 4


def test_ce_qui_a_ete_vu_est_ecrit_et_lie_au_comite(client, comite, personnages):
    client.force_login(personnages["pilote"])
    _, vu = apercu(client, comite, choix(comite))
    page = Page(client.post(adresse(comite, "appliquer"), vu, follow=True))
    assert "4 décisions sont enregistrées" in page.mots
    assert etats(comite) == ["inscrit", "inscrit_reserve", "ajourne", "non_inscrit"]
    decisions = Decision.objects.filter(comite=comite).order_by("pk")
    assert [decision.vers for decision in decisions] == etats(comite)
    assert {(d.autorite, d.date, d.acte, d.saisie_par) for d in decisions} == {
        ("comite_regional", datetime.date(2026, 1, 15), "Relevé n° 3", personnages["pilote"])
    }
    assert decisions[1].condition == "Boucler le financement."
    assert decisions[3].motif == "Hors programme."
    assert Courrier.objects.filter(destinataire=personnages["chef de projet"]).count() == 4


def test_de_l_apercu_on_revient_au_formulaire_sans_rien_perdre(client, comite, personnages):
    client.force_login(personnages["pilote"])
    _, vu = apercu(client, comite, choix(comite))
    page = Page(client.post(adresse(comite), {**vu, "corriger": "1"}))
    assert page.h1 == "Saisir les décisions"
    assert "Rien n'est enregistré" not in page.mots
    assert "Hors programme." in page.mots
    assert page.champs["acte"] == "Relevé n° 3"


def test_ce_qui_ne_peut_pas_passer_est_dit_et_le_reste_passe(client, comite, personnages):
    pilote = personnages["pilote"]
    un, deux, trois, _ = projets(comite)
    Projet.objects.filter(pk__in=[un.pk, deux.pk]).update(saisi_par=pilote)
    passer(deux, "ajourner", personnages["agent instructeur"], **champs_de(deux.parcours.transition("ajourner")))
    passer(trois, "inscrire", personnages["agent instructeur"], **champs_de(trois.parcours.transition("inscrire")))
    client.force_login(pilote)
    page, vu = apercu(client, comite, choix(comite))
    assert "1 décision sera enregistrée" in page.mots
    assert "3 décisions ne peuvent pas l'être" in page.mots
    assert "« Inscrire au contrat » : Vous avez saisi, validé ou fait avancer ce projet" in page.mots
    assert "« Inscrire sous réserve » : Vous avez saisi, validé ou fait avancer ce projet" in page.mots
    assert "Il n'est plus en instruction. Son état est « Inscrit au contrat » depuis le" in page.mots
    client.post(adresse(comite, "appliquer"), vu)
    assert etats(comite) == ["instruction", "ajourne", "inscrit", "non_inscrit"]


def test_un_projet_ajourne_est_repris_et_decide_dans_le_meme_acte(client, comite, personnages):
    un, *_, quatre = projets(comite)
    for projet in (un, quatre):
        passer(projet, "ajourner", personnages["agent instructeur"], **champs_de(un.parcours.transition("ajourner")))
    client.force_login(personnages["pilote"])
    assert "son instruction reprend d'abord" in Page(client.get(adresse(comite))).mots
    page, vu = apercu(client, comite, choix(comite))
    assert "4 décisions seront enregistrées" in page.mots
    assert "En instruction, puis Inscrit au contrat" in page.mots
    assert "L'instruction des projets ajournés reprend d'abord" in page.mots
    client.post(adresse(comite, "appliquer"), vu)
    assert etats(comite) == ["inscrit", "inscrit_reserve", "ajourne", "non_inscrit"]
    derniers = list(un.decisions.order_by("pk").values_list("de", "vers", "comite"))[-2:]
    assert derniers == [("ajourne", "instruction", None), ("instruction", "inscrit", comite.pk)]


def test_qui_reprend_l_instruction_decide(personnages):
    """The preview asks one right for both steps: they go by the same rule."""
    for cle in ("inscrire", "inscrire-sous-reserve", "ajourner", "ne-pas-inscrire"):
        assert PARCOURS.transition(cle).qui == REPRISE.qui
        assert PARCOURS.transition(cle).interdit_a_qui_a_saisi == REPRISE.interdit_a_qui_a_saisi


def test_une_remarque_ne_s_appelle_pas_un_motif(client, comite, personnages):
    un = projets(comite)[0]
    client.force_login(personnages["pilote"])
    assert "Motif ou remarque" in Page(client.get(adresse(comite))).mots
    page, vu = apercu(client, comite, choix(comite) | {f"{un.cle}-motif": "Beau projet."})
    assert "Remarque : Beau projet." in page.mots
    assert "Motif : À préciser." in page.mots
    client.post(adresse(comite, "appliquer"), vu)
    textes = {courriel.objet: courriel.texte for courriel in Courrier.objects.all()}
    assert any("Remarque\N{NO-BREAK SPACE}: Beau projet." in texte for texte in textes.values())
    assert any("Motif\N{NO-BREAK SPACE}: À préciser." in texte for texte in textes.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda cles: {"autorite": ""}, "Autorité qui décide"),
        (lambda cles: {"autorite": "autre"}, "Dites quelle autorité"),
        (lambda cles: {"autorite_precision": "Le jury"}, "seulement si c'est une autre autorité"),
        (lambda cles: {"date": "2099-01-01"}, "à venir"),
        (lambda cles: {f"{cles[1]}-condition": ""}, "Dites la condition"),
        (lambda cles: {f"{cles[1]}-echeance": ""}, "Donnez l'échéance"),
        (lambda cles: {f"{cles[2]}-motif": " "}, "Dites pourquoi"),
        (lambda cles: {f"{cles[0]}-condition": "Une condition."}, "Une réserve, et elle seule"),
        (lambda cles: {f"{cles[3]}-issue": ""}, "Choisissez la décision"),
        (lambda cles: {f"{cles[0]}-issue": "instruire"}, "Décision"),
    ],
)
def test_ce_qui_manque_se_dit_avant_l_apercu(client, comite, personnages, change, message):
    client.force_login(personnages["pilote"])
    envoi = choix(comite) | change([projet.cle for projet in projets(comite)])
    for quoi in ("decisions", "appliquer"):
        page = Page(client.post(adresse(comite, quoi), envoi))
        assert "Rien n'est enregistré : corrigez" in page.mots
        assert message in page.mots
    assert etats(comite) == ["instruction"] * 4


def test_sans_aucune_decision_rien_n_est_a_voir(client, comite, personnages):
    client.force_login(personnages["pilote"])
    envoi = COMMUN | {f"{projet.cle}-issue": "" for projet in projets(comite)}
    assert "Aucune décision n'est choisie" in Page(client.post(adresse(comite), envoi)).mots


def test_si_un_projet_a_bouge_depuis_l_apercu_rien_n_est_ecrit(client, comite, personnages):
    pilote, agent = personnages["pilote"], personnages["agent instructeur"]
    client.force_login(pilote)
    _, vu = apercu(client, comite, choix(comite))
    un, deux, *_ = projets(comite)
    passer(deux, "inscrire", agent, **champs_de(deux.parcours.transition("inscrire")))
    nombre = Decision.objects.count()
    page = Page(client.post(adresse(comite, "appliquer"), vu))
    assert "Rien n'est enregistré : quelque chose a changé entre-temps" in page.mots
    assert f"{deux.numero} · {deux.titre} : maintenant « Inscrit au contrat »" in page.mots
    assert f"{un.numero} · {un.titre} : maintenant" not in page.mots
    assert Decision.objects.count() == nombre
    assert etats(comite) == ["instruction", "inscrit", "instruction", "instruction"]
    # What that page shows may be applied in its turn.
    assert "3 décisions seront enregistrées" in page.mots
    client.post(adresse(comite, "appliquer"), page.champs)
    assert etats(comite) == ["inscrit", "inscrit", "ajourne", "non_inscrit"]


def test_un_aller_et_retour_depuis_l_apercu_se_voit_aussi(client, comite, personnages):
    client.force_login(personnages["pilote"])
    _, vu = apercu(client, comite, choix(comite))
    un = projets(comite)[0]
    passer(un, "ajourner", personnages["agent instructeur"], **champs_de(un.parcours.transition("ajourner")))
    passer(un, "reprendre", personnages["agent instructeur"])
    assert "a changé entre-temps" in Page(client.post(adresse(comite, "appliquer"), vu)).mots
    assert etats(comite) == ["instruction"] * 4


def test_un_projet_retire_de_l_ordre_du_jour_depuis_l_apercu_se_voit(client, comite, personnages):
    client.force_login(personnages["pilote"])
    _, vu = apercu(client, comite, choix(comite))
    comite.ordonner(projets(comite)[:3], personnages["agent instructeur"])
    page = Page(client.post(adresse(comite, "appliquer"), vu))
    assert "1 projet a quitté l'ordre du jour" in page.mots
    assert etats(comite) == ["instruction"] * 3


def test_sans_passer_par_l_apercu_rien_n_est_ecrit(client, comite, personnages):
    client.force_login(personnages["pilote"])
    assert "a changé entre-temps" in Page(client.post(adresse(comite, "appliquer"), choix(comite))).mots
    assert etats(comite) == ["instruction"] * 4


def test_si_une_decision_echoue_aucune_n_est_ecrite(comite, personnages, monkeypatch):
    from programme import decisions

    donnees = choix(comite) | {
        f"{projet.cle}-vu": f"{projet.etat}@{projet.etat_depuis.isoformat()}" for projet in projets(comite)
    }
    ensemble = DecisionsDuComite(comite, personnages["pilote"], donnees)
    assert ensemble.is_valid()
    vraie, faites = decisions.decider, []

    def echouer_a_la_troisieme(*args, **champs):
        faites.append(args)
        if len(faites) == 3:
            raise RuntimeError("panne")
        return vraie(*args, **champs)

    monkeypatch.setattr(decisions, "decider", echouer_a_la_troisieme)
    with pytest.raises(RuntimeError):
        ensemble.appliquer()
    assert etats(comite) == ["instruction"] * 4
    assert not Decision.objects.filter(comite=comite).exists()


def test_un_comite_a_venir_n_a_encore_rien_decide(client, comite, personnages):
    client.force_login(personnages["pilote"])
    _, vu = apercu(client, comite, choix(comite))
    type(comite).objects.update(date=datetime.date(2099, 1, 1))
    assert client.post(adresse(comite), choix(comite)).url == comite.get_absolute_url()
    assert client.post(adresse(comite, "appliquer"), vu).url == comite.get_absolute_url()
    assert etats(comite) == ["instruction"] * 4


def test_une_inscription_nomme_le_contrat_du_territoire(client, comite, territoire, personnages):
    contrat = ContratFactory(territoire=territoire)
    un, _, trois, _ = projets(comite)
    client.force_login(personnages["pilote"])
    mal = choix(comite) | {f"{trois.cle}-contrat": contrat.cle}
    assert "Seule une inscription nomme un contrat" in Page(client.post(adresse(comite), mal)).mots
    _, vu = apercu(client, comite, choix(comite) | {f"{un.cle}-contrat": contrat.cle})
    client.post(adresse(comite, "appliquer"), vu)
    assert un.decisions.last().contrat == contrat
    assert list(contrat.projets.all()) == [un]


# --- One by one


def test_une_decision_seule_peut_etre_celle_d_un_comite_et_nommer_un_contrat(client, comite, territoire, personnages):
    contrat, d_ailleurs = ContratFactory(territoire=territoire), ContratFactory()
    un = projets(comite)[0]
    client.force_login(personnages["pilote"])
    page = reverse("projet_etape", args=[un.cle, "inscrire"])
    assert "Hors comité" in client.get(page).text
    envoi = COMMUN | {"comite": comite.cle, "contrat": d_ailleurs.cle}
    assert "Rien n'est encore fait" in Page(client.post(page, envoi)).mots
    client.post(page, envoi | {"contrat": contrat.cle})
    decision = un.decisions.last()
    assert (decision.comite, decision.contrat) == (comite, contrat)
    assert un in contrat.projets.all()


def test_hors_comite_et_sans_contrat_la_page_d_une_etape_n_en_dit_rien(client, territoire, personnages):
    projet = projet_en(EtatProjet.INSTRUCTION, territoire=territoire)
    client.force_login(personnages["pilote"])
    texte = client.get(reverse("projet_etape", args=[projet.cle, "inscrire"])).text
    assert "Hors comité" not in texte
    assert 'name="contrat"' not in texte
