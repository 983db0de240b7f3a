"""The outbox in the admin: read by administrators only, two decisions, no text that opens an account."""

import pytest
from django.urls import reverse
from django.utils import timezone

from comptes.models import Courrier, EtatCourrier
from tests import factories as f
from tests.comptes.conftest import NOUVELLES
from tests.outils.html import code_en_ligne, fuites_de_gabarit

pytestmark = pytest.mark.django_db

LISTE = reverse("admin:comptes_courrier_changelist")


def fiche(objet):
    return reverse("admin:comptes_courrier_change", args=[objet.pk])


@pytest.fixture
def admin_client(client):
    client.force_login(f.AdministrateurFactory(prenom="Alice", nom="Admin"))
    return client


@pytest.fixture
def douteux():
    return f.CourrierFactory(
        etat=EtatCourrier.A_VERIFIER,
        a_envoyer_apres=None,
        reclame_le=timezone.now(),
        jeton="abc",
        tentatives=1,
        dernier_echec="Le serveur n'a pas répondu.",
    )


def decider(client, action, *objets, **champs):
    return client.post(LISTE, {"action": action, "_selected_action": [objet.pk for objet in objets], **champs})


def test_la_liste_dit_l_etat_en_mots_et_se_filtre(admin_client, douteux):
    f.CourrierFactory(objet="Un autre")
    html = admin_client.get(LISTE).content.decode()
    assert '<span class="etat etat--attention">À vérifier</span>' in html
    assert "Sécurité du compte" in html
    for question in ("?etat=a_verifier", f"?q={douteux.objet.replace(' ', '+')}"):
        html = admin_client.get(LISTE + question).content.decode()
        assert fiche(douteux) in html
        assert "Un autre</a>" not in html
    assert "Un autre</a>" not in admin_client.get(LISTE + "?genre=invitation").content.decode()


def test_un_courriel_se_lit_et_ne_se_modifie_pas(admin_client, douteux):
    assert admin_client.post(fiche(douteux), {"objet": "Changé"}).status_code == 403
    assert admin_client.post(reverse("admin:comptes_courrier_add"), {}).status_code == 403
    chemin = reverse("admin:comptes_courrier_delete", args=[douteux.pk])
    assert admin_client.post(chemin, {"post": "yes"}).status_code == 403
    assert Courrier.objects.get().objet == douteux.objet


def test_personne_ne_lit_un_texte_qui_peut_ouvrir_un_compte(admin_client, deux_genres):
    confidentiel = f.CourrierFactory(texte="https://portail.example/jeton", html="<p>jeton</p>")
    lisible = f.CourrierFactory(texte="Un <b>texte</b>", genre=NOUVELLES.cle)
    html = admin_client.get(fiche(confidentiel)).content.decode()
    assert "jeton" not in html.replace("jeton d", "")
    assert "seul son destinataire le lit" in html
    assert "Un &lt;b&gt;texte&lt;/b&gt;" in admin_client.get(fiche(lisible)).content.decode()


@pytest.mark.parametrize(
    "personne",
    [
        f.UtilisateurFactory,
        f.AnalysteFactory,
        f.AuditeurFactory,
        lambda: f.PiloteFactory().personne,
        lambda: f.AdministrateurFactory(is_active=False),
    ],
)
def test_qui_n_est_pas_administrateur_ne_voit_aucun_courriel(client, douteux, personne):
    client.force_login(personne())
    for chemin in (LISTE, fiche(douteux), reverse("admin:comptes_courrier_history", args=[douteux.pk])):
        assert client.get(chemin).status_code in (302, 403, 404), chemin
    assert decider(client, "envoyer_a_nouveau", douteux, post="yes").status_code in (302, 403, 404)
    assert Courrier.objects.get().etat == EtatCourrier.A_VERIFIER


def test_une_decision_se_confirme_d_abord(admin_client, douteux):
    reponse = decider(admin_client, "envoyer_a_nouveau", douteux)
    html = reponse.content.decode()
    assert douteux.adresse in html
    assert "deux fois" in html
    assert code_en_ligne(html) == fuites_de_gabarit(html) == []
    assert Courrier.objects.get().etat == EtatCourrier.A_VERIFIER


def test_envoyer_a_nouveau_et_qui_l_a_decide(admin_client, douteux):
    assert decider(admin_client, "envoyer_a_nouveau", douteux, post="yes").status_code == 302
    assert Courrier.objects.get().etat == EtatCourrier.A_ENVOYER
    html = admin_client.get(reverse("admin:comptes_courrier_history", args=[douteux.pk])).content.decode()
    assert "Alice Admin" in html
    assert "<del>À vérifier</del> → <ins>À envoyer</ins>" in html


def test_marquer_comme_envoye_et_dire_ce_qui_n_a_pu_l_etre(admin_client, douteux):
    attend = f.CourrierFactory()
    reponse = admin_client.post(
        LISTE,
        {"action": "marquer_comme_envoye", "_selected_action": [douteux.pk, attend.pk], "post": "yes"},
        follow=True,
    )
    html = reponse.content.decode()
    assert "noté comme envoyé" in html
    assert "n&#x27;attend pas cette décision" in html
    assert Courrier.objects.get(pk=douteux.pk).etat == EtatCourrier.ENVOYE
    assert Courrier.objects.get(pk=attend.pk).etat == EtatCourrier.A_ENVOYER
