"""Around the fiche: local validation, copy, follow-up, and what its page offers to each."""

import datetime
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from comptes.acces import aujourdhui
from programme.enums import AutoriteLocale, EtatProjet
from programme.models import Mesure, Projet
from territoires.enums import QualiteTerritoriale
from territoires.models import Couverture
from tests import factories as f
from tests.factories_projets import (
    FreinFactory,
    IndicateurFactory,
    JalonFactory,
    PorteurFactory,
    ReleveFactory,
    projet_en,
)
from tests.outils.formulaires import a_envoyer

pytestmark = pytest.mark.django_db

RIEN = {"validation_locale_le": None, "validation_locale_par": "", "validation_saisie_par": None}


@pytest.fixture
def chef(client, personnages):
    client.force_login(personnages["chef de projet"])
    return personnages["chef de projet"]


def chemin(nom, projet):
    return reverse(nom, args=[projet.cle])


def relire(projet):
    return Projet.objects.get(pk=projet.pk)


# --- Local validation
def test_la_validation_locale_s_enregistre_et_s_annule(client, chef, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    Projet.objects.filter(pk=projet.pk).update(**RIEN)
    champs = {"validation_locale_par": "binome", "validation_locale_le": "2026-01-10"}
    assert client.post(chemin("projet_valider", projet), champs).url == projet.get_absolute_url()
    relu = relire(projet)
    assert (relu.validation_locale_par, relu.validation_saisie_par) == (AutoriteLocale.BINOME, chef)
    assert "10\N{NO-BREAK SPACE}janvier" in client.get(chemin("projet_annuler_validation", projet)).content.decode()
    client.post(chemin("projet_annuler_validation", projet))
    assert not relire(projet).est_valide_localement


def test_une_validation_a_venir_ou_sans_auteur_est_refusee(client, chef, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    demain = (aujourdhui() + datetime.timedelta(days=1)).isoformat()
    for champs, message in (
        ({"validation_locale_par": "comite", "validation_locale_le": demain}, "à venir"),
        ({"validation_locale_par": "", "validation_locale_le": "2026-01-10"}, "qui a validé"),
        ({"validation_locale_par": "comite", "validation_locale_le": ""}, "obligatoire"),
    ):
        assert message in client.post(chemin("projet_valider", projet), champs).content.decode()
    assert relire(projet).validation_locale_le == projet.validation_locale_le


def test_l_industriel_referent_valide_et_n_ecrit_pas(client, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire)
    client.force_login(f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.INDUSTRIEL_REFERENT).personne)
    assert client.get(chemin("projet_valider", projet)).status_code == 200
    assert client.get(chemin("projet_modifier", projet)).status_code == 403

    fiche, a_faire = client.get(projet.get_absolute_url()).text, client.get(reverse("a_faire")).text
    assert chemin("projet_annuler_validation", projet) in fiche
    assert "attend la validation locale" not in a_faire

    Projet.objects.filter(pk=projet.pk).update(
        validation_locale_le=None, validation_locale_par="", validation_saisie_par=None
    )
    fiche, a_faire = client.get(projet.get_absolute_url()).text, client.get(reverse("a_faire")).text
    assert chemin("projet_valider", projet) in fiche
    assert "Vous n'avez rien à faire" not in fiche
    assert "attend la validation locale" in a_faire


# --- Copy
def test_une_copie_est_une_idee_sans_numero_ni_decision(client, chef, territoire):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire, cout_total=Decimal("5.00"))
    projet.communes.set(
        Couverture.objects.filter(inscription__territoire=territoire).values_list("commune", flat=True)[:1]
    )
    JalonFactory(projet=projet, atteint_le=datetime.date(2026, 1, 1))
    FreinFactory(projet=projet, leve_le=datetime.date(2026, 1, 1))
    ReleveFactory(indicateur=IndicateurFactory(projet=projet))
    html = client.get(chemin("projet_dupliquer", projet)).content.decode()
    assert Projet.objects.count() == 2  # and the porteur's
    client.post(chemin("projet_dupliquer", projet), a_envoyer(html))
    copie = Projet.objects.get(titre=f"Copie de {projet.titre}")
    assert (copie.etat, copie.numero, copie.saisi_par) == (EtatProjet.IDEE, None, chef)
    assert (copie.validation_locale_le, copie.cout_total, copie.contexte) == (None, 5, projet.contexte)
    assert list(copie.mesures.all()) == list(projet.mesures.all())
    assert list(copie.communes.all()) == list(projet.communes.all())
    assert not copie.decisions.exists()
    assert copie.jalons.get().atteint_le is copie.freins.get().leve_le is None
    assert not copie.indicateurs.get().releves.exists()


def test_la_copie_ne_reprend_pas_des_montants_que_l_on_ne_voit_pas(client, territoire):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire, montants_secrets=True)
    client.force_login(f.ActeurFactory(territoire=territoire, qualite=QualiteTerritoriale.MAIRE).personne)
    html = client.get(chemin("projet_dupliquer", projet)).content.decode()
    client.post(chemin("projet_dupliquer", projet), a_envoyer(html))
    copie = Projet.objects.get(titre=f"Copie de {projet.titre}")
    assert (copie.cout_total, copie.cout_total_taxe, copie.montants_secrets) == (None, "", True)


def test_une_fiche_d_ailleurs_se_copie_chez_soi(client, chef, territoire, voisin):
    projet = projet_en(EtatProjet.PREPARATION, territoire=voisin)
    assert client.get(chemin("projet_dupliquer", projet)).status_code == 404
    projet.territoires_associes.add(territoire)
    projet.communes.set(Couverture.objects.filter(inscription__territoire=voisin).values_list("commune", flat=True)[:1])
    client.post(chemin("projet_dupliquer", projet), {"titre": "Chez nous", "territoire": territoire.slug})
    copie = Projet.objects.get(titre="Chez nous")
    assert copie.territoire == territoire
    assert not copie.communes.exists()
    assert not copie.territoires_associes.exists()


# --- Follow-up
@pytest.fixture
def suivi(territoire, chef):
    projet = projet_en(EtatProjet.REALISATION, territoire=territoire)
    return projet, JalonFactory(projet=projet), IndicateurFactory(projet=projet), FreinFactory(projet=projet)


def test_etapes_releves_et_freins_se_suivent_sur_une_page(client, suivi):
    projet, jalon, indicateur, frein = suivi
    page = chemin("projet_suivre", projet)
    champs = a_envoyer(client.get(page).content.decode()) | {
        f"jalon-{jalon.cle}-le": "2026-01-10",
        f"frein-{frein.cle}-le": "2026-01-11",
        f"indicateur-{indicateur.cle}-valeur": "1 234,5",
        f"indicateur-{indicateur.cle}-date": "2026-01-12",
    }
    assert client.post(page, champs).status_code == 302
    assert projet.jalons.get().atteint_le == datetime.date(2026, 1, 10)
    assert projet.freins.get().leve_le == datetime.date(2026, 1, 11)
    assert indicateur.releves.get().valeur == Decimal("1234.50")
    # The same day again: it takes its place.
    encore = a_envoyer(client.get(page).content.decode())
    encore |= {f"indicateur-{indicateur.cle}-valeur": "7", f"indicateur-{indicateur.cle}-date": "2026-01-12"}
    client.post(page, encore)
    assert indicateur.releves.get().valeur == 7
    passees = jalon.historique.count()
    reponse = client.post(page, a_envoyer(client.get(page).content.decode()), follow=True)
    assert "Rien n&#x27;a changé" in reponse.content.decode()
    assert jalon.historique.count() == passees


def test_ce_qui_est_a_venir_ne_se_suit_pas_encore(client, suivi):
    projet, jalon, indicateur, _ = suivi
    demain = (aujourdhui() + datetime.timedelta(days=1)).isoformat()
    for champs in (
        {f"jalon-{jalon.cle}-le": demain},
        {f"indicateur-{indicateur.cle}-valeur": "1", f"indicateur-{indicateur.cle}-date": demain},
        {f"indicateur-{indicateur.cle}-valeur": "1", f"indicateur-{indicateur.cle}-date": ""},
        {f"indicateur-{indicateur.cle}-valeur": "beaucoup"},
    ):
        lus = a_envoyer(client.get(chemin("projet_suivre", projet)).content.decode())
        assert 'id="erreurs"' in client.post(chemin("projet_suivre", projet), lus | champs).content.decode()
    assert not indicateur.releves.exists()
    assert projet.jalons.get().atteint_le is None


def test_une_date_saisie_a_deux_ne_s_ecrase_pas(client, suivi, personnages):
    projet, jalon, _, _ = suivi
    page, champ = chemin("projet_suivre", projet), f"jalon-{jalon.cle}-le"
    pilote = Client()
    pilote.force_login(personnages["pilote"])
    lus = [a_envoyer(un.get(page).content.decode()) for un in (client, pilote)]
    client.post(page, lus[0] | {champ: "2026-01-10"})
    html = pilote.post(page, lus[1] | {champ: "2026-01-20"}).content.decode()
    assert "Quelqu&#x27;un d&#x27;autre vient d&#x27;écrire" in html
    assert projet.jalons.get().atteint_le.day == 10
    # Untouched, the other's stays; sent again, it is a choice.
    pilote.post(page, lus[1])
    assert projet.jalons.get().atteint_le.day == 10
    pilote.post(page, a_envoyer(html))
    assert projet.jalons.get().atteint_le.day == 20


# --- Queries, and what is offered
@pytest.mark.parametrize("combien", [2, 30])
def test_le_nombre_de_requetes_du_suivi_ne_suit_pas_ses_lignes(combien, client, suivi, django_assert_max_num_queries):
    projet, *_ = suivi
    for _ in range(combien):
        JalonFactory(projet=projet)
        FreinFactory(projet=projet)
        ReleveFactory(indicateur=IndicateurFactory(projet=projet))
    # One more on PostgreSQL, which plans a statement once a connection.
    with django_assert_max_num_queries(14):
        html = client.get(chemin("projet_suivre", projet)).content.decode()
    assert html.count('type="date"') == 3 * (combien + 1)


def test_la_fiche_offre_a_chacun_ce_qu_il_peut_faire(client, chef, territoire, personnages):
    projet = projet_en(EtatProjet.PREPARATION, territoire=territoire, mesures=[Mesure.objects.first()])
    inviter = f"genre=porteur-de-projet&amp;portee={projet.cle}"
    html = client.get(projet.get_absolute_url()).content.decode()
    for attendu in ("Modifier la fiche", inviter, "dupliquer la fiche", "annuler la validation locale"):
        assert attendu in html
    client.force_login(PorteurFactory(projet=projet).personne)
    html = client.get(projet.get_absolute_url()).content.decode()
    assert "Compléter la fiche" in html
    for cache in ("Modifier la fiche", inviter, "dupliquer la fiche"):
        assert cache not in html
    client.force_login(personnages["pilote"])
    html = client.get(projet.get_absolute_url()).content.decode()
    assert inviter in html
    assert not any(cache in html for cache in ("Modifier la fiche", "Compléter la fiche", "dupliquer la fiche"))
    client.force_login(personnages["pilote d'une région associée"])
    assert inviter not in client.get(projet.get_absolute_url()).content.decode()
