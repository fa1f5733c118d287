"""Words that are no password where a value might stand, without accents, in several languages.

Those of placeholders, of forms and manuals, and of what sentences say about a password. Each word
stands once; in lower case.
"""

from __future__ import annotations

_OF_FORMS_AND_SENTENCES = """
    bitte changed choose empty expired given incorrect kein keine kept later least look match
    must need never nicht none only please reset same should they would wrong your yours
"""
_OF_FORMS = """
    ange are ask asks at bez can caracteres caratteri characters choisir chose contain contains
    could darf debe deve digite digits ditt doit elija enter entered enters entrez est forgot
    forgotten geen has have he ikke inserisci inte introduzca invalid is ist jamais kann kies
    letras lettere letters like matches may merkkia might mindestens mindst minimaal minimo
    minimum missing moet musi muss nao needed needs nem nevim nie niente not optional pas pick
    podaj posso provided puis que required requires saisir sans scegli see sem sent senza set
    seu shall she siehe signes sin sind soll sont steht stored su sua tecken tegn tekens tu tua
    tudom twoje type types unbekannt use used uses using usted utan uw uwe valid ver voer voir
    votre was were wie wiem will wird wpisz wurde yesterday you zeichen znakow zonder
"""
_OF_SENTENCES = """
    abhangig about above administrativa after again already always auto automatiquement
    automatisch back been before being below best better both called cannot case celui change
    chiffre choisi chosen correct does done during each either else enough entendu escriba etre
    ever every exactly expire expiring fake falsch false first free from gegenereerd gekozen
    generada generado generata generated genere generiert generowane gerada gerado geschrieben
    gespeichert gevoelig gewahlt give goes good gross grossgeschrieben here hidden hoofdletter
    horse impostata inbox incorrecta incorrecto into it its just klein known last leeg leer less
    long lui made make many matter maybe meme more most much niet nothing now obligatoria
    obligatorio offentlich once open other otra otro ours peut pflicht politico pretty real
    really said schreibung selbst semi sensitive short shown since some somebody sous still
    strong such super sure than that their them then there these this those time trusted try
    ungultig vacia verplicht verschlusselt very vous want weak well what when where which while
    whose wise with without word yes yet zelf zuganglich
"""
_STAND_INS_OF_SENTENCES = """
    changeme instead someone something staple unknown
"""
_STAND_INS = """
    absolutely admin amazon anonym anonymous anyone anything bar baz beliebig bitwarden censored
    certainly changeit confidential confidentiel demo dummy facebook foo foobar foobared foobaz
    forever github gitlab google guest hunter ipsum leider lorem mandatory microsoft netflix
    nobody obligatory offline okta online overnight quux qux qwerty redacted root sample sorry
    spam tester testing undefined unfortunately unset upfront vagrant welcome whatever
    widespread
"""

TALK = frozenset((_OF_FORMS_AND_SENTENCES + _OF_FORMS).split())
"""Words of forms, manuals and answers."""

COMMON = frozenset((_OF_FORMS_AND_SENTENCES + _OF_SENTENCES + _STAND_INS_OF_SENTENCES).split())
"""Words of placeholders and of what sentences say about a password."""

SHAMS = frozenset((_STAND_INS + _STAND_INS_OF_SENTENCES).split())
"""Placeholders, products and other words that are named where passwords are."""
