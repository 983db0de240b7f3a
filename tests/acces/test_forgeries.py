"""What a browser never sends: ids of others in bodies, filters, orders and choices. Nothing is given, nothing shown."""

import pytest
from django.urls import reverse

from comptes.models import EquipeNationale, Utilisateur
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, PiloteRegional
from tests.outils.personnages import PILOTE, VOISINE
from tests.tableurs.ecrans import lot_de

pytestmark = pytest.mark.django_db


def formulaire(personne, **champs):
    return {"personne": personne.pk, "du": "2026-01-01", "au": "", "acte_numero": "", "acte_date": "", **champs}


def ajouter(client, auteur, genre, personne, **champs):
    """Send the admin's form, and return (answer, how many were made)."""
    client.force_login(auteur)
    avant = genre.objects.count()
    adresse = reverse(f"admin:{genre._meta.label_lower.replace('.', '_')}_add")
    reponse = client.post(adresse, formulaire(personne, **champs))
    return reponse, genre.objects.count() - avant


def test_un_chef_de_projet_donne_ce_qu_il_peut_donner(client, personnages, territoire):
    chef, lecture = personnages["chef de projet"], personnages["lecture"]
    reponse, nombre = ajouter(
        client, chef, ActeurLocal, lecture, territoire=territoire.pk, qualite=QualiteTerritoriale.MAIRE
    )
    assert (reponse.status_code, nombre) == (302, 1)
    assert ActeurLocal.objects.latest("pk").nommee_par == chef


def test_l_equipe_voisine_n_entre_pas_par_un_formulaire_forge(client, personnages, territoire, voisin):
    chef, lecture = personnages["chef de projet"], personnages["lecture"]
    for champs in (
        {"territoire": voisin.pk, "qualite": QualiteTerritoriale.MAIRE},
        {"territoire": territoire.pk, "qualite": QualiteTerritoriale.CHEF_DE_PROJET},
        {"territoire": 999_999, "qualite": QualiteTerritoriale.MAIRE},
        {"territoire": "abc", "qualite": "\0"},
        {"territoire": "9" * 30, "qualite": QualiteTerritoriale.MAIRE},
    ):
        reponse, nombre = ajouter(client, chef, ActeurLocal, lecture, **champs)
        assert (reponse.status_code, nombre) == (200, 0)
    # Somebody that they don't see.
    etrangere = personnages["équipe voisine"]
    champs = {"territoire": territoire.pk, "qualite": QualiteTerritoriale.MAIRE}
    reponse, nombre = ajouter(client, chef, ActeurLocal, etrangere, **champs)
    assert (reponse.status_code, nombre) == (200, 0)


def test_un_president_ne_nomme_ni_ailleurs_ni_un_autre_president(client, personnages):
    pilote, agent = personnages["pilote"], personnages["agent instructeur"]
    cas = [(VOISINE, QualiteRegionale.LECTURE, 0), (PILOTE, QualiteRegionale.PRESIDENCE, 0)]
    for region, qualite, attendu in [*cas, (PILOTE, QualiteRegionale.LECTURE, 1)]:
        _, nombre = ajouter(client, pilote, PiloteRegional, agent, region=region, qualite=qualite)
        assert nombre == attendu
    reponse, nombre = ajouter(client, pilote, EquipeNationale, agent, qualite="administrateur")
    assert (reponse.status_code, nombre) == (403, 0)


def test_une_habilitation_ne_change_ni_de_personne_ni_de_portee(client, personnages, territoire, voisin):
    une = ActeurLocal.objects.get(personne=personnages["lecture"])
    client.force_login(personnages["pilote"])
    champs = {"territoire": voisin.pk, "qualite": QualiteTerritoriale.CHEF_DE_PROJET, "retiree_le": "2026-01-01"}
    adresse = reverse("admin:territoires_acteurlocal_change", args=[une.pk])
    assert client.post(adresse, formulaire(personnages["pilote"], **champs)).status_code == 302
    une.refresh_from_db()
    assert (une.personne, une.territoire, une.qualite) == (personnages["lecture"], territoire, "lecture")
    assert une.retiree_le is None


@pytest.mark.parametrize("nom", ["chef de projet", "pilote", "État territorial", "auditeur"])
@pytest.mark.parametrize(
    "filtre",
    [
        "personne__password__startswith=md5",
        "personne__password__regex=.",
        "personne__last_login__isnull=True",
        "territoire__acteurs__personne__password__startswith=m",
        "nommee_par__password__contains=a",
        "_to_field=personne__password",
    ],
)
def test_aucun_filtre_ne_fait_deviner_ce_qui_est_cache(nom, filtre, client, personnages):
    client.force_login(personnages[nom])
    adresse = reverse("admin:territoires_acteurlocal_changelist")
    assert client.get(f"{adresse}?{filtre}").status_code in (400, 302)


def test_les_filtres_de_la_page_restent_permis(admin_client):
    for adresse in (
        "/admin/territoires/acteurlocal/?qualite__exact=maire",
        "/admin/territoires/inscription/?liste__id__exact=1&region__code__exact=32&fiabilite__exact=officiel",
        "/admin/territoires/territoire/?inscriptions__region__code__exact=32&phase__id__exact=1",
        "/admin/comptes/utilisateur/?date_joined__year=2026&is_active__exact=1",
    ):
        assert admin_client.get(adresse).status_code == 200, adresse


@pytest.mark.parametrize("ordre", ["1.2.3", "-1", "99", "personne__password", "\0"])
def test_un_ordre_forge_ne_montre_rien_de_plus(ordre, client, personnages):
    client.force_login(personnages["chef de projet"])
    html = client.get(reverse("admin:territoires_acteurlocal_changelist"), {"o": ordre}).content.decode()
    assert str(personnages["lecture"]) in html
    assert str(personnages["équipe voisine"]) not in html


def test_la_recherche_et_la_liste_ne_montrent_que_le_perimetre(client, personnages):
    client.force_login(personnages["chef de projet"])
    for page in ("comptes_utilisateur", "territoires_acteurlocal"):
        for recherche in ("", "exemple", personnages["équipe voisine"].email):
            html = client.get(reverse(f"admin:{page}_changelist"), {"q": recherche}).content.decode()
            assert f">{personnages['équipe voisine']}<" not in html
            assert f">{personnages['équipe voisine'].email}<" not in html


@pytest.mark.parametrize("genre", [ActeurLocal, PiloteRegional])
def test_le_choix_assiste_ne_propose_que_le_perimetre(genre, client, personnages):
    client.force_login(personnages["chef de projet"])
    demande = {
        "app_label": genre._meta.app_label,
        "model_name": genre._meta.model_name,
        "field_name": "personne",
        "term": "",
    }
    reponse = client.get(reverse("admin:autocomplete"), demande)
    proposes = {int(choix["id"]) for choix in reponse.json()["results"]}
    assert personnages["lecture"].pk in proposes
    assert proposes == set(Utilisateur.objects.visibles_par(personnages["chef de projet"]).values_list("pk", flat=True))


def test_une_action_de_liste_ne_touche_rien_hors_du_perimetre(client, personnages):
    client.force_login(personnages["chef de projet"])
    etrangere = ActeurLocal.objects.get(personne=personnages["équipe voisine"])
    adresse = reverse("admin:territoires_acteurlocal_changelist")
    for action in ("delete_selected", "retirer", "absente"):
        client.post(adresse, {"action": action, "_selected_action": [etrangere.pk], "post": "yes"})
    etrangere.refresh_from_db()
    assert etrangere.est_en_cours


def test_un_import_d_un_autre_ne_se_touche_pas_par_sa_cle(client, personnages):
    lot = lot_de(1, depose_par=personnages["analyste"])
    client.force_login(personnages["auditeur"])
    for adresse in ("import_appliquer", "import_annuler", "import_abandonner", "import_colonnes"):
        assert client.post(reverse(adresse, args=[lot.cle]), {"apercu": lot.jeton}).status_code == 403
    lot.refresh_from_db()
    assert lot.etat == "a_verifier"
