"""The outbox: what is written, when; what the database refuses; what is forgotten."""

from datetime import timedelta
from html import unescape

import pytest
from django.db import IntegrityError, transaction
from django.db.models import RestrictedError
from django.utils import timezone

from comptes import courrier, genres_de_courrier
from comptes.genres_de_courrier import INVITATION, MOT_DE_PASSE, Cadence
from comptes.models import Courrier, EtatCourrier, PreferenceCourrier, Utilisateur
from tests import factories as f
from tests.comptes.conftest import NOUVELLES

pytestmark = pytest.mark.django_db

MAINTENANT = timezone.now()
PLUS_D_UN_AN = MAINTENANT - timedelta(days=366)


def reclame(**champs):
    return f.CourrierFactory(
        etat=EtatCourrier.EN_COURS, a_envoyer_apres=None, reclame_le=MAINTENANT, jeton="abc", **champs
    )


def envoye(**champs):
    return f.CourrierFactory(etat=EtatCourrier.ENVOYE, a_envoyer_apres=None, envoye_le=MAINTENANT, **champs)


def echoue(**champs):
    return f.CourrierFactory(etat=EtatCourrier.ECHOUE, a_envoyer_apres=None, dernier_echec="Refusé.", **champs)


# --- Writing ---------------------------------------------------------------------------------------------------------
def test_un_courriel_s_ecrit_en_texte_et_en_html_avec_des_liens_absolus(deux_genres, gabarit_essai, settings):
    settings.ADRESSE_DU_SITE = "https://portail.example"
    personne = f.UtilisateurFactory(prenom="Anne", nom="D'Arc & Fils")
    ecrit = courrier.ecrire(NOUVELLES, personne, gabarit_essai, {"quoi": "l'abri <A>"}, lien="/projets/x/")
    ecrit.refresh_from_db()
    assert (ecrit.etat, ecrit.adresse, ecrit.destinataire) == (EtatCourrier.A_ENVOYER, personne.email, personne)
    assert ecrit.objet == "l'abri <A> avance"
    assert ecrit.texte.startswith("Bonjour Anne D'Arc & Fils,\n\nVoici l'abri <A>")
    assert "\nhttps://portail.example/projets/x/\n" in ecrit.texte
    assert 'lang="fr"' in ecrit.html
    assert '<a href="https://portail.example/projets/x/">l&#x27;abri &lt;A&gt;</a>' in ecrit.html
    assert ecrit.lien == "https://portail.example/projets/x/"


def test_le_pied_dit_pourquoi_et_comment_changer_sauf_pour_l_acces(deux_genres, gabarit_essai):
    personne = f.UtilisateurFactory()
    au_choix = courrier.ecrire(NOUVELLES, personne, gabarit_essai, {"quoi": "x"})
    acces = courrier.ecrire(MOT_DE_PASSE, personne, gabarit_essai, {"quoi": "x"})
    for corps in (au_choix.texte, au_choix.html):
        assert "parce que vous suivez un projet." in corps
        assert "/compte/courriels/" in corps
    for corps in (acces.texte, unescape(acces.html)):
        assert f"parce que {MOT_DE_PASSE.raison}." in corps
        assert "/compte/courriels/" not in corps


def test_un_courriel_disparait_avec_ce_qu_il_annonce(deux_genres, gabarit_essai):
    class Abandon(Exception):
        pass

    def annoncer():
        with transaction.atomic():
            courrier.ecrire(NOUVELLES, f.UtilisateurFactory(), gabarit_essai, {"quoi": "x"})
            raise Abandon

    with pytest.raises(Abandon):
        annoncer()
    assert not Courrier.objects.exists()


def test_ecrire_n_appelle_aucun_serveur(deux_genres, gabarit_essai, mailoutbox):
    courrier.ecrire(NOUVELLES, f.UtilisateurFactory(), gabarit_essai, {"quoi": "x"})
    assert not mailoutbox


def test_une_adresse_sans_compte_recoit_un_courriel(gabarit_essai):
    ecrit = courrier.ecrire(INVITATION, "nouvelle@exemple.example", gabarit_essai, {"quoi": "x"})
    assert (ecrit.adresse, ecrit.destinataire) == ("nouvelle@exemple.example", None)
    assert ecrit.texte.startswith("Bonjour,\n")
    assert courrier.ecrire(
        INVITATION, f.UtilisateurFactory(prenom="", nom=""), gabarit_essai, {"quoi": "x"}
    ).texte.startswith("Bonjour,\n")


@pytest.mark.parametrize(
    ("choix", "etat"),
    [
        (None, EtatCourrier.A_ENVOYER),
        (Cadence.AUSSITOT, EtatCourrier.A_ENVOYER),
        (Cadence.QUOTIDIEN, EtatCourrier.A_GROUPER),
        (Cadence.AUCUN, None),
    ],
)
def test_chacun_recoit_ce_qu_il_a_choisi(deux_genres, gabarit_essai, choix, etat):
    personne = f.UtilisateurFactory()
    if choix:
        PreferenceCourrier.objects.create(personne=personne, genre=NOUVELLES.cle, choix=choix)
    ecrit = courrier.ecrire(NOUVELLES, personne, gabarit_essai, {"quoi": "x"})
    assert (ecrit and ecrit.etat) == etat
    assert Courrier.objects.count() == (etat is not None)


def test_ce_qui_touche_a_l_acces_part_toujours(gabarit_essai):
    personne = f.UtilisateurFactory()
    PreferenceCourrier.objects.create(personne=personne, genre=MOT_DE_PASSE.cle, choix=Cadence.AUCUN)
    assert courrier.ecrire(MOT_DE_PASSE, personne, gabarit_essai, {"quoi": "x"}).etat == EtatCourrier.A_ENVOYER


def test_un_compte_ferme_ne_recoit_que_ce_qui_touche_a_l_acces(deux_genres, gabarit_essai):
    personne = f.UtilisateurFactory(is_active=False)
    assert courrier.ecrire(NOUVELLES, personne, gabarit_essai, {"quoi": "x"}) is None
    assert courrier.ecrire(MOT_DE_PASSE, personne, gabarit_essai, {"quoi": "x"})


def test_un_courriel_deja_redige_s_ecrit_tel_quel():
    objet = "Votre\n lien\N{NO-BREAK SPACE}: " + "x" * 300
    ecrit = courrier.ecrire_rendu(MOT_DE_PASSE, "a@exemple.example", objet, "\nBonjour\n\n\n\nhttps://x\n")
    ecrit.refresh_from_db()
    assert ecrit.objet.startswith("Votre lien\N{NO-BREAK SPACE}: xx")
    assert len(ecrit.objet) == 255
    assert ecrit.texte == "Bonjour\n\nhttps://x\n"
    assert ecrit.html == ""


def test_ecrire_n_a_pas_d_historique_ni_ne_coute_plus_que_deux_requetes(
    deux_genres, gabarit_essai, django_assert_num_queries
):
    personne = f.UtilisateurFactory()
    with django_assert_num_queries(2):
        courrier.ecrire(NOUVELLES, personne, gabarit_essai, {"quoi": "x"})
    assert not Courrier.historique.exists()


def test_une_cle_de_genre_ne_sert_qu_une_fois(deux_genres):
    with pytest.raises(ValueError, match="nouvelles"):
        genres_de_courrier.declarer(NOUVELLES)


def test_un_genre_que_personne_ne_declare_plus_reste_lisible_et_confidentiel():
    ancien = f.CourrierFactory(genre="disparu")
    assert ancien.libelle_du_genre == "disparu"
    assert ancien.est_confidentiel


# --- Constraints -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("fabrique", "faute"),
    [
        (f.CourrierFactory, {"etat": "inconnu"}),
        (f.CourrierFactory, {"a_envoyer_apres": None}),
        (envoye, {"a_envoyer_apres": MAINTENANT}),
        (reclame, {"reclame_le": None}),
        (reclame, {"jeton": ""}),
        (f.CourrierFactory, {"reclame_le": MAINTENANT}),
        (f.CourrierFactory, {"jeton": "abc"}),
        (envoye, {"envoye_le": None}),
        (f.CourrierFactory, {"envoye_le": MAINTENANT}),
        (envoye, {"etat": EtatCourrier.GROUPE, "envoye_le": None}),
        (f.CourrierFactory, {"etat": EtatCourrier.A_GROUPER, "a_envoyer_apres": None}),
        (echoue, {"dernier_echec": ""}),
        (f.CourrierFactory, {"texte": ""}),
        (f.CourrierFactory, {"adresse": ""}),
        (f.CourrierFactory, {"texte": "", "purge_le": MAINTENANT}),
        (envoye, {"purge_le": MAINTENANT}),
        (envoye, {"purge_le": MAINTENANT, "texte": "", "html": "<p>reste</p>"}),
        (envoye, {"purge_le": MAINTENANT, "texte": "", "lien": "https://reste"}),
    ],
)
def test_la_base_refuse_un_etat_qui_se_contredit(fabrique, faute):
    objet = fabrique()
    with pytest.raises(IntegrityError), transaction.atomic():
        Courrier.objects.filter(pk=objet.pk).update(**faute)


def test_un_courriel_a_envoyer_n_est_d_aucun_recapitulatif():
    porteur = envoye()
    attend = f.CourrierFactory()
    with pytest.raises(IntegrityError), transaction.atomic():
        Courrier.objects.filter(pk=attend.pk).update(recapitulatif=porteur)


# --- Deciding --------------------------------------------------------------------------------------------------------
def test_un_courriel_echoue_ou_a_verifier_peut_repartir():
    for objet in (echoue(tentatives=7), reclame(tentatives=1)):
        Courrier.objects.filter(pk=objet.pk, etat=EtatCourrier.EN_COURS).update(
            etat=EtatCourrier.A_VERIFIER, dernier_echec="Coupé."
        )
        courrier.envoyer_a_nouveau(objet)
        objet.refresh_from_db()
        assert (objet.etat, objet.tentatives, objet.jeton) == (EtatCourrier.A_ENVOYER, 0, "")
        assert objet.historique.first().etat == EtatCourrier.A_ENVOYER


def test_un_courriel_a_verifier_peut_etre_note_comme_envoye_et_son_texte_s_efface():
    objet = reclame(tentatives=1)
    Courrier.objects.update(etat=EtatCourrier.A_VERIFIER, dernier_echec="Coupé.")
    courrier.marquer_comme_envoye(objet)
    objet.refresh_from_db()
    assert (objet.etat, objet.tentatives, objet.texte) == (EtatCourrier.ENVOYE, 1, "")
    assert objet.envoye_le


@pytest.mark.parametrize("fabrique", [f.CourrierFactory, envoye, reclame])
def test_ce_qui_n_attend_pas_de_decision_n_en_recoit_pas(fabrique):
    objet = fabrique()
    for acte in (courrier.envoyer_a_nouveau, courrier.marquer_comme_envoye):
        with pytest.raises(courrier.ActionImpossible):
            acte(objet)


def test_un_echec_certain_ne_se_note_pas_comme_envoye():
    with pytest.raises(courrier.ActionImpossible):
        courrier.marquer_comme_envoye(echoue())


def test_un_texte_efface_ne_repart_pas():
    objet = echoue(texte="", purge_le=MAINTENANT)
    with pytest.raises(courrier.ActionImpossible, match="effacé"):
        courrier.envoyer_a_nouveau(objet)


# --- Forgetting ------------------------------------------------------------------------------------------------------
def test_les_textes_s_effacent_apres_douze_mois_les_lignes_restent(deux_genres):
    ancien = envoye(genre=NOUVELLES.cle, cree_le=PLUS_D_UN_AN, html="<p>x</p>", lien="https://x")
    recent = envoye(genre=NOUVELLES.cle, cree_le=PLUS_D_UN_AN + timedelta(days=2))
    assert courrier.purger(MAINTENANT) == 1
    ancien.refresh_from_db()
    recent.refresh_from_db()
    assert (ancien.texte, ancien.html, ancien.lien, ancien.objet != "") == ("", "", "", True)
    assert ancien.purge_le
    assert recent.texte
    assert courrier.purger(MAINTENANT) == 0


def test_un_texte_confidentiel_jamais_parti_s_efface_en_un_mois(deux_genres):
    il_y_a_un_mois = MAINTENANT - timedelta(days=31)
    f.CourrierFactory(cree_le=il_y_a_un_mois)
    echoue(cree_le=il_y_a_un_mois, genre=NOUVELLES.cle)
    confidentiel = echoue(cree_le=il_y_a_un_mois)
    assert courrier.purger(MAINTENANT) == 1
    assert not Courrier.objects.get(pk=confidentiel.pk).texte


def test_ce_qui_attendait_depuis_un_an_n_est_plus_envoye():
    vieux = f.CourrierFactory(cree_le=PLUS_D_UN_AN)
    courrier.purger(MAINTENANT)
    vieux.refresh_from_db()
    assert (vieux.etat, vieux.texte) == (EtatCourrier.ANNULE, "")


def test_effacer_une_personne_vide_ses_courriels_et_arrete_ceux_qui_attendent():
    personne, autre = f.UtilisateurFactory(), f.CourrierFactory()
    f.CourrierFactory(destinataire=personne, adresse="ancienne@exemple.example")
    f.CourrierFactory(adresse=personne.email.upper())
    echoue(destinataire=personne, html="<p>x</p>", lien="https://x")
    assert courrier.effacer_ceux_de(personne) == 3
    restes = Courrier.objects.exclude(pk=autre.pk).values_list(
        *set(Courrier.donnees_personnelles) - {"destinataire", "dernier_echec"}
    )
    assert set(restes) == {("",) * 5}
    assert "Refusé" not in str(list(Courrier.objects.values_list("dernier_echec", flat=True)))
    assert set(Courrier.objects.values_list("etat", flat=True)) == {"annule", "echoue", "a_envoyer"}
    autre.refresh_from_db()
    assert autre.texte


def test_un_compte_qui_a_recu_des_courriels_ne_se_supprime_pas():
    objet = f.CourrierFactory(destinataire=f.UtilisateurFactory())
    with pytest.raises(RestrictedError):
        Utilisateur.objects.filter(pk=objet.destinataire_id).delete()
