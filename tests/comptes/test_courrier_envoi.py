"""What becomes of a message with each kind of mail server: never lost, never sent twice on its own."""

import threading
from datetime import timedelta

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from comptes import courrier, expedition
from comptes.models import Courrier, EtatCourrier
from tests import factories as f
from tests.outils.serveur_smtp import ACCUEIL, DESTINATAIRE, DONNEES, EXPEDITEUR, FIN

# After whatever the test has just written, however long the suite has run.
MAINTENANT = timezone.now() + timedelta(days=1)


def relu(objet):
    return Courrier.objects.get(pk=objet.pk)


# --- Accepted --------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_un_courriel_accepte_est_envoye_une_fois(serveur_smtp):
    objet = f.CourrierFactory(objet="Élan à Évreux", texte="Bonjour é,\n", html="<p>Bonjour é</p>")
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 0
    (recu,) = serveur_smtp.recus
    assert (recu["Subject"], recu["To"]) == ("Élan à Évreux", objet.adresse)
    assert recu["Message-ID"].startswith(f"<{objet.cle}@")
    assert recu["Auto-Submitted"] == "auto-generated"
    assert recu.get_body(("plain",)).get_content().strip() == "Bonjour é,"
    assert recu.get_body(("html",)).get_content().strip() == "<p>Bonjour é</p>"
    objet = relu(objet)
    assert (objet.etat, objet.envoye_le, objet.tentatives, objet.jeton) == (EtatCourrier.ENVOYE, MAINTENANT, 1, "")


@pytest.mark.django_db
def test_un_texte_qui_peut_ouvrir_un_compte_s_efface_une_fois_envoye(serveur_smtp, deux_genres):
    confidentiel, autre = f.CourrierFactory(html="<p>x</p>"), f.CourrierFactory(genre="nouvelles")
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert len(serveur_smtp.recus) == 2
    assert (relu(confidentiel).texte, relu(confidentiel).html) == ("", "")
    assert relu(autre).texte


@pytest.mark.django_db
def test_plusieurs_courriels_passent_par_une_seule_connexion(serveur_smtp):
    f.CourrierFactory.create_batch(3)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 3
    assert serveur_smtp.connexions == 1


@pytest.mark.django_db
def test_un_courriel_n_est_pas_envoye_avant_son_heure(serveur_smtp):
    f.CourrierFactory(a_envoyer_apres=MAINTENANT + timedelta(seconds=1))
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 0


@pytest.mark.django_db
def test_un_tour_laisse_du_temps_aux_imports(serveur_smtp, monkeypatch):
    monkeypatch.setattr(courrier, "COURRIERS_PAR_TOUR", 2)
    f.CourrierFactory.create_batch(3)
    assert [courrier.envoyer_ce_qui_attend(MAINTENANT) for _ in range(3)] == [2, 1, 0]


@pytest.mark.django_db
def test_quand_rien_n_attend_l_ouvrier_ne_pose_qu_une_question(django_assert_num_queries, serveur_smtp):
    f.CourrierFactory(a_envoyer_apres=MAINTENANT + timedelta(hours=1))
    with django_assert_num_queries(1):
        courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert serveur_smtp.connexions == 0


@pytest.mark.django_db
def test_l_ouvrier_envoie_ce_qui_attend(mailoutbox):
    objet = f.CourrierFactory()
    call_command("ouvrier", "--une-fois")
    assert [envoi.to for envoi in mailoutbox] == [[objet.adresse]]


@pytest.mark.django_db
def test_un_compte_ferme_entre_temps_ne_recoit_que_ce_qui_touche_a_l_acces(serveur_smtp, deux_genres):
    personne = f.UtilisateurFactory(is_active=False)
    f.CourrierFactory(destinataire=personne, objet="Accès")
    annule = f.CourrierFactory(destinataire=personne, genre="nouvelles")
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert serveur_smtp.sujets() == ["Accès"]
    assert relu(annule).etat == EtatCourrier.ANNULE


# --- Refused, not given ----------------------------------------------------------------------------------------------
@pytest.mark.django_db
@pytest.mark.parametrize(
    ("etape", "reponse"),
    [
        (DESTINATAIRE, "550 5.1.1 <destinataire> inconnu"),
        (FIN, "554 5.7.1 contenu refuse, voir https://portail.example/secret/jeton"),
    ],
)
def test_un_refus_definitif_met_fin_aux_essais(serveur_smtp, etape, reponse):
    serveur_smtp.refus[etape] = reponse
    refuse = f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    refuse = relu(refuse)
    assert (refuse.etat, refuse.tentatives) == (EtatCourrier.ECHOUE, 1)
    assert reponse[:3] in refuse.dernier_echec
    assert "jeton" not in refuse.dernier_echec
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + timedelta(days=3)) == 0
    assert relu(refuse).tentatives == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("etape", "reponse"),
    [
        (EXPEDITEUR, "451 4.7.1 plus tard"),
        (EXPEDITEUR, "550 5.7.1 expediteur inconnu"),
        (DESTINATAIRE, "451 4.7.1 liste grise"),
        (DESTINATAIRE, "421 4.7.0 trop de messages"),
        (DONNEES, "451 4.3.0 plus tard"),
        (FIN, "452 4.2.2 boite pleine"),
        (ACCUEIL, "554 pas maintenant"),
    ],
)
def test_un_refus_provisoire_se_retente_une_minute_apres(serveur_smtp, etape, reponse):
    serveur_smtp.refus[etape] = reponse
    objet = f.CourrierFactory()
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 0
    attend = relu(objet)
    assert (attend.etat, attend.tentatives) == (EtatCourrier.A_ENVOYER, 1)
    assert attend.a_envoyer_apres == MAINTENANT + timedelta(minutes=1)
    assert attend.dernier_echec
    serveur_smtp.refus.clear()
    serveur_smtp.recus.clear()
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 0
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + timedelta(minutes=1)) == 1
    assert serveur_smtp.sujets() == [objet.objet]
    assert (relu(objet).etat, relu(objet).dernier_echec) == (EtatCourrier.ENVOYE, "")


@pytest.mark.django_db
def test_les_essais_s_espacent_puis_cessent(serveur_smtp):
    serveur_smtp.refus[DESTINATAIRE] = "451 4.7.1 plus tard"
    objet, instant, ecarts = f.CourrierFactory(), MAINTENANT, []
    while relu(objet).etat == EtatCourrier.A_ENVOYER:
        courrier.envoyer_ce_qui_attend(instant)
        if prochain := relu(objet).a_envoyer_apres:
            ecarts.append(prochain - instant)
            instant = prochain
    assert ecarts == [timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 720, 1440)]
    assert (relu(objet).etat, relu(objet).tentatives) == (EtatCourrier.ECHOUE, 7)


@pytest.mark.django_db
def test_un_serveur_arrete_n_est_appele_qu_une_fois_et_tout_se_retente(serveur_smtp, monkeypatch):
    serveur_smtp.arreter()
    appels = []
    ouvrir = expedition.TransportSMTP.open
    monkeypatch.setattr(expedition.TransportSMTP, "open", lambda self: appels.append(1) or ouvrir(self))
    f.CourrierFactory.create_batch(3)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 0
    assert len(appels) == 1
    etats = set(Courrier.objects.values_list("etat", "tentatives", "a_envoyer_apres", "dernier_echec"))
    panne = "Le serveur de courriel est injoignable (ConnectionRefusedError)."
    assert etats == {(EtatCourrier.A_ENVOYER, 1, MAINTENANT + timedelta(minutes=1), panne)}
    serveur_smtp.demarrer(serveur_smtp.port)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + timedelta(minutes=1)) == 3


@pytest.mark.django_db
def test_un_mot_de_passe_refuse_se_retente_sans_rien_en_dire(serveur_smtp, settings):
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portail", "tres-secret"
    serveur_smtp.refus |= {"EHLO": "250-essai\r\n250 AUTH PLAIN", "AUTH": "535 5.7.8 tres-secret est faux"}
    objet = f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert relu(objet).etat == EtatCourrier.A_ENVOYER
    assert "mot de passe du portail (535)" in relu(objet).dernier_echec
    assert "secret" not in relu(objet).dernier_echec


@pytest.mark.django_db
@pytest.mark.parametrize("etape", [ACCUEIL, EXPEDITEUR, DESTINATAIRE])
def test_un_serveur_qui_coupe_avant_le_texte_se_retente(serveur_smtp, etape):
    serveur_smtp.coupe_a = etape
    objet = f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert relu(objet).etat == EtatCourrier.A_ENVOYER
    serveur_smtp.coupe_a = ""
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + timedelta(minutes=1)) == 1


@pytest.mark.django_db
def test_ce_qui_est_arrive_au_courriel_precedent_ne_compte_pas(serveur_smtp):
    def couper_au_suivant():
        serveur_smtp.coupe_a = EXPEDITEUR

    serveur_smtp.pendant = couper_au_suivant
    f.CourrierFactory.create_batch(2)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    etats = Courrier.objects.values_list("etat", flat=True)
    assert sorted(etats) == [EtatCourrier.A_ENVOYER, EtatCourrier.ENVOYE]


@pytest.mark.django_db
def test_un_courriel_refuse_n_empeche_pas_les_autres(serveur_smtp):
    mauvais = f.CourrierFactory(adresse="a b\n@exemple.example")
    bon = f.CourrierFactory(objet="Bon")
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    assert (relu(mauvais).etat, relu(mauvais).dernier_echec) == (EtatCourrier.ECHOUE, expedition.INCOMPOSABLE)
    assert relu(bon).etat == EtatCourrier.ENVOYE


# --- Unknown ---------------------------------------------------------------------------------------------------------
@pytest.mark.django_db
def test_une_reponse_perdue_apres_le_texte_est_a_verifier_et_ne_repart_pas_seule(serveur_smtp, caplog):
    serveur_smtp.coupe_a = FIN
    douteux, suivant = f.CourrierFactory(adresse="secrete@exemple.example"), f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    serveur_smtp.coupe_a = ""
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + timedelta(days=2)) == 0
    assert len(serveur_smtp.recus) == 2
    assert {relu(douteux).etat, relu(suivant).etat} == {EtatCourrier.A_VERIFIER}
    assert "n'a pas dit s'il l'acceptait" in relu(douteux).dernier_echec
    assert douteux.cle in caplog.text
    assert "secrete" not in caplog.text
    courrier.envoyer_a_nouveau(douteux)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    deux_fois = [recu["Message-ID"] for recu in serveur_smtp.recus if recu["Subject"] == douteux.objet]
    assert len(deux_fois) == 2
    assert len(set(deux_fois)) == 1


@pytest.mark.django_db
def test_un_serveur_muet_apres_le_texte_est_a_verifier(serveur_smtp, settings):
    settings.EMAIL_TIMEOUT = 0.3
    fini = threading.Event()
    serveur_smtp.pendant = lambda: fini.wait(10)
    objet = f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    fini.set()
    assert relu(objet).etat == EtatCourrier.A_VERIFIER
    assert "TimeoutError" in relu(objet).dernier_echec or "Disconnected" in relu(objet).dernier_echec


class Mort(BaseException):
    """What kills a process: no `except Exception` stops it."""


@pytest.mark.django_db
def test_un_ouvrier_tue_pendant_l_envoi_laisse_un_courriel_a_verifier(serveur_smtp, monkeypatch):
    def mourir(liaison, message):
        raise Mort

    objet = f.CourrierFactory()
    with monkeypatch.context() as provisoire:
        provisoire.setattr(expedition.Liaison, "expedier", mourir)
        with pytest.raises(Mort):
            courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert relu(objet).etat == EtatCourrier.EN_COURS
    assert courrier.envoyer_ce_qui_attend(MAINTENANT + courrier.SILENCE_MAX) == 0
    assert relu(objet).etat == EtatCourrier.EN_COURS
    plus_tard = MAINTENANT + courrier.SILENCE_MAX + timedelta(seconds=1)
    assert courrier.envoyer_ce_qui_attend(plus_tard) == 0
    assert (relu(objet).etat, relu(objet).dernier_echec) == (EtatCourrier.A_VERIFIER, courrier.INTERROMPU)
    assert courrier.envoyer_ce_qui_attend(plus_tard + timedelta(days=1)) == 0
    assert not serveur_smtp.recus


@pytest.mark.django_db
def test_celui_qu_on_croyait_mort_est_cru_quand_il_dit_la_fin(serveur_smtp, monkeypatch):
    objet = f.CourrierFactory()
    vrai = expedition.Liaison.expedier

    def lentement(liaison, message):
        vrai(liaison, message)
        courrier.envoyer_ce_qui_attend(MAINTENANT + courrier.SILENCE_MAX * 2)
        assert relu(objet).etat == EtatCourrier.A_VERIFIER

    monkeypatch.setattr(expedition.Liaison, "expedier", lentement)
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    assert relu(objet).etat == EtatCourrier.ENVOYE
    assert len(serveur_smtp.recus) == 1


class TransportInconnu(EmailBackend):
    def send_messages(self, messages):
        super().send_messages(messages)
        raise RuntimeError("perdu")


@pytest.mark.django_db
def test_un_autre_moyen_d_envoi_qui_echoue_est_a_verifier(settings, mailoutbox):
    settings.EMAIL_BACKEND = f"{__name__}.TransportInconnu"
    objet = f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert relu(objet).etat == EtatCourrier.A_VERIFIER
    assert len(mail.outbox) == 1


@pytest.mark.django_db
def test_en_developpement_le_courriel_se_lit_dans_la_console(settings, capsys):
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    objet = f.CourrierFactory(objet="Élan à Évreux", texte="Voici le lien\u00a0:\nhttp://x/\n", html="<p>caché</p>")
    assert courrier.envoyer_ce_qui_attend(MAINTENANT) == 1
    ecrit = capsys.readouterr().out
    assert f"| Courriel pour {objet.adresse}\n| Objet\u00a0: Élan à Évreux\n" in ecrit
    assert "| http://x/\n" in ecrit
    assert "caché" not in ecrit


def test_le_delai_du_serveur_est_borne_sans_reglage(settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_TIMEOUT = None
    assert expedition._transport().timeout == expedition.PATIENCE_SECONDES
    assert courrier.SILENCE_MAX.total_seconds() > 20 * expedition.PATIENCE_SECONDES


# --- Two workers -----------------------------------------------------------------------------------------------------
@pytest.mark.django_db(transaction=True)
def test_deux_ouvriers_a_la_fois_n_envoient_chaque_courriel_qu_une_fois(serveur_smtp):
    f.CourrierFactory.create_batch(12)
    depart = threading.Barrier(3)
    envoyes, erreurs = [], []
    ralentir = threading.Event()
    serveur_smtp.pendant = lambda: ralentir.wait(0.03)

    def travailler():
        try:
            depart.wait(20)
            envoyes.append(courrier.envoyer_ce_qui_attend(MAINTENANT))
        except Exception as erreur:
            erreurs.append(erreur)
        finally:
            connection.close()

    fils = [threading.Thread(target=travailler) for _ in range(2)]
    for fil in fils:
        fil.start()
    depart.wait(20)
    for fil in fils:
        fil.join(60)
    assert not erreurs
    assert sum(envoyes) == 12
    assert min(envoyes) > 0
    assert serveur_smtp.sujets() == sorted(Courrier.objects.values_list("objet", flat=True))
    assert set(Courrier.objects.values_list("etat", "tentatives")) == {(EtatCourrier.ENVOYE, 1)}


@pytest.mark.django_db(transaction=True)
def test_un_courriel_est_reclame_avant_d_etre_donne_au_serveur(serveur_smtp):
    """As seen by another connection while the server has it."""
    vus = []

    def regarder():
        vus.append(Courrier.objects.get().etat)
        connection.close()

    serveur_smtp.pendant = regarder
    f.CourrierFactory()
    courrier.envoyer_ce_qui_attend(MAINTENANT)
    assert vus == [EtatCourrier.EN_COURS]
