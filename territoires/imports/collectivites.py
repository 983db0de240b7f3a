"""The administrative map: communes and groups of communes, their end and their successor."""

from django.core.exceptions import ValidationError

from tableurs.colonnes import Colonne
from tableurs.ressources import RessourceModele, enregistrer
from tableurs.valeurs import Choix, CodeInsee, Date, Decimal, Entier, Siren, Texte, ValeurRefusee
from territoires import taches
from territoires.enums import NatureCollectivite
from territoires.models import Appellation, Collectivite, Couverture, Departement

CODE_INSEE, SIREN = CodeInsee(), Siren()


@enregistrer
class ImportCollectivites(RessourceModele):
    """Updates of the administrative map: communes and EPCI, their end and their successor."""

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
        Colonne("code", "Code Insee ou SIREN", Texte(obligatoire=True), ("insee", "siren", "codgeo"), True),
        Colonne("nature", "Nature", Choix(NatureCollectivite.choices, obligatoire=True), ("type",), True),
        Colonne("nom", "Nom", Texte(obligatoire=True), ("libelle", "libgeo"), True),
        Colonne("departement", "Département", Texte(), ("dep", "code_departement")),
        Colonne("population", "Population municipale", Entier(), ("pop", "pmun")),
        Colonne("superficie", "Superficie (km²)", Decimal(), ("surface",)),
        Colonne("codes_postaux", "Codes postaux", Texte(), ("code_postal", "cp")),
        Colonne("du", "Depuis le", Date(), ("date_debut",)),
        Colonne("au", "Jusqu'au", Date(), ("date_fin",)),
        Colonne("remplacee_par", "Remplacée par", Texte(), ("successeur",)),
    )
    # Computed from the communes, and computed again after the import.
    derives = (Appellation, Couverture)

    def commencer(self, lignes):
        super().commencer(lignes)
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

    def disparus(self):
        """An update names what changes: what it doesn't name is not gone."""
        return ()

    def suites(self):
        taches.demander_le_recalcul()


def _code(texte, nature):
    """Return a code with the zero that spreadsheets take away."""
    return texte.strip().upper().zfill(5 if nature == NatureCollectivite.COMMUNE else 9)
