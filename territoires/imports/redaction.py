"""What rows do to a list, as operations: territories put in it, renamed, given members, members moved."""

from tableurs import operations
from tableurs.enums import Seau
from tableurs.francais import normaliser
from tableurs.valeurs.textes import meme_texte
from territoires.enums import Fiabilite
from territoires.models import Composition, Inscription, Territoire
from territoires.models.listes import slug_libre


class Redaction:
    """Adds to the verdict of each row what it does, once: later rows know what earlier ones of the file did."""

    def __init__(self, etat, options):
        self.etat, self.terrain, self.options = etat, etat.terrain, options
        self.slugs = set(Territoire.objects.values_list("slug", flat=True))
        self.crees, self.corriges, self.deplaces = set(), set(), set()

    def inscrire(self, verdict, code, nom, communes):
        """Add what puts the territory in the list, or renames it: once a file."""
        if code in self.etat.inscriptions:
            self._corriger(verdict, self.etat.inscriptions[code], nom)
            return
        if code in self.crees:
            return
        self.crees.add(code)
        territoire = self.etat.territoires.get(code)
        if territoire is None:
            slug = slug_libre(nom, code, self.etat.phase.numero, self.slugs.__contains__)
            self.slugs.add(slug)
            verdict.operations.append(
                operations.creer(
                    Territoire, f"territoire/{code}", phase_id=self.etat.phase.pk, code=code, slug=slug, nom=nom
                )
            )
        else:
            self._renommer(verdict, territoire, nom)
        verdict.operations.append(
            operations.creer(
                Inscription,
                f"inscription/{code}",
                liste_id=self.etat.liste.pk if self.etat.liste else operations.cle_de("liste"),
                territoire_id=territoire.pk if territoire else operations.cle_de(f"territoire/{code}"),
                code=code,
                nom=nom,
                nom_normalise=normaliser(f"{nom} {code}"),
                region_id=self._region(code, communes),
                fiabilite=self.options.get("fiabilite", Fiabilite.OFFICIEL.value),
                source=self.options.get("source", ""),
            )
        )
        verdict.changements.append({"champ": "territoire", "avant": "", "apres": f"{nom} ({code})"})

    def _corriger(self, verdict, inscription, nom):
        """Rename a territory of the list, or give it the lead region that the file says: at its first row."""
        code = inscription.code.lower()
        if code in self.corriges:
            return
        self.corriges.add(code)
        apres = {}
        if not meme_texte(inscription.nom, nom):
            apres = {"nom": nom, "nom_normalise": normaliser(f"{nom} {inscription.code}")}
            verdict.changements.append({"champ": "nom", "avant": inscription.nom, "apres": nom})
            self._renommer(verdict, inscription.territoire, nom)
        region = self.etat.region_lue(code)
        if region and region != inscription.region_id:
            apres["region_id"] = region
            verdict.changements.append({"champ": "région pilote", "avant": inscription.region_id, "apres": region})
        if apres:
            verdict.operations.append(operations.modifier(inscription, **apres))

    def _renommer(self, verdict, territoire, nom):
        """A territory bears the name of its latest list."""
        if territoire.nom != nom and territoire.pk not in self.etat.nommes_plus_tard:
            verdict.operations.append(operations.modifier(territoire, nom=nom))

    def ajouter(self, verdict, code, membres, nouvelles):
        """Add the members that bring new communes; those that stood in another territory are moved."""
        inscription = self.etat.inscriptions.get(code)
        cle = inscription.pk if inscription else operations.cle_de(f"inscription/{code}")
        verdict.seau = Seau.MODIFIEE
        for membre in membres:
            if not self.terrain.communes(membre) & nouvelles:
                continue
            for ecrit in self._a_ecrire(code, membre):
                deplacees = self._deplacer(verdict, code, cle, ecrit)
                if self.terrain.unites(ecrit) <= deplacees:
                    continue
                verdict.seau = Seau.CREEE
                for adhesion in self._replier(code, ecrit):
                    identifiant = f"membre/{code}/{adhesion}"
                    if identifiant not in self.crees:
                        self.crees.add(identifiant)
                        verdict.operations.append(
                            operations.creer(Composition, identifiant, inscription_id=cle, collectivite_id=adhesion)
                        )
                    verdict.changements.append({"champ": "membre", "avant": "", "apres": self.terrain.nommer(adhesion)})

    def _a_ecrire(self, code, membre):
        """Return the members to write for one that a row names: of a commune, all that it was made of in the file."""
        if membre not in self.terrain.toutes:
            return [membre]
        ecrites = [
            ecrite
            for ecrite in self.etat.ecrites[code, self.terrain.actuelle(membre)]
            if not any(self.etat.dispute(code, [ecrite], unite) for unite in self.terrain.unites(ecrite))
        ]
        entieres = [ecrite for ecrite in ecrites if self.terrain.unites(ecrite) != {ecrite}]
        return entieres[:1] or ecrites

    def _deplacer(self, verdict, code, cle, ecrit):
        """Move what other territories have of a member; return the communes of the day that this brings."""
        deplacees = set()
        for unite in self.terrain.unites(ecrit):
            for autre, ancien in sorted(self.etat.occupees.get(unite, ())):
                if autre == code:
                    continue
                deplacees |= self.terrain.unites(ancien)
                if (autre, ancien) not in self.deplaces:
                    self.deplaces.add((autre, ancien))
                    composition = self.etat.compositions[autre][ancien]
                    verdict.operations.append(operations.modifier(composition, inscription_id=cle))
                    verdict.changements.append(
                        {"champ": "territoire", "avant": self.etat.nommer(autre), "apres": self.etat.nommer(code)}
                    )
        return deplacees

    def _replier(self, code, ecrit):
        """Return the groups that a commune is folded into, else itself."""
        replis = self.etat.replis.get(code, {})
        unites = self.terrain.unites(ecrit)
        return sorted({replis[unite] for unite in unites}) if unites <= replis.keys() else [ecrit]

    def _region(self, code, communes):
        """Return the lead region: given, else that of the code (ti-RRNN), else that of a commune."""
        deduite = code.removeprefix("ti-")[:2]
        commune = self.terrain.actuelles[min(communes)]
        return self.etat.region_lue(code) or (
            deduite if deduite in self.etat.regions else commune.departement.region_id
        )
