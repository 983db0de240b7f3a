"""The screens of invitations: inviting, the list, sending again, closing."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from comptes import acces, invitations
from comptes.acces import aujourdhui
from comptes.invitations import inviter, jeton
from comptes.models import Courrier, EtatCourrier, EtatInvitation, Invitation
from territoires.enums import QualiteTerritoriale
from territoires.models import ActeurLocal, Departement, EtatTerritorial
from tests import factories as f
from tests.comptes.pages_invitations import ADRESSE, erreurs, texte, vieillir
from tests.factories_projets import ProjetFactory
from tests.outils.second_facteur import connecter

pytestmark = pytest.mark.django_db

EQUIPE = "/membres/inviter/?genre=equipe-du-territoire"
PORTEUR = "/membres/inviter/?genre=porteur-de-projet"


def saisie(territoire, **champs):
    jour = aujourdhui().isoformat()
    return {"adresse": ADRESSE, "territoire": territoire.slug, "qualite": "maire", "du": jour, **champs}


@pytest.fixture
def pilote(client, personnages):
    connecter(client, personnages["pilote"])
    return client


# --- Inviting


def test_on_ne_propose_que_ce_que_l_on_peut_donner(client, personnages, territoire, voisin):
    connecter(client, personnages["chef de projet"])
    page = client.get("/membres/inviter/")
    assert [cle for cle, *_ in page.context["genres"]] == ["equipe-du-territoire", "porteur-de-projet"]
    assert "L'invitation part de la fiche du projet" in texte(client.get(PORTEUR))
    ici, ailleurs = ProjetFactory(territoire=territoire), ProjetFactory(territoire=voisin)
    formulaire = client.get(f"{PORTEUR}&portee={ici.cle}").context["formulaire"]
    assert list(formulaire.fields["projet"].queryset) == [ici]
    assert "L'invitation part de la fiche du projet" in texte(client.get(f"{PORTEUR}&portee={ailleurs.cle}"))
    formulaire = client.get(EQUIPE).context["formulaire"]
    assert list(formulaire.fields["territoire"].queryset) == [territoire]
    assert "chef_de_projet" not in dict(formulaire.fields["qualite"].choices)
    connecter(client, personnages["pilote"])
    page = client.get("/membres/inviter/")
    assert [cle for cle, *_ in page.context["genres"]] == [
        "pilote-regional",
        "equipe-du-territoire",
        "porteur-de-projet",
    ]
    assert list(client.get(f"{PORTEUR}&portee={ici.cle}").context["formulaire"].fields["projet"].queryset) == [ici]
    page = client.get(EQUIPE + f"&portee={territoire.slug}")
    assert page.context["formulaire"]["territoire"].initial == territoire
    assert voisin not in page.context["formulaire"].fields["territoire"].queryset
    assert client.get(EQUIPE + f"&portee={voisin.slug}").context["formulaire"]["territoire"].initial is None


@pytest.mark.parametrize(
    ("nom", "invite"),
    [("pilote", True), ("chef de projet", True), ("administrateur", True)]
    + [
        (nom, False)
        for nom in ("pilote d'une région associée", "pilote voisin", "équipe voisine", "lecture", "porteur")
    ],
)
def test_qui_invite_un_porteur(client, personnages, territoire, nom, invite):
    """The team that writes the project and the lead region's pilots who decide: not the associated region's."""
    projet = ProjetFactory(territoire=territoire)
    connecter(client, personnages[nom])
    demande = {"adresse": ADRESSE, "projet": projet.cle, "qualite": "redaction", "du": "2030-01-01"}
    client.post(f"{PORTEUR}&portee={projet.cle}", demande)
    assert Invitation.objects.filter(adresse=ADRESSE).exists() == invite


@pytest.mark.parametrize("nom", ["lecture", "État territorial", "auditeur", "analyste", "expirée", "sans habilitation"])
def test_qui_ne_peut_inviter_personne_est_refuse(client, personnages, territoire, nom):
    connecter(client, personnages[nom])
    assert client.get("/membres/inviter/").status_code == 403
    assert client.post(EQUIPE, saisie(territoire)).status_code == 403
    assert not Invitation.objects.exists()


def test_une_invitation_part_et_la_liste_le_dit(pilote, territoire):
    reponse = pilote.post(EQUIPE, saisie(territoire, message="À lundi"), follow=True)
    assert reponse.redirect_chain == [("/membres/invitations/", 302)]
    assert f"L'invitation pour {ADRESSE} va partir. Elle est valable 14 jours." in texte(reponse)
    assert Invitation.objects.get().message == "À lundi"
    assert Courrier.objects.get().adresse == ADRESSE


def test_des_valeurs_forgees_sont_des_erreurs_au_champ(client, personnages, pilote, territoire, voisin):
    assert erreurs(pilote.post(EQUIPE, saisie(voisin))) == {"territoire"}
    assert erreurs(pilote.post(EQUIPE, {**saisie(territoire), "territoire": "\0"})) == {"territoire"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, qualite="roi"))) == {"qualite"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, du="32/13/2026"))) == {"du"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, adresse="x"))) == {"adresse"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, message="a" * 501))) == {"message"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, au="2020-01-01"))) == {"au"}
    assert erreurs(pilote.post(EQUIPE, saisie(territoire, acte_numero="12")))
    assert erreurs(pilote.post(EQUIPE, {})) >= {"adresse", "territoire", "qualite", "du"}
    connecter(client, personnages["chef de projet"])
    assert erreurs(client.post(EQUIPE, saisie(territoire, qualite="chef_de_projet"))) == {"qualite"}
    assert not Invitation.objects.exists()
    assert not Courrier.objects.exists()


def test_un_genre_que_l_on_ne_donne_pas_est_comme_absent(pilote, territoire):
    for genre in ("equipe-nationale", "etat-territorial", "zzz", "\0"):
        reponse = pilote.post("/membres/inviter/?genre=" + genre, saisie(territoire, qualite="administrateur"))
        assert "genres" in reponse.context
    assert not Invitation.objects.exists()


@pytest.mark.parametrize("portee", ["%00", "vosges%00", "%F0%9F%98%80", "a" * 500])
def test_une_portee_proposee_qui_n_existe_pas_est_ignoree(portee, pilote):
    page = pilote.get(f"{EQUIPE}&portee={portee}")
    assert page.status_code == 200
    assert page.context["formulaire"]["territoire"].initial is None


def test_l_etat_a_une_region_ou_un_departement(client, personnages):
    connecter(client, personnages["administrateur"])
    adresse = "/membres/inviter/?genre=etat-territorial"
    commun = {"adresse": ADRESSE, "qualite": "dreets", "du": aujourdhui().isoformat()}
    assert erreurs(client.post(adresse, commun)) == {"region"}
    assert erreurs(client.post(adresse, {**commun, "region": "32", "departement": "59"})) == {"region"}
    assert client.post(adresse, {**commun, "departement": "59"}).status_code == 302
    invitations.accepter(jeton(Invitation.objects.get()), f.UtilisateurFactory(email=ADRESSE))
    assert EtatTerritorial.objects.get(personne__email=ADRESSE).departement == Departement.objects.get(pk="59")


def test_qui_invite_ne_sait_pas_si_l_adresse_a_un_compte(pilote, territoire):
    f.UtilisateurFactory(email="connue@ville.example", prenom="Dominique", nom="Connue")
    f.UtilisateurFactory(email="fermee@ville.example", is_active=False)
    pilote.post(EQUIPE, saisie(territoire, adresse="premiere@ville.example"), follow=True)
    pages, requetes = [], []
    for nom in ("connue", "fermee", "absente"):
        with CaptureQueriesContext(connection) as capture:
            reponse = pilote.post(EQUIPE, saisie(territoire, adresse=f"{nom}@ville.example"))
        requetes.append(len(capture))
        page = texte(pilote.get(reponse.url)).replace(nom, "x")
        pages.append(page.partition("invitations Personne")[0])
        Invitation.objects.filter(adresse__startswith=nom).delete()
    assert len(set(requetes)) == 1
    assert len(set(pages)) == 1
    assert "Dominique" not in pages[0]


# --- The list


def test_la_liste_dit_l_etat_de_chacune_et_se_filtre(pilote, personnages, territoire, promise):
    autres = {}
    for nom in ("expiree", "annulee", "acceptee"):
        autres[nom] = inviter(
            personnages["pilote"],
            adresse=f"{nom}@ville.example",
            genre=ActeurLocal,
            qualite=QualiteTerritoriale.MAIRE,
            portee=territoire,
        )
    Courrier.objects.update(etat=EtatCourrier.ENVOYE, envoye_le=timezone.now(), a_envoyer_apres=None)
    vieillir(autres["expiree"], 20)
    invitations.demander_a_nouveau(jeton(autres["expiree"]), f.UtilisateurFactory())
    invitations.annuler(autres["annulee"].cle, personnages["pilote"])
    invitations.accepter(jeton(autres["acceptee"]), f.UtilisateurFactory(email="acceptee@ville.example"))
    page = texte(pilote.get("/membres/invitations/"))
    for morceau in ("4 invitations", "Expirée", "Nouvelle demande le", "Annulée", "Acceptée", "Envoyée"):
        assert morceau in page
    for etat, adresse in (
        ("attente", ADRESSE),
        ("expirees", "expiree@ville.example"),
        ("annulee", "annulee@ville.example"),
        ("acceptee", "acceptee@ville.example"),
    ):
        page = texte(pilote.get(f"/membres/invitations/?etat={etat}"))
        assert "1 invitation " in page, etat
        assert adresse in page
    assert "n'existe pas" in texte(pilote.get("/membres/invitations/?etat=zzz"))
    assert "Aucune invitation dans cet état" in texte(pilote.get("/membres/invitations/?etat=a_envoyer"))


def test_une_invitation_reste_a_envoyer_tant_que_son_courriel_n_est_pas_parti(pilote, client, promise, personnages):
    """And it is so again when it is sent again."""

    def etats():
        connecter(client, personnages["administrateur"])
        admin = client.get(reverse("admin:comptes_invitation_changelist")).content.decode()
        connecter(client, personnages["pilote"])
        pages = [texte(client.get(f"/membres/invitations/?etat={nom}")) for nom in ("a_envoyer", "attente")]
        lignes = client.get("/membres/invitations/").context["lignes"]
        return lignes[0]["etat"], *(ADRESSE in page for page in pages), 'etat--neutre">À envoyer<' in admin

    assert etats() == ("À envoyer", True, False, True)
    assert "n'est pas encore parti" in texte(client.get("/membres/invitations/"))
    Courrier.objects.update(etat=EtatCourrier.EN_COURS, reclame_le=timezone.now(), jeton="x", a_envoyer_apres=None)
    assert etats() == ("À envoyer", True, False, True)
    Courrier.objects.update(etat=EtatCourrier.ENVOYE, envoye_le=timezone.now(), reclame_le=None, jeton="")
    assert etats() == ("Envoyée", False, True, False)
    vieillir(promise, 1)
    client.post(reverse("invitation_renvoyer", args=[promise.cle]))
    assert etats() == ("À envoyer", True, False, True)
    Invitation.objects.update(envoyee_le=timezone.now() - timedelta(days=20))
    assert etats() == ("Expirée", False, False, False)


def test_le_nombre_de_requetes_ne_depend_pas_du_nombre_d_invitations(pilote, personnages, territoire):
    releves = []
    # PostgreSQL plans some queries once a connection: not counted.
    pilote.get("/membres/invitations/")
    for nombre in (2, 30):
        for rang in range(nombre):
            inviter(
                personnages["pilote"],
                adresse=f"p{nombre}-{rang}@ville.example",
                genre=ActeurLocal,
                qualite=QualiteTerritoriale.MAIRE,
                portee=territoire,
            )
        with CaptureQueriesContext(connection) as capture:
            assert pilote.get("/membres/invitations/").status_code == 200
        releves.append(len(capture))
    assert releves[0] == releves[1] <= 15


def test_la_liste_ne_montre_pas_le_voisin(client, personnages, promise):
    for nom, statut in (("équipe voisine", 200), ("lecture", 403), ("État territorial", 403), ("auditeur", 200)):
        connecter(client, personnages[nom])
        reponse = client.get("/membres/invitations/")
        assert reponse.status_code == statut, nom
        assert (ADRESSE in reponse.content.decode()) is (nom == "auditeur")


def test_l_auteur_sans_habilitation_ne_voit_plus_ses_invitations(client, personnages, promise):
    auteur = personnages["pilote"]
    assert Invitation.objects.visibles_par(auteur).get() == promise
    for genre in acces.genres():
        for habilitation in genre.objects.filter(personne=auteur):
            habilitation.retirer()
    connecter(client, auteur)
    auteur = auteur.__class__.objects.get(pk=auteur.pk)
    assert not Invitation.objects.visibles_par(auteur).exists()
    assert client.get("/membres/invitations/").status_code == 403
    assert client.get(reverse("invitation_annuler", args=[promise.cle])).status_code == 404
    assert client.post(reverse("invitation_renvoyer", args=[promise.cle])).status_code == 404
    for page in (
        reverse("admin:comptes_invitation_changelist"),
        reverse("admin:comptes_invitation_change", args=[promise.pk]),
    ):
        reponse = client.get(page, follow=True)
        assert ADRESSE not in reponse.content.decode()
        assert reponse.status_code in (403, 404)


def test_renvoyer_laisse_une_trace_et_attend_dix_minutes(pilote, promise):
    adresse = reverse("invitation_renvoyer", args=[promise.cle])
    assert "vient de partir" in texte(pilote.post(adresse, follow=True))
    assert Invitation.objects.get().envois == 1
    vieillir(promise, 1)
    assert "va partir" in texte(pilote.post(adresse, follow=True))
    assert Invitation.objects.get().envois == 2
    assert promise.historique.latest().history_user.email == pilote.get("/").wsgi_request.user.email
    assert pilote.get(adresse).status_code == 405


def test_annuler_se_confirme_sur_sa_page(pilote, promise):
    adresse = reverse("invitation_annuler", args=[promise.cle])
    page = pilote.get(adresse)
    assert ADRESSE in page.content.decode()
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE
    assert "est annulée" in texte(pilote.post(adresse, follow=True))
    assert Invitation.objects.get().annulee_par.email == page.wsgi_request.user.email
    assert "rien n'a été fait" in texte(pilote.post(adresse, follow=True))


@pytest.mark.parametrize(
    ("nom", "statut"),
    [("équipe voisine", 404), ("pilote voisin", 404), ("lecture", 404), ("auditeur", 403), ("analyste", 403)],
)
def test_les_actions_suivent_la_regle(client, personnages, promise, nom, statut):
    connecter(client, personnages[nom])
    for action in ("invitation_renvoyer", "invitation_annuler"):
        assert client.post(reverse(action, args=[promise.cle])).status_code == statut
    assert Invitation.objects.get().etat == EtatInvitation.ENVOYEE


def test_la_page_du_choix_dit_ce_que_chaque_titre_recouvre(pilote):
    """Whoever invites for the first time doesn't know our kinds; what they may not give is not told."""
    html = pilote.get("/membres/inviter/").content.decode()
    assert "vice-président" in html
    assert "chef de projet, maire" in html
    assert "président ou présidente de région" not in html
