"""The launcher behind script/server, script/manage and script/test. Standard library only: it is read
and run before anything else can be trusted to work. Start with server.py."""
