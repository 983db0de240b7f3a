"""The admin of the lists and of the administrative map, on the real programme."""

import pytest
from django.urls import reverse

from territoires import forms
from territoires.models import (
    Collectivite,
    Composition,
    Couverture,
    Inscription,
    Liste,
    Perimetre,
    Phase,
    Region,
    Territoire,
)
from tests import factories as f
from tests.territoires.test_admin import adresse, formulaire

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin_client(client):
    client.force_login(f.AdministrateurFactory(nom="Admin"))
    return client


@pytest.mark.parametrize("modele", [Region, Phase, Liste, Territoire])
def test_la_reference_est_protegee(modele, admin_client, reference):
    objet = modele.objects.exclude(inscriptions=None).first() if modele is not Phase else Phase.objects.first()
    admin_client.post(adresse(objet, "delete"), {"post": "yes"})
    assert modele.objects.filter(pk=objet.pk).exists()


def test_la_recherche_de_collectivites_connait_accents_anciens_noms_et_codes(admin_client, reference):
    for cherche, attendu in (
        ("saint etienne du rouvray", "76575"),
        ("vouel", "02738"),
        ("02700", "02738"),
        ("metropole de lyon", "200046977"),
        ("200046977", "200046977"),
        ("2A004", "2A004"),
    ):
        html = admin_client.get(reverse("admin:territoires_collectivite_changelist"), {"q": cherche}).content.decode()
        assert f"/collectivite/{attendu}/change/" in html, cherche
    html = admin_client.get(reverse("admin:territoires_rattachement_changelist"), {"q": "vouel"}).content.decode()
    assert "Tergnier (02738)" in html


def test_les_membres_d_une_inscription_se_lisent_en_autant_de_requetes(
    admin_client, reference, django_assert_max_num_queries
):
    grande = max(Inscription.objects.all(), key=lambda inscription: inscription.compositions.count())
    assert grande.compositions.count() > 8
    with django_assert_max_num_queries(20):
        admin_client.get(adresse(grande))


def test_un_membre_ajoute_pour_de_vrai_change_les_chiffres(admin_client, reference):
    """An EPCI that is in no territory joins one of its list: communes, figures and outline follow."""
    inscription = Inscription.objects.select_related("perimetre", "liste").get(liste__slug="2018-11-22", code="ti-0402")
    avant = inscription.perimetre
    libre = Collectivite.objects.get(pk="249740077")  # CA CIVIS, in no territory of 2018
    assert not Composition.objects.filter(inscription__liste=inscription.liste, collectivite=libre).exists()
    reponse = admin_client.post(adresse(inscription), formulaire(inscription, [libre]))
    assert reponse.status_code == 302
    apres = Perimetre.objects.get(pk=inscription.pk)
    assert apres.nb_communes > avant.nb_communes
    assert apres.population > avant.population
    assert apres.trace != avant.trace
    assert apres.historique.latest().history_user.nom == "Admin"
    assert Couverture.objects.filter(inscription=inscription).count() == apres.nb_communes


def test_aucune_liste_de_la_reference_ne_se_contredit(reference):
    assert [forms.contradictions(liste) for liste in Liste.objects.all()] == [[], []]


def test_l_administration_ne_fait_pas_d_erreur_dans_le_navigateur(ouvrir, live_server):
    """The policy refuses inline code; `ouvrir` fails on any error in the console."""
    personne = f.AdministrateurFactory()
    page = ouvrir("/connexion/?next=/admin/")
    page.fill("#id_login", personne.email)
    page.fill("#id_password", f.MOT_DE_PASSE)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")
    inscription = Inscription.objects.first()
    for chemin in (
        reverse("admin:territoires_inscription_changelist"),
        adresse(inscription, "history"),
        adresse(inscription, "delete"),
        reverse("admin:comptes_utilisateur_add"),
        adresse(inscription),
    ):
        page.goto(chemin)
    page.click("text=Ajouter un objet Membre supplémentaire")
    page.click("#compositions-group .select2-selection >> nth=0")
    page.fill(".select2-search__field >> nth=-1", "saint etienne du rouvray")
    page.wait_for_selector(".select2-results >> text=Saint-Étienne-du-Rouvray (76575)")
