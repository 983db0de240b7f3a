"""What each person chooses to receive, and the morning digest of those who prefer it."""

import datetime
import threading
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from comptes import courrier, genres_de_courrier, recapitulatif
from comptes.genres_de_courrier import RECAPITULATIF, Cadence
from comptes.models import Courrier, EtatCourrier, PreferenceCourrier
from tests import factories as f
from tests.comptes.conftest import ECHEANCES, NOUVELLES
from tests.outils.html import code_en_ligne, fuites_de_gabarit

pytestmark = pytest.mark.django_db

PARIS = ZoneInfo("Europe/Paris")
MATIN = datetime.datetime(2026, 3, 30, 8, 0, tzinfo=PARIS)
HIER = MATIN - timedelta(hours=15)


@pytest.fixture
def anne(deux_genres):
    return f.UtilisateurFactory(prenom="Anne", nom="Exemple")


@pytest.fixture
def client_d_anne(client, anne):
    client.force_login(anne)
    return client


def choisir(personne, choix, genre=NOUVELLES):
    PreferenceCourrier.objects.update_or_create(personne=personne, genre=genre.cle, defaults={"choix": choix})


def attend(personne, **champs):
    defauts = {"genre": NOUVELLES.cle, "cree_le": HIER, "lien": "https://portail.example/projets/x/"}
    return f.CourrierFactory(
        destinataire=personne,
        adresse=personne.email,
        etat=EtatCourrier.A_GROUPER,
        a_envoyer_apres=None,
        **defauts | champs,
    )


def relu(objet):
    return Courrier.objects.get(pk=objet.pk)


# --- The page --------------------------------------------------------------------------------------------------------
def test_la_page_montre_les_genres_au_choix_et_leur_rythme(client_d_anne, anne):
    choisir(anne, Cadence.QUOTIDIEN)
    html = client_d_anne.get(reverse("courriels")).content.decode()
    assert html.count("<fieldset") == html.count("<legend") == 2
    assert html.count('type="radio"') == 6
    assert html.count(" checked") == 2
    assert 'name="nouvelles" value="quotidien"' in html
    for genre in genres_de_courrier.tous():
        assert (f'name="{genre.cle}"' in html) == genre.au_choix
    assert anne.email in html
    assert code_en_ligne(html) == fuites_de_gabarit(html) == []


def test_un_choix_s_enregistre_et_se_confirme(client_d_anne, anne):
    reponse = client_d_anne.post(reverse("courriels"), {"nouvelles": "aucun", "echeances": "aussitot"})
    assert (reponse.status_code, reponse.url) == (302, reverse("courriels"))
    assert "enregistrés" in str(next(iter(get_messages(reponse.wsgi_request))))
    # What is left at the kind's own pace follows it.
    assert list(anne.preferences_courrier.values_list("genre", "choix")) == [("nouvelles", "aucun")]
    client_d_anne.post(reverse("courriels"), {"nouvelles": "aussitot", "echeances": "aussitot"})
    assert list(anne.preferences_courrier.values_list("genre", "choix")) == [("nouvelles", "aussitot")]
    assert PreferenceCourrier.historique.filter(history_user=anne).count() == 2


@pytest.mark.parametrize("envoi", [{}, {"nouvelles": "aucun"}, {"nouvelles": "aucun", "echeances": "hebdomadaire"}])
def test_un_choix_absent_ou_inconnu_est_refuse_sans_rien_ecrire(client_d_anne, envoi):
    html = client_d_anne.post(reverse("courriels"), envoi).content.decode()
    assert "Vos choix ne sont pas enregistrés" in html
    assert '<a href="#id_echeances_0">Échéances</a>' in html
    assert 'id="id_echeances_0"' in html
    assert not PreferenceCourrier.objects.exists()


def test_on_ne_choisit_pas_pour_la_securite_ni_pour_un_autre(client_d_anne, anne):
    autre = f.UtilisateurFactory()
    envoi = {"nouvelles": "aucun", "echeances": "aucun", "securite": "aucun", "personne": autre.pk}
    client_d_anne.post(reverse("courriels"), envoi)
    assert set(PreferenceCourrier.objects.values_list("personne", "genre")) == {
        (anne.pk, "nouvelles"),
        (anne.pk, "echeances"),
    }


def test_sans_rien_a_choisir_la_page_le_dit(client, monkeypatch):
    acces = {genre.cle: genre for genre in genres_de_courrier.tous() if not genre.au_choix}
    monkeypatch.setattr(genres_de_courrier, "_genres", acces)
    client.force_login(f.UtilisateurFactory())
    html = client.get(reverse("courriels")).content.decode()
    assert "Rien à choisir pour l'instant" in html.replace("&#x27;", "'")
    assert "<form method" not in html.partition("<main")[2]


def test_la_page_ne_coute_pas_plus_avec_plus_de_genres(client_d_anne, anne, django_assert_max_num_queries):
    choisir(anne, Cadence.AUCUN)
    # Session, person, preferences; for the header: two that count, the version, habilitations.
    # One more on PostgreSQL, the first time: a statement is planned.
    with django_assert_max_num_queries(8):
        client_d_anne.get(reverse("courriels"))
    for rang in range(30):
        genre = genres_de_courrier.declarer(NOUVELLES._replace(cle=f"genre{rang}"))
        choisir(anne, Cadence.QUOTIDIEN, genre)
    with django_assert_max_num_queries(7):
        client_d_anne.get(reverse("courriels"))


def test_une_personne_n_a_qu_un_choix_connu_par_genre(anne):
    choisir(anne, Cadence.AUCUN)
    with pytest.raises(IntegrityError), transaction.atomic():
        PreferenceCourrier.objects.create(personne=anne, genre=NOUVELLES.cle, choix=Cadence.AUSSITOT)
    with pytest.raises(IntegrityError), transaction.atomic():
        PreferenceCourrier.objects.create(personne=anne, genre="autre", choix="jamais")


# --- The digest ------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("instant", "attendue"),
    [
        ("2026-03-30T08:00+02:00", "2026-03-30T08:00+02:00"),
        ("2026-03-30T18:00+02:00", "2026-03-30T08:00+02:00"),
        # The clocks changed the day before.
        ("2026-03-30T07:59+02:00", "2026-03-29T08:00+02:00"),
        ("2026-03-29T07:59+02:00", "2026-03-28T08:00+01:00"),
        ("2026-03-30T05:59+00:00", "2026-03-29T08:00+02:00"),
        ("2026-01-30T07:00+00:00", "2026-01-30T08:00+01:00"),
    ],
)
def test_le_recapitulatif_est_a_huit_heures_de_paris(instant, attendue):
    lire = datetime.datetime.fromisoformat
    assert recapitulatif.derniere_echeance(lire(instant)) == lire(attendue)


def test_le_matin_chacun_recoit_un_seul_message_pour_tous(anne, mailoutbox):
    autre = f.UtilisateurFactory()
    deux = [
        attend(anne, objet="Le projet <A> avance"),
        attend(anne, objet="Le comité approche", genre=ECHEANCES.cle, lien=""),
    ]
    pour_un_autre = attend(autre)
    assert recapitulatif.ecrire_ceux_du_jour(MATIN) == 2
    assert courrier.envoyer_ce_qui_attend() == 2
    (recu,) = [envoi for envoi in mailoutbox if envoi.to == [anne.email]]
    assert recu.subject == "Votre récapitulatif\N{NO-BREAK SPACE}: 2\N{NO-BREAK SPACE}nouvelles"
    (html, _), texte = recu.alternatives[0], recu.body
    assert "Nouvelles d'un projet\n" in texte
    assert "- Le projet <A> avance\n  https://portail.example/projets/x/\n" in texte
    assert '<a href="https://portail.example/projets/x/">Le projet &lt;A&gt; avance</a>' in html
    assert "<li>Le comité approche</li>" in html
    assert "/compte/courriels/" in texte
    porteurs = {relu(objet).recapitulatif for objet in deux}
    assert {porteur.genre for porteur in porteurs} == {RECAPITULATIF.cle}
    assert len(porteurs) == 1
    assert relu(pour_un_autre).recapitulatif not in porteurs
    assert relu(pour_un_autre).etat == EtatCourrier.GROUPE


def test_avant_huit_heures_rien_ne_part(anne):
    attend(anne, cree_le=MATIN - timedelta(hours=2))
    assert recapitulatif.ecrire_ceux_du_jour(MATIN - timedelta(minutes=1)) == 0


def test_un_ouvrier_arrete_a_huit_heures_rattrape_une_seule_fois(anne):
    attend(anne)
    tard = MATIN + timedelta(hours=5)
    assert [recapitulatif.ecrire_ceux_du_jour(tard) for _ in range(3)] == [1, 0, 0]


def test_ce_qui_arrive_apres_huit_heures_attend_le_lendemain(anne):
    attend(anne)
    recapitulatif.ecrire_ceux_du_jour(MATIN)
    Courrier.objects.filter(genre=RECAPITULATIF.cle).update(cree_le=MATIN)
    attend(anne, cree_le=MATIN + timedelta(seconds=1))
    # Seen only now: a long transaction wrote it.
    attend(anne, cree_le=MATIN - timedelta(seconds=1))
    assert recapitulatif.ecrire_ceux_du_jour(MATIN + timedelta(hours=3)) == 0
    assert recapitulatif.ecrire_ceux_du_jour(MATIN + timedelta(days=1)) == 1
    assert Courrier.objects.filter(etat=EtatCourrier.GROUPE).count() == 3


def test_un_compte_ferme_ou_qui_n_en_veut_plus_ne_recoit_rien(anne):
    ferme = f.UtilisateurFactory(is_active=False)
    annules = [attend(anne), attend(ferme)]
    garde = attend(anne, genre=ECHEANCES.cle)
    choisir(anne, Cadence.AUCUN)
    assert recapitulatif.ecrire_ceux_du_jour(MATIN) == 1
    assert {relu(objet).etat for objet in annules} == {EtatCourrier.ANNULE}
    assert relu(garde).etat == EtatCourrier.GROUPE


def test_un_recapitulatif_rate_laisse_tout_attendre(anne, monkeypatch):
    objet = attend(anne)
    monkeypatch.setattr(recapitulatif, "_changer", lambda *_, **__: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        recapitulatif.ecrire_ceux_du_jour(MATIN)
    assert relu(objet).etat == EtatCourrier.A_GROUPER
    assert Courrier.objects.count() == 1


def test_sans_recapitulatif_a_ecrire_une_seule_requete(anne, django_assert_num_queries):
    attend(anne, cree_le=MATIN + timedelta(minutes=1))
    with django_assert_num_queries(1):
        recapitulatif.ecrire_ceux_du_jour(MATIN + timedelta(minutes=2))


def test_le_nombre_de_messages_ne_change_pas_celui_des_requetes(anne, django_assert_max_num_queries):
    for _ in range(30):
        attend(anne)
    with django_assert_max_num_queries(10):
        recapitulatif.ecrire_ceux_du_jour(MATIN)


@pytest.mark.django_db(transaction=True)
def test_deux_ouvriers_a_la_fois_n_ecrivent_qu_un_recapitulatif(anne, monkeypatch):
    for _ in range(3):
        attend(anne)
    depart, faits = threading.Barrier(2), []
    vrai = recapitulatif._ecrire

    def ensemble(*arguments):
        # Both have read that she waits.
        depart.wait(20)
        return vrai(*arguments)

    def travailler():
        faits.append(recapitulatif.ecrire_ceux_du_jour(MATIN))
        connection.close()

    monkeypatch.setattr(recapitulatif, "_ecrire", ensemble)
    fils = [threading.Thread(target=travailler) for _ in range(2)]
    for fil in fils:
        fil.start()
    for fil in fils:
        fil.join(60)
    assert sorted(faits) == [0, 1]
    assert Courrier.objects.filter(genre=RECAPITULATIF.cle).count() == 1
