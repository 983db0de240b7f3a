"""Addresses of accounts: the names are allauth's, which refers to them."""

from allauth.account import views as compte
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.webauthn import views as cles
from django.urls import path, re_path
from django.views.decorators.cache import never_cache

from comptes.methodes import methodes
from comptes.views import (
    acceptation,
    adresse,
    connexion,
    courriels,
    en_qualite,
    invitations,
    proconnect,
    second_facteur,
    voir_comme,
)
from comptes.views import compte as mon_compte
from comptes.voir_comme import a_soi

# allauth names the provider when it asks for the address.
PROCONNECT = {"provider_id": "proconnect"}


def _page(route, vue, name):
    """A page of one's account: kept by nobody, never shown again by the « back » button of a shared computer."""
    return path(route, a_soi(never_cache(vue)), name=name)


urlpatterns = [
    _page("connexion/", connexion.Connexion.as_view(), "account_login"),
    _page("deconnexion/", methodes("POST")(compte.logout), "account_logout"),
    _page("mot-de-passe/oublie/", compte.password_reset, "account_reset_password"),
    _page("mot-de-passe/oublie/envoye/", compte.password_reset_done, "account_reset_password_done"),
    _page("mot-de-passe/nouveau/fait/", compte.password_reset_from_key_done, "account_reset_password_from_key_done"),
    re_path(
        r"^mot-de-passe/nouveau/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
        a_soi(never_cache(connexion.NouveauMotDePasse.as_view())),
        name="account_reset_password_from_key",
    ),
    _page("compte/mot-de-passe/", connexion.ChangerMotDePasse.as_view(), "account_change_password"),
    _page("compte/mot-de-passe/premier/", connexion.PremierMotDePasse.as_view(), "account_set_password"),
    _page("compte/confirmer/", compte.reauthenticate, "account_reauthenticate"),
    _page("compte/sessions/", connexion.Sessions.as_view(), "usersessions_list"),
    # The account
    _page("compte/", mon_compte.compte, "compte"),
    _page("compte/donnees/", mon_compte.mes_donnees_en_fichier, "mes_donnees"),
    _page("compte/effacer/", mon_compte.effacer, "effacer"),
    _page("compte/efface/", mon_compte.efface, "efface"),
    _page("compte/adresse/", adresse.changer, "adresse"),
    _page("compte/adresse/confirmer/<str:jeton>/", adresse.confirmer, "adresse_confirmer"),
    _page("compte/adresse/arreter/<str:jeton>/", adresse.arreter, "adresse_arreter"),
    _page("compte/courriels/", courriels.preferences, "courriels"),
    _page("compte/en-qualite-de/", en_qualite.choisir, "en_qualite"),
    # As somebody else
    path("voir-comme/", voir_comme.choisir, name="voir_comme"),
    path("voir-comme/fin/", voir_comme.finir, name="voir_comme_fin"),
    # Invitations
    path("membres/inviter/", invitations.inviter, name="inviter"),
    path("membres/invitations/", invitations.liste, name="invitations"),
    path("membres/invitations/<slug:cle>/renvoyer/", invitations.renvoyer, name="invitation_renvoyer"),
    path("membres/invitations/<slug:cle>/annuler/", invitations.annuler, name="invitation_annuler"),
    path("invitation/<str:jeton>/", acceptation.ouvrir, name="invitation"),
    path("invitation/<str:jeton>/nouvelle/", acceptation.demander, name="invitation_demander"),
    # Second factor
    _page("connexion/code/", second_facteur.Donner.as_view(), "mfa_authenticate"),
    _page("connexion/confiance/", mfa.trust, "mfa_trust"),
    _page("compte/confirmer/code/", mfa.reauthenticate, "mfa_reauthenticate"),
    _page("compte/confirmer/cle/", cles.reauthenticate_webauthn, "mfa_reauthenticate_webauthn"),
    _page("compte/second-facteur/", second_facteur.Accueil.as_view(), "mfa_index"),
    _page("compte/second-facteur/application/", second_facteur.ActiverApplication.as_view(), "mfa_activate_totp"),
    _page(
        "compte/second-facteur/application/retirer/",
        second_facteur.RetirerApplication.as_view(),
        "mfa_deactivate_totp",
    ),
    _page("compte/second-facteur/cles/ajouter/", second_facteur.AjouterCle.as_view(), "mfa_add_webauthn"),
    _page("compte/second-facteur/cles/<int:pk>/nom/", second_facteur.NommerCle.as_view(), "mfa_edit_webauthn"),
    _page("compte/second-facteur/cles/<int:pk>/retirer/", second_facteur.RetirerCle.as_view(), "mfa_remove_webauthn"),
    _page("compte/second-facteur/codes/", second_facteur.MontrerCodes.as_view(), "mfa_view_recovery_codes"),
    _page("compte/second-facteur/codes/fichier/", codes.download_recovery_codes, "mfa_download_recovery_codes"),
    _page("compte/second-facteur/codes/refaire/", second_facteur.RefaireCodes.as_view(), "mfa_generate_recovery_codes"),
    # ProConnect
    path("connexion/proconnect/", a_soi(never_cache(proconnect.partir)), PROCONNECT, name="openid_connect_login"),
    path(
        "connexion/proconnect/retour/",
        a_soi(never_cache(proconnect.revenir)),
        PROCONNECT,
        name="openid_connect_callback",
    ),
]
