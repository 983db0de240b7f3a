"""The lists of territories, in the layouts that are published."""

import re
from collections import defaultdict
from datetime import date, timedelta

from django.db import IntegrityError
from django.utils import timezone
from django.utils.text import slugify

from tableurs import operations
from tableurs.cellules import afficher
from tableurs.colonnes import Colonne, Probleme
from tableurs.enums import Seau
from tableurs.francais import enumeration, normaliser
from tableurs.francais import jour as en_clair
from tableurs.ressources import RessourceImport, Verdict, enregistrer, refus
from tableurs.valeurs import CodeInsee, ListeDe, Siren, Texte
from territoires import perimetres
from territoires.enums import PrecisionDate
from territoires.forms_imports import FormulaireListeImportee
from territoires.imports.etat import COLONNES_DE_MEMBRES, EtatDeListe
from territoires.imports.redaction import Redaction
from territoires.models import Composition, Couverture, Inscription, Liste, Perimetre, Phase, Region, Territoire

MEMBRES_NOMMES_MAX = 3
CODE_MAX = Territoire._meta.get_field("code").max_length
NOM_MAX = Inscription._meta.get_field("nom_normalise").max_length
# Codes of a cell that was refused: what parts them, what isn't of a code.
_SEPARATEURS, _HORS_CODE = re.compile(r"[;,|/\n]+"), re.compile(r"\W+")


@enregistrer
class ImportTerritoires(RessourceImport):
    """One row per commune, per EPCI or per territory: compared on the communes of today that are covered.

    Options: `liste` (slug), and for a list that doesn't exist yet `titre`, `date` (ISO), `precision`, `phase` (number),
    `source`, `fiabilite`. `replier`: communes of the file that make up a whole group become this one member.
    """

    cle = "territoires"
    nom = "Territoires d'une liste"
    modeles = (Liste, Territoire, Inscription, Composition)
    colonnes = (
        Colonne(
            "id_ti",
            "Code du territoire",
            Texte(obligatoire=True),
            ("code", "code_ti", "identifiant"),
            True,
            "Le code du territoire dans cette liste, le même sur toutes ses lignes.",
            "ti-8408",
        ),
        Colonne(
            "lib_ti",
            "Nom du territoire",
            Texte(),
            ("nom", "libelle_ti", "territoire", "nom_ti"),
            aide="Son nom dans cette liste. Il suffit de le donner une fois.",
            exemple="Oyonnax - Bugey Sud",
        ),
        Colonne(
            "insee_com",
            "Code Insee de la commune",
            CodeInsee(),
            ("code_insee", "codgeo", "com", "depcom"),
            aide="Une commune du territoire : une ligne chacune. Sinon, donnez l'intercommunalité ou tous les membres.",
            exemple="01283",
        ),
        Colonne(
            "lib_com",
            "Nom de la commune",
            Texte(),
            ("commune", "nom_commune", "libgeo"),
            aide="Pour vous relire : c'est le code qui compte.",
            exemple="Oyonnax",
        ),
        Colonne(
            "siren_epci",
            "SIREN de l'intercommunalité",
            Siren(),
            ("code_epci", "epci", "siren"),
            aide="Une intercommunalité entière. Sur une ligne qui nomme une commune, il n'est pas lu.",
            exemple="200042935",
        ),
        Colonne(
            "nom_epci",
            "Nom de l'intercommunalité",
            Texte(),
            ("lib_epci", "libelle_epci"),
            aide="Pour vous relire : c'est le SIREN qui compte.",
            exemple="CA Haut-Bugey Agglomération",
        ),
        Colonne(
            "siren_groupement",
            "SIREN des membres",
            ListeDe(Siren()),
            ("sirens", "siren_membres", "membres"),
            aide="Toutes les intercommunalités du territoire dans une cellule, s'il tient en une ligne.",
            exemple="200042935 ; 200040350",
        ),
        Colonne(
            "lib_groupement",
            "Noms des membres",
            Texte(),
            ("groupements", "noms_membres"),
            aide="Pour vous relire : ce sont les SIREN qui comptent.",
            exemple="CA Haut-Bugey Agglomération ; CC Bugey Sud",
        ),
        # Not « code_region » nor « reg »: in a file of communes they are the commune's.
        Colonne(
            "region_code",
            "Code de la région pilote",
            Texte(),
            ("region_pilote", "code_region_pilote"),
            aide="Code Insee de la région qui pilote. Vide : celle du code du territoire, ou de ses communes.",
            exemple="84",
        ),
    )
    formulaire = FormulaireListeImportee

    @classmethod
    def arguments(cls, parser):
        parser.add_argument("--liste", required=True, metavar="AAAA-MM-JJ", help="date de la liste")
        parser.add_argument("--titre", help="titre de la liste, si elle est nouvelle")
        parser.add_argument("--phase", type=int, default=1)
        parser.add_argument(
            "--replier",
            action="store_true",
            help="les communes qui font une intercommunalité entière deviennent ce seul membre",
        )

    @classmethod
    def options_de(cls, arguments):
        options = {"liste": arguments["liste"], "date": arguments["liste"], "phase": arguments["phase"]}
        if arguments["titre"]:
            options["titre"] = arguments["titre"]
        if arguments["replier"]:
            options["replier"] = True
        return options

    @classmethod
    def jeux(cls):
        return [(liste.slug, str(liste), {"liste": liste.slug}) for liste in Liste.objects.all()]

    def valeurs_possibles(self):
        return {"region_code": Region.objects.order_by("code").values_list("code", flat=True)}

    def ou_voir(self):
        return Liste.objects.filter(slug=self.options["liste"])

    def verifier(self, correspondance):
        if not correspondance.places.keys() & set(COLONNES_DE_MEMBRES):
            yield Probleme(
                "manquante",
                "Aucune colonne ne dit quels sont les membres : il faut un code Insee de commune (insee_com) "
                "ou un SIREN d'intercommunalité (siren_epci ou siren_groupement).",
                "insee_com",
            )
        yield from self._verifier_la_liste()

    def _verifier_la_liste(self):
        options = self.options
        if Liste.objects.filter(slug=options["liste"]).exists():
            return
        try:
            jour = date.fromisoformat(options.get("date", ""))
        except ValueError:
            texte = f"La liste « {options['liste']} » n'existe pas, et n'est pas une date : écrivez AAAA-MM-JJ."
            yield Probleme("liste", texte)
            return
        numero = options.get("phase", 1)
        if not Phase.objects.filter(numero=numero).exists():
            yield Probleme("liste", f"La phase {numero} n'existe pas.")
        meme_jour = Liste.objects.filter(phase__numero=numero, date=jour).first()
        if meme_jour:
            yield Probleme("liste", f"Une liste de cette phase porte déjà cette date : « {meme_jour.slug} ».")

    # --- Steps ----------------------------------------------------------------------------------------------------
    def commencer(self, lignes):
        liste = Liste.objects.select_related("phase").filter(slug=self.options["liste"]).first()
        phase = liste.phase if liste else Phase.objects.get(numero=self.options.get("phase", 1))
        jour = liste.date if liste else date.fromisoformat(self.options["date"])
        self.etat = EtatDeListe(liste, phase, jour)
        self.terrain = self.etat.terrain
        self.etat.parcourir(lignes, self.options.get("replier", False))
        self.redaction = Redaction(self.etat, self.options)
        # By code, what the rows accepted so far said.
        self.dites = defaultdict(set)
        # Communes that only rows that can't be read whole name.
        self.entrevues = set()

    def comparer(self, ligne):
        code = self.etat.code(ligne)
        colonne, membres, inconnus = self.etat.membres(ligne)
        communes = frozenset().union(*map(self.terrain.communes, membres))
        connu = self.etat.inscriptions.get(code)
        nom = ligne.valeurs.get("lib_ti") or self.etat.noms_lus[code] or (connu.nom if connu else "")
        empechement = self._empechement(ligne, code, nom, colonne, membres, inconnus, communes)
        if empechement:
            return empechement
        libelle = f"{nom} ({code})"
        if communes <= self.dites[code]:
            return Verdict(Seau.DOUBLON, libelle)
        nouvelles = communes - self.dites[code] - self.etat.couvertes[code]
        self.dites[code] |= communes
        verdict = Verdict(Seau.INCHANGEE, libelle)
        self.redaction.inscrire(verdict, code, nom, communes)
        if nouvelles:
            self.redaction.ajouter(verdict, code, membres, nouvelles)
        elif verdict.operations:
            verdict.seau = Seau.MODIFIEE
        return verdict

    def _empechement(self, ligne, code, nom, colonne, membres, inconnus, communes):
        """Return the refusal of a row, whole, or None."""
        if inconnus:
            noms = enumeration(f"« {inconnu} »" for inconnu in inconnus[:MEMBRES_NOMMES_MAX])
            return refus(
                f"Aucune commune ni intercommunalité connue ne porte ce code : {noms}.",
                "Vérifiez le code ; s'il est récent, mettez d'abord à jour le découpage administratif.",
                colonne,
            )
        if not communes:
            return refus(
                "La ligne ne nomme aucune commune à la date de la liste.",
                "Indiquez un code Insee de commune ou le SIREN d'une intercommunalité.",
                colonne,
            )
        if len(code) > CODE_MAX or not slugify(code):
            raison = f"Un code de territoire a {CODE_MAX} caractères au plus, dont des lettres ou des chiffres."
            return refus(raison, "Écrivez-le comme il est publié, par exemple ti-8408.", "id_ti")
        if not nom:
            raison = f"Le territoire {code} est nouveau et n'a pas de nom."
            return refus(raison, "Donnez son nom dans une colonne lib_ti.", "lib_ti")
        if max(len(nom), len(normaliser(f"{nom} {code}"))) > NOM_MAX:
            remede = f"Il a {NOM_MAX - CODE_MAX} caractères au plus."
            return refus("Le nom du territoire est trop long.", remede, "lib_ti")
        premier_nom = self.etat.noms_lus[code]
        if premier_nom and premier_nom != nom:
            return refus(
                f"Le code {code} porte deux noms dans le fichier : « {premier_nom} » et « {nom} ».",
                "Gardez un seul nom par code.",
                "lib_ti",
            )
        region = ligne.valeurs.get("region_code")
        if region and region.zfill(2) not in self.etat.regions:
            return refus(
                f"Aucune région ne porte le code « {region} ».", "Écrivez un code Insee de région.", "region_code"
            )
        for unite in sorted(frozenset().union(*map(self.terrain.unites, membres))):
            disputee = self.etat.dispute(code, membres, unite)
            if disputee:
                return refus(
                    f"{self.terrain.nommer(unite)} ne peut être dans deux territoires d'une même liste : "
                    f"{enumeration(disputee)}.",
                    "Gardez-la dans un seul territoire.",
                    colonne,
                )
        return None

    # --- The rest of the list -----------------------------------------------------------------------------------
    def noter_refusee(self, ligne):
        """Those that could be read whole were looked at first."""
        for cle in COLONNES_DE_MEMBRES if ligne.problemes else ():
            for cite in _SEPARATEURS.split(afficher(ligne.bruts.get(cle, ""))):
                code = self.terrain.connu(_HORS_CODE.sub("", cite).upper().zfill(5))
                if code:
                    self.entrevues |= self.terrain.unites(code)

    def disparus(self):
        """Members that no row names, even in part, even refused. Their end, when chosen, is that of yesterday."""
        hier = timezone.localdate() - timedelta(days=1)
        nommees = self.etat.reclames.keys() | self.entrevues
        for code, membres in self.etat.compositions.items():
            for membre, composition in membres.items():
                if composition.au or self.terrain.unites(membre) & nommees:
                    continue
                yield Verdict(
                    Seau.DISPARU,
                    f"{self.terrain.nommer(membre)} dans {self.etat.nommer(code)}",
                    operations=[operations.modifier(composition, au=max(hier, composition.du or hier))],
                )

    def sort_des_disparus(self):
        return "Un membre auquel vous mettez fin compte dans son territoire jusqu'à la veille de cet aperçu, incluse."

    def operations_initiales(self):
        if self.etat.liste:
            return []
        options = self.options
        return [
            operations.creer(
                Liste,
                "liste",
                slug=options["liste"],
                titre=options.get("titre") or f"Liste du {en_clair(self.etat.jour)}",
                date=options["date"],
                precision=options.get("precision", PrecisionDate.JOUR.value),
                phase_id=self.etat.phase.pk,
                source=options.get("source", ""),
            )
        ]

    def suites(self):
        # Held until the end: two imports into one list, even of different rows, come one after the other.
        liste = Liste.objects.select_for_update(no_key=True).filter(slug=self.options["liste"]).first()
        if liste is None:
            return
        try:
            perimetres.appliquer(liste)
        except IntegrityError as erreur:
            raise operations.Conflit(["une commune est maintenant dans deux territoires de la liste"]) from erreur

    def avant_de_defaire(self):
        Couverture.objects.filter(liste__slug=self.options["liste"]).delete()
        Perimetre.objects.filter(inscription__liste__slug=self.options["liste"]).delete()
