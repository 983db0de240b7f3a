"""The access matrix, walked: what is written in `matrice.py` is what people obtain, and reading writes nothing."""

from http.cookies import SimpleCookie

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from tests.acces import monde as le_monde
from tests.acces import roles
from tests.acces.matrice import MATRICE
from tests.acces.profils import PERSONNAGES, Reponse
from tests.outils.adresses import adresses
from tests.outils.requetes import est_une_lecture
from tests.tableurs.conftest import deposer_dans

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def monde(django_db_setup, django_db_blocker, tmp_path_factory):
    """One world for all lines: what each request does to it is undone, and itself at the end."""
    with django_db_blocker.unblock(), pytest.MonkeyPatch.context() as remplacement, transaction.atomic():
        deposer_dans(tmp_path_factory.mktemp("prive"), remplacement)
        yield le_monde.creer()
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def navigateurs(monde):
    """Return {person: (browser, the cookies that they come with)}."""
    return {nom: navigateur_de(personne) for nom, personne in monde.personnages.items()}


def navigateur_de(personne):
    client = Client()
    if personne is not None:
        client.force_login(personne)
    return client, dict(client.cookies)


def refuser_d_ecrire(execute, sql, params, many, context):
    assert est_une_lecture(sql), f"Une lecture a écrit : {sql[:300]}"
    return execute(sql, params, many, context)


def demander(navigateur, methode, chemin):
    """Return what is obtained; what it wrote is undone, in the browser too."""
    client, temoins = navigateur
    client.cookies = SimpleCookie(temoins)
    with transaction.atomic():
        reponse = getattr(client, methode)(chemin)
        if reponse.streaming:
            b"".join(reponse)
        transaction.set_rollback(True)
    return Reponse.de(reponse)


@pytest.mark.parametrize("ligne", MATRICE, ids=lambda ligne: f"{ligne.adresse} {ligne.dont}".strip())
def test_chacun_obtient_ce_que_dit_la_matrice(ligne, monde, navigateurs):
    chemin = reverse(ligne.adresse, args=ligne.objet(monde))
    obtenu = {"lire": {}, "ecrire": {}}
    for nom, navigateur in navigateurs.items():
        with connection.execute_wrapper(refuser_d_ecrire):
            obtenu["lire"][nom] = demander(navigateur, "get", chemin)
        obtenu["ecrire"][nom] = demander(navigateur, "post", chemin)
    ecarts = [
        f"{verbe} {chemin}, {nom} : {reponse} au lieu de {getattr(ligne, verbe)[nom]}"
        for verbe, reponses in obtenu.items()
        for nom, reponse in reponses.items()
        if reponse != getattr(ligne, verbe)[nom]
    ]
    assert not ecarts, "\n".join(ecarts)


def test_chaque_adresse_est_dans_la_matrice():
    connues = {ligne.adresse for ligne in MATRICE}
    assert {adresse.nom for adresse in adresses()} == connues
    assert len(connues) > 60


def test_chaque_personnage_est_dans_la_matrice(personnages):
    assert tuple(personnages) == PERSONNAGES
    assert all(tuple(ligne.lire) == tuple(ligne.ecrire) == PERSONNAGES for ligne in MATRICE)


@pytest.mark.parametrize(
    ("sql", "lecture"),
    [
        ("SELECT 1", True),
        ('UPDATE "comptes_utilisateur" SET nom = 1', False),
        ('INSERT INTO "django_session" VALUES (1)', True),
        ("DELETE FROM x", False),
    ],
)
def test_ce_qui_ecrit_se_reconnait(sql, lecture):
    assert bool(est_une_lecture(sql)) == lecture


def test_les_roles_documentes_sont_ceux_de_la_matrice():
    assert roles.FICHIER.read_text() == roles.document(), "Refaire docs/roles.md : python -m tests.acces.roles"
