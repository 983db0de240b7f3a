"""Two people write the same fiche: the second sees, field by field, and chooses; nothing is overwritten unseen."""

import pytest
from django.test import Client
from django.urls import reverse

from programme.ecarts import Sort, ecarts
from programme.enums import EtatProjet
from programme.models import Jalon, Mesure, Projet
from territoires.enums import QualiteTerritoriale
from tests import factories as f
from tests.comptes.test_invitations_concurrence import ensemble
from tests.factories_projets import JalonFactory, projet_en
from tests.outils.formulaires import a_envoyer

pytestmark = pytest.mark.django_db

FUSION = "Rapprocher deux versions"


@pytest.fixture
def projet(territoire):
    return projet_en(EtatProjet.PREPARATION, territoire=territoire, contexte="Avant.")


@pytest.fixture
def deux(personnages, territoire):
    """Return the browsers of the chef de projet and of a mayor: the first saves first."""
    clients = Client(), Client()
    maire = f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne
    for client, personne in zip(clients, (personnages["chef de projet"], maire), strict=True):
        client.force_login(personne)
    return clients


def adresse(projet):
    return reverse("projet_modifier", args=[projet.cle])


def lire(client, projet):
    return a_envoyer(client.get(adresse(projet)).content.decode())


def envoyer(client, projet, champs):
    """Return the page that answers, or an empty text once it is saved."""
    reponse = client.post(adresse(projet), champs)
    return "" if reponse.status_code == 302 else reponse.content.decode()


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


def a_deux(deux, projet, du_premier, du_second):
    """Both read, the first saves, the second sends theirs. Returns the page that the second gets."""
    premier, second = deux
    lus = [lire(client, projet) for client in deux]
    assert envoyer(premier, projet, lus[0] | du_premier) == ""
    return envoyer(second, projet, lus[1] | du_second)


def test_le_meme_champ_ecrit_a_deux_se_choisit(deux, projet):
    html = a_deux(deux, projet, {"contexte": "Le premier."}, {"contexte": "Le second."})
    assert FUSION in html
    for texte in ("Avant.", "Le premier.", "Le second."):
        assert texte in html
    assert relire(projet).contexte == "Le premier."
    # Nothing chosen: asked again, as often as it takes.
    for _ in range(2):
        html = envoyer(deux[1], projet, a_envoyer(html, "modifier"))
        assert "choisissez pour chaque champ" in html
        assert "Le premier." in html
    assert relire(projet).contexte == "Le premier."


@pytest.mark.parametrize(
    ("choix", "texte"), [("sien", "Le second."), ("autre", "Le premier."), ("fusion", "Les deux.")]
)
def test_ce_qui_est_choisi_est_ecrit_avec_la_nouvelle_revision(choix, texte, deux, projet):
    html = a_deux(deux, projet, {"contexte": "Le premier."}, {"contexte": "Le second.", "objectifs": "Du second."})
    champs = a_envoyer(html, "modifier") | {"choix-contexte": choix, "fusion-contexte": "Les deux."}
    assert envoyer(deux[1], projet, champs) == ""
    relu = relire(projet)
    assert (relu.contexte, relu.objectifs, relu.revision) == (texte, "Du second.", projet.revision + 2)


def test_des_champs_differents_se_montrent_et_se_gardent_tous(deux, projet):
    html = a_deux(deux, projet, {"contexte": "Le premier."}, {"objectifs": "Le second."})
    assert "Changés par l&#x27;autre personne seulement" in html or "Changés par l'autre personne seulement" in html
    assert "À choisir" not in html
    assert envoyer(deux[1], projet, a_envoyer(html, "modifier")) == ""
    assert (relire(projet).contexte, relire(projet).objectifs) == ("Le premier.", "Le second.")


def test_les_choix_parmi_plusieurs_s_ajoutent(deux, projet):
    anciennes = list(Mesure.objects.all()[:4])
    projet.mesures.set(anciennes[:2])
    codes = [mesure.code for mesure in anciennes]
    html = a_deux(deux, projet, {"mesures": [codes[0], codes[2]]}, {"mesures": [codes[0], codes[1], codes[3]]})
    assert "les ajouts et les retraits de chacun sont gardés" in html
    envoyer(deux[1], projet, a_envoyer(html, "modifier"))
    assert {mesure.code for mesure in projet.mesures.all()} == {codes[0], codes[2], codes[3]}


def test_qui_n_a_rien_change_n_ecrase_rien(deux, projet):
    assert a_deux(deux, projet, {"contexte": "Le premier."}, {}) == ""
    assert relire(projet).contexte == "Le premier."
    assert relire(projet).revision == projet.revision + 1


def test_un_troisieme_qui_ecrit_entre_temps_se_voit_aussi(deux, projet):
    html = a_deux(deux, projet, {"contexte": "Le premier."}, {"contexte": "Le second."})
    troisieme = lire(deux[0], projet)
    assert envoyer(deux[0], projet, troisieme | {"contexte": "Le troisième."}) == ""
    champs = a_envoyer(html, "modifier") | {"choix-contexte": "sien"}
    assert "Le troisième." in envoyer(deux[1], projet, champs)
    assert relire(projet).contexte == "Le troisième."


def test_sans_la_revision_lue_rien_ne_s_ecrase(deux, projet):
    premier, second = deux
    champs = lire(second, projet) | {"contexte": "Forgé."}
    envoyer(premier, projet, lire(premier, projet) | {"contexte": "Le premier."})
    for revision in ("", "x", "99999", "9" * 40):
        assert FUSION in envoyer(second, projet, champs | {"revision_lue": revision})
    assert relire(projet).contexte == "Le premier."


def test_la_meme_ligne_ecrite_a_deux_se_choisit(deux, projet):
    cle = JalonFactory(projet=projet, titre="Avant").cle
    html = a_deux(deux, projet, {f"jalons-{cle}-titre": "Un"}, {f"jalons-{cle}-titre": "Deux"})
    assert FUSION in html
    envoyer(deux[1], projet, a_envoyer(html, "modifier") | {f"choix-jalons-{cle}-titre": "autre"})
    assert Jalon.objects.get().titre == "Un"


@pytest.mark.parametrize(("choix", "restent"), [("sien", ["Deux"]), ("autre", [])])
def test_une_ligne_supprimee_par_l_un_et_changee_par_l_autre_se_choisit(choix, restent, deux, projet):
    cle = JalonFactory(projet=projet, titre="Avant").cle
    html = a_deux(deux, projet, {f"jalons-{cle}-supprimer": "on"}, {f"jalons-{cle}-titre": "Deux"})
    assert FUSION in html
    assert not projet.jalons.exists()
    envoyer(deux[1], projet, a_envoyer(html, "modifier") | {f"choix-jalons-{cle}-supprimer": choix})
    assert [jalon.titre for jalon in projet.jalons.all()] == restent


@pytest.mark.parametrize(("choix", "restent"), [("sien", []), ("autre", ["Un"])])
def test_une_ligne_changee_par_l_un_et_supprimee_par_l_autre_se_choisit(choix, restent, deux, projet):
    cle = JalonFactory(projet=projet, titre="Avant").cle
    html = a_deux(deux, projet, {f"jalons-{cle}-titre": "Un"}, {f"jalons-{cle}-supprimer": "on"})
    assert FUSION in html
    assert projet.jalons.get().titre == "Un"
    envoyer(deux[1], projet, a_envoyer(html, "modifier") | {f"choix-jalons-{cle}-supprimer": choix})
    assert [jalon.titre for jalon in projet.jalons.all()] == restent


def test_une_ligne_ajoutee_par_l_un_reste_quand_l_autre_enregistre(deux, projet):
    lus = [lire(client, projet) for client in deux]
    for client, champs in zip(deux, lus, strict=True):
        (cle,) = champs["jalons"]
        ajout = {f"jalons-{cle}-titre": "Étape", f"jalons-{cle}-prevu_le": "2027-01-01"}
        html = envoyer(client, projet, champs | ajout)
        if html:
            envoyer(client, projet, a_envoyer(html, "modifier"))
    assert projet.jalons.count() == 2


def test_chaque_ecart_a_son_sort():
    avant = {"a": "1", "b": "1", "c": "1", "mesures": ["x", "y"]}
    autre = {"a": "2", "b": "1", "c": "2", "mesures": ["x", "z"]}
    sien = {"a": "1", "b": "3", "c": "3", "mesures": ["w", "x", "y"]}
    assert {e.cle: (e.sort, e.fusion) for e in ecarts(avant, autre, sien)} == {
        "a": (Sort.AUTRE, "2"),
        "b": (Sort.SIEN, "3"),
        "c": (Sort.CONFLIT, "3"),
        "mesures": (Sort.ENSEMBLE, ["w", "x", "z"]),
    }


@pytest.mark.django_db(transaction=True)
def test_deux_envois_a_la_fois_le_second_est_prevenu(deux, projet):
    lus = [lire(client, projet) for client in deux]
    issues = ensemble(
        lambda: envoyer(deux[0], projet, lus[0] | {"contexte": "Le premier."}),
        lambda: envoyer(deux[1], projet, lus[1] | {"contexte": "Le second."}),
    )
    assert sorted(FUSION in issue if isinstance(issue, str) else issue for issue in issues) == [False, True], issues
    assert relire(projet).revision == projet.revision + 1
