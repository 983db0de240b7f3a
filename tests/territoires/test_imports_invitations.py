"""Invitations from a table: buckets, rights, sending, undoing; nothing tells who has an account."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from comptes import invitations
from comptes.acces import aujourdhui
from comptes.models import Courrier, EtatInvitation, Invitation
from tableurs import lots, taches
from tableurs.enums import EtatLot, Seau
from tableurs.models import LotImport
from tableurs.ressources import consultables, ouvertes, ressource
from territoires.enums import QualiteRegionale, QualiteTerritoriale
from territoires.imports import ImportEquipes
from territoires.models import ActeurLocal
from tests import factories as f
from tests.tableurs.conftest import dossier_prive  # noqa: F401 - deposited files go to a folder of the test's own
from tests.tableurs.ecrans import envoi, texte
from tests.tableurs.lots_essai import comptes, deposer, raisons, seaux

pytestmark = pytest.mark.django_db

ENTETES = ["Courriel", "Prénom", "Nom", "Fonction", "Territoire", "Du", "Au"]
NEUVE = "neuve@exemple.example"
EQUIPES = "invitations_territoires"


def importer(auteur, *lignes, cle="invitations_territoires"):
    return deposer([ENTETES, *([*ligne, *[""] * (7 - len(ligne))] for ligne in lignes)], cle, auteur=auteur)


def ligne(adresse, fonction, ou, du="", au="", prenom="", nom=""):
    return [adresse, prenom, nom, fonction, ou, du, au]


def conseil(lot):
    return lot.details.get(seau=Seau.REFUSEE).problemes[0]


# --- Buckets
def test_chaque_ligne_a_un_seul_sort(personnages, territoire):
    chef, deja = personnages["chef de projet"], personnages["lecture"].email
    lot = importer(
        chef,
        ligne(NEUVE, "MAIRE", territoire.nom.upper(), prenom="Camille", nom="Martin"),
        ligne(deja, "lecture", territoire.slug),
        ligne(NEUVE.upper(), "maire", territoire.code, prenom="Camille", nom="Martin"),
        ligne("pas une adresse", "maire", territoire.nom),
        ligne("elue@exemple.example", "elu referent", territoire.nom, "01/09/2024", "31/12/2099"),
    )
    assert seaux(lot) == ["creee", "inchangee", "doublon", "refusee", "creee"]
    assert comptes(lot) == {"crees": 2, "inchanges": 1, "doublons": 1, "refuses": 1}
    assert Invitation.objects.count() == Courrier.objects.count() == 0


def test_une_seconde_ligne_qui_dit_autre_chose_est_refusee(personnages, territoire):
    lot = importer(
        personnages["chef de projet"],
        ligne(NEUVE, "maire", territoire.nom),
        ligne(NEUVE, "maire", territoire.nom, au="31/12/2099"),
    )
    assert seaux(lot) == ["creee", "refusee"]


@pytest.mark.parametrize(
    ("colonnes", "raison"),
    [
        ({"fonction": "sorcier"}, "n'est pas dans la liste"),
        ({"ou": "Nulle part"}, "n'est pas connu"),
        ({"au": "01/01/2020"}, "Ce jour est passé"),
        ({"du": "02/01/2099", "au": "01/01/2099"}, "précède le début"),
        ({"adresse": ""}, "vide"),
    ],
)
def test_une_ligne_refusee_dit_quoi_ou_et_que_faire(personnages, territoire, colonnes, raison):
    donnees = {"adresse": NEUVE, "fonction": "maire", "ou": territoire.nom} | colonnes
    lot = importer(personnages["chef de projet"], ligne(**donnees))
    probleme = conseil(lot)
    assert raison in probleme["raison"].replace("\N{NO-BREAK SPACE}", " ")
    assert probleme["colonne"]
    assert probleme["remede"]


@pytest.mark.parametrize(
    "adresse", [f"{NEUVE} ;", f"{NEUVE}, ", f"<{NEUVE}>", f"Camille Martin <{NEUVE}>;", f"mailto:{NEUVE}"]
)
def test_une_adresse_copiee_d_une_messagerie_est_reconnue(personnages, territoire, adresse):
    lot = importer(personnages["chef de projet"], ligne(adresse, "maire", territoire.nom))
    assert lot.details.get().libelle.startswith(f"{NEUVE},")


@pytest.mark.parametrize("adresse", [f"{NEUVE} ; autre@exemple.example", f"{NEUVE} <autre@exemple.example>", "<>", ";"])
def test_deux_adresses_ou_aucune_dans_une_cellule_sont_refusees(personnages, territoire, adresse):
    assert seaux(importer(personnages["chef de projet"], ligne(adresse, "maire", territoire.nom))) == ["refusee"]


def test_les_colonnes_que_choisit_le_voisin_ne_sont_pas_retenues_pour_d_autres(personnages, territoire):
    """With the same headers, the first names of one's file would end where the neighbour put theirs."""
    lignes = [ENTETES, ligne(NEUVE, "maire", territoire.slug, prenom="Camille", nom="Martin")]
    ailleurs = {"adresse": 0, "prenom": 2, "nom": 1, "qualite": 3, "territoire": 4}
    voisine, chef = personnages["équipe voisine"], personnages["chef de projet"]
    deposer(lignes, EQUIPES, auteur=voisine, choix=ailleurs)
    assert lots.reconnaissance(deposer(lignes, EQUIPES, auteur=voisine)).places["prenom"] == 2
    assert lots.reconnaissance(deposer(lignes, EQUIPES, auteur=chef)).places["prenom"] == 1


def test_beaucoup_d_invitations_attendent_l_ouvrier(personnages, territoire, monkeypatch):
    """Each takes a while to judge and to write: the web server would give up in the middle."""
    monkeypatch.setattr(ImportEquipes, "lignes_ecrites_sur_le_champ", 1)
    chef = personnages["chef de projet"]
    lot = importer(chef, *[ligne(f"{rang}.{NEUVE}", "maire", territoire.slug) for rang in range(2)])
    taches.appliquer(lot, chef)
    assert lot.etat == EtatLot.EN_COURS
    assert not Invitation.objects.exists()


def test_un_nom_que_portent_deux_territoires_est_refuse_avec_le_moyen_de_les_distinguer(personnages, territoire):
    autre = f.TerritoireFactory(nom=territoire.nom)
    lot = importer(personnages["administrateur"], ligne(NEUVE, "maire", territoire.nom))
    # The slug of the first is also how both are called: it tells nothing.
    assert f"« {territoire.code} » ou « {autre.slug} »" in conseil(lot)["remede"].replace("\N{NO-BREAK SPACE}", " ")
    for nom in (territoire.code, autre.slug, autre.code):
        assert seaux(importer(personnages["administrateur"], ligne(NEUVE, "maire", nom))) == ["creee"]


def test_l_acte_de_delegation_va_et_vient(personnages, territoire):
    """Read, shown, promised, held; the same file again changes nothing, another act is refused."""
    chef = personnages["chef de projet"]
    entetes = [*ENTETES, "Numéro de l'acte de délégation", "Date de l'acte de délégation"]

    def avec_acte(numero, date):
        return deposer([entetes, [*ligne(NEUVE, "maire", territoire.slug), numero, date]], EQUIPES, auteur=chef)

    lot = avec_acte("2026-114", "03/09/2026")
    montres = {c["champ"]: c["apres"] for c in lot.details.get().changements}
    assert montres["numéro de l'acte de délégation"] == "2026-114"
    assert montres["date de l'acte de délégation"].replace("\N{NO-BREAK SPACE}", " ") == "3 septembre 2026"
    lots.appliquer(lot, chef)
    une = Invitation.objects.get()
    assert (une.acte_numero, str(une.acte_date)) == ("2026-114", "2026-09-03")
    assert une.a_donner().acte_numero == "2026-114"
    assert seaux(avec_acte("2026-114", "2026-09-03")) == ["inchangee"]
    assert "autre acte" in raisons(avec_acte("2026-115", "03/09/2026"))[2]
    assert "autre acte" in raisons(avec_acte("", ""))[2]


@pytest.mark.parametrize(("numero", "date", "colonne"), [("2026-114", "", "Date"), ("", "03/09/2026", "Numéro")])
def test_un_acte_de_delegation_a_un_numero_et_une_date(personnages, territoire, numero, date, colonne):
    entetes = [*ENTETES, "acte de délégation", "date de l'acte"]
    table = [entetes, [*ligne(NEUVE, "maire", territoire.slug), numero, date]]
    lot = deposer(table, EQUIPES, auteur=personnages["chef de projet"])
    assert "un numéro et une date" in raisons(lot)[2]
    assert conseil(lot)["colonne"] == f"{colonne} de l'acte de délégation"


# --- Rights
@pytest.mark.parametrize(
    ("qui", "fonction", "chez_le_voisin"),
    [
        ("chef de projet", "chef de projet", False),
        ("chef de projet", "maire", True),
        ("pilote d'une région associée", "maire", False),
        ("pilote voisin", "maire", False),
    ],
)
def test_nul_n_invite_au_dela_de_ce_qu_il_peut_donner(personnages, territoire, voisin, qui, fonction, chez_le_voisin):
    ou = voisin if chez_le_voisin else territoire
    lot = importer(personnages[qui], ligne(NEUVE, fonction, ou.slug))
    assert raisons(lot) == {2: "Vous ne pouvez pas donner cette habilitation."}
    assert "administrateurs nationaux" in conseil(lot)["remede"]


def test_ce_qu_on_ne_peut_pas_donner_est_refuse_avant_de_dire_qui_l_a(personnages, territoire):
    """Even to who may see them elsewhere, a member reads here exactly as somebody unknown."""
    membre = personnages["lecture"].email
    lignes = [ligne(adresse, "lecture", territoire.slug) for adresse in (membre, NEUVE)]
    lot = importer(personnages["pilote d'une région associée"], *lignes)
    une, autre = lot.details.order_by("pk")
    assert (une.seau, une.problemes) == (autre.seau, autre.problemes)


def test_une_adresse_qui_a_un_compte_se_lit_comme_une_autre(personnages, territoire, voisin):
    ailleurs = personnages["équipe voisine"].email
    lot = importer(
        personnages["chef de projet"],
        ligne(ailleurs, "maire", territoire.slug),
        ligne(NEUVE, "maire", territoire.slug),
    )
    connue, inconnue = lot.details.order_by("pk")
    assert seaux(lot) == ["creee", "creee"]
    assert connue.libelle.replace(ailleurs, NEUVE) == inconnue.libelle
    assert [c["champ"] for c in connue.changements] == [c["champ"] for c in inconnue.changements]


def test_seuls_ceux_qui_donnent_une_habilitation_importent_et_rien_d_autre(personnages):
    for nom in ("chef de projet", "équipe voisine", "agent instructeur", "pilote d'une région associée"):
        assert "invitations_territoires" in ouvertes(personnages[nom]), nom
        assert not {"mesures", "territoires", "collectivites", "enveloppes"} & set(consultables(personnages[nom]))
    assert "invitations_regions" in ouvertes(personnages["pilote"])
    assert "invitations_regions" not in ouvertes(personnages["agent instructeur"])
    for nom in ("lecture", "État territorial", "expirée", "sans habilitation"):
        assert not consultables(personnages[nom]), nom
    for nom in ("analyste", "auditeur"):
        assert not {"invitations_territoires", "invitations_regions"} & set(ouvertes(personnages[nom])), nom


def test_sans_auteur_rien_ne_s_invite(territoire, tmp_path, capsys):
    assert seaux(importer(None, ligne(NEUVE, "maire", territoire.slug))) == ["refusee"]
    fichier = tmp_path / "equipe.csv"
    fichier.write_text(";".join(ENTETES), encoding="utf-8")
    with pytest.raises(SystemExit):
        call_command("importer", "invitations_territoires", str(fichier))
    assert "ne s'importe pas en ligne de commande" in capsys.readouterr().err


def test_la_presidence_invite_les_pilotes_de_sa_region(personnages, territoire):
    region = personnages["pilote"].piloteregional_set.get().region
    entetes = ["adresse", "fonction", "région"]
    table = [entetes, [NEUVE, "Agent instructeur", region.nom], [NEUVE, "presidence", region.code]]
    lot = deposer(table, "invitations_regions", auteur=personnages["pilote"])
    assert seaux(lot) == ["creee", "refusee"]
    lots.appliquer(lot, personnages["pilote"], partiel=True)
    assert Invitation.objects.get().a_donner().region == region
    assert Invitation.objects.get().qualite == QualiteRegionale.AGENT_INSTRUCTEUR


# --- Applying, undoing
def test_appliquer_invite_et_annuler_reprend_ce_qui_attend(personnages, territoire):
    chef = personnages["chef de projet"]
    lignes = [
        ligne(NEUVE, "maire", territoire.nom, prenom="Camille", nom="Martin", au="31/12/2099"),
        ligne("autre@exemple.example", "élu référent", territoire.nom),
    ]
    lot = lots.appliquer(importer(chef, *lignes), chef)
    une, autre = Invitation.objects.order_by("pk")
    assert (une.adresse, une.prenom, une.nom, une.qualite) == (NEUVE, "Camille", "Martin", QualiteTerritoriale.MAIRE)
    assert (une.auteur, une.a_donner().territoire, str(une.au)) == (chef, territoire, "2099-12-31")
    assert set(Courrier.objects.values_list("adresse", flat=True)) == {une.adresse, autre.adresse}
    assert seaux(importer(chef, *lignes)) == ["inchangee", "inchangee"]

    with pytest.raises(lots.ActionImpossible, match="il faut un compte"):
        lots.annuler(lot)
    lots.annuler(lot, chef)
    assert lot.etat == EtatLot.ANNULE
    assert set(Invitation.objects.values_list("etat", flat=True)) == {EtatInvitation.ANNULEE}
    assert seaux(importer(chef, *lignes)) == ["creee", "creee"]


def test_une_invitation_acceptee_entre_temps_empeche_d_annuler_quoi_que_ce_soit(personnages, territoire):
    chef = personnages["chef de projet"]
    lignes = [ligne(nom, "maire", territoire.nom) for nom in (personnages["sans habilitation"].email, NEUVE)]
    lot = lots.appliquer(importer(chef, *lignes), chef)
    acceptee, autre = Invitation.objects.order_by("pk")
    _, situation, _ = invitations.accepter(invitations.jeton(acceptee), personnages["sans habilitation"])
    assert situation == invitations.Situation.ACCEPTEE
    with pytest.raises(lots.ActionImpossible, match="a été acceptée"):
        lots.annuler(lot, chef)
    autre.refresh_from_db()
    lot.refresh_from_db()
    assert (autre.etat, lot.etat) == (EtatInvitation.ENVOYEE, EtatLot.APPLIQUE)
    assert seaux(importer(chef, *lignes)) == ["inchangee", "inchangee"]


def test_des_droits_perdus_depuis_l_apercu_n_appliquent_rien(personnages, territoire):
    """Two territories, one of which is taken away: all or nothing, and the message says which."""
    chef, second = personnages["chef de projet"], f.TerritoireFactory(nom="Second")
    ailleurs = f.ActeurFactory(personne=chef, territoire=second)
    lot = importer(chef, ligne(NEUVE, "maire", territoire.slug), ligne(NEUVE, "maire", second.slug))
    assert seaux(lot) == ["creee", "creee"]
    ailleurs.retirer()
    with pytest.raises(lots.ActionImpossible, match="Maire, Second"):
        lots.appliquer(lot, chef)
    assert Invitation.objects.count() == Courrier.objects.count() == 0
    assert seaux(lot) == ["creee", "refusee"]


def test_ce_qui_n_est_plus_de_son_ressort_ne_s_annule_pas(personnages, territoire, voisin):
    chef = personnages["chef de projet"]
    lot = lots.appliquer(importer(chef, ligne(NEUVE, "maire", territoire.slug)), chef)
    ActeurLocal.objects.get(personne=chef).retirer()
    f.ActeurFactory(personne=chef, territoire=voisin)
    with pytest.raises(lots.ActionImpossible, match="n'est plus de votre ressort"):
        lots.annuler(lot, chef)


def test_une_invitation_partie_depuis_l_apercu_n_est_pas_envoyee_deux_fois(personnages, territoire):
    chef = personnages["chef de projet"]
    lot = importer(chef, ligne(NEUVE, "maire", territoire.slug))
    quoi = {"genre": ActeurLocal, "qualite": QualiteTerritoriale.MAIRE, "portee": territoire}
    invitations.inviter(personnages["pilote"], adresse=NEUVE, **quoi)
    with pytest.raises(lots.ActionImpossible, match="a changé depuis"):
        lots.appliquer(lot, chef)
    assert seaux(lot) == ["inchangee"]
    assert Courrier.objects.count() == 1


def test_une_invitation_en_attente_avec_d_autres_dates_est_refusee_une_expiree_repart(personnages, territoire):
    chef = personnages["chef de projet"]
    quoi = {"genre": ActeurLocal, "qualite": QualiteTerritoriale.MAIRE, "portee": territoire}
    une = invitations.inviter(chef, adresse=NEUVE, au=aujourdhui() + timedelta(days=90), **quoi)
    assert "autres dates" in raisons(importer(chef, ligne(NEUVE, "maire", territoire.slug)))[2]
    Invitation.objects.update(envoyee_le=une.envoyee_le - timedelta(days=20))
    lot = lots.appliquer(importer(chef, ligne(NEUVE, "maire", territoire.slug)), chef)
    une.refresh_from_db()
    assert (lot.crees, une.envois, une.au) == (1, 2, None)


# --- Screens
def test_du_modele_a_l_envoi_par_les_ecrans(client, personnages, territoire):
    client.force_login(personnages["chef de projet"])
    modele = client.get(reverse("import_modele", args=["invitations_territoires"]))
    assert modele.status_code == 200
    assert b"".join(modele)[:2] == b"PK"
    assert client.get(reverse("import_modele", args=["mesures"])).status_code == 404
    page = texte(client.get(reverse("imports")))
    assert "Invitations d'équipes de territoires" in page
    assert "Mesures du programme" not in page

    depot = f"{reverse('import_nouveau')}?ressource=invitations_territoires"
    fichier = envoi([ENTETES, ligne(NEUVE, "maire", territoire.nom)], nom="equipe.csv")
    assert client.post(depot, {"fichier": fichier}).status_code == 302
    lot = LotImport.objects.get()
    colonnes = {f"colonne_{rang}": c.cle for rang, c in enumerate(ImportEquipes.colonnes)}
    assert client.post(reverse("import_colonnes", args=[lot.cle]), colonnes).status_code == 302
    page = reverse("import_appliquer", args=[lot.cle])
    reponse = client.get(page)
    assert "Une invitation part par courriel" in texte(reponse)
    apercu = reponse.context["formulaire"]["apercu"].value()
    assert "1 invitation" in texte(client.post(page, {"apercu": apercu}, follow=True)).replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert Invitation.objects.get().auteur == personnages["chef de projet"]
    assert "sans réponse" in texte(client.get(reverse("import_annuler", args=[lot.cle])))

    voisin = Client()
    voisin.force_login(personnages["équipe voisine"])
    for adresse in ("import", "import_annuler", "import_appliquer"):
        assert voisin.get(reverse(adresse, args=[lot.cle])).status_code == 404
    assert "equipe.csv" not in texte(voisin.get(reverse("imports")))
    auditeur = Client()
    auditeur.force_login(personnages["auditeur"])
    assert auditeur.get(lot.get_absolute_url()).status_code == 200
    assert auditeur.post(reverse("import_annuler", args=[lot.cle])).status_code == 403


@pytest.mark.parametrize(
    ("nom", "offert"), [("chef de projet", True), ("pilote", True), ("lecture", False), ("analyste", False)]
)
def test_la_page_des_membres_mene_a_l_import_qui_peut_inviter(client, personnages, nom, offert):
    client.force_login(personnages[nom])
    assert ("ressource=invitations_territoires" in client.get(reverse("membres")).content.decode()) is offert


def test_la_ressource_se_nomme():
    assert ressource("invitations_territoires").nom == "Invitations d'équipes de territoires"
