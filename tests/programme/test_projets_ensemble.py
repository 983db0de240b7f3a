"""The same act on several projects: seen first, each by the rule, one refused does not stop the others."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from comptes.models import Courrier
from comptes.parcours import passer
from programme import ensemble
from programme.ensemble import TRANSITIONS
from programme.enums import EtatProjet
from programme.models import Decision, Projet
from tests.factories_projets import EtiquetteFactory, ProjetFactory, projet_en
from tests.pilotage.lecture import Page

pytestmark = pytest.mark.django_db
LISTE = reverse("projets")
APERCU, APPLIQUER, FAIT = (reverse(f"projets_ensemble{quoi}") for quoi in ("", "_appliquer", "_fait"))


@pytest.fixture
def pilote(client, personnages):
    client.force_login(personnages["pilote"])
    return personnages["pilote"]


@pytest.fixture
def transmis(territoire):
    return [projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre=f"Transmis {n}") for n in range(3)]


def demande(projets, acte="instruire", **autres):
    return {"acte": acte, "cle": [projet.cle for projet in projets], **autres}


def etats(projets):
    return [Projet.objects.get(pk=projet.pk).etat for projet in projets]


# --- From the list


def test_la_liste_propose_les_actes_a_qui_peut_en_faire(client, personnages, transmis):
    attendus = {
        "chef de projet": {"Transmettre à la région", "Démarrer la réalisation"},
        "pilote": {"Commencer l'instruction", "Démarrer la réalisation", "Ajouter une étiquette"},
        "lecture": set(),
        "auditeur": set(),
        "État territorial": set(),
        "anonyme": set(),
    }
    proposes = {*attendus["chef de projet"], *attendus["pilote"]}
    for nom, actes in attendus.items():
        client.logout()
        if personnages[nom]:
            client.force_login(personnages[nom])
        mots = Page(client.get(LISTE)).mots
        assert ("Agir sur plusieurs projets" in mots) == bool(actes), nom
        assert {acte for acte in proposes if acte in mots} == actes, nom


def test_ce_qui_se_decide_se_motive_ou_se_repond_ne_se_fait_pas_en_nombre():
    cles = {transition.cle for transition in TRANSITIONS}
    assert {"instruire", "demarrer", "reprendre", "transmettre", "achever"} <= cles
    assert not cles & {"inscrire", "ajourner", "suspendre", "retirer", "demander-complements", "transmettre-a-nouveau"}


# --- The preview


def test_l_apercu_dit_tout_de_chaque_projet_et_n_ecrit_rien(client, pilote, personnages, territoire, voisin, transmis):
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Inscrit")
    d_ailleurs = projet_en(EtatProjet.INSCRIT, territoire=voisin, titre="Voisin")
    sien = projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Saisi par moi", saisi_par=pilote)
    nombre = Decision.objects.count()
    page = Page(client.get(APERCU, demande([*transmis, inscrit, d_ailleurs, sien])))
    assert "3 projets sont concernés" in page.mots
    assert "3 projets ne changeront pas" in page.mots
    assert "Son état est « Inscrit au contrat ». 2 projets" in page.mots
    assert f"{inscrit} {territoire}, « Inscrit au contrat » depuis le" in page.mots
    assert "Une autre personne de la région, ou l'équipe nationale, l'examine. 1 projet" in page.mots
    assert f"{sien} {territoire}, « Transmis à la région » depuis le" in page.mots
    assert "elle est examinée, puis portée au comité" in page.mots
    assert Decision.objects.count() == nombre
    voisins = Page(client.get(APERCU, demande([d_ailleurs], "demarrer"))).mots
    assert "Rien ne se passera" in voisins
    assert "ne vous ont donné ce droit" in voisins


def test_ce_qui_manque_a_une_fiche_se_dit(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    prete = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    vide = projet_en(EtatProjet.PREPARATION, territoire=territoire, titre="Presque vide", contexte="", maturite="")
    page = Page(client.get(APERCU, demande([prete, vide], "transmettre")))
    assert "1 projet est concerné" in page.mots
    assert "Il manque : Décrivez le contexte. Dites où en est le projet" in page.mots
    assert str(vide) in page.liens


def test_ceux_qui_ne_changent_pas_sont_rassembles_par_raison_les_plus_nombreux_d_abord(client, pilote, territoire):
    inscrits = [projet_en(EtatProjet.INSCRIT, territoire=territoire, titre=f"Inscrit {n}") for n in range(6)]
    idee = ProjetFactory(territoire=territoire, titre="Une idée")
    page = Page(client.get(APERCU, demande([idee, *inscrits])))
    assert "7 projets ne changeront pas" in page.mots
    assert page.mots.count("Son état est") == 2
    assert page.mots.index("« Inscrit au contrat ». 6 projets") < page.mots.index("« Idée ». 1 projet")
    assert {str(projet) for projet in (idee, *inscrits)} <= set(page.liens)
    # A peu stand open, many are folded.
    peu = client.get(APERCU, demande([idee, *inscrits])).text
    assert peu.count('<details class="replie" open>') == 2
    autres = [ProjetFactory(territoire=territoire) for _ in range(4)]
    assert '<details class="replie" open>' not in client.get(APERCU, demande([idee, *autres, *inscrits])).text
    client.post(APPLIQUER, demande([idee, *inscrits]))
    fait = Page(client.get(FAIT)).mots
    assert "7 projets sont refusés" in fait


def test_l_apercu_ne_coute_pas_plus_pour_trente_projets_que_pour_deux(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    projets = [projet_en(EtatProjet.PREPARATION, territoire=territoire) for _ in range(30)]

    def compter(combien):
        with CaptureQueriesContext(connection) as requetes:
            page = Page(client.get(APERCU, demande(projets[:combien], "transmettre")))
        assert f"{combien} projets sont concernés" in page.mots
        return len(requetes)

    compter(2)
    assert compter(2) == compter(30) <= 12


def test_tous_ceux_de_la_liste_sont_ceux_de_son_filtre(client, pilote, territoire, transmis):
    projet_en(EtatProjet.TRANSMIS, territoire=territoire, titre="Autre chose")
    page = Page(client.get(APERCU, {"acte": "instruire", "lesquels": "toutes", "liste": "q=transmis&etat=transmis"}))
    assert "3 projets sont concernés" in page.mots
    assert "Autre chose" not in page.mots
    assert page.liens["Revenir à la liste"] == f"{LISTE}?q=transmis&etat=transmis"


def test_une_liste_trop_longue_demande_de_filtrer(client, pilote, transmis, monkeypatch):
    monkeypatch.setattr("programme.views.ensemble.MAXIMUM", 2)
    for choix in ({"lesquels": "toutes"}, {"cle": [projet.cle for projet in transmis]}):
        page = Page(client.get(APERCU, {"acte": "instruire", **choix}))
        assert "trop pour une seule fois" in page.mots
        assert "concernés" not in page.mots


@pytest.mark.parametrize("acte", ["", "danser", "inscrire", "retirer", "ajouter-une-etiquette"])
def test_un_acte_qui_n_est_pas_propose_est_a_choisir(client, pilote, transmis, acte):
    page = Page(client.get(APERCU, demande(transmis, acte)))
    assert "3 projets choisis" in page.mots
    assert "concernés" not in page.mots
    client.post(APPLIQUER, demande(transmis, acte))
    assert etats(transmis) == ["transmis"] * 3


def test_sans_projet_coche_la_page_le_dit(client, pilote):
    assert "Aucun projet n'est choisi" in Page(client.get(APERCU, {"acte": "instruire"})).mots


# --- Doing it


def test_chacun_passe_est_journalise_et_le_resultat_est_dit(client, pilote, personnages, territoire, transmis):
    page = Page(client.get(APERCU, demande(transmis, liste="etat=transmis")))
    assert page.champs["liste"] == "etat=transmis"
    # In the meantime somebody else took one.
    passer(transmis[1], "instruire", personnages["agent instructeur"])
    reponse = client.post(APPLIQUER, demande(transmis, liste="etat=transmis"))
    assert reponse.url == FAIT
    assert etats(transmis) == ["instruction"] * 3
    assert [projet.decisions.last().saisie_par for projet in (transmis[0], transmis[2])] == [pilote] * 2
    page = Page(client.get(FAIT))
    assert "C'est fait pour 2 projets. 1 projet est refusé" in page.mots
    assert "l'état est « En instruction » depuis le" in page.mots
    assert page.liens[f"{transmis[0].numero} · Transmis 0"] == transmis[0].get_absolute_url()
    assert page.liens["Revenir à la liste"] == f"{LISTE}?etat=transmis"
    assert Courrier.objects.filter(destinataire=personnages["chef de projet"]).count() == 3
    # Sent twice, nothing is done twice.
    client.post(APPLIQUER, demande(transmis))
    assert Decision.objects.filter(transition="instruire", projet__in=transmis).count() == 3


def test_un_refus_ou_une_fiche_incomplete_n_arrete_pas_les_autres(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    projets = [projet_en(EtatProjet.PREPARATION, territoire=territoire, contexte=texte) for texte in ("Oui", "", "Oui")]
    client.post(APPLIQUER, demande(projets, "transmettre"))
    assert etats(projets) == ["transmis", "preparation", "transmis"]
    assert "Il manque : Décrivez le contexte." in Page(client.get(FAIT)).mots


def test_une_panne_ne_defait_pas_les_precedents(client, pilote, transmis, monkeypatch):
    vraie, faits = ensemble.decider, []

    def echouer_au_troisieme(*args):
        faits.append(args)
        if len(faits) == 3:
            raise RuntimeError("panne")
        return vraie(*args)

    monkeypatch.setattr(ensemble, "decider", echouer_au_troisieme)
    with pytest.raises(RuntimeError):
        client.post(APPLIQUER, demande(transmis))
    assert etats(transmis) == ["instruction", "instruction", "transmis"]


def test_des_cles_forgees_ne_font_rien_et_ne_disent_rien(client, personnages, territoire, voisin, transmis):
    """Neither those of projects that one doesn't see, nor those that one sees without the right."""
    client.force_login(personnages["pilote voisin"])
    inscrit = projet_en(EtatProjet.INSCRIT, territoire=territoire, titre="Public")
    projet_en(EtatProjet.TRANSMIS, territoire=voisin)
    for adresse, envoyer in ((APERCU, client.get), (APPLIQUER, client.post)):
        reponse = envoyer(
            adresse, demande([*transmis, inscrit], "demarrer", cle=[transmis[0].cle, "2222222222", inscrit.cle, "\0"])
        )
        assert reponse.status_code in (200, 302)
    mots = Page(client.get(FAIT)).mots
    assert "2 projets n'existent pas ou ne vous sont pas montrés" in mots
    assert "Transmis 0" not in mots
    assert "vous n'avez pas ce droit" in mots
    assert etats([*transmis, inscrit]) == ["transmis"] * 3 + ["inscrit"]


@pytest.mark.parametrize("nom", ["lecture", "porteur", "État territorial", "auditeur", "pilote d'une région associée"])
def test_qui_ne_conduit_aucun_projet_est_refuse(client, personnages, transmis, nom):
    client.force_login(personnages[nom])
    assert client.get(APERCU, demande(transmis)).status_code == 403
    assert client.post(APPLIQUER, demande(transmis)).status_code == 403
    assert client.get(FAIT).status_code == 403
    assert etats(transmis) == ["transmis"] * 3


def test_on_n_est_renvoye_que_vers_la_liste(client, pilote, transmis):
    client.post(APPLIQUER, demande(transmis, liste="https://ailleurs.example/?x=1"))
    assert Page(client.get(FAIT)).liens["Revenir à la liste"].startswith(f"{LISTE}?")


# --- Tags


def test_une_etiquette_se_pose_et_se_retire_sur_plusieurs_projets(client, pilote, territoire, voisin, transmis):
    etiquette = EtiquetteFactory(region_id="32", nom="À signer")
    transmis[0].etiquettes.add(etiquette)
    d_ailleurs = projet_en(EtatProjet.INSCRIT, territoire=voisin, titre="Voisin")
    choix = demande([*transmis, d_ailleurs], "ajouter-une-etiquette")
    assert "À signer (Hauts-de-France)" in client.get(APERCU, choix).text
    page = Page(client.get(APERCU, choix | {"etiquette": etiquette.cle}))
    assert page.h1 == "Ajouter l'étiquette « À signer »"
    assert "2 projets sont concernés" in page.mots
    assert f"Il porte déjà cette étiquette. 1 projet {transmis[0]}" in page.mots
    assert "Vous ne décidez pas pour ce projet, ou il n'est pas de la région" in page.mots
    client.post(APPLIQUER, choix | {"etiquette": etiquette.cle})
    assert set(etiquette.projets.all()) == set(transmis)
    ligne = transmis[1].historique.first()
    assert (ligne.history_user, ligne.history_change_reason) == (pilote, "Étiquettes de la région")
    client.post(APPLIQUER, demande(transmis[:2], "retirer-une-etiquette") | {"etiquette": etiquette.cle})
    assert set(etiquette.projets.all()) == {transmis[2]}
    assert etats(transmis) == ["transmis"] * 3


def test_l_etiquette_d_une_autre_region_ne_se_pose_pas(client, personnages, transmis, voisin):
    etrangere = EtiquetteFactory(region_id="44")
    for nom in ("pilote", "chef de projet"):
        client.force_login(personnages[nom])
        client.post(APPLIQUER, demande(transmis, "ajouter-une-etiquette", etiquette=etrangere.cle))
    # Nor does an administrator set it on a project of elsewhere.
    client.force_login(personnages["administrateur"])
    page = Page(client.get(APERCU, demande(transmis, "ajouter-une-etiquette", etiquette=etrangere.cle)))
    assert "Rien ne se passera" in page.mots
    client.post(APPLIQUER, demande(transmis, "ajouter-une-etiquette", etiquette=etrangere.cle))
    assert not etrangere.projets.exists()


def test_une_region_sans_etiquette_apprend_ou_en_creer(client, pilote, transmis):
    assert (
        "Votre région n'a pas encore d'étiquette"
        in Page(client.get(APERCU, demande(transmis, "ajouter-une-etiquette"))).mots
    )


def test_une_idee_d_un_voisin_ne_se_voit_pas_en_nombre(client, pilote, voisin):
    cachee = ProjetFactory(territoire=voisin, titre="Idée secrète")
    assert "Idée secrète" not in client.get(APERCU, demande([cachee], "demarrer")).text
