"""The administrative map: communes and groups of communes, their end and their successor."""

from datetime import date, timedelta

from django.core.exceptions import ValidationError

from tableurs import operations
from tableurs.colonnes import Colonne, Probleme
from tableurs.enums import Seau
from tableurs.francais import jour as en_clair
from tableurs.ressources import RessourceModele, Verdict, enregistrer
from tableurs.typographie import typographier
from tableurs.valeurs import Choix, CodeInsee, Date, Decimal, Entier, Siren, Texte, ValeurRefusee
from territoires import taches
from territoires.enums import NatureCollectivite
from territoires.forms_imports import (
    ANNEE_ABSURDE,
    DERNIER_JOUR,
    PREMIER_JOUR_DU_DECOUPAGE,
    FormulaireCollectivites,
)
from territoires.models import Appellation, Collectivite, Couverture, Departement

CODE_INSEE, SIREN = CodeInsee(), Siren()


@enregistrer
class ImportCollectivites(RessourceModele):
    """Updates of the administrative map: communes and EPCI, their end and their successor.

    Option: `complet_au` (ISO date). The file then gives all the collectivités of its natures on that day; without it,
    an update names what changes, and what it doesn't name is not gone.
    """

    cle = "collectivites"
    nom = "Communes et intercommunalités"
    modele = Collectivite
    modeles = (Collectivite,)
    identite = ("code",)
    attributs = {
        "code": "code",
        "nature": "nature",
        "nom": "nom",
        "departement": "departement_id",
        "population": "population",
        "superficie": "superficie",
        "codes_postaux": "codes_postaux",
        "du": "du",
        "au": "au",
        "remplacee_par": "remplacee_par_id",
    }
    colonnes = (
        Colonne(
            "code",
            "Code Insee ou SIREN",
            Texte(obligatoire=True),
            ("insee", "siren", "codgeo"),
            True,
            "Le code Insee d'une commune (5 caractères), le SIREN d'un groupement (9 chiffres).",
            "01004",
        ),
        Colonne(
            "nature",
            "Nature",
            Choix(NatureCollectivite.choices, obligatoire=True),
            ("type",),
            True,
            "Commune, ou sorte de groupement : son nom ou son sigle.",
            str(NatureCollectivite.COMMUNE.label),
        ),
        Colonne(
            "nom", "Nom", Texte(obligatoire=True), ("libelle", "libgeo"), True, "Le nom officiel.", "Ambérieu-en-Bugey"
        ),
        Colonne(
            "departement",
            "Département",
            Texte(),
            ("dep", "code_departement"),
            aide="Le code du département. Une commune en a un, un groupement n'en a pas besoin.",
            exemple="01",
        ),
        Colonne(
            "population",
            "Population municipale",
            Entier(),
            ("pop", "pmun"),
            aide="Population municipale, en habitants (Insee).",
            exemple="15934",
        ),
        Colonne(
            "superficie",
            "Superficie (km²)",
            Decimal(),
            ("surface",),
            aide="Superficie en km². Divisez par 100 un nombre d'hectares.",
            exemple="24,44",
        ),
        Colonne(
            "codes_postaux",
            "Codes postaux",
            Texte(),
            ("code_postal", "cp"),
            aide="Les codes postaux de la commune, séparés par une espace.",
            exemple="01500",
        ),
        Colonne(
            "du",
            "Depuis le",
            Date(),
            ("date_debut",),
            aide="Premier jour de la collectivité. Vide : elle existait déjà en 2019.",
            exemple="01/01/2025",
        ),
        Colonne(
            "au",
            "Jusqu'au",
            Date(),
            ("date_fin",),
            aide="Dernier jour de la collectivité. Vide : elle existe aujourd'hui.",
            exemple="31/12/2024",
        ),
        Colonne(
            "remplacee_par",
            "Remplacée par",
            Texte(),
            ("successeur",),
            aide="Le code de celle qui lui a succédé, dans la base ou dans ce fichier. Il faut alors sa date de fin.",
            exemple="01036",
        ),
    )
    # Computed from the communes, and computed again after the import.
    derives = (Appellation, Couverture)
    formulaire = FormulaireCollectivites

    @classmethod
    def arguments(cls, parser):
        parser.add_argument(
            "--complet-au",
            metavar="AAAA-MM-JJ",
            help="le fichier donne toutes les collectivités de ses natures à cette date : les autres ont disparu",
        )

    @classmethod
    def options_de(cls, arguments):
        return {"complet_au": arguments["complet_au"]} if arguments["complet_au"] else {}

    def valeurs_possibles(self):
        return {"departement": Departement.objects.order_by("code").values_list("code", flat=True)}

    def verifier(self, correspondance):
        try:
            jour = self.complet_au() or PREMIER_JOUR_DU_DECOUPAGE
        except ValueError:
            texte = f"La date « {self.options['complet_au']} » n'existe pas : écrivez AAAA-MM-JJ."
            yield Probleme("date", typographier(texte))
            return
        if not PREMIER_JOUR_DU_DECOUPAGE <= jour <= DERNIER_JOUR:
            yield Probleme("date", ANNEE_ABSURDE)

    def complet_au(self):
        """Return the day on which the file gives all the collectivités of its natures, or None."""
        return date.fromisoformat(self.options["complet_au"]) if "complet_au" in self.options else None

    # --- Steps ----------------------------------------------------------------------------------------------------
    def commencer(self, lignes):
        super().commencer(lignes)
        self.natures = set()
        self.departements = set(Departement.objects.values_list("code", flat=True))
        self.connus = {code for (code,) in self.existants}
        self.connus |= self._nouveaux(lignes)

    def _nouveaux(self, lignes):
        """Return the codes that the file adds: successors may come after. Only asked for when it has successors."""
        successeurs = {}
        for ligne in lignes():
            if ligne.problemes:
                continue
            if "remplacee_par" not in ligne.valeurs:
                return set()
            try:
                attributs = self._attributs(ligne)
                self._valider(attributs)
            except ValidationError:
                continue
            successeurs.setdefault(attributs["code"], attributs["remplacee_par_id"])
        # A row is refused with the one that it names, and so on.
        while refusees := [
            code
            for code, successeur in successeurs.items()
            if successeur and successeur not in self.connus and successeur not in successeurs
        ]:
            for code in refusees:
                del successeurs[code]
        return successeurs.keys()

    def comparer(self, ligne):
        verdict = super().comparer(ligne)
        if verdict.seau != Seau.REFUSEE:
            self.natures.add(ligne.valeurs["nature"])
        return verdict

    def attributs_de(self, ligne):
        attributs = self._attributs(ligne)
        successeur = attributs.get("remplacee_par_id")
        if successeur and successeur not in self.connus:
            raise ValidationError({"remplacee_par_id": f"« {successeur} » n'est ni dans la base ni dans le fichier."})
        return attributs

    def _attributs(self, ligne):
        attributs = super().attributs_de(ligne)
        nature = attributs["nature"]
        try:
            lire = CODE_INSEE if nature == NatureCollectivite.COMMUNE else SIREN
            attributs["code"] = lire.lire(attributs["code"]).valeur
        except ValeurRefusee as refus:
            raise ValidationError({"code": str(refus)}) from refus
        if "departement_id" in attributs:
            departement = attributs["departement_id"].upper()
            attributs["departement_id"] = departement.zfill(2) if departement else None
        if "remplacee_par_id" in attributs:
            successeur = attributs["remplacee_par_id"]
            attributs["remplacee_par_id"] = _code(successeur, nature) if successeur else None
        self._verifier(attributs)
        return attributs

    def _verifier(self, attributs):
        """Refuse what the base would: each rule on the object as the row would leave it."""
        existant = self.existants.get((attributs["code"],))

        def valeur(nom):
            return attributs[nom] if nom in attributs else getattr(existant, nom, None)

        departement, successeur = valeur("departement_id"), valeur("remplacee_par_id")
        if departement and departement not in self.departements:
            raise ValidationError({"departement_id": f"Aucun département ne porte le code « {departement} »."})
        if valeur("nature") == NatureCollectivite.COMMUNE and not departement:
            raise ValidationError({"departement_id": "Une commune a un département."})
        if successeur and (successeur == attributs["code"] or not valeur("au")):
            raise ValidationError(
                {"remplacee_par_id": "Seule une collectivité qui a pris fin est remplacée, et par une autre."}
            )
        if valeur("du") and valeur("au") and valeur("au") < valeur("du"):
            raise ValidationError({"au": "La fin doit suivre le début."})

    def libelle(self, attributs):
        return f"{attributs['nom']} ({attributs['code']})"

    def identites_lues(self, ligne):
        """A code whose nature is not known may be a commune's or a group's."""
        for lecteur in (CODE_INSEE, SIREN):
            try:
                yield (lecteur.lire(ligne.valeurs.get("code")).valeur,)
            except ValeurRefusee:
                continue

    def disparus(self):
        """Those in force on the day of the file, of the natures that its accepted rows hold."""
        jour = self.complet_au()
        if jour is None:
            return
        veille = jour - timedelta(days=1)
        for objet in self.absents():
            if objet.nature in self.natures and (objet.du or jour) <= jour <= (objet.au or jour):
                # One that began on that very day can't have ended before.
                fin = [operations.modifier(objet, au=veille)] if objet.du != jour else []
                yield Verdict(Seau.DISPARU, str(objet), operations=fin)

    def sort_des_disparus(self):
        jour = self.complet_au()
        if jour is None:
            return super().sort_des_disparus()
        veille = jour - timedelta(days=1)
        return f"Une collectivité à laquelle vous mettez fin a existé jusqu'au {en_clair(veille)}, veille du fichier."

    def suites(self):
        taches.demander_le_recalcul()


def _code(texte, nature):
    """Return a code with the zero that spreadsheets take away."""
    return texte.strip().upper().zfill(5 if nature == NatureCollectivite.COMMUNE else 9)
