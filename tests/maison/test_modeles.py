"""Every model says its personal data; what people may change keeps its history."""

import pytest
from django.apps import apps
from django.contrib import admin
from django.db import models
from django.test import RequestFactory
from simple_history.utils import get_history_manager_for_model

from comptes.models import Utilisateur
from territoires.models import Appellation, Phase
from tests.factories import AdministrateurFactory
from tests.outils.adresses import adresses
from tests.outils.sens import PIECES

NOMS_PERSONNELS = {"prenom", "telephone", "courriel", "adresse_postale", "date_de_naissance"}


def nos_modeles():
    """Our concrete models; the tables of history follow the model they copy."""
    return [
        modele
        for modele in apps.get_models()
        if modele._meta.app_label in PIECES and not hasattr(modele, "instance_type")
    ]


def faute_de_donnees_personnelles(modele):
    """Return what is wrong with the declaration of `modele`, or an empty text."""
    if "donnees_personnelles" not in vars(modele):
        return f"{modele.__name__} ne déclare pas donnees_personnelles"
    champs = {champ.name: champ for champ in modele._meta.get_fields() if champ.concrete}
    declares = set(modele.donnees_personnelles)
    if inconnus := declares - set(champs):
        return f"{modele.__name__} déclare des champs qu'il n'a pas : {inconnus}"
    evidents = {nom for nom, champ in champs.items() if isinstance(champ, models.EmailField)}
    if oublies := (evidents | NOMS_PERSONNELS & set(champs)) - declares:
        return f"{modele.__name__} oublie de déclarer : {oublies}"
    return ""


def a_un_historique(modele):
    return hasattr(modele, "historique")


def modeles_modifiables(site):
    """Return our models that an administrator may add, change or delete in `site`, inlines included."""
    requete = RequestFactory().get("/")
    requete.user = AdministrateurFactory()
    modifiables = set()
    for page in site._registry.values():
        for formulaire in (page, *page.get_inline_instances(requete)):
            droits = (
                formulaire.has_add_permission(requete, None)
                if formulaire is not page
                else page.has_add_permission(requete),
                formulaire.has_change_permission(requete),
                formulaire.has_delete_permission(requete),
            )
            if any(droits) and formulaire.model._meta.app_label in PIECES:
                modifiables.add(formulaire.model)
    return modifiables


def test_chaque_modele_declare_ses_donnees_personnelles():
    fautes = [faute for faute in map(faute_de_donnees_personnelles, nos_modeles()) if faute]
    assert not fautes, "\n".join(fautes)
    assert len(nos_modeles()) >= 15


@pytest.mark.django_db
def test_tout_ce_qui_se_modifie_dans_l_administration_a_un_historique():
    sans = [modele.__name__ for modele in modeles_modifiables(admin.site) if not a_un_historique(modele)]
    assert not sans, f"Sans historique : {', '.join(sans)}"
    assert len(modeles_modifiables(admin.site)) >= 5


def test_tout_ce_que_montre_une_page_publique_a_un_historique():
    """The version of a public page is read there."""
    declares = {modele for adresse in adresses() for modele in getattr(adresse.vue, "modeles", ())}
    assert all(get_history_manager_for_model(modele) for modele in declares)
    assert len(declares) >= 5


@pytest.fixture
def modele_fautif():
    class Fautif(models.Model):
        courriel = models.EmailField()

        class Meta:
            app_label = "territoires"

        def __str__(self):
            return self.courriel

    return Fautif


@pytest.mark.django_isolate_apps("territoires")
def test_un_modele_qui_ne_declare_rien_est_signale(modele_fautif):
    assert "ne déclare pas" in faute_de_donnees_personnelles(modele_fautif)
    modele_fautif.donnees_personnelles = ()
    assert "oublie" in faute_de_donnees_personnelles(modele_fautif)
    modele_fautif.donnees_personnelles = ("courriel", "absent")
    assert "n'a pas" in faute_de_donnees_personnelles(modele_fautif)
    modele_fautif.donnees_personnelles = ("courriel",)
    assert not faute_de_donnees_personnelles(modele_fautif)


@pytest.mark.django_db
def test_un_modele_modifiable_sans_historique_est_signale():
    site = admin.AdminSite()
    site.register([Phase, Appellation])
    assert [modele for modele in modeles_modifiables(site) if not a_un_historique(modele)] == [Appellation]


def test_l_historique_d_un_compte_ne_garde_pas_le_mot_de_passe():
    champs = {champ.name for champ in Utilisateur.historique.model._meta.get_fields()}
    assert "email" in champs
    assert "password" not in champs
