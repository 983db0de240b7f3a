"""Invitations: who may promise what, to whom; the link, its 14 days; what happens when it is accepted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import ValidationError
from django.utils import timezone

from comptes import invitations
from comptes.acces import aujourdhui
from comptes.invitations import Situation, inviter, jeton
from comptes.models import Courrier, EquipeNationale, EtatInvitation, Invitation, Utilisateur
from territoires.enums import QualiteEtat, QualiteRegionale, QualiteTerritoriale
from territoires.models import ActeurLocal, Departement, EtatTerritorial, PiloteRegional, Region
from tests import factories as f
from tests.comptes.pages_invitations import ADRESSE, vieillir

pytestmark = pytest.mark.django_db

ANONYME = AnonymousUser()


def promettre(auteur, territoire, qualite=QualiteTerritoriale.MAIRE, adresse=ADRESSE, **details):
    return inviter(auteur, adresse=adresse, genre=ActeurLocal, qualite=qualite, portee=territoire, **details)


def nouveau_compte():
    compte = Utilisateur(prenom="Claude", nom="Martin", fonction="Maire")
    compte.set_password(f.MOT_DE_PASSE)
    return compte


def relue(invitation):
    return Invitation.objects.get(pk=invitation.pk)


# --- Who may invite whom


@pytest.mark.parametrize(
    ("qui", "qualite", "permis"),
    [
        ("pilote", QualiteTerritoriale.CHEF_DE_PROJET, True),
        ("agent instructeur", QualiteTerritoriale.CHEF_DE_PROJET, True),
        ("chef de projet", QualiteTerritoriale.MAIRE, True),
        ("chef de projet", QualiteTerritoriale.CHEF_DE_PROJET, False),
        ("administrateur", QualiteTerritoriale.CHEF_DE_PROJET, True),
        ("pilote d'une région associée", QualiteTerritoriale.MAIRE, False),
        ("pilote voisin", QualiteTerritoriale.MAIRE, False),
        ("équipe voisine", QualiteTerritoriale.MAIRE, False),
        ("lecture", QualiteTerritoriale.LECTURE, False),
        ("État territorial", QualiteTerritoriale.LECTURE, False),
        ("analyste", QualiteTerritoriale.LECTURE, False),
        ("expirée", QualiteTerritoriale.LECTURE, False),
        ("sans habilitation", QualiteTerritoriale.LECTURE, False),
    ],
)
def test_seuls_ceux_que_dit_la_table_invitent_dans_une_equipe(personnages, territoire, qui, qualite, permis):
    if permis:
        assert promettre(personnages[qui], territoire, qualite).etat == EtatInvitation.ENVOYEE
    else:
        with pytest.raises(ValidationError):
            promettre(personnages[qui], territoire, qualite)
        assert not Invitation.objects.exists()
        assert not Courrier.objects.exists()


def test_la_presidence_delegue_et_un_administrateur_nomme_partout(personnages, territoire):
    region = Region.objects.get(pk="32")
    pilote = {"adresse": ADRESSE, "genre": PiloteRegional, "portee": region}
    assert inviter(personnages["pilote"], qualite=QualiteRegionale.AGENT_INSTRUCTEUR, **pilote).portee == "region:32"
    with pytest.raises(ValidationError):
        inviter(personnages["pilote"], qualite=QualiteRegionale.PRESIDENCE, **pilote)
    with pytest.raises(ValidationError):
        inviter(personnages["agent instructeur"], qualite=QualiteRegionale.LECTURE, **pilote)
    equipe = personnages["administrateur"]
    assert inviter(equipe, qualite=QualiteRegionale.PRESIDENCE, **pilote)
    etat = {"adresse": ADRESSE, "genre": EtatTerritorial, "qualite": QualiteEtat.DREETS}
    departement = Departement.objects.get(pk="59")
    assert inviter(equipe, portee=departement, **etat).portee == "departement:59"
    with pytest.raises(ValidationError):
        inviter(equipe, **etat)
    assert inviter(equipe, adresse=ADRESSE, genre=EquipeNationale, qualite="auditeur").portee == ""


def test_une_qualite_inconnue_ou_une_periode_passee_est_refusee(personnages, territoire):
    equipe = personnages["administrateur"]
    with pytest.raises(ValidationError):
        promettre(equipe, territoire, "roi")
    hier = aujourdhui() - timedelta(days=1)
    with pytest.raises(ValidationError) as erreur:
        promettre(equipe, territoire, du=hier - timedelta(days=9), au=hier)
    assert "au" in erreur.value.error_dict
    with pytest.raises(ValidationError):
        promettre(equipe, territoire, acte_numero="2026-12")


def test_qui_a_deja_l_habilitation_n_est_pas_invite(personnages, territoire):
    membre = personnages["chef de projet"]
    with pytest.raises(ValidationError) as erreur:
        promettre(personnages["pilote"], territoire, QualiteTerritoriale.CHEF_DE_PROJET, adresse=membre.email.upper())
    assert "adresse" in erreur.value.error_dict


# --- One that waits at a time


def test_une_seconde_invitation_renvoie_la_premiere(personnages, territoire):
    premiere = promettre(personnages["pilote"], territoire)
    with pytest.raises(ValidationError, match="vient de partir"):
        promettre(personnages["pilote"], territoire)
    vieillir(premiere, 1)
    seconde = promettre(personnages["chef de projet"], territoire, adresse=ADRESSE.upper(), message="Rappel")
    assert (seconde.pk, seconde.envois, seconde.message) == (premiere.pk, 2, "Rappel")
    assert seconde.auteur == personnages["chef de projet"]
    assert Invitation.objects.count() == 1
    assert Courrier.objects.count() == 2


def test_un_lien_plus_recent_eteint_l_ancien(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    ancien = jeton(invitation)
    vieillir(invitation, 1)
    renvoyee = invitations.renvoyer(invitation.cle, personnages["pilote"])
    assert invitations.ouvrir(ancien, ANONYME)[1] == Situation.REMPLACEE
    assert invitations.ouvrir(jeton(renvoyee), ANONYME)[1] == Situation.A_CREER
    trace = renvoyee.historique.order_by("history_id").values_list("history_change_reason", flat=True)
    assert list(trace)[-2:] == ["Invitation envoyée", "Invitation renvoyée"]


def test_le_lien_ne_contient_rien_de_la_personne_et_n_est_pas_garde(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    lien = jeton(invitation)
    assert ADRESSE not in lien
    assert lien in Courrier.objects.get().texte
    valeurs = [str(valeur) for valeur in vars(relue(invitation)).values()]
    assert not any(lien in valeur for valeur in valeurs)
    assert not hasattr(invitation.historique.first(), "secret")


@pytest.mark.parametrize("lien", ["", "x", "a.b", "é" * 300, "a" * 20 + ".AAAA", ".", "\0"])
def test_un_lien_faux_n_ouvre_rien(personnages, territoire, lien):
    promettre(personnages["pilote"], territoire)
    assert invitations.ouvrir(lien, ANONYME) == (None, Situation.INCONNUE)
    assert invitations.accepter(lien, ANONYME, nouveau_compte())[2] is None
    assert invitations.demander_a_nouveau(lien, ANONYME)[1] == Situation.INCONNUE


def test_un_lien_dont_on_change_une_lettre_n_ouvre_rien(personnages, territoire):
    lien = jeton(promettre(personnages["pilote"], territoire))
    for rang in (0, 15, len(lien) - 2):
        change = lien[:rang] + ("b" if lien[rang] != "b" else "c") + lien[rang + 1 :]
        assert invitations.ouvrir(change, ANONYME)[1] == Situation.INCONNUE


# --- Accepting


def test_le_compte_et_l_habilitation_commencent_a_l_acceptation(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire, acte_numero="2026-7", acte_date=aujourdhui())
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()
    _, situation, personne = invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    assert situation == Situation.ACCEPTEE
    assert (personne.email, personne.check_password(f.MOT_DE_PASSE)) == (ADRESSE, True)
    habilitation = ActeurLocal.objects.get(personne=personne)
    assert (habilitation.territoire, habilitation.qualite) == (territoire, QualiteTerritoriale.MAIRE)
    assert (habilitation.nommee_par, habilitation.acte_numero) == (personnages["pilote"], "2026-7")
    invitation = relue(invitation)
    assert (invitation.etat, invitation.acceptee_par, invitation.obtenue) == ("acceptee", personne, habilitation.pk)
    assert personne.historique.get().history_user == personne
    assert invitation.historique.latest().history_user == personne
    avis = Courrier.objects.latest("pk")
    assert (avis.destinataire, avis.genre) == (personnages["pilote"], "suites_d_invitation")
    assert ADRESSE in avis.texte


def test_un_lien_ne_sert_qu_une_fois(personnages, territoire):
    lien = jeton(promettre(personnages["pilote"], territoire))
    invitations.accepter(lien, ANONYME, nouveau_compte())
    assert invitations.accepter(lien, ANONYME, nouveau_compte())[1:] == (Situation.ACCEPTEE, None)
    assert ActeurLocal.objects.filter(personne__email=ADRESSE).count() == 1


def test_l_habilitation_ne_commence_pas_avant_l_acceptation(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire, du=aujourdhui() - timedelta(days=30))
    _, _, personne = invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())
    assert ActeurLocal.objects.get(personne=personne).du == aujourdhui()
    plus_tard = aujourdhui() + timedelta(days=30)
    autre = promettre(personnages["pilote"], territoire, adresse="autre@ville.example", du=plus_tard)
    _, _, personne = invitations.accepter(jeton(autre), ANONYME, nouveau_compte())
    assert ActeurLocal.objects.get(personne=personne).du == plus_tard


def test_un_compte_qui_existe_doit_etre_celui_qui_accepte(personnages, territoire):
    compte = f.UtilisateurFactory(email=ADRESSE)
    lien = jeton(promettre(personnages["pilote"], territoire))
    autre = personnages["sans habilitation"]
    assert invitations.accepter(lien, ANONYME)[1:] == (Situation.A_CONNECTER, None)
    assert invitations.accepter(lien, ANONYME, nouveau_compte())[1:] == (Situation.A_CONNECTER, None)
    assert invitations.accepter(lien, autre)[1:] == (Situation.AUTRE_COMPTE, None)
    assert invitations.accepter(lien, compte)[1:] == (Situation.ACCEPTEE, compte)
    assert Utilisateur.objects.filter(email=ADRESSE).count() == 1
    assert ActeurLocal.objects.filter(personne=compte).count() == 1


def test_un_compte_inactif_est_refuse(personnages, territoire):
    f.UtilisateurFactory(email=ADRESSE, is_active=False)
    lien = jeton(promettre(personnages["pilote"], territoire))
    assert invitations.accepter(lien, ANONYME, nouveau_compte())[1:] == (Situation.COMPTE_INACTIF, None)


def test_qui_a_obtenu_l_habilitation_entre_temps_n_en_a_pas_deux(personnages, territoire):
    compte = f.UtilisateurFactory(email=ADRESSE)
    invitation = promettre(personnages["pilote"], territoire)
    deja = f.ActeurFactory(personne=compte, territoire=territoire, qualite=QualiteTerritoriale.MAIRE)
    assert invitations.accepter(jeton(invitation), compte)[1] == Situation.ACCEPTEE
    assert ActeurLocal.objects.get(personne=compte) == deja
    assert relue(invitation).obtenue == deja.pk


@pytest.mark.parametrize("comment", ["retirée", "expirée", "compte inactif"])
def test_qui_ne_peut_plus_donner_ne_donne_plus(personnages, territoire, comment):
    pilote = personnages["pilote"]
    invitation = promettre(pilote, territoire)
    if comment == "retirée":
        pilote.piloteregional_set.get().retirer()
    elif comment == "expirée":
        hier = aujourdhui() - timedelta(days=1)
        pilote.piloteregional_set.update(du=hier, au=hier)
    else:
        Utilisateur.objects.filter(pk=pilote.pk).update(is_active=False)
    assert invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())[1:] == (Situation.DROITS_PERDUS, None)
    assert not Utilisateur.objects.filter(email=ADRESSE).exists()
    vieillir(invitation, 20)
    assert invitations.demander_a_nouveau(jeton(invitation), ANONYME)[1] == Situation.DROITS_PERDUS
    renvoyee = invitations.renvoyer(invitation.cle, personnages["agent instructeur"])
    assert invitations.ouvrir(jeton(renvoyee), ANONYME)[1] == Situation.A_CREER


# --- Its 14 days


def test_un_lien_sert_jusqu_a_la_fin_du_quatorzieme_jour(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    vieillir(invitation, 14)
    assert invitations.ouvrir(jeton(invitation), ANONYME)[1] == Situation.A_CREER
    assert list(Invitation.objects.en_attente()) == [invitation]
    vieillir(invitation, 1)
    assert invitation.est_expiree
    assert list(Invitation.objects.expirees()) == [invitation]
    assert not Invitation.objects.en_attente().exists()
    assert invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())[1:] == (Situation.EXPIREE, None)


def test_une_nouvelle_invitation_se_demande_une_fois_par_jour(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    assert invitations.demander_a_nouveau(jeton(invitation), ANONYME)[1] == Situation.A_CREER
    vieillir(invitation, 20)
    for _ in range(3):
        assert invitations.demander_a_nouveau(jeton(invitation), ANONYME)[1] == Situation.EXPIREE
    assert Courrier.objects.filter(genre="suites_d_invitation").count() == 1
    Invitation.objects.update(demandee_le=timezone.now() - timedelta(days=1, hours=1))
    invitations.demander_a_nouveau(jeton(invitation), ANONYME)
    assert Courrier.objects.filter(genre="suites_d_invitation").count() == 2
    assert invitations.renvoyer(invitation.cle, personnages["pilote"]).demandee_le is None


def test_une_periode_passee_ne_s_accepte_plus(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire, au=aujourdhui() + timedelta(days=2))
    Invitation.objects.update(du=aujourdhui() - timedelta(days=9), au=aujourdhui() - timedelta(days=1))
    assert invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())[1:] == (Situation.PERIMEE, None)


def test_une_invitation_annulee_n_ouvre_rien_et_laisse_inviter_encore(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    invitations.annuler(invitation.cle, personnages["pilote"])
    assert invitations.accepter(jeton(invitation), ANONYME, nouveau_compte())[1:] == (Situation.ANNULEE, None)
    for faire in (invitations.annuler, invitations.renvoyer):
        with pytest.raises(ValidationError, match="annulée"):
            faire(invitation.cle, personnages["pilote"])
    assert promettre(personnages["pilote"], territoire).pk != invitation.pk


# --- The rule of access


def test_chacun_voit_les_invitations_de_ceux_qu_il_peut_nommer_et_les_siennes(personnages, territoire, voisin):
    chef = promettre(personnages["pilote"], territoire, QualiteTerritoriale.CHEF_DE_PROJET)
    maire = promettre(personnages["pilote"], territoire)
    ailleurs = promettre(personnages["administrateur"], voisin)
    attendus = {
        "pilote": ({chef, maire}, {chef, maire}),
        "agent instructeur": ({chef, maire}, {chef, maire}),
        "chef de projet": ({maire}, {maire}),
        "lecture": (set(), set()),
        "pilote d'une région associée": (set(), set()),
        "équipe voisine": ({ailleurs}, {ailleurs}),
        "État territorial": (set(), set()),
        "expirée": (set(), set()),
        "auditeur": ({chef, maire, ailleurs}, set()),
        "administrateur": ({chef, maire, ailleurs}, {chef, maire, ailleurs}),
    }
    obtenus = {
        nom: tuple(
            set(regle(personnages[nom]))
            for regle in (Invitation.objects.visibles_par, Invitation.objects.modifiables_par)
        )
        for nom in attendus
    }
    assert obtenus == attendus


def test_qui_n_a_plus_le_droit_voit_ce_qu_il_a_promis_sans_y_toucher(personnages, territoire):
    invitation = promettre(personnages["pilote"], territoire)
    personnages["pilote"].piloteregional_set.get().retirer()
    assert list(Invitation.objects.visibles_par(personnages["pilote"])) == [invitation]
    assert not Invitation.objects.modifiables_par(personnages["pilote"]).exists()


def test_rien_ne_distingue_une_adresse_qui_a_un_compte(personnages, territoire):
    f.UtilisateurFactory(email="connue@ville.example")
    connue = promettre(personnages["pilote"], territoire, adresse="connue@ville.example")
    inconnue = promettre(personnages["pilote"], territoire, adresse="inconnue@ville.example")
    differents = {"id", "cle", "secret", "adresse", "courrier_id", "creee_le", "envoyee_le", "_state", "objet"}
    gardes = [
        {nom: valeur for nom, valeur in vars(invitation).items() if nom not in differents}
        for invitation in (relue(connue), relue(inconnue))
    ]
    assert gardes[0] == gardes[1]
    courriers = Courrier.objects.order_by("pk")
    textes = [c.texte.replace(c.adresse, "").replace(c.lien, "") for c in courriers]
    assert textes[0] == textes[1]
    assert [c.destinataire for c in courriers] == [None, None]
