"""Members: each sees those of their perimeter, in an order that holds, and takes away the same rows."""

import csv
import io
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from comptes.acces import aujourdhui, genres
from pilotage.enums import EtatMembre
from pilotage.membres import TRIS, Criteres, Membres
from territoires.models import ActeurLocal, PiloteRegional
from tests import factories as f
from tests.outils.personnages import ASSOCIEE
from tests.pilotage.lecture import ouvrir

pytestmark = pytest.mark.django_db

HABILITES = [
    "chef de projet",
    "lecture",
    "équipe voisine",
    "pilote",
    "agent instructeur",
    "pilote d'une région associée",
    "pilote voisin",
    "État territorial",
    "analyste",
    "auditeur",
    "administrateur",
]


@pytest.fixture
def lire(client, personnages):
    """Return what opens the page as somebody of the cast."""

    def ouvrir_comme(nom, adresse="/membres/", statut=200, **parametres):
        client.force_login(personnages[nom])
        return ouvrir(client, adresse, statut, **parametres)

    return ouvrir_comme


def lignes_du_csv(reponse):
    contenu = b"".join(reponse).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(contenu), delimiter=";"))


@pytest.mark.parametrize("nom", HABILITES)
def test_chacun_voit_les_habilitations_de_son_perimetre(lire, personnages, nom):
    page = lire(nom)
    vues = {une for genre in genres() for une in genre.objects.visibles_par(personnages[nom]).actuelles()}
    assert f"{len(vues)} habilitation" in page.mots
    for une in vues:
        assert page.liens[f"{une}, {une.personne}"] == f"/membres/{une.adresse()}/{une.cle}/"
    assert len(page.lignes) == len(vues) + 1


def test_un_voisin_n_est_ni_dans_la_page_ni_dans_le_fichier(lire, client, personnages):
    voisin = personnages["équipe voisine"]
    assert voisin.email not in lire("pilote").html
    assert voisin.email not in lire("pilote", etat="toutes", q=voisin.nom).html
    assert voisin.email not in [
        ligne["Adresse électronique"] for ligne in lignes_du_csv(client.get("/membres/export.csv"))
    ]


@pytest.mark.parametrize("nom", ["sans habilitation", "expirée"])
@pytest.mark.parametrize("adresse", ["/membres/", "/membres/export.csv"])
def test_sans_habilitation_en_cours_la_page_dit_pourquoi(lire, nom, adresse):
    page = lire(nom, adresse, 403)
    assert "Vous n'en avez pas aujourd'hui" in page.mots


@pytest.mark.parametrize("etat", EtatMembre.values)
def test_l_etat_choisi_est_celui_que_disent_les_habilitations(personnages, territoire, etat):
    hier, demain = aujourdhui() - timedelta(days=1), aujourdhui() + timedelta(days=1)
    f.ActeurFactory(territoire=territoire, du=demain)
    f.ActeurFactory(territoire=territoire, du=demain).retirer()
    f.ActeurFactory(territoire=territoire, du=hier, au=aujourdhui())
    f.ActeurFactory(territoire=territoire, du=hier, au=hier)
    attendus = {
        "": {"en cours", "à venir"},
        "en-cours": {"en cours"},
        "a-venir": {"à venir"},
        "terminees": {"terminée"},
        "retirees": {"retirée"},
        "toutes": {"en cours", "à venir", "terminée", "retirée"},
    }[etat]
    vues = ActeurLocal.objects.visibles_par(personnages["pilote"])
    assert set(EtatMembre(etat).parmi(vues)) == {une for une in vues if une.etat in attendus}
    assert {une.etat for une in EtatMembre(etat).parmi(vues)} == attendus


def test_on_cherche_un_nom_sans_ses_accents_ni_sa_casse(lire, territoire):
    f.ActeurFactory(territoire=territoire, personne=f.UtilisateurFactory(prenom="Éléonore", nom="Œuvrard-D'Été"))
    for texte in ("eleonore", "OEUVRARD", "d'été", "Œuvrard Éléonore"):
        page = lire("pilote", q=texte)
        assert "Éléonore Œuvrard-D'Été" in page.mots
        assert "1 habilitation" in page.mots
    assert "Personne ne correspond" in lire("pilote", q="zzz").mots
    assert "Personne ne correspond" in lire("pilote", q="???").mots


def test_une_region_et_un_territoire_filtrent(lire, territoire):
    page = lire("administrateur", region=ASSOCIEE)
    assert "Pilote régional · Normandie" in page.mots
    assert "Équipe du territoire" in page.mots
    assert "Pilote régional · Hauts-de-France" not in page.mots
    page = lire("administrateur", territoire=territoire.slug, genre="pilote-regional")
    assert {ligne[1].partition(",")[0] for ligne in page.lignes[1:]} == {
        "Pilote régional · Hauts-de-France",
        "Pilote régional · Normandie",
    }
    assert "Équipe nationale" not in lire("administrateur", territoire=territoire.slug).liens


@pytest.mark.parametrize(
    "question",
    [{"genre": "absent"}, {"etat": "x"}, {"tri": "personne__password"}, {"region": "44"}, {"territoire": "vosges"}],
)
def test_un_filtre_force_n_est_pas_compris_et_ne_montre_rien(lire, client, question):
    page = lire("pilote", **question)
    assert "n'est pas comprise" in page.mots
    assert not page.lignes
    assert client.get("/membres/export.csv", question).status_code == 302


@pytest.mark.parametrize("page", ["0", "9", "x", "-1"])
def test_une_page_inconnue_est_introuvable(lire, page):
    lire("pilote", page=page, statut=404)


@pytest.mark.parametrize("tri", [f"{sens}{cle}" for cle in TRIS for sens in ("", "-")])
def test_l_ordre_tient_d_une_page_a_l_autre(personnages, territoire, tri):
    for _ in range(12):
        f.ActeurFactory(territoire=territoire, personne=f.UtilisateurFactory(prenom="Léa", nom="Même"))
    membres = Membres(personnages["administrateur"], Criteres(tri=tri))
    toutes = [(type(une), une.pk) for une in membres]
    assert len(toutes) == len(set(toutes)) == membres.count()
    par_pages = [(type(une), une.pk) for debut in range(0, len(toutes), 5) for une in membres[debut : debut + 5]]
    assert par_pages == toutes


def test_les_noms_sont_dans_l_ordre_de_l_alphabet(personnages, territoire):
    for nom in ("Zola", "Éluard", "eco", "d'Ormesson", "Dumas"):
        f.ActeurFactory(territoire=territoire, personne=f.UtilisateurFactory(prenom="Essai", nom=nom))
    noms = [une.personne.nom for une in Membres(personnages["pilote"], Criteres(q="essai"))]
    assert noms == ["d'Ormesson", "Dumas", "eco", "Éluard", "Zola"]


@pytest.mark.parametrize("nom", ["pilote", "auditeur", "lecture"])
@pytest.mark.parametrize("question", [{}, {"etat": "toutes", "tri": "-depuis"}, {"genre": "equipe-du-territoire"}])
def test_l_export_a_les_lignes_de_l_ecran(lire, client, nom, question):
    page = lire(nom, **question)
    reponse = client.get("/membres/export.csv", question)
    assert {"private", "no-store"} <= set(reponse["Cache-Control"].replace(" ", "").split(","))
    lignes = lignes_du_csv(reponse)
    du_fichier = [f"{ligne['Habilitation']} · {ligne['Périmètre']}".removesuffix(" · ") for ligne in lignes]
    assert du_fichier == [ligne[1].partition(",")[0] for ligne in page.lignes[1:]]
    assert all(ligne["Adresse électronique"] in page.html for ligne in lignes)


@pytest.mark.parametrize("format_demande", ["xlsx", "ods", "json", "colonnes.csv"])
def test_l_export_existe_dans_tous_les_formats(lire, client, format_demande):
    lire("pilote")
    reponse = client.get(f"/membres/export.{format_demande}")
    assert reponse.status_code == 200
    assert b"".join(reponse)
    assert "no-store" in reponse["Cache-Control"]


def test_un_format_inconnu_est_introuvable(lire, client):
    lire("pilote")
    assert client.get("/membres/export.exe").status_code == 404


def compter(client, adresse):
    with CaptureQueriesContext(connection) as requetes:
        assert client.get(adresse).status_code == 200
    return len(requetes)


@pytest.mark.parametrize("adresse", ["/membres/", "/membres/export.csv", "/membres/?q=a&etat=toutes&tri=-habilitation"])
@pytest.mark.parametrize("nom", ["pilote", "chef de projet", "administrateur"])
def test_trente_membres_coutent_autant_que_deux(client, personnages, territoire, nom, adresse):
    client.force_login(personnages[nom])
    avant = compter(client, adresse)
    for _ in range(30):
        f.ActeurFactory(territoire=territoire, nommee_par=f.UtilisateurFactory())
    assert compter(client, adresse) == avant <= 22


def test_la_page_vide_dit_pourquoi(client):
    seule = f.UtilisateurFactory()
    PiloteRegional.objects.create(personne=seule, region_id="94", qualite="lecture")
    client.force_login(seule)
    page = ouvrir(client, "/membres/", genre="equipe-du-territoire")
    assert "Personne ne correspond à ces filtres" in page.mots


def test_qui_peut_inviter_en_a_le_bouton(personnages, client):
    for nom in HABILITES:
        client.force_login(personnages[nom])
        reponse = client.get("/membres/")
        attendu = any(genre.objects.ajoutables_par(personnages[nom]) for genre in genres())
        assert reponse.context["peut_inviter"] == attendu
    assert not reponse.context["peut_inviter"] or nom == "administrateur"


@pytest.mark.parametrize("nom", ["pilote", "lecture", "auditeur"])
def test_le_menu_mene_aux_membres(personnages, client, nom):
    client.force_login(personnages[nom])
    assert ">Membres</a>" in client.get("/").text


@pytest.mark.parametrize("nom", ["anonyme", "sans habilitation", "expirée"])
def test_le_menu_de_qui_n_a_pas_d_habilitation_ne_mene_pas_aux_membres(personnages, client, nom):
    if personnages[nom]:
        client.force_login(personnages[nom])
    assert ">Membres</a>" not in client.get("/").text


def test_chaque_qualite_dit_ce_qu_elle_permet():
    for genre in genres():
        qualites = genre._meta.get_field("qualite").choices
        for qualite, _ in qualites:
            assert genre(qualite=qualite).permet
        assert len(qualites) == len(genre.permissions)


def test_ce_qui_est_dit_permis_est_ce_que_la_regle_permet(personnages):
    """« nomme » ⇔ the rule lets give something; « rien écrire » of who may write nothing."""
    for nom in HABILITES:
        personne = personnages[nom]
        dites = [une for genre in genres() for une in genre.objects.de(personne)]
        peut = any(genre.objects.modifiables_par(personne).exists() for genre in genres())
        # On their own territory: the associated region names nobody here, its own sentence says so.
        if nom not in ("pilote d'une région associée", "pilote voisin", "équipe voisine"):
            assert any("nomme" in une.permet for une in dites) == peut, nom


def test_la_page_est_lisible_par_un_lecteur_d_ecran(lire):
    page = lire("pilote", tri="-depuis")
    assert 'aria-sort="descending"' in page.html
    assert page.h1 == "Membres"
