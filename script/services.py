"""Entry point of the commands of script/, run by the virtual environment's Python."""

import argparse
import os
import sys

from portail import checks, locks, manage, server
from portail.place import LauncherError


def main() -> int:
    os.umask(0o077)  # what the portal writes is nobody else's business
    command, *arguments = sys.argv[1:]
    try:
        if command == "manage":
            return manage.run(arguments)
        if command == "test":
            return checks.run(arguments)
        if command == "lock":
            return locks.write(arguments)
        server.Server(server_options(arguments)).run()
    except LauncherError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def server_options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./script/server",
        description="Installe et lance le portail, sa base et ses tâches de fond. Ctrl-C arrête tout.",
    )
    parser.add_argument("--port", type=int, default=8000, help="port d’écoute (8000 ; 0 : un port libre)")
    parser.add_argument("--hote", default="127.0.0.1", help="adresse d’écoute (127.0.0.1)")
    parser.add_argument("--reset", action="store_true", help="efface d’abord les données de la base privée")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
