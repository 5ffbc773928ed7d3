"""Being written."""


def csv_lignes(c, l):
    yield b""


def ods(c, l, t):
    yield b""
