"""Every address answers anonymous visitors as decided here: a new address is a decision."""

import pytest
from django.http import HttpResponse
from django.urls import path

from tests.outils.adresses import _parcourir, adresses

PUBLIQUES = {
    "accueil",
    "communes",
    "communes_suggestions",
    "commune",
    "carte",
    "territoires",
    "territoire",
    "mesures",
    "mesure",
    "projets",
    "projets_carte",
    "projets_export",
    "financements",
    "agences",
    "agences_export",
    "agence",
    "plan_du_site",
    "accessibilite",
    "mentions_legales",
    "donnees_personnelles",
    "aide",
    "sante",
    "robots",
    "sitemap",
    "territoires_export",
    "communes_export",
    "mesures_export",
    "financements_export",
    "montants_export",
    "account_login",
    "account_reset_password",
    "account_reset_password_done",
    "account_reset_password_from_key",
    "account_reset_password_from_key_done",
    "efface",
}
# Neither open to anyone, nor behind the sign-in: they are part of it.
PASSAGES = {
    "account_logout": 405,
    "openid_connect_login": 405,
    "openid_connect_callback": 404,  # not configured
    "mfa_authenticate": "/connexion/",  # no sign-in has begun
    "mfa_trust": "/connexion/",
    "invitation": 404,  # nobody's
    "invitation_demander": 405,
    "adresse_arreter": 404,  # nobody's
}
# The admin's own sign-in page only sends to ours.
CONNEXION = ("/connexion/?next=", "/admin/login/?next=")


def statut_attendu(nom):
    """A page for anyone, or the way to the sign-in, or what `PASSAGES` says."""
    passage = PASSAGES.get(nom, 302)
    return 200 if nom in PUBLIQUES else 302 if isinstance(passage, str) else passage


def test_chaque_adresse_repond_a_un_visiteur_comme_decide(client, reference):
    ecarts, visitees = [], 0
    for adresse in adresses():
        chemin = adresse.exemple()
        reponse = client.get(chemin)
        visitees += 1
        attendu = statut_attendu(adresse.nom)
        if reponse.status_code != attendu:
            ecarts.append(f"{adresse.nom} ({chemin}) : {reponse.status_code} au lieu de {attendu}")
        elif attendu == 302 and not reponse.url.startswith(PASSAGES.get(adresse.nom, CONNEXION)):
            ecarts.append(f"{adresse.nom} ({chemin}) : envoie à {reponse.url} au lieu de la connexion")
    assert not ecarts, "\n".join(ecarts)
    assert visitees > 60


def test_chaque_adresse_a_un_nom_different():
    noms = [adresse.nom for adresse in adresses()]
    assert len(noms) == len(set(noms))


def test_les_adresses_publiques_existent_toutes():
    assert not PUBLIQUES - {adresse.nom for adresse in adresses()}


def test_une_adresse_nouvelle_sans_exemple_est_signalee():
    motifs = [path("neuve/<slug:slug>/", lambda request, slug: HttpResponse(), name="neuve")]
    (adresse,) = _parcourir(motifs, "", "")
    assert adresse.arguments == ("slug",)
    with pytest.raises(KeyError, match="Ajouter un exemple"):
        adresse.exemple()


def test_une_adresse_nouvelle_est_fermee_par_defaut():
    assert statut_attendu("neuve") == 302
