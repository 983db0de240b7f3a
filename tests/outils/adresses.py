"""Every address of the portal: the walk over the resolver, and an example of each address with arguments."""

from collections.abc import Callable
from dataclasses import dataclass

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, get_resolver, reverse

ADRESSES_D_UN_LOT = (
    "import",
    "import_colonnes",
    "import_lecture",
    "import_disparus",
    "import_appliquer",
    "import_annuler",
    "import_abandonner",
    "import_refus",
)
# One existing object for each address with arguments. A new address without an example fails `test_urls.py`.
EXEMPLES = {
    "commune": lambda: ["02738"],  # Tergnier
    "territoire": lambda: [_premier("territoires.Territoire").slug],
    "territoire_acces": lambda: [_premier("territoires.Territoire").slug],
    "agence": lambda: [_une_agence().slug],
    "agence_modifier": lambda: ["absente"],
    "mesure": lambda: [_premier("programme.Mesure").code],
    # The formats of lists.
    **dict.fromkeys(
        (
            "territoires_export",
            "communes_export",
            "mesures_export",
            "financements_export",
            "montants_export",
            "agences_export",
            "membres_export",
            "projets_export",
            "mouvements_export",
        ),
        lambda: ["csv"],
    ),
    # A link that nobody was sent.
    **dict.fromkeys(
        ("invitation", "invitation_demander", "adresse_confirmer", "adresse_arreter"), lambda: ["2222222222"]
    ),
    # A visitor is sent to sign in before the object is looked for.
    **dict.fromkeys(("membre", "membre_terminer", "membre_transferer"), lambda: ["equipe-du-territoire", "2222222222"]),
    **dict.fromkeys(
        (
            "projet",
            "projet_modifier",
            "projet_valider",
            "projet_annuler_validation",
            "projet_dupliquer",
            "projet_suivre",
            "projet_actualiser",
            "projet_archiver",
            "projet_historique",
            "projet_plan",
            "financement_nouveau",
            "financement",
            "financement_modifier",
            "financement_document",
            "financement_echeancier",
            "dotation",
            "dotation_fixer",
            "ecart_regulariser",
            "ecart_ecarter",
            "proposition_decider",
            "projet_restreindre",
            "projet_desarchiver",
            "piece_deposer",
            "projet_echanges",
            "projet_avis",
            "comite",
            "comite_modifier",
            "comite_dossier",
            "comite_releve",
            "comite_ordre_du_jour",
            "comite_decisions",
            "comite_appliquer",
            "comite_clore",
            "comite_rouvrir",
            "contrat_modifier",
            "vue_modifier",
            "vue_remplacer",
            "vue_supprimer",
            "contrat_document",
            "document_signe",
            "perimetre",
            "perimetre_modifier",
            "perimetre_deliberer",
            "rapprocher",
            "scenario",
            "scenario_dupliquer",
            "scenario_programmer",
        ),
        lambda: ["2222222222"],
    ),
    **dict.fromkeys(
        (
            "projet_actualisation",
            "projet_proposition",
            "proposition_accepter",
            "proposition_refuser",
            "proposition_retirer",
            "piece",
            "piece_retirer",
            "message_retirer",
            "deliberation_retirer",
        ),
        lambda: ["2222222222", "2222222222"],
    ),
    **dict.fromkeys(
        ("campagne", "campagne_saisir", "campagne_coller", "campagne_modifier", "campagne_clore"),
        lambda: ["2222222222"],
    ),
    "campagne_classeur": lambda: ["2222222222", "xlsx"],
    **dict.fromkeys(("comite_dossier_fichier", "comite_releve_fichier"), lambda: ["2222222222", "odt"]),
    **dict.fromkeys(("exercice", "exercice_ouvrir", "exercice_repartir", "exercice_proposer"), lambda: ["PIC", 2026]),
    "financement_etape": lambda: ["2222222222", "solliciter"],
    "perimetre_etape": lambda: ["2222222222", "transmettre"],
    "projet_etape": lambda: ["2222222222", "transmettre"],
    "actualisation_etape": lambda: ["2222222222", "2222222222", "accepter"],
    **dict.fromkeys(ADRESSES_D_UN_LOT, lambda: ["2222222222"]),
    **dict.fromkeys(("invitation_renvoyer", "invitation_annuler"), lambda: ["2222222222"]),
    "import_lignes": lambda: ["2222222222", "csv"],
    # A link that is no good: the page says so.
    "account_reset_password_from_key": lambda: ["1", "absent"],
    **dict.fromkeys(("mfa_edit_webauthn", "mfa_remove_webauthn"), lambda: [1]),
    "import_modele": lambda: ["mesures"],
    "import_donnees": lambda: ["mesures", "csv"],
}
# What Django's own admin has beyond the pages of each model.
EXEMPLES_DE_DJANGO = {"admin:app_list": ["comptes"]}


@dataclass(frozen=True)
class Adresse:
    """A route of the resolver: its full name (`admin:index`), its arguments, its view."""

    nom: str
    route: str
    arguments: tuple[str, ...]
    vue: Callable

    def exemple(self):
        """Return the address of a page that exists. Raises KeyError, in words, without an example."""
        if not self.arguments:
            return reverse(self.nom)
        if self.nom in EXEMPLES:
            return reverse(self.nom, args=EXEMPLES[self.nom]())
        if self.nom.startswith("admin:"):
            return self._exemple_admin()
        raise KeyError(f"Ajouter un exemple de « {self.nom} » ({self.route}) dans tests/outils/adresses.py")

    def _exemple_admin(self):
        if self.nom in EXEMPLES_DE_DJANGO:
            return reverse(self.nom, args=EXEMPLES_DE_DJANGO[self.nom])
        for modele in admin.site._registry:
            if self.nom.startswith(f"admin:{modele._meta.app_label}_{modele._meta.model_name}_"):
                # The rule is the same whether the row exists or not; some tables are empty at first.
                objet = modele._default_manager.order_by("pk").first()
                return reverse(self.nom, args=[objet.pk if objet else 1, *([1] if "history_id" in self.route else [])])
        raise KeyError(f"Ajouter un exemple de « {self.nom} » ({self.route}) dans tests/outils/adresses.py")


def adresses():
    """Return every named route, included ones too."""
    return list(_parcourir(get_resolver().url_patterns, "", ""))


def _parcourir(motifs, route, espace):
    for motif in motifs:
        complete = route + str(motif.pattern)
        if isinstance(motif, URLPattern):
            if motif.name:
                arguments = tuple(motif.pattern.regex.groupindex) or ("?",) * motif.pattern.regex.groups
                yield Adresse(f"{espace}{motif.name}", complete, arguments, motif.callback)
        else:
            # Arguments of an `include("<…>/")` would be lost here: none has any.
            assert not motif.pattern.regex.groups, complete
            dedans = f"{espace}{motif.namespace}:" if motif.namespace else espace
            yield from _parcourir(motif.url_patterns, complete, dedans)


def _une_agence():
    """Nothing is loaded with the programme."""
    agences = apps.get_model("agences.Agence").objects
    return agences.first() or agences.create(nom="Agence d'exemple", niveau="regionale")


def _premier(modele):
    return apps.get_model(modele)._default_manager.order_by("pk").first()
