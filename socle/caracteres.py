"""Text without what nobody sees: the one cleaner of what is typed, pasted, read in a file or exported."""

import re

# Controls; soft hyphen; zero-width and bidi marks, overrides and isolates (which make a text read otherwise than it
# is: CVE-2021-42574); invisible operators; BOM; annotations; surrogates; non-characters; tags.
INVISIBLES = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb"
    "\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff\U000e0000-\U000e007f]"
)
FINS_DE_LIGNE = re.compile("\r\n?|[\u2028\u2029]")


def nettoyer(texte: str, garder: str = "\n") -> str:
    """`texte` without invisible characters. Line ends become one kind; those and tabs stay when `garder` has them,
    and are a space otherwise."""
    texte = FINS_DE_LIGNE.sub("\n", texte)
    for blanc in "\n\t":
        if blanc not in garder:
            texte = texte.replace(blanc, " ")
    return INVISIBLES.sub("", texte)
